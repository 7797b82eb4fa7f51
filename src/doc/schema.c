/* Checking a tree against tables, every fault in one pass; see doc.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "doc/doc_priv.h"

/* What a value is called in messages: "'cost'", "element 2 of 'next'", "" at the top. Made into text only when
 * there is something to say: most values are right. */
typedef struct name {
    const char *key; /* NULL: an element of `of` */
    const struct name *of;
    uint32_t element; /* from 1 */
} name;

static void check_map(const ais_doc_node *map, const name *called, const ais_doc_schema *schema,
                      ais_diags *diags);

/* Ownership: the caller frees it. */
static char *name_text(const name *called)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    for (; called->key == NULL && called->of != NULL; called = called->of)
        ais_str_add_format(&text, "element %u of ", called->element);
    if (called->key != NULL)
        ais_str_add_format(&text, "'%s'", called->key);
    return ais_str_take(&text);
}

static void add_error(ais_diags *diags, const char *rule, const ais_doc_node *node, ais_str *hint,
                      const char *message)
{
    ais_diags_add(diags, AIS_SEVERITY_ERROR, rule, node->pos,
                  hint->length > 0 ? ais_str_get(hint) : NULL, "%s", message);
}

static void add_limit(double limit, ais_str *out)
{
    if (limit == floor(limit) && fabs(limit) < 1e15)
        ais_str_add_format(out, "%.0f", limit);
    else
        ais_doc_write_float(limit, out);
}

/* "must be above 0 s", "must be from 0 to 1" */
static void write_range(const ais_doc_field *field, ais_str *out)
{
    ais_str_add(out, "must be ");
    if (field->has_minimum && !field->above_minimum && field->has_maximum)
        ais_str_add(out, "from ");
    else if (field->has_minimum)
        ais_str_add(out, field->above_minimum ? "above " : "at least ");
    if (field->has_minimum)
        add_limit(field->minimum, out);
    if (field->has_maximum) {
        ais_str_add(out, !field->has_minimum    ? "at most "
                         : field->above_minimum ? " and at most "
                                                : " to ");
        add_limit(field->maximum, out);
    }
    if (field->unit != NULL)
        ais_str_add_format(out, " %s", field->unit);
}

static void check_number(const ais_doc_node *node, const name *called, const ais_doc_field *field,
                         ais_diags *diags)
{
    const double value = ais_doc_get_number(node);
    const bool limited = field->has_minimum || field->has_maximum;
    const bool low = field->has_minimum &&
                     !(field->above_minimum ? value > field->minimum : value >= field->minimum);
    const bool high = field->has_maximum && !(value <= field->maximum);
    if (!low && !high && !(limited && !isfinite(value)))
        return;
    AIS_SCOPED(ais_str) hint = {.data = NULL};
    AIS_FREE char *text = name_text(called);
    AIS_FREE char *message = ais_format("%s is %s", text, node->text);
    write_range(field, &hint);
    if (!low && !high)
        ais_str_add(&hint, ", and finite");
    add_error(diags, "out-of-range", node, &hint, message);
}

static const char *choice_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

static void check_choice(const ais_doc_node *node, const name *called, const ais_doc_field *field,
                         ais_diags *diags)
{
    size_t count = 0;
    for (; field->choices[count] != NULL; count++)
        if (strcmp(field->choices[count], node->text) == 0)
            return;
    AIS_SCOPED(ais_str) hint = {.data = NULL};
    const char *nearest = ais_str_nearest(node->text, field->choices, count, choice_at);
    if (nearest != NULL)
        ais_str_add_format(&hint, "did you mean '%s'? ", nearest);
    ais_str_add(&hint, "must be ");
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(&hint, "%s'%s'",
                           i == 0          ? ""
                           : i + 1 < count ? ", "
                                           : " or ",
                           field->choices[i]);
    AIS_FREE char *text = name_text(called);
    AIS_FREE char *message = ais_format("%s is '%s'", text, node->text);
    add_error(diags, "not-a-choice", node, &hint, message);
}

static void report_kind(const ais_doc_node *node, const name *called, const ais_doc_field *field,
                        ais_diags *diags)
{
    AIS_SCOPED(ais_str) hint = {.data = NULL};
    AIS_SCOPED(ais_str) found = {.data = NULL};
    AIS_FREE char *text = name_text(called);
    ais__doc_write_found(node, text, &found);
    ais__doc_write_wanted(node, field->kinds, &hint);
    if (field->unit != NULL && (field->kinds & AIS_DOC_NUMBER) != 0)
        ais_str_add_format(&hint, ", in %s", field->unit);
    add_error(diags, "wrong-type", node, &hint, ais_str_get(&found));
}

static void report_empty(const ais_doc_node *node, const name *called, ais_diags *diags)
{
    AIS_SCOPED(ais_str) hint = {.data = NULL};
    AIS_FREE char *text = name_text(called);
    AIS_FREE char *message = ais_format("%s is empty", text);
    add_error(diags, "empty", node, &hint, message);
}

