/* Numbers with a unit: "20ms", "2 min", "512 MB". */
#include <math.h>
#include <string.h>

#include "annotate/annotate_priv.h"

typedef struct unit_row {
    const char *base; /* the unit of the argument */
    const char *name;
    double factor, divisor; /* value in base = number * factor / divisor: both exact */
} unit_row;

static const unit_row units[] = {
    {.base = "s", .name = "us", .factor = 1, .divisor = 1e6},
    {.base = "s", .name = "ms", .factor = 1, .divisor = 1e3},
    {.base = "s", .name = "s", .factor = 1, .divisor = 1},
    {.base = "s", .name = "min", .factor = 60, .divisor = 1},
    {.base = "s", .name = "h", .factor = 3600, .divisor = 1},
    {.base = "h", .name = "s", .factor = 1, .divisor = 3600},
    {.base = "h", .name = "min", .factor = 1, .divisor = 60},
    {.base = "h", .name = "h", .factor = 1, .divisor = 1},
    {.base = "h", .name = "d", .factor = 24, .divisor = 1},
    {.base = "GB", .name = "KB", .factor = 1, .divisor = 1048576},
    {.base = "GB", .name = "MB", .factor = 1, .divisor = 1024},
    {.base = "GB", .name = "GB", .factor = 1, .divisor = 1},
    {.base = "GB", .name = "TB", .factor = 1024, .divisor = 1},
    {.base = "GB", .name = "KiB", .factor = 1, .divisor = 1048576},
    {.base = "GB", .name = "MiB", .factor = 1, .divisor = 1024},
    {.base = "GB", .name = "GiB", .factor = 1, .divisor = 1},
    {.base = "GB", .name = "TiB", .factor = 1024, .divisor = 1},
    {.base = "1/s", .name = "/s", .factor = 1, .divisor = 1},
    {.base = "1/s", .name = "/min", .factor = 1, .divisor = 60},
    {.base = "1/s", .name = "/h", .factor = 1, .divisor = 3600},
};

static const struct {
    const char *unit;
    double factor;
} si[] = {
    {.unit = "s", .factor = 1},
    {.unit = "h", .factor = 3600},
    {.unit = "GB", .factor = 1024.0 * 1024 * 1024},
    {.unit = "1/s", .factor = 1},
};

double ais__unit_in_si(const char *unit)
{
    if (unit == NULL)
        return 1;
    for (size_t i = 0; i < AIS_COUNT(si); i++)
        if (ais_str_equal(si[i].unit, unit))
            return si[i].factor;
    AIS_BUG("no unit '%s'", unit);
}

void ais__unit_list(const char *unit, ais_str *out)
{
    bool first = true;
    for (size_t i = 0; i < AIS_COUNT(units); i++)
        if (ais_str_equal(units[i].base, unit)) {
            ais_str_add_format(out, "%s%s", first ? "" : ", ", units[i].name);
            first = false;
        }
}

/* Length of a plain decimal number at `text`, 0 when there is none. strtod() alone would also take
 * "inf", "nan" and hexadecimal. */
static size_t number_length(const char *text)
{
    static const char digits[] = "0123456789";
    size_t at = text[0] == '-' || text[0] == '+';
    const size_t whole = strspn(text + at, digits);
    at += whole;
    size_t part = 0;
    if (text[at] == '.') {
        part = strspn(text + at + 1, digits);
        at += 1 + part;
    }
    if (whole + part == 0)
        return 0;
    if (text[at] == 'e' || text[at] == 'E') {
        const size_t sign = text[at + 1] == '-' || text[at + 1] == '+';
        const size_t exponent = strspn(text + at + 1 + sign, digits);
        if (exponent > 0)
            at += 1 + sign + exponent;
    }
    return at;
}

bool ais__unit_parse(const char *text, const char *unit, double *out)
{
    text += strspn(text, " ");
    const size_t length = number_length(text);
    if (length == 0)
        return false;
    const char *name = text + length + strspn(text + length, " ");
    size_t name_length = strlen(name);
    while (name_length > 0 && name[name_length - 1] == ' ')
        name_length--;
    for (size_t i = 0; i < AIS_COUNT(units); i++) {
        const unit_row *row = &units[i];
        if (!ais_str_equal(row->base, unit) || strlen(row->name) != name_length ||
            strncmp(row->name, name, name_length) != 0)
            continue;
        const double value = strtod(text, NULL) * row->factor / row->divisor;
        if (!isfinite(value))
            return false;
        *out = value;
        return true;
    }
    return false;
}
