/* Requests, and word for word what the session answers to them. The engine below is a stand-in that
 * does what the text of a statement says. */
#include "tests/session/harness.h"
#include "tests/session/standin.h"

#define DONE(rows)    "DONE warnings=0 rows=" #rows " rowid=0 serial=0\n"
#define COST          "COST rows=1 io=1\n"
#define OUTCOME(rows) DONE(rows) COST
#define PREPARED                                                       \
    "DESCRIBE type=4(UPDATE) statement=0 cost=0 tuple_size=0 count=0 " \
    "strings_size=0\n"
#define COLUMN_I                                                                    \
    "{name_at=0 start=0 type=258(integer) extended_id=0 owner=\"\" type_name=\"\" " \
    "reference=0 alignment=0 source=0 length=4}"
#define SELECTED(id)                                                                        \
    "DESCRIBE type=2(SELECT) statement=" #id " cost=0 tuple_size=4 count=1 strings_size=2 " \
    "columns=[" COLUMN_I "] name=\"i\"\n" OUTCOME(0) "EOT\n"
#define TUPLE(hex)            "TUPLE warnings=0 size=4 payload=" hex "\n"
#define BEGUN                 "XACTSTAT event=1 new=1 old=0\n"
#define ERR(code, name, text) "ERR code=" #code "(" name ") isam=0 offset=0 text=" text "\nEOT\n"
#define STALE                 ERR(-258, "STATEMENT_ID", "\"\"")

struct exchange {
    const char *request;
    const char *reply;
};

/* Each table is one conversation, in testdb unless it says something else. */
static const struct exchange session[] = {
    {"version , eot", "EOT\n"},
    {"protocols , eot", ERR(-408, "MESSAGE_TYPE", "\"PROTOCOLS\"")},
    {"info , eot", "EOT\n"},
    {"eot", "EOT\n"},
    {"dblist , eot", "DBLIST names=[{name=\"sysmaster\"} {name=\"testdb\"}]\nEOT\n"},
    {"dbopen missing , eot",
     "ERR code=-329(DATABASE_NOT_FOUND) isam=-111 offset=0 text=\"missing\"\nEOT\n"},
    {"dbopen unlogged , eot", "DONE warnings=20 rows=0 rowid=0 serial=0\n" COST "EOT\n"},
    {"dbopen ansi , eot", "DONE warnings=23 rows=0 rowid=0 serial=0\n" COST "EOT\n"},
    {"dbopen testdb , eot", "DONE warnings=21 rows=0 rowid=0 serial=0\n" COST "EOT\n"},
    {"dbclose , eot", DONE(0) "EOT\n"},
    {"dbclose , eot", ERR(-349, "NO_DATABASE", "\"\"")},
    /* PAM and answers to a file that nobody asked for. */
    {"0080 , eot", ERR(-408, "MESSAGE_TYPE", "\"ACK\"")},
    {"response secret , eot", ERR(-408, "MESSAGE_TYPE", "\"RESPONSE\"")},
    {"006b 00000000 , eot", ERR(-408, "MESSAGE_TYPE", "\"FILE_WRITE\"")},
    {"006a 00000003 006a 0003 616263 00 , eot", ERR(-408, "MESSAGE_TYPE", "\"FILE_READ\"")},
    {"blob 61 , eot", ERR(-408, "MESSAGE_TYPE", "\"BLOB\"")},
    /* Routines and large objects. */
    {"0065 00 00000022 66756e6374696f6e20696e666f726d69782e6966785f6c6f5f6e6f706528 696e7429 0000"
     " , eot",
     ERR(-349, "NO_DATABASE", "\"\"")},
    {"0066 0000 00000063 0001 0000 , bind 1 , eot", ERR(-9753, "ROUTINE_ID", "\"99\"")},
    {"0066 0000 00000001 0001 0000 , bind 1 , eot", ERR(-349, "NO_DATABASE", "\"\"")},
    {"0061 0002 0003 00000004 7d00 0004 61626364 , eot", ERR(-349, "NO_DATABASE", "\"\"")},
    {"exit", "EXIT\n"},
};

