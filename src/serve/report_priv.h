/* serve/report - what the files of the HTML report share. */
#ifndef AIS_SERVE_REPORT_PRIV_H
#define AIS_SERVE_REPORT_PRIV_H
#include "page/page.h"
#include "page/plot.h"
#include "serve/serve.h"

/* One section each, with its heading. */
void ais__report_add_latency(const ais_run_result *result, ais_str *out);
void ais__report_add_throughput(const ais_run_result *result, ais_str *out);
void ais__report_add_labels(const ais_score *score, ais_str *out);
#endif
