/* Generated systems as JSON: the keys of SPACE4AI-D, and the known placement as Output.json. */
#include "place/generate_priv.h"

#include <stdio.h>

static const double access_delay_s = 0.001, slowest_bandwidth = 1000;

/* "c12"; in a buffer large enough for every prefix of this file. */
static const char *name_of(char buffer[64], const char *prefix, size_t number)
{
    snprintf(buffer, 64, "%s%zu", prefix, number);
    return buffer;
}

#define NAME(prefix, number) name_of((char[64]){0}, prefix, number)

static void put_number(ais_doc *doc, ais_doc_node *map, const char *key, double value)
{
    ais_doc_put(map, key, ais_doc_new_float(doc, value));
}

static void put_int(ais_doc *doc, ais_doc_node *map, const char *key, size_t value)
{
    ais_doc_put(map, key, ais_doc_new_int(doc, (int64_t)value));
}

static ais_doc_node *put_map(ais_doc *doc, ais_doc_node *map, const char *key)
{
    ais_doc_node *made = ais_doc_new_map(doc);
    ais_doc_put(map, key, made);
    return made;
}

static ais_doc_node *graph_to_node(const ais__made *made, ais_doc *doc)
{
    ais_doc_node *graph = ais_doc_new_map(doc);
    for (size_t c = 0; c < made->options.components; c++) {
        const ais__made_component *component = &made->components[c];
        ais_doc_node *node = put_map(doc, graph, NAME("c", c + 1));
        ais_doc_node *next = ais_doc_new_list(doc), *shares = ais_doc_new_list(doc);
        for (size_t k = 0; k < component->next_count; k++) {
            ais_doc_append(next, ais_doc_new_string(doc, NAME("c", component->next[k] + 1)));
            ais_doc_append(shares, ais_doc_new_float(doc, component->next_share[k]));
        }
        ais_doc_put(node, "next", next);
        ais_doc_put(node, "transition_probability", shares);
    }
    return graph;
}

static ais_doc_node *part_to_node(const ais__made_component *component,
                                  const ais__made_deployment *d, size_t p, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_node *next = ais_doc_new_list(doc), *sizes = ais_doc_new_list(doc);
    if (p + 1 < d->part_count) {
        ais_doc_append(next, ais_doc_new_string(doc, NAME("h", d->first_name + p + 1)));
        ais_doc_append(sizes, ais_doc_new_float(doc, d->next_mb[p]));
    } else {
        for (size_t k = 0; k < component->next_count; k++) {
            ais_doc_append(next, ais_doc_new_string(doc, NAME("c", component->next[k] + 1)));
            ais_doc_append(sizes, ais_doc_new_float(doc, component->out_mb[k]));
        }
        if (component->next_count == 0)
            ais_doc_append(sizes, ais_doc_new_float(doc, d->next_mb[p]));
    }
    ais_doc_put(node, "next", next);
    ais_doc_put(node, "data_size", sizes);
    put_number(doc, node, "early_exit_probability", d->exits[p]);
    return node;
}

static ais_doc_node *components_to_node(const ais__made *made, ais_doc *doc)
{
    ais_doc_node *components = ais_doc_new_map(doc);
    for (size_t c = 0; c < made->options.components; c++) {
        const ais__made_component *component = &made->components[c];
        ais_doc_node *node = put_map(doc, components, NAME("c", c + 1));
        for (size_t d = 0; d < component->deployment_count; d++) {
            const ais__made_deployment *deployment = &component->deployments[d];
            ais_doc_node *chain = put_map(doc, node, NAME("s", d + 1));
            for (size_t p = 0; p < deployment->part_count; p++)
                ais_doc_put(chain, NAME("h", deployment->first_name + p),
                            part_to_node(component, deployment, p, doc));
        }
    }
    return components;
}

static ais_doc_node *layers_to_node(const ais__made *made, bool cloud, ais_doc *doc)
{
    ais_doc_node *layers = ais_doc_new_map(doc);
    for (size_t l = 0; l < made->layer_count; l++) {
        const ais__made_layer *layer = &made->layers[l];
        if (layer->is_cloud != cloud)
            continue;
        ais_doc_node *node = put_map(doc, layers, layer->name);
        for (size_t t = layer->first_type; t < layer->first_type + layer->type_count; t++) {
            ais_doc_node *type = put_map(doc, node, made->types[t].name);
            put_int(doc, type, "number", made->types[t].number);
            put_number(doc, type, "cost", made->types[t].cost);
            put_int(doc, type, "memory", 491520);
            put_int(doc, type, "n_cores", 1);
        }
    }
    return layers;
}

