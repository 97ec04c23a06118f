/* SPDX-License-Identifier: MIT */
/* Tests of SDDL as Windows reads it, where that is more than the strict reading. */

#include <tessera/sddl.h>

#include "base/check.h"
#include "sec/sid.h"

#include <support/expect.h>

#define ALL_SECTIONS                                                                       \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

#define IF(condition_) "D:(XA;;FA;;;WD;" condition_ ")"
#define GUID           "00112233-4455-6677-8899-aabbccddeeff"
#define MANY           "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((("

/* A text, and how it is printed. */
struct reading {
    const char *text;
    const char *printed;
};

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

static void expect_strictly_refused(const char *text)
{
    uint8_t *bytes = NULL;
    size_t size;

    if (tsr_ok(tsr_sddl_parse(text, &domain, &bytes, &size, NULL))) {
        fail_msg("%s: is accepted without being lax", text);
    }
    assert_null(bytes);
}

/* Only lax parsing takes the text, and both readings print it alike. */
static void expect_lax(const struct reading *reading)
{
    tsr_sddl_error error = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) char *text = NULL;
    bool is_lossless = false;
    size_t size;
    tsr_sd sd;

    expect_strictly_refused(reading->text);
    if (tsr_failed(tsr_sddl_parse_ex(reading->text, &domain, TSR_SDDL_WINDOWS_LAX, &bytes, &size,
                                     &error))) {
        fail_msg("%s: column %zu: %s", reading->text, error.column, error.message);
    }
    expect_ok(tsr_sd_view(bytes, size, &sd));
    expect_ok(
        tsr_sddl_format_ex(&sd, ALL_SECTIONS, &domain, TSR_SDDL_WINDOWS_LAX, &text, &is_lossless));
    assert_string_equal(text, reading->printed);
    assert_true(is_lossless);
}

static void expect_all_lax(const struct reading *readings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        expect_lax(&readings[i]);
    }
}

static void expect_refused(const char *text, size_t column)
{
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    size_t size = 42;

    expect_strictly_refused(text);
    if (tsr_ok(tsr_sddl_parse_ex(text, &domain, TSR_SDDL_WINDOWS_LAX, &bytes, &size, &error))) {
        fail_msg("%s: is accepted", text);
    }
    if (error.column != column || !error.message) {
        fail_msg("%s: column %zu: %s", text, error.column, error.message);
    }
    assert_null(bytes);
    assert_int_equal(size, 42);
}

/* Covers AC-2.1-24. */
static void blanks_are_skipped_where_windows_skips_them(void **state)
{
    static const struct reading readings[] = {
        {" ", ""},
        {"  O:SY", "O:SY"},
        {"O: SY", "O:SY"},
        {"O:SY  G:BA ", "O:SYG:BA"},
        {"D: S:", "D:S:"},
        {"D: P", "D:P"},
        {"D: P (A;;FA;;;WD) (A;;FA;;;BA) S:", "D:P(A;;FA;;;WD)(A;;FA;;;BA)S:"},
        {"D:( A; OI; FA; ; ; WD )", "D:(A;OI;FA;;;WD)"},
        {"D:(A;;FA;;; S-1-5-18)", "D:(A;;FA;;;SY)"},
        {"D:(OA;;FA; ;" GUID ";WD)", "D:(OA;;FA;;" GUID ";WD)"},
        {IF(" (a)"), IF("(a)")},
        {"S:(RA;;;;;WD; (\"a\",TI,0))", "S:(RA;;;;;WD;(\"a\",TI,0x0))"},
    };

    (void)state;
    expect_all_lax(readings, ARRAY_SIZE(readings));
}

