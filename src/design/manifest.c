/* Which files a compiled component was made from, so that an unchanged one is known without running the
 * compiler: asking it to preprocess costs some 20 ms, hashing what it read last time one or two.
 *
 * A text file: the name of the result, then a line "HASH PATH" for each file. A header that is put in
 * front of another in the search path later is not seen by this alone, so the key of the manifest holds
 * the names of the component's own files. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/map.h"
#include "design/design_priv.h"

enum { INPUT_LIMIT = 64 * 1024 * 1024, HEX = 32 };

void ais__design_hash(const void *bytes, size_t length, char hex[AIS__DESIGN_HASH_SIZE])
{
    const XXH128_hash_t hash = XXH3_128bits(bytes, length);
    snprintf(hex, AIS__DESIGN_HASH_SIZE, "%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64,
             (uint64_t)hash.low64);
}

bool ais__design_hash_file(const char *path, char hex[AIS__DESIGN_HASH_SIZE])
{
    AIS_FREE char *data = NULL;
    size_t length = 0;
    if (ais_file_read(path, INPUT_LIMIT, &data, &length, NULL) < 0)
        return false;
    ais__design_hash(data, length, hex);
    return true;
}

static bool is_unchanged(const char *line)
{
    char hex[AIS__DESIGN_HASH_SIZE];
    return strlen(line) > HEX + 1 && ais__design_hash_file(line + HEX + 1, hex) &&
           memcmp(line, hex, HEX) == 0;
}

char *ais__design_manifest_find(const char *path)
{
    AIS_FREE char *data = NULL;
    size_t length = 0;
    if (!ais_file_exists(path) || ais_file_read(path, INPUT_LIMIT, &data, &length, NULL) < 0 ||
        strlen(data) != length)
        return NULL;
    char *rest = data;
    const char *result = strsep(&rest, "\n");
    if (rest == NULL || !ais_path_is_name(result))
        return NULL;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
        if (line[0] != '\0' && !is_unchanged(line))
            return NULL;
    return ais_strdup(result);
}

/* The file of a line `# 1 "path" 1`; NULL for other lines and for what has no file: "<built-in>". */
static char *marked_file(const char *line, size_t length)
{
    const char *open = memchr(line, '"', length);
    const char *close = memrchr(line, '"', length);
    if (length < 2 || line[0] != '#' || line[1] != ' ' || open == NULL || close <= open + 1 ||
        open[1] == '<')
        return NULL;
    return ais_strndup(open + 1, (size_t)(close - open - 1));
}

/* Append the line of one file; false when it cannot be told by a line. */
static bool add_file(ais_str *out, ais_map *seen, const char *path)
{
    char hex[AIS__DESIGN_HASH_SIZE];
    if (ais_map_put(seen, path, seen) != NULL) /* a set: any pointer will do */
        return true;
    if (strpbrk(path, "\\\n") != NULL || !ais__design_hash_file(path, hex))
        return false;
    ais_str_add_format(out, "%s %s\n", hex, path);
    return true;
}

int ais__design_manifest_write(const char *path, const char *result, const ais_str *preprocessed,
                               ais_error **err)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    AIS_AUTO(ais_map) seen = ais_map_new();
    ais_str_add_format(&text, "%s\n", result);
    const char *end = ais_str_get(preprocessed) + preprocessed->length;
    for (const char *line = ais_str_get(preprocessed), *next; line < end; line = next) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        next = newline != NULL ? newline + 1 : end;
        AIS_FREE char *file = marked_file(line, (size_t)(next - line));
        if (file != NULL && file[strlen(file) - 1] != '/' && !add_file(&text, seen, file))
            return 0; /* without a manifest the compiler is asked each time */
    }
    return ais_file_write(path, ais_str_get(&text), text.length, err);
}
