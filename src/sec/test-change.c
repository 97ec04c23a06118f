/* SPDX-License-Identifier: MIT */
/* Unit tests: changing parts of a descriptor, and selecting them. */

#include "sec/assign.h"

#include <support/expect.h>

#include <tessera/privilege.h>
#include <tessera/sddl.h>

#define USER  "S-1-5-21-1-2-3-1000"
#define OTHER "S-1-5-21-1-2-3-2000"

#define SACL_PARTS                                                                             \
    (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION | \
     SCOPE_SECURITY_INFORMATION)
#define ALL_PARTS                                                                          \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_PARTS)

#define CURRENT                                                      \
    "O:SYG:BAD:PAI(A;OICI;FA;;;SY)(A;ID;GR;;;WD)S:AI(AU;SA;GW;;;WD)" \
    "(ML;;NW;;;ME)(SP;;;;;S-1-17-1)"

static const tsr_generic_mapping file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                                 FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

/* A descriptor and the bytes it lies in. */
struct made_sd {
    uint8_t *bytes;
    tsr_sd sd;
};

struct fixture {
    tsr_sid user;
    tsr_sid integrity;
    struct assigner assigner;
    uint32_t flags;
    struct made_sd current;
    struct made_sd change;
    struct made_sd result;
};

static bool is_user(const void *context, const tsr_sid *sid)
{
    return tsr_sid_equal(context, sid);
}

static struct made_sd sd_of(const char *sddl)
{
    struct made_sd made = {0};
    size_t size;

    expect_ok(tsr_sddl_parse(sddl, NULL, &made.bytes, &size, NULL));
    expect_ok(tsr_sd_view(made.bytes, size, &made.sd));
    return made;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    fixture->user = sid_of(USER);
    fixture->integrity = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    fixture->assigner = (struct assigner){.user = &fixture->user,
                                          .owner = &fixture->user,
                                          .integrity = &fixture->integrity,
                                          .may_own = is_user,
                                          .context = &fixture->user};
    fixture->current = sd_of(CURRENT);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    free(fixture->current.bytes);
    free(fixture->change.bytes);
    free(fixture->result.bytes);
    free(fixture);
    return 0;
}

static void give_current(struct fixture *fixture, const char *sddl)
{
    free(fixture->current.bytes);
    fixture->current = sd_of(sddl);
}

static void give_change(struct fixture *fixture, const char *sddl)
{
    free(fixture->change.bytes);
    fixture->change = sd_of(sddl);
}

static void keep_result(struct fixture *fixture, uint8_t *bytes, size_t size)
{
    free(fixture->result.bytes);
    fixture->result.bytes = bytes;
    expect_ok(tsr_sd_view(bytes, size, &fixture->result.sd));
}

static tsr_status change(struct fixture *fixture, uint32_t information)
{
    uint8_t *bytes = NULL;
    size_t size = 77;
    const tsr_change_request request = {.information = information,
                                        .change =
                                            fixture->change.bytes ? &fixture->change.sd : NULL,
                                        .flags = fixture->flags,
                                        .mapping = &file_mapping};
    const tsr_status status =
        sd_change(&fixture->assigner, &fixture->current.sd, &request, &bytes, &size);

    if (tsr_failed(status)) {
        assert_null(bytes);
        assert_int_equal(size, 77);
    } else {
        keep_result(fixture, bytes, size);
    }
    return status;
}

static void select_parts(struct fixture *fixture, uint32_t information)
{
    uint8_t *bytes = NULL;
    size_t size;

    expect_ok(tsr_sd_select(&fixture->current.sd, information, &bytes, &size));
    keep_result(fixture, bytes, size);
}

static void expect_result(const struct fixture *fixture, const char *sddl)
{
    char *text = NULL;

    expect_ok(tsr_sddl_format(&fixture->result.sd, ALL_PARTS, NULL, &text));
    assert_string_equal(text, sddl);
    free(text);
}

static void expect_same_acl(const tsr_acl *a, const tsr_acl *b)
{
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->bytes, b->bytes, a->size);
}

/* Covers AC-14-38. */
static void naming_no_part_changes_nothing(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "O:" OTHER "G:" OTHER "D:S:");
    expect_ok(change(fixture, 0));

    expect_result(fixture, CURRENT);
    assert_int_equal(fixture->result.sd.control, fixture->current.sd.control);
}

static void unknown_parts_are_refused(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, CURRENT);

    expect_status(STATUS_INVALID_PARAMETER, change(fixture, 0x80));
    expect_status(STATUS_INVALID_PARAMETER,
                  change(fixture, DACL_SECURITY_INFORMATION | 0x08000000));
}

static void protecting_makes_a_single_inherited_entry_the_objects_own(void **state)
{
    struct fixture *fixture = *state;

    fixture->flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT;
    give_current(fixture, "D:AI(A;ID;FA;;;WD)S:AI(AU;IDSA;FA;;;WD)");
    expect_ok(
        change(fixture, PROTECTED_DACL_SECURITY_INFORMATION | PROTECTED_SACL_SECURITY_INFORMATION));
    expect_result(fixture, "D:PAI(A;;FA;;;WD)S:PAI(AU;SA;FA;;;WD)");
}

