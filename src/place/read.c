/* A system from its file; see read.h. The steps are in read_*.c. */
#include "place/read.h"

#include <math.h>
#include <string.h>

#include "base/path.h"
#include "place/read_priv.h"

static void read_all(ais__system_reader *r)
{
    ais_system *s = r->system;
    if (!ais__read_check_limits(r))
        return;
    ais__read_check_shape(r->root, r->diags);
    s->rate_rps = ais__read_number(r->root, "Lambda", NAN);
    s->horizon = ais__read_number(r->root, "Time", 1.0);
    ais__read_resources(r);
    ais__read_components(r);
    ais__read_graph(r);
    ais__read_chains(r);
    ais__read_options(r);
    ais__read_local_limits(r);
    ais__read_paths(r);
    ais__read_network(r);
}

static void clear(ais__system_reader *r)
{
    ais__names *const all[] = {&r->components, &r->resources, &r->layers,
                               &r->parts,      &r->models,    &r->edges};
    for (size_t i = 0; i < AIS_COUNT(all); i++)
        ais__names_clear(all[i]);
    free(r->predictors);
}

int ais_system_from_node(const ais_doc_node *root, const char *dir, ais_diags *diags,
                         ais_system **out)
{
    AIS_AUTO(ais_system) system = ais_system_new();
    AIS_AUTO(ais_arena) scratch = ais_arena_new();
    const size_t errors = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    ais__system_reader r = {
        .system = system, .diags = diags, .root = root, .dir = dir, .scratch = scratch};
    system->file = ais__read_pos(&r, root).file;
    read_all(&r);
    clear(&r);
    if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > errors)
        return -1;
    *out = system;
    system = NULL;
    return 0;
}

int ais_system_read(const char *path, ais_diags *diags, ais_system **out)
{
    AIS_AUTO(ais_doc) doc = NULL;
    if (ais_doc_read(path, diags, &doc) < 0)
        return -1;
    AIS_FREE char *dir = ais_path_dir(path);
    return ais_system_from_node(ais_doc_root(doc), dir, diags, out);
}
