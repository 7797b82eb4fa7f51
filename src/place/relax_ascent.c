/* Multipliers that make the bound large: a proximal bundle method.
 *
 * Each evaluation gives a cut: the strings and openings that it found cost a certain amount and violate the ties
 * by g, so the bound at v is at most cost + g v. The next v is where the least of all cuts is largest, less what
 * it takes to go there from the best v; the dual of that is a small quadratic program over the cuts' weights.
 * The weighted mean of the cuts' choices is near the linear program's solution. Cuts are choices, and hold in
 * every domain that has them: they are kept from node to node.
 * Source: Kiwiel, Proximity control in bundle methods for convex nondifferentiable minimization, Math.
 *         Programming 46 (1990). */
#include <math.h>
#include <string.h>

#include "place/relax.h"

double ais__relax_evaluate(ais__relax *relax, const ais__domain *domain)
{
    relax->evaluations++;
    const double rows = ais__relax_price_rows(relax, domain);
    relax->value = rows + ais__relax_components(relax, domain) + ais__relax_layers(relax, domain);
    ais__relax_fill_rows(relax, domain);
    return relax->value;
}

/* Multipliers are measured in what they may well be worth: of a link a share of a machine by its load. */
static void fill_units(ais__relax *relax, const ais__domain *domain)
{
    const ais_perf *perf = relax->perf;
    double sum = 0;
    for (size_t l = 0; l < relax->link_count; l++) {
        const size_t o = relax->link_option[l], r = perf->system->options[o].resource;
        const double price =
            domain->high[r] == 0 ? 0 : ais_perf_price(perf, r, 1) - ais_perf_price(perf, r, 0);
        relax->unit[l] = fmax(0, price) * (perf->load[o] + 0.05);
        sum += relax->unit[l];
    }
    const double mean = relax->link_count > 0 && sum > 0 ? sum / (double)relax->link_count : 1;
    double dearest = mean;
    for (size_t r = 0; r < perf->system->resource_count; r++) {
        relax->carry_unit[r] =
            perf->is_function[r] ? 0
                                 : fmax(0, ais_perf_price(perf, r, 1) - ais_perf_price(perf, r, 0));
        dearest = fmax(dearest, relax->carry_unit[r]);
    }
    for (size_t l = 0; l < relax->multiplier_count; l++)
        relax->unit[l] = l < relax->link_count        ? fmax(relax->unit[l], 0.01 * mean)
                         : l < relax->first_group_row ? mean
                                                      : dearest;
}

static size_t group_of(const ais_perf *perf, size_t resource)
{
    return perf->is_cloud[resource] ? AIS__GROUP_VM : AIS__GROUP_EDGE;
}

/* Sums of violations by load, of each resource and of each group: behind the multipliers in g. Going along them
 * changes all prices of a resource's capacity at once, which single links would take long to agree on. */
static void fill_sums(const ais__relax *relax, float *g)
{
    const ais_perf *perf = relax->perf;
    const ais_system *system = perf->system;
    float *by_resource = g + relax->multiplier_count;
    float *by_group = by_resource + system->resource_count;
    memset(by_resource, 0, (system->resource_count + AIS__GROUPS) * sizeof *g);
    for (size_t l = 0; l < relax->link_count; l++) {
        const size_t o = relax->link_option[l], r = system->options[o].resource;
        by_resource[r] += (float)(perf->load[o] * relax->carry_unit[r] / relax->unit[l]) * g[l];
    }
    for (size_t r = 0; r < system->resource_count; r++)
        if (!perf->is_function[r])
            by_group[group_of(perf, r)] += by_resource[r];
}

/* Machines are paid by what they carry: then no resource gains by opening, nor loses when it is full. */
void ais__relax_start(ais__relax *relax, const ais__domain *domain)
{
    const ais_perf *perf = relax->perf;
    for (size_t l = 0; l < relax->link_count; l++) {
        const size_t o = relax->link_option[l], r = perf->system->options[o].resource;
        const size_t high = domain->high[r];
        const double price =
            high == 0 ? 0
                      : (ais_perf_price(perf, r, high) - ais_perf_price(perf, r, 0)) / (double)high;
        relax->best_v[l] = fmax(0, price * perf->load[o]);
    }
    for (size_t l = relax->link_count; l < relax->multiplier_count; l++)
        relax->best_v[l] = 0;
    fill_units(relax, domain);
    relax->best_value = (double)-INFINITY;
    relax->cut_count = 0;
    relax->step = 0;
}

