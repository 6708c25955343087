"""Pages of docs/ that are made from a table of the sources: what their scripts share."""
import difflib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def preprocessed(table, macro, prelude=""):
    """The table as the C preprocessor sees it, each entry as @entry(...)@."""
    program = f'{prelude}#define {macro}(...) @entry(__VA_ARGS__)@\n#include "{table}"\n'
    command = [*os.environ.get("CC", "cc").split(), "-E", "-P", "-I", str(ROOT), "-x", "c", "-"]
    result = subprocess.run(command, input=program, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(result.stderr)
    return result.stdout


def renew(page, wanted, table, said, check):
    """Writes the page and tells what it has; or, to check, only says whether it is stale."""
    name = page.relative_to(ROOT)
    if not check:
        page.write_text(wanted, encoding="utf-8")
        print(f"{name}: {said}")
        return 0
    present = page.read_text(encoding="utf-8") if page.exists() else ""
    if present == wanted:
        return 0
    difference = difflib.unified_diff(present.splitlines(), wanted.splitlines(), str(name), table,
                                      lineterm="", n=0)
    for line in list(difference)[:20]:
        print(line)
    print(f"{name} is stale: run scripts/{Path(sys.argv[0]).name}")
    return 1
