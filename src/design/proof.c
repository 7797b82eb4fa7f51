/* Verifying with a memory; see proof.h. */
#include "design/proof.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "design/design_priv.h"

enum { NOTE_LIMIT = 4096, LIMIT_S = 10 };

struct ais__prover {
    const char *cache;
    bool remembers;
    const ais_infer_status *library;
    const ais_onnx_model *whole;
    ais_verify_options options;
    char hash[AIS__DESIGN_HASH_SIZE]; /* of the whole, with its external data; "" = not yet made */
    ais_verifier *verifier;
    char *unknown; /* why the whole cannot be run; NULL while it may be */
};

ais__prover *ais__prover_new(const ais_ctx *ctx, const char *cache, bool remembers,
                             const ais_infer_status *library, const ais_onnx_model *whole)
{
    ais__prover *prover = ais_alloc(sizeof *prover);
    *prover = (ais__prover){.cache = cache,
                            .remembers = remembers,
                            .library = library,
                            .whole = whole,
                            .options = ais_verify_defaults()};
    prover->options.limit_s = LIMIT_S;
    prover->options.ctx = ctx;
    return prover;
}

void ais__prover_free(ais__prover *prover)
{
    if (prover == NULL)
        return;
    ais_verifier_free(prover->verifier);
    free(prover->unknown);
    free(prover);
}

/* ---- the note in the cache ---- */

static void hash_whole(ais__prover *p)
{
    AIS_SCOPED(ais_str) key = {.data = NULL};
    char hex[AIS__DESIGN_HASH_SIZE];
    const ais_onnx_graph *graph = p->whole->graph;
    AIS_FREE char *dir = ais_path_dir(p->whole->path);
    ais__design_hash(p->whole->bytes.data, p->whole->bytes.length, hex);
    ais_str_add(&key, hex);
    const char *last = "";
    for (size_t i = 0; p->whole->has_external_data && i < graph->value_count; i++) {
        const ais_onnx_tensor *weights = graph->values[i].initializer;
        struct stat status;
        if (weights == NULL || weights->location == NULL || strcmp(weights->location, last) == 0)
            continue;
        last = weights->location;
        AIS_FREE char *path = ais_path_join(dir, last);
        if (stat(path, &status) == 0) /* it may be of many GB: its stamp stands for its bytes */
            ais_str_add_format(&key, "\n%s %lld %lld.%09ld", last, (long long)status.st_size,
                               (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    }
    ais__design_hash(ais_str_get(&key), key.length, p->hash);
}

static int add_part(ais_str *key, const char *path, ais_error **err)
{
    AIS_FREE char *data = NULL;
    size_t length = 0;
    char hex[AIS__DESIGN_HASH_SIZE];
    if (ais_file_read(path, INT32_MAX, &data, &length, err) < 0)
        return -1;
    ais__design_hash(data, length, hex);
    ais_str_add_format(key, "%s\n", hex);
    return 0;
}

static int name_note(ais__prover *p, const char *const *parts, size_t part_count, char **path,
                     ais_error **err)
{
    AIS_SCOPED(ais_str) key = {.data = NULL};
    char hex[AIS__DESIGN_HASH_SIZE];
    if (p->hash[0] == '\0')
        hash_whole(p);
    ais_str_add_format(&key, "aisprint %s, %s %s, %.17g %.17g %zu %g %llu\n%s\n", AIS_VERSION,
                       ais_infer_backend_name(p->library->backend), p->library->version,
                       p->options.rtol, p->options.atol, p->options.runs, p->options.limit_s,
                       (unsigned long long)p->options.seed, p->hash);
    for (size_t i = 0; i < part_count; i++)
        if (add_part(&key, parts[i], err) < 0)
            return -1;
    ais__design_hash(ais_str_get(&key), key.length, hex);
    AIS_FREE char *name = ais_format("verified-%s", hex);
    *path = ais_path_join(p->cache, name);
    return 0;
}

/* A note is one line: the two largest differences. */
static bool read_note(const char *path, ais_variant_proof *out)
{
    AIS_FREE char *text = NULL;
    size_t length = 0;
    double absolute = 0, relative = 0;
    if (!ais_file_exists(path) || ais_file_read(path, NOTE_LIMIT, &text, &length, NULL) < 0 ||
        sscanf(text, "%lg %lg", &absolute, &relative) != 2)
        return false;
    *out = (ais_variant_proof){
        .verified = true, .remembered = true, .absolute = absolute, .relative = relative};
    return true;
}

static int write_note(const ais__prover *p, const char *path, const ais_verify_result *result,
                      ais_error **err)
{
    AIS_FREE char *text = ais_format("%.17g %.17g\n", result->absolute, result->relative);
    return ais_dir_make(p->cache, err) < 0 ? -1 : ais_file_write(path, text, strlen(text), err);
}

/* ---- running ---- */

/* 0 and no `*out` when the whole cannot be run: `p->unknown` says why then. */
static int run(ais__prover *p, const char *const *parts, size_t part_count, ais_verify_result **out,
               ais_error **err)
{
    ais_error *failure = NULL;
    if (p->verifier == NULL && p->unknown == NULL &&
        ais_verifier_new(p->whole->path, &p->options, &p->verifier, &failure) < 0) {
        if (ais_error_get_code(failure) == AIS_E_INTERRUPTED)
            return ais_error_pass(failure, err);
        p->unknown = ais_strdup(ais_error_get_message(failure));
        ais_error_free(failure);
    }
    return p->unknown != NULL ? 0 : ais_verifier_check(p->verifier, parts, part_count, out, err);
}

int ais__prover_check(ais__prover *prover, const char *const *parts, size_t part_count,
                      ais_arena *arena, ais__verdict *verdict, ais_variant_proof *proof,
                      const char **why, ais_error **err)
{
    AIS_FREE char *note = NULL;
    AIS_AUTO(ais_verify_result) result = NULL;
    *verdict = AIS__VERDICT_EQUAL;
    if (name_note(prover, parts, part_count, &note, err) < 0)
        return -1;
    if (read_note(note, proof))
        return 0;
    if (run(prover, parts, part_count, &result, err) < 0)
        return -1;
    *proof = (ais_variant_proof){.verified = false};
    if (result == NULL || result->unsteady) {
        *verdict = AIS__VERDICT_UNKNOWN;
        *why = result == NULL ? ais_arena_strdup(arena, prover->unknown)
                              : "it gives something else each time: it has a random operator";
        return 0;
    }
    *proof = (ais_variant_proof){
        .verified = true, .absolute = result->absolute, .relative = result->relative};
    if (result->equal)
        return prover->remembers ? write_note(prover, note, result, err) : 0;
    *verdict = AIS__VERDICT_DIFFERENT;
    *why = ais_arena_format(arena, "%s; the largest difference is %.3g, relative %.3g",
                            result->fault, result->absolute, result->relative);
    return 0;
}
