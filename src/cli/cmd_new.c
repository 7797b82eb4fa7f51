/* aisprint new: the layout of a new application. */
#include <string.h>

#include "cli/commands.h"
#include "design/design.h"

typedef struct options {
    const char *name, *named; /* as an argument, or with the original's option */
    const char *components, *language;
} options;

static const ais_cli_option table[] = {
    {.type = AIS_CLI_STRING,
     .offset = offsetof(options, name),
     .value = "NAME",
     .help = "the folder to make; its last part is the application's name"},
    {.name = "application_name",
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, named),
     .value = "NAME",
     .help = "the same, as AI-SPRINT Studio spells it"},
    {.name = "components",
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, components),
     .value = "A,B,...",
     .default_text = "first,second",
     .help = "names of the components, in the order that items pass them"},
    {.name = "lang",
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, language),
     .value = "python|c",
     .default_text = "python",
     .help = "language of the components"},
};

static int read_language(const char *text, ais_language *language, ais_error **err)
{
    static const struct {
        const char *name;
        ais_language language;
    } languages[] = {{.name = "python", .language = AIS_LANGUAGE_PYTHON},
                     {.name = "c", .language = AIS_LANGUAGE_C}};
    for (size_t i = 0; i < AIS_COUNT(languages); i++)
        if (ais_str_equal(text, languages[i].name)) {
            *language = languages[i].language;
            return 0;
        }
    return ais_error_set(err, AIS_E_USAGE, "--lang is '%s' (python or c)", text);
}

/* Split at commas; the words are parts of `text`, which is cut up. */
static size_t split(char *text, const char **words)
{
    size_t count = 0;
    for (char *next = text; next != NULL;)
        words[count++] = strsep(&next, ",");
    return count;
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    const char *name = o->name != NULL ? o->name : o->named;
    ais_language language = AIS_LANGUAGE_PYTHON;
    if (name == NULL || (o->name != NULL && o->named != NULL)) {
        ais_error_set(err, AIS_E_USAGE, "'aisprint new' needs one name for the application");
        return ais_error_hint(err, "for example: aisprint new my-app");
    }
    if (read_language(o->language, &language, err) < 0)
        return -1;
    AIS_FREE char *text = ais_strdup(o->components);
    AIS_FREE const char **components = ais_alloc((strlen(text) + 1) * sizeof *components);
    const size_t count = split(text, components);
    if (ais_design_new(name, components, count, language, err) < 0)
        return -1;
    if (cli->json) {
        AIS_AUTO(ais_doc) doc = ais_doc_new();
        ais_doc_node *root = ais_doc_new_map(doc);
        ais_doc_put(root, "application", ais_doc_new_string(doc, name));
        ais_doc_put(root, "components", ais_doc_new_int(doc, (int64_t)count));
        return ais_cli_print_json(cli, root, err);
    }
    if (!cli->quiet)
        fprintf(cli->out,
                "%s: %zu components. Try it:\n"
                "  aisprint check --app %s\n"
                "  aisprint design --app %s\n"
                "  aisprint run --app %s --input %s/sample --output results\n",
                name, count, name, name, name, name);
    return 0;
}

const ais_cli_command ais__cli_new = {
    .name = "new",
    .aliases = {"new-application"},
    .summary = "make a new application that can be checked and run at once",
    .example = "aisprint new my-app --components detect,classify --lang python",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
