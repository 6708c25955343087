#include "tests/peer/record.h"

#include "tests/peer/forward.h"
#include "tests/peer/recorder.h"
#include "tests/peer/recording.h"

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

typedef enum peer_exit traffic(const struct peer_options *options,
                               const struct peer_observer *observer);

static enum peer_exit from_network(const struct peer_options *options,
                                   const struct peer_observer *observer)
{
    struct peer_statistics statistics = {0};
    return peer_forward(options, observer, &statistics);
}

/* Comments are left out: they may quote anything. */
static enum peer_exit from_file(const struct peer_options *options,
                                const struct peer_observer *observer)
{
    struct sqli_error error;
    struct peer_recording recording;
    if (peer_recording_load(options->file, &recording, &error) != SQLI_OK)
        return peer_complain(PEER_FAILED, "%s", error.message);
    for (size_t i = 0; i < recording.count; i++) {
        const struct peer_entry *e = &recording.entries[i];
        if (e->kind == PEER_ENTRY_BYTES)
            observer->on_bytes(observer->context, e->connection, e->direction, e->bytes);
        else if (e->kind == PEER_ENTRY_URGENT)
            observer->on_urgent(observer->context, e->connection, e->direction, e->bytes.data[0]);
    }
    peer_recording_free(&recording);
    return PEER_OK;
}

static enum peer_exit write_down(const struct peer_options *options, traffic *source, FILE *out,
                                 FILE *readable, bool scrub)
{
    struct peer_recorder recorder;
    peer_recorder_init(&recorder, out, readable, scrub);
    struct peer_observer observer = peer_recorder_observer(&recorder);
    enum peer_exit status = source(options, &observer);
    peer_recorder_finish(&recorder);
    if (recorder.failed)
        return peer_complain(PEER_FAILED, "the recording is not complete");
    if (recorder.ended && status == PEER_OK)
        peer_complain(PEER_OK, "of %u connections the rest is left out, for it is not understood",
                      recorder.ended);
    return status;
}

static enum peer_exit to_files(const struct peer_options *options, const char *command,
                               traffic *source, bool scrub)
{
    FILE *out, *readable = NULL;
    if (!options->out && !options->readable)
        return peer_complain(PEER_USAGE, "%s: --out FILE or --readable FILE is missing", command);
    if (options->out && options->readable && strcmp(options->out, options->readable) == 0)
        return peer_complain(PEER_USAGE, "%s: --out and --readable are the same file", command);
    enum peer_exit status = open_output("--out", options->out, &out);
    if (status == PEER_OK)
        status = open_output("--readable", options->readable, &readable);
    if (status == PEER_OK)
        status = write_down(options, source, out, readable, scrub);
    if (close_output(out) != PEER_OK || close_output(readable) != PEER_OK)
        status = peer_complain(PEER_FAILED, "the recording cannot be written");
    return status;
}

enum peer_exit peer_record(const struct peer_options *options)
{
    return to_files(options, "record", from_network, options->scrub);
}

enum peer_exit peer_scrub_file(const struct peer_options *options)
{
    return to_files(options, "scrub", from_file, true);
}
