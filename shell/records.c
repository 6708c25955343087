#include "shell/records.h"

#include "base/alloc.h"
#include "shell/text.h"

#include <errno.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 18, RECORD_BYTES = 1 << 29 };

void sqli__sh_record_init(struct sqli_sh_record *record)
{
    *record = (struct sqli_sh_record){0};
    sqli__buffer_init(&record->text, RECORD_BYTES);
}

void sqli__sh_record_free(struct sqli_sh_record *record)
{
    sqli__buffer_free(&record->text);
    sqli__free(record->field);
}

struct sqli_span sqli__sh_field(const struct sqli_sh_record *record, size_t field)
{
    const struct sqli_sh_field *f = &record->field[field];
    return f->null ? sqli__span(NULL, 0) : sqli__span(record->text.data + f->offset, f->length);
}

/* --- taking apart --- */

static void end_field(const struct sqli_sh_dialect *dialect, struct sqli_sh_record *record,
                      size_t offset, struct sqli_span raw)
{
    size_t length = record->text.length - offset;
    void *room =
        sqli__sh_room(record->field, record->fields, &record->capacity, sizeof *record->field);
    if (!room)
        return;
    record->field = room;
    bool null = sqli__span_equal(raw, sqli__span_text(dialect->null));
    record->field[record->fields++] = (struct sqli_sh_field){offset, length, null};
}

/* Lines may end as DOS ends them: a CR that belongs to a value has a delimiter or a quote behind
 * it. Gives where the field that ends at `at` stops, and takes the CR from its text, too. */
static size_t without_return(struct sqli_sh_record *record, size_t start, size_t at,
                             struct sqli_span text)
{
    bool there = at > start && text.data[at - 1] == '\r';
    record->text.length -= there;
    return at - there;
}

/* From the opening quote to behind the closing one; 0: there is none. */
static size_t quoted_part(struct sqli_span text, size_t at, struct sqli_buffer *to)
{
    for (at++; at < text.length;) {
        const uint8_t *quote = memchr(text.data + at, '"', text.length - at);
        if (!quote)
            return 0;
        size_t next = (size_t)(quote - text.data);
        sqli__buffer_append(to, text.data + at, next - at);
        if (next + 1 == text.length || text.data[next + 1] != '"')
            return next + 1;
        sqli__buffer_byte(to, '"');
        at = next + 2;
    }
    return 0;
}

static size_t parse_csv(const struct sqli_sh_dialect *dialect, struct sqli_span text, bool end,
                        struct sqli_sh_record *record)
{
    size_t at = 0, offset = 0, start = 0;
    bool quoted = false;
    for (;;) {
        if (at == text.length && !end)
            return 0;
        uint8_t c = at < text.length ? text.data[at] : '\n';
        if (c == '"' && record->text.length == offset && !quoted) {
            quoted = true;
            at = quoted_part(text, at, &record->text);
            /* What follows a closing quote may be in the bytes that are not read yet. */
            if (!at || (at == text.length && !end))
                return 0;
        } else if (c == dialect->delimiter || c == '\n') {
            size_t stop = c == '\n' && !quoted ? without_return(record, start, at, text) : at;
            end_field(dialect, record, offset, sqli__span(text.data + start, stop - start));
            quoted = false;
            offset = record->text.length;
            start = ++at;
            if (c == '\n')
                return at;
        } else {
            if (!(quoted && c == '\r'))
                sqli__buffer_byte(&record->text, c);
            at++;
        }
    }
}

/* A backslash and a blank alone are the empty text. */
static void end_unload_field(const struct sqli_sh_dialect *dialect, struct sqli_sh_record *record,
                             size_t offset, struct sqli_span raw)
{
    if (raw.length == 2 && raw.data[0] == '\\' && raw.data[1] == ' ')
        record->text.length = offset;
    end_field(dialect, record, offset, raw);
}

