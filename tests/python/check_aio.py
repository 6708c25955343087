#!/usr/bin/env python3
"""informix_db.aio: cancelled awaits, pools under cancellation, many tasks, TLS with the loop's own,
servers that die or do not read: by asyncio's own loop, and again by the uvloop of SQLI_PEER_PYTHON."""
import asyncio
import contextlib
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest.mock

import ours

ours.with_ours(__file__)
import informix_db as db  # noqa: E402
from informix_db import aio  # noqa: E402
from sqlid import NAME, PASSWORD, USER, Sqlid, certificate  # noqa: E402

SLOW = ("SELECT COUNT(*) FROM syscolumns a, syscolumns b, syscolumns c, syscolumns d "
        "WHERE a.colno + b.colno = c.colno + d.colno + 1")
SECONDS = 4 * ours.PATIENCE
CASES = []


def case(function):
    CASES.append(function)
    return function


class Place:
    def __init__(self, server, cafile):
        self.server, self.cafile = server, cafile
        self.arguments = {"host": server.host, "port": server.port, "user": USER,
                          "password": PASSWORD, "server": NAME, "database": "sysmaster",
                          "autocommit": True}

    async def connect(self, **more):
        return await aio.connect(**dict(self.arguments, **more))

    async def pool(self, **more):
        return await aio.create_pool(**dict(self.arguments, **more))

    def tls(self):
        return dict(port=self.server.tls_port, tls=ssl.create_default_context(cafile=self.cafile))


async def works(connection):
    cursor = await connection.execute("SELECT tabid FROM systables WHERE tabid = 1")
    assert await cursor.fetchall() == [(1,)]
    await cursor.close()


async def until(condition):
    async def wait():
        while not condition():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), ours.PATIENCE)


async def once_busy(connection, awaitable):
    """The task that awaits it, when it has come to wait for the server."""
    waits = ours.waits(connection)
    task = asyncio.ensure_future(awaitable)
    await until(waits)
    return task


async def raises(kinds, awaitable):
    try:
        await awaitable
    except kinds as error:
        return error
    raise AssertionError(f"no {kinds}")


TIMEOUT = (asyncio.TimeoutError, TimeoutError)


@case
async def cancelled_query(place):
    """The await ends soon; the connection is usable."""
    async with await place.connect() as c:
        for _ in range(3):
            await raises(TIMEOUT, asyncio.wait_for(c.execute(SLOW), 0.15))
            assert not c.closed
            await works(c)


@case
async def cancelled_by_call(place):
    """cancel() of a connection or cursor, also of another thread, and the time limit of statements."""
    async with await place.connect() as c:
        cursor = await c.cursor()
        for cancel in (c.cancel, cursor.cancel, threading.Timer(0.2, c.cancel).start):
            waiting = await once_busy(c, cursor.execute(SLOW))
            cancel()
            error = await raises(db.OperationalError, waiting)
            assert error.sqlcode == -213, error
            assert not c.closed
            await works(c)
        c.cancel()  # nothing is under way
        await works(c)
    async with await place.connect(statement_timeout=1) as c:
        await raises(db.OperationalError, c.execute(SLOW))
        assert not c.closed
        while True:  # a server may need longer than that for anything
            with contextlib.suppress(db.OperationalError):
                await works(c)
                break
    async with await place.connect(**place.tls()) as c:
        waiting = await once_busy(c, c.execute(SLOW))
        c.cancel()
        await raises(db.OperationalError, waiting)
        assert c.closed
    c.cancel()  # does nothing


@case
async def cancelled_when_the_kernel_is_full(place):
    """The urgent byte goes as soon as it can."""
    refused = 0

    class Full(socket.socket):
        def send(self, data, flags=0):
            nonlocal refused
            refused += 1
            if refused < 4:
                raise BlockingIOError
            return super().send(data, flags)

    its = types.SimpleNamespace(socket=Full, MSG_OOB=socket.MSG_OOB)
    async with await place.connect() as c:
        waiting = await once_busy(c, c.execute(SLOW))
        with unittest.mock.patch.object(aio, "socket", its):
            c.cancel()
            error = await raises(db.OperationalError, waiting)
        assert error.sqlcode == -213 and not c.closed and refused == 4, (error, refused)
        await works(c)


