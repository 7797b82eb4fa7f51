/* aisprint/bundle.h - named tensors and texts in one file, in the safetensors format.
 *
 * The file between two segments of a cut model. Values that are no tensors are JSON texts in
 * `__metadata__`. Never pickle: reading runs nothing and trusts nothing.
 * Source: https://huggingface.co/docs/safetensors (header: u64 little-endian length, JSON, data). */
#ifndef AISPRINT_BUNDLE_H
#define AISPRINT_BUNDLE_H
#include "aisprint/infer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ais_bundle ais_bundle;

AIS_PUBLIC ais_bundle *ais_bundle_new(void);
AIS_PUBLIC void ais_bundle_free(ais_bundle *bundle);

/* Map a file into memory; tensors point into the mapping. To write to them changes the
 * memory of this process only, never the file.
 * Errors: AIS_E_INPUT with the byte offset of what is wrong, AIS_E_IO, AIS_E_LIMIT. */
AIS_PUBLIC AIS_NODISCARD int ais_bundle_read(const char *path, ais_bundle **out, ais_error **err);
/* As above from memory, which must outlive the bundle; `name` stands in messages. */
AIS_PUBLIC AIS_NODISCARD int ais_bundle_parse(const char *name, const void *data, size_t length,
                                              ais_bundle **out, ais_error **err);

AIS_PUBLIC size_t ais_bundle_count(const ais_bundle *bundle);
AIS_PUBLIC const ais_tensor *ais_bundle_get(const ais_bundle *bundle, size_t i);
AIS_PUBLIC const ais_tensor *ais_bundle_find(const ais_bundle *bundle, const char *name);
/* JSON text of an entry of `__metadata__`, NULL when absent; and all of them by index. */
AIS_PUBLIC const char *ais_bundle_find_text(const ais_bundle *bundle, const char *key);
AIS_PUBLIC size_t ais_bundle_count_texts(const ais_bundle *bundle);
AIS_PUBLIC const char *ais_bundle_get_text_key(const ais_bundle *bundle, size_t i);

/* Add a tensor; its data is borrowed until the bundle is written or freed, its name copied. Or a JSON
 * text. Errors: AIS_E_INPUT for a name that is taken or no UTF-8, a shape that does not fit the bytes,
 * a text that is no JSON. */
AIS_PUBLIC AIS_NODISCARD int ais_bundle_add(ais_bundle *bundle, const ais_tensor *tensor,
                                            ais_error **err);
AIS_PUBLIC AIS_NODISCARD int ais_bundle_add_text(ais_bundle *bundle, const char *key,
                                                 const char *json, ais_error **err);
/* Write atomically; a symbolic link stays, and a device or pipe is refused. The format allows no holes: the header is padded so that the data begins at a
 * multiple of 64 bytes, and tensors stand by falling element size, then in order of addition, so that
 * each is aligned for its type. Errors: AIS_E_IO. */
AIS_PUBLIC AIS_NODISCARD int ais_bundle_write(const ais_bundle *bundle, const char *path,
                                              ais_error **err);

#ifdef __cplusplus
}
#endif
#endif
