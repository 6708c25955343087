/* GRANT and REVOKE: recorded in sysusers, systabauth and sysprocauth, so that clients see what was
 * granted. */
#include "server/engine/definition_inside.h"

#include "base/ascii.h"

#include <stdio.h>

enum { TABLE_PRIVILEGES = 9 };

/* The letters of systabauth.tabauth by their places. */
static const struct {
    const char *word;
    char letter;
    int place;
} table_privileges[] = {
    {"select", 's', 0}, {"update", 'u', 1}, {"insert", 'i', 3},     {"delete", 'd', 4},
    {"index", 'x', 5},  {"alter", 'a', 6},  {"references", 'r', 7}, {"under", 'n', 8},
};

static const struct {
    const char *word;
    const char *usertype;
} database_privileges[] = {{"connect", "C"}, {"resource", "R"}, {"dba", "D"}};

static bool is_word(struct sqli_span name, const char *word)
{
    return sqli__span_equal(name, sqli__span_text(word));
}

/* --- on a table --- */

static bool is_meant(const struct sqli_grant *grant, const char *word)
{
    for (uint32_t i = 0; i < grant->privilege_count; i++)
        if (is_word(grant->privileges[i].text, word) || is_word(grant->privileges[i].text, "all"))
            return true;
    return false;
}

static void change_letters(const struct sqli_grant *grant, bool revoke, char *letters)
{
    for (size_t i = 0; i < sizeof table_privileges / sizeof table_privileges[0]; i++) {
        char letter = table_privileges[i].letter;
        if (!is_meant(grant, table_privileges[i].word))
            continue;
        if (grant->with_grant_option)
            letter = (char)(letter - 'a' + 'A');
        letters[table_privileges[i].place] = revoke ? '-' : letter;
    }
}

static enum sqli_status on_letters(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    const char *text = (const char *)sqlite3_column_text(row, 0);
    (void)error;
    if (text && sqlite3_column_bytes(row, 0) == TABLE_PRIVILEGES)
        memcpy(context, text, TABLE_PRIVILEGES);
    return SQLI_OK;
}

static enum sqli_status change_table(struct sqli_definition *definition,
                                     const struct sqli_grant *grant, bool revoke, int32_t tabid,
                                     struct sqli_span user)
{
    static const char nothing[] = "---------";
    char letters[sizeof nothing];
    memcpy(letters, nothing, sizeof nothing);
    SQLI_TRY(sqli__definition_ask(definition, on_letters, letters,
                                  "SELECT tabauth FROM %s.systabauth WHERE tabid = ? AND grantee = "
                                  "?",
                                  "is", tabid, user));
    change_letters(grant, revoke, letters);
    SQLI_TRY(sqli__definition_run(definition,
                                  "DELETE FROM %s.systabauth WHERE tabid = ? AND grantee = ?", "is",
                                  tabid, user));
    if (strcmp(letters, nothing) == 0)
        return SQLI_OK;
    return sqli__definition_run(definition,
                                "INSERT INTO %s.systabauth (grantor, grantee, tabid, tabauth) "
                                "VALUES (printf('%-32s', ?1), printf('%-32s', ?2), ?3, ?4)",
                                "ssit", definition->context->user, user, tabid, letters);
}

static enum sqli_status grant_on_table(struct sqli_definition *definition,
                                       const struct sqli_grant *grant, bool revoke)
{
    const struct sqli_table *table;
    SQLI_TRY(sqli__definition_table(definition, &grant->on, &table));
    if (table->temp)
        return sqli__definition_fail(definition, SQLI_E_GRANT_TEMP, 0, table->name);
    for (uint32_t i = 0; i < grant->user_count; i++)
        SQLI_TRY(change_table(definition, grant, revoke, table->tabid, grant->users[i].text));
    return SQLI_OK;
}

/* --- on a routine --- */

static enum sqli_status change_routine(struct sqli_definition *definition,
                                       const struct sqli_grant *grant, bool revoke, int32_t procid,
                                       struct sqli_span user)
{
    SQLI_TRY(sqli__definition_run(definition,
                                  "DELETE FROM %s.sysprocauth WHERE procid = ? AND grantee = ?",
                                  "is", procid, user));
    if (revoke)
        return SQLI_OK;
    return sqli__definition_run(definition,
                                "INSERT INTO %s.sysprocauth (grantor, grantee, procid, procauth) "
                                "VALUES (printf('%-32s', ?1), printf('%-32s', ?2), ?3, ?4)",
                                "ssit", definition->context->user, user, procid,
                                grant->with_grant_option ? "E" : "e");
}

static enum sqli_status grant_on_routine(struct sqli_definition *definition,
                                         const struct sqli_grant *grant, bool revoke)
{
    int32_t procid;
    SQLI_TRY(sqli__definition_routine(definition, grant->signature, 'r', &procid));
    for (uint32_t i = 0; i < grant->user_count; i++)
        SQLI_TRY(change_routine(definition, grant, revoke, procid, grant->users[i].text));
    return SQLI_OK;
}

/* --- on the database --- */

/* Taking more than CONNECT away leaves CONNECT. */
static enum sqli_status change_user(struct sqli_definition *definition, struct sqli_span user,
                                    const char *usertype, bool revoke)
{
    bool gone = revoke && usertype[0] == 'C';
    int32_t found = 0;
    if (gone)
        return sqli__definition_run(definition, "DELETE FROM %s.sysusers WHERE username = ?", "s",
                                    user);
    SQLI_TRY(sqli__definition_ask(definition, sqli__on_number, &found,
                                  "SELECT 1 FROM %s.sysusers WHERE username = ?", "s", user));
    if (!found && !revoke)
        return sqli__definition_run(definition,
                                    "INSERT INTO %s.sysusers (username, usertype, priority) VALUES "
                                    "(printf('%-32s', ?1), ?2, 5)",
                                    "st", user, usertype);
    return sqli__definition_run(definition,
                                "UPDATE %s.sysusers SET usertype = ?2 WHERE username = ?1", "st",
                                user, revoke ? "C" : usertype);
}

static const char *database_privilege(struct sqli_span word)
{
    for (size_t i = 0; i < sizeof database_privileges / sizeof database_privileges[0]; i++)
        if (is_word(word, database_privileges[i].word))
            return database_privileges[i].usertype;
    return NULL;
}

/* Words that are none of the three name roles, which are not kept. */
static enum sqli_status grant_on_database(struct sqli_definition *definition,
                                          const struct sqli_grant *grant, bool revoke)
{
    for (uint32_t i = 0; i < grant->privilege_count; i++) {
        const char *usertype = database_privilege(grant->privileges[i].text);
        if (!usertype)
            continue;
        for (uint32_t k = 0; k < grant->user_count; k++)
            SQLI_TRY(change_user(definition, grant->users[k].text, usertype, revoke));
    }
    return SQLI_OK;
}

enum sqli_status sqli__define_grant(struct sqli_definition *definition,
                                    const struct sqli_grant *grant, bool revoke)
{
    if (!grant->on.name.text.data)
        return grant_on_database(definition, grant, revoke);
    if (grant->privilege_count == 1 && is_word(grant->privileges[0].text, "execute"))
        return grant_on_routine(definition, grant, revoke);
    return grant_on_table(definition, grant, revoke);
}
