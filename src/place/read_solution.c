/* A placement from Output.json, of any of the programs; see read.h.
 *
 * {"components": {c: {s: {h: {layer: {resource: {"number"}}}}}}}; without the deployment s (one public program),
 * or with functions without it (another one, which leaves the response times below s). So a key below a
 * component is a deployment, a partition, or one of the times. */
#include <math.h>

#include "place/read_priv.h"

typedef struct reader {
    const ais_system *system;
    ais_diags *diags;
    ais_placement *placement;
    ais__names components, deployments, parts, resources; /* parent: component */
    const ais_doc_node **counted;                         /* by resource: what its count is from */
    const ais_doc_node **placed;                          /* by part: where it is placed */
} reader;

static void fault(reader *r, const char *rule, const ais_doc_node *at, const char *hint,
                  const char *format, ...) AIS_PRINTF(5, 6);
static void fault(reader *r, const char *rule, const ais_doc_node *at, const char *hint,
                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    ais_diags_add(r->diags, AIS_SEVERITY_ERROR, rule, ais_doc_pos(at), hint, "%s", message);
}

static void fill_names(reader *r)
{
    const ais_system *s = r->system;
    for (size_t i = 0; i < s->component_count; i++)
        ais__names_put(&r->components, 0, s->components[i].name, i);
    for (size_t i = 0; i < s->deployment_count; i++)
        ais__names_put(&r->deployments, s->deployments[i].component, s->deployments[i].name, i);
    for (size_t i = 0; i < s->part_count; i++)
        ais__names_put(&r->parts, s->parts[i].component, s->parts[i].name, i);
    for (size_t i = 0; i < s->resource_count; i++)
        ais__names_put(&r->resources, 0, s->resources[i].name, i);
}

/* ---- counts ---- */

static void set_count(reader *r, const ais_doc_node *at, size_t resource, double number)
{
    size_t *count = &r->placement->count[resource];
    const char *name = r->system->resources[resource].name;
    if (r->counted[resource] == NULL) {
        r->counted[resource] = at;
        *count = (size_t)number;
        return;
    }
    if (*count == (size_t)number)
        return;
    AIS_FREE char *hint =
        ais_format("it is %zu at line %u; all partitions on a resource run on all "
                   "of its machines",
                   *count, ais_doc_pos(r->counted[resource]).line);
    fault(r, "count-differs", at, hint, "the number of '%s' is %zu here", name, (size_t)number);
}

static void read_count(reader *r, const ais_doc_node *key, const ais_doc_node *node,
                       size_t resource)
{
    const ais_system *s = r->system;
    const ais_doc_node *number = ais_doc_find(node, "number");
    if (s->layers[s->resources[resource].layer].kind == AIS_LAYER_FAAS) {
        r->placement->count[resource] = 1;
        return;
    }
    if (number == NULL) {
        fault(r, "missing-key", ais_doc_get_kind(node) == AIS_DOC_MAP ? node : key,
              "must be a number", "'number' is missing in '%s'", s->resources[resource].name);
        return;
    }
    if ((ais_doc_get_kind(number) & AIS_DOC_NUMBER) == 0) {
        fault(r, "wrong-type", number, "must be a number", "'number' is %s",
              ais_doc_kind_name(ais_doc_get_kind(number)));
        return;
    }
    const double value = ais_doc_get_number(number);
    if (!(value >= 1.0 && value <= AIS_SYSTEM_MAX_MACHINES && value == floor(value))) {
        AIS_FREE char *hint =
            ais_format("must be a whole number from 1 to %d", AIS_SYSTEM_MAX_MACHINES);
        fault(r, "out-of-range", number, hint, "'number' is %s", ais_doc_get_text(number));
        return;
    }
    set_count(r, number, resource, value);
}

/* ---- partitions ---- */

