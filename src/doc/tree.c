/* The tree itself: making, changing, copying and comparing nodes; see doc.h. Looking is in look.c.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "doc/doc_priv.h"

ais_doc *ais_doc_new(void)
{
    ais_doc *doc = ais_alloc(sizeof *doc);
    doc->arena = ais_arena_new();
    doc->root = ais__doc_new_node(doc, AIS_DOC_NULL, doc->pos);
    return doc;
}

void ais_doc_free(ais_doc *doc)
{
    if (doc == NULL)
        return;
    ais_arena_free(doc->arena);
    free(doc);
}

const ais_doc_node *ais_doc_root(const ais_doc *doc)
{
    return doc->root;
}

void ais_doc_set_root(ais_doc *doc, ais_doc_node *node)
{
    if (node->doc != doc)
        AIS_BUG("a node of another document as root");
    doc->root = node;
}

static const char *keep_file(ais_doc *doc, const char *file)
{
    if (file == NULL || (doc->pos.file != NULL && strcmp(file, doc->pos.file) == 0))
        return file == NULL ? NULL : doc->pos.file;
    return ais_arena_strdup(doc->arena, file);
}

void ais_doc_set_pos(ais_doc *doc, ais_pos pos)
{
    pos.file = keep_file(doc, pos.file);
    doc->pos = pos;
}

ais_doc_node *ais__doc_new_node(ais_doc *doc, ais_doc_kind kind, ais_pos pos)
{
    ais_doc_node *node = ais_arena_alloc(doc->arena, sizeof *node);
    node->doc = doc;
    node->pos = pos;
    node->kind = kind;
    node->text = "";
    return node;
}

static ais_doc_node *new_scalar(ais_doc *doc, ais_doc_kind kind, const char *text, size_t length)
{
    ais_doc_node *node = ais__doc_new_node(doc, kind, doc->pos);
    node->text = length > 0 ? ais_arena_strndup(doc->arena, text, length) : "";
    node->length = length;
    return node;
}

ais_doc_node *ais_doc_new_null(ais_doc *doc)
{
    return new_scalar(doc, AIS_DOC_NULL, "null", 4);
}

ais_doc_node *ais_doc_new_bool(ais_doc *doc, bool value)
{
    ais_doc_node *node = value ? new_scalar(doc, AIS_DOC_BOOL, "true", 4)
                               : new_scalar(doc, AIS_DOC_BOOL, "false", 5);
    node->boolean = value;
    return node;
}

ais_doc_node *ais_doc_new_int(ais_doc *doc, int64_t value)
{
    char text[32];
    const int length = snprintf(text, sizeof text, "%lld", (long long)value);
    ais_doc_node *node = new_scalar(doc, AIS_DOC_INT, text, (size_t)length);
    node->integer = value;
    return node;
}

ais_doc_node *ais_doc_new_float(ais_doc *doc, double value)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_write_float(value, &text);
    ais_doc_node *node = new_scalar(doc, AIS_DOC_FLOAT, ais_str_get(&text), text.length);
    node->number = value;
    return node;
}

ais_doc_node *ais_doc_new_finite(ais_doc *doc, double value)
{
    return isfinite(value) ? ais_doc_new_float(doc, value) : ais_doc_new_null(doc);
}

ais_doc_node *ais_doc_new_bytes(ais_doc *doc, const char *text, size_t length)
{
    return new_scalar(doc, AIS_DOC_STRING, text, length);
}

ais_doc_node *ais_doc_new_string(ais_doc *doc, const char *text)
{
    return ais_doc_new_bytes(doc, text, strlen(text));
}

ais_doc_node *ais_doc_new_list(ais_doc *doc)
{
    return ais__doc_new_node(doc, AIS_DOC_LIST, doc->pos);
}

ais_doc_node *ais_doc_new_map(ais_doc *doc)
{
    return ais__doc_new_node(doc, AIS_DOC_MAP, doc->pos);
}

/* The old array stays in the arena: doubling bounds the waste by the size of the array. */
static ais_doc_node **widen(ais_doc *doc, ais_doc_node **items, size_t count, size_t capacity)
{
    ais_doc_node **wider = ais_arena_alloc(doc->arena, capacity * sizeof(ais_doc_node *));
    if (count > 0)
        memcpy(wider, items, count * sizeof(ais_doc_node *));
    return wider;
}

void ais__doc_push(ais_doc_node *node, ais_doc_node *key, ais_doc_node *value)
{
    if (value->doc != node->doc || (key != NULL && key->doc != node->doc))
        AIS_BUG("a node of another document; ais_doc_copy() makes it one of this document");
    if (node->count == node->capacity) {
        if (node->count > UINT32_MAX / 2)
            AIS_BUG("more than %u entries", UINT32_MAX / 2);
        node->capacity = node->capacity > 0 ? node->capacity * 2 : 4;
        node->values = widen(node->doc, node->values, node->count, node->capacity);
        if (key != NULL)
            node->keys = widen(node->doc, node->keys, node->count, node->capacity);
    }
    node->values[node->count] = value;
    if (key != NULL)
        node->keys[node->count] = key;
    node->count++;
}

void ais_doc_append(ais_doc_node *list, ais_doc_node *value)
{
    if (list->kind != AIS_DOC_LIST)
        AIS_BUG("appending to %s", ais_doc_kind_name(list->kind));
    ais__doc_push(list, NULL, value);
}

