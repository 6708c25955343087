"""SQLI messages from bytes to lines of the trace, written from docs/protocol.md and
docs/captures.md alone; shares nothing with protocol/.

A decoder takes a Reader behind the tag and gives the fields in the order of the trace, each a name
and a value: int, bytes, or a list of such field lists. The names are the trace's, everything else
is the documents'.
"""

import re
from collections import namedtuple

import reference_values as values

# Capability bits that change the framing.
BIT_FETCH_ARRAY, BIT_WIDE_DESCRIBE, BIT_NAMED, BIT_BIGINT = 8, 50, 52, 54
BIT_LONG_TEXT, BIT_LONG_FETCH, BIT_LARGE_TUPLES, BIT_LONG_ROWIDS = 62, 63, 69, 70

CAPABILITIES = {
    2: "UDT", 8: "FETCH_ARRAY", 10: "LONG_IDENTIFIERS", 13: "VARCHAR_LENGTH",
    18: "LONG_IDENTIFIERS_2", 34: "DESCRIBE_INPUT", 37: "LONG_LVARCHAR", 40: "PAD_VARCHAR",
    44: "PAM", 45: "FAST_PATH_DESCRIBE", 48: "GENERATED_KEYS", 49: "SESSION_INFO",
    50: "WIDE_DESCRIBE", 51: "GLS", 52: "NAMED_PARAMETERS", 54: "BIGINT", 56: "SAVEPOINTS",
    59: "PRIVATE_SERVER", 61: "BATCH", 62: "LONG_TEXT", 63: "LONG_FETCH", 69: "LARGE_TUPLES",
    70: "LONG_ROWIDS",
}

STATEMENTS = {
    2: "SELECT", 4: "UPDATE", 5: "DELETE", 6: "INSERT", 14: "CREATE TABLE", 34: "BEGIN WORK",
    35: "COMMIT WORK", 36: "ROLLBACK WORK", 44: "DROP SYNONYM", 56: "EXECUTE ROUTINE",
}

FILE_OPERATIONS = {0: "open", 1: "close", 2: "read", 3: "write"}


class Wrong(Exception):
    """The bytes are not what the documents say."""


class Text(bytes):
    """Shown in quotes whatever it holds."""


class Word(str):
    """Shown as it is."""


Message = namedtuple("Message", "name fields data")
SECRET = Word("***")


# --- reading ---

class Reader:
    """Bytes of one side and what both sides can do."""

    def __init__(self, data, caps=frozenset(), error_names=None):
        self.data = data
        self.at = 0
        self.caps = caps
        self.error_names = error_names or {}

    def more(self):
        return self.at < len(self.data)

    def bytes(self, size):
        if size < 0 or self.at + size > len(self.data):
            raise Wrong("%d bytes wanted at %d of %d" % (size, self.at, len(self.data)))
        self.at += size
        return self.data[self.at - size:self.at]

    def unsigned(self, size):
        return int.from_bytes(self.bytes(size), "big")

    def signed(self, size):
        return int.from_bytes(self.bytes(size), "big", signed=True)

    def short(self):
        return self.signed(2)

    def int(self):
        return self.signed(4)

    def by(self, bit, wide, narrow):
        """A number whose width a capability decides."""
        return self.signed(wide if bit in self.caps else narrow)

    def padded(self, size):
        data = self.bytes(size)
        if size % 2 and self.bytes(1) != b"\0":
            raise Wrong("a pad that is not 00 at %d" % (self.at - 1))
        return data

    def char(self):
        return Text(self.padded(self.short()))

    def char4(self):
        return Text(self.padded(self.int()))

    def sql(self):
        return Text(self.padded(self.by(BIT_LONG_TEXT, 4, 2)))

    def asc(self):
        """A login text: None where it is absent."""
        size = self.short()
        if size == 0:
            return None
        data = self.bytes(size)
        if data[-1:] != b"\0":
            raise Wrong("a login text without its NUL at %d" % self.at)
        return Text(data[:-1])

    def array(self, size):
        """A fixed place for a text, filled up with NULs."""
        return Text(self.bytes(size).rstrip(b"\0"))

    def expect(self, value, size=2):
        got = self.unsigned(size)
        if got != value:
            raise Wrong("%x where %x belongs, before %d" % (got, value, self.at))


