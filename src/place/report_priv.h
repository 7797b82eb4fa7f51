/* place/report_priv - what the files of the report share.
 *
 * Layer: within place. */
#ifndef AIS_PLACE_REPORT_PRIV_H
#define AIS_PLACE_REPORT_PRIV_H
#include "page/page.h"
#include "place/report.h"

typedef struct ais__place_page {
    const ais_perf *perf;
    const ais_system *system;
    const ais_place_result *result;
    const ais_placement *placement; /* NULL: none */
    const ais_place_names *names;   /* NULL: the system's */
    ais_evaluation_result times;
    ais_arena *arena;
    ais_str *out;
} ais__place_page;

const char *ais__place_page_component(const ais__place_page *page, size_t component);
/* The resource that a chosen part runs on; AIS_SYSTEM_NONE for others. */
size_t ais__place_page_resource(const ais__place_page *page, size_t part);

/* Layers as lanes, in each the partitions that run there, from left to right as items pass. */
void ais__place_page_add_lanes(ais__place_page *page);
#endif
