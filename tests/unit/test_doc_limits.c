/* Input that is too much, or no input at all: an answer comes at once, and nothing overflows. */
#include "support/unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "base/file.h"
#include "doc/doc.h"

static char *read_text(const char *text, size_t length, ais_doc_format format)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    if (ais_doc_parse("f", text, length, format, diags, &doc) == 0)
        return ais_strdup("read");
    for (size_t i = 0; i < ais_diags_count(diags); i++)
        assert_string_equal(ais_diags_get(diags, i)->rule, "limit");
    return unit_faults(diags);
}

static char *repeat(const char *before, const char *text, size_t count, const char *after)
{
    ais_str all = {.data = NULL};
    ais_str_add(&all, before);
    for (size_t i = 0; i < count; i++)
        ais_str_add(&all, text);
    ais_str_add(&all, after);
    return ais_str_take(&all);
}

static void test_deep_nesting_is_refused_in_both_formats(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        ais_doc_format format;
        const char *fault;
    } rows[] = {
        {.text = "[", .format = AIS_DOC_JSON, .fault = "f:1:101"},
        {.text = "[", .format = AIS_DOC_YAML, .fault = "f:1:101"},
        {.text = "{\"a\":", .format = AIS_DOC_JSON, .fault = "f:1:501"},
        {.text = "{a: ", .format = AIS_DOC_YAML, .fault = "f:1:401"},
        {.text = "- ", .format = AIS_DOC_YAML, .fault = "f:1:201"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_FREE char *text = repeat("", rows[i].text, 500000, "");
        AIS_FREE char *found = read_text(text, strlen(text), rows[i].format);
        AIS_FREE char *expected =
            ais_format("%s: error: the document is nested deeper than 100 levels\n", rows[i].fault);
        assert_string_equal(found, expected);
    }
}

static void test_a_hundred_levels_are_read(void **state)
{
    (void)state;
    AIS_FREE char *open = repeat("", "[", 100, "");
    AIS_FREE char *text = repeat(open, "]", 100, "");
    AIS_FREE char *json = read_text(text, strlen(text), AIS_DOC_JSON);
    AIS_FREE char *yaml = read_text(text, strlen(text), AIS_DOC_YAML);
    assert_string_equal(json, "read");
    assert_string_equal(yaml, "read");
}

