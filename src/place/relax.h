/* place/relax - a lower bound of the cost of all placements of a domain, for the branch and bound of branch.c.
 *
 * Lagrangian relaxation. A placement chooses a string of options for each component, and a type with a number of
 * machines for each layer; what ties both is that an option is used only where its layer carries it. These ties
 * (links: the options on machines) are priced with multipliers v >= 0 and dropped. What remains separates:
 *   component   the cheapest string by cost + v; the forward rule holds inside of the component
 *   layer       closed, or a type r with n machines at price(r, n) less the most v that n machines can carry:
 *               of each component at most one deployment's options (a bundle), loads within n. Bundles may be
 *               taken by halves there (the concave hull of each component's bundles, filled by density), which
 *               only adds to what is carried.
 * Rows tie more, with multipliers too: limits of components and paths, and numbers of machines of a kind that
 * branching asks for. Times: a layer also chooses a level, an interval of rho; then loads stay within its upper
 * end, times are at least D / (1 - its lower end), and a bundle whose component would be late at that rho by
 * itself is not carried.
 * The sum of all is a bound for all multipliers. A bundle method looks for some that make it large; its
 * means of strings and layers' choices are near the linear program's solution and say where to branch.
 *
 * Left out, so that the bound stays below: memory, delays, the forward rule between components but for what
 * filtering derives.
 * Sources: Geoffrion, Lagrangean relaxation for integer programming (1974); Pisinger on the multiple choice knapsack (1995).
 * Layer: within place. Threads: a relaxation belongs to one thread. */
#ifndef AIS_PLACE_RELAX_H
#define AIS_PLACE_RELAX_H
#include "place/search.h"

/* Where the parts of a component may run: all on the edge, first edge and then cloud, all in the cloud. */
enum { AIS__MODE_EDGE = 1, AIS__MODE_MIXED = 2, AIS__MODE_CLOUD = 4, AIS__MODE_ALL = 7 };
enum {
    AIS__RELAX_LEVELS = 14, /* of rho; see ais__relax_level_cap */
    AIS__RELAX_CUTS = 100,
    AIS__RELAX_STEPS = 24, /* counts of machines looked at one by one; more are put together */
    AIS__RELAX_CHAIN = 6   /* parts of a deployment whose bundles are enumerated */
};

enum { AIS__GROUP_EDGE, AIS__GROUP_VM, AIS__GROUPS };

/* What is still open. */
typedef struct ais__domain {
    bool *allowed;       /* by option */
    size_t *low, *high;  /* machines by resource where it is in use; high 0: it is not */
    bool *used;          /* by resource: in use for certain */
    bool *open;          /* by layer: something of it is in use for certain */
    unsigned char *mode; /* by component: modes that are possible */
    size_t group_low[AIS__GROUPS],
        group_high[AIS__GROUPS];     /* machines of all edge, of all VM types */
    double group_money[AIS__GROUPS]; /* what they cost at least; 0: not known */
} ais__domain;
ais__domain ais__domain_new(const ais_perf *perf, ais_arena *arena); /* everything is open */
void ais__domain_copy(const ais_perf *perf, ais__domain *into, const ais__domain *from);

/* Options of one deployment on one resource: all subsets are bundles. */
typedef struct ais__fan {
    size_t deployment, first_link, link_count; /* into fan_links */
    size_t first_profit;                       /* into profits: by set of links */
} ais__fan;
typedef struct ais__bundle {
    double load;
    uint32_t fan, set; /* bits: links of the fan */
    uint32_t profit;   /* into profits */
} ais__bundle;
/* A component on a resource. */
typedef struct ais__seat {
    size_t component, resource;
    size_t first_fan, fan_count, first_bundle, bundle_count; /* bundles ascending in load */
} ais__seat;
/* A bundle that brings something at the present multipliers. */
typedef struct ais__offer {
    double load, profit, delay;
    uint32_t bundle, level;
} ais__offer;
/* A step of filling a resource: a seat goes from one bundle to a larger one. */
typedef struct ais__step {
    double load, profit;
    uint32_t from, to; /* bundles; UINT32_MAX: none */
} ais__step;
typedef struct ais__slope {
    double slope;
    size_t step;
} ais__slope;
/* How a resource is best opened. */
typedef struct ais__opening {
    double value;      /* INFINITY: it is not */
    size_t low, count; /* machines: count; from low on when counts are put together */
    int level;         /* of rho; -1: one option that wants its machines for itself */
} ais__opening;

/* What an evaluation chose, and by how much that violates each tie: y - w. */
typedef struct ais__cut {
    double cost, weight;
    double slack;           /* above the best value, at the best multipliers */
    float *g;               /* by multiplier */
    size_t *string, *count; /* by part, by resource */
} ais__cut;

