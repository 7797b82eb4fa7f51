/* base/path - names of files. Pure text, nothing is looked up. Results are new strings. */
#ifndef AIS_BASE_PATH_H
#define AIS_BASE_PATH_H
#include "base/memory.h"

/* "a" + "b" = "a/b"; an absolute `b` is kept as it is; no doubled slash. */
char *ais_path_join(const char *a, const char *b);
/* Borrowed: the part after the last slash. */
const char *ais_path_base(const char *path);
/* Everything before the last slash, "." without one, "/" for the root. */
char *ais_path_dir(const char *path);
/* May `name` stand as one path element? Not empty, ".", ".."; no slash. */
bool ais_path_is_name(const char *name);
/* May `path` be appended to a folder without leaving it? Relative, no ".." element. */
bool ais_path_is_inside(const char *path);
#endif
