/* design - what the files of this room share. */
#ifndef AIS_DESIGN_PRIV_H
#define AIS_DESIGN_PRIV_H
#include "base/file.h"
#include "design/design.h"

/* The seven folders of other tools that an application and each deployment have. */
extern const char *const ais__design_tool_folders[];
extern const size_t ais__design_tool_folder_count;

/* ---- qos.c: the constraint files; nodes are made in `doc` ---- */
/* One layer's file (layer >= 0), or all layers merged without a throughput component (-1). */
ais_doc_node *ais__design_qos_node(const ais_app *app, const ais_constraints *constraints,
                                   int64_t layer, ais_doc *doc);
ais_doc_node *ais__design_multi_cluster_node(const ais_app *app,
                                             const ais_constraints *constraints, ais_doc *doc);
/* Numbers of the layers that the base deployment uses, ascending, each once.
 * Ownership: the caller frees the list. */
int64_t *ais__design_used_layers(const ais_app *app, size_t *count);

/* ---- production.c ---- */
ais_doc_node *ais__design_production_node(const ais_app *app, ais_doc *doc);
/* The candidate resource of a container that the base deployment selects, on the given layer. */
const char *ais__design_base_resource(const ais_app *app, int64_t layer,
                                      const ais_app_container *container);

/* ---- compile.c ---- */
/* Compile the C sources of `source` to `<target_dir>/component.so`; an unchanged one comes from the
 * cache below the application directory. Adds the compiler's errors to `diags`. */
AIS_NODISCARD int ais__design_compile(const ais_ctx *ctx, const ais_app *app,
                                      const ais_app_source *source, const char *target_dir,
                                      ais_diags *diags, ais_design_report *report, ais_error **err);
#endif
