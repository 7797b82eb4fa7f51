/* doc/yaml_fault - what libyaml complains about, told to people. */
#ifndef AIS_DOC_YAML_FAULT_H
#define AIS_DOC_YAML_FAULT_H
#include <yaml.h>

#include "doc/doc_priv.h"

/* Add the parser's error to `diags`. `text` is the document that it reads. */
void ais__yaml_report(const yaml_parser_t *parser, const char *file, const char *text,
                      size_t length, ais_diags *diags);
/* Add a fault if `text` is no UTF-8 text that YAML allows. Returns -1 then. */
AIS_NODISCARD int ais__yaml_check_text(const char *file, const char *text, size_t length,
                                       ais_diags *diags);
#endif
