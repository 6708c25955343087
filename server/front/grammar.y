/* The grammar of the statements that the server takes. scripts/regenerate makes
 * generated/grammar.c of it.
 *
 * Informix reserves next to no words. What helps here:
 * - words.def says which words are terminals at all and, by what stands next to them, where; all
 *   others arrive as ID (parse_feed.c).
 * - Of those that do arrive, most fall back to ID where the grammar has no use for them. That only
 *   works in tables without default reductions, so lemon runs with -c.
 * - Statements of fixed words, and those that are known but not there, never come here
 *   (parse_phrases.c).
 *
 * When a rule is reduced, the token before the present one is the last of the rule: that is where
 * the ends of nodes come from. */

%name sqli__grammar
%token_prefix SQLI_T_
%token_type {struct sqli_lexeme}
%extra_argument {struct sqli_parse *p}
%stack_size 1000

%include {
#include "server/front/parse_inside.h"

/* Lemon's template is not written for our warnings, and has traces and assertions of its own. */
#define NDEBUG 1
#define YYNOERRORRECOVERY 1
#define sqli__grammar_ENGINEALWAYSONSTACK 1
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-variable"

static const struct sqli_names no_names;
static const struct sqli_exprs no_exprs;
static const struct sqli_name no_name;
static const struct sqli_items no_items;
static const struct sqli_assignments no_assignments;
static const struct sqli_sources no_sources;
static const struct sqli_alias no_alias;
static const struct sqli_elements no_elements;
static const struct sqli_withs no_withs;
static const struct sqli_orders no_orders;
}

%code {
size_t sqli__grammar_size(void);
size_t sqli__grammar_size(void)
{
    return sizeof(yyParser);
}
}

%syntax_error { sqli__parse_syntax(p, TOKEN.at); }
%stack_overflow {
    sqli__parse_fail(p, SQLI_E_PARSE_STACK, p->current.at, "nested too deep");
}

%left CONCAT.
%left PLUS MINUS.
%left STAR SLASH.
%right UNARY.
%left UNITS.

/* Between two reductions. ((SELECT ...)): the inner parentheses belong to the query, not to an
 * expression. CREATE TABLE t AS SELECT ... WHERE a IN b: IN is an operator, no dbspace follows. */
%nonassoc LOWER.
%nonassoc HIGHER.

%fallback ID
    ADD ALL ALTER ANY ASC BEFORE BY CALL CASE CAST CHARACTER CHECK CLUSTER COLLECTION COLUMN
    CONSTRAINT CREATE CURRENT DATABASE DATETIME DATETIME_LITERAL DEFAULT DELETE DESC DISTINCT DOUBLE
    DROP ELSE END ESCAPE EXCLUSIVE EXECUTE EXISTS EXTEND EXTENT FILLFACTOR FIRST FOR FOREIGN GRANT
    IF INDEX INSERT INTERSECT INTERVAL INTERVAL_LITERAL INTO JOIN JOIN_KIND KEY LIMIT LOCK LOG MERGE
    MINUS_SET MODE MODIFY MULTISET NEXT NILADIC NO NULLS OF OPTION OUTER OVER PARTITION PRECISION
    PRIMARY RAW READ RECURSIVE REFERENCES RENAME RESTRICT REST REVOKE ROUTINE ROW SEQUENCE SET SHARE
    SIDE SIZE SKIP STATE STORAGE SUBSTRING SYNONYM SYSDATE TABLE TEMP THEN TO TRIM TRUNCATE TYPE
    UNION UNIT UNITS UNLOCK UPDATE USING VALUES VARYING VIEW WHEN WITH.

input ::= START_STATEMENT statement semicolons.
input ::= START_EXPRESSION expr(E). { p->expr = E; }

semicolons ::= .
semicolons ::= semicolons SEMICOLON.

/* --- names --- */

%type name {struct sqli_name}
name(A) ::= ID(N). { A = sqli__make_name(p, &N); }

%type names {struct sqli_names}
names(A) ::= name(N). { A = sqli__names_add(p, no_names, N); }
names(A) ::= names(L) COMMA name(N). { A = sqli__names_add(p, L, N); }

%type names_in_parentheses {struct sqli_names}
names_in_parentheses(A) ::= LP names(L) RP. { A = L; }

%type object_name {struct sqli_object_name}
%type owned_name {struct sqli_object_name}
owned_name(A) ::= name(N). { A = (struct sqli_object_name){.name = N}; }
owned_name(A) ::= name(O) DOT name(N). {
    A = (struct sqli_object_name){.owner = sqli__parse_owner(p, O), .name = N};
}
object_name(A) ::= owned_name(A).
object_name(A) ::= name(D) COLON owned_name(N). {
    A = N;
    A.database = D;
}
object_name(A) ::= name(D) AT name(S) COLON owned_name(N). {
    sqli__parse_server(p, &S);
    A = N;
    A.database = D;
    A.server = S;
}

/* What stands in an expression, whose parts mean what the resolver finds. */
%type path {struct sqli_path *}
path(A) ::= name(N). { A = sqli__make_path(p, N); }
path(A) ::= path(B) DOT name(N). { A = sqli__path_add(p, B, N); }
path(A) ::= name(D) COLON name(N). {
    A = sqli__path_add(p, sqli__make_path(p, D), N);
    A->has_database = true;
}

%type alias {struct sqli_alias}
alias(A) ::= . [LOWER] { A = no_alias; }
alias(A) ::= name(N). { A = (struct sqli_alias){.name = N}; }
alias(A) ::= AS name(N). { A = (struct sqli_alias){.name = N}; }

%type column_alias {struct sqli_alias}
column_alias(A) ::= alias(A).
column_alias(A) ::= name(N) names_in_parentheses(L). {
    A = (struct sqli_alias){.name = N, .columns = L};
}
column_alias(A) ::= AS name(N) names_in_parentheses(L). {
    A = (struct sqli_alias){.name = N, .columns = L};
}

/* --- SELECT --- */

statement ::= select(S). { sqli__set_select(p, S); }
statement ::= select(S) INTO(I) TEMP object_name(N) storages(O). {
    S->into_temp = N;
    S->into_no_log = O.no_log;
    S->into_text = sqli__parse_copy(p, I.at, p->previous.end);
    sqli__set_select(p, S);
}
statement ::= select(S) FOR UPDATE. {
    S->for_update = true;
    sqli__set_select(p, S);
}
statement ::= select(S) FOR UPDATE OF names(L). {
    S->for_update = true;
    S->update_columns = sqli__names_array(p, L);
    S->update_column_count = L.count;
    sqli__set_select(p, S);
}
statement ::= select(S) FOR READ ID. {
    S->for_read_only = true;
    sqli__set_select(p, S);
}

%type select {struct sqli_select *}
select(A) ::= select_body(B) orders_opt(O) limit_opt(L). {
    A = sqli__finish_select(p, B, O, L, no_withs);
}
select(A) ::= WITH withs(W) select_body(B) orders_opt(O) limit_opt(L). {
    A = sqli__finish_select(p, B, O, L, W);
}

%type withs {struct sqli_withs}
withs(A) ::= recursive(R) with_head(H) AS paren_select(S). {
    A = sqli__withs_add(p, no_withs, R, H, S);
}
withs(A) ::= withs(L) COMMA with_head(H) AS paren_select(S). {
    A = sqli__withs_add(p, L, L.last->recursive, H, S);
}
%type recursive {bool}
recursive(A) ::= . { A = false; }
recursive(A) ::= RECURSIVE. { A = true; }

%type with_head {struct sqli_alias}
with_head(A) ::= name(N). { A = (struct sqli_alias){.name = N}; }
with_head(A) ::= name(N) names_in_parentheses(L). {
    A = (struct sqli_alias){.name = N, .columns = L};
}

