/* The least price of the machines of all edge, or of all VM layers, by integers: which types with how many machines
 * have room for all loads at all?
 *
 * Linear bounds open a third of a machine; this one does not. Components are relaxed: each puts the least load
 * that it can on the types at hand, and all loads together must fit the machines together. A load counts as
 * more when its component would be late beyond some rho: rho <= cap means load / cap fits as well. Layers are
 * decided one by one, best bound first (A*); behind what is decided the cheapest machines are bought. */
#include <math.h>
#include <string.h>

#include "place/branch.h"

enum { LAYERS_MAX = 24, OPEN_MAX = 40000, COUNTS_MAX = 16 };

typedef struct machines_node {
    double bound, price;
    double room; /* machines decided */
    uint16_t depth;
    uint16_t type[LAYERS_MAX]; /* 0: closed; else 1 + index of the type within its layer */
} machines_node;

typedef struct machines {
    const ais__branch *branch;
    const ais__domain *domain;
    bool cloud;
    size_t layers[LAYERS_MAX], layer_count;
    size_t *depth_of;        /* by layer; AIS_SYSTEM_NONE of other layers */
    double *load;            /* by option: machines that it takes; 0 elsewhere */
    double unit[LAYERS_MAX]; /* cheapest machine of a layer, how many there are at most */
    double most[LAYERS_MAX];
    machines_node *heap;
    size_t count, capacity;
    ais_arena *arena;
} machines;

static double unit_price(const ais_perf *perf, size_t r)
{
    return ais_perf_price(perf, r, 1) - ais_perf_price(perf, r, 0);
}

/* Loads with what time limits add to them. */
static void fill_loads(machines *m)
{
    const ais_perf *perf = m->branch->perf;
    const ais_system *system = perf->system;
    const double *slack_s = ais__filter_slack_s(m->branch->filter);
    const double *part_s = ais__filter_part_s(m->branch->filter);
    const double rounding = 1e-9;
    for (size_t o = 0; o < system->option_count; o++) {
        const size_t r = system->options[o].resource;
        const ais_system_part *part = &system->parts[system->options[o].part];
        if (!m->domain->allowed[o] || m->depth_of[perf->layer[r]] == AIS_SYSTEM_NONE)
            continue;
        m->load[o] = perf->load[o];
        if (!(slack_s[part->component] < (double)INFINITY) ||
            !ais__relax_is_queued(m->branch->relax, o))
            continue;
        const ais_system_deployment *d = &system->deployments[part->deployment];
        double room_s = slack_s[part->component];
        for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
            room_s -= p == system->options[o].part ? 0 : part_s[p];
        const double cap = 1 - m->branch->relax->drag_s[o] / room_s + rounding;
        if (room_s > 0 && cap > 0 && cap < 1)
            m->load[o] /= cap;
    }
}

static void fill_layers(machines *m)
{
    const ais_perf *perf = m->branch->perf;
    const ais_system *system = perf->system;
    for (size_t l = 0; l < system->layer_count; l++) {
        const ais_system_layer *layer = &system->layers[l];
        m->depth_of[l] = AIS_SYSTEM_NONE;
        if (layer->kind != (m->cloud ? AIS_LAYER_VM : AIS_LAYER_EDGE))
            continue;
        const size_t at = m->layer_count++;
        m->depth_of[l] = at;
        m->layers[at] = l;
        m->unit[at] = (double)INFINITY;
        for (size_t r = layer->first_resource; r < layer->first_resource + layer->resource_count;
             r++)
            if (m->domain->high[r] > 0) {
                m->unit[at] = fmin(m->unit[at], unit_price(perf, r));
                m->most[at] = fmax(m->most[at], (double)m->domain->high[r]);
            }
    }
}

/* May the option be used below a node? */
static bool is_open(const machines *m, const machines_node *node, size_t o)
{
    const ais_perf *perf = m->branch->perf;
    const size_t r = perf->system->options[o].resource;
    const size_t depth = m->depth_of[perf->layer[r]];
    if (depth == AIS_SYSTEM_NONE || depth >= node->depth)
        return true;
    const size_t first = perf->system->layers[perf->layer[r]].first_resource;
    return node->type[depth] == r - first + 1;
}

/* The least load of a component; INFINITY when it cannot be placed. */
static double least_load(const machines *m, const machines_node *node, size_t c)
{
    const ais_perf *perf = m->branch->perf;
    const ais_system *system = perf->system;
    const bool forward = (perf->rules & AIS_RULE_FORWARD) != 0;
    double best = (double)INFINITY;
    for (size_t k = 0; k < system->components[c].deployment_count; k++) {
        const ais_system_deployment *d =
            &system->deployments[system->components[c].first_deployment + k];
        /* sums of strings that are on the edge up to here, and of those that have left it */
        double edge = 0, cloud = (double)INFINITY;
        for (size_t p = d->first_part; p < d->first_part + d->part_count; p++) {
            const ais_system_part *part = &system->parts[p];
            double least[2] = {(double)INFINITY, (double)INFINITY};
            for (size_t o = part->first_option; o < part->first_option + part->option_count; o++)
                if (m->domain->allowed[o] && is_open(m, node, o)) {
                    const size_t side = perf->is_cloud[system->options[o].resource];
                    least[side] = fmin(least[side], m->load[o]);
                }
            if (!forward)
                least[0] = least[1] = fmin(least[0], least[1]);
            cloud = fmin(edge, cloud) + least[1];
            edge += least[0];
        }
        best = fmin(best, fmin(edge, cloud));
    }
    return best;
}

