/* A placement back into the files of its application. */
#include "support/unit.h"

#include "support/place_app_fixture.h"

#define PRODUCTION "aisprint/deployments/optimal_deployment/production_deployment.yaml"

/* An application with a placement: gate and the first segment of look on one Pi, the second on two Bigs, tell
 * a function; or everything whole, on machines. */
typedef struct written {
    fixture files;
    ais_place_app *app;
    ais_perf *perf;
    ais_placement *placement;
} written;

static size_t find_resource(const ais_system *system, const char *name)
{
    size_t i = 0;
    while (!ais_str_equal(system->resources[i].name, name))
        i++;
    return i;
}

static void put(written *w, size_t part, const char *resource, size_t machines)
{
    const ais_system *system = w->app->system;
    const size_t at = find_resource(system, resource);
    size_t option = system->parts[part].first_option;
    while (system->options[option].resource != at)
        option++;
    w->placement->deployment[system->parts[part].component] = system->parts[part].deployment;
    w->placement->option[part] = option;
    w->placement->count[at] = machines;
}

static written new_written_of(fixture files, bool cut, double rate_rps)
{
    written w = {.files = files};
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_error *err = NULL;
    const ais_place_app_options options = {.dir = w.files.dir, .rate_rps = rate_rps};
    assert_int_equal(ais_place_app_read(&options, diags, &w.app), 0);
    assert_int_equal(ais_perf_new(w.app->system, &(ais_perf_options){.rate_rps = 0}, &w.perf, &err),
                     0);
    w.placement = ais_placement_new(w.app->system);
    put(&w, 0, "Pi", 1);
    if (cut) {
        put(&w, 2, "Pi", 1);
        put(&w, 3, "Big", 2);
        put(&w, 4, "Fun", 1);
    } else {
        put(&w, 1, "Small", 2);
        put(&w, 4, "Small", 2);
    }
    return w;
}

static written new_written(bool cut, double rate_rps)
{
    return new_written_of(place_fixture_new(), cut, rate_rps);
}

static void clear(written *w)
{
    ais_placement_free(w->placement);
    ais_perf_free(w->perf);
    ais_place_app_free(w->app);
    fixture_clear(&w->files);
}

static void need_write(const written *w, const ais_placement *placement)
{
    ais_error *err = NULL;
    const int status = ais_place_app_write(w->app, w->perf, placement, &err);
    AIS_FREE char *message = unit_error(&err);
    assert_string_equal(message, "");
    assert_int_equal(status, 0);
}

static char *text_of(const written *w, const char *path)
{
    AIS_FREE char *full = ais_path_join(w->files.dir, path);
    ais_error *err = NULL;
    char *text = NULL;
    size_t length = 0;
    if (!ais_file_exists(full))
        return ais_strdup("(absent)");
    assert_int_equal(ais_file_read(full, SIZE_MAX / 2, &text, &length, &err), 0);
    return text;
}

static void check_text(const written *w, const char *path, const char *expected)
{
    AIS_FREE char *text = text_of(w, path);
    assert_string_equal(text, expected);
}

static char *key_of(const written *w, const char *path, const char *key)
{
    AIS_FREE char *full = ais_path_join(w->files.dir, path);
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    assert_int_equal(ais_doc_read(full, diags, &doc), 0);
    const ais_doc_node *node = ais_doc_find_path(ais_doc_root(doc), key);
    if (node == NULL)
        return ais_strdup("(absent)");
    ais_doc_write_json(node, -1, &text);
    return ais_str_take(&text);
}

static void check_key(const written *w, const char *path, const char *key, const char *expected)
{
    AIS_FREE char *text = key_of(w, path, key);
    assert_string_equal(text, expected);
}

