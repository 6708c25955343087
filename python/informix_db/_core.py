"""What connections and cursors do, written once.

Everything that may have to wait is a coroutine here. A connection with a socket of its own never
suspends one: its native calls wait by themselves, and `run` gets the result at once. A connection
of asyncio awaits its transport instead.
"""
from __future__ import annotations

import contextlib
import datetime
import copy
import itertools
import operator
import re
from collections.abc import Mapping
from io import BytesIO

from . import _copy, _native
from .exceptions import (DatabaseError, DataError, Error, IntegrityError, InterfaceError, InternalError,
                      NotSupportedError, OperationalError, ProgrammingError, Warning)
from ._lob import LobFile, NotCopied, bytes_of
from .converters import BlobLocator, ClobLocator
from .rows import Row, make_row_class

MORE, DONE = _native.MORE, _native.DONE
# How many rows a fetch takes from the library at once, where the program did not say.
FETCH_ROWS = 500
_LARGE = (_native.BLOB, _native.CLOB, _native.BYTE, _native.TEXT)
# How often progress is told.
BATCH_ROWS = 1000
# Results up to this size are kept while they are read, so that a cursor can go back in them.
KEPT_ROWS = 20_000
# What hides words from the server: literals, and comments. The braces of a collection are neither.
_NO_WORDS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/"
                       r"|(?P<braces>\b(?:SET|MULTISET|LIST)\s*\{)|\{[^}]*\}",
                       re.IGNORECASE | re.DOTALL)
_FOR = re.compile(r"\bFOR\s+(UPDATE|READ)\b", re.IGNORECASE)
_NO_RESULT = "no result to fetch from: execute a statement that gives rows first"


def run(coroutine):
    """The result of a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise InternalError("a call of a blocking connection had to be awaited")


class CoreConnection(NotCopied):
    """What both kinds of connection have. The native connection is `_native`."""

    Warning, Error, InterfaceError, DatabaseError = Warning, Error, InterfaceError, DatabaseError
    DataError, OperationalError, IntegrityError = DataError, OperationalError, IntegrityError
    InternalError, ProgrammingError = InternalError, ProgrammingError
    NotSupportedError = NotSupportedError

    row_factory = None

    def _set_up(self, native, client_locale, row_factory):
        self._native = native
        self._closed = False
        self._client_locale = client_locale
        self._server_version = None
        self.row_factory = row_factory

    async def _until(self, function, *arguments):
        """Calls until it says something else than MORE."""
        while (result := function(*arguments)) is MORE:
            await self._wait()
        return result

    async def _wait(self):
        raise InternalError("a blocking connection does not wait here")

    def _check_open(self):
        if self._closed:
            raise InterfaceError("connection is closed")
        if not self._native.open:
            raise InterfaceError("connection is closed: it was lost")

    # --- what is known ---

    @property
    def closed(self) -> bool:
        """Whether it was closed, or lost."""
        return self._closed or not self._native.open

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._native.in_transaction

    @property
    def encoding(self) -> str:
        """The code set of client_locale, by the name that Python's codecs have for it."""
        return _codec(self._client_locale)

    @property
    def server_version_internal(self) -> str:
        """What the server says at login: 9.56 is a 12.10, 9.59 a 14.10."""
        return self._native.info("version")

    @property
    def server_capabilities(self):
        """The capabilities that both sides have."""
        from ._capabilities import ServerCapabilities
        return ServerCapabilities.from_info(self._native.info("capabilities"),
                                            self._native.info("version"))

    def info(self, what: str) -> str:
        """"host", "server", "version", "database", "locale", "tls", "logging", ...

        >>> connection.info("database"), connection.info("logging")
        ('stores', 'logged')
        """
        return self._native.info(what)

    def counts(self) -> dict[str, int]:
        """Requests, round trips and bytes since it was opened.

        >>> sorted(connection.counts())
        ['bytes_received', 'bytes_sent', 'requests', 'round_trips']
        """
        return self._native.counts()

    def cancel(self) -> None:
        """Cancels what is under way; any thread may do so."""
        self._native.cancel()

    async def _get_server_version(self):
        if self._server_version is None:
            try:
                cursor = self._make_cursor()
                await cursor._execute("SELECT DBINFO('version', 'full') FROM systables "
                                      "WHERE tabid = 1", None)
                row = await cursor._fetchone()
                await cursor._close()
                self._server_version = row[0].strip() if row else self.server_version_internal
            except Error:
                self._server_version = self.server_version_internal
        return self._server_version

    # --- transactions ---

    async def _commit(self):
        self._check_open()
        await self._until(self._native.commit)

    async def _rollback(self):
        self._check_open()
        await self._until(self._native.rollback)

    async def _fast_path_call(self, signature, parameters):
        self._check_open()
        statement = _native.Statement(self._native, signature, 0, True)
        try:
            statement.bind(parameters)
            await self._until(statement.execute)
            if not statement.columns():
                return []
            rows, _ = await self._until(statement.fetch, 1, False)
            return list(rows[0]) if rows else []
        finally:
            statement.close()

    async def _open_lob(self, locator, mode):
        self._check_open()
        kind = _native.CLOB if isinstance(locator, ClobLocator) else _native.BLOB
        if not isinstance(locator, (BlobLocator, ClobLocator)):
            raise ProgrammingError(f"a BlobLocator or ClobLocator is needed, not {locator!r}")
        flags = {"r": _native.LOB_READ, "w": _native.LOB_WRITE,
                 "rw": _native.LOB_READ_WRITE, "r+": _native.LOB_READ_WRITE}.get(mode)
        if flags is None:
            raise ValueError(f"mode is 'r', 'w' or 'rw', not {mode!r}")
        return await self._until(_native.Lob.locator, self._native, kind, locator.raw, flags)

    async def _create_lob(self, clob):
        self._check_open()
        return await self._until(_native.Lob.create, self._native,
                                 _native.CLOB if clob else _native.BLOB)


