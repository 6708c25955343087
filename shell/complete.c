#include "shell/complete.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "shell/names.h"
#include "shell/text.h"
#include "sql/tokenizer.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { CANDIDATES_MAX = 2000 };

struct completion {
    struct sqli_sh *sh;
    struct sqli_sh_candidates *found;
    struct sqli_span statement; /* up to the word, what was typed on earlier lines in front */
    struct sqli_span word;      /* as far as it is there */
    struct sqli_span front;     /* the line up to the word */
};

/* --- candidates --- */

static void add(struct completion *c, const char *text)
{
    struct sqli_sh_candidates *found = c->found;
    if (!sqli__sh_begins(sqli__span_text(text), "") || found->count == CANDIDATES_MAX)
        return;
    void *room = sqli__sh_room(found->text, found->count, &found->capacity, sizeof *found->text);
    if (!room)
        return;
    found->text = room;
    found->text[found->count++] = sqli__sh_copy(text);
}

/* A name that begins as the word does, in either case. */
static void offer(struct completion *c, const char *text)
{
    struct sqli_span name = sqli__span_text(text);
    for (size_t i = 0; i < c->word.length; i++)
        if (i == name.length ||
            sqli__ascii_lower(name.data[i]) != sqli__ascii_lower(c->word.data[i]))
            return;
    add(c, text);
}

static void offer_list(struct completion *c, const struct sqli_sh_name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        offer(c, list->name[i].name);
}

/* Keywords in the case in which the word was begun. */
static void offer_keyword(struct completion *c, const char *keyword)
{
    bool small = c->word.length && c->word.data[0] >= 'a' && c->word.data[0] <= 'z';
    char *text = sqli__sh_copy(keyword);
    for (char *at = text; small && *at; at++)
        *at = (char)sqli__ascii_lower((uint8_t)*at);
    offer(c, text);
    sqli__free(text);
}

static void offer_keywords(struct completion *c)
{
    static const char *const of_dbaccess[] = {"INFO", "OUTPUT", "LOAD", "UNLOAD"};
    for (int i = SQLI_NO_KEYWORD + 1; i < SQLI_KEYWORDS_END; i++)
        offer_keyword(c, sqli__keyword_text((enum sqli_keyword)i));
    for (size_t i = 0; i < sizeof of_dbaccess / sizeof of_dbaccess[0]; i++)
        offer_keyword(c, of_dbaccess[i]);
}

