/* The extension module; see _native.h. */
#include "_native.h"

PyDoc_STRVAR(open_session_doc, "open_session(path, threads=0) -> Session");
PyDoc_STRVAR(read_bundle_doc,
             "read_bundle(path, writable=False) -> ({name: Tensor}, {key: JSON text})");
PyDoc_STRVAR(write_bundle_doc, "write_bundle(path, {name: array}, {key: JSON text})");

static PyMethodDef functions[] = {{.ml_name = "open_session",
                                   .ml_meth = native_open_session,
                                   .ml_flags = METH_VARARGS,
                                   .ml_doc = open_session_doc},
                                  {.ml_name = "read_bundle",
                                   .ml_meth = native_read_bundle,
                                   .ml_flags = METH_VARARGS,
                                   .ml_doc = read_bundle_doc},
                                  {.ml_name = "write_bundle",
                                   .ml_meth = native_write_bundle,
                                   .ml_flags = METH_VARARGS,
                                   .ml_doc = write_bundle_doc},
                                  {.ml_name = NULL}};

static int add_types(PyObject *module)
{
    native_state *state = PyModule_GetState(module);
    state->session_type = PyType_FromModuleAndSpec(module, &native_session_spec, NULL);
    state->tensor_type = PyType_FromModuleAndSpec(module, &native_tensor_spec, NULL);
    if (state->session_type == NULL || state->tensor_type == NULL)
        return -1;
    return PyModule_AddType(module, (PyTypeObject *)state->session_type) < 0 ||
                   PyModule_AddType(module, (PyTypeObject *)state->tensor_type) < 0
               ? -1
               : 0;
}

static int traverse(PyObject *module, visitproc visit, void *arg)
{
    const native_state *state = PyModule_GetState(module);
    Py_VISIT(state->session_type);
    Py_VISIT(state->tensor_type);
    return 0;
}

static int clear(PyObject *module)
{
    native_state *state = PyModule_GetState(module);
    Py_CLEAR(state->session_type);
    Py_CLEAR(state->tensor_type);
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, add_types}, {0, NULL}};

static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT,
                                 .m_name = "aisprint._native",
                                 .m_size = sizeof(native_state),
                                 .m_methods = functions,
                                 .m_slots = slots,
                                 .m_traverse = traverse,
                                 .m_clear = clear};

PyMODINIT_FUNC PyInit__native(void);

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
