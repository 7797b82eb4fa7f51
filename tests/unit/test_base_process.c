/* Other programs: their output, their end, and that nothing of them is left. */
#include "support/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"

enum { LIMIT = 100000 };

static ais_error *err; /* of the last run; each test frees it */

static int run_with(const ais_ctx *ctx, const char *script, double timeout_s,
                    ais_process_result *result)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    const ais_process_options options = {
        .argv = argv, .timeout_s = timeout_s, .output_limit = LIMIT};
    return ais_process_run(ctx, &options, result, &err);
}

static int run(const char *script, double timeout_s, ais_process_result *result)
{
    const ais_ctx ctx = ais_ctx_default();
    return run_with(&ctx, script, timeout_s, result);
}

static int forget_error(void **state)
{
    (void)state;
    ais_error_free(err);
    err = NULL;
    return waitpid(-1, NULL, WNOHANG) < 0 ? 0 : -1; /* no child of ours may be left */
}

static void assert_error(ais_error_code code, const char *expected)
{
    assert_int_equal(ais_error_get_code(err), code);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, expected);
}

static void test_output_and_status_come_back(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    assert_int_equal(run("printf out; printf err >&2; exit 3", 10, &result), 0);
    assert_int_equal(result.exit_status, 3);
    assert_int_equal(result.signal, 0);
    assert_string_equal(ais_str_get(&result.out), "out");
    assert_string_equal(ais_str_get(&result.err), "err");
}

static void test_the_signal_that_ended_a_program_is_told(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    assert_int_equal(run("kill -KILL $$", 10, &result), 0);
    assert_int_equal(result.exit_status, -1);
    assert_int_equal(result.signal, SIGKILL);
}

static void test_output_beyond_the_limit_is_dropped(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    assert_int_equal(run("head -c 3000000 /dev/zero; echo done >&2", 10, &result), 0);
    assert_int_equal(result.exit_status, 0);
    assert_int_equal(result.out.length, LIMIT);
    assert_string_equal(ais_str_get(&result.err), "done\n");
}

static void test_a_missing_program_is_named(void **state)
{
    (void)state;
    const ais_ctx ctx = ais_ctx_default();
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    const char *const argv[] = {"no-such-program", NULL};
    ais_process_options options = {.argv = argv};
    assert_int_equal(ais_process_run(&ctx, &options, &result, &err), -1);
    assert_error(AIS_E_MISSING, "error: there is no program 'no-such-program'\n");
    const char *const no_program[] = {"/etc/passwd", NULL};
    options.argv = no_program;
    assert_int_equal(ais_process_run(&ctx, &options, &result, &err), -1);
    assert_error(AIS_E_IO, "error: starting '/etc/passwd': Permission denied\n");
}

static void test_folder_and_environment_are_the_given_ones(void **state)
{
    (void)state;
    const ais_ctx ctx = ais_ctx_default();
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    const char *const argv[] = {"/bin/sh", "-c", "pwd; echo $NAME $HOME; cat", NULL};
    const char *const env[] = {"NAME=value", NULL};
    ais_process_options options = {.argv = argv, .env = env, .cwd = "/", .output_limit = LIMIT};
    assert_int_equal(ais_process_run(&ctx, &options, &result, &err), 0);
    assert_string_equal(ais_str_get(&result.out), "/\nvalue\n"); /* and cat found nothing to read */
    ais_process_result_clear(&result);
    options.cwd = "/no/such/folder";
    assert_int_equal(ais_process_run(&ctx, &options, &result, &err), -1);
    assert_error(AIS_E_IO, "/no/such/folder: error: running '/bin/sh' in this folder: No such "
                           "file or directory\n");
}

static double now_s(void)
{
    const ais_ctx ctx = ais_ctx_default();
    return ctx.monotonic_s(&ctx);
}

static void test_a_program_that_takes_too_long_is_ended(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    const double start_s = now_s();
    assert_int_equal(run("sleep 60", 0.2, &result), -1);
    assert_true(now_s() - start_s < 1.9); /* SIGTERM was enough */
    assert_error(AIS_E_TIMEOUT, "error: 'sh' took longer than 0.2 s\n");
}

