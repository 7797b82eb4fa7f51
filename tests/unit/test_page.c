/* Pages: text that is only text, plots and drawings whose places are all finite. */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "page/graph.h"
#include "page/plot.h"

static void test_hostile_text_is_only_text_in_html(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) out = {.data = NULL};
    ais_page_add_text(&out, "<a href='x\"'>&\x1b\xff\xc3\xa9\n");
    assert_string_equal(ais_str_get(&out), "&lt;a href=&#39;x&quot;&#39;&gt;&amp;\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9\n");
}

static void test_plots_of_extremes_have_only_finite_places(void **state)
{
    (void)state;
    static const double ends[][2] = {{1e-9, 1e-8}, {1e-6, 1e6}, {1.0, 1.0000001}};
    for (size_t i = 0; i < AIS_COUNT(ends); i++) {
        const ais_plot plot = {.x0 = ends[i][0], .x1 = ends[i][1], .y1 = 1e12, .log_x = true, .x_unit = AIS_PLOT_TIME,
                               .x_label = "x", .y_label = "y", .title = "t"};
        AIS_SCOPED(ais_str) out = {.data = NULL};
        ais_plot_begin(&out, &plot);
        ais_plot_add_bar(&out, &plot, ends[i][0], ends[i][1], 5e11, 0);
        ais_plot_mark_x(&out, &plot, (double)NAN, "none", 0, true);
        ais_plot_end(&out);
        assert_null(strstr(ais_str_get(&out), "nan"));
        assert_null(strstr(ais_str_get(&out), "inf"));
        assert_true(out.length < 20000);
    }
}

static void assert_bytes(double bytes, const char *expected)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    ais_page_add_bytes(&out, bytes);
    assert_string_equal(ais_str_get(&out), expected);
}

static void test_bytes_are_shown_in_the_unit_that_reads_best(void **state)
{
    (void)state;
    assert_bytes(0.0, "0&nbsp;B");
    assert_bytes(999.0, "999&nbsp;B");
    assert_bytes(999.6, "1&nbsp;kB");
    assert_bytes(614400.0, "614&nbsp;kB");
    assert_bytes(2e15, "2e+03&nbsp;TB");
    assert_bytes((double)NAN, "&ndash;");
}

static void test_a_logarithmic_axis_clips_what_is_below_it(void **state)
{
    (void)state;
    const ais_plot plot = {.x1 = 2.0, .y0 = 1.0, .y1 = 1e6, .log_y = true, .y_unit = AIS_PLOT_BYTES,
                           .x_label = "x", .y_label = "y", .title = "t"};
    static const double x[] = {0.0, 1.0, 2.0}, y[] = {0.0, 10.0, 1e6};
    AIS_SCOPED(ais_str) out = {.data = NULL};
    ais_plot_begin(&out, &plot);
    ais_plot_add_curve(&out, &plot, x, y, AIS_COUNT(x), 1);
    ais_plot_add_point(&out, &plot, 1.0, 10.0, 0, "<hint>");
    ais_plot_add_point(&out, &plot, 3.0, 10.0, 0, "outside");
    ais_plot_end(&out);
    const char *text = ais_str_get(&out);
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    assert_non_null(strstr(text, "&lt;hint&gt;"));
    assert_null(strstr(text, "outside"));
    /* the first point lies on the axis: HEIGHT 220 - BOTTOM 40 */
    assert_non_null(strstr(text, "d=\"M58.0 180.0L"));
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)) != NULL; text++)
        n++;
    return n;
}

static void test_a_graph_is_drawn_in_columns_from_left_to_right(void **state)
{
    (void)state;
    static const ais_graph_box boxes[] = {
        {.label = "late"}, {.label = "first", .note = "layer 1"}, {.label = "<b>", .chosen = true}};
    static const ais_graph_arrow arrows[] = {{.from = 1, .to = 2, .label = "0.9"}, {.from = 2, .to = 0},
                                             {.from = 1, .to = 0, .dashed = true}};
    const ais_graph_drawing drawing = {.title = "a graph", .boxes = boxes, .box_count = AIS_COUNT(boxes),
                                       .arrows = arrows, .arrow_count = AIS_COUNT(arrows)};
    AIS_SCOPED(ais_str) out = {.data = NULL};
    ais_graph_draw(&out, &drawing);
    const char *text = ais_str_get(&out);
    assert_int_equal(count(text, "<rect"), 3);
    assert_int_equal(count(text, "class=tip"), 3);
    assert_int_equal(count(text, "edge dashed"), 1);
    assert_int_equal(count(text, "box chosen"), 1);
    assert_null(strstr(text, "<b>"));
    const char *first = strstr(text, "first</title><rect"), *late = strstr(text, "late</title><rect");
    assert_non_null(first);
    assert_non_null(late);
    assert_true(strtod(strstr(first, " x=") + 3, NULL) < strtod(strstr(late, " x=") + 3, NULL));
}

static void test_long_labels_are_cut_between_characters(void **state)
{
    (void)state;
    static const ais_graph_box box = {
        .label = "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"};
    const ais_graph_drawing drawing = {.title = "t", .boxes = &box, .box_count = 1};
    AIS_SCOPED(ais_str) out = {.data = NULL};
    ais_graph_draw(&out, &drawing);
    assert_non_null(strstr(ais_str_get(&out), "\xa9&hellip;</text>"));
    assert_null(strstr(ais_str_get(&out), "\xef\xbf\xbd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_text_is_only_text_in_html),
        cmocka_unit_test(test_plots_of_extremes_have_only_finite_places),
        cmocka_unit_test(test_bytes_are_shown_in_the_unit_that_reads_best),
        cmocka_unit_test(test_a_logarithmic_axis_clips_what_is_below_it),
        cmocka_unit_test(test_a_graph_is_drawn_in_columns_from_left_to_right),
        cmocka_unit_test(test_long_labels_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
