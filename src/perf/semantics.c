/* Whose numbers: the table of what the public codes contradict each other in. */
#include "perf/perf.h"

static const ais_semantics_rules table[] = {
    [AIS_SEMANTICS_NATIVE] = {.name = "native", .bits = 8, .transfer = AIS_TRANSFER_EXPECTED},
    [AIS_SEMANTICS_CPP] = {.name = "cpp",
                           .bits = 1,
                           .charge_function_once = true,
                           .transfer = AIS_TRANSFER_CPP,
                           .memory_of_all_machines = true,
                           .function_memory_sum = true},
    [AIS_SEMANTICS_PYTHON] = {.name = "python",
                              .bits = 8,
                              .component_rate = true,
                              .transfer = AIS_TRANSFER_LAST,
                              .function_memory_sum = true},
};

const ais_semantics_rules *ais_semantics_get(ais_semantics semantics)
{
    return &table[semantics];
}

bool ais_semantics_find(const char *name, ais_semantics *out)
{
    for (size_t i = 0; i < AIS_COUNT(table); i++)
        if (ais_str_equal(table[i].name, name)) {
            *out = (ais_semantics)i;
            return true;
        }
    return false;
}
