/* Bundles: what is written is read back, by others too; what is wrong is refused with its byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "infer/infer.h"

static int make_folder(void **state)
{
    const char *tmp = getenv("TMPDIR");
    char *folder = ais_format("%s/aisprint-bundle-XXXXXX", tmp != NULL ? tmp : "/tmp");
    *state = folder;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *folder = *state;
    return ais_tree_remove(folder, &err);
}

static void must(int result, ais_error *err)
{
    if (result < 0)
        fail_msg("%s", ais_error_get_message(err));
}

static void assert_says(const ais_error *err, ais_error_code code, const char *text)
{
    AIS_SCOPED(ais_str) whole = {0};
    assert_non_null(err);
    ais_error_write(err, &whole);
    if (strstr(ais_str_get(&whole), text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", ais_str_get(&whole), text);
    assert_string_equal(ais_error_code_name(ais_error_get_code(err)), ais_error_code_name(code));
}

/* ---- writing and reading back ---- */

static float pixels[6] = {1, 2, 3, 4, 5, 6};
static int64_t ids[2] = {-1, 7};
static uint8_t mask[3] = {1, 0, 1};

static ais_bundle *make_bundle(void)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_bundle *bundle = ais_bundle_new();
    const ais_tensor tensors[] = {
        {.name = "mask", .type = AIS_BOOL, .rank = 1, .shape = {3}, .data = mask, .bytes = 3},
        {.name = "pixels \"ä\"",
         .type = AIS_FLOAT32,
         .rank = 2,
         .shape = {2, 3},
         .data = pixels,
         .bytes = sizeof pixels},
        {.name = "ids",
         .type = AIS_INT64,
         .rank = 1,
         .shape = {2},
         .data = ids,
         .bytes = sizeof ids},
        {.name = "empty", .type = AIS_FLOAT16, .rank = 2, .shape = {0, 5}},
        {.name = "scalar", .type = AIS_FLOAT32, .rank = 0, .data = pixels, .bytes = 4},
    };
    for (size_t i = 0; i < AIS_COUNT(tensors); i++)
        must(ais_bundle_add(bundle, &tensors[i], &err), err);
    must(ais_bundle_add_text(bundle, "sample", "{\"label\": \"T-shirt\", \"n\": [1, 2.5]}", &err),
         err);
    must(ais_bundle_add_text(bundle, "a", "null", &err), err);
    return bundle;
}

static void assert_whole(const ais_bundle *bundle)
{
    assert_int_equal(ais_bundle_count(bundle), 5);
    const ais_tensor *t = ais_bundle_find(bundle, "pixels \"ä\"");
    assert_non_null(t);
    assert_int_equal(t->type, AIS_FLOAT32);
    assert_int_equal(t->rank, 2);
    assert_int_equal(t->shape[1], 3);
    assert_int_equal(t->bytes, sizeof pixels);
    assert_memory_equal(t->data, pixels, sizeof pixels);
    assert_memory_equal(ais_bundle_find(bundle, "ids")->data, ids, sizeof ids);
    assert_memory_equal(ais_bundle_find(bundle, "mask")->data, mask, sizeof mask);
    assert_int_equal(ais_bundle_find(bundle, "empty")->bytes, 0);
    assert_int_equal(ais_bundle_find(bundle, "scalar")->rank, 0);
    assert_null(ais_bundle_find(bundle, "none"));
    assert_string_equal(ais_bundle_find_text(bundle, "sample"),
                        "{\"label\": \"T-shirt\", \"n\": [1, 2.5]}");
    assert_null(ais_bundle_find_text(bundle, "none"));
    assert_int_equal(ais_bundle_count_texts(bundle), 2);
    assert_string_equal(ais_bundle_get_text_key(bundle, 1), "a");
    assert_null(ais_bundle_get_text_key(bundle, 2));
    assert_null(ais_bundle_get(bundle, 5));
}

static char *write_bundle(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = make_bundle();
    char *path = ais_path_join(*state, "b.safetensors");
    must(ais_bundle_write(bundle, path, &err), err);
    return path;
}

static void test_bundle_read_gives_what_was_written(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) read = NULL;
    AIS_FREE char *path = write_bundle(state);
    must(ais_bundle_read(path, &read, &err), err);
    assert_whole(read);
}

