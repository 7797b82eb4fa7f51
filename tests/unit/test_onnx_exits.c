/* Early exits: the table that names them, each fault at its place, and what is guessed without one. */
#include "support/unit.h"

#include <string.h>

#include "base/file.h"
#include "onnx/exits_priv.h"
#include "support/onnx_net.h"
#include "support/onnx_random.h"

/* Two exits; the second one has two outputs and a trunk of two tensors. */
static const char net_text[] =
    "x:4 -> a = Relu x; e1 = Softmax a; b = Relu a; c = Relu b; d = Abs b; "
    "h = Relu c; e2 = Softmax h; f2 = Neg h; g = Add c d; i = Relu g; j = Relu i; k = Relu j; "
    "y = Softmax k -> e1 e2 f2 y";

static char *describe(const onnx_net *net, const ais_onnx_exits *exits)
{
    ais_str text = {.data = NULL};
    for (size_t i = 0; i < exits->count; i++) {
        const ais_onnx_exit *e = &exits->exits[i];
        AIS_FREE char *trunk = onnx_net_names(net, e->trunk, e->trunk_count);
        AIS_FREE char *outputs = onnx_net_names(net, e->outputs, e->output_count);
        ais_str_add_format(&text, "%s%s: %s -> %s", i > 0 ? "; " : "", e->name, trunk, outputs);
    }
    return ais_str_take(&text);
}

static char *read_table(const onnx_net *net, const char *csv)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_onnx_exits) exits = NULL;
    const int status =
        ais__onnx_parse_exits(net->model, net->facts, "t.csv", csv, strlen(csv), diags, &exits);
    assert_int_equal(status == 0, ais_diags_count(diags) == 0);
    assert_int_equal(status == 0, exits != NULL);
    ais_diags_sort(diags);
    return exits != NULL ? describe(net, exits) : unit_faults(diags);
}

#define HEAD "exits,input_nodes,output_nodes\n"
#define BOTH "first: a -> e1; second: c, d -> e2, f2"

static void test_tables_are_read_in_every_form(void **state)
{
    (void)state;
    static const char *const tables[] = {
        HEAD "first,['a'],['e1']\nsecond,\"['c', 'd']\",\"['e2', 'f2']\"\n",
        HEAD "first,[a],[e1]\nsecond,\"[c, d]\",\"[e2,f2]\"\n",
        HEAD "first,a,e1\r\n\r\nsecond,\"c , d\",\"e2, f2\"\r\n",
        HEAD "first, [ \"a\" ],[ 'e1' ]\nsecond,\"[\"\"c\"\", 'd' ]\",\"['e2', 'f2', ]\"",
        ("output_nodes,more,input_nodes,exits\n['e1'],,['a'],first\n\"['e2', "
         "'f2']\",1,\"[c,d]\",second\n"),
    };
    onnx_net net;
    onnx_net_make(net_text, &net);
    for (size_t i = 0; i < AIS_COUNT(tables); i++) {
        AIS_FREE char *found = read_table(&net, tables[i]);
        assert_string_equal(found, BOTH);
    }
    onnx_net_clear(&net);
}

