#include "value/codeset.h"

#include "base/alloc.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

enum {
    CHUNK = 1024,     /* bytes converted at a time */
    PIECE = 512,      /* bytes of UTF-8 converted at a time, and back to compare */
    NO_POINT = 0xffff /* not a character, so no code set has it */
};

/* What a byte of a single-byte code set is in UTF-8; length 0 where it is nothing. */
struct forward {
    uint8_t length;
    uint8_t bytes[3];
};

struct backward {
    uint16_t point;
    uint8_t byte;
};

/* A single-byte code set is converted by tables made once, with iconv, byte by byte. Several iconv
 * converters join a base letter and its accent into one character on the way out; what a program
 * has written would not be what it reads. */
struct single_byte {
    struct forward forward[256];
    struct backward backward[256]; /* by code point */
    size_t count;
};

struct sqli_codeset {
    const struct sqli_codeset_info *info;
    struct single_byte *single;
    iconv_t to_utf8;
    iconv_t from_utf8;
};

static const iconv_t no_converter = (iconv_t)-1;

/* --- iconv --- */

/* One call of a converter: where the result goes, and what became of it. */
struct run {
    char *to;
    size_t room;
    size_t length; /* of the result */
    size_t taken;  /* of the text */
    bool full;     /* it stopped for want of room */
    bool refused;  /* it stopped because of the text; `taken` need not be right then */
};

/* A replacement that iconv reports is a refusal too. */
static void run_converter(iconv_t converter, struct sqli_span text, struct run *run)
{
    char *from = (char *)(uintptr_t)text.data;
    size_t left = text.length;
    char *to = run->to;
    size_t room = run->room;
    size_t result = iconv(converter, &from, &left, &to, &room);
    run->full = result == (size_t)-1 && errno == E2BIG;
    run->refused = result != 0 && !run->full;
    run->length = run->room - room;
    run->taken = text.length - left;
    iconv(converter, NULL, NULL, NULL, NULL);
}

static enum sqli_status open_converter(const char *to, const char *from, iconv_t *converter,
                                       struct sqli_error *error)
{
    *converter = iconv_open(to, from);
    if (*converter != no_converter)
        return SQLI_OK;
    if (errno == ENOMEM || errno == EMFILE || errno == ENFILE)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    return sqli__fail(error, SQLI_E_CODE_SET_UNKNOWN, "no converter from %s to %s", from, to);
}

static void close_converter(iconv_t converter)
{
    if (converter != no_converter)
        iconv_close(converter);
}

/* --- opening --- */

static int by_point(const void *a, const void *b)
{
    const struct backward *x = a;
    const struct backward *y = b;
    return x->point != y->point ? (x->point > y->point) - (x->point < y->point)
                                : (x->byte > y->byte) - (x->byte < y->byte);
}

/* The character of one byte, asked for alone. */
static uint32_t point_of_byte(iconv_t to_utf8, uint8_t byte)
{
    char source = (char)byte;
    char *from = &source;
    size_t left = 1;
    char utf8[8];
    char *to = utf8;
    size_t room = sizeof utf8;
    uint32_t point = NO_POINT;
    bool good = iconv(to_utf8, &from, &left, &to, &room) == 0;
    iconv(to_utf8, NULL, NULL, good ? &to : NULL, &room);
    if (good)
        sqli__utf8_decode(sqli__span(utf8, sizeof utf8 - room), &point);
    return point < NO_POINT ? point : NO_POINT;
}

static void fill_tables(struct single_byte *single, iconv_t to_utf8)
{
    for (int byte = 0; byte < 256; byte++) {
        uint8_t utf8[4];
        uint32_t point = point_of_byte(to_utf8, (uint8_t)byte);
        if (point == NO_POINT)
            continue;
        struct forward *forward = &single->forward[byte];
        forward->length = (uint8_t)sqli__utf8_encode(point, utf8);
        memcpy(forward->bytes, utf8, sizeof forward->bytes);
        single->backward[single->count++] = (struct backward){(uint16_t)point, (uint8_t)byte};
    }
    qsort(single->backward, single->count, sizeof single->backward[0], by_point);
}

static enum sqli_status open_single(struct sqli_codeset *codeset, struct sqli_error *error)
{
    iconv_t to_utf8;
    codeset->single = sqli__alloc_zeroed(1, sizeof *codeset->single);
    if (!codeset->single)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    SQLI_TRY(open_converter("UTF-8", codeset->info->iconv_name, &to_utf8, error));
    fill_tables(codeset->single, to_utf8);
    close_converter(to_utf8);
    return SQLI_OK;
}

static bool is_utf8(const struct sqli_codeset *codeset)
{
    return strcmp(codeset->info->iconv_name, "UTF-8") == 0;
}

static enum sqli_status open_converters(struct sqli_codeset *codeset, struct sqli_error *error)
{
    const char *name = codeset->info->iconv_name;
    if (is_utf8(codeset))
        return SQLI_OK;
    if (codeset->info->bytes_max == 1)
        return open_single(codeset, error);
    SQLI_TRY(open_converter("UTF-8", name, &codeset->to_utf8, error));
    return open_converter(name, "UTF-8", &codeset->from_utf8, error);
}

