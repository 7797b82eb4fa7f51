/* Sentences for libyaml's errors. Its own words stay in the message: people search for them. */
#include "doc/yaml_fault.h"

#include <string.h>

static const char not_utf8[] = "not-utf8";
static const char yaml_syntax[] = "yaml-syntax";

/* The first row whose texts are part of problem and context (NULL: any) is taken. */
static const struct {
    const char *problem, *context;
    const char *sentence, *hint;
} rows[] = {
    {.problem = "mapping values are not allowed",
     .sentence = "a ':' stands where no value can begin",
     .hint = "indent like the lines around it, and put a text with ': ' in it in quotes"},
    {.problem = "mapping keys are not allowed",
     .sentence = "a key stands where none can begin",
     .hint = "indent like the keys around it"},
    {.problem = "block sequence entries are not allowed",
     .sentence = "a '-' stands where no list can begin",
     .hint = "put the list on lines of its own below its key"},
    {.problem = "found unexpected ':'",
     .sentence = "a ':' stands at the end of a text inside [ ] or { }",
     .hint = "put a blank behind the ':', or the text in quotes"},
    {.problem = "could not find expected ':'",
     .sentence = "this line looks like a key, but no ':' follows",
     .hint = "write 'key: value'; after the ':' comes a blank"},
    {.problem = "did not find expected key",
     .sentence = "a key must stand here",
     .hint = "indent keys of one map alike; nothing may follow a closing quote"},
    {.problem = "did not find expected '-' indicator",
     .sentence = "the list must go on with '-' here",
     .hint = "indent elements of one list alike"},
    {.problem = "did not find expected ',' or ']'",
     .sentence = "a list in [ ] is not closed, or a comma is missing",
     .hint = "put ',' between elements and ']' at the end"},
    {.problem = "did not find expected ',' or '}'",
     .sentence = "a map in { } is not closed, or a comma is missing",
     .hint = "put ',' between entries and '}' at the end"},
    {.problem = "did not find expected node content",
     .sentence = "a value must stand here",
     .hint = "a text that begins with one of [ ] { } , & * ! | > % @ needs quotes"},
    {.problem = "found unexpected end of stream",
     .context = "quoted scalar",
     .sentence = "a quote is not closed before the file ends",
     .hint = "close it with the quote that opened it"},
    {.problem = "found unexpected document indicator",
     .context = "quoted scalar",
     .sentence = "a quote is not closed before the next document",
     .hint = "close it with the quote that opened it"},
    {.problem = "found unknown escape character",
     .sentence = "no such escape in a text in double quotes",
     .hint = "write \\\\ for a backslash, or use single quotes"},
    {.problem = "did not find expected hexdecimal number",
     .sentence = "an escape in double quotes has too few hexadecimal digits",
     .hint = "\\x takes 2, \\u 4, \\U 8"},
    {.problem = "found invalid Unicode character escape code",
     .sentence = "an escape stands for no character",
     .hint = "characters go from 0 to 10FFFF, without D800 to DFFF"},
    {.problem = "found undefined tag handle",
     .sentence = "an unknown tag",
     .hint = "leave tags (words that begin with '!') out"},
    {.problem = "did not find expected alphabetic or numeric character",
     .context = "alias",
     .sentence = "a '*' begins no name of an anchor here",
     .hint = "a text that begins with '*' needs quotes"},
    {.problem = "did not find expected alphabetic or numeric character",
     .sentence = "a '&' begins no name of an anchor here",
     .hint = "a text that begins with '&' needs quotes"},
    {.problem = "did not find expected <document start>",
     .sentence = "something follows the end of the document",
     .hint = "indent everything of one map or list alike"},
    {.problem = "found a tab character",
     .sentence = "a tab is used to indent",
     .hint = "indent with spaces"},
    {.problem = "did not find expected comment or line break",
     .sentence = "something follows the '|' or '>' of a text",
     .hint = "begin the text on the next line"},
    {.problem = "found an indentation indicator equal to 0",
     .sentence = "a text cannot be indented by 0",
     .hint = "leave the digit after '|' or '>' out"},
    {.problem = "directive",
     .sentence = "a line beginning with '%' is no known directive",
     .hint = "a text that begins with '%' needs quotes"},
    {.problem = "",
     .context = "directive",
     .sentence = "a line beginning with '%' is no known directive",
     .hint = "a text that begins with '%' needs quotes"},
    {.problem = "",
     .context = "tag",
     .sentence = "a tag cannot be read",
     .hint = "a text that begins with '!' needs quotes"},
    {.problem = "found incompatible YAML document",
     .sentence = "the document asks for a YAML that is not 1.1 or 1.2",
     .hint = "leave the %YAML line out"},
};

static bool holds(const char *text, const char *part)
{
    return part == NULL || (text != NULL && strstr(text, part) != NULL);
}

