"""Connections and cursors that block."""
from __future__ import annotations

import ssl

from . import _native, _options
from ._bridge import BlockingTransport
from ._core import DONE, CoreConnection, CoreCursor, run
from ._errors import InterfaceError
from ._lob import LobFile


class Cursor(CoreCursor):
    """Executes statements and hands out their rows. Made by Connection.cursor()."""

    def __init__(self, connection, *, scrollable=False, hold=False):
        self._set_up(connection, scrollable, hold)

    def execute(self, operation, parameters=None):
        """Executes a statement. Parameters are ?, :1 or :name; they are given as a sequence or, by
        name, as a dict. Returns the cursor.

        >>> cursor.execute("SELECT tabname FROM systables WHERE tabid = ?", (1,)).fetchone()
        ('systables',)
        """
        run(self._execute(operation, parameters))
        return self

    def executemany(self, operation, seq_of_parameters, *, bulk=False, progress=None):
        """Executes a statement once for each set of parameters, many of them under way at once. An
        error is raised when all have been tried; its row_errors tells which rows failed. `bulk`
        sends an INSERT through an insert cursor: faster, and it fails as a whole. `progress` is
        called with the number of rows sent, from time to time."""
        run(self._executemany(operation, seq_of_parameters, bulk, progress))
        return self

    def bulk_insert(self, operation, rows, *, progress=None):
        """executemany through an insert cursor."""
        return self.executemany(operation, rows, bulk=True, progress=progress)

    def callproc(self, procname, parameters=()):
        """Executes a procedure; its rows, if it has any, can be fetched."""
        return run(self._callproc(procname, parameters))

    def fetchone(self):
        """The next row, or None."""
        rows, at = self._rows, self._at
        if at < len(rows) and not self._closed and not self._scrollable:
            self._at = at + 1
            return rows[at]
        return run(self._fetchone())

    def fetchmany(self, size=None):
        """The next rows, as many as there are up to size, or arraysize."""
        return run(self._fetchmany(size))

    def fetchall(self):
        """All rows that are left."""
        return run(self._fetchall())

    def fetch_first(self):
        return run(self._fetch_at(0))

    def fetch_last(self):
        return run(self._fetch_at(-1))

    def fetch_prior(self):
        return run(self._fetch_relative(-1))

    def fetch_relative(self, n):
        return run(self._fetch_relative(n))

    def fetch_absolute(self, n):
        """The row of this place, from 0; negative: from the end."""
        return run(self._fetch_at(n))

    def scroll(self, value, mode="relative"):
        """Moves, so that the next fetch gives the row there."""
        run(self._scroll(value, mode))

    def nextset(self):
        """None: a statement has one result."""
        return None

    def read_blob_column(self, select_blob_sql, params=(), *, sentinel=None):
        """The bytes of the one large object that the SELECT gives, or None."""
        return run(self._read_blob_column(select_blob_sql, params))

    def write_blob_column(self, sql, blob_data, params=(), *, sentinel=None, clob=False):
        """Executes a statement in which BLOB_PLACEHOLDER stands for a BLOB, or CLOB, of these
        bytes."""
        run(self._write_blob_column(sql, blob_data, params, clob))

    def close(self):
        run(self._close())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        row = self.fetchone()
        if row is None:
            raise StopIteration
        return row


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
        if bridged:
            self._transport = BlockingTransport(native, tls, tls_server_hostname)
        try:
            run(self._until(native.connect))
        except BaseException:
            self.close()
            raise

    async def _wait(self):
        self._transport.wait()

    def cursor(self, *, scrollable=False, hold=False):
        """A new cursor. scrollable: it moves in any direction, at the server; hold: it stays open
        over a commit."""
        self._check_open()
        return Cursor(self, scrollable=scrollable, hold=hold)

    _make_cursor = cursor

    def execute(self, operation, parameters=None):
        """A new cursor that has executed the statement."""
        return self.cursor().execute(operation, parameters)

    def commit(self):
        run(self._commit())

    def rollback(self):
        run(self._rollback())

    def begin(self):
        """Begins a transaction, in autocommit mode."""
        self._check_open()
        run(self._until(self._native.begin))

    def savepoint(self, name):
        self._check_open()
        run(self._until(self._native.savepoint, name))

    def rollback_to(self, name):
        self._check_open()
        run(self._until(self._native.rollback_to, name))

    def release_savepoint(self, name):
        self._check_open()
        run(self._until(self._native.release_savepoint, name))

    @property
    def autocommit(self):
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
        """The release, such as "IBM Informix Dynamic Server Version 14.10.FC7W1"; asked for once."""
        return run(self._get_server_version())

    def fast_path_call(self, signature, *params):
        """Calls a routine by its signature, without SQL; what it returns is a list."""
        return run(self._fast_path_call(signature, params))

    def open_lob(self, locator, mode="r"):
        """The large object of a locator as a binary file."""
        return LobFile(self, run(self._open_lob(locator, mode)), mode)

    def create_lob(self, clob=False):
        """A new large object as a binary file; its `lob` is bound as a parameter to keep it."""
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
    >>> connection = informix_db.connect("informix://informix:in4mix@127.0.0.1/stores")
    """
    if keepalive:
        options["keepalive"] = True
    return Connection(host, port, user, password, database, server, row_factory=row_factory,
                      tls=tls, tls_server_hostname=tls_server_hostname, autocommit=autocommit,
                      connect_timeout=connect_timeout, read_timeout=read_timeout,
                      client_locale=client_locale, env=env, **options)


__all__ = ["Connection", "Cursor", "DONE", "InterfaceError", "connect"]
