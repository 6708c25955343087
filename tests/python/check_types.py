#!/usr/bin/env python3
"""The type stubs of informix_db: mypy holds them to what the modules have, accepts typed.py
strictly, and typed.py runs. Pyright has to accept it, too, where there is one on the PATH.
SQLI_PEER_PYTHON names the python that has mypy.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import ours

STUBS = Path(ours.HERE).parents[1] / "python/informix_db"
PYTHON = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
SECONDS = 240
# Not for programs, or there with pytest only.
UNSEEN = r"""informix_db\.__main__
informix_db\._core\.[A-Z_]+
informix_db\.testing\.informix(_server)?
"""


def run(what, command, env, folder=None):
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, env=env,
                          cwd=folder)
    said = (done.stdout + done.stderr).strip()
    print(f"{what}: {'accepted' if done.returncode == 0 else said}")
    return done.returncode == 0


def main():
    env = ours.environment()
    typed = os.path.join(ours.HERE, "typed.py")
    with tempfile.TemporaryDirectory() as folder:
        stubs = Path(folder) / "stubs/informix_db"
        shutil.copytree(STUBS, stubs, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        unseen = Path(folder) / "unseen"
        unseen.write_text(UNSEEN)
        typing = dict(env, MYPYPATH=str(stubs.parent))
        held = [
            run("typed.py, by itself", [sys.executable, typed], env),
            run("stubs beside modules",
                [PYTHON, "-m", "mypy.stubtest", "informix_db", "--allowlist", str(unseen),
                 "--ignore-unused-allowlist"], typing),
            run("typed.py, mypy", [PYTHON, "-m", "mypy", "--strict", "--cache-dir", folder, typed],
                dict(typing, LD_PRELOAD="")),
        ]
        if shutil.which("pyright"):
            shutil.copy(typed, stubs.parent)
            held.append(run("typed.py, pyright", ["pyright"], os.environ,
                            stubs.parent))
    print(f"{held.count(True)} passed, {held.count(False)} failed")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
