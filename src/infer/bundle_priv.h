/* What bundle.c, bundle_read.c and bundle_write.c share. */
#ifndef AIS_INFER_BUNDLE_PRIV_H
#define AIS_INFER_BUNDLE_PRIV_H
#include "base/map.h"
#include "infer/infer_priv.h"

#define AIS__BUNDLE_METADATA "__metadata__"
/* The length of the header, before it. */
enum { AIS__BUNDLE_PREFIX = 8 };

typedef struct ais__bundle_text {
    const char *key, *value;
} ais__bundle_text;

struct ais_bundle {
    ais_arena *arena;     /* tensors, names, texts, copies of misaligned data */
    ais_tensor **tensors; /* each in the arena, so that pointers to it stay good */
    size_t count, capacity;
    ais__bundle_text *texts;
    size_t text_count, text_capacity;
    ais_map *names; /* of tensors */
    ais_map *keys;  /* of texts; its values are those of `texts` */
    void *mapping;  /* of the file; NULL when there is none */
    size_t mapping_bytes;
    size_t users; /* atomic: the caller, and bundles that took tensors over */
    /* What tensors of ais_load_and_inference() lie in; NULL when there is nothing. */
    ais_bundle *from;
    ais_run *run;
};

/* Without checks; name, key and value are copied. The caller knows that they are new. */
ais_tensor *ais__bundle_put(ais_bundle *bundle, const ais_tensor *tensor);
void ais__bundle_put_text(ais_bundle *bundle, const char *key, const char *value);
/* Keep what the tensors of `bundle` lie in for as long as it lives. */
void ais__bundle_keep(ais_bundle *bundle, const ais_bundle *from, ais_run *run);
#endif
