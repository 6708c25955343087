#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct sqli_error_info table[] = {
#define SQLI_ERROR(code, name, sqlstate, retry, text, hint, source) \
    {code, #name, sqlstate, retry, text, hint, source},
#include "base/errors.def"
#undef SQLI_ERROR
};

#define SQLI_ERROR(code, name, sqlstate, retry, text, hint, source) \
    static_assert(sizeof(sqlstate) == 6, "the SQLSTATE of " #name " has five characters");
#include "base/errors.def"
#undef SQLI_ERROR

enum { TABLE_SIZE = sizeof table / sizeof table[0] };

static const char unclassified[] = "IX000";

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

const struct sqli_error_info *sqli__error_isam(int32_t isam)
{
    if (isam > 0)
        isam = -isam;
    return isam <= -100 ? sqli__error_info(isam) : NULL;
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

/* IX000 says that something went wrong and no more: the ISAM code then tells what. Where the SQL
 * code is clear by itself (a table is missing: ISAM "no record found"), it is noise. */
static bool needs_cause(const struct sqli_error_info *info)
{
    return !info || (info->text[0] && strcmp(info->sqlstate, unclassified) == 0);
}

static void take_cause(struct sqli_error *error, const struct sqli_error_info *cause)
{
    error->retryable = cause->retryable;
    if (cause->hint[0])
        error->hint = cause->hint;
    if (strcmp(cause->sqlstate, unclassified) != 0)
        memcpy(error->sqlstate, cause->sqlstate, sizeof error->sqlstate);
}

/* "text: near (cause)", each part only if it is there; without any, the number at least. */
static void compose_message(struct sqli_error *error, const char *text, const char *cause)
{
    char message[sizeof error->message + sizeof error->near];
    char number[32] = "";
    const char *near = strcmp(error->near, text) ? error->near : ""; /* not twice */
    if (!text[0] && !near[0])
        snprintf(number, sizeof number, "error %d", (int)error->code);
    int length = snprintf(message, sizeof message, "%s%s%s%s%s%s%s", number, text,
                          text[0] && near[0] ? ": " : "", near, cause[0] ? " (" : "", cause,
                          cause[0] ? ")" : "");
    copy_text(error->message, sizeof error->message, message, length < 0 ? 0 : (size_t)length);
}

static void fill(struct sqli_error *error, int32_t code)
{
    const struct sqli_error_info *info = sqli__error_info(code);
    char unknown[48];
    char number[32] = "";
    const char *cause = number;
    error->code = code;
    error->retryable = info && info->retryable;
    error->hint = info ? info->hint : "";
    memcpy(error->sqlstate, info ? info->sqlstate : unclassified, sizeof error->sqlstate);
    if (error->isam && needs_cause(info)) {
        const struct sqli_error_info *isam = sqli__error_isam(error->isam);
        snprintf(number, sizeof number, "ISAM error %d", (int)error->isam);
        if (isam) {
            take_cause(error, isam);
            cause = isam->text;
        }
    }
    snprintf(unknown, sizeof unknown, "the server reports error %d", (int)code);
    compose_message(error, info ? info->text : unknown, cause);
}

/* The arguments may point into *error: it is cleared after they are read. */
enum sqli_status sqli__fail(struct sqli_error *error, int32_t code, const char *detail, ...)
{
    if (!error)
        return SQLI_FAIL;
    char near[2 * sizeof error->near] = "";
    size_t length = 0;
    if (detail) {
        va_list args;
        va_start(args, detail);
        int wanted = vsnprintf(near, sizeof near, detail, args);
        va_end(args);
        length = wanted < 0 ? 0 : (size_t)wanted;
    }
    sqli__error_clear(error);
    copy_text(error->near, sizeof error->near, near,
              length < sizeof near ? length : sizeof near - 1);
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
