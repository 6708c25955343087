/* What the server asks for in the middle of a reply: filetoblob reads a file of the client,
 * lotofile writes one. Only streams that the program has given for this statement are files, told
 * by their names; the library never opens one. What is refused, and a stream that gives up, is
 * answered with ERR, as the vendor's client answers for a file that it cannot open: the statement
 * fails at the server, too, and the connection stays as it is. */
#include "client/stream.h"

#include "base/alloc.h"

enum {
    CHUNK_MAX = 32000,
    FILES_MAX = 1000,
    NAME_BYTES = 65536,
    READ_AT_ONCE = 64 << 10,
    BAD_FILE = 9, /* EBADF: what the vendor's client says for a file that is not there */
};

struct client_file {
    struct client_file *next;
    struct sqli_buffer name;
    bool writes;
    struct sqli_stream stream;
};

struct sqli_files {
    struct client_file *first;
    uint32_t count;
    /* The dialogue. */
    struct client_file *open; /* NULL: refused, or none is */
    struct sqli_file asked;   /* without its name */
    bool gave_up;
    uint64_t written;         /* by the present write */
    struct sqli_buffer piece; /* the answer to a read */
};

/* --- the streams of a statement --- */

static struct sqli_files *files_of(struct sqli_stmt *stmt)
{
    if (stmt->files)
        return stmt->files;
    stmt->files = sqli__alloc_zeroed(1, sizeof *stmt->files);
    if (stmt->files)
        sqli__buffer_init(&stmt->files->piece, SIZE_MAX);
    return stmt->files;
}

void sqli__files_free(struct sqli_stmt *stmt)
{
    struct sqli_files *files = stmt->files;
    sqli__stream_stop(stmt);
    if (!files)
        return;
    while (files->first) {
        struct client_file *file = files->first;
        files->first = file->next;
        sqli__buffer_free(&file->name);
        sqli__free(file);
    }
    sqli__buffer_free(&files->piece);
    sqli__free(files);
    stmt->files = NULL;
}

static bool is_named(const struct client_file *file, struct sqli_span name)
{
    struct sqli_span own = sqli__buffer_view(&file->name);
    if (sqli__span_equal(own, name))
        return true;
    if (!file->writes || name.length <= own.length + 1 || name.data[own.length] != '.' ||
        !sqli__span_equal(sqli__span(name.data, own.length), own))
        return false;
    for (size_t i = own.length + 1; i < name.length; i++)
        if (!strchr("0123456789abcdefABCDEF", name.data[i]) || !name.data[i])
            return false;
    return true;
}

static struct client_file *find(const struct sqli_files *files, struct sqli_span name, bool writes)
{
    struct client_file *file = files->first;
    while (file && (file->writes != writes || !is_named(file, name)))
        file = file->next;
    return file;
}

static struct client_file *add(struct sqli_files *files, struct sqli_span name)
{
    struct client_file *file =
        files->count < FILES_MAX ? sqli__alloc_zeroed(1, sizeof *file) : NULL;
    if (!file)
        return NULL;
    sqli__buffer_init(&file->name, NAME_BYTES);
    sqli__buffer_span(&file->name, name);
    if (file->name.failed) {
        sqli__buffer_free(&file->name);
        sqli__free(file);
        return NULL;
    }
    file->next = files->first;
    files->first = file;
    files->count++;
    return file;
}

static int give(struct sqli_stmt *stmt, const char *name, const struct sqli_stream *stream,
                bool writes)
{
    struct sqli_conn *conn = sqli_connection(stmt);
    struct sqli_stream copy;
    SQLI_TRY_ENTER_WITH(conn, false, name);
    enum sqli_status status = sqli__stream_copy(stream, &copy, &conn->error);
    if (status == SQLI_OK && (writes ? !copy.write : !copy.read))
        status = sqli__fail(&conn->error, SQLI_E_ARGUMENT, "the stream of %s", name);
    if (status)
        return sqli__leave(conn, status);
    struct sqli_files *files = files_of(stmt);
    struct client_file *file = files ? find(files, sqli__span_text(name), writes) : NULL;
    if (files && (!file || file->name.length != strlen(name)))
        file = add(files, sqli__span_text(name));
    if (!file)
        return sqli__leave(conn, sqli__fail(&conn->error, SQLI_E_NO_MEMORY, "%s", name));
    file->writes = writes;
    file->stream = copy;
    return sqli__leave(conn, SQLI_OK);
}