static void what_is_not_named_is_not_marked_by_flags(void **state)
{
    struct fixture *fixture = *state;

    fixture->flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT;
    give_current(fixture, "D:(A;;FA;;;WD)S:(AU;SA;FA;;;WD)");
    expect_ok(change(fixture, 0));
    expect_result(fixture, "D:(A;;FA;;;WD)S:(AU;SA;FA;;;WD)");
}

static void a_change_without_a_mapping_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const tsr_change_request request = {.information = PROTECTED_DACL_SECURITY_INFORMATION};
    uint8_t *bytes = NULL;
    size_t size = 77;

    expect_status(STATUS_INVALID_PARAMETER,
                  sd_change(&fixture->assigner, &fixture->current.sd, &request, &bytes, &size));
    assert_null(bytes);
    assert_int_equal(size, 77);
}

static void one_becomes_owner_of_what_one_may_own(void **state)
{
    struct fixture *fixture = *state;

    fixture->current.sd.control |= SE_OWNER_DEFAULTED | SE_GROUP_DEFAULTED;
    give_change(fixture, "O:" USER "G:" OTHER "D:S:");
    expect_ok(change(fixture, OWNER_SECURITY_INFORMATION));

    expect_result(fixture, "O:" USER "G:BAD:PAI(A;OICI;FA;;;SY)(A;ID;GR;;;WD)S:AI(AU;SA;GW;;;WD)"
                           "(ML;;NW;;;ME)(SP;;;;;S-1-17-1)");
    assert_false(fixture->result.sd.control & SE_OWNER_DEFAULTED);
    assert_true(fixture->result.sd.control & SE_GROUP_DEFAULTED);
}

static void an_owner_outside_the_token_needs_restore_privilege(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "O:" OTHER);
    expect_status(STATUS_INVALID_OWNER, change(fixture, OWNER_SECURITY_INFORMATION));
    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE);
    expect_status(STATUS_INVALID_OWNER, change(fixture, OWNER_SECURITY_INFORMATION));

    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE);
    expect_ok(change(fixture, OWNER_SECURITY_INFORMATION));
}

static void an_owner_or_group_that_is_named_must_be_given(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "D:");

    expect_status(STATUS_INVALID_OWNER, change(fixture, OWNER_SECURITY_INFORMATION));
    expect_status(STATUS_INVALID_PRIMARY_GROUP, change(fixture, GROUP_SECURITY_INFORMATION));
}

static void any_group_may_be_set(void **state)
{
    struct fixture *fixture = *state;

    fixture->current.sd.control |= SE_OWNER_DEFAULTED | SE_GROUP_DEFAULTED;
    give_change(fixture, "G:" OTHER);
    expect_ok(change(fixture, GROUP_SECURITY_INFORMATION));

    expect_result(fixture, "O:SYG:" OTHER "D:PAI(A;OICI;FA;;;SY)(A;ID;GR;;;WD)"
                           "S:AI(AU;SA;GW;;;WD)(ML;;NW;;;ME)(SP;;;;;S-1-17-1)");
    assert_true(fixture->result.sd.control & SE_OWNER_DEFAULTED);
    assert_false(fixture->result.sd.control & SE_GROUP_DEFAULTED);
}

/* Covers AC-3-5, AC-14-41. */
static void a_new_dacl_is_mapped_where_it_acts(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "D:(A;;GR;;;WD)(A;OICIIO;GA;;;CO)(A;ID;GXGW;;;BU)(A;;0x200001;;;SY)");
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION));

    expect_result(fixture, "O:SYG:BAD:(A;;FR;;;WD)(A;OICIIO;GA;;;CO)(A;ID;0x1201b6;;;BU)"
                           "(A;;0x200001;;;SY)S:AI(AU;SA;GW;;;WD)(ML;;NW;;;ME)(SP;;;;;S-1-17-1)");
}

/* Covers AC-14-39, AC-14-40. */
static void dacl_control_is_stored_as_windows_stores_it(void **state)
{
    static const struct {
        uint16_t given;
        uint16_t stored;
    } rows[] = {
        {0, 0},
        {SE_DACL_PROTECTED, SE_DACL_PROTECTED},
        {SE_DACL_AUTO_INHERITED, 0},
        {SE_DACL_AUTO_INHERIT_REQ, 0},
        {SE_DACL_AUTO_INHERITED | SE_DACL_AUTO_INHERIT_REQ, SE_DACL_AUTO_INHERITED},
        {SE_DACL_DEFAULTED | SE_DACL_TRUSTED | SE_SERVER_SECURITY, 0},
        {SE_SACL_PROTECTED | SE_OWNER_DEFAULTED, 0},
    };
    const uint16_t untouched = SE_SELF_RELATIVE | SE_SACL_PRESENT | SE_SACL_AUTO_INHERITED;
    struct fixture *fixture = *state;

    fixture->current.sd.control |= SE_DACL_DEFAULTED | SE_DACL_TRUSTED | SE_DACL_AUTO_INHERIT_REQ;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        give_change(fixture, "D:(A;;FR;;;WD)");
        fixture->change.sd.control |= rows[i].given;

        expect_ok(change(fixture, DACL_SECURITY_INFORMATION));

        assert_int_equal(fixture->result.sd.control, untouched | SE_DACL_PRESENT | rows[i].stored);
    }
}

