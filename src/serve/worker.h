/* serve/worker - one process that runs one component.
 *
 * Warm: the process loads the component once and then answers request after request over a socket
 * whose number it finds in AISPRINT_WORKER_FD. Cold: a fresh process for each item. The frames are
 * those of frame.h; the keys, and what a worker must do:
 *
 *   worker -> us, once, after loading:  ready = "1", or error = why it cannot be loaded
 *   us -> worker, one item:  input, output (absolute paths), onnx_file (only for a component with a
 *                            model), component_name, session_id, resource_id, event (JSON)
 *   worker -> us:  ok = "1" and function_s = seconds inside the user's function,
 *                  or error = message, with function_s and traceback when known
 *   end of the stream: the worker ends.
 *
 * The process has its own process group, the design's folder as its working directory, nothing on
 * standard input, standard output and error in its log file, and it dies when we die.
 * Layer: above loop and frame; knows no graph. Units: seconds.
 * Threads: the one of the loop. */
#ifndef AIS_SERVE_WORKER_H
#define AIS_SERVE_WORKER_H
#include "serve/frame.h"
#include "serve/loop.h"

/* What to start; borrowed by the worker for its whole life. */
typedef struct ais_worker_spec {
    const char *name;               /* of the component, for messages */
    const char *dir;                /* working directory: the design */
    const char *const *warm;        /* NULL-terminated words of the warm program */
    const char *const *cold;        /* of the cold one: -i, -o and -y are put behind */
    const char *const *environment; /* "NAME=value", all of it */
    const char *onnx_file;          /* NULL when the component has no model */
    const char *resource;           /* name of the resource that it stands for */
    const char *log_path;
} ais_worker_spec;

typedef struct ais_worker_request {
    const char *input, *output, *session_id, *event;
} ais_worker_request;

typedef enum ais_worker_event_kind {
    AIS_WORKER_READY,  /* loaded, may be given work */
    AIS_WORKER_DONE,   /* answered: ok */
    AIS_WORKER_FAILED, /* answered: error, `message` says which */
    AIS_WORKER_UNFIT,  /* cannot be loaded: `message` says why; the process is ending */
    AIS_WORKER_ENDED   /* the process is gone and reaped; `message` says how it ended */
} ais_worker_event_kind;

typedef struct ais_worker_event {
    ais_worker_event_kind kind;
    const char *message; /* borrowed until the callback returns; NULL for READY and DONE */
    double function_s;   /* NAN when not known */
} ais_worker_event;

typedef struct ais_worker ais_worker;
/* May give the worker new work or start it again; must not free it. DONE and FAILED may come from a
 * process that has just ended: ask ais_worker_is_alive() before giving it more. */
typedef void ais_worker_listener(void *data, ais_worker *worker, const ais_worker_event *event);

/* Nothing is started yet. `listener` is called from the loop only. Ownership: the caller frees. */
ais_worker *ais_worker_new(ais_loop *loop, const ais_worker_spec *spec,
                           ais_worker_listener *listener, void *data);
/* Ends the process at once if there is one, and waits for it. */
void ais_worker_free(ais_worker *worker);

/* Start the warm process; AIS_WORKER_READY, UNFIT or ENDED follows. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_worker_start(ais_worker *worker, ais_error **err);
/* Give a ready worker one item; DONE, FAILED or ENDED follows. Errors: AIS_E_IO when the socket does
 * not take it (the process is then as good as dead), AIS_E_LIMIT when the paths are too long. */
AIS_NODISCARD int ais_worker_send(ais_worker *worker, const ais_worker_request *request,
                                  ais_error **err);
/* Run one item in a fresh process; DONE (status 0) or ENDED follows. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_worker_run_cold(ais_worker *worker, const ais_worker_request *request,
                                      ais_error **err);
/* Let a warm process end by itself: closes its socket. AIS_WORKER_ENDED follows. */
void ais_worker_close(ais_worker *worker);
/* Send a signal to the whole process group; ENDED follows unless it is ignored. */
void ais_worker_signal(ais_worker *worker, int number);
bool ais_worker_is_alive(const ais_worker *worker);
/* The last lines that it wrote since the item was given to it: "" or text with newlines. The caller
 * frees. */
char *ais_worker_tail(const ais_worker *worker);
#endif
