/* The graph of a deployment: how often an item takes each way, exactly and by walking. */
#include "support/unit.h"

#include <math.h>

#include "support/design_fixture.h"

#include "base/random.h"
#include "design/deployment.h"

static ais_deployment *find_split(const design_fixture *f, const ais_deployments *all)
{
    for (uint64_t i = 0; i < ais_deployments_count(all); i++) {
        ais_deployment *d = ais_deployments_get(all, i);
        if (!d->is_whole)
            return d;
        ais_deployment_free(d);
    }
    fail_msg("nothing of %s is in segments", f->app->name);
    return NULL;
}

static char *dag_text(const design_fixture *f, const ais_deployment *d)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    const ais_doc_node *system = ais_doc_find(ais__deployment_dag_node(f->app, d, doc), "System");
    ais_doc_write_json(ais_doc_find(system, "components"), -1, &text);
    ais_str_add_char(&text, '\n');
    const ais_doc_node *edges = ais_doc_find(system, "dependencies");
    for (size_t i = 0; i < ais_doc_count(edges); i++) {
        ais_doc_write_json(ais_doc_at(edges, i), -1, &text);
        ais_str_add_char(&text, '\n');
    }
    return ais_str_take(&text);
}

static void check_text(const made_component *all, const char *dependencies, const char *expected)
{
    design_fixture f = design_fixture_new(all, dependencies);
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    AIS_AUTO(ais_deployment) one = find_split(&f, d);
    AIS_FREE char *text = dag_text(&f, one);
    assert_string_equal(text, expected);
    design_fixture_clear(&f);
}

static void test_a_cut_chains_its_segments(void **state)
{
    (void)state;
    static const made_component all[] = {{.name = "a",
                                          .layers = "1",
                                          .parts = {"1", "1", "1"},
                                          .groups = {{.name = "partition1", .segments = 3}}},
                                         {.name = "b", .layers = "1"},
                                         {.name = NULL}};
    check_text(all, "[[a, b, 0.7]]",
               "[\"a_partition1_1\", \"a_partition1_2\", \"a_partition1_3\", \"b\"]\n"
               "[\"a_partition1_1\", \"a_partition1_2\", 1]\n"
               "[\"a_partition1_2\", \"a_partition1_3\", 1]\n"
               "[\"a_partition1_3\", \"b\", 0.7]\n");
}

static void test_an_exit_leaves_with_what_does_not_go_on_times_the_dependency(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "cls",
         .layers = "1",
         .parts = {"1", "1"},
         .groups = {{.name = "partition1", .segments = 2, .goes_on = {0.4}}}},
        {.name = "next", .layers = "1"},
        {.name = NULL}};
    check_text(all, "[[cls, next, 0.7]]",
               "[\"cls_partition1_1\", \"cls_partition1_2\", \"next\"]\n"
               "[\"cls_partition1_1\", \"cls_partition1_2\", 0.4]\n"
               "[\"cls_partition1_1\", \"next\", 0.42]\n"
               "[\"cls_partition1_2\", \"next\", 0.7]\n");
}

static void test_probabilities_carry_no_noise(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "cls",
         .layers = "1",
         .parts = {"1", "1"},
         .groups = {{.name = "partition1", .segments = 2, .goes_on = {0.9}}}},
        {.name = "x", .layers = "1"},
        {.name = "y", .layers = "1"},
        {.name = NULL}};
    check_text(all, "[[cls, x, 0.7], [cls, y, 0.3]]",
               "[\"cls_partition1_1\", \"cls_partition1_2\", \"x\", \"y\"]\n"
               "[\"cls_partition1_1\", \"cls_partition1_2\", 0.9]\n"
               "[\"cls_partition1_1\", \"x\", 0.07]\n"
               "[\"cls_partition1_2\", \"x\", 0.7]\n"
               "[\"cls_partition1_1\", \"y\", 0.03]\n"
               "[\"cls_partition1_2\", \"y\", 0.3]\n");
    assert_true(ais_decimal_complement(0.9) == 0.1);
    assert_true(ais_decimal_complement(0.999999999999) == 1e-12);
    assert_true(ais_decimal_complement(1.0) == 0.0 && !signbit(ais_decimal_complement(1.0)));
    assert_true(ais_decimal_product(0.1, 0.7) == 0.07);
    assert_true(ais_decimal_product(1e-9, 1e-9) == 1e-18);
}

static void test_a_component_alone_keeps_its_probability(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "cls",
         .layers = "1",
         .parts = {"1", "1", "1"},
         .groups = {{.name = "partition1", .segments = 3, .goes_on = {0.4, 0.25}}}},
        {.name = NULL}};
    check_text(all, "[]",
               "[\"cls_partition1_1\", \"cls_partition1_2\", \"cls_partition1_3\"]\n"
               "[\"cls_partition1_1\", \"cls_partition1_2\", 0.4]\n"
               "[\"cls_partition1_2\", \"cls_partition1_3\", 0.25]\n");
}

