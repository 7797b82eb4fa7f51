/* Do a source folder and its design still agree? See plan.h. */
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "serve/plan.h"

enum { COMPARED_BYTES = 4 * 1024 * 1024, MAX_DEPTH = 32 };

static bool same_content(const char *a, const char *b)
{
    AIS_FREE char *x = NULL, *y = NULL;
    size_t n = 0, m = 0;
    return ais_file_read(a, COMPARED_BYTES, &x, &n, NULL) == 0 &&
           ais_file_read(b, COMPARED_BYTES, &y, &m, NULL) == 0 && n == m && memcmp(x, y, n) == 0;
}

static bool same_file(const char *source, const struct stat *s, const char *design)
{
    struct stat d;
    if (stat(design, &d) < 0 || !S_ISREG(d.st_mode) || s->st_size != d.st_size)
        return false;
    if (s->st_size <= COMPARED_BYTES)
        return same_content(source, design);
    return s->st_mtim.tv_sec < d.st_mtim.tv_sec ||
           (s->st_mtim.tv_sec == d.st_mtim.tv_sec && s->st_mtim.tv_nsec <= d.st_mtim.tv_nsec);
}

static char *find_change(const char *source, const char *design, unsigned depth)
{
    ais_names names = {.items = NULL};
    char *found = NULL;
    if (depth > MAX_DEPTH || ais_dir_list(source, &names, NULL) < 0)
        return NULL;
    for (size_t i = 0; i < names.count && found == NULL; i++) {
        struct stat status;
        const char *name = names.items[i];
        AIS_FREE char *a = ais_path_join(source, name);
        AIS_FREE char *b = ais_path_join(design, name);
        if (ais_str_equal(name, "__pycache__") || stat(a, &status) < 0)
            continue;
        if (S_ISDIR(status.st_mode)) {
            AIS_FREE char *inner = find_change(a, b, depth + 1);
            found = inner != NULL ? ais_path_join(name, inner) : NULL;
        } else if (S_ISREG(status.st_mode) && !same_file(a, &status, b)) {
            found = ais_strdup(name);
        }
    }
    ais_names_clear(&names);
    return found;
}

bool ais_plan_is_stale(const char *source, const char *design, char **name)
{
    *name = find_change(source, design, 0);
    return *name != NULL;
}
