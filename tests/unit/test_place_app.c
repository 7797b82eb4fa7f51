/* An application as a system to place: the system file, what is removed, faults where they can be mended. */
#include "support/unit.h"

#include "support/place_app_fixture.h"

static ais_place_app *need_app(const ais_place_app_options *options)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_place_app *app = NULL;
    if (ais_place_app_read(options, diags, &app) < 0) {
        AIS_FREE char *faults = unit_faults(diags);
        fail_msg("%s", faults);
    }
    return app;
}

static ais_place_app *need(const fixture *f)
{
    return need_app(&(ais_place_app_options){.dir = f->dir});
}

/* All errors and the warnings of this room, as "file:line:column: error: message (hint)" below the application. */
static char *faults_of(const fixture *f, const ais_place_app_options *options)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_place_app) app = NULL;
    ais_str text = {.data = NULL};
    const int status = ais_place_app_read(options, diags, &app);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        AIS_SCOPED(ais_str) line = {.data = NULL};
        ais_diag_write(ais_diags_get(diags, i), &line);
        const char *from = ais_str_get(&line);
        if (ais_str_starts(from, f->dir))
            from += strlen(f->dir) + 1;
        if (ais_diags_get(diags, i)->severity == AIS_SEVERITY_ERROR)
            ais_str_add(&text, from);
    }
    assert_int_equal(status, text.length > 0 ? -1 : 0);
    return ais_str_take(&text);
}

static void check_fault(const fixture *f, const char *expected)
{
    AIS_FREE char *faults = faults_of(f, &(ais_place_app_options){.dir = f->dir});
    assert_string_equal(faults, expected);
}

static char *removed_text(const fixture *f, const ais_place_app *app)
{
    ais_str text = {.data = NULL};
    for (size_t i = 0; i < app->removed_count; i++) {
        const ais_place_removed *removed = &app->removed[i];
        assert_true(ais_str_starts(removed->pos.file, f->dir));
        ais_str_add_format(&text, "%s:%u:%u %s %s: %s\n", removed->pos.file + strlen(f->dir) + 1,
                           removed->pos.line, removed->pos.column, removed->part,
                           removed->resource != NULL ? removed->resource : "-", removed->reason);
    }
    return ais_str_take(&text);
}

static void check_removed(const fixture *f, const ais_place_app_options *options,
                          const char *expected)
{
    AIS_AUTO(ais_place_app) app = need_app(options);
    AIS_FREE char *text = removed_text(f, app);
    assert_string_equal(text, expected);
}

/* One key of the system file as one line of JSON. */
static char *key_text(const ais_place_app *app, const char *path)
{
    ais_str text = {.data = NULL};
    const ais_doc_node *node = ais_doc_find_path(ais_doc_root(app->document), path);
    if (node == NULL)
        fail_msg("there is no %s", path);
    else
        ais_doc_write_json(node, -1, &text);
    return ais_str_take(&text);
}

static void check_key(const ais_place_app *app, const char *path, const char *expected)
{
    AIS_FREE char *text = key_text(app, path);
    assert_string_equal(text, expected);
}

/* ---- the whole ---- */