static void test_written_data_is_aligned_without_holes(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = write_bundle(state);
    AIS_FREE char *data = NULL;
    size_t length = 0;
    uint64_t header = 0;
    must(ais_file_read(path, 1 << 20, &data, &length, &err), err);
    memcpy(&header, data, sizeof header);
    assert_int_equal((header + 8) % 64, 0);
    assert_int_equal(length, header + 8 + sizeof pixels + sizeof ids + sizeof mask + 4);
    AIS_AUTO(ais_bundle) bundle = NULL;
    must(ais_bundle_read(path, &bundle, &err), err);
    assert_string_equal(ais_bundle_get(bundle, 0)->name, "ids");
    assert_string_equal(ais_bundle_get(bundle, 4)->name, "mask");
    for (size_t i = 0; i < ais_bundle_count(bundle); i++) {
        const ais_tensor *t = ais_bundle_get(bundle, i);
        assert_int_equal((uintptr_t)t->data % ais_tensor_type_size(t->type), 0);
    }
}

static void test_write_twice_gives_equal_bytes(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = write_bundle(state);
    AIS_FREE char *first = NULL, *second = NULL;
    size_t first_length = 0, second_length = 0;
    must(ais_file_read(path, 1 << 20, &first, &first_length, &err), err);
    AIS_FREE char *again = write_bundle(state);
    must(ais_file_read(again, 1 << 20, &second, &second_length, &err), err);
    assert_int_equal(first_length, second_length);
    assert_memory_equal(first, second, first_length);
}

static void test_bundle_read_can_be_written_over_its_own_file(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = write_bundle(state);
    AIS_AUTO(ais_bundle) first = NULL;
    must(ais_bundle_read(path, &first, &err), err);
    must(ais_bundle_write(first, path, &err), err);
    assert_whole(first); /* its mapping is of the old file */
    AIS_AUTO(ais_bundle) second = NULL;
    must(ais_bundle_read(path, &second, &err), err);
    assert_whole(second);
}

static void test_empty_bundle_is_a_file_too(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = ais_bundle_new();
    AIS_AUTO(ais_bundle) read = NULL;
    AIS_FREE char *path = ais_path_join(*state, "e.safetensors");
    must(ais_bundle_write(bundle, path, &err), err);
    must(ais_bundle_read(path, &read, &err), err);
    assert_int_equal(ais_bundle_count(read), 0);
}

static void test_failed_write_leaves_the_old_file_and_nothing_else(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = make_bundle();
    AIS_SCOPED(ais_names) names = {.count = 0};
    AIS_FREE char *none = ais_path_join(*state, "none/b.safetensors");
    assert_int_equal(ais_bundle_write(bundle, none, &err), -1);
    assert_says(err, AIS_E_IO, "cannot write the bundle: No such file or directory");
    AIS_FREE char *folder = ais_path_join(*state, "folder");
    must(ais_dir_make(folder, NULL), NULL);
    assert_int_equal(ais_bundle_write(bundle, folder, &err), -1);
    assert_says(err, AIS_E_IO, "cannot write the bundle: Is a directory");
    must(ais_dir_list(*state, &names, NULL), NULL);
    assert_int_equal(names.count, 1);
}

