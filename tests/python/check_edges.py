#!/usr/bin/env python3
"""informix_db where programs are careless: odd values, code of the program that raises in the middle
of a call, threads on one connection, Ctrl-C, forks, the end of the interpreter, memory."""
import array
import collections
import contextlib
import ctypes
import datetime
import decimal
import enum
import gc
import io
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import types
import weakref

import ours

ours.with_ours(__file__)
import informix_db as db  # noqa: E402
from informix_db import aio  # noqa: E402
from sqlid import NAME, PASSWORD, USER, Sqlid  # noqa: E402

SLOW = ("SELECT COUNT(*) FROM syscolumns a, syscolumns b, syscolumns c, syscolumns d "
        "WHERE a.colno + b.colno = c.colno + d.colno + 1")
CYCLES = 20_000
GROWTH_KB = 6000
CASES = []


def case(function):
    CASES.append(function)
    return function


class Place:
    """A server and ways to connect to it."""

    def __init__(self, server):
        self.arguments = {"host": server.host, "port": server.port, "user": USER,
                          "password": PASSWORD, "server": NAME, "database": "edges",
                          "autocommit": True}

    def connect(self, **more):
        return db.connect(**dict(self.arguments, **more))


def raises(kinds, function, *arguments):
    try:
        function(*arguments)
    except kinds as error:
        return error
    raise AssertionError(f"no {kinds}")


def works(connection):
    assert connection.execute("SELECT tabid FROM systables WHERE tabid = 1").fetchall() == [(1,)]


@contextlib.contextmanager
def once(condition, function):
    """In a thread, when it has become so in the block, which has to end then."""
    failures = []

    def run():
        try:
            ours.until(condition)
            function()
        except BaseException as error:
            failures.append(error)

    thread, started = threading.Thread(target=run), time.monotonic()
    thread.start()
    yield
    thread.join()
    assert not failures, failures
    took = time.monotonic() - started
    assert took < ours.PATIENCE, f"it took {took:.1f} s"


# --- values ---

class Series:
    """As that of pandas: keys, but no Mapping."""
    def __init__(self, **values):
        self.values = values

    def keys(self):
        return self.values.keys()

    def __iter__(self):
        return iter(self.values.values())

    def __getitem__(self, key):
        return self.values[key]

    def __bool__(self):
        raise ValueError("ambiguous")


@case
def odd_values(place):
    """What cannot be stored is an error of PEP 249, and the next statement works."""
    with place.connect() as c:
        c.execute("CREATE TEMP TABLE o (i INT, d DECIMAL(8,2), v VARCHAR(20), t DATETIME YEAR TO SECOND)")
        insert = {"i": "INSERT INTO o (i) VALUES (?)", "d": "INSERT INTO o (d) VALUES (?)",
                  "v": "INSERT INTO o (v) VALUES (?)", "t": "INSERT INTO o (t) VALUES (?)"}
        bad = [("i", 2**31), ("i", 10**40), ("i", -2**63), ("i", float("nan")), ("i", float("inf")),
               ("d", decimal.Decimal("NaN")), ("d", decimal.Decimal("-Infinity")),
               ("d", decimal.Decimal("1e100")), ("v", "\udc80"), ("v", "a\ud800b"),
               ("v", "\u20ac"), ("i", object()), ("i", [object()]), ("i", "no number"), ("t", "yesterday")]
        for column, value in bad:
            raises(db.DatabaseError, c.execute, insert[column], (value,))
            works(c)
        raises(NotImplementedError, c.execute, insert["i"], (object(),))
        for value in (1, object()):
            raises(TypeError, c.execute, insert["i"], value)
        raises(db.ProgrammingError, c.execute, insert["i"], (1, 2))
        raises(db.ProgrammingError, c.execute, "INSERT INTO o (i) VALUES (:name)", {"other": 1})
        assert c.execute("SELECT COUNT(*) FROM o").fetchone() == (0,)


