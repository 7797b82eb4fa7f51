/* Made-up inputs: which sizes and which values; see sample.h. */
#include "infer/sample.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "infer/infer_priv.h"

/* Values of one set: floats from [low, high), integers from [int_low, int_high]. Bytes and booleans take
 * what fits them; in random sets they take all that there is. */
typedef struct values {
    const char *label;
    double low, high;
    int64_t int_low, int_high;
} values;

static const values edges[AIS_SAMPLE_EDGES] = {
    {.label = "zeros", .low = 0, .high = 0, .int_low = 0, .int_high = 0},
    {.label = "ones", .low = 1, .high = 1, .int_low = 1, .int_high = 1},
    {.label = "large", .low = 100, .high = 100, .int_low = 255, .int_high = 255},
    {.label = "large negative", .low = -100, .high = -100, .int_low = -128, .int_high = -128},
    {.label = "small", .low = 1e-6, .high = 1e-6, .int_low = 1, .int_high = 2},
};
/* Random sets take these in turn, with the integers that the model is known to accept. */
static const values ranges[] = {
    {.low = -1, .high = 1}, {.low = 0, .high = 1}, {.low = -3, .high = 3}};

/* What is tried to find out what a model accepts: wide integers, which may be indices, sizes, steps or
 * axes; ranks of what has none; sizes of what is open. Wide integers never leave the range that was
 * accepted: as a step, 0 ends the process in some kernels, and as a size, 255 ends the memory. */
static const struct {
    int64_t low, high;
} integers[] = {{.low = 1, .high = 9},
                {.low = 1, .high = 2},
                {.low = 0, .high = 1},
                {.low = 1, .high = 1},
                {.low = 0, .high = 0}};
static const size_t ranks[] = {1, 2, 4, 3, 0};
static const int64_t sizes[] = {1, 2, 3, 8, 16, 32, 64, 128, 224, 256, 416, 512, 640};
/* Of one pixel, most nets for images see nothing but their own padding. */
static const int64_t image_sizes[] = {64, 32, 128, 224, 256, 416, 512, 640, 16, 8, 3, 2, 1};

typedef struct layout {
    size_t rank;         /* of inputs that may have any */
    int64_t first, rest; /* sizes that are open: of the first dimension, of the others */
    int64_t int_low, int_high;
} layout;

struct ais_sampler {
    ais_session *session;
    ais_sample_options options;
    layout layout; /* that the model accepts */
};

/* ---- values ---- */

static uint16_t half_of(double value)
{
    /* Values here are 0, or at most 255 and at least 2^-24 in size: rounded to nearest, no infinities. */
    int exponent = 0;
    const double fraction = frexp(fabs(value), &exponent); /* [0.5, 1) */
    const uint16_t sign = signbit(value) ? 0x8000 : 0;
    if (value == 0 || exponent < -24)
        return sign;
    if (exponent < -13) /* subnormal: units of 2^-24 */
        return (uint16_t)(sign | (unsigned)lrint(ldexp(fraction, exponent + 24)));
    return (uint16_t)(sign |
                      (unsigned)(lrint(ldexp(fraction, 11)) - 1024 + ((exponent + 14) << 10)));
}

static uint16_t brain_of(double value)
{
    const float narrow = (float)value;
    uint32_t bits = 0;
    memcpy(&bits, &narrow, sizeof bits);
    return (uint16_t)((bits + 0x8000U) >> 16);
}

static void put_float32(void *data, size_t i, double value)
{
    ((float *)data)[i] = (float)value;
}

static void put_float64(void *data, size_t i, double value)
{
    ((double *)data)[i] = value;
}

static void put_float16(void *data, size_t i, double value)
{
    ((uint16_t *)data)[i] = half_of(value);
}

static void put_bfloat16(void *data, size_t i, double value)
{
    ((uint16_t *)data)[i] = brain_of(value);
}

static void put_8(void *data, size_t i, double value)
{
    ((uint8_t *)data)[i] = (uint8_t)(int64_t)value;
}

static void put_16(void *data, size_t i, double value)
{
    ((uint16_t *)data)[i] = (uint16_t)(int64_t)value;
}

