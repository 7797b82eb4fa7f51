/* `new`: the layout of an application, written beside its place and moved there whole. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "design/design_priv.h"
#include "design/template.h"

typedef struct layout {
    const char *dir;  /* being written */
    const char *name; /* of the application */
    const char *const *components;
    size_t component_count;
    ais_language language;
} layout;

/* Append `text` with every `@WORD@` replaced. */
static void add_filled(ais_str *out, const char *text, const char *word, const char *value)
{
    const size_t length = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(text, word)) {
        ais_str_add_bytes(out, text, (size_t)(at - text));
        ais_str_add(out, value);
        text = at + length;
    }
    ais_str_add(out, text);
}

static int write_text(const char *dir, const char *name, const char *text, const char *word,
                      const char *value, ais_error **err)
{
    AIS_SCOPED(ais_str) filled = {.data = NULL};
    AIS_SCOPED(ais_str) filled_name = {.data = NULL};
    add_filled(&filled, text, word, value);
    add_filled(&filled_name, name, word, value);
    AIS_FREE char *path = ais_path_join(dir, ais_str_get(&filled_name));
    return ais_file_write(path, ais_str_get(&filled), filled.length, err);
}

static int make_folders(const layout *l, ais_error **err)
{
    static const char *const others[] = {"aisprint/designs", "aisprint/deployments",
                                         "common_config", "sample"};
    for (size_t i = 0; i < ais__design_tool_folder_count + AIS_COUNT(others); i++) {
        const char *name =
            i < AIS_COUNT(others) ? others[i] : ais__design_tool_folders[i - AIS_COUNT(others)];
        AIS_FREE char *path = ais_path_join(l->dir, name);
        if (ais_dir_make(path, err) < 0 ||
            (i >= 2 && !ais_str_equal(name, "common_config") && !ais_str_equal(name, "sample") &&
             write_text(path, ".gitkeep", "", "@", "", err) < 0))
            return -1;
    }
    return 0;
}

static int write_components(const layout *l, ais_error **err)
{
    const ais__template_file *files =
        l->language == AIS_LANGUAGE_C ? ais__template_c : ais__template_python;
    for (size_t i = 0; i < l->component_count; i++) {
        AIS_FREE char *src = ais_path_join(l->dir, "src");
        AIS_FREE char *dir = ais_path_join(src, l->components[i]);
        if (ais_dir_make(dir, err) < 0)
            return -1;
        for (const ais__template_file *file = files; file->path != NULL; file++)
            if (write_text(dir, file->path, file->text, "@COMPONENT@", l->components[i], err) < 0)
                return -1;
    }
    return 0;
}

static int write_node_to(const layout *l, const char *name, const ais_doc_node *node,
                         ais_error **err)
{
    AIS_FREE char *path = ais_path_join(l->dir, name);
    return ais_doc_write(node, path, err);
}

static int write_dag(const layout *l, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc), *system = ais_doc_new_map(doc);
    ais_doc_node *names = ais_doc_new_list(doc), *edges = ais_doc_new_list(doc);
    for (size_t i = 0; i < l->component_count; i++) {
        ais_doc_append(names, ais_doc_new_string(doc, l->components[i]));
        if (i == 0)
            continue;
        ais_doc_node *edge = ais_doc_new_list(doc);
        ais_doc_append(edge, ais_doc_new_string(doc, l->components[i - 1]));
        ais_doc_append(edge, ais_doc_new_string(doc, l->components[i]));
        ais_doc_append(edge, ais_doc_new_int(doc, 1));
        ais_doc_append(edges, edge);
    }
    ais_doc_put(system, "name", ais_doc_new_string(doc, l->name));
    ais_doc_put(system, "components", names);
    ais_doc_put(system, "dependencies", edges);
    ais_doc_put(root, "System", system);
    return write_node_to(l, "common_config/application_dag.yaml", root, err);
}

static ais_doc_node *container(ais_doc *doc)
{
    static const char *const flags[] = {"trustedExecution", "networkProtection",
                                        "fileSystemProtection", "GPURequirement"};
    ais_doc_node *node = ais_doc_new_map(doc), *resources = ais_doc_new_list(doc);
    ais_doc_put(node, "image", ais_doc_new_null(doc));
    ais_doc_put(node, "memorySize", ais_doc_new_int(doc, 512));
    ais_doc_put(node, "computingUnits", ais_doc_new_float(doc, 0.9));
    for (size_t i = 0; i < AIS_COUNT(flags); i++)
        ais_doc_put(node, flags[i], ais_doc_new_bool(doc, false));
    ais_doc_append(resources, ais_doc_new_string(doc, "edge-node"));
    ais_doc_put(node, "candidateExecutionResources", resources);
    return node;
}

