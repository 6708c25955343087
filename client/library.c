/* What the library says about itself and about errors, without a connection. */
#include "base/alloc.h"
#include "base/error.h"
#include "include/sqli.h"

const char *sqli_version(void)
{
    return SQLI_VERSION;
}

int sqli_version_number(void)
{
    return SQLI_VERSION_NUMBER;
}

int sqli_set_allocator(const struct sqli_allocator *allocator)
{
    if (allocator && (allocator->size < sizeof *allocator || !allocator->allocate ||
                      !allocator->resize || !allocator->release))
        return -1;
    sqli__allocator_set(allocator);
    return 0;
}

/* Gives every code a line, so that the accessors need not ask. */
static const struct sqli_error_info *info_of(int code)
{
    static const struct sqli_error_info unknown = {
        .name = "", .sqlstate = "IX000", .text = "", .hint = "", .source = ""};
    const struct sqli_error_info *info = sqli__error_info(code);
    return info ? info : &unknown;
}

const char *sqli_error_name(int code)
{
    return info_of(code)->name;
}

const char *sqli_error_sqlstate(int code)
{
    return info_of(code)->sqlstate;
}

const char *sqli_error_text(int code)
{
    return info_of(code)->text;
}

const char *sqli_error_hint(int code)
{
    return info_of(code)->hint;
}

int sqli_error_retryable(int code)
{
    return info_of(code)->retryable;
}
