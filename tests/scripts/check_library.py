#!/usr/bin/env python3
"""The check of the built library finds what it is there to find, on tiny libraries made for it."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parent.parent.parent / "scripts/check-library.py"

EXPORTS = "# names\nsqli_a 1\nsqli_b 2\n"
HEADER = "SQLI_API int sqli_a(void);\nSQLI_API const char *sqli_b(int code);\n"
CODE = """
    int sqli_a(void) { return sqli__c(); }
    const char *sqli_b(int code) { static char t[9]; snprintf(t, 9, "%d", code); return t; }
"""
HIDDEN = '__attribute__((visibility("hidden"))) '
INCLUDES = "#include <assert.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n"
GOOD = {"code.c": INCLUDES + HIDDEN + "int sqli__c(void) { return 1; }" + CODE,
        "alloc.c": INCLUDES + HIDDEN + "void *sqli__alloc(void) { return malloc(1); }"}


def with_code(body):
    return {**GOOD, "code.c": GOOD["code.c"].replace("return 1;", body + " return 1;")}


def verdict(sources, exports=EXPORTS, header=HEADER, soname="libsqli.so.0"):
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for name, text in {**sources, "exports.txt": exports, "sqli.h": header}.items():
            (root / name).write_text(text)
        objects = []
        for name in sources:
            objects.append(name + ".o")
            subprocess.run(["cc", "-fPIC", "-fno-builtin", "-c", name, "-o", objects[-1]],
                           cwd=root, check=True)
        subprocess.run(["cc", "-shared", f"-Wl,-soname,{soname}", "-o", "libsqli.so", *objects],
                       cwd=root, check=True)
        subprocess.run(["ar", "rc", "libsqli.a", *objects], cwd=root, check=True)
        result = subprocess.run([sys.executable, CHECK, root, root / "exports.txt",
                                 root / "sqli.h"], capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr


class Library(unittest.TestCase):
    def assert_found(self, message, *arguments, **named):
        status, output = verdict(*arguments, **named)
        self.assertEqual(status, 1, output)
        self.assertIn(message, output)

    def test_a_good_library_passes(self):
        status, output = verdict(GOOD)
        self.assertEqual(status, 0, output)

    def test_forbidden_calls(self):
        for body, name in [('puts("x");', "puts"), ("fprintf(stderr, 0);", "stderr"),
                           ("exit(1);", "exit"), ("_exit(1);", "_exit"), ("abort();", "abort"),
                           ("assert(sqli_a());", "__assert_fail"), ("perror(0);", "perror")]:
            with self.subTest(name):
                self.assert_found(f"libsqli.so uses {name}", with_code(body))

    def test_the_heap_has_one_door(self):
        self.assert_found("code.c.o uses free", with_code("free(0);"))

    def test_exports_are_the_list(self):
        self.assert_found("lists sqli_z, which", GOOD, EXPORTS + "sqli_z 3\n")
        self.assert_found("exports sqli_b, which", GOOD, "sqli_a 1\n")
        self.assert_found("sqli_b stands in only one", GOOD, header="SQLI_API int sqli_a(void);\n")

    def test_the_list_is_numbered(self):
        self.assert_found("the next number is 2", GOOD, "sqli_a 1\nsqli_b 3\n")
        self.assert_found("for the second time", GOOD, "sqli_a 1\nsqli_b 1\n")
        self.assert_found("not a name and a number", GOOD, "sqli_a 1\nsqli_b\n")

    def test_names_inside(self):
        helper = HIDDEN + "int helper(void) { return 1; }"
        self.assert_found("code.c.o defines helper", {**GOOD, "code.c": GOOD["code.c"] + helper})
        shown = "int table[3] = {1};"
        self.assert_found("exports table, which", {**GOOD, "code.c": GOOD["code.c"] + shown})

    def test_soname(self):
        self.assert_found("the soname is libsqli.so.1", GOOD, soname="libsqli.so.1")


if __name__ == "__main__":
    unittest.main()
