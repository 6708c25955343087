"""The published driver in databases that are not plain logged ones."""
from checks import check, equal
from driver import fetch
from driver_statements import fails


def database(server, name, mode, **options):
    connection = server.connect(database="sysmaster", autocommit=True, **options)
    connection.cursor().execute(f"CREATE DATABASE {name} {mode}")
    connection.close()


@check
def an_ansi_database(server):
    database(server, "dansi", "WITH LOG MODE ANSI")
    one, other = server.connect(database="dansi"), server.connect(database="dansi")
    cursor = one.cursor()
    cursor.execute("CREATE TABLE ta (a INT, b VARCHAR(10))")
    one.commit()
    cursor.executemany("INSERT INTO ta VALUES (?, ?)", [(n, f"row {n}") for n in range(40)])
    equal(fetch(other.cursor(), "SELECT a FROM ta"), [], "not yet")
    other.commit()
    one.rollback()
    equal(fetch(cursor, "SELECT a FROM ta"), [], "rolled back")
    cursor.executemany("INSERT INTO ta VALUES (?, ?)", [(n, f"row {n}") for n in range(40)])
    one.commit()
    equal(fetch(other.cursor(), "SELECT a FROM ta"), [(n,) for n in range(40)], "one by one")
    other.commit()


@check
def an_unlogged_database(server):
    database(server, "dunlogged", "")
    one = server.connect(database="dunlogged", autocommit=True)
    other = server.connect(database="dunlogged", autocommit=True)
    one.cursor().execute("CREATE TABLE tu (a INT)")
    one.cursor().execute("INSERT INTO tu VALUES (1)")
    equal(fetch(other.cursor(), "SELECT a FROM tu"), [(1,)], "at once")
    fails(one.cursor(), -256, "BEGIN WORK")
    manual = server.connect(database="dunlogged")
    fails(manual.cursor(), -256, "INSERT INTO tu VALUES (2)")
    equal(fetch(other.cursor(), "SELECT a FROM tu"), [(1,)], "nothing went in")


@check
def a_utf8_database(server):
    locale = {"DB_LOCALE": "en_US.utf8"}
    database(server, "dutf", "WITH LOG", client_locale="en_US.utf8", env=locale)
    connection = server.connect(database="dutf", client_locale="en_US.utf8", env=locale)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE tt (v VARCHAR(60), n NCHAR(40), l LVARCHAR(300))")
    for text in ("Grüße", "漢字", "€ 5", "😀"):
        cursor.execute("INSERT INTO tt VALUES (?, ?, ?)", (text, text, text))
        equal(fetch(cursor, "SELECT v, n, l FROM tt WHERE v = ?", (text,)), [(text,) * 3], text)
        equal(fetch(cursor, "SELECT CHAR_LENGTH(v) FROM tt WHERE n = ?", (text,)),
              [(len(text),)], f"length of {text}")
    connection.rollback()


@check
def changes_through_a_cursor(server):
    """The driver names its cursors itself; SELECT FOR UPDATE keeps others out all the same."""
    one, other = server.connect(), server.connect()
    cursor = one.cursor()
    cursor.execute("CREATE TABLE fu (a INT)")
    cursor.executemany("INSERT INTO fu VALUES (?)", [(1,), (2,)])
    one.commit()
    equal(fetch(cursor, "SELECT a FROM fu FOR UPDATE"), [(1,), (2,)], "rows")
    other.cursor().execute("SET LOCK MODE TO WAIT 1")
    error = fails(other.cursor(), -244, "UPDATE fu SET a = a + 1")
    if error is not None:
        equal(error.isamcode, -154, "isam")
    one.rollback()
    other.cursor().execute("UPDATE fu SET a = a + 1")
    other.commit()
    equal(fetch(cursor, "SELECT a FROM fu"), [(2,), (3,)], "afterwards")
