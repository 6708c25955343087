"""Two sessions that want the same, through the published driver."""
import threading
import time

from checks import check, equal
from driver import Server, fetch

WAIT = 1  # --lock-wait, in seconds


def refused(code, isam, action, *arguments):
    """How long it took until it was."""
    began = time.monotonic()
    try:
        action(*arguments)
    except Exception as error:
        assert str(code) in str(error) and str(isam) in str(error), error
        return time.monotonic() - began
    raise AssertionError(f"{arguments} works")


def pair(server, database="testdb"):
    return [server.connect(database=database, autocommit=True).cursor() for _ in range(2)]


def make(cursor, table, rows=3):
    cursor.execute(f"CREATE TABLE {table} (a INT, b INT)")
    for number in range(rows):
        cursor.execute(f"INSERT INTO {table} VALUES (?, 0)", (number,))


@check
def the_second_writer_waits_and_is_told(server):
    del server
    with Server("--lock-wait", str(WAIT)) as own:
        own.make_testdb()
        one, two = pair(own)
        make(one, "lk")
        one.execute("BEGIN WORK")
        one.execute("UPDATE lk SET b = 1 WHERE a = 1")
        for mode, code, isam, least in (("NOT WAIT", -244, -107, WAIT), ("WAIT 2", -244, -154, 2)):
            two.execute(f"SET LOCK MODE TO {mode}")
            took = refused(code, isam, two.execute, "UPDATE lk SET b = 2 WHERE a = 1")
            assert least * 0.9 <= took < least + 3, (mode, took)
            refused(-289, isam, lambda: (two.execute("BEGIN WORK"),
                                         two.execute("LOCK TABLE lk IN EXCLUSIVE MODE")))
            two.execute("ROLLBACK WORK")
            equal(fetch(two, "SELECT SUM(b) FROM lk"), [(0,)], "readers see what is committed")
        two.execute("SET LOCK MODE TO NOT WAIT")
        for sql in ("DELETE FROM lk WHERE a = 2", "INSERT INTO lk VALUES (9, 9)",
                    "CREATE TABLE lk2 (a INT)"):
            refused(-244, -107, two.execute, sql)
        one.execute("COMMIT WORK")
        two.execute("UPDATE lk SET b = b + 1 WHERE a = 1")
        equal(fetch(one, "SELECT b FROM lk WHERE a = 1"), [(2,)], "in turn")
        own.close_connections()


@check
def waiting_without_an_end_ends_with_the_lock(server):
    one, two = pair(server)
    make(one, "lkw")
    two.execute("SET LOCK MODE TO WAIT")
    one.execute("BEGIN WORK")
    one.execute("UPDATE lkw SET b = 5 WHERE a = 1")
    waiting = threading.Thread(target=two.execute, args=("UPDATE lkw SET b = b * 2 WHERE a = 1",))
    waiting.start()
    waiting.join(0.7)
    assert waiting.is_alive(), "it waits"
    one.execute("COMMIT WORK")
    waiting.join(10)
    assert not waiting.is_alive(), "it does not wait any more"
    equal(fetch(one, "SELECT b FROM lkw WHERE a = 1"), [(10,)], "what came first is not lost")


@check
def a_locked_table(server):
    one, two = pair(server)
    make(one, "lkt")
    two.execute("SET LOCK MODE TO WAIT 1")
    for mode in ("SHARE", "EXCLUSIVE"):
        one.execute("BEGIN WORK")
        one.execute(f"LOCK TABLE lkt IN {mode} MODE")
        refused(-244, -154, two.execute, "DELETE FROM lkt")
        equal(fetch(two, "SELECT COUNT(*) FROM lkt"), [(3,)], "may be read")
        one.execute("ROLLBACK WORK")
    two.execute("DELETE FROM lkt WHERE a = 0")
    equal(two.rowcount, 1, "afterwards")


@check
def two_that_wait_for_each_other(server):
    admin = server.connect(database="sysmaster", autocommit=True).cursor()
    admin.execute("CREATE DATABASE dlock WITH LOG")
    one, two = pair(server)[0], pair(server, "dlock")[0]
    make(one, "lkd")
    make(two, "lkd")
    for cursor in (one, two):
        cursor.execute("SET LOCK MODE TO WAIT 30")
        cursor.execute("BEGIN WORK")
        cursor.execute("UPDATE lkd SET b = 1 WHERE a = 1")
    told = []

    def cross(cursor, database):
        try:
            cursor.execute(f"UPDATE {database}:lkd SET b = 7 WHERE a = 2")
        except Exception as error:
            told.append(str(error))
            cursor.execute("ROLLBACK WORK")

    threads = [threading.Thread(target=cross, args=pair) for pair in ((one, "dlock"),
                                                                      (two, "testdb"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "nobody waits for ever"
    assert told and all("-143" in text for text in told), told
