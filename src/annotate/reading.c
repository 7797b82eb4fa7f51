/* One file being read: annotations and arguments arrive one by one, by name; what is unknown or
 * given twice is reported here, types and ranges by value.c, combinations by rules.c. */
#include <string.h>

#include "annotate/annotate_priv.h"

static AIS_PRINTF(6, 0) void add(const ais__reading *reading, ais_severity severity,
                                 const char *rule, ais_pos pos, const char *hint,
                                 const char *format, va_list arguments)
{
    AIS_FREE char *message = ais_vformat(format, arguments);
    ais_diags_add(reading->diags, severity, rule, pos, hint, "%s", message);
}

void ais__fault(const ais__reading *reading, const char *rule, ais_pos pos, const char *hint,
                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(reading, AIS_SEVERITY_ERROR, rule, pos, hint, format, arguments);
    va_end(arguments);
}

void ais__warn(const ais__reading *reading, const char *rule, ais_pos pos, const char *hint,
               const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(reading, AIS_SEVERITY_WARNING, rule, pos, hint, format, arguments);
    va_end(arguments);
}

static void report_unknown_annotation(ais__reading *reading, const char *name, ais_pos pos)
{
    const char *nearest = ais__annotation_nearest(name);
    ais_str hint = {0};
    if (nearest != NULL) {
        ais_str_add_format(&hint, "did you mean '%s'?", nearest);
    } else {
        ais_str_add(&hint, "there are");
        for (size_t i = 0; i < AIS_ANNOTATION_COUNT; i++)
            ais_str_add_format(&hint, "%s %s", i > 0 ? "," : "",
                               ais_annotation_spec_of((ais_annotation_kind)i)->name);
    }
    AIS_FREE char *text = ais_str_take(&hint);
    ais__fault(reading, "unknown-annotation", pos, text, "'%.80s' is no annotation", name);
}

bool ais__reading_begin(ais__reading *reading, const char *name, ais_pos pos,
                        ais_annotation_kind *out)
{
    ais_annotation_kind kind = AIS_ANNOTATION_COMPONENT_NAME;
    if (!ais__annotation_find_kind(name, &kind)) {
        report_unknown_annotation(reading, name, pos);
        reading->some_unread = true;
        return false;
    }
    const ais_pos first = reading->first[kind];
    if (first.line != 0) {
        ais__fault(reading, "duplicate-annotation", pos, "keep one of them",
                   "'%s' is given twice, first in line %u", name, first.line);
        return false;
    }
    reading->first[kind] = pos;
    ais_doc_set_pos(reading->out->doc, pos);
    reading->out->values[kind] = ais_doc_new_map(reading->out->doc);
    *out = kind;
    return true;
}

static const char *argument_name_at(const void *names, size_t i)
{
    return ((const ais_annotation_argument *)names)[i].name;
}

static char *list_arguments(const ais_annotation_spec *spec)
{
    ais_str list = {0};
    ais_str_add(&list, spec->argument_count == 1 ? "there is only" : "there are");
    for (size_t i = 0; i < spec->argument_count; i++)
        ais_str_add_format(&list, "%s %s", i > 0 ? "," : "", spec->arguments[i].name);
    return ais_str_take(&list);
}

/* Mark row `at` as given. */
static size_t begin_argument(ais__reading *reading, ais_annotation_kind kind, size_t at,
                             ais_pos pos)
{
    const ais_annotation_spec *spec = ais_annotation_spec_of(kind);
    const uint32_t bit = (uint32_t)1 << at;
    if ((reading->given[kind] & bit) != 0) {
        ais__fault(reading, "duplicate-argument", pos, "keep one of them",
                   "'%s' of '%s' is given twice", spec->arguments[at].name, spec->name);
        return AIS__NO_ARGUMENT;
    }
    reading->given[kind] |= bit;
    return at;
}

size_t ais__reading_named(ais__reading *reading, ais_annotation_kind kind, const char *name,
                          ais_pos pos)
{
    const size_t at = ais__annotation_find_argument(kind, name);
    if (at != AIS__NO_ARGUMENT)
        return begin_argument(reading, kind, at, pos);
    const ais_annotation_spec *spec = ais_annotation_spec_of(kind);
    const char *nearest =
        ais_str_nearest(name, spec->arguments, spec->argument_count, argument_name_at);
    AIS_FREE char *hint =
        nearest != NULL ? ais_format("did you mean '%s'?", nearest) : list_arguments(spec);
    ais__fault(reading, "unknown-argument", pos, hint, "'%s' has no argument '%.80s'", spec->name,
               name);
    /* a mistyped name must not be called missing as well */
    if (nearest != NULL)
        reading->given[kind] |= (uint32_t)1 << ais__annotation_find_argument(kind, nearest);
    return AIS__NO_ARGUMENT;
}

size_t ais__reading_placed(ais__reading *reading, ais_annotation_kind kind, size_t place,
                           ais_pos pos)
{
    const ais_annotation_spec *spec = ais_annotation_spec_of(kind);
    if (place < spec->argument_count)
        return begin_argument(reading, kind, place, pos);
    if (place == spec->argument_count) { /* once is enough */
        AIS_FREE char *hint = list_arguments(spec);
        ais__fault(reading, "unknown-argument", pos, hint, "'%s' takes %zu argument%s at most",
                   spec->name, spec->argument_count, spec->argument_count == 1 ? "" : "s");
    }
    return AIS__NO_ARGUMENT;
}

void ais__reading_put(ais__reading *reading, ais_annotation_kind kind, size_t argument,
                      ais_pos name_pos, ais_doc_node *value)
{
    if (value == NULL)
        return;
    const ais_annotation_argument *row = &ais_annotation_spec_of(kind)->arguments[argument];
    ais_doc_node *checked = ais__value_check(reading, row, value);
    if (checked == NULL)
        return;
    ais_doc_set_pos(reading->out->doc, name_pos);
    ais_doc_put(reading->out->values[kind], row->name, checked);
}
