#!/usr/bin/env python3
"""informix_db, blocking and with asyncio, and the published driver run the same cases against one
sqlid, and return the same. SQLI_PEER_PYTHON names the python that has the published driver.
"""
import decimal
import os
import re
import subprocess
import sys

import ours

from sqlid import Sqlid

SECONDS = 240
# Where the published driver is known to do another thing, and why ours does not.
DIFFERENT = {}


def by_value(text):
    """Decimals are compared by their value: 9.9 is 9.90."""
    return re.sub(r"Decimal\('([^']*)'\)", lambda m: str(decimal.Decimal(m[1]).normalize()), text)


def run(kind, server, database):
    env = dict(os.environ, PYTHONPATH=ours.HERE) if kind == "published" else ours.environment()
    python = os.environ.get("SQLI_PEER_PYTHON") if kind == "published" else sys.executable
    done = subprocess.run([python, os.path.join(ours.HERE, "run_cases.py"), kind, server.host,
                           str(server.port), database], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS)
    results = {}
    for line in done.stdout.splitlines():
        parts = line.split("\t")
        if len(parts) == 3:
            results[parts[0]] = (parts[1], by_value(parts[2]))
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
        subprocess.run(
            [os.environ["SQLI_PEER_PYTHON"], "-c", "import informix_db, sys\n"
             "c = informix_db.connect(host=sys.argv[1], port=int(sys.argv[2]), user='informix',"
             " password='in4mix', database='sysmaster', autocommit=True)\n"
             "for d in ('sync', 'aio', 'published'):\n"
             "    c.cursor().execute(f'CREATE DATABASE {d} WITH LOG')", server.host,
             str(server.port)], check=True)
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
