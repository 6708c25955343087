"""Rows to and from text files: CSV, and the delimited form of UNLOAD and LOAD."""
from __future__ import annotations

import contextlib
import csv
import datetime
import io
import os
import re

from .converters import IntervalYM
from .exceptions import DataError, NotSupportedError, ProgrammingError

_NAME = re.compile(r'\w+|"(?:[^"]|"")+"')


def _interval(value: datetime.timedelta) -> str:
    sign, value = ("-", -value) if value < datetime.timedelta() else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    text = f"{sign}{value.days} {hours:02}:{rest // 60:02}:{rest % 60:02}"
    return text + (f".{value.microseconds // 10:05}" if value.microseconds else "")


def text_of(value) -> str:
    """A value as the server reads it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ").rstrip("0") if value.microsecond else value.isoformat(" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return _interval(value)
    if isinstance(value, (int, float, IntervalYM)) or type(value).__name__ == "Decimal":
        return str(value)
    raise NotSupportedError(f"a {type(value).__name__} has no place in a text file")


class Delimited:
    """Each field ends in the delimiter; a backslash makes the next character an ordinary one. NULL is
    nothing at all, an empty text a backslash and a blank."""

    def __init__(self, delimiter):
        self.delimiter = delimiter or "|"
        if len(self.delimiter) != 1 or self.delimiter in "\\\n":
            raise ProgrammingError(f"{delimiter!r} cannot be the delimiter")
        self.special = re.compile(f"[{re.escape(self.delimiter)}\\\\\n]")

    def write(self, file, rows):
        for row in rows:
            file.write("".join(self._field(value) + self.delimiter for value in row) + "\n")

    def _field(self, value):
        if value is None:
            return ""
        return self.special.sub(r"\\\g<0>", text_of(value)) or "\\ "

    def read(self, file):
        fields, field = [], []
        for line in file:
            at = 0
            while at < len(line):
                character = line[at]
                if character == "\\" and at + 1 < len(line):
                    at += 1
                    field.append(line[at] if line[at] != " " or field else "")
                elif character == self.delimiter:
                    fields.append("".join(field) if field else None)
                    field = []
                elif character == "\n" and (not field or field == ["\r"]):
                    yield tuple(fields)
                    fields, field = [], []
                else:
                    field.append(character)
                at += 1
        if field:
            raise DataError("the file ends in the middle of a row")
        if fields:
            yield tuple(fields)


def _lines_of(reader):
    try:
        yield from reader
    except csv.Error as error:
        raise DataError(f"line {reader.line_num}: {error}") from None


class Csv:
    """NULL is an empty field, an empty text a quoted one."""

    def __init__(self, delimiter):
        self.delimiter = delimiter or ","
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            raise ProgrammingError(f"{delimiter!r} cannot be the delimiter")

    def write(self, file, rows):
        for row in rows:
            file.write(self.delimiter.join(self._field(value) for value in row) + "\r\n")

    def _field(self, value):
        if value is None:
            return ""
        text = text_of(value)
        if text and not any(c in text for c in (self.delimiter, '"', "\r", "\n")):
            return text
        return '"' + text.replace('"', '""') + '"'

    def read(self, file):
        """csv.reader cannot tell a quoted empty field from one that is not there; the line can."""
        lines: list[str] = []

        def kept():
            for line in file:
                lines.append(line)
                yield line

        for row in _lines_of(csv.reader(kept(), delimiter=self.delimiter, strict=True)):
            text, lines[:] = "".join(lines), []
            if row:
                quoted = '""' in text
                yield tuple(self._empty(text, i) if field == "" and quoted else field or None
                            for i, field in enumerate(row))

    def _empty(self, text, place):
        fields = re.findall(f'(?:^|{re.escape(self.delimiter)})'
                            f'((?:"(?:[^"]|"")*")|[^{re.escape(self.delimiter)}]*)', text.rstrip("\r\n"))
        return "" if fields[place] == '""' else None


FORMS = {"csv": Csv, "delimited": Delimited}


def form_of(name, delimiter):
    if name not in FORMS:
        raise ProgrammingError(f"format is one of {', '.join(FORMS)}, not {name!r}")
    return FORMS[name](delimiter)


@contextlib.contextmanager
def opened(file, mode):
    """A path, or a text file that is open."""
    if isinstance(file, (str, os.PathLike)):
        encoding = "utf-8-sig" if mode == "r" else "utf-8"
        with io.open(file, mode, encoding=encoding, newline="") as own:
            yield own
    else:
        yield file


def insert_of(table, columns, count):
    for name in (*table.split("."), *(columns or ())):
        if not all(_NAME.fullmatch(part) for part in re.split(r"[:@]", name)):
            raise ProgrammingError(f"{name!r} is no name")
    listed = f" ({', '.join(columns)})" if columns else ""
    return f"INSERT INTO {table}{listed} VALUES ({', '.join('?' * count)})"
