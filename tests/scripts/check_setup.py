#!/usr/bin/env python3
"""scripts/setup installs what is missing, says what it would install, and is quiet otherwise."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SETUP = ROOT / "scripts/setup"

# Stand-ins for the system's commands; each notes how it was called.
COMMANDS = {
    "dpkg-query": 'for p in $INSTALLED; do echo "installed $p"; done; [ -n "$COMPLETE" ]',
    "apt-get": 'echo "apt-get $*" >>"$NOTES"; [ "$1" != "$APT_FAILS" ] || { echo "E: no"; exit 1; }',
    "sudo": '[ -n "$MAY_SUDO" ] || exit 1; [ "$1" != -n ] || shift; "$@"',
    "id": 'echo "$USER_ID"',
}


def listed():
    """(package, who) of every line of the list."""
    text = re.search(r"^sqli_packages='\n(.*?)^'", SETUP.read_text(), re.S | re.M)[1]
    return [tuple(line.split()[:2]) for line in text.splitlines()]


def setup(who="test", installed=(), user_id="1000", may_sudo="", apt_fails="none"):
    """Exit status, output, and the calls of apt-get."""
    with tempfile.TemporaryDirectory() as place:
        for name, body in COMMANDS.items():
            command = Path(place) / name
            command.write_text(f"#!/bin/sh\n{body}\n")
            command.chmod(0o755)
        notes = Path(place) / "notes"
        notes.touch()
        environment = {
            **os.environ, "PATH": f"{place}:{os.environ['PATH']}", "NOTES": str(notes),
            "INSTALLED": " ".join(installed), "USER_ID": user_id, "MAY_SUDO": may_sudo,
            "APT_FAILS": apt_fails, "COMPLETE": ""}
        result = subprocess.run(["bash", "-c", f"set -euo pipefail; . {SETUP}; setup {who}"],
                                env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                                text=True)
        return result.returncode, result.stdout + result.stderr, notes.read_text()


class Setup(unittest.TestCase):
    everything = [package for package, _ in listed()]

    def test_nothing_to_do_is_quiet(self):
        self.assertEqual(setup(installed=self.everything), (0, "", ""))

    def test_root_installs_what_is_missing(self):
        status, output, calls = setup(installed=set(self.everything) - {"re2c"}, user_id="0")
        self.assertEqual((status, output), (0, "installing re2c\n"))
        self.assertEqual(calls, "apt-get update -q\n"
                                "apt-get install -q -y --no-install-recommends re2c\n")

    def test_sudo_will_do(self):
        status, _, calls = setup(installed=set(self.everything) - {"re2c"}, may_sudo="yes")
        self.assertEqual(status, 0)
        self.assertIn("install -q -y", calls)

    def test_without_rights_it_names_the_packages(self):
        status, output, calls = setup(installed=set(self.everything) - {"re2c", "clang"})
        self.assertEqual((status, calls), (1, ""))
        self.assertIn("apt-get install --no-install-recommends clang re2c\n", output)

    def test_a_failing_apt_is_told(self):
        status, output, _ = setup(user_id="0", apt_fails="install")
        self.assertEqual(status, 1)
        self.assertIn("E: no", output)
        self.assertIn("could not install: gcc", output)

    def test_run_needs_less(self):
        _, output, _ = setup("run")
        self.assertIn("install --no-install-recommends gcc libc6-dev cmake ninja-build "
                      "libssl-dev libsqlite3-dev libedit-dev\n", output)

    def test_the_document_names_the_same_packages(self):
        document = (ROOT / "docs/dependencies.md").read_text()
        rows = re.findall(r"^\| `([a-z0-9.+-]+)` \| (run|test) \|", document, re.M)
        self.assertEqual(sorted(rows), sorted(listed()))


if __name__ == "__main__":
    unittest.main()
