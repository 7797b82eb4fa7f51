/* doc/json_priv - the reader of JSON, shared by json_read.c and json_string.c. */
#ifndef AIS_DOC_JSON_PRIV_H
#define AIS_DOC_JSON_PRIV_H
#include "doc/doc_priv.h"

typedef struct ais__json_reader {
    ais_doc *doc;
    ais_diags *diags;
    const char *file;
    const char *at, *end;
    const char *counted; /* `line` and `column` belong to this place, which never goes back */
    unsigned line, column;
    size_t nodes, depth;
} ais__json_reader;

ais_pos ais__json_pos(ais__json_reader *r, const char *at);
void ais__json_fault(ais__json_reader *r, const char *at, const char *hint, const char *format, ...)
    AIS_PRINTF(4, 5);
/* Read the string at r->at (its quote) into `node`. -1 after a fault. */
AIS_NODISCARD int ais__json_read_string(ais__json_reader *r, ais_doc_node *node);
#endif