@case
async def truncated_large_objects(place):
    async with await place.connect() as c:
        await c.execute("CREATE DATABASE truncated WITH LOG")
        await c.execute("CREATE TABLE lt (b BLOB)")
        await (await c.cursor()).write_blob_column("INSERT INTO lt VALUES (BLOB_PLACEHOLDER)",
                                                   b"0123456789")
        (locator,) = await (await c.execute("SELECT b FROM lt")).fetchone()
        async with await c.open_lob(locator) as lob:
            error = await raises(db.DatabaseError, lob.truncate(3))
            assert error.sqlcode, error
            assert await lob.size() == 10 and await lob.read() == b"0123456789"
        async with await c.open_lob(locator, "rw") as lob:
            await lob.truncate(3)
            assert await lob.size() == 3 and await lob.read() == b"012"
        cursor = await c.cursor()
        assert await cursor.read_blob_column("SELECT b FROM lt") == b"012"
        await cursor.close()
        await c.execute("CLOSE DATABASE")
        await c.execute("DROP DATABASE truncated")


@case
async def rows_that_are_awaited(place):
    async def rows(count):
        for i in range(count):
            if i % 700 == 0:
                await asyncio.sleep(0)
            yield (i,)

    async with await place.connect() as c:
        cursor = await c.execute("CREATE TEMP TABLE awaited (a INT)")
        for count in (0, 1, 999, 1000, 1001, 5000):
            for bulk in (False, True):
                seen = []
                await cursor.executemany("INSERT INTO awaited VALUES (?)", rows(count), bulk=bulk,
                                         progress=seen.append)
                assert cursor.rowcount == seen[-1] == count, (cursor.rowcount, seen)
                await cursor.execute("SELECT COUNT(*), SUM(a) FROM awaited")
                assert await cursor.fetchone() == (count, sum(range(count)) if count else None)
                await cursor.execute("DELETE FROM awaited")


@case
async def cancelled_at_any_time(place):
    """Wherever the cancel falls, what comes next is right, or the connection says that it is closed."""
    rng = random.Random(7)
    c, closed = await place.connect(), 0
    await c.execute("CREATE TEMP TABLE many (a INT, b VARCHAR(50))")
    await (await c.cursor()).executemany("INSERT INTO many VALUES (?, ?)",
                                         ((i, "x" * 50) for i in range(20000)))

    async def work():
        cursor = await c.cursor()
        await cursor.execute("SELECT a, b FROM many")
        rows = await cursor.fetchmany(2000)
        assert len(rows) == 2000
        await cursor.executemany("UPDATE many SET b = ? WHERE a = ?", [("y", -1)] * 50)
        await cursor.execute("SELECT tabname FROM systables WHERE tabid = ?", (1,))
        assert await cursor.fetchone() == ("systables",)
        await cursor.close()

    for _ in range(150):
        task = asyncio.ensure_future(work())
        await asyncio.sleep(rng.random() * 0.004)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        if c.closed:
            closed += 1
            break
        await works(c)
    assert closed == 0
    await c.close()


@case
async def cancelled_fetch(place):
    """Rows that nobody got are not passed over: the result is gone."""
    async with await place.connect() as c:
        cursor = await c.execute("SELECT a.tabname FROM systables a, syscolumns b, syscolumns c, "
                                 "syscolumns d")
        assert await cursor.fetchone()
        await raises(TIMEOUT, asyncio.wait_for(cursor.fetchall(), 0.1))
        await raises(db.ProgrammingError, cursor.fetchone())
        await works(c)


@case
async def cancelled_connect(place):
    for i in range(40):
        task = asyncio.ensure_future(place.connect())
        await asyncio.sleep(i * 0.0005)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await (await task).close()


