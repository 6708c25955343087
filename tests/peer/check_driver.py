#!/usr/bin/env python3
"""The published pure-Python driver against a scripted server whose every byte comes from our encoder.

It logs in, selects rows of every scalar type with NULLs and a column behind each value, catches an
error and goes on, inserts, and is refused with a wrong password. What it decodes must be what we
encoded. SQLI_PEER_PYTHON names the python that has the driver.
"""
import datetime
import decimal
import os
import random
import subprocess
import sys

if len(sys.argv) > 1 and os.path.isdir(sys.argv[1]):
    os.environ["SQLI_BIN"] = sys.argv.pop(1)

from peer_tests import Peer  # noqa: E402

PROBE = os.path.join(os.environ.get("SQLI_BIN", "build/bin"), "probe_value")
ROWS = 60
LOGIN = """\
accept
expect LOGIN user="informix" password=*** server="informix"
send login-accept server=informix version="IBM Informix Dynamic Server Version 14.10.FC7W1"
expect PROTOCOLS mask=fffc7ffc3c8caa97
expect EOT
send protocols, eot
expect INFO
expect EOT
send eot
expect DBOPEN name="testdb"
expect EOT
send ok warnings=21, eot
"""

# What a column is in the describe, for the probe, and its values with our text for them.
COLUMNS = [
    ("i integer", "2 4 0 -", [0, -1, 42, 2147483647, -2147483647], str),
    ("s smallint", "1 2 0 -", [0, -7, 32767, -32767], str),
    ("b bigint", "52 8 0 -", [0, 4294967296, -9223372036854775807], str),
    ("e int8", "17 10 0 -", [123456789012, -123456789012, 1], str),
    ("f float", "3 8 0 -", [0.0, 3.25, -1.5, 1e308, 5e-324], repr),
    ("r smallfloat", "4 4 0 -", [1.5, -0.25], repr),
    ("d decimal(8,2)", "5 2050 0 -", [decimal.Decimal(t) for t in ("1234.56", "-0.01", "0")], str),
    ("g decimal(16)", "5 4351 0 -", [decimal.Decimal(t) for t in ("1E-8", "-1234567890123456")],
     lambda v: format(v, "f")),
    ("m money(16,2)", "8 4098 0 -", [decimal.Decimal(t) for t in ("12345.67", "-0.05")], str),
    ("a date", "7 4 0 -", [datetime.date(2026, 5, 4), datetime.date(1, 1, 1),
                           datetime.date(9999, 12, 31)], str),
    ("t datetime year to second", "10 3594 0 -", [datetime.datetime(2026, 5, 4, 12, 34, 56)], str),
    ("h datetime hour to second", "10 1642 0 -", [datetime.time(0, 5, 6)], str),
    ("v interval day(2) to second", "14 2122 0 -",
     [datetime.timedelta(days=5, hours=4, minutes=3, seconds=2), -datetime.timedelta(days=3)],
     lambda v: ("-" if v < datetime.timedelta() else "") +
     f"{abs(v).days} {datetime.time(*divmod(abs(v).seconds // 60, 60), abs(v).seconds % 60)}"),
    ("c char(6)", "0 6 0 -", ["ab", "", " a"], str),
    ("w varchar(20)", "13 20 0 -", ["hello", "", "trail  ", "\xe9t\xe9"], str),
    ("n nchar(10)", "15 10 0 -", ["nch"], str),
    ("x nvarchar(20)", "16 20 0 -", ["nvc"], str),
    ("l lvarchar(512)", "40 512 1 lvarchar", ["odd", "", "x" * 300], str),
    ("o boolean", "41 1 5 boolean", [True, False], lambda v: "t" if v else "f"),
]


def images(lines):
    """What the probe encodes, a line each."""
    out = subprocess.run([PROBE], input="\n".join(lines) + "\n", capture_output=True, check=True,
                         text=True, encoding="latin-1").stdout.split("\n")
    assert not any(line.startswith("!") for line in out), out
    return out


def make_rows(rng):
    rows = [[rng.choice(values + [None]) for _, _, values, _ in COLUMNS] for _ in range(ROWS)]
    lines = [f"encode {kind} {'NULL' if value is None else text(value)}"
             for row in rows for value, (_, kind, _, text) in zip(row, COLUMNS)]
    encoded = iter(images(lines))
    return rows, ["".join(next(encoded) for _ in COLUMNS) for _ in rows]


