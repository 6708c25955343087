#!/usr/bin/env python3
"""The shape check finds what it is there to find: one small bad tree per rule, and a good one."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SHAPE = Path(__file__).resolve().parent.parent.parent / "scripts/shape.py"

HEADER = "#ifndef SQLI_VALUE_X_H\n#define SQLI_VALUE_X_H\nint sqli__x(void);\n#endif\n"
PUBLIC = "#ifndef SQLI_H\n#define SQLI_H\nint sqli_public(int a);\n#endif\n"


def function(signature="static int f(void)", *body):
    return "\n".join([signature, "{", *("    " + line for line in body), "}", ""])


def long_function(lines):
    return function("static int f(void)", *["g();"] * (lines - 3))


PLAIN = "static int f(void)"

GOOD = {
    "include/sqli.h": PUBLIC,
    "value/x.h": HEADER,
    "value/x.c": '#include "value/x.h"\n\n#include "base/bytes.h"\n\n'
                 + long_function(60) + "\n"
                 + function("int sqli__x(void)", "/* printf(malloc(1)) */",
                            'return text("printf(1) { %d%%f", v.free(1), p->free(2));') + "\n"
                 + function("int sqli_public(int a)", "return a;") + "\n"
                 + function("__attribute__((noinline)) static void\nhelper(int a,\n       int b)",
                            "use(a, b);"),
    "base/alloc.c": function("void *sqli__alloc(void)", "return malloc(1);"),
    "base/bytes.h": "#ifndef SQLI_BASE_BYTES_H\n#define SQLI_BASE_BYTES_H\n"
                    '#include "include/sqli.h"\n#endif\n',
    "tests/value/test_x.c": function("int helper(void)", "free(malloc(1));", 'printf("x");'),
    "server/main.c": function("int main(void)", "return 0;"),
    "odbc/x.c": function("int SQLFetch(void)", "return 0;"),
    "docs/x.md": "See /dev/shm and https://example.org/home/x and a/work/b.\n",
}

# Each: a name, the files that differ from the good tree, and what must be said.
BAD = [
    ("line too long", {"value/y.c": "int " + "x" * 97 + ";\n"}, "value/y.c:1: 102 columns"),
    ("tab", {"value/y.c": "int x;\n\tint y;\n"}, "value/y.c:2: a tab"),
    ("blanks", {"value/y.c": "int x; \n"}, "value/y.c:1: blanks at the end"),
    ("no newline", {"value/y.c": "int x;"}, "value/y.c:1: no newline"),
    ("long file", {"value/y.c": "int x;\n" * 1001}, "value/y.c:1: 1001 lines"),
    ("long function", {"value/y.c": long_function(61)}, "value/y.c:1: f has 61 lines"),
    ("second function long", {"value/y.c": function() + "\n" + long_function(61)},
     "value/y.c:5: f has 61 lines"),
    ("long re2c function", {"sql/y.re": long_function(61)}, "sql/y.re:1: f has 61 lines"),
    ("brace on the signature", {"value/y.c": "static int f(void) {\n}\n"}, "opens on a line of"),
    ("brace of nothing", {"value/y.c": "enum e\n{\n    A\n};\n"}, "belongs to a function"),
    ("mark", {"value/y.c": "/* TO" "DO */\n"}, "value/y.c:1: TO" "DO"),
    ("machine path", {"docs/y.md": "in `/wo" "rk/main`\n"}, "docs/y.md:1: a path of one machine"),
    ("guard", {"value/y.h": HEADER}, "a guard named SQLI_VALUE_Y_H"),
    ("no guard", {"value/y.h": "int x;\n"}, "a guard named SQLI_VALUE_Y_H"),
    ("plain include", {"value/y.c": '#include "x.h"\n'}, "include by the path from the root"),
    ("base uses value", {"base/y.c": '#include "value/x.h"\n'}, "base/ may not include value/x.h"),
    ("sql uses value", {"sql/y.c": '#include "value/x.h"\n'}, "sql/ may not include value/x.h"),
    ("protocol uses sql", {"protocol/y.c": '# include "sql/x.h"\n'}, "may not include sql/x.h"),
    ("client uses server", {"client/y.c": '#include "server/x.h"\n'}, "may not include server/x.h"),
    ("server uses client", {"server/y.c": '#include "client/x.h"\n'}, "may not include client/x.h"),
    ("public header uses base", {"include/sqli.h": PUBLIC.replace(
        "int", '#include "base/bytes.h"\nint', 1)}, "include/ may not include base/bytes.h"),
    ("unbounded copy", {"server/y.c": function(PLAIN, "strcpy(a, b);")},
     "server/y.c:3: strcpy()"),
    ("atoi even in tests", {"tests/y.c": function(PLAIN, "atoi(a);")}, "tests/y.c:3: atoi()"),
    ("heap", {"server/y.c": function(PLAIN, "free (a);")}, "free() goes around base/alloc.h"),
    ("heap beside the door", {"base/y.c": function(PLAIN, "malloc(1);")}, "malloc() goes around"),
    ("unbounded copy at the door", {"base/alloc.c": function(PLAIN, "strcpy(a, b);")}, "strcpy()"),
    ("print", {"client/y.c": function(PLAIN, "fprintf(f, a);")}, "a library does not print"),
    ("exit", {"protocol/y.c": function(PLAIN, "abort();")}, "does not end the program"),
    ("jump", {"server/y.c": function(PLAIN, "longjmp(a, 1);")}, "jumps over clean-up"),
    ("locale", {"value/y.c": function(PLAIN, "if (isalpha(c))")}, "isalpha() depends on the loc"),
    ("number", {"value/y.c": function(PLAIN, "strtod(a, b);")}, "strtod() depends on the locale"),
    ("printed number", {"value/y.c": function(PLAIN, 'p("%d %-5.2f", a);')}, "%f and its kin"),
    ("linkage", {"value/y.c": function("int helper(void)")}, "helper is neither static, nor"),
    ("public but not declared", {"value/y.c": function("int sqli_other(int a)")},
     "sqli_other is neither static"),
    ("main elsewhere", {"client/y.c": function("int main(void)")}, "main is neither static"),
    ("exception without reason", {"scripts/shape-exceptions.txt": "value/x.c f\n"},
     "file, subject and a reason"),
    ("exception not needed", {"scripts/shape-exceptions.txt": "value/x.c f it is long\n"},
     "not needed: value/x.c f"),
]


def shape_of(files):
    """Exit status and output of the check over a tree of these files."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = Path(root) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        result = subprocess.run([sys.executable, SHAPE, "--root", root], capture_output=True,
                                text=True)
        return result.returncode, result.stdout + result.stderr


