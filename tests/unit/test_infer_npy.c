/* Arrays in .npy files: what is read, what is written, and each fault with its byte. The comparison
 * with numpy is tests/extra/npy_against_numpy.py. */
#include "support/unit.h"

#include <string.h>

#include "base/file.h"
#include "infer/npy.h"

/* A file of version 1 or 2 with this header and these bytes. */
static void make(unsigned version, const char *header, const void *data, size_t length,
                 ais_str *out)
{
    const size_t size = strlen(header);
    const char prefix[] = {'\x93',
                           'N',
                           'U',
                           'M',
                           'P',
                           'Y',
                           (char)version,
                           0,
                           (char)(size & 0xFF),
                           (char)(size >> 8 & 0xFF),
                           0,
                           0};
    ais_str_add_bytes(out, prefix, version == 1 ? 10 : 12);
    ais_str_add(out, header);
    ais_str_add_bytes(out, data, length);
}

static ais_npy *parse(unsigned version, const char *header, const void *data, size_t length,
                      ais_error **err)
{
    AIS_SCOPED(ais_str) file = {.data = NULL};
    ais_npy *npy = NULL;
    make(version, header, data, length, &file);
    const int status = ais_npy_parse("a.npy", file.data, file.length, &npy, err);
    assert_int_equal(status, npy != NULL ? 0 : -1);
    return npy;
}

static void test_a_fortran_array_of_big_endian_numbers_is_turned_over(void **state)
{
    (void)state;
    static const unsigned char data[] = {0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 2,
                                         0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 1, 6};
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_npy) npy =
        parse(2, "{\"shape\": (2L, 3L), 'fortran_order': True, 'descr': '>i4'}  \n", data,
              sizeof data, &err);
    static const double expected[] = {1, 2, 3, 4, 5, 262};
    assert_non_null(npy);
    assert_int_equal(npy->tensor.type, AIS_INT32);
    assert_int_equal(npy->tensor.rank, 2);
    for (size_t i = 0; i < 6; i++)
        assert_true(ais_npy_get(npy, i) == expected[i]);
    assert_int_equal(ais_npy_byte_of(npy, 1), npy->data_offset + 8);
    assert_int_equal(ais_npy_byte_of(npy, 5), npy->data_offset + 20);
}

static void test_an_array_at_an_odd_place_is_moved(void **state)
{
    (void)state;
    static const double data[] = {0.5, -1.0};
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_npy) npy =
        parse(1, "{'descr':'f8','fortran_order':False,'shape':(2,)}", data, sizeof data, &err);
    assert_non_null(npy);
    assert_int_equal((uintptr_t)npy->tensor.data % sizeof(double), 0);
    assert_true(ais_npy_get(npy, 0) == 0.5 && ais_npy_get(npy, 1) == -1.0);
}

#define REST ", 'fortran_order': False, 'shape': (1,)}"
#define NUMBERS "{'descr': '<f4', 'fortran_order': False, 'shape': "

static void test_each_fault_of_a_header_stands_at_its_byte(void **state)
{
    (void)state;
    static const struct {
        const char *header, *message;
    } rows[] = {
        {"", "at byte 10: '{' is missing in the header"},
        {"{", "at byte 11: the header must have a string here"},
        {"{'descr", "at byte 11: a string of the header is not closed"},
        {"{'a\\'': 1}", "at byte 11: a string of the header is not closed"},
        {"{'descrdescrdescrdescrdescrdescrdescr': 1}",
         "at byte 11: a string of the header is too long"},
        {"{'descr' '<f4'" REST, "at byte 19: ':' is missing in the header"},
        {"{'descr': '|O'" REST,
         "at byte 20: the array holds Python objects, which are never read: they are pickled, and "
         "reading them runs code"},
        {"{'descr': '<c8'" REST, "at byte 20: the array holds complex numbers"},
        {"{'descr': '<U3'" REST, "at byte 20: the array holds texts"},
        {"{'descr': '<f16'" REST, "at byte 20: the element type is '<f16'"},
        {"{'descr': [('a', '<i4')]" REST,
         "at byte 20: the array holds records (must be numbers of one type)"},
        {"{'descr': '<f4', 'descr': '<f4'" REST, "at byte 27: 'descr' is there twice"},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
         "at byte 44: fortran_order must be True or False"},
        {"{'descr': '<f4', 'shape': (1,)}", "at byte 40: the header does not say 'fortran_order'"},
        {"{'descr': '<f4', 'order': False, 'shape': (1,)}",
         "at byte 27: the header has an unknown key 'order'"},
        {NUMBERS "1}", "at byte 60: '(' is missing in the header"},
        {NUMBERS "(1)}", "at byte 62: the shape must be a tuple: a comma is missing"},
        {NUMBERS "(-1,)}", "at byte 61: the shape must be a tuple of sizes from 0"},
        {NUMBERS "(1 2)}", "at byte 63: the shape must be a tuple of sizes from 0"},
        {NUMBERS "(99999999999999999999,)}", "at byte 61: a size of the shape is too large"},
        {NUMBERS "(1,) 'x'}", "at byte 65: ',' or '}' is missing in the header"},
        {NUMBERS "(1,)} x", "at byte 66: text follows the header"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_error) err = NULL;
        assert_null(parse(1, rows[i].header, "1234", 4, &err));
        assert_string_equal(ais_error_get_message(err), rows[i].message);
        assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
        assert_string_equal(ais_error_get_pos(err).file, "a.npy");
    }
}

