#!/usr/bin/env python3
"""sqli-peer proxy: every fault as the two sides see it."""

import os
import re
import select
import socket
import struct
import threading
import time
import unittest

from peer_tests import (PATIENCE, Case, Peer, Server, bytes_of, capture, collects, eventually,
                        play_client, play_server, read_all, read_exactly, read_urgent, run, sends)


class Proxy(Case):
    def through(self, server, client, *faults, stop=True):
        """What the client gave back, and what the proxy counted."""
        with Peer("proxy", "--to", server, *faults) as peer:
            answer = client(peer)
            result = peer.end(stop=stop)
        self.assert_ok(result)
        counts = re.search(r"sqli-peer: proxy (.*)", result[2]).group(1)
        return answer, {name: int(value) for name, value in
                        (pair.split("=") for pair in counts.split())}

    @staticmethod
    def ask(peer):
        with peer.connect() as sock:
            sock.sendall(b"?")
            return read_all(sock)

    def test_nothing_changes_without_faults(self):
        data, back = os.urandom(3 << 20), os.urandom(2 << 20)
        def handle(sock):
            got = []
            reader = threading.Thread(target=lambda: got.append(read_all(sock)[0]))
            reader.start()
            sock.sendall(back)
            reader.join(PATIENCE)
            if got != [data]:
                raise AssertionError("the server got other bytes")
        def client(peer):
            with peer.connect() as sock:
                writer = threading.Thread(target=lambda: (
                    sock.sendall(data), sock.shutdown(socket.SHUT_WR)))
                writer.start()
                answer = read_all(sock)
                writer.join(PATIENCE)
                return answer
        with Server(handle) as server:
            (got, how), counts = self.through(server, client)
            self.assertEqual(server.failures, [])
        self.assertEqual((got == back, how), (True, "end"))
        self.assertEqual((counts["bytes-c2s"], counts["bytes-s2c"]), (len(data), len(back)))

    def test_cut_at_the_byte(self):
        data = os.urandom(5000)
        with Server(sends(data)) as server:
            for fault in ("--cut-s2c", "--cut-after"):
                for at in (1, 2, 1000, 4999, 5000):
                    with self.subTest(fault, at=at):
                        answer, counts = self.through(server, self.ask, fault, at, "--split", 700)
                        # "?" is one byte to the server, so 1 cuts before any answer
                        wanted = b"" if (fault, at) == ("--cut-after", 1) else data[:at]
                        self.assertEqual(answer, (wanted, "end"))
                        self.assertEqual(counts["cut"], 1)
            self.assertEqual(self.through(server, self.ask, "--cut-s2c", 0)[0], (b"", "end"))

    def test_cut_towards_the_server(self):
        received = []
        with Server(collects(received)) as server:
            def client(peer):
                with peer.connect() as sock:
                    sock.sendall(b"0123456789")
                    return read_all(sock)
            self.assertEqual(self.through(server, client, "--cut-c2s", 4)[0][0], b"")
            eventually(lambda: received)
        self.assertEqual(received, [(b"0123", "end")])

    def test_reset(self):
        with Server(sends(b"x" * 100)) as server:
            answer, counts = self.through(server, self.ask, "--cut-s2c", 30, "--reset")
        self.assertEqual(answer, (b"x" * 30, "reset"))
        self.assertEqual((counts["reset"], counts["cut"]), (1, 0))

    def test_cut_by_time(self):
        with Server(collects([])) as server:
            start = time.monotonic()
            answer, counts = self.through(server, self.ask, "--cut-time", 200)
        self.assertEqual(answer, (b"", "end"))
        self.assertGreaterEqual(time.monotonic() - start, 0.19)
        self.assertEqual(counts["cut"], 1)

    def test_split(self):
        def client(peer):
            sizes = []
            with peer.connect() as sock:
                sock.sendall(b"?")
                while sum(sizes) < 20:
                    sizes.append(len(sock.recv(1000)))
            return sizes
        with Server(sends(b"y" * 20)) as server:
            sizes, _ = self.through(server, client, "--split", 7, "--gap", 60)
        self.assertEqual(sizes, [7, 7, 6])

    def test_split_of_much_at_full_speed(self):
        data = os.urandom(200000)
        with Server(sends(data)) as server:
            answer, _ = self.through(server, lambda peer: self.read(peer, len(data)), "--split", 1)
        self.assertTrue(answer == data)

    @staticmethod
    def read(peer, count):
        with peer.connect() as sock:
            sock.sendall(b"?")
            return read_exactly(sock, count)

    def test_delay(self):
        with Server(sends(b"z")) as server:
            start = time.monotonic()
            answer, _ = self.through(server, lambda peer: self.read(peer, 1), "--delay", 150)
            self.assertGreaterEqual(time.monotonic() - start, 0.29)  # both ways
        self.assertEqual(answer, b"z")

    def test_corruption(self):
        received = []
        def handle(sock):
            received.append(read_exactly(sock, 4))
            sock.sendall(b"\xff" * 6)
            read_all(sock)
        def client(peer):
            with peer.connect() as sock:
                sock.sendall(b"abcd")
                return read_exactly(sock, 6)
        with Server(handle) as server:
            answer, counts = self.through(server, client, "--corrupt-s2c", "5:a5",
                                          "--corrupt-c2s", "1:01")
        self.assertEqual(answer, b"\xff" * 5 + b"\x5a")
        self.assertEqual(received, [b"accd"])
        self.assertEqual(counts["corrupted"], 2)

    def test_stall(self):
        def client(peer):
            with peer.connect() as sock:
                sock.sendall(b"?")
                start = read_exactly(sock, 10)
                self.assertEqual(select.select([sock], [], [], 0.3)[0], [], "it goes on")
                return start
        with Server(sends(b"0123456789abc")) as server:
            for fault in ("--stall-s2c", "--stall-after"):
                answer, counts = self.through(server, client, fault, 10, "--connections", 1,
                                              stop=False)
                self.assertEqual(answer, b"0123456789")
                self.assertEqual(counts["stalled"], 1)

    def test_deaf(self):
        with Peer("proxy", "--deaf") as peer:
            with peer.connect() as sock:
                sock.settimeout(0.3)
                with self.assertRaises(TimeoutError):  # nobody reads, so the buffers fill
                    while True:
                        sock.send(b"?" * 65536)
                with self.assertRaises(TimeoutError):
                    sock.recv(1)
            self.assert_ok(peer.end(stop=True))

    def test_a_cut_is_an_end_though_bytes_were_not_read(self):
        with Peer("proxy", "--deaf", "--cut-time", 200) as peer:
            self.assertEqual(self.ask(peer), (b"", "end"))
            self.assert_ok(peer.end(stop=True))

    def test_urgent_byte_in_its_place(self):
        seen = []
        def handle(sock):
            seen.append(read_exactly(sock, 9))
            seen.append((read_urgent(sock), sock.recv(100)))
            sock.send(b"\x17", socket.MSG_OOB)
        def client(peer):
            with peer.connect() as sock:
                sock.sendall(b"x" * 9)
                sock.send(b"\x42", socket.MSG_OOB)
                sock.sendall(b"more")
                return read_urgent(sock)
        with Server(handle) as server:
            for faults in ((), ("--delay", 50), ("--split", 3, "--gap", 5)):
                seen.clear()
                answer, counts = self.through(server, client, *faults)
                self.assertEqual(server.failures, [])
                self.assertEqual(answer, b"\x17")
                self.assertEqual(seen[0], b"x" * 9)
                self.assertEqual(seen[1][0], b"\x42")
                self.assertTrue(b"more".startswith(seen[1][1]))
                self.assertEqual((counts["urgent-c2s"], counts["urgent-s2c"]), (1, 1))

    def test_half_closed(self):
        def handle(sock):
            question = read_all(sock)[0]
            sock.sendall(question[::-1])
        def client(peer):
            with peer.connect() as sock:
                sock.sendall(b"abc")
                sock.shutdown(socket.SHUT_WR)
                return read_all(sock)
        with Server(handle) as server:
            answer, _ = self.through(server, client, "--connections", 1, stop=False)
        self.assertEqual(answer, (b"cba", "end"))

    def test_a_reset_is_passed_on(self):
        def handle(sock):
            read_exactly(sock, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with Server(handle) as server:
            self.assertEqual(self.through(server, self.ask)[0], (b"", "reset"))

    def test_random_faults_are_the_same_again(self):
        def plans(seed):
            def client(peer):
                for _ in range(40):
                    try:
                        with peer.connect() as sock:
                            sock.settimeout(0.02)
                            sock.sendall(b"?")
                            read_all(sock)
                    except OSError:
                        pass
            with Server(sends(b"0" * 2000)) as server:
                with Peer("proxy", "--to", server, "--random", "--seed", seed,
                          "--connections", 40) as peer:
                    client(peer)
                    _, _, err = peer.end()
            return re.findall(r"connection (\d+):(.*)", err)
        first = plans(7)
        self.assertEqual(len(first), 40)
        self.assertGreater(len({plan for _, plan in first}), 20)
        self.assertEqual(plans(7), first)
        self.assertNotEqual(plans(8), first)
        # What is printed is an option list that the proxy takes.
        for _, plan in first[:10]:
            self.assertNotIn("is no option", run("proxy", *plan.split())[2])

    def test_a_whole_session_under_harmless_faults(self):
        flushes = capture("02-types.hex")[0]
        with Server(play_server(flushes)) as server:
            for faults in (("--split", 1), ("--split", 13, "--delay", 1), ()):
                def client(peer):
                    with peer.connect() as sock:
                        return play_client(sock, flushes)
                answer, _ = self.through(server, client, *faults)
                self.assertTrue(answer == bytes_of(flushes, "S"))
            self.assertEqual(server.failures, [])

if __name__ == "__main__":
    unittest.main()
