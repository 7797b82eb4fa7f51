/* aisprint/deployments/deployments.yaml: which deployments there are, what they choose, and what of the
 * application's files design has made, so that the next one knows what is no more. */
#include <string.h>

#include "design/staging.h"

static const char manifest_path[] = "aisprint/deployments/deployments.yaml";

/* ---- the last one ---- */

void ais__last_design_read(const char *app_dir, ais__last_design *out)
{
    AIS_FREE char *path = ais_path_join(app_dir, manifest_path);
    AIS_AUTO(ais_diags) ignored = ais_diags_new();
    *out = (ais__last_design){.names = ais_map_new()};
    /* one that cannot be read is none: nothing is kept of its deployments, and nothing removed */
    if (!ais_file_exists(path) || ais_doc_read(path, ignored, &out->doc) < 0)
        return;
    const ais_doc_node *all = ais_doc_find_path(ais_doc_root(out->doc), "System.Deployments");
    const ais_doc_node *hash = ais_doc_find_path(ais_doc_root(out->doc), "System.production");
    if (hash != NULL)
        out->production = ais_doc_get_text(hash);
    for (size_t i = 0; all != NULL && i < ais_doc_count(all); i++) {
        const ais_doc_node *key = ais_doc_find(ais_doc_at(all, i), "key");
        if (key == NULL || ais_doc_get_kind(ais_doc_at(all, i)) != AIS_DOC_MAP)
            continue;
        union {
            const char *in;
            void *out;
        } name = {.in =
                      ais_doc_get_text(ais_doc_key_at(all, i))}; /* a map holds what it is given */
        ais_map_put(out->names, ais_doc_get_text(key), name.out);
    }
}

void ais__last_design_clear(ais__last_design *last)
{
    ais_doc_free(last->doc);
    ais_map_free(last->names);
    *last = (ais__last_design){.doc = NULL};
}

const char *ais__last_design_find(const ais__last_design *last, const char *key)
{
    return ais_map_find(last->names, key);
}

/* ---- this one ---- */

static ais_doc_node *unit_node(const ais_app *app, const ais_unit *unit, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_put(node, "component",
                ais_doc_new_string(doc, app->components[unit->variant->component].name));
    if (unit->variant->component != unit->slot)
        ais_doc_put(node, "instead_of", ais_doc_new_string(doc, app->components[unit->slot].name));
    ais_doc_put(node, "design", ais_doc_new_string(doc, unit->variant->name));
    ais_doc_put(node, "executionLayer", ais_doc_new_int(doc, unit->layer));
    if (unit->share < 1.0)
        ais_doc_put(node, "share", ais_doc_new_float(doc, unit->share));
    return node;
}

/* The Drift Detector, an addition to every deployment. Its image is built from common_config/drift_detector;
 * its sizes are what its image needs with a reserve. */
static ais_doc_node *drift_node(const ais_app *app, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    const size_t layer = ais_app_drift_layer(app);
    ais_doc_put(node, "executionLayer",
                layer != AIS_NONE ? ais_doc_new_int(doc, app->layers[layer].number)
                                  : ais_doc_new_null(doc));
    ais_doc_put(node, "build", ais_doc_new_string(doc, "common_config/drift_detector"));
    ais_doc_put(node, "image", ais_doc_new_null(doc));
    ais_doc_put(node, "memorySize", ais_doc_new_int(doc, 512));
    ais_doc_put(node, "computingUnits", ais_doc_new_float(doc, 0.5));
    return node;
}

void ais__manifest_add(ais__staging *s, const ais_deployment *d, const char *key)
{
    ais_doc_node *node = ais_doc_new_map(s->doc), *units = ais_doc_new_map(s->doc);
    for (size_t i = 0; i < d->unit_count; i++)
        ais_doc_put(units, d->units[i].variant->dag_name, unit_node(s->app, &d->units[i], s->doc));
    ais_doc_put(node, "key", ais_doc_new_string(s->doc, key));
    if (s->performance != NULL && s->app->component_count > s->app->base_component_count)
        ais_doc_put(
            node, "alternative",
            ais_doc_new_string(s->doc,
                               ais_performance_find(s->performance, (size_t)d->alternative)->name));
    ais_doc_put(node, "units", units);
    if (s->detects_drift)
        ais_doc_put(units, "drift-detector", drift_node(s->app, s->doc));
    ais_doc_put(s->manifest, d->name, node);
}

/* Above 64 bits' worth: as a float. */
static ais_doc_node *count_node(uint64_t count, ais_doc *doc)
{
    return count <= INT64_MAX ? ais_doc_new_int(doc, (int64_t)count)
                              : ais_doc_new_float(doc, (double)count);
}

