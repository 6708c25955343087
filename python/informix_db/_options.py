"""What connect() takes, as options of libsqli."""
from __future__ import annotations

import os
import re
import ssl
import warnings

from . import _native
from .exceptions import ProgrammingError, UnverifiedTLSWarning

_TLS_MODES = ("off", "require", "verify-ca", "verify-full")
# What a program may put into env for the server, as it would for any other client.
_VARIABLES = {"CLIENT_LOCALE": "client-locale", "DB_LOCALE": "db-locale", "DBDATE": "dbdate",
              "DELIMIDENT": "delimident", "INFORMIXSERVER": "server",
              "DBCENTURY": "dbcentury", "NODEFDAC": "nodefdac", "OPTCOMPIND": "optcompind",
              "PDQPRIORITY": "pdqpriority", "INFORMIXSQLHOSTS": "sqlhosts",
              "IFX_LOCK_MODE_WAIT": "lock-wait", "INFORMIXCONTIME": "connect-timeout",
              "INFORMIXCONRETRY": "connect-retries"}
_DEFAULT_SERVER = "informix"


def tls_options(tls, options: dict) -> None:
    """tls=True is what older programs mean by it: encrypted, and unverified."""
    if tls is None or tls is False:
        return
    if tls is True:
        warnings.warn("tls=True encrypts without verifying who is at the other end; use "
                      "tls='verify-full'", UnverifiedTLSWarning, stacklevel=4)
        options["tls"] = "require"
    elif isinstance(tls, str):
        if tls not in _TLS_MODES:
            raise ProgrammingError(f"tls is one of {', '.join(_TLS_MODES)}, True, False or an "
                                   f"ssl.SSLContext, not {tls!r}")
        options["tls"] = tls
    elif not isinstance(tls, ssl.SSLContext):
        raise ProgrammingError(f"tls cannot be {tls!r}")


def collect(host, port, given: dict) -> dict[str, str]:
    """Names and values for libsqli, without the URL."""
    options: dict[str, object] = {}
    if host is not None and "://" not in host:
        options["host"] = host
    if port is not None:
        options["port"] = port
    for name, value in (given.pop("env", None) or {}).items():
        option = _VARIABLES.get(name.upper())
        if option is None:
            options.setdefault("environment", {})[name] = value
        else:
            options[option] = value
    for name, value in given.items():
        if value is not None:
            options[name.replace("_", "-")] = value
    return {name: _text(name, value) for name, value in options.items()}


def _text(name, value):
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return ",".join(f"{key}=" + re.sub(r"([\\\\,])", r"\\\1", str(text))
                        for key, text in value.items())
    if isinstance(value, float):
        return f"{value if not 0 < value < 0.001 else 0.001:.3f}"
    return str(value)


def apply(native, url, options) -> None:
    known = _native.options()
    native.set_environment()
    if url:
        native.set_url(url)
    for name, value in options.items():
        if name not in known:
            raise TypeError(f"connect() has no argument {name.replace('-', '_')!r}")
        native.set(name, value)
    if native.get("host") and not native.get("server"):
        native.set("server", _DEFAULT_SERVER)
    _trust_the_system(native)


def _trust_the_system(native) -> None:
    """Where OpenSSL is inside a wheel, its place for the authorities of the system is that of the
    machine where it was built. Python knows this one's, and so does who sets SSL_CERT_FILE or
    SSL_CERT_DIR, which OpenSSL reads itself."""
    if not (native.get("tls") or "").startswith("verify") or native.get("tls-ca"):
        return
    places = ssl.get_default_verify_paths()
    if places.cafile and not {places.openssl_cafile_env, places.openssl_capath_env} & {*os.environ}:
        native.set("tls-ca", places.cafile)
