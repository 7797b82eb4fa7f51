/* Early exits: the table that names them, each fault at its place, and what is guessed without one. */
#include "support/unit.h"

#include <string.h>

#include "base/file.h"
#include "onnx/exits_priv.h"
#include "support/onnx_net.h"

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
        "output_nodes,more,input_nodes,exits\n['e1'],,['a'],first\n\"['e2', "
        "'f2']\",1,\"[c,d]\",second\n",
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_read_in_every_form),
        cmocka_unit_test(test_each_fault_stands_at_its_place),
    };
    return cmocka_run_group_tests_name("onnx_exits", tests, NULL, NULL);
}
