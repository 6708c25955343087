#!/usr/bin/env python3
"""Holds the sources to the shape that CONTRIBUTING.md describes; prints what breaks it as
`file:line: message [subject]`, and one line of statistics.

An exception is a line of scripts/shape-exceptions.txt: the file, the subject (what stands in the
brackets above), and the reason. One that nothing needs any more is an error itself.
"""

import argparse
import re
import statistics
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

MAX_COLUMNS = 100
MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 1000

# Who may include whom. A folder may always include itself and the public header, which is nothing
# but declarations and uses no folder; so even base/ may take struct sqli_allocator from it instead
# of keeping a second definition alike by hand. Folders that are not named here may include all.
ARROWS = {
    "base": "",
    "value": "base",
    "protocol": "base value",
    "sql": "base",
    "net": "base",
    "client": "base value protocol sql net",
    "server": "base value protocol sql net",
    "server/store": "base value sql",
    "server/front": "base value sql server/store",
    "server/routine": "base sql",
    "server/engine": "base value sql server/store server/front server/routine",
    "server/session": "base value protocol sql server/store server/engine",
    "shell": "base value sql client",
    "odbc": "base value sql client",
    "include": "-",
}
# What becomes part of a library that others load into their programs.
LIBRARY = {"base", "value", "protocol", "sql", "net", "client", "odbc"}
PRODUCT = LIBRARY | {"server", "shell"}
TESTING = {"tests", "fuzz", "bench"}

Ban = namedtuple("Ban", "names, where, reason")
BANS = [
    Ban("strcpy strcat sprintf vsprintf gets strtok strncpy strncat alloca", None,
        "has no bound, or hides it"),
    Ban("atoi atol atoll atof", None, "cannot tell an error from 0"),
    Ban("system", None, "runs a shell"),
    Ban("setjmp longjmp", PRODUCT, "jumps over clean-up"),
    Ban("malloc calloc realloc reallocarray free strdup strndup asprintf vasprintf getline", PRODUCT,
        "goes around base/alloc.h"),
    Ban("printf fprintf vprintf vfprintf dprintf puts fputs putchar putc fputc fwrite perror",
        LIBRARY, "a library does not print"),
    Ban("exit _exit _Exit quick_exit abort raise assert", LIBRARY,
        "a library does not end the program"),
    Ban("isalpha isdigit isalnum isspace isupper islower ispunct isxdigit isprint iscntrl isgraph "
        "isblank tolower toupper strcasecmp strncasecmp strcoll setlocale", LIBRARY,
        "depends on the locale"),
    Ban("strtod strtof strtold sscanf", LIBRARY, "depends on the locale"),
]
BANNED = {name: ban for ban in BANS for name in ban.names.split()}
HEAP_DOOR = "base/alloc.c"
DATA = ("tests/data/", "fuzz/corpus/")

# Written in pieces, so that this file does not match itself.
MARKS = re.compile(r"\b(" + "|".join(["TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"]) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.)}*])/(?:work|farm|root|home|Users)/[\w.]")

Finding = namedtuple("Finding", "path, line, subject, message")
Function = namedtuple("Function", "path, line, name, static, length")


# ---- finding the files

def git_files(root):
    """What git tracks or would track, or None where git cannot tell."""
    def git(*arguments):
        return subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True)
    try:
        top = git("rev-parse", "--show-toplevel")
        if top.returncode != 0 or Path(top.stdout.strip()).resolve() != root:
            return None
        listing = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    except OSError:
        return None
    return listing.stdout.split("\0") if listing.returncode == 0 else None


def walked_files(root):
    def hidden(part):
        return part.startswith((".", "build")) or part == "__pycache__"
    for path in root.rglob("*"):
        name = path.relative_to(root)
        if not any(hidden(part) for part in name.parts):
            yield str(name)


def source_files(root):
    """Every file of the project that people write, as a path relative to the root."""
    names = git_files(root)
    for name in sorted(set(walked_files(root) if names is None else names)):
        if name and (root / name).is_file():
            if not name.startswith(DATA) and "/generated/" not in name:
                yield name


# ---- reading C

