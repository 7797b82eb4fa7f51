/* Network domains, and whether neighbours can reach each other at all; see read_priv.h. */
#include <string.h>
#include <strings.h>

#include "place/read_priv.h"

static bool is_layers_key(const char *key)
{
    return strcasecmp(key, "computationalLayers") == 0;
}

static size_t read_layers(ais__system_reader *r, const ais_doc_node *list, size_t *layers)
{
    size_t count = 0;
    for (size_t i = 0; i < ais_doc_count(list); i++) {
        const ais_doc_node *name = ais_doc_at(list, i);
        if (ais_doc_get_kind(name) != AIS_DOC_STRING) {
            ais__read_fault(r, "wrong-type", name, "must be the name of a layer",
                            "a layer of a domain is %s", ais_doc_kind_name(ais_doc_get_kind(name)));
            continue;
        }
        const size_t layer = ais__names_find(&r->layers, 0, ais_doc_get_text(name));
        if (layer != AIS_SYSTEM_NONE)
            layers[count++] = layer;
        else /* generators list layers that have no resources */
            ais__read_warn(r, "unknown-layer", name, "no resource is in it",
                           "there is no layer '%s'", ais_doc_get_text(name));
    }
    return count;
}

static void read_domain(ais__system_reader *r, const ais_doc_node *key, const ais_doc_node *map)
{
    ais_system *s = r->system;
    ais_system_domain domain = {.name = ais__read_keep(r, ais_doc_get_text(key)),
                                .pos = ais__read_pos(r, key),
                                .access_delay_s = ais__read_number(map, "AccessDelay", 0.0),
                                .bandwidth = ais__read_number(map, "Bandwidth", 1.0)};
    bool found = false;
    for (size_t i = 0; i < ais_doc_count(map); i++) {
        const char *name = ais__read_key(map, i);
        const ais_doc_node *value = ais_doc_at(map, i);
        if (ais_str_equal(name, "AccessDelay") || ais_str_equal(name, "Bandwidth"))
            continue;
        if (!is_layers_key(name)) {
            ais__read_warn(r, "unknown-key", ais_doc_key_at(map, i), NULL,
                           "'%s' is no key of a network domain; it is not used", name);
            continue;
        }
        found = true;
        if (ais_doc_get_kind(value) != AIS_DOC_LIST) {
            ais__read_fault(r, "wrong-type", value, "must be a list", "'%s' is %s", name,
                            ais_doc_kind_name(ais_doc_get_kind(value)));
            continue;
        }
        size_t *layers = ais_arena_alloc(s->arena, ais_doc_count(value) * sizeof *layers);
        domain.layer_count = read_layers(r, value, layers);
        domain.layers = layers;
    }
    if (!found)
        ais__read_fault(r, "missing-key", map, "must be a list",
                        "'computationalLayers' is missing in '%s'", domain.name);
    s->domains[s->domain_count++] = domain;
}

/* ---- who reaches whom ---- */

/* Sets of layers: a bit each, `words` words a row. */
typedef struct reach {
    size_t words;
    uint64_t *from; /* row by layer: what has a domain in common with it */
    uint64_t *sends,
        *gets;     /* row by component: what its last parts reach, where its first ones may be */
    uint64_t *row; /* scratch */
    size_t *stamp; /* by resource: the last sender that may be on it */
    size_t sender;
} reach;