/* The price of `room` machines more, from layers that are not decided; INFINITY: there are not so many. */
static double buy(const machines *m, size_t depth, double room)
{
    double price = 0;
    bool taken[LAYERS_MAX] = {false};
    double left = ceil(room - 1e-9);
    while (left > 0) {
        size_t cheapest = m->layer_count;
        for (size_t l = depth; l < m->layer_count; l++)
            if (!taken[l] && m->most[l] > 0 &&
                (cheapest == m->layer_count || m->unit[l] < m->unit[cheapest]))
                cheapest = l;
        if (cheapest == m->layer_count)
            return (double)INFINITY;
        const double some = fmin(left, m->most[cheapest]);
        price += some * m->unit[cheapest];
        left -= some;
        taken[cheapest] = true;
    }
    return price;
}

static double total_load(const machines *m, const machines_node *node)
{
    double sum = 0;
    for (size_t c = 0; c < m->branch->perf->system->component_count && sum < (double)INFINITY; c++)
        sum += least_load(m, node, c);
    return sum;
}

static void push(machines *m, const machines_node *node)
{
    m->heap = ais_grow(m->heap, &m->capacity, m->count + 1, sizeof *m->heap);
    size_t at = m->count++;
    for (; at > 0 && m->heap[(at - 1) / 2].bound > node->bound; at = (at - 1) / 2)
        m->heap[at] = m->heap[(at - 1) / 2];
    m->heap[at] = *node;
}

static machines_node pop(machines *m)
{
    const machines_node least = m->heap[0], last = m->heap[--m->count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= m->count)
            break;
        if (child + 1 < m->count && m->heap[child + 1].bound < m->heap[child].bound)
            child++;
        if (m->heap[child].bound >= last.bound)
            break;
        m->heap[at] = m->heap[child];
        at = child;
    }
    m->heap[at] = last;
    return least;
}

/* All ways to decide the next layer. */
static void expand(machines *m, const machines_node *node)
{
    const ais_perf *perf = m->branch->perf;
    const size_t l = m->layers[node->depth];
    const ais_system_layer *layer = &perf->system->layers[l];
    for (size_t type = 0; type <= layer->resource_count; type++) {
        const size_t r = layer->first_resource + type - 1;
        if (type > 0 && m->domain->high[r] == 0)
            continue;
        machines_node child = *node;
        child.type[child.depth++] = (uint16_t)type;
        const double load = total_load(m, &child);
        const size_t low = type == 0 ? 0 : m->domain->low[r];
        const size_t high = type == 0 ? 0 : m->domain->high[r];
        for (size_t n = low; n <= high && n < low + COUNTS_MAX; n++) {
            /* beyond so many counts the last stands for all above: price of it, room of the most */
            const bool last = n == low + COUNTS_MAX - 1;
            child.price = node->price + (type > 0 ? (double)n * unit_price(perf, r) : 0);
            child.room = node->room + (double)(last ? high : n);
            child.bound = child.price + buy(m, child.depth, load - child.room);
            if (child.bound < (double)INFINITY)
                push(m, &child);
            if (child.room >= load)
                break; /* more machines are only dearer */
        }
    }
}

double ais__branch_machines(ais__branch *branch, const ais__domain *domain, bool cloud,
                            size_t expansions)
{
    const ais_perf *perf = branch->perf;
    size_t layers = 0;
    for (size_t l = 0; l < perf->system->layer_count; l++)
        layers += perf->system->layers[l].kind == (cloud ? AIS_LAYER_VM : AIS_LAYER_EDGE);
    if (perf->current_count != NULL || (perf->rules & AIS_RULE_ONE_TYPE) == 0 || layers == 0 ||
        layers > LAYERS_MAX)
        return 0; /* prices are not as simple then, or there is too much to decide */
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    machines m = {.branch = branch, .domain = domain, .cloud = cloud, .arena = arena};
    m.depth_of = ais_arena_alloc(arena, perf->system->layer_count * sizeof(size_t));
    m.load = ais_arena_alloc(arena, perf->system->option_count * sizeof(double));
    fill_layers(&m);
    fill_loads(&m);
    machines_node node = {.depth = 0};
    node.bound = buy(&m, 0, total_load(&m, &node));
    double bound = node.bound;
    if (bound < (double)INFINITY)
        push(&m, &node);
    for (size_t i = 0; i < expansions && m.count > 0 && m.count < OPEN_MAX; i++) {
        node = pop(&m);
        bound = fmax(bound, node.bound);
        if (node.depth == m.layer_count || ais__search_stop(branch->search)) {
            push(&m, &node);
            break;
        }
        expand(&m, &node);
    }
    bound = m.count > 0 ? fmax(bound, m.heap[0].bound) : (double)INFINITY;
    free(m.heap);
    return bound;
}