/* Covers AC-2.1-23, AC-2.1-25. */
static void blanks_are_refused_where_windows_refuses_them(void **state)
{
    (void)state;

    expect_refused("D :", 1);
    expect_refused("D:(A ;;FA;;;WD)", 4);
    expect_refused("D:(A;OI ;FA;;;WD)", 8);
    expect_refused("D:(A;;FA ;;;WD)", 9);
    expect_refused("D:(A;;123 ;;;WD)", 10);
    expect_refused("D:(A;;F A;;;WD)", 7);
    expect_refused("D:(A;;0x 1;;;WD)", 9);
    expect_refused("D:(A;;0x1\t;;;WD)", 10);
    expect_refused("D:(A;;- 1;;;WD)", 8);
    expect_refused("D:(OA;;FA; " GUID ";;WD)", 11);
    expect_refused("D:(OA;;FA;" GUID " ;;WD)", 47);
    expect_refused("D:(A;;FA;;;S-1-5-18 )", 20);
    expect_refused("D:(A;;FA;;;S-1-5 -18)", 12);
    expect_refused("O:S-1-5-18 ", 11);
    expect_refused("\tO:SY", 1);
}

/* Covers AC-2.1-26. */
static void types_and_rights_may_be_lower_case(void **state)
{
    static const struct reading readings[] = {
        {"D:(a;;fa;;;wd)", "D:(A;;FA;;;WD)"},
        {"D:(oA;;rpWp;" GUID ";;WD)", "D:(OA;;RPWP;" GUID ";;WD)"},
        {"D:(xa;;fA;;;WD;(a))", IF("(a)")},
        {"S:(ml;;nwNr;;;hi)", "S:(ML;;NWNR;;;HI)"},
    };

    (void)state;
    expect_all_lax(readings, ARRAY_SIZE(readings));
    expect_refused("d:", 1);
    expect_refused("D:p", 3);
    expect_refused("D:(A;oi;FA;;;WD)", 6);
    expect_refused("D:(f;;FA;;;WD)", 4);
    expect_refused("D:(A;;nw;;;WD)", 7);
}

/* Covers AC-2.1-17, AC-15-14. */
static void numbers_of_rights_saturate_are_negated_and_mixed_with_names(void **state)
{
    static const struct reading readings[] = {
        {"D:(A;;0x100000000;;;WD)", "D:(A;;0xffffffff;;;WD)"},
        {"D:(A;;99999999999999999999999999;;;WD)", "D:(A;;0xffffffff;;;WD)"},
        {"D:(A;;0777777777777777;;;WD)", "D:(A;;0xffffffff;;;WD)"},
        {"D:(A;;-99;;;WD)", "D:(A;;0xffffff9d;;;WD)"},
        {"D:(A;;-0x1;;;WD)", "D:(A;;0xffffffff;;;WD)"},
        {"D:(A;;-0;;;WD)", "D:(A;;;;;WD)"},
        {"D:(A;;-4294967295;;;WD)", "D:(A;;CC;;;WD)"},
        {"D:(A;;-4294967296;;;WD)", "D:(A;;0xffffffff;;;WD)"},
        {"D:(A;;GR0xFFFFFFFF;;;WD)", "D:(A;;0xffffffff;;;WD)"},
        {"D:(A;;0x1GR;;;WD)", "D:(A;;CCGR;;;WD)"},
        {"D:(A;;CC2LC 8RP;;;WD)", "D:(A;;CCDCLCSWRP;;;WD)"},
    };

    (void)state;
    expect_all_lax(readings, ARRAY_SIZE(readings));
    expect_refused("D:(A;;-;;;WD)", 8);
    expect_refused("D:(A;;GR-;;;WD)", 10);
    expect_refused("D:(A;;--1;;;WD)", 8);
    expect_refused("D:(A;;+1;;;WD)", 7);
    expect_refused("D:(A;;0x;;;WD)", 9);
}

