/* What the files definition*.c know of each other. */
#ifndef SQLI_SERVER_ENGINE_DEFINITION_INSIDE_H
#define SQLI_SERVER_ENGINE_DEFINITION_INSIDE_H

#include "server/engine/definition.h"
#include "server/store/catalog_inside.h"

/* One definition while it runs. */
struct sqli_definition {
    struct sqli_definition_context *context;
    struct sqli_store *store;
    struct sqli_span schema; /* "main", or "temp" for a temporary table */
    struct sqli_arena arena;
    struct sqli_buffer sql;
    struct sqli_error *error;
};

/* A constraint of a table that is being made. */
struct sqli_new_constraint {
    const struct sqli_constraint *from; /* NULL: implied by the type */
    enum sqli_constraint_kind kind;
    int32_t constrid;
    struct sqli_span name;
    struct sqli_span index; /* of unique ones and foreign keys: the name of the index */
    int32_t columns[SQLI_INDEX_PARTS];
    uint32_t count;
    /* Foreign keys. */
    int32_t parent; /* tabid */
    int32_t parent_columns[SQLI_INDEX_PARTS];
    int32_t parent_constraint;
};

/* A table that is being made. */
struct sqli_new_table {
    struct sqli_table table;
    int64_t *serial_starts;     /* per column; 0: none */
    struct sqli_span lock_mode; /* absent: ROW */
    struct sqli_new_constraint *constraints;
    uint32_t constraint_count;
};

/* An index that is being made. A part is the number of a column, negative for DESC. */
struct sqli_new_index {
    struct sqli_span name;
    bool unique;
    bool cluster;
    int32_t parts[SQLI_INDEX_PARTS];
    uint32_t count;
};

/* Runs SQL with the schema in the place of each %s; letters as for sqli__store_run. */
enum sqli_status sqli__definition_run(struct sqli_definition *definition, const char *sql,
                                      const char *format, ...);
enum sqli_status sqli__definition_ask(struct sqli_definition *definition, sqli_on_row *on_row,
                                      void *context, const char *sql, const char *format, ...);
/* Texts of the catalog, each with the number of what it belongs to: rows of (number, text). The
 * context is a list. */
struct sqli_kept_text {
    struct sqli_kept_text *next;
    int32_t number;
    struct sqli_span text;
};
struct sqli_kept_texts {
    struct sqli_definition *definition;
    struct sqli_kept_text *first;
};
enum sqli_status sqli__on_kept_text(void *context, sqlite3_stmt *row, struct sqli_error *error);
/* Runs what stands in definition->sql. */
enum sqli_status sqli__definition_run_text(struct sqli_definition *definition);
/* Fails with the name as the near text. */
static inline enum sqli_status sqli__definition_fail(struct sqli_definition *definition,
                                                     int32_t code, int32_t isam,
                                                     struct sqli_span near)
{
    sqli__fail_server(definition->error, code, isam, 0, near);
    return SQLI_FAIL;
}
/* The next number of a serial column of the catalog, by the tabid of its table. */
enum sqli_status sqli__definition_number(struct sqli_definition *definition, int32_t tabid,
                                         int32_t *number);
/* A table that users may change, and the schema set to where it is; else -206 or -227. */
enum sqli_status sqli__definition_table(struct sqli_definition *definition,
                                        const struct sqli_object_name *name,
                                        const struct sqli_table **table);
/* The first number of a row goes to *context, an int32_t. */
enum sqli_status sqli__on_number(void *context, sqlite3_stmt *row, struct sqli_error *error);
/* temp.systables and its kin, when the session does not have them yet. */
enum sqli_status sqli__definition_temp(struct sqli_definition *definition);
/* "c1, c2" */
void sqli__append_columns(struct sqli_buffer *sql, const char *prefix, const int32_t *columns,
                          uint32_t count);

/* --- definition_table.c --- */

enum sqli_status sqli__define_table(struct sqli_definition *definition,
                                    const struct sqli_create_table *create);
enum sqli_status sqli__define_columns(struct sqli_definition *definition,
                                      const struct sqli_object_name *name, bool temp,
                                      const struct sqli_engine_column *columns, uint32_t count);
enum sqli_status sqli__drop_table(struct sqli_definition *definition,
                                  const struct sqli_object *object);

/* -310 and its kin when something is called so; *exists tells that from other failures. */
enum sqli_status sqli__definition_free_name(struct sqli_definition *definition,
                                            const struct sqli_object_name *name, bool *exists);
/* Gives the table its name, number and room for `count` columns. */
enum sqli_status sqli__begin_table(struct sqli_definition *definition,
                                   const struct sqli_object_name *name, bool temp, uint32_t count,
                                   struct sqli_new_table *new);
