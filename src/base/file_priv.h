/* base/file_priv - what file.c lends to tree.c. */
#ifndef AIS_BASE_FILE_PRIV_H
#define AIS_BASE_FILE_PRIV_H
#include "base/error.h"

/* Make the entries of the folder (or the bytes of the file) at `path` survive a crash. */
AIS_NODISCARD int ais__file_sync(const char *path, ais_error **err);
/* A name in the folder of `path` that nobody else uses: hidden, starting with ".aisprint-".
 * Ownership: the caller frees it. */
char *ais__file_temporary_name(const char *path);
#endif
