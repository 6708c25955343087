#!/usr/bin/env python3
"""Scrubbed recordings of the published Python driver and of the C client with sqlid.

Each conversation goes through two recorders, one behind the other: the plain one proves that the
secrets were there, the one with --scrub must not hold any of them, in no form: as text in UTF-8 or
Latin-1, and as the image that a number or a time has on the wire. What is left must be SQLI with
the same messages. SQLI_PEER_PYTHON names the python that has the driver.
"""
import datetime
import decimal
import os
import re
import socket
import struct
import subprocess
import sys
import unittest
from pathlib import Path

if __name__ == "__main__" and "SQLI_LIVE_DRIVER" not in os.environ:
    interpreter = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
    sys.exit(subprocess.run([interpreter, __file__] + sys.argv[1:],
                            env=dict(os.environ, SQLI_LIVE_DRIVER="1")).returncode)

import peer_tests  # noqa: E402

USER, WORD, SERVER, DATABASE = "spyglass", "Hush!42x", "moonbase", "payroll9"
D = decimal.Decimal


def pairs(digits):
    """Base-100 digits as DECIMAL, DATETIME and INTERVAL have them."""
    return bytes(int(digits[i:i + 2]) for i in range(0, len(digits), 2))


def int8(value):
    return struct.pack(">II", value & 0xffffffff, value >> 32)


# Column, its type, the value as SQL, as a parameter of the driver, and its images on the wire.
VALUES = [
    ("n_int", "int", "1987654321", 1987654321, [struct.pack(">i", 1987654321)]),
    ("n_small", "smallint", "31337", 31337, [struct.pack(">h", 31337)]),
    ("n_big", "bigint", "8123456789012345678", 8123456789012345678,
     [struct.pack(">q", 8123456789012345678)]),
    ("n_int8", "int8", "7123456789012345678", 7123456789012345678, [int8(7123456789012345678)]),
    ("n_float", "float", "2718.28182845", 2718.28182845, [struct.pack(">d", 2718.28182845)]),
    ("n_real", "smallfloat", "31415.5", 31415.5, [struct.pack(">f", 31415.5)]),
    ("n_dec", "decimal(12,2)", "87654321.99", D("87654321.99"), [pairs("8765432199")]),
    ("n_flow", "decimal(16)", "9182736455", D("9182736455"), [pairs("9182736455")]),
    ("n_cash", "money(16,2)", "76543298.76", D("76543298.76"), [pairs("7654329876")]),
    ("d_date", "date", "DATE('1987-06-05')", datetime.date(1987, 6, 5),
     [struct.pack(">i", (datetime.date(1987, 6, 5) - datetime.date(1899, 12, 31)).days)]),
    ("d_time", "datetime year to second", "DATETIME(1977-08-09 17:53:47) YEAR TO SECOND",
     datetime.datetime(1977, 8, 9, 17, 53, 47), [pairs("19770809175347")]),
    ("d_tick", "datetime hour to second", "DATETIME(21:53:47) HOUR TO SECOND",
     "21:53:47", [pairs("215347")]),
    ("d_span", "interval day(3) to second", "INTERVAL(567 21:43:59) DAY(3) TO SECOND",
     datetime.timedelta(days=567, hours=21, minutes=43, seconds=59), [pairs("0567214359")]),
    ("t_char", "char(20)", "'Zebedee char'", "Zebedee char", []),
    ("t_nchar", "nchar(20)", "'Zebulon nchar'", "Zebulon nchar", []),
    ("t_var", "varchar(40)", "'Qu\xe9zac varchar'", "Qu\xe9zac varchar", []),
    ("t_nvar", "nvarchar(40)", "'Wolfgang nvar'", "Wolfgang nvar", []),
    ("t_long", "lvarchar(400)", "'Lagerlof long text'", "Lagerlof long text", []),
    ("b_flag", "boolean", "'t'", "t", []),
]
BLOBS = {"l_byte": b"\x01Mandrake \xfe\xff bytes", "l_text": b"Nightshade text, quite long"}
COMPOSITE = "ROW('Hemlock', 40404)"

