/* The layout functions that the table of messages names. */
#ifndef SQLI_PROTOCOL_LAYOUTS_H
#define SQLI_PROTOCOL_LAYOUTS_H

#include "protocol/message.h"

#define SQLI_MESSAGE(id, name, tag, directions, layout, body) \
    void layout(struct sqli_wire *w, struct sqli_message *m);
#include "protocol/messages.def"
#undef SQLI_MESSAGE

#endif
