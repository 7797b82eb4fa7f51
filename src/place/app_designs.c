/* Which designs each component has: parts with the coded names of SPACE4AI-D, in chains. */
#include <stdio.h>
#include <string.h>

#include "design/deployment.h"
#include "place/app_priv.h"

enum { MAX_DESIGNS = 10000, MAX_SEGMENTS = 64 };

/* "partition<group>_<segment>"; "base" is group 0, segment 1. Nothing may follow. */
static bool split_name(const char *name, size_t *group, size_t *segment)
{
    unsigned g = 0, s = 0;
    int end = 0;
    *group = 0;
    *segment = 1;
    if (ais_str_equal(name, "base"))
        return true;
    if (sscanf(name, "partition%4u_%4u%n", &g, &s, &end) != 2 || name[end] != '\0' || g == 0 ||
        s == 0 || s > MAX_SEGMENTS)
        return false;
    *group = g;
    *segment = s;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const ais__place_part *)a)->design, ((const ais__place_part *)b)->design);
}

/* With a deployment, only the designs that it runs are of the system. */
static bool is_wanted(const ais__place_reader *r, const ais__place_part *part)
{
    if (r->units == NULL)
        return true;
    const ais_doc_node *design = ais__place_find(ais_doc_find(r->units, part->unit), "design");
    return design != NULL && ais_str_equal(ais_doc_get_text(design), part->design);
}

/* The entry of a design: of the component, of this very segment, or of a segment of any cut. */
static size_t find_entry(const ais__place_reader *r, size_t component, const ais__place_part *part)
{
    if (part->group == 0)
        return r->app->components[component].candidate;
    const size_t own = ais_app_find_candidate(r->app, part->unit);
    if (own != AIS_NONE)
        return own;
    AIS_FREE char *any =
        ais_format("%s_partitionX_%zu", r->app->components[component].name, part->segment + 1);
    return ais_app_find_candidate(r->app, any);
}

static void read_part(const ais__place_reader *r, size_t component, const ais_doc_node *node,
                      ais__place_component *c)
{
    ais__place_part *part = &c->parts[c->part_count];
    const char *name = ais_doc_get_text(node);
    const char *of = r->app->components[component].name;
    *part = (ais__place_part){.design = name, .pos = ais_doc_pos(node), .early_exit = 0.0};
    if (!split_name(name, &part->group, &part->segment)) {
        ais__place_error(r, "missing-design", part->pos, "base, or partition<N>_<K>",
                         "'%s' is no name of a design", name);
        return;
    }
    part->segment--;
    part->unit = part->group == 0 ? of : ais_arena_format(r->arena, "%s_%s", of, name);
    part->entry = find_entry(r, component, part);
    c->part_count++;
}

static const ais_doc_node *find_list(const ais__place_reader *r, size_t component)
{
    const char *name = r->app->components[component].name;
    const ais_doc_node *all =
        ais__place_find(ais__place_root(r, AIS__FILE_PARTITIONS), "components");
    const ais_doc_node *list = ais__place_find(ais__place_find(all, name), "partitions");
    if (list == NULL)
        ais__place_error(r, "missing-design", ais_doc_pos(all), "aisprint design makes them",
                         "component '%s' has no designs", name);
    else if (ais_doc_count(list) > MAX_DESIGNS)
        ais__place_error(r, "limit", ais_doc_pos(list), NULL, "there are %zu designs (at most %d)",
                         ais_doc_count(list), MAX_DESIGNS);
    return list != NULL && ais_doc_count(list) <= MAX_DESIGNS ? list : NULL;
}

static ais__place_chain *need_chain(const ais__place_reader *r, ais__place_component *c,
                                    size_t group)
{
    for (size_t i = 0; i < c->chain_count; i++)
        if (c->chains[i].group == group)
            return &c->chains[i];
    ais__place_chain *chain = &c->chains[c->chain_count++];
    *chain =
        (ais__place_chain){.name = ais_arena_format(r->arena, "s%zu", group + 1),
                           .group = group,
                           .parts = ais_arena_alloc(r->arena, MAX_SEGMENTS * sizeof *chain->parts)};
    return chain;
}

static int by_group(const void *a, const void *b)
{
    const size_t x = ((const ais__place_chain *)a)->group, y = ((const ais__place_chain *)b)->group;
    return x < y ? -1 : x > y;
}

/* Parts into the chains of their cuts; a chain has each of its segments once. */
static void make_chains(const ais__place_reader *r, ais__place_component *c)
{
    c->chains = ais_arena_alloc(r->arena, (c->part_count + 1) * sizeof *c->chains);
    for (size_t i = 0; i < c->part_count; i++) {
        ais__place_part *part = &c->parts[i];
        ais__place_chain *chain = need_chain(r, c, part->group);
        if (chain->parts[part->segment] != NULL)
            ais__place_error(r, "chain", part->pos, NULL, "'%s' is listed twice", part->design);
        chain->parts[part->segment] = part;
        if (chain->part_count < part->segment + 1)
            chain->part_count = part->segment + 1;
    }
    for (size_t i = 0; i < c->chain_count; i++)
        for (size_t k = 0; k < c->chains[i].part_count; k++)
            if (c->chains[i].parts[k] == NULL) {
                ais__place_error(r, "chain", c->chains[i].parts[c->chains[i].part_count - 1]->pos,
                                 "aisprint design makes all segments of a chain",
                                 "partition%zu_%zu is missing before it", c->chains[i].group,
                                 k + 1);
                c->chains[i].part_count = k; /* what is behind the gap is no chain */
            }
    qsort(c->chains, c->chain_count, sizeof *c->chains, by_group);
}