static void test_write_replaces_no_link_and_no_device(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = make_bundle();
    AIS_AUTO(ais_bundle) read = NULL;
    struct stat status;
    AIS_FREE char *pipe = ais_path_join(*state, "pipe");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(ais_bundle_write(bundle, pipe, &err), -1);
    assert_says(err, AIS_E_IO, "this is no regular file");
    assert_int_equal(lstat(pipe, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    AIS_FREE char *link = ais_path_join(*state, "link");
    AIS_FREE char *target = ais_path_join(*state, "target");
    must(ais_file_write(target, "old", 3, NULL), NULL);
    assert_int_equal(symlink("target", link), 0);
    must(ais_bundle_write(bundle, link, NULL), NULL);
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    must(ais_bundle_read(target, &read, &err), err);
    assert_whole(read);
}

/* ---- adding ---- */

static void assert_not_added(const ais_tensor *tensor, ais_error_code code, const char *text)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = make_bundle();
    assert_int_equal(ais_bundle_add(bundle, tensor, &err), -1);
    assert_says(err, code, text);
    assert_whole(bundle);
}

static void test_add_refuses_wrong_tensors(void **state)
{
    (void)state;
    ais_tensor t = {
        .name = "ids", .type = AIS_FLOAT32, .rank = 1, .shape = {1}, .data = pixels, .bytes = 4};
    assert_not_added(&t, AIS_E_INPUT, "the bundle has a tensor 'ids' already");
    t.name = "__metadata__";
    assert_not_added(&t, AIS_E_INPUT, "a tensor needs a name other than '__metadata__'");
    t.name = NULL;
    assert_not_added(&t, AIS_E_INPUT, "a tensor needs a name");
    t.name = "a\xff";
    assert_not_added(&t, AIS_E_INPUT, "the name of a tensor is not UTF-8 at byte 1");
    t.name = "t";
    t.bytes = 8;
    assert_not_added(&t, AIS_E_INPUT, "tensor 't' of shape [1] and type float32 has 8 bytes");
    t.bytes = 4;
    t.data = NULL;
    assert_not_added(&t, AIS_E_INPUT, "has 4 bytes but no data");
    t.rank = 17;
    assert_not_added(&t, AIS_E_LIMIT, "tensor 't' has 17 dimensions (at most 16)");
    t.type = AIS_TENSOR_TYPE_COUNT;
    assert_not_added(&t, AIS_E_INPUT, "tensor 't' has no known type");
}

static void test_add_text_wants_json(void **state)
{
    (void)state;
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = make_bundle();
    assert_int_equal(ais_bundle_add_text(bundle, "k", "{oops", &err), -1);
    assert_says(err, AIS_E_INPUT, "while adding the text 'k', which must be JSON");
    assert_int_equal(ais_bundle_add_text(bundle, "a", "1", &err), -1);
    assert_says(err, AIS_E_INPUT, "the bundle has a text 'a' already");
    assert_int_equal(ais_bundle_add_text(bundle, "\xff", "1", &err), -1);
    assert_says(err, AIS_E_INPUT, "the key of a text is not UTF-8 at byte 0");
    assert_whole(bundle);
}

/* ---- reading what is wrong ---- */

/* A file of this header and so many bytes of data. */
static void add_file(ais_str *out, const char *header, size_t data)
{
    const uint64_t length = strlen(header);
    ais_str_add_bytes(out, &length, sizeof length);
    ais_str_add(out, header);
    for (size_t i = 0; i < data; i++)
        ais_str_add_char(out, (char)i);
}

/* Parsed from a block of exactly its size, so that a sanitizer sees reads beyond it. */
static int parse(const ais_str *file, ais_bundle **out, ais_error **err)
{
    AIS_FREE char *exact = ais_alloc(file->length);
    memcpy(exact, ais_str_get(file), file->length);
    const int result = ais_bundle_parse("f.safetensors", exact, file->length, out, err);
    if (result == 0) {
        ais_bundle_free(*out);
        *out = NULL;
    }
    return result;
}

#define A(shape, offsets)                                                                          \
    "\"a\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}"
#define B(shape, offsets)                                                                          \
    "\"b\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static const struct {
    const char *header;
    size_t data;
    ais_error_code code;
    const char *text;
} wrong[] = {
    {"", 0, AIS_E_INPUT, "at byte 8: the header does not begin with '{'"},
    {" {}", 0, AIS_E_INPUT, "at byte 8: the header does not begin with '{'"},
    {"[]", 0, AIS_E_INPUT, "at byte 8: the header does not begin with '{'"},
    {"{} x", 0, AIS_E_INPUT, "at byte 11: "},
    {"{\"a\":1,\n\"a\":2}", 0, AIS_E_INPUT, "at byte 16: "},
    {"{\"a\":{},\"\xff\":{}}", 0, AIS_E_INPUT, "at byte 17: "},
    {"{}", 1, AIS_E_INPUT, "at byte 10: 1 bytes belong to no tensor"},
    {"{\"a\":[]}", 0, AIS_E_INPUT, "at byte 13: tensor 'a' is a list (must be a map)"},
    {"{\"a\\u0000\":{}}", 0, AIS_E_INPUT, "at byte 9: the name of a tensor holds a NUL character"},
    {"{\"a\":{\"shape\":[]}}", 0, AIS_E_INPUT, "at byte 13: tensor 'a' has no 'dtype'"},
    {"{\"a\":{\"dtype\":32}}", 0, AIS_E_INPUT,
     "at byte 22: 'dtype' of tensor 'a' is an integer (must be a string)"},
    {"{\"a\":{\"dtype\":\"F8_E4M3\"}}", 0, AIS_E_INPUT,
     "at byte 22: tensor 'a' has dtype 'F8_E4M3' (must be one of F32 F64 F16 BF16 I8"},
    {"{" A("3", "[0,4]") "}", 4, AIS_E_INPUT, "'shape' of tensor 'a' is an integer"},
    {"{" A("[-1]", "[0,4]") "}", 4, AIS_E_INPUT, "at byte 37: '-1' in tensor 'a' is no count"},
    {"{" A("[1.0]", "[0,4]") "}", 4, AIS_E_INPUT, "'1.0' in tensor 'a' is no count"},
    {"{" A("[[1]]", "[0,4]") "}", 4, AIS_E_INPUT, "'a list' in tensor 'a' is no count"},
    {"{" A("[99999999999999999999]", "[0,4]") "}", 4, AIS_E_INPUT, "is no count"},
    {"{" A("[4294967296,4294967296]", "[0,4]") "}", 4, AIS_E_INPUT,
     "the shape of tensor 'a' is beyond all memory"},
    {"{" A("[4611686018427387904]", "[0,4]") "}", 4, AIS_E_INPUT, "is beyond all memory"},
    {"{" A("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]") "}", 4, AIS_E_LIMIT,
     "at byte 36: tensor 'a' has 17 dimensions (at most 16)"},
    {"{" A("[1]", "[0]") "}", 4, AIS_E_INPUT,
     "at byte 55: 'data_offsets' of tensor 'a' has 1 elements (must be 2)"},
    {"{" A("[1]", "[4,0]") "}", 4, AIS_E_INPUT,
     "tensor 'a' takes bytes 4 to 0 of the data, which has 4"},
    {"{" A("[2]", "[0,8]") "}", 4, AIS_E_INPUT,
     "tensor 'a' takes bytes 0 to 8 of the data, which has 4"},
    {"{" A("[2]", "[0,4]") "}", 4, AIS_E_INPUT,
     "tensor 'a' takes 4 bytes of the data (its shape and type make 8)"},
    {"{" A("[1]", "[0,4]") "," B("[1]", "[0,4]") "}", 4, AIS_E_INPUT,
     "tensor 'b' begins at byte 0 of the data (must be 4: no holes, no overlaps)"},
    {"{" A("[1]", "[0,4]") "," B("[1]", "[8,12]") "}", 12, AIS_E_INPUT,
     "tensor 'b' begins at byte 8 of the data (must be 4: no holes, no overlaps)"},
    {"{" A("[1]", "[0,4]") "}", 8, AIS_E_INPUT, "4 bytes belong to no tensor"},
    {"{\"__metadata__\":[]}", 0, AIS_E_INPUT,
     "at byte 24: '__metadata__' is a list (must be a map of strings)"},
    {"{\"__metadata__\":{\"k\":1}}", 0, AIS_E_INPUT,
     "at byte 29: a value of '__metadata__' is an integer (must be a string)"},
};

