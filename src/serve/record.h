/* serve/record - what a run measured, and what follows from it: quantiles, constraints.
 *
 * Every measurement is kept (24 bytes for each item and component), so quantiles are exact.
 * Layer: above executor (its hops). Units: seconds, items per second. Threads: one. */
#ifndef AIS_SERVE_RECORD_H
#define AIS_SERVE_RECORD_H
#include "serve/executor.h"

/* One component, one item that went well. Single precision where nothing is computed from it but the
 * overhead and the plots. */
typedef struct ais_sample {
    double took_s;    /* from dispatch to reply */
    float at_s;       /* of the reply, since the run began */
    float function_s; /* in the user's function; NAN when not known */
    float handling_s; /* by us, before and after */
} ais_sample;

typedef struct ais_component_record {
    ais_sample *samples;
    size_t count, capacity;
    size_t failed, dropped;               /* items; the dropped are also among the samples */
    double first_given_s, last_replied_s; /* since the run began; NAN before the first */
} ais_component_record;

/* One session that ended well (ok or dropped). */
typedef struct ais_session_sample {
    double took_s; /* from its admission to its end */
    float at_s;
} ais_session_sample;

/* What happened along the path of one constraint. */
typedef struct ais_path_record {
    size_t count, over; /* sessions that went all the way; those above the limit */
    double sum_s, worst_s;
} ais_path_record;

typedef struct ais_record {
    const ais_plan *plan;
    double begin_s, end_s;            /* of ctx->monotonic_s */
    size_t ok, failed, dropped;       /* sessions */
    ais_component_record *components; /* one a node */
    ais_path_record *paths;           /* one a constraint */
    ais_session_sample *sessions;
    size_t session_count, session_capacity;
} ais_record;

/* `plan` is borrowed. Ownership: the caller frees. */
ais_record *ais_record_new(const ais_plan *plan);
void ais_record_free(ais_record *record);
AIS_DEFINE_AUTO(ais_record)
void ais_record_add_hop(ais_record *record, const ais_hop *hop);
void ais_record_add_session(ais_record *record, const ais_session_end *end);

/* Figures of a list of times; NAN when there are none. */
typedef struct ais_figures {
    size_t count;
    double mean_s, p50_s, p95_s, p99_s, worst_s;
} ais_figures;

/* Of one component: dispatch to reply; in the user's function; our own (all else, handling included). */
typedef struct ais_component_figures {
    ais_figures time, function, overhead;
    double rate_rps; /* finished items per second, from its first dispatch to its last reply; NAN */
} ais_component_figures;
void ais_record_get_component(const ais_record *record, size_t node, ais_component_figures *out);
void ais_record_get_sessions(const ais_record *record, ais_figures *out); /* end to end */

typedef struct ais_verdict {
    double value;   /* mean seconds, or items per second; NAN when nothing was measured */
    bool met;       /* only when measured */
    double worst_s; /* NAN for throughput */
    size_t over;    /* items above the limit */
} ais_verdict;
void ais_record_get_verdict(const ais_record *record, size_t constraint, ais_verdict *out);
#endif
