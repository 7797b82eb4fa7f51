/* ais_code_split() on any text: status and faults agree, and what comes out of a source is one, too. */
#ifndef AIS_TESTS_FUZZ_CODE_H
#define AIS_TESTS_FUZZ_CODE_H
#include "annotate/code.h"

/* Returns 0, as LLVMFuzzerTestOneInput(). */
int fuzz_code(ais_language language, const char *entry, const uint8_t *data, size_t size);
#endif
