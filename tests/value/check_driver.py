#!/usr/bin/env python3
"""Our codec against the published pure-Python driver's, which real servers have proven.

Seeded values of every type that it knows: what we encode it must decode to the value that we
started from, and what it encodes for a parameter we must decode. Neither side has seen the other's
code. SQLI_PEER_PYTHON names the python that has the driver.
"""
import datetime
import decimal
import os
import random
import subprocess
import sys

CASES = 2500  # of each type
PROBE = os.path.join(os.environ.get("SQLI_BIN", ""), "probe_value")
if len(sys.argv) > 1:
    PROBE = sys.argv[1]


def ask(lines):
    answer = subprocess.run([PROBE], input="\n".join(lines) + "\n", capture_output=True,
                            text=True, check=True, encoding="latin-1").stdout
    return answer.split("\n")[:len(lines)]


# --- values ---

def integers(bits):
    def make(rng):
        width = rng.randrange(1, bits)
        return rng.choice((-1, 1)) * rng.getrandbits(width)
    return make


def fixed_decimal(precision, scale):
    def make(rng):
        digits = rng.randrange(1, precision + 1)
        return decimal.Decimal(rng.randrange(-10 ** digits + 1, 10 ** digits)).scaleb(-scale)
    return make


def floating_decimal(rng):
    digits = rng.randrange(1, 17)
    return decimal.Decimal(rng.randrange(-10 ** digits + 1, 10 ** digits)).scaleb(
        rng.randrange(-40, 40))


def any_date(rng):
    return datetime.date.fromordinal(rng.randrange(1, datetime.date.max.toordinal() + 1))


def any_moment(rng):
    moment = datetime.datetime.combine(any_date(rng), datetime.time()) + datetime.timedelta(
        seconds=rng.randrange(86400))
    return moment.replace(microsecond=rng.choice((0, rng.randrange(100000) * 10)))


def any_span(rng):
    return datetime.timedelta(days=rng.randrange(-10 ** rng.randrange(1, 9), 10 ** 8),
                              seconds=rng.randrange(86400),
                              microseconds=rng.choice((0, rng.randrange(100000) * 10)))


def any_text(longest):
    def make(rng):
        length = rng.randrange(longest + 1)
        return "".join(chr(rng.choice((rng.randrange(33, 127), rng.randrange(161, 256))))
                       for _ in range(length))
    return make


# --- how a value looks as our text ---

def span_text(value):
    sign, value = ("-", -value) if value < datetime.timedelta() else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    return (f"{sign}{value.days} {hours:02}:{rest // 60:02}:{rest % 60:02}"
            f".{value.microseconds // 10:05}")


def moment_text(value):
    return f"{value:%H:%M:%S}.{value.microsecond // 10:05}"


def stamp_text(value):
    return f"{value.date().isoformat()} {moment_text(value)}"


def plain(value):
    return format(value, "f") if isinstance(value, decimal.Decimal) else str(value)