/* The functions of one partition: into the layer, and where it may run. */
static void add_functions(ais__made *made, ais_doc_node *layer, size_t *functions,
                          const ais__made_component *component, double share,
                          ais_doc_node *compatible, ais_doc_node *performance, ais_doc *doc)
{
    for (size_t f = 0; f < made->options.functions_per_part; f++) {
        const char *name = NAME("F", ++*functions);
        ais_doc_node *function = put_map(doc, layer, name);
        put_number(doc, function, "cost", ais__made_draw(made, 0, 1));
        put_int(doc, function, "memory", 491520);
        put_int(doc, function, "idle_time_before_kill", 600);
        ais_doc_node *row = ais_doc_new_map(doc);
        ais_doc_put(row, "resource", ais_doc_new_string(doc, name));
        put_int(doc, row, "memory", (size_t)1024 << ais__made_pick(made, 0, 3));
        ais_doc_append(compatible, row);
        ais_doc_node *model = put_map(doc, performance, name);
        ais_doc_put(model, "model", ais_doc_new_string(doc, "PACSLTK"));
        put_number(doc, model, "demandWarm", component->warm_s * share * made->scale);
        put_number(doc, model, "demandCold", component->cold_s * share * made->scale);
    }
}

static void add_machines(ais__made *made, size_t c, size_t d, size_t p, ais_doc_node *compatible,
                         ais_doc_node *performance, ais_doc *doc)
{
    const ais__made_component *component = &made->components[c];
    for (size_t l = 0; l < component->layer_count; l++) {
        const ais__made_layer *layer = &made->layers[component->layers[l]];
        for (size_t t = layer->first_type; t < layer->first_type + layer->type_count; t++) {
            ais_doc_node *row = ais_doc_new_map(doc);
            ais_doc_put(row, "resource", ais_doc_new_string(doc, made->types[t].name));
            put_int(doc, row, "memory", (size_t)256 << ais__made_pick(made, 0, 3));
            ais_doc_append(compatible, row);
            ais_doc_node *model = put_map(doc, performance, made->types[t].name);
            ais_doc_put(model, "model",
                        ais_doc_new_string(doc, layer->is_cloud ? "QTcloud" : "QTedge"));
            put_number(doc, model, "demand", ais__made_demand_s(made, c, d, p, t));
        }
    }
}

/* Where partitions may run and how fast, and the functions that are made for them. */
static void add_candidates(ais__made *made, ais_doc_node *compatibility, ais_doc_node *performance,
                           ais_doc_node *functions_layer, ais_doc *doc)
{
    size_t functions = 0;
    for (size_t c = 0; c < made->options.components; c++) {
        const ais__made_component *component = &made->components[c];
        ais_doc_node *may = put_map(doc, compatibility, NAME("c", c + 1));
        ais_doc_node *models = put_map(doc, performance, NAME("c", c + 1));
        for (size_t d = 0; d < component->deployment_count; d++)
            for (size_t p = 0; p < component->deployments[d].part_count; p++) {
                const char *part = NAME("h", component->deployments[d].first_name + p);
                ais_doc_node *rows = ais_doc_new_list(doc);
                ais_doc_put(may, part, rows);
                ais_doc_node *model = put_map(doc, models, part);
                add_machines(made, c, d, p, rows, model, doc);
                if (component->functions)
                    add_functions(made, functions_layer, &functions, component,
                                  component->deployments[d].shares[p], rows, model, doc);
            }
    }
}

static double limit_s(ais__made *made, double known_s)
{
    const double strictness = made->options.strictness;
    return known_s * (1 + strictness * ais__made_draw(made, 0.5, 1.5));
}

/* A third of the components have a limit, as many as another third paths of three to seven components. Data
 * may have to be sent at 8 bits a byte through the slowest domain. */
