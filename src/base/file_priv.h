/* base/file_priv - what file.c lends to file_map.c and tree.c. */
#ifndef AIS_BASE_FILE_PRIV_H
#define AIS_BASE_FILE_PRIV_H
#include <sys/types.h>

#include "base/error.h"

/* Fail: what is at `path` is no regular file (AIS_E_IO), or too large (AIS_E_LIMIT). */
int ais__file_refuse_kind(const char *path, mode_t mode, ais_error **err);
int ais__file_refuse_size(const char *path, size_t limit, ais_error **err);
/* Make the entries of the folder (or the bytes of the file) at `path` survive a crash. */
AIS_NODISCARD int ais__file_sync(const char *path, ais_error **err);
/* A name in the folder of `path` that nobody else uses: hidden, starting with ".aisprint-".
 * Ownership: the caller frees it. */
char *ais__file_temporary_name(const char *path);
#endif
