#include "shell/describe.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "shell/query.h"
#include "shell/text.h"

#include <stdlib.h>

/* --- lists --- */

#define CATALOG "\"informix\"."
#define KIND                                                                                   \
    "CASE t.tabtype WHEN 'T' THEN 'table' WHEN 'V' THEN 'view' WHEN 'S' THEN 'synonym' "       \
    "WHEN 'P' THEN 'private synonym' WHEN 'Q' THEN 'sequence' WHEN 'E' THEN 'external table' " \
    "ELSE 'other' END"
/* The catalog's own tables come before 100; their statistics and views of users behind. */
#define OF_USERS "t.tabid >= 100"

static const struct {
    const char *sql;  /* up to where a condition can be added */
    const char *name; /* the column that a pattern is for; NULL: of a database, none */
    const char *end;
} lists[] = {
    [SQLI_SH_LIST_TABLES] = {"SELECT TRIM(t.owner) AS owner, t.tabname AS name, " KIND " AS kind "
                             "FROM " CATALOG "systables t WHERE " OF_USERS,
                             "t.tabname", " ORDER BY 2, 1"},
    [SQLI_SH_LIST_ONLY_TABLES] = {"SELECT TRIM(t.owner) AS owner, t.tabname AS name, "
                                  "t.ncols AS columns, t.nrows AS rows_counted, t.created "
                                  "FROM " CATALOG "systables t WHERE " OF_USERS
                                  " AND t.tabtype IN ('T', 'E')",
                                  "t.tabname", " ORDER BY 2, 1"},
    [SQLI_SH_LIST_VIEWS] = {"SELECT TRIM(t.owner) AS owner, t.tabname AS name, t.ncols AS columns "
                            "FROM " CATALOG "systables t WHERE " OF_USERS " AND t.tabtype = 'V'",
                            "t.tabname", " ORDER BY 2, 1"},
    [SQLI_SH_LIST_ALL_INDEXES] = {"SELECT TRIM(i.owner) AS owner, i.idxname AS name, "
                                  "t.tabname AS table_name, CASE WHEN i.idxtype IN ('U', 'u') "
                                  "THEN 'unique' ELSE 'with duplicates' END AS kind FROM " CATALOG
                                  "sysindexes i, " CATALOG
                                  "systables t WHERE i.tabid = t.tabid AND " OF_USERS,
                                  "i.idxname", " ORDER BY 3, 2"},
    [SQLI_SH_LIST_ROUTINES] = {"SELECT TRIM(p.owner) AS owner, p.procname AS name, "
                               "CASE p.isproc WHEN 't' THEN 'procedure' ELSE 'function' END AS "
                               "kind, p.numargs AS arguments, p.procid AS id FROM " CATALOG
                               "sysprocedures p WHERE p.mode IN ('O', 'D', 'R', 'T') AND p.owner "
                               "<> 'informix' OR p.mode IN ('O', 'D', 'R') AND p.procid > 0",
                               "p.procname", " ORDER BY 2, 5"},
    [SQLI_SH_LIST_SEQUENCES] = {"SELECT TRIM(t.owner) AS owner, t.tabname AS name, s.start_val, "
                                "s.inc_val, s.min_val, s.max_val FROM " CATALOG
                                "systables t, " CATALOG "syssequences s WHERE t.tabid = s.tabid",
                                "t.tabname", " ORDER BY 2, 1"},
    [SQLI_SH_LIST_USERS] = {"SELECT TRIM(u.username) AS name, CASE u.usertype WHEN 'D' THEN 'DBA' "
                            "WHEN 'R' THEN 'RESOURCE' WHEN 'C' THEN 'CONNECT' WHEN 'G' THEN 'role' "
                            "ELSE 'other' END AS privilege FROM " CATALOG "sysusers u WHERE 1 = 1",
                            "u.username", " ORDER BY 1"},
    [SQLI_SH_LIST_DATABASES] = {"SELECT TRIM(d.name) AS name, TRIM(d.owner) AS owner, CASE WHEN "
                                "d.is_ansi = 1 THEN 'ANSI' WHEN d.is_logging = 1 THEN 'logged' "
                                "ELSE 'unlogged' END AS logging, d.created FROM "
                                "sysmaster:\"informix\".sysdatabases d WHERE 1 = 1",
                                "d.name", " ORDER BY 1"},
};

