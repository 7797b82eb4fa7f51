/* Reads bytes as a placement on a small system. What can be read is written and read again: it must be the same. */
#include <string.h>

#include "place/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "{\"DirectedAcyclicGraph\": {\"a\": {\"next\": [\"b\"], \"transition_probability\": [1]}},"
    "\"Components\": {\"a\": {\"s1\": {\"h1\": {\"next\": [\"b\"], \"data_size\": [1]}},"
    "  \"s2\": {\"h2\": {\"next\": [\"h3\"], \"data_size\": [1]},"
    "         \"h3\": {\"next\": [\"b\"], \"data_size\": [1]}}},"
    "  \"b\": {\"s1\": {\"h1\": {\"next\": []}}}},"
    "\"EdgeResources\": {\"L1\": {\"E1\": {\"number\": 3, \"cost\": 2, \"memory\": 1024},"
    "  \"E2\": {\"number\": 2, \"cost\": 3, \"memory\": 1024}}},"
    "\"FaaSResources\": {\"L2\": {\"F1\": {\"cost\": 1, \"memory\": 64, \"idle_time_before_kill\": "
    "600}}},"
    "\"CompatibilityMatrix\": {"
    "  \"a\": {\"h1\": [{\"resource\": \"E1\", \"memory\": 1}, {\"resource\": \"E2\", \"memory\": "
    "1}],"
    "        \"h2\": [{\"resource\": \"E1\", \"memory\": 1}],"
    "        \"h3\": [{\"resource\": \"E2\", \"memory\": 1}, {\"resource\": \"F1\", \"memory\": "
    "1}]},"
    "  \"b\": {\"h1\": [{\"resource\": \"F1\", \"memory\": 1}, {\"resource\": \"E1\", \"memory\": "
    "1}]}},"
    "\"Performance\": {"
    "  \"a\": {\"h1\": {\"E1\": {\"model\": \"QTedge\", \"demand\": 0.2},"
    "                \"E2\": {\"model\": \"QTedge\", \"demand\": 0.1}},"
    "        \"h2\": {\"E1\": {\"model\": \"QTedge\", \"demand\": 0.3}},"
    "        \"h3\": {\"E2\": {\"model\": \"QTedge\", \"demand\": 0.3},"
    "          \"F1\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.1, \"demandCold\": 0.4}}},"
    "  \"b\": {\"h1\": {\"E1\": {\"model\": \"QTedge\", \"demand\": 0.5},"
    "          \"F1\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.2, \"demandCold\": 0.5}}}},"
    "\"NetworkTechnology\": {\"N\": {\"computationalLayers\": [\"L1\", \"L2\"],"
    "  \"AccessDelay\": 0.001, \"Bandwidth\": 100}}, \"Lambda\": 1}";

static void write_and_read(const ais_perf *perf, const ais_placement *placement)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_placement) again = NULL;
    AIS_SCOPED(ais_str) why = {.data = NULL};
    const ais_system *s = perf->system;
    ais_evaluation_result result = {.violations = 0};
    ais_perf_evaluate(perf, placement, NULL, &result);
    if ((ais_placement_explain(perf, placement, &why) > 0) != (result.violations != 0))
        AIS_BUG("violations %u, but told: %s", result.violations, ais_str_get(&why));
    ais_evaluation_result_write_text(perf, placement, &why);
    if (ais_placement_from_node(ais_placement_to_node(perf, placement, doc), s, diags, &again) < 0)
        AIS_BUG("cannot be read again: %s", ais_diags_get(diags, 0)->message);
    for (size_t p = 0; p < s->part_count; p++)
        if (placement->option[p] != again->option[p])
            AIS_BUG("another option when read again");
    for (size_t r = 0; r < s->resource_count; r++)
        if (placement->count[r] != again->count[r])
            AIS_BUG("another count when read again");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_AUTO(ais_doc) solution = NULL;
    AIS_AUTO(ais_system) system = NULL;
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_placement) placement = NULL;
    ais_error *err = NULL;
    if (ais_doc_parse("f", (const char *)data, size, AIS_DOC_JSON, diags, &solution) < 0)
        return 0;
    if (ais_doc_parse("s", text, strlen(text), AIS_DOC_JSON, diags, &doc) < 0 ||
        ais_system_from_node(ais_doc_root(doc), "/nowhere", diags, &system) < 0 ||
        ais_perf_new(system, &(ais_perf_options){.semantics = AIS_SEMANTICS_NATIVE}, &perf, &err) <
            0)
        AIS_BUG("the system is refused");
    if (ais_placement_from_node(ais_doc_root(solution), system, diags, &placement) == 0)
        write_and_read(perf, placement);
    else if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) == 0)
        AIS_BUG("refused without a fault");
    return 0;
}
