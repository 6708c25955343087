#!/usr/bin/env python3
"""Makes the seed corpora of the fuzz targets from the recorded sessions and the test vectors.

Run it when tests/data changes; the result is checked in. Existing seeds that it does not make (finds
of earlier runs, kept by hand) stay.
"""
import hashlib
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
LONGEST = 1500  # small seeds mutate better


def connections():
    """Each recorded connection as a list of (direction, bytes)."""
    for path in sorted(DATA.glob("captures/*.hex")):
        flushes = []
        for line in path.read_text().splitlines():
            if line == "# connection":
                if flushes:
                    yield flushes
                flushes = []
            elif line[:2] in ("C ", "S "):
                flushes.append((line[0], bytes.fromhex(line[2:])))
        if flushes:
            yield flushes


def shape(data):
    """Seeds that differ only in text or numbers are one seed: what counts is length and tags."""
    return len(data) // 24, data[:2], data[4:6], data[10:12]


class Corpus:
    def __init__(self, name):
        self.folder = ROOT / "fuzz" / "corpus" / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seen = set()

    def add(self, prefix, data):
        if not data or len(data) > LONGEST or shape(data) in self.seen:
            return
        self.seen.add(shape(data))
        content = prefix + data
        name = hashlib.sha256(content).hexdigest()[:16]
        (self.folder / name).write_bytes(content)


def seeds_of_connection(flushes, login, rows, split, requests):
    clients = [data for side, data in flushes if side == "C"]
    servers = [data for side, data in flushes if side == "S"]
    login.add(b"\x02", clients[0])
    if servers:
        login.add(b"\x00", servers[0])
    describe = b""
    for side, data in flushes[2:]:
        if side == "C":
            requests.add(b"\x00", data)
            split.add(b"\x02\x00", data)
            continue
        split.add(b"\x00\x00", data)
        if data[:2] in (b"\x00\x08", b"\x00\x87"):
            describe = data
        if data[:2] == b"\x00\x0e" and describe:
            rows.add(b"\x00", describe + data)


def seeds_of_vectors(rows, split, requests):
    for line in (DATA / "vectors.tsv").read_text().splitlines()[1:]:
        name, area, direction, kind, hexa, *_ = line.split("\t")
        data = bytes.fromhex(hexa) if set(hexa) <= set("0123456789abcdef") else b""
        if area in ("msg", "describe"):
            (requests if direction == "c2s" else rows).add(b"\x00", data)
            split.add(b"\x02\x00" if direction == "c2s" else b"\x00\x00", data)
        elif area.startswith("bind") and kind != "SQ_BIND whole":
            requests.add(b"\x00", b"\x00\x05\x00\x01" + data)


def main():
    login, rows, split, requests = map(Corpus, ("login", "rows", "split", "requests"))
    for flushes in connections():
        if flushes[0][1][:2] != b"\x16\x03":
            seeds_of_connection(flushes, login, rows, split, requests)
    seeds_of_vectors(rows, split, requests)
    for corpus in (login, rows, split, requests):
        files = list(corpus.folder.iterdir())
        print(f"{corpus.folder.name}: {len(files)} seeds, {sum(f.stat().st_size for f in files)} bytes")


if __name__ == "__main__":
    main()
