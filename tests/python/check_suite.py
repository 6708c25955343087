#!/usr/bin/env python3
"""The published driver's own integration tests against informix_db, on sqlid.

How the tests are had, run and judged is that of tests/oracle/check_suite.py; here PYTHONPATH puts our
package in front of theirs. driver-suite-expected.txt beside this file lists what fails, each with its
reason. SQLI_PEER_PYTHON names the python that has pytest.
"""
import os
import subprocess
import sys

import ours

sys.path.insert(0, os.path.join(ours.HERE, "..", "oracle"))
import check_suite as suite  # noqa: E402  that of tests/oracle
import sqlid  # noqa: E402

ARGUMENTS = ["-p", "suite_privates", "--ignore=tests/benchmarks"]


def is_same_python():
    """The module is that of one Python."""
    tell = "import sys; print(sys.version_info[:2])"
    said = [subprocess.run([python, "-c", tell], capture_output=True, text=True, check=True).stdout
            for python in (sys.executable, suite.PYTHON)]
    return said[0] == said[1]


def main():
    suite.HERE = ours.HERE
    env = ours.environment()
    folder, why = suite.fetched()
    if not folder:
        print(f"the driver's source distribution cannot be had: {why}")
        return 77
    if not is_same_python():
        print("the python of tests/requirements.txt is not the one that informix_db was built for")
        return 77
    chosen = [name for name in sys.argv[1:] if name != "-v"]
    with sqlid.Sqlid(allowed="tls|handshake") as server:
        os.environ.update(env)
        outcomes, output = suite.pytest(folder, server, ARGUMENTS + (chosen or ["tests"]))
        if "-v" in sys.argv:
            print(output)
        return suite.judge(outcomes, output, whole=not chosen)


if __name__ == "__main__":
    sys.exit(main())
