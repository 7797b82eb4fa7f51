/* The order of components and how often each is visited; cycles; placements. */
#include "support/unit.h"

#include "perf/perf.h"

typedef struct link_row {
    size_t from, to;
    double probability;
} link_row;

/* A graph of bare components; edges sorted by where they start. The caller frees it. */
static ais_system *graph(size_t components, const link_row *links, size_t count)
{
    ais_system *system = ais_system_new();
    system->component_count = components;
    system->components = ais_arena_alloc(system->arena, components * sizeof *system->components);
    system->edge_count = count;
    system->edges = ais_arena_alloc(system->arena, count * sizeof *system->edges);
    for (size_t e = 0; e < count; e++) {
        ais_system_component *from = &system->components[links[e].from];
        system->edges[e] = (ais_system_edge){
            .from = links[e].from, .to = links[e].to, .probability = links[e].probability};
        if (from->edge_count++ == 0)
            from->first_edge = e;
    }
    return system;
}

static void assert_order(const ais_system *system, const size_t *expected)
{
    for (size_t i = 0; i < system->component_count; i++)
        assert_int_equal(system->order[i], expected[i]);
}

static void test_orders_with_ties_in_file_order(void **unused)
{
    static const link_row links[] = {{1, 0, 1}, {3, 2, 1}, {4, 1, 1}, {4, 3, 1}};
    static const size_t expected[] = {4, 1, 0, 3, 2, 5};
    size_t on_cycle;
    (void)unused;
    AIS_AUTO(ais_system) system = graph(6, links, AIS_COUNT(links));
    assert_true(ais_system_order(system, &on_cycle));
    assert_order(system, expected);
    AIS_AUTO(ais_system) loose = graph(6, links, 0);
    static const size_t file_order[] = {0, 1, 2, 3, 4, 5};
    assert_true(ais_system_order(loose, &on_cycle));
    assert_order(loose, file_order);
}

static void test_counts_visits(void **unused)
{
    /* 0 and 4 are entries; probabilities need not sum to 1 */
    static const link_row links[] = {
        {0, 1, 0.32}, {0, 2, 0.43}, {1, 3, 1}, {2, 3, 0.5}, {4, 3, 0.25}};
    size_t on_cycle;
    (void)unused;
    AIS_AUTO(ais_system) system = graph(5, links, AIS_COUNT(links));
    assert_true(ais_system_order(system, &on_cycle));
    assert_near(system->visits[0], 1, 0);
    assert_near(system->visits[4], 1, 0);
    assert_near(system->visits[1], 0.32, 0);
    assert_near(system->visits[3], 0.32 + 0.43 * 0.5 + 0.25, 1e-15);
}

static void test_finds_a_cycle(void **unused)
{
    /* 1 -> 2 -> 3 -> 1; 0 leads to it, 4 and 5 are behind it */
    static const link_row links[] = {{0, 1, 1}, {1, 2, 1}, {2, 3, 1},
                                     {3, 1, 1}, {3, 4, 1}, {4, 5, 1}};
    size_t on_cycle = 99;
    (void)unused;
    AIS_AUTO(ais_system) system = graph(6, links, AIS_COUNT(links));
    assert_false(ais_system_order(system, &on_cycle));
    assert_in_range(on_cycle, 1, 3);
    static const link_row itself[] = {{0, 1, 1}, {1, 1, 1}};
    AIS_AUTO(ais_system) loop = graph(2, itself, AIS_COUNT(itself));
    assert_false(ais_system_order(loop, &on_cycle));
    assert_int_equal(on_cycle, 1);
}

static void test_orders_long_graphs(void **unused)
{
    enum { LENGTH = 10000 };
    link_row *links = malloc(LENGTH * sizeof *links);
    size_t on_cycle;
    (void)unused;
    assert_non_null(links);
    for (size_t i = 1; i < LENGTH; i++)
        links[i - 1] = (link_row){.from = i - 1, .to = i, .probability = 1};
    AIS_AUTO(ais_system) system = graph(LENGTH, links, LENGTH - 1);
    assert_true(ais_system_order(system, &on_cycle));
    assert_int_equal(system->order[LENGTH - 1], LENGTH - 1);
    assert_near(system->visits[LENGTH - 1], 1, 0);
    free(links);
}

static void test_placements_are_copied(void **unused)
{
    size_t on_cycle;
    (void)unused;
    AIS_AUTO(ais_system) system = graph(3, NULL, 0);
    assert_true(ais_system_order(system, &on_cycle));
    system->resource_count = 2;
    system->part_count = 4;
    AIS_AUTO(ais_placement) placement = ais_placement_new(system);
    assert_int_equal(placement->deployment[2], AIS_SYSTEM_NONE);
    assert_int_equal(placement->option[3], AIS_SYSTEM_NONE);
    assert_int_equal(placement->count[1], 0);
    placement->deployment[2] = 7;
    placement->option[3] = 8;
    placement->count[1] = 9;
    AIS_AUTO(ais_placement) twin = ais_placement_dup(system, placement);
    placement->count[1] = 0;
    assert_int_equal(twin->deployment[2], 7);
    assert_int_equal(twin->option[3], 8);
    assert_int_equal(twin->count[1], 9);
    ais_placement_free(NULL);
    ais_system_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders_with_ties_in_file_order),
        cmocka_unit_test(test_counts_visits),
        cmocka_unit_test(test_finds_a_cycle),
        cmocka_unit_test(test_orders_long_graphs),
        cmocka_unit_test(test_placements_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
