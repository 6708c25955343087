#!/usr/bin/env python3
"""The published driver's own integration tests, from its source distribution, against sqlid.

The distribution is unpacked into the build folder. driver-suite-expected.txt lists, with their
reasons, the tests that may fail; the list may only shrink: one on it that passes fails this check.
SQLI_PEER_PYTHON names the python that has the driver, pip and pytest.
"""
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree

import sqlid

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
PLACE = os.path.abspath(os.path.join(os.environ.get("SQLI_SOURCE", "."), "build", "driver-suite"))
DISTRIBUTION = ("informix-driver==2026.9.3 --hash=sha256:"
                "f72519cbd90c0710c61b6c559149e3a0cf55e2d6f1a09b7a37ea51c4a76ef979")
SECONDS = 540
ENOUGH = 200  # tests that must pass at least: a run of nothing is no proof
# Counts the driver's threads right after a close, when one of them may still be ending: whether it
# passes depends on the load of the machine, and not on the server.
BY_CHANCE = {"tests.test_async_threads::test_closing_a_connection_stops_its_thread",
             "test_async_threads::test_closing_a_connection_stops_its_thread"}


def expected():
    with open(os.path.join(HERE, "driver-suite-expected.txt"), encoding="utf-8") as file:
        lines = [line.split("#")[0].strip() for line in file]
    return {line for line in lines if line}


def fetched():
    """The folder of the unpacked distribution; None and the reason where it cannot be had."""
    for name in sorted(os.listdir(PLACE)) if os.path.isdir(PLACE) else ():
        if os.path.isdir(os.path.join(PLACE, name, "tests")):
            return os.path.join(PLACE, name), ""
    os.makedirs(PLACE, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PLACE) as folder:
        wanted = os.path.join(folder, "wanted.txt")
        with open(wanted, "w", encoding="ascii") as file:
            file.write(DISTRIBUTION + "\n")
        got = subprocess.run([PYTHON, "-m", "pip", "download", "--quiet", "--retries", "1",
                              "--no-deps", "--no-binary", "informix-driver", "--require-hashes",
                              "-r", wanted, "-d", folder], capture_output=True, text=True,
                             check=False)
        packed = [name for name in os.listdir(folder) if name.endswith(".tar.gz")]
        if got.returncode != 0 or not packed:
            return None, " ".join(got.stderr.split())[-200:]
        with tarfile.open(os.path.join(folder, packed[0])) as archive:
            names = {os.path.normpath(name).split(os.sep)[0] for name in archive.getnames()}
            assert len(names) == 1 and not names & {"..", ""}, names
            inside = os.path.join(folder, "inside")
            archive.extractall(inside)
        name = names.pop()
        os.rename(os.path.join(inside, name), os.path.join(PLACE, name))
    return os.path.join(PLACE, name), ""


def pytest(folder, server, chosen):
    """The outcome of each test by its name, and what pytest printed."""
    with tempfile.TemporaryDirectory() as place:
        report = os.path.join(place, "report.xml")
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith(("IFX_", "PYTEST_"))}
        environment.update(IFX_HOST=server.host, IFX_PORT=str(server.port))
        done = subprocess.run(
            [PYTHON, "-m", "pytest", "-m", "integration and not benchmark", "-q", "-p",
             "no:cacheprovider", "--tb=short", "--timeout=60", f"--junitxml={report}",
             "--rootdir", folder, *chosen], cwd=folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False)
        if not os.path.exists(report):
            raise AssertionError(f"pytest made no report: {done.stdout[-2000:]}")
        outcomes = {}
        for case in xml.etree.ElementTree.parse(report).iter("testcase"):
            name = f"{case.get('classname').split('.', 1)[-1]}::{case.get('name')}"
            kinds = {child.tag for child in case}
            bad = kinds & {"failure", "error"}
            outcomes[name] = "failed" if bad else "skipped" if "skipped" in kinds else "passed"
    return outcomes, done.stdout


def judge(outcomes, output, whole):
    """Says what failed, and whether it may; the exit status."""
    failed = {name for name, outcome in outcomes.items() if outcome == "failed"} - BY_CHANCE
    passed = {name for name, outcome in outcomes.items() if outcome == "passed"}
    unexpected, better = failed - expected(), passed & expected()
    for line in re.findall(r"^(?:FAILED|ERROR) .*$", output, re.M):
        print(line)
    for name in sorted(better):
        print(f"{name} passes: take it off driver-suite-expected.txt")
    skipped = len(outcomes) - len(passed) - len(failed)
    print(f"{len(passed)} passed, {len(unexpected)} failed, {skipped} skipped, "
          f"{len(failed) - len(unexpected)} failed as expected", flush=True)
    return 1 if unexpected or better or (whole and len(passed) < ENOUGH) else 0


def main():
    sqlid.with_driver(__file__)
    folder, why = fetched()
    if not folder:
        print(f"the driver's source distribution cannot be had: {why}")
        return 77
    chosen = [name for name in sys.argv[1:] if name != "-v"]
    with sqlid.Sqlid(allowed="tls|handshake") as server:
        outcomes, output = pytest(folder, server, chosen)
        if "-v" in sys.argv:
            print(output)
        status = judge(outcomes, output, whole=not chosen)
    return status


if __name__ == "__main__":
    sys.exit(main())
