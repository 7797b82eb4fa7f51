/* base/process - run another program to its end: its output captured, its time limited.
 *
 * Layer: above error, context. Units: seconds, bytes.
 * Threads: no shared state. The child gets the default signal handling and nothing blocked, in a
 * process group of its own, which is ended whole. */
#ifndef AIS_BASE_PROCESS_H
#define AIS_BASE_PROCESS_H
#include "base/context.h"
#include "base/str.h"

typedef struct ais_process_options {
    const char *const *argv; /* ends with NULL; argv[0] is looked up in PATH */
    const char *const *env;  /* ends with NULL; NULL = ours */
    const char *cwd;         /* NULL = ours */
    double timeout_s;        /* 0 = none; then SIGTERM, and SIGKILL 2 s later */
    size_t output_limit;     /* kept of each stream; what comes after is read and dropped */
} ais_process_options;

typedef struct ais_process_result {
    int exit_status; /* 0..255; -1 when a signal ended it */
    int signal;      /* the signal, or 0 */
    ais_str out, err;
} ais_process_result;

/* Run to the end. A program that ends with a status other than 0 is no error here.
 * Ownership: the caller ends `*result` with ais_process_result_clear().
 * Errors: AIS_E_MISSING when there is no such program, AIS_E_TIMEOUT, AIS_E_INTERRUPTED when
 * ctx->interrupt_fd becomes readable, AIS_E_IO. */
AIS_NODISCARD int ais_process_run(const ais_ctx *ctx, const ais_process_options *options,
                                  ais_process_result *result, ais_error **err);
void ais_process_result_clear(ais_process_result *result);
#endif
