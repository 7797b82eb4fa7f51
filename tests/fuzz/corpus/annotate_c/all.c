#include "aisprint/annotations.h"
#define N "c" /* name */
#define TWO (1 + 1)
static const double half = 0.5;
enum { A = 1, B };
static const char *const text = "20";
AIS_COMPONENT_NAME(N "d");
AIS_EXEC_TIME(TWO * 3, global_time_thr = 9, prev_components = ("a", {"b"}));
AIS_EARLY_EXITS_MODEL("m.onnx", condition_function = "sure", transition_probabilities = (half, .1e-1f));
AIS_DEVICE_CONSTRAINTS(ram = "512 MB", vram = 0x1F / B, use_gpu_for = {"dnn", "po" "st"},);
AIS_SECURITY(true, false, NULL);
#if 0
AIS_SECURITY(1);
#else
#endif
extern "C" {
static int sure(int x) { return x; }
}
AIS_MODEL_PERFORMANCE(metric = "accuracy");
__attribute__((used)) int run(const ais_component_call *call, ais_error **err)
{
    return 0;
}
