#!/usr/bin/env python3
"""What SQL means: sql/*.txt run on sqlid through the published pure-Python driver.

The scripts hold what Informix is documented to do. A script is a list of cases with empty lines
between them, and `#` begins a comment line. Each script has a database of its own, with a log, and
the driver in autocommit mode. A case begins with what is expected:

    ok [N]                      the statement runs, and changes N rows
    rows [NAME TYPE, ...]       it gives the rows below `----`, one a line, values divided by `|`;
                                the columns, where they are given, are called and typed so
    some [NAME TYPE, ...]       the same rows in any order
    error CODE [isam=N] [near=TEXT] [offset=N]
    values                      each line is EXPRESSION => VALUE or => error CODE; the expression is
                                selected from one row
    texts                       the same of (EXPRESSION)::LVARCHAR: the server's own text
    types                       the same, but => the type that is described

`@NAME` behind the first word picks another connection to the same database. A line `with 1, 'a'`
in front of the statement binds parameters. Values: NULL, t and f; texts as they are, or in quotes
where blanks or nothing would be lost; decimals without zeros at the end, for which
`texts` are the better look.

SQLI_PEER_PYTHON names the python that has the driver; the arguments name scripts to run.
"""
import datetime
import decimal
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 30
LEAST = 1000  # cases; fewer means that scripts were not found

TYPES = {0: "char", 1: "smallint", 2: "integer", 3: "float", 4: "smallfloat", 5: "decimal",
         6: "serial", 7: "date", 8: "money", 9: "null", 10: "datetime", 11: "byte", 12: "text",
         13: "varchar", 14: "interval", 15: "nchar", 16: "nvarchar", 17: "int8", 18: "serial8",
         19: "set", 20: "multiset", 21: "list", 22: "row", 40: "lvarchar", 41: "udtfixed",
         52: "bigint", 53: "bigserial"}
FIELDS = {0: "year", 2: "month", 4: "day", 6: "hour", 8: "minute", 10: "second"}


# --- how things look ---

def field_name(code):
    return FIELDS.get(code) or f"fraction({code - 10})"


def digits_between(first, last):
    """Digits of the fields behind the first one."""
    return sum(2 for code in FIELDS if first < code <= min(last, 10)) + max(0, last - 10)


def qualifier(code, length):
    first, last = length >> 4 & 15, length & 15
    name = field_name(first)
    if code == 14 and first <= 10:
        name += f"({(length >> 8) - digits_between(first, last)})"
    return name + " to " + field_name(last)


def type_text(code, length):
    name = TYPES.get(code, f"type{code}")
    if code in (0, 15):
        return f"{name}({length})"
    if code in (13, 16):
        return f"{name}({length & 255})"
    if code in (5, 8):
        return f"{name}({length >> 8})" if length & 255 == 255 else \
            f"{name}({length >> 8},{length & 255})"
    if code in (10, 14):
        return f"{name} {qualifier(code, length)}"
    if code == 41:
        return "boolean" if length == 1 else name
    return name


def span_text(value):
    sign, value = ("-", -value) if value < datetime.timedelta() else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    text = f"{sign}{value.days} {hours:02}:{rest // 60:02}:{rest % 60:02}"
    return text + (f".{value.microseconds // 10:05}" if value.microseconds else "")


def value_text(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, decimal.Decimal):
        return format(value, "f").rstrip("0").rstrip(".") if value % 1 else str(int(value))
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime.timedelta):
        return span_text(value)
    if type(value).__name__ == "IntervalYM":
        years, months = divmod(abs(value.months), 12)
        return f"{'-' if value.months < 0 else ''}{years}-{months:02}"
    if hasattr(value, "raw"):
        return value.raw.decode("latin-1")
    if isinstance(value, str):
        return f"'{value}'" if value != value.strip() or not value else value
    return str(value)


# --- scripts ---

