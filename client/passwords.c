#include "client/passwords.h"

#include "client/textfile.h"

#include <stdio.h>

enum { FIELDS = 4 }; /* in front of the password */

/* Takes the field up to its colon and says whether it is the wanted text. */
static bool field_fits(struct sqli_span *line, const char *wanted)
{
    bool star = line->length && line->data[0] == '*' && (line->length == 1 || line->data[1] == ':');
    bool same = true;
    size_t at = 0;
    for (; at < line->length && line->data[at] != ':'; at++) {
        if (line->data[at] == '\\' && at + 1 < line->length)
            at++;
        same = same && *wanted && (uint8_t)*wanted == line->data[at];
        wanted += same;
    }
    same = same && !*wanted;
    size_t used = at + (at < line->length);
    *line = sqli__span(line->data + used, line->length - used);
    return star || same;
}

static void take_password(struct sqli_span line, char *password)
{
    size_t length = 0;
    for (size_t i = 0; i < line.length && length < SQLI_OPTION_MAX; i++) {
        if (line.data[i] == '\\' && i + 1 < line.length)
            i++;
        password[length++] = (char)line.data[i];
    }
    password[length] = '\0';
}

static void search(struct sqli_span text, const char *const wanted[FIELDS], char *password)
{
    struct sqli_span line;
    while (sqli__textfile_line(&text, &line)) {
        bool fits = line.length && line.data[0] != '#';
        for (int i = 0; i < FIELDS && fits; i++)
            fits = field_fits(&line, wanted[i]);
        if (fits) {
            take_password(line, password);
            return;
        }
    }
}

enum sqli_status sqli__password_find(const char *file, const struct sqli_host *host,
                                     const char *user, char *password, struct sqli_error *error)
{
    struct sqli_buffer text;
    char port[8];
    snprintf(port, sizeof port, "%u", host->place.port);
    const char *const wanted[FIELDS] = {host->place.host, port, host->server, user};
    password[0] = '\0';
    sqli__buffer_init(&text, SQLI_PASSWORDS_FILE_MAX);
    enum sqli_status status = sqli__textfile_read(file, true, SQLI_E_PASSWORD_FILE, &text, error);
    if (status == SQLI_OK)
        search(sqli__buffer_view(&text), wanted, password);
    if (text.data)
        explicit_bzero(text.data, text.length);
    sqli__buffer_free(&text);
    return status;
}
