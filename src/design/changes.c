/* What a design would change, file by file, against what is there. */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "design/staging.h"
#include "design/text_diff.h"

enum { TEXT_LIMIT = 256 * 1024 };

typedef struct listing {
    const ais__staging *s;
    bool texts;
    ais_doc *doc;
    ais_doc_node *files;
} listing;

static bool stat_of(const char *path, struct stat *status)
{
    return lstat(path, status) == 0;
}

/* "aisprint/designs/<component>/..." or "aisprint/deployments/<name>/...": whose file is it? */
static void put_owner(const listing *l, const char *path, ais_doc_node *node)
{
    static const struct {
        const char *prefix, *key;
    } owners[] = {{.prefix = "aisprint/designs/", .key = "component"},
                  {.prefix = "aisprint/deployments/", .key = "deployment"}};
    for (size_t i = 0; i < AIS_COUNT(owners); i++) {
        if (!ais_str_starts(path, owners[i].prefix))
            continue;
        const char *name = path + strlen(owners[i].prefix);
        const char *slash = strchr(name, '/');
        if (slash != NULL) {
            AIS_FREE char *owner = ais_strndup(name, (size_t)(slash - name));
            ais_doc_put(node, owners[i].key, ais_doc_new_string(l->doc, owner));
        }
    }
}

/* NULL when it is no text that can be shown; a missing file is an empty one. */
static char *read_text(const char *path)
{
    struct stat status;
    char *text = NULL;
    size_t length = 0;
    if (!stat_of(path, &status))
        return ais_strdup("");
    if (S_ISLNK(status.st_mode)) {
        char target[PATH_MAX];
        const ssize_t got = readlink(path, target, sizeof target - 1);
        return got < 0 ? NULL : ais_format("-> %.*s\n", (int)got, target);
    }
    if (!S_ISREG(status.st_mode) || ais_file_read(path, TEXT_LIMIT, &text, &length, NULL) < 0)
        return NULL;
    if (ais__text_is_plain(text, length))
        return text;
    free(text);
    return NULL;
}

static void put_diff(const listing *l, const char *staged, const char *there, ais_doc_node *node)
{
    AIS_FREE char *old = read_text(there);
    AIS_FREE char *new = read_text(staged);
    AIS_SCOPED(ais_str) diff = {.data = NULL};
    if (old == NULL || new == NULL) {
        ais_doc_put(node, "diff", ais_doc_new_null(l->doc));
        return;
    }
    ais__text_diff(old, new, &diff);
    ais_doc_put(node, "diff", ais_doc_new_string(l->doc, ais_str_get(&diff)));
}

static void add_file(listing *l, const char *path, const char *change, const char *staged,
                     const char *there)
{
    ais_doc_node *node = ais_doc_new_map(l->doc);
    ais_doc_put(node, "path", ais_doc_new_string(l->doc, path));
    ais_doc_put(node, "change", ais_doc_new_string(l->doc, change));
    put_owner(l, path, node);
    if (l->texts)
        put_diff(l, staged, there, node);
    ais_doc_append(l->files, node);
}

static void compare(listing *l, const char *path, const char *staged, const char *there);

/* Names of both folders, each once, sorted. */
static void list_both(const char *a, const char *b, ais_names *out)
{
    AIS_SCOPED(ais_names) x = {.items = NULL};
    AIS_SCOPED(ais_names) y = {.items = NULL};
    if (ais_dir_exists(a) && ais_dir_list(a, &x, NULL) < 0)
        return;
    if (ais_dir_exists(b) && ais_dir_list(b, &y, NULL) < 0)
        return;
    for (size_t i = 0, k = 0; i < x.count || k < y.count;) {
        const int order = i == x.count ? 1 : k == y.count ? -1 : strcmp(x.items[i], y.items[k]);
        ais_names_add(out, order <= 0 ? x.items[i] : y.items[k]);
        i += order <= 0;
        k += order >= 0;
    }
}

static void compare_folders(listing *l, const char *path, const char *staged, const char *there)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    list_both(staged, there, &names);
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *inner = ais_path_join(path, names.items[i]);
        AIS_FREE char *a = ais_path_join(staged, names.items[i]);
        AIS_FREE char *b = ais_path_join(there, names.items[i]);
        compare(l, inner, a, b);
    }
}

static void compare(listing *l, const char *path, const char *staged, const char *there)
{
    struct stat x, y;
    const bool new = stat_of(staged, &x), old = stat_of(there, &y);
    if ((new &&S_ISDIR(x.st_mode)) || (old && S_ISDIR(y.st_mode))) {
        compare_folders(l, path, staged, there);
        if ((!new || S_ISDIR(x.st_mode)) && (!old || S_ISDIR(y.st_mode)))
            return;
    }
    if (!new || !old)
        add_file(l, path, new ? "added" : "removed", staged, there);
    else if (!ais_tree_equal(staged, there))
        add_file(l, path, "changed", staged, there);
}

ais_doc_node *ais__changes_node(const ais__staging *s, bool texts, ais_doc *doc)
{
    listing l = {.s = s, .texts = texts, .doc = doc, .files = ais_doc_new_list(doc)};
    for (size_t i = 0; i < s->parts.count; i++) {
        const ais__part *part = &s->parts.items[i];
        AIS_FREE char *staged = ais__staged(s, part->path);
        AIS_FREE char *there = ais__in_place(s, part->path);
        compare(&l, part->path, staged, there);
    }
    return l.files;
}