static const struct exchange statements[] = {
    {"prepare \"work\" , ndescribe , wantdone , eot", PREPARED OUTCOME(0) "EOT\n"},
    {"id 0 , execute , eot", OUTCOME(0) "EOT\n"},
    /* Without an ID the last one is meant. */
    {"execute , eot", OUTCOME(0) "EOT\n"},
    {"prepare \"select i 2\" , wantdone , ndescribe , eot", SELECTED(1)},
    {"id 0 , execute , eot", OUTCOME(0) "EOT\n"},
    {"execute , eot", ERR(-260, "EXECUTE_SELECT", "\"\"")},
    {"prepare \"fail-prepare -206\" , ndescribe , wantdone , eot",
     "ERR code=-206(TABLE_NOT_FOUND) isam=-111 offset=15 text=\"missing\"\nEOT\n"},
    /* A failed PREPARE has no id; the lowest free one is the next. */
    {"prepare \"select i 2\" , ndescribe , wantdone , eot", SELECTED(2)},
    {"id 1 , release , id 0 , release , eot", "EOT\n"},
    {"prepare \"select i 2\" , ndescribe , wantdone , eot", SELECTED(0)},
    {"prepare \"select i 2\" , ndescribe , wantdone , eot", SELECTED(1)},
    {"prepare \"select i 2\" , ndescribe , wantdone , eot", SELECTED(3)},
    {"id 2 , ndescribe , eot",
     "DESCRIBE type=2(SELECT) statement=2 cost=0 tuple_size=4 count=1 strings_size=2 "
     "columns=[" COLUMN_I "] name=\"i\"\nEOT\n"},
    {"id 3 , execute , eot", ERR(-260, "EXECUTE_SELECT", "\"\"")},
    /* What is stale, or never was. */
    {"id 9 , execute , eot", STALE},
    {"id 9 , release , eot", STALE},
    {"id 9 , open , eot", STALE},
    {"id 9 , nfetch , eot", STALE},
    {"id 9 , bind 1 , eot", STALE},
    {"id 9 , cidescribe , eot", STALE},
    {"id 9 , ndescribe , eot", STALE},
    {"id -1 , execute , eot", STALE},
    {"id 9 , close , eot", ERR(-267, "CURSOR_RELEASED", "\"\"")},
    {"id 3 , release , eot", "EOT\n"},
    {"execute , eot", STALE}, /* the last prepared one is gone */
    {"id 0 , close , eot", "EOT\n"},
    /* One request, many groups; up to the error they are done, behind it they are not. */
    {"prepare \"work\" , id 0 , release , eot", "EOT\n"},
    {"id 1 , release , id 9 , execute , id 2 , release , eot", STALE},
    {"id 2 , release , eot", "EOT\n"},
    {"id 1 , release , eot", STALE},
    {"prepare \"insert 5\" , ndescribe , wantdone , eot",
     "DESCRIBE type=6(INSERT) statement=0 cost=0 tuple_size=0 count=0 strings_size=0\n"
     "INSERTDONE serial8=0 bigserial=0\n" OUTCOME(0) "EOT\n"},
    {"id 0 , execute , execute , eot",
     "INSERTDONE serial8=6 bigserial=7\nDONE warnings=0 rows=1 rowid=257 serial=5\n" COST
     "INSERTDONE serial8=6 bigserial=7\nDONE warnings=0 rows=1 rowid=257 serial=5\n" COST "EOT\n"},
    /* What the vendor's client sends for a batch in an ANSI database. */
    {"id 0 , 008d , execute , 008e , eot",
     "INSERTDONE serial8=6 bigserial=7\nDONE warnings=0 rows=1 rowid=257 serial=5\n" COST "EOT\n"},
    {"id 0 , release , eot", "EOT\n"},
    /* Asked about in the request that makes it. */
    {"prepare \"work\" , ndescribe , wantdone , execute , release , eot",
     PREPARED OUTCOME(0) OUTCOME(0) "EOT\n"},
};

