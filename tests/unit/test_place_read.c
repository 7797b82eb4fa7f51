/* Systems from files: every fault with its position, spellings and older layouts, limits. */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "place/read.h"

static const char base[] =
    "{\n"
    "\"DirectedAcyclicGraph\": {\n"
    "  \"a\": {\"next\": [\"b\", \"c\"], \"transition_probability\": [0.4, 0.5]},\n"
    "  \"b\": {\"next\": [\"c\"], \"transition_probability\": [1]}},\n"
    "\"Components\": {\n"
    "  \"a\": {\"s1\": {\"h1\": {\"next\": [\"b\", \"c\"], \"data_size\": [5, 7]}},\n"
    "        \"s2\": {\"h4\": {\"next\": [\"c\", \"b\"], \"data_size\": [8, 6]},\n"
    "               \"h2\": {\"next\": [\"h3\"], \"data_size\": [3], \"early_exit_probability\": "
    "0.5},\n"
    "               \"h3\": {\"next\": [\"h4\"], \"data_size\": [2]}}},\n"
    "  \"b\": {\"s1\": {\"h1\": {\"next\": [\"c\"], \"data_size\": [1.5]}}},\n"
    "  \"c\": {\"s1\": {\"h1\": {\"next\": []}}}},\n"
    "\"EdgeResources\": {\"L1\": {\n"
    "  \"E1\": {\"number\": 2, \"cost\": 4.5, \"memory\": 1024, \"n_cores\": 4, \"description\": "
    "\"box\"},\n"
    "  \"E2\": {\"number\": 1.0, \"cost\": 5, \"memory\": 1024}}},\n"
    "\"CloudResources\": {\"L2\": {\"V1\": {\"number\": 3, \"cost\": 1, \"memory\": 2048}}},\n"
    "\"FaaSResources\": {\"L3\": {\"F1\": {\"cost\": 0.5, \"memory\": 512, "
    "\"idle_time_before_kill\": 600},\n"
    "  \"transition_cost\": 0}},\n"
    "\"CompatibilityMatrix\": {\n"
    "  \"a\": {\"h1\": [{\"resource\": \"E1\", \"memory\": 100}],\n"
    "        \"h2\": [{\"resource\": \"E1\", \"memory\": 100}, {\"resource\": \"E2\", \"memory\": "
    "50}],\n"
    "        \"h3\": [{\"resource\": \"E1\", \"memory\": 100}],\n"
    "        \"h4\": [{\"resource\": \"V1\", \"memory\": 100}]},\n"
    "  \"b\": {\"h1\": [{\"resource\": \"V1\", \"memory\": 100}]},\n"
    "  \"c\": {\"h1\": [{\"resource\": \"V1\", \"memory\": 100}, {\"resource\": \"F1\", "
    "\"memory\": 64}]}},\n"
    "\"Performance\": {\n"
    "  \"a\": {\"h1\": {\"E1\": {\"model\": \"QTedge\", \"demand\": 0.5, \"demandDeviation\": "
    "0.1}},\n"
    "        \"h2\": {\"E2\": {\"model\": \"QTedge\", \"demand\": 0.2}, \"E1\": {\"model\": "
    "\"QTedge\", \"demand\": 0.1}},\n"
    "        \"h3\": {\"E1\": {\"model\": \"QTedge\", \"demand\": 0.3, \"meanTime\": 0.4}},\n"
    "        \"h4\": {\"V1\": {\"model\": \"QTcloud\", \"demand\": 0.6}}},\n"
    "  \"b\": {\"h1\": {\"V1\": {\"model\": \"QTcloud\", \"demand\": 0.7}}},\n"
    "  \"c\": {\"h1\": {\"V1\": {\"model\": \"QTcloud\", \"demand\": 0.8},\n"
    "               \"F1\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.9, \"demandCold\": "
    "1.9}}}},\n"
    "\"LocalConstraints\": {\"b\": {\"local_res_time\": 2.5}},\n"
    "\"GlobalConstraints\": {\"p1\": {\"components\": [\"a\", \"b\", \"c\"], \"global_res_time\": "
    "9}},\n"
    "\"NetworkTechnology\": {\n"
    "  \"N1\": {\"computationallayers\": [\"L1\", \"L2\"], \"AccessDelay\": 0.001, \"Bandwidth\": "
    "2000},\n"
    "  \"N2\": {\"ComputationalLayers\": [\"L2\", \"L3\"], \"AccessDelay\": 0, \"Bandwidth\": "
    "1e3}},\n"
    "\"Lambda\": 1.8, \"Time\": 2\n"
    "}\n";

