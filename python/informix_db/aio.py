"""Informix with asyncio, natively: the loop's own transport moves the bytes, nothing runs in threads.

What the examples show can be typed into `python -m asyncio`.

>>> from informix_db import aio
>>> async with await aio.connect("127.0.0.1", 9088, user="informix", password="in4mix",
...                              database="stores", server="informix") as connection:
...     cursor = await connection.execute("SELECT fname FROM customer WHERE customer_num < 103")
...     async for row in cursor:
...         print(row)
('Ada',)
('Bruno',)
"""
from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import time

from . import _native, _options
from ._bridge import connect_seconds, hosts_of
from ._core import MORE, CoreConnection, CoreCursor
from ._lob import NotCopied, bytes_of
from .exceptions import Error, OperationalError, PoolClosedError
from .pool import CorePool, is_suspect

# How long a cancelled statement may take to say so before its connection is closed.
GRACE_SECONDS = 5.0
# How often it is looked whether a cancel can go, while the transport still has something to write.
_URGENT_SECONDS = 0.002
_PIECE = 1 << 16


class _Protocol(asyncio.Protocol):
    """Hands what comes to the library, and wakes who waits."""

    def __init__(self, native):
        self.native = native
        self.waiter = None
        self.news = False  # since the last wait
        self.paused = False
        self.urgent = False  # a cancel is to go
        self.loop = asyncio.get_running_loop()
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
        self.flush()
        self.wake()

    def wake(self):
        self.news = True
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    def flush(self):
        """As much as the transport wants: the rest stays with the library, which asks the program
        for no more while too much of it waits. Whether anything went."""
        went = False
        while not self.paused and not self.transport.is_closing():
            data = self.native.take(_PIECE)
            if not data:
                break
            self.transport.write(data)
            went = True
        if self.native.take_urgent() and not self.urgent:
            self.urgent = True
            self.loop.call_soon(self.send_urgent)  # uvloop writes when the loop comes round
        return went

    async def wait(self):
        """Until something has come or gone, or the library wants to be asked again."""
        if self.flush() or self.news:
            self.news = False
            return
        self.waiter = self.loop.create_future()
        left = self.native.timeout
        timer = self.loop.call_later(left / 1000, self.wake) if left >= 0 else None
        try:
            await self.waiter
        finally:
            self.waiter, self.news = None, False
            if timer is not None:
                timer.cancel()

    def send_urgent(self):
        """The urgent byte has to follow everything else; an asyncio transport cannot send it, its
        socket can."""
        if not self.urgent or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size():
            self.loop.call_later(_URGENT_SECONDS, self.send_urgent)
            return
        self.urgent = False
        plain = self.transport.get_extra_info("socket")
        try:
            with socket.socket(fileno=os.dup(plain.fileno())) as copy:
                copy.send(b"B", socket.MSG_OOB)
        except BlockingIOError:  # the kernel still has what the transport wrote
            self.urgent = True
            self.loop.call_later(_URGENT_SECONDS, self.send_urgent)
        except (OSError, AttributeError):
            self.transport.abort()

    def cancelled(self):
        """What is under way: the library knows it, and has to be asked."""
        self.flush()
        self.wake()


