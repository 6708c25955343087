"""Cases for drivers of PEP 249. Each is a coroutine; what a blocking driver returns at once is
awaited all the same, by `a`. A case returns what all drivers must return alike."""
import datetime
import decimal
import inspect
import io
import pickle

CASES = {}
OURS = set()  # cases for what the published driver does not do


def case(function):
    CASES[function.__name__] = function
    return function


def ours(function):
    OURS.add(function.__name__)
    return case(function)


async def a(thing):
    return await thing if inspect.isawaitable(thing) else thing


class Session:
    """A connection with short ways to use it."""

    def __init__(self, driver, connection):
        self.driver, self.connection = driver, connection

    async def cursor(self, **options):
        return await a(self.connection.cursor(**options))

    async def run(self, sql, parameters=None):
        cursor = await self.cursor()
        await a(cursor.execute(sql, parameters))
        rows = await a(cursor.fetchall()) if cursor.description else None
        count = cursor.rowcount
        await a(cursor.close())
        return rows if rows is not None else count

    async def fails(self, sql, parameters=None):
        try:
            await self.run(sql, parameters)
        except self.driver.Error as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            exact = [kind for kind in kinds if kind in ("IntegrityError", "ProgrammingError")]
            return [exact, "DatabaseError" in kinds, error.sqlcode, error.isamcode, error.offset,
                    error.near]
        raise AssertionError(f"{sql}: no error")


D = decimal.Decimal
# type, literal, Python value
VALUES = [
    ("smallint", "-32767", -32767), ("smallint", "32767", 32767), ("int", "-2147483647", -2147483647),
    ("int", "2147483647", 2147483647), ("bigint", "9223372036854775807", 9223372036854775807),
    ("bigint", "-9223372036854775807", -9223372036854775807), ("int8", "-5", -5),
    ("int8", "123456789012345", 123456789012345), ("float", "1.5", 1.5), ("float", "-1e300", -1e300),
    ("smallfloat", "0.5", 0.5), ("decimal(8,2)", "-123456.78", D("-123456.78")),
    ("decimal(32)", "1.2345678901234567890123456789012", D("1.2345678901234567890123456789012")),
    ("decimal(5,5)", "0.00001", D("0.00001")), ("decimal(16)", "0", D(0)),
    ("money(8,2)", "9.90", D("9.9")), ("char(5)", "'ab'", "ab"), ("char(5)", "''", ""),
    ("nchar(3)", "'xyz'", "xyz"), ("varchar(9)", "'ab '", "ab "), ("varchar(9)", "''", ""),
    ("varchar(255)", "'" + "v" * 255 + "'", "v" * 255), ("nvarchar(9)", "'odd'", "odd"),
    ("lvarchar(999)", "'" + "l" * 301 + "'", "l" * 301), ("lvarchar(9)", "''", ""),
    ("boolean", "'t'", True), ("boolean", "'f'", False),
    ("date", "'2026-05-04'", datetime.date(2026, 5, 4)), ("date", "'0001-01-01'", datetime.date.min),
    ("date", "'9999-12-31'", datetime.date.max),
    ("datetime year to second", "'2026-05-04 01:02:03'", datetime.datetime(2026, 5, 4, 1, 2, 3)),
    ("datetime year to fraction(3)", "'2026-05-04 01:02:03.120'",
     datetime.datetime(2026, 5, 4, 1, 2, 3, 120000)),
    ("datetime year to fraction(5)", "'9999-12-31 23:59:59.99999'",
     datetime.datetime(9999, 12, 31, 23, 59, 59, 999990)),
    ("datetime year to day", "'2026-05-04'", datetime.date(2026, 5, 4)),
    ("datetime year to month", "'2026-05'", datetime.date(2026, 5, 1)),
    ("datetime year to hour", "'2026-05-04 07'", datetime.datetime(2026, 5, 4, 7)),
    ("datetime month to day", "'05-04'", datetime.date(1, 5, 4)),
    ("datetime day to second", "'04 01:02:03'", datetime.datetime(1, 1, 4, 1, 2, 3)),
    ("datetime hour to minute", "'01:02'", datetime.time(1, 2)),
    ("datetime hour to fraction(5)", "'01:02:03.12345'", datetime.time(1, 2, 3, 123450)),
    ("datetime minute to second", "'02:03'", datetime.time(0, 2, 3)),
    ("interval day to second", "'1 02:03:04'", datetime.timedelta(1, 7384)),
    ("interval hour to minute", "'-5:30'", -datetime.timedelta(hours=5, minutes=30)),
    ("interval day(5) to fraction(5)", "'12345 02:03:04.5'", datetime.timedelta(12345, 7384, 500000)),
]


