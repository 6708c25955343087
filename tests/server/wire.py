"""A client that does nothing by itself: each request is what the test says, by docs/protocol.md.

It shares no code with the project, and holds what other clients hide: cursors by their names, rows
that arrive one at a time, the flags of DONE, XACTSTAT, the urgent byte.
"""
import socket
import struct

PATIENCE = 60
MASK = bytes.fromhex("fffc7ffc3c8caa97")
VARIABLE = {13, 16}
FIXED = {1: 2, 2: 4, 3: 8, 4: 4, 6: 4, 7: 4, 17: 10, 18: 10, 52: 8, 53: 8}


def text(value, code="latin-1"):
    return value if isinstance(value, bytes) else value.encode(code)


def padded(data):
    return data + b"\0" * (len(data) & 1)


def char(value):
    data = text(value)
    return struct.pack(">H", len(data)) + padded(data)


def asc(value):
    data = text(value) + b"\0"
    return struct.pack(">H", len(data)) + data


def login_request(user, password, server, environment):
    body = (bytes.fromhex("006400650000003d") + asc("IEEEM") + b"\0\x6c" + b"sqlexec\0\0\0\0\0"
            + asc("9.280") + asc("RDS#R000000") + asc("sqli")
            + bytes.fromhex("0000013c00000000000000000001") + asc(user) + asc(password)
            + b"ol\0\0\0\0\0\0\0\0\0\x3dtlitcp\0\0\0\0\0\1" + bytes.fromhex("0068000b00000003")
            + asc(server) + b"\0\0" + bytes(8) + struct.pack(">hh", 0x6a, len(environment))
            + b"".join(asc(name) + asc(value) for name, value in environment.items())
            + b"\0\x7f")
    return struct.pack(">H", len(body) + 6) + bytes.fromhex("013c0000") + body


class Refused(Exception):
    """An ERR of the server."""

    def __init__(self, code, isam, offset, near):
        super().__init__(f"{code} isam={isam} offset={offset} near={near!r}")
        self.code, self.isam, self.offset, self.near = code, isam, offset, near


class Reply:
    def __init__(self):
        self.kind = self.id = self.warnings = self.count = self.error = None
        self.columns, self.rows, self.events, self.dones = [], [], [], 0


