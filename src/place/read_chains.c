/* Deployments, and their partitions in the order of the chain; see read_priv.h.
 *
 * A partition leads to one other of its deployment ("next": ["h3"]), the last one to the successors of its
 * component. The file may have them in any order. */
#include <string.h>

#include "place/read_priv.h"

/* One deployment while it is read. Partitions by their place in the file. */
typedef struct chain {
    const ais_doc_node *key, *map;
    size_t component;
    size_t count;
    size_t *next; /* the partition that one leads to; AIS_SYSTEM_NONE: none */
    bool *led_to;
    size_t *order; /* the chain, first to last */
    bool broken;   /* a fault is told */
} chain;

static const char *part_name(const void *map, size_t i)
{
    return ais__read_key(map, i);
}

static const char *name_of(const ais__system_reader *r, const chain *c)
{
    return r->system->components[c->component].name;
}

/* A name of "next" that is no partition of the deployment: must be a successor. */
static void check_successor(ais__system_reader *r, chain *c, const ais_doc_node *name)
{
    const char *text = ais_doc_get_text(name);
    if (r->unsure[c->component] ||
        ais__names_find(&r->edges, c->component, text) != AIS_SYSTEM_NONE)
        return;
    AIS_FREE char *hint = ais__read_near(r->diags, text, c->map, c->count, part_name,
                                         "'next' names one partition, or of the last one the "
                                         "successors that DirectedAcyclicGraph gives");
    ais__read_fault(r, "chain", name, hint,
                    "'%s' is neither a partition of '%s' nor a successor of '%s'", text,
                    ais_doc_get_text(c->key), name_of(r, c));
    c->broken = true;
}

static void lead(ais__system_reader *r, chain *c, size_t from, const ais_doc_node *name, size_t to)
{
    if (c->led_to[to]) {
        ais__read_fault(r, "chain", name, "each is behind one other",
                        "the partition '%s' of '%s' has a second one before it",
                        ais__read_key(c->map, to), name_of(r, c));
        c->broken = true;
        return;
    }
    c->next[from] = to;
    c->led_to[to] = true;
}

static void link_part(ais__system_reader *r, chain *c, size_t i, const ais__names *locals)
{
    const ais_doc_node *next = ais__read_find(ais_doc_at(c->map, i), "next", AIS_DOC_LIST);
    c->next[i] = AIS_SYSTEM_NONE;
    c->broken |= next == NULL;
    for (size_t k = 0; next != NULL && k < ais_doc_count(next); k++) {
        const ais_doc_node *name = ais_doc_at(next, k);
        if (ais_doc_get_kind(name) != AIS_DOC_STRING) {
            c->broken = true;
            continue;
        }
        const size_t to = ais__names_find(locals, 0, ais_doc_get_text(name));
        if (to == AIS_SYSTEM_NONE) {
            check_successor(r, c, name);
        } else if (ais__names_find(&r->edges, c->component, ais_doc_get_text(name)) !=
                   AIS_SYSTEM_NONE) {
            ais__read_fault(r, "duplicate-name", name, "give the partition another name",
                            "'%s' is a partition of '%s' and a successor of it, too",
                            ais_doc_get_text(name), name_of(r, c));
            c->broken = true;
        } else if (ais_doc_count(next) > 1) {
            ais__read_fault(r, "chain", name, "a chain has no branches",
                            "the partition '%s' of '%s' leads to '%s' and to others",
                            ais__read_key(c->map, i), name_of(r, c), ais_doc_get_text(name));
            c->broken = true;
        } else {
            lead(r, c, i, name, to);
        }
    }
}

static void find_order(ais__system_reader *r, chain *c)
{
    size_t head = AIS_SYSTEM_NONE, length = 0;
    for (size_t i = 0; i < c->count && !c->broken; i++) {
        if (c->led_to[i])
            continue;
        if (head != AIS_SYSTEM_NONE) {
            ais__read_fault(r, "chain", ais_doc_key_at(c->map, i),
                            "one partition is the first, each other is the 'next' of one",
                            "no partition of '%s' in '%s' leads to '%s', nor to '%s'",
                            ais_doc_get_text(c->key), name_of(r, c), ais__read_key(c->map, i),
                            ais__read_key(c->map, head));
            c->broken = true;
        }
        head = i;
    }
    for (size_t i = head; !c->broken && i != AIS_SYSTEM_NONE; i = c->next[i])
        c->order[length++] = i; /* ends: each has one before it at most, the head none */
    if (c->broken || length == c->count)
        return;
    ais__read_fault(r, "chain", c->key,
                    "one partition is the first, each other is the 'next' of one",
                    "partitions of '%s' in '%s' lead to each other in a circle",
                    ais_doc_get_text(c->key), name_of(r, c));
    c->broken = true;
}

