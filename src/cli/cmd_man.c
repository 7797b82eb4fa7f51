/* aisprint man: print a man page, for `make install` and for reading with man -l. */
#include "cli/cli_priv.h"
#include "cli/commands.h"

typedef struct options {
    const char *command;
} options;

static const ais_cli_option table[] = {
    {.type = AIS_CLI_STRING, .offset = offsetof(options, command), .value = "COMMAND",
     .help = "the command; without it, the page of the program"},
};

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_SCOPED(ais_str) page = {.data = NULL};
    const ais_cli_command *command = o->command != NULL ? ais__cli_find(o->command) : NULL;
    if (o->command != NULL && command == NULL)
        return ais_error_set(err, AIS_E_USAGE, "'%s' is not a command", o->command);
    if (command != NULL)
        ais__cli_write_man(command, &page);
    else
        ais__cli_write_man_overview(&page);
    fputs(ais_str_get(&page), cli->out);
    return 0;
}

const ais_cli_command ais__cli_man = {
    .name = "man",
    .summary = "print a man page",
    .example = "aisprint man check | man -l -",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
