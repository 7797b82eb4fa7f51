/* Files in memory; see file.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_priv.h"

int ais_file_map(const char *path, size_t limit, ais_file_mapping *out, ais_error **err)
{
    /* O_NONBLOCK: to open a pipe must not wait for its writer. */
    AIS_SCOPED(ais_file_mapping)
    mapping = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status;
    if (mapping.fd < 0 || fstat(mapping.fd, &status) < 0)
        return ais_error_set_errno(err, path, "cannot read");
    if (!S_ISREG(status.st_mode))
        return ais__file_refuse_kind(path, status.st_mode, err);
    if ((uint64_t)status.st_size > limit)
        return ais__file_refuse_size(path, limit, err);
    mapping.length = (size_t)status.st_size;
    if (mapping.length > 0) { /* nothing cannot be mapped */
        void *data = mmap(NULL, mapping.length, PROT_READ, MAP_PRIVATE, mapping.fd, 0);
        if (data == MAP_FAILED)
            return ais_error_set_errno(err, path, "cannot read");
        mapping.data = data;
    }
    *out = mapping;
    mapping = (ais_file_mapping){.fd = -1};
    return 0;
}

void ais_file_mapping_clear(ais_file_mapping *mapping)
{
    if (mapping->data != NULL)
        munmap((void *)(uintptr_t)mapping->data, mapping->length);
    ais_cleanup_close(&mapping->fd);
    *mapping = (ais_file_mapping){.fd = -1};
}
