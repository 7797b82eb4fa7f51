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

/* Both shells use one script: zsh reads bash's completions through bashcompinit. */
static void write_script(ais_str *out)
{
    ais_str_add(out, "_aisprint() {\n"
                     "    local word=\"${COMP_WORDS[COMP_CWORD]}\" options=\"\" commands=\"");
    for (size_t i = 0; i < ais_cli_command_count; i++)
        ais_str_add_format(out, "%s%s", i > 0 ? " " : "", ais_cli_commands[i]->name);
    ais_str_add(out, "\"\n"
                     "    case \"$COMP_CWORD ${COMP_WORDS[1]}\" in\n"
                     "    1\\ *) options=\"--help --version help $commands\" ;;\n"
                     "    2\\ help | 2\\ man) options=\"$commands\" ;;\n"
                     "    esac\n"
                     "    if [ -n \"$options\" ]; then\n"
                     "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                     "        return\n"
                     "    fi\n"
                     "    case \"${COMP_WORDS[1]}\" in\n");
    for (size_t i = 0; i < ais_cli_command_count; i++) {
        const ais_cli_command *command = ais_cli_commands[i];
        ais_str_add_format(out, "    %s", command->name);
        for (size_t a = 0; a < AIS_COUNT(command->aliases) && command->aliases[a] != NULL; a++)
            ais_str_add_format(out, "|%s", command->aliases[a]);
        ais_str_add(out, ") options=\"");
        add_options(command, out);
        ais_str_add(out, "\" ;;\n");
    }
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
