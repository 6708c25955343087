#!/usr/bin/env python3
"""sqli-peer record and replay: what was said is kept, but for the passwords, and played again."""

import select
import signal
import socket
import struct
import threading
import time
import unittest

from peer_tests import (CAPTURES, LOGIN, PASSWORD, PATIENCE, Case, Peer, Server, bytes_of,
                        capture, collects, eventually, play_client, play_server, read_all,
                        read_exactly, read_urgent, run, sends)


class Replay(Case):
    def test_every_capture_byte_for_byte(self):
        for path in sorted(CAPTURES.glob("*.hex")):
            if path.name.startswith("10-"):
                continue
            connections = capture(path.name)
            with self.subTest(path.name), Peer("replay", path, "--strict") as peer:
                for flushes in connections:
                    with peer.connect() as sock:
                        self.assertEqual(play_client(sock, flushes), bytes_of(flushes, "S"))
                self.assert_ok(peer.end())

    def test_requests_may_come_in_any_pieces(self):
        flushes = capture("05-bind.hex")[0]
        with Peer("replay", CAPTURES / "05-bind.hex", "--strict", "--connection", "1") as peer:
            with peer.connect() as sock:
                for at in range(2000):
                    sock.sendall(bytes_of(flushes, "C")[at:at + 1])
                sock.sendall(bytes_of(flushes, "C")[2000:])  # all the rest without reading
                got = read_exactly(sock, len(bytes_of(flushes, "S")))
                self.assertEqual(got, bytes_of(flushes, "S"))
            self.assert_ok(peer.end())

    def test_replies_wait_for_their_requests(self):
        flushes = capture("01-connect.hex")[0]
        with Peer("replay", CAPTURES / "01-connect.hex", "--connection", "1") as peer:
            with peer.connect() as sock:
                sock.sendall(flushes[0][1][:-1])
                self.assertEqual(select.select([sock], [], [], 0.1)[0], [])
                sock.sendall(flushes[0][1][-1:])
                self.assertEqual(read_exactly(sock, len(flushes[1][1])), flushes[1][1])
                self.assertEqual(select.select([sock], [], [], 0.1)[0], [])

    def test_the_content_does_not_matter_unless_strict(self):
        flushes = capture("01-connect.hex")[0]
        other = flushes[:6] + [("C", flushes[6][1].replace(b"testdb", b"taxedb"))] + flushes[7:8]
        with Peer("replay", CAPTURES / "01-connect.hex", "--connection", "1") as peer:
            with peer.connect() as sock:
                self.assertEqual(play_client(sock, other), bytes_of(other, "S"))
            self.assert_ok(peer.end())
        with Peer("replay", CAPTURES / "01-connect.hex", "--connection", "1", "--strict") as peer:
            with peer.connect() as sock:
                play_client(sock, other[:6])
                sock.sendall(other[6][1])
                self.assertEqual(read_all(sock)[0], b"")
            self.assert_fails(peer.end(), 1, "connection 1, request 4: not what was recorded",
                              'recorded DBOPEN name="testdb" mode=0',
                              'received DBOPEN name="taxedb" mode=0')

    def test_who_logs_in_from_where_does_not_matter(self):
        flushes = capture("01-connect.hex")[0]
        login = flushes[0][1]
        at = login.index(b"\x00\x6b\x00\x00\x00\x00") + 6  # the process id, 4 bytes
        other = login.replace(PASSWORD, b"secret")[:at] + b"\x00\x00\x12\x34" + login[at + 4:]
        self.assertNotEqual(other[at:at + 4], login[at:at + 4])
        with Peer("replay", CAPTURES / "01-connect.hex", "--connection", "1", "--strict") as peer:
            with peer.connect() as sock:
                play_client(sock, [("C", other)] + flushes[1:])
            self.assert_ok(peer.end())
        user = login.replace(b"\x09informix", b"\x09informax", 1)
        with Peer("replay", CAPTURES / "01-connect.hex", "--connection", "1", "--strict") as peer:
            with peer.connect() as sock:
                sock.sendall(user)
                read_all(sock)
            result = peer.end()
        self.assert_fails(result, 1, 'user="informix"', 'user="informax"')
        self.assert_no_password(result[2])

    def test_strict_misses_what_was_not_asked(self):
        with Peer("replay", CAPTURES / "01-connect.hex", "--connection", "1", "--strict") as peer:
            with peer.connect() as sock:
                play_client(sock, capture("01-connect.hex")[0][:2])
            self.assert_fails(peer.end(), 1, "request 2: the client left before")

    def test_more_requests_than_were_recorded(self):
        text = "# connection\nC %s\nS %s\n" % tuple(
            data.hex() for _, data in capture("01-connect.hex")[0][:2])
        with Peer("replay", self.file(text)) as peer:
            with peer.connect() as sock:
                play_client(sock, capture("01-connect.hex")[0][:2])
                sock.sendall(b"\x00\x0c")
                self.assertEqual(read_all(sock)[0], b"")
            self.assert_fails(peer.end(), 1, "request 2: the recording has no reply left")

    def test_exit_may_be_answered_with_an_end_of_turn(self):
        login, reply = capture("01-connect.hex")[0][:2]
        flushes = [login, reply, ("C", b"\x00\x38"), ("S", b"\x00\x38\x00\x0c")]
        lines = "".join(f"{who} {data.hex()}\n" for who, data in flushes)
        with Peer("replay", self.file("# connection\n" + lines), "--strict") as peer:
            with peer.connect() as sock:
                self.assertEqual(play_client(sock, flushes), bytes_of(flushes, "S"))
                self.assertEqual(read_all(sock), (b"", "end"))
            self.assert_ok(peer.end())

    def test_loops_and_many_at_once(self):
        flushes = capture("04-dml.hex")[0]
        with Peer("replay", CAPTURES / "04-dml.hex", "--connection", "1", "--loop", "20") as peer:
            results = []
            def client():
                with peer.connect() as sock:
                    results.append(play_client(sock, flushes) == bytes_of(flushes, "S"))
            threads = [threading.Thread(target=client) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE)
            self.assert_ok(peer.end())
        self.assertEqual(results, [True] * 20)

    def test_a_slow_reader_loses_nothing(self):
        flushes = max(capture("03-fetch.hex"), key=lambda c: len(bytes_of(c, "S")))
        number = 1 + capture("03-fetch.hex").index(flushes)
        wanted = bytes_of(flushes, "S")
        with Peer("replay", CAPTURES / "03-fetch.hex", "--connection", number) as peer:
            sock = socket.socket()
            sock.settimeout(PATIENCE)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with sock:
                sock.connect(peer.address)
                sock.sendall(bytes_of(flushes, "C"))
                time.sleep(0.2)
                self.assertEqual(read_exactly(sock, len(wanted)), wanted)
            self.assert_ok(peer.end())

    def test_who_sends_no_more_still_gets_the_replies(self):
        flushes = capture("01-connect.hex")[0][:2]
        tail = b"\x00\x0e" + struct.pack(">hi", 0, 32000) + bytes(32000)
        reply = tail * 500 + b"\x00\x0c"
        text = f"# connection\nC {LOGIN.hex()}\nS {flushes[1][1].hex()}\nC 000c\nS {reply.hex()}\n"
        with Peer("replay", self.file(text)) as peer:
            with peer.connect() as sock:
                sock.sendall(LOGIN + b"\x00\x0c")
                sock.shutdown(socket.SHUT_WR)
                time.sleep(0.2)
                data, how = read_all(sock)
            self.assert_ok(peer.end())
        self.assertEqual((len(data), how), (len(flushes[1][1]) + len(reply), "end"))

    def test_recordings_that_cannot_be_played(self):
        self.assert_fails(run("replay", CAPTURES / "10-tls.hex"), 1, "10-tls.hex:", "not SQLI")
        self.assert_fails(run("replay", CAPTURES / "04-dml.hex", "--connection", "99"), 2,
                          "--connection: there are")
        self.assert_fails(run("replay", self.file("# nothing\n")), 1, "no connection was recorded")


