#include "server/front/resolve_types.h"

#include "server/store/convert.h"
#include "value/composite.h"
#include "value/decimal.h"
#include "value/scan.h"

/* --- making --- */

struct sqli_type sqli__make_type(enum sqli_type_code code, int32_t length)
{
    return (struct sqli_type){.code = (uint8_t)code, .length = length};
}

struct sqli_type sqli__make_integer(void)
{
    return sqli__make_type(SQLI_TYPE_INTEGER, 4);
}

struct sqli_type sqli__make_bigint(void)
{
    return sqli__make_type(SQLI_TYPE_BIGINT, 8);
}

struct sqli_type sqli__make_float(void)
{
    return sqli__make_type(SQLI_TYPE_FLOAT, 8);
}

struct sqli_type sqli__make_decimal(int precision, int scale)
{
    return sqli__make_type(SQLI_TYPE_DECIMAL, precision << 8 | scale);
}

struct sqli_type sqli__make_floating(void)
{
    return sqli__make_decimal(SQLI_DECIMAL_DIGITS, SQLI_DECIMAL_FLOATING);
}

struct sqli_type sqli__make_date(void)
{
    return sqli__make_type(SQLI_TYPE_DATE, 4);
}

struct sqli_type sqli__make_datetime(int start, int end)
{
    return sqli__make_type(SQLI_TYPE_DATETIME, sqli__datetime_qualifier(start, end));
}

struct sqli_type sqli__make_interval(int start, int end, int first)
{
    return sqli__make_type(SQLI_TYPE_INTERVAL, sqli__interval_qualifier(start, end, first));
}

static struct sqli_type extended(enum sqli_type_code code, int32_t id, const char *name,
                                 int32_t length)
{
    struct sqli_type type = sqli__make_type(code, length);
    type.extended_id = id;
    type.owner = sqli__span_text("informix");
    type.name = sqli__span_text(name);
    return type;
}

struct sqli_type sqli__make_lvarchar(int32_t length)
{
    return extended(SQLI_TYPE_UDTVAR, SQLI_XID_LVARCHAR, "lvarchar", length);
}

struct sqli_type sqli__make_boolean(void)
{
    return extended(SQLI_TYPE_UDTFIXED, SQLI_XID_BOOLEAN, "boolean", 1);
}

struct sqli_type sqli__make_char(size_t length)
{
    if (length > SQLI_CHAR_MAX)
        return sqli__make_varying(length);
    return sqli__make_type(SQLI_TYPE_CHAR, length ? (int32_t)length : 1);
}

struct sqli_type sqli__make_varying(size_t length)
{
    if (length <= SQLI_VARCHAR_MAX)
        return sqli__make_type(SQLI_TYPE_VARCHAR, length ? (int32_t)length : 1);
    return sqli__make_lvarchar(length < SQLI_LVARCHAR_MAX ? (int32_t)length : SQLI_LVARCHAR_MAX);
}

struct sqli_type sqli__make_null(void)
{
    return sqli__make_type(SQLI_TYPE_NULL, 0);
}

struct sqli_type sqli__plain_type(const struct sqli_type *type)
{
    struct sqli_type plain = *type;
    plain.flags &= (uint16_t)~SQLI_TYPE_NOT_NULL;
    switch (plain.code) {
    case SQLI_TYPE_SERIAL: plain.code = SQLI_TYPE_INTEGER; break;
    case SQLI_TYPE_SERIAL8: plain.code = SQLI_TYPE_INT8; break;
    case SQLI_TYPE_BIGSERIAL: plain.code = SQLI_TYPE_BIGINT; break;
    default: break;
    }
    return plain;
}

/* --- asking --- */

bool sqli__type_is_null(const struct sqli_type *type)
{
    return type->code == SQLI_TYPE_NULL;
}

bool sqli__type_is_serial(const struct sqli_type *type)
{
    return type->code == SQLI_TYPE_SERIAL || type->code == SQLI_TYPE_SERIAL8 ||
           type->code == SQLI_TYPE_BIGSERIAL;
}

bool sqli__type_is_text(const struct sqli_type *type)
{
    return sqli__type_kind(type) == SQLI_KIND_TEXT;
}

