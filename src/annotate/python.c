/* A Python component: its function `main` and the decorators on it. */
#include "annotate/python_priv.h"

#include <string.h>

const TSLanguage *tree_sitter_python(void);

/* ---- which decorators are ours ---- */

typedef enum ownership { FOREIGN, OURS } ownership;

/* "a.b.c" of `a.b.c`, NULL for anything else. */
static const char *decorator_path(ais__python *python, TSNode node)
{
    enum { DEEPEST = 8 };
    const char *parts[DEEPEST];
    size_t count = 0;
    while (ais__node_is(node, "attribute")) {
        const TSNode attribute = ais__node_field(node, "attribute");
        const TSNode object = ais__node_field(node, "object");
        if (ts_node_is_null(attribute) || ts_node_is_null(object) || count + 1 == DEEPEST)
            return NULL;
        parts[count++] = ais__node_text(python->reading, python->arena, attribute);
        node = object;
    }
    if (!ais__node_is(node, "identifier"))
        return NULL;
    const char *path = ais__node_text(python->reading, python->arena, node);
    while (count > 0)
        path = ais_arena_format(python->arena, "%s.%s", path, parts[--count]);
    return path;
}

/* The part behind "aisprint." or "aisprint.annotations.", NULL when it is not one name of these. */
static const char *name_of_ours(const char *path)
{
    static const char *const modules[] = {"aisprint.annotations.", "aisprint."};
    for (size_t i = 0; i < AIS_COUNT(modules); i++)
        if (ais_str_starts(path, modules[i])) {
            const char *name = path + strlen(modules[i]);
            return strchr(name, '.') == NULL ? name : NULL;
        }
    return NULL;
}

static bool is_known(const char *name)
{
    ais_annotation_kind kind = AIS_ANNOTATION_COMPONENT_NAME;
    return ais_str_equal(name, AIS__ALL_IN_ONE) || ais__annotation_find_kind(name, &kind);
}

/* A name that is neither imported nor defined: ours when it is known, or when aisprint is imported
 * whole and it looks mistyped. */
static ownership own_unbound(const ais__python *python, const char *path, const char **name)
{
    if (strchr(path, '.') != NULL) {
        *name = name_of_ours(path);
        return *name != NULL ? OURS : FOREIGN;
    }
    *name = path;
    return is_known(path) || (python->star && ais__annotation_nearest(path) != NULL) ? OURS
                                                                                     : FOREIGN;
}

/* Whose decorator is `path`? Sets `*name` to the annotation for ours. */
static ownership own(const ais__python *python, const char *path, const char **name)
{
    const char *dot = strchr(path, '.');
    const char *rest = dot != NULL ? dot : "";
    const char *root =
        dot != NULL ? ais_arena_strndup(python->arena, path, (size_t)(dot - path)) : path;
    const ais__binding *binding = ais__python_find(python, root);
    if (binding == NULL)
        return own_unbound(python, path, name);
    /* one import of ours is enough: `except ImportError:` often defines a stand-in */
    for (; binding != NULL; binding = binding->next) {
        if (binding->kind != AIS__BOUND_IMPORT)
            continue;
        *name = name_of_ours(ais_arena_format(python->arena, "%s%s", binding->path, rest));
        if (*name != NULL)
            return OURS;
    }
    return FOREIGN;
}

static void warn_foreign(const ais__python *python, const char *path, TSNode node)
{
    const char *dot = strrchr(path, '.');
    if (is_known(dot != NULL ? dot + 1 : path))
        ais__warn(python->reading, "foreign-decorator", ais__node_pos(python->reading, node),
                  "import it from aisprint.annotations if it is meant",
                  "'%s' is not that of aisprint and says nothing here", path);
}

/* ---- arguments ---- */

static void put_argument(ais__python *python, ais_annotation_kind kind, size_t row,
                         ais_pos name_pos, TSNode value)
{
    if (row == AIS__NO_ARGUMENT)
        return;
    python->subject = ais_annotation_spec_of(kind)->arguments[row].name;
    ais__reading_put(python->reading, kind, row, name_pos, ais__python_value(python, value));
}

