#!/usr/bin/env python3
"""Holds value/decimal and value/number against Python's decimal and float.

Runs probe_decimal (from $SQLI_BIN, or named as the argument) over seeded random cases. The packed
image is coded here once more from its description, sharing nothing with the C code.
"""

import os
import random
import struct
import subprocess
import sys
from decimal import (ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation,
                     getcontext)

OVERFLOW, TOO_LARGE, ZERO_DIVISION = "!-1226", "!-1200", "!-1202"
VALUE_RANGE, VALUE_IMAGE = "!-900005", "!-900006"
FLOATING = 255

EXACT = Context(prec=1000, rounding=ROUND_HALF_UP, Emin=-99999, Emax=99999,
                traps=[InvalidOperation, DivisionByZero, Inexact])
WIDE = Context(prec=1000, rounding=ROUND_HALF_UP, Emin=-99999, Emax=99999)
RULE = Context(prec=32, rounding=ROUND_HALF_UP, Emin=-99999, Emax=99999)
LEAST = Decimal("1E-130")
LIMIT = Decimal("1E+126")


# --- the model ---

def pairs_of(value):
    """Exponent and base-100 digits of a number that is not zero, without zeros at either end."""
    digits, exponent = value.as_tuple()[1:]
    if exponent % 2:
        digits, exponent = digits + (0,), exponent - 1
    if len(digits) % 2:
        digits = (0,) + digits
    pairs = [10 * a + b for a, b in zip(digits[::2], digits[1::2])]
    head = exponent // 2 + len(pairs)
    while pairs[0] == 0:
        pairs, head = pairs[1:], head - 1
    while pairs[-1] == 0:
        pairs = pairs[:-1]
    return head, pairs


def settle(value, error=OVERFLOW):
    """The decimal that a result becomes, or the error."""
    value = RULE.plus(value)
    if value.copy_abs() < LEAST:
        return Decimal(0)
    if value.copy_abs() >= LIMIT:
        return error
    exponent, pairs = pairs_of(value)
    if value < 0 and exponent == 63 and pairs[0] == 99 and len(pairs) > 1:
        return error
    return value


def image_of(value, width):
    if value == 0:
        return bytes([0x80]) + bytes(width - 1)
    exponent, pairs = pairs_of(value)
    if len(pairs) > width - 1:
        return OVERFLOW
    head = 0x80 | (exponent + 64)
    if value < 0:
        head = (exponent + 64) ^ 0x7F
        pairs = [99 - p for p in pairs[:-1]] + [100 - pairs[-1]]
    return bytes([head] + pairs).ljust(width, b"\0")


def value_of(image):
    """The number in an image, "NULL" or an error; zero pairs anywhere are fine."""
    if image[:2].rstrip(b"\0") == b"":
        return "NULL"
    body = image[1:].rstrip(b"\0")
    negative = image[0] < 0x80
    exponent = ((image[0] ^ 0x7F) if negative else image[0] & 0x7F) - 64
    if any(p > 99 for p in body):
        return VALUE_IMAGE
    if negative and body:
        body = bytes([99 - p for p in body[:-1]] + [100 - body[-1]])
    if len(body.lstrip(b"\0")) > 17:
        return VALUE_IMAGE
    number = Decimal(int("0" + "".join("%02d" % p for p in body)))
    number = EXACT.scaleb(number, 2 * (exponent - len(body)))
    if number.copy_abs() < LEAST:
        return Decimal(0)
    return number.copy_negate() if negative else number


def floating_text(value):
    """Plain up to 32 digits, then with an exponent."""
    if value == 0:
        return "0"
    sign, digits, exponent = value.normalize(WIDE).as_tuple()
    plain = max(len(digits) + exponent, 0) + max(-exponent, 0)
    if plain <= 32:
        return format(value.normalize(WIDE), "f")
    text = "".join(map(str, digits))
    text = text[0] + ("." + text[1:] if len(text) > 1 else "")
    return "%s%sE%+d" % ("-" if sign else "", text, exponent + len(digits) - 1)


