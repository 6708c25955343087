"""A program that uses the whole surface of informix_db, for check_types.py: type checkers must
accept it, and it must run. What they must refuse stands in rejected()."""
from __future__ import annotations

import asyncio
import datetime
import decimal
import ssl
import warnings
from collections.abc import Iterator
from typing import Any

import informix_db
from informix_db import aio, testing


def facts(connection: informix_db.Connection) -> None:
    version: str = connection.server_version
    known: str = connection.info("host") + connection.encoding + connection.server_version_internal
    capabilities: informix_db.ServerCapabilities = connection.server_capabilities
    big: bool = capabilities.bigint and capabilities.has(54) and capabilities.enhanced_protocol
    trips: int = connection.counts()["round_trips"]
    closed: bool = connection.closed or connection.in_transaction
    assert version and known and big and trips > 0 and not closed and connection.ping()


def statements(connection: informix_db.Connection) -> None:
    cursor: informix_db.Cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE t (a SERIAL, b VARCHAR(20), c DECIMAL(8,2))")
    serial: int | None = cursor.execute("INSERT INTO t VALUES (0, ?, ?)",
                                        ("x", decimal.Decimal("1.5"))).lastrowid
    rows: Iterator[tuple[int, str, float]] = ((0, f"row {i}", i / 2) for i in range(10))
    seen: list[int] = []
    cursor.executemany("INSERT INTO t VALUES (?, ?, ?)", rows, progress=seen.append)
    cursor.bulk_insert("INSERT INTO t VALUES (?, ?, ?)", [(0, "y", None)])
    count: int = cursor.rowcount
    assert serial == 1 and seen[-1] == 10 and count == 1
    cursor.execute("SELECT * FROM t WHERE a < :most", {"most": 4})
    description = cursor.description
    assert description is not None
    name: str = description[0][0]
    nullable: bool = description[1][6]
    assert (name, nullable, description[0][1] == informix_db.NUMBER) == ("a", True, True)
    got: list[Any] = cursor.fetchmany(2) + cursor.fetchall()
    assert len(got) == 3 and connection.execute("SELECT COUNT(*) FROM t").fetchone()[0] == 12
    with connection.cursor(scrollable=True, hold=True) as scrolling:
        scrolling.execute("SELECT a FROM t ORDER BY a")
        places = (scrolling.fetch_last(), scrolling.fetch_prior(), scrolling.fetch_first(),
                  scrolling.fetch_absolute(2), scrolling.fetch_relative(-1))
        scrolling.scroll(0, "absolute")
        place: int | None = scrolling.rownumber
        assert len(places) == 5 and place is None
    for row in connection.execute("SELECT b FROM t"):
        assert isinstance(row[0], str)
    assert connection.execute("SELECT a FROM t").fetch_arrow().__arrow_c_stream__() is not None


def values(connection: informix_db.Connection) -> None:
    months = informix_db.IntervalYM(27)
    assert (months.years, months.remainder_months, str(months)) == (2, 3, "2-03")
    connection.execute("CREATE TABLE v (a BLOB, s SET(INT NOT NULL), r ROW(x INT, y INT))")
    cursor = connection.cursor()
    cursor.write_blob_column("INSERT INTO v VALUES (BLOB_PLACEHOLDER, ?, ?)", b"bytes",
                             ({1}, (2, 3)))
    whole: bytes | None = cursor.read_blob_column("SELECT a FROM v")
    locator, some, composite = cursor.execute("SELECT a, s, r FROM v").fetchone()
    assert isinstance(locator, informix_db.BlobLocator) and whole == b"bytes"
    assert isinstance(some, informix_db.CollectionValue) and list(some) == [1] and 1 in some
    assert isinstance(composite, informix_db.RowValue) and composite["y"] == composite.y == 3
    with connection.open_lob(locator, "rw") as file:
        position: int = file.seek(2)
        piece: bytes = file.read(2)
        assert (position, piece, file.size()) == (2, b"te", 5)
    connection.create_lob(clob=True).close()
    day: datetime.date = informix_db.Date(2026, 5, 4)
    stamp: datetime.datetime = informix_db.TimestampFromTicks(0)
    assert day and stamp and informix_db.Binary(b"x") == b"x"