%type select_body {struct sqli_body}
select_body(A) ::= select_operand(A).
select_body(A) ::= select_body(L) set_operator(O) select_operand(R). {
    A = sqli__make_set_operation(p, L, O, R);
}

%type set_operator {enum sqli_set_operation}
set_operator(A) ::= UNION. { A = SQLI_SET_UNION; }
set_operator(A) ::= UNION DISTINCT. { A = SQLI_SET_UNION; }
set_operator(A) ::= UNION ALL. { A = SQLI_SET_UNION_ALL; }
set_operator(A) ::= INTERSECT. { A = SQLI_SET_INTERSECT; }
set_operator(A) ::= MINUS_SET. { A = SQLI_SET_MINUS; }

%type select_operand {struct sqli_body}
select_operand(A) ::= select_core(S). { A = (struct sqli_body){S, false}; }
select_operand(A) ::= paren_select(S). [HIGHER] { A = (struct sqli_body){S, true}; }

%type paren_select {struct sqli_select *}
paren_select(A) ::= LP select(S) RP. { A = S; }

%type select_core {struct sqli_select *}
select_core(A) ::= select_start(S) select_head(H) items(I) from(F) where(W) group(G) having(X). {
    A = S;
    sqli__select_items(A, H, I);
    A->from = F.first;
    A->where = W;
    A->group = G.first;
    A->having = X;
}

%type select_start {struct sqli_select *}
select_start(A) ::= SELECT(S). { A = sqli__make_select(p, S.at); }

%type select_head {struct sqli_select_head}
select_head(A) ::= skip(S) first(F) distinct(D). {
    A = (struct sqli_select_head){.distinct = D, .skip = S, .first = F};
}

%type skip {struct sqli_expr *}
skip(A) ::= . { A = NULL; }
skip(A) ::= SKIP row_number(N). { A = N; }
%type first {struct sqli_expr *}
first(A) ::= . { A = NULL; }
first(A) ::= FIRST row_number(N). { A = N; }
first(A) ::= LIMIT row_number(N). { A = N; }
%type limit_opt {struct sqli_expr *}
limit_opt(A) ::= . { A = NULL; }
limit_opt(A) ::= LIMIT row_number(N). { A = N; }
%type row_number {struct sqli_expr *}
row_number(A) ::= INTEGER(N). { A = sqli__make_literal(p, SQLI_EXPR_INTEGER, &N); }
row_number(A) ::= QUESTION(N). { A = sqli__make_parameter(p, &N); }
%type distinct {bool}
distinct(A) ::= . { A = false; }
distinct(A) ::= ALL. { A = false; }
distinct(A) ::= DISTINCT. { A = true; }

%type items {struct sqli_items}
%type item {struct sqli_items}
items(A) ::= item(A).
items(A) ::= items(L) COMMA item(I). {
    A = L;
    A.last->next = I.first;
    A.last = I.first;
    A.count++;
}
item(A) ::= STAR(S). {
    A = sqli__items_add(p, no_items, sqli__make_expr(p, SQLI_EXPR_STAR, S.at), no_name);
}
item(A) ::= path(P) DOT STAR. {
    struct sqli_expr *star = sqli__make_expr(p, SQLI_EXPR_STAR, P->names[0].at);
    star->path = P;
    A = sqli__items_add(p, no_items, star, no_name);
}
item(A) ::= expr(E). { A = sqli__items_add(p, no_items, E, no_name); }
item(A) ::= expr(E) name(N). { A = sqli__items_add(p, no_items, E, N); }
item(A) ::= expr(E) AS name(N). { A = sqli__items_add(p, no_items, E, N); }

%type from {struct sqli_sources}
from(A) ::= . { A = no_sources; }
from(A) ::= FROM sources(L). { A = L; }
%type sources {struct sqli_sources}
sources(A) ::= joined(S). { A = sqli__sources_add(no_sources, S); }
sources(A) ::= sources(L) COMMA joined(S). { A = sqli__sources_add(L, S); }

%type joined {struct sqli_source *}
joined(A) ::= source(A).
joined(A) ::= joined(L) join(J) source(R) join_condition(E). { A = sqli__make_join(p, L, J, R, E); }
%type join {enum sqli_keyword}
join(A) ::= JOIN. { A = SQLI_KEYWORD_INNER; }
join(A) ::= JOIN_KIND(K) JOIN. { A = K.keyword; }
join(A) ::= JOIN_KIND(K) OUTER_JOIN JOIN. { A = K.keyword; }
%type join_condition {struct sqli_expr *}
join_condition(A) ::= . { A = NULL; }
join_condition(A) ::= ON expr(E). { A = E; }

%type source {struct sqli_source *}
source(A) ::= object_name(N) alias(L). {
    A = sqli__make_source(p, SQLI_SOURCE_TABLE, N.name.at, L);
    A->name = N;
}
source(A) ::= paren_select(S) column_alias(L). [LOWER] {
    A = sqli__make_source(p, SQLI_SOURCE_SELECT, S->at, L);
    A->select = S;
}
source(A) ::= LP joined(S) RP. { A = S; }
source(A) ::= OUTER(O) object_name(N) alias(L). {
    struct sqli_source *table = sqli__make_source(p, SQLI_SOURCE_TABLE, N.name.at, L);
    table->name = N;
    A = sqli__make_source(p, SQLI_SOURCE_OUTER, O.at, no_alias);
    A->members = table;
}
source(A) ::= OUTER(O) LP sources(L) RP. {
    A = sqli__make_source(p, SQLI_SOURCE_OUTER, O.at, no_alias);
    A->members = L.first;
}
source(A) ::= TABLE(T) LP ROUTINE call(C) RP column_alias(L). {
    A = sqli__make_source(p, SQLI_SOURCE_ROUTINE, T.at, L);
    A->call = C;
}
source(A) ::= TABLE(T) LP MULTISET paren_select(S) RP column_alias(L). {
    A = sqli__make_source(p, SQLI_SOURCE_SELECT, T.at, L);
    A->select = S;
}
source(A) ::= TABLE(T) LP expr(E) RP column_alias(L). {
    A = sqli__make_source(p, SQLI_SOURCE_COLLECTION, T.at, L);
    A->call = E;
}

%type where {struct sqli_expr *}
where(A) ::= . { A = NULL; }
where(A) ::= WHERE expr(E). { A = E; }
%type group {struct sqli_exprs}
group(A) ::= . { A = no_exprs; }
group(A) ::= GROUP BY exprs(L). { A = L; }
%type having {struct sqli_expr *}
having(A) ::= . { A = NULL; }
having(A) ::= HAVING expr(E). { A = E; }

%type orders_opt {struct sqli_orders}
orders_opt(A) ::= . { A = no_orders; }
orders_opt(A) ::= ORDER BY orders(L). { A = L; }
%type orders {struct sqli_orders}
orders(A) ::= expr(E) descending(D) nulls(N). { A = sqli__orders_add(p, no_orders, E, D, &N); }
orders(A) ::= orders(L) COMMA expr(E) descending(D) nulls(N). {
    A = sqli__orders_add(p, L, E, D, &N);
}
%type descending {bool}
descending(A) ::= . { A = false; }
descending(A) ::= ASC. { A = false; }
descending(A) ::= DESC. { A = true; }
%type nulls {struct sqli_lexeme}
nulls(A) ::= . { A = (struct sqli_lexeme){.kind = SQLI_TOKEN_END}; }
nulls(A) ::= NULLS ID(W). { A = W; }

/* --- conditions --- */