/* The base with the first `from` replaced. The caller frees it. */
static char *changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    AIS_SCOPED(ais_str) out = {.data = NULL};
    if (at == NULL)
        fail_msg("'%s' is not in the text", from);
    ais_str_add_bytes(&out, text, (size_t)(at - text));
    ais_str_add(&out, to);
    ais_str_add(&out, at + strlen(from));
    return ais_str_take(&out);
}

/* All faults as "line:column rule: message (hint)\n", and the system or NULL. The caller frees both. */
static char *read_text(const char *text, ais_system **out)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_SCOPED(ais_str) said = {.data = NULL};
    ais_system *system = NULL;
    if (ais_doc_parse("f", text, strlen(text), AIS_DOC_JSON, diags, &doc) == 0 &&
        ais_system_from_node(ais_doc_root(doc), ".", diags, &system) < 0)
        assert_true(ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > 0);
    ais_diags_sort(diags);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *d = ais_diags_get(diags, i);
        ais_str_add_format(&said, "%u:%u %s%s: %s", d->pos.line, d->pos.column,
                           d->severity == AIS_SEVERITY_ERROR ? "" : "warning ", d->rule,
                           d->message);
        if (d->hint != NULL)
            ais_str_add_format(&said, " (%s)", d->hint);
        ais_str_add_char(&said, '\n');
    }
    if (out != NULL)
        *out = system;
    else
        ais_system_free(system);
    return ais_str_take(&said);
}

typedef struct change {
    const char *from, *to, *said;
} change;

static void check_changes(const change *changes, size_t count)
{
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        AIS_FREE char *text = changed(base, changes[i].from, changes[i].to);
        AIS_FREE char *said = read_text(text, NULL);
        if (!ais_str_equal(said, changes[i].said)) {
            print_error("%s\n-> %s\n%s", changes[i].from, changes[i].to, said);
            good = false;
        }
    }
    assert_true(good);
}

/* ---- what is read ---- */

static void test_every_value_of_a_system_is_read(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = NULL;
    AIS_FREE char *said = read_text(base, &s);
    assert_string_equal(said, "");
    assert_non_null(s);
    assert_int_equal(s->component_count, 3);
    assert_int_equal(s->deployment_count, 4);
    assert_int_equal(s->part_count, 6);
    assert_int_equal(s->option_count, 8);
    assert_int_equal(s->edge_count, 3);
    assert_int_equal(s->edge_bytes_count, 5);
    assert_true(s->rate_rps == 1.8 && s->horizon == 2.0);
    assert_string_equal(s->resources[0].description, "box");
    assert_true(s->resources[0].number == 2 && s->resources[0].cores == 4);
    assert_true(s->resources[0].cost == 4.5 && s->resources[0].memory_bytes == 1024e6);
    assert_true(s->resources[1].number == 1 && s->resources[1].cores == 1);
    assert_true(s->resources[3].number == 1 && s->resources[3].idle_s == 600.0);
    assert_int_equal(s->layers[2].kind, AIS_LAYER_FAAS);
    assert_int_equal(s->layers[1].first_resource, 2);
    assert_true(s->components[1].local_limit_s == 2.5 && isinf(s->components[0].local_limit_s));
    assert_int_equal(s->components[1].local_pos.line, 33);
    assert_true(s->paths[0].limit_s == 9.0 && s->paths[0].edges[0] == 0 &&
                s->paths[0].edges[1] == 2);
    assert_true(s->domains[1].bandwidth == 1000.0 && s->domains[1].layers[1] == 2);
    assert_true(s->domains[0].access_delay_s == 0.001);
    assert_float_equal(s->visits[1], 0.4, 1e-15);
    assert_float_equal(s->visits[2], 0.9, 1e-15);
}

static void test_a_chain_is_ordered_and_data_follow_the_graph(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = NULL;
    AIS_FREE char *said = read_text(base, &s);
    assert_string_equal(said, "");
    const ais_system_part *parts = &s->parts[s->deployments[1].first_part];
    assert_string_equal(parts[0].name, "h2");
    assert_string_equal(parts[1].name, "h3");
    assert_string_equal(parts[2].name, "h4");
    assert_true(parts[0].early_exit == 0.5 && parts[1].early_exit == 0.0);
    assert_true(parts[0].next_bytes == 3e6 && parts[1].next_bytes == 2e6);
    const double *bytes = &s->edge_bytes[s->deployments[1].first_data];
    assert_true(bytes[0] == 6e6 && bytes[1] == 8e6); /* the file says c, b */
    assert_int_equal(parts[0].pos.line, 8);
    assert_string_equal(parts[0].pos.file, "f");
}