def transactions(connection: informix_db.Connection) -> None:
    connection.set_isolation("committed")
    connection.set_lock_wait(5)
    connection.begin()
    connection.savepoint("here")
    connection.rollback_to("here")
    connection.release_savepoint("here")
    connection.commit()
    connection.autocommit = False
    connection.rollback()
    connection.autocommit = True


def errors(connection: informix_db.Connection) -> None:
    informix_db.register_error_text(-206, "no such table")
    try:
        connection.execute("SELECT * FROM nowhere")
    except connection.ProgrammingError as error:
        code: int | None = error.sqlcode
        near: str | None = error.near
        assert (code, near, error.retryable) == (-206, "nowhere", False) and error.hint != ""
    informix_db.register_error_text(-206, None)


def rows(server: testing.Server, database: str) -> None:
    arguments: dict[str, Any] = server.connect_arguments(database)
    with informix_db.connect(**arguments, row_factory=informix_db.Row) as connection:
        row: informix_db.Row = connection.execute("SELECT tabid, tabname FROM systables").fetchone()
        assert row.tabid == row["tabid"] == row[0] and row.keys() == ("tabid", "tabname")
        fields: dict[str, Any] = row._asdict()
        assert list(fields) == ["tabid", "tabname"]
    with informix_db.create_pool(**arguments, min_size=1, max_size=2, max_idle=60) as pool:
        with pool.connection(timeout=60) as pooled:
            pooled.cancel()
        taken = pool.acquire()
        pool.release(taken, broken=True)
        figures: list[int] = [pool.size, pool.idle_count, pool.min_size, pool.max_size]
        assert figures[2:] == [1, 2] and not pool.closed


async def awaited(server: testing.Server, database: str) -> None:
    arguments = server.connect_arguments(database)
    async with await aio.connect(**arguments, autocommit=True) as connection:
        cursor: aio.AsyncCursor = await connection.cursor()
        await cursor.execute("CREATE TEMP TABLE t (a INT)")
        await cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
        await cursor.execute("SELECT a FROM t ORDER BY a")
        one: Any = await cursor.fetchone()
        rest: list[Any] = [row async for row in cursor]
        assert (one, rest) == ((1,), [(2,)])
        async with await connection.create_lob() as lob:
            written: int = await lob.write(b"12345")
            assert (written, await lob.size(), lob.tell()) == (5, 5, 5)
        version: str = await connection.server_version()
        await connection.set_autocommit(False)
        assert version and not connection.autocommit and connection.ping()
    async with await aio.create_pool(**arguments, max_size=2) as pool:
        async with pool.connection() as pooled:
            await (await pooled.execute("SELECT 1 FROM systables")).close()
        assert pool.size == 1


def rejected(connection: informix_db.Connection, cursor: aio.AsyncCursor) -> None:
    """Nobody calls this. mypy finds it when one of these is not refused."""
    connection.execute(b"SELECT 1")  # type: ignore[arg-type]
    connection.cursor(scrollabel=True)  # type: ignore[call-arg]
    connection.commit(True)  # type: ignore[call-arg]
    connection.open_lob("text")  # type: ignore[arg-type]
    informix_db.connect(port=1.5)  # type: ignore[arg-type]
    informix_db.connect(tls=5)  # type: ignore[arg-type]
    wrong: int = connection.server_version  # type: ignore[assignment]
    text: str = connection.cursor().rowcount  # type: ignore[assignment]
    for row in cursor:  # type: ignore[attr-defined]
        print(row, wrong, text)


def main() -> None:
    with testing.server() as server:
        database: str = server.create_database()
        with informix_db.connect(server.url(database), autocommit=True, connect_timeout=60.0,
                                 env={"DBDATE": "Y4MD-"}) as connection:
            for part in (facts, statements, values, transactions, errors):
                part(connection)
        rows(server, database)
        asyncio.run(awaited(server, database))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", informix_db.UnverifiedTLSWarning)
            try:
                informix_db.connect(server.host, server.port, tls=ssl.create_default_context())
            except informix_db.OperationalError:
                print("all of it ran")


if __name__ == "__main__":
    main()
