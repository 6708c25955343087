/* Arithmetic and the functions of numbers. */
#include "server/store/runtime_call.h"

#include "server/store/conversion.h"
#include "value/decimal_wide.h"
#include "value/number.h"

#include <inttypes.h>
#include <math.h>

/* --- Integers and dates --- */

/* By the text of the result's type; a DATE is a number of days. */
static void give_integer(sqlite3_context *context, bool overflow, sqlite3_int64 number,
                         sqlite3_value *type)
{
    const struct sqli_schema *schema = sqli__call_schema(context, type);
    if (!schema)
        return;
    bool date = schema->type.code == SQLI_TYPE_DATE;
    struct sqli_integer_range range = sqli__integer_range(&schema->type);
    int64_t least = date ? SQLI_DATE_MIN : -range.max;
    int64_t most = date ? SQLI_DATE_MAX : range.max;
    if (overflow || number < least || number > most)
        sqli__call_fail(context, date ? (int32_t)SQLI_E_DATE_CONVERT : range.code, NULL);
    else
        sqlite3_result_int64(context, number);
}

static void int_add(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_int64 result;
    bool overflow = __builtin_add_overflow(sqlite3_value_int64(arguments[0]),
                                           sqlite3_value_int64(arguments[1]), &result);
    give_integer(context, overflow, result, arguments[2]);
}

static void int_sub(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_int64 result;
    bool overflow = __builtin_sub_overflow(sqlite3_value_int64(arguments[0]),
                                           sqlite3_value_int64(arguments[1]), &result);
    give_integer(context, overflow, result, arguments[2]);
}

static void int_mul(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_int64 result;
    bool overflow = __builtin_mul_overflow(sqlite3_value_int64(arguments[0]),
                                           sqlite3_value_int64(arguments[1]), &result);
    give_integer(context, overflow, result, arguments[2]);
}

static void int_neg(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_int64 result;
    bool overflow =
        __builtin_sub_overflow((sqlite3_int64)0, sqlite3_value_int64(arguments[0]), &result);
    give_integer(context, overflow, result, arguments[1]);
}

static void modulo(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_int64 a = sqlite3_value_int64(arguments[0]);
    sqlite3_int64 b = sqlite3_value_int64(arguments[1]);
    if (b == 0)
        sqli__call_fail(context, SQLI_E_DIVISION_BY_ZERO, NULL);
    else
        sqlite3_result_int64(context, b == -1 ? 0 : a % b);
}

/* 0x and eight digits for what an INTEGER holds, else sixteen. */
static void hex(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_int64 number = sqlite3_value_int64(arguments[0]);
    struct sqli_buffer *text = sqli__call_scratch(context);
    if (number >= INT32_MIN && number <= INT32_MAX)
        sqli__buffer_format(text, "0x%08" PRIX32, (uint32_t)number);
    else
        sqli__buffer_format(text, "0x%016" PRIX64, (uint64_t)number);
    sqli__give_scratch(context);
}

enum bits { BITS_AND, BITS_OR, BITS_XOR, BITS_ANDNOT };

static void bits(sqlite3_context *context, sqlite3_value **arguments, enum bits operation)
{
    sqlite3_int64 a = sqlite3_value_int64(arguments[0]);
    sqlite3_int64 b = sqlite3_value_int64(arguments[1]);
    switch (operation) {
    case BITS_AND: a &= b; break;
    case BITS_OR: a |= b; break;
    case BITS_XOR: a ^= b; break;
    case BITS_ANDNOT: a &= ~b; break;
    }
    sqlite3_result_int64(context, a);
}

static void bit_and(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    bits(context, arguments, BITS_AND);
}

static void bit_or(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    bits(context, arguments, BITS_OR);
}

static void bit_xor(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    bits(context, arguments, BITS_XOR);
}

static void bit_and_not(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    bits(context, arguments, BITS_ANDNOT);
}

static void bit_not(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_int64(context, ~sqlite3_value_int64(arguments[0]));
}

/* --- Decimals --- */

