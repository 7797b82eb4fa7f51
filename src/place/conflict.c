/* Why nothing is allowed: constraints that cannot be had together, none of which can be left out.
 *
 * Constraints that can be given up (limits, rules, numbers of machines, what runs now) are tried alone, in pairs,
 * and then left out one by one: what cannot be left out without something becoming allowed is the conflict (an
 * irreducible infeasible set; the smallest one when it has at most two members).
 * Source: deletion filter: Chinneck, Feasibility and Infeasibility in Optimization (2008), chapter 6. */
#include "place/conflict.h"

#include <math.h>

enum { PAIRS_MAX = 500 };

void ais_place_conflict_free(ais_place_conflict *conflict)
{
    if (conflict != NULL)
        ais_arena_free(conflict->arena);
}

/* ---- asking ---- */

static const double *limits_of(ais__hunt *hunt, ais_place_constraint_kind kind)
{
    const ais_system *s = hunt->system;
    const bool local = kind == AIS_PLACE_LOCAL;
    const size_t count = local ? s->component_count : s->path_count;
    const double *given = local ? hunt->given->local_limit_s : hunt->given->path_limit_s;
    double *limits = ais_arena_alloc(hunt->arena, (count + 1) * sizeof *limits);
    for (size_t i = 0; i < count; i++)
        limits[i] = given != NULL ? given[i]
                    : local       ? s->components[i].local_limit_s
                                  : s->paths[i].limit_s;
    return limits;
}

static double machines_of(const ais__hunt *hunt, size_t resource, bool keep_current)
{
    const size_t number = hunt->system->resources[resource].number;
    const size_t *most = hunt->given->count_max;
    return (double)(keep_current && most != NULL && most[resource] < number ? most[resource]
                                                                            : number);
}

/* What is asked when those atoms are on; `own` replaces the limit of the atom `special` (its number of machines). */
static ais_perf_options options_of(ais__hunt *hunt, const bool *on, size_t special, double own,
                                   ais_arena *arena)
{
    const ais_system *s = hunt->system;
    ais_perf_options options = *hunt->given;
    double *local = ais_arena_alloc(arena, (s->component_count + 1) * sizeof *local);
    double *path = ais_arena_alloc(arena, (s->path_count + 1) * sizeof *path);
    double *as_one = ais_arena_alloc(arena, (s->resource_count + 1) * sizeof *as_one);
    double *machines = ais_arena_alloc(arena, (s->layer_count + 1) * sizeof *machines);
    bool keep_current = false;
    for (size_t i = 0; i < s->component_count; i++)
        local[i] = INFINITY;
    for (size_t i = 0; i < s->path_count; i++)
        path[i] = INFINITY;
    for (size_t i = 0; i < s->layer_count; i++)
        machines[i] = INFINITY;
    for (size_t i = 0; i < hunt->atom_count; i++) {
        const ais_place_constraint *atom = &hunt->atoms[i];
        if (!on[i] && i != special)
            options.rules_off |= atom->kind == AIS_PLACE_RULE ? (unsigned)atom->index : 0;
        else if (atom->kind == AIS_PLACE_LOCAL)
            local[atom->index] = i == special ? own : hunt->local_limit_s[atom->index];
        else if (atom->kind == AIS_PLACE_PATH)
            path[atom->index] = i == special ? own : hunt->path_limit_s[atom->index];
        else if (atom->kind == AIS_PLACE_MACHINES)
            machines[atom->index] = i == special ? own : 0;
        else if (atom->kind == AIS_PLACE_CURRENT)
            keep_current = true;
    }
    for (size_t r = 0; r < s->resource_count; r++) /* 0: as many as there are */
        as_one[r] = fmax(machines_of(hunt, r, keep_current), machines[s->resources[r].layer]);
    options.local_limit_s = local;
    options.path_limit_s = path;
    options.as_one = as_one;
    if (!keep_current) {
        options.count_max = NULL;
        options.option_allowed = NULL;
    }
    options.current = NULL;
    return options;
}

ais__verdict ais__hunt_ask(ais__hunt *hunt, const bool *on, size_t special, double own,
                           double *reached)
{
    const double left_s = hunt->end_s - hunt->ctx->monotonic_s(hunt->ctx);
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_place_result) result = NULL;
    const ais_perf_options options = options_of(hunt, on, special, own, arena);
    const ais_place_options search = {.first_only = true,
                                      .time_limit_s = left_s * hunt->share,
                                      .threads = hunt->options->threads,
                                      .seed = hunt->options->seed};
    if (left_s <= 0 || hunt->failed || ais_perf_new(hunt->system, &options, &perf, hunt->err) < 0 ||
        ais_place_solve(perf, &search, hunt->ctx, &result, hunt->err) < 0) {
        hunt->failed |= left_s > 0;
        return AIS__UNDECIDED;
    }
    if (result->interrupted)
        hunt->end_s = -INFINITY; /* no question more */
    if (result->best == NULL)
        return result->status == AIS_PLACE_INFEASIBLE ? AIS__NOTHING : AIS__UNDECIDED;
    if (reached != NULL)
        *reached = ais__hunt_reached(hunt, perf, result->best, special);
    return AIS__SOMETHING;
}

/* ---- which constraints there are ---- */

static void add_atom(ais__hunt *hunt, ais_place_constraint_kind kind, size_t index)
{
    hunt->atoms[hunt->atom_count++] = (ais_place_constraint){.kind = kind, .index = index};
}

