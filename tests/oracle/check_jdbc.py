#!/usr/bin/env python3
"""The vendor's JDBC client, two versions of it, against sqlid.

    check_jdbc.py [-v] [4.50.11|15.0.0.1.1] [NAME...]   the checks whose names hold one of these

SQLI_JDBC names the folder with the jars; java/Oracle.java runs the checks and prints a line each.
"""
import glob
import os
import subprocess
import sys
import tempfile

from sqlid import Sqlid, certificate

HERE = os.path.dirname(os.path.abspath(__file__))
JARS = os.environ.get("SQLI_JDBC", "build/jdbc-env")
VERSIONS = ("4.50.11", "15.0.0.1.1")
SECONDS = 280


def compiled(version, folder):
    """The class path of the program for that version."""
    jars = glob.glob(os.path.join(JARS, version, "*.jar"))
    assert jars, f"no jars in {JARS}/{version}"
    path = os.pathsep.join([folder, *jars])
    subprocess.run(["javac", "-nowarn", "-Xlint:-options", "-encoding", "UTF-8", "-d", folder,
                    "-cp", path, *glob.glob(os.path.join(HERE, "java", "*.java"))], check=True)
    return path


def trust_store(folder, cert):
    store = os.path.join(folder, "trust.p12")
    subprocess.run(["keytool", "-importcert", "-noprompt", "-alias", "sqlid", "-file", cert,
                    "-keystore", store, "-storepass", "changeit", "-storetype", "PKCS12"],
                   check=True, capture_output=True)
    return store


def run(version, names, verbose):
    with tempfile.TemporaryDirectory() as folder:
        path = compiled(version, folder)
        key, cert = certificate(folder)
        store = trust_store(folder, cert)
        with Sqlid("--tls-listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key) as server:
            program = ["java", "-Xmx1g", "-Duser.language=en", "-Dfile.encoding=UTF-8", "-cp",
                       path, "Oracle", server.host, str(server.port), str(server.tls_port or 0),
                       store, *names]
            done = subprocess.run(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, timeout=SECONDS, check=False)
            lines = done.stdout.splitlines()
            for line in lines:
                if verbose or not line.startswith("ok "):
                    print(f"{version}: {line}", flush=True)
    return done.returncode == 0 and any(line.endswith(" 0 failed") for line in lines)


def main():
    verbose = "-v" in sys.argv
    names = [name for name in sys.argv[1:] if name != "-v"]
    versions = [name for name in names if name in VERSIONS] or VERSIONS
    names = [name for name in names if name not in VERSIONS]
    failed = 0
    for version in versions:
        try:
            failed += not run(version, names, verbose)
        except AssertionError as error:
            failed += 1
            print(f"{version}: FAIL {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
