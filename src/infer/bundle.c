/* A bundle in memory: named tensors and texts. */
#include "infer/bundle_priv.h"

#include <string.h>
#include <sys/mman.h>

#include "doc/doc.h"

ais_bundle *ais_bundle_new(void)
{
    ais_bundle *bundle = ais_alloc(sizeof *bundle);
    bundle->arena = ais_arena_new();
    bundle->names = ais_map_new();
    bundle->keys = ais_map_new();
    bundle->users = 1;
    return bundle;
}

void ais__bundle_keep(ais_bundle *bundle, const ais_bundle *from, ais_run *run)
{
    bundle->from = ais__infer_unconst(from); /* to count a user changes nothing that can be seen */
    bundle->run = run;
    __atomic_add_fetch(&bundle->from->users, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&run->users, 1, __ATOMIC_RELAXED);
}

static void end_bundle(ais_bundle *bundle)
{
    if (bundle->mapping != NULL)
        munmap(bundle->mapping, bundle->mapping_bytes);
    ais_run_free(bundle->run);
    ais_arena_free(bundle->arena);
    ais_map_free(bundle->names);
    ais_map_free(bundle->keys);
    free(bundle->tensors);
    free(bundle->texts);
    free(bundle);
}

void ais_bundle_free(ais_bundle *bundle)
{
    /* a loop, not a recursion: bundles of a long chain of runs keep each other */
    while (bundle != NULL && __atomic_sub_fetch(&bundle->users, 1, __ATOMIC_ACQ_REL) == 0) {
        ais_bundle *from = bundle->from;
        end_bundle(bundle);
        bundle = from;
    }
}

size_t ais_bundle_count(const ais_bundle *bundle)
{
    return bundle->count;
}

const ais_tensor *ais_bundle_get(const ais_bundle *bundle, size_t i)
{
    return i < bundle->count ? bundle->tensors[i] : NULL;
}

const ais_tensor *ais_bundle_find(const ais_bundle *bundle, const char *name)
{
    return ais_map_find(bundle->names, name);
}

const char *ais_bundle_find_text(const ais_bundle *bundle, const char *key)
{
    return ais_map_find(bundle->keys, key);
}

size_t ais_bundle_count_texts(const ais_bundle *bundle)
{
    return bundle->text_count;
}

const char *ais_bundle_get_text_key(const ais_bundle *bundle, size_t i)
{
    return i < bundle->text_count ? bundle->texts[i].key : NULL;
}

ais_tensor *ais__bundle_put(ais_bundle *bundle, const ais_tensor *tensor)
{
    ais_tensor *kept = ais_arena_alloc(bundle->arena, sizeof *kept);
    *kept = *tensor;
    kept->name = ais_arena_strdup(bundle->arena, tensor->name);
    bundle->tensors =
        ais_grow(bundle->tensors, &bundle->capacity, bundle->count + 1, sizeof *bundle->tensors);
    bundle->tensors[bundle->count++] = kept;
    ais_map_put(bundle->names, kept->name, kept);
    return kept;
}

void ais__bundle_put_text(ais_bundle *bundle, const char *key, const char *value)
{
    char *text = ais_arena_strdup(bundle->arena, value);
    bundle->texts = ais_grow(bundle->texts, &bundle->text_capacity, bundle->text_count + 1,
                             sizeof *bundle->texts);
    bundle->texts[bundle->text_count++] =
        (ais__bundle_text){.key = ais_arena_strdup(bundle->arena, key), .value = text};
    ais_map_put(bundle->keys, key, text);
}

/* ---- adding ---- */

static int check_utf8(const char *what, const char *text, ais_error **err)
{
    const size_t length = strlen(text);
    const size_t invalid = ais_utf8_find_invalid(text, length);
    if (invalid == length)
        return 0;
    return ais_error_set(err, AIS_E_INPUT, "the %s is not UTF-8 at byte %zu", what, invalid);
}

static int check_size(const ais_tensor *tensor, ais_error **err)
{
    const size_t size = ais_tensor_type_size(tensor->type);
    if (size == 0)
        return ais_error_set(err, AIS_E_INPUT, "tensor '%s' has no known type", tensor->name);
    if (tensor->rank > AIS_TENSOR_MAX_RANK)
        return ais_error_set(err, AIS_E_LIMIT, "tensor '%s' has %zu dimensions (at most %d)",
                             tensor->name, tensor->rank, AIS_TENSOR_MAX_RANK);
    const int64_t count = ais_tensor_count(tensor->rank, tensor->shape);
    size_t bytes = 0;
    if (count >= 0 && !__builtin_mul_overflow((size_t)count, size, &bytes) &&
        bytes == tensor->bytes && (tensor->data != NULL || bytes == 0))
        return 0;
    AIS_SCOPED(ais_str) shape = {0};
    ais__infer_write_shape(&shape, tensor->rank, tensor->shape);
    return ais_error_set(err, AIS_E_INPUT, "tensor '%s' of shape %s and type %s has %zu bytes%s",
                         tensor->name, ais_str_get(&shape), ais_tensor_type_name(tensor->type),
                         tensor->bytes, tensor->data == NULL ? " but no data" : "");
}

int ais_bundle_add(ais_bundle *bundle, const ais_tensor *tensor, ais_error **err)
{
    if (tensor->name == NULL || ais_str_equal(tensor->name, AIS__BUNDLE_METADATA))
        return ais_error_set(err, AIS_E_INPUT, "a tensor needs a name other than '%s'",
                             AIS__BUNDLE_METADATA);
    if (check_utf8("name of a tensor", tensor->name, err) < 0 || check_size(tensor, err) < 0)
        return -1;
    if (ais_map_find(bundle->names, tensor->name) != NULL)
        return ais_error_set(err, AIS_E_INPUT, "the bundle has a tensor '%s' already",
                             tensor->name);
    ais__bundle_put(bundle, tensor);
    return 0;
}

int ais_bundle_add_text(ais_bundle *bundle, const char *key, const char *json, ais_error **err)
{
    if (check_utf8("key of a text", key, err) < 0)
        return -1;
    if (ais_map_find(bundle->keys, key) != NULL)
        return ais_error_set(err, AIS_E_INPUT, "the bundle has a text '%s' already", key);
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    if (ais_doc_parse(key, json, strlen(json), AIS_DOC_JSON, diags, &doc) < 0) {
        if (ais_diags_fail(diags, err) == 0)
            AIS_BUG("text '%s' was refused without a reason", key);
        return ais_error_wrap(err, "adding the text '%s', which must be JSON", key);
    }
    ais__bundle_put_text(bundle, key, json);
    return 0;
}
