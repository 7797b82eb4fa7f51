/* All operators with a rule, by domain and name: one row each in the tables of the families. */
#include <string.h>

#include "infer_priv.h"

static const ais__onnx_family *const families[] = {
    &ais__onnx_elementwise,  &ais__onnx_convolution, &ais__onnx_matrix,        &ais__onnx_layout,
    &ais__onnx_indexing,     &ais__onnx_reduction,   &ais__onnx_normalization, &ais__onnx_recurrent,
    &ais__onnx_quantization, &ais__onnx_control,     &ais__onnx_sequence,      &ais__onnx_generator,
    &ais__onnx_image,        &ais__onnx_signal,      &ais__onnx_text,          &ais__onnx_ml,
    &ais__onnx_microsoft,    &ais__onnx_training,
};

/* Open addressing; filled to about a quarter by the operators that there are. */
enum { SLOT_COUNT = 1024 };

typedef struct slot {
    const char *domain;
    const ais__onnx_op *op;
} slot;

struct ais__onnx_registry {
    slot slots[SLOT_COUNT];
};

/* FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
static uint32_t hash(const char *text)
{
    uint32_t value = 2166136261U;
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * 16777619U;
    return value;
}

/* Where the operator is, or the free slot where it would be. */
static size_t find_slot(const struct ais__onnx_registry *registry, const char *domain,
                        const char *name)
{
    size_t i = hash(name) % SLOT_COUNT;
    while (registry->slots[i].op != NULL && (!ais_str_equal(registry->slots[i].op->name, name) ||
                                             !ais_str_equal(registry->slots[i].domain, domain)))
        i = (i + 1) % SLOT_COUNT;
    return i;
}

const ais__onnx_family *ais__onnx_family_at(size_t i)
{
    return i < AIS_COUNT(families) ? families[i] : NULL;
}

const struct ais__onnx_registry *ais__onnx_registry_new(ais_arena *arena)
{
    struct ais__onnx_registry *registry = ais_arena_alloc(arena, sizeof *registry);
    size_t count = 0;
    for (size_t f = 0; f < AIS_COUNT(families); f++)
        for (size_t i = 0; i < families[f]->count; i++) {
            const ais__onnx_op *op = &families[f]->ops[i];
            const size_t at = find_slot(registry, families[f]->domain, op->name);
            if (registry->slots[at].op != NULL)
                AIS_BUG("two rules for operator '%s'", op->name);
            if (++count > SLOT_COUNT / 2)
                AIS_BUG("more operators than the table has room for");
            registry->slots[at] = (slot){.domain = families[f]->domain, .op = op};
        }
    return registry;
}

const ais__onnx_op *ais__onnx_find_op(const struct ais__onnx_registry *registry, const char *domain,
                                      const char *name)
{
    const char *canonical = ais_str_equal(domain, "ai.onnx") ? "" : domain;
    return registry->slots[find_slot(registry, canonical, name)].op;
}