def labelled(number, names, key=None):
    name = names.get(number if key is None else key)
    return Word("%d(%s)" % (number, name)) if name else number


# --- values and types ---

WIDTHS = {values.SMALLINT: 2, values.INTEGER: 4, values.SERIAL: 4, values.DATE: 4,
          values.FLOAT: 8, values.SMALLFLOAT: 4, values.BIGINT: 8, values.BIGSERIAL: 8,
          values.INT8: 10, values.SERIAL8: 10}
COUNTED = (values.CHAR, values.DECIMAL, values.MONEY, values.DATETIME, values.INTERVAL,
           values.VARCHAR, values.NCHAR, values.NVARCHAR)


def bind_data(r, code):
    """Behind the precision word, without length and pad."""
    if code in WIDTHS:
        return r.bytes(WIDTHS[code])
    if code in (values.BYTE, values.TEXT):
        return r.bytes(68 if BIT_LONG_ROWIDS in r.caps else 56)
    if code in COUNTED:
        return r.padded(r.short())
    if values.has_name(code):
        return r.padded(r.int())
    raise Wrong("a parameter of type %d" % code)


def bind_value(r):
    word = r.unsigned(2)
    code = word & 0xFF
    fields = [("type", labelled(word, values.TYPE_NAMES, code))]
    if values.has_name(code):
        fields += [("owner", r.char()), ("type_name", r.char())]
    indicator, precision = r.short(), r.short()
    fields += [("indicator", indicator), ("precision", precision)]
    if indicator != 0:
        return fields
    data = bind_data(r, code)
    try:
        text = values.bind_text(code, precision, data)
    except values.Unreadable:
        text = None
    return fields + [("data", data) if text is None else ("value", Word(text))]


def type_part(r, word):
    """What DESCRIBE and IDESCRIBE have from the type word on."""
    extended_id, owner, name = r.int(), r.char(), r.char()
    fields = [("type", labelled(word, values.TYPE_NAMES, word & 0xFF)),
              ("extended_id", extended_id), ("owner", owner), ("type_name", name),
              ("reference", r.short()), ("alignment", r.short())]
    source, length = r.int(), r.int()
    return (fields + [("source", source), ("length", length)],
            values.Column(word, extended_id, length, name, source))


# --- messages of both sides ---

def bare(r):
    return [], None


def protocols(r):
    mask = r.padded(r.short())
    bits = bits_of(mask)
    names = ",".join(CAPABILITIES.get(bit, str(bit)) for bit in sorted(bits))
    return [("mask", Word("%s (%s)" % (mask.hex(), names)))], bits


def bits_of(mask):
    return {8 * i + bit for i, byte in enumerate(mask) for bit in range(8) if byte << bit & 0x80}


def blob(r):
    return [("data", r.padded(r.short()))], None


# --- messages of the client ---

def info(r):
    subtype, size, longest_name, longest_value = [r.short() for _ in range(4)]
    start, pairs = r.at, []
    while True:
        name, value = r.char(), r.char()
        if not name and not value:
            break
        pairs.append([("name", name), ("value", value)])
    if size != 6 + r.at - 4 - start:
        raise Wrong("INFO says %d bytes and has %d" % (size, 6 + r.at - 4 - start))
    return [("subtype", subtype), ("size", size), ("longest_name", longest_name),
            ("longest_value", longest_value), ("env", pairs)], None


def dbopen(r):
    return [("name", r.char()), ("mode", r.short())], None


def response(r):
    r.char()
    return [("answer", SECRET)], None


def statement(r):
    fields = [("placeholders", r.short()), ("sql", r.sql())]
    return fields, fields[1][1]


