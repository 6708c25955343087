#include "tests/peer/names.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "sql/keywords.h"

#include <stdlib.h>

enum { FIRST_ROOM = 256, NAME_MAX_BYTES = 256, LETTERS = 26 };
static const size_t arena_limit = (size_t)1 << 26;

static const char *const known[] = {
#include "tests/peer/system_names.def"
};

static int compare(const void *name, const void *entry)
{
    return strcmp(name, *(const char *const *)entry);
}

bool peer_name_is_known(struct sqli_span name)
{
    char text[NAME_MAX_BYTES];
    if (name.length == 0 || name.length >= sizeof text)
        return name.length == 0;
    if (sqli__keyword_find(name) != SQLI_NO_KEYWORD)
        return true;
    for (size_t i = 0; i < name.length; i++)
        text[i] = (char)sqli__ascii_lower(name.data[i]);
    text[name.length] = '\0';
    return bsearch(text, known, sizeof known / sizeof known[0], sizeof known[0], compare) != NULL;
}

void peer_names_init(struct peer_names *names)
{
    *names = (struct peer_names){0};
    sqli__arena_init(&names->arena, arena_limit);
}

void peer_names_free(struct peer_names *names)
{
    sqli__arena_free(&names->arena);
    sqli__free(names->table);
    peer_names_init(names);
}

static bool same_name(struct sqli_span lower, struct sqli_span name)
{
    if (lower.length != name.length)
        return false;
    for (size_t i = 0; i < name.length; i++)
        if (lower.data[i] != sqli__ascii_lower(name.data[i]))
            return false;
    return true;
}

static struct peer_name *place_of(const struct peer_names *names, struct sqli_span name)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ sqli__ascii_lower(name.data[i])) * 16777619u;
    uint32_t at = hash % names->room;
    while (names->table[at].name.data && !same_name(names->table[at].name, name))
        at = (at + 1) % names->room;
    return &names->table[at];
}

static bool grow(struct peer_names *names)
{
    if (names->count * 2 < names->room)
        return true;
    struct peer_names larger = *names;
    larger.room = names->room ? names->room * 2 : FIRST_ROOM;
    larger.table = sqli__alloc_zeroed(larger.room, sizeof *larger.table);
    if (!larger.table)
        return false;
    for (uint32_t i = 0; i < names->room; i++)
        if (names->table[i].name.data)
            *place_of(&larger, names->table[i].name) = names->table[i];
    sqli__free(names->table);
    *names = larger;
    return true;
}

static const struct peer_name *learn(struct peer_names *names, struct sqli_span name)
{
    if (!grow(names))
        return NULL;
    struct peer_name *place = place_of(names, name);
    if (place->name.data)
        return place;
    uint8_t *copy = sqli__arena_alloc(&names->arena, name.length, 1);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < name.length; i++)
        copy[i] = sqli__ascii_lower(name.data[i]);
    size_t length = name.length < PEER_NAME_LENGTHS ? name.length : PEER_NAME_LENGTHS;
    *place = (struct peer_name){sqli__span(copy, name.length), names->numbers[length]++};
    names->count++;
    return place;
}

/* n0000001: a letter and digits, which no keyword and no name of the catalog is. When the digits do
 * not suffice the letter moves on, and short names meet in the end. */
void peer_names_replace(struct peer_names *names, uint8_t *name, size_t length)
{
    struct sqli_span span = sqli__span(name, length);
    if (peer_name_is_known(span))
        return;
    const struct peer_name *entry = learn(names, span);
    if (!entry) {
        memset(name, 'x', length);
        return;
    }
    uint32_t number = entry->number;
    for (size_t i = length - 1; i > 0; i--, number /= 10)
        name[i] = (uint8_t)('0' + number % 10);
    name[0] = (uint8_t)('a' + ('n' - 'a' + number) % LETTERS);
}
