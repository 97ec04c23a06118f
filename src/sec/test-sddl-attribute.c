/* SPDX-License-Identifier: MIT */
/* Tests of resource attributes as text. */

#include "sec/sddl-condition.h"

#include <tessera/claim.h>

#include "base/bytes.h"
#include "base/check.h"

#include <support/expect.h>

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

/* Parse; the failure shows why. */
static void parse(const char *text, struct writer *writer)
{
    tsr_sddl_error error = {0};
    size_t n_taken = 0;
    const tsr_status status =
        attribute_parse(text, strlen(text), &domain, writer, &n_taken, &error);

    if (tsr_failed(status)) {
        fail_msg("%.200s: column %zu: %s", text, error.column, error.message);
    }
    assert_int_equal(n_taken, strlen(text));
}

/* @text becomes exactly the bytes of @hex. */
static void expect_bytes(const char *text, const char *hex)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(hex, &size);

    parse(text, &writer);
    assert_int_equal(writer.size, size);
    assert_memory_equal(writer.bytes, bytes, size);
}

/* @text is printed as @printed, which is parsed to the same bytes. */
static void expect_printed(const char *text, const char *printed)
{
    CLEANUP(writer_deinit) struct writer bytes = {0};
    CLEANUP(writer_deinit) struct writer again = {0};
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *got = NULL;

    parse(text, &bytes);
    assert_int_equal(bytes.size % 4, 0);
    expect_ok(attribute_format(bytes.bytes, bytes.size, &domain, &writer));
    expect_ok(writer_finish_text(&writer, &got));
    assert_string_equal(got, printed);
    parse(printed, &again);
    assert_int_equal(bytes.size, again.size);
    assert_memory_equal(bytes.bytes, again.bytes, bytes.size);
}

static void expect_refused_bytes(uint32_t code, size_t column, const char *text, size_t n_text)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_sddl_error error = {0};
    size_t n_taken = 42;

    writer_text(&writer, "before");
    const tsr_status status = attribute_parse(text, n_text, &domain, &writer, &n_taken, &error);
    if (status.code != code || error.column != column) {
        fail_msg("%.200s: %s at column %zu (%s)", text, expect_status_name(status.code),
                 error.column, error.message);
    }
    assert_non_null(error.message);
    assert_int_equal(n_taken, 42);
    assert_int_equal(writer.size, strlen("before"));
}

static void expect_refused(size_t column, const char *text)
{
    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, column, text, strlen(text));
}

static void expect_unprintable_bytes(uint32_t code, const uint8_t *bytes, size_t size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    writer_text(&writer, "before");
    expect_status(code, attribute_format(bytes, size, &domain, &writer));
    assert_int_equal(writer.size, strlen("before"));
}

static void expect_unprintable(uint32_t code, const char *hex)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(hex, &size);

    expect_unprintable_bytes(code, bytes, size);
}

/* @before, @n times @part, @after; the caller frees it. */
static char *repeated(const char *before, const char *part, size_t n, const char *after)
{
    struct writer writer = {0};
    char *text = NULL;

    writer_text(&writer, before);
    for (size_t i = 0; i < n; i++) {
        writer_text(&writer, part);
    }
    writer_text(&writer, after);
    expect_ok(writer_finish_text(&writer, &text));
    return text;
}

/* The header and the only offset of a claim named "a" of @type_; its value follows. */
#define CLAIM_A(type_, flags_)                \
    "14000000" type_ "0000" flags_ "01000000" \
    "18000000"                                \
    "61000000"

