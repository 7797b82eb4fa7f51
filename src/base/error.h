/* base/error - chained errors with positions, and lists of faults.
 *
 * Layer: above memory and str. The public half is aisprint/error.h.
 * Positions: lines and columns count from 1; columns count characters (UTF-8 code points);
 * line 0 means "the whole file", file NULL means "no position".
 * Threads: no shared state. */
#ifndef AIS_BASE_ERROR_H
#define AIS_BASE_ERROR_H
#include "aisprint/error.h"
#include "base/memory.h"
#include "base/str.h"

typedef struct ais_pos {
    const char *file; /* borrowed; copied by errors and diagnostics */
    unsigned line, column;
} ais_pos;

/* Messages are cut at this many bytes: a value of megabytes in a file would hide what is said of it. */
enum { AIS_ERROR_MESSAGE_MAX = 8192 };

AIS_DEFINE_AUTO(ais_error)

/* As ais_error_set(), at the place where the user can mend it. */
int ais_error_set_at(ais_error **err, ais_error_code code, ais_pos pos, const char *format, ...)
    AIS_PRINTF(4, 5);
/* "<format>: <text of errno>", code AIS_E_IO, at `path` (its line 0). Reads errno first. */
int ais_error_set_errno(ais_error **err, const char *path, const char *format, ...)
    AIS_PRINTF(3, 4);
/* What would be right. Returns -1. Does nothing without an error. */
int ais_error_hint(ais_error **err, const char *format, ...) AIS_PRINTF(2, 3);

ais_pos ais_error_get_pos(const ais_error *error);
const char *ais_error_get_hint(const ais_error *error); /* NULL when there is none */
/* Give the error away: `*out` (may be NULL) receives it, as functions with `err` do. Returns -1. */
int ais_error_pass(ais_error *error, ais_error **out);

/* Exit status of the program for a code, and its name in JSON. */
int ais_error_exit_status(ais_error_code code);
const char *ais_error_code_name(ais_error_code code);

/* Append "file:line:column: error: message (hint)\n  while ...\n". */
void ais_error_write(const ais_error *error, ais_str *out);
/* Append "<before>while reading 'x'" for each task, innermost first. */
void ais_error_write_tasks(const ais_error *error, const char *before, ais_str *out);
/* Append "file:line:column: " as far as known (nothing without a file). */
void ais_pos_write(ais_pos pos, ais_str *out);

/* A check collects faults, so that one run shows them all. `rule` is a short kebab-case name such
 * as "dag-cycle": the stable code of the fault in JSON. */
typedef enum ais_severity { AIS_SEVERITY_ERROR, AIS_SEVERITY_WARNING } ais_severity;

typedef struct ais_diag {
    ais_severity severity;
    const char *rule;
    ais_pos pos;
    const char *message;
    const char *hint; /* NULL when there is none */
} ais_diag;

typedef struct ais_diags ais_diags;
ais_diags *ais_diags_new(void);
void ais_diags_free(ais_diags *diags);
AIS_DEFINE_AUTO(ais_diags)
/* Copies everything. At most AIS_DIAGS_MAX are kept; the rest are counted (one last entry says so).
 */
enum { AIS_DIAGS_MAX = 1000 };
void ais_diags_add(ais_diags *diags, ais_severity severity, const char *rule, ais_pos pos,
                   const char *hint, const char *format, ...) AIS_PRINTF(6, 7);
/* Add an error as a fault of `rule` (its code's name when NULL), its tasks behind the message, and
 * free it. */
void ais_diags_take_error(ais_diags *diags, const char *rule, ais_error *error);
size_t ais_diags_count(const ais_diags *diags);
size_t ais_diags_count_of(const ais_diags *diags, ais_severity severity);
const ais_diag *ais_diags_get(const ais_diags *diags, size_t i);
/* By file, line, column; entries of one place keep their order. */
void ais_diags_sort(ais_diags *diags);
/* 0 when there is no entry of severity error; else -1 and `*err` says the first one and how many.
 */
AIS_NODISCARD int ais_diags_fail(const ais_diags *diags, ais_error **err);
/* Append "file:line:column: error: message (hint)\n". */
void ais_diag_write(const ais_diag *diag, ais_str *out);
#endif