static const char expected_file[] =
    "{\"EdgeResources\": {\"computationalLayer1\": {\"Pi\": {\"number\": 4, \"cost\": 0.25, "
    "\"memory\": 2048, \"n_cores\": 4}}}, "
    "\"CloudResources\": {\"computationalLayer2\": {\"Small\": {\"number\": 2, \"cost\": 1, "
    "\"memory\": 2048, \"n_cores\": 2}, \"Big\": {\"number\": 3, \"cost\": 1.5, \"memory\": 8192, "
    "\"n_cores\": 8}}}, "
    "\"FaaSResources\": {\"computationalLayer3\": {\"transition_cost\": 0.5, \"Fun\": {\"cost\": "
    "0.0001, \"memory\": 1024, \"idle_time_before_kill\": 600}}}, "
    "\"Components\": {"
    "\"c1\": {\"s1\": {\"h1\": {\"next\": [\"c2\", \"c3\"], \"early_exit_probability\": 0, "
    "\"data_size\": [2, 2]}}}, "
    "\"c2\": {\"s1\": {\"h1\": {\"next\": [\"c3\"], \"early_exit_probability\": 0, \"data_size\": "
    "[0.5]}}, "
    "\"s2\": {\"h2\": {\"next\": [\"h3\"], \"early_exit_probability\": 0.9, \"data_size\": [4.5]}, "
    "\"h3\": {\"next\": [\"c3\"], \"early_exit_probability\": 0, \"data_size\": [0.25]}}}, "
    "\"c3\": {\"s1\": {\"h1\": {\"next\": [], \"early_exit_probability\": 0, \"data_size\": "
    "[0.0]}}}}, "
    "\"NetworkTechnology\": {\"ND1\": {\"computationalLayers\": [\"computationalLayer1\"], "
    "\"AccessDelay\": 0.001, \"Bandwidth\": 100}, "
    "\"ND2\": {\"computationalLayers\": [\"computationalLayer2\", \"computationalLayer3\"], "
    "\"AccessDelay\": 0.02, \"Bandwidth\": 50}, "
    "\"ND3\": {\"computationalLayers\": [\"computationalLayer2\", \"computationalLayer3\", "
    "\"computationalLayer1\"], \"AccessDelay\": 0.1, \"Bandwidth\": 20}}, "
    "\"CompatibilityMatrix\": {"
    "\"c1\": {\"h1\": [{\"resource\": \"Pi\", \"memory\": 256}]}, "
    "\"c2\": {\"h1\": [{\"resource\": \"Small\", \"memory\": 1024}, {\"resource\": \"Big\", "
    "\"memory\": 1024}, {\"resource\": \"Fun\", \"memory\": 1024}], "
    "\"h2\": [{\"resource\": \"Pi\", \"memory\": 512}], "
    "\"h3\": [{\"resource\": \"Big\", \"memory\": 768.5}]}, "
    "\"c3\": {\"h1\": [{\"resource\": \"Fun\", \"memory\": 128}, {\"resource\": \"Small\", "
    "\"memory\": 128}]}}, "
    "\"Performance\": {\"c1\": {\"h1\": {\"Pi\": {\"model\": \"QTedge\", \"demand\": 0.1}}}, "
    "\"c2\": {\"h1\": {\"Small\": {\"model\": \"QTcloud\", \"demand\": 0.4}, \"Big\": {\"model\": "
    "\"QTcloud\", \"demand\": 0.2}, \"Fun\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.5, "
    "\"demandCold\": 1}}, "
    "\"h2\": {\"Pi\": {\"model\": \"QTedge\", \"demand\": 0.3}}, "
    "\"h3\": {\"Big\": {\"model\": \"QTcloud\", \"demand\": 0.1}}}, "
    "\"c3\": {\"h1\": {\"Fun\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.25, \"demandCold\": "
    "2}, \"Small\": {\"model\": \"QTcloud\", \"demand\": 0.05}}}}, "
    "\"LocalConstraints\": {\"c2\": {\"local_res_time\": 1.5}}, "
    "\"GlobalConstraints\": {\"global_constraint_1\": {\"components\": [\"c1\", \"c2\"], "
    "\"global_res_time\": 3}}, "
    "\"DirectedAcyclicGraph\": {\"c1\": {\"next\": [\"c2\", \"c3\"], \"transition_probability\": "
    "[0.8, 0.2]}, \"c2\": {\"next\": [\"c3\"], \"transition_probability\": [0.5]}}, "
    "\"Lambda\": 1.5, \"Time\": 2}";

static void test_an_application_is_the_system_file_that_one_writes_by_hand(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    AIS_AUTO(ais_place_app) app = need(&f);
    AIS_SCOPED(ais_str) text = {.data = NULL}, input = {.data = NULL};
    ais_doc_write_json(ais_doc_root(app->document), -1, &text);
    assert_string_equal(ais_str_get(&text), expected_file);
    ais_doc_write_json(ais_doc_root(app->input), -1, &input);
    assert_string_equal(ais_str_get(&input),
                        "{\"Methods\": {\"method1\": {\"name\": \"RandomGreedy\", \"iterations\": "
                        "10}}, \"Seed\": 7, \"VerboseLevel\": 1}");
    fixture_clear(&f);
}