enum sqli_status sqli__codeset_open(struct sqli_span locale_or_codeset,
                                    struct sqli_codeset **codeset, struct sqli_error *error)
{
    const struct sqli_codeset_info *info = sqli__codeset_find(locale_or_codeset);
    int shown = locale_or_codeset.length < 100 ? (int)locale_or_codeset.length : 100;
    *codeset = NULL;
    if (!info)
        return sqli__fail(error, SQLI_E_CODE_SET_UNKNOWN, "'%.*s'", shown,
                          shown ? (const char *)locale_or_codeset.data : "");
    struct sqli_codeset *made = sqli__alloc_zeroed(1, sizeof *made);
    if (!made)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    *made = (struct sqli_codeset){info, NULL, no_converter, no_converter};
    if (open_converters(made, error) != SQLI_OK) {
        sqli__codeset_close(made);
        return SQLI_FAIL;
    }
    *codeset = made;
    return SQLI_OK;
}

void sqli__codeset_close(struct sqli_codeset *codeset)
{
    if (!codeset)
        return;
    close_converter(codeset->to_utf8);
    close_converter(codeset->from_utf8);
    sqli__free(codeset->single);
    sqli__free(codeset);
}

const struct sqli_codeset_info *sqli__codeset_info(const struct sqli_codeset *codeset)
{
    return codeset->info;
}

bool sqli__codeset_same(const struct sqli_codeset *codeset, struct sqli_span text)
{
    if (is_utf8(codeset))
        return sqli__utf8_valid(text);
    return codeset->info->ascii && sqli__ascii_prefix(text) == text.length;
}

/* --- what both directions share --- */

/* A text on its way, and how much of it is done. */
struct progress {
    const struct sqli_codeset *codeset;
    struct sqli_span text;
    size_t at;
    struct sqli_buffer *out;
    struct sqli_error *error;
};

static struct sqli_span rest(const struct progress *p)
{
    return sqli__span(p->text.data + p->at, p->text.length - p->at);
}

static void copy(struct progress *p, size_t length)
{
    sqli__buffer_append(p->out, p->text.data + p->at, length);
    p->at += length;
}

/* Bytes above 7f up to the next one below. */
static size_t high_prefix(struct sqli_span text)
{
    size_t at = 0;
    while (at < text.length && text.data[at] >= 0x80)
        at++;
    return at;
}

static enum sqli_status refuse_byte(const struct progress *p, const char *name)
{
    if (p->at >= p->text.length)
        return sqli__fail(p->error, SQLI_E_CODE_SET_CHARACTER, "the last character, code set %s",
                          name);
    return sqli__fail(p->error, SQLI_E_CODE_SET_CHARACTER,
                      "byte %02X at offset %zu starts no character of %s", p->text.data[p->at],
                      p->at, name);
}

/* For text that should be UTF-8: a character that the code set lacks, or no character at all. */
static enum sqli_status refuse_character(const struct progress *p)
{
    uint32_t point;
    if (sqli__utf8_decode(rest(p), &point) == 0)
        return refuse_byte(p, "UTF-8");
    return sqli__fail(p->error, SQLI_E_CODE_SET_CHARACTER, "U+%04X at offset %zu, code set %s",
                      (unsigned)point, p->at, p->codeset->info->name);
}

static enum sqli_status copy_utf8(struct progress *p)
{
    copy(p, sqli__utf8_prefix(p->text));
    return p->at == p->text.length ? SQLI_OK : refuse_byte(p, "UTF-8");
}

typedef enum sqli_status direction(struct progress *p);

/* One conversion, whole or not at all. */
static enum sqli_status convert(direction *run, struct progress p)
{
    size_t before = p.out->length;
    enum sqli_status status = SQLI_OK;
    if (p.text.length)
        status = is_utf8(p.codeset) ? copy_utf8(&p) : run(&p);
    if (status == SQLI_OK)
        status = sqli__buffer_status(p.out, p.error);
    if (status != SQLI_OK)
        sqli__buffer_truncate(p.out, before);
    return status;
}

/* --- to UTF-8 --- */

static enum sqli_status bytes_to_utf8(struct progress *p, size_t end)
{
    const struct forward *forward = p->codeset->single->forward;
    while (p->at < end) {
        uint8_t chunk[CHUNK];
        size_t length = 0;
        for (; p->at < end && length <= sizeof chunk - 4; p->at++) {
            const struct forward *to = &forward[p->text.data[p->at]];
            if (to->length == 0)
                return refuse_byte(p, p->codeset->info->name);
            memcpy(chunk + length, to->bytes, sizeof to->bytes);
            length += to->length;
        }
        sqli__buffer_append(p->out, chunk, length);
    }
    return SQLI_OK;
}