/* Covers AC-2.2-9, AC-2.2-10, AC-2.2-11. */
static void sids_saturate_skip_blanks_and_may_be_hexadecimal_throughout(void **state)
{
    static const struct reading readings[] = {
        {"O:S-1-5-4294967296", "O:S-1-5-4294967295"},
        {"O:S-1-5-99999999999999999999999999999-7", "O:S-1-5-4294967295-7"},
        {"O:S-1-5-0x100000000", "O:S-1-5-4294967295"},
        {"O:S- 1- 2-  3", "O:S-1-2-3"},
        {"O:S-0x1-20-0-579", "O:S-1-32-0-1401"},
        {"O:S-0x1-20-0x20-579D:", "O:S-1-32-32-1401D:"},
        {"O:s-0x1-5-20-220", "O:BA"},
        {"D:(A;;CC;;;S-0x1-5-20-220)(A;;CC;;;S-0x1-5-20-221)", "D:(A;;CC;;;BA)(A;;CC;;;BU)"},
        {"D:(A;;CC;;;S-0x1-5-20-220)(A;;CC;;;S-1-5-20-221)",
         "D:(A;;CC;;;BA)(A;;CC;;;S-1-5-20-221)"},
        {IF("(a == SID(S-0x1-5-20-220))"), IF("(a == SID(BA))")},
        {IF("(a == SID(S-1-5-4294967296))"), IF("(a == SID(S-1-5-4294967295))")},
    };

    (void)state;
    expect_all_lax(readings, ARRAY_SIZE(readings));
    expect_refused("O:S-0x2-5-1", 3);
    expect_refused("O:S-0x1-5", 3);
    expect_refused("O:S-0x1-", 3);
    expect_refused("O:S-1--5", 3);
    expect_refused("O:S-1-281474976710656-1", 3);
    expect_refused("O:S-1-5-0x", 3);
    expect_refused("O:S-1-1-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", 3);
}

/* Covers AC-2.3-13, AC-2.3-16. */
static void conditions_are_read_as_windows_reads_them(void **state)
{
    static const struct reading readings[] = {
        {IF("(a == #1)"), IF("(a == #10)")},
        {IF("(a == #123)"), IF("(a == #1230)")},
        {IF("(a == {#123, #4})"), IF("(a == {#1230, #40})")},
        {IF("(a == ####)"), IF("(a == #0000)")},
        {IF("(a == 0xffffffffffffffff)"), IF("(a == 0xffffffffffffffff)")},
        {IF("(a == 0x8000000000000000)"), IF("(a == 0x8000000000000000)")},
        {IF("(a == 9223372036854775808)"), IF("(a == 9223372036854775808)")},
        {IF("(a == 01777777777777777777777)"), IF("(a == 01777777777777777777777)")},
        {IF("(Member_of((SID(BA))))"), IF("(Member_of SID(BA))")},
        {IF("(Member_of( ( ( {SID(BA)} ) )) && b)"), IF("((Member_of {SID(BA)}) && (b))")},
    };

    (void)state;
    expect_all_lax(readings, ARRAY_SIZE(readings));
    expect_refused(IF("(a == 18446744073709551616)"), 22);
    expect_refused(IF("(a == 0x10000000000000000)"), 22);
    expect_refused(IF("(a == -9223372036854775809)"), 22);
    expect_refused(IF("(a == +9223372036854775808)"), 22);
    expect_refused(IF("(Member_of((SID(BA)))"), 38);
    expect_refused(IF("(a == a)"), 22);
    expect_refused(IF("(Member_of" MANY ")"), 26 + strlen(MANY));
}

/* What strict parsing takes, lax parsing takes for the same. */
static void what_is_strict_is_read_alike(void **state)
{
    static const char *const texts[] = {
        "",
        "O:SYG:S-1-5-0x20D:PAI(A;OICI;RP WP;;;DA)S:(ML;;NW;;;LW)",
        "D:(OA;;0x1f;" GUID ";" GUID ";wd)(XD;;017;;;BA;(@User.a == {-1, #12} || !(b)))",
        "D:NO_ACCESS_CONTROL",
        "S:(RA;;;;;WD;(\"a\",TX,0x0,123,4))",
        "D:(A;;;;;S-1-5-21-1-2)(A;;;;;S-1-5-21-1-3)(A;;;;;s-1-5-21-1-3-4)",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        CLEANUP(free) uint8_t *strict = NULL;
        CLEANUP(free) uint8_t *lax = NULL;
        size_t n_strict;
        size_t n_lax;

        expect_ok(tsr_sddl_parse(texts[i], &domain, &strict, &n_strict, NULL));
        expect_ok(tsr_sddl_parse_ex(texts[i], &domain, TSR_SDDL_WINDOWS_LAX, &lax, &n_lax, NULL));
        assert_int_equal(n_strict, n_lax);
        assert_memory_equal(strict, lax, n_lax);
    }
}

