"""Connections for many threads."""
from __future__ import annotations

import contextlib
import threading
import time
from collections import deque

from .exceptions import (Error, InterfaceError, OperationalError, PoolClosedError,
                         PoolTimeoutError)
from ._lob import NotCopied
from .connections import Connection, connect


def is_suspect(error: BaseException) -> bool:
    """Whether the connection may have failed, or somebody did not wait for its answer."""
    return isinstance(error, (OperationalError, InterfaceError, TimeoutError)) or \
        not isinstance(error, Exception)


class CorePool(NotCopied):
    """What both kinds of pool have, whatever is in `_idle` and `_owned`."""

    def _set_up(self, min_size, max_size, acquire_timeout, connect_kwargs):
        if not 0 <= min_size <= max_size or max_size < 1:
            raise ValueError(f"a pool of {min_size} to {max_size} connections")
        self._min, self._max, self._timeout = min_size, max_size, acquire_timeout
        self._connect = dict(connect_kwargs or {})
        self._idle: deque = deque()
        self._waiting: deque = deque()  # those who wait, in their order
        self._opening = 0
        self._closed = False

    @property
    def min_size(self):
        """How many connections it opens at first."""
        return self._min

    @property
    def max_size(self):
        """How many connections it opens at most."""
        return self._max

    @property
    def size(self):
        """Connections that are open, in use or not."""
        return len(self._owned)

    @property
    def idle_count(self):
        """Connections that nobody uses."""
        return len(self._idle)

    @property
    def closed(self):
        """Whether close() was called."""
        return self._closed

    def _room(self):
        return len(self._owned) + self._opening < self._max

    def _timed_out(self, timeout):
        return PoolTimeoutError(f"no connection became free within {timeout} seconds "
                                f"(max_size={self._max})")

    def _check_lent(self, conn, idle):
        if conn not in self._owned or idle:
            raise ValueError("the connection is not of this pool, or was given back")


class ConnectionPool(CorePool):
    """Hands out connections, and takes them back without what the last user left open. Who waits
    longest is served first. Made by create_pool()."""

    def __init__(self, *, min_size=0, max_size=10, acquire_timeout=30.0, max_lifetime=None,
                 max_idle=None, connect_kwargs=None):
        self._set_up(min_size, max_size, acquire_timeout, connect_kwargs)
        self._lifetime, self._idle_time = max_lifetime, max_idle
        self._lock = threading.Lock()
        self._owned: dict = {}  # connection -> when it was opened; _idle has (connection, since)
        for _ in range(min_size):
            connection = self._open()
            self._idle.append((connection, time.monotonic()))

    # --- taking ---

    def _open(self):
        connection = connect(**self._connect)
        with self._lock:
            self._owned[connection] = time.monotonic()
        return connection

    def _is_fresh(self, connection, since):
        now = time.monotonic()
        if self._lifetime and now - self._owned.get(connection, now) > self._lifetime:
            return False
        if self._idle_time and now - since > self._idle_time and len(self._owned) > self._min:
            return False
        return connection.ping()

    def _forget(self, connection):
        with self._lock:
            self._owned.pop(connection, None)
        with contextlib.suppress(Error):
            connection.close()

    def _take_idle(self):
        """One that is there, None when a new one may be opened, False when one has to wait."""
        while True:
            with self._lock:
                if self._closed:
                    raise PoolClosedError("the pool is closed")
                if not self._idle:
                    if not self._room():
                        return False
                    self._opening += 1
                    return None
                connection, since = self._idle.pop()
            if self._is_fresh(connection, since):
                return connection
            self._forget(connection)

    def _new(self):
        try:
            return self._open()
        finally:
            with self._lock:
                self._opening -= 1

    def acquire(self, timeout=None):
        """A connection; who has one must release it. PoolTimeoutError when none becomes free."""
        timeout = self._timeout if timeout is None else timeout
        until = None if timeout is None else time.monotonic() + timeout
        turn = None
        try:
            while True:
                first = turn is None or (self._waiting and self._waiting[0] is turn)
                taken = self._take_idle() if first and (turn or not self._waiting) else False
                if taken is None:
                    return self._new()
                if taken:
                    return taken
                if turn is None:
                    turn = threading.Event()
                    with self._lock:
                        self._waiting.append(turn)
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0 or not turn.wait(left):
                    raise self._timed_out(timeout)
                turn.clear()
        finally:
            if turn is not None:
                with self._lock:
                    self._waiting.remove(turn)
            self._wake()

    def _wake(self):
        with self._lock:
            free = self._idle or self._room() or self._closed
            if free and self._waiting:
                self._waiting[0].set()

    # --- giving back ---

    def release(self, conn: Connection, *, broken=False):
        """Takes a connection back: what is open is rolled back. One that is broken is closed."""
        with self._lock:
            idle = any(conn is each for each, _ in self._idle)
        self._check_lent(conn, idle)
        keep = not broken and not self._closed and not conn.closed and self._reset(conn)
        if keep:
            with self._lock:
                self._idle.append((conn, time.monotonic()))
        else:
            self._forget(conn)
        self._wake()

    @staticmethod
    def _reset(conn):
        try:
            conn.rollback()
            return True
        except Error:
            return False

    @contextlib.contextmanager
    def connection(self, timeout=None):
        """A connection for a with block. What the block has not committed is rolled back; after an
        exception that may have to do with the connection it is not used again."""
        conn = self.acquire(timeout)
        try:
            yield conn
        except BaseException as error:
            self.release(conn, broken=is_suspect(error))
            raise
        self.release(conn)

    def close(self):
        """Closes what is idle, and what is in use when it comes back; who waits is turned away."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, deque()
            waiting = list(self._waiting)
        for connection, _ in idle:
            self._forget(connection)
        for turn in waiting:
            turn.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def create_pool(host=None, port=None, *, min_size=0, max_size=10, acquire_timeout=30.0,
                max_lifetime=None, max_idle=None, **connect_kwargs):
    """A pool of connections; all that connect() takes is handed on to it.

    >>> with informix_db.create_pool("127.0.0.1", 9088, user="informix", password="in4mix",
    ...                              database="stores", server="informix", max_size=5) as pool:
    ...     with pool.connection(timeout=10) as pooled:
    ...         pooled.execute("SELECT MAX(customer_num) FROM customer").fetchone()
    (104,)
    """
    if host is not None:
        connect_kwargs["host"] = host
    if port is not None:
        connect_kwargs["port"] = port
    return ConnectionPool(min_size=min_size, max_size=max_size, acquire_timeout=acquire_timeout,
                          max_lifetime=max_lifetime, max_idle=max_idle,
                          connect_kwargs=connect_kwargs)
