/* aisprint completion: print a completion script, made from the command tables. */
#include "cli/cli_priv.h"
#include "cli/commands.h"

typedef struct options {
    const char *shell;
} options;

static const ais_cli_option table[] = {
    {.type = AIS_CLI_STRING,
     .offset = offsetof(options, shell),
     .value = "SHELL",
     .required = true,
     .help = "bash or zsh"},
};

static void add_options(const ais_cli_command *command, ais_str *out)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].name != NULL)
            ais_str_add_format(out, " --%s", command->options[i].name);
    for (size_t i = 0; i < ais__cli_common_option_count; i++)
        if (ais__cli_takes(command, &ais__cli_common_options[i]))
            ais_str_add_format(out, " --%s", ais__cli_common_options[i].name);
}

static void add_names(const ais_cli_command *const *commands, size_t count, ais_str *out)
{
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(out, "%s%s", i > 0 ? " " : "", ais__cli_short_name(commands[i]));
}

/* "onnx" or "new|new-application": a pattern of the shell. */
static void add_pattern(const ais_cli_command *command, ais_str *out)
{
    ais_str_add(out, ais__cli_short_name(command));
    for (size_t a = 0; a < AIS_COUNT(command->aliases) && command->aliases[a] != NULL; a++)
        ais_str_add_format(out, "|%s", command->aliases[a]);
}

/* Where the commands of a group may stand: behind it, and behind help and man before it. */
static void add_group_names(ais_str *out)
{
    for (size_t i = 0; i < ais_cli_command_count; i++) {
        const ais_cli_command *group = ais_cli_commands[i];
        if (group->commands == NULL)
            continue;
        ais_str_add_format(out, "    2\\ %s\\ * | 3\\ help\\ %s | 3\\ man\\ %s) options=\"",
                           group->name, group->name, group->name);
        add_names(group->commands, group->command_count, out);
        ais_str_add(out, "\" ;;\n");
    }
}

static void add_arm(const ais_cli_command *command, const char *indent, ais_str *out)
{
    ais_str_add(out, indent);
    add_pattern(command, out);
    if (command->commands == NULL) {
        ais_str_add(out, ") options=\"");
        add_options(command, out);
        ais_str_add(out, "\" ;;\n");
        return;
    }
    ais_str_add(out, ")\n        case \"${COMP_WORDS[2]}\" in\n");
    for (size_t i = 0; i < command->command_count; i++)
        add_arm(command->commands[i], "        ", out);
    ais_str_add(out, "        esac\n        ;;\n");
}

/* Both shells use one script: zsh reads bash's completions through bashcompinit. */
static void write_script(ais_str *out)
{
    ais_str_add(out, "_aisprint() {\n"
                     "    local word=\"${COMP_WORDS[COMP_CWORD]}\" options=\"\" commands=\"");
    add_names(ais_cli_commands, ais_cli_command_count, out);
    ais_str_add(out, "\"\n"
                     "    case \"$COMP_CWORD ${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n"
                     "    1\\ *) options=\"--help --version help $commands\" ;;\n"
                     "    2\\ help\\ * | 2\\ man\\ *) options=\"$commands\" ;;\n");
    add_group_names(out);
    ais_str_add(out, "    esac\n"
                     "    if [ -n \"$options\" ]; then\n"
                     "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                     "        return\n"
                     "    fi\n"
                     "    case \"${COMP_WORDS[1]}\" in\n");
    for (size_t i = 0; i < ais_cli_command_count; i++)
        add_arm(ais_cli_commands[i], "    ", out);
    ais_str_add(out, "    esac\n"
                     "    case \"$word\" in\n"
                     "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
                     "    *)\n"
                     "        local IFS=$'\\n'\n" /* a name with blanks is one word */
                     "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                     "        ;;\n"
                     "    esac\n"
                     "}\n"
                     "complete -o filenames -F _aisprint aisprint\n");
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_SCOPED(ais_str) script = {.data = NULL};
    if (ais_str_equal(o->shell, "zsh"))
        ais_str_add(&script, "autoload -U +X bashcompinit && bashcompinit\n");
    else if (!ais_str_equal(o->shell, "bash"))
        return ais_error_set(err, AIS_E_USAGE, "no completion for '%s' (bash or zsh)", o->shell);
    write_script(&script);
    fputs(ais_str_get(&script), cli->out);
    return 0;
}

const ais_cli_command ais__cli_completion = {
    .name = "completion",
    .summary = "print a completion script for bash or zsh",
    .details = "Put the script where the shell reads it at start, for example:\n"
               "  aisprint completion bash > ~/.local/share/bash-completion/completions/aisprint",
    .example = "aisprint completion bash",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .text_only = true,
    .run = run,
};
