/* From the source of a component to those of its segments: what both languages share; see code.h. */
#include "annotate/code.h"

#include <string.h>

#include "annotate/c_priv.h"
#include "annotate/code_priv.h"
#include "base/path.h"

const TSLanguage *tree_sitter_python(void);
const TSLanguage *tree_sitter_c(void);

/* ---- edits ---- */

void ais__edits_clear(ais__edits *edits)
{
    free(edits->items);
    *edits = (ais__edits){.items = NULL};
}

/* By place; insertions first, then the longer ones. */
static bool comes_behind(const ais__edit *edit, size_t from, size_t to)
{
    if (edit->from != from)
        return edit->from > from;
    const bool inserts = to == from, other = edit->to == edit->from;
    return inserts != other ? inserts : edit->to < to;
}

void ais__edits_add(ais__edits *edits, size_t from, size_t to, const char *text)
{
    size_t at = edits->count;
    edits->items = ais_grow(edits->items, &edits->capacity, at + 1, sizeof *edits->items);
    for (; at > 0 && comes_behind(&edits->items[at - 1], from, to); at--)
        edits->items[at] = edits->items[at - 1];
    edits->items[at] = (ais__edit){.from = from, .to = to, .text = text};
    edits->count++;
}

const char *ais__edits_apply(ais__edits *edits, const ais__source *source, ais_arena *arena)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    size_t at = 0;
    for (size_t i = 0; i < edits->count; i++) {
        const ais__edit *edit = &edits->items[i];
        if (edit->from < at && edit->to <= at)
            continue; /* what it would change is gone */
        if (edit->from < at || edit->to < edit->from || edit->to > source->length)
            AIS_BUG("edits of %s overlap at byte %zu", source->file, edit->from);
        ais_str_add_bytes(&out, source->text + at, edit->from - at);
        ais_str_add(&out, edit->text);
        at = edit->to;
    }
    ais_str_add_bytes(&out, source->text + at, source->length - at);
    return ais_arena_strndup(arena, ais_str_get(&out), out.length);
}

/* ---- places ---- */

void ais__code_fault(const ais__code *code, const char *rule, TSNode node, const char *hint,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    ais__fault(code->reading, rule, ais__node_pos(code->reading, node), hint, "%s", message);
}

const char *ais__code_text(const ais__code *code, TSNode node)
{
    return ais__node_text(code->reading, code->arena, node);
}

bool ais__code_text_is(const ais__code *code, TSNode node, const char *text)
{
    const size_t start = ts_node_start_byte(node), length = ts_node_end_byte(node) - start;
    return strlen(text) == length && memcmp(code->source->text + start, text, length) == 0;
}

unsigned ais__code_line(const ais__code *code, TSNode node)
{
    return ais__node_pos(code->reading, node).line;
}

size_t ais__code_line_start(const ais__code *code, size_t offset)
{
    while (offset > 0 && code->source->text[offset - 1] != '\n')
        offset--;
    return offset;
}

size_t ais__code_line_end(const ais__code *code, size_t offset)
{
    const ais__source *source = code->source;
    const size_t start = offset;
    while (offset < source->length && source->text[offset] != '\n')
        offset++;
    const bool carriage = offset > start && source->text[offset - 1] == '\r';
    return carriage ? offset - 1 : offset;
}

const char *ais__code_indent(const ais__code *code, size_t offset)
{
    const size_t start = ais__code_line_start(code, offset);
    size_t end = start;
    while (end < code->source->length && strchr(" \t\f", code->source->text[end]) != NULL)
        end++;
    return ais_arena_strndup(code->arena, code->source->text + start, end - start);
}

bool ais__node_inside(TSNode node, TSNode outer)
{
    return ts_node_start_byte(node) >= ts_node_start_byte(outer) &&
           ts_node_end_byte(node) <= ts_node_end_byte(outer);
}

bool ais__node_same(TSNode a, TSNode b)
{
    return !ts_node_is_null(a) && !ts_node_is_null(b) && ts_node_eq(a, b);
}

