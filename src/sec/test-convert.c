/* SPDX-License-Identifier: MIT */
/* Unit tests: telling what was inherited from what is the object's own, and giving that up. */

#include <tessera/assign.h>

#include <support/expect.h>

#include <tessera/sddl.h>

#define USER  "S-1-5-21-1-2-3-1000"
#define GROUP "S-1-5-21-1-2-3-513"

#define BOTH (DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION)

/* The control bits that a conversion may change. */
#define ACL_CONTROL \
    (SE_DACL_AUTO_INHERITED | SE_DACL_PROTECTED | SE_SACL_AUTO_INHERITED | SE_SACL_PROTECTED)

static const tsr_generic_mapping file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                                 FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

struct made_sd {
    uint8_t *bytes;
    tsr_sd sd;
};

static struct made_sd sd_of(const char *sddl)
{
    struct made_sd made = {0};
    size_t size;

    expect_ok(tsr_sddl_parse(sddl, NULL, &made.bytes, &size, NULL));
    expect_ok(tsr_sd_view(made.bytes, size, &made.sd));
    return made;
}

static void expect_sddl(uint8_t *take_bytes, size_t size, const char *sddl)
{
    char *text = NULL;
    tsr_sd sd;

    expect_ok(tsr_sd_view(take_bytes, size, &sd));
    expect_ok(tsr_sddl_format(&sd, 0x7f, NULL, &text));
    assert_string_equal(text, sddl);
    free(text);
    free(take_bytes);
}

static void expect_conversion(bool is_container, const char *parent_sddl, const char *child_sddl,
                              const char *expected)
{
    struct made_sd parent = sd_of(parent_sddl);
    struct made_sd child = sd_of(child_sddl);
    const tsr_heritage heritage = {.parent = &parent.sd,
                                   .child = &child.sd,
                                   .is_container = is_container,
                                   .mapping = &file_mapping};
    uint8_t *bytes = NULL;
    tsr_sd converted;
    size_t size;

    expect_ok(tsr_sd_convert_to_auto_inherit(&heritage, BOTH, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &converted));
    assert_int_equal(converted.control & ~ACL_CONTROL, child.sd.control & ~ACL_CONTROL);
    expect_sddl(bytes, size, expected);
    free(parent.bytes);
    free(child.bytes);
}

static void expect_dacl(const char *parent, const char *child, const char *expected)
{
    expect_conversion(false, parent, child, expected);
}

/* Covers AC-14-50. */
static void what_the_parent_hands_down_is_marked_and_the_rest_is_not(void **state)
{
    (void)state;

    expect_dacl("D:(A;OI;FR;;;WD)(A;OI;FX;;;BU)", "D:(A;;FW;;;BU)(A;;FR;;;WD)(A;;FX;;;BU)",
                "D:AI(A;;FW;;;BU)(A;ID;FR;;;WD)(A;ID;FX;;;BU)");
    expect_dacl("D:(A;OI;FR;;;WD)", "D:(A;ID;FR;;;WD)(A;;FW;;;BU)",
                "D:AI(A;;FW;;;BU)(A;ID;FR;;;WD)");
}

static void generic_rights_and_creator_sids_are_compared_as_they_are_handed_down(void **state)
{
    (void)state;

    expect_conversion(true, "D:(A;OICI;GA;;;CO)",
                      "O:" USER "G:" GROUP "D:(A;;FA;;;" USER ")(A;OICIIO;GA;;;CO)",
                      "O:" USER "G:" GROUP "D:AI(A;ID;FA;;;" USER ")(A;OICIIOID;GA;;;CO)");
}

