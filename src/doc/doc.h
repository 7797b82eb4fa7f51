/* doc - one tree for YAML and JSON, with file:line:column on every node.
 *
 * Layer: above base; knows no application.
 * Ownership: a document owns its nodes, texts and file name in one arena; nodes are borrowed and
 * die with the document. A node may be put into a tree of another document only by ais_doc_copy().
 * Threads: a document that is no longer changed may be read by many threads.
 * YAML is read as PyYAML's safe loader reads it (YAML 1.1 scalars, merge keys, aliases), but dates
 * stay strings; aliases become copies, at the position of their anchor. JSON is read as Python's
 * json does, less NaN and Infinity. Keys are scalars; duplicate keys are errors in both. */
#ifndef AIS_DOC_DOC_H
#define AIS_DOC_DOC_H
#include "base/error.h"

typedef struct ais_doc ais_doc;
typedef struct ais_doc_node ais_doc_node;

/* Kinds are bits, so that a set of them can be asked for. */
typedef enum ais_doc_kind {
    AIS_DOC_NULL = 1,
    AIS_DOC_BOOL = 2,
    AIS_DOC_INT = 4,
    AIS_DOC_FLOAT = 8,
    AIS_DOC_STRING = 16,
    AIS_DOC_LIST = 32,
    AIS_DOC_MAP = 64,
    AIS_DOC_NUMBER = AIS_DOC_INT | AIS_DOC_FLOAT,
    AIS_DOC_SCALAR = 31,
    AIS_DOC_ANY = 127
} ais_doc_kind;

typedef enum ais_doc_format { AIS_DOC_YAML, AIS_DOC_JSON } ais_doc_format;

/* Limits on what is read; above them: AIS_E_LIMIT with the position. */
enum {
    AIS_DOC_MAX_BYTES = 16 * 1024 * 1024,
    AIS_DOC_MAX_DEPTH = 100,
    AIS_DOC_MAX_NODES = 1000000 /* aliases count for all that they stand for */
};

/* ---- reading ---- */

/* Read a file; JSON when its name ends in ".json", else YAML. All faults found (syntax: the first;
 * duplicate keys: all) are added to `diags` with their position and a rule: "io", "limit",
 * "not-utf8", "yaml-syntax", "json-syntax", "duplicate-key". Returns -1 when one was an error.
 * An empty YAML file is a null node at 1:1, an empty JSON file is a fault.
 * Ownership: the caller frees `*out`, which a failure leaves alone. */
AIS_NODISCARD int ais_doc_read(const char *path, ais_diags *diags, ais_doc **out);
/* As ais_doc_read() for bytes in memory; `name` stands in positions.
 * Errors: added to `diags` as by ais_doc_read(), but for "io". */
AIS_NODISCARD int ais_doc_parse(const char *name, const char *text, size_t length,
                                ais_doc_format format, ais_diags *diags, ais_doc **out);
void ais_doc_free(ais_doc *doc);
AIS_DEFINE_AUTO(ais_doc)
const ais_doc_node *ais_doc_root(const ais_doc *doc);

/* ---- looking ---- */

ais_doc_kind ais_doc_get_kind(const ais_doc_node *node);
ais_pos ais_doc_pos(const ais_doc_node *node);
/* "a string", "a list", "an integer"...: for messages. */
const char *ais_doc_kind_name(ais_doc_kind kind);
/* The text of a scalar as it stands in the file (a string: its value; made nodes: as written). */
const char *ais_doc_get_text(const ais_doc_node *node);
/* Values; AIS_BUG on another kind (get_number takes INT and FLOAT). Strings may hold NUL bytes:
 * `length` may be NULL. Integers beyond 64 bits are read as FLOAT. */
bool ais_doc_get_bool(const ais_doc_node *node);
int64_t ais_doc_get_int(const ais_doc_node *node);
double ais_doc_get_number(const ais_doc_node *node);
const char *ais_doc_get_string(const ais_doc_node *node, size_t *length);

/* Elements of a list, entries of a map (in file order); 0 for scalars. */
size_t ais_doc_count(const ais_doc_node *node);
const ais_doc_node *ais_doc_at(const ais_doc_node *node, size_t i);     /* element or value */
const ais_doc_node *ais_doc_key_at(const ais_doc_node *node, size_t i); /* of a map; a scalar */
/* Value of a key (compared with the key's text), NULL when absent or `node` is no map. */
const ais_doc_node *ais_doc_find(const ais_doc_node *node, const char *key);
const ais_doc_node *ais_doc_find_key(const ais_doc_node *node, const char *key); /* the key node */
/* A path "System.components[0]" from `node`; NULL when a step is absent. */
const ais_doc_node *ais_doc_find_path(const ais_doc_node *node, const char *path);

/* As find, but absence or another kind is an error: "'key' is missing" at the parent (with a
 * did-you-mean from the keys that are there), or "'key' is a list" at the value, with the hint
 * "must be a number".
 * Errors: AIS_E_INPUT. */
