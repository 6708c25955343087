"""python -m informix_db [URL]: versions, and step by step whether a connection can be made."""
from __future__ import annotations

import argparse
import contextlib
import platform
import socket
import sys
import sysconfig
import time

from . import Error, __version__, _native, _options, connect
from ._bridge import connect_seconds, hosts_of

FINE, FAILS, MISUSED = 0, 1, 2
_PATIENCE = 10.0
_EPILOG = """exit status: 0 all is well, 1 the connection fails, 2 the URL or an option is not understood

python -m informix_db 'informix://informix:in4mix@127.0.0.1:9088/stores?server=informix'
"""


def _versions():
    tls = _native.OPENSSL or "no TLS"
    print(f"informix_db and libsqli {__version__}, {tls}")
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        print("this Python can do without the GIL, informix_db cannot: importing it switches the "
              f"GIL on (it is {'on' if sys._is_gil_enabled() else 'off'})")


def _say(step, text):
    print(f"{step:<10}{text}", flush=True)


def _explain(step, error):
    _say(step, f"FAILS: {error}")
    hint = getattr(error, "hint", None)
    if hint:
        _say("", hint)


def _reason(error):
    """What the system says, or the codec that names of hosts go through."""
    return getattr(error, "strerror", None) or error


def _find(hosts):
    """Whether one of the names is known."""
    found = False
    for host, port in hosts:
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            _explain("name", f"{host}: {_reason(error)}")
            continue
        found = True
        _say("name", f"{host} is {', '.join(dict.fromkeys(each[4][0] for each in known))}")
    return found


def _reach(hosts, seconds):
    """Says of each whether anybody listens there."""
    for host, port in hosts:
        try:
            socket.create_connection((host, port), seconds).close()
        except (OSError, UnicodeError) as error:
            _explain("port", f"{host}:{port}: {_reason(error)}")
        else:
            _say("port", f"{host}:{port} is open: somebody listens there")


def _log_in(url, native, hosts):
    started = time.monotonic()
    try:
        connection = connect(url, autocommit=True)
    except Error as error:
        if error.sqlcode is None:
            _reach(hosts, connect_seconds(native) or _PATIENCE)
        _explain("connect", error)
        return None
    took = 1000 * (time.monotonic() - started)
    _say("connect", f"logged in to {connection.info('host')} in {took:.1f} ms, "
                    f"TLS {connection.info('tls') or 'off'}")
    return connection


def _ask(connection):
    try:
        started = time.monotonic()
        version = connection.server_version
        took = 1000 * (time.monotonic() - started)
        _say("server", f"{version}, answers in {took:.1f} ms")
        _say("database", f"{connection.info('database') or 'none'}, {connection.info('locale')}, "
                         f"{connection.info('logging')}")
    except Error as error:
        _explain("query", error)
        return FAILS
    return FINE


def _test(url):
    native = _native.Connection()
    try:
        _options.apply(native, url, {})
    except Error as error:
        _explain("URL", error)
        return MISUSED
    hosts = list(hosts_of(native))
    if hosts and not _find(hosts):
        return FAILS
    connection = _log_in(url, native, hosts)
    if connection is None:
        return FAILS
    with contextlib.closing(connection):
        return _ask(connection)


def main(arguments=None) -> int:
    """What the command does; its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m informix_db", epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Prints versions; with a URL it tests a connection step by step.")
    parser.add_argument("url", nargs="?", metavar="URL",
                        help="informix://user:password@host:port/database?server=NAME")
    url = parser.parse_args(arguments).url
    _versions()
    return _test(url) if url is not None else FINE


if __name__ == "__main__":
    sys.exit(main())