@case
async def tasks_on_one_connection(place):
    """They take turns."""
    async with await place.connect() as c:
        async def one(i):
            cursor = await c.execute("SELECT tabid FROM systables WHERE tabid > ? AND tabid < ? "
                                     "ORDER BY 1", (i, i + 5))
            assert await cursor.fetchall() == [(j,) for j in range(i + 1, i + 5)]

        await asyncio.gather(*(one(i % 9) for i in range(200)))


@case
async def many_tasks_on_a_pool(place):
    async with await place.pool(max_size=5) as pool:
        most = 0

        async def one(i):
            nonlocal most
            async with pool.connection() as c:
                most = max(most, pool.size)
                cursor = await c.execute("SELECT tabid FROM systables WHERE tabid = ?", (i % 9 + 1,))
                assert await cursor.fetchone() == (i % 9 + 1,)

        await asyncio.gather(*(one(i) for i in range(300)))
        assert most <= 5 and pool.idle_count == pool.size <= 5, (most, pool.size, pool.idle_count)


@case
async def pool_under_cancellation(place):
    """No connection is lost, none handed out in doubt, nobody waits for ever."""
    rng = random.Random(3)
    async with await place.pool(max_size=3, acquire_timeout=SECONDS) as pool:
        async def one():
            async with pool.connection() as c:
                cursor = await c.cursor()
                await cursor.execute(SLOW if rng.random() < 0.2 else
                                     "SELECT tabid FROM systables WHERE tabid = 1")
                assert len(await cursor.fetchall()) == 1

        for _ in range(15):
            tasks = [asyncio.ensure_future(one()) for _ in range(12)]
            await asyncio.sleep(rng.random() * 0.05)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert pool.size <= 3 and pool.idle_count == pool.size
        taken = [await pool.acquire(timeout=ours.PATIENCE) for _ in range(3)]
        error = await raises(db.PoolTimeoutError, pool.acquire(timeout=0.1))
        assert "max_size=3" in str(error)
        for c in taken:
            await works(c)
            await pool.release(c)
        waiting = [await pool.acquire() for _ in range(3)]
        asleep = asyncio.ensure_future(pool.acquire())
        await asyncio.sleep(0.01)
        await pool.release(waiting.pop())
        asleep.cancel()  # just when it was given one
        with contextlib.suppress(asyncio.CancelledError):
            waiting.append(await asleep)
        for c in waiting:
            await pool.release(c)
        assert pool.idle_count == pool.size, (pool.idle_count, pool.size)
    await raises(db.PoolClosedError, pool.acquire())


@case
async def uncommitted_is_rolled_back(place):
    async with await place.pool(max_size=1, autocommit=False) as pool:
        async with pool.connection() as c:
            await c.execute("CREATE TABLE undone (a INT)")
            await c.commit()
        async with pool.connection() as c:
            await c.execute("INSERT INTO undone VALUES (1)")
        async with pool.connection() as c:
            assert await (await c.execute("SELECT COUNT(*) FROM undone")).fetchone() == (0,)
            await c.execute("DROP TABLE undone")
            await c.commit()


@case
async def errors_at_connecting(place):
    error = await raises(db.OperationalError, place.connect(password="wrong"))
    assert error.sqlcode == -951, error
    error = await raises(db.DatabaseError, place.connect(database="nowhere"))
    assert error.sqlcode == -329, error
    await raises(db.OperationalError, place.connect(port=1))
    for options in ({}, place.tls()):
        await raises(db.OperationalError, place.connect(host="a..b", **options))
        with contextlib.suppress(db.OperationalError):
            db.connect(**dict(place.arguments, host="a..b", **options))
            raise AssertionError("no error")
    await raises(db.OperationalError, place.connect(tls=True, connect_timeout=5))
    await raises(db.OperationalError,
                 place.connect(port=place.server.tls_port, tls="verify-full", connect_timeout=5))