static void rights_that_the_type_does_not_have_are_not_handed_down(void **state)
{
    static const tsr_generic_mapping mapping = {.all = 0x4};
    struct made_sd parent = sd_of("D:(A;OI;0x5;;;WD)S:(AU;OISA;0x1000005;;;WD)");
    struct made_sd child = sd_of("D:(A;;0x4;;;WD)S:(AU;SA;0x1000004;;;WD)");
    const tsr_heritage heritage = {.parent = &parent.sd, .child = &child.sd, .mapping = &mapping};
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_ok(tsr_sd_convert_to_auto_inherit(&heritage, BOTH, &bytes, &size));
    expect_sddl(bytes, size, "D:AI(A;ID;LC;;;WD)S:AI(AU;IDSA;0x1000004;;;WD)");
    free(child.bytes);
    free(parent.bytes);
}

static void an_entry_that_was_marked_wrongly_becomes_the_objects_own(void **state)
{
    (void)state;

    expect_dacl("D:(A;OI;FR;;;WD)", "D:(A;ID;FW;;;BU)(A;;FR;;;WD)",
                "D:AI(A;;FW;;;BU)(A;ID;FR;;;WD)");
}

static void of_equal_entries_the_last_is_the_inherited_one(void **state)
{
    (void)state;

    expect_dacl("D:(A;OI;FR;;;WD)", "D:(A;;FR;;;WD)(A;;FW;;;BU)(A;;FR;;;WD)",
                "D:AI(A;;FR;;;WD)(A;;FW;;;BU)(A;ID;FR;;;WD)");
}

/* Covers AC-14-50. */
static void an_entry_that_is_missing_or_out_of_order_protects_the_acl(void **state)
{
    (void)state;

    expect_dacl("D:(A;OI;FR;;;WD)(A;OI;FX;;;BU)", "D:(A;ID;FR;;;WD)(A;;FW;;;BU)",
                "D:PAI(A;;FR;;;WD)(A;;FW;;;BU)");
    expect_dacl("D:(A;OI;FR;;;WD)(A;OI;FX;;;BU)", "D:(A;;FX;;;BU)(A;;FR;;;WD)",
                "D:PAI(A;;FX;;;BU)(A;;FR;;;WD)");
    expect_dacl("D:(A;OI;FR;;;WD)", "D:(A;;0x1200a8;;;WD)", "D:PAI(A;;0x1200a8;;;WD)");
    /* They differ in the last byte. */
    expect_dacl("D:(A;OI;FR;;;S-1-5-21-16777217)", "D:(A;;FR;;;S-1-5-21-33554433)",
                "D:PAI(A;;FR;;;S-1-5-21-33554433)");
}

static void a_parent_that_hands_down_nothing_protects_the_acl(void **state)
{
    (void)state;

    expect_dacl("D:(A;;FR;;;WD)", "D:(A;;FR;;;WD)", "D:PAI(A;;FR;;;WD)");
    expect_dacl("D:", "D:", "D:PAI");
}

static void grants_and_denials_do_not_change_places(void **state)
{
    (void)state;

    /* Both of a kind may. */
    expect_dacl("D:(A;OI;FR;;;WD)", "D:(A;;FR;;;WD)(A;;FW;;;BU)", "D:AI(A;;FW;;;BU)(A;ID;FR;;;WD)");
    expect_dacl("D:(D;OI;FR;;;BG)", "D:(D;;FR;;;BG)(D;;FW;;;BU)", "D:AI(D;;FW;;;BU)(D;ID;FR;;;BG)");

    expect_dacl("D:(A;OI;FR;;;WD)", "D:(A;;FR;;;WD)(D;;FR;;;BG)", "D:PAI(A;;FR;;;WD)(D;;FR;;;BG)");
    expect_dacl("D:(D;OI;FR;;;BG)", "D:(D;;FR;;;BG)(A;;FR;;;BG)", "D:PAI(D;;FR;;;BG)(A;;FR;;;BG)");
}

static void a_label_does_not_move_behind_another(void **state)
{
    (void)state;

    expect_dacl("S:(ML;OI;NW;;;LW)", "S:(ML;;NW;;;LW)(ML;;NW;;;HI)",
                "S:PAI(ML;;NW;;;LW)(ML;;NW;;;HI)");
    expect_dacl("S:(ML;OI;NW;;;LW)(AU;OISA;FR;;;WD)",
                "S:(ML;;NW;;;LW)(AU;SA;FR;;;WD)(SP;;;;;S-1-17-1)(AU;FA;FW;;;BG)",
                "S:AI(SP;;;;;S-1-17-1)(AU;FA;FW;;;BG)(ML;ID;NW;;;LW)(AU;IDSA;FR;;;WD)");
}

