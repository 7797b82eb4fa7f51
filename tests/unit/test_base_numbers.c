/* Random numbers, statistics, the clock, the log and progress bars. */
#include "support/unit.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/progress.h"
#include "base/random.h"
#include "base/stats.h"

static void test_a_seed_gives_the_published_numbers(void **state)
{
    (void)state;
    ais_random random = {.state = {1, 2, 3, 4}};
    /* by the authors' reference implementation, prng.di.unimi.it/xoshiro256starstar.c */
    static const uint64_t expected[] = {11520, 0, 1509978240, 1215971899390074240u};
    for (size_t i = 0; i < AIS_COUNT(expected); i++)
        assert_int_equal(ais_random_next(&random), expected[i]);
    ais_random a, b;
    ais_random_init(&a, 0);
    ais_random_init(&b, 0);
    /* splitmix64.c of the same authors, seed 0 */
    assert_int_equal(a.state[0], UINT64_C(0xe220a8397b1dcdaf));
    for (int i = 0; i < 10; i++)
        assert_int_equal(ais_random_next(&a), ais_random_next(&b));
}

static void test_bounded_numbers_are_even(void **state)
{
    (void)state;
    enum { BOUND = 7, DRAWS = 70000 };
    unsigned counts[BOUND] = {0};
    ais_random random;
    ais_random_init(&random, unit_seed());
    for (int i = 0; i < DRAWS; i++)
        counts[ais_random_below(&random, BOUND)]++;
    double chi_squared = 0;
    for (int i = 0; i < BOUND; i++)
        chi_squared += pow((double)counts[i] - DRAWS / BOUND, 2) / (DRAWS / BOUND);
    assert_true(chi_squared < 38); /* 6 degrees of freedom: once in a million */
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(ais_random_below(&random, 1), 0);
        assert_true(ais_random_below(&random, UINT64_MAX) < UINT64_MAX);
        const double u = ais_random_uniform(&random);
        assert_true(u >= 0 && u < 1);
    }
}

static void test_a_shuffle_keeps_all_and_reaches_every_order(void **state)
{
    (void)state;
    typedef struct wide {
        char text[100];
    } wide;
    ais_random random;
    unsigned seen[6] = {0};
    ais_random_init(&random, unit_seed());
    for (int i = 0; i < 6000; i++) {
        wide items[3] = {{"a"}, {"b"}, {"c"}};
        ais_random_shuffle(&random, items, AIS_COUNT(items), sizeof *items);
        static const char *const orders[] = {"abc", "acb", "bac", "bca", "cab", "cba"};
        const char order[] = {items[0].text[0], items[1].text[0], items[2].text[0], '\0'};
        for (size_t k = 0; k < AIS_COUNT(orders); k++)
            seen[k] += strcmp(order, orders[k]) == 0;
    }
    unsigned total = 0;
    for (size_t k = 0; k < AIS_COUNT(seen); k++) {
        assert_true(seen[k] > 800 && seen[k] < 1200);
        total += seen[k];
    }
    assert_int_equal(total, 6000);
    ais_random_shuffle(&random, NULL, 0, 8);
}

static void test_quantiles_are_those_of_numpy(void **state)
{
    (void)state;
    double values[] = {4, 1, 3, 2, 10};
    ais_stats_sort(values, AIS_COUNT(values));
    assert_true(values[0] == 1 && values[4] == 10);
    assert_true(ais_stats_quantile(values, 5, 0) == 1);
    assert_true(ais_stats_quantile(values, 5, 1) == 10);
    assert_true(ais_stats_quantile(values, 5, 0.5) == 3);
    assert_true(fabs(ais_stats_quantile(values, 5, 0.95) - 8.8) < 1e-12);
    assert_true(fabs(ais_stats_quantile(values, 5, 0.1) - 1.4) < 1e-12);
    assert_true(ais_stats_quantile(values, 1, 0.3) == 1);
    assert_true(isnan(ais_stats_quantile(values, 0, 0.5)));
}

static void test_the_mean_keeps_small_values_beside_large(void **state)
{
    (void)state;
    const double values[] = {1, 1e100, 1, -1e100};
    assert_true(ais_stats_mean(values, 4) == 0.5);
    assert_true(isnan(ais_stats_mean(values, 0)));
    assert_true(isinf(ais_stats_mean((const double[]){INFINITY, 1}, 2)));
}

