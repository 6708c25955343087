#!/usr/bin/env python3
"""man-pages.py DIRECTORY: writes a manual page for each function of include/sqli.h, and sqli(7)
that lists them. What they say are the comments of the header: the one above a function, or above
the group that it stands in, and the one behind it."""
import re
import sys
from pathlib import Path

HEADER = Path(__file__).resolve().parent.parent / "include/sqli.h"
FUNCTION = re.compile(r"\b(sqli_\w+)\(")


class Function:
    def __init__(self, name, section):
        self.name, self.section = name, section
        self.declaration = ""
        self.texts = []      # paragraphs, from the general to the particular
        self.neighbours = []  # functions of the same group


def comment_text(comment):
    inside = re.sub(r"^/\*+|\*/$", "", comment.strip())
    lines = [re.sub(r"^\s*\* ?", "", line).strip() for line in inside.split("\n")]
    return re.sub(r"[ \n]+", " ", "\n".join(lines).replace("\n\n", "\0")).replace("\0", "\n\n").strip()


def pieces(text):
    """Comments, declarations and blank lines of the public part, in order."""
    body = text[text.index("extern \"C\""):text.rindex("#ifdef __cplusplus")]
    pattern = re.compile(r"(?P<comment>/\*.*?\*/)|(?P<blank>\n[ \t]*\n)"
                         r"|(?P<declaration>(?:SQLI_API|struct|enum|typedef)[^;{]*"
                         r"(?:\{[^}]*\}[^;]*)?;)", re.S)
    return [(match.lastgroup, match.group(), match.start()) for match in pattern.finditer(body)], body


def functions(text):
    found, group, above, section = [], [], "", ""
    general = ""
    parts, body = pieces(text)
    for kind, part, start in parts:
        if kind == "blank":
            group, above, general = [], "", ""
        elif kind == "comment":
            said = comment_text(part)
            heading = re.fullmatch(r"--- (.*?) ---", said)
            if heading:
                section, general = heading[1], ""
            elif group and "\n" not in body[body.rindex(";", 0, start):start]:
                group[-1].texts.append(said)
            else:
                above = said
                if not group:
                    general = said
        elif FUNCTION.search(part) and part.startswith("SQLI_API"):
            function = Function(FUNCTION.search(part)[1], section)
            function.declaration = re.sub(r"\s+", " ", part.removeprefix("SQLI_API ")).strip()
            function.texts = list(dict.fromkeys(said for said in (general, above) if said))
            above = ""
            group.append(function)
            function.neighbours = group
            found.append(function)
    return found


def roff(text):
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", "\\e").replace("-", "\\-"), flags=re.M)


def page(function, version):
    first = re.split(r"[.:;](?: |$)", function.texts[-1] if function.texts else function.section)[0]
    if not first[1:2].isupper():
        first = first[:1].lower() + first[1:]
    paragraphs = "\n.PP\n".join(roff(text.replace("\n\n", "\n.PP\n")) for text in function.texts)
    others = [f for f in function.neighbours if f is not function]
    see = ", ".join(f"\\fB{f.name}\\fR(3)" for f in others[:12]) or "\\fBsqli_errmsg\\fR(3)"
    return f""".TH {function.name.upper()} 3 "" "libsqli {version}" "libsqli"
.SH NAME
{function.name} \\- {roff(first)}
.SH SYNOPSIS
.nf
#include <sqli.h>
.PP
.fi
.B {roff(function.declaration)}
.SH DESCRIPTION
{paragraphs or roff(function.section)}
.SH SEE ALSO
\\fBsqli\\fR(7), {see}
"""


def overview(found, version):
    lines = []
    for section in dict.fromkeys(function.section for function in found):
        names = ", ".join(f"\\fB{f.name}\\fR(3)" for f in found if f.section == section)
        lines.append(f".SS {section or 'the library'}\n{names}")
    body = "\n".join(lines)
    return f""".TH SQLI 7 "" "libsqli {version}" "libsqli"
.SH NAME
sqli \\- a client library for IBM Informix
.SH SYNOPSIS
.nf
#include <sqli.h>
cc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs libsqli)
.fi
.SH DESCRIPTION
libsqli speaks SQLI, the wire protocol of Informix: open a connection, prepare a statement, bind its
parameters, step through its rows, read their columns, finalize. Functions that can fail return
SQLI_OK or SQLI_FAIL; the connection keeps the error.
{body}
"""


def main():
    target = Path(sys.argv[1])
    text = HEADER.read_text()
    version = re.search(r'SQLI_VERSION "([^"]+)"', text)[1]
    found = functions(text)
    for section in ("man3", "man7"):
        (target / section).mkdir(parents=True, exist_ok=True)
    for function in found:
        (target / "man3" / f"{function.name}.3").write_text(page(function, version))
    (target / "man7/sqli.7").write_text(overview(found, version))
    silent = [function.name for function in found
              if not function.texts or not re.match(r"[A-Za-z`]", function.texts[-1])]
    print(f"{len(found)} functions" + (f"; nothing is said of {', '.join(silent)}" if silent else ""))
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