const char *ais__code_heading(const ais__code *code, size_t segment)
{
    return ais_arena_format(code->arena, "Segment %zu of %zu of %s, made by aisprint design.",
                            segment + 1, code->request->segment_count, code->shown);
}

ais_pos ais__code_condition_pos(const ais__code *code)
{
    const ais_code_request *request = code->request;
    AIS_AUTO(ais_diags) ignored = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    const ais_pos whole = {.file = code->source->file};
    if (ais_annotate_parse(request->path, request->text, strlen(request->text), request->language,
                           ignored, &annotations) < 0 &&
        annotations == NULL)
        return whole;
    const ais_doc_node *node = ais_annotations_find_argument(
        annotations, AIS_ANNOTATION_EARLY_EXITS_MODEL, "condition_function");
    if (node == NULL)
        return whole;
    const ais_pos pos = ais_doc_pos(node);
    return (ais_pos){.file = whole.file, .line = pos.line, .column = pos.column};
}

/* ---- the whole ---- */

/* "blur/main.py" of a path: the same wherever the application lies. */
static const char *last_parts(ais_arena *arena, const char *path)
{
    AIS_FREE char *dir = ais_path_dir(path);
    const char *folder = ais_path_base(dir), *name = ais_path_base(path);
    const bool nameless = strcmp(folder, ".") == 0 || strcmp(folder, "/") == 0 || *folder == '\0';
    return nameless ? ais_arena_strdup(arena, name)
                    : ais_arena_format(arena, "%s/%s", folder, name);
}

/* Without annotations, which are no C; what is wrong with them is said where they are read. */
static char *mask(const ais__source *source, ais_annotations *out)
{
    AIS_AUTO(ais_diags) ignored = ais_diags_new();
    ais__reading reading = {.source = source, .diags = ignored, .out = out};
    return ais__c_mask(&reading);
}

static int run(const ais_code_request *request, ais__source *source, ais_arena *arena,
               ais_diags *diags, const char **texts)
{
    const bool python = request->language == AIS_LANGUAGE_PYTHON;
    AIS_AUTO(ais_annotations) out = ais__annotations_new(request->path);
    ais__reading reading = {.source = source, .diags = diags, .out = out};
    AIS_FREE char *masked = python ? NULL : mask(source, out);
    AIS_SCOPED(ais__tree) tree = {.parser = NULL};
    ais__tree_init(&tree, &reading, python ? tree_sitter_python() : tree_sitter_c(),
                   python ? source->text : masked);
    if (tree.tree == NULL)
        return -1;
    if (python && ts_node_has_error(ts_tree_root_node(tree.tree))) {
        ais__tree_report_errors(&tree, &reading, "python-syntax", "Python");
        return -1;
    }
    ais__code code = {.request = request,
                      .source = source,
                      .reading = &reading,
                      .arena = arena,
                      .tree = &tree,
                      .root = ts_tree_root_node(tree.tree),
                      .shown = last_parts(arena, request->path)};
    const char *first = memchr(source->text, '\n', source->length);
    code.newline = first != NULL && first > source->text && first[-1] == '\r' ? "\r\n" : "\n";
    return python ? ais__code_python(&code, texts) : ais__code_c(&code, texts);
}

static int work(const ais_code_request *request, ais_arena *arena, ais_diags *diags,
                const char **texts)
{
    const size_t before = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    AIS_SCOPED(ais__source) source = {.file = NULL};
    ais__source_init(&source, request->path, request->text, strlen(request->text));
    if (!ais__text_check(&source, request->language, diags))
        return -1;
    const int result = run(request, &source, arena, diags, texts);
    const size_t faults = ais_diags_count_of(diags, AIS_SEVERITY_ERROR) - before;
    if (result < 0 && faults == 0)
        AIS_BUG("%s was refused without a reason", request->path);
    return result < 0 || faults > 0 ? -1 : 0;
}

int ais_code_split(const ais_code_request *request, ais_arena *arena, const char **texts,
                   ais_diags *diags)
{
    return work(request, arena, diags, texts);
}

int ais_code_check(const ais_code_request *request, ais_diags *diags)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    return work(request, arena, diags, NULL);
}