static void test_limits_hold(void **state)
{
    (void)state;
    static const struct {
        const char *header, *message;
    } rows[] = {
        {NUMBERS "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,)}",
         "at byte 93: the array has more than 16 dimensions"},
        {NUMBERS "(99999999999, 99999999999)}",
         "at byte 87: the shape asks for more than 4294967296 bytes"},
        {NUMBERS "(9999999999,)}", "at byte 74: the shape asks for more than 4294967296 bytes"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_error) err = NULL;
        assert_null(parse(1, rows[i].header, "1234", 4, &err));
        assert_string_equal(ais_error_get_message(err), rows[i].message);
        assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
    }
    AIS_AUTO(ais_error) err = NULL;
    ais_npy *npy = NULL;
    assert_int_equal(ais_npy_parse("a", "\x93NUMPY\x02\x00\x01\x00\x01\x00 ", 13, &npy, &err), -1);
    assert_string_equal(ais_error_get_message(err),
                        "at byte 8: the header has 65537 bytes (must be at most 65536)");
    assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
}

static void test_each_fault_of_a_file_stands_at_its_byte(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *message;
    } rows[] = {
        {"", 0, "at byte 0: this is no .npy file"},
        {"PK\x03\x04 a zip", 10, "at byte 0: this is no .npy file"},
        {"\x93NUMPY\x01", 7, "at byte 7: the file ends within its header"},
        {"\x93NUMPY\x01\x00\x10", 9, "at byte 9: the file ends within its header"},
        {"\x93NUMPY\x01\x00\x10\x00{", 11, "at byte 11: the file ends within its header"},
        {"\x93NUMPY\x04\x00\x10\x00", 10, "at byte 6: version 4.0 of the format is not known"},
        {"\x93NUMPY\x01\x01\x10\x00", 10, "at byte 6: version 1.1 of the format is not known"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_error) err = NULL;
        ais_npy *npy = NULL;
        assert_int_equal(ais_npy_parse("a", rows[i].bytes, rows[i].length, &npy, &err), -1);
        assert_null(npy);
        assert_string_equal(ais_error_get_message(err), rows[i].message);
    }
}

static void test_elements_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t length;
        const char *message;
    } rows[] = {
        {NUMBERS "(2,)}", 7,
         "at byte 72: the file ends early: 7 bytes of elements (the shape asks for 8)"},
        {NUMBERS "(1,)}", 7, "at byte 69: 3 bytes follow the array"},
        {"{'descr': '|b1', 'fortran_order': True, 'shape': (2, 2)}", 4,
         "at byte 68: a bool is 2 (must be 0 or 1)"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_error) err = NULL;
        assert_null(parse(1, rows[i].header, "\0\1\2\0\0\0\0", rows[i].length, &err));
        assert_string_equal(ais_error_get_message(err), rows[i].message);
        assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    }
}