def fixed_text(value, scale):
    if value == 0:
        value = Decimal(0)
    exponent = value.normalize(WIDE).as_tuple().exponent
    return format(EXACT.quantize(value, Decimal(1).scaleb(min(-scale, exponent))), "f")


def round_to(value, precision, scale):
    if value == 0:
        return value
    if scale == FLOATING:
        return settle(Context(prec=precision, rounding=ROUND_HALF_UP).plus(value))
    rounded = value.quantize(Decimal(1).scaleb(-scale), context=WIDE)
    return OVERFLOW if rounded.copy_abs() >= Decimal(10) ** (precision - scale) else rounded


def shortest(number):
    """As repr, which is the shortest text, but an integer needs no fraction."""
    text = repr(number)
    return text[:-2] if text.endswith(".0") else text


def single(bits):
    return struct.unpack(">f", struct.pack(">I", bits))[0]


def shortest_single(bits):
    """The fewest digits that lie nearer to this float than to its neighbours."""
    number = Decimal(single(bits))
    above = Decimal(2) ** 128 if bits == 0x7F7FFFFF else Decimal(single(bits + 1))
    low = EXACT.divide(EXACT.add(number, Decimal(single(bits - 1))), 2)
    high = EXACT.divide(EXACT.add(number, above), 2)
    for count in range(1, 10):
        context = Context(prec=count)
        near = context.create_decimal(number)
        around = [near, context.next_minus(near), context.next_plus(near)]
        around.sort(key=lambda d: EXACT.subtract(d, number).copy_abs())
        for text in around:
            if low < text < high or (bits % 2 == 0 and text in (low, high)):
                return shortest(float(text))
    raise AssertionError(number)


# --- what is tried ---

def random_decimal(rng):
    """A number that a decimal holds exactly. Many have few digits, or digits that carry."""
    kind = rng.randrange(10)
    count = rng.randint(1, 32) if kind < 6 else rng.randint(1, 8)
    digits = rng.choice(["0123456789", "0123456789", "09", "9", "045"])
    text = "".join(rng.choice(digits) for _ in range(count))
    point = rng.randint(-131, 126) if kind == 0 else rng.randint(-8, 24)
    value = Decimal(int(text)).scaleb(point - count, WIDE)
    value = settle(value.copy_negate() if rng.random() < 0.5 else value)
    return Decimal(0) if isinstance(value, str) or value == 0 else value


def partner(rng, value):
    """Another number; now and then one that all but equals it, or cancels it."""
    kind = rng.randrange(8)
    if kind == 0:
        return value
    if kind < 3 and value:
        near = rng.choice([Decimal.copy_negate, RULE.next_plus, RULE.next_minus])(value)
        return value if isinstance(settle(near), str) else settle(near)
    return random_decimal(rng)


def spelling(rng, value):
    """One of the many ways to write a number."""
    sign, digits, exponent = value.as_tuple()
    if rng.random() < 0.5:
        return str(value)
    more = rng.randint(0, 40) if rng.random() < 0.2 else 0
    text = "0" * rng.choice([0, 0, 1, 50]) + "".join(map(str, digits)) + "0" * more
    at = rng.randint(0, len(text))
    exponent += len(text) - at - more
    point = "." if at < len(text) or rng.random() < 0.5 else ""
    tail = "" if exponent == 0 else rng.choice(["e%d", "E%+d", "e%+04d"]) % exponent
    return ("-" if sign else rng.choice(["", "+"])) + text[:at] + point + text[at:] + tail


def random_long(rng):
    """More digits than a decimal keeps, ties among them, and magnitudes beyond its range."""
    count = rng.randint(30, 70)
    text = "".join(rng.choice("0123456789") for _ in range(count))
    if rng.random() < 0.3:
        text = text[:rng.randint(30, 34)] + rng.choice(["5", "49999", "5000", "9999"])
    exponent = rng.choice([-len(text), -40, 0, 60, 80, 95, -160, -200])
    value = Decimal(int(text)).scaleb(exponent, WIDE)
    return value.copy_negate() if rng.random() < 0.5 else value


