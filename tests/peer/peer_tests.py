"""What the checks of sqli-peer share: the program itself, and plain sockets that know nothing of
SQLI but recorded bytes.

The program is $SQLI_BIN/sqli-peer, or named as the first argument of a check.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

if len(sys.argv) > 1 and not sys.argv[1].startswith("-") and os.path.isfile(sys.argv[1]):
    PEER = sys.argv.pop(1)
else:
    PEER = os.path.join(os.environ.get("SQLI_BIN", "build/bin"), "sqli-peer")
HERE = Path(__file__).resolve().parent
CAPTURES = Path(os.environ.get("SQLI_TEST_DATA", HERE.parent / "data")) / "captures"
PATIENCE = 20  # seconds that anything may take before the test fails
PASSWORD = b"in4mix"


def capture(name):
    """The connections of a recording: lists of ("C" or "S", bytes)."""
    connections = []
    for line in (CAPTURES / name).read_text().splitlines():
        if line == "# connection":
            connections.append([])
        elif line[:2] in ("C ", "S "):
            connections[-1].append((line[0], bytes.fromhex(line[2:])))
    return connections


def bytes_of(flushes, side):
    return b"".join(data for who, data in flushes if who == side)


class Peer:
    """A running sqli-peer that listens."""

    def __init__(self, *arguments):
        self.folder = tempfile.TemporaryDirectory()
        self.ready = os.path.join(self.folder.name, "ready")
        self.process = subprocess.Popen(
            [PEER, *map(str, arguments), "--ready-file", self.ready, "--lifetime", "120"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + PATIENCE
        while not os.path.exists(self.ready):
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                out_and_err = self.process.communicate()
                self.folder.cleanup()
                raise AssertionError("not ready: " + repr(out_and_err))
            time.sleep(0.005)
        host, port = Path(self.ready).read_text().strip().rsplit(":", 1)
        self.address = (host.strip("[]"), int(port))

    def __str__(self):
        return "%s:%d" % self.address

    def connect(self):
        client = socket.create_connection(self.address, timeout=PATIENCE)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def all_that_comes(self):
        with self.connect() as client:
            return read_all(client)

    def end(self, stop=False):
        """Exit status, standard output and error."""
        if stop:
            self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out.decode(), err.decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        self.folder.cleanup()


def run(*arguments, text=None):
    done = subprocess.run([PEER, *map(str, arguments)], input=text, capture_output=True,
                          timeout=PATIENCE, text=True)
    return done.returncode, done.stdout, done.stderr


def read_exactly(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise AssertionError(f"ended after {len(data)} of {count} bytes: {data.hex()}")
        data += more
    return data


def read_all(sock):
    """Everything up to the end, and how it ended: "end" or "reset"."""
    data = b""
    while True:
        try:
            more = sock.recv(65536)
        except ConnectionResetError:
            return data, "reset"
        if not more:
            return data, "end"
        data += more


def read_urgent(sock):
    """The urgent byte. A socket with a timeout would first wait for ordinary bytes."""
    if not select.select([], [], [sock], PATIENCE)[2]:
        raise AssertionError("no urgent byte came")
    sock.setblocking(False)
    byte = sock.recv(1, socket.MSG_OOB)
    sock.settimeout(PATIENCE)
    return byte


def play_client(sock, flushes):
    """Plays the client's lines of a recording, reads as many bytes as the server's have."""
    received = b""
    for who, data in flushes:
        if who == "C":
            sock.sendall(data)
        else:
            received += read_exactly(sock, len(data))
    return received


class Server:
    """A server in a thread: handles each connection with a function."""

    def __init__(self, handle):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.handle = handle
        self.failures = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.settimeout(PATIENCE)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.one, args=(sock,), daemon=True).start()

    def one(self, sock):
        with sock:
            try:
                self.handle(sock)
            except (AssertionError, OSError) as failure:
                self.failures.append(failure)

    def __str__(self):
        return "127.0.0.1:%d" % self.listener.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread, which else keeps it open
        self.listener.close()


def play_server(flushes):
    def handle(sock):
        for who, data in flushes:
            if who == "S":
                sock.sendall(data)
            else:
                got = read_exactly(sock, len(data))
                if got != data:
                    raise AssertionError(f"got {got.hex()}, not {data.hex()}")
        read_all(sock)
    return handle


def sends(data, first=1):
    """A server that sends all this once the client has said something, then waits for the end."""
    def handle(sock):
        read_exactly(sock, first)
        sock.sendall(data)
        read_all(sock)
    return handle


def collects(into):
    def handle(sock):
        into.append(read_all(sock))
    return handle


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, text, name="file"):
        path = self.folder / name
        path.write_text(text)
        return path

    def assert_fails(self, result, status, *fragments):
        code, _, err = result
        self.assertEqual(code, status, err)
        for fragment in fragments:
            self.assertIn(fragment, err)

    def assert_ok(self, result):
        self.assertEqual(result[0], 0, result[2])

    def assert_no_password(self, *texts):
        for text in texts:
            data = text if isinstance(text, bytes) else text.encode()
            self.assertNotIn(PASSWORD, data)
            self.assertNotIn(PASSWORD.hex().encode(), data.lower())


def eventually(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("did not happen in time")
        time.sleep(0.005)


# What a recorded client begins with.
LOGIN = capture("01-connect.hex")[0][0][1]
PROTOCOLS = capture("01-connect.hex")[0][2][1]
