/* An application from a table, with variants made up by hand: no model is cut and no design is written, so
 * that tests of deployments say in a few lines what they are about. Every layer 1 to 4 has one machine. */
#ifndef AIS_TESTS_DESIGN_FIXTURE_H
#define AIS_TESTS_DESIGN_FIXTURE_H
#include "support/app_fixture.h"

#include "design/variant.h"

typedef struct made_group {
    const char *name; /* NULL: no more */
    size_t segments;
    double goes_on[7]; /* with exits: of every segment but the last */
} made_group;

typedef struct made_component {
    const char *name;      /* NULL: no more */
    const char *original;  /* that it is an alternative of */
    const char *layers;    /* "1, 2" */
    const char *parts[8];  /* layers of <name>_partitionX_1... */
    const char *decorator; /* besides component_name */
    made_group groups[6];  /* besides base */
} made_component;

typedef struct design_fixture {
    fixture files;
    ais_app *app;
    ais_variants *variants;
} design_fixture;

static inline void made_entry(ais_str *out, const char *key, const char *name, const char *layers)
{
    ais_str_add_format(out,
                       "  %s: {name: %s, candidateExecutionLayers: [%s], Containers: {container1: "
                       "{memorySize: 64, computingUnits: 1, candidateExecutionResources: [R]}}}\n",
                       key, name, layers);
}

static inline void made_entries(const made_component *all, ais_str *out)
{
    ais_str_add(out, "Components:\n");
    for (size_t i = 0; all[i].name != NULL; i++) {
        size_t at = i, nth = 0;
        for (size_t k = 0; all[k].name != NULL; k++) {
            if (all[i].original != NULL && ais_str_equal(all[k].name, all[i].original))
                at = k;
            nth += k <= i && all[i].original != NULL && all[k].original != NULL &&
                   ais_str_equal(all[k].original, all[i].original);
        }
        AIS_FREE char *key = all[i].original == NULL
                                 ? ais_format("component%zu", at + 1)
                                 : ais_format("component%zu_alternative%zu", at + 1, nth);
        made_entry(out, key, all[i].name, all[i].layers);
        for (size_t k = 0; k < 8 && all[i].parts[k] != NULL; k++) {
            AIS_FREE char *part_key = ais_format("%s_partitionX_%zu", key, k + 1);
            AIS_FREE char *name = ais_format("%s_partitionX_%zu", all[i].name, k + 1);
            made_entry(out, part_key, name, all[i].parts[k]);
        }
    }
}

static inline void made_dag(const made_component *all, const char *dependencies, ais_str *out)
{
    ais_str_add(out, "System:\n  name: made\n  components: [");
    for (size_t i = 0; all[i].name != NULL; i++)
        if (all[i].original == NULL)
            ais_str_add_format(out, "%s%s", i > 0 ? ", " : "", all[i].name);
    ais_str_add(out, "]\n");
    bool first = true;
    for (size_t i = 0; all[i].name != NULL; i++) {
        bool any = false;
        for (size_t k = 0; all[k].name != NULL; k++) {
            if (all[k].original == NULL || !ais_str_equal(all[k].original, all[i].name))
                continue;
            ais_str_add(out, first ? "  alternative_components:\n" : "");
            first = false;
            if (!any)
                ais_str_add_format(out, "    %s: [", all[i].name);
            ais_str_add_format(out, "%s%s", any ? ", " : "", all[k].name);
            any = true;
        }
        ais_str_add(out, any ? "]\n" : "");
    }
    ais_str_add_format(out, "  dependencies: %s\n", dependencies);
}

static inline void made_resources(const fixture *f)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    ais_str_add(&out, "System:\n  name: machines\n  NetworkDomains:\n    ND1:\n      AccessDelay: "
                      "0.001\n      Bandwidth: 100\n      ComputationalLayers:\n");
    for (int i = 1; i <= 4; i++)
        ais_str_add_format(&out,
                           "        computationalLayer%d: {number: %d, type: Virtual, Resources: "
                           "{resource1: {name: R, totalNodes: 9, cost: 1, memorySize: 4096, "
                           "processors: {p: {architecture: amd64, computingUnits: 8}}}}}\n",
                           i, i);
    fixture_write(f, "common_config/candidate_resources.yaml", ais_str_get(&out));
}

