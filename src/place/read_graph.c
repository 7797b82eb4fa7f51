/* Components, the edges between them, their order and the rates that reach them; see read_priv.h. */
#include "place/read_priv.h"

void ais__read_components(ais__system_reader *r)
{
    ais_system *s = r->system;
    const ais_doc_node *all = ais__read_find(r->root, "Components", AIS_DOC_MAP);
    const size_t count = all != NULL ? ais_doc_count(all) : 0;
    s->components = ais_arena_alloc(s->arena, count * sizeof *s->components);
    for (size_t i = 0; i < count; i++) {
        const char *name = ais__read_keep(r, ais__read_key(all, i));
        if (ais__names_put(&r->components, 0, name, s->component_count) != AIS_SYSTEM_NONE) {
            ais__read_fault(r, "duplicate-name", ais_doc_key_at(all, i), "remove one of them",
                            "the component '%s' stands here again", name);
            continue;
        }
        s->components[s->component_count++] =
            (ais_system_component){.name = name,
                                   .pos = ais__read_pos(r, ais_doc_key_at(all, i)),
                                   .local_limit_s = __builtin_inf()};
    }
}

/* The entries of a section by component. */
static const ais_doc_node **by_component(ais__system_reader *r, const char *section, bool is_error)
{
    const ais_system *s = r->system;
    const ais_doc_node *map = ais__read_find(r->root, section, AIS_DOC_MAP);
    const ais_doc_node **out = ais_arena_alloc(r->scratch, s->component_count * sizeof *out);
    for (size_t i = 0; map != NULL && i < ais_doc_count(map); i++) {
        const ais_doc_node *key = ais_doc_key_at(map, i);
        const size_t c = ais__names_find(&r->components, 0, ais_doc_get_text(key));
        if (c != AIS_SYSTEM_NONE) {
            if (ais_doc_get_kind(ais_doc_at(map, i)) == AIS_DOC_MAP)
                out[c] = ais_doc_at(map, i);
            continue;
        }
        r->graph_unsure |= is_error;
        AIS_FREE char *hint = ais__read_near_component(r, ais_doc_get_text(key));
        (is_error ? ais__read_fault : ais__read_warn)(r, "unknown-component", key, hint,
                                                      "'%s' in %s is no component",
                                                      ais_doc_get_text(key), section);
    }
    return out;
}

/* Where the n-th successor leads, AIS_SYSTEM_NONE after a fault. */
static size_t find_successor(ais__system_reader *r, size_t from, const ais_doc_node *name)
{
    ais_system *s = r->system;
    if (ais_doc_get_kind(name) != AIS_DOC_STRING)
        return AIS_SYSTEM_NONE;
    const size_t to = ais__names_find(&r->components, 0, ais_doc_get_text(name));
    if (to == AIS_SYSTEM_NONE) {
        AIS_FREE char *hint = ais__read_near_component(r, ais_doc_get_text(name));
        ais__read_fault(r, "unknown-component", name, hint,
                        "'%s', a successor of '%s', is no component", ais_doc_get_text(name),
                        s->components[from].name);
        return to;
    }
    if (ais__names_put(&r->edges, from, s->components[to].name, s->edge_count) == AIS_SYSTEM_NONE)
        return to;
    ais__read_fault(r, "duplicate-name", name, "remove one of them, add up their probabilities",
                    "'%s' is a successor of '%s' twice", s->components[to].name,
                    s->components[from].name);
    return AIS_SYSTEM_NONE;
}

/* Edges of probability 1 are taken by every request; the others of a component are one choice. */
static void check_sum(ais__system_reader *r, size_t component, const ais_doc_node *probabilities)
{
    double sum = 0.0;
    for (size_t i = 0; i < ais_doc_count(probabilities); i++) {
        const ais_doc_node *p = ais_doc_at(probabilities, i);
        const double value =
            (ais_doc_get_kind(p) & AIS_DOC_NUMBER) != 0 ? ais_doc_get_number(p) : 1.0;
        sum += value < 1.0 ? value : 0.0;
    }
    if (sum > 1.0 + 1e-9)
        ais__read_fault(
            r, "out-of-range", probabilities,
            "1 for what every request takes; at most 1 together where it takes one of them",
            "the transition probabilities of '%s' sum to %g", r->system->components[component].name,
            sum);
}

