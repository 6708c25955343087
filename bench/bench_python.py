#!/usr/bin/env python3
"""bench_python.py [ROUNDS]: informix_db against the published pure-Python driver and against the C
library, in one run, against the same sqlid. CPU is that of the client's process; the best of several
rounds counts. Builds nothing but a small C program: build the release preset first. SQLI_BUILD names
its folder, build if it is not set."""
import datetime
import decimal
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("SQLI_BUILD", ROOT / "build")).resolve()
PUBLISHED = ROOT / "build" / "python-env" / "bin" / "python"
ROWS, SELECTS = 100_000, 3000
ONE_ROW = "SELECT tabname, tabid FROM systables WHERE tabid = ?"
LATENCY_C = r"""
#include <sqli.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static double now(void) {
    struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}
int main(int argc, char **argv) {
    sqli_conn *c; sqli_stmt *s; const char *text; size_t length; int64_t n;
    int rounds = atoi(argv[2]), selects = atoi(argv[3]); double best = 1e30;
    if (argc < 4 || sqli_open(argv[1], &c)) return 1;
    for (int r = 0; r < rounds; r++) {
        double start = now();
        for (int i = 0; i < selects; i++) {
            if (sqli_prepare(c, "SELECT tabname, tabid FROM systables WHERE tabid = ?", -1, 0, &s) ||
                sqli_bind_int64(s, 1, i % 9 + 1) || sqli_step(s) != SQLI_ROW ||
                sqli_get_text(s, 1, &text, &length) || sqli_get_int64(s, 2, &n) ||
                sqli_step(s) != SQLI_DONE) return 2;
            sqli_finalize(s);
        }
        double took = (now() - start) / selects;
        best = took < best ? took : best;
    }
    printf("%.3f\n", best);
    return 0;
}
"""


def best(rounds, items, work, clock=time.process_time):
    """Microseconds for one of the items."""
    figures = []
    for _ in range(rounds):
        start = clock()
        result = work()
        figures.append(clock() - start)
        del result
    return min(figures) / items * 1e6


def client(port, rounds):
    """One driver, whichever PYTHONPATH gives; prints a name and a figure per line."""
    import informix_db
    connection = informix_db.connect(host="127.0.0.1", port=port, user="informix", password="in4mix",
                                     database="sysmaster", server="informix")
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE bench (a INT, b BIGINT, c VARCHAR(20), d FLOAT, e DATE)")
    connection.commit()
    day = datetime.date(2020, 1, 1)
    rows = [(i, i * 1000003, f"name {i}", i * 0.5, day + datetime.timedelta(i % 1000))
            for i in range(ROWS)]

    def insert():
        cursor.executemany("INSERT INTO bench VALUES (?, ?, ?, ?, ?)", rows)
        connection.rollback()

    def fetch(query):
        def work():
            cursor.execute(query)
            got = cursor.fetchall()
            assert len(got) == ROWS
            return got
        return work

    def selects():
        for i in range(SELECTS):
            cursor.execute(ONE_ROW, (i % 9 + 1,))
            assert len(cursor.fetchall()) == 1

    print("executemany", best(rounds, ROWS, insert))
    cursor.executemany("INSERT INTO bench VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    print("fetchall", best(rounds, ROWS, fetch("SELECT * FROM bench")))
    print("fetchall, DECIMAL(10,2) for the date",
          best(rounds, ROWS, fetch("SELECT a, b, c, d, a::DECIMAL(10,2) FROM bench")))
    print("one row, on the clock", best(rounds, SELECTS, selects, time.perf_counter))
    if hasattr(cursor, "fetch_arrow"):
        import_arrow(cursor, rounds)
    assert decimal.Decimal(1)


def import_arrow(cursor, rounds):
    """All batches through the C interface, each released at once."""
    sys.path.insert(0, str(ROOT / "tests" / "python"))
    os.environ["SQLI_OURS"] = "1"
    import ctypes

    from check_arrow import Array, Stream, pointer_of

    def work():
        cursor.execute("SELECT * FROM bench")
        capsule = cursor.fetch_arrow().__arrow_c_stream__()
        stream = Stream.from_address(pointer_of(capsule, b"arrow_array_stream"))
        array, count = Array(), 0
        while stream.get_next(ctypes.byref(stream), ctypes.byref(array)) == 0 and array.release:
            count += array.length
            array.release(ctypes.byref(array))
        assert count == ROWS

    print("Arrow", best(rounds, ROWS, work))


def figures_of(python, environment, port, rounds):
    done = subprocess.run([python, __file__, "--client", str(port), str(rounds)], check=True,
                          env=dict(os.environ, **environment), stdout=subprocess.PIPE, text=True)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
            for line in done.stdout.splitlines()}


def latency_of_c(port, rounds):
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, "latency.c"), os.path.join(folder, "latency")
        pathlib.Path(source).write_text(LATENCY_C, encoding="ascii")
        subprocess.run(["cc", "-O2", "-I", ROOT / "include", source, BUILD / "lib" / "libsqli.a",
                        "-lssl", "-lcrypto", "-lpthread", "-lm", "-o", program], check=True)
        url = f"informix://informix:in4mix@127.0.0.1:{port}/sysmaster?server=informix"
        return float(subprocess.run([program, url, str(rounds), str(SELECTS)], check=True,
                                    capture_output=True, text=True).stdout)


def main():
    if sys.argv[1:2] == ["--client"]:
        return client(int(sys.argv[2]), int(sys.argv[3]))
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    os.environ["SQLI_BIN"] = str(BUILD / "bin")
    sys.path.insert(0, str(ROOT / "tests" / "oracle"))
    from sqlid import Sqlid
    with Sqlid() as server:
        ours = figures_of(sys.executable, {"PYTHONPATH": str(BUILD / "python")}, server.port, rounds)
        latency = latency_of_c(server.port, rounds)
        theirs = figures_of(PUBLISHED, {"PYTHONPATH": ""}, server.port, min(rounds, 3)) \
            if PUBLISHED.exists() else {}
    print(f"{'microseconds, of client CPU where nothing else is said':56}{'ours':>9}{'theirs':>9}")
    for name, figure in ours.items():
        other = theirs.get(name)
        told = f"{other:9.3f}{other / figure:8.1f} x" if other else ""
        print(f"{name:56}{figure:9.3f}{told}")
    ratio = ours["one row, on the clock"] / latency
    print(f"{'one row by the C library, on the clock':56}{latency:9.3f}   ours is {ratio:.2f} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