TOKEN = re.compile(r"""
    (?P<comment> /\*.*?\*/ | //[^\n]* )
  | (?P<text> "(?:\\.|[^"\\\n])*" | (?<![\w])'(?:\\.|[^'\\\n])*' )
  """, re.S | re.X)


def without_comments(source, keep_text):
    """The same lines with comments, and texts too if asked for, blanked out."""
    def blank(match):
        token = match.group()
        if match.lastgroup == "text":
            return token if keep_text else token[0] + " " * (len(token) - 2) + token[-1]
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(blank, source)


def signature_start(lines, brace):
    """The first line of what the brace on line `brace` ends."""
    line = brace
    while line > 0:
        above = lines[line - 1].rstrip()
        if not above or above.startswith("#") or above.endswith((";", "}", "\\")):
            break
        line -= 1
    return line


def functions_of(path, lines):
    """Functions of code in the checked-in format: a body is between braces in the first column."""
    functions, findings = [], []
    start = brace = None
    for number, line in enumerate(lines):
        if line.startswith("{"):
            brace, start = number, signature_start(lines, number)
        elif line.startswith("}") and brace is not None:
            text = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", " ".join(lines[start:brace]))
            name = re.search(r"(\w+)\s*\(", text)
            if name:
                functions.append(Function(path, start + 1, name[1], "static" in text.split(),
                                          number - start + 1))
            else:
                findings.append(Finding(path, brace + 1, "brace",
                                        "a brace in the first column belongs to a function"))
            brace = None
        elif re.match(r"[A-Za-z_].*\)\s*\{\s*$", line) and not line.startswith("extern "):
            findings.append(Finding(path, number + 1, "brace",
                                    "the body of a function opens on a line of its own"))
    return functions, findings


# ---- the rules; each yields findings

def check_text(path, source):
    lines = source.split("\n")
    if lines[-1] != "":
        yield Finding(path, len(lines), "newline", "no newline at the end of the file")
    else:
        lines.pop()
    if len(lines) > MAX_FILE_LINES:
        yield Finding(path, 1, "file-length", f"{len(lines)} lines, {MAX_FILE_LINES} at most")
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            yield Finding(path, number, "columns", f"{len(line)} columns, {MAX_COLUMNS} at most")
        if "\t" in line:
            yield Finding(path, number, "tab", "a tab")
        if line != line.rstrip():
            yield Finding(path, number, "blanks", "blanks at the end of the line")
        mark = MARKS.search(line)
        if mark:
            yield Finding(path, number, "mark", f"{mark[1]}: finish it, or write an issue")


def check_machine_paths(path, source):
    for number, line in enumerate(source.split("\n"), 1):
        if MACHINE_PATH.search(line):
            yield Finding(path, number, "machine-path", "a path of one machine")


def check_guard(path, lines):
    if not path.endswith(".h"):
        return
    name = re.sub(r"\W", "_", path.removeprefix("include/")).upper()
    guard = name if name.startswith("SQLI_") else "SQLI_" + name
    code = [(number, line.split()) for number, line in enumerate(lines, 1) if line.strip()]
    first_two = [words for _, words in code[:2]]
    if first_two != [["#ifndef", guard], ["#define", guard]]:
        yield Finding(path, code[0][0] if code else 1, "guard",
                      f"the header begins with a guard named {guard}")


def part_of(path):
    """The folder that the arrows know: server/store before server."""
    parent = path.rsplit("/", 1)[0].removesuffix("/generated")
    return parent if parent in ARROWS else path.split("/")[0]


def check_includes(path, lines):
    folder = part_of(path)
    for number, line in enumerate(lines, 1):
        included = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not included or folder not in ARROWS:
            continue
        target = included[1]
        if "/" not in target:
            yield Finding(path, number, target, "include by the path from the root of the project")
            continue
        allowed = ARROWS[folder].split() + [folder]
        if folder == "server" and part_of(target).startswith("server/"):
            continue
        if part_of(target) not in allowed and target != "include/sqli.h":
            yield Finding(path, number, target, f"{folder}/ may not include {target}")


