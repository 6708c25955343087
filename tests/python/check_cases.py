#!/usr/bin/env python3
"""informix_db, blocking and with asyncio, and the published driver run the same cases against one
sqlid, and return the same. SQLI_PEER_PYTHON names the python that has the published driver.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))
from sqlid import BIN, Sqlid  # noqa: E402

PACKAGE = os.path.join(os.path.dirname(BIN), "python")
SECONDS = 240
# Where the published driver is known to do another thing, and why ours does not.
DIFFERENT = {}


def environment(kind):
    """A module with sanitizers needs their library in front of everything."""
    env = dict(os.environ, PYTHONPATH=HERE)
    if kind != "published":
        env["PYTHONPATH"] = os.pathsep.join([PACKAGE, HERE])
        library = os.environ.get("SQLI_SANITIZER_LIBRARY")
        if library:
            env.update(LD_PRELOAD=library, ASAN_OPTIONS="detect_leaks=0")
    return env


def run(kind, server, database):
    python = os.environ.get("SQLI_PEER_PYTHON") if kind == "published" else sys.executable
    done = subprocess.run([python, os.path.join(HERE, "run_cases.py"), kind, server.host,
                           str(server.port), database], env=environment(kind), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS)
    results = {}
    for line in done.stdout.splitlines():
        parts = line.split("\t")
        if len(parts) == 3:
            results[parts[0]] = (parts[1], parts[2])
        else:
            print(f"{kind}: {line}")
    if done.returncode:
        results["(the process)"] = ("FAIL", f"ended with {done.returncode}")
    return results


def difference(one, other):
    """Where two long texts part."""
    at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    return "\n".join(f"  ...{text[max(0, at - 60):at + 100]}" for text in (one, other))


def main():
    failed = 0
    with Sqlid() as server:
        from_driver = subprocess.run(
            [os.environ["SQLI_PEER_PYTHON"], "-c", "import informix_db, sys\n"
             "c = informix_db.connect(host=sys.argv[1], port=int(sys.argv[2]), user='informix',"
             " password='in4mix', database='sysmaster', autocommit=True)\n"
             "for d in ('sync', 'aio', 'published'):\n"
             "    c.cursor().execute(f'CREATE DATABASE {d} WITH LOG')", server.host,
             str(server.port)], check=True)
        del from_driver
        results = {kind: run(kind, server, kind) for kind in ("sync", "aio", "published")}
    for kind, lines in results.items():
        for name, (state, text) in lines.items():
            wanted = results["sync"].get(name, ("", ""))[1]
            if state != "ok":
                failed += 1
                print(f"FAIL {kind} {name}: {text[:600]}")
            elif text != wanted and text != "None" and (kind, name) not in DIFFERENT:
                failed += 1
                print(f"FAIL {kind} {name} differs from the blocking one:\n{difference(text, wanted)}")
    counted = sum(len(lines) for lines in results.values())
    print(f"{counted - failed} passed, {failed} failed")
    return 1 if failed or counted < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