static void the_null_dacl_is_set_only_when_it_is_spelled_out(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "O:SY");
    expect_status(STATUS_INVALID_PARAMETER, change(fixture, DACL_SECURITY_INFORMATION));

    give_change(fixture, "D:NO_ACCESS_CONTROL");
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION));
    assert_true(fixture->result.sd.has_dacl);
    assert_null(fixture->result.sd.dacl.bytes);
}

static void an_empty_dacl_stays_empty(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "D:");
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION));

    assert_non_null(fixture->result.sd.dacl.bytes);
    assert_int_equal(fixture->result.sd.dacl.n_aces, 0);
}

/* Covers AC-14-38. */
static void a_new_sacl_leaves_label_and_scope(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "S:P(AU;FA;GA;;;BU)(ML;;NWNR;;;S-1-16-0)(SP;;;;;S-1-17-2)");
    expect_ok(change(fixture, SACL_SECURITY_INFORMATION));

    expect_result(fixture, "O:SYG:BAD:PAI(A;OICI;FA;;;SY)(A;ID;GR;;;WD)"
                           "S:P(ML;;NW;;;ME)(SP;;;;;S-1-17-1)(AU;FA;FA;;;BU)");
}

/* Covers AC-14-38. */
static void a_new_label_leaves_auditing_and_scope(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "S:P(AU;FA;GA;;;BU)(ML;;NWNR;;;S-1-16-0)(SP;;;;;S-1-17-2)");
    expect_ok(change(fixture, LABEL_SECURITY_INFORMATION));

    expect_result(fixture, "O:SYG:BAD:PAI(A;OICI;FA;;;SY)(A;ID;GR;;;WD)"
                           "S:AI(AU;SA;GW;;;WD)(SP;;;;;S-1-17-1)(ML;;NWNR;;;S-1-16-0)");
}

static void a_new_scope_leaves_auditing_and_label(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "S:(AU;FA;GA;;;BU)(ML;;NWNR;;;S-1-16-0)(SP;;;;;S-1-17-2)");
    expect_ok(change(fixture, SCOPE_SECURITY_INFORMATION));

    expect_result(fixture, "O:SYG:BAD:PAI(A;OICI;FA;;;SY)(A;ID;GR;;;WD)"
                           "S:AI(AU;SA;GW;;;WD)(ML;;NW;;;ME)(SP;;;;;S-1-17-2)");
}

static void all_sacl_parts_together_replace_the_sacl(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "S:(ML;;NWNR;;;S-1-16-0)(AU;FA;FA;;;BU)");
    expect_ok(change(fixture, SACL_PARTS));

    expect_result(fixture, "O:SYG:BAD:PAI(A;OICI;FA;;;SY)(A;ID;GR;;;WD)"
                           "S:(ML;;NWNR;;;S-1-16-0)(AU;FA;FA;;;BU)");
}

static void taking_the_last_ace_away_takes_the_sacl(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "O:SY");
    give_current(fixture, "O:SYG:BAS:(AU;SA;FW;;;WD)");
    expect_ok(change(fixture, SACL_SECURITY_INFORMATION));
    expect_result(fixture, "O:SYG:BA");
    assert_int_equal(fixture->result.sd.control, SE_SELF_RELATIVE);

    give_current(fixture, "O:SYG:BAS:(AU;SA;FW;;;WD)(ML;;NW;;;ME)");
    expect_ok(change(fixture, SACL_SECURITY_INFORMATION));
    expect_result(fixture, "O:SYG:BAS:(ML;;NW;;;ME)");
}

static void an_object_without_sacl_gets_one_with_its_first_label(void **state)
{
    struct fixture *fixture = *state;

    give_current(fixture, "O:SYG:BA");
    give_change(fixture, "O:SY");
    expect_ok(change(fixture, LABEL_SECURITY_INFORMATION));
    assert_false(fixture->result.sd.has_sacl);

    give_change(fixture, "S:(ML;;NW;;;LW)");
    expect_ok(change(fixture, LABEL_SECURITY_INFORMATION));
    expect_result(fixture, "O:SYG:BAS:(ML;;NW;;;LW)");
}

/* Covers AC-14-35. */
static void a_label_above_the_own_level_needs_relabel_privilege(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "S:(ML;;NW;;;HI)");
    expect_status(STATUS_PRIVILEGE_NOT_HELD, change(fixture, LABEL_SECURITY_INFORMATION));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, change(fixture, SACL_PARTS));
    expect_ok(change(fixture, SACL_SECURITY_INFORMATION));

    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE);
    expect_ok(change(fixture, LABEL_SECURITY_INFORMATION));
}