static double dot(const float *a, const float *b, size_t count)
{
    float sums[8] = {0};
    size_t l = 0;
    for (; l + 8 <= count; l += 8)
        for (size_t k = 0; k < 8; k++)
            sums[k] += a[l + k] * b[l + k];
    double sum = 0;
    for (; l < count; l++)
        sum += (double)(a[l] * b[l]);
    for (size_t k = 0; k < 8; k++)
        sum += (double)sums[k];
    return sum;
}

/* The best multipliers in their units. */
static void fill_center(ais__relax *relax)
{
    for (size_t l = 0; l < relax->multiplier_count; l++)
        relax->center[l] = (float)(relax->best_v[l] / relax->unit[l]);
}

/* How far a cut is above the best value, at the best multipliers. */
static double slack_of(const ais__relax *relax, const ais__cut *cut)
{
    const double value = cut->cost + dot(cut->g, relax->center, relax->multiplier_count);
    return fmax(0, value - relax->best_value);
}

/* The part of the products of two cuts' violations that does not depend on the center. */
static double link_product(const ais__relax *relax, const ais__cut *a, const ais__cut *b)
{
    const size_t sums = relax->perf->system->resource_count + AIS__GROUPS;
    return dot(a->g, b->g, relax->link_count) +
           dot(a->g + relax->multiplier_count, b->g + relax->multiplier_count, sums);
}

static void fill_products(ais__relax *relax, size_t i)
{
    for (size_t k = 0; k < relax->cut_count; k++) {
        const double product = link_product(relax, &relax->cuts[i], &relax->cuts[k]);
        relax->products[i][k] = relax->products[k][i] = product;
    }
}

/* Rows that ask for nothing at the center, and would not be asked more, pull nowhere. */
static void add_row_products(const ais__relax *relax, double products[][AIS__RELAX_CUTS])
{
    const size_t count = relax->cut_count;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k <= i; k++)
            products[i][k] = relax->products[i][k];
    for (size_t row = relax->link_count; row < relax->multiplier_count; row++) {
        if (relax->best_v[row] <= 0 && relax->direction[row] <= 0)
            continue;
        for (size_t i = 0; i < count; i++) {
            const double g = (double)relax->cuts[i].g[row];
            for (size_t k = 0; k <= i && g != 0; k++)
                products[i][k] += g * (double)relax->cuts[k].g[row];
        }
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            products[k][i] = products[i][k];
}

/* Weights of the cuts: the least of step / 2 * |sum of weighted g|^2 + weighted slack, two cuts at a time. */
static void weigh_cuts(ais__relax *relax)
{
    const size_t count = relax->cut_count;
    double products[AIS__RELAX_CUTS][AIS__RELAX_CUTS], slope[AIS__RELAX_CUTS] = {0};
    add_row_products(relax, products);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += relax->cuts[i].weight;
    if (!(sum > 0.5)) { /* most of it went with cuts that are gone */
        relax->cuts[count - 1].weight += 1 - sum;
        sum = 1;
    }
    for (size_t i = 0; i < count; i++)
        relax->cuts[i].weight /= sum;
    for (size_t i = 0; i < count; i++) {
        slope[i] = relax->cuts[i].slack;
        for (size_t k = 0; k < count; k++)
            slope[i] += relax->step * products[i][k] * relax->cuts[k].weight;
    }
    for (size_t round = 0; round < 200; round++) {
        size_t up = 0, down = SIZE_MAX;
        for (size_t i = 0; i < count; i++) {
            if (slope[i] < slope[up])
                up = i;
            if (relax->cuts[i].weight > 0 && (down == SIZE_MAX || slope[i] > slope[down]))
                down = i;
        }
        if (down == SIZE_MAX || slope[down] - slope[up] <= 1e-9 * (1 + fabs(slope[up])))
            break;
        const double bend =
            relax->step * (products[up][up] + products[down][down] - 2 * products[up][down]);
        double moved = relax->cuts[down].weight;
        if (bend * moved > slope[down] - slope[up])
            moved = (slope[down] - slope[up]) / bend;
        relax->cuts[up].weight += moved;
        relax->cuts[down].weight -= moved;
        for (size_t i = 0; i < count; i++)
            slope[i] += relax->step * moved * (products[i][up] - products[i][down]);
    }
}

/* The direction of the weighted cuts, and where a step along it leads. Returns by how much the cuts promise the
 * bound to rise. */
