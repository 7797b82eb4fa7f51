/* app_priv - what the files of this room share: the state of one loading, faults, names. */
#ifndef AIS_APP_PRIV_H
#define AIS_APP_PRIV_H
#include "app/app.h"
#include "base/map.h"

/* Limits on an application; above them: rule "limit". */
enum {
    AIS_APP_MAX_COMPONENTS = 1000,
    AIS_APP_MAX_EDGES = 10000,
    AIS_APP_MAX_CANDIDATES = 4000,
    AIS_APP_MAX_LAYERS = 1000, /* and domains */
    AIS_APP_MAX_RESOURCES = 10000,
    AIS_APP_MAX_SOURCES = 2000
};

struct ais_app_private {
    ais_arena *arena;
    ais_doc *dag, *candidate_deployments, *candidate_resources, *security;
    ais_annotations **annotations; /* one a source, NULL where unreadable */
    ais_map *components, *candidates,
        *resources;        /* by name; value: the entry (first of its name) */
    size_t *same_resource; /* a resource -> the next of the same name, or AIS_NONE */
};

/* One loading. The `known` flags say whether a list is whole: against a list with a hole in it
 * (its file is broken, an entry has no name) no name is called unknown, for that would be a fault
 * that follows from another one. */
typedef struct ais_app_load_state {
    ais_app *app;
    ais_diags *diags;
    ais_arena *arena; /* the application's */
    bool components_known, edges_known, candidates_known, layers_known, resources_known;
    bool sources_known, acyclic;
    ais_map *unknown;    /* names of components and other things that are told already */
    bool *source_faulty; /* a source -> its file had errors of its own */
} ais_app_load_state;

/* A growing list of borrowed names. */
typedef struct ais_app_names {
    const char **items;
    size_t count, capacity;
} ais_app_names;
void ais_app_names_clear(ais_app_names *names);
void ais__app_add_name(ais_app_names *names, const char *name);

/* ---- report.c: faults and their hints ---- */
void ais__app_error(ais_app_load_state *state, const char *rule, ais_pos pos, const char *hint,
                    const char *format, ...) AIS_PRINTF(5, 6);
void ais__app_warn(ais_app_load_state *state, const char *rule, ais_pos pos, const char *hint,
                   const char *format, ...) AIS_PRINTF(5, 6);
/* "did you mean 'x'?", or the list of `names` when none is near. In the application's arena. */
const char *ais__app_hint_names(const ais_app_load_state *state, const char *word,
                                const ais_app_names *names);
/* The nearest of `names`, or NULL. */
const char *ais__app_nearest(const char *word, const ais_app_names *names);
/* Names of the components, alternatives included or not. */
void ais__app_list_components(const ais_app *app, bool alternatives, ais_app_names *out);
/* Report a component name nobody knows, unless the list of components has holes or the name was
 * reported and remembered before: a slip in application_dag.yaml would else be told again by each
 * file that has the name right. */
void ais__app_unknown_component(ais_app_load_state *state, const char *name, ais_pos pos,
                                bool remember);
/* True once for each `name` of each `what`: an unknown thing is told once. */
bool ais__app_is_first(ais_app_load_state *state, const char *what, const char *name);
/* A dependency that somebody counts on and that there is not: true the first time. */
bool ais__app_miss_edge(ais_app_load_state *state, size_t from, size_t to);
/* Is there an error at this very place already? */
bool ais__app_is_reported(const ais_app_load_state *state, ais_pos pos);
/* The position of a whole file or folder. */
ais_pos ais__app_file_pos(const char *path);
/* A number of bytes in the unit that reads best, in the arena: "512 MB". */
const char *ais__app_megabytes(const ais_app_load_state *state, double bytes);

/* ---- schema.c ---- */
extern const ais_doc_schema ais__app_dag_schema, ais__app_deployments_schema,
    ais__app_resources_schema;
/* Of the resources on a layer of this type; NULL for a type that there is not. */
const ais_doc_schema *ais__app_resource_schema(const char *layer_type);

/* ---- load.c ---- */
/* Read a document of common_config/ and hold it against `schema`. NULL when there is nothing to go
 * on; the faults are reported. */