static void test_an_option_has_its_model(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = NULL;
    AIS_FREE char *said = read_text(base, &s);
    assert_string_equal(said, "");
    const ais_system_option *o = &s->options[0];
    assert_true(o->demand_s == 0.5 && o->deviation_s == 0.1 && o->memory_bytes == 100e6);
    assert_true(o->kind == AIS_MODEL_QUEUE && isnan(o->mean_time_s));
    assert_string_equal(o->model, "QTedge");
    const ais_system_option *second = &s->options[s->parts[1].first_option + 1];
    assert_string_equal(s->resources[second->resource].name, "E2");
    assert_true(second->demand_s == 0.2 && second->memory_bytes == 50e6);
    assert_true(s->options[s->parts[2].first_option].mean_time_s == 0.4);
    const ais_system_option *function = &s->options[7];
    assert_true(function->kind == AIS_MODEL_FUNCTION);
    assert_true(function->warm_s == 0.9 && function->cold_s == 1.9);
    assert_int_equal(function->pos.line, 32);
}

static void test_what_may_be_left_out_has_its_default(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = NULL;
    AIS_FREE char *no_rate = changed(base, "\"Lambda\": 1.8, \"Time\": 2", "\"Time\": 1");
    AIS_FREE char *no_local =
        changed(no_rate, "\"LocalConstraints\": {\"b\": {\"local_res_time\": 2.5}},\n", "");
    AIS_FREE char *text = changed(no_local,
                                  "\"GlobalConstraints\": {\"p1\": {\"components\": [\"a\", \"b\", "
                                  "\"c\"], \"global_res_time\": 9}},\n",
                                  "");
    AIS_FREE char *said = read_text(text, &s);
    assert_string_equal(said, "");
    assert_true(isnan(s->rate_rps) && s->path_count == 0 && isinf(s->components[1].local_limit_s));
}

static void test_a_transition_cost_one_level_up_is_read(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = NULL;
    AIS_FREE char *up = changed(base, "\n  \"transition_cost\": 0}},", "\"x\": null}},");
    AIS_FREE char *text = changed(up, ",\"x\": null}}", "}, \"transition_cost\": 0.25}");
    AIS_FREE char *said = read_text(text, &s);
    assert_string_equal(
        said, "16:19 warning not-charged: the transition_cost of 'L3' is part of no cost\n");
    assert_true(s->layers[2].transition_cost == 0.25);
}

static void test_models_of_both_public_codes_are_known(void **state)
{
    (void)state;
    static const char fitted[] =
        "\"regressor\": {\"kind\": \"linear\", \"intercept\": 1, \"terms\": []}";
    static const struct {
        const char *name;
        bool on_function;
    } models[] = {
        {"CoreBasedPredictor", false}, {"AMLCORE", false},  {"LambdaBasedPredictor", false},
        {"AMLTHROUGHPUT", false},      {"MLLIBfaas", true}, {"AMLFAAS", true}};
    for (size_t i = 0; i < AIS_COUNT(models); i++) {
        AIS_AUTO(ais_system) s = NULL;
        AIS_FREE char *model = ais_format("\"model\": \"%s\", %s", models[i].name, fitted);
        AIS_FREE char *text =
            changed(base,
                    models[i].on_function ? "\"model\": \"PACSLTK\""
                                          : "\"model\": \"QTcloud\", \"demand\": 0.7",
                    model);
        AIS_FREE char *said = read_text(text, &s);
        assert_string_equal(said, "");
        const ais_system_option *o = &s->options[models[i].on_function ? 7 : 5];
        assert_true(o->kind == AIS_MODEL_PREDICTOR && o->predictor != NULL);
        assert_string_equal(o->model, models[i].name);
        assert_true(o->warm_s == (models[i].on_function ? 0.9 : 0.0));
    }
    AIS_AUTO(ais_system) s = NULL;
    AIS_FREE char *text = changed(base, "PACSLTK", "PACSLTKSTATIC");
    AIS_FREE char *said = read_text(text, &s);
    assert_string_equal(said, "");
    assert_int_equal(s->options[7].kind, AIS_MODEL_FUNCTION);
}

