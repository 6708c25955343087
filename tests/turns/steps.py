"""The steps of check_turns.py, by the published Python driver: steps.py HOST PORT"""
import sys

import informix_db

ROWS, LOB = 10_000, 1 << 20


def done(step):
    print(step, flush=True)
    if not sys.stdin.readline():
        sys.exit(1)


def select_ten(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT a, b FROM ten WHERE a >= ?", (0,))
    cursor.fetchall()
    cursor.close()


def insert(connection, number):
    cursor = connection.cursor()
    cursor.execute("INSERT INTO many VALUES (?, ?)", (number, "some text"))
    cursor.close()


def connect(autocommit):
    return informix_db.connect(host=sys.argv[1], port=int(sys.argv[2]), user="informix",
                               password="in4mix", database="turns", server="informix",
                               autocommit=autocommit)


def main():
    connection = connect(autocommit=True)
    done("connect")
    select_ten(connection)
    done("select ten rows")
    select_ten(connection)
    done("select them again")
    connection.close()
    connection = connect(autocommit=False)
    done("(connect again)")
    insert(connection, 1)
    done("insert a row")
    insert(connection, 2)
    done("insert another")
    connection.commit()
    done("commit")
    cursor = connection.cursor()
    cursor.executemany("INSERT INTO many VALUES (?, ?)",
                       [(number, "some text") for number in range(ROWS)])
    cursor.close()
    done("batch of 10,000")
    connection.commit()
    cursor = connection.cursor()
    cursor.write_blob_column("INSERT INTO lobs VALUES (BLOB_PLACEHOLDER)", blob_data=bytes(LOB))
    done("write a BLOB of 1 MiB")
    cursor.read_blob_column("SELECT b FROM lobs")
    done("read it")
    connection.commit()
    connection.close()


main()
