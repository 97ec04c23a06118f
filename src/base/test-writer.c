/* SPDX-License-Identifier: MIT */
/* Tests of the byte writer. */

#include "base/writer.h"

#include <support/expect.h>

/* Lets a hopeless allocation return NULL under the address sanitizer, as it does without. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* The writer's bytes are exactly these; it is left empty. */
static void expect_bytes(struct writer *writer, const void *expected, size_t n_expected)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;

    expect_ok(writer_finish(writer, &bytes, &size));
    assert_int_equal(size, n_expected);
    assert_memory_equal(bytes, expected, n_expected);
    assert_null(writer->bytes);
    assert_int_equal(writer->size, 0);
    assert_int_equal(writer->n_allocated, 0);
}

static void expect_text(struct writer *writer, const char *expected)
{
    CLEANUP(free) char *text = NULL;

    expect_ok(writer_finish_text(writer, &text));
    assert_string_equal(text, expected);
}

static void expect_json(const char *text, const char *expected)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    writer_json_string(&writer, text);
    expect_text(&writer, expected);
}

static void numbers_are_written_little_endian(void **state)
{
    static const uint8_t expected[] = {1, 3, 2, 7, 6, 5, 4, 15, 14, 13, 12, 11, 10, 9, 8};
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    writer_u8(&writer, 1);
    writer_le16(&writer, 0x0203);
    writer_le32(&writer, 0x04050607);
    writer_le64(&writer, 0x08090a0b0c0d0e0f);

    expect_bytes(&writer, expected, sizeof(expected));
}

static void bytes_and_zeros_follow_one_another(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    writer_bytes(&writer, "ab", 2);
    writer_zeros(&writer, 3);
    writer_bytes(&writer, NULL, 0);
    writer_zeros(&writer, 0);
    writer_bytes(&writer, "c", 1);

    expect_bytes(&writer, "ab\0\0\0c", 6);
}

static void zeros_are_zero_in_memory_that_was_used_before(void **state)
{
    static const uint8_t zeros[1000];
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) uint8_t *used = malloc(1100);
    (void)state;

    assert_non_null(used);
    memset(used, 0xff, 1100);
    free(STEAL(used));
    writer_zeros(&writer, sizeof(zeros));

    expect_bytes(&writer, zeros, sizeof(zeros));
}

static void a_patch_changes_only_its_own_bytes(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    writer_bytes(&writer, "0123456789", 10);
    writer_patch_le16(&writer, 1, 0x6261);
    writer_patch_le32(&writer, 6, 0x66656463);

    expect_bytes(&writer, "0ab345cdef", 10);
}

static void a_megabyte_grown_byte_by_byte_is_whole(void **state)
{
    enum { N_BYTES = 1 << 20 };
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;
    (void)state;

    for (uint32_t i = 0; i < N_BYTES; i++) {
        writer_u8(&writer, (uint8_t)(i % 251));
    }
    expect_ok(writer_finish(&writer, &bytes, &size));

    assert_int_equal(size, N_BYTES);
    for (uint32_t i = 0; i < N_BYTES; i++) {
        assert_int_equal(bytes[i], i % 251);
    }
}

static void an_empty_writer_finishes_with_a_buffer(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 42;
    (void)state;

    expect_ok(writer_finish(&writer, &bytes, &size));

    assert_non_null(bytes);
    assert_int_equal(size, 0);
}

static void an_empty_text_is_the_empty_string(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    expect_text(&writer, "");
}

static void a_finished_writer_can_be_used_again(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    writer_text(&writer, "first");
    expect_text(&writer, "first");
    writer_text(&writer, "second");

    expect_text(&writer, "second");
}

static void text_is_written_without_its_terminator(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    writer_text(&writer, "ab");
    writer_text(&writer, "");
    writer_char(&writer, 'c');
    writer_format(&writer, "-%u-%s", 4294967295u, "d");

    expect_bytes(&writer, "abc-4294967295-d", 16);
}

static void format_has_no_limit_of_its_own(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *text = NULL;
    (void)state;

    writer_format(&writer, "%0*d", 100000, 7);
    expect_ok(writer_finish_text(&writer, &text));

    assert_int_equal(strlen(text), 100000);
    assert_int_equal(text[0], '0');
    assert_int_equal(text[99999], '7');
}