@case
async def silent_server(place):
    """One that accepts and says nothing: connect_timeout, read_timeout and cancel end the wait."""
    kept = []  # else they are closed
    server = await asyncio.start_server(lambda *streams: kept.append(streams), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await raises(db.OperationalError, place.connect(port=port, connect_timeout=0.3))
    await raises(TIMEOUT, asyncio.wait_for(place.connect(port=port), 0.3))
    server.close()
    for _, writer in kept:
        writer.close()


@case
async def tls(place):
    async with await place.connect(**place.tls()) as c:
        await works(c)
        cursor = await c.execute("SELECT FIRST 50000 a.tabname, b.colname FROM systables a, "
                                 "syscolumns b, syscolumns c")
        assert len(await cursor.fetchall()) == 50000
        # TLS cannot carry a cancel: the connection is closed, and says so.
        await raises(TIMEOUT, asyncio.wait_for(c.execute(SLOW), 0.15))
        assert c.closed
        await raises(db.InterfaceError, c.execute("SELECT 1 FROM systables"))
    async with await place.pool(max_size=3, **place.tls()) as pool:
        async def one():
            async with pool.connection() as c:
                await works(c)

        await asyncio.gather(*(one() for _ in range(30)))
    await raises(db.OperationalError, place.connect(port=place.server.tls_port,
                                                    tls=ssl.create_default_context()))


@case
async def authorities_of_the_system(place):
    """Who verifies and names no file trusts those that Python finds, or SSL_CERT_FILE."""
    options = dict(place.arguments, port=place.server.tls_port, tls="verify-full")

    async def both():
        db.connect(**options).close()
        await (await aio.connect(**options)).close()

    with unittest.mock.patch.dict(os.environ):
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
            os.environ.pop(name, None)
        paths = ssl.get_default_verify_paths()
        await raises(db.OperationalError, both())
        os.environ["SSL_CERT_FILE"] = place.cafile
        await both()
        os.environ["SSL_CERT_FILE"] = "/nowhere"
        await raises(db.OperationalError, both())
        del os.environ["SSL_CERT_FILE"]
        with unittest.mock.patch("ssl.get_default_verify_paths",
                                 lambda: paths._replace(cafile=place.cafile)):
            db.connect(**options).close()


@case
async def blocking_tls(place):
    """The same context with a blocking connection."""
    def use():
        with db.connect(**dict(place.arguments, **place.tls())) as c:
            assert c.execute("SELECT tabid FROM systables WHERE tabid = 1").fetchall() == [(1,)]
            rows = c.execute("SELECT FIRST 50000 a.tabname, b.colname FROM systables a, "
                             "syscolumns b, syscolumns c").fetchall()
            assert len(rows) == 50000
            c.execute("CREATE TEMP TABLE t (a INT, b VARCHAR(100))")
            c.cursor().executemany("INSERT INTO t VALUES (?, ?)", ((i, "x" * 99) for i in range(20000)))
            assert c.execute("SELECT COUNT(*) FROM t").fetchone() == (20000,)

    await asyncio.get_running_loop().run_in_executor(None, use)


@case
async def blocking_tls_in_threads(place):
    """They take turns; cancel() and close() end what another one waits for, and the connection."""
    def connect():
        return db.connect(**dict(place.arguments, **place.tls()))

    def wait(c, errors):
        try:
            c.execute(SLOW)
        except db.Error as error:
            errors.append(error)

    def end(how):
        errors, c = [], connect()
        waits = ours.waits(c)
        thread = threading.Thread(target=wait, args=(c, errors), daemon=True)
        thread.start()
        ours.until(waits)
        how(c)
        thread.join(ours.PATIENCE)
        assert not thread.is_alive() and c.closed, how
        assert len(errors) == 1 and isinstance(errors[0], (db.OperationalError, db.InterfaceError)), errors
        c.cancel()  # does nothing
        c.close()

    def child(used, idle):
        """In it nobody waits, and what it closes stays open here."""
        pid = os.fork()
        if pid == 0:
            status = 1
            with contextlib.suppress(BaseException):
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(ours.PATIENCE)
                for c in (used, idle):
                    with contextlib.suppress(db.Error):
                        c.execute("SELECT 1 FROM systables")
                        os._exit(2)
                    c.close()
                status = 0
            os._exit(status)
        assert os.waitpid(pid, 0)[1] == 0

    def fork(c):
        with connect() as idle:
            child(c, idle)
            assert idle.execute("SELECT tabid FROM systables WHERE tabid = 1").fetchall() == [(1,)]
        c.cancel()

    def take_turns():
        def run(number):
            for i in range(50):
                low = 1 + (number + i) % 10
                rows = c.execute("SELECT tabid FROM systables WHERE tabid >= ? AND tabid < ? "
                                 "ORDER BY 1", (low, low + 5)).fetchall()
                right.append(rows == [(j,) for j in range(low, low + 5)])

        right = []
        with connect() as c:
            threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(ours.PATIENCE)
                assert not thread.is_alive()
        assert right == [True] * 200

    def use():
        for _ in range(3):
            end(db.Connection.cancel)
            end(db.Connection.close)
        end(fork)
        take_turns()

    await asyncio.get_running_loop().run_in_executor(None, use)


@case
async def streaming(place):
    """Rows are read as they are asked for: a result that is far too large costs no memory."""
    async with await place.connect() as c:
        cursor = await c.execute("SELECT a.tabname, b.colno FROM systables a, syscolumns b, "
                                 "syscolumns c, syscolumns d")
        count = 0
        async for _row in cursor:
            count += 1
            if count == 100000:
                break
        assert c.counts()["bytes_received"] < 30_000_000, c.counts()
        await cursor.close()
        await works(c)


@case
async def server_death(place):
    """What waits ends with an error; a pool opens anew when there is a server again."""
    with Sqlid(allowed=".") as other:
        arguments = dict(place.arguments, port=other.port)
        pool = await aio.create_pool(max_size=4, **arguments)
        alone = await aio.connect(**arguments)
        waiting = [asyncio.ensure_future(alone.execute(SLOW))]
        held = await pool.acquire()
        waiting.append(asyncio.ensure_future(held.execute(SLOW)))
        idle = await pool.acquire()
        await pool.release(idle)
        await asyncio.sleep(0.2)
        other.kill()
        for task in waiting:
            error = await asyncio.wait_for(raises(db.Error, task), ours.PATIENCE)
            assert isinstance(error, db.OperationalError), error
        assert alone.closed and held.closed
        await raises(db.InterfaceError, alone.execute("SELECT 1 FROM systables"))
        await pool.release(held)
        await raises(db.OperationalError, pool.acquire(timeout=ours.PATIENCE))
        assert pool.size == 0, pool.size
        await pool.close()
        await alone.close()
        other.start()


class Gate:
    """A way to the server that lets nothing through while it is shut."""

    def __init__(self, server):
        self.server, self.open, self.tasks = server, asyncio.Event(), []

    async def __aenter__(self):
        self.listener = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 16)
        self.port = self.listener.sockets[0].getsockname()[1]
        self.open.set()
        return self

    async def serve(self, reader, writer):
        self.tasks.append(asyncio.current_task())
        back, forth = await asyncio.open_connection(self.server.host, self.server.port)
        await asyncio.gather(self.move(reader, forth, self.open.wait), self.move(back, writer))

    @staticmethod
    async def move(reader, writer, may=None):
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                if may:
                    await may()
                writer.write(data)
                await writer.drain()
        writer.close()

    async def __aexit__(self, *_):
        self.listener.close()
        self.open.set()
        await asyncio.gather(*self.tasks)


