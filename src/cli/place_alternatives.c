/* `place --alternative`: degraded systems that may stand in for the first. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "cli/place_options.h"

/* "FILE=PERFORMANCE", or "FILE": then each performs worse by 1 than the one before it. */
static int parse(const char *text, double worse, ais_arena *arena, ais_alternative *out,
                 ais_error **err)
{
    const char *equals = strrchr(text, '=');
    *out = (ais_alternative){.name = text, .performance = worse};
    if (equals == NULL)
        return 0;
    char *end = NULL;
    errno = 0;
    out->performance = strtod(equals + 1, &end);
    if (end == equals + 1 || *end != '\0' || errno != 0 || !isfinite(out->performance))
        return ais_error_set(err, AIS_E_USAGE,
                             "--alternative %s: '%s' is not a number (FILE=PERFORMANCE)", text,
                             equals + 1);
    if (equals == text)
        return ais_error_set(err, AIS_E_USAGE,
                             "--alternative %s: no file is named (FILE=PERFORMANCE)", text);
    out->name = ais_arena_strndup(arena, text, (size_t)(equals - text));
    return 0;
}

static int read_one(const ais_cli *cli, const ais__cli_place_options *o,
                    ais__cli_place_candidates *c, size_t i, ais_error **err)
{
    ais__cli_place_options own = *o;
    own.system = c->items[i].name;
    own.alternatives = (ais_cli_list){.items = NULL};
    if (ais__cli_place_read(cli, &own, &c->sources[i], err) < 0)
        return -1;
    c->items[i].system = c->sources[i].system;
    c->items[i].perf_options = &c->sources[i].perf;
    return 0;
}

int ais__cli_place_candidates_read(const ais_cli *cli, const ais__cli_place_options *o,
                                   ais__cli_place_candidates *out, ais_error **err)
{
    const size_t count = o->alternatives.count + 1;
    ais_arena *arena = ais_arena_new();
    *out =
        (ais__cli_place_candidates){.items = ais_arena_alloc(arena, count * sizeof *out->items),
                                    .sources = ais_arena_alloc(arena, count * sizeof *out->sources),
                                    .count = count,
                                    .arena = arena};
    out->items[0] = (ais_alternative){.name = o->system, .performance = o->performance};
    for (size_t i = 1; i < count; i++)
        if (parse(o->alternatives.items[i - 1], out->items[i - 1].performance - 1, arena,
                  &out->items[i], err) < 0)
            return -1;
    for (size_t i = 0; i < count; i++)
        if (read_one(cli, o, out, i, err) < 0)
            return -1;
    return 0;
}

void ais__cli_place_candidates_clear(ais__cli_place_candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++)
        ais__cli_place_source_clear(&candidates->sources[i]);
    ais_arena_free(candidates->arena);
    *candidates = (ais__cli_place_candidates){.items = NULL};
}

static void tell(const ais_cli *cli, const ais__cli_place_candidates *c,
                 const ais_alternatives_result *result)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_alternatives_write_text(c->items, result, &text);
    if (!cli->json && !cli->quiet)
        ais_cli_print(cli, "%s\n", ais_str_get(&text));
}

int ais__cli_place_alternatives(const ais_cli *cli, const ais__cli_place_options *o,
                                ais_error **err)
{
    AIS_SCOPED(ais__cli_place_candidates) c = {.items = NULL};
    AIS_AUTO(ais_alternatives_result) result = NULL;
    const ais_alternatives_options options = {.joint = o->joint, .weight = o->weight};
    if (ais__cli_place_candidates_read(cli, o, &c, err) < 0 ||
        ais_alternatives_solve(c.items, c.count, &c.sources[0].perf, &o->search, &options, cli->ctx,
                               &result, err) < 0)
        return -1;
    tell(cli, &c, result);
    const size_t shown = result->chosen == AIS_SYSTEM_NONE ? 0 : result->chosen;
    if (result->items[shown].placed == NULL)
        return ais_error_set(err, AIS_E_TIMEOUT, "no time was left to place any of them");
    return ais__cli_place_tell(cli, o, &c.sources[shown], result->items[shown].placed,
                               &(ais__cli_place_choice){.candidates = &c, .result = result}, err);
}
