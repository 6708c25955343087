#!/usr/bin/env python3
"""Scripts: arguments, exit statuses, errors and where they are, variables, dbaccess's words."""

import os
import re
import signal
import subprocess
import time
import unittest

from shell import PATIENCE, PROGRAM, SOURCE, Case, environment, sqli, wait_for

DUAL = "FROM systables WHERE tabid = 1"


class Scripts(Case):
    database = "shop"
    statements = ["CREATE TABLE ware (id INT PRIMARY KEY, name VARCHAR(20) DEFAULT 'none')",
                  "CREATE INDEX ware_name ON ware (name DESC)",
                  "CREATE VIEW cheap AS SELECT id FROM ware WHERE id < 3",
                  "CREATE SEQUENCE counter", "INSERT INTO ware VALUES (1, 'nail')"]

    def check(self, arguments, status=0, out=None, err="", given="", **more):
        result = sqli(*arguments, given=given, **more)
        if isinstance(err, str) and not err:
            self.assertEqual(result.stderr, "")
        else:
            self.assertRegex(result.stderr, err)
        self.assertEqual(result.returncode, status)
        if out is not None:
            self.assertEqual(result.stdout, out)
        return result

    # ---- the command line

    def test_help_and_version(self):
        text = self.check(["--help"]).stdout
        for word in ("informix://", "--format", "--commit-every", "Exit status", "\\copy"):
            self.assertIn(word, text)
        self.assertLessEqual(max(map(len, text.split("\n"))), 100)
        self.assertRegex(self.check(["--version"]).stdout, r"^sqli \d+\.\d+\.\d+\n$")

    def test_the_manual_has_every_option(self):
        page = (SOURCE / "shell/sqli.1").read_text().replace("\\-", "-")
        guide = (SOURCE / "docs/shell.md").read_text()
        names = re.findall(r"^SQLI_SH_OPTION\('[^']+', \"([a-z-]+)\"",
                           (SOURCE / "shell/options.def").read_text(), re.M)
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertIn(f"--{name}", page)
            self.assertIn(f"--{name}", guide)
        for name in re.findall(r"^    \{\"([a-z?]+)\", \"", (SOURCE / "shell/meta.c").read_text(),
                               re.M):
            self.assertIn(f"\\{name}", guide)

    def test_wrong_arguments(self):
        for arguments in (["--no-such"], ["-Z"], ["--format"], ["--format", "tables", "x"],
                          ["-v", "a"], ["-v", "1=2"], ["--help=1"], ["a", "b", "c"],
                          ["--commit-every", "-1"], ["--delimiter", "ab"], ["--delimiter", "\\"],
                          ["-v", "DELIMITER=\u00e9"]):
            with self.subTest(arguments):
                self.check(arguments, 1, "", "sqli: ")

    def test_what_needs_no_connection(self):
        text = self.check(["-c", "\\errors -951"]).stdout
        self.assertIn("SQLSTATE 28", text)
        self.check(["-c", "\\errors -951;", "-c", " \\errors 951"], 0, 2 * text)
        self.assertIn("\\copy", self.check(["-c", "\\?"]).stdout)
        self.check(["-c", "\\errors 5"], 1, "", "nothing is known")
        nowhere = "informix://a:b@127.0.0.1:1/x?server=informix"
        self.check([nowhere, "-c", "\\errors -951"], 0, text)
        for arguments in (["-c", "\\echo x"], ["-c", "\\?", "-c", "\\echo x"],
                          ["-c", "\\errors 951\nSELECT 1"], ["-f", "/no/such"], []):
            self.check([nowhere, *arguments], 2, "", "^error: ")

    def test_servers_that_no_sqlhosts_has(self):
        for arguments, word, variables in (
                (["shop@ol"], "the server ol is: INFORMIXSQLHOSTS", {}),
                (["shop"], "the server ol is: INFORMIXSQLHOSTS", {"INFORMIXSERVER": "ol"}),
                (["shop"], "which server", {}), ([], "which server", {}),
                (["shop@ol"], "/none/etc/sqlhosts", {"INFORMIXDIR": "/none"})):
            with self.subTest(arguments):
                result = sqli(*arguments, given="SELECT 1;", variables=variables)
                self.assertIn(result.returncode, (1, 2))
                self.assertIn(word, result.stderr)
                self.assertNotIn("not understood", result.stderr)
        self.check([self.url, "-c", "\\c shop@ol"], 1, "", "INFORMIXSQLHOSTS")

    def test_no_connection(self):
        self.check(["informix://a:b@127.0.0.1:1/x?server=informix", "-c", "x"], 2, "", "error:")
        self.check([self.server.url(user="informix:wrong"), "-c", "x"], 2, "", "-951")
        self.check([self.server.url("no_such_database"), "-c", "x"], 2, "", "-329")
        for url, word in (("informix://a:b@h/x?no-such=1", "no-such"), ("informix://h:x/y", "h:x"),
                          ("informix://", "neither a host nor a server"), ("http://h/x", "URL")):
            self.check([url, "-c", "x"], 1, "", word)

    def test_where_statements_come_from(self):
        script = self.write("a.sql", f"SELECT 1 AS one {DUAL};\nSELECT 2 AS two {DUAL}\n")
        both = "one\n1\ntwo\n2\n"
        self.check([self.url, "-F", "csv", "-f", script], 0, both)
        self.check([self.url, "-F", "csv", script], 0, both)
        self.check([self.url, "-F", "csv", self.folder / "a"], 0, both)
        self.check([self.url, "-F", "csv", "-"], 0, both, given=script.read_text())
        self.check([self.url, "-F", "csv"], 0, both, given=script.read_text())
        self.check([self.url, "-F", "csv", "-c", f"SELECT 1 AS one {DUAL}", "-c",
                    f"SELECT 2 AS two {DUAL}"], 0, both)
        self.check([self.url, "-f", self.folder / "none"], 1, "", "No such file")
        self.check([self.url, "-f", self.folder], 1, "", "Is a directory")
        self.check([self.url, "-c", f"\\i {self.folder}"], 1, "", "Is a directory")
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        result = subprocess.run([PROGRAM, self.url], stdin=folder, stderr=subprocess.PIPE,
                                text=True, env=environment())
        self.assertEqual(result.returncode, 1)
        self.assertIn("Is a directory", result.stderr)

    def test_by_sqlhosts_as_dbaccess(self):
        host, port = self.server.address.split(":")
        hosts = self.write("sqlhosts", f"informix onsoctcp {host} {port}\n")
        passwords = self.write("passwords", "*:*:*:informix:in4mix\n")
        passwords.chmod(0o600)
        variables = {"INFORMIXSQLHOSTS": str(hosts), "INFORMIXSERVER": "informix",
                     "SQLI_PASSWORD_FILE": str(passwords), "DB_LOCALE": "en_US.utf8"}
        script = self.write("d.sql", f"select name from ware where id = 1;")
        if os.environ.get("USER") != "informix":
            url = "informix://informix@/shop"
            self.check([url, "-e", script], 0, None, variables=variables)
        result = sqli("shop@informix", script, variables=variables)
        self.assertIn(result.returncode, (0, 2))
        self.assertNotIn("usage", result.stderr)

    # ---- errors

    def test_errors_tell_the_place(self):
        script = self.write("e.sql", f"SELECT 1 AS one {DUAL};\n\n"
                                     "SELECT name,\n  nome\nFROM ware;\nSELEC;\n"
                                     "SELECT 3 AS three FROM ware;\n")
        result = self.check([self.url, "-F", "csv", script], 3, "one\n1\nthree\n3\n", "-217")
        self.assertRegex(result.stderr, r"e\.sql:4:\d+: error: -217 \[42S22\]: .*\n.*nome\n +\^\n")
        self.assertRegex(result.stderr, r"e\.sql:6:1: error: -201 .*\n  SELEC\n  \^\n$")
        self.check([self.url, "-F", "csv", "-a", script], 3, "one\n1\n", "-217")
        self.check([self.url, "-F", "csv", "-v", "ON_ERROR_STOP=1", script], 3, "one\n1\n", "-217")

    def test_the_caret_counts_columns_of_the_terminal(self):
        result = self.check([self.url, "-c", "SELECT '\u6f22\u5b57\U0001f600', nome FROM ware"], 3,
                            "", "-217")
        line, caret = result.stderr.split("\n")[1:3]
        at = len(line[:line.index("nome")]) + 3  # three characters are two columns wide
        self.assertIn(len(caret) - 1 - at, range(0, 5))

    def test_every_error_tells_the_place(self):
        for line, status in (("\\c no_such_database", 3), ("\\d nothing", 1), ("\\gset", 1),
                             ("\\copy no_such_table from stdin", 3)):
            with self.subTest(line):
                script = self.write("p.sql", f"\n\nSELECT 1 AS a {DUAL} AND 1 = 0\n{line}\n")
                self.check([self.url, "-q", "-f", script], status, None, r"p\.sql:4: error: ")

    def test_scripts_of_other_systems(self):
        script = self.write("d.sql", b"\xef\xbb\xbfSELECT 1 AS a FROM ware;\r\n\\echo b\r\n"
                                     b"SELECT name,\r\n nome\r\nFROM ware;\r\n")
        self.check([self.url, "-F", "csv", script], 3, "a\n1\nb\n",
                   r"d\.sql:4:2: error: -217 .*\n   nome\n   \^\n")
        script = self.write("l.sql", b"SELECT\n'\xc3\xa4', 'gr\xfc\xdf'\nFROM ware;\n\\echo b\n")
        self.check([self.url, script], 3, "b\n",
                   r"l\.sql:2:9: error: .*\n.*\n +\^\n.*has to be UTF-8: .*iconv")

    def test_long_things_are_read_at_once(self):
        """Each line of them could end it: what was read is not looked at again for each."""
        lines = 20000 * "LET i = 1; SELECT (\n"
        for text, err in (("CREATE PROCEDURE p() DEFINE i INT;\n" + 20000 * "LET i = 1;\n"
                           + "END PROCEDURE\n;\nDROP PROCEDURE p;\n", ""),
                          ("SELECT 'a\n" + lines, "no closing quote"),
                          ("{\n" + lines + "}\n", ""), ("{\n" + lines, "not closed"),
                          ("\\if off\nSELECT 'a\n" + lines + "'\n\\endif\n\\if off\n\\endif\n",
                           "")):
            with self.subTest(text[:20]):
                start = time.monotonic()
                self.check([self.url, "-q"], 3 if err else 0, "", err, given=text)
                self.assertLess(time.monotonic() - start, PATIENCE)

    def test_what_does_not_end(self):
        for text, word in (("SELECT 'abc", "string"), ("SELECT 1 {", "comment"),
                           ("CREATE PROCEDURE p() LET x = 1;", "routine")):
            self.check([self.url], 3, "", word, given=f"{text}\n")

    def test_a_routine_is_one_statement(self):
        self.check([self.url, "-q", "-F", "csv"], 0, "(expression)\n7\n", given="""
            CREATE FUNCTION seven() RETURNING INT;
                DEFINE i INT; -- not; the end
                BEGIN LET i = 7; END
                RETURN i;
            END FUNCTION;
            EXECUTE FUNCTION seven(); DROP FUNCTION seven;""")

    def test_an_open_transaction_is_told(self):
        self.check([self.url, "-F", "csv"], 0, "", "rolled back",
                   given="BEGIN WORK; INSERT INTO ware VALUES (77, 'x');")
        self.check([self.url, "-t", "-F", "csv", "-c", "SELECT COUNT(*) FROM ware WHERE id = 77"],
                   0, "0\n")
        self.check([self.url, "-F", "csv", "-v", "AUTOCOMMIT=off"], 0, "", "rolled back",
                   given="INSERT INTO ware VALUES (77, 'x');")

    def test_in_an_ansi_database_a_transaction_is_always_open(self):
        self.check([self.url, "-q"], given="CREATE DATABASE strict WITH LOG MODE ANSI;")
        url = self.server.url("strict")
        count = "SELECT COUNT(*) FROM t"
        for given, told, rows in (
                ("CREATE TABLE t (a INT); COMMIT WORK; SELECT a FROM t;", "", 0),
                ("INSERT INTO t VALUES (1);", "rolled back", 0),
                ("INSERT INTO t VALUES (1); COMMIT WORK;", "", 1),
                ("DELETE FROM t; ROLLBACK WORK;", "", 1),
                ("DELETE FROM t;\n\\c shop\n", "(?s)-377.*rolled back", 1),
                ("\\copy t from stdin\n2|\n\\.\n", "loaded 1 row", 2),
                ("\\copy t from stdin bulk commit 1\n3|\n4|\n\\.\n", "loaded 2 rows", 4),
                ("\\copy t from stdin\n5|\nx|\n\\.\n", "stopped: 0 rows", 4),
                ("DELETE FROM t WHERE a = 1;\n\\copy t from stdin\n5|\n\\.\n",
                 "(?s)loaded 1 row.*rolled back", 4),
                ("INSERT INTO t VALUES (6); SAVEPOINT s; INSERT INTO t VALUES (7);\n"
                 "ROLLBACK WORK TO SAVEPOINT s;\n\\copy t from stdin\nx|\n\\.\n"
                 "\\copy t from stdin\n8|\n\\.\n", "(?s)-1213.*loaded 1 row.*rolled back", 4),
                ("INSERT INTO t VALUES (6); SAVEPOINT s; ROLLBACK TO SAVEPOINT s; COMMIT WORK;",
                 "", 5),
                ("DELETE FROM t; DROP DATABASE IF EXISTS no_such;", "rolled back", 5),
                ("DROP DATABASE IF EXISTS no_such;\n\\copy t from stdin\n9|\n\\.\n",
                 "loaded 1 row", 6)):
            with self.subTest(given):
                result = sqli(url, given=given)
                self.assertRegex(result.stderr, told or "^$")
                self.check([url, "-t", "-F", "csv", "-c", count], 0, f"{rows}\n")

    def test_no_room_for_the_output(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([PROGRAM, self.url, "-c", f"SELECT 1 {DUAL}"], stdout=full,
                                    stderr=subprocess.PIPE, text=True, env=environment())
            help_result = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE,
                                         text=True, env=environment())
        for result in (result, help_result):
            self.assertEqual(result.returncode, 1)
            self.assertEqual(result.stderr.count("No space left"), 1)
        self.check([self.url, "-o", "/nowhere/x", "-c", "x"], 1, "", "/nowhere/x")

    def test_files_that_are_closed(self):
        one, wrong = f"SELECT 1 AS a {DUAL}", "SELECT nome FROM ware"
        for closed, sql, status, out, err in (
                ("<&-", [], 0, "", "^$"), ("<&-", ["-c", one], 0, "a\n1\n", "^$"),
                (">&-", ["-c", one], 1, "", "standard output: Bad file"),
                ("2>&-", ["-c", one, "-c", wrong], 3, "a\n1\n", "^$"),
                ("<&- >&- 2>&-", ["-c", one], 1, "", "^$")):
            with self.subTest(closed):
                result = subprocess.run(
                    ["/bin/sh", "-c", f'exec "$0" "$@" {closed}', PROGRAM, self.url, "-F", "csv",
                     *sql], capture_output=True, text=True, timeout=PATIENCE, env=environment())
                self.assertRegex(result.stderr, err)
                self.assertEqual((result.returncode, result.stdout), (status, out))

    def test_a_broken_pipe_is_quiet(self):
        sql = "SELECT a.tabid FROM systables a, systables b, systables c, systables d"
        with subprocess.Popen([PROGRAM, self.url, "-F", "csv", "-c", sql], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env=environment()) as process:
            self.assertEqual(process.stdout.readline(), "tabid\n")
            process.stdout.close()
            self.assertEqual(process.stderr.read(), "")
            self.assertEqual(process.wait(PATIENCE), -signal.SIGPIPE)

    def test_an_interrupt_cancels_and_ends(self):
        sql = "SELECT COUNT(*) FROM systables a, systables b, systables c, systables d, systables e"
        record = self.folder / "record"
        with subprocess.Popen([PROGRAM, self.url, "--record", record, "-c", sql, "-c",
                               "\\echo later"], stdout=subprocess.PIPE, stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env=environment()) as process:
            wait_for(record, r"COUNT.*C> NFETCH")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE)
            self.assertEqual((out, process.returncode), ("", -signal.SIGINT))
            self.assertIn("-213", err)

    # ---- variables and commands

    def test_variables(self):
        given = f"""\\set who 'O''Neil'
\\echo :who, and :'who' :no
SELECT :'who'::LVARCHAR AS who, :n AS n, '10:30 :n' AS t {DUAL};
SELECT COUNT(*) AS count {DUAL} \\gset my_
\\echo :my_count
\\unset n
\\echo :n
"""
        self.check([self.url, "-F", "csv", "-v", "n=5"], 0,
                   "O'Neil, and 'O''Neil' :no\nwho,n,t\nO'Neil,5,10:30 :n\n1\n:n\n", given=given)

    def test_the_statement_of_commands(self):
        file = self.folder / "out.csv"
        self.check([self.url, "-F", "csv"], 0,
                   "a\n1\na\n1\nSELECT 1 AS a FROM systables WHERE tabid = 1\nB\n2\n",
                   given=f"SELECT 1 AS a {DUAL} \\g\n\\g\n\\p\n\\g {file}\n"
                         f"SELECT 2 AS b {DUAL} \\g | tr a-z A-Z\n")
        self.assertEqual(file.read_text(), "a\n1\n")
        self.check([self.url], 0, "-[ 1 ]---------------\na | 1\n(1 row)\n\n",
                   given=f"SELECT 1 AS a {DUAL}\n\\gx\n")

    def test_output_and_include(self):
        inner = self.write("inner.sql", f"SELECT 2 AS b {DUAL};\nSELECT nome FROM ware;\n")
        file = self.folder / "out"
        self.check([self.url, "-F", "csv"], 3, "a\n1\nc\n3\n", r"inner\.sql:2:\d+: error: -217",
                   given=f"SELECT 1 AS a {DUAL};\n\\o {file}\n\\i {inner}\n\\o\n"
                         f"SELECT 3 AS c {DUAL};\n")
        self.assertEqual(file.read_text(), "b\n2\n")
        self.check([self.url, "-F", "csv", "-t", "-o", f"|sed s/^/x/ >{file}"], 0, "c\n", given=f"""
SELECT 1 AS a {DUAL};\nSELECT 2 AS b {DUAL};\n\\o\n\\echo c\n""")
        self.assertEqual(file.read_text(), "x1\nx2\n")
        fails = "|cat >/dev/null; false"
        for arguments in (["-o", fails, "-c", f"SELECT 1 {DUAL}"],
                          ["-c", f"SELECT 1 {DUAL} \\g {fails}"],
                          ["-c", f"\\o {fails}", "-c", f"SELECT 1 {DUAL}", "-c", "\\o"]):
            self.check([self.url, *arguments], 1, "", r"error: \|cat .*: the command failed\n$")
        many = "SELECT a.tabid FROM systables a, systables b, systables c, systables d"
        self.check([self.url, "-F", "csv", "-o", f"|head -n 2 >{file}", "-c", many, "-c",
                    "INSERT INTO ware VALUES (88, 'x')", "-c", "DELETE FROM ware WHERE id = 88",
                    "-c", f"SELECT {{+}} 1 / 0 {DUAL}"], 3, "", "-1202")
        self.assertEqual(file.read_text(), "tabid\n1\n")
        for command, status in (("exit 3", 1), ("head -n 1 >/dev/null; false", 1), ("exit 0", 0),
                                ("head -n 1 >/dev/null", 0)):
            error = f"error: .*{re.escape(command)}: the command failed\n$" if status else ""
            for arguments in (["-o", f"|{command}", "-c", many],
                              ["-c", f"{many} \\g |{command}"]):
                self.check([self.url, "-F", "csv", *arguments], status, "", error)
        loop = self.write("loop.sql", "")
        loop.write_text(f"\\i {loop}\n")
        self.check([self.url, "-f", loop], 1, "", "too deep")

    def test_branches(self):
        given = f"""
\\if :a
\\echo a
SELECT 1 AS one {DUAL};
\\elif :b
\\echo b
\\if no
\\echo never
\\else
SELECT 2 AS two {DUAL};
\\endif
\\else
\\nonsense
\\if yes
SELECT nonsense;
\\endif
\\echo neither
\\endif
SELECT 3
\\if :b
, 4
\\else
, 5
\\endif
AS last {DUAL};
"""
        for a, b, out in (("on", "on", "a\none\n1\n(constant),last\n3,4\n"),
                          ("off", "TRUE", "b\ntwo\n2\n(constant),last\n3,4\n"),
                          ("1", "0", "a\none\n1\n(constant),last\n3,5\n")):
            with self.subTest(a + b):
                self.check([self.url, "-F", "csv", "-v", f"a={a}", "-v", f"b={b}"], 0, out,
                           given=given)
        result = self.check([self.url, "-v", "a=off", "-v", "b=off"], 1, None, "nonsense",
                            given=given)
        self.assertIn("neither", result.stdout)
        for given, err in (("\\if maybe\n\\echo x\n\\endif\n", "maybe is neither"),
                           ("\\endif\n", "no \\\\if"), ("\\if on\n", "without"),
                           ("\\if on\n\\else\n\\else\n\\echo x\n\\endif\n", "already"),
                           (66 * "\\if on\n", "too deep")):
            with self.subTest(given):
                self.check([self.url], 1, "", err, given=given)

    def test_what_a_branch_passes_over_is_no_part_of_a_statement(self):
        lines = ("SELECT name", ", id FROM ware; DELETE", "\\echo never", "'\\else", "'; x {",
                 "}", "FROM ware WHERE id = 1;")
        for condition, end in (("\\if off", "\\endif"), ("\\if on\n\\else", "\\endif"),
                               ("\\if on\n\\elif on", "\\else\n; never\n\\endif"),
                               ("\\if off\n{", "}\n\\elif on\n\\endif")):
            with self.subTest(condition):
                self.check([self.url, "-F", "csv"], 0, "name\nnail\n", given="\n".join(
                    (lines[0], condition, *lines[1:-1], end, lines[-1], "")))
        script = self.write("b.sql", "SELECT name\n\\if off\n, x\n;\ny\n\\endif\n, nome\n"
                                     "FROM ware;\n")
        self.check([self.url, script], 3, "", r"b\.sql:7:\d+: error: -217")

    def test_branches_beyond_the_limit(self):
        deep = 64 * "\\if on\n"
        out = 64 * "\\endif\n"
        never = "\\echo never\n"
        self.check([self.url], 0, "out\n", given=f"\\if off\n{deep}\\if on\n\\else\n\\endif\n"
                   f"{out}{never}\\endif\n\\echo out\n")
        self.check([self.url], 1, "in\nout\n", "deep", given=f"{deep}\\if on\n{never}\\else\n"
                   f"{never}\\endif\n\\echo in\n{out}\\echo out\n")

    def test_a_script_ends_itself(self):
        inner = self.write("inner.sql", "\\echo inner\n\\q\n\\echo never\n")
        self.check([self.url, "-f", inner, "-c", f"\\i {inner}", "-c", "\\echo last"], 0,
                   "inner\ninner\nlast\n")
        self.check([self.url, "-c", "\\q", "-c", "\\echo last"], 0, "last\n")
        self.check([self.url], 0, "inner\nouter\n",
                   given=f"\\i {inner}\n\\echo outer\n\\q\n\\echo never\n")

    def test_commands_that_are_none(self):
        self.check([self.url, "-c", "\\nonsense"], 1, "", r"no command \\nonsense")
        self.check([self.url, "-c", "\\set FORMAT pdf"], 1, "", "no value of FORMAT")

    def test_errors_are_explained(self):
        text = self.check([self.url, "-c", "\\errors -268"]).stdout
        self.assertIn("-268 ", text)
        self.assertIn("SQLSTATE 23", text)
        self.assertEqual(self.check([self.url, "-c", "\\errors 268"]).stdout, text)
        self.check([self.url, "-c", "\\errors 5"], 1, "", "nothing is known")

    def test_the_catalog(self):
        text = self.check([self.url, "-c", "\\d ware"]).stdout
        for pattern in (r'table "informix"\.ware', r"id +\| integer +\| not null",
                        r"name +\| varchar\(20\) +\| +\| none", r"primary key \(id\)",
                        r"ware_name \(name DESC\)"):
            self.assertRegex(text, pattern)
        self.assertRegex(self.check([self.url, "-c", "\\d cheap"]).stdout,
                         r'(?s)view "informix"\.cheap.*Defined as:.*SELECT id')
        for command, words in (("\\d", "ware.*table|cheap.*view"), ("\\dt w*", "ware"),
                               ("\\dv", "cheap"), ("\\di", "ware_name"), ("\\ds", "counter"),
                               ("\\du", "DBA"), ("\\l", "shop.*logged"), ("\\df", "."),
                               ("INFO TABLES", "ware"), ("INFO COLUMNS FOR ware", "varchar"),
                               ("info indexes for ware", "ware_name"),
                               ("INFO STATUS FOR ware", "rowsize")):
            with self.subTest(command):
                self.assertRegex(self.check([self.url, "-c", command]).stdout, words)
        self.check([self.url, "-c", "\\d nothing"], 1, "", "there is no table")

    def test_names_that_need_quotes(self):
        variables = {"DELIMIDENT": "y"}
        self.check([self.url, "-q"], variables=variables, given="""
CREATE TABLE ware_1 ("right one" INT, b INT); CREATE TABLE "ware 1" ("Odd ""one\""" INT);
CREATE TABLE "Upper" (a INT PRIMARY KEY);
CREATE TABLE lower (a INT REFERENCES "Upper", b INT REFERENCES "Upper");""")
        for command, words in (
                ('\\d "ware 1"', r'(?s)^table "informix"."ware 1"\n.* Odd "one" \| integer'),
                ("\\d Upper", r'(?s)^table "informix"."Upper".*primary key.*'
                              r'Referred to by:\n    \w+: lower\n    \w+: lower\n'),
                ("\\d LOWER", 'table "informix".lower\n'), ("\\dt Up*", "Upper"),
                ("\\dt informix.upp?r", r"\(0 rows\)"), ("\\dt informix.Upp?r", "Upper"),
                ("\\dt nobody.*", r"\(0 rows\)"), ("\\df no_such*", r"\(0 rows\)"),
                ("INFO COLUMNS FOR Upper", "integer")):
            with self.subTest(command):
                result = self.check([self.url, "-c", command], variables=variables)
                self.assertRegex(result.stdout, words)

    def test_semicolons_behind_commands(self):
        for command, words in (("\\d ware;", 'informix".ware\n'), ("\\d;", "ware"),
                               ("\\dt ware ; ;", "ware"), ("\\x on;", "EXPANDED"),
                               ("\\echo a;", "^a;\n$")):
            with self.subTest(command):
                result = sqli(self.url, "-c", command)
                self.assertEqual(result.returncode, 0)
                self.assertRegex(result.stdout + result.stderr, words)

    def test_databases_without_one(self):
        out = self.check([self.server.url(""), "-F", "csv", "-c", "\\l sh*", "-c",
                          "\\conninfo"]).stdout
        self.assertRegex(out, r"(?s)shop,informix,logged,.*no database\n")

    def test_connecting_elsewhere(self):
        out = self.check([self.url, "-F", "csv"], 0, None, given=f"""\\c sysmaster
SELECT COUNT(*) AS n FROM sysdatabases WHERE name = 'shop';
\\c {self.url}
SELECT name FROM ware WHERE id = 1;
""").stdout
        self.assertRegex(out, r"(?s)database sysmaster.*n\n1\n.*database shop.*name\nnail\n$")

    def test_trace(self):
        file = self.folder / "trace"
        self.check([self.url, "--record", file, "-c", f"SELECT 1 {DUAL}"])
        text = file.read_text()
        self.check([self.url, "--record", "/no/such", "-c", "x"], 1, "", "/no/such")
        self.assertIn("C> PREPARE ", text)
        self.assertNotIn("in4mix", text)
        self.check([self.url, "-F", "csv"], 0, "a\n1\n", "C> PREPARE ",
                   given=f"\\trace on\nSELECT 1 AS a {DUAL};\n\\trace off\n")

    def test_tags_and_time(self):
        out = self.check([self.url, "--timing"], 0, None, given="""
INSERT INTO ware VALUES (5, 'x'); UPDATE ware SET name = 'y' WHERE id = 5;
DELETE FROM ware WHERE id IN (5, 6); BEGIN WORK; COMMIT WORK;""").stdout
        self.assertEqual(re.sub(r"Time: \d+\.\d{3} ms", "T", out),
                         "1 row inserted\nT\n1 row updated\nT\n1 row deleted\nT\nBEGIN WORK\nT\n"
                         "COMMIT WORK\nT\n")
        self.check([self.url, "-q"], 0, "", given="BEGIN WORK; COMMIT WORK;")
        self.check([self.url, "--timing", "-F", "jsonl", "-c", f"SELECT 1 AS a {DUAL}"], 0,
                   '{"a":1}\n', r"^Time: \d+\.\d{3} ms\n$")

    def test_output_to(self):
        file = self.folder / "o"
        self.check([self.url, "-F", "csv"], 0, "",
                   given=f"OUTPUT TO {file} WITHOUT HEADINGS SELECT name FROM ware WHERE id = 1;")
        self.assertEqual(file.read_text(), "nail\n")
        self.check([self.url, "-F", "csv"], 0, "NAME\nNAIL\n",
                   given="output to pipe 'tr a-z A-Z' select name from ware where id = 1;")

    def test_only_queries_are_written_to_files(self):
        file = self.folder / "o"
        for text, status in (("OUTPUT TO {} DELETE FROM ware", 3),
                             ("UNLOAD TO {} DELETE FROM ware", 3),
                             ("\\copy (DELETE FROM ware) to {}", 1)):
            self.check([self.url, "-c", text.format(file)], status, "", "error: ")
            self.assertFalse(file.exists())
        self.check([self.url, "-t", "-F", "csv", "-c", "SELECT name FROM ware WHERE id = 1"], 0,
                   "nail\n")

    def test_long_values_of_variables_are_shown_whole(self):
        value = 700 * "x"
        out = self.check([self.url, "-v", f"a={value}", "-v", "b=1", "-c", "\\set"]).stdout
        self.assertIn(f"a              = '{value}'\nb              = '1'\n", out)

    def test_it_starts_quickly(self):
        times = []
        for _ in range(5):
            start = time.monotonic()
            self.check([self.url, "-t", "-F", "csv", "-c", f"SELECT 1 {DUAL}"], 0, "1\n")
            times.append(time.monotonic() - start)
        print(f"sqli -c from start to exit: {min(times) * 1e3:.1f} ms at best")


if __name__ == "__main__":
    unittest.main()
