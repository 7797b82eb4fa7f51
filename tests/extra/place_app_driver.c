/* For tests of place/app: an application as a system, and a simple placement back.
 *   place_app_driver DIR [lambda=R] [deployment=NAME] [edge] [write=LAST]
 * Prints SystemFile.json and, on standard error, faults and what was removed. With write=, every component gets
 * its first deployment (LAST 0) or its last (1), each part its first option, each resource one machine, and the
 * files are written; write=none writes that nothing is feasible. */
#include <stdio.h>
#include <string.h>

#include "place/app.h"

static void print_faults(const ais_diags *diags)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    for (size_t i = 0; i < ais_diags_count(diags); i++)
        ais_diag_write(ais_diags_get(diags, i), &text);
    fprintf(stderr, "%s", ais_str_get(&text));
}

static void print_removed(const ais_place_app *app)
{
    for (size_t i = 0; i < app->removed_count; i++) {
        const ais_place_removed *removed = &app->removed[i];
        AIS_SCOPED(ais_str) text = {.data = NULL};
        ais_pos_write(removed->pos, &text);
        fprintf(stderr, "%sremoved %s %s: %s\n", ais_str_get(&text), removed->part,
                removed->resource != NULL ? removed->resource : "(design)", removed->reason);
    }
}

static ais_placement *choose(const ais_system *system, bool last)
{
    ais_placement *placement = ais_placement_new(system);
    for (size_t i = 0; i < system->component_count; i++) {
        const ais_system_component *c = &system->components[i];
        const size_t d = c->first_deployment + (last ? c->deployment_count - 1 : 0);
        placement->deployment[i] = d;
        for (size_t k = 0; k < system->deployments[d].part_count; k++) {
            const ais_system_part *part = &system->parts[system->deployments[d].first_part + k];
            placement->option[system->deployments[d].first_part + k] = part->first_option;
            placement->count[system->options[part->first_option].resource] = 1;
        }
    }
    return placement;
}

static int write_files(const ais_place_app *app, const char *how, ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    const ais_perf_options options = {.semantics = AIS_SEMANTICS_NATIVE};
    if (ais_perf_new(app->system, &options, &perf, err) < 0)
        return -1;
    AIS_AUTO(ais_placement) placement =
        ais_str_equal(how, "none") ? NULL : choose(app->system, ais_str_equal(how, "1"));
    return ais_place_app_write(app, perf, placement, err);
}

static const char *value_of(const char *word, const char *key)
{
    return ais_str_starts(word, key) ? word + strlen(key) : NULL;
}

int main(int count, char **words)
{
    ais_place_app_options options = {.dir = count > 1 ? words[1] : "."};
    const char *how = NULL;
    for (int i = 2; i < count; i++) {
        const char *lambda = value_of(words[i], "lambda="), *write = value_of(words[i], "write=");
        if (lambda != NULL)
            options.rate_rps = strtod(lambda, NULL);
        else if (write != NULL)
            how = write;
        else if (ais_str_equal(words[i], "edge"))
            options.edge_only = true;
        else
            options.deployment = value_of(words[i], "deployment=");
    }
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_place_app) app = NULL;
    AIS_AUTO(ais_error) err = NULL;
    const int status = ais_place_app_read(&options, diags, &app);
    print_faults(diags);
    if (status < 0)
        return 1;
    print_removed(app);
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_write_json(ais_doc_root(app->document), 4, &text);
    printf("%s\n", ais_str_get(&text));
    if (how == NULL || write_files(app, how, &err) == 0)
        return 0;
    AIS_SCOPED(ais_str) message = {.data = NULL};
    ais_error_write(err, &message);
    fprintf(stderr, "%s", ais_str_get(&message));
    return 1;
}