void ais_doc_put_node(ais_doc_node *map, ais_doc_node *key, ais_doc_node *value)
{
    if (map->kind != AIS_DOC_MAP || (key->kind & AIS_DOC_SCALAR) == 0)
        AIS_BUG("putting a key that is %s into %s", ais_doc_kind_name(key->kind),
                ais_doc_kind_name(map->kind));
    ais__doc_push(map, key, value);
}

void ais_doc_put(ais_doc_node *map, const char *key, ais_doc_node *value)
{
    const size_t length = strlen(key);
    for (uint32_t i = 0; map->kind == AIS_DOC_MAP && i < map->count; i++) {
        const ais_doc_node *old = map->keys[i];
        if (old->length == length && memcmp(old->text, key, length) == 0) {
            if (value->doc != map->doc)
                AIS_BUG("a node of another document; ais_doc_copy() makes it one of this document");
            map->values[i] = value;
            return;
        }
    }
    ais_doc_put_node(map, ais_doc_new_string(map->doc, key), value);
}

ais_doc_node *ais_doc_copy(ais_doc *doc, const ais_doc_node *node)
{
    const ais_pos pos = {
        .file = keep_file(doc, node->pos.file), .line = node->pos.line, .column = node->pos.column};
    ais_doc_node *copy = ais__doc_new_node(doc, node->kind, pos);
    if ((node->kind & AIS_DOC_SCALAR) != 0) {
        copy->text =
            node->length > 0 ? ais_arena_strndup(doc->arena, node->text, node->length) : "";
        copy->length = node->length;
        copy->integer = node->integer; /* the widest of the union: carries every value */
        return copy;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        ais_doc_node *key = node->keys != NULL ? ais_doc_copy(doc, node->keys[i]) : NULL;
        ais__doc_push(copy, key, ais_doc_copy(doc, node->values[i]));
    }
    return copy;
}

static int compare_bytes(const ais_doc_node *a, const ais_doc_node *b)
{
    const size_t shorter = a->length < b->length ? a->length : b->length;
    const int by_bytes = memcmp(a->text, b->text, shorter);
    if (by_bytes != 0 || a->length == b->length)
        return by_bytes;
    return a->length < b->length ? -1 : 1;
}

int ais__doc_compare_keys(const ais_doc_node *a, const ais_doc_node *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == AIS_DOC_STRING)
        return compare_bytes(a, b);
    if (a->kind == AIS_DOC_NULL)
        return 0;
    if (a->kind == AIS_DOC_BOOL)
        return (int)a->boolean - (int)b->boolean;
    if (a->kind == AIS_DOC_INT)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (isnan(a->number) || isnan(b->number)) /* an order must place it somewhere: last */
        return (int)isnan(a->number) - (int)isnan(b->number);
    return (a->number > b->number) - (a->number < b->number);
}

static int compare_indices(const void *a, const void *b, void *map)
{
    const uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const ais_doc_node *node = map;
    const int by_key = ais__doc_compare_keys(node->keys[i], node->keys[j]);
    return by_key != 0 ? by_key : (i > j) - (i < j);
}

uint32_t *ais__doc_sorted(const ais_doc_node *map)
{
    uint32_t *order = ais_alloc(map->count * sizeof *order);
    ais_doc_node argument = *map; /* qsort_r() wants its argument not const */
    for (uint32_t i = 0; i < map->count; i++)
        order[i] = i;
    qsort_r(order, map->count, sizeof *order, compare_indices, &argument);
    return order;
}

static bool equal_maps(const ais_doc_node *a, const ais_doc_node *b)
{
    AIS_FREE uint32_t *in_a = ais__doc_sorted(a);
    AIS_FREE uint32_t *in_b = ais__doc_sorted(b);
    for (uint32_t i = 0; i < a->count; i++)
        if (!ais_doc_equal(a->keys[in_a[i]], b->keys[in_b[i]]) ||
            !ais_doc_equal(a->values[in_a[i]], b->values[in_b[i]]))
            return false;
    return true;
}

bool ais_doc_equal(const ais_doc_node *a, const ais_doc_node *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if ((a->kind & AIS_DOC_SCALAR) != 0)
        return ais__doc_compare_keys(a, b) == 0;
    if (a->kind == AIS_DOC_MAP)
        return equal_maps(a, b);
    for (uint32_t i = 0; i < a->count; i++)
        if (!ais_doc_equal(a->values[i], b->values[i]))
            return false;
    return true;
}

typedef struct entry {
    ais_doc_node *key, *value;
} entry;

static int compare_entries(const void *a, const void *b)
{
    return compare_bytes(((const entry *)a)->key, ((const entry *)b)->key);
}

void ais_doc_sort(ais_doc_node *map, bool deep)
{
    if (map->kind == AIS_DOC_MAP && map->count > 1) {
        AIS_FREE entry *entries = ais_alloc(map->count * sizeof *entries);
        for (uint32_t i = 0; i < map->count; i++)
            entries[i] = (entry){.key = map->keys[i], .value = map->values[i]};
        qsort(entries, map->count, sizeof *entries, compare_entries);
        for (uint32_t i = 0; i < map->count; i++) {
            map->keys[i] = entries[i].key;
            map->values[i] = entries[i].value;
        }
    }
    for (uint32_t i = 0; deep && i < map->count; i++)
        ais_doc_sort(map->values[i], true);
}