#define DOMAINS(indent)                                                                            \
    indent "NetworkDomains:\n" indent "  ND1:\n" indent "    AccessDelay: 0.001\n" indent          \
           "    Bandwidth: 100\n" indent "    ComputationalLayers:\n" indent                       \
           "      computationalLayer1:\n" indent "        number: 1\n" indent                      \
           "        type: PhysicalAlreadyProvisioned\n" indent "        Resources:\n" indent       \
           "          resource1:\n" indent "            name: Pi\n" indent                         \
           "            totalNodes: 1\n" indent "            cost: 0.25\n" indent                  \
           "            memorySize: 2048\n" indent "            processors:\n" indent              \
           "              p:\n" indent "                architecture: amd64\n" indent              \
           "                computingUnits: 4\n" indent "  ND2:\n" indent                          \
           "    AccessDelay: 0.02\n" indent "    Bandwidth: 50\n" indent                           \
           "    ComputationalLayers:\n" indent "      computationalLayer2:\n" indent               \
           "        number: 2\n" indent "        type: Virtual\n" indent                           \
           "        Resources:\n" indent "          resource2:\n" indent                           \
           "            name: Big\n" indent "            totalNodes: 2\n" indent                   \
           "            cost: 1.5\n" indent "            memorySize: 8192\n" indent                \
           "            processors:\n" indent "              p:\n" indent                          \
           "                architecture: amd64\n" indent                                          \
           "                computingUnits: 8\n" indent "      computationalLayer3:\n" indent      \
           "        number: 3\n" indent "        type: NativeCloudFunction\n" indent               \
           "        Resources:\n" indent "          resource1:\n" indent                           \
           "            name: Fun\n" indent "            cost: 0.0001\n" indent                    \
           "            memorySize: 1024\n" indent "            idleTime: 600\n" indent            \
           "            transitionCost: 0.5\n" indent "  ND3:\n" indent                            \
           "    AccessDelay: 0.1\n" indent "    Bandwidth: 20\n" indent                            \
           "    subNetworkDomains:\n" indent "    - ND2\n" indent "    - ND1\n"

#define CONTAINERS(memory, resource)                                                               \
    "      Containers:\n"                                                                          \
    "        container1:\n"                                                                        \
    "          image: null\n"                                                                      \
    "          memorySize: " memory "\n"                                                           \
    "          computingUnits: 0.9\n"                                                              \
    "          selectedExecutionResource: " resource "\n"

#define ENTRY(key, entry, layer, memory, resource)                                                 \
    "    " key ":\n"                                                                               \
    "      name: " entry "\n"                                                                      \
    "      executionLayer: " layer "\n" CONTAINERS(memory, resource)

#define ENTRY_LAST(key, entry, layer, memory, resource)                                            \
    "    " key ":\n"                                                                               \
    "      name: " entry "\n" CONTAINERS(memory, resource) "      executionLayer: " layer "\n"

static void test_both_production_deployments_are_those_that_one_writes_by_hand(void **state)
{
    (void)state;
    written w = new_written(true, 0.5);
    need_write(&w, w.placement);
    check_text(&w, PRODUCTION,
               "System:\n"
               "  name: machines\n" DOMAINS("  ") "  Components:\n" ENTRY("component1", "gate", "1",
                                                                          "256", "Pi")
                   ENTRY("component2_partitionX_1", "look_partitionX_1", "1", "512", "Pi")
                       ENTRY("component2_partitionX_2", "look_partitionX_2", "2", "768.5", "Big")
                           ENTRY("component3", "tell", "3", "128",
                                 "Fun") "  DeploymentName: deployment2\n");
    check_text(&w, "space4ai-d/production_deployment.yaml",
               "System:\n"
               "  Components:\n" ENTRY_LAST("component1", "gate", "1", "256", "Pi") ENTRY_LAST(
                   "component2_partitionX_1", "look_partitionX_1", "1", "512", "Pi")
                   ENTRY_LAST("component2_partitionX_2", "look_partitionX_2", "2", "768.5", "Big")
                       ENTRY_LAST("component3", "tell", "3", "128",
                                  "Fun") "  Resources:\n"
                                         "    name: machines\n" DOMAINS("    ") "  Feasible: "
                                                                                "true\n");
    clear(&w);
}

static void test_a_segment_has_what_its_component_asks_for(void **state)
{
    (void)state;
    const fixture files = place_fixture_new();
    AIS_FREE char *image = place_change(place_candidates, "image: null\n        memorySize: 1024",
                                        "image: one\n        memorySize: 1024\n        x: 1");
    AIS_FREE char *first = place_change(
        image, "image: null\n        memorySize: 512\n        computingUnits: 0.9\n", "");
    fixture_write(&files, "common_config/candidate_deployments.yaml", first);
    written w = new_written_of(files, true, 0.5);
    need_write(&w, w.placement);
    check_key(&w, PRODUCTION, "System.Components.component2_partitionX_1.Containers.container1",
              "{\"memorySize\": 1024, \"x\": 1, \"computingUnits\": 0.9, "
              "\"selectedExecutionResource\": \"Pi\"}");
    check_key(&w, "space4ai-d/SystemFile.json", "CompatibilityMatrix.c2.h2[0].memory", "1024");
    clear(&w);
}

