/* What is said when there is no inference library, or a wrong one. In a program of its own: a library
 * that was once found stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer/infer.h"

static void assert_missing(const char *text, const char *hint)
{
    ais_infer_status status;
    AIS_AUTO(ais_error) err = NULL;
    if (ais_infer_backend_count == 0) {
        fprintf(stderr, "SKIPPED: built without ONNX Runtime's header\n");
        skip();
    }
    assert_int_equal(ais_infer_probe(&status, &err), -1);
    assert_string_equal(ais_error_code_name(ais_error_get_code(err)), "missing");
    if (strstr(ais_error_get_message(err), text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", ais_error_get_message(err), text);
    assert_non_null(strstr(ais_error_get_hint(err), hint));
}

static void test_missing_library_is_named_with_its_remedy(void **state)
{
    (void)state;
    setenv("AISPRINT_ONNXRUNTIME", "/nowhere/libonnxruntime.so", 1);
    assert_missing("ONNX Runtime, which runs models, is not to be found where AISPRINT_ONNXRUNTIME "
                   "says; /nowhere/libonnxruntime.so: cannot open shared object file",
                   "unset it, or run 'make setup'");
}

static void test_other_libraries_are_refused(void **state)
{
    (void)state;
    setenv("AISPRINT_ONNXRUNTIME", "libc.so.6", 1);
    assert_missing("libc.so.6: is not ONNX Runtime", "make setup");
}

static void test_every_backend_has_a_name_and_a_summary(void **state)
{
    (void)state;
    for (size_t i = 0; i < ais_infer_backend_count; i++) {
        assert_true(strlen(ais_infer_backend_name(ais_infer_backends[i])) > 0);
        assert_true(strlen(ais_infer_backend_summary(ais_infer_backends[i])) > 0);
    }
    assert_null(ais_infer_backends[ais_infer_backend_count]);
}

/* The last one: what it finds stays. */
static void test_library_is_found_after_all(void **state)
{
    (void)state;
    ais_infer_status status;
    ais_error *err = NULL;
    unsetenv("AISPRINT_ONNXRUNTIME");
    if (ais_infer_probe(&status, &err) < 0) {
        fprintf(stderr, "SKIPPED: no inference library: %s\n", ais_error_get_message(err));
        ais_error_free(err); /* skip() does not return */
        skip();
    }
    assert_int_equal(status.path[0], '/');
    assert_in_range(status.version[0], '1', '9');
    assert_string_equal(ais_infer_backend_name(status.backend), "onnxruntime");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing_library_is_named_with_its_remedy),
        cmocka_unit_test(test_other_libraries_are_refused),
        cmocka_unit_test(test_every_backend_has_a_name_and_a_summary),
        cmocka_unit_test(test_library_is_found_after_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