_CODECS = {"819": "iso-8859-1", "8859-1": "iso-8859-1", "57372": "utf-8", "utf8": "utf-8",
           "utf-8": "utf-8", "8859-15": "iso-8859-15", "1252": "cp1252", "cp1252": "cp1252",
           "1250": "cp1250"}


def _codec(locale: str) -> str:
    codeset = locale.partition(".")[2].partition("@")[0].lower()
    return _CODECS.get(codeset, codeset.replace("_", "-") or "iso-8859-1")


# --- cursors ---

_BLOB_PLACEHOLDER = re.compile(r"\bBLOB_PLACEHOLDER\b")
_LOTOFILE = re.compile(r"\blotofile\s*\(", re.IGNORECASE)
_CLIENT_FILE = re.compile(r"'((?:[^']|'')+)'\s*,\s*'client'", re.IGNORECASE)


def _is_for_updates(operation, ansi):
    """Whether the server takes the cursor for one whose rows are updated. Of two FOR clauses the
    last one counts."""
    words = _NO_WORDS.sub(lambda found: found["braces"] or " ", operation)
    clauses = _FOR.findall(words)
    return clauses[-1].upper() == "UPDATE" if clauses else ansi


class CoreCursor(NotCopied):
    """What both kinds of cursor do. It owns one statement at a time; any number of cursors of a
    connection may be open."""

    arraysize = 1

    def _set_up(self, connection, scrollable=False, hold=False):
        self._connection = connection
        self._scrollable = scrollable
        self._hold = hold
        self._statement = None
        self._closed = False
        self._rows: list = []  # at hand, those that were handed out among them
        self._base = 0         # the place of the first of them in the result
        self._at = 0           # the next one to hand out
        self._keep = False     # all, for the program goes back
        self._operation = ""
        self._ahead = 0        # how many rows are brought for one; 0: not known
        self._ended = True
        self._place = 0        # of a cursor that scrolls at the server: the row it is on, from 1
        self._server_place = 0  # the same as the server has it; -1: not known
        self._total = -1
        self._columns = None   # of the result, as the native side has them
        self._description = None
        self._factory = None
        self._arrow = None
        self._last_row_id = None
        self._files: dict = {}
        self.row_factory = connection.row_factory
        self.blob_files: dict[str, bytes] = {}
        self.virtual_files: dict[str, bytes] = {}

    # --- what is known ---

    @property
    def connection(self):
        """The connection that it is of."""
        return self._connection

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    @property
    def description(self):
        """A tuple per column: name, type code, display size, internal size, precision, scale and
        whether it may be NULL; None without a result.

        >>> cursor = connection.execute("SELECT customer_num, lname FROM customer")
        >>> [(name, code == informix_db.STRING) for name, code, *_ in cursor.description]
        [('customer_num', False), ('lname', True)]
        """
        if self._description is None and self._columns is not None:
            self._description = [_describe(column) for column in self._columns]
        return self._description

    @property
    def rowcount(self) -> int:
        """Rows that were changed, or that the result has; -1 while that is not known."""
        return self._total

    @property
    def lastrowid(self):
        """The SERIAL, SERIAL8 or BIGSERIAL that the last INSERT drew, or None.

        >>> cursor = connection.execute("CREATE TEMP TABLE items_of_mine (a SERIAL, b INT)")
        >>> connection.execute("INSERT INTO items_of_mine VALUES (0, 7)").lastrowid
        1
        """
        return self._last_row_id

    @property
    def rownumber(self):
        """The number of the row that was handed out last, from 0; None before the first."""
        place = self._place if self._scrollable else self._base + self._at
        return place - 1 if place > 0 else None

    @property
    def name(self) -> str:
        """The name for WHERE CURRENT OF."""
        self._check_open()
        if self._statement is None:
            raise InterfaceError(_NO_RESULT)
        return self._statement.cursor_name

    def setinputsizes(self, sizes) -> None:
        """Does nothing: parameters tell their own types."""

    def setoutputsize(self, size, column=None) -> None:
        """Does nothing: large objects are streamed."""

    def nextset(self) -> None:
        """None: a statement has one result. ProgrammingError where it has none."""
        self._check_result()

    def cancel(self) -> None:
        """Cancels what is under way on the connection; any thread may do so."""
        self._connection.cancel()

    def _check_open(self):
        if self._closed:
            raise InterfaceError("cursor is closed")
        self._connection._check_open()

    # --- executing ---

    def _prepare(self, operation):
        if not isinstance(operation, str):
            raise ProgrammingError(f"the statement is a str, not {type(operation).__name__}")
        flags = (_native.SCROLL if self._scrollable else 0) | (_native.HOLD if self._hold else 0)
        try:
            return _native.Statement(self._connection._native, operation, flags)
        except UnicodeEncodeError:
            raise DataError("the statement has half of a surrogate pair") from None

    def _drop(self):
        if self._statement is not None:
            self._statement.close()
        self._statement = None
        self._rows, self._base, self._at, self._place, self._server_place = [], 0, 0, 0, 0
        self._keep, self._ended = False, True
        self._ahead = 0
        self._total = -1
        self._columns = self._description = self._factory = self._arrow = None

    async def _execute(self, operation, parameters):
        self._check_open()
        self._drop()
        statement = self._prepare(operation)
        try:
            statement.bind(parameters if parameters is not None else ())
            self._supply_files(statement, operation)
            await self._connection._until(statement.execute)
        except BaseException:
            statement.close()
            raise
        self._statement, self._operation = statement, operation
        self._after_execute(statement)

    def _after_execute(self, statement):
        self._last_row_id = statement.serial or None
        if not statement.gives_rows:
            self._total = statement.rows
            self._statement = None
            statement.close()
            return
        self._columns = statement.columns()
        self._factory = self._make_factory(self._columns)
        self._ended = False
        self._total = statement.rows

    def _end(self):
        """The result is there to its end."""
        self._ended = True
        self._total = self._statement.rows if self._statement else self._total

    def _make_factory(self, columns):
        factory = self.row_factory
        if factory is Row:
            return make_row_class(tuple(column[0] for column in columns))
        return factory

    # --- fetching ---

    async def _fill(self, most, everything):
        """More rows behind those that are at hand. Where that is interrupted, rows may be missing,
        so there is no result any more."""
        try:
            rows, state = await self._connection._until(self._statement.fetch, most, everything,
                                                        self._factory)
        except BaseException:
            self._drop()
            raise
        if self._files:
            self._collect_files(rows)
        if self._base or (len(self._rows) + len(rows) > KEPT_ROWS and not self._keep):
            self._base += self._at
            del self._rows[:self._at]
            self._at = 0
        if self._rows:
            self._rows += rows
        else:
            self._rows = rows
        if state == DONE:
            self._end()

    def _check_result(self):
        self._check_open()
        if self._columns is None:
            raise ProgrammingError(_NO_RESULT)

    def _look_ahead(self):
        """One row, where CURRENT OF may mean the last one that was sent."""
        updates = _is_for_updates(self._operation, self._connection.info("logging") == "ansi")
        self._ahead = 1 if updates else max(self.arraysize, FETCH_ROWS)
        return self._ahead

    async def _fetchone(self):
        if self._at >= len(self._rows) or self._connection._closed:
            self._check_result()
            if self._scrollable:
                return await self._scroll_to(self._place + 1)
            if not self._ended:
                await self._fill(self._ahead or self._look_ahead(), False)
            if self._at >= len(self._rows):
                self._at = self._behind()
                return None
        row = self._rows[self._at]
        self._at += 1
        return row

    def _behind(self):
        """Where a cursor is behind the last row; without any row it never moves."""
        there = len(self._rows)
        return there + 1 if there or self._base else 0

    def _hand_out(self, count):
        """Fewer than wanted: the cursor is behind the last row."""
        at, there = self._at, len(self._rows)
        if at == 0 and count >= there > KEPT_ROWS:
            rows, self._rows = self._rows, []
            self._base += there
            self._at = int(self._ended and count > there)
            return rows
        rows = self._rows[at:at + count]
        self._at = at + len(rows) if len(rows) == count else self._behind()
        return rows

    async def _fetchmany(self, size):
        self._check_result()
        size = operator.index(self.arraysize if size is None else size)
        if size < 0:
            raise ProgrammingError(f"fetchmany of {size} rows")
        if self._scrollable:
            return await self._scroll_many(size)
        while len(self._rows) - self._at < size and not self._ended:
            await self._fill(size - (len(self._rows) - self._at), False)
        return self._hand_out(size) if size else []

    async def _fetchall(self):
        self._check_result()
        if self._scrollable:
            return await self._scroll_many(None)
        if not self._ended:
            await self._fill(-1, True)
        return self._hand_out(len(self._rows) + 1)

    # --- scrolling: at the server, or over the rows that are at hand ---

    async def _scroll_to(self, place):
        """The row of this number, from 1; negative: from the end. None off the ends, and the cursor
        stays where it is."""
        self._check_result()
        if place == 0:
            return None
        to = _native.TO_NEXT if place == self._server_place + 1 else _native.TO_ABSOLUTE
        self._server_place = -1
        row = await self._connection._until(self._statement.scroll, to, place, self._factory)
        if row is not None:
            self._place = self._server_place = self._statement.place
            self._total = self._place if place == -1 else self._total
        elif place in (1, -1):  # there is no row at all
            self._place = self._total = 0
        elif to == _native.TO_NEXT:
            self._total = place - 1
        return row

    async def _scroll_many(self, size):
        rows = []
        while size is None or len(rows) < size:
            row = await self._scroll_to(self._place + 1)
            if row is None:
                break
            rows.append(row)
        return rows

    async def _bring_all(self):
        self._check_result()
        if self._base:
            raise NotSupportedError(f"of a result of more than {KEPT_ROWS} rows those that were "
                                    "handed out are gone: use cursor(scrollable=True)")
        self._keep = True
        if not self._ended:
            await self._fill(-1, True)

    async def _fetch_at(self, place):
        """The row at this place, from 0; negative: from the end. None off the ends, and the cursor
        stays where it is."""
        if self._scrollable:
            return await self._scroll_to(place + 1 if place >= 0 else place)
        await self._bring_all()
        place += len(self._rows) if place < 0 else 0
        if not 0 <= place < len(self._rows):
            return None
        self._at = place + 1
        return self._rows[place]

    async def _fetch_relative(self, rows):
        """None off the ends, and the cursor stays where it is."""
        if self._scrollable:
            place = self._place + rows
            return await self._scroll_to(place) if place > 0 else None
        await self._bring_all()
        place = self._at - 1 + rows
        return await self._fetch_at(place) if 0 <= place < len(self._rows) else None

    async def _fetch_prior(self):
        """None in front of the first row, and the cursor is there."""
        now = self._place if self._scrollable else self._at
        row = await self._fetch_relative(-1)
        if row is None and now <= 1:
            self._at = self._place = 0
        return row

    async def _scroll(self, value, mode):
        self._check_result()
        if mode not in ("relative", "absolute"):
            raise ProgrammingError(f"the scroll mode is 'relative' or 'absolute', not {mode!r}")
        now = self._place if self._scrollable else self._base + self._at
        place = value if mode == "absolute" else now + value
        if place < 0:
            raise IndexError("in front of the first row")
        if self._scrollable:
            self._place = place
            return
        await self._bring_all()
        if place > len(self._rows):
            raise IndexError("behind the last row")
        self._at = place

    # --- many rows ---

    async def _executemany(self, operation, rows, bulk=False, progress=None):
        self._check_open()
        self._drop()
        statement = self._prepare(operation)
        try:
            return await self._send_rows(statement, rows, bulk, progress)
        finally:
            statement.close()

    async def _send_rows(self, statement, rows, bulk, progress):
        statement.batch_begin(_native.BATCH_BULK if bulk else _native.BATCH_EACH)
        sent = 0
        if hasattr(rows, "__aiter__"):
            source = rows.__aiter__()
            while piece := await _piece_of(source):
                sent = await self._send_piece(statement, iter(piece), sent, progress)
        else:
            sent = await self._send_piece(statement, iter(rows), sent, progress)
        taken, failed, failures = await self._connection._until(statement.batch_end)
        self._total = statement.rows
        self._last_row_id = statement.serial or None
        if progress:
            progress(sent)
        if failed:
            self._raise_batch(taken, failed, failures)

    async def _send_piece(self, statement, rows, sent, progress):
        until = self._connection._until
        while (went := await until(statement.batch_rows, rows, BATCH_ROWS)) == BATCH_ROWS:
            sent += went
            if progress:
                progress(sent)
        return sent + went

    @staticmethod
    def _raise_batch(taken, failed, failures):
        """The first error, which knows about the others: rows_taken, rows_failed, row_errors."""
        row, error = failures[0]
        error.rows_taken, error.rows_failed = taken, failed
        error.row_errors = failures
        error.args = (f"{error.args[0]} (row {row} of the batch; {failed} failed, "
                      f"{taken} were taken)",)
        raise error

    async def _callproc(self, name, parameters):
        marks = ", ".join("?" * len(parameters))
        await self._execute(f"EXECUTE PROCEDURE {name}({marks})", parameters)
        return copy.copy(parameters)

    # --- text files ---

    async def _copy_out(self, query, file, form, delimiter, header):
        form = _copy.form_of(form, delimiter)
        await self._execute(query if " " in query.strip() else f"SELECT * FROM {query}", None)
        self._check_result()
        count = 0
        with _copy.opened(file, "w") as out:
            if header:
                form.write(out, [[column[0] for column in self._columns]])
            while rows := await self._fetchmany(FETCH_ROWS):
                form.write(out, rows)
                count += len(rows)
        return count

    async def _copy_in(self, table, file, columns, form, delimiter, header, bulk):
        form = _copy.form_of(form, delimiter)
        with _copy.opened(file, "r") as source:
            rows = form.read(source)
            if header:
                columns = next(rows, columns)
            first = next(rows, None)
            if first is None:
                return 0
            sql = _copy.insert_of(table, columns, len(first))
            await self._executemany(sql, itertools.chain((first,), rows), bulk)
        return self._total

    # --- files that statements name ---

    def _supply_files(self, statement, operation):
        """What lotofile writes goes to blob_files by the name that the server makes of the one in
        the statement, and what filetoblob reads comes from virtual_files."""
        self._files = {}
        for name, data in self.virtual_files.items():
            source = BytesIO(data)
            statement.file(name, source, False)
            self._files[name, "source"] = source
        if _LOTOFILE.search(operation):
            for name in dict.fromkeys(_CLIENT_FILE.findall(operation)):
                target = self._files[name.replace("''", "'"), "target"] = BytesIO()
                statement.file(name.replace("''", "'"), target, True)

    def _collect_files(self, rows):
        targets = {name: file for (name, kind), file in self._files.items() if kind == "target"}
        for value in (value for row in rows for value in row if isinstance(value, str)):
            name = next((name for name in targets if value.startswith(name + ".")), None)
            if name is not None:
                self.blob_files[value] = targets.pop(name).getvalue()

    async def _read_blob_column(self, sql, parameters):
        self._check_open()
        statement = self._prepare(sql)
        try:
            await self._connection._until(statement.describe)
            kinds = [column[1] for column in statement.columns()]
        finally:
            statement.close()
        if len(kinds) != 1 or kinds[0] not in _LARGE:
            raise ProgrammingError("a SELECT ... FROM of one column is needed, which is a BLOB, CLOB, "
                                   "BYTE or TEXT")
        await self._execute(sql, parameters)
        row = await self._fetchone()
        if row is None or row[0] is None:
            return None
        if isinstance(row[0], bytes):
            return row[0]
        if isinstance(row[0], str):
            return row[0].encode(self._connection.encoding)
        lob = await self._connection._open_lob(row[0], "r")
        try:
            return await LobFile._read_all(self._connection, lob)
        finally:
            await self._connection._until(lob.close)

    async def _write_blob_column(self, sql, data, parameters, clob):
        places = [found.start() for found in _BLOB_PLACEHOLDER.finditer(sql)]
        if len(places) != 1:
            raise ProgrammingError("the statement needs one BLOB_PLACEHOLDER" if not places else
                                   f"BLOB_PLACEHOLDER stands in the statement {len(places)} times")
        data = bytes_of(data)
        self._check_open()
        lob = await self._connection._create_lob(clob)
        try:
            await self._connection._until(lob.write, data)
            given = () if parameters is None else parameters
            await self._execute(*self._with_lob(sql, places[0], given, lob))
        finally:
            await self._connection._until(lob.close)

    def _with_lob(self, sql, place, parameters, lob):
        """Statement and parameters, in the style of placeholders that is used there."""
        if isinstance(parameters, Mapping):
            return (_BLOB_PLACEHOLDER.sub(":blob_placeholder", sql),
                    dict(parameters, blob_placeholder=lob))
        values = list(parameters)
        for mark in ("?", ":blob_placeholder"):
            marked = _BLOB_PLACEHOLDER.sub(mark, sql)
            with contextlib.suppress(InterfaceError):  # another style
                self._prepare(marked)
                if mark != "?" and hasattr(parameters, "keys") and not isinstance(parameters, tuple):
                    return marked, dict(parameters, blob_placeholder=lob)
                values.insert(self._prepare(sql[:place]).parameters, lob)
                return marked, values
        return _BLOB_PLACEHOLDER.sub(f":{len(values) + 1}", sql), [*values, lob]

    # --- Arrow ---

    def fetch_arrow(self):
        """All rows of the result as Arrow, before any other fetch: what this returns, pyarrow,
        pandas, polars and DuckDB read, polars.DataFrame(result) for instance; or its to_pyarrow().

        >>> cursor = connection.execute("SELECT customer_num, lname FROM customer")
        >>> cursor.fetch_arrow().__arrow_c_stream__()
        <capsule object "arrow_array_stream" at 0x...>
        """
        self._check_result()
        if self._rows or self._base or self._ended or self._scrollable:
            raise InterfaceError("fetch_arrow is for the whole result, before any other fetch")
        self._ended = True
        self._arrow = ArrowResult(self._statement)
        return self._arrow

    def __arrow_c_stream__(self, requested_schema=None):
        """The result as a stream of Arrow. Who reads it may ask for one to see the columns, and for
        another to read the rows, as DuckDB does."""
        result = self._arrow or self.fetch_arrow()
        return result.__arrow_c_stream__(requested_schema)

    async def _close(self):
        if not self._closed:
            columns, total = self._columns, self._total
            self._drop()
            self._columns, self._total = columns, total
            self._closed = True


