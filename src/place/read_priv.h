/* place/read_priv - what the files that read a system share.
 *
 * First the shape of the whole tree is held against tables (read_schema.c), which tell every value of a wrong
 * kind or out of range. The steps after it look at what has the right shape and silently pass by the rest, so
 * that one run tells faults of both sorts and none twice.
 * Layer: within place. */
#ifndef AIS_PLACE_READ_PRIV_H
#define AIS_PLACE_READ_PRIV_H
#include "place/read.h"

/* Names below a parent (a number), and what they stand for (an index): every look-up of this reader. Names are
 * borrowed. `ais__names n = {0};` is empty. */
typedef struct ais__name_slot {
    const char *name; /* NULL: free */
    size_t parent, index;
    uint64_t hash;
} ais__name_slot;
typedef struct ais__names {
    ais__name_slot *slots;
    size_t capacity, count;
} ais__names;
/* AIS_SYSTEM_NONE when absent. */
size_t ais__names_find(const ais__names *names, size_t parent, const char *name);
/* Returns the index that stood there before, which stays, or AIS_SYSTEM_NONE when the name is new. */
size_t ais__names_put(ais__names *names, size_t parent, const char *name, size_t index);
void ais__names_clear(ais__names *names);

#define AIS__READ_BROKEN (AIS_SYSTEM_NONE - 1)

typedef struct ais__system_reader {
    ais_system *system;
    ais_diags *diags;
    const ais_doc_node *root;
    const char *dir;
    ais_arena *scratch;
    ais__names components, resources, layers;
    ais__names parts;  /* parent: component; AIS__READ_BROKEN: of a chain that is at fault */
    ais__names models; /* files of fitted models: many options may have one */
    const ais_predictor **predictors; /* by index in `models` */
    size_t predictor_count, predictor_capacity;
    ais__names edges; /* parent: the component that they leave; name: where they lead */
    /* by component: its entry of these sections, NULL when there is none of a right shape */
    const ais_doc_node **graph, **compatibility, **performance;
    bool *unsure; /* by component: its successors are at fault, so nothing is held against them */
    bool graph_unsure; /* an entry of the graph has a name of no component: whose is it? */
    struct {           /* file names of positions, from the tree's memory to the system's */
        const char *theirs, *ours;
    } files[4];
    size_t file_count;
} ais__system_reader;

/* ---- read_look.c: values of a checked tree ---- */

/* NULL unless it is there and of one of these kinds. */
const ais_doc_node *ais__read_find(const ais_doc_node *map, const char *key, ais_doc_kind kinds);
/* The number of a key; `otherwise` when there is none. */
double ais__read_number(const ais_doc_node *map, const char *key, double otherwise);
/* Likewise a whole number, also written as 2.0; another one is a fault. */
size_t ais__read_whole(ais__system_reader *r, const ais_doc_node *map, const char *key,
                       size_t otherwise);
const char *ais__read_key(const ais_doc_node *map, size_t i);
/* Positions and texts that the system owns. */
ais_pos ais__read_pos(ais__system_reader *r, const ais_doc_node *node);
const char *ais__read_keep(ais__system_reader *r, const char *text);
/* An error; `hint` may be NULL. */
void ais__read_fault(ais__system_reader *r, const char *rule, const ais_doc_node *at,
                     const char *hint, const char *format, ...) AIS_PRINTF(5, 6);
void ais__read_warn(ais__system_reader *r, const char *rule, const ais_doc_node *at,
                    const char *hint, const char *format, ...) AIS_PRINTF(5, 6);
/* "did you mean 'c12'?" or `otherwise`, which it is once nobody reads the faults any more. Ownership: the
 * caller frees it. */
char *ais__read_near(const ais_diags *diags, const char *word, const void *names, size_t count,
                     const char *(*name_at)(const void *names, size_t i), const char *otherwise);
char *ais__read_near_component(const ais__system_reader *r, const char *word);
char *ais__read_near_resource(const ais__system_reader *r, const char *word);

/* ---- the steps, in this order ---- */

/* Shape and limits. Returns false when there is no use in going on (too much of something). */
bool ais__read_check_limits(ais__system_reader *r);
void ais__read_check_shape(const ais_doc_node *root, ais_diags *diags);
void ais__read_resources(ais__system_reader *r);
void ais__read_components(ais__system_reader *r); /* names alone */
void ais__read_graph(ais__system_reader *r);      /* edges, order, visits */
void ais__read_chains(ais__system_reader *r);     /* deployments, parts, data between them */
void ais__read_options(ais__system_reader *r);
void ais__read_local_limits(ais__system_reader *r);
void ais__read_paths(ais__system_reader *r);
void ais__read_network(ais__system_reader *r);
#endif
