#!/usr/bin/env python3
"""Liquibase, which knows Informix, over the vendor's JDBC client against sqlid.

    check_liquibase.py [-v]

Only over 4.50.11: Liquibase asks for the URL of a connection, and 15 has none to tell. SQLI_JDBC
names the folder with the jars; java/liquibase has the program, which prints a line for each check,
and the changes.
"""
import glob
import os
import subprocess
import sys
import tempfile

from sqlid import Sqlid

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "java", "liquibase")
JARS = os.environ.get("SQLI_JDBC", "build/jdbc-env")
VERSION = "4.50.11"
SECONDS = 240


def class_path(folder):
    jars = [glob.glob(os.path.join(JARS, name, "*.jar")) for name in (VERSION, "liquibase")]
    assert all(jars), f"no jars in {JARS}"
    path = os.pathsep.join([folder, *jars[0], *jars[1]])
    subprocess.run(["javac", "-nowarn", "-Xlint:none", "-encoding", "UTF-8", "-d", folder, "-cp",
                    path, os.path.join(SOURCES, "Changes.java")], check=True)
    return path


def run(verbose):
    with tempfile.TemporaryDirectory() as folder:
        path = class_path(folder)
        with Sqlid() as server:
            done = subprocess.run(
                ["java", "-Xmx512m", "-Duser.language=en", "-Dliquibase.analytics.enabled=false",
                 "-cp", path, "Changes", server.host, str(server.port), SOURCES],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS,
                check=False)
    lines = done.stdout.splitlines()
    for line in lines:
        if verbose or line.startswith("FAIL ") or line.endswith(" failed"):
            print(line, flush=True)
    return done.returncode == 0 and any(line.endswith(" 0 failed") for line in lines)


if __name__ == "__main__":
    sys.exit(0 if run("-v" in sys.argv) else 1)
