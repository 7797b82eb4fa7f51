/* ais_bundle_parse(): what it takes must be readable to the last byte, what it refuses has a reason. */
#include <string.h>

#include "infer/infer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = NULL;
    if (ais_bundle_parse("fuzz", data, size, &bundle, &err) < 0) {
        if (ais_error_get_message(err)[0] == '\0')
            AIS_BUG("refused without a reason");
        return 0;
    }
    unsigned sum = 0;
    for (size_t i = 0; i < ais_bundle_count(bundle); i++) {
        const ais_tensor *t = ais_bundle_get(bundle, i);
        if (ais_bundle_find(bundle, t->name) != t)
            AIS_BUG("'%s' is not found", t->name);
        for (size_t j = 0; j < t->bytes; j++)
            sum += ((const unsigned char *)t->data)[j];
    }
    for (size_t i = 0; i < ais_bundle_count_texts(bundle); i++)
        sum += (unsigned)strlen(ais_bundle_find_text(bundle, ais_bundle_get_text_key(bundle, i)));
    return sum == UINT32_MAX ? -1 : 0;
}