bool sqli__type_is_number(const struct sqli_type *type)
{
    enum sqli_kind kind = sqli__type_kind(type);
    return kind == SQLI_KIND_INTEGER || kind == SQLI_KIND_REAL || kind == SQLI_KIND_DECIMAL;
}

bool sqli__type_is_collection(const struct sqli_type *type)
{
    return type->code >= SQLI_TYPE_SET && type->code <= SQLI_TYPE_LIST;
}

bool sqli__type_is_lob(const struct sqli_type *type)
{
    enum sqli_kind kind = sqli__type_kind(type);
    return kind == SQLI_KIND_SIMPLE_LOB || kind == SQLI_KIND_SMART_LOB;
}

bool sqli__type_is_char(const struct sqli_type *type)
{
    return type->code == SQLI_TYPE_CHAR || type->code == SQLI_TYPE_NCHAR;
}

bool sqli__type_is_long_integer(const struct sqli_type *type)
{
    int code = sqli__plain_type(type).code;
    return code == SQLI_TYPE_BIGINT || code == SQLI_TYPE_INT8;
}

static bool is_varchar(const struct sqli_type *type)
{
    return type->code == SQLI_TYPE_VARCHAR || type->code == SQLI_TYPE_NVARCHAR;
}

/* VARCHAR(m,r) keeps r above m. */
int32_t sqli__type_text_length(const struct sqli_type *type)
{
    int32_t length = is_varchar(type) ? type->length & 0xff : type->length;
    return length > 0 ? length : is_varchar(type) ? SQLI_VARCHAR_MAX : SQLI_LVARCHAR_MAX;
}

bool sqli__interval_is_year_month(const struct sqli_type *type)
{
    return sqli__qualifier_start(sqli__type_qualifier(type)) <= SQLI_FIELD_MONTH;
}

/* --- numbers --- */

static int precision_of(const struct sqli_type *type)
{
    return type->length >> 8 & 0xff;
}

static int scale_of(const struct sqli_type *type)
{
    return type->length & 0xff;
}