%type expr {struct sqli_expr *}
%type disjunction {struct sqli_exprs}
%type conjunction {struct sqli_expr *}
%type conjuncts {struct sqli_exprs}
%type negation {struct sqli_expr *}
%type predicate {struct sqli_expr *}
expr(A) ::= disjunction(L). { A = sqli__make_combined(p, SQLI_EXPR_OR, L); }
disjunction(A) ::= conjunction(E). { A = sqli__exprs_add(no_exprs, E); }
disjunction(A) ::= disjunction(L) OR conjunction(E). { A = sqli__exprs_add(L, E); }
conjunction(A) ::= conjuncts(L). { A = sqli__make_combined(p, SQLI_EXPR_AND, L); }
conjuncts(A) ::= negation(E). { A = sqli__exprs_add(no_exprs, E); }
conjuncts(A) ::= conjuncts(L) AND negation(E). { A = sqli__exprs_add(L, E); }
negation(A) ::= predicate(A).
negation(A) ::= NOT(N) negation(E). { A = sqli__make_not(p, N.at, E); }

predicate(A) ::= value(A). [LOWER]
predicate(A) ::= value(L) compare(O) value(R). {
    A = sqli__make_binary(p, SQLI_EXPR_COMPARE, sqli__compare_op(&O), L, R);
}
predicate(A) ::= value(L) compare(O) quantifier(Q) paren_select(S). {
    A = sqli__make_unary(p, SQLI_EXPR_QUANTIFIED, L->at, L);
    A->op = sqli__compare_op(&O);
    A->all = Q;
    A->select = S;
}
predicate(A) ::= value(E) not(N) BETWEEN value(L) AND value(H). {
    A = sqli__make_test(p, SQLI_EXPR_BETWEEN, N, E,
                        sqli__exprs_add(sqli__exprs_add(no_exprs, L), H));
}
predicate(A) ::= value(E) not(N) IN LP exprs(L) RP. {
    A = sqli__make_test(p, SQLI_EXPR_IN_LIST, N, E, L);
}
predicate(A) ::= value(E) not(N) IN paren_select(S). {
    A = sqli__make_test(p, SQLI_EXPR_IN_SELECT, N, E, no_exprs);
    A->select = S;
}
predicate(A) ::= value(E) not(N) IN collection(C). {
    A = sqli__make_test(p, SQLI_EXPR_IN_LIST, N, E, sqli__exprs_add(no_exprs, C));
}
predicate(A) ::= value(E) not(N) IN path(P). {
    struct sqli_expr *name = sqli__make_expr(p, SQLI_EXPR_NAME, P->names[0].at);
    name->path = P;
    A = sqli__make_test(p, SQLI_EXPR_IN_LIST, N, E, sqli__exprs_add(no_exprs, name));
}
predicate(A) ::= value(E) not(N) LIKE(K) value(P). {
    A = sqli__make_test(p, SQLI_EXPR_LIKE, N, E, sqli__exprs_add(no_exprs, P));
    A->op = K.keyword == SQLI_KEYWORD_LIKE ? SQLI_LIKE : SQLI_MATCHES;
}
predicate(A) ::= value(E) not(N) LIKE(K) value(P) ESCAPE value(X). {
    A = sqli__make_test(p, SQLI_EXPR_LIKE, N, E, sqli__exprs_add(sqli__exprs_add(no_exprs, P), X));
    A->op = K.keyword == SQLI_KEYWORD_LIKE ? SQLI_LIKE : SQLI_MATCHES;
}
predicate(A) ::= value(E) IS not(N) NULL. {
    A = sqli__make_test(p, SQLI_EXPR_IS_NULL, N, E, no_exprs);
}
predicate(A) ::= EXISTS(X) paren_select(S). {
    A = sqli__make_select_expr(p, SQLI_EXPR_EXISTS, X.at, S);
}

%type not {bool}
not(A) ::= . [HIGHER] { A = false; }
not(A) ::= NOT. { A = true; }
%type compare {struct sqli_lexeme}
compare(A) ::= EQ(A).
compare(A) ::= COMPARE(A).
%type quantifier {bool}
quantifier(A) ::= ANY. { A = false; }
quantifier(A) ::= ALL. { A = true; }

/* --- values --- */

%type exprs {struct sqli_exprs}
exprs(A) ::= expr(E). { A = sqli__exprs_add(no_exprs, E); }
exprs(A) ::= exprs(L) COMMA expr(E). { A = sqli__exprs_add(L, E); }

%type value {struct sqli_expr *}
value(A) ::= primary(A).
value(A) ::= value(L) CONCAT value(R). { A = sqli__make_binary(p, SQLI_EXPR_CONCAT, 0, L, R); }
value(A) ::= value(L) PLUS value(R). { A = sqli__make_binary(p, SQLI_EXPR_ARITHMETIC, '+', L, R); }
value(A) ::= value(L) MINUS value(R). { A = sqli__make_binary(p, SQLI_EXPR_ARITHMETIC, '-', L, R); }
value(A) ::= value(L) STAR value(R). { A = sqli__make_binary(p, SQLI_EXPR_ARITHMETIC, '*', L, R); }
value(A) ::= value(L) SLASH value(R). { A = sqli__make_binary(p, SQLI_EXPR_ARITHMETIC, '/', L, R); }
value(A) ::= MINUS(M) value(E). [UNARY] { A = sqli__make_unary(p, SQLI_EXPR_NEGATE, M.at, E); }
value(A) ::= PLUS value(E). [UNARY] { A = E; }
value(A) ::= value(E) UNITS UNIT(U). {
    struct sqli_fields fields = {.at = U.at, .digits = 9};
    fields.start = fields.end = sqli__field_code(p, &U, NULL);
    A = sqli__make_unary(p, SQLI_EXPR_UNITS, E->at, E);
    A->qualifier = sqli__fields_interval(p, &fields);
}

/* What binds tighter than any operator. */
%type primary {struct sqli_expr *}
primary(A) ::= literal(A).
primary(A) ::= QUESTION(T). { A = sqli__make_parameter(p, &T); }
primary(A) ::= path(P). {
    A = sqli__make_expr(p, SQLI_EXPR_NAME, P->names[0].at);
    A->path = P;
}
primary(A) ::= enclosed(A).
primary(A) ::= paren_select(S). [LOWER] {
    A = sqli__make_select_expr(p, SQLI_EXPR_SUBQUERY, S->at, S);
}
primary(A) ::= primary(E) LBRACKET expr(F) RBRACKET. {
    A = sqli__make_test(p, SQLI_EXPR_SUBSTRING, false, E, sqli__exprs_add(no_exprs, F));
}
primary(A) ::= primary(E) LBRACKET expr(F) COMMA expr(L) RBRACKET. {
    A = sqli__make_test(p, SQLI_EXPR_SUBSTRING, false, E,
                        sqli__exprs_add(sqli__exprs_add(no_exprs, F), L));
}
primary(A) ::= primary(E) DOUBLE_COLON type(T). { A = sqli__make_cast(p, E->at, E, &T); }
primary(A) ::= CAST(C) LP expr(E) AS type(T) RP. { A = sqli__make_cast(p, C.at, E, &T); }
primary(A) ::= CASE(C) branches(L) otherwise(E) END. { A = sqli__make_case(p, C.at, NULL, L, E); }
primary(A) ::= CASE(C) expr(O) branches(L) otherwise(E) END. {
    A = sqli__make_case(p, C.at, O, L, E);
}
primary(A) ::= collection(A).
primary(A) ::= CURRENT(C). { A = sqli__make_expr(p, SQLI_EXPR_CURRENT, C.at); }
primary(A) ::= CURRENT(C) fields(Q). {
    A = sqli__make_expr(p, SQLI_EXPR_CURRENT, C.at);
    A->qualifier = sqli__fields_datetime(p, &Q);
}
primary(A) ::= SYSDATE(S). { A = sqli__make_sysdate(p, S.at); }
primary(A) ::= NILADIC(W). { A = sqli__make_named_call(p, &W, no_exprs); }
primary(A) ::= EXTEND(X) LP expr(E) RP. { A = sqli__make_unary(p, SQLI_EXPR_EXTEND, X.at, E); }
primary(A) ::= EXTEND(X) LP expr(E) COMMA fields(Q) RP. {
    A = sqli__make_unary(p, SQLI_EXPR_EXTEND, X.at, E);
    A->qualifier = sqli__fields_datetime(p, &Q);
}
primary(A) ::= TRIM(T) LP expr(E) RP. { A = sqli__make_trim(p, T.at, NULL, NULL, E); }
primary(A) ::= TRIM(T) LP expr(W) FROM expr(E) RP. { A = sqli__make_trim(p, T.at, NULL, W, E); }
primary(A) ::= TRIM(T) LP SIDE(S) FROM expr(E) RP. { A = sqli__make_trim(p, T.at, &S, NULL, E); }
primary(A) ::= TRIM(T) LP SIDE(S) expr(W) FROM expr(E) RP. {
    A = sqli__make_trim(p, T.at, &S, W, E);
}
primary(A) ::= SUBSTRING(S) LP exprs(L) RP. { A = sqli__make_named_call(p, &S, L); }
primary(A) ::= SUBSTRING(S) LP expr(E) FROM expr(F) RP. {
    A = sqli__make_named_call(p, &S, sqli__exprs_add(sqli__exprs_add(no_exprs, E), F));
}
primary(A) ::= SUBSTRING(S) LP expr(E) FROM expr(F) FOR expr(N) RP. {
    A = sqli__make_named_call(
        p, &S, sqli__exprs_add(sqli__exprs_add(sqli__exprs_add(no_exprs, E), F), N));
}

