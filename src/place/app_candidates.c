/* Where each design may run: its candidates, less those that have not what it asks for, that no model
 * tells of, or whose layer is left out. Each that is removed is recorded with its reason. */
#include <math.h>
#include <strings.h>

#include "place/app_priv.h"

/* ---- layers ---- */

typedef struct kind_row {
    const char *key; /* in SPACE4AI-D.yaml */
    ais__place_kind kind;
} kind_row;

static const kind_row lists[] = {{.key = "EdgeResources", .kind = AIS__KIND_EDGE},
                                 {.key = "CloudResources", .kind = AIS__KIND_VM},
                                 {.key = "FaaSResources", .kind = AIS__KIND_FAAS}};

static const struct {
    const char *type;
    ais__place_kind kind;
} types[] = {{.type = "PhysicalAlreadyProvisioned", .kind = AIS__KIND_EDGE},
             {.type = "PhysicalToBeProvisioned", .kind = AIS__KIND_EDGE},
             {.type = "Virtual", .kind = AIS__KIND_VM},
             {.type = "NativeCloudFunction", .kind = AIS__KIND_FAAS}};

static ais__place_kind kind_of_type(const char *type)
{
    for (size_t i = 0; type != NULL && i < AIS_COUNT(types); i++)
        if (ais_str_equal(type, types[i].type))
            return types[i].kind;
    return AIS__KIND_OUT;
}

/* Older files write the layer with a small l. */
static size_t find_layer(const ais_app *app, const char *key)
{
    for (size_t i = 0; i < app->layer_count; i++)
        if (strcasecmp(app->layers[i].key, key) == 0)
            return i;
    return AIS_NONE;
}

static void set_kind(const ais__place_reader *r, const kind_row *row, const ais_doc_node *name)
{
    const char *key = ais_doc_get_text(name);
    const size_t at = find_layer(r->app, key);
    ais__place_kind *kinds = r->private->kinds;
    if (at == AIS_NONE) {
        ais__place_error(r, "unknown-layer", ais_doc_pos(name),
                         "as common_config/candidate_resources.yaml names them",
                         "there is no layer '%s'", key);
        return;
    }
    const bool functions = kind_of_type(r->app->layers[at].type) == AIS__KIND_FAAS;
    if (functions != (row->kind == AIS__KIND_FAAS))
        ais__place_error(r, "layer-kind", ais_doc_pos(name),
                         functions ? "list it under FaaSResources"
                                   : "list it under EdgeResources or CloudResources",
                         "layer '%s' is of type %s", key, r->app->layers[at].type);
    else if (kinds[at] != AIS__KIND_OUT)
        ais__place_error(r, "layer-kind", ais_doc_pos(name), NULL, "layer '%s' is listed twice",
                         key);
    else
        kinds[at] = row->kind;
}

/* Is there any list in SPACE4AI-D.yaml? Then what is in none of them is out. */
static bool read_lists(const ais__place_reader *r)
{
    const ais_doc_node *root = ais__place_root(r, AIS__FILE_SPACE4AI);
    bool any = false;
    for (size_t i = 0; i < AIS_COUNT(lists); i++) {
        const ais_doc_node *list = ais__place_find(root, lists[i].key);
        any |= list != NULL;
        for (size_t k = 0; list != NULL && k < ais_doc_count(list); k++)
            set_kind(r, &lists[i], ais_doc_at(list, k));
    }
    return any;
}

/* Names of the system: unique, so that a name that stands in two layers gets the layer's from the second on. */
static void name_resources(const ais__place_reader *r)
{
    const ais_app *app = r->app;
    const char **names = r->private->resource_names;
    for (size_t i = 0; i < app->resource_count; i++) {
        const size_t layer = ais_app_find_layer(app, app->resources[i].layer);
        bool twice = false;
        if (r->private->kinds[layer] == AIS__KIND_OUT)
            continue;
        for (size_t k = 0; k < i; k++)
            twice |= names[k] != NULL && ais_str_equal(names[k], app->resources[i].name);
        names[i] = twice ? ais_arena_format(r->arena, "%s@%s", app->resources[i].name,
                                            app->layers[layer].key)
                         : app->resources[i].name;
    }
}

