#!/usr/bin/env python3
"""Results as frames: pandas, polars, DuckDB and pyarrow read them as Arrow, the first three without
pyarrow where they can, and all values are compared. They are in a virtual environment of their own,
build/frames-env, which is made of tests/requirements-long.txt.
"""
import datetime
import decimal
import fcntl
import hashlib
import os
import random
import subprocess
import sys
import venv
from pathlib import Path

import ours

ours.with_ours(__file__)
import informix_db as db  # noqa: E402
from sqlid import NAME, PASSWORD, USER, Sqlid  # noqa: E402

REQUIREMENTS = Path(ours.HERE).parent / "requirements-long.txt"
PLACE = Path(ours.BIN).parent / "frames-env"
D, EPOCH = decimal.Decimal, datetime.datetime(1970, 1, 1)
ROWS, MANY = 5000, 300_000
SKIPPED = 77
COLUMNS = {
    "i": "INT", "l": "BIGINT", "f": "FLOAT", "d": "DECIMAL(16,2)", "e": "DECIMAL(32,10)",
    "c": "CHAR(7)", "v": "VARCHAR(60)", "w": "LVARCHAR(400)", "t": "BOOLEAN", "a": "DATE",
    "s": "DATETIME YEAR TO SECOND", "m": "DATETIME YEAR TO FRACTION(5)", "b": "BYTE", "x": "TEXT",
    "p": "INTERVAL DAY TO SECOND", "behind": "INT",
}


# --- the environment ---

def wanted():
    return f"{sys.version} {hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()}"


def make_environment():
    """Why it cannot be made, or None."""
    mark = PLACE / "made-for"
    if mark.exists() and mark.read_text() == wanted():
        return None
    venv.create(PLACE, with_pip=True, clear=True)
    made = subprocess.run(
        [PLACE / "bin/python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
         "--quiet", "--retries", "1", "--require-hashes", "--only-binary", ":all:", "--no-deps",
         "-r", REQUIREMENTS], capture_output=True, text=True)
    if made.returncode:
        return (made.stderr.strip().splitlines() or ["pip failed"])[-1][:200]
    mark.write_text(wanted())
    return None


