/* YAML to a tree, through libyaml's events. Scalars: yaml_scalar.c; merge keys: yaml_merge.c. */
#include <string.h>
#include <yaml.h>

#include "base/map.h"
#include "doc/yaml_fault.h"
#include "doc/yaml_merge.h"

static const char limit[] = "limit";
static const char syntax[] = "yaml-syntax";

typedef struct reader {
    yaml_parser_t parser;
    ais_doc *doc;
    ais_diags *diags;
    const char *file, *text;
    size_t length;
    size_t nodes;                                /* made so far */
    ais_map *anchors;                            /* name -> node */
    const ais_doc_node *open[AIS_DOC_MAX_DEPTH]; /* lists and maps that are not finished */
    size_t depth;
} reader;

static ais_doc_node *read_node(reader *r, const yaml_event_t *event);

static ais_pos pos_of(const reader *r, yaml_mark_t mark)
{
    return (ais_pos){
        .file = r->file, .line = (unsigned)mark.line + 1, .column = (unsigned)mark.column + 1};
}

static void AIS_PRINTF(5, 6) fault(const reader *r, const char *rule, yaml_mark_t mark,
                                   const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    ais_diags_add(r->diags, AIS_SEVERITY_ERROR, rule, pos_of(r, mark), hint, "%s", message);
}

/* False when the parser failed, which is reported. */
static bool next(reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return true;
    ais__yaml_report(&r->parser, r->file, r->text, r->length, r->diags);
    return false;
}

static bool count_nodes(reader *r, size_t more, yaml_mark_t mark)
{
    r->nodes += more;
    if (r->nodes <= AIS_DOC_MAX_NODES)
        return true;
    fault(r, limit, mark, "aliases count for all that they stand for",
          "the document has more than %d nodes", AIS_DOC_MAX_NODES);
    return false;
}

/* Nodes and levels of a tree; counting ends beyond `most`, so that it costs no more than copying.
 */
static size_t measure(const ais_doc_node *node, size_t most, size_t *levels)
{
    size_t total = 1, deepest = 0;
    for (uint32_t i = 0; i < node->count && total <= most; i++) {
        size_t below = 0;
        total += measure(node->values[i], most - total, &below) + (node->keys != NULL);
        deepest = below > deepest ? below : deepest;
    }
    *levels = deepest + ((node->kind & AIS_DOC_SCALAR) == 0);
    return total;
}

static void set_anchor(reader *r, const yaml_char_t *name, ais_doc_node *node)
{
    if (name != NULL)
        ais_map_put(r->anchors, (const char *)name, node);
}

static ais_doc_node *read_alias(reader *r, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const ais_doc_node *node = ais_map_find(r->anchors, name);
    size_t levels = 0;
    if (node == NULL) {
        fault(r, syntax, event->start_mark, "an anchor &name must stand before its alias *name",
              "the alias '*%s' names no anchor", name);
        return NULL;
    }
    for (size_t i = 0; i < r->depth; i++)
        if (r->open[i] == node) {
            fault(r, syntax, event->start_mark, NULL, "the alias '*%s' stands inside what it names",
                  name);
            return NULL;
        }
    if (!count_nodes(r, measure(node, AIS_DOC_MAX_NODES - r->nodes, &levels), event->start_mark))
        return NULL;
    if (r->depth + levels > AIS_DOC_MAX_DEPTH) {
        fault(r, limit, event->start_mark, NULL, "the document is nested deeper than %d levels",
              AIS_DOC_MAX_DEPTH);
        return NULL;
    }
    return ais_doc_copy(r->doc, node);
}

/* ---- scalars and tags ---- */

static const char prefix[] = "tag:yaml.org,2002:";

/* "str" of !!str; NULL for none, and "" for one that is not YAML's own. */
static const char *own_tag(const yaml_char_t *tag)
{
    const char *text = (const char *)tag;
    if (text == NULL || strcmp(text, "!") == 0)
        return NULL;
    return ais_str_starts(text, prefix) ? text + strlen(prefix) : "";
}

static void refuse_tag(const reader *r, const yaml_event_t *event, const yaml_char_t *tag)
{
    const char *text = (const char *)tag;
    const bool own = ais_str_starts(text, prefix);
    fault(r, syntax, event->start_mark, "leave the tag out", "the tag '%s%s' is not known here",
          own ? "!!" : "", own ? text + strlen(prefix) : text);
}

