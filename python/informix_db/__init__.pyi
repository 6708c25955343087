from typing import Final

from . import exceptions as exceptions
from ._capabilities import ServerCapabilities as ServerCapabilities
from ._core import (
    BINARY as BINARY,
    DATETIME as DATETIME,
    NUMBER as NUMBER,
    ROWID as ROWID,
    STRING as STRING,
    Binary as Binary,
    Date as Date,
    DateFromTicks as DateFromTicks,
    Time as Time,
    TimeFromTicks as TimeFromTicks,
    Timestamp as Timestamp,
    TimestampFromTicks as TimestampFromTicks,
)
from ._lob import LobFile as LobFile
from .connections import Connection as Connection, connect as connect
from .converters import (
    BlobLocator as BlobLocator,
    ClobLocator as ClobLocator,
    CollectionValue as CollectionValue,
    IntervalYM as IntervalYM,
    RowValue as RowValue,
)
from .cursors import Cursor as Cursor
from .exceptions import (
    DatabaseError as DatabaseError,
    DataError as DataError,
    Error as Error,
    IntegrityError as IntegrityError,
    InterfaceError as InterfaceError,
    InternalError as InternalError,
    NotSupportedError as NotSupportedError,
    OperationalError as OperationalError,
    PoolClosedError as PoolClosedError,
    PoolTimeoutError as PoolTimeoutError,
    ProgrammingError as ProgrammingError,
    UnverifiedTLSWarning as UnverifiedTLSWarning,
    Warning as Warning,
    register_error_text as register_error_text,
)
from .pool import ConnectionPool as ConnectionPool, create_pool as create_pool
from .rows import Row as Row

__version__: Final[str]
apilevel: Final[str]
threadsafety: Final[int]
paramstyle: Final[str]

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
