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
_NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


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
        self._unsent = memoryview(b"")
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

    def _send(self):
        """Whether something went."""
        if not self._unsent:
            self._unsent = memoryview(self._native.take(_PIECE))
        try:
            sent = self._socket.send(self._unsent) if self._unsent else 0
        except _NOT_NOW:
            return False
        except OSError:
            self._feed(b"")
            return True
        self._unsent = self._unsent[sent:]
        return sent > 0

    def _receive(self):
        """Whether something came, or the end."""
        try:
            data = self._socket.recv(_PIECE)
        except _NOT_NOW:
            return False
        except OSError:
            data = b""
        self._feed(data)
        return True

    def _feed(self, data):
        with contextlib.suppress(Exception):  # the call that waits for it says so
            self._native.feed(data)

    def wait(self):
        """Until something has come or gone, or the library wants to be asked again. What comes is
        read while there is something to send: the server may wait for that."""
        sent, received = self._send(), self._receive()
        if sent or received:
            return
        waiting = select.poll()
        waiting.register(self._socket, select.POLLIN | (select.POLLOUT if self._unsent else 0))
        left = self._native.timeout
        waiting.poll(left if left >= 0 else None)
