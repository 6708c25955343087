"""Informix values from bytes to text, written from docs/protocol.md (sections 10, 12 to 15) alone.

Shares nothing with value/ and protocol/: check_reference.py holds the two against each other.
A NULL is None; bytes that are no value of their type raise Unreadable.
"""

import struct
from collections import namedtuple
from datetime import date, timedelta
from decimal import Context, Decimal

CHAR, SMALLINT, INTEGER, FLOAT, SMALLFLOAT, DECIMAL, SERIAL, DATE, MONEY = range(9)
DATETIME, BYTE, TEXT, VARCHAR, INTERVAL, NCHAR, NVARCHAR, INT8, SERIAL8 = range(10, 19)
SET, MULTISET, LIST, ROW, COLLECTION, ROWREF = range(19, 25)
UDTVAR, UDTFIXED = 40, 41
LVARCHAR, SENDRECV, BOOLEAN = 43, 44, 45
BIGINT, BIGSERIAL = 52, 53

TYPE_NAMES = {
    CHAR: "char", SMALLINT: "smallint", INTEGER: "integer", FLOAT: "float",
    SMALLFLOAT: "smallfloat", DECIMAL: "decimal", SERIAL: "serial", DATE: "date", MONEY: "money",
    DATETIME: "datetime", BYTE: "byte", TEXT: "text", VARCHAR: "varchar", INTERVAL: "interval",
    NCHAR: "nchar", NVARCHAR: "nvarchar", INT8: "int8", SERIAL8: "serial8", SET: "set",
    MULTISET: "multiset", LIST: "list", ROW: "row", UDTVAR: "udtvar", UDTFIXED: "udtfixed",
    LVARCHAR: "lvarchar", SENDRECV: "sendrecv", BOOLEAN: "boolean", BIGINT: "bigint",
    BIGSERIAL: "bigserial",
}

# Extended ids that every server has.
XID_BOOLEAN, XID_BLOB, XID_CLOB = 5, 10, 11

BIT_VARCHAR_LENGTH = 13
BIT_LONG_ROWIDS = 70

FLOATING = 255
NOT_IN_ROW = "the value itself is not in the row"
DAY_ZERO = date(1899, 12, 31)
NO_LIMIT = Context(prec=400, Emin=-999, Emax=999)

# What counts of a column for its bytes and text.
Column = namedtuple("Column", "type extended_id length name source")


class Unreadable(Exception):
    """The bytes are no value of their type."""


def has_name(code):
    """Whether a bind block or a return-type request has owner and name behind the code."""
    return code > 18 and code not in (BIGINT, BIGSERIAL)


# --- numbers ---

def signed(image):
    return int.from_bytes(image, "big", signed=True)


def int8(image):
    """Sign, then the magnitude with its low half first; sign 0 is NULL."""
    sign, low, high = struct.unpack(">hII", image)
    if sign == 0:
        return None
    return (high << 32 | low) * (1 if sign > 0 else -1)


def repr_text(number):
    text = repr(number)
    return text[:-2] if text.endswith(".0") else text


def double_text(image):
    return repr_text(struct.unpack(">d", image)[0])


def single_text(image):
    """The fewest digits that give the same single again."""
    number = struct.unpack(">f", image)[0]
    for digits in range(1, 10):
        text = "%.*g" % (digits, number)
        try:
            again = struct.pack(">f", float(text))
        except OverflowError:
            continue
        if again == image:
            return repr_text(float(text))
    return repr_text(number)


# --- the packed form ---

def packed_width(length):
    """Of DECIMAL, MONEY, DATETIME and INTERVAL alike."""
    return ((length >> 8 & 0xFF) + (length & 1) + 3) // 2


def unpack(image):
    """(negative, exponent, base-100 digits), or None for NULL."""
    if not any(image[:2]):
        return None
    pairs = list(image[1:])
    negative = not image[0] & 0x80
    exponent = ((image[0] ^ 0x7F if negative else image[0]) & 0x7F) - 64
    if any(pair > 99 for pair in pairs):
        raise Unreadable("a pair above 99 in " + image.hex())
    if negative:
        pairs = complement(pairs)
    return negative, exponent, pairs


def complement(pairs):
    """Trailing zeros stay, the last pair that is none to 100, those left of it to 99."""
    last = max((i for i, pair in enumerate(pairs) if pair), default=-1)
    return [99 - pair if i < last else 100 - pair if i == last else 0
            for i, pair in enumerate(pairs)]


