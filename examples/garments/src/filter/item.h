/* item - what both filters have in common: the image they read and write.
 *
 * An item is a binary PGM image of 28x28 pixels. A garment goes on as it is. For a bag nothing is
 * written, which drops the item. */
#ifndef GARMENTS_ITEM_H
#define GARMENTS_ITEM_H
#include <stddef.h>

#include <aisprint/component.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, MAX_ITEM = 4096 };
enum { GARMENT, BAG, CLASSES }; /* order of the models' probabilities */

typedef struct item {
    unsigned char bytes[MAX_ITEM]; /* the file */
    size_t length;
    float pixels[PIXELS]; /* as the models want them: 0 = black, 1 = white */
} item;

/* Errors: AIS_E_IO, AIS_E_LIMIT, AIS_E_INPUT with what is wrong with the image. */
int item_read(const char *path, item *out, ais_error **err);
/* Errors: AIS_E_IO. */
int item_write(const void *bytes, size_t length, const char *path, ais_error **err);
#endif