/* Covers AC-1.6-4, AC-2.5-1. */
static void every_type_has_its_layout(void **state)
{
    (void)state;

    expect_bytes("(\"a\",TI,0x0,1)", CLAIM_A("0100", "00000000") "0100000000000000");
    expect_bytes("(\"a\",TI,0x0,-8)", CLAIM_A("0100", "00000000") "f8ffffffffffffff");
    expect_bytes("(\"a\",TU,0x0,18446744073709551615)",
                 CLAIM_A("0200", "00000000") "ffffffffffffffff");
    expect_bytes("(\"a\",TS,0x0,\"bc\")", CLAIM_A("0300", "00000000") "6200630000000000");
    expect_bytes("(\"a\",TD,0x0,BA)",
                 CLAIM_A("0500", "00000000") "10000000"
                                             "01020000000000052000000020020000");
    expect_bytes("(\"a\",TB,0x0,1)", CLAIM_A("0600", "00000000") "0100000000000000");
    expect_bytes("(\"a\",TX,0x0,00ff1a)", CLAIM_A("1000", "00000000") "0300000000ff1a00");
}

/* Covers AC-1.6-7. */
static void values_follow_the_name_one_upon_the_other(void **state)
{
    (void)state;

    expect_bytes("(\"ab\",TX,0x0,01,,0203)", "1c000000"
                                             "1000"
                                             "0000"
                                             "00000000"
                                             "03000000"
                                             "22000000"
                                             "27000000"
                                             "2b000000"
                                             "610062000000"
                                             "01000000"
                                             "01"
                                             "00000000"
                                             "02000000"
                                             "0203"
                                             "000000");
    expect_bytes("(\"a\",TS,0x0,\"\",\"b\")", "18000000"
                                              "0300"
                                              "0000"
                                              "00000000"
                                              "02000000"
                                              "1c000000"
                                              "1e000000"
                                              "61000000"
                                              "0000"
                                              "62000000"
                                              "0000");
    expect_bytes("(\"a\",TI,0x0)", "10000000"
                                   "0100"
                                   "0000"
                                   "00000000"
                                   "00000000"
                                   "61000000");
}

/* Covers AC-2.5-1, AC-2.5-3. */
static void every_type_is_printed_as_it_is_read(void **state)
{
    static const char *const cases[] = {
        "(\"a\",TI,0x0,9223372036854775807,-9223372036854775808,0)",
        "(\"a\",TU,0x0,18446744073709551615,0)",
        "(\"a\",TS,0x0,\"\",\"b c\",\"%0041)\")",
        "(\"a\",TD,0x0,BA,S-1-5-1-2,DA)",
        "(\"a\",TX,0x0,,00,0aff)",
        "(\"a\",TB,0x0,0,1)",
        "(\"a\",TI,0xffff00ff)",
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_printed(cases[i], cases[i]);
    }
}

/* Covers AC-2.5-4. */
static void flags_are_a_number_of_32_bits_without_the_reserved_byte(void **state)
{
    (void)state;

    expect_bytes("(\"a\",TI,0xabcd000e,1)", CLAIM_A("0100", "0e00cdab") "0100000000000000");
    expect_printed("(\"a\",TI,14,1)", "(\"a\",TI,0xe,1)");
    expect_printed("(\"a\",TI,017,1)", "(\"a\",TI,0xf,1)");
    expect_refused(9, "(\"a\",TI,0x100,1)");
    expect_refused(9, "(\"a\",TI,0x8000,1)");
    expect_refused(9, "(\"a\",TI,0x100000000,1)");
    expect_refused(9, "(\"a\",TI,-1,1)");
    expect_refused(9, "(\"a\",TI,+1,1)");
    expect_refused(9, "(\"a\",TI,,1)");
    expect_refused(9, "(\"a\",TI,x,1)");
}

static void names_are_written_as_in_conditions(void **state)
{
    (void)state;

    expect_printed("(\"a:b/c%0020%0022%0016\",TI,0,1)", "(\"a:b/c%0020%0022%0016\",TI,0x0,1)");
    expect_printed("(\"\xc3\xa4\",TI,0,1)", "(\"%00e4\",TI,0x0,1)");
    expect_refused(3, "(\"\",TI,0,1)");
    expect_refused(4, "(\"a b\",TI,0,1)");
    expect_refused(3, "(\"%0000\",TI,0,1)");
    expect_refused(3, "(\"%0041\",TI,0,1)");
    expect_refused(3, "(\"%d83d\",TI,0,1)");
    expect_refused(2, "(a,TI,0,1)");
}

