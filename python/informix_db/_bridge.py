"""The transport of a blocking connection that was given an ssl.SSLContext: Python's own TLS moves
the bytes, libsqli makes and reads them."""
from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time

from .exceptions import OperationalError

_PIECE = 1 << 18


def hosts_of(native):
    index = 0
    while (host := native.host(index)) is not None:
        yield host
        index += 1


def connect_seconds(native):
    return float(native.get("connect-timeout") or 0) or None


class BlockingTransport:
    def __init__(self, native, context, server_hostname):
        self._native = native
        self._socket = self._open(context, server_hostname)

    def _open(self, context, server_hostname):
        last = None
        until = time.monotonic() + (connect_seconds(self._native) or 86400)
        for host, port in hosts_of(self._native):
            try:
                plain = socket.create_connection((host, port), max(0.1, until - time.monotonic()))
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                wrapped = context.wrap_socket(plain, server_hostname=server_hostname or host)
                wrapped.setblocking(False)
                return wrapped
            except OSError as error:
                last = f"{host}:{port}: {error}"
        raise OperationalError(last or "no host is given")

    def close(self):
        with contextlib.suppress(OSError):
            self._socket.close()

    def _send(self, bytes_):
        view = memoryview(bytes_)
        while view:
            try:
                view = view[self._socket.send(view):]
            except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                select.select([], [self._socket], [])
            except OSError:
                self._native.feed(b"")
                return

    def _receive(self):
        """True when something came, or the end."""
        try:
            data = self._socket.recv(_PIECE)
        except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        except OSError:
            data = b""
        with contextlib.suppress(Exception):  # the call that waits for it says so
            self._native.feed(data)
        return True

    def wait(self):
        """Until something has come, or the library wants to be asked again."""
        self._send(self._native.take())
        if self._receive():
            return
        left = self._native.timeout
        select.select([self._socket], [], [], left / 1000 if left >= 0 else None)
        self._receive()
