/* The layers of the relaxation: what is the most that n machines of a type can carry, and which type and number
 * does a layer choose? */
#include <math.h>
#include <string.h>

#include "place/relax.h"

/* Bundles with time limits are put together by the rho that they allow, rounded up. */
const double ais__relax_level_cap[AIS__RELAX_LEVELS] = {1,    0.95, 0.9, 0.85, 0.8,
                                                        0.75, 0.7,  0.6, 0.5,  0.35};

/* Profits of all sets of links, from the smaller ones. Returns the largest. */
static double price_seat(ais__relax *relax, const ais__seat *seat)
{
    double most = 0;
    for (size_t f = seat->first_fan; f < seat->first_fan + seat->fan_count; f++) {
        const ais__fan *fan = &relax->fans[f];
        double *profit = relax->profits + fan->first_profit;
        for (size_t k = 0; k < fan->link_count; k++) {
            const double v = relax->v[relax->fan_links[fan->first_link + k]];
            for (size_t set = 0; set < (size_t)1 << k; set++)
                profit[set | (size_t)1 << k] = profit[set] + v;
        }
        most = fmax(most, profit[((size_t)1 << fan->link_count) - 1]);
    }
    return most;
}

static double profit_of(const ais__relax *relax, const ais__bundle *bundle)
{
    return relax->profits[relax->fans[bundle->fan].first_profit + bundle->set];
}

/* The concave hull of a seat's bundles up to a level, as steps behind those that there are. */
static void add_steps(ais__relax *relax, const ais__seat *seat, unsigned char level)
{
    ais__step *hull = relax->steps + relax->step_count;
    double load = 0, profit = 0; /* at the end of the hull */
    size_t count = 0;
    for (size_t b = seat->first_bundle; b < seat->first_bundle + seat->bundle_count; b++) {
        if (relax->level[b] > level)
            continue;
        const ais__bundle *bundle = &relax->bundles[b];
        const double p = profit_of(relax, bundle);
        if (!(p > profit))
            continue;
        while (count > 0) {
            const ais__step *last = &hull[count - 1];
            const double before_load = load - last->load, before = profit - last->profit;
            const double apart = bundle->load - before_load;
            if (apart > 0 && (p - before) / apart < last->slope)
                break;
            load = before_load;
            profit = before;
            count--;
        }
        const double more = bundle->load - load;
        hull[count] = (ais__step){
            .slope = more > 0 ? (p - profit) / more : (double)INFINITY,
            .load = more,
            .profit = p - profit,
            .from = count > 0 ? hull[count - 1].to : UINT32_MAX,
            .to = (uint32_t)b,
        };
        count++;
        load = bundle->load;
        profit = p;
    }
    relax->step_count += count;
}

/* Steeper first; what has the same slope stays in order. */
static void sort_steps(ais__relax *relax)
{
    const size_t count = relax->step_count;
    for (size_t i = 1; i < count; i++) {
        if (relax->steps[i].slope <= relax->steps[i - 1].slope)
            continue;
        const ais__step step = relax->steps[i];
        /* binary search, then one move: counts are some dozens */
        size_t low = 0, high = i;
        while (low < high) {
            const size_t middle = (low + high) / 2;
            if (relax->steps[middle].slope >= step.slope)
                low = middle + 1;
            else
                high = middle;
        }
        memmove(relax->steps + low + 1, relax->steps + low, (i - low) * sizeof step);
        relax->steps[low] = step;
    }
}

static void make_steps(ais__relax *relax, size_t resource, unsigned char level)
{
    relax->step_count = 0;
    for (size_t s = relax->first_seat[resource]; s < relax->first_seat[resource + 1]; s++)
        if (relax->seat_profit[s] > 0)
            add_steps(relax, &relax->seats[s], level);
    sort_steps(relax);
}

/* The n-th range of counts from low to high. */
static void count_range(size_t low, size_t high, size_t ranges, size_t n, size_t *from, size_t *to)
{
    const size_t all = high - low + 1;
    *from = low + all * n / ranges;
    *to = low + all * (n + 1) / ranges - 1;
}

/* The least price of a range of counts: prices are linear but for a kink at the count that runs now. */
static double least_price(const ais_perf *perf, size_t resource, size_t from, size_t to)
{
    double price = fmin(ais_perf_price(perf, resource, from), ais_perf_price(perf, resource, to));
    if (perf->current_count != NULL && perf->current_count[resource] > from &&
        perf->current_count[resource] < to)
        price = fmin(price, ais_perf_price(perf, resource, perf->current_count[resource]));
    return price;
}

