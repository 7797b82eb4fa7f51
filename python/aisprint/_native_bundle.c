/* Bundles: read as views of the mapped file, written from arrays; see _native.h. */
#include "_native.h"

static const char bundle_capsule[] = "aisprint.bundle";

static void free_bundle(PyObject *capsule)
{
    ais_bundle_free(PyCapsule_GetPointer(capsule, bundle_capsule));
}

/* Set `key` of `map` to `value`, which is taken over; NULL is an error already raised. */
static int set_item(PyObject *map, const char *key, PyObject *value)
{
    const int result = value == NULL ? -1 : PyDict_SetItemString(map, key, value);
    Py_XDECREF(value);
    return result;
}

static int fill_maps(const native_state *state, PyObject *owner, const ais_bundle *bundle,
                     int readonly, PyObject *tensors, PyObject *texts)
{
    for (size_t i = 0; i < ais_bundle_count(bundle); i++) {
        const ais_tensor *tensor = ais_bundle_get(bundle, i);
        if (set_item(tensors, tensor->name, native_tensor_new(state, owner, tensor, readonly)) < 0)
            return -1;
    }
    for (size_t i = 0; i < ais_bundle_count_texts(bundle); i++) {
        const char *key = ais_bundle_get_text_key(bundle, i);
        if (set_item(texts, key, PyUnicode_FromString(ais_bundle_find_text(bundle, key))) < 0)
            return -1;
    }
    return 0;
}

PyObject *native_read_bundle(PyObject *module, PyObject *arguments)
{
    PyObject *path = NULL;
    int writable = 0;
    if (!PyArg_ParseTuple(arguments, "O&|p:read_bundle", PyUnicode_FSConverter, &path, &writable))
        return NULL;
    const char *name = PyBytes_AsString(path);
    ais_bundle *bundle = NULL;
    ais_error *error = NULL;
    int result;
    Py_BEGIN_ALLOW_THREADS
    result = ais_bundle_read(name, &bundle, &error);
    Py_END_ALLOW_THREADS
    Py_DECREF(path);
    if (result < 0)
        return native_raise(error);
    PyObject *owner = PyCapsule_New(bundle, bundle_capsule, free_bundle);
    if (owner == NULL) {
        ais_bundle_free(bundle);
        return NULL;
    }
    PyObject *tensors = PyDict_New(), *texts = PyDict_New(), *both = NULL;
    if (tensors != NULL && texts != NULL &&
        fill_maps(PyModule_GetState(module), owner, bundle, !writable, tensors, texts) == 0)
        both = PyTuple_Pack(2, tensors, texts);
    Py_XDECREF(tensors);
    Py_XDECREF(texts);
    Py_DECREF(owner);
    return both;
}

/* Put everything of the two maps into `bundle`; `in` keeps the arrays' memory. False with an
 * exception set. */
static int fill_bundle(ais_bundle *bundle, PyObject *tensors, PyObject *texts, native_arrays *in)
{
    PyObject *key = NULL, *value = NULL;
    Py_ssize_t at = 0;
    ais_error *error = NULL;
    if (!native_arrays_reserve(in, PyDict_Size(tensors)))
        return 0;
    while (PyDict_Next(tensors, &at, &key, &value)) {
        const char *name = PyUnicode_AsUTF8AndSize(key, NULL);
        if (name == NULL || !native_arrays_add(in, value, name))
            return 0;
        if (ais_bundle_add(bundle, &in->tensors[in->count - 1], &error) < 0)
            return native_raise(error) != NULL;
    }
    for (at = 0; PyDict_Next(texts, &at, &key, &value);) {
        const char *name = PyUnicode_AsUTF8AndSize(key, NULL);
        const char *json = name != NULL ? PyUnicode_AsUTF8AndSize(value, NULL) : NULL;
        if (json == NULL)
            return 0;
        if (ais_bundle_add_text(bundle, name, json, &error) < 0)
            return native_raise(error) != NULL;
    }
    return 1;
}

PyObject *native_write_bundle(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *path = NULL, *tensors = NULL, *texts = NULL;
    if (!PyArg_ParseTuple(arguments, "O&O!O!:write_bundle", PyUnicode_FSConverter, &path,
                          &PyDict_Type, &tensors, &PyDict_Type, &texts)) {
        Py_XDECREF(path);
        return NULL;
    }
    ais_bundle *bundle = ais_bundle_new();
    native_arrays in = {.count = 0};
    ais_error *error = NULL;
    int result = fill_bundle(bundle, tensors, texts, &in) ? 0 : -1;
    if (result == 0) {
        const char *name = PyBytes_AsString(path);
        Py_BEGIN_ALLOW_THREADS
        result = ais_bundle_write(bundle, name, &error);
        Py_END_ALLOW_THREADS
        if (result < 0)
            native_raise(error);
    }
    ais_bundle_free(bundle);
    native_arrays_clear(&in);
    Py_DECREF(path);
    return result < 0 ? NULL : Py_NewRef(Py_None);
}
