/* SPDX-License-Identifier: MIT */
/* Tests of SDDL. */

#include <tessera/sddl.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>

#include "base/bytes.h"
#include "base/check.h"

#include <support/expect.h>

#define ALL_SECTIONS                                                                       \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

#define GUID_TEXT "00112233-4455-6677-8899-aabbccddeeff"
#define OTHER     "f0e1d2c3-b4a5-9687-7869-5a4b3c2d1e0f"

static const uint8_t guid_bytes[TSR_GUID_SIZE] = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                                  0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
static const uint8_t other_bytes[TSR_GUID_SIZE] = {0xc3, 0xd2, 0xe1, 0xf0, 0xa5, 0xb4, 0x87, 0x96,
                                                   0x78, 0x69, 0x5a, 0x4b, 0x3c, 0x2d, 0x1e, 0x0f};

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

/* A descriptor parsed from text, and its bytes. */
struct parsed {
    uint8_t *bytes; /* owned */
    size_t size;
    tsr_sd sd;
};

static void cleanup_parsed_deinit(struct parsed *parsed)
{
    free(parsed->bytes);
}

static struct parsed parse(const char *text)
{
    tsr_sddl_error error = {0};
    struct parsed parsed = {0};
    const tsr_status status = tsr_sddl_parse(text, &domain, &parsed.bytes, &parsed.size, &error);

    if (tsr_failed(status)) {
        fail_msg("%.200s: column %zu: %s", text, error.column, error.message);
    }
    expect_ok(tsr_sd_view(parsed.bytes, parsed.size, &parsed.sd));
    return parsed;
}

/* The only ACE of an ACL. */
static tsr_ace only_ace(const tsr_acl *acl)
{
    tsr_ace ace = {0};
    size_t offset = 0;

    assert_int_equal(acl->n_aces, 1);
    assert_true(tsr_acl_next(acl, &offset, &ace));
    return ace;
}

/* The mask of the only ACE of the DACL of "D:(A;;RIGHTS;;;WD)", or of a label. */
static uint32_t mask_of(const char *before, const char *rights)
{
    char text[256];

    (void)snprintf(text, sizeof(text), "%s%s;;;WD)", before, rights);
    CLEANUP(parsed_deinit) struct parsed parsed = parse(text);
    return only_ace(parsed.sd.has_dacl ? &parsed.sd.dacl : &parsed.sd.sacl).mask;
}

static void expect_refused(uint32_t code, size_t column, const char *text)
{
    tsr_sddl_error error = {0};
    uint8_t *bytes = (uint8_t *)0x1;
    size_t size = 42;
    const tsr_status status = tsr_sddl_parse(text, &domain, &bytes, &size, &error);

    if (status.code != code || error.column != column) {
        fail_msg("%.200s: %s at column %zu (%s), not %s at %zu", text,
                 expect_status_name(status.code), error.column, error.message,
                 expect_status_name(code), column);
    }
    assert_non_null(error.message);
    assert_ptr_equal(bytes, (uint8_t *)0x1);
    assert_int_equal(size, 42);
}

/* The descriptor prints as @expected. */
static void expect_text(const char *expected, const tsr_sd *sd, uint32_t information)
{
    CLEANUP(free) char *text = NULL;

    expect_ok(tsr_sddl_format(sd, information, &domain, &text));
    assert_string_equal(text, expected);
}

/* The text comes back as it is, or as @expected. */
static void expect_printed(const char *expected, const char *text)
{
    CLEANUP(parsed_deinit) struct parsed parsed = parse(text);

    expect_text(expected, &parsed.sd, ALL_SECTIONS);
}

/* A text of @n times @part between @before and @after; the caller frees it. */
static char *repeated(const char *before, const char *part, size_t n, const char *after)
{
    const size_t part_size = strlen(part);
    char *text = malloc(strlen(before) + n * part_size + strlen(after) + 1);
    char *at;

    assert_non_null(text);
    at = stpcpy(text, before);
    for (size_t i = 0; i < n; i++) {
        memcpy(at, part, part_size);
        at += part_size;
    }
    (void)stpcpy(at, after);
    return text;
}

static void empty_text_is_an_empty_descriptor(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed = parse("");
    (void)state;

    assert_int_equal(parsed.size, 20);
    assert_int_equal(parsed.sd.control, SE_SELF_RELATIVE);
    assert_null(parsed.sd.owner);
    assert_null(parsed.sd.group);
    assert_false(parsed.sd.has_dacl);
    assert_false(parsed.sd.has_sacl);
    expect_text("", &parsed.sd, ALL_SECTIONS);
}

/* Covers AC-1.5-13. */
static void every_section_is_read_into_its_place(void **state)
{
    static const uint8_t expected[] = {
        0x01, 0x00, 0x14, 0x80, 0x4c, 0x00, 0x00, 0x00, 0x58, 0x00, 0x00, 0x00,
        0x14, 0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x00,                         /* header */
        0x02, 0x00, 0x1c, 0x00, 0x01, 0x00, 0x00, 0x00,                         /* SACL */
        0x02, 0xc0, 0x14, 0x00, 0xff, 0x01, 0x1f, 0x00,                         /* audit */
        0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, /* WD */
        0x02, 0x00, 0x1c, 0x00, 0x01, 0x00, 0x00, 0x00,                         /* DACL */
        0x00, 0x03, 0x14, 0x00, 0x89, 0x00, 0x12, 0x00,                         /* allow */
        0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x0b, 0x00, 0x00, 0x00, /* AU */
        0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x12, 0x00, 0x00, 0x00, /* SY */
        0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x20, 0x00, 0x00, 0x00,
        0x20, 0x02, 0x00, 0x00, /* BA */
    };
    CLEANUP(parsed_deinit)
    struct parsed parsed = parse("O:SYG:BAD:(A;OICI;FR;;;AU)S:(AU;SAFA;FA;;;WD)");
    (void)state;

    assert_int_equal(parsed.size, sizeof(expected));
    assert_memory_equal(parsed.bytes, expected, sizeof(expected));
}

/* Covers AC-2.1-2. */
static void sections_may_come_in_any_order(void **state)
{
    CLEANUP(parsed_deinit) struct parsed usual = parse("O:SYG:BAD:PS:AI");
    CLEANUP(parsed_deinit) struct parsed other = parse("S:AID:PG:BAO:SY");
    (void)state;

    assert_int_equal(usual.size, other.size);
    assert_memory_equal(usual.bytes, other.bytes, usual.size);
}

