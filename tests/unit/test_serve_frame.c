/* Frames between aisprint and its workers: what is written is read, what is wrong is refused. */
#include "support/unit.h"

#include <string.h>

#include "serve/frame.h"

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    ais_frame frame = {.data = NULL};
    assert_true(ais_frame_begin(&frame));
    assert_true(ais_frame_add(&frame, "input", "/a b\n\xff"));
    assert_true(ais_frame_add(&frame, "onnx_file", NULL));
    assert_true(ais_frame_add(&frame, "output", ""));
    ais_frame_end(&frame);
    assert_int_equal(ais_frame_need(frame.data, frame.length), frame.length);
    assert_true(ais_frame_is_valid(&frame));
    assert_string_equal(ais_frame_find(&frame, "input"), "/a b\n\xff");
    assert_string_equal(ais_frame_find(&frame, "output"), "");
    assert_null(ais_frame_find(&frame, "onnx_file"));
    assert_null(ais_frame_find(&frame, "/a b\n\xff")); /* a value is no key */
    ais_frame_clear(&frame);
}

static void test_the_length_is_little_endian_and_limited(void **state)
{
    (void)state;
    assert_int_equal(ais_frame_need("\x02\x01\x00\x00", 4), 0x102 + 4);
    assert_int_equal(ais_frame_need("\x02\x01\x00", 3), 0);
    assert_int_equal(ais_frame_need("\x00\x00\x10\x00", 4), AIS_FRAME_MAX + 4);
    assert_true(ais_frame_need("\x01\x00\x10\x00", 4) == SIZE_MAX);
    assert_true(ais_frame_need("\xff\xff\xff\xff", 4) == SIZE_MAX);
}

static void test_a_message_beyond_the_limit_is_refused_whole(void **state)
{
    (void)state;
    ais_frame frame = {.data = NULL};
    AIS_FREE char *large = ais_alloc(AIS_FRAME_MAX + 1);
    memset(large, 'x', AIS_FRAME_MAX);
    assert_true(ais_frame_begin(&frame));
    assert_true(ais_frame_add(&frame, "a", "b"));
    const size_t before = frame.length;
    assert_false(ais_frame_add(&frame, "key", large));
    assert_int_equal(frame.length, before);
    large[AIS_FRAME_MAX - 4 - 2] = '\0'; /* "a\0b\0" + "k\0" + value and its NUL: one too long, then not */
    assert_false(ais_frame_add(&frame, "k", large));
    large[AIS_FRAME_MAX - 4 - 2 - 1] = '\0';
    assert_true(ais_frame_add(&frame, "k", large));
    ais_frame_end(&frame);
    assert_int_equal(ais_frame_need(frame.data, frame.length), AIS_FRAME_MAX + 4);
    ais_frame_clear(&frame);
}

static void test_payloads_that_are_no_pairs_are_invalid(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        bool valid;
    } rows[] = {{.bytes = "\0\0\0\0", .length = 4, .valid = true},
                {.bytes = "\4\0\0\0a\0b\0", .length = 8, .valid = true},
                {.bytes = "\2\0\0\0a\0", .length = 6, .valid = false},
                {.bytes = "\3\0\0\0a\0b", .length = 7, .valid = false},
                {.bytes = "\5\0\0\0a\0b\0c", .length = 9, .valid = false},
                {.bytes = "\2\0\0\0ab", .length = 6, .valid = false},
                {.bytes = "\0\0", .length = 2, .valid = false}};
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        char *data = ais_alloc(rows[i].length);
        memcpy(data, rows[i].bytes, rows[i].length);
        const ais_frame frame = {.data = data, .length = rows[i].length};
        assert_int_equal(ais_frame_is_valid(&frame), rows[i].valid);
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_the_length_is_little_endian_and_limited),
        cmocka_unit_test(test_a_message_beyond_the_limit_is_refused_whole),
        cmocka_unit_test(test_payloads_that_are_no_pairs_are_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
