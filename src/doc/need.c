/* Looking for what must be there; see doc.h. */
#include <ctype.h>
#include <string.h>

#include "doc/doc_priv.h"

void ais__doc_write_kinds(ais_doc_kind kinds, ais_str *out)
{
    static const ais_doc_kind order[] = {AIS_DOC_STRING, AIS_DOC_NUMBER, AIS_DOC_INT, AIS_DOC_BOOL,
                                         AIS_DOC_LIST,   AIS_DOC_MAP,    AIS_DOC_NULL};
    unsigned left = kinds;
    bool first = true;
    if (kinds == AIS_DOC_ANY) {
        ais_str_add(out, ais_doc_kind_name(kinds));
        return;
    }
    if ((left & AIS_DOC_NUMBER) == AIS_DOC_FLOAT) /* nobody minds 3 for 3.0 in a message */
        left |= AIS_DOC_INT;
    for (size_t i = 0; i < AIS_COUNT(order); i++) {
        if ((left & order[i]) != order[i])
            continue;
        left &= ~(unsigned)order[i];
        ais_str_add(out, first ? "" : left != 0 ? ", " : " or ");
        ais_str_add(out, ais_doc_kind_name(order[i]));
        first = false;
    }
}

/* YAML 1.1 takes 1e-3 and -.5 for strings; people mean numbers. */
static bool looks_like_number(const ais_doc_node *node)
{
    char *end = NULL;
    if (node->kind != AIS_DOC_STRING || node->length == 0 ||
        !(isdigit((unsigned char)node->text[0]) || strchr("+-.", node->text[0]) != NULL))
        return false;
    const double value = strtod(node->text, &end);
    return end == node->text + node->length && value - value == 0;
}

void ais__doc_write_wanted(const ais_doc_node *node, ais_doc_kind kinds, ais_str *out)
{
    ais_str_add(out, "must be ");
    ais__doc_write_kinds(kinds, out);
    if ((kinds & AIS_DOC_FLOAT) == 0 || !looks_like_number(node))
        return;
    if ((ais__yaml_resolve(node->text, node->length).kind & AIS_DOC_NUMBER) != 0) {
        ais_str_add_format(out, ": write %s without quotes", node->text);
    } else {
        ais_str_add_format(out, "; YAML takes %s for a string, write ", node->text);
        ais_doc_node number = {.kind = AIS_DOC_FLOAT, .number = strtod(node->text, NULL)};
        ais_doc_write_yaml(&number, out);
        ais_str_cut(out, out->length - strlen("\n...\n"));
    }
}

void ais__doc_write_found(const ais_doc_node *node, const char *name, ais_str *out)
{
    if (node->kind == AIS_DOC_BOOL)
        ais_str_add_format(out, "%s is %s", name, node->boolean ? "true" : "false");
    else if (node->kind == AIS_DOC_NULL)
        ais_str_add_format(out, "%s is empty", name);
    else
        ais_str_add_format(out, "%s is %s", name, ais_doc_kind_name(node->kind));
}

static const char *key_text(const void *map, size_t i)
{
    return ((const ais_doc_node *)map)->keys[i]->text;
}

const char *ais__doc_nearest_key(const ais_doc_node *map, const char *key)
{
    return map->kind == AIS_DOC_MAP ? ais_str_nearest(key, map, map->count, key_text) : NULL;
}

static int refuse_kind(const ais_doc_node *node, const char *name, ais_doc_kind kinds,
                       ais_error **err)
{
    AIS_SCOPED(ais_str) found = {.data = NULL};
    AIS_SCOPED(ais_str) wanted = {.data = NULL};
    ais__doc_write_found(node, name, &found);
    ais__doc_write_wanted(node, kinds, &wanted);
    ais_error_set_at(err, AIS_E_INPUT, node->pos, "%s", ais_str_get(&found));
    ais_error_hint(err, "%s", ais_str_get(&wanted));
    return -1;
}