static void test_the_public_instances_are_read_without_a_word(void **state)
{
    (void)state;
    const char *data = getenv("AISPRINT_TEST_DATA");
    ais_names names = {.items = NULL};
    size_t count = 0;
    AIS_FREE char *dir = data != NULL ? ais_path_join(data, "space4ai") : NULL;
    if (dir == NULL || !ais_dir_exists(dir)) {
        print_message("AISPRINT_TEST_DATA is not set\n");
        skip();
    }
    assert_int_equal(ais_dir_list(dir, &names, NULL), 0);
    for (size_t i = 0; i < names.count; i++) {
        if (!ais_str_ends(names.items[i], ".json"))
            continue;
        AIS_AUTO(ais_diags) diags = ais_diags_new();
        AIS_AUTO(ais_system) system = NULL;
        AIS_FREE char *path = ais_path_join(dir, names.items[i]);
        assert_int_equal(ais_system_read(path, diags, &system), 0);
        assert_int_equal(ais_diags_count(diags), 0);
        assert_string_equal(system->file, path);
        count++;
    }
    ais_names_clear(&names);
    assert_true(count > 40);
}

/* ---- limits ---- */

/* A system whose `section` holds `count` entries "n<i>": {}. The caller frees it. */
static char *make_large(const char *section, const char *before, size_t count, const char *after)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_str_add_format(&text, "{\"%s\": {%s", section, before);
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(&text, "%s\"n%zu\": {}", i > 0 ? "," : "", i);
    ais_str_add_format(&text, "%s}}", after);
    return ais_str_take(&text);
}

static void test_too_much_is_one_fault(void **state)
{
    (void)state;
    static const struct {
        const char *section, *before;
        size_t count;
        const char *after, *said;
    } cases[] = {
        {"Components", "", AIS_SYSTEM_MAX_COMPONENTS + 1, "",
         "1:2 limit: there are 10001 components; at most 10000 are read\n"},
        {"EdgeResources", "\"L\": {", AIS_SYSTEM_MAX_RESOURCES + 1, "}",
         "1:2 limit: there are 100001 resources; at most 100000 are read\n"},
        {"CloudResources", "", AIS_SYSTEM_MAX_LAYERS + 1, "",
         "1:2 limit: there are 1001 layers; at most 1000 are read\n"},
        {"FaaSResources", "\"L\": {", 1000000, "}",
         "1:6888885 limit: the document has more than 1000000 nodes\n"},
    };
    for (size_t i = 0; i < AIS_COUNT(cases); i++) {
        AIS_FREE char *text =
            make_large(cases[i].section, cases[i].before, cases[i].count, cases[i].after);
        AIS_FREE char *said = read_text(text, NULL);
        assert_string_equal(said, cases[i].said);
    }
}

/* ---- faults ---- */

static void test_faults_of_the_graph(void **state)
{
    (void)state;
    static const change changes[] = {
        {"\"next\": [\"c\"], \"transition_probability\": [1]",
         "\"next\": [\"a\"], \"transition_probability\": [1]",
         "4:8 dag-cycle: the graph has a cycle: b -> a -> b (a request must come to an end: take "
         "one of these edges out)\n"
         "10:32 chain: 'c' is neither a partition of 's1' nor a successor of 'b' ('next' names one "
         "partition, or of the last one the successors that DirectedAcyclicGraph gives)\n"
         "34:55 path: no edge leads from 'b' to 'c' ('b' leads to 'a')\n"},
        {"\"b\": {\"next\": [\"c\"], \"transition", "\"c\": {\"next\": [\"c\"], \"transition",
         "4:8 dag-cycle: the graph has a cycle: c -> c (a request must come to an end: take one of "
         "these edges out)\n"
         "10:32 chain: 'c' is neither a partition of 's1' nor a successor of 'b' ('next' names one "
         "partition, or of the last one the successors that DirectedAcyclicGraph gives)\n"
         "11:31 chain: 'h1' of 'c' names 0 successors; DirectedAcyclicGraph gives it 1 (the last "
         "partition names each successor once)\n"
         "34:55 path: no edge leads from 'b' to 'c' ('b' has no successors)\n"},
        {"[0.4, 0.5]", "[0.4, 0.7]",
         "3:55 out-of-range: the transition probabilities of 'a' sum to 1.1 (1 for what every "
         "request takes; at most 1 together where it takes one of them)\n"},
        {"[0.4, 0.5]", "[-0.4, 0.5]",
         "3:56 out-of-range: element 1 of 'transition_probability' is -0.4 (must be from 0 to "
         "1)\n"},
        {"[0.4, 0.5]", "[1, 1]", ""},
        {"[0.4, 0.5]", "[1.5, 0.5]",
         "3:56 out-of-range: element 1 of 'transition_probability' is 1.5 (must be from 0 to 1)\n"},
        {"[0.4, 0.5]", "[0.4]",
         "3:55 length-differs: 'a' has 2 successors, but 1 transition probabilities (one "
         "probability for each name of 'next')\n"},
        {"[0.4, 0.5]", "[\"0.4\", 0.5]",
         "3:56 wrong-type: element 1 of 'transition_probability' is a string (must be a number: "
         "write 0.4 without quotes)\n"},
        {"[\"b\", \"c\"], \"transition", "[\"b\", \"b\"], \"transition",
         "3:23 duplicate-name: 'b' is a successor of 'a' twice (remove one of them, add up their "
         "probabilities)\n"},
        {"[\"b\", \"c\"], \"transition", "[\"b\", \"cc\"], \"transition",
         "3:23 unknown-component: 'cc', a successor of 'a', is no component (did you mean 'c'?)\n"},
        {"\"b\": {\"next\": [\"c\"], \"transition", "\"bb\": {\"next\": [\"c\"], \"transition",
         "4:3 unknown-component: 'bb' in DirectedAcyclicGraph is no component (did you mean "
         "'b'?)\n"},
    };
    check_changes(changes, AIS_COUNT(changes));
}

