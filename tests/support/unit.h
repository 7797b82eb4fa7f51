/* What a cmocka test of ours begins with: cmocka's own headers in the order that it wants, and faults
 * as text, so that a test states position, message and hint in one line. */
#ifndef AIS_TESTS_UNIT_H
#define AIS_TESTS_UNIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/error.h"

/* Two doubles that are as good as equal; prints both when they are not. */
#define assert_near(value, expected, tolerance)                                                    \
    unit_near((value), (expected), (tolerance), __FILE__, __LINE__)
static inline void unit_near(double value, double expected, double tolerance, const char *file,
                             int line)
{
    const double apart = value > expected ? value - expected : expected - value;
    if (!(apart <= tolerance)) { /* this way round, NaN fails too */
        print_error("%.17g is not %.17g\n", value, expected);
        _fail(file, line);
    }
}

/* All faults, one a line; the caller frees. */
static inline char *unit_faults(const ais_diags *diags)
{
    ais_str text = {.data = NULL};
    for (size_t i = 0; i < ais_diags_count(diags); i++)
        ais_diag_write(ais_diags_get(diags, i), &text);
    return ais_str_take(&text);
}

/* An error as the program prints it; frees the error, the caller frees the text. */
static inline char *unit_error(ais_error **err)
{
    ais_str text = {.data = NULL};
    if (*err != NULL)
        ais_error_write(*err, &text);
    ais_error_free(*err);
    *err = NULL;
    return ais_str_take(&text);
}

/* The seed of random tests: AISPRINT_SEED repeats a failure. */
static inline uint64_t unit_seed(void)
{
    const char *text = getenv("AISPRINT_SEED");
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)now.tv_nsec;
    print_message("AISPRINT_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

/* An empty folder of its own; the caller removes it with ais_tree_remove() and frees the name. */
static inline char *unit_folder(void)
{
    const char *place = getenv("TMPDIR");
    char *path = ais_format("%s/aisprint-test-XXXXXX", place != NULL ? place : "/tmp");
    assert_non_null(mkdtemp(path));
    return path;
}
#endif
