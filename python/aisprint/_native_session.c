/* Sessions: a model that is loaded, and its runs; see _native.h. */
#include "_native.h"

typedef struct session_object {
    PyObject_HEAD
    ais_session *session;
    PyObject *path; /* bytes */
    int threads;
} session_object;

static const char run_capsule[] = "aisprint.run";

static void session_dealloc(PyObject *self)
{
    session_object *s = (session_object *)self;
    ais_session_close(s->session);
    Py_XDECREF(s->path);
    native_free_object(self);
}

static ais_session *open_model(PyObject *path, int threads)
{
    ais_session *session = NULL;
    ais_error *error = NULL;
    const char *name = PyBytes_AsString(path);
    if (name == NULL)
        return NULL;
    int result;
    Py_BEGIN_ALLOW_THREADS
    result = ais_session_open(name, &(ais_session_options){.threads = threads}, &session, &error);
    Py_END_ALLOW_THREADS
    if (result < 0)
        native_raise(error);
    return session;
}

PyObject *native_open_session(PyObject *module, PyObject *arguments)
{
    PyObject *path = NULL; /* made by the converter, a new reference */
    int threads = 0;
    if (!PyArg_ParseTuple(arguments, "O&|i:open_session", PyUnicode_FSConverter, &path, &threads))
        return NULL;
    const native_state *state = PyModule_GetState(module);
    ais_session *session = open_model(path, threads);
    session_object *s = NULL;
    if (session != NULL)
        s = PyObject_New(session_object, (PyTypeObject *)state->session_type);
    if (s == NULL) {
        ais_session_close(session);
        Py_DECREF(path);
        return NULL;
    }
    s->session = session;
    s->path = path;
    s->threads = threads;
    return (PyObject *)s;
}

PyDoc_STRVAR(is_current_doc,
             "is_current() -> whether its path still names the model it was opened from");

static PyObject *session_is_current(PyObject *self, PyObject *unused)
{
    (void)unused;
    const session_object *s = (session_object *)self;
    /* The library gives the same session for a file that has not changed, nor what it refers to. */
    ais_session *now = open_model(s->path, s->threads);
    if (now == NULL)
        return NULL;
    const int same = now == s->session;
    ais_session_close(now);
    return PyBool_FromLong(same);
}

static PyObject *info_to_tuple(const ais_tensor_info *info)
{
    PyObject *shape =
        info->any_rank ? Py_NewRef(Py_None) : native_shape_to_tuple(info->shape, info->rank);
    return Py_BuildValue("(ssN)", info->name, ais_tensor_type_name(info->type), shape);
}

static PyObject *list_infos(const ais_session *session, size_t count,
                            const ais_tensor_info *(*get)(const ais_session *, size_t))
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *info = info_to_tuple(get(session, i));
        if (info == NULL || PyTuple_SetItem(tuple, (Py_ssize_t)i, info) < 0)
            Py_CLEAR(tuple);
    }
    return tuple;
}

static PyObject *session_get_inputs(PyObject *self, void *unused)
{
    (void)unused;
    const ais_session *session = ((session_object *)self)->session;
    return list_infos(session, ais_session_count_inputs(session), ais_session_get_input);
}

static PyObject *session_get_outputs(PyObject *self, void *unused)
{
    (void)unused;
    const ais_session *session = ((session_object *)self)->session;
    return list_infos(session, ais_session_count_outputs(session), ais_session_get_output);
}

static void free_run(PyObject *capsule)
{
    ais_run_free(PyCapsule_GetPointer(capsule, run_capsule));
}

/* The outputs as a list of tensors; takes `run` over. */
static PyObject *outputs_to_list(const native_state *state, ais_run *run)
{
    PyObject *owner = PyCapsule_New(run, run_capsule, free_run);
    if (owner == NULL) {
        ais_run_free(run);
        return NULL;
    }
    const size_t count = ais_run_count_outputs(run);
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (size_t i = 0; list != NULL && i < count; i++) {
        PyObject *tensor = native_tensor_new(state, owner, ais_run_get_output(run, i), 0);
        if (tensor == NULL || PyList_SetItem(list, (Py_ssize_t)i, tensor) < 0)
            Py_CLEAR(list);
    }
    Py_DECREF(owner);
    return list;
}

/* The arrays of a run, in the order of the model's inputs. */
static int collect_inputs(const ais_session *session, PyObject *list, native_arrays *in)
{
    const Py_ssize_t count = PyList_Size(list);
    if (count < 0 || !native_arrays_reserve(in, count))
        return 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        const ais_tensor_info *wanted = ais_session_get_input(session, (size_t)i);
        if (!native_arrays_add(in, PyList_GetItem(list, i),
                               wanted != NULL ? wanted->name : "input"))
            return 0;
        /* numpy has no bfloat16: its bits travel as uint16 */
        if (wanted != NULL && wanted->type == AIS_BFLOAT16 && in->tensors[i].type == AIS_UINT16)
            in->tensors[i].type = AIS_BFLOAT16;
    }
    return 1;
}

PyDoc_STRVAR(run_doc, "run(list of arrays in the order of inputs) -> list of Tensor");

static PyObject *session_run(PyObject *self, PyObject *list)
{
    ais_session *session = ((session_object *)self)->session;
    const native_state *state = PyType_GetModuleState(Py_TYPE(self));
    native_arrays in = {.count = 0};
    if (state == NULL || !collect_inputs(session, list, &in)) {
        native_arrays_clear(&in);
        return NULL;
    }
    ais_run *run = NULL;
    ais_error *error = NULL;
    int result;
    Py_BEGIN_ALLOW_THREADS
    result = ais_session_run(session, in.tensors, (size_t)in.count, &run, &error);
    Py_END_ALLOW_THREADS
    native_arrays_clear(&in);
    return result < 0 ? native_raise(error) : outputs_to_list(state, run);
}

static PyMethodDef session_methods[] = {
    {.ml_name = "run", .ml_meth = session_run, .ml_flags = METH_O, .ml_doc = run_doc},
    {.ml_name = "is_current",
     .ml_meth = session_is_current,
     .ml_flags = METH_NOARGS,
     .ml_doc = is_current_doc},
    {.ml_name = NULL}};

static PyGetSetDef session_getset[] = {{.name = "inputs", .get = session_get_inputs},
                                       {.name = "outputs", .get = session_get_outputs},
                                       {.name = NULL}};

static PyType_Slot session_slots[] = {{Py_tp_dealloc, session_dealloc},
                                      {Py_tp_methods, session_methods},
                                      {Py_tp_getset, session_getset},
                                      {0, NULL}};

PyType_Spec native_session_spec = {.name = "aisprint._native.Session",
                                   .basicsize = sizeof(session_object),
                                   .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                   .slots = session_slots};
