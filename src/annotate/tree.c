/* Conveniences over tree-sitter: fields, texts, children, and what it could not parse. */
#include "annotate/tree.h"

#include <string.h>

void ais__tree_init(ais__tree *tree, const ais__reading *reading, const TSLanguage *language,
                    const char *text)
{
    const ais__source *source = reading->source;
    *tree = (ais__tree){.parser = ts_parser_new()};
    if (!ts_parser_set_language(tree->parser, language))
        AIS_BUG("the grammar does not fit libtree-sitter");
    /* error recovery can be slow on text that is no program at all */
    ts_parser_set_timeout_micros(tree->parser, AIS__MAX_PARSE_MICROS);
    tree->tree = ts_parser_parse_string(tree->parser, NULL, text, (uint32_t)source->length);
    if (tree->tree == NULL)
        ais__fault(reading, "limit", (ais_pos){.file = source->file}, "is it a program at all?",
                   "parsing was given up after %d s", AIS__MAX_PARSE_MICROS / 1000000);
}

void ais__tree_clear(ais__tree *tree)
{
    if (tree->tree != NULL)
        ts_tree_delete(tree->tree);
    if (tree->parser != NULL)
        ts_parser_delete(tree->parser);
    *tree = (ais__tree){.parser = NULL};
}

bool ais__node_is(TSNode node, const char *type)
{
    return !ts_node_is_null(node) && ais_str_equal(ts_node_type(node), type);
}

TSNode ais__node_field(TSNode node, const char *name)
{
    return ts_node_child_by_field_name(node, name, (uint32_t)strlen(name));
}

ais_pos ais__node_pos(const ais__reading *reading, TSNode node)
{
    return ais__source_pos(reading->source, ts_node_start_byte(node));
}

const char *ais__node_text(const ais__reading *reading, ais_arena *arena, TSNode node)
{
    const uint32_t start = ts_node_start_byte(node);
    return ais_arena_strndup(arena, reading->source->text + start, ts_node_end_byte(node) - start);
}

char *ais__node_quote(const ais__reading *reading, TSNode node)
{
    return ais__source_quote(reading->source, ts_node_start_byte(node), ts_node_end_byte(node));
}

ais__children ais__children_of(TSNode node)
{
    return (ais__children){.cursor = ts_tree_cursor_new(node)};
}

bool ais__children_next(ais__children *children, TSNode *out)
{
    TSTreeCursor *cursor = &children->cursor;
    for (;;) {
        children->any = children->started
                            ? children->any && ts_tree_cursor_goto_next_sibling(cursor)
                            : ts_tree_cursor_goto_first_child(cursor);
        children->started = true;
        if (!children->any)
            return false;
        *out = ts_tree_cursor_current_node(cursor);
        if (ts_node_is_named(*out) && !ts_node_is_extra(*out))
            return true;
    }
}

void ais__children_clear(ais__children *children)
{
    ts_tree_cursor_delete(&children->cursor);
}

TSNode ais__node_inner(TSNode node)
{
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    TSNode child = node;
    if (ais__children_next(&children, &child))
        return child;
    return (TSNode){.id = NULL};
}

static void report_error(const ais__reading *reading, TSNode node, const char *rule,
                         const char *language)
{
    const ais_pos pos = ais__node_pos(reading, node);
    if (ts_node_is_missing(node)) {
        ais__fault(reading, rule, pos, NULL, "'%s' is missing here", ts_node_type(node));
        return;
    }
    AIS_FREE char *quote = ais__node_quote(reading, node);
    ais__fault(reading, rule, pos, NULL, "this is no %s: '%s'", language, quote);
}

/* The innermost node that holds the first fault. */
static TSNode find_faulty(TSNode node)
{
    for (;;) {
        AIS_SCOPED(ais__children) children = ais__children_of(node);
        TSNode faulty = {.id = NULL};
        for (TSNode child; ts_node_is_null(faulty) && ais__children_next(&children, &child);)
            if (ts_node_has_error(child))
                faulty = child;
        if (ts_node_is_null(faulty))
            return node;
        node = faulty;
    }
}

void ais__tree_report_errors(const ais__tree *tree, const ais__reading *reading, const char *rule,
                             const char *language)
{
    const TSNode root = ts_tree_root_node(tree->tree);
    if (!ts_node_has_error(root))
        return;
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    unsigned reported = 0;
    unsigned last_line = 0;
    for (bool going = true; going && reported < AIS__MAX_SYNTAX_ERRORS;) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        const bool wrong = ts_node_is_missing(node) || ais__node_is(node, "ERROR");
        const unsigned line = ts_node_start_point(node).row + 1;
        if (wrong && line != last_line) { /* one a line: the rest follows from it */
            report_error(reading, node, rule, language);
            last_line = line;
            reported++;
        }
        if (!wrong && ts_node_has_error(node) && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
    if (reported == 0) /* what is missing has no node of its own: the end of a line, for one */
        report_error(reading, find_faulty(root), rule, language);
}
