/* `place --front`: what constraints cost. */
#include <math.h>

#include "base/file.h"
#include "cli/place_options.h"
#include "place/front.h"

static int write_drawings(const ais_system *system, const ais_fronts *fronts, const char *dir,
                          ais_error **err)
{
    if (ais_dir_make(dir, err) < 0)
        return -1;
    for (size_t i = 0; i < fronts->count; i++) {
        AIS_SCOPED(ais_str) svg = {.data = NULL};
        AIS_FREE char *path = ais_format("%s/front-%zu.svg", dir, i + 1);
        ais_front_write_svg(system, &fronts->items[i], &svg);
        if (ais_file_write(path, svg.data, svg.length, err) < 0)
            return -1;
    }
    return 0;
}

/* As of a single placement: is there one? */
static int finish(const ais_cli *cli, const ais_fronts *fronts, ais_error **err)
{
    if (ais__cli_place_is_interrupted(cli))
        return ais__cli_place_refuse_interrupted(cli, err);
    if (isfinite(fronts->cost))
        return 0;
    *cli->reported = true;
    return isinf(fronts->cost) ? ais_error_set(err, AIS_E_INFEASIBLE, "no placement is allowed")
                               : ais_error_set(err, AIS_E_TIMEOUT, "no placement was found");
}

int ais__cli_place_front(const ais_cli *cli, const ais__cli_place_options *o,
                         ais__cli_place_source *source, ais_error **err)
{
    AIS_AUTO(ais_fronts) fronts = NULL;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    if (ais_fronts_find(source->system, &source->perf, &o->search, o->points, cli->ctx, &fronts,
                        err) < 0 ||
        (o->svg != NULL && write_drawings(source->system, fronts, o->svg, err) < 0) ||
        ais__cli_place_print(cli, o, ais_fronts_to_node(source->system, fronts, doc), err) < 0)
        return -1;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_fronts_write_text(source->system, fronts, &text);
    if (!cli->json && !cli->quiet)
        ais_cli_print(cli, "%s", ais_str_get(&text));
    return finish(cli, fronts, err);
}
