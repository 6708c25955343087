#!/usr/bin/env python3
"""Every character of every code set, both ways, against Python's codecs.

Python's tables share no code with glibc's iconv, which the library converts with. Where the two
have different ideas of a code set, the characters and the reason stand in DIFFERENCES; any other
difference fails.
"""
import os
import subprocess
import sys

PROBE = os.path.join(os.environ.get("SQLI_BIN", "build/bin"), "probe_codeset")

CODECS = {
    "ASCII": "ascii",
    "PC-Latin-1": "cp850",
    "PC-Latin-2": "cp852",
    "PC866": "cp866",
    "KOI-8": "koi8_r",
    "sjis-s": "cp932",
    "sjis": "cp932",
    "ujis": "euc_jp",
    "big5": "cp950",
    "ksc": "cp949",
    "gb": "gbk",
    "GB18030-2000": "gb18030",
    "utf8": "utf-8",
}

# Python has none of these.
WITHOUT_CODEC = {"euctw"}

# Code set -> (first, last character) pairs that may differ, and why.
CP932 = (
    [(0x80, 0x80), (0xF8F0, 0xF8F3)],
    "Python gives the five bytes that are no character (80, a0, fd to ff) private ones",
)
DIFFERENCES = {
    "sjis": CP932,
    "sjis-s": CP932,
    "ujis": (
        [(0x80, 0x9F), (0xFF5E, 0xFF5E)],
        "glibc has the C1 controls, and the full-width tilde where Python reads an ASCII one",
    ),
    "big5": (
        [(0x80, 0x80), (0xF6B1, 0xF848), (0x401, 0x451), (0x2460, 0x247D), (0x3005, 0x30FE)],
        "C6A1 to C8FE are for private use in glibc, as in Windows; kana and Cyrillic in Python",
    ),
    "ksc": ([(0x327E, 0x327E)], "a late addition to the standard, which glibc 2.36 stumbles over"),
    "gb": ([(0x20AC, 0x20AC)], "glibc has Windows' euro sign, byte 80"),
    "GB18030-2000": (
        [(0x1E3F, 0x1E3F), (0x9FB4, 0x9FBB), (0xE5E5, 0xE5E5), (0xE78D, 0xE864),
         (0xFE10, 0xFE19), (0x20087, 0x20087), (0x20089, 0x20089), (0x200CC, 0x200CC),
         (0x215D7, 0x215D7), (0x2298F, 0x2298F), (0x241FE, 0x241FE)],
        "glibc has the edition of 2005 or later, Python that of 2000 with private characters",
    ),
}

SCALARS = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def probe(*arguments, text=""):
    done = subprocess.run([PROBE, *arguments], input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{PROBE} {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.splitlines()


def codec_of(name):
    if name in CODECS:
        return CODECS[name]
    return "iso" + name if name.startswith("8859-") else "cp" + name.lower().removeprefix("cp")


def python_repertoire(codec, bytes_max):
    """What survives Python's codec both ways."""
    if bytes_max == 1:
        texts = [bytes([b]).decode(codec, "ignore") for b in range(256)]
    else:
        texts = SCALARS
    pairs = {c: c.encode(codec, "ignore") for c in texts if c}
    return {c: b for c, b in pairs.items() if b and b.decode(codec, "replace") == c}


def candidates(codec, bytes_max):
    """Byte sequences that may be one character, whatever their number of bytes."""
    found = [bytes([a]) for a in range(256)]
    if bytes_max > 1:
        found += [bytes([a, b]) for a in range(0x80, 256) for b in range(256)]
    if codec == "euc_jp":
        found += [bytes([0x8F, a, b]) for a in range(0xA0, 256) for b in range(0xA0, 256)]
    if codec == "gb18030":
        found += [bytes([a, b, c, d]) for a in [*range(0x81, 0x85), *range(0x90, 0xE4)]
                  for b in range(0x30, 0x3A) for c in range(0x81, 0xFF) for d in range(0x30, 0x3A)]
    if codec == "utf-8":
        found = [c.encode() for c in SCALARS] + found
    return found


def decode(data, codec):
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


class Comparison:
    def __init__(self, name):
        self.name = name
        self.ranges, self.reason = DIFFERENCES.get(name, ([], ""))
        self.allowed = 0
        self.failures = []

    def known(self, *texts):
        return any(first <= ord(c) <= last
                   for text in texts if text for c in text for first, last in self.ranges)

    def differs(self, what, *texts):
        if self.known(*texts):
            self.allowed += 1
        else:
            self.failures.append(f"{self.name}: {what}")

    def encoding(self, codec, bytes_max):
        lines = (line.split() for line in probe("encode", self.name))
        ours = {chr(int(point, 16)): bytes.fromhex(data) for point, data in lines}
        theirs = python_repertoire(codec, bytes_max)
        for c in ours.keys() | theirs.keys():
            mine, other = ours.get(c), theirs.get(c)
            # Two spellings of one character are no difference where both read as that character.
            if mine != other and not (mine and other and decode(mine, codec) == c):
                self.differs(f"U+{ord(c):04X} is {mine} here, {other} in Python", c)
        return len(ours)

    def decoding(self, codec, bytes_max):
        sequences = candidates(codec, bytes_max)
        lines = probe("decode", self.name, text="".join(s.hex() + "\n" for s in sequences))
        assert len(lines) == len(sequences)
        for data, line in zip(sequences, lines):
            mine = None if line == "-" else bytes.fromhex(line).decode()
            other = decode(data, codec)
            one = len(mine or "") == 1 or len(other or "") == 1
            if mine != other and (one or bytes_max == 1):
                self.differs(f"{data.hex()} reads {mine!r} here, {other!r} in Python", mine, other)


def main():
    failures = []
    total = 0
    for line in probe("list"):
        number, name, iconv_name, bytes_max, ascii_text, superset = line.split("\t")
        if name in WITHOUT_CODEC:
            print(f"{name}: not compared, Python has no such codec")
            continue
        comparison = Comparison(name)
        count = comparison.encoding(codec_of(name), int(bytes_max))
        comparison.decoding(codec_of(name), int(bytes_max))
        total += count
        note = f", {comparison.allowed} known differences: {comparison.reason}"
        print(f"{name}: {count} characters{note if comparison.allowed else ''}")
        failures += comparison.failures
    for failure in failures[:50]:
        print(failure)
    print(f"{total} characters compared, {len(failures)} unexplained differences")
    return 1 if failures or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
