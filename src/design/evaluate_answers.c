/* Answers from a table, or from the results of a run; see evaluate.h. */
#include <string.h>

#include "base/file.h"
#include "design/evaluate_priv.h"
#include "design/labels.h"

static const char rule[] = "evaluate-item";

static ais_labels *read_table(const char *path, ais_diags *diags)
{
    ais_labels *labels = NULL;
    ais_error *error = NULL; /* given to `diags` */
    if (ais_labels_read(path, &labels, &error) == 0)
        return labels;
    ais_diags_take_error(diags, ais_error_get_code(error) == AIS_E_INPUT ? "csv" : NULL, error);
    return NULL;
}

static const char *keep(const ais__answers *answers, const char *text)
{
    return ais_arena_strdup(answers->arena, text);
}

static ais_pos keep_pos(const ais__answers *answers, ais_pos pos)
{
    if (pos.file != NULL)
        pos.file = keep(answers, pos.file);
    return pos;
}

/* One label and its answer; NULL is no answer. */
static void pair(const ais_evaluate_options *options, const ais_label *label, const char *given,
                 ais_pos given_pos, ais_diags *diags, ais__answers *out)
{
    if (given == NULL && options->drop_label == NULL) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, rule, label->pos,
                      "--drop-label says what an item without one counts as",
                      "the item '%s' has no answer in %s", label->item, options->predictions);
        return;
    }
    ais__answers_add(out,
                     (ais__answer){.label = keep(out, label->label),
                                   .given = keep(out, given != NULL ? given : options->drop_label),
                                   .label_pos = keep_pos(out, label->pos),
                                   .given_pos = keep_pos(out, given_pos)});
}

static void pair_tables(const ais_evaluate_options *options, const ais_labels *labels,
                        const ais_labels *given, ais_diags *diags, ais__answers *out)
{
    for (size_t i = 0; i < ais_labels_count(given); i++) {
        const ais_label *answer = ais_labels_get(given, i);
        if (ais_labels_find(labels, answer->item) == NULL)
            ais_diags_add(diags, AIS_SEVERITY_ERROR, rule, answer->pos, NULL,
                          "the item '%s' has no label in %s", answer->item, options->labels);
    }
    for (size_t i = 0; i < ais_labels_count(labels); i++) {
        const ais_label *label = ais_labels_get(labels, i);
        const ais_label *answer = ais_labels_find_entry(given, label->item);
        pair(options, label, answer != NULL ? answer->label : NULL,
             answer != NULL ? answer->pos : label->pos, diags, out);
    }
}

/* The folder's own files are results; what a run keeps beside them is in folders. */
static int list_results(const char *dir, ais_diags *diags, ais_names *files)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    ais_error *error = NULL; /* given to `diags` */
    const char *folder = NULL;
    if (ais_dir_list(dir, &names, &error) < 0) {
        ais_diags_take_error(diags, NULL, error);
        return -1;
    }
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *path = ais_path_join(dir, names.items[i]);
        if (!ais_dir_exists(path))
            ais_names_add(files, names.items[i]);
        else if (!ais_str_equal(names.items[i], "failed"))
            folder = names.items[i];
    }
    if (files->count > 0 || folder == NULL)
        return 0;
    AIS_FREE char *hint =
        ais_format("give the results of one component, such as %s/%s", dir, folder);
    ais_diags_add(diags, AIS_SEVERITY_ERROR, rule, (ais_pos){.file = dir}, hint,
                  "the folder holds no results, only folders");
    return -1;
}

static int pair_results(const ais_evaluate_options *options, const ais_labels *labels,
                        ais_diags *diags, ais__answers *out)
{
    AIS_SCOPED(ais_names) files = {.items = NULL};
    if (list_results(options->predictions, diags, &files) < 0)
        return -1;
    for (size_t i = 0; i < files.count; i++) {
        AIS_FREE char *path = ais_path_join(options->predictions, files.items[i]);
        if (ais_labels_find(labels, files.items[i]) == NULL)
            ais_diags_add(diags, AIS_SEVERITY_ERROR, rule, (ais_pos){.file = path}, NULL,
                          "the item '%s' has no label in %s", files.items[i], options->labels);
    }
    for (size_t i = 0; i < ais_labels_count(labels); i++) {
        const ais_label *label = ais_labels_get(labels, i);
        AIS_FREE char *path = ais_path_join(options->predictions, label->item);
        const ais_pos pos = {.file = path};
        /* an item's name is no path: nothing is looked for outside of the folder */
        const bool there = strchr(label->item, '/') == NULL && ais_file_exists(path);
        AIS_FREE char *given = there ? ais_labels_read_result(path) : NULL;
        if (there && given == NULL)
            ais_diags_add(diags, AIS_SEVERITY_ERROR, rule, pos,
                          "a JSON object with the key 'label', or one line of text",
                          "the result says no label");
        else
            pair(options, label, given, pos, diags, out);
    }
    return 0;
}

int ais__evaluate_read_answers(const ais_evaluate_options *options, ais_diags *diags,
                               ais__answers *out)
{
    const size_t errors = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    AIS_AUTO(ais_labels) labels = read_table(options->labels, diags);
    if (ais_dir_exists(options->predictions)) {
        if (labels == NULL || pair_results(options, labels, diags, out) < 0)
            return -1;
    } else {
        AIS_AUTO(ais_labels) given = read_table(options->predictions, diags);
        if (labels == NULL || given == NULL)
            return -1;
        pair_tables(options, labels, given, diags, out);
    }
    return ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > errors ? -1 : 0;
}