static void test_names_of_the_system_lead_back_to_the_application(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    AIS_AUTO(ais_place_app) app = need(&f);
    static const char *const components[] = {"gate", "look", "tell"};
    static const char *const parts[] = {"gate", "look", "look_partition1_1", "look_partition1_2",
                                        "tell"};
    assert_int_equal(app->system->component_count, AIS_COUNT(components));
    assert_int_equal(app->system->part_count, AIS_COUNT(parts));
    for (size_t i = 0; i < AIS_COUNT(components); i++)
        assert_string_equal(app->component_names[i], components[i]);
    for (size_t i = 0; i < AIS_COUNT(parts); i++)
        assert_string_equal(app->part_names[i], parts[i]);
    assert_near(app->system->rate_rps, 1.5, 0.0);
    assert_near(app->system->horizon, 2.0, 0.0);
    assert_int_equal(app->removed_count, 0);
    fixture_clear(&f);
}

/* SPACE4AI-Parser codes them so, and finds by the codes of a solution which component runs where. */
static void test_components_are_coded_in_the_order_of_their_designs(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    fixture_write(&f, "aisprint/designs/component_partitions.yaml",
                  "components:\n"
                  "  spare: {partitions: [base]}\n"
                  "  tell: {partitions: [base]}\n"
                  "  gate: {partitions: [base]}\n"
                  "  look: {partitions: [base, partition1_2, partition1_1]}\n");
    AIS_AUTO(ais_place_app) app = need(&f);
    check_key(app, "DirectedAcyclicGraph",
              "{\"c3\": {\"next\": [\"c4\", \"c2\"], \"transition_probability\": [0.8, 0.2]}, "
              "\"c4\": {\"next\": [\"c2\"], \"transition_probability\": [0.5]}}");
    check_key(app, "LocalConstraints", "{\"c4\": {\"local_res_time\": 1.5}}");
    check_key(app, "CompatibilityMatrix.c3", "{\"h1\": [{\"resource\": \"Pi\", \"memory\": 256}]}");
    assert_string_equal(app->component_names[0], "gate");
    assert_string_equal(app->system->components[0].name, "c3");
    fixture_clear(&f);
}

static void test_parts_of_the_system_stand_in_the_files_of_the_application(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    AIS_AUTO(ais_place_app) app = need(&f);
    const ais_pos design = app->system->parts[2].pos, model = app->system->options[0].pos;
    assert_true(ais_str_ends(design.file, "aisprint/designs/component_partitions.yaml"));
    assert_int_equal(design.line, 3);
    assert_int_equal(design.column, 43);
    assert_true(ais_str_ends(model.file, "oscarp/performance_models.json"));
    assert_int_equal(model.line, 2);
    fixture_clear(&f);
}

/* ---- layers ---- */

static void test_without_a_configuration_the_types_of_layers_say_what_they_are(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    fixture_write(&f, "space4ai-d/SPACE4AI-D.yaml", "# nothing is said\n");
    AIS_AUTO(ais_place_app) app = need(&f);
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_write_json(ais_doc_root(app->document), -1, &text);
    AIS_FREE char *expected = place_change(expected_file, "\"Time\": 2", "\"Time\": 1");
    assert_string_equal(ais_str_get(&text), expected);
    assert_int_equal(ais_doc_count(ais_doc_root(app->input)), 0);
    fixture_clear(&f);
}

static void test_a_layer_that_is_not_listed_is_left_out(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "space4ai-d/SPACE4AI-D.yaml", place_config,
                "FaaSResources: [computationalLayer3]\n", "");
    check_removed(&f, &(ais_place_app_options){.dir = f.dir},
                  "common_config/candidate_deployments.yaml:19:51 look Fun: is on "
                  "computationalLayer3, which space4ai-d/SPACE4AI-D.yaml does not list\n"
                  "common_config/candidate_deployments.yaml:46:39 tell Fun: is on "
                  "computationalLayer3, which space4ai-d/SPACE4AI-D.yaml does not list\n");
    AIS_AUTO(ais_place_app) app = need(&f);
    check_key(app, "NetworkTechnology.ND2.computationalLayers", "[\"computationalLayer2\"]");
    check_key(app, "CompatibilityMatrix.c3",
              "{\"h1\": [{\"resource\": \"Small\", \"memory\": 128}]}");
    assert_null(ais_doc_find(ais_doc_root(app->document), "FaaSResources"));
    fixture_clear(&f);
}

