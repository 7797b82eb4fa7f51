/* onnx/external - weights that a model keeps in other files: only such as lie in its own folder.
 *
 * Layer: above wire.h. Units: bytes. Threads: no shared state. */
#ifndef AIS_ONNX_EXTERNAL_H
#define AIS_ONNX_EXTERNAL_H
#include <sys/stat.h>

#include "onnx/wire.h"

/* A tensor's external data as the model states it. */
typedef struct ais_onnx_external {
    ais_onnx_span location; /* absent when it is not named */
    uint64_t offset, bytes; /* bytes 0: to the end of the file */
} ais_onnx_external;

/* Read one key and value (StringStringEntryProto) into `external`.
 * Errors: AIS_E_INPUT with the byte: a place that is no number, a second name, a NUL byte in it. */
AIS_NODISCARD int ais_onnx_external_read(const ais_onnx_source *source, ais_onnx_span entry,
                                         ais_onnx_external *external, ais_error **err);
/* The file that `location`, as stated by the model at `model_path`, means.
 * Ownership: the caller frees `*path`.
 * Errors: AIS_E_INPUT when it is not there, no regular file or outside of the model's folder. */
AIS_NODISCARD int ais_onnx_external_find(const char *model_path, const char *location, char **path,
                                         struct stat *status, ais_error **err);
/* Does the file hold that range? Errors: AIS_E_INPUT. */
AIS_NODISCARD int ais_onnx_external_check(const char *model_path, const char *location,
                                          const ais_onnx_external *external, uint64_t file_bytes,
                                          ais_error **err);
#endif
