/* Weights that a model keeps in other files: each file once, with the version that was read. Which
 * files may be read at all is onnx/external's to say. */
#include "infer/infer_priv.h"

#include <string.h>

void ais__infer_files_clear(ais__infer_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].path);
    free(files->items);
    *files = (ais__infer_files){.items = NULL};
}

int ais__infer_external_add(ais__infer_model *model, const ais_onnx_external *external,
                            ais_error **err)
{
    struct stat status;
    AIS_FREE char *path = NULL;
    AIS_FREE char *location = ais_onnx_span_dup(external->location);
    if (ais_onnx_external_find(model->path, location, &path, &status, err) < 0 ||
        ais_onnx_external_check(model->path, location, external, (uint64_t)status.st_size, err) < 0)
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
