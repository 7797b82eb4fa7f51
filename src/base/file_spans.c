/* New files from spans of memory and of other files; see file.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_priv.h"

enum { BATCH = 256, BY_HAND_BYTES = 1 << 20, COPY_BYTES = 1 << 30 };

/* Write all of `count` stretches of memory, however many calls it takes. -1 with errno. */
static int write_batch(int fd, struct iovec *batch, int count)
{
    while (count > 0) {
        const ssize_t written = writev(fd, batch, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        size_t done = (size_t)written;
        while (count > 0 && done >= batch->iov_len) {
            done -= batch->iov_len;
            batch++;
            count--;
        }
        if (count > 0) {
            batch->iov_base = (char *)batch->iov_base + done;
            batch->iov_len -= done;
        }
    }
    return 0;
}

static int copy_by_hand(int to, int from, off_t offset, uint64_t length)
{
    AIS_FREE char *buffer = ais_alloc(BY_HAND_BYTES);
    while (length > 0) {
        const size_t wanted = length < BY_HAND_BYTES ? (size_t)length : BY_HAND_BYTES;
        const ssize_t got = pread(from, buffer, wanted, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = ENODATA; /* shorter than it was */
        if (got <= 0 || ais_file_write_all(to, buffer, (size_t)got) < 0)
            return -1;
        offset += got;
        length -= (uint64_t)got;
    }
    return 0;
}

/* Inside the kernel, else by hand: between some file systems it cannot. */
static int copy_range(int to, const ais_file_span *span)
{
    off_t offset = (off_t)span->offset;
    uint64_t left = span->length;
    while (left > 0) {
        const size_t wanted = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
        const ssize_t copied = copy_file_range(span->fd, &offset, to, NULL, wanted, 0);
        if (copied < 0 && errno == EINTR)
            continue;
        if (copied < 0 && (errno == ENOSPC || errno == EIO || errno == EDQUOT || errno == EFBIG))
            return -1;
        if (copied <= 0)
            return copy_by_hand(to, span->fd, offset, left);
        left -= (uint64_t)copied;
    }
    return 0;
}

/* Nothing is written: the file grows at its end, whatever comes next. */
static int make_hole(int to, uint64_t length)
{
    const off_t at = lseek(to, (off_t)length, SEEK_CUR);
    return at < 0 ? -1 : ftruncate(to, at);
}

static int write_spans(int fd, const ais_file_span *spans, size_t count)
{
    struct iovec batch[BATCH];
    int waiting = 0;
    for (size_t i = 0; i < count; i++) {
        const ais_file_span *span = &spans[i];
        if (span->length == 0)
            continue;
        if (span->data != NULL) {
            batch[waiting++] = (struct iovec){.iov_base = (void *)(uintptr_t)span->data,
                                              .iov_len = (size_t)span->length};
            if (waiting < BATCH)
                continue;
        }
        if (write_batch(fd, batch, waiting) < 0)
            return -1;
        waiting = 0;
        if (span->data == NULL &&
            (span->fd >= 0 ? copy_range(fd, span) : make_hole(fd, span->length)) < 0)
            return -1;
    }
    return write_batch(fd, batch, waiting);
}

int ais_file_create_from(const char *path, const ais_file_span *spans, size_t count,
                         ais_error **err)
{
    AIS_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return ais_error_set_errno(err, path, "cannot write");
    if (write_spans(fd, spans, count) < 0) {
        ais_error_set_errno(err, path, "cannot write");
        unlink(path);
        return -1;
    }
    return 0;
}

int ais_file_move(const char *staged, const char *target, ais_error **err)
{
    if (ais__file_sync(staged, err) < 0)
        return -1;
    if (rename(staged, target) < 0)
        return ais_error_set_errno(err, target, "cannot put the new file here");
    AIS_FREE char *dir = ais_path_dir(target);
    return ais__file_sync(dir, err);
}

char *ais_dir_stage(const char *folder, ais_error **err)
{
    AIS_FREE char *inside = ais_path_join(folder, "staging");
    AIS_FREE char *path = ais__file_temporary_name(inside);
    if (mkdir(path, 0700) < 0) {
        ais_error_set_errno(err, folder, "cannot write into the folder");
        return NULL;
    }
    char *result = path;
    path = NULL;
    return result;
}
