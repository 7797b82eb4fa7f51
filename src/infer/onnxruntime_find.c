/* Finding and loading ONNX Runtime's library: the first of AISPRINT_ONNXRUNTIME, the places beside
 * the program, the system's. */
#include "infer/onnxruntime.h"

#include <dlfcn.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY "libonnxruntime.so"

/* From the folder of the library or program that this code is in: a source tree, an installation. */
static const char *const places[] = {
    "../deps/sherpa-onnx/" LIBRARY,
    "../../deps/sherpa-onnx/" LIBRARY,
    "../../../deps/sherpa-onnx/" LIBRARY,
    "aisprint/" LIBRARY,
    "../aisprint/" LIBRARY,
    "../lib/aisprint/" LIBRARY,
};
/* Names that Debian's packages install; plain .so comes with the -dev package only. */
static const char *const system_names[] = {LIBRARY, LIBRARY ".1", LIBRARY ".1.21", LIBRARY ".1.23"};

typedef struct search {
    const OrtApi *api;
    const char *path, *version;
    ais_str tried; /* for the error: "; this; that" */
} search;

static void search_clear(search *s)
{
    ais_str_clear(&s->tried);
}

static void note(search *s, const char *path, const char *why)
{
    /* The linker mostly begins with the name itself. */
    const size_t length = strlen(path);
    if (strncmp(why, path, length) == 0)
        why += length + strspn(why + length, ": ");
    ais_str_add_format(&s->tried, "; %s: %s", path, why);
}

/* Is the loaded `handle` an ONNX Runtime that serves our version of the API? */
static bool take(search *s, void *handle, const char *path)
{
    const OrtApiBase *(*get_base)(void) = NULL;
    void *symbol = dlsym(handle, "OrtGetApiBase");
    if (symbol == NULL) {
        note(s, path, "is not ONNX Runtime");
        return false;
    }
    memcpy(&get_base, &symbol, sizeof get_base); /* POSIX's way to a function pointer */
    const OrtApiBase *base = get_base();
    const OrtApi *api = base->GetApi(ORT_API_VERSION);
    if (api == NULL) {
        AIS_FREE char *why = ais_format("is version %s (must be 1.%d or later)",
                                        base->GetVersionString(), ORT_API_VERSION);
        note(s, path, why);
        return false;
    }
    s->api = api;
    s->version = base->GetVersionString();
    /* The library's own idea of where it is: ours may have been found by the system's search. */
    Dl_info info;
    s->path = dladdr(symbol, &info) != 0 ? info.dli_fname : LIBRARY;
    return true;
}

static bool try_path(search *s, const char *path)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        note(s, path, dlerror());
        return false;
    }
    if (take(s, handle, path))
        return true;
    dlclose(handle);
    return false;
}

static bool try_beside(search *s, const char *folder)
{
    for (size_t i = 0; i < AIS_COUNT(places); i++) {
        AIS_FREE char *path = ais_path_join(folder, places[i]);
        AIS_FREE char *real = realpath(path, NULL);
        if (real != NULL && try_path(s, real))
            return true;
    }
    ais_str_add_format(
        &s->tried, "; no deps/sherpa-onnx/" LIBRARY " or aisprint/" LIBRARY " around %s", folder);
    return false;
}

/* Folder of the library or program that holds this very code; NULL when it cannot be known. */
static char *own_folder(void)
{
    static const char anchor;
    char program[PATH_MAX];
    Dl_info info;
    if (dladdr(&anchor, &info) != 0 && info.dli_fname[0] == '/')
        return ais_path_dir(info.dli_fname);
    /* Of a program, the linker knows only how it was called. */
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return NULL;
    program[length] = '\0';
    return ais_path_dir(program);
}

static bool try_system(search *s)
{
    for (size_t i = 0; i < AIS_COUNT(system_names); i++) {
        void *handle = dlopen(system_names[i], RTLD_NOW | RTLD_LOCAL);
        if (handle == NULL)
            continue;
        if (take(s, handle, system_names[i]))
            return true;
        dlclose(handle);
    }
    ais_str_add(&s->tried, "; no " LIBRARY " of the system");
    return false;
}

static bool find_library(search *s)
{
    const char *chosen = secure_getenv("AISPRINT_ONNXRUNTIME");
    if (chosen != NULL && chosen[0] != '\0')
        return try_path(s, chosen); /* who chooses wants no other */
    AIS_FREE char *folder = own_folder();
    return (folder != NULL && try_beside(s, folder)) ||
           (access(AIS_BUILD_ROOT "/deps/sherpa-onnx/" LIBRARY, R_OK) == 0 &&
            try_path(s, AIS_BUILD_ROOT "/deps/sherpa-onnx/" LIBRARY)) ||
           try_system(s);
}

int ais__ort_find(const OrtApi **api, const char **path, const char **version, ais_error **err)
{
    AIS_SCOPED(search) s = {.api = NULL};
    if (!find_library(&s)) {
        const bool chosen = getenv("AISPRINT_ONNXRUNTIME") != NULL;
        ais_error_set(err, AIS_E_MISSING, "ONNX Runtime, which runs models, is not to be found%s%s",
                      chosen ? " where AISPRINT_ONNXRUNTIME says" : "", ais_str_get(&s.tried));
        return ais_error_hint(err,
                              "%srun 'make setup' in the source folder; on Debian 13 'apt "
                              "install libonnxruntime1.21' does too",
                              chosen ? "unset it, or " : "");
    }
    *api = s.api;
    *path = s.path;
    *version = s.version;
    return 0;
}
