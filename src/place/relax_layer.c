/* The layers of the relaxation: what is the most that n machines of a type can carry, and which type and number
 * does a layer choose? */
#include <math.h>
#include <string.h>

#include "place/relax.h"

const double ais__relax_level_cap[AIS__RELAX_LEVELS] = {1,    0.97, 0.94, 0.91, 0.88, 0.84, 0.8,
                                                        0.75, 0.7,  0.65, 0.6,  0.5,  0.4,  0.25};

double ais__relax_level_wait(unsigned level)
{
    return level + 1 < AIS__RELAX_LEVELS ? 1 / (1 - ais__relax_level_cap[level + 1]) : 1;
}

/* Profits and delays of all sets of links, from the smaller ones. Returns what the seat brings at most. */
static double price_seat(ais__relax *relax, const ais__seat *seat)
{
    double most = 0;
    for (size_t f = seat->first_fan; f < seat->first_fan + seat->fan_count; f++) {
        const ais__fan *fan = &relax->fans[f];
        double *profit = relax->profits + fan->first_profit, sum = 0;
        double *delay = relax->delays + fan->first_profit;
        relax->fan_useful[f] = 0;
        for (size_t k = 0; k < fan->link_count; k++) {
            const size_t link = relax->fan_links[fan->first_link + k];
            const double v = relax->v[link], price = relax->time_price[link];
            sum += fmax(0, v - price);
            relax->fan_useful[f] |= (uint32_t)(v > price) << k;
            for (size_t set = 0; set < (size_t)1 << k; set++) {
                profit[set | (size_t)1 << k] = profit[set] + v;
                delay[set | (size_t)1 << k] = delay[set] + price;
            }
        }
        most = fmax(most, sum);
    }
    return most;
}

/* The concave hull of a seat's offers up to a level, as steps behind those that there are. */
static void add_steps(ais__relax *relax, size_t seat, unsigned level, double wait)
{
    ais__step *hull = relax->steps + relax->step_count;
    ais__slope *slopes = relax->slopes + relax->step_count;
    const ais__offer *end = relax->offers + relax->first_offer[seat + 1];
    double load = 0, profit = 0; /* at the end of the hull */
    size_t count = 0;
    for (const ais__offer *offer = relax->offers + relax->first_offer[seat]; offer < end; offer++) {
        const double p = offer->profit - wait * offer->delay;
        if (offer->level > level || !(p > profit))
            continue;
        while (count > 0) {
            const ais__step *last = &hull[count - 1];
            const double before = profit - last->profit, apart = offer->load - load + last->load;
            if (apart > 0 && p - before < apart * slopes[count - 1].slope)
                break;
            load -= last->load;
            profit = before;
            count--;
        }
        const double more = offer->load - load;
        hull[count] = (ais__step){.load = more,
                                  .profit = p - profit,
                                  .from = count > 0 ? hull[count - 1].to : UINT32_MAX,
                                  .to = offer->bundle};
        slopes[count] = (ais__slope){.slope = more > 0 ? (p - profit) / more : (double)INFINITY,
                                     .step = relax->step_count + count};
        count++;
        load = offer->load;
        profit = p;
    }
    relax->step_count += count;
}

/* Steeper first; what has the same slope stays in order. There are some dozens. */
static void sort_slopes(ais__relax *relax)
{
    for (size_t i = 1; i < relax->step_count; i++) {
        const ais__slope slope = relax->slopes[i];
        size_t at = i;
        for (; at > 0 && relax->slopes[at - 1].slope < slope.slope; at--)
            relax->slopes[at] = relax->slopes[at - 1];
        relax->slopes[at] = slope;
    }
}