@case
async def value_literal(s):
    """Every type, a column behind it."""
    got = []
    for kind, literal, value in VALUES:
        await s.run(f"CREATE TEMP TABLE v (a {kind}, behind INT) WITH NO LOG")
        await s.run(f"INSERT INTO v VALUES ({literal}, 4711)")
        await s.run("INSERT INTO v VALUES (NULL, 4712)")
        rows = await s.run("SELECT a, behind FROM v ORDER BY behind")
        assert rows == [(value, 4711), (None, 4712)], (kind, rows)
        got.append((kind, rows, [type(row[0]).__name__ for row in rows]))
        await s.run("DROP TABLE v")
    return got


@case
async def value_bound(s):
    got = []
    for kind, _, value in VALUES:
        if isinstance(value, datetime.time) or kind in ("datetime year to hour",):
            continue
        await s.run(f"CREATE TEMP TABLE v (a {kind}, behind INT) WITH NO LOG")
        try:
            await s.run("INSERT INTO v VALUES (?, ?)", (value, 4711))
            got.append((kind, await s.run("SELECT a, behind, a::LVARCHAR(300) FROM v")))
        except s.driver.Error as error:
            got.append((kind, error.sqlcode))
        await s.run("DROP TABLE v")
    return got


@ours
async def value_bound_back(s):
    """What is bound comes back as it was."""
    for kind, _, value in VALUES:
        await s.run(f"CREATE TEMP TABLE v (a {kind}, behind INT) WITH NO LOG")
        cursor = await s.cursor()
        if kind.startswith("datetime day") or kind.startswith("datetime month"):
            await s.run("DROP TABLE v")
            continue
        await a(cursor.executemany("INSERT INTO v VALUES (:1, :2)",
                                   [(value, 1), (None, 2), (value, 3)]))
        rows = await s.run("SELECT a, behind FROM v ORDER BY behind")
        assert rows == [(value, 1), (None, 2), (value, 3)], (kind, rows)
        await s.run("DROP TABLE v")


@case
async def months(s):
    kind = s.driver.IntervalYM
    await s.run("CREATE TEMP TABLE v (a INTERVAL YEAR TO MONTH, b INT)")
    await s.run("INSERT INTO v VALUES (?, 1)", (kind(27),))
    await s.run("INSERT INTO v VALUES (?, 2)", (kind(-5),))
    rows = await s.run("SELECT a, b FROM v ORDER BY b")
    assert rows == [(kind(27), 1), (kind(-5), 2)], rows
    return [(row[0].months, row[0].years, row[0].remainder_months) for row in rows]


@case
async def composites(s):
    await s.run("CREATE TABLE c (s SET(INT NOT NULL), l LIST(VARCHAR(5) NOT NULL), "
                "r ROW(a INT, b VARCHAR(10)), z INT)")
    await s.run("INSERT INTO c VALUES (SET{1,2}, LIST{'x','y'}, ROW(7,'seven'), 4711)")
    row = (await s.run("SELECT s, l, r, z FROM c"))[0]
    await s.run("DROP TABLE c")
    return [row[0].kind, row[0].element_schema, row[1].kind, row[1].element_schema, row[2].schema,
            row[3], type(row[2].raw).__name__]


@ours
async def composites_as_values(s):
    await s.run("CREATE TABLE c (s SET(INT NOT NULL), l LIST(VARCHAR(5) NOT NULL), "
                "r ROW(a INT, b VARCHAR(10)), z INT)")
    await s.run("INSERT INTO c VALUES (?, ?, ?, ?)", ({1, 2}, ["x", "it's"], (7, "seven"), 4711))
    row = (await s.run("SELECT s, l, r, z FROM c"))[0]
    assert row[0].value == frozenset((1, 2)) and set(row[0]) == {1, 2}
    assert row[1].value == ("x", "it's") and len(row[1]) == 2
    assert row[2].value == (7, "seven") and row[2].b == "seven" and row[2]["a"] == 7
    assert row[3] == 4711
    await s.run("DROP TABLE c")


