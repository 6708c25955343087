#!/usr/bin/env python3
"""./test --server against a sqlid that plays somebody's Informix.

scripts/server.py, which does the work, runs here with the programs of this build: what it says to
the wrong URL, that its trace has no secrets, and that nothing stays behind on the server.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import peer_tests

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(peer_tests.PEER).resolve().parent
USER, WORD, NAME = "stranger", "Hush!42x", "moonbase"
QUICK, SEVERAL = "^client/questions$", "^client/(binds|items|questions|values)$"
PATIENCE = 120

# Up to the database everything is well; then the answer is an error.
REFUSAL = """\
accept
expect LOGIN
send login-accept
expect PROTOCOLS
expect-request
send protocols, eot
expect-request
send eot
expect DBOPEN name=sysmaster
expect-request
send err %d, eot
"""


class Sqlid:
    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        self.process = subprocess.Popen(
            [BIN / "sqlid", "--memory", "--listen", "127.0.0.1:0", "--server-name", NAME, "--user",
             f"{USER}:{WORD}", *self.options], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.addresses = [self.process.stdout.readline().split()[-1]
                          for _ in range(1 + ("--tls-listen" in self.options))]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()

    def url(self, address=None, word=WORD, options=f"server={NAME}"):
        word = word.replace("!", "%21")
        return f"informix://{USER}:{word}@{address or self.addresses[0]}/?{options}"

    def ask(self, *sql):
        done = subprocess.run([BIN / "probe_server", self.url(), "sysmaster", *sql], text=True,
                              capture_output=True, timeout=PATIENCE, check=True)
        return done.stdout.splitlines()[1:]

    def databases(self):
        return self.ask("SELECT name FROM sysdatabases ORDER BY 1")


class ServerTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.results = Path(folder.name)

    def start(self, url, *names):
        return subprocess.Popen(
            [sys.executable, ROOT / "scripts" / "server.py", url, "--build", BIN.parent,
             "--results", self.results, *(names or (QUICK,))],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, process):
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def refused(self, url, *fragments):
        code, _, err = self.end(self.start(url))
        self.assertEqual(code, 2, err)
        for fragment in fragments:
            self.assertIn(fragment, err)

    def wait_for_scratch(self, server, process):
        """The scratch database of a test, once there is one."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and process.poll() is None:
            for name in server.databases():
                if re.fullmatch(r"sqli_test_\d+_\d{2,}", name):
                    return name
        raise AssertionError("no test has begun")

    def test_a_run(self):
        with Sqlid() as server:
            before = server.databases()
            code, out, err = self.end(self.start(server.url()))
            self.assertEqual(code, 0, out + err)
            self.assertEqual(server.databases(), before)
        self.assertEqual(out.splitlines()[-1], "1 passed, 0 failed")
        self.assertIn("open questions", out)
        trace = (self.results / "server.hex").read_text()
        self.assertGreater(len(trace), 10000)
        for secret in (USER, WORD, NAME, "sqli_test"):
            self.assertNotIn(secret.encode().hex(), trace)
        self.assertIn("DESCRIBE", (self.results / "server-answers.txt").read_text())

    def test_an_interrupted_run(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), Sqlid() as server:
                before = server.databases()
                process = self.start(server.url(), SEVERAL)
                self.wait_for_scratch(server, process)
                process.send_signal(number)
                code, out, err = self.end(process)
                self.assertEqual(code, 130, out + err)
                self.assertEqual(server.databases(), before)

    def test_what_is_left(self):
        """What a test left is dropped; what is not known to be ours is named and stays."""
        with Sqlid() as server:
            process = self.start(server.url(), SEVERAL)
            mine = self.wait_for_scratch(server, process).rsplit("_", 1)[0] + "_left"
            server.ask(f"CREATE DATABASE {mine}")
            server.ask("CREATE DATABASE foreign_one")
            code, out, _ = self.end(process)
            self.assertEqual(code, 1, out)
            self.assertIn(f"dropped {mine}", out)
            self.assertRegex(out, "failed +the database foreign_one, which appeared")
            self.assertIn("foreign_one", server.databases())
            self.assertNotIn(mine, server.databases())

    def test_a_test_that_breaks_off(self):
        with Sqlid() as server:
            before = server.databases()
            process = self.start(server.url(), SEVERAL)
            while True:
                name = self.wait_for_scratch(server, process)
                try:
                    os.kill(int(name.rsplit("_", 1)[1]), signal.SIGKILL)
                    break
                except ProcessLookupError:  # it was faster; the next one then
                    pass
            code, out, err = self.end(process)
            self.assertEqual(code, 1, out + err)
            self.assertRegex(out, "failed +client/[a-z]+, which broke off")
            self.assertEqual(server.databases(), before)

    def test_urls(self):
        cases = [("http://u:p@h/?server=s", "is not understood"),
                 ("informix://u:p@h1,h2/?server=s", "must name one host"),
                 ("informix://u:p@ss@h/?server=s", "%40 for @"),
                 ("informix://h/?server=s", "names no user"),
                 ("informix://u:p@h/", "?server=NAME"),
                 ("informix://u:p@h/?server=s&nothing=1", "nothing"),
                 ("informix://u:p@127.0.0.1:1/?server=s", "no connection to 127.0.0.1:1", "9088")]
        for url, *fragments in cases:
            with self.subTest(url):
                self.refused(url, *fragments)

    def test_refusals_of_a_server(self):
        with Sqlid() as server:
            self.refused(server.url(word="wrong"), "-951", "wrong password")
            self.refused(server.url(options="server=nope"), "-761", "DBSERVERNAME")

    def test_missing_privileges(self):
        for code, advice in ((-387, "GRANT CONNECT"), (-388, "DBCREATE_PERMISSION")):
            script = self.results / "script"
            script.write_text(REFUSAL % code)
            with self.subTest(code), peer_tests.Peer("script", script) as peer:
                self.refused(f"informix://{USER}:x@{peer}/?server=s", f"({code})", advice, USER)

    def test_tls(self):
        key, cert = self.results / "key.pem", self.results / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
                        "-out", cert, "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        with Sqlid("--tls-listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key) as server:
            url = server.url(server.addresses[1], options=f"server={NAME}&tls-ca={cert}")
            code, out, err = self.end(self.start(url))
        self.assertEqual(code, 0, out + err)
        self.assertIn("no trace", out)
        self.assertFalse((self.results / "server.hex").exists())
        self.assertEqual(out.splitlines()[-1], "1 passed, 0 failed")


if __name__ == "__main__":
    unittest.main()
