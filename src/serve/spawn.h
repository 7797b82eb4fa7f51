/* serve/spawn - starts a program that is looked after while it runs: own process group, own log, dies
 * when we die. (base/process runs programs to their end instead.)
 *
 * Layer: above base. Threads: one; the program dies with the thread that started it. */
#ifndef AIS_SERVE_SPAWN_H
#define AIS_SERVE_SPAWN_H
#include <sys/types.h>

#include "base/error.h"

enum { AIS_SPAWN_SOCKET_FD = 3 };

typedef struct ais_spawn_spec {
    char *const *words;       /* NULL-terminated; words[0] is a path */
    char *const *environment; /* NULL-terminated */
    const char *dir;          /* working directory */
    int output;               /* its standard output and error; standard input is /dev/null */
    int socket;               /* becomes AIS_SPAWN_SOCKET_FD; -1 = none */
} ais_spawn_spec;

typedef struct ais_spawned {
    pid_t pid;
    int pidfd; /* readable when it has ended */
} ais_spawned;

/* Every descriptor of ours must be close-on-exec. Ownership: the caller gives `*out` to
 * ais_spawn_wait(). Errors: AIS_E_IO naming the program and its folder. */
AIS_NODISCARD int ais_spawn(const ais_spawn_spec *spec, ais_spawned *out, ais_error **err);
/* Send a signal to its whole process group. */
void ais_spawn_signal(const ais_spawned *spawned, int number);
/* Wait for its end and close the descriptor. Returns the status as waitpid() gives it. */
int ais_spawn_wait(ais_spawned *spawned);
/* "the process ended with status 3", "the process was killed by signal 11 (Segmentation fault)". The
 * caller frees. */
char *ais_spawn_describe(int status);
#endif
