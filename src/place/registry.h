/* place/registry - the table of methods; the first is the default.
 *
 * Layer: within place. */
#ifndef AIS_PLACE_REGISTRY_H
#define AIS_PLACE_REGISTRY_H
#include "place/search.h"

extern const ais__place_method *const ais__place_methods[]; /* ends with NULL */
extern const size_t ais__place_method_count;
#endif
