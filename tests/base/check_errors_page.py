"""docs/errors.md is what the table of errors gives, and the generator reads the whole table."""
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "errors-doc.py"
sys.path.insert(0, str(SCRIPT.parent))

specification = importlib.util.spec_from_file_location("errors_doc", SCRIPT)
errors_doc = importlib.util.module_from_spec(specification)
specification.loader.exec_module(errors_doc)


def codes_in_sources():
    """By eye, without the preprocessor."""
    text = "".join(path.read_text() for path in sorted((ROOT / "base").glob("errors*.def")))
    return sorted(map(int, re.findall(r"^SQLI_ERROR\((-\d+),", text, re.MULTILINE)), reverse=True)


def check_every_entry_is_read():
    entries = errors_doc.parse(errors_doc.generated.preprocessed(errors_doc.TABLE, "SQLI_ERROR"))
    assert [entry.code for entry in entries] == codes_in_sources()
    assert all(isinstance(entry.retryable, bool) for entry in entries)
    assert {entry.name for entry in entries if not entry.text} == {"RAISED"}


def check_cells_cannot_break_the_table():
    entry = errors_doc.Entry(-1, "X", "42000", True, "a|b", "<c> *d*", "e_f")
    assert errors_doc.row(entry).replace("\\|", "").count("|") == 8, errors_doc.row(entry)


def check_literals():
    source = '@entry(-1, X, "42" "000", true, "say \\"true, yes\\"\\\\"\n "b (c)", "", "s")@'
    assert errors_doc.parse(source) == [
        errors_doc.Entry(-1, "X", "42000", True, 'say "true, yes"\\b (c)', "", "s")]


check_every_entry_is_read()
check_cells_cannot_break_the_table()
check_literals()
sys.exit(subprocess.run([sys.executable, str(SCRIPT), "--check"], check=False).returncode)
