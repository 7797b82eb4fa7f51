/* design/template - the files of a new application, with @WORDS@ to replace.
 *
 * Words: @NAME@ the application; @COMPONENT@ one component; @LIMIT@ its place in the graph. */
#ifndef AIS_DESIGN_TEMPLATE_H
#define AIS_DESIGN_TEMPLATE_H

typedef struct ais__template_file {
    const char *path; /* below the application; a component's file: below src/<component>/ */
    const char *text;
} ais__template_file;

extern const ais__template_file ais__template_python[]; /* end with a row of NULL */
extern const ais__template_file ais__template_c[];
extern const char ais__template_readme[];
extern const char ais__template_resources[];
#endif