def generated_keys(r):
    kind = r.short()
    fields = [("kind", kind)]
    if kind == 2:
        count = r.short()
        fields += [("count", count), ("columns", [[("column", r.short())] for _ in range(count)])]
    elif kind == 3:
        count = r.short()
        fields += [("count", count), ("names", [[("name", r.char())] for _ in range(count)])]
    return fields, None


def statement_id(r):
    number = r.short()
    return [("statement", number)], number


def bind(r):
    count = r.short()
    return [("count", count), ("values", [bind_value(r) for _ in range(count)])], None


def bbind(r):
    return [("blobs", r.short())], None


def name(r):
    return [("name", r.char())], None


def ret_type(r):
    direction, count = r.short(), r.short()
    types, columns = [], []
    for _ in range(count):
        code, type_name = r.short(), b""
        fields = [("type", code)]
        if values.has_name(code & 0xFF):
            owner, type_name = r.char(), r.char()
            fields += [("owner", owner), ("type_name", type_name)]
        length = r.int()
        types.append(fields + [("length", length)])
        columns.append(values.Column(code, 0, length, type_name, 0))
    return [("direction", direction), ("count", count), ("types", types)], (direction, columns)


def nfetch(r):
    fields = [("buffer", r.by(BIT_LONG_FETCH, 4, 2))]
    if BIT_FETCH_ARRAY in r.caps:
        fields.append(("array", r.short()))
    return fields, None


def sfetch(r):
    return [("kind", r.short()), ("target", r.int()), ("buffer", r.by(BIT_LONG_FETCH, 4, 2))], None


def put(r):
    size, rows = r.int(), r.short()
    odd = size % 2
    payload = r.padded(max(rows, 1) * (size + odd) - odd)
    return [("size", size), ("rows", rows), ("payload", payload)], payload


def rollback(r):
    return [("option", r.short())], None


def savepoint(r):
    return [("name", r.char()), ("unique", r.short())], None


def fetchblob(r):
    return [("descriptor", r.bytes(68 if BIT_LONG_ROWIDS in r.caps else 56))], None


def total(r):
    number = r.int()
    return [("total", number)], number


def lodata(r):
    operation, descriptor, length, buffer = r.short(), r.short(), r.int(), r.unsigned(2)
    fields = [("operation", operation), ("descriptor", descriptor), ("length", length),
              ("buffer", buffer)]
    if operation == 1:
        fields += [("offset", values.int8(r.bytes(10))), ("whence", r.short())]
    return fields, length if operation == 2 and length else None


def getroutine(r):
    by_id = r.unsigned(1)
    if by_id:
        return [("by_id", by_id), ("database", r.sql()), ("handle", r.int()),
                ("option", r.short())], None
    return [("by_id", by_id), ("signature", r.sql()), ("option", r.short())], None


def exfproutine(r):
    return [("database", r.char()), ("handle", r.int()), ("parameters", r.short()),
            ("option", r.short())], None


def fpdescribe(r):
    by_id = r.unsigned(1)
    if not by_id:
        raise Wrong("a description by signature")
    return [("by_id", by_id), ("database", r.char()), ("handle", r.int())], None


def fparam_head(r):
    return [("first_int8", values.int8(r.bytes(10)) or 0), ("first", r.int()),
            ("flag", r.unsigned(1))], None


# --- messages of the server ---

def dblist(r):
    names = []
    while True:
        text = r.char()
        if not text:
            return [("names", names)], None
        names.append([("name", text)])


def challenge(r):
    return [("style", r.short()), ("prompt", r.char())], None


def described_columns(r, count):
    offset_size = 4 if BIT_WIDE_DESCRIBE in r.caps else 2
    listed, columns = [], []
    for _ in range(count):
        place = [("name_at", r.signed(offset_size)), ("start", r.int())]
        fields, column = type_part(r, r.unsigned(2))
        listed.append(place + fields)
        columns.append(column)
    return listed, columns


