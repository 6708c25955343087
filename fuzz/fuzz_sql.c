/* SQL text of any kind: the first byte gives the options, the rest is the text. */
#include "tests/sql/invariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && sql_broken(sqli__span(data + 1, size - 1), data[0] & 7U))
        __builtin_trap();
    return 0;
}
