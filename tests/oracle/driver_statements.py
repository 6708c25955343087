"""Errors, transactions, cursors, temporary tables and serials through the published driver."""
import datetime
import subprocess
import sys
import threading
import time
from decimal import Decimal

from checks import cases, check, equal, same_rows
from driver import fetch


def database_error():
    import informix_db
    return informix_db.Error


def fails(cursor, code, sql, parameters=None):
    try:
        cursor.execute(sql, parameters)
        cursor.fetchall()
    except database_error() as error:
        equal(error.sqlcode, code, f"code of {sql}")
        return error
    raise AssertionError(f"no error: {sql}")


def make_table(server, name, columns, rows=()):
    """A table of its own in testdb; returns an autocommit connection."""
    connection = server.connect(autocommit=True)
    cursor = connection.cursor()
    try:
        cursor.execute(f"DROP TABLE {name}")
    except database_error():
        cursor = connection.cursor()
    cursor.execute(f"CREATE TABLE {name} ({columns})")
    for row in rows:
        cursor.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)
    return connection


# --- connecting ---

@check
def connects_and_tells_its_version(server):
    connection = server.connect()
    for word in ("Informix", "Version"):
        assert word in connection.server_version, connection.server_version
        assert word in connection.server_version_internal, connection.server_version_internal
    equal(connection.server_capabilities.violated_assumptions(), [], "assumptions")
    if "9.5" in connection.server_version_internal:
        assert connection.server_version != connection.server_version_internal
    connection.close()
    connection.close()


@cases([("wrong password", {"password": "wrong"}, -951), ("wrong user", {"user": "nobody"}, -951),
        ("empty password", {"password": ""}, -951),
        ("wrong server", {"server": "elsewhere"}, -761),
        ("no such database", {"database": "nosuchdb"}, -329)])
def connect_refused(server, options, code):
    import informix_db
    try:
        server.connect(**options).close()
    except informix_db.Error as error:
        known = getattr(error, "sqlcode", None)
        if known not in (None, 0):
            equal(known, code, "code")
        elif code == -329:
            raise AssertionError(f"no code in {error!r}")
        else:  # a refused login is guessed at by the driver, so at least the text is asked for
            assert len(str(error)) > 10, repr(error)
    else:
        raise AssertionError("connected")
    server.connect().close()


@check
def databases_open_and_close(server):
    connection = server.connect(database="sysmaster", autocommit=True)
    cursor = connection.cursor()
    names = {name.strip() for name, in fetch(cursor, "SELECT name FROM sysdatabases")}
    assert {"sysmaster", "testdb"} <= names, names
    equal(fetch(cursor, "SELECT name FROM sysmaster:sysdatabases WHERE name = 'testdb'")[0][0]
          .strip(), "testdb", "qualified")
    cursor.execute("DATABASE testdb")
    equal(fetch(cursor, "SELECT DBINFO('dbname') FROM systables WHERE tabid = 1")[0][0].strip(),
          "testdb", "DATABASE")
    cursor.execute("CREATE DATABASE oracle_two WITH LOG")
    fails(connection.cursor(), -330, "CREATE DATABASE oracle_two WITH LOG")
    cursor = connection.cursor()
    cursor.execute("DATABASE testdb")
    cursor.execute("DROP DATABASE oracle_two")
    fails(connection.cursor(), -329, "DATABASE oracle_two")
    connection.close()
    nowhere = server.connect(database=None, autocommit=True)
    fails(nowhere.cursor(), -349, "SELECT tabid FROM systables")
    nowhere.close()


# --- errors: four times each, alternating with a good statement ---

