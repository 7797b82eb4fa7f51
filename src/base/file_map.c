/* Files in memory; see file.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_priv.h"

static int map_open(int fd, const char *path, size_t limit, ais_file_mapping *out, ais_error **err)
{
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return ais_error_set_errno(err, path, "cannot read");
    if (!S_ISREG(status.st_mode))
        return ais__file_refuse_kind(path, status.st_mode, err);
    if ((uint64_t)status.st_size > limit)
        return ais__file_refuse_size(path, limit, err);
    ais_file_mapping mapping = {.length = (size_t)status.st_size, .fd = fd};
    if (mapping.length > 0) { /* nothing cannot be mapped */
        void *data = mmap(NULL, mapping.length, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED)
            return ais_error_set_errno(err, path, "cannot read");
        mapping.data = data;
    }
    *out = mapping;
    return 0;
}

int ais_file_map(const char *path, size_t limit, ais_file_mapping *out, ais_error **err)
{
    /* O_NONBLOCK: to open a pipe must not wait for its writer. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (map_open(fd, path, limit, out, err) == 0)
        return 0;
    ais_cleanup_close(&fd);
    return -1;
}

void ais_file_mapping_clear(ais_file_mapping *mapping)
{
    if (mapping->data != NULL)
        munmap((void *)(uintptr_t)mapping->data, mapping->length);
    ais_cleanup_close(&mapping->fd);
    *mapping = (ais_file_mapping){.fd = -1};
}
