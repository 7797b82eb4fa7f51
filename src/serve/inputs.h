/* serve/inputs - which files a run works on.
 *
 * Layer: above base. Threads: one. */
#ifndef AIS_SERVE_INPUTS_H
#define AIS_SERVE_INPUTS_H
#include "base/context.h"
#include "base/file.h"

typedef struct ais_inputs {
    char *dir;       /* absolute */
    ais_names names; /* of the files in it, sorted bytewise */
} ais_inputs;

/* A file is one item; of a folder every regular file whose name does not begin with a dot. What else
 * is in the folder is logged as a warning. Errors: AIS_E_IO; AIS_E_INPUT for a path that is neither. */
AIS_NODISCARD int ais_inputs_find(const ais_ctx *ctx, const char *path, ais_inputs *out,
                                  ais_error **err);
void ais_inputs_clear(ais_inputs *inputs);
#endif
