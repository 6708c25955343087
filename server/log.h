/* The server's log: lines with a level, handed to whoever started the server, one at a time. */
#ifndef SQLI_SERVER_LOG_H
#define SQLI_SERVER_LOG_H

#include "server/server.h"

#include <pthread.h>

struct sqli_logger {
    enum sqli_log_level level; /* the least important one that is wanted */
    sqli_log *log;
    void *context;
    pthread_mutex_t mutex;
};

void sqli__logger_init(struct sqli_logger *logger, enum sqli_log_level level, sqli_log *log,
                       void *context);
void sqli__logger_free(struct sqli_logger *logger);

bool sqli__logs(const struct sqli_logger *logger, enum sqli_log_level level);
/* Control characters, which may come from a client, become '?'. */
void sqli__log(struct sqli_logger *logger, enum sqli_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "error", "warn", ...; NULL: no such level. */
const char *sqli__log_level_name(int level);

#endif
