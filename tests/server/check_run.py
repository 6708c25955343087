#!/usr/bin/env python3
"""sqlid as a program: its command line, what it prints and writes, how it ends, who may come in."""

import os
import pty
import re
import select
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import warnings
from pathlib import Path

if len(sys.argv) > 1 and os.path.isfile(sys.argv[1]):
    SQLID = sys.argv.pop(1)
else:
    SQLID = os.path.join(os.environ.get("SQLI_BIN", "build/bin"), "sqlid")
HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SQLI_TEST_DATA", HERE.parent / "data"))
PATIENCE = 20  # seconds
MEMORY = Path("/dev/shm")

HELP = subprocess.run([SQLID, "--help"], capture_output=True, text=True, timeout=PATIENCE).stdout
TLS = "built without TLS" not in HELP


def asc(text):
    return (len(text) + 1).to_bytes(2, "big") + text.encode() + b"\0"


def login(user, password, server="informix"):
    """The login request of section 2 of docs/protocol.md, without what is optional."""
    body = (bytes.fromhex("00640065") + (0x3d).to_bytes(4, "big") + b"\0\6IEEEM\0" + b"\0\x6c"
            + b"sqlexec\0\0\0\0\0" + asc("9.280") + asc("RDS#R000000") + asc("sqli")
            + bytes.fromhex("0000013c0000000000000000" "0001") + asc(user) + asc(password)
            + b"ol\0\0\0\0\0\0" + (0x3d).to_bytes(4, "big") + b"tlitcp\0\0" + b"\0\0\0\1"
            + bytes.fromhex("0068000b00000003") + asc(server) + b"\0\0" + bytes(8)
            + bytes.fromhex("006a0000" "007f"))
    return (len(body) + 6).to_bytes(2, "big") + bytes.fromhex("013c0000") + body


def read_reply(client):
    """The login's answer: its second byte of the header is 2 for accepted, 3 for refused."""
    client.settimeout(PATIENCE)
    data = b""
    while len(data) < 2 or len(data) < int.from_bytes(data[:2], "big"):
        more = client.recv(4096)
        if not more:
            break
        data += more
    return data


def accepted(client, user="informix", password="in4mix"):
    client.sendall(login(user, password))
    reply = read_reply(client)
    assert len(reply) > 6, f"no answer to the login: {reply!r}"
    return reply[2] == 2


def run(*arguments, given=""):
    """Exit status, standard output, standard error of a call that ends by itself."""
    result = subprocess.run([SQLID, *map(str, arguments)], input=given, capture_output=True,
                            text=True, timeout=PATIENCE)
    return result.returncode, result.stdout, result.stderr