@case
async def descriptions(s):
    await s.run("CREATE TEMP TABLE d (a INT NOT NULL, b VARCHAR(20), c DECIMAL(8,2), d DATE, "
                "e BOOLEAN, f LVARCHAR(100))")
    cursor = await s.cursor()
    assert cursor.description is None
    await a(cursor.execute("SELECT a, b, c, d, e, f AS other FROM d"))
    names = [(one[0], one[1], one[6]) for one in cursor.description]
    await a(cursor.execute("INSERT INTO d VALUES (1, 'x', 1.5, TODAY, 't', 'y')"))
    return names, cursor.description, cursor.rowcount


@ours
async def description_details(s):
    await s.run("CREATE TEMP TABLE d (a INT NOT NULL, b VARCHAR(20), c DECIMAL(8,2))")
    cursor = await s.cursor()
    await a(cursor.execute("SELECT * FROM d"))
    assert cursor.description == [("a", 2, 4, 4, 10, 0, False), ("b", 13, 20, 20, None, None, True),
                                  ("c", 5, 5, 5, 8, 2, True)], cursor.description
    d = s.driver
    assert cursor.description[0][1] == d.NUMBER and cursor.description[1][1] == d.STRING
    assert cursor.description[0][1] != d.STRING


@case
async def fetching(s):
    await s.run("CREATE TEMP TABLE f (a INT)")
    cursor = await s.cursor()
    await a(cursor.executemany("INSERT INTO f VALUES (?)", [(i,) for i in range(10)]))
    counted = cursor.rowcount
    await a(cursor.execute("SELECT a FROM f ORDER BY a"))
    got = [await a(cursor.fetchone()), await a(cursor.fetchmany(3)), await a(cursor.fetchmany()),
           await a(cursor.fetchall()), await a(cursor.fetchone()), await a(cursor.fetchmany(2)),
           await a(cursor.fetchall()), cursor.rowcount, counted]
    await a(cursor.execute("SELECT a FROM f WHERE a > 99"))
    got += [await a(cursor.fetchone()), await a(cursor.fetchall()), cursor.rowcount]
    await a(cursor.execute("UPDATE f SET a = 0 WHERE a < 4"))
    got.append(cursor.rowcount)
    await a(cursor.execute("DELETE FROM f"))
    return got + [cursor.rowcount]


@case
async def iterating(s):
    cursor = await s.cursor()
    await a(cursor.execute("SELECT tabid FROM systables WHERE tabid < 6 ORDER BY 1"))
    if hasattr(cursor, "__aiter__"):
        return [row async for row in cursor]
    return list(cursor)


@case
async def scrolling(s):
    got = []
    for options in ({}, {"scrollable": True}):
        cursor = await s.cursor(**options) if s.driver.sync or not options else None
        if cursor is None or not hasattr(cursor, "scroll"):
            continue
        await a(cursor.execute("SELECT tabid FROM systables WHERE tabid < 8 ORDER BY 1"))
        got.append([await a(cursor.fetch_first()), await a(cursor.fetch_last()),
                    await a(cursor.fetch_prior()), await a(cursor.fetch_absolute(2)),
                    await a(cursor.fetch_relative(2)), await a(cursor.fetch_relative(-3)),
                    await a(cursor.fetch_absolute(-1)), await a(cursor.fetch_absolute(99))])
        await a(cursor.scroll(3, mode="absolute"))
        got.append(await a(cursor.fetchone()))
        await a(cursor.close())
    return got if s.driver.sync else None


@case
async def parameters(s):
    return [await s.run("SELECT tabname FROM systables WHERE tabid = ?", (1,)),
            await s.run("SELECT tabname FROM systables WHERE tabid = :1", (2,)),
            await s.run("SELECT tabid, ':1 ?' FROM systables WHERE tabid = ? -- ? :2", (3,)),
            await s.run("SELECT 1::INT FROM systables WHERE tabid = :1", [1])]


