"""Streams and rows that no recording has: built by hand from the layouts in docs/protocol.md, for
messages and capabilities that the recorded programs did not use."""

import reference_values as values
from reference_meanings import INT, INT_8, LONG_TEXT, SHORT_TEXT, column

# What both sides have: a usual client and a 14.10 server, all that is known, an old client.
USUAL = "bdbc1ffc3c84aa87"
WIDE = "ff" * 9
ONLY_69, ONLY_70 = USUAL + "04", USUAL + "02"
OLD = "bdbc1ffc3c8488"
# The usual ones without one bit each.
NO_ARRAY, NO_DESCRIBE, NO_NAMED = "bd3c1ffc3c84aa87", "bdbc1ffc3c848a87", "bdbc1ffc3c84a287"
NO_BIGINT, NO_TEXT, NO_FETCH = "bdbc1ffc3c84a887", "bdbc1ffc3c84aa85", "bdbc1ffc3c84aa86"

ONE_COLUMN = "00000000 00000000 0002 00000000 0000 0000 0000 0000 00000000 00000004"
DESCRIPTOR = "00" * 16 + "00000005" + "00" * 36
LONG_DESCRIPTOR = DESCRIPTOR + "00" * 12

STREAMS = [
    # section 5
    ("CHALLENGE", USUAL, "s2c", "0081 0001 0009 50617373776f72643a 00 000c"),
    ("ACCEPT", USUAL, "s2c", "007f"),
    ("ACK and RESPONSE", USUAL, "c2s", "0080 000c 0082 0006 736563726574 000c"),
    ("INFO without a pair", USUAL, "c2s", "0051 0006 0006 0000 0000 0000 0000 000c"),
    # section 6
    ("DBLIST", USUAL, "c2s", "001a 000c"),
    ("DBLIST reply", USUAL, "s2c", "001a 0009 7379736d6173746572 00 0006 746573746462 0000 000c"),
    ("DBLIST reply, none", USUAL, "s2c", "001a 0000 000c"),
    ("DBCLOSE", USUAL, "c2s", "0025 000c"),
    # section 7 and 4: texts, offsets and sizes by capability
    ("PREPARE of an old client", OLD, "c2s",
     "0002 0000 0009 73656c6563742031 00 00 0016 0031 000c"),
    ("COMMAND without bit 62", NO_TEXT, "c2s", "0001 0000 0002 7878 0016 0007 000b 000c"),
    ("ERR without bit 62", NO_TEXT, "s2c", "000d ff32 ff91 000c 0001 78 00 000c"),
    ("ERR for a file that the client refuses", USUAL, "c2s", "000d 0009 0000 00000000 0000 000c"),
    ("DESCRIBE of an old client", OLD, "s2c",
     "0008 0002 0000 00000000 0004 0001 0002 0000 00000000 0002 00000000 0000 0000 0000 0000"
     "00000000 00000004 6100"),
    ("DESCRIBE without bit 50", NO_DESCRIBE, "s2c",
     "0008 0002 0003 00000007 0004 0001 0002" + ONE_COLUMN[4:] + "6100"),
    ("DESCRIBE with bit 69", WIDE, "s2c",
     "0008 0002 0001 00000000 00012345 0001 00000002" + ONE_COLUMN + "6100"),
    ("DESCRIBE without a column, bit 69", WIDE, "s2c",
     "0008 0006 0001 00000000 00000000 0000 00000000"),
    ("DESCRIBE with an empty name", USUAL, "s2c",
     "0008 0038 0000 00000000 0004 0001 00000001" + ONE_COLUMN + "0000"),
    ("DONE with bit 70", WIDE, "s2c",
     "000f 0000 0000000000000005 0000000000000101 0000004d 0037 00000001 00000001 000c"),
    ("DESCRIBE and DONE with bit 69 alone", ONLY_69, "s2c",
     "0008 0002 0001 00000000 00000004 0001 00000002" + ONE_COLUMN + "6900"
     "000f 0000 00000005 00000101 0000004d 000c"),
    ("DESCRIBE and DONE with bit 70 alone", ONLY_70, "s2c",
     "0008 0002 0001 00000000 0004 0001 00000002" + ONE_COLUMN + "6900"
     "000f 0000 0000000000000005 0000000000000101 0000004d 000c"),
    ("DESCRIBE of a type word with flags", USUAL, "s2c",
     "0008 0002 0001 00000000 0018 0002 00000004"
     "00000000 00000000 8113 000003f2 0000 0015 73657428696e7465676572206e6f74206e756c6c29 00"
     "0000 0004 00000000 00000000"
     "00000002 00000005 0829 000003f3 0008 696e666f726d6978 0001 78 00 0000 0001 00000029 00000001"
     "73006200"),
    ("INSERTDONE without bit 54", NO_BIGINT, "s2c",
     "005e ffff 00000005 00000001 000f 0000 00000001 00000000 00000000 000c"),
    ("INSERTDONE, negative", USUAL, "s2c", "005e ffff 00000005 00000000 fffffffffffffffe"),
    ("COST and XACTSTAT", USUAL, "s2c", "0037 00000011 00000012 0063 0002 0000 0001"),
    ("GENERATED_KEYS by place and by name", USUAL, "c2s",
     "0086 0002 0002 0001 0003 0086 0003 0002 0002 6964 0001 6b 00"),
    ("SGKDESCRIBE and SGKTUPLE", USUAL, "s2c",
     "0087 0006 0001 00000000 0004 0001 00000002" + ONE_COLUMN + "6b00"
     "0088 0000 00000004 00000007 000f 0000 00000001 00000000 00000000 000c"),
    # section 9
    ("HOLD, REOPEN, AUTOFREE", USUAL, "c2s", "0004 0001 002b 0057 006c 0006 000c"),
    ("NFETCH of an old client", OLD, "c2s", "0004 0000 0009 1000 0000 000c"),
    ("NFETCH without bit 8", NO_ARRAY, "c2s", "0004 0000 0009 00001000 000c"),
    ("NFETCH without bit 63", NO_FETCH, "c2s", "0004 0000 0009 1000 0000 000c"),
    ("SFETCH without bit 63", NO_FETCH, "c2s", "0004 0000 0017 0006 00000096 1000 000c"),
    ("TUPID", USUAL, "s2c", "0019 00000096"),
    # section 10
    ("IDESCRIBE without bit 52", NO_NAMED, "s2c",
     "007d 0001 0002 00000000 0000 0000 0000 0000 00000000 00000004 000c"),
    ("IDESCRIBE of none", USUAL, "s2c", "007d 0000 000c"),
    ("BIND of the default", USUAL, "c2s", "0005 0001 0002 fffe 0000 000c"),
    ("BIND of names and texts", USUAL, "c2s",
     "0005 0003 000d 0000 0014 0003 616263 00 0010 0000 0014 0002 6162 000f 0000 0003 0001 61 00"),
    ("BIND of a DECIMAL without digits", USUAL, "c2s", "0005 0001 0005 0000 0000 0001 80 00"),
    ("BIND of pairs above 99", USUAL, "c2s", "0005 0001 0005 0000 0000 0002 c164"),
    ("BIND of a DATE out of range", USUAL, "c2s", "0005 0001 0007 0000 0000 7fffffff"),
    ("BIND of month 13", USUAL, "c2s", "0005 0001 000a 0000 0804 0005 c7141a0d04 00"),
    ("BIND of shifted DATETIMEs", USUAL, "c2s",
     "0005 0002 000a 0000 066a 0003 c20506 00 000a 0000 066a 0002 c106"),
    ("BIND of INTERVALs", USUAL, "c2s",
     "0005 0004 000e 0000 0468 0003 c36309 00 000e 0000 0322 0003 c60341 00"
     "000e 0000 07af 0005 c10509321e 00 000e 0000 084a 0002 8000"),
    ("BIND of singles", USUAL, "c2s",
     "0005 0003 0004 0000 0000 3dcccccd 0004 0000 0000 7f7fffff 0004 0000 0000 4b800001"),
    ("BIND of doubles", USUAL, "c2s",
     "0005 0003 0003 0000 0000 3fb999999999999a 0003 0000 0000 4341c37937e08000"
     "0003 0000 0000 3ee4f8b588e368f1"),
    ("BIND of BYTE with bit 70", WIDE, "c2s",
     "0005 0001 000b 0000 0000" + LONG_DESCRIPTOR + "0029 0001 0027 0000 000c"),
    # section 11
    ("savepoints", USUAL, "c2s", "0089 0003 737031 00 0001 008a 0002 7370 008b 0002 7370 000c"),
    # section 15
    ("FETCHBLOB", USUAL, "c2s", "0004 0001 0026" + DESCRIPTOR + "000c"),
    ("FETCHBLOB with bit 70", WIDE, "c2s", "0004 0001 0026" + LONG_DESCRIPTOR + "000c"),
    ("BLOB", USUAL, "s2c", "0027 0003 000102 00 0027 0001 22 00 0027 0000 000c"),
    # section 16
    ("FILE read in large chunks", USUAL, "s2c", "0062 0002 fde8 00000400 000c"),
    ("FILE_READ of nothing", USUAL, "c2s", "006a 00000000 000c"),
    ("FILE_READ in two chunks", USUAL, "c2s",
     "006a 00000005 006a 0003 616263 00 006a 0002 6465 000c"),
    ("FILE write in two chunks", USUAL, "s2c",
     "0062 0003 006b 0003 616263 00 006b 0002 6465 000c"),
    ("LODATA read after seek", USUAL, "c2s",
     "0061 0001 0003 00000010 7d00 0001 00000005 00000001 0001 000c"),
    ("LODATA read of nothing", USUAL, "s2c", "0061 0000 00000000 0000 000c"),
    ("LODATA in two chunks", USUAL, "s2c", "0061 0000 00000005 0003 616263 00 0002 6465 000c"),
    ("LODATA written", USUAL, "s2c", "0061 0002 00000005 000c"),
    ("LODATA write", USUAL, "c2s",
     "0061 0002 0007 00000005 7d00 0003 616263 00 0002 6465 000c"),
    ("GETROUTINE without bit 62", NO_TEXT, "c2s", "0065 00 0003 662829 00 0000 000c"),
    ("GETROUTINE, even signature", USUAL, "c2s", "0065 00 00000004 66282969 0000 000c"),
    ("GETROUTINE by its handle", USUAL, "c2s",
     "0065 01 00000006 746573746462 00000007 0001 000c"),
    ("FPDESCRIBE", USUAL, "c2s", "0083 01 0006 746573746462 00000007 000c"),
    ("EXFPROUTINE with FPARAM", USUAL, "c2s",
     "0066 0000 00000007 0002 0001 0005 0002 0002 0000 0a00 00000005 0002 ffff 0000"
     "0068 0001 00000000 00000000 00000000 01 000c"),
    ("FPARAM of one returned and two", USUAL, "s2c",
     "0068 0001 00000000 00000000 00000000 01 00000000 0001 00000000 00000000 00000000"
     "0001 00 0002 00000000 00000004 0000 0000"
     "0002 0000 00 0002 00000000 00000004 0000 0000 0000"
     "00 002b 00000001 00000064 0000 0000 0001"
     "0067 0002 0002 0000 0a00 00000016 0002 ffff 0000 000c"),
    ("FPROUTINE of two", USUAL, "s2c",
     "0067 0002 002c 0008 696e666f726d6978 0001 78 00 0000 0003 00000003 010203 00"
     "0011 0000 1300 0001 00000005 00000000 000c"),
]