/* Covers AC-2.1-4, AC-2.1-5. */
static void each_acl_flag_sets_its_control_bit(void **state)
{
    static const struct {
        const char *text;
        uint16_t control;
    } cases[] = {
        {"D:", SE_DACL_PRESENT},
        {"D:P", SE_DACL_PRESENT | SE_DACL_PROTECTED},
        {"D:AR", SE_DACL_PRESENT | SE_DACL_AUTO_INHERIT_REQ},
        {"D:AI", SE_DACL_PRESENT | SE_DACL_AUTO_INHERITED},
        {"S:", SE_SACL_PRESENT},
        {"S:P", SE_SACL_PRESENT | SE_SACL_PROTECTED},
        {"S:AR", SE_SACL_PRESENT | SE_SACL_AUTO_INHERIT_REQ},
        {"S:AI", SE_SACL_PRESENT | SE_SACL_AUTO_INHERITED},
        {"D:PARAI",
         SE_DACL_PRESENT | SE_DACL_PROTECTED | SE_DACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(parsed_deinit) struct parsed parsed = parse(cases[i].text);

        assert_int_equal(parsed.sd.control, cases[i].control | SE_SELF_RELATIVE);
        expect_text(cases[i].text, &parsed.sd, ALL_SECTIONS);
    }
    expect_printed("D:PARAIS:PARAI", "D:AIPARPAIS:AIARPP");
}

/* Covers AC-2.1-1, AC-2.1-6. */
static void no_dacl_the_null_dacl_and_an_empty_dacl_differ(void **state)
{
    CLEANUP(parsed_deinit) struct parsed none = parse("O:SY");
    CLEANUP(parsed_deinit) struct parsed null = parse("D:NO_ACCESS_CONTROL");
    CLEANUP(parsed_deinit) struct parsed empty = parse("D:");
    (void)state;

    assert_false(none.sd.has_dacl);
    assert_true(null.sd.has_dacl);
    assert_null(null.sd.dacl.bytes);
    assert_true(empty.sd.has_dacl);
    assert_non_null(empty.sd.dacl.bytes);
    assert_int_equal(empty.sd.dacl.n_aces, 0);
    expect_text("D:NO_ACCESS_CONTROL", &null.sd, ALL_SECTIONS);
    expect_printed("O:SYD:PNO_ACCESS_CONTROLS:", "O:SYD:NO_ACCESS_CONTROLPS:");
}

/* Covers AC-2.1-8. */
static void every_ace_type_is_read_and_printed(void **state)
{
    static const struct {
        const char *text;
        uint8_t type;
    } cases[] = {
        {"D:(A;;FA;;;WD)", ACCESS_ALLOWED_ACE_TYPE},
        {"D:(D;;FA;;;WD)", ACCESS_DENIED_ACE_TYPE},
        {"D:(OA;;FA;" GUID_TEXT ";;WD)", ACCESS_ALLOWED_OBJECT_ACE_TYPE},
        {"D:(OD;;FA;" GUID_TEXT ";;WD)", ACCESS_DENIED_OBJECT_ACE_TYPE},
        {"S:(AU;;FA;;;WD)", SYSTEM_AUDIT_ACE_TYPE},
        {"S:(AL;;FA;;;WD)", SYSTEM_ALARM_ACE_TYPE},
        {"S:(OU;;FA;" GUID_TEXT ";;WD)", SYSTEM_AUDIT_OBJECT_ACE_TYPE},
        {"S:(OL;;FA;" GUID_TEXT ";;WD)", SYSTEM_ALARM_OBJECT_ACE_TYPE},
        {"S:(ML;;NW;;;ME)", SYSTEM_MANDATORY_LABEL_ACE_TYPE},
        {"S:(SP;;;;;S-1-17-1)", SYSTEM_SCOPED_POLICY_ID_ACE_TYPE},
        {"S:(TL;;FR;;;S-1-19-512-4096)", SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(parsed_deinit) struct parsed parsed = parse(cases[i].text);
        const tsr_acl *acl = parsed.sd.has_dacl ? &parsed.sd.dacl : &parsed.sd.sacl;

        assert_int_equal(only_ace(acl).type, cases[i].type);
        expect_text(cases[i].text, &parsed.sd, ALL_SECTIONS);
    }
}

/* Covers AC-2.1-9. */
static void an_ace_type_in_the_wrong_acl_is_refused(void **state)
{
    static const char *const of_sacl[] = {"AU", "AL", "OU", "OL", "ML",
                                          "SP", "TL", "XU", "FL", "RA"};
    static const char *const of_dacl[] = {"A", "D", "OA", "OD", "XA", "XD", "ZA"};
    char text[64];
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(of_sacl); i++) {
        (void)snprintf(text, sizeof(text), "D:(%s;;;;;WD)", of_sacl[i]);
        expect_refused(STATUS_INVALID_SECURITY_DESCR, 4, text);
    }
    for (size_t i = 0; i < ARRAY_SIZE(of_dacl); i++) {
        (void)snprintf(text, sizeof(text), "S:(%s;;;;;WD)", of_dacl[i]);
        expect_refused(STATUS_INVALID_SECURITY_DESCR, 4, text);
    }
}

/* Covers AC-1.3-14, AC-2.1-11, AC-2.1-12. */
static void every_ace_flag_is_read_and_printed_in_order(void **state)
{
    static const char *const names[] = {"OI", "CI", "NP", "IO", "ID", "CR", "SA", "FA"};
    char text[64];
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        (void)snprintf(text, sizeof(text), "S:(AU;%s;FA;;;WD)", names[i]);
        CLEANUP(parsed_deinit) struct parsed parsed = parse(text);

        assert_int_equal(only_ace(&parsed.sd.sacl).flags, 1u << i);
        expect_text(text, &parsed.sd, ALL_SECTIONS);
    }
    expect_printed("S:(AU;OICINPIOIDCRSAFA;FA;;;WD)", "S:(AU;FASACRIDIONPCIOIOICI;FA;;;WD)");
}

/* Covers AC-1.3-15, AC-2.1-11. */
static void the_flag_of_a_protected_filter_is_that_of_successful_audits(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed = parse("S:(FL;OITP;FA;;;WD;(a))");
    (void)state;

    assert_int_equal(only_ace(&parsed.sd.sacl).flags, OBJECT_INHERIT_ACE | 0x40);
    expect_text("S:(FL;OITP;FA;;;WD;(a))", &parsed.sd, ALL_SECTIONS);
}

/* Covers AC-1.2-3, AC-2.1-18, AC-2.1-20. */
static void every_right_has_its_bits(void **state)
{
    static const struct {
        const char *name;
        uint32_t mask;
    } cases[] = {
        {"CC", 0x1},        {"DC", 0x2},        {"LC", 0x4},        {"SW", 0x8},
        {"RP", 0x10},       {"WP", 0x20},       {"DT", 0x40},       {"LO", 0x80},
        {"CR", 0x100},      {"SD", 0x10000},    {"RC", 0x20000},    {"WD", 0x40000},
        {"WO", 0x80000},    {"GA", 0x10000000}, {"GX", 0x20000000}, {"GW", 0x40000000},
        {"GR", 0x80000000}, {"FA", 0x1f01ff},   {"FR", 0x120089},   {"FW", 0x120116},
        {"FX", 0x1200a0},   {"KA", 0xf003f},    {"KR", 0x20019},    {"KW", 0x20006},
    };
    char text[TSR_SDDL_RIGHTS_MAX];
    uint32_t mask;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(mask_of("D:(A;;", cases[i].name), cases[i].mask);
        expect_ok(tsr_sddl_parse_rights(cases[i].name, &mask));
        assert_int_equal(mask, cases[i].mask);
        tsr_sddl_format_rights(cases[i].mask, text);
        assert_string_equal(text, cases[i].name);
    }
    expect_ok(tsr_sddl_parse_rights("KX", &mask));
    assert_int_equal(mask, 0x20019);
}

/* Covers AC-2.1-19, AC-6.3-5, AC-15-8. */
static void label_rights_are_known_in_a_label_only(void **state)
{
    uint32_t mask = 42;
    (void)state;

    assert_int_equal(mask_of("S:(ML;;", "NW"), SYSTEM_MANDATORY_LABEL_NO_WRITE_UP);
    assert_int_equal(mask_of("S:(ML;;", "NR"), SYSTEM_MANDATORY_LABEL_NO_READ_UP);
    assert_int_equal(mask_of("S:(ML;;", "NX"), SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP);
    expect_printed("S:(ML;;NWNRNX;;;HI)", "S:(ML;;NXNWNR;;;HI)");
    expect_printed("S:(ML;;CCSW;;;HI)", "S:(ML;;0x9;;;HI)");
    expect_printed("S:(ML;;;;;HI)", "S:(ML;;0;;;HI)");
    expect_refused(STATUS_INVALID_SECURITY_DESCR, 8, "S:(AU;;NW;;;WD)");
    expect_refused(STATUS_INVALID_SECURITY_DESCR, 7, "D:(A;;NW;;;WD)");
    expect_status(STATUS_INVALID_PARAMETER, tsr_sddl_parse_rights("NW", &mask));
    assert_int_equal(mask, 42);
}