/* A DACL of encoded ACEs. */
static struct made_sd sd_of_aces(const uint8_t *aces, size_t size)
{
    tsr_acl_builder builder = {0};
    tsr_sd_parts parts = {.has_dacl = true};
    struct made_sd made = {0};
    uint8_t *acl = NULL;
    size_t n_bytes;

    for (size_t at = 0; at < size; at += aces[at + 2]) {
        tsr_acl_builder_add_encoded(&builder, aces + at, aces[at + 2]);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &acl, &parts.dacl));
    expect_ok(tsr_sd_build(&parts, &made.bytes, &n_bytes));
    expect_ok(tsr_sd_view(made.bytes, n_bytes, &made.sd));
    free(acl);
    return made;
}

/* The parent's entry, and the child's two with it in front. */
static void expect_no_move(const uint8_t *handed, const uint8_t *own, size_t n_own)
{
    struct made_sd parent = sd_of_aces(handed, handed[2]);
    struct made_sd child = sd_of_aces(own, n_own);
    const tsr_heritage heritage = {
        .parent = &parent.sd, .child = &child.sd, .mapping = &file_mapping};
    struct made_sd converted = {0};
    size_t size;

    expect_ok(tsr_sd_convert_to_auto_inherit(&heritage, DACL_SECURITY_INFORMATION, &converted.bytes,
                                             &size));
    expect_ok(tsr_sd_view(converted.bytes, size, &converted.sd));
    assert_true(converted.sd.control & SE_DACL_PROTECTED);
    assert_int_equal(converted.sd.dacl.size, child.sd.dacl.size);
    assert_memory_equal(converted.sd.dacl.bytes + 8, child.sd.dacl.bytes + 8, n_own);
    free(converted.bytes);
    free(child.bytes);
    free(parent.bytes);
}

static void entries_of_unknown_type_and_others_do_not_change_places(void **state)
{
#define EVERYONE_READS 20, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0
    static const uint8_t allow[] = {0, OBJECT_INHERIT_ACE, EVERYONE_READS};
    static const uint8_t allow_first[] = {0, 0, EVERYONE_READS, 0xff, 0, 4, 0};
    static const uint8_t unknown[] = {0x77, OBJECT_INHERIT_ACE, 4, 0};
    static const uint8_t unknown_first[] = {0x77, 0, 4, 0, 0, 0, EVERYONE_READS};

    (void)state;

    expect_no_move(allow, allow_first, sizeof(allow_first));
    expect_no_move(unknown, unknown_first, sizeof(unknown_first));
}

static void expect_null_sacl_kept(void)
{
    const tsr_sd_parts parts = {.has_sacl = true};
    struct made_sd parent = sd_of("S:(AU;OISA;FR;;;WD)");
    struct made_sd child = {0};
    struct made_sd converted = {0};
    const tsr_heritage heritage = {
        .parent = &parent.sd, .child = &child.sd, .mapping = &file_mapping};
    size_t size;

    expect_ok(tsr_sd_build(&parts, &child.bytes, &size));
    expect_ok(tsr_sd_view(child.bytes, size, &child.sd));
    assert_null(child.sd.sacl.bytes);
    expect_ok(tsr_sd_convert_to_auto_inherit(&heritage, BOTH, &converted.bytes, &size));
    expect_ok(tsr_sd_view(converted.bytes, size, &converted.sd));
    assert_true(converted.sd.has_sacl);
    assert_null(converted.sd.sacl.bytes);
    assert_true(converted.sd.control & SE_SACL_PROTECTED);
    free(converted.bytes);
    free(child.bytes);
    free(parent.bytes);
}

