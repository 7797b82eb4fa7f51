/* Fitted models from documents: which kind, and where the map is. */
#include "perf/predictor.h"

#include "base/file.h"
#include "perf/predictor_priv.h"

static const ais__predictor_kind *const kinds[] = {
    &ais__predictor_linear,
    &ais__predictor_table,
};

static const char *const kind_names[] = {"linear", "table", NULL};

static const ais__predictor_kind *find_kind(const ais_doc_node *map)
{
    const ais_doc_node *kind = ais_doc_find(map, "kind");
    if (kind == NULL || ais_doc_get_kind(kind) != AIS_DOC_STRING)
        return NULL;
    for (size_t i = 0; i < AIS_COUNT(kinds); i++)
        if (ais_str_equal(kinds[i]->name, ais_doc_get_text(kind)))
            return kinds[i];
    return NULL;
}

/* Faults of a map whose kind is not known. */
static void check_kind(const ais_doc_node *map, ais_diags *diags)
{
    static const ais_doc_field fields[] = {
        {.key = "kind", .kinds = AIS_DOC_STRING, .required = true, .choices = kind_names}};
    static const ais_doc_schema schema = {
        .what = "a fitted model", .fields = fields, .field_count = AIS_COUNT(fields), .open = true};
    ais_doc_check(map, &schema, diags);
}

static const ais_predictor *read_map(const ais_doc_node *map, ais_arena *arena, ais_diags *diags)
{
    const ais__predictor_kind *kind = find_kind(map);
    const size_t before = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    if (kind == NULL) {
        check_kind(map, diags);
        return NULL;
    }
    ais_doc_check(map, kind->schema, diags);
    if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > before)
        return NULL;
    const void *state = kind->read(map, arena, diags);
    if (state == NULL)
        return NULL;
    ais_predictor *predictor = ais_arena_alloc(arena, sizeof *predictor);
    *predictor = (ais_predictor){
        .kind = kind->name, .predict = kind->predict, .bounds = kind->bounds, .state = state};
    return predictor;
}

/* By its name, or by how it begins: pickles of protocol 2 and later start with byte 0x80, which no JSON does. */
static bool is_pickle(const char *path, const char *data, size_t length)
{
    static const char *const ends[] = {".pickle", ".pkl", ".pck", ".p"};
    for (size_t i = 0; i < AIS_COUNT(ends); i++)
        if (ais_str_ends(path, ends[i]))
            return true;
    return length > 0 && (unsigned char)data[0] == 0x80;
}

static const ais_predictor *read_text(const char *path, const char *data, size_t length,
                                      ais_arena *arena, ais_diags *diags)
{
    AIS_AUTO(ais_doc) doc = NULL;
    if (ais_doc_parse(path, data, length, AIS_DOC_JSON, diags, &doc) < 0)
        return NULL;
    const ais_doc_node *root = ais_doc_root(doc);
    if (ais_doc_get_kind(root) != AIS_DOC_MAP) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "wrong-type", ais_doc_pos(root),
                      "must be a map {\"kind\": ...}", "a fitted model is %s",
                      ais_doc_kind_name(ais_doc_get_kind(root)));
        return NULL;
    }
    return read_map(root, arena, diags);
}

static const ais_predictor *read_file(const ais_doc_node *node, const char *dir, ais_arena *arena,
                                      ais_diags *diags)
{
    const char *name = ais_doc_get_string(node, NULL);
    AIS_FREE char *path = ais_path_join(dir, name);
    AIS_FREE char *data = NULL;
    ais_error *err = NULL;
    size_t length = 0;
    bool pickle = is_pickle(path, "", 0);
    if (!pickle && ais_file_read(path, AIS_DOC_MAX_BYTES, &data, &length, &err) < 0) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "io", ais_doc_pos(node), ais_error_get_hint(err),
                      "'%s': %s", path, ais_error_get_message(err));
        ais_error_free(err);
        return NULL;
    }
    pickle = pickle || is_pickle(path, data, length);
    if (!pickle)
        return read_text(path, data, length, arena, diags);
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "unknown-model", ais_doc_pos(node),
                  "pickles are never read: fit the measurements again and give the JSON that is "
                  "written",
                  "'%s' is a pickle", name);
    return NULL;
}

const ais_predictor *ais_predictor_read(const ais_doc_node *node, const char *dir, ais_arena *arena,
                                        ais_diags *diags)
{
    const ais_doc_kind kind = ais_doc_get_kind(node);
    if (kind == AIS_DOC_MAP)
        return read_map(node, arena, diags);
    if (kind == AIS_DOC_STRING)
        return read_file(node, dir, arena, diags);
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "wrong-type", ais_doc_pos(node),
                  "must be a map {\"kind\": ...} or the name of a JSON file with one",
                  "a fitted model is %s", ais_doc_kind_name(kind));
    return NULL;
}
