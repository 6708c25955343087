#!/usr/bin/env python3
"""What depends on how a database was made, and on who else uses it: ANSI and unlogged databases,
cursors that are updated through, code sets, and who waits for whom."""

import os
import re
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from wire import PATIENCE, Refused, Wire, padded

SQLID = os.path.join(os.environ.get("SQLI_BIN", "build/bin"), "sqlid")
LOCK_WAIT = 3  # seconds; long enough that nobody mistakes it for no wait on a busy machine
DATABASES = (("plain", "with log", "en_US.819"), ("other", "with log", "en_US.819"),
             ("ansi", "with log mode ansi", "en_US.819"), ("unlogged", "", "en_US.819"),
             ("utf", "with log", "en_US.utf8"), ("numbered", "with log", "en_US.57372"),
             ("latin2", "with log", "en_US.8859-2"), ("cyrillic", "with log", "ru_ru.8859-5"),
             ("windows", "with log", "en_US.1252"), ("latin9", "with log", "en_US.8859-15"))


class Modes(unittest.TestCase):
    """One server for all; each test has tables of its own."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.log = open(os.path.join(cls.folder.name, "log"), "w+", encoding="utf-8",
                       errors="replace")
        users = os.path.join(cls.folder.name, "users")
        for user in ("informix", "anna"):
            subprocess.run([SQLID, "passwd", users, user], input="in4mix\nin4mix\n", text=True,
                           check=True, capture_output=True)
        cls.server = subprocess.Popen(
            [SQLID, "--listen", "127.0.0.1:0", "--memory", "--lock-wait", str(LOCK_WAIT),
             "--users", users], stdout=subprocess.PIPE, stderr=cls.log,
            text=True)
        match = re.match(r"sqlid: listening on (.*):(\d+)", cls.server.stdout.readline())
        cls.address = (match[1], int(match[2]))
        for name, mode, locale in DATABASES:
            with Wire(cls.address, DB_LOCALE=locale) as maker:
                maker.command(f"create database {name} {mode}")

    @classmethod
    def tearDownClass(cls):
        died = cls.server.poll()
        cls.server.terminate()
        cls.server.wait(PATIENCE)
        cls.server.stdout.close()
        cls.log.seek(0)
        log = cls.log.read()
        cls.log.close()
        cls.folder.cleanup()
        if died is not None or "Sanitizer" in log or cls.server.returncode:
            raise AssertionError(f"sqlid ended with {cls.server.returncode}: {log[-3000:]}")

    def setUp(self):
        self.wires = []

    def tearDown(self):
        for wire in self.wires:
            wire.close()

    def connect(self, database="plain", **more):
        wire = Wire(self.address, database, **more)
        self.wires.append(wire)
        return wire

    def table(self, wire, name, columns="a int, b varchar(20)", rows=()):
        """Made afresh."""
        try:
            wire.command(f"drop table {name}")
        except Refused:
            pass
        wire.command(f"create table {name} ({columns})")
        for row in rows:
            wire.command(f"insert into {name} values ({row})")

    def numbers(self, wire, name, count):
        self.table(wire, name, rows=[f"{n}, 'row {n}'" for n in range(1, count + 1)])

    def fails(self, code, call, *arguments, isam=None, near=None):
        with self.assertRaises(Refused) as caught:
            call(*arguments)
        error = caught.exception
        self.assertEqual(error.code, code, error)
        if isam is not None:
            self.assertEqual(error.isam, isam, error)
        if near is not None:
            self.assertEqual(error.near, near, error)
        return error

    def cursor(self, wire, sql, name, hold=False):
        number = wire.prepare(sql)
        wire.declare(number, name, hold=hold)
        return number


class Later:
    """A call in a thread of its own."""

    def __init__(self, call, *arguments):
        self.result = self.error = None
        self.started = time.monotonic()
        self.seconds = None
        self.thread = threading.Thread(target=self.run, args=(call, arguments))
        self.thread.start()

    def run(self, call, arguments):
        try:
            self.result = call(*arguments)
        except Exception as error:
            self.error = error
        self.seconds = time.monotonic() - self.started

    def end(self):
        self.thread.join(PATIENCE)
        if self.error:
            raise self.error
        return self.result


class Definitions(Modes):
    def test_code_sets_do_not_mix(self):
        wire = self.connect()
        self.fails(-23197, wire.query, "select tabid from utf:systables")
        self.assertEqual(wire.query("select tabid from other:systables where tabid = 1"), [(1,)])
        self.assertEqual(
            self.connect("utf").query("select count(*) from sysmaster:sysdatabases where 1 = 0"),
            self.connect().query("select count(*) from systables where 1 = 0"))

    def test_a_statement_sees_one_moment(self):
        """A table that comes and goes is whole or not there, whoever asks."""
        stop = time.monotonic() + 3
        seen = set()

        def use(wire):
            while time.monotonic() < stop:
                try:
                    wire.command("insert into fleeting values (1, 2, 3, 4)")
                except Refused as error:
                    seen.add(error.code)

        users = [threading.Thread(target=use, args=(self.connect(),)) for _ in range(3)]
        for user in users:
            user.start()
        wire = self.connect()
        while time.monotonic() < stop:
            wire.command("create table fleeting (a int, b int, c int, d int)")
            wire.command("drop table fleeting")
        for user in users:
            user.join()
        self.assertEqual(seen, {-206})


class Ansi(Modes):
    def test_flags(self):
        for name, flags in (("plain", 0x15), ("ansi", 0x17), ("unlogged", 0x14)):
            self.assertEqual(self.connect(name).warnings, flags, name)

    def test_a_transaction_begins_by_itself(self):
        one, two = self.connect("ansi"), self.connect("ansi")
        self.table(one, "self", rows=("1, 'x'",))
        self.fails(-206, two.query, "select a from self")
        self.assertEqual(one.commit().events, [(2, 0, 1)])
        self.assertEqual(two.query("select a from self"), [(1,)])
        two.commit()
        one.command("insert into self values (2, 'y')")
        self.assertEqual(one.query("select count(*) from self where a = 2"),
                         one.query("select count(*) from self where a = 1"))
        self.assertEqual(one.rollback().events, [(3, 0, 1)])
        self.assertEqual(one.query("select a from self"), [(1,)])

    def test_the_end_of_nothing_is_fine(self):
        wire = self.connect("ansi")
        for _ in range(2):
            wire.commit()
            wire.rollback()
            self.assertEqual(wire.command("commit work").kind, 35)
            self.assertEqual(wire.command("rollback work").kind, 36)

    def test_begin(self):
        wire = self.connect("ansi")
        self.assertEqual(wire.begin().events, [(1, 1, 0)])
        self.fails(-535, wire.begin)
        wire.commit()
        wire.query("select tabid from systables where tabid = 1")
        self.fails(-535, wire.begin)
        self.fails(-535, wire.command, "begin work")
        wire.rollback()
        self.assertEqual(wire.command("begin work").kind, 34)

    def test_a_connection_that_ends_rolls_back(self):
        one, two = self.connect("ansi"), self.connect("ansi")
        self.table(one, "gone")
        one.commit()
        one.command("insert into gone values (1, 'x')")
        one.close()
        two.command("insert into gone values (2, 'y')")  # waits until the server has seen it
        self.assertEqual(two.query("select a from gone"), [(2,)])
        two.commit()

    def test_a_database_is_left(self):
        """Not with changes that are neither committed nor rolled back; reading is no change."""
        wire = self.connect("ansi")
        self.table(wire, "left_behind")
        self.fails(-377, wire.open, "plain")
        self.fails(-377, wire.command, "close database")
        wire.commit()
        wire.query("select a from left_behind")
        self.assertEqual(wire.open("plain"), 0x15)

    def test_savepoints(self):
        wire = self.connect("ansi")
        self.table(wire, "saved", rows=("1, 'x'",))
        wire.commit()
        wire.command("savepoint s")
        wire.command("insert into saved values (2, 'y')")
        wire.command("rollback to savepoint s")
        wire.commit()
        self.assertEqual(wire.query("select a from saved"), [(1,)])

    def test_one_row_at_a_time(self):
        """But for what nobody could update through the cursor."""
        wire = self.connect("ansi")
        self.numbers(wire, "single", 5)
        wire.commit()
        for sql, most in (("select a from single", 1), ("select a, b from single for update", 1),
                          ("select a from single where a > 0", 1),
                          ("select a from single for read only", 5),
                          ("select a from single order by a", 5),
                          ("select distinct a from single", 5),
                          ("select a from single union select a from single", 5),
                          ("select x.a from single x, single y where x.a = y.a", 5)):
            with self.subTest(sql):
                number = self.cursor(wire, sql, "single_cursor")
                self.assertEqual(len(wire.fetch(number)), most)
                wire.release(number)
        with self.subTest("a database without ANSI"):
            plain = self.connect()
            self.numbers(plain, "single", 5)
            self.assertEqual(len(plain.fetch(self.cursor(plain, "select a from single", "c"))), 5)

    def test_cursors_update_without_being_asked(self):
        wire = self.connect("ansi")
        self.numbers(wire, "implied", 3)
        number = self.cursor(wire, "select a from implied", "implied_cursor")
        wire.fetch(number)
        wire.command("update implied set b = 'first' where current of implied_cursor")
        number = self.cursor(wire, "select a from implied for read only", "reads")
        wire.fetch(number)
        self.fails(-290, wire.command, "delete from implied where current of reads")
        self.assertEqual(wire.query("select a from implied where b = 'first'"), [(1,)])
        wire.rollback()

    def test_owners(self):
        """Tables of one name, each its owner's."""
        informix, anna = self.connect("ansi"), self.connect("ansi", user="anna")
        self.table(informix, "mine", "a int", rows=("1",))
        self.fails(-310, informix.command, "create table mine (a int)")
        informix.commit()
        self.fails(-206, anna.query, "select a from mine")
        anna.command("create table mine (a int)")
        anna.command("insert into mine values (2)")
        self.fails(-310, anna.command, 'create table "anna".mine (a int)')
        anna.commit()
        for wire, own in ((informix, 1), (anna, 2)):
            self.assertEqual(wire.query("select a from mine"), [(own,)])
            self.assertEqual(wire.query("select a from informix.mine"), [(1,)])
            self.assertEqual(wire.query('select a from "anna".mine'), [(2,)])
            self.assertEqual(wire.query('select mine.a from "anna".mine, systables t '
                                        "where t.tabid = 1") if own == 1 else [(2,)], [(2,)])
            wire.rollback()
        self.fails(-206, anna.query, "select tabid from systables where tabid = 1")
        self.assertEqual(anna.query('select tabid from "informix".systables where tabid = 1'),
                         [(1,)])
        anna.command("drop table mine")
        anna.commit()
        self.assertEqual(informix.query("select a from mine"), [(1,)])
        informix.rollback()
        self.fails(-206, informix.query, "select a from anna.mine")
        informix.rollback()

    def test_owners_without_quotes_are_upper_case(self):
        wire = self.connect("ansi")
        wire.command("create table bert.things (a int)")
        wire.command('create table "bert".things (b int)')
        wire.command("insert into bert.things values (1)")
        wire.command("create table bert.alone (a int)")
        wire.command("insert into bert.alone values (1)")
        wire.command("create view bert.seen (n) as select alone.a from bert.alone")
        self.assertEqual(wire.query("select bert.things.a from bert.things"), [(1,)])
        self.assertEqual(wire.query('select a from "BERT".things'), [(1,)])
        self.assertEqual(wire.query('select b from "bert".things'), [])
        self.assertEqual(wire.query("select n from bert.seen"), [(1,)])
        self.assertEqual(
            [owner.strip() for owner, in wire.query(
                "select owner from systables where tabname = 'things' order by 1")],
            [b"BERT", b"bert"])
        self.fails(-310, wire.command, "create table Bert.things (a int)")
        wire.rollback()

    def test_synonyms_are_private(self):
        for database, kind in (("ansi", b"P"), ("plain", b"S")):
            wire = self.connect(database)
            wire.command("create table known (a int)")
            wire.command("create synonym called for known")
            self.assertEqual(
                wire.query("select tabtype from systables where tabname = 'called'"), [(kind,)])
            wire.command("drop table known")
            if database == "ansi":
                wire.commit()
            wire.close()

    def test_a_name_is_one_table_elsewhere(self):
        informix, anna = self.connect(), self.connect(user="anna")
        self.table(informix, "ours", "a int", rows=("1",))
        self.assertEqual(anna.query("select a from ours"), [(1,)])
        self.fails(-310, anna.command, "create table ours (a int)")

    def test_nobody_else_has_privileges(self):
        for database, count in (("ansi", 0), ("plain", 1)):
            wire = self.connect(database)
            self.table(wire, "private")
            rows = wire.query("select u.grantee from systabauth u, systables t where "
                              "t.tabid = u.tabid and t.tabname = 'private' and "
                              "u.grantee = 'public'")
            self.assertEqual(len(rows), count, database)
            wire.close()


    def test_decimals_have_a_fixed_point(self):
        for database, values, lengths in (
                ("ansi", (b"123", b"9876543"), [5 << 8, 16 << 8]),
                ("plain", (b"123.46", b"9876543.21"), [5 << 8 | 255, 16 << 8 | 255])):
            wire = self.connect(database)
            self.table(wire, "pointed", "a decimal(5), b decimal", rows=("123.456, 9876543.21",))
            self.assertEqual(wire.query("select a::varchar(20), b::varchar(20) from pointed"),
                             [values], database)
            number = wire.prepare("select a, b from pointed")
            self.assertEqual([length for _, _, length in wire.columns[number]], lengths)


