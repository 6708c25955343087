/* Connecting, passwords, and Ctrl-C. */
#include "shell/shell.h"

#include "base/alloc.h"
#include "shell/names.h"
#include "shell/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

enum { WRONG_PASSWORD = -951, WRONG_USER = -952, PASSWORD_MAX = 512 };

/* --- Ctrl-C --- */

volatile sig_atomic_t sqli__sh_interrupted;

/* What the handler cancels. A pointer is written as a whole on every machine that there is. */
static sqli_conn *volatile to_cancel;

static void on_interrupt(int number)
{
    int kept = errno;
    (void)number;
    sqli__sh_interrupted = 1;
    if (to_cancel)
        sqli_cancel(to_cancel);
    errno = kept;
}

void sqli__sh_signals(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

void sqli__sh_cancel_begin(struct sqli_sh *sh)
{
    to_cancel = sh->db;
}

void sqli__sh_cancel_end(struct sqli_sh *sh)
{
    (void)sh;
    to_cancel = NULL;
}

/* --- passwords --- */

/* A line of the terminal without its newline. False: there was none, or Ctrl-C. */
static bool read_secret(int terminal, char *secret, size_t room)
{
    size_t length = 0;
    char c;
    sqli__sh_interrupted = 0;
    for (;;) {
        ssize_t got = read(terminal, &c, 1);
        if (got < 1)
            return false;
        if (c == '\n' || c == '\r')
            break;
        if (length + 1 < room)
            secret[length++] = c;
    }
    secret[length] = '\0';
    return true;
}

/* Asks on the terminal of the process, wherever its input comes from, and shows nothing. */
static bool ask(const char *user, char *secret, size_t room)
{
    struct termios usual, silent;
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0)
        return false;
    bool there = tcgetattr(terminal, &usual) == 0;
    if (there) {
        silent = usual;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(terminal, TCSAFLUSH, &silent);
        dprintf(terminal, "Password%s%s: ", user ? " for " : "", user ? user : "");
        there = read_secret(terminal, secret, room);
        tcsetattr(terminal, TCSAFLUSH, &usual);
        dprintf(terminal, "\n");
    }
    close(terminal);
    return there;
}

static bool set_password(sqli_conn *db)
{
    char secret[PASSWORD_MAX];
    bool got = ask(sqli_get(db, "user"), secret, sizeof secret) &&
               sqli_set(db, "password", secret) == SQLI_OK;
    explicit_bzero(secret, sizeof secret);
    return got;
}

void sqli__sh_ask_password(struct sqli_sh *sh, sqli_conn *db)
{
    if (!set_password(db))
        sqli__sh_say(sh, "There is no password.\n");
}

/* --- connecting --- */

/* The library would speak of a URL, where none was given. */
static bool can_be_found(struct sqli_sh *sh, const sqli_conn *db)
{
    static const char url[] = "informix://user:password@host:port/database?server=NAME";
    const char *server = sqli_get(db, "server"), *file = sqli_get(db, "sqlhosts");
    if (!server || !*server)
        sqli__sh_complain(sh,
                          "which server? DATABASE@SERVER or INFORMIXSERVER names one of "
                          "sqlhosts; a URL has its host: %s",
                          url);
    else if (!file || !*file)
        sqli__sh_complain(sh,
                          "no sqlhosts file tells where the server %s is: INFORMIXSQLHOSTS "
                          "names it, or INFORMIXDIR, where it is etc/sqlhosts; a URL needs "
                          "none: %s",
                          server, url);
    else
        return true;
    return false;
}

