#!/usr/bin/env python3
"""What nobody may do to sqlid with SQL: reach files, SQLite itself, or other sessions' memory.

SQLI_PEER_PYTHON names the python that has the driver.
"""
import os
import socket
import sys
import tempfile
import threading
import time

import sqlid


def refused(connection, sql, *codes):
    """The statement fails with one of the codes, and soon."""
    import informix_db
    started = time.monotonic()
    try:
        cursor = connection.cursor()
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else None
    except informix_db.Error as error:
        if codes and error.sqlcode not in codes:
            raise AssertionError(f"{sql[:80]}: {error.sqlcode}, wanted {codes}") from error
    else:
        raise AssertionError(f"{sql[:80]}: is not refused, and gives {str(rows)[:100]}")
    took = time.monotonic() - started
    assert took < 20, f"{sql[:80]}: took {took:.1f} s"


# Names that are no tables, functions that are none of Informix's, verbs that are SQLite's.
REFUSED = (
    ((-206, -201), """sqlite_master sqlite_schema sqlite_sequence sqlite_temp_master sqlite_stat1
     pragma_table_info pragma_database_list sqlid_database sqlid_serial dbstat generate_series
     json_each bytecode fts5vocab""", "SELECT * FROM {}"),
    ((-674, -201, -217, -999), """json_each('[1]') generate_series(1,10) dbstat()
     pragma_table_info('t')""", "SELECT * FROM TABLE(FUNCTION {})"),
    ((-674, -9634, -9810), """load_extension('x') randomblob(10) zeroblob(1000000000) printf('%s',1)
     sqlite_version() sqlite_source_id() fts3_tokenizer('x') fts5(1) json('{}') group_concat(b)
     x_add(1,2) sqlid_foreign_key(1,2) sqlid_file('x') likelihood(1,1) changes() total_changes()
     last_insert_rowid() readfile('/etc/passwd') writefile('/tmp/x','y') edit('x')
     filetoblob('/etc/passwd','server') filetoclob('/etc/passwd','server')
     lotofile(b,'/tmp/x','server') sqlite_compileoption_get(1) sqlite_log(1,'x') unicode('x')
     typeof(1) quote('x') glob('*','x')""", "SELECT {} FROM t"),
    ((-201,), """a~MATCH~'x' b~REGEXP~'x' b~GLOB~'x' a~ISNULL b~LIKE~'x'~COLLATE~RTRIM
     a~IS~1""", "SELECT * FROM t WHERE {}"),
    ((-201,), """ATTACH~DATABASE~'/tmp/x'~AS~y DETACH~y PRAGMA~writable_schema=1 VACUUM
     VACUUM~INTO~'/tmp/x' REINDEX ANALYZE EXPLAIN~SELECT~a~FROM~t
     CREATE~VIRTUAL~TABLE~v~USING~fts5(a) REPLACE~INTO~t~VALUES~(1) SELECT~1;SELECT~2""", "{}"),
)

# Databases are names, not paths.
PATHS = ("../x", "/etc/passwd", "a/b", "a/../sysmaster", ".", "..", "x.db", "sysmaster.db", "-x",
         "file:x", ":memory:", "a\0b", "sysmaster\0x", "a" * 129, "é", "%2e%2e", "a b", "")


def nested(before, inner, after, times):
    return before * times + inner + after * times


