/* Do early exits divide a model as they say? See exits_priv.h.
 *
 * Part k makes the trunk and the outputs of exit k from the trunk of the exit before it; the last part makes
 * the outputs that belong to no exit. So each trunk must separate the inputs from all outputs that are not
 * exits yet, and everything that an exit needs must be before its trunk. */
#include "onnx/exits_priv.h"

typedef struct check {
    const ais__onnx_flow *flow;
    const ais__onnx_exit_row *rows;
    ais_diags *diags;
    bool *given;   /* by link: outputs of this exit and of those before it */
    bool *trunk;   /* by link: of this exit */
    bool *above;   /* by link: of the exit before; everything when there is none */
    bool *nothing; /* by link: never */
    ais_arena *arena;
} check;

static void check_clear(check *c)
{
    free(c->given);
    free(c->trunk);
    free(c->above);
    free(c->nothing);
    ais_arena_free(c->arena);
}

static int refuse(const check *c, ais_pos pos, const char *hint, const char *message)
{
    ais_diags_add(c->diags, AIS_SEVERITY_ERROR, "early-exits", pos, hint, "%s", message);
    return -1;
}

static uint32_t link_of(const check *c, const ais__onnx_named *name)
{
    return c->flow->link_of_value[name->value];
}

/* Fill `behind` with what the outputs need that are no exits up to here. */
static int find_behind(const check *c, const ais__onnx_exit_row *row, ais__onnx_reach *behind)
{
    bool any = false;
    for (uint32_t l = 0; l < c->flow->link_count; l++) {
        if (!c->flow->links[l].leaves || c->given[l])
            continue;
        any = true;
        if (!ais__onnx_reach_from(behind, l))
            return refuse(c, row->trunk_pos, "name a tensor of that way, too",
                          ais_arena_format(
                              c->arena, "the trunk does not separate the model: around it leads %s",
                              ais__onnx_reach_way(behind, c->arena)));
    }
    return any ? 0
               : refuse(c, row->outputs_pos, "one output must be left for the last part",
                        "the trunk leads nowhere: all outputs of the model belong to exits");
}

static int check_trunk_value(const check *c, const ais__onnx_named *name,
                             const ais__onnx_reach *behind)
{
    const ais__onnx_link *link = &c->flow->links[link_of(c, name)];
    bool needed = link->leaves && !c->given[link_of(c, name)];
    for (uint32_t i = 0; i < link->readers.count; i++)
        needed = needed || behind->items[link->readers.at[i]];
    if (!needed)
        return refuse(c, name->pos, NULL,
                      ais_arena_format(c->arena,
                                       "the trunk leads nowhere at '%s': no later output needs it",
                                       name->name));
    return 0;
}

/* Everything that `name` needs must come from the trunk above, and nothing of it from behind. */
static int check_needs(const check *c, const ais__onnx_named *name, bool is_trunk,
                       const ais__onnx_reach *behind)
{
    __attribute__((cleanup(ais__onnx_reach_clear))) ais__onnx_reach needs;
    ais__onnx_reach_init(&needs, c->flow, c->above != NULL ? c->above : c->nothing);
    if (!ais__onnx_reach_from(&needs, link_of(c, name)) && c->above != NULL)
        return refuse(c, name->pos, "exits stand in the order of their depth",
                      ais_arena_format(c->arena, "'%s' is not behind the trunk of the exit above",
                                       name->name));
    for (uint32_t i = 0; i < c->flow->item_count; i++)
        if (needs.items[i] && behind->items[i])
            return refuse(c, name->pos, NULL,
                          ais_arena_format(
                              c->arena, "'%s' needs the %s, which is behind the trunk%s",
                              name->name,
                              ais__onnx_name_node(c->flow->graph, c->flow->items[i].node, c->arena),
                              is_trunk ? " as well" : " of its exit"));
    return 0;
}

static int check_row(check *c, const ais__onnx_exit_row *row)
{
    int status = 0;
    __attribute__((cleanup(ais__onnx_reach_clear))) ais__onnx_reach behind;
    ais__onnx_reach_init(&behind, c->flow, c->trunk);
    if (find_behind(c, row, &behind) < 0)
        return -1;
    for (size_t i = 0; i < row->trunk.count; i++)
        if (check_trunk_value(c, &row->trunk.items[i], &behind) < 0 ||
            check_needs(c, &row->trunk.items[i], true, &behind) < 0)
            status = -1;
    for (size_t i = 0; i < row->outputs.count; i++)
        if (check_needs(c, &row->outputs.items[i], false, &behind) < 0)
            status = -1;
    return status;
}

int ais__onnx_check_exits(const ais__onnx_flow *flow, const ais__onnx_exit_row *rows, size_t count,
                          ais_diags *diags)
{
    int status = 0;
    __attribute__((cleanup(check_clear)))
    check c = {.flow = flow,
               .rows = rows,
               .diags = diags,
               .given = ais_alloc(flow->link_count * sizeof *c.given),
               .nothing = ais_alloc(flow->link_count * sizeof *c.nothing),
               .arena = ais_arena_new()};
    for (size_t k = 0; k < count; k++) {
        c.trunk = ais_alloc(flow->link_count * sizeof *c.trunk);
        for (size_t i = 0; i < rows[k].trunk.count; i++)
            c.trunk[link_of(&c, &rows[k].trunk.items[i])] = true;
        for (size_t i = 0; i < rows[k].outputs.count; i++)
            c.given[link_of(&c, &rows[k].outputs.items[i])] = true;
        if (check_row(&c, &rows[k]) < 0)
            status = -1;
        free(c.above);
        c.above = c.trunk;
        c.trunk = NULL;
    }
    return status;
}

void ais_onnx_exits_free(ais_onnx_exits *exits)
{
    if (exits == NULL)
        return;
    ais_arena_free(exits->arena);
    free(exits);
}
