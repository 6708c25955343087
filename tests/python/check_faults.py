#!/usr/bin/env python3
"""What breaks on the way: a proxy resets, half-closes, stalls, cuts or garbles the conversation after
so many bytes, for blocking connections, asyncio and pools. Whatever happens is an error of PEP 249
in good time, and a connection that says it is open works."""
import asyncio
import contextlib
import os
import socket
import struct
import sys
import threading
import time

import ours

ours.with_ours(__file__)
import informix_db as db  # noqa: E402
from informix_db import aio  # noqa: E402
from sqlid import NAME, PASSWORD, USER, Sqlid  # noqa: E402

ROWS = 3000
READ_TIMEOUT = 0.3
LIMIT = ours.PATIENCE  # seconds that anything may take
FAULTS = ("reset", "half-close", "close", "stall", "garbage", "flip")


class Proxy:
    """One connection after the other to sqlid. After `after` bytes in `direction` (-1: never) the
    fault happens."""

    def __init__(self, target, database):
        self.target, self.database = target, database
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.listener.getsockname()[1]
        self.fault, self.direction, self.after = None, "down", -1
        self.passed = {"up": 0, "down": 0}
        self.sockets = []
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, fault, direction="down", after=-1):
        self.clear()
        self.fault, self.direction, self.after = fault, direction, after
        self.passed = {"up": 0, "down": 0}

    def clear(self):
        sockets, self.sockets = self.sockets, []
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(self.target)
            self.sockets += [client, server]
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for pair, direction in (((client, server), "up"), ((server, client), "down")):
                threading.Thread(target=self._move, args=(*pair, direction), daemon=True).start()

    def _move(self, source, sink, direction):
        try:
            while data := source.recv(65536):
                if direction == self.direction and self.fault and self.after >= 0:
                    left = self.after - self.passed[direction]
                    if len(data) > left:
                        if left > 0:
                            sink.sendall(data[:left])
                        self._break(source, sink, data[max(left, 0):])
                        return
                self.passed[direction] += len(data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _break(self, source, sink, rest):
        if self.fault == "reset":
            for each in (source, sink):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.close()
        elif self.fault == "half-close":
            sink.shutdown(socket.SHUT_WR)
        elif self.fault == "close":
            sink.shutdown(socket.SHUT_RDWR)
            source.shutdown(socket.SHUT_RDWR)
        elif self.fault == "garbage":
            sink.sendall(os.urandom(64) + b"\xff" * 64)
        elif self.fault == "flip":
            sink.sendall(bytes((rest[0] ^ 0x41,)) + rest[1:])


def arguments(proxy):
    plain = {"host": "127.0.0.1", "port": proxy.port, "user": USER, "password": PASSWORD,
             "server": NAME, "database": proxy.database}
    if proxy.fault is None:  # however slow the machine is, all has to come
        return plain
    return dict(plain, connect_timeout=READ_TIMEOUT, read_timeout=READ_TIMEOUT,
                statement_timeout=1.5, cancel_timeout=0.5)


def check_row(rows):
    """A flipped byte inside of a value cannot be told; that the row is a row can."""
    for row in rows:
        assert len(row) == 2, row


def talk(connect):
    """All that a program does, in a few kilobytes."""
    connection = connect()
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT a, b FROM f WHERE a = ?", (7,))
        check_row(cursor.fetchall())
        cursor.execute("SELECT a, b FROM f")
        check_row(cursor.fetchall())
        cursor.executemany("INSERT INTO f2 VALUES (?, ?)", [(i, "x" * 30) for i in range(300)])
        connection.commit()
        cursor.close()
    finally:
        is_open = not connection.closed
        connection.close()
    return is_open


async def talk_aio(proxy):
    connection = await aio.connect(**arguments(proxy))
    try:
        cursor = await connection.cursor()
        await cursor.execute("SELECT a, b FROM f WHERE a = ?", (7,))
        check_row(await cursor.fetchall())
        await cursor.execute("SELECT a, b FROM f")
        check_row(await cursor.fetchall())
        await cursor.executemany("INSERT INTO f2 VALUES (?, ?)", [(i, "x" * 30) for i in range(300)])
        await connection.commit()
    finally:
        await connection.close()


def one(way, proxy):
    """None, or what went wrong beyond the fault itself."""
    started = time.monotonic()
    try:
        if way == "sync":
            talk(lambda: db.connect(**arguments(proxy)))
        elif way == "aio":
            asyncio.run(asyncio.wait_for(talk_aio(proxy), LIMIT))
        else:
            with db.create_pool(max_size=2, acquire_timeout=LIMIT, **arguments(proxy)) as pool:
                with pool.connection() as connection:
                    connection.execute("SELECT a, b FROM f").fetchall()
                with pool.connection() as connection:
                    connection.execute("SELECT a FROM f WHERE a = 1").fetchall()
    except (db.Error, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError):
            return f"{error!r}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    took = time.monotonic() - started
    return f"it took {took:.1f} s" if took > LIMIT else None


def measure(way, proxy):
    """How many bytes go each way when nothing breaks."""
    proxy.set(None)
    wrong = one(way, proxy)
    assert wrong is None, wrong
    return dict(proxy.passed)


def places(size, step):
    """Every byte would take too long: dense where the login is, then at odd steps."""
    return sorted({*range(0, min(size, 700), 61 if step else 13), *range(700, size, max(997, size // 9))})


def stages(way, proxy, results):
    sizes = measure(way, proxy)
    for fault in FAULTS:
        for direction in ("down", "up"):
            for after in places(sizes[direction], "--long" not in sys.argv):
                if fault == "stall" and after % 3:
                    continue
                proxy.set(fault, direction, after)
                results.append((f"{way} {fault} {direction} after {after}", one(way, proxy)))


def pool_recovers(proxy, failures):
    """Idle connections that died are replaced before anybody gets them."""
    proxy.set(None)
    with db.create_pool(min_size=3, max_size=3, **arguments(proxy)) as pool:
        proxy.clear()
        ours.until(lambda: not any(connection.ping() for connection, _ in pool._idle))
        for _ in range(5):
            with pool.connection() as connection:
                if connection.execute("SELECT a FROM f WHERE a = 1").fetchall() != [(1,)]:
                    failures.append("a pool gave a wrong answer")


def make_database(server, name):
    """One for each way: who writes waits for nobody."""
    with db.connect(host=server.host, port=server.port, user=USER, password=PASSWORD,
                    server=NAME, database="sysmaster", autocommit=True) as c:
        c.execute(f"CREATE DATABASE {name} WITH LOG")
        c.execute("CREATE TABLE f (a INT, b VARCHAR(40))")
        c.execute("CREATE TABLE f2 (a INT, b VARCHAR(40))")
        c.cursor().executemany("INSERT INTO f VALUES (?, ?)", ((i, "y" * 20) for i in range(ROWS)))
    return Proxy((server.host, server.port), name)


def main():
    failures, results = [], []
    ways = ("sync", "aio", "pool")
    with Sqlid(allowed=".", level="error") as server:
        proxies = [make_database(server, f"faults_{way}") for way in ways]
        pool_recovers(proxies[0], failures)
        threads = [threading.Thread(target=stages, args=(way, proxy, results))
                   for way, proxy in zip(ways, proxies)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    count = len(results)
    failures += [f"{name}: {wrong}" for name, wrong in results if wrong]
    for failure in failures[:30]:
        print(failure)
    print(f"{count + 1 - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or count < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
