/* Splitting of sources in C; see fuzz_code.h. */
#include "support/fuzz_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_code(AIS_LANGUAGE_C, "entry", data, size);
}
