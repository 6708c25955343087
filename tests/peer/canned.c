#include "tests/peer/canned.h"

#include "tests/peer/arguments.h"
#include "value/composite.h"

enum { ARENA_LIMIT = 1 << 20, COLUMNS_MAX = 64 };

struct canned {
    struct peer_arguments a;
    enum sqli_direction direction;
    const struct sqli_caps *caps;
    struct sqli_buffer *out;
};

static void put(struct canned *c, const struct sqli_message *message)
{
    if (c->a.status == SQLI_OK)
        c->a.status = sqli__encode(message, c->direction, c->caps, c->out, c->a.error);
}

/* --- the session --- */

static void build_login(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REQUEST};
    struct sqli_login_request *r = &m.as.login_request;
    sqli__login_request_init(r);
    r->user = peer_text(&c->a, "user", "informix");
    r->password = peer_text(&c->a, "password", "in4mix");
    r->server = peer_text(&c->a, "server", "informix");
    put(c, &m);
}

static void build_login_reply(struct canned *c, enum sqli_login_type type, int16_t code)
{
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REPLY};
    struct sqli_login_reply *r = &m.as.login_reply;
    struct sqli_login_note note = {.text = peer_text(&c->a, "text", "")};
    sqli__login_reply_init(r, type);
    r->version = peer_text(&c->a, "version", "IBM Informix Dynamic Server Version 9.59.FC7W1");
    r->serial = peer_text(&c->a, "serial", "Software Serial Number AAA#B000000");
    r->server = peer_text(&c->a, "server", "informix");
    r->service_error = code;
    r->notes = &note;
    r->note_count = note.text.length ? 1 : 0;
    put(c, &m);
}

static void build_login_accept(struct canned *c)
{
    build_login_reply(c, SQLI_LOGIN_ACCEPT, 0);
}

static void build_login_reject(struct canned *c)
{
    int16_t code =
        (int16_t)peer_fits(&c->a, 16, peer_to_number(&c->a, peer_positional(&c->a), -951));
    build_login_reply(c, SQLI_LOGIN_REJECT, code);
}

/* redirect "label=server|host|port" */
static void build_redirect(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REPLY};
    sqli__login_reply_init(&m.as.login_reply, SQLI_LOGIN_REDIRECT);
    m.as.login_reply.redirect = peer_needed_text(&c->a, "the target");
    put(c, &m);
}

static void build_protocols(struct canned *c)
{
    const struct sqli_caps *usual =
        c->direction == SQLI_TO_CLIENT ? &sqli__caps_server : &sqli__caps_client;
    struct sqli_message m = {.id = SQLI_MSG_PROTOCOLS, .as.bytes = sqli__caps_mask(usual)};
    size_t from = 0;
    const char *mask = peer_named(&c->a, "mask", &from);
    if (mask)
        m.as.bytes = peer_to_bytes(&c->a, mask);
    put(c, &m);
}

static void build_info(struct canned *c)
{
    struct sqli_pair pairs[] = {
        {sqli__span_text("DBTEMP"), sqli__span_text("/tmp")},
        {sqli__span_text("SUBQCACHESZ"), sqli__span_text("10")},
    };
    struct sqli_message m = {.id = SQLI_MSG_INFO};
    m.as.info.subtype = SQLI_INFO_ENV;
    m.as.info.count = 2;
    m.as.info.pairs = pairs;
    put(c, &m);
}

static void build_dbopen(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_DBOPEN};
    m.as.name_option.name = peer_needed_text(&c->a, "the database");
    put(c, &m);
}

static void build_challenge(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_PAM_CHALLENGE};
    m.as.name_option.option = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "style", 1));
    m.as.name_option.name = peer_needed_text(&c->a, "the prompt");
    put(c, &m);
}

static void build_response(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_PAM_RESPONSE,
                             .as.bytes = peer_needed_text(&c->a, "the answer")};
    put(c, &m);
}

static void build_xactstat(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_XACTSTAT};
    m.as.xactstat.event = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "event", 1));
    m.as.xactstat.new_level = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "new", 1));
    m.as.xactstat.old_level = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "old", 0));
    put(c, &m);
}

static void build_rollback(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_ROLLBACK};
    m.as.option = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "option", 0));
    put(c, &m);
}

/* --- statements --- */

static void build_sql(struct canned *c, enum sqli_message_id id)
{
    struct sqli_message m = {.id = (uint16_t)id};
    m.as.sql.placeholders = (uint32_t)peer_number(&c->a, "placeholders", 0);
    m.as.sql.text = peer_needed_text(&c->a, "the SQL text");
    put(c, &m);
}

static void build_prepare(struct canned *c)
{
    build_sql(c, SQLI_MSG_PREPARE);
}

static void build_command(struct canned *c)
{
    build_sql(c, SQLI_MSG_COMMAND);
}

static void build_id(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_ID};
    m.as.id_number =
        (int16_t)peer_fits(&c->a, 16, peer_to_number(&c->a, peer_positional(&c->a), 0));
    put(c, &m);
}