/* ---- exits ---- */

/* Of the share of items that comes to a segment, how much goes on to the next. */
static bool find_share(const ais__place_reader *r, const ais__place_part *part, double *share)
{
    const ais_doc_node *unit = ais__place_find_unit(r, part->unit);
    const ais_doc_node *node = ais__place_find(unit, "share");
    *share = node != NULL ? ais_doc_get_number(node) : 1.0;
    return unit != NULL;
}

/* As the source says it, for a design that is in no deployment that was written. */
static double annotated_exit(const ais__place_reader *r, size_t component,
                             const ais__place_chain *chain, size_t at)
{
    const ais_annotations *a = ais_app_get_annotations(r->app, component);
    const ais_doc_node *given =
        a != NULL ? ais_annotations_find_argument(a, AIS_ANNOTATION_EARLY_EXITS_MODEL,
                                                  "transition_probabilities")
                  : NULL;
    if (given == NULL || ais_doc_get_kind(given) != AIS_DOC_LIST ||
        ais_doc_count(given) != chain->part_count - 1)
        return 0.0;
    return ais_decimal_complement(ais_doc_get_number(ais_doc_at(given, at)));
}

static double decimal_quotient(double a, double b)
{
    char text[64];
    snprintf(text, sizeof text, "%.14g", a / b);
    return strtod(text, NULL);
}

static void find_exits(const ais__place_reader *r, size_t component, ais__place_chain *chain)
{
    for (size_t k = 0; k + 1 < chain->part_count; k++) {
        double here = 1.0, next = 1.0;
        if (!find_share(r, chain->parts[k], &here) || !find_share(r, chain->parts[k + 1], &next))
            chain->parts[k]->early_exit = annotated_exit(r, component, chain, k);
        else if (here > 0.0 && next < here)
            chain->parts[k]->early_exit = ais_decimal_complement(decimal_quotient(next, here));
    }
}

/* ---- all of them ---- */

/* The component that stands in the place of a component of the graph: itself, but in a deployment with
 * alternatives perhaps one of those. */
static size_t find_chosen(const ais__place_reader *r, size_t slot)
{
    const char *name = r->app->components[slot].name;
    for (size_t i = 0; r->units != NULL && i < ais_doc_count(r->units); i++) {
        const ais_doc_node *unit = ais_doc_at(r->units, i);
        const ais_doc_node *instead = ais__place_find(unit, "instead_of");
        const ais_doc_node *component = ais__place_find(unit, "component");
        if (instead == NULL || component == NULL || !ais_str_equal(ais_doc_get_text(instead), name))
            continue;
        const size_t found = ais_app_find_component(r->app, ais_doc_get_text(component));
        if (found != AIS_NONE)
            return found;
    }
    return slot;
}

/* The i-th of component_partitions.yaml is c<i>, whatever the order of the graph: by that SPACE4AI-Parser knows
 * whom a solution means. */
static size_t find_code(const ais__place_reader *r, size_t component)
{
    const ais_doc_node *all =
        ais__place_find(ais__place_root(r, AIS__FILE_PARTITIONS), "components");
    for (size_t i = 0; all != NULL && i < ais_doc_count(all); i++)
        if (ais_str_equal(ais_doc_get_text(ais_doc_key_at(all, i)),
                          r->app->components[component].name))
            return i + 1;
    return 0; /* has no designs, which is an error */
}

static void read_component(const ais__place_reader *r, size_t slot)
{
    ais__place_component *c = &r->private->components[slot];
    const size_t component = find_chosen(r, slot);
    const ais_doc_node *list = find_list(r, component);
    *c = (ais__place_component){.name = ais_arena_format(r->arena, "c%zu", find_code(r, component)),
                                .component = component};
    if (list == NULL)
        return;
    c->parts = ais_arena_alloc(r->arena, ais_doc_count(list) * sizeof *c->parts);
    for (size_t i = 0; i < ais_doc_count(list); i++)
        read_part(r, component, ais_doc_at(list, i), c);
    qsort(c->parts, c->part_count, sizeof *c->parts, by_name);
    size_t kept = 0;
    for (size_t i = 0; i < c->part_count; i++) {
        c->parts[i].name = ais_arena_format(r->arena, "h%zu", i + 1);
        if (is_wanted(r, &c->parts[i]))
            c->parts[kept++] = c->parts[i];
    }
    c->part_count = kept;
    make_chains(r, c);
    for (size_t i = 0; i < c->chain_count; i++)
        find_exits(r, component, &c->chains[i]);
    if (kept == 0)
        ais__place_error(r, "missing-design", ais_doc_pos(list), "aisprint design makes it anew",
                         "the deployment has no design of component '%s'",
                         r->app->components[component].name);
}

void ais__place_find_designs(ais__place_reader *r)
{
    r->private->components =
        ais_arena_alloc(r->arena, r->app->base_component_count * sizeof *r->private->components);
    for (size_t i = 0; i < r->app->base_component_count; i++)
        read_component(r, i);
}
