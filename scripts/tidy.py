#!/usr/bin/env python3
"""tidy.py CACHE [FILE...]: clang-tidy over the folders that make up the product, in parallel.

A file that was clean is not looked at again until it, a header or table that it includes, the
configuration or clang-tidy itself changes; CACHE is the folder that remembers.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

sys.dont_write_bytecode = True
from shape import PRODUCT, source_files

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["-std=c17", "-D_GNU_SOURCE", f"-I{ROOT}", "-Wall", "-Wextra"]


@cache
def included(path):
    """The file and all that it includes by our own paths, directly or not."""
    names = {path}
    file = ROOT / path
    if not file.is_file():
        return frozenset(names)
    for name in re.findall(r'^\s*#\s*include\s+"([^"]+)"', file.read_text(), re.M):
        if name != path and "/" in name:
            names |= included(name)
    return frozenset(names)


def fingerprint(path, version):
    digest = hashlib.sha256(version + " ".join(FLAGS).encode())
    for name in sorted(included(path) | {".clang-tidy"}):
        digest.update(name.encode() + b"\0")
        if (ROOT / name).is_file():
            digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def look_at(path, version, remembered):
    """What clang-tidy has to say about the file, or None."""
    stamp = remembered / (path.replace("/", "-") + ".clean")
    now = fingerprint(path, version)
    if stamp.is_file() and stamp.read_text() == now:
        return None
    result = subprocess.run(["clang-tidy", "--quiet", path, "--", *FLAGS], cwd=ROOT,
                            capture_output=True, text=True)
    if result.returncode != 0:
        return result.stdout + result.stderr
    stamp.write_text(now)
    return None


def main():
    if not shutil.which("clang-tidy"):
        print("clang-tidy is not installed")
        return 77
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True).stdout
    remembered = Path(sys.argv[1])
    remembered.mkdir(parents=True, exist_ok=True)
    paths = sys.argv[2:] or [name for name in source_files(ROOT)
                             if name.endswith(".c") and name.split("/")[0] in PRODUCT]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = list(pool.map(lambda path: look_at(path, version, remembered), paths))
    found = [complaint for complaint in complaints if complaint]
    print("\n".join(found))
    print(f"{len(paths)} files, {len(found)} with complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
