/* Options of `place` that say nothing without others or against them, and files that would be lost. */
#include <string.h>

#include "base/file.h"
#include "cli/place_options.h"

typedef struct clash {
    bool is_there;
    const char *sentence;
} clash;

static int refuse_first(const clash *clashes, size_t count, ais_error **err)
{
    for (size_t i = 0; i < count; i++)
        if (clashes[i].is_there)
            return ais_error_set(err, AIS_E_USAGE, "%s", clashes[i].sentence);
    return 0;
}

static int check_generated(const ais__cli_place_options *o, ais_error **err)
{
    /* larger ones cannot be read again */
    enum { MOST_COMPONENTS = 500, MOST_LAYERS = 500 };
    const bool is_placed = o->system != NULL || o->app != NULL || o->current != NULL ||
                           o->alternatives.count > 0 || o->max_load || o->front ||
                           o->report != NULL;
    if (is_placed)
        return ais_error_set(err, AIS_E_USAGE,
                             "--generate places nothing: only --generate-layers, --seed and "
                             "--output go with it");
    if (o->generate > MOST_COMPONENTS)
        return ais_error_set(err, AIS_E_USAGE, "--generate is %zu (must be 1 to %d)", o->generate,
                             MOST_COMPONENTS);
    if (o->generated.vm_layers > MOST_LAYERS)
        return ais_error_set(err, AIS_E_USAGE, "--generate-layers is %zu (must be 1 to %d)",
                             o->generated.vm_layers, MOST_LAYERS);
    return 0;
}

static int check_pairs(const ais__cli_place_options *o, ais_error **err)
{
    const ais__cli_place_options plain = {.points = 50, .performance = 1};
    const bool changes = o->free_types || o->scaling_only || o->start_cost > 0 ||
                         o->stop_cost > 0 || o->move_cost > 0;
    const bool is_one = !o->max_load && !o->front;
    const clash clashes[] = {
        {o->app == NULL && (o->deployment != NULL || o->edge_only),
         "--deployment and --on-edge go with --app"},
        {o->current == NULL && changes,
         "--free-types, --scaling-only and costs of changes go with --current"},
        {o->free_types && o->scaling_only, "give either --free-types or --scaling-only"},
        {o->max_load && changes,
         "--free-types, --scaling-only and costs of changes do not go with --max-load"},
        {o->max_load && o->front, "give either --max-load or --front"},
        {o->alternatives.count > 0 && (o->app != NULL || !is_one),
         "--alternative goes with a SYSTEM.json, without --max-load, --front"},
        {o->alternatives.count == 0 && (o->joint || o->performance < 1 || o->performance > 1),
         "--joint and --performance go with --alternative"},
        {o->weight > 0 && !o->joint, "--performance-weight goes with --joint"},
        {!o->max_load && (o->load_from > 0 || o->load_to > 0 || o->precision > 0),
         "--load-from, --load-to and --precision go with --max-load"},
        {o->load_to > 0 && o->load_from >= o->load_to, "--load-from must be below --load-to"},
        {!o->front && (o->svg != NULL || o->points != plain.points),
         "--svg and --points go with --front"},
        {!is_one && o->report != NULL, "--report goes with neither --max-load nor --front"},
        {o->generated.vm_layers > 0, "--generate-layers goes with --generate"},
    };
    return refuse_first(clashes, AIS_COUNT(clashes), err);
}

int ais__cli_place_check_together(const ais__cli_place_options *o, ais_error **err)
{
    if (o->generate > 0)
        return check_generated(o, err);
    if ((o->system != NULL) == (o->app != NULL))
        return ais_error_set(err, AIS_E_USAGE, "give a SYSTEM.json, or an application with --app");
    return check_pairs(o, err);
}

/* Memory is taken for each of them. */
int ais__cli_place_check_counts(const ais_place_options *o, ais_error **err)
{
    enum { MOST_THREADS = 256, MOST = 1000000, MOST_MEMBERS = 10000 };
    const struct {
        const char *name;
        size_t value, most;
    } counts[] = {
        {"threads", o->threads, MOST_THREADS},
        {"starts", o->starts, MOST},
        {"tabu-size", o->tabu_size, MOST},
        {"population", o->population, MOST_MEMBERS},
    };
    for (size_t i = 0; i < AIS_COUNT(counts); i++)
        if (counts[i].value > counts[i].most)
            return ais_error_set(err, AIS_E_USAGE, "--%s is %zu (must be 1 to %zu)", counts[i].name,
                                 counts[i].value, counts[i].most);
    return 0;
}

/* ---- files ---- */

static int refuse_same(const char *option, const char *path, const char *input, ais_error **err)
{
    if (path == NULL || input == NULL || !ais_file_is_same(path, input))
        return 0;
    ais_error_set(err, AIS_E_USAGE, "%s is '%s', a system that is read: it would be lost", option,
                  path);
    return ais_error_hint(err, "name another file");
}

static int check_target(const char *option, const char *path, const ais__cli_place_options *o,
                        ais_error **err)
{
    if (refuse_same(option, path, o->system, err) < 0)
        return -1;
    for (size_t i = 0; i < o->alternatives.count; i++) {
        AIS_FREE char *file = ais_strdup(o->alternatives.items[i]); /* FILE=PERFORMANCE */
        char *equals = strrchr(file, '=');
        if (equals != NULL)
            *equals = '\0';
        if (refuse_same(option, path, file, err) < 0)
            return -1;
    }
    return 0;
}

int ais__cli_place_check_outputs(const ais__cli_place_options *o, ais_error **err)
{
    if (o->output != NULL && o->report != NULL &&
        (ais_str_equal(o->output, o->report) || ais_file_is_same(o->output, o->report)))
        return ais_error_set(err, AIS_E_USAGE, "--output and --report are one file: '%s'",
                             o->report);
    if (check_target("--output", o->output, o, err) < 0 ||
        check_target("--report", o->report, o, err) < 0)
        return -1;
    if (o->output != NULL && ais_file_check_target(o->output, err) < 0)
        return -1;
    /* Its folder is made with it. */
    return o->report != NULL && ais_file_exists(o->report) ? ais_file_check_target(o->report, err)
                                                           : 0;
}
