/* place/read - systems and placements in files.
 *
 * A system is the JSON of SPACE4AI-D in all its spellings and older layouts (docs/placement-files.md lists them); a
 * placement is Output.json, of ours and of both public programs.
 * Layer: within place; above perf and doc. Threads: no shared state.
 * Errors: all faults are added to `diags` with their position, in one pass; -1 when one was an error. Rules:
 * "wrong-type", "missing-key", "unknown-key", "out-of-range", "unknown-component", "unknown-resource",
 * "dag-cycle", "no-candidate", "missing-model", "model-not-compatible", "no-network", "unknown-model",
 * "duplicate-name", "chain", "length-differs", "path", "limit"; of placements "unknown-partition",
 * "not-a-candidate", "deployment-differs", "count-differs"; warnings "unknown-layer", "unknown-partition",
 * "not-used", "not-charged"; "empty", "not-a-choice" and those of ais_doc_read(). */
#ifndef AIS_PLACE_READ_H
#define AIS_PLACE_READ_H
#include "doc/doc.h"
#include "perf/perf.h"

AIS_NODISCARD int ais_system_read(const char *path, ais_diags *diags, ais_system **out);
/* As above from a tree; `dir` is where relative paths of model files start. The tree may go afterwards. */
AIS_NODISCARD int ais_system_from_node(const ais_doc_node *root, const char *dir, ais_diags *diags,
                                       ais_system **out);

/* Output.json, of any of the programs; resources that it does not name stay unused. A count that differs for
 * one resource is a fault "count-differs", parts and resources must be those of the system. The placement may
 * break rules: judging is the evaluator's. */
AIS_NODISCARD int ais_placement_read(const char *path, const ais_system *system, ais_diags *diags,
                                     ais_placement **out);

/* As above from a tree, {"components": ...} or {"solution": {"components": ...}}. */
AIS_NODISCARD int ais_placement_from_node(const ais_doc_node *root, const ais_system *system,
                                          ais_diags *diags, ais_placement **out);
/* The rate that the placement was made for, as its file says it; NAN when it says none. */
double ais_placement_find_rate(const ais_doc_node *root);

/* Output.json of a placement (Lambda, components with deployments, partitions, layers, resources, response
 * times; global_constraints; total_cost a number; feasible), made in `doc`: as the public readers read it.
 * `placement` NULL: {"Lambda", "feasible": false}. */
ais_doc_node *ais_placement_to_node(const ais_perf *perf, const ais_placement *placement,
                                    ais_doc *doc);

/* What `aisprint evaluate` prints, made in `doc`: {feasible, cost, rate_rps, semantics, components: [{name,
 * response_time_s, threshold_s, met}], paths: [{name, response_time_s, threshold_s, met}], resources: [{name, layer, machines,
 * utilization, cost}], violations: [{rule, message}]}. Thresholds that there are not: null. */
ais_doc_node *ais_evaluation_result_to_node(const ais_perf *perf, const ais_placement *placement,
                                            ais_doc *doc);

/* The same for people. */
void ais_evaluation_result_write_text(const ais_perf *perf, const ais_placement *placement,
                                      ais_str *out);

/* One sentence for each thing that a placement breaks ("component c3 takes 1.92 s, more than its limit of
 * 1.5 s"), added to `out`, a line each. Returns how many. */
size_t ais_placement_explain(const ais_perf *perf, const ais_placement *placement, ais_str *out);
#endif