static double find_direction(ais__relax *relax)
{
    const ais_perf *perf = relax->perf;
    const ais_system *system = perf->system;
    const size_t all = relax->multiplier_count + system->resource_count + AIS__GROUPS;
    double *direction = relax->direction;
    memset(direction, 0, all * sizeof *direction);
    double rise = 0;
    for (size_t i = 0; i < relax->cut_count; i++) {
        const ais__cut *cut = &relax->cuts[i];
        if (!(cut->weight > 0))
            continue;
        rise += cut->weight * cut->slack;
        for (size_t l = 0; l < all; l++)
            direction[l] += cut->weight * (double)cut->g[l];
    }
    const double *by_resource = direction + relax->multiplier_count;
    const double *by_group = by_resource + system->resource_count;
    for (size_t l = 0; l < relax->multiplier_count; l++) {
        double along = direction[l] * relax->unit[l];
        if (l < relax->link_count) {
            const size_t o = relax->link_option[l], r = system->options[o].resource;
            along += perf->load[o] * relax->carry_unit[r] *
                     (by_resource[r] + by_group[group_of(perf, r)]);
        }
        relax->v[l] = fmax(0, relax->best_v[l] + relax->step * along);
        rise += (relax->v[l] - relax->best_v[l]) / relax->unit[l] * direction[l];
    }
    return rise;
}

/* Room for a cut: the one that weighs least, of those the one that is slackest. */
static size_t cut_place(ais__relax *relax)
{
    if (relax->cut_count < AIS__RELAX_CUTS)
        return relax->cut_count++;
    size_t least = 0;
    for (size_t i = 1; i < relax->cut_count; i++) {
        const ais__cut *a = &relax->cuts[i], *b = &relax->cuts[least];
        if (a->weight < b->weight || (a->weight <= b->weight && a->slack > b->slack))
            least = i;
    }
    return least;
}

/* The choices of the last evaluation as a cut. */
static void add_cut(ais__relax *relax)
{
    const ais_system *system = relax->perf->system;
    const size_t i = cut_place(relax);
    ais__cut *cut = &relax->cuts[i];
    double priced = 0;
    for (size_t l = 0; l < relax->multiplier_count; l++) {
        const double g = relax->y[l] - relax->w[l];
        cut->g[l] = (float)(g * relax->unit[l]);
        priced += g * relax->v[l];
    }
    fill_sums(relax, cut->g);
    cut->cost = relax->value - priced;
    cut->weight = 0;
    memcpy(cut->string, relax->string, system->part_count * sizeof *cut->string);
    for (size_t r = 0; r < system->resource_count; r++)
        cut->count[r] = relax->chosen[r] ? relax->opening[r].count : 0;
    cut->slack = slack_of(relax, cut);
    fill_products(relax, i);
    relax->newest = i;
}

static void drop_cut(ais__relax *relax, size_t i)
{
    const size_t last = --relax->cut_count;
    const ais__cut gone = relax->cuts[i];
    relax->cuts[i] = relax->cuts[last];
    relax->cuts[last] = gone;
    for (size_t k = 0; k < relax->cut_count; k++)
        relax->products[i][k] = relax->products[k][i] = relax->products[last][k];
    relax->products[i][i] = relax->products[last][last];
}

/* Are a cut's choices in the domain? */
static bool is_inside(const ais__relax *relax, const ais__domain *domain, const ais__cut *cut)
{
    const ais_perf *perf = relax->perf;
    const ais_system *system = perf->system;
    for (size_t p = 0; p < system->part_count; p++)
        if (cut->string[p] != AIS_SYSTEM_NONE && !domain->allowed[cut->string[p]])
            return false;
    for (size_t l = 0; l < system->layer_count; l++) {
        const ais_system_layer *layer = &system->layers[l];
        bool open = !domain->open[l] || layer->kind == AIS_LAYER_FAAS;
        for (size_t r = layer->first_resource; r < layer->first_resource + layer->resource_count;
             r++) {
            if (perf->is_function[r])
                continue;
            open |= cut->count[r] > 0;
            if (cut->count[r] > 0 &&
                (cut->count[r] < domain->low[r] || cut->count[r] > domain->high[r]))
                return false;
            if (cut->count[r] == 0 && domain->used[r])
                return false;
        }
        if (!open)
            return false;
    }
    return true;
}

/* Cuts of another domain: those whose choices are in this one, at the new center. Options that are carried and
 * not allowed any more are carried no longer. */
static void take_over_cuts(ais__relax *relax, const ais__domain *domain)
{
    for (size_t i = relax->cut_count; i-- > 0;) {
        ais__cut *cut = &relax->cuts[i];
        if (!is_inside(relax, domain, cut)) {
            drop_cut(relax, i);
            continue;
        }
        bool changed = false;
        for (size_t l = 0; l < relax->link_count; l++)
            if (cut->g[l] < 0 && !domain->allowed[relax->link_option[l]]) {
                cut->g[l] = 0;
                changed = true;
            }
        ais__relax_count_rows(relax, domain, cut->count, cut->g);
        if (changed) {
            fill_sums(relax, cut->g);
            fill_products(relax, i);
        }
    }
    fill_center(relax);
    for (size_t i = 0; i < relax->cut_count; i++)
        relax->cuts[i].slack = slack_of(relax, &relax->cuts[i]);
}

