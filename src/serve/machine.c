/* Processor, memory, system; see machine.h. */
#include "serve/machine.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* "model name : ..." of the first processor; other architectures say it otherwise or not at all. */
static char *read_processor(void)
{
    char line[256];
    char *found = NULL;
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file != NULL && found == NULL && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon != NULL && colon[1] != '\0') {
            line[strcspn(line, "\n")] = '\0';
            found = ais_strdup(colon + 1 + strspn(colon + 1, " "));
        }
    }
    if (file != NULL)
        fclose(file);
    return found != NULL ? found : ais_strdup("unknown");
}

void ais_machine_read(ais_machine *out)
{
    struct utsname name;
    cpu_set_t usable;
    *out = (ais_machine){.processor = read_processor(), .cores = sysconf(_SC_NPROCESSORS_ONLN)};
    if (sched_getaffinity(0, sizeof usable, &usable) == 0)
        out->cores = CPU_COUNT(&usable);
    out->memory_bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    out->system = uname(&name) == 0
                      ? ais_format("%s %s %s", name.sysname, name.release, name.machine)
                      : ais_strdup("unknown");
}

void ais_machine_clear(ais_machine *machine)
{
    free(machine->system);
    free(machine->processor);
    *machine = (ais_machine){.system = NULL};
}
