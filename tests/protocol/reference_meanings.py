"""What the `meaning` column of tests/data/vectors.tsv says about fields: for a vector, texts that
its trace must contain. Written from the meanings and not from the bytes."""

import re
from decimal import Decimal

import reference_values as values

MEANINGS = {
    "msg-001": ['placeholders=0 sql="SELECT 1 FROM systables WHERE tabid = 1"', "NDESCRIBE",
                "WANTDONE", "EOT"],
    "msg-002": ['placeholders=2 sql="INSERT INTO t VALUES (?, ?)"'],
    "msg-003": ["ID statement=0", "EXECUTE"],
    "msg-004": ["ID statement=0", "CLOSE"],
    "msg-005": ["ID statement=0", "RELEASE"],
    "msg-006": ["CURNAME", "OPEN", "statement=0", "buffer=4096"],
    "msg-007": ["NFETCH", "statement=0", "buffer=4096"],
    "msg-008": ["CURNAME", "SCROLL", "OPEN"],
    "msg-009": ["kind=1 target=0"],
    "msg-010": ["kind=4"],
    "msg-011": ["kind=6 target=1 "],
    "msg-012": ["kind=6 target=150 "],
    "msg-013": ["kind=6 target=0 "],
    "msg-014": ["integer) indicator=0 precision=2560 value=1}", 'data="ab"', "indicator=-1"],
    "msg-015": ["value=42}"],
    "msg-016": ["value=7}", "(byte)", "blobs=1", 'BLOB data="hello"', 'BLOB data=""'],
    "msg-017": ["(byte)", 'BLOB data=""'],
    "msg-018": ["total=5", 'data="hello"'],
    "msg-019": ["BEGIN"],
    "msg-020": ["CMMTWORK"],
    "msg-021": ["RBWORK option=0"],
    "msg-022": ['name="testdb" mode=0'],
    "msg-023": ['name="sysmaster"'],
    "msg-024": ['name="DBTEMP" value="/tmp"', 'name="SUBQCACHESZ" value="10"'],
    "msg-025": ["mask=fffc7ffc3c8caa97 "],
    "msg-026": ["mask=fffc7ffc3c8caa9706 "],
    "msg-027": ["mask=fffc7ffc3c8c8a "],
    "msg-031": ["EXIT"],
    "msg-032": ["EXIT", "EOT"],
    "msg-033": ["VERSION"],
    "msg-034": ['signature="function informix.ifx_lo_close(integer)"'],
    "msg-035": ['database="testdb" handle=17', "(integer)", "value=5}"],
    "msg-036": ['database="testdb" handle=17'],
    "msg-037": ["count=1", "(integer) indicator=0", "value=0}"],
    "msg-038": ["count=1", "(integer) indicator=-1"],
    "msg-039": ["warnings=21"],
    "msg-040": ["warnings=20"],
    "msg-041": ["rows=1 rowid=257"],
    "msg-042": ["serial8=2 bigserial=3"],
    "msg-043": ["event=0 new=0 old=0"],
    "msg-052": ["payload=00000096", "TUPID row=150"],
    "msg-053": ["DONE"],
    "msg-055": ['data="hello"', 'data=""', "EOT"],
    "msg-056": ["mode=1 flags=514 offset=0"],
    "msg-058": ["(write)", 'data="hello"'],
    "msg-059": ["total=5"],
    "msg-060": ["buffer=32000 amount=-1"],
    "msg-061": ["(close)"],
    "msg-062": ["count=1 types=[{type=13 length=128}]"],
    "msg-063": ['{type=45 owner="informix" type_name="boolean" ', "{type=2 "],
    "msg-064": ["type=43", "length=100"],
    "msg-065": ["statement=1", "OPEN"],
    "msg-066": ["sql=\"insert into x values (22, 'sweet')\"", "NDESCRIBE", "EXECUTE", "RELEASE"],
    "msg-067": ["ID statement=6", "CURNAME", "OPEN", "NFETCH"],
    "msg-068": ["statement=0", "{type=13 length=128}"],
    "msg-069": ["statement=1", "CLOSE"],
    "msg-070": ["statement=1", "RELEASE"],
    "msg-071": ["value=1}", "value=2}"],
    "msg-072": ["GENERATED_KEYS kind=1", "NDESCRIBE"],
    "msg-073": ['sql="insert into t values (1)"'],
    "msg-074": ['SETSVPT name="sp1"'],
    "msg-075": ['RBACKSVPT name="sp1"'],
    "msg-076": ["SCROLL", "(integer)", "OPEN"],
    "msg-077": ["kind=1 target=1 "],
    "msg-078": ["TUPLE", "TUPID"],
    "msg-079": ["warnings=100"],
    "msg-080": ["statement=15", "CIDESCRIBE"],
    "msg-081": ["count=1", "type=13(varchar)", "length=20"],
    "msg-082": ["XACTSTAT", "DONE"],
    "describe-001": ["type=2(SELECT) statement=0", "count=1", "(integer)", 'name="(constant)"'],
    "describe-002": ["(varchar)", "length=128", "type=262(serial)",
                     'name="tabname" name="tabid"'],
    "describe-003": ["(decimal)", "length=3840"],
    "describe-004": ["(integer)", 'type_name="boolean"', 'type_name="lvarchar"', "length=512",
                     'name="a" name="b" name="s"'],
    "describe-005": ['type_name="clob"', 'name="c"'],
    "describe-006": ["type=4118(row)"],
    "describe-007": ["(datetime)", "length=4879", "(interval)", "length=5199", "(byte)"],
    "describe-008": ["type=34(BEGIN WORK)", "count=0"],
    "describe-009": ["type=14(CREATE TABLE) statement=1", "count=0"],
    "login-004": ['float="IEEEM"', 'user="informix"', "password=***"],
    "login-005": ["type=2", "service_error=0"],
    "login-006": ["type=3", "service_error=-951"],
    "bind-jdbc-018": ["data=e974e9"],
    "bind-jdbc-035": ["value=2026-05-04 00:00:00.00000"],
    "bind-jdbc-036": ["value=2026-05-04 12:34:56.00000"],
    "bind-jdbc-037": ["value=12:34:56}"],
    "bind-jdbc-041": ["(byte)", "BLOB data=0102030405"],
    "bind-jdbc-042": ['type_name="lvarchar"', 'data="abc"'],
    "bind-jdbc-043": ["(text)", 'BLOB data="hello text"'],
    "bind-jdbc-044": ["(text)", 'BLOB data="hello text"'],
    "bind-jdbc-055": ["value=9}"],
    "bind-jdbc-056": ["value=2026-05-04}"],
    "bind-jdbc-057": ["(interval)", "value=5 04:03:02}"],
    "bind-jdbc-058": ["(interval)", "value=2-03}"],
}

