/* The HTML report of a run; see serve.h. */
#include "base/file.h"
#include "serve/serve.h"

static void add_escaped(ais_str *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<')
            ais_str_add(out, "&lt;");
        else if (*text == '&')
            ais_str_add(out, "&amp;");
        else
            ais_str_add_char(out, *text);
    }
}

int ais_run_result_write_report(const ais_run_result *result, const char *path, ais_error **err)
{
    AIS_SCOPED(ais_str) html = {.data = NULL};
    AIS_SCOPED(ais_str) table = {.data = NULL};
    ais_run_result_write_text(result, &table);
    ais_str_add(&html, "<!DOCTYPE html><meta charset=utf-8><title>aisprint run</title><pre>");
    add_escaped(&html, ais_str_get(&table));
    ais_str_add(&html, "</pre>\n");
    return ais_file_write(path, html.data, html.length, err);
}
