/* Splits the source of a component, for tests:
 *
 *     code_split SOURCE FOLDER ENTRY ONNX_FILE CONDITION SEGMENT[:EXIT_OUTPUT,...] ...
 *
 * A source that ends with .c is C, any other is Python. CONDITION is the condition function, or "-". Each
 * segment is written to FOLDER/SEGMENT, and its model called SEGMENT.onnx. Faults go to standard output,
 * one a line: LINE COLUMN SEVERITY RULE MESSAGE (HINT); status 1 then. */
#include <stdio.h>
#include <string.h>

#include "annotate/code.h"
#include "base/file.h"
#include "base/path.h"

enum { SEGMENTS = 9, OUTPUTS = 8 };

static ais_code_segment read_segment(char *word, const char **outputs)
{
    char *list = strchr(word, ':');
    ais_code_segment segment = {.name = word, .exit_outputs = outputs};
    if (list != NULL)
        *list++ = '\0';
    for (char *name = list != NULL ? strtok(list, ",") : NULL; name != NULL;
         name = strtok(NULL, ","))
        outputs[segment.exit_output_count++] = name;
    return segment;
}

static int split(const ais_code_request *request, const char *folder, ais_error **err)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const char *texts[SEGMENTS] = {NULL};
    const int result = ais_code_split(request, arena, texts, diags);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        printf("%u %u %s %s %s (%s)\n", diag->pos.line, diag->pos.column,
               diag->severity == AIS_SEVERITY_ERROR ? "error" : "warning", diag->rule,
               diag->message, diag->hint != NULL ? diag->hint : "");
    }
    for (size_t i = 0; result == 0 && i < request->segment_count; i++) {
        AIS_FREE char *path = ais_path_join(folder, request->segments[i].name);
        if (ais_file_write(path, texts[i], strlen(texts[i]), err) < 0)
            return -1;
    }
    return result < 0 ? 1 : 0;
}

int main(int count, char **words)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *text = NULL;
    size_t length = 0;
    ais_code_segment segments[SEGMENTS];
    const char *outputs[SEGMENTS][OUTPUTS] = {{NULL}};
    if (count < 8 || count > 6 + SEGMENTS ||
        ais_file_read(words[1], SIZE_MAX / 2, &text, &length, &err) < 0)
        return 2;
    ais_code_request request = {.path = words[1],
                                .text = text,
                                .language = ais_str_ends(words[1], ".c") ? AIS_LANGUAGE_C
                                                                         : AIS_LANGUAGE_PYTHON,
                                .entry = words[3],
                                .onnx_file = words[4],
                                .segments = segments,
                                .segment_count = (size_t)(count - 6)};
    request.condition_function = ais_str_equal(words[5], "-") ? NULL : words[5];
    for (size_t i = 0; i < request.segment_count; i++) {
        segments[i] = read_segment(words[6 + i], outputs[i]);
        segments[i].onnx_file = ais_format("%s.onnx", segments[i].name);
    }
    const int result = split(&request, words[2], &err);
    for (size_t i = 0; i < request.segment_count; i++)
        free((void *)(uintptr_t)segments[i].onnx_file);
    return result < 0 ? 2 : result;
}