static void test_components_stand_behind_those_they_get_items_from(void **state)
{
    (void)state;
    /* a diamond whose file lists it backwards */
    static const made_component all[] = {{.name = "d", .layers = "1"},
                                         {.name = "c", .layers = "1"},
                                         {.name = "b",
                                          .layers = "1",
                                          .parts = {"1", "1"},
                                          .groups = {{.name = "partition1", .segments = 2}}},
                                         {.name = "a", .layers = "1"},
                                         {.name = NULL}};
    check_text(all, "[[c, d, 1], [b, d, 1], [a, c, 1], [a, b, 1]]",
               "[\"a\", \"c\", \"b_partition1_1\", \"b_partition1_2\", \"d\"]\n"
               "[\"c\", \"d\", 1]\n"
               "[\"b_partition1_1\", \"b_partition1_2\", 1]\n"
               "[\"b_partition1_2\", \"d\", 1]\n"
               "[\"a\", \"c\", 1]\n"
               "[\"a\", \"b_partition1_1\", 1]\n");
}

static void test_share_is_what_is_left_behind_the_exits(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "cls",
         .layers = "1",
         .parts = {"1", "1", "1"},
         .groups = {{.name = "partition1", .segments = 3, .goes_on = {0.4, 0.3}}}},
        {.name = NULL}};
    design_fixture f = design_fixture_new(all, "[]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    AIS_AUTO(ais_deployment) one = find_split(&f, d);
    assert_true(one->units[0].share == 1.0 && one->units[1].share == 0.4);
    assert_true(one->units[2].share == 0.12);
    design_fixture_clear(&f);
}

/* ---- flows ---- */

/* How many items come to each unit, when one comes to each that nobody hands to. Edges lead forward. */
static void flow_of(const ais_deployment *d, double *flow)
{
    for (size_t i = 0; i < d->unit_count; i++) {
        bool entered = false;
        for (size_t e = 0; e < d->edge_count; e++)
            entered |= d->edges[e].to == i;
        flow[i] = entered ? 0.0 : 1.0;
    }
    for (size_t i = 0; i < d->unit_count; i++)
        for (size_t e = 0; e < d->edge_count; e++)
            if (d->edges[e].from == i)
                flow[d->edges[e].to] += flow[i] * d->edges[e].probability;
}

/* An application with a fork that is a choice, a fork that everything takes, and a join. */
static const made_component forked[] = {
    {.name = "in", .layers = "1"},
    {.name = "cls",
     .layers = "1",
     .parts = {"1", "1", "1"},
     .groups = {{.name = "partition1", .segments = 3, .goes_on = {0.35, 0.6}}}},
    {.name = "x", .layers = "1"},
    {.name = "y",
     .layers = "1",
     .parts = {"1", "1"},
     .groups = {{.name = "partition1", .segments = 2, .goes_on = {0.8}}}},
    {.name = "all", .layers = "1"},
    {.name = "end", .layers = "1"},
    {.name = NULL}};
static const char forked_edges[] = "[[in, cls, 0.9], [cls, x, 0.25], [cls, y, 0.6], [cls, all, 1], "
                                   "[x, end, 1], [y, end, 0.5], [all, end, 0.75]]";

static void test_segments_leave_the_flow_between_components_as_it_is(void **state)
{
    (void)state;
    design_fixture f = design_fixture_new(forked, forked_edges);
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    AIS_AUTO(ais_deployment) base = ais_deployments_get(d, 0);
    double whole[16], split[16];
    flow_of(base, whole);
    assert_int_equal(ais_deployments_count(d), 4);
    for (uint64_t n = 1; n < 4; n++) {
        AIS_AUTO(ais_deployment) one = ais_deployments_get(d, n);
        flow_of(one, split);
        for (size_t i = 0; i < one->choice_count; i++) {
            const size_t first = one->choices[i].first_unit;
            assert_near(split[first], whole[base->choices[i].first_unit], 1e-12);
            /* and within: as many as its share says */
            for (size_t k = 0; k < one->choices[i].group->segment_count; k++)
                assert_near(split[first + k], split[first] * one->units[first + k].share, 1e-12);
        }
        for (size_t e = 0; e < f.app->edge_count; e++) { /* edge by edge, too */
            const size_t to = one->choices[f.app->edges[e].to].first_unit;
            double sum = 0.0;
            for (size_t k = 0; k < one->edge_count; k++)
                if (one->edges[k].to == to &&
                    one->units[one->edges[k].from].slot == f.app->edges[e].from)
                    sum += split[one->edges[k].from] * one->edges[k].probability;
            assert_near(sum, whole[f.app->edges[e].from] * f.app->edges[e].probability, 1e-12);
        }
    }
    design_fixture_clear(&f);
}