/* Covers AC-2.1-15. */
static void rights_may_be_numbers(void **state)
{
    static const struct {
        const char *text;
        uint32_t mask;
    } cases[] = {
        {"", 0},
        {"0", 0},
        {"0x0", 0},
        {"16", 16},
        {"4294967295", UINT32_MAX},
        {"0xdeadBEEF", 0xdeadbeef},
        {"0x0000000000001f", 0x1f},
        {"017", 15},
        {"00", 0},
        {"037777777777", UINT32_MAX},
    };
    uint32_t mask;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(mask_of("D:(A;;", cases[i].text), cases[i].mask);
        expect_ok(tsr_sddl_parse_rights(cases[i].text, &mask));
        assert_int_equal(mask, cases[i].mask);
    }
}

/* Covers AC-2.1-16, AC-15-14. */
static void rights_that_are_neither_names_nor_a_32_bit_number_are_refused(void **state)
{
    static const char *const texts[] = {
        "0x",
        "0xg",
        "0X10",
        "08",
        "4294967296",
        "0x100000000",
        "040000000000",
        "-1",
        "+1",
        "1 ",
        " 1",
        "0x 1",
        "fa",
        "F",
        "FAF",
        "FA ",
        " FA",
        "FA|FR",
        "FA,",
        "GR1",
        "1GR",
        "0xFFGR",
        "ZZ",
        "FA\t",
        "18446744073709551616",
        "0x10000000000000000000000001",
    };
    char text[128];
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        uint8_t *bytes = NULL;
        uint32_t mask = 42;
        size_t size;

        expect_status(STATUS_INVALID_PARAMETER, tsr_sddl_parse_rights(texts[i], &mask));
        assert_int_equal(mask, 42);
        (void)snprintf(text, sizeof(text), "D:(A;;%s;;;WD)", texts[i]);
        expect_status(STATUS_INVALID_SECURITY_DESCR,
                      tsr_sddl_parse(text, NULL, &bytes, &size, NULL));
        assert_null(bytes);
    }
}

/* Covers AC-2.1-23. */
static void blanks_may_stand_between_two_rights_of_an_ace_only(void **state)
{
    uint32_t mask = 42;
    (void)state;

    assert_int_equal(mask_of("D:(A;;", "RP  LCLO RC"), 0x20094);
    expect_status(STATUS_INVALID_PARAMETER, tsr_sddl_parse_rights("RP LC", &mask));
    assert_int_equal(mask, 42);
    expect_refused(STATUS_INVALID_SECURITY_DESCR, 9, "D:(A;;RP ;;;WD)");
    expect_refused(STATUS_INVALID_SECURITY_DESCR, 7, "D:(A;; RP;;;WD)");
    expect_refused(STATUS_INVALID_SECURITY_DESCR, 12, "D:(A;;RP LC C;;;WD)");
}

/* Covers AC-2.1-20, AC-2.1-21, AC-2.1-22. */
static void rights_are_printed_as_one_set_as_names_or_as_a_number(void **state)
{
    static const struct {
        uint32_t mask;
        const char *text;
    } cases[] = {
        {0, ""},
        {0x1f01ff, "FA"},
        {0x20019, "KR"},
        {0xf01ff, "CCDCLCSWRPWPDTLOCRSDRCWDWO"},
        {0xf00f01ff, "CCDCLCSWRPWPDTLOCRSDRCWDWOGAGXGWGR"},
        {0x1f019f, "0x1f019f"},
        {0x100000, "0x100000"},
        {0x1000000, "0x1000000"},
        {UINT32_MAX, "0xffffffff"},
        {0x200, "0x200"},
    };
    char text[TSR_SDDL_RIGHTS_MAX];
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        tsr_sddl_format_rights(cases[i].mask, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void printed_rights_are_read_back(void **state)
{
    char text[TSR_SDDL_RIGHTS_MAX];
    uint32_t random = 1;
    uint32_t mask;
    (void)state;

    for (size_t i = 0; i < 100000; i++) {
        random = random * 1664525u + 1013904223u;
        const uint32_t wanted = i % 2 ? random : random & 0xf00f01ffu;

        tsr_sddl_format_rights(wanted, text);
        expect_ok(tsr_sddl_parse_rights(text, &mask));
        assert_int_equal(mask, wanted);
    }
}

/* Covers AC-1.3-9, AC-2.1-27. */
static void guids_are_stored_with_three_little_endian_fields(void **state)
{
    CLEANUP(parsed_deinit)
    struct parsed both = parse("D:(OA;;CR;" GUID_TEXT ";" OTHER ";WD)");
    CLEANUP(parsed_deinit) struct parsed first = parse("D:(OA;;CR;" GUID_TEXT ";;WD)");
    CLEANUP(parsed_deinit) struct parsed second = parse("D:(OA;;CR;;" OTHER ";WD)");
    const tsr_ace ace = only_ace(&both.sd.dacl);
    (void)state;

    assert_int_equal(ace.size, 56);
    assert_memory_equal(ace.object_type, guid_bytes, TSR_GUID_SIZE);
    assert_memory_equal(ace.inherited_object_type, other_bytes, TSR_GUID_SIZE);
    assert_memory_equal(only_ace(&first.sd.dacl).object_type, guid_bytes, TSR_GUID_SIZE);
    assert_null(only_ace(&first.sd.dacl).inherited_object_type);
    assert_null(only_ace(&second.sd.dacl).object_type);
    assert_memory_equal(only_ace(&second.sd.dacl).inherited_object_type, other_bytes,
                        TSR_GUID_SIZE);
    expect_text("D:(OA;;CR;" GUID_TEXT ";" OTHER ";WD)", &both.sd, ALL_SECTIONS);
    expect_text("D:(OA;;CR;;" OTHER ";WD)", &second.sd, ALL_SECTIONS);
    expect_printed("D:(OA;;CR;" GUID_TEXT ";;WD)",
                   "D:(OA;;CR;00112233-4455-6677-8899-AABBCCDDEEFF;;WD)");
}

/* Covers AC-2.1-10. */
static void an_object_type_without_guids_becomes_the_plain_type(void **state)
{
    (void)state;

    expect_printed("D:(A;;CR;;;WD)(D;;CR;;;WD)", "D:(OA;;CR;;;WD)(OD;;CR;;;WD)");
    expect_printed("S:(AU;SA;CR;;;WD)(AL;SA;CR;;;WD)", "S:(OU;SA;CR;;;WD)(OL;SA;CR;;;WD)");
}

/* Covers AC-1.4-3. */
static void the_acl_revision_is_4_only_with_a_guid(void **state)
{
    CLEANUP(parsed_deinit) struct parsed plain = parse("D:(OA;;CR;;;WD)");
    CLEANUP(parsed_deinit) struct parsed object = parse("D:(A;;CR;;;WD)(OA;;CR;;" OTHER ";WD)");
    (void)state;

    assert_int_equal(plain.sd.dacl.bytes[0], ACL_REVISION);
    assert_int_equal(object.sd.dacl.bytes[0], ACL_REVISION_DS);
}

/* Covers AC-2.1-27. */
static void malformed_guids_are_refused_where_they_go_wrong(void **state)
{
    const uint32_t code = STATUS_INVALID_SECURITY_DESCR;
    (void)state;

    expect_refused(code, 10, "D:(A;;CR;" GUID_TEXT ";;WD)");
    expect_refused(code, 11, "D:(A;;CR;;" GUID_TEXT ";WD)");
    expect_refused(code, 11, "D:(OA;;CR;{00112233-4455-6677-8899-aabbccddeeff};;WD)");
    expect_refused(code, 19, "D:(OA;;CR;00112233445566778899aabbccddeeff;;WD)");
    expect_refused(code, 46, "D:(OA;;CR;00112233-4455-6677-8899-aabbccddeef;;WD)");
    expect_refused(code, 47, "D:(OA;;CR;00112233-4455-6677-8899-aabbccddeeff0;;WD)");
    expect_refused(code, 12, "D:(OA;;CR;0g112233-4455-6677-8899-aabbccddeeff;;WD)");
    expect_refused(code, 13, "D:(OA;;CR;00");
    expect_refused(code, 12, "D:(OA;;CR;0");
}

/* Covers AC-2.2-1, AC-2.2-4. */
static void every_fixed_alias_is_its_sid_both_ways(void **state)
{
    static const char *const cases[][2] = {
        {"WD", "S-1-1-0"},
        {"CO", "S-1-3-0"},
        {"CG", "S-1-3-1"},
        {"OW", "S-1-3-4"},
        {"NU", "S-1-5-2"},
        {"IU", "S-1-5-4"},
        {"SU", "S-1-5-6"},
        {"AN", "S-1-5-7"},
        {"ED", "S-1-5-9"},
        {"PS", "S-1-5-10"},
        {"AU", "S-1-5-11"},
        {"RC", "S-1-5-12"},
        {"SY", "S-1-5-18"},
        {"LS", "S-1-5-19"},
        {"NS", "S-1-5-20"},
        {"WR", "S-1-5-33"},
        {"AC", "S-1-15-2-1"},
        {"LW", "S-1-16-4096"},
        {"ME", "S-1-16-8192"},
        {"MP", "S-1-16-8448"},
        {"HI", "S-1-16-12288"},
        {"SI", "S-1-16-16384"},
        {"AS", "S-1-18-1"},
        {"SS", "S-1-18-2"},
        {"BA", "S-1-5-32-544"},
        {"BU", "S-1-5-32-545"},
        {"BG", "S-1-5-32-546"},
        {"PU", "S-1-5-32-547"},
        {"AO", "S-1-5-32-548"},
        {"SO", "S-1-5-32-549"},
        {"PO", "S-1-5-32-550"},
        {"BO", "S-1-5-32-551"},
        {"RE", "S-1-5-32-552"},
        {"RU", "S-1-5-32-554"},
        {"RD", "S-1-5-32-555"},
        {"NO", "S-1-5-32-556"},
        {"MU", "S-1-5-32-558"},
        {"LU", "S-1-5-32-559"},
        {"IS", "S-1-5-32-568"},
        {"CY", "S-1-5-32-569"},
        {"ER", "S-1-5-32-573"},
        {"CD", "S-1-5-32-574"},
        {"RA", "S-1-5-32-575"},
        {"ES", "S-1-5-32-576"},
        {"MS", "S-1-5-32-577"},
        {"HA", "S-1-5-32-578"},
        {"AA", "S-1-5-32-579"},
        {"RM", "S-1-5-32-580"},
        {"UD", "S-1-5-84-0-0-0-0-0"},
    };
    char text[TSR_SID_TEXT_MAX];
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const tsr_sid expected = sid_of(cases[i][1]);
        tsr_sid sid;

        expect_ok(tsr_sddl_parse_sid(cases[i][0], NULL, &sid, NULL));
        assert_true(tsr_sid_equal(&sid, &expected));
        tsr_sddl_format_sid(&expected, NULL, text);
        assert_string_equal(text, cases[i][0]);
    }
}

/* Covers AC-2.2-2. */
static void domain_aliases_are_rids_of_the_given_domain(void **state)
{
    static const struct {
        const char *alias;
        uint32_t rid;
    } cases[] = {
        {"RO", 498}, {"LA", 500}, {"LG", 501}, {"DA", 512}, {"DU", 513}, {"DG", 514},
        {"DC", 515}, {"DD", 516}, {"CA", 517}, {"SA", 518}, {"EA", 519}, {"PA", 520},
        {"CN", 522}, {"AP", 525}, {"KA", 526}, {"EK", 527}, {"RS", 553},
    };
    const tsr_sid elsewhere = TSR_SID(5, 21, 1, 2, 4);
    char numeric[TSR_SID_TEXT_MAX];
    char text[TSR_SID_TEXT_MAX];
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const tsr_sid expected = TSR_SID(5, 21, 1, 2, 3, cases[i].rid);
        tsr_sid sid = TSR_SID_NULL;

        expect_status(STATUS_INVALID_SID, tsr_sddl_parse_sid(cases[i].alias, NULL, &sid, NULL));
        assert_true(tsr_sid_equal(&sid, &TSR_SID_NULL));
        expect_ok(tsr_sddl_parse_sid(cases[i].alias, &domain, &sid, NULL));
        assert_true(tsr_sid_equal(&sid, &expected));

        tsr_sid_format(&expected, numeric);
        tsr_sddl_format_sid(&expected, &domain, text);
        assert_string_equal(text, cases[i].alias);
        tsr_sddl_format_sid(&expected, NULL, text);
        assert_string_equal(text, numeric);
        tsr_sddl_format_sid(&expected, &elsewhere, text);
        assert_string_equal(text, numeric);
    }
}