@case
def fine_values(place):
    class Number(int):
        pass

    class Text(str):
        pass

    class Moment(datetime.datetime):
        pass

    zone = datetime.timezone(datetime.timedelta(hours=5))
    with place.connect() as c:
        c.execute("CREATE TEMP TABLE o (i BIGINT, v VARCHAR(20), t DATETIME YEAR TO FRACTION(5), "
                  "b BYTE, z INT, l BOOLEAN)")
        given = [(Number(7), Text("x"), Moment(2026, 5, 4, 1, 2, 3, 999999), bytearray(b"ab"), 1, True),
                 (-2**63 + 1, "\xe9\xff", datetime.datetime(2026, 5, 4, 1, tzinfo=zone),
                  memoryview(b"x-y-z-xyz")[:6:2], 2, False),
                 (1, "", datetime.datetime.min, b"", 3, None),
                 (decimal.Decimal("5.0"), " ", datetime.datetime.max, bytes(70_000), 4, "t"),
                 (None, None, None, None, 5, None)]
        for row in given:
            c.execute("INSERT INTO o VALUES (?, ?, ?, ?, ?, ?)", row)
        wanted = [(7, "x", datetime.datetime(2026, 5, 4, 1, 2, 3, 999990), b"ab", 1, True),
                  (-2**63 + 1, "\xe9\xff", datetime.datetime(2026, 5, 4, 1), b"xyz", 2,
                   False),
                  (1, "", datetime.datetime.min, b"", 3, None),
                  (5, " ", datetime.datetime(9999, 12, 31, 23, 59, 59, 999990), bytes(70_000), 4,
                   True),
                  (None, None, None, None, 5, None)]
        rows = c.execute("SELECT * FROM o ORDER BY z").fetchall()
        assert rows == wanted, rows
        assert type(rows[0][0]) is int and type(rows[0][2]) is datetime.datetime


@case
def parameters_of_other_classes(place):
    """What counts is the value, not what a class of the program's makes of str()."""
    class Number(int):
        def __str__(self):
            return "1; DROP"

        __repr__ = __index__ = __str__

    class Exact(decimal.Decimal):
        def __str__(self):
            return "7"

    class Default(dict):
        def __missing__(self, key):
            return 42

    def sqlite_row(query):
        other = sqlite3.connect(":memory:")
        other.row_factory = sqlite3.Row
        return other.execute(query).fetchone()

    class Code(enum.IntEnum):
        NINE = 9

    class Word(str, enum.Enum):
        YES = "yes"

    with place.connect() as c:
        def one(kind, value, mark="?", listed=False):
            sql = f"SELECT {mark}::{kind} FROM systables WHERE tabid = 1"
            return c.execute(sql, value if listed or mark != "?" else (value,)).fetchone()[0]

        assert one("INT", Number(7)) == 7 and one("INT", Code.NINE) == 9
        assert one("DECIMAL(32)", Number(10**25)) == 10**25 and one("VARCHAR(9)", Word.YES) == "yes"
        assert one("DECIMAL(8,2)", Exact("5.5")) == decimal.Decimal("5.5")
        for values in ({"a": 3}, Default(a=3), types.MappingProxyType({"a": 3}),
                       collections.ChainMap({}, {"a": 3}), collections.UserDict(a=3)):
            assert one("INT", values, ":a") == 3, values
        assert one("INT", Default(), ":a") == 42
        for mark in ("?", ":1", ":a"):
            assert one("INT", Series(a=3), mark, listed=True) == 3
            assert one("INT", sqlite_row("SELECT 3 AS a"), mark, listed=True) == 3
        row = sqlite_row("SELECT 5 AS b, 4 AS a")
        assert c.execute("SELECT :a::INT, :b::INT FROM systables WHERE tabid = 1", row).fetchone() == (4, 5)
        assert c.execute("SELECT ?::INT, ?::INT FROM systables WHERE tabid = 1", row).fetchone() == (5, 4)
        raises(db.ProgrammingError, one, "INT", {"a": 3}, "?", True)
        for values in ([3], (3,), collections.deque([3]), (x for x in (3,)),
                       collections.namedtuple("Values", "keys")(3)):
            assert one("INT", values, ":1") == 3, values
        for kind, value in (("DECIMAL(32)", 10**5000), ("DECIMAL(32)", decimal.Decimal("sNaN")),
                            ("DECIMAL(32)", decimal.Decimal("1E+200")),
                            ("VARCHAR(9)", ("\udc80", 1)),
                            ("INTERVAL YEAR(9) TO MONTH", db.IntervalYM(10**12))):
            raises(db.DatabaseError, one, kind, value)
            works(c)
        raises(db.DataError, c.execute, "SELECT '\udc80' FROM systables")
        raises(db.DataError, c.execute, "SELECT '\u20ac' FROM systables")
        for value in (2**40, -2**40, 2**70):
            raises(OverflowError, c.set_lock_wait, value)
        works(c)


class Scalar(ctypes.c_int64):
    """As those of NumPy: a buffer, but one value, which item() tells; a moment in nanoseconds as a
    number."""
    ndim = 0

    def __init__(self, value, kind="i", exact=None):
        ctypes.c_int64.__init__(self, 5)
        self.plain, self.exact, self.dtype = value, exact, types.SimpleNamespace(kind=kind)

    def item(self):
        return self.plain

    def astype(self, kind):
        assert kind in ("M8[us]", "m8[us]"), kind
        return Scalar(self.exact)


class NotATime(datetime.datetime):
    """As NaT of pandas."""
    def __ne__(self, other):
        return True


