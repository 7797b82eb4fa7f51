/* Splitting a component in C, from beginning to end; see code_c_priv.h for the parts. */
#include <string.h>

#include "annotate/code_c_priv.h"

/* ---- the condition ---- */

static bool refuse_condition(const ais__c_split *split, const char *hint, const char *what)
{
    ais__fault(split->code->reading, "code-condition", ais__code_condition_pos(split->code), hint,
               "the condition function '%.80s' %s", split->code->request->condition_function, what);
    return false;
}

static TSNode parameters_of(TSNode function)
{
    TSNode declarator = ais__node_field(function, "declarator");
    while (!ts_node_is_null(declarator) && !ais__node_is(declarator, "function_declarator"))
        declarator = ais__node_field(declarator, "declarator");
    return ts_node_is_null(declarator) ? declarator : ais__node_field(declarator, "parameters");
}

bool ais__c_split_check_condition(const ais__c_split *split)
{
    static const char right[] = "must be bool f(const ais_run *result)";
    const ais__code *code = split->code;
    const TSNode function = ais__c_split_function(code, code->request->condition_function);
    if (ts_node_is_null(function))
        return refuse_condition(split, "define it above the annotated function",
                                "is not defined in this file");
    if (ts_node_start_byte(function) > ts_node_start_byte(split->entry))
        return refuse_condition(split, "define it above the annotated function",
                                "stands behind the function that is to call it");
    const TSNode parameters = parameters_of(function);
    const TSNode only = ts_node_is_null(parameters) ? parameters : ais__node_inner(parameters);
    if (ts_node_is_null(only) || ts_node_named_child_count(parameters) != 1 ||
        strstr(ais__code_text(code, only), "ais_run") == NULL)
        return refuse_condition(split, right, "does not take one result");
    const TSNode type = ais__node_field(function, "type");
    if (!ais__code_text_is(code, type, "bool") && !ais__code_text_is(code, type, "int") &&
        !ais__code_text_is(code, type, "_Bool"))
        return refuse_condition(split, right, "does not return a truth value");
    return true;
}

int ais__code_c(ais__code *code, const char **texts)
{
    ais__c_split split = {.code = code};
    bool fine = ais__c_split_find_call(&split) && ais__c_split_find_flow(&split);
    if (code->request->condition_function != NULL && !ts_node_is_null(split.entry))
        fine = ais__c_split_check_condition(&split) && fine;
    if (fine && texts != NULL)
        ais__c_split_write(&split, texts);
    ais__edits_clear(&split.cuts);
    return fine ? 0 : -1;
}