def random_double(rng):
    kind = rng.randrange(5)
    if kind == 0:
        bits = rng.getrandbits(64)
        number = struct.unpack(">d", struct.pack(">Q", bits))[0]
        return number if abs(number) < float("inf") else 0.1
    if kind == 1:
        return rng.choice([1, -1]) * 2.0 ** rng.randint(-1074, 1023)
    if kind == 2:
        return round(rng.uniform(-1e6, 1e6), rng.randint(0, 6))
    if kind == 3:
        return float(rng.randint(-2 ** 63, 2 ** 63) >> rng.randint(0, 62))
    return rng.uniform(-1, 1) * 10.0 ** rng.randint(-140, 140)


def random_image(rng):
    """A valid image with zeros in front or behind, or just bytes."""
    if rng.random() < 0.3:
        image = bytes(rng.choice([0, 0, 99, 100, 1, rng.randrange(256)])
                      for _ in range(rng.randint(1, 24)))
        return image if rng.random() < 0.5 else bytes(min(b, 99) for b in image)
    image = image_of(random_decimal(rng), 18)
    if rng.random() < 0.5:
        image = image.rstrip(b"\0") or b"\0"
    head = image[0]
    positive = head >= 0x80
    for _ in range(rng.choice([0, 0, 1, 3])):
        if (head & 0x7F) != (0x7F if positive else 0x00) and any(image[1:]):
            head += 1 if positive else -1
            image = bytes([head, 0 if positive else 99]) + image[1:]
    return image + bytes(rng.choice([0, 0, 1, 5]))


# --- the cases: a line for the probe, and its answer ---

def answer(value):
    return value if isinstance(value, str) else floating_text(value)


def arithmetic(rng):
    a = random_decimal(rng)
    b = partner(rng, a)
    name = rng.choice(["add", "subtract", "multiply", "divide", "divide", "compare"])
    line = "%s %s %s" % (name, a, b)
    if name == "compare":
        return line, str(int(a.compare(b, WIDE)))
    if name == "divide" and b == 0:
        return line, ZERO_DIVISION
    return line, answer(settle(getattr(RULE, name)(a, b)))


def rounding(rng):
    value = random_decimal(rng)
    precision = rng.randint(1, 32)
    scale = rng.choice([FLOATING, rng.randint(0, precision)])
    if scale != FLOATING and rng.random() < 0.3:
        tie = Decimal(rng.randint(0, 10 ** min(precision, 12)) * 10 + 5).scaleb(-scale - 1, WIDE)
        value = settle(tie)
    return ("round %s %d %d" % (value, precision, scale),
            answer(round_to(value, precision, scale)))


def reading(rng):
    value = random_decimal(rng)
    return "text %s %d" % (spelling(rng, value), FLOATING), floating_text(value)


def long_reading(rng):
    value = random_long(rng)
    return "text %s %d" % (spelling(rng, value), FLOATING), answer(settle(value, TOO_LARGE))


def fixed_writing(rng):
    value = random_decimal(rng)
    scale = rng.randint(0, 32)
    return "text %s %d" % (value, scale), fixed_text(value, scale)


def encoding(rng):
    value = random_decimal(rng)
    if rng.random() < 0.3:
        image = image_of(value, 18).rstrip(b"\0")
        return "encode_short %s" % value, (image if value else b"\x80\0").hex()
    width = rng.randint(2, 18)
    image = image_of(value, width)
    return "encode %s %d" % (value, width), image if isinstance(image, str) else image.hex()


def decoding(rng):
    image = random_image(rng)
    return "decode %s" % image.hex(), answer(value_of(image))


def integers(rng):
    number = rng.randint(-2 ** 63, 2 ** 63 - 1) >> rng.choice([0, 0, 1, 30, 60])
    number = rng.choice([number] * 8 + [2 ** 63 - 1, -2 ** 63, 0])
    kind = rng.randrange(4)
    if kind < 2:
        return "from_int64 %d" % number, str(number)
    if kind == 2:
        number += rng.choice([0, 0, 1, -1, 2 ** 63])
        fits = -2 ** 63 <= number < 2 ** 63
        return "to_int64 %d" % number, str(number) if fits else VALUE_RANGE
    value = random_decimal(rng)
    whole = value == value.to_integral_value(context=WIDE) and -2 ** 63 <= value < 2 ** 63
    return "to_int64 %s" % value, str(int(value)) if whole else VALUE_RANGE