static void a_later_refusal_leaves_nothing_half_done(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "O:" USER "G:" OTHER "D:S:(ML;;NW;;;HI)");

    expect_status(STATUS_PRIVILEGE_NOT_HELD, change(fixture, ALL_PARTS));
}

/* Covers AC-14-38. */
static void parts_not_named_stay_to_the_byte(void **state)
{
    /* An ACL with slack behind its ACE and inside it, of revision 4 without need. */
    static const uint8_t dacl[] = {4, 0, 36, 0, 1, 0, 0, 0, 0, 0, 24, 0, 1, 0, 0, 0x80, 1, 1,
                                   0, 0, 0,  0, 0, 1, 0, 0, 0, 0, 9,  9, 9, 9, 7, 7,    7, 7};
    struct fixture *fixture = *state;
    tsr_sd_parts parts = {.control = SE_DACL_TRUSTED | SE_RM_CONTROL_VALID,
                          .resource_manager_control = 0x5a,
                          .has_dacl = true};
    size_t size;

    free(fixture->current.bytes);
    expect_ok(tsr_acl_view(dacl, sizeof(dacl), &parts.dacl));
    expect_ok(tsr_sd_build(&parts, &fixture->current.bytes, &size));
    expect_ok(tsr_sd_view(fixture->current.bytes, size, &fixture->current.sd));
    give_change(fixture, "O:" USER "G:" OTHER "S:(AU;SA;FA;;;WD)");
    expect_ok(change(fixture, ALL_PARTS & ~DACL_SECURITY_INFORMATION));

    expect_same_acl(&fixture->result.sd.dacl, &fixture->current.sd.dacl);
    assert_int_equal(fixture->result.sd.control, fixture->current.sd.control | SE_SACL_PRESENT);
    assert_int_equal(fixture->result.sd.resource_manager_control, 0x5a);
}

/* Covers AC-1.4-5. */
static void a_result_past_the_size_of_an_acl_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const tsr_sid everyone = TSR_SID_EVERYONE;
    tsr_acl_builder builder = {0};
    tsr_sd_parts parts = {.has_sacl = true};
    uint8_t *acl;
    size_t size;

    for (size_t i = 0; i < 3276; i++) {
        tsr_acl_builder_add(&builder, SYSTEM_AUDIT_ACE_TYPE, SUCCESSFUL_ACCESS_ACE_FLAG, DELETE,
                            &everyone);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &acl, &parts.sacl));
    free(fixture->change.bytes);
    expect_ok(tsr_sd_build(&parts, &fixture->change.bytes, &size));
    expect_ok(tsr_sd_view(fixture->change.bytes, size, &fixture->change.sd));

    expect_status(STATUS_INVALID_ACL, change(fixture, SACL_SECURITY_INFORMATION));
    free(acl);
}

static void selecting_everything_copies_everything(void **state)
{
    struct fixture *fixture = *state;

    select_parts(fixture, ALL_PARTS);

    assert_int_equal(fixture->result.sd.size, fixture->current.sd.size);
    assert_memory_equal(fixture->result.bytes, fixture->current.bytes, fixture->current.sd.size);
}

static void each_part_is_selected_alone(void **state)
{
    static const struct {
        uint32_t information;
        const char *sddl;
    } rows[] = {
        {0, ""},
        {OWNER_SECURITY_INFORMATION, "O:SY"},
        {GROUP_SECURITY_INFORMATION, "G:BA"},
        {DACL_SECURITY_INFORMATION, "D:PAI(A;OICI;FA;;;SY)(A;ID;GR;;;WD)"},
        {SACL_SECURITY_INFORMATION, "S:AI(AU;SA;GW;;;WD)"},
        {LABEL_SECURITY_INFORMATION, "S:(ML;;NW;;;ME)"},
        {ATTRIBUTE_SECURITY_INFORMATION, ""},
        {SCOPE_SECURITY_INFORMATION, "S:(SP;;;;;S-1-17-1)"},
        {LABEL_SECURITY_INFORMATION | SCOPE_SECURITY_INFORMATION,
         "S:(ML;;NW;;;ME)(SP;;;;;S-1-17-1)"},
        {0x80000000 | OWNER_SECURITY_INFORMATION, "O:SY"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        select_parts(fixture, rows[i].information);

        expect_result(fixture, rows[i].sddl);
    }
}

static void control_bits_go_with_their_part(void **state)
{
    static const struct {
        uint32_t information;
        uint16_t control;
    } rows[] = {
        {OWNER_SECURITY_INFORMATION, SE_OWNER_DEFAULTED},
        {GROUP_SECURITY_INFORMATION, SE_GROUP_DEFAULTED},
        {DACL_SECURITY_INFORMATION, SE_DACL_PRESENT | SE_DACL_PROTECTED | SE_DACL_AUTO_INHERITED},
        {SACL_SECURITY_INFORMATION, SE_SACL_PRESENT | SE_SACL_AUTO_INHERITED},
        {LABEL_SECURITY_INFORMATION, SE_SACL_PRESENT},
        {ATTRIBUTE_SECURITY_INFORMATION, 0},
    };
    struct fixture *fixture = *state;

    fixture->current.sd.control |= SE_OWNER_DEFAULTED | SE_GROUP_DEFAULTED;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        select_parts(fixture, rows[i].information);

        assert_int_equal(fixture->result.sd.control, SE_SELF_RELATIVE | rows[i].control);
    }
}