static int compare(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

static void sort(struct sqli_sh_candidates *found)
{
    size_t kept = 0;
    if (found->count)
        qsort(found->text, found->count, sizeof *found->text, compare);
    for (size_t i = 0; i < found->count; i++) {
        if (kept && strcmp(found->text[kept - 1], found->text[i]) == 0)
            sqli__free(found->text[i]);
        else
            found->text[kept++] = found->text[i];
    }
    found->count = kept;
}

void sqli__sh_candidates_free(struct sqli_sh_candidates *found)
{
    for (size_t i = 0; i < found->count; i++)
        sqli__free(found->text[i]);
    sqli__free(found->text);
}

size_t sqli__sh_common(const struct sqli_sh_candidates *found)
{
    size_t common = found->count ? strlen(found->text[0]) : 0;
    for (size_t i = 1; i < found->count; i++) {
        size_t at = 0;
        while (at < common && found->text[i][at] == found->text[0][at])
            at++;
        common = at;
    }
    return common;
}

/* --- files --- */

static bool is_folder(const char *folder, const char *name)
{
    struct stat about;
    struct sqli_buffer path;
    sqli__buffer_init(&path, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(&path, "%s/%s", folder, name);
    bool is = stat(sqli__sh_z(&path), &about) == 0 && S_ISDIR(about.st_mode);
    sqli__buffer_free(&path);
    return is;
}

static void offer_files(struct completion *c)
{
    size_t slash = c->word.length;
    while (slash && c->word.data[slash - 1] != '/')
        slash--;
    char *folder = slash ? sqli__sh_copy_span(sqli__span(c->word.data, slash)) : sqli__sh_copy(".");
    struct sqli_buffer name, where;
    sqli__buffer_init(&where, SQLI_SH_TEXT_MAX);
    sqli__buffer_text(&where, folder);
    sqli__sh_in_home(&where);
    DIR *entries = opendir(sqli__sh_z(&where));
    struct dirent *entry;
    bool hidden = c->word.length > slash && c->word.data[slash] == '.';
    sqli__buffer_init(&name, SQLI_SH_TEXT_MAX);
    while (entries && (entry = readdir(entries))) {
        if (entry->d_name[0] == '.' && (!hidden || !entry->d_name[1] || entry->d_name[1] == '.'))
            continue;
        sqli__buffer_clear(&name);
        sqli__buffer_format(&name, "%s%s%s", slash ? folder : "", entry->d_name,
                            is_folder(sqli__sh_z(&where), entry->d_name) ? "/" : "");
        if (name.length >= c->word.length &&
            (!c->word.length || memcmp(name.data, c->word.data, c->word.length) == 0))
            add(c, sqli__sh_z(&name));
    }
    if (entries)
        closedir(entries);
    c->found->file = true;
    sqli__buffer_free(&name);
    sqli__buffer_free(&where);
    sqli__free(folder);
}

/* --- commands --- */

enum what { NOTHING, FILES, TABLES, ROUTINES, DATABASES, SETTINGS, SWITCHES };

static enum what argument_of(struct sqli_span command)
{
    static const struct {
        const char *command;
        enum what what;
    } table[] = {
        {"i", FILES},       {"ir", FILES},        {"o", FILES},         {"e", FILES},
        {"g", FILES},       {"gx", FILES},        {"w", FILES},         {"s", FILES},
        {"cd", FILES},      {"d", TABLES},        {"dt", TABLES},       {"dv", TABLES},
        {"dp", TABLES},     {"copy", TABLES},     {"df", ROUTINES},     {"sf", ROUTINES},
        {"c", DATABASES},   {"l", DATABASES},     {"set", SETTINGS},    {"unset", SETTINGS},
        {"pset", SETTINGS}, {"getenv", SETTINGS}, {"prompt", SETTINGS}, {"x", SWITCHES},
        {"t", SWITCHES},    {"timing", SWITCHES}, {"trace", SWITCHES},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (sqli__span_equal(command, sqli__span_text(table[i].command)))
            return table[i].what;
    return NOTHING;
}

/* "a|b|c" */
static void offer_words(struct completion *c, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, "|");
        char *word = sqli__sh_copy_span(sqli__span(words, length));
        offer(c, word);
        sqli__free(word);
        words += length + (words[length] == '|');
    }
}

static void offer_settings(struct completion *c)
{
    for (int i = 0; i < SQLI_SH_SETTINGS; i++)
        offer(c, sqli__sh_setting_name(i));
    for (size_t i = 0; i < c->sh->settings.count; i++)
        offer(c, c->sh->settings.variables[i].name);
}

static void offer_argument(struct completion *c, enum what what)
{
    const struct sqli_sh_names *names =
        what == TABLES || what == ROUTINES || what == DATABASES ? sqli__sh_names(c->sh) : NULL;
    if (what == FILES)
        offer_files(c);
    else if (what == SETTINGS)
        offer_settings(c);
    else if (what == SWITCHES)
        offer_words(c, "on|off");
    else if (names)
        offer_list(c, what == TABLES     ? &names->tables
                      : what == ROUTINES ? &names->routines
                                         : &names->databases);
}

static void offer_command_names(struct completion *c)
{
    const char *name, *arguments, *text;
    struct sqli_buffer call;
    sqli__buffer_init(&call, SQLI_SH_TEXT_MAX);
    for (int i = 0; (name = sqli__sh_command(i, &arguments, &text)); i++) {
        sqli__buffer_clear(&call);
        sqli__buffer_format(&call, "\\%s", name);
        offer(c, sqli__sh_z(&call));
    }
    sqli__buffer_free(&call);
}

/* The line is "\command ... word". */
static void complete_command(struct completion *c)
{
    struct sqli_buffer word;
    struct sqli_span rest = sqli__sh_trim(c->front);
    char *last = NULL;
    int words = 0;
    sqli__buffer_init(&word, SQLI_SH_TEXT_MAX);
    sqli__sh_word(&rest, &word, NULL);
    char *command = sqli__sh_copy_span(sqli__span(word.data + 1, word.length - 1));
    while (sqli__sh_word(&rest, &word, NULL)) {
        words++;
        sqli__free(last);
        last = sqli__sh_copy_span(sqli__buffer_view(&word));
    }
    int setting = words == 1 ? sqli__sh_setting_find(last) : -1;
    bool copy = strcmp(command, "copy") == 0;
    if (copy && words == 1)
        offer_words(c, "from|to");
    else if (copy && words >= 2 && (strcmp(last, "from") == 0 || strcmp(last, "to") == 0))
        offer_files(c);
    else if (copy && words >= 3)
        offer_words(c, "csv|header|delimiter|null|bulk|commit|bad");
    else if (setting >= 0)
        offer_words(c, sqli__sh_setting_words(setting));
    else if (words == 0)
        offer_argument(c, argument_of(sqli__span_text(command)));
    sqli__buffer_free(&word);
    sqli__free(last);
    sqli__free(command);
}

/* --- SQL --- */

/* Which of the tables a name in front of a dot is: the table itself or an alias of it; NULL: none.
 * `FROM customer c`, `customer AS c` */
static const char *table_of(const struct completion *c, const struct sqli_sh_names *names,
                            struct sqli_span alias)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    const char *table = NULL;
    sqli__tokenizer_init(&tokenizer, c->statement, 0);
    while (sqli__tokenizer_next_word(&tokenizer, &token) != SQLI_TOKEN_END) {
        struct sqli_span text = sqli__token_text(c->statement, &token);
        if (token.keyword == SQLI_KEYWORD_AS)
            continue;
        char *word = sqli__sh_copy_span(text);
        bool is_alias = sqli__sh_same(alias, word);
        sqli__free(word);
        if (is_alias && table)
            return table;
        table = NULL;
        for (size_t i = 0; i < names->tables.count && !table; i++)
            if (sqli__sh_same(text, names->tables.name[i].name))
                table = names->tables.name[i].name;
        if (is_alias && table)
            return table;
    }
    return NULL;
}

