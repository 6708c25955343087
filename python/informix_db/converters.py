"""Values that Python has no class of its own for."""
from __future__ import annotations

import datetime
import decimal
from dataclasses import dataclass, field

from . import _native
from .exceptions import UnsupportedParameterError

_SET, _MULTISET, _LIST, _ROW = 19, 20, 21, 22
_KINDS = {_SET: "set", _MULTISET: "multiset", _LIST: "list"}


@dataclass(frozen=True, slots=True, order=True)
class IntervalYM:
    """An INTERVAL YEAR TO MONTH: months do not all have the same length, so it is no timedelta.

    >>> months = informix_db.IntervalYM(27)
    >>> months.years, months.remainder_months, str(months)
    (2, 3, '2-03')
    """

    months: int

    @property
    def years(self) -> int:
        """Whole years, negative for negative intervals."""
        return abs(self.months) // 12 * (-1 if self.months < 0 else 1)

    @property
    def remainder_months(self) -> int:
        """The months beside the years, negative for negative intervals."""
        return abs(self.months) % 12 * (-1 if self.months < 0 else 1)

    def __str__(self) -> str:
        return f"{'-' if self.months < 0 else ''}{abs(self.months) // 12}-{abs(self.months) % 12:02}"


class _Locator:
    __slots__ = ()

    def __post_init__(self) -> None:
        if len(self.raw) != _native.LOCATOR_SIZE:
            raise ValueError(f"a locator has {_native.LOCATOR_SIZE} bytes, not {len(self.raw)}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.raw[:8].hex()}...)"


@dataclass(frozen=True, slots=True, repr=False)
class BlobLocator(_Locator):
    """Where a BLOB is. Connection.open_lob opens it as a file; a parameter may be one."""

    raw: bytes


@dataclass(frozen=True, slots=True, repr=False)
class ClobLocator(_Locator):
    """Where a CLOB is. Connection.open_lob opens it as a file; a parameter may be one."""

    raw: bytes


class Composite(tuple):
    """The fields of a ROW, in order; by name as attributes and by subscript."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    def __getattr__(self, name: str):
        try:
            return self[self._fields.index(name)]
        except ValueError:
            raise AttributeError(name) from None

    def __getitem__(self, key):
        if isinstance(key, str):
            try:
                key = self._fields.index(key)
            except ValueError:
                raise KeyError(key) from None
        return tuple.__getitem__(self, key)

    def _asdict(self) -> dict:
        return dict(zip(self._fields, self))

    def __reduce__(self):
        return _composite, (self._fields, tuple(self))

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self))
        return f"ROW({inside})"


_composites: dict[tuple[str, ...], type] = {}


def _composite_class(fields: tuple[str, ...]) -> type:
    made = _composites.get(fields)
    if made is None:
        if len(_composites) > 1000:
            _composites.clear()
        made = _composites[fields] = type("Composite", (Composite,),
                                          {"__slots__": (), "_fields": fields})
    return made


def _composite(fields, values):
    return _composite_class(fields)(values)


def make_composite(kind: int, fields: tuple, parts: tuple):
    """A ROW as a Composite, a SET as a frozenset (or a tuple of what cannot be hashed), a MULTISET or
    LIST as a tuple."""
    if kind == _ROW:
        return _composite_class(fields)(parts)
    if kind == _SET:
        try:
            return frozenset(parts)
        except TypeError:
            return parts
    return parts


@dataclass(frozen=True, slots=True)
class RowValue:
    """A ROW: `value` has its fields, `raw` the text that the server sent, `schema` its type.

    >>> place, = connection.execute("SELECT ROW(3, 4)::ROW(x INT, y INT) FROM systables "
    ...                             "WHERE tabid = 1").fetchone()
    >>> place.x, place["y"], tuple(place)
    (3, 4, (3, 4))
    """

    raw: bytes
    schema: str
    value: Composite | None = field(default=None, compare=False)

    def __iter__(self):
        return iter(self.value or ())

    def __len__(self) -> int:
        return len(self.value or ())

    def __getitem__(self, key):
        return self.value[key]

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(object.__getattribute__(self, "value"), name)


@dataclass(frozen=True, slots=True)
class CollectionValue:
    """A SET, MULTISET or LIST: `value` has its elements, `raw` the text that the server sent,
    `element_schema` the type of the whole.

    >>> some, = connection.execute("SELECT LIST{1, 2} FROM systables WHERE tabid = 1").fetchone()
    >>> list(some), 2 in some
    ([1, 2], True)
    """

    raw: bytes
    kind: str
    element_schema: str
    value: object = field(default=None, compare=False)

    def __iter__(self):
        return iter(self.value or ())

    def __len__(self) -> int:
        return len(self.value or ())

    def __contains__(self, element: object) -> bool:
        return element in (self.value or ())


def make_wrapper(kind: int, raw: bytes, schema: str, value: object):
    """What a column of a ROW or collection gives."""
    word, opening, rest = schema.partition("(")
    schema = word.upper() + opening + rest
    if kind == _ROW:
        return RowValue(raw, schema, value)
    return CollectionValue(raw, _KINDS[kind], schema, value)


# --- literals ---

def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _scalar(value: object) -> str | None:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "'t'" if value else "'f'"
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, datetime.datetime):
        return _quoted(value.isoformat(" "))
    if isinstance(value, (datetime.date, datetime.time)):
        return _quoted(value.isoformat())
    if isinstance(value, IntervalYM):
        return _quoted(str(value))
    return None


def _inside(values) -> str | None:
    parts = [literal(value, nested=True) for value in values]
    return None if None in parts else ",".join(parts)


def literal(value: object, nested: bool = False) -> str | None:
    """A ROW or collection as SQL writes it: tuples are rows, lists LISTs, sets SETs. None for what is
    none of them."""
    if isinstance(value, (RowValue, CollectionValue)):
        return value.raw.decode("utf-8")
    for kinds, opening, closing in (((tuple,), "ROW(", ")"), ((list,), "LIST{", "}"),
                                    ((set, frozenset), "SET{", "}")):
        if isinstance(value, kinds):
            inside = _inside(value)
            return None if inside is None else opening + inside + closing
    return _scalar(value) if nested else None


# --- NumPy ---

_PLAIN = (bool, int, float, str, bytes, datetime.date, datetime.timedelta, type(None))


def plain(scalar):
    """A scalar of NumPy as what it stands for. Its moments in nanoseconds are numbers to item()."""
    value = scalar.item()
    if scalar.dtype.kind in "mM" and isinstance(value, int):
        value = scalar.astype(f"{scalar.dtype.kind}8[us]").item()
    if not isinstance(value, _PLAIN):
        raise UnsupportedParameterError(f"a {type(scalar).__name__} cannot be bound")
    return value


_native.register(IntervalYM=IntervalYM, BlobLocator=BlobLocator, ClobLocator=ClobLocator,
                 make_composite=make_composite, make_wrapper=make_wrapper, literal=literal,
                 plain=plain)
