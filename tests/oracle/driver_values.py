"""Every scalar type through the published driver, with a guard behind each value.

Each value goes in twice, as a literal and as a parameter, and must come back equal, with its
guards whole; the server's own text of it (`v::LVARCHAR`) must tell the same.
"""
import datetime
from decimal import Decimal

from checks import cases, check, equal
from driver import fetch

GUARD = 123454321


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


# --- how the server's text is read ---

def number(text):
    return Decimal(text.strip().lstrip("$").strip())


def near_float(text):
    return float(text)


def boolean(text):
    return {"t": True, "f": False}[text.strip()]


def unpadded(text):
    return text.rstrip(" ")


def date(text):
    return datetime.date.fromisoformat(text)


def moment(text):
    return datetime.datetime.fromisoformat(text)


def whole(text):
    return int(text)


def same_text(text):
    return text


LATIN = "".join(chr(c) for c in range(0x20, 0x7F)) + "".join(chr(c) for c in range(0xA1, 0x100))
DATES = [datetime.date(2026, 5, 4), datetime.date(1, 1, 1), datetime.date(9999, 12, 31),
         datetime.date(1899, 12, 31), datetime.date(1899, 12, 30), datetime.date(2000, 2, 29)]
MOMENTS = [datetime.datetime(2026, 5, 4, 12, 34, 56), datetime.datetime(1, 1, 1),
           datetime.datetime(9999, 12, 31, 23, 59, 59)]


def decimals(*texts):
    return [Decimal(text) for text in texts]


def plain(value):
    return format(value, "f")


def date_literal(value):
    return quoted(value.isoformat())


def moment_literal(value):
    return f"DATETIME({value.isoformat(' ')}) YEAR TO SECOND"


def fine_literal(value):
    return (f"DATETIME({value:%Y}-{value:%m-%d %H:%M:%S}.{value.microsecond // 10:05}) "
            "YEAR TO FRACTION(5)") if value.year > 999 else quoted(fine_text(value))


def fine_text(value):
    return f"{value.year:04}-{value:%m-%d %H:%M:%S}.{value.microsecond // 10:05}"


FINE = [value.replace(microsecond=us) for value in MOMENTS for us in (0, 10, 999990, 120000)]

# type, values, as a literal, how the server's text of it is read
TYPES = [
    ("SMALLINT", [0, 1, -1, 32767, -32767], str, whole),
    ("INTEGER", [0, 42, -1, 2147483647, -2147483647], str, whole),
    ("BIGINT", [0, 4294967296, 9223372036854775807, -9223372036854775807], str, whole),
    ("INT8", [0, 123456789012, -123456789012, 9223372036854775807, -9223372036854775807], str,
     whole),
    ("FLOAT", [0.0, 3.25, -1.5, 1e300, -1e-300, 0.1, 1 / 3, 5e-324, 1.7976931348623157e308], repr,
     near_float),
    ("SMALLFLOAT", [0.0, 1.5, -0.25, 2.0 ** 100], repr, near_float),
    ("REAL", [0.0, 1.5, -0.25], repr, near_float),
    ("DECIMAL(8,2)", decimals("0", "1234.56", "-1234.56", "0.01", "-0.01", "999999.99",
                              "-999999.99"), plain, number),
    ("DECIMAL(5,0)", decimals("0", "99999", "-99999", "7"), plain, number),
    ("DECIMAL(5,5)", decimals("0", "0.99999", "-0.00001"), plain, number),
    ("DECIMAL(10,3)", decimals("1234567.891", "-0.001"), plain, number),
    ("DECIMAL(32,10)", decimals("1234567890123456789012.0123456789", "-0.0000000001",
                                "-9999999999999999999999.9999999999"), plain, number),
    ("DECIMAL(16)", decimals("1234567890123456", "0.00000001", "-123456.7890123456", "0"),
     plain, number),
    ("DECIMAL(20)", decimals("12345678901234567890", "-0.5"), plain, number),
    ("DECIMAL(4)", decimals("1234", "-0.1234", "0.0001"), plain, number),
    ("DECIMAL(1,0)", decimals("9", "-9", "0"), plain, number),
    ("MONEY(16,2)", decimals("12345.67", "-0.05", "0", "99999999999999.99"), plain, number),
    ("MONEY(8)", decimals("12345.67"), plain, number),
    ("DATE", DATES, date_literal, date),
    ("DATETIME YEAR TO SECOND", MOMENTS, moment_literal, moment),
    ("DATETIME YEAR TO FRACTION(5)", FINE, fine_literal, moment),
    ("DATETIME YEAR TO DAY", DATES, date_literal, date),
    ("BOOLEAN", [True, False], lambda v: "'t'" if v else "'f'", boolean),
    ("CHAR(1)", ["a", "", "\xff"], quoted, unpadded),
    ("CHAR(6)", ["ab", "", "abcdef", " a", "it's"], quoted, unpadded),
    ("CHAR(2000)", ["", "x" * 2000, "y" * 1999], quoted, unpadded),
    ("NCHAR(10)", ["nch", "", "\xe9t\xe9"], quoted, unpadded),
    ("VARCHAR(255)", ["hello", "", "trail  ", "x" * 255, "\xe9t\xe9", "a\\", "''", LATIN], quoted,
     same_text),
    ("VARCHAR(20,5)", ["hello", "", "12345678901234567890"], quoted, same_text),
    ("NVARCHAR(20)", ["nvc", "", "trail "], quoted, same_text),
    ("LVARCHAR", ["odd", "", "x" * 300, "even"], quoted, same_text),
    ("LVARCHAR(32000)", ["", "o", "x" * 4095, "y" * 4096, "z" * 4097, "w" * 31999, "v" * 32000],
     quoted, same_text),
]


