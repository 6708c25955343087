/* How texts look in a terminal: columns, not bytes. */
#ifndef SQLI_SHELL_WIDTH_H
#define SQLI_SHELL_WIDTH_H

#include "base/buffer.h"

/* A character as it may be shown: itself, or an escape (\t, \x1B) for what would move the cursor.
 */
struct sqli_sh_glyph {
    size_t length; /* bytes of the text that it stands for */
    size_t shown;  /* bytes of `text` */
    size_t width;  /* columns */
    char text[12];
};

/* The first character of a text that is not empty. A newline is one like any other here. */
void sqli__sh_glyph(struct sqli_span text, struct sqli_sh_glyph *glyph);

/* Columns of the widest line. */
size_t sqli__sh_width(struct sqli_span text);

enum sqli_sh_ending {
    SQLI_SH_END,     /* of the text */
    SQLI_SH_NEWLINE, /* which is taken; another line follows, if only an empty one */
    SQLI_SH_LIMIT,
};

/* Takes the next line of *rest that fits into `limit` columns (0: any) and appends it as it is
 * shown; gives its width, and why it ended. */
size_t sqli__sh_line(struct sqli_span *rest, size_t limit, struct sqli_buffer *shown,
                     enum sqli_sh_ending *ending);

/* The size of the terminal on a file, or what COLUMNS and LINES say; 0: not known. */
void sqli__sh_screen(int file, size_t *columns, size_t *lines);

#endif