def describe(r):
    kind, number, cost = r.short(), r.short(), r.int()
    tuple_size = r.by(BIT_LARGE_TUPLES, 4, 2)
    count, strings_size = r.short(), r.by(BIT_WIDE_DESCRIBE, 4, 2)
    fields = [("type", labelled(kind, STATEMENTS)), ("statement", number), ("cost", cost),
              ("tuple_size", tuple_size), ("count", count), ("strings_size", strings_size)]
    if count == 0:
        return fields, (number, [])
    listed, columns = described_columns(r, count)
    strings = r.padded(strings_size)
    if strings.count(b"\0") != count:
        raise Wrong("%d names for %d columns" % (strings.count(b"\0"), count))
    names = [("name", Text(strings[field[0][1]:].split(b"\0")[0])) for field in listed]
    return fields + [("columns", listed)] + names, (number, columns)


def idescribe(r):
    count = r.short()
    fields = [("count", count)]
    if count > 0 and BIT_NAMED in r.caps:
        fields.append(("named", r.short()))
    return fields + [("parameters", [type_part(r, r.unsigned(2))[0] for _ in range(count)])], None


def row_tuple(r):
    warnings, size = r.short(), r.int()
    payload = r.padded(size)
    return [("warnings", warnings), ("size", size), ("payload", payload)], payload


def done(r):
    return [("warnings", r.short()), ("rows", r.by(BIT_LONG_ROWIDS, 8, 4)),
            ("rowid", r.by(BIT_LONG_ROWIDS, 8, 4)), ("serial", r.int())], None


def cost(r):
    return [("rows", r.int()), ("io", r.int())], None


def err(r):
    code, isam = r.short(), r.short()
    return [("code", labelled(code, r.error_names)), ("isam", isam),
            ("offset", r.by(BIT_LONG_TEXT, 4, 2)), ("text", r.char())], None


def insertdone(r):
    fields = [("serial8", values.int8(r.bytes(10)) or 0)]
    if BIT_BIGINT in r.caps:
        fields.append(("bigserial", r.signed(8)))
    return fields, None


def tupid(r):
    return [("row", r.int())], None


def xactstat(r):
    return [("event", r.short()), ("new", r.short()), ("old", r.short())], None


def file(r):
    operation = r.short()
    fields = [("operation", labelled(operation, FILE_OPERATIONS))]
    if operation == 0:
        fields += [("name", r.char()), ("mode", r.int()), ("flags", r.int()), ("offset", r.int())]
    elif operation == 2:
        fields += [("buffer", r.unsigned(2)), ("amount", r.int())]
    return fields, None


def lodata_reply(r):
    operation, size = r.short(), r.int()
    return [("operation", operation), ("length", size)], None if operation == 2 else size


def getroutine_reply(r):
    return [("database", r.char()), ("handle", r.int())], None


def routine_value(r, out):
    fields = [("first", r.unsigned(1)), ("type", r.short()), ("extended_id", r.int()),
              ("length", r.int()), ("precision", r.short()), ("scale", r.short())]
    return fields + [("out", r.short())] if out else fields


def fparam(r):
    fields = fparam_head(r)[0]
    fields += [("second", r.int()), ("second_int8", values.int8(r.bytes(10)) or 0),
               ("third", r.int())]
    count = r.short()
    fields += [("return_count", count), ("returns", [routine_value(r, False)
                                                     for _ in range(count)])]
    count = r.short()
    fields += [("parameter_count", count), ("named", r.short())]
    return fields + [("parameters", [routine_value(r, True) for _ in range(count)])], None


# --- the login ---

def sl_header(r):
    size = r.unsigned(2)
    if size != len(r.data):
        raise Wrong("a login of %d bytes that says %d" % (len(r.data), size))
    return [("type", r.unsigned(1)), ("level", r.unsigned(1)), ("options", r.unsigned(2))]


