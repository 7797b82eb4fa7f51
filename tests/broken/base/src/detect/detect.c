#include <aisprint/annotations.h>
#include <aisprint/component.h>

AIS_COMPONENT_NAME(name = "detect");
AIS_EXEC_TIME(local_time_thr = 1.5);
AIS_DEVICE_CONSTRAINTS(ram = 0.25);
AIS_MODEL_PERFORMANCE(filtered_class = "empty");
int detect(const ais_component_call *call, ais_error **err)
{
    (void)call;
    (void)err;
    return 0;
}
