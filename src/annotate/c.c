#include "annotate/annotate_priv.h"
void ais__c_read(ais__reading *reading)
{
    (void)reading;
}
