/* Images of a container against the architectures of its candidate resources. The name of an image
 * ends in its architecture: "registry/detector_base_amd64:latest". */
#include <string.h>

#include "app/app_priv.h"

/* Names of one architecture stand in one row. */
static const char *const architectures[][3] = {
    {"amd64", "x86_64", "x64"},
    {"arm64", "aarch64", "armv8"},
    {"arm", "armv7", "armhf"},
};

/* The row of a name; AIS_NONE for one that we do not know. */
static size_t find_row(const char *name, size_t length)
{
    for (size_t i = 0; i < AIS_COUNT(architectures); i++)
        for (size_t j = 0; j < AIS_COUNT(architectures[i]); j++)
            if (strlen(architectures[i][j]) == length &&
                strncmp(architectures[i][j], name, length) == 0)
                return i;
    return AIS_NONE;
}

/* The architecture in an image's name, as a row; AIS_NONE when it names none. */
static size_t image_row(const char *image)
{
    const char *slash = strrchr(image, '/');
    const char *name = slash != NULL ? slash + 1 : image;
    const size_t length = strcspn(name, ":@");
    for (size_t i = 0; i < AIS_COUNT(architectures); i++)
        for (size_t j = 0; j < AIS_COUNT(architectures[i]); j++) {
            const size_t suffix = strlen(architectures[i][j]);
            if (length > suffix &&
                strncmp(name + length - suffix, architectures[i][j], suffix) == 0 &&
                strchr("_-", name[length - suffix - 1]) != NULL)
                return i;
        }
    return AIS_NONE;
}

/* The architectures of a container's images as bits; 0 when there are none or one does not say. */
static unsigned image_rows(const ais_doc_node *image, size_t *count)
{
    const bool list = ais_doc_get_kind(image) == AIS_DOC_LIST;
    unsigned rows = 0;
    *count = list ? ais_doc_count(image) : 1;
    for (size_t i = 0; i < *count; i++) {
        const ais_doc_node *node = list ? ais_doc_at(image, i) : image;
        const size_t row = ais_doc_get_kind(node) == AIS_DOC_STRING
                               ? image_row(ais_doc_get_string(node, NULL))
                               : AIS_NONE;
        if (row == AIS_NONE)
            return 0;
        rows |= 1U << row;
    }
    return rows;
}

static bool fits(const ais_app_resource *resource, unsigned rows)
{
    if (resource->architecture == NULL)
        return true;
    const size_t row = find_row(resource->architecture, strlen(resource->architecture));
    return row == AIS_NONE || (rows >> row & 1) != 0;
}

static void check_fit(ais_app_load_state *state, const ais_app_candidate *candidate,
                      const ais_doc_node *image, unsigned rows, const size_t *places, size_t count)
{
    const ais_app *app = state->app;
    const ais_app_resource *misfit = NULL;
    size_t fitting = 0;
    for (size_t i = 0; i < count; i++) {
        const ais_app_resource *resource = &app->resources[places[i]];
        if (fits(resource, rows))
            fitting++;
        else if (misfit == NULL)
            misfit = resource;
    }
    if (misfit == NULL)
        return;
    if (fitting == 0)
        ais__app_error(state, "no-image-for-architecture", ais_doc_pos(image),
                       "add an image for it, or a resource that the image fits",
                       "no image of '%s' runs on any of its candidate resources: '%s' is %s",
                       candidate->name, misfit->name, misfit->architecture);
    else
        ais__app_warn(state, "no-image-for-architecture", ais_doc_pos(image),
                      "leave that resource out, or add an image for it",
                      "no image of '%s' runs on '%s', which is %s", candidate->name, misfit->name,
                      misfit->architecture);
}

/* One image that does not say what it is for, and resources that differ. */
static void check_mix(ais_app_load_state *state, const ais_app_candidate *candidate,
                      const ais_doc_node *image, const size_t *places, size_t count)
{
    const ais_app_resource *first = NULL;
    for (size_t i = 0; i < count; i++) {
        const ais_app_resource *resource = &state->app->resources[places[i]];
        if (resource->architecture == NULL)
            continue;
        if (first == NULL)
            first = resource;
        if (strcmp(first->architecture, resource->architecture) == 0)
            continue;
        ais__app_warn(state, "mixed-architectures", ais_doc_pos(image),
                      "list one image for each, or leave 'image' empty",
                      "'%s' has one image, but its candidate resources have different "
                      "architectures: '%s' is %s, '%s' is %s",
                      candidate->name, first->name, first->architecture, resource->name,
                      resource->architecture);
        return;
    }
}

bool ais__app_image_fits(const ais_app_container *container, const ais_app_resource *resource)
{
    const ais_doc_node *image =
        ais__app_find_kind(container->node, "image", AIS_DOC_STRING | AIS_DOC_LIST);
    size_t images = 0;
    const unsigned rows = image != NULL ? image_rows(image, &images) : 0;
    return rows == 0 || fits(resource, rows);
}

void ais__app_check_images(ais_app_load_state *state, const ais_app_candidate *candidate,
                           const ais_app_container *container, const size_t *places, size_t count)
{
    const ais_doc_node *image =
        ais__app_find_kind(container->node, "image", AIS_DOC_STRING | AIS_DOC_LIST);
    size_t images = 0;
    const unsigned rows = image != NULL ? image_rows(image, &images) : 0;
    if (rows != 0)
        check_fit(state, candidate, image, rows, places, count);
    else if (images == 1) /* none yet: whoever builds them builds one for each architecture */
        check_mix(state, candidate, image, places, count);
}