/* Covers AC-2.2-5. */
static void a_sid_deeper_than_the_domain_or_beside_it_has_no_alias(void **state)
{
    static const char *const texts[] = {"S-1-5-21-1-2-3-9-512", "S-1-5-21-1-2-512",
                                        "S-1-5-21-1-2-3-511", "S-1-6-21-1-2-3-512",
                                        "S-1-5-21-1-2-3"};
    char text[TSR_SID_TEXT_MAX];
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        const tsr_sid sid = sid_of(texts[i]);

        tsr_sddl_format_sid(&sid, &domain, text);
        assert_string_equal(text, texts[i]);
    }
}

static void a_domain_without_room_for_a_rid_has_no_aliases(void **state)
{
    const tsr_sid full = TSR_SID(5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    char text[TSR_SID_TEXT_MAX];
    tsr_sid sid = TSR_SID_NULL;
    (void)state;

    expect_status(STATUS_INVALID_SID, tsr_sddl_parse_sid("DA", &full, &sid, NULL));
    assert_true(tsr_sid_equal(&sid, &TSR_SID_NULL));
    tsr_sddl_format_sid(&full, &full, text);
    assert_string_equal(text, "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15");
}

static void a_sid_may_be_the_start_of_a_text_or_all_of_it(void **state)
{
    tsr_sid sid = TSR_SID_NULL;
    size_t n_taken = 42;
    (void)state;

    expect_ok(tsr_sddl_parse_sid("baX", NULL, &sid, &n_taken));
    assert_int_equal(n_taken, 2);
    assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
    expect_ok(tsr_sddl_parse_sid("s-1-5-0x12)", NULL, &sid, &n_taken));
    assert_int_equal(n_taken, 10);
    assert_true(tsr_sid_equal(&sid, &TSR_SID_SYSTEM));
    expect_status(STATUS_INVALID_SID, tsr_sddl_parse_sid("BAX", NULL, &sid, NULL));
    expect_status(STATUS_INVALID_SID, tsr_sddl_parse_sid("S-1-5-18)", NULL, &sid, NULL));
    assert_true(tsr_sid_equal(&sid, &TSR_SID_SYSTEM));
}

/* Covers AC-2.2-3. */
static void what_is_neither_a_sid_nor_an_alias_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "W",
                                        "ZZ",
                                        "BR",
                                        "IF",
                                        "LK",
                                        "S",
                                        "S-",
                                        "S-1",
                                        "S-1-",
                                        "S-1-5",
                                        "S-1-5-",
                                        "S-2-5-18",
                                        " WD",
                                        "W D",
                                        "7D",
                                        "S-1-5-4294967296"};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        tsr_sid sid = TSR_SID_NULL;
        size_t n_taken = 42;

        expect_status(STATUS_INVALID_SID, tsr_sddl_parse_sid(texts[i], &domain, &sid, &n_taken));
        assert_true(tsr_sid_equal(&sid, &TSR_SID_NULL));
        assert_int_equal(n_taken, 42);
    }
}

