/* Merge keys and keys that stand twice; see yaml_merge.h. */
#include "doc/yaml_merge.h"

void ais__yaml_merge_clear(ais__yaml_merge *merge)
{
    free(merge->maps);
    *merge = (ais__yaml_merge){.maps = NULL};
}

static void add_map(ais__yaml_merge *merge, const ais_doc_node *map)
{
    merge->maps = ais_grow(merge->maps, &merge->capacity, merge->count + 1, sizeof *merge->maps);
    merge->maps[merge->count++] = map;
}

static int refuse(const ais_doc_node *node, ais_diags *diags)
{
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "yaml-syntax", node->pos,
                  "must be a map or a list of maps, such as *defaults", "'<<' merges %s",
                  ais_doc_kind_name(node->kind));
    return -1;
}

int ais__yaml_merge_add(ais__yaml_merge *merge, const ais_doc_node *value, ais_diags *diags)
{
    if (value->kind == AIS_DOC_MAP) {
        add_map(merge, value);
        return 0;
    }
    if (value->kind != AIS_DOC_LIST)
        return refuse(value, diags);
    for (uint32_t i = 0; i < value->count; i++)
        if (value->values[i]->kind != AIS_DOC_MAP)
            return refuse(value->values[i], diags);
    for (uint32_t i = value->count; i-- > 0;) /* backwards, so that the first wins */
        add_map(merge, value->values[i]);
    return 0;
}

static void push_all(ais_doc_node *to, const ais_doc_node *from)
{
    for (uint32_t i = 0; i < from->count; i++)
        ais__doc_push(to, from->keys[i], from->values[i]);
}

void ais__yaml_merge_into(const ais__yaml_merge *merge, ais_doc_node *map)
{
    if (merge->count == 0)
        return;
    ais_doc_node *all = ais__doc_new_node(map->doc, AIS_DOC_MAP, map->pos);
    for (size_t i = 0; i < merge->count; i++)
        push_all(all, merge->maps[i]);
    push_all(all, map);
    AIS_FREE uint32_t *order = ais__doc_sorted(all);
    /* of equal keys the first has the place and the last the value, as in a Python dict */
    AIS_FREE uint32_t *last = ais_alloc(all->count * sizeof *last);
    for (uint32_t i = 0; i < all->count; i++)
        last[i] = UINT32_MAX;
    for (uint32_t i = 0; i < all->count;) {
        uint32_t end = i + 1;
        while (end < all->count &&
               ais__doc_compare_keys(all->keys[order[i]], all->keys[order[end]]) == 0)
            end++;
        last[order[i]] = order[end - 1];
        i = end;
    }
    map->count = 0;
    for (uint32_t i = 0; i < all->count; i++)
        if (last[i] != UINT32_MAX)
            ais__doc_push(map, all->keys[last[i]], all->values[last[i]]);
}

/* Most maps are small: no need to sort them. */
static bool is_surely_unique(const ais_doc_node *map)
{
    enum { SMALL = 8 };
    for (uint32_t i = 1; i < map->count && map->count <= SMALL; i++)
        for (uint32_t k = 0; k < i; k++)
            if ((map->keys[i]->kind != AIS_DOC_STRING ||
                 map->keys[i]->length == map->keys[k]->length) &&
                ais__doc_compare_keys(map->keys[i], map->keys[k]) == 0)
                return false;
    return map->count <= SMALL;
}

void ais__doc_report_duplicates(const ais_doc_node *map, ais_diags *diags)
{
    if (is_surely_unique(map))
        return;
    AIS_FREE uint32_t *order = ais__doc_sorted(map);
    AIS_FREE const ais_doc_node **originals = ais_alloc(map->count * sizeof *originals);
    for (uint32_t i = 1, first = 0; i < map->count; i++) {
        if (ais__doc_compare_keys(map->keys[order[first]], map->keys[order[i]]) == 0)
            originals[order[i]] = map->keys[order[first]];
        else
            first = i;
    }
    for (uint32_t i = 0; i < map->count; i++) { /* in the order of the file */
        if (originals[i] == NULL)
            continue;
        AIS_FREE char *hint = ais_format("it stands first at %u:%u; remove one of them",
                                         originals[i]->pos.line, originals[i]->pos.column);
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "duplicate-key", map->keys[i]->pos, hint,
                      "the key '%s' stands here again", map->keys[i]->text);
    }
}
