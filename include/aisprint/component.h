/* aisprint/component.h - what a component written in C implements.
 *
 * A component is one or more .c files in src/<component>/ of the application. One of its functions
 * carries the annotations of aisprint/annotations.h and has this shape:
 *
 *     int classify(const ais_component_call *call, ais_error **err);
 *
 * It reads the item `call->input` and writes its result to `call->output`. What it writes decides
 * where the item goes:
 *   - the file `call->output`: the item goes on to every successor;
 *   - files of other names beside it: each is an item of its own, to every successor;
 *   - files in a sub-folder named like a successor: they go to that successor only;
 *   - nothing: the item is dropped (and that is no error).
 * Returns 0, or -1 with `*err` set: the item has failed and is kept aside.
 * Threads: called by one thread at a time in a process of its own, which is kept for many items, so
 * static variables may hold loaded models. */
#ifndef AISPRINT_COMPONENT_H
#define AISPRINT_COMPONENT_H
#include "aisprint/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ais_component_call {
    const char *input;          /* path of the item to read */
    const char *output;         /* path of the result to write; its folder is private to the call */
    const char *onnx_file;      /* path of the model, or NULL (what -y gives a Python component) */
    const char *component_name; /* the name that the application gives it */
    const char *session_id;     /* one id follows an item through the whole graph */
} ais_component_call;

typedef int ais_component_entry(const ais_component_call *call, ais_error **err);

#ifdef __cplusplus
}
#endif
#endif
