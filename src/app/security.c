/* common_config/security.yaml, what people ask for beyond @security, and what comes of both:
 *
 *   all: {secureBoot: true}                 # of every component
 *   components:
 *     filter: {trustedExecution: true}      # of this one, besides what its source asks for
 */
#include <string.h>

#include "app/app_priv.h"
#include "base/file.h"
#include "base/path.h"

/* The arguments of @security, and what only machines can promise. */
static const char *const demands[] = {"trustedExecution", "networkShield", "filesystemShield",
                                      "confProc",         "integrityProc", "confRest",
                                      "secureBoot",       "measuredBoot"};

static const ais_doc_field demand_fields[] = {
    {.key = "trustedExecution", .kinds = AIS_DOC_BOOL},
    {.key = "networkShield", .kinds = AIS_DOC_BOOL},
    {.key = "filesystemShield", .kinds = AIS_DOC_BOOL},
    {.key = "confProc", .kinds = AIS_DOC_BOOL},
    {.key = "integrityProc", .kinds = AIS_DOC_BOOL},
    {.key = "confRest", .kinds = AIS_DOC_BOOL},
    {.key = "secureBoot", .kinds = AIS_DOC_BOOL},
    {.key = "measuredBoot", .kinds = AIS_DOC_BOOL},
};
static const ais_doc_schema demand_schema = {.what = "a component's security",
                                             .fields = demand_fields,
                                             .field_count = AIS_COUNT(demand_fields)};
static const ais_doc_field component_fields[] = {
    {.key = NULL, .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &demand_schema},
};
static const ais_doc_schema components_schema = {
    .what = "components", .fields = component_fields, .field_count = AIS_COUNT(component_fields)};
static const ais_doc_field root_fields[] = {
    {.key = "all", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &demand_schema},
    {.key = "components", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &components_schema},
};
static const ais_doc_schema root_schema = {
    .what = "security.yaml", .fields = root_fields, .field_count = AIS_COUNT(root_fields)};

/* ---- asking ---- */

static const ais_doc_node *find_in_file(const ais_app *app, const char *component,
                                        const char *argument)
{
    if (app->security == NULL)
        return NULL;
    const ais_doc_node *root = ais_doc_root(app->security);
    const ais_doc_node *components = ais_doc_find(root, "components");
    const ais_doc_node *both[] = {components != NULL ? ais_doc_find(components, component) : NULL,
                                  ais_doc_find(root, "all")};
    for (size_t i = 0; i < AIS_COUNT(both); i++) {
        const ais_doc_node *node = ais__app_find_kind(both[i], argument, AIS_DOC_BOOL);
        if (node != NULL)
            return node; /* a component may be spared what is asked of all */
    }
    return NULL;
}

const ais_doc_node *ais__app_find_demand(const ais_app *app, size_t component, const char *argument)
{
    const ais_annotations *annotations = ais_app_get_annotations(app, component);
    const ais_doc_node *own =
        annotations != NULL
            ? ais__app_find_kind(ais_annotations_find(annotations, AIS_ANNOTATION_SECURITY),
                                 argument, AIS_DOC_BOOL)
            : NULL;
    const ais_doc_node *in_file = find_in_file(app, app->components[component].name, argument);
    if (own == NULL || (in_file != NULL && ais_doc_get_bool(in_file) && !ais_doc_get_bool(own)))
        return in_file;
    return own;
}

static bool asks(const ais_app *app, size_t component, const char *argument)
{
    const ais_doc_node *node = ais__app_find_demand(app, component, argument);
    return node != NULL && ais_doc_get_bool(node);
}

/* ---- reading ---- */

static const ais_doc_node *find_true(const ais_app *app, const char *component, const char *key)
{
    const ais_doc_node *node = find_in_file(app, component, key);
    return node != NULL && ais_doc_get_bool(node) ? node : NULL;
}

/* Containers ask their resources for it: the same need as memory or a GPU. */
static void add_to_candidates(ais_app *app)
{
    for (size_t i = 0; i < app->candidate_count; i++) {
        ais_app_candidate *candidate = &app->candidates[i];
        size_t stem = strlen(candidate->name);
        ais__app_split_partition(candidate->name, &stem, NULL);
        AIS_FREE char *component = ais_strndup(candidate->name, stem);
        for (size_t k = 0; k < candidate->container_count; k++) {
            candidate->containers[k].secure_boot = find_true(app, component, "secureBoot");
            candidate->containers[k].measured_boot = find_true(app, component, "measuredBoot");
        }
    }
}

