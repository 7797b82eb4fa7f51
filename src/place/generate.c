/* Systems from a seed: this file draws them, generate_write.c writes them.
 *
 * As the public generators do: components in a random acyclic graph, the first ones tied to a drone, then drone
 * or edge, edge, edge or VM, and VM or function; alternatives of one to five partitions with early exits; many
 * types a layer. In large systems a component reaches three layers of a kind, and its successors are near, so
 * that requests pass through many components. One placement is drawn along with the system, and demands and
 * limits are set by it: a system without a placement is of no use to a bench. */
#include "place/generate_priv.h"

#include <math.h>

double ais__made_draw(ais__made *made, double low, double high)
{
    return low + (high - low) * ais_random_uniform(&made->random);
}

size_t ais__made_pick(ais__made *made, size_t low, size_t high)
{
    return low + (size_t)ais_random_below(&made->random, high - low + 1);
}

static void fill_defaults(ais_generate_options *o)
{
    o->components = o->components == 0 ? 15 : o->components < 2 ? 2 : o->components;
    const size_t layers = 2 + o->components / 15;
    o->edge_layers = o->edge_layers == 0 ? layers : o->edge_layers;
    o->vm_layers = o->vm_layers == 0 ? layers : o->vm_layers;
    o->types_per_layer = o->types_per_layer == 0 ? 5 : o->types_per_layer;
    o->functions_per_part = o->functions_per_part == 0 ? 1 : o->functions_per_part;
    o->deployments = o->deployments > 0 ? fmin(fmax(o->deployments, 1), 3) : 2;
    o->strictness = o->strictness > 0 ? o->strictness : 1.5;
    o->rate_rps = o->rate_rps > 0 ? o->rate_rps : 1.8;
}

/* Is the layer the drone: one machine of one type? */
static bool is_drone(const ais__made *made, size_t layer)
{
    return layer == 0 && made->options.edge_layers > 1;
}

static void draw_layers(ais__made *made)
{
    const ais_generate_options *o = &made->options;
    made->layer_count = o->edge_layers + o->vm_layers;
    made->layers = ais_arena_alloc(made->arena, made->layer_count * sizeof *made->layers);
    made->types =
        ais_arena_alloc(made->arena, made->layer_count * o->types_per_layer * sizeof *made->types);
    size_t edges = 0, machines = 0;
    for (size_t l = 0; l < made->layer_count; l++) {
        ais__made_layer *layer = &made->layers[l];
        layer->is_cloud = l >= o->edge_layers;
        layer->name = ais_arena_format(made->arena, "computationallayer%zu", l + 1);
        layer->first_type = made->type_count;
        layer->type_count = is_drone(made, l) ? 1 : o->types_per_layer;
        layer->known_type = layer->first_type + ais__made_pick(made, 0, layer->type_count - 1);
        for (size_t t = 0; t < layer->type_count; t++) {
            ais__made_type *type = &made->types[made->type_count++];
            type->layer = l;
            if (is_drone(made, l)) {
                type->name = "Drone1";
                type->number = 1;
                type->cost = ais__made_draw(made, 4, 5);
            } else if (!layer->is_cloud) {
                type->name = ais_arena_format(made->arena, "EN%zu", ++edges);
                type->number = 2;
                type->cost = ais__made_draw(made, 6, 8);
            } else {
                type->name = ais_arena_format(made->arena, "VM%zu", ++machines);
                type->number = ais__made_pick(made, 3, 4);
                type->cost = ais__made_draw(made, 0, 10);
            }
        }
    }
}

/* Add at most three layers of [first, last), neighbours in a ring, to where a component may run. */
static void reach(ais__made *made, ais__made_component *component, size_t first, size_t last)
{
    if (first >= last)
        return;
    const size_t all = last - first, count = all < 3 ? all : 3;
    const size_t start = ais__made_pick(made, 0, all - 1);
    for (size_t k = 0; k < count && component->layer_count < AIS__GENERATE_REACH; k++)
        component->layers[component->layer_count++] = first + (start + k) % all;
}