class Unlogged(Modes):
    def test_there_are_no_transactions(self):
        wire = self.connect("unlogged")
        for call in (wire.begin, wire.commit, wire.rollback):
            self.fails(-256, call)
        for sql in ("begin work", "commit work", "rollback work", "savepoint s"):
            self.fails(-256, wire.command, sql)

    def test_each_statement_stands(self):
        one, two = self.connect("unlogged"), self.connect("unlogged")
        self.table(one, "stands", "a int primary key", rows=("1",))
        self.assertEqual(two.query("select a from stands"), [(1,)])
        self.fails(-268, one.command, "insert into stands values (1)")
        one.command("insert into stands values (2)")
        one.close()
        self.assertEqual(two.query("select a from stands order by a"), [(1,), (2,)])

    def test_cursors_and_locks(self):
        wire = self.connect("unlogged")
        self.numbers(wire, "changed", 4)
        number = self.cursor(wire, "select a from changed for update", "changing")
        for _ in range(2):
            wire.fetch(number)
        wire.command("delete from changed where current of changing")
        self.assertEqual(wire.fetch(number), [(3,)])
        self.assertEqual(wire.query("select a from changed"), [(1,), (3,), (4,)])
        wire.command("lock table changed in exclusive mode")
        wire.command("unlock table changed")


