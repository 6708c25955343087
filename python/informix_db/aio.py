"""Informix with asyncio, natively: the loop's own transport moves the bytes, nothing runs in threads.

>>> async with await informix_db.aio.connect(host="127.0.0.1", user="informix",
...                                          password="in4mix", database="stores") as connection:
...     cursor = await connection.cursor()
...     await cursor.execute("SELECT fname FROM customer")
...     async for row in cursor:
...         print(row)
"""
from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import time
from collections import deque

from . import _native, _options
from ._bridge import connect_seconds, hosts_of
from ._core import MORE, CoreConnection, CoreCursor
from .exceptions import Error, OperationalError, PoolClosedError, PoolTimeoutError
from .pool import is_suspect

# How long a cancelled statement may take to say so before its connection is closed.
GRACE_SECONDS = 5.0


class _Protocol(asyncio.Protocol):
    """Hands what comes to the library, and wakes who waits."""

    def __init__(self, native):
        self.native = native
        self.waiter = None
        self.paused = False
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport
        plain = transport.get_extra_info("socket")
        if plain is not None:
            with contextlib.suppress(OSError):
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        with contextlib.suppress(Exception):  # the call that waits for it says so
            self.native.feed(data)
        self.wake()

    def eof_received(self):
        self._end()
        return False

    def connection_lost(self, error):
        self._end()

    def _end(self):
        with contextlib.suppress(Exception):
            self.native.feed(b"")
        self.wake()

    def pause_writing(self):
        self.paused = True

    def resume_writing(self):
        self.paused = False
        self.wake()

    def wake(self):
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    def flush(self):
        data = self.native.take()
        if data and not self.transport.is_closing():
            self.transport.write(data)

    async def wait(self):
        """Until something has come, more may be sent, or the library wants to be asked again."""
        self.flush()
        loop = asyncio.get_running_loop()
        self.waiter = loop.create_future()
        left = self.native.timeout
        timer = loop.call_later(left / 1000, self.wake) if left >= 0 else None
        try:
            await self.waiter
        finally:
            self.waiter = None
            if timer is not None:
                timer.cancel()

    def send_urgent(self):
        """The urgent byte has to follow everything else; an asyncio transport cannot send it, its
        socket can."""
        plain = self.transport.get_extra_info("socket")
        if plain is None or self.transport.get_write_buffer_size():
            return False
        copy = socket.socket(fileno=os.dup(plain.fileno()))
        try:
            return copy.send(b"B", socket.MSG_OOB) == 1
        except OSError:
            return False
        finally:
            copy.close()


class AsyncCursor(CoreCursor):
    """Executes statements and hands out their rows. Made by AsyncConnection.cursor()."""

    def __init__(self, connection, *, scrollable=False, hold=False):
        self._set_up(connection, scrollable, hold)

    async def execute(self, operation, parameters=None):
        await self._execute(operation, parameters)
        return self

    async def executemany(self, operation, seq_of_parameters, *, bulk=False, progress=None):
        await self._executemany(operation, seq_of_parameters, bulk, progress)
        return self

    async def bulk_insert(self, operation, rows, *, progress=None):
        return await self.executemany(operation, rows, bulk=True, progress=progress)

    async def copy_out(self, query, file, *, format="csv", delimiter=None, header=False):
        """Writes the rows of a query, or of a table, to a text file or path, and returns how many:
        as "csv", or "delimited" as UNLOAD does."""
        return await self._copy_out(query, file, format, delimiter, header)

    async def copy_in(self, table, file, *, columns=None, format="csv", delimiter=None,
                header=False, bulk=False):
        """Inserts the rows of a text file or path, and returns how many; `header`: its first line
        names the columns."""
        return await self._copy_in(table, file, columns, format, delimiter, header, bulk)

    async def callproc(self, procname, parameters=()):
        return await self._callproc(procname, parameters)

    async def fetchone(self):
        return await self._fetchone()

    async def fetchmany(self, size=None):
        return await self._fetchmany(size)

    async def fetchall(self):
        return await self._fetchall()

    async def fetch_first(self):
        return await self._fetch_at(0)

    async def fetch_last(self):
        return await self._fetch_at(-1)

    async def fetch_prior(self):
        return await self._fetch_prior()

    async def fetch_relative(self, n):
        return await self._fetch_relative(n)

    async def fetch_absolute(self, n):
        return await self._fetch_at(n)

    async def scroll(self, value, mode="relative"):
        await self._scroll(value, mode)

    async def read_blob_column(self, sql, params=(), *, sentinel=None):
        return await self._read_blob_column(sql, params)

    async def write_blob_column(self, sql, blob_data, params=(), *, sentinel=None, clob=False):
        await self._write_blob_column(sql, blob_data, params, clob)

    async def close(self):
        await self._close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.close()

    def __aiter__(self):
        return self

    async def __anext__(self):
        row = await self._fetchone()
        if row is None:
            raise StopAsyncIteration
        return row


