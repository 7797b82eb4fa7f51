/* Commands by name: of the program, and of its groups. */
#include <string.h>

#include "cli/cli_priv.h"

const char *ais__cli_short_name(const ais_cli_command *command)
{
    const char *blank = strrchr(command->name, ' ');
    return blank != NULL ? blank + 1 : command->name;
}

static bool is_called(const ais_cli_command *command, const char *name)
{
    if (ais_str_equal(ais__cli_short_name(command), name))
        return true;
    for (size_t i = 0; i < AIS_COUNT(command->aliases) && command->aliases[i] != NULL; i++)
        if (ais_str_equal(command->aliases[i], name))
            return true;
    return false;
}

static const ais_cli_command *find_in(const ais_cli_command *const *commands, size_t count,
                                      const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (is_called(commands[i], name))
            return commands[i];
    return NULL;
}

static const char *command_name_at(const void *commands, size_t i)
{
    return ais__cli_short_name(((const ais_cli_command *const *)commands)[i]);
}

/* `group` NULL: the program. */
static int refuse(const ais_cli_command *group, const char *name, ais_error **err)
{
    const ais_cli_command *const *commands = group != NULL ? group->commands : ais_cli_commands;
    const size_t count = group != NULL ? group->command_count : ais_cli_command_count;
    const char *nearest = ais_str_nearest(name, commands, count, command_name_at);
    const char *before = group != NULL ? " " : "", *inside = group != NULL ? group->name : "";
    ais_error_set(err, AIS_E_USAGE, "'%s' is not a command%s%s%s%s", name,
                  group != NULL ? " of 'aisprint" : "", before, inside, group != NULL ? "'" : "");
    if (nearest != NULL)
        return ais_error_hint(err, "did you mean %s?", nearest);
    if (name[0] == '-')
        return ais_error_hint(
            err, "options stand behind the command; aisprint%s%s --help lists the commands", before,
            inside);
    return ais_error_hint(err, "aisprint%s%s --help lists them", before, inside);
}

int ais__cli_find(size_t count, const char *const *words, const ais_cli_command **out, size_t *used,
                  ais_error **err)
{
    const ais_cli_command *group = find_in(ais_cli_commands, ais_cli_command_count, words[0]);
    if (group == NULL)
        return refuse(NULL, words[0], err);
    *out = group;
    *used = 1;
    if (group->commands == NULL || count < 2 || ais_str_equal(words[1], "--help") ||
        ais_str_equal(words[1], "-h"))
        return 0;
    const ais_cli_command *command = find_in(group->commands, group->command_count, words[1]);
    if (command == NULL)
        return refuse(group, words[1], err);
    *out = command;
    *used = 2;
    return 0;
}

void ais__cli_for_each(void (*each)(const ais_cli_command *command, void *context), void *context)
{
    for (size_t i = 0; i < ais_cli_command_count; i++) {
        each(ais_cli_commands[i], context);
        for (size_t s = 0; s < ais_cli_commands[i]->command_count; s++)
            each(ais_cli_commands[i]->commands[s], context);
    }
}