int sqli_supply_file(sqli_stmt *stmt, const char *name, const struct sqli_stream *stream)
{
    return give(stmt, name, stream, false);
}

int sqli_accept_file(sqli_stmt *stmt, const char *name, const struct sqli_stream *stream)
{
    return give(stmt, name, stream, true);
}

/* A routine may ask, too, for which no word in the text speaks; then it depends on what else is
 * under way whether it can be answered. */
bool sqli__asks_files(struct sqli_stmt *stmt)
{
    return sqli__statement_words(stmt)->asks_files || stmt->files;
}

void sqli__files_alone(struct sqli_stmt *stmt)
{
    if (sqli__asks_files(stmt))
        sqli__link_alone(&stmt->conn->link);
}

/* --- the dialogue --- */

/* Whatever the server makes of it, the statement has failed. */
static void fail_statement(struct sqli_stmt *stmt, const struct sqli_error *error)
{
    struct sqli_task *tasks[] = {&stmt->task, &stmt->rows[0].task, &stmt->rows[1].task};
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
        sqli__task_fail(tasks[i], error);
}

static enum sqli_status open_file(struct sqli_stmt *stmt, struct sqli_span name,
                                  struct sqli_error *error)
{
    struct sqli_files *files = stmt->files;
    struct sqli_buffer own;
    struct sqli_error why;
    sqli__buffer_init(&own, NAME_BYTES);
    enum sqli_status status = sqli__text_from_server(stmt->conn, name, &own, error);
    if (status == SQLI_OK) {
        struct sqli_span view = sqli__buffer_view(&own);
        files->gave_up = false;
        files->open = find(files, view, false);
        if (!files->open)
            files->open = find(files, view, true);
        if (!files->open) {
            sqli__fail(&why, SQLI_E_FILE_REFUSED, "%.*s", (int)view.length,
                       (const char *)view.data);
            fail_statement(stmt, &why);
        }
    }
    sqli__buffer_free(&own);
    return status;
}

static void give_up(struct sqli_stmt *stmt, int code, const char *what)
{
    struct sqli_files *files = stmt->files;
    struct sqli_error why;
    if (!files->open || files->gave_up)
        return;
    files->gave_up = true;
    sqli__fail(&why, code, "%s %.*s", what, (int)files->open->name.length,
               (const char *)files->open->name.data);
    fail_statement(stmt, &why);
}

/* What is read for a writing stream, or written for a reading one, was not given for that. A call
 * that is cancelled need not wait for the end of its file. */
static bool may(struct sqli_stmt *stmt, bool writes)
{
    struct sqli_files *files = stmt->files;
    if (!files->open || files->gave_up)
        return false;
    if (sqli__is_cancelled(stmt->conn))
        give_up(stmt, SQLI_E_INTERRUPTED, "cancelled while the server asked for");
    else if (files->open->writes != writes)
        give_up(stmt, SQLI_E_FILE_REFUSED, writes ? "to write" : "to read");
    return !files->gave_up;
}

static void take_chunk(struct sqli_stmt *stmt, struct sqli_span bytes)
{
    struct sqli_files *files = stmt->files;
    if (!may(stmt, true))
        return;
    const struct sqli_stream *stream = &files->open->stream;
    if (bytes.length && stream->write(stream->context, bytes.data, bytes.length) != 0)
        give_up(stmt, SQLI_E_INPUT_OUTPUT, "the program does not take");
    files->written += bytes.length;
}

/* The answer names its length first, so all of it is read before. A server that wants everything at
 * once gets it up to the option lob-limit. */
