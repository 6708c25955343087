#!/usr/bin/env python3
"""kill -9 in the middle of 1,000 commits, 50 times: each committed row is there, and no other.

SQLI_PEER_PYTHON names the python that has the driver.
"""
import sys

import sqlid


def main():
    sqlid.with_driver(__file__)
    import abuse
    abuse.kills(50 if "--long" in sys.argv else 3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