static int refuse_missing(const ais_doc_node *parent, const char *name, const char *key,
                          ais_error **err)
{
    const char *nearest = ais__doc_nearest_key(parent, key);
    ais_error_set_at(err, AIS_E_INPUT, parent->pos, "%s is missing", name);
    if (nearest != NULL)
        ais_error_hint(err, "did you mean '%s'?", nearest);
    return -1;
}

int ais_doc_need(const ais_doc_node *node, const char *key, ais_doc_kind kinds,
                 const ais_doc_node **out, ais_error **err)
{
    AIS_FREE char *name = ais_format("'%s'", key);
    if (node->kind != AIS_DOC_MAP) {
        AIS_SCOPED(ais_str) found = {.data = NULL};
        ais__doc_write_found(node, "this", &found);
        ais_error_set_at(err, AIS_E_INPUT, node->pos, "%s", ais_str_get(&found));
        ais_error_hint(err, "must be a map with the key %s", name);
        return -1;
    }
    const ais_doc_node *value = ais_doc_find(node, key);
    if (value == NULL)
        return refuse_missing(node, name, key, err);
    if ((value->kind & kinds) == 0)
        return refuse_kind(value, name, kinds, err);
    *out = value;
    return 0;
}

/* At the parent, which is the last that was found. */
static int refuse_step(const ais_doc_node *parent, const char *path, const char *step,
                       size_t step_length, ais_error **err)
{
    const size_t before = (size_t)(step - path);
    const size_t parent_length = before > 0 && path[before - 1] == '.' ? before - 1 : before;
    AIS_FREE char *key = ais_strndup(step, step_length);
    AIS_FREE char *parent_name = ais_strndup(path, parent_length);
    AIS_FREE char *quoted =
        parent_length > 0 ? ais_format("'%s'", parent_name) : ais_strdup("this");
    const bool is_index = key[0] == '[';
    if (parent->kind != (is_index ? AIS_DOC_LIST : AIS_DOC_MAP))
        return refuse_kind(parent, quoted, is_index ? AIS_DOC_LIST : AIS_DOC_MAP, err);
    if (is_index) {
        ais_error_set_at(err, AIS_E_INPUT, parent->pos,
                         "element %s of %s is missing: it has %u elements", key, quoted,
                         parent->count);
        return -1;
    }
    AIS_FREE char *name =
        parent_length > 0 ? ais_format("'%s' in %s", key, quoted) : ais_format("'%s'", key);
    return refuse_missing(parent, name, key, err);
}

int ais_doc_need_path(const ais_doc_node *node, const char *path, ais_doc_kind kinds,
                      const ais_doc_node **out, ais_error **err)
{
    const char *step = path;
    while (*step != '\0') {
        const ais_doc_node *parent = node;
        const char *rest = ais__doc_step(&node, step);
        const size_t length = (size_t)(rest - step) - (rest[-1] == '.');
        if (node == NULL)
            return refuse_step(parent, path, step, length, err);
        step = rest;
    }
    if ((node->kind & kinds) == 0) {
        AIS_FREE char *name = path[0] != '\0' ? ais_format("'%s'", path) : ais_strdup("this");
        return refuse_kind(node, name, kinds, err);
    }
    *out = node;
    return 0;
}

int ais_doc_need_string(const ais_doc_node *node, const char *key, const char **out,
                        ais_error **err)
{
    const ais_doc_node *value = NULL;
    if (ais_doc_need(node, key, AIS_DOC_STRING, &value, err) < 0)
        return -1;
    *out = value->text;
    return 0;
}

int ais_doc_need_number(const ais_doc_node *node, const char *key, double *out, ais_error **err)
{
    const ais_doc_node *value = NULL;
    if (ais_doc_need(node, key, AIS_DOC_NUMBER, &value, err) < 0)
        return -1;
    *out = ais_doc_get_number(value);
    return 0;
}