/* Covers AC-2.5-1. */
static void types_are_the_six_that_have_a_name(void **state)
{
    (void)state;

    expect_printed("(\"a\",ti,0,1)", "(\"a\",TI,0x0,1)");
    expect_refused(6, "(\"a\",TF,0,1)");
    expect_refused(6, "(\"a\",,0,1)");
    expect_refused(8, "(\"a\",TIX,0,1)");
}

/* Covers AC-2.5-2, AC-2.5-3. */
static void values_must_be_of_the_type(void **state)
{
    (void)state;

    expect_refused(11, "(\"a\",TI,0,9223372036854775808)");
    expect_refused(11, "(\"a\",TI,0,-9223372036854775809)");
    expect_refused(11, "(\"a\",TI,0,\"b\")");
    expect_refused(11, "(\"a\",TI,0,)");
    expect_refused(13, "(\"a\",TI,0,1,)");
    expect_refused(11, "(\"a\",TU,0,-1)");
    expect_refused(11, "(\"a\",TU,0,18446744073709551616)");
    expect_refused(11, "(\"a\",TB,0,2)");
    expect_refused(11, "(\"a\",TB,0,-0)");
    expect_refused(11, "(\"a\",TS,0,b)");
    expect_refused(14, "(\"a\",TS,0,\"b)");
    expect_refused(11, "(\"a\",TX,0,#00)");
    expect_refused(13, "(\"a\",TX,0,00#0)");
    expect_refused_bytes(STATUS_INVALID_SID, 11, "(\"a\",TD,0,ZZ)", 13);
    expect_refused_bytes(STATUS_INVALID_SID, 11, "(\"a\",TD,0,SID(BA))", 18);
}

/* Covers AC-2.5-2. */
static void an_odd_number_of_digits_begins_with_half_a_byte(void **state)
{
    (void)state;

    expect_printed("(\"a\",TX,0,7,123,0)", "(\"a\",TX,0x0,07,0123,00)");
}

static void a_value_may_stand_there_twice(void **state)
{
    (void)state;

    expect_printed("(\"a\",TI,0,1,1)", "(\"a\",TI,0x0,1,1)");
    expect_printed("(\"a\",TS,0,\"b\",\"B\",\"b\")", "(\"a\",TS,0x0,\"b\",\"B\",\"b\")");
}

static void blanks_may_stand_around_commas(void **state)
{
    (void)state;

    expect_printed("( \"a\"\t, TS\n, 0 ,\"b\" , \"c\" )", "(\"a\",TS,0x0,\"b\",\"c\")");
    expect_printed("(\"a\",TD,0x0, BA , SY )", "(\"a\",TD,0x0,BA,SY)");
    expect_refused(1, " (\"a\",TI,0,1)");
    expect_refused(13, "(\"a\",TI,0,1 2)");
}

static void a_domain_alias_needs_a_domain(void **state)
{
    static const char text[] = "(\"a\",TD,0,DA)";
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_sddl_error error = {0};
    size_t n_taken;
    (void)state;

    expect_status(STATUS_INVALID_SID,
                  attribute_parse(text, strlen(text), NULL, &writer, &n_taken, &error));
    assert_int_equal(error.column, 11);
}

static void what_follows_the_last_parenthesis_is_left_alone(void **state)
{
    static const char text[] = "(\"a\",TI,0))";
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_sddl_error error = {.column = 42};
    size_t n_taken;
    (void)state;

    writer_text(&writer, "x");
    expect_ok(attribute_parse(text, strlen(text), NULL, &writer, &n_taken, &error));

    assert_int_equal(n_taken, strlen(text) - 1);
    assert_int_equal(error.column, 42);
    assert_int_equal(writer.size, 1 + 20);
}