static const struct exchange commands[] = {
    {"command \"work\" , ndescribe , execute , release , eot", PREPARED OUTCOME(0) "EOT\n"},
    {"command \"work\" , execute , release , command \"insert 1\" , execute , release , eot",
     OUTCOME(0) "INSERTDONE serial8=2 bigserial=3\nDONE warnings=0 rows=1 rowid=257 serial=1\n" COST
                "EOT\n"},
    {"command \"fail-execute -268\" , ndescribe , execute , release , command \"work\" , execute , "
     "release , eot",
     PREPARED ERR(-268, "UNIQUE_CONSTRAINT", "\"constraint\"")},
    {"command \"fail-prepare -201\" , ndescribe , execute , release , eot",
     "ERR code=-201(SYNTAX) isam=-111 offset=15 text=\"missing\"\nEOT\n"},
    {"command \"select i 1\" , execute , release , eot", ERR(-260, "EXECUTE_SELECT", "\"\"")},
    /* Nothing of them is left, whether they ended well or not, or forgot the RELEASE. */
    {"command \"work\" , ndescribe , execute , eot", PREPARED OUTCOME(0) "EOT\n"},
    {"command \"work\" , ndescribe , execute , eot", PREPARED OUTCOME(0) "EOT\n"},
    {"execute , eot", STALE},
    /* Generated keys. */
    {"command \"insert 7 keys\" , 0086 0001 , ndescribe , execute , release , eot",
     "DESCRIBE type=6(INSERT) statement=0 cost=0 tuple_size=0 count=0 strings_size=0\n"
     "SGKDESCRIBE type=6(INSERT) statement=0 cost=0 tuple_size=12 count=2 strings_size=7 "
     "columns=[{name_at=0 start=0 type=6(serial) extended_id=0 owner=\"\" type_name=\"\" "
     "reference=0 alignment=0 source=0 length=4} {name_at=3 start=4 type=53(bigserial) "
     "extended_id=0 owner=\"\" type_name=\"\" reference=0 alignment=0 source=0 length=8}] "
     "name=\"id\" name=\"big\"\n"
     "SGKTUPLE warnings=0 size=12 payload=000000070000000000000009\n"
     "INSERTDONE serial8=8 bigserial=9\nDONE warnings=0 rows=1 rowid=257 serial=7\n" COST "EOT\n"},
    {"command \"insert 7\" , 0086 0002 0001 0003 , execute , release , eot",
     "INSERTDONE serial8=8 bigserial=9\nDONE warnings=0 rows=1 rowid=257 serial=7\n" COST "EOT\n"},
    {"command \"database x\" , execute , release , eot",
     "DONE warnings=20 rows=0 rowid=0 serial=0\n" COST "EOT\n"},
};