/* The center moves to v: slacks are taken anew. */
static void move_center(ais__relax *relax)
{
    relax->best_value = relax->value;
    memcpy(relax->best_v, relax->v, relax->multiplier_count * sizeof *relax->v);
    fill_center(relax);
    for (size_t i = 0; i < relax->cut_count; i++)
        relax->cuts[i].slack = slack_of(relax, &relax->cuts[i]);
}

/* Means of the cuts' choices, for branching. */
static void fill_means(ais__relax *relax)
{
    const ais_system *system = relax->perf->system;
    memset(relax->open_mean, 0, system->resource_count * sizeof(double));
    memset(relax->count_mean, 0, system->resource_count * sizeof(double));
    memset(relax->string_mean, 0, system->option_count * sizeof(double));
    for (size_t i = 0; i < relax->cut_count; i++) {
        const ais__cut *cut = &relax->cuts[i];
        if (!(cut->weight > 0))
            continue;
        for (size_t r = 0; r < system->resource_count; r++) {
            relax->open_mean[r] += cut->count[r] > 0 ? cut->weight : 0;
            relax->count_mean[r] += cut->weight * (double)cut->count[r];
        }
        for (size_t p = 0; p < system->part_count; p++)
            if (cut->string[p] != AIS_SYSTEM_NONE)
                relax->string_mean[cut->string[p]] += cut->weight;
    }
}

/* A first length of steps: as if the bound could rise by a tenth along the first violation. */
static void first_step(ais__relax *relax)
{
    const double norm = relax->products[relax->newest][relax->newest];
    relax->step = fmax(fabs(relax->best_value), 1e-6) * 0.1 / fmax(norm, 1e-6);
}

/* Longer after each step that rose, shorter after some that did not. */
static void change_step(ais__relax *relax, double rose, double promised, size_t *failures)
{
    if (rose > 0.05 * promised)
        relax->step *= rose > 0.3 * promised ? 2 : 1.4;
    else if (*failures >= 6 || rose < -2 * promised) {
        relax->step *= 0.7;
        *failures = 0;
    }
}

static bool promises_little(const ais__relax *relax, double promised, double enough)
{
    const double gap = enough - relax->best_value, scale = fabs(relax->best_value);
    return promised < 1e-7 * scale ||
           promised < relax->patience * (gap < (double)INFINITY ? gap : 0.1 * scale);
}

void ais__relax_ascend(ais__relax *relax, ais__search *search, const ais__domain *domain,
                       size_t evaluations, double enough)
{
    memcpy(relax->v, relax->best_v, relax->multiplier_count * sizeof *relax->v);
    relax->best_value = ais__relax_evaluate(relax, domain);
    if (!(relax->best_value < (double)INFINITY))
        return;
    take_over_cuts(relax, domain);
    add_cut(relax);
    if (!(relax->step > 0))
        first_step(relax);
    size_t failures = 0, longer = 0;
    for (size_t i = 1; i < evaluations && relax->best_value < enough; i++) {
        if (ais__search_stop(search))
            break;
        weigh_cuts(relax);
        const double promised = find_direction(relax);
        if (promises_little(relax, promised, enough)) {
            /* steps may be too short to promise anything: only what stays little is the end */
            if (++longer > 6)
                break;
            relax->step *= 4;
            continue;
        }
        ais__relax_evaluate(relax, domain);
        if (!(relax->value < (double)INFINITY)) {
            relax->best_value = relax->value;
            break;
        }
        const double rose = relax->value - relax->best_value;
        failures = rose > 0 ? 0 : failures + 1;
        if (rose > 0.05 * promised) {
            move_center(relax);
            longer = 0;
        }
        add_cut(relax);
        change_step(relax, rose, promised, &failures);
    }
    weigh_cuts(relax);
    fill_means(relax);
}

size_t ais__relax_fix(ais__relax *relax, ais__domain *domain, double enough)
{
    memcpy(relax->v, relax->best_v, relax->multiplier_count * sizeof *relax->v);
    const double value = ais__relax_evaluate(relax, domain);
    const double gap = enough - value;
    if (!(gap < (double)INFINITY) || gap <= 0)
        return 0;
    const size_t gone = ais__relax_fix_layers(relax, domain, gap);
    return gone + ais__relax_fix_options(relax, domain, gap);
}
