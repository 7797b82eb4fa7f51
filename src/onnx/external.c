/* External data; see external.h.
 *
 * A model that comes from elsewhere must not be able to read /etc/passwd into a tensor. The names of
 * links are resolved, so a link that leads out is refused as well. */
#include "onnx/external.h"

#include "base/path.h"
#include "onnx/message.h"

static int read_number(const ais_onnx_source *source, ais_onnx_span s, uint64_t *out,
                       ais_error **err)
{
    uint64_t value = 0;
    bool good = s.at != NULL && s.at < s.end;
    for (const uint8_t *at = s.at; good && at < s.end; at++)
        good = *at >= '0' && *at <= '9' && !__builtin_mul_overflow(value, 10u, &value) &&
               !__builtin_add_overflow(value, (uint64_t)(*at - '0'), &value);
    if (!good)
        return ais_onnx_source_refuse(source, s.at != NULL ? s.at : source->data,
                                      "the place of external data is no number", err);
    *out = value;
    return 0;
}

int ais_onnx_external_read(const ais_onnx_source *source, ais_onnx_span entry,
                           ais_onnx_external *external, ais_error **err)
{
    ais_onnx_span key = {.at = NULL}, value = {.at = NULL};
    if (ais_onnx_find_bytes(source, entry, AIS_ONNX_ENTRY_KEY, &key, err) < 0 ||
        ais_onnx_find_bytes(source, entry, AIS_ONNX_ENTRY_VALUE, &value, err) < 0)
        return -1;
    if (ais_onnx_span_is(key, "offset"))
        return read_number(source, value, &external->offset, err);
    if (ais_onnx_span_is(key, "length"))
        return read_number(source, value, &external->bytes, err);
    if (!ais_onnx_span_is(key, "location"))
        return 0;
    if (value.at != NULL && memchr(value.at, 0, ais_onnx_span_length(value)) != NULL)
        return ais_onnx_source_refuse(source, value.at,
                                      "the name of external data holds a NUL byte", err);
    if (external->location.at != NULL)
        return ais_onnx_source_refuse(source, key.at, "external data has a second name", err);
    external->location =
        value.at != NULL ? value : (ais_onnx_span){.at = entry.at, .end = entry.at};
    return 0;
}

static int refuse(const char *model_path, const char *location, const char *why, ais_error **err)
{
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model_path},
                            "the model keeps weights in '%s', %s", location, why);
}

/* Resolved path of `location`, which lies below the model's folder; NULL with `*err` when it does not.
 * Ownership: the caller frees it. */
static char *resolve(const char *model_path, const char *location, ais_error **err)
{
    /* ONNX Runtime takes names that begin with a star and a slash as addresses in memory. */
    if (!ais_path_is_inside(location) || ais_str_starts(location, "*/")) {
        refuse(model_path, location, "outside of its folder (must be a relative path without '..')",
               err);
        return NULL;
    }
    AIS_FREE char *folder = ais_path_dir(model_path);
    AIS_FREE char *real_folder = realpath(folder, NULL);
    AIS_FREE char *joined = ais_path_join(folder, location);
    AIS_FREE char *real = realpath(joined, NULL);
    if (real_folder == NULL || real == NULL) {
        refuse(model_path, location, "a file that is not there", err);
        return NULL;
    }
    const size_t length = strlen(real_folder);
    const bool root = length == 1;
    if (strncmp(real, real_folder, length) != 0 ||
        (!root && real[length] != '/' && real[length] != '\0')) {
        refuse(model_path, location, "a link that leads out of its folder", err);
        return NULL;
    }
    char *result = real;
    real = NULL;
    return result;
}

int ais_onnx_external_find(const char *model_path, const char *location, char **path,
                           struct stat *status, ais_error **err)
{
    if (location[0] == '\0')
        return refuse(model_path, "", "a file without a name", err);
    AIS_FREE char *real = resolve(model_path, location, err);
    if (real == NULL)
        return -1;
    if (stat(real, status) < 0 || !S_ISREG(status->st_mode))
        return refuse(model_path, location, "which is no regular file", err);
    *path = real;
    real = NULL;
    return 0;
}

int ais_onnx_external_check(const char *model_path, const char *location,
                            const ais_onnx_external *external, uint64_t file_bytes, ais_error **err)
{
    uint64_t end = 0;
    if (!__builtin_add_overflow(external->offset, external->bytes, &end) && end <= file_bytes)
        return 0;
    AIS_FREE char *why =
        ais_format("bytes %llu and %llu more, but the file has %llu bytes",
                   (unsigned long long)external->offset, (unsigned long long)external->bytes,
                   (unsigned long long)file_bytes);
    return refuse(model_path, location, why, err);
}