static void every_truncation_is_refused(void **state)
{
    static const char text[] = "(\"a%0020\",TS,0xe,\"b\", \"c\")";
    (void)state;

    for (size_t n = 0; n < strlen(text); n++) {
        CLEANUP(writer_deinit) struct writer writer = {0};
        CLEANUP(free) char *exact = strndup(text, n);
        tsr_sddl_error error = {0};
        size_t n_taken;

        assert_true(tsr_failed(attribute_parse(exact, n, NULL, &writer, &n_taken, &error)));
        assert_in_range(error.column, 1, n + 1);
        assert_int_equal(writer.size, 0);
    }
}

static void nothing_behind_the_given_bytes_is_read(void **state)
{
    (void)state;

    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, 1, "(\"a\",TI,0)", 0);
    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, 5, "(\"a\",TI,0)", 4);
    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, 10, "(\"a\",TI,0)", 9);
    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, 12, "(\"a\",TS,0,\"b\0c\")", 16);
}

static void an_attribute_fits_into_an_ace_or_is_refused(void **state)
{
    /* 16 bytes of header, 4 of name, then 4 for the offset and 2 for the terminator of each "". */
    CLEANUP(free) char *fits = repeated("(\"a\",TS,0x0", ",\"\"", 10918, ")");
    CLEANUP(free) char *too_large = repeated("(\"a\",TS,0x0", ",\"\"", 10919, ")");
    CLEANUP(free) char *endless = repeated("(\"a\",TI,0", ",1", 1000000, ")");
    CLEANUP(free) char *long_name = repeated("(\"", "a", 40000, "\",TI,0)");
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_sddl_error error;
    size_t n_taken;
    (void)state;

    expect_printed(fits, fits);
    expect_refused_bytes(STATUS_INVALID_ACL, strlen(too_large), too_large, strlen(too_large));
    expect_refused_bytes(STATUS_INVALID_ACL, 40004, long_name, strlen(long_name));
    expect_status(STATUS_INVALID_ACL,
                  attribute_parse(endless, strlen(endless), NULL, &writer, &n_taken, &error));
    assert_in_range(error.column, 10000, 12000);
}

static void malformed_claims_are_not_printed(void **state)
{
    static const char *const cases[] = {
        "",
        "10000000"
        "0100"
        "0000"
        "00000000"
        "000000", /* no header */
        "10000000"
        "0100"
        "0000"
        "00000000"
        "00000000", /* no name */
        "10000000"
        "0100"
        "0000"
        "00000000"
        "00000000"
        "6100", /* no terminator */
        "10000000"
        "0100"
        "0000"
        "00000000"
        "00000000"
        "0000", /* an empty name */
        "ffffffff"
        "0100"
        "0000"
        "00000000"
        "00000000"
        "61000000", /* a name outside */
        "10000000"
        "0100"
        "0000"
        "00010000"
        "00000000"
        "61000000", /* a reserved flag */
        "10000000"
        "0100"
        "0000"
        "00000000"
        "ffffffff"
        "61000000", /* no offsets */
        "14000000"
        "0100"
        "0000"
        "00000000"
        "01000000"
        "ff000000"
        "61000000",                                   /* a value outside */
        CLAIM_A("0100", "00000000") "01000000000000", /* 7 bytes of 8 */
        CLAIM_A("0300", "00000000") "6200",           /* no terminator */
        CLAIM_A("1000", "00000000") "0200000000",     /* 1 byte of 2 */
        CLAIM_A("0500", "00000000") "04000000"
                                    "01010000", /* half a SID */
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_unprintable(STATUS_INVALID_ACL, cases[i]);
    }
}

static void claims_that_no_text_says_are_not_printed(void **state)
{
    static const char *const cases[] = {
        CLAIM_A("0400", "00000000") "62000000",                 /* FQBN */
        CLAIM_A("0600", "00000000") "0200000000000000",         /* neither true nor false */
        CLAIM_A("0300", "00000000") "22000000",                 /* a quotation mark */
        CLAIM_A("0300", "00000000") "3dd80000",                 /* half of a surrogate pair */
        CLAIM_A("0500", "00000000") "080000000100000000000005", /* no sub-authorities */
        "10000000"
        "0100"
        "0000"
        "00000000"
        "00000000"
        "3dd80000", /* half a pair in the name */
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_unprintable(STATUS_NOT_SUPPORTED, cases[i]);
    }
}