static void an_unsigned_integer_of_64_bits_is_printed_for_lax_reading_only(void **state)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    char *text = NULL;
    size_t size;
    tsr_sd sd;

    (void)state;
    expect_ok(tsr_sddl_parse_ex(IF("(a == 0xffffffffffffffff)"), NULL, TSR_SDDL_WINDOWS_LAX, &bytes,
                                &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));

    expect_status(STATUS_NOT_SUPPORTED, tsr_sddl_format(&sd, ALL_SECTIONS, NULL, &text));
    assert_null(text);
}

static void other_flags_are_refused(void **state)
{
    tsr_sddl_error error = {.column = 42};
    tsr_sid sid = {.authority = 42};
    uint8_t *bytes = NULL;
    size_t size = 42;

    (void)state;
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_sddl_parse_ex("", NULL, TSR_SDDL_LOSSLESS, &bytes, &size, &error));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_sddl_parse_sid_ex("WD", NULL, 0x80000000u, &sid, NULL, &error));
    assert_null(bytes);
    assert_int_equal(size, 42);
    assert_int_equal(sid.authority, 42);
    assert_int_equal(error.column, 42);
}

static void lax_sids_end_where_they_end(void **state)
{
    tsr_sddl_error error = {0};
    size_t n_taken = 0;
    tsr_sid sid;

    (void)state;
    expect_ok(
        tsr_sddl_parse_sid_ex("S-0x1-5-20-220)", NULL, TSR_SDDL_WINDOWS_LAX, &sid, &n_taken, NULL));
    assert_int_equal(n_taken, 14);
    assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
    expect_status(STATUS_INVALID_SID, tsr_sddl_parse_sid_ex("S-1-5-18 ", NULL, TSR_SDDL_WINDOWS_LAX,
                                                            &sid, NULL, &error));
    assert_int_equal(error.column, 9);
    expect_status(STATUS_INVALID_SID,
                  tsr_sddl_parse_sid_ex(" WD", NULL, TSR_SDDL_WINDOWS_LAX, &sid, NULL, &error));
    assert_int_equal(error.column, 1);
    assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
    expect_status(STATUS_INVALID_SID, sid_parse_lax("S-1-5-18x", &sid, NULL));
    expect_status(STATUS_INVALID_SID, sid_parse_lax("X-1-5-18", &sid, NULL));
    expect_status(STATUS_INVALID_SID, sid_parse_lax("S+1-5-18", &sid, NULL));
    assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
    expect_ok(sid_parse_lax("s-1-0X5-0X20-544", &sid, NULL));
    assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
}

static void an_ace_that_breaks_off_is_refused_where_it_does(void **state)
{
    (void)state;

    expect_refused("D:(;;FA;;;WD)", 4);
    expect_refused("D:(A;OI", 8);
    expect_refused("D:(A;;F", 7);
    expect_refused("D:(A;;FA", 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_are_skipped_where_windows_skips_them),
        cmocka_unit_test(blanks_are_refused_where_windows_refuses_them),
        cmocka_unit_test(types_and_rights_may_be_lower_case),
        cmocka_unit_test(numbers_of_rights_saturate_are_negated_and_mixed_with_names),
        cmocka_unit_test(sids_saturate_skip_blanks_and_may_be_hexadecimal_throughout),
        cmocka_unit_test(conditions_are_read_as_windows_reads_them),
        cmocka_unit_test(what_is_strict_is_read_alike),
        cmocka_unit_test(an_unsigned_integer_of_64_bits_is_printed_for_lax_reading_only),
        cmocka_unit_test(other_flags_are_refused),
        cmocka_unit_test(lax_sids_end_where_they_end),
        cmocka_unit_test(an_ace_that_breaks_off_is_refused_where_it_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
