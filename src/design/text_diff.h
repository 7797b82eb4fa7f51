/* design/text_diff - how one text becomes another, as a unified diff.
 *
 * Layer: within design; knows no files. Threads: no shared state. */
#ifndef AIS_DESIGN_TEXT_DIFF_H
#define AIS_DESIGN_TEXT_DIFF_H
#include "base/str.h"

/* Append the hunks ("@@ -1,4 +1,5 @@" and lines), with three lines of context; nothing when the texts are
 * equal. Between what both begin and end with, the longest common sequence of lines is found for up to
 * some thousand lines; of more all old ones go and all new ones come. A NULL text is empty. */
void ais__text_diff(const char *old, const char *new, ais_str *out);
/* May the bytes be shown as text? UTF-8 without control characters but tab, newline and return. */
bool ais__text_is_plain(const char *bytes, size_t length);
#endif
