/* npy - what the reader of headers and the reader of elements share. */
#ifndef AIS_INFER_NPY_PRIV_H
#define AIS_INFER_NPY_PRIV_H
#include "infer/npy.h"

enum { AIS__NPY_MAGIC = 6 }; /* bytes of "\x93NUMPY" */

typedef struct ais__npy_header {
    ais_tensor_type type;
    bool big_endian, fortran_order;
    size_t rank;
    int64_t shape[AIS_TENSOR_MAX_RANK];
    size_t data_offset;
} ais__npy_header;

/* Errors: AIS_E_INPUT, AIS_E_LIMIT with the byte. */
AIS_NODISCARD int ais__npy_read_header(const char *name, const unsigned char *data, size_t length,
                                       ais__npy_header *out, ais_error **err);
int ais__npy_fail(const char *name, ais_error_code code, size_t byte, ais_error **err,
                  const char *format, ...) AIS_PRINTF(5, 6);
/* 'f', 'i', 'u', 'b' for a type that numpy has; 0 for the others. */
char ais__npy_letter(ais_tensor_type type);
#endif