/* The byte at a mark of libyaml, which counts lines and characters from 0; 0 at the end. */
static char byte_at(const char *text, size_t length, yaml_mark_t mark)
{
    const char *line = text, *end = text + length;
    for (size_t i = 0; i < mark.line && line != NULL; i++) {
        line = memchr(line, '\n', (size_t)(end - line));
        line = line != NULL ? line + 1 : NULL;
    }
    for (size_t i = 0; line != NULL && line < end && i < mark.column; i++)
        do
            line++;
        while (line < end && (*line & 0xC0) == 0x80);
    return line != NULL && line < end ? *line : '\0';
}

static void report_start(ais_pos pos, char start, ais_diags *diags)
{
    if (start == '\t')
        ais_diags_add(diags, AIS_SEVERITY_ERROR, yaml_syntax, pos, "indent with spaces",
                      "a tab is used to indent: found character that cannot start any token");
    else
        ais_diags_add(diags, AIS_SEVERITY_ERROR, yaml_syntax, pos,
                      "a text that begins with one of @ ` % needs quotes",
                      "a value cannot begin with '%c': found character that cannot start any token",
                      start >= 0x20 ? start : '?');
}

static void report_at(const yaml_parser_t *parser, ais_pos pos, ais_diags *diags)
{
    const char *problem = parser->problem != NULL ? parser->problem : "unknown problem";
    AIS_SCOPED(ais_str) message = {.data = NULL};
    const char *hint = NULL;
    for (size_t i = 0; i < AIS_COUNT(rows) && hint == NULL; i++)
        if (holds(problem, rows[i].problem) && holds(parser->context, rows[i].context)) {
            ais_str_add_format(&message, "%s: ", rows[i].sentence);
            hint = rows[i].hint;
        }
    ais_str_add(&message, problem);
    if (parser->context != NULL)
        ais_str_add_format(&message, ", %s", parser->context);
    if (parser->context != NULL && (parser->context_mark.line != parser->problem_mark.line ||
                                    parser->context_mark.column != parser->problem_mark.column))
        ais_str_add_format(&message, " that begins at %zu:%zu", parser->context_mark.line + 1,
                           parser->context_mark.column + 1);
    ais_diags_add(diags, AIS_SEVERITY_ERROR, yaml_syntax, pos, hint, "%s", ais_str_get(&message));
}

void ais__yaml_report(const yaml_parser_t *parser, const char *file, const char *text,
                      size_t length, ais_diags *diags)
{
    const ais_pos pos = {.file = file,
                         .line = (unsigned)parser->problem_mark.line + 1,
                         .column = (unsigned)parser->problem_mark.column + 1};
    if (parser->error == YAML_READER_ERROR)
        ais_diags_add(diags, AIS_SEVERITY_ERROR, not_utf8,
                      ais__doc_locate(file, text, parser->problem_offset), "save it as UTF-8", "%s",
                      parser->problem != NULL ? parser->problem : "this is no text");
    else if (holds(parser->problem, "cannot start any token"))
        report_start(pos, byte_at(text, length, parser->problem_mark), diags);
    else
        report_at(parser, pos, diags);
}

/* Offset of the first character that YAML forbids (section 5.1 of YAML 1.1), or `length`. */
static size_t find_forbidden(const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0; i < length; i++) {
        if (s[i] < 0x20 ? s[i] != '\t' && s[i] != '\n' && s[i] != '\r' : s[i] == 0x7F)
            return i;
        if (i + 1 < length && s[i] == 0xC2 && s[i + 1] < 0xA0 && s[i + 1] != 0x85)
            return i; /* U+0080 to U+009F */
        if (i + 2 < length && s[i] == 0xEF && s[i + 1] == 0xBF && s[i + 2] >= 0xBE)
            return i; /* U+FFFE and U+FFFF */
    }
    return length;
}

static size_t utf8_length(char lead)
{
    return (lead & 0x80) == 0 ? 1 : (lead & 0x20) == 0 ? 2 : 3; /* nothing longer is forbidden */
}

int ais__yaml_check_text(const char *file, const char *text, size_t length, ais_diags *diags)
{
    const size_t errors = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    const ais_pos start = {.file = file, .line = 1, .column = 1};
    uint32_t character = 0;
    size_t at = 0;
    if (length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        ais_diags_add(diags, AIS_SEVERITY_ERROR, not_utf8, start, "save it as UTF-8",
                      "the file is encoded in UTF-16");
    else if ((at = ais_utf8_find_invalid(text, length)) < length)
        ais_diags_add(diags, AIS_SEVERITY_ERROR, not_utf8, ais__doc_locate(file, text, at),
                      "save it as UTF-8", "the byte 0x%02x is no UTF-8",
                      (unsigned)(unsigned char)text[at]);
    else if ((at = find_forbidden(text, length)) < length &&
             ais__doc_decode(text + at, utf8_length(text[at]), &character) == 1)
        ais_diags_add(diags, AIS_SEVERITY_ERROR, yaml_syntax, ais__doc_locate(file, text, at),
                      "a text in double quotes may hold it as an escape, such as \\0",
                      "the control character U+%04X stands in the file", (unsigned)character);
    return ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > errors ? -1 : 0;
}
