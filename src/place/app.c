/* An application as a system to place; see app.h. */
#include "place/app.h"

#include "design/design.h"
#include "place/app_priv.h"

void ais__place_error(const ais__place_reader *r, const char *rule, ais_pos pos, const char *hint,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    ais_diags_add(r->diags, AIS_SEVERITY_ERROR, rule, pos, hint, "%s", message);
}

void ais__place_put(const ais__place_reader *r, ais_doc_node *map, const char *key,
                    ais_doc_node *value)
{
    ais_doc_set_pos(r->doc, ais_doc_pos(value));
    ais_doc_put(map, key, value);
}

void ais_place_app_free(ais_place_app *app)
{
    if (app == NULL)
        return;
    ais_system_free(app->system);
    ais_doc_free(app->document);
    ais_doc_free(app->input);
    for (size_t i = 0; i < AIS__FILES; i++)
        ais_doc_free(app->private->files[i]);
    ais_app_free(app->app);
    ais_arena_free(app->arena);
    free(app);
}

static ais_place_app *new (void)
{
    ais_place_app *app = ais_alloc(sizeof *app);
    app->arena = ais_arena_new();
    app->private = ais_arena_alloc(app->arena, sizeof *app->private);
    app->document = ais_doc_new();
    app->input = ais_doc_new();
    return app;
}

/* ---- the documents ---- */

static void put_time(ais__place_reader *r, ais_doc_node *root)
{
    const ais_doc_node *time = ais__place_find(ais__place_root(r, AIS__FILE_SPACE4AI), "Time");
    ais__place_put(r, root, "Time",
                   time != NULL ? ais_doc_copy(r->doc, time) : ais_doc_new_int(r->doc, 1));
}

static void make_document(ais__place_reader *r)
{
    ais_doc_set_pos(r->doc, (ais_pos){.file = r->app->dir});
    ais_doc_node *root = ais_doc_new_map(r->doc);
    ais__place_put_resources(r, root);
    ais__place_put_components(r, root);
    ais__place_put_network(r, root);
    ais__place_put_options(r, root);
    ais__place_put_limits(r, root);
    ais__place_put_graph(r, root);
    ais__place_put_rate(r, root);
    put_time(r, root);
    ais_doc_set_root(r->doc, root);
}

static void make_input(const ais__place_reader *r, ais_doc *doc)
{
    static const char *const keys[] = {"Methods", "Seed", "VerboseLevel"};
    ais_doc_node *root = ais_doc_new_map(doc);
    for (size_t i = 0; i < AIS_COUNT(keys); i++) {
        const ais_doc_node *node = ais__place_find(ais__place_root(r, AIS__FILE_SPACE4AI), keys[i]);
        if (node != NULL)
            ais_doc_put(root, keys[i], ais_doc_copy(doc, node));
    }
    ais_doc_set_root(doc, root);
}

/* ---- names ---- */

static const ais__place_part *find_part(const ais__place_component *c, const char *name)
{
    for (size_t i = 0; i < c->part_count; i++)
        if (ais_str_equal(c->parts[i].name, name))
            return &c->parts[i];
    AIS_BUG("a part '%s' that was not made", name);
}

static const ais__place_component *find_component(const ais_place_app *app, const char *name)
{
    for (size_t i = 0; i < app->app->base_component_count; i++)
        if (ais_str_equal(app->private->components[i].name, name))
            return &app->private->components[i];
    AIS_BUG("a component '%s' that was not made", name);
}

const ais__place_part *ais__place_part_of(const ais_place_app *app, size_t part)
{
    const ais_system *system = app->system;
    const char *component = system->components[system->parts[part].component].name;
    return find_part(find_component(app, component), system->parts[part].name);
}

static void name_all(ais_place_app *app)
{
    const ais_system *system = app->system;
    app->component_names =
        ais_arena_alloc(app->arena, system->component_count * sizeof *app->component_names);
    app->part_names = ais_arena_alloc(app->arena, system->part_count * sizeof *app->part_names);
    for (size_t i = 0; i < system->component_count; i++)
        app->component_names[i] =
            app->app->components[find_component(app, system->components[i].name)->component].name;
    for (size_t i = 0; i < system->part_count; i++)
        app->part_names[i] = ais__place_part_of(app, i)->unit;
}

/* ---- reading ---- */

static bool failed(const ais__place_reader *r, size_t errors)
{
    return ais_diags_count_of(r->diags, AIS_SEVERITY_ERROR) > errors;
}

static int read_all(ais__place_reader *r)
{
    const size_t errors = ais_diags_count_of(r->diags, AIS_SEVERITY_ERROR);
    if (ais__place_read_files(r) < 0)
        return -1;
    ais__place_find_kinds(r);
    ais__place_find_designs(r);
    if (failed(r, errors))
        return -1;
    ais__place_find_candidates(r);
    if (failed(r, errors))
        return -1;
    make_document(r);
    make_input(r, r->out->input);
    if (failed(r, errors))
        return -1;
    AIS_FREE char *dir = ais_format("%s/space4ai-d", r->app->dir);
    if (ais_system_from_node(ais_doc_root(r->doc), dir, r->diags, &r->out->system) < 0)
        return -1;
    name_all(r->out);
    ais__place_check_rates(r);
    return 0;
}

int ais_place_app_read(const ais_place_app_options *options, ais_diags *diags, ais_place_app **out)
{
    AIS_AUTO(ais_place_app) made = new ();
    ais_error *err = NULL;
    if (ais_design_settle(options->dir, &err) < 0) {
        ais_diags_take_error(diags, NULL, err);
        return -1;
    }
    if (ais_app_load(options->dir, diags, &made->app) < 0)
        return -1;
    ais__place_reader r = {.options = options,
                           .diags = diags,
                           .out = made,
                           .app = made->app,
                           .private = made->private,
                           .arena = made->arena,
                           .doc = made->document};
    if (read_all(&r) < 0)
        return -1;
    *out = made;
    made = NULL;
    return 0;
}
