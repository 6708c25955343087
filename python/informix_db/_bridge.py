"""The transport of a blocking connection that was given an ssl.SSLContext: Python's own TLS moves
the bytes, libsqli makes and reads them."""
from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
import threading
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
        self._process = os.getpid()
        self._inside = threading.RLock()  # who waits: the descriptors stay what they are
        self._socket = self._open(context, server_hostname)
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        self._number, self._woken_number = self._socket.fileno(), self._woken.fileno()

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
            except (OSError, UnicodeError) as error:
                last = f"{host}:{port}: {error}"
        raise OperationalError(last or "no host is given")

    def is_inherited(self):
        """Whether a fork has made this process, in which nobody gives back the locks of the other."""
        return os.getpid() != self._process

    def wake(self):
        """Whoever waits has something to see; any thread may say so."""
        with contextlib.suppress(OSError):
            self._waker.send(b"w")

    def close(self):
        """Whoever waits is woken first: of a descriptor that is closed poll would hear nothing."""
        if self.is_inherited():
            self._inside = threading.RLock()
        else:
            self.wake()
        with self._inside:
            for each in (self._socket, self._waker, self._woken):
                each.close()

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
        with self._inside:
            sent, received = self._send(), self._receive()
            if sent or received:
                return
            waiting = select.poll()
            waiting.register(self._number, select.POLLIN | (select.POLLOUT if self._unsent else 0))
            waiting.register(self._woken_number, select.POLLIN)
            left = self._native.timeout
            waiting.poll(left if left >= 0 else None)
            with contextlib.suppress(OSError):  # nobody has
                self._woken.recv(_PIECE)
