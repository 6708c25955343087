/* Asks a server what nothing recorded decides, and says how it answered.
 *
 * What is noted down is what sqlid does, where docs/protocol.md leaves it open: of sqlid each
 * answer must be that. Any other server may answer as it likes: a difference is a line in the
 * output (and in the file that SQLI_TEST_ANSWERS names), never a failure. Each question has a
 * connection of its own, so one that ends it harms no other. */
#include "client/connection.h"
#include "tests/client/fixture.h"

#include <poll.h>

enum {
    PATIENCE = 5000, /* milliseconds for an answer */
    SLOTS = 4,       /* statements of a question */
    REQUESTS = 8,    /* in flight at once */
    ANSWER_MAX = 4000,
    BYTES_SHOWN = 160,
};

/* The steps are words: P1 and C1 send the first text as PREPARE or COMMAND, i1 the ID of the
 * statement that P1 gave, n1 its CURNAME; f:N is NFETCH with a buffer of N, s:K:T is SFETCH of kind
 * K to row T, b:N binds an INT, r:D:T:L is RET_TYPE with direction, type and length, u:N puts N
 * rows of an INT, t:N is the tag N alone; other words are messages without a body. A `.` ends the
 * request and waits for all that is due, a `;` ends it and goes on. `x` shows rows as bytes. */
struct question {
    const char *asks;
    const char *sql[SLOTS];
    const char *steps;
    const char *assumed;
};

struct asked {
    sqli_conn *db;
    const struct question *question;
    struct sqli_buffer answer;
    int16_t ids[SLOTS];
    int slots[REQUESTS]; /* which statement each request in flight prepares */
    uint32_t first, waiting;
    int preparing; /* of the request that is being built */
    int rows;      /* not said yet */
    bool bytes, silent;
};

/* --- what the server says --- */

static void say(struct asked *a, const char *word)
{
    sqli__buffer_format(&a->answer, "%s%s", a->answer.length ? " " : "", word);
}

static void say_rows(struct asked *a)
{
    if (a->rows)
        sqli__buffer_format(&a->answer, "%sTUPLE*%d", a->answer.length ? " " : "", a->rows);
    a->rows = 0;
}

static void say_describe(struct asked *a, const struct sqli_describe *d)
{
    sqli__buffer_format(&a->answer, "(%d", d->statement_type);
    for (uint32_t i = 0; i < d->count; i++) {
        struct sqli_span name = sqli__describe_name(d, i);
        sqli__buffer_format(&a->answer, " '%.*s'", (int)name.length, (const char *)name.data);
    }
    sqli__buffer_byte(&a->answer, ')');
}

static void say_payload(struct asked *a, struct sqli_span payload)
{
    sqli__buffer_byte(&a->answer, '(');
    for (size_t i = 0; i < payload.length && i < BYTES_SHOWN; i++)
        sqli__buffer_format(&a->answer, "%02x", payload.data[i]);
    sqli__buffer_text(&a->answer, payload.length > BYTES_SHOWN ? "...)" : ")");
}

static void say_message(struct asked *a, const struct sqli_message *m)
{
    say(a, sqli__message_info(m->id)->name);
    if (m->id == SQLI_MSG_DESCRIBE)
        say_describe(a, &m->as.describe);
    else if (m->id == SQLI_MSG_TUPLE)
        say_payload(a, m->as.tuple.payload);
    else if (m->id == SQLI_MSG_DONE)
        sqli__buffer_format(&a->answer, m->as.done.warnings ? "(%lld, warnings %d)" : "(%lld)",
                            (long long)m->as.done.rows, m->as.done.warnings);
    else if (m->id == SQLI_MSG_TUPID)
        sqli__buffer_format(&a->answer, "(%d)", m->as.row_number);
    else if (m->id == SQLI_MSG_XACTSTAT)
        sqli__buffer_format(&a->answer, "(%d %d %d)", m->as.xactstat.event,
                            m->as.xactstat.new_level, m->as.xactstat.old_level);
    else if (m->id == SQLI_MSG_IDESCRIBE)
        sqli__buffer_format(&a->answer, "(%u, named %d)", m->as.idescribe.count,
                            m->as.idescribe.named);
}

