#include "tests/peer/recording.h"

#include "base/alloc.h"
#include "base/ascii.h"

#include <errno.h>
#include <stdio.h>

enum { READ_SIZE = 1 << 16, FIRST_ENTRIES = 256 };
static const size_t file_limit = (size_t)1 << 32;

struct reader {
    struct peer_recording *recording;
    struct sqli_error *error;
    uint32_t connection; /* 0: none has begun */
    size_t line;
};

enum sqli_status peer_read_file(const char *path, struct sqli_buffer *text,
                                struct sqli_error *error)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!file)
        return sqli__fail(error, SQLI_E_INPUT_OUTPUT, "%s (%s)", path, strerrordesc_np(errno));
    sqli__buffer_init(text, file_limit);
    for (size_t got = 1; got > 0 && !text->failed;) {
        uint8_t *room = sqli__buffer_reserve(text, READ_SIZE);
        got = room ? fread(room, 1, READ_SIZE, file) : 0;
        sqli__buffer_advance(text, got);
    }
    bool broken = ferror(file) != 0;
    if (file != stdin)
        fclose(file);
    if (broken)
        return sqli__fail(error, SQLI_E_INPUT_OUTPUT, "%s (cannot be read)", path);
    return sqli__buffer_status(text, error);
}

static enum sqli_status wrong(struct reader *r, const char *what)
{
    return sqli__fail(r->error, SQLI_E_ARGUMENT, "%s:%zu: %s", r->recording->name, r->line, what);
}

/* Turns hex digits into bytes where they stand. */
static enum sqli_status unhex(struct reader *r, uint8_t *digits, size_t count,
                              struct sqli_span *bytes)
{
    if (count % 2)
        return wrong(r, "an odd number of hex digits");
    for (size_t i = 0; i < count; i += 2) {
        int high = sqli__hex_digit(digits[i]), low = sqli__hex_digit(digits[i + 1]);
        if (high < 0 || low < 0)
            return wrong(r, "not a hex digit");
        digits[i / 2] = (uint8_t)(high << 4 | low);
    }
    *bytes = sqli__span(digits, count / 2);
    return SQLI_OK;
}

static enum sqli_status add(struct reader *r, struct peer_entry entry)
{
    struct peer_recording *recording = r->recording;
    if (recording->count == recording->capacity) {
        size_t capacity = recording->capacity ? recording->capacity * 2 : FIRST_ENTRIES;
        void *entries = sqli__realloc(recording->entries, capacity * sizeof *recording->entries);
        if (!entries)
            return sqli__fail(r->error, SQLI_E_NO_MEMORY, NULL);
        recording->entries = entries;
        recording->capacity = capacity;
    }
    entry.line = r->line;
    entry.connection = r->connection;
    recording->entries[recording->count++] = entry;
    return SQLI_OK;
}

static bool starts_with(const uint8_t *line, size_t length, const char *prefix)
{
    size_t size = strlen(prefix);
    return length >= size && memcmp(line, prefix, size) == 0;
}

/* "# connection" begins the next one, "# connection N" goes on with N or begins it. */
static enum sqli_status connection_line(struct reader *r, struct sqli_span rest)
{
    uint32_t next = r->recording->connections + 1, number = 0;
    for (size_t i = 0; i < rest.length; i++) {
        if (i == 0 && rest.data[i] == ' ')
            continue;
        if (rest.data[i] < '0' || rest.data[i] > '9' || number > PEER_CONNECTIONS_MAX)
            return wrong(r, "\"# connection\" and perhaps a number");
        number = number * 10 + (uint32_t)(rest.data[i] - '0');
    }
    r->connection = rest.length ? number : next;
    if (r->connection == 0 || r->connection > next || next > PEER_CONNECTIONS_MAX)
        return wrong(r, "connections are numbered in the order in which they begin");
    if (r->connection == next)
        r->recording->connections = next;
    return SQLI_OK;
}

static enum sqli_status traffic_line(struct reader *r, enum peer_entry_kind kind, uint8_t *line,
                                     size_t length)
{
    struct peer_entry entry = {.kind = kind};
    if (length < 2 || line[1] != ' ' || (line[0] != 'C' && line[0] != 'S'))
        return wrong(r, "a line is \"C HEX\", \"S HEX\" or begins with \"#\"");
    if (r->connection == 0)
        return wrong(r, "no \"# connection\" stands above");
    entry.direction = line[0] == 'C' ? SQLI_TO_SERVER : SQLI_TO_CLIENT;
    SQLI_TRY(unhex(r, line + 2, length - 2, &entry.bytes));
    if (kind == PEER_ENTRY_URGENT && entry.bytes.length != 1)
        return wrong(r, "an urgent byte is one byte");
    return add(r, entry);
}

static enum sqli_status read_line(struct reader *r, uint8_t *line, size_t length)
{
    static const char connection[] = "# connection", urgent[] = "# urgent ";
    if (length == 0)
        return SQLI_OK;
    if (line[0] != '#')
        return traffic_line(r, PEER_ENTRY_BYTES, line, length);
    if (starts_with(line, length, urgent))
        return traffic_line(r, PEER_ENTRY_URGENT, line + sizeof urgent - 1,
                            length - (sizeof urgent - 1));
    if (starts_with(line, length, connection)) {
        const size_t skip = sizeof connection - 1;
        if (length == skip || line[skip] == ' ')
            return connection_line(r, sqli__span(line + skip, length - skip));
    }
    return add(r, (struct peer_entry){.kind = PEER_ENTRY_COMMENT,
                                      .bytes = sqli__span(line + 1, length - 1)});
}

static enum sqli_status read_lines(struct reader *r)
{
    uint8_t *at = r->recording->text.data;
    uint8_t *end = at + r->recording->text.length;
    while (at < end) {
        uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        uint8_t *next = stop ? stop + 1 : end;
        size_t length = (size_t)((stop ? stop : end) - at);
        if (length && at[length - 1] == '\r')
            length--;
        r->line++;
        SQLI_TRY(read_line(r, at, length));
        at = next;
    }
    return SQLI_OK;
}

enum sqli_status peer_recording_load(const char *path, struct peer_recording *recording,
                                     struct sqli_error *error)
{
    struct reader r = {.recording = recording, .error = error};
    *recording = (struct peer_recording){.name = strcmp(path, "-") == 0 ? "stdin" : path};
    enum sqli_status status = peer_read_file(path, &recording->text, error);
    if (status == SQLI_OK)
        status = read_lines(&r);
    if (status != SQLI_OK)
        peer_recording_free(recording);
    return status;
}

void peer_recording_free(struct peer_recording *recording)
{
    sqli__buffer_free(&recording->text);
    sqli__free(recording->entries);
    recording->entries = NULL;
    recording->count = recording->capacity = 0;
}