@case
def values_of_numpy_and_pandas(place):
    day, second = datetime.datetime(2026, 5, 4), datetime.timedelta(0, 1)
    with place.connect() as c:
        def one(kind, value):
            sql = f"SELECT ?::{kind} FROM systables WHERE tabid = 1"
            return c.execute(sql, (value,)).fetchone()[0]

        for kind, value, wanted in (
                ("INT", Scalar(7), 7), ("FLOAT", Scalar(1.5), 1.5), ("BOOLEAN", Scalar(True), True),
                ("INT", Scalar(None), None), ("VARCHAR(9)", Scalar("x"), "x"),
                ("DATETIME YEAR TO SECOND", Scalar(day, "M"), day),
                ("DATETIME YEAR TO SECOND", Scalar(1, "M", day), day),
                ("INTERVAL DAY TO SECOND", Scalar(1, "m", second), second),
                ("DATETIME YEAR TO SECOND", NotATime(1, 1, 1), None)):
            assert one(kind, value) == wanted, (kind, wanted)
        for value in (Scalar(1j), Scalar(object()), Scalar(Scalar(1))):
            raises(db.NotSupportedError, one, "INT", value)
        works(c)


class Shortens:
    """A parameter whose own code takes the others away."""
    def __init__(self, parameters):
        self.parameters = parameters

    @property
    def lob(self):
        self.parameters.clear()


class ShortensAndIsFine(Scalar):
    def item(self):
        self.plain.clear()


class Fails(dict):
    def __getitem__(self, key):
        raise KeyboardInterrupt(key)


@case
def parameters_with_code_of_their_own(place):
    sql = "SELECT :1::INT, :2::INT FROM systables WHERE tabid = 1"
    with place.connect() as c:
        parameters = []
        parameters += [Shortens(parameters), 10**30]
        raises(db.NotSupportedError, c.execute, sql, parameters)
        parameters += [ShortensAndIsFine(parameters), 1]
        raises(RuntimeError, c.execute, sql, parameters)
        error = raises(KeyboardInterrupt, c.execute, sql.replace(":1", ":a").replace(":2", ":b"),
                       Fails(a=1, b=2))
        assert error.args == ("a",)
        works(c)


@case
def nul_in_texts(place):
    """A NUL is a character to a VARCHAR: it comes back, or is refused, but nothing is cut."""
    with place.connect() as c:
        c.execute("CREATE TEMP TABLE o (v LVARCHAR(20))")
        try:
            c.execute("INSERT INTO o VALUES (?)", ("a\0b",))
            assert c.execute("SELECT v FROM o").fetchall() == [("a\0b",)]
        except db.DatabaseError:
            works(c)
        raises(ValueError, c.savepoint, "a\0b")
        raises((ValueError, db.Error), c.fast_path_call, "function a\0b")
        raises((db.Error, ValueError), place.connect().execute, "SELECT 1 FROM systables\0 WHERE x")


