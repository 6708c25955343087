"""Connections that block."""
from __future__ import annotations

import ssl
import threading

from . import _native, _options
from ._bridge import BlockingTransport
from ._core import CoreConnection, run
from ._lob import LobFile
from .cursors import Cursor


class Connection(CoreConnection):
    """A session with a server. Made by connect()."""

    def __init__(self, host=None, port=None, user=None, password=None, database=None, server=None, *,
                 row_factory=None, tls=False, tls_server_hostname=None, autocommit=False, **more):
        options = dict(more, user=user, password=password, database=database, server=server)
        _options.tls_options(tls, options)
        url = host if host and "://" in host else None
        values = _options.collect(host, port, options)
        bridged = isinstance(tls, ssl.SSLContext)
        native = _native.Connection(bridged, bridged)
        self._set_up(native, values.get("client-locale", "en_US.8859-1"), row_factory)
        native.set("autocommit", "on" if autocommit else "off")
        _options.apply(native, url, values)
        self._transport = None
        self._turn = threading.RLock()  # what the native side has itself where it waits itself
        if bridged:
            self._transport = BlockingTransport(native, tls, tls_server_hostname)
        try:
            run(self._until(native.connect))
        except BaseException:
            self.close()
            raise

    async def _until(self, function, *arguments):
        if self._transport is None or self._transport.is_inherited():
            return await super()._until(function, *arguments)
        with self._turn:
            return await super()._until(function, *arguments)

    async def _wait(self):
        """Over a transport of Python's, which is TLS, nothing can be cancelled: an interrupt closes
        the connection."""
        try:
            self._transport.wait()
        except BaseException:
            self.close()
            raise

    def cursor(self, *, scrollable=False, hold=False):
        """A new cursor. scrollable: it moves in any direction, at the server; hold: it stays open
        over a commit.

        >>> with connection.cursor(scrollable=True) as cursor:
        ...     cursor.execute("SELECT customer_num FROM customer ORDER BY 1").fetch_last()
        (104,)
        """
        self._check_open()
        return Cursor(self, scrollable=scrollable, hold=hold)

    _make_cursor = cursor

    def cancel(self) -> None:
        """Cancels what is under way; any thread may do so."""
        self._native.cancel()
        if self._transport is not None:
            self._transport.wake()

    def execute(self, operation, parameters=None):
        """A new cursor that has executed the statement.

        >>> connection.execute("SELECT MAX(customer_num) FROM customer").fetchone()
        (104,)
        """
        return self.cursor().execute(operation, parameters)

    def commit(self):
        """Ends the transaction and keeps what it did; does nothing where there is none."""
        run(self._commit())

    def rollback(self):
        """Ends the transaction and undoes what it did; does nothing where there is none."""
        run(self._rollback())

    def begin(self):
        """Begins a transaction, in autocommit mode."""
        self._check_open()
        run(self._until(self._native.begin))

    def savepoint(self, name):
        """A place in the transaction that rollback_to goes back to.

        >>> connection.begin()
        >>> connection.savepoint("before")
        >>> connection.execute("DELETE FROM cust_calls").rowcount > 0
        True
        >>> connection.rollback_to("before")
        >>> connection.commit()
        """
        self._check_open()
        run(self._until(self._native.savepoint, name))

    def rollback_to(self, name):
        """Undoes what was done since the savepoint; the transaction goes on."""
        self._check_open()
        run(self._until(self._native.rollback_to, name))

    def release_savepoint(self, name):
        """Forgets the savepoint, not what was done since."""
        self._check_open()
        run(self._until(self._native.release_savepoint, name))

    @property
    def autocommit(self):
        """Whether each statement is a transaction. Switching it on commits what is open.

        >>> connection.begin()
        >>> connection.execute("UPDATE customer SET city = city").rowcount > 0
        True
        >>> connection.in_transaction
        True
        >>> connection.autocommit = True
        >>> connection.in_transaction
        False
        """
        return self._native.autocommit

    @autocommit.setter
    def autocommit(self, on):
        self._check_open()
        run(self._until(self._native.set_autocommit, bool(on)))

    def set_isolation(self, level):
        """dirty, committed, cursor, repeatable or last-committed."""
        self._check_open()
        run(self._until(self._native.set_isolation, level))

    def set_lock_wait(self, seconds):
        """Seconds to wait for locks; -1: for ever, 0: not at all."""
        self._check_open()
        run(self._until(self._native.set_lock_wait, seconds))

    @property
    def server_version(self):
        """The release; asked for once.

        >>> connection.server_version
        'IBM Informix Dynamic Server Version ...'
        """
        return run(self._get_server_version())

    def fast_path_call(self, signature, *params):
        """Calls a routine by its signature, without SQL; what it returns is a list."""
        return run(self._fast_path_call(signature, params))

    def open_lob(self, locator, mode="r"):
        """The large object of a locator as a binary file; mode is "r", "w" or "rw".

        >>> cursor = connection.execute("CREATE TEMP TABLE papers (b BLOB)")
        >>> with connection.create_lob() as lob:
        ...     lob.write(b"0123456789")
        ...     cursor = connection.execute("INSERT INTO papers VALUES (?)", (lob,))
        10
        >>> locator, = connection.execute("SELECT b FROM papers").fetchone()
        >>> with connection.open_lob(locator) as lob:
        ...     lob.seek(-3, 2), lob.read()
        (7, b'789')
        """
        return LobFile(self, run(self._open_lob(locator, mode)), mode)

    def create_lob(self, clob=False):
        """A new large object as a binary file; it is kept by being a parameter. See open_lob."""
        return LobFile(self, run(self._create_lob(clob)), "rw")

    def ping(self):
        """Whether the other side is still there, without a round trip."""
        return not self._closed and self._native.check()

    def close(self):
        """Closes the session; what is open is rolled back. May be called again."""
        if not self._closed:
            self._closed = True
            self._native.close()
            if self._transport is not None:
                self._transport.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        """Commits, or rolls back after an exception, and closes."""
        try:
            if not self._closed and self._native.open and not self._native.autocommit:
                self.rollback() if kind else self.commit()
        finally:
            self.close()


def connect(host=None, port=None, *, user=None, password=None, database=None, server=None,
            connect_timeout=None, read_timeout=None, keepalive=False, client_locale="en_US.8859-1",
            env=None, autocommit=False, row_factory=None, tls=False, tls_server_hostname=None,
            **options):
    """Opens a connection.

    host may be a URL, "informix://user:password@host:9088/database?server=NAME". Every option of
    docs/connecting.md can be given, with _ for -. tls is "off", "require", "verify-ca",
    "verify-full", an ssl.SSLContext, or True: encrypted, but unverified.

    >>> import informix_db
    >>> connection = informix_db.connect(
    ...     "informix://informix:in4mix@127.0.0.1:9088/stores?server=informix")
    >>> connection.info("database")
    'stores'
    >>> connection.close()
    """
    if keepalive:
        options["keepalive"] = True
    return Connection(host, port, user, password, database, server, row_factory=row_factory,
                      tls=tls, tls_server_hostname=tls_server_hostname, autocommit=autocommit,
                      connect_timeout=connect_timeout, read_timeout=read_timeout,
                      client_locale=client_locale, env=env, **options)

