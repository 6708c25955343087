#!/usr/bin/env python3
"""Results as Arrow, read through the C structs of its stream interface as anybody would, and compared
with the rows of the same query: every type, NULLs, and many rows. Where pyarrow or polars are
installed, they read them, too."""
import contextlib
import ctypes as c
import datetime
import decimal
import os
import sys

import ours

os.environ.setdefault("MALLOC_PERTURB_", "165")  # nothing stays readable that was freed
ours.with_ours(__file__)
import informix_db as db  # noqa: E402
from sqlid import NAME, PASSWORD, USER, Sqlid  # noqa: E402

ROWS = 100_000
EPOCH = datetime.date(1970, 1, 1)


class Schema(c.Structure):
    pass


class Array(c.Structure):
    pass


class Stream(c.Structure):
    pass


Schema._fields_ = [("format", c.c_char_p), ("name", c.c_char_p), ("metadata", c.c_char_p),
                   ("flags", c.c_int64), ("n_children", c.c_int64),
                   ("children", c.POINTER(c.POINTER(Schema))), ("dictionary", c.c_void_p),
                   ("release", c.CFUNCTYPE(None, c.POINTER(Schema))), ("private", c.c_void_p)]
Array._fields_ = [("length", c.c_int64), ("null_count", c.c_int64), ("offset", c.c_int64),
                  ("n_buffers", c.c_int64), ("n_children", c.c_int64),
                  ("buffers", c.POINTER(c.c_void_p)), ("children", c.POINTER(c.POINTER(Array))),
                  ("dictionary", c.c_void_p), ("release", c.CFUNCTYPE(None, c.POINTER(Array))),
                  ("private", c.c_void_p)]
Stream._fields_ = [("get_schema", c.PYFUNCTYPE(c.c_int, c.POINTER(Stream), c.POINTER(Schema))),
                   ("get_next", c.PYFUNCTYPE(c.c_int, c.POINTER(Stream), c.POINTER(Array))),
                   ("get_last_error", c.PYFUNCTYPE(c.c_char_p, c.POINTER(Stream))),
                   ("release", c.PYFUNCTYPE(None, c.POINTER(Stream))), ("private", c.c_void_p)]
pointer_of = c.pythonapi.PyCapsule_GetPointer
pointer_of.restype, pointer_of.argtypes = c.c_void_p, [c.py_object, c.c_char_p]


def view(address, kind, count):
    return (kind * count).from_address(address) if count else ()


def moment(micros):
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)


def varying(array, make):
    ends = view(array.buffers[1], c.c_int32, array.length + 1)
    data = c.string_at(array.buffers[2], ends[array.length]) if ends[array.length] else b""
    return [make(data[start:end]) for start, end in zip(ends[:-1], ends[1:])]


