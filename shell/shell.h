/* The shell as a whole: what it is connected to, what it reads, where it writes, what is set. */
#ifndef SQLI_SHELL_SHELL_H
#define SQLI_SHELL_SHELL_H

#include "include/sqli.h"
#include "shell/format.h"
#include "shell/input.h"
#include "shell/settings.h"

/* What the program exits with. */
enum sqli_sh_status {
    SQLI_SH_FINE = 0,
    SQLI_SH_USAGE = 1,   /* wrong arguments, and files that cannot be read or written */
    SQLI_SH_CONNECT = 2, /* no connection, or it was lost */
    SQLI_SH_FAILED = 3,  /* a statement failed */
};

struct sqli_sh {
    sqli_conn *db;
    struct sqli_sh_settings settings;
    struct sqli_sh_output out;         /* standard output, or what -o and \o say */
    struct sqli_sh_input *input;       /* what is being read; the others wait below it */
    struct sqli_sh_branches *branches; /* of \if in that input */
    struct sqli_sh_names *names;       /* of the catalog, for completion; NULL: not asked yet */
    struct sqli_sh_editor *editor;     /* NULL: there is no terminal */
    struct sqli_buffer statement;      /* the last one, as it was written */
    size_t statement_line;
    size_t query_line; /* where what stands before a command begins */
    char *output_name; /* where OUTPUT TO, \o or -o write; NULL: standard output */
    bool quit, interactive;
    bool worked;       /* something was done since the last COMMIT or ROLLBACK */
    size_t complaints; /* how many there were */
    int status;        /* enum sqli_sh_status: the first that went wrong */
    int depth;         /* of \i in \i */
    FILE *trace;       /* where \trace writes; NULL: nowhere */
};

/* --- session.c --- */

/* Connects with the options that are set on the handle; asks for a password where one is wanted.
 * On success the handle replaces sh->db; on failure the error is told, and it is closed. */
bool sqli__sh_connect(struct sqli_sh *sh, sqli_conn *db);
/* Makes sure that there is a connection, opening a lost one again. */
bool sqli__sh_connected(struct sqli_sh *sh);
/* A handle with the options of the environment and those of `where`: a URL, a database,
 * database@server. NULL: it was told why not. */
sqli_conn *sqli__sh_handle(struct sqli_sh *sh, const char *where);
/* Asks on the terminal, without showing what is typed. */
void sqli__sh_ask_password(struct sqli_sh *sh, sqli_conn *db);
/* "informix at 127.0.0.1:9088, database stores, user informix", and what else is known. */
void sqli__sh_tell_connection(struct sqli_sh *sh);

/* What Ctrl-C does while this lasts: it cancels what the server does. */
void sqli__sh_cancel_begin(struct sqli_sh *sh);
void sqli__sh_cancel_end(struct sqli_sh *sh);
extern volatile sig_atomic_t sqli__sh_interrupted;
/* Installs the handlers; SIGPIPE becomes an error of write. */
void sqli__sh_signals(void);

/* --- report.c --- */

