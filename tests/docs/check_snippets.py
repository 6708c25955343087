#!/usr/bin/env python3
"""The programs that README.md shows are taken from it and run, against a sqlid with the database
that ./run makes."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/oracle"))
from sqlid import BIN, Sqlid  # noqa: E402

BIN = Path(BIN).resolve()
BUILD = BIN.parent
PATIENCE = 120  # seconds


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
    return run([sys.executable, "-c", body], cwd=folder,
               env=dict(os.environ, PYTHONPATH=str(BUILD / "python"), **more))


def run_sh(body, folder):
    return run(["sh", "-ec", body], cwd=folder, env=dict(os.environ, PATH=f"{BIN}:/usr/bin:/bin"))


RUNNERS = {"c": run_c, "python": run_python, "sh": run_sh}


def main():
    ran = []
    with tempfile.TemporaryDirectory() as folder, Sqlid() as server:
        query = [BUILD / "examples/query", f"informix://informix:in4mix@127.0.0.1:{server.port}"
                 "/sysmaster?server=informix"]
        run(query, input=(ROOT / "examples/stores.sql").read_text())
        for language, body in snippets(server.port):
            output = RUNNERS[language](body, folder)
            assert output is None or len(output.splitlines()) > 5, f"{language}: {output!r}"
            ran.append(language)
    assert ran == ["sh", "c", "python"], ran
    print("what README.md shows works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