@ours
async def named_parameters(s):
    rows = await s.run("SELECT tabid, ':low' FROM systables WHERE tabid > :low AND tabid < :high "
                       "AND tabid <> :low", {"low": 1, "high": 4})
    assert rows == [(2, ":low"), (3, ":low")], rows


@case
async def errors(s):
    await s.run("CREATE TABLE e (a INT PRIMARY KEY, b VARCHAR(3) NOT NULL)")
    await s.run("INSERT INTO e VALUES (1, 'x')")
    got = [await s.fails("SELECT * FROM nowhere"), await s.fails("SELEC 1"),
           await s.fails("SELECT nothing FROM e"), await s.fails("INSERT INTO e VALUES (2, NULL)"),
           (await s.fails("INSERT INTO e VALUES (1, 'y')"))[:4],
           await s.fails("INSERT INTO e VALUES ('no number', 'y')"),
           await s.run("SELECT a, b FROM e")]
    await s.run("DROP TABLE e")
    return got


@case
async def too_few_parameters(s):
    cursor = await s.cursor()
    try:
        await a(cursor.execute("SELECT 1 FROM systables WHERE tabid = ? AND tabid = ?", (1,)))
    except s.driver.Error as error:
        return isinstance(error, s.driver.DatabaseError), await s.run(
            "SELECT tabid FROM systables WHERE tabid = 1")
    raise AssertionError("no error")


@case
async def transactions(s):
    other = await s.driver.open(autocommit=False)
    cursor = await a(other.cursor())
    await a(cursor.execute("CREATE TABLE t (a INT)"))
    await a(other.commit())
    got = []
    for end in ("commit", "rollback"):
        await a(cursor.execute("INSERT INTO t VALUES (1)"))
        await a(getattr(other, end)())
        await a(cursor.execute("SELECT COUNT(*) FROM t"))
        got.append((await a(cursor.fetchone()))[0])
        await a(other.commit())
    await a(cursor.execute("DROP TABLE t"))
    await a(other.commit())
    await a(other.close())
    return got


@case
async def batch_errors(s):
    await s.run("CREATE TABLE b (a INT PRIMARY KEY)")
    cursor = await s.cursor()
    try:
        await a(cursor.executemany("INSERT INTO b VALUES (?)", [(i % 7,) for i in range(10)]))
    except s.driver.Error as error:
        got = [type(error).__name__, error.sqlcode]
    got.append(await s.run("SELECT a FROM b ORDER BY a"))
    await s.run("DROP TABLE b")
    return got


@ours
async def batch_row_errors(s):
    await s.run("CREATE TABLE b (a INT PRIMARY KEY)")
    cursor = await s.cursor()
    seen = []
    try:
        await a(cursor.executemany("INSERT INTO b VALUES (?)", ((i % 7000,) for i in range(7003)),
                                   progress=seen.append))
    except s.driver.IntegrityError as error:
        assert [row for row, _ in error.row_errors] == [7000, 7001, 7002], error.row_errors
        assert error.rows_taken == 7000 and error.rows_failed == 3
    else:
        raise AssertionError("no error")
    assert seen[-1] == 7003 and len(seen) > 5, seen
    await s.run("DELETE FROM b")
    await a(cursor.bulk_insert("INSERT INTO b VALUES (?)", ((i,) for i in range(20000))))
    assert cursor.rowcount == 20000
    assert (await s.run("SELECT COUNT(*), SUM(a) FROM b")) == [(20000, sum(range(20000)))]
    await s.run("DROP TABLE b")


@case
async def large_objects(s):
    await s.run("CREATE TABLE l (a INT, b BLOB, c CLOB)")
    cursor = await s.cursor()
    got = []
    for size in (0, 1, 2047, 2048, 70001):
        data = bytes(i * 7 % 256 for i in range(size))
        await a(cursor.write_blob_column("INSERT INTO l VALUES (?, BLOB_PLACEHOLDER, NULL)", data,
                                         (size,)))
        back = await a(cursor.read_blob_column("SELECT b FROM l WHERE a = ?", (size,)))
        got.append(back == data)
    await a(cursor.write_blob_column("INSERT INTO l VALUES (?, NULL, BLOB_PLACEHOLDER)", b"text",
                                     (-1,), clob=True))
    got.append(await a(cursor.read_blob_column("SELECT c FROM l WHERE a = ?", (-1,))))
    got.append(await a(cursor.read_blob_column("SELECT b FROM l WHERE a = ?", (-1,))))
    await s.run("DROP TABLE l")
    return got


