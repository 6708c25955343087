#!/usr/bin/env python3
"""The programs that README.md and the guides show are taken from them and run, against a sqlid with
the database that ./run makes."""
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
PATIENCE = 120  # seconds
GUIDE = "docs/python.md"  # its programs are one, from top to bottom


def snippets(port):
    """(language, text) of each fenced block, with the port of this server."""
    text = (ROOT / "README.md").read_text()
    for language, body in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S):
        yield language, body.replace("127.0.0.1:9088", f"127.0.0.1:{port}")


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, **more)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def run_c(body, folder):
    source, program = Path(folder) / "taste.c", Path(folder) / "taste"
    source.write_text(body)
    sanitizers = ["-fsanitize=address,undefined"] if "SQLI_SANITIZER_LIBRARY" in os.environ else []
    run(["cc", "-Wall", "-Werror", *sanitizers, f"-I{ROOT}/include", source, "-o", program,
         f"-L{BUILD}/lib", "-lsqli", f"-Wl,-rpath,{BUILD}/lib"])
    return run([program])


def run_python(body, folder):
    if not (BUILD / "python").exists():
        return None  # built without Python's headers
    library = os.environ.get("SQLI_SANITIZER_LIBRARY")
    more = {"LD_PRELOAD": library, "ASAN_OPTIONS": "detect_leaks=0"} if library else {}
    program = Path(folder) / "taste.py"
    program.write_text(body)
    return run([sys.executable, program], cwd=folder,
               env=dict(os.environ, PYTHONPATH=str(BUILD / "python"), **more))


def run_sh(body, folder):
    return run(["sh", "-ec", body], cwd=folder, env=dict(os.environ, PATH=f"{BIN}:/usr/bin:/bin"))


def guide_program(server):
    """The guide as a program, on the lines where it stands there, and what it must print: what is
    written behind `# ->`. Tests that it shows are run by tests/python/check_testing.py."""
    lines = []
    text = (ROOT / GUIDE).read_text()
    for block in re.split(r"^(```python\n.*?^```\n)", text, flags=re.M | re.S):
        inside = block.startswith("```python") and "pytest_plugins" not in block
        within = block.splitlines()
        lines += ["", *within[1:-1], ""] if inside else [""] * len(within)
    ports = {"9088": str(server.port), "9089": str(server.tls_port)}
    program = re.sub(r"\b908[89]\b", lambda found: ports[found[0]], "\n".join(lines))
    return program, re.findall(r"# -> (.*)$", program, re.M)


def run_guide(server, folder):
    program, wanted = guide_program(server)
    said = run_python(program, folder)
    if said is not None:
        assert len(wanted) > 25, wanted
        assert said.splitlines() == wanted, "\n".join(difflib.ndiff(wanted, said.splitlines()))


RUNNERS = {"c": run_c, "python": run_python, "sh": run_sh}


def run_pages(folder, key):
    """The languages of README.md's programs."""
    ran = []
    tls = ["--tls-listen", "127.0.0.1:0", "--tls-key", key,
           "--tls-cert", os.path.join(folder, "ca.pem")]
    with Sqlid(*tls) as server:
        query = [BUILD / "examples/query", f"informix://informix:in4mix@127.0.0.1:{server.port}"
                 "/sysmaster?server=informix"]
        run(query, input=(ROOT / "examples/stores.sql").read_text())
        for language, body in snippets(server.port):
            output = RUNNERS[language](body, folder)
            assert output is None or len(output.splitlines()) > 3, f"{language}: {output!r}"
            ran.append(language)
        run_guide(server, folder)
    return ran


def main():
    with tempfile.TemporaryDirectory() as folder:
        key, authority = certificate(folder)
        os.rename(authority, os.path.join(folder, "ca.pem"))
        ran = run_pages(folder, key)
    assert ran == ["sh", "c", "python"], ran
    print(f"what README.md and {GUIDE} show works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