static void test_a_list_with_a_layer_of_another_kind_is_told(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    fixture_write(&f, "space4ai-d/SPACE4AI-D.yaml",
                  "EdgeResources: [computationalLayer1, computationalLayer9]\n"
                  "CloudResources: [computationalLayer3, computationalLayer1]\n"
                  "FaaSResources: [computationalLayer2]\n");
    check_fault(&f, "space4ai-d/SPACE4AI-D.yaml:1:38: error: there is no layer "
                    "'computationalLayer9' (as common_config/candidate_resources.yaml names them)\n"
                    "space4ai-d/SPACE4AI-D.yaml:2:18: error: layer 'computationalLayer3' is of "
                    "type NativeCloudFunction (list it under FaaSResources)\n"
                    "space4ai-d/SPACE4AI-D.yaml:2:39: error: layer 'computationalLayer1' is listed "
                    "twice\n"
                    "space4ai-d/SPACE4AI-D.yaml:3:17: error: layer 'computationalLayer2' is of "
                    "type Virtual (list it under EdgeResources or CloudResources)\n");
    fixture_clear(&f);
}

static void test_a_name_in_two_layers_gets_the_layers_from_the_second_on(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "common_config/candidate_resources.yaml", place_resources, "name: Pi",
                "name: Small");
    AIS_FREE char *gate = place_change(place_candidates, "[Pi]", "[Small]");
    place_write(&f, "common_config/candidate_deployments.yaml", gate, "[Pi]", "[Small]");
    AIS_FREE char *models = place_change(place_models, "Pi", "Small");
    place_write(&f, "oscarp/performance_models.json", models, "Pi", "Small");
    AIS_AUTO(ais_place_app) app = need(&f);
    check_key(app, "CompatibilityMatrix.c1",
              "{\"h1\": [{\"resource\": \"Small\", \"memory\": 256}]}");
    check_key(app, "Performance.c3.h1.Small@computationalLayer2",
              "{\"model\": \"QTcloud\", \"demand\": 0.05}");
    check_key(app, "EdgeResources.computationalLayer1.Small.n_cores", "4");
    check_key(app, "CloudResources.computationalLayer2.Small@computationalLayer2.n_cores", "2");
    fixture_clear(&f);
}

/* ---- candidates ---- */

static void test_only_the_edge_leaves_what_fits_it_and_tells_the_rest(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    AIS_FREE char *faults =
        faults_of(&f, &(ais_place_app_options){.dir = f.dir, .edge_only = true});
    assert_string_equal(
        faults,
        "common_config/candidate_deployments.yaml:11:3: error: component 'look' can run nowhere "
        "('Small' is on computationalLayer2, and only the edge is allowed; 'Big' is on "
        "computationalLayer2, and only the edge is allowed; 'Fun' is on computationalLayer3, and "
        "only the edge is allowed)\n"
        "common_config/candidate_deployments.yaml:38:3: error: component 'tell' can run nowhere "
        "('Fun' is on computationalLayer3, and only the edge is allowed; 'Small' is on "
        "computationalLayer2, and only the edge is allowed)\n");
    fixture_clear(&f);
}

static void test_what_asks_for_more_than_a_resource_has_loses_it(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "common_config/candidate_deployments.yaml", place_candidates,
                "memorySize: 1024\n        computingUnits: 0.9",
                "memorySize: 4096\n        computingUnits: 4\n");
    check_removed(&f, &(ais_place_app_options){.dir = f.dir},
                  "common_config/candidate_deployments.yaml:20:39 look Small: has 2048 MB of "
                  "memory, container1 asks for 4096 MB, has 2 cores, container1 asks for 4\n"
                  "common_config/candidate_deployments.yaml:20:51 look Fun: has 1024 MB of memory, "
                  "container1 asks for 4096 MB\n");
    fixture_clear(&f);
}

