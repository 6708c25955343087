#!/usr/bin/env python3
"""What PEP 249 says of modules, connections and cursors, and informix_db of what it leaves open."""
import asyncio
import copy
import datetime
import pickle
import shutil
import subprocess
import sys

import ours

ours.with_ours(__file__)
import informix_db as db  # noqa: E402
from check_edges import main, raises, works  # noqa: E402
from informix_db import _native, aio, exceptions  # noqa: E402

FEW = "SELECT tabid FROM systables WHERE tabid < 8 ORDER BY 1"
CASES = []


def case(function):
    CASES.append(function)
    return function


@case
def module(place):
    assert (db.apilevel, db.threadsafety, db.paramstyle) == ("2.0", 1, "numeric")
    for kind in (db.Warning, db.Error):
        assert kind.__bases__ == (Exception,)
    for kind in (db.InterfaceError, db.DatabaseError):
        assert kind.__bases__ == (db.Error,)
    for name in ("DataError", "OperationalError", "IntegrityError", "InternalError",
                 "ProgrammingError", "NotSupportedError"):
        assert getattr(db, name).__bases__ == (db.DatabaseError,)
        assert getattr(db.Connection, name) is getattr(db, name)
    assert db.Date(2026, 5, 4) == datetime.date(2026, 5, 4) and db.Binary(memoryview(b"x")) == b"x"
    assert db.TimestampFromTicks(0).timestamp() == 0


# Type, type object of PEP 249.
TYPES = [("SMALLINT", db.NUMBER), ("INT8", db.NUMBER), ("SERIAL", db.NUMBER), ("FLOAT", db.NUMBER),
         ("DECIMAL(5,2)", db.NUMBER), ("MONEY", db.NUMBER), ("BOOLEAN", db.NUMBER),
         ("CHAR(3)", db.STRING), ("NVARCHAR(3)", db.STRING), ("LVARCHAR(300)", db.STRING),
         ("TEXT", db.STRING), ("CLOB", db.STRING), ("BYTE", db.BINARY), ("BLOB", db.BINARY),
         ("DATE", db.DATETIME), ("DATETIME YEAR TO DAY", db.DATETIME),
         ("INTERVAL DAY TO DAY", db.DATETIME)]


@case
def type_objects(place):
    columns = ", ".join(f"c{number} {kind}" for number, (kind, _) in enumerate(TYPES))
    with place.connect() as c:
        c.execute(f"CREATE TEMP TABLE kinds ({columns})")
        described = c.execute("SELECT * FROM kinds").description
    for each in (described, pickle.loads(pickle.dumps(described)), copy.deepcopy(described)):
        for column, (kind, wanted) in zip(each, TYPES):
            for one in (db.STRING, db.BINARY, db.NUMBER, db.DATETIME):
                assert (column[1] == one) == (one is wanted), (kind, column, one)
    assert db.STRING != [] and db.STRING is not None and db.STRING != db.BINARY


@case
def a_closed_connection_closes_its_cursors(place):
    """Even those that have rows at hand."""
    c = place.connect()
    cursors = [c.execute(FEW) for _ in range(9)]
    for cursor in cursors:
        assert cursor.fetchone() == (1,)
    c.close()
    for cursor, call in zip(cursors, ("fetchone", "fetchmany", "fetchall", "nextset", "__next__",
                                      "fetch_first", "fetch_last", "fetch_arrow")):
        assert "connection is closed" in str(raises(db.InterfaceError, getattr(cursor, call))), call
    raises(db.InterfaceError, cursors[8].execute, FEW)


@case
def a_closed_connection_closes_its_awaited_cursors(place):
    async def use():
        c = await aio.connect(**place.arguments)
        cursor = await c.execute(FEW)
        await cursor.fetchone()
        await c.close()
        await cursor.fetchone()

    raises(db.InterfaceError, asyncio.run, use())


@case
def a_loop_that_has_ended(place):
    """A connection that outlives its loop can still be closed."""
    made = []

    async def make():
        made.append(await aio.connect(**place.arguments))

    asyncio.run(make())
    asyncio.run(made[0].close())
    assert made[0].closed


@case
def what_a_closed_cursor_still_tells(place):
    with place.connect() as c:
        with c.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE told (a SERIAL)")
            cursor.executemany("INSERT INTO told VALUES (?)", [(0,), (0,)])
        assert cursor.rowcount == 2 and cursor.closed and cursor.connection is c
        with c.cursor() as cursor:
            cursor.execute(FEW)
            assert len(cursor.fetchall()) == 7
        assert cursor.rowcount == 7 and cursor.description[0][0] == "tabid"


@case
def results(place):
    """No result, one result, and arguments that are none."""
    with place.connect() as c:
        cursor = c.cursor()
        assert (cursor.description, cursor.rowcount, cursor.arraysize) == (None, -1, 1)
        for call in ("fetchone", "fetchmany", "fetchall", "nextset", "__next__"):
            raises(db.ProgrammingError, getattr(cursor, call))
        cursor.execute("CREATE TEMP TABLE none (a INT)")
        raises(db.ProgrammingError, cursor.nextset)
        assert cursor.execute(FEW).nextset() is None and iter(cursor) is cursor
        for size in ("2", 1.0, 2**0.5):
            raises(TypeError, cursor.fetchmany, size)
        assert cursor.fetchmany(2) == [(1,), (2,)] and cursor.fetchmany() == [(3,)]
        cursor.arraysize = 3
        assert cursor.fetchmany() == [(4,), (5,), (6,)] and cursor.fetchmany() == [(7,)]
        assert cursor.fetchmany() == [] and cursor.fetchall() == [] and cursor.fetchone() is None


