"""An Informix for tests: starts sqlid, the embedded server, in a temporary place.

    with informix_db.testing.server() as server:
        connection = informix_db.connect(**server.connect_arguments())

With pytest, the fixture `informix` gives connect arguments of a fresh database:

    pytest_plugins = ["informix_db.testing"]

    def test_something(informix):
        with informix_db.connect(**informix) as connection:
            ...
"""
from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

USER, PASSWORD, NAME = "informix", "in4mix", "informix"
_START_SECONDS = 20.0


def program() -> str:
    """Where sqlid is: beside this package, where SQLI_BIN says, or on the PATH."""
    beside = Path(__file__).with_name("bin") / "sqlid"
    for place in (os.environ.get("SQLI_SQLID"), str(beside),
                  os.path.join(os.environ.get("SQLI_BIN", ""), "sqlid")):
        if place and os.access(place, os.X_OK):
            return place
    found = shutil.which("sqlid")
    if not found:
        raise FileNotFoundError("sqlid is not there: neither in the package nor on the PATH")
    return found


class Server:
    """A running sqlid."""

    def __init__(self, process, host, port):
        self.process, self.host, self.port = process, host, port
        self._databases = 0

    def connect_arguments(self, database: str | None = None) -> dict:
        """What informix_db.connect needs; without a name a new database is made."""
        arguments = {"host": self.host, "port": self.port, "user": USER, "password": PASSWORD,
                     "server": NAME}
        return dict(arguments, database=database or self.create_database())

    def url(self, database: str | None = None) -> str:
        return (f"informix://{USER}:{PASSWORD}@{self.host}:{self.port}/"
                f"{database or self.create_database()}?server={NAME}")

    def create_database(self, name: str | None = None) -> str:
        from . import connect
        self._databases += 1
        name = name or f"test{self._databases}"
        with connect(**self.connect_arguments("sysmaster"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} WITH LOG")
        return name


def _ready(process, file):
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(FileNotFoundError):
            text = Path(file).read_text()
            if text.endswith("\n"):
                return text.split()[-1]
        if process.poll() is not None:
            break
        time.sleep(0.005)
    process.kill()
    raise RuntimeError(f"sqlid did not start: {process.communicate()[0]}")


@contextlib.contextmanager
def server(*options: str, data: str | None = None):
    """Runs sqlid for a with block. Its data is gone afterwards, unless `data` names a folder."""
    with tempfile.TemporaryDirectory(prefix="informix-db-") as scratch:
        ready = os.path.join(scratch, "ready")
        place = ["--data", data] if data else ["--memory"]
        process = subprocess.Popen(
            [program(), "--listen", "127.0.0.1:0", *place, "--ready-file", ready, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            host, _, port = _ready(process, ready).rpartition(":")
            yield Server(process, host, int(port))
        finally:
            process.terminate()
            try:
                process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


try:
    import pytest
except ImportError:
    pass
else:
    @pytest.fixture(scope="session")
    def informix_server():
        """A running sqlid for all tests."""
        with server() as running:
            yield running

    @pytest.fixture
    def informix(informix_server):
        """Connect arguments of a database that no other test has."""
        return informix_server.connect_arguments()
