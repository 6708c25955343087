"""How checks get at our informix_db: the package of the build, and the environment that a Python needs
to import it."""
import os
import sys
import time

# Seconds after which something is taken for hung, on however slow a machine.
PATIENCE = 60
QUIET = 0.2
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))
BIN = os.path.abspath(os.environ.get("SQLI_BIN", "build/bin"))
PACKAGE = os.path.join(os.path.dirname(BIN), "python")


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never happens"
        time.sleep(0.01)


def waits(connection):
    """A condition for until(): a request since now is on its way, and nothing comes of it. The
    statement is executed then, not only prepared."""
    before = seen = connection.counts()
    since = time.monotonic()

    def ask():
        nonlocal seen, since
        now = connection.counts()
        if now != seen:
            seen, since = now, time.monotonic()
        return now["requests"] > before["requests"] and time.monotonic() > since + QUIET

    return ask


def environment(**more):
    """A module with sanitizers needs their library in front of everything. Ends the check, as one
    that is skipped, where the module was not built."""
    if not os.path.exists(os.path.join(PACKAGE, "informix_db", "_native.so")):
        print("informix_db was not built: the headers of Python were not there (python3-dev)")
        sys.exit(77)
    path = os.pathsep.join([PACKAGE, HERE, os.path.join(HERE, "..", "oracle")])
    env = dict(os.environ, PYTHONPATH=path, PYTHONMALLOC="malloc", **more)
    library = os.environ.get("SQLI_SANITIZER_LIBRARY")
    if library:
        env.update(LD_PRELOAD=library, ASAN_OPTIONS="detect_leaks=0")
    else:
        del env["PYTHONMALLOC"]
    return env


def with_ours(script):
    """Runs the script again where informix_db can be imported; returns there."""
    if "SQLI_OURS" not in os.environ:
        env = environment(SQLI_OURS="1")
        os.execve(sys.executable, [sys.executable, os.path.abspath(script)] + sys.argv[1:], env)