class AsyncCursor(CoreCursor):
    """Executes statements and hands out their rows. Made by AsyncConnection.cursor()."""

    def __init__(self, connection, *, scrollable=False, hold=False):
        self._set_up(connection, scrollable, hold)

    async def execute(self, operation, parameters=None):
        """Executes a statement, as Cursor.execute does. Returns the cursor.

        >>> cursor = await connection.cursor()
        >>> await (await cursor.execute("SELECT lname FROM customer WHERE customer_num = ?",
        ...                             (101,))).fetchone()
        ('Lindqvist',)
        """
        await self._execute(operation, parameters)
        return self

    async def executemany(self, operation, seq_of_parameters, *, bulk=False, progress=None):
        """Executes a statement for many sets of parameters, as Cursor.executemany does; they may
        come from an asynchronous iterator, too.

        >>> cursor = await connection.execute("CREATE TEMP TABLE numbers (a INT)")
        >>> rows = ((i,) for i in range(9))
        >>> cursor = await cursor.executemany("INSERT INTO numbers VALUES (?)", rows)
        >>> cursor.rowcount
        9
        """
        await self._executemany(operation, seq_of_parameters, bulk, progress)
        return self

    async def bulk_insert(self, operation, rows, *, progress=None):
        """executemany through an insert cursor."""
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
        """Executes a procedure; its rows, if it has any, can be fetched."""
        return await self._callproc(procname, parameters)

    async def fetchone(self):
        """The next row, or None."""
        return await self._fetchone()

    async def fetchmany(self, size=None):
        """The next rows, as many as there are up to size, or arraysize."""
        return await self._fetchmany(size)

    async def fetchall(self):
        """All rows that are left."""
        return await self._fetchall()

    async def fetch_first(self):
        """The first row; None where there is none."""
        return await self._fetch_at(0)

    async def fetch_last(self):
        """The last row."""
        return await self._fetch_at(-1)

    async def fetch_prior(self):
        """The row in front of the present one."""
        return await self._fetch_prior()

    async def fetch_relative(self, n):
        """The row so many places from the present one, back if negative."""
        return await self._fetch_relative(n)

    async def fetch_absolute(self, n):
        """The row of this place, from 0; negative: from the end."""
        return await self._fetch_at(n)

    async def scroll(self, value, mode="relative"):
        """Moves, so that the next fetch gives the row there."""
        await self._scroll(value, mode)

    async def read_blob_column(self, sql, params=(), *, sentinel=None):
        """The bytes of the one large object that the SELECT gives, or None."""
        return await self._read_blob_column(sql, params)

    async def write_blob_column(self, sql, blob_data, params=(), *, sentinel=None, clob=False):
        """Executes a statement in which BLOB_PLACEHOLDER stands for a BLOB, or CLOB."""
        await self._write_blob_column(sql, blob_data, params, clob)

    async def close(self):
        """Closes it; may be called again."""
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
            except (OSError, UnicodeError) as error:
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
            finally:
                self._protocol.urgent = False  # what it was for is over

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

    def cancel(self):
        """Cancels what is under way; any thread may do so. The call that waits raises -213."""
        if not self._closed:
            self._native.cancel()
            self._protocol.loop.call_soon_threadsafe(self._protocol.cancelled)

    async def cursor(self, *, scrollable=False, hold=False):
        """A new cursor. scrollable: it moves in any direction, at the server; hold: it stays open
        over a commit.

        >>> cursor = await connection.cursor(scrollable=True)
        >>> cursor = await cursor.execute("SELECT customer_num FROM customer ORDER BY 1")
        >>> await cursor.fetch_last()
        (104,)
        """
        return self._make_cursor(scrollable=scrollable, hold=hold)

    def _make_cursor(self, *, scrollable=False, hold=False):
        self._check_open()
        return AsyncCursor(self, scrollable=scrollable, hold=hold)

    async def execute(self, operation, parameters=None):
        """A new cursor that has executed the statement.

        >>> cursor = await connection.execute("SELECT lname FROM customer WHERE customer_num < 103")
        >>> [name async for name, in cursor]
        ['Lindqvist', 'Castell']
        """
        return await self._make_cursor().execute(operation, parameters)

    async def commit(self):
        """Ends the transaction and keeps what it did."""
        await self._commit()

    async def rollback(self):
        """Ends the transaction and undoes what it did."""
        await self._rollback()

    async def begin(self):
        """Begins a transaction, in autocommit mode."""
        self._check_open()
        await self._until(self._native.begin)

    async def savepoint(self, name):
        """A place in the transaction that rollback_to goes back to."""
        self._check_open()
        await self._until(self._native.savepoint, name)

    async def rollback_to(self, name):
        """Undoes what was done since the savepoint; the transaction goes on."""
        self._check_open()
        await self._until(self._native.rollback_to, name)

    async def release_savepoint(self, name):
        """Forgets the savepoint, not what was done since."""
        self._check_open()
        await self._until(self._native.release_savepoint, name)

    @property
    def autocommit(self):
        """Whether each statement is a transaction; set_autocommit changes it."""
        return self._native.autocommit

    async def set_autocommit(self, on):
        """Whether each statement is a transaction. Switching it on commits what is open."""
        self._check_open()
        await self._until(self._native.set_autocommit, bool(on))

    async def set_isolation(self, level):
        """dirty, committed, cursor, repeatable or last-committed."""
        self._check_open()
        await self._until(self._native.set_isolation, level)

    async def set_lock_wait(self, seconds):
        """Seconds to wait for locks; -1: for ever, 0: not at all."""
        self._check_open()
        await self._until(self._native.set_lock_wait, seconds)

    async def server_version(self):
        """The release; asked for once.

        >>> (await connection.server_version()).startswith("IBM Informix Dynamic Server Version ")
        True
        """
        return await self._get_server_version()

    async def fast_path_call(self, signature, *params):
        """Calls a routine by its signature, without SQL; what it returns is a list."""
        return await self._fast_path_call(signature, params)

    async def open_lob(self, locator, mode="r"):
        """The large object of a locator: read, write, seek, size, truncate and close are awaited."""
        return AsyncLob(self, await self._open_lob(locator, mode))

    async def create_lob(self, clob=False):
        """A new large object; it is kept by being a parameter.

        >>> async with await connection.create_lob() as lob:
        ...     await lob.write(b"0123456789")
        ...     await lob.seek(5)
        ...     await lob.read()
        10
        b'56789'
        """
        return AsyncLob(self, await self._create_lob(clob))

    def ping(self):
        """Whether the other side is still there, as far as is known."""
        return not self._closed and self._native.open and not self._protocol.transport.is_closing()

    async def close(self):
        """Closes the session; what is open is rolled back. May be called again."""
        if self._closed:
            return
        self._closed = True
        self._native.close()
        with contextlib.suppress(RuntimeError):  # its loop is closed
            self._protocol.transport.close()  # by which the server knows: SQ_EXIT is not sent

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, value, trace):
        try:
            if not self._closed and self._native.open and not self._native.autocommit:
                await (self.rollback() if kind else self.commit())
        finally:
            await self.close()


