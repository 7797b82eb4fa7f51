/* Man pages (roff), made from the command tables. */
#include <string.h>

#include "cli/cli_priv.h"

/* Append text with what roff would read as its own escaped. */
static void add_text(ais_str *out, const char *text)
{
    bool line_start = true;
    for (; *text != '\0'; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            ais_str_add(out, "\\&");
        if (*text == '\\')
            ais_str_add(out, "\\e");
        else if (*text == '-')
            ais_str_add(out, "\\-");
        else
            ais_str_add_char(out, *text);
        line_start = *text == '\n';
    }
}

static void add_option(const ais_cli_option *option, ais_str *out)
{
    ais_str_add(out, ".TP\n.B ");
    if (option->letter != 0)
        ais_str_add_format(out, "\\-%c, ", option->letter);
    if (option->name != NULL) {
        ais_str_add(out, "\\-\\-");
        add_text(out, option->name);
    }
    if (option->type != AIS_CLI_FLAG || option->name == NULL)
        ais_str_add_format(out, " \\fI%s\\fR", option->value);
    ais_str_add_char(out, '\n');
    add_text(out, option->help);
    if (option->default_text != NULL && option->type != AIS_CLI_FLAG)
        ais_str_add_format(out, " (default: %s)", option->default_text);
    ais_str_add_char(out, '\n');
}

static void add_status(ais_str *out)
{
    ais_str_add(out,
                ".SH EXIT STATUS\n0 ok; 1 the work failed or the input is wrong; 2 bad usage; 3 "
                "proven that the constraint asked for cannot be met; 130 interrupted.\n");
}

/* Append "aisprint\\-onnx\\-cut". */
static void add_page_name(const char *name, ais_str *out)
{
    ais_str_add(out, "aisprint\\-");
    for (; *name != '\0'; name++)
        ais_str_add(out, *name == ' ' ? "\\-" : (const char[]){*name, '\0'});
}

static void add_page_row(const ais_cli_command *command, void *out)
{
    ais_str_add(out, ".TP\n.BR ");
    add_page_name(command->name, out);
    ais_str_add(out, " (1)\n");
    add_text(out, command->summary);
    ais_str_add_char(out, '\n');
}

/* What only a command has, and what only a group has. */
static void add_options(const ais_cli_command *command, ais_str *out)
{
    if (command->commands != NULL) {
        ais_str_add(out, ".SH COMMANDS\n");
        for (size_t i = 0; i < command->command_count; i++)
            add_page_row(command->commands[i], out);
        return;
    }
    ais_str_add(out, ".SH OPTIONS\n");
    for (size_t i = 0; i < command->option_count; i++)
        add_option(&command->options[i], out);
    for (size_t i = 0; i < ais__cli_common_option_count; i++)
        if (ais__cli_takes(command, &ais__cli_common_options[i]))
            add_option(&ais__cli_common_options[i], out);
}

void ais__cli_write_man(const ais_cli_command *command, ais_str *out)
{
    AIS_SCOPED(ais_str) name = {.data = NULL};
    add_page_name(command->name, &name);
    ais_str_add_format(out, ".TH %s 1 \"\" \"aisprint " AIS_VERSION "\"\n.SH NAME\n%s \\- ",
                       ais_str_get(&name), ais_str_get(&name));
    add_text(out, command->summary);
    AIS_SCOPED(ais_str) usage = {.data = NULL};
    ais__cli_write_usage(command, &usage);
    ais_str_add(out, "\n.SH SYNOPSIS\n");
    add_text(out, ais_str_get(&usage));
    ais_str_add_char(out, '\n');
    if (command->details != NULL) {
        ais_str_add(out, ".SH DESCRIPTION\n");
        add_text(out, command->details);
        ais_str_add_char(out, '\n');
    }
    add_options(command, out);
    add_status(out);
    if (command->example != NULL) {
        ais_str_add(out, ".SH EXAMPLE\n.nf\n");
        add_text(out, command->example);
        ais_str_add(out, "\n.fi\n");
    }
    ais_str_add(out, ".SH SEE ALSO\n.BR aisprint (1)\n");
}

void ais__cli_write_man_overview(ais_str *out)
{
    ais_str_add(out, ".TH AISPRINT 1 \"\" \"aisprint " AIS_VERSION
                     "\"\n.SH NAME\naisprint \\- annotated "
                     "AI applications, from source to a placement over edge and cloud\n"
                     ".SH SYNOPSIS\n.B aisprint\n\\fICOMMAND\\fR [options]\n.SH COMMANDS\n");
    ais__cli_for_each(add_page_row, out);
    add_status(out);
}