void ais__place_find_kinds(ais__place_reader *r)
{
    const ais_app *app = r->app;
    struct ais_place_app_private *private = r->private;
    private->kinds = ais_arena_alloc(r->arena, app->layer_count * sizeof *private->kinds);
    private->kind_reasons =
        ais_arena_alloc(r->arena, app->layer_count * sizeof *private->kind_reasons);
    private->resource_names =
        ais_arena_alloc(r->arena, app->resource_count * sizeof *private->resource_names);
    const bool listed = read_lists(r);
    for (size_t i = 0; i < app->layer_count; i++) {
        if (!listed)
        private->kinds[i] = kind_of_type(app->layers[i].type);
        else if (private->kinds[i] == AIS__KIND_OUT) private->kind_reasons[i] =
            ais_arena_format(r->arena, "is on %s, which space4ai-d/SPACE4AI-D.yaml does not list",
                             app->layers[i].key);
        if (r->options->edge_only && private->kinds[i] != AIS__KIND_EDGE &&
            private->kinds[i] != AIS__KIND_OUT) {
            private->kinds[i] = AIS__KIND_OUT;
            private->kind_reasons[i] = ais_arena_format(
                r->arena, "is on %s, and only the edge is allowed", app->layers[i].key);
        }
    }
    name_resources(r);
}

/* ---- why a resource is none ---- */

typedef struct place {
    const ais__place_reader *r;
    const ais__place_part *part;
    size_t component;
    const ais_app_candidate *entry;
    size_t resource;
} place;

static bool lists_resource(const ais_app_container *container, const char *name)
{
    for (size_t i = 0; i < container->resource_count; i++)
        if (ais_str_equal(container->resources[i], name))
            return true;
    return false;
}

static bool tell_layer(const place *p, ais_str *why)
{
    const ais_app_resource *resource = &p->r->app->resources[p->resource];
    const ais_doc_node *unit =
        p->r->units != NULL ? ais_doc_find(p->r->units, p->part->unit) : NULL;
    const ais_doc_node *layer = ais__place_find(unit, "executionLayer");
    const size_t at = ais_app_find_layer(p->r->app, resource->layer);
    if (p->r->private->kinds[at] == AIS__KIND_OUT && p->r->private->kind_reasons[at] != NULL)
        ais_str_add(why, p->r->private->kind_reasons[at]);
    else if (layer != NULL && ais_doc_get_int(layer) != resource->layer)
        ais_str_add_format(why, "is on layer %lld, but %s has '%s' on layer %lld",
                           (long long)resource->layer, p->r->options->deployment, p->part->unit,
                           (long long)ais_doc_get_int(layer));
    return why->length > 0;
}

/* Containers of one component run together. */
static bool tell_containers(const place *p, ais_str *why)
{
    const ais_app_resource *resource = &p->r->app->resources[p->resource];
    for (size_t i = 0; i < p->entry->container_count; i++) {
        const ais_app_container *container = &p->entry->containers[i];
        if (!lists_resource(container, resource->name))
            ais_str_add_format(why, "%sis no candidate of %s", why->length > 0 ? ", " : "",
                               container->key);
        else {
            AIS_SCOPED(ais_str) misfit = {.data = NULL};
            if (ais_app_tell_misfit(container, resource, &misfit))
                ais_str_add_format(why, "%s%s", why->length > 0 ? ", " : "", ais_str_get(&misfit));
        }
    }
    return why->length > 0;
}