static void a_hexadecimal_sid_ends_before_the_dacl(void **state)
{
    (void)state;

    expect_printed("O:S-1-5-32G:S-1-5-0D:", "O:S-1-5-0x20G:S-1-5-0x0D:");
    expect_printed("O:S-1-5-4294967295D:", "O:S-1-5-0xFFFFFFFFD:");
    expect_printed("O:S-1-5-32D:", "O:S-1-5-32D:");
    expect_printed("O:S-1-5-525", "O:S-1-5-0x20D");
    expect_refused(STATUS_INVALID_SID, 3, "O:S-1-5-0xD:");
}

/* SIDs that begin like the one before are read from their last number on. */
static void sids_that_begin_alike_are_each_read_to_their_end(void **state)
{
    static const struct {
        const char *text;
        tsr_sid sid;
    } cases[] = {
        {"S-1-5-21-7-8", TSR_SID(5, 21, 7, 8)},
        {"S-1-5-21-7-9", TSR_SID(5, 21, 7, 9)},
        {"S-1-5-21-7-4294967295", TSR_SID(5, 21, 7, UINT32_MAX)},
        {"S-1-5-21-7-0", TSR_SID(5, 21, 7, 0)},
        {"S-1-5-21-7-000000000000000009", TSR_SID(5, 21, 7, 9)},
        {"S-1-5-21-7-0x20", TSR_SID(5, 21, 7, 32)},
        {"S-1-5-21-7-0X1F", TSR_SID(5, 21, 7, 31)},
        {"s-1-5-21-7-5", TSR_SID(5, 21, 7, 5)},
        {"S-1-5-21-7-8-9", TSR_SID(5, 21, 7, 8, 9)},
        {"S-1-5-21-7-8", TSR_SID(5, 21, 7, 8)},
        {"S-1-5-21-7-8-1", TSR_SID(5, 21, 7, 8, 1)},
        {"WD", TSR_SID(1, 0)},
        {"S-1-5-21-7-8-2", TSR_SID(5, 21, 7, 8, 2)},
        {"S-1-5-21", TSR_SID(5, 21)},
        {"S-1-5-22", TSR_SID(5, 22)},
    };
    char text[1024] = "O:S-1-5-21-7-1G:S-1-5-21-7-2D:";
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t offset = 0;
    size_t n_encoded;
    tsr_ace ace;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *end = text + strlen(text);

        (void)snprintf(end, (size_t)(text + sizeof(text) - end), "(A;;GA;;;%s)", cases[i].text);
    }
    CLEANUP(parsed_deinit) struct parsed parsed = parse(text);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_true(tsr_acl_next(&parsed.sd.dacl, &offset, &ace));
        expect_ok(tsr_sid_encode(&cases[i].sid, encoded, sizeof(encoded), &n_encoded));
        assert_int_equal(tsr_encoded_sid_size(ace.sid), n_encoded);
        assert_memory_equal(ace.sid, encoded, n_encoded);
    }
}

static void a_sid_that_begins_like_a_good_one_is_judged_like_any_other(void **state)
{
    (void)state;

    expect_refused(STATUS_INVALID_SID, 30, "D:(A;;;;;S-1-5-21-7-8)(A;;;;;S-1-5-21-7-4294967296)");
    expect_refused(STATUS_INVALID_SID, 30, "D:(A;;;;;S-1-5-21-7-8)(A;;;;;S-1-5-21-7-)");
    expect_refused(STATUS_INVALID_SID, 30, "D:(A;;;;;S-1-5-21-7-8)(A;;;;;S-1-5-21-7-x)");
    expect_refused(STATUS_INVALID_SECURITY_DESCR, 42,
                   "D:(A;;;;;S-1-5-21-7-8)(A;;;;;S-1-5-21-7-9 )");
    expect_refused(STATUS_INVALID_SECURITY_DESCR, 42, "D:(A;;;;;S-1-5-21-7-8)(A;;;;;S-1-5-21-7-9");
}

