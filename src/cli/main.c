/* The program: finds the command, parses its options, runs it, prints its error, chooses the status. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/cli_priv.h"

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

/* A descriptor that becomes readable with Ctrl-C, SIGTERM, or when the terminal is closed (unless nohup
 * made that be ignored); children must unblock the signals. */
static int watch_interrupts(void)
{
    sigset_t signals;
    struct sigaction hangup;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void write_version(ais_str *out)
{
    ais_str_add(out, "aisprint " AIS_VERSION "\n");
}

static int show(const ais_cli *cli, void (*write)(ais_str *out))
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    write(&text);
    fputs(ais_str_get(&text), cli->out);
    return 0;
}

static int show_help(const ais_cli *cli, const ais_cli_command *command)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais__cli_write_help(command, &text);
    fputs(ais_str_get(&text), cli->out);
    return 0;
}

static int run_command(ais_cli *cli, ais_ctx *ctx, const ais_cli_command *command, size_t count,
                       const char *const *words, ais_error **err)
{
    ais__cli_common common = {.json = false};
    AIS_FREE void *options = ais_alloc(command->options_size);
    const int parsed = ais__cli_parse(command, count, words, options, &common, err);
    cli->json = common.json;
    cli->quiet = common.quiet;
    int status = parsed;
    if (parsed == 0 && common.help) {
        status = show_help(cli, command);
    } else if (parsed == 0) {
        ctx->progress = !common.quiet && isatty(STDERR_FILENO);
        if (command->handles_interrupt)
            ctx->interrupt_fd = watch_interrupts();
        status = command->run(cli, options, err);
    }
    ais__cli_clear_options(command, options);
    return status;
}

static int refuse_group(const ais_cli_command *group, ais_error **err)
{
    AIS_SCOPED(ais_str) names = {.data = NULL};
    for (size_t i = 0; i < group->command_count; i++)
        ais_str_add_format(&names, "%s%s", i > 0 ? ", " : "",
                           ais__cli_short_name(group->commands[i]));
    ais_error_set(err, AIS_E_USAGE, "'aisprint %s' needs a command", group->name);
    return ais_error_hint(err, "%s", ais_str_get(&names));
}

static int run_words(ais_cli *cli, ais_ctx *ctx, size_t count, const char *const *words,
                     ais_error **err)
{
    const ais_cli_command *command = NULL;
    size_t used = 0;
    if (ais__cli_find(count, words, &command, &used, err) < 0)
        return -1;
    if (command->commands == NULL)
        return run_command(cli, ctx, command, count - used, words + used, err);
    return used < count ? show_help(cli, command) : refuse_group(command, err);
}

/* "help onnx cut" is "onnx cut --help". */
static int run_help(ais_cli *cli, size_t count, const char *const *words, ais_error **err)
{
    const ais_cli_command *command = NULL;
    size_t used = 0;
    if (ais__cli_find(count, words, &command, &used, err) < 0)
        return -1;
    return show_help(cli, command);
}

/* What the words in front of any command ask for. */
static int run_first(ais_cli *cli, ais_ctx *ctx, size_t count, const char *const *words,
                     ais_error **err)
{
    const char *first = words[0];
    const bool is_help = ais_str_equal(first, "help");
    if (ais_str_equal(first, "--help") || ais_str_equal(first, "-h") || (is_help && count == 1))
        return show(cli, ais__cli_write_overview);
    if (ais_str_equal(first, "--version"))
        return show(cli, write_version);
    if (is_help)
        return run_help(cli, count - 1, words + 1, err);
    return run_words(cli, ctx, count, words, err);
}

/* A file that is opened must not take the place of a standard stream that is closed: what is printed
 * would go into it. Writing to these fails, as to closed ones. */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return;
}

int main(int count, char **words)
{
    hold_standard_streams();
    signal(SIGXFSZ, SIG_IGN); /* a file beyond the limit is an error of write(), not our end */
    AIS_FREE char *program_dir = find_program_dir();
    ais_ctx ctx = ais_ctx_default();
    ctx.program_dir = program_dir;
    ctx.log = ais__cli_log;
    bool reported = false;
    const char *no_color = ctx.get_env(&ctx, "NO_COLOR");
    ais_cli cli = {.ctx = &ctx,
                   .out = stdout,
                   .color = isatty(STDERR_FILENO) && (no_color == NULL || no_color[0] == '\0'),
                   .reported = &reported};
    if (count < 2) {
        cli.out = stderr;
        show(&cli, ais__cli_write_overview);
        return ais_error_exit_status(AIS_E_USAGE);
    }
    AIS_AUTO(ais_error) err = NULL;
    int status = run_first(&cli, &ctx, (size_t)count - 1, (const char *const *)words + 1, &err);
    if ((fflush(cli.out) != 0 || ferror(cli.out)) && status == 0)
        status = ais_error_set_errno(&err, NULL, "writing to standard output");
    if (status == 0)
        return 0;
    if (!reported)
        ais__cli_print_error(&cli, err);
    return ais_error_exit_status(ais_error_get_code(err));
}