/* Which layers a component may run on, by how far it is down the graph, and on which it is known to run. */
static void draw_place(ais__made *made, size_t c)
{
    const ais_generate_options *o = &made->options;
    ais__made_component *component = &made->components[c];
    const size_t first_edge = is_drone(made, 0) ? 1 : 0;
    const double depth = (double)c / (double)o->components;
    const bool tied = c < 2 && o->components > 2;
    if (tied || (depth < 0.33 && first_edge == 1))
        component->layers[component->layer_count++] = 0;
    const size_t own = component->layer_count;
    if (!tied && depth < 0.8)
        reach(made, component, first_edge, o->edge_layers);
    const size_t edges = component->layer_count;
    if (depth >= 0.55)
        reach(made, component, o->edge_layers, made->layer_count);
    component->functions = depth >= 0.75;
    /* all behind 0.55 run on VMs, all before on the edge: nothing returns; the drone has room for few */
    const size_t low = depth >= 0.55 ? edges : edges > own ? own : 0;
    const size_t high = depth >= 0.55 ? component->layer_count : edges;
    component->known_layer = component->layers[ais__made_pick(made, low, high - 1)];
}

static void draw_deployment(ais__made *made, ais__made_deployment *deployment, size_t parts)
{
    deployment->part_count = parts;
    for (size_t p = 0; p < parts; p++) {
        const double spread = parts == 1 ? 1 : ais__made_draw(made, 1, 1.25);
        deployment->shares[p] = spread / (double)parts;
        deployment->exits[p] = p + 1 < parts ? ais__made_draw(made, 0, 1) : 0;
        deployment->next_mb[p] = (double)ais__made_pick(made, 4, 7);
    }
}

static void draw_component(ais__made *made, size_t c)
{
    const ais_generate_options *o = &made->options;
    ais__made_component *component = &made->components[c];
    draw_place(made, c);
    component->demand_s = ais_arena_alloc(made->arena, made->type_count * sizeof(double));
    for (size_t l = 0; l < component->layer_count; l++) {
        const size_t at = component->layers[l];
        const ais__made_layer *layer = &made->layers[at];
        const double low = layer->is_cloud ? 0.2 : is_drone(made, at) ? 1.0 : 0.6;
        const double high = layer->is_cloud ? 0.7 : is_drone(made, at) ? 1.8 : 1.1;
        for (size_t t = 0; t < layer->type_count; t++)
            component->demand_s[layer->first_type + t] = ais__made_draw(made, low, high);
    }
    component->warm_s = ais__made_draw(made, 2, 3);
    component->cold_s = component->warm_s + ais__made_draw(made, 1, 2);
    component->deployment_count = 1;
    for (size_t d = 1; d < AIS__GENERATE_DEPLOYMENTS && c >= 2; d++)
        component->deployment_count += ais_random_uniform(&made->random) < (o->deployments - 1) / 2;
    size_t names = 1;
    for (size_t d = 0; d < component->deployment_count; d++) {
        ais__made_deployment *deployment = &component->deployments[d];
        draw_deployment(made, deployment,
                        d == 0 ? 1 : ais__made_pick(made, 2, AIS__GENERATE_PARTS));
        deployment->first_name = names;
        names += deployment->part_count;
    }
    component->known_deployment = ais__made_pick(made, 0, component->deployment_count - 1);
}

static void link(ais__made *made, size_t from, size_t to)
{
    ais__made_component *component = &made->components[from];
    for (size_t k = 0; k < component->next_count; k++)
        if (component->next[k] == to)
            return;
    if (component->next_count < AIS_COUNT(component->next))
        component->next[component->next_count++] = to;
}

