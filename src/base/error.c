/* Chained errors; see error.h. */
#include "base/error.h"

#include <errno.h>
#include <string.h>

struct ais_error {
    ais_error_code code;
    ais_pos pos; /* pos.file is owned */
    char *message, *hint;
    ais_str tasks; /* "while ...\n" lines, innermost first */
};

static const struct {
    const char *name;
    int exit_status;
} codes[AIS_ERROR_CODE_COUNT] = {
#define ROW(constant, text, status) [constant] = {.name = (text), .exit_status = (status)},
    AIS_ERROR_CODES(ROW)
#undef ROW
};

void ais_error_free(ais_error *error)
{
    if (error == NULL)
        return;
    ais_cleanup_free(&error->pos.file);
    free(error->message);
    free(error->hint);
    ais_str_clear(&error->tasks);
    free(error);
}

static void fill(ais_error **err, ais_error_code code, ais_pos pos, char *message)
{
    ais_error *error = ais_alloc(sizeof *error);
    error->code = code;
    error->pos = pos;
    if (pos.file != NULL)
        error->pos.file = ais_strdup(pos.file);
    error->message = message;
    ais_str_shorten(message, AIS_ERROR_MESSAGE_MAX);
    ais_error_free(*err);
    *err = error;
}

int ais_error_set(ais_error **err, ais_error_code code, const char *format, ...)
{
    if (err == NULL)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    fill(err, code, (ais_pos){.file = NULL}, ais_vformat(format, arguments));
    va_end(arguments);
    return -1;
}

int ais_error_set_at(ais_error **err, ais_error_code code, ais_pos pos, const char *format, ...)
{
    if (err == NULL)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    fill(err, code, pos, ais_vformat(format, arguments));
    va_end(arguments);
    return -1;
}

int ais_error_set_errno(ais_error **err, const char *path, const char *format, ...)
{
    const int number = errno;
    if (err == NULL)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *what = ais_vformat(format, arguments);
    va_end(arguments);
    fill(err, AIS_E_IO, (ais_pos){.file = path}, ais_format("%s: %s", what, strerror(number)));
    return -1;
}

int ais_error_hint(ais_error **err, const char *format, ...)
{
    if (err == NULL || *err == NULL)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    free((*err)->hint);
    (*err)->hint = ais_vformat(format, arguments);
    va_end(arguments);
    return -1;
}

int ais_error_wrap(ais_error **err, const char *format, ...)
{
    if (err == NULL || *err == NULL)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    ais_str_add(&(*err)->tasks, "while ");
    ais_str_add_vformat(&(*err)->tasks, format, arguments);
    ais_str_add_char(&(*err)->tasks, '\n');
    va_end(arguments);
    return -1;
}

int ais_error_pass(ais_error *error, ais_error **out)
{
    if (out == NULL) {
        ais_error_free(error);
    } else {
        ais_error_free(*out);
        *out = error;
    }
    return -1;
}

const char *ais_error_get_message(const ais_error *error)
{
    return error->message;
}

ais_error_code ais_error_get_code(const ais_error *error)
{
    return error->code;
}

ais_pos ais_error_get_pos(const ais_error *error)
{
    return error->pos;
}

const char *ais_error_get_hint(const ais_error *error)
{
    return error->hint;
}

int ais_error_exit_status(ais_error_code code)
{
    return codes[code].exit_status;
}

const char *ais_error_code_name(ais_error_code code)
{
    return codes[code].name;
}

void ais_pos_write(ais_pos pos, ais_str *out)
{
    if (pos.file == NULL)
        return;
    ais_str_add(out, pos.file);
    if (pos.line > 0)
        ais_str_add_format(out, ":%u", pos.line);
    if (pos.line > 0 && pos.column > 0)
        ais_str_add_format(out, ":%u", pos.column);
    ais_str_add(out, ": ");
}

void ais_error_write_tasks(const ais_error *error, const char *before, ais_str *out)
{
    const char *line = ais_str_get(&error->tasks);
    for (const char *end = strchr(line, '\n'); end != NULL; end = strchr(line, '\n')) {
        ais_str_add(out, before);
        ais_str_add_bytes(out, line, (size_t)(end - line));
        line = end + 1;
    }
}

static void write_message(const ais_error *error, ais_str *out)
{
    ais_str_add(out, error->message);
    if (error->hint != NULL)
        ais_str_add_format(out, " (%s)", error->hint);
    ais_error_write_tasks(error, "\n  ", out);
}

void ais_error_write(const ais_error *error, ais_str *out)
{
    ais_pos_write(error->pos, out);
    ais_str_add(out, "error: ");
    write_message(error, out);
    ais_str_add_char(out, '\n');
}

char *ais_error_to_text(const ais_error *error)
{
    ais_str text = {0};
    ais_pos_write(error->pos, &text);
    write_message(error, &text);
    return ais_str_take(&text);
}