def expected(sql_type, value):
    """The driver cuts the trailing blanks of CHAR and NCHAR."""
    return value.rstrip(" ") if sql_type.startswith(("CHAR", "NCHAR")) else value


def close_enough(one, other):
    return one == other or (isinstance(one, float) and abs(one - other) <= 1e-6 * abs(other))


def compare(sql_type, got, wanted, read):
    equal(len(got), len(wanted), f"{sql_type} number of rows")
    for (k, before, value, after, text), (key, sent) in zip(got, wanted):
        what = f"{sql_type} row {k}"
        equal((k, before, after), (key, -GUARD, GUARD), f"{what} guards of {sent!r}")
        if sent is None:
            equal((value, text), (None, None), what)
            continue
        equal(value, expected(sql_type, sent), what)
        if not close_enough(read(text), value):
            raise AssertionError(f"{what}: {sent!r}, as the server's text {text!r}")


@cases([(row[0], *row) for row in TYPES])
def value(server, sql_type, values, literal, read):
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute(f"CREATE TEMP TABLE tv (k INT, a INT, v {sql_type}, z INT)")
    rows = list(enumerate([*values, None]))
    for key, sent in rows:
        text = "NULL" if sent is None else literal(sent)
        cursor.execute(f"INSERT INTO tv VALUES ({key}, {-GUARD}, {text}, {GUARD})")
        equal(cursor.rowcount, 1, "rowcount")
    select = "SELECT k, a, v, z, v::LVARCHAR FROM tv ORDER BY k"
    if sql_type == "LVARCHAR(32000)":
        select = "SELECT k, a, v, z, v::LVARCHAR(32000) FROM tv ORDER BY k"
    compare(f"literal {sql_type}", fetch(cursor, select),
            [(key, expected(sql_type, sent) if sent is not None else None) for key, sent in rows],
            read)
    cursor.execute("DELETE FROM tv")
    for key, sent in rows:
        cursor.execute("INSERT INTO tv VALUES (?, ?, ?, ?)", (key, -GUARD, sent, GUARD))
    compare(f"bound {sql_type}", fetch(cursor, select),
            [(key, expected(sql_type, sent) if sent is not None else None) for key, sent in rows],
            read)
    for key, sent in rows:
        if sent is not None and not isinstance(sent, float):
            found = fetch(cursor, "SELECT k FROM tv WHERE v = ?", (sent,))
            if (key,) not in found:
                raise AssertionError(f"WHERE v = ? does not find {sent!r:.60}: {found}")
    connection.close()


# --- all qualifiers of DATETIME and INTERVAL ---