@case
def many_rows_alike(place):
    """Rows by the block: NULLs, all lengths, repeated and new values."""
    with place.connect() as c:
        c.execute("CREATE TEMP TABLE m (a INT, b DECIMAL(10,3), d DATE, v VARCHAR(255), f FLOAT, "
                  "t DATETIME YEAR TO FRACTION(3), l BOOLEAN)")
        rows = []
        for i in range(3000):
            day = datetime.date(1, 1, 1) + datetime.timedelta(i * 1217 % 3652058)
            row = (i, decimal.Decimal(i * 7 - 9999) / 1000, day, "\xe9" * (i % 3) + "v" * (i % 250),
                   i / 3, datetime.datetime.combine(day, datetime.time(i % 24, 59, i % 60, 123000)),
                   i % 2 == 0)
            rows.append(tuple(None if (i + place_) % 11 == 0 else value
                              for place_, value in enumerate(row)))
        c.cursor().executemany("INSERT INTO m VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        cursor = c.cursor()
        for size in (1, 7, 511, 512, 513, 3000, 5000):
            cursor.execute("SELECT * FROM m")
            got = []
            while some := cursor.fetchmany(size):
                got += some
            assert got == rows, size
        assert not gc.is_tracked(got[0])


# --- code of the program ---

@case
def row_factories_that_raise(place):
    with place.connect() as c:
        for query in ("SELECT tabid FROM systables", "SELECT tabid, INTERVAL (5) HOUR TO HOUR FROM systables"):
            calls = []

            def factory(row, calls=calls):
                calls.append(row)
                if len(calls) == 3:
                    raise KeyError("mine")
                return row

            cursor = c.cursor()
            cursor.row_factory = factory
            cursor.execute(query)
            raises(KeyError, cursor.fetchall)
            works(c)
        cursor = c.cursor()
        cursor.row_factory = lambda row: works(c) or row
        cursor.execute("SELECT tabid FROM systables")
        raises(RuntimeError, cursor.fetchall)  # in the middle of its own call
        works(c)


@case
def generators_that_raise(place):
    with place.connect() as c:
        c.execute("CREATE TABLE g (a INT)")

        def rows(count):
            for i in range(count):
                yield (i,)
            raise KeyError("mine")

        for count in (0, 1, 5000):
            for bulk in (False, True):
                cursor = c.cursor()
                with contextlib.suppress(KeyError):
                    cursor.executemany("INSERT INTO g VALUES (?)", rows(count), bulk=bulk)
                    raise AssertionError("no error")
                works(c)
                assert c.execute("SELECT COUNT(*) FROM g").fetchone()[0] <= count
                c.execute("DELETE FROM g")
        # One that reads the very connection, and one that is no iterable.
        source = c.cursor().execute("SELECT tabid FROM systables WHERE tabid < 20")
        c.cursor().executemany("INSERT INTO g VALUES (?)", (row for row in source))
        assert c.execute("SELECT COUNT(*) FROM g").fetchone()[0] == 19
        raises(TypeError, c.cursor().executemany, "INSERT INTO g VALUES (?)", 5)
        works(c)
        cursor = c.cursor()
        raises(db.ProgrammingError, cursor.executemany, "INSERT INTO g VALUES (?)", [(1,), (1, 2)])
        raises(db.DatabaseError, cursor.executemany, "INSERT INTO g VALUES (?)", [("x",), (1,)])
        raises(KeyError, lambda: cursor.executemany(
            "INSERT INTO g VALUES (?)", ((i,) for i in range(9000)), progress={}.__getitem__))
        works(c)
        c.execute("DROP TABLE g")


@case
def cycles_are_collected(place):
    """A cursor that is garbage may be collected in the middle of a call of its own connection."""
    with place.connect() as c:
        class Holder:
            pass

        def garbage():
            holder = Holder()
            holder.cursor = c.cursor().execute("SELECT tabid FROM systables")
            holder.itself = holder
            return weakref.ref(holder.cursor)

        refs = [garbage() for _ in range(200)]
        cursor = c.cursor()
        cursor.row_factory = lambda row: gc.collect() and row or row
        cursor.execute("SELECT FIRST 5 tabid FROM systables")
        assert len(cursor.fetchall()) == 5
        assert not any(ref() for ref in refs)
        works(c)
    connection = place.connect()
    lob = connection.create_lob()
    lob.write(b"never closed")
    del lob, connection
    gc.collect()


# --- threads and interrupts ---

@case
def threads_on_one_connection(place):
    """They take turns; what each gets is its own."""
    failures = []
    with place.connect() as c:
        def run(number):
            try:
                for i in range(60):
                    low = 1 + (number + i) % 10
                    rows = c.execute("SELECT tabid FROM systables WHERE tabid >= ? AND tabid < ? "
                                     "ORDER BY 1", (low, low + 5)).fetchall()
                    assert rows == [(j,) for j in range(low, low + 5)], rows
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(ours.PATIENCE)
            assert not thread.is_alive()
    assert not failures, failures[0]


@case
def threads_on_a_pool(place):
    """However they come and go, each connection is there in the end."""
    failures, before = [], sys.getswitchinterval()
    with db.create_pool(min_size=8, max_size=8, acquire_timeout=ours.PATIENCE,
                        **place.arguments) as pool:
        def run():
            try:
                for _ in range(400):
                    pool.release(pool.acquire())
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=run) for _ in range(4)]
        sys.setswitchinterval(1e-6)
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(before)
        assert not failures, failures
        assert pool.size == pool.idle_count == 8


@case
def autocommit_is_switched(place):
    """On: what is open is committed. Off: a transaction begins."""
    with place.connect(autocommit=False) as c, place.connect() as other:
        c.execute("CREATE TABLE sw (a INT)")
        c.commit()
        c.execute("INSERT INTO sw VALUES (1)")
        c.autocommit = True
        assert not c.in_transaction
        c.rollback()
        assert other.execute("SELECT a FROM sw").fetchall() == [(1,)]
        c.autocommit = False
        c.execute("INSERT INTO sw VALUES (2)")
        c.rollback()
        c.autocommit = True
        assert c.execute("SELECT a FROM sw").fetchall() == [(1,)]
        c.execute("DROP TABLE sw")
    for text in (db.Connection.autocommit.__doc__, aio.AsyncConnection.set_autocommit.__doc__):
        assert "commits what is open" in text, text


@case
def cancel_from_another_thread(place):
    with place.connect() as c:
        for _ in range(3):
            with once(ours.waits(c), c.cancel):
                error = raises(db.OperationalError, c.execute, SLOW)
            assert error.sqlcode == -213, error
            works(c)
        c.cancel()  # nothing is under way
        works(c)