static void test_faults_of_chains(void **state)
{
    (void)state;
    static const change changes[] = {
        {"{\"next\": [\"h4\"]", "{\"next\": [\"h2\"]",
         "7:9 chain: partitions of 's2' in 'a' lead to each other in a circle (one partition is "
         "the first, each other is the 'next' of one)\n"},
        {"{\"next\": [\"h4\"]", "{\"next\": [\"h5\"]",
         "9:32 chain: 'h5' is neither a partition of 's2' nor a successor of 'a' (did you mean "
         "'h4'?)\n"},
        {"{\"next\": [\"h4\"]", "{\"next\": [\"h4\", \"b\"]",
         "9:32 chain: the partition 'h3' of 'a' leads to 'h4' and to others (a chain has no "
         "branches)\n"},
        {"{\"next\": [\"h3\"]", "{\"next\": [\"h4\"]",
         "9:32 chain: the partition 'h4' of 'a' has a second one before it (each is behind one "
         "other)\n"},
        {"{\"next\": [\"h4\"]", "{\"next\": [\"b\", \"c\"]",
         "8:16 chain: no partition of 's2' in 'a' leads to 'h2', nor to 'h4' (one partition is the "
         "first, each other is the 'next' of one)\n"},
        {"{\"next\": [\"c\", \"b\"]", "{\"next\": [\"h2\"]",
         "7:9 chain: partitions of 's2' in 'a' lead to each other in a circle (one partition is "
         "the first, each other is the 'next' of one)\n"},
        {"{\"next\": [\"c\", \"b\"]", "{\"next\": [\"c\", \"c\"]",
         "7:37 chain: 'h4' leads to 'c' twice (each successor once)\n"},
        {"{\"next\": [\"c\", \"b\"]", "{\"next\": [\"c\"]",
         "7:31 chain: 'h4' of 'a' names 1 successors; DirectedAcyclicGraph gives it 2 (the last "
         "partition names each successor once)\n"},
        {"\"data_size\": [8, 6]", "\"data_size\": [8]",
         "7:56 length-differs: 'h4' of 'a' leads to 2, its 'data_size' holds 1 (one size in MB for "
         "each name of 'next')\n"},
        {"\"data_size\": [3]", "\"data_size\": [3, 4]",
         "8:52 length-differs: 'h2' of 'a' leads to 1, its 'data_size' holds 2 (one size in MB for "
         "each name of 'next')\n"},
        {"\"data_size\": [3]", "\"data_size\": [-3]",
         "8:53 out-of-range: element 1 of 'data_size' is -3 (must be at least 0 MB)\n"},
        {"\"data_size\": [3], ", "",
         "8:22 missing-key: 'data_size' is missing in 'h2' (must be a list, in MB)\n"},
        {"\"early_exit_probability\": 0.5", "\"early_exit_probability\": 1.5",
         "8:83 out-of-range: 'early_exit_probability' is 1.5 (must be from 0 to 1)\n"},
        {"{\"next\": []}", "{\"next\": [], \"early_exit_probability\": 0.2}",
         "11:35 warning not-used: 'h1' is the last partition of 's1': its early exit is not used "
         "(transition probabilities say which requests end here)\n"},
        {"\"s1\": {\"h1\": {\"next\": [\"b\"", "\"s1\": {\"h2\": {\"next\": [\"b\"",
         "8:16 duplicate-name: the partition 'h2' of 'a' stands here again (names of partitions "
         "are unique within a component, over its deployments)\n"
         "19:9 warning unknown-partition: 'h1' in CompatibilityMatrix is no partition of 'a' (it "
         "is not used)\n"
         "26:9 warning unknown-partition: 'h1' in Performance is no partition of 'a' (it is not "
         "used)\n"},
        {"\"h4\": {\"next\": [\"c\", \"b\"]", "\"c\": {\"next\": [\"c\", \"b\"]",
         "7:31 duplicate-name: 'c' is a partition of 'a' and a successor of it, too (give the "
         "partition another name)\n"
         "22:9 warning unknown-partition: 'h4' in CompatibilityMatrix is no partition of 'a' (it "
         "is not used)\n"
         "29:9 warning unknown-partition: 'h4' in Performance is no partition of 'a' (it is not "
         "used)\n"},
        {"\"c\": {\"s1\": {\"h1\": {\"next\": []}}}", "\"c\": {}", "11:8 empty: 'c' is empty\n"},
    };
    check_changes(changes, AIS_COUNT(changes));
}

