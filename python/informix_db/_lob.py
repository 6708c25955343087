"""Large objects as files."""
from __future__ import annotations

import io

_PIECE = 1 << 16


def bytes_of(data) -> bytes:
    """What has a buffer; neither a str nor a number, of which bytes() would make something."""
    return data if type(data) is bytes else memoryview(data).tobytes()


class NotCopied:
    """What stands for something at the server, of which there is one."""

    def __reduce_ex__(self, protocol):
        raise TypeError(f"{type(self).__name__} objects cannot be copied or pickled")


class LobFile(NotCopied, io.RawIOBase):
    """A large object as a binary file: read, write, seek, tell, truncate. Wrap it in
    io.BufferedReader or io.TextIOWrapper as any other.

    >>> import io
    >>> lob = connection.create_lob(clob=True)
    >>> lob.write(b"first\\nsecond\\n"), lob.seek(0)
    (13, 0)
    >>> io.TextIOWrapper(io.BufferedReader(lob)).readlines()
    ['first\\n', 'second\\n']
    """

    def __init__(self, connection, lob, mode="r"):
        super().__init__()
        self._connection, self._lob, self._mode = connection, lob, mode

    @property
    def lob(self):
        """The object itself; the file can be a parameter as well as this."""
        return self._lob

    @property
    def mode(self):
        """"r", "w" or "rw"."""
        return self._mode

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
        self._check_closed()
        self._connection._check_open()
        return self._run(self._connection._until(function, *arguments))

    def _check_closed(self):
        if self.closed:
            raise ValueError("the large object is closed")

    def _check(self, allowed, purpose):
        if not allowed:
            raise io.UnsupportedOperation(f"the large object is not open for {purpose}")

    def readable(self) -> bool:
        """Whether it is open for reading."""
        self._check_closed()
        return "r" in self._mode

    def writable(self) -> bool:
        """Whether it is open for writing."""
        self._check_closed()
        return self._mode != "r"

    def seekable(self) -> bool:
        """It is."""
        self._check_closed()
        return True

    def size(self) -> int:
        """How many bytes it has."""
        return self._call(self._lob.size)

    def readinto(self, buffer) -> int:
        """Reads into a buffer; how many bytes came, 0 at the end."""
        self._check(self.readable(), "reading")
        room = memoryview(buffer).cast("B")
        if room.readonly:
            raise TypeError("readinto needs a buffer that can be written to")
        piece = self._call(self._lob.read, len(room))
        room[:len(piece)] = piece
        return len(piece)

    def read(self, size=-1):
        """The next bytes, as many as there are up to size; all that are left without one."""
        if size is None or size < 0:
            return self.readall()
        self._check(self.readable(), "reading")
        return self._call(self._lob.read, size)

    def write(self, data) -> int:
        """Writes all of it where the file is, over what is there; how many bytes."""
        self._check(self.writable(), "writing")
        data = bytes_of(data)
        self._call(self._lob.write, data)
        return len(data)

    def tell(self) -> int:
        """Where the next read or write is."""
        return self._lob.tell()

    def seek(self, offset, whence=io.SEEK_SET) -> int:
        """Moves, as of any file; behind the end as well. Returns the new place."""
        if whence == io.SEEK_CUR:
            offset += self._lob.tell()
        elif whence == io.SEEK_END:
            offset += self.size()
        elif whence != io.SEEK_SET:
            raise ValueError(f"whence is 0, 1 or 2, not {whence!r}")
        if offset < 0:
            raise ValueError(f"position {offset}")
        self._call(self._lob.seek, offset)
        return offset

    def truncate(self, size=None) -> int:
        """Cuts it to this size, or where the file is."""
        self._check(self.writable(), "writing")
        size = self.tell() if size is None else size
        if size < 0:
            raise ValueError(f"a size of {size}")
        self._call(self._lob.truncate, size)
        return size

    def close(self) -> None:
        """Closes it; an object that no statement has taken is lost with the connection."""
        if not self.closed:
            try:
                self._run(self._connection._until(self._lob.close))
            finally:
                super().close()
