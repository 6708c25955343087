/* A hostile server: the input is what it sends, in chunks, while a program runs a fixed scenario
 * over a transport of its own. Nothing may hang, and what fails says why. */
#include "fuzz/stream.h"
#include "tests/client/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct replay r;
    FUZZ_CHECK(replay_open(&r, sqli__span(data, size)));
    replay_scenario(&r, replay_wait);
    FUZZ_CHECK(r.waits_after_end < REPLAY_PATIENCE);
    if (!sqli_is_open(r.db)) {
        FUZZ_CHECK(sqli_exec(r.db, "select 1", NULL) == SQLI_FAIL);
        FUZZ_CHECK(sqli_errcode(r.db) != 0 && *sqli_errmsg(r.db));
    }
    replay_close(&r);
    return 0;
}
