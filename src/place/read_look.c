/* Values of a tree whose shape is checked, and what is said of them; see read_priv.h. */
#include <math.h>
#include <string.h>

#include "place/read_priv.h"

/* More names than this are not searched for a likeness: it would take too long. */
enum { NEAR_MAX = 1000 };

const ais_doc_node *ais__read_find(const ais_doc_node *map, const char *key, ais_doc_kind kinds)
{
    const ais_doc_node *node = map != NULL ? ais_doc_find(map, key) : NULL;
    return node != NULL && (ais_doc_get_kind(node) & kinds) != 0 ? node : NULL;
}

double ais__read_number(const ais_doc_node *map, const char *key, double otherwise)
{
    const ais_doc_node *node = ais__read_find(map, key, AIS_DOC_NUMBER);
    return node != NULL ? ais_doc_get_number(node) : otherwise;
}

size_t ais__read_whole(ais__system_reader *r, const ais_doc_node *map, const char *key,
                       size_t otherwise)
{
    const ais_doc_node *node = ais__read_find(map, key, AIS_DOC_NUMBER);
    const double value = node != NULL ? ais_doc_get_number(node) : 1.0;
    if (node == NULL || !(value >= 1.0 && value <= AIS_SYSTEM_MAX_MACHINES))
        return otherwise;
    if (value != floor(value))
        ais__read_fault(r, "out-of-range", node, "must be a whole number", "'%s' is %s", key,
                        ais_doc_get_text(node));
    return (size_t)value;
}

const char *ais__read_key(const ais_doc_node *map, size_t i)
{
    return ais_doc_get_text(ais_doc_key_at(map, i));
}

ais_pos ais__read_pos(ais__system_reader *r, const ais_doc_node *node)
{
    ais_pos pos = ais_doc_pos(node);
    for (size_t i = 0; pos.file != NULL && i < r->file_count; i++)
        if (r->files[i].theirs == pos.file || ais_str_equal(r->files[i].theirs, pos.file)) {
            pos.file = r->files[i].ours;
            return pos;
        }
    if (pos.file == NULL)
        return pos;
    const char *theirs = pos.file;
    pos.file = ais__read_keep(r, theirs);
    if (r->file_count < AIS_COUNT(r->files)) {
        r->files[r->file_count].theirs = theirs;
        r->files[r->file_count++].ours = pos.file;
    }
    return pos;
}

const char *ais__read_keep(ais__system_reader *r, const char *text)
{
    return ais_arena_strdup(r->system->arena, text);
}

static void add(ais__system_reader *r, ais_severity severity, const char *rule,
                const ais_doc_node *at, const char *hint, const char *message)
{
    ais_diags_add(r->diags, severity, rule, ais_doc_pos(at), hint, "%s", message);
}

void ais__read_fault(ais__system_reader *r, const char *rule, const ais_doc_node *at,
                     const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    add(r, AIS_SEVERITY_ERROR, rule, at, hint, message);
}

void ais__read_warn(ais__system_reader *r, const char *rule, const ais_doc_node *at,
                    const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    add(r, AIS_SEVERITY_WARNING, rule, at, hint, message);
}

char *ais__read_near(const ais_diags *diags, const char *word, const void *names, size_t count,
                     const char *(*name_at)(const void *names, size_t i), const char *otherwise)
{
    const bool worth = count <= NEAR_MAX && ais_diags_count(diags) < AIS_DIAGS_MAX;
    const char *nearest = worth ? ais_str_nearest(word, names, count, name_at) : NULL;
    return nearest != NULL ? ais_format("did you mean '%s'?", nearest) : ais_strdup(otherwise);
}

static const char *component_name(const void *names, size_t i)
{
    return ((const ais_system *)names)->components[i].name;
}

static const char *resource_name(const void *names, size_t i)
{
    return ((const ais_system *)names)->resources[i].name;
}

char *ais__read_near_component(const ais__system_reader *r, const char *word)
{
    return ais__read_near(r->diags, word, r->system, r->system->component_count, component_name,
                          "it must be a key of Components");
}

char *ais__read_near_resource(const ais__system_reader *r, const char *word)
{
    return ais__read_near(r->diags, word, r->system, r->system->resource_count, resource_name,
                          "it must stand in EdgeResources, CloudResources or FaaSResources");
}
