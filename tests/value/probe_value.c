/* Answers one line per line of input, so that check_driver.py can hold our codec against a client
 * that was proven on real servers. Types are given as `code length extended-id name`.
 *
 *     encode 5 2050 0 - 12.5       the image in a tuple, as hex
 *     decode 5 2050 0 - c10c320000 the value as text
 *     bind 5 513 c032              the value of a parameter: code, precision word, data without
 * length
 *
 * NULL is "NULL", an error "!" and its code. */
#include "value/value.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE = 1 << 17 };

struct call {
    struct sqli_type type;
    struct sqli_error error;
    struct sqli_buffer out;
};

static struct sqli_span unhex(char *hex)
{
    uint8_t *bytes = (uint8_t *)hex;
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtol(pair, NULL, 16);
    }
    return sqli__span(bytes, length);
}

static enum sqli_status put_text(struct call *c, const struct sqli_value *value)
{
    if (value->null)
        sqli__buffer_text(&c->out, "NULL");
    else
        SQLI_TRY(sqli__value_to_text(&c->type, value, &sqli__date_iso, &c->out, &c->error));
    return SQLI_OK;
}

static enum sqli_status do_encode(struct call *c, char *text)
{
    struct sqli_value value = {.kind = sqli__type_kind(&c->type),
                               .null = strcmp(text, "NULL") == 0};
    struct sqli_buffer image;
    sqli__buffer_init(&image, LINE);
    if (!value.null)
        SQLI_TRY(sqli__value_from_text(&c->type, sqli__span_text(text), &sqli__date_iso, &value,
                                       &c->error));
    enum sqli_status status = sqli__value_encode(&c->type, &value, &image, &c->error);
    for (size_t i = 0; i < image.length && status == SQLI_OK; i++)
        sqli__buffer_format(&c->out, "%02x", image.data[i]);
    sqli__buffer_free(&image);
    return status;
}

static enum sqli_status do_decode(struct call *c, char *hex)
{
    struct sqli_value value;
    SQLI_TRY(sqli__value_decode(&c->type, unhex(hex), &value, &c->error));
    return put_text(c, &value);
}

static enum sqli_status do_bind(struct call *c, char *hex)
{
    struct sqli_value value;
    if (sqli__type_kind(&c->type) == SQLI_KIND_DECIMAL)
        c->type.length = SQLI_DECIMAL_DIGITS << 8 | SQLI_DECIMAL_FLOATING;
    SQLI_TRY(sqli__value_bind_decode(&c->type, unhex(hex), &value, &c->error));
    return put_text(c, &value);
}

static int next_number(char **at)
{
    return (int)strtol(*at, at, 10);
}

static void skip_blank(char **at)
{
    if (**at == ' ')
        ++*at;
}

static char *next_word(char **at)
{
    skip_blank(at);
    char *word = *at;
    while (**at && **at != ' ')
        ++*at;
    if (**at)
        *(*at)++ = '\0';
    return word;
}

static enum sqli_status answer(struct call *c, char *line)
{
    char *verb = next_word(&line);
    c->type = (struct sqli_type){0};
    c->type.code = (uint8_t)next_number(&line);
    c->type.length = next_number(&line);
    if (strcmp(verb, "bind") != 0) {
        c->type.extended_id = next_number(&line);
        char *name = next_word(&line);
        c->type.name = sqli__span_text(strcmp(name, "-") == 0 ? "" : name);
    } else {
        skip_blank(&line);
    }
    if (strcmp(verb, "encode") == 0)
        return do_encode(c, line);
    return strcmp(verb, "decode") == 0 ? do_decode(c, line) : do_bind(c, line);
}

int main(void)
{
    static char line[LINE];
    struct call c = {.type = {0}};
    sqli__buffer_init(&c.out, LINE);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        sqli__buffer_clear(&c.out);
        if (answer(&c, line) == SQLI_OK)
            printf("%.*s\n", (int)c.out.length, (const char *)c.out.data);
        else
            printf("!%d\n", (int)c.error.code);
    }
    sqli__buffer_free(&c.out);
    return 0;
}
