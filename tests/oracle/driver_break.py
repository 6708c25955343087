"""A break in the middle of a write: the statement is undone, the transaction goes on."""
import socket
import threading
import time

from checks import check, equal

SECONDS = 1.0
PATIENCE = 20

# Each runs for hours unless it is broken.
WRITES = {
    "update": "UPDATE brk SET k = (SELECT COUNT(*) FROM brk x, brk y, brk z, brk w"
              " WHERE x.a + y.a + z.a + w.a > brk.a)",
    "delete": "DELETE FROM brk WHERE a < (SELECT COUNT(*) FROM brk x, brk y, brk z, brk w"
              " WHERE x.a + y.a + z.a + w.a > brk.a)",
    "insert": "INSERT INTO brk SELECT x.a, w.k FROM brk x, brk y, brk z, brk w"
              " WHERE x.a + y.a + z.a < -5",
}


def socket_of(connection):
    owners = [connection, *vars(connection).values()]
    found = [value for owner in owners for value in getattr(owner, "__dict__", {}).values()
             if isinstance(value, socket.socket)]
    assert found, "the driver hides its socket"
    return found[0]


def broken(connection, cursor, sql):
    """The code that the statement ends with, and after how long."""
    wire = socket_of(connection)
    timer = threading.Timer(SECONDS, lambda: wire.send(b"B", socket.MSG_OOB))
    begun = time.monotonic()
    timer.start()
    try:
        cursor.execute(sql)
        raise AssertionError("it ran to its end")
    except Exception as error:  # the driver has its own classes
        assert "-213" in str(error), error
    finally:
        timer.join()
    return time.monotonic() - begun


@check
def a_broken_write_leaves_the_transaction(server):
    connection = server.connect(autocommit=False)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE brk (a INT, k INT)")
    cursor.executemany("INSERT INTO brk VALUES (?, 0)", [(i,) for i in range(2000)])
    connection.commit()
    cursor.execute("INSERT INTO brk VALUES (-1, 7)")
    for name, sql in WRITES.items():
        assert broken(connection, cursor, sql) < PATIENCE, name
        cursor.execute("SELECT COUNT(*), MAX(k), MIN(a) FROM brk")
        equal([int(value) for value in cursor.fetchone()], [2001, 7, -1], name)
    connection.commit()
    cursor.execute("SELECT COUNT(*), MAX(k), MIN(a) FROM brk")
    equal([int(value) for value in cursor.fetchone()], [2001, 7, -1], "after the commit")
    cursor.execute("DROP TABLE brk")
    connection.commit()
    connection.close()
