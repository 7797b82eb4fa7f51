/* Loading a good application: what the struct then holds, in SI units. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/app_fixture.h"

static ais_app *load(const fixture *f)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_app *app = NULL;
    const int status = ais_app_load(f->dir, diags, &app);
    AIS_FREE char *faults = fixture_faults(f, diags);
    assert_string_equal(faults, "");
    assert_int_equal(status, 0);
    return app;
}

static void test_components_stand_in_file_order_with_alternatives_last(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_AUTO(ais_app) app = load(&f);
    static const char *const names[] = {"report", "camera", "detect", "detect_small"};
    assert_string_equal(app->name, "shop");
    assert_string_equal(app->dir, f.dir);
    assert_int_equal(app->component_count, 4);
    assert_int_equal(app->base_component_count, 3);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(app->components[i].name, names[i]);
        assert_int_equal(ais_app_find_component(app, names[i]), i);
        assert_int_equal(app->components[i].original, i == 3 ? 2 : AIS_NONE);
        const ais_app_source *source = &app->sources[app->components[i].source];
        assert_string_equal(source->name, names[i]);
        assert_string_equal(app->candidates[app->components[i].candidate].name, names[i]);
    }
    assert_int_equal(app->components[1].pos.line, 3);
    assert_int_equal(app->components[1].pos.column, 24);
    assert_int_equal(ais_app_find_component(app, "none"), AIS_NONE);
    fixture_clear(&f);
}

static void test_order_is_topological_and_counts_follow_the_edges(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_AUTO(ais_app) app = load(&f);
    static const size_t order[] = {1, 2, 0};
    assert_memory_equal(app->order, order, sizeof order);
    assert_int_equal(app->edge_count, 2);
    assert_int_equal(app->edges[0].from, 2);
    assert_int_equal(app->edges[0].to, 0);
    assert_true(app->edges[0].probability == 0.5);
    assert_int_equal(app->edges[1].pos.line, 5);
    assert_int_equal(app->edges[1].pos.column, 41);
    assert_int_equal(ais_app_count_predecessors(app, 0), 1);
    assert_int_equal(ais_app_count_successors(app, 0), 0);
    assert_int_equal(ais_app_count_predecessors(app, 1), 0);
    assert_int_equal(ais_app_count_successors(app, 2), 1);
    fixture_clear(&f);
}

static void test_sources_are_sorted_by_folder(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_AUTO(ais_app) app = load(&f);
    static const char *const folders[] = {"camera", "detect", "report", "small"};
    assert_int_equal(app->source_count, 4);
    for (size_t i = 0; i < 4; i++) {
        AIS_FREE char *file = ais_format("%s/src/%s/main.py", f.dir, folders[i]);
        assert_string_equal(app->sources[i].folder, folders[i]);
        assert_string_equal(app->sources[i].file, file);
        assert_int_equal(app->sources[i].language, AIS_LANGUAGE_PYTHON);
        assert_non_null(app->sources[i].annotations);
    }
    double limit_s = 0.0;
    assert_true(ais_annotations_get_number(ais_app_get_annotations(app, 0),
                                           AIS_ANNOTATION_EXEC_TIME, "local_time_thr", &limit_s));
    assert_true(limit_s == 0.02);
    fixture_clear(&f);
}

static void test_resources_are_in_bytes_and_found_by_layer(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_AUTO(ais_app) app = load(&f);
    assert_int_equal(app->layer_count, 3);
    assert_int_equal(app->resource_count, 3);
    assert_string_equal(app->layers[0].name, "Edge");
    assert_string_equal(app->layers[2].type, "NativeCloudFunction");
    assert_string_equal(app->layers[2].domain, "ND1");
    assert_null(app->layers[1].name);
    const ais_app_resource *pi = &app->resources[0], *vm = &app->resources[1];
    assert_true(pi->memory_bytes == 2048.0 * 1024 * 1024);
    assert_true(pi->total_nodes == 4.0);
    assert_true(pi->cost_per_hour == 0.25);
    assert_false(pi->has_gpu || pi->has_sgx);
    assert_true(vm->has_gpu && vm->has_sgx);
    assert_string_equal(pi->architecture, "arm64");
    assert_string_equal(vm->architecture, "amd64"); /* of the last processor */
    assert_string_equal(app->resources[2].architecture, "amd64");
    assert_int_equal(ais_app_find_resource(app, 2, "VM"), 1);
    assert_int_equal(ais_app_find_resource(app, 3, "VM"), 2);
    assert_int_equal(ais_app_find_resource(app, -1, "VM"), 1);
    assert_int_equal(ais_app_find_resource(app, 1, "VM"), AIS_NONE);
    assert_int_equal(ais_app_find_layer(app, 3), 2);
    assert_int_equal(ais_app_find_layer(app, 4), AIS_NONE);
    fixture_clear(&f);
}