static void test_faults_of_resources(void **state)
{
    (void)state;
    static const change changes[] = {
        {"\"L2\": {\"V1\"", "\"L1\": {\"V1\"",
         "7:16 no-network: no candidate of 'h3' in 'a' can reach one of 'h4' (data goes between "
         "layers that a domain of NetworkTechnology has in common)\n"
         "15:20 duplicate-name: the layer 'L1' stands here again (it stands first at line 12)\n"
         "36:40 warning unknown-layer: there is no layer 'L2' (no resource is in it)\n"
         "37:34 warning unknown-layer: there is no layer 'L2' (no resource is in it)\n"},
        {"\"E2\": {\"number\": 1.0", "\"V1\": {\"number\": 1.0",
         "15:27 duplicate-name: the resource 'V1' stands here again (it stands first at line 14; a "
         "resource belongs to one layer)\n"
         "20:64 unknown-resource: there is no resource 'E2' (did you mean 'E1'?)\n"
         "27:16 unknown-resource: there is no resource 'E2' (did you mean 'E1'?)\n"},
        {"\"number\": 3", "\"number\": 0",
         "15:44 out-of-range: 'number' is 0 (must be from 1 to 1000000)\n"},
        {"\"number\": 3", "\"number\": 2.5",
         "15:44 out-of-range: 'number' is 2.5 (must be a whole number)\n"},
        {"\"number\": 3", "\"number\": \"3\"",
         "15:44 wrong-type: 'number' is a string (must be a number: write 3 without quotes)\n"},
        {"\"number\": 3", "\"number\": 2000000",
         "15:44 out-of-range: 'number' is 2000000 (must be from 1 to 1000000)\n"},
        {"\"number\": 3, ", "",
         "15:33 missing-key: 'number' is missing in 'V1' (must be a number)\n"},
        {"\"cost\": 1,", "\"cost\": -1,",
         "15:55 out-of-range: 'cost' is -1 (must be at least 0)\n"},
        {"\"n_cores\": 4", "\"n_cors\": 4",
         "13:52 warning unknown-key: 'n_cors' is no key of a resource; it is not used (did you "
         "mean 'n_cores'?)\n"},
        {"\"idle_time_before_kill\": 600", "\"idle_time\": 600",
         "16:32 missing-key: 'idle_time_before_kill' is missing in 'F1' (must be a number, in s)\n"
         "16:61 warning unknown-key: 'idle_time' is no key of a function; it is not used\n"},
        {"\"transition_cost\": 0", "\"transition_cost\": 0.5",
         "16:19 warning not-charged: the transition_cost of 'L3' is part of no cost\n"},
    };
    check_changes(changes, AIS_COUNT(changes));
}