static bool mentioned(const struct completion *c, const char *table)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    sqli__tokenizer_init(&tokenizer, c->statement, 0);
    while (sqli__tokenizer_next_word(&tokenizer, &token) != SQLI_TOKEN_END)
        if (token.kind == SQLI_TOKEN_IDENTIFIER &&
            sqli__sh_same(sqli__token_text(c->statement, &token), table))
            return true;
    return false;
}

/* Of the tables that the statement mentions; of all if it mentions none yet. */
static void offer_columns(struct completion *c, const struct sqli_sh_names *names)
{
    const char *table = NULL;
    bool any = false, is_mentioned = false;
    for (size_t t = 0; t < names->tables.count && !any; t++)
        any = mentioned(c, names->tables.name[t].name);
    for (size_t i = 0; i < names->columns.count; i++) {
        const struct sqli_sh_name *column = &names->columns.name[i];
        if (any && (!table || strcmp(table, column->table) != 0)) {
            table = column->table;
            is_mentioned = mentioned(c, table);
        }
        if (!any || is_mentioned)
            offer(c, column->name);
    }
}

static void offer_columns_of(struct completion *c, const struct sqli_sh_names *names,
                             struct sqli_span alias)
{
    const char *table = table_of(c, names, alias);
    for (size_t i = 0; table && i < names->columns.count; i++)
        if (strcmp(names->columns.name[i].table, table) == 0)
            offer(c, names->columns.name[i].name);
}

enum place { ANYWHERE, TABLE_NAME, ROUTINE_NAME, FILE_NAME };

/* By the word before: behind FROM and its kin stands a table. */
static enum place place_of(const struct completion *c)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    enum sqli_keyword before = SQLI_NO_KEYWORD, first = SQLI_NO_KEYWORD;
    bool in_list = false;
    sqli__tokenizer_init(&tokenizer, c->statement, 0);
    while (sqli__tokenizer_next_word(&tokenizer, &token) != SQLI_TOKEN_END) {
        if (token.keyword == SQLI_KEYWORD_FROM || token.keyword == SQLI_KEYWORD_WHERE)
            in_list = token.keyword == SQLI_KEYWORD_FROM;
        before = in_list && token.kind == SQLI_TOKEN_COMMA ? SQLI_KEYWORD_FROM : token.keyword;
        first = first ? first : token.keyword;
    }
    switch (before) {
    case SQLI_KEYWORD_FROM:
    case SQLI_KEYWORD_JOIN:
    case SQLI_KEYWORD_INTO:
    case SQLI_KEYWORD_UPDATE:
    case SQLI_KEYWORD_TABLE:
    case SQLI_KEYWORD_OUTER: return TABLE_NAME;
    case SQLI_KEYWORD_PROCEDURE:
    case SQLI_KEYWORD_FUNCTION: return ROUTINE_NAME;
    case SQLI_KEYWORD_FOR:
        return sqli__sh_begins(sqli__sh_trim(c->statement), "info ") ? TABLE_NAME : ANYWHERE;
    case SQLI_KEYWORD_ON: return first == SQLI_KEYWORD_CREATE ? TABLE_NAME : ANYWHERE;
    default: return ANYWHERE;
    }
}

