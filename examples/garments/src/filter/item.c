/* Images in and out; see item.h. */
#include "item.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAX_NUMBER = 100000 };

/* Set `*err` to what the system says of the file. */
static int fail_io(ais_error **err, const char *doing, const char *path)
{
    return ais_error_set(err, AIS_E_IO, "cannot %s '%s': %s", doing, path, strerror(errno));
}

static int read_file(const char *path, item *out, ais_error **err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return fail_io(err, "read", path);
    out->length = fread(out->bytes, 1, sizeof(out->bytes), file);
    const int broken = ferror(file);
    (void)fclose(file);
    if (broken)
        return fail_io(err, "read", path);
    if (out->length == sizeof(out->bytes))
        return ais_error_set(err, AIS_E_LIMIT, "%s: larger than an image of %dx%d pixels can be",
                             path, SIDE, SIDE);
    return 0;
}

/* The next number of the header, -1 when there is none or it is beyond all sizes; '#' begins a
 * comment up to the end of the line. */
static long read_number(const item *image, size_t *at)
{
    while (*at < image->length && (isspace(image->bytes[*at]) || image->bytes[*at] == '#')) {
        if (image->bytes[*at] == '#')
            while (*at < image->length && image->bytes[*at] != '\n')
                (*at)++;
        else
            (*at)++;
    }
    long number = -1;
    for (; *at < image->length && isdigit(image->bytes[*at]) && number < MAX_NUMBER; (*at)++)
        number = (number < 0 ? 0 : 10 * number) + (image->bytes[*at] - '0');
    return number < MAX_NUMBER ? number : -1;
}

/* Source: https://netpbm.sourceforge.net/doc/pgm.html */
static int read_pixels(const char *path, item *image, ais_error **err)
{
    if (image->length < 2 || memcmp(image->bytes, "P5", 2) != 0)
        return ais_error_set(err, AIS_E_INPUT, "%s: not a binary PGM image (must begin with P5)",
                             path);
    size_t at = 2;
    const long width = read_number(image, &at);
    const long height = read_number(image, &at);
    const long white = read_number(image, &at);
    if (width < 0 || height < 0 || white < 0)
        return ais_error_set(err, AIS_E_INPUT, "%s: broken PGM header (must be P5 %d %d 255)", path,
                             SIDE, SIDE);
    if (width != SIDE || height != SIDE || white < 1 || white > 255)
        return ais_error_set(err, AIS_E_INPUT,
                             "%s: image of %ldx%ld pixels up to %ld (must be %dx%d up to 1..255)",
                             path, width, height, white, SIDE, SIDE);
    at++; /* one white-space character ends the header */
    if (at > image->length || image->length - at < PIXELS)
        return ais_error_set(err, AIS_E_INPUT, "%s: image ends early (%d bytes of pixels needed)",
                             path, PIXELS);
    for (size_t i = 0; i < PIXELS; i++)
        image->pixels[i] = (float)image->bytes[at + i] / (float)white;
    return 0;
}

int item_read(const char *path, item *out, ais_error **err)
{
    return read_file(path, out, err) < 0 ? -1 : read_pixels(path, out, err);
}

int item_write(const void *bytes, size_t length, const char *path, ais_error **err)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return fail_io(err, "write", path);
    const int whole = fwrite(bytes, 1, length, file) == length;
    return fclose(file) != 0 || !whole ? fail_io(err, "write", path) : 0;
}
