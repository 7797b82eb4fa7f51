/* Making an empty system, and the order of its components. What is in one: place/ fills it. */
#include "perf/system.h"

ais_system *ais_system_new(void)
{
    ais_arena *arena = ais_arena_new();
    ais_system *system = ais_arena_alloc(arena, sizeof *system);
    system->arena = arena;
    system->rate_rps = __builtin_nan("");
    system->horizon = 1;
    return system;
}

void ais_system_free(ais_system *system)
{
    if (system != NULL)
        ais_arena_free(system->arena);
}

/* Components that may come next, the smallest index on top. */
typedef struct heap {
    size_t *items;
    size_t count;
} heap;

static void swap(size_t *a, size_t *b)
{
    const size_t kept = *a;
    *a = *b;
    *b = kept;
}

static void push(heap *ready, size_t item)
{
    size_t i = ready->count++;
    ready->items[i] = item;
    for (; i > 0 && ready->items[i] < ready->items[(i - 1) / 2]; i = (i - 1) / 2)
        swap(&ready->items[i], &ready->items[(i - 1) / 2]);
}

static size_t pop(heap *ready)
{
    const size_t top = ready->items[0];
    ready->items[0] = ready->items[--ready->count];
    for (size_t i = 0, least = 0;; i = least) {
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < ready->count; child++)
            if (ready->items[child] < ready->items[least])
                least = child;
        if (least == i)
            return top;
        swap(&ready->items[i], &ready->items[least]);
    }
}

/* A component of a cycle: whoever goes back along what is not ordered comes to one, and then stays on it. */
static size_t find_on_cycle(const ais_system *system, const size_t *waits_for, size_t *before)
{
    size_t at = 0;
    for (size_t e = 0; e < system->edge_count; e++)
        if (waits_for[system->edges[e].from] > 0 && waits_for[system->edges[e].to] > 0) {
            before[system->edges[e].to] = system->edges[e].from;
            at = system->edges[e].to;
        }
    for (size_t i = 0; i < system->component_count; i++)
        at = before[at];
    return at;
}

static void count_visits(ais_system *system)
{
    for (size_t i = 0; i < system->component_count; i++) {
        const ais_system_component *component = &system->components[system->order[i]];
        for (size_t e = 0; e < component->edge_count; e++) {
            const ais_system_edge *edge = &system->edges[component->first_edge + e];
            system->visits[edge->to] += system->visits[edge->from] * edge->probability;
        }
    }
}

bool ais_system_order(ais_system *system, size_t *on_cycle)
{
    const size_t count = system->component_count;
    AIS_AUTO(ais_arena) scratch = ais_arena_new();
    size_t *waits_for = ais_arena_alloc(scratch, count * sizeof *waits_for);
    heap ready = {.items = ais_arena_alloc(scratch, count * sizeof *ready.items)};
    size_t ordered = 0;
    system->order = ais_arena_alloc(system->arena, count * sizeof *system->order);
    system->visits = ais_arena_alloc(system->arena, count * sizeof *system->visits);
    for (size_t e = 0; e < system->edge_count; e++)
        waits_for[system->edges[e].to]++;
    for (size_t i = 0; i < count; i++)
        if (waits_for[i] == 0) {
            system->visits[i] = 1;
            push(&ready, i);
        }
    while (ready.count > 0) {
        const size_t next = pop(&ready);
        const ais_system_component *component = &system->components[next];
        system->order[ordered++] = next;
        for (size_t e = 0; e < component->edge_count; e++)
            if (--waits_for[system->edges[component->first_edge + e].to] == 0)
                push(&ready, system->edges[component->first_edge + e].to);
    }
    if (ordered < count) {
        *on_cycle = find_on_cycle(system, waits_for, ready.items);
        return false;
    }
    count_visits(system);
    return true;
}