/* INFO COLUMNS FOR, up to the name. */
static bool complete_info(struct completion *c)
{
    static const char *const words[] = {"TABLES",    "COLUMNS",    "INDEXES",
                                        "STATUS",    "REFERENCES", "ACCESS",
                                        "FRAGMENTS", "PRIVILEGES", "TRIGGERS"};
    struct sqli_span text = sqli__sh_trim(c->statement);
    if (sqli__sh_same(text, "info")) {
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            offer_keyword(c, words[i]);
        return true;
    }
    if (!sqli__sh_begins(text, "info ") || memchr(text.data + 5, ' ', text.length - 5))
        return false;
    offer_keyword(c, "FOR");
    return true;
}

static void complete_sql(struct completion *c)
{
    if (complete_info(c))
        return;
    const struct sqli_sh_names *names = sqli__sh_names(c->sh);
    enum place place = place_of(c);
    if (names && c->front.length && c->front.data[c->front.length - 1] == '.') {
        size_t end = c->front.length - 1, start = end;
        while (start &&
               (sqli__is_letter(c->front.data[start - 1]) ||
                sqli__is_digit(c->front.data[start - 1]) || c->front.data[start - 1] == '_'))
            start--;
        offer_columns_of(c, names, sqli__span(c->front.data + start, end - start));
        return;
    }
    if (names && place == TABLE_NAME) {
        offer_list(c, &names->tables);
    } else if (names && place == ROUTINE_NAME) {
        offer_list(c, &names->routines);
    } else {
        if (names) {
            offer_columns(c, names);
            offer_list(c, &names->tables);
            offer_list(c, &names->routines);
        }
        offer_keywords(c);
    }
}

/* --- where --- */

static bool in_word(uint8_t c, bool command)
{
    if (command)
        return !sqli__sh_blank(c) && c != '\'' && c != '"' && c != '(';
    return sqli__is_letter(c) || sqli__is_digit(c) || c == '_' || c >= 0x80;
}

/* The quote that is open at the end of a line, or 0. */
static uint8_t open_quote(struct sqli_span line)
{
    uint8_t open = 0;
    for (size_t i = 0; i < line.length; i++)
        if (line.data[i] == '\'' || line.data[i] == '"')
            open = !open ? line.data[i] : open == line.data[i] ? 0 : open;
    return open;
}

/* LOAD FROM 'na, UNLOAD TO 'na */
static bool wants_file(struct sqli_span front)
{
    struct sqli_span text = sqli__sh_trim(front);
    return open_quote(front) &&
           (sqli__sh_begins(text, "load from") || sqli__sh_begins(text, "unload to"));
}

void sqli__sh_complete(struct sqli_sh *sh, struct sqli_span before, struct sqli_span line,
                       struct sqli_sh_candidates *found)
{
    struct sqli_buffer statement;
    struct sqli_span trimmed = sqli__sh_trim(line);
    bool command = trimmed.length && trimmed.data[0] == '\\';
    bool file = wants_file(line);
    *found = (struct sqli_sh_candidates){.start = line.length};
    while (found->start && in_word(line.data[found->start - 1], command || file))
        found->start--;
    struct completion c = {.sh = sh,
                           .found = found,
                           .word = sqli__span(line.data + found->start, line.length - found->start),
                           .front = sqli__span(line.data, found->start)};
    sqli__buffer_init(&statement, SQLI_SH_TEXT_MAX);
    sqli__buffer_span(&statement, before);
    sqli__buffer_span(&statement, command ? sqli__span("", 0) : line);
    c.statement = sqli__span(statement.data, statement.length - (command ? 0 : c.word.length));
    if (file)
        offer_files(&c);
    else if (command && !sqli__sh_trim(c.front).length)
        offer_command_names(&c);
    else if (command)
        complete_command(&c);
    else if (c.front.length && c.front.data[c.front.length - 1] == ':')
        offer_settings(&c);
    else if (open_quote(line) != '\'')
        complete_sql(&c);
    sort(found);
    sqli__buffer_free(&statement);
}
