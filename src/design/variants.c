/* The designs of every component, in the staging folder; see variants.h. */
#include "design/variants.h"

#include "design/design_priv.h"
#include "design/proof.h"
#include "design/segment.h"
#include "infer/infer.h"

typedef struct making {
    const ais_ctx *ctx;
    const ais_app *app;
    const ais__variants_options *options;
    const char *staging;
    ais_diags *diags;
    ais_design_report *report;
    ais_arena *arena;         /* of the result */
    char *cache;              /* "<app>/aisprint/cache" */
    ais_infer_status library; /* that runs models; backend NULL = not asked yet */
    bool no_library;
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

static void describe_base(const making *m, size_t component, const ais__partitions *chosen,
                          ais_variant_group *group)
{
    ais_variant *segment = ais_arena_alloc(m->arena, sizeof *segment);
    *segment =
        (ais_variant){.component = component,
                      .name = "base",
                      .dag_name = m->app->components[component].name,
                      .candidate = m->app->components[component].candidate,
                      .onnx_file = chosen->onnx_file != NULL
                                       ? ais_arena_format(m->arena, "onnx/%s", chosen->onnx_file)
                                       : NULL,
                      .goes_on = 0};
    *group = (ais_variant_group){
        .component = component, .name = "base", .segments = segment, .segment_count = 1};
}

/* ---- verifying ---- */

/* Without a library no chain is verified, which is said once. */
static bool can_verify(making *m)
{
    ais_error *err = NULL;
    if (!m->options->verify || m->no_library)
        return false;
    if (m->library.backend != NULL || ais_infer_probe(&m->library, &err) == 0)
        return true;
    const char *hint = ais_error_get_hint(err);
    ais_diags_add(m->diags, AIS_SEVERITY_WARNING, "unverified", (ais_pos){.file = NULL},
                  hint != NULL ? hint : "--no-verify leaves it out",
                  "models that were cut are not verified: %s", ais_error_get_message(err));
    ais_error_free(err);
    m->no_library = true;
    return false;
}

static void report_verdict(const making *m, const ais__partitions *chosen,
                           const ais_variant_group *group, ais__verdict verdict, const char *why)
{
    const char *name = m->app->components[group->component].name;
    if (verdict == AIS__VERDICT_DIFFERENT)
        ais_diags_add(m->diags, AIS_SEVERITY_ERROR, "cut-differs", chosen->pos,
                      "report this as a fault of aisprint; fewer or other cuts may do meanwhile",
                      "the segments of %s of '%s' do not give what '%s' gives: %s", group->name,
                      name, chosen->onnx_file, why);
    else if (verdict == AIS__VERDICT_UNKNOWN)
        ais_diags_add(m->diags, AIS_SEVERITY_WARNING, "unverified", chosen->pos,
                      "aisprint onnx verify takes sizes: --dim NAME=N",
                      "%s of '%s' is not verified, as '%s' could not be run: %s", group->name, name,
                      chosen->onnx_file, why);
}

static int verify_chain(const making *m, ais__prover *prover, const ais__partitions *chosen,
                        ais_variant_group *group, ais_error **err)
{
    AIS_AUTO(ais_arena) scratch = ais_arena_new();
    const char **parts = ais_arena_alloc(scratch, group->segment_count * sizeof *parts);
    const char *why = NULL;
    ais__verdict verdict = AIS__VERDICT_EQUAL;
    for (size_t k = 0; k < group->segment_count; k++) {
        AIS_FREE char *dir = design_dir(m, group->component, group->segments[k].name);
        parts[k] = ais_arena_format(scratch, "%s/%s", dir, group->segments[k].onnx_file);
    }
    if (ais__prover_check(prover, parts, group->segment_count, scratch, &verdict, &group->proof,
                          &why, err) < 0)
        return ais_error_wrap(err, "verifying '%s'", group->name);
    report_verdict(m, chosen, group, verdict, why);
    return 0;
}

static int verify_chains(making *m, const ais__partitions *chosen, ais_variant_group *groups,
                         ais_error **err)
{
    if (!can_verify(m))
        return 0;
    AIS_AUTO(ais__prover)
    prover = ais__prover_new(m->ctx, m->cache, ais__design_stays(m->app, m->staging), &m->library,
                             chosen->of.model);
    for (size_t i = 0; i < chosen->count; i++)
        if (verify_chain(m, prover, chosen, &groups[i], err) < 0)
            return -1;
    return 0;
}

/* ---- segments ---- */

/* The names of a chain's segments: "partition1_1" and all that follows from it. */
static const ais_variant *name_segments(const making *m, size_t component, size_t number,
                                        const ais__partition *partition)
{
    const char *name = m->app->components[component].name;
    ais_variant *variants = ais_arena_alloc(m->arena, partition->part_count * sizeof *variants);
    for (size_t k = 0; k < partition->part_count; k++) {
        AIS_FREE char *candidate = ais_format("%s_partitionX_%zu", name, k + 1);
        const char *own = ais_arena_format(m->arena, "partition%zu_%zu", number, k + 1);
        variants[k] = (ais_variant){.component = component,
                                    .name = own,
                                    .dag_name = ais_arena_format(m->arena, "%s_%s", name, own),
                                    .candidate = ais_app_find_candidate(m->app, candidate),
                                    .onnx_file = ais_arena_format(m->arena, "onnx/%s.onnx", own),
                                    .goes_on = partition->goes_on[k]};
    }
    return variants;
}

static int make_chain(const ais__segments *s, const ais__partition *partition,
                      const ais_variant_group *group, ais_error **err)
{
    AIS_FREE const char **texts = ais_alloc(partition->part_count * sizeof *texts);
    if (ais__segments_split(s, partition, group->segments, texts) < 0)
        return 0; /* why not stands in the diags, and all other chains have the same reason */
    for (size_t k = 0; k < partition->part_count; k++)
        if (ais__segments_make(s, &partition->parts[k], &group->segments[k], texts[k], err) < 0)
            return -1;
    return 0;
}

static int make_chains(making *m, size_t component, const ais__partitions *chosen,
                       ais_variant_group *groups, ais_error **err)
{
    const ais_app_source *source = &m->app->sources[m->app->components[component].source];
    AIS_FREE char *dir = design_dir(m, component, "");
    AIS_FREE char *text = NULL;
    size_t length = 0;
    if (ais_file_read(source->file, AIS_DOC_MAX_BYTES, &text, &length, err) < 0)
        return -1;
    const ais__segments s = {.ctx = m->ctx,
                             .app = m->app,
                             .component = component,
                             .options = m->options,
                             .dir = dir,
                             .source_text = text,
                             .chosen = chosen,
                             .arena = m->arena,
                             .diags = m->diags,
                             .report = m->report};
    const size_t errors = ais_diags_count_of(m->diags, AIS_SEVERITY_ERROR);
    for (size_t i = 0; i < chosen->count; i++) {
        groups[i] =
            (ais_variant_group){.component = component,
                                .name = ais_arena_format(m->arena, "partition%zu", i + 1),
                                .has_exits = chosen->of.exits != NULL,
                                .segments = name_segments(m, component, i + 1, &chosen->items[i]),
                                .segment_count = chosen->items[i].part_count,
                                .chain = chosen->items[i].chain};
        if (ais_diags_count_of(m->diags, AIS_SEVERITY_ERROR) == errors &&
            make_chain(&s, &chosen->items[i], &groups[i], err) < 0)
            return -1;
    }
    return ais_diags_count_of(m->diags, AIS_SEVERITY_ERROR) == errors
               ? verify_chains(m, chosen, groups, err)
               : 0;
}

static int make_component(making *m, size_t component, ais_component_variants *out, ais_error **err)
{
    ais__partitions chosen;
    ais__design_choose(m->app, component, m->options, m->arena, m->diags, &chosen);
    ais_variant_group *groups = ais_arena_alloc(m->arena, (1 + chosen.count) * sizeof *groups);
    describe_base(m, component, &chosen, &groups[0]);
    *out = chosen.of;
    out->groups = groups;
    out->group_count = 1 + chosen.count;
    const size_t errors = ais_diags_count_of(m->diags, AIS_SEVERITY_ERROR);
    if (make_base(m, component, err) < 0 ||
        /* what is wrong with base is wrong with its segments, and said already */
        (ais_diags_count_of(m->diags, AIS_SEVERITY_ERROR) == errors && chosen.count > 0 &&
         make_chains(m, component, &chosen, &groups[1], err) < 0))
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
    for (size_t i = 0; i < variants->component_count; i++) {
        const ais_component_variants *c = &variants->components[i];
        ais_onnx_exits_free(c->exits);
        ais_onnx_cuts_free(c->cuts);
        ais_onnx_facts_free(c->facts);
        ais_onnx_model_free(c->model);
    }
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
    AIS_FREE char *cache = ais_path_join(app->dir, "aisprint/cache");
    making m = {.ctx = ctx,
                .app = app,
                .options = options,
                .staging = staging,
                .diags = diags,
                .report = report,
                .arena = variants->arena,
                .cache = cache};
    for (size_t i = 0; i < app->component_count; i++)
        if (make_component(&m, i, &components[i], err) < 0)
            return -1;
    if (write_list(&m, variants, err) < 0)
        return -1;
    *out = variants;
    variants = NULL;
    return 0;
}
