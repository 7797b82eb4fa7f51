/* annotate - from source code to annotations. Reads Python and C with tree-sitter; runs nothing.
 *
 * Layer: above doc; knows no application.
 * Values are document nodes with positions in the source file; units are those of the source
 * (seconds, GB, hours, invocations per second), converted by whoever uses them.
 * Threads: no shared state. */
#ifndef AIS_ANNOTATE_ANNOTATE_H
#define AIS_ANNOTATE_ANNOTATE_H
#include "doc/doc.h"

/* The nine annotations, in the order of the documentation. */
#define AIS_ANNOTATIONS(X)                                                                         \
    X(COMPONENT_NAME, "component_name")                                                            \
    X(EXEC_TIME, "exec_time")                                                                      \
    X(EXPECTED_THROUGHPUT, "expected_throughput")                                                  \
    X(PARTITIONABLE_MODEL, "partitionable_model")                                                  \
    X(DEVICE_CONSTRAINTS, "device_constraints")                                                    \
    X(EARLY_EXITS_MODEL, "early_exits_model")                                                      \
    X(MODEL_PERFORMANCE, "model_performance")                                                      \
    X(DETECT_METRIC_DRIFT, "detect_metric_drift")                                                  \
    X(SECURITY, "security")

typedef enum ais_annotation_kind {
#define AIS_ANNOTATION_ENUM(constant, name) AIS_ANNOTATION_##constant,
    AIS_ANNOTATIONS(AIS_ANNOTATION_ENUM)
#undef AIS_ANNOTATION_ENUM
        AIS_ANNOTATION_COUNT
} ais_annotation_kind;

typedef enum ais_language { AIS_LANGUAGE_PYTHON, AIS_LANGUAGE_C } ais_language;

/* What one source file says. */
typedef struct ais_annotations ais_annotations;

/* One argument of one annotation. `types` are the kinds allowed; an argument with a `unit` also takes
 * strings with a unit, which are converted ('20ms' -> 0.02 for seconds). This table checks sources,
 * fills messages and prints the guide. */
typedef struct ais_annotation_argument {
    const char *name;
    ais_doc_kind kinds;      /* of the value */
    ais_doc_kind item_kinds; /* of the elements when the value is a list; 0 = no lists */
    bool required;
    bool has_minimum, above_minimum;
    double minimum;
    bool has_maximum;
    double maximum;
    const char *unit;           /* "s", "GB", "h", "1/s" or NULL */
    const char *const *choices; /* NULL-terminated, for strings */
    const char *help;
} ais_annotation_argument;

typedef struct ais_annotation_spec {
    const char *name;
    const char *summary;
    const ais_annotation_argument *arguments;
    size_t argument_count;
} ais_annotation_spec;

const ais_annotation_spec *ais_annotation_spec_of(ais_annotation_kind kind);

/* Read one source file. Adds every fault to `diags` with the position in the source: rules such as
 * "not-static", "unknown-argument", "missing-argument", "wrong-type", "out-of-range",
 * "duplicate-annotation", "python-syntax", "c-syntax", "no-entry", "bare-annotation".
 * Returns -1 when one was an error; `*out` is then NULL unless the annotations could still be read
 * (so that later checks can say more in the same run).
 * `path` is also the name in positions. Ownership: the caller frees `*out`. */
AIS_NODISCARD int ais_annotate_read(const char *path, ais_language language, ais_diags *diags,
                                    ais_annotations **out);
/* As above for bytes in memory. */
AIS_NODISCARD int ais_annotate_parse(const char *name, const char *text, size_t length,
                                     ais_language language, ais_diags *diags,
                                     ais_annotations **out);
void ais_annotations_free(ais_annotations *annotations);
AIS_DEFINE_AUTO(ais_annotations)

/* Name of the annotated entry function ("main" in Python, the function below the macros in C), and
 * where it is defined. */
const char *ais_annotations_get_entry(const ais_annotations *annotations);
ais_pos ais_annotations_get_entry_pos(const ais_annotations *annotations);
/* The names of all top-level functions of the file, as a list node (for condition_function). */
const ais_doc_node *ais_annotations_get_functions(const ais_annotations *annotations);
/* The arguments of one annotation as a map node (position: the annotation's name in the source; each
 * value's position: the value in the source), NULL when it is absent. */
const ais_doc_node *ais_annotations_find(const ais_annotations *annotations,
                                         ais_annotation_kind kind);
/* One argument, NULL when the annotation or the argument is absent (or is None). */
const ais_doc_node *ais_annotations_find_argument(const ais_annotations *annotations,
                                                  ais_annotation_kind kind, const char *argument);
/* A number in SI units: a plain number is in the argument's own unit, a string carries its unit.
 * GB become bytes (1 GB = 1024^3), hours seconds. False when absent. */
bool ais_annotations_get_number(const ais_annotations *annotations, ais_annotation_kind kind,
                                const char *argument, double *out);
/* All annotations as `annotations.yaml` lists them for one file: a map of name -> map of arguments,
 * keys sorted, made in `doc`. */
ais_doc_node *ais_annotations_to_node(const ais_annotations *annotations, ais_doc *doc);
#endif