static void add_limits(ais__made *made, ais_doc_node *root, ais_doc *doc)
{
    const size_t count = made->options.components, wanted = (count + 2) / 3;
    ais_doc_node *local = put_map(doc, root, "LocalConstraints");
    ais_doc_node *global = put_map(doc, root, "GlobalConstraints");
    for (size_t c = 0; c < count; c++)
        if (ais_random_uniform(&made->random) < 1.0 / 3.0)
            put_number(doc, put_map(doc, local, NAME("c", c + 1)), "local_res_time",
                       limit_s(made, made->components[c].known_s));
    for (size_t p = 0; p < wanted; p++) {
        ais_doc_node *names = ais_doc_new_list(doc);
        size_t c = ais__made_pick(made, 0, count - 2), left = ais__made_pick(made, 3, 7);
        double known_s = made->components[c].known_s;
        ais_doc_append(names, ais_doc_new_string(doc, NAME("c", c + 1)));
        while (--left > 0 && made->components[c].next_count > 0) {
            const ais__made_component *from = &made->components[c];
            const size_t k = ais__made_pick(made, 0, from->next_count - 1);
            c = from->next[k];
            known_s += made->components[c].known_s + access_delay_s +
                       8 * from->out_mb[k] / slowest_bandwidth;
            ais_doc_append(names, ais_doc_new_string(doc, NAME("c", c + 1)));
        }
        ais_doc_node *path = put_map(doc, global, NAME("p", p + 1));
        ais_doc_put(path, "components", names);
        put_number(doc, path, "global_res_time", limit_s(made, known_s));
    }
}

static void add_domain(ais_doc_node *network, const char *name, const ais__made *made, size_t first,
                       size_t last, double bandwidth, ais_doc *doc)
{
    ais_doc_node *domain = put_map(doc, network, name), *layers = ais_doc_new_list(doc);
    for (size_t l = first; l < last; l++)
        ais_doc_append(layers, ais_doc_new_string(doc, l < made->layer_count
                                                           ? made->layers[l].name
                                                           : NAME("computationallayer", l + 1)));
    ais_doc_put(domain, "computationalLayers", layers);
    put_number(doc, domain, "AccessDelay", access_delay_s);
    put_number(doc, domain, "Bandwidth", bandwidth);
}

ais_doc_node *ais__made_to_node(ais__made *made, ais_doc *doc)
{
    ais_doc_node *root = ais_doc_new_map(doc);
    ais_doc_put(root, "DirectedAcyclicGraph", graph_to_node(made, doc));
    ais_doc_put(root, "Components", components_to_node(made, doc));
    ais_doc_put(root, "EdgeResources", layers_to_node(made, false, doc));
    ais_doc_put(root, "CloudResources", layers_to_node(made, true, doc));
    const size_t edges = made->options.edge_layers, all = made->layer_count;
    ais_doc_node *functions = ais_doc_new_map(doc);
    put_int(doc, functions, "transition_cost", 0);
    ais_doc_put(put_map(doc, root, "FaaSResources"), NAME("computationallayer", all + 1),
                functions);
    ais_doc_node *compatibility = put_map(doc, root, "CompatibilityMatrix");
    add_candidates(made, compatibility, put_map(doc, root, "Performance"), functions, doc);
    add_limits(made, root, doc);
    ais_doc_node *network = put_map(doc, root, "NetworkTechnology");
    add_domain(network, "ND1", made, 0, edges > 1 ? edges - 1 : edges, 2000, doc);
    add_domain(network, "ND2", made, edges - 1, edges + 1, 1500, doc);
    add_domain(network, "ND3", made, 0, all + 1, slowest_bandwidth, doc);
    put_number(doc, root, "Lambda", made->options.rate_rps);
    put_int(doc, root, "Time", 1);
    return root;
}

ais_doc_node *ais__made_known_to_node(const ais__made *made, ais_doc *doc)
{
    ais_doc_node *root = ais_doc_new_map(doc);
    put_number(doc, root, "Lambda", made->options.rate_rps);
    ais_doc_node *components = put_map(doc, root, "components");
    for (size_t c = 0; c < made->options.components; c++) {
        const ais__made_component *component = &made->components[c];
        const ais__made_layer *layer = &made->layers[component->known_layer];
        const ais__made_type *type = &made->types[layer->known_type];
        const ais__made_deployment *d = &component->deployments[component->known_deployment];
        ais_doc_node *chain = put_map(doc, put_map(doc, components, NAME("c", c + 1)),
                                      NAME("s", component->known_deployment + 1));
        for (size_t p = 0; p < d->part_count; p++) {
            ais_doc_node *part = put_map(doc, chain, NAME("h", d->first_name + p));
            put_int(doc, put_map(doc, put_map(doc, part, layer->name), type->name), "number",
                    type->number);
        }
    }
    return root;
}
