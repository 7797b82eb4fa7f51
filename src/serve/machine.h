/* serve/machine - what a run ran on, for its report.
 *
 * Layer: above base. Threads: no shared state. */
#ifndef AIS_SERVE_MACHINE_H
#define AIS_SERVE_MACHINE_H
#include "base/memory.h"

typedef struct ais_machine {
    char *system;    /* "Linux 6.1.0 x86_64" */
    char *processor; /* model name, or "unknown" */
    long cores;      /* that may be used */
    double memory_bytes;
} ais_machine;
void ais_machine_read(ais_machine *out);
void ais_machine_clear(ais_machine *machine);
#endif
