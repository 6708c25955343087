#include "sql/keywords.h"

#include "sql/generated/keyword_slots.h"

struct word {
    const char *text;
    size_t length;
};

static const struct word words[] = {
    {"", 0},
#define SQLI_KEYWORD(word) {#word, sizeof #word - 1},
#include "sql/keywords.def"
#undef SQLI_KEYWORD
};

/* Clears the bit that tells small letters from capitals. What it does to other characters doesn't
 * matter: scripts/keyword-slots.py does the same. */
static unsigned hashed(uint8_t byte)
{
    return byte & 0xdfU;
}

static unsigned first_slot(struct sqli_span word)
{
    unsigned sum =
        hashed(word.data[0]) * FIRST_FACTOR + hashed(word.data[word.length / 2]) * MIDDLE_FACTOR +
        hashed(word.data[word.length - 1]) * LAST_FACTOR + (unsigned)word.length * LENGTH_FACTOR;
    return sum % SLOT_COUNT;
}

static uint8_t capital(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z' ? (uint8_t)(byte - 'a' + 'A') : byte;
}

static bool same_word(const struct word *keyword, struct sqli_span word)
{
    if (keyword->length != word.length)
        return false;
    for (size_t i = 0; i < word.length; i++)
        if (capital(word.data[i]) != (uint8_t)keyword->text[i])
            return false;
    return true;
}

enum sqli_keyword sqli__keyword_find(struct sqli_span word)
{
    if (word.length < SHORTEST_KEYWORD || word.length > LONGEST_KEYWORD)
        return SQLI_NO_KEYWORD;
    /* Some slots are empty, so the search ends. */
    for (unsigned slot = first_slot(word); slots[slot]; slot = (slot + 1) % SLOT_COUNT)
        if (same_word(&words[slots[slot]], word))
            return (enum sqli_keyword)slots[slot];
    return SQLI_NO_KEYWORD;
}

const char *sqli__keyword_text(enum sqli_keyword keyword)
{
    return (unsigned)keyword < SQLI_KEYWORDS_END ? words[keyword].text : "";
}
