"""A pytest plugin for check_suite.py: names of the published driver's insides, so that its modules of
tests can be imported. A test that uses one of them fails and says so."""
import importlib.abc
import importlib.machinery
import sys
import types

import informix_db
from informix_db import _capabilities, _core, connections, converters, cursors, rows

# What the tests import from modules that both packages have.
SHARED = {
    _capabilities: ("BIT_FOUR_BYTE_OFFSET", "BIT_REMOVE_64K_LIMIT", "BIT_USVER",
                    "BIT_VARCHAR_VAR_LEN", "CLIENT_PROTOCOLS_MASK", "_decode_bits"),
    connections: ("_WireLock", "_extract_server_error_text"),
    converters: ("DECODERS", "FIXED_WIDTHS", "_decode_int8", "_decode_interval",
                 "_encode_datetime"),
    cursors: ("_CLOSE_PDU", "_RELEASE_PDU", "_TX_CONTROL_TYPES", "_produces_result_set",
              "_rewrite_numeric_to_qmark"),
}
ABSENT = {f"informix_db.{name}" for name in ("_messages", "_protocol", "_resultset", "_socket",
                                             "_types")}


class Inside:
    """Stands for a name that only the other driver has."""

    def __init__(self, name):
        self.name = name

    def __iter__(self):
        return iter(())

    def _used(self, *_, **__):
        raise AssertionError(f"a test of private internals: {self.name}")

    __call__ = __contains__ = __getitem__ = __bytes__ = __index__ = __eq__ = _used
    __hash__ = object.__hash__

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Inside(f"{self.name}.{name}")


class InsideModule(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith("Error"):
            return type(name, (Exception,), {})
        return Inside(f"{self.__name__}.{name}")


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name in ABSENT else None

    def create_module(self, spec):
        return InsideModule(spec.name)

    def exec_module(self, module):
        pass


sys.meta_path.append(Finder())
for module, names in SHARED.items():
    for one in names:
        setattr(module, one, Inside(f"{module.__name__}.{one}"))
_capabilities.ENHANCED_PROTOCOL_CAP = _capabilities._MODERN
rows._RESERVED = {name for name in dir(informix_db.Row) if not name.startswith("__")}
connections._python_encoding_from_locale = _core._codec
# Tests of transactions look at them this way.
informix_db.Connection._in_transaction = property(lambda self: self.in_transaction)
