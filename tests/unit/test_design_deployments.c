/* Which deployments there are: number, order and names, against the product written out by hand. */
#include "support/unit.h"

#include "support/design_fixture.h"

#include "base/random.h"
#include "design/deployment.h"

/* "b=partition1:1,2 a=base:3": component chosen, group, layers; in the order of the base components. */
static char *describe(const design_fixture *f, const ais_deployment *d)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    for (size_t i = 0; i < d->choice_count; i++) {
        const ais_deployment_choice *c = &d->choices[i];
        ais_str_add_format(&out, "%s%s=%s:", i > 0 ? " " : "",
                           f->app->components[c->component].name, c->group->name);
        for (size_t k = 0; k < c->group->segment_count; k++)
            ais_str_add_format(&out, "%s%lld", k > 0 ? "," : "",
                               (long long)d->units[c->first_unit + k].layer);
    }
    return ais_str_take(&out);
}

static char *describe_all(const design_fixture *f, const ais_deployments *all)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    for (uint64_t i = 0; i < ais_deployments_count(all); i++) {
        AIS_AUTO(ais_deployment) d = ais_deployments_get(all, i);
        AIS_FREE char *text = describe(f, d);
        ais_str_add_format(&out, "%s %s\n", d->name, text);
    }
    return ais_str_take(&out);
}

