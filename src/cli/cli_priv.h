/* cli - what the frame's own files share: parsing, help, printing. */
#ifndef AIS_CLI_PRIV_H
#define AIS_CLI_PRIV_H
#include "cli/command.h"

/* Options that every command has. */
typedef struct ais__cli_common {
    bool help, json, quiet;
} ais__cli_common;

/* Parse the words behind the command's name into `options` (options_size bytes, zeroed here; strings
 * are borrowed from `words`). With --help the rest is not checked.
 * Errors: AIS_E_USAGE with the nearest option as a hint. */
AIS_NODISCARD int ais__cli_parse(const ais_cli_command *command, size_t count,
                                 const char *const *words, void *options, ais__cli_common *common,
                                 ais_error **err);
/* Free what parsing made: the lists. */
void ais__cli_clear_options(const ais_cli_command *command, void *options);
/* The command that the first of `count` words name (by name or alias), and how many they are: two for one of
 * a group; for a group whose command is not named, the group.
 * Errors: AIS_E_USAGE with the nearest command as a hint. */
AIS_NODISCARD int ais__cli_find(size_t count, const char *const *words, const ais_cli_command **out,
                                size_t *used, ais_error **err);
/* The name without that of its group: "cut" of "onnx cut". */
const char *ais__cli_short_name(const ais_cli_command *command);
/* Call `each` with every command in the order of --help, and after a group with its commands. */
void ais__cli_for_each(void (*each)(const ais_cli_command *command, void *context), void *context);

/* "aisprint run --input FILE [options]": what must be given, for --help and man pages. */
void ais__cli_write_usage(const ais_cli_command *command, ais_str *out);
/* --help of one command, of the program, and a man page (roff). */
void ais__cli_write_help(const ais_cli_command *command, ais_str *out);
void ais__cli_write_overview(ais_str *out);
void ais__cli_write_man(const ais_cli_command *command, ais_str *out);
void ais__cli_write_man_overview(ais_str *out);
/* The options of every command, for help, man pages and completion. */
extern const ais_cli_option ais__cli_common_options[];
extern const size_t ais__cli_common_option_count;
/* Has the command this one of them? */
bool ais__cli_takes(const ais_cli_command *command, const ais_cli_option *common);

/* Append what comes from outside (names, lines of files, words of programs) for a terminal: control
 * characters, directional formatting and bytes that are no UTF-8 become \x1b, \u202e; newlines and tabs
 * stay. */
void ais__cli_add_shown(ais_str *out, const char *text);
/* The same for an error: its further lines are indented, so that none can pass for another error. */
void ais__cli_add_message(ais_str *out, const char *text);
/* The log of the context: the standard one behind ais__cli_add_message(). */
void ais__cli_log(const ais_ctx *ctx, ais_log_level level, const char *message);

/* Append the line of `pos`, and a caret below its column; nothing when it cannot be shown. */
typedef struct ais__cli_excerpts {
    char *file, *data; /* of the last one */
    size_t length;
} ais__cli_excerpts;
void ais__cli_add_excerpt(ais__cli_excerpts *x, ais_pos pos, bool color, ais_str *out);
void ais__cli_excerpts_clear(ais__cli_excerpts *x);

/* Print an error that ended a command: text with line and caret, or JSON. */
void ais__cli_print_error(const ais_cli *cli, const ais_error *error);
#endif
