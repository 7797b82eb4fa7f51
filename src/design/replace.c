/* Changing files of an application together, with the journal of designs; see replace.h. */
#include "design/replace.h"

#include "design/journal.h"

static int stage(const ais_replacement *file, const char *staging, ais__parts *parts,
                 ais_error **err)
{
    AIS_FREE char *staged = ais_format("%s/new/%s", staging, file->path);
    AIS_FREE char *parent = ais_path_dir(staged);
    ais__parts_add(parts, AIS__PART_FILE, file->path);
    if (ais_dir_make(parent, err) < 0)
        return -1;
    return ais_file_create(staged, file->text, file->length, err);
}

static int replace(const char *app_dir, const char *staging, const ais_replacement *files,
                   size_t count, ais_error **err)
{
    AIS_SCOPED(ais__parts) parts = {.items = NULL};
    for (size_t i = 0; i < count; i++)
        if (stage(&files[i], staging, &parts, err) < 0)
            return -1;
    ais__parts_drop_equal(&parts, staging, app_dir);
    return ais__journal_commit(&parts, staging, app_dir, err);
}

int ais_design_replace(const char *app_dir, const ais_replacement *files, size_t count,
                       ais_error **err)
{
    AIS_FREE char *out = ais_path_join(app_dir, "aisprint");
    AIS_FREE char *staging = ais_path_join(out, AIS__STAGING_PREFIX "XXXXXX");
    AIS_CLOSE int lock = -1;
    if (ais_dir_make(out, err) < 0 || ais__journal_lock(app_dir, &lock, err) < 0 ||
        ais__journal_settle(app_dir, err) < 0)
        return -1;
    if (mkdtemp(staging) == NULL)
        return ais_error_set_errno(err, staging, "making a staging folder");
    const int status = replace(app_dir, staging, files, count, err);
    if (status < 0 && ais_tree_remove(staging, NULL) < 0)
        return -1; /* what is left behind goes with the next design */
    return status;
}
