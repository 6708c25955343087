/* Answers one line per line of input, so that check_decimal.py can hold the decimals against
 * another implementation: "add 1.5 2" -> "3.5", "!-1226" for an error. */
#include "value/decimal.h"
#include "value/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARGUMENTS = 3, LINE = 4096 };

struct call {
    char *arguments[ARGUMENTS];
    struct sqli_decimal a;
    struct sqli_decimal b;
    struct sqli_error error;
    struct sqli_buffer out;
};

typedef enum sqli_status arithmetic(const struct sqli_decimal *, const struct sqli_decimal *,
                                    struct sqli_decimal *, struct sqli_error *);

static enum sqli_status read_decimal(struct call *call, int index, struct sqli_decimal *value)
{
    return sqli__decimal_from_text(sqli__span_text(call->arguments[index]), value, &call->error);
}

static enum sqli_status calculate(struct call *call, arithmetic *operation)
{
    struct sqli_decimal result;
    SQLI_TRY(read_decimal(call, 0, &call->a));
    SQLI_TRY(read_decimal(call, 1, &call->b));
    SQLI_TRY(operation(&call->a, &call->b, &result, &call->error));
    sqli__decimal_to_text(&result, SQLI_DECIMAL_FLOATING, &call->out);
    return SQLI_OK;
}

static enum sqli_status do_add(struct call *call)
{
    return calculate(call, sqli__decimal_add);
}

static enum sqli_status do_subtract(struct call *call)
{
    return calculate(call, sqli__decimal_subtract);
}

static enum sqli_status do_multiply(struct call *call)
{
    return calculate(call, sqli__decimal_multiply);
}

static enum sqli_status do_divide(struct call *call)
{
    return calculate(call, sqli__decimal_divide);
}

static enum sqli_status do_compare(struct call *call)
{
    SQLI_TRY(read_decimal(call, 0, &call->a));
    SQLI_TRY(read_decimal(call, 1, &call->b));
    sqli__buffer_format(&call->out, "%d", sqli__decimal_compare(&call->a, &call->b));
    return SQLI_OK;
}

/* round NUMBER PRECISION SCALE */
static enum sqli_status do_round(struct call *call)
{
    SQLI_TRY(read_decimal(call, 0, &call->a));
    SQLI_TRY(sqli__decimal_round(&call->a, (int)strtol(call->arguments[1], NULL, 10),
                                 (int)strtol(call->arguments[2], NULL, 10), &call->error));
    sqli__decimal_to_text(&call->a, SQLI_DECIMAL_FLOATING, &call->out);
    return SQLI_OK;
}

/* text NUMBER SCALE */
static enum sqli_status do_text(struct call *call)
{
    SQLI_TRY(read_decimal(call, 0, &call->a));
    sqli__decimal_to_text(&call->a, (int)strtol(call->arguments[1], NULL, 10), &call->out);
    return SQLI_OK;
}

static void put_hex(struct call *call, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sqli__buffer_format(&call->out, "%02x", bytes[i]);
}

/* encode NUMBER WIDTH */
static enum sqli_status do_encode(struct call *call)
{
    uint8_t image[64];
    size_t width = (size_t)(int)strtol(call->arguments[1], NULL, 10);
    SQLI_TRY(read_decimal(call, 0, &call->a));
    SQLI_TRY(sqli__decimal_encode(&call->a, width, image, &call->error));
    put_hex(call, image, width);
    return SQLI_OK;
}

static enum sqli_status do_encode_short(struct call *call)
{
    uint8_t image[SQLI_DECIMAL_PAIRS + 1];
    SQLI_TRY(read_decimal(call, 0, &call->a));
    put_hex(call, image, sqli__decimal_encode_short(&call->a, image));
    return SQLI_OK;
}

