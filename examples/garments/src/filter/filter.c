/* filter - lets garments pass and drops bags.
 *
 * An item is a binary PGM image of 28x28 pixels. A garment goes on as it is: the result is a second
 * link to the same file, so nothing is copied. For a bag nothing is written, which drops the item.
 * The model has two heads; the early one decides where it is sure, see is_sure(). */
#include <aisprint/annotations.h>
#include <aisprint/component.h>
#include <aisprint/infer.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, MAX_ITEM = 4096, MAX_NUMBER = 100000 };
enum { GARMENT, BAG, CLASSES }; /* order of the model's probabilities */
enum { EARLY_EXIT, FINAL };     /* order of the model's outputs */

typedef struct item {
    unsigned char bytes[MAX_ITEM];
    size_t length;
} item;

/* Set `*err` to what the system says of the file. */
static int fail_io(ais_error **err, const char *doing, const char *path)
{
    return ais_error_set(err, AIS_E_IO, "cannot %s '%s': %s", doing, path, strerror(errno));
}

static int read_item(const char *path, item *out, ais_error **err)
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

/* Pixels as the model wants them: 0 = black, 1 = white.
 * Source: https://netpbm.sourceforge.net/doc/pgm.html */
static int read_pixels(const item *image, const char *path, float *pixels, ais_error **err)
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
        pixels[i] = (float)image->bytes[at + i] / (float)white;
    return 0;
}

/* Is the early head sure enough to leave the network there? Where it is, it is right for 99.9 % of
 * the test images, no less often than the final head; train/train.py measures how many go on. */
static int is_sure(const ais_tensor *head)
{
    const float *probabilities = head->data;
    return probabilities[GARMENT] >= 0.98F || probabilities[BAG] >= 0.98F;
}

/* Borrowed from the run: CLASSES probabilities. Another model in the filter's place is told here. */
static const ais_tensor *need_head(const ais_run *run, size_t output, ais_error **err)
{
    const ais_tensor *head = ais_run_get_output(run, output);
    if (head != NULL && head->type == AIS_FLOAT32 && head->bytes == CLASSES * sizeof(float))
        return head;
    (void)ais_error_set(err, AIS_E_INPUT, "the model's output %zu is not %d float32 probabilities",
                        output, CLASSES);
    return NULL;
}

static int decide(const ais_run *run, int *out, ais_error **err)
{
    const ais_tensor *head = need_head(run, EARLY_EXIT, err);
    if (head != NULL && !is_sure(head))
        head = need_head(run, FINAL, err);
    if (head == NULL)
        return -1;
    const float *probabilities = head->data;
    *out = probabilities[GARMENT] >= probabilities[BAG];
    return 0;
}

static int is_garment(const char *model, const char *path, float *pixels, int *out, ais_error **err)
{
    /* Opened for the first item and kept: the process is the component's own and serves many. */
    static ais_session *session;
    if (session == NULL && ais_session_open(model, NULL, &session, err) < 0)
        return -1;
    const ais_tensor image = {.name = "image",
                              .type = AIS_FLOAT32,
                              .rank = 4,
                              .shape = {1, 1, SIDE, SIDE},
                              .data = pixels,
                              .bytes = PIXELS * sizeof(float)};
    ais_run *run = NULL;
    if (ais_session_run(session, &image, 1, &run, err) < 0)
        return ais_error_wrap(err, "filtering '%s'", path);
    const int result = decide(run, out, err);
    ais_run_free(run);
    return result;
}

/* A second name for the same file; where the file system allows none, a copy. */
static int pass_on(const item *image, const ais_component_call *call, ais_error **err)
{
    if (link(call->input, call->output) == 0)
        return 0;
    FILE *file = fopen(call->output, "wb");
    if (file == NULL)
        return fail_io(err, "write", call->output);
    const int whole = fwrite(image->bytes, 1, image->length, file) == image->length;
    return fclose(file) != 0 || !whole ? fail_io(err, "write", call->output) : 0;
}

ais_component_entry filter; /* the compiler checks its shape */

AIS_COMPONENT_NAME(name = "filter");
AIS_EXEC_TIME(local_time_thr = 0.05);
AIS_EXPECTED_THROUGHPUT(rate = 20);
AIS_DEVICE_CONSTRAINTS(ram = 0.25);
AIS_EARLY_EXITS_MODEL(onnx_file = "filter.onnx", condition_function = "is_sure",
                      transition_probabilities = (0.0317));
AIS_MODEL_PERFORMANCE(filtered_class = "Bag");
int filter(const ais_component_call *call, ais_error **err)
{
    item image;
    float pixels[PIXELS];
    int garment = 0;
    const char *model = call->onnx_file != NULL ? call->onnx_file : "onnx/filter.onnx";
    if (read_item(call->input, &image, err) < 0 ||
        read_pixels(&image, call->input, pixels, err) < 0 ||
        is_garment(model, call->input, pixels, &garment, err) < 0)
        return -1;
    return garment ? pass_on(&image, call, err) : 0;
}