FIELDS = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"]
STAMP = {"YEAR": "2026", "MONTH": "11", "DAY": "21", "HOUR": "22", "MINUTE": "33", "SECOND": "44"}
SEPARATORS = {"MONTH": "-", "DAY": "-", "HOUR": " ", "MINUTE": ":", "SECOND": ":"}
FRACTION = "78912"


def span(first, last):
    """The fields of a qualifier, and how many digits of fraction."""
    digits = int(last[9]) if last.startswith("FRACTION") else 0
    end = "SECOND" if digits else last
    return FIELDS[FIELDS.index(first):FIELDS.index(end) + 1], digits


def written(fields, digits, parts):
    text = parts[fields[0]]
    for field in fields[1:]:
        text += SEPARATORS[field] + parts[field]
    return text + ("." + FRACTION[:digits] if digits else "")


def datetime_value(fields, digits):
    """As the driver returns it: a date up to DAY, a time from HOUR on, else both."""
    numbers = {field: int(STAMP[field]) for field in fields}
    day = datetime.date(numbers.get("YEAR", 1), numbers.get("MONTH", 1), numbers.get("DAY", 1))
    micro = int(FRACTION[:digits].ljust(6, "0")) if digits else 0
    time = datetime.time(numbers.get("HOUR", 0), numbers.get("MINUTE", 0),
                         numbers.get("SECOND", 0), micro)
    if fields[-1] in ("YEAR", "MONTH", "DAY"):
        return day
    return time if fields[0] in ("HOUR", "MINUTE", "SECOND") else datetime.datetime.combine(
        day, time)


def qualifiers():
    ends = FIELDS + [f"FRACTION({n})" for n in range(1, 6)]
    return [(first, last) for i, first in enumerate(FIELDS) for last in ends[i:]]


@check
def all_datetime_qualifiers(server):
    connection = server.connect()
    cursor = connection.cursor()
    done = 0
    for first, last in qualifiers():
        name = f"{first} TO {last}"
        fields, digits = span(first, last)
        text = written(fields, digits, STAMP)
        cursor.execute(f"CREATE TEMP TABLE tq (a INT, v DATETIME {name}, z INT)")
        cursor.execute(f"INSERT INTO tq VALUES (1, DATETIME({text}) {name}, {GUARD})")
        cursor.execute(f"INSERT INTO tq VALUES (2, '{text}', {GUARD})")
        cursor.execute("INSERT INTO tq VALUES (3, ?, ?)", (text, GUARD))
        cursor.execute(f"INSERT INTO tq VALUES (4, NULL, {GUARD})")
        wanted = datetime_value(fields, digits)
        equal(fetch(cursor, "SELECT a, v, z, v::LVARCHAR FROM tq ORDER BY a"),
              [(k, wanted, GUARD, text) for k in (1, 2, 3)] + [(4, None, GUARD, None)], name)
        cursor.execute("DROP TABLE tq")
        done += 1
    equal(done, 51, "qualifiers")
    connection.close()


def interval_cases():
    """(qualifier, literal, text, value): the first field at its default, and wider."""
    from informix_db import IntervalYM
    rows = []
    for first, digits, months in (("YEAR(4)", "2026", 12), ("YEAR(9)", "123456789", 12),
                                  ("MONTH(3)", "365", 1)):
        rows.append((f"{first} TO {first.split('(')[0]}", digits, digits,
                     IntervalYM(months=int(digits) * months)))
        if first.startswith("YEAR"):
            rows.append((f"{first} TO MONTH", f"{digits}-07", f"{digits}-07",
                         IntervalYM(months=int(digits) * 12 + 7)))
    rows.append(("YEAR TO MONTH", "5-03", "5-03", IntervalYM(months=63)))
    units = {"DAY": "days", "HOUR": "hours", "MINUTE": "minutes", "SECOND": "seconds"}
    ends = FIELDS[2:] + [f"FRACTION({n})" for n in range(1, 6)]
    for i, first in enumerate(FIELDS[2:]):
        for last in ends[i:]:
            fields, digits = span(first, last)
            for width, lead in ((2, "95"), (9, "123456789")):
                parts = dict(STAMP, **{fields[0]: lead})
                text = written(fields, digits, parts)
                amount = {units[field]: int(parts[field]) for field in fields}
                micro = int(FRACTION[:digits].ljust(6, "0")) if digits else 0
                rows.append((f"{first}({width}) TO {last if last != first else first}", text, text,
                             datetime.timedelta(microseconds=micro, **amount)))
    return rows


