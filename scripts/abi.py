#!/usr/bin/env python3
"""abi.py [--write]: include/abi.txt has the value of every public constant, and where every field
of every public struct lies. A program that was compiled against an older header rests on them: a
line may be added, but none may change or go. --write adds what is new."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER, RECORD = ROOT / "include/sqli.h", ROOT / "include/abi.txt"
OPENING = "# Public constants and structs, for 64-bit machines; scripts/abi.py compares.\n"


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def constants(text):
    for body in re.findall(r"\benum \w+\s*\{([^}]*)\}", text):
        yield from re.findall(r"\b(SQLI_\w+)\s*(?:=[^,]*)?(?:,|$)", body.strip())


def fields(text):
    for struct, body in re.findall(r"\bstruct (\w+)\s*\{([^}]*)\}", text):
        for declaration in body.split(";"):
            names = re.findall(r"\(\*(\w+)\)|(\w+)(?:\[\w+\])?\s*(?:,|$)", declaration.strip())
            for pair in names:
                name = "".join(pair)
                if name and "(*" in declaration and f"(*{name})" not in declaration:
                    continue
                if name:
                    yield struct, name


def program(text):
    lines = ['#include <stddef.h>', '#include <stdio.h>', '#include "sqli.h"', 'int main(void) {']
    for name in constants(text):
        lines.append(f'printf("{name} %d\\n", (int){name});')
    for struct, name in fields(text):
        lines.append(f'printf("{struct}.{name} %zu %zu\\n", offsetof(struct {struct}, {name}), '
                     f'sizeof ((struct {struct} *)0)->{name});')
    return "\n".join(lines + ["return 0; }"])


def present():
    with tempfile.TemporaryDirectory() as scratch:
        source, binary = Path(scratch) / "abi.c", Path(scratch) / "abi"
        source.write_text(program(without_comments(HEADER.read_text())))
        subprocess.run(["cc", f"-I{HEADER.parent}", source, "-o", binary], check=True)
        output = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    return dict(line.split(" ", 1) for line in output.splitlines())


def recorded():
    if not RECORD.exists():
        return {}
    return dict(line.split(" ", 1) for line in RECORD.read_text().splitlines()
                if line and not line.startswith("#"))


def main():
    now, then = present(), recorded()
    wrong = [f"{name} was {value}, is {now.get(name, 'gone')}" for name, value in then.items()
             if now.get(name) != value]
    new = [name for name in now if name not in then]
    if "--write" in sys.argv and not wrong:
        RECORD.write_text(OPENING + "".join(f"{name} {value}\n" for name, value in now.items()))
        new = []
    wrong += [f"{name} is new: scripts/abi.py --write" for name in new]
    print("\n".join(wrong) or f"{len(now)} constants and fields are where they were")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