async def _piece_of(rows):
    """The next rows of what has to be awaited."""
    piece = []
    while len(piece) < BATCH_ROWS:
        try:
            piece.append(await rows.__anext__())
        except StopAsyncIteration:
            break
    return piece


class ArrowResult(NotCopied):
    """A result for whoever reads Arrow streams: pyarrow, pandas, polars, DuckDB. Its rows can be
    read once."""

    def __init__(self, statement):
        self._statement = statement

    def __arrow_c_stream__(self, requested_schema=None):
        """A stream; InterfaceError where another one has begun to hand out the rows."""
        if self._statement.reader:
            raise InterfaceError("the result was read already")
        return self._statement.arrow()

    def to_pyarrow(self):
        """A pyarrow.Table with all rows."""
        import pyarrow
        return pyarrow.RecordBatchReader.from_stream(self).read_all()


def _describe(column):
    name, kind, type_name, nullable, length, precision, scale, first, last, _ = column
    if kind in (_native.BLOB, _native.CLOB):
        length = _native.LOCATOR_SIZE  # what a row has of it
    code = _TypeCode(_ENVELOPES[kind], kind) if kind in _ENVELOPES else kind
    numeric = kind in (1, 2, 3, 4, 5, 6, 8, 17, 18, 52, 53)
    return (name, code, length or None, length or None, precision if numeric else None,
            scale if numeric and scale >= 0 else None, bool(nullable))