static void test_a_histogram_errs_less_than_it_says(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    AIS_AUTO(ais_histogram) whole = ais_histogram_new();
    AIS_AUTO(ais_histogram) odd = ais_histogram_new();
    AIS_AUTO(ais_histogram) even = ais_histogram_new();
    AIS_FREE double *values = ais_alloc(COUNT * sizeof *values);
    ais_random random;
    ais_random_init(&random, unit_seed());
    assert_true(isnan(ais_histogram_quantile(whole, 0.5)));
    assert_true(isnan(ais_histogram_mean(whole)));
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = exp(ais_random_uniform(&random) * 30 - 15); /* 3e-7 to 3e6 */
        ais_histogram_add(whole, values[i]);
        ais_histogram_add(i % 2 == 0 ? even : odd, values[i]);
    }
    ais_histogram_merge(odd, even);
    ais_stats_sort(values, COUNT);
    for (double q = 0; q <= 1; q += 1.0 / 64) {
        const double wanted = ceil(q * COUNT);
        const double exact = values[wanted > 0 ? (size_t)wanted - 1 : 0];
        const double found = ais_histogram_quantile(whole, q);
        assert_true(fabs(found - exact) <= exact / 256);
        assert_true(found == ais_histogram_quantile(odd, q));
    }
    assert_true(ais_histogram_min(odd) == values[0]);
    assert_true(ais_histogram_max(odd) == values[COUNT - 1]);
    assert_int_equal(ais_histogram_count(odd), COUNT);
    assert_true(fabs(ais_histogram_mean(whole) / ais_stats_mean(values, COUNT) - 1) < 1e-9);
}

static void test_a_histogram_takes_values_out_of_range(void **state)
{
    (void)state;
    AIS_AUTO(ais_histogram) histogram = ais_histogram_new();
    AIS_AUTO(ais_histogram) empty = ais_histogram_new();
    static const double values[] = {0, -1, 1e-300, 1e300, INFINITY, 0x1p-30, 0x1p34, 5e-324};
    for (size_t i = 0; i < AIS_COUNT(values); i++)
        ais_histogram_add(histogram, values[i]);
    ais_histogram_add(histogram, NAN);
    ais_histogram_merge(histogram, empty);
    assert_int_equal(ais_histogram_count(histogram), AIS_COUNT(values));
    assert_true(ais_histogram_min(histogram) == 0);
    assert_true(isinf(ais_histogram_max(histogram)));
    assert_true(ais_histogram_quantile(histogram, 0) < 1e-8);
    assert_true(ais_histogram_quantile(histogram, 1) > 1e10);
    ais_histogram_reset(histogram);
    ais_histogram_add(histogram, 2);
    assert_true(ais_histogram_quantile(histogram, 0.99) == 2); /* within least and greatest */
}

