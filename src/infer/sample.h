/* infer/sample - made-up inputs for a model: random ones, and edge cases.
 *
 * Nobody says what a model accepts: an index below 10, an image of at least 32 pixels, two shapes that fit
 * each other. So a sampler tries, on the model itself, until a run succeeds, and then keeps to that.
 * The same model, options and number give the same inputs.
 * Layer: above sessions. Units: elements. Threads: a sampler belongs to one thread at a time. */
#ifndef AIS_INFER_SAMPLE_H
#define AIS_INFER_SAMPLE_H
#include "infer/infer.h"
#include "onnx/onnx.h"

typedef struct ais_sample_options {
    uint64_t seed;
    const ais_onnx_size *sizes; /* for symbols of the inputs: --dim NAME=N */
    size_t size_count;
    /* Inputs that are given, as the session's inputs: data NULL = to be made up. NULL = all are. */
    const ais_tensor *given;
} ais_sample_options;

/* One set of inputs, in the order of the session's inputs. */
typedef struct ais_sample {
    const char *label; /* "zeros", "random 3"; static or in the arena */
    ais_tensor *inputs;
    size_t count;
    ais_arena *arena;
} ais_sample;
void ais_sample_free(ais_sample *sample);
AIS_DEFINE_AUTO(ais_sample)

typedef struct ais_sampler ais_sampler;

/* Find sizes and values with which `session` runs. It and what `options` points to must outlive the
 * sampler.
 * Errors: AIS_E_INPUT for a symbol that no input has, or two given inputs that it contradicts; when the
 * model runs with nothing that was tried: what it said last, with a hint. AIS_E_LIMIT for inputs of
 * more than AIS_SAMPLE_MAX_ELEMENTS. */
AIS_NODISCARD int ais_sampler_new(ais_session *session, const ais_sample_options *options,
                                  ais_sampler **out, ais_error **err);
void ais_sampler_free(ais_sampler *sampler);
AIS_DEFINE_AUTO(ais_sampler)
enum { AIS_SAMPLE_MAX_ELEMENTS = 1 << 28 };

/* Edge case `i` of AIS_SAMPLE_EDGES: zeros, ones, large and small values; `given` inputs as they are.
 * The model may refuse it. Ownership: the caller frees. */
enum { AIS_SAMPLE_EDGES = 5 };
ais_sample *ais_sampler_edge(const ais_sampler *sampler, size_t i);
/* Random inputs number `i`. Of every two, the second has open first sizes (batches) one larger. */
ais_sample *ais_sampler_random(const ais_sampler *sampler, size_t i);
#endif