class AsyncConnection(CoreConnection):
    """A session with a server. Made by connect()."""

    def __init__(self):
        self._protocol = None
        self._lock = asyncio.Lock()

    @classmethod
    async def connect(cls, host=None, port=None, *, row_factory=None, tls=False,
                      tls_server_hostname=None, autocommit=False, **options):
        """The same arguments as informix_db.connect."""
        self = cls()
        _options.tls_options(tls, options)
        url = host if host and "://" in host else None
        values = _options.collect(host, port, options)
        context = tls if isinstance(tls, ssl.SSLContext) else None
        probe = _native.Connection(True, False)
        _options.apply(probe, url, values)
        encrypted = context is not None or probe.get("tls") not in (None, "off")
        native = _native.Connection(True, encrypted)
        native.set("autocommit", "on" if autocommit else "off")
        _options.apply(native, url, values)
        self._set_up(native, values.get("client-locale", "en_US.8859-1"), row_factory)
        if encrypted and context is None:
            context = _context(native)
        await self._open(context, tls_server_hostname)
        return self

    async def _open(self, context, server_hostname):
        try:
            async with _timeout(connect_seconds(self._native)):
                await self._open_transport(context, server_hostname)
                await self._until(self._native.connect)
        except (asyncio.TimeoutError, TimeoutError):
            self._abort()
            raise OperationalError("the connection was not made in time") from None
        except BaseException:
            self._abort()
            raise

    async def _open_transport(self, context, server_hostname):
        loop = asyncio.get_running_loop()
        last = "no host is given"
        for host, port in hosts_of(self._native):
            try:
                name = (server_hostname or host) if context else None
                _, self._protocol = await loop.create_connection(
                    lambda: _Protocol(self._native), host, port, ssl=context, server_hostname=name)
                return
            except OSError as error:
                last = f"{host}:{port}: {error}"
        raise OperationalError(last)

    def _abort(self):
        self._closed = True
        if self._protocol is not None and self._protocol.transport is not None:
            self._protocol.transport.abort()
        self._native.close()

    # --- waiting ---

    async def _wait(self):
        await self._protocol.wait()

    async def _until(self, function, *arguments):
        """One call at a time. A cancelled one is cancelled at the server, too, and brought to its
        end, so that the connection is usable afterwards, or closed."""
        async with self._lock:
            try:
                while (result := function(*arguments)) is MORE:
                    await self._protocol.wait()
                self._protocol.flush()  # what was only queued goes as well
                return result
            except asyncio.CancelledError:
                await self._finish(function, arguments)
                raise

    async def _finish(self, function, arguments):
        task = asyncio.ensure_future(self._cancel_at_server(function, arguments))
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(task)

    async def _cancel_at_server(self, function, arguments):
        try:
            self._native.cancel()
            until = time.monotonic() + GRACE_SECONDS
            while function(*arguments) is MORE:
                self._protocol.flush()
                if self._native.take_urgent() and not self._protocol.send_urgent():
                    break
                left = until - time.monotonic()
                if left <= 0:
                    break
                with contextlib.suppress(asyncio.TimeoutError, TimeoutError):
                    await asyncio.wait_for(self._protocol.wait(), min(left, 0.5))
            else:
                return
        except Exception:
            if self._native.open:
                return
        self._abort()

    # --- the surface ---

    async def cursor(self, *, scrollable=False, hold=False):
        return self._make_cursor(scrollable=scrollable, hold=hold)

    def _make_cursor(self, *, scrollable=False, hold=False):
        self._check_open()
        return AsyncCursor(self, scrollable=scrollable, hold=hold)

    async def execute(self, operation, parameters=None):
        return await self._make_cursor().execute(operation, parameters)

    async def commit(self):
        await self._commit()

    async def rollback(self):
        await self._rollback()

    async def begin(self):
        self._check_open()
        await self._until(self._native.begin)

    async def savepoint(self, name):
        self._check_open()
        await self._until(self._native.savepoint, name)

    async def rollback_to(self, name):
        self._check_open()
        await self._until(self._native.rollback_to, name)

    async def release_savepoint(self, name):
        self._check_open()
        await self._until(self._native.release_savepoint, name)

    @property
    def autocommit(self):
        return self._native.autocommit

    async def set_autocommit(self, on):
        self._check_open()
        await self._until(self._native.set_autocommit, bool(on))

    async def set_isolation(self, level):
        self._check_open()
        await self._until(self._native.set_isolation, level)

    async def set_lock_wait(self, seconds):
        self._check_open()
        await self._until(self._native.set_lock_wait, seconds)

    async def server_version(self):
        return await self._get_server_version()

    async def fast_path_call(self, signature, *params):
        return await self._fast_path_call(signature, params)

    async def open_lob(self, locator, mode="r"):
        """The large object of a locator: read, write, seek, size, truncate and close are awaited."""
        return AsyncLob(self, await self._open_lob(locator, mode))

    async def create_lob(self, clob=False):
        return AsyncLob(self, await self._create_lob(clob))

    def ping(self):
        return not self._closed and self._native.open and not self._protocol.transport.is_closing()

    async def close(self):
        if self._closed:
            return
        self._closed = True
        self._native.close()
        with contextlib.suppress(Exception):
            self._protocol.flush()
        self._protocol.transport.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, value, trace):
        try:
            if not self._closed and self._native.open and not self._native.autocommit:
                await (self.rollback() if kind else self.commit())
        finally:
            await self.close()