# --- type objects of PEP 249 ---

_LVARCHAR, _BOOLEAN = 1001, 1005
# The types that travel in an envelope, by the code of which the server describes them.
_ENVELOPES = {_LVARCHAR: 40, _BOOLEAN: 41, _native.CLOB: 41, _native.BLOB: 41}


class _TypeCode(int):
    """A code of description that several types have; `kind` tells them apart."""

    def __new__(cls, code, kind):
        self = super().__new__(cls, code)
        self.kind = kind
        return self

    def __reduce__(self):
        return _TypeCode, (int(self), self.kind)


class TypeObject:
    """Equal to the type codes of description that it stands for.

    >>> informix_db.NUMBER == 2, informix_db.STRING == 2
    (True, False)
    """

    def __init__(self, name, *codes):
        self.name, self.codes = name, frozenset(codes)

    def __eq__(self, other):
        if not isinstance(other, int):
            return self is other
        return getattr(other, "kind", other) in self.codes

    def __hash__(self):
        return hash(self.codes)

    def __repr__(self):
        return self.name


STRING = TypeObject("STRING", 0, 13, 15, 16, 12, 40, _LVARCHAR, _native.CLOB)
BINARY = TypeObject("BINARY", 11, 41, _native.BLOB)
NUMBER = TypeObject("NUMBER", 1, 2, 3, 4, 5, 6, 8, 17, 18, 52, 53, _BOOLEAN)
DATETIME = TypeObject("DATETIME", 7, 10, 14)
ROWID = TypeObject("ROWID", 6, 18, 53)

Date, Time, Timestamp = datetime.date, datetime.time, datetime.datetime


def Binary(string):  # noqa: N802  PEP 249 names it so
    """The bytes of anything that has a buffer, as a parameter for BYTE."""
    return bytes_of(string)


def DateFromTicks(ticks):  # noqa: N802  PEP 249 names it so
    """The local date of so many seconds since 1970."""
    return datetime.date.fromtimestamp(ticks)


def TimeFromTicks(ticks):  # noqa: N802
    """The local time of day of so many seconds since 1970."""
    return datetime.datetime.fromtimestamp(ticks).time()


def TimestampFromTicks(ticks):  # noqa: N802
    """The local date and time of so many seconds since 1970."""
    return datetime.datetime.fromtimestamp(ticks)