static const struct exchange parameters[] = {
    {"prepare \"insert ? ?\" , ndescribe , wantdone , eot",
     "DESCRIBE type=6(INSERT) statement=0 cost=0 tuple_size=25 count=2 strings_size=12 "
     "columns=[{name_at=0 start=0 type=2(integer) extended_id=0 owner=\"\" type_name=\"\" "
     "reference=0 alignment=0 source=0 length=4} {name_at=7 start=4 type=13(varchar) "
     "extended_id=0 owner=\"\" type_name=\"\" reference=0 alignment=0 source=0 length=20}] "
     "name=\"number\" name=\"text\"\n" OUTCOME(0) "EOT\n"},
    {"id 0 , cidescribe , eot",
     "IDESCRIBE count=2 named=0 parameters=[{type=2(integer) extended_id=0 owner=\"\" "
     "type_name=\"\" reference=0 alignment=0 source=0 length=4} {type=13(varchar) extended_id=0 "
     "owner=\"\" type_name=\"\" reference=0 alignment=0 source=0 length=20}]\nEOT\n"},
    {"id 0 , bind 1 x , eot", "EOT\n"},
    {"id 0 , execute , eot", "INSERTDONE serial8=1 bigserial=2\n"
                             "DONE warnings=0 rows=1 rowid=257 serial=0\n" COST "EOT\n"},
    {"id 0 , bind 1 , eot", "EOT\n"},
    {"id 0 , execute , eot", ERR(-254, "PARAMETER_COUNT", "\"\"")},
    {"id 0 , bind 1 2 3 , execute , eot", ERR(-254, "PARAMETER_COUNT", "\"\"")},
    {"id 0 , bind 1 bad , execute , eot", ERR(-1213, "NUMBER_TEXT", "\"bad\"")},
    {"id 0 , execute , eot", ERR(-254, "PARAMETER_COUNT", "\"\"")}, /* half bound */
    {"id 0 , bind 1 NULL , execute , bind 2 y , execute , eot",
     "INSERTDONE serial8=1 bigserial=2\nDONE warnings=0 rows=1 rowid=257 serial=0\n" COST
     "INSERTDONE serial8=1 bigserial=2\nDONE warnings=0 rows=1 rowid=257 serial=0\n" COST "EOT\n"},
    {"id 0 , bind 1 x , execute , bind 2 bad , execute , bind 3 z , execute , eot",
     "INSERTDONE serial8=1 bigserial=2\nDONE warnings=0 rows=1 rowid=257 serial=0\n" COST
     "ERR code=-1213(NUMBER_TEXT) isam=0 offset=0 text=\"bad\"\nEOT\n"},
    /* A default as a value. */
    {"id 0 , 0005 0002 0000 fffe 0000 0000 ffff 0000 , eot",
     ERR(-999, "NOT_IMPLEMENTED", "\"DEFAULT as parameter 1\"")},
    /* BYTE and TEXT come behind the parameters. */
    {"id 0 , bind BYTE BYTE , 0029 0002 , blob 6162 , blob 63 , blob , blob , execute , eot",
     "INSERTDONE serial8=1 bigserial=2\nDONE warnings=0 rows=1 rowid=257 serial=0\n" COST "EOT\n"},
    {"id 0 , bind BYTE 1 , execute , eot", ERR(-609, "BLOB_PARAMETER", "\"\"")},
    {"id 0 , bind BYTE 1 , 0029 0002 , eot", ERR(-609, "BLOB_PARAMETER", "\"\"")},
    {"id 0 , bind BYTE 1 , 0029 0001 , blob 61 , execute , eot",
     ERR(-609, "BLOB_PARAMETER", "\"\"")},
    {"id 0 , bind BYTE 1 , blob 61 , eot", ERR(-408, "MESSAGE_TYPE", "\"BLOB\"")},
    {"0029 0000 , eot", ERR(-609, "BLOB_PARAMETER", "\"\"")},
    {"id 0 , release , eot", "EOT\n"},
    {"prepare \"select i 1 ?\" , eot", "EOT\n"},
    {"id 0 , bind , open , eot", ERR(-254, "PARAMETER_COUNT", "\"\"")},
    {"id 0 , bind 1 , open , id 0 , nfetch , eot", TUPLE("00000001") OUTCOME(1) "EOT\n"},
};