class Cursors(Modes):
    def setUp(self):
        super().setUp()
        self.wire = self.connect()

    def test_update_and_delete(self):
        wire = self.wire
        self.numbers(wire, "moved", 6)
        # The name means whatever cursor has it when the statement runs.
        update = wire.prepare("update moved set b = ? where current of moving")
        delete = wire.prepare("delete from moved where current of moving")
        wire.begin()
        self.fails(-507, wire.execute, update, "early", near=b"moving")
        number = self.cursor(wire, "select a, b from moved for update", "moving")
        self.fails(-266, wire.execute, update, "no row yet")
        for expected in range(1, 7):
            self.assertEqual(wire.fetch(number), [(expected, f"row {expected}".encode())])
            if expected == 2:
                self.assertEqual(wire.execute(update, "once").count, 1)
                self.assertEqual(wire.execute(update, "twice").count, 1)
            if expected == 4:
                self.assertEqual(wire.execute(delete).count, 1)
                self.fails(-266, wire.execute, delete)
                self.fails(-266, wire.execute, update, "deleted")
        self.assertEqual(wire.fetch(number), [])
        self.fails(-266, wire.execute, update, "behind the end")
        wire.commit()
        self.fails(-507, wire.execute, update, "closed")
        self.assertEqual(wire.query("select a from moved"), [(1,), (2,), (3,), (5,), (6,)])
        self.assertEqual(wire.query("select a from moved where b = 'twice'"), [(2,)])
        self.assertEqual(wire.query("select a from moved where b[1,3] <> 'row'"), [(2,)])

    def test_statement_types(self):
        wire = self.wire
        self.numbers(wire, "typed", 2)
        wire.begin()
        wire.fetch(self.cursor(wire, "select a from typed for update", "typing"))
        self.assertEqual(wire.command("update typed set a = 9 where current of typing").kind, 7)
        self.assertEqual(wire.command("delete from typed where current of typing").kind, 8)
        wire.rollback()

    def test_columns_of_the_list(self):
        wire = self.wire
        self.table(wire, "listed", "a int, b int, c int", rows=("1, 2, 3",))
        wire.begin()
        wire.fetch(self.cursor(wire, "select a from listed for update of b, C", "listing"))
        self.fails(-364, wire.command, "update listed set a = 5 where current of listing",
                   near=b"a")
        self.fails(-364, wire.command, "update listed set b = 5, a = 5 where current of listing")
        wire.command("update listed set B = 5, c = 6 where current of listing")
        wire.commit()
        self.assertEqual(wire.query("select * from listed"), [(1, 5, 6)])

    def test_what_does_not_fit(self):
        wire = self.wire
        self.numbers(wire, "fits", 2)
        self.numbers(wire, "fits_not", 2)
        wire.begin()
        wire.fetch(self.cursor(wire, "select a from fits for update", "fitting"))
        wire.fetch(self.cursor(wire, "select a from fits", "reading"))
        self.fails(-277, wire.command, "delete from fits_not where current of fitting")
        self.fails(-290, wire.command, "delete from fits where current of reading")
        self.fails(-507, wire.command, "delete from fits where current of nobody", near=b"nobody")
        self.assertEqual(len(wire.query("select a from fits_not")), 2)
        # The program's spelling of the name is what the client sends.
        wire.fetch(self.cursor(wire, "select a from fits for update", "MixedCase"))
        wire.command("delete from fits where current of MixedCase")
        wire.rollback()

    def test_a_row_that_is_gone(self):
        wire = self.wire
        self.numbers(wire, "lost", 3)
        wire.begin()
        number = self.cursor(wire, "select a from lost for update", "losing")
        wire.fetch(number)
        wire.command("delete from lost where a = 1")
        self.fails(-266, wire.command, "update lost set b = 'no' where current of losing")
        wire.commit()
        self.assertEqual(wire.query("select a from lost where b = 'no'"), [])

    def test_changes_do_not_show_in_the_cursor(self):
        """An update that moves rows ahead of the cursor would otherwise meet them again."""
        wire = self.wire
        self.numbers(wire, "ahead", 20)
        wire.command("create index ahead_a on ahead (a)")
        wire.begin()
        wire.command("update ahead set b = 'in a transaction' where a = 1")
        number = self.cursor(wire, "select a from ahead where a > 0 for update", "going")
        seen = []
        while True:
            rows = wire.fetch(number)
            if not rows:
                break
            seen += [row[0] for row in rows]
            wire.command("update ahead set a = a + 100 where current of going")
            self.assertLess(len(seen), 30)
        self.assertEqual(seen, list(range(1, 21)))
        wire.command("insert into ahead values (500, 'new')")
        wire.commit()
        self.assertEqual(wire.query("select min(a), max(a) from ahead"), [(101, 500)])

    def test_positions_outlive_the_spool(self):
        """A write puts the rows aside; the cursor still knows where each is."""
        wire = self.wire
        self.numbers(wire, "aside", 200)
        wire.begin()
        number = self.cursor(wire, "select a from aside for update", "spooled")
        wire.fetch(number)
        wire.command("delete from aside where a = 150")
        for expected in range(2, 101):
            self.assertEqual(wire.fetch(number), [(expected,)])
        wire.command("update aside set b = 'hundred' where current of spooled")
        wire.commit()
        self.assertEqual(wire.query("select a from aside where b = 'hundred'"), [(100,)])

    def test_outside_a_transaction(self):
        wire = self.wire
        self.numbers(wire, "outside", 3)
        number = self.cursor(wire, "select a from outside for update", "roaming")
        wire.fetch(number)
        wire.command("update outside set b = 'kept' where current of roaming")
        self.assertEqual(wire.fetch(number), [(2,)])
        wire.command("delete from outside where current of roaming")
        other = self.connect()
        self.assertEqual(other.query("select a, b from outside"), [(1, b"kept"), (3, b"row 3")])

    def test_hold(self):
        wire = self.wire
        self.numbers(wire, "held", 4)
        wire.begin()
        held = self.cursor(wire, "select a from held for update", "holding", hold=True)
        loose = self.cursor(wire, "select a from held for update", "loose")
        self.assertEqual([wire.fetch(held), wire.fetch(loose)], [[(1,)], [(1,)]])
        wire.command("update held set b = 'one' where current of holding")
        wire.commit()
        self.fails(-259, wire.fetch, loose)
        wire.begin()
        self.assertEqual(wire.fetch(held), [(2,)])
        wire.command("update held set b = 'two' where current of holding")
        wire.rollback()
        self.fails(-266, wire.command, "delete from held where current of holding")
        wire.begin()
        self.assertEqual(wire.fetch(held), [(3,)])
        wire.command("update held set b = 'three' where current of holding")
        wire.commit()
        self.assertEqual(wire.fetch(held), [(4,)])
        self.assertEqual(wire.fetch(held), [])
        self.assertEqual(wire.query("select b from held"),
                         [(b"one",), (b"row 2",), (b"three",), (b"row 4",)])

    def test_rollback_ends_cursors(self):
        wire = self.wire
        self.numbers(wire, "ended", 3)
        wire.begin()
        number = self.cursor(wire, "select a from ended", "ending")
        wire.fetch(number, 1)
        wire.command("delete from ended")
        wire.rollback()
        self.fails(-259, wire.fetch, number)
        self.assertEqual(len(wire.query("select a from ended")), 3)

    def test_one_row_at_a_time(self):
        wire = self.wire
        self.numbers(wire, "slow", 3)
        wire.begin()
        number = self.cursor(wire, "select a from slow for update", "slowly")
        self.assertEqual([wire.fetch(number) for _ in range(4)], [[(1,)], [(2,)], [(3,)], []])
        wire.rollback()

    def test_what_cannot_be_updated(self):
        wire = self.wire
        self.numbers(wire, "fixed", 2)
        for sql in ("select distinct a from fixed", "select a from fixed order by a",
                    "select a, count(*) from fixed group by a", "select max(a) from fixed",
                    "select x.a from fixed x, fixed y",
                    "select a from fixed union select a from fixed"):
            with self.subTest(sql):
                self.fails(-365, wire.prepare, sql + " for update")
        self.fails(-217, wire.prepare, "select a from fixed for update of z", near=b"z")