static void test_faults_of_candidates_and_models(void **state)
{
    (void)state;
    static const change changes[] = {
        {"\"h4\": [{\"resource\": \"V1\"", "\"h4\": [{\"resource\": \"V2\"",
         "22:29 unknown-resource: there is no resource 'V2' (did you mean 'E2'?)\n"},
        {"\"h4\": [{\"resource\": \"V1\", \"memory\": 100}]", "\"h4\": []",
         "22:15 no-candidate: 'h4' of 'a' has no candidates (name the resources where it may "
         "run)\n"},
        {"\"h3\": [{\"resource\": \"E1\", \"memory\": 100}],\n", "",
         "9:16 no-candidate: 'h3' of 'a' has no candidates (list the resources where it may run in "
         "CompatibilityMatrix)\n"},
        {"\"resource\": \"E2\", \"memory\": 50", "\"resource\": \"E1\", \"memory\": 50",
         "20:64 duplicate-name: 'E1' is a candidate of 'h2' twice (remove one of them)\n"},
        {"\"E2\", \"memory\": 50", "\"E2\"",
         "20:51 missing-key: 'memory' is missing in element 2 of 'h2' (must be a number, in MB)\n"},
        {"\"h1\": [{\"resource\": \"E1\"", "\"h9\": [], \"h1\": [{\"resource\": \"E1\"",
         "19:9 warning unknown-partition: 'h9' in CompatibilityMatrix is no partition of 'a' (it "
         "is not used)\n"},
        {"\"b\": {\"h1\": [", "\"d\": {}, \"b\": {\"h1\": [",
         "23:3 warning unknown-component: 'd' in CompatibilityMatrix is no component (it must be a "
         "key of Components)\n"},
        {"\"E2\": {\"model\": \"QTedge\", \"demand\": 0.2}, ", "",
         "20:51 missing-model: Performance has no model of 'h2' in 'a' on 'E2' (every candidate "
         "needs its model in Performance)\n"},
        {"\"h1\": {\"E1\": {\"model\"",
         "\"h1\": {\"E2\": {\"model\": \"QTedge\", \"demand\": 1}, \"E1\": {\"model\"",
         "26:16 model-not-compatible: 'h1' has a model on 'E2', which CompatibilityMatrix does not "
         "allow (add it to the candidates, or remove the model)\n"},
        {"\"E2\": {\"model\"", "\"E3\": {\"model\"",
         "20:51 missing-model: Performance has no model of 'h2' in 'a' on 'E2' (every candidate "
         "needs its model in Performance)\n"
         "27:16 unknown-resource: there is no resource 'E3' (did you mean 'E1'?)\n"},
        {"\"model\": \"QTcloud\", \"demand\": 0.6", "\"model\": \"QTclout\", \"demand\": 0.6",
         "29:32 unknown-model: there is no model 'QTclout' (did you mean 'QTcloud'?)\n"},
        {"\"model\": \"QTcloud\", \"demand\": 0.6", "\"model\": \"PACSLTK\", \"demand\": 0.6",
         "29:32 unknown-model: the model 'PACSLTK' is one of functions, but 'V1' is a machine "
         "(machines take QTedge, QTcloud, CoreBasedPredictor, AMLCORE, LambdaBasedPredictor, "
         "AMLTHROUGHPUT)\n"},
        {"\"model\": \"PACSLTK\"", "\"model\": \"QTedge\"",
         "32:32 unknown-model: the model 'QTedge' is one of machines, but 'F1' is a function "
         "(functions take PACSLTK, PACSLTKSTATIC, MLLIBfaas, AMLFAAS)\n"},
        {"\"demand\": 0.6", "\"demand\": -0.6",
         "29:53 out-of-range: 'demand' is -0.6 (must be above 0 s)\n"},
        {"\"demand\": 0.6", "\"demand\": 0",
         "29:53 out-of-range: 'demand' is 0 (must be above 0 s)\n"},
        {"\"demand\": 0.6", "\"demand\": NaN",
         "29:53 json-syntax: 'NaN' stands where a value must be (JSON has no NaN and no Infinity; "
         "null may do)\n"},
        {"\"demand\": 0.6", "\"demand\": 1e999",
         "29:53 json-syntax: the number is too large (the largest is about 1.8e308)\n"},
        {"\"demand\": 0.6", "\"demand\": \"0.6\"",
         "29:53 wrong-type: 'demand' is a string (must be a number: write 0.6 without quotes, in "
         "s)\n"},
        {"\"demand\": 0.6", "\"dmand\": 0.6",
         "29:22 missing-key: 'demand' of the model QTcloud is missing (must be a number, in s)\n"
         "29:43 warning unknown-key: 'dmand' is no key of a performance model; it is not used (did "
         "you mean 'demand'?)\n"},
        {", \"demandCold\": 1.9", "",
         "32:22 missing-key: 'demandCold' of the model PACSLTK is missing (must be a number, in "
         "s)\n"},
        {"\"demandDeviation\": 0.1", "\"demandDeviation\": -0.1",
         "26:76 out-of-range: 'demandDeviation' is -0.1 (must be at least 0 s)\n"},
    };
    check_changes(changes, AIS_COUNT(changes));
}

