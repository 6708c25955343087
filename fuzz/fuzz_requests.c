/* Requests as a server sees them: every message, and every bound value as a value and as text. */
#include "fuzz/stream.h"

#include "value/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_value(const struct sqli_bind_value *v)
{
    struct sqli_type type = {.code = (uint8_t)(v->type & 0xff), .owner = v->owner, .name = v->name};
    struct sqli_value value;
    struct sqli_error error;
    struct sqli_buffer text;
    if (v->indicator != SQLI_INDICATOR_VALUE)
        return;
    type.length = (uint16_t)v->precision;
    sqli__buffer_init(&text, 1 << 20);
    if (sqli__value_bind_decode(&type, v->data, &value, &error) == SQLI_OK && !value.null)
        sqli__value_to_text(&type, &value, &sqli__date_iso, &text, &error);
    sqli__buffer_free(&text);
}

static void on_message(void *context, const struct sqli_message *message)
{
    (void)context;
    if (message->id != SQLI_MSG_BIND)
        return;
    for (uint32_t i = 0; i < message->as.bind.count; i++)
        read_value(&message->as.bind.values[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct sqli_caps caps = fuzz_caps(data[0]);
    fuzz_messages(SQLI_TO_SERVER, false, &caps, sqli__span(data + 1, size - 1), on_message, NULL);
    return 0;
}
