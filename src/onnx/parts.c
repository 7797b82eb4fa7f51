/* All parts of a chain, as files in a folder. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "onnx/part_priv.h"

static char *part_name(size_t number, const char *suffix)
{
    return ais_format("partition1_%zu.onnx%s", number, suffix);
}

/* Two files a part: the model and its external data. */
static const char *const suffixes[] = {".data", ""};

static int write_staged(const ais_onnx_model *model, const ais_onnx_facts *facts,
                        const ais_onnx_part *parts, size_t count, ais_onnx_rule rule,
                        const char *staged, ais_error **err)
{
    for (size_t i = 0; i < count; i++) {
        AIS_FREE char *name = part_name(i + 1, "");
        AIS_FREE char *path = ais_path_join(staged, name);
        if (ais_onnx_write_part(model, facts, &parts[i], rule, path, err) < 0)
            return ais_error_wrap(err, "writing part %zu of %zu", i + 1, count);
    }
    return 0;
}

/* What is there of an earlier cut and has no successor goes. */
static int move_all(const char *staged, const char *dir, ais_error **err)
{
    for (size_t i = 1; i <= AIS_ONNX_MAX_PARTS; i++)
        for (size_t s = 0; s < AIS_COUNT(suffixes); s++) {
            AIS_FREE char *name = part_name(i, suffixes[s]);
            AIS_FREE char *from = ais_path_join(staged, name);
            AIS_FREE char *to = ais_path_join(dir, name);
            const int status = ais_file_exists(from) ? ais_file_move(from, to, err)
                               : ais_file_exists(to) ? ais_tree_remove(to, err)
                                                     : 0;
            if (status < 0)
                return -1;
        }
    return 0;
}

/* ---- one writer at a time ---- */

/* The folder itself is the lock, which ends with its owner. Where the file system has no locks, `*fd` is -1. */
static int lock(const char *dir, int *fd, ais_error **err)
{
    *fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return ais_error_set_errno(err, dir, "cannot open the folder");
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    const bool taken = errno == EWOULDBLOCK;
    close(*fd);
    *fd = -1;
    return !taken ? 0
                  : ais_error_set_at(err, AIS_E_EXISTS, (ais_pos){.file = dir},
                                     "somebody else is writing parts into this folder");
}

/* What a writer was killed over may be as large as the model. */
static int sweep(const char *dir, ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (ais_dir_list(dir, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *path = ais_path_join(dir, names.items[i]);
        if (ais_file_is_temporary(names.items[i]) && ais_dir_exists(path) &&
            ais_tree_remove(path, err) < 0)
            return -1;
    }
    return 0;
}

static int write_locked(const ais_onnx_model *model, const ais_onnx_facts *facts,
                        const ais_onnx_part *parts, size_t count, ais_onnx_rule rule,
                        const char *dir, ais_error **err)
{
    AIS_FREE char *staged = ais_dir_stage(dir, err);
    if (staged == NULL)
        return -1;
    int status = write_staged(model, facts, parts, count, rule, staged, err);
    if (status == 0)
        status = move_all(staged, dir, err);
    if (ais_tree_remove(staged, status == 0 ? err : NULL) < 0)
        status = -1;
    return status;
}

int ais_onnx_write_parts(const ais_onnx_model *model, const ais_onnx_facts *facts,
                         const ais_onnx_part *parts, size_t count, ais_onnx_rule rule,
                         const char *dir, ais_error **err)
{
    const bool was_there = ais_dir_exists(dir);
    int fd = -1;
    if (ais_dir_make(dir, err) < 0 || lock(dir, &fd, err) < 0)
        return -1;
    int status = fd >= 0 ? sweep(dir, err) : 0;
    if (status == 0)
        status = write_locked(model, facts, parts, count, rule, dir, err);
    if (status < 0 && !was_there)
        rmdir(dir); /* only when nothing is in it */
    if (fd >= 0)
        close(fd);
    return status;
}

int ais_onnx_measure_part(const ais_onnx_model *model, const ais_onnx_facts *facts,
                          const ais_onnx_part *part, double *flops, uint64_t *weight_bytes,
                          ais_error **err)
{
    AIS_SCOPED(ais__onnx_selection) s = {.model = model, .facts = facts, .part = part};
    double work = 0;
    uint64_t bytes = 0;
    if (ais__onnx_select(&s, err) < 0)
        return -1;
    for (size_t n = 0; n < model->graph->node_count; n++) {
        const ais_onnx_tensor *constant = ais__onnx_constant_of(&model->graph->nodes[n]);
        work += s.nodes[n] ? facts->flops[n] : 0;
        bytes += s.nodes[n] && constant != NULL ? constant->bytes : 0;
    }
    for (size_t v = 0; v < model->graph->value_count; v++)
        if (ais__onnx_selects_weight(&s, v))
            bytes += model->graph->values[v].initializer->bytes;
    *flops = work;
    *weight_bytes = bytes;
    return 0;
}
