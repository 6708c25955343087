#include "tests/support/support.h"

#include "base/alloc.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = tolower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct sqli_span support_unhex(const char *hex)
{
    uint8_t *bytes = malloc(strlen(hex) / 2 + 1);
    size_t length = 0;
    assert_non_null(bytes);
    while (*hex) {
        if (isspace((unsigned char)*hex)) {
            hex++;
            continue;
        }
        int high = hex_digit((unsigned char)hex[0]);
        int low = high < 0 ? -1 : hex_digit((unsigned char)hex[1]);
        if (low < 0)
            fail_msg("not hex: %.20s", hex);
        bytes[length++] = (uint8_t)(high << 4 | low);
        hex += 2;
    }
    return sqli__span(bytes, length);
}

void support_free(struct sqli_span bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

const char *support_hex(struct sqli_span bytes)
{
    static char text[8192];
    size_t kept = bytes.length < sizeof text / 2 - 4 ? bytes.length : sizeof text / 2 - 4;
    char *end = text;
    for (size_t i = 0; i < kept; i++)
        end += snprintf(end, 3, "%02x", bytes.data[i]);
    memcpy(end, kept < bytes.length ? "..." : "", kept < bytes.length ? 4 : 1);
    return text;
}

void support_assert_span_hex(struct sqli_span got, const char *hex, const char *file, int line)
{
    struct sqli_span wanted = support_unhex(hex);
    bool equal = sqli__span_equal(got, wanted);
    support_free(wanted);
    if (equal)
        return;
    print_error("got    %s\n", support_hex(got));
    print_error("wanted %s\n", hex);
    _fail(file, line);
}

struct sqli_span support_read_file(const char *file)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", SQLI_TEST_DATA, file);
    FILE *stream = fopen(path, "rb");
    if (!stream)
        fail_msg("cannot open %s", path);
    fseek(stream, 0, SEEK_END);
    long size = ftell(stream);
    rewind(stream);
    uint8_t *bytes = malloc((size_t)size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)size, stream), (size_t)size);
    bytes[size] = '\0';
    fclose(stream);
    return sqli__span(bytes, (size_t)size);
}

static size_t split_fields(char *line, char separator, char **fields)
{
    size_t count = 0;
    while (count < SUPPORT_FIELDS) {
        fields[count++] = line;
        char *end = strchr(line, separator);
        if (!end)
            break;
        *end = '\0';
        line = end + 1;
    }
    return count;
}

void support_each_line(const char *file, char separator,
                       void (*each)(void *context, size_t line, size_t count, char **fields),
                       void *context)
{
    struct sqli_span content = support_read_file(file);
    char *at = (char *)(uintptr_t)content.data;
    for (size_t line = 1; *at; line++) {
        char *end = strchr(at, '\n');
        if (end)
            *end = '\0';
        char *fields[SUPPORT_FIELDS];
        if (*at && *at != '#' && strncmp(at, "id\t", 3) != 0)
            each(context, line, split_fields(at, separator, fields), fields);
        if (!end)
            break;
        at = end + 1;
    }
    support_free(content);
}

uint64_t support_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15U); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

int64_t support_random_between(uint64_t *state, int64_t low, int64_t high)
{
    uint64_t range = (uint64_t)high - (uint64_t)low + 1;
    uint64_t number = support_random(state);
    return (int64_t)((uint64_t)low + (range ? number % range : number));
}

/* The allocator that fails: counts down to the one allocation that it refuses. */
struct countdown {
    size_t until_failure; /* 0: this one */
    bool armed;
    bool fired;
    long live;
};

static bool refuse(struct countdown *c)
{
    if (!c->armed || c->until_failure-- > 0)
        return false;
    c->armed = false;
    c->fired = true;
    return true;
}

static void *countdown_allocate(void *context, size_t size)
{
    struct countdown *c = context;
    if (refuse(c))
        return NULL;
    c->live++;
    return malloc(size);
}

static void *countdown_resize(void *context, void *block, size_t size)
{
    struct countdown *c = context;
    if (refuse(c))
        return NULL;
    c->live += block == NULL;
    return realloc(block, size);
}

static void countdown_release(void *context, void *block)
{
    struct countdown *c = context;
    c->live--;
    free(block);
}

size_t support_fail_each_allocation(support_action *action, void *context)
{
    struct countdown c = {0};
    const struct sqli_allocator allocator = {
        .size = sizeof allocator,
        .context = &c,
        .allocate = countdown_allocate,
        .resize = countdown_resize,
        .release = countdown_release,
    };
    sqli__allocator_set(&allocator);
    size_t failed = 0;
    for (;; failed++) {
        struct sqli_error error;
        sqli__error_clear(&error);
        c = (struct countdown){.until_failure = failed, .armed = true};
        enum sqli_status status = action(context, &error);
        if (c.live != 0)
            fail_msg("%ld blocks left behind after allocation %zu failed", c.live, failed + 1);
        if (!c.fired) {
            assert_int_equal(status, SQLI_OK);
            break;
        }
        if (status != SQLI_FAIL || error.code != SQLI_E_NO_MEMORY)
            fail_msg("allocation %zu failed: status %d, code %d", failed + 1, status, error.code);
    }
    sqli__allocator_set(NULL);
    return failed;
}
