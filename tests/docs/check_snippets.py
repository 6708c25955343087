#!/usr/bin/env python3
"""What README.md and the pages of docs/ show is taken from them and run, against a sqlid with the
database that ./run makes. What a fenced block is, its first line says:

    ```console            commands behind `$ `, in one shell for the page, and what each prints.
                          `...` stands for anything, alone on its line for any lines. A command
                          ends well, unless what it prints has the word error
    ```c first.c          a file, written where the commands of the page then are
    ```c, ```python       pieces of one program for the page; what stands behind `// ->` or `# ->` is
                          what it prints. A piece of C is the body of a function that has `db`
    ```text, or no word   is not run, as what is indented is not

README.md is different: its pieces are programs of their own, or (sh) commands.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/oracle"))
from sqlid import BIN, Sqlid, certificate  # noqa: E402

BIN = Path(BIN).resolve()
BUILD = BIN.parent
PATIENCE = 240  # seconds
FENCE = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.M | re.S)
SANITIZED = os.environ.get("SQLI_SANITIZER_LIBRARY")
CC = ["cc"] + (["-fsanitize=address,undefined"] if SANITIZED else [])
PRELOAD = {"LD_PRELOAD": SANITIZED, "ASAN_OPTIONS": "detect_leaks=0"} if SANITIZED else {}

PIECES = """#include <sqli.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const sqli_conn *db)
{
    fprintf(stderr, "%s\\n", sqli_errmsg(db));
    exit(1);
}
"""


class Block:
    def __init__(self, page, found):
        self.language, self.name, self.body = found.groups()
        text = (ROOT / page).read_text()
        self.line = text.count("\n", 0, found.start()) + 2
        self.page, self.where = page, f"{page}:{self.line}"


def blocks(page):
    return [Block(page, found) for found in FENCE.finditer((ROOT / page).read_text())]


class Ground:
    """A server, and a folder for what a page does."""

    def __init__(self, server, folder):
        self.folder = Path(folder)
        self.ports = {"9088": str(server.port), "9089": str(server.tls_port)}

    def own_ports(self, text):
        return re.sub(r"\b908[89]\b", lambda found: self.ports[found[0]], text)

    def page_ports(self, text):
        for shown, own in self.ports.items():
            text = text.replace(f":{own}", f":{shown}")
        return text

    def checkout(self, name):
        """A folder that looks like the source tree with this build in it."""
        here = self.folder / name / "libsqli"
        here.mkdir(parents=True)
        for entry in ROOT.iterdir():
            if entry.name != "build":
                (here / entry.name).symlink_to(entry)
        (here / "build").symlink_to(BUILD)
        return here


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, **more)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def run_c(body, folder):
    source, program = Path(folder) / "taste.c", Path(folder) / "taste"
    source.write_text(body)
    run([*CC, "-Wall", "-Werror", f"-I{ROOT}/include", source, "-o", program,
         f"-L{BUILD}/lib", "-lsqli", f"-Wl,-rpath,{BUILD}/lib"])
    return run([program])


def run_python(body, folder):
    if not (BUILD / "python").exists():
        return None  # built without Python's headers
    program = Path(folder) / "taste.py"
    program.write_text(body)
    return run([sys.executable, program], cwd=folder,
               env=dict(os.environ, PYTHONPATH=str(BUILD / "python"), **PRELOAD))


def run_sh(body, folder):
    return run(["sh", "-ec", body], cwd=folder, env=dict(os.environ, PATH=f"{BIN}:/usr/bin:/bin"))


# --- README.md ---

def run_readme(ground):
    """The languages of its programs."""
    ran = []
    runners = {"c": run_c, "python": run_python, "sh": run_sh}
    for block in blocks("README.md"):
        output = runners[block.language](ground.own_ports(block.body), ground.folder)
        assert output is None or len(output.splitlines()) > 3, f"{block.where}: {output!r}"
        ran.append(block.language)
    assert ran == ["sh", "c", "python"], ran


# --- pieces ---

def python_program(pieces):
    """On the lines where it stands in its page."""
    lines = []
    for piece in pieces:
        lines += [""] * (piece.line - 1 - len(lines)) + piece.body.splitlines()
    return "\n".join(lines)


def c_program(pieces):
    functions = [f"static void piece_{i}(sqli_conn *db)\n{{\n#line {piece.line} \"{piece.page}\"\n"
                 f"{piece.body}}}\n" for i, piece in enumerate(pieces)]
    calls = "".join(f"    piece_{i}(db);\n" for i in range(len(pieces)))
    return (PIECES + "".join(functions) + "int main(void)\n{\n    sqli_conn *db;\n"
            '    if (sqli_open("informix://informix:in4mix@127.0.0.1:9088/stores?server=informix", '
            f"&db))\n        die(db);\n{calls}    sqli_close(db);\n    return 0;\n}}\n")


def run_pieces(page, ground, language, make, runner, mark):
    """Tests that a page shows are run by tests/python/check_testing.py."""
    pieces = [block for block in blocks(page) if block.language == language and not block.name
              and "pytest_plugins" not in block.body]
    if not pieces:
        return
    program = ground.own_ports(make(pieces))
    wanted = re.findall(rf"{mark} -> (.*)$", program, re.M)
    assert wanted, f"{page}: its program in {language} is not said to print anything"
    said = runner(program, ground.folder)
    if said is not None:
        assert said.splitlines() == wanted, f"{page}, {language}:\n" + "\n".join(
            difflib.ndiff(wanted, said.splitlines()))


# --- consoles ---

def steps(block):
    """(line, command, what it prints) of a console; what stands before the first `$ ` belongs to
    nobody."""
    if block.language != "console":
        return [(block.line, f"cat >'{block.name}' <<'END_OF_FILE'\n{block.body}END_OF_FILE", [])]
    found = []
    for number, line in enumerate(block.body.splitlines(), block.line):
        if line.startswith("$ "):
            found.append((number, line[2:], []))
        elif line.startswith("> ") and not found[-1][2]:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line[2:]}", [])
        else:
            found[-1][2].append(line)
    return found


def as_pattern(wanted):
    """A regular expression for lines that were stripped of blanks behind them and of empty ones."""
    pattern = ""
    for line in filter(None, map(str.rstrip, wanted)):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(map(re.escape, line.split("..."))) + r"\n"
    return pattern


def tools(folder):
    """What the commands of a page find first on their PATH."""
    folder.mkdir()
    quick = "-O0" if SANITIZED else ""  # the single file takes a minute otherwise
    wrappers = {"cc": f"exec /usr/bin/{' '.join(CC)} \"$@\" {quick}",
                "python3": " ".join(["exec env", *(f"{k}={v}" for k, v in PRELOAD.items()),
                                     sys.executable, '"$@"'])}
    for name, words in wrappers.items():
        (folder / name).write_text(f"#!/bin/sh\n{words}\n")
        (folder / name).chmod(0o755)
    return folder


def shell_environment(home):
    """That of a newcomer, who has set nothing."""
    keep = {name: value for name, value in os.environ.items()
            if name in ("LC_ALL", "UBSAN_OPTIONS", "ASAN_OPTIONS")}
    return dict(keep, HOME=str(home), USER="you", TERM="dumb", CC="cc", NO_COLOR="1",
                PATH=f"{tools(home / 'tools')}:/usr/local/bin:/usr/bin:/bin")


def run_consoles(page, ground):
    todo = [step for block in blocks(page) if block.name or block.language == "console"
            for step in steps(block)]
    if not todo:
        return 0
    here = ground.checkout(Path(page).stem)
    (here / "ca.pem").write_bytes((ground.folder / "ca.pem").read_bytes())
    script = "exec 2>&1\n" + "".join(
        f"printf '\\001'\n{ground.own_ports(command)}\nprintf '\\002%s' $?\n"
        for _, command, _ in todo)
    done = subprocess.run(["bash", "-c", script], cwd=here, env=shell_environment(here.parent),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE)
    answers = re.findall(r"\x01(.*?)\x02(\d+)", done.stdout, re.S)
    for (line, command, wanted), (said, status) in zip(todo, answers):
        said = ground.page_ports(said).replace(str(here.parent), "~")
        lines = [text for text in map(str.rstrip, said.splitlines()) if text]
        fits = re.fullmatch(as_pattern(wanted), "".join(f"{text}\n" for text in lines))
        assert fits, f"{page}:{line}: {command}\n" + "\n".join(difflib.ndiff(wanted, lines))
        assert status == "0" or any("error" in text for text in wanted), \
            f"{page}:{line}: {command}: exit status {status}\n{said}"
    assert len(answers) == len(todo), f"{page}: the shell ended early\n{done.stdout[-2000:]}"
    return len(todo)


# --- pages ---

def run_page(page, ground):
    for block in blocks(page):
        known = block.language in ("", "console", "text", "python", "c") or block.name
        assert known, f"{block.where}: nobody runs {block.language}"
    text = (ROOT / page).read_text()
    assert text.count("\n```") + text.startswith("```") == 2 * len(blocks(page)), \
        f"{page}: a fenced block that is not understood"
    run_pieces(page, ground, "python", python_program, run_python, "#")
    run_pieces(page, ground, "c", c_program, run_c, "//")
    return run_consoles(page, ground)


def main():
    pages = [str(page.relative_to(ROOT)) for page in sorted((ROOT / "docs").glob("*.md"))]
    pages = [page for page in pages if "```" in (ROOT / page).read_text()]
    chosen = [page for page in pages if page in sys.argv[1:]] or pages
    commands = 0
    for page in ["README.md", *chosen]:
        with tempfile.TemporaryDirectory() as folder:
            key, authority = certificate(folder)
            os.rename(authority, os.path.join(folder, "ca.pem"))
            tls = ["--tls-listen", "127.0.0.1:0", "--tls-key", key,
                   "--tls-cert", os.path.join(folder, "ca.pem")]
            with Sqlid(*tls) as server:
                url = f"informix://informix:in4mix@127.0.0.1:{server.port}/sysmaster?server=informix"
                run([BUILD / "examples/query", url],
                    input=(ROOT / "examples/stores.sql").read_text())
                ground = Ground(server, folder)
                if page == "README.md":
                    run_readme(ground)
                else:
                    commands += run_page(page, ground)
    print(f"what README.md and {len(chosen)} pages of docs show works; {commands} commands were run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
