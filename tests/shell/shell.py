"""What the checks of the shell share: sqlid for a while, sqli run to its end, sqli in a terminal.

    with Sqlid() as server:
        result = sqli(server.url("stores"), "-c", "SELECT ...")

    class Things(Case):
        database = "things"
        statements = ["CREATE TABLE thing (id INT)"]
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unicodedata
import unittest
from pathlib import Path

BIN = Path(os.environ.get("SQLI_BIN", "build/bin"))
SOURCE = Path(os.environ.get("SQLI_SOURCE", Path(__file__).resolve().parent.parent.parent))
PROGRAM = str(BIN / "sqli")
PATIENCE = 30  # seconds; sanitizers are slow
SANITIZER = re.compile(r"Sanitizer|runtime error:")


def environment(**more):
    """A clean one: nothing of the user's own settings."""
    clean = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm", "SQLI_HISTORY": ""}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
        if name in os.environ:
            clean[name] = os.environ[name]
    clean.update(more)
    return clean


class Sqlid:
    def __init__(self, *options):
        self.options = options
        self.folder = tempfile.TemporaryDirectory(prefix="sqli-shell-")
        self.path = Path(self.folder.name)

    def __enter__(self):
        ready = self.path / "ready"
        self.process = subprocess.Popen(
            [BIN / "sqlid", "--memory", "--listen", "127.0.0.1:0", "--ready-file", ready,
             *self.options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + PATIENCE
        while not ready.exists() or not ready.read_text().endswith("\n"):
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise AssertionError(f"sqlid does not start: {self.process.stderr.read()}")
            time.sleep(0.01)
        self.address = ready.read_text().split()[3]
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=PATIENCE)
        self.folder.cleanup()

    def url(self, database="sysmaster", user="informix:in4mix", more=""):
        return f"informix://{user}@{self.address}/{database}?server=informix{more}"

    def create(self, database, *statements):
        """A database in UTF-8, and what makes its contents."""
        url = self.url(more="&db-locale=en_US.utf8")
        script = ";\n".join([f"CREATE DATABASE {database} WITH LOG", *statements])
        result = sqli(url, "-a", "-q", given=script)
        assert result.returncode == 0, result.stderr
        return self.url(database, more="&db-locale=en_US.utf8")


def sqli(*arguments, given="", **more):
    """Runs to the end; what it read is `given`. The result is text, its line ends as they are."""
    variables = more.pop("variables", {})
    result = subprocess.run([PROGRAM, *map(str, arguments)], input=given.encode(),
                            capture_output=True, timeout=4 * PATIENCE,
                            env=environment(**variables), start_new_session=True, **more)
    result.stdout, result.stderr = result.stdout.decode(), result.stderr.decode()
    if SANITIZER.search(result.stderr):
        raise AssertionError(result.stderr)
    return result


def literal(value):
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def wait_for(file, pattern):
    """Until it stands in the file, which another process writes: what --record tells, say."""
    end = time.monotonic() + PATIENCE
    while not (file.exists() and re.search(pattern, file.read_text(), re.S)):
        if time.monotonic() > end:
            raise AssertionError(f"{pattern!r} does not come into {file}")
        time.sleep(0.01)


class Case(unittest.TestCase):
    """Tests that share a server with a database, and have a folder each."""
    maxDiff = None
    database = ""
    statements = ()

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Sqlid())
        cls.url = cls.server.create(cls.database, *cls.statements)

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        """A file in the folder; bytes stand in it as they are."""
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.folder / name


CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[()=>][A-Z0-9]?|[\r\n\b\a]|.", re.S)


def drawn(text):
    """The lines that a terminal makes of a text, each a list of what stands in its columns."""
    lines, column = [[]], 0
    for found in CONTROL.finditer(text):
        what, line = found.group(), lines[-1]
        if what == "\n":
            lines.append([])
        elif what == "\r":
            column = 0
        elif what == "\b":
            column -= 1
        elif found[2] in ("G", "C"):
            number = int(found[1] or 1)
            column = number - 1 if found[2] == "G" else column + number
        elif found[2] == "K":
            del line[column:]
        elif len(what) == 1 and what >= " ":
            line += [" "] * (column - len(line))
            wide = unicodedata.east_asian_width(what) in "WF"
            line[column:column + 1 + wide] = [what, ""][:1 + wide]
            column += 1 + wide
    return lines


class Terminal:
    """sqli in a terminal of its own: type, and wait for what is shown."""

    def __init__(self, *arguments, lines=24, columns=120, **variables):
        self.shown = ""
        self.seen = 0
        self.before = ""  # of the line up to there
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            # The size counts before the program looks at it.
            os.execve(PROGRAM, [PROGRAM, *map(str, arguments)], environment(**variables))
        self.resize(lines, columns)

    def resize(self, lines, columns):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type(self, text):
        os.write(self.terminal, text.encode())

    def line(self, text):
        self.type(text + "\r")

    def read(self, seconds):
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            more = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.shown += more.decode(errors="replace")
        return bool(more)

    def plain(self):
        """What the terminal has shown, as lines: movements of the cursor within one are done."""
        return "\n".join("".join(line) for line in drawn(self.shown))

    def wait(self, pattern, seconds=PATIENCE):
        """Reads until the pattern is shown, behind what was waited for before; gives what was shown
        up to its end."""
        end = time.monotonic() + seconds
        while True:
            plain = self.plain()
            # A line that was written anew since then counts from its start.
            start = plain.rfind("\n", 0, self.seen) + 1
            if plain[start:self.seen] != self.before:
                self.seen = start
            if found := re.search(pattern, plain[self.seen:]):
                break
            if time.monotonic() > end or not self.read(max(0.01, end - time.monotonic())):
                raise AssertionError(f"{pattern!r} is not shown, but: "
                                     f"{self.plain()[self.seen:]!r}")
        text = found.string[:found.end()]
        self.seen += found.end()
        self.before = plain[plain.rfind("\n", 0, self.seen) + 1:self.seen]
        return text

    def prompt(self, seconds=PATIENCE):
        return self.wait(r"[=\-:'\"*!@]\*?> $", seconds)

    def end(self):
        """Waits for its end; the exit status."""
        end = time.monotonic() + PATIENCE
        while self.read(0.2) or os.waitid(os.P_PID, self.child,
                                          os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > end:
                os.kill(self.child, signal.SIGKILL)
                break
        os.close(self.terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
        if SANITIZER.search(self.shown):
            raise AssertionError(self.shown)
        return status

    def quit(self):
        self.line("\\q")
        return self.end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
