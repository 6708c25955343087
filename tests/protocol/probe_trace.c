/* Answers check_reference.py, which decodes the same bytes with code of its own. Input lines:
 *
 *     # connection          a new conversation
 *     C hex, S hex          bytes of either side: the lines of the trace
 *     V mask c2s|s2c hex    whole messages without a login; `mask`: what both sides have
 *     L mask c2s|s2c hex    a login message
 *     R mask types hex      a row as its column texts: T and hex, N for NULL, ! and an error code
 *
 * `types` is a comma between columns and code:flags:extended-id:length:source:name-in-hex in each.
 * A line of one dot ends every answer. */
#include "protocol/row.h"
#include "protocol/trace.h"
#include "value/value.h"

#include <stdio.h>
#include <stdlib.h>

enum { PRINT_LIMIT = 1 << 20, LINE_LIMIT = 1 << 26, COLUMNS = 256 };

struct probe {
    struct sqli_trace trace;
    struct sqli_buffer text;
    struct sqli_error error;
};

static int digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* In place: the bytes take the room of their digits. */
static struct sqli_span unhex(char *hex)
{
    uint8_t *bytes = (uint8_t *)hex;
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return sqli__span(bytes, length);
}

static char *next_word(char **at)
{
    char *word = *at;
    *at += strcspn(word, " ");
    if (**at)
        *(*at)++ = '\0';
    return word;
}

static void put_line(void *context, const char *line, size_t length)
{
    (void)context;
    printf("%.*s\n", (int)length, line);
}

static void put_error(const struct probe *p)
{
    printf("!%d %s\n", (int)p->error.code, p->error.message);
}

/* --- single streams --- */

static void put_message(struct probe *p, const struct sqli_decoder *decoder,
                        const struct sqli_message *message)
{
    sqli__buffer_clear(&p->text);
    sqli__print(message, decoder->direction, &decoder->caps, PRINT_LIMIT, &p->text);
    printf("%s %.*s\n", decoder->direction == SQLI_TO_SERVER ? "C>" : "S>", (int)p->text.length,
           (const char *)p->text.data);
}

static void do_stream(struct probe *p, char *arguments, bool login)
{
    struct sqli_decoder decoder;
    struct sqli_caps caps = sqli__caps_from_mask(unhex(next_word(&arguments)));
    bool to_server = strcmp(next_word(&arguments), "c2s") == 0;
    struct sqli_span bytes = unhex(arguments);
    enum sqli_status status = SQLI_OK;
    sqli__decoder_init(&decoder, to_server ? SQLI_TO_SERVER : SQLI_TO_CLIENT, login);
    decoder.caps = caps;
    while (bytes.length > 0 && status == SQLI_OK) {
        struct sqli_message message;
        size_t used = 0;
        status = sqli__decode(&decoder, bytes, &message, &used, &p->error);
        if (status == SQLI_OK) {
            put_message(p, &decoder, &message);
            bytes = sqli__span(bytes.data + used, bytes.length - used);
        }
    }
    if (status == SQLI_MORE)
        printf("!more\n");
    if (status == SQLI_FAIL)
        put_error(p);
    sqli__decoder_free(&decoder);
}

/* --- rows --- */

static struct sqli_type read_type(char *fields)
{
    struct sqli_type type = {0};
    type.code = (uint8_t)strtol(fields, &fields, 10);
    type.flags = (uint16_t)strtol(fields + 1, &fields, 10);
    type.extended_id = (int32_t)strtol(fields + 1, &fields, 10);
    type.length = (int32_t)strtol(fields + 1, &fields, 10);
    type.source = (int32_t)strtol(fields + 1, &fields, 10);
    type.name = unhex(fields + 1);
    return type;
}

static uint32_t read_columns(char *list, struct sqli_column *columns)
{
    uint32_t count = 0;
    while (*list && count < COLUMNS) {
        char *column = list;
        list += strcspn(list, ",");
        if (*list)
            *list++ = '\0';
        columns[count++] = (struct sqli_column){.type = read_type(column)};
    }
    return count;
}

static void put_column(struct probe *p, const struct sqli_shape *shape, const struct sqli_row *row,
                       uint32_t column)
{
    const struct sqli_type *type = &shape->types[column];
    struct sqli_value value;
    enum sqli_status status =
        sqli__value_decode(type, sqli__row_image(shape, row, column), &value, &p->error);
    if (status == SQLI_OK && value.null) {
        printf("N\n");
        return;
    }
    sqli__buffer_clear(&p->text);
    if (status == SQLI_OK)
        status = sqli__value_to_text(type, &value, &sqli__date_iso, &p->text, &p->error);
    if (status != SQLI_OK) {
        put_error(p);
        return;
    }
    printf("T");
    for (size_t i = 0; i < p->text.length; i++)
        printf("%02x", p->text.data[i]);
    printf("\n");
}

static void do_row(struct probe *p, char *arguments)
{
    static struct sqli_column columns[COLUMNS];
    static uint32_t segments[COLUMNS + 1];
    struct sqli_caps caps = sqli__caps_from_mask(unhex(next_word(&arguments)));
    struct sqli_describe describe = {.columns = columns};
    struct sqli_row row = {.segments = segments};
    struct sqli_shape shape;
    describe.count = read_columns(next_word(&arguments), columns);
    if (sqli__shape_init(&shape, &describe, &caps, &p->error) != SQLI_OK) {
        put_error(p);
        return;
    }
    if (sqli__row_bind(&shape, unhex(arguments), &row, &p->error) != SQLI_OK)
        put_error(p);
    else
        for (uint32_t i = 0; i < shape.count; i++)
            put_column(p, &shape, &row, i);
    sqli__shape_free(&shape);
}

/* --- the lines --- */

static void restart(struct probe *p)
{
    sqli__trace_free(&p->trace);
    sqli__trace_init(&p->trace, PRINT_LIMIT, put_line, NULL);
    p->trace.bytes_only = true;
}

static void answer(struct probe *p, char *line)
{
    char *verb = next_word(&line);
    if (*verb == '#' && strcmp(line, "connection") == 0)
        restart(p);
    else if (*verb == 'C')
        sqli__trace_feed(&p->trace, SQLI_TO_SERVER, unhex(line));
    else if (*verb == 'S')
        sqli__trace_feed(&p->trace, SQLI_TO_CLIENT, unhex(line));
    else if (*verb == 'R')
        do_row(p, line);
    else if (*verb == 'V' || *verb == 'L')
        do_stream(p, line, *verb == 'L');
    printf(".\n");
}

int main(void)
{
    static struct probe p;
    char *line = NULL;
    size_t size = 0;
    sqli__trace_init(&p.trace, PRINT_LIMIT, put_line, NULL);
    p.trace.bytes_only = true;
    sqli__buffer_init(&p.text, LINE_LIMIT);
    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        answer(&p, line);
    }
    free(line);
    sqli__trace_free(&p.trace);
    sqli__buffer_free(&p.text);
    return 0;
}
