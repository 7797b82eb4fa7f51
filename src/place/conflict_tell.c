/* A conflict in words: each constraint with what could be had at best while the others hold. */
#include <math.h>

#include "place/conflict.h"
#include "place/result.h"

enum { STEPS_MAX = 40 };
/* How near the best is looked for. */
static const double precision = 1e-3;

double ais__hunt_reached(const ais__hunt *hunt, const ais_perf *perf,
                         const ais_placement *placement, size_t special)
{
    const ais_system *s = hunt->system;
    const ais_place_constraint *atom = special == AIS_SYSTEM_NONE ? NULL : &hunt->atoms[special];
    if (atom == NULL || (atom->kind != AIS_PLACE_LOCAL && atom->kind != AIS_PLACE_PATH))
        return NAN;
    ais_evaluation_result times = {.component_s =
                                       ais_alloc((s->component_count + 1) * sizeof(double)),
                                   .path_s = ais_alloc((s->path_count + 1) * sizeof(double))};
    ais_perf_evaluate(perf, placement, NULL, &times);
    const double reached =
        atom->kind == AIS_PLACE_LOCAL ? times.component_s[atom->index] : times.path_s[atom->index];
    free(times.component_s);
    free(times.path_s);
    return reached;
}

/* The least limit of a time under which something is allowed; INFINITY where there is none. */
static double best_time(ais__hunt *hunt, const bool *on, size_t special, double limit)
{
    double low = limit, high = INFINITY, reached;
    if (ais__hunt_ask(hunt, on, special, INFINITY, &reached) != AIS__SOMETHING)
        return INFINITY;
    high = reached;
    for (size_t i = 0; i < STEPS_MAX && high - low > precision * high && isfinite(high); i++) {
        const double middle = (low + high) / 2;
        const ais__verdict verdict = ais__hunt_ask(hunt, on, special, middle, &reached);
        if (verdict == AIS__UNDECIDED)
            break;
        if (verdict == AIS__SOMETHING)
            high = fmin(reached, middle);
        else
            low = middle;
    }
    return high;
}

/* The least number of machines of each type of a layer with which something is allowed; 0: not found. */
static size_t enough_machines(ais__hunt *hunt, const bool *on, size_t special, size_t most)
{
    size_t low = most, high = most + 1;
    while (high <= AIS_SYSTEM_MAX_MACHINES &&
           ais__hunt_ask(hunt, on, special, (double)high, NULL) != AIS__SOMETHING) {
        low = high;
        high *= 2;
    }
    if (high > AIS_SYSTEM_MAX_MACHINES)
        return 0;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (ais__hunt_ask(hunt, on, special, (double)middle, NULL) == AIS__SOMETHING)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* ---- sentences ---- */

/* A constraint to be told of. */
typedef struct telling {
    ais__hunt *hunt;
    const bool *on;
    size_t atom, index; /* among the hunt's; what that one stands for */
    bool alone;         /* the conflict has no other */
    ais_str *out;
} telling;

static void tell_time(const telling *t, double limit)
{
    const double best = best_time(t->hunt, t->on, t->atom, limit);
    ais_str *out = t->out;
    ais_str_add(out, " must take at most ");
    ais__place_add_time(out, limit);
    if (!isfinite(best))
        return;
    ais_str_add(out, t->alone ? "; the best that any placement gives, with as many machines as one "
                                "likes, is "
                              : "; the best while the others here hold is ");
    ais__place_add_time(out, best);
}

static void tell_path(const telling *t)
{
    const ais_system *s = t->hunt->system;
    const ais_system_path *path = &s->paths[t->index];
    ais_str_add_format(t->out, "path '%s' (", path->name);
    for (size_t k = 0; k < path->component_count; k++)
        ais_str_add_format(t->out, "%s%s", k > 0 ? " > " : "",
                           s->components[path->components[k]].name);
    ais_str_add(t->out, ")");
    tell_time(t, t->hunt->path_limit_s[t->index]);
}

static void tell_local(const telling *t)
{
    ais_str_add_format(t->out, "component '%s'", t->hunt->system->components[t->index].name);
    tell_time(t, t->hunt->local_limit_s[t->index]);
}

static void tell_machines(const telling *t)
{
    const ais_system *s = t->hunt->system;
    const ais_system_layer *layer = &s->layers[t->index];
    size_t most = 0;
    ais_str_add_format(t->out, "layer '%s' has at most ", layer->name);
    for (size_t k = 0; k < layer->resource_count; k++) {
        const ais_system_resource *r = &s->resources[layer->first_resource + k];
        most = r->number > most ? r->number : most;
        ais_str_add_format(t->out, "%s%zu of '%s'", k > 0 ? ", " : "", r->number, r->name);
    }
    const size_t enough = enough_machines(t->hunt, t->on, t->atom, most);
    if (enough > 0)
        ais_str_add_format(t->out, "; %zu would do", enough);
}

static void tell_rule(const telling *t)
{
    static const struct {
        ais_rule rule;
        const char *sentence;
    } rules[] = {
        {.rule = AIS_RULE_ONE_TYPE,
         .sentence = "a layer uses one type of machines (rule one-type)"},
        {.rule = AIS_RULE_FORWARD,
         .sentence = "behind a virtual machine or function nothing returns to the edge (rule "
                     "forward)"},
        {.rule = AIS_RULE_MEMORY, .sentence = "what runs on a machine fits into it (rule memory)"},
        {.rule = AIS_RULE_COLOCATION,
         .sentence = "a fitted model has its machines for itself (rule colocation)"},
    };
    for (size_t k = 0; k < AIS_COUNT(rules); k++)
        if (rules[k].rule == t->index)
            ais_str_add(t->out, rules[k].sentence);
}

static void tell_current(const telling *t)
{
    ais_str_add(t->out,
                "what runs now stays (--current): no other machines on the edge, no other types "
                "where types are kept");
}

static size_t count_on(const ais__hunt *hunt, const bool *on)
{
    size_t count = 0;
    for (size_t i = 0; i < hunt->atom_count; i++)
        count += on[i];
    return count;
}

void ais__hunt_tell(ais__hunt *hunt, const bool *on, ais_place_conflict *conflict)
{
    static void (*const tell[])(const telling *t) = {
        [AIS_PLACE_RULE] = tell_rule,         [AIS_PLACE_CURRENT] = tell_current,
        [AIS_PLACE_MACHINES] = tell_machines, [AIS_PLACE_PATH] = tell_path,
        [AIS_PLACE_LOCAL] = tell_local,
    };
    const size_t count = count_on(hunt, on);
    conflict->items = ais_arena_alloc(conflict->arena, (count + 1) * sizeof *conflict->items);
    for (size_t i = hunt->atom_count; i-- > 0;) {
        AIS_SCOPED(ais_str) sentence = {.data = NULL};
        if (!on[i])
            continue;
        tell[hunt->atoms[i].kind](&(telling){.hunt = hunt,
                                             .on = on,
                                             .atom = i,
                                             .index = hunt->atoms[i].index,
                                             .alone = count == 1,
                                             .out = &sentence});
        conflict->items[conflict->count] = hunt->atoms[i];
        conflict->items[conflict->count++].sentence =
            ais_arena_strdup(conflict->arena, ais_str_get(&sentence));
    }
    if (count == 0)
        conflict->sentence =
            "without any limit, with as many machines as one likes: no choice of compatible "
            "resources connects all components (network domains), or fitted models have no answer "
            "at this rate";
}