static void set_value(ais_doc_node *node, ais__yaml_scalar scalar)
{
    node->kind = scalar.kind;
    if (scalar.kind == AIS_DOC_BOOL)
        node->boolean = scalar.boolean;
    else if (scalar.kind == AIS_DOC_INT)
        node->integer = scalar.integer;
    else if (scalar.kind == AIS_DOC_FLOAT)
        node->number = scalar.number;
}

/* !!float takes integers and 1e5 as well: Python's float() does. */
static ais__yaml_scalar as_float(const char *text, ais__yaml_scalar scalar)
{
    char *end = NULL;
    if (scalar.kind == AIS_DOC_INT)
        return (ais__yaml_scalar){.kind = AIS_DOC_FLOAT, .number = (double)scalar.integer};
    if (scalar.kind == AIS_DOC_STRING && text[strspn(text, "0123456789+-.eE")] == '\0') {
        const double value = strtod(text, &end);
        if (end > text && *end == '\0')
            return (ais__yaml_scalar){.kind = AIS_DOC_FLOAT, .number = value};
    }
    return scalar;
}

/* False for a tag that is not known or does not fit. */
static bool resolve_tagged(const char *tag, const ais_doc_node *node, ais__yaml_scalar *out)
{
    static const struct {
        const char *tag;
        ais_doc_kind kind;
    } tags[] = {
        {.tag = "int", .kind = AIS_DOC_INT},
        {.tag = "float", .kind = AIS_DOC_FLOAT},
        {.tag = "bool", .kind = AIS_DOC_BOOL},
        {.tag = "null", .kind = AIS_DOC_NULL},
    };
    *out = (ais__yaml_scalar){.kind = AIS_DOC_STRING};
    if (strcmp(tag, "str") == 0 || strcmp(tag, "timestamp") == 0)
        return true;
    *out = ais__yaml_resolve(node->text, node->length);
    for (size_t i = 0; i < AIS_COUNT(tags); i++)
        if (strcmp(tag, tags[i].tag) == 0) {
            if (tags[i].kind == AIS_DOC_FLOAT)
                *out = as_float(node->text, *out);
            return out->kind == tags[i].kind;
        }
    return false;
}

static bool is_known_tag(const char *tag)
{
    static const char *const tags[] = {"str", "timestamp", "int", "float", "bool", "null"};
    for (size_t i = 0; i < AIS_COUNT(tags); i++)
        if (strcmp(tags[i], tag) == 0)
            return true;
    return false;
}

static ais_doc_node *read_scalar(reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    const char *tag = own_tag(event->data.scalar.tag);
    ais_doc_node *node = ais__doc_new_node(r->doc, AIS_DOC_STRING, pos_of(r, event->start_mark));
    node->length = event->data.scalar.length;
    if (node->length > 0)
        node->text = ais_arena_strndup(r->doc->arena, text, node->length);
    ais__yaml_scalar scalar = {.kind = AIS_DOC_STRING};
    if (tag == NULL && event->data.scalar.plain_implicit) {
        scalar = ais__yaml_resolve(node->text, node->length);
    } else if (tag != NULL && !is_known_tag(tag)) {
        refuse_tag(r, event, event->data.scalar.tag);
        return NULL;
    } else if (tag != NULL && !resolve_tagged(tag, node, &scalar)) {
        fault(r, syntax, event->start_mark, NULL, "'%s' is tagged !!%s, but is none", node->text,
              tag);
        return NULL;
    }
    set_value(node, scalar);
    set_anchor(r, event->data.scalar.anchor, node);
    return node;
}

/* ---- lists and maps ---- */

/* A container begins: a node, or NULL. */
static ais_doc_node *open_node(reader *r, const yaml_event_t *event, ais_doc_kind kind)
{
    const bool is_list = kind == AIS_DOC_LIST;
    const yaml_char_t *tag =
        is_list ? event->data.sequence_start.tag : event->data.mapping_start.tag;
    const char *own = own_tag(tag);
    if (own != NULL && strcmp(own, is_list ? "seq" : "map") != 0) {
        refuse_tag(r, event, tag);
        return NULL;
    }
    if (r->depth == AIS_DOC_MAX_DEPTH) {
        fault(r, limit, event->start_mark, NULL, "the document is nested deeper than %d levels",
              AIS_DOC_MAX_DEPTH);
        return NULL;
    }
    ais_doc_node *node = ais__doc_new_node(r->doc, kind, pos_of(r, event->start_mark));
    set_anchor(r, is_list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor,
               node);
    r->open[r->depth++] = node;
    return node;
}