def login_start(r, server):
    """What both login messages have up to their capability numbers."""
    fields = sl_header(r)
    r.expect(100)
    r.expect(101)
    fields += [("association", r.int()), ("float", r.asc())]
    r.expect(108)
    fields += [("application_type", r.array(12)), ("version", r.asc()), ("serial", r.asc()),
               ("server" if server else "application", r.asc())]
    return fields + [(key, r.int()) for key in ("capability", "capability2", "capability3")]


def login_network(r):
    return [("protocol", r.array(8)), ("protocol_number", r.int()), ("network", r.array(8)),
            ("network_number", r.int())]


def login(r):
    fields = login_start(r, False)
    fields += [("has_password", r.short()), ("user", r.asc())]
    fields += [("password", r.asc() and SECRET)] + login_network(r)
    r.expect(104)
    fields += [("service", r.short()), ("flags", r.int()), ("server", r.asc()),
               ("database", r.asc()), ("unused", r.array(8))]
    return fields + [("sections", sections(r))], None


def login_reply(r):
    fields = login_start(r, True) + [("zero", r.short())]
    fields += [("unused", r.asc()), ("unused2", r.asc())] + login_network(r)
    r.expect(102)
    fields += [("zeros", r.array(6)), ("service_error", r.short()), ("os_error", r.short())]
    if not r.more():
        return fields, None
    fields.append(("warnings", r.short()))
    count = r.short()
    notes = [[("kind", r.short()), ("text", r.asc())] for _ in range(count)]
    return fields + [("note_count", count), ("notes", notes), ("sections", sections(r))], None


def section_env(r):
    count = r.short()
    return [("count", count),
            ("env", [[("name", r.asc()), ("value", r.asc())] for _ in range(count)])]


def section_process(r):
    return [("zero", r.int()), ("pid", r.int()), ("thread", r.int()), ("host", r.asc()),
            ("tty", r.asc()), ("directory", r.asc())]


def section_binding(r):
    return [("bytes", r.bytes(r.short()))]


def section_misc(r):
    """The size counts all that follows it."""
    size, start = r.short(), r.at
    fields = [("size", size), ("first", r.int()), ("second", r.int()), ("text", r.asc())]
    if r.at - start != size:
        raise Wrong("a section of %d bytes that says %d" % (r.at - start, size))
    return fields


SECTIONS = {106: section_env, 107: section_process, 110: section_binding, 116: section_misc}


def sections(r):
    found = []
    while True:
        marker = r.short()
        if marker == 127:
            return found
        if marker not in SECTIONS:
            raise Wrong("login marker %d" % marker)
        found.append([("marker", marker)] + SECTIONS[marker](r))


# --- the tags ---

BOTH = {12: ("EOT", bare), 13: ("ERR", err), 39: ("BLOB", blob), 53: ("VERSION", bare),
        56: ("EXIT", bare), 126: ("PROTOCOLS", protocols)}

CLIENT = {
    1: ("COMMAND", statement), 2: ("PREPARE", statement), 3: ("CURNAME", name),
    4: ("ID", statement_id), 5: ("BIND", bind), 6: ("OPEN", bare), 7: ("EXECUTE", bare),
    9: ("NFETCH", nfetch), 10: ("CLOSE", bare), 11: ("RELEASE", bare), 17: ("PUT", put),
    19: ("CMMTWORK", bare), 20: ("RBWORK", rollback), 22: ("NDESCRIBE", bare),
    23: ("SFETCH", sfetch), 24: ("SCROLL", bare), 26: ("DBLIST", bare), 35: ("BEGIN", bare),
    36: ("DBOPEN", dbopen), 37: ("DBCLOSE", bare), 38: ("FETCHBLOB", fetchblob),
    41: ("BBIND", bbind), 43: ("HOLD", bare), 49: ("WANTDONE", bare), 81: ("INFO", info),
    87: ("REOPEN", bare), 97: ("LODATA", lodata), 100: ("RET_TYPE", ret_type),
    101: ("GETROUTINE", getroutine), 102: ("EXFPROUTINE", exfproutine),
    104: ("FPARAM", fparam_head), 131: ("FPDESCRIBE", fpdescribe),
    106: ("FILE_READ", total), 107: ("FILE_WRITE", total), 108: ("AUTOFREE", bare),
    124: ("CIDESCRIBE", bare), 128: ("ACK", bare), 130: ("RESPONSE", response),
    134: ("GENERATED_KEYS", generated_keys), 137: ("SETSVPT", savepoint), 138: ("RELSVPT", name),
    139: ("RBACKSVPT", name), 141: ("BATCHSTART", bare), 142: ("BATCHEND", bare), **BOTH,
}