static void read_keyword(ais__python *python, ais_annotation_kind kind, TSNode node)
{
    const TSNode name = ais__node_field(node, "name"), value = ais__node_field(node, "value");
    if (ts_node_is_null(name) || ts_node_is_null(value))
        return;
    const ais_pos pos = ais__node_pos(python->reading, name);
    const char *text = ais__node_text(python->reading, python->arena, name);
    put_argument(python, kind, ais__reading_named(python->reading, kind, text, pos), pos, value);
}

static void report_splat(ais__python *python, TSNode node)
{
    ais__python_not_static(python, node, "write each argument as name=value",
                           ais__node_is(node, "dictionary_splat") ? "**" : "*");
}

static void report_order(const ais__python *python, TSNode node)
{
    ais__fault(python->reading, "python-syntax", ais__node_pos(python->reading, node),
               "write its name too", "an argument without a name follows one with a name");
}

/* `arguments` is an argument_list, or a generator_expression without parentheses of its own. */
static void read_arguments(ais__python *python, ais_annotation_kind kind, TSNode arguments)
{
    python->subject = ais_annotation_spec_of(kind)->name;
    if (!ais__node_is(arguments, "argument_list")) {
        python->reading->incomplete[kind] = true;
        ais__python_not_static(python, arguments, NULL, "a generator");
        return;
    }
    size_t place = 0;
    bool named = false;
    AIS_SCOPED(ais__children) children = ais__children_of(arguments);
    for (TSNode child; ais__children_next(&children, &child);) {
        const ais_pos pos = ais__node_pos(python->reading, child);
        if (ais__node_is(child, "keyword_argument")) {
            named = true;
            read_keyword(python, kind, child);
        } else if (ais__node_is(child, "list_splat") || ais__node_is(child, "dictionary_splat")) {
            python->reading->incomplete[kind] = true;
            report_splat(python, child);
        } else if (ais__node_is(child, "ERROR")) {
            python->reading->incomplete[kind] = true;
        } else if (named) {
            report_order(python, child);
        } else {
            put_argument(python, kind, ais__reading_placed(python->reading, kind, place++, pos),
                         pos, child);
        }
    }
}

/* ---- @annotation({...}) ---- */

/* The key of a pair as text in the arena; NULL after a report. */
static const char *read_key(ais__python *python, TSNode pair, TSNode *value)
{
    const TSNode key = ais__node_field(pair, "key");
    *value = ais__node_field(pair, "value");
    if (!ais__node_is(pair, "pair") || ts_node_is_null(key) || ts_node_is_null(*value)) {
        if (ais__node_is(pair, "dictionary_splat"))
            report_splat(python, pair);
        return NULL;
    }
    const ais_doc_node *node = ais__python_value(python, key);
    if (node == NULL)
        return NULL;
    if (ais_doc_get_kind(node) != AIS_DOC_STRING) {
        ais__fault(python->reading, "wrong-type", ais_doc_pos(node), "write it in quotes",
                   "a key of '%s' is %s", python->subject,
                   ais_doc_kind_name(ais_doc_get_kind(node)));
        return NULL;
    }
    return ais_doc_get_string(node, NULL);
}

/* Follow to a dictionary. */
static bool find_dictionary(ais__python *python, TSNode node, const char *example, TSNode *out)
{
    if (!ais__python_follow(python, node, out))
        return false;
    if (ais__node_is(*out, "dictionary"))
        return true;
    if (ais__node_is(*out, "call"))
        ais__python_not_static(python, *out, example, "the result of a call");
    else
        ais__fault(python->reading, "wrong-type", ais__node_pos(python->reading, *out), example,
                   "'%s' is no dict", python->subject);
    return false;
}