def texts(*wanted):
    return ["N" if text is None else text if text.startswith("!") else "T" + text.encode().hex()
            for text in wanted]


ROWS = [
    ("BYTE before INT, bit 70", WIDE, [column(values.BYTE, 56), INT], LONG_DESCRIPTOR + "00000007",
     texts("!...", "7")),
    ("TEXT NULL", USUAL, [column(values.TEXT, 56), INT], "00" * 39 + "01" + "00" * 16 + "00000007",
     texts(None, "7")),
    ("VARCHAR without bit 13", "bdb81ffc3c84aa87", [column(values.VARCHAR, 4), INT],
     "0461626364 00000007", texts("abcd", "7")),
    ("an empty VARCHAR and none", USUAL, [SHORT_TEXT, SHORT_TEXT], "00 0100", texts("", None)),
    ("locators", USUAL, [column(values.UDTFIXED, 72, 10, b"blob"),
                         column(values.UDTFIXED, 72, 11, b"clob")],
     "00 00000048" + "ab" * 72 + "00 00000090" + "6364" * 72, texts("ab" * 72, "cd" * 72)),
    ("DECIMALs", USUAL, [column(values.DECIMAL, 0x0502), column(values.DECIMAL, 0x0502),
                         column(values.DECIMAL, 0x0603), column(values.DECIMAL, 0x10FF),
                         column(values.DECIMAL, 0x0401)],
     "3e623200 80000000 405a000000 bd010000000000000000 c2011728",
     texts("-1.50", "0.00", "-0.001", "0.00000001", "123.4")),
    ("INTERVALs", USUAL, [column(values.INTERVAL, length)
                          for length in (0x084A, 0x0B4A, 0x0B4D, 0x0602, 0x0322, 0x084A)],
     "3b5e5f6062 c601172d000000 c4010000003200 38635e61 c60341 0000000000",
     texts("-5 04:03:02", "12345 00:00:00", "1 00:00:00.500", "-5-03", "365", None)),
    ("NULLs", USUAL, [column(values.CHAR, 6), column(values.BIGINT, 8), INT_8,
                      column(values.FLOAT, 8), column(values.SMALLINT, 2), LONG_TEXT],
     "002020202020 8000000000000000" + "00" * 10 + "ff" * 8 + "8000 01 00000000",
     texts(*[None] * 6)),
    ("a row that ends early", USUAL, [INT, INT], "00000001 000000", ["!..."]),
    ("a row with a byte too many", USUAL, [INT], "00000001 00", ["!..."]),
    ("an envelope past the end", USUAL, [LONG_TEXT], "00 00000004 616263", ["!..."]),
]