def select(rows):
    columns = " ".join(f'column="{name}"' for name, *_ in COLUMNS)
    half = len(rows) // 2
    tuples = ["".join(f"send tuple {row}\n" for row in part) for part in (rows[:half], rows[half:])]
    return f"""\
expect PREPARE sql="select * from everything"
expect-request
send describe id=0 {columns}, ok, eot
expect-request
{tuples[0]}send eot
expect ID statement=0
expect NFETCH
expect EOT
{tuples[1]}send ok rows={len(rows)}, eot
expect ID statement=0
expect NFETCH
expect EOT
send ok rows={len(rows)}, eot
expect ID statement=0
expect CLOSE
expect EOT
send eot
expect ID statement=0
expect RELEASE
expect EOT
send eot
"""


ERROR = """\
expect PREPARE sql="select * from no_such_table"
expect-request
send err -206 isam=-111 offset=15 text=no_such_table, eot
"""

INSERT = """\
expect PREPARE sql="insert into t values (?, ?)"
expect-request
send describe id=0 type=6, ok, eot
expect ID statement=0
expect BIND count=2 value=7 data="seven"
expect EXECUTE
expect EOT
send insertdone serial8=0 bigserial=0
send done rows=1 serial=0, cost, eot
expect ID statement=0
expect RELEASE
expect EOT
send eot
"""

LEAVE = "expect EXIT\n"

REFUSED = """\
accept
expect LOGIN
send login-reject -951
"""


def connect(peer, password="in4mix"):
    import informix_db
    host, port = peer.address
    return informix_db.connect(host, port, user="informix", password=password, database="testdb",
                               server="informix", autocommit=True, read_timeout=20.0)


class Scripted(Peer):
    """A server that plays the text; if that ends badly, its own word comes first."""

    def __exit__(self, kind, *rest):
        if kind:
            print(self.end(stop=True)[2], file=sys.stderr)
        super().__exit__(kind, *rest)

    def __init__(self, text):
        with open(os.path.join(FOLDER, "script.txt"), "w", encoding="utf-8") as file:
            file.write(text)
        super().__init__("script", file.name)


def expected(value, column):
    """The driver cuts the trailing blanks of CHAR and NCHAR, and so must we to compare."""
    fixed = column.split()[1].startswith(("char", "nchar"))
    return value.rstrip(" ") if fixed and value is not None else value


def check_session():
    import informix_db
    rows, encoded = make_rows(random.Random(1899))
    with Scripted(LOGIN + select(encoded) + ERROR + INSERT + LEAVE) as peer:
        connection = connect(peer)
        cursor = connection.cursor()
        cursor.execute("select * from everything")
        got = [tuple(row) for row in cursor.fetchall()]
        names = [column[0] for column in cursor.description]
        assert names == [name.split()[0] for name, *_ in COLUMNS], names
        wanted = [tuple(expected(v, c[0]) for v, c in zip(row, COLUMNS)) for row in rows]
        for one, other in zip(wanted, got):
            assert one == other, f"sent {one}\ngot  {other}"
        assert len(got) == ROWS, len(got)
        try:
            connection.cursor().execute("select * from no_such_table")
            raise AssertionError("no error")
        except informix_db.Error as error:
            told = (error.sqlcode, error.isamcode, error.offset, error.near)
            assert told == (-206, -111, 15, "no_such_table"), told
        cursor = connection.cursor()
        cursor.execute("insert into t values (?, ?)", (7, "seven"))
        assert cursor.rowcount == 1, cursor.rowcount
        connection.close()
        status, _, complaint = peer.end()
        assert status == 0, complaint
    return ROWS * len(COLUMNS)


def check_refusal():
    import informix_db
    with Scripted(REFUSED) as peer:
        try:
            connect(peer, "wrong")
            raise AssertionError("no error")
        except informix_db.OperationalError:
            pass


def main():
    check_refusal()
    print(f"{check_session()} values, 0 failed")


if __name__ == "__main__":
    interpreter = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
    if "SQLI_LIVE_DRIVER" not in os.environ:
        sys.exit(subprocess.run([interpreter, __file__] + sys.argv[1:],
                                env=dict(os.environ, SQLI_LIVE_DRIVER="1")).returncode)
    import tempfile
    with tempfile.TemporaryDirectory() as FOLDER:
        main()
