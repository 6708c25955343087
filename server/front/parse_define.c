/* Makers of the statements that define tables and other objects. */
#include "server/front/parse_inside.h"

/* --- constraints --- */

struct sqli_constraint *sqli__make_constraint(struct sqli_parse *p, enum sqli_constraint_kind kind,
                                              uint32_t at)
{
    struct sqli_constraint *constraint = sqli__parse_node(p, sizeof *constraint);
    constraint->kind = kind;
    constraint->at = at;
    return constraint;
}

void sqli__constraint_parent(struct sqli_parse *p, struct sqli_constraint *constraint,
                             struct sqli_object_name parent, struct sqli_names columns,
                             bool cascade)
{
    constraint->parent = parent;
    constraint->parent_columns = sqli__names_array(p, columns);
    constraint->parent_column_count = columns.count;
    constraint->cascade = cascade;
}

void sqli__constraint_mode(struct sqli_constraint *constraint, const struct sqli_lexeme *mode)
{
    if (mode->keyword == SQLI_KEYWORD_DISABLED)
        constraint->disabled = true;
}

void sqli__option_constraint(struct sqli_column_options *options,
                             struct sqli_constraint *constraint)
{
    constraint->name = options->pending;
    options->pending = (struct sqli_name){.at = 0};
    if (options->last)
        options->last->next = constraint;
    else
        options->first = constraint;
    options->last = constraint;
}

/* Informix has the name behind its constraint, the standard before it. A constraint without a name
 * takes it; where there is none, the next one does. */
void sqli__option_name(struct sqli_column_options *options, struct sqli_name name)
{
    if (options->last && !options->last->name.text.data)
        options->last->name = name;
    else
        options->pending = name;
}

/* --- CREATE TABLE --- */

struct sqli_elements sqli__add_column(struct sqli_elements list,
                                      struct sqli_column_definition *column)
{
    if (list.last_column)
        list.last_column->next = column;
    else
        list.columns = column;
    list.last_column = column;
    return list;
}

struct sqli_elements sqli__add_constraint(struct sqli_elements list,
                                          struct sqli_constraint *constraint)
{
    if (list.last_constraint)
        list.last_constraint->next = constraint;
    else
        list.constraints = constraint;
    list.last_constraint = constraint;
    return list;
}

struct sqli_column_definition *sqli__make_column(struct sqli_parse *p, struct sqli_name name,
                                                 struct sqli_type_name type,
                                                 struct sqli_column_options options)
{
    struct sqli_column_definition *column = sqli__parse_node(p, sizeof *column);
    column->name = name;
    column->type = type;
    column->default_value = options.default_value;
    column->default_text = options.default_text;
    column->constraints = options.first;
    if (options.pending.text.data)
        sqli__parse_syntax(p, p->current.at);
    return column;
}

void sqli__set_create_table(struct sqli_parse *p, struct sqli_table_head head,
                            struct sqli_elements elements, struct sqli_select *select,
                            struct sqli_storage storage)
{
    struct sqli_create_table *table = sqli__parse_node(p, sizeof *table);
    table->name = head.name;
    table->temp = head.temp;
    table->raw = head.raw;
    table->if_not_exists = head.if_not_exists;
    table->row_type = head.row_type;
    table->no_log = storage.no_log;
    table->lock_mode = storage.lock_mode;
    table->columns = elements.columns;
    table->constraints = elements.constraints;
    table->select = select;
    sqli__set_statement(p, head.temp ? SQLI_STMT_CREATE_TEMP_TABLE : SQLI_STMT_CREATE_TABLE);
    p->tree->as.create_table = table;
}

/* --- CREATE INDEX --- */

struct sqli_index_columns sqli__index_columns_add(struct sqli_parse *p,
                                                  struct sqli_index_columns list,
                                                  struct sqli_name name, bool descending)
{
    struct sqli_index_column *column = sqli__parse_node(p, sizeof *column);
    column->name = name;
    column->descending = descending;
    if (list.last)
        list.last->next = column;
    else
        list.first = column;
    list.last = column;
    return list;
}

void sqli__set_create_index(struct sqli_parse *p, struct sqli_create_index index,
                            struct sqli_index_columns columns)
{
    struct sqli_create_index *made = sqli__parse_node(p, sizeof *made);
    *made = index;
    made->columns = columns.first;
    sqli__set_statement(p, SQLI_STMT_CREATE_INDEX);
    p->tree->as.create_index = made;
}

/* --- objects, privileges, routines --- */

struct sqli_object *sqli__set_object(struct sqli_parse *p, enum sqli_statement_kind kind,
                                     struct sqli_object_name name, bool if_exists)
{
    struct sqli_object *object = sqli__parse_node(p, sizeof *object);
    object->name = name;
    object->if_exists = if_exists;
    sqli__set_statement(p, kind);
    p->tree->as.object = object;
    return object;
}

struct sqli_object_name sqli__object_of_path(struct sqli_parse *p, const struct sqli_path *path,
                                             uint32_t at)
{
    struct sqli_object_name object = {.name = {.at = at}};
    uint32_t count = path->count;
    uint32_t most = path->has_database ? 3 : 2;
    if (count == 0 || count > most || (path->has_database && count == 1)) {
        sqli__parse_syntax(p, at);
        return object;
    }
    object.name = path->names[count - 1];
    if (path->has_database)
        object.database = path->names[0];
    if (count == most)
        object.owner = sqli__parse_owner(p, path->names[count - 2]);
    return object;
}

struct sqli_grant_object sqli__grant_object(struct sqli_parse *p, struct sqli_object_name name,
                                            uint32_t end)
{
    uint32_t start = name.owner.text.data ? name.owner.at : name.name.at;
    return (struct sqli_grant_object){.name = name,
                                      .signature =
                                          end ? sqli__parse_copy(p, start, end)
                                              : sqli__parse_copy(p, start, p->previous.end)};
}

void sqli__set_grant(struct sqli_parse *p, enum sqli_statement_kind kind,
                     struct sqli_names privileges, struct sqli_grant_object on,
                     struct sqli_names users, bool with_grant_option)
{
    struct sqli_grant *grant = sqli__parse_node(p, sizeof *grant);
    grant->on = on.name;
    grant->signature = on.signature;
    grant->privileges = sqli__names_array(p, privileges);
    grant->privilege_count = privileges.count;
    grant->users = sqli__names_array(p, users);
    grant->user_count = users.count;
    grant->with_grant_option = with_grant_option;
    sqli__set_statement(p, kind);
    p->tree->as.grant = grant;
}

void sqli__set_execute(struct sqli_parse *p, const struct sqli_lexeme *word, struct sqli_expr *call)
{
    struct sqli_execute *execute = sqli__parse_node(p, sizeof *execute);
    execute->call = call;
    execute->function = word->keyword == SQLI_KEYWORD_FUNCTION;
    sqli__set_statement(p, SQLI_STMT_EXECUTE_ROUTINE);
    p->tree->as.execute = execute;
}