static void test_a_program_that_writes_without_end_is_ended(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    assert_int_equal(run("yes", 0.2, &result), -1);
    assert_error(AIS_E_TIMEOUT, "error: 'sh' took longer than 0.2 s\n");
}

static void test_the_whole_group_is_ended_by_force(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    AIS_FREE char *folder = unit_folder();
    AIS_FREE char *pid_file = ais_path_join(folder, "pid");
    AIS_FREE char *script = ais_format(
        "(trap '' TERM; echo $$ > '%s'; while :; do sleep 1; done) & trap '' TERM; wait; wait",
        pid_file);
    const double start_s = now_s();
    assert_int_equal(run(script, 0.5, &result), -1);
    assert_true(now_s() - start_s > 2.4); /* two seconds of grace */
    assert_error(AIS_E_TIMEOUT, "error: 'sh' took longer than 0.5 s\n");
    AIS_FREE char *text = NULL;
    size_t length = 0;
    assert_int_equal(ais_file_read(pid_file, 100, &text, &length, NULL), 0);
    const pid_t group = (pid_t)strtol(text, NULL, 10);
    for (int i = 0; i < 100 && kill(-group, 0) == 0; i++)
        usleep(20000); /* until init has reaped them */
    assert_int_equal(kill(-group, 0), -1);
    assert_int_equal(ais_tree_remove(folder, NULL), 0);
}

static void test_what_a_program_leaves_running_is_not_waited_for(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    const double start_s = now_s();
    assert_int_equal(run("sleep 3 & echo started", 10, &result), 0);
    assert_true(now_s() - start_s < 2.5);
    assert_string_equal(ais_str_get(&result.out), "started\n");
}

static void test_an_interruption_ends_the_program(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    ais_ctx ctx = ais_ctx_default();
    ctx.interrupt_fd = ends[0];
    assert_int_equal(run_with(&ctx, "sleep 60", 0, &result), -1);
    assert_error(AIS_E_INTERRUPTED, "error: interrupted while 'sh' ran\n");
    close(ends[0]);
    close(ends[1]);
}

static void test_signals_are_set_back_for_the_program(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(run("awk '/SigBlk|SigIgn/ { print $2 }' /proc/self/status", 10, &result), 0);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    char *rest = NULL;
    assert_int_equal(strtoull(ais_str_get(&result.out), &rest, 16), 0);
    /* 32 and 33 are the C library's own: posix_spawn() may leave them ignored */
    assert_int_equal(strtoull(rest, NULL, 16) & 0x7fffffff, 0);
}

static void test_no_descriptor_is_left_open(void **state)
{
    (void)state;
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    AIS_SCOPED(ais_names) before = {.items = NULL};
    AIS_SCOPED(ais_names) after = {.items = NULL};
    assert_int_equal(ais_dir_list("/proc/self/fd", &before, NULL), 0);
    assert_int_equal(run("exec 2>&-; echo x", 10, &result), 0);
    ais_process_result_clear(&result);
    assert_int_equal(run("sleep 60", 0.1, &result), -1);
    const char *const argv[] = {"no-such-program", NULL};
    const ais_process_options options = {.argv = argv};
    const ais_ctx ctx = ais_ctx_default();
    assert_int_equal(ais_process_run(&ctx, &options, &result, NULL), -1);
    assert_int_equal(ais_dir_list("/proc/self/fd", &after, NULL), 0);
    assert_int_equal(before.count, after.count);
}

#define TIDY(test) cmocka_unit_test_teardown(test, forget_error)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TIDY(test_output_and_status_come_back),
        TIDY(test_the_signal_that_ended_a_program_is_told),
        TIDY(test_output_beyond_the_limit_is_dropped),
        TIDY(test_a_missing_program_is_named),
        TIDY(test_folder_and_environment_are_the_given_ones),
        TIDY(test_a_program_that_takes_too_long_is_ended),
        TIDY(test_a_program_that_writes_without_end_is_ended),
        TIDY(test_the_whole_group_is_ended_by_force),
        TIDY(test_what_a_program_leaves_running_is_not_waited_for),
        TIDY(test_an_interruption_ends_the_program),
        TIDY(test_signals_are_set_back_for_the_program),
        TIDY(test_no_descriptor_is_left_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