@case
def close_during_use(place):
    """The call that is running ends; close returns; nothing crashes."""
    for _ in range(3):
        c = place.connect()
        with once(ours.waits(c), c.close):
            raises(db.Error, c.execute, SLOW)
        raises(db.InterfaceError, c.execute, "SELECT 1 FROM systables")
    c = place.connect()
    cursor = c.execute("SELECT tabname FROM systables, syscolumns")
    stop, fetched = [], []

    def fetch():
        while not stop:
            with contextlib.suppress(db.Error):
                fetched.append(cursor.fetchmany(10))

    threads = [threading.Thread(target=fetch) for _ in range(3)]
    for thread in threads:
        thread.start()
    ours.until(lambda: len(fetched) > 3)
    cursor.close()
    c.close()
    stop.append(1)
    for thread in threads:
        thread.join(ours.PATIENCE)
        assert not thread.is_alive()


@case
def interrupt(place):
    """Ctrl-C ends a long query, and the connection stays usable."""
    def press():
        os.kill(os.getpid(), signal.SIGINT)

    with place.connect() as c:
        for _ in range(2):
            with once(ours.waits(c), press):
                raises(KeyboardInterrupt, c.execute, SLOW)
            works(c)
        cursor = c.execute("SELECT a.tabid FROM syscolumns a, syscolumns b, syscolumns c")
        fetched = []
        with once(lambda: len(fetched) > 5000, press):
            raises(KeyboardInterrupt, lambda: [fetched.append(row) for row in cursor])
        cursor.close()
        works(c)


@case
def signals_that_do_not_raise(place):
    seen = []
    before = signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    try:
        with place.connect() as c:
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
            for _ in range(50):
                works(c)
            ours.until(lambda: seen)
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


@case
def forks(place):
    """The child cannot use what the parent connected, cannot hang, and does the parent no harm."""
    with place.connect() as c:
        cursor = c.execute("SELECT tabname FROM systables, syscolumns")
        cursor.fetchone()
        stop = []

        def busy():
            with place.connect() as other:
                while not stop:
                    works(other)

        thread = threading.Thread(target=busy)
        thread.start()
        for _ in range(5):
            child = os.fork()
            if child == 0:
                status = 1
                with contextlib.suppress(BaseException):
                    raises(db.Error, c.execute, "SELECT 1 FROM systables")
                    c.close()
                    with place.connect() as own:
                        works(own)
                    status = 0
                os._exit(status)
            assert os.waitpid(child, 0)[1] == 0
        stop.append(1)
        thread.join()
        assert cursor.fetchone()
        works(c)


@case
def the_end_of_the_interpreter(place):
    """With connections, cursors and a thread in the middle of a query."""
    program = ("import informix_db, threading, sys, time\n"
               f"c = informix_db.connect(**{place.arguments!r})\n"
               "k = c.execute('SELECT tabname FROM systables, syscolumns'); k.fetchone()\n"
               "lob = c.create_lob(); lob.write(b'x')\n"
               f"d = informix_db.connect(**{place.arguments!r})\n"
               f"t = threading.Thread(target=d.execute, args=({SLOW!r},), daemon=True)\n"
               "before = d.counts()['requests']; t.start()\n"
               "while d.counts()['requests'] == before: time.sleep(0.01)\n"
               "x = [c]; x.append(x); print('done')\n")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          timeout=ours.PATIENCE)
    assert done.returncode == 0 and done.stdout == "done\n", (done.returncode, done.stderr)


# --- the rest ---

@case
def closed_things(place):
    c = place.connect()
    cursor, open_cursor = c.cursor(), c.execute("SELECT tabid FROM systables")
    lob = c.create_lob()
    cursor.close()
    cursor.close()
    raises(db.InterfaceError, cursor.execute, "SELECT 1 FROM systables")
    c.close()
    for call in (open_cursor.fetchone, c.cursor, c.commit, c.rollback, c.begin,
                 lambda: c.execute("SELECT 1 FROM systables"), lambda: c.fast_path_call("x()"),
                 lambda: c.create_lob(), lambda: setattr(c, "autocommit", False)):
        raises(db.InterfaceError, call)
    raises((db.Error, ValueError), lob.write, b"x")
    assert c.closed and not c.ping()


@case
def what_the_server_is_told(place):
    """Variables of env, the odd ones too, and the name of the server."""
    with tempfile.NamedTemporaryFile() as trace:
        with place.connect(trace=trace.name, env={"DBMONEY": "$,", "GL_DATE": "\\%d",
                                                  "DBCENTURY": "C"}):
            pass
        told = trace.read().decode()
    for name, value in (("DBMONEY", "$,"), ("GL_DATE", "\\\\%d"), ("DBCENTURY", "C")):
        assert f'{{name="{name}" value="{value}"}}' in told, told[:2000]
    raises(db.InterfaceError, lambda: place.connect(env={"A B": "1"}))
    arguments = {name: value for name, value in place.arguments.items() if name != "server"}
    with db.connect(**arguments) as c:
        works(c)


