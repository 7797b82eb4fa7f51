/* code_python_flow - one walk over `main` in the order of evaluation; see code_python_flow.c.
 *
 * There are two rounds: the first collects the names that are bound, the second follows their values. */
#ifndef AIS_ANNOTATE_CODE_PYTHON_FLOW_H
#define AIS_ANNOTATE_CODE_PYTHON_FLOW_H
#include "annotate/code_python_priv.h"

/* A function, lambda, class or comprehension inside of `main`, and the names of its own. */
typedef struct ais__scope {
    ais_map *names;
    bool comprehension; /* `:=` in it binds outside */
    const struct ais__scope *up;
} ais__scope;

typedef struct ais__flow {
    ais__split *split;
    ais_map *collected;      /* first round: the names that are bound; NULL in the second */
    ais_map *outer;          /* first round: names said to be global or nonlocal */
    bool after;              /* behind the call */
    bool *known;             /* second round, by local: it surely has a value */
    const ais__scope *scope; /* inside of a function or comprehension: binds nothing of ours */
    unsigned depth;
    bool too_deep;
} ais__flow;

/* code_python_flow.c: a name gets a value (`kind` as in ais__bound; `value` may be null), or is read */
void ais__flow_bind(ais__flow *at, TSNode name, int kind, TSNode value);
void ais__flow_read_name(ais__flow *at, TSNode name);
void ais__flow_visit_all(ais__flow *at, TSNode node);
void ais__flow_bind_target(ais__flow *at, TSNode target, int kind, TSNode value);
void ais__flow_visit_field(ais__flow *at, TSNode node, const char *name);
void ais__flow_visit(ais__flow *at, TSNode node);

/* code_python_branch.c: what is set on every way is set behind them */
size_t ais__flow_known_bytes(const ais__flow *at);
void ais__flow_visit_jump(ais__flow *at, TSNode node);
void ais__flow_visit_perhaps(ais__flow *at, TSNode node);
void ais__flow_visit_if(ais__flow *at, TSNode node);
void ais__flow_visit_loop(ais__flow *at, TSNode node);
void ais__flow_visit_try(ais__flow *at, TSNode node);
void ais__flow_visit_match(ais__flow *at, TSNode node);
void ais__flow_visit_pattern(ais__flow *at, TSNode node);
void ais__flow_visit_with_item(ais__flow *at, TSNode item);
void ais__flow_visit_with(ais__flow *at, TSNode node);
void ais__flow_visit_as(ais__flow *at, TSNode node);

/* code_python_scope.c: what they read of the names of `main` */
void ais__flow_visit_function(ais__flow *at, TSNode node);
void ais__flow_visit_class(ais__flow *at, TSNode node);
void ais__flow_visit_comprehension(ais__flow *at, TSNode node);
void ais__flow_visit_for_in(ais__flow *at, TSNode node);
void ais__flow_visit_outer(ais__flow *at, TSNode node);
void ais__flow_visit_lambda(ais__flow *at, TSNode node);

#endif