/* The largest memory of its accelerators; 0 where none says its own. */
static double accelerator_bytes(const ais_app_resource *resource)
{
    const ais_doc_node *all = ais__place_find(resource->node, "accelerators");
    double largest = 0.0;
    for (size_t i = 0; all != NULL && i < ais_doc_count(all); i++) {
        const ais_doc_node *memory = ais__place_find(ais_doc_at(all, i), "memory");
        if (memory != NULL)
            largest = fmax(largest, ais_doc_get_number(memory) * 1024.0 * 1024.0);
    }
    return largest;
}

static bool tell_device(const place *p, ais_str *why)
{
    static const double gigabyte = 1024.0 * 1024.0 * 1024.0;
    const ais_annotations *a = ais_app_get_annotations(p->r->app, p->component);
    const double there = accelerator_bytes(&p->r->app->resources[p->resource]);
    double asked = 0.0;
    if (a == NULL || there == 0.0 ||
        !ais_annotations_get_number(a, AIS_ANNOTATION_DEVICE_CONSTRAINTS, "vram", &asked) ||
        there >= asked)
        return false;
    ais_str_add_format(why, "has %g GB on its accelerator, device_constraints ask for %g GB",
                       there / gigabyte, asked / gigabyte);
    return true;
}

/* ---- models ---- */

static const ais_doc_node *find_model(const place *p)
{
    const ais_app *app = p->r->app;
    const ais_doc_node *of = ais__place_find(ais__place_root(p->r, AIS__FILE_MODELS),
                                             app->components[p->component].name);
    return ais__place_find(ais__place_find(of, p->part->unit), app->resources[p->resource].name);
}

static bool tell_model(const place *p, ais_str *why)
{
    if (find_model(p) != NULL)
        return false;
    ais_str_add_format(why, "has no model of '%s' in oscarp/performance_models.json",
                       p->part->unit);
    return true;
}

static const struct {
    bool (*tell)(const place *p, ais_str *why);
    bool warns; /* nobody has told of it before, and it may be a slip */
} checks[] = {{.tell = tell_layer},
              {.tell = tell_containers},
              {.tell = tell_device},
              {.tell = tell_model, .warns = true}};

/* ---- removing ---- */

static void remove_candidate(ais__place_reader *r, const char *part, const char *resource,
                             const char *reason, ais_pos pos)
{
    ais_place_app *out = r->out;
    if (out->removed_count == r->private->removed_capacity) {
        const size_t room = r->private->removed_capacity == 0 ? 16 : 2 * out->removed_count;
        ais_place_removed *more = ais_arena_alloc(r->arena, room * sizeof *more);
        for (size_t i = 0; i < out->removed_count; i++)
            more[i] = out->removed[i];
        out->removed = more;
        r->private->removed_capacity = room;
    }
    out->removed[out->removed_count++] =
        (ais_place_removed){.part = part,
                            .resource = resource,
                            .reason = ais_arena_strdup(r->arena, reason),
                            .pos = pos};
}

/* Add the resource, or record why not. */
static void judge(ais__place_reader *r, const place *p, ais__place_part *part, ais_pos pos)
{
    const char *name = r->app->resources[p->resource].name;
    for (size_t i = 0; i < AIS_COUNT(checks); i++) {
        AIS_SCOPED(ais_str) why = {.data = NULL};
        if (!checks[i].tell(p, &why))
            continue;
        remove_candidate(r, part->unit, name, ais_str_get(&why), pos);
        if (checks[i].warns)
            ais_diags_add(r->diags, AIS_SEVERITY_WARNING, "missing-model", pos,
                          "measure it, or leave the candidate out", "'%s' %s", name,
                          ais_str_get(&why));
        return;
    }
    part->candidates[part->candidate_count++] =
        (ais__place_candidate){.resource = p->resource, .pos = pos, .model = find_model(p)};
}

