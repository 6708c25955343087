/* Runs a fuzz target once over each file of its corpus, where there is no libFuzzer: what was found
 * once is tried in every build. Arguments are files and folders; a folder that does not exist is
 * an empty corpus. Every target also gets the empty input. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Into a block of exactly its size, so that AddressSanitizer sees every byte read beyond. */
static int run_bytes(FILE *file, size_t size)
{
    uint8_t *data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, file) != size) {
        free(data);
        return -1;
    }
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

static int run_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return -1;
    int status = run_bytes(file, size);
    fclose(file);
    return status;
}

/* Gives the number of inputs that were run, or -1. */
static int run_path(const char *path);

static int run_folder(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    int done = 0;
    for (int i = 0; i < count; i++) {
        char child[4096];
        int length = snprintf(child, sizeof child, "%s/%s", path, entries[i]->d_name);
        int ran = 0;
        if (entries[i]->d_name[0] != '.' && done >= 0)
            ran = length < (int)sizeof child ? run_path(child) : -1;
        done = ran < 0 || done < 0 ? -1 : done + ran;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return done;
}

static int run_path(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return errno == ENOENT ? 0 : -1;
    if (S_ISDIR(status.st_mode))
        return run_folder(path);
    return run_file(path, (size_t)status.st_size) == 0 ? 1 : -1;
}

int main(int argc, char **argv)
{
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    int total = 1;
    for (int i = 1; i < argc; i++) {
        int ran = run_path(argv[i]);
        if (ran < 0) {
            fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
            return 1;
        }
        total += ran;
    }
    printf("%d inputs\n", total);
    return 0;
}
