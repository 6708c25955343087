#include "server/users_file.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/file.h"
#include "server/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_MOST = 16 << 20,
    USERS_MOST = 100000,
    NAME_MOST = 128,
    PASSWORD_MOST = 256,
    AT_ONCE = 2, /* scrypts, each of which takes much memory and a whole core */
};

/* What a new password costs: 32 MiB, about a tenth of a second. */
static const struct sqli_scrypt usual_cost = {.n = 32768, .r = 8, .p = 1};

struct user {
    char name[NAME_MOST + 1];
    struct sqli_scrypt cost;
    uint8_t salt[SQLI_SALT_BYTES];
    uint8_t hash[SQLI_HASH_BYTES];
    bool known; /* the password came once, and this is its keyed hash: no scrypt any more */
    uint8_t quick[SQLI_HASH_BYTES];
};

struct list {
    struct user *users;
    size_t count;
};

struct sqli_users_file {
    char *path;
    struct sqli_logger *logger;
    uint8_t key[SQLI_HASH_BYTES]; /* of the keyed hashes; new with each process */
    pthread_mutex_t mutex;        /* guards all below */
    pthread_cond_t less;          /* a scrypt is done */
    int busy;                     /* scrypts at work */
    struct list list;
    struct stat seen; /* the file that the list was read from */
};

/* --- a line --- */

static bool next_field(struct sqli_span *rest, struct sqli_span *field)
{
    if (!rest->data)
        return false;
    const uint8_t *colon = rest->length ? memchr(rest->data, ':', rest->length) : NULL;
    size_t length = colon ? (size_t)(colon - rest->data) : rest->length;
    *field = sqli__span(rest->data, length);
    *rest = colon ? sqli__span(colon + 1, rest->length - length - 1) : sqli__span(NULL, 0);
    return true;
}

static bool number_field(struct sqli_span *rest, uint64_t *number)
{
    struct sqli_span field;
    *number = 0;
    if (!next_field(rest, &field) || field.length == 0 || field.length > 9)
        return false;
    for (size_t i = 0; i < field.length; i++) {
        if (!sqli__is_digit(field.data[i]))
            return false;
        *number = *number * 10 + (uint64_t)(field.data[i] - '0');
    }
    return true;
}

