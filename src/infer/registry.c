/* The back-ends, best first. A new one is one row here and its own files. */
#include "infer/infer_priv.h"

#if __has_include(<onnxruntime_c_api.h>)
#include "infer/onnxruntime.h"
#define HAVE_ONNXRUNTIME 1
#endif

const ais_infer_backend *const ais_infer_backends[] = {
#ifdef HAVE_ONNXRUNTIME
    &ais__infer_onnxruntime,
#endif
    NULL, /* so that the table may be empty */
};
const size_t ais_infer_backend_count = AIS_COUNT(ais_infer_backends) - 1;

const char *ais_infer_backend_name(const ais_infer_backend *backend)
{
    return backend->name;
}

const char *ais_infer_backend_summary(const ais_infer_backend *backend)
{
    return backend->summary;
}