SERVER = {
    8: ("DESCRIBE", describe), 14: ("TUPLE", row_tuple), 15: ("DONE", done),
    25: ("TUPID", tupid), 26: ("DBLIST", dblist), 55: ("COST", cost),
    94: ("INSERTDONE", insertdone), 97: ("LODATA", lodata_reply), 98: ("FILE", file),
    99: ("XACTSTAT", xactstat),
    101: ("GETROUTINE", getroutine_reply), 103: ("FPROUTINE", bind), 104: ("FPARAM", fparam),
    107: ("FILE_WRITE chunk", blob), 125: ("IDESCRIBE", idescribe), 127: ("ACCEPT", bare),
    129: ("CHALLENGE", challenge), 135: ("SGKDESCRIBE", describe), 136: ("SGKTUPLE", row_tuple),
    **BOTH,
}

# Messages that announce bytes to come in chunks, and the tag of such a chunk (None: it has none).
ANNOUNCE = {"LODATA": None, "FILE_READ": 106}


def chunks(r, message):
    """The chunks behind a message; they add up to what it announced. An answer to a read of nothing
    has an empty one."""
    if message.name not in ANNOUNCE or message.data is None:
        return
    left, tag = message.data, ANNOUNCE[message.name]
    if left == 0 and tag is None:
        fields, _ = blob(r)
        left -= len(fields[0][1])
        yield Message(message.name + " chunk", fields, None)
    while left > 0:
        if tag is not None:
            r.expect(tag)
        fields, _ = blob(r)
        left -= len(fields[0][1])
        yield Message(message.name + " chunk", fields, None)
    if left:
        raise Wrong("%s: %d bytes more than announced" % (message.name, -left))


def messages(r, from_client):
    """All messages of the reader's bytes."""
    tags = CLIENT if from_client else SERVER
    while r.more():
        tag = r.unsigned(2)
        if tag not in tags:
            raise Wrong("tag %d at %d" % (tag, r.at - 2))
        tag_name, decode = tags[tag]
        message = Message(tag_name, *decode(r))
        yield message
        yield from chunks(r, message)


def login_message(r, from_client):
    fields, _ = (login if from_client else login_reply)(r)
    if r.more():
        raise Wrong("%d bytes behind the login" % (len(r.data) - r.at))
    return Message("LOGIN" if from_client else "LOGIN_REPLY", fields, None)


# --- the line of the trace ---

UNPRINTABLE = re.compile(rb"[^ -~]")
ESCAPES = {0x22: '\\"', 0x5C: "\\\\", 0x0A: "\\n"}


def quoted(data):
    return '"%s"' % "".join(
        ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else "\\x%02x" % byte)
        for byte in data)


def shown(value):
    if isinstance(value, list):
        return "[%s]" % " ".join("{%s}" % all_shown(item) for item in value)
    if isinstance(value, Text):
        return quoted(value)
    if isinstance(value, bytes):
        return value.hex() if UNPRINTABLE.search(value) else quoted(value)
    return str(value)


def all_shown(fields):
    return " ".join("%s=%s" % (key, shown(value)) for key, value in fields if value is not None)


def line(message, from_client):
    text = ("C> " if from_client else "S> ") + message.name
    return text + " " + all_shown(message.fields) if message.fields else text
