#!/usr/bin/env python3
"""Holds DATE, DATETIME and INTERVAL against Python's datetime and a second packer of images.

Runs probe_temporal (from $SQLI_BIN, or named as the argument).

Every day of the calendar both ways; for each qualifier random values as text and as image, images
cut short, filled up and shifted; sums and differences. Deterministic.
"""

import datetime
import os
import random
import subprocess
import sys

DAY_ZERO = datetime.date(1899, 12, 31).toordinal()
LAST_ORDINAL = datetime.date.max.toordinal()
UNITS = ["year", "month", "day", "hour", "minute", "second"]
SEPARATORS = ["", "-", "-", " ", ":", ":", "."]
FRACTION_ENDS = range(11, 16)
ENDS = [0, 2, 4, 6, 8, 10, *FRACTION_ENDS]


class Batch:
    """Requests, and what each must answer."""

    def __init__(self):
        self.requests = []
        self.wanted = []

    def add(self, wanted, *fields):
        self.requests.append("\t".join(str(field) for field in fields))
        self.wanted.append(str(wanted))


# --- The second packer: a number in base 100, its complement by subtraction ---


def packed_width(qualifier):
    return ((qualifier >> 8) + (qualifier & 1) + 3) // 2


def pairs_of(digits):
    return [int(digits[i : i + 2]) for i in range(0, len(digits), 2)]


def number_image(pairs, exponent, negative):
    number = 0
    for pair in pairs:
        number = number * 100 + pair
    head = 0xC0 + exponent
    if negative:
        number = 100 ** len(pairs) - number
        head = (head ^ 0x7F) & 0x7F
    out = []
    for _ in pairs:
        number, pair = divmod(number, 100)
        out.append(pair)
    return bytes([head] + out[::-1])


def even_left(digits):
    return digits if len(digits) % 2 == 0 else "0" + digits


def even_right(digits):
    return digits if len(digits) % 2 == 0 else digits + "0"