static void test_choices_have_at_most_one_together(void **state)
{
    (void)state;
    /* without the dependency that everything takes, what leaves a unit is one choice */
    made_component all[AIS_COUNT(forked)];
    memcpy(all, forked, sizeof all);
    design_fixture f = design_fixture_new(
        all, "[[in, cls, 0.9], [cls, x, 0.25], [cls, y, 0.6], [cls, all, 0.15], [x, end, 1], "
             "[y, end, 0.5], [all, end, 0.75]]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    for (uint64_t n = 0; n < ais_deployments_count(d); n++) {
        AIS_AUTO(ais_deployment) one = ais_deployments_get(d, n);
        for (size_t i = 0; i < one->unit_count; i++) {
            double sum = 0.0;
            for (size_t e = 0; e < one->edge_count; e++)
                sum += one->edges[e].from == i ? one->edges[e].probability : 0.0;
            assert_true(sum <= 1.0 + 1e-12);
            if (one->units[i].variant->component == 1) /* cls loses nothing */
                assert_near(sum, 1.0, 1e-12);
        }
    }
    design_fixture_clear(&f);
}

/* Where the items of one unit go: on to the next segment, or else out. What leaves takes every dependency that
 * everything takes, and one of the others; `left` is their probability among those that leave. */
static void step(const ais_deployment *d, size_t unit, ais_random *random, size_t *arrived,
                 size_t *taken)
{
    double on = 0.0;
    size_t next = AIS_NONE;
    for (size_t e = 0; e < d->edge_count; e++)
        if (d->edges[e].from == unit && d->units[d->edges[e].to].slot == d->units[unit].slot) {
            on = d->edges[e].probability;
            next = e;
        }
    if (next != AIS_NONE && ais_random_uniform(random) < on) {
        arrived[d->edges[next].to]++;
        taken[next]++;
        return;
    }
    double draw = ais_random_uniform(random);
    for (size_t e = 0; e < d->edge_count; e++) {
        if (d->edges[e].from != unit || e == next)
            continue;
        const double left = d->edges[e].probability / (1.0 - on);
        if (left < 1.0 - 1e-9) {
            if (draw < 0.0 || draw >= left) {
                draw -= draw < 0.0 ? 0.0 : left;
                continue;
            }
            draw = -1.0; /* chosen: none of the others */
        }
        arrived[d->edges[e].to]++;
        taken[e]++;
    }
}

static void test_a_walk_takes_each_way_as_often_as_the_application_says(void **state)
{
    (void)state;
    enum { ITEMS = 200000 };
    ais_random random;
    ais_random_init(&random, unit_seed());
    design_fixture f = design_fixture_new(forked, forked_edges);
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    AIS_AUTO(ais_deployment) one = ais_deployments_get(d, 3); /* cls and y in segments */
    size_t arrived[16] = {[0] = ITEMS}, taken[32] = {0};
    double whole[16], split[16];
    AIS_AUTO(ais_deployment) base = ais_deployments_get(d, 0);
    flow_of(base, whole);
    flow_of(one, split);
    for (size_t i = 0; i < one->unit_count; i++)
        for (size_t n = arrived[i]; n > 0; n--)
            step(one, i, &random, arrived, taken);
    /* leaving probabilities of the exits: 0.65, 0.35 * 0.4, 0.35 * 0.6 of the items of cls */
    const size_t cls = one->choices[1].first_unit;
    const double items = (double)arrived[cls];
    const double expected[] = {1.0, 0.35, 0.35 * 0.6};
    for (size_t k = 0; k < 3; k++)
        assert_near((double)arrived[cls + k] / items, expected[k], 0.01);
    for (size_t i = 0; i < one->choice_count; i++) /* five deviations of a binomial at most */
        assert_near((double)arrived[one->choices[i].first_unit] / ITEMS,
                    whole[base->choices[i].first_unit], 0.01);
    for (size_t e = 0; e < one->edge_count; e++)
        assert_near((double)taken[e] / ITEMS, split[one->edges[e].from] * one->edges[e].probability,
                    0.01);
    design_fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_cut_chains_its_segments),
        cmocka_unit_test(test_an_exit_leaves_with_what_does_not_go_on_times_the_dependency),
        cmocka_unit_test(test_probabilities_carry_no_noise),
        cmocka_unit_test(test_a_component_alone_keeps_its_probability),
        cmocka_unit_test(test_components_stand_behind_those_they_get_items_from),
        cmocka_unit_test(test_share_is_what_is_left_behind_the_exits),
        cmocka_unit_test(test_segments_leave_the_flow_between_components_as_it_is),
        cmocka_unit_test(test_choices_have_at_most_one_together),
        cmocka_unit_test(test_a_walk_takes_each_way_as_often_as_the_application_says),
    };
    return cmocka_run_group_tests_name("design_dag", tests, NULL, NULL);
}