class AsyncLob(NotCopied):
    """A large object; what blocks on LobFile is awaited here."""

    def __init__(self, connection, lob):
        self._connection, self.lob = connection, lob

    async def read(self, size=-1):
        """The next bytes, as many as there are up to size; all that are left without one."""
        if size is None or size < 0:
            pieces = []
            while piece := await self.read(1 << 16):
                pieces.append(piece)
            return b"".join(pieces)
        return await self._connection._until(self.lob.read, size)

    async def write(self, data):
        """Writes all of it; how many bytes."""
        data = bytes_of(data)
        await self._connection._until(self.lob.write, data)
        return len(data)

    async def seek(self, position):
        """Moves to this place, from 0."""
        await self._connection._until(self.lob.seek, position)

    def tell(self):
        """Where the next read or write is."""
        return self.lob.tell()

    async def size(self):
        """How many bytes it has."""
        return await self._connection._until(self.lob.size)

    async def truncate(self, size):
        """Cuts it to this size."""
        await self._connection._until(self.lob.truncate, size)

    async def close(self):
        """Closes it."""
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

    counts = hasattr(task, "uncancel")
    before = task.cancelling() if counts else 0
    timer = None
    if seconds is not None:
        timer = asyncio.get_running_loop().call_later(max(seconds, 0), fire)
    try:
        yield
    except asyncio.CancelledError:
        # Somebody else may have cancelled it as well.
        if fired and not (counts and task.uncancel() > before):
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


class AsyncConnectionPool(CorePool):
    """Hands out connections to tasks. Made by create_pool()."""

    def __init__(self, min_size, max_size, acquire_timeout, connect_kwargs):
        self._set_up(min_size, max_size, acquire_timeout, connect_kwargs)
        self._owned: set = set()

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
            async with _timeout(timeout):  # wait_for may lose a cancel, before Python 3.12
                connection = await turn
        except BaseException as error:
            self._leave(turn)
            if isinstance(error, (asyncio.TimeoutError, TimeoutError)):
                raise self._timed_out(timeout) from None
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
        self._check_lent(conn, conn in self._idle)
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
        """Closes what is idle, and what is in use when it comes back; who waits is turned away."""
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
    """Opens a connection; the same arguments as informix_db.connect.

    >>> connection = await aio.connect("informix://informix:in4mix@127.0.0.1:9088/stores"
    ...                                "?server=informix", autocommit=True)
    >>> connection.info("database")
    'stores'
    >>> await connection.close()
    """
    return await AsyncConnection.connect(*args, **kwargs)


async def create_pool(host=None, port=None, *, min_size=0, max_size=10, acquire_timeout=30.0,
                      **connect_kwargs):
    """A pool of connections; all that connect() takes is handed on to it.

    >>> async with await aio.create_pool("127.0.0.1", 9088, user="informix", password="in4mix",
    ...                                  database="stores", server="informix") as pool:
    ...     async with pool.connection() as pooled:
    ...         cursor = await pooled.execute("SELECT MAX(customer_num) FROM customer")
    ...         await cursor.fetchone()
    (104,)
    """
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
