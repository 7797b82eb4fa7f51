/* Names that carry meaning: "detector_partition1_2", "component1_partitionX_2",
 * "component1_alternative1". */
#include <ctype.h>
#include <string.h>

#include "app/app_priv.h"

/* Where the digits at the end of text[0..length) begin; `length` when there are none. */
static size_t find_digits(const char *text, size_t length)
{
    while (length > 0 && isdigit((unsigned char)text[length - 1]))
        length--;
    return length;
}

static bool ends_with(const char *text, size_t length, const char *suffix)
{
    const size_t suffix_length = strlen(suffix);
    return length >= suffix_length &&
           memcmp(text + length - suffix_length, suffix, suffix_length) == 0;
}

bool ais__app_split_partition(const char *name, size_t *stem, unsigned *part)
{
    const size_t length = strlen(name);
    const size_t number = find_digits(name, length);
    if (number == length || length - number > 6 || !ends_with(name, number, "_"))
        return false;
    size_t group = find_digits(name, number - 1);
    if (group == number - 1) {
        if (!ends_with(name, group, "X"))
            return false;
        group--;
    }
    if (!ends_with(name, group, "_partition") || group == strlen("_partition"))
        return false;
    if (stem != NULL)
        *stem = group - strlen("_partition");
    if (part != NULL)
        *part = (unsigned)strtoul(name + number, NULL, 10);
    return true;
}

bool ais__app_split_alternative(const char *key, size_t *stem)
{
    const size_t length = strlen(key);
    const size_t number = find_digits(key, length);
    if (number == length || !ends_with(key, number, "_alternative") ||
        number == strlen("_alternative"))
        return false;
    *stem = number - strlen("_alternative");
    return true;
}
