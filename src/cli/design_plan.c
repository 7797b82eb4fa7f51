/* The plan of a dry run as text; see design_plan.h. */
#include "cli/design_plan.h"

enum { DEPLOYMENTS_SHOWN = 10 };

static const char *text_of(const ais_doc_node *map, const char *key)
{
    const ais_doc_node *node = ais_doc_find(map, key);
    return node != NULL ? ais_doc_get_text(node) : "";
}

static void print_cut(const ais_cli *cli, const ais_doc_node *cut)
{
    const ais_doc_node *tensors = ais_doc_find(cut, "tensors");
    const double before = ais_doc_get_number(ais_doc_find(cut, "flops_before"));
    const double after = ais_doc_get_number(ais_doc_find(cut, "flops_after"));
    AIS_SCOPED(ais_str) names = {.data = NULL};
    for (size_t i = 0; i < ais_doc_count(tensors); i++)
        ais_str_add_format(&names, "%s%s", i > 0 ? ", " : "",
                           ais_doc_get_text(ais_doc_at(tensors, i)));
    ais_cli_print(cli, "      at %s: %s bytes cross, %.3g + %.3g MFLOP\n", ais_str_get(&names),
                  text_of(cut, "bytes"), before / 1e6, after / 1e6);
}

static void print_designs(const ais_cli *cli, const ais_doc_node *designs)
{
    ais_cli_print(cli, "designs:\n");
    for (size_t i = 0; i < ais_doc_count(designs); i++) {
        const ais_doc_node *design = ais_doc_at(designs, i);
        const ais_doc_node *segments = ais_doc_find(design, "segments");
        const ais_doc_node *cuts = ais_doc_find(design, "cuts");
        ais_cli_print(cli, "  %s: %s", text_of(design, "component"), text_of(design, "design"));
        if (ais_doc_count(segments) > 1)
            ais_cli_print(cli, ", %zu segments%s", ais_doc_count(segments),
                          ais_doc_find(design, "goes_on") != NULL ? " with exits" : "");
        ais_cli_print(cli, "\n");
        for (size_t k = 0; k < ais_doc_count(cuts); k++)
            print_cut(cli, ais_doc_at(cuts, k));
    }
}

static void print_deployments(const ais_cli *cli, const ais_doc_node *deployments)
{
    ais_cli_print(cli, "deployments:\n");
    for (size_t i = 0; i < ais_doc_count(deployments) && i < DEPLOYMENTS_SHOWN; i++) {
        const ais_doc_node *row = ais_doc_at(deployments, i);
        const char *designs = text_of(row, "designs");
        ais_cli_print(cli, "  %s: %s%slayers %s\n", text_of(row, "name"), designs,
                      designs[0] != '\0' ? "; " : "", text_of(row, "layers"));
    }
    if (ais_doc_count(deployments) > DEPLOYMENTS_SHOWN)
        ais_cli_print(cli, "  and %zu more\n", ais_doc_count(deployments) - DEPLOYMENTS_SHOWN);
}

static void print_files(const ais_cli *cli, const ais_doc_node *files)
{
    ais_cli_print(cli, "files:%s\n", ais_doc_count(files) == 0 ? " none would change" : "");
    for (size_t i = 0; i < ais_doc_count(files); i++) {
        const ais_doc_node *file = ais_doc_at(files, i);
        ais_cli_print(cli, "  %s %s\n", text_of(file, "change"), text_of(file, "path"));
    }
}

void ais_cli_print_plan(const ais_cli *cli, const ais_doc_node *plan, bool files)
{
    print_designs(cli, ais_doc_find(plan, "designs"));
    print_deployments(cli, ais_doc_find(plan, "deployments"));
    if (files)
        print_files(cli, ais_doc_find(plan, "files"));
}

void ais_cli_print_diff(const ais_cli *cli, const ais_doc_node *plan)
{
    const ais_doc_node *files = ais_doc_find(plan, "files");
    if (ais_doc_count(files) == 0 && !cli->quiet)
        ais_cli_print(cli, "design would change nothing\n");
    for (size_t i = 0; i < ais_doc_count(files); i++) {
        const ais_doc_node *file = ais_doc_at(files, i);
        const ais_doc_node *diff = ais_doc_find(file, "diff");
        ais_cli_print(cli, "%s %s\n", text_of(file, "change"), text_of(file, "path"));
        if (diff != NULL && ais_doc_get_kind(diff) == AIS_DOC_STRING)
            ais_cli_print(cli, "%s", ais_doc_get_text(diff));
        else
            ais_cli_print(cli, "  (no text)\n");
    }
}
