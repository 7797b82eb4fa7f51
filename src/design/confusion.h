/* design/confusion - how often a model takes which class for which: files, checks.
 *
 * A folder holds confusion_matrix.npy (row = true class, column = predicted class, entries are joint
 * probabilities with sum 1) and class_names_dictionary.csv (columns class, index).
 * Layer: above infer (arrays), doc (tables). Threads: no shared state. */
#ifndef AIS_DESIGN_CONFUSION_H
#define AIS_DESIGN_CONFUSION_H
#include "base/error.h"

#define AIS_CONFUSION_MATRIX "confusion_matrix.npy"
#define AIS_CONFUSION_CLASSES "class_names_dictionary.csv"

/* Matrices are mostly rounded to four digits: this far from 1 their sum may be. */
#define AIS_CONFUSION_TOLERANCE 0.01
enum { AIS_CONFUSION_MAX_CLASSES = 2048 };

typedef struct ais_confusion {
    const char *matrix_file, *classes_file;
    size_t count;               /* of classes */
    const char *const *classes; /* by index */
    const double *joint;        /* [true * count + predicted], as in the file */
    double sum;                 /* of all entries; near 1 */
} ais_confusion;

/* Read and check both files of a folder.
 * Ownership: all in `arena`.
 * Errors: every fault of both files is added to `diags` and -1 returned. Rules: "performance-matrix" (no
 * square matrix, an entry that is negative or no number, a sum that is not 1; the message tells byte and
 * row and column), "performance-classes" (names twice or empty, indices that are not 0 to N-1, more or
 * fewer names than rows), "csv", "io", "limit". Warning: a class of which there is no item. */
AIS_NODISCARD int ais_confusion_read(const char *dir, ais_arena *arena, ais_diags *diags,
                                     ais_confusion *out);
/* AIS_CONFUSION_MAX_CLASSES when there is no such class. */
size_t ais_confusion_find(const ais_confusion *confusion, const char *name);
/* Shares of all items: of a true class; of an answered one. */
double ais_confusion_row_sum(const ais_confusion *confusion, size_t row);
double ais_confusion_column_sum(const ais_confusion *confusion, size_t column);
/* Write both files into a folder, which is made. The matrix is divided by its sum.
 * Errors: AIS_E_IO. */
AIS_NODISCARD int ais_confusion_write(const ais_confusion *confusion, const char *dir,
                                      ais_error **err);

/* The classes of a table: class and index, 0 to N-1 in any order. Ownership: names are in `arena`.
 * Errors: as of ais_confusion_read() for the second file. */
AIS_NODISCARD int ais_classes_read(const char *path, ais_arena *arena, ais_diags *diags,
                                   const char *const **classes, size_t *count);
#endif
