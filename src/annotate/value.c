/* One value against its row of the tables: kind, unit, range, choice. */
#include <math.h>
#include <string.h>

#include "annotate/annotate_priv.h"

/* "a number, a string with a unit or a list" */
static char *expected_text(const ais_annotation_argument *argument, ais_doc_kind kinds)
{
    const char *names[8];
    size_t count = 0;
    if ((kinds & AIS_DOC_NUMBER) == AIS_DOC_NUMBER)
        names[count++] = "a number";
    else if ((kinds & AIS_DOC_INT) != 0)
        names[count++] = "a whole number";
    if ((kinds & AIS_DOC_NUMBER) != 0 && argument->unit != NULL)
        names[count++] = "a string with a unit";
    if ((kinds & AIS_DOC_STRING) != 0)
        names[count++] = "a string";
    if ((kinds & AIS_DOC_BOOL) != 0)
        names[count++] = "true or false";
    if ((kinds & AIS_DOC_LIST) != 0)
        names[count++] = "a list";
    ais_str text = {0};
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(&text, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
    return ais_str_take(&text);
}

static ais_doc_node *wrong_type(ais__reading *reading, const ais_annotation_argument *argument,
                                const ais_doc_node *value, ais_doc_kind kinds, bool item)
{
    AIS_FREE char *expected = expected_text(argument, kinds);
    AIS_FREE char *hint = ais_format("must be %s", expected);
    ais__fault(reading, "wrong-type", ais_doc_pos(value), hint, "%s'%s' is %s",
               item ? "an element of " : "", argument->name,
               ais_doc_kind_name(ais_doc_get_kind(value)));
    return NULL;
}

static char *range_text(const ais_annotation_argument *argument)
{
    ais_str text = {0};
    const char *unit = argument->unit != NULL ? argument->unit : "";
    const char *space = argument->unit != NULL ? " " : "";
    if (argument->above_minimum)
        ais_str_add_format(&text, "must be above %g%s%s", argument->minimum, space, unit);
    else if (argument->has_minimum)
        ais_str_add_format(&text, "must be at least %g%s%s", argument->minimum, space, unit);
    if (argument->has_maximum)
        ais_str_add_format(&text, "%s %g%s%s at most", text.length > 0 ? " and" : "must be",
                           argument->maximum, space, unit);
    return ais_str_take(&text);
}

static void check_range(ais__reading *reading, const ais_annotation_argument *argument,
                        const ais_doc_node *value)
{
    const double number = ais_doc_get_number(value);
    bool right = isfinite(number);
    if (argument->above_minimum)
        right = right && number > argument->minimum;
    else if (argument->has_minimum)
        right = right && number >= argument->minimum;
    if (argument->has_maximum)
        right = right && number <= argument->maximum;
    if (right)
        return;
    AIS_FREE char *hint = range_text(argument);
    ais_str text = {0};
    ais_doc_write_float(number, &text);
    AIS_FREE char *shown = ais_str_take(&text);
    if (ais_str_ends(shown, ".0"))
        shown[strlen(shown) - 2] = '\0';
    ais__fault(reading, "out-of-range", ais_doc_pos(value), hint, "'%s' is %s%s%s", argument->name,
               shown, argument->unit != NULL ? " " : "",
               argument->unit != NULL ? argument->unit : "");
}

static const char *choice_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

static void check_choice(ais__reading *reading, const ais_annotation_argument *argument,
                         const ais_doc_node *value)
{
    const char *text = ais_doc_get_string(value, NULL);
    size_t count = 0;
    ais_str list = {0};
    bool found = false;
    for (; argument->choices[count] != NULL; count++) {
        found = found || ais_str_equal(argument->choices[count], text);
        ais_str_add_format(&list, "%s%s", count > 0 ? ", " : "", argument->choices[count]);
    }
    AIS_FREE char *choices = ais_str_take(&list);
    if (found)
        return;
    const char *nearest = ais_str_nearest(text, argument->choices, count, choice_at);
    AIS_FREE char *hint = nearest != NULL ? ais_format("did you mean '%s'?", nearest)
                                          : ais_format("must be one of %s", choices);
    ais__fault(reading, "not-a-choice", ais_doc_pos(value), hint, "'%s' is '%.80s'", argument->name,
               text);
}

static ais_doc_node *check_string(ais__reading *reading, const ais_annotation_argument *argument,
                                  ais_doc_node *value)
{
    size_t length = 0;
    const char *text = ais_doc_get_string(value, &length);
    if (strlen(text) != length) {
        ais__fault(reading, "wrong-type", ais_doc_pos(value), "write text without \\0",
                   "'%s' holds a NUL character", argument->name);
        return NULL;
    }
    if (length == 0)
        ais__fault(reading, "empty", ais_doc_pos(value), NULL, "'%s' is an empty string",
                   argument->name);
    else if (argument->choices != NULL)
        check_choice(reading, argument, value);
    return value;
}

/* A string where a number with a unit stands; the result is a number of the argument's own unit. */
static ais_doc_node *convert_unit(ais__reading *reading, const ais_annotation_argument *argument,
                                  const ais_doc_node *value)
{
    const char *text = ais_doc_get_string(value, NULL);
    double number = 0;
    if (!ais__unit_parse(text, argument->unit, &number)) {
        ais_str units = {0};
        ais__unit_list(argument->unit, &units);
        AIS_FREE char *list = ais_str_take(&units);
        AIS_FREE char *hint =
            ais_format("write a number of %s, or a number and one of: %s", argument->unit, list);
        ais__fault(reading, "bad-unit", ais_doc_pos(value), hint, "'%s' is '%.80s'", argument->name,
                   text);
        return NULL;
    }
    ais_doc *doc = reading->out->doc;
    ais_doc_set_pos(doc, ais_doc_pos(value));
    const bool whole = number == floor(number) && fabs(number) < 1e15;
    return whole ? ais_doc_new_int(doc, (int64_t)number) : ais_doc_new_float(doc, number);
}

static ais_doc_node *check_kinds(ais__reading *reading, const ais_annotation_argument *argument,
                                 ais_doc_node *value, ais_doc_kind kinds, bool item);

/* A new list: elements may be converted. */
static ais_doc_node *check_list(ais__reading *reading, const ais_annotation_argument *argument,
                                const ais_doc_node *list, bool nested)
{
    /* two levels at most: no argument means anything by a third */
    const ais_doc_kind kinds =
        argument->item_kinds & (nested ? ~(unsigned)AIS_DOC_LIST : (unsigned)AIS_DOC_ANY);
    const ais_pos pos = ais_doc_pos(list);
    const size_t count = ais_doc_count(list);
    if (count == 0)
        ais__fault(reading, "empty", pos, NULL, "'%s' is an empty list", argument->name);
    ais_doc *doc = reading->out->doc;
    ais_doc_set_pos(doc, pos);
    ais_doc_node *checked = ais_doc_new_list(doc);
    bool right = true;
    for (size_t i = 0; i < count; i++) {
        ais_doc_node *copy = ais_doc_copy(doc, ais_doc_at(list, i));
        ais_doc_node *item = check_kinds(reading, argument, copy, kinds, true);
        if (item != NULL)
            ais_doc_append(checked, item);
        else
            right = false;
    }
    return right ? checked : NULL;
}

static ais_doc_node *check_kinds(ais__reading *reading, const ais_annotation_argument *argument,
                                 ais_doc_node *value, ais_doc_kind kinds, bool item)
{
    const ais_doc_kind kind = ais_doc_get_kind(value);
    if (kind == AIS_DOC_STRING && (kinds & AIS_DOC_STRING) == 0 && (kinds & AIS_DOC_NUMBER) != 0 &&
        argument->unit != NULL) {
        value = convert_unit(reading, argument, value);
        if (value != NULL)
            check_range(reading, argument, value);
        return value;
    }
    if ((kind & kinds) == 0)
        return wrong_type(reading, argument, value, kinds, item);
    if (kind == AIS_DOC_LIST)
        return check_list(reading, argument, value, item);
    if (kind == AIS_DOC_STRING)
        return check_string(reading, argument, value);
    if ((kind & AIS_DOC_NUMBER) != 0)
        check_range(reading, argument, value);
    return value;
}

ais_doc_node *ais__value_check(ais__reading *reading, const ais_annotation_argument *argument,
                               ais_doc_node *value)
{
    /* None says that an optional argument is not given */
    if (ais_doc_get_kind(value) == AIS_DOC_NULL && !argument->required)
        return value;
    return check_kinds(reading, argument, value, argument->kinds, false);
}