void ais__app_read_security(ais_app_load_state *state)
{
    struct ais_app_private *private = state->app->private;
    AIS_FREE char *config = ais_path_join(state->app->dir, "common_config");
    AIS_FREE char *path = ais_path_join(config, "security.yaml");
    if (!ais_file_exists(path) || ais_doc_read(path, state->diags, &private->security) < 0)
        return;
    const ais_doc_node *root = ais_doc_root(private->security);
    if (ais_doc_get_kind(root) == AIS_DOC_NULL)
        return;
    if (ais_doc_get_kind(root) != AIS_DOC_MAP) {
        ais__app_error(state, "wrong-type", ais_doc_pos(root), "must be a map, or empty",
                       "security.yaml is %s", ais_doc_kind_name(ais_doc_get_kind(root)));
        return;
    }
    state->app->security = private->security;
    ais_doc_check(root, &root_schema, state->diags);
    add_to_candidates(state->app);
}

void ais__app_check_security(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    if (app->security == NULL)
        return;
    const ais_doc_node *components =
        ais__app_find_kind(ais_doc_root(app->security), "components", AIS_DOC_MAP);
    for (size_t i = 0; components != NULL && i < ais_doc_count(components); i++) {
        const ais_doc_node *name = ais_doc_key_at(components, i);
        if (ais_app_find_component(app, ais_doc_get_text(name)) == AIS_NONE)
            ais__app_unknown_component(state, ais_doc_get_text(name), ais_doc_pos(name), false);
    }
}

/* ---- writing ---- */

static void put_flag(ais_doc *doc, ais_doc_node *map, const char *key, bool value)
{
    ais_doc_put(map, key, ais_doc_new_bool(doc, value));
}

static ais_doc_node *resource_node(const ais_app_container *container,
                                   const ais_app_resource *resource, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_put(node, "name", ais_doc_new_string(doc, resource->name));
    ais_doc_put(node, "layer", ais_doc_new_int(doc, resource->layer));
    put_flag(doc, node, "SGXFlag", resource->has_sgx);
    put_flag(doc, node, "secureBoot", resource->has_secure_boot);
    put_flag(doc, node, "measuredBoot", resource->has_measured_boot);
    put_flag(doc, node, "satisfies",
             (!container->trusted_execution || resource->has_sgx) &&
                 (container->secure_boot == NULL || resource->has_secure_boot) &&
                 (container->measured_boot == NULL || resource->has_measured_boot));
    return node;
}

static ais_doc_node *container_node(const ais_app *app, const ais_app_candidate *candidate,
                                    const ais_app_container *container, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc), *resources = ais_doc_new_list(doc);
    AIS_FREE size_t *places = ais_alloc(app->resource_count * sizeof *places);
    const size_t count =
        ais__app_list_places(app, candidate, container, places, app->resource_count);
    for (size_t i = 0; i < count; i++)
        ais_doc_append(resources, resource_node(container, &app->resources[places[i]], doc));
    put_flag(doc, node, "trustedExecution", container->trusted_execution);
    put_flag(doc, node, "networkProtection", container->network_protection);
    put_flag(doc, node, "fileSystemProtection", container->file_system_protection);
    ais_doc_put(node, "resources", resources);
    return node;
}

/* The entries of a component: its own and those of its segments. */
static ais_doc_node *entries_node(const ais_app *app, size_t component, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    for (size_t i = 0; i < app->candidate_count; i++) {
        const ais_app_candidate *candidate = &app->candidates[i];
        if (ais__app_find_owner(app, candidate->name) != component)
            continue;
        ais_doc_node *containers = ais_doc_new_map(doc);
        for (size_t k = 0; k < candidate->container_count; k++)
            ais_doc_put(containers, candidate->containers[k].key,
                        container_node(app, candidate, &candidate->containers[k], doc));
        ais_doc_put(map, candidate->name, containers);
    }
    return map;
}

ais_doc_node *ais_app_security_to_node(const ais_app *app, ais_doc *doc)
{
    bool any = false;
    ais_doc_node *components = ais_doc_new_map(doc);
    for (size_t i = 0; i < app->component_count; i++) {
        ais_doc_node *node = ais_doc_new_map(doc), *wanted = ais_doc_new_map(doc);
        for (size_t k = 0; k < AIS_COUNT(demands); k++) {
            const bool asked = asks(app, i, demands[k]);
            any = any || asked;
            put_flag(doc, wanted, demands[k], asked);
        }
        ais_doc_put(node, "demands", wanted);
        ais_doc_put(node, "entries", entries_node(app, i, doc));
        ais_doc_put(components, app->components[i].name, node);
    }
    if (!any)
        return NULL;
    ais_doc_node *root = ais_doc_new_map(doc), *system = ais_doc_new_map(doc);
    ais_doc_put(system, "name", ais_doc_new_string(doc, app->name));
    ais_doc_put(system, "components", components);
    ais_doc_put(root, "System", system);
    return root;
}