static const struct exchange cursors[] = {
    {"prepare \"select i 3\" , eot", "EOT\n"},
    {"id 0 , nfetch , eot", ERR(-259, "CURSOR_NOT_OPEN", "\"\"")},
    {"id 0 , curname c , open , id 0 , nfetch , eot",
     TUPLE("00000001") TUPLE("00000002") TUPLE("00000003") OUTCOME(3) "EOT\n"},
    {"id 0 , nfetch , eot", OUTCOME(3) "EOT\n"},
    {"id 0 , close , eot", "EOT\n"},
    {"id 0 , nfetch , eot", ERR(-259, "CURSOR_NOT_OPEN", "\"c\"")},
    {"id 0 , close , eot", "EOT\n"},
    /* Rows while their sum fits, at least one; fixed rows. */
    {"id 0 , open , nfetch buffer=8 , eot", TUPLE("00000001") TUPLE("00000002") "EOT\n"},
    {"id 0 , nfetch buffer=8 , eot", TUPLE("00000003") OUTCOME(3) "EOT\n"},
    {"id 0 , open , nfetch buffer=7 , eot", TUPLE("00000001") "EOT\n"},
    {"id 0 , nfetch buffer=0 , eot", TUPLE("00000002") "EOT\n"},
    {"id 0 , nfetch buffer=-5 , eot", TUPLE("00000003") "EOT\n"},
    {"id 0 , nfetch buffer=4 , eot", OUTCOME(3) "EOT\n"},
    /* OPEN of an open one begins again. */
    {"id 0 , open , nfetch buffer=4 , open , nfetch buffer=4 , eot",
     TUPLE("00000001") TUPLE("00000001") "EOT\n"},
    {"id 0 , close , release , eot", "EOT\n"},
    /* Rows of different sizes: one that does not fit is the first of the next fetch. */
    {"prepare \"select v 3\" , eot", "EOT\n"},
    {"id 0 , open , nfetch buffer=12 , eot", "TUPLE warnings=0 size=6 payload=000000010178\n"
                                             "EOT\n"},
    {"id 0 , nfetch buffer=15 , eot", "TUPLE warnings=0 size=7 payload=00000002027878\n"
                                      "TUPLE warnings=0 size=8 payload=0000000303787878\nEOT\n"},
    {"id 0 , nfetch buffer=15 , eot", OUTCOME(3) "EOT\n"},
    {"id 0 , open , nfetch buffer=13 , close , open , nfetch buffer=1 , eot",
     "TUPLE warnings=0 size=6 payload=000000010178\n"
     "TUPLE warnings=0 size=7 payload=00000002027878\n"
     "TUPLE warnings=0 size=6 payload=000000010178\nEOT\n"},
    {"id 0 , release , eot", "EOT\n"},
    /* The form of extended types. */
    {"prepare \"select b 1\" , eot", "EOT\n"},
    {"id 0 , open , nfetch , close , eot",
     "TUPLE warnings=0 size=10 payload=00000001000000000174\n" OUTCOME(1) "EOT\n"},
    {"id 0 , open , eot", "EOT\n"},
    {"id 0 , 0064 0001 0002 0002 00000004 002d 0008 696e666f726d6978 0007 626f6f6c65616e 00 "
     "00000001 "
     ", nfetch , close , eot",
     "TUPLE warnings=0 size=10 payload=00000001000000000101\n" OUTCOME(1) "EOT\n"},
    {"id 0 , open , nfetch , close , eot",
     "TUPLE warnings=0 size=10 payload=00000001000000000101\n" OUTCOME(1) "EOT\n"},
    {"id 0 , 0064 0001 0000 , open , nfetch , close , release , eot",
     "TUPLE warnings=0 size=10 payload=00000001000000000174\n" OUTCOME(1) "EOT\n"},
    /* FOR UPDATE: the row that is sent is the current one. */
    {"prepare \"select i 2 for update\" , eot", "EOT\n"},
    {"id 0 , scroll , open , eot", ERR(-526, "SCROLL_UPDATE", "\"\"")},
    {"id 0 , curname u , open , nfetch , eot", TUPLE("00000001") "EOT\n"},
    {"id 0 , nfetch , nfetch , eot", TUPLE("00000002") OUTCOME(2) "EOT\n"},
    {"id 0 , release , eot", "EOT\n"},
    /* Rows before the error stay. */
    {"prepare \"select i 9 fail-row 3\" , eot", "EOT\n"},
    {"id 0 , open , nfetch , id 0 , close , eot",
     TUPLE("00000001") TUPLE("00000002") ERR(-213, "INTERRUPTED", "\"\"")},
    {"id 0 , close , release , eot", "EOT\n"},
    {"prepare \"select i 9 fail-open -1202\" , eot", "EOT\n"},
    {"id 0 , open , nfetch , eot", ERR(-1202, "DIVISION_BY_ZERO", "\"\"")},
    {"id 0 , nfetch , eot", ERR(-259, "CURSOR_NOT_OPEN", "\"\"")},
    {"id 0 , close , release , eot", "EOT\n"},
    /* AUTOFREE: CLOSE releases. REOPEN has no answer. */
    {"prepare \"select i 1\" , eot", "EOT\n"},
    {"id 0 , curname f , autofree , 0057 , open , nfetch , eot",
     TUPLE("00000001") OUTCOME(1) "EOT\n"},
    {"id 0 , close , eot", "EOT\n"},
    {"id 0 , release , eot", STALE},
    {"prepare \"select i 1\" , eot", "EOT\n"},
    {"id 0 , 0026 00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000 , eot",
     ERR(-602, "BLOB_OPEN", "\"\"")},
};