static void test_an_accelerator_with_less_memory_than_asked_for_is_removed(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    AIS_FREE char *small = place_change(place_resources, "computingUnits: 2}",
                                        "computingUnits: 2}}, accelerators: {a: {memory: 4096}");
    place_write(&f, "common_config/candidate_resources.yaml", small, "computingUnits: 8}",
                "computingUnits: 8}}, accelerators: {a: {memory: 16384}");
    AIS_FREE char *gpu = place_change(place_candidates, "memorySize: 1024",
                                      "memorySize: 1024\n        GPURequirement: true");
    AIS_FREE char *first =
        place_change(gpu, "memorySize: 512", "memorySize: 512\n        GPURequirement: false");
    fixture_write(&f, "common_config/candidate_deployments.yaml", first);
    fixture_write_source(&f, "look",
                         "@component_name(name='look')\n@partitionable_model(onnx_file='m.onnx')\n"
                         "@device_constraints(vram=8)");
    check_removed(&f, &(ais_place_app_options){.dir = f.dir},
                  "common_config/candidate_deployments.yaml:20:39 look Small: has 4 GB on its "
                  "accelerator, device_constraints ask for 8 GB\n"
                  "common_config/candidate_deployments.yaml:20:51 look Fun: cannot give a GPU, "
                  "which container1 asks for\n");
    fixture_clear(&f);
}

static void test_a_segment_without_a_model_takes_its_chain_along(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "oscarp/performance_models.json", place_models, "look_partition1_2",
                "look_partition1_3");
    check_removed(&f, &(ais_place_app_options){.dir = f.dir},
                  "common_config/candidate_deployments.yaml:37:39 look_partition1_2 Big: has no "
                  "model of 'look_partition1_2' in oscarp/performance_models.json\n"
                  "common_config/candidate_deployments.yaml:29:3 look_partition1 -: "
                  "look_partition1_2 has no candidate resource left\n");
    AIS_AUTO(ais_place_app) app = need(&f);
    check_key(
        app, "Components.c2",
        "{\"s1\": {\"h1\": {\"next\": [\"c3\"], \"early_exit_probability\": 0, \"data_size\": "
        "[0.5]}}}");
    fixture_clear(&f);
}

static void test_a_missing_model_is_a_warning_at_the_candidate(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "oscarp/performance_models.json", place_models, "\"Big\"", "\"Bug\"");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_place_app) app = NULL;
    assert_int_equal(ais_place_app_read(&(ais_place_app_options){.dir = f.dir}, diags, &app), 0);
    size_t found = 0;
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        if (!ais_str_equal(diag->rule, "missing-model"))
            continue;
        found++;
        assert_int_equal(diag->severity, AIS_SEVERITY_WARNING);
        assert_int_equal(diag->pos.line, 19);
        assert_int_equal(diag->pos.column, 46);
        assert_string_equal(diag->message,
                            "'Big' has no model of 'look' in oscarp/performance_models.json");
    }
    assert_int_equal(found, 1);
    fixture_clear(&f);
}

static void test_containers_of_one_component_run_together(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    AIS_FREE char *two = ais_format(
        "%s      container2: {memorySize: 100, computingUnits: 0.1, candidateExecutionResources: "
        "[Fun]}\n",
        place_candidates);
    fixture_write(&f, "common_config/candidate_deployments.yaml", two);
    check_removed(&f, &(ais_place_app_options){.dir = f.dir},
                  "common_config/candidate_deployments.yaml:46:44 tell Small: is no candidate of "
                  "container2\n");
    AIS_AUTO(ais_place_app) app = need(&f);
    check_key(app, "CompatibilityMatrix.c3",
              "{\"h1\": [{\"resource\": \"Fun\", \"memory\": 228}]}");
    fixture_clear(&f);
}

/* ---- one deployment ---- */