/* What the data behind a partition is; NAN after a fault. */
static double bytes_at(const ais_doc_node *sizes, size_t i)
{
    const ais_doc_node *size = i < ais_doc_count(sizes) ? ais_doc_at(sizes, i) : NULL;
    return size != NULL && (ais_doc_get_kind(size) & AIS_DOC_NUMBER) != 0
               ? ais_doc_get_number(size) * 1e6
               : 0.0;
}

/* The sizes of what a partition sends, one for each of `count` names; NULL after a fault. */
static const ais_doc_node *find_sizes(ais__system_reader *r, const chain *c, size_t i, size_t count)
{
    const ais_doc_node *part = ais_doc_at(c->map, i);
    const ais_doc_node *sizes = ais__read_find(part, "data_size", AIS_DOC_LIST);
    if (sizes == NULL && ais_doc_find(part, "data_size") == NULL)
        ais__read_fault(r, "missing-key", part, "must be a list, in MB",
                        "'data_size' is missing in '%s'", ais__read_key(c->map, i));
    if (sizes == NULL || ais_doc_count(sizes) == count)
        return sizes;
    ais__read_fault(r, "length-differs", sizes, "one size in MB for each name of 'next'",
                    "'%s' of '%s' leads to %zu, its 'data_size' holds %zu",
                    ais__read_key(c->map, i), name_of(r, c), count, ais_doc_count(sizes));
    return NULL;
}

/* What the last partition sends to the successors, which stand in any order. */
static void read_last(ais__system_reader *r, const chain *c, size_t i)
{
    ais_system *s = r->system;
    const ais_system_component *component = &s->components[c->component];
    const ais_doc_node *next = ais__read_find(ais_doc_at(c->map, i), "next", AIS_DOC_LIST);
    if (r->unsure[c->component])
        return;
    if (ais_doc_count(next) != component->edge_count) {
        ais__read_fault(r, "chain", next, "the last partition names each successor once",
                        "'%s' of '%s' names %zu successors; DirectedAcyclicGraph gives it %zu",
                        ais__read_key(c->map, i), component->name, ais_doc_count(next),
                        component->edge_count);
        return;
    }
    const ais_doc_node *sizes =
        component->edge_count > 0 ? find_sizes(r, c, i, component->edge_count) : NULL;
    double *bytes = &s->edge_bytes[s->edge_bytes_count];
    s->edge_bytes_count += component->edge_count;
    for (size_t k = 0; k < component->edge_count; k++)
        bytes[k] = -1.0;
    for (size_t k = 0; k < component->edge_count; k++) {
        const ais_doc_node *name = ais_doc_at(next, k);
        const size_t edge = ais__names_find(&r->edges, c->component, ais_doc_get_text(name));
        double *slot = &bytes[edge - component->first_edge];
        if (*slot >= 0.0)
            ais__read_fault(r, "chain", name, "each successor once", "'%s' leads to '%s' twice",
                            ais__read_key(c->map, i), ais_doc_get_text(name));
        *slot = sizes != NULL ? bytes_at(sizes, k) : 0.0;
    }
}

static void add_part(ais__system_reader *r, const chain *c, size_t i, bool is_last)
{
    ais_system *s = r->system;
    const ais_doc_node *node = ais_doc_at(c->map, i), *key = ais_doc_key_at(c->map, i);
    const char *name = ais__read_keep(r, ais_doc_get_text(key));
    const double early_exit = ais__read_number(node, "early_exit_probability", 0.0);
    const ais_doc_node *sizes = is_last ? NULL : find_sizes(r, c, i, 1);
    const size_t before = ais__names_put(&r->parts, c->component, name, s->part_count);
    if (before != AIS_SYSTEM_NONE)
        ais__read_fault(r, "duplicate-name", key,
                        "names of partitions are unique within a component, over its deployments",
                        "the partition '%s' of '%s' stands here again", name, name_of(r, c));
    if (is_last && early_exit != 0.0)
        ais__read_warn(r, "not-used", ais_doc_find_key(node, "early_exit_probability"),
                       "transition probabilities say which requests end here",
                       "'%s' is the last partition of '%s': its early exit is not used", name,
                       ais_doc_get_text(c->key));
    s->parts[s->part_count++] =
        (ais_system_part){.name = name,
                          .pos = ais__read_pos(r, key),
                          .component = c->component,
                          .deployment = s->deployment_count - 1,
                          .early_exit = is_last ? 0.0 : early_exit,
                          .next_bytes = sizes != NULL ? bytes_at(sizes, 0) : 0.0};
    if (is_last)
        read_last(r, c, i);
}

