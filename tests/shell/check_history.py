#!/usr/bin/env python3
"""The history on disk: what several sessions leave there, what a file may be, and how long it gets."""

import os
import re
import stat
import threading
import unittest

from shell import Case, Terminal

FIRST = "_HiStOrY_V2_\n"


class History(Case):
    database = "shop"

    def setUp(self):
        super().setUp()
        self.file = self.folder / "history"

    def start(self, file=None, **more):
        terminal = Terminal(self.url, SQLI_HISTORY=str(file or self.file), **more)
        self.addCleanup(terminal.__exit__)
        terminal.prompt()
        return terminal

    def lines(self):
        """As a session finds them."""
        out = self.folder / "lines"
        terminal = self.start()
        terminal.line(f"\\s {out}")
        terminal.prompt()
        terminal.__exit__()
        return out.read_text().split("\n")[:-2]  # without the \s itself

    def say(self, terminal, *texts):
        for text in texts:
            terminal.line(f"\\echo {text}")
            terminal.wait(f"\n{re.escape(text)}\n")
            terminal.prompt()

    def test_two_sessions_lose_nothing(self):
        one = self.start()
        self.say(one, "one 1")
        two = self.start()
        self.say(two, "two 1")
        self.say(one, "one 2")
        self.say(two, "two 2")
        self.assertEqual(one.quit(), 0)
        self.say(two, "two 3", "two 3")
        two.__exit__()  # killed
        self.assertEqual(self.lines(), ["\\echo one 1", "\\echo two 1", "\\echo one 2",
                                        "\\echo two 2", "\\q", "\\echo two 3"])
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)

    def test_sessions_append_at_the_same_time(self):
        def run(terminal, name):
            self.say(terminal, *(f"{name} {i}" for i in range(20)))
        sessions = [self.start() for _ in range(3)]
        threads = [threading.Thread(target=run, args=(session, name))
                   for session, name in zip(sessions, "abc")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = self.lines()
        self.assertEqual(sorted(found), sorted(f"\\echo {name} {i}" for name in "abc"
                                               for i in range(20)))
        for name in "abc":
            mine = [line for line in found if f" {name} " in line]
            self.assertEqual(mine, [f"\\echo {name} {i}" for i in range(20)])

    def test_what_was_typed_comes_back_as_it_was(self):
        texts = ["a\\\\b", "gr\u00fc\u00df \u6f22 \U0001f600", "040 \\\\040", "x  y"]
        terminal = self.start()
        for text in texts:
            terminal.line(f"SELECT '{text}'\\r")
            terminal.prompt()
        self.assertEqual(terminal.quit(), 0)
        self.assertEqual(self.lines(), [f"SELECT '{text}'\\r" for text in texts] + ["\\q"])

    def test_a_damaged_file(self):
        self.file.write_bytes(FIRST.encode() + b"\\040SELECT\\0401\nbad\\M-\xffx\n\\000\n\x01\n"
                              b"a\\^Ib\nend\\\n\nSELECT\\0402")
        self.file.chmod(0o644)
        terminal = self.start()
        self.say(terminal, "more")
        self.assertEqual(terminal.quit(), 0)
        self.assertEqual(self.lines(), [" SELECT 1", "a\tb", "end", "SELECT 2", "\\echo more",
                                        "\\q"])
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)

    def test_a_file_that_is_no_history_stays_as_it_is(self):
        for content in (b"_HiStOrY_V3_\na\n", b"my notes\n", b"\0" * 5000):
            with self.subTest(content):
                self.file.write_bytes(content)
                terminal = self.start()
                self.assertIn("is no history of sqli, and stays as it is", terminal.shown)
                self.say(terminal, "typed")
                self.assertEqual(terminal.quit(), 0)
                self.assertEqual(self.file.read_bytes(), content)

    def test_what_is_no_file(self):
        mode = os.stat("/dev/null").st_mode
        self.assertEqual(self.start("/dev/null").quit(), 0)
        self.assertEqual(os.stat("/dev/null").st_mode, mode)
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        for file in (fifo, self.folder, "/no/such/folder/history"):
            terminal = self.start(file)
            self.say(terminal, "typed")
            terminal.type("\x10\x10\r")
            self.assertEqual(terminal.quit(), 0)
        self.file.touch()
        self.start()
        terminal = self.start()
        self.say(terminal, "first")
        self.assertEqual(self.file.read_text(), FIRST + "\\\\echo\\040first\n")

    def test_the_file_is_bounded(self):
        for count, left in ((5400, 5400), (20000, 5000), (600000, None)):
            with self.subTest(count):
                self.file.write_text(FIRST + "".join(f"line{i}\n" for i in range(count)))
                terminal = self.start()
                self.say(terminal, "typed")
                lines = self.file.read_text().split("\n")[:-1]
                self.assertEqual(lines[0] + "\n", FIRST)
                self.assertEqual(lines[-2:], [f"line{count - 1}", "\\\\echo\\040typed"])
                self.assertEqual(len(lines) - 2, left or 5000)
                self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
                self.assertEqual(sorted(os.listdir(self.folder)), ["history"])
                terminal.type("\x10\x10\x10")
                terminal.wait(f"line{count - 2}")
                terminal.__exit__()

    def test_a_session_follows_the_file(self):
        """When another session has written it anew, or it was removed; and when \\cd moves."""
        old = self.start("history", HOME=str(self.folder)) if False else self.start()
        self.say(old, "before")
        self.file.write_text(FIRST + "".join(f"line{i}\n" for i in range(9000)))
        (self.folder / "link").symlink_to(self.file)
        self.start(self.folder / "link").__exit__()
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual(len(self.file.read_text().split("\n")), 5002)
        self.say(old, "after")
        self.assertTrue(self.file.read_text().endswith("\nline8999\n\\\\echo\\040after\n"))
        self.file.unlink()
        old.line("\\cd /")
        old.prompt()
        self.say(old, "again")
        self.assertEqual(self.file.read_text(), FIRST + "\\\\cd\\040/\n\\\\echo\\040again\n")


if __name__ == "__main__":
    unittest.main()