static void test_each_fault_stands_at_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *faults;
    } rows[] = {
        {"", "t.csv:1:1: error: the table is empty (its first line must name the columns)\n"},
        {"exits,input_node,output_nodes\n",
         "t.csv:1:1: error: the column 'input_nodes' is missing (is 'input_node' meant for it?)\n"},
        {HEAD,
         "t.csv:1:1: error: the table names no exit (one row an exit, in the order of depth)\n"},
        {HEAD "one,['a'],['e3']\n",
         "t.csv:2:12: error: the model has no tensor 'e3' (is 'e1' meant?)\n"},
        {HEAD "one,\"['a', 'zzz']\",\"['e1', ,]\"\n",
         "t.csv:2:12: error: the model has no tensor 'zzz'\n"
         "t.csv:2:28: error: a name of the list is empty\n"},
        {HEAD "one,['a'],['b']\n", "t.csv:2:12: error: 'b' is no output of the model that depends "
                                   "on its inputs (outputs are 'e1', "
                                   "'e2', 'f2', 'y')\n"},
        {HEAD "one,['a'],['e1']\none,['b'],['e2']\n",
         "t.csv:3:1: error: the exit 'one' is there twice\n"},
        {HEAD "one,['a'],['e1']\ntwo,\"[c, c]\",\"[e2,e1]\"\n",
         "t.csv:3:10: error: 'c' is there twice\n"
         "t.csv:3:19: error: 'e1' is there twice: an exit above has it\n"},
        {HEAD ",[],['e1'\n", "t.csv:2:1: error: the exit has no name\n"
                             "t.csv:2:2: error: no tensor is named (['name of a tensor'])\n"
                             "t.csv:2:10: error: the list is not closed (['name', 'name'])\n"},
        {HEAD "one,['a],['e1']x\n", "t.csv:2:6: error: the quotes of a name are not closed\n"
                                    "t.csv:2:16: error: text follows the list\n"},
        {HEAD "one,['a'],\"['e2' 'f2']\"\n",
         "t.csv:2:18: error: a comma is missing between two names (['name', 'name'])\n"},
        /* the trunk does not separate: e2, f2 and y have other ways */
        {HEAD "one,['d'],['e1']\n", "t.csv:2:5: error: the trunk does not separate the model: "
                                    "around it leads 'x' -> 'a' -> 'b' "
                                    "-> 'c' -> 'h' -> 'e2' (name a tensor of that way, too)\n"},
        /* rows in the wrong order */
        {HEAD "two,\"[c,d]\",\"[e2,f2]\"\none,['a'],['e1']\n",
         "t.csv:2:5: error: the trunk does not separate the model: around it leads 'x' -> 'a' -> "
         "'e1' "
         "(name a tensor of that way, too)\n"
         "t.csv:3:6: error: 'a' is not behind the trunk of the exit above (exits stand in the "
         "order of "
         "their depth)\n"
         "t.csv:3:12: error: 'e1' is not behind the trunk of the exit above (exits stand in the "
         "order of "
         "their depth)\n"},
        {HEAD "one,\"[a,j]\",['e1']\n", "t.csv:2:9: error: 'j' needs the Relu node that makes 'b', "
                                        "which is behind the trunk as well\n"},
        {HEAD "one,['a'],['y']\n", "t.csv:2:12: error: 'y' needs the Relu node that makes 'b', "
                                   "which is behind the trunk of its "
                                   "exit\n"},
        {HEAD "one,\"['j', 'e1']\",\"['e2','f2']\"\n", "one: j, e1 -> e2, f2"}, /* e1 is sent on */
        {HEAD "one,['j'],\"['e1','e2','f2','y']\"\n",
         "t.csv:2:11: error: the trunk leads nowhere: all outputs of the model belong to exits "
         "(one output "
         "must be left for the last part)\n"},
        {HEAD "one,\"['k', 'j']\",\"['e1','e2','f2']\"\n",
         "t.csv:2:12: error: the trunk leads nowhere at 'j': no later output needs it\n"},
    };
    onnx_net net;
    onnx_net_make(net_text, &net);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_FREE char *faults = read_table(&net, rows[i].csv);
        assert_string_equal(faults, rows[i].faults);
    }
    onnx_net_clear(&net);
}

static void test_a_table_that_cannot_be_read_says_so(void **state)
{
    (void)state;
    AIS_FREE char *folder = unit_folder();
    AIS_FREE char *path = ais_format("%s/early_exits.csv", folder);
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_onnx_exits) exits = NULL;
    onnx_net net;
    onnx_net_make(net_text, &net);
    assert_int_equal(ais_onnx_read_exits(net.model, net.facts, path, diags, &exits), -1);
    assert_string_equal(ais_diags_get(diags, 0)->rule, "io");
    static const char table[] = HEAD "one,[a],[e1]\n";
    assert_int_equal(ais_file_write(path, table, sizeof table - 1, NULL), 0);
    assert_int_equal(ais_onnx_read_exits(net.model, net.facts, path, diags, &exits), 0);
    AIS_FREE char *text = describe(&net, exits);
    assert_string_equal(text, "one: a -> e1");
    onnx_net_clear(&net);
    assert_int_equal(ais_tree_remove(folder, NULL), 0);
}

static void test_trunks_are_dense_tensors_on_the_way(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *faults;
    } rows[] = {
        {HEAD "one,[w],[e]\n",
         "t.csv:2:6: error: 'w' is not between the inputs and the outputs of the model\n"},
        {HEAD "one,[s],[e]\n", "t.csv:2:6: error: 's' is no dense tensor, so it cannot be sent\n"},
    };
    onnx_net net;
    onnx_net_make("x:4 -> a = Add x w; e = Relu a; s = SequenceConstruct a; "
                  "b = ConcatFromSequence s; y = Relu b -> e y",
                  &net);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_FREE char *faults = read_table(&net, rows[i].csv);
        assert_string_equal(faults, rows[i].faults);
    }
    onnx_net_clear(&net);
}