typedef enum sqli_status decimal_operation(const struct sqli_decimal *a,
                                           const struct sqli_decimal *b,
                                           struct sqli_decimal *result, struct sqli_error *error);

static void decimal_binary(sqlite3_context *context, sqlite3_value **arguments,
                           decimal_operation *operation)
{
    struct sqli_decimal a, b, result;
    if (!sqli__call_decimal(context, arguments[0], &a) ||
        !sqli__call_decimal(context, arguments[1], &b))
        return;
    enum sqli_status status = operation(&a, &b, &result, sqli__call_error(context));
    sqli__give_decimal(context, status, &result);
}

static void dec_add(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    decimal_binary(context, arguments, sqli__decimal_add);
}

static void dec_sub(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    decimal_binary(context, arguments, sqli__decimal_subtract);
}

static void dec_mul(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    decimal_binary(context, arguments, sqli__decimal_multiply);
}

static void dec_div(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    decimal_binary(context, arguments, sqli__decimal_divide);
}

static void dec_neg(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_decimal number;
    if (!sqli__call_decimal(context, arguments[0], &number))
        return;
    number.negative = !number.negative && number.count > 0;
    sqli__give_decimal(context, SQLI_OK, &number);
}

/* Up or down to a whole number. */
static void whole(sqlite3_context *context, sqlite3_value *argument, bool up)
{
    struct sqli_decimal number, cut;
    static const struct sqli_decimal one = {.exponent = 1, .count = 1, .pairs = {1}};
    enum sqli_status status = SQLI_OK;
    if (!sqli__call_decimal(context, argument, &number))
        return;
    sqli__decimal_truncate(&number, 0, &cut);
    if (sqli__decimal_compare(&cut, &number) != 0 && number.negative != up)
        status = (up ? sqli__decimal_add : sqli__decimal_subtract)(&cut, &one, &cut,
                                                                   sqli__call_error(context));
    sqli__give_decimal(context, status, &cut);
}

static void ceiling(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    whole(context, arguments[0], true);
}

static void floor_of(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    whole(context, arguments[0], false);
}

/* A scale beyond all digits changes nothing, one before all digits leaves nothing. */
static int scale_argument(int count, sqlite3_value **arguments)
{
    enum { FAR = 2 * (SQLI_DECIMAL_EXPONENT_MAX + SQLI_DECIMAL_PAIRS) };
    sqlite3_int64 scale = count > 1 ? sqlite3_value_int64(arguments[1]) : 0;
    return scale > FAR ? FAR : scale < -FAR ? -FAR : (int)scale;
}

static void round_number(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_decimal number;
    if (!sqli__call_decimal(context, arguments[0], &number))
        return;
    enum sqli_status status = sqli__decimal_round_at(&number, scale_argument(count, arguments),
                                                     &number, sqli__call_error(context));
    sqli__give_decimal(context, status, &number);
}

static void truncate_number(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_decimal number;
    if (!sqli__call_decimal(context, arguments[0], &number))
        return;
    sqli__decimal_truncate(&number, scale_argument(count, arguments), &number);
    sqli__give_decimal(context, SQLI_OK, &number);
}

/* --- Numbers of any type --- */

static void absolute(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_decimal number;
    switch (sqlite3_value_type(arguments[0])) {
    case SQLITE_INTEGER: {
        sqlite3_int64 v = sqlite3_value_int64(arguments[0]);
        sqlite3_result_int64(context, v < 0 && v != INT64_MIN ? -v : v);
        break;
    }
    case SQLITE_FLOAT:
        sqlite3_result_double(context, fabs(sqlite3_value_double(arguments[0])));
        break;
    default:
        if (!sqli__call_decimal(context, arguments[0], &number))
            return;
        number.negative = false;
        sqli__give_decimal(context, SQLI_OK, &number);
        break;
    }
}

static void sign_of(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_decimal number;
    double v = sqlite3_value_double(arguments[0]);
    if (sqlite3_value_type(arguments[0]) == SQLITE_BLOB) {
        if (!sqli__call_decimal(context, arguments[0], &number))
            return;
        v = number.count == 0 ? 0 : number.negative ? -1 : 1;
    }
    sqlite3_result_int(context, (v > 0) - (v < 0));
}

