/* The program: finds the command, parses its options, runs it, prints its error, chooses the status. */
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/cli_priv.h"

const ais_cli_command *ais__cli_find(const char *name)
{
    for (size_t i = 0; i < ais_cli_command_count; i++) {
        const ais_cli_command *command = ais_cli_commands[i];
        if (ais_str_equal(command->name, name))
            return command;
        for (size_t a = 0; a < AIS_COUNT(command->aliases) && command->aliases[a] != NULL; a++)
            if (ais_str_equal(command->aliases[a], name))
                return command;
    }
    return NULL;
}

static const char *command_name_at(const void *commands, size_t i)
{
    return ((const ais_cli_command *const *)commands)[i]->name;
}

static int refuse_command(const char *name, ais_error **err)
{
    const char *nearest =
        ais_str_nearest(name, ais_cli_commands, ais_cli_command_count, command_name_at);
    ais_error_set(err, AIS_E_USAGE, "'%s' is not a command", name);
    if (nearest != NULL)
        return ais_error_hint(err, "did you mean %s?", nearest);
    return ais_error_hint(err, "aisprint --help lists them");
}

static char *find_program_dir(void)
{
    char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return ais_strdup(".");
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    *(slash == path ? slash + 1 : slash) = '\0';
    return ais_strdup(path);
}

/* A descriptor that becomes readable with Ctrl-C or SIGTERM; children must unblock the signals. */
static int watch_interrupts(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int run_command(const ais_cli_command *command, const ais_cli *cli, const void *options,
                       ais_error **err)
{
    const int status = command->run(cli, options, err);
    if (fflush(cli->out) != 0 || ferror(cli->out)) {
        if (status == 0)
            return ais_error_set_errno(err, NULL, "writing to standard output");
    }
    return status;
}

static int run_words(ais_cli *cli, ais_ctx *ctx, int count, char *const *words, ais_error **err)
{
    const ais_cli_command *command = ais__cli_find(words[0]);
    ais__cli_common common = {.json = false};
    if (command == NULL)
        return refuse_command(words[0], err);
    AIS_FREE void *options = ais_alloc(command->options_size);
    const int parsed = ais__cli_parse(command, count - 1, words + 1, options, &common, err);
    cli->json = common.json;
    cli->quiet = common.quiet;
    if (parsed < 0)
        return -1;
    if (common.help) {
        AIS_SCOPED(ais_str) text = {.data = NULL};
        ais__cli_write_help(command, &text);
        fputs(ais_str_get(&text), cli->out);
        return 0;
    }
    ctx->progress = !common.quiet && isatty(STDERR_FILENO);
    if (command->handles_interrupt)
        ctx->interrupt_fd = watch_interrupts();
    return run_command(command, cli, options, err);
}

int main(int count, char **words)
{
    AIS_FREE char *program_dir = find_program_dir();
    ais_ctx ctx = ais_ctx_default();
    ctx.program_dir = program_dir;
    bool reported = false;
    const char *no_color = ctx.get_env(&ctx, "NO_COLOR");
    ais_cli cli = {.ctx = &ctx,
                   .out = stdout,
                   .color = isatty(STDERR_FILENO) && (no_color == NULL || no_color[0] == '\0'),
                   .reported = &reported};
    if (count < 2 || ais_str_equal(words[1], "--help") || ais_str_equal(words[1], "-h") ||
        (ais_str_equal(words[1], "help") && count == 2)) {
        AIS_SCOPED(ais_str) text = {.data = NULL};
        ais__cli_write_overview(&text);
        fputs(ais_str_get(&text), count < 2 ? stderr : stdout);
        return count < 2 ? ais_error_exit_status(AIS_E_USAGE) : 0;
    }
    if (ais_str_equal(words[1], "--version")) {
        puts("aisprint " AIS_VERSION);
        return 0;
    }
    AIS_AUTO(ais_error) err = NULL;
    if (run_words(&cli, &ctx, count - 1, words + 1, &err) == 0)
        return 0;
    if (!reported)
        ais__cli_print_error(&cli, err);
    return ais_error_exit_status(ais_error_get_code(err));
}
