/* _native.h - the parts of the extension module aisprint._native.
 *
 * It is libaisprint for Python: models and bundles as buffers. It knows no numpy: arrays come in
 * and go out through the buffer protocol, so that neither side copies. The Python modules
 * onnx_inference and bundle are the interface; this is what they stand on.
 * Built for CPython's stable ABI (3.11 and later): one file serves every version.
 * Threads: a run, a load and a write go on without the interpreter's lock.
 * State: what a module has is in native_state. Tables of methods and types are not const, because
 * CPython takes them so; nothing writes to them. */
#ifndef AISPRINT_NATIVE_H
#define AISPRINT_NATIVE_H
#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "aisprint/bundle.h"
#include "aisprint/infer.h"

typedef struct native_state {
    PyObject *session_type, *tensor_type;
} native_state;

/* The arrays of one call: tensors, and the views that keep their memory in place. clear() also
 * after a failure of the other two. */
typedef struct native_arrays {
    ais_tensor *tensors;
    Py_buffer *views;
    Py_ssize_t count;
} native_arrays;

/* Make room for `count` arrays, and add one, described by the buffer that it gives; `name` must
 * outlive the arrays. False with an exception set. */
int native_arrays_reserve(native_arrays *a, Py_ssize_t count);
int native_arrays_add(native_arrays *a, PyObject *array, const char *name);
void native_arrays_clear(native_arrays *a);

/* Turn an error into an exception, and free it. Always NULL. */
PyObject *native_raise(ais_error *error);

/* An object with `shape`, `dtype` and the buffer protocol. It keeps `owner`, to which the memory
 * belongs. */
PyObject *native_tensor_new(const native_state *state, PyObject *owner, const ais_tensor *tensor,
                            int readonly);
/* A tuple; None for a size that is open. */
PyObject *native_shape_to_tuple(const int64_t *shape, size_t rank);
/* The end of an object of one of our types. */
void native_free_object(PyObject *self);

extern PyType_Spec native_tensor_spec, native_session_spec;

/* Functions of the module. */
PyObject *native_open_session(PyObject *module, PyObject *arguments);
PyObject *native_read_bundle(PyObject *module, PyObject *arguments);
PyObject *native_write_bundle(PyObject *module, PyObject *arguments);
#endif
