/* The options of a connection, and where they come from. */
#ifndef SQLI_CLIENT_OPTIONS_H
#define SQLI_CLIENT_OPTIONS_H

#include "base/bytes.h"
#include "base/error.h"

enum sqli_option_id {
#define SQLI_OPTION(id, name, initial, environment, rule, text) SQLI_OPT_##id,
#include "client/options.def"
#undef SQLI_OPTION
    SQLI_OPTIONS
};

enum { SQLI_OPTION_MAX = 4096 }; /* bytes of a value */

struct sqli_options {
    char *values[SQLI_OPTIONS]; /* NULL: not set */
};

void sqli__options_free(struct sqli_options *options); /* clears secrets */

/* `to` becomes what `from` is; on failure, a part of it. */
enum sqli_status sqli__options_copy(struct sqli_options *to, const struct sqli_options *from,
                                    struct sqli_error *error);

/* By name. SQLI_E_ARGUMENT for an unknown one, with the nearest that there is, and for a value that
 * it cannot have; NULL unsets. */
enum sqli_status sqli__options_set(struct sqli_options *options, struct sqli_span name,
                                   struct sqli_span value, struct sqli_error *error);
/* The value, or the initial one, or what another option makes of it. */
const char *sqli__option(const struct sqli_options *options, enum sqli_option_id id);
bool sqli__option_find(struct sqli_span name, enum sqli_option_id *id);
/* Whether the option was set to anything. */
bool sqli__option_given(const struct sqli_options *options, enum sqli_option_id id);

/* Numbers and switches. Only what is set can fail, and setting it has failed before: callers that
 * ask within the rule of the option need no error. */
enum sqli_status sqli__option_number(const struct sqli_options *options, enum sqli_option_id id,
                                     int64_t least, int64_t most, int64_t *value,
                                     struct sqli_error *error);
/* Of an option that has seconds; they may have a fraction. */
int64_t sqli__option_milliseconds(const struct sqli_options *options, enum sqli_option_id id);
enum sqli_status sqli__option_switch(const struct sqli_options *options, enum sqli_option_id id,
                                     bool *on, struct sqli_error *error);

/* informix://user:password@host:port,host2:port2/database?name=value&...; also sqli://. Parts that
 * are missing leave what is set. %XX stands for a byte. On failure nothing has changed. */
enum sqli_status sqli__options_url(struct sqli_options *options, const char *url,
                                   struct sqli_error *error);
/* A variable that is set but empty counts as not set, DELIMIDENT excepted. */
enum sqli_status sqli__options_environment(struct sqli_options *options, struct sqli_error *error);

#endif
