/* aisprint/infer.h - load, inspect and run ONNX models; tensors in files.
 *
 * Units: bytes; shapes count elements, outermost dimension first.
 * Threads: one session may be run by many threads at a time. */
#ifndef AISPRINT_INFER_H
#define AISPRINT_INFER_H
#include <stddef.h>
#include <stdint.h>

#include "aisprint/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Element types: X(CONSTANT, "safetensors name", bytes of one element). */
#define AIS_TENSOR_TYPES(X)                                                                        \
    X(AIS_FLOAT32, "F32", 4)                                                                       \
    X(AIS_FLOAT64, "F64", 8)                                                                       \
    X(AIS_FLOAT16, "F16", 2)                                                                       \
    X(AIS_BFLOAT16, "BF16", 2)                                                                     \
    X(AIS_INT8, "I8", 1)                                                                           \
    X(AIS_INT16, "I16", 2)                                                                         \
    X(AIS_INT32, "I32", 4)                                                                         \
    X(AIS_INT64, "I64", 8)                                                                         \
    X(AIS_UINT8, "U8", 1)                                                                          \
    X(AIS_UINT16, "U16", 2)                                                                        \
    X(AIS_UINT32, "U32", 4)                                                                        \
    X(AIS_UINT64, "U64", 8)                                                                        \
    X(AIS_BOOL, "BOOL", 1)

typedef enum ais_tensor_type {
#define AIS_TENSOR_ENUM(constant, name, size) constant,
    AIS_TENSOR_TYPES(AIS_TENSOR_ENUM)
#undef AIS_TENSOR_ENUM
        AIS_TENSOR_TYPE_COUNT
} ais_tensor_type;

enum { AIS_TENSOR_MAX_RANK = 16 };

/* A dense little-endian array in row-major order. */
typedef struct ais_tensor {
    const char *name;
    ais_tensor_type type;
    size_t rank; /* 0 = a scalar */
    int64_t shape[AIS_TENSOR_MAX_RANK];
    void *data;
    size_t bytes; /* product of the shape times the size of an element */
} ais_tensor;

/* What a model says of one input or output; -1 in the shape is a size that it leaves open. */
typedef struct ais_tensor_info {
    const char *name;
    ais_tensor_type type;
    size_t rank;
    int64_t shape[AIS_TENSOR_MAX_RANK];
    const char *size_names[AIS_TENSOR_MAX_RANK]; /* of open sizes ("N"); NULL where there is none */
    int any_rank; /* 1: the model says nothing of the shape, any will do (rank is 0) */
} ais_tensor_info;

typedef struct ais_session ais_session;

typedef struct ais_session_options {
    int threads; /* for one run; 0 = 1 */
} ais_session_options;

/* Load a model; `options` may be NULL. Sessions are cached: the same unchanged file (device, inode,
 * size, times of change; external data too) with the same options gives the same session, counted.
 * A few that nobody uses are kept, so that closing and opening again is cheap.
 * Ownership: the caller gives it back with ais_session_close().
 * Errors: AIS_E_MISSING when no inference library is installed (the message says how to mend it),
 * AIS_E_INPUT for a model that is broken, wants external data outside its folder or has inputs or
 * outputs that are no dense tensors, AIS_E_LIMIT, AIS_E_IO. */
AIS_PUBLIC AIS_NODISCARD int ais_session_open(const char *path, const ais_session_options *options,
                                              ais_session **out, ais_error **err);
AIS_PUBLIC void ais_session_close(ais_session *session);

/* Borrowed: die with the session. Inputs are those that a run must give: initializers that older
 * models list among them do not count. */
AIS_PUBLIC size_t ais_session_count_inputs(const ais_session *session);
AIS_PUBLIC size_t ais_session_count_outputs(const ais_session *session);
AIS_PUBLIC const ais_tensor_info *ais_session_get_input(const ais_session *session, size_t i);
AIS_PUBLIC const ais_tensor_info *ais_session_get_output(const ais_session *session, size_t i);
/* Position of a name, or -1. */
AIS_PUBLIC int ais_session_find_input(const ais_session *session, const char *name);
AIS_PUBLIC int ais_session_find_output(const ais_session *session, const char *name);

/* One run's results; keeps the memory of the outputs alive, also when the session is closed. */
typedef struct ais_run ais_run;

/* Run the model. `inputs` are in the order of the model's inputs (their names do not matter); their
 * data is used where it lies, never copied or changed, and may be released when the call returns.
 * Every input's type, shape, size in bytes and alignment is checked.
 * Ownership: the caller frees `*out` with ais_run_free().
 * Errors: AIS_E_INPUT naming the input that is wrong and what the model wants. */
AIS_PUBLIC AIS_NODISCARD int ais_session_run(ais_session *session, const ais_tensor *inputs,
                                             size_t input_count, ais_run **out, ais_error **err);
/* Borrowed: dies with the run. Output `i` in the order of the model's outputs. */
AIS_PUBLIC size_t ais_run_count_outputs(const ais_run *run);
AIS_PUBLIC const ais_tensor *ais_run_get_output(const ais_run *run, size_t i);
AIS_PUBLIC void ais_run_free(ais_run *run);

/* Number of elements, or -1 when a size is negative or the product overflows. */
AIS_PUBLIC int64_t ais_tensor_count(size_t rank, const int64_t *shape);
/* Bytes of one element; 0 for what is no type. */
AIS_PUBLIC size_t ais_tensor_type_size(ais_tensor_type type);
/* As numpy calls it: "float32". */
AIS_PUBLIC const char *ais_tensor_type_name(ais_tensor_type type);

#ifdef __cplusplus
}
#endif
#endif
