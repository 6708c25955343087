"""Rows that know their columns."""
from __future__ import annotations

import operator
from collections.abc import Mapping


class Row(tuple):
    """A row whose columns can be asked for by position, by name and as attributes: give it as
    row_factory. Of columns with one name the first counts.

    >>> cursor.row_factory = informix_db.Row
    >>> row = cursor.execute("SELECT fname, city FROM customer WHERE customer_num = 101").fetchone()
    >>> row
    Row(fname='Ada', city='Seattle')
    >>> row.city, row["city"], row[1], row.keys()
    ('Seattle', 'Seattle', 'Seattle', ('fname', 'city'))
    """

    __slots__ = ()
    __names: tuple[str, ...] = ()
    __places: Mapping[str, int] = {}

    def __getitem__(self, key):
        if isinstance(key, str):
            return tuple.__getitem__(self, self.__places[key])
        return tuple.__getitem__(self, key)

    def __getattr__(self, name: str):
        try:
            return tuple.__getitem__(self, self.__places[name])
        except KeyError:
            raise AttributeError(f"the row has no column {name!r}") from None

    @property
    def _fields(self) -> tuple[str, ...]:
        return self.__names

    def keys(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self.__names

    def _asdict(self) -> dict:
        """Of columns with one name the last counts."""
        return dict(zip(self.__names, self))

    def __reduce__(self):
        return _row, (self.__names, tuple(self))

    def __repr__(self) -> str:
        if not self.__names:
            return f"Row{tuple(self)!r}"
        inside = ", ".join(f"{name}={value!r}" for name, value in zip(self.__names, self))
        return f"Row({inside})"


_make_row_classes: dict[tuple[str, ...], type] = {}


def make_row_class(names: tuple[str, ...]) -> type:
    """The class of rows with these columns."""
    made = _make_row_classes.get(names)
    if made is None:
        if len(_make_row_classes) > 1000:
            _make_row_classes.clear()
        places: dict[str, int] = {}
        for place, name in enumerate(names):
            places.setdefault(name, place)
        # A column whose name is that of a method is what a program means by it.
        hidden = {name: property(operator.itemgetter(place)) for name, place in places.items()
                  if hasattr(Row, name) and not name.startswith("__")}
        made = _make_row_classes[names] = type("Row", (Row,), {
            "__slots__": (), "_Row__names": names, "_Row__places": places, **hidden})
    return made


def _row(names, values):
    return make_row_class(names)(values)
