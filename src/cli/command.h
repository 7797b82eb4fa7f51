/* cli/command - a command of the program, described as data: table, --help, man page and shell
 * completion are made from it.
 *
 * Layer: the top. Only here is argv read, text printed and the exit status chosen. */
#ifndef AIS_CLI_COMMAND_H
#define AIS_CLI_COMMAND_H
#include <stdio.h>

#include "base/context.h"
#include "base/error.h"
#include "doc/doc.h"

typedef enum ais_cli_type {
    AIS_CLI_FLAG,   /* bool */
    AIS_CLI_STRING, /* const char * */
    AIS_CLI_COUNT,  /* size_t, > 0 unless the row says `zero` or has a default of "0" */
    AIS_CLI_NUMBER, /* double */
    AIS_CLI_LIST, /* ais_cli_list: may be given again and again; an argument takes all that are left */
} ais_cli_type;

/* In the order of the command line. Ownership: the frame's; strings are borrowed from the words. */
typedef struct ais_cli_list {
    const char **items;
    size_t count, capacity;
} ais_cli_list;

/* One option. `--name VALUE`, `--name=VALUE`, `-l VALUE`; flags take no value. A row whose `name` is
 * NULL is a positional argument (in the order of the rows). */
typedef struct ais_cli_option {
    const char *name;
    char letter; /* 0 = none */
    ais_cli_type type;
    size_t offset;            /* of the field in the command's options struct */
    const char *value;        /* "DIR": the word in --help */
    const char *default_text; /* parsed as if given; NULL = zero */
    bool required;
    bool zero;              /* a count of 0 means something */
    double least, most;     /* of a number; most 0: any number of 0 or more */
    bool above;             /* the number must be above `least` */
    const char *aliases[3]; /* other names, as "application_dir" */
    const char *help;
} ais_cli_option;

/* What every command gets besides its own options. */
typedef struct ais_cli {
    const ais_ctx *ctx;
    FILE *out;  /* data */
    bool json;  /* --json: one JSON document on `out` */
    bool quiet; /* --quiet: no text on `out` that is not data, no progress */
    bool color;
    bool *reported; /* set once the faults are printed: main says no more then */
} ais_cli;

/* A command, or a group of them. A group has `commands`, name, aliases, summary and details; the names of
 * its commands begin with its own: "onnx cut". */
typedef struct ais_cli_command {
    const char *name;
    const char *aliases[3];
    const char *summary; /* one line */
    const char *details; /* paragraphs for --help and the man page; may be NULL */
    const char *example; /* one command line that works */
    const ais_cli_option *options;
    size_t option_count;
    size_t options_size;
    bool text_only;         /* has no --json */
    bool handles_interrupt; /* watches ctx->interrupt_fd; else Ctrl-C ends the program at once */
    /* Returns 0, or -1 with `*err`. */
    int (*run)(const ais_cli *cli, const void *options, ais_error **err);
    const struct ais_cli_command *const *commands;
    size_t command_count;
} ais_cli_command;

/* Registered in registry.c, in the order of --help. */
extern const ais_cli_command *const ais_cli_commands[];
extern const size_t ais_cli_command_count;

/* For `check`, whose result the faults are: print them sorted (text: to standard error, with the line
 * and a caret when that is a terminal; --json: `{"errors":[...],"warnings":[...]}` to `out`).
 * Returns 0, or -1 with `*err` when one is an error; main then prints nothing more. */
AIS_NODISCARD int ais_cli_print_diags(const ais_cli *cli, ais_diags *diags, ais_error **err);
/* For commands whose result is something else: as above, but with --json and no errors `out` stays
 * free for the result, and warnings go to standard error. */
AIS_NODISCARD int ais_cli_pass_diags(const ais_cli *cli, ais_diags *diags, ais_error **err);
/* `one` for a count of 1, else `many`. */
const char *ais_cli_plural(size_t count, const char *one, const char *many);
/* Print text for people to `out`: what a terminal would act on is escaped. */
void ais_cli_print(const ais_cli *cli, const char *format, ...) AIS_PRINTF(2, 3);
/* Print a JSON document, indented, with a final newline. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_cli_print_json(const ais_cli *cli, const ais_doc_node *node, ais_error **err);
#endif