static enum sqli_status on_message(void *context, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    struct asked *a = context;
    (void)error;
    if (message->id == SQLI_MSG_TUPLE && !a->bytes) {
        a->rows++;
        return SQLI_OK;
    }
    say_rows(a);
    if (message->id == SQLI_MSG_DESCRIBE && a->slots[a->first % REQUESTS] >= 0)
        a->ids[a->slots[a->first % REQUESTS]] = message->as.describe.statement_id;
    if (message->id != SQLI_MSG_COST) /* stands behind every DONE */
        say_message(a, message);
    return SQLI_OK;
}

static void on_end(void *context, enum sqli_status status, const struct sqli_error *error)
{
    struct asked *a = context;
    say_rows(a);
    if (status == SQLI_OK)
        say(a, "EOT");
    else if (a->db->link.closed)
        say(a, "closed");
    else
        sqli__buffer_format(&a->answer, "%sERR(%d, %d)", a->answer.length ? " " : "", error->code,
                            error->isam);
    a->first++;
    a->waiting--;
}

static void wait_for_all(struct asked *a)
{
    while (a->waiting && !a->silent) {
        sqli__send(a->db);
        struct pollfd wait = {.fd = sqli__wait_descriptor(a->db),
                              .events = sqli__wait_events(a->db)};
        if (wait.fd < 0 || poll(&wait, 1, PATIENCE) <= 0) {
            say_rows(a);
            say(a, "no answer");
            a->silent = true;
        } else if (sqli__receive_all(a->db) == SQLI_FAIL) {
            a->silent = true;
        }
    }
}

/* --- what it is asked --- */

static void add_sql(struct asked *a, char verb, int slot)
{
    struct sqli_link *link = &a->db->link;
    struct sqli_message m = {.id = verb == 'P' ? SQLI_MSG_PREPARE : SQLI_MSG_COMMAND};
    m.as.sql.text = sqli__span_text(a->question->sql[slot - 1]);
    for (size_t i = 0; i < m.as.sql.text.length; i++)
        m.as.sql.placeholders += m.as.sql.text.data[i] == '?';
    sqli__link_add(link, &m);
    sqli__link_tag(link, SQLI_MSG_NDESCRIBE);
    if (verb == 'P') {
        a->preparing = slot - 1;
        sqli__link_tag(link, SQLI_MSG_WANTDONE);
    } else {
        sqli__link_tag(link, SQLI_MSG_EXECUTE);
        sqli__link_tag(link, SQLI_MSG_RELEASE);
    }
}

static void add_ret_type(struct asked *a, const int *n)
{
    struct sqli_return_type type = {.type = (uint16_t)n[1], .length = n[2]};
    if (type.type == SQLI_TYPE_BOOLEAN) {
        type.owner = sqli__span_text("informix");
        type.name = sqli__span_text("boolean");
    } else if (sqli__type_has_preamble(type.type)) {
        type.owner = type.name = sqli__span_text("");
    }
    const struct sqli_message m = {.id = SQLI_MSG_RET_TYPE,
                                   .as.ret_type = {(int16_t)n[0], 1, &type}};
    sqli__link_add(&a->db->link, &m);
}

static void add_bind(struct asked *a, int number)
{
    uint8_t data[4];
    sqli__store32(data, (uint32_t)number);
    struct sqli_bind_value value = {
        .type = SQLI_TYPE_INTEGER, .precision = 0x0a00, .data = sqli__span(data, sizeof data)};
    const struct sqli_message m = {.id = SQLI_MSG_BIND, .as.bind = {1, &value}};
    sqli__link_add(&a->db->link, &m);
}

static void add_put(struct asked *a, int rows)
{
    uint8_t data[4 * REQUESTS];
    for (int i = 0; i < rows && i < REQUESTS; i++)
        sqli__store32(data + 4 * i, (uint32_t)(1000 + i));
    const struct sqli_message m = {
        .id = SQLI_MSG_PUT,
        .as.tuple = {(int16_t)rows, 4, sqli__span(data, 4 * (size_t)rows)},
    };
    sqli__link_add(&a->db->link, &m);
}