/* What a point may follow: a field of a row. */
%type enclosed {struct sqli_expr *}
enclosed(A) ::= LP expr(E) RP. { A = E; }
enclosed(A) ::= call(A).
enclosed(A) ::= ROW(R) LP exprs(L) RP. {
    A = sqli__make_expr(p, SQLI_EXPR_ROW, R.at);
    sqli__set_args(p, A, L);
}
enclosed(A) ::= enclosed(E) DOT name(N). { A = sqli__make_field(p, E, N); }
enclosed(A) ::= call(C) OVER(O) LP window(W) RP. { A = sqli__make_window(p, C, O.at, W); }

%type window {struct sqli_window}
window(A) ::= partition(L) orders_opt(O) frame(F). {
    A = F;
    A.partition = L.first;
    A.order = O.first;
}
%type partition {struct sqli_exprs}
partition(A) ::= . { A = no_exprs; }
partition(A) ::= PARTITION BY exprs(L). { A = L; }
%type frame {struct sqli_window}
frame(A) ::= . { A = (struct sqli_window){.unit = SQLI_FRAME_NONE}; }
frame(A) ::= ID(U) bound(B). {
    A = sqli__make_frame(p, &U, B, (struct sqli_frame_bound){.kind = SQLI_BOUND_CURRENT});
}
frame(A) ::= ID(U) BETWEEN bound(B) AND bound(E). { A = sqli__make_frame(p, &U, B, E); }
%type bound {struct sqli_frame_bound}
bound(A) ::= CURRENT ID(W). {
    A = (struct sqli_frame_bound){.kind = SQLI_BOUND_CURRENT};
    sqli__parse_expect(p, &W, SQLI_KEYWORD_ROW);
}
bound(A) ::= ID(U) ID(W). {
    A = sqli__make_bound(p, NULL, &W);
    sqli__parse_expect(p, &U, SQLI_KEYWORD_UNBOUNDED);
}
bound(A) ::= row_number(N) ID(W). { A = sqli__make_bound(p, N, &W); }

%type call {struct sqli_expr *}
call(A) ::= path(P) LP RP. { A = sqli__make_call(p, P, no_exprs); }
call(A) ::= path(P) LP exprs(L) RP. { A = sqli__make_call(p, P, L); }
call(A) ::= path(P) LP ALL exprs(L) RP. { A = sqli__make_call(p, P, L); }
call(A) ::= path(P) LP DISTINCT exprs(L) RP. {
    A = sqli__make_call(p, P, L);
    A->distinct = true;
}
call(A) ::= path(P) LP STAR RP. {
    A = sqli__make_call(p, P, no_exprs);
    A->star = true;
}

%type branches {struct sqli_exprs}
branches(A) ::= WHEN expr(W) THEN expr(T). { A = sqli__exprs_add(sqli__exprs_add(no_exprs, W), T); }
branches(A) ::= branches(L) WHEN expr(W) THEN expr(T). {
    A = sqli__exprs_add(sqli__exprs_add(L, W), T);
}
%type otherwise {struct sqli_expr *}
otherwise(A) ::= . { A = NULL; }
otherwise(A) ::= ELSE expr(E). { A = E; }

%type collection {struct sqli_expr *}
collection(A) ::= COLLECTION(C) LBRACE RBRACE. { A = sqli__make_collection(p, &C, no_exprs); }
collection(A) ::= COLLECTION(C) LBRACE exprs(L) RBRACE. { A = sqli__make_collection(p, &C, L); }

%type literal {struct sqli_expr *}
literal(A) ::= NULL(T). { A = sqli__make_expr(p, SQLI_EXPR_NULL, T.at); }
literal(A) ::= INTEGER(T). { A = sqli__make_literal(p, SQLI_EXPR_INTEGER, &T); }
literal(A) ::= DECIMAL(T). { A = sqli__make_literal(p, SQLI_EXPR_DECIMAL, &T); }
literal(A) ::= FLOAT(T). { A = sqli__make_literal(p, SQLI_EXPR_FLOAT, &T); }
literal(A) ::= STRING(T). { A = sqli__make_literal(p, SQLI_EXPR_STRING, &T); }
literal(A) ::= DATETIME_LITERAL(T) fields(Q). {
    A = sqli__make_literal(p, SQLI_EXPR_DATETIME, &T);
    A->qualifier = sqli__fields_datetime(p, &Q);
}
literal(A) ::= INTERVAL_LITERAL(T) fields(Q). {
    A = sqli__make_literal(p, SQLI_EXPR_INTERVAL, &T);
    A->qualifier = sqli__fields_interval(p, &Q);
}

%type fields {struct sqli_fields}
fields(A) ::= UNIT(F) TO last_field(L). {
    A = (struct sqli_fields){.start = sqli__field_code(p, &F, NULL), .end = L, .at = F.at};
}
fields(A) ::= UNIT(F) LP INTEGER(N) RP TO last_field(L). {
    A = (struct sqli_fields){.start = sqli__field_code(p, &F, NULL), .end = L,
                             .digits = sqli__small_number(p, &N), .at = F.at};
}
%type last_field {int8_t}
last_field(A) ::= UNIT(U). { A = sqli__field_code(p, &U, NULL); }
last_field(A) ::= UNIT(U) LP INTEGER(N) RP. { A = sqli__field_code(p, &U, &N); }

/* --- types: read here so far that it is clear where they end --- */

%type type {struct sqli_type_name}
type(A) ::= ID(N) digits(D). { A = sqli__make_sized_type(p, N.at, N.end, &D); }
type(A) ::= ID(O) DOT name digits. { A = sqli__parse_make_type(p, O.at); }
type(A) ::= DOUBLE(D) PRECISION digits. { A = sqli__parse_make_type(p, D.at); }
type(A) ::= CHARACTER(C) VARYING digits. { A = sqli__parse_make_type(p, C.at); }
type(A) ::= DATETIME(D) fields(Q). {
    A = sqli__parse_make_type(p, D.at);
    (void)sqli__fields_datetime(p, &Q);
}
type(A) ::= INTERVAL(D) fields(Q). {
    A = sqli__parse_make_type(p, D.at);
    (void)sqli__fields_interval(p, &Q);
}
type(A) ::= SET(S) LP element_type RP. { A = sqli__parse_make_type(p, S.at); }
type(A) ::= ROW(R) LP row_fields RP. { A = sqli__parse_make_type(p, R.at); }
/* (n), (n, m), or nothing; the token is the only number. */
%type digits {struct sqli_lexeme}
digits(A) ::= . { A = (struct sqli_lexeme){.kind = SQLI_TOKEN_END}; }
digits(A) ::= LP INTEGER(N) RP. { A = N; }
digits(A) ::= LP INTEGER COMMA INTEGER RP. { A = (struct sqli_lexeme){.kind = SQLI_TOKEN_END}; }
element_type ::= type.
element_type ::= type NOT NULL.
row_fields ::= name element_type.
row_fields ::= row_fields COMMA name element_type.

