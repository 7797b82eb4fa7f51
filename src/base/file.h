/* base/file - whole files and folders: read, write atomically, copy, replace, remove.
 *
 * Layer: above error, path. Only this file and store/ write to disk.
 * "Atomic" means: temporary file beside the target, fsync, rename, fsync of the folder; after a
 * failure or a crash the old content is whole.
 * Threads: no shared state. Errors: AIS_E_IO with the path, AIS_E_LIMIT for a file too large. */
#ifndef AIS_BASE_FILE_H
#define AIS_BASE_FILE_H
#include <sys/types.h>

#include "base/error.h"
#include "base/path.h"

/* Read a regular file of at most `limit` bytes. `*data` gets a NUL behind its `*length` bytes.
 * Ownership: the caller frees `*data`.
 * Errors: AIS_E_IO (also for a folder, device or pipe), AIS_E_LIMIT. */
AIS_NODISCARD int ais_file_read(const char *path, size_t limit, char **data, size_t *length,
                                ais_error **err);
/* A regular file in memory, read as it is looked at. What another program does to the file shows; one that
 * shortens it ends ours, so only files that are replaced by rename, as all of ours are, are safe. */
typedef struct ais_file_mapping {
    const void *data; /* NULL when the file is empty */
    size_t length;
    int fd; /* of the file, for copying from it; -1: none */
} ais_file_mapping;
/* Errors: AIS_E_IO (also for a folder, device or pipe), AIS_E_LIMIT. */
AIS_NODISCARD int ais_file_map(const char *path, size_t limit, ais_file_mapping *out,
                               ais_error **err);
void ais_file_mapping_clear(ais_file_mapping *mapping);

/* Write a whole file atomically, mode 0644 less the umask. Leaves an equal file untouched, so that
 * running a stage again changes no time stamps. A symbolic link stays, its target is replaced. */
AIS_NODISCARD int ais_file_write(const char *path, const void *data, size_t length,
                                 ais_error **err);
/* Would ais_file_write() find a place there? Asked before long work whose result goes there: something that is no
 * regular file, a missing folder, one that must not be written to. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_file_check_target(const char *path, ais_error **err);
/* Are these two names of one file that is there? */
bool ais_file_is_same(const char *a, const char *b);
/* Write a new file below a folder that is being staged: not atomic, not waited for, since
 * ais_tree_replace() sees to both. Errors: AIS_E_IO, also when the file is there. */
AIS_NODISCARD int ais_file_create(const char *path, const void *data, size_t length,
                                  ais_error **err);
/* A stretch of a file to come: bytes in memory; with `data` NULL a range of the file behind `fd`; with
 * `fd` -1 too, zeros (a hole). */
typedef struct ais_file_span {
    const void *data;
    int fd;
    uint64_t offset, length;
} ais_file_span;
/* As ais_file_create(), from spans in a row. Ranges of files are copied by the kernel and never come into our
 * memory. On failure nothing is left. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_file_create_from(const char *path, const ais_file_span *spans, size_t count,
                                       ais_error **err);
/* Put a file that was staged beside `target` in its place in one step, once it is on disk. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_file_move(const char *staged, const char *target, ais_error **err);
/* A new folder for staging, hidden, inside of `folder`. Ownership: the caller removes and frees it.
 * Errors: AIS_E_IO; then NULL. */
char *ais_dir_stage(const char *folder, ais_error **err);
/* Is this the name of a temporary file of ais_file_write(), left behind when its writer was killed? */
bool ais_file_is_temporary(const char *name);
/* Write all bytes, however many calls it takes. -1 with errno. */
AIS_NODISCARD int ais_file_write_all(int fd, const void *data, size_t length);
bool ais_file_exists(const char *path); /* anything there, symbolic links followed */
bool ais_dir_exists(const char *path);
/* mkdir -p. */
AIS_NODISCARD int ais_dir_make(const char *path, ais_error **err);
/* The names in a folder, on disk. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_dir_sync(const char *path, ais_error **err);
/* Names in a folder without "." and "..", sorted bytewise. Ownership: the caller frees the list
 * with ais_names_clear(). */
typedef struct ais_names {
    char **items;
    size_t count, capacity;
} ais_names;
void ais_names_clear(ais_names *names);
void ais_names_add(ais_names *names, const char *name);
AIS_NODISCARD int ais_dir_list(const char *path, ais_names *out, ais_error **err);
/* Copy a file or a whole folder to `target`, which must not exist: modes kept, symbolic links
 * copied as links; devices, pipes and sockets are errors. Copies by reference where the file system
 * can; on disk only after ais_tree_replace(). On failure nothing is left at `target`. Errors:
 * AIS_E_EXISTS when `target` exists, AIS_E_IO. */
AIS_NODISCARD int ais_tree_copy(const char *source, const char *target, ais_error **err);
/* As above, for a copy that stands somewhere else and is worked on: when `source` is a link, and for
 * relative links that lead out of the folder, what they lead to is copied. A link that leads nowhere,
 * and one with an absolute path, stays a link. The owner may write to the copy's folders.
 * Errors: as above, AIS_E_LIMIT for links that lead from folder to folder without end. */
AIS_NODISCARD int ais_tree_copy_whole(const char *source, const char *target, ais_error **err);
/* As ais_tree_copy(), but files are hard links where the file system can: for two places of which nobody
 * changes a file, only puts another in its place. */
AIS_NODISCARD int ais_tree_share(const char *source, const char *target, ais_error **err);
/* rm -rf; a missing path is fine, and so are folders of ours that we may not write to. */
AIS_NODISCARD int ais_tree_remove(const char *path, ais_error **err);
/* Are both the same in names, modes, links and contents? False when one is missing. */
bool ais_tree_equal(const char *a, const char *b);
/* All of it on disk. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_tree_sync(const char *path, ais_error **err);
/* Put `staged` at `target` in one step; what was at `target` is at `staged` then, and nothing when
 * `target` was missing. Errors: AIS_E_IO; `target` is as before then. */
AIS_NODISCARD int ais_tree_exchange(const char *staged, const char *target, ais_error **err);
/* Put the folder `staged` in the place of `target` in one step (all of it on disk, exchange, then
 * remove the old one), `target` may be missing. A target that is equal in names, modes and contents is
 * left untouched. On failure `target` is as before. What cannot be removed of the old folder stays
 * at `staged`. */
AIS_NODISCARD int ais_tree_replace(const char *staged, const char *target, ais_error **err);
#endif
