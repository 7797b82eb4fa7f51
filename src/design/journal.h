/* design/journal - many folders and files change together, or not at all.
 *
 * A change is prepared in a staging folder: `<staging>/new/<path>` for each part, with `path` as it is
 * below the application. To commit, all of it is written to disk, then a record of the parts, then the
 * staging folder is renamed to `<application>/aisprint/.commit`: that is the moment of the change. The
 * parts are moved to their places after it; when that was cut off, the next program to look moves the
 * rest (ais_design_settle()). Every step may be done twice:
 *   folder  holds a mark while it waits; the mark is removed once it is in place
 *   file    is no longer there once it is in place
 *   gone    is no longer there
 * Layer: within design. Threads: one change of an application at a time (a lock sees to it). */
#ifndef AIS_DESIGN_JOURNAL_H
#define AIS_DESIGN_JOURNAL_H
#include "base/file.h"

#define AIS__STAGING_PREFIX ".staging-"

typedef enum ais__part_kind {
    AIS__PART_FOLDER, /* replaced as a whole */
    AIS__PART_FILE,
    AIS__PART_GONE, /* a folder or file that is no more */
    AIS__PART_KINDS
} ais__part_kind;

typedef struct ais__part {
    ais__part_kind kind;
    char *path; /* below the application */
} ais__part;

typedef struct ais__parts {
    ais__part *items;
    size_t count, capacity;
} ais__parts;
void ais__parts_add(ais__parts *parts, ais__part_kind kind, const char *path);
void ais__parts_clear(ais__parts *parts);

/* Leave out what is there already, as it should be. */
void ais__parts_drop_equal(ais__parts *parts, const char *staging, const char *app_dir);

/* Take the lock of the application's designs: one change at a time. It goes with the descriptor, so a
 * killed program leaves none. The caller closes `*fd`.
 * Errors: AIS_E_EXISTS when another one has it, AIS_E_IO. */
AIS_NODISCARD int ais__journal_lock(const char *app_dir, int *fd, ais_error **err);

/* Commit: see above. Before anything is moved it is checked that every part can take its place. After
 * success nothing is left of the staging folder.
 * Errors: AIS_E_IO. The application is as before, unless the message says that the change waits. */
AIS_NODISCARD int ais__journal_commit(const ais__parts *parts, const char *staging,
                                      const char *app_dir, ais_error **err);

/* With the lock held: finish a change that was cut off, and remove what killed programs have left behind.
 * Errors: AIS_E_IO, AIS_E_INPUT for a record that cannot be read. */
AIS_NODISCARD int ais__journal_settle(const char *app_dir, ais_error **err);
#endif