/* --- INSERT, UPDATE, DELETE --- */

statement ::= INSERT INTO object_name(T) VALUES LP values(V) RP. {
    sqli__set_insert(p, T, no_names, V, NULL);
}
statement ::= INSERT INTO object_name(T) names_in_parentheses(C) VALUES LP values(V) RP. {
    sqli__set_insert(p, T, C, V, NULL);
}
statement ::= INSERT INTO object_name(T) select(S). {
    sqli__set_insert(p, T, no_names, no_exprs, S);
}
statement ::= INSERT INTO object_name(T) names_in_parentheses(C) select(S). {
    sqli__set_insert(p, T, C, no_exprs, S);
}
statement ::= INSERT INTO object_name(T) EXECUTE ROUTINE call(F). {
    sqli__set_insert(p, T, no_names, no_exprs, sqli__select_routine(p, F));
}
statement ::= INSERT INTO object_name(T) names_in_parentheses(C) EXECUTE ROUTINE call(F). {
    sqli__set_insert(p, T, C, no_exprs, sqli__select_routine(p, F));
}

%type values {struct sqli_exprs}
values(A) ::= value_or_default(E). { A = sqli__exprs_add(no_exprs, E); }
values(A) ::= values(L) COMMA value_or_default(E). { A = sqli__exprs_add(L, E); }
%type value_or_default {struct sqli_expr *}
value_or_default(A) ::= expr(A).
value_or_default(A) ::= DEFAULT(D). { A = sqli__make_expr(p, SQLI_EXPR_DEFAULT, D.at); }

statement ::= UPDATE object_name(T) alias(L) SET assignments(S) from(F) rows(R). {
    sqli__set_update(p, (struct sqli_update){.table = T, .alias = L.name,
                                             .assignments = S.first, .from = F.first}, R);
}
%type assignments {struct sqli_assignments}
%type assignment {struct sqli_assignments}
assignments(A) ::= assignment(A).
assignments(A) ::= assignments(L) COMMA assignment(B). {
    A = L;
    A.last->next = B.first;
    A.last = B.last;
}
assignment(A) ::= target(N) EQ value_or_default(E). { A = sqli__assign(p, no_assignments, N, E); }
assignment(A) ::= LP(O) targets(L) RP EQ LP values(V) RP. { A = sqli__assign_lists(p, L, V, O.at); }
assignment(A) ::= LP(O) targets(L) RP EQ paren_select(S). {
    A = sqli__assign_lists(p, L, sqli__query_exprs(p, S), O.at);
}
assignment(A) ::= STAR(O) EQ LP values(V) RP. { A = sqli__assign_all(p, V, O.at); }
assignment(A) ::= STAR(O) EQ paren_select(S). {
    A = sqli__assign_all(p, sqli__query_exprs(p, S), O.at);
}
%type targets {struct sqli_names}
targets(A) ::= target(N). { A = sqli__names_add(p, no_names, N); }
targets(A) ::= targets(L) COMMA target(N). { A = sqli__names_add(p, L, N); }
%type target {struct sqli_name}
target(A) ::= name(A).
target(A) ::= name DOT name(N). { A = N; }

%type rows {struct sqli_rows}
rows(A) ::= . { A = (struct sqli_rows){.where = NULL}; }
rows(A) ::= WHERE expr(E). { A = (struct sqli_rows){.where = E}; }
rows(A) ::= WHERE CURRENT OF name(C). { A = (struct sqli_rows){.cursor = C}; }

statement ::= DELETE from_word object_name(T) alias(L) rows(R). {
    sqli__set_delete(p, (struct sqli_delete){.table = T, .alias = L.name}, R);
}
from_word ::= .
from_word ::= FROM.

statement ::= MERGE INTO object_name(T) alias(L) USING source(S) ON expr(E) merge_actions(M). {
    sqli__set_merge(p, T, L, S, E, &M);
}
%type merge_actions {struct sqli_merge_actions}
merge_actions(A) ::= merge_action(A).
merge_actions(A) ::= merge_actions(L) merge_action(B). { A = sqli__merge_add(p, L, B); }
%type merge_action {struct sqli_merge_actions}
merge_action(A) ::= WHEN ID(M) THEN(T) UPDATE SET assignments(L). {
    A = (struct sqli_merge_actions){.at = T.at, .update = L.first};
    sqli__parse_expect(p, &M, SQLI_KEYWORD_MATCHED);
}
merge_action(A) ::= WHEN ID(M) THEN(T) DELETE. {
    A = (struct sqli_merge_actions){.at = T.at, .remove = true};
    sqli__parse_expect(p, &M, SQLI_KEYWORD_MATCHED);
}
merge_action(A) ::= WHEN NOT ID(M) THEN(T) INSERT VALUES LP values(V) RP. {
    A = (struct sqli_merge_actions){.at = T.at, .insert = true, .values = V};
    sqli__parse_expect(p, &M, SQLI_KEYWORD_MATCHED);
}
merge_action(A) ::= WHEN NOT ID(M) THEN(T) INSERT names_in_parentheses(C) VALUES LP values(V) RP. {
    A = (struct sqli_merge_actions){.at = T.at, .insert = true, .columns = C, .values = V};
    sqli__parse_expect(p, &M, SQLI_KEYWORD_MATCHED);
}

/* --- tables --- */

statement ::= CREATE table_kind(K) TABLE if_not_exists(I) object_name(N) LP elements(E) RP
              storages(O). {
    struct sqli_table_head head = K;
    head.if_not_exists = I;
    head.name = N;
    sqli__set_create_table(p, head, E, NULL, O);
}
statement ::= CREATE table_kind(K) TABLE if_not_exists(I) object_name(N) AS select(S) storages(O). {
    struct sqli_table_head head = K;
    head.if_not_exists = I;
    head.name = N;
    sqli__set_create_table(p, head, no_elements, S, O);
}
statement ::= CREATE table_kind(K) TABLE if_not_exists(I) object_name(N) OF TYPE object_name(R)
              typed_elements(E) storages(O). {
    struct sqli_table_head head = K;
    head.if_not_exists = I;
    head.name = N;
    head.row_type = R;
    sqli__set_create_table(p, head, E, NULL, O);
}
%type typed_elements {struct sqli_elements}
typed_elements(A) ::= . { A = no_elements; }
typed_elements(A) ::= LP(P) elements(E) RP. {
    A = E;
    if (E.columns)
        sqli__parse_syntax(p, P.at);
}
%type table_kind {struct sqli_table_head}
table_kind(A) ::= . { A = (struct sqli_table_head){.temp = false}; }
table_kind(A) ::= TEMP. { A = (struct sqli_table_head){.temp = true}; }
table_kind(A) ::= RAW(W). { A = (struct sqli_table_head){.raw = W.keyword == SQLI_KEYWORD_RAW}; }
%type if_not_exists {bool}
if_not_exists(A) ::= . { A = false; }
if_not_exists(A) ::= IF NOT EXISTS. { A = true; }

%type elements {struct sqli_elements}
elements(A) ::= column(C). { A = sqli__add_column(no_elements, C); }
elements(A) ::= table_constraint(C). { A = sqli__add_constraint(no_elements, C); }
elements(A) ::= elements(L) COMMA column(C). { A = sqli__add_column(L, C); }
elements(A) ::= elements(L) COMMA table_constraint(C). { A = sqli__add_constraint(L, C); }

