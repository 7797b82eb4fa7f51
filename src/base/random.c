/* xoshiro256**; see random.h. */
#include "base/random.h"

#include <string.h>

static uint64_t split_mix(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void ais_random_init(ais_random *random, uint64_t seed)
{
    for (size_t i = 0; i < AIS_COUNT(random->state); i++)
        random->state[i] = split_mix(&seed);
}

static uint64_t rotate_left(uint64_t x, unsigned count)
{
    return (x << count) | (x >> (64 - count));
}

uint64_t ais_random_next(ais_random *random)
{
    uint64_t *s = random->state;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double ais_random_uniform(ais_random *random)
{
    return (double)(ais_random_next(random) >> 11) * 0x1p-53;
}

uint64_t ais_random_below(ais_random *random, uint64_t bound)
{
    if (bound == 0)
        AIS_BUG("a random number below 0");
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)ais_random_next(random) * bound;
    if ((uint64_t)product < bound) {
        const uint64_t threshold =
            -bound % bound; /* 2^64 mod bound: this many would be too likely */
        while ((uint64_t)product < threshold)
            product = (wide)ais_random_next(random) * bound;
    }
    return (uint64_t)(product >> 64);
}

static void swap(char *a, char *b, size_t size)
{
    char buffer[64];
    for (size_t done = 0; done < size; done += sizeof buffer) {
        const size_t part = size - done < sizeof buffer ? size - done : sizeof buffer;
        memcpy(buffer, a + done, part);
        memcpy(a + done, b + done, part);
        memcpy(b + done, buffer, part);
    }
}

void ais_random_shuffle(ais_random *random, void *items, size_t count, size_t size)
{
    char *bytes = items;
    for (size_t i = count; i > 1; i--) {
        const size_t j = (size_t)ais_random_below(random, i);
        if (j != i - 1)
            swap(bytes + (i - 1) * size, bytes + j * size, size);
    }
}
