"""Stored routines through the published driver: by the fast path, and where rows are wanted."""
import datetime

from checks import cases, check, equal
from driver import fetch
from driver_statements import fails

ROUTINES = """
CREATE FUNCTION drone(n INT) RETURNING INT; RETURN n + 1; END FUNCTION
CREATE FUNCTION drone(n VARCHAR(10)) RETURNING INT; RETURN LENGTH(n); END FUNCTION
CREATE FUNCTION drzero() RETURNING INT; RETURN 42; END FUNCTION
CREATE FUNCTION drtwo(n INT) RETURNING INT, INT; RETURN n, n * 2; END FUNCTION
CREATE FUNCTION drall(n BIGINT, x FLOAT, d DATE, s SMALLINT) RETURNING BIGINT, FLOAT, DATE, SMALLINT;
 RETURN n + 1, x * 2, d + 1, s - 1; END FUNCTION
CREATE FUNCTION drmany(n INT) RETURNING INT; DEFINE i INT;
 FOR i = 1 TO n RETURN i WITH RESUME; END FOR; END FUNCTION
CREATE PROCEDURE drnothing(n INT) INSERT INTO drlog VALUES (n); END PROCEDURE
CREATE PROCEDURE drout(n INT, OUT x INT, INOUT y INT) LET x = n * 2; LET y = y + n; END PROCEDURE
CREATE PROCEDURE drfails(n INT) INSERT INTO drlog VALUES (n); RAISE EXCEPTION -746, 0, 'no';
 END PROCEDURE
CREATE FUNCTION drrows(n INT) RETURNING INT AS k, VARCHAR(20) AS s; DEFINE i INT;
 LET i = 0; WHILE i < n LET i = i + 1; RETURN i, 'B' || i WITH RESUME; END WHILE; END FUNCTION
CREATE FUNCTION drplain(n INT) RETURNING INT, INT; RETURN n, -n; END FUNCTION
CREATE FUNCTION drwrites(n INT) RETURNING INT; INSERT INTO drlog VALUES (n); RETURN n;
 END FUNCTION
CREATE PROCEDURE drsystem() SYSTEM 'true'; END PROCEDURE
"""


def made(server):
    """A connection to a database with the routines, which is made anew."""
    admin = server.connect(database="sysmaster", autocommit=True)
    try:
        admin.cursor().execute("DROP DATABASE droutines")
    except Exception as error:
        assert "-329" in str(error), error
    admin.cursor().execute("CREATE DATABASE droutines WITH LOG")
    admin.close()
    connection = server.connect(database="droutines", autocommit=True)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE drlog (a INT)")
    cursor.execute("CREATE TABLE drkeys (k INT PRIMARY KEY, s VARCHAR(20))")
    for text in ROUTINES.replace("\n ", " ").strip().splitlines():
        cursor.execute(text)
    return connection


def refused(connection, code, signature, *values):
    try:
        connection.fast_path_call(signature, *values)
    except Exception as error:
        assert str(code) in str(error), (signature, error)
    else:
        raise AssertionError(f"{signature} works")


@check
def stored_routines_by_the_fast_path(server):
    connection = made(server)
    day = datetime.date(2024, 1, 2)
    for signature, values, wanted in (
            ("function informix.drone(integer)", (41,), [42]),
            ("function drone(varchar)", ("abcd",), [4]),
            ("function drone(int)", (None,), [None]),
            ("function drzero()", (), [42]),
            ("function drtwo(integer)", (5,), [5, 10]),
            ("function drall(bigint,float,date,smallint)", (2 ** 40, 1.5, day, 7),
             [2 ** 40 + 1, 3.0, day + datetime.timedelta(days=1), 6]),
            ("procedure drnothing(integer)", (77,), []),
            ("procedure drout(integer,integer,integer)", (5, None, 7), [10, 12])):
        for _ in range(2):
            equal(connection.fast_path_call(signature, *values), wanted, signature)
    cursor = connection.cursor()
    equal(fetch(cursor, "SELECT a FROM drlog"), [(77,), (77,)], "what it wrote")
    for code, signature, values in ((-674, "function drnone(integer)", (1,)),
                                    (-674, "function drone(date,date)", (1, 2)),
                                    (-686, "function drmany(integer)", (3,)),
                                    (-1213, "function drone(integer)", ("x",)),
                                    (-746, "procedure drfails(integer)", (1,))):
        refused(connection, code, signature, *values)
    equal(fetch(cursor, "SELECT COUNT(*) FROM drlog WHERE a = 1"), [(0,)], "undone")


@check
def a_handle_holds_until_its_routine_is_gone(server):
    one, other = made(server), server.connect(database="droutines", autocommit=True)
    for _ in range(3):
        equal(one.fast_path_call("function drzero()"), [42], "as it was made")
        other.cursor().execute("CREATE FUNCTION drextra() RETURNING INT; RETURN 1; END FUNCTION")
        other.cursor().execute("DROP FUNCTION drextra")
    other.cursor().execute("DROP FUNCTION drzero")
    refused(one, -9753, "function drzero()")
    equal(fetch(one.cursor(), "EXECUTE FUNCTION drone(1)"), [(2,)], "the connection goes on")