static void link_parts(ais__system_reader *r, chain *c)
{
    ais__names locals = {.slots = NULL};
    for (size_t i = 0; i < c->count; i++)
        if (ais_doc_get_kind(ais_doc_at(c->map, i)) != AIS_DOC_MAP ||
            ais__names_put(&locals, 0, ais__read_key(c->map, i), i) != AIS_SYSTEM_NONE)
            c->broken = true;
    for (size_t i = 0; i < c->count && !c->broken; i++)
        link_part(r, c, i, &locals);
    ais__names_clear(&locals);
}

static void read_deployment(ais__system_reader *r, size_t component, const ais_doc_node *key,
                            const ais_doc_node *map)
{
    ais_system *s = r->system;
    const size_t count = ais_doc_count(map);
    chain c = {.key = key,
               .map = map,
               .component = component,
               .count = count,
               .next = ais_arena_alloc(r->scratch, count * sizeof *c.next),
               .led_to = ais_arena_alloc(r->scratch, count * sizeof *c.led_to),
               .order = ais_arena_alloc(r->scratch, count * sizeof *c.order)};
    s->deployments[s->deployment_count++] =
        (ais_system_deployment){.name = ais__read_keep(r, ais_doc_get_text(key)),
                                .pos = ais__read_pos(r, key),
                                .component = component,
                                .first_part = s->part_count,
                                .part_count = count,
                                .first_data = s->edge_bytes_count};
    link_parts(r, &c);
    if (!c.broken)
        find_order(r, &c);
    for (size_t i = 0; i < count; i++)
        if (!c.broken)
            add_part(r, &c, c.order[i], i + 1 == count);
        else /* in any order, so that its candidates are looked at, too */
            ais__names_put(&r->parts, component, ais__read_key(map, i), AIS__READ_BROKEN);
    s->deployments[s->deployment_count - 1].part_count =
        s->part_count - s->deployments[s->deployment_count - 1].first_part;
}

/* Makes room for all that the components may hold. */
static void make_room(ais__system_reader *r, const ais_doc_node *all)
{
    ais_system *s = r->system;
    size_t deployments = 0, parts = 0, sizes = 0;
    for (size_t i = 0; i < ais_doc_count(all); i++)
        for (size_t k = 0; k < ais_doc_count(ais_doc_at(all, i)); k++, deployments++) {
            const ais_doc_node *map = ais_doc_at(ais_doc_at(all, i), k);
            for (size_t h = 0; h < ais_doc_count(map); h++, parts++) {
                const ais_doc_node *next = ais__read_find(ais_doc_at(map, h), "next", AIS_DOC_LIST);
                sizes += next != NULL ? ais_doc_count(next) : 0;
            }
        }
    s->deployments = ais_arena_alloc(s->arena, deployments * sizeof *s->deployments);
    s->parts = ais_arena_alloc(s->arena, parts * sizeof *s->parts);
    s->edge_bytes = ais_arena_alloc(s->arena, sizes * sizeof *s->edge_bytes);
}

void ais__read_chains(ais__system_reader *r)
{
    ais_system *s = r->system;
    const ais_doc_node *all = ais__read_find(r->root, "Components", AIS_DOC_MAP);
    if (all == NULL)
        return;
    make_room(r, all);
    for (size_t i = 0; i < ais_doc_count(all); i++) {
        const ais_doc_node *map = ais_doc_at(all, i);
        const size_t c = ais__names_find(&r->components, 0, ais__read_key(all, i));
        if (ais_doc_get_kind(map) != AIS_DOC_MAP)
            continue;
        s->components[c].first_deployment = s->deployment_count;
        for (size_t k = 0; k < ais_doc_count(map); k++)
            if (ais_doc_get_kind(ais_doc_at(map, k)) == AIS_DOC_MAP)
                read_deployment(r, c, ais_doc_key_at(map, k), ais_doc_at(map, k));
        s->components[c].deployment_count = s->deployment_count - s->components[c].first_deployment;
    }
}