static size_t parse_unload(const struct sqli_sh_dialect *dialect, struct sqli_span text, bool end,
                           struct sqli_sh_record *record)
{
    size_t at = 0, offset = 0, start = 0;
    for (;;) {
        if (at == text.length && !end)
            return 0;
        uint8_t c = at < text.length ? text.data[at] : '\n';
        if (c == dialect->delimiter || c == '\n') {
            size_t stop = c == '\n' ? without_return(record, start, at, text) : at;
            if (c != '\n' || stop > start)
                end_unload_field(dialect, record, offset,
                                 sqli__span(text.data + start, stop - start));
            offset = record->text.length;
            start = ++at;
            if (c == '\n')
                return at;
            continue;
        }
        if (c == '\\' && at + 1 == text.length)
            return 0;
        at += c == '\\';
        sqli__buffer_byte(&record->text, text.data[at++]);
    }
}

size_t sqli__sh_record_parse(const struct sqli_sh_dialect *dialect, struct sqli_span text, bool end,
                             struct sqli_sh_record *record)
{
    record->fields = 0;
    sqli__buffer_clear(&record->text);
    size_t length = dialect->csv ? parse_csv(dialect, text, end, record)
                                 : parse_unload(dialect, text, end, record);
    if (record->text.failed)
        return 0;
    length = length > text.length ? text.length : length;
    record->raw = sqli__span(text.data, length);
    if (length && text.data[length - 1] == '\n')
        record->raw.length--;
    return length;
}

/* --- reading --- */

void sqli__sh_records_init(struct sqli_sh_records *records, const struct sqli_sh_dialect *dialect)
{
    *records = (struct sqli_sh_records){.dialect = *dialect, .file = -1, .line = 1};
    sqli__buffer_init(&records->data, RECORD_BYTES);
}

void sqli__sh_records_free(struct sqli_sh_records *records)
{
    sqli__buffer_free(&records->data);
    if (records->file > STDIN_FILENO)
        close(records->file);
}

static bool read_line(struct sqli_sh_records *records)
{
    struct sqli_span line = sqli__span("", 0);
    records->input->prompt = ">> ";
    records->input->rows = true;
    enum sqli_sh_line result = sqli__sh_input_line(records->input, &line);
    records->input->rows = false;
    if (result == SQLI_SH_LINE_INTERRUPTED) {
        errno = EINTR;
        return false;
    }
    struct sqli_span word = sqli__sh_trim(line);
    records->end = result == SQLI_SH_LINE_END || sqli__sh_same(word, "\\.");
    if (!records->end)
        sqli__buffer_span(&records->data, line);
    return true;
}

static bool read_more(struct sqli_sh_records *records)
{
    sqli__buffer_consume(&records->data, records->at);
    records->at = 0;
    if (records->input)
        return read_line(records);
    /* As much again as there is, so that a long record is not looked at too often. */
    size_t wanted = records->data.length > READ_BYTES ? records->data.length : READ_BYTES;
    uint8_t *room = sqli__buffer_reserve(&records->data, wanted);
    if (!room) {
        errno = EMSGSIZE;
        return false;
    }
    ssize_t got = read(records->file, room, wanted);
    if (got > 0)
        sqli__buffer_advance(&records->data, (size_t)got);
    records->end = got == 0;
    return got >= 0;
}

void sqli__sh_records_skip(struct sqli_sh_records *records)
{
    while (records->input && !records->end && read_line(records))
        sqli__buffer_clear(&records->data);
}

enum sqli_sh_next sqli__sh_records_next(struct sqli_sh_records *records,
                                        struct sqli_sh_record *record)
{
    for (;;) {
        struct sqli_span text =
            sqli__span(records->data.data + records->at, records->data.length - records->at);
        if (!records->bytes && sqli__sh_begins(text, "\xEF\xBB\xBF")) {
            records->at += 3;
            records->bytes = 3;
            continue;
        }
        size_t length =
            text.length ? sqli__sh_record_parse(&records->dialect, text, records->end, record) : 0;
        if (length) {
            record->line = records->line;
            for (size_t i = 0; i < length; i++)
                records->line += text.data[i] == '\n';
            records->at += length;
            records->bytes += length;
            return SQLI_SH_RECORD;
        }
        if (records->end) {
            record->line = records->line;
            record->raw = text;
            return text.length ? SQLI_SH_BROKEN_RECORD : SQLI_SH_NO_RECORD;
        }
        if (!read_more(records))
            return SQLI_SH_READ_FAILED;
    }
}
