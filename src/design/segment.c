/* One segment of a component, in its folder; see segment.h. */
#include "design/segment.h"

#include <string.h>

#include "annotate/code.h"
#include "design/design_priv.h"

static const ais_app_source *source_of(const ais__segments *s)
{
    return &s->app->sources[s->app->components[s->component].source];
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* ---- the source ---- */

/* The names of the outputs at which a part of a model with exits may be left. */
static void name_exit(const ais__segments *s, size_t part, ais_code_segment *segment)
{
    const ais_onnx_exits *exits = s->chosen->of.exits;
    if (exits == NULL || part >= exits->count)
        return;
    const ais_onnx_exit *exit = &exits->exits[part];
    const char **names = ais_arena_alloc(s->arena, exit->output_count * sizeof *names);
    for (size_t i = 0; i < exit->output_count; i++)
        names[i] = s->chosen->of.model->graph->values[exit->outputs[i]].name;
    segment->exit_outputs = names;
    segment->exit_output_count = exit->output_count;
}

int ais__segments_split(const ais__segments *s, const ais__partition *partition,
                        const ais_variant *variants, const char **texts)
{
    const ais_app_source *source = source_of(s);
    ais_code_segment *segments =
        ais_arena_alloc(s->arena, partition->part_count * sizeof *segments);
    for (size_t i = 0; i < partition->part_count; i++) {
        segments[i] = (ais_code_segment){.name = variants[i].name,
                                         .onnx_file = file_name(variants[i].onnx_file)};
        name_exit(s, i, &segments[i]);
    }
    const ais_code_request request = {.path = source->file,
                                      .text = s->source_text,
                                      .language = source->language,
                                      .entry = ais_annotations_get_entry(source->annotations),
                                      .onnx_file = s->chosen->onnx_file,
                                      .condition_function = s->chosen->condition,
                                      .segments = segments,
                                      .segment_count = partition->part_count};
    return ais_code_split(&request, s->arena, texts, s->diags);
}

/* ---- the folder ---- */

/* All of base but its models, its source and what is compiled from it. */
static int share_base(const ais__segments *s, const char *dir, ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    AIS_FREE char *base = ais_path_join(s->dir, "base");
    const char *const own[] = {"onnx", "component.so", file_name(source_of(s)->file)};
    if (ais_dir_list(base, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        bool is_own = false;
        for (size_t k = 0; k < AIS_COUNT(own); k++)
            is_own = is_own || strcmp(names.items[i], own[k]) == 0;
        AIS_FREE char *from = ais_path_join(base, names.items[i]);
        AIS_FREE char *to = ais_path_join(dir, names.items[i]);
        if (!is_own && ais_tree_share(from, to, err) < 0)
            return -1;
    }
    return 0;
}

static int compile(const ais__segments *s, const char *dir, const char *file, ais_error **err)
{
    ais_app_source staged = *source_of(s);
    staged.dir = dir;
    staged.file = file;
    return ais__design_compile_segment(s->ctx, s->app, &staged, s->diags, s->report, err);
}

int ais__segments_make(const ais__segments *s, const ais_onnx_part *part,
                       const ais_variant *variant, const char *text, ais_error **err)
{
    AIS_FREE char *dir = ais_path_join(s->dir, variant->name);
    AIS_FREE char *onnx = ais_path_join(dir, "onnx");
    AIS_FREE char *model = ais_path_join(dir, variant->onnx_file);
    AIS_FREE char *file = ais_path_join(dir, file_name(source_of(s)->file));
    if (ais_dir_make(onnx, err) < 0 || share_base(s, dir, err) < 0 ||
        ais_file_create(file, text, strlen(text), err) < 0 ||
        ais_onnx_write_part(s->chosen->of.model, s->chosen->of.facts, part, s->options->rule, model,
                            err) < 0)
        return ais_error_wrap(err, "making the segment '%s'", variant->dag_name);
    s->report->designs++;
    if (source_of(s)->language != AIS_LANGUAGE_C)
        return 0;
    return compile(s, dir, file, err);
}
