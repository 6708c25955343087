#!/usr/bin/env python3
"""sqli-peer script: both sides of a conversation, and every way to fail."""

import re
import socket
import struct
import time
import unittest

from peer_tests import (LOGIN, PASSWORD, PROTOCOLS, Case, Peer, Server, bytes_of, capture,
                        eventually, read_all, read_exactly, read_urgent, run, sends)


def server_script(lines):
    return "accept\nexpect LOGIN user=informix\nsend login-accept\n" + lines


class ScriptServer(Case):
    def serve(self, text, client, *options):
        """Runs the script, plays the client; what the client gave back and how the script ended."""
        with Peer("script", self.file(text, "s.txt"), *options) as peer:
            with peer.connect() as sock:
                answer = client(sock)
            return answer, peer.end()

    def after_login(self, lines, client):
        def whole(sock):
            sock.sendall(LOGIN)
            reply = read_exactly(sock, 2)
            read_exactly(sock, int.from_bytes(reply, "big") - 2)
            return client(sock)
        return self.serve(server_script(lines), whole)

    def test_a_recorded_session(self):
        flushes = capture("07-errors.hex")[0]
        start = next(i for i, (who, data) in enumerate(flushes)
                     if who == "S" and b"\x00\x0d\xff\x32" in data)  # ERR -206
        request, reply = flushes[start - 1][1], flushes[start][1]
        code, isam, offset = struct.unpack(">hhi", reply[2:10])
        text = reply[12:12 + int.from_bytes(reply[10:12], "big")].decode()
        sql = re.search(rb"select[ -~]+", request).group().decode()
        between = (start - 1 - 10) // 2
        script = f"""\
accept
expect LOGIN user="informix" password=*** server="informix"
send login-accept server=informix
expect PROTOCOLS mask=fffc7ffc3c8caa97
expect EOT
send protocols, eot
expect-request                  # INFO
send eot
expect DBOPEN name=testdb mode=0
expect EOT
send ok warnings=21, eot
expect-request
send describe id=0 column="site varchar(128)", ok, eot
repeat {between} {{
    expect-request
    send eot                    # the answers do not matter to this client
}}
expect PREPARE sql="{sql}"
expect-request
send err {code} isam={isam} offset={offset} text="{text}", eot
expect-close
"""
        def client(sock):
            sent = [data for who, data in flushes[:start] if who == "C"]
            for data in sent[:-1]:
                sock.sendall(data)
            sock.sendall(sent[-1])
            received = b""
            while not received.endswith(reply):
                received += sock.recv(65536) or self.fail(received.hex())
            return received
        received, result = self.serve(script, client)
        self.assert_ok(result)
        # The blocks of the project's encoder are the recorded ones.
        self.assertIn(capture("07-errors.hex")[0][3][1], received)     # PROTOCOLS
        self.assertIn(flushes[7][1], received)                         # the answer to DBOPEN
        self.assertIn(flushes[9][1], received)                         # DESCRIBE DONE COST EOT

    def test_canned_messages(self):
        cases = {
            "eot": "000c",
            "exit": "0038",
            "done rows=3 serial=7": "000f0000000000030000000000000007",
            "cost": "00370000000100000001",
            "ok rows=1": "000f0000000000010000000000000000" "00370000000100000001",
            "err -206 isam=-111 offset=5 text=t": "000dff32ff9100000005" "00017400",
            'err -1 text="a b\\x00\\""': "000dffff000000000000" "0005612062002200",
            "tuple 0a0b0c": "000e0000000000030a0b0c00",
            "tupid 9": "001900000009",
            "xactstat event=2 new=0 old=1": "0063000200000001",
            "insertdone serial8=5": "005e" "00010000000500000000" "0000000000000000",
            "blob 414243": "0027000341424300",
            "protocols mask=bdbe": "007e0002bdbe",
            "challenge style=2 who": "008100020003" "77686f00",
            "000c, eot, 0102 03": "000c000c010203",
        }
        lines = "".join(f"send {words}\n" for words in cases)
        # Both masks have to be known before the wide forms are due.
        got, result = self.after_login("expect-request\nsend protocols, eot\n" + lines, lambda sock:
                                       (sock.sendall(PROTOCOLS), read_all(sock))[1])
        self.assert_ok(result)
        wanted = "".join(cases.values())
        self.assertEqual(got[0].hex()[-len(wanted):], wanted)

    def test_the_framing_follows_the_masks(self):
        narrow = bytes.fromhex("007e0002bdbe000c")  # without 4-byte offsets
        got, result = self.after_login(
            "expect-request\nsend protocols, eot\nsend err -206 offset=5\n",
            lambda sock: (sock.sendall(narrow), read_all(sock))[1])
        self.assert_ok(result)
        self.assertTrue(got[0].endswith(bytes.fromhex("000dff320000" "0005" "0000")), got[0].hex())

    def test_reject(self):
        def client(sock):
            sock.sendall(LOGIN)
            return read_all(sock)
        (data, _), result = self.serve("expect LOGIN\nsend login-reject -951 text=nobody\n", client)
        self.assert_ok(result)
        self.assertEqual(data[2], 3)
        self.assertIn(struct.pack(">h", -951), data)
        self.assertIn(b"nobody", data)

    def test_expectations_that_fail(self):
        cases = [
            ("expect PREPARE\n", b"\x00\x0c", 's.txt:4: expect PREPARE: got C> EOT'),
            ("expect ID statement=4\n", b"\x00\x04\x00\x05",
             "s.txt:4: expect ID statement=4: got C> ID statement=5"),
            ("expect ID statement=1\n", b"\x00\x04\x00\x0b", "got C> ID statement=11"),
            ("expect-close\n", b"\x00\x0c", "s.txt:4: expect-close: got C> EOT"),
            ("timeout 50\nexpect EOT\n", b"\x00",
             "s.txt:5: expect EOT: nothing came in time; 1 bytes are no whole message: 00"),
            ("timeout 50\nexpect-close\n", b"", "s.txt:5: expect-close: the connection is still"),
            ("timeout 50\nexpect-urgent 42\n", b"", "s.txt:5: expect-urgent 42: nothing came"),
            ("expect-nothing 200\n", b"\x00\x0c", "s.txt:4: expect-nothing 200: got C> EOT"),
            ("expect EOT\n", b"\x7f\xff", "s.txt:4: expect EOT: "),
            ("corrupt 9 ff\nsend 0000\n", b"", "s.txt:5: byte 9 is to be changed, 2 are sent"),
        ]
        for lines, data, fragment in cases:
            with self.subTest(lines):
                _, result = self.after_login(lines, lambda sock, data=data:
                                             (sock.sendall(data), read_all(sock)))
                self.assert_fails(result, 1, fragment)

    def test_a_client_that_leaves(self):
        _, result = self.after_login("expect EOT\n", lambda sock: None)
        self.assert_fails(result, 1, "s.txt:4: expect EOT: the other side closed the connection")

    def test_nobody_comes(self):
        result = run("script", self.file("timeout 50\n\naccept\n"))
        self.assert_fails(result, 1, "file:3: no client came within 50 ms")

    def test_half_a_login_is_not_shown(self):
        end = LOGIN.index(PASSWORD) + 10
        _, result = self.serve("timeout 100\nexpect LOGIN\n", lambda sock:
                               (sock.sendall(LOGIN[:end]), read_all(sock)))
        self.assert_fails(result, 1, f"{end} bytes are no whole message")
        self.assert_no_password(result[2])

    def test_scripts_with_mistakes(self):
        cases = [
            ("dance\n", ":1: \"dance\" is no statement"),
            ("accept\naccept now\n", ":2: accept does not take 1 words"),
            ("expect PREPAIR\n", ":1: the other side sends no \"PREPAIR\""),
            ("expect TUPLE\n", ":1: the other side sends no \"TUPLE\""),
            ("expect ID five\n", ":1: \"five\" is not FIELD=VALUE"),
            ("send 0g\n", "\"0g\" is neither"),
            ("send 000\n", "\"000\" is neither"),
            ("send done lines=3\n", "lines=3: is nothing that this message has"),
            ("send done rows=x\n", "x: not a number"),
            ("send describe column=\"a unclear(\"\n", ":1: "),
            ("send prepare \"select 1\"\n", "neither a message"),
            ("send err 70000\n", "70000: has no room in its field"),
            ("send cost io=2147483648\n", "2147483648: has no room"),
            ("send err\n", "the error code: is missing"),
            ("send eot,, eot\n", "neither"),
            ("send , eot\n", "nothing stands before a comma"),
            ("delay soon\n", ":1: \"soon\" is no number"),
            ("delay 10000000000000\n", "is no number"),
            ("expect-urgent 4\n", ":1: \"4\" is no byte"),
            ("repeat 3\n", ":1: repeat does not take"),
            ("repeat 3 {\naccept\n", ":1: the block is not closed"),
            ("accept\n}\n", ":2: no block is open"),
            ("expect ID statement=\"1\n", ":1: a quote is not closed"),
            ("", ":0: the script has no statement"),
            ("# nothing\n", ":1: the script has no statement"),
            ("delay 0\r\ndance\r", ":2: \"dance\" is no statement"),
            ("delay 0\naccept\0\ndance\n", ":2: a NUL byte"),
            ("connect\n", ":1: connect is for the other side"),
        ]
        for text, fragment in cases:
            with self.subTest(text):
                self.assert_fails(run("script", self.file(text)), 2, fragment)

    def test_several_connections_and_loops(self):
        text = "repeat 2 {\n  expect-request\n  send 01\n}\nconnection\nexpect LOGIN\nsend 02\ncut\n"
        with Peer("script", self.file(text), "--loop", "2") as peer:
            for _ in range(2):
                with peer.connect() as sock:
                    sock.sendall(LOGIN)
                    self.assertEqual(sock.recv(9), b"\x01")
                    sock.sendall(b"\x00\x0c")
                    self.assertEqual(read_all(sock), (b"\x01", "end"))
                with peer.connect() as sock:
                    sock.sendall(LOGIN)
                    self.assertEqual(read_all(sock), (b"\x02", "end"))
            self.assert_ok(peer.end())

    def test_endless_loop_ends_by_signal(self):
        with Peer("script", self.file("accept\nsend 01\n"), "--loop", "0") as peer:
            for _ in range(3):
                self.assertEqual(peer.all_that_comes()[0], b"\x01")
            self.assert_ok(peer.end(stop=True))

    def test_what_never_waits_ends_too(self):
        for text in ("repeat 1000000000000 {\n}\n", "repeat 1000000000000 {\nsplit 0\n}\n"):
            result = run("script", self.file(text), "--lifetime", "1")
            self.assert_fails(result, 1, ": stopped before ")
            with Peer("script", self.file(text)) as peer:
                self.assert_fails(peer.end(stop=True), 1, "stopped before ")
        with Peer("script", self.file("repeat 0 {\n}\n"), "--loop", "0") as peer:
            self.assert_ok(peer.end(stop=True))

    def test_reset(self):
        def client(sock):
            sock.sendall(LOGIN)
            return read_all(sock)
        self.assertEqual(self.serve("expect LOGIN\nsend 0102\nreset\n", client)[0],
                         (b"\x01\x02", "reset"))

    def test_pieces_and_corruption(self):
        def client(sock):
            sizes, data = [], b""
            while more := sock.recv(100):
                sizes.append(len(more))
                data += more
            return sizes, data
        (sizes, data), result = self.serve(
            "accept\nsplit 2\ngap 30\ncorrupt 1 f0\nsend 0102030405\nsend 0102\n", client)
        self.assert_ok(result)
        self.assertEqual(data.hex(), "01f2030405" "0102")
        self.assertEqual(sizes[:2], [2, 2])

    def test_delay(self):
        def client(sock):
            start = time.monotonic()
            read_all(sock)
            return time.monotonic() - start
        self.assertGreaterEqual(self.serve("accept\ndelay 300\nsend 01\n", client)[0], 0.29)

    def test_urgent_bytes_both_ways(self):
        def client(sock):
            sock.sendall(b"\x00\x0c")
            sock.send(b"\x42", socket.MSG_OOB)
            return read_urgent(sock)
        byte, result = self.after_login(
            "expect-urgent 42\nexpect EOT\nsend-urgent 17\nexpect-close\n", client)
        self.assert_ok(result)
        self.assertEqual(byte, b"\x17")
        _, result = self.after_login("expect-urgent 43\n", lambda sock:
                                     (sock.send(b"\x42", socket.MSG_OOB), read_all(sock)))
        self.assert_fails(result, 1, "expect-urgent 43: another urgent byte came")

    def test_much_is_sent_while_the_other_side_sends_too(self):
        size = 8 << 20
        def client(sock):
            sock.sendall(LOGIN)
            sock.sendall(b"\x00\x0c" * (size // 2))  # before reading anything
            return len(read_all(sock)[0])
        hexed = "00" * (1 << 19)
        text = "expect LOGIN\n" + "repeat 16 {\nsend " + hexed + "\n}\n"
        got, result = self.serve(text, client)
        self.assert_ok(result)
        self.assertEqual(got, size)


class ScriptClient(Case):
    def against(self, text, handle):
        with Server(handle) as server:
            result = run("script", self.file(text), "--connect", server)
            self.assertEqual(server.failures, [])
            return result

    def test_a_client(self):
        received = []
        reply = bytes_of(capture("01-connect.hex")[0][:2], "S")
        def handle(sock):
            first = read_exactly(sock, 2)
            received.append(first + read_exactly(sock, int.from_bytes(first, "big") - 2))
            sock.sendall(reply)
            received.append(read_exactly(sock, len(PROTOCOLS)))
            sock.sendall(bytes_of(capture("01-connect.hex")[0][2:4], "S"))
            received.append(read_all(sock)[0])
        text = """\
connect
send login user=informix password="in4mix" server=informix
expect LOGIN_REPLY type=2 service_error=0
send protocols, eot
expect PROTOCOLS mask=bdbe9ffe7fb7ffeff8
expect EOT
send info, eot
send dbopen testdb, eot
send prepare "select FIRST 1 site", ndescribe, wantdone, eot
send id 3, curname c1, open, nfetch buffer=4096, eot
send command "x" placeholders=0, begin, cmmtwork, rbwork, eot, exit
"""
        self.assert_ok(self.against(text, handle))
        eventually(lambda: len(received) == 3)
        flushes = [data for who, data in capture("01-connect.hex")[0] if who == "C"]
        self.assertEqual(received[1], flushes[1])
        self.assertEqual(received[0][:150], received[0][:2] + flushes[0][2:150])
        self.assertTrue(received[2].startswith(flushes[2] + flushes[3]))  # INFO, DBOPEN
        self.assertTrue(received[2].endswith(bytes.fromhex(
            "00040003" "000300026331" "0006" "00090000" "10000000" "000c"
            "0001000000000001" "7800" "0023" "0013" "00140000" "000c" "0038")),
            received[2].hex())

    def test_nobody_listens(self):
        with Server(lambda sock: None) as server:
            address = str(server)
        self.assert_fails(run("script", self.file("\nsend login\n"), "--connect", address), 1,
                          "file:2: ", "Connection refused")

    def test_the_server_hangs_up(self):
        result = self.against("send login\nexpect LOGIN_REPLY\n", lambda sock: sock.recv(9999))
        self.assert_fails(result, 1, "file:2: expect LOGIN_REPLY: the other side closed")

if __name__ == "__main__":
    unittest.main()