static void protected_absent_and_null_acls_keep_what_they_have(void **state)
{
    (void)state;

    expect_dacl("D:(A;OI;FR;;;WD)", "D:P(A;ID;FR;;;WD)", "D:PAI(A;ID;FR;;;WD)");
    expect_dacl("D:(A;OI;FR;;;WD)S:(AU;OISA;FR;;;WD)", "D:P(A;ID;FX;;;WD)S:P(AU;IDSA;FX;;;WD)",
                "D:PAI(A;ID;FX;;;WD)S:PAI(AU;IDSA;FX;;;WD)");
    expect_dacl("D:(A;OI;FR;;;WD)", "O:BA", "O:BA");
    expect_dacl("D:(A;OI;FR;;;WD)", "D:NO_ACCESS_CONTROL", "D:PAINO_ACCESS_CONTROL");
    expect_null_sacl_kept();
}

static void each_acl_is_converted_by_itself(void **state)
{
    (void)state;

    expect_dacl("D:(A;OI;FR;;;WD)S:(AU;OISA;FR;;;WD)", "D:(A;;FR;;;WD)S:(AU;FA;FR;;;WD)",
                "D:AI(A;ID;FR;;;WD)S:PAI(AU;FA;FR;;;WD)");
}

static void an_acl_that_is_not_named_stays_as_it_is(void **state)
{
    struct made_sd child = sd_of("D:(A;ID;FR;;;WD)S:(AU;IDSA;FR;;;WD)");
    const tsr_heritage heritage = {.child = &child.sd, .mapping = &file_mapping};
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_ok(tsr_sd_convert_to_auto_inherit(&heritage, DACL_SECURITY_INFORMATION, &bytes, &size));
    expect_sddl(bytes, size, "D:PAI(A;;FR;;;WD)S:(AU;IDSA;FR;;;WD)");
    expect_ok(tsr_sd_convert_to_auto_inherit(&heritage, SACL_SECURITY_INFORMATION, &bytes, &size));
    expect_sddl(bytes, size, "D:(A;ID;FR;;;WD)S:PAI(AU;SA;FR;;;WD)");
    free(child.bytes);
}

static void without_a_parent_everything_is_the_objects_own(void **state)
{
    struct made_sd child = sd_of("D:(A;ID;FR;;;WD)S:(AU;SA;FR;;;WD)");
    tsr_heritage heritage = {.child = &child.sd, .mapping = &file_mapping};
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_ok(tsr_sd_convert_to_auto_inherit(&heritage, BOTH, &bytes, &size));
    expect_sddl(bytes, size, "D:PAI(A;;FR;;;WD)S:PAI(AU;SA;FR;;;WD)");
    free(child.bytes);
}

static void a_conversion_of_nothing_or_without_a_mapping_is_refused(void **state)
{
    struct made_sd child = sd_of("D:");
    tsr_heritage heritage = {.mapping = &file_mapping};
    uint8_t *bytes = NULL;
    size_t size = 77;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_sd_convert_to_auto_inherit(&heritage, BOTH, &bytes, &size));
    heritage.child = &child.sd;
    heritage.n_types = 1;
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_sd_convert_to_auto_inherit(&heritage, BOTH, &bytes, &size));
    heritage.n_types = 0;
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_sd_convert_to_auto_inherit(&heritage, 0, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_sd_convert_to_auto_inherit(&heritage, BOTH | LABEL_SECURITY_INFORMATION,
                                                 &bytes, &size));
    heritage.mapping = NULL;
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_sd_convert_to_auto_inherit(&heritage, BOTH, &bytes, &size));
    assert_null(bytes);
    assert_int_equal(size, 77);
    free(child.bytes);
}

