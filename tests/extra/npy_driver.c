/* For npy_against_numpy.py: reads a .npy file, prints its type, shape and elements, and writes it
 * again: npy_driver IN OUT. */
#include <stdio.h>

#include "infer/npy.h"

int main(int count, char **words)
{
    AIS_AUTO(ais_npy) npy = NULL;
    AIS_AUTO(ais_error) err = NULL;
    if (count != 3 || ais_npy_read(words[1], &npy, &err) < 0 ||
        ais_npy_write(&npy->tensor, words[2], &err) < 0) {
        printf("error %s\n", err != NULL ? ais_error_get_message(err) : "usage");
        return 1;
    }
    const ais_tensor *t = &npy->tensor;
    printf("%s", ais_tensor_type_name(t->type));
    for (size_t i = 0; i < t->rank; i++)
        printf(" %lld", (long long)t->shape[i]);
    printf("\n");
    for (size_t i = 0; i < t->bytes / ais_tensor_type_size(t->type); i++)
        printf("%.17g %zu\n", ais_npy_get(npy, i), ais_npy_byte_of(npy, i));
    return 0;
}
