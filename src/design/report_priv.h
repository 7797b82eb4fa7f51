/* What the two files of the report share. */
#ifndef AIS_DESIGN_REPORT_PRIV_H
#define AIS_DESIGN_REPORT_PRIV_H
#include "design/report.h"
#include "page/page.h"

/* The section of one component's model. */
void ais__report_add_model(const ais_report_input *input, size_t component, ais_str *out);
#endif
