/* What the original's parser accepted, dropped, rejected or crashed on, row by row, and what ours
 * says. "drop": the value was lost in silence. Where the two differ, ours keeps the value or names
 * the place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/annotate_says.h"

#define NAME "@component_name(name='c')\n"
#define MAIN NAME "def main(args):\n    pass\n"
#define SAYS_NAME "{\"component_name\": {\"name\": \"c\"}}\n"
/* a map before component_name in the order of the alphabet is none of the rows: it comes second */
#define SAYS(rest) "{\"component_name\": {\"name\": \"c\"}, " rest "}\n"

static const struct row {
    const char *what;
    const char *source;
    const char *original;
    const char *ours;
} rows[] = {
    {.what = "a number by its name",
     .source = "@exec_time(local_time_thr=5)\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"exec_time\": {\"local_time_thr\": 5}")},
    {.what = "a string, a float, True, None",
     .source = "@partitionable_model(onnx_file='a.onnx', num_partitions=None)\n"
               "@expected_throughput(rate=2.5)\n"
               "@security(networkShield=True)\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"expected_throughput\": {\"rate\": 2.5}, "
                  "\"partitionable_model\": {\"num_partitions\": null, \"onnx_file\": \"a.onnx\"}, "
                  "\"security\": {\"networkShield\": true}")},
    {.what = "a list of strings",
     .source = "@exec_time(global_time_thr=9, prev_components=['a', 'b'])\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"exec_time\": {\"global_time_thr\": 9, \"prev_components\": [\"a\", \"b\"]}")},
    {.what = "a dotted decorator",
     .source = "import aisprint\n@aisprint.annotations.exec_time(local_time_thr=5)\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"exec_time\": {\"local_time_thr\": 5}")},
    {.what = "a name that nobody imports",
     .source = "@exec_time()\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"exec_time\": {}")},
    {.what = "a positional argument",
     .source = "@exec_time(5)\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"exec_time\": {\"local_time_thr\": 5}")},
    {.what = "a negative number",
     .source = "@exec_time(local_time_thr=-5)\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"exec_time\": {\"local_time_thr\": -5}") "1:27 out-of-range\n"},
    {.what = "a computed number",
     .source = "@exec_time(local_time_thr=5*2)\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"exec_time\": {\"local_time_thr\": 10}")},
    {.what = "a constant of the module",
     .source = "LIMIT = 60 * 2\n@exec_time(local_time_thr=LIMIT)\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"exec_time\": {\"local_time_thr\": 120}")},
    {.what = "a tuple",
     .source = "@exec_time(global_time_thr=9, prev_components=('a', 'b'))\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"exec_time\": {\"global_time_thr\": 9, \"prev_components\": [\"a\", \"b\"]}")},
    {.what = "an f-string without fields",
     .source = "@partitionable_model(onnx_file=f'a.onnx')\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"partitionable_model\": {\"onnx_file\": \"a.onnx\"}")},
    {.what = "an f-string with fields",
     .source = "@partitionable_model(onnx_file=f'{x}.onnx')\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"partitionable_model\": {}") "1:34 not-static\n"},
    {.what = "strings side by side",
     .source = "@partitionable_model(onnx_file='a' '.onnx')\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"partitionable_model\": {\"onnx_file\": \"a.onnx\"}")},
    {.what = "bytes",
     .source = "@partitionable_model(onnx_file=b'a.onnx')\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"partitionable_model\": {}") "1:32 wrong-type\n"},
    {.what = "**keywords",
     .source = "@exec_time(**limits)\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"exec_time\": {}") "1:12 not-static\n"},
    {.what = "a name from nowhere",
     .source = "@exec_time(local_time_thr=limit)\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"exec_time\": {}") "1:27 not-static\n"},
    {.what = "the result of a call",
     .source = "@exec_time(local_time_thr=limit())\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"exec_time\": {}") "1:27 not-static\n"},
    {.what = "a dict where none belongs",
     .source = "@exec_time(local_time_thr={'a': 1})\n" MAIN,
     .original = "drop",
     .ours = SAYS("\"exec_time\": {}") "1:27 wrong-type\n"},
    {.what = "a nested list",
     .source =
         "@detect_metric_drift(metric=['m'], field=[['f', 'g']], statistical_test='chi-squared',"
         " test_threshold=[[0.1, 0.2]], detection_interval=1, monitoring_period=2,"
         " data_collection_period=3)\n" MAIN,
     .original = "crash",
     .ours = SAYS("\"detect_metric_drift\": {\"data_collection_period\": 3, "
                  "\"detection_interval\": 1, \"field\": [[\"f\", \"g\"]], \"metric\": [\"m\"], "
                  "\"monitoring_period\": 2, \"statistical_test\": \"chi-squared\", "
                  "\"test_threshold\": [[0.1, 0.2]]}")},
    {.what = "a constant in a list",
     .source = "P = 'a'\n@exec_time(global_time_thr=9, prev_components=[P, 'b'])\n" MAIN,
     .original = "crash",
     .ours = SAYS("\"exec_time\": {\"global_time_thr\": 9, \"prev_components\": [\"a\", \"b\"]}")},
    {.what = "a negative number in a list",
     .source = "def f(x):\n    pass\n@early_exits_model('a.onnx', 'f', [-0.5])\n" MAIN,
     .original = "crash",
     .ours = SAYS("\"early_exits_model\": {\"condition_function\": \"f\", \"onnx_file\": "
                  "\"a.onnx\", \"transition_probabilities\": [-0.5]}") "3:36 out-of-range\n"},
    {.what = "no parentheses",
     .source = "@security\n" MAIN,
     .original = "reject",
     .ours = SAYS_NAME "1:2 bare-annotation\n"},
    {.what = "a foreign decorator with a call",
     .source = "@lru_cache()\n" MAIN,
     .original = "reject",
     .ours = SAYS_NAME},
    {.what = "a foreign decorator without a call",
     .source = "@staticmethod\n" MAIN,
     .original = "reject",
     .ours = SAYS_NAME},
    {.what = "a foreign dotted decorator without a call",
     .source = "import functools\n@functools.cache\n" MAIN,
     .original = "crash",
     .ours = SAYS_NAME},
    {.what = "the same annotation twice",
     .source = "@exec_time(local_time_thr=5)\n@exec_time(local_time_thr=6)\n" MAIN,
     .original = "reject",
     .ours = SAYS("\"exec_time\": {\"local_time_thr\": 5}") "2:2 duplicate-annotation\n"},
    {.what = "all in one",
     .source = "@annotation({'component_name': {'name': 'c'}, 'exec_time': {}})\n"
               "def main(args):\n    pass\n",
     .original = "accept",
     .ours = SAYS("\"exec_time\": {}")},
    {.what = "all in one below another",
     .source = "@security(confRest=True)\n@annotation({'component_name': {'name': 'c'}})\n"
               "def main(args):\n    pass\n",
     .original = "drop",
     .ours = SAYS("\"security\": {\"confRest\": true}")},
    {.what = "all in one above another",
     .source = "@annotation({'component_name': {'name': 'c'}})\n@security(confRest=True)\n"
               "def main(args):\n    pass\n",
     .original = "drop",
     .ours = SAYS("\"security\": {\"confRest\": true}")},
    {.what = "all in one with a name that does not exist",
     .source = "@annotation({'component_name': {'name': 'c'}, 'exec_tme': {}})\n"
               "def main(args):\n    pass\n",
     .original = "accept",
     .ours = SAYS_NAME "1:47 unknown-annotation\n"},
    {.what = "all in one as a constant",
     .source = "A = {'component_name': {'name': 'c'}}\n@annotation(A)\ndef main(args):\n    pass\n",
     .original = "crash",
     .ours = SAYS_NAME},
    {.what = "an argument that does not exist",
     .source = "@exec_time(local_thr=5)\n" MAIN,
     .original = "reject",
     .ours = SAYS("\"exec_time\": {}") "1:12 unknown-argument\n"},
    {.what = "no main",
     .source = "def run():\n    pass\n",
     .original = "reject",
     .ours = "{}\n0:0 no-entry\n"},
    {.what = "an async main",
     .source = NAME "async def main(args):\n    pass\n",
     .original = "reject",
     .ours = "{}\n2:1 no-entry\n"},
    {.what = "two mains",
     .source = "def main():\n    pass\n" MAIN,
     .original = "reject",
     .ours = SAYS_NAME "4:1 duplicate-entry\n"},
    {.what = "main in a class",
     .source = "class C:\n    def main(self):\n        pass\n",
     .original = "reject",
     .ours = "{}\n0:0 no-entry\n"},
    {.what = "main without decorators",
     .source = "def main(args):\n    pass\n",
     .original = "accept",
     .ours = "{}\n1:5 missing-annotation\n"},
    {.what = "a global limit without its path",
     .source = "@exec_time(global_time_thr=5)\n" MAIN,
     .original = "reject",
     .ours = SAYS("\"exec_time\": {\"global_time_thr\": 5}") "1:28 missing-argument\n"},
    {.what = "a bool as a time",
     .source = "@exec_time(local_time_thr=True)\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"exec_time\": {}") "1:27 wrong-type\n"},
    {.what = "a local limit above the global one",
     .source = "@exec_time(5, 4, ['a'])\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"exec_time\": {\"global_time_thr\": 4, \"local_time_thr\": 5, "
                  "\"prev_components\": [\"a\"]}") "1:12 local-above-global\n"},
    {.what = "a path without a global limit",
     .source = "@exec_time(prev_components=['a'])\n" MAIN,
     .original = "accept",
     .ours =
         SAYS("\"exec_time\": {\"prev_components\": [\"a\"]}") "1:28 warning unused-argument\n"},
    {.what = "both kinds of model",
     .source = "def f(x):\n    pass\n@partitionable_model('a.onnx')\n"
               "@early_exits_model('a.onnx', 'f', [0.5])\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"early_exits_model\": {\"condition_function\": \"f\", \"onnx_file\": "
                  "\"a.onnx\", \"transition_probabilities\": [0.5]}, "
                  "\"partitionable_model\": {\"onnx_file\": \"a.onnx\"}") "4:2 conflict\n"},
    {.what = "a condition that nobody defines",
     .source = "@early_exits_model('a.onnx', 'f', [0.5])\n" MAIN,
     .original = "accept",
     .ours = SAYS("\"early_exits_model\": {\"condition_function\": \"f\", \"onnx_file\": "
                  "\"a.onnx\", \"transition_probabilities\": [0.5]}") "1:30 unknown-function\n"},
    {.what = "a name with a slash",
     .source = "@component_name(name='../c')\ndef main(args):\n    pass\n",
     .original = "accept",
     .ours = "{\"component_name\": {\"name\": \"../c\"}}\n1:22 bad-name\n"},
};

static void test_every_row_says_what_it_states(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_FREE char *says = annotate_says(AIS_LANGUAGE_PYTHON, rows[i].source);
        if (strcmp(says, rows[i].ours) == 0)
            continue;
        print_error("%s (the original: %s)\nexpected: %sgot:      %s", rows[i].what,
                    rows[i].original, rows[i].ours, says);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void test_the_table_has_rows_of_every_kind(void **state)
{
    (void)state;
    static const char *const kinds[] = {"accept", "drop", "reject", "crash"};
    size_t counts[AIS_COUNT(kinds)] = {0};
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        for (size_t k = 0; k < AIS_COUNT(kinds); k++)
            counts[k] += strcmp(rows[i].original, kinds[k]) == 0;
    assert_true(AIS_COUNT(rows) >= 30);
    for (size_t k = 0; k < AIS_COUNT(kinds); k++)
        assert_true(counts[k] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_says_what_it_states),
        cmocka_unit_test(test_the_table_has_rows_of_every_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