static enum sqli_status characters_to_utf8(struct progress *p, size_t end)
{
    while (p->at < end && !p->out->failed) {
        char utf8[CHUNK];
        struct run run = {.to = utf8, .room = sizeof utf8};
        struct sqli_span text = sqli__span(p->text.data + p->at, end - p->at);
        run_converter(p->codeset->to_utf8, text, &run);
        p->at += run.taken;
        if (run.refused)
            return refuse_byte(p, p->codeset->info->name);
        sqli__buffer_append(p->out, utf8, run.length);
    }
    return sqli__buffer_status(p->out, p->error);
}

/* ASCII is copied: everywhere in a superset, else only up to the first other byte, behind which an
 * ASCII byte may be the end of a longer character. */
static enum sqli_status to_utf8(struct progress *p)
{
    const struct sqli_codeset_info *info = p->codeset->info;
    while (p->at < p->text.length) {
        if (info->ascii)
            copy(p, sqli__ascii_prefix(rest(p)));
        size_t end = info->ascii_superset ? p->at + high_prefix(rest(p)) : p->text.length;
        SQLI_TRY(p->codeset->single ? bytes_to_utf8(p, end) : characters_to_utf8(p, end));
    }
    return SQLI_OK;
}

enum sqli_status sqli__codeset_to_utf8(struct sqli_codeset *codeset, struct sqli_span text,
                                       struct sqli_buffer *out, struct sqli_error *error)
{
    return convert(to_utf8, (struct progress){codeset, text, 0, out, error});
}

/* --- from UTF-8 --- */

static int byte_of_point(const struct single_byte *single, uint32_t point)
{
    size_t low = 0;
    size_t high = single->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (single->backward[middle].point < point)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < single->count && single->backward[low].point == point;
    return found ? single->backward[low].byte : -1;
}

static enum sqli_status bytes_from_utf8(struct progress *p, size_t end)
{
    while (p->at < end) {
        uint8_t chunk[CHUNK];
        size_t length = 0;
        while (p->at < end && length < sizeof chunk) {
            uint32_t point = 0;
            size_t size = sqli__utf8_decode(rest(p), &point);
            int byte = size ? byte_of_point(p->codeset->single, point) : -1;
            if (byte < 0)
                return refuse_character(p);
            chunk[length++] = (uint8_t)byte;
            p->at += size;
        }
        sqli__buffer_append(p->out, chunk, length);
    }
    return SQLI_OK;
}

/* The longest part of the text that fits in a piece without cutting a character. */
static struct sqli_span piece_of(struct sqli_span text)
{
    size_t length = text.length < PIECE ? text.length : PIECE;
    for (int i = 0; i < 3 && length < text.length && (text.data[length] & 0xc0) == 0x80; i++)
        length--;
    return sqli__span(text.data, length);
}

/* Where two texts of UTF-8 part, at the start of a character. */
static size_t common_prefix(struct sqli_span a, struct sqli_span b)
{
    size_t at = 0;
    while (at < a.length && at < b.length && a.data[at] == b.data[at])
        at++;
    while (at > 0 && at < a.length && (a.data[at] & 0xc0) == 0x80)
        at--;
    return at;
}

/* Converts a piece and back again, and tells how much of it is the same afterwards. Converters have
 * a way of making do: U+00A5 becomes a backslash in the Japanese sets of glibc, tag characters
 * vanish, and the call reports success. */
static size_t convert_piece(const struct sqli_codeset *codeset, struct sqli_span piece,
                            struct sqli_buffer *out)
{
    char bytes[2 * PIECE]; /* the most is GB18030's four bytes for two of UTF-8 */
    char utf8[2 * PIECE];
    struct run there = {.to = bytes, .room = sizeof bytes};
    struct run back = {.to = utf8, .room = sizeof utf8};
    run_converter(codeset->from_utf8, piece, &there);
    run_converter(codeset->to_utf8, sqli__span(bytes, there.length), &back);
    sqli__buffer_append(out, bytes, there.length);
    return common_prefix(sqli__span(piece.data, there.taken), sqli__span(utf8, back.length));
}

static enum sqli_status characters_from_utf8(struct progress *p, size_t end)
{
    while (p->at < end && !p->out->failed) {
        struct sqli_span piece = piece_of(sqli__span(p->text.data + p->at, end - p->at));
        size_t done = convert_piece(p->codeset, piece, p->out);
        p->at += done;
        if (done < piece.length)
            return refuse_character(p);
    }
    return sqli__buffer_status(p->out, p->error);
}

static enum sqli_status from_utf8(struct progress *p)
{
    const struct sqli_codeset_info *info = p->codeset->info;
    while (p->at < p->text.length) {
        if (info->ascii)
            copy(p, sqli__ascii_prefix(rest(p)));
        size_t end = info->ascii ? p->at + high_prefix(rest(p)) : p->text.length;
        SQLI_TRY(p->codeset->single ? bytes_from_utf8(p, end) : characters_from_utf8(p, end));
    }
    return SQLI_OK;
}

enum sqli_status sqli__codeset_from_utf8(struct sqli_codeset *codeset, struct sqli_span text,
                                         struct sqli_buffer *out, struct sqli_error *error)
{
    return convert(from_utf8, (struct progress){codeset, text, 0, out, error});
}
