/* From the words of a command line to an options struct, by the command's table. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_priv.h"

typedef struct parser {
    const ais_cli_command *command;
    size_t count;
    const char *const *words;
    size_t at; /* next word */
    char *options;
    ais__cli_common *common;
    bool *given;       /* one a row of the table */
    size_t positional; /* row of the next positional argument */
} parser;

const ais_cli_option ais__cli_common_options[] = {
    {.name = "help",
     .letter = 'h',
     .type = AIS_CLI_FLAG,
     .help = "show this help and end",
     .offset = offsetof(ais__cli_common, help)},
    {.name = "json",
     .type = AIS_CLI_FLAG,
     .help = "print one JSON document on standard output",
     .offset = offsetof(ais__cli_common, json)},
    {.name = "quiet",
     .letter = 'q',
     .type = AIS_CLI_FLAG,
     .help = "print only what was asked for: no progress, no summaries",
     .offset = offsetof(ais__cli_common, quiet)},
};
const size_t ais__cli_common_option_count = AIS_COUNT(ais__cli_common_options);

bool ais__cli_takes(const ais_cli_command *command, const ais_cli_option *common)
{
    return !command->text_only || common->offset != offsetof(ais__cli_common, json);
}

static bool is_named(const ais_cli_option *option, const char *name, size_t length)
{
    const char *const names[] = {option->name, option->aliases[0], option->aliases[1],
                                 option->aliases[2]};
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        if (names[i] != NULL && strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return true;
    return false;
}

static const ais_cli_option *find(const ais_cli_option *options, size_t count, const char *name,
                                  size_t length, char letter)
{
    for (size_t i = 0; i < count; i++)
        if (options[i].name != NULL &&
            (letter != 0 ? options[i].letter == letter : is_named(&options[i], name, length)))
            return &options[i];
    return NULL;
}

static const char *option_name_at(const void *options, size_t i)
{
    const char *name = ((const ais_cli_option *)options)[i].name;
    return name != NULL ? name : "";
}

static int refuse_unknown(const parser *p, const char *word, ais_error **err)
{
    AIS_FREE char *name = ais_strdup(word + strspn(word, "-"));
    name[strcspn(name, "=")] = '\0';
    ais_error_set(err, AIS_E_USAGE, "'%s' is not an option of 'aisprint %s'", word,
                  p->command->name);
    const char *nearest =
        ais_str_nearest(name, p->command->options, p->command->option_count, option_name_at);
    if (nearest == NULL)
        nearest = ais_str_nearest(name, ais__cli_common_options, ais__cli_common_option_count,
                                  option_name_at);
    if (nearest != NULL && !ais_str_equal(nearest, name))
        return ais_error_hint(err, "did you mean --%s?", nearest);
    return ais_error_hint(err, "aisprint %s --help lists them", p->command->name);
}

static int set_number(const ais_cli_option *option, char *field, const char *text, ais_error **err)
{
    const double most = option->most > 0 ? option->most : 1e15;
    char *end = NULL;
    errno = 0;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !(value >= 0) || isinf(value))
        return ais_error_set(err, AIS_E_USAGE, "--%s is '%s' (must be a number, 0 or more)",
                             option->name, text);
    if (value < option->least || value > most || (option->above && value <= option->least))
        return ais_error_set(err, AIS_E_USAGE, "--%s is '%s' (must be %s %.9g, at most %.9g)",
                             option->name, text, option->above ? "above" : "at least",
                             option->least, most);
    memcpy(field, &value, sizeof value);
    return 0;
}

static int set_count(const ais_cli_option *option, char *field, const char *text, ais_error **err)
{
    const bool zero = option->default_text != NULL && ais_str_equal(option->default_text, "0");
    const size_t least = zero || option->zero ? 0 : 1;
    char *end = NULL;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    const bool is_whole = text[0] >= '0' && text[0] <= '9' && *end == '\0';
    if (is_whole && (errno != 0 || value > INT32_MAX))
        return ais_error_set(err, AIS_E_USAGE, "--%s is '%s' (must be at most %d)", option->name,
                             text, INT32_MAX);
    if (!is_whole || value < least)
        return ais_error_set(err, AIS_E_USAGE,
                             "--%s is '%s' (must be a whole number, at least %zu)", option->name,
                             text, least);
    const size_t size = (size_t)value;
    memcpy(field, &size, sizeof size);
    return 0;
}

/* Such as --app "$UNSET". */
static int refuse_empty(const ais_cli_option *option, ais_error **err)
{
    return ais_error_set(err, AIS_E_USAGE, "%s%s is empty (must be %s)",
                         option->name != NULL ? "--" : "",
                         option->name != NULL ? option->name : "the argument", option->value);
}

static void add_to_list(char *field, const char *text)
{
    ais_cli_list *list = (ais_cli_list *)(void *)field;
    list->items = ais_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
    list->items[list->count++] = text;
}

void ais__cli_clear_options(const ais_cli_command *command, void *options)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].type == AIS_CLI_LIST) {
            ais_cli_list *list = (void *)((char *)options + command->options[i].offset);
            free(list->items);
            *list = (ais_cli_list){.items = NULL};
        }
}