static void test_a_progress_line_fits_its_width(void **state)
{
    (void)state;
    static const struct {
        ais_progress_line line;
        const char *text;
    } rows[] = {
        {{.label = "run", .done = 40, .total = 100, .elapsed_s = 4, .width = 60},
         "run [############                    ] 40/100 10/s 0:06 left"},
        {{.label = "run", .done = 100, .total = 100, .elapsed_s = 4, .width = 30},
         "run [###########] 100/100 25/s"},
        {{.label = "run", .done = 0, .total = 100, .elapsed_s = 4, .width = 30},
         "run [                  ] 0/100"},
        {{.label = "run", .done = 3, .total = 0, .elapsed_s = 2, .width = 80}, "run 3 1.5/s"},
        {{.label = "run", .done = 1, .total = 10000, .elapsed_s = 2, .width = 44},
         "run [           ] 1/10000 0.5/s 5:33:18 left"},
        {{.label = "a long label", .done = 1, .total = 2, .elapsed_s = 1, .width = 8}, "a long l"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_SCOPED(ais_str) out = {.data = NULL};
        ais_progress_write(&rows[i].line, &out);
        assert_true(out.length <= rows[i].line.width);
        assert_string_equal(ais_str_get(&out), rows[i].text);
    }
}

/* A clock of the test's own. */
static double read_clock(const ais_ctx *ctx)
{
    return *(const double *)ctx->user;
}

/* What is drawn on standard error while the clock goes from 0 to `end_s`, seven steps. */
static char *draw(bool wanted, double end_s)
{
    double clock_s = 0;
    ais_ctx ctx = ais_ctx_default();
    ctx.monotonic_s = read_clock;
    ctx.user = &clock_s;
    ctx.progress = wanted;
    AIS_CLOSE int kept = dup(STDERR_FILENO);
    AIS_CLOSE int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    assert_true(file >= 0 && dup2(file, STDERR_FILENO) == STDERR_FILENO);
    {
        AIS_SCOPED(ais_progress) progress;
        ais_progress_init(&progress, &ctx, "run", 7);
        for (unsigned i = 1; i <= 7; i++) {
            clock_s = end_s * i / 7;
            ais_progress_step(&progress, i);
        }
    }
    dup2(kept, STDERR_FILENO);
    char *text = ais_alloc(2000);
    assert_true(pread(file, text, 1999, 0) >= 0);
    return text;
}

static void test_progress_is_drawn_only_when_it_is_wanted_and_slow(void **state)
{
    (void)state;
    AIS_FREE char *unwanted = draw(false, 70);
    AIS_FREE char *quick = draw(true, 0.9);
    AIS_FREE char *slow = draw(true, 1.4);
    AIS_FREE char *frequent = draw(true, 1.1);
    assert_string_equal(unwanted, "");
    assert_string_equal(quick, "");
    assert_string_equal(slow, "\r\033[Krun [############################            ] 5/7 5.0/s "
                              "0:00 left"
                              "\r\033[Krun [##################################      ] 6/7 5.0/s "
                              "0:00 left"
                              "\r\033[Krun [########################################] 7/7 5.0/s"
                              "\r\033[K");
    assert_string_equal(frequent, "\r\033[Krun [########################################] 7/7 "
                                  "6.4/s\r\033[K");
}

/* ---- context ---- */

static void keep(const ais_ctx *ctx, ais_log_level level, const char *message)
{
    ais_str_add_format(ctx->user, "%d %s;", (int)level, message);
}

static void test_messages_above_the_level_are_not_logged(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) seen = {.data = NULL};
    ais_ctx ctx = ais_ctx_default();
    ctx.log = keep;
    ctx.log_level = AIS_LOG_WARNING;
    ctx.user = &seen;
    ais_log(&ctx, AIS_LOG_ERROR, "a%d", 1);
    ais_log(&ctx, AIS_LOG_WARNING, "b");
    ais_log(&ctx, AIS_LOG_INFO, "c");
    ais_log(&ctx, AIS_LOG_DEBUG, "d");
    assert_string_equal(ais_str_get(&seen), "0 a1;1 b;");
}

static void test_the_clock_moves_on(void **state)
{
    (void)state;
    const ais_ctx ctx = ais_ctx_default();
    const double before = ctx.monotonic_s(&ctx);
    usleep(2000);
    assert_true(ctx.monotonic_s(&ctx) - before >= 0.002);
    assert_true(ctx.now_s(&ctx) > 1.6e9);
    assert_int_equal(ctx.interrupt_fd, -1);
    assert_null(ctx.get_env(&ctx, "AISPRINT_NOT_SET_BY_ANYBODY"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_seed_gives_the_published_numbers),
        cmocka_unit_test(test_bounded_numbers_are_even),
        cmocka_unit_test(test_a_shuffle_keeps_all_and_reaches_every_order),
        cmocka_unit_test(test_quantiles_are_those_of_numpy),
        cmocka_unit_test(test_the_mean_keeps_small_values_beside_large),
        cmocka_unit_test(test_a_histogram_errs_less_than_it_says),
        cmocka_unit_test(test_a_histogram_takes_values_out_of_range),
        cmocka_unit_test(test_a_progress_line_fits_its_width),
        cmocka_unit_test(test_progress_is_drawn_only_when_it_is_wanted_and_slow),
        cmocka_unit_test(test_messages_above_the_level_are_not_logged),
        cmocka_unit_test(test_the_clock_moves_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