/* Offer what each range of counts carries at a level: steps are sorted, ranges ascend. */
static void fill_ranges(const ais__relax *relax, unsigned char level, size_t low, size_t high,
                        size_t ranges, double *profits, int *levels)
{
    const double rounding = 1 + 1e-9;
    double load = 0, profit = 0;
    size_t step = 0;
    for (size_t n = 0; n < ranges; n++) {
        size_t from, to;
        count_range(low, high, ranges, n, &from, &to);
        const double capacity = ais__relax_level_cap[level] * (double)to * rounding;
        while (step < relax->step_count && load + relax->steps[step].load <= capacity) {
            load += relax->steps[step].load;
            profit += relax->steps[step].profit;
            step++;
        }
        const double part =
            step < relax->step_count ? (capacity - load) * relax->steps[step].slope : 0;
        if (profit + part > profits[n]) {
            profits[n] = profit + part;
            levels[n] = level;
        }
    }
}

/* The levels of bundles that bring something, as bits; `most` is what all seats together bring. */
static unsigned find_levels(ais__relax *relax, size_t resource, double *most)
{
    unsigned found = 0;
    *most = 0;
    for (size_t s = relax->first_seat[resource]; s < relax->first_seat[resource + 1]; s++) {
        const ais__seat *seat = &relax->seats[s];
        relax->seat_profit[s] = price_seat(relax, seat);
        if (!(relax->seat_profit[s] > 0))
            continue;
        *most += relax->seat_profit[s];
        for (size_t b = seat->first_bundle; b < seat->first_bundle + seat->bundle_count; b++)
            if (relax->level[b] < AIS__RELAX_LEVELS)
                found |= 1U << relax->level[b];
    }
    return found;
}

static double best_lone(const ais__relax *relax, const ais__domain *domain, size_t resource,
                        size_t *link)
{
    double most = 0;
    *link = AIS_SYSTEM_NONE;
    for (size_t i = relax->first_lone[resource]; i < relax->first_lone[resource + 1]; i++) {
        const size_t at = relax->lone_links[i];
        if (domain->allowed[relax->link_option[at]] && relax->v[at] > most) {
            most = relax->v[at];
            *link = at;
        }
    }
    return most;
}

typedef struct openings {
    size_t ranges;
    double values[AIS__RELAX_STEPS];
    int levels[AIS__RELAX_STEPS];
} openings;

/* Values of opening a resource, by range of counts, with price(r, 0) taken off. `enough`: values that cannot be
 * below may be any that are not either. */
static void open_resource(ais__relax *relax, const ais__domain *domain, size_t r, double enough,
                          openings *out)
{
    const size_t low = domain->low[r], high = domain->high[r];
    out->ranges = high < low ? 0 : high - low + 1;
    if (out->ranges > AIS__RELAX_STEPS)
        out->ranges = AIS__RELAX_STEPS;
    if (out->ranges == 0)
        return;
    double profits[AIS__RELAX_STEPS] = {0}, most;
    size_t lone;
    const double lone_profit = best_lone(relax, domain, r, &lone);
    const unsigned found = find_levels(relax, r, &most);
    const double closed = ais_perf_price(relax->perf, r, 0);
    const double least = least_price(relax->perf, r, low, high) - closed;
    const bool hopeless = least - fmax(most, lone_profit) >= enough;
    for (size_t n = 0; n < out->ranges; n++) {
        profits[n] = hopeless ? fmax(most, lone_profit) : lone_profit;
        out->levels[n] = -1;
    }
    for (unsigned char level = 0; level < AIS__RELAX_LEVELS && !hopeless; level++)
        if ((found >> level & 1) != 0) {
            make_steps(relax, r, level);
            fill_ranges(relax, level, low, high, out->ranges, profits, out->levels);
        }
    for (size_t n = 0; n < out->ranges; n++) {
        size_t from, to;
        count_range(low, high, out->ranges, n, &from, &to);
        out->values[n] = least_price(relax->perf, r, from, to) - closed - profits[n];
    }
}

static void find_opening(ais__relax *relax, const ais__domain *domain, size_t r, double enough)
{
    openings all;
    ais__opening *best = &relax->opening[r];
    *best = (ais__opening){.value = (double)INFINITY};
    relax->chosen[r] = false;
    open_resource(relax, domain, r, enough, &all);
    for (size_t n = 0; n < all.ranges; n++)
        if (all.values[n] < best->value) {
            best->value = all.values[n];
            best->level = all.levels[n];
            count_range(domain->low[r], domain->high[r], all.ranges, n, &best->low, &best->count);
        }
}