class CodeSets(Modes):
    def test_the_locale_is_told(self):
        for name, _, locale in DATABASES:
            rows = self.connect(name).query("select site from informix.systables "
                                            "where tabname = ' GL_COLLATE'")
            self.assertEqual(rows, [(locale.encode(),)], name)

    def test_cut_at_characters(self):
        """Lengths are bytes; what is cut stays whole characters."""
        wire = self.connect("utf")
        self.table(wire, "cut", "n int, c char(5), v varchar(5), nc nchar(5), nv nvarchar(5), "
                                "l lvarchar(5)")
        fitted = ("äö".encode() + b" ", "äö".encode(), "äö".encode() + b" ", "äö".encode(),
                  "äö".encode())
        texts = ", ".join(["'äöüxy'"] * 5)
        wire.command(f"insert into cut values (1, {texts})")
        number = wire.prepare("insert into cut values (?, ?, ?, ?, ?, ?)")
        wire.execute(number, 2, *["äöüxy"] * 5)
        wire.execute(number, 3, *["€€"] * 5)
        wire.execute(number, 4, *["😀😀"] * 5)
        rows = dict((row[0], row[1:]) for row in wire.query("select * from cut"))
        self.assertEqual(rows[1], fitted)
        self.assertEqual(rows[2], fitted)
        for key, character in ((3, "€".encode()), (4, "😀".encode())):
            filled = character.ljust(5)
            self.assertEqual(rows[key], (filled, character, filled, character, character))

    def test_functions_count_characters(self):
        wire = self.connect("utf")
        self.table(wire, "counted", "v varchar(40)", rows=("'äÖü€x'",))
        for expression, expected in (
                ("length(v)", 10), ("octet_length(v)", 10), ("char_length(v)", 5),
                ("upper(v)", "ÄÖÜ€X"), ("lower(v)", "äöü€x"), ("initcap(v)", "Äöü€x"),
                ("substr(v, 2, 2)", "Öü"), ("substring(v from 4 for 1)", "€"),
                ("lpad(v, 6, 'ß')", "ßäÖü€x"), ("rpad(v, 7, 'ß')", "äÖü€xßß"),
                ("replace(v, 'Ö', 'oe')", "äoeü€x"), ("reverse(v)", "x€üÖä"),
                ("v[1,2]", "äÖ"), ("v[4]", "€"), ("v[2,9]", "Öü€x"), ("chr(228)", "ä"),
                ("v || 'é'", "äÖü€xé")):
            value = wire.query(f"select {expression} from counted")[0][0]
            if isinstance(expected, str):
                value = value.decode()
            self.assertEqual(value, expected, expression)

    def test_patterns_match_characters(self):
        wire = self.connect("utf")
        self.table(wire, "matched", "v varchar(40)", rows=("'äöü'", "'a€c'", "'abc'"))
        for pattern, expected in (
                ("like 'ä_ü'", ["äöü"]), ("like '_€_'", ["a€c"]), ("like '___'", 3),
                ("like 'ä%'", ["äöü"]), ("like '____'", []), ("matches 'ä?ü'", ["äöü"]),
                ("matches 'a[€b]c'", ["a€c", "abc"]), ("matches 'a[^€]c'", ["abc"]),
                ("matches '[ä-ö]*'", ["äöü"]), ("matches '??'", [])):
            values = [v.decode() for v, in wire.query(
                f"select v from matched where v {pattern} order by v desc")]
            if expected == 3:
                values, expected = len(values), 3
            self.assertEqual(values, expected, pattern)

    def test_order_is_that_of_the_code_set(self):
        for name, code in (("utf", "utf-8"), ("plain", "latin-1")):
            wire = self.connect(name)
            words = ["Zoo", "zoo", "äh", "Öl", "ah", "é"]
            self.table(wire, "ordered", "n int, v varchar(20), nv nvarchar(20)")
            for word in words:
                text = f"insert into ordered values (0, '{word}', '{word}')"
                wire.command(text.encode(code))
            for column in ("v", "nv"):
                got = [v for v, in wire.query(f"select {column} from ordered order by {column}")]
                self.assertEqual(got, sorted(word.encode(code) for word in words), name)

    def test_what_is_no_utf8_is_refused(self):
        for name in ("utf", "numbered"):
            wire = self.connect(name)
            self.table(wire, "refused", "a int, v varchar(20), c char(5), l lvarchar(200)")
            number = wire.prepare("insert into refused values (?, ?, ?, ?)")
            for bad in (b"a\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"):
                for place in range(3):
                    texts = ["good"] * 3
                    texts[place] = bad
                    self.fails(-23103, wire.execute, number, 1, *texts)
                self.fails(-202, wire.command, b"insert into refused (v) values ('" + bad + b"')")
            error = self.fails(-202, wire.command, "insert into refused (v) values ('ää".encode()
                               + b"\xff')")
            self.assertEqual(error.offset, 36)
            self.assertEqual(wire.query("select a from refused"), [])
            self.assertEqual(wire.execute(number, 1, "ä", "ö", "€").count, 1)

    def test_one_byte_a_character(self):
        """Every byte but 0 comes back as it went."""
        for name in ("plain", "latin2", "cyrillic", "windows", "latin9"):
            wire = self.connect(name)
            self.table(wire, "bytes", "n int, v varchar(255), c char(255)")
            everything = bytes(range(1, 256))
            wire.execute(wire.prepare("insert into bytes values (?, ?, ?)"), 1, everything,
                         everything)
            wire.command(b"insert into bytes values (2, '"
                         + bytes(range(128, 256)) + b"', 'literal')")
            self.assertEqual(wire.query("select v, c, length(v), char_length(v) from bytes "
                                        "where n = 1"), [(everything, everything, 255, 255)], name)
            self.assertEqual(wire.query("select v from bytes where n = 2"),
                             [(bytes(range(128, 256)),)], name)
            self.assertEqual(wire.query(b"select n from bytes where v like '_\x81%'"), [(2,)], name)

    def test_case_is_that_of_the_code_set(self):
        for name, code, small, large in (
                ("plain", "latin-1", "äçþ", "ÄÇÞ"), ("latin2", "iso8859-2", "ąčž", "ĄČŽ"),
                ("cyrillic", "iso8859-5", "джя", "ДЖЯ"), ("windows", "cp1252", "šžÿ", "ŠŽŸ"),
                ("latin9", "iso8859-15", "œšž", "ŒŠŽ"), ("utf", "utf-8", "ąжœ", "ĄЖŒ")):
            wire = self.connect(name)
            self.table(wire, "cased", "v varchar(20)")
            wire.command(f"insert into cased values ('{small}')".encode(code))
            wire.command(f"insert into cased values ('{large}')".encode(code))
            self.assertEqual(wire.query("select upper(v), lower(v) from cased"),
                             [(large.encode(code), small.encode(code))] * 2, name)

    def test_names_and_errors(self):
        """Names have letters of the code set, and errors show them in it."""
        for name, code in (("utf", "utf-8"), ("plain", "latin-1"), ("latin9", "iso8859-15")):
            wire = self.connect(name)
            def sent(sql):
                return sql.encode(code)
            try:
                wire.command(sent("drop table größe"))
            except Refused:
                pass
            wire.command(sent("create table größe (näme int, über varchar(10))"))
            wire.command(sent("insert into größe (näme, über) values (1, 'ß')"))
            self.assertEqual(wire.query(sent("select Näme, über from größe")),
                             [(1, "ß".encode(code))])
            error = self.fails(-217, wire.query, sent("select 'ääää', nöpe from größe"),
                               near="nöpe".encode(code))
            self.assertEqual(error.offset, 16)
            error = self.fails(-206, wire.query, sent("select 'ä' from nööp"),
                               near="nööp".encode(code))
            self.assertEqual(error.offset, 17)
            self.fails(-310, wire.command, sent("create table größe (a int)"),
                       near="größe".encode(code))


