/* What a plain text of YAML stands for: the implicit resolvers of PyYAML 6 (YAML 1.1), by hand.
 * Each matcher below cites the regular expression that it follows (yaml/resolver.py). */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "doc/doc_priv.h"

static bool is_one_of(const char *text, size_t length, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
            return true;
    return false;
}

/* ~|null|Null|NULL| */
static bool match_null(const char *text, size_t length, ais__yaml_scalar *out)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    *out = (ais__yaml_scalar){.kind = AIS_DOC_NULL};
    return is_one_of(text, length, words, AIS_COUNT(words));
}

/* yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF */
static bool match_bool(const char *text, size_t length, ais__yaml_scalar *out)
{
    static const char *const yes[] = {"yes",  "Yes", "YES", "true", "True",
                                      "TRUE", "on",  "On",  "ON"};
    static const char *const no[] = {"no",    "No",  "NO",  "false", "False",
                                     "FALSE", "off", "Off", "OFF"};
    const bool value = is_one_of(text, length, yes, AIS_COUNT(yes));
    *out = (ais__yaml_scalar){.kind = AIS_DOC_BOOL, .boolean = value};
    return value || is_one_of(text, length, no, AIS_COUNT(no));
}

static const char *skip_sign(const char *s)
{
    return *s == '-' || *s == '+' ? s + 1 : s;
}

/* Texts are NUL-terminated, and NUL is in no set. */
static const char *skip_set(const char *s, const char *set)
{
    return s + strspn(s, set);
}

#define DECIMAL "0123456789"

/* (?::[0-5]?[0-9])+ ; NULL when there is none */
static const char *skip_sixties(const char *s)
{
    const char *start = s;
    while (*s == ':' && isdigit((unsigned char)s[1]))
        s += s[1] <= '5' && isdigit((unsigned char)s[2]) ? 3 : 2;
    return s > start ? s : NULL;
}

/* Which integer is it? 0: none, 60: by minutes and seconds. `*digits` is where its digits begin. */
static unsigned integer_base(const char *text, const char **digits)
{
    static const struct {
        const char *prefix, *set;
        unsigned base;
    } forms[] = {
        {.prefix = "0b", .set = "01_", .base = 2},
        {.prefix = "0x", .set = "0123456789abcdefABCDEF_", .base = 16},
        {.prefix = "0", .set = "01234567_", .base = 8},
    };
    const char *s = skip_sign(text);
    *digits = s;
    for (size_t i = 0; i < AIS_COUNT(forms); i++) {
        const size_t prefix = strlen(forms[i].prefix);
        if (!ais_str_starts(s, forms[i].prefix))
            continue;
        *digits = s + prefix;
        const char *end = skip_set(s + prefix, forms[i].set);
        if (*end == '\0' && end > *digits)
            return forms[i].base;
    }
    *digits = s;
    if (strcmp(s, "0") == 0)
        return 10;
    if (*s < '1' || *s > '9')
        return 0;
    s = skip_set(s, DECIMAL "_");
    if (*s == '\0')
        return 10;
    s = skip_sixties(s);
    return s != NULL && *s == '\0' ? 60 : 0;
}

