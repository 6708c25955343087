"""python -m informix_db [URL]: versions, and whether a connection can be made."""
from __future__ import annotations

import sys
import time

from . import Error, __version__, connect


def main() -> int:
    print(f"informix_db {__version__}, Python {sys.version.split()[0]}")
    if len(sys.argv) < 2:
        print("python -m informix_db informix://user:password@host:9088/database?server=NAME "
              "tests a connection")
        return 0
    started = time.monotonic()
    try:
        with connect(sys.argv[1], autocommit=True) as connection:
            took = 1000 * (time.monotonic() - started)
            print(f"connected to {connection.info('host')} in {took:.1f} ms")
            print(f"{connection.server_version}, database {connection.info('database')}, "
                  f"{connection.info('locale')}, TLS {connection.info('tls') or 'off'}")
    except Error as error:
        print(error, file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