def decimal(image):
    number = unpack(image)
    if number is None:
        return None
    negative, exponent, pairs = number
    digits = [digit for pair in pairs for digit in divmod(pair, 10)]
    value = Decimal((int(negative), tuple(digits) or (0,), 2 * exponent - len(digits)))
    return value if value else Decimal(0)


def decimal_text(image, scale):
    """`scale` None: as many decimals as there are."""
    value = decimal(image)
    if value is None:
        return None
    if scale is not None:
        return format(value.quantize(Decimal(1).scaleb(-scale), context=NO_LIMIT), "f")
    value = value.normalize(NO_LIMIT)
    return format(value, "f") if value else "0"


# --- dates ---

def date_text(days):
    try:
        return (DAY_ZERO + timedelta(days)).isoformat()
    except OverflowError as error:
        raise Unreadable("day %d" % days) from error


SECOND = 10
SEPARATORS = {2: "-", 4: "-", 6: " ", 8: ":", 10: ":"}
LOWEST = {2: 1, 4: 1, 6: 0, 8: 0, 10: 0}
HIGHEST = {2: 12, 4: 31, 6: 23, 8: 59, 10: 59}
MONTH_IN_INTERVAL = 11


def parts(qualifier):
    return qualifier >> 8, qualifier >> 4 & 15, qualifier & 15


def aligned(number, before_point):
    """The pairs of a packed number with as many before the point as its fixed form has."""
    negative, exponent, pairs = number
    if not any(pairs):
        return False, pairs
    if exponent > before_point:
        raise Unreadable("exponent %d where %d is the largest" % (exponent, before_point))
    return negative, [0] * (before_point - exponent) + pairs


def later_fields(pairs, start, end):
    """The fields behind the first and the fraction, as (code, value) and digits."""
    pairs = pairs + [0] * 20
    codes = list(range(start + 2, min(end, SECOND) + 1, 2))
    rest = pairs[len(codes):]
    fraction = "".join("%02d" % pair for pair in rest)[:max(end - SECOND, 0)]
    return list(zip(codes, pairs)), fraction


def check(code, value, low, high):
    if not low <= value <= high:
        raise Unreadable("%d in field %d" % (value, code))


def joined(first, fields, fraction):
    text = first + "".join(SEPARATORS[code] + "%02d" % value for code, value in fields)
    return text + ("." + fraction if fraction else "")


