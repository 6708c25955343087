"""Many rows, many connections, threads, asyncio, pools and TLS through the published driver."""
import asyncio
import ssl
import tempfile
import threading
import time
from decimal import Decimal

from checks import check, equal, same_rows
from driver import fetch
from driver_statements import database_error, make_table, run_threads
from sqlid import NAME, PASSWORD, USER, Sqlid, certificate

VOLUME = 100000


def make_row(i):
    return (i, None if i % 7 == 0 else f"row {i} " + "x" * (i % 40), Decimal(i) / 100,
            i % 2 == 0 if i % 5 else None, i * 1234567891, i)


@check
def a_hundred_thousand_rows(server):
    make_table(server, "vo", "a INT PRIMARY KEY, b VARCHAR(80), c DECIMAL(12,2), d BOOLEAN,"
                             " e BIGINT, z INT").close()
    connection = server.connect(read_timeout=120.0)
    cursor = connection.cursor()
    rows = [make_row(i) for i in range(VOLUME)]
    started = time.monotonic()
    cursor.executemany("INSERT INTO vo VALUES (?, ?, ?, ?, ?, ?)", rows)
    equal(cursor.rowcount, VOLUME, "rowcount")
    connection.commit()
    inserted = time.monotonic()
    cursor.execute("SELECT * FROM vo ORDER BY a")
    got = [tuple(row) for row in cursor.fetchall()]
    fetched = time.monotonic()
    same_rows(got, rows)
    equal(cursor.rowcount, VOLUME, "rowcount of the select")
    print(f"# {VOLUME} rows: {inserted - started:.1f} s in, {fetched - inserted:.1f} s out")
    cursor.execute("SELECT FIRST 1000 a FROM vo WHERE z >= 500 ORDER BY a DESC")
    equal([a for a, in cursor.fetchall()], list(range(VOLUME - 1, VOLUME - 1001, -1)), "FIRST")
    cursor.execute("DELETE FROM vo WHERE a < ?", (VOLUME // 2,))
    equal(cursor.rowcount, VOLUME // 2, "deleted")
    connection.rollback()
    equal(fetch(cursor, "SELECT COUNT(*), SUM(a) FROM vo"),
          [(VOLUME, VOLUME * (VOLUME - 1) // 2)], "after the rollback")
    connection.close()


@check
def rows_larger_than_the_buffer(server):
    connection = make_table(server, "wi", "k INT, l LVARCHAR(32000), z INT")
    cursor = connection.cursor()
    sizes = [0, 1, 4086, 4087, 4088, 8192, 32000, 3, 31999, 16384]
    rows = [(i, chr(97 + i) * size, i) for i, size in enumerate(sizes)]
    cursor.executemany("INSERT INTO wi VALUES (?, ?, ?)", rows)
    same_rows(fetch(cursor, "SELECT * FROM wi ORDER BY k"), rows)
    connection.close()


@check
def a_hundred_columns(server):
    names = [f"c{i}" for i in range(100)]
    connection = make_table(server, "hc", ", ".join(f"{name} INT" for name in names))
    cursor = connection.cursor()
    row = tuple(range(100))
    cursor.execute(f"INSERT INTO hc VALUES ({', '.join('?' * 100)})", row)
    equal(fetch(cursor, "SELECT * FROM hc"), [row], "row")
    equal([c[0] for c in cursor.description], names, "names")
    connection.close()


@check
def fifty_connections_in_threads(server):
    make_table(server, "mt", "t INT, a INT").close()
    failed = []

    def work(number):
        try:
            connection = server.connect(read_timeout=60.0)
            cursor = connection.cursor()
            for i in range(20):
                cursor.execute("INSERT INTO mt VALUES (?, ?)", (number, i))
                connection.commit()
                rows = fetch(cursor, "SELECT a FROM mt WHERE t = ? ORDER BY a", (number,))
                equal(rows, [(k,) for k in range(i + 1)], f"thread {number}")
                connection.commit()
            connection.close()
        except Exception as error:
            failed.append(f"thread {number}: {error!r}")
    run_threads([lambda n=n: work(n) for n in range(50)])
    assert not failed, failed[:3]
    connection = server.connect()
    equal(fetch(connection.cursor(), "SELECT COUNT(*) FROM mt"), [(1000,)], "rows")
    connection.close()


@check
def pool_of_connections(server):
    import informix_db
    make_table(server, "po", "a INT").close()
    pool = informix_db.create_pool(host=server.host, port=server.port, user=USER,
                                   password=PASSWORD, database="testdb", server=NAME, max_size=5,
                                   min_size=1)
    done = []

    def work():
        for _ in range(20):
            with pool.connection() as connection:
                cursor = connection.cursor()
                cursor.execute("INSERT INTO po VALUES (1)")
                connection.commit()
        done.append(1)
    run_threads([work] * 10)
    equal(len(done), 10, "threads")
    assert pool.size <= 5, pool.size
    with pool.connection() as connection:
        connection.cursor().execute("INSERT INTO po VALUES (1)")  # not committed: undone
    with pool.connection() as connection:
        equal(fetch(connection.cursor(), "SELECT COUNT(*) FROM po"), [(200,)], "rows")
    pool.close()


@check
def asyncio_interface(server):
    from informix_db import aio

    async def one(pool, number):
        async with pool.connection() as connection:
            cursor = await connection.cursor() if asyncio.iscoroutinefunction(
                connection.cursor) else connection.cursor()
            await cursor.execute("SELECT tabid + ? FROM systables WHERE tabid = 1", (number,))
            row = await cursor.fetchone()
            await cursor.close()
            return int(row[0])

    async def main():
        pool = await aio.create_pool(host=server.host, port=server.port, user=USER,
                                     password=PASSWORD, database="testdb", server=NAME,
                                     min_size=1, max_size=8)
        got = await asyncio.gather(*(one(pool, n) for n in range(60)))
        await pool.close()
        return got
    equal(asyncio.run(main()), [n + 1 for n in range(60)], "sums")


@check
def clients_that_go_away(server):
    """Sockets that close in the middle of a login, a request, a fetch."""
    import socket
    for size in (0, 1, 6, 100):
        with socket.create_connection((server.host, server.port)) as link:
            link.sendall(bytes([1, 0x5C, 1, 0x3C, 0, 0])[:size].ljust(size, b"\0"))
    for _ in range(20):
        connection = server.connect()
        cursor = connection.cursor()
        cursor.execute("SELECT FIRST 3000 a.tabname FROM systables a, systables b, systables c")
        cursor.fetchone()
        thread = threading.Thread(target=connection.close)
        thread.start()
        thread.join(20)
        assert not thread.is_alive(), "close hangs"
    connection = server.connect()
    equal(fetch(connection.cursor(), "SELECT tabid FROM systables WHERE tabid = 1"), [(1,)], "")
    connection.close()


@check
def tls(_):
    import informix_db
    with tempfile.TemporaryDirectory() as folder:
        key, cert = certificate(folder)
        with Sqlid("--tls-listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key,
                   allowed="tls|handshake|ssl") as server:
            assert server.tls_port, f"no TLS port is announced: {server.tell()}"
            context = ssl.create_default_context(cafile=cert)
            connection = informix_db.connect(
                server.host, server.tls_port, user=USER, password=PASSWORD, database="sysmaster",
                server=NAME, read_timeout=30.0, tls=context)
            cursor = connection.cursor()
            cursor.execute("CREATE TEMP TABLE tt (a INT, l LVARCHAR(32000), z INT)")
            rows = [(i, "t" * (i * 311 % 32001), -i) for i in range(300)]
            cursor.executemany("INSERT INTO tt VALUES (?, ?, ?)", rows)
            same_rows(fetch(cursor, "SELECT * FROM tt ORDER BY a"), rows)
            connection.close()
            try:
                server_port = server.tls_port
                informix_db.connect(server.host, server_port, user=USER, password=PASSWORD,
                                    database="sysmaster", server=NAME, connect_timeout=5.0,
                                    read_timeout=5.0).close()
            except (database_error(), OSError):
                pass
            else:
                raise AssertionError("the TLS port speaks without TLS")


@check
def nothing_is_kept_for_closed_connections(server):
    time.sleep(0.3)
    before = server.descriptors()
    for _ in range(50):
        connection = server.connect()
        connection.cursor().execute("SELECT tabid FROM systables")
        connection.close()
    until = time.monotonic() + 10
    while server.descriptors() > before + 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert server.descriptors() <= before + 2, (before, server.descriptors())
