/* Lists of faults; see error.h. */
#include <string.h>

#include "base/error.h"

static const char too_many[] = "too-many";

struct ais_diags {
    ais_arena *arena;
    ais_diag *items;
    size_t count, capacity;
    size_t severities[2]; /* counts, those beyond AIS_DIAGS_MAX included */
};

ais_diags *ais_diags_new(void)
{
    ais_diags *diags = ais_alloc(sizeof *diags);
    diags->arena = ais_arena_new();
    return diags;
}

void ais_diags_free(ais_diags *diags)
{
    if (diags == NULL)
        return;
    ais_arena_free(diags->arena);
    free(diags->items);
    free(diags);
}

static void push(ais_diags *diags, ais_diag diag)
{
    diags->items = ais_grow(diags->items, &diags->capacity, diags->count + 1, sizeof *diags->items);
    diags->items[diags->count++] = diag;
}

/* True when there is room; the first that has none is replaced by a line that says so. */
static bool make_room(ais_diags *diags, ais_severity severity)
{
    diags->severities[severity]++;
    if (diags->count < AIS_DIAGS_MAX)
        return true;
    if (diags->count == AIS_DIAGS_MAX)
        push(diags, (ais_diag){.severity = severity,
                               .rule = too_many,
                               .message = "there are more faults than are listed here",
                               .hint = "mend these first"});
    /* As bad as the worst of those that it stands for: ais_diags_fail() needs one error in the
     * list. */
    for (size_t i = diags->count; severity == AIS_SEVERITY_ERROR && i-- > 0;)
        if (diags->items[i].rule == too_many)
            diags->items[i].severity = severity;
    return false;
}

void ais_diags_add(ais_diags *diags, ais_severity severity, const char *rule, ais_pos pos,
                   const char *hint, const char *format, ...)
{
    if (!make_room(diags, severity))
        return;
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    ais_str_shorten(message, AIS_ERROR_MESSAGE_MAX);
    ais_diag diag = {.severity = severity,
                     .rule = ais_arena_strdup(diags->arena, rule),
                     .pos = pos,
                     .message = ais_arena_strdup(diags->arena, message)};
    if (pos.file != NULL)
        diag.pos.file = ais_arena_strdup(diags->arena, pos.file);
    if (hint != NULL)
        diag.hint = ais_arena_strdup(diags->arena, hint);
    push(diags, diag);
}

void ais_diags_take_error(ais_diags *diags, const char *rule, ais_error *error)
{
    AIS_SCOPED(ais_str) tasks = {.data = NULL};
    ais_error_write_tasks(error, ", ", &tasks);
    ais_diags_add(diags, AIS_SEVERITY_ERROR,
                  rule != NULL ? rule : ais_error_code_name(ais_error_get_code(error)),
                  ais_error_get_pos(error), ais_error_get_hint(error), "%s%s",
                  ais_error_get_message(error), ais_str_get(&tasks));
    ais_error_free(error);
}

size_t ais_diags_count(const ais_diags *diags)
{
    return diags->count;
}

size_t ais_diags_count_of(const ais_diags *diags, ais_severity severity)
{
    return diags->severities[severity];
}

const ais_diag *ais_diags_get(const ais_diags *diags, size_t i)
{
    return &diags->items[i];
}

/* An entry without a file goes last: it speaks of all of them. */
static int compare(const ais_diag *a, const ais_diag *b)
{
    if ((a->pos.file == NULL) != (b->pos.file == NULL))
        return a->pos.file == NULL ? 1 : -1;
    const int by_file = a->pos.file != NULL ? strcmp(a->pos.file, b->pos.file) : 0;
    if (by_file != 0)
        return by_file;
    if (a->pos.line != b->pos.line)
        return a->pos.line < b->pos.line ? -1 : 1;
    if (a->pos.column != b->pos.column)
        return a->pos.column < b->pos.column ? -1 : 1;
    return 0;
}

void ais_diags_sort(ais_diags *diags)
{
    /* Insertion sort: stable, and lists come nearly sorted and short. */
    for (size_t i = 1; i < diags->count; i++) {
        const ais_diag moving = diags->items[i];
        size_t j = i;
        for (; j > 0 && compare(&moving, &diags->items[j - 1]) < 0; j--)
            diags->items[j] = diags->items[j - 1];
        diags->items[j] = moving;
    }
}

int ais_diags_fail(const ais_diags *diags, ais_error **err)
{
    const size_t errors = diags->severities[AIS_SEVERITY_ERROR];
    if (errors == 0)
        return 0;
    size_t first = 0;
    while (diags->items[first].severity != AIS_SEVERITY_ERROR)
        first++;
    const ais_diag *diag = &diags->items[first];
    ais_error_set_at(err, AIS_E_INPUT, diag->pos, "%s", diag->message);
    if (diag->hint != NULL)
        ais_error_hint(err, "%s", diag->hint);
    if (errors > 1)
        ais_error_wrap(err, "checking: this is the first of %zu errors", errors);
    return -1;
}

void ais_diag_write(const ais_diag *diag, ais_str *out)
{
    ais_pos_write(diag->pos, out);
    ais_str_add_format(out, "%s: %s", diag->severity == AIS_SEVERITY_ERROR ? "error" : "warning",
                       diag->message);
    if (diag->hint != NULL)
        ais_str_add_format(out, " (%s)", diag->hint);
    ais_str_add_char(out, '\n');
}