static void read_piece(struct sqli_stmt *stmt)
{
    struct sqli_files *files = stmt->files;
    const struct sqli_stream *stream = &files->open->stream;
    int64_t limit = 0;
    sqli__option_number(&stmt->conn->options, SQLI_OPT_LOB_LIMIT, 0, INT32_MAX, &limit, NULL);
    size_t wanted = files->asked.amount < 0 ? SIZE_MAX : (size_t)files->asked.amount;
    while (files->piece.length < wanted) {
        size_t size = wanted - files->piece.length;
        if (size > READ_AT_ONCE)
            size = READ_AT_ONCE;
        uint8_t *room = sqli__buffer_reserve(&files->piece, size);
        ptrdiff_t got = room ? stream->read(stream->context, room, size) : -1;
        if (got < 0 || (size_t)got > size) {
            give_up(stmt, room ? SQLI_E_INPUT_OUTPUT : SQLI_E_NO_MEMORY, "the program's stream");
            return;
        }
        if (got == 0)
            return;
        sqli__buffer_advance(&files->piece, (size_t)got);
        if (files->piece.length > (size_t)limit) {
            give_up(stmt, SQLI_E_TOO_LARGE, "lob-limit, the server wants at once all of");
            return;
        }
    }
}

static void say_refusal(struct sqli_link *link)
{
    sqli__link_say(link, &(struct sqli_message){.id = SQLI_MSG_ERR, .as.err.code = BAD_FILE});
}

static void answer_read(struct sqli_stmt *stmt)
{
    struct sqli_files *files = stmt->files;
    struct sqli_link *link = &stmt->conn->link;
    size_t most =
        files->asked.buffer && files->asked.buffer < CHUNK_MAX ? files->asked.buffer : CHUNK_MAX;
    sqli__buffer_clear(&files->piece);
    if (may(stmt, false))
        read_piece(stmt);
    if (!files->open || files->gave_up) {
        say_refusal(link);
        return;
    }
    struct sqli_span rest = sqli__buffer_view(&files->piece);
    sqli__link_say(
        link, &(struct sqli_message){.id = SQLI_MSG_FILE_READ, .as.total = (uint32_t)rest.length});
    while (rest.length) {
        size_t size = rest.length < most ? rest.length : most;
        sqli__link_say(link, &(struct sqli_message){.id = SQLI_MSG_FILE_READ_CHUNK,
                                                    .as.bytes = sqli__span(rest.data, size)});
        rest = sqli__span(rest.data + size, rest.length - size);
    }
}

static void answer_write(struct sqli_stmt *stmt)
{
    struct sqli_files *files = stmt->files;
    struct sqli_link *link = &stmt->conn->link;
    if (may(stmt, true))
        sqli__link_say(link, &(struct sqli_message){.id = SQLI_MSG_FILE_WRITE,
                                                    .as.total = (uint32_t)files->written});
    else
        say_refusal(link);
}

static void answer(struct sqli_stmt *stmt)
{
    switch (stmt->files->asked.operation) {
    case SQLI_FILE_READ: answer_read(stmt); break;
    case SQLI_FILE_WRITE: answer_write(stmt); break;
    default: break; /* an open and a close are only confirmed */
    }
    sqli__link_say(&stmt->conn->link, &(struct sqli_message){.id = SQLI_MSG_EOT});
}

static enum sqli_status ask(struct sqli_stmt *stmt, const struct sqli_file *asked,
                            struct sqli_error *error)
{
    struct sqli_files *files = files_of(stmt);
    if (!files)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    files->asked = *asked;
    files->asked.name = sqli__span_text("");
    files->written = 0;
    if (asked->operation == SQLI_FILE_OPEN)
        return open_file(stmt, asked->name, error);
    return SQLI_OK;
}

enum sqli_status sqli__on_file(struct sqli_stmt *stmt, const struct sqli_message *message,
                               struct sqli_error *error)
{
    switch (message->id) {
    case SQLI_MSG_FILE: return ask(stmt, &message->as.file, error);
    case SQLI_MSG_FILE_WRITE_CHUNK:
        if (stmt->files)
            take_chunk(stmt, message->as.bytes);
        return SQLI_OK;
    case SQLI_MSG_EOT:
        if (stmt->files)
            answer(stmt);
        return SQLI_OK;
    default: return SQLI_OK;
    }
}

enum sqli_status sqli__file_advance(struct sqli_stmt *stmt)
{
    return stmt->sending ? sqli__stream_advance(stmt) : SQLI_OK;
}
