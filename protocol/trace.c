#include "protocol/trace.h"

#include "protocol/wire_print.h"

enum { LINE_LIMIT = 1 << 20, PAM_RESPONSE_TAG = 130 };

static const char *const marks[] = {"C> ", "S> "};

static void emit(struct sqli_trace *trace)
{
    if (trace->line.length)
        trace->on_line(trace->context, (const char *)trace->line.data, trace->line.length);
}

static void begin(struct sqli_trace *trace, enum sqli_direction direction)
{
    sqli__buffer_clear(&trace->line);
    sqli__buffer_text(&trace->line, marks[direction]);
}

static size_t field_limit(const struct sqli_trace *trace)
{
    return trace->print_limit ? trace->print_limit : SQLI_WIRE_PRINT_DEFAULT;
}

/* A line that grew too long is shown as far as it goes. */
static enum sqli_status on_message(void *context, enum sqli_direction direction,
                                   const struct sqli_message *message, struct sqli_span bytes,
                                   const struct sqli_caps *caps, struct sqli_error *error)
{
    struct sqli_trace *trace = context;
    (void)bytes;
    (void)error;
    begin(trace, direction);
    if (!sqli__trace_rows_print(&trace->rows, message, field_limit(trace), &trace->line))
        sqli__print(message, direction, caps, trace->print_limit, &trace->line);
    emit(trace);
    if (!trace->bytes_only)
        sqli__trace_rows_note(&trace->rows, direction, message, caps);
    return SQLI_OK;
}

void sqli__trace_init(struct sqli_trace *trace, size_t print_limit, sqli_on_line *on_line,
                      void *context)
{
    *trace =
        (struct sqli_trace){.on_line = on_line, .context = context, .print_limit = print_limit};
    sqli__buffer_init(&trace->line, LINE_LIMIT);
    sqli__trace_rows_init(&trace->rows);
    sqli__conversation_init(&trace->conversation, SQLI_MESSAGE_LIMIT, on_message, trace);
}

void sqli__trace_free(struct sqli_trace *trace)
{
    sqli__conversation_free(&trace->conversation);
    sqli__trace_rows_free(&trace->rows);
    sqli__buffer_free(&trace->line);
}

/* How much of bytes that could not be decoded may be seen: of a login, which has a password
 * somewhere, only the header that it begins with; of an answer to PAM only its tag. */
static size_t shown_of(struct sqli_trace *trace, enum sqli_direction direction,
                       struct sqli_span bytes)
{
    enum { LOGIN_HEADER = 6, TAG = 2 };
    bool login = trace->conversation.decoders[direction].login;
    bool answer = bytes.length >= TAG && sqli__load16(bytes.data) == PAM_RESPONSE_TAG;
    if (direction == SQLI_TO_CLIENT || (!login && !answer && !trace->secret))
        return field_limit(trace);
    size_t shown = trace->lost[direction] ? 0 : login ? LOGIN_HEADER : TAG;
    trace->secret = true;
    return shown;
}

static void show_bytes(struct sqli_trace *trace, enum sqli_direction direction, const char *why,
                       struct sqli_span bytes)
{
    begin(trace, direction);
    sqli__buffer_format(&trace->line, "?? %s", why);
    sqli__print_bytes(&trace->line, "bytes", bytes, shown_of(trace, direction, bytes));
    emit(trace);
}

void sqli__trace_feed(struct sqli_trace *trace, enum sqli_direction direction,
                      struct sqli_span bytes)
{
    struct sqli_error error;
    if (trace->lost[direction]) {
        show_bytes(trace, direction, "not decoded", bytes);
        return;
    }
    if (sqli__conversation_feed(&trace->conversation, direction, bytes, &error) == SQLI_OK)
        return;
    show_bytes(trace, direction, error.message,
               sqli__buffer_view(&trace->conversation.pending[direction]));
    trace->lost[direction] = true;
}
