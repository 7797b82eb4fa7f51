/* Opening sets of types that cover all components; see types.h. */
#include "place/types.h"

#include <math.h>

/* How well parts run on a type: 1 for each where it is the fastest of all, less where it is slower. */
static double worth(const ais__types *t, size_t resource)
{
    const ais__cover *cover = &t->greedy.cover;
    const ais_perf *perf = cover->perf;
    double sum = 0;
    for (size_t i = cover->first_of_resource[resource]; i < cover->first_of_resource[resource + 1];
         i++) {
        const size_t o = cover->of_resource[i];
        const double time_s = perf->time_s[o], least_s = t->least_s[perf->system->options[o].part];
        sum += time_s > 0 && time_s < (double)INFINITY ? least_s / time_s : 0;
    }
    return sum;
}

static size_t best_type(const ais__types *t, size_t slot)
{
    const ais__slot *s = &t->greedy.cover.slots[slot];
    size_t best = 0;
    double most = -1;
    for (size_t k = 0; k < s->type_count; k++) {
        const double now = worth(t, s->types[k]);
        if (now > most) {
            most = now;
            best = k;
        }
    }
    return best;
}

/* By part: its least time without queueing on any machines. */
static void find_least_times(ais__types *t)
{
    const ais_perf *perf = t->search->perf;
    const ais_system *s = perf->system;
    t->least_s = ais_arena_alloc(t->arena, (s->part_count + 1) * sizeof *t->least_s);
    for (size_t p = 0; p < s->part_count; p++)
        t->least_s[p] = (double)INFINITY;
    for (size_t o = 0; o < s->option_count; o++)
        if (perf->usable[o] && !perf->is_function[s->options[o].resource])
            t->least_s[s->options[o].part] = fmin(t->least_s[s->options[o].part], perf->time_s[o]);
}

/* Change one slot so that least is missing. Returns what is missing then. */
static size_t mend_once(ais__types *t, size_t missing)
{
    ais__cover *cover = &t->greedy.cover;
    size_t best_slot = 0, best_type = AIS_SYSTEM_NONE, least = missing;
    for (size_t i = 0; i < cover->slot_count; i++) {
        const size_t open = cover->slots[i].open;
        for (size_t k = 0; k < cover->slots[i].type_count && least > 0; k++) {
            if (k == open)
                continue;
            ais__cover_open(cover, i, k);
            const size_t now = ais__cover_missing(cover);
            if (now < least) {
                least = now;
                best_slot = i;
                best_type = k;
            }
        }
        ais__cover_open(cover, i, open);
    }
    if (least < missing)
        ais__cover_open(cover, best_slot, best_type);
    return least;
}

void ais__types_open_random(ais__types *t, size_t slot)
{
    ais__cover *cover = &t->greedy.cover;
    ais__cover_open(cover, slot,
                    (size_t)ais_random_below(&t->random, cover->slots[slot].type_count));
}

/* Change the set until it covers all components. */
static bool mend(ais__types *t)
{
    enum { TRIES = 30 };
    ais__cover *cover = &t->greedy.cover;
    size_t missing = ais__cover_missing(cover);
    for (size_t i = 0; missing > 0 && i < TRIES; i++) {
        for (size_t before = missing + 1; missing < before && missing > 0;) {
            before = missing;
            missing = mend_once(t, missing);
            if (ais__search_stop(t->search))
                return false;
        }
        for (size_t k = 0; missing > 0 && k < 1 + cover->slot_count / 4; k++)
            ais__types_open_random(t, (size_t)ais_random_below(&t->random, cover->slot_count));
        missing = ais__cover_missing(cover);
    }
    return missing == 0;
}

bool ais__types_begin(ais__types *t, size_t round)
{
    ais__cover *cover = &t->greedy.cover;
    t->kicked = false;
    if (t->least_s == NULL)
        find_least_times(t);
    for (size_t i = 0; i < cover->slot_count; i++)
        if (round == 0)
            ais__cover_open(cover, i, best_type(t, i));
        else
            ais__types_open_random(t, i);
    return (cover->slot_count > 0 || ais__cover_missing(cover) == 0) && mend(t);
}

void ais__types_close_some(ais__types *t)
{
    ais__cover *cover = &t->greedy.cover;
    const size_t tries = (size_t)ais_random_below(&t->random, 2 * cover->slot_count + 1);
    for (size_t i = 0; i < tries; i++) {
        const size_t slot = (size_t)ais_random_below(&t->random, cover->slot_count);
        const size_t open = cover->slots[slot].open;
        ais__cover_open(cover, slot, AIS_SYSTEM_NONE);
        if (ais__cover_missing(cover) > 0)
            ais__cover_open(cover, slot, open);
    }
}

bool ais__types_begin_with(ais__types *t, const ais_placement *placement)
{
    ais__cover *cover = &t->greedy.cover;
    for (size_t i = 0; i < cover->slot_count; i++) {
        size_t type = AIS_SYSTEM_NONE;
        for (size_t k = 0; k < cover->slots[i].type_count; k++)
            if (placement->count[cover->slots[i].types[k]] > 0)
                type = k;
        ais__cover_open(cover, i, type);
    }
    return mend(t);
}

const ais_placement *ais__types_place(ais__types *t, size_t round, bool close_some)
{
    const ais_place_options *options = t->search->options;
    if (round == 0 && options->first != NULL ? !ais__types_begin_with(t, options->first)
                                             : !ais__types_begin(t, round))
        return NULL;
    if (close_some)
        ais__types_close_some(t);
    if (ais__greedy_fill(&t->greedy, t->effort.passes, false)) {
        ais__greedy_shrink(&t->greedy, &(ais__effort){.passes = 0});
        return t->greedy.best;
    }
    return t->greedy.excess < (double)INFINITY ? t->greedy.placement : NULL;
}

bool ais__types_kick(ais__types *t, size_t changes)
{
    ais__cover *cover = &t->greedy.cover;
    t->kicked = true;
    ais__types_open_chosen(t, t->choice);
    for (size_t i = 0; i < changes && cover->slot_count > 0; i++)
        ais__types_open_random(t, (size_t)ais_random_below(&t->random, cover->slot_count));
    return mend(t);
}