const ais_doc_node *ais__app_open(ais_app_load_state *state, const char *file,
                                  const ais_doc_schema *schema, ais_doc **out);

/* ---- reading, one file of the application each ---- */
void ais__app_read_dag(ais_app_load_state *state);
void ais__app_read_edges(ais_app_load_state *state, const ais_doc_node *dependencies);
void ais__app_read_resources(ais_app_load_state *state);
void ais__app_check_domains(ais_app_load_state *state, const ais_doc_node *domains);
void ais__app_read_candidates(ais_app_load_state *state);
void ais__app_read_security(ais_app_load_state *state); /* after the candidates: it adds to them */
void ais__app_read_sources(ais_app_load_state *state);

/* ---- checking, after all is read ---- */
void ais__app_check_graph(ais_app_load_state *state);      /* graph.c: cycles; makes app->order */
void ais__app_check_membership(ais_app_load_state *state); /* who has a source, who an entry */
/* One container's images; `places` as of ais__app_list_places(). */
void ais__app_check_images(ais_app_load_state *state, const ais_app_candidate *candidate,
                           const ais_app_container *container, const size_t *places, size_t count);
/* Is there an image for the resource's architecture, as far as the names tell? */
bool ais__app_image_fits(const ais_app_container *container, const ais_app_resource *resource);
void ais__app_check_partitions(ais_app_load_state *state);
void ais__app_check_placement(ais_app_load_state *state);  /* names in entries against resources */
void ais__app_check_capacity(ais_app_load_state *state);   /* sizes in entries against resources */
void ais__app_check_needs(ais_app_load_state *state);      /* annotations against entries */
void ais__app_check_protection(ais_app_load_state *state); /* @security against entries */
void ais__app_check_paths(ais_app_load_state *state);
void ais__app_check_models(ais_app_load_state *state);
void ais__app_check_code(ais_app_load_state *state); /* code.c: sources that are to be split */
void ais__app_check_performance(ais_app_load_state *state);

void ais__app_check_drift(ais_app_load_state *state); /* @detect_metric_drift against each other */
void ais__app_check_security(ais_app_load_state *state); /* names in security.yaml */

/* What asks for the protection `argument` (of @security, or "secureBoot", "measuredBoot") for a component: the
 * source or security.yaml, where one of them says true; else what says false; NULL when nothing does. */
const ais_doc_node *ais__app_find_demand(const ais_app *app, size_t component,
                                         const char *argument);

/* ---- small questions ---- */
/* The component that an entry of candidate_deployments.yaml belongs to, by the entry's name: that of the
 * component, or of one of its segments. AIS_NONE when there is none. */
size_t ais__app_find_owner(const ais_app *app, const char *name);
/* A scalar key of a map when it has one of `kinds`, else NULL. */
const ais_doc_node *ais__app_find_kind(const ais_doc_node *map, const char *key,
                                       ais_doc_kind kinds);
const char *ais__app_find_string(const ais_doc_node *map, const char *key); /* or NULL */
bool ais__app_find_bool(const ais_doc_node *map, const char *key);          /* false when absent */
double ais__app_find_number(const ais_doc_node *map, const char *key, double otherwise);
size_t ais__app_find_edge(const ais_app *app, size_t from, size_t to);
/* The entry that a key with a suffix belongs to, or AIS_NONE. */
size_t ais__app_find_base(const ais_app *app, const ais_app_candidate *candidate);
/* Indices of the resources on which a container may run, those of unknown names left out. */
size_t ais__app_list_places(const ais_app *app, const ais_app_candidate *candidate,
                            const ais_app_container *container, size_t *out, size_t capacity);
/* The sum over its processors; 0 where it does not say. */
double ais__app_computing_units(const ais_app_resource *resource);
/* Does `name` end in "_partition<G>_<K>" (G a number, or X for any)? Gives the length of what is
 * before, and K (may be NULL). */
bool ais__app_split_partition(const char *name, size_t *stem, unsigned *part);
/* `componentN_alternativeK`: as above. */
bool ais__app_split_alternative(const char *key, size_t *stem);
#endif
