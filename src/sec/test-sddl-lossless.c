/* SPDX-License-Identifier: MIT */
/* Tests of what SDDL leaves out of a descriptor, and of being told. */

#include <tessera/sddl.h>

#include "base/bytes.h"
#include "base/check.h"

#include <support/expect.h>

#define ALL_SECTIONS                                                                       \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

#define DACL_OFFSET 16 /* where a descriptor says where its DACL is */

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

/* A descriptor and its bytes. */
struct sample {
    uint8_t *bytes; /* owned */
    size_t size;
    tsr_sd sd;
};

static void cleanup_sample_deinit(struct sample *sample)
{
    free(sample->bytes);
}

static struct sample sample_of_text(const char *text)
{
    struct sample sample = {0};

    expect_ok(tsr_sddl_parse(text, &domain, &sample.bytes, &sample.size, NULL));
    expect_ok(tsr_sd_view(sample.bytes, sample.size, &sample.sd));
    return sample;
}

/* A descriptor with this DACL alone. */
static struct sample sample_of_dacl(const char *hex)
{
    tsr_sd_parts parts = {.has_dacl = true};
    struct sample sample = {0};
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(hex, &size);

    expect_ok(tsr_acl_view(bytes, size, &parts.dacl));
    expect_ok(tsr_sd_build(&parts, &sample.bytes, &sample.size));
    expect_ok(tsr_sd_view(sample.bytes, sample.size, &sample.sd));
    return sample;
}

/* It prints as @text, and is told to be lossless or not. */
static void expect_loss(const struct sample *sample, uint32_t information, const char *text,
                        bool is_lossless)
{
    CLEANUP(free) char *printed = NULL;
    CLEANUP(free) char *strict = NULL;
    bool got = !is_lossless;

    expect_ok(tsr_sddl_format_ex(&sample->sd, information, &domain, 0, &printed, &got));
    assert_string_equal(printed, text);
    assert_int_equal(got, is_lossless);

    expect_status(
        is_lossless ? STATUS_SUCCESS : STATUS_DATA_ERROR,
        tsr_sddl_format_ex(&sample->sd, information, &domain, TSR_SDDL_LOSSLESS, &strict, NULL));
    if (is_lossless) {
        assert_string_equal(strict, text);
    } else {
        assert_null(strict);
    }
}

static void what_was_text_is_lossless(void **state)
{
    static const char *const texts[] = {
        "",
        "O:SYG:DA",
        "D:",
        "D:NO_ACCESS_CONTROL",
        "D:PARAI(A;OICI;FA;;;WD)(OA;;RP;00112233-4455-6677-8899-aabbccddeeff;;BA)",
        "D:(XA;;FR;;;WD;((@USER.a == 1) && (Member_of {SID(BA)})))",
        "S:AI(RA;;;;;WD;(\"a\",TS,0x0,\"b\",\"c\"))(ML;;NW;;;HI)(AU;SA;FA;;;WD)",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        CLEANUP(sample_deinit) struct sample sample = sample_of_text(texts[i]);

        expect_loss(&sample, ALL_SECTIONS, texts[i], true);
    }
}

