#!/usr/bin/env python3
"""server.py URL [--build DIR] [--results DIR] [NAME...]: the C tests of the client against a server.

What ./test --server does once everything is built. The tests get scratch databases of their own,
sqli_test_<run>_<process>, and this script drops those that are left of its run, whatever happens.
Unless the URL wants TLS, everything goes through `sqli-peer record --scrub`. NAMEs are regular
expressions for tests. docs/real-server.md tells the rest.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import parse_qsl

URL = re.compile(r"(?P<head>(?:informix|sqli)://(?:(?P<user>[^/?@:]+)(?::[^/?@]*)?@)?)"
                 r"(?P<host>\[[^\]/?]+\]|[^/?@:,\[\]]+)(?::(?P<port>\d+))?"
                 r"(?:/(?P<database>[^/?]*))?(?:\?(?P<options>.*))?")
EXAMPLE = "informix://user:password@host:9088/?server=NAME"
ENCRYPTING = ("require", "verify-ca", "verify-full")
TEST_SECONDS = 600
DROP_SECONDS = 20  # a server takes a moment to see that a killed client is gone


class Refused(Exception):
    """The reason, for whoever typed the command."""


class Url:
    def __init__(self, text):
        match = URL.fullmatch(text)
        if not match:
            raise Refused(f"the URL is not understood. It must name one host, like this:\n"
                          f"    {EXAMPLE}\nSpecial characters of the password are percent-encoded: "
                          f"%40 for @, %2F for /, %3F for ?, %3A for :, %25 for %.")
        self.head, self.host, self.user = match["head"], match["host"], match["user"]
        self.port = match["port"] or "9088"
        self.options = match["options"] or ""
        options = dict(parse_qsl(self.options, keep_blank_values=True))
        if not self.user:
            raise Refused(f"the URL names no user:\n    {EXAMPLE}")
        if not options.get("server"):
            raise Refused("the URL does not tell the server's name: ?server=NAME, its DBSERVERNAME "
                          f"or one of its DBSERVERALIASES:\n    {EXAMPLE}")
        self.port = options.get("port", self.port)
        self.tls = options.get("tls") in ENCRYPTING or (
            "tls" not in options and any(name.startswith("tls-") for name in options))

    def at(self, address):
        """Without a database: the tests choose theirs."""
        return f"{self.head}{address}/?{self.options}"

    @property
    def address(self):
        return f"{self.host}:{self.port}"


# --- asking the server ---

ADVICE = {
    -387: "The user may not open sysmaster. As informix:\n"
          "    DATABASE sysmaster; GRANT CONNECT TO \"{user}\";",
    -388: "The user may not create databases. If DBCREATE_PERMISSION in the server's onconfig names "
          "those who may, add\nthe user there; and as informix:\n"
          "    DATABASE sysmaster; GRANT RESOURCE TO \"{user}\";",
    -389: "The user lacks the privileges of a DBA. As informix:\n"
          "    DATABASE sysmaster; GRANT DBA TO \"{user}\";",
}


class Server:
    def __init__(self, url, probe):
        self.url, self.probe = url, probe

    def ask(self, *sql):
        """The version, and the first column of all rows."""
        done = subprocess.run([self.probe, self.url.at(self.url.address), "sysmaster", *sql],
                              capture_output=True, text=True, errors="replace",
                              timeout=TEST_SECONDS, start_new_session=True)
        lines = done.stdout.splitlines()
        if done.returncode == 0 and lines:
            return lines[0], lines[1:]
        if "!" not in lines:
            raise Refused(f"{self.probe} broke off: {done.stderr.strip()}")
        code, step, message, *hint = lines[lines.index("!") + 1:]
        raise self.refusal(int(code), step, message, " ".join(hint).strip())

    def refusal(self, code, step, message, hint):
        what = {"url": "the URL is not understood",
                "connect": f"there is no connection to {self.url.address}"}.get(step, step)
        advice = ADVICE.get(code, "").format(user=self.url.user) or hint
        return Refused(f"{what} ({code}):\n    {message}" + (f"\n{advice}" if advice else ""))

    def databases(self):
        return {name.strip() for name in self.ask("SELECT name FROM sysdatabases")[1]}

    def try_out(self, database):
        """May the user do what the tests do?"""
        version = self.ask(f"CREATE DATABASE {database} WITH LOG")[0]
        self.drop(database)
        return version

    def drop(self, database):
        end = time.monotonic() + DROP_SECONDS
        while True:
            try:
                self.ask(f"DROP DATABASE {database}")
                return
            except Refused:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)


# --- recording ---

class Recorder:
    def __init__(self, peer, address, file):
        ready = file.with_suffix(".ready")
        ready.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [peer, "record", "--scrub", "--to", address, "--out", file, "--ready-file", ready,
             "--lifetime", "86400"], stdout=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 30
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.end()
                raise Refused("sqli-peer record does not start")
            time.sleep(0.02)
        self.address = ready.read_text().strip()
        ready.unlink()

    def end(self):
        self.process.terminate()
        self.process.wait()


# --- the tests ---

def tests_in(build, names):
    """The tests that have a server from tests/client/fixture.h, by name."""
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"],
                             capture_output=True, text=True, check=True)
    wanted = re.compile("|".join(names) or "^client/")
    for test in json.loads(listing.stdout)["tests"]:
        program = Path((test.get("command") or [""])[0])
        if (test["name"].startswith("client/") and program.name.startswith("test_")
                and wanted.search(test["name"]) and program.is_file()
                and b"SQLI_TEST_URL" in program.read_bytes()):
            yield test["name"]


def outcome(report):
    """How many of a test's cases passed, failed and were skipped; None without a whole report."""
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return None
    failed = sum(case.find("failure") is not None or case.find("error") is not None
                 for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def run_test(name, build, report, environment):
    """None, or why it is broken: cmocka did not get to write its report."""
    output = report.with_suffix(".txt")
    with output.open("wb") as log:
        ctest = subprocess.Popen(
            ["ctest", "--test-dir", build, "-R", f"^{re.escape(name)}$", "--timeout",
             str(TEST_SECONDS), "--output-on-failure"],
            stdout=log, stderr=log, start_new_session=True,
            env=dict(environment, CMOCKA_MESSAGE_OUTPUT="xml", CMOCKA_XML_FILE=str(report)))
        try:
            code = ctest.wait()
        finally:
            if ctest.poll() is None:
                os.killpg(ctest.pid, signal.SIGTERM)
                ctest.wait()
    numbers = outcome(report)
    if numbers:
        print(f"   {name}: " + ", ".join(f"{number} {word}" for number, word in
              zip(numbers, ("passed", "failed", "skipped")) if number), flush=True)
    if numbers and (code == 0 or numbers[1]):
        return None
    if not numbers:
        report.unlink(missing_ok=True)
    print(f"   {name}: broke off, see {output}", flush=True)
    return f"{name}, which broke off: see {output}"


def show_answers(file):
    if not file.exists():
        return
    lines = file.read_text(errors="replace").splitlines()
    different = [line for line in lines if line.startswith("DIFFERENT")]
    asked = [line for line in lines if not line.startswith(" ")]
    print(f"== of {len(asked)} open questions {len(asked) - len(different)} are answered as assumed"
          f"; {file} has them all")
    for line in different:
        print(f"   {line}")


def clean_up(server, before, prefix):
    """Drops what is left of this run. Gives what is still there then."""
    left = []
    for name in sorted(server.databases() - before):
        if not name.startswith(prefix):
            left.append(f"the database {name}, which appeared during the run and is not dropped: "
                        "it may be somebody else's")
            continue
        try:
            server.drop(name)
            print(f"== dropped {name}, which a test had left")
        except Refused as refused:
            left.append(f"the database {name}, which cannot be dropped: {refused}")
    return left


def run(url, build, results, names):
    server = Server(url, build / "bin" / "probe_server")
    prefix = f"sqli_test_{os.getpid()}_"
    print(f"== {url.address}: may {url.user} create a database?", flush=True)
    before = server.databases()
    trace, answers, recorder = results / "server.hex", results / "server-answers.txt", None
    broken, address = [], url.address
    try:
        print(f"   yes; it is {server.try_out(prefix + '0')}", flush=True)
        if url.tls:
            print("== with TLS there is nothing to record: no trace this time")
        else:
            recorder = Recorder(build / "bin" / "sqli-peer", url.address, trace)
            address = recorder.address
        environment = dict(os.environ, SQLI_TEST_URL=url.at(address), SQLI_TEST_ANSWERS=str(answers),
                           SQLI_TEST_RUN=prefix[len("sqli_test_"):])
        tests = sorted(tests_in(build, names))
        print(f"== {len(tests)} test programs", flush=True)
        for name in tests:
            report = results / f"{name.replace('/', '-')}.xml"
            broken += filter(None, [run_test(name, build, report, environment)])
    finally:
        try:
            broken += clean_up(server, before, prefix)
        finally:
            if recorder:
                recorder.end()
    show_answers(answers)
    if recorder:
        print(f"== the trace to send, without names and data: {trace} ({trace.stat().st_size} "
              f"bytes). Look at it first:\n   {build / 'bin' / 'sqli-peer'} show {trace} | less")
    summary = Path(__file__).with_name("summary.py")
    return subprocess.run([sys.executable, summary, results, *broken]).returncode


def stop(number, _):
    signal.signal(number, signal.SIG_IGN)  # the cleaning up is not to be interrupted
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(usage="./test --server URL [NAME...]")
    parser.add_argument("url")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--results", type=Path, default=Path("build/results"))
    options = parser.parse_intermixed_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        return run(Url(options.url), options.build.resolve(), options.results.resolve(),
                   options.names)
    except Refused as refused:
        print(f"./test --server: {refused}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("./test --server: interrupted; what it had created is dropped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
