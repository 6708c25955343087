"""Kills, crowds and long runs: the parts of check_abuse.py, long_kill.py and long_soak.py."""
import os
import random
import tempfile
import threading
import time

from checks import equal
from driver import Server, fetch


# --- killed in the middle of commits ---

class Writer(threading.Thread):
    """Commits one row after the other until the server is gone; notes what it was told."""

    def __init__(self, server, first, count):
        super().__init__()
        self.server, self.first, self.count = server, first, count
        self.done = []  # told committed
        self.asked = []  # sent to be committed: may be there or not

    def run(self):
        try:
            connection = self.server.connect()
            cursor = connection.cursor()
            for number in range(self.first, self.first + self.count):
                cursor.execute("INSERT INTO k VALUES (?, ?)", (number, number * 3))
                cursor.execute("INSERT INTO k2 VALUES (?)", (number,))
                self.asked.append(number)
                connection.commit()
                self.done.append(number)
        except Exception:  # what a client sees of a killed server is not the point here
            pass


def check_rows(server, sure, possible):
    """Each committed row is there, both halves of it, and none that was not asked for."""
    connection = server.connect()
    cursor = connection.cursor()
    rows = fetch(cursor, "SELECT a, b FROM k")
    found = {a for a, _ in rows}
    equal(len(rows), len(found), "rows that are there twice")
    equal([row for row in rows if row[1] != row[0] * 3], [], "rows that are torn")
    equal({a for a, in fetch(cursor, "SELECT a FROM k2")}, found, "both tables alike")
    equal(sorted(sure - found), [], "committed rows that are lost")
    equal(sorted(found - possible), [], "rows that nobody committed")
    connection.close()
    return found


def kills(times, commits=1000):
    """kill -9 in the middle of `commits` commits, so many times, on one data directory."""
    rng = random.Random(20261121)
    with tempfile.TemporaryDirectory(prefix="sqlid-data-") as data:
        server = Server(data=os.path.join(data, "db"))
        with server:
            server.make_testdb()
            connection = server.connect(autocommit=True)
            connection.cursor().execute("CREATE TABLE k (a INT PRIMARY KEY, b INT)")
            connection.cursor().execute("CREATE TABLE k2 (a INT)")
            connection.close()
            sure, told = set(), 0
            for turn in range(times):
                writer = Writer(server, turn * commits, commits)
                writer.start()
                goal = rng.randrange(1, commits * 9 // 10)
                until = time.monotonic() + 60
                while len(writer.done) < goal and writer.is_alive() and time.monotonic() < until:
                    time.sleep(0.001)
                server.kill()
                writer.join(60)
                equal(writer.is_alive(), False, "the writer hangs")
                assert writer.done, f"no commit before kill {turn}"
                server.start()
                told += len(writer.done)
                sure = check_rows(server, sure | set(writer.done), sure | set(writer.asked))
        print(f"# {times} kills, {told} commits told, {len(sure)} rows there")


# --- crowds ---

def gather(server, count):
    """So many connections at once, each of which can work."""
    connections = []
    for _ in range(count):
        connections.append(server.connect(autocommit=True))
        fetch(connections[-1].cursor(), "SELECT tabid FROM systables WHERE tabid = 1")
    for number, connection in enumerate(connections):
        equal(fetch(connection.cursor(), "SELECT tabid + ? FROM systables WHERE tabid = 1",
                    (number,)), [(1 + number,)], f"connection {number}")
    print(f"# {count} connections: {server.status('VmRSS') // 1024} MiB, "
          f"{server.status('Threads')} threads, {server.descriptors()} descriptors")
    server.close_connections()


def crowd(server, count):
    """A crowd comes and goes three times. SQLite keeps the descriptors of a database file for its
    next users as long as somebody has the file open, so only the second time counts."""
    figures = []
    for _ in range(3):
        gather(server, count)
        time.sleep(1)
        figures.append(server.descriptors())
    assert figures[2] <= figures[1] + 5 and figures[2] <= 2 * count + 50, figures


def flat(server, what, work, rounds, slack_kb):
    """Memory after the first third of the rounds is what it is at the end, but for the slack."""
    figures = []
    for turn in range(rounds):
        work(turn)
        figures.append(server.status("VmRSS"))
    early, late = max(figures[rounds // 3:rounds // 2 + 1]), figures[-1]
    print(f"# {what}: {figures[0]} KB at first, {early} KB midway, {late} KB at the end")
    if not server.is_sanitized():
        assert late <= early + slack_kb, f"{what}: memory grows, in KB: {figures}"


def connects(server, count):
    """One connection after the other."""
    def work(_):
        for _ in range(count // 20):
            connection = server.connect()
            fetch(connection.cursor(), "SELECT tabid FROM systables WHERE tabid = 1")
            connection.close()
    started, before = time.monotonic(), server.descriptors()
    flat(server, f"{count} connects", work, 20, 2048)
    print(f"# {count / (time.monotonic() - started):.0f} connects each second")
    assert server.descriptors() <= max(before, 100), (before, server.descriptors())


# What a program does in its everyday life; %d is the number of the turn.
STATEMENTS = (
    ("INSERT INTO soak VALUES (?, ?, ?)", lambda n: (n, f"text {n}", n % 97)),
    ("SELECT a, b, c FROM soak WHERE a = ?", lambda n: (n,)),
    ("UPDATE soak SET c = c + 1 WHERE a = ?", lambda n: (n,)),
    ("SELECT COUNT(*), SUM(c) FROM soak", lambda n: None),
    ("DELETE FROM soak WHERE a = ?", lambda n: (n - 5,)),
    ("SELECT tabname, nrows FROM systables WHERE tabid = ?", lambda n: (n % 10 + 1,)),
)


def statements(server, count):
    """So many statements on one connection, errors among them; each text new or seen before."""
    import informix_db
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE soak (a INT PRIMARY KEY, b VARCHAR(40), c INT)")
    connection.commit()
    number = 0

    def turn(number):
        for sql, parameters in STATEMENTS:
            cursor.execute(sql, parameters(number))
            if sql.startswith("SELECT"):
                cursor.fetchall()
        cursor.execute(f"SELECT FIRST {number % 5 + 1} a, {number} FROM soak")
        cursor.fetchall()
        try:
            connection.cursor().execute(f"SELECT missing{number} FROM soak")
        except informix_db.Error as error:
            equal(error.sqlcode, -217, "code")
        if number % 10 == 0:
            connection.commit()

    def work(_):
        nonlocal number
        for _ in range(count // 20 // (len(STATEMENTS) + 2)):
            turn(number)
            number += 1
    flat(server, f"{count} statements", work, 20, 2048)
    connection.commit()
    assert fetch(cursor, "SELECT COUNT(*) FROM soak")[0][0] <= 6, "rows left"
    connection.close()