typedef struct ais__relax {
    const ais_perf *perf;
    ais_arena *arena;
    double *cost;   /* by option: the least it adds by itself */
    double *drag_s; /* by option: share of the component's time, without queueing */
    size_t link_count;
    size_t *link_option; /* by link */
    size_t *link_of;     /* by option; AIS_SYSTEM_NONE of functions */
    ais__seat *seats;    /* by resource */
    ais__fan *fans;
    ais__bundle *bundles;
    size_t *fan_links;
    size_t *first_seat;              /* by resource, and the end */
    size_t *lone_links, *first_lone; /* likewise: links that share their machines with nothing */
    size_t seat_count, fan_count, bundle_count, profit_count, lone_count;
    double *profits, *delays; /* by set of links: sums of v, and of time_price */
    double *time_price;       /* by link: what its time costs without queueing */
    double *second_price;     /* by component: of a second of its time */
    double *passed_s;         /* by component: its time at what was chosen */
    uint32_t *fan_useful;     /* by fan: links that bring something, as bits */
    unsigned char *level;     /* by bundle: index of its cap; AIS__RELAX_LEVELS: not possible */
    /* scratch of the layers */
    ais__offer *offers; /* of the resource at hand, ascending in load within a seat */
    size_t *first_offer, open_seats;
    ais__step *steps;
    ais__slope *slopes; /* of the steps, falling */
    size_t step_count;
    ais__opening *opening; /* by resource */
    bool *chosen;          /* by resource */
    /* the components */
    double *edge_value, *cloud_value; /* by part: cheapest option there */
    size_t *edge_option, *cloud_option;
    double *deployment_value, *component_value;
    size_t *string; /* by part: option of the cheapest string; AIS_SYSTEM_NONE when not chosen */
    /* Multipliers, the best ones, both sides of what they tie (violated where y > w), and their means. By link,
     * then by row: limits of components and paths (times as shares of them), then for each group at least and
     * at most so many machines, and at least so much money. */
    size_t multiplier_count, first_path_row, first_group_row;
    size_t *row_of_component; /* AIS_SYSTEM_NONE without a limit */
    double *v, *best_v, *y, *w, *direction;
    float *center;                  /* best_v in units */
    double *carry_unit;             /* by resource: of the price of its capacity */
    double *unit;                   /* of a multiplier; cuts' g and directions are in such units */
    double *open_mean, *count_mean; /* by resource */
    double *string_mean;            /* by option, functions too */
    ais__cut cuts[AIS__RELAX_CUTS];
    size_t cut_count, newest;
    double products[AIS__RELAX_CUTS][AIS__RELAX_CUTS]; /* of the cuts' g, links alone */
    double step;                                       /* how far to go along the cuts' direction */
    double patience; /* an ascent ends when it promises less than this share of what is missing */
    double value, best_value;
    uint64_t evaluations;
} ais__relax;

ais__relax *ais__relax_new(const ais_perf *perf);
void ais__relax_free(ais__relax *relax);
AIS_DEFINE_AUTO(ais__relax)

/* Fit the bundles to a domain that was filtered: which are possible, and with what load beside them.
 * `slack_s` by component: time that it may take at most; `part_s` by part: the least it takes. */
void ais__relax_fit(ais__relax *relax, const ais__domain *domain, const double *slack_s,
                    const double *part_s);
/* Start multipliers: machines are paid by what they carry. */
void ais__relax_start(ais__relax *relax, const ais__domain *domain);
/* The bound at v: fills value, y, w and the choices. INFINITY when nothing is possible. */
double ais__relax_evaluate(ais__relax *relax, const ais__domain *domain);
/* Raise best_value from best_v, at most so many evaluations; ends once it is `enough`, or hopeless. */
void ais__relax_ascend(ais__relax *relax, ais__search *search, const ais__domain *domain,
                       size_t evaluations, double enough);
/* Take out of the domain what costs at least `enough` at best_v. Returns how much went. */
size_t ais__relax_fix(ais__relax *relax, ais__domain *domain, double enough);

/* Parts of evaluate: sums of the layers' and of the components' values. */
double ais__relax_layers(ais__relax *relax, const ais__domain *domain);
double ais__relax_components(ais__relax *relax, const ais__domain *domain);
/* At best_v, of which relax_layers() was just computed: take out counts, types and closed layers that cost `gap`
 * more than what is chosen. */
size_t ais__relax_fix_layers(ais__relax *relax, ais__domain *domain, double gap);
/* Likewise options that cost `gap` more than the component's string. */
size_t ais__relax_fix_options(ais__relax *relax, ais__domain *domain, double gap);
/* Upper ends of the levels, falling from 1; the lower end of the last is 0. */
extern const double ais__relax_level_cap[AIS__RELAX_LEVELS];
/* Rows: price seconds and time_price by the multipliers; returns the constant part. Afterwards both sides. */
double ais__relax_price_rows(ais__relax *relax, const ais__domain *domain);
void ais__relax_fill_rows(ais__relax *relax, const ais__domain *domain);
/* Violations of the groups' rows of a choice of counts, into g. */
void ais__relax_count_rows(const ais__relax *relax, const ais__domain *domain, const size_t *count,
                           float *g);
/* What the rows of a resource's group pay: for each machine (at least), take (at most), and the share of the
 * price that they pay. */
void ais__relax_group_prices(const ais__relax *relax, const ais__domain *domain, size_t resource,
                             double *least, double *most, double *share);
/* Does its response time rise with the load of its machines? */
static inline bool ais__relax_is_queued(const ais__relax *relax, size_t option)
{
    return relax->perf->system->options[option].kind == AIS_MODEL_QUEUE;
}
/* At least so much longer than without queueing a response takes at a level. */
double ais__relax_level_wait(unsigned level);

/* filter.c: derive what follows from a domain. False when nothing is left. */
typedef struct ais__filter ais__filter;
ais__filter *ais__filter_new(const ais_perf *perf);
void ais__filter_free(ais__filter *filter);
AIS_DEFINE_AUTO(ais__filter)
bool ais__filter_run(ais__filter *filter, ais__domain *domain);
/* As ais__relax_fit() wants them; valid after a run. */
const double *ais__filter_slack_s(const ais__filter *filter);
const double *ais__filter_part_s(const ais__filter *filter);
#endif
