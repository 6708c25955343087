/* The first message of either side. Bit 1 of the first byte says which side it is. */
#include "fuzz/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct sqli_caps caps = fuzz_caps(data[0]);
    fuzz_messages(data[0] & 2 ? SQLI_TO_SERVER : SQLI_TO_CLIENT, true, &caps,
                  sqli__span(data + 1, size - 1), NULL, NULL);
    return 0;
}
