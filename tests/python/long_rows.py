#!/usr/bin/env python3
"""Ten million rows streamed through informix_db, blocking and with asyncio, in flat memory; and many
cycles of execute, fetch and close."""
import asyncio
import sys

import ours

ours.with_ours(__file__)
import check_edges as edges  # noqa: E402
import informix_db as db  # noqa: E402
from informix_db import aio  # noqa: E402
from sqlid import NAME, PASSWORD, USER, Sqlid  # noqa: E402

ROWS = 10_000_000
QUERY = (f"SELECT FIRST {ROWS} a.tabname, b.colno, c.colno FROM systables a, syscolumns b, "
         "syscolumns c, syscolumns d")
CYCLES = 100_000


def judge(what, count, before):
    grown = edges.resident_kb() - before
    print(f"{what}: {count} rows, {grown} KB more", flush=True)
    assert count == ROWS and (Sqlid.is_sanitized() or grown < edges.GROWTH_KB)


def blocking(arguments):
    with db.connect(**arguments) as connection:
        cursor = connection.execute(QUERY)
        count, before = len(cursor.fetchmany(5000)), edges.resident_kb()
        while rows := cursor.fetchmany(5000):
            count += len(rows)
        judge("blocking", count, before)


async def awaiting(arguments):
    async with await aio.connect(**arguments) as connection:
        cursor = await connection.execute(QUERY)
        count, before = len(await cursor.fetchmany(5000)), edges.resident_kb()
        async for _row in cursor:
            count += 1
        judge("asyncio", count, before)


def main():
    with Sqlid() as server:
        arguments = {"host": server.host, "port": server.port, "user": USER, "password": PASSWORD,
                     "server": NAME, "database": "sysmaster", "autocommit": True}
        blocking(arguments)
        asyncio.run(awaiting(arguments))
        edges.CYCLES = CYCLES
        with db.connect(**arguments) as connection:
            connection.execute("CREATE DATABASE edges WITH LOG")
        edges.no_leak_over_many_cycles(edges.Place(server))
        print(f"{CYCLES} cycles leak nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main())
