"""Many at once that mean no good, or that are in the way of an end."""
import os
import signal
import statistics
import subprocess
import tempfile
import threading
import time

from checks import equal
from driver import Server, fetch
from sqlid import PASSWORD, PROGRAM, USER


def login(server, user, password):
    """What the client is told, and how long it took; None for a login that works."""
    import informix_db
    began = time.monotonic()
    try:
        connection = informix_db.connect(server.host, server.port, user=user, password=password,
                                         database="sysmaster", server="informix",
                                         connect_timeout=60.0, read_timeout=60.0)
    except informix_db.Error as error:
        return str(error).replace(user, "USER"), time.monotonic() - began
    connection.close()
    return None, time.monotonic() - began


def login_flood(server, count):
    """Those who guess wait for it; the others need not wait for them."""
    stop, tries = threading.Event(), []

    def guess(number):
        while not stop.is_set():
            tries.append(login(server, USER, f"wrong {number}")[0])

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        for _ in range(3):
            said, took = login(server, USER, PASSWORD)
            assert said is None and took < 10, (said, took)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert None not in tries and len(tries) >= count, "nobody guessed right"
    assert len(tries) < 20 * count, f"{len(tries)} guesses in a few seconds"
    equal(server.runs(), True, "it runs")


def users_that_are_not_there(server):
    """Neither what is said nor how long it takes tells whether there is such a user."""
    del server
    with tempfile.TemporaryDirectory() as folder:
        users = os.path.join(folder, "users")
        subprocess.run([PROGRAM, "passwd", users, USER], input=f"{PASSWORD}\n", text=True,
                       check=True, capture_output=True)
        with Server("--users", users) as own:
            said, times = {}, {"known": [], "nobody": []}
            for _ in range(7):
                for kind, user in (("known", USER), ("nobody", "nobody_h")):
                    equal(login(own, USER, PASSWORD)[0], None, "a good one, which forgives")
                    text, took = login(own, user, "wrong")
                    said.setdefault(kind, set()).add(text)
                    times[kind].append(took)
            equal(said["known"], said["nobody"], "what is said")
            known, nobody = (statistics.median(times[kind]) for kind in ("known", "nobody"))
            assert abs(known - nobody) < 0.5 * max(known, nobody), times


def end_of_a_busy_server(server, count):
    """TERM while all of them work: each has its answer or none, and nothing is left behind."""
    del server
    with Server() as own:
        own.make_testdb()
        fetch_one = own.connect(autocommit=True).cursor()
        fetch_one.execute("CREATE TABLE busy (a INT)")
        done, ready = [], threading.Barrier(count + 1)

        def work(number):
            cursor = own.connect(autocommit=True).cursor()
            ready.wait()
            try:
                while True:
                    cursor.execute("INSERT INTO busy VALUES (?)", (number,))
                    fetch(cursor, "SELECT COUNT(*) FROM systables a, systables b, busy")
                    done.append(number)
            except Exception as error:
                text = str(error)
                assert "-2" in text or "closed" in text or "reset" in text.lower() \
                    or "pipe" in text.lower(), text

        threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        ready.wait()
        time.sleep(1)
        began = time.monotonic()
        own.process.send_signal(signal.SIGTERM)
        equal(own.process.wait(60), 0, "exit status")
        assert time.monotonic() - began < 30, "that took long"
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive(), "a client still waits"
        assert done, "nobody did anything"
        own.close_connections()