AIS_NODISCARD int ais_doc_need(const ais_doc_node *node, const char *key, ais_doc_kind kinds,
                               const ais_doc_node **out, ais_error **err);
AIS_NODISCARD int ais_doc_need_path(const ais_doc_node *node, const char *path, ais_doc_kind kinds,
                                    const ais_doc_node **out, ais_error **err);
AIS_NODISCARD int ais_doc_need_string(const ais_doc_node *node, const char *key, const char **out,
                                      ais_error **err);
AIS_NODISCARD int ais_doc_need_number(const ais_doc_node *node, const char *key, double *out,
                                      ais_error **err);
/* Same kind and value throughout; INT and FLOAT of one value differ; order of map keys ignored. */
bool ais_doc_equal(const ais_doc_node *a, const ais_doc_node *b);

/* ---- checking against a table ---- */

/* One key of a map. Rows are written by name: {.key = "cost", .kinds = AIS_DOC_NUMBER, ...}. */
typedef struct ais_doc_field {
    const char *key;    /* NULL: every other key of the map (free keys) */
    ais_doc_kind kinds; /* allowed kinds */
    bool required;
    bool has_minimum, above_minimum; /* number >= minimum, or > minimum */
    double minimum;
    bool has_maximum;
    double maximum;
    bool not_empty;                    /* strings, lists and maps */
    const char *unit;                  /* for messages: "MB", "s" */
    const char *const *choices;        /* NULL-terminated list of allowed strings */
    const struct ais_doc_schema *map;  /* for a map value */
    const struct ais_doc_field *items; /* for a list value: what each element must be */
} ais_doc_field;

typedef struct ais_doc_schema {
    const char *what; /* "a resource": for messages */
    const ais_doc_field *fields;
    size_t field_count;
    bool open; /* unknown keys are fine; else each is a warning "unknown-key" with a did-you-mean */
} ais_doc_schema;

/* Check a whole tree in one pass and add every fault: rules "wrong-type", "missing-key",
 * "unknown-key", "out-of-range", "not-a-choice", "empty". */
void ais_doc_check(const ais_doc_node *node, const ais_doc_schema *schema, ais_diags *diags);

/* ---- making ---- */

ais_doc *ais_doc_new(void); /* root: null until set */
void ais_doc_set_root(ais_doc *doc, ais_doc_node *node);
/* The position of nodes made from now on (copied; default: none). */
void ais_doc_set_pos(ais_doc *doc, ais_pos pos);
ais_doc_node *ais_doc_new_null(ais_doc *doc);
ais_doc_node *ais_doc_new_bool(ais_doc *doc, bool value);
ais_doc_node *ais_doc_new_int(ais_doc *doc, int64_t value);
ais_doc_node *ais_doc_new_float(ais_doc *doc, double value);
/* Null for what is not finite: JSON has no such numbers. */
ais_doc_node *ais_doc_new_finite(ais_doc *doc, double value);
ais_doc_node *ais_doc_new_string(ais_doc *doc, const char *text);
ais_doc_node *ais_doc_new_bytes(ais_doc *doc, const char *text, size_t length);
ais_doc_node *ais_doc_new_list(ais_doc *doc);
ais_doc_node *ais_doc_new_map(ais_doc *doc);
/* Deep copy into `doc`, positions kept. */
ais_doc_node *ais_doc_copy(ais_doc *doc, const ais_doc_node *node);
void ais_doc_append(ais_doc_node *list, ais_doc_node *value);
/* Put or replace; `key` is copied. */
void ais_doc_put(ais_doc_node *map, const char *key, ais_doc_node *value);
/* With a key that is no string, as `1:`; the caller sees to it that it is new. */
void ais_doc_put_node(ais_doc_node *map, ais_doc_node *key, ais_doc_node *value);
/* Sort the keys of this map, and of all maps below it when `deep`, bytewise. */
void ais_doc_sort(ais_doc_node *map, bool deep);

/* ---- writing ---- */

/* As PyYAML's yaml.dump(default_flow_style=False, sort_keys=False, allow_unicode=True) writes it,
 * byte for byte: block style, the shortest floats that read back, strings quoted where a plain one
 * would change its kind. (One exception: U+0085, which PyYAML cannot read back, becomes an escape.)
 */
void ais_doc_write_yaml(const ais_doc_node *node, ais_str *out);
/* As Python's json.dumps(indent=indent) with ensure_ascii=False; indent < 0: one line with ", " and
 * ": ". Bytes that are not UTF-8 become U+FFFD; infinities and NaN become null. */
void ais_doc_write_json(const ais_doc_node *node, int indent, ais_str *out);
/* Shortest text that reads back as `value`, as Python's repr writes it. */
void ais_doc_write_float(double value, ais_str *out);
/* Write the file atomically, format by its name as in ais_doc_read(), JSON with indent 4 and a
 * final newline. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_doc_write(const ais_doc_node *node, const char *path, ais_error **err);
#endif