static void add_name(struct asked *a, int slot)
{
    char name[16];
    int length = snprintf(name, sizeof name, "q_%d", slot);
    const struct sqli_message m = {.id = SQLI_MSG_CURNAME,
                                   .as.bytes = sqli__span(name, (size_t)length)};
    sqli__link_add(&a->db->link, &m);
}

static void add_fetch(struct asked *a, char verb, const int *n)
{
    struct sqli_message m = {.id = SQLI_MSG_NFETCH, .as.fetch = {.buffer = n[0]}};
    if (verb == 's')
        m = (struct sqli_message){.id = SQLI_MSG_SFETCH,
                                  .as.fetch = {(int16_t)n[0], n[1], n[2] ? n[2] : 4096, 0}};
    sqli__link_add(&a->db->link, &m);
}

static void add_database(struct asked *a)
{
    const struct sqli_message m = {.id = SQLI_MSG_DBOPEN,
                                   .as.name_option = {sqli__span_text("sysmaster"), 0}};
    sqli__link_add(&a->db->link, &m);
}

static void add_bare(struct asked *a, const char *word)
{
    static const struct {
        const char *word;
        enum sqli_message_id id;
    } words[] = {
        {"open", SQLI_MSG_OPEN},         {"close", SQLI_MSG_CLOSE},
        {"release", SQLI_MSG_RELEASE},   {"execute", SQLI_MSG_EXECUTE},
        {"scroll", SQLI_MSG_SCROLL},     {"autofree", SQLI_MSG_AUTOFREE},
        {"begin", SQLI_MSG_BEGIN},       {"commit", SQLI_MSG_COMMIT},
        {"rollback", SQLI_MSG_ROLLBACK}, {"cidescribe", SQLI_MSG_CIDESCRIBE},
        {"version", SQLI_MSG_VERSION},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i].word) == 0) {
            sqli__link_tag(&a->db->link, words[i].id);
            return;
        }
    fail_msg("%s is no step", word);
}

static void end_request(struct asked *a, bool wait)
{
    struct sqli_error error;
    const struct sqli_sink sink = {on_message, on_end, a};
    a->slots[(a->first + a->waiting) % REQUESTS] = a->preparing;
    a->preparing = -1;
    if (sqli__link_submit(&a->db->link, &sink, &error))
        fail_msg("%s: %s", a->question->asks, error.message);
    a->waiting++;
    if (wait)
        wait_for_all(a);
}

static void step(struct asked *a, const char *word)
{
    int n[3] = {0, 0, 0};
    const char *at = strchr(word, ':');
    for (int i = 0; i < 3 && at; i++) {
        n[i] = (int)strtol(at + 1, NULL, 10);
        at = strchr(at + 1, ':');
    }
    bool numbered = word[1] == ':' || (word[1] >= '1' && word[1] <= '9');
    int slot = word[1] - '0';
    switch (numbered || word[1] == '\0' ? word[0] : '\0') {
    case '.': end_request(a, true); break;
    case ';': end_request(a, false); break;
    case 'x': a->bytes = true; break;
    case 'D': add_database(a); break;
    case 'P':
    case 'C': add_sql(a, word[0], slot); break;
    case 'i': sqli__link_id(&a->db->link, a->ids[slot - 1]); break;
    case 'n': add_name(a, slot); break;
    case 'f':
    case 's': add_fetch(a, word[0], n); break;
    case 'b': add_bind(a, n[0]); break;
    case 'r': add_ret_type(a, n); break;
    case 'u': add_put(a, n[0]); break;
    case 't': sqli__buffer_16(&a->db->link.out, (uint16_t)n[0]); break;
    default: add_bare(a, word);
    }
}