static void absent_acls_leave_no_mark(void **state)
{
    struct made_sd parent = sd_of("D:(A;OI;FR;;;WD)S:(AU;OISA;FR;;;WD)");
    struct made_sd child = sd_of("O:BA");
    const tsr_heritage heritage = {
        .parent = &parent.sd, .child = &child.sd, .mapping = &file_mapping};
    struct made_sd converted = {0};
    size_t size;

    (void)state;

    expect_ok(tsr_sd_convert_to_auto_inherit(&heritage, BOTH, &converted.bytes, &size));
    expect_ok(tsr_sd_view(converted.bytes, size, &converted.sd));
    assert_int_equal(converted.sd.control, SE_SELF_RELATIVE);
    free(converted.bytes);
    free(parent.bytes);
    free(child.bytes);
}

static void expect_explicit(const char *sddl, uint32_t information, const char *expected)
{
    struct made_sd sd = sd_of(sddl);
    uint8_t *bytes = NULL;
    size_t size;

    expect_ok(tsr_sd_make_explicit(&sd.sd, information, &bytes, &size));
    expect_sddl(bytes, size, expected);
    free(sd.bytes);
}

static void the_way_back_makes_everything_explicit_and_protected(void **state)
{
    const char *sddl = "O:BAG:SYD:AI(A;OICI;GA;;;CO)(A;CIID;FR;;;WD)S:AI(AU;IDSA;FR;;;WD)";

    (void)state;

    expect_explicit(sddl, BOTH, "O:BAG:SYD:PAI(A;OICI;GA;;;CO)(A;CI;FR;;;WD)S:PAI(AU;SA;FR;;;WD)");
    expect_explicit(sddl, DACL_SECURITY_INFORMATION,
                    "O:BAG:SYD:PAI(A;OICI;GA;;;CO)(A;CI;FR;;;WD)S:AI(AU;IDSA;FR;;;WD)");
    expect_explicit(sddl, SACL_SECURITY_INFORMATION,
                    "O:BAG:SYD:AI(A;OICI;GA;;;CO)(A;CIID;FR;;;WD)S:PAI(AU;SA;FR;;;WD)");
    expect_explicit("D:NO_ACCESS_CONTROL", BOTH, "D:PNO_ACCESS_CONTROL");
}

static void what_is_no_acl_cannot_be_made_explicit(void **state)
{
    struct made_sd sd = sd_of("D:");
    uint8_t *bytes = NULL;
    size_t size = 77;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, tsr_sd_make_explicit(&sd.sd, 0, &bytes, &size));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_sd_make_explicit(&sd.sd, BOTH | OWNER_SECURITY_INFORMATION, &bytes, &size));
    assert_null(bytes);
    assert_int_equal(size, 77);
    free(sd.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_parent_hands_down_is_marked_and_the_rest_is_not),
        cmocka_unit_test(generic_rights_and_creator_sids_are_compared_as_they_are_handed_down),
        cmocka_unit_test(rights_that_the_type_does_not_have_are_not_handed_down),
        cmocka_unit_test(an_entry_that_was_marked_wrongly_becomes_the_objects_own),
        cmocka_unit_test(of_equal_entries_the_last_is_the_inherited_one),
        cmocka_unit_test(an_entry_that_is_missing_or_out_of_order_protects_the_acl),
        cmocka_unit_test(a_parent_that_hands_down_nothing_protects_the_acl),
        cmocka_unit_test(grants_and_denials_do_not_change_places),
        cmocka_unit_test(a_label_does_not_move_behind_another),
        cmocka_unit_test(entries_of_unknown_type_and_others_do_not_change_places),
        cmocka_unit_test(protected_absent_and_null_acls_keep_what_they_have),
        cmocka_unit_test(each_acl_is_converted_by_itself),
        cmocka_unit_test(an_acl_that_is_not_named_stays_as_it_is),
        cmocka_unit_test(without_a_parent_everything_is_the_objects_own),
        cmocka_unit_test(a_conversion_of_nothing_or_without_a_mapping_is_refused),
        cmocka_unit_test(absent_acls_leave_no_mark),
        cmocka_unit_test(the_way_back_makes_everything_explicit_and_protected),
        cmocka_unit_test(what_is_no_acl_cannot_be_made_explicit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