/* What the chosen opening of a resource carries, into w. */
static void carry(ais__relax *relax, const ais__domain *domain, size_t r)
{
    const ais__opening *opening = &relax->opening[r];
    if (opening->level < 0) {
        size_t link;
        best_lone(relax, domain, r, &link);
        if (link != AIS_SYSTEM_NONE)
            relax->w[link] = 1;
        return;
    }
    make_steps(relax, r, (unsigned char)opening->level);
    double left = ais__relax_level_cap[opening->level] * (double)opening->count;
    for (size_t i = 0; i < relax->step_count && left > 0; i++) {
        const ais__step *step = &relax->steps[i];
        const double share = step->load <= left ? 1 : left / step->load;
        left -= step->load;
        const uint32_t ends[] = {step->from, step->to};
        for (size_t e = 0; e < 2; e++) {
            if (ends[e] == UINT32_MAX)
                continue;
            const ais__bundle *bundle = &relax->bundles[ends[e]];
            const ais__fan *fan = &relax->fans[bundle->fan];
            for (size_t k = 0; k < fan->link_count; k++)
                if ((bundle->set >> k & 1) != 0)
                    relax->w[relax->fan_links[fan->first_link + k]] += e == 0 ? -share : share;
        }
    }
}

/* Resources that are decided together: those of a layer, or each by itself. */
static size_t group_end(const ais_perf *perf, size_t r)
{
    const ais_system_layer *layer = &perf->system->layers[perf->layer[r]];
    return (perf->rules & AIS_RULE_ONE_TYPE) != 0 ? layer->first_resource + layer->resource_count
                                                  : r + 1;
}

/* Must something of the resources from first to end be in use? */
static bool must_open(const ais_perf *perf, const ais__domain *domain, size_t first, size_t end)
{
    bool must = end - first > 1 || (perf->rules & AIS_RULE_ONE_TYPE) != 0
                    ? domain->open[perf->layer[first]]
                    : false;
    for (size_t r = first; r < end; r++)
        must |= domain->used[r];
    return must;
}

double ais__relax_layers(ais__relax *relax, const ais__domain *domain)
{
    const ais_perf *perf = relax->perf;
    double sum = 0;
    memset(relax->w, 0, relax->link_count * sizeof *relax->w);
    for (size_t first = 0, end; first < perf->system->resource_count; first = end) {
        if (perf->is_function[first]) {
            end = first + 1;
            continue;
        }
        end = group_end(perf, first);
        double best = must_open(perf, domain, first, end) ? (double)INFINITY : 0;
        size_t chosen = AIS_SYSTEM_NONE;
        for (size_t r = first; r < end; r++) {
            sum += ais_perf_price(perf, r, 0);
            find_opening(relax, domain, r, best);
            if (relax->opening[r].value < best) {
                best = relax->opening[r].value;
                chosen = r;
            }
        }
        sum += best;
        if (chosen != AIS_SYSTEM_NONE) {
            relax->chosen[chosen] = true;
            carry(relax, domain, chosen);
        }
    }
    return sum;
}

/* Counts at both ends that cost too much. Returns how many. */
static size_t narrow(ais__domain *domain, size_t r, const openings *all, double limit)
{
    const size_t low = domain->low[r], high = domain->high[r];
    size_t first = 0, last = all->ranges, from, to;
    while (first < last && all->values[first] >= limit)
        first++;
    while (last > first && all->values[last - 1] >= limit)
        last--;
    if (first == last) {
        domain->high[r] = 0;
        return all->ranges > 0;
    }
    count_range(low, high, all->ranges, first, &domain->low[r], &to);
    count_range(low, high, all->ranges, last - 1, &from, &domain->high[r]);
    return domain->low[r] - low + high - domain->high[r];
}

size_t ais__relax_fix_layers(ais__relax *relax, ais__domain *domain, double gap)
{
    const ais_perf *perf = relax->perf;
    size_t gone = 0;
    for (size_t first = 0, end; first < perf->system->resource_count; first = end) {
        if (perf->is_function[first]) {
            end = first + 1;
            continue;
        }
        end = group_end(perf, first);
        const bool must = must_open(perf, domain, first, end);
        double best = must ? (double)INFINITY : 0;
        for (size_t r = first; r < end; r++)
            if (relax->chosen[r])
                best = relax->opening[r].value;
        for (size_t r = first; r < end; r++) {
            if (domain->high[r] == 0)
                continue;
            openings all;
            open_resource(relax, domain, r, best + gap, &all);
            gone += narrow(domain, r, &all, best + gap);
        }
        if (!must && 0 >= best + gap) {
            if ((perf->rules & AIS_RULE_ONE_TYPE) != 0)
                domain->open[perf->layer[first]] = true;
            else
                domain->used[first] = true;
            gone++;
        }
    }
    return gone;
}