static void set_bit(uint64_t *row, size_t bit)
{
    row[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static void or_into(uint64_t *row, const uint64_t *more, size_t words)
{
    for (size_t w = 0; w < words; w++)
        row[w] |= more[w];
}

static bool meet(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if ((a[w] & b[w]) != 0)
            return true;
    return false;
}

static void reach_domains(const ais_system *s, reach *x)
{
    for (size_t d = 0; d < s->domain_count; d++) {
        const ais_system_domain *domain = &s->domains[d];
        memset(x->row, 0, x->words * sizeof *x->row);
        for (size_t i = 0; i < domain->layer_count; i++)
            set_bit(x->row, domain->layers[i]);
        for (size_t i = 0; i < domain->layer_count; i++)
            or_into(&x->from[domain->layers[i] * x->words], x->row, x->words);
    }
}

/* What a part on any of its options reaches. */
static void add_sends(const ais_system *s, const reach *x, size_t part, uint64_t *row)
{
    const ais_system_part *p = &s->parts[part];
    for (size_t o = p->first_option; o < p->first_option + p->option_count; o++)
        or_into(row, &x->from[s->resources[s->options[o].resource].layer * x->words], x->words);
}

static void add_gets(const ais_system *s, size_t part, uint64_t *row)
{
    const ais_system_part *p = &s->parts[part];
    for (size_t o = p->first_option; o < p->first_option + p->option_count; o++)
        set_bit(row, s->resources[s->options[o].resource].layer);
}

/* What is on one resource needs no network. */
static void stamp(const ais_system *s, reach *x, size_t part)
{
    const ais_system_part *p = &s->parts[part];
    for (size_t o = p->first_option; o < p->first_option + p->option_count; o++)
        x->stamp[s->options[o].resource] = x->sender;
}

static bool is_stamped(const ais_system *s, const reach *x, size_t part)
{
    const ais_system_part *p = &s->parts[part];
    for (size_t o = p->first_option; o < p->first_option + p->option_count; o++)
        if (x->stamp[s->options[o].resource] == x->sender)
            return true;
    return false;
}

static const char no_network_hint[] =
    "data goes between layers that a domain of NetworkTechnology has in common";

static void check_chain(ais__system_reader *r, reach *x, size_t h)
{
    const ais_system *s = r->system;
    const ais_system_part *a = &s->parts[h - 1], *b = &s->parts[h];
    if (a->option_count == 0 || b->option_count == 0)
        return; /* as is told */
    memset(x->row, 0, x->words * sizeof *x->row);
    add_sends(s, x, h - 1, x->row);
    for (size_t o = b->first_option; o < b->first_option + b->option_count; o++) {
        const size_t layer = s->resources[s->options[o].resource].layer;
        if ((x->row[layer / 64] >> (layer % 64) & 1) != 0)
            return;
    }
    x->sender++;
    stamp(s, x, h - 1);
    if (!is_stamped(s, x, h))
        ais_diags_add(r->diags, AIS_SEVERITY_ERROR, "no-network", b->pos, no_network_hint,
                      "no candidate of '%s' in '%s' can reach one of '%s'", a->name,
                      s->components[a->component].name, b->name);
}

/* Rows of a component: all deployments together, so that an edge is refused where no choice works. Returns
 * false when one of its deployments is at fault, as is told. */
static bool fill_rows(const ais_system *s, reach *x, size_t component)
{
    const ais_system_component *c = &s->components[component];
    for (size_t d = c->first_deployment; d < c->first_deployment + c->deployment_count; d++) {
        const ais_system_deployment *of = &s->deployments[d];
        if (of->part_count == 0 || s->parts[of->first_part].option_count == 0 ||
            s->parts[of->first_part + of->part_count - 1].option_count == 0)
            return false;
        add_gets(s, of->first_part, &x->gets[component * x->words]);
        add_sends(s, x, of->first_part + of->part_count - 1, &x->sends[component * x->words]);
    }
    return c->deployment_count > 0;
}

static bool share_resource(const ais_system *s, reach *x, size_t from, size_t to)
{
    const ais_system_component *a = &s->components[from], *b = &s->components[to];
    bool shared = false;
    x->sender++;
    for (size_t d = a->first_deployment; d < a->first_deployment + a->deployment_count; d++)
        stamp(s, x, s->deployments[d].first_part + s->deployments[d].part_count - 1);
    for (size_t d = b->first_deployment; d < b->first_deployment + b->deployment_count; d++)
        shared = shared || is_stamped(s, x, s->deployments[d].first_part);
    return shared;
}

static void check_edges(ais__system_reader *r, reach *x)
{
    const ais_system *s = r->system;
    bool *good = ais_arena_alloc(r->scratch, s->component_count * sizeof *good);
    for (size_t c = 0; c < s->component_count; c++)
        good[c] = fill_rows(s, x, c);
    for (size_t e = 0; e < s->edge_count; e++) {
        const size_t from = s->edges[e].from, to = s->edges[e].to;
        if (!good[from] || !good[to] ||
            meet(&x->sends[from * x->words], &x->gets[to * x->words], x->words) ||
            share_resource(s, x, from, to))
            continue;
        ais_diags_add(r->diags, AIS_SEVERITY_ERROR, "no-network", s->components[to].pos,
                      no_network_hint, "no candidate of '%s' can reach one of '%s'",
                      s->components[from].name, s->components[to].name);
    }
}

static void check_reach(ais__system_reader *r)
{
    const ais_system *s = r->system;
    reach x = {.words = (s->layer_count + 63) / 64};
    const size_t row = x.words * sizeof *x.row;
    x.from = ais_arena_alloc(r->scratch, s->layer_count * row);
    x.sends = ais_arena_alloc(r->scratch, s->component_count * row);
    x.gets = ais_arena_alloc(r->scratch, s->component_count * row);
    x.row = ais_arena_alloc(r->scratch, row);
    x.stamp = ais_arena_alloc(r->scratch, s->resource_count * sizeof *x.stamp);
    reach_domains(s, &x);
    for (size_t d = 0; d < s->deployment_count; d++)
        for (size_t h = 1; h < s->deployments[d].part_count; h++)
            check_chain(r, &x, s->deployments[d].first_part + h);
    check_edges(r, &x);
}

void ais__read_network(ais__system_reader *r)
{
    ais_system *s = r->system;
    const ais_doc_node *all = ais__read_find(r->root, "NetworkTechnology", AIS_DOC_MAP);
    const size_t count = all != NULL ? ais_doc_count(all) : 0;
    const size_t errors = ais_diags_count_of(r->diags, AIS_SEVERITY_ERROR);
    s->domains = ais_arena_alloc(s->arena, count * sizeof *s->domains);
    for (size_t i = 0; i < count; i++)
        if (ais_doc_get_kind(ais_doc_at(all, i)) == AIS_DOC_MAP)
            read_domain(r, ais_doc_key_at(all, i), ais_doc_at(all, i));
    if (ais_diags_count_of(r->diags, AIS_SEVERITY_ERROR) == errors)
        check_reach(r);
}
