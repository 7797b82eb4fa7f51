/* For tests that run models: ends the test as skipped, loudly, where no inference library is installed. */
#ifndef AIS_TESTS_NEED_LIBRARY_H
#define AIS_TESTS_NEED_LIBRARY_H
#include "infer/infer.h"
#include "support/unit.h"

static inline void need_library(void)
{
    ais_infer_status status;
    ais_error *err = NULL;
    if (ais_infer_probe(&status, &err) == 0)
        return;
    fprintf(stderr, "SKIPPED: no inference library: %s\n", ais_error_get_message(err));
    ais_error_free(err); /* skip() does not return */
    skip();
}
#endif
