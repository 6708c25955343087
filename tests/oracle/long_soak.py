#!/usr/bin/env python3
"""500 connections at once, 10,000 one after the other, a million statements; memory stays flat.

SQLI_PEER_PYTHON names the python that has the driver.
"""
import sys

import sqlid


def main():
    sqlid.with_driver(__file__)
    import abuse
    import checks
    from driver import Server
    long = "--long" in sys.argv
    counts = (500, 10000, 1000000) if long else (20, 200, 4000)
    for part, count in zip((abuse.crowd, abuse.connects, abuse.statements), counts):
        checks.cases([(str(count), count)])(part)
    with Server() as server:
        server.make_testdb()
        return 1 if checks.run(server, verbose=True) else 0


if __name__ == "__main__":
    sys.exit(main())
