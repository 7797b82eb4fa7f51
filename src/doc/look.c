/* Looking into a tree: kinds, values, entries, paths; see doc.h. */
#include <ctype.h>
#include <string.h>

#include "doc/doc_priv.h"

ais_doc_kind ais_doc_get_kind(const ais_doc_node *node)
{
    return node->kind;
}

ais_pos ais_doc_pos(const ais_doc_node *node)
{
    return node->pos;
}

const char *ais_doc_kind_name(ais_doc_kind kind)
{
    static const struct {
        ais_doc_kind kind;
        const char *name;
    } names[] = {
        {.kind = AIS_DOC_NULL, .name = "null"},
        {.kind = AIS_DOC_BOOL, .name = "true or false"},
        {.kind = AIS_DOC_INT, .name = "an integer"},
        {.kind = AIS_DOC_FLOAT, .name = "a number"},
        {.kind = AIS_DOC_NUMBER, .name = "a number"},
        {.kind = AIS_DOC_STRING, .name = "a string"},
        {.kind = AIS_DOC_LIST, .name = "a list"},
        {.kind = AIS_DOC_MAP, .name = "a map"},
        {.kind = AIS_DOC_SCALAR, .name = "a single value"},
        {.kind = AIS_DOC_ANY, .name = "anything"},
    };
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        if (names[i].kind == kind)
            return names[i].name;
    return "something else";
}

const char *ais_doc_get_text(const ais_doc_node *node)
{
    return node->text;
}

static void must_be(const ais_doc_node *node, ais_doc_kind kinds)
{
    if ((node->kind & kinds) == 0)
        AIS_BUG("asked %s for the value of %s", ais_doc_kind_name(node->kind),
                ais_doc_kind_name(kinds));
}

bool ais_doc_get_bool(const ais_doc_node *node)
{
    must_be(node, AIS_DOC_BOOL);
    return node->boolean;
}

int64_t ais_doc_get_int(const ais_doc_node *node)
{
    must_be(node, AIS_DOC_INT);
    return node->integer;
}

double ais_doc_get_number(const ais_doc_node *node)
{
    must_be(node, AIS_DOC_NUMBER);
    return node->kind == AIS_DOC_INT ? (double)node->integer : node->number;
}

const char *ais_doc_get_string(const ais_doc_node *node, size_t *length)
{
    must_be(node, AIS_DOC_STRING);
    if (length != NULL)
        *length = node->length;
    return node->text;
}

size_t ais_doc_count(const ais_doc_node *node)
{
    return node->count;
}

static void must_have(const ais_doc_node *node, size_t i)
{
    if (i >= node->count)
        AIS_BUG("entry %zu of %u", i, node->count);
}

const ais_doc_node *ais_doc_at(const ais_doc_node *node, size_t i)
{
    must_have(node, i);
    return node->values[i];
}

const ais_doc_node *ais_doc_key_at(const ais_doc_node *node, size_t i)
{
    must_be(node, AIS_DOC_MAP);
    must_have(node, i);
    return node->keys[i];
}

/* Index of a key in a map, or its count. Linear: maps of people are short. */
static uint32_t find_index(const ais_doc_node *node, const char *key, size_t length)
{
    uint32_t i = 0;
    while (i < node->count &&
           !(node->keys[i]->length == length && memcmp(node->keys[i]->text, key, length) == 0))
        i++;
    return i;
}

static const ais_doc_node *find_part(const ais_doc_node *node, const char *key, size_t length)
{
    if (node->kind != AIS_DOC_MAP)
        return NULL;
    const uint32_t i = find_index(node, key, length);
    return i < node->count ? node->values[i] : NULL;
}

const ais_doc_node *ais_doc_find(const ais_doc_node *node, const char *key)
{
    return find_part(node, key, strlen(key));
}

const ais_doc_node *ais_doc_find_key(const ais_doc_node *node, const char *key)
{
    if (node->kind != AIS_DOC_MAP)
        return NULL;
    const uint32_t i = find_index(node, key, strlen(key));
    return i < node->count ? node->keys[i] : NULL;
}

const char *ais__doc_step(const ais_doc_node **node, const char *path)
{
    const ais_doc_node *at = *node;
    if (path[0] == '[') {
        char *end = NULL;
        const unsigned long i = strtoul(path + 1, &end, 10);
        if (end == path + 1 || *end != ']' || !isdigit((unsigned char)path[1]))
            AIS_BUG("bad path '%s'", path);
        *node = at->kind == AIS_DOC_LIST && i < at->count ? at->values[i] : NULL;
        return end + 1 + (end[1] == '.');
    }
    const size_t length = strcspn(path, ".[");
    *node = find_part(at, path, length);
    return path + length + (path[length] == '.');
}

const ais_doc_node *ais_doc_find_path(const ais_doc_node *node, const char *path)
{
    while (node != NULL && *path != '\0')
        path = ais__doc_step(&node, path);
    return node;
}
