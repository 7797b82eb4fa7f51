/* `place --max-load`: how much load there may be. */
#include "cli/place_options.h"
#include "place/load.h"

int ais__cli_place_load(const ais_cli *cli, const ais__cli_place_options *o,
                        ais__cli_place_source *source, ais_error **err)
{
    AIS_AUTO(ais_load_result) result = NULL;
    const ais_load_options options = {.from_rps = o->load_from,
                                      .to_rps = o->load_to,
                                      .precision_rps = o->precision,
                                      .full_counts = true};
    const int status = source->current != NULL
                           ? ais_load_of_placement(source->system, &source->perf, source->current,
                                                   &options, &result, err)
                           : ais_load_of_system(source->system, &source->perf, &options, &o->search,
                                                cli->ctx, &result, err);
    if (status < 0)
        return -1;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    if (ais__cli_place_print(cli, o, ais_load_result_to_node(result, doc), err) < 0)
        return -1;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_load_result_write_text(result, &text);
    if (!cli->json && !cli->quiet)
        ais_cli_print(cli, "%s", ais_str_get(&text));
    if (ais__cli_place_is_interrupted(cli))
        return ais__cli_place_refuse_interrupted(cli, err);
    if (result->max_rps > 0)
        return 0;
    *cli->reported = true;
    return ais_error_set(err, result->complete ? AIS_E_INFEASIBLE : AIS_E_TIMEOUT,
                         "no load is certified");
}