SETUP = (
    "CREATE TABLE er (a INT PRIMARY KEY, b INT NOT NULL, c INT CHECK (c > 0), d VARCHAR(10))",
    "CREATE TABLE er_child (a INT REFERENCES er, k INT UNIQUE)",
    "CREATE TABLE er_index (a INT)",
    "CREATE UNIQUE INDEX er_one ON er_index (a)",
    "INSERT INTO er VALUES (1, 1, 1, 'one')",
    "INSERT INTO er_child VALUES (1, 1)",
    "INSERT INTO er_index VALUES (1)",
)
# code, isam, near (None: anything), offset (None: anything), statement, parameters
ERRORS = [
    (-206, -111, "no_such_table_xyz", None, "SELECT * FROM no_such_table_xyz", None),
    (-206, -111, "no_such_table_xyz", None, "INSERT INTO no_such_table_xyz VALUES (1)", None),
    (-217, 0, "no_such_column", None, "SELECT no_such_column FROM systables", None),
    (-217, 0, "no_such_column", None, "SELECT tabid FROM systables WHERE No_Such_Column = 1",
     None),
    (-201, 0, "", 1, "SELEKT 1", None),
    (-201, 0, "", None, "SELECT FROM WHERE", None),
    (-201, 0, "", None, "SELECT ? FROM systables", (1,)),
    (-282, 0, None, None, "SELECT 'abc FROM systables", None),
    (-674, 0, "no_such_routine", None, "EXECUTE FUNCTION no_such_routine(1)", None),
    (-268, -100, None, None, "INSERT INTO er VALUES (1, 1, 1, '')", None),
    (-268, -100, None, None, "INSERT INTO er VALUES (?, ?, ?, ?)", (1, 1, 1, "")),
    (-268, -100, None, None, "INSERT INTO er_child VALUES (NULL, 1)", None),
    (-239, -100, None, None, "INSERT INTO er_index VALUES (?)", (1,)),
    (-391, 0, "er.b", None, "INSERT INTO er VALUES (2, NULL, 1, '')", None),
    (-391, 0, "er.b", None, "INSERT INTO er VALUES (?, ?, ?, ?)", (2, None, 1, "")),
    (-391, 0, "er.b", None, "UPDATE er SET b = NULL WHERE a = 1", None),
    (-691, -111, None, None, "INSERT INTO er_child VALUES (77, 5)", None),
    (-692, 0, None, None, "DELETE FROM er WHERE a = 1", None),
    (-530, 0, None, None, "INSERT INTO er VALUES (3, 1, -1, '')", None),
    (-310, 0, "er", None, "CREATE TABLE er (a INT)", None),
    (-1202, 0, None, None, "SELECT 1/0 FROM systables WHERE tabid = 1", None),
    (-1202, 0, None, None, "SELECT tabid / (tabid - tabid) FROM systables WHERE tabid = 1", None),
    (-1213, 0, None, None, "SELECT 'abc'::INT FROM systables WHERE tabid = 1", None),
    (-1213, 0, None, None, "INSERT INTO er VALUES ('x', 1, 1, '')", None),
    (-236, 0, None, None, "INSERT INTO er VALUES (1, 2)", None),
    (-255, 0, None, None, "COMMIT WORK", None),
    (-206, -111, "er_gone", None, "DROP TABLE er_gone", None),
    (-217, 0, "zz", None, "UPDATE er SET zz = 1", None),
    (-324, 0, None, None, "SELECT tabid FROM systables a, systables b", None),
    (-284, 0, None, None, "SELECT a FROM er WHERE b = (SELECT tabid FROM systables)", None),
]


@check
def errors_four_times_each(server):
    connection = server.connect(autocommit=True)
    cursor = connection.cursor()
    for sql in SETUP:
        cursor.execute(sql)
    wrong = []
    for code, isam, near, offset, sql, parameters in ERRORS:
        for turn in range(4):
            try:
                error = fails(connection.cursor(), code, sql, parameters)
                told = (error.isamcode, error.near if near is not None else None,
                        error.offset if offset is not None else None)
                equal(told, (isam, near, offset), f"{sql} isam, near, offset")
                assert 0 <= (error.offset or 0) <= len(sql) + 1, (sql, error.offset)
                good = fetch(connection.cursor(), "SELECT a, b, d FROM er ORDER BY a")
                equal(good, [(1, 1, "one")], f"after {sql}")
            except Exception as error:
                wrong.append(f"[{sql} {parameters or ''} turn {turn}: {error}]")
                connection.close()
                connection = server.connect(autocommit=True)
                break
    connection.close()
    assert not wrong, f"{len(wrong)} of {len(ERRORS)}: " + " ".join(wrong)


