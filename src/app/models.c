/* The model files that @partitionable_model and @early_exits_model name, and the exits. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app_priv.h"
#include "base/file.h"
#include "base/path.h"
#include "doc/csv.h"

enum { HEAD_BYTES = 16 };

static const ais_annotation_kind model_kinds[] = {AIS_ANNOTATION_PARTITIONABLE_MODEL,
                                                  AIS_ANNOTATION_EARLY_EXITS_MODEL};

/* ---- the file ---- */

static void report_missing_model(ais_app_load_state *state, const ais_doc_node *value,
                                 const char *folder, const char *path)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    AIS_SCOPED(ais_app_names) known = {.items = NULL};
    AIS_FREE char *dir = ais_path_join(folder, "onnx");
    ais_error *err = NULL;
    if (ais_dir_list(dir, &names, &err) < 0)
        ais_error_free(err); /* the folder is missing as well; the hint says where it should be */
    for (size_t i = 0; i < names.count; i++)
        if (ais_str_ends(names.items[i], ".onnx"))
            ais__app_add_name(&known, names.items[i]);
    const char *hint = ais__app_hint_names(state, ais_doc_get_string(value, NULL), &known);
    ais__app_error(state, "no-model", ais_doc_pos(value),
                   hint != NULL ? hint : ais_arena_format(state->arena, "put it at %s", path),
                   "there is no model '%s' in the folder onnx/ of the component",
                   ais_doc_get_string(value, NULL));
}

/* What is wrong with the first bytes of a model; NULL when nothing is. A message of protobuf begins
 * with a tag: a field number above 0 and wire type 0, 1, 2 or 5. */
static const char *head_fault(const char *head, size_t length)
{
    static const char pointer[] = "version https";
    if (length >= sizeof pointer - 1 && memcmp(head, pointer, sizeof pointer - 1) == 0)
        return "is a pointer of Git LFS, not the model itself";
    const unsigned tag = (unsigned char)head[0], wire = tag & 7;
    return tag >> 3 == 0 || (wire != 0 && wire != 1 && wire != 2 && wire != 5)
               ? "does not look like an ONNX model"
               : NULL;
}

/* Only the first bytes are read: a model may be large, and infer/ reads it with care. */
static const char *model_fault(const char *path)
{
    /* O_NONBLOCK: to open a pipe must not wait for its writer. */
    AIS_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    char head[HEAD_BYTES];
    if (fd < 0 || fstat(fd, &info) < 0)
        return "cannot be read";
    if (!S_ISREG(info.st_mode))
        return "is no regular file";
    const ssize_t length = read(fd, head, sizeof head);
    if (length < 0)
        return "cannot be read";
    return length == 0 ? "is empty" : head_fault(head, (size_t)length);
}

static void check_model(ais_app_load_state *state, const ais_app_source *source,
                        const ais_doc_node *value)
{
    const char *name = ais_doc_get_string(value, NULL);
    if (ais__app_is_reported(state, ais_doc_pos(value)) || name[0] == '\0' ||
        !ais_path_is_inside(name))
        return;
    AIS_FREE char *inside = ais_path_join("onnx", name);
    AIS_FREE char *path = ais_path_join(source->dir, inside);
    struct stat info;
    if (lstat(path, &info) < 0) {
        report_missing_model(state, value, source->dir, path);
        return;
    }
    const char *fault = ais_file_exists(path) ? model_fault(path) : "is a link to nothing";
    if (fault != NULL)
        ais__app_error(state, "bad-model", ais_doc_pos(value), "put the ONNX file there",
                       "the model '%s' %s", path, fault);
}

/* ---- early exits ---- */

/* Rows of early_exits.csv below its header; AIS_NONE without a table, and for one that cannot be read:
 * whoever cuts the model reads it and says why not. */
static size_t count_exits(const ais_app_source *source)
{
    AIS_FREE char *path = ais_path_join(source->dir, "onnx/early_exits.csv");
    AIS_AUTO(ais_csv_reader) reader = NULL;
    AIS_AUTO(ais_error) err = NULL;
    ais_csv_row row;
    if (!ais_file_exists(path) || ais_csv_open(path, &reader, &err) < 0)
        return AIS_NONE;
    size_t rows = 0;
    int more = 1;
    while ((more = ais_csv_next(reader, &row, &err)) > 0)
        rows += row.count > 1 || row.cells[0].text[strspn(row.cells[0].text, " \t")] != '\0';
    if (more < 0)
        return AIS_NONE;
    return rows > 0 ? rows - 1 : 0;
}

static void check_exits(ais_app_load_state *state, const ais_app_source *source)
{
    const ais_doc_node *list = ais_annotations_find_argument(
        source->annotations, AIS_ANNOTATION_EARLY_EXITS_MODEL, "transition_probabilities");
    if (list == NULL || ais_doc_get_kind(list) != AIS_DOC_LIST)
        return;
    const size_t exits = count_exits(source), given = ais_doc_count(list);
    if (exits != AIS_NONE && exits != given)
        ais__app_error(state, "exit-count", ais_doc_pos(list),
                       "one probability of going on for each exit",
                       "there are %zu transition_probabilities, but %zu exit%s in "
                       "onnx/early_exits.csv",
                       given, exits, exits == 1 ? "" : "s");
}

void ais__app_check_models(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    for (size_t i = 0; i < app->source_count; i++) {
        const ais_app_source *source = &app->sources[i];
        if (source->annotations == NULL)
            continue;
        for (size_t k = 0; k < AIS_COUNT(model_kinds); k++) {
            const ais_doc_node *value =
                ais_annotations_find_argument(source->annotations, model_kinds[k], "onnx_file");
            if (value != NULL && ais_doc_get_kind(value) == AIS_DOC_STRING)
                check_model(state, source, value);
        }
        check_exits(state, source);
    }
}