static void test_a_deployment_restricts_designs_and_layers(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    const ais_place_app_options options = {.dir = f.dir, .deployment = "deployment2"};
    fixture_write(&f, "aisprint/deployments/deployment2/application_dag.yaml",
                  "System:\n"
                  "  name: watch\n"
                  "  components: [gate, look_partition1_1, look_partition1_2, tell]\n"
                  "  dependencies: [[gate, look_partition1_1, 0.8], [gate, tell, 0.2], "
                  "[look_partition1_1, look_partition1_2, 0.1], [look_partition1_1, tell, 0.45], "
                  "[look_partition1_2, tell, 0.5]]\n");
    fixture_write(&f, "aisprint/deployments/deployment2/space4ai-d/qos_constraints.yaml",
                  "system:\n"
                  "  name: watch\n"
                  "  local_constraints: {}\n"
                  "  global_constraints:\n"
                  "    global_constraint_1: {path_components: [look_partition1_1, "
                  "look_partition1_2], threshold: 1.5}\n"
                  "    global_constraint_2: {path_components: [gate, look_partition1_1, "
                  "look_partition1_2], threshold: 3}\n");
    check_removed(&f, &options,
                  "common_config/candidate_deployments.yaml:46:44 tell Small: is on layer 2, but "
                  "deployment2 has 'tell' on layer 3\n");
    AIS_AUTO(ais_place_app) app = need_app(&options);
    check_key(
        app, "Components.c2",
        "{\"s2\": {\"h2\": {\"next\": [\"h3\"], \"early_exit_probability\": 0.9, \"data_size\": "
        "[4.5]}, \"h3\": {\"next\": [\"c3\"], \"early_exit_probability\": 0, \"data_size\": "
        "[0.25]}}}");
    check_key(app, "LocalConstraints", "{\"c2\": {\"local_res_time\": 1.5}}");
    check_key(app, "GlobalConstraints",
              "{\"global_constraint_2\": {\"components\": [\"c1\", \"c2\"], \"global_res_time\": "
              "3}}");
    check_key(app, "DirectedAcyclicGraph.c2",
              "{\"next\": [\"c3\"], \"transition_probability\": [0.5]}");
    fixture_clear(&f);
}

static void test_a_path_through_a_part_of_a_chain_is_refused(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "space4ai-d/qos_constraints.yaml", place_qos, "[gate, look]",
                "[gate, look_partition1_2]");
    check_fault(&f, "space4ai-d/qos_constraints.yaml:6:51: error: the path goes through a part of "
                    "the segments of 'look' (name the component, or all of its segments in their "
                    "order)\n");
    fixture_clear(&f);
}

static void test_a_deployment_that_there_is_not_is_told(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    AIS_FREE char *faults =
        faults_of(&f, &(ais_place_app_options){.dir = f.dir, .deployment = "deploymnt2"});
    assert_string_equal(faults, "aisprint/deployments/deployments.yaml:3:5: error: there is no "
                                "deployment 'deploymnt2' (did you mean 'deployment2'?)\n");
    AIS_FREE char *path =
        faults_of(&f, &(ais_place_app_options){.dir = f.dir, .deployment = "../base"});
    assert_string_equal(path, " error: '../base' is no name of a deployment (as "
                              "aisprint/deployments/deployments.yaml lists them)\n");
    fixture_clear(&f);
}

static void test_without_a_record_the_source_says_how_many_items_leave(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    fixture_write(&f, "aisprint/deployments/deployments.yaml", "System: {Deployments: {}}\n");
    fixture_write_source(&f, "look",
                         "@component_name(name='look')\n"
                         "@early_exits_model(onnx_file='m.onnx', condition_function='main', "
                         "transition_probabilities=[0.3])");
    AIS_AUTO(ais_place_app) app = need(&f);
    check_key(app, "Components.c2.s2.h2.early_exit_probability", "0.7");
    fixture_clear(&f);
}

/* ---- the rate ---- */

static void test_the_rate_is_what_the_entry_expects_or_what_is_given(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    AIS_AUTO(ais_place_app) given =
        need_app(&(ais_place_app_options){.dir = f.dir, .rate_rps = 0.25});
    check_key(given, "Lambda", "0.25");
    fixture_write_source(&f, "gate", "@component_name(name='gate')");
    check_fault(&f, "common_config/application_dag.yaml:3:16: error: no throughput is expected of "
                    "'gate', where items come in (--lambda R gives the rate; or write "
                    "@expected_throughput(rate=R))\n");
    fixture_clear(&f);
}

static void test_entries_that_expect_different_rates_are_told(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "common_config/application_dag.yaml", place_dag, "[gate, look, 0.8], ", "");
    place_write(&f, "space4ai-d/qos_constraints.yaml", place_qos, "[gate, look]", "[look, tell]");
    fixture_write_source(&f, "look",
                         "@component_name(name='look')\n@expected_throughput(rate=2)\n"
                         "@partitionable_model(onnx_file='m.onnx')");
    check_fault(&f, "src/look/main.py:5:27: error: 'look' expects 2 items a second, 'gate' 1.5 "
                    "(--lambda R gives one rate for all components where items come in)\n");
    AIS_AUTO(ais_place_app) app = need_app(&(ais_place_app_options){.dir = f.dir, .rate_rps = 3});
    check_key(app, "Lambda", "3.0");
    fixture_clear(&f);
}

