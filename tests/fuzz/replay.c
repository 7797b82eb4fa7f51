/* Runs a fuzz target once over each file named on the command line. */
#include <stdio.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int count, char **paths)
{
    for (int i = 1; i < count; i++) {
        AIS_FREE char *data = NULL;
        size_t length = 0;
        AIS_AUTO(ais_error) err = NULL;
        if (ais_file_read(paths[i], 64u * 1024 * 1024, &data, &length, &err) < 0) {
            fprintf(stderr, "%s\n", ais_error_get_message(err));
            return 1;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)data, length);
    }
    printf("replayed %d inputs\n", count - 1);
    return 0;
}
