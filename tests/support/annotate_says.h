/* What annotate/ says about a source text, as one string to compare with. */
#ifndef TESTS_SUPPORT_ANNOTATE_SAYS_H
#define TESTS_SUPPORT_ANNOTATE_SAYS_H
#include "annotate/annotate.h"

/* "{annotations as JSON}\nLINE:COLUMN rule\n...": faults in the order of the file, warnings as
 * "LINE:COLUMN warning rule". Without annotations the first line is empty.
 * Ownership: the caller frees. */
char *annotate_says(ais_language language, const char *source);
/* All faults as a user sees them, one a line. Ownership: the caller frees. */
char *annotate_complains(ais_language language, const char *source);
#endif
