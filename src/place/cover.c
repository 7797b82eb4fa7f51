/* Open types and what they cover; see cover.h. */
#include "place/cover.h"

static void *zeroes(ais__cover *cover, size_t count, size_t size)
{
    return ais_arena_alloc(cover->arena, count * size + 1);
}

static void index_options(ais__cover *cover)
{
    const ais_perf *perf = cover->perf;
    const ais_system *s = perf->system;
    size_t *first = zeroes(cover, s->resource_count + 2, sizeof *first);
    for (size_t o = 0; o < s->option_count; o++)
        if (perf->usable[o])
            first[s->options[o].resource + 2]++;
    for (size_t r = 2; r < s->resource_count + 2; r++)
        first[r] += first[r - 1];
    cover->of_resource = zeroes(cover, s->option_count, sizeof *cover->of_resource);
    for (size_t o = 0; o < s->option_count; o++)
        if (perf->usable[o])
            cover->of_resource[first[s->options[o].resource + 1]++] = o;
    cover->first_of_resource = first;
}

static void index_components(ais__cover *cover)
{
    const ais_system *s = cover->perf->system;
    size_t *first = zeroes(cover, s->component_count + 2, sizeof *first);
    for (size_t e = 0; e < s->edge_count; e++)
        first[s->edges[e].to + 2]++;
    for (size_t c = 2; c < s->component_count + 2; c++)
        first[c] += first[c - 1];
    cover->before = zeroes(cover, s->edge_count, sizeof *cover->before);
    for (size_t e = 0; e < s->edge_count; e++)
        cover->before[first[s->edges[e].to + 1]++] = s->edges[e].from;
    cover->first_before = first;
    size_t *path = zeroes(cover, s->component_count + 2, sizeof *path), total = 0;
    for (size_t p = 0; p < s->path_count; p++)
        for (size_t k = 0; k < s->paths[p].component_count; k++, total++)
            path[s->paths[p].components[k] + 2]++;
    for (size_t c = 2; c < s->component_count + 2; c++)
        path[c] += path[c - 1];
    cover->paths = zeroes(cover, total, sizeof *cover->paths);
    for (size_t p = 0; p < s->path_count; p++)
        for (size_t k = 0; k < s->paths[p].component_count; k++)
            cover->paths[path[s->paths[p].components[k] + 1]++] = p;
    cover->first_path = path;
}

static void add_slot(ais__cover *cover, size_t first, size_t count)
{
    const ais_perf *perf = cover->perf;
    size_t *types = zeroes(cover, count, sizeof *types);
    ais__slot *slot = &cover->slots[cover->slot_count];
    *slot = (ais__slot){.types = types, .open = AIS_SYSTEM_NONE};
    for (size_t r = first; r < first + count; r++)
        if (perf->count_max[r] > 0) {
            types[slot->type_count++] = r;
            cover->slot_of[r] = cover->slot_count;
        }
    cover->slot_count += slot->type_count > 0;
}

static void open_options(ais__cover *cover, size_t resource, bool open)
{
    const ais_system *s = cover->perf->system;
    size_t *options = cover->perf->is_cloud[resource] ? cover->cloud_options : cover->edge_options;
    for (size_t i = cover->first_of_resource[resource]; i < cover->first_of_resource[resource + 1];
         i++)
        options[s->options[cover->of_resource[i]].part] += open ? 1 : SIZE_MAX; /* one less */
}

static void make_slots(ais__cover *cover)
{
    const ais_perf *perf = cover->perf;
    const ais_system *s = perf->system;
    cover->slots = zeroes(cover, s->resource_count + 1, sizeof *cover->slots);
    cover->slot_of = zeroes(cover, s->resource_count, sizeof *cover->slot_of);
    for (size_t r = 0; r < s->resource_count; r++)
        cover->slot_of[r] = AIS_SYSTEM_NONE;
    for (size_t l = 0; l < s->layer_count; l++) {
        const ais_system_layer *layer = &s->layers[l];
        const size_t first = layer->first_resource;
        for (size_t r = first; r < first + layer->resource_count; r++)
            if (layer->kind == AIS_LAYER_FAAS && perf->count_max[r] > 0) {
                cover->count[r] = 1;
                open_options(cover, r, true);
            } else if (layer->kind != AIS_LAYER_FAAS && !(perf->rules & AIS_RULE_ONE_TYPE)) {
                add_slot(cover, r, 1);
            }
        if (layer->kind != AIS_LAYER_FAAS && (perf->rules & AIS_RULE_ONE_TYPE) != 0)
            add_slot(cover, first, layer->resource_count);
    }
}

