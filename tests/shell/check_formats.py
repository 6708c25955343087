#!/usr/bin/env python3
"""Every format with odd data, to the byte."""

import csv
import io
import json
import unittest

from shell import Case, literal, sqli

ROWS = [
    ("plain", "12.50"),
    ("", "-0.25"),
    (None, None),
    ("tab\t\"quoted\", a|b \\", "0.00"),
    ("two\nlines\n", "1.00"),
    ("\u6f22\u5b57\U0001f600", "2.00"),
    ("\u05e9\u05dc\u05d5\u05dd", "3.00"),
    ("<b>&*", "99999999.99"),
]

TABLE = """\
 id | t                    |           n
----+----------------------+-------------
  1 | plain                |       12.50
  2 |                      |       -0.25
  3 | NULL                 |        NULL
  4 | tab\\t"quoted", a|b \\ |        0.00
  5 | two                 +|        1.00
    | lines               +|           \x20
    |                      |           \x20
  6 | \u6f22\u5b57\U0001f600               |        2.00
  7 | \u05e9\u05dc\u05d5\u05dd                 |        3.00
  8 | <b>&*                | 99999999.99
(8 rows)

"""

VERTICAL = """\
-[ 1 ]----------------
id | 4
t  | tab\\t"quoted", a|b \\
n  | 0.00
-[ 2 ]----------------
id | 5
t  | two
   | lines
   |\x20
n  | 1.00
(2 rows)

"""

CSV = """\
id,t,n
1,plain,12.50
2,"",-0.25
3,,
4,"tab\t""quoted"", a|b \\",0.00
5,"two
lines
",1.00
6,\u6f22\u5b57\U0001f600,2.00
7,\u05e9\u05dc\u05d5\u05dd,3.00
8,<b>&*,99999999.99
"""

UNLOAD = """\
1|plain|12.50|
2|\\ |-0.25|
3|||
4|tab\t"quoted", a\\|b \\\\|0.00|
5|two\\
lines\\
|1.00|
6|\u6f22\u5b57\U0001f600|2.00|
7|\u05e9\u05dc\u05d5\u05dd|3.00|
8|<b>&*|99999999.99|
"""

MARKDOWN = """\
| id | t | n |
| ---: | --- | ---: |
| 1 | plain | 12.50 |
| 2 |  | -0.25 |
| 3 | NULL | NULL |
| 4 | tab\\t"quoted", a\\|b \\\\ | 0.00 |
| 5 | two<br>lines<br> | 1.00 |
| 6 | \u6f22\u5b57\U0001f600 | 2.00 |
| 7 | \u05e9\u05dc\u05d5\u05dd | 3.00 |
| 8 | &lt;b>&amp;\\* | 99999999.99 |

"""

ALL = "SELECT * FROM odd ORDER BY id"


