#!/usr/bin/env python3
"""./run: what a newcomer sees, the server that goes on behind it, and its end."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(os.environ.get("SQLI_BIN", ROOT / "build/bin")).resolve()
PATIENCE = 300  # seconds


@unittest.skipUnless(BIN == ROOT / "build/bin", "./run shows the programs of the release build only")
class Run(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.environment = {**os.environ, "SQLI_RUN_STATE": f"{place.name}/state",
                            "SQLI_LISTEN": "127.0.0.1:0", "SQLI_RUN_BUILT": "yes"}
        self.state = Path(place.name) / "state"
        self.addCleanup(self.run_it, "stop")

    def run_it(self, *arguments, status=0):
        result = subprocess.run([ROOT / "run", *arguments], env=self.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=PATIENCE)
        self.assertEqual(result.returncode, status, result.stdout)
        return result.stdout

    def ask(self, url, sql):
        return subprocess.run([BIN / "sqli", url, "-c", sql], text=True, capture_output=True,
                              timeout=PATIENCE)

    def test_the_demonstration(self):
        shown = self.run_it()
        self.assertIn("\n Fjord Cycles   |      1001 | 2026-03-02 | 522.00\n", shown)
        self.assertIn("What to try next:", shown)
        url = re.search(r"build/bin/sqli '(.*)'", shown)[1]
        changed = self.ask(url, "UPDATE customer SET fname = 'Eve' WHERE fname = 'Ada'")
        self.assertEqual(changed.returncode, 0, changed.stderr)
        again = self.run_it()
        self.assertIn(url, again)
        self.assertIn(" Eve   | Lindqvist", again)
        self.assertEqual(self.run_it("stop"), "The server of ./run has been ended.\n")
        self.assertEqual(self.ask(url, "").returncode, 2)
        self.assertEqual(self.run_it("stop"), "No server of ./run is running.\n")

    def test_a_stores_database_that_is_gone_comes_back(self):
        url = re.search(r"build/bin/sqli '(.*)'", self.run_it())[1]
        master = url.replace("/stores?", "/sysmaster?")
        self.assertEqual(self.ask(master, "DROP DATABASE stores").returncode, 0)
        self.assertIn("Fjord Cycles", self.run_it())

    def test_a_load_that_was_cut_short_is_made_good(self):
        url = re.search(r"build/bin/sqli '(.*)'", self.run_it())[1]
        self.assertEqual(self.ask(url, "DROP TABLE cust_calls").returncode, 0)
        (self.state / "demonstration/loaded").unlink()
        self.assertIn("One pair of fins", self.run_it())

    def test_only_what_is_its_own_is_removed(self):
        (self.state / "mine").mkdir(parents=True)
        (self.state / "server.mine").mkdir()
        self.run_it()
        self.run_it("stop")
        self.assertEqual(sorted(p.name for p in self.state.iterdir()), ["mine", "server.mine"])

    def test_a_server_that_was_killed(self):
        self.run_it()
        pid = int((self.state / "demonstration/pid").read_text())
        os.kill(pid, signal.SIGKILL)
        shown = self.run_it()
        self.assertIn("sqlid, the embedded server, listens", shown)
        self.assertNotIn("/proc", shown)

    def test_the_server_in_the_foreground(self):
        with subprocess.Popen([ROOT / "run", "--server"], env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
            shown = ""
            while "build/bin/sqli" not in shown:
                line = server.stdout.readline()
                self.assertTrue(line, shown)
                shown += line
            url = re.search(r"build/bin/sqli '(.*)'", shown)[1]
            self.assertIn("Koi & Sons", self.ask(url, "SELECT * FROM manufact").stdout)
            server.send_signal(signal.SIGINT)
            self.assertEqual(server.wait(PATIENCE), 0)
        self.assertEqual(self.ask(url, "").returncode, 2)

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            self.environment["SQLI_LISTEN"] = "127.0.0.1:%d" % other.getsockname()[1]
            shown = self.run_it("--server", status=1)
        self.assertIn("in use", shown)
        self.assertIn("SQLI_LISTEN=HOST:PORT", shown)

    def test_wrong_words(self):
        self.assertIn("./run does not know fast", self.run_it("fast", status=2))
        self.assertIn("./run stop", self.run_it("--help"))


if __name__ == "__main__":
    unittest.main()
