#!/usr/bin/env python3
"""sqli in a terminal: prompts, editing, completion, history, cancel, pager, password, resize, a
server that dies."""

import os
import re
import signal
import stat
import termios
import time
import unittest

from shell import PATIENCE, Case, Sqlid, Terminal, wait_for

LONG = "SELECT COUNT(*) FROM systables a, systables b, systables c, systables d, systables e;"
SENT = r"COUNT.*C> NFETCH"  # what --record tells when the server has LONG to do
DUAL = "FROM systables WHERE tabid = 1"


class Conversation(Case):
    database = "shop"
    statements = ["CREATE TABLE customer (customer_num INT, surname VARCHAR(40))",
                  "CREATE TABLE cargo (weight INT)",
                  "INSERT INTO customer VALUES (1, 'Lindqvist')",
                  "CREATE PROCEDURE greet_all() RETURNING INT; RETURN 1; END PROCEDURE"]

    def open(self, *arguments, url=None, **more):
        terminal = Terminal(url or self.url, *arguments, **more)
        self.addCleanup(terminal.__exit__)
        return terminal

    def start(self, *arguments, **more):
        terminal = self.open(*arguments, **more)
        self.greeting = terminal.prompt()
        return terminal

    def test_greeting_and_leaving(self):
        terminal = self.start()
        for word in ("\\? helps", "database shop", "logged", "no TLS", "as informix", "Version"):
            self.assertIn(word, self.greeting)
        self.assertEqual(terminal.quit(), 0)
        terminal = self.start("-q")
        self.assertEqual(self.greeting, "shop=> ")
        terminal.type("\x04")
        self.assertEqual(terminal.end(), 0)

    def test_prompts(self):
        terminal = self.start()
        for line, mark in (("SELECT 1", "-"), ("-- no; end", "-"), (" , 'a;", "'"), ("b' {", "*"),
                           ("} " + DUAL + ";", "="), ("CREATE PROCEDURE p()", ":"),
                           ("LET x = 1;", ":"), ("\\r", "="), ("\\if no", "@"),
                           ("SELECT nothing;", "@"), ("\\else", "="), ("\\endif", "="),
                           ("SELECT 'a", "'"), ("'", "-"), ("\\if no", "@"), ("; x", "@"),
                           ("\\endif", "-"), (DUAL + ";", "="), ("\\if no", "@"),
                           ("it's", "@"), ("\\endif", "@"), ("\x03", "@"), ("\\endif", "=")):
            if line == "\x03":
                terminal.type(line)
            else:
                terminal.line(line)
            self.assertIn(f"shop{mark}> ", terminal.prompt())
        terminal.line("BEGIN WORK;")
        self.assertIn("shop=*> ", terminal.prompt())
        terminal.line("ROLLBACK WORK;")
        self.assertIn("shop=> ", terminal.prompt())
        self.assertEqual(terminal.quit(), 0)

    def test_a_copy_that_cannot_begin_asks_for_no_rows(self):
        terminal = self.start()
        for line in ("\\copy no_such from stdin", "\\copy cargo from stdin bad '/no/such'"):
            terminal.line(line)
            terminal.wait("error: ")
            self.assertIn("shop=> ", terminal.prompt())
        self.assertNotIn(">> ", terminal.shown)
        self.assertEqual(terminal.quit(), 0)

    def test_completion(self):
        terminal = self.start()
        for typed, shown in (
                ("wher\t", "where "), ("WHER\t", "WHERE "),
                ("SELECT * FROM cus\t", "FROM customer "),
                ("SELECT sur\t", "surname "),
                ("SELECT c.sur\x01\x05", "SELECT c.sur"),
                ("UPDATE customer SET customer_n\t", "customer_num "),
                ("SELECT 1 FROM customer x WHERE x.su\t", "x.surname "),
                ("EXECUTE PROCEDURE gre\t", "greet_all "),
                ("\\tim\t", r"\\timing "), ("\\set FOR\t", "FORMAT "),
                ("\\set FORMAT jsonl\x08\t\t", "json +jsonl"), ("\\d car\t", "cargo "),
                ("\\c sysm\t", "sysmaster "), ("\\dp car\t", "cargo "), ("\\wa\t\t", "warn +.*watch"),
                ("INFO COL\t", "COLUMNS "), ("info columns f\t", "for "),
                ("SELECT * FROM c\t\t", "cargo +customer"),
                ("INFO COLUMNS FOR c\t\t", "\ncargo +customer\n")):
            with self.subTest(typed):
                terminal.type(typed)
                terminal.wait(shown)
                terminal.type("\x03")
                terminal.prompt()
        self.assertEqual(terminal.quit(), 0)

    def test_completion_of_files(self):
        (self.folder / "some script.sql").write_text("")
        (self.folder / "another.csv").write_text("")
        (self.folder / "inner").mkdir()
        terminal = self.start()
        for typed, shown in ((f"\\i {self.folder}/an\t", "another.csv "),
                             (f"\\i {self.folder}/inn\t", "inner/$"),
                             (f"LOAD FROM '{self.folder}/an\t", "another.csv"),
                             (f"\\copy customer from {self.folder}/an\t", "another.csv ")):
            terminal.type(typed)
            terminal.wait(shown)
            terminal.type("\x03")
            terminal.prompt()

    def test_what_is_pasted_is_not_completed(self):
        terminal = self.start()
        terminal.type(f"SELECT surname\tAS\r\tcus\r\t, 'a\tb' AS t\r\tFROM customer;\r")
        terminal.wait(r" cus +\| t\n[-+]+\n Lindqvist \| a\\tb\n")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)

    def test_completion_knows_what_was_created(self):
        terminal = self.start()
        terminal.type("SELECT * FROM cus\t")
        terminal.wait("customer ")
        terminal.type("\x03")
        terminal.prompt()
        terminal.line("CREATE TEMP TABLE x (a INT); CREATE TABLE zebra_table (a INT);")
        terminal.wait("CREATE TABLE\n")
        terminal.prompt()
        terminal.type("SELECT * FROM zeb\t")
        terminal.wait("zebra_table ")
        terminal.type("\x03")
        terminal.prompt()
        terminal.line("DROP TABLE zebra_table;")
        terminal.prompt()

    def test_history(self):
        file = self.folder / "history"
        terminal = self.start(SQLI_HISTORY=str(file))
        terminal.line(f"SELECT 'h1' {DUAL};")
        terminal.prompt()
        terminal.line(f"\\c {self.url}")
        terminal.prompt()
        terminal.type("\x10\r")  # Ctrl-P; the URL is not remembered
        terminal.wait("h1")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        terminal = self.start(SQLI_HISTORY=str(file))
        terminal.line(f"SELECT 'cut off' {DUAL};")
        terminal.prompt()
        terminal.__exit__()
        self.assertIn("cut", file.read_text())
        self.assertNotIn("in4mix", file.read_text())
        terminal = self.start(SQLI_HISTORY=str(file))
        terminal.type("\x10\x10\x10\r")  # behind what was cut off, and \\q
        terminal.wait(r"(?s)h1.*h1")
        self.assertEqual(terminal.quit(), 0)

    def test_secrets_are_not_in_the_history(self):
        file = self.folder / "history"
        terminal = self.start(SQLI_HISTORY=str(file))
        for line in ("CREATE USER a WITH PASSWORD 'hidden'", "\\r",
                     "CONNECT TO 'a@b' USER 'c' USING 'hidden'", "\\r",
                     "SELECT ENCRYPT_AES('a', 'hidden')", "\\r", " SELECT 'hidden'", "\\r",
                     "SELECT 'kept'", "\\r"):
            terminal.line(line)
            terminal.prompt()
        self.assertEqual(terminal.quit(), 0)
        self.assertNotIn("hidden", file.read_text())
        self.assertIn("kept", file.read_text())

    def test_the_end_runs_nothing_that_was_not_finished(self):
        terminal = self.start()
        terminal.line("DELETE FROM customer")
        terminal.prompt()
        terminal.type("\x04")
        self.assertEqual(terminal.end(), 0)
        terminal = self.start()
        terminal.line("SELECT surname FROM customer;")
        terminal.wait("Lindqvist")

    def test_cancel_keeps_the_session(self):
        record = self.folder / "record"
        terminal = self.start("--record", record)
        terminal.line("CREATE TEMP TABLE mine (a INT);")
        terminal.prompt()
        terminal.line(LONG)
        wait_for(record, SENT)
        terminal.type("\x03")
        terminal.wait("-213")
        terminal.prompt()
        terminal.line("SELECT COUNT(*) FROM mine;")
        terminal.wait(r"\(1 row\)")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)

    def test_rows_that_are_typed(self):
        file = self.folder / "history"
        terminal = self.start(SQLI_HISTORY=str(file))
        for last, told, count in (("\\.\r", "loaded 2 rows", 2), ("\x04", "loaded 2 rows", 4),
                                  ("\x03", "stopped: 0 rows", 4)):
            with self.subTest(told):
                terminal.line("\\copy cargo from stdin")
                for row in (17, 18):
                    terminal.wait(">> $")
                    terminal.line(f"{row}|")
                terminal.wait(">> $")
                terminal.type(last)
                terminal.wait(told)
                self.assertIn("shop=> ", terminal.prompt())
                terminal.line("SELECT COUNT(*) FROM cargo;")
                terminal.wait(f" {count}\n")
                terminal.prompt()
        terminal.line("DELETE FROM cargo;")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)
        self.assertIn("copy", file.read_text())
        self.assertNotIn("17", file.read_text())

    def test_an_interrupted_copy_is_told(self):
        terminal = self.start()
        terminal.line("\\copy (SELECT a.tabid FROM systables a, systables b, systables c, "
                      f"systables d) to '{self.folder}/file'")
        terminal.wait(r"rows in [\d.]+ s")
        terminal.type("\x03")
        terminal.wait(r"stopped: \d+ rows are unloaded, and that is not all\n")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)

    def test_an_interrupted_script_is_told(self):
        script = self.write("s.sql", "\\echo begun\n\\! sleep 100\n\\echo never\n")
        terminal = self.start()
        terminal.line(f"\\i {script}")
        terminal.wait("\nbegun\n")
        time.sleep(0.3)
        terminal.type("\x03")
        terminal.wait(r"s\.sql is stopped behind line 2\n")
        self.assertNotIn("never", terminal.prompt())
        terminal.line(f"SELECT 'fine' {DUAL};")
        terminal.wait("fine")
        self.assertEqual(terminal.quit(), 0)

    def test_interrupt_drops_what_was_typed(self):
        terminal = self.start()
        terminal.line("SELECT nonsense")
        terminal.prompt()
        terminal.type("and more\x03")
        self.assertIn("shop=> ", terminal.prompt())
        terminal.line(f"SELECT 'fine' {DUAL};")
        terminal.wait("fine")
        terminal.prompt()

    def test_pager(self):
        terminal = self.start(lines=20, columns=50, PAGER="sed 's/^/paged /'")
        numbers = ", ".join(f"1000000000 AS n{i}" for i in range(5))
        terminal.line(f"SELECT {numbers} {DUAL};")
        terminal.wait(r"paged \(1 row\)")
        terminal.prompt()
        terminal.line("SELECT FIRST 5 tabid FROM systables;")
        self.assertNotIn("paged", terminal.prompt())
        terminal.line("SELECT FIRST 40 tabid FROM systables;")
        terminal.wait(r"paged +tabid")
        terminal.wait(r"paged \(\d+ rows\)")
        terminal.prompt()
        terminal.line("\\set PAGER off")
        terminal.prompt()
        terminal.line("SELECT FIRST 40 tabid FROM systables;")
        self.assertNotIn("paged", terminal.prompt())
        self.assertEqual(terminal.quit(), 0)

    def test_a_pager_that_is_left_early(self):
        terminal = self.start(lines=20, PAGER="head -n 3")
        terminal.line("SELECT a.tabid FROM systables a, systables b, systables c, systables d;")
        terminal.wait("-----")
        terminal.prompt()
        terminal.line(f"SELECT 'still here' {DUAL};")
        terminal.wait("still here")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)

    def test_a_pager_that_there_is_not(self):
        terminal = self.start(lines=20, PAGER="/no/such")
        terminal.line("SELECT FIRST 40 tabid FROM systables;")
        terminal.wait("the pager cannot be started: /no/such; .*PAGER off")
        terminal.prompt()
        terminal.line(f"SELECT 'still here' {DUAL};")
        terminal.wait("still here")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)

    def test_tables_fit_the_terminal(self):
        sql = f"SELECT '{'x' * 100}' AS t {DUAL};"
        terminal = self.start(columns=60)
        terminal.line(sql)
        terminal.wait("x{40,59}\u2026")
        terminal.prompt()
        terminal.resize(24, 40)
        terminal.line("\\g")
        terminal.wait(r"\n x{37}\u2026\n")
        terminal.prompt()
        terminal.resize(24, 200)
        terminal.line("\\g")
        terminal.wait(r"\n x{100}\n")
        terminal.prompt()

    def test_what_cannot_fit_is_whole_in_the_pager(self):
        columns = ", ".join(f"'{'x' * 20}' AS c{i}" for i in range(9))
        for pager, shown in (("sed 's/^/paged /'", r"paged  x{20} \| x{20}"), ("", "x{7}\u2026")):
            terminal = self.start(columns=60, PAGER=pager)
            terminal.line(f"SELECT {columns} {DUAL};")
            terminal.wait(shown)
            terminal.prompt()

    def test_a_line_is_drawn_anew_when_the_terminal_changes(self):
        terminal = self.start(columns=60)
        terminal.type("SELECT 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'")
        terminal.wait("'l'$")
        before = len(terminal.shown)
        terminal.resize(24, 40)
        terminal.wait("'l'$")
        self.assertTrue(terminal.shown[before:].startswith("\x1b[1A\r\x1b[J"))
        self.assertEqual(terminal.shown[before:].count("shop=> "), 1)

    def test_after_a_stop_lines_are_edited_again(self):
        """A shell that has job control leaves the terminal as it needs it itself."""
        terminal = self.start()
        terminal.type("SELECT 'on'")
        terminal.wait("'on'$")
        os.kill(terminal.child, signal.SIGSTOP)
        os.waitid(os.P_PID, terminal.child, os.WSTOPPED)
        modes = termios.tcgetattr(terminal.terminal)
        modes[3] |= termios.ICANON | termios.ECHO
        termios.tcsetattr(terminal.terminal, termios.TCSANOW, modes)
        before = len(terminal.shown)
        os.kill(terminal.child, signal.SIGCONT)
        while "'on'" not in terminal.shown[before:]:
            self.assertTrue(terminal.read(PATIENCE))
        self.assertFalse(termios.tcgetattr(terminal.terminal)[3] & termios.ICANON)
        terminal.line(f" AS a {DUAL};")
        terminal.wait(r" on\n\(1 row\)")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)

    def test_expanded_auto(self):
        terminal = self.start("-v", "EXPANDED=auto", columns=60)
        terminal.line(f"SELECT 1 AS {'a' * 30}, 2 AS {'b' * 30} {DUAL};")
        terminal.wait(r"a{30} \| 1\n")
        terminal.prompt()

    def test_colours(self):
        for more, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            terminal = self.start(**more)
            terminal.line(f"SELECT NULL::INT AS a {DUAL};")
            terminal.wait(r"\(1 row\)")
            self.assertEqual("\x1b[2mNULL" in terminal.shown, coloured)
            terminal.prompt()

    def test_password(self):
        terminal = self.open(url=self.server.url("shop", user="informix"))
        terminal.wait("Password for informix: $")
        terminal.line("in4mix")
        terminal.prompt()
        self.assertNotIn("in4mix", terminal.shown)
        self.assertEqual(terminal.quit(), 0)
        terminal = self.open("-c", "\\echo in", url=self.server.url("shop", user="informix"))
        terminal.wait("Password for informix: $")
        terminal.line("wrong")
        terminal.wait("-951")
        self.assertEqual(terminal.end(), 2)
        self.assertNotIn("wrong\r", terminal.shown)
        terminal = self.open("-W", "-c", "\\echo in")
        terminal.wait("Password for informix: $")
        terminal.line("in4mix")
        terminal.wait("in")
        self.assertEqual(terminal.end(), 0)

    def test_the_editor(self):
        editor = self.folder / "editor"
        editor.write_text("#!/bin/sh\nsed -i 's/first/second/' \"$1\"\necho ';' >>\"$1\"\n")
        editor.chmod(0o755)
        terminal = self.start(EDITOR=str(editor))
        terminal.line(f"SELECT 'first' AS a {DUAL}")
        terminal.prompt()
        terminal.line("\\e")
        terminal.wait(r" second\n\(1 row\)")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)

    def test_letters_beyond_ascii(self):
        terminal = self.start("-v", "NULL=-")
        terminal.line(f"SELECT 'gr\u00fc\u00df \u6f22' AS a {DUAL};")
        terminal.wait("\n gr\u00fc\u00df \u6f22\n")
        terminal.prompt()

    def test_progress(self):
        """It shows where loading takes a moment: how many rows that needs depends on the build."""
        shown = r"[\d,]+ rows in [\d.]+ s, [\d,]+ rows/s, \d+ %, 0:\d\d left"
        file = self.folder / "rows"
        terminal = self.start()
        for rows in (60_000, 600_000, 6_000_000):
            file.write_text("".join(f"{i}\n" for i in range(rows)))
            terminal.line(f"\\copy cargo from '{file}' csv")
            terminal.wait(f"loaded {rows:,} rows", 6 * PATIENCE)
            terminal.prompt()
            terminal.line("TRUNCATE TABLE cargo;")
            terminal.prompt()
            if re.search(shown, terminal.shown):
                return
        self.fail(f"{shown!r} was not shown: {terminal.plain()[-400:]!r}")