static void put_32(void *data, size_t i, double value)
{
    ((uint32_t *)data)[i] = (uint32_t)(int64_t)value;
}

static void put_64(void *data, size_t i, double value)
{
    ((uint64_t *)data)[i] = (uint64_t)(int64_t)value;
}

static const struct {
    void (*put)(void *data, size_t i, double value);
    bool is_float;
    bool small; /* random sets take all values of the type */
    bool wide;  /* no set leaves the range that the model is known to accept */
    int64_t low, high;
} kinds[AIS_TENSOR_TYPE_COUNT] = {
    [AIS_FLOAT32] = {.put = put_float32, .is_float = true},
    [AIS_FLOAT64] = {.put = put_float64, .is_float = true},
    [AIS_FLOAT16] = {.put = put_float16, .is_float = true},
    [AIS_BFLOAT16] = {.put = put_bfloat16, .is_float = true},
    [AIS_INT8] = {.put = put_8, .small = true, .low = -128, .high = 127},
    [AIS_INT16] = {.put = put_16, .low = -128, .high = 255},
    [AIS_INT32] = {.put = put_32, .wide = true},
    [AIS_INT64] = {.put = put_64, .wide = true},
    [AIS_UINT8] = {.put = put_8, .small = true, .low = 0, .high = 255},
    [AIS_UINT16] = {.put = put_16, .low = 0, .high = 255},
    [AIS_UINT32] = {.put = put_32, .wide = true},
    [AIS_UINT64] = {.put = put_64, .wide = true},
    [AIS_BOOL] = {.put = put_8, .small = true, .low = 0, .high = 1},
};

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

static void fill(ais_tensor *tensor, const layout *lay, const values *v, bool random_set,
                 ais_random *random)
{
    const ais_tensor_type type = tensor->type;
    const size_t count = tensor->bytes / ais_tensor_type_size(type);
    const bool all = random_set && kinds[type].small;
    const int64_t least = kinds[type].wide ? lay->int_low : kinds[type].low;
    const int64_t most = kinds[type].wide ? lay->int_high : kinds[type].high;
    const int64_t low = all ? least : clamp(v->int_low, least, most);
    const int64_t high = all ? most : clamp(v->int_high, least, most);
    for (size_t i = 0; i < count; i++) {
        const double value =
            kinds[type].is_float
                ? v->low + (v->high - v->low) * ais_random_uniform(random)
                : (double)(low + (int64_t)ais_random_below(random, (uint64_t)(high - low) + 1));
        kinds[type].put(tensor->data, i, value);
    }
}

/* ---- sizes ---- */

static const ais_tensor *given_at(const ais_sampler *s, size_t input)
{
    return s->options.given != NULL && s->options.given[input].data != NULL
               ? &s->options.given[input]
               : NULL;
}

/* The size that the user, or an input that is given, has for a symbol; 0 when none has. */
static int64_t bound_size(const ais_sampler *s, const char *symbol)
{
    for (size_t i = 0; i < s->options.size_count; i++)
        if (strcmp(s->options.sizes[i].symbol, symbol) == 0)
            return s->options.sizes[i].size;
    for (size_t i = 0; i < ais_session_count_inputs(s->session); i++) {
        const ais_tensor_info *info = ais_session_get_input(s->session, i);
        const ais_tensor *given = given_at(s, i);
        for (size_t d = 0; given != NULL && d < info->rank && d < given->rank; d++)
            if (info->size_names[d] != NULL && strcmp(info->size_names[d], symbol) == 0)
                return given->shape[d];
    }
    return 0;
}

/* A symbol that is somewhere a first size is one everywhere. */
static bool is_first(const ais_sampler *s, const char *symbol)
{
    for (size_t i = 0; i < ais_session_count_inputs(s->session); i++) {
        const ais_tensor_info *info = ais_session_get_input(s->session, i);
        if (info->rank > 0 && info->size_names[0] != NULL &&
            strcmp(info->size_names[0], symbol) == 0)
            return true;
    }
    return false;
}

