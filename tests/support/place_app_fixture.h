/* A small application that can be placed, with what design and profiling would have written: gate, then look
 * (whole, or in two segments with an exit), then tell. Each file may be replaced before it is read. */
#ifndef AIS_TESTS_PLACE_APP_FIXTURE_H
#define AIS_TESTS_PLACE_APP_FIXTURE_H
#include "support/app_fixture.h"

#include "place/app.h"

static const char place_dag[] =
    "System:\n"
    "  name: watch\n"
    "  components: [gate, look, tell]\n"
    "  dependencies: [[gate, look, 0.8], [gate, tell, 0.2], [look, tell, 0.5]]\n";

#define PLACE_ENTRY(key, name, layers, memory, resources)                                          \
    "  " key ":\n"                                                                                 \
    "    name: " name "\n"                                                                         \
    "    candidateExecutionLayers: " layers "\n"                                                   \
    "    Containers:\n"                                                                            \
    "      container1:\n"                                                                          \
    "        image: null\n"                                                                        \
    "        memorySize: " memory "\n"                                                             \
    "        computingUnits: 0.9\n"                                                                \
    "        candidateExecutionResources: " resources "\n"

/* line 5 of each entry of 9 lines is its container, line 9 its resources */
static const char place_candidates[] =
    "Components:\n" PLACE_ENTRY("component1", "gate", "[1]", "256", "[Pi]")
        PLACE_ENTRY("component2", "look", "[2, 3]", "1024", "[Small, Big, Fun]")
            PLACE_ENTRY("component2_partitionX_1", "look_partitionX_1", "[1]", "512", "[Pi]")
                PLACE_ENTRY("component2_partitionX_2", "look_partitionX_2", "[2]", "768.5", "[Big]")
                    PLACE_ENTRY("component3", "tell", "[3, 2]", "128", "[Fun, Small]");

#define PLACE_MACHINE(key, name, nodes, cost, memory, cores)                                       \
    "            " key ": {name: " name ", totalNodes: " nodes ", cost: " cost                     \
    ", memorySize: " memory ", processors: {p: {architecture: amd64, computingUnits: " cores       \
    "}}}\n"

static const char place_resources[] =
    "System:\n"
    "  name: machines\n"
    "  NetworkDomains:\n"
    "    ND1:\n"
    "      AccessDelay: 0.001\n"
    "      Bandwidth: 100\n"
    "      ComputationalLayers:\n"
    "        computationalLayer1:\n"
    "          number: 1\n"
    "          type: PhysicalAlreadyProvisioned\n"
    "          Resources:\n" PLACE_MACHINE(
        "resource1", "Pi", "4", "0.25", "2048",
        "4") "    ND2:\n"
             "      AccessDelay: 0.02\n"
             "      Bandwidth: 50\n"
             "      ComputationalLayers:\n"
             "        computationalLayer2:\n"
             "          number: 2\n"
             "          type: Virtual\n"
             "          Resources:\n" PLACE_MACHINE("resource1", "Small", "2", "1", "2048", "2")
                 PLACE_MACHINE("resource2", "Big", "3", "1.5", "8192",
                               "8") "        computationalLayer3:\n"
                                    "          number: 3\n"
                                    "          type: NativeCloudFunction\n"
                                    "          Resources:\n"
                                    "            resource1: {name: Fun, cost: 0.0001, memorySize: "
                                    "1024, idleTime: 600, "
                                    "transitionCost: 0.5}\n"
                                    "    ND3: {AccessDelay: 0.1, Bandwidth: 20, subNetworkDomains: "
                                    "[ND2, ND1]}\n";

static const char place_partitions[] = "components:\n"
                                       "  gate: {partitions: [base]}\n"
                                       "  look: {partitions: [base, partition1_2, partition1_1]}\n"
                                       "  tell: {partitions: [base]}\n";

