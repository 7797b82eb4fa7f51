/* Listing the items of a run; see inputs.h. */
#include "serve/inputs.h"

#include <stdlib.h>
#include <sys/stat.h>

void ais_inputs_clear(ais_inputs *inputs)
{
    free(inputs->dir);
    ais_names_clear(&inputs->names);
    *inputs = (ais_inputs){.dir = NULL};
}

static char *real_dir(const char *path, ais_error **err)
{
    char *dir = realpath(path, NULL);
    if (dir == NULL)
        ais_error_set_errno(err, path, "opening the input");
    return dir;
}

static int find_in_dir(const ais_ctx *ctx, const char *path, ais_inputs *inputs, ais_error **err)
{
    AIS_SCOPED(ais_names) all = {.items = NULL};
    size_t folders = 0, others = 0;
    inputs->dir = real_dir(path, err);
    if (inputs->dir == NULL || ais_dir_list(inputs->dir, &all, err) < 0)
        return -1;
    for (size_t i = 0; i < all.count; i++) {
        struct stat status = {.st_mode = 0}; /* a dangling link counts as something else */
        AIS_FREE char *file = ais_path_join(inputs->dir, all.items[i]);
        if (all.items[i][0] == '.')
            continue;
        if (stat(file, &status) == 0 && S_ISREG(status.st_mode))
            ais_names_add(&inputs->names, all.items[i]);
        else if (S_ISDIR(status.st_mode))
            folders++;
        else
            others++;
    }
    if (folders > 0)
        ais_log(ctx, AIS_LOG_WARNING, "%s: %zu folder%s inside %s left out (items are files)", path,
                folders, folders > 1 ? "s" : "", folders > 1 ? "are" : "is");
    if (others > 0)
        ais_log(ctx, AIS_LOG_WARNING, "%s: %zu entr%s left out (no regular file)", path, others,
                others > 1 ? "ies are" : "y is");
    return 0;
}

int ais_inputs_find(const ais_ctx *ctx, const char *path, ais_inputs *out, ais_error **err)
{
    struct stat status;
    AIS_SCOPED(ais_inputs) inputs = {.dir = NULL};
    if (stat(path, &status) < 0)
        return ais_error_set_errno(err, path, "opening the input");
    if (S_ISDIR(status.st_mode)) {
        if (find_in_dir(ctx, path, &inputs, err) < 0)
            return -1;
    } else if (S_ISREG(status.st_mode)) {
        AIS_FREE char *dir = ais_path_dir(path);
        inputs.dir = real_dir(dir, err);
        if (inputs.dir == NULL)
            return -1;
        ais_names_add(&inputs.names, ais_path_base(path));
    } else {
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = path},
                                "neither a regular file nor a folder");
    }
    *out = inputs;
    inputs = (ais_inputs){.dir = NULL};
    return 0;
}