static bool read_elements(reader *r, ais_doc_node *list)
{
    for (;;) {
        yaml_event_t event;
        if (!next(r, &event))
            return false;
        const bool ends = event.type == YAML_SEQUENCE_END_EVENT;
        ais_doc_node *value = ends ? NULL : read_node(r, &event);
        yaml_event_delete(&event);
        if (ends)
            return true;
        if (value == NULL)
            return false;
        ais_doc_append(list, value);
    }
}

static ais_doc_node *read_key(reader *r, const yaml_event_t *event, bool *merges)
{
    if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT) {
        fault(r, syntax, event->start_mark, "put it in quotes if it is meant as a text",
              "a key must be a single value, but this is %s",
              event->type == YAML_SEQUENCE_START_EVENT ? "a list" : "a map");
        return NULL;
    }
    *merges = event->type == YAML_SCALAR_EVENT && event->data.scalar.tag == NULL &&
              event->data.scalar.plain_implicit &&
              strcmp((const char *)event->data.scalar.value, "<<") == 0;
    ais_doc_node *key = read_node(r, event);
    if (key != NULL && (key->kind & AIS_DOC_SCALAR) == 0) {
        fault(r, syntax, event->start_mark, NULL,
              "a key must be a single value, but this alias is %s", ais_doc_kind_name(key->kind));
        return NULL;
    }
    return key;
}

static ais_doc_node *read_value(reader *r)
{
    yaml_event_t event;
    if (!next(r, &event))
        return NULL;
    ais_doc_node *value = read_node(r, &event);
    yaml_event_delete(&event);
    return value;
}

static bool read_entries(reader *r, ais_doc_node *map, ais__yaml_merge *merge)
{
    for (;;) {
        yaml_event_t event;
        bool merges = false;
        if (!next(r, &event))
            return false;
        const bool ends = event.type == YAML_MAPPING_END_EVENT;
        ais_doc_node *key = ends ? NULL : read_key(r, &event, &merges);
        yaml_event_delete(&event);
        if (ends)
            return true;
        ais_doc_node *value = key != NULL ? read_value(r) : NULL;
        if (value == NULL)
            return false;
        if (!merges)
            ais_doc_put_node(map, key, value);
        else if (ais__yaml_merge_add(merge, value, r->diags) < 0)
            return false;
    }
}

static bool read_map(reader *r, ais_doc_node *map)
{
    AIS_SCOPED(ais__yaml_merge) merge = {.maps = NULL};
    if (!read_entries(r, map, &merge))
        return false;
    ais__doc_report_duplicates(map, r->diags);
    ais__yaml_merge_into(&merge, map);
    return true;
}

/* NULL after a fault. */
static ais_doc_node *read_node(reader *r, const yaml_event_t *event)
{
    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(r, event);
    if (!count_nodes(r, 1, event->start_mark))
        return NULL;
    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar(r, event);
    const bool is_list = event->type == YAML_SEQUENCE_START_EVENT;
    ais_doc_node *node = open_node(r, event, is_list ? AIS_DOC_LIST : AIS_DOC_MAP);
    if (node == NULL || !(is_list ? read_elements(r, node) : read_map(r, node)))
        return NULL;
    r->depth--;
    return node;
}

/* ---- documents ---- */

/* The root event; false at the end of an empty stream too, when `*empty` is set. */
static bool read_stream(reader *r)
{
    for (bool had_one = false;;) {
        yaml_event_t event;
        if (!next(r, &event))
            return false;
        const yaml_event_type_t type = event.type;
        const yaml_mark_t mark = event.start_mark;
        bool good = true;
        if (type == YAML_DOCUMENT_START_EVENT && had_one) {
            fault(r, syntax, mark, "put it into a file of its own",
                  "a second document begins here");
            good = false;
        } else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT &&
                   type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT) {
            ais_doc_node *root = read_node(r, &event);
            good = root != NULL;
            had_one = true;
            if (good)
                ais_doc_set_root(r->doc, root);
        }
        yaml_event_delete(&event);
        if (!good || type == YAML_STREAM_END_EVENT)
            return good;
    }
}

int ais__doc_read_yaml(ais_doc *doc, const char *text, size_t length, ais_diags *diags)
{
    const char *file = doc->pos.file;
    if (ais__yaml_check_text(file, text, length, diags) < 0)
        return -1;
    AIS_AUTO(ais_map) anchors = ais_map_new();
    reader r = {.doc = doc,
                .diags = diags,
                .file = file,
                .text = text,
                .length = length,
                .anchors = anchors};
    if (!yaml_parser_initialize(&r.parser))
        AIS_BUG("libyaml has no memory left");
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
    const bool good = read_stream(&r);
    yaml_parser_delete(&r.parser);
    return good ? 0 : -1;
}