TABLE = "salaries77"
NAMES = [name for name, *_ in VALUES] + list(BLOBS)
CREATE = (f"CREATE TABLE {TABLE} (k_serial serial, " +
          ", ".join(f"{name} {kind}" for name, kind, *_ in VALUES) +
          ", r_row ROW(who varchar(20), howmuch int), l_byte BYTE, l_text TEXT, UNIQUE (n_int))")
INSERT = (f"INSERT INTO {TABLE} VALUES (0, " + ", ".join(text for _, _, text, *_ in VALUES) +
          f", {COMPOSITE}::ROW(who varchar(20), howmuch int), NULL, NULL)")
NULLS = f"INSERT INTO {TABLE} (k_serial) VALUES (0)"
SELECT = f"SELECT * FROM {TABLE} /* Foxglove comment */ -- Oleander remark\n ORDER BY 1"
MISSING = "SELECT * FROM belladonna"


def texts():
    """What must not be found as text."""
    yield from (USER, WORD, SERVER, DATABASE, TABLE, "belladonna", "Foxglove", "Oleander",
                "Hemlock", "40404", "Zebedee", "Zebulon", "Qu\xe9zac", "Wolfgang", "Lagerlof",
                "howmuch", "Mandrake", "Nightshade")
    yield from NAMES
    yield from ("1987654321", "8123456789012345678", "7123456789012345678", "2718.28", "31415",
                "87654321", "9182736455", "76543298", "1987-06-05", "1977-08-09", "21:53:47",
                "567 21:43")
    host = socket.gethostname()
    if len(host) > 5:
        yield host


def forms():
    """Each secret in each of its forms, as bytes."""
    for text in texts():
        yield text, text.encode()
        yield text, text.encode("latin-1")
        yield text, text.upper().encode()
    for name, _, _, _, images in VALUES:
        for image in images:
            yield name, image
    for name, data in BLOBS.items():
        yield name, data
    yield "process", struct.pack(">i", os.getpid())


