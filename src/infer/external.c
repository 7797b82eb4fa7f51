/* Weights that a model keeps in other files: only such as lie in its own folder.
 *
 * A model that comes from elsewhere must not be able to read /etc/passwd into a tensor. The names of
 * links are resolved, so a link that leads out is refused as well. */
#include "infer/infer_priv.h"

#include <string.h>

void ais__infer_files_clear(ais__infer_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].path);
    free(files->items);
    *files = (ais__infer_files){.items = NULL};
}

static int refuse(const ais__infer_model *model, const char *location, const char *why,
                  ais_error **err)
{
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                            "the model keeps weights in '%s', %s", location, why);
}

/* Resolved path of `location`, which lies below the model's folder; NULL with `*err` when it does not.
 * Ownership: the caller frees it. */
static char *resolve(const ais__infer_model *model, const char *location, ais_error **err)
{
    /* ONNX Runtime takes names that begin with a star and a slash as addresses in memory. */
    if (!ais_path_is_inside(location) || ais_str_starts(location, "*/")) {
        refuse(model, location, "outside of its folder (must be a relative path without '..')",
               err);
        return NULL;
    }
    AIS_FREE char *folder = ais_path_dir(model->path);
    AIS_FREE char *real_folder = realpath(folder, NULL);
    AIS_FREE char *joined = ais_path_join(folder, location);
    AIS_FREE char *real = realpath(joined, NULL);
    if (real_folder == NULL || real == NULL) {
        refuse(model, location, "a file that is not there", err);
        return NULL;
    }
    const size_t length = strlen(real_folder);
    const bool root = length == 1;
    if (strncmp(real, real_folder, length) != 0 ||
        (!root && real[length] != '/' && real[length] != '\0')) {
        refuse(model, location, "a link that leads out of its folder", err);
        return NULL;
    }
    char *result = real;
    real = NULL;
    return result;
}

static int check_range(const ais__infer_model *model, const ais__infer_external *external,
                       off_t size, ais_error **err)
{
    uint64_t end = 0;
    if (!__builtin_add_overflow(external->offset, external->bytes, &end) && end <= (uint64_t)size)
        return 0;
    AIS_FREE char *why = ais_format("bytes %llu and %llu more, but the file has %lld bytes",
                                    (unsigned long long)external->offset,
                                    (unsigned long long)external->bytes, (long long)size);
    return refuse(model, external->location, why, err);
}

int ais__infer_external_add(ais__infer_model *model, const ais__infer_external *external,
                            ais_error **err)
{
    struct stat status;
    if (external->location == NULL || external->location[0] == '\0')
        return refuse(model, "", "a file without a name", err);
    AIS_FREE char *path = resolve(model, external->location, err);
    if (path == NULL)
        return -1;
    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
        return refuse(model, external->location, "which is no regular file", err);
    if (check_range(model, external, status.st_size, err) < 0)
        return -1;
    ais__infer_files *files = &model->external;
    /* Tensors of one file mostly stand together, so the search runs backwards. */
    for (size_t i = files->count; i > 0; i--)
        if (strcmp(files->items[i - 1].path, path) == 0)
            return 0;
    files->items = ais_grow(files->items, &files->capacity, files->count + 1, sizeof *files->items);
    files->items[files->count++] =
        (ais__infer_file){.path = path, .stamp = ais__infer_stamp_of(&status)};
    path = NULL;
    return 0;
}