@check
def errors_within_a_transaction(server):
    connection = make_table(server, "et", "a INT PRIMARY KEY")
    connection.close()
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute("INSERT INTO et VALUES (1)")
    for _ in range(4):
        fails(connection.cursor(), -268, "INSERT INTO et VALUES (1)")
        fails(connection.cursor(), -206, "SELECT * FROM no_such_table_xyz")
    fails(connection.cursor(), -268, "INSERT INTO et SELECT tabid FROM systables WHERE tabid < 5")
    cursor = connection.cursor()
    cursor.execute("INSERT INTO et VALUES (2)")
    connection.commit()
    equal(fetch(connection.cursor(), "SELECT a FROM et ORDER BY a"), [(1,), (2,)],
          "only the failed statements are undone")
    connection.close()


# --- batches ---

@cases([("insert", 1000), ("many", 20000)])
def batch(server, count):
    connection = make_table(server, "ba", "a INT PRIMARY KEY, b VARCHAR(30)")
    connection.close()
    connection = server.connect()
    cursor = connection.cursor()
    rows = [(i, f"row {i}") for i in range(count)]
    cursor.executemany("INSERT INTO ba VALUES (?, ?)", rows)
    equal(cursor.rowcount, count, "rowcount")
    connection.commit()
    same_rows(fetch(cursor, "SELECT a, b FROM ba ORDER BY a"), rows)
    cursor.executemany("UPDATE ba SET b = ? WHERE a = ?", [(None, i) for i in range(0, count, 2)])
    connection.commit()
    same_rows(fetch(cursor, "SELECT a, b FROM ba ORDER BY a"),
              [(a, b if a % 2 else None) for a, b in rows])
    connection.close()


@cases([(f"{place} {mode}", place, mode == "autocommit") for place in (0, 500, 999)
        for mode in ("autocommit", "transaction")])
def batch_with_a_duplicate(server, place, autocommit):
    connection = make_table(server, "bd", "a INT PRIMARY KEY", [(-1,)])
    connection.close()
    connection = server.connect(autocommit=autocommit)
    rows = [(i,) for i in range(1000)]
    rows[place] = (-1,)
    try:
        connection.cursor().executemany("INSERT INTO bd VALUES (?)", rows)
    except database_error() as error:
        equal(error.sqlcode, -268, "code")
    else:
        raise AssertionError("no error")
    if not autocommit:
        connection.rollback()
    wanted = sorted({-1} | ({a for a, in rows} if autocommit else set()))
    equal([a for a, in fetch(connection.cursor(), "SELECT a FROM bd ORDER BY a")], wanted, "left")
    connection.close()


# --- transactions ---

@check
def commit_and_rollback(server):
    make_table(server, "tx", "a INT", [(1,)]).close()
    one, other = server.connect(), server.connect(autocommit=True)
    cursor = one.cursor()
    cursor.execute("INSERT INTO tx VALUES (2)")
    cursor.execute("UPDATE tx SET a = a + 10")
    equal(cursor.rowcount, 2, "updated")
    equal(fetch(other.cursor(), "SELECT a FROM tx"), [(1,)], "no dirty read")
    one.rollback()
    equal(fetch(cursor, "SELECT a FROM tx"), [(1,)], "rolled back")
    cursor.execute("INSERT INTO tx VALUES (3)")
    one.commit()
    equal(sorted(fetch(other.cursor(), "SELECT a FROM tx")), [(1,), (3,)], "committed")
    cursor.execute("DELETE FROM tx WHERE a = 99")
    equal(cursor.rowcount, 0, "none")
    one.close()  # with an open transaction
    other.close()


