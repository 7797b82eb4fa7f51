/* A bound for methods that have none: that of the relaxation over everything. */
#include <math.h>

#include "place/relax.h"

/* Each evaluation takes from microseconds (15 components) to a millisecond (200). */
enum { EVALUATIONS = 200 };

bool ais__place_bound_root(ais__search *search)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais__relax) relax = ais__relax_new(search->perf);
    AIS_AUTO(ais__filter) filter = ais__filter_new(search->perf);
    ais__domain domain = ais__domain_new(search->perf, arena);
    if (!ais__filter_run(filter, &domain))
        return false;
    ais__relax_fit(relax, &domain, ais__filter_slack_s(filter), ais__filter_part_s(filter));
    ais__relax_start(relax, &domain);
    ais__relax_ascend(relax, search, &domain, EVALUATIONS, INFINITY);
    if (relax->best_value == (double)INFINITY)
        return false;
    ais__search_raise_bound(search, relax->best_value);
    return true;
}