@cases([
    ("all", "SELECT * FROM TABLE(FUNCTION drrows(2))", [(1, "B1"), (2, "B2")]),
    ("by their names", "SELECT s FROM TABLE(FUNCTION drrows(3)) WHERE k > 1 ORDER BY s DESC",
     [("B3",), ("B2",)]),
    ("renamed", "SELECT v.y, x FROM TABLE(FUNCTION drplain(2)) AS v(x, y)", [(-2, 2)]),
    ("without names", "SELECT unnamed_col_2 FROM TABLE(FUNCTION drplain(2))", [(-2,)]),
    ("many", "SELECT COUNT(*), SUM(k) FROM TABLE(FUNCTION drrows(3000))", [(3000, 4501500)]),
    ("none", "SELECT * FROM TABLE(FUNCTION drrows(0))", []),
    ("joined", "SELECT a.k, b.s FROM TABLE(FUNCTION drrows(2)) a, TABLE(FUNCTION drrows(3)) b"
     " WHERE a.k = b.k ORDER BY 1", [(1, "B1"), (2, "B2")]),
    ("for each row", "SELECT tabid, (SELECT MAX(k) FROM TABLE(FUNCTION drrows(t.tabid)))"
     " FROM systables t WHERE tabid < 4 ORDER BY 1", [(1, 1), (2, 2), (3, 3)]),
    ("CALL", "CALL drrows(2)", [(1, "B1"), (2, "B2")]),
])
def rows_of_a_function(server, sql, wanted):
    equal(fetch(made(server).cursor(), sql), wanted, sql)


@cases([
    ("writes in FROM", -675, "SELECT * FROM TABLE(FUNCTION drwrites(1)) AS v(k)"),
    ("writes for rows", -675, "SELECT drwrites(tabid) FROM systables"),
    ("writes for INSERT", -675, "INSERT INTO drkeys (k) EXECUTE FUNCTION drwrites(3)"),
    ("no values", -685, "SELECT * FROM TABLE(PROCEDURE drnothing(1)) AS v(k)"),
    ("no such", -674, "INSERT INTO drkeys EXECUTE FUNCTION drnone(1)"),
    ("types", -1213, "INSERT INTO drkeys (s, k) EXECUTE FUNCTION drrows(1)"),
    ("OUT", -9752, "EXECUTE PROCEDURE drout(1, 2, 3)"),
    ("SYSTEM", -668, "EXECUTE PROCEDURE drsystem()"),
    ("GRANT on two", -9700, "GRANT EXECUTE ON drone TO fred"),
    ("GRANT on none", -674, "GRANT EXECUTE ON drnone TO fred"),
])
def what_routines_may_not(server, code, sql):
    cursor = made(server).cursor()
    fails(cursor, code, sql)
    equal(fetch(cursor, "SELECT COUNT(*) FROM drlog"), [(0,)], "nothing is left")


@check
def rows_of_a_function_into_a_table(server):
    connection = made(server)
    cursor = connection.cursor()
    cursor.execute("INSERT INTO drkeys EXECUTE FUNCTION drrows(3)")
    equal(cursor.rowcount, 3, "count")
    fails(cursor, -268, "INSERT INTO drkeys EXECUTE FUNCTION drrows(4)")
    cursor.execute("INSERT INTO drkeys (k) EXECUTE FUNCTION drone(?)", (8,))
    cursor.execute("INSERT INTO drkeys (k, s) EXECUTE PROCEDURE drplain(20)")
    equal(fetch(cursor, "SELECT * FROM drkeys ORDER BY k"),
          [(1, "B1"), (2, "B2"), (3, "B3"), (9, None), (20, "-20")], "rows")
    cursor.execute("CALL drnothing(5)")
    equal(fetch(cursor, "SELECT a FROM drlog"), [(5,)], "CALL without rows")


@check
def who_may_execute_is_written_down(server):
    cursor = made(server).cursor()
    asked = ("SELECT TRIM(a.grantee), a.procauth FROM sysprocauth a, sysprocedures p"
             " WHERE a.procid = p.procid AND p.procname = '{}' AND p.numargs = 1"
             " AND a.grantee <> 'public'")
    cursor.execute("GRANT EXECUTE ON drone(INT) TO fred")
    cursor.execute("GRANT EXECUTE ON FUNCTION drtwo TO fred, anna WITH GRANT OPTION")
    equal(fetch(cursor, asked.format("drone")), [("fred", "e")], "one of two with that name")
    equal(sorted(fetch(cursor, asked.format("drtwo"))), [("anna", "E"), ("fred", "E")], "option")
    cursor.execute("REVOKE EXECUTE ON FUNCTION drtwo(INT) FROM fred")
    equal(fetch(cursor, asked.format("drtwo")), [("anna", "E")], "revoked")
    cursor.execute("DROP FUNCTION drtwo")
    equal(fetch(cursor, "SELECT COUNT(*) FROM sysprocauth WHERE grantee = 'anna'"), [(0,)], "gone")