static const struct exchange scrolling[] = {
    {"prepare \"select i 3\" , eot", "EOT\n"},
    {"id 0 , curname s , scroll , open , eot", "EOT\n"},
    {"id 0 , sfetch kind=1 target=1 , eot", TUPLE("00000001") "TUPID row=1\nEOT\n"},
    {"id 0 , sfetch kind=1 target=3 , eot", TUPLE("00000003") "TUPID row=3\nEOT\n"},
    {"id 0 , sfetch kind=1 target=4 , eot", "DONE warnings=100 rows=3 rowid=0 serial=0\nEOT\n"},
    {"id 0 , sfetch kind=2 , eot", TUPLE("00000003") "TUPID row=3\nEOT\n"},
    {"id 0 , sfetch kind=2 , eot", TUPLE("00000002") "TUPID row=2\nEOT\n"},
    {"id 0 , sfetch kind=3 , eot", TUPLE("00000001") "TUPID row=1\nEOT\n"},
    {"id 0 , sfetch kind=2 , eot", "DONE warnings=100 rows=3 rowid=0 serial=0\nEOT\n"},
    {"id 0 , sfetch kind=4 target=0 , eot", TUPLE("00000003") "TUPID row=3\nEOT\n"},
    {"id 0 , sfetch kind=5 target=-2 , eot", TUPLE("00000001") "TUPID row=1\nEOT\n"},
    {"id 0 , sfetch kind=6 target=2 , eot", TUPLE("00000002") "TUPID row=2\nEOT\n"},
    {"id 0 , sfetch kind=6 target=0 , eot", "DONE warnings=100 rows=3 rowid=0 serial=0\nEOT\n"},
    {"id 0 , sfetch kind=6 target=-1 , eot", "DONE warnings=100 rows=3 rowid=0 serial=0\nEOT\n"},
    {"id 0 , sfetch kind=6 target=9 , eot", "DONE warnings=100 rows=3 rowid=0 serial=0\nEOT\n"},
    {"id 0 , sfetch kind=17 target=1 , eot", "DONE warnings=100 rows=3 rowid=0 serial=0\nEOT\n"},
    {"id 0 , sfetch kind=3 , id 0 , sfetch kind=1 target=0 , eot",
     TUPLE("00000001") "TUPID row=1\n" TUPLE("00000002") "TUPID row=2\n" TUPLE(
         "00000003") "TUPID row=3\nDONE warnings=100 rows=3 rowid=0 serial=0\nEOT\n"},
    {"id 0 , sfetch kind=3 , id 0 , sfetch kind=1 target=0 buffer=1 , eot",
     TUPLE("00000001") "TUPID row=1\n" TUPLE("00000002") "TUPID row=2\nEOT\n"},
    /* SCROLL is forgotten with the next name. */
    {"id 0 , close , curname s , open , sfetch kind=1 target=1 , eot",
     ERR(-482, "NOT_SCROLL", "\"s\"")},
    {"id 0 , close , sfetch kind=1 target=1 , eot", ERR(-259, "CURSOR_NOT_OPEN", "\"s\"")},
};