static bool runs_something(const ais_system *s, size_t layer)
{
    for (size_t o = 0; o < s->option_count; o++)
        if (s->resources[s->options[o].resource].layer == layer)
            return true;
    return false;
}

/* In the order in which a reader would rather not see them: what comes first is left out first. */
static void find_atoms(ais__hunt *hunt)
{
    static const ais_rule rules[] = {AIS_RULE_MEMORY, AIS_RULE_COLOCATION, AIS_RULE_FORWARD,
                                     AIS_RULE_ONE_TYPE};
    const ais_system *s = hunt->system;
    const unsigned off = hunt->given->rules_off;
    const size_t most = s->component_count + s->path_count + s->layer_count + AIS_COUNT(rules) + 1;
    hunt->atoms = ais_arena_alloc(hunt->arena, most * sizeof *hunt->atoms);
    hunt->local_limit_s = limits_of(hunt, AIS_PLACE_LOCAL);
    hunt->path_limit_s = limits_of(hunt, AIS_PLACE_PATH);
    for (size_t i = 0; i < AIS_COUNT(rules); i++)
        if ((off & rules[i]) == 0)
            add_atom(hunt, AIS_PLACE_RULE, rules[i]);
    if (hunt->given->count_max != NULL || hunt->given->option_allowed != NULL)
        add_atom(hunt, AIS_PLACE_CURRENT, 0);
    for (size_t i = 0; i < s->layer_count; i++)
        if (s->layers[i].kind != AIS_LAYER_FAAS && runs_something(s, i))
            add_atom(hunt, AIS_PLACE_MACHINES, i);
    for (size_t i = 0; i < s->path_count; i++)
        if ((off & AIS_RULE_GLOBAL) == 0 && isfinite(hunt->path_limit_s[i]))
            add_atom(hunt, AIS_PLACE_PATH, i);
    for (size_t i = 0; i < s->component_count; i++)
        if ((off & AIS_RULE_LOCAL) == 0 && isfinite(hunt->local_limit_s[i]))
            add_atom(hunt, AIS_PLACE_LOCAL, i);
}

/* ---- the smallest set ---- */

static void set_only(const ais__hunt *hunt, bool *on, size_t a, size_t b)
{
    for (size_t i = 0; i < hunt->atom_count; i++)
        on[i] = i == a || i == b;
}

/* One constraint, or two, that allow nothing by themselves. Those that come last are tried first. */
static bool find_few(ais__hunt *hunt, bool *on, bool pairs)
{
    for (size_t a = hunt->atom_count; a-- > 0;)
        for (size_t b = pairs ? a : 1; b-- > 0;) {
            set_only(hunt, on, a, pairs ? b : a);
            const ais__verdict verdict = ais__hunt_ask(hunt, on, AIS_SYSTEM_NONE, 0, NULL);
            if (verdict == AIS__NOTHING)
                return true;
            hunt->unsure |= verdict == AIS__UNDECIDED;
        }
    return false;
}

static void leave_out(ais__hunt *hunt, bool *on)
{
    for (size_t i = 0; i < hunt->atom_count; i++)
        on[i] = true;
    for (size_t i = 0; i < hunt->atom_count; i++) {
        on[i] = false;
        const ais__verdict verdict = ais__hunt_ask(hunt, on, AIS_SYSTEM_NONE, 0, NULL);
        on[i] = verdict != AIS__NOTHING;
        hunt->unsure |= verdict == AIS__UNDECIDED;
    }
}

static void find_set(ais__hunt *hunt, bool *on)
{
    const size_t pairs = hunt->atom_count * (hunt->atom_count + 1) / 2;
    set_only(hunt, on, AIS_SYSTEM_NONE, AIS_SYSTEM_NONE);
    if (ais__hunt_ask(hunt, on, AIS_SYSTEM_NONE, 0, NULL) == AIS__NOTHING)
        return; /* nothing that could be given up helps */
    if (find_few(hunt, on, false) || (pairs <= PAIRS_MAX && find_few(hunt, on, true)))
        return;
    hunt->unsure = false; /* the filter's own doubts count */
    leave_out(hunt, on);
}

int ais_place_explain(const ais_system *system, const ais_perf_options *perf_options,
                      const ais_place_options *options, const ais_ctx *ctx,
                      ais_place_conflict **out, ais_error **err)
{
    enum { ASKS = 10 }; /* no single question may take more than its share of the time left */
    AIS_AUTO(ais_arena) scratch = ais_arena_new();
    AIS_AUTO(ais_error) failure = NULL;
    const double limit_s = ais_place_time_limit_s(options);
    ais__hunt hunt = {.system = system,
                      .given = perf_options,
                      .options = options,
                      .ctx = ctx,
                      .end_s = ctx->monotonic_s(ctx) + limit_s,
                      .share = 1.0 / ASKS,
                      .arena = scratch,
                      .err = &failure};
    find_atoms(&hunt);
    bool *on = ais_arena_alloc(scratch, (hunt.atom_count + 1) * sizeof *on);
    find_set(&hunt, on);
    if (hunt.failed) {
        ais_error *given = failure;
        failure = NULL;
        return ais_error_pass(given, err);
    }
    ais_arena *arena = ais_arena_new();
    ais_place_conflict *conflict = ais_arena_alloc(arena, sizeof *conflict);
    *conflict = (ais_place_conflict){.is_smallest = !hunt.unsure, .arena = arena};
    ais__hunt_tell(&hunt, on, conflict);
    *out = conflict;
    return 0;
}
