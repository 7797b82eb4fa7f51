/* place/report - a placement on a page: layers as lanes, components in them, utilisation, response times
 * against their limits, cost by resource, incumbent and bound over time.
 *
 * Layer: within place; above page. Threads: no shared state. */
#ifndef AIS_PLACE_REPORT_H
#define AIS_PLACE_REPORT_H
#include "place/result.h"

/* A page that needs no other file. `conflict` and `names` may be NULL. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_place_report_write(const ais_perf *perf, const ais_place_result *result,
                                         const ais_place_conflict *conflict, const char *title,
                                         const ais_place_names *names, const char *path,
                                         ais_error **err);
#endif