class Wire:
    """One connection. Statements are prepared by `prepare`, which gives an id."""

    def __init__(self, address, database=None, user="informix", password="in4mix", **environment):
        self.socket = socket.create_connection(address, PATIENCE)
        self.columns = {}
        self.socket.sendall(login_request(user, password, "informix", environment))
        header = self.read(6)
        body = self.read(struct.unpack(">H", header[:2])[0] - 6)
        if header[2] != 2:
            at = body.index(b"\0\x66") + 8
            self.close()
            raise Refused(*struct.unpack(">hh", body[at:at + 4]), 0, b"")
        self.socket.sendall(b"\0\x7e" + char(MASK) + b"\0\x0c")
        self.read(2)
        self.read(struct.unpack(">H", self.read(2))[0] + 1)
        self.read(2)
        self.warnings = self.open(database) if database else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # --- bytes ---

    def read(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError("the server closed the connection")
            data += more
        return data

    def number(self, form):
        return struct.unpack(">" + form, self.read(struct.calcsize(">" + form)))[0]

    def char(self):
        length = self.number("H")
        return self.read(length + (length & 1))[:length]

    # --- replies ---

    def describe(self, reply):
        reply.kind, reply.id, _, _, fields, size = struct.unpack(">hhihhi", self.read(16))
        columns = []
        for _ in range(fields):
            _, _, code, _ = struct.unpack(">iihi", self.read(14))
            self.char(), self.char()
            _, _, _, length = struct.unpack(">hhii", self.read(12))
            columns.append((code & 0xff, length))
        names = self.read(size + (size & 1)).split(b"\0") if fields else []
        reply.columns = [(names[i], *column) for i, column in enumerate(columns)]
        self.columns[reply.id] = reply.columns

    def row(self, columns):
        self.number("h")
        size = self.number("i")
        data, at, values = self.read(size + (size & 1))[:size], 0, []
        for _, code, length in columns:
            if code in VARIABLE:
                width = 1 + data[at]
                value = data[at + 1:at + width]
            elif code in (40, 41):
                width = 5 + int.from_bytes(data[at + 1:at + 5], "big")
                value = data[at + 5:at + width]
            else:
                width = FIXED.get(code, length)
                if code == 5:
                    width = ((length >> 8) + (length & 1) + 3) // 2
                value = data[at:at + width]
                if code in (1, 2, 6, 7, 52, 53):
                    value = int.from_bytes(value, "big", signed=True)
            values.append(value)
            at += width
        assert at == size, f"a row of {size} bytes, {at} by its columns"
        return tuple(values)

    def reply(self, columns=()):
        """What comes until EOT."""
        reply = Reply()
        while True:
            tag = self.number("h")
            if tag == 12:
                if reply.error:
                    raise reply.error
                return reply
            if tag == 8:
                self.describe(reply)
            elif tag == 15:
                reply.warnings, reply.count, _, _ = struct.unpack(">hiii", self.read(14))
                reply.dones += 1
            elif tag == 55:
                self.read(8)
            elif tag == 94:
                self.read(18)
            elif tag == 99:
                reply.events.append(struct.unpack(">hhh", self.read(6)))
            elif tag == 14:
                reply.rows.append(self.row(columns))
            elif tag == 25:
                self.read(4)
            elif tag == 13:
                code, isam, offset = struct.unpack(">hhi", self.read(8))
                reply.error = Refused(code, isam, offset, self.char())
            else:
                raise AssertionError(f"unknown tag {tag}")

    def ask(self, request, columns=()):
        self.send(request)
        return self.reply(columns)

    def send(self, request):
        self.socket.sendall(request + b"\0\x0c")

    def interrupt(self):
        self.socket.send(b"\x42", socket.MSG_OOB)

    # --- requests ---

    def open(self, database):
        return self.ask(b"\0\x24" + char(database) + b"\0\0").warnings

    def prepare(self, sql):
        data = text(sql, "utf-8")
        return self.ask(b"\0\2\0\0" + struct.pack(">i", len(data)) + padded(data)
                        + b"\0\x16\0\x31").id

    def command(self, sql):
        """Prepared, run and released: the Reply."""
        data = text(sql, "utf-8")
        return self.ask(b"\0\1\0\0" + struct.pack(">i", len(data)) + padded(data)
                        + bytes.fromhex("00160007000b"))

    @staticmethod
    def on(number, rest):
        return struct.pack(">hh", 4, number) + rest

    @staticmethod
    def bound(values):
        """A BIND of integers and texts."""
        data = struct.pack(">hh", 5, len(values)) if values else b""
        for value in values:
            if value is None:
                data += struct.pack(">hhh", 0, -1, 0)
            elif isinstance(value, int):
                data += struct.pack(">hhhi", 2, 0, 0x0a00, value)
            else:
                data += struct.pack(">hhh", 0, 0, 0) + char(text(value, "utf-8"))
        return data

    def execute(self, number, *values):
        return self.ask(self.on(number, self.bound(values) + b"\0\7"))

    def declare(self, number, name, *values, hold=False):
        """OPEN of a cursor."""
        return self.ask(self.on(number, b"\0\3" + char(name) + self.bound(values)
                                + (b"\0\x2b" if hold else b"") + b"\0\6"))

    def fetch(self, number, room=4096):
        """The rows of one NFETCH."""
        request = self.on(number, b"\0\x09" + struct.pack(">ih", room, 0))
        return self.ask(request, self.columns[number]).rows

    def shut(self, number):
        return self.ask(self.on(number, b"\0\x0a"))

    def release(self, number):
        return self.ask(self.on(number, b"\0\x0b"))

    def begin(self):
        return self.ask(b"\0\x23")

    def commit(self):
        return self.ask(b"\0\x13")

    def rollback(self):
        return self.ask(b"\0\x14\0\0")

    def query(self, sql, *values):
        """All rows of a SELECT."""
        number = self.prepare(sql)
        try:
            self.declare(number, f"q{number}", *values)
            rows = []
            while True:
                more = self.fetch(number)
                if not more:
                    return rows
                rows += more
        finally:
            try:
                self.release(number)
            except (Refused, EOFError, OSError):
                pass