static void find_candidates(ais__place_reader *r, size_t component, ais__place_part *part)
{
    const ais_app *app = r->app;
    const ais_app_candidate *entry = part->entry != AIS_NONE ? &app->candidates[part->entry] : NULL;
    if (entry == NULL || entry->container_count == 0)
        return;
    const ais_app_container *first = &entry->containers[0];
    const ais_doc_node *names = ais_doc_find(first->node, "candidateExecutionResources");
    part->candidates = ais_arena_alloc(r->arena, first->resource_count * entry->layer_count *
                                                     sizeof *part->candidates);
    for (size_t i = 0; i < first->resource_count; i++)
        for (size_t k = 0; k < entry->layer_count; k++) {
            const size_t found = ais_app_find_resource(app, entry->layers[k], first->resources[i]);
            const place p = {
                .r = r, .part = part, .component = component, .entry = entry, .resource = found};
            if (found != AIS_NONE)
                judge(r, &p, part, ais_doc_pos(ais_doc_at(names, i)));
        }
}

/* ---- designs that can run nowhere ---- */

static bool is_of(const ais_place_removed *removed, const ais__place_component *c)
{
    for (size_t k = 0; k < c->part_count; k++)
        if (removed->resource != NULL && ais_str_equal(removed->part, c->parts[k].unit))
            return true;
    return false;
}

/* Was the same said of another design of the component? */
static bool is_told(const ais__place_reader *r, const ais__place_component *c, size_t at)
{
    const ais_place_removed *all = r->out->removed;
    for (size_t i = 0; i < at; i++)
        if (is_of(&all[i], c) && ais_str_equal(all[i].resource, all[at].resource) &&
            ais_str_equal(all[i].reason, all[at].reason))
            return true;
    return false;
}

static void tell_removed(const ais__place_reader *r, const ais__place_component *c, ais_str *out)
{
    for (size_t i = 0; i < r->out->removed_count && out->length < 2000; i++) {
        const ais_place_removed *removed = &r->out->removed[i];
        if (is_of(removed, c) && !is_told(r, c, i))
            ais_str_add_format(out, "%s'%s' %s", out->length > 0 ? "; " : "", removed->resource,
                               removed->reason);
    }
}

static void leave_out(ais__place_reader *r, ais__place_component *c, ais__place_chain *chain)
{
    for (size_t k = 0; k < chain->part_count && !chain->left_out; k++) {
        const ais__place_part *part = chain->parts[k];
        if (part->candidate_count > 0)
            continue;
        chain->left_out = true;
        AIS_FREE char *reason =
            part->entry == AIS_NONE
                ? ais_format("%s has no entry in candidate_deployments.yaml", part->unit)
                : ais_format("%s has no candidate resource left", part->unit);
        remove_candidate(r,
                         chain->group == 0 ? part->unit
                                           : ais_arena_format(r->arena, "%s_partition%zu",
                                                              r->app->components[c->component].name,
                                                              chain->group),
                         NULL, reason,
                         part->entry == AIS_NONE ? part->pos : r->app->candidates[part->entry].pos);
    }
}

static void check_left(ais__place_reader *r, ais__place_component *c)
{
    const ais_app_component *component = &r->app->components[c->component];
    size_t left = 0;
    for (size_t i = 0; i < c->chain_count; i++) {
        leave_out(r, c, &c->chains[i]);
        left += !c->chains[i].left_out;
    }
    if (left > 0 || c->chain_count == 0)
        return;
    AIS_SCOPED(ais_str) reasons = {.data = NULL};
    tell_removed(r, c, &reasons);
    ais__place_error(r, "no-candidate",
                     component->candidate != AIS_NONE ? r->app->candidates[component->candidate].pos
                                                      : component->pos,
                     reasons.length > 0 ? ais_str_get(&reasons) : NULL,
                     "component '%s' can run nowhere", component->name);
}

void ais__place_find_candidates(ais__place_reader *r)
{
    for (size_t i = 0; i < r->app->base_component_count; i++) {
        ais__place_component *c = &r->private->components[i];
        for (size_t k = 0; k < c->part_count; k++)
            find_candidates(r, c->component, &c->parts[k]);
        check_left(r, c);
    }
}
