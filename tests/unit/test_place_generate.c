/* Systems from a seed: the same bytes again, other bytes for another seed, as large as asked for. */
#include "support/unit.h"

#include "place/generate.h"

static char *text_of(const ais_generate_options *options)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_str text = {.data = NULL};
    ais_doc_write_json(ais_system_generate(options, doc, NULL), -1, &text);
    return ais_str_take(&text);
}

static void test_a_seed_gives_the_same_bytes_again(void **state)
{
    (void)state;
    AIS_FREE char *first = text_of(&(ais_generate_options){.seed = 7, .components = 12});
    AIS_FREE char *again = text_of(&(ais_generate_options){.seed = 7, .components = 12});
    AIS_FREE char *other = text_of(&(ais_generate_options){.seed = 8, .components = 12});
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
}

static void test_layers_and_components_are_as_many_as_asked_for(void **state)
{
    (void)state;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    const ais_generate_options options = {
        .seed = 3, .components = 40, .edge_layers = 11, .vm_layers = 7, .types_per_layer = 4};
    ais_doc_node *known = NULL;
    const ais_doc_node *root = ais_system_generate(&options, doc, &known);
    assert_int_equal(ais_doc_count(ais_doc_find(root, "Components")), 40);
    assert_int_equal(ais_doc_count(ais_doc_find(root, "EdgeResources")), 11);
    assert_int_equal(ais_doc_count(ais_doc_find(root, "CloudResources")), 7);
    assert_int_equal(ais_doc_count(ais_doc_at(ais_doc_find(root, "CloudResources"), 6)), 4);
    assert_int_equal(ais_doc_count(ais_doc_find(known, "components")), 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_seed_gives_the_same_bytes_again),
        cmocka_unit_test(test_layers_and_components_are_as_many_as_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
