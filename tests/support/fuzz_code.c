/* See fuzz_code.h. */
#include "support/fuzz_code.h"

#include <string.h>

static void check_text(ais_language language, const char *entry, const char *text)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    const ais_code_request request = {.path = "out",
                                      .text = text,
                                      .language = language,
                                      .entry = entry,
                                      .onnx_file = "part.onnx"};
    const int status = ais_code_check(&request, diags);
    for (size_t i = 0; status < 0 && i < ais_diags_count(diags); i++)
        if (ais_str_ends(ais_diags_get(diags, i)->rule, "-syntax"))
            AIS_BUG("a segment is no program: %s\n%s", ais_diags_get(diags, i)->message, text);
}

static void split(ais_language language, const char *entry, const char *text,
                  const char *condition)
{
    static const char *const outputs[] = {"exit"};
    const ais_code_segment segments[] = {
        {.name = "p1", .onnx_file = "p1.onnx", .exit_outputs = outputs, .exit_output_count = 1},
        {.name = "p2", .onnx_file = "p2.onnx", .exit_outputs = outputs, .exit_output_count = 1},
        {.name = "p3", .onnx_file = "p3.onnx"}};
    const ais_code_request request = {.path = "in",
                                      .text = text,
                                      .language = language,
                                      .entry = entry,
                                      .onnx_file = "net.onnx",
                                      .condition_function = condition,
                                      .segments = segments,
                                      .segment_count = AIS_COUNT(segments)};
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const char *texts[AIS_COUNT(segments)] = {NULL};
    const int status = ais_code_split(&request, arena, texts, diags);
    if ((status < 0) != (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > 0))
        AIS_BUG("the status says nothing about the faults");
    for (size_t i = 0; status == 0 && i < AIS_COUNT(texts); i++)
        check_text(language, entry, texts[i]);
}

int fuzz_code(ais_language language, const char *entry, const uint8_t *data, size_t size)
{
    AIS_FREE char *text = ais_strndup((const char *)data, size);
    split(language, entry, text, NULL);
    split(language, entry, text, "is_sure");
    return 0;
}