/* One more column, without a type; NULL: failed. */
struct sqli_table_column *sqli__new_column(struct sqli_definition *definition,
                                           struct sqli_table *table, struct sqli_span name);
/* A column for what a query gives. */
enum sqli_status sqli__read_result(struct sqli_definition *definition,
                                   const struct sqli_engine_column *from, struct sqli_table *table);
/* The type and default of a column that stands in the table. */
enum sqli_status sqli__read_type(struct sqli_definition *definition,
                                 const struct sqli_column_definition *from,
                                 struct sqli_new_table *new, uint32_t index);
enum sqli_status sqli__check_serials(struct sqli_definition *definition,
                                     const struct sqli_table *table);
/* CREATE TABLE under a name of SQLite, without foreign keys. */
enum sqli_status sqli__create_physical(struct sqli_definition *definition,
                                       const struct sqli_new_table *new, const char *physical,
                                       bool foreign_keys);
/* The rows of systables and syscolumns. */
enum sqli_status sqli__insert_table(struct sqli_definition *definition,
                                    const struct sqli_new_table *new);
enum sqli_status sqli__insert_column(struct sqli_definition *definition, int32_t tabid,
                                     struct sqli_table_column *column);
enum sqli_status sqli__delete_table_rows(struct sqli_definition *definition, int32_t tabid);

/* --- definition_state.c --- */

/* SET CONSTRAINTS ... ENABLED or DISABLED, by the text behind its first words. */
enum sqli_status sqli__set_constraints(struct sqli_definition *definition,
                                       const struct sqli_set *set);

/* --- definition_view.c --- */

enum sqli_status sqli__define_view(struct sqli_definition *definition,
                                   const struct sqli_create_view *create);
enum sqli_status sqli__drop_view(struct sqli_definition *definition,
                                 const struct sqli_object *object);
/* What stands on a table that goes: its views, and theirs, and synonyms. -886: there are views, and
 * they must stay. */
enum sqli_status sqli__drop_dependents(struct sqli_definition *definition, int32_t tabid,
                                       bool restricted);
/* The same for those that use a column. */
enum sqli_status sqli__drop_column_views(struct sqli_definition *definition, int32_t tabid,
                                         int32_t column);
/* Before a table (column 0) or a column gets another name: the texts of views follow. */
enum sqli_status sqli__rename_in_views(struct sqli_definition *definition, int32_t tabid,
                                       int32_t column, struct sqli_span name);
/* A text with other texts in some places. Edits are in the order of the text. */
struct sqli_edit {
    uint32_t at, length;
    struct sqli_span by;
};
enum sqli_status sqli__apply_edits(struct sqli_definition *definition, struct sqli_span text,
                                   const struct sqli_edit *edits, uint32_t count,
                                   struct sqli_span *result);
/* The name as SQL writes it: in quotes where it needs them. */
struct sqli_span sqli__written_name(struct sqli_definition *definition, struct sqli_span name);

/* --- definition_synonym.c, definition_sequence.c --- */

enum sqli_status sqli__define_synonym(struct sqli_definition *definition,
                                      const struct sqli_create_synonym *create);
enum sqli_status sqli__drop_synonym(struct sqli_definition *definition,
                                    const struct sqli_object *object);
enum sqli_status sqli__define_sequence(struct sqli_definition *definition,
                                       const struct sqli_define_sequence *define);
enum sqli_status sqli__alter_sequence(struct sqli_definition *definition,
                                      const struct sqli_define_sequence *define);
enum sqli_status sqli__rename_sequence(struct sqli_definition *definition,
                                       const struct sqli_object *object);
enum sqli_status sqli__drop_sequence(struct sqli_definition *definition,
                                     const struct sqli_object *object);

/* --- definition_alter.c --- */

enum sqli_status sqli__alter_table(struct sqli_definition *definition,
                                   const struct sqli_alter_table *alter);
/* Which column refers to which, from the SQL of the child's table: it stands only there. */
void sqli__read_foreign_key(struct sqli_span schema, struct sqli_new_constraint *constraint);
/* Rows that are there must meet a new foreign key. */
enum sqli_status sqli__check_foreign_key(struct sqli_definition *definition, int32_t tabid,
                                         const struct sqli_new_constraint *key);
/* The table as it is, by what the catalog says of its constraints and those that refer to it. */
enum sqli_status sqli__remake_table(struct sqli_definition *definition,
                                    const struct sqli_object_name *name);
enum sqli_status sqli__rename_index(struct sqli_definition *definition,
                                    const struct sqli_object *object);
enum sqli_status sqli__rename_constraint(struct sqli_definition *definition,
                                         const struct sqli_object *object);
/* Before a column gets another name. */
enum sqli_status sqli__rename_in_checks(struct sqli_definition *definition,
                                        const struct sqli_table *table, int32_t column,
                                        struct sqli_span name);