static void test_a_segment_takes_what_it_does_not_say_from_its_component(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_AUTO(ais_app) app = load(&f);
    const size_t first = ais_app_find_candidate(app, "detect_partitionX_1");
    const size_t second = ais_app_find_candidate(app, "detect_partitionX_2");
    const ais_app_container *own = &app->candidates[first].containers[0];
    const ais_app_container *inherited = &app->candidates[second].containers[0];
    assert_int_equal(app->candidates[first].kind, AIS_CANDIDATE_PARTITION);
    assert_int_equal(app->candidates[2].kind, AIS_CANDIDATE_ALTERNATIVE);
    assert_int_equal(app->candidates[0].kind, AIS_CANDIDATE_BASE);
    assert_true(own->computing_units == 1.0);
    assert_true(inherited->computing_units == 0.5);
    assert_true(inherited->memory_bytes == 512.0 * 1024 * 1024);
    assert_true(inherited->network_protection);
    assert_false(inherited->needs_gpu);
    assert_int_equal(inherited->resource_count, 1);
    assert_string_equal(inherited->resources[0], "VM");
    assert_int_equal(app->candidates[1].layer_count, 2);
    assert_int_equal(app->candidates[1].layers[0], 2);
    fixture_clear(&f);
}

static void test_annotations_are_keyed_by_the_path_as_it_was_given(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_AUTO(ais_app) app = load(&f);
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    const ais_doc_node *map = ais_app_annotations_to_node(app, doc);
    AIS_FREE char *first = ais_format("%s/src/camera/main.py", f.dir);
    assert_int_equal(ais_doc_count(map), 4);
    assert_string_equal(ais_doc_get_text(ais_doc_key_at(map, 0)), first);
    const ais_doc_node *name =
        ais_doc_find(ais_doc_find(ais_doc_at(map, 0), "component_name"), "name");
    assert_string_equal(ais_doc_get_string(name, NULL), "camera");
    fixture_clear(&f);
}

static void test_an_empty_security_file_is_no_document(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    fixture_write(&f, "common_config/security.yaml", "# nothing\n");
    AIS_AUTO(ais_app) app = load(&f);
    assert_null(app->security);
    assert_non_null(app->dag);
    fixture_write(&f, "common_config/security.yaml", "components: {}\n");
    AIS_AUTO(ais_app) with = load(&f);
    assert_non_null(with->security);
    fixture_clear(&f);
}

static void test_one_component_needs_no_dependencies(void **state)
{
    (void)state;
    fixture f = {.dir = "/tmp/aisprint-app-XXXXXX"};
    assert_non_null(mkdtemp(f.dir));
    fixture_write(&f, "common_config/application_dag.yaml",
                  "System: {name: one, components: [camera], dependencies: null}\n");
    fixture_write(&f, "common_config/candidate_deployments.yaml",
                  "Components:\n" FIXTURE_ENTRY("component1", "camera", "[1]", "[Pi]"));
    fixture_write(&f, "common_config/candidate_resources.yaml", fixture_resources);
    fixture_write_source(&f, "camera", "@component_name(name='camera')");
    AIS_AUTO(ais_app) app = load(&f);
    assert_int_equal(app->edge_count, 0);
    assert_int_equal(app->order[0], 0);
    fixture_clear(&f);
}

static void test_fits_asks_for_memory_cores_gpu_sgx_and_image(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_AUTO(ais_app) app = load(&f);
    const ais_app_resource *pi = &app->resources[0], *vm = &app->resources[1];
    ais_app_container container = app->candidates[0].containers[0];
    assert_true(ais_app_fits(&container, pi));
    container.memory_bytes = 3.0 * 1024 * 1024 * 1024;
    assert_false(ais_app_fits(&container, pi));
    assert_true(ais_app_fits(&container, vm));
    container.memory_bytes = 1.0;
    container.computing_units = 4.5;
    assert_false(ais_app_fits(&container, pi));
    assert_true(ais_app_fits(&container, vm)); /* does not say how many it has */
    container.computing_units = 4.0;
    assert_true(ais_app_fits(&container, pi));
    container.needs_gpu = true;
    assert_false(ais_app_fits(&container, pi));
    assert_true(ais_app_fits(&container, vm));
    container.needs_gpu = false;
    container.trusted_execution = true;
    assert_false(ais_app_fits(&container, pi));
    assert_true(ais_app_fits(&container, vm));
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_put(node, "image", ais_doc_new_string(doc, "here:5000/a_base_aarch64:latest"));
    container = (ais_app_container){.node = node};
    assert_true(ais_app_fits(&container, pi));
    assert_false(ais_app_fits(&container, vm));
    fixture_clear(&f);
}

static void test_free_of_nothing_is_fine(void **state)
{
    (void)state;
    ais_app_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_components_stand_in_file_order_with_alternatives_last),
        cmocka_unit_test(test_order_is_topological_and_counts_follow_the_edges),
        cmocka_unit_test(test_sources_are_sorted_by_folder),
        cmocka_unit_test(test_resources_are_in_bytes_and_found_by_layer),
        cmocka_unit_test(test_a_segment_takes_what_it_does_not_say_from_its_component),
        cmocka_unit_test(test_annotations_are_keyed_by_the_path_as_it_was_given),
        cmocka_unit_test(test_an_empty_security_file_is_no_document),
        cmocka_unit_test(test_one_component_needs_no_dependencies),
        cmocka_unit_test(test_fits_asks_for_memory_cores_gpu_sgx_and_image),
        cmocka_unit_test(test_free_of_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
