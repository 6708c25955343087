#!/usr/bin/env python3
"""check-library.py LIBDIR EXPORTS HEADER: what must hold of the built library.

It cannot print, exit or abort, and has one door to the heap; it exports the numbered list and
nothing else; inside, every name with linkage begins with sqli__.
"""

import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = set("""
    printf vprintf fprintf vfprintf dprintf vdprintf puts fputs putchar putc fputc fwrite perror
    __printf_chk __fprintf_chk __vfprintf_chk stdout stderr psignal
    exit _exit _Exit quick_exit abort raise kill __assert_fail __assert err errx warn warnx
    setlocale system
    """.split())
HEAP = set("malloc calloc realloc reallocarray free strdup strndup asprintf vasprintf".split())
HEAP_DOOR = "alloc.c.o"


def symbols(file, *options):
    """(member, kind, name) of every symbol; the member is the object inside an archive."""
    output = subprocess.run(["nm", "-A", *options, file], check=True, capture_output=True,
                            text=True).stdout
    for line in output.splitlines():
        fields = line.split()
        member = fields[0].split(":")[-2]
        yield member, fields[-2], fields[-1].split("@")[0]


def forbidden_calls(shared, archive):
    for _, _, name in symbols(shared, "-D", "--undefined-only"):
        if name in FORBIDDEN:
            yield f"{shared.name} uses {name}"
    for member, _, name in symbols(archive, "--undefined-only"):
        if name in FORBIDDEN:
            yield f"{archive.name}: {member} uses {name}"
        if name in HEAP and member != HEAP_DOOR:
            yield f"{archive.name}: {member} uses {name}; base/alloc.h is the door to the heap"


def listed_exports(exports):
    """The names by number, and what is wrong with the list itself."""
    names, errors = {}, []
    for number, line in enumerate(exports.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        entry = re.fullmatch(r"(sqli_[a-z0-9][a-z0-9_]*) ([0-9]+)", line)
        if not entry:
            errors.append(f"{exports.name}:{number}: not a name and a number: {line}")
        elif int(entry[2]) in names or entry[1] in names.values():
            errors.append(f"{exports.name}:{number}: for the second time: {line}")
        elif int(entry[2]) != len(names) + 1:
            errors.append(f"{exports.name}:{number}: the next number is {len(names) + 1}: {line}")
        else:
            names[int(entry[2])] = entry[1]
    return set(names.values()), errors


def wrong_exports(shared, exports, header):
    listed, errors = listed_exports(exports)
    yield from errors
    exported = {name for _, kind, name in symbols(shared, "-D", "--defined-only") if kind != "A"}
    declared = set(re.findall(r"^SQLI_API [^;]*?\b(sqli_\w+)\(", header.read_text(), re.M))
    for name in sorted(exported - listed):
        yield f"{shared.name} exports {name}, which {exports.name} does not list"
    for name in sorted(listed - exported):
        yield f"{exports.name} lists {name}, which {shared.name} does not export"
    for name in sorted(listed ^ declared):
        yield f"{name} stands in only one of {exports.name} and {header.name}"


def wrong_names(archive, exports):
    listed, _ = listed_exports(exports)
    for member, _, name in symbols(archive, "--defined-only", "--extern-only"):
        if not name.startswith("sqli__") and name not in listed:
            yield f"{archive.name}: {member} defines {name}, which does not begin with sqli__"


def soname(shared):
    output = subprocess.run(["readelf", "-d", shared], check=True, capture_output=True, text=True)
    found = re.search(r"SONAME.*\[(.*)\]", output.stdout)
    if not found or found[1] != "libsqli.so.0":
        yield f"{shared.name}: the soname is {found[1] if found else 'missing'}"


def main():
    libraries, exports, header = map(Path, sys.argv[1:])
    shared, archive = libraries / "libsqli.so", libraries / "libsqli.a"
    errors = [*forbidden_calls(shared, archive), *wrong_exports(shared, exports, header),
              *wrong_names(archive, exports), *soname(shared)]
    print("\n".join(errors) or f"{exports.name} is what {shared.name} exports")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