class AsyncLob:
    """A large object; what blocks on LobFile is awaited here."""

    def __init__(self, connection, lob):
        self._connection, self.lob = connection, lob

    async def read(self, size=-1):
        if size is None or size < 0:
            pieces = []
            while piece := await self.read(1 << 16):
                pieces.append(piece)
            return b"".join(pieces)
        return await self._connection._until(self.lob.read, size)

    async def write(self, data):
        await self._connection._until(self.lob.write, bytes(data))
        return len(data)

    async def seek(self, position):
        await self._connection._until(self.lob.seek, position)

    def tell(self):
        return self.lob.tell()

    async def size(self):
        return await self._connection._until(self.lob.size)

    async def truncate(self, size):
        await self._connection._until(self.lob.truncate, size)

    async def close(self):
        await self._connection._until(self.lob.close)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.close()


@contextlib.asynccontextmanager
async def _timeout(seconds):
    """asyncio.timeout, which is not in Python 3.10."""
    task = asyncio.current_task()
    fired = False

    def fire():
        nonlocal fired
        fired = True
        task.cancel()

    timer = asyncio.get_running_loop().call_later(seconds, fire) if seconds else None
    try:
        yield
    except asyncio.CancelledError:
        if fired:
            if hasattr(task, "uncancel"):
                task.uncancel()
            raise TimeoutError from None
        raise
    finally:
        if timer is not None:
            timer.cancel()


