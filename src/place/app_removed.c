/* Candidates that an application's demands rule out, as JSON and as text. */
#include "place/app.h"

ais_doc_node *ais_place_app_removed_to_node(const ais_place_app *app, ais_doc *doc)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < app->removed_count; i++) {
        const ais_place_removed *removed = &app->removed[i];
        ais_doc_node *entry = ais_doc_new_map(doc);
        ais_doc_put(entry, "part", ais_doc_new_string(doc, removed->part));
        ais_doc_put(entry, "resource",
                    removed->resource != NULL ? ais_doc_new_string(doc, removed->resource)
                                              : ais_doc_new_null(doc));
        ais_doc_put(entry, "reason", ais_doc_new_string(doc, removed->reason));
        ais_doc_put(entry, "file", ais_doc_new_string(doc, removed->pos.file));
        ais_doc_put(entry, "line", ais_doc_new_int(doc, removed->pos.line));
        ais_doc_append(list, entry);
    }
    return list;
}

void ais_place_app_removed_write_text(const ais_place_app *app, ais_str *out)
{
    if (app->removed_count > 0)
        ais_str_add(out, "\nleft out:\n");
    for (size_t i = 0; i < app->removed_count; i++) {
        const ais_place_removed *removed = &app->removed[i];
        ais_str_add(out, "  ");
        ais_pos_write(removed->pos, out);
        if (removed->resource != NULL)
            ais_str_add_format(out, "%s on %s: %s\n", removed->part, removed->resource,
                               removed->reason);
        else
            ais_str_add_format(out, "%s: %s\n", removed->part, removed->reason);
    }
}
