/* design/entries - what design puts into the folder of one deployment, in memory: files and links.
 *
 * Layer: within design; above qos. Threads: no shared state. */
#ifndef AIS_DESIGN_ENTRIES_H
#define AIS_DESIGN_ENTRIES_H
#include "base/file.h"
#include "base/map.h"
#include "design/design_priv.h"
#include "design/qos.h"

typedef struct ais__entry {
    const char *path; /* below the deployment's folder */
    const char *text; /* content of a file, target of a link */
    size_t length;
    bool is_link;
} ais__entry;

typedef struct ais__entries {
    ais__entry *items;
    size_t count, capacity;
    char key[AIS__DESIGN_HASH_SIZE]; /* of graph, designs and layers: what the deployment is */
    ais_arena *arena;
} ais__entries;

/* What is in the application's tool folders: other deployments than base link to it. */
typedef struct ais__tool_folders {
    ais_names names[7];
} ais__tool_folders;
/* Errors: AIS_E_IO. */
AIS_NODISCARD int ais__tool_folders_read(const char *app_dir, ais__tool_folders *out,
                                         ais_error **err);
void ais__tool_folders_clear(ais__tool_folders *folders);

/* application_dag.yaml, the files of constraints, the links below src/, and (but for base, which has copies)
 * those of the tool folders. base's graph is the text of the application's own file.
 * Ownership: the caller ends it with ais__entries_clear(). */
void ais__entries_init(const ais_app *app, const ais_deployment *d,
                       const ais_constraints *constraints, const ais__tool_folders *tools,
                       const ais_str *base_dag, ais__entries *out);
void ais__entries_clear(ais__entries *entries);
/* Does the folder hold all entries as they are, and nothing else that design makes? */
bool ais__entries_stand(const ais__entries *entries, const char *dir);
/* Links that were written, by what they lead to. */
typedef struct ais__links {
    ais_map *by_target;
    ais_arena *arena;
} ais__links;
void ais__links_init(ais__links *links);
void ais__links_clear(ais__links *links);
/* Write them, and the tool folders, into the folder, which is made. Errors: AIS_E_IO. */
AIS_NODISCARD int ais__entries_write(const ais__entries *entries, const char *dir,
                                     ais__links *links, ais_error **err);

/* Does design make the file of this name in a deployment's tool folder, and not another stage? */
bool ais__entries_is_ours(const char *folder, const char *name);
#endif
