#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

static const struct sqli_error_info table[] = {
#define SQLI_ERROR(code, name, sqlstate, retry, text, hint, source) \
    {code, #name, sqlstate, retry, text, hint, source},
#include "base/errors.def"
#undef SQLI_ERROR
};

enum { TABLE_SIZE = sizeof table / sizeof table[0] };

/* The table is sorted from the highest code down; the unit test holds it to that. */
const struct sqli_error_info *sqli__error_info(int32_t code)
{
    size_t low = 0;
    size_t high = TABLE_SIZE;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table[middle].code == code)
            return &table[middle];
        if (table[middle].code > code)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

size_t sqli__error_count(void)
{
    return TABLE_SIZE;
}

const struct sqli_error_info *sqli__error_at(size_t index)
{
    return index < TABLE_SIZE ? &table[index] : NULL;
}

void sqli__error_clear(struct sqli_error *error)
{
    if (!error)
        return;
    *error = (struct sqli_error){.hint = "", .sqlstate = "00000"};
}

/* Cuts an over-long text at a character boundary, so that it stays UTF-8. */
static void copy_text(char *to, size_t room, const char *from, size_t length)
{
    if (length >= room) {
        length = room - 1;
        while (length > 0 && ((unsigned char)from[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(to, from, length);
    to[length] = '\0';
}

static void compose_message(struct sqli_error *error, const char *text)
{
    char message[sizeof error->message + sizeof error->near + 64];
    int length;
    if (!text[0])
        length = snprintf(message, sizeof message, "%s", error->near);
    else if (!error->near[0])
        length = snprintf(message, sizeof message, "%s", text);
    else
        length = snprintf(message, sizeof message, "%s: %s", text, error->near);
    copy_text(error->message, sizeof error->message, message, length < 0 ? 0 : (size_t)length);
}

static void fill(struct sqli_error *error, int32_t code)
{
    const struct sqli_error_info *info = sqli__error_info(code);
    error->code = code;
    if (info) {
        error->retryable = info->retryable;
        error->hint = info->hint;
        copy_text(error->sqlstate, sizeof error->sqlstate, info->sqlstate, strlen(info->sqlstate));
        compose_message(error, info->text);
        return;
    }
    char text[48];
    snprintf(text, sizeof text, "the server reports error %d", (int)code);
    memcpy(error->sqlstate, "HY000", 6);
    compose_message(error, text);
}

enum sqli_status sqli__fail(struct sqli_error *error, int32_t code, const char *detail, ...)
{
    if (!error)
        return SQLI_FAIL;
    sqli__error_clear(error);
    if (detail) {
        char near[2 * sizeof error->near];
        va_list args;
        va_start(args, detail);
        int length = vsnprintf(near, sizeof near, detail, args);
        va_end(args);
        size_t kept = length < 0 ? 0 : (size_t)length;
        copy_text(error->near, sizeof error->near, near,
                  kept < sizeof near ? kept : sizeof near - 1);
    }
    fill(error, code);
    return SQLI_FAIL;
}

enum sqli_status sqli__fail_server(struct sqli_error *error, int32_t code, int32_t isam,
                                   int32_t offset, struct sqli_span near)
{
    if (!error)
        return SQLI_FAIL;
    sqli__error_clear(error);
    if (near.length)
        copy_text(error->near, sizeof error->near, (const char *)near.data, near.length);
    error->isam = isam;
    error->offset = offset;
    fill(error, code);
    return SQLI_FAIL;
}