static size_t find_option(const ais_system *s, size_t part, size_t resource)
{
    const ais_system_part *p = &s->parts[part];
    for (size_t o = p->first_option; o < p->first_option + p->option_count; o++)
        if (s->options[o].resource == resource)
            return o;
    return AIS_SYSTEM_NONE;
}

static const char *resource_name(const void *system, size_t i)
{
    return ((const ais_system *)system)->resources[i].name;
}

static void place_part(reader *r, size_t part, const ais_doc_node *key, const ais_doc_node *node)
{
    const ais_system *s = r->system;
    const ais_system_part *p = &s->parts[part];
    const char *name = ais_doc_get_text(key);
    const size_t resource = ais__names_find(&r->resources, 0, name);
    if (resource == AIS_SYSTEM_NONE) {
        AIS_FREE char *hint = ais__read_near(r->diags, name, s, s->resource_count, resource_name,
                                             "it must be a resource of the system");
        fault(r, "unknown-resource", key, hint, "there is no resource '%s'", name);
        return;
    }
    if (r->placed[part] != NULL) {
        AIS_FREE char *hint =
            ais_format("it is placed at line %u", ais_doc_pos(r->placed[part]).line);
        fault(r, "duplicate-name", key, hint, "'%s' of '%s' is placed twice", p->name,
              s->components[p->component].name);
        return;
    }
    const size_t option = find_option(s, part, resource);
    r->placed[part] = key;
    if (option == AIS_SYSTEM_NONE)
        fault(r, "not-a-candidate", key, "CompatibilityMatrix of the system lists the candidates",
              "'%s' of '%s' cannot run on '%s'", p->name, s->components[p->component].name, name);
    r->placement->option[part] = option;
    read_count(r, key, node, resource);
    size_t *deployment = &r->placement->deployment[p->component];
    if (*deployment != AIS_SYSTEM_NONE && *deployment != p->deployment)
        fault(r, "deployment-differs", key, "one deployment of a component is chosen",
              "'%s' of '%s' belongs to '%s', others to '%s'", p->name,
              s->components[p->component].name, s->deployments[p->deployment].name,
              s->deployments[*deployment].name);
    *deployment = p->deployment;
}

/* {layer: {resource: {...}}, "response_time": t} */
static void read_part(reader *r, size_t part, const ais_doc_node *map)
{
    for (size_t i = 0; i < ais_doc_count(map); i++) {
        const ais_doc_node *layer = ais_doc_at(map, i);
        for (size_t k = 0; ais_doc_get_kind(layer) == AIS_DOC_MAP && k < ais_doc_count(layer); k++)
            place_part(r, part, ais_doc_key_at(layer, k), ais_doc_at(layer, k));
    }
}

static void unknown_part(reader *r, size_t component, const ais_doc_node *key)
{
    fault(r, "unknown-partition", key, "deployments and partitions must be those of the system",
          "'%s' is neither a deployment nor a partition of '%s'", ais_doc_get_text(key),
          r->system->components[component].name);
}

static void read_deployment(reader *r, size_t deployment, const ais_doc_node *map)
{
    const size_t component = r->system->deployments[deployment].component;
    for (size_t i = 0; i < ais_doc_count(map); i++) {
        const ais_doc_node *key = ais_doc_key_at(map, i), *value = ais_doc_at(map, i);
        if (ais_doc_get_kind(value) != AIS_DOC_MAP)
            continue;
        const size_t part = ais__names_find(&r->parts, component, ais_doc_get_text(key));
        if (part == AIS_SYSTEM_NONE || r->system->parts[part].deployment != deployment)
            unknown_part(r, component, key);
        else
            read_part(r, part, value);
    }
}

