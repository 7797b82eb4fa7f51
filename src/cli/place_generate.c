/* `place --generate`: a random system instead of a placement. */
#include "cli/place_options.h"

int ais__cli_place_generate(const ais_cli *cli, const ais__cli_place_options *o, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_generate_options options = o->generated;
    options.components = o->generate;
    options.seed = o->search.seed;
    const ais_doc_node *root = ais_system_generate(&options, doc, NULL);
    if (o->output != NULL)
        return ais_doc_write(root, o->output, err);
    return ais_cli_print_json(cli, root, err);
}
