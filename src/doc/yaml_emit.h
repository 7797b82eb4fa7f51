/* doc/yaml_emit - what yaml_write.c (the structure) and yaml_text.c (the scalars) share: a page
 * that knows where its pen is. The rules are those of PyYAML's emitter, so that both write the
 * same. */
#ifndef AIS_DOC_YAML_EMIT_H
#define AIS_DOC_YAML_EMIT_H
#include "doc/doc_priv.h"

typedef struct ais__yaml_page {
    ais_str *out;
    int column;      /* in characters */
    int indent;      /* of the block that is being written; -1 outside all */
    bool whitespace; /* was the last thing written white space? */
    bool indention;  /* is there nothing but indentation and indicators on the line? */
    bool open_ended; /* does the end of the document need a "..."? */
} ais__yaml_page;

/* "-", "?", ":", "[" and the like; a blank before it where one is needed. */
typedef struct ais__yaml_indicator {
    const char *text;
    bool spaced;    /* needs white space before it */
    bool is_space;  /* counts as white space */
    bool is_indent; /* counts as indentation */
} ais__yaml_indicator;
void ais__yaml_write_indicator(ais__yaml_page *page, ais__yaml_indicator indicator);
/* Begin a line at the indent, unless the pen stands there. */
void ais__yaml_write_indent(ais__yaml_page *page);
void ais__yaml_write_break(ais__yaml_page *page, uint32_t character);

/* A text, decoded, and in which styles it may be written. Use: `AIS_SCOPED(ais__yaml_text) t =
 * {0};` */
typedef struct ais__yaml_text {
    uint32_t *characters;
    int length;
    bool multiline, plain, single_quoted;
} ais__yaml_text;
void ais__yaml_text_read(ais__yaml_text *text, const char *bytes, size_t length);
void ais__yaml_text_clear(ais__yaml_text *text);
static inline bool ais__yaml_is_break(uint32_t c)
{
    return c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
}
/* Where may a text be written? */
typedef struct ais__yaml_place {
    bool root, key;
} ais__yaml_place;
/* `special`: a plain text would not be read as the same kind. */
void ais__yaml_write_text(ais__yaml_page *page, const ais__yaml_text *text, bool special,
                          ais__yaml_place place);
#endif
