#!/usr/bin/env python3
"""The programs of examples/, each run against sqlid as its first lines say."""
import os
import re
import subprocess
import sys
from pathlib import Path

BIN = Path(os.environ.get("SQLI_BIN", "build/bin")).resolve()
EXAMPLES = BIN.parent / "examples"
PATIENCE = 60  # seconds


def run(name, *arguments, given=b"", code=0):
    done = subprocess.run([EXAMPLES / name, *arguments], input=given, capture_output=True,
                          timeout=PATIENCE)
    assert done.returncode == code, f"{name}: {done.returncode}, {done.stderr.decode()}"
    return done.stdout, done.stderr.decode()


def check(server):
    stores = f"{server}/stores?server=informix"
    run("query", f"{server}/sysmaster?server=informix", "CREATE DATABASE stores WITH LOG",
        "CREATE TABLE lines (number INT PRIMARY KEY, text VARCHAR(20))",
        "CREATE TABLE pictures (name VARCHAR(100), picture BLOB)")

    output, _ = run("first", stores)
    assert output.startswith(b"1 systables\n2 syscolumns\n"), output

    lines = b"".join(b"%d|line %d\n" % (i, i) for i in range(5000))
    assert run("load", stores, "lines", given=lines)[0] == b"5000 rows\n"
    output, errors = run("load", stores, "lines", given=b"5000|new\n7|there\n5001|new\n", code=1)
    assert output == b"2 rows\n", output
    assert re.search("^row 2: .*\n1 rows failed$", errors.strip()), errors

    picture = os.urandom(3_000_000)
    run("picture", stores, "put", "noise", given=picture)
    assert run("picture", stores, "get", "noise")[0] == picture
    assert "no picture nothing" in run("picture", stores, "get", "nothing", code=1)[1]

    output, _ = run("waiting", stores, "SELECT * FROM lines", "SELECT FIRST 7 * FROM lines")
    assert sorted(output.decode().splitlines()) == [
        "SELECT * FROM lines: 5002 rows", "SELECT FIRST 7 * FROM lines: 7 rows"], output

    opened = re.fullmatch(rb"160 times a connection, (\d+) opened\n", run("threads", stores)[0])
    assert opened and int(opened[1]) <= 10, opened

    # Every example is here.
    there = {path.name for path in EXAMPLES.iterdir() if os.access(path, os.X_OK)}
    assert there == {"query", "first", "load", "picture", "waiting", "threads"}, there


def main():
    with subprocess.Popen([BIN / "sqlid", "--memory", "--listen", "127.0.0.1:0"],
                          stdout=subprocess.PIPE, text=True) as server:
        try:
            check(f"informix://informix:in4mix@{server.stdout.readline().split()[-1]}")
        finally:
            server.terminate()
    print("6 programs do what they say")
    return 0


if __name__ == "__main__":
    sys.exit(main())
