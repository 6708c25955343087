#!/usr/bin/env python3
"""The published pure-Python driver against sqlid: values, statements, volume, large
objects.

    check_driver.py [-v] [NAME...]    only the checks whose names hold one of these

SQLI_PEER_PYTHON names the python that has the driver.
"""
import sys

import sqlid


def main():
    sqlid.with_driver(__file__)
    import checks
    import driver_break  # noqa: F401
    import driver_modes  # noqa: F401
    import driver_lobs  # noqa: F401 - they add their checks
    import driver_routines  # noqa: F401
    import driver_locks  # noqa: F401
    import driver_statements  # noqa: F401
    import driver_values  # noqa: F401
    import driver_volume  # noqa: F401
    from driver import Server
    names = [name for name in sys.argv[1:] if name != "-v"]
    with Server() as server:
        server.make_testdb()
        failed = checks.run(server, names, verbose="-v" in sys.argv)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