static void json_quotes_and_escapes_what_json_demands(void **state)
{
    (void)state;

    expect_json("", "\"\"");
    expect_json("plain", "\"plain\"");
    expect_json("a\"b\\c", "\"a\\\"b\\\\c\"");
    expect_json("tab\there\nand\x1f\x01\x7f", "\"tab\\u0009here\\u000aand\\u001f\\u0001\\u007f\"");
    expect_json("/\x20~", "\"/ ~\"");
}

static void json_keeps_utf8_as_it_is(void **state)
{
    (void)state;

    expect_json("\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e", "\"\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e\"");
}

static void json_replaces_each_byte_that_is_not_utf8(void **state)
{
    (void)state;

    expect_json("a\xff"
                "b",
                "\"a\\ufffdb\"");
    expect_json("\xc3", "\"\\ufffd\"");
    expect_json("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
    expect_json("\xe2\x82\"", "\"\\ufffd\\ufffd\\\"\"");
}

static void a_size_that_overflows_is_reported_at_the_end(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    uint8_t *bytes = NULL;
    size_t size = 42;
    (void)state;

    writer_text(&writer, "kept");
    writer_zeros(&writer, SIZE_MAX);
    writer_text(&writer, "ignored");

    expect_status(STATUS_NO_MEMORY, writer_finish(&writer, &bytes, &size));
    assert_null(bytes);
    assert_int_equal(size, 42);
}

static void a_failed_allocation_is_reported_at_the_end(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    char *text = NULL;
    (void)state;

    writer_text(&writer, "kept");
    writer_zeros(&writer, SIZE_MAX / 2);
    assert_true(writer.failed);

    expect_status(STATUS_NO_MEMORY, writer_finish_text(&writer, &text));
    assert_null(text);
}

static void a_failed_writer_accepts_every_write_and_changes_nothing(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    writer_text(&writer, "kept");
    writer_zeros(&writer, SIZE_MAX);
    writer_bytes(&writer, "x", 1);
    writer_zeros(&writer, 1);
    writer_u8(&writer, 1);
    writer_le16(&writer, 1);
    writer_le32(&writer, 1);
    writer_le64(&writer, 1);
    writer_text(&writer, "x");
    writer_char(&writer, 'x');
    writer_format(&writer, "%d", 1);
    writer_json_string(&writer, "x\"\xff");
    writer_patch_le16(&writer, 0, 1);
    writer_patch_le32(&writer, 0, 1);

    assert_true(writer.failed);
    assert_int_equal(writer.size, 4);
    assert_memory_equal(writer.bytes, "kept", 4);
}

/* A writer that failed before its first byte has no buffer a patch could touch. */
static void a_patch_of_a_failed_empty_writer_is_ignored(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    (void)state;

    writer_zeros(&writer, SIZE_MAX / 2);
    writer_patch_le16(&writer, 0, 1);
    writer_patch_le32(&writer, 100, 1);

    assert_true(writer.failed);
    assert_null(writer.bytes);
}

static void deinit_frees_and_may_be_repeated(void **state)
{
    struct writer writer = {0};
    (void)state;

    writer_deinit(&writer);
    writer_text(&writer, "x");
    writer_zeros(&writer, SIZE_MAX);
    writer_deinit(&writer);
    writer_deinit(&writer);

    assert_null(writer.bytes);
    assert_false(writer.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_little_endian),
        cmocka_unit_test(bytes_and_zeros_follow_one_another),
        cmocka_unit_test(zeros_are_zero_in_memory_that_was_used_before),
        cmocka_unit_test(a_patch_changes_only_its_own_bytes),
        cmocka_unit_test(a_megabyte_grown_byte_by_byte_is_whole),
        cmocka_unit_test(an_empty_writer_finishes_with_a_buffer),
        cmocka_unit_test(an_empty_text_is_the_empty_string),
        cmocka_unit_test(a_finished_writer_can_be_used_again),
        cmocka_unit_test(text_is_written_without_its_terminator),
        cmocka_unit_test(format_has_no_limit_of_its_own),
        cmocka_unit_test(json_quotes_and_escapes_what_json_demands),
        cmocka_unit_test(json_keeps_utf8_as_it_is),
        cmocka_unit_test(json_replaces_each_byte_that_is_not_utf8),
        cmocka_unit_test(a_size_that_overflows_is_reported_at_the_end),
        cmocka_unit_test(a_failed_allocation_is_reported_at_the_end),
        cmocka_unit_test(a_failed_writer_accepts_every_write_and_changes_nothing),
        cmocka_unit_test(a_patch_of_a_failed_empty_writer_is_ignored),
        cmocka_unit_test(deinit_frees_and_may_be_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