/* Successors among the next eight; every component but the first has a predecessor. */
static void draw_graph(ais__made *made)
{
    const size_t count = made->options.components;
    made->components[0].visits = 1;
    for (size_t c = 0; c + 1 < count; c++) {
        ais__made_component *component = &made->components[c];
        const size_t last = c + 8 < count ? c + 8 : count - 1;
        link(made, c, c + 1);
        for (size_t to = c + 2; to <= last && c >= 1; to++)
            if (ais_random_uniform(&made->random) < 0.4)
                link(made, c, to);
        double sum = 0;
        for (size_t k = 0; k < component->next_count; k++) {
            component->next_share[k] = ais__made_draw(made, 0.05, 1);
            component->out_mb[k] = (double)ais__made_pick(made, 4, 7);
            sum += component->next_share[k];
        }
        for (size_t k = 0; k < component->next_count; k++) {
            component->next_share[k] /= sum;
            made->components[component->next[k]].visits +=
                component->visits * component->next_share[k];
        }
    }
}

double ais__made_demand_s(const ais__made *made, size_t component, size_t deployment, size_t part,
                          size_t type)
{
    const ais__made_component *c = &made->components[component];
    return c->demand_s[type] * c->deployments[deployment].shares[part] *
           (is_drone(made, made->types[type].layer) ? 1 : made->scale);
}

/* Loads of the known placement by layer: demand times rate, less what exits early. */
static void sum_loads(ais__made *made)
{
    for (size_t l = 0; l < made->layer_count; l++)
        made->layers[l].load = 0;
    for (size_t c = 0; c < made->options.components; c++) {
        const ais__made_component *component = &made->components[c];
        ais__made_layer *layer = &made->layers[component->known_layer];
        const ais__made_deployment *d = &component->deployments[component->known_deployment];
        double rate_rps = component->visits * made->options.rate_rps;
        for (size_t p = 0; p < d->part_count; p++) {
            layer->load += rate_rps * ais__made_demand_s(made, c, component->known_deployment, p,
                                                         layer->known_type);
            rate_rps *= 1 - d->exits[p];
        }
    }
}

/* Demands such that a layer in use needs 1.3 machines in the mean, and machines enough of the known types. The
 * drone has one machine for all that is tied to it: its demands are set by its own load. */
static void scale_demands(ais__made *made)
{
    made->scale = 1;
    sum_loads(made);
    double sum = 0;
    size_t used = 0;
    for (size_t l = 0; l < made->layer_count; l++)
        if (!is_drone(made, l) && made->layers[l].load > 0) {
            sum += made->layers[l].load;
            used++;
        }
    made->scale = used > 0 ? 1.3 * (double)used / sum : 1;
    if (is_drone(made, 0) && made->layers[0].load > 0)
        for (size_t c = 0; c < made->options.components; c++)
            made->components[c].demand_s[0] *= 0.6 / made->layers[0].load;
    sum_loads(made);
    for (size_t l = 0; l < made->layer_count; l++) {
        ais__made_type *type = &made->types[made->layers[l].known_type];
        const size_t need = (size_t)ceil(made->layers[l].load / 0.75);
        if (!is_drone(made, l) && type->number < need)
            type->number = need;
    }
}

/* What each component takes in the known placement. */
static void known_times(ais__made *made)
{
    for (size_t c = 0; c < made->options.components; c++) {
        ais__made_component *component = &made->components[c];
        const ais__made_layer *layer = &made->layers[component->known_layer];
        const ais__made_deployment *d = &component->deployments[component->known_deployment];
        const double rho = layer->load / (double)made->types[layer->known_type].number;
        double weight = 1;
        for (size_t p = 0; p < d->part_count; p++) {
            component->known_s +=
                weight / (1 - rho) *
                ais__made_demand_s(made, c, component->known_deployment, p, layer->known_type);
            weight *= 1 - d->exits[p];
        }
    }
}

ais_doc_node *ais_system_generate(const ais_generate_options *options, ais_doc *doc,
                                  ais_doc_node **known)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais__made made = {.options = *options, .arena = arena};
    fill_defaults(&made.options);
    ais_random_init(&made.random, made.options.seed);
    draw_layers(&made);
    made.components = ais_arena_alloc(arena, made.options.components * sizeof *made.components);
    for (size_t c = 0; c < made.options.components; c++)
        draw_component(&made, c);
    draw_graph(&made);
    scale_demands(&made);
    known_times(&made);
    if (known != NULL)
        *known = ais__made_known_to_node(&made, doc);
    return ais__made_to_node(&made, doc);
}