static void test_aliases_may_not_multiply_without_end(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_str_add(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
        ais_str_add_format(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            ais_str_add_format(&text, "*a%d,", i - 1);
        ais_str_add(&text, "]\n");
    }
    AIS_FREE char *found = read_text(ais_str_get(&text), text.length, AIS_DOC_YAML);
    /* a4 has 111,111 nodes, and what stands before about as many: the eighth alias is too much */
    assert_string_equal(found, "f:6:38: error: the document has more than 1000000 nodes (aliases "
                               "count for all that they stand for)\n");
}

static void test_aliases_may_not_nest_without_end(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_str_add(&text, "a0: &a0 [x]\n");
    for (int i = 1; i < 120; i++)
        ais_str_add_format(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    AIS_FREE char *found = read_text(ais_str_get(&text), text.length, AIS_DOC_YAML);
    assert_string_equal(found, "f:100:12: error: the document is nested deeper than 100 levels\n");
}

static void test_a_million_nodes_are_enough(void **state)
{
    (void)state;
    AIS_FREE char *text = repeat("[0", ",0", AIS_DOC_MAX_NODES, "]");
    AIS_FREE char *json = read_text(text, strlen(text), AIS_DOC_JSON);
    assert_string_equal(json, "f:1:2000000: error: the document has more than 1000000 nodes\n");
}

static void test_a_large_document_is_refused_unread(void **state)
{
    (void)state;
    const ais_ctx ctx = ais_ctx_default();
    AIS_FREE char *folder = unit_folder();
    AIS_FREE char *path = ais_path_join(folder, "large.yaml");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    assert_int_equal(ais_file_write(path, "a: 1\n", 5, NULL), 0);
    assert_int_equal(truncate(path, 100 * 1024 * 1024), 0);
    const double start_s = ctx.monotonic_s(&ctx);
    assert_int_equal(ais_doc_read(path, diags, &doc), -1);
    assert_true(ctx.monotonic_s(&ctx) - start_s < 0.5); /* it takes microseconds */
    assert_string_equal(ais_diags_get(diags, 0)->rule, "limit");
    assert_string_equal(ais_diags_get(diags, 0)->pos.file, path);
    assert_string_equal(ais_diags_get(diags, 0)->message,
                        "the file is too large (must be at most 16777216 bytes)");
    assert_int_equal(ais_tree_remove(folder, NULL), 0);
    AIS_FREE char *found = read_text("", (size_t)AIS_DOC_MAX_BYTES + 1, AIS_DOC_JSON);
    assert_string_equal(found, "f:1:1: error: the document has 16777217 bytes (must be at most "
                               "16777216)\n");
}

static void test_what_is_no_readable_file_is_refused(void **state)
{
    (void)state;
    AIS_FREE char *folder = unit_folder();
    AIS_FREE char *missing = ais_path_join(folder, "missing.json");
    AIS_FREE char *secret = ais_path_join(folder, "secret.yaml");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    assert_int_equal(ais_doc_read(folder, diags, &doc), -1);
    assert_int_equal(ais_doc_read(missing, diags, &doc), -1);
    assert_int_equal(ais_file_write(secret, "a: 1\n", 5, NULL), 0);
    assert_int_equal(chmod(secret, 0), 0);
    const uid_t user = geteuid();
    if (user == 0) /* who may read everything */
        assert_int_equal(seteuid(65534), 0);
    assert_int_equal(ais_doc_read(secret, diags, &doc), -1);
    assert_int_equal(seteuid(user), 0);
    AIS_FREE char *found = unit_faults(diags);
    AIS_FREE char *expected = ais_format("%s: error: this is a folder (must be a file)\n"
                                         "%s: error: cannot read: No such file or directory\n"
                                         "%s: error: cannot read: Permission denied\n",
                                         folder, missing, secret);
    assert_string_equal(found, expected);
    assert_string_equal(ais_diags_get(diags, 0)->rule, "io");
    assert_int_equal(ais_tree_remove(folder, NULL), 0);
}

static void test_truncated_documents_are_refused_or_read(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": [1, 2.5, \"x\\u00e9\", null], \"b\": {\"c\": true}}";
    for (size_t length = 0; length < sizeof text; length++) {
        AIS_AUTO(ais_diags) diags = ais_diags_new();
        AIS_AUTO(ais_doc) doc = NULL;
        AIS_AUTO(ais_doc) yaml = NULL;
        /* a copy of exactly so many bytes: reading beyond them is seen by the sanitizer */
        AIS_FREE char *part = ais_alloc(length);
        memcpy(part, text, length);
        const int result = ais_doc_parse("f", part, length, AIS_DOC_JSON, diags, &doc);
        assert_int_equal(result, length == sizeof text - 1 ? 0 : -1);
        if (ais_doc_parse("f", part, length, AIS_DOC_YAML, diags, &yaml) == 0)
            assert_true(length == 0 || length == sizeof text - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deep_nesting_is_refused_in_both_formats),
        cmocka_unit_test(test_a_hundred_levels_are_read),
        cmocka_unit_test(test_aliases_may_not_multiply_without_end),
        cmocka_unit_test(test_aliases_may_not_nest_without_end),
        cmocka_unit_test(test_a_million_nodes_are_enough),
        cmocka_unit_test(test_a_large_document_is_refused_unread),
        cmocka_unit_test(test_what_is_no_readable_file_is_refused),
        cmocka_unit_test(test_truncated_documents_are_refused_or_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