def datetime_text(image, qualifier):
    number = unpack(image)
    if number is None:
        return None
    _, start, end = parts(qualifier)
    first_pairs = 2 if start == 0 else 1
    negative, pairs = aligned(number, first_pairs + (SECOND - start) // 2)
    fields, fraction = later_fields(pairs[first_pairs:], start, end)
    first = sum(pair * 100 ** i for i, pair in enumerate(reversed(pairs[:first_pairs])))
    if negative:
        raise Unreadable("a negative datetime")
    if start == 0:
        check(start, first, 1, 9999)
    else:
        check(start, first, LOWEST[start], HIGHEST[start])
    for code, value in fields:
        check(code, value, LOWEST[code], HIGHEST[code])
    return joined("%0*d" % (2 * first_pairs, first), fields, fraction)


def interval_text(image, qualifier):
    number = unpack(image)
    if number is None:
        return None
    digits, start, end = parts(qualifier)
    precision = digits - (end - start)
    if not 1 <= precision <= 9 or start > end:
        raise Unreadable("qualifier %04x" % qualifier)
    first_pairs = (precision + 1) // 2
    negative, pairs = aligned(number, (digits + 10 - end + 1) // 2)
    pairs = pairs + [0] * first_pairs
    fields, fraction = later_fields(pairs[first_pairs:], start, end)
    first = sum(pair * 100 ** i for i, pair in enumerate(reversed(pairs[:first_pairs])))
    check(start, first, 0, 10 ** precision - 1)
    for code, value in fields:
        check(code, value, 0, MONTH_IN_INTERVAL if code == 2 else HIGHEST[code])
    return ("-" if negative else "") + joined(str(first), fields, fraction)


# --- rows ---

FIXED = {SMALLINT: 2, INTEGER: 4, SERIAL: 4, DATE: 4, FLOAT: 8, SMALLFLOAT: 4, BIGINT: 8,
         BIGSERIAL: 8, INT8: 10, SERIAL8: 10}
PACKED = (DECIMAL, MONEY, DATETIME, INTERVAL)
ENVELOPED = (SET, MULTISET, LIST, ROW, COLLECTION, ROWREF, UDTVAR, UDTFIXED, LVARCHAR, SENDRECV,
             BOOLEAN)


def image_size(column, row, at, caps):
    """Bytes of the image of a column that begins at `at`."""
    code = column.type & 0xFF
    if code in FIXED:
        return FIXED[code]
    if code in PACKED:
        return packed_width(column.length)
    if code in (CHAR, NCHAR):
        return column.length
    if code in (VARCHAR, NVARCHAR):
        return 1 + (row[at] if BIT_VARCHAR_LENGTH in caps else column.length & 0xFF)
    if code in (BYTE, TEXT):
        return 68 if BIT_LONG_ROWIDS in caps else 56
    if code in ENVELOPED:
        return 5 + int.from_bytes(row[at + 1:at + 5], "big")
    raise Unreadable("type %d in a row" % code)


def split_row(columns, row, caps):
    """The images of a row; the row must end with the last of them."""
    images, at = [], 0
    for number, column in enumerate(columns):
        if at >= len(row):
            raise Unreadable("ends before column %d of %d" % (number + 1, len(columns)))
        size = image_size(column, row, at, caps)
        if at + size > len(row):
            raise Unreadable("column %d of %d goes %d bytes past the end"
                             % (number + 1, len(columns), at + size - len(row)))
        images.append(row[at:at + size])
        at += size
    if at != len(row):
        raise Unreadable("%d bytes behind the last column" % (len(row) - at))
    return images


def integer_text(image):
    value = signed(image)
    return None if value == -1 << 8 * len(image) - 1 else str(value)


def int8_text(image):
    value = int8(image)
    return None if value is None else str(value)


def real_text(image):
    if image == b"\xff" * len(image):
        return None
    return double_text(image) if len(image) == 8 else single_text(image)


def char_text(image):
    return None if image[:1] == b"\0" else image


def varchar_text(image):
    return None if image[:2] == b"\1\0" else image[1:1 + image[0]]


def date_column_text(image):
    value = signed(image)
    return None if value == -1 << 31 else date_text(value)


def descriptor_text(image):
    if image[39] & 1:
        return None
    raise Unreadable(NOT_IN_ROW)


TRUTH = {b"t": "t", b"f": "f", b"\1": "t", b"\0": "f"}


def envelope_text(column, image):
    if image[0] == 1:
        return None
    if image[0] != 0:
        raise Unreadable("indicator %d" % image[0])
    body = image[5:]
    if column.type & 0xFF == BOOLEAN or column.extended_id == XID_BOOLEAN:
        if body not in TRUTH:
            raise Unreadable("a boolean of " + body.hex())
        return TRUTH[body]
    if column.extended_id in (XID_BLOB, XID_CLOB):
        return body.hex() if len(body) == 72 else body
    return body


PLAIN_TEXTS = {FLOAT: real_text, SMALLFLOAT: real_text, CHAR: char_text, NCHAR: char_text,
               VARCHAR: varchar_text, NVARCHAR: varchar_text, DATE: date_column_text,
               INT8: int8_text, SERIAL8: int8_text, BYTE: descriptor_text, TEXT: descriptor_text}


def column_text(column, image):
    """Informix's own text of a value in a row, as bytes."""
    code = column.type & 0xFF
    if code in (DECIMAL, MONEY):
        scale = column.length & 0xFF
        text = decimal_text(image, None if scale == FLOATING else scale)
    elif code == DATETIME:
        text = datetime_text(image, column.length)
    elif code == INTERVAL:
        text = interval_text(image, column.length)
    elif code in ENVELOPED:
        text = envelope_text(column, image)
    else:
        text = PLAIN_TEXTS.get(code, integer_text)(image)
    return text.encode() if isinstance(text, str) else text


# --- parameters ---

def bind_text(code, precision, data):
    """The text of a parameter, or None where it is text or bytes already."""
    if code in (SMALLINT, INTEGER, SERIAL, BIGINT, BIGSERIAL):
        return str(signed(data))
    if code in (INT8, SERIAL8):
        return int8_text(data)
    if code == FLOAT:
        return double_text(data)
    if code == SMALLFLOAT:
        return single_text(data)
    if code in (DECIMAL, MONEY):
        return decimal_text(data, None)
    if code == DATE:
        return date_text(signed(data))
    if code == DATETIME:
        return datetime_text(data, precision & 0xFFFF)
    if code == INTERVAL:
        return interval_text(data, precision & 0xFFFF)
    if code == BOOLEAN:
        if data not in TRUTH:
            raise Unreadable("a boolean of " + data.hex())
        return TRUTH[data]
    return None
