/* The options of `place`: what is wrong with them, what they make. */
#include <math.h>
#include <poll.h>

#include "cli/place_options.h"

/* ---- what is wrong with them ---- */

static const struct {
    const char *name;
    ais_rule rule;
} rules[] = {
    {.name = "one-type", .rule = AIS_RULE_ONE_TYPE},
    {.name = "forward", .rule = AIS_RULE_FORWARD},
    {.name = "memory", .rule = AIS_RULE_MEMORY},
    {.name = "colocation", .rule = AIS_RULE_COLOCATION},
    {.name = "local", .rule = AIS_RULE_LOCAL},
    {.name = "global", .rule = AIS_RULE_GLOBAL},
};

static int find_rules(const ais_cli_list *names, unsigned *out, ais_error **err)
{
    *out = 0;
    for (size_t i = 0; i < names->count; i++) {
        unsigned found = 0;
        for (size_t k = 0; k < AIS_COUNT(rules); k++)
            if (ais_str_equal(names->items[i], rules[k].name))
                found = rules[k].rule;
        if (found == 0) {
            ais_error_set(err, AIS_E_USAGE, "--without: there is no rule '%s'", names->items[i]);
            return ais_error_hint(err, "there are: one-type, forward, memory, colocation, local, "
                                       "global");
        }
        *out |= found;
    }
    return 0;
}

int ais__cli_place_check(const ais__cli_place_options *o, ais_error **err)
{
    ais_semantics semantics;
    unsigned off;
    if (ais__cli_place_check_together(o, err) < 0)
        return -1;
    if (!ais_semantics_find(o->semantics, &semantics)) {
        ais_error_set(err, AIS_E_USAGE, "--semantics: there is no '%s'", o->semantics);
        return ais_error_hint(err, "there are: native, cpp, python");
    }
    if (ais__cli_place_check_counts(&o->search, err) < 0)
        return -1;
    return find_rules(&o->without, &off, err) < 0 ? -1 : ais__cli_place_check_outputs(o, err);
}

/* ---- what they make ---- */

static int read_system(const ais__cli_place_options *o, ais_diags *diags,
                       ais__cli_place_source *out)
{
    if (o->app == NULL) {
        if (ais_system_read(o->system, diags, &out->file) < 0)
            return -1;
        out->system = out->file;
        return 0;
    }
    const ais_place_app_options options = {.dir = o->app,
                                           .rate_rps = o->lambda,
                                           .deployment = o->deployment,
                                           .edge_only = o->edge_only};
    if (ais_place_app_read(&options, diags, &out->app) < 0)
        return -1;
    out->system = out->app->system;
    out->app_names =
        (ais_place_names){.components = out->app->component_names, .parts = out->app->part_names};
    out->names = &out->app_names;
    return 0;
}

static int fill_perf(const ais__cli_place_options *o, ais__cli_place_source *out, ais_error **err)
{
    ais_semantics semantics;
    unsigned off;
    if (!ais_semantics_find(o->semantics, &semantics) || find_rules(&o->without, &off, err) < 0)
        return -1;
    out->perf = (ais_perf_options){.semantics = semantics,
                                   .rules_off = off,
                                   .rate_rps = o->lambda,
                                   .quantile = o->quantile,
                                   .edge_price_factor = o->edge_price_factor};
    if (out->current == NULL || o->max_load)
        return 0;
    const ais_runtime_options runtime = {.current = out->current,
                                         .free_types = o->free_types,
                                         .scaling_only = o->scaling_only,
                                         .start_cost = o->start_cost,
                                         .stop_cost = o->stop_cost,
                                         .move_cost = o->move_cost};
    ais_runtime_restrict(out->system, &runtime, out->arena, &out->perf);
    return 0;
}

/* Here its file is known. --max-load asks for none. */
static int check_rate(const ais__cli_place_options *o, const ais__cli_place_source *source,
                      ais_error **err)
{
    if (o->lambda > 0 || o->max_load || !isnan(source->system->rate_rps) || source->file == NULL)
        return 0;
    ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = o->system, .line = 1, .column = 1},
                     "'Lambda' is missing");
    return ais_error_hint(err, "the requests per second: give it there, or --lambda");
}

int ais__cli_place_read(const ais_cli *cli, const ais__cli_place_options *o,
                        ais__cli_place_source *out, ais_error **err)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    *out = (ais__cli_place_source){.arena = ais_arena_new()};
    int status = read_system(o, diags, out);
    if (status == 0 && o->current != NULL)
        status = ais_placement_read(o->current, out->system, diags, &out->current);
    if (ais_cli_pass_diags(cli, diags, err) < 0 || status < 0 || check_rate(o, out, err) < 0)
        return -1;
    return fill_perf(o, out, err);
}

void ais__cli_place_source_clear(ais__cli_place_source *source)
{
    ais_placement_free(source->current);
    ais_system_free(source->file);
    ais_place_app_free(source->app);
    ais_arena_free(source->arena);
    *source = (ais__cli_place_source){.app = NULL};
}

int ais__cli_place_print(const ais_cli *cli, const ais__cli_place_options *o,
                         const ais_doc_node *root, ais_error **err)
{
    if (o->output != NULL && ais_doc_write(root, o->output, err) < 0)
        return -1;
    return cli->json ? ais_cli_print_json(cli, root, err) : 0;
}

bool ais__cli_place_is_interrupted(const ais_cli *cli)
{
    struct pollfd interrupt = {.fd = cli->ctx->interrupt_fd, .events = POLLIN};
    return poll(&interrupt, 1, 0) > 0;
}

int ais__cli_place_refuse_interrupted(const ais_cli *cli, ais_error **err)
{
    *cli->reported = cli->json; /* one document, which is out */
    return ais_error_set(err, AIS_E_INTERRUPTED, "interrupted");
}