static void test_results_say_the_same_as_the_deployment(void **state)
{
    (void)state;
    written w = new_written(true, 0.5);
    need_write(&w, w.placement);
    check_key(&w, "space4ai-d/Output.json", "Lambda", "0.5");
    check_key(&w, "space4ai-d/Output.json", "feasible", "true");
    check_key(&w, "space4ai-d/Output.json", "components.c2.s2.h3.computationalLayer2.Big.number",
              "2");
    check_key(&w, "space4ai-d/SystemFile.json", "Lambda", "0.5");
    check_key(&w, "space4ai-d/Input.json", "Seed", "7");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_system) system = NULL;
    AIS_AUTO(ais_placement) placement = NULL;
    AIS_FREE char *file = ais_path_join(w.files.dir, "space4ai-d/SystemFile.json");
    AIS_FREE char *output = ais_path_join(w.files.dir, "space4ai-d/Output.json");
    assert_int_equal(ais_system_read(file, diags, &system), 0);
    assert_int_equal(ais_placement_read(output, system, diags, &placement), 0);
    for (size_t i = 0; i < system->part_count; i++)
        assert_int_equal(placement->option[i], w.placement->option[i]);
    for (size_t i = 0; i < system->resource_count; i++)
        assert_int_equal(placement->count[i], w.placement->count[i]);
    clear(&w);
}

static void test_what_is_written_twice_is_the_same_and_untouched(void **state)
{
    (void)state;
    static const char *const paths[] = {PRODUCTION, "space4ai-d/SystemFile.json",
                                        "space4ai-d/Input.json", "space4ai-d/Output.json",
                                        "space4ai-d/production_deployment.yaml"};
    written w = new_written(true, 0.5);
    char *before[AIS_COUNT(paths)];
    need_write(&w, w.placement);
    for (size_t i = 0; i < AIS_COUNT(paths); i++)
        before[i] = text_of(&w, paths[i]);
    need_write(&w, w.placement);
    for (size_t i = 0; i < AIS_COUNT(paths); i++) {
        assert_string_not_equal(before[i], "(absent)");
        check_text(&w, paths[i], before[i]);
        free(before[i]);
    }
    AIS_FREE char *out = ais_path_join(w.files.dir, "aisprint");
    AIS_SCOPED(ais_names) names = {.items = NULL};
    ais_error *err = NULL;
    assert_int_equal(ais_dir_list(out, &names, &err), 0);
    assert_int_equal(names.count, 2); /* deployments, designs: nothing is left of the staging */
    clear(&w);
}

static void test_the_deployment_is_the_one_with_these_designs_and_layers(void **state)
{
    (void)state;
    written w = new_written(false, 0.5);
    need_write(&w, w.placement);
    check_key(&w, PRODUCTION, "System.DeploymentName", "\"deployment1\"");
    put(&w, 4, "Fun", 1);
    need_write(&w, w.placement);
    check_key(&w, PRODUCTION, "System.DeploymentName", "\"base\"");
    put(&w, 1, "Fun", 1); /* look is on functions nowhere: its graph is base's all the same */
    w.placement->count[find_resource(w.app->system, "Small")] = 0;
    need_write(&w, w.placement);
    check_key(&w, PRODUCTION, "System.DeploymentName", "\"base\"");
    check_key(
        &w, PRODUCTION, "System.NetworkDomains.ND2.ComputationalLayers",
        "{\"computationalLayer3\": {\"number\": 3, \"type\": \"NativeCloudFunction\", "
        "\"Resources\": {\"resource1\": {\"name\": \"Fun\", \"cost\": 0.0001, \"memorySize\": "
        "1024, \"idleTime\": 600, \"transitionCost\": 0.5}}}}");
    clear(&w);
}

static void test_a_design_that_was_not_written_has_no_name(void **state)
{
    (void)state;
    written w = new_written(true, 0.5);
    ais_place_app_free(w.app);
    w.app = NULL;
    place_write(&w.files, "aisprint/deployments/deployments.yaml", place_deployments,
                "        drift-detector: {executionLayer: 2}\n",
                "        more: {component: more, design: base, executionLayer: 2}\n");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    assert_int_equal(
        ais_place_app_read(&(ais_place_app_options){.dir = w.files.dir, .rate_rps = 0.5}, diags,
                           &w.app),
        0);
    ais_perf_free(w.perf);
    ais_error *err = NULL;
    assert_int_equal(ais_perf_new(w.app->system, &(ais_perf_options){.rate_rps = 0}, &w.perf, &err),
                     0);
    need_write(&w, w.placement);
    check_key(&w, PRODUCTION, "System.DeploymentName", "(absent)");
    check_key(&w, PRODUCTION, "System.Components.component3.executionLayer", "3");
    clear(&w);
}