LEAVING = """
import os, sys
import informix_db
connection = informix_db.connect(sys.argv[1], int(sys.argv[2]), user="informix",
                                 password="in4mix", database="testdb", server="informix")
connection.cursor().execute("INSERT INTO dr VALUES (1)")
os._exit(7)
"""


@check
def a_client_that_dies_rolls_back(server):
    make_table(server, "dr", "a INT").close()
    status = subprocess.run([sys.executable, "-c", LEAVING, server.host, str(server.port)],
                            check=False).returncode
    equal(status, 7, "the client")
    other = server.connect(autocommit=True)
    other.cursor().execute("INSERT INTO dr VALUES (2)")
    equal(fetch(other.cursor(), "SELECT a FROM dr"), [(2,)], "rolled back")
    other.close()


@check
def statements_of_transactions(server):
    connection = make_table(server, "st", "a INT")
    cursor = connection.cursor()
    fails(connection.cursor(), -255, "ROLLBACK WORK")
    cursor = connection.cursor()
    cursor.execute("BEGIN WORK")
    fails(connection.cursor(), -535, "BEGIN WORK")
    cursor = connection.cursor()
    cursor.execute("INSERT INTO st VALUES (1)")
    cursor.execute("SAVEPOINT s1")
    cursor.execute("INSERT INTO st VALUES (2)")
    cursor.execute("SAVEPOINT s2")
    cursor.execute("INSERT INTO st VALUES (3)")
    cursor.execute("ROLLBACK TO SAVEPOINT s2")
    equal(fetch(cursor, "SELECT a FROM st ORDER BY a"), [(1,), (2,)], "to s2")
    cursor.execute("RELEASE SAVEPOINT s2")
    cursor.execute("ROLLBACK TO SAVEPOINT s1")
    cursor.execute("INSERT INTO st VALUES (4)")
    cursor.execute("COMMIT WORK")
    equal(fetch(cursor, "SELECT a FROM st ORDER BY a"), [(1,), (4,)], "committed")
    cursor.execute("BEGIN")
    cursor.execute("DELETE FROM st")
    cursor.execute("ROLLBACK")
    equal(fetch(cursor, "SELECT COUNT(*) FROM st"), [(2,)], "rolled back")
    connection.close()


@check
def definitions_roll_back(server):
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE ddl1 (a INT)")
    cursor.execute("INSERT INTO ddl1 VALUES (1)")
    connection.rollback()
    fails(connection.cursor(), -206, "SELECT * FROM ddl1")
    connection.rollback()
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE ddl1 (a INT, b INT)")
    connection.commit()
    cursor.execute("DROP TABLE ddl1")
    fails(connection.cursor(), -206, "SELECT * FROM ddl1")
    connection.rollback()
    cursor = connection.cursor()
    equal(fetch(cursor, "SELECT * FROM ddl1"), [], "it is back")
    cursor.execute("CREATE UNIQUE INDEX ddl1_a ON ddl1 (a)")
    connection.rollback()
    cursor = connection.cursor()
    cursor.execute("INSERT INTO ddl1 VALUES (1, 1)")
    cursor.execute("INSERT INTO ddl1 VALUES (1, 1)")
    equal([c[0] for c in describe(cursor, "SELECT * FROM ddl1")], ["a", "b"], "columns")
    connection.close()


@check
def alter_table(server):
    connection = make_table(server, "al", "a INT, b VARCHAR(5)", [(1, "one"), (2, "two")])
    cursor = connection.cursor()
    cursor.execute("ALTER TABLE al ADD (c INT DEFAULT 7)")
    equal(fetch(cursor, "SELECT * FROM al ORDER BY a"), [(1, "one", 7), (2, "two", 7)], "ADD")
    cursor.execute("ALTER TABLE al DROP b")
    equal(fetch(cursor, "SELECT * FROM al ORDER BY a"), [(1, 7), (2, 7)], "DROP")
    cursor.execute("ALTER TABLE al MODIFY (a BIGINT)")
    cursor.execute("INSERT INTO al VALUES (5000000000, 1)")
    equal(fetch(cursor, "SELECT MAX(a) FROM al"), [(5000000000,)], "MODIFY")
    connection.close()