@case
def files(place):
    """lotofile and filetoblob have only what the program gives them."""
    with place.connect() as c:
        c.execute("CREATE TABLE fl (a INT, b BLOB)")
        cursor = c.cursor()
        cursor.virtual_files["/tmp/in"] = b"content"
        cursor.execute("INSERT INTO fl VALUES (1, filetoblob('/tmp/in', 'client'))")
        cursor.execute("SELECT lotofile(b, '/tmp/out', 'client') FROM fl")
        (name,) = cursor.fetchone()
        assert cursor.blob_files == {name: b"content"} and not os.path.exists(name)
        raises(db.DatabaseError, c.execute,
               "INSERT INTO fl VALUES (2, filetoblob('/etc/passwd', 'client'))")
        c.execute("DROP TABLE fl")
        works(c)


@case
def large_objects_as_files(place):
    with place.connect() as c:
        with c.create_lob() as lob:
            with io.BufferedWriter(lob) as out:
                for i in range(1000):
                    out.write(b"%07d\n" % i)
                out.flush()
                c.execute("CREATE TABLE lf (b BLOB)")
                c.execute("INSERT INTO lf VALUES (?)", (lob,))
        (locator,) = c.execute("SELECT b FROM lf").fetchone()
        lines = list(io.TextIOWrapper(io.BufferedReader(c.open_lob(locator))))
        assert lines == [f"{i:07d}\n" for i in range(1000)]
        with c.open_lob(locator) as lob:
            assert lob.seek(-8, io.SEEK_END) == 7992 and lob.read() == b"0000999\n"
            raises((io.UnsupportedOperation, db.Error, OSError), lob.write, b"x")
            raises(ValueError, lob.seek, -1)
        raises(ValueError, lob.read)
        c.execute("DROP TABLE lf")


@case
def large_objects_as_any_file(place):
    """What io promises of raw files."""
    with place.connect() as c:
        c.execute("CREATE TABLE la (a INT, b BLOB)")
        cursor = c.cursor()
        insert = "INSERT INTO la VALUES (1, BLOB_PLACEHOLDER)"
        cursor.write_blob_column(insert, b"line1\nline2\nline3")
        for wrong in ("text", 5, None):
            raises(TypeError, cursor.write_blob_column, insert, wrong)
        (locator,) = c.execute("SELECT b FROM la").fetchone()
        file = c.open_lob(locator)
        assert (file.mode, file.readable(), file.writable(), file.seekable()) == ("r", True, False, True)
        assert file.readline() == b"line1\n" and list(file) == [b"line2\n", b"line3"]
        assert file.seek(0) == 0
        numbers, view = array.array("H", [0, 0]), bytearray(4)
        assert file.readinto(numbers) == 4 and numbers.tobytes() == b"line"
        assert file.readinto(memoryview(view)[1:3]) == 2 and view == b"\0001\n\0", view
        raises(TypeError, file.readinto, b"abcd")
        assert file.seek(100) == 100 and file.read(5) == b"" and file.tell() == 100
        raises(ValueError, file.seek, 0, 9)
        for wrong in (lambda: file.write(b"x"), lambda: file.truncate(1), file.fileno):
            raises(io.UnsupportedOperation, wrong)
        file.close()
        for closed in (file.read, file.tell, file.size, file.readable, file.writable, file.seekable,
                       lambda: list(file), lambda: file.seek(0), lambda: file.truncate(0)):
            raises(ValueError, closed)
        with c.open_lob(locator, "w") as file:
            raises(io.UnsupportedOperation, file.read)
            raises(io.UnsupportedOperation, file.readline)
            raises(TypeError, file.write, "text")
            assert file.write(numbers) == 4 and file.write(memoryview(b"abcdef")[::2]) == 3
            raises(ValueError, file.truncate, -1)
            assert file.truncate(6) == 6 and file.size() == 6 and file.tell() == 7
        assert cursor.read_blob_column("SELECT b FROM la") == b"lineac"
        file = c.open_lob(locator)
    raises(db.InterfaceError, file.read)
    file.close()


