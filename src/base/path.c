/* Names of files; see path.h. */
#include "base/path.h"

#include <string.h>

char *ais_path_join(const char *a, const char *b)
{
    if (b[0] == '/' || a[0] == '\0')
        return ais_strdup(b);
    return ais_format("%s%s%s", a, a[strlen(a) - 1] == '/' ? "" : "/", b);
}

const char *ais_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

char *ais_path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return ais_strdup(".");
    return ais_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

bool ais_path_is_name(const char *name)
{
    return name[0] != '\0' && strchr(name, '/') == NULL && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

bool ais_path_is_inside(const char *path)
{
    if (path[0] == '\0' || path[0] == '/')
        return false;
    for (const char *at = path; at != NULL;) {
        const char *slash = strchr(at, '/');
        const size_t length = slash != NULL ? (size_t)(slash - at) : strlen(at);
        if (length == 2 && at[0] == '.' && at[1] == '.')
            return false;
        at = slash != NULL ? slash + 1 : NULL;
    }
    return true;
}
