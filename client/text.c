/* Texts of programs are UTF-8, those that travel are in the code set of the database. */
#include "client/connection.h"

enum sqli_status sqli__text_to_server(const struct sqli_conn *conn, struct sqli_span text,
                                      struct sqli_buffer *out, struct sqli_error *error)
{
    if (conn->codeset && !sqli__codeset_same(conn->codeset, text))
        return sqli__codeset_from_utf8(conn->codeset, text, out, error);
    sqli__buffer_span(out, text);
    return sqli__buffer_status(out, error);
}

enum sqli_status sqli__text_from_server(const struct sqli_conn *conn, struct sqli_span text,
                                        struct sqli_buffer *out, struct sqli_error *error)
{
    if (conn->codeset && !sqli__codeset_same(conn->codeset, text))
        return sqli__codeset_to_utf8(conn->codeset, text, out, error);
    sqli__buffer_span(out, text);
    return sqli__buffer_status(out, error);
}