class Qualifier:
    def __init__(self, start, end, first):
        self.start, self.end, self.first = start, end, first
        self.word = (first + end - start) << 8 | start << 4 | end
        self.scale = max(end - 10, 0)
        self.units = list(range(start // 2, min(end, 10) // 2 + 1))

    def hex(self):
        return f"{self.word:04x}"

    def text(self, fields, fraction, first_width):
        """Of the fields that belong to the qualifier; fraction in 10^-5 seconds."""
        text = ""
        for unit, number in zip(self.units, fields):
            width = first_width if unit == self.units[0] else 2
            text += (SEPARATORS[unit] if text else "") + str(number).zfill(width)
        return text + (f".{fraction:05d}"[: self.scale + 1] if self.scale else "")

    def image(self, fields, fraction, negative=False):
        digits = even_left(str(fields[0]).zfill(self.first))
        digits += "".join(f"{number:02d}" for number in fields[1:])
        digits += even_right(f"{fraction:05d}"[: self.scale])
        # the number of pairs from the first field through the seconds
        exponent = ((self.word >> 8) + 10 - self.end + 1) // 2
        return number_image(pairs_of(digits), exponent, negative)


def datetime_qualifiers():
    for start in range(0, 11, 2):
        for end in ENDS:
            if end >= start:
                yield Qualifier(start, end, 4 if start == 0 else 2)


def interval_qualifiers():
    for start in range(0, 11, 2):
        for end in ENDS:
            if end >= start and (start <= 2) == (end <= 2):
                for first in range(1, 10):
                    yield Qualifier(start, end, first)


# --- Images and texts ---


def other_forms(image, random_, negative=False):
    """The same number: trailing zeros gone or added, the exponent shifted over leading zeros."""
    body, head = image[1:], image[0]
    step = -1 if negative else 1
    zero = 99 if negative else 0
    yield (bytes([head]) + body.rstrip(b"\0")).hex()
    yield (image + bytes(random_.randrange(1, 20))).hex()
    if any(body):
        yield (bytes([head + step]) + bytes([zero]) + body).hex()
        leading = len(body) - len(body.lstrip(bytes([zero])))
        if 0 < leading < len(body) and body[leading] != 0:
            yield (bytes([head - step * leading]) + body[leading:]).hex()


def cut_fraction(fraction, scale):
    return fraction - fraction % 10 ** (5 - scale)


def random_moment(random_):
    first, last = datetime.date.min.toordinal(), LAST_ORDINAL
    day = datetime.date.fromordinal(random_.randint(first, last))
    if random_.random() < 0.1:
        day = random_.choice([datetime.date.min, datetime.date.max, datetime.date(2024, 2, 29)])
    clock = random_.choice([0, 86399, random_.randrange(86400), random_.randrange(86400)])
    fraction = random_.choice([0, 99999, random_.randrange(100000)])
    moment = datetime.datetime.combine(day, datetime.time())
    return moment + datetime.timedelta(seconds=clock, microseconds=fraction * 10)


def moment_fields(moment):
    return [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second]


def moment_text(moment, qualifier):
    fields = [moment_fields(moment)[unit] for unit in qualifier.units]
    return qualifier.text(fields, moment.microsecond // 10, 4 if qualifier.start == 0 else 2)


def check_datetimes(batch, random_):
    for qualifier in datetime_qualifiers():
        for _ in range(60):
            moment = random_moment(random_)
            fields = [moment_fields(moment)[unit] for unit in qualifier.units]
            text = moment_text(moment, qualifier)
            image = qualifier.image(fields, moment.microsecond // 10)
            assert len(image) == packed_width(qualifier.word)
            batch.add(image.hex(), "dimage", qualifier.hex(), text)
            batch.add(text, "dtext", qualifier.hex(), image.hex())
            for form in other_forms(image, random_):
                batch.add(text, "dtext", qualifier.hex(), form)


def random_interval(qualifier, random_):
    """negative, fields, fraction; short and long first fields alike."""
    first = random_.randrange(10 ** random_.randint(0, qualifier.first))
    if random_.random() < 0.1:
        first = 10**qualifier.first - 1
    limits = [0, 12, 0, 24, 60, 60]
    later = [
        random_.choice([0, limits[unit] - 1, random_.randrange(limits[unit])])
        for unit in qualifier.units[1:]
    ]
    fraction = cut_fraction(random_.choice([0, 99999, random_.randrange(100000)]), qualifier.scale)
    fields = [first] + later
    return random_.random() < 0.5 and any(fields + [fraction]), fields, fraction


def interval_text(qualifier, negative, fields, fraction):
    return ("-" if negative else "") + qualifier.text(fields, fraction, 1)


def check_intervals(batch, random_):
    for qualifier in interval_qualifiers():
        for _ in range(20):
            negative, fields, fraction = random_interval(qualifier, random_)
            text = interval_text(qualifier, negative, fields, fraction)
            image = qualifier.image(fields, fraction, negative)
            assert len(image) == packed_width(qualifier.word)
            written = image if any(image[1:]) else b"\x80" + image[1:]
            batch.add(written.hex(), "iimage", qualifier.hex(), text)
            batch.add(text, "itext", qualifier.hex(), image.hex())
            for form in other_forms(image, random_, negative):
                batch.add(text, "itext", qualifier.hex(), form)
        batch.add("!-1265", "iimage", qualifier.hex(), "1" + "0" * qualifier.first + "-00")


# --- Arithmetic ---


def timedelta_of(qualifier, negative, fields, fraction):
    names = {UNITS[unit] + "s": number for unit, number in zip(qualifier.units, fields)}
    delta = datetime.timedelta(microseconds=fraction * 10, **names)
    return -delta if negative else delta


def months_of(qualifier, negative, fields):
    sizes = [12, 1]
    months = sum(number * sizes[unit] for unit, number in zip(qualifier.units, fields))
    return -months if negative else months


def amount_text(qualifier, amount):
    """A timedelta or a number of months in the fields of the qualifier."""
    if qualifier.start <= 2:
        sizes, rest = [12, 1], abs(amount)
        negative = amount < 0
    else:
        sizes = [0, 0, 86400 * 10**5, 3600 * 10**5, 60 * 10**5, 10**5]
        ticks = amount // datetime.timedelta(microseconds=10)
        negative, rest = ticks < 0, abs(ticks)
    fields = []
    for unit in qualifier.units:
        number, rest = divmod(rest, sizes[unit])
        fields.append(number)
    shown = cut_fraction(rest, qualifier.scale)
    return interval_text(qualifier, negative and any(fields + [shown]), fields, shown)


def floor_moment(moment, qualifier):
    """With the fields right of the qualifier at their lowest."""
    fields = moment_fields(moment)
    for unit in range(qualifier.units[-1] + 1, 6):
        fields[unit] = 1 if unit <= 2 else 0
    fraction = cut_fraction(moment.microsecond // 10, qualifier.scale)
    return datetime.datetime(*fields, fraction * 10)


def add_months(moment, months):
    total = (moment.year - 1) * 12 + moment.month - 1 + months
    if not 0 <= total < 9999 * 12:
        raise OverflowError
    return moment.replace(year=total // 12 + 1, month=total % 12 + 1)


def check_sums(batch, random_):
    long_datetimes = [q for q in datetime_qualifiers() if q.start == 0]
    intervals = [q for q in interval_qualifiers() if q.first in (2, 4, 7, 9)]
    for target in long_datetimes:
        for step in intervals:
            moment = floor_moment(random_moment(random_), target)
            negative, fields, fraction = random_interval(step, random_)
            try:
                if step.units[-1] > target.units[-1] or (step.scale and not target.scale):
                    wanted = "!-1268"
                elif step.start <= 2:
                    sum_ = add_months(moment, months_of(step, negative, fields))
                    wanted = moment_text(sum_, target)
                else:
                    kept = cut_fraction(fraction, target.scale)
                    sum_ = moment + timedelta_of(step, negative, fields, kept)
                    wanted = moment_text(sum_, target)
            except (OverflowError, ValueError):
                wanted = "!-1267"
            text = interval_text(step, negative, fields, fraction)
            batch.add(wanted, "dadd", target.hex(), moment_text(moment, target), step.hex(), text)


def difference_qualifier(qualifier):
    if qualifier.end <= 2:
        return Qualifier(0, 2, 4)
    if qualifier.start <= 4:
        return Qualifier(4, qualifier.end, 8)
    return Qualifier(qualifier.start, qualifier.end, 2)


def check_differences(batch, random_):
    for a in datetime_qualifiers():
        if a.start in (2, 4):
            continue  # without a year there is nothing in Python to compare with
        for b in datetime_qualifiers():
            if b.start > a.start:
                continue
            first, second = random_moment(random_), random_moment(random_)
            left = floor_moment(first, a)
            right = floor_moment(floor_moment(second, b), a)
            if a.start > 4:
                lowest = {UNITS[u]: 1 if u <= 2 else 0 for u in range(a.units[0])}
                left, right = left.replace(**lowest), right.replace(**lowest)
            result = difference_qualifier(a)
            if a.end <= 2:
                amount = (left.year - right.year) * 12 + left.month - right.month
            else:
                amount = left - right
            wanted = f"{result.hex()}\t{amount_text(result, amount)}"
            texts = moment_text(first, a), moment_text(second, b)
            batch.add(wanted, "dsub", a.hex(), texts[0], b.hex(), texts[1])


def cut_to_multiple(number, step):
    return abs(number) // step * step * (1 if number > 0 else -1)


def cut_months(months, qualifier):
    return cut_to_multiple(months, 12 if qualifier.end == 0 else 1)


def cut_timedelta(delta, qualifier):
    tick = datetime.timedelta(microseconds=10)
    step = 10 ** (5 - qualifier.scale) * [0, 0, 86400, 3600, 60, 1][qualifier.units[-1]]
    return cut_to_multiple(delta // tick, step) * tick


def check_interval_sums(batch, random_):
    qualifiers = [q for q in interval_qualifiers() if q.first in (2, 6)]
    for a in qualifiers:
        for b in qualifiers:
            left, right = random_interval(a, random_), random_interval(b, random_)
            request = ("iadd", a.hex(), interval_text(a, *left), b.hex(), interval_text(b, *right))
            if (a.start <= 2) != (b.start <= 2) or b.start < a.start:
                batch.add("!-1266", *request)
                continue
            result = Qualifier(a.start, a.end, 9)
            if a.start <= 2:
                amount = months_of(a, *left[:2]) + cut_months(months_of(b, *right[:2]), a)
            else:
                amount = timedelta_of(a, *left) + cut_timedelta(timedelta_of(b, *right), a)
            batch.add(f"{result.hex()}\t{amount_text(result, amount)}", *request)


def check_extends(batch, random_):
    qualifiers = list(datetime_qualifiers())
    full = Qualifier(0, 15, 4)
    for source in qualifiers:
        for target in qualifiers:
            moment, now = random_moment(random_), random_moment(random_)
            fields = moment_fields(moment)
            if source.start:
                fields[: source.units[0]] = moment_fields(now)[: source.units[0]]
            for unit in range(min(source.units[-1], target.units[-1]) + 1, 6):
                fields[unit] = 1 if unit <= 2 else 0
            if target.start:  # what is not asked for cannot make the day wrong
                for unit in range(target.units[0]):
                    fields[unit] = [2000, 1, 1, 0, 0, 0][unit]
            scale = min(source.scale, target.scale)
            fraction = cut_fraction(moment.microsecond // 10, scale)
            try:
                wanted = moment_text(datetime.datetime(*fields, fraction * 10), target)
            except ValueError:
                wanted = "!-1263"
            texts = moment_text(moment, source), moment_text(now, full)
            batch.add(wanted, "extend", source.hex(), texts[0], target.hex(), texts[1])


# --- Running ---


def ask(probe, requests):
    result = subprocess.run([probe], input=requests.encode(), stdout=subprocess.PIPE, check=False)
    if result.returncode != 0:
        print(f"the probe ended with status {result.returncode}")
        return ""  # nothing that it said counts
    return result.stdout.decode()


def report(failures):
    for request, wanted, got in failures[:20]:
        print(f"{request!r}: wanted {wanted!r}, got {got!r}")


def run_days(probe):
    """Both directions in one comparison each: millions of lines take too long one by one."""
    days = [datetime.date.fromordinal(n).isoformat() for n in range(1, LAST_ORDINAL + 1)]
    numbers = [str(n - DAY_ZERO) for n in range(1, LAST_ORDINAL + 1)]
    failures = []
    for requests, wanted in (
        (f"days\t{numbers[0]}\t{numbers[-1]}\n", days),
        ("day\t" + "\nday\t".join(days) + "\n", numbers),
    ):
        answer = ask(probe, requests)
        if answer != "\n".join(wanted) + "\n":
            got = answer.split("\n")[:-1] + ["(nothing)"] * len(wanted)
            failures += [(f"day {d}", w, g) for d, w, g in zip(days, wanted, got) if w != g]
    return 2 * len(days), failures


def run_batch(probe, batch):
    got = ask(probe, "\n".join(batch.requests) + "\n").split("\n")[:-1]
    got += ["(nothing)"] * (len(batch.wanted) - len(got))
    rows = zip(batch.requests, batch.wanted, got)
    return len(batch.wanted), [row for row in rows if row[1] != row[2]]


def main():
    probe = sys.argv[1] if len(sys.argv) > 1 else os.environ["SQLI_BIN"] + "/probe_temporal"
    random_ = random.Random(int(os.environ.get("SQLI_SEED", "20260504")))
    batch = Batch()
    for check in (
        check_datetimes,
        check_intervals,
        check_sums,
        check_differences,
        check_interval_sums,
        check_extends,
    ):
        check(batch, random_)
    cases, failures = run_batch(probe, batch)
    day_cases, day_failures = run_days(probe)
    report(failures + day_failures)
    print(f"{cases + day_cases} cases, {len(failures) + len(day_failures)} failed")
    return 1 if failures or day_failures else 0


if __name__ == "__main__":
    sys.exit(main())
