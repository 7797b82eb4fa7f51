#include "annotate/code_priv.h"
int ais__code_c(ais__code *code, const char **texts)
{
    (void)texts;
    ais__code_fault(code, "code-c", code->root, NULL, "not yet");
    return -1;
}
