/* Writing a safetensors file: header, padding, then the tensors from where they lie.
 *
 * Not through ais_file_write(): that wants one block and waits for the disk. A bundle is what one
 * running component hands to the next, made anew when it is lost, and may be large; so it is written
 * piece by piece under another name and renamed, without fsync. */
#include "infer/bundle_priv.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "doc/doc.h"

enum { DATA_ALIGNMENT = 64, LARGEST_ELEMENT = 8 };

/* ---- order and header ---- */

/* Tensors by falling size of their elements, else as they were added. Ownership: caller frees. */
static const ais_tensor **sort(const ais_bundle *bundle)
{
    const ais_tensor **sorted = ais_alloc((bundle->count + 1) * sizeof *sorted);
    size_t count = 0;
    for (size_t size = LARGEST_ELEMENT; size > 0; size /= 2)
        for (size_t i = 0; i < bundle->count; i++)
            if (ais_tensor_type_size(bundle->tensors[i]->type) == size)
                sorted[count++] = bundle->tensors[i];
    return sorted;
}

/* `doc` is scratch for all strings of one header. */
static void write_string(ais_doc *doc, const char *text, ais_str *out)
{
    ais_doc_write_json(ais_doc_new_string(doc, text), -1, out);
}

static void write_metadata(const ais_bundle *bundle, ais_doc *doc, ais_str *out)
{
    ais_str_add(out, "\"" AIS__BUNDLE_METADATA "\":{");
    for (size_t i = 0; i < bundle->text_count; i++) {
        ais_str_add(out, i > 0 ? "," : "");
        write_string(doc, bundle->texts[i].key, out);
        ais_str_add_char(out, ':');
        write_string(doc, bundle->texts[i].value, out);
    }
    ais_str_add_char(out, '}');
}

static int write_header(const ais_bundle *bundle, const ais_tensor *const *sorted, ais_str *out,
                        ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    uint64_t at = 0;
    ais_str_add_bytes(out, "\0\0\0\0\0\0\0\0{", AIS__BUNDLE_PREFIX + 1);
    if (bundle->text_count > 0)
        write_metadata(bundle, doc, out);
    for (size_t i = 0; i < bundle->count; i++) {
        const ais_tensor *t = sorted[i];
        ais_str_add(out, i > 0 || bundle->text_count > 0 ? "," : "");
        write_string(doc, t->name, out);
        ais_str_add_format(out, ":{\"dtype\":\"%s\",\"shape\":", ais__infer_type_code(t->type));
        ais__infer_write_shape(out, t->rank, t->shape);
        const uint64_t begin = at;
        if (__builtin_add_overflow(at, t->bytes, &at))
            return ais_error_set(err, AIS_E_LIMIT, "the tensors together are too large");
        ais_str_add_format(out, ",\"data_offsets\":[%llu,%llu]}", (unsigned long long)begin,
                           (unsigned long long)at);
    }
    ais_str_add_char(out, '}');
    while (out->length % DATA_ALIGNMENT != 0)
        ais_str_add_char(out, ' ');
    const size_t length = out->length - AIS__BUNDLE_PREFIX;
    if (length > AIS_DOC_MAX_BYTES)
        return ais_error_set(err, AIS_E_LIMIT, "the names and texts take %zu bytes (at most %d)",
                             length, AIS_DOC_MAX_BYTES);
    const uint64_t prefix = htole64(length);
    memcpy(out->data, &prefix, sizeof prefix);
    return 0;
}

/* ---- the file ---- */

static int write_parts(int fd, const ais_str *header, const ais_tensor *const *sorted, size_t count)
{
    if (ais_file_write_all(fd, header->data, header->length) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (ais_file_write_all(fd, sorted[i]->data, sorted[i]->bytes) < 0)
            return -1;
    return 0;
}

/* A name beside `path` that nobody else uses. Ownership: the caller frees. */
static char *temporary_name(const char *path)
{
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        number = (uint64_t)getpid(); /* O_EXCL guards the rest */
    AIS_FREE char *folder = ais_path_dir(path);
    AIS_FREE char *name = ais_format(".aisprint-%016llx.tmp", (unsigned long long)number);
    return ais_path_join(folder, name);
}

static int replace(const char *path, const ais_str *header, const ais_tensor *const *sorted,
                   size_t count, ais_error **err)
{
    static const char what[] = "cannot write the bundle";
    struct stat status;
    AIS_FREE char *linked =
        realpath(path, NULL); /* a symbolic link stays, its target is replaced */
    const char *real = linked != NULL ? linked : path;
    /* rename() would put a file in the place of a device such as /dev/null */
    if (stat(real, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return ais_error_set_at(err, AIS_E_IO, (ais_pos){.file = path},
                                "this is no regular file (must be one, or nothing)");
    AIS_FREE char *temporary = temporary_name(real);
    AIS_CLOSE int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return ais_error_set_errno(err, path, what);
    if (write_parts(fd, header, sorted, count) < 0 || rename(temporary, real) < 0) {
        ais_error_set_errno(err, path, what);
        unlink(temporary);
        return -1;
    }
    return 0;
}

int ais_bundle_write(const ais_bundle *bundle, const char *path, ais_error **err)
{
    AIS_FREE const ais_tensor **sorted = sort(bundle);
    AIS_SCOPED(ais_str) header = {0};
    if (write_header(bundle, sorted, &header, err) < 0)
        return ais_error_wrap(err, "writing the bundle '%s'", path);
    return replace(path, &header, sorted, bundle->count, err);
}
