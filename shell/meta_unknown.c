/* Commands that there are not: what comes nearest to them. */
#include "shell/meta.h"

#include "base/ascii.h"
#include "shell/text.h"

enum { NAME_MAX_BYTES = 24 };

/* psql's, whose fingers type them here, too. */
static const struct {
    const char *name, *instead;
} others[] = {
    {"a", "\\set FORMAT csv, or another format, does it"},
    {"bind", "there are no parameters: \\set NAME VALUE, and :'NAME' in the statement"},
    {"C", "tables have no title: \\echo writes one"},
    {"crosstabview", "there is none: CASE in the SELECT does it"},
    {"da", "\\df lists the routines"},
    {"dC", "SELECT * FROM \"informix\".syscasts lists them"},
    {"dD", "SELECT * FROM \"informix\".sysxtdtypes lists the types"},
    {"db", "SELECT * FROM sysmaster:sysdbspaces lists the dbspaces"},
    {"dE", "\\dt lists external tables, too"},
    {"dm", "there are no materialized views: \\dv lists the views"},
    {"dn", "owners stand for schemas: \\dt OWNER.* lists what is an owner's"},
    {"dT", "SELECT * FROM \"informix\".sysxtdtypes lists the types"},
    {"dy", "INFO TRIGGERS FOR TABLE, or \\d TABLE, lists the triggers"},
    {"ef", "\\sf NAME shows the text of a routine, \\e edits what was typed"},
    {"encoding", "texts are UTF-8 here; db-locale in the URL tells what the database has"},
    {"errverbose", "\\errors CODE tells what an error code means"},
    {"ev", "\\d NAME shows the text of a view, \\e edits what was typed"},
    {"f", "\\set DELIMITER C does it"},
    {"H", "\\set FORMAT markdown, or another format: there is no HTML"},
    {"lo_export", "\\copy (SELECT ...) to FILE writes objects, too"},
    {"lo_import", "\\copy TABLE from FILE reads objects, too; FILETOBLOB reads one"},
    {"password", "the server's machine, or ALTER USER, changes it"},
    {"sv", "\\d NAME shows the text of a view"},
    {"T", "there is no HTML"},
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters have to change, come or go to make one word of the other. */
static size_t distance(struct sqli_span a, struct sqli_span b)
{
    size_t row[NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= b.length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        size_t before = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            bool same = sqli__ascii_lower(a.data[i - 1]) == sqli__ascii_lower(b.data[j - 1]);
            size_t changed = before + !same;
            before = row[j];
            row[j] = least(changed, least(row[j - 1], row[j]) + 1);
        }
    }
    return row[b.length];
}

/* NULL: none is near. Two letters may have changed places. */
static const char *nearest(struct sqli_span name)
{
    const char *found = NULL, *one, *arguments, *text;
    size_t best = name.length < 5 ? 2 : 3;
    if (name.length > NAME_MAX_BYTES)
        return NULL;
    for (int i = 0; (one = sqli__sh_command(i, &arguments, &text)); i++) {
        struct sqli_span command = sqli__span_text(one);
        size_t far = command.length > NAME_MAX_BYTES ? best : distance(name, command);
        if (far < best && far < command.length) {
            best = far;
            found = one;
        }
    }
    return found;
}

void sqli__sh_meta_unknown(struct sqli_sh *sh, struct sqli_span name)
{
    int length = (int)name.length;
    const char *text = (const char *)name.data;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (sqli__span_equal(name, sqli__span_text(others[i].name))) {
            sqli__sh_complain(sh, "there is no command \\%.*s: %s", length, text,
                              others[i].instead);
            return;
        }
    const char *near = nearest(name);
    sqli__sh_complain(sh, "there is no command \\%.*s; %s%s%s\\? lists them", length, text,
                      near ? "\\" : "", near ? near : "", near ? " is the nearest, " : "");
}