def to_double(rng):
    value = random_decimal(rng)
    return "to_double %s" % value, float(value)


def from_double(rng):
    number = random_double(rng)
    return "from_double %s" % number.hex(), answer(settle(Decimal(repr(number)), TOO_LARGE))


def real_writing(rng):
    number = random_double(rng)
    return "real_to_text %s" % number.hex(), shortest(number)


def single_writing(rng):
    bits = rng.choice([rng.randint(1, 0x7F7FFFFF), rng.randint(1, 254) << 23,
                       1 << rng.randrange(23), rng.randint(0x3D000000, 0x48000000)])
    return "single_to_text %s" % single(bits).hex(), shortest_single(bits)


def real_reading(rng):
    """Spellings of a double, and points halfway between two, with or without a little more."""
    number = random_double(rng)
    exact = Decimal(number) if rng.random() < 0.5 else Decimal(repr(number))
    if rng.random() < 0.3 and 0 < abs(number) < 1e300:
        bits = struct.unpack(">Q", struct.pack(">d", abs(number)))[0]
        above = struct.unpack(">d", struct.pack(">Q", bits + 1))[0]
        exact = EXACT.divide(EXACT.add(Decimal(abs(number)), Decimal(above)), 2)
        exact = EXACT.add(exact, rng.choice([0, 0, Decimal("1E-900"), Decimal("-1E-900")])) \
            if abs(number) < 1e10 and exact.adjusted() > -90 else exact
    text = spelling(rng, exact)
    return "real_from_text %s" % text, float(text)


KINDS = [(arithmetic, 40000), (rounding, 12000), (reading, 12000), (long_reading, 12000),
         (fixed_writing, 12000), (encoding, 12000), (decoding, 14000), (integers, 6000),
         (to_double, 10000), (from_double, 6000), (real_writing, 10000), (single_writing, 4000),
         (real_reading, 10000)]


def powers_of_two():
    """Where the neighbours of a number are not equally far: all of them."""
    for exponent in range(-1074, 1024):
        number = 2.0 ** exponent
        yield "real_to_text %s" % number.hex(), shortest(number)
    for bits in [1 << i for i in range(23)] + [e << 23 for e in range(1, 255)]:
        yield "single_to_text %s" % single(bits).hex(), shortest_single(bits)


def all_cases(seed):
    rng = random.Random(seed)
    cases = list(powers_of_two())
    for kind, count in KINDS:
        cases += [kind(rng) for _ in range(count)]
    return cases


def agrees(got, wanted):
    if not isinstance(wanted, float):
        return got == wanted
    if wanted in (float("inf"), float("-inf")):
        return got == VALUE_RANGE
    return not got.startswith("!") and float.fromhex(got).hex() == wanted.hex()


def main():
    getcontext().traps[Inexact] = True  # every rounding here is asked for by name
    probe = sys.argv[1] if len(sys.argv) > 1 else os.environ["SQLI_BIN"] + "/probe_decimal"
    cases = all_cases(int(os.environ.get("SQLI_SEED", "20260504")))
    lines = "".join(line + "\n" for line, _ in cases)
    run = subprocess.run([probe], input=lines, stdout=subprocess.PIPE, text=True, check=False)
    answers = run.stdout.splitlines()
    failed = [(line, wanted, got) for (line, wanted), got in zip(cases, answers)
              if not agrees(got, wanted)]
    for line, wanted, got in failed[:20]:
        print("%s\n    wanted %s\n    got    %s" % (line, wanted, got))
    missing = len(cases) - len(answers)
    if run.returncode != 0 or missing:
        print("the probe ended with status %d, %d answers missing" % (run.returncode, missing))
    print("%d cases, %d failed" % (len(cases), len(failed) + abs(missing)))
    return 1 if failed or missing or run.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