def describe(cursor, sql):
    cursor.execute(sql)
    cursor.fetchall()
    return cursor.description


@check
def readers_never_wait_for_a_writer(server):
    make_table(server, "rw", "a INT", [(i,) for i in range(20)]).close()
    writer = server.connect()
    writer.cursor().execute("UPDATE rw SET a = a + 100")
    reader = server.connect(read_timeout=5.0)
    started = time.monotonic()
    equal(fetch(reader.cursor(), "SELECT SUM(a) FROM rw"), [(190,)], "before the commit")
    assert time.monotonic() - started < 2, "the reader waited"
    reader.commit()
    writer.commit()
    equal(fetch(reader.cursor(), "SELECT SUM(a) FROM rw"), [(2190,)], "after it")
    reader.close()
    writer.close()


@check
def writers_take_turns(server):
    make_table(server, "wt", "a INT", [(0,)]).close()
    failed = []

    def work():
        connection = server.connect()
        try:
            for _ in range(25):
                connection.cursor().execute("UPDATE wt SET a = a + 1")
                connection.commit()
        except Exception as error:
            failed.append(repr(error))
        connection.close()
    run_threads([work] * 6)
    connection = server.connect()
    equal((failed, fetch(connection.cursor(), "SELECT a FROM wt")), ([], [(150,)]), "sum")
    connection.close()


def run_threads(works):
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a thread hangs"


# --- cursors ---

@check
def scroll_cursors(server):
    connection = make_table(server, "sc", "a INT, b LVARCHAR(2000)",
                            [(i, "x" * (i * 3 % 1900)) for i in range(1, 121)])
    rows = [(i, "x" * (i * 3 % 1900)) for i in range(1, 121)]
    connection.close()
    connection = server.connect()
    cursor = connection.cursor(scrollable=True)
    cursor.execute("SELECT a, b FROM sc ORDER BY a")
    # The driver counts from 0 in fetch_absolute.
    steps = [("fetch_last", (), 120), ("fetch_first", (), 1), ("fetchone", (), 2),
             ("fetch_absolute", (49,), 50), ("fetch_prior", (), 49),
             ("fetch_relative", (10,), 59), ("fetch_relative", (-58,), 1),
             ("fetch_prior", (), None), ("fetchone", (), 1), ("fetch_absolute", (120,), None),
             ("fetch_last", (), 120), ("fetchone", (), None)]
    for name, arguments, wanted in steps:
        got = getattr(cursor, name)(*arguments)
        equal(got and tuple(got), rows[wanted - 1] if wanted else None, f"{name}{arguments}")
    cursor.close()
    cursor = connection.cursor(scrollable=True)
    cursor.execute("SELECT a FROM sc WHERE a > ? ORDER BY a", (110,))
    equal([tuple(row) for row in cursor.fetchall()], [(i,) for i in range(111, 121)], "all")
    cursor.close()
    cursor = connection.cursor(scrollable=True)
    cursor.execute("SELECT a FROM sc WHERE a < 0")
    equal((cursor.fetch_first(), cursor.fetch_last()), (None, None), "no rows")
    cursor.close()
    fails(connection.cursor(scrollable=True), -526, "SELECT a FROM sc FOR UPDATE")
    equal(fetch(connection.cursor(), "SELECT COUNT(*) FROM sc"), [(120,)], "afterwards")
    connection.close()