static void absent_parts_stay_absent(void **state)
{
    struct fixture *fixture = *state;

    give_current(fixture, "");
    select_parts(fixture, ALL_PARTS);

    assert_int_equal(fixture->result.sd.control, SE_SELF_RELATIVE);
    assert_null(fixture->result.sd.owner);
    assert_null(fixture->result.sd.group);
}

static void null_dacl_and_empty_sacl_are_selected_as_such(void **state)
{
    struct fixture *fixture = *state;

    give_current(fixture, "D:NO_ACCESS_CONTROLS:");
    select_parts(fixture, DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION);

    assert_true(fixture->result.sd.has_dacl);
    assert_null(fixture->result.sd.dacl.bytes);
    assert_true(fixture->result.sd.has_sacl);
    assert_int_equal(fixture->result.sd.sacl.n_aces, 0);
}

/* Covers AC-14-45. */
static void reading_a_part_needs_the_right_to_read_it(void **state)
{
    (void)state;

    assert_int_equal(tsr_sd_query_rights(0), 0);
    assert_int_equal(tsr_sd_query_rights(OWNER_SECURITY_INFORMATION), READ_CONTROL);
    assert_int_equal(tsr_sd_query_rights(GROUP_SECURITY_INFORMATION), READ_CONTROL);
    assert_int_equal(tsr_sd_query_rights(DACL_SECURITY_INFORMATION), READ_CONTROL);
    assert_int_equal(tsr_sd_query_rights(SACL_SECURITY_INFORMATION), ACCESS_SYSTEM_SECURITY);
    assert_int_equal(tsr_sd_query_rights(LABEL_SECURITY_INFORMATION), READ_CONTROL);
    assert_int_equal(tsr_sd_query_rights(ATTRIBUTE_SECURITY_INFORMATION), READ_CONTROL);
    assert_int_equal(tsr_sd_query_rights(SCOPE_SECURITY_INFORMATION), READ_CONTROL);
    assert_int_equal(tsr_sd_query_rights(ALL_PARTS), READ_CONTROL | ACCESS_SYSTEM_SECURITY);
}

/* Covers AC-14-43, AC-14-44. */
static void changing_a_part_needs_the_right_to_change_it(void **state)
{
    (void)state;

    assert_int_equal(tsr_sd_change_rights(0), 0);
    assert_int_equal(tsr_sd_change_rights(OWNER_SECURITY_INFORMATION), WRITE_OWNER);
    assert_int_equal(tsr_sd_change_rights(GROUP_SECURITY_INFORMATION), WRITE_OWNER);
    assert_int_equal(tsr_sd_change_rights(DACL_SECURITY_INFORMATION), WRITE_DAC);
    assert_int_equal(tsr_sd_change_rights(SACL_SECURITY_INFORMATION), ACCESS_SYSTEM_SECURITY);
    assert_int_equal(tsr_sd_change_rights(LABEL_SECURITY_INFORMATION), WRITE_OWNER);
    assert_int_equal(tsr_sd_change_rights(ATTRIBUTE_SECURITY_INFORMATION), WRITE_DAC);
    assert_int_equal(tsr_sd_change_rights(SCOPE_SECURITY_INFORMATION), ACCESS_SYSTEM_SECURITY);
    assert_int_equal(tsr_sd_change_rights(ALL_PARTS),
                     WRITE_OWNER | WRITE_DAC | ACCESS_SYSTEM_SECURITY);
}

/* Covers AC-14-51. */
static void inheriting_automatically_keeps_what_was_inherited_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;

    fixture->flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT;
    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE);
    give_current(fixture, "O:SYG:BAD:(A;;FX;;;SY)(A;ID;FR;;;WD)S:(AU;IDSA;FW;;;WD)(AU;FA;FW;;;BG)");
    give_change(fixture, "D:(D;;GW;;;BG)(A;ID;FA;;;BU)S:(AU;SA;GX;;;BU)(AU;IDSA;FA;;;BG)");

    expect_ok(change(fixture, DACL_SECURITY_INFORMATION | SACL_PARTS));
    expect_result(fixture,
                  "O:SYG:BAD:AI(D;;FW;;;BG)(A;ID;FR;;;WD)S:AI(AU;SA;FX;;;BU)(AU;IDSA;FW;;;WD)");

    fixture->flags = SEF_SACL_AUTO_INHERIT;
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION | SACL_PARTS));
    expect_result(fixture, "O:SYG:BAD:(D;;FW;;;BG)(A;ID;FA;;;BU)"
                           "S:AI(AU;SA;FX;;;BU)(AU;IDSA;FW;;;WD)");
}