PIECE, PIECES = 30_000, 3000
TRANSPORT_MAX, ASKED_MAX = 1 << 20, 24 << 20


@case
async def slow_server(place):
    """What a server does not read yet is neither piled up in the transport nor asked for."""
    async with Gate(place.server) as gate, await place.connect(port=gate.port) as c:
        await c.execute("CREATE TEMP TABLE slow (a INT, b LVARCHAR(32000))")
        await c.execute("CREATE TEMP TABLE large (a INT, b BYTE)")
        asked = 0

        def rows():
            nonlocal asked
            for i in range(PIECES):
                asked += 1
                if i == 1:  # the statement is known to the server
                    gate.open.clear()
                yield i, "x" * PIECE

        async def insert(bulk):
            cursor = await c.cursor()
            await cursor.executemany("INSERT INTO slow VALUES (?, ?)", rows(), bulk=bulk)
            return cursor.rowcount

        async def large():
            await c.execute("INSERT INTO large VALUES (0, ?)", (b"",))
            gate.open.clear()
            cursor = await c.execute("INSERT INTO large VALUES (1, ?)", (bytes(60_000_000),))
            return cursor.rowcount

        for way, count in ((lambda: insert(False), PIECES), (lambda: insert(True), PIECES),
                           (large, 1)):
            asked = 0
            task = asyncio.ensure_future(way())
            await asyncio.sleep(1)
            waits = c._protocol.transport.get_write_buffer_size()
            assert not task.done() and waits < TRANSPORT_MAX, waits
            assert asked * PIECE < ASKED_MAX, asked
            gate.open.set()
            assert await task == count
        cursor = await c.execute("SELECT COUNT(*), MIN(LENGTH(b)), MAX(LENGTH(b)) FROM slow")
        assert await cursor.fetchone() == (2 * PIECES, PIECE, PIECE)
        (data,) = await (await c.execute("SELECT b FROM large WHERE a = 1")).fetchone()
        assert data == bytes(60_000_000)