static void test_faults_of_constraints_and_network(void **state)
{
    (void)state;
    static const change changes[] = {
        {"\"LocalConstraints\": {\"b\"", "\"LocalConstraints\": {\"bb\"",
         "33:22 unknown-component: 'bb' in LocalConstraints is no component (did you mean 'b'?)\n"},
        {"\"local_res_time\": 2.5", "\"local_res_time\": 0",
         "33:46 out-of-range: 'local_res_time' is 0 (must be above 0 s)\n"},
        {"\"local_res_time\": 2.5", "",
         "33:27 missing-key: 'local_res_time' is missing in 'b' (must be a number, in s)\n"},
        {"[\"a\", \"b\", \"c\"]", "[\"b\", \"a\"]",
         "34:50 path: no edge leads from 'b' to 'a' ('b' leads to 'c')\n"},
        {"[\"a\", \"b\", \"c\"]", "[\"a\", \"x\"]",
         "34:50 unknown-component: 'x' is no component (it must be a key of Components)\n"},
        {"[\"a\", \"b\", \"c\"]", "[]", "34:44 empty: 'components' is empty\n"},
        {"\"Bandwidth\": 2000", "\"Bandwidth\": 0",
         "36:82 out-of-range: 'Bandwidth' is 0 (must be above 0)\n"},
        {"\"Bandwidth\": 2000", "\"Bandwidth\": -5",
         "36:82 out-of-range: 'Bandwidth' is -5 (must be above 0)\n"},
        {"\"AccessDelay\": 0.001, ", "",
         "36:9 missing-key: 'AccessDelay' is missing in 'N1' (must be a number, in s)\n"},
        {"\"computationallayers\": [\"L1\", \"L2\"], ", "",
         "36:9 missing-key: 'computationalLayers' is missing in 'N1' (must be a list)\n"},
        {"\"computationallayers\": [\"L1\", \"L2\"]", "\"computationallayers\": [\"L1\"]",
         "7:16 no-network: no candidate of 'h3' in 'a' can reach one of 'h4' (data goes between "
         "layers that a domain of NetworkTechnology has in common)\n"},
        {"[\"L1\", \"L2\"]", "[\"L1\", \"L2\", \"L9\"]",
         "36:46 warning unknown-layer: there is no layer 'L9' (no resource is in it)\n"},
        {"\"Lambda\": 1.8", "\"Lambda\": 0",
         "38:11 out-of-range: 'Lambda' is 0 (must be above 0 requests/s)\n"},
        {"\"Lambda\": 1.8", "\"Lamda\": 1.8",
         "38:1 warning unknown-key: 'Lamda' is no key of a system; it is not used (did you mean "
         "'Lambda'?)\n"},
        {"\"Time\": 2", "\"Time\": \"2\"",
         "38:24 wrong-type: 'Time' is a string (must be a number: write 2 without quotes)\n"},
    };
    check_changes(changes, AIS_COUNT(changes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_value_of_a_system_is_read),
        cmocka_unit_test(test_a_chain_is_ordered_and_data_follow_the_graph),
        cmocka_unit_test(test_an_option_has_its_model),
        cmocka_unit_test(test_what_may_be_left_out_has_its_default),
        cmocka_unit_test(test_a_transition_cost_one_level_up_is_read),
        cmocka_unit_test(test_models_of_both_public_codes_are_known),
        cmocka_unit_test(test_the_public_instances_are_read_without_a_word),
        cmocka_unit_test(test_too_much_is_one_fault),
        cmocka_unit_test(test_faults_of_the_graph),
        cmocka_unit_test(test_faults_of_chains),
        cmocka_unit_test(test_faults_of_resources),
        cmocka_unit_test(test_faults_of_candidates_and_models),
        cmocka_unit_test(test_faults_of_constraints_and_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