static void a_new_acl_that_is_protected_owns_all_it_has(void **state)
{
    struct fixture *fixture = *state;

    fixture->flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT;
    give_current(fixture, "O:SYG:BAD:AI(A;ID;FR;;;WD)S:AI(AU;IDSA;FW;;;WD)");
    give_change(fixture, "D:P(A;;FX;;;SY)(A;ID;FA;;;BU)S:P(AU;IDSA;FX;;;BU)");

    expect_ok(change(fixture, DACL_SECURITY_INFORMATION | SACL_PARTS));
    expect_result(fixture, "O:SYG:BAD:P(A;;FX;;;SY)(A;;FA;;;BU)S:P(AU;SA;FX;;;BU)");

    give_change(fixture, "D:PARAI(A;ID;FA;;;BU)");
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION));
    expect_result(fixture, "O:SYG:BAD:PAI(A;;FA;;;BU)S:AI(AU;IDSA;FW;;;WD)");
}

static void an_acl_that_was_protected_is_replaced_as_given(void **state)
{
    struct fixture *fixture = *state;

    fixture->flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT;
    give_current(fixture, "O:SYG:BAD:PAI(A;ID;FR;;;WD)S:P(AU;IDSA;FW;;;WD)");
    give_change(fixture, "D:(A;;FX;;;SY)(A;ID;FA;;;BU)S:(AU;IDSA;FX;;;BU)");

    expect_ok(change(fixture, DACL_SECURITY_INFORMATION | SACL_PARTS));
    expect_result(fixture, "O:SYG:BAD:AI(A;;FX;;;SY)(A;ID;FA;;;BU)S:AI(AU;IDSA;FX;;;BU)");
}

static void a_null_dacl_stays_one_when_inheriting_automatically(void **state)
{
    struct fixture *fixture = *state;

    fixture->flags = SEF_DACL_AUTO_INHERIT;
    give_current(fixture, "D:AI(A;ID;FR;;;WD)");
    give_change(fixture, "D:NO_ACCESS_CONTROL");

    expect_ok(change(fixture, DACL_SECURITY_INFORMATION));
    expect_result(fixture, "D:AINO_ACCESS_CONTROL");
}

static void part_of_a_sacl_keeps_the_inherited_entries_of_that_part(void **state)
{
    struct fixture *fixture = *state;

    fixture->flags = SEF_SACL_AUTO_INHERIT;
    give_current(fixture, "S:AI(AU;IDSA;FW;;;WD)(ML;ID;NW;;;LW)(ML;;NW;;;S-1-16-0)");
    give_change(fixture, "S:P(ML;;NR;;;LW)");

    expect_ok(change(fixture, LABEL_SECURITY_INFORMATION));
    expect_result(fixture, "S:AI(AU;IDSA;FW;;;WD)(ML;;NR;;;LW)(ML;ID;NW;;;LW)");
}

static void protection_is_set_and_cleared_with_the_acl(void **state)
{
    struct fixture *fixture = *state;

    give_change(fixture, "D:(A;;FX;;;SY)");
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION));
    assert_true(fixture->result.sd.control & SE_DACL_PROTECTED);

    give_change(fixture, "D:P(A;;FX;;;SY)");
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION | UNPROTECTED_DACL_SECURITY_INFORMATION));
    assert_false(fixture->result.sd.control & SE_DACL_PROTECTED);

    give_change(fixture, "S:P");
    expect_ok(change(fixture, SACL_PARTS | UNPROTECTED_SACL_SECURITY_INFORMATION));
    assert_false(fixture->result.sd.control & SE_SACL_PROTECTED);

    give_change(fixture, "S:");
    expect_ok(change(fixture, SACL_PARTS | PROTECTED_SACL_SECURITY_INFORMATION));
    assert_true(fixture->result.sd.control & SE_SACL_PROTECTED);
}

static void protection_set_with_the_acl_concerns_that_one(void **state)
{
    struct fixture *fixture = *state;

    give_current(fixture, "D:AI(A;ID;FR;;;WD)S:AI(AU;IDSA;FW;;;WD)");
    give_change(fixture, "D:(A;;FX;;;SY)(A;ID;FX;;;BU)S:(AU;IDSA;FX;;;BU)");
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION |
                                  SACL_PARTS | PROTECTED_SACL_SECURITY_INFORMATION));
    expect_result(fixture, "D:P(A;;FX;;;SY)(A;ID;FX;;;BU)S:P(AU;IDSA;FX;;;BU)");

    fixture->flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT;
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION |
                                  SACL_PARTS | PROTECTED_SACL_SECURITY_INFORMATION));
    expect_result(fixture, "D:P(A;;FX;;;SY)(A;;FX;;;BU)S:P(AU;SA;FX;;;BU)");
}

