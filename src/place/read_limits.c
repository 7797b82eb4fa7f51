/* Constraints on components and paths; see read_priv.h. */
#include <math.h>

#include "place/read_priv.h"

void ais__read_local_limits(ais__system_reader *r)
{
    ais_system *s = r->system;
    const ais_doc_node *all = ais__read_find(r->root, "LocalConstraints", AIS_DOC_MAP);
    for (size_t i = 0; all != NULL && i < ais_doc_count(all); i++) {
        const ais_doc_node *key = ais_doc_key_at(all, i);
        const size_t c = ais__names_find(&r->components, 0, ais_doc_get_text(key));
        if (c == AIS_SYSTEM_NONE) {
            AIS_FREE char *hint = ais__read_near_component(r, ais_doc_get_text(key));
            ais__read_fault(r, "unknown-component", key, hint,
                            "'%s' in LocalConstraints is no component", ais_doc_get_text(key));
            continue;
        }
        s->components[c].local_limit_s =
            ais__read_number(ais_doc_at(all, i), "local_res_time", INFINITY);
        s->components[c].local_pos = ais__read_pos(r, ais_doc_at(all, i));
    }
}

/* What leads to `to`, or where it goes, for a hint. Ownership: the caller frees it. */
static char *tell_successors(const ais_system *s, size_t from)
{
    enum { SHOWN = 8 };
    const ais_system_component *c = &s->components[from];
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (c->edge_count == 0)
        return ais_format("'%s' has no successors", c->name);
    ais_str_add_format(&text, "'%s' leads to ", c->name);
    for (size_t i = 0; i < c->edge_count && i < SHOWN; i++)
        ais_str_add_format(&text, "%s'%s'", i > 0 ? ", " : "",
                           s->components[s->edges[c->first_edge + i].to].name);
    if (c->edge_count > SHOWN)
        ais_str_add(&text, ", ...");
    return ais_str_take(&text);
}

/* Fills the components and edges of a path; false after a fault. */
static bool read_steps(ais__system_reader *r, const ais_doc_node *names, size_t *components,
                       size_t *edges)
{
    const ais_system *s = r->system;
    bool good = true;
    for (size_t k = 0; k < ais_doc_count(names); k++) {
        const ais_doc_node *name = ais_doc_at(names, k);
        const char *text = ais_doc_get_text(name);
        const bool is_string = ais_doc_get_kind(name) == AIS_DOC_STRING;
        components[k] = is_string ? ais__names_find(&r->components, 0, text) : AIS_SYSTEM_NONE;
        if (components[k] == AIS_SYSTEM_NONE) {
            AIS_FREE char *hint = ais__read_near_component(r, text);
            if (is_string)
                ais__read_fault(r, "unknown-component", name, hint, "'%s' is no component", text);
            good = false;
        }
        if (k == 0 || components[k] == AIS_SYSTEM_NONE || components[k - 1] == AIS_SYSTEM_NONE)
            continue;
        edges[k - 1] = ais__names_find(&r->edges, components[k - 1], text);
        good &= edges[k - 1] != AIS_SYSTEM_NONE;
        if (edges[k - 1] != AIS_SYSTEM_NONE || r->unsure[components[k - 1]])
            continue;
        AIS_FREE char *hint = tell_successors(s, components[k - 1]);
        ais__read_fault(r, "path", name, hint, "no edge leads from '%s' to '%s'",
                        s->components[components[k - 1]].name, text);
    }
    return good;
}

void ais__read_paths(ais__system_reader *r)
{
    ais_system *s = r->system;
    const ais_doc_node *all = ais__read_find(r->root, "GlobalConstraints", AIS_DOC_MAP);
    const size_t count = all != NULL ? ais_doc_count(all) : 0;
    ais__names known = {.slots = NULL};
    s->paths = ais_arena_alloc(s->arena, count * sizeof *s->paths);
    for (size_t i = 0; i < count; i++) {
        const ais_doc_node *key = ais_doc_key_at(all, i);
        const ais_doc_node *names = ais__read_find(ais_doc_at(all, i), "components", AIS_DOC_LIST);
        const size_t length = names != NULL ? ais_doc_count(names) : 0;
        size_t *components = ais_arena_alloc(s->arena, length * sizeof *components);
        size_t *edges = ais_arena_alloc(s->arena, length * sizeof *edges);
        if (ais__names_put(&known, 0, ais_doc_get_text(key), i) != AIS_SYSTEM_NONE)
            ais__read_fault(r, "duplicate-name", key, "give it another name",
                            "the path '%s' stands here again", ais_doc_get_text(key));
        if (length == 0 || !read_steps(r, names, components, edges))
            continue;
        s->paths[s->path_count++] = (ais_system_path){
            .name = ais__read_keep(r, ais_doc_get_text(key)),
            .pos = ais__read_pos(r, key),
            .components = components,
            .edges = edges,
            .component_count = length,
            .limit_s = ais__read_number(ais_doc_at(all, i), "global_res_time", INFINITY)};
    }
    ais__names_clear(&known);
}
