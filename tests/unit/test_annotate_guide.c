/* docs/annotations.md has a row for every argument, and its examples are right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "support/annotate_says.h"

static char *read_guide(void)
{
    AIS_AUTO(ais_error) err = NULL;
    char *text = NULL;
    size_t length = 0;
    if (ais_file_read(AIS_BUILD_ROOT "/docs/annotations.md", 1024 * 1024, &text, &length, &err) < 0)
        fail_msg("%s", ais_error_get_message(err));
    return text;
}

static void add_kinds(const ais_annotation_argument *row, ais_str *out)
{
    static const struct {
        ais_doc_kind kinds;
        const char *name;
    } names[] = {
        {.kinds = AIS_DOC_NUMBER, .name = "number"}, {.kinds = AIS_DOC_INT, .name = "whole number"},
        {.kinds = AIS_DOC_STRING, .name = "string"}, {.kinds = AIS_DOC_BOOL, .name = "bool"},
        {.kinds = AIS_DOC_LIST, .name = "list"},
    };
    const size_t before = out->length;
    unsigned left = row->kinds;
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        if ((left & names[i].kinds) == names[i].kinds) {
            ais_str_add_format(out, "%s%s", out->length > before ? " or " : "", names[i].name);
            left &= ~(unsigned)names[i].kinds;
        }
}

static void add_range(const ais_annotation_argument *row, ais_str *out)
{
    const char *unit = row->unit != NULL ? row->unit : "";
    const char *space = row->unit != NULL ? " " : "";
    if (row->above_minimum)
        ais_str_add_format(out, "above %g%s%s", row->minimum, space, unit);
    else if (row->has_minimum)
        ais_str_add_format(out, "at least %g%s%s", row->minimum, space, unit);
    if (row->has_maximum)
        ais_str_add_format(out, ", %g at most", row->maximum);
    for (size_t i = 0; row->choices != NULL && row->choices[i] != NULL; i++)
        ais_str_add_format(out, "%s`%s`", i > 0 ? ", " : "", row->choices[i]);
}

/* "| `rate` (needed) | number | above 0 1/s | items that ... |" */
static char *guide_row(const ais_annotation_argument *row)
{
    ais_str text = {0};
    ais_str_add_format(&text, "| `%s`%s | ", row->name, row->required ? " (needed)" : "");
    add_kinds(row, &text);
    ais_str_add(&text, " | ");
    add_range(row, &text);
    ais_str_add_format(&text, " | %s |\n", row->help);
    return ais_str_take(&text);
}

static void test_the_guide_has_a_row_for_every_argument(void **state)
{
    (void)state;
    AIS_FREE char *guide = read_guide();
    size_t missing = 0;
    for (size_t i = 0; i < AIS_ANNOTATION_COUNT; i++) {
        const ais_annotation_spec *spec = ais_annotation_spec_of((ais_annotation_kind)i);
        AIS_FREE char *title = ais_format("### %s: %s\n", spec->name, spec->summary);
        if (strstr(guide, title) == NULL) {
            print_error("missing: %s", title);
            missing++;
        }
        for (size_t k = 0; k < spec->argument_count; k++) {
            AIS_FREE char *row = guide_row(&spec->arguments[k]);
            if (strstr(guide, row) == NULL) {
                print_error("missing: %s", row);
                missing++;
            }
        }
    }
    assert_int_equal(missing, 0);
}

/* The fenced blocks of a language, in turn. NULL behind the last. */
static char *next_block(const char **at, const char *language)
{
    AIS_FREE char *fence = ais_format("```%s\n", language);
    const char *start = strstr(*at, fence);
    if (start == NULL)
        return NULL;
    start += strlen(fence);
    const char *end = strstr(start, "```\n");
    *at = end;
    return ais_strndup(start, (size_t)(end - start));
}

static void check_examples(const char *name, ais_language language)
{
    AIS_FREE char *guide = read_guide();
    const char *at = guide;
    size_t count = 0;
    for (;; count++) {
        AIS_FREE char *block = next_block(&at, name);
        if (block == NULL)
            break;
        AIS_FREE char *complaints = annotate_complains(language, block);
        assert_string_equal(complaints, "");
    }
    assert_true(count > 0);
}

static void test_the_examples_of_the_guide_are_right(void **state)
{
    (void)state;
    check_examples("python", AIS_LANGUAGE_PYTHON);
    check_examples("c", AIS_LANGUAGE_C);
}

static void test_both_languages_of_the_guide_say_the_same(void **state)
{
    (void)state;
    AIS_FREE char *guide = read_guide();
    const char *python_at = guide, *c_at = guide;
    AIS_FREE char *python = next_block(&python_at, "python");
    AIS_FREE char *c = next_block(&c_at, "c");
    AIS_FREE char *python_says = annotate_says(AIS_LANGUAGE_PYTHON, python);
    AIS_FREE char *c_says = annotate_says(AIS_LANGUAGE_C, c);
    assert_string_equal(python_says, c_says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_guide_has_a_row_for_every_argument),
        cmocka_unit_test(test_the_examples_of_the_guide_are_right),
        cmocka_unit_test(test_both_languages_of_the_guide_say_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