static void test_a_throughput_that_cannot_arrive_is_a_warning(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    fixture_write_source(&f, "tell", "@component_name(name='tell')\n@expected_throughput(rate=4)");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_place_app) app = NULL;
    assert_int_equal(ais_place_app_read(&(ais_place_app_options){.dir = f.dir}, diags, &app), 0);
    AIS_FREE char *faults = unit_faults(diags);
    /* 1.5 * (0.2 + 0.8 * 0.5) */
    assert_non_null(strstr(faults,
                           "src/tell/main.py:5:27: warning: 'tell' expects 4 items a second, "
                           "but 0.9 come to it (the rate of what comes in and the graph's "
                           "probabilities say so)\n"));
    fixture_write_source(&f, "tell",
                         "@component_name(name='tell')\n@expected_throughput(rate=0.9)");
    AIS_AUTO(ais_diags) quiet = ais_diags_new();
    AIS_AUTO(ais_place_app) right = NULL;
    assert_int_equal(ais_place_app_read(&(ais_place_app_options){.dir = f.dir}, quiet, &right), 0);
    AIS_FREE char *nothing = unit_faults(quiet);
    assert_null(strstr(nothing, "expects"));
    fixture_clear(&f);
}

/* ---- faults of files ---- */

static void test_pickles_are_refused_where_they_are_named(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "oscarp/performance_models.json", place_models,
                "\"model\": \"QTedge\", \"demand\": 0.1",
                "\"model\": \"CoreBasedPredictor\",\n \"regressor_file\": \"models/best.pickle\"");
    check_fault(&f,
                "oscarp/performance_models.json:3:20: error: the model is a pickle, a program "
                "that runs when it is read: it never is (write what it takes as a demand "
                "({\"model\": \"QTedge\", \"demand\": s}) or as a \"regressor\" of kind linear or "
                "table: docs/placement.md)\n");
    fixture_clear(&f);
}

static void test_a_fault_of_a_number_stands_in_the_file_that_has_it(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "oscarp/performance_models.json", place_models, "\"demand\": 0.4",
                "\"demand\": -0.4");
    AIS_FREE char *faults = faults_of(&f, &(ais_place_app_options){.dir = f.dir});
    assert_true(ais_str_starts(faults, "oscarp/performance_models.json:3:59: error: "));
    place_write(&f, "oscarp/performance_models.json", place_models, "QTcloud", "QTcloudy");
    AIS_FREE char *model = faults_of(&f, &(ais_place_app_options){.dir = f.dir});
    assert_true(ais_str_starts(model, "oscarp/performance_models.json:3:38: error: "));
    fixture_clear(&f);
}

static void test_a_function_says_how_long_it_is_kept(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "common_config/candidate_resources.yaml", place_resources, "idleTime: 600, ",
                "");
    check_fault(&f, "common_config/candidate_resources.yaml:27:13: error: 'idleTime' is missing in "
                    "function 'Fun' (how many seconds an idle instance is kept, about 600 at most "
                    "providers)\n");
    fixture_clear(&f);
}

static void test_files_that_are_missing_are_all_told(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    static const char *const gone[] = {"oscarp", "space4ai-d", "aisprint"};
    for (size_t i = 0; i < AIS_COUNT(gone); i++) {
        AIS_FREE char *path = ais_path_join(f.dir, gone[i]);
        ais_error *err = NULL;
        assert_int_equal(ais_tree_remove(path, &err), 0);
    }
    check_fault(&f, "aisprint/designs/component_partitions.yaml: error: there is no such file "
                    "(aisprint design makes it)\n"
                    "space4ai-d/qos_constraints.yaml: error: there is no such file (aisprint "
                    "design makes it)\n"
                    "oscarp/performance_models.json: error: there is no such file (it says how "
                    "long each design takes on each resource; measure, or write it: "
                    "docs/placement.md)\n");
    fixture_clear(&f);
}