class Server:
    def __init__(self, *arguments, by=()):
        self.folder = tempfile.TemporaryDirectory()
        self.ready = Path(self.folder.name, "ready")
        self.process = subprocess.Popen(
            [*by, SQLID, "--listen", "127.0.0.1:0", "--ready-file", self.ready, *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + PATIENCE
        while not self.ready.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise AssertionError("not ready: " + repr(self.process.communicate()))
            time.sleep(0.002)
        self.said = self.ready.read_text()
        self.address = self.address_of(r"sqlid: listening on (\S+):(\d+)\n")
        self.tls_address = self.address_of(r"sqlid: TLS on (\S+):(\d+)\n")

    def address_of(self, pattern):
        found = re.search(pattern, self.said)
        return (found[1].strip("[]"), int(found[2])) if found else None

    def connect(self, host=None):
        return socket.create_connection((host or self.address[0], self.address[1]),
                                        timeout=PATIENCE)

    def end(self, *signals):
        """Exit status, standard output and error after the signals, SIGTERM unless told."""
        for number in signals or [signal.SIGTERM]:
            self.process.send_signal(number)
            time.sleep(0.05)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self.folder.cleanup()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def assert_fails(self, result, status, fragment):
        code, out, err = result
        self.assertEqual((code, out), (status, ""), err)
        self.assertIn(fragment, err)
        self.assertTrue(err.startswith("sqlid: "), err)


class CommandLine(Case):
    def test_usage_errors(self):
        cases = [
            (("--dance",), "\"--dance\" is no option"),
            (("--listen",), "--listen needs a value"),
            (("--listen", "127.0.0.1:70000"), "port from 0 to 65535"),
            (("--data", self.folder, "--memory"), "not both"),
            (("--memory", "--user", "me"), "NAME:PASSWORD"),
            (("--memory", "--listen", "0.0.0.0:0"), "--user or --users"),
            (("--memory", "--tls-listen", "127.0.0.1:0"), "all of address, certificate and key"),
            (("--memory", "--users", self.folder / "none"),
             "No such file" if TLS else "built without OpenSSL"),
            (("--log-level", "loud"), "--log-level takes LEVEL"),
            (("passwd", "x"), "sqlid passwd FILE USER"),
        ]
        for arguments, fragment in cases:
            with self.subTest(arguments):
                self.assert_fails(run(*arguments), 2, fragment)

    def test_help_and_version(self):
        for option in ("--listen HOST:PORT", "--data DIR", "--memory", "--server-name NAME",
                       "--user NAME:PASSWORD", "--users FILE", "--tls-listen HOST:PORT",
                       "--tls-cert FILE", "--tls-key FILE", "--ready-file FILE",
                       "--log-level LEVEL", "--lock-wait SECONDS", "--max-sessions N",
                       "--output-limit BYTES", "--login-timeout SECONDS", "sqlid passwd FILE USER"):
            self.assertIn(option, HELP)
        self.assertLessEqual(max(map(len, HELP.splitlines())), 100)
        code, out, err = run("--version")
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"^sqlid \d+\.\d+\.\d+\n$")

    def test_a_port_in_use_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            address = "127.0.0.1:%d" % other.getsockname()[1]
            code, out, err = run("--memory", "--listen", address)
        self.assertEqual((code, out), (1, ""))
        self.assertIn(address, err)
        self.assertIn("Address already in use", err)


class Running(Case):
    def test_the_address_is_announced(self):
        with Server("--memory") as server:
            self.assertEqual(server.said, "sqlid: listening on %s:%d\n" % server.address)
            self.assertNotEqual(server.address[1], 0)
            with server.connect() as client:
                self.assertTrue(accepted(client))
            self.assertEqual(server.end(), (0, server.said, ""))
            self.assertFalse(server.ready.exists())

    def test_standard_files_that_are_closed(self):
        with Server("--memory", "--log-level", "trace",
                    by=("/bin/sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-')) as server:
            with server.connect() as client:
                self.assertTrue(accepted(client))
            for number in range(3):
                opened = os.readlink(f"/proc/{server.process.pid}/fd/{number}")
                self.assertEqual(opened, "/dev/null")
            self.assertEqual(server.end()[0], 0)

    def test_without_data_it_is_memory_and_says_so(self):
        with Server() as server:
            code, out, err = server.end(signal.SIGINT)
        self.assertEqual((code, out), (0, server.said))
        self.assertRegex(err, r"^sqlid: no --data DIR: .*memory.*\n$")

    def test_memory_leaves_nothing_behind(self):
        for signals in ([signal.SIGTERM], [signal.SIGTERM, signal.SIGTERM]):
            with Server("--memory") as server, server.connect() as client:
                mine = f"sqlid-{server.process.pid}-*"
                self.assertTrue(accepted(client))
                self.assertEqual(len(list(MEMORY.glob(mine))), 1)
                self.assertEqual(server.end(*signals)[0], 0)
            self.assertEqual(list(MEMORY.glob(mine)), [])

    def test_a_data_directory_is_made_and_stays(self):
        data = self.folder / "new"
        for _ in range(2):
            with Server("--data", data) as server, server.connect() as client:
                self.assertTrue(accepted(client))
                self.assertEqual(server.end()[0], 0)
            files = sorted(path.name for path in data.iterdir())
            self.assertIn("sysmaster.db", files)
            self.assertFalse([name for name in files if name.endswith(("-wal", "-shm"))], files)

    def test_a_data_directory_has_one_server(self):
        with Server("--data", self.folder):
            code, out, err = run("--data", self.folder, "--listen", "127.0.0.1:0")
        self.assertEqual((code, out), (1, ""))
        self.assertTrue(err.startswith("sqlid: "), err)

    def test_a_ready_file_that_cannot_be_written_is_told(self):
        code, out, err = run("--memory", "--listen", "127.0.0.1:0", "--ready-file",
                             self.folder / "no" / "ready")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("--ready-file", err)

    def test_the_end_closes_connections_in_peace(self):
        with Server("--memory") as server, server.connect() as client:
            self.assertTrue(accepted(client))
            self.assertEqual(server.end()[0], 0)
            self.assertEqual(client.recv(1), b"")

    def test_the_log_goes_to_standard_error(self):
        with Server("--memory", "--log-level", "trace") as server:
            with server.connect() as client:
                self.assertTrue(accepted(client))
            with server.connect() as client:
                self.assertFalse(accepted(client, "informix", "Sesam-oeffne"))
            code, out, err = server.end()
        self.assertEqual((code, out), (0, server.said))
        for line in err.splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \w+ +\S")
        self.assertRegex(err, r"trace connection 1: ")
        self.assertRegex(err, r"warn +login from 127\.0\.0\.1:\d+ refused")
        self.assertNotIn("in4mix", err)
        self.assertNotIn("Sesam", err)


def other_address():
    """An address of this machine that others can reach, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # sends nothing
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") or address == "0.0.0.0" else address


class Users(Case):
    def test_the_default_user(self):
        with Server("--memory") as server:
            for user, password, wanted in (("informix", "in4mix", True), ("informix", "x", False),
                                           ("root", "in4mix", False)):
                with server.connect() as client:
                    self.assertEqual(accepted(client, user, password), wanted)

    def test_a_user_of_the_command_line(self):
        with Server("--memory", "--user", "ada:engine") as server:
            with server.connect() as client:
                self.assertTrue(accepted(client, "ada", "engine"))
            with server.connect() as client:
                self.assertFalse(accepted(client))

    def test_other_machines_need_users_of_their_own(self):
        address = other_address()
        if not address:
            self.skipTest("this machine has no address but loopback")
        self.assert_fails(run("--memory", "--listen", f"{address}:0"), 2, "--user or --users")
        with Server("--memory", "--user", "ada:engine", "--listen", f"{address}:0") as server:
            self.assertEqual(server.address[0], address)
            with server.connect() as client:
                self.assertTrue(accepted(client, "ada", "engine"))
            with server.connect() as client:
                self.assertFalse(accepted(client))

    def set_password(self, file, user, given):
        return run("passwd", file, user, given=given)

    @unittest.skipUnless(TLS, "built without OpenSSL")
    def test_a_file_of_users(self):
        file = self.folder / "users"
        self.assertEqual(self.set_password(file, "ada", "engine\n"), (0, "", ""))
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.assertNotIn("engine", file.read_text())
        self.assertRegex(file.read_text(), r"^ada:scrypt:\d+:\d+:\d+:[0-9a-f]{32}:[0-9a-f]{64}\n$")
        with Server("--memory", "--users", file) as server:
            for user, password, wanted in (("ada", "engine", True), ("ada", "hammer", False),
                                           ("bob", "engine", False), ("ada", "engine", True),
                                           ("informix", "in4mix", False)):
                with server.connect() as client:
                    self.assertEqual(accepted(client, user, password), wanted, (user, password))
            self.assertEqual(self.set_password(file, "bob", "hammer\n")[0], 0)
            with server.connect() as client:
                self.assertTrue(accepted(client, "bob", "hammer"))
            code, _, err = server.end()
            self.assertEqual(code, 0, err)
        self.assertEqual(sorted(self.folder.iterdir()), [file])
        file.chmod(0o644)
        self.assert_fails(run("--memory", "--users", file), 2, "chmod 600")
        self.assert_fails(self.set_password(file, "ada", "x\n"), 1, "chmod 600")

    @unittest.skipUnless(TLS, "built without OpenSSL")
    def test_passwords_that_are_none(self):
        file = self.folder / "users"
        self.assert_fails(self.set_password(file, "ada", ""), 1, "no password")
        self.assert_fails(self.set_password(file, "ada", "\n"), 1, "1 to 256 bytes")
        self.assert_fails(self.set_password(file, "a:b", "x\n"), 1, "a name has")
        self.assertFalse(file.exists())

    def talk(self, file, *answers):
        """Runs passwd in a terminal of its own; exit status, and all that was shown."""
        child, terminal = pty.fork()
        if child == 0:
            os.execv(SQLID, [SQLID, "passwd", str(file), "ada"])
        shown = b""
        for answer in answers:
            while not shown.rstrip(b" ").endswith(b":"):
                self.assertTrue(select.select([terminal], [], [], PATIENCE)[0], shown)
                shown += os.read(terminal, 1024)
            os.write(terminal, answer.encode() + b"\n")
            shown += b"\n"
        try:
            while more := os.read(terminal, 1024):
                shown += more
        except OSError:
            pass
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()

    @unittest.skipUnless(TLS, "built without OpenSSL")
    def test_a_terminal_is_asked_twice_and_shows_nothing(self):
        file = self.folder / "users"
        status, shown = self.talk(file, "secret", "different")
        self.assertEqual(status, 1)
        self.assertIn("not the same", shown)
        self.assertFalse(file.exists())
        status, shown = self.talk(file, "secret", "secret")
        self.assertEqual(status, 0, shown)
        self.assertNotIn("secret", shown)
        with Server("--memory", "--users", file) as server, server.connect() as client:
            self.assertTrue(accepted(client, "ada", "secret"))


@unittest.skipUnless(TLS, "built without TLS")
class Tls(Case):
    def options(self):
        return ("--memory", "--tls-listen", "127.0.0.1:0", "--tls-cert", DATA / "tls/server.pem",
                "--tls-key", DATA / "tls/server.key")

    def connect(self, server, version=None, ca="ca.pem"):
        context = ssl.create_default_context(cafile=DATA / "tls" / ca)
        if version:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
        plain = socket.create_connection(server.tls_address, timeout=PATIENCE)
        return context.wrap_socket(plain, server_hostname="localhost")

    def test_versions(self):
        with Server(*self.options()) as server:
            self.assertEqual(server.said, "sqlid: listening on %s:%d\nsqlid: TLS on %s:%d\n"
                             % (*server.address, *server.tls_address))
            for version, name in ((None, "TLSv1.3"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3"),
                                  (ssl.TLSVersion.TLSv1_2, "TLSv1.2")):
                with self.connect(server, version) as client:
                    self.assertEqual(client.version(), name)
                    self.assertTrue(accepted(client))
            warnings.simplefilter("ignore", DeprecationWarning)
            for version in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1):
                with self.assertRaises((ssl.SSLError, OSError)):
                    self.connect(server, version)
            with self.assertRaises(ssl.SSLCertVerificationError):
                self.connect(server, ca="stranger.pem")
            with server.connect() as client:
                self.assertTrue(accepted(client))
            code, _, err = server.end()
            self.assertEqual(code, 0)
            self.assertIn("TLS handshake failed", err)

    def test_the_wrong_port_is_logged(self):
        with Server(*self.options()) as server:
            with socket.create_connection(server.tls_address, timeout=PATIENCE) as client:
                client.sendall(login("informix", "in4mix"))
                try:
                    while client.recv(1000):
                        pass
                except ConnectionResetError:
                    pass
            context = ssl.create_default_context(cafile=DATA / "tls/ca.pem")
            with self.assertRaises((ssl.SSLError, OSError)):
                context.wrap_socket(server.connect(), server_hostname="localhost")
            code, _, err = server.end()
        self.assertEqual(code, 0)
        self.assertIn("the other side does not speak TLS", err)
        self.assertIn("it speaks TLS, and this port does not", err)

    def test_bad_files(self):
        code, out, err = run("--memory", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0",
                             "--tls-cert", self.folder / "none", "--tls-key",
                             DATA / "tls/server.key")
        self.assertEqual((code, out), (1, ""))
        self.assertIn(str(self.folder / "none"), err)


@unittest.skipIf(TLS, "built with TLS")
class NoTls(Case):
    def test_what_needs_it_is_refused(self):
        code, _, err = run("--memory", "--tls-listen", "127.0.0.1:0", "--tls-cert", "c",
                           "--tls-key", "k")
        self.assertEqual(code, 1)
        self.assertIn("built without TLS", err)
        self.assert_fails(run("--memory", "--users", "file"), 2, "built without OpenSSL")
        self.assert_fails(run("passwd", "file", "user", given="x\n"), 1, "built without OpenSSL")


if __name__ == "__main__":
    unittest.main()
