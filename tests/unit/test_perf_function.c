/* The response time of functions against a direct solution of the chain, in long double. */
#include "support/unit.h"

#include <math.h>

#include "perf/function.h"

enum { MAX = 1000, FIRST = 30, STATES = MAX + 1 };

/* The chain as written down: share of requests that find m instances busy, rates, times. */
typedef struct chain {
    size_t last;
    long double birth[STATES], death[STATES], response_s[STATES];
    long double (*rate)[STATES]; /* generator, its diagonal left out */
    long double share[STATES];
} chain;

/* Erlang's B from its definition. */
static long double blocked(long double offered, size_t servers)
{
    long double sum = 0;
    const long double top =
        (long double)servers * logl(offered) - lgammal((long double)servers + 1);
    for (size_t k = 0; k <= servers; k++)
        sum += expl((long double)k * logl(offered) - lgammal((long double)k + 1) - top);
    return 1 / sum;
}

static long double kill_rate(const ais_function *f, long double rate)
{
    const long double stay = (long double)f->idle_s + (long double)f->warm_s;
    const long double kill = expl(-(long double)f->idle_s * rate);
    if (!(kill > 0))
        return 0;
    const long double served = (1 - expl(-rate * stay)) / rate - stay * expl(-rate * stay);
    return 1 / ((long double)f->idle_s + (1 / kill - 1) * served);
}

static void build(const ais_function *f, double rate_rps, chain *c)
{
    const long double offered = (long double)rate_rps * (long double)f->warm_s;
    long double before = 1;
    c->death[0] = 0;
    c->response_s[0] = (long double)f->cold_s;
    c->birth[0] = (long double)rate_rps;
    c->last = FIRST;
    for (size_t m = 1; m <= c->last; m++) {
        const long double b = blocked(offered, m);
        c->death[m] = c->death[m - 1] + kill_rate(f, (long double)rate_rps * (before - b));
        c->birth[m] = (long double)rate_rps * b;
        c->response_s[m] = m == MAX ? (long double)f->warm_s
                                    : b * (long double)f->cold_s + (1 - b) * (long double)f->warm_s;
        before = b;
        if (c->birth[m] > c->death[m])
            c->last = m + FIRST < MAX ? m + FIRST : MAX;
    }
    for (size_t m = 0; m <= c->last; m++) {
        const long double start = 1 / (long double)f->cold_s;
        c->birth[m] = c->birth[m] * start / (c->birth[m] + start);
    }
}

/* Stationary shares of any chain: Grassmann, Taksar and Heyman's elimination, which never subtracts. */
static void solve(chain *c, size_t first)
{
    const size_t n = c->last - first + 1;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            c->rate[i][k] = k == i + 1 ? c->birth[first + i] : k + 1 == i ? c->death[first + i] : 0;
    for (size_t m = n - 1; m > 0; m--) {
        long double out = 0;
        for (size_t k = 0; k < m; k++)
            out += c->rate[m][k];
        for (size_t i = 0; i < m; i++) {
            c->rate[i][m] /= out;
            for (size_t k = 0; c->rate[i][m] > 0 && k < m; k++)
                c->rate[i][k] += c->rate[i][m] * c->rate[m][k];
        }
    }
    long double total = 1;
    c->share[0] = 1;
    for (size_t m = 1; m < n; m++) {
        c->share[m] = 0;
        for (size_t i = 0; i < m; i++)
            c->share[m] += c->share[i] * c->rate[i][m];
        total += c->share[m];
    }
    for (size_t m = 0; m < n; m++)
        c->share[m] /= total;
}

static double slow_response_s(const ais_function *f, double rate_rps, chain *c)
{
    size_t first = 0;
    long double sum = 0;
    build(f, rate_rps, c);
    for (size_t m = 1; m <= c->last; m++)
        if (!(c->death[m] > 1e-15L * c->birth[m]))
            first = m; /* one in 1e15 comes back from here: quotients would leave the range */
    solve(c, first);
    for (size_t m = first; m <= c->last; m++)
        sum += c->share[m - first] * c->response_s[m];
    return (double)sum;
}

static void test_equals_the_direct_solution(void **unused)
{
    static const double warm_s[] = {0.01, 0.4, 3};
    static const double cold_factor[] = {1.05, 6};
    static const double idle_s[] = {0.5, 30, 600};
    (void)unused;
    chain *c = malloc(sizeof *c);
    assert_non_null(c);
    c->rate = malloc(sizeof(long double[STATES][STATES]));
    assert_non_null(c->rate);
    for (size_t i = 0; i < 18; i++)
        for (double rate_rps = 1e-3; rate_rps < 1.1e3; rate_rps *= 3.1622776601683795) {
            const ais_function f = {.warm_s = warm_s[i % 3],
                                    .cold_s = warm_s[i % 3] * cold_factor[i / 3 % 2],
                                    .idle_s = idle_s[i / 6]};
            const double expected = slow_response_s(&f, rate_rps, c);
            assert_near(ais_function_response_s(&f, rate_rps) / expected, 1, 1e-10);
        }
    free(c->rate);
    free(c);
}

static void test_lies_between_warm_and_cold(void **unused)
{
    (void)unused;
    const ais_function f = {.warm_s = 0.5, .cold_s = 2, .idle_s = 600};
    for (double rate_rps = 1e-6; rate_rps < 1e6; rate_rps *= 1.7) {
        const double response_s = ais_function_response_s(&f, rate_rps);
        assert_true(response_s >= f.warm_s * (1 - 1e-12));
        assert_true(response_s <= f.cold_s * (1 + 1e-12));
    }
}

static void test_no_load_starts_cold(void **unused)
{
    (void)unused;
    const ais_function f = {.warm_s = 0.5, .cold_s = 2, .idle_s = 600};
    assert_near(ais_function_response_s(&f, 0), 2, 0);
    assert_near(ais_function_response_s(&f, 1e-9), 2, 1e-5);
}

static void test_edges_have_an_answer(void **unused)
{
    (void)unused;
    const ais_function same = {.warm_s = 1, .cold_s = 1, .idle_s = 600};
    const ais_function never_kept = {.warm_s = 1, .cold_s = 3, .idle_s = 0};
    const ais_function no_time = {.warm_s = 0, .cold_s = 1, .idle_s = 600};
    assert_near(ais_function_response_s(&same, 5), 1, 1e-12);
    assert_near(ais_function_response_s(&never_kept, 5), 3, 1e-12);
    assert_true(isfinite(ais_function_response_s(&no_time, 5)));
    assert_true(isfinite(ais_function_response_s(&same, 1e12)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_the_direct_solution),
        cmocka_unit_test(test_lies_between_warm_and_cold),
        cmocka_unit_test(test_no_load_starts_cold),
        cmocka_unit_test(test_edges_have_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
