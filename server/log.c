#include "server/log.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>

enum { SHORT_LINE = 512, LONG_LINE = 1 << 16 };

void sqli__logger_init(struct sqli_logger *logger, enum sqli_log_level level, sqli_log *log,
                       void *context)
{
    *logger = (struct sqli_logger){.level = level, .log = log, .context = context};
    pthread_mutex_init(&logger->mutex, NULL);
}

void sqli__logger_free(struct sqli_logger *logger)
{
    pthread_mutex_destroy(&logger->mutex);
}

bool sqli__logs(const struct sqli_logger *logger, enum sqli_log_level level)
{
    return logger->log && level <= logger->level;
}

static void give(struct sqli_logger *logger, enum sqli_log_level level, char *line)
{
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == '\x7f')
            *c = '?';
    pthread_mutex_lock(&logger->mutex);
    logger->log(logger->context, level, line);
    pthread_mutex_unlock(&logger->mutex);
}

/* A line of the trace may be long; without memory it is cut. */
void sqli__log(struct sqli_logger *logger, enum sqli_log_level level, const char *format, ...)
{
    char text[SHORT_LINE];
    va_list args;
    if (!sqli__logs(logger, level))
        return;
    va_start(args, format);
    int wanted = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *line = wanted >= SHORT_LINE ? sqli__alloc(LONG_LINE) : NULL;
    if (line) {
        va_start(args, format);
        vsnprintf(line, LONG_LINE, format, args);
        va_end(args);
    }
    give(logger, level, line ? line : text);
    sqli__free(line);
}

const char *sqli__log_level_name(int level)
{
    static const char *const names[] = {"error", "warn", "info", "debug", "trace"};
    return level >= 0 && level < (int)(sizeof names / sizeof names[0]) ? names[level] : NULL;
}