class Dying(unittest.TestCase):
    def test_a_server_that_dies(self):
        with Sqlid() as server, Terminal(server.url()) as terminal:
            terminal.prompt()
            server.process.kill()
            server.process.wait()
            terminal.line(f"SELECT 1 {DUAL};")
            terminal.wait("error: -")
            self.assertIn("!> ", terminal.prompt())
            terminal.line(f"SELECT 1 {DUAL};")
            terminal.wait("(?s)lost.*error: -")
            terminal.prompt()
            terminal.line("\\c sysmaster")
            terminal.wait("error: -9000.*refused")
            terminal.prompt()
            terminal.line("\\conninfo")
            terminal.wait("the next statement connects again")
            terminal.prompt()
            with Sqlid() as second:
                terminal.line(f"\\c {second.url()}")
                terminal.wait("Connected")
                terminal.prompt()
                terminal.line(f"SELECT 'back' {DUAL};")
                terminal.wait(" back")
                terminal.prompt()
                self.assertEqual(terminal.quit(), 0)

    def test_a_script_whose_server_dies(self):
        with Sqlid() as server:
            record = server.path / "record"
            t = Terminal(server.url(), "--record", record, "-c", LONG, "-c", "\\echo later")
            self.addCleanup(t.__exit__)
            wait_for(record, SENT)
            server.process.kill()
            t.wait("error: -")
            self.assertEqual(t.end(), 2)
            self.assertNotIn("later", t.shown)


if __name__ == "__main__":
    unittest.main()