# name: (code, encoded length, extended id, type name, values, our text, their decoder)
def tuple_types(converters):
    def packed(decoder, length):
        return lambda raw: decoder(raw, length)

    def base(code):
        return lambda raw: converters.decode(code, raw)

    def without_length(raw):  # its decoder wants the text alone
        assert raw[0] == len(raw) - 1
        return converters._decode_varchar(raw[1:])

    return {
        "smallint": (1, 2, 0, "-", integers(16), str, base(1)),
        "integer": (2, 4, 0, "-", integers(32), str, base(2)),
        "bigint": (52, 8, 0, "-", integers(64), str, base(52)),
        "int8": (17, 10, 0, "-", integers(64), str, converters._decode_int8),
        "float": (3, 8, 0, "-", lambda r: r.uniform(-1, 1) * 10.0 ** r.randrange(-300, 300), repr,
                  base(3)),
        "date": (7, 4, 0, "-", any_date, str, base(7)),
        "decimal(8,2)": (5, 0x0802, 0, "-", fixed_decimal(8, 2), plain, base(5)),
        "decimal(32,10)": (5, 0x200A, 0, "-", fixed_decimal(32, 10), plain, base(5)),
        "decimal(5,5)": (5, 0x0505, 0, "-", fixed_decimal(5, 5), plain, base(5)),
        "decimal(16)": (5, 0x10FF, 0, "-", floating_decimal, plain, base(5)),
        "money(16,2)": (8, 0x1002, 0, "-", fixed_decimal(16, 2), plain, base(8)),
        "varchar(40)": (13, 40, 0, "-", any_text(40), str, without_length),
        "char(20)": (0, 20, 0, "-", any_text(20), str, base(0)),
        "datetime year to second": (
            10, 0x0E0A, 0, "-", lambda r: any_moment(r).replace(microsecond=0), str,
            packed(converters._decode_datetime, 0x0E0A)),
        "datetime year to fraction(5)": (10, 0x130F, 0, "-", any_moment, stamp_text,
                                         packed(converters._decode_datetime, 0x130F)),
        "interval day(9) to fraction(5)": (14, 0x144F, 0, "-", any_span, span_text,
                                           packed(converters._decode_interval, 0x144F)),
    }


def check_tuples(converters, rng):
    total = failed = 0
    for name, (code, length, xid, type_name, make, text, decode) in tuple_types(converters).items():
        values = [make(rng) for _ in range(CASES)] + [None]
        lines = [f"encode {code} {length} {xid} {type_name} {'NULL' if v is None else text(v)}"
                 for v in values]
        for value, image in zip(values, ask(lines)):
            got = decode(bytes.fromhex(image)) if image[:1] != "!" else image
            total += 1
            if got != value:
                failed += 1
                if failed <= 20:
                    print(f"{name}: {value!r} became {image}, which is {got!r} there")
    return total, failed


def parameters(converters, rng):
    kinds = (integers(32), integers(64), floating_decimal, lambda r: r.uniform(-1e9, 1e9),
             any_text(60), any_date, any_moment, any_span,
             lambda r: converters.IntervalYM(months=r.randrange(-10 ** 9, 10 ** 9)))
    return [make(rng) for make in kinds for _ in range(CASES)]


def same(value, answer, converters):
    if isinstance(value, (decimal.Decimal, float)):
        return type(value)(answer) == value
    if isinstance(value, datetime.datetime):
        return answer in (stamp_text(value), str(value))
    if isinstance(value, datetime.timedelta):
        return answer == span_text(value)
    if isinstance(value, converters.IntervalYM):
        years, months = divmod(abs(value.months), 12)
        return answer == f"{'-' if value.months < 0 else ''}{years}-{months:02}"
    return answer == str(value)


def check_parameters(converters, rng):
    pairs = []
    for value in parameters(converters, rng):
        code, precision, data = converters.encode_param(value)
        has_length = code in (0, 5, 10, 14)
        pairs.append((value, f"bind {code} {precision} {data[2 if has_length else 0:].hex()}"))
    failed = 0
    for (value, line), answer in zip(pairs, ask([line for _, line in pairs])):
        if not same(value, answer, converters):
            failed += 1
            if failed <= 20:
                print(f"{value!r} was bound as {line}, which is {answer!r} here")
    return len(pairs), failed


def main():
    peer = os.environ.get("SQLI_PEER_PYTHON", sys.executable)
    if os.path.realpath(peer) != os.path.realpath(sys.executable) or "VIRTUAL_ENV" not in os.environ:
        environment = dict(os.environ, VIRTUAL_ENV="1")
        return subprocess.run([peer, __file__] + sys.argv[1:], env=environment).returncode
    from informix_db import converters
    rng = random.Random(20260904)
    decimal.getcontext().prec = 40
    total, failed = check_tuples(converters, rng)
    more, wrong = check_parameters(converters, rng)
    print(f"{total + more} cases, {failed + wrong} failed")
    return 1 if failed + wrong or total + more < 40000 else 0


if __name__ == "__main__":
    sys.exit(main())
