/* place/generate - what its files share: the system as it is drawn, before it is written. */
#ifndef AIS_PLACE_GENERATE_PRIV_H
#define AIS_PLACE_GENERATE_PRIV_H
#include "base/random.h"
#include "place/generate.h"

enum { AIS__GENERATE_PARTS = 5, AIS__GENERATE_DEPLOYMENTS = 3, AIS__GENERATE_REACH = 6 };

typedef struct ais__made_type {
    const char *name;
    size_t layer, number;
    double cost;
} ais__made_type;

typedef struct ais__made_layer {
    const char *name;
    bool is_cloud;
    size_t first_type, type_count;
    size_t known_type; /* that the known placement uses */
    double load;       /* of the known placement, in machines */
} ais__made_layer;

typedef struct ais__made_deployment {
    size_t part_count, first_name; /* its partitions are h<first_name>, ... */
    double exits[AIS__GENERATE_PARTS];
    double shares[AIS__GENERATE_PARTS]; /* of the component's demand */
    double next_mb[AIS__GENERATE_PARTS];
} ais__made_deployment;

typedef struct ais__made_component {
    size_t layers[AIS__GENERATE_REACH], layer_count; /* where it may run, one of them known_layer */
    bool functions;
    size_t known_layer, known_deployment;
    double *demand_s; /* by type; of types that it may run on */
    double warm_s, cold_s;
    ais__made_deployment deployments[AIS__GENERATE_DEPLOYMENTS];
    size_t deployment_count;
    size_t next[8], next_count;
    double next_share[8], out_mb[8];
    double visits, known_s;
} ais__made_component;

typedef struct ais__made {
    ais_generate_options options; /* defaults filled in */
    ais_random random;
    ais_arena *arena;
    ais__made_component *components;
    ais__made_layer *layers;
    ais__made_type *types;
    size_t layer_count, type_count;
    double scale; /* of demands */
} ais__made;

/* Evenly from [low, high). */
double ais__made_draw(ais__made *made, double low, double high);
/* A whole number from low to high, both included. */
size_t ais__made_pick(ais__made *made, size_t low, size_t high);
/* Demand of a partition on a type, scaled. */
double ais__made_demand_s(const ais__made *made, size_t component, size_t deployment, size_t part,
                          size_t type);
/* The system as JSON; draws functions' prices, memories and the limits. */
ais_doc_node *ais__made_to_node(ais__made *made, ais_doc *doc);
/* The known placement as Output.json. */
ais_doc_node *ais__made_known_to_node(const ais__made *made, ais_doc *doc);
#endif
