/* What a library says of its failures, made fit for one line: first line only, no positions in its own
 * sources, not too long. */
#include "infer/infer_priv.h"

#include <ctype.h>
#include <string.h>

enum { MAX_SENTENCE = 240 };

/* Where a position in the library's sources stands ("/x/graph.cc:12"), or NULL. `*end` is behind it. */
static const char *find_source(const char *text, const char **end)
{
    static const char *const suffixes[] = {".cc:", ".h:"};
    for (size_t i = 0; i < AIS_COUNT(suffixes); i++) {
        const char *suffix = strstr(text, suffixes[i]);
        if (suffix == NULL || !isdigit((unsigned char)suffix[strlen(suffixes[i])]))
            continue;
        const char *start = suffix;
        while (start > text && start[-1] != ' ')
            start--;
        *end = suffix + strlen(suffixes[i]);
        return start;
    }
    return NULL;
}

/* Behind the bracket that `text` begins with and all that it holds. */
static const char *skip_brackets(const char *text, char open, char close)
{
    for (int depth = 0; *text != '\0'; text++) {
        depth += *text == open ? 1 : *text == close ? -1 : 0;
        if (depth == 0)
            return text + 1;
    }
    return text;
}

/* "while y: /x/graph.cc:12 onnxruntime::Status f(int) const [with T = int] text" -> "while y: text" */
static void add_without_source(const char *text, ais_str *out)
{
    const char *end = NULL;
    const char *source = find_source(text, &end);
    const char *arguments = source != NULL ? strchr(end, '(') : NULL;
    if (arguments == NULL) {
        ais_str_add(out, text);
        return;
    }
    ais_str_add_bytes(out, text, (size_t)(source - text));
    const char *rest = skip_brackets(arguments, '(', ')');
    rest += ais_str_starts(rest, " const") ? strlen(" const") : 0;
    if (ais_str_starts(rest, " ["))
        rest = skip_brackets(rest + 1, '[', ']');
    ais_str_add(out, rest + strspn(rest, " :"));
}

void ais__infer_shorten(const char *text, ais_str *out)
{
    /* Its own name of what we name ourselves: "Load model from ... failed:" */
    static const char failed[] = " failed:";
    const char *load = ais_str_starts(text, "Load model from ") ? strstr(text, failed) : NULL;
    AIS_SCOPED(ais_str) line = {.data = NULL};
    add_without_source(load != NULL ? load + strlen(failed) : text, &line);
    size_t length = strcspn(ais_str_get(&line), "\n");
    const bool cut = length > MAX_SENTENCE;
    if (cut)
        length = MAX_SENTENCE;
    while (length > 0 && strchr(" .\r", line.data[length - 1]) != NULL)
        length--;
    /* A cut may fall into a character. */
    ais_str_add_bytes(out, ais_str_get(&line), ais_utf8_find_invalid(ais_str_get(&line), length));
    ais_str_add(out, cut ? "..." : "");
}