@check
def all_interval_qualifiers(server):
    connection = server.connect()
    cursor = connection.cursor()
    rows = interval_cases()
    for name, literal, text, wanted in rows:
        cursor.execute(f"CREATE TEMP TABLE tq (a INT, v INTERVAL {name}, z INT)")
        cursor.execute(f"INSERT INTO tq VALUES (1, INTERVAL({literal}) {name}, {GUARD})")
        cursor.execute(f"INSERT INTO tq VALUES (2, INTERVAL(-{literal}) {name}, {GUARD})")
        cursor.execute(f"INSERT INTO tq VALUES (3, NULL, {GUARD})")
        cursor.execute("INSERT INTO tq VALUES (4, ?, ?)", (text, GUARD))
        cursor.execute("INSERT INTO tq VALUES (5, ?, ?)", (wanted, GUARD))
        cursor.execute("INSERT INTO tq VALUES (6, ?, ?)", (negative(wanted), GUARD))
        got = [(k, v, z, t and t.strip()) for k, v, z, t in
               fetch(cursor, "SELECT a, v, z, v::LVARCHAR FROM tq ORDER BY a")]
        equal(got, [(k, (wanted, negative(wanted), None)[which], GUARD,
                     (text, "-" + text, None)[which])
                    for k, which in ((1, 0), (2, 1), (3, 2), (4, 0), (5, 0), (6, 1))], name)
        cursor.execute("DROP TABLE tq")
    equal(len(rows) > 60, True, "number of qualifiers")
    connection.close()


def negative(value):
    return -value if isinstance(value, datetime.timedelta) else type(value)(months=-value.months)


# --- what a row of everything looks like ---

ROW = [("i", "INTEGER", 111111), ("o", "BOOLEAN", True), ("j", "INT", 222222),
       ("w", "VARCHAR(30)", "tail"), ("e", "INT8", 2001), ("l", "LVARCHAR(40)", "PackageRoot"),
       ("b", "BIGINT", -10), ("c", "CHAR(5)", "ab"), ("d", "DECIMAL(8,2)", Decimal("1234.56")),
       ("t", "DATETIME YEAR TO SECOND", MOMENTS[0]), ("f", "FLOAT", 3.25),
       ("p", "INTERVAL DAY TO SECOND", datetime.timedelta(days=5, hours=4)),
       ("s", "SMALLINT", -7), ("a", "DATE", DATES[0]), ("m", "MONEY(10,2)", Decimal("0.05"))]


@check
def row_of_everything(server):
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE tr ("
                   + ", ".join(f"{name} {kind}" for name, kind, _ in ROW) + ")")
    marks = ", ".join("?" * len(ROW))
    values = tuple(value for *_, value in ROW)
    insert = f"INSERT INTO tr VALUES ({marks})"
    cursor.execute(insert, values)
    for hole in range(len(ROW)):
        cursor.execute(insert, values[:hole] + (None,) + values[hole + 1:])
    cursor.execute(insert, (None,) * len(ROW))
    got = fetch(cursor, "SELECT * FROM tr")
    equal(got[0], values, "all")
    for hole in range(len(ROW)):
        equal(got[1 + hole], values[:hole] + (None,) + values[hole + 1:], f"NULL in {ROW[hole]}")
    equal(got[-1], (None,) * len(ROW), "nothing but NULL")
    names = [name for name, *_ in ROW]
    for shift in range(1, len(ROW)):
        turned = names[shift:] + names[:shift]
        row = fetch(cursor, f"SELECT FIRST 1 {', '.join(turned)} FROM tr")[0]
        equal(row, values[shift:] + values[:shift], f"{turned}")
    connection.close()


# --- what is refused or changed on the way in ---

def named(rows):
    """Rows for cases(): each named by its first two."""
    return [(f"{row[0]} {row[1]}", *row) for row in rows]