/* --- definition_type.c --- */

/* Parses the type that the text writes. */
enum sqli_status sqli__definition_type(struct sqli_definition *definition, struct sqli_span text,
                                       uint32_t at, struct sqli_table_column *column);
/* The column gets the type that a text or a type of a user came to. */
enum sqli_status sqli__definition_schema(struct sqli_definition *definition,
                                         const struct sqli_schema *schema,
                                         struct sqli_table_column *column);
/* The extended id of a ROW or collection: that of the same text, or a new one. */
enum sqli_status sqli__definition_extended(struct sqli_definition *definition,
                                           struct sqli_table_column *column);
enum sqli_status sqli__define_type(struct sqli_definition *definition,
                                   const struct sqli_create_type *create);
enum sqli_status sqli__drop_type(struct sqli_definition *definition,
                                 const struct sqli_object *object, bool row);
/* A named ROW; -9992. */
enum sqli_status sqli__definition_row_type(struct sqli_definition *definition,
                                           const struct sqli_object_name *name,
                                           struct sqli_user_type *type);
/* The fields of a named ROW as columns: CREATE TABLE ... OF TYPE. */
enum sqli_status sqli__typed_columns(struct sqli_definition *definition,
                                     const struct sqli_schema *row, struct sqli_new_table *new);

/* --- definition_constraint.c --- */

/* Reads all constraints of a CREATE TABLE, checks them and gives them names; sets NOT NULL. */
enum sqli_status sqli__read_constraints(struct sqli_definition *definition,
                                        const struct sqli_create_table *create,
                                        struct sqli_new_table *new);
/* PRIMARY KEY and UNIQUE. */
bool sqli__is_unique_constraint(const struct sqli_new_constraint *constraint);

/* --- definition_enforce.c --- */

/* The clauses of CREATE TABLE that enforce CHECK and FOREIGN KEY. */
enum sqli_status sqli__append_checks(struct sqli_definition *definition,
                                     const struct sqli_new_table *new);
void sqli__append_foreign_keys(struct sqli_buffer *sql, const struct sqli_new_table *new);
/* The same in the text of a table that is there. */
enum sqli_status sqli__add_foreign_keys(struct sqli_definition *definition,
                                        const struct sqli_new_table *new);
struct sqli_reference {
    int32_t constrid;
    int32_t child;
};
enum sqli_status sqli__cut_foreign_key(struct sqli_definition *definition,
                                       const struct sqli_reference *reference);
/* After one of these two. */
enum sqli_status sqli__reread_schema(struct sqli_definition *definition);
enum sqli_status sqli__make_triggers(struct sqli_definition *definition, int32_t tabid,
                                     const struct sqli_new_constraint *constraint);
enum sqli_status sqli__drop_triggers(struct sqli_definition *definition, int32_t constrid);
/* The rows of a foreign key. */
enum sqli_status sqli__delete_reference(struct sqli_definition *definition, int32_t constrid);
/* The rows of syschecks. */
enum sqli_status sqli__insert_check_text(struct sqli_definition *definition, int32_t constrid,
                                         struct sqli_span text);
/* Indexes, triggers and rows, once the table is there. */
enum sqli_status sqli__make_constraints(struct sqli_definition *definition,
                                        const struct sqli_new_table *new);
/* Takes the foreign keys back that refer to the table, or go out from it. */
enum sqli_status sqli__drop_references(struct sqli_definition *definition, int32_t tabid);

/* --- definition_index.c --- */

enum sqli_status sqli__define_index(struct sqli_definition *definition,
                                    const struct sqli_create_index *create);
enum sqli_status sqli__make_index(struct sqli_definition *definition,
                                  const struct sqli_table *table,
                                  const struct sqli_new_index *index);
enum sqli_status sqli__drop_index(struct sqli_definition *definition,
                                  const struct sqli_object *object);
/* The name of an index of the table with exactly these parts; length 0: none. */
enum sqli_status sqli__find_index(struct sqli_definition *definition, int32_t tabid,
                                  const int32_t *parts, uint32_t count, char name[129]);

/* --- definition_routine.c --- */

enum sqli_status sqli__define_routine(struct sqli_definition *definition,
                                      const struct sqli_routine_definition *define);
enum sqli_status sqli__definition_routine(struct sqli_definition *definition, struct sqli_span text,
                                          char which, int32_t *procid);
enum sqli_status sqli__drop_routine(struct sqli_definition *definition,
                                    const struct sqli_routine_definition *drop);

/* --- definition_grant.c --- */

enum sqli_status sqli__define_grant(struct sqli_definition *definition,
                                    const struct sqli_grant *grant, bool revoke);

#endif