static bool hex_field(struct sqli_span *rest, uint8_t *bytes, size_t count)
{
    struct sqli_span field;
    if (!next_field(rest, &field) || field.length != 2 * count)
        return false;
    for (size_t i = 0; i < count; i++) {
        int high = sqli__hex_digit(field.data[2 * i]), low = sqli__hex_digit(field.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool usable_name(struct sqli_span name)
{
    if (name.length == 0 || name.length > NAME_MOST || name.data[0] == '#')
        return false;
    for (size_t i = 0; i < name.length; i++)
        if (name.data[i] < ' ' || name.data[i] == 0x7f || name.data[i] == ':')
            return false;
    return true;
}

static bool read_user(struct sqli_span line, struct user *user)
{
    struct sqli_span rest = line, name, kind;
    *user = (struct user){.known = false};
    if (!next_field(&rest, &name) || !usable_name(name) || !next_field(&rest, &kind) ||
        !sqli__span_equal(kind, sqli__span_text("scrypt")))
        return false;
    memcpy(user->name, name.data, name.length);
    return number_field(&rest, &user->cost.n) && number_field(&rest, &user->cost.r) &&
           number_field(&rest, &user->cost.p) && hex_field(&rest, user->salt, sizeof user->salt) &&
           hex_field(&rest, user->hash, sizeof user->hash) && !rest.data &&
           sqli__scrypt_is_sane(&user->cost);
}

static void print_hex(struct sqli_buffer *to, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sqli__buffer_format(to, "%02x", bytes[i]);
}

static void print_user(struct sqli_buffer *to, const struct user *user)
{
    sqli__buffer_format(to, "%s:scrypt:%llu:%llu:%llu:", user->name,
                        (unsigned long long)user->cost.n, (unsigned long long)user->cost.r,
                        (unsigned long long)user->cost.p);
    print_hex(to, user->salt, sizeof user->salt);
    sqli__buffer_byte(to, ':');
    print_hex(to, user->hash, sizeof user->hash);
    sqli__buffer_byte(to, '\n');
}

/* --- the list --- */

static void free_list(struct list *list)
{
    if (list->users)
        explicit_bzero(list->users, list->count * sizeof *list->users);
    sqli__free(list->users);
    *list = (struct list){.count = 0};
}

static struct user *find(const struct list *list, struct sqli_span name)
{
    for (size_t i = 0; i < list->count; i++)
        if (sqli__span_equal(sqli__span_text(list->users[i].name), name))
            return &list->users[i];
    return NULL;
}

static enum sqli_status add(struct list *list, const struct user *user, struct sqli_error *error)
{
    if (list->count >= USERS_MOST)
        return sqli__fail(error, SQLI_E_TOO_LARGE, "%d users", USERS_MOST);
    if ((list->count & (list->count - 1)) == 0) { /* full: it grows by doubling */
        size_t room = list->count ? list->count * 2 : 1;
        struct user *users = sqli__realloc(list->users, room * sizeof *users);
        if (!users)
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
        list->users = users;
    }
    list->users[list->count++] = *user;
    return SQLI_OK;
}

static enum sqli_status read_list(const char *path, struct sqli_span text, struct list *list,
                                  struct sqli_error *error)
{
    size_t number = 0;
    while (text.length) {
        struct user user;
        const uint8_t *end = memchr(text.data, '\n', text.length);
        struct sqli_span line =
            sqli__span(text.data, end ? (size_t)(end - text.data) : text.length);
        size_t used = line.length + (end != NULL);
        text = sqli__span(text.data + used, text.length - used);
        number++;
        if (line.length == 0 || line.data[0] == '#')
            continue;
        if (!read_user(line, &user))
            return sqli__fail(error, SQLI_E_ARGUMENT,
                              "%s, line %zu: name:scrypt:N:r:p:salt:hash is wanted, as \"sqlid "
                              "passwd\" writes it",
                              path, number);
        if (find(list, sqli__span_text(user.name)))
            return sqli__fail(error, SQLI_E_ARGUMENT, "%s, line %zu: %s for the second time", path,
                              number, user.name);
        SQLI_TRY(add(list, &user, error));
    }
    return SQLI_OK;
}

/* --- the file --- */

static enum sqli_status system_failed(struct sqli_error *error, const char *path)
{
    int number = errno;
    return sqli__fail(error, SQLI_E_ARGUMENT, "%s: %s", path, strerrordesc_np(number));
}

/* Hashes can be guessed at: nobody else may read them, nor put in his own. */
static enum sqli_status check_mode(const char *path, const struct stat *status,
                                   struct sqli_error *error)
{
    if (!S_ISREG(status->st_mode))
        return sqli__fail(error, SQLI_E_ARGUMENT, "%s: is no file", path);
    if (status->st_mode & (S_IRWXG | S_IRWXO))
        return sqli__fail(error, SQLI_E_ARGUMENT,
                          "%s: group or others may read or write it; chmod 600 helps", path);
    return SQLI_OK;
}

static enum sqli_status read_all(int fd, const char *path, struct sqli_buffer *text,
                                 struct sqli_error *error)
{
    for (;;) {
        uint8_t *room = sqli__buffer_reserve(text, 4096);
        ssize_t got = room ? read(fd, room, 4096) : 0;
        if (got < 0 && errno != EINTR)
            return system_failed(error, path);
        if (got == 0)
            return sqli__buffer_status(text, error);
        if (got > 0)
            sqli__buffer_advance(text, (size_t)got);
    }
}

static enum sqli_status load_open(int fd, const char *path, struct list *list, struct stat *seen,
                                  struct sqli_error *error)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, FILE_MOST);
    enum sqli_status status =
        fstat(fd, seen) == 0 ? check_mode(path, seen, error) : system_failed(error, path);
    if (status == SQLI_OK)
        status = read_all(fd, path, &text, error);
    if (status == SQLI_OK)
        status = read_list(path, sqli__buffer_view(&text), list, error);
    if (status != SQLI_OK)
        free_list(list);
    if (text.data)
        explicit_bzero(text.data, text.length);
    sqli__buffer_free(&text);
    return status;
}

static enum sqli_status load(const char *path, struct list *list, struct stat *seen,
                             struct sqli_error *error)
{
    *list = (struct list){.count = 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return system_failed(error, path);
    enum sqli_status status = load_open(fd, path, list, seen, error);
    close(fd);
    return status;
}

/* --- open and close --- */

static enum sqli_status need_secrets(struct sqli_error *error)
{
    if (sqli__secrets_available())
        return SQLI_OK;
    return sqli__fail(error, SQLI_E_ARGUMENT,
                      "a file of users takes scrypt, and this sqlid was built without OpenSSL "
                      "(SQLI_TLS=OFF): use --user NAME:PASSWORD");
}

static enum sqli_status fill(struct sqli_users_file *file, const char *path,
                             struct sqli_error *error)
{
    size_t length = strlen(path) + 1;
    file->path = sqli__alloc(length);
    if (!file->path)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    memcpy(file->path, path, length);
    if (!sqli__random(file->key, sizeof file->key))
        return sqli__fail(error, SQLI_E_INTERNAL, "there are no random numbers");
    SQLI_TRY(load(path, &file->list, &file->seen, error));
    if (file->list.count == 0)
        return sqli__fail(error, SQLI_E_ARGUMENT, "%s: has no users; \"sqlid passwd\" adds them",
                          path);
    return SQLI_OK;
}

enum sqli_status sqli__users_file_open(const char *path, struct sqli_logger *logger,
                                       struct sqli_users_file **file, struct sqli_error *error)
{
    *file = NULL;
    SQLI_TRY(need_secrets(error));
    struct sqli_users_file *made = sqli__alloc_zeroed(1, sizeof *made);
    if (!made)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    made->logger = logger;
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->less, NULL);
    if (fill(made, path, error) != SQLI_OK) {
        sqli__users_file_close(made);
        return SQLI_FAIL;
    }
    *file = made;
    return SQLI_OK;
}

void sqli__users_file_close(struct sqli_users_file *file)
{
    if (!file)
        return;
    free_list(&file->list);
    pthread_cond_destroy(&file->less);
    pthread_mutex_destroy(&file->mutex);
    sqli__free(file->path);
    explicit_bzero(file, sizeof *file);
    sqli__free(file);
}

/* --- a login; the mutex is held --- */

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool changed(const struct stat *a, const struct stat *b)
{
    return a->st_ino != b->st_ino || a->st_dev != b->st_dev || a->st_size != b->st_size ||
           a->st_mode != b->st_mode || !same_time(a->st_mtim, b->st_mtim) ||
           !same_time(a->st_ctim, b->st_ctim);
}

/* A file that became unusable leaves the old users in place, and one line in the log. */
static void refresh(struct sqli_users_file *file)
{
    struct sqli_error error;
    struct stat now = {0};
    struct list list;
    if (stat(file->path, &now) == 0 && !changed(&now, &file->seen))
        return;
    bool told = !changed(&now, &file->seen);
    if (load(file->path, &list, &now, &error) == SQLI_OK) {
        free_list(&file->list);
        file->list = list;
        sqli__log(file->logger, SQLI_LOG_INFO, "%s: read again, %zu users", file->path, list.count);
    } else if (!told) {
        sqli__log(file->logger, SQLI_LOG_ERROR, "%s; the users from before stay", error.near);
    }
    file->seen = now;
}

/* Who takes the place of somebody unknown: what others cost, and a hash that nothing gives. */
static struct user stand_in(const struct sqli_users_file *file)
{
    struct user nobody = {.cost = file->list.count ? file->list.users[0].cost : usual_cost};
    memcpy(nobody.salt, file->key, sizeof nobody.salt);
    return nobody;
}

/* Leaves the mutex while it computes. */
static bool is_password(struct sqli_users_file *file, const struct user *user,
                        struct sqli_span password)
{
    uint8_t hash[SQLI_HASH_BYTES];
    while (file->busy >= AT_ONCE)
        pthread_cond_wait(&file->less, &file->mutex);
    file->busy++;
    pthread_mutex_unlock(&file->mutex);
    bool right = sqli__scrypt(&user->cost, password, user->salt, hash) &&
                 sqli__same_secret(hash, user->hash);
    explicit_bzero(hash, sizeof hash);
    pthread_mutex_lock(&file->mutex);
    file->busy--;
    pthread_cond_signal(&file->less);
    return right;
}

/* The list may have been read again since: only the same hash is the same user. */
static void remember(struct sqli_users_file *file, const struct user *user,
                     const uint8_t quick[SQLI_HASH_BYTES])
{
    struct user *now = find(&file->list, sqli__span_text(user->name));
    if (!now || !sqli__same_secret(now->hash, user->hash))
        return;
    memcpy(now->quick, quick, SQLI_HASH_BYTES);
    now->known = true;
}

static bool check(struct sqli_users_file *file, struct sqli_span name, struct sqli_span password)
{
    uint8_t quick[SQLI_HASH_BYTES];
    refresh(file);
    const struct user *found = find(&file->list, name);
    struct user user = found ? *found : stand_in(file);
    bool hashed = sqli__keyed_hash(file->key, name, password, quick);
    bool right = found && hashed && user.known && sqli__same_secret(user.quick, quick);
    if (!right) {
        right = is_password(file, &user, password) && found;
        if (right && hashed)
            remember(file, &user, quick);
    }
    explicit_bzero(&user, sizeof user);
    explicit_bzero(quick, sizeof quick);
    return right;
}

bool sqli__users_file_check(struct sqli_users_file *file, struct sqli_span name,
                            struct sqli_span password)
{
    if (name.length > NAME_MOST || password.length > PASSWORD_MOST)
        return false;
    name = name.data ? name : sqli__span("", 0);
    password = password.data ? password : sqli__span("", 0);
    pthread_mutex_lock(&file->mutex);
    bool right = check(file, name, password);
    pthread_mutex_unlock(&file->mutex);
    return right;
}

/* --- sqlid passwd --- */

static enum sqli_status make_user(struct sqli_span name, struct sqli_span password,
                                  struct user *user, struct sqli_error *error)
{
    *user = (struct user){.cost = usual_cost};
    if (!usable_name(name))
        return sqli__fail(error, SQLI_E_ARGUMENT,
                          "a name has 1 to %d bytes, no colon, no control characters and no # in "
                          "front",
                          NAME_MOST);
    if (password.length == 0 || password.length > PASSWORD_MOST)
        return sqli__fail(error, SQLI_E_ARGUMENT, "a password has 1 to %d bytes", PASSWORD_MOST);
    memcpy(user->name, name.data, name.length);
    if (sqli__random(user->salt, sizeof user->salt) &&
        sqli__scrypt(&user->cost, password, user->salt, user->hash))
        return SQLI_OK;
    return sqli__fail(error, SQLI_E_NO_MEMORY, "scrypt");
}

static enum sqli_status replace(const char *path, struct sqli_span text, struct sqli_error *error)
{
    struct sqli_buffer other;
    sqli__buffer_init(&other, 1 << 16);
    sqli__buffer_format(&other, "%s.XXXXXX%c", path, '\0');
    enum sqli_status status = sqli__buffer_status(&other, error);
    char *name = (char *)other.data;
    int fd = status == SQLI_OK ? mkostemp(name, O_CLOEXEC) : -1; /* with mode 0600 */
    if (status == SQLI_OK && fd < 0)
        status = system_failed(error, path);
    if (fd >= 0) {
        bool written = sqli__file_write(fd, text) && fsync(fd) == 0;
        if (close(fd) != 0 || !written || rename(name, path) != 0) {
            status = system_failed(error, path);
            unlink(name);
        }
    }
    sqli__buffer_free(&other);
    return status;
}

static enum sqli_status write_list(const char *path, const struct list *list,
                                   struct sqli_error *error)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, FILE_MOST);
    for (size_t i = 0; i < list->count; i++)
        print_user(&text, &list->users[i]);
    enum sqli_status status = sqli__buffer_status(&text, error);
    if (status == SQLI_OK)
        status = replace(path, sqli__buffer_view(&text), error);
    sqli__buffer_free(&text);
    return status;
}

enum sqli_status sqli__users_file_set(const char *path, struct sqli_span name,
                                      struct sqli_span password, struct sqli_error *error)
{
    struct list list = {.count = 0};
    struct user user;
    struct stat seen;
    SQLI_TRY(need_secrets(error));
    SQLI_TRY(make_user(name, password, &user, error));
    bool there = stat(path, &seen) == 0 || errno != ENOENT;
    enum sqli_status status = there ? load(path, &list, &seen, error) : SQLI_OK;
    struct user *old = find(&list, name);
    if (status == SQLI_OK && old)
        *old = user;
    else if (status == SQLI_OK)
        status = add(&list, &user, error);
    if (status == SQLI_OK)
        status = write_list(path, &list, error);
    free_list(&list);
    explicit_bzero(&user, sizeof user);
    return status;
}