# Larger or deeper than anybody needs; each has a limit and an error.
LARGE = (
    ("parentheses", nested("(", "1", ")", 200000), "SELECT {} FROM t"),
    ("NOT", "NOT " * 100000, "SELECT a FROM t WHERE {} a = 1"),
    ("minus", "- " * 100000, "SELECT {} 1 FROM t"),
    ("plus", "+1" * 200000, "SELECT 1 {} FROM t"),
    ("concatenation", "||'x'" * 200000, "SELECT '' {} FROM t"),
    ("AND", " AND a = 1" * 200000, "SELECT a FROM t WHERE a = 1 {}"),
    ("CASE", nested("CASE WHEN 1 = 1 THEN ", "1", " END", 20000), "SELECT {} FROM t"),
    ("functions", nested("ABS(", "1", ")", 50000), "SELECT {} FROM t"),
    ("casts", "::INT" * 100000, "SELECT 1 {} FROM t"),
    ("substrings", "[1,1]" * 10000, "SELECT b {} FROM t"),
    ("derived tables", nested("(SELECT * FROM ", "t", ")", 5000), "SELECT * FROM {}"),
    ("subqueries", nested("(SELECT a FROM t WHERE a IN ", "(1)", ")", 3000),
     "SELECT a FROM t WHERE a IN {}"),
    ("UNION", " UNION ALL SELECT a FROM t" * 20000, "SELECT a FROM t {}"),
    ("tables", ", t" * 500, "SELECT COUNT(*) FROM t {}"),
    ("columns", ", a" * 32766, "SELECT a {} FROM t"),
    ("collections", nested("SET(", "INT NOT NULL", " NOT NULL)", 5000), "CREATE TABLE z (a {})"),
    ("ROW types", nested("ROW(b ", "INT", ")", 5000), "CREATE TABLE z (a {})"),
    ("new columns", ", ".join(f"c{i} INT" for i in range(40000)), "CREATE TABLE z ({})"),
    ("a literal", "'" + "x" * 60000000 + "'", "SELECT LENGTH({}) FROM t"),
    ("numbers", "1, " * 20000000, "SELECT a FROM t WHERE a IN ({} 1)"),
)

# Values that would be large.
VALUES = ("LPAD('x', 2000000000, 'y')", "RPAD('x', 2000000000, 'y')", "SPACE(2000000000)",
          "REPLACE(REPLACE(REPLACE(REPLACE(c, 'y', c), 'y', c), 'y', c), 'y', c)")

# Patterns that a matcher with backtracking would try for years.
PATTERNS = (("LIKE", "%y" * 30 + "%b"), ("LIKE", "%_y" * 30 + "b"), ("MATCHES", "*y" * 30 + "*b"),
            ("MATCHES", "*[a-z]" * 30 + "b"), ("MATCHES", "*?" * 30 + "b"))

NEVER_ENDS = "SELECT COUNT(*) FROM n a, n b, n c, n d, n e WHERE a.a + b.a + c.a + d.a + e.a = -1"


def raw(connection):
    """The socket under the driver."""
    found = connection
    while not isinstance(found, socket.socket):
        found = found._sock
    return found


def statements(server):
    connection = server.connect(autocommit=True)
    for codes, words, sql in REFUSED:
        for word in words.split():
            refused(connection, sql.format(word.replace("~", " ")), *codes)


def paths(server):
    import informix_db
    connection = server.connect(autocommit=True)
    for name in PATHS:
        shown = name.replace("'", "''")
        for sql in (f"CREATE DATABASE '{shown}'", f"DROP DATABASE '{shown}'",
                    f"SELECT * FROM '{shown}':t", f'SELECT * FROM "{shown}":t'):
            refused(connection, sql)
        if name:
            try:
                server.connect(database=name).close()
            except (informix_db.Error, ValueError):
                continue
            raise AssertionError(f"database {name!r} can be opened")
    files = sorted(os.listdir(server.data))
    known = ("sysmaster.db", "testdb.db", "sqlid.lock")
    assert all(file.startswith(known) for file in files), files


def links(server):
    """A file of the data directory that is a symbolic link is no database."""
    import informix_db
    with tempfile.TemporaryDirectory() as elsewhere:
        path = os.path.join(elsewhere, "linked.db")
        with open(os.path.join(server.data, "testdb.db"), "rb") as source, open(path, "wb") as copy:
            copy.write(source.read())
        link = os.path.join(server.data, "linked.db")
        os.symlink(path, link)
        try:
            server.connect(database="linked").close()
        except informix_db.Error:
            pass
        else:
            raise AssertionError("a symbolic link is followed")
        finally:
            os.unlink(link)
        assert sorted(os.listdir(elsewhere)) == ["linked.db"], os.listdir(elsewhere)


def modes(server):
    for file in os.listdir(server.data):
        mode = os.stat(os.path.join(server.data, file)).st_mode & 0o777
        assert mode & 0o022 == 0, f"{file} can be written by others: {mode:o}"
    assert os.stat(server.data).st_mode & 0o777 == 0o700, "others can look into the data directory"


def large(server):
    for what, text, sql in LARGE:
        connection = server.connect(autocommit=True, read_timeout=60.0)
        try:
            refused(connection, sql.format(text))
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}") from error
        connection.close()
    assert server.is_sanitized() or server.status("VmHWM") < 700 << 10, server.status("VmHWM")