@case
def blob_placeholders(place):
    """In every style of placeholders; a question mark in a text is none."""
    with place.connect() as c:
        cursor = c.cursor()
        cursor.execute("CREATE TABLE lp (a INT, b BLOB, v VARCHAR(9))")
        for sql, values in (
                ("INSERT INTO lp VALUES (?, BLOB_PLACEHOLDER, ?)", (7, "x")),
                ("INSERT INTO lp VALUES (:1, BLOB_PLACEHOLDER, :2)", (7, "x")),
                ("INSERT INTO lp VALUES (:2, BLOB_PLACEHOLDER, :1)", ("x", 7)),
                ("INSERT INTO lp VALUES (:n, BLOB_PLACEHOLDER, :v)", {"n": 7, "v": "x"}),
                ("INSERT INTO lp VALUES (:n, BLOB_PLACEHOLDER, :v)", (7, "x")),
                ("INSERT INTO lp (v, b, a) VALUES (:v, BLOB_PLACEHOLDER, :n)", Series(n=7, v="x")),
                ("INSERT INTO lp VALUES (?, BLOB_PLACEHOLDER, ?)", Series(n=7, v="x")),
                ("INSERT INTO lp (a, v, b) VALUES (:n, :n, BLOB_PLACEHOLDER)", (7,)),
                ("INSERT INTO lp (v, b, a) VALUES ('?', BLOB_PLACEHOLDER, ?) -- ?", (7,))):
            cursor.write_blob_column(sql, b"bytes", values)
            assert cursor.rowcount == 1
            assert cursor.read_blob_column("SELECT b FROM lp WHERE a = ?", (7,)) == b"bytes", sql
            assert c.execute("SELECT v FROM lp").fetchone()[0] in ("x", "?", "7")
            c.execute("DELETE FROM lp")
        c.execute("DROP TABLE lp")


@case
def text_files_of_others(place):
    with place.connect() as c, tempfile.TemporaryDirectory() as folder:
        cursor = c.cursor()
        cursor.execute("CREATE TEMP TABLE tf (a INT, b VARCHAR(50))")

        def read(text, form):
            cursor.execute("DELETE FROM tf")
            count = cursor.copy_in("tf", io.StringIO(text, newline=""), format=form)
            return count, cursor.execute("SELECT * FROM tf ORDER BY a").fetchall()

        for form, text, rows in (
                ("csv", "", []), ("csv", "\n", []), ("csv", "1,x", [(1, "x")]),
                ("csv", '1,"a""b"\r\n2,""\r\n3,', [(1, 'a"b'), (2, ""), (3, None)]),
                ("csv", '1,"a\nb"\n', [(1, "a\nb")]), ("delimited", "1|x|", [(1, "x")]),
                ("delimited", "1|a\\|b|\n2||\n", [(1, "a|b"), (2, None)]),
                ("delimited", "1|x|\r\n2|\\ |\r\n", [(1, "x"), (2, "")])):
            assert read(text, form) == (len(rows), rows), (form, text)
        for form, text in (("csv", '1,"open\n'), ("csv", "1,a,b\n"), ("csv", "x,a\n"),
                           ("delimited", "1|open"), ("delimited", "1|a|b|\n")):
            raises(db.DatabaseError, read, text, form)
        for delimiter in ("||", '"', "\n"):
            raises(db.ProgrammingError,
                   lambda d=delimiter: cursor.copy_out("tf", io.StringIO(), delimiter=d))
        path = os.path.join(folder, "file.csv")
        with open(path, "w", encoding="utf-8-sig") as file:
            file.write("7,seven\n")
        cursor.execute("DELETE FROM tf")
        assert cursor.copy_in("tf", path) == 1
        assert cursor.execute("SELECT * FROM tf").fetchall() == [(7, "seven")]
        raises(db.DataError, cursor.copy_in, "tf", io.BytesIO(b"1,a\n"))


@case
def current_of_in_an_ansi_database(place):
    """Where every cursor that does not say FOR READ ONLY may be one for updates."""
    with place.connect(database="sysmaster") as c:
        c.execute("CREATE DATABASE ansi WITH LOG MODE ANSI")
    with place.connect(database="ansi", autocommit=False) as c:
        c.execute("CREATE TABLE w (a INT, b INT)")
        c.cursor().executemany("INSERT INTO w VALUES (?, 0)", [(i,) for i in range(4)])
        cursor = c.execute("SELECT a FROM w")
        for (a,) in cursor:
            if a % 2:
                c.execute(f"UPDATE w SET b = {a} WHERE CURRENT OF {cursor.name}")
        assert c.execute("SELECT a, b FROM w").fetchall() == [(0, 0), (1, 1), (2, 0), (3, 3)]
        assert len(c.execute("SELECT a FROM w FOR READ ONLY").fetchmany(3)) == 3
        c.rollback()


