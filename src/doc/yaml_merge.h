/* doc/yaml_merge - merge keys: `<<: *defaults` and `<<: [*a, *b]`. Source: yaml.org/type/merge. */
#ifndef AIS_DOC_YAML_MERGE_H
#define AIS_DOC_YAML_MERGE_H
#include "doc/doc_priv.h"

/* What is to be merged into one map, in the order of PyYAML: later ones win. */
typedef struct ais__yaml_merge {
    const ais_doc_node **maps; /* borrowed nodes */
    size_t count, capacity;
} ais__yaml_merge;
void ais__yaml_merge_clear(ais__yaml_merge *merge);
/* The value of a merge key: a map, or a list of maps, the first of which wins.
 * Errors: a fault at the value that is neither. */
AIS_NODISCARD int ais__yaml_merge_add(ais__yaml_merge *merge, const ais_doc_node *value,
                                      ais_diags *diags);
/* Merged entries come first, own entries of `map` win. */
void ais__yaml_merge_into(const ais__yaml_merge *merge, ais_doc_node *map);
#endif