def values(server):
    connection = server.connect(autocommit=True)
    for value in VALUES:
        refused(connection, f"SELECT LENGTH({value}) FROM t", -881)


def patterns(server):
    cursor = server.connect(autocommit=True).cursor()
    for verb, pattern in PATTERNS:
        started = time.monotonic()
        cursor.execute(f"SELECT COUNT(*) FROM t WHERE c {verb} ?", (pattern,))
        assert int(cursor.fetchone()[0]) == 0, pattern
        assert time.monotonic() - started < 5, f"{verb} {pattern}: {time.monotonic() - started} s"


def start_endless(server):
    connection = server.connect(autocommit=True)

    def run():
        try:
            connection.cursor().execute(NEVER_ENDS)
            said.append("ended")
        except Exception as error:
            said.append(getattr(error, "sqlcode", None))
    said = []
    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)
    return connection, thread, said


def is_idle(server):
    """No thread computes: the processor time does not grow."""
    def ticks():
        with open(f"/proc/{server.pid}/stat", encoding="ascii") as stat:
            return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))
    before = ticks()
    time.sleep(0.5)
    return ticks() - before < 10


def endless(server):
    """A query that never ends is ended by a break, and by a client that goes away."""
    connection, thread, said = start_endless(server)
    raw(connection).send(b"B", socket.MSG_OOB)
    thread.join(10)
    assert said == [-213], said
    connection.cursor().execute("SELECT a FROM t")  # the connection is of use
    connection, thread, said = start_endless(server)
    raw(connection).shutdown(socket.SHUT_RDWR)
    thread.join(10)
    until = time.monotonic() + 10
    while not is_idle(server):
        assert time.monotonic() < until, "the query of a client that is gone goes on"


def sorting(server):
    """What is sorted may be larger than the memory that a session should have."""
    cursor = server.connect(autocommit=True, read_timeout=120.0).cursor()
    with open(f"/proc/{server.pid}/clear_refs", "w", encoding="ascii") as peaks:
        peaks.write("5")  # VmHWM begins anew
    before = server.status("VmRSS")
    cursor.execute("SELECT a.c || a.a || b.a || c.a z FROM n a, n b, n c WHERE c.a < 4 "
                   "ORDER BY 1 DESC")
    assert cursor.fetchone() is not None
    grown = server.status("VmHWM") - before
    cursor.close()
    assert server.is_sanitized() or grown < 40 << 10, f"sorting 75 MB took {grown} KB of memory"


def log_lines(server):
    """What clients say makes no lines of its own in the log, and passwords are not in it."""
    import informix_db
    for user, password in (("x\n2026 error forged", "hunter2"), ("informix", "hunter2\nforged")):
        try:
            server.connect(user=user, password=password).close()
        except (informix_db.Error, ValueError):
            continue
        raise AssertionError("logged in")
    cursor = server.connect(autocommit=True).cursor()
    cursor.execute("SELECT a {\n2026 error forged\r\n} FROM t")
    log = server.tell()
    for line in log.splitlines():
        assert line[:2] == "20" and line[4] == "-" or line.startswith("sqlid:"), line
    assert "hunter2" not in log and sqlid.PASSWORD not in log, "a password is in the log"


PARTS = (statements, paths, links, modes, values, patterns, endless, sorting, log_lines, large)


def main():
    sqlid.with_driver(__file__)
    import checks
    from driver import Server
    for part in PARTS:
        checks.check(part)
    names = [name for name in sys.argv[1:] if name != "-v"]
    with tempfile.TemporaryDirectory(prefix="sqlid-data-") as folder:
        data = os.path.join(folder, "data")
        with Server(data=data, level="trace") as server:
            server.data = data
            server.make_testdb()
            cursor = server.connect(autocommit=True).cursor()
            cursor.execute("CREATE TABLE t (a INT, b VARCHAR(200), c LVARCHAR(30000))")
            cursor.execute("CREATE TABLE n (a INT, c CHAR(200))")
            for number in range(3):
                cursor.execute("INSERT INTO t VALUES (?, 'x', ?)", (number, "y" * 1000))
            for number in range(300):
                cursor.execute("INSERT INTO n VALUES (?, 'x')", (number,))
            failed = checks.run(server, names, verbose="-v" in sys.argv)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
