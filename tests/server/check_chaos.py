#!/usr/bin/env python3
"""Many clients that behave badly at once: definitions, databases that come and go, breaks,
connections that are cut anywhere; and the server is stopped in the middle of it, again and again.

It must not fall over, hang, leak or race, and what was committed is there. TSan looks at it, too.

SQLI_PEER_PYTHON names the python that has the driver. --seconds N, and a number that seeds.
"""
import argparse
import os
import random
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle"))
import sqlid  # noqa: E402

CLIENTS = 12
STOP_SECONDS = 30
# What a client may hear; anything else is a finding. Breaks, names that are gone or taken, locks,
# tables and databases in use, and what follows from a transaction that was ended.
FINE = {-213, -206, -310, -329, -330, -425, -244, -245, -242, -107, -316, -319, -349, -255, -256,
        -535, -268, -391, -239, -691, -692, -211, -217, -259, -260, -267, -400, -404, -410, -710,
        -908, -951, -25582, -691, -937, -284, -266, -217, -554, -271, -930, -201, -346, -350}


def cut(connection):
    """The socket under the driver."""
    found = connection
    while not isinstance(found, socket.socket):
        if found is None:
            raise OSError("closed already")
        found = found._sock
    return found


class Client(threading.Thread):
    """Works until the time is over; a connection lives for a few statements."""

    def __init__(self, chaos, number):
        super().__init__(daemon=True)
        self.chaos, self.number = chaos, number
        self.rng = random.Random(f"{chaos.seed} {number}")
        self.ran = self.failed = 0
        self.committed = set()
        self.autocommit = False
        self.doing = ""

    def run(self):
        while not self.chaos.over.is_set():
            try:
                self.autocommit = self.rng.random() < 0.5
                connection = self.chaos.server.connect(autocommit=self.autocommit,
                                                       read_timeout=STOP_SECONDS)
            except Exception as error:
                self.judge(error)
                time.sleep(0.02)
                continue
            self.use(connection)

    def judge(self, error):
        import informix_db
        code = getattr(error, "sqlcode", None)
        if isinstance(error, (OSError, informix_db.InterfaceError)) or code in FINE:
            return
        if isinstance(error, informix_db.OperationalError) and code is None:
            if "timed out" in str(error):
                self.chaos.complain(f"hangs: {self.doing}")
            return
        self.chaos.complain(f"client {self.number}: {self.doing}: {error!r}"[:400])

    def use(self, connection):
        for _ in range(self.rng.randrange(1, 30)):
            if self.chaos.over.is_set():
                break
            job = self.rng.choice(JOBS)
            self.doing = job.__name__
            try:
                job(self, connection)
                self.ran += 1
            except Exception as error:
                self.failed += 1
                self.judge(error)
                if connection.closed:
                    return
        try:
            if self.rng.random() < 0.5:
                cut(connection).shutdown(socket.SHUT_RDWR)
            connection.close()
        except Exception as error:
            self.judge(error)

    def table(self):
        return f"c{self.rng.randrange(6)}"


def run(client, connection, sql, parameters=None):
    cursor = connection.cursor()
    client.doing = sql
    cursor.execute(sql, parameters)
    rows = cursor.fetchmany(200) if cursor.description else None
    cursor.close()
    return rows


def create(client, connection):
    run(client, connection, f"CREATE TABLE {client.table()} (a INT, b VARCHAR(40), c SERIAL)")


def drop(client, connection):
    run(client, connection, f"DROP TABLE {client.table()}")


def index(client, connection):
    table = client.table()
    run(client, connection, f"CREATE INDEX i{client.rng.randrange(4)} ON {table} (a)")


def insert(client, connection):
    for _ in range(client.rng.randrange(1, 20)):
        run(client, connection, f"INSERT INTO {client.table()} VALUES (?, 'text', 0)",
            (client.rng.randrange(100),))


def select(client, connection):
    run(client, connection, f"SELECT a, b FROM {client.table()} WHERE a > ? ORDER BY b",
        (client.rng.randrange(100),))


def leave_open(client, connection):
    cursor = connection.cursor()
    client.doing = "a cursor that stays open"
    cursor.execute("SELECT a.tabname, b.colname FROM systables a, syscolumns b")
    cursor.fetchone()


def update(client, connection):
    run(client, connection, f"UPDATE {client.table()} SET b = b || 'x' WHERE a = ? AND "
        "LENGTH(b) < 30", (client.rng.randrange(100),))


def commit(client, connection):
    connection.commit()


def rollback(client, connection):
    connection.rollback()


