/* Reads bytes as a system. What can be read is compiled, and a placement on it evaluated, explained, written and
 * read again: it must be the same placement, and be told what it breaks exactly when it breaks something. */
#include <math.h>

#include "place/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The n-th choice of everything. */
static ais_placement *choose(const ais_system *s, size_t n)
{
    ais_placement *placement = ais_placement_new(s);
    for (size_t c = 0; c < s->component_count; c++) {
        const ais_system_component *component = &s->components[c];
        const size_t d = component->first_deployment + n % component->deployment_count;
        placement->deployment[c] = d;
        for (size_t k = 0; k < s->deployments[d].part_count; k++) {
            const ais_system_part *part = &s->parts[s->deployments[d].first_part + k];
            const size_t o = part->first_option + n % part->option_count;
            const size_t resource = s->options[o].resource;
            placement->option[s->deployments[d].first_part + k] = o;
            placement->count[resource] = s->resources[resource].number;
        }
    }
    return placement;
}

static void check_equal(const ais_system *s, const ais_placement *a, const ais_placement *b)
{
    for (size_t c = 0; c < s->component_count; c++)
        if (a->deployment[c] != b->deployment[c])
            AIS_BUG("another deployment when read again");
    for (size_t p = 0; p < s->part_count; p++)
        if (a->option[p] != b->option[p])
            AIS_BUG("another option when read again");
    for (size_t r = 0; r < s->resource_count; r++)
        if (a->count[r] != b->count[r])
            AIS_BUG("another count when read again");
}

static void judge(const ais_perf *perf, const ais_placement *placement)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_AUTO(ais_doc) again = NULL;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_placement) second = NULL;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    AIS_SCOPED(ais_str) why = {.data = NULL};
    ais_evaluation_result result = {.violations = 0};
    ais_perf_evaluate(perf, placement, NULL, &result);
    if ((ais_placement_explain(perf, placement, &why) > 0) != (result.violations != 0))
        AIS_BUG("violations %u, but told: %s", result.violations, ais_str_get(&why));
    ais_evaluation_result_to_node(perf, placement, doc);
    ais_evaluation_result_write_text(perf, placement, &why);
    ais_doc_write_json(ais_placement_to_node(perf, placement, doc), -1, &text);
    if (ais_doc_parse("s", ais_str_get(&text), text.length, AIS_DOC_JSON, diags, &again) < 0 ||
        ais_placement_from_node(ais_doc_root(again), perf->system, diags, &second) < 0)
        AIS_BUG("cannot be read again: %s\n%s", ais_diags_get(diags, 0)->message,
                ais_str_get(&text));
    check_equal(perf->system, placement, second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_AUTO(ais_system) system = NULL;
    if (ais_doc_parse("f", (const char *)data, size, AIS_DOC_JSON, diags, &doc) < 0)
        return 0;
    if (ais_system_from_node(ais_doc_root(doc), "/nowhere", diags, &system) < 0) {
        if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) == 0)
            AIS_BUG("refused without a fault");
        return 0;
    }
    for (size_t n = 0; n < 3; n++) {
        AIS_AUTO(ais_placement) placement = choose(system, n);
        AIS_AUTO(ais_perf) perf = NULL;
        ais_error *err = NULL;
        const ais_perf_options options = {.semantics = (ais_semantics)n,
                                          .rate_rps = isnan(system->rate_rps) ? 1.0 : 0.0};
        if (ais_perf_new(system, &options, &perf, &err) < 0)
            ais_error_free(err);
        else
            judge(perf, placement);
    }
    return 0;
}
