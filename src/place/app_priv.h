/* What the files app*.c share: the files read, and the designs with the places where they may run. */
#ifndef AIS_PLACE_APP_PRIV_H
#define AIS_PLACE_APP_PRIV_H
#include "place/app.h"

/* The files besides the application's own. */
typedef enum ais__place_file {
    AIS__FILE_SPACE4AI,   /* space4ai-d/SPACE4AI-D.yaml */
    AIS__FILE_PARTITIONS, /* aisprint/designs/component_partitions.yaml */
    AIS__FILE_QOS,        /* qos_constraints.yaml, of the application or of the deployment */
    AIS__FILE_MODELS,     /* oscarp/performance_models.json */
    AIS__FILE_SIZES,      /* oscarp/components_data_size.yaml */
    AIS__FILE_MANIFEST,   /* aisprint/deployments/deployments.yaml */
    AIS__FILE_GRAPH,      /* application_dag.yaml of the deployment */
    AIS__FILES
} ais__place_file;

/* A place where a part may run. */
typedef struct ais__place_candidate {
    size_t resource; /* of the application */
    ais_pos pos;     /* of its name in candidate_deployments.yaml */
    const ais_doc_node *model;
} ais__place_candidate;

/* A design as part of the system: "h2". */
typedef struct ais__place_part {
    const char *name;   /* "h2" */
    const char *unit;   /* "blur_partition1_1": its name in all files but ours */
    const char *design; /* "partition1_1" */
    size_t group;       /* 0: base; else the number of its cut */
    size_t segment;     /* in its chain, from 0 */
    size_t entry;       /* in app->candidates, or AIS_NONE */
    ais_pos pos;        /* in component_partitions.yaml */
    double early_exit;
    ais__place_candidate *candidates;
    size_t candidate_count;
} ais__place_part;

/* A chain of parts: "s2". */
typedef struct ais__place_chain {
    const char *name;
    size_t group;
    ais__place_part **parts;
    size_t part_count;
    bool left_out; /* a part has no candidate */
} ais__place_chain;

typedef struct ais__place_component {
    const char *name;       /* "c1": by component_partitions.yaml */
    size_t component;       /* of the application: itself, or the alternative of the deployment */
    ais__place_part *parts; /* by h */
    size_t part_count;
    ais__place_chain *chains; /* by s */
    size_t chain_count;
} ais__place_component;

typedef enum ais__place_kind {
    AIS__KIND_OUT,
    AIS__KIND_EDGE,
    AIS__KIND_VM,
    AIS__KIND_FAAS,
    AIS__KINDS
} ais__place_kind;

struct ais_place_app_private {
    ais_doc *files[AIS__FILES];       /* NULL where there is none */
    ais__place_component *components; /* by base component of the application */
    ais__place_kind *kinds;           /* by layer of the application */
    const char **kind_reasons;        /* why a layer is out */
    const char **resource_names;      /* in the system, by resource of the application; NULL: out */
    size_t removed_capacity;
};

/* The part of the application that a part of the system is. */
const ais__place_part *ais__place_part_of(const ais_place_app *app, size_t part);

/* One reading. */
typedef struct ais__place_reader {
    const ais_place_app_options *options;
    ais_diags *diags;
    ais_place_app *out;
    const ais_app *app;
    struct ais_place_app_private *private;
    ais_arena *arena;
    ais_doc *doc;              /* SystemFile.json */
    const ais_doc_node *units; /* of the deployment asked for, in deployments.yaml; NULL: all */
} ais__place_reader;

void ais__place_error(const ais__place_reader *r, const char *rule, ais_pos pos, const char *hint,
                      const char *format, ...) AIS_PRINTF(5, 6);
const ais_doc_node *ais__place_root(const ais__place_reader *r, ais__place_file file); /* or NULL */
/* ais_doc_find() that takes NULL for a node, and gives NULL for a null. */
const ais_doc_node *ais__place_find(const ais_doc_node *node, const char *key);
/* ais_doc_put() with the key where the value stands. */
void ais__place_put(const ais__place_reader *r, ais_doc_node *map, const char *key,
                    ais_doc_node *value);
/* The path of a file, in the arena. */
const char *ais__place_path(const ais__place_reader *r, ais__place_file file);

/* ---- app_files.c ---- */
/* All files, and the deployment asked for. -1 when there were errors. */
AIS_NODISCARD int ais__place_read_files(ais__place_reader *r);
/* The entry of a unit in the deployment asked for, or of any deployment when none is; NULL when absent. */
const ais_doc_node *ais__place_find_unit(const ais__place_reader *r, const char *unit);

/* ---- app_designs.c ---- */
void ais__place_find_designs(ais__place_reader *r);

/* ---- app_candidates.c ---- */
void ais__place_find_kinds(ais__place_reader *r);
void ais__place_find_candidates(ais__place_reader *r);

/* ---- app_system.c: keys of SystemFile.json ---- */
void ais__place_put_resources(ais__place_reader *r, ais_doc_node *root);
void ais__place_put_network(ais__place_reader *r, ais_doc_node *root);

/* ---- app_components.c ---- */
void ais__place_put_components(ais__place_reader *r, ais_doc_node *root);
void ais__place_put_options(ais__place_reader *r,
                            ais_doc_node *root); /* compatibility, performance */
void ais__place_put_graph(ais__place_reader *r, ais_doc_node *root);
/* ---- app_limits.c ---- */
void ais__place_put_limits(ais__place_reader *r, ais_doc_node *root);
void ais__place_put_rate(ais__place_reader *r, ais_doc_node *root); /* Lambda */
/* Warn of components within the graph that expect another rate than the one that comes to them. */
void ais__place_check_rates(const ais__place_reader *r);
#endif