class Sqlid:
    def __enter__(self):
        self.process = subprocess.Popen(
            [os.path.join(os.path.dirname(peer_tests.PEER), "sqlid"), "--memory", "--listen",
             "127.0.0.1:0", "--server-name", SERVER, "--user", f"{USER}:{WORD}"],
            stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().split()[-1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()


def traffic(path):
    """Per connection and side all bytes of a recording; and its comments."""
    sides, comments, connection, count = {}, [], 0, 0
    for line in path.read_text().splitlines():
        if line.startswith("# connection"):
            count += line == "# connection"
            connection = int(line.split()[2]) if line != "# connection" else count
        elif line[:2] in ("C ", "S "):
            key = connection, line[0]
            sides[key] = sides.get(key, b"") + bytes.fromhex(line[2:])
        else:
            comments.append(line)
    return sides, comments


class Scrubbing(peer_tests.Case):
    def converse(self, talk):
        """Lets `talk` connect through a scrubbing recorder and a plain one; gives their files."""
        plain, clean = self.folder / "plain", self.folder / "clean"
        with Sqlid() as server:
            with peer_tests.Peer("record", "--to", server.address, "--out", plain) as behind:
                with peer_tests.Peer("record", "--scrub", "--to", behind, "--out",
                                     clean) as front:
                    talk(front.address)
                    self.assert_ok(front.end(stop=True))
                self.assert_ok(behind.end(stop=True))
        return plain, clean

    def messages(self, path):
        code, shown, err = peer_tests.run("show", path)
        self.assertEqual(code, 0, err)
        return shown, [line.split()[:2] for line in shown.splitlines() if line[1:2] == ">"]

    def judge(self, plain, clean):
        before, after = traffic(plain)[0], traffic(clean)[0]
        self.assertEqual(traffic(clean)[1], [])
        self.assertEqual({k: len(v) for k, v in before.items()},
                         {k: len(v) for k, v in after.items()})
        everything, nothing = b"|".join(before.values()), b"|".join(after.values())
        found = set()
        for name, secret in forms():
            found.update([name] if secret in everything else [])
            self.assertNotIn(secret, nothing, f"{name} is in the scrubbed recording")
            self.assertNotIn(secret.hex(), nothing.decode("latin-1"), name)
        shown, messages = self.messages(clean)
        self.assertEqual(messages, self.messages(plain)[1])
        self.assertNotRegex(shown, "payload=")
        self.scrub_again(plain, clean)
        return found, shown

    def scrub_again(self, plain, clean):
        """The other way of scrubbing does the same; and what is clean stays as it is, so that it
        can be read and written again byte for byte."""
        for source in (plain, clean):
            again = self.folder / "again"
            self.assert_ok(peer_tests.run("scrub", source, "--out", again))
            self.assertEqual(traffic(again)[0], traffic(clean)[0])

    def expect(self, found, *absent):
        wanted = {name for name, _ in forms()} - {"process", WORD, *absent}
        self.assertEqual(wanted - found, set(), "was not in the plain recording: no test")

    def test_the_published_driver(self):
        import informix_db

        def connect(address, database):
            host, port = address
            return informix_db.connect(host, port, user=USER, password=WORD, database=database,
                                       server=SERVER, autocommit=True, read_timeout=20.0)

        def talk(address):
            first = connect(address, "sysmaster")
            first.cursor().execute(f"CREATE DATABASE {DATABASE} WITH LOG")
            first.close()
            connection = connect(address, DATABASE)
            cursor = connection.cursor()
            for sql in (CREATE, INSERT, NULLS):
                cursor.execute(sql)
            cursor.execute(
                f"INSERT INTO {TABLE} ({', '.join(NAMES)}) VALUES ({', '.join('?' * len(NAMES))})",
                [2 if name == "n_int" else value for name, _, _, value, _ in VALUES] +
                list(BLOBS.values()))
            cursor.execute(SELECT)
            rows = cursor.fetchall()
            self.assertEqual(len(rows), 3)
            self.assertEqual(rows[0][1], 1987654321)
            self.assertEqual(bytes(rows[2][-2]), BLOBS["l_byte"])
            for sql in (MISSING, INSERT):
                with self.assertRaises(informix_db.Error):
                    cursor.execute(sql)
            connection.close()

        plain, clean = self.converse(talk)
        found, shown = self.judge(plain, clean)
        self.expect(found)
        self.assertRegex(shown, r"TUPLE .*=NULL .*=NULL")
        self.assertRegex(shown, r'LOGIN .*user="n0000000" password=\*\*\*')
        self.assertRegex(shown, "type_name=\"ROW\\(n00 varchar\\(20\\)")
        self.names_are_the_same(shown)

    def names_are_the_same(self, shown):
        """The missing table is called alike in the SQL and in the error."""
        asked = re.search(r'sql="SELECT \* FROM (\w{10})"', shown)
        told = re.search(r'ERR code=-206.* text="(\w{10})"', shown)
        self.assertEqual(asked[1], told[1])

    def test_the_c_client(self):
        query = Path(peer_tests.PEER).resolve().parent.parent / "examples" / "query"

        def run(address, database, *sql, code=0):
            host, port = address
            done = subprocess.run(
                [query, f"informix://{USER}:{WORD.replace('!', '%21')}@{host}:{port}/{database}"
                        f"?server={SERVER}", *sql], capture_output=True, timeout=60)
            self.assertEqual(done.returncode, code, done.stderr)

        def talk(address):
            run(address, "sysmaster", f"CREATE DATABASE {DATABASE} WITH LOG")
            plain = SELECT.replace("*", ", ".join(["k_serial", "r_row", *NAMES[:-2]]), 1)
            run(address, DATABASE, CREATE, INSERT, NULLS, plain)
            run(address, DATABASE, MISSING, code=1)
            run(address, DATABASE, INSERT, code=1)

        plain, clean = self.converse(talk)
        found, shown = self.judge(plain, clean)
        self.expect(found, "Mandrake", "Nightshade", socket.gethostname(), *BLOBS)
        self.names_are_the_same(shown)


if __name__ == "__main__":
    unittest.main()