#define SHAPE "0064 0000 0002 0002 00000004 000d 00000014"
static const struct exchange put_rows[] = {
    {"prepare \"insert ? ?\" , eot", "EOT\n"},
    {"id 0 , 0011 00000006 0001 000000010161 , eot", ERR(-259, "CURSOR_NOT_OPEN", "\"\"")},
    {"id 0 , curname p , open , 0011 00000006 0001 000000010161 , eot",
     "DONE warnings=0 rows=1 rowid=257 serial=0\n" COST "EOT\n"},
    {"id 0 , curname p , open , " SHAPE " , 0011 00000006 0001 000000010161 , "
     "0011 00000007 0001 00000002 026263 00 , 0011 00000006 0001 80000000 0100 , eot",
     "DONE warnings=0 rows=3 rowid=257 serial=0\n" COST "EOT\n"},
    {"id 0 , 0011 00000006 0001 000000010161 , eot",
     "DONE warnings=0 rows=1 rowid=257 serial=0\n" COST "EOT\n"},
    /* The answer is there before that to the next group. */
    {"id 0 , 0011 00000006 0001 000000010161 , id 0 , close , eot",
     "DONE warnings=0 rows=1 rowid=257 serial=0\n" COST "EOT\n"},
    {"id 0 , open , " SHAPE " , 0011 00000005 0001 0000000101 00 , eot",
     "ERR code=-408(MESSAGE_TYPE) isam=0 offset=0 text=\"a row of 5 bytes does not fit (integer, "
     "varchar(20))\"\nEOT\n"},
    {"id 0 , open , 0064 0000 0001 0002 00000004 , eot", ERR(-254, "PARAMETER_COUNT", "\"\"")},
    {"id 0 , open , " SHAPE " , 0011 00000008 0001 00000001 03626164 , eot",
     ERR(-1213, "NUMBER_TEXT", "\"bad\"")},
    {"id 0 , close , release , eot", "EOT\n"},
    {"prepare \"insert ? ? fail-execute -268\" , eot", "EOT\n"},
    {"id 0 , open , " SHAPE " , 0011 00000006 0001 000000010161 , "
     "0011 00000006 0001 000000020162 , eot",
     ERR(-268, "UNIQUE_CONSTRAINT", "\"constraint\"")},
};

static const struct exchange transactions[] = {
    {"cmmtwork , eot", ERR(-255, "NOT_IN_TRANSACTION", "\"\"")},
    {"begin , eot", BEGUN DONE(0) "EOT\n"},
    {"begin , eot", ERR(-535, "ALREADY_IN_TRANSACTION", "\"\"")},
    {"cmmtwork , eot", "XACTSTAT event=2 new=0 old=1\n" DONE(0) "EOT\n"},
    {"begin , eot", BEGUN DONE(0) "EOT\n"},
    {"rbwork , eot", "XACTSTAT event=3 new=0 old=1\n" DONE(0) "EOT\n"},
    {"rbwork , eot", ERR(-255, "NOT_IN_TRANSACTION", "\"\"")},
    {"command \"begin work\" , execute , release , eot", BEGUN OUTCOME(0) "EOT\n"},
    {"command \"commit work\" , execute , release , eot",
     "XACTSTAT event=2 new=0 old=1\n" OUTCOME(0) "EOT\n"},
    {"command \"begin\" , execute , release , command \"rollback\" , execute , release , eot",
     BEGUN OUTCOME(0) "XACTSTAT event=3 new=0 old=1\n" OUTCOME(0) "EOT\n"},
    {"prepare \"begin work\" , ndescribe , eot",
     "DESCRIBE type=34(BEGIN WORK) statement=0 cost=0 tuple_size=0 count=0 strings_size=0\nEOT\n"},
    {"0089 0001 61 00 0000 , eot", DONE(0) "EOT\n"},
    {"0089 0001 62 00 0001 , eot", DONE(0) "EOT\n"},
    {"008a 0001 61 00 , eot", DONE(0) "EOT\n"},
    {"008b 0001 62 00 , eot", DONE(0) "EOT\n"},
    {"008b 0000 , eot", DONE(0) "EOT\n"},
    {"008b 0007 6d697373696e67 00 , eot", ERR(-32026, "SAVEPOINT_NOT_FOUND", "\"missing\"")},
};