static void each_control_bit_that_has_no_text_is_a_loss(void **state)
{
    static const struct {
        uint16_t bit;
        uint32_t section; /* that it belongs to; 0: to all */
    } cases[] = {
        {SE_OWNER_DEFAULTED, OWNER_SECURITY_INFORMATION},
        {SE_GROUP_DEFAULTED, GROUP_SECURITY_INFORMATION},
        {SE_DACL_DEFAULTED, DACL_SECURITY_INFORMATION},
        {SE_DACL_TRUSTED, DACL_SECURITY_INFORMATION},
        {SE_SACL_DEFAULTED, SACL_SECURITY_INFORMATION},
        {SE_SERVER_SECURITY, 0},
        {SE_RM_CONTROL_VALID, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(sample_deinit) struct sample sample = sample_of_text("O:SYG:SYD:S:");

        store_le16(sample.bytes + 2, sample.sd.control | cases[i].bit);
        expect_ok(tsr_sd_view(sample.bytes, sample.size, &sample.sd));
        expect_loss(&sample, ALL_SECTIONS, "O:SYG:SYD:S:", false);
        if (cases[i].section != 0) {
            CLEANUP(free) char *text = NULL;
            bool is_lossless = false;

            expect_ok(tsr_sddl_format_ex(&sample.sd, ALL_SECTIONS & ~cases[i].section, &domain, 0,
                                         &text, &is_lossless));
            assert_true(is_lossless);
        }
    }
}

static void bits_of_an_absent_acl_the_manager_byte_and_a_null_sacl_are_losses(void **state)
{
    CLEANUP(sample_deinit) struct sample protected = sample_of_text("O:SY");
    CLEANUP(sample_deinit) struct sample managed = sample_of_text("O:SY");
    CLEANUP(sample_deinit) struct sample null_sacl = sample_of_text("O:SY");

    (void)state;
    store_le16(protected.bytes + 2, SE_SELF_RELATIVE | SE_DACL_PROTECTED);
    expect_ok(tsr_sd_view(protected.bytes, protected.size, &protected.sd));
    expect_loss(&protected, ALL_SECTIONS, "O:SY", false);

    managed.bytes[1] = 7;
    expect_ok(tsr_sd_view(managed.bytes, managed.size, &managed.sd));
    expect_loss(&managed, ALL_SECTIONS, "O:SY", false);

    store_le16(null_sacl.bytes + 2, SE_SELF_RELATIVE | SE_SACL_PRESENT);
    expect_ok(tsr_sd_view(null_sacl.bytes, null_sacl.size, &null_sacl.sd));
    expect_loss(&null_sacl, ALL_SECTIONS, "O:SY", false);
    expect_loss(&null_sacl, OWNER_SECURITY_INFORMATION, "O:SY", true);
}

static void what_an_acl_holds_beside_its_aces_is_a_loss(void **state)
{
    static const struct {
        const char *hex;
        bool is_lossless;
    } cases[] = {
        {"02001c0001000000"
         "00001400ff011f00010100000000000100000000",
         true},
        {"0200200001000000"
         "00001400ff011f00010100000000000100000000"
         "00000000",
         false},
        {"0200200001000000"
         "00001400ff011f00010100000000000100000000"
         "deadbeef",
         false},
        {"04001c0001000000"
         "00001400ff011f00010100000000000100000000",
         false}, /* revision */
        {"02011c0001000000"
         "00001400ff011f00010100000000000100000000",
         false}, /* reserved */
        {"02001c0001000100"
         "00001400ff011f00010100000000000100000000",
         false}, /* reserved */
        {"0200200001000000"
         "00001800ff011f00010100000000000100000000"
         "00000000",
         false}, /* ACE */
        {"0400200001000000"
         "05001800ff011f0000000000"
         "010100000000000100000000",
         false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(sample_deinit) struct sample sample = sample_of_dacl(cases[i].hex);

        expect_loss(&sample, DACL_SECURITY_INFORMATION,
                    i == 7 ? "D:(OA;;FA;;;WD)" : "D:(A;;FA;;;WD)", cases[i].is_lossless);
    }
}

static void a_condition_that_is_laid_out_otherwise_is_a_loss(void **state)
{
    /* a == 1, with an integer of 8 bits, which text makes one of 64. */
    CLEANUP(sample_deinit)
    struct sample sample = sample_of_dacl("0200380001000000"
                                          "09003000ff011f00010100000000000100000000"
                                          "61727478"
                                          "f8020000006100"
                                          "0101000000000000000302"
                                          "80"
                                          "00"
                                          "00000000");

    (void)state;
    expect_loss(&sample, DACL_SECURITY_INFORMATION, "D:(XA;;FA;;;WD;(a == 1))", false);
}

static void a_sid_that_no_text_says_is_a_loss(void **state)
{
    CLEANUP(sample_deinit) struct sample sample = sample_of_text("O:WD");

    (void)state;
    sample.bytes[21] = 0; /* no sub-authorities */
    expect_ok(tsr_sd_view(sample.bytes, sample.size, &sample.sd));
    expect_loss(&sample, ALL_SECTIONS, "O:S-1-1", false);
}

static void where_the_parts_lie_is_no_loss(void **state)
{
    static const char text[] = "O:SYD:(A;;FA;;;WD)";
    CLEANUP(sample_deinit) struct sample packed = sample_of_text(text);
    struct sample moved = {.size = packed.size + 4};

    (void)state;
    moved.bytes = calloc(1, moved.size);
    assert_non_null(moved.bytes);
    memcpy(moved.bytes, packed.bytes, 20);
    memcpy(moved.bytes + 24, packed.bytes + 20, packed.size - 20);
    store_le32(moved.bytes + 4, load_le32(packed.bytes + 4) + 4);
    store_le32(moved.bytes + DACL_OFFSET, load_le32(packed.bytes + DACL_OFFSET) + 4);
    expect_ok(tsr_sd_view(moved.bytes, moved.size, &moved.sd));

    expect_loss(&moved, ALL_SECTIONS, text, true);
    cleanup_sample_deinit(&moved);
}

static void aces_that_are_named_are_judged_by_themselves(void **state)
{
    CLEANUP(sample_deinit)
    struct sample sample = sample_of_text("O:SYS:AI(AU;SA;FA;;;WD)(ML;;NW;;;HI)(SP;;;;;S-1-17-1)");
    CLEANUP(sample_deinit) struct sample bare = sample_of_text("O:SYS:(AU;SA;FA;;;WD)");

    (void)state;
    expect_loss(&sample, LABEL_SECURITY_INFORMATION, "S:AI(ML;;NW;;;HI)", true);
    expect_loss(&sample, LABEL_SECURITY_INFORMATION | SCOPE_SECURITY_INFORMATION,
                "S:AI(ML;;NW;;;HI)(SP;;;;;S-1-17-1)", true);
    expect_loss(&sample, ATTRIBUTE_SECURITY_INFORMATION, "", true);
    expect_loss(&bare, LABEL_SECURITY_INFORMATION, "", true);
    expect_loss(&bare, 0, "", true);
}

static void what_has_no_text_at_all_is_not_supported(void **state)
{
    CLEANUP(sample_deinit)
    struct sample sample = sample_of_dacl("0200100001000000"
                                          "2a00080000000000");
    bool is_lossless = true;
    char *text = NULL;

    (void)state;
    expect_status(STATUS_NOT_SUPPORTED,
                  tsr_sddl_format_ex(&sample.sd, ALL_SECTIONS, NULL, 0, &text, &is_lossless));
    expect_status(STATUS_NOT_SUPPORTED, tsr_sddl_format_ex(&sample.sd, ALL_SECTIONS, NULL,
                                                           TSR_SDDL_LOSSLESS, &text, &is_lossless));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_sddl_format_ex(&sample.sd, 0, NULL, 0x4, &text, &is_lossless));
    assert_true(is_lossless);
    assert_null(text);
}

static void a_refusal_leaves_the_verdict_alone(void **state)
{
    CLEANUP(sample_deinit) struct sample sample = sample_of_text("O:SY");
    bool is_lossless = true;
    char *text = NULL;

    (void)state;
    sample.bytes[1] = 7;
    expect_ok(tsr_sd_view(sample.bytes, sample.size, &sample.sd));
    expect_status(STATUS_DATA_ERROR, tsr_sddl_format_ex(&sample.sd, ALL_SECTIONS, NULL,
                                                        TSR_SDDL_LOSSLESS, &text, &is_lossless));
    assert_true(is_lossless);
    assert_null(text);
}

/* What text cannot carry, bytes do: ACEs and whole ACLs are copied as they are. */
static void building_keeps_what_stands_inside_aces_and_behind_them(void **state)
{
    static const char slack[] = "04012c0002000300"
                                "00001800ff011f00010100000000000100000000"
                                "cafef00d"
                                "2a00080011223344"
                                "deadbeef";
    CLEANUP(sample_deinit) struct sample sample = sample_of_dacl(slack);
    tsr_acl_builder builder = {0};
    CLEANUP(free) uint8_t *copy_bytes = NULL;
    CLEANUP(free) uint8_t *slack_bytes = NULL;
    tsr_ace ace;
    tsr_acl copy;
    size_t offset = 0;
    size_t size;

    (void)state;
    slack_bytes = hex_bytes(slack, &size);
    assert_int_equal(sample.sd.dacl.size, size);
    assert_memory_equal(sample.sd.dacl.bytes, slack_bytes, size);

    while (tsr_acl_next(&sample.sd.dacl, &offset, &ace)) {
        tsr_acl_builder_add_encoded(&builder, ace.bytes, ace.size);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &copy_bytes, &copy));
    assert_int_equal(copy.n_aces, 2);
    assert_int_equal(copy.size, size - 4);
    assert_memory_equal(copy.bytes + 8, slack_bytes + 8, size - 8 - 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_text_is_lossless),
        cmocka_unit_test(each_control_bit_that_has_no_text_is_a_loss),
        cmocka_unit_test(bits_of_an_absent_acl_the_manager_byte_and_a_null_sacl_are_losses),
        cmocka_unit_test(what_an_acl_holds_beside_its_aces_is_a_loss),
        cmocka_unit_test(a_condition_that_is_laid_out_otherwise_is_a_loss),
        cmocka_unit_test(a_sid_that_no_text_says_is_a_loss),
        cmocka_unit_test(where_the_parts_lie_is_no_loss),
        cmocka_unit_test(aces_that_are_named_are_judged_by_themselves),
        cmocka_unit_test(what_has_no_text_at_all_is_not_supported),
        cmocka_unit_test(a_refusal_leaves_the_verdict_alone),
        cmocka_unit_test(building_keeps_what_stands_inside_aces_and_behind_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
