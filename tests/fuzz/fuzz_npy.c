/* Reads bytes as an array. What can be read is written and read again: it must be the same array. */
#include <string.h>

#include "infer/npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AIS_AUTO(ais_npy) npy = NULL;
    AIS_AUTO(ais_npy) again = NULL;
    AIS_AUTO(ais_error) err = NULL;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (ais_npy_parse("f", data, size, &npy, &err) < 0) {
        if (err == NULL)
            AIS_BUG("refused without a fault");
        return 0;
    }
    const size_t count = npy->tensor.bytes / ais_tensor_type_size(npy->tensor.type);
    for (size_t i = 0; i < count; i++) {
        (void)ais_npy_get(npy, i);
        if (ais_npy_byte_of(npy, i) >= size)
            AIS_BUG("element %zu stands outside of the file", i);
    }
    if (ais_npy_format(&npy->tensor, &text, &err) < 0 ||
        ais_npy_parse("f", text.data, text.length, &again, &err) < 0)
        AIS_BUG("cannot be read again: %s", ais_error_get_message(err));
    if (again->tensor.bytes != npy->tensor.bytes ||
        (count > 0 && memcmp(again->tensor.data, npy->tensor.data, npy->tensor.bytes) != 0))
        AIS_BUG("is another array when read again");
    return 0;
}