static const char place_deployments[] =
    "System:\n"
    "  Deployments:\n"
    "    base:\n"
    "      units:\n"
    "        gate: {component: gate, design: base, executionLayer: 1}\n"
    "        look: {component: look, design: base, executionLayer: 2}\n"
    "        tell: {component: tell, design: base, executionLayer: 3}\n"
    "    deployment1:\n"
    "      units:\n"
    "        gate: {component: gate, design: base, executionLayer: 1}\n"
    "        look: {component: look, design: base, executionLayer: 2}\n"
    "        tell: {component: tell, design: base, executionLayer: 2}\n"
    "    deployment2:\n"
    "      units:\n"
    "        gate: {component: gate, design: base, executionLayer: 1}\n"
    "        look_partition1_1: {component: look, design: partition1_1, executionLayer: 1}\n"
    "        look_partition1_2: {component: look, design: partition1_2, executionLayer: 2, "
    "share: 0.1}\n"
    "        tell: {component: tell, design: base, executionLayer: 3}\n"
    "        drift-detector: {executionLayer: 2}\n";

static const char place_qos[] =
    "system:\n"
    "  name: watch\n"
    "  local_constraints:\n"
    "    local_constraint_1: {component_name: look, threshold: 1.5}\n"
    "  global_constraints:\n"
    "    global_constraint_1: {path_components: [gate, look], threshold: 3}\n";

static const char place_models[] =
    "{\n"
    "\"gate\": {\"gate\": {\"Pi\": {\"model\": \"QTedge\", \"demand\": 0.1}}},\n"
    "\"look\": {\"look\": {\"Small\": {\"model\": \"QTcloud\", \"demand\": 0.4},\n"
    "  \"Big\": {\"model\": \"QTcloud\", \"demand\": 0.2},\n"
    "  \"Fun\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.5, \"demandCold\": 1}},\n"
    " \"look_partition1_1\": {\"Pi\": {\"model\": \"QTedge\", \"demand\": 0.3}},\n"
    " \"look_partition1_2\": {\"Big\": {\"model\": \"QTcloud\", \"demand\": 0.1}}},\n"
    "\"tell\": {\"tell\": {\"Fun\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.25, \"demandCold\": "
    "2},\n"
    "  \"Small\": {\"model\": \"QTcloud\", \"demand\": 0.05}}}\n"
    "}\n";

static const char place_sizes[] = "gate: 2\n"
                                  "look: 0.5\n"
                                  "look_partition1_1: 4.5\n"
                                  "look_partition1_2: 0.25\n";

static const char place_config[] = "Time: 2\n"
                                   "EdgeResources: [computationalLayer1]\n"
                                   "CloudResources: [computationallayer2]\n"
                                   "FaaSResources: [computationalLayer3]\n"
                                   "Methods: {method1: {name: RandomGreedy, iterations: 10}}\n"
                                   "Seed: 7\n"
                                   "VerboseLevel: 1\n";

static inline fixture place_fixture_new(void)
{
    static const struct {
        const char *path, *text;
    } files[] = {
        {.path = "common_config/application_dag.yaml", .text = place_dag},
        {.path = "common_config/candidate_deployments.yaml", .text = place_candidates},
        {.path = "common_config/candidate_resources.yaml", .text = place_resources},
        {.path = "aisprint/designs/component_partitions.yaml", .text = place_partitions},
        {.path = "aisprint/deployments/deployments.yaml", .text = place_deployments},
        {.path = "space4ai-d/qos_constraints.yaml", .text = place_qos},
        {.path = "space4ai-d/SPACE4AI-D.yaml", .text = place_config},
        {.path = "oscarp/performance_models.json", .text = place_models},
        {.path = "oscarp/components_data_size.yaml", .text = place_sizes},
    };
    fixture f = {.dir = "/tmp/aisprint-place-XXXXXX"};
    assert_non_null(mkdtemp(f.dir));
    for (size_t i = 0; i < AIS_COUNT(files); i++)
        fixture_write(&f, files[i].path, files[i].text);
    fixture_write_source(&f, "gate",
                         "@component_name(name='gate')\n@expected_throughput(rate=1.5)");
    fixture_write_source(&f, "look",
                         "@component_name(name='look')\n@partitionable_model(onnx_file='m.onnx')");
    fixture_write_source(&f, "tell", "@component_name(name='tell')");
    fixture_write(&f, "src/look/onnx/m.onnx", "\x08\x07");
    return f;
}

/* `text` with the first `from` as `to`; the caller frees. */
static inline char *place_change(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    return ais_format("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static inline void place_write(const fixture *f, const char *path, const char *text,
                               const char *from, const char *to)
{
    AIS_FREE char *changed = place_change(text, from, to);
    fixture_write(f, path, changed);
}
#endif