static int set_value(const ais_cli_option *option, char *base, const char *text, ais_error **err)
{
    char *field = base + option->offset;
    switch (option->type) {
    case AIS_CLI_FLAG:
        *(bool *)(void *)field = true;
        return 0;
    case AIS_CLI_STRING:
        if (text[0] == '\0')
            return refuse_empty(option, err);
        memcpy(field, &text, sizeof text);
        return 0;
    case AIS_CLI_COUNT:
        return set_count(option, field, text, err);
    case AIS_CLI_NUMBER:
        return set_number(option, field, text, err);
    case AIS_CLI_LIST:
        if (text[0] == '\0')
            return refuse_empty(option, err);
        add_to_list(field, text);
        return 0;
    }
    AIS_BUG("option --%s has type %d", option->name, (int)option->type);
}

static int set_option(parser *p, const ais_cli_option *option, char *base, const char *word,
                      const char *attached, ais_error **err)
{
    const char *value = attached;
    if (option->type == AIS_CLI_FLAG && attached != NULL)
        return ais_error_set(err, AIS_E_USAGE, "--%s takes no value (got '%s')", option->name,
                             word);
    if (option->type != AIS_CLI_FLAG && value == NULL) {
        if (p->at >= p->count)
            return ais_error_set(err, AIS_E_USAGE, "--%s needs a value: %s", option->name,
                                 option->value);
        value = p->words[p->at++];
    }
    if (base == p->options)
        p->given[option - p->command->options] = true;
    return set_value(option, base, value, err);
}

static int take_option(parser *p, const char *word, ais_error **err)
{
    const bool is_long = word[1] == '-';
    const char *name = is_long ? word + 2 : "";
    const char *equals = is_long ? strchr(name, '=') : NULL;
    const size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const char letter = is_long ? '\0' : word[1];
    const char *attached = NULL;
    if (is_long)
        attached = equals != NULL ? equals + 1 : NULL;
    else if (word[2] != '\0')
        attached = word + 2;
    const ais_cli_option *option =
        find(p->command->options, p->command->option_count, name, length, letter);
    if (option != NULL)
        return set_option(p, option, p->options, word, attached, err);
    option = find(ais__cli_common_options, ais__cli_common_option_count, name, length, letter);
    if (option != NULL && ais__cli_takes(p->command, option))
        return set_option(p, option, (char *)p->common, word, attached, err);
    return refuse_unknown(p, word, err);
}

static int take_positional(parser *p, const char *word, ais_error **err)
{
    const ais_cli_command *command = p->command;
    while (p->positional < command->option_count && command->options[p->positional].name != NULL)
        p->positional++;
    if (p->positional >= command->option_count)
        return ais_error_set(err, AIS_E_USAGE, "'%s' is one argument too many for 'aisprint %s'",
                             word, command->name);
    const ais_cli_option *option = &command->options[p->positional];
    p->given[p->positional] = true;
    p->positional += option->type != AIS_CLI_LIST;
    return set_value(option, p->options, word, err);
}

static int set_defaults(parser *p, ais_error **err)
{
    memset(p->options, 0, p->command->options_size);
    for (size_t i = 0; i < p->command->option_count; i++) {
        const ais_cli_option *option = &p->command->options[i];
        if (option->default_text != NULL &&
            set_value(option, p->options, option->default_text, err) < 0)
            return -1;
    }
    return 0;
}

static int check_required(const parser *p, ais_error **err)
{
    for (size_t i = 0; i < p->command->option_count; i++) {
        const ais_cli_option *option = &p->command->options[i];
        if (!option->required || p->given[i])
            continue;
        if (option->name == NULL)
            ais_error_set(err, AIS_E_USAGE, "'aisprint %s' needs %s: %s", p->command->name,
                          option->value, option->help);
        else
            ais_error_set(err, AIS_E_USAGE, "'aisprint %s' needs --%s %s: %s", p->command->name,
                          option->name, option->value, option->help);
        return ais_error_hint(err, "for example: %s", p->command->example);
    }
    return 0;
}

/* After a fault: how is it to be told? */
static int refuse_words(parser *p)
{
    for (; p->at < p->count && !ais_str_equal(p->words[p->at], "--"); p->at++)
        if (ais_str_equal(p->words[p->at], "--json") && !p->command->text_only)
            p->common->json = true;
    return -1;
}

int ais__cli_parse(const ais_cli_command *command, size_t count, const char *const *words,
                   void *options, ais__cli_common *common, ais_error **err)
{
    AIS_FREE bool *given = ais_alloc((command->option_count + 1) * sizeof *given);
    parser p = {.command = command,
                .count = count,
                .words = words,
                .options = options,
                .common = common,
                .given = given};
    bool only_arguments = false;
    if (set_defaults(&p, err) < 0)
        return -1;
    while (p.at < p.count) {
        const char *word = p.words[p.at++];
        if (!only_arguments && ais_str_equal(word, "--")) {
            only_arguments = true;
            continue;
        }
        const bool is_option = !only_arguments && word[0] == '-' && word[1] != '\0';
        if ((is_option ? take_option(&p, word, err) : take_positional(&p, word, err)) < 0)
            return refuse_words(&p);
        if (common->help)
            return 0;
    }
    return check_required(&p, err);
}