static void build_curname(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_CURNAME,
                             .as.bytes = peer_needed_text(&c->a, "the name")};
    put(c, &m);
}

static void build_nfetch(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_NFETCH};
    m.as.fetch.buffer = (int32_t)peer_fits(&c->a, 32, peer_number(&c->a, "buffer", 4096));
    put(c, &m);
}

static void build_sfetch(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_SFETCH};
    m.as.fetch.kind = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "kind", SQLI_SCROLL_NEXT));
    m.as.fetch.target = (int32_t)peer_fits(&c->a, 32, peer_number(&c->a, "target", 0));
    m.as.fetch.buffer = (int32_t)peer_fits(&c->a, 32, peer_number(&c->a, "buffer", 4096));
    put(c, &m);
}

static void build_done(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_DONE};
    m.as.done.warnings = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "warnings", 0));
    m.as.done.rows = peer_number(&c->a, "rows", 0);
    m.as.done.rowid = peer_number(&c->a, "rowid", 0);
    m.as.done.serial = (int32_t)peer_fits(&c->a, 32, peer_number(&c->a, "serial", 0));
    put(c, &m);
}

static void build_cost(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_COST};
    m.as.cost.rows = (int32_t)peer_fits(&c->a, 32, peer_number(&c->a, "estimate", 1));
    m.as.cost.io = (int32_t)peer_fits(&c->a, 32, peer_number(&c->a, "io", 1));
    put(c, &m);
}

static void build_ok(struct canned *c)
{
    build_done(c);
    build_cost(c);
}

static void build_err(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_ERR};
    const char *code = peer_positional(&c->a);
    if (!code)
        peer_argument_failed(&c->a, "is missing", "the error code");
    m.as.err.code = (int16_t)peer_fits(&c->a, 16, peer_to_number(&c->a, code, 0));
    m.as.err.isam = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "isam", 0));
    m.as.err.offset = (int32_t)peer_fits(&c->a, 32, peer_number(&c->a, "offset", 0));
    m.as.err.text = peer_text(&c->a, "text", "");
    put(c, &m);
}

static void build_insertdone(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_INSERTDONE};
    m.as.insertdone.serial8 = peer_number(&c->a, "serial8", 0);
    m.as.insertdone.bigserial = peer_number(&c->a, "bigserial", 0);
    put(c, &m);
}

static void build_tuple(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_TUPLE};
    const char *word = peer_positional(&c->a);
    m.as.tuple.warnings = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "warnings", 0));
    m.as.tuple.payload = peer_to_bytes(&c->a, word ? word : "");
    m.as.tuple.size = (uint32_t)m.as.tuple.payload.length;
    put(c, &m);
}

static void build_tupid(struct canned *c)
{
    struct sqli_message m = {.id = SQLI_MSG_TUPID};
    m.as.row_number =
        (int32_t)peer_fits(&c->a, 32, peer_to_number(&c->a, peer_positional(&c->a), 1));
    put(c, &m);
}

static void build_blob(struct canned *c)
{
    const char *word = peer_positional(&c->a);
    struct sqli_message m = {.id = SQLI_MSG_BLOB,
                             .as.bytes = peer_to_bytes(&c->a, word ? word : "")};
    put(c, &m);
}

/* --- describe --- */

/* "NAME TYPE [not null]", the type as SQL writes it. */
static void read_column(struct canned *c, const char *word, struct sqli_column *column,
                        struct sqli_buffer *strings)
{
    static const char not_null[] = " not null";
    const size_t tail = sizeof not_null - 1;
    struct sqli_schema *schema;
    struct sqli_span all = peer_to_text(&c->a, word);
    const uint8_t *blank = all.length ? memchr(all.data, ' ', all.length) : NULL;
    if (!blank) {
        peer_argument_failed(&c->a, "a column is \"NAME TYPE\"", word);
        return;
    }
    size_t name = (size_t)(blank - all.data);
    struct sqli_span type = sqli__span(blank + 1, all.length - name - 1);
    bool never = type.length > tail && memcmp(type.data + type.length - tail, not_null, tail) == 0;
    if (never)
        type.length -= tail;
    if (c->a.status == SQLI_OK)
        c->a.status = sqli__schema_parse(type, c->a.arena, &schema, c->a.error);
    if (c->a.status != SQLI_OK)
        return;
    column->name_offset = (int32_t)strings->length;
    column->type = schema->type;
    column->type.flags |= never ? SQLI_TYPE_NOT_NULL : 0;
    sqli__buffer_append(strings, all.data, name);
    sqli__buffer_byte(strings, 0);
}

/* The most bytes that a value can have in a row. */
static int32_t widest(const struct sqli_type *type)
{
    int32_t width = sqli__type_width(type);
    if (width == SQLI_WIDTH_SHORT)
        return 1 + (type->length & 0xff);
    if (width == SQLI_WIDTH_ENVELOPE)
        return 5 + type->length;
    return width > 0 ? width : 0;
}