/* Covers AC-2.1-3, AC-2.1-6, AC-2.1-7, AC-2.1-23. */
static void a_refusal_tells_status_and_column(void **state)
{
    static const struct {
        uint32_t code;
        size_t column;
        const char *text;
    } cases[] = {
        {STATUS_INVALID_SECURITY_DESCR, 1, "X:"},
        {STATUS_INVALID_SECURITY_DESCR, 1, "o:SY"},
        {STATUS_INVALID_SECURITY_DESCR, 1, " O:SY"},
        {STATUS_INVALID_SECURITY_DESCR, 1, "O"},
        {STATUS_INVALID_SECURITY_DESCR, 1, "O :SY"},
        {STATUS_INVALID_SECURITY_DESCR, 5, "O:SY "},
        {STATUS_INVALID_SECURITY_DESCR, 5, "O:SYO:SY"},
        {STATUS_INVALID_SECURITY_DESCR, 5, "G:SYG:SY"},
        {STATUS_INVALID_SECURITY_DESCR, 3, "D:D:"},
        {STATUS_INVALID_SECURITY_DESCR, 3, "S:S:"},
        {STATUS_INVALID_SECURITY_DESCR, 3, "S:NO_ACCESS_CONTROL"},
        {STATUS_INVALID_SECURITY_DESCR, 20, "D:NO_ACCESS_CONTROL(A;;FA;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 3, "D:p"},
        {STATUS_INVALID_SID, 3, "O:"},
        {STATUS_INVALID_SID, 3, "O:S-1-5"},
        {STATUS_INVALID_SID, 5, "D:G:XX"},
        {STATUS_INVALID_SID, 12, "D:(A;;FA;;;)"},
        {STATUS_INVALID_SID, 12, "D:(A;;FA;;; WD)"},
        {STATUS_INVALID_SID, 12, "D:(A;;FA;;;"},
        {STATUS_INVALID_SECURITY_DESCR, 4, "D:("},
        {STATUS_INVALID_SECURITY_DESCR, 4, "D:()"},
        {STATUS_INVALID_SECURITY_DESCR, 4, "D:(a;;FA;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 4, "D:(A ;;FA;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 4, "D:(AA;;FA;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 4, "D:(;;FA;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 4, "D:((A;;FA;;;WD))"},
        {STATUS_INVALID_SECURITY_DESCR, 5, "D:(A"},
        {STATUS_INVALID_SECURITY_DESCR, 6, "D:(A;oi;FA;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 8, "D:(A;OIO;FA;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 7, "S:(AU;TP;FA;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 7, "D:(A;;"},
        {STATUS_INVALID_SECURITY_DESCR, 9, "D:(A;;FA)"},
        {STATUS_INVALID_SECURITY_DESCR, 14, "D:(A;;FA;;;WD"},
        {STATUS_INVALID_SECURITY_DESCR, 14, "D:(A;;FA;;;WD;)"},
        {STATUS_INVALID_SECURITY_DESCR, 14, "D:(A;;FA;;;WDX)"},
        {STATUS_INVALID_SECURITY_DESCR, 15, "D:(A;;FA;;;WD)x"},
        {STATUS_INVALID_SECURITY_DESCR, 15, "D:(A;;FA;;;WD) (A;;FA;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 15, "D:(A;;FA;;;WD)P"},
        {STATUS_INVALID_SECURITY_DESCR, 9, "D:(A;;0x;;;WD)"},
        {STATUS_INVALID_SECURITY_DESCR, 7, "D:(A;;0x100000000;;;WD)"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_refused(cases[i].code, cases[i].column, cases[i].text);
    }
}

static void every_truncation_of_a_text_is_refused_or_whole_in_itself(void **state)
{
    static const char whole[] = "O:SYG:S-1-5-32-544D:PAI(OA;OICI;RPWP;" GUID_TEXT ";" OTHER
                                ";S-1-5-21-1-2-3-500)S:AI(AU;SA;FA;;;WD)";
    char text[sizeof(whole)];
    (void)state;

    for (size_t n = 0; n < sizeof(whole); n++) {
        tsr_sddl_error error = {0};
        uint8_t *bytes = NULL;
        size_t size;

        memcpy(text, whole, n);
        text[n] = '\0';
        if (tsr_failed(tsr_sddl_parse(text, NULL, &bytes, &size, &error))) {
            assert_in_range(error.column, 1, n + 1);
            assert_null(bytes);
        }
        free(bytes);
    }
}

/* Covers AC-2.2-2. */
static void an_alias_that_needs_a_domain_is_refused_without_one(void **state)
{
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    size_t size;
    (void)state;

    expect_status(STATUS_INVALID_SID, tsr_sddl_parse("O:SYG:DA", NULL, &bytes, &size, &error));
    assert_int_equal(error.column, 7);
    assert_non_null(strstr(error.message, "domain"));
    expect_status(STATUS_INVALID_SID, tsr_sddl_parse("O:SYG:DA", NULL, &bytes, &size, NULL));
    assert_null(bytes);
}

static void success_leaves_the_error_alone(void **state)
{
    tsr_sddl_error error = {.column = 42};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;
    (void)state;

    expect_ok(tsr_sddl_parse("O:SY", NULL, &bytes, &size, &error));
    assert_int_equal(error.column, 42);
}

/* Covers AC-1.3-10, AC-1.6-9, AC-2.1-8, AC-2.1-13, AC-2.1-14. */
static void conditions_and_attributes_are_read_and_printed_in_every_type_that_has_one(void **state)
{
    static const struct {
        const char *text;
        uint8_t type;
    } cases[] = {
        {"D:(XA;OI;FA;;;WD;(a == 1))", ACCESS_ALLOWED_CALLBACK_ACE_TYPE},
        {"D:(XD;;FA;;;BA;(@USER.a))", ACCESS_DENIED_CALLBACK_ACE_TYPE},
        {"D:(ZA;;FA;" GUID_TEXT ";;WD;(a == 1))", ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE},
        {"D:(ZA;;FA;" GUID_TEXT ";" OTHER ";WD;(Member_of {SID(BA)}))",
         ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE},
        {"S:(XU;SA;FA;;;WD;(a == 1))", SYSTEM_AUDIT_CALLBACK_ACE_TYPE},
        {"S:(FL;TP;FA;;;WD;(!(@DEVICE.a)))", SYSTEM_ACCESS_FILTER_ACE_TYPE},
        {"S:(RA;CI;;;;WD;(\"a\",TI,0x0,1))", SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(parsed_deinit) struct parsed parsed = parse(cases[i].text);
        const tsr_ace ace = only_ace(parsed.sd.has_dacl ? &parsed.sd.dacl : &parsed.sd.sacl);

        assert_int_equal(ace.type, cases[i].type);
        assert_int_equal(ace.size % 4, 0);
        expect_text(cases[i].text, &parsed.sd, ALL_SECTIONS);
    }
}

static void a_condition_follows_the_sid_and_ends_the_ace(void **state)
{
    static const uint8_t condition[] = "artx\xf8\x02\0\0\0a\0";
    CLEANUP(parsed_deinit) struct parsed parsed = parse("D:(XA;;FA;;;WD;(a))(A;;FA;;;BA)");
    size_t offset = 0;
    tsr_ace ace;
    (void)state;

    assert_true(tsr_acl_next(&parsed.sd.dacl, &offset, &ace));
    assert_int_equal(ace.size, 8 + 12 + 12);
    assert_int_equal(ace.n_data, 12);
    assert_memory_equal(ace.data, condition, 12);
    expect_text("D:(XA;;FA;;;WD;(a))(A;;FA;;;BA)", &parsed.sd, ALL_SECTIONS);
}

/* Covers AC-2.1-10. */
static void an_object_type_with_a_condition_but_no_guid_becomes_the_plain_type(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed = parse("D:(ZA;;FA;;;WD;(a))");
    (void)state;

    assert_int_equal(only_ace(&parsed.sd.dacl).type, ACCESS_ALLOWED_CALLBACK_ACE_TYPE);
    assert_int_equal(parsed.sd.dacl.bytes[0], 2);
    expect_text("D:(XA;;FA;;;WD;(a))", &parsed.sd, ALL_SECTIONS);
}

static void a_refused_condition_or_attribute_tells_its_column_in_the_whole_text(void **state)
{
    const uint32_t code = STATUS_INVALID_SECURITY_DESCR;
    (void)state;

    expect_refused(code, 17, "D:(XD;;FA;;;WD;(");
    expect_refused(code, 17, "D:(XA;;FA;;;WD;())");
    expect_refused(code, 22, "D:(XA;;FA;;;WD;(a == b))");
    expect_refused(code, 36, "D:(A;;FA;;;WD)(XA;;FA;;;WD;(a == 1) )");
    expect_refused(code, 20, "D:(XA;;FA;;;WD;(a)))");
    expect_refused(STATUS_INVALID_SID, 31, "D:(XA;;FA;;;WD;(Member_of(SID(ZZ)))");
    expect_refused(code, 19, "S:(RA;;;;;WD;(\"a\",TQ,0,1))");
    expect_refused(code, 26, "S:(RA;;;;;WD;(\"a\",TI,0,1)");
}

/* Covers AC-1.6-9. */
static void an_attribute_is_for_everyone(void **state)
{
    (void)state;

    CLEANUP(parsed_deinit) struct parsed parsed = parse("S:(RA;;;;;S-1-1-0;(\"a\",TI,0,1))");
    expect_text("S:(RA;;;;;WD;(\"a\",TI,0x0,1))", &parsed.sd, ALL_SECTIONS);
    expect_refused(STATUS_INVALID_SECURITY_DESCR, 11, "S:(RA;;;;;BA;(\"a\",TI,0,1))");
}

static void aces_with_conditions_may_fill_an_acl_and_no_more(void **state)
{
    /* 1637 ACEs of 40 bytes and one of 44 behind the header of 8: exactly 65532. */
    CLEANUP(free) char *fits = repeated("D:", "(XA;;;;;WD;(abcde))", 1637, "(XA;;;;;BA;(abcde))");
    CLEANUP(free)
    char *one_more = repeated("D:", "(XA;;;;;WD;(abcde))", 1637, "(XA;;;;;BA;(abcde))(A;;;;;WD)");
    CLEANUP(free) char *one_large = repeated("D:(XA;;;;;WD;(", "a", 32747, "))");
    CLEANUP(free) char *too_large = repeated("D:(XA;;;;;WD;(", "a", 32748, "))");
    CLEANUP(parsed_deinit) struct parsed parsed = parse(fits);
    CLEANUP(parsed_deinit) struct parsed large = parse(one_large);
    (void)state;

    assert_int_equal(parsed.sd.dacl.size, TSR_ACL_SIZE_MAX);
    expect_text(fits, &parsed.sd, ALL_SECTIONS);
    expect_refused(STATUS_INVALID_ACL, 3 + 1638 * 19, one_more);
    assert_int_equal(large.sd.dacl.size, TSR_ACL_SIZE_MAX);
    expect_text(one_large, &large.sd, ALL_SECTIONS);
    expect_refused(STATUS_INVALID_ACL, 3, too_large);
}

/* Covers AC-2.1-7, AC-2.1-13, AC-2.1-14. */
static void conditional_types_without_their_last_field_are_refused(void **state)
{
    const uint32_t code = STATUS_INVALID_SECURITY_DESCR;
    (void)state;

    expect_refused(code, 15, "D:(XA;;FA;;;WD)");
    expect_refused(code, 16, "D:(XD;;FA;;;WD;)");
    expect_refused(code, 16, "D:(XD;;FA;;;WD; (a))");
    expect_refused(code, 15, "D:(ZA;;FA;;;WD)");
    expect_refused(code, 15, "S:(XU;;FA;;;WD)");
    expect_refused(code, 15, "S:(FL;;FA;;;WD)");
    expect_refused(code, 13, "S:(RA;;;;;WD)");
    expect_refused(code, 7, "S:(FL;SA;FA;;;WD;(a))");
    expect_refused(code, 14, "D:(A;;FA;;;WD;(a))");
}

/* Covers AC-1.4-5. */
static void an_acl_may_grow_to_its_limit_and_no_further(void **state)
{
    /* 3275 ACEs of 20 bytes and one of 24 behind the header of 8: exactly 65532. */
    CLEANUP(free) char *fits = repeated("D:", "(A;;;;;WD)", 3275, "(A;;;;;BA)");
    CLEANUP(free) char *one_more = repeated("D:", "(A;;;;;WD)", 3275, "(A;;;;;BA)(A;;;;;WD)");
    CLEANUP(free) char *many_more = repeated("S:", "(AU;;;;;WD)", 300000, "");
    CLEANUP(parsed_deinit) struct parsed parsed = parse(fits);
    (void)state;

    assert_int_equal(parsed.sd.dacl.size, TSR_ACL_SIZE_MAX);
    assert_int_equal(parsed.sd.dacl.n_aces, 3276);
    expect_text(fits, &parsed.sd, ALL_SECTIONS);
    expect_refused(STATUS_INVALID_ACL, 3 + 3276 * 10, one_more);
    expect_refused(STATUS_INVALID_ACL, 3 + 3276 * 11, many_more);
}

static void hostile_text_of_megabytes_is_judged_without_delay_or_recursion(void **state)
{
    static const struct {
        const char *before;
        const char *part;
        const char *after;
        uint32_t code;
    } cases[] = {
        {"D:", "(", "", STATUS_INVALID_SECURITY_DESCR},
        {"D:", "P", "", STATUS_SUCCESS},
        {"D:", "NO_ACCESS_CONTROL", "", STATUS_SUCCESS},
        {"D:(A;", "OI", ";;;;WD)", STATUS_SUCCESS},
        {"D:(A;;", "RP", ";;;WD)", STATUS_SUCCESS},
        {"D:(A;;", "RP ", "RP;;;WD)", STATUS_SUCCESS},
        {"D:(A;;RP", " ", ";;;WD)", STATUS_INVALID_SECURITY_DESCR},
        {"D:(A;;0x", "0", "1f;;;WD)", STATUS_SUCCESS},
        {"D:(A;;", "0", "17;;;WD)", STATUS_SUCCESS},
        {"D:(A;;", "9", ";;;WD)", STATUS_INVALID_SECURITY_DESCR},
        {"D:(", "A", ";;;;WD)", STATUS_INVALID_SECURITY_DESCR},
        {"O:S-1-5-", "0", "18D:", STATUS_SUCCESS},
        {"O:S-1-5-", "D", "D:", STATUS_INVALID_SID},
        {"O:S-1-5", "-1", "D:", STATUS_INVALID_SID},
        {"", "O:SY", "", STATUS_INVALID_SECURITY_DESCR},
        {"D:(XA;;;;;WD;", "(", "", STATUS_INVALID_SECURITY_DESCR},
        {"D:(XA;;;;;WD;(", "!(", "", STATUS_INVALID_SECURITY_DESCR},
        {"D:(XA;;;;;WD;(", "a", "))", STATUS_INVALID_ACL},
        {"D:(XA;;;;;WD;(a", " ", "))", STATUS_SUCCESS},
        {"D:(XA;;;;;WD;(a == ", "0", "))", STATUS_SUCCESS},
        {"D:(XA;;;;;WD;(a == ", "1", "))", STATUS_INVALID_SECURITY_DESCR},
        {"D:(XA;;;;;WD;(a == \"", "b", "\"))", STATUS_INVALID_ACL},
        {"D:(XA;;;;;WD;(a == #", "b", "))", STATUS_INVALID_ACL},
        {"D:(XA;;;;;WD;(a == {1", ",1", "}))", STATUS_INVALID_ACL},
        {"D:(XA;;;;;WD;(a", "&&a", "))", STATUS_INVALID_ACL},
        {"D:(XA;;;;;WD;(a", "==1", "))", STATUS_INVALID_ACL},
        {"D:(XA;;;;;WD;(Member_of SID(S-1-5-", "0", "1)))", STATUS_INVALID_SID},
        {"D:", "(XA;;;;;WD;(a == \"", "", STATUS_INVALID_SECURITY_DESCR},
        {"S:(RA;;;;;WD;(\"", "a", "\",TI,0))", STATUS_INVALID_ACL},
        {"S:(RA;;;;;WD;(\"a\",TI,0", ",1", "))", STATUS_INVALID_ACL},
        {"S:(RA;;;;;WD;(\"a\",TS,0,\"", "b", "\"))", STATUS_INVALID_ACL},
        {"S:(RA;;;;;WD;(\"a\",TX,0,", "bb", "))", STATUS_INVALID_ACL},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(free)
        char *text = repeated(cases[i].before, cases[i].part, 4000000, cases[i].after);
        CLEANUP(free) uint8_t *bytes = NULL;
        size_t size;

        expect_status(cases[i].code, tsr_sddl_parse(text, NULL, &bytes, &size, NULL));
    }
}

/* Covers AC-2.1-1. */
static void sections_are_printed_as_asked(void **state)
{
    CLEANUP(parsed_deinit)
    struct parsed parsed = parse("O:SYG:BAD:P(A;;FA;;;WD)S:AI(AU;SA;FA;;;WD)(ML;;NW;;;HI)");
    const tsr_sd *sd = &parsed.sd;
    (void)state;

    expect_text("", sd, 0);
    expect_text("O:SY", sd, OWNER_SECURITY_INFORMATION);
    expect_text("G:BA", sd, GROUP_SECURITY_INFORMATION);
    expect_text("D:P(A;;FA;;;WD)", sd, DACL_SECURITY_INFORMATION);
    expect_text("S:AI(AU;SA;FA;;;WD)(ML;;NW;;;HI)", sd, SACL_SECURITY_INFORMATION);
    expect_text("O:SYD:P(A;;FA;;;WD)", sd, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION);
    expect_text("S:AI(ML;;NW;;;HI)", sd, LABEL_SECURITY_INFORMATION);
    expect_text("", sd, SCOPE_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION);
}

static void a_scope_is_printed_when_it_alone_is_asked_for(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed = parse("S:(ML;;NW;;;HI)(SP;;;;;S-1-17-1)");
    (void)state;

    expect_text("S:(SP;;;;;S-1-17-1)", &parsed.sd, SCOPE_SECURITY_INFORMATION);
    expect_text("S:(ML;;NW;;;HI)(SP;;;;;S-1-17-1)", &parsed.sd,
                SCOPE_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION);
}

/* Covers AC-2.1-1, AC-2.2-5. */
static void domain_aliases_are_printed_for_the_given_domain_only(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed = parse("O:LAG:DUD:(A;;FA;;;DA)");
    CLEANUP(free) char *text = NULL;
    (void)state;

    expect_text("O:LAG:DUD:(A;;FA;;;DA)", &parsed.sd, ALL_SECTIONS);
    expect_ok(tsr_sddl_format(&parsed.sd, ALL_SECTIONS, NULL, &text));
    assert_string_equal(text, "O:S-1-5-21-1-2-3-500G:S-1-5-21-1-2-3-513D:(A;;FA;;;S-1-5-21-1-2-3-"
                              "512)");
}

/* A SACL-only descriptor that holds "(AU;;FA;;;WD)" as an ACE of @type. */
static struct parsed with_ace_type(uint8_t type)
{
    struct parsed parsed = parse("S:(AU;;FA;;;WD)");

    parsed.bytes[28] = type;
    expect_ok(tsr_sd_view(parsed.bytes, parsed.size, &parsed.sd));
    return parsed;
}

static void expect_unprintable(uint32_t code, const tsr_sd *sd, uint32_t information)
{
    char *text = (char *)0x1;

    expect_status(code, tsr_sddl_format(sd, information, NULL, &text));
    assert_ptr_equal(text, (char *)0x1);
}

static void ace_types_that_have_no_name_cannot_be_printed(void **state)
{
    static const uint8_t types[] = {SYSTEM_ALARM_CALLBACK_ACE_TYPE, 0x16, 0xff};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        CLEANUP(parsed_deinit) struct parsed parsed = with_ace_type(types[i]);

        expect_unprintable(STATUS_NOT_SUPPORTED, &parsed.sd, ALL_SECTIONS);
    }
}

/* Covers AC-1.3-10. */
static void a_conditional_object_denial_has_no_name(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed = parse("D:(OD;;FA;" GUID_TEXT ";;WD)");
    (void)state;

    parsed.bytes[28] = 0x0c;
    expect_ok(tsr_sd_view(parsed.bytes, parsed.size, &parsed.sd));
    assert_int_equal(only_ace(&parsed.sd.dacl).type, ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE);
    expect_unprintable(STATUS_NOT_SUPPORTED, &parsed.sd, ALL_SECTIONS);
}

static void malformed_conditions_and_attributes_cannot_be_printed(void **state)
{
    static const uint8_t types[] = {
        ACCESS_ALLOWED_CALLBACK_ACE_TYPE, ACCESS_DENIED_CALLBACK_ACE_TYPE,
        SYSTEM_AUDIT_CALLBACK_ACE_TYPE,   SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE,
        SYSTEM_ACCESS_FILTER_ACE_TYPE,
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        CLEANUP(parsed_deinit) struct parsed parsed = with_ace_type(types[i]);

        expect_unprintable(STATUS_INVALID_ACL, &parsed.sd, ALL_SECTIONS);
    }
}

static void what_was_not_asked_for_does_not_hinder_printing(void **state)
{
    CLEANUP(parsed_deinit)
    struct parsed attribute = with_ace_type(SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE);
    (void)state;

    expect_text("", &attribute.sd, LABEL_SECURITY_INFORMATION | OWNER_SECURITY_INFORMATION);
    expect_unprintable(STATUS_INVALID_ACL, &attribute.sd, ATTRIBUTE_SECURITY_INFORMATION);
}

static void attributes_are_printed_when_they_alone_are_asked_for(void **state)
{
    CLEANUP(parsed_deinit)
    struct parsed parsed = parse("S:(AU;SA;FA;;;WD)(RA;;;;;WD;(\"a\",TI,0x0,1))");
    (void)state;

    expect_text("S:(RA;;;;;WD;(\"a\",TI,0x0,1))", &parsed.sd, ATTRIBUTE_SECURITY_INFORMATION);
}

static void a_null_sacl_and_slack_are_not_printed(void **state)
{
    CLEANUP(parsed_deinit) struct parsed null_sacl = parse("O:SY");
    CLEANUP(parsed_deinit) struct parsed slack = parse("D:(A;;FA;;;BA)");
    (void)state;

    store_le16(null_sacl.bytes + 2, SE_SELF_RELATIVE | SE_SACL_PRESENT | SE_SACL_PROTECTED);
    expect_ok(tsr_sd_view(null_sacl.bytes, null_sacl.size, &null_sacl.sd));
    expect_text("O:SY", &null_sacl.sd, ALL_SECTIONS);

    slack.bytes[37] = 1; /* one sub-authority less: its four bytes are slack now */
    expect_ok(tsr_sd_view(slack.bytes, slack.size, &slack.sd));
    expect_text("D:(A;;FA;;;S-1-5-32)", &slack.sd, ALL_SECTIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_text_is_an_empty_descriptor),
        cmocka_unit_test(every_section_is_read_into_its_place),
        cmocka_unit_test(sections_may_come_in_any_order),
        cmocka_unit_test(each_acl_flag_sets_its_control_bit),
        cmocka_unit_test(no_dacl_the_null_dacl_and_an_empty_dacl_differ),
        cmocka_unit_test(every_ace_type_is_read_and_printed),
        cmocka_unit_test(an_ace_type_in_the_wrong_acl_is_refused),
        cmocka_unit_test(every_ace_flag_is_read_and_printed_in_order),
        cmocka_unit_test(the_flag_of_a_protected_filter_is_that_of_successful_audits),
        cmocka_unit_test(every_right_has_its_bits),
        cmocka_unit_test(label_rights_are_known_in_a_label_only),
        cmocka_unit_test(rights_may_be_numbers),
        cmocka_unit_test(rights_that_are_neither_names_nor_a_32_bit_number_are_refused),
        cmocka_unit_test(blanks_may_stand_between_two_rights_of_an_ace_only),
        cmocka_unit_test(rights_are_printed_as_one_set_as_names_or_as_a_number),
        cmocka_unit_test(printed_rights_are_read_back),
        cmocka_unit_test(guids_are_stored_with_three_little_endian_fields),
        cmocka_unit_test(an_object_type_without_guids_becomes_the_plain_type),
        cmocka_unit_test(the_acl_revision_is_4_only_with_a_guid),
        cmocka_unit_test(malformed_guids_are_refused_where_they_go_wrong),
        cmocka_unit_test(every_fixed_alias_is_its_sid_both_ways),
        cmocka_unit_test(domain_aliases_are_rids_of_the_given_domain),
        cmocka_unit_test(a_sid_deeper_than_the_domain_or_beside_it_has_no_alias),
        cmocka_unit_test(a_domain_without_room_for_a_rid_has_no_aliases),
        cmocka_unit_test(a_sid_may_be_the_start_of_a_text_or_all_of_it),
        cmocka_unit_test(what_is_neither_a_sid_nor_an_alias_is_refused),
        cmocka_unit_test(a_hexadecimal_sid_ends_before_the_dacl),
        cmocka_unit_test(sids_that_begin_alike_are_each_read_to_their_end),
        cmocka_unit_test(a_sid_that_begins_like_a_good_one_is_judged_like_any_other),
        cmocka_unit_test(a_refusal_tells_status_and_column),
        cmocka_unit_test(every_truncation_of_a_text_is_refused_or_whole_in_itself),
        cmocka_unit_test(an_alias_that_needs_a_domain_is_refused_without_one),
        cmocka_unit_test(success_leaves_the_error_alone),
        cmocka_unit_test(conditions_and_attributes_are_read_and_printed_in_every_type_that_has_one),
        cmocka_unit_test(a_condition_follows_the_sid_and_ends_the_ace),
        cmocka_unit_test(an_object_type_with_a_condition_but_no_guid_becomes_the_plain_type),
        cmocka_unit_test(a_refused_condition_or_attribute_tells_its_column_in_the_whole_text),
        cmocka_unit_test(an_attribute_is_for_everyone),
        cmocka_unit_test(aces_with_conditions_may_fill_an_acl_and_no_more),
        cmocka_unit_test(conditional_types_without_their_last_field_are_refused),
        cmocka_unit_test(an_acl_may_grow_to_its_limit_and_no_further),
        cmocka_unit_test(hostile_text_of_megabytes_is_judged_without_delay_or_recursion),
        cmocka_unit_test(sections_are_printed_as_asked),
        cmocka_unit_test(a_scope_is_printed_when_it_alone_is_asked_for),
        cmocka_unit_test(domain_aliases_are_printed_for_the_given_domain_only),
        cmocka_unit_test(ace_types_that_have_no_name_cannot_be_printed),
        cmocka_unit_test(a_conditional_object_denial_has_no_name),
        cmocka_unit_test(malformed_conditions_and_attributes_cannot_be_printed),
        cmocka_unit_test(what_was_not_asked_for_does_not_hinder_printing),
        cmocka_unit_test(attributes_are_printed_when_they_alone_are_asked_for),
        cmocka_unit_test(a_null_sacl_and_slack_are_not_printed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