static bool is_floating(const struct sqli_type *decimal)
{
    return scale_of(decimal) == SQLI_DECIMAL_FLOATING;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* SMALLINT 1, INTEGER 2, the long ones 3. */
static int integer_rank(const struct sqli_type *type)
{
    if (sqli__type_is_long_integer(type))
        return 3;
    return type->code == SQLI_TYPE_SMALLINT ? 1 : 2;
}

struct sqli_type sqli__type_as_decimal(const struct sqli_type *type)
{
    static const int digits[] = {0, 5, 10, 19};
    switch (sqli__type_kind(type)) {
    case SQLI_KIND_DECIMAL: return sqli__plain_type(type);
    case SQLI_KIND_INTEGER: return sqli__make_decimal(digits[integer_rank(type)], 0);
    case SQLI_KIND_DATE: return sqli__make_decimal(digits[2], 0);
    default: return sqli__make_floating();
    }
}

static struct sqli_type add_type(const struct sqli_type *a, const struct sqli_type *b)
{
    int scale = larger(scale_of(a), scale_of(b));
    int whole = larger(precision_of(a) - scale_of(a), precision_of(b) - scale_of(b));
    return sqli__make_decimal(smaller(SQLI_DECIMAL_DIGITS, whole + scale + 1), scale);
}

static struct sqli_type multiply_type(const struct sqli_type *a, const struct sqli_type *b)
{
    int precision = precision_of(a) + precision_of(b);
    int scale = scale_of(a) + scale_of(b);
    return precision > SQLI_DECIMAL_DIGITS ? sqli__make_floating()
                                           : sqli__make_decimal(precision, scale);
}

static struct sqli_type decimal_type(int op, const struct sqli_type *left,
                                     const struct sqli_type *right)
{
    struct sqli_type a = sqli__type_as_decimal(left);
    struct sqli_type b = sqli__type_as_decimal(right);
    if (op == '/' || is_floating(&a) || is_floating(&b))
        return sqli__make_floating();
    struct sqli_type type = op == '*' ? multiply_type(&a, &b) : add_type(&a, &b);
    bool money = left->code == SQLI_TYPE_MONEY || right->code == SQLI_TYPE_MONEY;
    if (money && !is_floating(&type))
        type.code = SQLI_TYPE_MONEY;
    return type;
}

static struct sqli_type integer_type(const struct sqli_type *a, const struct sqli_type *b)
{
    bool wide = sqli__type_is_long_integer(a) || sqli__type_is_long_integer(b);
    return wide ? sqli__make_bigint() : sqli__make_integer();
}

struct sqli_type sqli__arithmetic_type(int op, const struct sqli_type *a, const struct sqli_type *b)
{
    enum sqli_kind left = sqli__type_kind(a);
    enum sqli_kind right = sqli__type_kind(b);
    if (left == SQLI_KIND_REAL || right == SQLI_KIND_REAL)
        return sqli__make_float();
    if (op != '/' && left == SQLI_KIND_INTEGER && right == SQLI_KIND_INTEGER)
        return integer_type(a, b);
    return decimal_type(op, a, b);
}

/* --- text --- */

struct sqli_type sqli__concat_type(const struct sqli_type *a, const struct sqli_type *b)
{
    size_t length = (size_t)sqli__type_text_length(a) + (size_t)sqli__type_text_length(b);
    bool padded = sqli__type_is_char(a) && sqli__type_is_char(b);
    if (padded && length <= SQLI_VARCHAR_MAX)
        return sqli__make_char(length);
    return sqli__make_varying(length);
}

/* --- fields of time --- */

struct sqli_type sqli__wider_datetime(const struct sqli_type *a, const struct sqli_type *b)
{
    sqli_qualifier p = sqli__type_qualifier(a);
    sqli_qualifier q = sqli__type_qualifier(b);
    return sqli__make_datetime(smaller(sqli__qualifier_start(p), sqli__qualifier_start(q)),
                               larger(sqli__qualifier_end(p), sqli__qualifier_end(q)));
}

struct sqli_type sqli__wider_interval(const struct sqli_type *a, const struct sqli_type *b)
{
    sqli_qualifier p = sqli__type_qualifier(a);
    sqli_qualifier q = sqli__type_qualifier(b);
    if (p == q)
        return sqli__plain_type(a);
    return sqli__make_interval(smaller(sqli__qualifier_start(p), sqli__qualifier_start(q)),
                               larger(sqli__qualifier_end(p), sqli__qualifier_end(q)),
                               SQLI_INTERVAL_FIRST_MAX);
}

/* --- what fits into what --- */

static bool decimal_holds(const struct sqli_type *to, const struct sqli_type *from)
{
    if (is_floating(to))
        return precision_of(to) >= precision_of(from);
    return !is_floating(from) && scale_of(to) >= scale_of(from) &&
           precision_of(to) - scale_of(to) >= precision_of(from) - scale_of(from);
}

/* A CHAR has all its bytes, so that nothing but a CHAR as long is one already. */
static bool text_holds(const struct sqli_type *to, const struct sqli_type *from)
{
    if (sqli__type_is_char(to))
        return sqli__type_is_char(from) && to->length == from->length;
    return sqli__type_text_length(to) >= sqli__type_text_length(from);
}

static bool same_name(const struct sqli_type *a, const struct sqli_type *b)
{
    return a->code == b->code && a->extended_id == b->extended_id &&
           sqli__span_equal(a->name, b->name);
}

bool sqli__type_holds(const struct sqli_type *to, const struct sqli_type *from)
{
    enum sqli_kind kind = sqli__type_kind(to);
    if (sqli__type_is_null(from))
        return true;
    if (kind != sqli__type_kind(from))
        return false;
    switch (kind) {
    case SQLI_KIND_INTEGER: return integer_rank(to) >= integer_rank(from);
    case SQLI_KIND_REAL: return to->code == SQLI_TYPE_FLOAT || to->code == from->code;
    case SQLI_KIND_DECIMAL: return decimal_holds(to, from);
    case SQLI_KIND_TEXT: return text_holds(to, from);
    case SQLI_KIND_DATETIME:
    case SQLI_KIND_INTERVAL: return to->length == from->length;
    case SQLI_KIND_DATE:
    case SQLI_KIND_BOOLEAN: return true;
    default: return same_name(to, from);
    }
}

bool sqli__same_distinct(const struct sqli_type *a, const struct sqli_type *b)
{
    bool left = a->flags & SQLI_TYPE_DISTINCT;
    bool right = b->flags & SQLI_TYPE_DISTINCT;
    return left == right && (!left || a->extended_id == b->extended_id);
}

/* --- the common type --- */

static struct sqli_type common_integer(const struct sqli_type *a, const struct sqli_type *b)
{
    return sqli__plain_type(integer_rank(a) >= integer_rank(b) ? a : b);
}

static struct sqli_type common_decimal(const struct sqli_type *left, const struct sqli_type *right)
{
    struct sqli_type a = sqli__type_as_decimal(left);
    struct sqli_type b = sqli__type_as_decimal(right);
    bool money = left->code == SQLI_TYPE_MONEY || right->code == SQLI_TYPE_MONEY;
    if (is_floating(&a) || is_floating(&b))
        return sqli__make_decimal(larger(precision_of(&a), precision_of(&b)),
                                  SQLI_DECIMAL_FLOATING);
    struct sqli_type type = add_type(&a, &b);
    int whole = larger(precision_of(&a) - scale_of(&a), precision_of(&b) - scale_of(&b));
    type.length = smaller(SQLI_DECIMAL_DIGITS, whole + scale_of(&type)) << 8 | scale_of(&type);
    if (money)
        type.code = SQLI_TYPE_MONEY;
    return type;
}

static struct sqli_type common_number(const struct sqli_type *a, const struct sqli_type *b)
{
    enum sqli_kind left = sqli__type_kind(a);
    enum sqli_kind right = sqli__type_kind(b);
    if (left == SQLI_KIND_INTEGER && right == SQLI_KIND_INTEGER)
        return common_integer(a, b);
    if (left == SQLI_KIND_REAL && right == SQLI_KIND_REAL)
        return sqli__plain_type(a->code == SQLI_TYPE_FLOAT ? a : b);
    if (left == SQLI_KIND_REAL || right == SQLI_KIND_REAL)
        return sqli__make_float();
    return common_decimal(a, b);
}

static struct sqli_type common_text(const struct sqli_type *a, const struct sqli_type *b)
{
    int32_t length = larger((int)sqli__type_text_length(a), (int)sqli__type_text_length(b));
    if (sqli__type_is_char(a) && sqli__type_is_char(b))
        return sqli__make_type(a->code == b->code ? a->code : SQLI_TYPE_NCHAR, length);
    bool national = a->code == SQLI_TYPE_NVARCHAR || b->code == SQLI_TYPE_NVARCHAR;
    bool large = sqli__type_kind(a) == SQLI_KIND_TEXT &&
                 (a->code == SQLI_TYPE_UDTVAR || b->code == SQLI_TYPE_UDTVAR);
    if (large || length > SQLI_VARCHAR_MAX)
        return sqli__make_lvarchar(smaller(length, SQLI_LVARCHAR_MAX));
    return sqli__make_type(national ? SQLI_TYPE_NVARCHAR : SQLI_TYPE_VARCHAR, length);
}

/* DATE stands for a DATETIME YEAR TO DAY. */
static bool common_time(const struct sqli_type *a, const struct sqli_type *b,
                        struct sqli_type *common)
{
    struct sqli_type day = sqli__make_datetime(SQLI_FIELD_YEAR, SQLI_FIELD_DAY);
    enum sqli_kind left = sqli__type_kind(a);
    enum sqli_kind right = sqli__type_kind(b);
    bool times = (left == SQLI_KIND_DATE || left == SQLI_KIND_DATETIME) &&
                 (right == SQLI_KIND_DATE || right == SQLI_KIND_DATETIME);
    if (times)
        *common = sqli__wider_datetime(left == SQLI_KIND_DATE ? &day : a,
                                       right == SQLI_KIND_DATE ? &day : b);
    return times;
}

static bool common_same_kind(enum sqli_kind kind, const struct sqli_type *a,
                             const struct sqli_type *b, struct sqli_type *common)
{
    *common = sqli__plain_type(a);
    switch (kind) {
    case SQLI_KIND_TEXT: *common = common_text(a, b); return true;
    case SQLI_KIND_DATE:
    case SQLI_KIND_BOOLEAN: return true;
    case SQLI_KIND_INTERVAL:
        *common = sqli__wider_interval(a, b);
        return sqli__interval_is_year_month(a) == sqli__interval_is_year_month(b);
    case SQLI_KIND_DATETIME: return common_time(a, b, common);
    default: return a->code == b->code && a->extended_id == b->extended_id;
    }
}

bool sqli__common_type(const struct sqli_type *a, const struct sqli_type *b,
                       struct sqli_type *common)
{
    if (sqli__type_is_null(a) || sqli__type_is_null(b)) {
        *common = sqli__plain_type(sqli__type_is_null(a) ? b : a);
        return true;
    }
    if (a->flags & SQLI_TYPE_DISTINCT || b->flags & SQLI_TYPE_DISTINCT) {
        *common = sqli__plain_type(a);
        return sqli__same_distinct(a, b);
    }
    if (sqli__type_is_number(a) && sqli__type_is_number(b)) {
        *common = common_number(a, b);
        return true;
    }
    enum sqli_kind kind = sqli__type_kind(a);
    if (kind == sqli__type_kind(b))
        return common_same_kind(kind, a, b, common);
    return common_time(a, b, common);
}

/* --- sizes that no type has --- */

static const struct size_line {
    const char *name;
    int32_t most;
    int32_t too_large; /* the code for a larger one */
    int32_t more;      /* the code for a second number above the first; 0: it has none */
} sizes[] = {
    {"char", SQLI_CHAR_MAX, SQLI_E_CHAR_TOO_BIG, 0},
    {"character", SQLI_CHAR_MAX, SQLI_E_CHAR_TOO_BIG, 0},
    {"dec", SQLI_DECIMAL_DIGITS, SQLI_E_COLUMN_TOO_LARGE, SQLI_E_SCALE},
    {"decimal", SQLI_DECIMAL_DIGITS, SQLI_E_COLUMN_TOO_LARGE, SQLI_E_SCALE},
    {"lvarchar", SQLI_LVARCHAR_MAX, SQLI_E_VARCHAR_SIZE, 0},
    {"money", SQLI_DECIMAL_DIGITS, SQLI_E_COLUMN_TOO_LARGE, SQLI_E_SCALE},
    {"nchar", SQLI_CHAR_MAX, SQLI_E_CHAR_TOO_BIG, 0},
    {"numeric", SQLI_DECIMAL_DIGITS, SQLI_E_COLUMN_TOO_LARGE, SQLI_E_SCALE},
    {"nvarchar", SQLI_VARCHAR_MAX, SQLI_E_VARCHAR_SIZE, SQLI_E_VARCHAR_RESERVE},
    {"varchar", SQLI_VARCHAR_MAX, SQLI_E_VARCHAR_SIZE, SQLI_E_VARCHAR_RESERVE},
    {"varying", SQLI_VARCHAR_MAX, SQLI_E_VARCHAR_SIZE, SQLI_E_VARCHAR_RESERVE},
};

/* A number of any length counts as the largest. */
static bool read_size(struct sqli_scan *scan, int64_t *size)
{
    int next = sqli__scan_peek(scan);
    if (next < '0' || next > '9')
        return false;
    *size = sqli__scan_number(scan, INT32_MAX);
    if (*size < 0)
        *size = INT32_MAX;
    return true;
}

static int32_t size_error(struct sqli_scan *scan, const struct size_line *line)
{
    int64_t size, second;
    if (!sqli__scan_take(scan, '(') || !read_size(scan, &size))
        return 0;
    if (size > line->most)
        return line->too_large;
    bool more = sqli__scan_take(scan, ',') && read_size(scan, &second) && second > size;
    return more ? line->more : 0;
}

int32_t sqli__type_text_error(struct sqli_span text)
{
    struct sqli_scan scan = {.text = text};
    while (sqli__scan_peek(&scan) >= 0) {
        struct sqli_span word = sqli__scan_word(&scan);
        int32_t code = 0;
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] && !code; i++)
            if (sqli__span_is_word(word, sizes[i].name))
                code = size_error(&scan, &sizes[i]);
        if (code)
            return code;
        if (!word.length && scan.at < text.length)
            scan.at++;
    }
    return SQLI_E_SYNTAX;
}