class Formats(Case):
    database = "odd"
    statements = ["CREATE TABLE odd (id SERIAL, t LVARCHAR(200), n DECIMAL(10,2))",
                  "CREATE TABLE truth (b BOOLEAN, f FLOAT, i BIGINT, d DATE)",
                  "INSERT INTO truth VALUES ('t', 0.5, 9007199254740993, '2026-02-03')",
                  "INSERT INTO truth VALUES ('f', -1e300, -1, NULL)",
                  *(f"INSERT INTO odd (t, n) VALUES ({literal(t)}, {n or 'NULL'})"
                    for t, n in ROWS)]

    def run_sqli(self, *arguments):
        result = sqli(self.url, *arguments)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def test_to_the_byte(self):
        for name, sql, expected in (
                ("table", ALL, TABLE), ("csv", ALL, CSV), ("unload", ALL, UNLOAD),
                ("markdown", ALL, MARKDOWN),
                ("vertical", "SELECT * FROM odd WHERE id IN (4, 5) ORDER BY id", VERTICAL)):
            with self.subTest(name):
                self.assertEqual(self.run_sqli("--format", name, "-c", sql), expected)

    def test_json_is_json(self):
        expected = [{"id": i, "t": t, "n": n and float(n)} for i, (t, n) in enumerate(ROWS, 1)]
        self.assertEqual(json.loads(self.run_sqli("-F", "json", "-c", ALL)), expected)
        lines = self.run_sqli("-F", "jsonl", "-c", ALL).splitlines()
        self.assertEqual([json.loads(line) for line in lines], expected)
        self.assertEqual(
            self.run_sqli("-F", "json", "-c", "SELECT * FROM truth"),
            '[\n{"b":true,"f":0.5,"i":9007199254740993,"d":"2026-02-03"},\n'
            '{"b":false,"f":-1e+300,"i":-1,"d":null}\n]\n')
        self.assertEqual(self.run_sqli("-F", "json", "-c", "SELECT * FROM odd WHERE id = 0"),
                         "[]\n")

    def test_json_names_are_different(self):
        text = self.run_sqli("-F", "jsonl", "-c",
                             "SELECT 1 AS a, 2 AS a, 3 AS a_2 FROM odd WHERE id = 1")
        self.assertEqual(text, '{"a":1,"a_2":2,"a_2_2":3}\n' if '"a_2_2"' in text
                         else '{"a":1,"a_2":2,"a_2_3":3}\n')
        self.assertEqual(len(json.loads(text)), 3)

    def test_csv_is_csv(self):
        rows = list(csv.reader(io.StringIO(self.run_sqli("-F", "csv", "-c", ALL), newline="")))
        self.assertEqual(rows[1:], [[str(i), t or "", n or ""]
                                    for i, (t, n) in enumerate(ROWS, 1)])

    def test_how_null_looks_and_what_divides(self):
        sql = "SELECT * FROM odd WHERE id IN (2, 3) ORDER BY id"
        self.assertEqual(self.run_sqli("-F", "csv", "--null", "-", "--delimiter", ";", "-c", sql),
                         "id;t;n\n2;\"\";-0.25\n3;-;-\n")
        self.assertEqual(self.run_sqli("-t", "--null", "(none)", "-c", sql),
                         "  2 |        |  -0.25\n  3 | (none) | (none)\n")
        self.assertEqual(self.run_sqli("-F", "csv", "--null", "plain", "-c",
                                       "SELECT t FROM odd WHERE id IN (1, 3) ORDER BY id"),
                         't\n"plain"\nplain\n')

    def test_types(self):
        self.assertEqual(self.run_sqli("--types", "-c", "SELECT id, n FROM odd WHERE id = 1"),
                         " id     | n\n serial | decimal(10,2)\n"
                         "--------+---------------\n      1 |         12.50\n(1 row)\n\n"
                         .replace(" id     | n\n", "     id |             n\n"))

    def test_long_values(self):
        sql = "SELECT 'abcdefghijklmnopqrst' AS long_one, 1234567 AS n FROM odd WHERE id = 1"
        for how, rows in (("auto", [" abcdefghi\u2026 | 1234567"]),
                          ("cut", [" abcdefghi\u2026 | 1234567"]),
                          ("fold", [" abcdefghij.| 1234567", " klmnopqrst |        "]),
                          ("whole", [" abcdefghijklmnopqrst | 1234567"])):
            with self.subTest(how):
                lines = self.run_sqli("--width", "22", "--long", how, "-c", sql).split("\n")
                self.assertEqual(lines[2:-3], rows)

    def test_many_rows_go_on_with_the_widths_of_the_first(self):
        text = self.run_sqli(
            "-c", "SELECT FIRST 3000 a.tabid AS n, 'x' AS t FROM systables a, systables b, "
                  "systables c ORDER BY 1")
        lines = text.split("\n")
        self.assertEqual(len(lines), 3000 + 5)
        self.assertEqual({len(line) for line in lines[2:-4]}, {len(lines[2])})
        self.assertEqual(lines[-3], "(3000 rows)")

    def test_colours_are_for_terminals(self):
        self.assertNotIn("\x1b", self.run_sqli("-c", ALL))
        result = sqli(self.url, "-v", "COLOR=on", "-c", ALL)
        self.assertIn("\x1b[1m", result.stdout)
        self.assertIn("\x1b[2mNULL", result.stdout)


if __name__ == "__main__":
    unittest.main()