/* At 100 requests a second everything is overloaded. */
static void test_what_is_not_feasible_leaves_production_alone(void **state)
{
    (void)state;
    written w = new_written(true, 100.0);
    fixture_write(&w.files, PRODUCTION, "System: {}\n");
    need_write(&w, w.placement);
    check_key(&w, "space4ai-d/Output.json", "feasible", "false");
    check_text(&w, PRODUCTION, "System: {}\n");
    check_text(&w, "space4ai-d/production_deployment.yaml", "(absent)");
    need_write(&w, NULL);
    check_text(&w, "space4ai-d/Output.json",
               "{\n    \"Lambda\": 100.0,\n    \"feasible\": false\n}\n");
    check_text(&w, PRODUCTION, "System: {}\n");
    clear(&w);
}

static void test_files_that_cannot_all_be_written_are_all_as_before(void **state)
{
    (void)state;
    written w = new_written(true, 0.5);
    fixture_write(&w.files, "space4ai-d/Output.json", "{}\n");
    fixture_write(&w.files, "aisprint/deployments/optimal_deployment", "a file\n");
    ais_error *err = NULL;
    assert_int_equal(ais_place_app_write(w.app, w.perf, w.placement, &err), -1);
    AIS_FREE char *expected =
        ais_format("%s/aisprint/deployments/optimal_deployment: error: a file stands where a "
                   "folder must be\n  while writing the placement of application 'watch'\n",
                   w.files.dir);
    AIS_FREE char *message = unit_error(&err);
    assert_string_equal(message, expected);
    check_text(&w, "space4ai-d/Output.json", "{}\n");
    check_text(&w, "space4ai-d/SystemFile.json", "(absent)");
    clear(&w);
}

static void test_models_in_files_are_found_from_both_folders(void **state)
{
    (void)state;
    written w = new_written(true, 0.5);
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_place_app) app = NULL;
    AIS_AUTO(ais_system) system = NULL;
    fixture_write(&w.files, "oscarp/models/look.json",
                  "{\"kind\": \"linear\", \"intercept\": 0.25, \"terms\": []}\n");
    place_write(&w.files, "oscarp/performance_models.json", place_models,
                "\"model\": \"QTcloud\", \"demand\": 0.4",
                "\"model\": \"CoreBasedPredictor\", \"regressor_file\": \"models/look.json\"");
    const ais_place_app_options options = {.dir = w.files.dir};
    if (ais_place_app_read(&options, diags, &app) < 0) {
        AIS_FREE char *faults = unit_faults(diags);
        fail_msg("%s", faults);
    }
    ais_place_app_free(w.app);
    w.app = app;
    app = NULL;
    ais_perf_free(w.perf);
    w.perf = NULL;
    ais_error *err = NULL;
    assert_int_equal(ais_perf_new(w.app->system, &(ais_perf_options){.rate_rps = 0}, &w.perf, &err),
                     0);
    need_write(&w, NULL);
    check_key(&w, "space4ai-d/SystemFile.json", "Performance.c2.h1.Small.regressor_file",
              "\"../oscarp/models/look.json\"");
    AIS_FREE char *file = ais_path_join(w.files.dir, "space4ai-d/SystemFile.json");
    assert_int_equal(ais_system_read(file, diags, &system), 0);
    assert_non_null(system->options[system->parts[1].first_option].predictor);
    clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_production_deployments_are_those_that_one_writes_by_hand),
        cmocka_unit_test(test_a_segment_has_what_its_component_asks_for),
        cmocka_unit_test(test_results_say_the_same_as_the_deployment),
        cmocka_unit_test(test_what_is_written_twice_is_the_same_and_untouched),
        cmocka_unit_test(test_the_deployment_is_the_one_with_these_designs_and_layers),
        cmocka_unit_test(test_a_design_that_was_not_written_has_no_name),
        cmocka_unit_test(test_what_is_not_feasible_leaves_production_alone),
        cmocka_unit_test(test_files_that_cannot_all_be_written_are_all_as_before),
        cmocka_unit_test(test_models_in_files_are_found_from_both_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