class Locks(Modes):
    def setUp(self):
        super().setUp()
        self.one, self.two = self.connect(), self.connect()

    def hold(self, name):
        """A table whose database one connection has for itself."""
        self.numbers(self.one, name, 3)
        self.one.begin()
        self.one.command(f"update {name} set b = 'held' where a = 1")

    def waits(self, code, isam, call, *arguments, least=LOCK_WAIT, most=LOCK_WAIT + 20):
        started = time.monotonic()
        self.fails(code, call, *arguments, isam=isam)
        took = time.monotonic() - started
        self.assertTrue(least - 0.1 <= took < most, took)

    def test_a_second_writer_waits(self):
        self.hold("waited")
        for sql in ("insert into waited values (9, 'x')", "delete from waited where a = 3",
                    "create table waited_too (a int)"):
            with self.subTest(sql):
                self.waits(-244, -107, self.two.command, sql)
        self.two.begin()
        self.waits(-289, -107, self.two.command, "lock table waited in exclusive mode")
        number = self.two.prepare("select a from waited for update")
        self.waits(-244, -107, self.two.declare, number, "waiting")
        # What failed has taken nothing along.
        self.two.rollback()
        self.assertEqual(len(self.two.query("select a from waited")), 3)
        self.one.commit()
        self.assertEqual(self.two.command("update waited set b = 'x' where a = 1").count, 1)

    def test_the_lock_passes_on(self):
        self.hold("passed")
        later = Later(self.two.command, "update passed set b = b || '!' where a = 1")
        time.sleep(0.5)
        self.assertIsNone(later.seconds)
        self.one.commit()
        self.assertEqual(later.end().count, 1)
        self.assertLess(later.seconds, LOCK_WAIT)
        self.assertEqual(self.one.query("select b from passed where a = 1"), [(b"held!",)])

    def test_lock_mode(self):
        self.hold("moded")
        update = "update moded set b = 'x' where a = 1"
        self.two.command("set lock mode to wait 1")
        self.waits(-244, -154, self.two.command, update, least=1, most=LOCK_WAIT)
        self.two.command("set lock mode to not wait")  # waits all the same: nobody has many locks
        self.waits(-244, -107, self.two.command, update)
        self.two.command("set lock mode to wait")
        later = Later(self.two.command, update)
        time.sleep(LOCK_WAIT + 1)
        self.assertIsNone(later.seconds)
        self.one.commit()
        self.assertEqual(later.end().count, 1)

    def test_readers_never_wait(self):
        self.hold("readable")
        started = time.monotonic()
        self.two.begin()
        self.assertEqual(self.two.query("select b from readable where a = 1"), [(b"row 1",)])
        self.two.commit()
        self.assertEqual(self.two.query("select count(*) from systables where tabid = 1"),
                         self.one.query("select count(*) from systables where tabid = 1"))
        self.assertLess(time.monotonic() - started, LOCK_WAIT - 1)
        self.assertEqual(self.one.query("select b from readable where a = 1"), [(b"held",)])
        self.one.rollback()

    def test_lock_table(self):
        self.numbers(self.one, "locked", 3)
        self.fails(-524, self.one.command, "lock table locked in exclusive mode")
        self.fails(-288, self.one.command, "unlock table locked")
        for mode in ("exclusive", "share"):
            self.one.begin()
            self.one.command(f"lock table locked in {mode} mode")
            self.assertEqual(len(self.two.query("select a from locked")), 3)
            self.waits(-244, -107, self.two.command, "delete from locked")
            self.fails(-327, self.one.command, "unlock table locked")
            self.one.commit()
        self.assertEqual(self.two.command("delete from locked where a = 1").count, 1)
        self.one.begin()
        self.fails(-206, self.one.command, "lock table nowhere in share mode", isam=-111)
        self.fails(-521, self.one.command, "lock table systables in share mode")
        self.one.rollback()

    def test_for_update_keeps_others_out(self):
        """What was read to be changed is still so when it is changed."""
        self.numbers(self.one, "counted", 1)
        def add(wire, times):
            for _ in range(times):
                wire.begin()
                number = wire.prepare("select b from counted where a = 1 for update")
                wire.declare(number, "adding")
                value = int(wire.fetch(number)[0][0])
                wire.command(f"update counted set b = '{value + 1}' where current of adding")
                wire.commit()
                wire.release(number)
        self.one.command("update counted set b = '0'")
        adders = [Later(add, wire, 25) for wire in (self.one, self.two)]
        for adder in adders:
            adder.end()
        self.assertEqual(self.one.query("select b from counted"), [(b"50",)])

    def test_a_break_ends_the_wait(self):
        self.hold("broken")
        threading.Timer(0.5, self.two.interrupt).start()
        self.waits(-213, 0, self.two.command, "delete from broken", least=0.4, most=LOCK_WAIT - 1)
        self.assertEqual(self.two.query("select a from broken where a = 1"), [(1,)])
        self.one.rollback()
        self.assertEqual(self.two.command("delete from broken").count, 3)

    def test_who_hangs_up_waits_no_more(self):
        self.hold("hung")
        sql = b"delete from hung"
        self.two.command("set lock mode to wait")
        self.two.send(b"\0\1\0\0" + struct.pack(">i", len(sql)) + padded(sql)
                      + bytes.fromhex("00160007000b"))
        time.sleep(0.3)
        self.two.close()
        time.sleep(0.7)
        self.one.commit()
        time.sleep(0.5)
        self.assertEqual(len(self.one.query("select a from hung")), 3)

    def test_a_holder_that_hangs_up_lets_go(self):
        self.hold("dropped")
        later = Later(self.two.command, "update dropped set b = 'free' where a = 1")
        time.sleep(0.3)
        self.one.close()
        self.assertEqual(later.end().count, 1)
        self.assertLess(later.seconds, LOCK_WAIT)

    def test_two_databases_crosswise(self):
        other = self.connect("other")
        self.numbers(self.one, "crossed", 1)
        self.numbers(other, "crossed", 1)
        # Both know the other's table already, so nothing but the lock is in the way.
        self.one.query("select a from other:crossed")
        other.query("select a from plain:crossed")
        self.one.begin()
        other.begin()
        self.one.command("update crossed set b = 'mine'")
        other.command("update crossed set b = 'mine'")
        later = Later(other.command, "update plain:crossed set b = 'theirs'")
        self.waits(-244, -143, self.one.command, "update other:crossed set b = 'theirs'", least=0,
                   most=LOCK_WAIT)
        self.one.rollback()
        try:
            later.end()
        except Refused as error:
            self.assertEqual((error.code, error.isam), (-244, -143))
        self.assertLess(later.seconds, LOCK_WAIT)
        other.rollback()

    def test_reading_another_database_locks_nothing_there(self):
        other = self.connect("other")
        self.numbers(self.connect(), "near", 1)
        self.numbers(other, "far", 1)
        one = self.connect()  # has written nothing yet
        one.query("select a from other:far")
        one.query("select count(*) from sysmaster:systables")
        one.begin()
        one.command("update near set b = 'x'")
        started = time.monotonic()
        other.command("update far set b = 'y'")
        with Wire(self.address) as maker:
            maker.command("create database meanwhile with log")
        self.assertLess(time.monotonic() - started, LOCK_WAIT - 1)
        one.rollback()

    def test_definitions_while_others_read(self):
        self.numbers(self.one, "read", 100)
        number = self.two.prepare("select a from read")
        self.two.declare(number, "reading")
        first = self.two.fetch(number, 40)
        self.one.command("create table read_too (a int)")
        self.one.command("create index read_a on read (a)")
        self.one.command("drop table read")
        rows = first
        while True:
            more = self.two.fetch(number, 40)
            if not more:
                break
            rows += more
        self.assertEqual(rows, [(n,) for n in range(1, 101)])
        self.fails(-206, self.two.query, "select a from read", isam=-111)

    def test_isolation(self):
        """Whatever is set, a cursor reads what was committed when it was opened, and the next one
        what is committed then; nothing uncommitted shows, and nobody is kept from writing."""
        self.table(self.one, "isolated", "a int, b varchar(40)",
                   rows=[f"{n}, 'row {n}'" for n in range(1, 101)])
        for level in ("dirty read", "committed read", "cursor stability", "repeatable read",
                      "committed read last committed"):
            with self.subTest(level):
                self.two.command(f"set isolation to {level}")
                self.two.begin()
                number = self.two.prepare("select b from isolated")
                self.two.declare(number, "looking")
                rows = self.two.fetch(number, 1)
                self.one.begin()
                self.one.command(f"update isolated set b = '{level}'")
                uncommitted = self.two.query("select b from isolated where a = 2")
                self.one.commit()
                while True:
                    more = self.two.fetch(number)
                    if not more:
                        break
                    rows += more
                self.assertEqual(len(rows), 100)
                self.assertEqual(len({row for row in rows if row[0] == level.encode()}), 0)
                self.assertNotEqual(uncommitted, [(level.encode(),)])
                self.assertEqual(self.two.query("select b from isolated where a = 2"),
                                 [(level.encode(),)])
                self.two.commit()
                self.two.release(number)


if __name__ == "__main__":
    unittest.main(verbosity=1 if "-v" not in sys.argv else 2)
