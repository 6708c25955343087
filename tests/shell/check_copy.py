#!/usr/bin/env python3
"""\\copy, LOAD and UNLOAD: there and back, bad rows, commits."""

import unittest

from shell import Case, literal, sqli

ODD = ["plain", "", None, "tab\t\"q\", a|b \\", "two\nlines", " ", "\\", "\U0001f600", "a\r"]
DEFINITION = ("(id INT PRIMARY KEY, t LVARCHAR(200), n DECIMAL(8,2), d DATE, b BOOLEAN, "
              "m DATETIME YEAR TO SECOND, i INTERVAL DAY TO HOUR)")


class Copy(Case):
    database = "copies"
    statements = [f"CREATE TABLE source {DEFINITION}", f"CREATE TABLE target {DEFINITION}",
                  "CREATE TABLE small (id INT PRIMARY KEY, t VARCHAR(5))",
                  "CREATE TABLE objects (id INT, b BYTE, t TEXT)",
                  *(f"INSERT INTO source VALUES ({i}, {literal(t)}, {i}.25, '2026-01-0{i}', 't', "
                    f"'2026-01-02 03:04:05', '3 04')" for i, t in enumerate(ODD, 1))]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sqli(cls.server.url(more="&db-locale=en_US.utf8"),
             given="CREATE DATABASE nolog; CREATE TABLE small (id INT PRIMARY KEY, t VARCHAR(5));")

    def setUp(self):
        super().setUp()
        self.run_sqli("DELETE FROM target; DELETE FROM small; DELETE FROM objects;")

    def run_sqli(self, given, *arguments, status=0, url=None):
        result = sqli(url or self.url, "-F", "csv", *arguments, given=given)
        self.assertEqual(result.returncode, status, result.stderr)
        return result

    def rows(self, sql):
        return self.run_sqli(sql + ";", "-t").stdout

    def small(self):
        return self.rows("SELECT id, t FROM small ORDER BY id")

    def test_there_and_back(self):
        everything = self.rows("SELECT * FROM source ORDER BY id")
        for options in ("", "csv", "csv header", "csv delimiter ';' null '-'", "delimiter '~'"):
            for bulk in ("", " bulk"):
                with self.subTest(options + bulk):
                    file = self.folder / "file"
                    result = self.run_sqli(f"DELETE FROM target;\n"
                                           f"\\copy source to '{file}' {options}\n"
                                           f"\\copy target from '{file}' {options}{bulk}\n")
                    self.assertIn(f"loaded {len(ODD)} rows", result.stderr)
                    self.assertEqual(self.rows("SELECT * FROM target ORDER BY id"), everything)

    def test_load_and_unload(self):
        file = self.folder / "file"
        self.run_sqli(f"UNLOAD TO '{file}' DELIMITER '!' SELECT id, t FROM source WHERE id < 3;")
        self.assertEqual(file.read_text(), "1!plain!\n2!\\ !\n")
        self.run_sqli(f"load from {file} delimiter '!' insert into small (id, t);")
        self.assertEqual(self.small(), '1,plain\n2,""\n')
        self.run_sqli("LOAD FROM x;", status=3)
        self.run_sqli("LOAD FROM '/no/such' INSERT INTO small;", status=1)
        self.run_sqli("UNLOAD TO '/no/such' SELECT * FROM small;", status=1)

    def test_standard_input_and_output(self):
        result = self.run_sqli("\\copy small (t, id) from stdin csv\na,1\nb,2\n\\.\n"
                               "\\copy small to stdout\n")
        self.assertEqual(result.stdout, "1|a|\n2|b|\n")
        sqli(self.url, "-c", "\\copy small from stdin", given="3|c|\n4||\n")
        self.assertEqual(self.rows("SELECT id, t FROM small WHERE id > 2 ORDER BY id"),
                         "3,c\n4,\n")
        result = self.run_sqli("\\copy (SELECT id FROM small WHERE id IN (1, 2)) to stdout csv "
                               "header\n")
        self.assertEqual(result.stdout, "id\n1\n2\n")

    def test_standard_input_may_end_without_a_mark(self):
        self.run_sqli("\\copy small from stdin\n1|a|\n2|b|")
        self.assertEqual(self.small(), "1,a\n2,b\n")

    def test_objects(self):
        for bulk in ("", " bulk"):
            self.run_sqli(f"DELETE FROM objects;\n\\copy objects from stdin{bulk}\n"
                          "1|00ff7c0a|a text\\|\\\\|\n2|||\n\\.\n")
            file = self.folder / "file"
            self.run_sqli(f"\\copy objects to '{file}'\n")
            self.assertEqual(file.read_text().lower(), "1|00ff7c0a|a text\\|\\\\|\n2|||\n")
        bad = self.run_sqli("\\copy objects from stdin\n1|0g|x|\n\\.\n", status=3)
        self.assertIn("hexadecimal", bad.stderr)

    BAD = "1|one|\n2|two|\nx|three|\n1|again|\n5|five|\n6|six|seven|\n7\n8|eight|\n"
    GOOD = "1,one\n2,two\n5,five\n8,eight\n"

    def test_bad_rows_go_to_a_file(self):
        file = self.write("rows", self.BAD)
        for bulk in ("", " bulk", " commit 2", " bulk commit 3"):
            with self.subTest(bulk):
                bad = self.folder / "bad"
                result = self.run_sqli(f"DELETE FROM small;\n"
                                       f"\\copy small from '{file}' bad '{bad}'{bulk}\n", status=3)
                self.assertEqual(self.small(), self.GOOD)
                self.assertIn("loaded 4 rows", result.stderr)
                self.assertIn("4 bad rows", result.stderr)
                rows = bad.read_text().split("\n")
                self.assertEqual(sorted(rows),
                                 sorted("x|three| 1|again| 6|six|seven| 7 ".split(" ")))
                why = (self.folder / "bad.why").read_text()
                for pattern in ("line 3: .*-1213", "line 4: -(268|239|100)",
                                "line 6: 3 values for 2 columns", "line 7: 1 value for 2 columns"):
                    self.assertRegex(why, pattern)

    def test_without_one_the_first_bad_row_undoes_all(self):
        file = self.write("rows", self.BAD)
        for bulk in ("", " bulk"):
            with self.subTest(bulk):
                result = self.run_sqli(f"\\copy small from '{file}'{bulk}\n", status=3)
                self.assertRegex(result.stderr, "row at line 3: .*-1213")
                self.assertIn("stopped: 0 rows are loaded", result.stderr)
                self.assertEqual(self.small(), "")

    def test_what_is_committed_stays(self):
        lines = [f"{i}|r{i}|" for i in range(10)] + ["3|r3|"]
        file = self.write("rows", "\n".join(lines) + "\n")
        result = self.run_sqli(f"\\copy small from '{file}' commit 4\n", status=3)
        self.assertIn("8 rows are loaded", result.stderr)
        self.assertEqual(len(self.small().split()), 8)

    def test_the_transaction_of_the_user(self):
        file = self.write("rows", "1|a|\n2|b|\n")
        self.run_sqli(f"BEGIN WORK;\n\\copy small from '{file}' commit 1\nROLLBACK WORK;\n")
        self.assertEqual(self.small(), "")

    def test_a_database_without_a_log(self):
        file = self.write("rows", self.BAD)
        url = self.server.url("nolog", more="&db-locale=en_US.utf8")
        result = self.run_sqli(f"\\copy small from '{file}' bad '{self.folder}/bad'\n", url=url,
                               status=3)
        self.assertIn("4 bad rows", result.stderr)
        self.assertEqual(self.run_sqli("SELECT id, t FROM small ORDER BY id;", "-t",
                                       url=url).stdout, self.GOOD)

    def test_many_rows(self):
        count = 5000
        file = self.write("rows", "".join(f"{i},r{i % 10}\n" for i in range(count)))
        for options in ("", " bulk", " commit 700", " bulk commit 700"):
            with self.subTest(options):
                result = self.run_sqli("DELETE FROM small;\n"
                                       f"\\copy small from '{file}' csv{options}\n")
                self.assertIn("loaded 5,000 rows", result.stderr)
                self.assertEqual(self.rows("SELECT COUNT(*), SUM(id) FROM small"),
                                 f"{count},{count * (count - 1) // 2}\n")

    def test_what_does_not_fit_is_no_row(self):
        file = self.write("rows", "1|abcdef|\n2|abcde   |\n"
                                  "3|\u00e4\u00e4\u00e4|\n4|\u00e4\u00e4|\n")
        for bulk in ("", " bulk"):
            with self.subTest(bulk):
                bad = self.folder / "bad"
                self.run_sqli(f"DELETE FROM small;\n\\copy small from '{file}' bad '{bad}'{bulk}\n",
                              status=3)
                self.assertEqual(self.small(), "2,abcde\n4,\u00e4\u00e4\n")
                self.assertEqual(bad.read_text(), "1|abcdef|\n3|\u00e4\u00e4\u00e4|\n")
                why = (self.folder / "bad.why").read_text()
                self.assertRegex(why, "line 1: value 2: .* 5 bytes")
                self.assertIn("line 3: ", why)

    def test_what_fits_depends_on_the_code_set(self):
        url = self.server.url(more="&db-locale=en_US.819")
        self.run_sqli("CREATE DATABASE latin; CREATE TABLE small (id INT, t VARCHAR(5));", url=url)
        url = self.server.url("latin", more="&db-locale=en_US.819")
        bad = self.folder / "bad"
        self.run_sqli(f"\\copy small from stdin bad '{bad}'\n"
                      f"1|{5 * chr(228)}|\n2|{6 * chr(228)}|\n", url=url, status=3)
        self.assertEqual(bad.read_text(), f"2|{6 * chr(228)}|\n")

    def test_files_of_other_systems(self):
        mark = "\ufeff"
        for text, options in (("1|a|\r\n2|b\r|\r\n", ""), ("1|a\r\n2|b\r|\r\n", ""),
                              (mark + "1|a|\n2|b\r|", ""), (mark + "1,a\n2,b\r\r\n", "csv"),
                              (mark + '"1",a\r\n2,"b\r"\r\n', "csv"),
                              (mark + "id,t\r\n1,a\r\n2,\"b\r\"", "csv header"),
                              ("1\ta\n2\tb\r\t\n", r"delimiter '\t'")):
            for bulk in ("", " bulk"):
                with self.subTest(text + options + bulk):
                    file = self.write("rows", text)
                    self.run_sqli("DELETE FROM small;\n"
                                  f"\\copy small from '{file}' {options}{bulk}\n")
                    self.assertEqual(self.small(), '1,a\n2,"b\r"\n')

    def test_values_that_look_like_something_else(self):
        mark = "\ufeffx"
        for options in ("null '-'", "csv null '-'", "csv null '-' header", r"null '\N'"):
            with self.subTest(options):
                file = self.folder / "file"
                copied = "(SELECT t, id FROM target ORDER BY id)"
                self.run_sqli("DELETE FROM target;\n"
                              f"INSERT INTO target (id, t) VALUES (1, '{mark}');\n"
                              "INSERT INTO target (id, t) VALUES (2, '-');\n"
                              "INSERT INTO target (id, t) VALUES (3, NULL);\n"
                              "INSERT INTO target (id, t) VALUES (4, '\\N');\n"
                              f"\\copy {copied} to '{file}' {options}\n"
                              "DELETE FROM target;\n"
                              f"\\copy target (t, id) from '{file}' {options}\n")
                self.assertEqual(self.rows("SELECT id, t FROM target ORDER BY id"),
                                 f"1,{mark}\n2,-\n3,\n4,\\N\n")

    def test_bad_files_are_of_this_load(self):
        bad = self.write("bad", "old\n")
        file = self.write("rows", "1|a|\n")
        self.run_sqli(f"\\copy small from '{file}' bad '{bad}'\n")
        self.assertEqual(bad.read_text(), "")
        result = self.run_sqli(f"\\copy small from '{file}' bad '/no/such'\n", status=1)
        self.assertEqual(result.stderr.count("No such file"), 1)

    def test_bad_rows_of_an_earlier_load_are_kept(self):
        bad = self.write("bad", "old\n")
        self.write("bad.why", "old\n")
        first, second = self.write("first", "x|a|\n1|b|\n"), self.write("second", "2|c|\n")
        third = self.write("third", "y|d|\n")
        self.run_sqli(f"LOAD FROM '{first}' INSERT INTO small;"
                      f"LOAD FROM '{second}' INSERT INTO small;"
                      f"LOAD FROM '{third}' INSERT INTO small;", "--bad", bad, status=3)
        self.assertEqual((self.small(), bad.read_text()), ("1,b\n2,c\n", "x|a|\ny|d|\n"))
        self.assertRegex((self.folder / "bad.why").read_text(),
                         r"^line 1: .*-1213.*\nline 1: .*-1213.*\n$")

    def test_bad_rows_do_not_go_where_rows_come_from(self):
        rows = "x|a|\n1|b|\n"
        for source, bad in (("rows", "rows"), ("rows.why", "rows"), ("rows", "link")):
            with self.subTest(source + " " + bad):
                file = self.write(source, rows)
                if bad == "link":
                    (self.folder / bad).symlink_to(file)
                result = self.run_sqli(f"\\copy small from '{file}' bad '{self.folder / bad}'\n",
                                       status=1)
                self.assertIn("being read", result.stderr)
                self.assertEqual((file.read_text(), self.small()), (rows, ""))
                file.unlink()
        script = self.write("script", "")
        load = f"LOAD FROM '{self.write('rows', rows)}' INSERT INTO small;"
        for given in (f"\\copy small from stdin\n{rows}", f"\\i {self.write('inner', load)}\n"):
            script.write_text(given)
            result = self.run_sqli("", "--bad", script, "-f", script, status=1)
            self.assertIn("being read", result.stderr)
            self.assertEqual((script.read_text(), self.small()), (given, ""))

    def test_bad_rows_that_cannot_be_written_undo_the_load(self):
        rows = self.write("rows", "1|a|\n2|b|\nx|c|\n3|d|\n")
        for i, full in enumerate(("bad{}", "bad{}.why")):
            for options, kept in (("", ""), (" bulk", ""), (" commit 2", "1,a\n2,b\n")):
                with self.subTest(full + options):
                    name = f"{i}{options}"
                    (self.folder / full.format(name)).symlink_to("/dev/full")
                    result = self.run_sqli(f"DELETE FROM small;\n\\copy small from '{rows}' bad "
                                           f"'{self.folder}/bad{name}'{options}\n", status=1)
                    self.assertEqual(self.small(), kept)
                    self.assertEqual(result.stderr.count("No space left"), 1)
                    self.assertNotIn("bad row", result.stderr)
                    self.assertIn(f"stopped: {kept.count(',')} rows", result.stderr)

    def test_rows_of_a_copy_that_cannot_begin_are_no_statements(self):
        rows = "DELETE FROM small;\n2|b|\n\\.\nSELECT id FROM small;\n"
        for words, status in (("small from stdin bad '/no/such'", 1), ("no_such from stdin", 3),
                              ("small (no_such) from stdin", 3), ("small from stdin nonsense", 1),
                              ("small from stdin null ' '", 1)):
            with self.subTest(words):
                result = self.run_sqli("DELETE FROM small;\nINSERT INTO small VALUES (1, 'a');\n"
                                       f"\\copy {words}\n{rows}", "-t", status=status)
                self.assertEqual((result.stdout, self.small()), ("1\n", "1,a\n"))
                self.assertEqual(result.stderr.count("error:"), 1)

    def test_unload_has_no_blanks_between_values(self):
        kept = "what was there"
        for options in ("null ' '", "delimiter ' '", "null '\\ '"):
            with self.subTest(options):
                file = self.write("file", kept)
                for way in ("to", "from"):
                    result = self.run_sqli(f"\\copy small {way} '{file}' {options}\n", status=1)
                    self.assertIn("blank", result.stderr)
                    self.assertEqual(file.read_text(), kept)
                self.run_sqli(f"\\copy source to '{file}' csv {options}\n")
        file = self.write("file", kept)
        self.run_sqli(f"UNLOAD TO '{file}' DELIMITER ' ' SELECT * FROM small;", status=1)
        self.assertEqual(file.read_text(), kept)
        self.assertIn("blank", self.run_sqli("SELECT * FROM small;", "-F", "unload", "--null", " ",
                                             status=1).stderr)

    def test_a_semicolon_behind_copy(self):
        self.run_sqli("INSERT INTO small VALUES (1, 'a'); INSERT INTO small VALUES (2, NULL);")
        unload, csv = "1|a|\n2||\n", "1,a\n2,\n"
        for end, name, expected in (
                ("'{}' csv;", "f", csv), ("'{}' csv ; ", "f", csv), ("{};", "f", unload),
                ("'{}';", "f;", unload), ("'{}'", "f;", unload),
                ("'{}' delimiter ;", "f", unload.replace("|", ";")),
                ("'{}' delimiter ;;", "f", unload.replace("|", ";")),
                ("'{}' delimiter ';'", "f", unload.replace("|", ";")),
                ("'{}' null ;", "f", "1|a|\n2|;|\n"), ("'{}' null '-;'", "f", "1|a|\n2|-;|\n")):
            with self.subTest(end):
                file = self.folder / name
                self.run_sqli(f"\\copy small to {end.format(file)}\n")
                self.assertEqual(file.read_text(), expected)
                file.unlink()

    def test_the_usual_delimiter_of_dbaccess(self):
        file = self.folder / "file"
        sqli(self.url, variables={"DBDELIMITER": ";"},
             given=f"INSERT INTO small VALUES (1, 'a|'); UNLOAD TO '{file}' SELECT * FROM small;"
                   f"DELETE FROM small; LOAD FROM '{file}' INSERT INTO small;")
        self.assertEqual((file.read_text(), self.small()), ("1;a|;\n", "1,a|\n"))

    def test_variables_stand_in_the_words_of_copy(self):
        file = self.folder / "a file"
        self.run_sqli("INSERT INTO small VALUES (1, 'a');\n\\copy :t to :'file'\n", "-v", "t=small",
                      "-v", f"file={file}")
        self.assertEqual(file.read_text(), "1|a|\n")

    def test_settings_are_the_defaults(self):
        file = self.write("rows", "1~a~\nx~b~\n")
        bad = self.folder / "bad"
        sqli(self.url, "--bulk", "--commit-every", "1", "--bad", bad, "--delimiter", "~",
             given=f"LOAD FROM '{file}' INSERT INTO small;")
        self.assertEqual((self.small(), bad.read_text()), ("1,a\n", "x~b~\n"))

    def test_records_that_do_not_end(self):
        file = self.write("rows", '1,"abc\n2,x\n')
        result = self.run_sqli(f"\\copy small from '{file}' csv\n", status=3)
        self.assertIn("does not end", result.stderr)
        file = self.write("rows", "1|a|\n2|x\\")
        result = self.run_sqli(f"\\copy small from '{file}'\n", status=3)
        self.assertIn("row at line 2: the record does not end", result.stderr)
        file = self.write("rows", '1,a\r\n2,"b"\r\n3,c')
        self.run_sqli(f"\\copy small from '{file}' csv\n")
        self.assertEqual(self.small(), "1,a\n2,b\n3,c\n")

    def test_words_that_make_no_sense(self):
        for text in ("", "small", "small from", "small into 'f'", "small from 'f' xml",
                     "(select 1) from 'f'", "small from 'f' delimiter 'ab'",
                     "small from 'f' commit x"):
            with self.subTest(text):
                self.assertIn("\\copy", self.run_sqli(f"\\copy {text}\n", status=1).stderr)


if __name__ == "__main__":
    unittest.main()
