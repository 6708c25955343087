#!/usr/bin/env python3
"""Commands behind a backslash, in scripts and in a terminal; dbaccess's INFO, switches and lines
with an exclamation mark."""

import re
import signal
import time
import unittest

from shell import Case, Terminal, sqli, wait_for

DUAL = "FROM systables WHERE tabid = 1"
LONG = "SELECT COUNT(*) FROM systables a, systables b, systables c, systables d, systables e"


class Commands(Case):
    database = "shop"
    statements = ["CREATE TABLE ware (id INT PRIMARY KEY, name VARCHAR(20))",
                  "INSERT INTO ware VALUES (1, 'nail')"]

    def check(self, given, status=0, out=None, err="^$", options=("-q", "-F", "csv"), **more):
        result = sqli(self.url, *options, given=given, **more)
        self.assertRegex(result.stderr, err)
        self.assertEqual(result.returncode, status)
        if out is not None:
            self.assertEqual(result.stdout, out)
        return result

    def start(self, *arguments, **more):
        terminal = Terminal(self.url, *arguments, **more)
        self.addCleanup(terminal.__exit__)
        terminal.prompt()
        return terminal

    # ---- in scripts

    def test_the_shell_of_the_system(self):
        for line, out in (("\\! echo 'a;  b'", "a;  b\n"), ("\\!echo a", "a\n"),
                          ("!echo a", "a\n"), (" ! echo a", "a\n"), ("-- c\n!echo a", "a\n"),
                          ("{ c }\n# c\n!echo a", None), ("\\!", "in my shell\n")):
            with self.subTest(line):
                shell = self.write("shell", "#!/bin/sh\necho in my shell\n")
                shell.chmod(0o755)
                self.check(line + "\n", 3 if out is None else 0, out or None,
                           "-201|-202" if out is None else "^$", variables={"SHELL": str(shell)})
        self.check("\\! exit 3\n\\echo :SHELL_EXIT_CODE :SHELL_ERROR\n\\! true\n"
                   "\\echo :SHELL_EXIT_CODE :SHELL_ERROR\n", 0, "3 true\n0 false\n")
        self.check(f"SELECT name\n!= 'x' AS a {DUAL};\n", 3, "", "error: -2")
        self.check(f"SELECT '\n!echo a' AS a {DUAL};\n", 0, 'a\n"\n!echo a"\n')
        self.check("\\!\n", 1, "", "/no/such: No such file", variables={"SHELL": "/no/such"})
        self.check("\\! yes | head -n 1\n", 0, "y\n")

    def test_folders_and_the_environment(self):
        (self.folder / "inner").mkdir()
        inner = self.folder / "inner"
        self.check(f"\\cd {inner}\n\\! pwd\n\\cd\n\\! pwd\n", 0, f"{inner}\n{self.folder}\n",
                   variables={"HOME": str(self.folder)})
        self.check("\\cd /no/such\n", 1, "", r"stdin:1: error: \\cd: /no/such: No such file")
        self.check("\\cd\n", 1, "", "HOME is not set")
        self.check("\\getenv x HOME\n\\echo :x\n\\setenv HOME b\n\\! echo $HOME\n\\setenv HOME\n"
                   "\\! echo .$HOME\n\\getenv y HOME\n\\echo :y\n", 0, "a\nb\n.\n:y\n",
                   variables={"HOME": "a"})
        self.check("\\getenv x\n\\setenv\n\\setenv a=b c\n", 1, "",
                   r"(?s)getenv NAME.*setenv NAME.*setenv NAME")

    def test_scripts_beside_each_other(self):
        (self.folder / "inner").mkdir()
        self.write("inner/a.sql", "\\ir b.sql\n\\ir ../c.sql\n")
        self.write("inner/b.sql", "\\echo b\n")
        c = self.write("c.sql", "\\echo c\n")
        self.check(f"\\ir {self.folder}/inner/a.sql\n\\ir {c}\n\\ir no_such.sql\n", 1, "b\nc\nc\n",
                   "stdin:3: error: no_such.sql: No such file")

    def test_files_in_the_home(self):
        self.write("a.sql", "\\echo a\n")
        out = self.folder / "out"
        self.check(f"\\i ~/a.sql\n\\o ~/out\nSELECT 1 AS a {DUAL};\n\\o\n\\w '~/w'\n\\cd ~\n"
                   f"SELECT 2 AS b {DUAL}\n\\g ~/g\n\\copy ware to ~/copy\n\\! ls\n", 0,
                   "a\na.sql\ncopy\ng\nout\nw\n", variables={"HOME": str(self.folder)})
        self.assertEqual(out.read_text(), "a\n1\n")
        self.check("\\i ~nobody/a.sql\n", 1, "", "~nobody/a.sql: No such file")
        terminal = self.start(HOME=str(self.folder))
        terminal.type("\\i ~/a.\t")
        terminal.wait(r"~/a\.sql ")

    def test_texts_go_where_they_should(self):
        file = self.folder / "out"
        self.check(f"\\o {file}\n\\echo a  b\n\\qecho -n c\n\\warn d e\n\\qecho\n\\o\n\\qecho f\n",
                   0, "a b\nf\n", "^d e\n$")
        self.assertEqual(file.read_text(), "c\n")
        self.check(f"SELECT 1\nAS a {DUAL}\n\\w {file}\n\\w | tr A-Z a-z\n;\n\\w\n", 1,
                   f"select 1\nas a {DUAL.lower()}\na\n1\n", r"stdin:6: error: \\w: which file")
        self.assertEqual(file.read_text(), f"SELECT 1\nAS a {DUAL}\n")
        self.check("\\w /no/such/file\n", 1, "", "/no/such/file: No such file")
        self.check("\\s\n", 1, "", "where lines are typed")

    def test_asking_where_nobody_is(self):
        script = self.write("ask.sql", "\\prompt 'Name: ' who\n\\prompt n\n\\echo :who :n\n")
        result = sqli(self.url, "-q", "-f", script, given="O'Neil and more\r\n5")
        self.assertEqual((result.stdout, result.stderr), ("O'Neil and more 5\n", ""))
        self.check("\\prompt 'Name: ' who\n", 1, "", "standard input is the script")
        result = sqli(self.url, "-c", "\\prompt who", "-c", "\\prompt", given="")
        self.assertRegex(result.stderr, "(?s)nothing was entered; who is as it was.*it goes:")

    def test_watching_so_many_times(self):
        for arguments in ("0.01 c=3", "c=3 i=0", "interval=0.01 count=3"):
            with self.subTest(arguments):
                self.check(f"SELECT 1 AS a {DUAL} \\watch {arguments}\n", 0, 3 * "a\n1\n")
        result = self.check(f"SELECT 1 AS a {DUAL};\n\\watch 0.5 c=2\n", options=())
        self.assertEqual(len(re.findall(r"\n20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \(every 0\.5 s\)\n\n a\n",
                                        result.stdout)), 2)
        self.check(f"SELECT nome FROM ware \\watch 0\n\\echo on\n", 3, "on\n", "-217")
        for arguments in ("x", "-1", "1 2x", "c=0", "c=x", "i=", "inf", "nan"):
            with self.subTest(arguments):
                self.check(f"SELECT 1 AS a {DUAL} \\watch {arguments}\n", 1, "", "it goes: .*watch")
        self.check("\\watch\n", 1, "", "no statement")

    def test_what_a_statement_gives(self):
        self.check("SELECT id, name AS n FROM ware \\gdesc\n", 0,
                   "column,type\nid,integer\nn,varchar(20)\n")
        self.check("DELETE FROM ware \\gdesc\nSELECT COUNT(*) AS n FROM ware;\n", 0, "n\n1\n")
        self.check("SELECT nome FROM ware \\gdesc\n", 3, "", r"stdin:1:\d+: error: -217")
        self.check("\\gdesc\n", 1, "", "no statement")

    def test_statements_that_a_statement_gives(self):
        self.check("CREATE TEMP TABLE t (a INT, b VARCHAR(9));\nSELECT FIRST 3 'INSERT INTO t VALUES (' || "
                   "tabid || ', ''x; y'')', NULL::INT, ' ' FROM systables\n\\gexec\n"
                   "SELECT COUNT(*) AS n FROM t WHERE b = 'x; y';\n", 0, "n\n3\n")
        bad = f"SELECT 'SELECT nome FROM ware', 'SELECT 1 AS a {DUAL}' {DUAL} \\gexec\n"
        self.check(bad, 3, "a\n1\n", "error: -217")
        self.check(bad, 3, "", "-217", options=("-q", "-a", "-F", "csv"))
        self.check(f"SELECT nome FROM ware \\gexec\n", 3, "", r"stdin:1:8: error: -217")
        self.check("DELETE FROM ware \\gexec\n\\gexec\nSELECT COUNT(*) AS n FROM ware;\n", 1, "n\n1\n",
                   "(?s)no query.*no query")

    def test_the_outcome_of_a_statement(self):
        tell = "\n\\echo :ERROR :SQLCODE :SQLSTATE :ROW_COUNT\n"
        self.check(f"CREATE TEMP TABLE t (a INT);{tell}INSERT INTO t SELECT tabid FROM systables "
                   f"WHERE tabid < 4;{tell}SELECT a FROM t WHERE a < 3;{tell}SELECT b FROM t;{tell}"
                   f"\\d t\n\\if :ERROR\n\\echo wrong\n\\endif\nINFO COLUMNS FOR nope;\n\\echo :ERROR\n",
                   3, "false 0 00000 0\nfalse 0 00000 3\na\n1\n2\nfalse 0 00000 2\n"
                      "true -217 42S22 0\nwrong\ntrue\n", "(?s)-217.*nope")

    def test_settings_by_the_names_of_psql(self):
        self.check("\\pset tuples_only on\n\\pset null 'n/a'\n\\pset fieldsep ;\n\\pset footer off\n"
                   f"SELECT NULL::INT AS a, 1 AS b {DUAL};\n\\t\n\\t on\n\\t off\n"
                   f"\\pset format aligned\n\\pset format nonsense\nSELECT 1 AS a {DUAL};\n", 1,
                   "n/a;1\n a\n---\n 1\n(1 row)\n\n", r"(?s)4: .*footer cannot be set.*10: .*FORMAT")
        out = self.check("\\set mine 1\n\\pset\n").stdout
        self.assertIn("DELIMITER", out)
        self.assertNotIn("mine", out)
        self.check("\\pset pager off\n\\pset expanded\n\\pset border\n", 1, "",
                   "PAGER is off.\nEXPANDED is on.\n.*border cannot", options=())

    def test_what_is_too_much_is_told(self):
        for line, rest in (("\\d ware log more", "log more"), ("\\endif now", "now"),
                           ("\\conninfo now;", "now"), ("\\timing on on", "on")):
            with self.subTest(line):
                self.check(f"\\if on\n{line}\n" + ("" if "endif" in line else "\\endif\n"), 0, None,
                           f"\\w+: this is not looked at: {rest}\n$", options=())
        for line in ("\\echo a b", "\\! true b", f"SELECT 1 AS a {DUAL} \\g | tail -n 0", "\\o | cat -",
                     "\\set a b c d", "\\copy ware to stdout csv", "\\w | tail -n 0",
                     "\\if off\n\\if a b c\n\\endif\n\\elif off\n\\endif"):
            with self.subTest(line):
                self.check(line + "\n", err="^(unloaded .*\n)?$", options=())
        self.check("\\x maybe\n", 1, "", "^stdin:1: error: maybe is no value of EXPANDED: .*\n$",
                   options=())

    def test_commands_that_there_are_not(self):
        for typed, nearest in (("timig", "\\timing is the nearest"), ("wacth", "\\watch is"),
                               ("Dt", "\\dt is the nearest"), ("a", "\\set FORMAT"),
                               ("dn", "\\dt OWNER"), ("nonsense;", "\\nonsense; \\? lists"),
                               ("x" * 300, "\\? lists"), ("encoding UTF8", "texts are UTF-8")):
            with self.subTest(typed):
                self.check(f"\\{typed}\n", 1, "", re.escape(nearest))
        for other, usual in (("connect", "c"), ("dg", "du"), ("z", "dp"), ("list", "l"),
                             ("help", "?"), ("h", "?")):
            with self.subTest(other):
                out = self.check(f"\\{usual}\n").stdout
                self.assertEqual(self.check(f"\\{other}\n").stdout, out)
                self.assertGreater(len(out), 10)

    # ---- dbaccess

    def test_info(self):
        for text, words in (("TRIGGERS FOR ware", "trigname,owner,event"),
                            ("FRAGMENTS FOR ware", "kind,indexname,"),
                            ("PRIVILEGES FOR ware", "public,informix"),
                            ("ACCESS FOR ware", "public,informix"),
                            ("REFERENCES FOR ware", "primary key"),
                            ("STATUS FOR ware", "ware,informix"),
                            ("INDEXES FOR ware", "Indexes"), ("COLUMNS FOR ware", "varchar")):
            with self.subTest(text):
                self.assertIn(words, self.check(f"INFO {text};").stdout)
                table = text.replace("ware", "nope")
                self.check(f"\nINFO {table};", 3, "", "stdin:2: error: there is no table.* nope\n")
        self.check("INFO NONSENSE;", 3, "", "it goes: INFO TABLES")
        self.assertIn("ware,public,", self.check("\\dp w*\n").stdout)

    def test_the_environment_of_load_and_unload(self):
        file = self.folder / "f"
        variables = {"DBDATE": "DMY4.", "DBDELIMITER": "#"}
        table = "CREATE TEMP TABLE t (d DATE, n INT);"
        self.check(f"-- one; of three\n{{ forms; of }} {table} /* comments; */\n"
                   "INSERT INTO t VALUES (MDY(12, 31, 2025), 1); -- behind\n"
                   f"UNLOAD TO '{file}' SELECT * FROM t;", 0, "", variables=variables)
        self.assertEqual(file.read_text(), "31.12.2025#1#\n")
        for bulk in ("on", "off"):
            self.check(f"{table}\n\\set BULK {bulk}\nLOAD FROM '{file}' INSERT INTO t;\n"
                       "SELECT d, MONTH(d) AS m FROM t;", 0, "d,m\n31.12.2025,12\n",
                       variables=variables)
        self.check("", 1, "", "DBDATE in the environment.* a form like", variables={"DBDATE": "x"})

    def test_switches(self):
        for switch in ("-his", "-history", "-nohistory"):
            self.check(f"SELECT 1 AS a {DUAL};", 0, "a\n1\n", options=("-q", "-F", "csv", switch))
        version = sqli("--version").stdout
        self.assertEqual(sqli("-version").stdout, version)
        for switch, word in (("-ansi", "ANSI"), ("-X", "hexadecimal"), ("-s", "conninfo"),
                             ("-l", "lists the databases"), ("-d", "menus")):
            self.check("", 1, "", f"^sqli: {switch}: .*{word}", options=(switch,))

    def test_who_connects(self):
        url = self.server.url("shop", user="nobody:in4mix")
        for arguments in (["-U", "informix"], ["--user=informix"], ["-Uinformix"]):
            result = sqli(url, *arguments, "-c", "\\conninfo")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(" as informix,", result.stdout)
        self.assertIn("-951", sqli(url, "-c", "\\conninfo").stderr)

    # ---- in a terminal

    def test_words_that_psql_knows(self):
        for word in ("quit", "exit;", "EXIT"):
            terminal = self.start()
            terminal.line(word)
            self.assertEqual(terminal.end(), 0)
        terminal = self.start(lines=20, PAGER="sed 's/^/paged /'")
        for line in ("help", "\\d systables"):
            terminal.line(line)
            terminal.wait("paged ")
            terminal.prompt()
        terminal.line("\\d ware")
        self.assertNotIn("paged", terminal.prompt())
        terminal.line("\\d no_such")
        terminal.prompt()
        terminal.line("SELECT 'a")
        terminal.prompt()
        terminal.line("quit")
        self.assertIn("shop'> ", terminal.prompt())
        terminal.line(f"' AS a {DUAL};")
        terminal.wait(r"a +\+\n +quit")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)
        self.check("quit\n", 3, "", "-201")

    def test_asking(self):
        terminal = self.start()
        terminal.line("\\prompt 'Who? ' who")
        terminal.wait("Who\\? $")
        terminal.line("O'Neil")
        terminal.prompt()
        terminal.line("\\echo :who")
        terminal.wait("\nO'Neil\n")
        terminal.prompt()
        for key in ("\x03", "\x04"):
            terminal.line("\\prompt 'Who? ' who")
            terminal.wait("Who\\? $")
            terminal.type(key)
            terminal.wait("nothing was entered")
            self.assertIn("shop=> ", terminal.prompt())
        self.assertEqual(terminal.quit(), 0)

    def test_watching_ends_by_an_interrupt(self):
        terminal = self.start(lines=10, PAGER="sed 's/^/paged /'")
        terminal.line("SELECT FIRST 40 tabid FROM systables \\watch 0.1")
        terminal.wait(r"every 0.1 s\)")
        terminal.wait(r"every 0.1 s\)")
        self.assertNotIn("paged", terminal.shown)
        terminal.type("\x03")
        self.assertIn("shop=> ", terminal.prompt())
        terminal.line(f"SELECT 'later' AS a {DUAL} \\watch 1000")
        terminal.wait(r"later\n\(1 row\)\n")
        terminal.type("\x03")
        self.assertIn("shop=> ", terminal.prompt(5))
        terminal.line(f"SELECT 'fine' AS a {DUAL};")
        terminal.wait(" fine\n")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)

    def test_watching_ends_by_an_interrupt_of_the_statement(self):
        record = self.folder / "record"
        terminal = self.start("--record", record)
        terminal.line(f"{LONG} \\watch 1")
        wait_for(record, r"COUNT.*C> NFETCH")
        terminal.type("\x03")
        terminal.wait("-213")
        self.assertIn("shop=> ", terminal.prompt())
        self.assertEqual(terminal.quit(), 0)

    def test_an_interrupt_is_for_the_program(self):
        terminal = self.start()
        terminal.line("\\! trap 'echo caught; exit' INT; echo ready; while :; do sleep 0.1; done")
        terminal.wait("\nready\n")
        terminal.type("\x03")
        terminal.wait("caught")
        terminal.prompt()
        terminal.line("!sleep 100; echo on")
        time.sleep(0.3)
        terminal.type("\x03")
        terminal.prompt()
        terminal.line("\\echo :SHELL_EXIT_CODE")
        terminal.wait(f"\n{128 + signal.SIGINT}\n")
        terminal.prompt()
        self.assertEqual(terminal.quit(), 0)


if __name__ == "__main__":
    unittest.main()