static void run(struct asked *a, const char *steps)
{
    char text[256], *rest = text;
    snprintf(text, sizeof text, "%s", steps);
    for (char *word; (word = strsep(&rest, " ")) && !a->silent && !a->db->link.closed;)
        if (*word)
            step(a, word);
    sqli__buffer_byte(&a->answer, '\0');
}

/* --- the questions --- */

/* Tables: q (a INT, v VARCHAR(20)) has the rows 1 to 5; one (a INT) is empty. */
static const struct question questions[] = {
    {"OPEN alone: does anything stand before the EOT?",
     {"SELECT a FROM q ORDER BY a"},
     "P1 . i1 n1 open .",
     "DESCRIBE(2 'a') DONE(0) EOT EOT"},
    {"BIND alone, then OPEN",
     {"SELECT a FROM q WHERE a > ?"},
     "P1 . i1 b:3 . i1 n1 open . i1 f:4096 .",
     "DESCRIBE(2 'a') DONE(0) EOT EOT EOT TUPLE*2 DONE(2) EOT"},
    {"OPEN and NFETCH in one request, with a VARCHAR",
     {"SELECT a, v FROM q ORDER BY a"},
     "P1 . i1 n1 open i1 f:4096 .",
     "DESCRIBE(2 'a' 'v') DONE(0) EOT TUPLE*5 DONE(5) EOT"},
    {"OPEN, NFETCH and CLOSE in one request",
     {"SELECT a FROM q"},
     "P1 . i1 n1 open i1 f:4096 i1 close .",
     "DESCRIBE(2 'a') DONE(0) EOT TUPLE*5 DONE(5) EOT"},
    {"NFETCH behind the end of the rows",
     {"SELECT a FROM q"},
     "P1 . i1 n1 open i1 f:4096 . i1 f:4096 .",
     "DESCRIBE(2 'a') DONE(0) EOT TUPLE*5 DONE(5) EOT DONE(5) EOT"},
    {"a fetch buffer of 10 bytes and rows of 4: may the last row go beyond it?",
     {"SELECT a FROM q"},
     "P1 . i1 n1 open i1 f:10 . i1 f:10 .",
     "DESCRIBE(2 'a') DONE(0) EOT TUPLE*2 EOT TUPLE*2 EOT"},
    {"requests written one behind the other",
     {"SELECT a FROM q", "SELECT v FROM q"},
     "P1 ; P2 .",
     "DESCRIBE(2 'a') DONE(0) EOT DESCRIBE(2 'v') DONE(0) EOT"},
    {"the same where the first fails",
     {"SELECT a FROM missing", "SELECT v FROM q"},
     "P1 ; P2 .",
     "ERR(-206, -111) DESCRIBE(2 'v') DONE(0) EOT"},
    {"a second statement prepared before the first is released; both are used",
     {"SELECT a FROM q", "SELECT v FROM q"},
     "P1 . P2 . i1 n1 open f:4096 . i2 n2 open f:4096 .",
     "DESCRIBE(2 'a') DONE(0) EOT DESCRIBE(2 'v') DONE(0) EOT TUPLE*5 DONE(5) EOT TUPLE*5 DONE(5) "
     "EOT"},
    {"CLOSE and RELEASE in front of another statement's messages",
     {"SELECT a FROM q", "SELECT v FROM q"},
     "P1 . P2 . i1 n1 open . i1 close i1 release i2 n2 open i2 f:4096 . i1 execute .",
     "DESCRIBE(2 'a') DONE(0) EOT DESCRIBE(2 'v') DONE(0) EOT EOT TUPLE*5 DONE(5) EOT ERR(-258, "
     "0)"},
    {"CLOSE and RELEASE in front of a PREPARE",
     {"SELECT a FROM q", "SELECT v FROM q"},
     "P1 . i1 n1 open . i1 close i1 release P2 .",
     "DESCRIBE(2 'a') DONE(0) EOT EOT DESCRIBE(2 'v') DONE(0) EOT"},
    {"CLOSE of a cursor that is not open",
     {"SELECT a FROM q"},
     "P1 . i1 close . version .",
     "DESCRIBE(2 'a') DONE(0) EOT EOT EOT"},
    {"RELEASE of a released statement",
     {"SELECT a FROM q"},
     "P1 . i1 release . i1 release . version .",
     "DESCRIBE(2 'a') DONE(0) EOT EOT ERR(-258, 0) EOT"},
    {"OPEN of a cursor that is open",
     {"SELECT a FROM q"},
     "P1 . i1 n1 open . i1 n1 open .",
     "DESCRIBE(2 'a') DONE(0) EOT EOT EOT"},
    {"AUTOFREE, then CLOSE: is the statement gone?",
     {"SELECT a FROM q"},
     "P1 . i1 n1 autofree open . i1 close . i1 n1 open .",
     "DESCRIBE(2 'a') DONE(0) EOT EOT EOT ERR(-258, 0)"},
    {"EXECUTE without an ID right behind PREPARE",
     {"INSERT INTO one VALUES (1)"},
     "P1 execute .",
     "DESCRIBE(6) INSERTDONE DONE(0) INSERTDONE DONE(1) EOT"},
    {"COMMAND: one group of messages or two?",
     {"INSERT INTO one VALUES (1)"},
     "C1 .",
     "DESCRIBE(6) INSERTDONE DONE(1) EOT"},
    {"two COMMANDs in one request, the first one fails",
     {"INSERT INTO missing VALUES (1)", "INSERT INTO one VALUES (2)",
      "SELECT a FROM one "
      "WHERE a = 2"},
     "C1 C2 . P3 . i3 n3 open f:4096 .",
     "ERR(-206, -111) DESCRIBE(2 'a') DONE(0) EOT DONE(0) EOT"},
    {"BIND and EXECUTE twice in one request, the second one fails",
     {"INSERT INTO only VALUES (?)"},
     "P1 . i1 b:7 execute b:7 execute b:8 execute .",
     "DESCRIBE(6 'a') DONE(0) EOT INSERTDONE DONE(1) ERR(-268, -100)"},
    {"INSERT with parameters: how many columns are described?",
     {"INSERT INTO q VALUES (?, ?)", "INSERT INTO q (v) VALUES (?)",
      "INSERT INTO q VALUES (?, 'x')"},
     "P1 . P2 . P3 .",
     "DESCRIBE(6 'a' 'v') DONE(0) EOT DESCRIBE(6 'v') DONE(0) EOT DESCRIBE(6 'a') DONE(0) EOT"},
    {"CIDESCRIBE: the second number of IDESCRIBE",
     {"INSERT INTO q VALUES (?, ?)"},
     "P1 . i1 cidescribe .",
     "DESCRIBE(6 'a' 'v') DONE(0) EOT IDESCRIBE(2, named 0) EOT"},
    {"how are columns without a name called?",
     {"SELECT 1, a + 1, 'x', a || v, -a, v[1,2] FROM q",
      "SELECT COUNT(*), COUNT(DISTINCT a), SUM(a), AVG(a), MIN(a), MAX(a), SUM(a) + 1 FROM q",
      "SELECT TODAY, CURRENT, USER, LENGTH(v), NVL(v, 'x'), CASE WHEN a = 1 THEN 2 END, a::CHAR(3) "
      "FROM q"},
     "P1 . P2 . P3 .",
     "DESCRIBE(2 '(constant)' '(expression)' '(constant)' '(expression)' '(expression)' "
     "'(expression)') DONE(0) EOT DESCRIBE(2 '(count(*))' '(count)' '(sum)' '(avg)' '(min)' "
     "'(max)' '(expression)') DONE(0) EOT DESCRIBE(2 '(expression)' '(expression)' '(expression)' "
     "'(expression)' '(expression)' '(expression)' '(expression)') DONE(0) EOT"},
    {"SELECT without FROM", {"SELECT 1"}, "P1 .", "DESCRIBE(2 '(constant)') DONE(0) EOT"},
    {"SFETCH 2 (prior), 3 (first), 5 (relative)",
     {"SELECT a FROM q ORDER BY a"},
     "P1 . i1 n1 scroll open . i1 s:6:3 . i1 s:2:0 . i1 s:3:0 . i1 s:5:2 . i1 s:5:-1 .",
     "DESCRIBE(2 'a') DONE(0) EOT EOT TUPLE*1 TUPID(3) EOT TUPLE*1 TUPID(2) EOT TUPLE*1 TUPID(1) "
     "EOT TUPLE*1 TUPID(3) EOT TUPLE*1 TUPID(2) EOT"},
    {"SFETCH: how many rows come for 1 (next) with target 0, and behind the end",
     {"SELECT a FROM q ORDER BY a"},
     "P1 . i1 n1 scroll open . i1 s:1:0 . i1 s:1:0 . i1 s:4:0 . i1 s:1:0 . i1 s:6:99 .",
     "DESCRIBE(2 'a') DONE(0) EOT EOT TUPLE*1 TUPID(1) TUPLE*1 TUPID(2) TUPLE*1 TUPID(3) TUPLE*1 "
     "TUPID(4) TUPLE*1 TUPID(5) DONE(5, warnings 100) EOT TUPLE*1 TUPID(2) TUPLE*1 TUPID(3) "
     "TUPLE*1 TUPID(4) TUPLE*1 TUPID(5) DONE(5, warnings 100) EOT TUPLE*1 TUPID(5) EOT DONE(5, "
     "warnings 100) EOT DONE(5, warnings 100) EOT"},
    {"insert cursor with RET_TYPE: one row, then two rows in one PUT",
     {"INSERT INTO one VALUES (?)"},
     "P1 . begin . i1 n1 open r:0:2:4 u:1 . i1 u:2 . i1 close . commit .",
     "DESCRIBE(6 'a') DONE(0) EOT DONE(0) EOT DONE(1) EOT DONE(2) EOT EOT DONE(0) EOT"},
    {"insert cursor without RET_TYPE",
     {"INSERT INTO one VALUES (?)"},
     "P1 . begin . i1 n1 open u:1 . i1 close . rollback .",
     "DESCRIBE(6 'a') DONE(0) EOT DONE(0) EOT DONE(1) EOT EOT DONE(0) EOT"},
    {"XACTSTAT: BEGIN, an INSERT, COMMIT; BEGIN, ROLLBACK",
     {"INSERT INTO one VALUES (5)"},
     "begin . C1 . commit . begin . rollback .",
     "DONE(0) EOT DESCRIBE(6) INSERTDONE DONE(1) EOT DONE(0) EOT DONE(0) EOT DONE(0) EOT"},
    {"the same as SQL",
     {"BEGIN WORK", "COMMIT WORK", "ROLLBACK WORK"},
     "C1 . C2 . C1 . C3 . C3 .",
     "DESCRIBE(34) DONE(0) EOT DESCRIBE(35) DONE(0) EOT DESCRIBE(34) DONE(0) EOT DESCRIBE(36) "
     "DONE(0) EOT DESCRIBE(36) ERR(-255, 0)"},
    {"DECIMAL: the image of 0, and of 100",
     {"SELECT 0::DECIMAL(8,2), 100::DECIMAL(8,2), 0::DECIMAL(16) FROM systables WHERE tabid = 1"},
     "x P1 . i1 n1 open f:4096 .",
     "DESCRIBE(2 '(expression)' '(expression)' '(expression)') DONE(0) EOT "
     "TUPLE(8000000000c20100000080000000000000000000) DONE(1) EOT"},
    {"DATETIME and INTERVAL: is the exponent fixed, or are leading zeros left out?",
     {"SELECT DATETIME(00:05:06) HOUR TO SECOND, INTERVAL(0 00:05:06) DAY TO SECOND, "
      "INTERVAL(0 00:00:00) DAY TO SECOND FROM systables WHERE tabid = 1"},
     "x P1 . i1 n1 open f:4096 .",
     "DESCRIBE(2 '(constant)' '(constant)' '(constant)') DONE(0) EOT "
     "TUPLE(c3000506c4000005068000000000) DONE(1) EOT"},
    {"BOOLEAN without RET_TYPE, and with type 45",
     {"SELECT 't'::BOOLEAN FROM systables WHERE tabid = 1"},
     "x P1 . i1 n1 open f:4096 . i1 close . i1 n1 open r:1:45:1 f:4096 .",
     "DESCRIBE(2 '(expression)') DONE(0) EOT TUPLE(000000000174) DONE(1) EOT EOT "
     "TUPLE(000000000101) DONE(1) EOT"},
    {"a ROW as text, and after RET_TYPE 44 (SENDRECV)",
     {"SELECT ROW('ab', 7)::ROW(s VARCHAR(9), n INT) FROM systables WHERE tabid = 1"},
     "x P1 . i1 n1 open f:4096 . i1 close . i1 n1 open r:1:44:0 f:4096 .",
     "DESCRIBE(2 '(expression)') DONE(0) EOT "
     "TUPLE(0000000015524f5728276162272c372020202020202020202029) DONE(1) EOT EOT "
     "TUPLE(0000000015524f5728276162272c372020202020202020202029) DONE(1) EOT"},
    {"a SET after RET_TYPE 44",
     {"SELECT SET{1,2}::SET(INT NOT NULL) FROM systables WHERE tabid = 1"},
     "x P1 . i1 n1 open r:1:44:0 f:4096 .",
     "DESCRIBE(2 '(expression)') DONE(0) EOT TUPLE(00000000085345547b312c327d) DONE(1) EOT"},
    {"DBOPEN of sysmaster: its word of warnings", {NULL}, "D .", "DONE(0, warnings 21) EOT"},
    {"tag 90", {NULL}, "t:90 .", "closed"},
    {"tag 91", {NULL}, "t:91 .", "closed"},
    {"tag 92", {NULL}, "t:92 .", "closed"},
    {"tag 93", {NULL}, "t:93 .", "closed"},
};