@case
def cursors_for_updates(place):
    """They are read row by row, others are not: told by the words, as the library does."""
    for query, said in (
            ("SELECT a FROM w", None), ("SELECT a FROM w FOR UPDATE", True),
            ("SELECT a FROM w for /* x */ update OF a", True), ("SELECT a FROM w FOR\nREAD ONLY", False),
            ("SELECT a FROM w FOR READ", False), ("SELECT a FROM w WHERE b = 'FOR UPDATE'", None),
            ("SELECT 'it''s FOR UPDATE', \"FOR UPDATE\" FROM w", None),
            ("SELECT a -- FOR UPDATE\nFROM w", None), ("SELECT a /* FOR UPDATE */ FROM w", None),
            ("SELECT a {FOR UPDATE} FROM w", None), ("SELECT a -- it's\nFROM w FOR UPDATE", True),
            ("SELECT SET{'}'} FROM w FOR UPDATE {'}", True), ("SELECT '--' FROM w FOR UPDATE", True),
            ("SELECT '{' FROM w FOR READ ONLY -- }", False), ("SELECT a_for update FROM w", None)):
        for ansi in (False, True):
            assert db._core._is_for_updates(query, ansi) == (ansi if said is None else said), query
    with place.connect() as c:
        c.execute("CREATE TABLE w (a INT, b VARCHAR(20))")
        c.cursor().executemany("INSERT INTO w VALUES (?, 'FOR UPDATE')", [(i,) for i in range(4)])
        for query, rows in (("SELECT a FROM w WHERE b = 'FOR UPDATE'", 4),
                            ("SELECT a FROM w FOR /* each */ UPDATE", 1)):
            cursor = c.execute(query)
            cursor.fetchone()
            assert len(cursor._rows) == rows, (query, cursor._rows)
            cursor.close()
        c.execute("DROP TABLE w")


@case
def counts_of_batches(place):
    """Rows that were changed, not sets of parameters."""
    with place.connect() as c:
        cursor = c.execute("CREATE TEMP TABLE cb (a INT, b INT)")
        cursor.executemany("INSERT INTO cb VALUES (?, 0)", ((i % 10,) for i in range(100)))
        assert cursor.rowcount == 100
        cursor.executemany("UPDATE cb SET b = 1 WHERE a < ?", [(2,), (3,), (-1,)])
        assert cursor.rowcount == 50, cursor.rowcount
        cursor.executemany("DELETE FROM cb WHERE a = ?", [(1,), (1,)])
        assert cursor.rowcount == 10 and cursor.description is None
        cursor.executemany("DELETE FROM cb WHERE a = ?", [])
        assert cursor.rowcount == 0


def resident_kb():
    with open("/proc/self/status", encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1])


@case
def no_leak_over_many_cycles(place):
    """Execute, fetch, close, errors too: flat memory, no reference kept."""
    def cycle(c, i):
        with c.cursor() as cursor:
            cursor.execute("SELECT tabname, tabid, created FROM systables WHERE tabid = ?", (i % 9,))
            cursor.fetchall()
        if i % 10 == 0:
            with contextlib.suppress(db.Error):
                c.execute("SELECT nothing FROM systables")
            c.execute("SELECT INTERVAL (5) HOUR TO HOUR, tabid FROM systables").fetchone()

    total = CYCLES // 20 if Sqlid.is_sanitized() else CYCLES
    with place.connect() as c:
        for i in range(total // 4):
            cycle(c, i)
        gc.collect()
        before, blocks = resident_kb(), sys.getallocatedblocks()
        counted = getattr(sys, "gettotalrefcount", int)()
        for i in range(total):
            cycle(c, i)
        gc.collect()
        grown = resident_kb() - before
        assert sys.getallocatedblocks() - blocks < 500, sys.getallocatedblocks() - blocks
        assert getattr(sys, "gettotalrefcount", int)() - counted < 500
        assert Sqlid.is_sanitized() or grown < GROWTH_KB, f"{grown} KB more"


@case
def a_million_rows_streamed(place):
    """Nothing is kept of what was handed out."""
    with place.connect() as c:
        cursor = c.execute("SELECT FIRST 1000000 a.tabname, b.colno, c.colno FROM systables a, "
                           "syscolumns b, syscolumns c")
        for _ in range(1000):
            cursor.fetchone()
        before, count = resident_kb(), 1000
        for _row in cursor:
            count += 1
        grown = resident_kb() - before
        assert count == 1000000, count
        assert Sqlid.is_sanitized() or grown < GROWTH_KB, f"{grown} KB more"


def main(cases):
    chosen, failed = sys.argv[1:], 0
    cases = [function for function in cases if not chosen or function.__name__ in chosen]
    with Sqlid() as server:
        place = Place(server)
        with place.connect(database="sysmaster") as c:
            c.execute("CREATE DATABASE edges WITH LOG")
        for function in cases:
            started = time.monotonic()
            try:
                function(place)
                told = "ok"
            except BaseException as error:
                failed += 1
                lines = []
                trace = error.__traceback__
                while trace:
                    lines.append(str(trace.tb_lineno))
                    trace = trace.tb_next
                told = f"FAIL {type(error).__name__}: {error} (lines {', '.join(lines)})"
            print(f"{function.__name__}: {told} ({time.monotonic() - started:.1f} s)", flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(CASES))
