/* Texts that the shell puts together: C strings in buffers, quoting, words of a command line. */
#ifndef SQLI_SHELL_TEXT_H
#define SQLI_SHELL_TEXT_H

#include "base/buffer.h"

enum { SQLI_SH_TEXT_MAX = 1 << 30 };

/* The text with a NUL behind it that does not count. "" when there was no memory. */
const char *sqli__sh_z(struct sqli_buffer *buffer);

/* A copy to be freed with sqli__free. Without memory the program ends: what the shell keeps are
 * names and settings, and there is nothing that it could do without them. */
char *sqli__sh_copy(const char *text);
char *sqli__sh_copy_span(struct sqli_span text);

/* An array with room for one more than `count` of `size` bytes: the same, or a bigger one in its
 * place. NULL: there is no memory, and the array is as it was. */
void *sqli__sh_room(void *array, size_t count, size_t *capacity, size_t size);

bool sqli__sh_same(struct sqli_span text, const char *word); /* letters in either case */
bool sqli__sh_begins(struct sqli_span text, const char *start);
bool sqli__sh_contains(struct sqli_span text, const char *part);
bool sqli__sh_blank(uint8_t c);
size_t sqli__sh_newlines(struct sqli_span text);
struct sqli_span sqli__sh_trim(struct sqli_span text);

/* Between quotes, which are doubled inside. As an SQL literal: 'it''s'. As the name of something in
 * the catalog, with quotes where it needs them (and DELIMIDENT): "odd name". */
void sqli__sh_quoted(struct sqli_buffer *buffer, uint8_t quote, struct sqli_span text);
void sqli__sh_literal(struct sqli_buffer *buffer, struct sqli_span text);
void sqli__sh_name(struct sqli_buffer *buffer, struct sqli_span name);

/* The byte that divides values: one character of ASCII that is no part of what it divides, \t being
 * a tab. 0: it cannot. */
uint8_t sqli__sh_divider(const char *text);

/* A whole decimal number between `least` and `most`. */
bool sqli__sh_number(const char *text, int64_t least, int64_t most, int64_t *number);

/* Takes the next word of *rest into `word`: up to a blank; '...' and "..." keep blanks and lose
 * their quotes, doubled ones inside stand for one. False: there is none. `quoted` may be NULL. */
bool sqli__sh_word(struct sqli_span *rest, struct sqli_buffer *word, bool *quoted);

/* Of the name of a file: "~" and "~/..." are in the user's home. */
void sqli__sh_in_home(struct sqli_buffer *name);

/* Appends what stands for the start of a text, and gives how much of it that was; 0: nothing. */
typedef size_t sqli_sh_expand(const void *context, struct sqli_span text, struct sqli_buffer *to);

/* The same, but that what is not in quotes is expanded first. */
bool sqli__sh_word_with(struct sqli_span *rest, struct sqli_buffer *word, bool *quoted,
                        sqli_sh_expand *expand, const void *context);

#endif
