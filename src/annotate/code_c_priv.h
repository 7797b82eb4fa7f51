/* code_c_priv - splitting a component in C: what is found in its source.
 *
 * The first segment keeps the whole function: behind the model it ends by the way out that the function
 * has for errors, which frees what is to be freed. Later segments begin at the call; what stands before it is
 * taken out, but for declarations that are needed behind it and whose values do not depend on it.
 *   code_c_call.c    the one call on the way through the entry function, and what stands around it
 *   code_c_flow.c    which declarations stay, and what cannot travel
 *   code_c_write.c   the texts of the segments */
#ifndef AIS_ANNOTATE_CODE_C_PRIV_H
#define AIS_ANNOTATE_CODE_C_PRIV_H
#include "annotate/c_priv.h"
#include "annotate/code_priv.h"

typedef enum ais__c_start {
    AIS__START_NONE,   /* `int status;` */
    AIS__START_PURE,   /* a value that is the same in each segment: it stays */
    AIS__START_BUNDLE, /* ais_bundle_new() of the call's input */
    AIS__START_MADE    /* it is computed: not here any more */
} ais__c_start;

/* One variable of the entry function that is declared before the call. */
typedef struct ais__c_local {
    const char *name;
    TSNode identifier, declaration, value; /* `value` is null without one */
    ais__c_start start;
    bool is_pointer;
    bool changed;  /* before the call, besides its value here */
    bool used;     /* behind the call, or by a declaration that stays */
    bool released; /* behind the call it is only freed */
    bool needed;   /* behind the call its value is read before it gets another one */
    TSNode read;   /* where */
} ais__c_local;

typedef struct ais__c_split {
    ais__code *code;
    TSNode entry, body;          /* function_definition, compound_statement */
    const char *call_name, *err; /* its parameters */
    TSNode call;                 /* of ais_load_and_inference */
    TSNode arguments[6];         /* in order: model, input, outputs, returned, result, err */
    TSNode statement;            /* the innermost one around the call */
    const char *input_name;
    ais__c_local *locals;
    size_t local_count;
    ais__edits cuts; /* what later segments leave out, and put in its place */
} ais__c_split;

bool ais__c_split_find_call(ais__c_split *split);
bool ais__c_split_find_flow(ais__c_split *split);
bool ais__c_split_check_condition(const ais__c_split *split);
bool ais__c_split_check_globals(ais__c_split *split);
void ais__c_split_write(const ais__c_split *split, const char **texts);
/* The variable in front of the call that an identifier names; NULL when it is none. */
ais__c_local *ais__c_split_local(const ais__c_split *split, TSNode identifier);
/* Is the node in what later segments leave out? */
bool ais__c_split_is_cut(const ais__c_split *split, TSNode node);
/* The function definition of that name at the top of the file; null when there is none. */
TSNode ais__c_split_function(const ais__code *code, const char *name);
/* The name that a declarator declares. */
TSNode ais__c_split_declared(TSNode declarator);
/* The node and all in it, in the order of the text: 0 ends the walk, 1 enters, -1 skips what is inside. */
void ais__c_split_each(TSNode root, int (*see)(void *data, TSNode node), void *data);
#endif