@check
def early_close_and_reuse(server):
    connection = server.connect()
    for _ in range(10):
        cursor = connection.cursor()
        cursor.execute("SELECT FIRST 3000 a.tabid FROM systables a, systables b, systables c")
        cursor.fetchone()
        cursor.close()
    equal(fetch(connection.cursor(), "SELECT tabname FROM systables WHERE tabid = 1"),
          [("systables",)], "after early closes")
    connection.close()


LANGUAGE = [
    ("SELECT a FROM la FOR UPDATE", None, [(1,), (2,)]),
    ("-- comment\n SELECT { another } a /* third */ FROM la WHERE b = 'x';", None, [(1,)]),
    ("SELECT a FROM la WHERE b = 'it''s'", None, []),
    (r"SELECT 'a\', 'b' FROM la WHERE a = 1", None, [("a\\", "b")]),
    ('SELECT "dq" FROM la WHERE a = 1', None, [("dq",)]),
    ("SELECT -1234.56::DECIMAL(10,2) FROM la WHERE a = 1", None, [(Decimal("-1234.56"),)]),
    ("(SELECT a FROM la) UNION (SELECT a + 1 FROM la) ORDER BY 1", None, [(1,), (2,), (3,)]),
    ("SELECT a FROM la UNION ALL SELECT a FROM la ORDER BY 1", None, [(1,), (1,), (2,), (2,)]),
    ("SELECT SUM(tabid), AVG(tabid) FROM systables WHERE tabid <= 10", None,
     [(55, Decimal("5.5"))]),
    ("SELECT a FROM la WHERE ?::INT = a", (2,), [(2,)]),
    ("SELECT UPPER(b) || '-' || a FROM la WHERE a = 2", None, [("Y-2",)]),
    ("SELECT a FROM la WHERE a IN (SELECT MAX(a) FROM la)", None, [(2,)]),
    ("SELECT b, COUNT(*) FROM la GROUP BY b HAVING COUNT(*) > 0 ORDER BY b DESC", None,
     [("y", 1), ("x", 1)]),
    ("SELECT x.a, y.a FROM la x, OUTER la y WHERE x.a = y.a + 1 ORDER BY 1", None,
     [(1, None), (2, 1)]),
    ("SELECT x.a, y.a FROM la x LEFT JOIN la y ON x.a = y.a + 1 ORDER BY 1", None,
     [(1, None), (2, 1)]),
    ("SELECT CASE WHEN a = 1 THEN 'one' ELSE 'more' END FROM la ORDER BY a", None,
     [("one",), ("more",)]),
    ("SELECT FIRST 1 a FROM la ORDER BY a DESC", None, [(2,)]),
    ("SELECT SKIP 1 FIRST 1 a FROM la ORDER BY a", None, [(2,)]),
    ("SELECT DISTINCT a - a FROM la", None, [(0,)]),
    ("SELECT a FROM la WHERE b LIKE 'x%' OR b MATCHES 'y*' ORDER BY a", None, [(1,), (2,)]),
    ("SELECT NVL(NULL::INT, a) FROM la WHERE a = 2", None, [(2,)]),
    ("SELECT b[1,1] FROM la WHERE a = 2", None, [("y",)]),
    ("SELECT MDY(5, 4, 2026) + 1 FROM la WHERE a = 1", None, [(datetime.date(2026, 5, 5),)]),
    ("SELECT DATETIME(2026-05-04 12:00) YEAR TO MINUTE + INTERVAL(90) MINUTE TO MINUTE FROM la"
     " WHERE a = 1", None, [(datetime.datetime(2026, 5, 4, 13, 30),)]),
    ("WITH c AS (SELECT a FROM la) SELECT a FROM c ORDER BY a", None, [(1,), (2,)]),
    ('SELECT tabid FROM "informix".systables WHERE tabid = 1', None, [(1,)]),
    ("SELECT USER FROM la WHERE a = 1", None, [("informix",)]),
    ("SELECT 1", None, [(1,)]),
]