void ais__cover_init(ais__cover *cover, const ais_perf *perf)
{
    const ais_system *s = perf->system;
    *cover = (ais__cover){
        .perf = perf, .forward = (perf->rules & AIS_RULE_FORWARD) != 0, .arena = ais_arena_new()};
    cover->count = zeroes(cover, s->resource_count, sizeof *cover->count);
    cover->edge_options = zeroes(cover, s->part_count, sizeof *cover->edge_options);
    cover->cloud_options = zeroes(cover, s->part_count, sizeof *cover->cloud_options);
    cover->leaves = zeroes(cover, s->component_count, sizeof *cover->leaves);
    cover->may_leave = zeroes(cover, s->component_count, sizeof *cover->may_leave);
    cover->descend = zeroes(cover, s->component_count, sizeof *cover->descend);
    index_options(cover);
    index_components(cover);
    make_slots(cover);
}

void ais__cover_clear(ais__cover *cover)
{
    ais_arena_free(cover->arena);
    *cover = (ais__cover){.perf = NULL};
}

void ais__cover_open(ais__cover *cover, size_t slot, size_t type)
{
    ais__slot *s = &cover->slots[slot];
    if (s->open != AIS_SYSTEM_NONE)
        cover->count[s->types[s->open]] = 0;
    if (s->open == type)
        type = s->open; /* only its count comes back */
    else if (s->open != AIS_SYSTEM_NONE)
        open_options(cover, s->types[s->open], false);
    if (s->open != type && type != AIS_SYSTEM_NONE)
        open_options(cover, s->types[type], true);
    s->open = type;
    if (type != AIS_SYSTEM_NONE)
        cover->count[s->types[type]] = cover->perf->count_max[s->types[type]];
}

/* How a component can lie on what is open. */
typedef enum shape { SHAPE_EDGE = 1, SHAPE_MIXED = 2, SHAPE_CLOUD = 4 } shape;

static unsigned shapes_of(const ais__cover *cover, size_t deployment)
{
    const ais_system_deployment *d = &cover->perf->system->deployments[deployment];
    size_t edge = 0, any = 0, cloud = 0; /* lengths: edge at the front, all, cloud at the back */
    bool edge_ends = false;
    for (size_t k = 0; k < d->part_count; k++) {
        const size_t p = d->first_part + k;
        edge_ends = edge_ends || cover->edge_options[p] == 0;
        edge += edge_ends ? 0 : 1;
        any += cover->edge_options[p] > 0 || cover->cloud_options[p] > 0;
        cloud = cover->cloud_options[p] > 0 ? cloud + 1 : 0;
    }
    if (!cover->forward)
        return any == d->part_count ? SHAPE_EDGE : 0;
    return (edge == d->part_count ? SHAPE_EDGE : 0) | (cloud == d->part_count ? SHAPE_CLOUD : 0) |
           (edge > 0 && cloud > 0 && edge + cloud >= d->part_count ? SHAPE_MIXED : 0);
}

static unsigned shapes(const ais__cover *cover, size_t component)
{
    const ais_system_component *c = &cover->perf->system->components[component];
    unsigned all = 0;
    for (size_t k = 0; k < c->deployment_count; k++)
        all |= shapes_of(cover, c->first_deployment + k);
    return all;
}

static bool behind_cloud(const ais__cover *cover, size_t component)
{
    for (size_t i = cover->first_before[component]; i < cover->first_before[component + 1]; i++)
        if (cover->leaves[cover->before[i]])
            return true;
    return false;
}

size_t ais__cover_missing(ais__cover *cover)
{
    const ais_system *s = cover->perf->system;
    size_t missing = 0;
    for (size_t i = 0; i < s->component_count; i++) {
        const size_t c = s->order[i];
        const unsigned can = shapes(cover, c);
        const bool cloud = cover->forward && behind_cloud(cover, c);
        missing += (cloud ? can & SHAPE_CLOUD : can) == 0;
        /* What cannot be placed is taken as edge, so that it is counted once, not with all behind it. */
        cover->leaves[c] = cloud || (can != 0 && (can & SHAPE_EDGE) == 0);
    }
    return missing;
}

void ais__cover_leave(ais__cover *cover)
{
    const ais_system *s = cover->perf->system;
    for (size_t i = s->component_count; i-- > 0;) {
        const size_t c = s->order[i];
        const ais_system_component *component = &s->components[c];
        bool may = true;
        for (size_t e = component->first_edge; e < component->first_edge + component->edge_count;
             e++)
            may = may && cover->descend[s->edges[e].to];
        cover->may_leave[c] = may || !cover->forward;
        cover->descend[c] = may && (shapes(cover, c) & SHAPE_CLOUD) != 0;
    }
}

void ais__cover_reopen(ais__cover *cover)
{
    for (size_t i = 0; i < cover->slot_count; i++)
        ais__cover_open(cover, i, cover->slots[i].open);
}
