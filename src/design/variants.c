/* The designs of every component, in the staging folder; see variants.h. */
#include "design/variants.h"

#include "design/design_priv.h"

typedef struct making {
    const ais_ctx *ctx;
    const ais_app *app;
    const ais__variants_options *options;
    const char *staging;
    ais_diags *diags;
    ais_design_report *report;
    ais_arena *arena; /* of the result */
} making;

static char *design_dir(const making *m, size_t component, const char *variant)
{
    return ais_format("%s/designs/%s/%s", m->staging, m->app->components[component].name, variant);
}

static int make_base(making *m, size_t component, ais_error **err)
{
    const ais_app_source *source = &m->app->sources[m->app->components[component].source];
    AIS_FREE char *base = design_dir(m, component, "base");
    AIS_FREE char *parent = ais_path_dir(base);
    if (ais_dir_make(parent, err) < 0 || ais_tree_copy_whole(source->dir, base, err) < 0)
        return -1;
    m->report->designs++;
    if (source->language != AIS_LANGUAGE_C)
        return 0;
    return ais__design_compile(m->ctx, m->app, source, base, m->diags, m->report, err);
}

static void describe_base(const making *m, size_t component, ais_variant_group *group)
{
    ais_variant *segment = ais_arena_alloc(m->arena, sizeof *segment);
    *segment = (ais_variant){.component = component,
                             .name = "base",
                             .dag_name = m->app->components[component].name,
                             .candidate = m->app->components[component].candidate,
                             .goes_on = 0};
    *group = (ais_variant_group){
        .component = component, .name = "base", .segments = segment, .segment_count = 1};
}

static int make_component(making *m, size_t component, ais_component_variants *out, ais_error **err)
{
    ais_variant_group *groups = ais_arena_alloc(m->arena, sizeof *groups);
    describe_base(m, component, &groups[0]);
    *out = (ais_component_variants){.groups = groups, .group_count = 1};
    if (make_base(m, component, err) < 0)
        return ais_error_wrap(err, "designing component '%s'", m->app->components[component].name);
    return 0;
}

/* The segments of a cut stand last first, as AI-SPRINT Studio has them; those of exits in their order. */
static ais_doc_node *list_designs(const ais_component_variants *component, ais_doc *doc)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < component->group_count; i++) {
        const ais_variant_group *group = &component->groups[i];
        for (size_t k = 0; k < group->segment_count; k++) {
            const size_t at = group->has_exits ? k : group->segment_count - 1 - k;
            ais_doc_append(list, ais_doc_new_string(doc, group->segments[at].name));
        }
    }
    return list;
}

static int write_list(const making *m, const ais_variants *variants, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc), *components = ais_doc_new_map(doc);
    for (size_t i = 0; i < variants->component_count; i++) {
        ais_doc_node *entry = ais_doc_new_map(doc);
        ais_doc_put(entry, "partitions", list_designs(&variants->components[i], doc));
        ais_doc_put(components, m->app->components[i].name, entry);
    }
    ais_doc_sort(components, false);
    ais_doc_put(root, "components", components);
    AIS_FREE char *path = ais_path_join(m->staging, "designs/component_partitions.yaml");
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_write_yaml(root, &text);
    return ais_file_create(path, ais_str_get(&text), text.length, err);
}

void ais_variants_free(ais_variants *variants)
{
    if (variants == NULL)
        return;
    ais_arena_free(variants->arena);
    free(variants);
}

int ais__design_variants(const ais_ctx *ctx, const ais_app *app,
                         const ais__variants_options *options, const char *staging,
                         ais_diags *diags, ais_design_report *report, ais_variants **out,
                         ais_error **err)
{
    AIS_AUTO(ais_variants) variants = ais_alloc(sizeof *variants);
    variants->arena = ais_arena_new();
    ais_component_variants *components =
        ais_arena_alloc(variants->arena, app->component_count * sizeof *components);
    variants->components = components;
    variants->component_count = app->component_count;
    making m = {.ctx = ctx,
                .app = app,
                .options = options,
                .staging = staging,
                .diags = diags,
                .report = report,
                .arena = variants->arena};
    for (size_t i = 0; i < app->component_count; i++)
        if (make_component(&m, i, &components[i], err) < 0)
            return -1;
    if (write_list(&m, variants, err) < 0)
        return -1;
    *out = variants;
    variants = NULL;
    return 0;
}