static int64_t size_of(const ais_sampler *s, const ais_tensor_info *info, size_t d,
                       const layout *lay)
{
    const char *symbol = info->any_rank ? NULL : info->size_names[d];
    if (!info->any_rank && info->shape[d] >= 0)
        return info->shape[d];
    const int64_t bound = symbol != NULL ? bound_size(s, symbol) : 0;
    if (bound > 0)
        return bound;
    return d == 0 || (symbol != NULL && is_first(s, symbol)) ? lay->first : lay->rest;
}

/* The tensor of an input without its data. */
static ais_tensor shape_input(const ais_sampler *s, size_t input, const layout *lay)
{
    const ais_tensor_info *info = ais_session_get_input(s->session, input);
    ais_tensor tensor = {
        .name = info->name, .type = info->type, .rank = info->any_rank ? lay->rank : info->rank};
    for (size_t d = 0; d < tensor.rank; d++)
        tensor.shape[d] = size_of(s, info, d, lay);
    return tensor;
}

/* Elements of all inputs that are made up, -1 when there are too many. */
static int64_t count_elements(const ais_sampler *s, const layout *lay)
{
    int64_t total = 0;
    for (size_t i = 0; i < ais_session_count_inputs(s->session); i++) {
        const ais_tensor tensor = shape_input(s, i, lay);
        const int64_t count =
            given_at(s, i) != NULL ? 0 : ais_tensor_count(tensor.rank, tensor.shape);
        if (count < 0 || __builtin_add_overflow(total, count, &total) ||
            total > AIS_SAMPLE_MAX_ELEMENTS)
            return -1;
    }
    return total;
}

/* ---- sets ---- */

static ais_sample *make(const ais_sampler *s, const layout *lay, const values *v,
                        const uint64_t *random_number)
{
    ais_sample *sample = ais_alloc(sizeof *sample);
    const size_t count = ais_session_count_inputs(s->session);
    ais_random random;
    ais_random_init(&random, s->options.seed + (random_number != NULL ? *random_number : 0));
    sample->arena = ais_arena_new();
    sample->count = count;
    sample->inputs = ais_arena_alloc(sample->arena, (count + 1) * sizeof *sample->inputs);
    sample->label = random_number == NULL
                        ? v->label
                        : ais_arena_format(sample->arena, "random %llu",
                                           (unsigned long long)*random_number + 1);
    for (size_t i = 0; i < count; i++) {
        ais_tensor *tensor = &sample->inputs[i];
        if (given_at(s, i) != NULL) {
            *tensor = *given_at(s, i);
            continue;
        }
        *tensor = shape_input(s, i, lay);
        const size_t elements = (size_t)ais_tensor_count(tensor->rank, tensor->shape);
        tensor->bytes = elements * ais_tensor_type_size(tensor->type);
        tensor->data = ais_arena_alloc(sample->arena, tensor->bytes + 1);
        fill(tensor, lay, v, random_number != NULL, &random);
    }
    return sample;
}

void ais_sample_free(ais_sample *sample)
{
    if (sample == NULL)
        return;
    ais_arena_free(sample->arena);
    free(sample);
}

ais_sample *ais_sampler_edge(const ais_sampler *sampler, size_t i)
{
    return make(sampler, &sampler->layout, &edges[i], NULL);
}

ais_sample *ais_sampler_random(const ais_sampler *sampler, size_t i)
{
    layout lay = sampler->layout;
    values v = ranges[i % AIS_COUNT(ranges)];
    const uint64_t number = i;
    v.int_low = lay.int_low;
    v.int_high = lay.int_high;
    lay.first += (int64_t)(i % 2);
    if (count_elements(sampler, &lay) < 0)
        lay = sampler->layout;
    return make(sampler, &lay, &v, &number);
}

/* ---- what the model accepts ---- */

static bool accepts(ais_sampler *s, const layout *lay, ais_error **last)
{
    ais_error *failure = NULL;
    s->layout = *lay;
    AIS_AUTO(ais_sample) sample = ais_sampler_random(s, 0);
    AIS_AUTO(ais_run) run = NULL;
    if (ais_session_run(s->session, sample->inputs, sample->count, &run, &failure) == 0)
        return true;
    ais_error_free(*last);
    *last = failure;
    return false;
}

