"""A list of checks that all run, whatever some of them do: a line `ok` or `FAIL` with why, each."""
import sys
import time
import traceback

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def cases(rows):
    """One check for each (name, arguments...) of a table."""
    def add(function):
        for name, *arguments in rows:
            def one(server, arguments=tuple(arguments)):
                function(server, *arguments)
            one.__name__ = f"{function.__name__}[{name}]"
            CHECKS.append(one)
        return function
    return add


def equal(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what}: got {got!r}, wanted {wanted!r}"[:1000])


def same_rows(got, wanted, what=""):
    """Names the first row that differs."""
    for number, (one, other) in enumerate(zip(got, wanted)):
        if one != other:
            raise AssertionError(f"{what} row {number}: got {one!r}, wanted {other!r}"[:1000])
    equal(len(got), len(wanted), f"{what} number of rows")


def where(error):
    """The innermost line of the check itself."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/oracle/" in f.filename]
    return f"line {frames[-1].lineno}" if frames else "?"


def run(server, names=(), verbose=False):
    """Runs those whose name holds one of `names`; the number of failures."""
    failed = ran = 0
    for function in CHECKS:
        if names and not any(name in function.__name__ for name in names):
            continue
        started = time.monotonic()
        ran += 1
        try:
            function(server)
            if verbose:
                print(f"ok {function.__name__} {time.monotonic() - started:.1f} s")
        except Exception as error:
            failed += 1
            text = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"FAIL {function.__name__} ({where(error)}): {text[:600]}")
            if "closed" in text or "reset" in text:
                server.wait(2)
        server.close_connections()
        sys.stdout.flush()
        if not server.runs():
            failed += 1
            print(f"FAIL {function.__name__}: sqlid is gone: {server.tell()[-1500:]}")
            server.start().make_testdb()
    print(f"{ran - failed} passed, {failed} failed")
    return failed if ran else 1
