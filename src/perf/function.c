/* The birth-death chain of a function's warm instances, solved in closed form.
 *
 * State m: m instances are warm. Births are cold starts that end, deaths are idle instances that are taken away.
 * The stationary share of state m + 1 is that of m times birth rate over death rate, so that one pass with a
 * running weight does; the weight is scaled down before it leaves the range of doubles. */
#include "perf/function.h"

#include <math.h>

enum { FIRST_STATES = 30, MAX_STATES = 1000 };
static const double bound_margin = 1e-10; /* for rounding, which stays below 1e-12 */

/* What is known of state m; `blocked` is Erlang's B for m servers: the share of requests that start cold. */
typedef struct state {
    double inverse_blocked, blocked, death_rps;
} state;

/* The rate at which the m-th instance is taken away; `rate_rps` is what arrives at it. */
static double kill_rate_rps(const ais_function *function, double rate_rps)
{
    const double idle_s = function->idle_s;
    const double stay_s = idle_s + function->warm_s;
    /* The original computes it this way round: it is 0 from about 37 on. */
    const double kill = 1 - (1 - exp(-idle_s * rate_rps));
    if (!(kill > 0))
        return 0;
    const double served_s =
        rate_rps > 0 ? -expm1(-rate_rps * stay_s) / rate_rps - stay_s * exp(-rate_rps * stay_s) : 0;
    return 1 / (idle_s + (1 / kill - 1) * served_s);
}

/* Erlang's B of one server more, as its inverse. */
static double next_inverse_blocked(double inverse_blocked, double offered, size_t m)
{
    return 1 + inverse_blocked * (double)m / offered;
}

static state next_state(const ais_function *function, double rate_rps, state last, size_t m)
{
    const double offered = rate_rps * function->warm_s;
    state next = {.inverse_blocked = next_inverse_blocked(last.inverse_blocked, offered, m)};
    next.blocked = 1 / next.inverse_blocked;
    next.death_rps =
        last.death_rps + kill_rate_rps(function, rate_rps * (last.blocked - next.blocked));
    return next;
}

/* Mean over the states' shares at `rate_rps` of the states' responses at `response_rate_rps`. */
static double response_s(const ais_function *function, double rate_rps, double response_rate_rps)
{
    const double warm_s = function->warm_s, cold_s = function->cold_s;
    const double response_offered = response_rate_rps * warm_s;
    state at = {.inverse_blocked = 1, .blocked = 1};
    double response_inverse_blocked = 1, weight = 1, total = 1, sum_s = cold_s;
    if (!(rate_rps > 0))
        return cold_s;
    for (size_t m = 1, last = FIRST_STATES; m <= last; m++) {
        const double arriving_rps = rate_rps * at.blocked;
        const double birth_rps = arriving_rps / (1 + arriving_rps * cold_s);
        at = next_state(function, rate_rps, at, m);
        response_inverse_blocked =
            next_inverse_blocked(response_inverse_blocked, response_offered, m);
        const double response_s =
            m == MAX_STATES ? warm_s : warm_s + (cold_s - warm_s) / response_inverse_blocked;
        if (!(at.death_rps > 0)) { /* nobody comes back from here: all before it is passed once */
            weight = total = 1;
            sum_s = response_s;
        } else {
            weight *= birth_rps / at.death_rps;
            total += weight;
            sum_s += weight * response_s;
        }
        if (weight > 1e200) {
            weight *= 1e-200;
            total *= 1e-200;
            sum_s *= 1e-200;
        }
        if (rate_rps * at.blocked > at.death_rps) /* asked of every state, as in the original */
            last = m + FIRST_STATES < MAX_STATES ? m + FIRST_STATES : MAX_STATES;
    }
    return sum_s / total;
}

double ais_function_response_s(const ais_function *function, double rate_rps)
{
    return response_s(function, rate_rps, rate_rps);
}

void ais_function_response_bounds_s(const ais_function *function, double from_rps, double to_rps,
                                    double *low_s, double *high_s)
{
    const double few_instances_s = response_s(function, from_rps, to_rps);
    const double many_instances_s = response_s(function, to_rps, from_rps);
    *low_s = fmin(few_instances_s, many_instances_s) * (1 - bound_margin);
    *high_s = fmax(few_instances_s, many_instances_s) * (1 + bound_margin);
}
