#!/usr/bin/env python3
"""Scripts: arguments, exit statuses, errors and where they are, variables, dbaccess's words."""

import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from shell import PATIENCE, PROGRAM, SOURCE, Sqlid, environment, sqli

DUAL = "FROM systables WHERE tabid = 1"


class Scripts(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = Sqlid()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.url = cls.server.create(
            "shop", "CREATE TABLE ware (id INT PRIMARY KEY, name VARCHAR(20) DEFAULT 'none')",
            "CREATE INDEX ware_name ON ware (name DESC)",
            "CREATE VIEW cheap AS SELECT id FROM ware WHERE id < 3",
            "CREATE SEQUENCE counter", "INSERT INTO ware VALUES (1, 'nail')")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

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
                          ["--commit-every", "-1"]):
            with self.subTest(arguments):
                self.check(arguments, 1, "", "sqli: ")

    def test_no_connection(self):
        self.check(["informix://a:b@127.0.0.1:1/x?server=informix", "-c", "x"], 2, "", "error:")
        self.check([self.server.url(user="informix:wrong"), "-c", "x"], 2, "", "-951")
        self.check([self.server.url("no_such_database"), "-c", "x"], 2, "", "-329")
        self.check(["informix://a:b@h/x?no-such=1", "-c", "x"], 1, "", "no-such")

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
        script = self.write("e.sql", f"SELECT 1 AS one {DUAL};\n\nSELECT name,\n  nome\nFROM ware;\n"
                                     "SELEC;\nSELECT 3 AS three FROM ware;\n")
        result = self.check([self.url, "-F", "csv", script], 3, "one\n1\nthree\n3\n", "-217")
        self.assertRegex(result.stderr, r"e\.sql:4:\d+: error: -217 \[42S22\]: .*\n.*nome\n +\^\n")
        self.assertRegex(result.stderr, r"e\.sql:6:1: error: -201 .*\n  SELEC\n  \^\n")
        self.check([self.url, "-F", "csv", "-a", script], 3, "one\n1\n", "-217")
        self.check([self.url, "-F", "csv", "-v", "ON_ERROR_STOP=1", script], 3, "one\n1\n", "-217")

    def test_the_caret_counts_columns_of_the_terminal(self):
        result = self.check([self.url, "-c", "SELECT '\u6f22\u5b57\U0001f600', nome FROM ware"], 3,
                            "", "-217")
        line, caret = result.stderr.split("\n")[1:3]
        at = len(line[:line.index("nome")]) + 3  # three characters are two columns wide
        self.assertIn(len(caret) - 1 - at, range(0, 5))

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

    def test_no_room_for_the_output(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([PROGRAM, self.url, "-c", f"SELECT 1 {DUAL}"], stdout=full,
                                    stderr=subprocess.PIPE, text=True, env=environment())
        self.assertEqual(result.returncode, 1)
        self.assertIn("No space left", result.stderr)
        self.check([self.url, "-o", "/nowhere/x", "-c", "x"], 1, "", "/nowhere/x")

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
        with subprocess.Popen([PROGRAM, self.url, "-c", sql, "-c", "\\echo later"],
                              stdout=subprocess.PIPE, stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env=environment()) as process:
            time.sleep(1)
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
        loop = self.write("loop.sql", "")
        loop.write_text(f"\\i {loop}\n")
        self.check([self.url, "-f", loop], 1, "", "too deep")

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

    def test_output_to(self):
        file = self.folder / "o"
        self.check([self.url, "-F", "csv"], 0, "",
                   given=f"OUTPUT TO {file} WITHOUT HEADINGS SELECT name FROM ware WHERE id = 1;")
        self.assertEqual(file.read_text(), "nail\n")
        self.check([self.url, "-F", "csv"], 0, "NAME\nNAIL\n",
                   given="output to pipe 'tr a-z A-Z' select name from ware where id = 1;")

    def test_it_starts_quickly(self):
        times = []
        for _ in range(5):
            start = time.monotonic()
            self.check([self.url, "-t", "-F", "csv", "-c", f"SELECT 1 {DUAL}"], 0, "1\n")
            times.append(time.monotonic() - start)
        print(f"sqli -c from start to exit: {min(times) * 1e3:.1f} ms at best")


if __name__ == "__main__":
    unittest.main()