@cases(named([
    ("INT", "2147483648", {-1215}), ("INT", "-2147483649", {-1215}),
    ("SMALLINT", "40000", {-1214, -1215}), ("DECIMAL(5,2)", "1000", {-1226, -415}),
    ("INT", "'abc'", {-1213}), ("DATE", "'2026-13-01'", {-1205, -1206, -1218}),
    ("DATE", "'2026-02-30'", {-1206, -1205, -1218}), ("DATE", "'rubbish'", {-1218, -1205, -1204}),
    ("DATETIME YEAR TO SECOND", "'2026-01-01 25:00:00'", {-1261, -1262, -1263, -1264, -1218}),
    ("BIGINT", "9223372036854775808", {-1215, -1226, -1284, -415}),
]))
def refused(server, sql_type, literal, codes):
    import informix_db
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute(f"CREATE TEMP TABLE tcv (v {sql_type}, z INT)")
    bound = literal[1:-1] if literal[0] == "'" else literal
    for sql, parameters in ((f"INSERT INTO tcv VALUES ({literal}, 1)", None),
                            ("INSERT INTO tcv VALUES (?, 1)", (bound,))):
        try:
            cursor.execute(sql, parameters)
        except informix_db.Error as error:
            if error.sqlcode not in codes:
                raise AssertionError(f"{sql} {parameters}: {error.sqlcode}, not one of {codes}")
        else:
            raise AssertionError(f"{sql} {parameters} is taken: "
                                 f"{fetch(cursor, 'SELECT * FROM tcv')}")
        cursor = connection.cursor()
    equal(fetch(cursor, "SELECT COUNT(*) FROM tcv"), [(0,)], "rows after errors")
    connection.close()


@cases(named([
    ("CHAR(3)", "'abcdef'", "abc"), ("VARCHAR(3)", "'abcdef'", "abc"),
    ("LVARCHAR(3)", "'abcdef'", "abc"), ("DECIMAL(5,2)", "1.005", Decimal("1.01")),
    ("DECIMAL(5,2)", "-1.005", Decimal("-1.01")), ("DECIMAL(5,2)", "1.004", Decimal("1.00")),
    ("INT", "'42'", 42), ("INT", "' 42 '", 42), ("SMALLINT", "42.0", 42),
    ("DATE", "DATETIME(2026-05-04) YEAR TO DAY", datetime.date(2026, 5, 4)),
    ("DATETIME YEAR TO SECOND", "DATETIME(2026-05-04 01:02:03.98765) YEAR TO FRACTION(5)",
     datetime.datetime(2026, 5, 4, 1, 2, 3)),
    ("VARCHAR(20)", "42", "42"), ("FLOAT", "'2.5'", 2.5), ("DECIMAL(4)", "12345.6",
                                                           Decimal("12350")),
]))
def converted(server, sql_type, literal, wanted):
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute(f"CREATE TEMP TABLE tcv (v {sql_type}, z INT)")
    cursor.execute(f"INSERT INTO tcv VALUES ({literal}, {GUARD})")
    equal(fetch(cursor, "SELECT v, z FROM tcv"), [(wanted, GUARD)], literal)
    connection.close()


@check
def description_tells_names_types_and_nullability(server):
    connection = server.connect()
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE td (Config_Key INT NOT NULL, b VARCHAR(30), c DECIMAL(8,2),"
                   " d BOOLEAN, s SERIAL, e LVARCHAR(77), f DATETIME YEAR TO SECOND, g CHAR(9))")
    cursor.execute("SELECT * FROM td")
    told = [(c[0], c[1], c[6]) for c in cursor.description]
    equal([name for name, *_ in told], ["config_key", "b", "c", "d", "s", "e", "f", "g"], "names")
    equal([null for *_, null in told], [False, True, True, True, False, True, True, True],
          "nullable")
    codes = [code for _, code, _ in told]
    equal(codes, [2, 13, 5, 41, 6, 40, 10, 0], "type codes")
    cursor.fetchall()
    for sql, names in (
            ("SELECT FIRST 1 COUNT(*), 1, 'x', tabid + 1, tabid, t.tabname AS other"
             " FROM systables t GROUP BY 4, 5, 6",
             ["(count(*))", "(constant)", "(constant)", "(expression)", "tabid", "other"]),
            ("SELECT SUM(tabid), AVG(tabid), MIN(tabid), MAX(tabid) FROM systables",
             ["(sum)", "(avg)", "(min)", "(max)"])):
        cursor.execute(sql)
        equal([c[0] for c in cursor.description], names, sql)
        cursor.fetchall()
    connection.close()
