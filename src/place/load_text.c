/* Certified intervals of load, as JSON and as text. */
#include <math.h>

#include "place/load.h"

static const char *const verdicts[] = {[AIS_LOAD_FEASIBLE] = "feasible",
                                       [AIS_LOAD_INFEASIBLE] = "infeasible",
                                       [AIS_LOAD_UNDECIDED] = "undecided"};

ais_doc_node *ais_load_result_to_node(const ais_load_result *result, ais_doc *doc)
{
    ais_doc_node *root = ais_doc_new_map(doc), *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < result->count; i++) {
        const ais_load_interval *interval = &result->intervals[i];
        ais_doc_node *entry = ais_doc_new_map(doc);
        ais_doc_put(entry, "from", ais_doc_new_float(doc, interval->from_rps));
        ais_doc_put(entry, "to", ais_doc_new_float(doc, interval->to_rps));
        ais_doc_put(entry, "verdict", ais_doc_new_string(doc, verdicts[interval->verdict]));
        ais_doc_append(list, entry);
    }
    ais_doc_put(root, "max_load", ais_doc_new_finite(doc, result->max_rps));
    ais_doc_put(root, "complete", ais_doc_new_bool(doc, result->complete));
    ais_doc_put(root, "intervals", list);
    return root;
}

void ais_load_result_write_text(const ais_load_result *result, ais_str *out)
{
    if (isfinite(result->max_rps))
        ais_str_add_format(out, "up to %.6g requests per second\n", result->max_rps);
    else
        ais_str_add(out, "no rate is certified\n");
    ais_str_add_format(out, "\n%14s %14s  %s\n", "from", "to", "certified");
    for (size_t i = 0; i < result->count; i++) {
        const ais_load_interval *interval = &result->intervals[i];
        ais_str_add_format(out, "%14.6g %14.6g  %s\n", interval->from_rps, interval->to_rps,
                           verdicts[interval->verdict]);
    }
    if (!result->complete)
        ais_str_add(out, "the time limit came before every interval was narrow enough\n");
}
