#!/usr/bin/env python3
"""sqli-peer: the command line, and show."""

import re
import subprocess
import time
import unittest

from peer_tests import (CAPTURES, LOGIN, PATIENCE, PEER, PROTOCOLS, Case, Peer, bytes_of, capture,
                        read_all, run)


class CommandLine(Case):
    def test_usage_errors(self):
        script = self.file("accept\n")
        cases = [
            ((), "a command is missing"),
            (("dance",), "\"dance\" is no command"),
            (("show",), "FILE is missing"),
            (("show", "a", "b"), "b is one word too many"),
            (("show", "a", "--strict"), "--strict is no option here"),
            (("show", "a", "--limit"), "--limit needs a value"),
            (("show", "a", "--limit", "many"), "--limit takes N, not \"many\""),
            (("proxy",), "--to HOST:PORT is missing"),
            (("proxy", "--to", "nowhere"), "--to:"),
            (("proxy", "--to", "::1:9088"), "brackets"),
            (("proxy", "--to", "127.0.0.1:70000"), "port from 0 to 65535"),
            (("proxy", "--to", "127.0.0.1:1", "--corrupt-c2s", "5:x"), "takes N:XX"),
            (("proxy", "--to", "127.0.0.1:1", "--corrupt-c2s", "5:zz"), "takes N:XX"),
            (("proxy", "--to", "127.0.0.1:1", "--split", "-3"), "takes N"),
            (("proxy", "--to", "127.0.0.1:1", "--split", "1" + "0" * 13), "takes N"),
            (("record", "--to", "127.0.0.1:1"), "--out FILE or --readable FILE is missing"),
            (("record", "--to", "127.0.0.1:1", "--out", "-", "--readable", "-"), "the same file"),
            (("script", script, "--listen", "0.0.0.0:0"), "--anywhere"),
            (("script", script, "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:1"),
             "either --listen or --connect"),
        ]
        for arguments, fragment in cases:
            with self.subTest(arguments):
                self.assert_fails(run(*arguments), 2, fragment)

    def test_help_lists_the_options(self):
        code, out, _ = run("--help")
        self.assertEqual(code, 0)
        for command in ("show", "record", "replay", "proxy", "script"):
            self.assertIn(f"  {command} ", out)
            code, text, _ = run(command, "--help")
            self.assertEqual(code, 0)
            self.assertIn(f"sqli-peer {command} ", text)
        self.assertIn("--corrupt-s2c N:XX", run("proxy", "--help")[1])
        self.assertNotIn("--corrupt-s2c", run("script", "--help")[1])

    def test_the_address_is_announced(self):
        with Peer("script", self.file("accept\n")) as peer:
            peer.connect().close()
            code, out, _ = peer.end()
        self.assertEqual(code, 0)
        self.assertEqual(out, f"sqli-peer: listening on {peer}\n")
        self.assertNotEqual(peer.address[1], 0)

    def test_an_address_that_nobody_can_read(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PEER, "proxy", "--deaf", "--lifetime", "5"], stdout=full,
                                  stderr=subprocess.PIPE, timeout=PATIENCE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("standard output cannot be written", done.stderr)

    def test_ipv6(self):
        with Peer("script", self.file("accept\nsend 6869\n"), "--listen", "[::1]:0") as peer:
            self.assertEqual(peer.address[0], "::1")
            self.assertEqual(peer.all_that_comes()[0], b"hi")
            self.assert_ok(peer.end())

    def test_lifetime(self):
        start = time.monotonic()
        code, _, err = run("script", self.file("timeout 60000\naccept\n"), "--lifetime", "1")
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(code, 1)
        self.assertIn("stopped while waiting for a client", err)


INTERLEAVED = """\
# connection
C 007e0002bdbe000c
# connection
# a remark
S 000c
# connection 1
# urgent C 42
S 007e0002bdbe000c
"""


class Show(Case):
    def test_every_capture_decodes(self):
        for path in sorted(CAPTURES.glob("*.hex")):
            with self.subTest(path.name):
                code, out, err = run("show", path)
                tls = path.name.startswith("10-")
                self.assertEqual(out.count("??"), 2 if tls else 0)
                self.assertEqual(code, 1 if tls else 0, err)
                self.assertEqual(out.count("# connection "), len(capture(path.name)))
                self.assert_no_password(out, err)

    def test_comments_and_numbers_are_kept(self):
        code, out, _ = run("show", CAPTURES / "01-connect.hex")
        lines = out.splitlines()
        self.assertEqual(lines[0], "# connection 1")
        self.assertIn("# connection 23", lines)
        at = next(i for i, line in enumerate(lines) if line.startswith("# SQL: select FIRST 1"))
        self.assertTrue(lines[at + 1].startswith("C> PREPARE placeholders=0 sql=\"select FIRST 1"))

    def test_standard_input_and_limit(self):
        text = (CAPTURES / "01-connect.hex").read_text()
        _, out, _ = run("show", "-", "--limit", "5", text=text)
        self.assertIn('sql="selec"...(73 bytes)', out)

    def test_interleaved_connections(self):
        login = "".join(f"C {bytes_of(c[:1], 'C').hex()}\n" for c in capture("01-connect.hex")[:1])
        text = INTERLEAVED.replace("# connection\n", "# connection\n" + login, 1)
        code, out, _ = run("show", "-", text=text)
        kinds = [re.sub(r" (mask|type|level|options)=.*", "", line) for line in out.splitlines()]
        self.assertEqual(kinds, [
            "# connection 1", "C> LOGIN", "C> PROTOCOLS", "C> EOT", "",
            "# connection 2", "# a remark", "",
            "# connection 1", "# urgent C 42",
            kinds[10], "", "# connection 2", kinds[13]])
        # The server's bytes make no login reply, and both are said to be none.
        self.assertRegex(kinds[10], r"^S> \?\? ")
        self.assertRegex(kinds[13], r"^S> \?\? the last message is not whole: 2 bytes")
        self.assertEqual(code, 1)

    def test_a_message_that_is_not_whole(self):
        first = capture("01-connect.hex")[0][0][1]
        code, out, err = run("show", "-", text=f"# connection\nC {first[:-1].hex()}\n")
        self.assertEqual(code, 1)
        self.assertIn(f"C> ?? the last message is not whole: {len(first) - 1} bytes", out)
        self.assertIn("not everything is SQLI", err)

    def test_broken_recordings_name_the_line(self):
        cases = [
            ("C 000c\n", "stdin:1: no \"# connection\" stands above"),
            ("# connection\nC 000\n", "stdin:2: an odd number"),
            ("# connection\nC 00zz\n", "stdin:2: not a hex digit"),
            ("# connection\n\nX 00\n", "stdin:3: a line is"),
            ("# connection 2\n", "stdin:1: connections are numbered"),
            ("# connection\n# urgent C 4243\n", "stdin:2: an urgent byte is one byte"),
        ]
        for text, fragment in cases:
            with self.subTest(text):
                self.assert_fails(run("show", "-", text=text), 1, fragment)
        self.assert_fails(run("show", self.folder / "none"), 1, "No such file or directory")

if __name__ == "__main__":
    unittest.main()
