/* Lets check_codeset.py see every conversion of every code set.
 *
 *   probe_codeset list           the table, a line each
 *   probe_codeset encode NAME    every character that the code set has: code point and bytes, in
 * hex probe_codeset decode NAME    for each line of hex on standard input: UTF-8 in hex, or "-" */
#include "value/codeset.h"

#include <stdio.h>
#include <stdlib.h>

enum { BUFFER_LIMIT = 4096, LINE_MAX_LENGTH = 256 };

static void list_table(void)
{
    const struct sqli_codeset_info *info;
    for (size_t i = 0; (info = sqli__codeset_at(i)) != NULL; i++)
        printf("%d\t%s\t%s\t%d\t%d\t%d\n", (int)info->number, info->name, info->iconv_name,
               info->bytes_max, info->ascii, info->ascii_superset);
}

static void print_hex(struct sqli_span bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        printf("%02x", bytes.data[i]);
    putchar('\n');
}

static void encode_all(struct sqli_codeset *codeset)
{
    struct sqli_buffer out;
    sqli__buffer_init(&out, BUFFER_LIMIT);
    for (uint32_t point = 0; point < 0x110000; point++) {
        uint8_t utf8[4];
        struct sqli_span text = sqli__span(utf8, sqli__utf8_encode(point, utf8));
        sqli__buffer_clear(&out);
        if (sqli__codeset_from_utf8(codeset, text, &out, NULL) != SQLI_OK)
            continue;
        printf("%x ", (unsigned)point);
        print_hex(sqli__buffer_view(&out));
    }
    sqli__buffer_free(&out);
}

static size_t read_hex(const char *line, uint8_t *bytes)
{
    size_t length = 0;
    unsigned byte;
    for (; sscanf(line, "%2x", &byte) == 1; line += 2)
        bytes[length++] = (uint8_t)byte;
    return length;
}

static void decode_lines(struct sqli_codeset *codeset)
{
    char line[LINE_MAX_LENGTH];
    uint8_t bytes[LINE_MAX_LENGTH];
    struct sqli_buffer out;
    sqli__buffer_init(&out, BUFFER_LIMIT);
    while (fgets(line, sizeof line, stdin)) {
        struct sqli_span text = sqli__span(bytes, read_hex(line, bytes));
        sqli__buffer_clear(&out);
        if (sqli__codeset_to_utf8(codeset, text, &out, NULL) == SQLI_OK)
            print_hex(sqli__buffer_view(&out));
        else
            puts("-");
    }
    sqli__buffer_free(&out);
}

int main(int argc, char **argv)
{
    struct sqli_codeset *codeset;
    struct sqli_error error;
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        list_table();
        return EXIT_SUCCESS;
    }
    if (argc != 3) {
        fprintf(stderr, "usage: probe_codeset list | encode NAME | decode NAME\n");
        return 2;
    }
    if (sqli__codeset_open(sqli__span_text(argv[2]), &codeset, &error) != SQLI_OK) {
        fprintf(stderr, "%s\n", error.message);
        return EXIT_FAILURE;
    }
    if (strcmp(argv[1], "encode") == 0)
        encode_all(codeset);
    else
        decode_lines(codeset);
    sqli__codeset_close(codeset);
    return EXIT_SUCCESS;
}
