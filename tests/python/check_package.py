#!/usr/bin/env python3
"""The source distribution builds by itself, and what comes out is a wheel that works where nothing
else is installed: `python -m informix_db`, a server of informix_db.testing, pytest's fixture. The
wheel is built with what SQLI_PEER_PYTHON has, so no network is needed.
"""
import email
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
SECONDS = 500
MOST_BYTES = 40 << 20  # of a wheel, unpacked

BACKEND = "import sys, scikit_build_core.build as b; print(getattr(b, sys.argv[1])(sys.argv[2]))"

CONNECTS = """
import subprocess, sys, informix_db
from informix_db import testing
assert informix_db.__file__.startswith(sys.prefix), informix_db.__file__
assert testing.program().startswith(sys.prefix), testing.program()
with testing.server() as server:
    with informix_db.connect(**server.connect_arguments()) as connection:
        connection.execute("CREATE TABLE t (a SERIAL, b LVARCHAR)")
        connection.execute("INSERT INTO t VALUES (0, ?)", ("text",))
        print(connection.execute("SELECT a, b FROM t").fetchall())
    print(subprocess.run([sys.executable, "-m", "informix_db", server.url("sysmaster")], check=True,
                         capture_output=True, text=True).stdout)
"""

FIXTURE = """
import informix_db
pytest_plugins = ["informix_db.testing"]

def test_connects(informix):
    with informix_db.connect(**informix) as connection:
        assert connection.execute("SELECT 1 FROM systables WHERE tabid = 1").fetchone() == (1,)
"""


def run(command, **more):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, timeout=SECONDS, **more)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-6000:]}"
    return done.stdout


def version():
    return re.search(r'^#define SQLI_VERSION "(.*)"$', (ROOT / "include/sqli.h").read_text(),
                     re.M)[1]


def environment(scratch):
    """Without what would let something be found that is not in the wheel. The compiler's cache sees
    the same paths each time."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("SQLI_", "PYTHON")) and name != "LD_PRELOAD"}
    return dict(env, CCACHE_BASEDIR=str(scratch), PYTHONDONTWRITEBYTECODE="1")


def source_distribution(scratch, env):
    """Its unpacked folder."""
    name = run([PYTHON, "-c", BACKEND, "build_sdist", scratch], cwd=ROOT, env=env).split()[-1]
    assert name == f"libsqli-{version()}.tar.gz", name
    with tarfile.open(scratch / name) as archive:
        folders = {member.split("/")[1] for member in archive.getnames() if member.count("/") > 1}
        archive.extractall(scratch)
    assert not folders & {"tests", "bench", "fuzz", "docs", "build"}, folders
    return scratch / name.removesuffix(".tar.gz")


def check_contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {info.filename: info for info in archive.infolist()}
        metadata = email.message_from_bytes(archive.read(next(
            name for name in names if name.endswith("/METADATA"))))
    there = f"informix_db/_native.{sysconfig.get_config_var('SOABI')}.so"
    modules = [path.relative_to(ROOT / "python") for path in (ROOT / "python/informix_db").iterdir()
               if path.suffix in (".py", ".pyi", ".typed")]
    for name in [there, "informix_db/bin/sqlid", *map(str, modules)]:
        assert name in names, f"{name} is not in {sorted(names)}"
    assert names["informix_db/bin/sqlid"].external_attr >> 16 & 0o111, "sqlid is not executable"
    assert any(name.endswith("/licenses/LICENSE") for name in names), sorted(names)
    assert (metadata["Name"], metadata["Version"]) == ("libsqli", version())
    assert metadata.get_all("Requires-Dist") is None
    tops = {name.split("/")[0] for name in names}
    assert tops == {"informix_db", f"libsqli-{version()}.dist-info"}, tops
    size = sum(info.file_size for info in names.values())
    assert size < MOST_BYTES, size
    return size


def needed(file):
    """The libraries that it asks the loader for."""
    return set(re.findall(r"NEEDED.*\[(.*)\]", run(["readelf", "-d", file])))


def check_needs(package):
    """OpenSSL and SQLite are inside where their archives are."""
    archives = [run(["cc", f"-print-file-name={name}"]).strip()
                for name in ("libssl.a", "libcrypto.a", "libsqlite3.a")]
    if not all(os.path.isabs(name) for name in archives):
        return
    for file in [package / "bin/sqlid", *package.glob("_native.*.so")]:
        others = {name for name in needed(file) if not re.match(r"lib[cm]\.so|ld-linux", name)}
        assert not others, f"{file} needs {others}"


def main():
    if not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
        print("the headers of Python are not there (python3-dev)")
        return 77
    with tempfile.TemporaryDirectory(prefix="libsqli-package-") as place:
        scratch = Path(place).resolve()
        env = environment(scratch)
        source = source_distribution(scratch, env)
        # Where it is built has to have the same depth each time, for the compiler's cache.
        run([PYTHON, "-c", BACKEND, "build_wheel", scratch], cwd=source,
            env=dict(env, SKBUILD_BUILD_DIR=str(scratch / "made")))
        wheel, = scratch.glob("*.whl")
        size = check_contents(wheel)
        venv = scratch / "venv"
        run([PYTHON, "-m", "venv", "--without-pip", venv], env=env)
        run([PYTHON, "-m", "pip", "--disable-pip-version-check", "--python", venv / "bin/python",
             "install", "--no-index", "--no-deps", wheel], env=env)
        for left in (source, scratch / "made"):
            shutil.rmtree(left)
        packages = Path(run([venv / "bin/python", "-c", "import sysconfig\n"
                             "print(sysconfig.get_path('platlib'))"], env=env).strip())
        check_needs(packages / "informix_db")
        said = run([venv / "bin/python", "-c", CONNECTS], cwd=scratch, env=env)
        for what in ("[(1, 'text')]", f"informix_db and libsqli {version()}, OpenSSL",
                     "logged in to 127.0.0.1",
                     "database  sysmaster"):
            assert what in said, f"{what!r} is not in {said}"
        (scratch / "test_it.py").write_text(FIXTURE)
        run([PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", scratch / "test_it.py"],
            cwd=scratch, env=dict(env, PYTHONPATH=str(packages)))
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, unpacked {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
