"""run_cases.py KIND HOST PORT DATABASE: runs the cases and prints a line for each: its name, and
what it returned or why it failed. KIND is sync, aio or published."""
import asyncio
import sys
import traceback

import informix_db
from cases import CASES, OURS, Session


class Driver:
    """The module, and a way to connect."""

    def __init__(self, kind, host, port, database):
        self.sync = kind != "aio"
        self.arguments = {"host": host, "port": int(port), "user": "informix", "server": "informix",
                          "password": "in4mix", "database": database,
                          "env": {"DBDATE": "Y4MD-"}}

    def __getattr__(self, name):
        return getattr(informix_db, name)

    async def open(self, **more):
        arguments = dict(self.arguments, **more)
        if self.sync:
            return informix_db.connect(**arguments)
        from informix_db import aio
        return await aio.connect(**arguments)


async def one(driver, function):
    connection = await driver.open(autocommit=True)
    try:
        return "ok", repr(await function(Session(driver, connection)))
    except Exception as error:
        frame = [f for f in traceback.extract_tb(error.__traceback__) if "cases.py" in f.filename]
        place = f"line {frame[-1].lineno}: " if frame else ""
        return "FAIL", f"{place}{type(error).__name__}: {error}"
    finally:
        closing = connection.close()
        if closing is not None:
            await closing


async def main():
    kind = sys.argv[1]
    driver = Driver(*sys.argv[1:5])
    for name, function in CASES.items():
        if kind == "published" and name in OURS:
            continue
        state, text = await one(driver, function)
        print(name, state, " ".join(text.split()), sep="\t", flush=True)


asyncio.run(main())