static void test_sizes_are_missed_where_somebody_receives_something(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "oscarp/components_data_size.yaml", place_sizes, "look_partition1_1: 4.5\n",
                "");
    check_fault(&f, "oscarp/components_data_size.yaml: error: there is no size of what "
                    "'look_partition1_1' sends on (measure it, or write the MB that it sends on "
                    "for one item)\n");
    fixture_clear(&f);
}

static void test_designs_and_constraints_that_do_not_hang_together_are_told(void **state)
{
    (void)state;
    const fixture f = place_fixture_new();
    place_write(&f, "aisprint/designs/component_partitions.yaml", place_partitions, "partition1_1]",
                "partition1_3]");
    check_fault(&f, "aisprint/designs/component_partitions.yaml:3:43: error: partition1_1 is "
                    "missing before it (aisprint design makes all segments of a chain)\n");
    place_write(&f, "aisprint/designs/component_partitions.yaml", place_partitions,
                "  tell: {partitions: [base]}\n", "");
    check_fault(&f, "aisprint/designs/component_partitions.yaml:2:3: error: component 'tell' has "
                    "no designs (aisprint design makes them)\n");
    fixture_write(&f, "aisprint/designs/component_partitions.yaml",
                  "components:\n  look: {partitions: [base]}\n");
    check_fault(&f, "aisprint/designs/component_partitions.yaml:2:3: error: component 'gate' has "
                    "no designs (aisprint design makes them)\n"
                    "aisprint/designs/component_partitions.yaml:2:3: error: component 'tell' has "
                    "no designs (aisprint design makes them)\n");
    fixture_write(&f, "aisprint/designs/component_partitions.yaml", place_partitions);
    place_write(&f, "space4ai-d/qos_constraints.yaml", place_qos, "component_name: look",
                "component_name: lock");
    check_fault(&f,
                "space4ai-d/qos_constraints.yaml:4:42: error: there is no component 'lock' (did "
                "you mean 'look'?)\n");
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_application_is_the_system_file_that_one_writes_by_hand),
        cmocka_unit_test(test_names_of_the_system_lead_back_to_the_application),
        cmocka_unit_test(test_components_are_coded_in_the_order_of_their_designs),
        cmocka_unit_test(test_parts_of_the_system_stand_in_the_files_of_the_application),
        cmocka_unit_test(test_without_a_configuration_the_types_of_layers_say_what_they_are),
        cmocka_unit_test(test_a_layer_that_is_not_listed_is_left_out),
        cmocka_unit_test(test_a_list_with_a_layer_of_another_kind_is_told),
        cmocka_unit_test(test_a_name_in_two_layers_gets_the_layers_from_the_second_on),
        cmocka_unit_test(test_only_the_edge_leaves_what_fits_it_and_tells_the_rest),
        cmocka_unit_test(test_what_asks_for_more_than_a_resource_has_loses_it),
        cmocka_unit_test(test_an_accelerator_with_less_memory_than_asked_for_is_removed),
        cmocka_unit_test(test_a_segment_without_a_model_takes_its_chain_along),
        cmocka_unit_test(test_a_missing_model_is_a_warning_at_the_candidate),
        cmocka_unit_test(test_containers_of_one_component_run_together),
        cmocka_unit_test(test_a_deployment_restricts_designs_and_layers),
        cmocka_unit_test(test_a_path_through_a_part_of_a_chain_is_refused),
        cmocka_unit_test(test_a_deployment_that_there_is_not_is_told),
        cmocka_unit_test(test_without_a_record_the_source_says_how_many_items_leave),
        cmocka_unit_test(test_the_rate_is_what_the_entry_expects_or_what_is_given),
        cmocka_unit_test(test_entries_that_expect_different_rates_are_told),
        cmocka_unit_test(test_a_throughput_that_cannot_arrive_is_a_warning),
        cmocka_unit_test(test_pickles_are_refused_where_they_are_named),
        cmocka_unit_test(test_a_fault_of_a_number_stands_in_the_file_that_has_it),
        cmocka_unit_test(test_a_function_says_how_long_it_is_kept),
        cmocka_unit_test(test_files_that_are_missing_are_all_told),
        cmocka_unit_test(test_sizes_are_missed_where_somebody_receives_something),
        cmocka_unit_test(test_designs_and_constraints_that_do_not_hang_together_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