/* describe type=2 id=0 column="a integer" column="b varchar(20)" */
static void build_describe(struct canned *c)
{
    struct sqli_column columns[COLUMNS_MAX] = {0};
    struct sqli_buffer strings;
    struct sqli_message m = {.id = SQLI_MSG_DESCRIBE};
    struct sqli_describe *d = &m.as.describe;
    size_t from = 0;
    sqli__buffer_init(&strings, ARENA_LIMIT);
    d->columns = columns;
    d->statement_type = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "type", 2));
    d->statement_id = (int16_t)peer_fits(&c->a, 16, peer_number(&c->a, "id", 0));
    for (const char *word; (word = peer_named(&c->a, "column", &from)) && d->count < COLUMNS_MAX;) {
        struct sqli_column *column = &columns[d->count++];
        read_column(c, word, column, &strings);
        column->start = d->tuple_size;
        d->tuple_size += widest(&column->type);
    }
    d->strings = sqli__buffer_view(&strings);
    d->strings_size = (uint32_t)strings.length;
    put(c, &m);
    sqli__buffer_free(&strings);
}

/* --- the table --- */

static const struct {
    const char *name;
    bool to_server;
    bool to_client;
    void (*build)(struct canned *c);
} table[] = {
    {"login", true, false, build_login},
    {"login-accept", false, true, build_login_accept},
    {"login-reject", false, true, build_login_reject},
    {"redirect", false, true, build_redirect},
    {"protocols", true, true, build_protocols},
    {"info", true, false, build_info},
    {"dbopen", true, false, build_dbopen},
    {"challenge", false, true, build_challenge},
    {"response", true, false, build_response},
    {"xactstat", false, true, build_xactstat},
    {"rbwork", true, false, build_rollback},
    {"prepare", true, false, build_prepare},
    {"command", true, false, build_command},
    {"id", true, false, build_id},
    {"curname", true, false, build_curname},
    {"nfetch", true, false, build_nfetch},
    {"sfetch", true, false, build_sfetch},
    {"describe", false, true, build_describe},
    {"done", false, true, build_done},
    {"cost", false, true, build_cost},
    {"ok", false, true, build_ok},
    {"err", false, true, build_err},
    {"insertdone", false, true, build_insertdone},
    {"tuple", false, true, build_tuple},
    {"tupid", false, true, build_tupid},
    {"blob", true, true, build_blob},
};

enum { CANNED = sizeof table / sizeof table[0] };

static uint8_t lower(char c)
{
    return (uint8_t)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static bool equal_names(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) == lower(*b);
}

/* A message that is a tag alone, by its name in lower case: `eot`, `ndescribe`. */
static enum sqli_message_id bare(const char *name, enum sqli_direction direction)
{
    void (*bare_layout)(struct sqli_wire * w, struct sqli_message * m) =
        sqli__message_info(SQLI_MSG_EOT)->layout;
    for (enum sqli_message_id id = 1; id < SQLI_MSG_COUNT; id++) {
        const struct sqli_message_info *info = sqli__message_info(id);
        bool goes = direction == SQLI_TO_SERVER ? info->to_server : info->to_client;
        if (goes && info->layout == bare_layout && equal_names(info->name, name))
            return id;
    }
    return SQLI_MSG_NONE;
}

static size_t find(const char *name, enum sqli_direction direction)
{
    for (size_t i = 0; i < CANNED; i++)
        if (strcmp(table[i].name, name) == 0 &&
            (direction == SQLI_TO_SERVER ? table[i].to_server : table[i].to_client))
            return i;
    return CANNED;
}

bool peer_canned_known(const char *name, enum sqli_direction direction)
{
    return find(name, direction) < CANNED || bare(name, direction) != SQLI_MSG_NONE;
}

static void build_bare(struct canned *c, enum sqli_message_id id)
{
    struct sqli_message m = {.id = (uint16_t)id};
    put(c, &m);
}

enum sqli_status peer_canned_build(struct peer_words words, enum sqli_direction direction,
                                   const struct sqli_caps *caps, struct sqli_buffer *out,
                                   struct sqli_error *error)
{
    const char *name = words.words[0];
    size_t index = find(name, direction);
    struct sqli_arena arena;
    struct canned c = {
        .a = {words.words + 1, words.count - 1, 0, &arena, error, SQLI_OK},
        .direction = direction,
        .caps = caps,
        .out = out,
    };
    if (c.a.count > PEER_ARGUMENTS_MAX)
        return sqli__fail(error, SQLI_E_ARGUMENT, "%s has too many arguments", name);
    sqli__arena_init(&arena, ARENA_LIMIT);
    if (index < CANNED)
        table[index].build(&c);
    else
        build_bare(&c, bare(name, direction));
    peer_arguments_end(&c.a);
    sqli__arena_free(&arena);
    return c.a.status;
}

void peer_canned_list(enum sqli_direction direction, struct sqli_buffer *list)
{
    for (size_t i = 0; i < CANNED; i++)
        if (direction == SQLI_TO_SERVER ? table[i].to_server : table[i].to_client)
            sqli__buffer_format(list, " %s", table[i].name);
}