static void converse(const struct exchange *exchanges, size_t count, size_t piece)
{
    struct harness h;
    harness_connect(&h, piece, "testdb");
    for (size_t i = 0; i < count; i++) {
        const char *got = harness_ask(&h, exchanges[i].request);
        if (h.status == SQLI_FAIL)
            fail_msg("%s: %s", exchanges[i].request, h.error.message);
        if (strcmp(got, exchanges[i].reply) != 0)
            fail_msg("%s\ngives\n%sand not\n%s", exchanges[i].request, got, exchanges[i].reply);
    }
    harness_close(&h);
    assert_int_equal(standin.engines, 0);
    assert_int_equal(standin.statements, 0);
}

static const struct {
    const struct exchange *exchanges;
    size_t count;
} conversations[] = {
#define CONVERSATION(table)                         \
    {                                               \
        (table), sizeof(table) / sizeof((table)[0]) \
    }
    CONVERSATION(session),    CONVERSATION(statements),   CONVERSATION(commands),
    CONVERSATION(parameters), CONVERSATION(cursors),      CONVERSATION(scrolling),
    CONVERSATION(put_rows),   CONVERSATION(transactions),
};

static void test_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof conversations / sizeof conversations[0]; i++)
        converse(conversations[i].exchanges, conversations[i].count, 0);
}

static void test_pieces(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 12; piece++)
        for (size_t i = 0; i < sizeof conversations / sizeof conversations[0]; i++)
            converse(conversations[i].exchanges, conversations[i].count, piece);
}

/* All requests of a conversation at once, their replies one behind the other. */
static void test_pipeline(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof conversations / sizeof conversations[0]; i++) {
        struct harness h;
        struct sqli_buffer expected;
        sqli__buffer_init(&expected, 1 << 20);
        harness_connect(&h, 0, "testdb");
        for (size_t k = 0; k < conversations[i].count; k++) {
            harness_say(&h, conversations[i].exchanges[k].request);
            sqli__buffer_text(&expected, conversations[i].exchanges[k].reply);
        }
        sqli__buffer_byte(&expected, 0);
        harness_send(&h);
        assert_string_equal(harness_replies(&h), (const char *)expected.data);
        harness_close(&h);
        sqli__buffer_free(&expected);
    }
}

static void test_ansi(void **state)
{
    (void)state;
    struct harness h;
    harness_connect(&h, 0, "ansi");
    assert_string_equal(harness_ask(&h, "prepare \"select i 2\" , open , nfetch , eot"),
                        TUPLE("00000001") "EOT\n");
    harness_close(&h);
}

/* What the engine was told. */
static void test_bound_values(void **state)
{
    (void)state;
    struct harness h;
    harness_connect(&h, 0, "testdb");
    standin.log[0] = '\0';
    harness_ask(&h, "prepare \"insert ? ?\" , bind 7 abc , execute , eot");
    harness_ask(&h, "id 0 , bind NULL -1 , execute , eot");
    harness_ask(&h, "id 0 , bind BYTE BYTE , 0029 0002 , blob 6162 , blob 63 , blob , blob , eot");
    harness_ask(&h, "id 0 , curname p , open , " SHAPE
                    " , 0011 00000006 0001 80000000 0161 , 0011 00000006 0001 00000005 0100 , eot");
    harness_ask(&h, "id 0 , close , release , prepare \"select i 1\" , curname c , hold , scroll , "
                    "open , open , eot");
    harness_ask(&h, "0089 0001 61 00 0001 , 008b 0000 , eot");
    assert_string_equal(standin.log, "0:2=7;1:0=abc;0:0=NULL;1:2=-1;0:11=abc;1:11=;open p;"
                                     "0:2=NULL;1:13=a;0:2=5;1:13=NULL;"
                                     "open c scroll hold;open c scroll hold;unique a;back (last);");
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_pipeline),     cmocka_unit_test(test_ansi),
        cmocka_unit_test(test_bound_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