/* To standard error: "file:line: error: ...". The status becomes SQLI_SH_USAGE. */
void sqli__sh_complain(struct sqli_sh *sh, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for statements and rows that make no sense: the status becomes SQLI_SH_FAILED. */
void sqli__sh_refuse(struct sqli_sh *sh, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The error of the connection; `sql`, which starts at line `line` of what is read, gets a caret
 * below the character that it is about. */
void sqli__sh_report(struct sqli_sh *sh, struct sqli_span sql, size_t line);
void sqli__sh_fail(struct sqli_sh *sh, enum sqli_sh_status status);
/* Remarks of the shell; not if it is told to be quiet. */
void sqli__sh_say(struct sqli_sh *sh, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- substitute.c --- */

/* Puts variables in: :name, :'name' as a literal, :"name" as a name. What is no variable stays. */
void sqli__sh_substitute(const struct sqli_sh *sh, struct sqli_span text,
                         struct sqli_buffer *result);
/* The same for words of commands; the context is the shell. */
size_t sqli__sh_expand_variable(const void *context, struct sqli_span text, struct sqli_buffer *to);
unsigned sqli__sh_token_options(const struct sqli_sh *sh);

/* --- collect.c --- */

/* Reads an input to its end, and runs what is in it. */
void sqli__sh_read(struct sqli_sh *sh, struct sqli_sh_input *input);
/* Runs a file; `name` "-" is standard input. False: it cannot be opened. */
bool sqli__sh_read_file(struct sqli_sh *sh, const char *name);

/* --- run.c --- */

struct sqli_sh_run {
    size_t line;                       /* of the input, where the statement starts */
    const char *target;                /* of \g: a file or |command, NULL: none */
    bool append;                       /* to that file */
    bool expanded;                     /* \gx */
    const char *variable;              /* prefix of \gset, NULL: none */
    int format;                        /* SQLI_SH_FORMAT_..., -1: as set */
    bool no_header, with_header;       /* whatever is set */
    char delimiter;                    /* 0: as set */
    const char *null;                  /* NULL: as set */
    struct sqli_sh_progress *progress; /* NULL: none is shown */
    bool no_pager;                     /* the result goes to the terminal as it is */
    bool quiet;                        /* no count, no tag, no time: UNLOAD tells its own */
};

/* Runs one statement, be it SQL or of dbaccess. False: it failed, and that was told. */
bool sqli__sh_run(struct sqli_sh *sh, struct sqli_span text, const struct sqli_sh_run *run);
/* SQL as it is, results as `run` says. *rows: how many there were; NULL: not wanted. */
bool sqli__sh_run_sql(struct sqli_sh *sh, struct sqli_span sql, const struct sqli_sh_run *run,
                      int64_t *rows);
/* Whether it is a query, by its first word: nothing else may run where a result is wanted. */
bool sqli__sh_gives_rows(struct sqli_span sql);
/* Whether people read the results, and want to be told what was done. */
bool sqli__sh_talks(const struct sqli_sh *sh);
/* Whether there is work that a ROLLBACK would undo. In an ANSI database a transaction is always
 * open: there it counts what was done. */
bool sqli__sh_in_transaction(const struct sqli_sh *sh);
bool sqli__sh_is_ansi(const struct sqli_sh *sh);
/* Closes an output. False: it could not be written, or the command that it went to failed, and that
 * was told. A reader that has left early is none's fault. `name` NULL: standard output. */
bool sqli__sh_close(struct sqli_sh *sh, struct sqli_sh_output *out, const char *name);
/* What is written to the output between these goes to the pager, where somebody looks at it and it
 * is too long or too wide for the screen. */
void sqli__sh_begin_page(struct sqli_sh *sh, struct sqli_sh_output *out);
void sqli__sh_end_page(struct sqli_sh *sh, struct sqli_sh_output *out);
/* SQL of the shell itself, shown as a result. */
bool sqli__sh_show(struct sqli_sh *sh, const char *sql);

/* --- words.c --- */

/* INFO, OUTPUT TO, LOAD FROM, UNLOAD TO: true when the text is one of them and was dealt with;
 * *fine tells how it went. */
bool sqli__sh_words(struct sqli_sh *sh, struct sqli_span text, const struct sqli_sh_run *run,
                    bool *fine);

/* --- meta.c and its kin --- */

/* Runs what stands behind a backslash to the end of its line. `query` is what was typed before it
 * and is not run yet; commands that use it up empty it. */
void sqli__sh_meta(struct sqli_sh *sh, struct sqli_span command, struct sqli_buffer *query);
/* Whether a text is one command, and one that tells about the shell itself: no connection is needed
 * to run it. */
bool sqli__sh_about_shell(const char *text);
/* The commands one after the other, with what they take and do; NULL behind the last. */
const char *sqli__sh_command(int index, const char **arguments, const char **text);
/* Traffic to standard error, or to a file; "off" ends it. */
bool sqli__sh_trace(struct sqli_sh *sh, const char *where);
/* Results go there from now on; NULL: to standard output. */
bool sqli__sh_output_to(struct sqli_sh *sh, const char *target);

/* --- look.c --- */

/* How results look, by the settings and by where they go. */
void sqli__sh_look(const struct sqli_sh *sh, const struct sqli_sh_run *run,
                   const struct sqli_sh_output *out, struct sqli_sh_look *look);
bool sqli__sh_is_text(int type); /* CHAR and its kin, enum sqli_sqltype */
/* The columns of a described statement, for a writer; freed by the second. NULL: no memory. */
struct sqli_sh_column *sqli__sh_columns(sqli_stmt *stmt);
void sqli__sh_columns_free(struct sqli_sh_column *column, int columns);

/* Seconds, of a clock that only goes forward. */
double sqli__sh_now(void);

#endif
