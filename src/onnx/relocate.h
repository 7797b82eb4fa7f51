/* onnx/relocate - the external data of a part: which ranges of which files it needs, where they come to stand
 * in its own file, and messages that say so.
 *
 * Layer: inside onnx/. Units: bytes. */
#ifndef AIS_ONNX_RELOCATE_H
#define AIS_ONNX_RELOCATE_H
#include "onnx/onnx_priv.h"
#include "onnx/rope.h"

typedef struct ais__onnx_range {
    size_t file;
    uint64_t from, to; /* in the old file */
    uint64_t
        new_offset; /* of `from`; as far into a page as the old one, so that pages may be shared */
} ais__onnx_range;

typedef struct ais__onnx_relocation {
    const ais_onnx_model *model;
    const char *name; /* of the new file, as the part states it */
    ais__onnx_range *ranges;
    size_t count, capacity;
} ais__onnx_relocation;

void ais__onnx_relocation_clear(ais__onnx_relocation *r);
/* All external data of tensors inside of `span` is needed. */
void ais__onnx_relocation_need(ais__onnx_relocation *r, ais_onnx_span span);
/* All that is needed is known: give it its places. */
void ais__onnx_relocation_place(ais__onnx_relocation *r);
/* Append the message with the new places in it; the same bytes when it has none.
 * Errors: AIS_E_LIMIT when nested too deeply. */
AIS_NODISCARD int ais__onnx_relocation_rewrite(const ais__onnx_relocation *r,
                                               ais_onnx_message message, ais_onnx_span span,
                                               ais__onnx_rope *out, ais_error **err);
/* Write the new file. Errors: AIS_E_IO. */
AIS_NODISCARD int ais__onnx_relocation_write(const ais__onnx_relocation *r, const char *path,
                                             ais_error **err);
#endif
