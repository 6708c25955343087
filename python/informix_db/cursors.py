"""Cursors that block."""
from __future__ import annotations

from ._core import CoreCursor, run


class Cursor(CoreCursor):
    """Executes statements and hands out their rows. Made by Connection.cursor()."""

    def __init__(self, connection, *, scrollable=False, hold=False):
        self._set_up(connection, scrollable, hold)

    def execute(self, operation, parameters=None):
        """Executes a statement. Parameters are ?, :1 or :name; they are given as a sequence or, by
        name, as a dict. Returns the cursor.

        >>> cursor.execute("SELECT lname FROM customer WHERE customer_num = ?", (101,)).fetchone()
        ('Lindqvist',)
        >>> cursor.execute("SELECT lname FROM customer WHERE customer_num = :it", {"it": 102})
        <informix_db.cursors.Cursor object at 0x...>
        >>> cursor.fetchall()
        [('Castell',)]
        """
        run(self._execute(operation, parameters))
        return self

    def executemany(self, operation, seq_of_parameters, *, bulk=False, progress=None):
        """Executes a statement once for each set of parameters, many of them under way at once. An
        error is raised when all have been tried; its row_errors tells which rows failed. `bulk`
        sends an INSERT through an insert cursor: faster, and it fails as a whole. `progress` is
        called with the number of rows sent, from time to time.

        >>> cursor = connection.execute("CREATE TEMP TABLE numbers (a INT PRIMARY KEY)")
        >>> try:
        ...     cursor.executemany("INSERT INTO numbers VALUES (?)", [(1,), (2,), (1,)])
        ... except informix_db.IntegrityError as error:
        ...     error.rows_taken, [row for row, _ in error.row_errors]
        (2, [2])
        """
        run(self._executemany(operation, seq_of_parameters, bulk, progress))
        return self

    def bulk_insert(self, operation, rows, *, progress=None):
        """executemany through an insert cursor.

        >>> cursor = connection.execute("CREATE TEMP TABLE numbers (a INT)")
        >>> cursor.bulk_insert("INSERT INTO numbers VALUES (?)", ((i,) for i in range(9))).rowcount
        9
        """
        return self.executemany(operation, rows, bulk=True, progress=progress)

    def copy_out(self, query, file, *, format="csv", delimiter=None, header=False):
        """Writes the rows of a query, or of a table, to a text file or path, and returns how many:
        as "csv", or "delimited" as UNLOAD does.

        >>> import sys
        >>> cursor.copy_out("SELECT customer_num, lname FROM customer WHERE customer_num < 103",
        ...                 sys.stdout, format="delimited")
        101|Lindqvist|
        102|Castell|
        2
        """
        return run(self._copy_out(query, file, format, delimiter, header))

    def copy_in(self, table, file, *, columns=None, format="csv", delimiter=None,
                header=False, bulk=False):
        """Inserts the rows of a text file or path, and returns how many; `header`: its first line
        names the columns.

        >>> import io
        >>> cursor = connection.execute("CREATE TEMP TABLE numbers (a INT, b VARCHAR(9))")
        >>> cursor.copy_in("numbers", io.StringIO("b,a\\none,1\\ntwo,2\\n"), header=True)
        2
        """
        return run(self._copy_in(table, file, columns, format, delimiter, header, bulk))

    def callproc(self, procname, parameters=()):
        """Executes a procedure; its rows, if it has any, can be fetched. Returns a copy of the
        parameters: a procedure changes none of them.

        >>> cursor.callproc("lower", ["FOO"]), cursor.fetchall()
        (['FOO'], [('foo',)])
        """
        return run(self._callproc(procname, parameters))

    def fetchone(self):
        """The next row, or None.

        >>> cursor = connection.execute("SELECT lname FROM customer WHERE customer_num = 101")
        >>> cursor.fetchone(), cursor.fetchone()
        (('Lindqvist',), None)
        """
        rows, at = self._rows, self._at
        if at < len(rows) and not (self._closed or self._scrollable or self._connection._closed):
            self._at = at + 1
            return rows[at]
        return run(self._fetchone())

    def fetchmany(self, size=None):
        """The next rows, as many as there are up to size, or arraysize."""
        return run(self._fetchmany(size))

    def fetchall(self):
        """All rows that are left."""
        return run(self._fetchall())

    def fetch_first(self):
        """The first row; None where there is none. See fetch_absolute."""
        return run(self._fetch_at(0))

    def fetch_last(self):
        """The last row. See fetch_absolute."""
        return run(self._fetch_at(-1))

    def fetch_prior(self):
        """The row in front of the present one. See fetch_absolute."""
        return run(self._fetch_prior())

    def fetch_relative(self, n):
        """The row so many places from the present one, back if negative. See fetch_absolute."""
        return run(self._fetch_relative(n))

    def fetch_absolute(self, n):
        """The row of this place, from 0; negative: from the end. None off the ends, and the cursor
        stays where it is.

        >>> cursor = connection.execute("SELECT customer_num FROM customer ORDER BY 1")
        >>> cursor.fetch_absolute(-1), cursor.fetch_prior(), cursor.fetch_relative(-1)
        ((104,), (103,), (102,))
        """
        return run(self._fetch_at(n))

    def scroll(self, value, mode="relative"):
        """Moves, so that the next fetch gives the row there. IndexError off the ends; of a
        scrollable cursor, whose end nobody knows, in front of the first row only."""
        run(self._scroll(value, mode))

    def read_blob_column(self, select_blob_sql, params=(), *, sentinel=None):
        """The bytes of the one large object that the SELECT gives, or None.

        >>> cursor = connection.execute("CREATE TEMP TABLE papers (a INT, b BLOB)")
        >>> cursor.write_blob_column("INSERT INTO papers VALUES (?, BLOB_PLACEHOLDER)", b"bytes",
        ...                          (1,))
        >>> cursor.read_blob_column("SELECT b FROM papers WHERE a = ?", (1,))
        b'bytes'
        """
        return run(self._read_blob_column(select_blob_sql, params))

    def write_blob_column(self, sql, blob_data, params=(), *, sentinel=None, clob=False):
        """Executes a statement in which BLOB_PLACEHOLDER stands for a BLOB, or CLOB, of these
        bytes. See read_blob_column."""
        run(self._write_blob_column(sql, blob_data, params, clob))

    def close(self):
        """Closes it; may be called again. What is left of the result is given up."""
        run(self._close())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        row = self.fetchone()
        if row is None:
            raise StopIteration
        return row
