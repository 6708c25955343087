#!/usr/bin/env python3
"""nmap's three Informix scripts, an old and independent client, against sqlid.

SQLI_PEER_PYTHON names the python that has the driver which makes the tables to be found.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import sqlid
from checks import check, equal

LOGIN = {"username": sqlid.USER, "password": sqlid.PASSWORD}
PLAIN = ("userdb", "passdb", "brute.threads")  # arguments of nmap's libraries
TABLES = {"customers": ("customer_num", "fname", "balance", "born"), "items": ("item", "price")}


def run_nmap(server, script, **arguments):
    given = ",".join(f"{key}={value}" if key in PLAIN else f"{script}.{key}={value}"
                     for key, value in arguments.items())
    # Without -d a script keeps what went wrong to itself.
    program = ["nmap", "-d", "-n", "-Pn", "-sT", "-p", str(server.port), "--script", f"+{script}",
               "--script-timeout", "25s", "--script-args", given, server.host]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def nmap(server, script, **arguments):
    """What the script says, the marks at the line starts taken off."""
    output = run_nmap(server, script, **arguments)
    found = re.findall(r"^\|_?(.*)$", output, re.M)
    assert found, f"the script says nothing: {output}"
    return [line.strip() for line in found]


def results(lines):
    """The rows below "Results", cut at two blanks or more, or a tab."""
    assert "Results" in lines, lines
    return [re.split(r"\t|\s{2,}", line) for line in lines[lines.index("Results") + 1:]]


@check
def query_tells_host_and_version(server):
    lines = nmap(server, "informix-query", **LOGIN)
    assert "Database: sysmaster" in lines, lines
    text = " ".join(lines)
    for word in ("hostname", "version", "Informix", "Version"):
        assert word in text.split("Results")[1], lines


@check
def query_of_rows(server):
    lines = nmap(server, "informix-query", **LOGIN, database="testdb",
                 query='"SELECT customer_num, fname FROM customers ORDER BY 1"')
    equal(results(lines), [["customer_num", "fname"], ["1", "Anna"], ["2", "Bert"], ["3", "Cleo"]],
          "rows")


@check
def query_of_many_rows(server):
    lines = nmap(server, "informix-query", **LOGIN, database="testdb",
                 query='"SELECT item FROM items ORDER BY 1"')
    equal([row[0] for row in results(lines)][1:], [f"item {i:03}" for i in range(300)], "rows")


@check
def query_that_fails(server):
    lines = nmap(server, "informix-query", **LOGIN, database="testdb",
                 query='"SELECT x FROM no_such_table_xyz"')
    text = " ".join(lines)
    assert "ERROR: The specified table is not in the database" in text, lines


@check
def wrong_password(server):
    lines = nmap(server, "informix-query", username="informix", password="wrong")
    assert "Incorrect password" in " ".join(lines), lines


@check
def tables_and_columns(server):
    lines = nmap(server, "informix-tables", **LOGIN)
    assert "Database: testdb" in lines, lines
    found = {}
    for table, column, *_ in results(lines)[1:]:
        found.setdefault(table, set()).add(column)
    for table, columns in TABLES.items():
        equal(found.get(table), set(columns), table)


@check
def brute_force_finds_the_account(server):
    with tempfile.TemporaryDirectory() as folder:
        users, words = os.path.join(folder, "users"), os.path.join(folder, "words")
        with open(users, "w", encoding="ascii") as file:
            file.write("root\ninformix\nnobody\n")
        with open(words, "w", encoding="ascii") as file:
            file.write("secret\nin4mix\nletmein\n")
        # Its threads wait for each other at the end, so nmap ends it; what it found it has said.
        output = run_nmap(server, "informix-brute",
                          **{"userdb": users, "passdb": words, "brute.threads": "2"})
    equal(re.findall(r"Discovered account: (\S+)", output), ["informix:in4mix"], "accounts")


def fill(server):
    connection = server.connect(autocommit=True)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE customers (customer_num SERIAL, fname CHAR(20),"
                   " balance DECIMAL(8,2), born DATE)")
    cursor.execute("CREATE TABLE items (item VARCHAR(40), price MONEY(8,2))")
    for name in ("Anna", "Bert", "Cleo"):
        cursor.execute("INSERT INTO customers VALUES (0, ?, 1.5, '2026-05-04')", (name,))
    cursor.executemany("INSERT INTO items VALUES (?, 1)", [(f"item {i:03}",) for i in range(300)])
    connection.close()


def main():
    if not shutil.which("nmap"):
        print("nmap is not installed")
        return 77
    sqlid.with_driver(__file__)
    import checks
    from driver import Server
    names = [name for name in sys.argv[1:] if name != "-v"]
    with Server() as server:
        fill(server.make_testdb())
        failed = checks.run(server, names, verbose="-v" in sys.argv)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
