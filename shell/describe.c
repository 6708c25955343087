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
#define TRIGGER_EVENT                                                                  \
    "CASE event WHEN 'I' THEN 'insert' WHEN 'U' THEN 'update' WHEN 'D' THEN 'delete' " \
    "WHEN 'S' THEN 'select' ELSE 'instead of' END"
#define OF_USERS "t.tabid >= 100"

static const struct {
    const char *sql;          /* up to where a condition can be added */
    const char *owner, *name; /* the columns that a pattern is for; no owner: NULL */
    const char *end;
} lists[] = {
    [SQLI_SH_LIST_TABLES] = {"SELECT TRIM(t.owner) AS owner, t.tabname AS name, " KIND " AS kind "
                             "FROM " CATALOG "systables t WHERE " OF_USERS,
                             "t.owner", "t.tabname", " ORDER BY 2, 1"},
    [SQLI_SH_LIST_ONLY_TABLES] = {"SELECT TRIM(t.owner) AS owner, t.tabname AS name, "
                                  "t.ncols AS columns, t.nrows AS rows_counted, t.created "
                                  "FROM " CATALOG "systables t WHERE " OF_USERS
                                  " AND t.tabtype IN ('T', 'E')",
                                  "t.owner", "t.tabname", " ORDER BY 2, 1"},
    [SQLI_SH_LIST_VIEWS] = {"SELECT TRIM(t.owner) AS owner, t.tabname AS name, t.ncols AS columns "
                            "FROM " CATALOG "systables t WHERE " OF_USERS " AND t.tabtype = 'V'",
                            "t.owner", "t.tabname", " ORDER BY 2, 1"},
    [SQLI_SH_LIST_ALL_INDEXES] = {"SELECT TRIM(i.owner) AS owner, i.idxname AS name, "
                                  "t.tabname AS table_name, CASE WHEN i.idxtype IN ('U', 'u') "
                                  "THEN 'unique' ELSE 'with duplicates' END AS kind FROM " CATALOG
                                  "sysindexes i, " CATALOG
                                  "systables t WHERE i.tabid = t.tabid AND " OF_USERS,
                                  "i.owner", "i.idxname", " ORDER BY 3, 2"},
    [SQLI_SH_LIST_ROUTINES] = {"SELECT TRIM(p.owner) AS owner, p.procname AS name, "
                               "CASE p.isproc WHEN 't' THEN 'procedure' ELSE 'function' END AS "
                               "kind, p.numargs AS arguments, p.procid AS id FROM " CATALOG
                               "sysprocedures p WHERE (p.mode IN ('O', 'D', 'R') OR p.mode = 'T' "
                               "AND p.owner <> 'informix')",
                               "p.owner", "p.procname", " ORDER BY 2, 5"},
    [SQLI_SH_LIST_SEQUENCES] = {"SELECT TRIM(t.owner) AS owner, t.tabname AS name, s.start_val, "
                                "s.inc_val, s.min_val, s.max_val FROM " CATALOG
                                "systables t, " CATALOG "syssequences s WHERE t.tabid = s.tabid",
                                "t.owner", "t.tabname", " ORDER BY 2, 1"},
    [SQLI_SH_LIST_USERS] = {"SELECT TRIM(u.username) AS name, CASE u.usertype WHEN 'D' THEN 'DBA' "
                            "WHEN 'R' THEN 'RESOURCE' WHEN 'C' THEN 'CONNECT' WHEN 'G' THEN 'role' "
                            "ELSE 'other' END AS privilege FROM " CATALOG "sysusers u WHERE 1 = 1",
                            NULL, "u.username", " ORDER BY 1"},
    [SQLI_SH_LIST_GRANTS] = {"SELECT TRIM(t.owner) AS owner, t.tabname AS name, TRIM(a.grantee) AS "
                             "grantee, a.tabauth AS privileges, TRIM(a.grantor) AS grantor "
                             "FROM " CATALOG "systables t, " CATALOG
                             "systabauth a WHERE t.tabid = a.tabid AND " OF_USERS,
                             "t.owner", "t.tabname", " ORDER BY 2, 1, 3"},
    [SQLI_SH_LIST_DATABASES] = {"SELECT TRIM(d.name) AS name, TRIM(d.owner) AS owner, CASE WHEN "
                                "d.is_ansi = 1 THEN 'ANSI' WHEN d.is_logging = 1 THEN 'logged' "
                                "ELSE 'unlogged' END AS logging, d.created FROM "
                                "sysmaster:\"informix\".sysdatabases d WHERE 1 = 1",
                                NULL, "d.name", " ORDER BY 1"},
};

