#!/usr/bin/env python3
"""informix_db.testing: servers start side by side, say why they cannot, leave nothing behind, and
the pytest fixtures work, also in pytests that run at the same time. SQLI_PEER_PYTHON names the
python that has pytest.
"""
import doctest
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ours

ours.with_ours(__file__)

import informix_db  # noqa: E402
from informix_db import testing  # noqa: E402

ROOT = Path(ours.HERE).parents[1]
PYTHON = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
PATIENCE = 60

FIXTURES = '''
import pytest
import informix_db

pytest_plugins = ["informix_db.testing"]
seen = []

@pytest.mark.parametrize("turn", range(4))
def test_a_database_of_its_own(informix, turn):
    with informix_db.connect(**informix) as connection:
        connection.execute("CREATE TABLE mine (a INT)")
    assert informix["database"] not in seen
    seen.append(informix["database"])

def test_they_are_dropped(informix_server):
    with informix_db.connect(**informix_server.connect_arguments("sysmaster")) as connection:
        there = {name.strip() for name, in connection.execute("SELECT name FROM sysdatabases")}
    assert len(seen) == 4 and not there & set(seen)

def test_an_open_connection_does_no_harm(informix):
    test_an_open_connection_does_no_harm.kept = informix_db.connect(**informix)
'''


def ask(server, database="sysmaster"):
    with informix_db.connect(server.url(database)) as connection:
        return connection.execute("SELECT COUNT(*) FROM systables WHERE tabid = 1").fetchone()


def is_gone(pid):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if "Z (zombie)" in Path(f"/proc/{pid}/status").read_text():
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def start_pytest(folder, text):
    Path(folder, "test_it.py").write_text(text)
    return subprocess.Popen([PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
                            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


class Testing(unittest.TestCase):
    def test_what_its_docstring_shows(self):
        self.assertEqual(doctest.testmod(testing), (0, 2))

    def test_many_at_once(self):
        def one(_):
            with testing.server() as server:
                return server.port, ask(server), server.process.pid
        with ThreadPoolExecutor(8) as threads:
            came = list(threads.map(one, range(16)))
        self.assertEqual({rows for _, rows, _ in came}, {(1,)})
        self.assertTrue(all(is_gone(pid) for _, _, pid in came))

    def test_the_port_that_is_taken(self):
        with testing.server() as first:
            started = time.monotonic()
            with self.assertRaisesRegex(testing.ServerError, f"did not start: .*{first.port}"):
                with testing.server(port=first.port):
                    pass
            self.assertLess(time.monotonic() - started, testing._START_SECONDS)
            self.assertEqual(ask(first), (1,))

    def test_what_sqlid_does_not_know(self):
        with self.assertRaisesRegex(testing.ServerError, "--no-such-thing"):
            with testing.server("--no-such-thing"):
                pass

    def test_there_is_no_sqlid(self):
        before = os.environ.get("SQLI_SQLID")
        os.environ["SQLI_SQLID"] = "/nowhere/sqlid"
        try:
            with self.assertRaisesRegex(testing.ServerError, "there is no sqlid: /nowhere/sqlid"):
                with testing.server():
                    pass
        finally:
            del os.environ["SQLI_SQLID"]
            if before:
                os.environ["SQLI_SQLID"] = before

    def test_it_may_say_a_lot(self):
        """More than a pipe holds."""
        with testing.server("--log-level", "trace") as server:
            for _ in range(40):
                ask(server)
            self.assertGreater(len(server.log()), 1 << 17)

    def test_data_may_stay(self):
        with tempfile.TemporaryDirectory() as folder:
            with testing.server(data=folder) as server:
                database = server.create_database(locale="en_US.utf8")
                with informix_db.connect(server.url(database), client_locale="en_US.utf8") as c:
                    c.execute("CREATE TABLE t (a VARCHAR(20))")
                    c.execute("INSERT INTO t VALUES (?)", ("\u4e2d\u6587",))
            with testing.server(data=Path(folder)) as server:
                with informix_db.connect(server.url(database), client_locale="en_US.utf8") as c:
                    self.assertEqual(c.execute("SELECT a FROM t").fetchall(), [("\u4e2d\u6587",)])

    def test_ansi_databases(self):
        with testing.server() as server:
            with informix_db.connect(server.url(server.create_database(log="LOG MODE ANSI"))) as c:
                self.assertEqual(c.info("logging"), "ansi")

    def test_it_ends_with_who_started_it(self):
        program = ("from informix_db import testing\nimport time\n"
                   "with testing.server() as server:\n"
                   "    print(server.process.pid, flush=True)\n    time.sleep(600)\n")
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE,
                              text=True) as starter:
            try:
                pid = int(starter.stdout.readline())
                group = os.getpgid(pid)
            finally:
                starter.kill()
        self.assertNotEqual(group, os.getpgid(0))  # nor is Ctrl-C for it
        self.assertTrue(is_gone(pid))

    def run_pytests(self, texts):
        with tempfile.TemporaryDirectory() as place:
            running = []
            for number, text in enumerate(texts):
                folder = os.path.join(place, str(number))
                os.mkdir(folder)
                running.append(start_pytest(folder, text))
            try:
                outputs = [process.communicate(timeout=PATIENCE)[0] for process in running]
            finally:
                for process in running:
                    process.kill()
                    process.wait()
            for process, output in zip(running, outputs):
                self.assertEqual(process.returncode, 0, output)
                self.assertRegex(output, r"\d+ passed")

    def test_fixtures(self):
        """As pytest-xdist runs them: in processes side by side."""
        self.run_pytests([FIXTURES] * 3)

    def test_what_the_guide_shows(self):
        text = (ROOT / "docs/python.md").read_text()
        blocks = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
        blocks = [block for block in blocks if "pytest_plugins" in block]
        self.assertTrue(blocks)
        self.run_pytests(blocks)


if __name__ == "__main__":
    unittest.main()
