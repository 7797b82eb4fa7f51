/* aisprint man: print a man page, or write them all for `make install`. */
#include <string.h>

#include "base/file.h"
#include "cli/cli_priv.h"
#include "cli/commands.h"

typedef struct options {
    ais_cli_list command;
    const char *dir;
} options;

static const ais_cli_option table[] = {
    {.type = AIS_CLI_LIST,
     .offset = offsetof(options, command),
     .value = "COMMAND",
     .help = "the command, in one word or two; without it, the page of the program"},
    {.name = "dir",
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, dir),
     .value = "DIR",
     .help = "write every page into this folder instead"},
};

/* The page of `command`, or of the program when it is NULL, as DIR/aisprint-NAME.1; a blank in the name
 * becomes a dash. */
static int write_page(const char *dir, const ais_cli_command *command, ais_error **err)
{
    AIS_SCOPED(ais_str) page = {.data = NULL};
    AIS_FREE char *name =
        command != NULL ? ais_format("aisprint-%s.1", command->name) : ais_strdup("aisprint.1");
    for (char *blank = strchr(name, ' '); blank != NULL; blank = strchr(blank, ' '))
        *blank = '-';
    AIS_FREE char *path = ais_path_join(dir, name);
    if (command != NULL)
        ais__cli_write_man(command, &page);
    else
        ais__cli_write_man_overview(&page);
    return ais_file_write(path, ais_str_get(&page), page.length, err);
}

typedef struct pages {
    const char *dir;
    ais_error **err;
    int status;
} pages;

static void write_each(const ais_cli_command *command, void *context)
{
    pages *p = context;
    if (p->status == 0)
        p->status = write_page(p->dir, command, p->err);
}

static int write_all(const char *dir, ais_error **err)
{
    pages p = {.dir = dir, .err = err};
    if (ais_dir_make(dir, err) < 0 || write_page(dir, NULL, err) < 0)
        return -1;
    ais__cli_for_each(write_each, &p);
    return p.status;
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_SCOPED(ais_str) page = {.data = NULL};
    const ais_cli_command *command = NULL;
    size_t used = 0;
    if (o->command.count > 0 &&
        ais__cli_find(o->command.count, o->command.items, &command, &used, err) < 0)
        return -1;
    if (used < o->command.count)
        return ais_error_set(err, AIS_E_USAGE, "'%s' is one argument too many for 'aisprint man'",
                             o->command.items[used]);
    if (o->dir != NULL)
        return write_all(o->dir, err);
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
    .text_only = true,
    .run = run,
};
