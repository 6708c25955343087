"""BYTE, TEXT, BLOB and CLOB through the published driver: all sizes, open cursors, what stays."""
import os
import socket
import sqlite3
import tempfile
import threading

from checks import check, equal
from driver import Server, fetch
from driver_statements import fails, make_table

SIZES = [0, 1, 1023, 1024, 1025, 2047, 2048, 2049, 4096, 65535, 65536, 65537, 200000]
HUGE = 64 << 20
CLOSE = "function informix.ifx_lo_close(integer)"


def data(size, seed=0):
    return bytes((i * 7 + i // 256 + seed) & 255 for i in range(size))


def text(size):
    """As the driver takes it for TEXT: a str as long as that travels as CHAR, else bytes."""
    return "x" * size if size < 30000 else b"x" * size


@check
def simple_large_objects(server):
    connection = make_table(server, "bt", "k INT, b BYTE IN blobspace1, t TEXT IN TABLE, z INT")
    cursor = connection.cursor()
    for key, size in enumerate(SIZES):
        cursor.execute("INSERT INTO bt VALUES (?, ?, ?, ?)", (key, data(size), text(size), -key))
    cursor.execute("INSERT INTO bt VALUES (?, ?, ?, ?)", (99, None, None, -99))
    wanted = [(k, data(n), "x" * n, -k) for k, n in enumerate(SIZES)] + [(99, None, None, -99)]
    equal(fetch(cursor, "SELECT * FROM bt ORDER BY k"), wanted, "rows")
    equal(fetch(cursor, "SELECT t, b FROM bt WHERE t IS NULL"), [(None, None)], "NULL")
    cursor.execute("UPDATE bt SET b = ?, t = ? WHERE k = ?", (data(70000, 3), text(3), 99))
    cursor.execute("UPDATE bt SET b = NULL WHERE k = 12")
    equal(fetch(cursor, "SELECT b, t FROM bt WHERE k >= 12 ORDER BY k"),
          [(None, "x" * 200000), (data(70000, 3), "xxx")], "after UPDATE")
    cursor.execute("SELECT * FROM bt WHERE k < 99 INTO TEMP bt2")
    cursor.execute("DELETE FROM bt")
    equal(fetch(cursor, "SELECT b, t FROM bt2 WHERE k = 10"), [(data(65536), "x" * 65536)], "copy")
    cursor.execute("INSERT INTO bt SELECT * FROM bt2 WHERE k >= 9")
    cursor.execute("DROP TABLE bt2")
    equal(len(fetch(cursor, "SELECT b FROM bt WHERE b IS NOT NULL")), 3, "rows")
    fails(cursor, -617, "INSERT INTO bt VALUES (1, NULL, 5, 1)")
    connection.close()


@check
def smart_large_objects(server):
    connection = make_table(server, "sl", "k INT, b BLOB, t CLOB, z INT")
    cursor = connection.cursor()
    for key, size in enumerate(SIZES):
        cursor.write_blob_column("INSERT INTO sl VALUES (?, BLOB_PLACEHOLDER, NULL, ?)",
                                 data(size), (key, -key))
        cursor.write_blob_column("UPDATE sl SET t = BLOB_PLACEHOLDER WHERE k = ?", b"y" * size,
                                 (key,), clob=True)
    cursor.execute("INSERT INTO sl VALUES (99, NULL, NULL, -99)")
    for key, size in enumerate(SIZES):
        got = cursor.read_blob_column("SELECT b FROM sl WHERE k = ?", (key,))
        assert got == data(size), (size, got and len(got))
        got = cursor.read_blob_column("SELECT t FROM sl WHERE k = ?", (key,))
        assert got == b"y" * size, (size, got and len(got))
    equal(cursor.read_blob_column("SELECT b FROM sl WHERE k = 99"), None, "NULL")
    cursor.execute("SELECT lotofile(b, '/x/y', 'client') FROM sl WHERE k > 1 AND k < 6 ORDER BY k")
    names = [name for name, in cursor.fetchall()]
    equal([cursor.blob_files[name] for name in names], [data(n) for n in SIZES[2:6]], "files")
    cursor.execute("SELECT lotofile(b, '/x/exact!', 'client') FROM sl WHERE k = 4")
    equal(cursor.fetchall(), [("/x/exact",)], "the name as it was given")
    fails(cursor, -9810, "SELECT lotofile(b, '/tmp/x', 'server') FROM sl WHERE k = 4")
    fails(cursor, -9810, "INSERT INTO sl VALUES (7, filetoblob('/etc/passwd', 'server'), NULL, 1)")
    equal(fetch(cursor, "SELECT COUNT(*) FROM sl"), [(len(SIZES) + 1,)], "rows")
    connection.close()


@check
def descriptors_and_the_fast_path(server):
    connection = make_table(server, "fp", "k INT, b BLOB")
    cursor = connection.cursor()
    cursor.write_blob_column("INSERT INTO fp VALUES (1, BLOB_PLACEHOLDER)", data(1000))
    descriptor, = fetch(cursor, "SELECT ifx_lo_open(b, 4) FROM fp")[0]
    assert descriptor > 0, descriptor
    equal(connection.fast_path_call(CLOSE, descriptor), [0], "close")
    for signature, argument, code in ((CLOSE, descriptor, -9810), (CLOSE, -1, -9810),
                                      ("function informix.no_such_routine(integer)", 1, -674)):
        try:
            connection.fast_path_call(signature, argument)
        except Exception as error:
            assert str(code) in str(error), error
        else:
            raise AssertionError(f"{signature} {argument} works")
    for _ in range(1000):
        fetch(cursor, "SELECT ifx_lo_open(b, 4) FROM fp")
    fails(cursor, -12210, "SELECT ifx_lo_open(b, 4) FROM fp")
    equal(connection.fast_path_call(CLOSE, 1000), [0], "close")
    equal(fetch(cursor, "SELECT ifx_lo_open(b, 4) FROM fp"), [(1000,)], "again")
    connection.close()


@check
def rows_that_are_gone_while_a_cursor_is_open(server):
    connection = make_table(server, "og", "k INT, b BYTE")
    cursor = connection.cursor()
    wanted = [(k, data(n, k)) for k, n in enumerate((5, 3000, 100000, 70000, 2, 4000))]
    for row in wanted:
        cursor.execute("INSERT INTO og VALUES (?, ?)", row)
    connection.commit()
    scroll = connection.cursor(scrollable=True)
    scroll.execute("SELECT * FROM og ORDER BY k")
    rows = [scroll.fetch_absolute(number) for number in range(len(wanted))]
    other = server.connect(autocommit=True)
    other.cursor().execute("DELETE FROM og")
    other.close()  # sweeps
    threading.Event().wait(0.3)
    # With a scroll cursor the driver hands out the descriptors.
    for number, (key, descriptor) in enumerate(rows):
        equal((key, scroll._fetch_blob(descriptor)), wanted[number], f"row {number}")
    scroll.close()
    try:
        scroll._fetch_blob(rows[0][1])
    except Exception as error:
        assert "-602" in str(error) or "-258" in str(error), error
    else:
        raise AssertionError("the descriptor outlives its cursor")
    connection.close()


def objects(folder):
    with sqlite3.connect(os.path.join(folder, "testdb.db")) as database:
        return (database.execute("SELECT COUNT(*) FROM sqlid_lob").fetchone()[0],
                database.execute("SELECT COUNT(*) FROM sqlid_lobdata").fetchone()[0])


@check
def nothing_stays_behind(_):
    with tempfile.TemporaryDirectory() as folder, Server(data=folder) as server:
        server.make_testdb()
        make_table(server, "nb", "k INT, b BYTE, s BLOB").close()
        connection = server.connect()
        cursor = connection.cursor()
        cursor.execute("INSERT INTO nb (k, b) VALUES (1, ?)", (data(100000),))
        cursor.write_blob_column("UPDATE nb SET s = BLOB_PLACEHOLDER", data(5))
        equal(objects(folder), (0, 0), "before COMMIT")
        connection.rollback()
        equal(objects(folder), (0, 0), "after ROLLBACK")
        for key in range(10):
            cursor.execute("INSERT INTO nb (k, b) VALUES (?, ?)", (key, data(70000)))
            cursor.write_blob_column("UPDATE nb SET s = BLOB_PLACEHOLDER WHERE k = ?", data(5),
                                     (key,))
        connection.commit()
        equal(objects(folder), (20, 30), "committed")
        cursor.execute("UPDATE nb SET b = ? WHERE k < 5", (data(80000),))
        cursor.execute("DELETE FROM nb WHERE k >= 5")
        connection.commit()
        server.close_connections()
        wait_for(folder, (6, 7))
        connection = server.connect(autocommit=True)
        connection.cursor().execute("DROP TABLE nb")
        server.close_connections()
        wait_for(folder, (0, 0))


def wait_for(folder, wanted):
    """The session ends a moment after its connection."""
    for _ in range(100):
        if objects(folder) == wanted:
            return
        threading.Event().wait(0.05)
    equal(objects(folder), wanted, "objects and pieces")


@check
def huge_ones_need_no_memory(server):
    with Server() as own:
        own.make_testdb()
        connection = make_table(own, "hu", "k INT, b BYTE, s BLOB")
        cursor = connection.cursor()
        cursor.execute("INSERT INTO hu (k, b) VALUES (0, ?)", (data(100000),))
        equal(len(fetch(cursor, "SELECT b FROM hu")), 1, "rows")
        before = own.status("VmHWM")
        whole = data(1 << 20) * (HUGE >> 20)
        cursor.execute("INSERT INTO hu (k, b) VALUES (1, ?)", (whole,))
        cursor.write_blob_column("UPDATE hu SET s = BLOB_PLACEHOLDER WHERE k = 1", whole)
        connection.commit()
        got, = fetch(cursor, "SELECT b FROM hu WHERE k = 1")[0]
        assert got == whole, len(got)
        got = cursor.read_blob_column("SELECT s FROM hu WHERE k = 1")
        assert got == whole, len(got)
        after = own.status("VmHWM")
        print(f"# 4 x 64 MiB: the server grew by {(after - before) / 1024:.1f} MiB")
        if not own.is_sanitized():
            assert after - before < 24 << 10, (before, after)
        connection.close()


@check
def clients_that_leave_in_the_middle(server):
    """A FETCHBLOB, a BLOB stream and a file dialogue that nobody ends."""
    connection = make_table(server, "lm", "k INT, b BYTE, s BLOB")
    connection.cursor().execute("INSERT INTO lm VALUES (1, ?, NULL)", (data(3000000),))
    connection.commit()
    connection.close()
    for sql, write in (("SELECT b FROM lm", False), ("INSERT INTO lm (b) VALUES (?)", True)):
        connection = server.connect(autocommit=True, read_timeout=5.0)
        cursor = connection.cursor()
        sock = next(getattr(connection, name) for name in ("_sock", "_socket", "sock")
                    if hasattr(connection, name))
        raw = next((getattr(sock, name) for name in ("_sock", "sock", "_socket")
                    if hasattr(sock, name)), sock)
        thread = threading.Timer(0.02, lambda raw=raw: raw.shutdown(socket.SHUT_RDWR))
        thread.start()
        try:
            for _ in range(50):
                cursor.execute(sql, (data(3000000),) if write else None)
        except Exception:  # of the driver's own choice
            pass
        thread.join()
    connection = server.connect(autocommit=True)
    equal(fetch(connection.cursor(), "SELECT k FROM lm WHERE k = 1"), [(1,)], "the row")
    connection.close()
