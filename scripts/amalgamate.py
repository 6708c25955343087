#!/usr/bin/env python3
"""amalgamate.py DIRECTORY: writes sqli.c and sqli.h, the whole client library as two files.

    cc -O2 -DSQLI_TLS -c sqli.c        and link with -lssl -lcrypto
    cc -O2 -c sqli.c                   without TLS

Every folder's sources follow each other in the order of the arrows, with each header where it is
first needed. Names of one file that another file has too get the number of their file; nothing
else changes."""
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("base", "value", "protocol", "sql", "net", "client")
TOKEN = re.compile(r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])*)
  | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<word>[A-Za-z_]\w*)
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<space>\s+)
  | (?P<mark>->|.)
""", re.X | re.S | re.M)
SYSTEM = {"accept"}  # names of the C library that a file uses for itself
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"[^\n]*$', re.M)


def tokens(text):
    return [(match.lastgroup, match.group()) for match in TOKEN.finditer(text)]


class File:
    """A source: which names it keeps to itself."""

    def __init__(self, path):
        self.path = path
        self.tokens = tokens(path.read_text())
        self.names, self.tags, self.macros = set(), set(), set()
        self.find()

    def find(self):
        statement, depth = [], 0
        for kind, text in self.tokens:
            if kind == "directive":
                defined = re.match(r"\s*#\s*define\s+(\w+)", text)
                if defined:
                    self.macros.add(defined[1])
            if kind in ("comment", "directive", "space"):
                continue
            statement.append(text)
            depth += (text == "{") - (text == "}")
            if depth == 0 and text == ")" and self.is_macro(statement):
                self.names.add(statement[2])  # what it defines comes first
                statement = []
            elif depth == 0 and text in ";}":
                if text == "}" and not self.is_function(statement):
                    continue
                self.statement(statement)
                statement = []

    @staticmethod
    def is_macro(statement):
        """NAME(...) where a definition is expected."""
        return (len(statement) > 3 and statement[0].isupper() and statement[1] == "("
                and statement.count("(") == statement.count(")"))

    @staticmethod
    def is_function(statement):
        before = statement[:statement.index("{")]
        return bool(before) and before[-1] == ")"

    def statement(self, words):
        for at, word in enumerate(words[:-2]):
            if word in ("struct", "enum", "union") and words[at + 2] == "{":
                self.tags.add(words[at + 1])
        for at, word in enumerate(words[:-1]):
            if word == "enum" and "{" in words[at + 1:at + 3] and words[0] in ("enum", "static"):
                self.enumerators(words[at:])
        if words[0] != "static":
            return
        depth, name = 0, None
        for at, word in enumerate(words):
            if depth == 0 and re.match(r"[A-Za-z_]\w*$", word):
                name = word
            if word == "(" and depth == 0 and words[at + 1] == "*":
                name = next(w for w in words[at + 1:] if re.match(r"[A-Za-z_]\w*$", w)
                            and w != "const")
                break
            if word in "([{=;" and depth == 0 and name not in ("struct", "enum", "static"):
                if word == "{" and self.is_tag(words, at):
                    depth += 1
                    continue
                if word == "(" and name == "__attribute__":
                    depth += 1
                    continue
                break
            depth += (word in "{(") - (word in "})")
        self.names.add(name)

    @staticmethod
    def is_tag(words, at):
        return words[at - 1] in ("struct", "enum") or words[at - 2] in ("struct", "enum")

    def enumerators(self, words):
        depth, expect = 0, False
        for word in words:
            if word == "{":
                depth += 1
                expect = depth == 1
            elif word == "}":
                depth -= 1
                if depth == 0:
                    return
            elif word == "," and depth == 1:
                expect = True
            elif expect:
                self.names.add(word)
                expect = False

    def renamed(self, names, tags, number):
        """The text with these names numbered; members of structs keep theirs."""
        out, before, structs, depth = [], "", [], 0
        last_words = []
        offset_of = 0  # 1 behind the word, 2 behind its comma
        for kind, text in self.tokens:
            if text == "offsetof":
                offset_of = 1
            elif text == ",":
                offset_of *= 2
            elif text == ")":
                offset_of = 0
            if kind == "word":
                member = (before in (".", "->") or offset_of == 2
                          or (structs and structs[-1] == depth))
                if before in ("struct", "enum", "union"):
                    text = f"{text}_{number}" if text in tags else text
                elif text in names and (not member or text.isupper()):
                    text = f"{text}_{number}"
            elif kind == "directive" and re.match(r"\s*#\s*define", text):
                text = re.sub(r"\w+", lambda m: f"{m[0]}_{number}" if m[0] in names else m[0], text)
            if kind == "mark":
                if text == "{":
                    depth += 1
                    if last_words[-2:-1] in (["struct"], ["union"]) or \
                            last_words[-1:] in (["struct"], ["union"]):
                        structs.append(depth)
                elif text == "}":
                    if structs and structs[-1] == depth:
                        structs.pop()
                    depth -= 1
            out.append(text)
            if kind not in ("comment", "space", "directive"):
                before = text
                last_words = (last_words + [text])[-3:]
        return "".join(out)


class Amalgamation:
    def __init__(self):
        self.seen = set()
        self.out = []

    def inline(self, text):
        """Puts what is included in the place of the #include."""
        at = 0
        for match in INCLUDE.finditer(text):
            self.out.append(text[at:match.start()])
            self.include(match[1])
            at = match.end()
        self.out.append(text[at:])

    def include(self, name):
        if name == "include/sqli.h":
            return
        if name.endswith(".h"):
            if name in self.seen:
                return
            self.seen.add(name)
        self.inline((ROOT / name).read_text())


def taken_by_headers():
    """Names that headers declare are never to be given to a file's own."""
    words = Counter()
    for part in PARTS:
        for path in (ROOT / part).glob("*.h"):
            words.update({text for kind, text in tokens(path.read_text()) if kind == "word"})
    return set(words)


def sources():
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.c")):
            yield path


def main():
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    files = [File(path) for path in sources()]
    count = Counter(name for file in files for name in file.names | file.tags)
    headers = taken_by_headers()
    whole = Amalgamation()
    whole.out.append("/* libsqli, the whole library as one file: made from the sources, not to be "
                     "edited. */\n#ifndef _GNU_SOURCE\n#define _GNU_SOURCE\n#endif\n#include \"sqli.h\"\n")
    for number, file in enumerate(files):
        whole.out.append(f"\n/* --- {file.path.relative_to(ROOT)} --- */\n")
        names = {name for name in file.names if count[name] > 1 or name in headers | SYSTEM}
        tags = {name for name in file.tags if count[name] > 1}
        whole.inline(file.renamed(names, tags, number))
        for macro in sorted(file.macros):
            whole.out.append(f"\n#undef {macro}")
    (target / "sqli.c").write_text("".join(whole.out) + "\n")
    (target / "sqli.h").write_text((ROOT / "include/sqli.h").read_text())


if __name__ == "__main__":
    main()