sqli_conn *sqli__sh_handle(struct sqli_sh *sh, const char *where)
{
    sqli_conn *db = sqli_new();
    if (!db) {
        sqli__sh_complain(sh, "out of memory");
        return NULL;
    }
    int failed = sqli_set_environment(db);
    bool is_url = where && strstr(where, "://");
    const char *at = where && !is_url ? strchr(where, '@') : NULL;
    if (!failed && is_url) {
        failed = sqli_set_url(db, where);
    } else if (!failed && where && strcmp(where, "-") != 0) {
        struct sqli_span name =
            at ? sqli__span(where, (size_t)(at - where)) : sqli__span_text(where);
        char *database = sqli__sh_copy_span(name);
        failed = (*database && sqli_set(db, "database", database)) ||
                 (at && sqli_set(db, "server", at + 1));
        sqli__free(database);
    }
    if (!failed && (is_url || can_be_found(sh, db)))
        return db;
    if (failed)
        sqli__sh_complain(sh, "%s", sqli_errmsg(db));
    sqli_close(db);
    return NULL;
}

static bool password_is_wanted(const sqli_conn *db)
{
    int code = sqli_errcode(db);
    return (code == WRONG_PASSWORD || code == WRONG_USER) && !sqli_get(db, "password");
}

static int connect_now(struct sqli_sh *sh, sqli_conn *db)
{
    sqli__sh_interrupted = 0;
    sqli_conn *before = sh->db;
    sh->db = db;
    sqli__sh_cancel_begin(sh);
    int result = sqli_connect(db);
    sqli__sh_cancel_end(sh);
    sh->db = before;
    return result;
}

static void use(struct sqli_sh *sh, sqli_conn *db)
{
    if (sh->db != db)
        sqli_close(sh->db);
    sh->db = db;
    sh->worked = false;
    sqli__sh_names_forget(sh);
    if (!sh->settings.number[SQLI_SH_AUTOCOMMIT])
        sqli_set_autocommit(db, 0);
}

bool sqli__sh_connect(struct sqli_sh *sh, sqli_conn *db)
{
    int result = connect_now(sh, db);
    if (result == SQLI_FAIL && password_is_wanted(db) && set_password(db))
        result = connect_now(sh, db);
    if (result == SQLI_OK) {
        use(sh, db);
        return true;
    }
    sqli_conn *before = sh->db;
    sh->db = db;
    sqli__sh_report(sh, sqli__span(NULL, 0), 0);
    sh->db = before;
    if (before != db)
        sqli_close(db);
    return false;
}

bool sqli__sh_connected(struct sqli_sh *sh)
{
    if (!sh->db) {
        sqli__sh_complain(sh, "not connected; \\c URL connects");
        return false;
    }
    if (sqli_is_open(sh->db))
        return true;
    if (!sh->interactive) {
        sqli__sh_complain(sh, "the connection is lost");
        return false;
    }
    sqli__sh_say(sh, "The connection is lost; connecting again.\n");
    return sqli__sh_connect(sh, sh->db);
}

void sqli__sh_tell_connection(struct sqli_sh *sh)
{
    sqli_conn *db = sh->db;
    if (!db || !sqli_is_open(db)) {
        sqli__sh_put_text(&sh->out, db ? "Not connected: the next statement connects again.\n"
                                       : "Not connected: \\c URL connects.\n");
        return;
    }
    const char *tls = sqli_info(db, "tls"), *database = sqli_info(db, "database");
    const char *version = sqli_info(db, "version"), *cipher = sqli_info(db, "cipher");
    bool encrypted = *tls && strcmp(tls, "off") != 0;
    sqli__sh_put_format(&sh->out, "Connected to %s at %s as %s, ", sqli_info(db, "server"),
                        sqli_info(db, "host"), sqli_info(db, "user"));
    if (*database)
        sqli__sh_put_format(&sh->out, "database %s (%s, %s)\n", database, sqli_info(db, "logging"),
                            sqli_info(db, "locale"));
    else
        sqli__sh_put_text(&sh->out, "no database\n");
    sqli__sh_put_format(&sh->out, "%s; %s%s%s%s\n", *version ? version : "unknown version",
                        encrypted ? tls : "no TLS: the traffic can be read on its way",
                        encrypted && *cipher ? " (" : "", encrypted ? cipher : "",
                        encrypted && *cipher ? ")" : "");
}
