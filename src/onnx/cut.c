/* Where a model may be cut: the calls of onnx.h. What they stand on is told in cut_priv.h. */
#include "onnx/cut_priv.h"

static int check_options(const ais_onnx_cuts_options *o, ais_error **err)
{
    if (o->parts > AIS_ONNX_MAX_PARTS)
        return ais_error_set(err, AIS_E_LIMIT, "%zu parts are asked for (at most %d)", o->parts,
                             AIS_ONNX_MAX_PARTS);
    if (o->parts < 2)
        return ais_error_set(err, AIS_E_INPUT, "one part is no cut (ask for 2 to %d)",
                             AIS_ONNX_MAX_PARTS);
    if (o->max_tensors > AIS_ONNX_MAX_CUT_TENSORS)
        return ais_error_set(err, AIS_E_LIMIT, "%zu tensors a cut are asked for (at most %d)",
                             o->max_tensors, AIS_ONNX_MAX_CUT_TENSORS);
    if (o->rule == AIS_ONNX_RULE_STUDIO && o->parts > 2)
        return ais_error_set(err, AIS_E_INPUT,
                             "%zu parts are asked for (the rule studio makes two)", o->parts);
    return 0;
}

static void find_pareto(const ais__onnx_flow *flow, const ais_onnx_cuts_options *options,
                        ais_onnx_cuts *out)
{
    __attribute__((cleanup(ais__onnx_search_clear))) ais__onnx_search search;
    ais__onnx_search_init(&search, flow, (uint32_t)options->max_tensors, options->limit,
                          options->parts > 2);
    ais__onnx_search_run(&search);
    out->truncated = out->partial = search.truncated || search.tired;
    if (options->parts == 2)
        ais__onnx_rank_pairs(&search, options->list, out);
    else
        ais__onnx_rank_chains(&search, options, out);
    if (out->total == 0 && out->why == NULL)
        out->why = ais__onnx_explain(&search, out->arena);
}

int ais_onnx_find_cuts(const ais_onnx_model *model, const ais_onnx_facts *facts,
                       const ais_onnx_cuts_options *options, ais_onnx_cuts **out, ais_error **err)
{
    ais_onnx_cuts_options o =
        options != NULL ? *options : (ais_onnx_cuts_options){.rule = AIS_ONNX_RULE_PARETO};
    o.parts = o.parts > 0 ? o.parts : 2;
    o.max_tensors = o.max_tensors > 0 ? o.max_tensors : 4;
    o.limit = o.limit > 0 ? o.limit : AIS_ONNX_MAX_CUTS;
    if (check_options(&o, err) < 0)
        return -1;
    ais_onnx_cuts *cuts = ais_alloc(sizeof *cuts);
    cuts->arena = ais_arena_new();
    AIS_AUTO(ais__onnx_flow) flow = ais__onnx_flow_new(model, facts);
    if (o.rule == AIS_ONNX_RULE_STUDIO)
        ais__onnx_studio_cuts(model, flow, &o, cuts);
    else
        find_pareto(flow, &o, cuts);
    *out = cuts;
    return 0;
}

void ais_onnx_cuts_free(ais_onnx_cuts *cuts)
{
    if (cuts == NULL)
        return;
    ais_arena_free(cuts->arena);
    free(cuts);
}