static void check_value(const ais_doc_node *node, const name *called, const ais_doc_field *field,
                        ais_diags *diags)
{
    if ((node->kind & field->kinds) == 0) {
        report_kind(node, called, field, diags);
        return;
    }
    if (field->not_empty && ((node->kind == AIS_DOC_STRING && node->length == 0) ||
                             ((node->kind & AIS_DOC_SCALAR) == 0 && node->count == 0)))
        report_empty(node, called, diags);
    if ((node->kind & AIS_DOC_NUMBER) != 0)
        check_number(node, called, field, diags);
    if (node->kind == AIS_DOC_STRING && field->choices != NULL)
        check_choice(node, called, field, diags);
    if (node->kind == AIS_DOC_MAP && field->map != NULL)
        check_map(node, called, field->map, diags);
    if (node->kind == AIS_DOC_LIST && field->items != NULL)
        for (uint32_t i = 0; i < node->count; i++)
            check_value(node->values[i], &(name){.of = called, .element = i + 1}, field->items,
                        diags);
}

static const ais_doc_field *find_field(const ais_doc_schema *schema, const char *key)
{
    const ais_doc_field *free_keys = NULL;
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].key == NULL)
            free_keys = &schema->fields[i];
        else if (strcmp(schema->fields[i].key, key) == 0)
            return &schema->fields[i];
    }
    return free_keys;
}

static const char *field_name(const void *schema, size_t i)
{
    const char *key = ((const ais_doc_schema *)schema)->fields[i].key;
    return key != NULL ? key : "";
}

static void report_unknown(const ais_doc_node *key, const ais_doc_schema *schema, ais_diags *diags)
{
    AIS_FREE char *hint = NULL;
    const char *nearest = ais_str_nearest(key->text, schema, schema->field_count, field_name);
    if (nearest != NULL)
        hint = ais_format("did you mean '%s'?", nearest);
    ais_diags_add(diags, AIS_SEVERITY_WARNING, "unknown-key", key->pos, hint,
                  "'%s' is no key of %s; it is not used", key->text, schema->what);
}

/* A key that is there and that this table does not know, near to the missing one. */
static const char *find_misspelt(const ais_doc_node *map, const char *key,
                                 const ais_doc_schema *schema)
{
    const char *nearest = ais__doc_nearest_key(map, key);
    const ais_doc_field *field = nearest != NULL ? find_field(schema, nearest) : NULL;
    return field == NULL || field->key == NULL ? nearest : NULL;
}

static void report_missing(const ais_doc_node *map, const name *called, const ais_doc_field *field,
                           const ais_doc_schema *schema, ais_diags *diags)
{
    AIS_SCOPED(ais_str) hint = {.data = NULL};
    const char *misspelt = find_misspelt(map, field->key, schema);
    if (misspelt != NULL) {
        ais_str_add_format(&hint, "did you mean '%s'?", misspelt);
    } else if (field->kinds != AIS_DOC_ANY) {
        ais_str_add(&hint, "must be ");
        ais__doc_write_kinds(field->kinds, &hint);
        if (field->unit != NULL)
            ais_str_add_format(&hint, ", in %s", field->unit);
    }
    AIS_FREE char *text = name_text(called);
    AIS_FREE char *message = text[0] != '\0' ? ais_format("'%s' is missing in %s", field->key, text)
                                             : ais_format("'%s' is missing", field->key);
    add_error(diags, "missing-key", map, &hint, message);
}

static void check_map(const ais_doc_node *map, const name *called, const ais_doc_schema *schema,
                      ais_diags *diags)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const ais_doc_field *field = &schema->fields[i];
        if (field->required && field->key != NULL && ais_doc_find(map, field->key) == NULL)
            report_missing(map, called, field, schema, diags);
    }
    for (uint32_t i = 0; i < map->count; i++) {
        const ais_doc_node *key = map->keys[i];
        const ais_doc_field *field = find_field(schema, key->text);
        if (field != NULL)
            check_value(map->values[i], &(name){.key = key->text}, field, diags);
        else if (!schema->open)
            report_unknown(key, schema, diags);
    }
}

void ais_doc_check(const ais_doc_node *node, const ais_doc_schema *schema, ais_diags *diags)
{
    if (node->kind == AIS_DOC_MAP) {
        check_map(node, &(name){.key = NULL}, schema, diags);
        return;
    }
    AIS_SCOPED(ais_str) found = {.data = NULL};
    AIS_SCOPED(ais_str) hint = {.data = NULL};
    ais__doc_write_found(node, schema->what, &found);
    ais_str_add(&hint, "must be a map");
    add_error(diags, "wrong-type", node, &hint, ais_str_get(&found));
}