static enum sqli_status do_decode(struct call *call)
{
    uint8_t image[64];
    bool null;
    size_t length = strlen(call->arguments[0]) / 2;
    for (size_t i = 0; i < length; i++) {
        char digits[3] = {call->arguments[0][2 * i], call->arguments[0][2 * i + 1], '\0'};
        image[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    SQLI_TRY(sqli__decimal_decode(sqli__span(image, length), &call->a, &null, &call->error));
    if (null)
        sqli__buffer_text(&call->out, "NULL");
    else
        sqli__decimal_to_text(&call->a, SQLI_DECIMAL_FLOATING, &call->out);
    return SQLI_OK;
}

static enum sqli_status do_to_int64(struct call *call)
{
    int64_t number;
    SQLI_TRY(read_decimal(call, 0, &call->a));
    SQLI_TRY(sqli__decimal_to_int64(&call->a, &number, &call->error));
    sqli__buffer_format(&call->out, "%" PRId64, number);
    return SQLI_OK;
}

static enum sqli_status do_from_int64(struct call *call)
{
    int64_t number;
    SQLI_TRY(sqli__int64_from_text(sqli__span_text(call->arguments[0]), &number, &call->error));
    sqli__decimal_from_int64(number, &call->a);
    sqli__decimal_to_text(&call->a, SQLI_DECIMAL_FLOATING, &call->out);
    return SQLI_OK;
}

/* Doubles travel to and from the checker as hexadecimal floats, which lose nothing. */
static enum sqli_status do_to_double(struct call *call)
{
    SQLI_TRY(read_decimal(call, 0, &call->a));
    sqli__buffer_format(&call->out, "%a", sqli__decimal_to_double(&call->a));
    return SQLI_OK;
}

static enum sqli_status do_from_double(struct call *call)
{
    double number = strtod(call->arguments[0], NULL);
    SQLI_TRY(sqli__decimal_from_double(number, &call->a, &call->error));
    sqli__decimal_to_text(&call->a, SQLI_DECIMAL_FLOATING, &call->out);
    return SQLI_OK;
}

static enum sqli_status do_real_to_text(struct call *call)
{
    sqli__real_to_text(strtod(call->arguments[0], NULL), &call->out);
    return SQLI_OK;
}

static enum sqli_status do_single_to_text(struct call *call)
{
    sqli__real_single_to_text(strtof(call->arguments[0], NULL), &call->out);
    return SQLI_OK;
}

static enum sqli_status do_real_from_text(struct call *call)
{
    double number;
    SQLI_TRY(sqli__real_from_text(sqli__span_text(call->arguments[0]), &number, &call->error));
    sqli__buffer_format(&call->out, "%a", number);
    return SQLI_OK;
}

static const struct {
    const char *name;
    enum sqli_status (*run)(struct call *call);
} commands[] = {
    {"add", do_add},
    {"subtract", do_subtract},
    {"multiply", do_multiply},
    {"divide", do_divide},
    {"compare", do_compare},
    {"round", do_round},
    {"text", do_text},
    {"encode", do_encode},
    {"encode_short", do_encode_short},
    {"decode", do_decode},
    {"to_int64", do_to_int64},
    {"from_int64", do_from_int64},
    {"to_double", do_to_double},
    {"from_double", do_from_double},
    {"real_to_text", do_real_to_text},
    {"single_to_text", do_single_to_text},
    {"real_from_text", do_real_from_text},
};

static bool run_line(char *line, struct call *call)
{
    char *rest = NULL;
    char *name = strtok_r(line, " \n", &rest);
    for (int i = 0; i < ARGUMENTS; i++) {
        char *argument = strtok_r(NULL, " \n", &rest);
        call->arguments[i] = argument ? argument : (char[]){""};
    }
    for (size_t i = 0; name && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) != 0)
            continue;
        sqli__buffer_clear(&call->out);
        if (commands[i].run(call) == SQLI_OK)
            printf("%.*s\n", (int)call->out.length, (const char *)call->out.data);
        else
            printf("!%d\n", (int)call->error.code);
        return true;
    }
    return false;
}

int main(void)
{
    static char line[LINE];
    struct call call = {0};
    bool understood = true;
    sqli__buffer_init(&call.out, LINE);
    while (understood && fgets(line, sizeof line, stdin))
        understood = run_line(line, &call);
    sqli__buffer_free(&call.out);
    return understood ? 0 : 1;
}