/* --- Doubles --- */

static void give_real(sqlite3_context *context, double number, int32_t code)
{
    if (sqli__real_finite(number))
        sqlite3_result_double(context, number);
    else
        sqli__call_fail(context, code, NULL);
}

static void real_add(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    double sum = sqlite3_value_double(arguments[0]) + sqlite3_value_double(arguments[1]);
    give_real(context, sum, SQLI_E_FLOAT_RANGE);
}

static void real_sub(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    double difference = sqlite3_value_double(arguments[0]) - sqlite3_value_double(arguments[1]);
    give_real(context, difference, SQLI_E_FLOAT_RANGE);
}

static void real_mul(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    double product = sqlite3_value_double(arguments[0]) * sqlite3_value_double(arguments[1]);
    give_real(context, product, SQLI_E_FLOAT_RANGE);
}

static void real_div(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    double divisor = sqlite3_value_double(arguments[1]);
    if (divisor == 0)
        sqli__call_fail(context, SQLI_E_DIVISION_BY_ZERO, NULL);
    else
        give_real(context, sqlite3_value_double(arguments[0]) / divisor, SQLI_E_FLOAT_RANGE);
}

static void real_neg(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_double(context, -sqlite3_value_double(arguments[0]));
}

static const double degrees_in_radian = 57.295779513082320876798154814105;

static double to_degrees(double radians)
{
    return radians * degrees_in_radian;
}

static double to_radians(double degrees)
{
    return degrees / degrees_in_radian;
}

/* One argument each; what has no result there gives NaN or infinity, which is -647. */
#define REAL_FUNCTION(name, function)                                                           \
    static void name(sqlite3_context *context, int count, sqlite3_value **arguments)            \
    {                                                                                           \
        (void)count;                                                                            \
        give_real(context, function(sqlite3_value_double(arguments[0])), SQLI_E_MATH_FUNCTION); \
    }

REAL_FUNCTION(real_sqrt, sqrt)
REAL_FUNCTION(real_exp, exp)
REAL_FUNCTION(real_ln, log)
REAL_FUNCTION(real_log10, log10)
REAL_FUNCTION(real_sin, sin)
REAL_FUNCTION(real_cos, cos)
REAL_FUNCTION(real_tan, tan)
REAL_FUNCTION(real_asin, asin)
REAL_FUNCTION(real_acos, acos)
REAL_FUNCTION(real_atan, atan)
REAL_FUNCTION(real_sinh, sinh)
REAL_FUNCTION(real_cosh, cosh)
REAL_FUNCTION(real_tanh, tanh)
REAL_FUNCTION(real_degrees, to_degrees)
REAL_FUNCTION(real_radians, to_radians)

static void real_pow(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    double power = pow(sqlite3_value_double(arguments[0]), sqlite3_value_double(arguments[1]));
    give_real(context, power, SQLI_E_MATH_FUNCTION);
}

static void real_atan2(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    double angle = atan2(sqlite3_value_double(arguments[0]), sqlite3_value_double(arguments[1]));
    give_real(context, angle, SQLI_E_MATH_FUNCTION);
}

/* A negative number has roots of odd whole degree. pow gives the neighbour of a root that is whole:
 * that one is taken where it is exact. */
static double root_of(double number, double degree)
{
    if (degree == 2)
        return sqrt(number);
    if (degree == 3)
        return cbrt(number);
    bool odd = fmod(degree, 2) == 1 || fmod(degree, 2) == -1;
    double size = number < 0 && odd ? -number : number;
    double root = pow(size, 1 / degree);
    double near = round(root);
    if (pow(near, degree) == size)
        root = near;
    return number < 0 && odd ? -root : root;
}

static void real_root(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    double degree = count > 1 ? sqlite3_value_double(arguments[1]) : 2;
    give_real(context, root_of(sqlite3_value_double(arguments[0]), degree), SQLI_E_MATH_FUNCTION);
}

