/* Errors as exceptions, arrays as tensors and tensors as buffers; see _native.h. */
#include "_native.h"

#include <stdlib.h>
#include <string.h>

/* One array whose memory belongs to `owner`, a capsule around a run or a bundle. */
typedef struct tensor_object {
    PyObject_HEAD
    PyObject *owner;
    const ais_tensor *tensor;
    int readonly;
} tensor_object;

/* ---- errors ---- */

PyObject *native_raise(ais_error *error)
{
    PyObject *type = PyExc_RuntimeError;
    switch (ais_error_get_code(error)) {
    case AIS_E_INPUT:
    case AIS_E_LIMIT:
    case AIS_E_USAGE:
        type = PyExc_ValueError;
        break;
    case AIS_E_IO:
        type = PyExc_OSError;
        break;
    case AIS_E_MISSING:
        type = PyExc_ImportError;
        break;
    case AIS_E_EXISTS:
    case AIS_E_COMPONENT:
    case AIS_E_GOES_ON:
    case AIS_E_TIMEOUT:
    case AIS_E_REFUSED:
    case AIS_E_INFEASIBLE:
    case AIS_E_INTERRUPTED:
    case AIS_ERROR_CODE_COUNT:
        break;
    }
    char *text = ais_error_to_text(error);
    PyObject *message = PyUnicode_DecodeFSDefault(text); /* it may hold a path of any bytes */
    if (message != NULL)
        PyErr_SetObject(type, message);
    Py_XDECREF(message);
    free(text);
    ais_error_free(error);
    return NULL;
}

/* ---- element types ---- */

/* The type that a buffer's format stands for, or -1. */
static int type_of_format(const char *format, Py_ssize_t size)
{
    static const struct {
        const char *letters; /* any of them, where the size is right */
        Py_ssize_t size;
        ais_tensor_type type;
    } rows[] = {
        {.letters = "efd", .size = 2, .type = AIS_FLOAT16},
        {.letters = "efd", .size = 4, .type = AIS_FLOAT32},
        {.letters = "efd", .size = 8, .type = AIS_FLOAT64},
        {.letters = "bhilq", .size = 1, .type = AIS_INT8},
        {.letters = "bhilq", .size = 2, .type = AIS_INT16},
        {.letters = "bhilq", .size = 4, .type = AIS_INT32},
        {.letters = "bhilq", .size = 8, .type = AIS_INT64},
        {.letters = "BHILQ", .size = 1, .type = AIS_UINT8},
        {.letters = "BHILQ", .size = 2, .type = AIS_UINT16},
        {.letters = "BHILQ", .size = 4, .type = AIS_UINT32},
        {.letters = "BHILQ", .size = 8, .type = AIS_UINT64},
        {.letters = "?", .size = 1, .type = AIS_BOOL},
    };
    if (format == NULL)
        format = "B";
    if (*format == '@' || *format == '=' || *format == '<')
        format++;
    if (format[0] == '\0' || format[1] != '\0')
        return -1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].size == size && strchr(rows[i].letters, format[0]) != NULL)
            return (int)rows[i].type;
    return -1;
}

/* Describe an array by the buffer that it gives; false with an exception set. On success the caller
 * releases `view`. */
static int describe(PyObject *array, const char *name, Py_buffer *view, ais_tensor *out)
{
    if (PyObject_GetBuffer(array, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0)
        return 0;
    const int type = type_of_format(view->format, view->itemsize);
    if (type < 0 || view->ndim > AIS_TENSOR_MAX_RANK) {
        if (type < 0)
            PyErr_Format(PyExc_TypeError, "'%s' has elements of an unknown kind (format '%s')",
                         name, view->format);
        else
            PyErr_Format(PyExc_ValueError, "'%s' has %d dimensions (at most %d are possible)", name,
                         view->ndim, (int)AIS_TENSOR_MAX_RANK);
        PyBuffer_Release(view);
        return 0;
    }
    *out = (ais_tensor){.name = name,
                        .type = (ais_tensor_type)type,
                        .rank = (size_t)view->ndim,
                        .data = view->buf,
                        .bytes = (size_t)view->len};
    for (int i = 0; i < view->ndim; i++)
        out->shape[i] = view->shape[i];
    return 1;
}

void native_arrays_clear(native_arrays *a)
{
    for (Py_ssize_t i = 0; i < a->count; i++)
        PyBuffer_Release(&a->views[i]);
    PyMem_Free(a->tensors);
    PyMem_Free(a->views);
}

int native_arrays_reserve(native_arrays *a, Py_ssize_t count)
{
    a->tensors = PyMem_Calloc(count > 0 ? (size_t)count : 1, sizeof *a->tensors);
    a->views = PyMem_Calloc(count > 0 ? (size_t)count : 1, sizeof *a->views);
    if (a->tensors != NULL && a->views != NULL)
        return 1;
    PyErr_NoMemory();
    return 0;
}

int native_arrays_add(native_arrays *a, PyObject *array, const char *name)
{
    if (!describe(array, name, &a->views[a->count], &a->tensors[a->count]))
        return 0;
    a->count++;
    return 1;
}

/* ---- tensors ---- */

void native_free_object(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static void tensor_dealloc(PyObject *self)
{
    Py_XDECREF(((tensor_object *)self)->owner);
    native_free_object(self);
}

static int tensor_get_buffer(PyObject *self, Py_buffer *view, int flags)
{
    const tensor_object *t = (tensor_object *)self;
    void *data =
        t->tensor->data != NULL ? t->tensor->data : self; /* no bytes: any address will do */
    return PyBuffer_FillInfo(view, self, data, (Py_ssize_t)t->tensor->bytes, t->readonly, flags);
}

PyObject *native_shape_to_tuple(const int64_t *shape, size_t rank)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)rank);
    for (size_t i = 0; tuple != NULL && i < rank; i++) {
        PyObject *size = shape[i] < 0 ? Py_NewRef(Py_None) : PyLong_FromLongLong(shape[i]);
        if (size == NULL || PyTuple_SetItem(tuple, (Py_ssize_t)i, size) < 0)
            Py_CLEAR(tuple);
    }
    return tuple;
}

static PyObject *tensor_get_shape(PyObject *self, void *unused)
{
    (void)unused;
    const tensor_object *t = (tensor_object *)self;
    return native_shape_to_tuple(t->tensor->shape, t->tensor->rank);
}

static PyObject *tensor_get_dtype(PyObject *self, void *unused)
{
    (void)unused;
    return PyUnicode_FromString(ais_tensor_type_name(((tensor_object *)self)->tensor->type));
}

static PyGetSetDef tensor_getset[] = {{.name = "shape", .get = tensor_get_shape},
                                      {.name = "dtype", .get = tensor_get_dtype},
                                      {.name = NULL}};

static PyType_Slot tensor_slots[] = {{Py_tp_dealloc, tensor_dealloc},
                                     {Py_tp_getset, tensor_getset},
                                     {Py_bf_getbuffer, tensor_get_buffer},
                                     {0, NULL}};

PyType_Spec native_tensor_spec = {.name = "aisprint._native.Tensor",
                                  .basicsize = sizeof(tensor_object),
                                  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                  .slots = tensor_slots};

PyObject *native_tensor_new(const native_state *state, PyObject *owner, const ais_tensor *tensor,
                            int readonly)
{
    tensor_object *t = PyObject_New(tensor_object, (PyTypeObject *)state->tensor_type);
    if (t == NULL)
        return NULL;
    t->owner = Py_NewRef(owner);
    t->tensor = tensor;
    t->readonly = readonly;
    return (PyObject *)t;
}
