"""An Informix for tests: starts sqlid, the embedded server, in a temporary place.

>>> from informix_db import connect, testing
>>> with testing.server() as server:
...     with connect(**server.connect_arguments()) as connection:
...         connection.execute("SELECT tabname FROM systables WHERE tabid = 1").fetchone()
('systables',)

With pytest, the fixture `informix` gives connect arguments of a fresh database, and
`informix_server` the server that it is on:

    pytest_plugins = ["informix_db.testing"]

    def test_something(informix):
        with informix_db.connect(**informix) as connection:
            ...
"""
from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

USER, PASSWORD, NAME = "informix", "in4mix", "informix"
_START_SECONDS, _STOP_SECONDS = 30.0, 20.0
_DROP_SECONDS, _IN_USE = 5.0, -425
# Ends a server whose starter was killed: its standard input ends with the starter.
_GUARD = 'read -r line; kill "$1"'


class ServerError(RuntimeError):
    """sqlid is not there, or does not start."""


def program() -> str:
    """Where sqlid is: where SQLI_SQLID says, beside this package, in SQLI_BIN, or on the PATH."""
    named = os.environ.get("SQLI_SQLID")
    folder = os.environ.get("SQLI_BIN")
    places = [named] if named else [str(Path(__file__).with_name("bin") / "sqlid"),
                                    os.path.join(folder, "sqlid") if folder else None,
                                    shutil.which("sqlid")]
    for place in places:
        if place and os.path.isfile(place) and os.access(place, os.X_OK):
            return place
    looked = ", ".join(place for place in places if place)
    raise ServerError(f"there is no sqlid: {looked}, and the PATH; SQLI_SQLID may name it")


class Server:
    """A running sqlid, and how to connect to it."""

    def __init__(self, process, log, host, port, tls_port=None):
        self.process, self.host, self.port, self.tls_port = process, host, port, tls_port
        self._log = log

    def connect_arguments(self, database: str | None = None) -> dict:
        """What informix_db.connect needs; without a name a new database is made."""
        arguments = {"host": self.host, "port": self.port, "user": USER, "password": PASSWORD,
                     "server": NAME}
        return dict(arguments, database=database or self.create_database())

    def url(self, database: str | None = None) -> str:
        """The same as a URL, for this and other programs."""
        return (f"informix://{USER}:{PASSWORD}@{self.host}:{self.port}/"
                f"{database or self.create_database()}?server={NAME}")

    def create_database(self, name: str | None = None, *, locale: str | None = None,
                        log: str = "LOG") -> str:
        """Makes a database and returns its name. locale is its DB_LOCALE (Latin-1 if it is not
        given), log "LOG", "BUFFERED LOG" or "LOG MODE ANSI"."""
        name = name or f"test_{secrets.token_hex(6)}"
        more = {"db_locale": locale, "client_locale": locale} if locale else {}
        with self._administer(**more) as connection:
            connection.execute(f"CREATE DATABASE {name} WITH {log}")
        return name

    def drop_database(self, name: str) -> None:
        """Drops a database that nobody uses any more. A session that was closed just now may take a
        moment to leave it."""
        from . import Error
        until = time.monotonic() + _DROP_SECONDS
        with self._administer() as connection:
            while True:
                try:
                    connection.execute(f"DROP DATABASE {name}")
                    return
                except Error as error:
                    if error.sqlcode != _IN_USE or time.monotonic() > until:
                        raise
                time.sleep(0.01)

    def _administer(self, **more):
        from . import connect
        return connect(**self.connect_arguments("sysmaster"), autocommit=True, **more)

    def log(self) -> str:
        """What it has said so far."""
        return Path(self._log).read_text(errors="replace")


def _await_ready(process, ready, log):
    """What it listens on: its ports by "listening" and "TLS"."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(FileNotFoundError):
            text = Path(ready).read_text()
            if text.endswith("\n"):
                return dict(re.findall(r"^sqlid: (listening|TLS) on \S*:(\d+)$", text, re.M))
        if process.poll() is not None:
            break
        time.sleep(0.002)
    raise ServerError(f"sqlid did not start: {Path(log).read_text(errors='replace').strip()}")


def _guard(process):
    try:
        return subprocess.Popen(["sh", "-c", _GUARD, "sh", str(process.pid)],
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, start_new_session=True)
    except OSError:
        return None


def _end(process, guard):
    if guard is not None:
        guard.kill()
        guard.stdin.close()
        guard.wait()
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def server(*options: str, data: str | os.PathLike[str] | None = None, host: str = "127.0.0.1",
           port: int = 0):
    """Runs sqlid for a with block, on a free port unless one is given. Its data is gone afterwards,
    unless `data` names a folder. Further options are those of `sqlid --help`. It ends with the
    process that started it, however that ends, and Ctrl-C is not for it."""
    with tempfile.TemporaryDirectory(prefix="informix-db-") as scratch:
        ready, log = os.path.join(scratch, "ready"), os.path.join(scratch, "log")
        place = ["--memory"] if data is None else ["--data", os.fspath(data)]
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [program(), "--listen", f"{host}:{port}", *place, "--ready-file", ready, *options],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        guard = _guard(process)
        try:
            ports = _await_ready(process, ready, log)
            tls_port = int(ports["TLS"]) if "TLS" in ports else None
            yield Server(process, log, host, int(ports["listening"]), tls_port)
        finally:
            _end(process, guard)


try:
    import pytest
except ImportError:
    pass
else:
    @pytest.fixture(scope="session")
    def informix_server():
        """A running sqlid for all tests; with pytest-xdist each worker has its own."""
        with server() as running:
            yield running

    @pytest.fixture
    def informix(informix_server):
        """Connect arguments of a database that no other test has."""
        from . import Error
        arguments = informix_server.connect_arguments()
        yield arguments
        with contextlib.suppress(Error):  # a test may have left a connection open
            informix_server.drop_database(arguments["database"])