@case
async def simple_large_objects(s):
    await s.run("CREATE TABLE l (a INT, b BYTE, c TEXT, d INT)")
    await s.run("INSERT INTO l VALUES (1, ?, NULL, 4711)", (bytes(range(256)),))
    rows = await s.run("SELECT a, b, c, d FROM l")
    await s.run("DROP TABLE l")
    return rows


@ours
async def large_objects_as_files(s):
    await s.run("CREATE TABLE l (a INT, b BLOB)")
    lob = await a(s.connection.create_lob())
    await a(lob.write(b"0123456789" * 1000))
    await s.run("INSERT INTO l VALUES (1, ?)", (lob.lob if hasattr(lob, "lob") else lob._lob,))
    await a(lob.close())
    locator = (await s.run("SELECT b FROM l"))[0][0]
    assert isinstance(locator, s.driver.BlobLocator) and len(locator.raw) == 72
    lob = await a(s.connection.open_lob(locator, "rw"))
    assert await a(lob.size()) == 10000
    await a(lob.seek(9995))
    assert await a(lob.read(100)) == b"56789" and await a(lob.read(5)) == b""
    await a(lob.seek(2))
    await a(lob.write(b"xx"))
    await a(lob.truncate(6))
    await a(lob.seek(0))
    assert await a(lob.read()) == b"01xx45"
    await a(lob.close())
    await s.run("DROP TABLE l")


@case
async def rows_with_names(s):
    other = await s.driver.open(row_factory=s.driver.Row, autocommit=True)
    cursor = await a(other.cursor())
    await a(cursor.execute("SELECT tabid, tabname AS keys, tabid + 1 FROM systables WHERE tabid = 1"))
    row = await a(cursor.fetchone())
    await a(other.close())
    return [row == (1, "systables", 2), row.tabid, row["tabid"], row["keys"], row.keys, row[1],
            type(row).__mro__[1].__name__, list(row), s.driver.Row.keys(row)]


@ours
async def many_cursors(s):
    """They do not disturb each other."""
    cursors = []
    for i in range(20):
        cursor = await s.cursor()
        await a(cursor.execute("SELECT tabid FROM systables WHERE tabid > ? ORDER BY 1", (i,)))
        cursors.append(cursor)
    for round_ in range(3):
        for i, cursor in enumerate(cursors):
            assert await a(cursor.fetchone()) == (i + round_ + 1,)


@ours
async def streaming(s):
    cursor = await s.cursor()
    await a(cursor.execute("SELECT a.tabid, b.tabid FROM systables a, systables b, systables c"))
    assert cursor.rowcount == -1
    for _ in range(10):
        assert len(await a(cursor.fetchone())) == 2
    await a(cursor.close())
    assert await s.run("SELECT tabid FROM systables WHERE tabid = 1") == [(1,)]


@ours
async def closed(s):
    cursor = await s.cursor()
    try:
        await a(cursor.fetchone())
    except s.driver.ProgrammingError:
        pass
    await a(cursor.close())
    for call in (cursor.fetchone, lambda: cursor.execute("SELECT 1 FROM systables")):
        try:
            await a(call())
        except s.driver.InterfaceError:
            continue
        raise AssertionError("a closed cursor works")
    other = await s.driver.open()
    await a(other.close())
    await a(other.close())
    try:
        await a(other.commit())
    except s.driver.InterfaceError:
        return
    raise AssertionError("a closed connection works")


@ours
async def current_of(s):
    """The row that was fetched last, whatever was read ahead for other cursors."""
    await s.run("CREATE TABLE w (a INT, b INT)")
    cursor, other = await s.cursor(), await s.cursor()
    await a(cursor.executemany("INSERT INTO w VALUES (?, 0)", [(i,) for i in range(5)]))
    await a(s.connection.begin())
    await a(cursor.execute("SELECT a FROM w FOR UPDATE"))
    for i in range(5):
        assert await a(cursor.fetchone()) == (i,)
        if i % 2 == 0:
            await a(other.execute(f"UPDATE w SET b = ? WHERE CURRENT OF {cursor.name}", (i + 10,)))
            assert other.rowcount == 1
    assert await a(cursor.fetchone()) is None
    await a(s.connection.commit())
    assert await s.run("SELECT b FROM w ORDER BY a") == [(10,), (0,), (12,), (0,), (14,)]
    await s.run("DROP TABLE w")


