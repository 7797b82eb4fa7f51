/* aisprint evaluate-model: how good a model is on labelled data. */
#include "cli/commands.h"
#include "design/evaluate.h"

typedef struct options {
    ais_evaluate_options evaluate;
    const char *out;
} options;

#define EVALUATE(field) offsetof(options, evaluate.field)

static const ais_cli_option table[] = {
    {.name = "labels",
     .type = AIS_CLI_STRING,
     .offset = EVALUATE(labels),
     .value = "FILE",
     .required = true,
     .help =
         "what is right: CSV with the columns item,label; with --model one label an item in the "
         "order of the data, as CSV (column label) or .npy"},
    {.name = "predictions",
     .type = AIS_CLI_STRING,
     .offset = EVALUATE(predictions),
     .value = "FILE|DIR",
     .help = "what was answered: CSV with item,label, or a folder of results of 'aisprint run'"},
    {.name = "drop-label",
     .type = AIS_CLI_STRING,
     .offset = EVALUATE(drop_label),
     .value = "LABEL",
     .help = "what an item without an answer counts as: the class that a filter drops"},
    {.name = "model",
     .type = AIS_CLI_STRING,
     .offset = EVALUATE(model),
     .value = "FILE.onnx",
     .help = "a model to run: the answer is the class with the largest number"},
    {.name = "data",
     .type = AIS_CLI_STRING,
     .offset = EVALUATE(data),
     .value = "FILE.npy",
     .help = "its input for all items; the first size is the number of items"},
    {.name = "output",
     .type = AIS_CLI_STRING,
     .offset = EVALUATE(output),
     .value = "NAME",
     .help = "output of the model to look at (default: the first)"},
    {.name = "classes",
     .type = AIS_CLI_STRING,
     .offset = EVALUATE(classes),
     .value = "FILE.csv",
     .help = "the classes and their order: CSV with the columns class,index"},
    {.name = "out",
     .letter = 'o',
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, out),
     .value = "DIR",
     .help =
         "write confusion_matrix.npy and class_names_dictionary.csv there, as design reads them "
         "from src/<component>/classification_performance"},
};

static int check(const options *o, ais_error **err)
{
    const ais_evaluate_options *e = &o->evaluate;
    if ((e->predictions != NULL) == (e->model != NULL))
        return ais_error_set(err, AIS_E_USAGE, "give either --predictions or --model");
    if ((e->model != NULL) != (e->data != NULL))
        return ais_error_set(err, AIS_E_USAGE, "--model and --data go together");
    if (e->model != NULL && e->drop_label != NULL)
        return ais_error_set(err, AIS_E_USAGE, "--drop-label goes with --predictions");
    if (e->model == NULL && e->output != NULL)
        return ais_error_set(err, AIS_E_USAGE, "--output goes with --model");
    return 0;
}

static int print(const ais_cli *cli, const ais_evaluation *evaluation, const char *out,
                 ais_error **err)
{
    if (cli->json) {
        AIS_AUTO(ais_doc) doc = ais_doc_new();
        ais_doc_node *root = ais_evaluation_to_node(evaluation, doc);
        if (out != NULL)
            ais_doc_put(root, "out", ais_doc_new_string(doc, out));
        return ais_cli_print_json(cli, root, err);
    }
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_evaluation_write_text(evaluation, &text);
    ais_cli_print(cli, "%s", ais_str_get(&text));
    if (out != NULL && !cli->quiet)
        ais_cli_print(cli, "\nwritten: %s\n", out);
    return 0;
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_evaluation) evaluation = NULL;
    if (check(o, err) < 0)
        return -1;
    const int status = ais_evaluate(&o->evaluate, diags, &evaluation);
    if (ais_cli_pass_diags(cli, diags, err) < 0 || status < 0 ||
        (o->out != NULL && ais_evaluation_write(evaluation, o->out, err) < 0))
        return -1;
    return print(cli, evaluation, o->out, err);
}

const ais_cli_command ais__cli_evaluate_model = {
    .name = "evaluate-model",
    .summary = "measure how good a model is on labelled data",
    .details =
        "Prints accuracy, precision, recall and f1 of each class, their averages and the confusion "
        "matrix, of answers that are there (--predictions) or of a model that is run here "
        "(--model, "
        "--data). The folder that --out writes is what 'aisprint design' ranks alternatives by.",
    .example = "aisprint evaluate-model --predictions out/results/classifier --labels labels.csv "
               "--drop-label Bag --out performance",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