static void read_component(reader *r, size_t component, const ais_doc_node *map)
{
    for (size_t i = 0; i < ais_doc_count(map); i++) {
        const ais_doc_node *key = ais_doc_key_at(map, i), *value = ais_doc_at(map, i);
        const char *name = ais_doc_get_text(key);
        if (ais_doc_get_kind(value) != AIS_DOC_MAP)
            continue; /* response_time and its threshold */
        const size_t deployment = ais__names_find(&r->deployments, component, name);
        const size_t part = ais__names_find(&r->parts, component, name);
        if (deployment != AIS_SYSTEM_NONE)
            read_deployment(r, deployment, value);
        else if (part != AIS_SYSTEM_NONE)
            read_part(r, part, value);
        else
            unknown_part(r, component, key);
    }
}

/* ---- the whole ---- */

static const char *component_name(const void *system, size_t i)
{
    return ((const ais_system *)system)->components[i].name;
}

static void read_components(reader *r, const ais_doc_node *all)
{
    const ais_system *s = r->system;
    for (size_t i = 0; i < ais_doc_count(all); i++) {
        const ais_doc_node *key = ais_doc_key_at(all, i), *value = ais_doc_at(all, i);
        const size_t c = ais__names_find(&r->components, 0, ais_doc_get_text(key));
        if (c == AIS_SYSTEM_NONE) {
            AIS_FREE char *hint =
                ais__read_near(r->diags, ais_doc_get_text(key), s, s->component_count,
                               component_name, "it must be a component of the system");
            fault(r, "unknown-component", key, hint, "there is no component '%s'",
                  ais_doc_get_text(key));
        } else if (ais_doc_get_kind(value) != AIS_DOC_MAP) {
            fault(r, "wrong-type", value, "must be a map", "'%s' is %s", ais_doc_get_text(key),
                  ais_doc_kind_name(ais_doc_get_kind(value)));
        } else {
            read_component(r, c, value);
        }
    }
}

static const ais_doc_node *find_solution(const ais_doc_node *root)
{
    const ais_doc_node *solution = ais_doc_find(root, "solution");
    return solution != NULL && ais_doc_find(root, "components") == NULL ? solution : root;
}

double ais_placement_find_rate(const ais_doc_node *root)
{
    const ais_doc_node *rate = ais_doc_find(find_solution(root), "Lambda");
    if (rate == NULL || (ais_doc_get_kind(rate) & AIS_DOC_NUMBER) == 0 ||
        !(ais_doc_get_number(rate) > 0.0) || !isfinite(ais_doc_get_number(rate)))
        return NAN;
    return ais_doc_get_number(rate);
}

int ais_placement_from_node(const ais_doc_node *root, const ais_system *system, ais_diags *diags,
                            ais_placement **out)
{
    AIS_AUTO(ais_placement) placement = ais_placement_new(system);
    AIS_AUTO(ais_arena) scratch = ais_arena_new();
    const size_t errors = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    const ais_doc_node *all = ais_doc_find(find_solution(root), "components");
    reader r = {.system = system,
                .diags = diags,
                .placement = placement,
                .counted = ais_arena_alloc(scratch, system->resource_count * sizeof *r.counted),
                .placed = ais_arena_alloc(scratch, system->part_count * sizeof *r.placed)};
    fill_names(&r);
    if (all != NULL && ais_doc_get_kind(all) == AIS_DOC_MAP)
        read_components(&r, all);
    else if (all != NULL)
        fault(&r, "wrong-type", all, "must be a map", "'components' is %s",
              ais_doc_kind_name(ais_doc_get_kind(all)));
    else
        fault(&r, "missing-key", root,
              "a file of an infeasible system holds none; else {\"components\": {...}}",
              "there is no placement: 'components' is missing");
    ais__names *const names[] = {&r.components, &r.deployments, &r.parts, &r.resources};
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        ais__names_clear(names[i]);
    if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > errors)
        return -1;
    *out = placement;
    placement = NULL;
    return 0;
}

int ais_placement_read(const char *path, const ais_system *system, ais_diags *diags,
                       ais_placement **out)
{
    AIS_AUTO(ais_doc) doc = NULL;
    if (ais_doc_read(path, diags, &doc) < 0)
        return -1;
    return ais_placement_from_node(ais_doc_root(doc), system, diags, out);
}