static inline void made_variants(const made_component *all, design_fixture *f)
{
    const ais_app *app = f->app;
    ais_variants *v = ais_alloc(sizeof *v);
    *v = (ais_variants){.arena = ais_arena_new(), .component_count = app->component_count};
    ais_component_variants *components =
        ais_arena_alloc(v->arena, app->component_count * sizeof *components);
    for (size_t i = 0; all[i].name != NULL; i++) {
        const size_t at = ais_app_find_component(app, all[i].name);
        ais_variant_group *groups = ais_arena_alloc(v->arena, 7 * sizeof *groups);
        size_t count = 0;
        for (size_t g = 0; g < 7 && (g == 0 || all[i].groups[g - 1].name != NULL); g++) {
            const made_group base = {.name = "base", .segments = 1};
            const made_group *made = g == 0 ? &base : &all[i].groups[g - 1];
            const bool exits = made->goes_on[0] > 0.0;
            ais_variant *segments = ais_arena_alloc(v->arena, made->segments * sizeof *segments);
            for (size_t k = 0; k < made->segments; k++) {
                AIS_FREE char *entry = ais_format("%s_partitionX_%zu", all[i].name, k + 1);
                const char *name =
                    g == 0 ? "base" : ais_arena_format(v->arena, "%s_%zu", made->name, k + 1);
                segments[k] = (ais_variant){
                    .component = at,
                    .name = name,
                    .dag_name = g == 0 ? app->components[at].name
                                       : ais_arena_format(v->arena, "%s_%s", all[i].name, name),
                    .candidate =
                        g == 0 ? app->components[at].candidate : ais_app_find_candidate(app, entry),
                    .goes_on = k + 1 == made->segments ? 0.0
                               : exits                 ? made->goes_on[k]
                                                       : 1.0};
            }
            groups[count++] = (ais_variant_group){.component = at,
                                                  .name = made->name,
                                                  .has_exits = exits,
                                                  .segments = segments,
                                                  .segment_count = made->segments};
        }
        components[at] = (ais_component_variants){.groups = groups, .group_count = count};
    }
    v->components = components;
    f->variants = v;
}

static inline design_fixture design_fixture_new(const made_component *all, const char *dependencies)
{
    design_fixture f = {.files = {.dir = "/tmp/aisprint-design-XXXXXX"}};
    AIS_SCOPED(ais_str) entries = {.data = NULL};
    AIS_SCOPED(ais_str) dag = {.data = NULL};
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    assert_non_null(mkdtemp(f.files.dir));
    made_entries(all, &entries);
    made_dag(all, dependencies, &dag);
    fixture_write(&f.files, "common_config/candidate_deployments.yaml", ais_str_get(&entries));
    fixture_write(&f.files, "common_config/application_dag.yaml", ais_str_get(&dag));
    made_resources(&f.files);
    for (size_t i = 0; all[i].name != NULL; i++) {
        AIS_FREE char *decorators = ais_format("@component_name(name='%s')%s%s", all[i].name,
                                               all[i].decorator != NULL ? "\n" : "",
                                               all[i].decorator != NULL ? all[i].decorator : "");
        fixture_write_source(&f.files, all[i].name, decorators);
    }
    if (ais_app_load(f.files.dir, diags, &f.app) < 0) {
        AIS_FREE char *faults = fixture_faults(&f.files, diags);
        fail_msg("%s", faults);
    }
    made_variants(all, &f);
    return f;
}

static inline void design_fixture_clear(design_fixture *f)
{
    ais_variants_free(f->variants);
    ais_app_free(f->app);
    fixture_clear(&f->files);
}
#endif
