/* serve/space - the private folder in which the files of items wait on their way.
 *
 * `<out>/.aisprint-run-<pid>/` lies on the file system of the results, so that a result gets there by
 * rename. Inside: one numbered folder for what a component writes for one item, and `log/`.
 * A lock on the folder tells a living run from one that was killed: leftovers of the dead are removed
 * when the next run opens its space. Files are linked, renamed and unlinked, never copied.
 * Layer: above base. Threads: one. */
#ifndef AIS_SERVE_SPACE_H
#define AIS_SERVE_SPACE_H
#include "base/error.h"

typedef struct ais_space ais_space;

/* Where one component wrote for one item. Counted: each file in it that still waits holds it. */
typedef struct ais_folder ais_folder;

/* `out` must be an absolute path of a folder. Errors: AIS_E_IO. Ownership: the caller frees. */
AIS_NODISCARD int ais_space_open(const char *out, ais_space **space, ais_error **err);
/* Removes the folder and all in it. */
void ais_space_free(ais_space *space);
AIS_DEFINE_AUTO(ais_space)
/* Its absolute path (borrowed), and a descriptor of it for the ...at() functions. */
const char *ais_space_get_path(const ais_space *space);
int ais_space_get_fd(const ais_space *space);

/* A new empty folder, held once. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_folder_new(ais_space *space, ais_folder **out, ais_error **err);
void ais_folder_hold(ais_folder *folder);
/* The last release gives it back; whatever is still inside does not come back to light. */
void ais_folder_release(ais_folder *folder);
/* Path of a file in it, relative to the space. Ownership: the caller frees. */
char *ais_folder_join(const ais_folder *folder, const char *name);

/* One file that a component wrote. */
typedef struct ais_folder_file {
    char *name;
    char *path;    /* relative to the space */
    size_t branch; /* index of the successor it is for, AIS_FOLDER_ALL = every one */
} ais_folder_file;
#define AIS_FOLDER_ALL SIZE_MAX

typedef struct ais_folder_files {
    ais_folder_file *items;
    size_t count, capacity;
} ais_folder_files;
void ais_folder_files_clear(ais_folder_files *files);

/* What a component wrote, sorted by branch and name: regular files, and regular files in sub-folders
 * that are named like one of `names`.
 * Errors: AIS_E_COMPONENT for another sub-folder, a link or a special file; AIS_E_IO. */
AIS_NODISCARD int ais_folder_scan(const ais_folder *folder, const char *const *names, size_t count,
                                  ais_folder_files *out, ais_error **err);

/* Give a file of the folder the name that `file->name` has become.
 * Errors: AIS_E_IO. */
AIS_NODISCARD int ais_folder_rename(const ais_folder *folder, ais_folder_file *file,
                                    ais_error **err);

/* Move a file of the space into the folder `to_fd` under `name`; where that is taken, under `name~2`,
 * `name~3`...: nothing is overwritten. `*as` (may be NULL) receives the name; the caller frees.
 * Errors: AIS_E_IO. */
AIS_NODISCARD int ais_space_move(const ais_space *space, const char *path, int to_fd,
                                 const char *name, char **as, ais_error **err);
/* The `n` with which ais_space_number_name() gives a name that is not yet in the folder `fd`: mostly the
 * smallest. */
size_t ais_space_find_number(int fd, const char *name);
/* `name` and `ending`, `name` shortened so that both may name a file. The caller frees. */
char *ais_space_name_with(const char *name, const char *ending);
/* `name`, or for `n` > 1 `name~n`, shortened likewise. The caller frees. */
char *ais_space_number_name(const char *name, size_t n);
#endif