/* --- the test --- */

static void ask(struct asked *a, struct fixture *f, const struct question *q)
{
    *a = (struct asked){.db = open_default(f), .question = q, .preparing = -1};
    sqli__buffer_init(&a->answer, ANSWER_MAX);
    run(a, q->steps);
    sqli__link_orphan(&a->db->link, a);
    sqli_close(a->db);
}

static void report(FILE *out, const struct question *q, const char *answer)
{
    bool same = strcmp(answer, q->assumed) == 0;
    fprintf(out, "%s  %s\n", same ? "as assumed" : "DIFFERENT ", q->asks);
    for (int i = 0; i < SLOTS && q->sql[i]; i++)
        fprintf(out, "    sql       %s\n", q->sql[i]);
    fprintf(out, "    steps     %s\n    answered  %s\n", q->steps, answer);
    if (!same)
        fprintf(out, "    assumed   %s\n", q->assumed);
}

static int make_tables(void **state)
{
    if (start(state))
        return -1;
    sqli_conn *db = open_default(*state);
    must(db, "CREATE TABLE q (a INT, v VARCHAR(20))");
    must(db, "CREATE TABLE one (a INT)");
    must(db, "CREATE TABLE only (a INT UNIQUE)");
    for (int i = 1; i <= 5; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "INSERT INTO q VALUES (%d, 'row %d')", i, i);
        must(db, sql);
    }
    sqli_close(db);
    return 0;
}

static void test_open_questions(void **state)
{
    struct fixture *f = *state;
    const char *file = getenv("SQLI_TEST_ANSWERS");
    FILE *answers = file ? fopen(file, "w") : NULL;
    struct asked asked;
    int different = 0;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        ask(&asked, f, &questions[i]);
        const char *answer = (const char *)asked.answer.data;
        bool same = strcmp(answer, questions[i].assumed) == 0;
        if (!same || !f->server)
            report(stdout, &questions[i], answer);
        if (answers)
            report(answers, &questions[i], answer);
        different += !same;
        sqli__buffer_free(&asked.answer);
    }
    if (answers)
        fclose(answers);
    if (f->server)
        assert_int_equal(different, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_open_questions)};
    return cmocka_run_group_tests(tests, make_tables, stop);
}