static int write_deployments(const layout *l, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc), *components = ais_doc_new_map(doc);
    for (size_t i = 0; i < l->component_count; i++) {
        ais_doc_node *node = ais_doc_new_map(doc), *layers = ais_doc_new_list(doc);
        ais_doc_node *containers = ais_doc_new_map(doc);
        AIS_FREE char *key = ais_format("component%zu", i + 1);
        ais_doc_append(layers, ais_doc_new_int(doc, 1));
        ais_doc_put(containers, "container1", container(doc));
        ais_doc_put(node, "name", ais_doc_new_string(doc, l->components[i]));
        ais_doc_put(node, "candidateExecutionLayers", layers);
        ais_doc_put(node, "Containers", containers);
        ais_doc_put(components, key, node);
    }
    ais_doc_put(root, "Components", components);
    return write_node_to(l, "common_config/candidate_deployments.yaml", root, err);
}

static int write_all(const layout *l, ais_error **err)
{
    if (make_folders(l, err) < 0 || write_components(l, err) < 0 || write_dag(l, err) < 0 ||
        write_deployments(l, err) < 0)
        return -1;
    AIS_FREE char *config = ais_path_join(l->dir, "common_config");
    AIS_FREE char *sample = ais_path_join(l->dir, "sample");
    if (write_text(config, "candidate_resources.yaml", ais__template_resources, "@NAME@", l->name,
                   err) < 0 ||
        write_text(config, "security.yaml", "", "@", "", err) < 0 ||
        write_text(l->dir, "README.md", ais__template_readme, "@NAME@", l->name, err) < 0 ||
        write_text(sample, "hello.txt", "hello\n", "@", "", err) < 0)
        return -1;
    return 0;
}

/* Names become folders, YAML values and source text, so only plain ones are taken. */
static int check_name(const char *what, const char *name, ais_error **err)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (name[0] == '\0' || name[0] == '.' || name[0] == '-' ||
        strspn(name, allowed) != strlen(name) || strlen(name) > 63) {
        ais_error_set(err, AIS_E_USAGE, "'%s' cannot be the name of %s", name, what);
        return ais_error_hint(err,
                              "letters, digits, '_', '-' and '.', at most 63, beginning with a "
                              "letter, a digit or '_'");
    }
    return 0;
}

static int check_names(const char *name, const char *const *components, size_t count,
                       ais_error **err)
{
    if (check_name("an application", ais_path_base(name), err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (check_name("a component", components[i], err) < 0)
            return -1;
        for (size_t j = 0; j < i; j++)
            if (ais_str_equal(components[i], components[j]))
                return ais_error_set(err, AIS_E_USAGE, "component '%s' is named twice",
                                     components[i]);
    }
    return 0;
}

int ais_design_new(const char *dir, const char *const *components, size_t component_count,
                   ais_language language, ais_error **err)
{
    if (check_names(dir, components, component_count, err) < 0)
        return -1;
    if (ais_file_exists(dir)) {
        ais_error_set(err, AIS_E_EXISTS, "'%s' is there already", dir);
        return ais_error_hint(err, "choose another name, or remove it first");
    }
    AIS_FREE char *parent = ais_path_dir(dir);
    AIS_FREE char *staging = ais_path_join(parent, ".aisprint-new-XXXXXX");
    if (ais_dir_make(parent, err) < 0)
        return -1;
    if (mkdtemp(staging) == NULL)
        return ais_error_set_errno(err, parent, "making a folder");
    /* One folder further down, since mkdtemp()'s is for its owner only. */
    AIS_FREE char *staged = ais_path_join(staging, ais_path_base(dir));
    const layout l = {.dir = staged,
                      .name = ais_path_base(dir),
                      .components = components,
                      .component_count = component_count,
                      .language = language};
    int status = write_all(&l, err);
    if (status == 0 && renameat2(AT_FDCWD, staged, AT_FDCWD, dir, RENAME_NOREPLACE) < 0)
        status = ais_error_set_errno(err, dir, "making the application");
    if (ais_tree_remove(staging, NULL) < 0)
        ais_error_wrap(err, "removing '%s'", staging);
    return status;
}
