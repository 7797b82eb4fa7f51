/* The program: finds the command, parses its options, runs it, prints its error, chooses the status. */
#include <errno.h>
#include <fcntl.h>
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

int ais__cli_refuse_command(const char *name, ais_error **err)
{
    const char *nearest =
        ais_str_nearest(name, ais_cli_commands, ais_cli_command_count, command_name_at);
    ais_error_set(err, AIS_E_USAGE, "'%s' is not a command", name);
    if (nearest != NULL)
        return ais_error_hint(err, "did you mean %s?", nearest);
    if (name[0] == '-')
        return ais_error_hint(
            err, "options stand behind the command; aisprint --help lists the commands");
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

static int run_words(ais_cli *cli, ais_ctx *ctx, int count, char *const *words, ais_error **err)
{
    const ais_cli_command *command = ais__cli_find(words[0]);
    ais__cli_common common = {.json = false};
    if (command == NULL)
        return ais__cli_refuse_command(words[0], err);
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
    return command->run(cli, options, err);
}

/* What the words in front of any command ask for. */
static int run_first(ais_cli *cli, ais_ctx *ctx, int count, char *const *words, ais_error **err)
{
    const char *first = words[0];
    const bool is_help = ais_str_equal(first, "help");
    if (ais_str_equal(first, "--help") || ais_str_equal(first, "-h") || (is_help && count == 1))
        return show(cli, ais__cli_write_overview);
    if (ais_str_equal(first, "--version"))
        return show(cli, write_version);
    if (is_help) {
        char *const asked[] = {words[1], (char[]){"--help"}};
        return run_words(cli, ctx, 2, asked, err);
    }
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
    int status = run_first(&cli, &ctx, count - 1, words + 1, &err);
    if ((fflush(cli.out) != 0 || ferror(cli.out)) && status == 0)
        status = ais_error_set_errno(&err, NULL, "writing to standard output");
    if (status == 0)
        return 0;
    if (!reported)
        ais__cli_print_error(&cli, err);
    return ais_error_exit_status(ais_error_get_code(err));
}
