/* infer/npy - one array in a file, as numpy.save() writes it.
 *
 * Versions 1, 2 and 3 of the format; both byte orders, C and Fortran order; floats of 16, 32 and 64 bits,
 * integers, bool. Never pickle: reading runs nothing. What is read lies in memory little-endian and in
 * row-major order, like every tensor of ours.
 * Source: NEP 1 "A Simple File Format for NumPy Arrays"; numpy/lib/format.py for versions 2 and 3.
 * Layer: above tensors. Threads: no shared state. */
#ifndef AIS_INFER_NPY_H
#define AIS_INFER_NPY_H
#include "infer/infer.h"

#define AIS_NPY_MAX_BYTES ((size_t)4 * 1024 * 1024 * 1024)
enum { AIS_NPY_MAX_HEADER = 65536 };

typedef struct ais_npy {
    ais_tensor tensor;  /* its name is the file's */
    size_t data_offset; /* of the first element in the file */
    bool fortran_order; /* of the file */
    struct ais__npy_memory *memory;
} ais_npy;

/* Errors: AIS_E_INPUT with the byte where the file stops making sense (also for what is no number, such
 * as Python objects); AIS_E_LIMIT, AIS_E_IO. Ownership: the caller frees. */
AIS_NODISCARD int ais_npy_read(const char *path, ais_npy **out, ais_error **err);
/* As above from memory, which is copied; `name` is the file in messages. */
AIS_NODISCARD int ais_npy_parse(const char *name, const void *data, size_t length, ais_npy **out,
                                ais_error **err);
void ais_npy_free(ais_npy *npy);
AIS_DEFINE_AUTO(ais_npy)

/* Element `i` in row-major order as the nearest double; false is 0, true is 1. */
double ais_npy_get(const ais_npy *npy, size_t i);
/* Where that element stands in the file: for messages. */
size_t ais_npy_byte_of(const ais_npy *npy, size_t i);

/* Version 1.0 with a header padded to 64 bytes, byte for byte what numpy.save() writes.
 * Errors: AIS_E_INPUT for bfloat16, which numpy does not know. */
AIS_NODISCARD int ais_npy_format(const ais_tensor *tensor, ais_str *out, ais_error **err);
/* Write atomically. Errors: as above, AIS_E_IO. */
AIS_NODISCARD int ais_npy_write(const ais_tensor *tensor, const char *path, ais_error **err);

/* Element `i` of any tensor as the nearest double. */
double ais_tensor_get_number(const ais_tensor *tensor, size_t i);
#endif