@case
async def cancelled_while_sending(place):
    """The cancel waits behind what is being sent; a server that takes nothing at all loses us."""
    async with Gate(place.server) as gate:
        for opens in (True, False):
            async with await place.connect(port=gate.port) as c:
                await c.execute("CREATE TEMP TABLE large (a INT, b BYTE)")
                insert = "INSERT INTO large VALUES (1, ?)"
                await c.execute(insert, (b"",))
                gate.open.clear()
                task = await once_busy(c, c.execute(insert, (bytes(30_000_000),)))
                await until(c._protocol.transport.get_write_buffer_size)
                task.cancel()
                if opens:
                    asyncio.get_running_loop().call_later(0.2, gate.open.set)
                await raises(asyncio.CancelledError, task)
                assert c.closed != opens
                gate.open.set()
                if opens:
                    await works(c)


async def run_all(place, chosen):
    failed = 0
    loop = asyncio.get_running_loop()
    unheard = []
    loop.set_exception_handler(lambda _, context: unheard.append(context))
    for function in [f for f in CASES if not chosen or f.__name__ in chosen]:
        started = time.monotonic()
        try:
            await asyncio.wait_for(function(place), SECONDS)
            assert not unheard, unheard
            told = "ok"
        except BaseException as error:
            failed += 1
            trace, lines = error.__traceback__, []
            while trace:
                lines.append(f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}")
                trace = trace.tb_next
            told = f"FAIL {type(error).__name__}: {error} ({', '.join(lines)})"
            unheard.clear()
        left = len(asyncio.all_tasks()) - 1
        print(f"{function.__name__}: {told} ({time.monotonic() - started:.1f} s, {left} tasks left)",
              flush=True)
        failed += left > 0
    return failed


def run_by(loop, place, chosen):
    coroutine = run_all(place, chosen)
    if loop != "uvloop":
        return asyncio.run(coroutine)
    import uvloop
    return uvloop.run(coroutine)


def main():
    loop, chosen = os.environ.get("SQLI_LOOP", "asyncio"), sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        key, cert = certificate(folder)
        with Sqlid("--tls-listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key,
                   allowed="tls|TLS|handshake|refused") as server:
            failed = run_by(loop, Place(server, cert), chosen)
    print(f"{loop}: {len(CASES) - failed} passed, {failed} failed", flush=True)
    if loop == "asyncio" and "SQLI_PEER_PYTHON" in os.environ:
        again = [os.environ["SQLI_PEER_PYTHON"], os.path.abspath(__file__), *chosen]
        failed += subprocess.run(again, env=dict(os.environ, SQLI_LOOP="uvloop")).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