def keep(client, connection):
    """A row of its own, whose commit was told: it must be there in the end."""
    if client.autocommit:
        return
    connection.rollback()
    number = client.rng.randrange(1 << 30)
    run(client, connection, "INSERT INTO kept VALUES (?, ?)", (client.number, number))
    client.doing = "commit of a kept row"
    connection.commit()
    client.committed.add((client.number, number))


def database(client, connection):
    """Databases come and go in a connection of their own."""
    name = f"d{client.rng.randrange(3)}"
    other = client.chaos.server.connect(autocommit=True, database="sysmaster",
                                        read_timeout=STOP_SECONDS)
    try:
        run(client, other, f"CREATE DATABASE {name} WITH LOG")
        run(client, other, "CREATE TABLE x (a INT)")
    finally:
        run(client, other, "DATABASE sysmaster")
        run(client, other, f"DROP DATABASE {name}")
        other.close()


def elsewhere(client, connection):
    run(client, connection, f"SELECT * FROM d{client.rng.randrange(3)}:systables")


def urgent(client, connection):
    """Breaks before something runs, where they mean nothing, and while it does, until it ends."""
    ended = threading.Event()
    breaker = threading.Thread(target=break_until, daemon=True,
                               args=(connection, client.rng.random() * 0.05, ended))
    breaker.start()
    try:
        run(client, connection, "SELECT COUNT(*) FROM syscolumns a, syscolumns b, syscolumns c "
            "WHERE a.colno + b.colno + c.colno = -1")
    finally:
        ended.set()
        breaker.join()


def break_until(connection, pause, ended):
    while not ended.wait(pause):
        pause = 0.2
        try:
            cut(connection).send(b"B", socket.MSG_OOB)
        except OSError:
            return


def vanish(client, connection):
    """Cut while a statement runs."""
    timer = threading.Timer(client.rng.random() * 0.02, vanish_now, (connection,))
    timer.start()
    try:
        run(client, connection, "SELECT a.tabname FROM systables a, syscolumns b ORDER BY 1")
        insert(client, connection)
    finally:
        timer.join()


def vanish_now(connection):
    try:
        cut(connection).shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


JOBS = [create, drop, index, insert, insert, insert, select, select, select, leave_open, update,
        commit, commit, rollback, keep, keep, database, elsewhere, urgent, vanish]


class Chaos:
    def __init__(self, server, seed):
        self.server, self.seed = server, seed
        self.over = threading.Event()
        self.findings = []

    def complain(self, what):
        self.findings.append(what)

    def round(self, seconds, hurried):
        """Clients work for so long, then the server is told to stop under them."""
        clients = [Client(self, number) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(seconds)
        started = time.monotonic()
        if hurried:
            self.server.process.terminate()
            time.sleep(0.05)
        status = self.server.stop()
        took = time.monotonic() - started
        self.over.set()
        for client in clients:
            client.join(STOP_SECONDS)
            if client.is_alive():
                self.complain(f"client {client.number} hangs: {client.doing}")
        self.over.clear()
        self.server.connections.clear()
        if status != 0:
            self.complain(f"ended with {status}: {self.server.tell()[-3000:]}")
        if took > STOP_SECONDS:
            self.complain(f"the stop took {took:.0f} s")
        return clients

    def check_kept(self, wanted):
        connection = self.server.connect()
        cursor = connection.cursor()
        cursor.execute("SELECT client, number FROM kept")
        found = {(int(a), int(b)) for a, b in cursor.fetchall()}
        if not wanted <= found:
            self.complain(f"{len(wanted - found)} committed rows are lost")
        connection.close()


def main():
    sqlid.with_driver(__file__)
    from driver import Server
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("seed", type=int, nargs="?", default=int(time.time()))
    options = parser.parse_args()
    print(f"# seed {options.seed}")
    rounds, ran, kept = 4, 0, set()
    with tempfile.TemporaryDirectory(prefix="sqlid-data-") as folder:
        server = Server("--lock-wait", "1", data=os.path.join(folder, "data"), level="warn")
        chaos = Chaos(server, options.seed)
        server.start().make_testdb()
        connection = server.connect(autocommit=True)
        connection.cursor().execute("CREATE TABLE kept (client INT, number INT)")
        server.close_connections()
        for number in range(rounds):
            clients = chaos.round(options.seconds / rounds, hurried=number % 2 == 1)
            ran += sum(client.ran for client in clients)
            kept |= set().union(*(client.committed for client in clients))
            server.start()
            chaos.check_kept(kept)
        server.close_connections()
        server.check_end()
    print(f"# {ran} jobs, {len(kept)} rows kept")
    for finding in sorted(set(chaos.findings))[:20]:
        print(f"FAIL {finding}")
    if ran < 40 or not kept:
        print("FAIL the clients did next to nothing")
        return 1
    return 1 if chaos.findings else 0


if __name__ == "__main__":
    sys.exit(main())
