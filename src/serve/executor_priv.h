/* serve/executor - what its files share: items, their queues, their sessions. */
#ifndef AIS_SERVE_EXECUTOR_PRIV_H
#define AIS_SERVE_EXECUTOR_PRIV_H
#include "serve/executor.h"

enum { AIS__SESSION_ID = 37 }; /* a UUID as text */

typedef struct ais__session {
    size_t tag;
    char id[AIS__SESSION_ID];
    size_t live; /* items that wait or are worked on */
    size_t results;
    bool failed;
    double admitted_s;
    double *given_s, *replied_s; /* for each node */
} ais__session;

/* One file on its way to, or in, one component. */
typedef struct ais__item {
    struct ais__item *next;         /* in the queue */
    struct ais__item *left, *right; /* among all that live */
    ais_executor *executor;
    ais__session *session;
    size_t node;
    char *name;
    char *path;         /* absolute, or relative to the space when `folder` is set */
    ais_folder *folder; /* where it lies; NULL = the user's own file */
    ais_folder *output; /* where its component writes */
    double queued_s;    /* since 1970 */
    double handling_s;  /* spent by us so far */
} ais__item;

/* The event that stands for an item, as OSCAR gives it to a component: JSON, the caller frees. */
char *ais__event_write(const char *component, const char *name, double queued_s);
/* A random UUID, version 4. */
void ais__session_make_id(char id[AIS__SESSION_ID]);
#endif