static void test_order_is_that_of_studio(void **state)
{
    (void)state;
    /* components sorted by name, though 'b' stands first in the file; layers vary last, the last
     * component's fastest; groups in the order of their names */
    static const made_component all[] = {
        {.name = "b",
         .layers = "2, 1",
         .parts = {"1", "3, 2"},
         .groups = {{.name = "partition2", .segments = 2}, {.name = "partition1", .segments = 2}}},
        {.name = "a", .layers = "1, 4"},
        {.name = NULL}};
    design_fixture f = design_fixture_new(all, "[[b, a, 1]]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    AIS_FREE char *text = describe_all(&f, d);
    assert_string_equal(text, "base b=base:2 a=base:1\n"
                              "deployment1 b=base:1 a=base:1\n"
                              "deployment2 b=base:2 a=base:4\n"
                              "deployment3 b=base:1 a=base:4\n"
                              "deployment4 b=partition1:1,3 a=base:1\n"
                              "deployment5 b=partition1:1,2 a=base:1\n"
                              "deployment6 b=partition1:1,3 a=base:4\n"
                              "deployment7 b=partition1:1,2 a=base:4\n"
                              "deployment8 b=partition2:1,3 a=base:1\n"
                              "deployment9 b=partition2:1,2 a=base:1\n"
                              "deployment10 b=partition2:1,3 a=base:4\n"
                              "deployment11 b=partition2:1,2 a=base:4\n");
    design_fixture_clear(&f);
}

static void test_alternatives_come_before_designs(void **state)
{
    (void)state;
    static const made_component all[] = {{.name = "b", .layers = "1"},
                                         {.name = "a",
                                          .layers = "1, 2",
                                          .parts = {"1", "2"},
                                          .groups = {{.name = "partition1", .segments = 2}}},
                                         {.name = "b_small", .original = "b", .layers = "3"},
                                         {.name = "a_small", .original = "a", .layers = "4"},
                                         {.name = NULL}};
    design_fixture f = design_fixture_new(all, "[[b, a, 1]]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    AIS_FREE char *text = describe_all(&f, d);
    assert_string_equal(text, "base b=base:1 a=base:1\n"
                              "deployment1 b=base:1 a=base:2\n"
                              "deployment2 b=base:1 a=partition1:1,2\n"
                              "deployment3 b=base:1 a_small=base:4\n"
                              "deployment4 b_small=base:3 a=base:1\n"
                              "deployment5 b_small=base:3 a=base:2\n"
                              "deployment6 b_small=base:3 a=partition1:1,2\n"
                              "deployment7 b_small=base:3 a_small=base:4\n");
    for (uint64_t i = 0; i < 8; i++) {
        AIS_AUTO(ais_deployment) one = ais_deployments_get(d, i);
        static const uint64_t alternatives[] = {0, 0, 0, 1, 2, 2, 2, 3};
        assert_int_equal(one->alternative, alternatives[i]);
        assert_int_equal(one->is_whole, i != 2 && i != 6);
    }
    design_fixture_clear(&f);
}

static void test_partition10_stands_before_partition2_as_strings_do(void **state)
{
    (void)state;
    static const made_component all[] = {{.name = "a",
                                          .layers = "1",
                                          .parts = {"1", "1"},
                                          .groups = {{.name = "partition1", .segments = 2},
                                                     {.name = "partition2", .segments = 2},
                                                     {.name = "partition10", .segments = 2}}},
                                         {.name = NULL}};
    design_fixture f = design_fixture_new(all, "[]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    AIS_FREE char *text = describe_all(&f, d);
    assert_string_equal(text, "base a=base:1\n"
                              "deployment1 a=partition1:1,1\n"
                              "deployment2 a=partition10:1,1\n"
                              "deployment3 a=partition2:1,1\n");
    design_fixture_clear(&f);
}

static void test_a_chain_with_a_segment_that_may_run_nowhere_is_left_out(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "a",
         .layers = "1, 1", /* twice: told by check, and one layer */
         .parts = {"1", "2"},
         .groups = {{.name = "partition1", .segments = 2}, {.name = "partition2", .segments = 3}}},
        {.name = NULL}};
    design_fixture f = design_fixture_new(all, "[]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    AIS_FREE char *text = describe_all(&f, d);
    assert_string_equal(text, "base a=base:1\ndeployment1 a=partition1:1,2\n");
    design_fixture_clear(&f);
}

/* The product by brute force, in the order of nested loops. */
typedef struct brute {
    const design_fixture *f;
    const ais_deployments *all;
    uint64_t next;
    size_t member[4], group[4];
} brute;

static void try_layers(brute *b)
{
    /* layers of all segments, components by name: here "c0".."c3", so by index */
    size_t radix[32], segments = 0;
    const ais_app *app = b->f->app;
    const int64_t *layers[32];
    for (size_t i = 0; i < app->base_component_count; i++) {
        const ais_variant_group *g = &b->f->variants->components[b->member[i]].groups[b->group[i]];
        for (size_t k = 0; k < g->segment_count; k++) {
            const ais_app_candidate *c = &app->candidates[g->segments[k].candidate];
            layers[segments] = c->layers;
            radix[segments++] = c->layer_count;
        }
    }
    size_t digits[32] = {0};
    for (bool more = true; more; b->next++) {
        AIS_AUTO(ais_deployment) d = ais_deployments_get(b->all, b->next);
        size_t at = 0;
        for (size_t i = 0; i < d->choice_count; i++) {
            const ais_deployment_choice *c = &d->choices[i];
            assert_int_equal(c->component, b->member[i]);
            assert_ptr_equal(c->group,
                             &b->f->variants->components[b->member[i]].groups[b->group[i]]);
            for (size_t k = 0; k < c->group->segment_count; k++, at++)
                assert_int_equal(d->units[c->first_unit + k].layer, layers[at][digits[at]]);
        }
        size_t k = segments;
        while (k > 0 && ++digits[k - 1] == radix[k - 1])
            digits[--k] = 0;
        more = k > 0;
    }
}

static void try_groups(brute *b, size_t component)
{
    if (component == b->f->app->base_component_count) {
        try_layers(b);
        return;
    }
    const size_t count = b->f->variants->components[b->member[component]].group_count;
    for (b->group[component] = 0; b->group[component] < count; b->group[component]++)
        try_groups(b, component + 1);
}

static void try_members(brute *b, size_t component)
{
    const ais_app *app = b->f->app;
    if (component == app->base_component_count) {
        try_groups(b, 0);
        return;
    }
    b->member[component] = component;
    try_members(b, component + 1);
    for (size_t i = app->base_component_count; i < app->component_count; i++)
        if (app->components[i].original == component) {
            b->member[component] = i;
            try_members(b, component + 1);
        }
}

static void test_every_number_is_its_place_in_the_product(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    static const char *const lists[] = {"1", "2, 1", "3, 1, 4", "4, 3, 2, 1"};
    static const char *const names[] = {"c0", "c1", "c2", "c3", "d0", "d1", "d2"};
    for (int round = 0; round < 30; round++) {
        made_component all[8] = {{.name = NULL}};
        const size_t bases = 1 + ais_random_below(&random, 3);
        const size_t alternatives = ais_random_below(&random, 3);
        for (size_t i = 0; i < bases + alternatives; i++) {
            made_component *c = &all[i];
            c->name = i < bases ? names[i] : names[4 + i - bases];
            c->original = i < bases ? NULL : names[ais_random_below(&random, bases)];
            c->layers = lists[ais_random_below(&random, 4)];
            for (size_t k = 0; k < 3; k++)
                c->parts[k] = lists[ais_random_below(&random, 3)];
            const size_t groups = ais_random_below(&random, 3);
            for (size_t g = 0; g < groups; g++)
                c->groups[g] = (made_group){.name = g == 0 ? "partition1" : "partition2",
                                            .segments = 2 + ais_random_below(&random, 2)};
        }
        AIS_FREE char *edges = bases == 1   ? ais_strdup("[]")
                               : bases == 2 ? ais_strdup("[[c0, c1, 1]]")
                                            : ais_strdup("[[c0, c1, 1], [c1, c2, 1]]");
        design_fixture f = design_fixture_new(all, edges);
        AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
        brute b = {.f = &f, .all = d};
        try_members(&b, 0);
        assert_int_equal(b.next, ais_deployments_count(d));
        design_fixture_clear(&f);
    }
}

/* c00 -> c01 -> ..., each on four layers: 4^count deployments. */
static design_fixture chain(size_t count)
{
    made_component all[41] = {{.name = NULL}};
    char names[40][8];
    AIS_SCOPED(ais_str) edges = {.data = NULL};
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "c%02zu", i);
        all[i] = (made_component){.name = names[i], .layers = "1, 2, 3, 4"};
        if (i > 0)
            ais_str_add_format(&edges, "%s[%s, %s, 1]", i > 1 ? ", " : "", names[i - 1], names[i]);
    }
    AIS_FREE char *dependencies = ais_format("[%s]", ais_str_get(&edges));
    return design_fixture_new(all, dependencies);
}

