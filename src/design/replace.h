/* design/replace - results of other stages below the application: several files change together, or none.
 *
 * Layer: within design; above journal. Threads: one change of an application at a time (a lock sees to it). */
#ifndef AIS_DESIGN_REPLACE_H
#define AIS_DESIGN_REPLACE_H
#include "base/file.h"

typedef struct ais_replacement {
    const char *path; /* below the application, in aisprint/, common_config/ or a tool's folder */
    const char *text;
    size_t length;
} ais_replacement;

/* Put all files in their places. Ones that are equal are left untouched. The application is as before or as
 * after, also when the program is killed, once a program has looked with ais_design_settle().
 * Errors: AIS_E_IO, AIS_E_EXISTS while a design is being made. */
AIS_NODISCARD int ais_design_replace(const char *app_dir, const ais_replacement *files,
                                     size_t count, ais_error **err);
#endif
