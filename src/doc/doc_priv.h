/* doc/doc_priv - the node as the files of this room see it, and what they lend each other. */
#ifndef AIS_DOC_DOC_PRIV_H
#define AIS_DOC_DOC_PRIV_H
#include "doc/doc.h"

struct ais_doc {
    ais_arena *arena;
    ais_doc_node *root;
    ais_pos pos; /* of nodes made from now on */
};

struct ais_doc_node {
    ais_doc *doc;
    ais_pos pos;
    ais_doc_kind kind;
    uint32_t count, capacity; /* entries of a list or map */
    const char *text;         /* of a scalar; `length` bytes and a NUL */
    size_t length;
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct {
            ais_doc_node **keys; /* NULL for a list */
            ais_doc_node **values;
        };
    };
};

/* A node of `kind` at `pos` without a value. */
ais_doc_node *ais__doc_new_node(ais_doc *doc, ais_doc_kind kind, ais_pos pos);
/* Append to a list (`key` NULL) or a map, whether the key is there or not. */
void ais__doc_push(ais_doc_node *node, ais_doc_node *key, ais_doc_node *value);
/* Keys by kind and value: <0, 0, >0. */
int ais__doc_compare_keys(const ais_doc_node *a, const ais_doc_node *b);
/* Indices of a map's entries, sorted by key, equal keys in file order. Ownership: the caller frees.
 */
uint32_t *ais__doc_sorted(const ais_doc_node *map);

/* Go one step of a path, ".key" or "[3]": `*node` becomes what is there, or NULL. Returns the rest.
 */
const char *ais__doc_step(const ais_doc_node **node, const char *path);
/* "a string or a list". */
void ais__doc_write_kinds(ais_doc_kind kinds, ais_str *out);
/* What is to be said of a node of a wrong kind, such as "must be a number". */
void ais__doc_write_wanted(const ais_doc_node *node, ais_doc_kind kinds, ais_str *out);
/* "name is a list" */
void ais__doc_write_found(const ais_doc_node *node, const char *name, ais_str *out);
/* The nearest key of a map for a did-you-mean, or NULL. */
const char *ais__doc_nearest_key(const ais_doc_node *map, const char *key);

/* ---- YAML 1.1 scalars, as PyYAML resolves them ---- */

/* What a plain (unquoted) text of YAML stands for. */
typedef struct ais__yaml_scalar {
    ais_doc_kind kind;
    union {
        bool boolean;
        int64_t integer;
        double number;
    };
} ais__yaml_scalar;
ais__yaml_scalar ais__yaml_resolve(const char *text, size_t length);
/* Would PyYAML take the plain text for anything but a string? Timestamps, "<<" and "=" are such,
 * though ais__yaml_resolve() leaves them strings. */
bool ais__yaml_is_special(const char *text, size_t length);

/* ---- reading ---- */

AIS_NODISCARD int ais__doc_read_yaml(ais_doc *doc, const char *text, size_t length,
                                     ais_diags *diags);
AIS_NODISCARD int ais__doc_read_json(ais_doc *doc, const char *text, size_t length,
                                     ais_diags *diags);
/* Report keys of a map that stand in it more than once. */
void ais__doc_report_duplicates(const ais_doc_node *map, ais_diags *diags);
/* Line and column of a byte offset. */
ais_pos ais__doc_locate(const char *file, const char *text, size_t offset);

/* ---- writing ---- */

/* Decode UTF-8; bytes that are none become U+FFFD. Returns the number of characters, at most
 * `length`, which `out` has room for. */
size_t ais__doc_decode(const char *text, size_t length, uint32_t *out);
void ais__doc_add_utf8(ais_str *out, uint32_t character);
/* The text of a scalar as both formats write it, strings excepted. Floats as repr writes them. */
void ais__doc_write_plain(const ais_doc_node *scalar, ais_str *out);
#endif