static void test_many_are_counted_at_once(void **state)
{
    (void)state;
    design_fixture f = chain(10);
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    assert_int_equal(ais_deployments_count(d), 1048576);
    AIS_AUTO(ais_deployment) last = ais_deployments_get(d, 1048575);
    assert_string_equal(last->name, "deployment1048575");
    for (size_t i = 0; i < last->unit_count; i++)
        assert_int_equal(last->units[i].layer, 4);
    design_fixture_clear(&f);
}

static void test_more_than_can_be_counted_is_said_to_be(void **state)
{
    (void)state;
    design_fixture f = chain(40);
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    assert_true(ais_deployments_count(d) == UINT64_MAX);
    AIS_AUTO(ais_deployment) one = ais_deployments_get(d, 6);
    assert_int_equal(one->units[39].layer, 3); /* 6 = 12 in base 4 */
    assert_int_equal(one->units[38].layer, 2);
    assert_int_equal(one->units[37].layer, 1);
    design_fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_is_that_of_studio),
        cmocka_unit_test(test_alternatives_come_before_designs),
        cmocka_unit_test(test_partition10_stands_before_partition2_as_strings_do),
        cmocka_unit_test(test_a_chain_with_a_segment_that_may_run_nowhere_is_left_out),
        cmocka_unit_test(test_every_number_is_its_place_in_the_product),
        cmocka_unit_test(test_many_are_counted_at_once),
        cmocka_unit_test(test_more_than_can_be_counted_is_said_to_be),
    };
    return cmocka_run_group_tests_name("design_deployments", tests, NULL, NULL);
}
