#!/usr/bin/env python3
"""The pages agree with the tree: links lead somewhere, docs/README.md has every page, docs/moving.md
every variable of the environment that counts, README.md the numbers of what there is."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]\[]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
CODE = re.compile(r"`[^`\n]+`")


def pages():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT,
                            capture_output=True, text=True)
    names = listed.stdout.split() or [str(path.relative_to(ROOT)) for path in ROOT.rglob("*.md")]
    return [ROOT / name for name in names if (ROOT / name).exists() and "build" not in name]


def anchors(page):
    """As GitHub makes them from headings."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text()), re.M)
    plain = (re.sub(r"[^\w\- ]", "", LINK.sub(lambda m: m[0][1:m[0].index("]")], text)).lower()
             for text in headings)
    return {text.replace(" ", "-") for text in plain}


def dead_links(page):
    for target in LINK.findall(CODE.sub("", FENCED.sub("", page.read_text()))):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        if not there.exists():
            yield f"{page.relative_to(ROOT)}: {target} leads nowhere"
        elif anchor and anchor not in anchors(there):
            yield f"{page.relative_to(ROOT)}: {there.name} has no heading {anchor}"


def unlisted_pages():
    index = set(LINK.findall((ROOT / "docs/README.md").read_text()))
    for page in (ROOT / "docs").glob("*.md"):
        if page.name not in index | {"README.md"}:
            yield f"docs/README.md does not list {page.name}"


def variables():
    """What the section on the environment says counts, beside what the sources ask for."""
    table = (ROOT / "client/options.def").read_text()
    used = set(re.findall(r'SQLI_OPTION\(\w+, "[^"]*", (?:NULL|"[^"]*"), "(\w+)"', table))
    for source in [*(ROOT / "client").glob("*.c"), *(ROOT / "shell").glob("*.c")]:
        used |= set(re.findall(r'(?:getenv|from_environment)\("(\w+)"\)', source.read_text()))
    assert len(used) > 20, used
    section = (ROOT / "docs/moving.md").read_text().split("\n## The environment\n")[1]
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", section.split("These do not:")[0]))
    yield from (f"docs/moving.md does not tell of {name}" for name in used - told)
    not_told = set(re.findall(r"`([A-Z][A-Z_]+)`", section.split("These do not:")[1]))
    yield from (f"docs/moving.md says that {name} does not count" for name in used & not_told)


def figures():
    readme = (ROOT / "README.md").read_text()
    captures = sum(path.read_text().count("# connection") for path in
                   (ROOT / "tests/data/captures").glob("*.hex"))
    lines = (ROOT / "tests/data/vectors.tsv").read_text().splitlines()
    vectors = sum(not line.startswith("#") for line in lines) - 1  # without the head
    for number, what in (captures, "recorded connections"), (vectors, "test vectors"):
        if f"{number} {what}" not in " ".join(readme.split()):
            yield f"README.md: there are {number} {what}"


def main():
    found = pages()
    assert len(found) > 30, found
    wrong = [text for page in found for text in dead_links(page)]
    wrong += [*unlisted_pages(), *variables(), *figures()]
    print("\n".join(wrong) or f"{len(found)} pages agree with the tree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
