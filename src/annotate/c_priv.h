/* c_priv - reading C: tokens, constants, values, annotations. */
#ifndef AIS_ANNOTATE_C_PRIV_H
#define AIS_ANNOTATE_C_PRIV_H
#include "annotate/tree.h"
#include "base/map.h"

/* ---- tokens (c_scan.c) ---- */

typedef enum ais__token_kind {
    AIS__TOKEN_END,
    AIS__TOKEN_NAME,
    AIS__TOKEN_NUMBER,
    AIS__TOKEN_STRING, /* with its prefix */
    AIS__TOKEN_CHARACTER,
    AIS__TOKEN_DIRECTIVE, /* a whole preprocessor line */
    AIS__TOKEN_SIGN,      /* one character */
    AIS__TOKEN_OPEN_END   /* a string or comment that does not end */
} ais__token_kind;

typedef struct ais__token {
    ais__token_kind kind;
    size_t start, end;
} ais__token;

/* Reads [at, end) of the text; copies of it look ahead. */
typedef struct ais__scanner {
    const ais__source *source;
    size_t at, end;
} ais__scanner;

/* Comments and blanks are skipped. */
ais__token ais__scan(ais__scanner *scanner);
bool ais__token_is(const ais__source *source, ais__token token, const char *text);
/* `open` has just been read: move behind its closing sign. False when there is none. */
bool ais__scan_group(ais__scanner *scanner, ais__token *close);

/* ---- constants and functions (c_names.c) ---- */

typedef struct ais__c_constant {
    size_t offset;                    /* of the name */
    size_t start, end;                /* text of the value; empty: `previous` + 1 */
    const char *problem;              /* why it is none, NULL when it is one */
    struct ais__c_constant *previous; /* enumerator before this one, NULL at the first */
    bool is_macro, is_enumerator, in_branch, reported;
    struct ais__c_constant *next, *last; /* of the same name */
} ais__c_constant;

typedef struct ais__c_function {
    const char *name;
    size_t start, name_at, body; /* offsets */
} ais__c_function;

typedef struct ais__c {
    ais__reading *reading;
    ais_arena *arena;
    ais_map *names; /* of ais__c_constant */
    ais__c_function *functions;
    size_t function_count, function_capacity;
    size_t use;
    unsigned depth;
    const char *subject;
} ais__c;

void ais__c_collect(ais__c *c, TSNode root);

/* ---- annotations (c.c) ---- */

/* The text with blanks in the place of annotations and of what stands in #if 0: what the grammar of C
 * understands. Ownership: the caller frees. */
char *ais__c_mask(ais__reading *reading);

/* ---- values (c_value.c) ---- */

/* Read one value and leave the scanner behind it; `wants_list` makes ("a") a list of one.
 * NULL after a report; the scanner is then anywhere. */
ais_doc_node *ais__c_value(ais__c *c, ais__scanner *scanner, bool wants_list);
/* A number; NULL after a report. */
ais_doc_node *ais__c_number(ais__c *c, ais__token token);
/* A string literal, appended. False after a report. */
bool ais__c_string(ais__c *c, ais__token token, ais_str *out);
#endif