static void test_an_array_is_written_as_numpy_writes_it(void **state)
{
    (void)state;
    double data[] = {0.25, 0.5, 0.125, 0.125};
    const ais_tensor tensor = {
        .type = AIS_FLOAT64, .rank = 2, .shape = {2, 2}, .data = data, .bytes = sizeof data};
    AIS_SCOPED(ais_str) bytes = {.data = NULL};
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_npy_format(&tensor, &bytes, &err), 0);
    assert_int_equal(bytes.length, 128 + 32);
    assert_memory_equal(
        bytes.data,
        "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", 69);
    assert_int_equal(bytes.data[127], '\n');
    assert_memory_equal(bytes.data + 128, data, sizeof data);
}

static void test_writing_tells_what_it_cannot(void **state)
{
    (void)state;
    uint16_t data[] = {0};
    const ais_tensor tensor = {
        .type = AIS_BFLOAT16, .rank = 1, .shape = {1}, .data = data, .bytes = sizeof data};
    const ais_tensor fine = {
        .type = AIS_FLOAT16, .rank = 1, .shape = {1}, .data = data, .bytes = sizeof data};
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_error) unwritten = NULL;
    AIS_AUTO(ais_error) unread = NULL;
    ais_npy *npy = NULL;
    assert_int_equal(ais_npy_write(&tensor, "/nowhere/a.npy", &err), -1);
    assert_string_equal(ais_error_get_message(err), "a .npy file cannot hold bfloat16");
    assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    assert_int_equal(ais_npy_write(&fine, "/nowhere/a.npy", &unwritten), -1);
    assert_int_equal(ais_error_get_code(unwritten), AIS_E_IO);
    assert_int_equal(ais_npy_read("/nowhere/a.npy", &npy, &unread), -1);
    assert_int_equal(ais_error_get_code(unread), AIS_E_IO);
}

static void test_numbers_of_every_type_are_doubles(void **state)
{
    (void)state;
    static const uint64_t bits[AIS_TENSOR_TYPE_COUNT] = {[AIS_FLOAT32] = 0xC0200000,
                                                         [AIS_FLOAT64] = 0xC004000000000000,
                                                         [AIS_FLOAT16] = 0xC100,
                                                         [AIS_BFLOAT16] = 0xC020,
                                                         [AIS_INT8] = 0xFE,
                                                         [AIS_INT16] = 0xFFFE,
                                                         [AIS_INT32] = 0xFFFFFFFE,
                                                         [AIS_INT64] = UINT64_MAX - 1,
                                                         [AIS_UINT8] = 0xFE,
                                                         [AIS_UINT16] = 0xFFFE,
                                                         [AIS_UINT32] = 0xFFFFFFFE,
                                                         [AIS_UINT64] = 1ull << 63,
                                                         [AIS_BOOL] = 1};
    static const double values[AIS_TENSOR_TYPE_COUNT] = {
        [AIS_FLOAT32] = -2.5,  [AIS_FLOAT64] = -2.5,      [AIS_FLOAT16] = -2.5,
        [AIS_BFLOAT16] = -2.5, [AIS_INT8] = -2,           [AIS_INT16] = -2,
        [AIS_INT32] = -2,      [AIS_INT64] = -2,          [AIS_UINT8] = 254,
        [AIS_UINT16] = 65534,  [AIS_UINT32] = 4294967294, [AIS_UINT64] = 0x1p63,
        [AIS_BOOL] = 1};
    for (int type = 0; type < AIS_TENSOR_TYPE_COUNT; type++) {
        uint64_t data = bits[type];
        const ais_tensor tensor = {.type = (ais_tensor_type)type, .data = &data};
        assert_true(ais_tensor_get_number(&tensor, 0) == values[type]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fortran_array_of_big_endian_numbers_is_turned_over),
        cmocka_unit_test(test_an_array_at_an_odd_place_is_moved),
        cmocka_unit_test(test_each_fault_of_a_header_stands_at_its_byte),
        cmocka_unit_test(test_limits_hold),
        cmocka_unit_test(test_each_fault_of_a_file_stands_at_its_byte),
        cmocka_unit_test(test_elements_that_do_not_fit_are_refused),
        cmocka_unit_test(test_an_array_is_written_as_numpy_writes_it),
        cmocka_unit_test(test_writing_tells_what_it_cannot),
        cmocka_unit_test(test_numbers_of_every_type_are_doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