def _context(native):
    """An SSLContext for the options of TLS."""
    mode = native.get("tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = mode == "verify-full"
    context.verify_mode = ssl.CERT_NONE if mode == "require" else ssl.CERT_REQUIRED
    if mode != "require":
        if native.get("tls-ca"):
            context.load_verify_locations(native.get("tls-ca"))
        else:
            context.load_default_certs()
    if native.get("tls-cert"):
        context.load_cert_chain(native.get("tls-cert"), native.get("tls-key"))
    context.minimum_version = (ssl.TLSVersion.TLSv1_3 if native.get("tls-minimum") == "1.3"
                               else ssl.TLSVersion.TLSv1_2)
    return context


class AsyncConnectionPool:
    """Hands out connections to tasks. Made by create_pool()."""

    def __init__(self, min_size, max_size, acquire_timeout, connect_kwargs):
        if not 0 <= min_size <= max_size or max_size < 1:
            raise ValueError(f"a pool of {min_size} to {max_size} connections")
        self._min, self._max, self._timeout = min_size, max_size, acquire_timeout
        self._connect = connect_kwargs
        self._idle: deque = deque()
        self._owned: set = set()
        self._opening = 0
        self._waiting: deque = deque()
        self._closed = False

    @property
    def min_size(self):
        return self._min

    @property
    def max_size(self):
        return self._max

    @property
    def size(self):
        return len(self._owned)

    @property
    def idle_count(self):
        return len(self._idle)

    async def _open(self, reserved=False):
        """A place for it is reserved while it is opened; where that fails, somebody else may try."""
        self._opening += not reserved
        try:
            connection = await connect(**self._connect)
            self._owned.add(connection)
            self._opening -= 1
            return connection
        except BaseException:
            self._opening -= 1
            self._hand_over(None)
            raise

    def _room(self):
        return len(self._owned) + self._opening < self._max

    async def _try(self):
        """A connection, or None when one has to wait."""
        while self._idle:
            connection = self._idle.pop()
            if connection.ping():
                return connection
            await self._forget(connection)
        return await self._open() if self._room() else None

    async def acquire(self, timeout=None):
        """A connection; who has one must release it. PoolTimeoutError when none becomes free."""
        timeout = self._timeout if timeout is None else timeout
        if self._closed:
            raise PoolClosedError("the pool is closed")
        if not self._waiting:
            connection = await self._try()
            if connection is not None:
                return connection
        return await self._in_turn(timeout)

    async def _in_turn(self, timeout):
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            connection = await asyncio.wait_for(asyncio.shield(turn), timeout)
        except BaseException as error:
            self._leave(turn)
            if isinstance(error, (asyncio.TimeoutError, TimeoutError)):
                raise PoolTimeoutError(f"no connection became free within {timeout} seconds "
                                       f"(max_size={self._max})") from None
            raise
        return connection if connection is not None else await self._open(reserved=True)

    def _leave(self, turn):
        """Gives on what was handed over just as its receiver went away."""
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif turn.done() and not turn.cancelled() and turn.exception() is None:
            self._opening -= turn.result() is None
            self._hand_over(turn.result())

    def _hand_over(self, connection):
        """To who waits longest; None tells him to open one, where there is room."""
        while self._waiting and (connection is not None or self._room()):
            turn = self._waiting.popleft()
            if not turn.done():
                self._opening += connection is None
                turn.set_result(connection)
                return
        if connection is not None:
            self._idle.append(connection)

    async def _forget(self, connection):
        self._owned.discard(connection)
        with contextlib.suppress(Exception):
            await connection.close()

    async def release(self, conn, *, broken=False):
        """Takes a connection back: what is open is rolled back. One that is broken is closed."""
        if conn not in self._owned or conn in self._idle:
            raise ValueError("the connection is not of this pool, or was given back")
        keep = not broken and not self._closed and not conn.closed
        if keep:
            try:
                await conn.rollback()
            except BaseException as error:
                await self._forget(conn)
                self._hand_over(None)
                if not isinstance(error, Error):
                    raise
                return
            self._hand_over(conn)
        else:
            await self._forget(conn)
            self._hand_over(None)

    @contextlib.asynccontextmanager
    async def connection(self, timeout=None):
        """A connection for an async with block. What the block has not committed is rolled back;
        after an exception that may have to do with the connection it is not used again."""
        conn = await self.acquire(timeout)
        try:
            yield conn
        except BaseException as error:
            await self.release(conn, broken=is_suspect(error))
            raise
        await self.release(conn)

    async def close(self):
        self._closed = True
        while self._idle:
            await self._forget(self._idle.pop())
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(PoolClosedError("the pool is closed"))

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.close()


async def connect(*args, **kwargs):
    """Opens a connection; the same arguments as informix_db.connect."""
    return await AsyncConnection.connect(*args, **kwargs)


async def create_pool(host=None, port=None, *, min_size=0, max_size=10, acquire_timeout=30.0,
                      **connect_kwargs):
    """A pool of connections; all that connect() takes is handed on to it."""
    if host is not None:
        connect_kwargs["host"] = host
    if port is not None:
        connect_kwargs["port"] = port
    pool = AsyncConnectionPool(min_size, max_size, acquire_timeout, connect_kwargs)
    try:
        for _ in range(min_size):
            pool._idle.append(await pool._open())
    except BaseException:
        await pool.close()
        raise
    return pool