static void read_edges(ais__system_reader *r, size_t c)
{
    ais_system *s = r->system;
    const ais_doc_node *next = ais__read_find(r->graph[c], "next", AIS_DOC_LIST);
    const ais_doc_node *p = ais__read_find(r->graph[c], "transition_probability", AIS_DOC_LIST);
    s->components[c].first_edge = s->edge_count;
    r->unsure[c] = r->graph[c] == NULL ? r->graph_unsure : next == NULL;
    if (next == NULL)
        return;
    if (p != NULL && ais_doc_count(p) != ais_doc_count(next))
        ais__read_fault(r, "length-differs", p, "one probability for each name of 'next'",
                        "'%s' has %zu successors, but %zu transition probabilities",
                        s->components[c].name, ais_doc_count(next), ais_doc_count(p));
    if (p != NULL)
        check_sum(r, c, p);
    for (size_t i = 0; i < ais_doc_count(next); i++) {
        const size_t to = find_successor(r, c, ais_doc_at(next, i));
        const ais_doc_node *value = p != NULL && i < ais_doc_count(p) ? ais_doc_at(p, i) : NULL;
        if (to == AIS_SYSTEM_NONE) {
            r->unsure[c] = true;
            continue;
        }
        s->edges[s->edge_count++] = (ais_system_edge){
            .from = c,
            .to = to,
            .probability = value != NULL && (ais_doc_get_kind(value) & AIS_DOC_NUMBER) != 0
                               ? ais_doc_get_number(value)
                               : 0.0};
    }
    s->components[c].edge_count = s->edge_count - s->components[c].first_edge;
}

/* By component: the edge over which a search from `start` comes to it first. */
static size_t *search_from(const ais_system *s, size_t start, ais_arena *scratch)
{
    size_t *over = ais_arena_alloc(scratch, s->component_count * sizeof *over);
    size_t *queue = ais_arena_alloc(scratch, s->component_count * sizeof *queue);
    size_t count = 0;
    for (size_t c = 0; c < s->component_count; c++)
        over[c] = AIS_SYSTEM_NONE;
    queue[count++] = start;
    for (size_t i = 0; i < count; i++) {
        const ais_system_component *from = &s->components[queue[i]];
        for (size_t e = from->first_edge; e < from->first_edge + from->edge_count; e++) {
            const size_t to = s->edges[e].to;
            if (over[to] != AIS_SYSTEM_NONE)
                continue;
            over[to] = e;
            if (to != start)
                queue[count++] = to;
        }
    }
    return over;
}

static void report_cycle(ais__system_reader *r, size_t on_cycle)
{
    enum { SHOWN = 20 };
    const ais_system *s = r->system;
    const size_t *over = search_from(s, on_cycle, r->scratch);
    size_t *back = ais_arena_alloc(r->scratch, (s->component_count + 1) * sizeof *back);
    size_t length = 0;
    for (size_t c = on_cycle; over[c] != AIS_SYSTEM_NONE;) {
        c = s->edges[over[c]].from;
        back[length++] = c;
        if (c == on_cycle)
            break;
    }
    AIS_SCOPED(ais_str) names = {.data = NULL};
    for (size_t i = length; i-- > 0;) {
        if (length - i <= SHOWN)
            ais_str_add_format(&names, "%s -> ", s->components[back[i]].name);
        else if (length - i == SHOWN + 1)
            ais_str_add(&names, "... -> ");
    }
    ais_str_add(&names, s->components[on_cycle].name);
    ais__read_fault(r, "dag-cycle", r->graph[on_cycle],
                    "a request must come to an end: take one of these edges out",
                    "the graph has a cycle: %s", ais_str_get(&names));
}

/* What is in the graph neither as a key nor as a successor was forgotten there. */
static void check_forgotten(ais__system_reader *r)
{
    const ais_system *s = r->system;
    const ais_doc_node *map = ais__read_find(r->root, "DirectedAcyclicGraph", AIS_DOC_MAP);
    bool *known = ais_arena_alloc(r->scratch, s->component_count * sizeof *known);
    for (size_t e = 0; e < s->edge_count; e++)
        known[s->edges[e].to] = true;
    for (size_t i = 0; map != NULL && i < ais_doc_count(map); i++) {
        const size_t c = ais__names_find(&r->components, 0, ais__read_key(map, i));
        if (c != AIS_SYSTEM_NONE)
            known[c] = true;
    }
    const ais_doc_node *all = ais__read_find(r->root, "Components", AIS_DOC_MAP);
    for (size_t c = 0; map != NULL && s->component_count > 1 && c < s->component_count; c++)
        if (!known[c])
            ais__read_fault(r, "unknown-component", ais_doc_find_key(all, s->components[c].name),
                            "give it {\"next\": [], \"transition_probability\": []} there when "
                            "requests come to it from outside and end in it",
                            "the component '%s' is not in DirectedAcyclicGraph",
                            s->components[c].name);
}

void ais__read_graph(ais__system_reader *r)
{
    ais_system *s = r->system;
    size_t edges = 0, on_cycle = 0;
    r->unsure = ais_arena_alloc(r->scratch, s->component_count * sizeof *r->unsure);
    r->graph = by_component(r, "DirectedAcyclicGraph", true);
    r->compatibility = by_component(r, "CompatibilityMatrix", false);
    r->performance = by_component(r, "Performance", false);
    for (size_t c = 0; c < s->component_count; c++) {
        const ais_doc_node *next = ais__read_find(r->graph[c], "next", AIS_DOC_LIST);
        edges += next != NULL ? ais_doc_count(next) : 0;
    }
    s->edges = ais_arena_alloc(s->arena, edges * sizeof *s->edges);
    for (size_t c = 0; c < s->component_count; c++)
        read_edges(r, c);
    check_forgotten(r);
    if (!ais_system_order(s, &on_cycle))
        report_cycle(r, on_cycle);
}