/* ---- without a table ---- */

static char *guess(const onnx_net *net)
{
    AIS_AUTO(ais_onnx_exits) exits = NULL;
    assert_int_equal(ais_onnx_guess_exits(net->model, net->facts, &exits, NULL), 0);
    return describe(net, exits);
}

static void test_exits_are_guessed_from_the_graph(void **state)
{
    (void)state;
    static const struct {
        const char *net, *expected;
    } rows[] = {
        {net_text, "exit1: a -> e1; exit2: b, c -> e2, f2"},
        {"x:4 -> a = Relu x; y = Relu a -> y", ""},
        /* two heads of the same depth, or the longer one with less to do: no exit */
        {"x:4 -> a = Relu x; y = Relu a; z = Relu a -> y z", ""},
        {"x:4 -> a = Relu x; y = Softmax a; b = Neg a; z = Neg b -> y z", ""},
        /* nor when next to nothing is left to do */
        {"x:4 -> a = Softmax x; b = Softmax a; c = Softmax b; d = Softmax c; f = Softmax d; "
         "g = Softmax f; h = Softmax g; i = Softmax h; e = Neg i; j = Neg i; y = Neg j -> e y",
         ""},
        /* an output on the way is none either: it has no head */
        {"x:4 -> a = Relu x; b = Relu a; y = Relu b -> a y", ""},
        /* what shares nothing is no exit of it */
        {"x:4 z:4 -> e = Relu z; a = Relu x; b = Relu a; y = Relu b -> e y", ""},
        /* an input that is used later goes along */
        {"x:4 z:4 -> a = Relu x; e = Relu a; b = Softmax a; c = Add b z; y = Relu c -> e y",
         "exit1: z, a -> e"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        onnx_net net;
        onnx_net_make(rows[i].net, &net);
        AIS_FREE char *found = guess(&net);
        assert_string_equal(found, rows[i].expected);
        onnx_net_clear(&net);
    }
}

static void write_list(const ais_onnx_graph *graph, const size_t *values, size_t count,
                       ais_str *csv)
{
    ais_str_add(csv, ",\"[");
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(csv, "%s'%s'", i > 0 ? ", " : "", graph->values[values[i]].name);
    ais_str_add(csv, "]\"");
}

/* What is guessed reads back as a table without a fault. */
static void test_guessed_exits_are_right(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    size_t guessed = 0;
    for (size_t round = 0; round < 3000; round++) {
        const onnx_random_options options = {.nodes = 25, .odd = true, .distance = 3};
        onnx_random made;
        onnx_random_make(&random, &options, &made);
        AIS_AUTO(ais_onnx_exits) exits = NULL;
        AIS_AUTO(ais_onnx_exits) again = NULL;
        AIS_AUTO(ais_diags) diags = ais_diags_new();
        AIS_SCOPED(ais_str) csv = {.data = NULL};
        const ais_onnx_graph *graph = made.model->graph;
        assert_int_equal(ais_onnx_guess_exits(made.model, &made.facts, &exits, NULL), 0);
        ais_str_add(&csv, HEAD);
        for (size_t i = 0; i < exits->count; i++) {
            ais_str_add(&csv, exits->exits[i].name);
            write_list(graph, exits->exits[i].trunk, exits->exits[i].trunk_count, &csv);
            write_list(graph, exits->exits[i].outputs, exits->exits[i].output_count, &csv);
            ais_str_add(&csv, "\n");
        }
        if (exits->count > 0 && ais__onnx_parse_exits(made.model, &made.facts, "guess.csv",
                                                      csv.data, csv.length, diags, &again) < 0) {
            AIS_FREE char *faults = unit_faults(diags);
            fail_msg("%s%s", csv.data, faults);
        }
        guessed += exits->count;
        onnx_random_clear(&made);
    }
    assert_true(guessed > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_read_in_every_form),
        cmocka_unit_test(test_each_fault_stands_at_its_place),
        cmocka_unit_test(test_a_table_that_cannot_be_read_says_so),
        cmocka_unit_test(test_trunks_are_dense_tensors_on_the_way),
        cmocka_unit_test(test_exits_are_guessed_from_the_graph),
        cmocka_unit_test(test_guessed_exits_are_right),
    };
    return cmocka_run_group_tests_name("onnx_exits", tests, NULL, NULL);
}
