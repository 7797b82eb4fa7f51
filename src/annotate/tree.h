/* annotate/tree - small conveniences over tree-sitter. */
#ifndef AIS_ANNOTATE_TREE_H
#define AIS_ANNOTATE_TREE_H
#include <stdbool.h>
#include <tree_sitter/api.h>

#include "annotate/annotate_priv.h"

typedef struct ais__tree {
    TSParser *parser;
    TSTree *tree; /* NULL: not even a tree full of errors could be made */
} ais__tree;

/* Parse the whole text. Reports "limit" when it takes too long. */
void ais__tree_init(ais__tree *tree, const ais__reading *reading, const TSLanguage *language,
                    const char *text);
void ais__tree_clear(ais__tree *tree);
/* Report the places that the grammar does not know, the first few in order. */
void ais__tree_report_errors(const ais__tree *tree, const ais__reading *reading, const char *rule,
                             const char *language);

bool ais__node_is(TSNode node, const char *type);
TSNode ais__node_field(TSNode node, const char *name); /* a null node when absent */
ais_pos ais__node_pos(const ais__reading *reading, TSNode node);
/* The text of a node, in `arena`. */
const char *ais__node_text(const ais__reading *reading, ais_arena *arena, TSNode node);
/* The first lines of it, for messages. Ownership: the caller frees. */
char *ais__node_quote(const ais__reading *reading, TSNode node);
/* The first named child that is no comment; a null node when there is none. */
TSNode ais__node_inner(TSNode node);

/* The named children of a node, comments left out:
 *     AIS_SCOPED(ais__children) children = ais__children_of(node);
 *     for (TSNode child; ais__children_next(&children, &child);)
 */
typedef struct ais__children {
    TSTreeCursor cursor;
    bool started, any;
} ais__children;
ais__children ais__children_of(TSNode node);
bool ais__children_next(ais__children *children, TSNode *out);
void ais__children_clear(ais__children *children);
#endif