def check_calls(path, lines):
    folder = path.split("/")[0]
    for number, line in enumerate(lines, 1):
        for called in re.finditer(r"(?<![\w.])(?<!->)(\w+)\s*\(", line):
            ban = BANNED.get(called[1])
            if not ban or (ban.where and folder not in ban.where):
                continue
            if path == HEAP_DOOR and "base/alloc.h" in ban.reason:
                continue
            yield Finding(path, number, called[1], f"{called[1]}() {ban.reason}")


def check_formats(path, lines):
    """The decimal point of a printed number is the locale's."""
    if path.split("/")[0] not in LIBRARY:
        return
    for number, line in enumerate(lines, 1):
        for text in re.findall(r'"(?:\\.|[^"\\])*"', line):
            if re.search(r"(?<!%)(?:%%)*%[-+ #0-9.*]*L?[aAeEfFgG]", text):
                yield Finding(path, number, "float-format", "%f and its kin depend on the locale")


def check_functions(functions, public):
    for function in functions:
        path, line, name, static, length = function
        folder = path.split("/")[0]
        if length > MAX_FUNCTION_LINES:
            yield Finding(path, line, name,
                          f"{name} has {length} lines, {MAX_FUNCTION_LINES} at most")
        if static or folder not in PRODUCT or name.startswith("sqli__") or name in public:
            continue
        if name == "main" and path.endswith("/main.c"):
            continue
        if folder == "odbc" and re.match(r"SQL[A-Z]", name):
            continue
        yield Finding(path, line, name, f"{name} is neither static, nor sqli__, nor in "
                                        "include/sqli.h")


def public_names(root):
    header = root / "include/sqli.h"
    if not header.is_file():
        return set()
    return set(re.findall(r"\b(sqli_\w+)\s*\(", without_comments(header.read_text(), False)))


def check_source(path, source, public, all_functions):
    code = without_comments(source, keep_text=False).split("\n")
    code_with_text = without_comments(source, keep_text=True).split("\n")
    functions, findings = functions_of(path, code)
    all_functions += functions
    yield from findings
    yield from check_text(path, source)
    yield from check_guard(path, code)
    yield from check_includes(path, code_with_text)
    yield from check_calls(path, code)
    yield from check_formats(path, code_with_text)
    yield from check_functions(functions, public)


# ---- exceptions, and the whole

EXCEPTIONS = "scripts/shape-exceptions.txt"


def read_exceptions(root):
    """The excepted (file, subject) with their lines, and what is wrong with the list."""
    exceptions, findings = {}, []
    file = root / EXCEPTIONS
    for number, line in enumerate(file.read_text().split("\n") if file.is_file() else [], 1):
        fields = line.split(None, 2)
        if not fields or line.startswith("#"):
            continue
        if len(fields) < 3:
            findings.append(Finding(EXCEPTIONS, number, "exception", "file, subject and a reason"))
        else:
            exceptions[fields[0], fields[1]] = number
    return exceptions, findings


def apply_exceptions(findings, exceptions):
    unused = dict(exceptions)
    for finding in findings:
        key = (finding.path, finding.subject)
        if key in exceptions:
            unused.pop(key, None)
        else:
            yield finding
    for (path, subject), number in unused.items():
        yield Finding(EXCEPTIONS, number, "exception", f"not needed: {path} {subject}")


def statistics_line(count, line_count, functions):
    lengths = sorted(function.length for function in functions)
    if not lengths:
        return f"{count} files, no functions"
    longest = max(functions, key=lambda function: function.length)
    p90 = lengths[min(len(lengths) - 1, len(lengths) * 9 // 10)]
    return (f"{count} files, {line_count} lines, {len(lengths)} functions; lines per function: "
            f"median {statistics.median(lengths):g}, p90 {p90}, most {longest.length} "
            f"({longest.name})")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = arguments.parse_args().root.resolve()

    public = public_names(root)
    exceptions, findings = read_exceptions(root)
    functions = []
    count = line_count = 0
    for path in source_files(root):
        try:
            source = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        findings += check_machine_paths(path, source)
        if path.endswith((".c", ".h", ".re", ".y")):
            findings += check_source(path, source, public, functions)
            count += 1
            line_count += source.count("\n")

    findings = list(apply_exceptions(findings, exceptions))
    for finding in findings:
        print(f"{finding.path}:{finding.line}: {finding.message} [{finding.subject}]")
    print(statistics_line(count, line_count, functions))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