static void test_read_refuses_wrong_headers_with_their_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < AIS_COUNT(wrong); i++) {
        AIS_SCOPED(ais_str) file = {0};
        AIS_AUTO(ais_error) err = NULL;
        ais_bundle *bundle = NULL;
        add_file(&file, wrong[i].header, wrong[i].data);
        if (parse(&file, &bundle, &err) == 0)
            fail_msg("%s was read", wrong[i].header);
        assert_says(err, wrong[i].code, wrong[i].text);
        assert_string_equal(ais_error_get_pos(err).file, "f.safetensors");
    }
}

static void test_read_refuses_lying_lengths(void **state)
{
    (void)state;
    static const struct {
        uint64_t length;
        ais_error_code code;
        const char *text;
    } rows[] = {
        {UINT64_MAX, AIS_E_INPUT,
         "at byte 0: a header of 18446744073709551615 bytes in a file of 10"},
        {3, AIS_E_INPUT, "at byte 0: a header of 3 bytes in a file of 10"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_SCOPED(ais_str) file = {0};
        AIS_AUTO(ais_error) err = NULL;
        ais_bundle *bundle = NULL;
        ais_str_add_bytes(&file, &rows[i].length, sizeof rows[i].length);
        ais_str_add(&file, "{}");
        assert_int_equal(parse(&file, &bundle, &err), -1);
        assert_says(err, rows[i].code, rows[i].text);
    }
}

static void test_read_refuses_a_huge_header(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = NULL;
    AIS_FREE char *path = ais_path_join(*state, "huge.safetensors");
    AIS_CLOSE int fd = open(path, O_WRONLY | O_CREAT, 0600);
    const uint64_t length = 90 << 20;
    assert_int_equal(write(fd, &length, sizeof length), sizeof length);
    assert_int_equal(ftruncate(fd, 100 << 20), 0);
    assert_int_equal(ais_bundle_read(path, &bundle, &err), -1);
    assert_says(err, AIS_E_LIMIT, "at byte 0: a header of 94371840 bytes (at most ");
}

static void test_read_refuses_every_truncation(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = write_bundle(state);
    AIS_FREE char *data = NULL;
    size_t length = 0;
    must(ais_file_read(path, 1 << 20, &data, &length, &err), err);
    for (size_t n = 0; n < length; n++) {
        AIS_SCOPED(ais_str) file = {0};
        AIS_AUTO(ais_error) refused = NULL;
        ais_bundle *bundle = NULL;
        ais_str_add_bytes(&file, data, n);
        assert_int_equal(parse(&file, &bundle, &refused), -1);
        assert_says(refused, AIS_E_INPUT, "f.safetensors: error: at byte ");
    }
}

static void test_read_refuses_what_is_no_file(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = NULL;
    assert_int_equal(ais_bundle_read(*state, &bundle, &err), -1);
    assert_says(err, AIS_E_IO, "this is no regular file");
    AIS_FREE char *none = ais_path_join(*state, "none");
    assert_int_equal(ais_bundle_read(none, &bundle, &err), -1);
    assert_says(err, AIS_E_IO, "cannot read the bundle: No such file or directory");
    AIS_FREE char *fifo = ais_path_join(*state, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(ais_bundle_read(fifo, &bundle, &err), -1);
    assert_says(err, AIS_E_IO, "this is no regular file");
    AIS_FREE char *empty = ais_path_join(*state, "empty");
    must(ais_file_write(empty, "", 0, &err), err);
    assert_int_equal(ais_bundle_read(empty, &bundle, &err), -1);
    assert_says(err, AIS_E_INPUT, "at byte 0: the file ends in its first 8 bytes");
}

/* ---- files of other writers ---- */

static void test_misaligned_data_is_read_aligned(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) file = {0};
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = NULL;
    add_file(&file,
             "{\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
             "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[1,9],\"x\":0}}  \n",
             9);
    must(ais_bundle_parse("f", file.data, file.length, &bundle, &err), err);
    const ais_tensor *d = ais_bundle_find(bundle, "d");
    assert_int_equal((uintptr_t)d->data % 8, 0);
    assert_memory_equal(d->data, file.data + file.length - 8, 8);
}

static void test_texts_that_are_no_json_are_read(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) file = {0};
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_bundle) bundle = NULL;
    add_file(&file, "{\"__metadata__\":{\"format\":\"pt\"}}", 0);
    must(ais_bundle_parse("f", file.data, file.length, &bundle, &err), err);
    assert_string_equal(ais_bundle_find_text(bundle, "format"), "pt");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_bundle_read_gives_what_was_written),
        CASE(test_written_data_is_aligned_without_holes),
        CASE(test_write_twice_gives_equal_bytes),
        CASE(test_bundle_read_can_be_written_over_its_own_file),
        CASE(test_empty_bundle_is_a_file_too),
        CASE(test_failed_write_leaves_the_old_file_and_nothing_else),
        CASE(test_write_replaces_no_link_and_no_device),
        cmocka_unit_test(test_add_refuses_wrong_tensors),
        cmocka_unit_test(test_add_text_wants_json),
        cmocka_unit_test(test_read_refuses_wrong_headers_with_their_byte),
        cmocka_unit_test(test_read_refuses_lying_lengths),
        CASE(test_read_refuses_a_huge_header),
        CASE(test_read_refuses_every_truncation),
        CASE(test_read_refuses_what_is_no_file),
        cmocka_unit_test(test_misaligned_data_is_read_aligned),
        cmocka_unit_test(test_texts_that_are_no_json_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
