"""sqlid for one test: started on a free port, watched, stopped, and looked at afterwards.

    with Sqlid() as server:
        connect(server.host, server.port)

Leaving the block fails when sqlid ends badly, has logged an error, or leaves something behind.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

BIN = os.environ.get("SQLI_BIN", "build/bin")
PROGRAM = os.path.join(BIN, "sqlid")
USER, PASSWORD, NAME = "informix", "in4mix", "informix"
START_SECONDS, STOP_SECONDS = 60, 60
# What nobody may find in the log of a server that was not abused.
COMPLAINTS = re.compile(r"Z error |Sanitizer|runtime error:|[Aa]ssertion")


def with_driver(script):
    """Runs the script again with the python that has the published driver; returns there."""
    if "SQLI_ORACLE_DRIVER" not in os.environ:
        interpreter = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
        environment = dict(os.environ, SQLI_ORACLE_DRIVER="1")
        sys.exit(subprocess.run([interpreter, script] + sys.argv[1:], env=environment).returncode)


class Sqlid:
    def __init__(self, *options, data=None, level="warn", allowed=None):
        """`allowed`: a regular expression of complaints in the log that the test provokes."""
        self.folder = tempfile.TemporaryDirectory(prefix="sqlid-test-")
        self.ready = os.path.join(self.folder.name, "ready")
        trace = os.environ.get("SQLI_ORACLE_TRACE")
        self.log = trace or os.path.join(self.folder.name, "log")
        level = "trace" if trace else level
        self.allowed = allowed and re.compile(allowed)
        self.place = ["--data", data] if data else ["--memory"]
        self.options = ["--log-level", level, *options]
        self.host = "127.0.0.1"
        self.port = self.tls_port = None
        self.process = None

    def start(self):
        if os.path.exists(self.ready):
            os.unlink(self.ready)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "--listen", f"{self.host}:0", *self.place, "--ready-file", self.ready,
                 *self.options], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while not os.path.exists(self.ready):
            if not self.runs() or time.monotonic() > until:
                raise AssertionError(f"sqlid does not start: {self.tell()}")
            time.sleep(0.01)
        self.find_ports()
        return self

    def find_ports(self):
        with open(self.ready, encoding="ascii") as ready:
            said = dict(re.findall(r"^sqlid: (listening|TLS) on \S*:(\d+)$", ready.read(), re.M))
        self.port = int(said["listening"])
        self.tls_port = int(said.get("TLS", 0))

    def tell(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def runs(self):
        return self.process is not None and self.process.poll() is None

    def wait(self, seconds):
        """Until it has ended, but not longer."""
        until = time.monotonic() + seconds
        while self.runs() and time.monotonic() < until:
            time.sleep(0.05)

    @property
    def pid(self):
        return self.process.pid

    def status(self, name):
        """A figure of /proc, in its own unit: VmRSS in KB, Threads."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(re.search(rf"^{name}:\s*(\d+)", status.read(), re.M)[1])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @staticmethod
    def is_sanitized():
        """ASan keeps freed memory for a while, so figures of memory say nothing."""
        with open(PROGRAM, "rb") as program:
            return b"__asan_init" in program.read()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Asks it to end, and returns its exit status."""
        if self.runs():
            self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"sqlid did not end within {STOP_SECONDS} s: {self.tell()[-500:]}")

    def complaints(self):
        lines = [line for line in self.tell().splitlines() if COMPLAINTS.search(line)]
        return [line for line in lines if not (self.allowed and self.allowed.search(line))]

    def check_end(self):
        status = self.stop()
        if status != 0:
            raise AssertionError(f"sqlid ended with {status}: {self.tell()[-3000:]}")
        if self.complaints():
            raise AssertionError("sqlid complains: " + "\n".join(self.complaints()[:40]))
        left = [name for name in os.listdir("/dev/shm") if name.startswith(f"sqlid-{self.pid}-")]
        left += [self.ready] if os.path.exists(self.ready) else []
        if left:
            raise AssertionError(f"sqlid leaves behind {left}")

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *rest):
        try:
            if kind is None:
                self.check_end()
            else:
                print(self.tell()[-3000:], file=sys.stderr)
        finally:
            if self.runs():
                self.kill()
            self.folder.cleanup()


def certificate(folder):
    """A key and a certificate for 127.0.0.1 that signs itself: their two files."""
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return key, cert
