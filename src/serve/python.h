/* serve/python - which Python runs the components, and where our package for them lies.
 *
 * Layer: above base. Threads: no shared state. */
#ifndef AIS_SERVE_PYTHON_H
#define AIS_SERVE_PYTHON_H
#include "base/context.h"

/* The interpreter: AISPRINT_PYTHON when set; else /usr/bin/python3, else python3 in PATH, the first
 * that has numpy. Ownership: the caller frees `*out`.
 * Errors: AIS_E_MISSING naming what was tried, with how to mend it. */
AIS_NODISCARD int ais_serve_find_python(const ais_ctx *ctx, char **out, ais_error **err);
/* The folder that holds the package `aisprint`, from the program's own place.
 * Errors: AIS_E_MISSING. */
AIS_NODISCARD int ais_serve_find_package(const ais_ctx *ctx, char **out, ais_error **err);
/* aisprint-worker, which runs components written in C. Errors: AIS_E_MISSING. */
AIS_NODISCARD int ais_serve_find_worker(const ais_ctx *ctx, char **out, ais_error **err);
#endif