class Case:
    def __init__(self, path, line, header, body):
        words = header.split()
        self.header = header
        self.place = f"{path.name}:{line}"
        self.kind = words[0]
        self.connection = next((w[1:] for w in words if w[0] == "@"), "")
        self.words = [w for w in words[1:] if w[0] != "@"]
        self.parameters = ()
        if body and body[0].startswith("with "):
            names = {"Decimal": decimal.Decimal, "date": datetime.date,
                     "datetime": datetime.datetime, "timedelta": datetime.timedelta,
                     "None": None, "True": True, "False": False, "__builtins__": {}}
            self.parameters = eval(f"({body.pop(0)[5:]},)", names)
        self.lines = body
        self.rows = None
        if "----" in body:
            cut = body.index("----")
            self.lines, self.rows = body[:cut], body[cut + 1:]
        self.sql = "\n".join(self.lines)


def read_script(path):
    cases, block, start = [], [], 0
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n") + [""], 1):
        if line.startswith("#"):
            continue
        if line.strip():
            if not block:
                start = number
            block.append(line)
        elif block:
            cases.append(Case(path, start, block[0], block[1:]))
            block = []
    return cases


def expected_columns(case):
    """[(name, type)] of the heading, or None."""
    text = re.sub(r"^\w+\s*(@\w+)?\s*", "", case.header)
    if not text:
        return None
    columns = []
    for part in re.split(r",\s*(?![^(]*\))", text):
        match = re.match(r"\"([^\"]*)\"\s+(.*)|(\S+)\s+(.*)", part.strip())
        columns.append((match[1], match[2]) if match[1] is not None else (match[3], match[4]))
    return columns


# --- running ---

class Runner:
    def __init__(self, driver, address):
        self.driver = driver
        self.address = address
        self.database = None
        self.connections = {}
        self.total = 0
        self.failures = []

    def connect(self, database):
        host, port = self.address
        return self.driver.connect(host, port, user="informix", password="in4mix",
                                   database=database, server="informix", autocommit=True,
                                   read_timeout=PATIENCE)

    def connection(self, name):
        if name not in self.connections:
            self.connections[name] = self.connect(self.database)
        return self.connections[name]

    def execute(self, sql, parameters=(), name=""):
        """The cursor, and its rows or None."""
        try:
            cursor = self.connection(name).cursor()
            cursor.execute(sql, parameters)
            return cursor, cursor.fetchall() if cursor.description else None
        except (OSError, self.driver.OperationalError, self.driver.InterfaceError) as error:
            if getattr(error, "sqlcode", None) is None:
                self.connections.pop(name, None)
            raise

    def fail(self, place, sql, wanted, got):
        self.failures.append((place, sql, wanted, got))

    def check(self, place, sql, wanted, got):
        self.total += 1
        if wanted != got:
            self.fail(place, sql, wanted, got)

    def run_case(self, case):
        getattr(self, "case_" + case.kind)(case)

    def told(self, error):
        return f"error {getattr(error, 'sqlcode', None)} ({error})"

    def case_ok(self, case):
        try:
            cursor, _ = self.execute(case.sql, case.parameters, case.connection)
            got = f"ok {cursor.rowcount}" if case.words else "ok"
        except Exception as error:
            got = self.told(error)
        self.check(case.place, case.sql, " ".join(["ok"] + case.words), got)

    def case_rows(self, case, any_order=False):
        wanted = [" | ".join(v.strip() for v in row.split("|")) for row in case.rows or []]
        columns = expected_columns(case)
        try:
            cursor, rows = self.execute(case.sql, case.parameters, case.connection)
            got = [" | ".join(value_text(v) for v in row) for row in rows or []]
            if any_order:
                wanted, got = sorted(wanted), sorted(got)
            if columns and cursor.description:
                described = [(d[0], type_text(int(d[1]), d[3])) for d in cursor.description]
                wanted, got = (columns, wanted), (described, got)
        except Exception as error:
            got = self.told(error)
        self.check(case.place, case.sql, wanted, got)

    def case_some(self, case):
        self.case_rows(case, any_order=True)

    def case_error(self, case):
        wanted = {"code": int(case.words[0])}
        rest = case.header.split(case.words[0], 1)[1]
        for key, value in re.findall(r"(\w+)=(.*?)(?=\s+\w+=|$)", rest):
            wanted[key] = value if key == "near" else int(value)
        try:
            cursor, rows = self.execute(case.sql, case.parameters, case.connection)
            got = f"ok, {cursor.rowcount if rows is None else rows}"
        except Exception as error:
            seen = {"code": getattr(error, "sqlcode", None), "near": getattr(error, "near", None),
                    "isam": getattr(error, "isamcode", None),
                    "offset": getattr(error, "offset", None)}
            got = {key: seen[key] for key in wanted}
            if seen["code"] is None:
                got = self.told(error)
        self.check(case.place, case.sql, wanted, got)

    def each_value(self, case, form, show):
        for number, line in enumerate(case.lines, 1):
            expression, wanted = re.split(r"\s+=>\s*", line, maxsplit=1)
            sql = f"SELECT {form % expression} FROM systables WHERE tabid = 1"
            try:
                cursor, rows = self.execute(sql, (), case.connection)
                got = show(cursor, rows)
            except Exception as error:
                code = getattr(error, "sqlcode", None)
                got = f"error {code}" if wanted.startswith("error") and code else self.told(error)
            self.check(f"{case.place}+{number}", sql, wanted.strip(), got)

    def case_values(self, case):
        self.each_value(case, "%s", lambda cursor, rows: value_text(rows[0][0]))

    def case_texts(self, case):
        self.each_value(case, "(%s)::LVARCHAR", lambda cursor, rows: value_text(rows[0][0]))

    def case_types(self, case):
        self.each_value(case, "%s", lambda cursor, rows: type_text(
            int(cursor.description[0][1]), cursor.description[0][3]))

    def run_script(self, path):
        cases = read_script(path)
        self.database = "sql_" + path.stem
        self.connections = {}
        with self.connect("sysmaster") as connection:
            connection.cursor().execute(f"CREATE DATABASE {self.database} WITH LOG")
        for case in cases:
            self.run_case(case)
        for connection in self.connections.values():
            try:
                connection.close()
            except Exception:
                pass


