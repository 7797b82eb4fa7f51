/* The texts of a new application; see template.h. */
#include "design/template.h"

#include <stddef.h>

/* Laid out by hand: a line here is a line of the file. */
/* clang-format off */
static const char python_main[] =
    "\"\"\"@COMPONENT@: passes each item on, with a line added. Put your own work into main().\n"
    "\n"
    "Run as: python main.py -i INPUT -o OUTPUT\n"
    "Writing nothing to OUTPUT drops the item.\n"
    "\"\"\"\n"
    "import argparse\n"
    "\n"
    "from aisprint.annotations import component_name, exec_time\n"
    "\n"
    "\n"
    "@component_name(name='@COMPONENT@')\n"
    "@exec_time(local_time_thr=1)  # seconds\n"
    "def main(args):\n"
    "    with open(args['input'], 'rb') as f:\n"
    "        data = f.read()\n"
    "    with open(args['output'], 'wb') as f:\n"
    "        f.write(data + b'seen by @COMPONENT@\\n')\n"
    "\n"
    "\n"
    "if __name__ == '__main__':\n"
    "    parser = argparse.ArgumentParser()\n"
    "    parser.add_argument('-i', '--input', required=True, help='item to read')\n"
    "    parser.add_argument('-o', '--output', required=True, help='result to write')\n"
    "    main(vars(parser.parse_args()))\n";

static const char c_component[] =
    "/* @COMPONENT@: passes each item on, with a line added. Put your own work into process().\n"
    " * Writing nothing to call->output drops the item. */\n"
    "#include <stdio.h>\n"
    "\n"
    "#include \"aisprint/annotations.h\"\n"
    "#include \"aisprint/component.h\"\n"
    "\n"
    "static int copy(FILE *in, FILE *out, ais_error **err)\n"
    "{\n"
    "    char buffer[65536];\n"
    "    size_t length;\n"
    "    while ((length = fread(buffer, 1, sizeof buffer, in)) > 0)\n"
    "        if (fwrite(buffer, 1, length, out) != length)\n"
    "            return ais_error_set(err, AIS_E_IO, \"the result cannot be written\");\n"
    "    if (ferror(in))\n"
    "        return ais_error_set(err, AIS_E_IO, \"the item cannot be read\");\n"
    "    return 0;\n"
    "}\n"
    "\n"
    "AIS_COMPONENT_NAME(name = \"@COMPONENT@\");\n"
    "AIS_EXEC_TIME(local_time_thr = 1); /* seconds */\n"
    "int process(const ais_component_call *call, ais_error **err)\n"
    "{\n"
    "    FILE *in = fopen(call->input, \"rb\");\n"
    "    if (in == NULL)\n"
    "        return ais_error_set(err, AIS_E_IO, \"the item '%s' cannot be opened\", call->input);\n"
    "    FILE *out = fopen(call->output, \"wb\");\n"
    "    if (out == NULL) {\n"
    "        fclose(in);\n"
    "        return ais_error_set(err, AIS_E_IO, \"'%s' cannot be made\", call->output);\n"
    "    }\n"
    "    int status = copy(in, out, err);\n"
    "    fclose(in);\n"
    "    if (status == 0 && fputs(\"seen by @COMPONENT@\\n\", out) < 0)\n"
    "        status = ais_error_set(err, AIS_E_IO, \"the result cannot be written\");\n"
    "    if (fclose(out) != 0 && status == 0)\n"
    "        status = ais_error_set(err, AIS_E_IO, \"the result cannot be written\");\n"
    "    return status;\n"
    "}\n";

const ais__template_file ais__template_python[] = {
    {.path = "main.py", .text = python_main},
    {.path = "requirements.txt", .text = ""},
    {.path = NULL, .text = NULL},
};

const ais__template_file ais__template_c[] = {
    {.path = "@COMPONENT@.c", .text = c_component},
    {.path = NULL, .text = NULL},
};

const char ais__template_readme[] =
    "# @NAME@\n"
    "\n"
    "An AI-SPRINT application. Its components are in `src/`, their order and the machines that they\n"
    "may run on in `common_config/`.\n"
    "\n"
    "```sh\n"
    "aisprint check --app .                                # is everything consistent?\n"
    "aisprint design --app .                               # make what is run and deployed\n"
    "aisprint run --app . --input sample --output results  # run it on this machine\n"
    "```\n";

const char ais__template_resources[] =
    "System:\n"
    "  name: @NAME@ resources\n"
    "  NetworkDomains:\n"
    "    ND1:\n"
    "      name: Local network\n"
    "      AccessDelay: 0.0005      # seconds\n"
    "      Bandwidth: 1000          # Mb/s\n"
    "      subNetworkDomains: []\n"
    "      ComputationalLayers:\n"
    "        computationalLayer1:\n"
    "          name: Edge\n"
    "          number: 1\n"
    "          type: PhysicalAlreadyProvisioned\n"
    "          Resources:\n"
    "            resource1:\n"
    "              name: edge-node\n"
    "              totalNodes: 2\n"
    "              description: small node beside the data\n"
    "              cost: 0.05       # per hour\n"
    "              memorySize: 4096 # MB\n"
    "              storageSize: 64  # GB\n"
    "              storageType: SSD\n"
    "              operatingSystemDistribution: Debian\n"
    "              operatingSystemType: Linux\n"
    "              operatingSystemVersion: 12\n"
    "              operatingSystemImageId: null\n"
    "              secureBoot: false\n"
    "              measuredBoot: false\n"
    "              onSpot: false\n"
    "              processors:\n"
    "                processor1:\n"
    "                  name: CPU\n"
    "                  type: CPU\n"
    "                  architecture: amd64\n"
    "                  computingUnits: 4\n"
    "                  internalMemory: 4096\n"
    "                  SGXFlag: false\n";
/* clang-format on */
