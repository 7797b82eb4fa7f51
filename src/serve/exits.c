/* Early exits: an item leaves at one segment of a chain, or goes on to the next.
 *
 * A segment with an exit writes an item that leaves under the name that it was told, and one that goes on
 * under that name with AIS_CODE_GOES_ON behind it. */
#include <stdio.h>
#include <string.h>

#include "annotate/code.h"
#include "base/path.h"
#include "serve/plan_priv.h"

/* "partition1_2" of a design's folder: 1 and 2; false for what is no segment. */
static bool split_variant(const char *dir, unsigned *group, unsigned *number)
{
    int end = 0;
    const char *variant = ais_path_base(dir);
    return sscanf(variant, "partition%u_%u%n", group, number, &end) == 2 && variant[end] == '\0';
}

static size_t find_next(const ais_plan *plan, const ais_plan_node *node)
{
    unsigned group = 0, number = 0, to_group = 0, to_number = 0;
    if (!split_variant(node->dir, &group, &number))
        return AIS_NONE;
    for (size_t i = 0; i < node->successor_count; i++) {
        const ais_plan_node *to = &plan->nodes[node->successors[i]];
        if (ais_str_equal(to->component, node->component) &&
            split_variant(to->dir, &to_group, &to_number) && to_group == group &&
            to_number == number + 1)
            return i;
    }
    return AIS_NONE;
}

void ais__plan_find_exits(const ais_app *app, ais_plan *plan)
{
    for (size_t i = 0; i < plan->node_count; i++) {
        ais_plan_node *node = &plan->nodes[i];
        const size_t component = ais_app_find_component(app, node->component);
        const ais_annotations *a = ais_app_get_annotations(app, component);
        const bool exits =
            a != NULL && ais_annotations_find(a, AIS_ANNOTATION_EARLY_EXITS_MODEL) != NULL;
        node->goes_on = exits ? find_next(plan, node) : AIS_NONE;
    }
}

bool ais_plan_is_first(const ais_plan_node *node)
{
    unsigned group = 0, number = 0;
    return !split_variant(node->dir, &group, &number) || number == 1;
}

bool ais_plan_gives_results(const ais_plan_node *node)
{
    return node->successor_count == 0 || (node->goes_on != AIS_NONE && node->successor_count == 1);
}

char *ais_plan_take_exit(const char *name, bool *goes_on)
{
    const size_t length = strlen(name), ending = strlen(AIS_CODE_GOES_ON);
    *goes_on = length > ending && ais_str_ends(name, AIS_CODE_GOES_ON);
    return ais_strndup(name, *goes_on ? length - ending : length);
}
