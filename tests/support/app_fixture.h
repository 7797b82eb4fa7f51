/* A small good application in a temporary folder, for the tests of app/. Each file may be replaced
 * before it is loaded. */
#ifndef AIS_TESTS_APP_FIXTURE_H
#define AIS_TESTS_APP_FIXTURE_H
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/file.h"
#include "base/path.h"

static const char fixture_dag[] = "System:\n"
                                  "  name: shop\n"
                                  "  components: [report, camera, detect]\n"
                                  "  alternative_components: {detect: [detect_small]}\n"
                                  "  dependencies: [[detect, report, 0.5], [camera, detect, 1]]\n";

#define FIXTURE_ENTRY(key, name, layers, resources)                                                \
    "  " key ":\n"                                                                                 \
    "    name: " name "\n"                                                                         \
    "    candidateExecutionLayers: " layers "\n"                                                   \
    "    Containers:\n"                                                                            \
    "      container1:\n"                                                                          \
    "        memorySize: 512\n"                                                                    \
    "        computingUnits: 0.5\n"                                                                \
    "        networkProtection: true\n"                                                            \
    "        candidateExecutionResources: " resources "\n"

static const char fixture_deployments[] =
    "Components:\n" FIXTURE_ENTRY("component1", "camera", "[1]", "[Pi]")
        FIXTURE_ENTRY("component2", "detect", "[2, 1]", "[VM, Pi]")
            FIXTURE_ENTRY("component2_alternative1", "detect_small", "[1]", "[Pi]") FIXTURE_ENTRY(
                "component3", "report", "[3]",
                "[VM]") "  component2_partitionX_1:\n"
                        "    name: detect_partitionX_1\n"
                        "    candidateExecutionLayers: [1]\n"
                        "    Containers: {container1: {computingUnits: 1, "
                        "candidateExecutionResources: [Pi]}}\n"
                        "  component2_partitionX_2:\n"
                        "    name: detect_partitionX_2\n"
                        "    candidateExecutionLayers: [2]\n"
                        "    Containers: {container1: {candidateExecutionResources: [VM]}}\n";

static const char fixture_resources[] =
    "System:\n"
    "  name: machines\n"
    "  NetworkDomains:\n"
    "    ND1:\n"
    "      AccessDelay: 0.001\n"
    "      Bandwidth: 100\n"
    "      ComputationalLayers:\n"
    "        computationalLayer1:\n"
    "          name: Edge\n"
    "          number: 1\n"
    "          type: PhysicalAlreadyProvisioned\n"
    "          Resources:\n"
    "            resource1:\n"
    "              name: Pi\n"
    "              totalNodes: 4\n"
    "              cost: 0.25\n"
    "              memorySize: 2048\n"
    "              processors: {processor1: {architecture: arm64, computingUnits: 4}}\n"
    "        computationalLayer2:\n"
    "          number: 2\n"
    "          type: Virtual\n"
    "          Resources:\n"
    "            resource1:\n"
    "              name: VM\n"
    "              totalNodes: 2\n"
    "              cost: 1\n"
    "              memorySize: 4096\n"
    "              processors: {processor1: {architecture: arm64}, processor2: {architecture: "
    "amd64, SGXFlag: true}}\n"
    "              accelerators: {accelerator1: {memory: 8000}}\n"
    "        computationalLayer3:\n"
    "          number: 3\n"
    "          type: NativeCloudFunction\n"
    "          Resources:\n"
    "            resource1: {name: VM, architecture: amd64, cost: 2, memorySize: 1024}\n";

typedef struct fixture {
    char dir[64];
} fixture;

static inline void fixture_write(const fixture *f, const char *file, const char *text)
{
    AIS_FREE char *path = ais_path_join(f->dir, file);
    AIS_FREE char *folder = ais_path_dir(path);
    ais_error *err = NULL;
    assert_int_equal(ais_dir_make(folder, &err), 0);
    assert_int_equal(ais_file_write(path, text, strlen(text), &err), 0);
}

static inline void fixture_write_source(const fixture *f, const char *folder,
                                        const char *decorators)
{
    AIS_FREE char *file = ais_format("src/%s/main.py", folder);
    AIS_FREE char *text = ais_format(
        "from aisprint.annotations import *\n\n\n%s\ndef main(args):\n"
        "    from aisprint.onnx_inference import load_and_inference\n"
        "    load_and_inference(args['onnx_file'], {})\n",
        decorators);
    fixture_write(f, file, text);
}

static inline fixture fixture_new(void)
{
    fixture f = {.dir = "/tmp/aisprint-app-XXXXXX"};
    assert_non_null(mkdtemp(f.dir));
    fixture_write(&f, "common_config/application_dag.yaml", fixture_dag);
    fixture_write(&f, "common_config/candidate_deployments.yaml", fixture_deployments);
    fixture_write(&f, "common_config/candidate_resources.yaml", fixture_resources);
    fixture_write_source(&f, "camera", "@component_name(name='camera')");
    fixture_write_source(&f, "detect",
                         "@component_name(name='detect')\n"
                         "@partitionable_model(onnx_file='m.onnx')");
    fixture_write_source(&f, "small", "@component_name(name='detect_small')");
    fixture_write_source(&f, "report",
                         "@component_name(name='report')\n"
                         "@exec_time(local_time_thr='20ms')");
    fixture_write(&f, "src/detect/onnx/m.onnx", "\x08\x07");
    return f;
}

static inline void fixture_clear(const fixture *f)
{
    ais_error *err = NULL;
    assert_int_equal(ais_tree_remove(f->dir, &err), 0);
}

/* Faults as "line:column code" lines, the file's name before them. */
static inline char *fixture_faults(const fixture *f, ais_diags *diags)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_diags_sort(diags);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        const char *file = diag->pos.file;
        if (ais_str_starts(file, f->dir))
            file += strlen(f->dir);
        ais_str_add_format(&text, "%s:%u:%u %s%s\n", file, diag->pos.line, diag->pos.column,
                           diag->severity == AIS_SEVERITY_WARNING ? "warning " : "", diag->rule);
    }
    return ais_str_take(&text);
}
#endif