static int digit_value(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* The text without underscores. Ownership: the caller frees it. */
static char *strip(const char *text)
{
    char *stripped = ais_strdup(text), *to = stripped;
    for (const char *c = text; *c != '\0'; c++)
        if (*c != '_')
            *to++ = *c;
    *to = '\0';
    return stripped;
}

/* Integers beyond 64 bits become floats: the nearest, where strtod() can tell it. */
static ais__yaml_scalar too_large(const char *digits, unsigned base, bool negative)
{
    AIS_FREE char *text = ais_format("%s%s", base == 16 ? "0x" : "", digits);
    double value = 0;
    if (base == 10 || base == 16)
        value = strtod(text, NULL);
    else
        for (const char *c = digits; *c != '\0'; c++)
            value = value * base + digit_value(*c);
    return (ais__yaml_scalar){.kind = AIS_DOC_FLOAT, .number = negative ? -value : value};
}

/* 1:30:07 = (1 * 60 + 30) * 60 + 7; false when beyond 64 bits */
static bool add_sixties(const char *digits, bool negative, int64_t *value)
{
    int64_t total = 0;
    for (const char *s = digits; *s != '\0';) {
        int64_t part = 0;
        for (; isdigit((unsigned char)*s); s++)
            if (__builtin_mul_overflow(part, 10, &part) ||
                __builtin_add_overflow(part, *s - '0', &part))
                return false;
        if (__builtin_mul_overflow(total, 60, &total) ||
            __builtin_add_overflow(total, negative ? -part : part, &total))
            return false;
        s += *s == ':';
    }
    *value = total;
    return true;
}

static double sixties_as_double(const char *text)
{
    /* from the last part to the first, as PyYAML adds them: rounding depends on the order */
    AIS_FREE char *parts = ais_strdup(text);
    double value = 0, base = 1;
    for (char *colon = strrchr(parts, ':'); colon != NULL; colon = strrchr(parts, ':')) {
        value += strtod(colon + 1, NULL) * base;
        base *= 60;
        *colon = '\0';
    }
    return value + strtod(parts, NULL) * base;
}

/* [-+]?0b[0-1_]+ | [-+]?0[0-7_]+ | [-+]?(?:0|[1-9][0-9_]*) | [-+]?0x[0-9a-fA-F_]+
 * | [-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+ */
static bool match_int(const char *text, ais__yaml_scalar *out)
{
    const char *start = NULL;
    const unsigned base = integer_base(text, &start);
    const bool negative = text[0] == '-';
    if (base == 0)
        return false;
    AIS_FREE char *digits = strip(start);
    int64_t value = 0;
    bool fits = true;
    if (digits[0] == '\0' && base != 8) {
        /* PyYAML takes "0b_" for an integer and then fails to convert it; a string is kinder */
        *out = (ais__yaml_scalar){.kind = AIS_DOC_STRING};
        return true;
    }
    if (base == 60) {
        fits = add_sixties(digits, negative, &value);
    } else {
        for (const char *c = digits; fits && *c != '\0'; c++)
            fits = !__builtin_mul_overflow(value, (int64_t)base, &value) &&
                   !__builtin_add_overflow(value, negative ? -digit_value(*c) : digit_value(*c),
                                           &value);
    }
    if (fits)
        *out = (ais__yaml_scalar){.kind = AIS_DOC_INT, .integer = value};
    else if (base == 60)
        *out = (ais__yaml_scalar){.kind = AIS_DOC_FLOAT,
                                  .number = (negative ? -1 : 1) * sixties_as_double(digits)};
    else
        *out = too_large(digits, base, negative);
    return true;
}

/* (?:[eE][-+][0-9]+)?$ : the sign is not optional, so 1.5e3 is a string */
static bool ends_with_exponent(const char *s)
{
    if (*s == '\0')
        return true;
    if ((*s != 'e' && *s != 'E') || (s[1] != '-' && s[1] != '+') || !isdigit((unsigned char)s[2]))
        return false;
    return *skip_set(s + 2, DECIMAL) == '\0';
}

static bool is_float_text(const char *text, bool *sixties)
{
    const char *s = skip_sign(text);
    *sixties = false;
    if (*text == '.' && isdigit((unsigned char)text[1])) /* no sign: -.5 is a string */
        return ends_with_exponent(skip_set(text + 1, DECIMAL "_"));
    if (!isdigit((unsigned char)*s))
        return false;
    s = skip_set(s, DECIMAL "_");
    if (*s == '.')
        return ends_with_exponent(skip_set(s + 1, DECIMAL "_"));
    s = skip_sixties(s);
    *sixties = true;
    return s != NULL && *s == '.' && *skip_set(s + 1, DECIMAL "_") == '\0';
}

/* [-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)? | \.[0-9][0-9_]*(?:[eE][-+][0-9]+)?
 * | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]* | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN) */
static bool match_float(const char *text, size_t length, ais__yaml_scalar *out)
{
    static const char *const infinite[] = {".inf", ".Inf", ".INF"};
    static const char *const nan_words[] = {".nan", ".NaN", ".NAN"};
    const char *unsigned_text = skip_sign(text);
    const size_t unsigned_length = length - (size_t)(unsigned_text - text);
    const double sign = text[0] == '-' ? -1.0 : 1.0;
    bool sixties = false;
    *out = (ais__yaml_scalar){.kind = AIS_DOC_FLOAT};
    if (is_one_of(unsigned_text, unsigned_length, infinite, AIS_COUNT(infinite))) {
        out->number = sign * INFINITY;
    } else if (is_one_of(text, length, nan_words, AIS_COUNT(nan_words))) {
        out->number = NAN;
    } else if (is_float_text(text, &sixties)) {
        AIS_FREE char *digits = strip(unsigned_text);
        out->number = sign * (sixties ? sixties_as_double(digits) : strtod(digits, NULL));
    } else {
        return false;
    }
    return true;
}

static bool match_any(const char *text, size_t length, ais__yaml_scalar *out)
{
    return strlen(text) == length && /* a NUL inside belongs to no number */
           (match_null(text, length, out) || match_bool(text, length, out) ||
            match_float(text, length, out) || match_int(text, out));
}

ais__yaml_scalar ais__yaml_resolve(const char *text, size_t length)
{
    ais__yaml_scalar scalar = {.kind = AIS_DOC_STRING};
    return match_any(text, length, &scalar) ? scalar : (ais__yaml_scalar){.kind = AIS_DOC_STRING};
}

/* `least` to `most` digits; NULL when there are fewer */
static const char *skip_digits(const char *s, int least, int most)
{
    int count = 0;
    while (s != NULL && count < most && isdigit((unsigned char)*s)) {
        s++;
        count++;
    }
    return count >= least ? s : NULL;
}

static const char *skip_char(const char *s, char c)
{
    return s != NULL && *s == c ? s + 1 : NULL;
}

/* (?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9][0-9])?))?$ */
static bool ends_with_zone(const char *s)
{
    if (*s == '\0')
        return true;
    s = skip_set(s, " \t");
    if (*s == 'Z')
        return s[1] == '\0';
    if (*s != '-' && *s != '+')
        return false;
    s = skip_digits(s + 1, 1, 2);
    if (s != NULL && *s == ':')
        s = skip_digits(s + 1, 2, 2);
    return s != NULL && *s == '\0';
}

/* dddd-dd-dd | dddd-dd?-dd?(?:[Tt]|[ \t]+)dd?:dd:dd(?:\.d*)? and a zone */
static bool is_timestamp(const char *text)
{
    const char *year = skip_char(skip_digits(text, 4, 4), '-');
    const char *s = skip_digits(skip_char(skip_digits(year, 2, 2), '-'), 2, 2);
    if (s != NULL && *s == '\0')
        return true;
    s = skip_digits(skip_char(skip_digits(year, 1, 2), '-'), 1, 2);
    if (s == NULL)
        return false;
    if (*s == 'T' || *s == 't')
        s++;
    else if (*s == ' ' || *s == '\t')
        s = skip_set(s, " \t");
    else
        return false;
    s = skip_char(skip_digits(s, 1, 2), ':');
    s = skip_digits(skip_char(skip_digits(s, 2, 2), ':'), 2, 2);
    if (s == NULL)
        return false;
    if (*s == '.')
        s = skip_set(s + 1, DECIMAL);
    return ends_with_zone(s);
}

bool ais__yaml_is_special(const char *text, size_t length)
{
    static const char *const words[] = {"<<", "="};
    ais__yaml_scalar ignored;
    return match_any(text, length, &ignored) || is_one_of(text, length, words, AIS_COUNT(words)) ||
           (strlen(text) == length && is_timestamp(text));
}