class Shape(unittest.TestCase):
    def test_a_good_tree_passes(self):
        status, output = shape_of(GOOD)
        self.assertEqual(status, 0, output)
        self.assertRegex(output, r"^\d+ files, \d+ lines, 8 functions; .* most 60 \(f\)$")

    def test_each_bad_tree_is_found(self):
        for name, files, message in BAD:
            with self.subTest(name):
                status, output = shape_of({**GOOD, **files})
                self.assertEqual(status, 1, output)
                self.assertIn(message, output)
                self.assertEqual(len(output.splitlines()), 2, output)

    def test_an_exception_excepts(self):
        status, output = shape_of({
            **GOOD, "value/y.c": long_function(61),
            "scripts/shape-exceptions.txt": "# why\nvalue/y.c f one table of rules\n"})
        self.assertEqual(status, 0, output)

    def test_git_decides_what_belongs_to_the_tree(self):
        with tempfile.TemporaryDirectory() as root:
            environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}
            try:
                subprocess.run(["git", "init", "-q", root], check=True, env=environment)
            except FileNotFoundError:
                self.skipTest("git is not installed")
            (Path(root) / ".gitignore").write_text("ignored.c\n")
            (Path(root) / "ignored.c").write_text("\t")
            (Path(root) / "seen.c").write_text("\t\n")
            result = subprocess.run([sys.executable, SHAPE, "--root", root], capture_output=True,
                                    text=True, env=environment)
            self.assertIn("seen.c:1: a tab", result.stdout)
            self.assertNotIn("ignored.c", result.stdout)


if __name__ == "__main__":
    unittest.main()