static void read_member_arguments(ais__python *python, ais_annotation_kind kind, TSNode node)
{
    TSNode dictionary = node;
    python->subject = ais_annotation_spec_of(kind)->name;
    if (!find_dictionary(python, node, "write a dict of its arguments", &dictionary)) {
        python->reading->incomplete[kind] = true;
        return;
    }
    AIS_SCOPED(ais__children) children = ais__children_of(dictionary);
    for (TSNode child; ais__children_next(&children, &child);) {
        TSNode value = child;
        python->subject = ais_annotation_spec_of(kind)->name;
        const char *name = read_key(python, child, &value);
        if (name == NULL) {
            python->reading->incomplete[kind] = true;
            continue;
        }
        const ais_pos pos = ais__node_pos(python->reading, child);
        put_argument(python, kind, ais__reading_named(python->reading, kind, name, pos), pos,
                     value);
    }
}

static void read_members(ais__python *python, TSNode node)
{
    TSNode dictionary = node;
    python->subject = AIS__ALL_IN_ONE;
    if (!find_dictionary(python, node, "write {'exec_time': {'local_time_thr': 5}, ...}",
                         &dictionary)) {
        python->reading->some_unread = true;
        return;
    }
    AIS_SCOPED(ais__children) children = ais__children_of(dictionary);
    for (TSNode child; ais__children_next(&children, &child);) {
        TSNode value = child;
        python->subject = AIS__ALL_IN_ONE;
        const char *name = read_key(python, child, &value);
        ais_annotation_kind kind = AIS_ANNOTATION_COMPONENT_NAME;
        if (name == NULL)
            python->reading->some_unread = true;
        else if (ais__reading_begin(python->reading, name, ais__node_pos(python->reading, child),
                                    &kind))
            read_member_arguments(python, kind, value);
    }
}

static void report_all_in_one(ais__python *python, TSNode node, const char *what)
{
    python->reading->some_unread = true;
    ais__fault(python->reading, "wrong-type", ais__node_pos(python->reading, node),
               "write @annotation({'exec_time': {'local_time_thr': 5}, ...})", "'%s' %s",
               AIS__ALL_IN_ONE, what);
}

static void read_all_in_one(ais__python *python, TSNode arguments)
{
    if (!ais__node_is(arguments, "argument_list")) {
        report_all_in_one(python, arguments, "is given a generator");
        return;
    }
    size_t count = 0;
    AIS_SCOPED(ais__children) children = ais__children_of(arguments);
    for (TSNode child; ais__children_next(&children, &child); count++) {
        TSNode value = child;
        if (ais__node_is(child, "keyword_argument")) {
            const TSNode name = ais__node_field(child, "name");
            value = ais__node_field(child, "value");
            const char *text =
                ts_node_is_null(name) ? "" : ais__node_text(python->reading, python->arena, name);
            if (!ais_str_equal(text, "annotation_dict") || ts_node_is_null(value)) {
                report_all_in_one(python, child, "takes one dict, and no other argument");
                continue;
            }
        }
        if (count == 1)
            report_all_in_one(python, child, "takes one dict, and no other argument");
        else if (count == 0)
            read_members(python, value);
    }
    if (count == 0)
        report_all_in_one(python, arguments, "is given nothing");
}

/* ---- decorators ---- */

/* Ours, but without parentheses. */
static void report_bare(ais__python *python, const char *name, TSNode node)
{
    ais_annotation_kind kind = AIS_ANNOTATION_COMPONENT_NAME;
    const ais_pos pos = ais__node_pos(python->reading, node);
    python->reading->some_unread = true;
    if (!is_known(name)) {
        (void)ais__reading_begin(python->reading, name, pos, &kind);
        return;
    }
    AIS_FREE char *hint = ais_format("write @%s(...)", name);
    ais__fault(python->reading, "bare-annotation", pos, hint, "'%s' has no parentheses", name);
}

