/* design - what the files of this room share. */
#ifndef AIS_DESIGN_PRIV_H
#define AIS_DESIGN_PRIV_H
#include "base/file.h"
#include "design/design.h"

/* The seven folders of other tools that an application and each deployment have. */
extern const char *const ais__design_tool_folders[];
extern const size_t ais__design_tool_folder_count;

/* ---- production.c ---- */
/* The layer and, per container, the resource that the base deployment selects: the first candidate
 * layer on which every container has a candidate resource that fits it. AIS_NONE when there is none. */
size_t ais__design_base_layer(const ais_app *app, size_t component);
/* Has every container of the entry a candidate resource on the layer that fits it? */
bool ais__design_layer_fits(const ais_app *app, const ais_app_candidate *candidate, int64_t layer);
ais_doc_node *ais__design_production_node(const ais_app *app, ais_doc *doc);
/* The candidate resource of a container that the base deployment selects on the given layer: the first
 * that fits it. NULL when there is none. */
const char *ais__design_base_resource(const ais_app *app, int64_t layer,
                                      const ais_app_container *container);

/* ---- manifest.c ---- */
enum { AIS__DESIGN_HASH_SIZE = 33 }; /* 128 bits in hexadecimal, and the NUL */
void ais__design_hash(const void *bytes, size_t length, char hex[AIS__DESIGN_HASH_SIZE]);
/* Of a file's content; false when it cannot be read. */
bool ais__design_hash_file(const char *path, char hex[AIS__DESIGN_HASH_SIZE]);
/* The name of the result that the manifest at `path` tells of, when every file that it was made from is
 * as it was then; else NULL. Ownership: the caller frees it. */
char *ais__design_manifest_find(const char *path);
/* Write which files `result` was made from, as the compiler's preprocessed text (with line markers)
 * tells them; nothing where they cannot all be told. Errors: AIS_E_IO. */
AIS_NODISCARD int ais__design_manifest_write(const char *path, const char *result,
                                             const ais_str *preprocessed, ais_error **err);

/* ---- compile.c ---- */
/* Compile the C sources of `source` to `<target_dir>/component.so`; an unchanged one comes from the
 * cache below the application directory. Adds the compiler's errors to `diags`. */
AIS_NODISCARD int ais__design_compile(const ais_ctx *ctx, const ais_app *app,
                                      const ais_app_source *source, const char *target_dir,
                                      ais_diags *diags, ais_design_report *report, ais_error **err);
/* Is what is made at `path` going to stay? A dry run makes it elsewhere, and adds nothing to the cache. */
bool ais__design_stays(const ais_app *app, const char *path);
/* As above for the generated sources of a segment, `source->dir` being its staged folder. */
AIS_NODISCARD int ais__design_compile_segment(const ais_ctx *ctx, const ais_app *app,
                                              const ais_app_source *source, ais_diags *diags,
                                              ais_design_report *report, ais_error **err);
#endif