@cases([(row[0], *row) for row in LANGUAGE])
def language(server, sql, parameters, wanted):
    connection = make_table(server, "la", "a INT, b VARCHAR(20)", [(1, "x"), (2, "y")])
    got = [tuple(v.rstrip() if isinstance(v, str) else v for v in row)
           for row in fetch(connection.cursor(), sql, parameters)]
    equal(got, wanted, sql)
    connection.close()


@check
def placeholders_by_number(server):
    connection = make_table(server, "la", "a INT, b VARCHAR(20)", [(1, "x"), (2, "y")])
    cursor = connection.cursor()
    cursor.execute("UPDATE la SET b = :1 WHERE a = :2", ("http://host:8080/10:30", 1))
    equal(fetch(cursor, "SELECT b FROM la WHERE a = 1")[0][0], "http://host:8080/10:30"[:20],
          "cut to the column")
    connection.close()


# --- temporary tables, serials ---

@check
def temporary_tables_are_private(server):
    one, other = server.connect(), server.connect()
    for connection, value in ((one, 1), (other, 2)):
        cursor = connection.cursor()
        cursor.execute("CREATE TEMP TABLE tp (a INT)")
        cursor.execute("INSERT INTO tp VALUES (?)", (value,))
        connection.commit()
    equal(fetch(one.cursor(), "SELECT a FROM tp"), [(1,)], "one")
    equal(fetch(other.cursor(), "SELECT a FROM tp"), [(2,)], "other")
    cursor = one.cursor()
    cursor.execute("SELECT a, a + 1 b FROM tp INTO TEMP tp2")
    equal(fetch(cursor, "SELECT b FROM tp2"), [(2,)], "INTO TEMP")
    one.close()
    fresh = server.connect()
    fails(fresh.cursor(), -206, "SELECT a FROM tp")
    fresh.close()
    other.close()


@cases([(kind, kind) for kind in ("SERIAL", "SERIAL8", "BIGSERIAL")])
def serials(server, kind):
    connection = make_table(server, "se", f"s {kind}, a INT")
    cursor = connection.cursor()
    for given in (0, 0, 10, 0, 5, 0):
        cursor.execute("INSERT INTO se VALUES (?, ?)", (given, given))
    cursor.execute("INSERT INTO se (a) VALUES (99)")
    equal(fetch(cursor, "SELECT s, a FROM se ORDER BY s"),
          [(1, 0), (2, 0), (5, 5), (10, 10), (11, 0), (12, 0), (13, 99)], kind)
    word = {"SERIAL": "'sqlca.sqlerrd1'", "SERIAL8": "'serial8'", "BIGSERIAL": "'bigserial'"}[kind]
    cursor.execute("INSERT INTO se VALUES (0, 1)")
    equal(fetch(cursor, f"SELECT DBINFO({word}) FROM systables WHERE tabid = 1"), [(14,)], word)
    connection.close()


@check
def queries_that_run_long_can_be_left(server):
    import informix_db
    connection = server.connect(read_timeout=1.0)
    cursor = connection.cursor()
    started = time.monotonic()
    try:
        cursor.execute("SELECT COUNT(*) FROM systables a, systables b, systables c, systables d,"
                       " systables e, systables f, systables g, systables h WHERE a.tabid > 0")
        cursor.fetchall()
    except informix_db.Error:
        pass
    assert time.monotonic() - started < 15, "no timeout"
    connection.close()
    until = time.monotonic() + 10  # the server must notice that nobody waits any more
    fresh = server.connect()
    equal(fetch(fresh.cursor(), "SELECT tabid FROM systables WHERE tabid = 1"), [(1,)], "next")
    fresh.close()
    while busy(server) and time.monotonic() < until:
        time.sleep(0.2)
    assert not busy(server), "the query of a client that is gone still runs"


def busy(server):
    """Processor time that the server takes within a tenth of a second."""
    def ticks():
        with open(f"/proc/{server.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])
    before = ticks()
    time.sleep(0.2)
    return ticks() - before > 8
