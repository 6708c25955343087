/* A statement of any kind, and the same text as an expression: the first byte gives the options. It
 * parses, or fails with a place inside the text; and a second time it does the same. */
#include "fuzz/stream.h"

#include "base/arena.h"
#include "server/front/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA = 1 << 22 };

struct outcome {
    enum sqli_status status;
    int32_t code;
    int32_t offset;
    size_t memory;
    int number; /* kind of the statement or expression */
};

static struct outcome parse(struct sqli_span text, const struct sqli_parse_options *options,
                            bool expression)
{
    struct outcome outcome = {.number = 0};
    struct sqli_arena arena;
    struct sqli_error error;
    struct sqli_statement_tree *tree = NULL;
    struct sqli_expr *expr = NULL;
    sqli__arena_init(&arena, ARENA);
    sqli__error_clear(&error);
    outcome.status = expression ? sqli__parse_expression(text, options, &arena, &expr, &error)
                                : sqli__parse(text, options, &arena, &tree, &error);
    FUZZ_CHECK((outcome.status == SQLI_OK) == (tree || expr));
    FUZZ_CHECK((outcome.status == SQLI_OK) == (error.code == 0));
    FUZZ_CHECK(error.offset >= 0 && (size_t)error.offset <= text.length + 1);
    if (tree)
        outcome.number = (int)tree->kind;
    if (expr)
        outcome.number = (int)expr->kind;
    FUZZ_CHECK(outcome.status != SQLI_OK || outcome.number != 0);
    outcome.code = error.code;
    outcome.offset = error.offset;
    outcome.memory = arena.used;
    sqli__arena_free(&arena);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct sqli_parse_options options = {.delimident = data[0] & 1, .single_byte = data[0] & 2};
    struct sqli_span text = sqli__span(data + 1, size - 1);
    for (int expression = 0; expression < 2; expression++) {
        struct outcome first = parse(text, &options, expression);
        struct outcome second = parse(text, &options, expression);
        FUZZ_CHECK(first.status == second.status && first.code == second.code);
        FUZZ_CHECK(first.offset == second.offset && first.number == second.number);
        FUZZ_CHECK(first.memory == second.memory);
    }
    return 0;
}
