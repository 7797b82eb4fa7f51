/* Why nothing is allowed: the conflict is real, and nothing in it is superfluous. */
#include "support/unit.h"

#include <math.h>

#include "place/place.h"
#include "support/perf_random.h"

static bool find_any(const ais_system *system, const ais_perf_options *options)
{
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_place_result) result = NULL;
    const ais_ctx ctx = ais_ctx_default();
    const ais_place_options search = {.first_only = true, .time_limit_s = 60};
    assert_int_equal(ais_perf_new(system, options, &perf, NULL), 0);
    assert_int_equal(ais_place_solve(perf, &search, &ctx, &result, NULL), 0);
    assert_true(result->best != NULL || result->status == AIS_PLACE_INFEASIBLE);
    return result->best != NULL;
}

/* The conflict alone, less one member (`without` AIS_SYSTEM_NONE: none): is anything allowed? Where machines are
 * not of the conflict, there are 1,000 of each type. */
static bool is_anything_allowed(const ais_system *system, const ais_perf_options *given,
                                const ais_place_conflict *conflict, size_t without)
{
    const double plenty = 1000;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_perf_options options = *given;
    double *local = ais_arena_alloc(arena, (system->component_count + 1) * sizeof *local);
    double *path = ais_arena_alloc(arena, (system->path_count + 1) * sizeof *path);
    double *as_one = ais_arena_alloc(arena, system->resource_count * sizeof *as_one);
    for (size_t i = 0; i < system->resource_count; i++)
        as_one[i] = plenty;
    for (size_t i = 0; i < system->component_count; i++)
        local[i] = INFINITY;
    for (size_t i = 0; i < system->path_count; i++)
        path[i] = INFINITY;
    options.rules_off =
        AIS_RULE_ONE_TYPE | AIS_RULE_FORWARD | AIS_RULE_MEMORY | AIS_RULE_COLOCATION;
    for (size_t i = 0; i < conflict->count; i++) {
        const ais_place_constraint *item = &conflict->items[i];
        if (i == without)
            continue;
        if (item->kind == AIS_PLACE_LOCAL)
            local[item->index] = system->components[item->index].local_limit_s;
        else if (item->kind == AIS_PLACE_PATH)
            path[item->index] = system->paths[item->index].limit_s;
        else if (item->kind == AIS_PLACE_RULE)
            options.rules_off &= ~(unsigned)item->index;
        else
            for (size_t r = 0; r < system->resource_count; r++)
                if (system->resources[r].layer == item->index)
                    as_one[r] = (double)system->resources[r].number;
    }
    options.local_limit_s = local;
    options.path_limit_s = path;
    options.as_one = as_one;
    return find_any(system, &options);
}

static void test_machines_as_one_allow_what_counted_ones_do(void **state)
{
    (void)state;
    enum { SYSTEMS = 500 };
    ais_random random;
    size_t allowed = 0;
    ais_random_init(&random, 77);
    for (size_t i = 0; i < SYSTEMS; i++) {
        const perf_random_options made = {.slack = 0.8, .fitted = i % 2 == 0};
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_system) system = perf_random_system(&random, &made);
        ais_perf_options options = perf_random_perf_options(&random, system, arena);
        options.rules_off &= ~(unsigned)AIS_RULE_COLOCATION; /* what as_one is for */
        const bool counted = find_any(system, &options);
        double *as_one = ais_arena_alloc(arena, system->resource_count * sizeof *as_one);
        for (size_t r = 0; r < system->resource_count; r++) {
            const size_t number = system->resources[r].number;
            as_one[r] = (double)number;
            if (options.count_max != NULL && options.count_max[r] < number)
                as_one[r] = (double)options.count_max[r];
        }
        options.as_one = as_one;
        options.current = NULL;
        assert_int_equal(find_any(system, &options), counted);
        allowed += counted;
    }
    assert_true(allowed > SYSTEMS / 5 && allowed < SYSTEMS);
}

static void test_conflict_is_real_and_no_member_superfluous(void **state)
{
    (void)state;
    enum { SYSTEMS = 600, WANTED = 60 };
    ais_random random;
    const ais_ctx ctx = ais_ctx_default();
    size_t seen = 0, members = 0;
    ais_random_init(&random, 20261124);
    for (size_t i = 0; i < SYSTEMS; i++) {
        const perf_random_options made = {.components = 3, .slack = 0.5};
        AIS_AUTO(ais_system) system = perf_random_system(&random, &made);
        const ais_perf_options options = {.semantics = AIS_SEMANTICS_NATIVE};
        const ais_place_options search = {.time_limit_s = 60};
        AIS_AUTO(ais_perf) perf = NULL;
        AIS_AUTO(ais_place_result) result = NULL;
        AIS_AUTO(ais_place_conflict) conflict = NULL;
        assert_int_equal(ais_perf_new(system, &options, &perf, NULL), 0);
        assert_int_equal(ais_place_solve(perf, &search, &ctx, &result, NULL), 0);
        if (result->status != AIS_PLACE_INFEASIBLE)
            continue;
        assert_int_equal(ais_place_explain(system, &options, &search, &ctx, &conflict, NULL), 0);
        assert_true(conflict->is_smallest);
        assert_true(conflict->count > 0 || conflict->sentence != NULL);
        if (conflict->count == 0)
            continue;
        assert_false(is_anything_allowed(system, &options, conflict, AIS_SYSTEM_NONE));
        for (size_t k = 0; k < conflict->count; k++)
            assert_true(is_anything_allowed(system, &options, conflict, k));
        seen++;
        members += conflict->count;
    }
    print_message("%zu conflicts of %zu members\n", seen, members);
    assert_true(seen >= WANTED);
    assert_true(members > seen); /* some have several */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_machines_as_one_allow_what_counted_ones_do),
        cmocka_unit_test(test_conflict_is_real_and_no_member_superfluous),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