static void protection_alone_leaves_the_entries(void **state)
{
    const uint32_t protect =
        PROTECTED_DACL_SECURITY_INFORMATION | PROTECTED_SACL_SECURITY_INFORMATION;
    const uint32_t unprotect =
        UNPROTECTED_DACL_SECURITY_INFORMATION | UNPROTECTED_SACL_SECURITY_INFORMATION;
    struct fixture *fixture = *state;

    give_current(fixture, "D:AI(A;OICI;GA;;;WD)(A;ID;FR;;;WD)S:AI(AU;IDSA;FW;;;WD)");
    expect_ok(change(fixture, protect));
    expect_result(fixture, "D:PAI(A;OICI;GA;;;WD)(A;ID;FR;;;WD)S:PAI(AU;IDSA;FW;;;WD)");

    fixture->flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT;
    expect_ok(change(fixture, protect));
    expect_result(fixture, "D:PAI(A;OICI;GA;;;WD)(A;;FR;;;WD)S:PAI(AU;SA;FW;;;WD)");

    give_current(fixture, "D:P(A;OICI;GA;;;WD)S:P(AU;SA;FW;;;WD)");
    fixture->flags = 0;
    expect_ok(change(fixture, unprotect));
    expect_result(fixture, "D:(A;OICI;GA;;;WD)S:(AU;SA;FW;;;WD)");

    fixture->flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT;
    expect_ok(change(fixture, unprotect));
    expect_result(fixture, "D:AI(A;OICI;GA;;;WD)S:AI(AU;SA;FW;;;WD)");

    give_current(fixture, "D:NO_ACCESS_CONTROL");
    expect_ok(change(fixture, protect));
    expect_result(fixture, "D:PNO_ACCESS_CONTROL");
}

static void a_sacl_may_be_protected_while_its_label_is_changed(void **state)
{
    struct fixture *fixture = *state;

    fixture->flags = SEF_SACL_AUTO_INHERIT;
    give_current(fixture, "S:AI(AU;IDSA;FW;;;WD)");
    give_change(fixture, "S:(ML;;NW;;;LW)");

    expect_ok(change(fixture, LABEL_SECURITY_INFORMATION | PROTECTED_SACL_SECURITY_INFORMATION));
    expect_result(fixture, "S:PAI(AU;SA;FW;;;WD)(ML;;NW;;;LW)");
}

static void protected_and_unprotected_exclude_each_other(void **state)
{
    struct fixture *fixture = *state;

    expect_status(STATUS_INVALID_PARAMETER,
                  change(fixture, PROTECTED_DACL_SECURITY_INFORMATION |
                                      UNPROTECTED_DACL_SECURITY_INFORMATION));
    expect_status(STATUS_INVALID_PARAMETER,
                  change(fixture, PROTECTED_SACL_SECURITY_INFORMATION |
                                      UNPROTECTED_SACL_SECURITY_INFORMATION));
    expect_ok(change(fixture,
                     PROTECTED_DACL_SECURITY_INFORMATION | UNPROTECTED_SACL_SECURITY_INFORMATION));
}

static void flags_that_say_nothing_about_changes_are_refused(void **state)
{
    static const uint32_t refused[] = {SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT,
                                       SEF_DEFAULT_OWNER_FROM_PARENT,
                                       SEF_DEFAULT_GROUP_FROM_PARENT,
                                       SEF_MACL_NO_WRITE_UP,
                                       SEF_MACL_NO_READ_UP,
                                       SEF_MACL_NO_EXECUTE_UP,
                                       0x80,
                                       0x4000};
    struct fixture *fixture = *state;

    give_change(fixture, CURRENT);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        fixture->flags = refused[i];
        expect_status(STATUS_INVALID_PARAMETER, change(fixture, DACL_SECURITY_INFORMATION));
    }
    fixture->flags = SEF_AI_USE_EXTRA_PARAMS;
    expect_status(STATUS_NOT_SUPPORTED, change(fixture, DACL_SECURITY_INFORMATION));
    fixture->flags = SEF_AVOID_OWNER_RESTRICTION | SEF_FORCE_USER_MODE;
    expect_ok(change(fixture, DACL_SECURITY_INFORMATION));
}

static void parts_that_are_named_need_a_descriptor_to_come_from(void **state)
{
    struct fixture *fixture = *state;

    expect_status(STATUS_INVALID_PARAMETER, change(fixture, GROUP_SECURITY_INFORMATION));
    expect_ok(change(fixture, PROTECTED_DACL_SECURITY_INFORMATION));
}

static void either_flag_lifts_the_check_of_an_owner_and_neither_that_of_a_label(void **state)
{
    static const uint32_t flags[] = {SEF_AVOID_PRIVILEGE_CHECK, SEF_AVOID_OWNER_CHECK};
    struct fixture *fixture = *state;

    give_change(fixture, "O:" OTHER "S:(ML;;NW;;;HI)");
    expect_status(STATUS_INVALID_OWNER, change(fixture, OWNER_SECURITY_INFORMATION));
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        fixture->flags = flags[i];
        expect_ok(change(fixture, OWNER_SECURITY_INFORMATION));
        expect_status(STATUS_PRIVILEGE_NOT_HELD, change(fixture, LABEL_SECURITY_INFORMATION));
    }
}