%type column {struct sqli_column_definition *}
column(A) ::= name(N) type(T) column_options(O). { A = sqli__make_column(p, N, T, O); }

%type column_options {struct sqli_column_options}
column_options(A) ::= . { A = (struct sqli_column_options){.first = NULL}; }
column_options(A) ::= column_options(L) DEFAULT(D) default_value(E). {
    A = L;
    A.default_value = E;
    A.default_text = sqli__parse_copy(p, D.end, p->previous.end);
}
column_options(A) ::= column_options(L) NULL. { A = L; }
column_options(A) ::= column_options(L) column_constraint(C). {
    A = L;
    sqli__option_constraint(&A, C);
}
column_options(A) ::= column_options(L) CONSTRAINT name(N). {
    A = L;
    sqli__option_name(&A, N);
}
column_options(A) ::= column_options(L) state(S). {
    A = L;
    if (A.last)
        sqli__constraint_mode(A.last, &S);
}
column_options(A) ::= column_options(L) IN place. { A = L; }
place ::= name.

%type state {struct sqli_lexeme}
state(A) ::= STATE(A).
state(A) ::= STATE(A) WITH ID.
state(A) ::= STATE(A) ID ID.
state(A) ::= INDEX STATE(S). { A = S; }

%type default_value {struct sqli_expr *}
default_value(A) ::= primary(A).
default_value(A) ::= PLUS primary(E). { A = E; }
default_value(A) ::= MINUS(M) primary(E). { A = sqli__make_unary(p, SQLI_EXPR_NEGATE, M.at, E); }

%type column_constraint {struct sqli_constraint *}
column_constraint(A) ::= NOT(N) NULL. {
    A = sqli__make_constraint(p, SQLI_CONSTRAINT_NOT_NULL, N.at);
}
column_constraint(A) ::= PRIMARY(K) KEY. {
    A = sqli__make_constraint(p, SQLI_CONSTRAINT_PRIMARY, K.at);
}
column_constraint(A) ::= DISTINCT(K). {
    A = sqli__make_constraint(p, SQLI_CONSTRAINT_UNIQUE, K.at);
}
column_constraint(A) ::= references(A).
column_constraint(A) ::= check(A).

%type check {struct sqli_constraint *}
check(A) ::= CHECK(K) LP(O) expr(E) RP(C). {
    A = sqli__make_constraint(p, SQLI_CONSTRAINT_CHECK, K.at);
    A->check = E;
    A->check_text = sqli__parse_copy(p, O.end, C.at);
    A->check_at = O.end;
}
%type references {struct sqli_constraint *}
references(A) ::= REFERENCES(R) object_name(T) cascade(D). {
    A = sqli__make_constraint(p, SQLI_CONSTRAINT_FOREIGN, R.at);
    sqli__constraint_parent(p, A, T, no_names, D);
}
references(A) ::= REFERENCES(R) object_name(T) names_in_parentheses(C) cascade(D). {
    A = sqli__make_constraint(p, SQLI_CONSTRAINT_FOREIGN, R.at);
    sqli__constraint_parent(p, A, T, C, D);
}
%type cascade {bool}
cascade(A) ::= . { A = false; }
cascade(A) ::= ON DELETE ID(W). {
    A = true;
    if (W.keyword != SQLI_KEYWORD_CASCADE)
        sqli__parse_syntax(p, W.at);
}

%type table_constraint {struct sqli_constraint *}
table_constraint(A) ::= key_constraint(C) constraint_options(O). {
    A = C;
    A->name = O.name;
    A->disabled = O.disabled;
}
table_constraint(A) ::= CONSTRAINT name(N) key_constraint(C) constraint_options(O). {
    A = C;
    A->name = N;
    A->disabled = O.disabled;
}
%type constraint_options {struct sqli_constraint}
constraint_options(A) ::= . { A = (struct sqli_constraint){.disabled = false}; }
constraint_options(A) ::= constraint_options(L) CONSTRAINT name(N). {
    A = L;
    A.name = N;
}
constraint_options(A) ::= constraint_options(L) state(S). {
    A = L;
    sqli__constraint_mode(&A, &S);
}
%type key_constraint {struct sqli_constraint *}
key_constraint(A) ::= PRIMARY(K) KEY names_in_parentheses(L). {
    A = sqli__make_constraint(p, SQLI_CONSTRAINT_PRIMARY, K.at);
    A->columns = sqli__names_array(p, L);
    A->column_count = L.count;
}
key_constraint(A) ::= DISTINCT(K) names_in_parentheses(L). {
    A = sqli__make_constraint(p, SQLI_CONSTRAINT_UNIQUE, K.at);
    A->columns = sqli__names_array(p, L);
    A->column_count = L.count;
}
key_constraint(A) ::= FOREIGN KEY names_in_parentheses(L) references(R). {
    A = R;
    A->columns = sqli__names_array(p, L);
    A->column_count = L.count;
}
key_constraint(A) ::= check(A).

%type storages {struct sqli_storage}
storages(A) ::= . { A = (struct sqli_storage){.no_log = false}; }
storages(A) ::= storages(L) WITH NO LOG. {
    A = L;
    A.no_log = true;
}
storages(A) ::= storages(L) WITH ID. { A = L; }
storages(A) ::= storages(L) IN place. { A = L; }
storages(A) ::= storages(L) EXTENT SIZE INTEGER. { A = L; }
storages(A) ::= storages(L) NEXT SIZE INTEGER. { A = L; }
storages(A) ::= storages(L) LOCK MODE name(M). {
    A = L;
    A.lock_mode = M;
}
storages(A) ::= storages(L) LOCK MODE LP name(M) RP. {
    A = L;
    A.lock_mode = M;
}
storages(A) ::= storages(L) STATE. { A = L; }
storages(A) ::= storages(L) REST. { A = L; }

/* --- indexes --- */

statement ::= CREATE unique(U) cluster(C) INDEX if_not_exists(I) object_name(N)
              ON object_name(T) LP index_columns(L) RP index_options. {
    sqli__set_create_index(p, (struct sqli_create_index){.name = N, .table = T,
                                                         .unique = U, .cluster = C,
                                                         .if_not_exists = I}, L);
}
%type unique {bool}
unique(A) ::= . { A = false; }
unique(A) ::= DISTINCT. { A = true; }
%type cluster {bool}
cluster(A) ::= . { A = false; }
cluster(A) ::= CLUSTER. { A = true; }

%type index_columns {struct sqli_index_columns}
index_columns(A) ::= name(N) descending(D). {
    A = sqli__index_columns_add(p, (struct sqli_index_columns){.first = NULL}, N, D);
}
index_columns(A) ::= index_columns(L) COMMA name(N) descending(D). {
    A = sqli__index_columns_add(p, L, N, D);
}
index_columns(A) ::= name(N) names_in_parentheses descending(D). {
    A = sqli__index_columns_add(p, (struct sqli_index_columns){.first = NULL}, N, D);
    p->tree->unsupported = "CREATE INDEX on a function";
}
index_options ::= .
index_options ::= index_options index_option.
index_option ::= USING name.
index_option ::= FILLFACTOR INTEGER.
index_option ::= IN place.
index_option ::= STATE.
index_option ::= EXTENT SIZE INTEGER.
index_option ::= NEXT SIZE INTEGER.
index_option ::= REST.

/* --- ALTER TABLE --- */

