#include "server/users.h"

#include "base/alloc.h"
#include "server/throttle.h"
#include "server/users_file.h"

#include <pthread.h>
#include <stdio.h>

enum { NAME_MAX_BYTES = 128, PASSWORD_MAX_BYTES = 256 };

/* Where a name and a password are compared, both in full, however early they differ. */
struct credentials {
    uint8_t name[NAME_MAX_BYTES];
    uint8_t password[PASSWORD_MAX_BYTES];
};

struct sqli_users {
    struct sqli_logger *logger;
    struct credentials one; /* without a file: who may come */
    bool local_only;
    struct sqli_users_file *file;
    struct sqli_throttle throttle;
};

/* False: too long, or with a NUL, which nobody's name or password has. */
static bool credentials_of(struct sqli_span name, struct sqli_span password, struct credentials *to)
{
    *to = (struct credentials){.name = {0}};
    if (name.length == 0 || name.length > NAME_MAX_BYTES || password.length > PASSWORD_MAX_BYTES)
        return false;
    if (memchr(name.data, '\0', name.length) ||
        (password.length && memchr(password.data, '\0', password.length)))
        return false;
    memcpy(to->name, name.data, name.length);
    if (password.length)
        memcpy(to->password, password.data, password.length);
    return true;
}

static bool same_credentials(const struct credentials *a, const struct credentials *b)
{
    const uint8_t *x = (const uint8_t *)a, *y = (const uint8_t *)b;
    uint8_t differences = 0;
    for (size_t i = 0; i < sizeof *a; i++)
        differences |= x[i] ^ y[i];
    return differences == 0;
}

static enum sqli_status one_user(struct sqli_users *users, const char *user,
                                 struct sqli_error *error)
{
    struct sqli_span text = sqli__span_text(user);
    const uint8_t *colon = memchr(text.data, ':', text.length);
    size_t length = colon ? (size_t)(colon - text.data) : text.length;
    struct sqli_span password =
        colon ? sqli__span(colon + 1, text.length - length - 1) : sqli__span("", 0);
    if (colon && password.length &&
        credentials_of(sqli__span(text.data, length), password, &users->one))
        return SQLI_OK;
    return sqli__fail(
        error, SQLI_E_ARGUMENT,
        "--user: NAME:PASSWORD is wanted, with a name of 1 to %d bytes and a password "
        "of 1 to %d",
        NAME_MAX_BYTES, PASSWORD_MAX_BYTES);
}

static enum sqli_status fill(struct sqli_users *users, const char *user, const char *file,
                             struct sqli_error *error)
{
    if (user && file)
        return sqli__fail(error, SQLI_E_ARGUMENT, "either --user or --users, not both");
    if (file)
        return sqli__users_file_open(file, users->logger, &users->file, error);
    users->local_only = !user;
    return one_user(users, user ? user : SQLI_DEFAULT_USER ":" SQLI_DEFAULT_PASSWORD, error);
}

enum sqli_status sqli__users_open(const char *user, const char *file, struct sqli_logger *logger,
                                  struct sqli_users **users, struct sqli_error *error)
{
    struct sqli_users *made = sqli__alloc_zeroed(1, sizeof *made);
    *users = NULL;
    if (!made)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    made->logger = logger;
    sqli__throttle_init(&made->throttle);
    if (fill(made, user, file, error) != SQLI_OK) {
        sqli__users_close(made);
        return SQLI_FAIL;
    }
    *users = made;
    return SQLI_OK;
}

void sqli__users_close(struct sqli_users *users)
{
    if (!users)
        return;
    sqli__users_file_close(users->file);
    sqli__throttle_free(&users->throttle);
    explicit_bzero(&users->one, sizeof users->one);
    sqli__free(users);
}

bool sqli__users_local_only(const struct sqli_users *users)
{
    return users->local_only;
}

void sqli__users_stop(struct sqli_users *users)
{
    sqli__throttle_stop(&users->throttle);
}

static bool is_one_user(const struct sqli_users *users, struct sqli_span name,
                        struct sqli_span password)
{
    struct credentials given;
    bool usable = credentials_of(name, password, &given);
    bool same = same_credentials(&given, &users->one);
    explicit_bzero(&given, sizeof given);
    return usable && same;
}

/* Without the name: people type their password there by mistake, and it would stay in the log. */
static void log_failure(struct sqli_users *users, const struct sqli_address *peer,
                        const char *reason)
{
    char text[SQLI_ADDRESS_TEXT_MAX];
    sqli__address_print(peer, text);
    sqli__log(users->logger, SQLI_LOG_WARN, "login from %s refused: %s", text, reason);
}

int32_t sqli__users_check(struct sqli_users *users, const struct sqli_address *peer,
                          struct sqli_span name, struct sqli_span password)
{
    const char *reason = "wrong user or password";
    bool right = users->file ? sqli__users_file_check(users->file, name, password)
                             : is_one_user(users, name, password);
    if (right && users->local_only && !sqli__address_is_loopback(peer)) {
        reason = "the default user may come from this machine only; --user or --users name others";
        right = false;
    }
    if (right) {
        sqli__throttle_forget(&users->throttle, peer);
        return 0;
    }
    log_failure(users, peer, reason);
    sqli__throttle_wait(&users->throttle, peer);
    return SQLI_E_LOGIN;
}