class Record(Case):
    def record(self, server, clients, *options):
        out, readable = self.folder / "out.hex", self.folder / "out.txt"
        with Peer("record", "--to", server, "--out", out, "--readable", readable,
                  *options) as peer:
            clients(peer)
            result = peer.end(stop=True)
        self.assert_ok(result)
        self.assert_no_password(result[1], result[2], out.read_bytes(), readable.read_bytes())
        return out, readable

    def test_a_session_recorded_shown_and_replayed(self):
        flushes = capture("06-transactions.hex")[0]
        with Server(play_server(flushes)) as server:
            def client(peer):
                with peer.connect() as sock:
                    self.assertEqual(play_client(sock, flushes), bytes_of(flushes, "S"))
            out, readable = self.record(server, client)
            self.assertEqual(server.failures, [])
        hidden = [(who, data.replace(PASSWORD, b"*" * len(PASSWORD))) for who, data in flushes]
        lines = out.read_text().splitlines()
        self.assertEqual(lines[0], "# connection")
        self.assertEqual(lines[1:], [f"{who} {data.hex()}" for who, data in hidden])
        code, shown, _ = run("show", out)
        self.assertEqual(code, 0)
        self.assertEqual(shown, readable.read_text())
        with Peer("replay", out, "--strict") as peer:
            with peer.connect() as sock:
                self.assertEqual(play_client(sock, flushes), bytes_of(flushes, "S"))
            self.assert_ok(peer.end())

    def test_connections_that_overlap(self):
        flushes = capture("01-connect.hex")[0]
        with Server(play_server(flushes)) as server:
            def client(peer):
                with peer.connect() as one, peer.connect() as two:
                    for i in range(0, len(flushes) - 1, 2):
                        for sock in (one, two):
                            play_client(sock, flushes[i:i + 2])
            out, _ = self.record(server, client)
        text = out.read_text()
        self.assertEqual(text.count("# connection\n"), 2)
        self.assertGreater(text.count("# connection 1\n"), 3)
        for number in ("1", "2"):
            with Peer("replay", out, "--connection", number) as peer:
                with peer.connect() as sock:
                    self.assertEqual(play_client(sock, flushes), bytes_of(flushes, "S"))
                self.assert_ok(peer.end())

    def test_urgent_bytes_are_passed_on_and_noted(self):
        seen = []
        def handle(sock):
            seen.append(read_exactly(sock, len(LOGIN)))
            seen.append(read_urgent(sock))
            sock.sendall(b"bye")
            seen.append(read_all(sock)[0])
        with Server(handle) as server:
            def client(peer):
                with peer.connect() as sock:
                    sock.sendall(LOGIN)
                    sock.send(b"\x42", socket.MSG_OOB)
                    self.assertEqual(read_exactly(sock, 3), b"bye")
                    sock.sendall(b"\x00\x0c")
                eventually(lambda: len(seen) == 3)
            out, readable = self.record(server, client)
        self.assertEqual(seen, [LOGIN, b"\x42", b"\x00\x0c"])
        lines = out.read_text().splitlines()
        self.assertTrue(lines[1].startswith("C "))
        self.assertEqual(lines[2:], ["# urgent C 42", "S " + b"bye".hex(), "C 000c"])
        self.assertIn("# urgent C 42\n", readable.read_text())

    def test_a_login_in_pieces_or_in_half_keeps_its_password(self):
        end = LOGIN.index(PASSWORD) + 3
        with Server(collects([])) as server:
            def client(peer):
                with peer.connect() as sock:
                    for at in range(len(LOGIN)):
                        sock.sendall(LOGIN[at:at + 1])
                with peer.connect() as sock:
                    sock.sendall(LOGIN[:end])
                with peer.connect() as sock:  # no login at all
                    sock.sendall(b"\x16\x03\x01" + PASSWORD)
                time.sleep(0.1)
            out, _ = self.record(server, client)
        lines = sorted(line for line in out.read_text().splitlines() if line.startswith("C "))
        hidden = LOGIN.replace(PASSWORD, b"******").hex()
        self.assertEqual(lines, sorted(["C " + hidden, "C " + "2a" * end, "C " + "2a" * 9]))

    def test_pam_answers_are_hidden(self):
        start = capture("01-connect.hex")[0][:4]
        answer = b"\x00\x82\x00\x06" + PASSWORD + b"\x00\x0c"
        with Server(collects([])) as server:
            def client(peer):
                with peer.connect() as sock:
                    sock.sendall(bytes_of(start, "C") + answer)
                with peer.connect() as sock:
                    sock.sendall(bytes_of(start, "C") + answer[:8])
            out, _ = self.record(server, client)
        text = out.read_text()
        self.assertIn("00820006" + "2a" * 6 + "000c", text)
        self.assertIn("2a" * 8 + "\n", text)

    def test_broken_pam_answers_are_hidden(self):
        start = capture("01-connect.hex")[0][:2]
        challenge = bytes_of(start, "S") + bytes.fromhex("008100020003" "77686f00")
        cases = [(b"\x00\x82\xff\xff", PASSWORD),
                 (b"\x7f\xff", b"\x00", b"\x82\x00\x06" + PASSWORD)]
        with Server(sends(challenge)) as server:
            def client(peer):
                for pieces in cases:
                    with peer.connect() as sock:
                        sock.sendall(LOGIN)
                        read_exactly(sock, len(challenge))
                        for piece in pieces:
                            sock.sendall(piece)
                            time.sleep(0.05)
            self.record(server, client)

    def test_a_recording_on_standard_output_stands_there_alone(self):
        with Server(collects([])) as server:
            with Peer("record", "--to", server, "--out", "-") as peer:
                with peer.connect() as sock:
                    sock.sendall(LOGIN)
                time.sleep(0.1)
                code, out, err = peer.end(stop=True)
        self.assertEqual(code, 0, err)
        self.assertTrue(out.startswith("# connection\nC "), out)
        self.assertIn("listening on", err)

    def test_a_reader_of_the_trace_that_leaves_ends_no_connection(self):
        flushes, out = capture("06-transactions.hex")[0], self.folder / "out.hex"
        with Server(play_server(flushes)) as server:
            with Peer("record", "--to", server, "--out", out, "--readable", "-") as peer:
                peer.process.stdout.close()
                with peer.connect() as sock:
                    self.assertEqual(play_client(sock, flushes), bytes_of(flushes, "S"))
                time.sleep(0.1)
                peer.process.send_signal(signal.SIGTERM)
                with peer.process.stderr as stream:
                    err = stream.read().decode()
                self.assertEqual(peer.process.wait(PATIENCE), 1)
        self.assertIn("the recording is not complete", err)
        lines = [line for line in out.read_text().splitlines() if line[:2] in ("C ", "S ")]
        self.assertEqual(len(lines), len(flushes))

    def test_bytes_that_are_no_sqli_behind_the_login_are_kept(self):
        with Server(collects([])) as server:
            def client(peer):
                with peer.connect() as sock:
                    sock.sendall(LOGIN + b"\x7f\x01what is this")
            out, readable = self.record(server, client)
        self.assertIn((b"\x7f\x01what is this").hex(), out.read_text())
        self.assertIn("C> ??", readable.read_text())

    def test_a_server_that_is_not_there(self):
        with Server(lambda sock: None) as server:
            address = str(server)
        with Peer("record", "--to", address, "--out", self.folder / "x") as peer:
            self.assertEqual(peer.all_that_comes()[1], "reset")
            self.assert_fails(peer.end(stop=True), 1, "Connection refused")

if __name__ == "__main__":
    unittest.main()
