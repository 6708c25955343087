#!/usr/bin/env python3
"""Everything public of informix_db has a docstring, and the examples in docstrings do what they show,
against sqlid with the database that ./run makes. Each docstring has a connection of its own, and
`cursor` of it; those of aio await theirs, as `python -m asyncio` does.
"""
import ast
import asyncio
import contextlib
import doctest
import inspect
import io
import os
import re
import subprocess
import sys
import traceback
import types

import ours

ours.with_ours(__file__)
import informix_db as db  # noqa: E402
from informix_db import (_capabilities, _core, _lob, aio, connections, converters, cursors,  # noqa: E402
                         exceptions, pool, rows, testing)
from sqlid import NAME, PASSWORD, USER, Sqlid  # noqa: E402

ROOT = os.environ.get("SQLI_SOURCE", os.path.join(ours.HERE, "..", ".."))
MODULES = (db, _capabilities, _core, _lob, aio, connections, converters, cursors, exceptions, pool,
           rows, testing)
EXAMPLES_MIN = 50
OPTIONS = doctest.ELLIPSIS
# Examples that must be found out: a wrong value, nothing, an error that was not to come, none.
WRONG = (">>> 1 + 1\n3\n", ">>> 1 + 1\n", ">>> 1 / 0\n", ">>> 1\nTraceback (most recent call last):\n"
         "ZeroDivisionError: x\n", ">>> 1 / 0\nTraceback (most recent call last):\nKeyError: 1\n")


def function_of(member):
    if isinstance(member, property):
        return member
    function = getattr(member, "__func__", member)
    return function if isinstance(function, types.FunctionType) else None


def members(module):
    """Public classes and functions of the module, and what the classes have, with their names."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(thing):
            yield f"{module.__name__}.{name}", thing
            for inner in dir(thing):
                member = function_of(inspect.getattr_static(thing, inner))
                if member is not None and not inner.startswith("_"):
                    yield f"{module.__name__}.{name}.{inner}", member
        elif isinstance(thing, types.FunctionType):
            yield f"{module.__name__}.{name}", thing


def docstrings():
    """By name. What a class has from another one is the same docstring."""
    found = {}
    for module in MODULES:
        found[module.__name__] = module
        found.update(members(module))
    return {name: inspect.getdoc(thing) for name, thing in found.items()}


class Examples:
    """Runs the examples of one docstring after the other."""

    def __init__(self, arguments):
        self.arguments, self.port = arguments, str(arguments["port"])
        self.count, self.failures = 0, []

    async def names(self, is_async):
        """What examples find there, and the connection to close."""
        if is_async:
            connection = await aio.connect(**self.arguments)
            return {"aio": aio, "informix_db": db, "connection": connection}, connection.close
        connection = db.connect(**self.arguments)
        return {"informix_db": db, "connection": connection, "cursor": connection.cursor()}, \
            connection.close

    async def run(self, name, text):
        examples = doctest.DocTestParser().get_examples(re.sub(r"\b9088\b", self.port, text), name)
        if not examples:
            return
        names, close = await self.names(name.startswith("informix_db.aio"))
        for example in examples:
            self.count += 1
            got, exception = await self.one(example, names)
            if not self.agrees(example, got, exception):
                self.failures.append(f"{name}: >>> {example.source}wanted: {example.want}got: {got}"
                                     f"{exception or ''}")
        closing = close()
        if inspect.isawaitable(closing):
            await closing

    @staticmethod
    async def one(example, names):
        """What it printed, and the last line of the traceback."""
        printed, exception = io.StringIO(), None
        with contextlib.redirect_stdout(printed):
            try:
                code = compile(example.source, "<example>", "single",
                               flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
                done = eval(code, names)
                if inspect.iscoroutine(done):
                    await done
            except Exception as error:
                exception = traceback.format_exception_only(error)[-1]
        return printed.getvalue(), exception

    @staticmethod
    def agrees(example, got, exception):
        checker = doctest.OutputChecker()
        if example.exc_msg is not None or exception is not None:
            return None not in (example.exc_msg, exception) and checker.check_output(
                example.exc_msg, exception, OPTIONS)
        return checker.check_output(example.want, got, OPTIONS)


async def check(arguments):
    for wrong in WRONG:
        examples = Examples(arguments)
        await examples.run("wrong", wrong)
        assert examples.failures, f"this is taken for right: {wrong}"
    there = docstrings()
    missing = [name for name, text in there.items() if not text]
    examples = Examples(arguments)
    for name, text in {text: name for name, text in there.items() if text}.items():
        await examples.run(text, name)
    return missing, examples


def main():
    with Sqlid() as server:
        url = f"informix://{USER}:{PASSWORD}@{server.host}:{server.port}/sysmaster?server={NAME}"
        with open(os.path.join(ROOT, "examples/stores.sql"), encoding="utf-8") as stores:
            subprocess.run([os.path.join(ours.BIN, "sqli"), url, "-q", "-a", "-f", "-"], check=True,
                           stdin=stores, env=dict(os.environ, LD_PRELOAD=""))
        missing, examples = asyncio.run(check(
            {"host": server.host, "port": server.port, "user": USER, "password": PASSWORD,
             "server": NAME, "database": "stores", "autocommit": True}))
    for name in missing:
        print(f"{name} has no docstring")
    for failure in examples.failures:
        print(failure)
    failed = len(missing) + len(examples.failures) + (examples.count < EXAMPLES_MIN)
    print(f"{examples.count - len(examples.failures)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
