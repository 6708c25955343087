/* \e: what was typed, in the user's editor. */
#include "shell/meta.h"
#include "shell/text.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EDITED_MAX = 64 << 20 };

/* The name is handed over as an argument, so that the shell takes no letter of it for its own. */
static bool run_editor(struct sqli_sh *sh, const char *file)
{
    const char *editor = getenv("VISUAL");
    char command[1024];
    int status = 0;
    if (!editor || !*editor)
        editor = getenv("EDITOR");
    snprintf(command, sizeof command, "%s \"$1\"", editor && *editor ? editor : "vi");
    char *const arguments[] = {(char[]){"/bin/sh"}, (char[]){"-c"},          command,
                               (char[]){"sh"},      (char *)(uintptr_t)file, NULL};
    return sqli__sh_run_program(sh, arguments, &status) && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static bool read_file(const char *name, struct sqli_buffer *text)
{
    struct sqli_buffer read_text;
    int file = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t got = -1;
    uint8_t *room;
    sqli__buffer_init(&read_text, EDITED_MAX);
    while (file >= 0 && (room = sqli__buffer_reserve(&read_text, 1 << 16)) &&
           (got = read(file, room, 1 << 16)) > 0)
        sqli__buffer_advance(&read_text, (size_t)got);
    if (got == 0) {
        sqli__buffer_clear(text);
        sqli__buffer_span(text, sqli__buffer_view(&read_text));
    }
    if (file >= 0)
        close(file);
    sqli__buffer_free(&read_text);
    return got == 0;
}

static void edit(struct sqli_sh_meta *meta, const char *name)
{
    struct sqli_sh *sh = meta->sh;
    if (!run_editor(sh, name))
        sqli__sh_complain(sh, "\\e: the editor failed; nothing is changed");
    else if (!read_file(name, meta->query))
        sqli__sh_complain(sh, "\\e: %s: %s", name, strerror(errno));
    else if (sh->interactive)
        sqli__sh_put_span(&sh->out, sqli__buffer_view(meta->query));
}

void sqli__sh_meta_edit(struct sqli_sh_meta *meta)
{
    char name[4096];
    const char *folder = getenv("TMPDIR"), *given = sqli__sh_next_file(meta);
    struct sqli_span text = sqli__sh_trim(sqli__buffer_view(meta->query));
    if (given) {
        edit(meta, given);
        return;
    }
    snprintf(name, sizeof name, "%s/sqli-XXXXXX.sql", folder && *folder ? folder : "/tmp");
    int file = mkstemps(name, 4);
    if (file < 0) {
        sqli__sh_complain(meta->sh, "\\e: %s: %s", name, strerror(errno));
        return;
    }
    if (sqli__file_write(file, text.length ? text : sqli__buffer_view(&meta->sh->statement)) &&
        sqli__file_write(file, sqli__span("\n", 1)))
        edit(meta, name);
    close(file);
    unlink(name);
}
