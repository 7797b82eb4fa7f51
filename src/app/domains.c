/* How the network domains of candidate_resources.yaml hold each other. */
#include <string.h>

#include "app/app_priv.h"

static const ais_doc_node *sub_domains(const ais_doc_node *domain)
{
    return ais__app_find_kind(domain, "subNetworkDomains", AIS_DOC_LIST);
}

/* The entry of a map by its key's text; AIS_NONE when absent. */
static size_t find_index(const ais_doc_node *domains, const ais_doc_node *name)
{
    const char *text = ais_doc_get_text(name);
    for (size_t i = 0; i < ais_doc_count(domains); i++)
        if (strcmp(ais_doc_get_text(ais_doc_key_at(domains, i)), text) == 0)
            return i;
    return AIS_NONE;
}

static void report_unknown(ais_app_load_state *state, const ais_doc_node *domains,
                           const ais_doc_node *name)
{
    AIS_SCOPED(ais_app_names) names = {.items = NULL};
    for (size_t i = 0; i < ais_doc_count(domains); i++)
        ais__app_add_name(&names, ais_doc_get_text(ais_doc_key_at(domains, i)));
    ais__app_error(state, "unknown-domain", ais_doc_pos(name),
                   ais__app_hint_names(state, ais_doc_get_text(name), &names),
                   "there is no network domain '%s'", ais_doc_get_text(name));
}

/* Depth first from domain `at`. `marks`: 0 not seen, 1 on the way, 2 done. The recursion is as
 * deep as there are domains, and the reader of documents bounds those by AIS_DOC_MAX_NODES, so the
 * way is kept in `parents` instead of on the stack. */
typedef struct walk {
    ais_app_load_state *state;
    const ais_doc_node *domains;
    unsigned char *marks;
    size_t *parents, *next; /* next: which of its sub-domains comes next */
} walk;

static void step_into(walk *w, size_t at, const ais_doc_node *name)
{
    const size_t sub = find_index(w->domains, name);
    if (sub == AIS_NONE)
        return;
    if (w->marks[sub] == 1)
        ais__app_error(w->state, "domain-cycle", ais_doc_pos(name),
                       "a domain holds smaller ones, never one that holds it",
                       "the network domain '%s' holds itself by way of '%s'",
                       ais_doc_get_text(name), ais_doc_get_text(ais_doc_key_at(w->domains, at)));
    if (w->marks[sub] != 0)
        return;
    w->marks[sub] = 1;
    w->parents[sub] = at;
}

static void walk_from(walk *w, size_t start)
{
    w->marks[start] = 1;
    w->parents[start] = AIS_NONE;
    for (size_t at = start; at != AIS_NONE;) {
        const ais_doc_node *subs = sub_domains(ais_doc_at(w->domains, at));
        size_t child = AIS_NONE;
        while (child == AIS_NONE && subs != NULL && w->next[at] < ais_doc_count(subs)) {
            const ais_doc_node *name = ais_doc_at(subs, w->next[at]++);
            if (ais_doc_get_kind(name) != AIS_DOC_STRING)
                continue;
            const size_t sub = find_index(w->domains, name);
            const bool fresh = sub != AIS_NONE && w->marks[sub] == 0;
            step_into(w, at, name);
            child = fresh ? sub : AIS_NONE;
        }
        if (child == AIS_NONE) {
            w->marks[at] = 2;
            at = w->parents[at];
        } else {
            at = child;
        }
    }
}

static void check_domain(ais_app_load_state *state, const ais_doc_node *domains, size_t at)
{
    const ais_doc_node *domain = ais_doc_at(domains, at);
    if (ais_doc_get_kind(domain) != AIS_DOC_MAP)
        return;
    const ais_doc_node *subs = ais_doc_find(domain, "subNetworkDomains");
    const ais_doc_node *layers = ais_doc_find(domain, "ComputationalLayers");
    if ((subs == NULL || ais_doc_count(subs) == 0) &&
        (layers == NULL || ais_doc_count(layers) == 0))
        ais__app_warn(state, "empty-domain", ais_doc_pos(ais_doc_key_at(domains, at)),
                      "give it ComputationalLayers or subNetworkDomains, or remove it",
                      "the network domain '%s' holds nothing",
                      ais_doc_get_text(ais_doc_key_at(domains, at)));
    subs = sub_domains(domain);
    for (size_t i = 0; subs != NULL && i < ais_doc_count(subs); i++) {
        const ais_doc_node *name = ais_doc_at(subs, i);
        if (ais_doc_get_kind(name) == AIS_DOC_STRING && find_index(domains, name) == AIS_NONE)
            report_unknown(state, domains, name);
    }
}

void ais__app_check_domains(ais_app_load_state *state, const ais_doc_node *domains)
{
    const size_t count = ais_doc_count(domains);
    walk w = {.state = state,
              .domains = domains,
              .marks = ais_alloc(count),
              .parents = ais_alloc(count * sizeof(size_t)),
              .next = ais_alloc(count * sizeof(size_t))};
    for (size_t i = 0; i < count; i++)
        check_domain(state, domains, i);
    for (size_t i = 0; i < count; i++)
        if (w.marks[i] == 0)
            walk_from(&w, i);
    free(w.marks);
    free(w.parents);
    free(w.next);
}
