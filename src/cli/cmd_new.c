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

/* As a word for the shell. */
static char *quote(const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
    if (strspn(text, plain) == strlen(text))
        return ais_strdup(text);
    AIS_SCOPED(ais_str) word = {.data = NULL};
    ais_str_add_char(&word, '\'');
    for (; *text != '\0'; text++)
        if (*text == '\'')
            ais_str_add(&word, "'\\''");
        else
            ais_str_add_char(&word, *text);
    ais_str_add_char(&word, '\'');
    return ais_str_take(&word);
}

static void print_summary(const ais_cli *cli, const char *dir, size_t count)
{
    AIS_FREE char *sample = ais_path_join(dir, "sample");
    AIS_FREE char *app_word = quote(dir);
    AIS_FREE char *sample_word = quote(sample);
    ais_cli_print(cli,
                  "%s: %zu %s. Try it:\n"
                  "  aisprint check --app %s\n"
                  "  aisprint design --app %s\n"
                  "  aisprint run --app %s --input %s --output results\n",
                  dir, count, ais_cli_plural(count, "component", "components"), app_word, app_word,
                  app_word, sample_word);
}

static int print_json(const ais_cli *cli, const char *dir, size_t count, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc);
    ais_doc_put(root, "application", ais_doc_new_string(doc, ais_path_base(dir)));
    ais_doc_put(root, "folder", ais_doc_new_string(doc, dir));
    ais_doc_put(root, "components", ais_doc_new_int(doc, (int64_t)count));
    return ais_cli_print_json(cli, root, err);
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
    AIS_FREE char *dir = ais_strdup(name);
    for (size_t length = strlen(dir); length > 1 && dir[length - 1] == '/'; length--)
        dir[length - 1] = '\0';
    AIS_FREE char *text = ais_strdup(o->components);
    AIS_FREE const char **components = ais_alloc((strlen(text) + 1) * sizeof *components);
    const size_t count = split(text, components);
    if (ais_design_new(dir, components, count, language, err) < 0)
        return -1;
    if (cli->json)
        return print_json(cli, dir, count, err);
    if (!cli->quiet)
        print_summary(cli, dir, count);
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