statement ::= ALTER TABLE object_name(N) alter_actions(L). { sqli__set_alter(p, N, L); }
%type alter_actions {struct sqli_alter_actions}
%type alter_action {struct sqli_alter_actions}
alter_actions(A) ::= alter_action(A).
alter_actions(A) ::= alter_actions(L) COMMA alter_action(B). { A = sqli__alter_join(L, B); }
alter_action(A) ::= ADD added(L). { A = L; }
alter_action(A) ::= ADD LP added_columns(L) RP. { A = L; }
%type added {struct sqli_alter_actions}
added(A) ::= added_column(A).
added(A) ::= table_constraint(C). { A = sqli__alter_constraint(p, C); }
added(A) ::= CONSTRAINT key_constraint(C) constraint_options(O). {
    C->name = O.name;
    C->disabled = O.disabled;
    A = sqli__alter_constraint(p, C);
}
added(A) ::= CONSTRAINT LP added_constraints(L) RP. { A = L; }
%type added_constraints {struct sqli_alter_actions}
added_constraints(A) ::= table_constraint(C). { A = sqli__alter_constraint(p, C); }
added_constraints(A) ::= added_constraints(L) COMMA table_constraint(C). {
    A = sqli__alter_join(L, sqli__alter_constraint(p, C));
}
%type added_columns {struct sqli_alter_actions}
%type added_column {struct sqli_alter_actions}
added_columns(A) ::= added_column(A).
added_columns(A) ::= added_columns(L) COMMA added_column(C). { A = sqli__alter_join(L, C); }
added_column(A) ::= column(C). { A = sqli__alter_column(p, SQLI_ALTER_ADD, C, no_name); }
added_column(A) ::= column(C) BEFORE name(B). { A = sqli__alter_column(p, SQLI_ALTER_ADD, C, B); }
alter_action(A) ::= MODIFY modified_column(L). { A = L; }
alter_action(A) ::= MODIFY LP modified_columns(L) RP. { A = L; }
%type modified_columns {struct sqli_alter_actions}
%type modified_column {struct sqli_alter_actions}
modified_columns(A) ::= modified_column(A).
modified_columns(A) ::= modified_columns(L) COMMA modified_column(C). {
    A = sqli__alter_join(L, C);
}
modified_column(A) ::= column(C). { A = sqli__alter_column(p, SQLI_ALTER_MODIFY, C, no_name); }
alter_action(A) ::= DROP name(N). {
    A = sqli__alter_names(p, SQLI_ALTER_DROP, sqli__names_add(p, no_names, N));
}
alter_action(A) ::= DROP names_in_parentheses(L). { A = sqli__alter_names(p, SQLI_ALTER_DROP, L); }
alter_action(A) ::= DROP CONSTRAINT name(N). {
    A = sqli__alter_names(p, SQLI_ALTER_DROP_CONSTRAINT, sqli__names_add(p, no_names, N));
}
alter_action(A) ::= DROP CONSTRAINT names_in_parentheses(L). {
    A = sqli__alter_names(p, SQLI_ALTER_DROP_CONSTRAINT, L);
}
alter_action(A) ::= LOCK MODE name(M). { A = sqli__alter_word(p, SQLI_ALTER_LOCK_MODE, M); }
alter_action(A) ::= LOCK MODE LP name(M) RP. { A = sqli__alter_word(p, SQLI_ALTER_LOCK_MODE, M); }
alter_action(A) ::= TYPE LP name(M) RP. { A = sqli__alter_word(p, SQLI_ALTER_TYPE, M); }
alter_action(A) ::= MODIFY NEXT SIZE INTEGER. {
    A = sqli__alter_word(p, SQLI_ALTER_QUIET, no_name);
}
alter_action(A) ::= MODIFY EXTENT SIZE INTEGER. {
    A = sqli__alter_word(p, SQLI_ALTER_QUIET, no_name);
}
alter_action(A) ::= REST. { A = sqli__alter_word(p, SQLI_ALTER_QUIET, no_name); }

/* --- views, synonyms, sequences, types --- */

statement ::= CREATE VIEW if_not_exists(I) object_name(N) column_names(C) AS(X) select(S)
              check_option(O). {
    sqli__set_view(p, (struct sqli_create_view){.name = N, .if_not_exists = I, .select = S,
                                                .check = O.at > 0}, C, X.end, O.at);
}
%type column_names {struct sqli_names}
column_names(A) ::= . { A = no_names; }
column_names(A) ::= names_in_parentheses(A).
%type check_option {struct sqli_name}
check_option(A) ::= . { A = no_name; }
check_option(A) ::= WITH(W) ID(K) OPTION. {
    A = (struct sqli_name){.at = W.at};
    sqli__parse_expect(p, &K, SQLI_KEYWORD_CHECK);
}
statement ::= DROP VIEW if_exists(I) object_name(N) drop_behaviour(B). {
    sqli__set_object(p, SQLI_STMT_DROP_VIEW, N, I)->restricted = B;
}

statement ::= CREATE visibility(V) SYNONYM if_not_exists(I) object_name(N) FOR object_name(T). {
    sqli__set_synonym(p, (struct sqli_create_synonym){.name = N, .table = T, .is_private = V,
                                                      .if_not_exists = I});
}
%type visibility {bool}
visibility(A) ::= . { A = false; }
visibility(A) ::= ID(W). {
    A = W.keyword == SQLI_KEYWORD_PRIVATE;
    if (!A)
        sqli__parse_expect(p, &W, SQLI_KEYWORD_PUBLIC);
}
statement ::= DROP SYNONYM if_exists(I) object_name(N). {
    sqli__set_object(p, SQLI_STMT_DROP_SYNONYM, N, I);
}

statement ::= CREATE SEQUENCE if_not_exists(I) object_name(N) sequence_options(O). {
    sqli__set_sequence(p, SQLI_STMT_CREATE_SEQUENCE, N, I, &O);
}
statement ::= ALTER SEQUENCE object_name(N) sequence_options(O). {
    sqli__set_sequence(p, SQLI_STMT_ALTER_SEQUENCE, N, false, &O);
}
statement ::= RENAME SEQUENCE object_name(N) TO name(B). {
    sqli__set_object(p, SQLI_STMT_RENAME_SEQUENCE, N, false)->new_name = B;
}
statement ::= DROP SEQUENCE if_exists(I) object_name(N). {
    sqli__set_object(p, SQLI_STMT_DROP_SEQUENCE, N, I);
}
%type sequence_options {struct sqli_sequence_options}
sequence_options(A) ::= . { A = (struct sqli_sequence_options){.given = 0}; }
sequence_options(A) ::= sequence_options(L) ID(W). {
    A = L;
    sqli__sequence_option(p, &A, &W, false, NULL);
}
sequence_options(A) ::= sequence_options(L) ID(W) by_or_with sign(S) INTEGER(N). {
    A = L;
    sqli__sequence_option(p, &A, &W, S, &N);
}
by_or_with ::= .
by_or_with ::= BY.
by_or_with ::= WITH.
%type sign {bool}
sign(A) ::= . { A = false; }
sign(A) ::= PLUS. { A = false; }
sign(A) ::= MINUS. { A = true; }

statement ::= CREATE DISTINCT TYPE if_not_exists(I) object_name(N) AS type(T). {
    sqli__set_type(p, (struct sqli_create_type){.name = N, .if_not_exists = I, .base = T});
}
statement ::= CREATE ID(W) TYPE(X) if_not_exists(I) object_name(N) row_type(R) under(U). {
    R.name = N;
    R.if_not_exists = I;
    R.parent = U;
    R.row = true;
    sqli__parse_expect(p, &W, SQLI_KEYWORD_ROW);
    if (!R.base.text.data && !U.name.text.data)
        sqli__parse_syntax(p, X.at);
    sqli__set_type(p, R);
}
%type row_type {struct sqli_create_type}
row_type(A) ::= . { A = (struct sqli_create_type){.row = true}; }
row_type(A) ::= LP(O) row_fields RP. {
    A = (struct sqli_create_type){.base = sqli__parse_make_type(p, O.at)};
}
%type under {struct sqli_object_name}
under(A) ::= . { A = (struct sqli_object_name){.name = no_name}; }
under(A) ::= ID(W) object_name(N). {
    A = N;
    sqli__parse_expect(p, &W, SQLI_KEYWORD_UNDER);
}
statement ::= DROP TYPE if_exists(I) object_name(N) drop_behaviour. {
    sqli__set_object(p, SQLI_STMT_DROP_TYPE, N, I);
}
statement ::= DROP ID(W) TYPE if_exists(I) object_name(N) drop_behaviour. {
    sqli__parse_expect(p, &W, SQLI_KEYWORD_ROW);
    sqli__set_object(p, SQLI_STMT_DROP_ROW_TYPE, N, I);
}