/* From the offers of the resource at hand; see find_offers(). */
static void make_steps(ais__relax *relax, unsigned level)
{
    const double wait = ais__relax_level_wait(level);
    relax->step_count = 0;
    for (size_t s = 0; s < relax->open_seats; s++)
        add_steps(relax, s, level, wait);
    sort_slopes(relax);
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

/* What each range of counts carries at a level, by the steps there are. Ranges ascend. */
static void fill_ranges(const ais__relax *relax, unsigned level, size_t low, size_t high,
                        size_t ranges, double *profits)
{
    const double rounding = 1 + 1e-9;
    double load = 0, profit = 0;
    size_t i = 0;
    for (size_t n = 0; n < ranges; n++) {
        size_t from, to;
        count_range(low, high, ranges, n, &from, &to);
        const double capacity = ais__relax_level_cap[level] * (double)to * rounding;
        for (; i < relax->step_count; i++) {
            const ais__step *step = &relax->steps[relax->slopes[i].step];
            if (load + step->load > capacity)
                break;
            load += step->load;
            profit += step->profit;
        }
        profits[n] =
            i < relax->step_count ? profit + (capacity - load) * relax->slopes[i].slope : profit;
    }
}

/* What the bundles of a resource offer: those of which each link brings something. Returns their levels as
 * bits. `most` is what all seats bring; `timed`: time costs. */
static unsigned find_offers(ais__relax *relax, size_t resource, double *most, bool *timed)
{
    unsigned found = 0;
    size_t count = 0;
    *most = 0;
    *timed = false;
    relax->open_seats = 0;
    relax->first_offer[0] = 0;
    for (size_t s = relax->first_seat[resource]; s < relax->first_seat[resource + 1]; s++) {
        const ais__seat *seat = &relax->seats[s];
        const double brings = price_seat(relax, seat);
        if (!(brings > 0))
            continue;
        *most += brings;
        *timed |= relax->second_price[seat->component] > 0;
        for (size_t b = seat->first_bundle; b < seat->first_bundle + seat->bundle_count; b++) {
            const ais__bundle *bundle = &relax->bundles[b];
            if (relax->level[b] >= AIS__RELAX_LEVELS ||
                (bundle->set & ~relax->fan_useful[bundle->fan]) != 0)
                continue;
            found |= 1U << relax->level[b];
            relax->offers[count++] = (ais__offer){.load = bundle->load,
                                                  .profit = relax->profits[bundle->profit],
                                                  .delay = relax->delays[bundle->profit],
                                                  .bundle = (uint32_t)b,
                                                  .level = relax->level[b]};
        }
        relax->first_offer[++relax->open_seats] = count;
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
    double prices[AIS__RELAX_STEPS]; /* with price(r, 0) taken off */
    double values[AIS__RELAX_STEPS];
    int levels[AIS__RELAX_STEPS];
} openings;

static void start_openings(ais__relax *relax, const ais__domain *domain, size_t r, openings *out)
{
    const size_t low = domain->low[r], high = domain->high[r];
    out->ranges = high < low ? 0 : high - low + 1;
    if (out->ranges > AIS__RELAX_STEPS)
        out->ranges = AIS__RELAX_STEPS;
    if (out->ranges == 0)
        return;
    size_t lone;
    double at_least, at_most, paid;
    ais__relax_group_prices(relax, domain, r, &at_least, &at_most, &paid);
    const double lone_profit = best_lone(relax, domain, r, &lone);
    const double closed = ais_perf_price(relax->perf, r, 0);
    for (size_t n = 0; n < out->ranges; n++) {
        size_t from, to;
        count_range(low, high, out->ranges, n, &from, &to);
        const double price = least_price(relax->perf, r, from, to) - closed;
        const double dearest = fmax(price, ais_perf_price(relax->perf, r, to) - closed);
        out->prices[n] = (paid < 1 ? price : dearest) * (1 - paid) - at_least * (double)to +
                         at_most * (double)from;
        out->values[n] = out->prices[n] - lone_profit;
        out->levels[n] = -1;
    }
}

/* Could a level's profits bring a value below `enough`, and below the best one? */
static bool is_of_use(const openings *all, const double *profits, double enough)
{
    for (size_t n = 0; n < all->ranges; n++)
        enough = fmin(enough, all->values[n]);
    for (size_t n = 0; n < all->ranges; n++)
        if (all->prices[n] - profits[n] < enough)
            return true;
    return false;
}

static void take_profits(openings *all, const double *profits, int level)
{
    for (size_t n = 0; n < all->ranges; n++)
        if (all->prices[n] - profits[n] < all->values[n]) {
            all->values[n] = all->prices[n] - profits[n];
            all->levels[n] = level;
        }
}

/* Values of opening a resource, by range of counts. Exact where one is the least of all and below `enough`; a
 * lower bound of it elsewhere. Higher levels carry less at the same load: they admit fewer bundles and cost
 * more time. So the steps of a lower one are a bound, and most levels need none of their own. With `all_counts`
 * exact wherever it is below `enough`. */
static void open_resource(ais__relax *relax, const ais__domain *domain, size_t r, double enough,
                          bool all_counts, openings *out)
{
    start_openings(relax, domain, r, out);
    if (out->ranges == 0)
        return;
    double most, profits[AIS__RELAX_STEPS] = {0};
    bool timed;
    const unsigned found = find_offers(relax, r, &most, &timed);
    for (size_t n = 0; n < out->ranges; n++)
        profits[n] = most;
    if (found == 0 || !is_of_use(out, profits, enough)) {
        take_profits(out, profits, -1);
        return;
    }
    const size_t low = domain->low[r], high = domain->high[r];
    const unsigned bottom = timed ? AIS__RELAX_LEVELS - 1 : 31U - (unsigned)__builtin_clz(found);
    const unsigned top = (unsigned)__builtin_ctz(found);
    openings exact = *out;
    for (unsigned level = bottom + 1; level-- > top;) {
        if (!timed && (found >> level & 1) == 0)
            continue;
        if (level < bottom) {
            fill_ranges(relax, level, low, high, out->ranges, profits);
            openings limit = all_counts ? *out : exact;
            for (size_t n = 0; n < out->ranges && all_counts; n++)
                limit.values[n] = enough;
            if (!is_of_use(&limit, profits, enough)) {
                take_profits(out, profits, -1);
                continue;
            }
        }
        make_steps(relax, level);
        fill_ranges(relax, level, low, high, out->ranges, profits);
        take_profits(out, profits, (int)level);
        take_profits(&exact, profits, (int)level);
    }
}

static void find_opening(ais__relax *relax, const ais__domain *domain, size_t r, double enough)
{
    openings all;
    ais__opening *best = &relax->opening[r];
    *best = (ais__opening){.value = (double)INFINITY};
    relax->chosen[r] = false;
    open_resource(relax, domain, r, enough, false, &all);
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
    double most;
    bool timed;
    find_offers(relax, r, &most, &timed);
    make_steps(relax, (unsigned)opening->level);
    const double wait = ais__relax_level_wait((unsigned)opening->level);
    double left = ais__relax_level_cap[opening->level] * (double)opening->count;
    for (size_t i = 0; i < relax->step_count && left > 0; i++) {
        const ais__step *step = &relax->steps[relax->slopes[i].step];
        const double share = step->load <= left ? 1 : left / step->load;
        left -= step->load;
        const uint32_t ends[] = {step->from, step->to};
        for (size_t e = 0; e < 2; e++) {
            if (ends[e] == UINT32_MAX)
                continue;
            const ais__bundle *bundle = &relax->bundles[ends[e]];
            const ais__fan *fan = &relax->fans[bundle->fan];
            const size_t c = relax->perf->system->deployments[fan->deployment].component;
            for (size_t k = 0; k < fan->link_count; k++) {
                if ((bundle->set >> k & 1) == 0)
                    continue;
                const size_t link = relax->fan_links[fan->first_link + k];
                const double more = e == 0 ? -share : share;
                relax->w[link] += more;
                if (ais__relax_is_queued(relax, relax->link_option[link]))
                    relax->passed_s[c] += more * wait * relax->drag_s[relax->link_option[link]];
            }
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
    bool must = (perf->rules & AIS_RULE_ONE_TYPE) != 0 && domain->open[perf->layer[first]];
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
            open_resource(relax, domain, r, best + gap, true, &all);
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
