#include "tests/peer/record.h"

#include "tests/peer/forward.h"
#include "tests/peer/recorder.h"

#include <errno.h>

/* Opens a file to write; "-" is standard output, no name no file. */
static enum peer_exit open_output(const char *option, const char *path, FILE **file)
{
    *file = NULL;
    if (path)
        *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (path && !*file)
        return peer_complain(PEER_FAILED, "%s: %s (%s)", option, path, strerrordesc_np(errno));
    return PEER_OK;
}

static enum peer_exit close_output(FILE *file)
{
    if (!file || file == stdout)
        return PEER_OK;
    return fclose(file) == 0 ? PEER_OK : PEER_FAILED;
}

static enum peer_exit record(const struct peer_options *options, FILE *out, FILE *readable)
{
    struct peer_recorder recorder;
    struct peer_statistics statistics = {0};
    peer_recorder_init(&recorder, out, readable);
    struct peer_observer observer = peer_recorder_observer(&recorder);
    enum peer_exit status = peer_forward(options, &observer, &statistics);
    peer_recorder_finish(&recorder);
    if (recorder.failed)
        return peer_complain(PEER_FAILED, "the recording is not complete");
    return status;
}

enum peer_exit peer_record(const struct peer_options *options)
{
    FILE *out, *readable = NULL;
    if (!options->out && !options->readable)
        return peer_complain(PEER_USAGE, "record: --out FILE or --readable FILE is missing");
    if (options->out && options->readable && strcmp(options->out, options->readable) == 0)
        return peer_complain(PEER_USAGE, "record: --out and --readable are the same file");
    enum peer_exit status = open_output("--out", options->out, &out);
    if (status == PEER_OK)
        status = open_output("--readable", options->readable, &readable);
    if (status == PEER_OK)
        status = record(options, out, readable);
    if (close_output(out) != PEER_OK || close_output(readable) != PEER_OK)
        status = peer_complain(PEER_FAILED, "the recording cannot be written");
    return status;
}
