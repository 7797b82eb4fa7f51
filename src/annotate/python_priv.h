/* python_priv - reading Python: names of the module, values, decorators. */
#ifndef AIS_ANNOTATE_PYTHON_PRIV_H
#define AIS_ANNOTATE_PYTHON_PRIV_H
#include "annotate/tree.h"
#include "base/map.h"

/* One place where the module gives a name a meaning. */
typedef struct ais__binding {
    enum { AIS__BOUND_IMPORT, AIS__BOUND_CONSTANT, AIS__BOUND_OTHER } kind;
    size_t offset;
    const char *what; /* "a function", "a class"...: for messages */
    const char *path; /* of an import: "aisprint.annotations.exec_time" */
    TSNode value;     /* of a constant */
    bool in_branch;
    bool reported;                    /* its value cannot be known, and this was said */
    struct ais__binding *next, *last; /* of the same name, in file order; `last` at the first */
} ais__binding;

/* A function `main` at the top level. */
typedef struct ais__python_main {
    TSNode function;
    TSNode decorated; /* null without decorators */
    bool async, in_branch;
} ais__python_main;

typedef struct ais__python {
    ais__reading *reading;
    ais_arena *arena;
    ais_map *names; /* of ais__binding, the first of each name */
    bool star;      /* `from aisprint.annotations import *` is there */
    ais__python_main *mains;
    size_t main_count, main_capacity;
    size_t use;          /* offset up to which constants are defined when a value is computed */
    unsigned depth;      /* of the value being read */
    const char *subject; /* what the value is for, for messages */
} ais__python;

/* Collect the names, the functions and the mains of the module; reports Python 2 statements. */
void ais__python_collect(ais__python *python, TSNode root);
/* Bindings of a name in file order, NULL when it has none. */
ais__binding *ais__python_find(const ais__python *python, const char *name);

/* The value of an expression; NULL after a report when it cannot be known without running it. */
ais_doc_node *ais__python_value(ais__python *python, TSNode expression);
/* Follow parentheses and constants to an expression that is neither; false after a report. */
bool ais__python_follow(ais__python *python, TSNode expression, TSNode *out);
/* Count one more node; false after a report when there are too many. */
bool ais__python_spend(ais__python *python, TSNode node);
/* Report that `node` is not known without running it. */
ais_doc_node *ais__python_not_static(const ais__python *python, TSNode node, const char *hint,
                                     const char *what);

/* A string literal, appended to `out`. False after a report. */
bool ais__python_string(ais__python *python, TSNode literal, ais_str *out);

/* Literals and arithmetic (number.c). `NULL` or what is wrong. */
typedef struct ais__number {
    bool is_int;
    int64_t i;
    double d;
} ais__number;
const char *ais__number_parse(const char *text, ais__number *out);
const char *ais__number_fold(const char *operator_text, ais__number a, ais__number b,
                             ais__number *out);
const char *ais__number_negate(ais__number a, ais__number *out);
#endif
