/* The birth-death chain of a function's warm instances, solved in closed form.
 *
 * State m: m instances are warm. Births are cold starts that end, deaths are idle instances that are taken away.
 * The stationary share of state m + 1 is that of m times birth rate over death rate, so that one pass with a
 * running weight does; the weight is scaled down before it leaves the range of doubles. */
#include "perf/function.h"

#include <math.h>

enum { FIRST_STATES = 30, MAX_STATES = 1000 };

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

static state next_state(const ais_function *function, double rate_rps, state last, size_t m)
{
    const double offered = rate_rps * function->warm_s;
    state next = {.inverse_blocked = 1 + last.inverse_blocked * (double)m / offered};
    next.blocked = 1 / next.inverse_blocked;
    next.death_rps =
        last.death_rps + kill_rate_rps(function, rate_rps * (last.blocked - next.blocked));
    return next;
}

double ais_function_response_s(const ais_function *function, double rate_rps)
{
    const double warm_s = function->warm_s, cold_s = function->cold_s;
    state at = {.inverse_blocked = 1, .blocked = 1};
    double weight = 1, total = 1, sum_s = cold_s;
    if (!(rate_rps > 0))
        return cold_s;
    for (size_t m = 1, last = FIRST_STATES; m <= last; m++) {
        const double arriving_rps = rate_rps * at.blocked;
        const double birth_rps = arriving_rps / (1 + arriving_rps * cold_s);
        at = next_state(function, rate_rps, at, m);
        const double response_s =
            m == MAX_STATES ? warm_s : at.blocked * cold_s + (1 - at.blocked) * warm_s;
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
        if (m == last && m < MAX_STATES && rate_rps * at.blocked > at.death_rps)
            last = m + FIRST_STATES < MAX_STATES ? m + FIRST_STATES : MAX_STATES;
    }
    return sum_s / total;
}