@ours
async def pickles(s):
    await s.run("CREATE TABLE q (r ROW(a INT, b VARCHAR(9)), s SET(INT NOT NULL), "
                "l LIST(ROW(x INT) NOT NULL))")
    await s.run("INSERT INTO q VALUES (ROW(1,'x'), SET{1,2}, LIST{ROW(5)})")
    (row,) = await s.run("SELECT * FROM q")
    await s.run("DROP TABLE q")
    back = pickle.loads(pickle.dumps(row))
    months = s.driver.IntervalYM
    assert sorted([months(3), months(-1)]) == [months(-1), months(3)]
    assert pickle.loads(pickle.dumps(months(3))) == months(3)
    assert back == row and [one.value for one in back] == [one.value for one in row]
    assert back[0].b == "x" and back[2].value[0].x == 5
    try:
        await s.run("SELECT * FROM nowhere")
    except s.driver.Error as error:
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error) and str(again) == str(error)
        assert (again.sqlcode, again.near, again.sqlstate) == (-206, "nowhere", "42000")


@ours
async def serials(s):
    await s.run("CREATE TEMP TABLE n (a SERIAL, b INT)")
    cursor = await s.cursor()
    await a(cursor.execute("INSERT INTO n VALUES (0, 1)"))
    assert cursor.lastrowid == 1
    await a(cursor.execute("INSERT INTO n VALUES (41, 1)"))
    assert cursor.lastrowid == 41
    await a(cursor.execute("UPDATE n SET b = 2"))
    assert cursor.lastrowid is None


@case
async def fast_path(s):
    try:
        await a(s.connection.fast_path_call("function informix.ifx_lo_close(integer)", -1))
    except s.driver.DatabaseError as error:
        return error.sqlcode
    raise AssertionError("no error")


@ours
async def text_files(s):
    """What copy_out writes, copy_in reads."""
    columns = ("i INT, v VARCHAR(60), d DECIMAL(8,2), t DATETIME YEAR TO FRACTION(3), e DATE, "
               "l BOOLEAN, n INTERVAL DAY TO SECOND")
    rows = [(1, "plain", D("1.50"), datetime.datetime(2026, 5, 4, 1, 2, 3, 120000),
             datetime.date(2026, 5, 4), True, datetime.timedelta(1, 7384)),
            (2, "", D("-0.01"), datetime.datetime(1, 1, 1), datetime.date.max, False,
             -datetime.timedelta(2, 1)),
            (3, 'a "b", c|d\\e\nf\r\n', None, None, None, None, None),
            (4, None, None, None, None, None, None), (5, " |", None, None, None, None, None),
            (6, '""', None, None, None, None, None), (7, ",", None, None, None, None, None)]
    for options in ({}, {"format": "delimited"}, {"header": True}, {"delimiter": ";"},
                    {"format": "delimited", "delimiter": "^"}):
        await s.run(f"CREATE TEMP TABLE c1 ({columns})")
        await s.run(f"CREATE TEMP TABLE c2 ({columns})")
        cursor = await s.cursor()
        await a(cursor.executemany("INSERT INTO c1 VALUES (?, ?, ?, ?, ?, ?, ?)", rows))
        file = io.StringIO(newline="")
        assert await a(cursor.copy_out("SELECT * FROM c1 ORDER BY i", file, **options)) == len(rows)
        file.seek(0)
        assert await a(cursor.copy_in("c2", file, **options)) == len(rows), file.getvalue()
        back = await s.run("SELECT * FROM c2 ORDER BY i")
        assert back == rows, (options, back, file.getvalue())
        await s.run("DROP TABLE c1")
        await s.run("DROP TABLE c2")
    try:
        await a(cursor.copy_in("t; DROP TABLE x", io.StringIO("1\n")))
    except s.driver.ProgrammingError:
        return
    raise AssertionError("a table of any name")
