"""The exceptions of PEP 249, which of them a code of the server is, and texts of one's own."""
from __future__ import annotations

from . import _native


class Warning(Exception):  # noqa: A001  PEP 249 names it so
    """Something that a program may want to know, and no error."""


class UnverifiedTLSWarning(UserWarning):
    """TLS encrypts, but nobody looks who is at the other end."""


class Error(Exception):
    """What all errors of this module are.

    sqlcode, isamcode, offset and near are what the server said, and None where it said nothing at
    all; hint is what to do about it, retryable whether the same may succeed later.

    >>> try:
    ...     connection.execute("SELECT * FROM nowhere")
    ... except informix_db.Error as error:
    ...     type(error).__name__, error.sqlcode, error.isamcode, error.near
    ('ProgrammingError', -206, -111, 'nowhere')
    """

    sqlcode: int | None = None
    isamcode: int | None = None
    sqlstate: str | None = None
    offset: int | None = None
    near: str | None = None
    hint: str | None = None
    retryable: bool = False


class InterfaceError(Error):
    """The program used this module in a way that does not work."""


class DatabaseError(Error):
    """The database, or the way to it, failed."""


class DataError(DatabaseError):
    """A value is out of range or does not fit its type."""


class OperationalError(DatabaseError):
    """The connection, the server, a lock or a resource failed; not the program's doing."""


class IntegrityError(DatabaseError):
    """A constraint does not hold."""


class InternalError(DatabaseError):
    """The server or this library contradicts itself."""


class ProgrammingError(DatabaseError):
    """The SQL is wrong, or it names what is not there."""


class NotSupportedError(DatabaseError):
    """Server or library cannot do this."""


class UnsupportedParameterError(NotSupportedError, NotImplementedError):
    """A value of this type cannot be a parameter."""


class PoolTimeoutError(OperationalError):
    """No connection of the pool became free in time."""


class PoolClosedError(InterfaceError):
    """The pool is closed."""


# Classes of SQLSTATE, the longest match first.
_BY_SQLSTATE = {
    "0A": NotSupportedError,
    "07": ProgrammingError,
    "08": OperationalError,
    "21": ProgrammingError,
    "22": DataError,
    "23": IntegrityError,
    "24": ProgrammingError,
    "25": OperationalError,
    "28": OperationalError,
    "34": ProgrammingError,
    "3B": ProgrammingError,
    "3D": OperationalError,
    "40": OperationalError,
    "42": ProgrammingError,
    "44": IntegrityError,
    "53": OperationalError,
    "54": OperationalError,
    "55": OperationalError,
    "57": OperationalError,
    "HYT": OperationalError,
    "HY008": OperationalError,
    "HY001": OperationalError,
    "HY009": InterfaceError,
    "HY010": InterfaceError,
    "HY106": ProgrammingError,
    "XX": InternalError,
    "08P01": InternalError,
    "07001": ProgrammingError,
}

_texts: dict[int, str] = {}


def register_error_text(code: int, text: str) -> None:
    """Gives a code of the server, such as one that a stored procedure raises, a text of one's own;
    None takes it back.

    >>> informix_db.register_error_text(-206, "the table was forgotten")
    >>> connection.execute("SELECT * FROM nowhere")
    Traceback (most recent call last):
    informix_db.exceptions.ProgrammingError: [-206] the table was forgotten (near 'nowhere') ...
    >>> informix_db.register_error_text(-206, None)
    """
    if text is None:
        _texts.pop(code, None)
    else:
        _texts[code] = text


def class_of(sqlstate: str) -> type[Error]:
    """The class of errors with this SQLSTATE."""
    for length in (5, 3, 2):
        found = _BY_SQLSTATE.get(sqlstate[:length])
        if found:
            return found
    return DatabaseError


def _message(code: int, isam: int, offset: int, near: str, sqlstate: str, message: str) -> str:
    if code <= -900000:
        return f"cannot connect: {message}" if sqlstate in ("08001", "HYT01") else message
    if code in _texts:
        message = _texts[code] + (f" (near '{near}')" if near else "")
    parts = [f"[{code}] {message}"]
    if isam:
        parts.append(f"[ISAM {isam}]")
    if offset:
        parts.append(f"(offset {offset})")
    return " ".join(parts)


def make_error(code, isam, offset, sqlstate, message, near, hint, retryable):
    """Called by the native side for everything that fails."""
    kind = class_of(sqlstate)
    name = _native.error_info(code)[0]
    if name in ("POOL_TIMEOUT",):
        kind = PoolTimeoutError
    elif kind is DatabaseError and retryable:  # a lock, for instance: nothing that the program did
        kind = OperationalError
    error = kind(_message(code, isam, offset, near, sqlstate, message))
    if code > -900000:  # the server's word
        error.sqlcode, error.isamcode, error.offset, error.near = code, isam, offset, near
    error.sqlstate = sqlstate
    error.hint = hint or None
    error.retryable = bool(retryable)
    error.code_name = name
    return error


_native.register(make_error=make_error, ProgrammingError=ProgrammingError,
                 InterfaceError=InterfaceError, DataError=DataError,
                 UnsupportedParameterError=UnsupportedParameterError)
