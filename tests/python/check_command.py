#!/usr/bin/env python3
"""python -m informix_db: what it prints, step by step, and how it ends."""
import re
import socket
import subprocess
import sys
import unittest

import ours

ours.with_ours(__file__)

import informix_db  # noqa: E402
from informix_db import testing  # noqa: E402


def run(*arguments):
    done = subprocess.run([sys.executable, "-m", "informix_db", *arguments], capture_output=True,
                          text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        running = testing.server()
        cls.server = running.__enter__()
        cls.addClassCleanup(running.__exit__, None, None, None)

    def check(self, arguments, status, *patterns):
        ended, said, error = run(*arguments)
        self.assertEqual(ended, status, said + error)
        for pattern in patterns:
            self.assertRegex(said + error, pattern)
        return said

    def url(self, database="sysmaster", **changes):
        url = self.server.url(database)
        for before, after in changes.items():
            self.assertIn(before, url)
            url = url.replace(before, after)
        return url

    def test_versions(self):
        said = self.check([], 0, rf"^informix_db and libsqli {informix_db.__version__}, OpenSSL 3",
                          rf"(?m)^CPython {sys.version.split()[0]}, Linux")
        self.assertEqual(len(said.splitlines()), 2)

    def test_help(self):
        self.check(["--help"], 0, "^usage: ", "exit status: 0 all is well, 1 the connection fails")

    def test_misuse(self):
        self.check(["--nothing"], 2, "unrecognized arguments: --nothing")
        self.check(["a", "b"], 2, "unrecognized arguments: b")
        self.check(["nonsense"], 2, r"(?m)^URL +FAILS: .*informix://")
        self.check([self.url() + "&nothing=1"], 2, '(?m)^URL +FAILS: .*"nothing"')

    def test_a_connection(self):
        said = self.check([self.url()], 0, r"(?m)^name +127.0.0.1 is 127.0.0.1$",
                          r"(?m)^connect +logged in to 127.0.0.1:\d+ in [0-9.]+ ms, TLS off$",
                          r"(?m)^server +IBM Informix Dynamic Server Version \S+, answers in",
                          r"(?m)^database +sysmaster, en_US.819, logged$")
        self.assertNotIn("in4mix", said)

    def test_what_the_server_refuses(self):
        self.check([self.url(in4mix="wrong")], 1, r"(?m)^connect +FAILS: \[-951\]",
                   r"(?m)^ +check user and password")
        self.check([self.url("nowhere")], 1, r"(?m)^connect +FAILS: \[-329\].*nowhere")

    def test_nobody_is_there(self):
        with socket.socket() as taken:  # bound, and nobody listens
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            self.check([f"informix://a:b@127.0.0.1:{port}/x"], 1,
                       rf"(?m)^port +FAILS: 127.0.0.1:{port}: Connection refused", r"(?m)^connect +FAILS: ")
            self.check([f"informix://a:b@nowhere.invalid:1,127.0.0.1:{port}/x"], 1,
                       r"(?m)^name +FAILS: nowhere.invalid: ", r"(?m)^name +127.0.0.1 is",
                       r"(?m)^port +FAILS: 127.0.0.1")
        for host in ("nowhere.invalid", "a..b", "x" * 64):
            said = self.check([f"informix://a:b@{host}:1/x"], 1, f"(?m)^name +FAILS: {host}: ")
            self.assertFalse(re.search("(?m)^connect|Traceback", said))
        self.check([f"informix://a:b@a..b:1,127.0.0.1:{port}/x"], 1, "(?m)^port +FAILS: a..b:1: ")

    def test_tls_where_there_is_none(self):
        self.check([self.url() + "&tls=require"], 1, r"(?m)^port +127.0.0.1:\d+ is open",
                   r"(?m)^connect +FAILS: .*TLS handshake")


if __name__ == "__main__":
    unittest.main()
