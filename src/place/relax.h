/* place/relax - a lower bound of the cost of all placements of a domain, for the branch and bound of branch.c.
 *
 * Lagrangian relaxation. A placement chooses a string of options for each component, and a type with a number of
 * machines for each layer; what ties both is that an option is used only where its layer carries it. These ties
 * (links: the options on machines) are priced with multipliers v >= 0 and dropped. What remains separates:
 *   component   the cheapest string by cost + v; the forward rule holds inside of the component
 *   layer       closed, or a type r with n machines at price(r, n) less the most v that n machines can carry:
 *               of each component at most one deployment's options (a bundle), loads within n, and within
 *               cap * n when a bundle with a time limit is among them (its time is at least D / (1 - rho), so
 *               rho <= cap). Bundles may be taken by halves there (the concave hull of each component's
 *               bundles, filled by density), which only adds to what is carried.
 * The sum of all is a bound for every v. The volume algorithm looks for a v that makes it large; its means of
 * strings and layers' choices are near the linear program's solution and say where to branch.
 *
 * Left out, so that the bound stays below: memory, delays, paths but for what they leave each component, the
 * forward rule between components but for what filtering derives.
 * Sources: Geoffrion, Lagrangean relaxation for integer programming (1974); Barahona and Anbil, The volume
 *          algorithm, Math. Programming 87 (2000); Pisinger on the multiple choice knapsack (1995).
 * Layer: within place. Threads: a relaxation belongs to one thread. */
#ifndef AIS_PLACE_RELAX_H
#define AIS_PLACE_RELAX_H
#include "place/search.h"

/* Where the parts of a component may run: all on the edge, first edge and then cloud, all in the cloud. */
enum { AIS__MODE_EDGE = 1, AIS__MODE_MIXED = 2, AIS__MODE_CLOUD = 4, AIS__MODE_ALL = 7 };
enum {
    AIS__RELAX_LEVELS =
        10, /* of rho that bundles with time limits allow; see level_cap in relax_layer.c */
    AIS__RELAX_STEPS = 24, /* counts of machines looked at one by one; more are put together */
    AIS__RELAX_CHAIN = 6   /* parts of a deployment whose bundles are enumerated */
};

/* What is still open. */
typedef struct ais__domain {
    bool *allowed;       /* by option */
    size_t *low, *high;  /* machines by resource where it is in use; high 0: it is not */
    bool *used;          /* by resource: in use for certain */
    bool *open;          /* by layer: something of it is in use for certain */
    unsigned char *mode; /* by component: modes that are possible */
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
} ais__bundle;
/* A component on a resource. */
typedef struct ais__seat {
    size_t component, resource;
    size_t first_fan, fan_count, first_bundle, bundle_count; /* bundles ascending in load */
} ais__seat;
/* A step of filling a resource: a seat goes from one bundle to a larger one. */
typedef struct ais__step {
    double slope, load, profit;
    uint32_t from, to; /* bundles; UINT32_MAX: none */
} ais__step;
/* How a resource is best opened. */
typedef struct ais__opening {
    double value;      /* INFINITY: it is not */
    size_t low, count; /* machines: count; from low on when counts are put together */
    int level;         /* of rho; -1: one option that wants its machines for itself */
} ais__opening;

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
    double *profits, *seat_profit;
    unsigned char *level; /* by bundle: index of its cap; AIS__RELAX_LEVELS: not possible */
    /* scratch of the layers */
    ais__step *steps;
    size_t step_count;
    ais__opening *opening; /* by resource */
    bool *chosen;          /* by resource */
    /* the components */
    double *edge_value, *cloud_value; /* by part: cheapest option there */
    size_t *edge_option, *cloud_option;
    double *deployment_value, *component_value;
    size_t *string; /* by part: option of the cheapest string; AIS_SYSTEM_NONE when not chosen */
    /* by link: multipliers, the best ones, choices and their means */
    double *v, *best_v, *y, *w, *y_mean, *w_mean;
    double *open_mean, *count_mean; /* by resource */
    double *string_mean;            /* by option, functions too */
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
extern const double ais__relax_level_cap[AIS__RELAX_LEVELS];

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
