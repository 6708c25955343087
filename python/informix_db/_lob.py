"""Large objects as files."""
from __future__ import annotations

import io

_PIECE = 1 << 16


class LobFile(io.RawIOBase):
    """A large object as a binary file: read, write, seek, tell, truncate. Wrap it in
    io.BufferedReader or io.TextIOWrapper as any other."""

    def __init__(self, connection, lob, mode="r"):
        super().__init__()
        self._connection, self._lob, self._mode = connection, lob, mode

    @property
    def lob(self):
        """The object itself; the file can be a parameter as well as this."""
        return self._lob

    @staticmethod
    async def _read_all(connection, lob):
        pieces = []
        while piece := await connection._until(lob.read, _PIECE):
            pieces.append(piece)
        return b"".join(pieces)

    def _run(self, coroutine):
        from ._core import run
        return run(coroutine)

    def _call(self, function, *arguments):
        if self.closed:
            raise ValueError("the large object is closed")
        return self._run(self._connection._until(function, *arguments))

    def readable(self) -> bool:
        return "r" in self._mode

    def writable(self) -> bool:
        return not self.closed and ("w" in self._mode or "+" in self._mode)

    def seekable(self) -> bool:
        return True

    def size(self) -> int:
        """How many bytes it has."""
        return self._call(self._lob.size)

    def readinto(self, buffer) -> int:
        piece = self._call(self._lob.read, len(buffer))
        buffer[:len(piece)] = piece
        return len(piece)

    def read(self, size=-1):
        if size is None or size < 0:
            return self.readall()
        return self._call(self._lob.read, size)

    def write(self, data) -> int:
        if not self.writable():
            raise io.UnsupportedOperation("the large object is open for reading")
        data = bytes(data)
        self._call(self._lob.write, data)
        return len(data)

    def tell(self) -> int:
        return self._lob.tell()

    def seek(self, offset, whence=io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset += self._lob.tell()
        elif whence == io.SEEK_END:
            offset += self.size()
        if offset < 0:
            raise ValueError(f"position {offset}")
        self._call(self._lob.seek, offset)
        return offset

    def truncate(self, size=None) -> int:
        size = self.tell() if size is None else size
        self._call(self._lob.truncate, size)
        return size

    def close(self) -> None:
        if not self.closed:
            try:
                self._run(self._connection._until(self._lob.close))
            finally:
                super().close()
