#!/usr/bin/env python3
"""The small versions of long_kill.py and long_soak.py, for every run of the tests.

SQLI_PEER_PYTHON names the python that has the driver.
"""
import sys

import sqlid


def main():
    sqlid.with_driver(__file__)
    import abuse
    import abuse_wire
    import checks
    from driver import Server
    checks.check(lambda server: abuse.kills(5))
    checks.CHECKS[-1].__name__ = "kills"
    for part, count in ((abuse.crowd, 50), (abuse.connects, 500), (abuse.statements, 20000)):
        checks.cases([(str(count), count)])(part)
    for part, count in ((abuse_wire.login_flood, 30), (abuse_wire.end_of_a_busy_server, 100)):
        checks.cases([(str(count), count)])(part)
    checks.check(abuse_wire.users_that_are_not_there)
    names = [name for name in sys.argv[1:] if name != "-v"]
    with Server() as server:
        server.make_testdb()
        failed = checks.run(server, names, verbose="-v" in sys.argv)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