/* Printed one by one they would take 16,000 times 30,000 characters. */
static void values_that_overlap_do_not_multiply(void **state)
{
    CLEANUP(writer_deinit) struct writer claim = {0};
    const uint32_t n = 8000;
    const uint32_t end = 16 + 4 * n;
    (void)state;

    writer_le32(&claim, end);
    writer_le32(&claim, TSR_CLAIM_STRING);
    writer_le32(&claim, 0);
    writer_le32(&claim, n);
    for (uint32_t i = 0; i < n; i++) {
        writer_le32(&claim, end);
    }
    for (size_t i = 0; i < 15000; i++) {
        writer_le16(&claim, 'b');
    }
    writer_le16(&claim, 0);
    assert_false(claim.failed);

    expect_unprintable_bytes(STATUS_INVALID_ACL, claim.bytes, claim.size);
}

static void what_no_ace_can_hold_is_not_printed(void **state)
{
    CLEANUP(free) uint8_t *bytes = calloc(1, UINT16_MAX + 1);
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *text = NULL;
    (void)state;

    assert_non_null(bytes);
    memcpy(bytes, "\x10\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0a\0", 18);

    expect_ok(attribute_format(bytes, UINT16_MAX, NULL, &writer));
    expect_ok(writer_finish_text(&writer, &text));
    assert_string_equal(text, "(\"a\",TI,0x0)");
    expect_unprintable_bytes(STATUS_INVALID_ACL, bytes, UINT16_MAX + 1);
}

static void what_parses_without_repetition_is_a_claim(void **state)
{
    CLEANUP(writer_deinit) struct writer once = {0};
    CLEANUP(writer_deinit) struct writer twice = {0};
    tsr_claim_value value;
    tsr_claim claim;
    (void)state;

    parse("(\"a\",TS,0xe,\"b\",\"c\")", &once);
    parse("(\"a\",TS,0,\"b\",\"b\")", &twice);

    expect_ok(tsr_claim_view(once.bytes, once.size, &claim));
    assert_int_equal(claim.type, TSR_CLAIM_STRING);
    assert_int_equal(claim.flags, 0xe);
    assert_int_equal(claim.n_values, 2);
    tsr_claim_get_value(&claim, 1, &value);
    assert_int_equal(value.n_bytes, 2);
    assert_int_equal(load_le16(value.bytes), 'c');
    expect_status(STATUS_INVALID_PARAMETER, tsr_claim_view(twice.bytes, twice.size, &claim));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_its_layout),
        cmocka_unit_test(values_follow_the_name_one_upon_the_other),
        cmocka_unit_test(every_type_is_printed_as_it_is_read),
        cmocka_unit_test(flags_are_a_number_of_32_bits_without_the_reserved_byte),
        cmocka_unit_test(names_are_written_as_in_conditions),
        cmocka_unit_test(types_are_the_six_that_have_a_name),
        cmocka_unit_test(values_must_be_of_the_type),
        cmocka_unit_test(an_odd_number_of_digits_begins_with_half_a_byte),
        cmocka_unit_test(a_value_may_stand_there_twice),
        cmocka_unit_test(blanks_may_stand_around_commas),
        cmocka_unit_test(a_domain_alias_needs_a_domain),
        cmocka_unit_test(what_follows_the_last_parenthesis_is_left_alone),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(nothing_behind_the_given_bytes_is_read),
        cmocka_unit_test(an_attribute_fits_into_an_ace_or_is_refused),
        cmocka_unit_test(malformed_claims_are_not_printed),
        cmocka_unit_test(claims_that_no_text_says_are_not_printed),
        cmocka_unit_test(values_that_overlap_do_not_multiply),
        cmocka_unit_test(what_no_ace_can_hold_is_not_printed),
        cmocka_unit_test(what_parses_without_repetition_is_a_claim),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