/* --- objects --- */

statement ::= DROP TABLE if_exists(I) object_name(N) drop_behaviour(B). {
    sqli__set_object(p, SQLI_STMT_DROP_TABLE, N, I)->restricted = B;
}
statement ::= DROP INDEX if_exists(I) object_name(N) drop_behaviour. {
    sqli__set_object(p, SQLI_STMT_DROP_INDEX, N, I);
}
statement ::= DROP DATABASE if_exists(I) database_name(N). {
    sqli__set_object(p, SQLI_STMT_DROP_DATABASE, N, I);
}
%type if_exists {bool}
if_exists(A) ::= . { A = false; }
if_exists(A) ::= IF EXISTS. { A = true; }
%type drop_behaviour {bool}
drop_behaviour(A) ::= . { A = false; }
drop_behaviour(A) ::= RESTRICT(W). { A = W.keyword == SQLI_KEYWORD_RESTRICT; }
drop_behaviour(A) ::= STATE. { A = false; }

%type database_name {struct sqli_object_name}
database_name(A) ::= name(N). { A = (struct sqli_object_name){.name = N}; }
database_name(A) ::= name(N) AT name(S). { A = (struct sqli_object_name){.name = N, .server = S}; }
database_name(A) ::= STRING(T). { A = (struct sqli_object_name){.name = sqli__make_name(p, &T)}; }

statement ::= RENAME TABLE object_name(N) TO name(B). {
    sqli__set_object(p, SQLI_STMT_RENAME_TABLE, N, false)->new_name = B;
}
statement ::= RENAME COLUMN path(P) TO name(B). {
    uint32_t at = P->names[0].at;
    struct sqli_name column = P->names[P->count - 1];
    P->count--;
    struct sqli_object *object = sqli__set_object(p, SQLI_STMT_RENAME_COLUMN,
                                                  sqli__object_of_path(p, P, at), false);
    object->column = column;
    object->new_name = B;
}
statement ::= RENAME INDEX object_name(N) TO name(B). {
    sqli__set_object(p, SQLI_STMT_RENAME_INDEX, N, false)->new_name = B;
}
statement ::= RENAME CONSTRAINT object_name(N) TO name(B). {
    sqli__set_object(p, SQLI_STMT_RENAME_CONSTRAINT, N, false)->new_name = B;
}
statement ::= RENAME DATABASE name(N) TO name(B). {
    sqli__set_object(p, SQLI_STMT_RENAME_DATABASE, (struct sqli_object_name){.name = N}, false)
        ->new_name = B;
}
statement ::= TRUNCATE object_name(N) truncate_options. {
    sqli__set_object(p, SQLI_STMT_TRUNCATE, N, false);
}
statement ::= TRUNCATE TABLE object_name(N) truncate_options. {
    sqli__set_object(p, SQLI_STMT_TRUNCATE, N, false);
}
truncate_options ::= .
truncate_options ::= truncate_options DROP STORAGE.
truncate_options ::= truncate_options ID STORAGE.
truncate_options ::= truncate_options ID ID.

statement ::= LOCK TABLE object_name(N) IN SHARE MODE. {
    sqli__set_object(p, SQLI_STMT_LOCK_TABLE, N, false);
}
statement ::= LOCK TABLE object_name(N) IN EXCLUSIVE MODE. {
    sqli__set_object(p, SQLI_STMT_LOCK_TABLE, N, false)->exclusive = true;
}
statement ::= UNLOCK TABLE object_name(N). {
    sqli__set_object(p, SQLI_STMT_UNLOCK_TABLE, N, false);
}

statement ::= DATABASE database_name(N). { sqli__set_object(p, SQLI_STMT_DATABASE, N, false); }
statement ::= DATABASE database_name(N) EXCLUSIVE. {
    sqli__set_object(p, SQLI_STMT_DATABASE, N, false)->exclusive = true;
}
statement ::= CREATE DATABASE if_not_exists(I) database_name(N) dbspace logging(L) collation. {
    sqli__set_object(p, SQLI_STMT_CREATE_DATABASE, N, I)->logging = L;
}
dbspace ::= .
dbspace ::= IN place.
%type logging {int8_t}
logging(A) ::= . { A = 0; }
logging(A) ::= WITH LOG. { A = 1; }
logging(A) ::= WITH ID(W) LOG. {
    A = 2;
    if (W.keyword != SQLI_KEYWORD_BUFFERED)
        sqli__parse_syntax(p, W.at);
}
logging(A) ::= WITH LOG MODE ID. { A = 3; }
collation ::= .
collation ::= ID ID.

/* --- GRANT, EXECUTE --- */

statement ::= GRANT privileges(L) grant_object(O) TO users(U) grant_options(G). {
    sqli__set_grant(p, SQLI_STMT_GRANT, L, O, U, G);
}
statement ::= REVOKE privileges(L) grant_object(O) FROM users(U) revoke_options. {
    sqli__set_grant(p, SQLI_STMT_REVOKE, L, O, U, false);
}
%type privileges {struct sqli_names}
privileges(A) ::= privilege(N). { A = sqli__names_add(p, no_names, N); }
privileges(A) ::= privileges(L) COMMA privilege(N). { A = sqli__names_add(p, L, N); }
%type privilege {struct sqli_name}
%type privilege_word {struct sqli_name}
privilege(A) ::= privilege_word(A).
privilege(A) ::= privilege_word(N) names_in_parentheses. { A = N; }
privilege(A) ::= privilege_word(N) ID. { A = N; }
privilege_word(A) ::= name(A).
privilege_word(A) ::= SELECT(W). { A = sqli__make_name(p, &W); }

%type grant_object {struct sqli_grant_object}
grant_object(A) ::= . { A = (struct sqli_grant_object){.name = {.name = no_name}}; }
grant_object(A) ::= ON object_name(N). { A = sqli__grant_object(p, N, 0); }
grant_object(A) ::= ON TABLE object_name(N). { A = sqli__grant_object(p, N, 0); }
grant_object(A) ::= ON object_name(N) LP type_list RP(E). { A = sqli__grant_object(p, N, E.end); }
grant_object(A) ::= ON ROUTINE object_name(N). { A = sqli__grant_object(p, N, 0); }
grant_object(A) ::= ON ROUTINE object_name(N) LP type_list RP(E). {
    A = sqli__grant_object(p, N, E.end);
}
type_list ::= .
type_list ::= types.
types ::= type.
types ::= types COMMA type.

%type users {struct sqli_names}
%type user {struct sqli_name}
users(A) ::= user(N). { A = sqli__names_add(p, no_names, N); }
users(A) ::= users(L) COMMA user(N). { A = sqli__names_add(p, L, N); }
user(A) ::= name(A).
user(A) ::= STRING(T). { A = sqli__make_name(p, &T); }
%type grant_options {bool}
grant_options(A) ::= . { A = false; }
grant_options(A) ::= WITH GRANT OPTION grantor. { A = true; }
grant_options(A) ::= AS user. { A = false; }
grantor ::= .
grantor ::= AS user.
revoke_options ::= .
revoke_options ::= RESTRICT.
revoke_options ::= AS user.

statement ::= EXECUTE ROUTINE(R) call(C). { sqli__set_execute(p, &R, C); }
statement ::= CALL(R) call(C). { sqli__set_execute(p, &R, C); }
statement ::= EXECUTE ROUTINE(R) path(P). {
    sqli__set_execute(p, &R, sqli__make_call(p, P, no_exprs));
}