# What they mean is not in a field: bytes with a title, and an EOT.
SILENT = {"msg-054", "msg-057"}


def column(code, length=0, extended_id=0, name=b""):
    return values.Column(code, extended_id, length, name, 0)


INT, INT_8, SMALL = column(values.INTEGER, 4), column(values.INT8, 10), column(values.SMALLINT, 2)
LONG_TEXT = column(values.UDTVAR, 100, 1, b"lvarchar")
SHORT_TEXT = column(values.VARCHAR, 128)

UNTOLD = ...  # a value that the meaning leaves open

# The columns and the texts of the rows.
ROWS = {
    "row-001": ([INT, column(values.UDTFIXED, 1, 5, b"boolean"), INT, SHORT_TEXT],
                [b"111111", b"t", b"222222", b"tail"]),
    "row-002": ([INT, column(values.SET, 0, 1010, b"SET(integer not null)"), SHORT_TEXT],
                [b"8", None, b"xyz"]),
    "row-003": ([INT_8, LONG_TEXT, INT_8], [b"2001", b"PackageRoot", b"10"]),
    "row-004": ([INT_8, LONG_TEXT, INT_8], [b"3001", None, b"20"]),
    "row-005": ([LONG_TEXT, INT], [b"", b"5"]),
    "row-006": ([INT, column(values.NCHAR, 10), INT, column(values.NVARCHAR, 20), INT],
                [b"111111", b"nch       ", b"222222", b"nvc", b"333333"]),
    "row-007": ([SHORT_TEXT], [b"systables"]),
    "row-008": ([SHORT_TEXT], [b"syscolumns"]),
    "row-009": ([INT, SHORT_TEXT, column(values.CHAR, 3), SMALL, INT, column(values.BIGINT, 8),
                 column(values.SMALLFLOAT, 4), column(values.FLOAT, 8), column(values.DATE, 4),
                 INT_8, column(values.DECIMAL, 0x0802), column(values.DATETIME, 0x0E0A)],
                [b"7"] + [None] * 11),
    "row-010": ([column(values.DECIMAL, 0x10FF), INT], [UNTOLD, b"42"]),
    "row-011": ([SMALL, LONG_TEXT], [b"11", b"sweethui"]),
}

