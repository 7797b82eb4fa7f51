/* Checking trees against tables. */
#include "support/unit.h"

#include <string.h>

#include "doc/doc.h"

static const char *const kinds[] = {"edge", "cloud", "faas", NULL};

static const ais_doc_field container_fields[] = {
    {.key = "image", .kinds = AIS_DOC_STRING, .required = true, .not_empty = true},
    {.key = "memory",
     .kinds = AIS_DOC_NUMBER,
     .has_minimum = true,
     .above_minimum = true,
     .unit = "MB"},
};
static const ais_doc_schema container = {
    .what = "a container", .fields = container_fields, .field_count = AIS_COUNT(container_fields)};
static const ais_doc_field name_item = {.kinds = AIS_DOC_STRING, .not_empty = true};
static const ais_doc_field free_containers[] = {
    {.key = NULL, .kinds = AIS_DOC_MAP, .map = &container},
};
static const ais_doc_schema containers = {
    .what = "the containers", .fields = free_containers, .field_count = 1};
static const ais_doc_field resource_fields[] = {
    {.key = "name", .kinds = AIS_DOC_STRING, .required = true},
    {.key = "kind", .kinds = AIS_DOC_STRING, .choices = kinds},
    {.key = "cost", .kinds = AIS_DOC_NUMBER, .required = true, .has_minimum = true},
    {.key = "share",
     .kinds = AIS_DOC_NUMBER,
     .has_minimum = true,
     .has_maximum = true,
     .maximum = 1},
    {.key = "nodes", .kinds = AIS_DOC_INT, .has_maximum = true, .maximum = 1000},
    {.key = "delay",
     .kinds = AIS_DOC_NUMBER | AIS_DOC_STRING,
     .has_minimum = true,
     .above_minimum = true,
     .has_maximum = true,
     .maximum = 0.5,
     .unit = "s"},
    {.key = "next", .kinds = AIS_DOC_LIST, .items = &name_item, .not_empty = true},
    {.key = "containers", .kinds = AIS_DOC_MAP, .map = &containers},
};
static const ais_doc_schema resource = {
    .what = "a resource", .fields = resource_fields, .field_count = AIS_COUNT(resource_fields)};

static void check(const char *text, const ais_doc_schema *schema, const char *expected)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    assert_int_equal(ais_doc_parse("f", text, strlen(text), AIS_DOC_YAML, diags, &doc), 0);
    ais_doc_check(ais_doc_root(doc), schema, diags);
    AIS_SCOPED(ais_str) found = {.data = NULL};
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        ais_str_add_format(&found, "[%s] ", ais_diags_get(diags, i)->rule);
        ais_diag_write(ais_diags_get(diags, i), &found);
    }
    assert_string_equal(ais_str_get(&found), expected);
}

static void test_what_fits_gives_no_fault(void **state)
{
    (void)state;
    check("{name: a, kind: edge, cost: 0, share: 1, nodes: -5, delay: 0.5, next: [b], containers: "
          "{x: "
          "{image: i, memory: 0.1}}}",
          &resource, "");
    check("{name: a, cost: 1.5, delay: 20ms}", &resource, "");
}

static void test_all_faults_are_found_in_one_pass(void **state)
{
    (void)state;
    check("nme: a\n"
          "kind: egde\n"
          "cost: -0.5\n"
          "share: 1.5\n"
          "nodes: 1.5\n"
          "delay: 0\n"
          "next: [b, '', 3]\n"
          "containers:\n"
          "  c1: {image: '', memory: 0, extra: 1}\n"
          "  c2: []\n"
          "  c3: {memory: lots}\n",
          &resource,
          "[missing-key] f:1:1: error: 'name' is missing (did you mean 'nme'?)\n"
          "[unknown-key] f:1:1: warning: 'nme' is no key of a resource; it is not used (did you "
          "mean 'name'?)\n"
          "[not-a-choice] f:2:7: error: 'kind' is 'egde' (did you mean 'edge'? must be 'edge', "
          "'cloud' or 'faas')\n"
          "[out-of-range] f:3:7: error: 'cost' is -0.5 (must be at least 0)\n"
          "[out-of-range] f:4:8: error: 'share' is 1.5 (must be from 0 to 1)\n"
          "[wrong-type] f:5:8: error: 'nodes' is a number (must be an integer)\n"
          "[out-of-range] f:6:8: error: 'delay' is 0 (must be above 0 and at most 0.5 s)\n"
          "[empty] f:7:11: error: element 2 of 'next' is empty\n"
          "[wrong-type] f:7:15: error: element 3 of 'next' is an integer (must be a string)\n"
          "[empty] f:9:15: error: 'image' is empty\n"
          "[out-of-range] f:9:27: error: 'memory' is 0 (must be above 0 MB)\n"
          "[unknown-key] f:9:30: warning: 'extra' is no key of a container; it is not used\n"
          "[wrong-type] f:10:7: error: 'c2' is a list (must be a map)\n"
          "[missing-key] f:11:7: error: 'image' is missing in 'c3' (must be a string)\n"
          "[wrong-type] f:11:16: error: 'memory' is a string (must be a number, in MB)\n");
}

static void test_no_number_and_infinity_are_out_of_range(void **state)
{
    (void)state;
    check("{name: a, cost: .nan, share: -.inf, nodes: 1001}", &resource,
          "[out-of-range] f:1:17: error: 'cost' is .nan (must be at least 0)\n"
          "[out-of-range] f:1:30: error: 'share' is -.inf (must be from 0 to 1)\n"
          "[out-of-range] f:1:44: error: 'nodes' is 1001 (must be at most 1000)\n");
    check("{name: a, cost: .inf}", &resource,
          "[out-of-range] f:1:17: error: 'cost' is .inf (must be at least 0, and finite)\n");
}

static void test_what_is_no_map_is_refused(void **state)
{
    (void)state;
    check("", &resource, "[wrong-type] f:1:1: error: a resource is empty (must be a map)\n");
    check("- a", &resource, "[wrong-type] f:1:1: error: a resource is a list (must be a map)\n");
}

static void test_open_tables_take_unknown_keys(void **state)
{
    (void)state;
    ais_doc_schema open = container;
    open.open = true;
    check("{image: a, extra: 1}", &open, "");
    check("{extra: 1}", &open,
          "[missing-key] f:1:1: error: 'image' is missing (must be a string)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_fits_gives_no_fault),
        cmocka_unit_test(test_all_faults_are_found_in_one_pass),
        cmocka_unit_test(test_no_number_and_infinity_are_out_of_range),
        cmocka_unit_test(test_what_is_no_map_is_refused),
        cmocka_unit_test(test_open_tables_take_unknown_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
