/* --help texts, made from the command tables. */
#include <string.h>

#include "cli/cli_priv.h"

enum { HELP_COLUMN = 30, HELP_WIDTH = 100 };

/* Append `text` wrapped to the width, each line from column `indent` on; the first is there already. */
static void add_wrapped(ais_str *out, const char *text, size_t indent)
{
    size_t column = indent;
    while (*text != '\0') {
        const size_t length = strcspn(text, " \n");
        if (column > indent && column + 1 + length > HELP_WIDTH) {
            ais_str_add_format(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            ais_str_add_char(out, ' ');
            column++;
        }
        ais_str_add_bytes(out, text, length);
        column += length;
        text += length;
        if (*text == '\n') {
            ais_str_add_format(out, "\n%*s", (int)indent, "");
            column = indent;
        }
        text += *text != '\0';
    }
    ais_str_add_char(out, '\n');
}

static void add_option(const ais_cli_option *option, ais_str *out)
{
    ais_str left = {.data = NULL};
    if (option->name == NULL)
        ais_str_add_format(&left, "  %s", option->value);
    else if (option->letter != 0)
        ais_str_add_format(&left, "  -%c, --%s", option->letter, option->name);
    else
        ais_str_add_format(&left, "      --%s", option->name);
    if (option->name != NULL && option->type != AIS_CLI_FLAG)
        ais_str_add_format(&left, " %s", option->value);
    ais_str_add(out, ais_str_get(&left));
    if (left.length + 2 > HELP_COLUMN)
        ais_str_add_format(out, "\n%*s", HELP_COLUMN, "");
    else
        ais_str_add_format(out, "%*s", (int)(HELP_COLUMN - left.length), "");
    ais_str_clear(&left);
    /* an argument that takes many says so itself */
    const bool repeats = option->type == AIS_CLI_LIST && option->name != NULL;
    AIS_FREE char *help =
        option->default_text != NULL && option->type != AIS_CLI_FLAG &&
                option->default_text[0] != '\0'
            ? ais_format("%s (default: %s)", option->help, option->default_text)
            : ais_format("%s%s", option->help, repeats ? "; may be given more than once" : "");
    add_wrapped(out, help, HELP_COLUMN);
}

void ais__cli_write_usage(const ais_cli_command *command, ais_str *out)
{
    ais_str_add_format(out, "aisprint %s", command->name);
    if (command->commands != NULL)
        ais_str_add(out, " COMMAND");
    for (size_t i = 0; i < command->option_count; i++) {
        const ais_cli_option *option = &command->options[i];
        if (!option->required)
            continue;
        if (option->name == NULL)
            ais_str_add_format(out, " %s%s", option->value,
                               option->type == AIS_CLI_LIST ? "..." : "");
        else
            ais_str_add_format(out, " --%s %s", option->name, option->value);
    }
    ais_str_add(out, " [options]");
}

static void add_commands(const ais_cli_command *const *commands, size_t count, ais_str *out)
{
    ais_str_add(out, "\ncommands:\n");
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(out, "  %-12s %s\n", ais__cli_short_name(commands[i]),
                           commands[i]->summary);
}

void ais__cli_write_help(const ais_cli_command *command, ais_str *out)
{
    ais_str_add(out, "usage: ");
    ais__cli_write_usage(command, out);
    ais_str_add_format(out, "\n\n%s\n", command->summary);
    if (command->details != NULL) {
        ais_str_add_char(out, '\n');
        add_wrapped(out, command->details, 0);
    }
    if (command->commands != NULL) {
        add_commands(command->commands, command->command_count, out);
        ais_str_add_format(out, "\naisprint %s COMMAND --help shows its options and an example.\n",
                           command->name);
        return;
    }
    ais_str_add(out, "\noptions:\n");
    for (size_t i = 0; i < command->option_count; i++)
        add_option(&command->options[i], out);
    for (size_t i = 0; i < ais__cli_common_option_count; i++)
        if (ais__cli_takes(command, &ais__cli_common_options[i]))
            add_option(&ais__cli_common_options[i], out);
    ais_str_add_format(out, "\nexample:\n  %s\n", command->example);
    if (command->aliases[0] != NULL)
        ais_str_add_format(out, "\nalso called: %s\n", command->aliases[0]);
}

void ais__cli_write_overview(ais_str *out)
{
    ais_str_add(out,
                "aisprint " AIS_VERSION ": annotated AI applications, from source to a placement "
                "over edge and cloud\n\n"
                "usage: aisprint COMMAND [options]\n");
    add_commands(ais_cli_commands, ais_cli_command_count, out);
    ais_str_add(out, "\naisprint COMMAND --help shows its options and an example; "
                     "aisprint --version the version.\n"
                     "Exit status: 0 ok, 1 the work failed or the input is wrong, 2 bad usage,\n"
                     "3 proven that the constraint asked for cannot be met, 130 interrupted.\n");
}
