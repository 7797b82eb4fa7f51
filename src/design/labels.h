/* design/labels - labels of items in a CSV file, and what result files say.
 *
 * Layer: above doc. Threads: one. */
#ifndef AIS_DESIGN_LABELS_H
#define AIS_DESIGN_LABELS_H
#include "base/error.h"

typedef struct ais_labels ais_labels;

typedef struct ais_label {
    const char *item, *label;
    ais_pos pos; /* of the label */
} ais_label;

/* Read a CSV file (RFC 4180) with the columns `item` and `label`; others are passed over.
 * Errors: AIS_E_INPUT with the line: no such columns, a row that is too short, an item twice;
 * AIS_E_IO, AIS_E_LIMIT. Ownership: the caller frees. */
AIS_NODISCARD int ais_labels_read(const char *path, ais_labels **out, ais_error **err);
void ais_labels_free(ais_labels *labels);
AIS_DEFINE_AUTO(ais_labels)
size_t ais_labels_count(const ais_labels *labels);
/* In the order of the file. */
const ais_label *ais_labels_get(const ais_labels *labels, size_t i);
/* NULL when the item has none; its label alone. */
const ais_label *ais_labels_find_entry(const ais_labels *labels, const char *item);
const char *ais_labels_find(const ais_labels *labels, const char *item);

/* What a result file says: the key "label" of a JSON object, or the one line of a text file; NULL when
 * it says none. Ownership: the caller frees. */
char *ais_labels_read_result(const char *path);
#endif