static ais_doc_node *production_node(const ais__staging *s, ais_doc *doc)
{
    char hex[AIS__DESIGN_HASH_SIZE];
    AIS_FREE char *path = ais__staged(s, AIS__PRODUCTION_PATH);
    return ais__design_hash_file(path, hex) ? ais_doc_new_string(doc, hex) : ais_doc_new_null(doc);
}

ais_doc_node *ais__manifest_node(const ais__staging *s)
{
    ais_doc *doc = s->doc;
    ais_doc_node *root = ais_doc_new_map(doc), *system = ais_doc_new_map(doc);
    ais_doc_node *files = ais_doc_new_list(doc);
    for (size_t i = 0; i < s->optional.count; i++)
        ais_doc_append(files, ais_doc_new_string(doc, s->optional.items[i]));
    ais_doc_put(system, "name", ais_doc_new_string(doc, s->app->name));
    ais_doc_put(system, "possible", count_node(ais_deployments_count(s->deployments), doc));
    ais_doc_put(system, "production", production_node(s, doc));
    ais_doc_put(system, "files", files);
    ais_doc_put(system, "Deployments", s->manifest);
    ais_doc_put(root, "System", system);
    return root;
}

/* ---- what is no more ---- */

static bool is_number(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

static void remove_path(ais__staging *s, const char *folder, const char *name)
{
    AIS_FREE char *path = ais_format("%s%s", folder, name);
    ais__parts_add(&s->parts, AIS__PART_GONE, path);
}

static void remove_deployments(ais__staging *s)
{
    const ais_doc_node *all = ais_doc_find_path(ais_doc_root(s->last.doc), "System.Deployments");
    AIS_AUTO(ais_map) now = ais_map_new();
    for (size_t i = 0; i < ais_doc_count(s->manifest); i++)
        ais_map_put(now, ais_doc_get_text(ais_doc_key_at(s->manifest, i)), s);
    for (size_t i = 0;
         all != NULL && ais_doc_get_kind(all) == AIS_DOC_MAP && i < ais_doc_count(all); i++) {
        const char *name = ais_doc_get_text(ais_doc_key_at(all, i));
        if (ais_str_starts(name, "deployment") && is_number(name + strlen("deployment")) &&
            ais_map_find(now, name) == NULL)
            remove_path(s, "aisprint/deployments/", name);
    }
}

/* With its folder, when nothing else is in it: other tools take the folder for a Drift Detector. */
static void remove_file(ais__staging *s, const char *path)
{
    AIS_FREE char *folder = ais_path_dir(path);
    AIS_FREE char *there = ais__in_place(s, folder);
    AIS_SCOPED(ais_names) names = {.items = NULL};
    const bool alone = ais_str_equal(path, AIS__DRIFT_PATH) && ais_dir_exists(there) &&
                       ais_dir_list(there, &names, NULL) == 0 && names.count == 1;
    remove_path(s, "", alone ? folder : path);
}

/* Files that the last design made because something asked for them. A file is trusted only with the name
 * of one that design makes. */
static void remove_files(ais__staging *s)
{
    static const char *const ours[] = {AIS__DRIFT_PATH, AIS__PERFORMANCE_PATH, AIS__SECURITY_PATH};
    const ais_doc_node *files = ais_doc_find_path(ais_doc_root(s->last.doc), "System.files");
    for (size_t i = 0;
         files != NULL && ais_doc_get_kind(files) == AIS_DOC_LIST && i < ais_doc_count(files);
         i++) {
        const char *path = ais_doc_get_text(ais_doc_at(files, i));
        bool wanted = false;
        for (size_t k = 0; k < s->optional.count; k++)
            wanted |= ais_str_equal(s->optional.items[k], path);
        for (size_t k = 0; !wanted && k < AIS_COUNT(ours); k++)
            if (ais_str_equal(ours[k], path))
                remove_file(s, path);
    }
}

static void remove_designs(ais__staging *s)
{
    AIS_FREE char *path = ais__in_place(s, "aisprint/designs/component_partitions.yaml");
    AIS_AUTO(ais_diags) ignored = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    if (!ais_file_exists(path) || ais_doc_read(path, ignored, &doc) < 0)
        return;
    const ais_doc_node *all = ais_doc_find(ais_doc_root(doc), "components");
    for (size_t i = 0;
         all != NULL && ais_doc_get_kind(all) == AIS_DOC_MAP && i < ais_doc_count(all); i++) {
        const char *name = ais_doc_get_text(ais_doc_key_at(all, i));
        if (ais_path_is_name(name) && ais_app_find_component(s->app, name) == AIS_NONE)
            remove_path(s, "aisprint/designs/", name);
    }
}

void ais__stage_removals(ais__staging *s)
{
    if (s->last.doc != NULL) {
        remove_deployments(s);
        remove_files(s);
    }
    remove_designs(s);
}
