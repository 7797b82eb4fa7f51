/* base/random - numbers that look random and can be had again from their seed.
 *
 * Layer: above memory. Not for secrets.
 * Threads: a generator belongs to one thread at a time.
 * Source: xoshiro256** 1.0, seeded through SplitMix64; Blackman and Vigna, Scrambled Linear
 *         Pseudorandom Number Generators, ACM TOMS 47 (2021). */
#ifndef AIS_BASE_RANDOM_H
#define AIS_BASE_RANDOM_H
#include "base/memory.h"

typedef struct ais_random {
    uint64_t state[4];
} ais_random;

void ais_random_init(ais_random *random, uint64_t seed);
uint64_t ais_random_next(ais_random *random);
/* Evenly from [0, 1), 53 bits. */
double ais_random_uniform(ais_random *random);
/* Evenly from 0, 1, ..., bound - 1; `bound` >= 1. No value is likelier than another.
 * Source: Lemire, Fast Random Integer Generation in an Interval, ACM TOMACS 29 (2019). */
uint64_t ais_random_below(ais_random *random, uint64_t bound);
/* Every order of the `count` items of `size` bytes is equally likely (Fisher and Yates). */
void ais_random_shuffle(ais_random *random, void *items, size_t count, size_t size);
#endif