def values(array, form):
    """The values of a column, whatever stands under its NULLs."""
    n, data = array.length, array.buffers[1]
    kind, _, detail = form.partition(":")
    if kind == "l":
        return list(view(data, c.c_int64, n))
    if kind == "g":
        return list(view(data, c.c_double, n))
    if kind == "b":
        bits = view(data, c.c_uint8, (n + 7) // 8)
        return [bool(bits[i // 8] >> i % 8 & 1) for i in range(n)]
    if kind == "tdD":
        return [EPOCH + datetime.timedelta(days) for days in view(data, c.c_int32, n)]
    if kind == "tsu":
        return [moment(micros) for micros in view(data, c.c_int64, n)]
    if kind == "d":
        raw, scale = c.string_at(data, 16 * n), int(detail.split(",")[1])
        return [decimal.Decimal(int.from_bytes(raw[i:i + 16], "little", signed=True)).scaleb(
            -scale, decimal.Context(prec=60)) for i in range(0, 16 * n, 16)]
    if kind == "z":
        return varying(array, bytes)
    assert kind == "u", form
    return varying(array, lambda raw: raw.decode("utf-8"))


def column(array, form, nullable):
    got = values(array, form)
    nulls = 0
    if array.buffers[0]:
        bits = view(array.buffers[0], c.c_uint8, (array.length + 7) // 8)
        for i in range(array.length):
            if not bits[i // 8] >> i % 8 & 1:
                got[i], nulls = None, nulls + 1
    assert nulls == array.null_count and (nullable or not nulls), (nulls, array.null_count)
    return got


def read(result):
    return read_stream(result.__arrow_c_stream__())


def read_stream(capsule):
    """Names, formats and rows."""
    stream = Stream.from_address(pointer_of(capsule, b"arrow_array_stream"))
    schema, array, rows = Schema(), Array(), []
    assert stream.get_schema(c.byref(stream), c.byref(schema)) == 0
    children = [schema.children[i].contents for i in range(schema.n_children)]
    names, forms = [[getattr(child, what).decode() for child in children] for what in ("name", "format")]
    nullable = [child.flags & 2 for child in children]
    assert schema.format == b"+s"
    batches = 0
    while True:
        if stream.get_next(c.byref(stream), c.byref(array)):
            raise ValueError(stream.get_last_error(c.byref(stream)).decode())
        if not array.release:
            break
        batches += 1
        columns = [column(array.children[i].contents, forms[i], nullable[i])
                   for i in range(array.n_children)]
        assert all(len(each) == array.length for each in columns)
        rows += zip(*columns)
        array.release(c.byref(array))
    schema.release(c.byref(schema))
    return names, forms, rows, batches


D = decimal.Decimal
# type, format, literals; what Arrow has in place of the Python value where that differs
TYPES = [
    ("SMALLINT", "l", ["-32767", "1"]), ("INT", "l", ["2147483647"]),
    ("BIGINT", "l", ["-9223372036854775807"]), ("INT8", "l", ["123456789012345"]),
    ("FLOAT", "g", ["1.5", "-1e300"]), ("SMALLFLOAT", "g", ["0.5"]),
    ("DECIMAL(8,2)", "d:8,2", ["-123456.78", "0"]), ("MONEY(16,2)", "d:16,2", ["9.9"]),
    ("DECIMAL(32,10)", "d:32,10", ["-1234567890123456789012.0123456789"]),
    ("CHAR(5)", "u", ["'ab'", "''"]), ("VARCHAR(255)", "u", ["'ab '", "''", "'" + "v" * 255 + "'"]),
    ("NCHAR(3)", "u", ["'xyz'"]), ("LVARCHAR(999)", "u", ["'" + "l" * 301 + "'"]),
    ("BOOLEAN", "b", ["'t'", "'f'"]), ("DATE", "tdD", ["'0001-01-01'", "'9999-12-31'"]),
    ("DATETIME YEAR TO SECOND", "tsu:", ["'2026-05-04 01:02:03'", "'0001-01-01 00:00:00'"]),
    ("DATETIME YEAR TO FRACTION(5)", "tsu:", ["'9999-12-31 23:59:59.99999'"]),
]


def every_type(connection):
    for kind, form, literals in TYPES:
        connection.execute(f"CREATE TEMP TABLE a (v {kind}, behind INT)")
        for i, literal in enumerate(literals + ["NULL"] + literals):
            connection.execute(f"INSERT INTO a VALUES ({literal}, {i})")
        query = "SELECT v, behind FROM a ORDER BY behind"
        wanted = connection.execute(query).fetchall()
        names, forms, rows, _ = read(connection.execute(query).fetch_arrow())
        assert names == ["v", "behind"] and forms == [form, "l"], (kind, forms)
        assert rows == wanted, (kind, rows, wanted)
        connection.execute("DROP TABLE a")


def types_as_text(connection):
    """What Arrow has no type for is the server's text."""
    connection.execute("CREATE TABLE x (a DECIMAL(16), b INTERVAL DAY TO SECOND, "
                       "c DATETIME HOUR TO MINUTE, d SET(INT NOT NULL), e BYTE, f TEXT, z INT)")
    connection.execute("INSERT INTO x VALUES (1.5, '1 02:03:04', '05:06', SET{1}, ?, NULL, 7)", (b"ab",))
    connection.execute("INSERT INTO x VALUES (NULL, NULL, NULL, NULL, NULL, NULL, 8)")
    _, forms, rows, _ = read(connection.execute("SELECT * FROM x ORDER BY z").fetch_arrow())
    connection.execute("DROP TABLE x")
    assert forms == ["u", "u", "u", "u", "z", "u", "l"], forms
    assert rows[0] == ("1.5", "1 02:03:04", "05:06", "SET{1}", b"ab", None, 7), rows
    assert rows[1] == (None,) * 6 + (8,), rows


def many_rows(connection):
    connection.execute("CREATE TEMP TABLE m (a INT, b VARCHAR(20), c DECIMAL(10,2), d DATE, e FLOAT)")
    rows = [tuple(None if (i + place) % 13 == 0 else value for place, value in enumerate(
        (i, f"row {i}", D(i) / 100, EPOCH + datetime.timedelta(i % 9999), i / 8)))
        for i in range(ROWS)]
    connection.cursor().bulk_insert("INSERT INTO m VALUES (?, ?, ?, ?, ?)", rows)
    _, _, got, batches = read(connection.execute("SELECT * FROM m").fetch_arrow())
    assert got == rows and batches >= 2, (len(got), batches)
    names, _, got, _ = read(connection.execute("SELECT a FROM m WHERE a < 0").fetch_arrow())
    assert names == ["a"] and got == []


def misuse(connection):
    def fails(function, *arguments):
        with contextlib.suppress(db.Error):
            function(*arguments)
            raise AssertionError("no error")

    cursor = connection.cursor()
    fails(cursor.fetch_arrow)
    cursor.execute("SELECT tabid FROM systables")
    result = cursor.fetch_arrow()
    fails(cursor.fetch_arrow)
    looked_at = result.__arrow_c_stream__()
    cursor.__arrow_c_stream__()  # some ask for one to see the columns, and for another to read
    read(result)
    fails(result.__arrow_c_stream__)
    try:
        read_stream(looked_at)
    except ValueError as error:
        assert "read already" in str(error), error
    else:
        raise AssertionError("the rows come twice")
    cursor.execute("SELECT tabid FROM systables")
    cursor.fetchone()
    fails(cursor.fetch_arrow)
    capsules = [connection.execute("SELECT tabid FROM systables").fetch_arrow().__arrow_c_stream__()
                for _ in range(50)]
    del capsules
    capsule = connection.execute("SELECT tabname FROM systables, syscolumns").fetch_arrow()
    connection.close()
    try:
        read(capsule)
    except (ValueError, db.Error):
        return
    raise AssertionError("a closed connection gives rows")


def schema_of_a_statement_that_is_gone(connection):
    """Readers ask when they like."""
    query = "SELECT tabname AS the_name, tabid FROM systables"
    for end in ("statement", "connection"):
        cursor = connection.execute(query)
        capsule = cursor.__arrow_c_stream__()
        cursor.close() if end == "statement" else connection.close()
        stream = Stream.from_address(pointer_of(capsule, b"arrow_array_stream"))
        for _ in range(2):
            schema = Schema()
            assert stream.get_schema(c.byref(stream), c.byref(schema)) == 0
            columns = [schema.children[i].contents for i in range(schema.n_children)]
            assert [(each.name, each.format) for each in columns] == [(b"the_name", b"u"),
                                                                      (b"tabid", b"l")]
            schema.release(c.byref(schema))


def libraries(connection):
    """Those that are there."""
    query = "SELECT FIRST 1000 a.tabname, b.colno FROM systables a, syscolumns b"
    wanted = connection.execute(query).fetchall()
    with contextlib.suppress(ImportError):
        import pyarrow
        table = connection.execute(query).fetch_arrow().to_pyarrow()
        assert list(zip(*(each.to_pylist() for each in table.columns))) == wanted
        table = pyarrow.table(connection.execute(query))
        table.validate(full=True)
        assert table.num_rows == 1000
    with contextlib.suppress(ImportError):
        import polars
        assert polars.DataFrame(connection.execute(query).fetch_arrow()).rows() == wanted


def main():
    failed = 0
    cases = (every_type, types_as_text, many_rows, libraries, misuse,
             schema_of_a_statement_that_is_gone)
    with Sqlid() as server:
        arguments = dict(host=server.host, port=server.port, user=USER, password=PASSWORD,
                         server=NAME, database="arrow", autocommit=True)
        db.connect(**dict(arguments, database="sysmaster")).execute("CREATE DATABASE arrow WITH LOG")
        for case in cases:
            try:
                with db.connect(**arguments) as connection:
                    case(connection)
                print(f"{case.__name__}: ok")
            except Exception as error:
                failed += 1
                print(f"{case.__name__}: FAIL {type(error).__name__}: {str(error)[:600]}")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