static void a_backup_is_all_of_it(void **state)
{
    const char *whole = "O:" USER "G:" OTHER "D:(A;;FX;;;WD)S:(SP;;;;;S-1-17-1)(ML;;NW;;;LW)";
    struct fixture *fixture = *state;

    give_change(fixture, whole);
    expect_ok(change(fixture, BACKUP_SECURITY_INFORMATION));
    expect_result(fixture, whole);

    select_parts(fixture, BACKUP_SECURITY_INFORMATION);
    expect_result(fixture, CURRENT);
    assert_int_equal(tsr_sd_query_rights(BACKUP_SECURITY_INFORMATION),
                     READ_CONTROL | ACCESS_SYSTEM_SECURITY);
    assert_int_equal(tsr_sd_change_rights(BACKUP_SECURITY_INFORMATION),
                     WRITE_OWNER | WRITE_DAC | ACCESS_SYSTEM_SECURITY);
}

static void protecting_needs_the_right_to_change_the_acl(void **state)
{
    (void)state;

    assert_int_equal(tsr_sd_change_rights(PROTECTED_DACL_SECURITY_INFORMATION), WRITE_DAC);
    assert_int_equal(tsr_sd_change_rights(UNPROTECTED_DACL_SECURITY_INFORMATION), WRITE_DAC);
    assert_int_equal(tsr_sd_change_rights(PROTECTED_SACL_SECURITY_INFORMATION),
                     ACCESS_SYSTEM_SECURITY);
    assert_int_equal(tsr_sd_change_rights(UNPROTECTED_SACL_SECURITY_INFORMATION),
                     ACCESS_SYSTEM_SECURITY);
}

#define change_test(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        change_test(naming_no_part_changes_nothing),
        change_test(unknown_parts_are_refused),
        change_test(protecting_makes_a_single_inherited_entry_the_objects_own),
        change_test(what_is_not_named_is_not_marked_by_flags),
        change_test(a_change_without_a_mapping_is_refused),
        change_test(one_becomes_owner_of_what_one_may_own),
        change_test(an_owner_outside_the_token_needs_restore_privilege),
        change_test(an_owner_or_group_that_is_named_must_be_given),
        change_test(any_group_may_be_set),
        change_test(a_new_dacl_is_mapped_where_it_acts),
        change_test(dacl_control_is_stored_as_windows_stores_it),
        change_test(the_null_dacl_is_set_only_when_it_is_spelled_out),
        change_test(an_empty_dacl_stays_empty),
        change_test(a_new_sacl_leaves_label_and_scope),
        change_test(a_new_label_leaves_auditing_and_scope),
        change_test(a_new_scope_leaves_auditing_and_label),
        change_test(all_sacl_parts_together_replace_the_sacl),
        change_test(taking_the_last_ace_away_takes_the_sacl),
        change_test(an_object_without_sacl_gets_one_with_its_first_label),
        change_test(a_label_above_the_own_level_needs_relabel_privilege),
        change_test(a_later_refusal_leaves_nothing_half_done),
        change_test(parts_not_named_stay_to_the_byte),
        change_test(a_result_past_the_size_of_an_acl_is_refused),
        change_test(selecting_everything_copies_everything),
        change_test(each_part_is_selected_alone),
        change_test(control_bits_go_with_their_part),
        change_test(absent_parts_stay_absent),
        change_test(null_dacl_and_empty_sacl_are_selected_as_such),
        change_test(inheriting_automatically_keeps_what_was_inherited_and_nothing_else),
        change_test(a_new_acl_that_is_protected_owns_all_it_has),
        change_test(an_acl_that_was_protected_is_replaced_as_given),
        change_test(a_null_dacl_stays_one_when_inheriting_automatically),
        change_test(part_of_a_sacl_keeps_the_inherited_entries_of_that_part),
        change_test(protection_is_set_and_cleared_with_the_acl),
        change_test(protection_set_with_the_acl_concerns_that_one),
        change_test(protection_alone_leaves_the_entries),
        change_test(a_sacl_may_be_protected_while_its_label_is_changed),
        change_test(protected_and_unprotected_exclude_each_other),
        change_test(flags_that_say_nothing_about_changes_are_refused),
        change_test(parts_that_are_named_need_a_descriptor_to_come_from),
        change_test(either_flag_lifts_the_check_of_an_owner_and_neither_that_of_a_label),
        change_test(a_backup_is_all_of_it),
        cmocka_unit_test(protecting_needs_the_right_to_change_the_acl),
        cmocka_unit_test(reading_a_part_needs_the_right_to_read_it),
        cmocka_unit_test(changing_a_part_needs_the_right_to_change_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