@case
def procedures(place):
    """callproc returns a copy of what it was given."""
    with place.connect() as c:
        for given in (["FOO"], ("FOO",)):
            cursor = c.cursor()
            said = cursor.callproc("lower", given)
            assert said == given and type(said) is type(given)
            assert said is not given or type(given) is tuple
            assert cursor.fetchall() == [("foo",)]


@case
def off_the_ends(place):
    """A fetch that finds no row leaves the cursor where it is; the last row tells how many there are."""
    with place.connect() as c:
        for scrollable in (False, True):
            cursor = c.cursor(scrollable=scrollable).execute(FEW)
            for place_ in (7, 99, -8, -99):
                assert cursor.fetch_absolute(3) == (4,)
                assert cursor.fetch_absolute(place_) is None and cursor.rownumber == 3
                assert cursor.fetchone() == (5,)
                assert cursor.fetch_relative(place_) is None and cursor.rownumber == 4
            assert cursor.fetch_last() == (7,) and cursor.rowcount == 7
            raises(IndexError, cursor.scroll, -1, "absolute")
            assert cursor.fetchone() is None and cursor.fetch_prior() is not None
            none = c.cursor(scrollable=scrollable).execute(FEW.replace("8", "0"))
            assert none.fetchone() is None and none.fetchall() == [] and none.rownumber is None
            assert none.fetch_first() is None and none.rownumber is None and none.rowcount == 0
            raises(IndexError, none.scroll, -1)
            raises(db.ProgrammingError, cursor.scroll, 1, "sideways")
        cursor = c.cursor(scrollable=True).execute(FEW)
        cursor.scroll(99)
        assert cursor.fetch_prior() is None and cursor.rownumber == 98
        for sql, count in ((FEW, 7), (FEW.replace("8", "0"), 0)):
            cursor = c.cursor(scrollable=True).execute(sql)
            assert len(cursor.fetchall()) == count and cursor.rowcount == count
            assert c.cursor(scrollable=True).execute(sql).fetch_last() == ((7,) if count else None)


@case
def classes_of_errors(place):
    """Where the database is missing or something is locked, it is nothing that the program did."""
    raises(db.OperationalError, lambda: place.connect(database="nowhere"))
    with place.connect() as c:
        c.begin()
        raises(db.ProgrammingError, c.rollback_to, "nowhere")
        c.rollback()
        works(c)
    for code, kind in ((-107, db.OperationalError), (-105, db.DatabaseError),
                       (-329, db.OperationalError), (-482, db.ProgrammingError),
                       (-206, db.ProgrammingError), (-691, db.IntegrityError)):
        _, state, text, hint, retryable = _native.error_info(code)
        error = exceptions.make_error(code, 0, 0, state, text, "", hint, retryable)
        assert type(error) is kind, (code, type(error))


@case
def no_copies(place):
    """Of what stands for something at the server."""
    with place.connect() as c, db.create_pool(**place.arguments) as pool:
        cursor = c.execute(FEW)
        for each in (c, cursor, c.create_lob(), pool, cursor.fetch_arrow()):
            for call in (copy.copy, copy.deepcopy, pickle.dumps):
                error = raises(TypeError, call, each)
                assert f"{type(each).__name__} objects cannot be copied" in str(error), error


SUBINTERPRETER = """
import sys
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    import _interpreters as interpreters

def refused():
    one = interpreters.create()
    try:
        said = interpreters.run_string(one, f"import sys; sys.path[:0] = {sys.path!r}\\n"
                                            "import informix_db")
    except Exception as error:
        said = error
    interpreters.destroy(one)
    return "subinterpreter" in str(said)

print(refused())
import informix_db
print(refused())
with informix_db.connect(**ARGUMENTS) as c:
    print(c.execute("SELECT tabid FROM systables WHERE tabid = 1").fetchone())
"""


@case
def subinterpreters(place):
    """Are refused, whether the main interpreter has the module or not, and do it no harm."""
    program = SUBINTERPRETER.replace("ARGUMENTS", repr(place.arguments))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          timeout=ours.PATIENCE)
    assert done.stdout == "True\nTrue\n(1,)\n", (done.stdout, done.stderr)


@case
def other_versions_of_python(place):
    """Those that are there, and run, say that the module was built for another one."""
    def run(python, program):
        return subprocess.run([python, "-c", program], capture_output=True, text=True,
                              timeout=ours.PATIENCE)

    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for minor in range(11, 20):
        python = shutil.which(f"python3.{minor}")
        if python and minor != sys.version_info[1] and run(python, "").returncode == 0:
            said = run(python, "import informix_db").stderr
            assert f"it was built for Python {own}, and this is 3.{minor}" in said, said


@case
def rows_made_by_hand(place):
    assert repr(db.Row((1, "a"))) == "Row(1, 'a')" and db.Row((1, 2)) == (1, 2)


if __name__ == "__main__":
    sys.exit(main(CASES))