/* * and ? become LIKE's % and _. */
static void add_comparison(struct sqli_buffer *sql, const char *column, const char *pattern,
                           bool small)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(sql, "%s %s ", column, strpbrk(pattern, "*?%") ? "LIKE" : "=");
    for (; *pattern; pattern++) {
        char c = *pattern == '*' ? '%' : *pattern == '?' ? '_' : *pattern;
        sqli__buffer_byte(&text, small ? sqli__ascii_lower((uint8_t)c) : (uint8_t)c);
    }
    sqli__sh_literal(sql, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
}

/* Names that are not quoted are small in the catalog; those that were made with quotes are not. */
static void add_condition(struct sqli_buffer *sql, const char *column, const char *pattern)
{
    if (!*pattern)
        return;
    sqli__buffer_text(sql, " AND (");
    add_comparison(sql, column, pattern, false);
    sqli__buffer_text(sql, " OR ");
    add_comparison(sql, column, pattern, true);
    sqli__buffer_text(sql, ")");
}

/* name, or owner.name. */
static void add_pattern(struct sqli_buffer *sql, const char *owner, const char *name,
                        const char *pattern)
{
    const char *dot = owner ? strchr(pattern, '.') : NULL;
    if (dot) {
        char *part = sqli__sh_copy_span(sqli__span(pattern, (size_t)(dot - pattern)));
        add_condition(sql, owner, part);
        sqli__free(part);
    }
    add_condition(sql, name, dot ? dot + 1 : pattern);
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

/* Lines below a heading, of what a query finds. */
struct section {
    struct sqli_sh *sh;
    const char *heading;
    struct sqli_sh_texts rows;
    struct sqli_buffer line;
    bool any;
};

/* `sql` has a %lld for the table. */
static void begin_section(struct section *section, const struct table *t, const char *heading,
                          const char *sql)
{
    *section = (struct section){.sh = t->sh, .heading = heading};
    sqli__buffer_init(&section->line, SQLI_SH_TEXT_MAX);
    sqli__sh_query(t->sh, &section->rows, sql, (long long)t->id);
}

static void end_section(struct section *section)
{
    sqli__buffer_free(&section->line);
    sqli__sh_texts_free(&section->rows);
}

static void put_line(struct section *section)
{
    if (!section->any)
        sqli__sh_put_format(&section->sh->out, "%s:\n", section->heading);
    section->any = true;
    sqli__sh_put_text(&section->sh->out, "    ");
    sqli__sh_put_text(&section->sh->out, sqli__sh_z(&section->line));
    sqli__sh_put_byte(&section->sh->out, '\n');
}

static void put_indexes(const struct table *t)
{
    struct section section;
    begin_section(&section, t, "Indexes",
                  "SELECT i.idxname, i.idxtype, " INDEX_PARTS " FROM " CATALOG
                  "sysindexes i WHERE i.tabid = %lld ORDER BY i.idxname");
    for (int64_t i = 0; i < section.rows.rows; i++) {
        const char *name = sqli__sh_text(&section.rows, i, 0);
        bool unique = strchr("Uu", sqli__sh_text(&section.rows, i, 1)[0]);
        sqli__buffer_clear(&section.line);
        sqli__buffer_format(&section.line, "%s%s (", *name == ' ' ? "of a constraint" : name,
                            unique ? ", unique" : "");
        put_parts(t, &section.rows, i, 2, &section.line);
        sqli__buffer_text(&section.line, ")");
        put_line(&section);
    }
    end_section(&section);
}

/* Keys are the parts of their index. */
static void put_keys(const struct table *t)
{
    struct section section;
    begin_section(&section, t, "Keys",
                  "SELECT c.constrname, c.constrtype, c.constrid, " INDEX_PARTS " FROM " CATALOG
                  "sysconstraints c, " CATALOG
                  "sysindexes i WHERE c.tabid = %lld AND i.tabid = c.tabid AND "
                  "i.idxname = c.idxname ORDER BY c.constrid");
    for (int64_t i = 0; i < section.rows.rows; i++) {
        char kind = sqli__sh_text(&section.rows, i, 1)[0];
        sqli__buffer_clear(&section.line);
        sqli__buffer_format(&section.line, "%s: %s (", sqli__sh_text(&section.rows, i, 0),
                            kind == 'P'   ? "primary key"
                            : kind == 'R' ? "foreign key"
                                          : "unique");
        put_parts(t, &section.rows, i, 3, &section.line);
        sqli__buffer_text(&section.line, ")");
        if (kind == 'R') {
            struct sqli_sh_texts to = {0};
            sqli__sh_query(t->sh, &to,
                           "SELECT p.tabname, r.delrule FROM " CATALOG "sysreferences r, " CATALOG
                           "systables p WHERE r.ptabid = p.tabid AND r.constrid = %s",
                           sqli__sh_text(&section.rows, i, 2));
            if (to.rows)
                sqli__buffer_format(&section.line, " references %s%s", sqli__sh_text(&to, 0, 0),
                                    sqli__sh_text(&to, 0, 1)[0] == 'C' ? " on delete cascade" : "");
            sqli__sh_texts_free(&to);
        }
        put_line(&section);
    }
    end_section(&section);
}

/* Texts that the catalog keeps in pieces of some letters, one row each: put together by their
 * first column. */
static void put_pieces(const struct table *t, const char *heading, const char *sql)
{
    struct section section;
    begin_section(&section, t, heading, sql);
    for (int64_t i = 0; i < section.rows.rows; i++) {
        bool first = i == 0 || strcmp(sqli__sh_text(&section.rows, i, 0),
                                      sqli__sh_text(&section.rows, i - 1, 0)) != 0;
        if (first && i)
            put_line(&section);
        if (first) {
            sqli__buffer_clear(&section.line);
            sqli__buffer_format(&section.line, "%s%s", sqli__sh_text(&section.rows, i, 0),
                                *sqli__sh_text(&section.rows, i, 0) ? ": " : "");
        }
        sqli__buffer_text(&section.line, sqli__sh_text(&section.rows, i, 1));
    }
    if (section.rows.rows)
        put_line(&section);
    end_section(&section);
}

static void put_referring(const struct table *t)
{
    put_pieces(t, "Referred to by",
               "SELECT c.constrname, t.tabname FROM " CATALOG "sysreferences r, " CATALOG
               "sysconstraints c, " CATALOG "systables t WHERE r.ptabid = %lld AND "
               "r.constrid = c.constrid AND c.tabid = t.tabid ORDER BY 2, 1");
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

/* The types are what a SELECT of all columns is described as: the server's own word. */
static bool put_columns(struct sqli_sh *sh, const struct default_of *defaults, sqli_stmt *stmt)
{
    static char titles[4][10] = {"column", "type", "nullable", "default"};
    struct sqli_sh_column column[4] = {{.name = titles[0], .type_name = titles[1]},
                                       {.name = titles[1], .type_name = titles[1]},
                                       {.name = titles[2], .type_name = titles[1]},
                                       {.name = titles[3], .type_name = titles[1]}};
    const struct sqli_sh_run run = {.format = -1};
    struct sqli_sh_look look;
    struct sqli_sh_writer writer;
    sqli__sh_look(sh, &run, &sh->out, &look);
    look.types = false;
    if (!sqli__sh_writer_begin(&writer, &sh->out, &look, defaults ? 4 : 2, column))
        return false;
    for (int c = 1; c <= sqli_column_count(stmt); c++) {
        struct sqli_column_info info = {.size = sizeof info};
        if (sqli_column_info(stmt, c, &info) != SQLI_OK)
            continue;
        writer.format->cell(&writer, 0, sqli__span_text(info.name));
        writer.format->cell(&writer, 1, sqli__span_text(info.type_name));
        if (defaults) {
            writer.format->cell(&writer, 2, sqli__span_text(info.nullable ? "" : "not null"));
            writer.format->cell(&writer, 3, default_text(defaults, c, sqli__sh_is_text(info.type)));
        }
        sqli__sh_writer_row(&writer);
    }
    sqli__sh_writer_end(&writer, false);
    return true;
}

static void put_table_name(const struct table *t, struct sqli_buffer *to)
{
    sqli__sh_quoted(to, '"', sqli__span_text(t->owner));
    sqli__buffer_byte(to, '.');
    sqli__sh_name(to, sqli__span_text(t->name));
}

static bool with_columns(const struct table *t)
{
    struct sqli_buffer sql;
    sqli_stmt *stmt = NULL;
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_text(&sql, "SELECT * FROM ");
    put_table_name(t, &sql);
    bool fine = sqli_prepare(t->sh->db, sqli__sh_z(&sql), -1, SQLI_NO_NAMES, &stmt) == SQLI_OK &&
                sqli_describe(stmt) == SQLI_OK;
    if (fine) {
        struct default_of defaults = {.t = t};
        sqli__sh_query(t->sh, &defaults.rows,
                       "SELECT colno, type, default FROM " CATALOG
                       "sysdefaults WHERE tabid = %lld AND class = 'T'",
                       (long long)t->id);
        fine = put_columns(t->sh, &defaults, stmt);
        sqli__sh_texts_free(&defaults.rows);
    } else {
        sqli__sh_report(t->sh, sqli__buffer_view(&sql), 0);
    }
    sqli_finalize(stmt);
    sqli__buffer_free(&sql);
    return fine;
}

static bool describe_statement(struct sqli_sh *sh, struct sqli_span sql)
{
    sqli_stmt *stmt = NULL;
    bool fine = sqli_prepare(sh->db, (const char *)sql.data, (ptrdiff_t)sql.length, SQLI_NO_NAMES,
                             &stmt) == SQLI_OK &&
                sqli_describe(stmt) == SQLI_OK;
    if (!fine)
        sqli__sh_report(sh, sql, sh->statement_line);
    else if (sqli_column_count(stmt))
        fine = put_columns(sh, NULL, stmt);
    else
        sqli__sh_say(sh, "The statement gives no rows.\n");
    sqli_finalize(stmt);
    return fine;
}

bool sqli__sh_describe_query(struct sqli_sh *sh, struct sqli_span sql)
{
    struct sqli_buffer text;
    if (!sql.length) {
        sqli__sh_complain(sh, "there is no statement");
        return false;
    }
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    sqli__sh_substitute(sh, sql, &text);
    bool fine = sqli__sh_connected(sh) && describe_statement(sh, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
    return fine;
}

static bool describe_table(struct table *t)
{
    struct sqli_buffer title;
    sqli__buffer_init(&title, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(&title, "%s ", t->type);
    put_table_name(t, &title);
    sqli__sh_put_format(&t->sh->out, "%s\n", sqli__sh_z(&title));
    sqli__buffer_free(&title);
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
               "SELECT trigname, " TRIGGER_EVENT " FROM " CATALOG
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
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_text(&sql, "SELECT t.tabid, TRIM(t.owner), t.tabname, " KIND " FROM " CATALOG
                            "systables t WHERE t.tabtype <> ''");
    add_pattern(&sql, "t.owner", "t.tabname", pattern);
    sqli__buffer_text(&sql, " ORDER BY 3, 2");
    sqli__sh_query(sh, tables, "%s", sqli__sh_z(&sql));
    sqli__buffer_free(&sql);
}

static struct table table_of(struct sqli_sh *sh, const struct sqli_sh_texts *tables, int64_t i)
{
    return (struct table){.sh = sh,
                          .id = strtoll(sqli__sh_text(tables, i, 0), NULL, 10),
                          .owner = sqli__sh_text(tables, i, 1),
                          .name = sqli__sh_text(tables, i, 2),
                          .type = sqli__sh_text(tables, i, 3)};
}

static const char NO_TABLE[] = "there is no table, view, synonym or sequence %s";

static bool each_table(struct sqli_sh *sh, const char *pattern,
                       void (*complain)(struct sqli_sh *sh, const char *format, ...),
                       bool (*function)(struct table *table))
{
    struct sqli_sh_texts tables = {0};
    if (!sqli__sh_connected(sh))
        return false;
    find_tables(sh, pattern, &tables);
    bool fine = tables.rows;
    if (!fine)
        complain(sh, NO_TABLE, pattern);
    for (int64_t i = 0; fine && i < tables.rows && !sqli__sh_interrupted; i++) {
        struct table table = table_of(sh, &tables, i);
        fine = function(&table);
        sqli__sh_texts_free(&table.columns);
    }
    sqli__sh_texts_free(&tables);
    return fine;
}

bool sqli__sh_describe(struct sqli_sh *sh, const char *pattern)
{
    sqli__sh_begin_page(sh, &sh->out);
    bool fine = each_table(sh, pattern, sqli__sh_complain, describe_table);
    sqli__sh_end_page(sh, &sh->out);
    return fine;
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

static bool info_fragments(struct table *t)
{
    return show_of(t,
                   "CASE fragtype WHEN 'I' THEN 'index' WHEN 'T' THEN 'table' ELSE fragtype END AS "
                   "kind, indexname, partition, dbspace, strategy, exprtext AS expression",
                   "sysfragments");
}

static bool info_triggers(struct table *t)
{
    return show_of(t, "trigname, TRIM(owner) AS owner, " TRIGGER_EVENT " AS event, old, new",
                   "systriggers");
}

static bool (*const infos[])(struct table *t) = {
    [SQLI_SH_LIST_COLUMNS] = info_columns,       [SQLI_SH_LIST_INDEXES] = info_indexes,
    [SQLI_SH_LIST_STATUS] = info_status,         [SQLI_SH_LIST_REFERENCES] = info_references,
    [SQLI_SH_LIST_PRIVILEGES] = info_privileges, [SQLI_SH_LIST_FRAGMENTS] = info_fragments,
    [SQLI_SH_LIST_TRIGGERS] = info_triggers,
};

bool sqli__sh_list(struct sqli_sh *sh, enum sqli_sh_listing listing, const char *pattern)
{
    if (listing >= SQLI_SH_LIST_COLUMNS)
        return each_table(sh, pattern, sqli__sh_refuse, infos[listing]);
    if (!sqli__sh_connected(sh))
        return false;
    /* Which databases there are stands in one of them. */
    bool visit = listing == SQLI_SH_LIST_DATABASES && !*sqli_info(sh->db, "database") &&
                 sqli_exec(sh->db, "DATABASE sysmaster", NULL) == SQLI_OK;
    struct sqli_buffer sql;
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_text(&sql, lists[listing].sql);
    add_pattern(&sql, lists[listing].owner, lists[listing].name, pattern);
    sqli__buffer_text(&sql, lists[listing].end);
    bool fine = sqli__sh_show(sh, sqli__sh_z(&sql));
    sqli__buffer_free(&sql);
    if (visit)
        sqli_exec(sh->db, "CLOSE DATABASE", NULL);
    return fine;
}

/* --- routines --- */

bool sqli__sh_source(struct sqli_sh *sh, const char *name)
{
    struct sqli_sh_texts rows = {0};
    struct sqli_buffer condition;
    sqli__buffer_init(&condition, SQLI_SH_TEXT_MAX);
    add_pattern(&condition, "p.owner", "p.procname", name);
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
    return fine;
}
