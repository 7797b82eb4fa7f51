/* aisprint/error.h - what a function of libaisprint says when it fails.
 *
 * A function that can fail returns 0 or -1 and takes `ais_error **err` last. On failure `*err` is
 * set and every other output is untouched; on success `*err` is left alone. `err` may be NULL.
 * Ownership: the caller that receives an error frees it with ais_error_free().
 * Threads: an error belongs to one thread at a time. */
#ifndef AISPRINT_ERROR_H
#define AISPRINT_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define AIS_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#define AIS_NODISCARD __attribute__((warn_unused_result))
#define AIS_PUBLIC __attribute__((visibility("default")))
#else
#define AIS_PRINTF(format_at, first_at)
#define AIS_NODISCARD
#define AIS_PUBLIC
#endif

/* Every code: X(CONSTANT, "name in JSON", exit status of the program).
 * Status: 1 the work failed or the input is wrong, 2 bad usage, 3 proven that the constraint asked
 * for cannot be met, 130 interrupted. */
#define AIS_ERROR_CODES(X)                                                                         \
    X(AIS_E_INPUT, "input", 1)               /* a document, source or model is wrong */            \
    X(AIS_E_LIMIT, "limit", 1)               /* a size in the input is above a named limit */      \
    X(AIS_E_IO, "io", 1)                     /* the operating system refused */                    \
    X(AIS_E_MISSING, "missing", 1)           /* something that must be installed is not there */   \
    X(AIS_E_EXISTS, "exists", 1)             /* would overwrite what is already there */           \
    X(AIS_E_COMPONENT, "component", 1)       /* a component of the application failed */           \
    X(AIS_E_TIMEOUT, "timeout", 1)           /* took longer than it was given */                   \
    X(AIS_E_REFUSED, "refused", 1)           /* a requested protection cannot be enforced */       \
    X(AIS_E_USAGE, "usage", 2)               /* wrong options or arguments */                      \
    X(AIS_E_INFEASIBLE, "infeasible", 3)     /* a proof that no answer exists */                   \
    X(AIS_E_GOES_ON, "goes-on", 0)           /* no failure: a segment has ended */                 \
    X(AIS_E_INTERRUPTED, "interrupted", 130) /* the user asked us to stop */

typedef enum ais_error_code {
#define AIS_ERROR_ENUM(constant, name, status) constant,
    AIS_ERROR_CODES(AIS_ERROR_ENUM)
#undef AIS_ERROR_ENUM
        AIS_ERROR_CODE_COUNT
} ais_error_code;

typedef struct ais_error ais_error;

/* Set `*err` (freeing an earlier one). Always returns -1, so that a function can end with
 * `return ais_error_set(err, ...)`. */
AIS_PUBLIC int ais_error_set(ais_error **err, ais_error_code code, const char *format, ...)
    AIS_PRINTF(3, 4);

/* Add what the caller was doing: "while <format>". Returns -1. Does nothing without an error. */
AIS_PUBLIC int ais_error_wrap(ais_error **err, const char *format, ...) AIS_PRINTF(2, 3);

/* What is wrong, without position and tasks. Borrowed: dies with the error. */
AIS_PUBLIC const char *ais_error_get_message(const ais_error *error);

/* All of it: "file:line:column: message (what would be right)", then a line for each task. The caller
 * frees the text with free(). */
AIS_PUBLIC char *ais_error_to_text(const ais_error *error);

AIS_PUBLIC ais_error_code ais_error_get_code(const ais_error *error);

/* free(NULL) is fine. */
AIS_PUBLIC void ais_error_free(ais_error *error);

#ifdef __cplusplus
}
#endif
#endif