class Server:
    """sqlid in memory, for the length of a block."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        ready = os.path.join(self.folder.name, "ready")
        program = os.path.join(os.environ.get("SQLI_BIN", "build/bin"), "sqlid")
        self.log = open(os.path.join(self.folder.name, "log"), "w+")
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--memory", "--ready-file", ready],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        match = re.match(r"sqlid: listening on (.*):(\d+)", line)
        assert match, f"sqlid said {line!r}"
        self.address = (match[1], int(match[2]))
        return self

    def __exit__(self, *_):
        died = self.process.poll()
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.stdout.close()
        self.log.seek(0)
        log = self.log.read()
        self.log.close()
        self.folder.cleanup()
        if died is not None or "Sanitizer" in log:
            print(log[-4000:])
            raise SystemExit(f"sqlid ended: {died}")


def main():
    import informix_db
    paths = [Path(name) for name in sys.argv[1:]] or sorted((HERE / "sql").glob("*.txt"))
    with Server() as server:
        runner = Runner(informix_db, server.address)
        for path in paths:
            before, failed = runner.total, len(runner.failures)
            runner.run_script(path)
            print(f"{path.stem}: {runner.total - before} cases, "
                  f"{len(runner.failures) - failed} failed")
    for place, sql, wanted, got in runner.failures:
        print(f"\n{place}: {sql}\n  wanted {wanted}\n  got    {got}")
    print(f"\n{runner.total} cases, {len(runner.failures)} failed")
    return 1 if runner.failures or (not sys.argv[1:] and runner.total < LEAST) else 0


if __name__ == "__main__":
    interpreter = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
    if "SQLI_LIVE_DRIVER" not in os.environ:
        sys.exit(subprocess.run([interpreter, __file__] + sys.argv[1:],
                                env=dict(os.environ, SQLI_LIVE_DRIVER="1")).returncode)
    sys.exit(main())