def environment():
    PLACE.parent.mkdir(exist_ok=True)
    with open(f"{PLACE}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return make_environment()


class NoPyarrow:
    """It is not there, whoever looks for it."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pyarrow":
            raise ModuleNotFoundError("there is no pyarrow", name="pyarrow")


# --- the rows ---

def row(i, rng):
    day = datetime.date.min + datetime.timedelta(rng.randrange(3652059))
    return [i, rng.randrange(-2**62, 2**62), rng.uniform(-1e9, 1e9),
            D(rng.randrange(-10**15, 10**15)).scaleb(-2),
            decimal.Context(prec=40).scaleb(D(rng.randrange(-10**31, 10**31)), -10),
            f"c{i % 97}", "\u00e9 " * (i % 20) + "x", "w" * (i % 399), i % 2 == 0, day,
            datetime.datetime.combine(day, datetime.time(i % 24, i % 60, i % 59)),
            EPOCH + datetime.timedelta(microseconds=rng.randrange(-2**50, 2**50) // 10 * 10),
            rng.randbytes(i % 70), "text\n" * (i % 5), datetime.timedelta(i % 90, i)]


def rows():
    """NULLs all over, and a last column without."""
    rng = random.Random(11)
    for i in range(ROWS):
        values = [None if (i + place) % 7 == 0 else value for place, value in enumerate(row(i, rng))]
        yield (*values, i)


def as_arrow(values):
    """What Arrow has no type for comes as the server's text."""
    *others, span, behind = values
    if span is not None:
        rest = span.seconds
        span = f"{span.days:>3} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}".lstrip()
    return (*others, span, behind)


def same(got, expected):
    """What pandas makes of it: NA, NaN and NaT for NULL, Timestamps, a float for an int beside a
    NULL."""
    if expected is None or type(got).__name__ == "NAType":
        return expected is None and (got is None or type(got).__name__ == "NAType" or got != got)
    if hasattr(got, "to_pydatetime"):
        got = got.to_pydatetime()
    if isinstance(got, datetime.datetime) and type(expected) is datetime.date:
        got = got.date()
    return got == expected or isinstance(expected, int) and float(got) == float(expected)


class Frames:
    def __init__(self, connection):
        self.connection = connection
        connection.execute("CREATE TABLE frames (" + ", ".join(
            f"{name} {kind}" for name, kind in COLUMNS.items()) + ")")
        marks = ", ".join("?" * len(COLUMNS))
        connection.cursor().executemany(f"INSERT INTO frames VALUES ({marks})", rows())
        self.query = "SELECT * FROM frames ORDER BY behind"
        read = connection.execute(self.query).fetchall()
        assert read == list(rows()), "the rows are not what was inserted"
        self.wanted = [as_arrow(values) for values in read]

    def cursor(self):
        return self.connection.execute(self.query)

    def check(self, names, got):
        assert list(names) == list(COLUMNS), names
        got = [tuple(values) for values in got]
        assert len(got) == len(self.wanted), len(got)
        for one, expected in zip(got, self.wanted):
            for name, a, b in zip(COLUMNS, one, expected):
                assert same(a, b), (name, a, b)

    def check_exactly(self, names, got):
        self.check(names, got)
        assert got == self.wanted, next(pair for pair in zip(got, self.wanted) if pair[0] != pair[1])

    # --- without pyarrow ---

    def polars_frame(self):
        import polars
        frame = polars.DataFrame(self.cursor())
        self.check_exactly(frame.columns, frame.rows())
        frame = polars.DataFrame(self.cursor().fetch_arrow())
        self.check_exactly(frame.columns, frame.rows())
        kinds = {name: str(kind) for name, kind in frame.schema.items()}
        assert kinds["d"] == "Decimal(precision=16, scale=2)" and kinds["a"] == "Date", kinds
        assert kinds["m"].startswith("Datetime(time_unit='us'") and kinds["b"] == "Binary", kinds

    def polars_read_database(self):
        import polars
        query = "SELECT i, v, a, d FROM frames WHERE behind > 0 ORDER BY behind"
        frame = polars.read_database(query, self.connection)
        assert frame.rows() == self.connection.execute(query).fetchall()

    def duckdb_from_arrow(self):
        import duckdb
        for result in (self.cursor(), self.cursor().fetch_arrow()):
            relation = duckdb.from_arrow(result)
            self.check_exactly(relation.columns, relation.fetchall())

    def duckdb_by_name(self):
        """SQL over the result by the name of the variable."""
        import duckdb
        result = self.cursor()
        self.check_exactly(COLUMNS, duckdb.sql("SELECT * FROM result").fetchall())
        result = self.cursor().fetch_arrow()
        ((total, nulls),) = duckdb.sql(
            "SELECT SUM(d), COUNT(*) - COUNT(v) FROM result").fetchall()
        column = [(values[3], values[6]) for values in self.wanted]
        assert total == sum(d for d, _ in column if d is not None), total
        assert nulls == sum(v is None for _, v in column), nulls

    def pandas_by_duckdb(self):
        import duckdb
        frame = duckdb.from_arrow(self.connection.execute(
            "SELECT i, f, v, a, m, t FROM frames ORDER BY behind")).df()
        places = [list(COLUMNS).index(name) for name in frame.columns]
        for got, values in zip(frame.itertuples(index=False), self.wanted, strict=True):
            assert all(same(a, values[place]) for a, place in zip(got, places)), (got, values)

    def pandas_read_sql(self):
        import warnings

        import pandas
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drivers that pandas does not test
            frame = pandas.read_sql("SELECT i, v, a FROM frames WHERE i = ?", self.connection,
                                    params=(5,))
        assert list(frame.columns) == ["i", "v", "a"] and frame.i[0] == 5, frame

    def many(self):
        """More than a batch, and DuckDB reads in threads of its own."""
        import duckdb
        import polars
        query = (f"SELECT FIRST {MANY} a.tabid AS n, b.colname AS s FROM systables a, "
                 "syscolumns b, syscolumns c")
        wanted = self.connection.execute(query).fetchall()
        assert len(wanted) == MANY
        assert polars.DataFrame(self.connection.execute(query)).rows() == wanted
        result = self.connection.execute(query)
        assert duckdb.sql("SELECT COUNT(*), SUM(n), MAX(s) FROM result").fetchall() == [
            (MANY, sum(n for n, _ in wanted), max(s for _, s in wanted))]

    # --- with pyarrow ---

    def pyarrow_table(self):
        import pyarrow
        for table in (pyarrow.table(self.cursor()), self.cursor().fetch_arrow().to_pyarrow()):
            table.validate(full=True)
            self.check_exactly(table.column_names,
                               list(zip(*(column.to_pylist() for column in table.columns))))

    def pandas_from_arrow(self):
        import pandas
        frame = pandas.DataFrame.from_arrow(self.cursor())
        self.check(frame.columns, frame.itertuples(index=False))


WITHOUT = (Frames.polars_frame, Frames.polars_read_database, Frames.duckdb_from_arrow,
           Frames.duckdb_by_name, Frames.pandas_by_duckdb, Frames.pandas_read_sql, Frames.many)
WITH = (Frames.pyarrow_table, Frames.pandas_from_arrow)


def versions():
    from importlib.metadata import version
    return ", ".join(f"{name} {version(name)}" for name in ("pandas", "polars", "duckdb", "pyarrow"))


def run(cases):
    failed = 0
    with Sqlid() as server:
        with db.connect(host=server.host, port=server.port, user=USER, password=PASSWORD,
                        server=NAME, database="sysmaster", autocommit=True) as connection:
            connection.execute("CREATE DATABASE frames WITH LOG")
            frames = Frames(connection)
            for case in cases:
                try:
                    case(frames)
                    print(f"{case.__name__}: ok", flush=True)
                except Exception as error:
                    failed += 1
                    print(f"{case.__name__}: FAIL {type(error).__name__}: {str(error)[:500]}",
                          flush=True)
    return failed


def main():
    part = os.environ.get("SQLI_FRAMES")
    if part == "without":
        sys.meta_path.insert(0, NoPyarrow())
        return run(WITHOUT)
    if part == "with":
        print(versions())
        return run(WITH)
    if sys.version_info < (3, 11):
        print("pandas and polars need Python 3.11")
        return SKIPPED
    why_not = environment()
    if why_not:
        print(f"the packages of tests/requirements-long.txt cannot be installed: {why_not}")
        return SKIPPED
    failed = sum(subprocess.run([PLACE / "bin/python", __file__],
                                env=dict(os.environ, SQLI_FRAMES=part)).returncode
                 for part in ("with", "without"))
    print(f"{len(WITH + WITHOUT) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
