/* code_python_priv - splitting a Python component: what is found in its source, file by file.
 *
 *   code_python_call.c    the one call of load_and_inference on the way through `main`, its arguments, and the
 *                         blocks around it
 *   code_python_locals.c  which variables are made before the call and read behind it, by one walk:
 *                         code_python_flow.c, _branch.c, _scope.c
 *   code_python_check.c   whether these can travel
 *   code_python_output.c  whether one of these is a path that each segment has for itself
 *   code_python_module.c  what else of the module changes: the model's default, the condition
 *   code_python_write.c   the texts of the segments */
#ifndef AIS_ANNOTATE_CODE_PYTHON_PRIV_H
#define AIS_ANNOTATE_CODE_PYTHON_PRIV_H
#include "annotate/code_priv.h"
#include "annotate/python_priv.h"

enum { AIS__CODE_LEVELS = 16 }; /* `with` blocks around the call */

/* One place where a variable of `main` gets a value. */
typedef struct ais__bound {
    enum {
        AIS__VALUE_OF,    /* `value` itself */
        AIS__VALUE_ENTER, /* `with value as name` */
        AIS__VALUE_PART,  /* one of several, an item of a loop, a changed one */
        AIS__VALUE_FUNCTION,
        AIS__VALUE_CLASS,
        AIS__VALUE_IMPORT
    } kind;
    TSNode name, value; /* `value` is null where there is none */
    struct ais__bound *next;
} ais__bound;

typedef struct ais__local {
    const char *name;
    size_t index;
    bool is_parameter, is_global;
    bool before;        /* may have a value when the call is reached */
    bool surely_before; /* has one for certain */
    bool after;         /* is read behind the call before it gets another value there */
    TSNode read;        /* where, first */
    ais__bound *bound;  /* before the call */
} ais__local;

/* One use of a parameter: `args['key']`, `args.key`, or of all of it (key NULL). */
typedef struct ais__use {
    const ais__local *local;
    const char *key;
    TSNode node;
    bool attribute; /* args.key */
    bool after;     /* behind the call */
    bool changes;   /* gives it another value */
} ais__use;

typedef struct ais__split {
    ais__code *code;
    ais__python *names; /* of the module */
    TSNode entry, body; /* function_definition, its block */

    /* The call and its arguments; `outputs` may be null. */
    TSNode call, callee, arguments, model, input, outputs, last_argument;
    TSNode statement; /* that the call is in */
    /* The blocks around it, outermost first: levels[0] is `body`. `inner` is the statement of the
     * block that leads to the call. */
    struct {
        TSNode block, inner;
    } levels[AIS__CODE_LEVELS];
    size_t level_count;
    /* `A, B = load_and_inference(...)`: the names; NULL in any other form. */
    const char *return_dict, *result;
    const char *input_name; /* the dictionary's, NULL when it has none */

    ais__local *locals;
    size_t local_count;
    ais_map *local_names;
    ais__use *uses;
    size_t use_count, use_capacity;
    const ais__local **forwards; /* what has to travel, by name */
    size_t forward_count;
    bool input_travels; /* input_name is read behind the call */

    /* Expressions that stand for the item and the model: "args['output']". */
    const char *input_path, *output_path, *model_path;
} ais__split;

/* Each is false after a report. */
bool ais__split_find_call(ais__split *split);
bool ais__split_find_flow(ais__split *split);
bool ais__split_check(ais__split *split);
bool ais__split_check_output(const ais__split *split);
bool ais__split_find_paths(ais__split *split);
bool ais__split_check_condition(const ais__split *split);

/* May this child of a block stay in later segments: import, docstring, `global`? */
bool ais__split_stays(const ais__split *split, TSNode child, TSNode block);
/* The text of a string without prefix, interpolation and escapes; NULL when it is not so plain. */
const char *ais__split_plain_string(const ais__split *split, TSNode node);
/* "a.b.c", NULL when it is anything else. */
const char *ais__split_path(const ais__split *split, TSNode node);
ais__local *ais__split_local(const ais__split *split, const char *name);
/* The model's name in defaults of options becomes that of the segment's. */
void ais__split_edit_module(const ais__split *split, const char *onnx_file, ais__edits *edits);
void ais__split_write(const ais__split *split, const char **texts);
/* How often a word stands in the source: its uses, or more (comments and texts count too). */
size_t ais__split_count_word(const ais__split *split, const char *word);
#endif
