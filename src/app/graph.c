/* The graph of the components as a whole: cycles, order, islands, sums of probabilities. */
#include <math.h>
#include <string.h>

#include "app/app_priv.h"

/* Edges by their source, in lists: head[component] and next[edge], AIS_NONE ends. Only edges that
 * close no cycle are in. */
typedef struct ways {
    size_t *head, *next;
    size_t *via; /* the edge by which the last search came to a component */
    bool *seen;
    size_t *stack;
} ways;

static void ways_clear(ways *w)
{
    free(w->head);
    free(w->next);
    free(w->via);
    free(w->seen);
    free(w->stack);
}

static void ways_init(ways *w, const ais_app *app)
{
    const size_t count = app->component_count;
    *w = (ways){.head = ais_alloc(count * sizeof *w->head),
                .next = ais_alloc(app->edge_count * sizeof *w->next),
                .via = ais_alloc(count * sizeof *w->via),
                .seen = ais_alloc(count * sizeof *w->seen),
                .stack = ais_alloc(count * sizeof *w->stack)};
    for (size_t i = 0; i < count; i++)
        w->head[i] = AIS_NONE;
}

static bool find_way(ways *w, const ais_app *app, size_t from, size_t to)
{
    size_t depth = 0;
    memset(w->seen, 0, app->component_count * sizeof *w->seen);
    w->seen[from] = true;
    w->stack[depth++] = from;
    while (depth > 0 && !w->seen[to]) {
        const size_t at = w->stack[--depth];
        for (size_t i = w->head[at]; i != AIS_NONE; i = w->next[i]) {
            const size_t next = app->edges[i].to;
            if (w->seen[next])
                continue;
            w->seen[next] = true;
            w->via[next] = i;
            w->stack[depth++] = next;
        }
    }
    return w->seen[to];
}

static void report_cycle(ais_app_load_state *state, const ais_app_edge *edge, const size_t *via)
{
    const ais_app *app = state->app;
    AIS_SCOPED(ais_str) way = {0};
    ais_str_add(&way, app->components[edge->from].name);
    /* `via` leads from the end of the way back to its start. */
    for (size_t at = edge->from; at != edge->to;) {
        at = app->edges[via[at]].from;
        AIS_FREE char *rest = ais_str_take(&way);
        ais_str_add_format(&way, "%s -> %s", app->components[at].name, rest);
    }
    ais__app_error(state, "dag-cycle", edge->pos,
                   "remove one of these dependencies: the graph must have no cycles",
                   "this dependency closes a cycle: %s -> %s", ais_str_get(&way),
                   app->components[edge->to].name);
}

/* Kahn's algorithm, the lowest index first. Returns how many components could be ordered. */
static size_t order_components(ais_app *app, size_t *order)
{
    const size_t count = app->base_component_count;
    size_t *waiting = ais_alloc(count * sizeof *waiting);
    bool *done = ais_alloc(count * sizeof *done);
    for (size_t i = 0; i < app->edge_count; i++)
        waiting[app->edges[i].to]++;
    size_t ordered = 0;
    for (size_t next = 0; next < count;) {
        if (done[next] || waiting[next] > 0) {
            next++;
            continue;
        }
        done[next] = true;
        order[ordered++] = next;
        for (size_t i = 0; i < app->edge_count; i++)
            if (app->edges[i].from == next)
                waiting[app->edges[i].to]--;
        next = 0;
    }
    free(waiting);
    free(done);
    return ordered;
}

/* Edges in file order: one that closes a cycle is reported and left out of what follows, so each
 * independent cycle is told once. */
static void find_cycles(ais_app_load_state *state)
{
    ais_app *app = state->app;
    AIS_SCOPED(ways) w;
    ways_init(&w, app);
    for (size_t i = 0; i < app->edge_count; i++) {
        ais_app_edge *edge = &app->edges[i];
        if (find_way(&w, app, edge->to, edge->from)) {
            report_cycle(state, edge, w.via);
            edge->probability = NAN; /* no sum with it is worth a word */
            continue;
        }
        w.next[i] = w.head[edge->from];
        w.head[edge->from] = i;
    }
}

/* A part of the graph without any tie to the rest: more often a forgotten dependency than meant. An
 * application without dependencies at all is a set of independent components. */
static void find_islands(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    const size_t count = app->base_component_count;
    if (app->edge_count == 0)
        return;
    size_t *island = ais_alloc(count * sizeof *island);
    for (size_t i = 0; i < count; i++)
        island[i] = i;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < app->edge_count; i++) {
            const size_t a = app->edges[i].from, b = app->edges[i].to;
            const size_t least = island[a] < island[b] ? island[a] : island[b];
            changed = changed || island[a] != island[b];
            island[a] = island[b] = least;
        }
    }
    const size_t first = island[app->edges[0].from]; /* "the rest" */
    for (size_t i = 0; i < count; i++)
        if (island[i] == i && i != first &&
            ais_map_find(state->unknown, app->components[i].name) == NULL)
            ais__app_warn(state, "disconnected", app->components[i].pos,
                          "add the dependency that leads to it or from it",
                          "no dependency ties '%s' to the rest of the application",
                          app->components[i].name);
    free(island);
}

/* Each number is the probability that an item takes the edge. Edges of probability 1 are taken by every
 * item; the others of a component are one choice, and together have at most 1 (less: some items end
 * here). */
static void check_sums(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    for (size_t c = 0; c < app->base_component_count; c++) {
        double sum = 0.0;
        const ais_app_edge *last = NULL;
        for (size_t i = 0; i < app->edge_count; i++) {
            if (app->edges[i].from != c || app->edges[i].probability >= 1.0)
                continue;
            last = &app->edges[i];
            sum += last->probability;
        }
        if (last != NULL && sum > 1.0 + 1e-9)
            ais__app_error(
                state, "probability-sum", last->pos,
                "1 for what every item takes; at most 1 together where it takes one of them",
                "the probabilities of the dependencies from '%s' sum to %g",
                app->components[c].name, sum);
    }
}

void ais__app_check_graph(ais_app_load_state *state)
{
    ais_app *app = state->app;
    app->order = ais_arena_alloc(state->arena, app->base_component_count * sizeof *app->order);
    state->acyclic = order_components(app, app->order) == app->base_component_count;
    if (!state->acyclic)
        find_cycles(state);
    if (!state->edges_known)
        return;
    find_islands(state);
    check_sums(state);
}