const struct sqli_function_row sqli__functions_number[] = {
    {"x_int_add", 3, 3, SQLI_CALL_PURE, int_add},
    {"x_int_sub", 3, 3, SQLI_CALL_PURE, int_sub},
    {"x_int_mul", 3, 3, SQLI_CALL_PURE, int_mul},
    {"x_int_neg", 2, 2, SQLI_CALL_PURE, int_neg},
    {"x_dec_add", 2, 2, SQLI_CALL_PURE, dec_add},
    {"x_dec_sub", 2, 2, SQLI_CALL_PURE, dec_sub},
    {"x_dec_mul", 2, 2, SQLI_CALL_PURE, dec_mul},
    {"x_dec_div", 2, 2, SQLI_CALL_PURE, dec_div},
    {"x_dec_neg", 1, 1, SQLI_CALL_PURE, dec_neg},
    {"x_real_add", 2, 2, SQLI_CALL_PURE, real_add},
    {"x_real_sub", 2, 2, SQLI_CALL_PURE, real_sub},
    {"x_real_mul", 2, 2, SQLI_CALL_PURE, real_mul},
    {"x_real_div", 2, 2, SQLI_CALL_PURE, real_div},
    {"x_real_neg", 1, 1, SQLI_CALL_PURE, real_neg},
    {"x_f_abs", 1, 1, SQLI_CALL_PURE, absolute},
    {"x_f_sign", 1, 1, SQLI_CALL_PURE, sign_of},
    {"x_f_mod", 2, 2, SQLI_CALL_PURE, modulo},
    {"x_f_ceil", 1, 1, SQLI_CALL_PURE, ceiling},
    {"x_f_floor", 1, 1, SQLI_CALL_PURE, floor_of},
    {"x_f_round", 1, 2, SQLI_CALL_PURE, round_number},
    {"x_f_trunc", 1, 2, SQLI_CALL_PURE, truncate_number},
    {"x_f_pow", 2, 2, SQLI_CALL_PURE, real_pow},
    {"x_f_root", 1, 2, SQLI_CALL_PURE, real_root},
    {"x_f_sqrt", 1, 1, SQLI_CALL_PURE, real_sqrt},
    {"x_f_exp", 1, 1, SQLI_CALL_PURE, real_exp},
    {"x_f_ln", 1, 1, SQLI_CALL_PURE, real_ln},
    {"x_f_log10", 1, 1, SQLI_CALL_PURE, real_log10},
    {"x_f_sin", 1, 1, SQLI_CALL_PURE, real_sin},
    {"x_f_cos", 1, 1, SQLI_CALL_PURE, real_cos},
    {"x_f_tan", 1, 1, SQLI_CALL_PURE, real_tan},
    {"x_f_asin", 1, 1, SQLI_CALL_PURE, real_asin},
    {"x_f_acos", 1, 1, SQLI_CALL_PURE, real_acos},
    {"x_f_atan", 1, 1, SQLI_CALL_PURE, real_atan},
    {"x_f_atan2", 2, 2, SQLI_CALL_PURE, real_atan2},
    {"x_f_sinh", 1, 1, SQLI_CALL_PURE, real_sinh},
    {"x_f_cosh", 1, 1, SQLI_CALL_PURE, real_cosh},
    {"x_f_tanh", 1, 1, SQLI_CALL_PURE, real_tanh},
    {"x_f_degrees", 1, 1, SQLI_CALL_PURE, real_degrees},
    {"x_f_radians", 1, 1, SQLI_CALL_PURE, real_radians},
    {"x_f_hex", 1, 1, SQLI_CALL_PURE, hex},
    {"x_f_bitand", 2, 2, SQLI_CALL_PURE, bit_and},
    {"x_f_bitor", 2, 2, SQLI_CALL_PURE, bit_or},
    {"x_f_bitxor", 2, 2, SQLI_CALL_PURE, bit_xor},
    {"x_f_bitandnot", 2, 2, SQLI_CALL_PURE, bit_and_not},
    {"x_f_bitnot", 1, 1, SQLI_CALL_PURE, bit_not},
    {0},
};