static void read_decorator(ais__python *python, TSNode decorator)
{
    TSNode node = ais__node_inner(decorator);
    while (!ts_node_is_null(node) && ais__node_is(node, "parenthesized_expression"))
        node = ais__node_inner(node);
    if (ts_node_is_null(node))
        return;
    const bool called = ais__node_is(node, "call");
    const TSNode arguments = called ? ais__node_field(node, "arguments") : node;
    const TSNode function = called ? ais__node_field(node, "function") : node;
    if (ts_node_is_null(arguments) || ts_node_is_null(function))
        return;
    const char *path = decorator_path(python, function);
    const char *name = NULL;
    if (path == NULL)
        return;
    if (own(python, path, &name) == FOREIGN) {
        warn_foreign(python, path, node);
        return;
    }
    ais_annotation_kind kind = AIS_ANNOTATION_COMPONENT_NAME;
    const TSNode attribute = ais__node_field(function, "attribute"); /* of a.b.name: name */
    const TSNode name_node = ts_node_is_null(attribute) ? function : attribute;
    if (!called)
        report_bare(python, name, name_node);
    else if (ais_str_equal(name, AIS__ALL_IN_ONE))
        read_all_in_one(python, arguments);
    else if (ais__reading_begin(python->reading, name, ais__node_pos(python->reading, name_node),
                                &kind))
        read_arguments(python, kind, arguments);
}

/* ---- main ---- */

static void report_no_main(const ais__python *python)
{
    const ais__reading *reading = python->reading;
    for (size_t i = 0; i < python->main_count; i++) {
        const ais__python_main *candidate = &python->mains[i];
        const bool async = candidate->async;
        ais__fault(reading, "no-entry", ais__node_pos(reading, candidate->function),
                   async ? "write it without async" : "define it at the top level of the file",
                   async ? "'main' is async, so it is no entry"
                         : "'main' is defined under a condition, so it is no entry");
    }
    if (python->main_count == 0 && !reading->some_unread)
        ais__fault(reading, "no-entry", (ais_pos){.file = reading->source->file},
                   "define it at the top level: the annotations stand on it",
                   "there is no function 'main'");
}

/* The one main, NULL after a report. Of several, the last: it is the one that Python keeps. */
static const ais__python_main *find_main(const ais__python *python)
{
    const ais__python_main *found = NULL;
    for (size_t i = 0; i < python->main_count; i++) {
        const ais__python_main *candidate = &python->mains[i];
        if (candidate->async || candidate->in_branch)
            continue;
        const ais__reading *reading = python->reading;
        if (found != NULL)
            ais__fault(reading, "duplicate-entry", ais__node_pos(reading, candidate->function),
                       "keep one of them", "'main' is defined twice, first in line %u",
                       ais__node_pos(reading, found->function).line);
        found = candidate;
    }
    if (found == NULL)
        report_no_main(python);
    return found;
}

static void read_module(ais__python *python, TSNode root)
{
    ais__reading *reading = python->reading;
    ais__python_collect(python, root);
    const ais__python_main *entry = find_main(python);
    if (entry == NULL)
        return;
    reading->out->entry = "main";
    const TSNode name = ais__node_field(entry->function, "name");
    reading->out->entry_pos = ais__node_pos(reading, name);
    python->use = ts_node_start_byte(entry->function);
    if (ts_node_is_null(entry->decorated))
        return;
    python->use = ts_node_start_byte(entry->decorated);
    AIS_SCOPED(ais__children) children = ais__children_of(entry->decorated);
    for (TSNode child; ais__children_next(&children, &child);)
        if (ais__node_is(child, "decorator"))
            read_decorator(python, child);
}

void ais__python_read(ais__reading *reading)
{
    AIS_SCOPED(ais__tree) tree = {.parser = NULL};
    ais__tree_init(&tree, reading, tree_sitter_python(), reading->source->text);
    if (tree.tree == NULL)
        return;
    ais__tree_report_errors(&tree, reading, "python-syntax", "Python");
    reading->some_unread = ts_node_has_error(ts_tree_root_node(tree.tree));
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_map) names = ais_map_new();
    ais__python python = {.reading = reading, .arena = arena, .names = names, .subject = "main"};
    read_module(&python, ts_tree_root_node(tree.tree));
    free(python.mains);
}
