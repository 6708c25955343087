#!/usr/bin/env python3
"""Round trips: the same steps by libsqli, the vendor's JDBC driver and the published Python driver
against one sqlid, counted by a proxy between them. What libsqli needs is asserted.

SQLI_JDBC names the folder with the jars, SQLI_PEER_PYTHON the python that has the driver.
"""
import glob
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))
from sqlid import BIN, Sqlid  # noqa: E402

JARS = os.environ.get("SQLI_JDBC", "build/jdbc-env")
STEPS = ("connect", "select ten rows", "select them again", "begin", "insert a row",
         "insert another", "commit", "batch of 10,000", "insert cursor, 10,000",
         "write a BLOB of 1 MiB", "read it")
# The most that libsqli may need.
GOALS = {"connect": 6, "select ten rows": 2, "select them again": 1, "begin": 1, "insert a row": 2,
         "insert another": 1, "commit": 1, "insert cursor, 10,000": 9}


class Proxy:
    """Passes bytes on and counts how often the client speaks after the server did."""

    def __init__(self, port):
        self.port = port
        self.turns = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            threading.Thread(target=self.pass_on, args=(client, server), daemon=True).start()

    def pass_on(self, client, server):
        server_spoke = True
        for side in (client, server):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            ready, _, _ = select.select([client, server], [], [])
            for side in ready:
                try:
                    data = side.recv(1 << 20)
                except OSError:
                    data = b""
                if not data:
                    client.close()
                    server.close()
                    return
                if side is client:
                    self.turns += server_spoke
                server_spoke = side is server
                (server if side is client else client).sendall(data)


def count(proxy, program):
    """The turns of each step of a program that waits between them."""
    turns, before = {}, proxy.turns
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as p:
        for line in p.stdout:
            turns[line.strip()] = proxy.turns - before
            before = proxy.turns
            p.stdin.write("\n")
            p.stdin.flush()
    assert p.returncode == 0, f"{program[0]} ended with {p.returncode} after {turns}"
    return turns


def java(folder, version, port):
    path = os.pathsep.join([folder, *glob.glob(os.path.join(JARS, version, "*.jar"))])
    subprocess.run(["javac", "-d", folder, "-cp", path, os.path.join(HERE, "Steps.java")],
                   check=True)
    return ["java", "-cp", path, "Steps", "127.0.0.1", str(port)]


def prepare(server):
    """The tables, made by libsqli's own example."""
    query = os.path.join(os.path.dirname(BIN), "examples", "query")
    url = f"informix://informix:in4mix@127.0.0.1:{server.port}"
    rows = [f"INSERT INTO ten VALUES ({number}, 'row {number}')" for number in range(10)]
    subprocess.run([query, f"{url}/sysmaster?server=informix", "CREATE DATABASE turns WITH LOG",
                    "CREATE TABLE ten (a INT, b VARCHAR(20))",
                    "CREATE TABLE many (a INT, b VARCHAR(20))", "CREATE TABLE lobs (b BLOB)",
                    *rows], check=True)


def table(results):
    print("| step |" + "".join(f" {name} |" for name in results))
    print("| --- |" + " --- |" * len(results))
    for step in STEPS:
        print(f"| {step} |" + "".join(f" {turns.get(step, '-')} |" for turns in results.values()))


def main():
    results = {}
    with tempfile.TemporaryDirectory() as folder, Sqlid() as server:
        prepare(server)
        proxy = Proxy(server.port)
        port = proxy.listener.getsockname()[1]
        url = f"informix://informix:in4mix@127.0.0.1:{port}/turns?server=informix"
        results["libsqli"] = count(proxy, [os.path.join(BIN, "probe_steps"), url])
        for version in ("4.50.11", "15.0.0.1.1"):
            results[f"JDBC {version}"] = count(proxy, java(folder, version, port))
        python = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
        results["Python driver"] = count(
            proxy, [python, os.path.join(HERE, "steps.py"), "127.0.0.1", str(port)])
        proxy.listener.close()
    table(results)
    missed = {step: turns for step, turns in results["libsqli"].items()
              if turns > GOALS.get(step, turns)}
    assert not missed, f"more round trips than there may be: {missed}"
    assert set(GOALS) <= set(results["libsqli"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