/* Which kinds of things are worth trying? */
typedef struct freedom {
    bool any_rank, open_size, integer;
    bool image; /* an open size of an input of four or more dimensions, beside the first */
} freedom;

static freedom look(const ais_sampler *s)
{
    freedom f = {.any_rank = false};
    for (size_t i = 0; i < ais_session_count_inputs(s->session); i++) {
        const ais_tensor_info *info = ais_session_get_input(s->session, i);
        if (given_at(s, i) != NULL)
            continue;
        f.any_rank = f.any_rank || info->any_rank;
        f.open_size = f.open_size || info->any_rank;
        for (size_t d = 0; d < info->rank; d++) {
            f.open_size = f.open_size || info->shape[d] < 0;
            f.image = f.image || (info->shape[d] < 0 && d > 0 && info->rank >= 4);
        }
        f.integer = f.integer || kinds[info->type].wide;
    }
    return f;
}

/* Both ways to use a size: batches of one, and the first size as all others. */
static bool try_size(ais_sampler *s, layout lay, int64_t size, freedom f, ais_error **last)
{
    for (size_t both = 0; both < (size > 1 ? 2 : 1); both++) {
        lay.first = both > 0 ? size : 1;
        lay.rest = size;
        if (count_elements(s, &lay) < 0)
            continue;
        for (size_t i = 0; i < (f.integer ? AIS_COUNT(integers) : 1); i++) {
            lay.int_low = integers[i].low;
            lay.int_high = integers[i].high;
            if (accepts(s, &lay, last))
                return true;
        }
    }
    return false;
}

static int find_layout(ais_sampler *s, ais_error **err)
{
    const freedom f = look(s);
    ais_error *last = NULL;
    for (size_t r = 0; r < (f.any_rank ? AIS_COUNT(ranks) : 1); r++)
        for (size_t i = 0; i < (f.open_size ? AIS_COUNT(sizes) : 1); i++)
            if (try_size(s, (layout){.rank = ranks[r]}, f.image ? image_sizes[i] : sizes[i], f,
                         &last)) {
                ais_error_free(last);
                return 0;
            }
    if (last == NULL)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = s->session->path},
                                "the inputs have more than %d elements", AIS_SAMPLE_MAX_ELEMENTS);
    ais_error_hint(&last, f.open_size ? "give sizes that it accepts: --dim NAME=N"
                                      : "give inputs that it accepts");
    return ais_error_pass(last, err);
}

static const char *symbol_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

/* Every size that the user gives must be one that an input has. */
static int check_sizes(const ais_sampler *s, ais_error **err)
{
    AIS_FREE const char **known = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < ais_session_count_inputs(s->session); i++) {
        const ais_tensor_info *info = ais_session_get_input(s->session, i);
        for (size_t d = 0; d < info->rank; d++) {
            if (info->size_names[d] == NULL)
                continue;
            known = ais_grow(known, &capacity, count + 1, sizeof *known);
            known[count++] = info->size_names[d];
        }
    }
    for (size_t k = 0; k < s->options.size_count; k++) {
        const char *symbol = s->options.sizes[k].symbol;
        size_t i = 0;
        while (i < count && strcmp(known[i], symbol) != 0)
            i++;
        if (i < count)
            continue;
        ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = s->session->path},
                         "no input has an open size '%s'", symbol);
        const char *near = ais_str_nearest(symbol, known, count, symbol_at);
        return near != NULL ? ais_error_hint(err, "did you mean '%s'?", near)
                            : ais_error_hint(err, "%s",
                                             count > 0 ? "see aisprint onnx info"
                                                       : "all its sizes are known");
    }
    return 0;
}

int ais_sampler_new(ais_session *session, const ais_sample_options *options, ais_sampler **out,
                    ais_error **err)
{
    AIS_AUTO(ais_sampler) s = ais_alloc(sizeof *s);
    *s = (ais_sampler){.session = session, .options = *options};
    if (check_sizes(s, err) < 0 || find_layout(s, err) < 0)
        return -1;
    *out = s;
    s = NULL;
    return 0;
}

void ais_sampler_free(ais_sampler *sampler)
{
    free(sampler);
}
