"""informix_db: IBM Informix by its own wire protocol, with no Client SDK and no JVM.

>>> import informix_db
>>> with informix_db.connect(host="127.0.0.1", port=9088, user="informix", password="in4mix",
...                          database="stores", server="informix") as connection:
...     for row in connection.execute("SELECT fname, lname FROM customer WHERE customer_num < 103"):
...         print(row)
('Ada', 'Lindqvist')
('Bruno', 'Castell')
"""
from __future__ import annotations

from importlib import import_module

try:
    _native = import_module("._native", __name__)
except ImportError as error:
    raise ImportError(f"the compiled part of informix_db cannot be loaded ({error}): pip install "
                      "builds it, and so does the target informix_db_native") from error
_native.check_interpreter()
from ._capabilities import ServerCapabilities
from ._core import (BINARY, DATETIME, NUMBER, ROWID, STRING, Binary, Date, DateFromTicks, Time,
                    TimeFromTicks, Timestamp, TimestampFromTicks)
from .exceptions import (DatabaseError, DataError, Error, IntegrityError, InterfaceError, InternalError,
                      NotSupportedError, OperationalError, PoolClosedError, PoolTimeoutError,
                      ProgrammingError, UnverifiedTLSWarning, Warning, register_error_text)
from ._lob import LobFile
from .pool import ConnectionPool, create_pool
from .connections import Connection, connect
from .converters import BlobLocator, ClobLocator, CollectionValue, IntervalYM, RowValue
from .cursors import Cursor
from .rows import Row

__version__ = _native.VERSION
apilevel = "2.0"
threadsafety = 1
paramstyle = "numeric"

__all__ = [
    "BINARY", "Binary", "BlobLocator", "ClobLocator", "CollectionValue", "Connection",
    "ConnectionPool", "Cursor", "DATETIME", "DataError", "DatabaseError", "Date", "DateFromTicks",
    "Error", "IntegrityError", "InterfaceError", "InternalError", "IntervalYM", "LobFile", "NUMBER",
    "NotSupportedError", "OperationalError", "PoolClosedError", "PoolTimeoutError",
    "ProgrammingError", "ROWID", "Row", "RowValue", "STRING", "ServerCapabilities", "Time",
    "TimeFromTicks", "Timestamp", "TimestampFromTicks", "UnverifiedTLSWarning", "Warning",
    "__version__", "apilevel", "connect", "create_pool", "paramstyle", "register_error_text",
    "threadsafety",
]