/* name, or owner.name, with * and ? for LIKE's % and _. */
static void add_pattern(struct sqli_buffer *sql, const char *column, const char *pattern)
{
    if (!*pattern)
        return;
    sqli__buffer_format(sql, " AND %s %s ", column, strpbrk(pattern, "*?%") ? "LIKE" : "=");
    struct sqli_buffer text;
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    for (; *pattern; pattern++)
        sqli__buffer_byte(&text, (uint8_t)(*pattern == '*'   ? '%'
                                           : *pattern == '?' ? '_'
                                                             : *pattern));
    sqli__sh_literal(sql, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
}

/* --- one table --- */

enum { PARTS = 16, COLUMNS_MAX = 4096 };

struct table {
    struct sqli_sh *sh;
    int64_t id;
    char *owner, *name, *type;
    struct sqli_sh_texts columns; /* their names by number, from 1: row number - 1 */
};

static void find_columns(struct table *t)
{
    sqli__sh_query(t->sh, &t->columns,
                   "SELECT colname FROM " CATALOG "syscolumns WHERE tabid = %lld ORDER BY colno",
                   (long long)t->id);
}

static const char *column_name(const struct table *t, int64_t number)
{
    return number >= 1 && number <= t->columns.rows ? sqli__sh_text(&t->columns, number - 1, 0)
                                                    : "?";
}

/* "a, b DESC" from the parts of an index, whose sign is the direction. */
static void put_parts(const struct table *t, const struct sqli_sh_texts *row, int64_t at, int first,
                      struct sqli_buffer *to)
{
    for (int i = 0; i < PARTS; i++) {
        long long part = strtoll(sqli__sh_text(row, at, first + i), NULL, 10);
        if (part == 0)
            break;
        sqli__buffer_format(to, "%s%s%s", i ? ", " : "", column_name(t, part < 0 ? -part : part),
                            part < 0 ? " DESC" : "");
    }
}

#define INDEX_PARTS                                                                               \
    "i.part1, i.part2, i.part3, i.part4, i.part5, i.part6, i.part7, i.part8, i.part9, i.part10, " \
    "i.part11, i.part12, i.part13, i.part14, i.part15, i.part16"

/* Lines below a heading, as they are added. */
struct section {
    struct sqli_sh *sh;
    const char *heading;
    bool any;
};

static void put_line(struct section *section, const char *line)
{
    if (!section->any)
        sqli__sh_put_format(&section->sh->out, "%s:\n", section->heading);
    section->any = true;
    sqli__sh_put_text(&section->sh->out, "    ");
    sqli__sh_put_text(&section->sh->out, line);
    sqli__sh_put_byte(&section->sh->out, '\n');
}

static void put_indexes(const struct table *t)
{
    struct sqli_sh_texts rows = {0};
    struct section section = {t->sh, "Indexes", false};
    struct sqli_buffer line;
    sqli__buffer_init(&line, SQLI_SH_TEXT_MAX);
    sqli__sh_query(t->sh, &rows,
                   "SELECT i.idxname, i.idxtype, " INDEX_PARTS " FROM " CATALOG
                   "sysindexes i WHERE i.tabid = %lld ORDER BY i.idxname",
                   (long long)t->id);
    for (int64_t i = 0; i < rows.rows; i++) {
        const char *name = sqli__sh_text(&rows, i, 0);
        bool unique = strchr("Uu", sqli__sh_text(&rows, i, 1)[0]);
        sqli__buffer_clear(&line);
        sqli__buffer_format(&line, "%s%s (", *name == ' ' ? "of a constraint" : name,
                            unique ? ", unique" : "");
        put_parts(t, &rows, i, 2, &line);
        sqli__buffer_text(&line, ")");
        put_line(&section, sqli__sh_z(&line));
    }
    sqli__buffer_free(&line);
    sqli__sh_texts_free(&rows);
}

/* Keys are the parts of their index. */
static void put_keys(const struct table *t)
{
    struct sqli_sh_texts rows = {0};
    struct section section = {t->sh, "Keys", false};
    struct sqli_buffer line;
    sqli__buffer_init(&line, SQLI_SH_TEXT_MAX);
    sqli__sh_query(t->sh, &rows,
                   "SELECT c.constrname, c.constrtype, c.constrid, " INDEX_PARTS " FROM " CATALOG
                   "sysconstraints c, " CATALOG
                   "sysindexes i WHERE c.tabid = %lld AND i.tabid = c.tabid AND "
                   "i.idxname = c.idxname ORDER BY c.constrid",
                   (long long)t->id);
    for (int64_t i = 0; i < rows.rows; i++) {
        char kind = sqli__sh_text(&rows, i, 1)[0];
        sqli__buffer_clear(&line);
        sqli__buffer_format(&line, "%s: %s (", sqli__sh_text(&rows, i, 0),
                            kind == 'P'   ? "primary key"
                            : kind == 'R' ? "foreign key"
                                          : "unique");
        put_parts(t, &rows, i, 3, &line);
        sqli__buffer_text(&line, ")");
        if (kind == 'R') {
            struct sqli_sh_texts to = {0};
            sqli__sh_query(t->sh, &to,
                           "SELECT p.tabname, r.delrule FROM " CATALOG "sysreferences r, " CATALOG
                           "systables p WHERE r.ptabid = p.tabid AND r.constrid = %s",
                           sqli__sh_text(&rows, i, 2));
            if (to.rows)
                sqli__buffer_format(&line, " references %s%s", sqli__sh_text(&to, 0, 0),
                                    sqli__sh_text(&to, 0, 1)[0] == 'C' ? " on delete cascade" : "");
            sqli__sh_texts_free(&to);
        }
        put_line(&section, sqli__sh_z(&line));
    }
    sqli__buffer_free(&line);
    sqli__sh_texts_free(&rows);
}

/* Texts that the catalog keeps in pieces of some letters, one row each: put together by their
 * first column. */
static void put_pieces(const struct table *t, const char *heading, const char *sql)
{
    struct sqli_sh_texts rows = {0};
    struct section section = {t->sh, heading, false};
    struct sqli_buffer line;
    sqli__buffer_init(&line, SQLI_SH_TEXT_MAX);
    sqli__sh_query(t->sh, &rows, sql, (long long)t->id);
    for (int64_t i = 0; i < rows.rows; i++) {
        bool first =
            i == 0 || strcmp(sqli__sh_text(&rows, i, 0), sqli__sh_text(&rows, i - 1, 0)) != 0;
        if (first && i)
            put_line(&section, sqli__sh_z(&line));
        if (first) {
            sqli__buffer_clear(&line);
            sqli__buffer_format(&line, "%s%s", sqli__sh_text(&rows, i, 0),
                                *sqli__sh_text(&rows, i, 0) ? ": " : "");
        }
        sqli__buffer_text(&line, sqli__sh_text(&rows, i, 1));
    }
    if (rows.rows)
        put_line(&section, sqli__sh_z(&line));
    sqli__buffer_free(&line);
    sqli__sh_texts_free(&rows);
}

static void put_referring(const struct table *t)
{
    put_pieces(t, "Referred to by",
               "SELECT t.tabname, c.constrname FROM " CATALOG "sysreferences r, " CATALOG
               "sysconstraints c, " CATALOG "systables t WHERE r.ptabid = %lld AND "
               "r.constrid = c.constrid AND c.tabid = t.tabid ORDER BY 1, 2");
}

/* --- columns --- */

struct default_of {
    const struct table *t;
    struct sqli_sh_texts rows; /* colno, type, default */
};

/* A literal stands as it is for texts, and behind a blank for all other types. */
static struct sqli_span default_text(const struct default_of *d, int column, bool text)
{
    static const struct {
        char type;
        const char *text;
    } words[] = {
        {'N', "NULL"}, {'C', "CURRENT"}, {'U', "USER"}, {'T', "TODAY"}, {'S', "DBSERVERNAME"}};
    for (int64_t i = 0; i < d->rows.rows; i++) {
        if (strtol(sqli__sh_text(&d->rows, i, 0), NULL, 10) != column)
            continue;
        const char *value = sqli__sh_text(&d->rows, i, 2);
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
            if (words[w].type == sqli__sh_text(&d->rows, i, 1)[0])
                return sqli__span_text(words[w].text);
        const char *blank = text ? NULL : strchr(value, ' ');
        return sqli__span_text(blank ? blank + 1 : value);
    }
    return sqli__span("", 0);
}

static bool is_text(int type)
{
    return type == SQLI_CHAR || type == SQLI_VARCHAR || type == SQLI_NCHAR ||
           type == SQLI_NVARCHAR || type == SQLI_LVARCHAR;
}

/* The types are what a SELECT of all columns is described as: the server's own word. */
static bool put_columns(const struct table *t, sqli_stmt *stmt)
{
    static char titles[4][10] = {"column", "type", "nullable", "default"};
    struct sqli_sh_column column[4] = {{.name = titles[0], .type_name = titles[1]},
                                       {.name = titles[1], .type_name = titles[1]},
                                       {.name = titles[2], .type_name = titles[1]},
                                       {.name = titles[3], .type_name = titles[1]}};
    const struct sqli_sh_run run = {.format = -1};
    struct default_of defaults = {.t = t};
    struct sqli_sh_look look;
    struct sqli_sh_writer writer;
    sqli__sh_query(t->sh, &defaults.rows,
                   "SELECT colno, type, default FROM " CATALOG
                   "sysdefaults WHERE tabid = %lld AND class = 'T'",
                   (long long)t->id);
    sqli__sh_look(t->sh, &run, &t->sh->out, &look);
    look.types = false;
    if (!sqli__sh_writer_begin(&writer, &t->sh->out, &look, 4, column))
        return false;
    for (int c = 1; c <= sqli_column_count(stmt); c++) {
        struct sqli_column_info info = {.size = sizeof info};
        if (sqli_column_info(stmt, c, &info) != SQLI_OK)
            continue;
        writer.format->cell(&writer, 0, sqli__span_text(info.name));
        writer.format->cell(&writer, 1, sqli__span_text(info.type_name));
        writer.format->cell(&writer, 2, sqli__span_text(info.nullable ? "" : "not null"));
        writer.format->cell(&writer, 3, default_text(&defaults, c, is_text(info.type)));
        sqli__sh_writer_row(&writer);
    }
    sqli__sh_writer_end(&writer, false);
    sqli__sh_texts_free(&defaults.rows);
    return true;
}

static bool with_columns(const struct table *t)
{
    struct sqli_buffer sql;
    sqli_stmt *stmt = NULL;
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(&sql, "SELECT * FROM \"%s\".%s", t->owner, t->name);
    bool fine = sqli_prepare(t->sh->db, sqli__sh_z(&sql), -1, SQLI_NO_NAMES, &stmt) == SQLI_OK &&
                sqli_describe(stmt) == SQLI_OK;
    if (fine)
        fine = put_columns(t, stmt);
    else
        sqli__sh_report(t->sh, sqli__buffer_view(&sql), 0);
    sqli_finalize(stmt);
    sqli__buffer_free(&sql);
    return fine;
}

static bool describe_table(struct table *t)
{
    sqli__sh_put_format(&t->sh->out, "%s \"%s\".%s\n", t->type, t->owner, t->name);
    find_columns(t);
    if (!with_columns(t))
        return false;
    put_keys(t);
    put_indexes(t);
    put_pieces(t, "Checks",
               "SELECT c.constrname, k.checktext, c.constrid, k.seqno FROM " CATALOG
               "sysconstraints c, " CATALOG "syschecks k WHERE c.tabid = %lld AND "
               "c.constrid = k.constrid AND k.type = 'T' ORDER BY c.constrid, k.seqno");
    put_referring(t);
    put_pieces(t, "Triggers",
               "SELECT trigname, CASE event WHEN 'I' THEN 'insert' WHEN 'U' THEN 'update' WHEN 'D' "
               "THEN 'delete' WHEN 'S' THEN 'select' ELSE 'instead of' END FROM " CATALOG
               "systriggers WHERE tabid = %lld ORDER BY 1");
    put_pieces(t, "Defined as",
               "SELECT '', viewtext, seqno FROM " CATALOG "sysviews WHERE tabid = %lld "
               "ORDER BY seqno");
    sqli__sh_put_byte(&t->sh->out, '\n');
    return true;
}

static void find_tables(struct sqli_sh *sh, const char *pattern, struct sqli_sh_texts *tables)
{
    struct sqli_buffer sql;
    const char *dot = strchr(pattern, '.');
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_text(&sql, "SELECT t.tabid, TRIM(t.owner), t.tabname, " KIND " FROM " CATALOG
                            "systables t WHERE t.tabtype <> ''");
    if (dot) {
        char *owner = sqli__sh_copy_span(sqli__span(pattern, (size_t)(dot - pattern)));
        add_pattern(&sql, "t.owner", owner);
        sqli__free(owner);
    }
    add_pattern(&sql, "t.tabname", dot ? dot + 1 : pattern);
    sqli__buffer_text(&sql, " ORDER BY 3, 2");
    sqli__sh_query(sh, tables, "%s", sqli__sh_z(&sql));
    sqli__buffer_free(&sql);
}

/* Names that are not quoted are small in the catalog. */
static char *folded(const char *pattern)
{
    char *copy = sqli__sh_copy(pattern);
    for (char *c = copy; *c; c++)
        *c = (char)sqli__ascii_lower((uint8_t)*c);
    return copy;
}

static struct table table_of(struct sqli_sh *sh, const struct sqli_sh_texts *tables, int64_t i)
{
    return (struct table){.sh = sh,
                          .id = strtoll(sqli__sh_text(tables, i, 0), NULL, 10),
                          .owner = sqli__sh_text(tables, i, 1),
                          .name = sqli__sh_text(tables, i, 2),
                          .type = sqli__sh_text(tables, i, 3)};
}

static bool each_table(struct sqli_sh *sh, const char *pattern,
                       bool (*function)(struct table *table))
{
    struct sqli_sh_texts tables = {0};
    char *names = folded(pattern);
    if (!sqli__sh_connected(sh)) {
        sqli__free(names);
        return false;
    }
    find_tables(sh, names, &tables);
    bool fine = tables.rows;
    if (!fine)
        sqli__sh_complain(sh, "there is no table, view, synonym or sequence %s", pattern);
    for (int64_t i = 0; fine && i < tables.rows && !sqli__sh_interrupted; i++) {
        struct table table = table_of(sh, &tables, i);
        fine = function(&table);
        sqli__sh_texts_free(&table.columns);
    }
    sqli__sh_texts_free(&tables);
    sqli__free(names);
    return fine;
}

bool sqli__sh_describe(struct sqli_sh *sh, const char *pattern)
{
    return each_table(sh, pattern, describe_table);
}

/* --- INFO --- */

static bool info_columns(struct table *t)
{
    return with_columns(t);
}

static bool info_indexes(struct table *t)
{
    find_columns(t);
    put_indexes(t);
    return true;
}

static bool info_references(struct table *t)
{
    find_columns(t);
    put_keys(t);
    put_referring(t);
    return true;
}

static bool show_of(const struct table *t, const char *columns, const char *table)
{
    struct sqli_buffer sql;
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(&sql, "SELECT %s FROM " CATALOG "%s WHERE tabid = %lld", columns, table,
                        (long long)t->id);
    bool fine = sqli__sh_show(t->sh, sqli__sh_z(&sql));
    sqli__buffer_free(&sql);
    return fine;
}

static bool info_status(struct table *t)
{
    return show_of(t, "tabname, TRIM(owner) AS owner, rowsize, nrows, ncols, created, locklevel",
                   "systables");
}

static bool info_privileges(struct table *t)
{
    return show_of(t, "TRIM(grantee) AS grantee, TRIM(grantor) AS grantor, tabauth", "systabauth");
}

static bool (*const infos[])(struct table *t) = {
    [SQLI_SH_LIST_COLUMNS] = info_columns,       [SQLI_SH_LIST_INDEXES] = info_indexes,
    [SQLI_SH_LIST_STATUS] = info_status,         [SQLI_SH_LIST_REFERENCES] = info_references,
    [SQLI_SH_LIST_PRIVILEGES] = info_privileges,
};

bool sqli__sh_list(struct sqli_sh *sh, enum sqli_sh_listing listing, const char *pattern)
{
    if (listing >= SQLI_SH_LIST_COLUMNS)
        return each_table(sh, pattern, infos[listing]);
    struct sqli_buffer sql;
    char *names = folded(pattern);
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_text(&sql, lists[listing].sql);
    add_pattern(&sql, lists[listing].name, names);
    sqli__buffer_text(&sql, lists[listing].end);
    bool fine = sqli__sh_show(sh, sqli__sh_z(&sql));
    sqli__buffer_free(&sql);
    sqli__free(names);
    return fine;
}

/* --- routines --- */

bool sqli__sh_source(struct sqli_sh *sh, const char *name)
{
    struct sqli_sh_texts rows = {0};
    struct sqli_buffer condition;
    char *names = folded(name);
    sqli__buffer_init(&condition, SQLI_SH_TEXT_MAX);
    add_pattern(&condition, "p.procname", names);
    bool fine = sqli__sh_connected(sh) &&
                sqli__sh_query(sh, &rows,
                               "SELECT b.data FROM " CATALOG "sysprocbody b, " CATALOG
                               "sysprocedures p WHERE b.procid = p.procid AND b.datakey = 'T'%s "
                               "ORDER BY b.procid, b.seqno",
                               sqli__sh_z(&condition));
    for (int64_t i = 0; i < rows.rows; i++)
        sqli__sh_put_text(&sh->out, sqli__sh_text(&rows, i, 0));
    if (fine && rows.rows)
        sqli__sh_put_byte(&sh->out, '\n');
    else if (fine)
        sqli__sh_complain(sh, "there is no routine %s whose text is kept", name);
    sqli__sh_texts_free(&rows);
    sqli__buffer_free(&condition);
    sqli__free(names);
    return fine;
}