ERR_MEANING = re.compile(
    r"sqlcode (?P<code>-?\d+), ISAM (?P<isam>-?\d+), offset (?P<offset>\d+), text '(?P<text>.*?)'")
BITS_MEANING = re.compile(r"bits ([\d,]+)$")


def interval(total):
    """DAY(9) TO FRACTION(5) of a number of seconds."""
    total = Decimal(total)
    minutes, seconds = divmod(abs(total), 60)
    hours, minutes = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    return "%s%d %02d:%02d:%08.5f" % ("-" if total < 0 else "", days, hours, minutes, seconds)


def months(total):
    total = int(total)
    return "%s%d-%02d" % ("-" if total < 0 else "", *divmod(abs(total), 12))


def number(text):
    return repr(float(text)).removesuffix(".0") if "." in text else text


def moment(text):
    """A DATETIME as its FRACTION(5) shows it."""
    return text[:-1] if "." in text else text


# What the meanings of parameters look like, and the trace of what they say.
PARAMETERS = [
    (r"NULL|set(?:Null|Object)\((?:[A-Z]+|null)\) into", lambda m: "indicator=-1"),
    (r"(?:INT|BIGINT|DECIMAL) (-?[\d.]+)", lambda m: "value=%s}" % m[1]),
    (r"FLOAT (-?[\d.]+)", lambda m: "value=%s}" % number(m[1])),
    (r"CHAR '(.*)'|BOOLEAN \w+ bound as CHAR '(.)'", lambda m: 'data="%s"}' % (m[1] or m[2] or "")),
    (r"CHAR e-acute", lambda m: "data=e9}"),
    (r"DATE ([\d-]+)", lambda m: "value=%s}" % m[1]),
    (r"DATETIME (\S+ \S+)", lambda m: "value=%s}" % moment(m[1])),
    (r"INTERVAL .*, total (\S+) s", lambda m: "value=%s}" % interval(m[1])),
    (r"INTERVAL .*, (-?\d+) months", lambda m: "value=%s}" % months(m[1])),
    (r"BYTE descriptor for (\d+) bytes", lambda m: "data=%032x%08x" % (0, int(m[1]))),
    (r"one INT parameter (\d+)", lambda m: "value=%s}" % m[1]),
    (r"set(?:Int|Short|Byte|Long)\((-?)2\^40\)", lambda m: "value=%s1099511627776}" % m[1]),
    (r"set(?:Int|Short|Byte|Long)\((-?\d+)\)", lambda m: "value=%s}" % m[1]),
    (r"setBigDecimal\(1E\+10\)", lambda m: "value=10000000000}"),
    (r"set(?:Float|Double|BigDecimal)\((-?[\d.]+)\)", lambda m: "value=%s}" % m[1]),
    (r"setBoolean\((t|f)\w+\) into boolean", lambda m: "value=%s}" % m[1]),
    (r"setBoolean\((\w+)\) into char", lambda m: 'data="%s"}' % m[1]),
    (r"setString\(([\w-]*)\) into (?!text)", lambda m: 'data="%s"}' % m[1]),
    (r"setDate into date", lambda m: "value=2026-05-04}"),
    (r"setTimestamp(\.\d+)? into dt_y",
     lambda m: "value=2026-05-04 12:34:56.%s}" % (m[1] or ".").strip(".").ljust(5, "0")),
]


def fragments(vector, area, meaning):
    """What the trace of a vector must contain."""
    if vector in MEANINGS:
        return MEANINGS[vector]
    error = ERR_MEANING.search(meaning)
    if error:
        return ["code=%s" % error["code"], "isam=%s " % error["isam"],
                "offset=%s " % error["offset"], 'text="%s"' % error["text"]]
    if area in ("bind", "bind-jdbc"):
        for pattern, fragment in PARAMETERS:
            match = re.match(pattern, meaning)
            if match:
                return [fragment(match)]
    return []


def bits(meaning):
    """The numbers of the bits that the meaning of a mask lists."""
    match = BITS_MEANING.search(meaning)
    return set(map(int, match[1].split(","))) if match else None
