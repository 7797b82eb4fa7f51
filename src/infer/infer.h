/* infer - load, inspect and run models; tensors in files. The public half is aisprint/infer.h and
 * aisprint/bundle.h; this half is what other rooms of the program need besides.
 *
 * Layer: above doc; knows no application.
 * Threads: everything here may be called by many threads at a time.
 * A back-end is one file and one row in registry.c. Start reading at session.c. */
#ifndef AIS_INFER_INFER_H
#define AIS_INFER_INFER_H
#include "aisprint/bundle.h"
#include "aisprint/infer.h"
#include "base/error.h"

AIS_DEFINE_AUTO(ais_bundle)
AIS_DEFINE_AUTO(ais_run)

static inline void ais_session_closep(ais_session **session)
{
    ais_session_close(*session);
}
/* A session that is given back at the end of the scope: `AIS_SESSION session = NULL;`. */
#define AIS_SESSION __attribute__((cleanup(ais_session_closep))) ais_session *

/* A library that runs models. Its functions are described in infer_priv.h. */
typedef struct ais_infer_backend ais_infer_backend;
const char *ais_infer_backend_name(const ais_infer_backend *backend);
const char *ais_infer_backend_summary(const ais_infer_backend *backend);

/* In the order of preference; empty when the program was built without any library's header. */
extern const ais_infer_backend *const ais_infer_backends[];
extern const size_t ais_infer_backend_count;

/* Ownership: the texts are borrowed and live as long as the process. */
typedef struct ais_infer_status {
    const ais_infer_backend *backend;
    const char *path;    /* of the library */
    const char *version; /* "1.28.2" */
} ais_infer_status;
/* What would run a model here: loads the library as ais_session_open() would.
 * Errors: AIS_E_MISSING with what was tried and the command that mends it. */
AIS_NODISCARD int ais_infer_probe(ais_infer_status *out, ais_error **err);
#endif
