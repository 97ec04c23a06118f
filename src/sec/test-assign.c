/* SPDX-License-Identifier: MIT */
/* Unit tests: descriptors for new objects. */

#include "sec/assign.h"

#include <support/expect.h>

#include <tessera/privilege.h>
#include <tessera/sddl.h>

#include "base/bytes.h"

#define USER  "S-1-5-21-1-2-3-1000"
#define GROUP "S-1-5-21-1-2-3-513"
#define TEAM  "S-1-5-21-1-2-3-1100"
#define OTHER "S-1-5-21-1-2-3-2000"

#define PACKAGE  "S-1-15-2-1-2-3-4-5-6-7"
#define CLASS    "bf967aba-0de6-11d0-a285-00aa003049e2"
#define PROPERTY "4c164200-20c0-11d0-a768-00aa006e0529"

#define ALL_SECTIONS                                                                       \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION | SCOPE_SECURITY_INFORMATION)

static const tsr_generic_mapping file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                                 FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

/* Another type and CLASS, as ACEs store them. */
static const tsr_guid types[] = {
    {{1}},
    {{0xba, 0x7a, 0x96, 0xbf, 0xe6, 0x0d, 0xd0, 0x11, 0xa2, 0x85, 0x00, 0xaa, 0x00, 0x30, 0x49,
      0xe2}},
};

/* A descriptor and the bytes it lies in. */
struct made_sd {
    uint8_t *bytes;
    tsr_sd sd;
};

/* What a test assigns with, and what came of it. */
struct fixture {
    tsr_sid user;
    tsr_sid primary_group;
    tsr_sid integrity;
    struct made_sd default_sd;
    struct assigner assigner;
    tsr_assign_request request; /* mapping, types and server */
    uint32_t n_dac_questions;
    bool may_write_dac;
    struct made_sd parent;
    struct made_sd creator;
    struct made_sd assigned;
    size_t size;
};

/* The user and one group may own. */
static bool may_own(const void *context, const tsr_sid *sid)
{
    const struct fixture *fixture = context;
    const tsr_sid team = sid_of(TEAM);

    return tsr_sid_equal(sid, &fixture->user) || tsr_sid_equal(sid, &team);
}

/* Counts the questions, and answers as the test says; what is asked about is whole. */
static bool may_write_dac(const void *context, const tsr_sd *sd, const tsr_generic_mapping *mapping)
{
    struct fixture *fixture = (struct fixture *)context;

    assert_non_null(sd->owner);
    assert_non_null(sd->group);
    assert_non_null(sd->dacl.bytes);
    assert_ptr_equal(mapping, &file_mapping);
    fixture->n_dac_questions++;
    return fixture->may_write_dac;
}

static void view(struct made_sd *made, size_t size)
{
    expect_ok(tsr_sd_view(made->bytes, size, &made->sd));
}

static struct made_sd sd_of(const char *sddl)
{
    struct made_sd made = {0};
    size_t size;

    expect_ok(tsr_sddl_parse(sddl, NULL, &made.bytes, &size, NULL));
    view(&made, size);
    return made;
}

/* A descriptor with one ACL, given as its ACEs' bytes. */
static struct made_sd sd_of_aces(bool is_sacl, const void *aces, size_t size)
{
    tsr_acl_builder builder = {0};
    tsr_sd_parts parts = {.has_dacl = !is_sacl, .has_sacl = is_sacl};
    struct made_sd made = {0};
    uint8_t *acl;
    size_t n_bytes;

    tsr_acl_builder_add_encoded(&builder, aces, size);
    expect_ok(tsr_acl_builder_finish(&builder, &acl, is_sacl ? &parts.sacl : &parts.dacl));
    expect_ok(tsr_sd_build(&parts, &made.bytes, &n_bytes));
    view(&made, n_bytes);
    free(acl);
    return made;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    fixture->user = sid_of(USER);
    fixture->primary_group = sid_of(GROUP);
    fixture->integrity = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    fixture->default_sd = sd_of("D:(A;;GA;;;" USER ")(A;;GA;;;SY)");
    fixture->assigner = (struct assigner){.user = &fixture->user,
                                          .owner = &fixture->user,
                                          .primary_group = &fixture->primary_group,
                                          .default_dacl = &fixture->default_sd.sd.dacl,
                                          .integrity = &fixture->integrity,
                                          .may_own = may_own,
                                          .context = fixture};
    fixture->request.mapping = &file_mapping;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    free(fixture->default_sd.bytes);
    free(fixture->parent.bytes);
    free(fixture->creator.bytes);
    free(fixture->assigned.bytes);
    free(fixture);
    return 0;
}

static void give_parent(struct fixture *fixture, const char *sddl)
{
    free(fixture->parent.bytes);
    fixture->parent = sd_of(sddl);
}

static void give_creator(struct fixture *fixture, const char *sddl)
{
    free(fixture->creator.bytes);
    fixture->creator = sd_of(sddl);
}

static tsr_status assign(struct fixture *fixture, bool is_container, uint32_t flags)
{
    uint8_t *bytes = NULL;
    size_t size = 77;
    tsr_assign_request request = fixture->request;
    tsr_status status;

    request.parent = fixture->parent.bytes ? &fixture->parent.sd : NULL;
    request.creator = fixture->creator.bytes ? &fixture->creator.sd : NULL;
    request.is_container = is_container;
    request.flags = flags;
    status = sd_assign(&fixture->assigner, &request, &bytes, &size);

    if (tsr_failed(status)) {
        assert_null(bytes);
        assert_int_equal(size, 77);
        return status;
    }
    free(fixture->assigned.bytes);
    fixture->assigned.bytes = bytes;
    fixture->size = size;
    view(&fixture->assigned, size);
    return status;
}

static void expect_sections(const struct fixture *fixture, uint32_t sections, const char *sddl)
{
    char *text = NULL;

    expect_ok(tsr_sddl_format(&fixture->assigned.sd, sections, NULL, &text));
    assert_string_equal(text, sddl);
    free(text);
}

static void expect_dacl(const struct fixture *fixture, const char *sddl)
{
    expect_sections(fixture, DACL_SECURITY_INFORMATION, sddl);
}

static void expect_sacl(const struct fixture *fixture, const char *sddl)
{
    expect_sections(fixture,
                    ALL_SECTIONS & ~(OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                                     DACL_SECURITY_INFORMATION),
                    sddl);
}

/* Covers AC-14-1, AC-14-5, AC-14-11, AC-14-13, AC-14-19. */
static void nothing_asked_and_no_parent_gives_the_tokens_defaults(void **state)
{
    struct fixture *fixture = *state;

    expect_ok(assign(fixture, false, 0));

    expect_sections(fixture, ALL_SECTIONS, "O:" USER "G:" GROUP "D:(A;;FA;;;" USER ")(A;;FA;;;SY)");
    assert_int_equal(fixture->assigned.sd.control, SE_SELF_RELATIVE | SE_DACL_PRESENT);
}

/* Covers AC-14-11. */
static void a_token_without_default_dacl_gives_none(void **state)
{
    struct fixture *fixture = *state;

    fixture->assigner.default_dacl = NULL;
    expect_ok(assign(fixture, false, 0));

    assert_false(fixture->assigned.sd.has_dacl);
}

/* Covers AC-14-1, AC-14-5. */
static void the_creator_chooses_an_owner_that_the_token_may_own(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "O:" TEAM "G:" OTHER);
    expect_ok(assign(fixture, false, 0));

    expect_sections(fixture, OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION,
                    "O:" TEAM "G:" OTHER);
}

/* Covers AC-14-3. */
static void an_owner_that_the_token_may_not_own_is_refused(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "O:" OTHER);

    expect_status(STATUS_INVALID_OWNER, assign(fixture, false, 0));
}

/* Covers AC-14-4. */
static void restore_privilege_or_the_flag_lifts_the_owner_check(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "O:" OTHER);
    expect_ok(assign(fixture, false, SEF_AVOID_OWNER_CHECK));
    expect_sections(fixture, OWNER_SECURITY_INFORMATION, "O:" OTHER);

    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE);
    expect_ok(assign(fixture, false, 0));
    expect_sections(fixture, OWNER_SECURITY_INFORMATION, "O:" OTHER);
}

/* Covers AC-14-4. */
static void take_ownership_does_not_lift_the_owner_check(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "O:" OTHER);
    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE);

    expect_status(STATUS_INVALID_OWNER, assign(fixture, false, 0));
}

/* Covers AC-14-7, AC-14-19, AC-14-20. */
static void defaulted_bits_of_the_creator_do_not_survive(void **state)
{
    struct fixture *fixture = *state;
    const uint16_t defaulted =
        SE_OWNER_DEFAULTED | SE_GROUP_DEFAULTED | SE_DACL_DEFAULTED | SE_DACL_AUTO_INHERIT_REQ;

    give_creator(fixture, "O:" TEAM "G:" TEAM "D:(A;;FR;;;WD)");
    fixture->creator.sd.control |= defaulted;
    expect_ok(assign(fixture, false, 0));

    assert_int_equal(fixture->assigned.sd.control & defaulted, 0);
    expect_dacl(fixture, "D:(A;;FR;;;WD)");
}

/* Covers AC-14-1, AC-14-5. */
static void owner_and_group_come_from_the_parent_when_asked(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "O:" TEAM "G:" OTHER);
    expect_ok(
        assign(fixture, false, SEF_DEFAULT_OWNER_FROM_PARENT | SEF_DEFAULT_GROUP_FROM_PARENT));

    expect_sections(fixture, OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION,
                    "O:" TEAM "G:" OTHER);
}

/* Covers AC-14-3. */
static void the_parents_owner_is_checked_like_any_other(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "O:" OTHER "G:" OTHER);

    expect_status(STATUS_INVALID_OWNER, assign(fixture, false, SEF_DEFAULT_OWNER_FROM_PARENT));
    expect_ok(assign(fixture, false, SEF_DEFAULT_OWNER_FROM_PARENT | SEF_AVOID_OWNER_CHECK));
}

/* Covers AC-14-2, AC-14-6. */
static void a_parent_without_owner_or_group_cannot_lend_them(void **state)
{
    struct fixture *fixture = *state;

    expect_status(STATUS_INVALID_OWNER, assign(fixture, false, SEF_DEFAULT_OWNER_FROM_PARENT));
    expect_status(STATUS_INVALID_PRIMARY_GROUP,
                  assign(fixture, false, SEF_DEFAULT_GROUP_FROM_PARENT));

    give_parent(fixture, "D:(A;;FA;;;WD)");
    expect_status(STATUS_INVALID_OWNER, assign(fixture, false, SEF_DEFAULT_OWNER_FROM_PARENT));
    expect_status(STATUS_INVALID_PRIMARY_GROUP,
                  assign(fixture, false, SEF_DEFAULT_GROUP_FROM_PARENT));
}

/* Covers AC-14-6. */
static void a_token_without_primary_group_needs_one_from_the_creator(void **state)
{
    struct fixture *fixture = *state;

    fixture->assigner.primary_group = NULL;
    expect_status(STATUS_INVALID_PRIMARY_GROUP, assign(fixture, false, 0));

    give_creator(fixture, "G:" TEAM);
    expect_ok(assign(fixture, false, 0));
}

static void unknown_flags_are_refused(void **state)
{
    struct fixture *fixture = *state;

    expect_status(STATUS_INVALID_PARAMETER, assign(fixture, false, 0x0080));
    expect_status(STATUS_INVALID_PARAMETER, assign(fixture, false, 0x4000));
    expect_status(STATUS_INVALID_PARAMETER, assign(fixture, false, 0x80000000));
}

/* Covers AC-14-10, AC-14-16, AC-14-18, AC-14-22, AC-14-23. */
static void inherit_flags_reach_children_as_windows_has_it(void **state)
{
    static const struct {
        const char *parent;
        const char *container;
        const char *leaf;
    } rows[] = {
        {"D:(A;OI;FR;;;WD)", "D:(A;OIIO;FR;;;WD)", "D:(A;;FR;;;WD)"},
        {"D:(A;OINP;FR;;;WD)", NULL, "D:(A;;FR;;;WD)"},
        {"D:(A;CI;FR;;;WD)", "D:(A;CI;FR;;;WD)", NULL},
        {"D:(A;CINP;FR;;;WD)", "D:(A;;FR;;;WD)", NULL},
        {"D:(A;OICI;FR;;;WD)", "D:(A;OICI;FR;;;WD)", "D:(A;;FR;;;WD)"},
        {"D:(A;OICINP;FR;;;WD)", "D:(A;;FR;;;WD)", "D:(A;;FR;;;WD)"},
        {"D:(A;OICIIO;FR;;;WD)", "D:(A;OICI;FR;;;WD)", "D:(A;;FR;;;WD)"},
        {"D:(A;NPIO;FR;;;WD)", NULL, NULL},
        {"D:(A;;FR;;;WD)", NULL, NULL},
        {"D:", NULL, NULL},
        {"D:NO_ACCESS_CONTROL", NULL, NULL},
    };
    const char *fallback = "D:(A;;FA;;;" USER ")(A;;FA;;;SY)";
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        give_parent(fixture, rows[i].parent);

        expect_ok(assign(fixture, true, 0));
        expect_dacl(fixture, rows[i].container ? rows[i].container : fallback);

        expect_ok(assign(fixture, false, 0));
        expect_dacl(fixture, rows[i].leaf ? rows[i].leaf : fallback);
    }
}

static void the_parents_protection_does_not_concern_its_children(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:PAI(A;OICI;FR;;;WD)");
    expect_ok(assign(fixture, true, SEF_DACL_AUTO_INHERIT));

    expect_dacl(fixture, "D:AI(A;OICIID;FR;;;WD)");
}

/* Covers AC-14-24. */
static void inherited_is_marked_only_when_inheriting_automatically(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:AI(A;OICIID;FR;;;WD)");

    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FR;;;WD)");

    expect_ok(assign(fixture, false, SEF_SACL_AUTO_INHERIT));
    expect_dacl(fixture, "D:(A;;FR;;;WD)");

    expect_ok(assign(fixture, false, SEF_DACL_AUTO_INHERIT));
    expect_dacl(fixture, "D:AI(A;ID;FR;;;WD)");
}

/* Covers AC-14-25, AC-14-26. */
static void creator_sids_become_owner_and_group_and_pass_on_unchanged(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "O:" TEAM "G:" OTHER);
    give_parent(fixture, "D:(A;OICI;FR;;;CO)(A;OICI;FR;;;CG)");

    expect_ok(assign(fixture, true, SEF_DACL_AUTO_INHERIT));
    expect_dacl(fixture, "D:AI(A;ID;FR;;;" TEAM ")(A;OICIIOID;FR;;;CO)"
                         "(A;ID;FR;;;" OTHER ")(A;OICIIOID;FR;;;CG)");

    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FR;;;" TEAM ")(A;;FR;;;" OTHER ")");
}

/* Covers AC-14-27. */
static void server_creator_sids_become_the_tokens_own(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "O:" TEAM "G:" OTHER);
    give_parent(fixture, "D:(A;OI;FR;;;S-1-3-2)(A;OI;FR;;;S-1-3-3)(A;OI;FR;;;S-1-3-4)"
                         "(A;OI;FR;;;S-1-3-5)");
    expect_ok(assign(fixture, false, 0));

    expect_dacl(fixture, "D:(A;;FR;;;" USER ")(A;;FR;;;" GROUP ")(A;;FR;;;OW)"
                         "(A;;FR;;;S-1-3-5)");
}

/* Covers AC-3-5, AC-14-25, AC-14-29. */
static void generic_rights_are_mapped_where_effective_and_kept_where_passed_on(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OICI;GR;;;WD)(A;OI;GA;;;SY)");

    expect_ok(assign(fixture, true, 0));
    expect_dacl(fixture, "D:(A;;FR;;;WD)(A;OICIIO;GR;;;WD)(A;OIIO;GA;;;SY)");

    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FR;;;WD)(A;;FA;;;SY)");
}

/* Covers AC-3-6. */
static void rights_the_object_does_not_have_are_dropped(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OI;0x0360ffff;;;WD)S:(AU;OISA;0x0360ffff;;;WD)");
    expect_ok(assign(fixture, false, 0));

    expect_dacl(fixture, "D:(A;;CCDCLCSWRPWPDTLOCR;;;WD)");
    expect_sacl(fixture, "S:(AU;SA;0x10001ff;;;WD)");
}

/* Covers AC-14-30. */
static void an_ace_for_other_object_types_is_only_carried(void **state)
{
    struct fixture *fixture = *state;
    const char *ace = "D:(OA;OICI;FR;;bf967aba-0de6-11d0-a285-00aa003049e2;WD)";

    give_parent(fixture, ace);

    expect_ok(assign(fixture, true, 0));
    expect_dacl(fixture, "D:(OA;OICIIO;FR;;bf967aba-0de6-11d0-a285-00aa003049e2;WD)");

    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FA;;;" USER ")(A;;FA;;;SY)");
}

static void an_ace_for_part_of_the_object_is_inherited_whole(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(OA;OI;GR;bf967aba-0de6-11d0-a285-00aa003049e2;;CO)");
    expect_ok(assign(fixture, false, 0));

    expect_dacl(fixture, "D:(OA;;FR;bf967aba-0de6-11d0-a285-00aa003049e2;;" USER ")");
}

static void an_ace_of_unknown_type_is_inherited_as_bytes(void **state)
{
    static const uint8_t unknown[] = {0x77, OBJECT_INHERIT_ACE, 12, 0, 1, 2, 3, 0xf0, 5, 6, 7, 8};
    struct fixture *fixture = *state;
    size_t offset = 0;
    tsr_ace ace;

    fixture->parent = sd_of_aces(false, unknown, sizeof(unknown));
    expect_ok(assign(fixture, false, SEF_DACL_AUTO_INHERIT));

    assert_true(tsr_acl_next(&fixture->assigned.sd.dacl, &offset, &ace));
    assert_int_equal(ace.type, 0x77);
    assert_int_equal(ace.flags, INHERITED_ACE);
    assert_int_equal(ace.size, sizeof(unknown));
    assert_memory_equal(ace.bytes + 2, unknown + 2, sizeof(unknown) - 2);
    assert_false(tsr_acl_next(&fixture->assigned.sd.dacl, &offset, &ace));
}

static void a_label_marked_as_inherited_stays_without_automatic_inheritance(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "S:(ML;ID;NW;;;LW)");
    expect_ok(assign(fixture, false, 0));
    expect_sacl(fixture, "S:(ML;ID;NW;;;LW)");
}

static void an_ace_of_unknown_type_names_neither_owners_nor_packages(void **state)
{
    static const uint8_t unknown[] = {0x77, OBJECT_INHERIT_ACE, 4, 0};
    const tsr_sid package = sid_of(PACKAGE);
    struct fixture *fixture = *state;

    fixture->parent = sd_of_aces(false, unknown, sizeof(unknown));
    give_creator(fixture, "D:(A;;FR;;;WD)");
    expect_ok(assign(fixture, false, 0));
    assert_int_equal(fixture->n_dac_questions, 0);

    free(fixture->parent.bytes);
    free(fixture->creator.bytes);
    free(fixture->default_sd.bytes);
    fixture->parent = (struct made_sd){0};
    fixture->creator = (struct made_sd){0};
    fixture->default_sd = sd_of_aces(false, unknown, sizeof(unknown));
    fixture->assigner.package = &package;
    expect_ok(assign(fixture, false, 0));
    assert_int_equal(fixture->assigned.sd.dacl.n_aces, 2);
}

static void a_callback_ace_keeps_its_data_behind_a_longer_sid(void **state)
{
    static const uint8_t callback[] = {ACCESS_ALLOWED_CALLBACK_ACE_TYPE,
                                       OBJECT_INHERIT_ACE,
                                       28,
                                       0,
                                       0,
                                       0,
                                       0,
                                       0x80, /* GR */
                                       1,
                                       1,
                                       0,
                                       0,
                                       0,
                                       0,
                                       0,
                                       3,
                                       0,
                                       0,
                                       0,
                                       0, /* CO */
                                       'a',
                                       'r',
                                       't',
                                       'x',
                                       0xf9,
                                       0,
                                       0,
                                       0};
    struct fixture *fixture = *state;
    size_t offset = 0;
    tsr_ace ace;

    fixture->parent = sd_of_aces(false, callback, sizeof(callback));
    expect_ok(assign(fixture, false, 0));

    assert_true(tsr_acl_next(&fixture->assigned.sd.dacl, &offset, &ace));
    assert_int_equal(ace.type, ACCESS_ALLOWED_CALLBACK_ACE_TYPE);
    assert_int_equal(ace.flags, 0);
    assert_int_equal(ace.mask, FILE_GENERIC_READ);
    assert_int_equal(tsr_encoded_sid_size(ace.sid), 28);
    assert_int_equal(ace.n_data, 8);
    assert_memory_equal(ace.data, callback + 20, 8);
}

static void both_sids_of_a_compound_ace_are_replaced(void **state)
{
    static const uint8_t compound[] = {ACCESS_ALLOWED_COMPOUND_ACE_TYPE,
                                       OBJECT_INHERIT_ACE,
                                       36,
                                       0,
                                       1,
                                       0,
                                       0,
                                       0,
                                       1,
                                       0,
                                       0,
                                       0,
                                       1,
                                       1,
                                       0,
                                       0,
                                       0,
                                       0,
                                       0,
                                       3,
                                       3,
                                       0,
                                       0,
                                       0, /* the server: CREATOR GROUP SERVER */
                                       1,
                                       1,
                                       0,
                                       0,
                                       0,
                                       0,
                                       0,
                                       3,
                                       0,
                                       0,
                                       0,
                                       0};
    struct fixture *fixture = *state;
    size_t offset = 0;
    tsr_sid server;
    tsr_sid client;
    tsr_ace ace;

    fixture->parent = sd_of_aces(false, compound, sizeof(compound));
    expect_ok(assign(fixture, false, 0));

    assert_true(tsr_acl_next(&fixture->assigned.sd.dacl, &offset, &ace));
    expect_ok(tsr_sid_decode(ace.server_sid, 68, &server, NULL));
    expect_ok(tsr_sid_decode(ace.sid, tsr_encoded_sid_size(ace.sid), &client, NULL));
    assert_true(tsr_sid_equal(&server, &fixture->primary_group));
    assert_true(tsr_sid_equal(&client, &fixture->user));
    assert_int_equal(ace.n_data, 0);
}

/* Covers AC-14-8, AC-14-28, AC-14-37, AC-15-16. */
static void the_creators_dacl_stands_in_place_of_the_parents(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OICI;FR;;;WD)");
    give_creator(fixture, "D:(D;;GW;;;BG)(A;OICIIO;GA;;;CO)(A;CI;GA;;;CO)(A;ID;FX;;;BU)");
    expect_ok(assign(fixture, true, 0));

    expect_dacl(fixture, "D:(D;;FW;;;BG)(A;OICIIO;GA;;;CO)(A;CI;FA;;;CO)(A;ID;FX;;;BU)");
}

/* Covers AC-14-17. */
static void null_and_empty_dacls_of_the_creator_stand_too(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OICI;FR;;;WD)");

    give_creator(fixture, "D:NO_ACCESS_CONTROL");
    expect_ok(assign(fixture, true, SEF_DACL_AUTO_INHERIT));
    assert_true(fixture->assigned.sd.has_dacl);
    assert_null(fixture->assigned.sd.dacl.bytes);

    give_creator(fixture, "D:");
    expect_ok(assign(fixture, true, 0));
    assert_non_null(fixture->assigned.sd.dacl.bytes);
    assert_int_equal(fixture->assigned.sd.dacl.n_aces, 0);
}

/* Covers AC-14-9. */
static void a_defaulted_dacl_gives_way_to_inheritance_and_to_nothing_else(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "D:(A;;FX;;;BU)");
    expect_ok(assign(fixture, false, SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT));
    expect_dacl(fixture, "D:(A;;FX;;;BU)");

    give_parent(fixture, "D:(A;OI;FR;;;WD)");
    expect_ok(assign(fixture, false, SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT));
    expect_dacl(fixture, "D:(A;;FR;;;WD)");

    fixture->creator.sd.control |= SE_DACL_DEFAULTED;
    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FR;;;WD)");
}

/* Covers AC-14-12, AC-14-21, AC-14-37. */
static void the_parents_aces_follow_the_creators_when_inheriting_automatically(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OICI;FR;;;WD)");
    give_creator(fixture, "D:(A;;FX;;;BU)(A;ID;FA;;;BG)");
    expect_ok(assign(fixture, false, SEF_DACL_AUTO_INHERIT));

    expect_dacl(fixture, "D:AI(A;;FX;;;BU)(A;ID;FR;;;WD)");
}

/* Covers AC-14-20, AC-14-21. */
static void a_protected_dacl_takes_nothing_and_owns_what_it_had_inherited(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OICI;FR;;;WD)");
    give_creator(fixture, "D:P(A;;FX;;;BU)(A;ID;FA;;;BG)");
    expect_ok(assign(fixture, false, SEF_DACL_AUTO_INHERIT));

    expect_dacl(fixture, "D:P(A;;FX;;;BU)(A;;FA;;;BG)");
}

/* Covers AC-14-14. */
static void a_sacl_needs_security_privilege(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "S:(AU;SA;GW;;;WD)");
    expect_status(STATUS_PRIVILEGE_NOT_HELD, assign(fixture, false, 0));

    expect_ok(assign(fixture, false, SEF_AVOID_PRIVILEGE_CHECK));
    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE);
    expect_ok(assign(fixture, false, 0));
    expect_sacl(fixture, "S:(AU;SA;FW;;;WD)");
}

/* Covers AC-1.5-8, AC-14-14. */
static void an_empty_sacl_needs_the_privilege_and_a_null_one_is_none(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "S:");
    expect_status(STATUS_PRIVILEGE_NOT_HELD, assign(fixture, false, 0));

    fixture->creator.sd.sacl = (tsr_acl){0};
    expect_ok(assign(fixture, false, 0));
    assert_false(fixture->assigned.sd.has_sacl);
}

/* Covers AC-14-15. */
static void auditing_is_inherited_without_privilege(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "S:AI(AU;OICISAFA;GW;;;WD)");
    expect_ok(assign(fixture, false, SEF_SACL_AUTO_INHERIT));

    expect_sacl(fixture, "S:AI(AU;IDSAFA;FW;;;WD)");
}

static void anyone_labels_up_to_its_own_level(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "S:(ML;;NW;;;LW)");
    expect_ok(assign(fixture, false, 0));
    expect_sacl(fixture, "S:(ML;;NW;;;LW)");

    give_creator(fixture, "S:(ML;;NWNR;;;ME)");
    expect_ok(assign(fixture, false, 0));
    expect_sacl(fixture, "S:(ML;;NWNR;;;ME)");
}

/* Covers AC-14-35. */
static void a_label_above_the_own_level_needs_relabel_privilege(void **state)
{
    struct fixture *fixture = *state;

    give_creator(fixture, "S:(ML;OICIIO;NW;;;HI)");
    expect_status(STATUS_PRIVILEGE_NOT_HELD, assign(fixture, false, 0));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, assign(fixture, false, SEF_AVOID_PRIVILEGE_CHECK));
    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE);
    expect_status(STATUS_PRIVILEGE_NOT_HELD, assign(fixture, false, 0));

    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE);
    expect_ok(assign(fixture, false, 0));
}

static void a_token_without_level_labels_as_untrusted(void **state)
{
    struct fixture *fixture = *state;

    fixture->assigner.integrity = NULL;
    give_creator(fixture, "S:(ML;;NW;;;LW)");
    expect_status(STATUS_PRIVILEGE_NOT_HELD, assign(fixture, false, 0));

    give_creator(fixture, "S:(ML;;NW;;;S-1-16-0)");
    expect_ok(assign(fixture, false, 0));
}

static void a_label_that_is_no_integrity_level_needs_relabel_privilege(void **state)
{
    static const char *const labels[] = {"S:(ML;;NW;;;WD)", "S:(ML;;NW;;;S-1-16-0-1)"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        give_creator(fixture, labels[i]);

        expect_status(STATUS_PRIVILEGE_NOT_HELD, assign(fixture, false, 0));
    }
}

static void a_label_of_ones_own_leaves_the_parents_auditing_in_force(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "S:AI(AU;OICISA;FW;;;WD)(ML;OICI;NW;;;S-1-16-0)");
    give_creator(fixture, "S:(ML;;NW;;;LW)");
    expect_ok(assign(fixture, false, SEF_SACL_AUTO_INHERIT));

    expect_sacl(fixture, "S:AI(ML;;NW;;;LW)(AU;IDSA;FW;;;WD)(ML;ID;NW;;;S-1-16-0)");
}

/* Covers AC-14-33, AC-14-34. */
static void a_low_token_labels_what_it_makes(void **state)
{
    struct fixture *fixture = *state;

    fixture->integrity = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);

    expect_ok(assign(fixture, false, 0));
    expect_sacl(fixture, "S:(ML;;NW;;;LW)");

    expect_ok(assign(fixture, false, SEF_MACL_NO_READ_UP | SEF_MACL_NO_EXECUTE_UP));
    expect_sacl(fixture, "S:(ML;;NRNX;;;LW)");
}

/* Covers AC-14-33. */
static void a_label_that_does_not_act_on_the_object_is_no_label(void **state)
{
    struct fixture *fixture = *state;

    fixture->integrity = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    give_parent(fixture, "S:(ML;OI;NW;;;ME)");

    expect_ok(assign(fixture, true, 0));
    expect_sacl(fixture, "S:(ML;;NW;;;LW)(ML;OIIO;NW;;;ME)");

    expect_ok(assign(fixture, false, 0));
    expect_sacl(fixture, "S:(ML;;NW;;;ME)");
}

/* Covers AC-14-33. */
static void medium_tokens_and_tokens_without_level_add_no_label(void **state)
{
    struct fixture *fixture = *state;

    expect_ok(assign(fixture, false, SEF_MACL_NO_WRITE_UP));
    assert_false(fixture->assigned.sd.has_sacl);

    fixture->assigner.integrity = NULL;
    expect_ok(assign(fixture, false, SEF_MACL_NO_WRITE_UP));
    assert_false(fixture->assigned.sd.has_sacl);
}

/* Covers AC-14-32. */
static void a_protected_sacl_still_takes_the_parents_scope(void **state)
{
    struct fixture *fixture = *state;

    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE);
    give_parent(fixture, "S:(AU;OISA;FW;;;WD)(SP;OI;;;;S-1-17-1)(ML;OI;NW;;;LW)");
    give_creator(fixture, "S:P(AU;FA;FR;;;BU)");
    expect_ok(assign(fixture, false, SEF_SACL_AUTO_INHERIT));

    expect_sacl(fixture, "S:P(AU;FA;FR;;;BU)(SP;ID;;;;S-1-17-1)");
}

/* Covers AC-14-32. */
static void a_protected_sacl_still_takes_the_parents_attributes(void **state)
{
    struct fixture *fixture = *state;

    fixture->assigner.privileges = TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE);
    give_parent(fixture,
                "S:(AU;OISA;FW;;;WD)(RA;OI;;;;WD;(\"a\",TI,0x0,1))(TL;OI;FR;;;S-1-19-1-1)");
    give_creator(fixture, "S:P(AU;FA;FR;;;BU)");
    expect_ok(assign(fixture, false, SEF_SACL_AUTO_INHERIT));

    expect_sacl(fixture, "S:P(AU;FA;FR;;;BU)(RA;ID;;;;WD;(\"a\",TI,0x0,1))");
}

/* Covers AC-14-31. */
static void every_kind_of_sacl_entry_is_inherited_like_others(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "S:(ML;OICI;NW;;;LW)(RA;OI;;;;WD;(\"a\",TI,0x0,1))(SP;OICINP;;;;S-1-17-1)"
                         "(TL;CI;FR;;;S-1-19-512-4096)(FL;OICI;FR;;;WD;(a))(ML;;NW;;;HI)");

    expect_ok(assign(fixture, false, SEF_SACL_AUTO_INHERIT));
    expect_sacl(fixture, "S:AI(ML;ID;NW;;;LW)(RA;ID;;;;WD;(\"a\",TI,0x0,1))(SP;ID;;;;S-1-17-1)"
                         "(FL;ID;FR;;;WD;(a))");

    expect_ok(assign(fixture, true, 0));
    expect_sacl(fixture, "S:(ML;OICI;NW;;;LW)(RA;OIIO;;;;WD;(\"a\",TI,0x0,1))(SP;;;;;S-1-17-1)"
                         "(TL;CI;FR;;;S-1-19-512-4096)(FL;OICI;FR;;;WD;(a))");
}

/* A DACL of @n entries for CREATOR OWNER; as many as fit do not once they are split. */
static struct made_sd long_dacl(size_t n)
{
    const tsr_sid creator_owner = TSR_SID_CREATOR_OWNER;
    tsr_acl_builder builder = {0};
    tsr_sd_parts parts = {.has_dacl = true};
    struct made_sd made = {0};
    uint8_t *acl;
    size_t size;

    for (size_t i = 0; i < n; i++) {
        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE,
                            OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE, FILE_GENERIC_READ,
                            &creator_owner);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &acl, &parts.dacl));
    expect_ok(tsr_sd_build(&parts, &made.bytes, &size));
    view(&made, size);
    free(acl);
    return made;
}

/* Covers AC-1.4-5. */
static void a_result_past_the_size_of_an_acl_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture->parent = long_dacl(3000);

    expect_status(STATUS_INVALID_ACL, assign(fixture, true, 0));
}

static void an_ace_past_the_size_of_an_ace_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const size_t size = 65520;
    uint8_t *ace = calloc(1, size);

    assert_non_null(ace);
    ace[0] = ACCESS_DENIED_CALLBACK_ACE_TYPE;
    ace[1] = OBJECT_INHERIT_ACE;
    store_le16(ace + 2, (uint16_t)size);
    memcpy(ace + 8, (const uint8_t[]){1, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0}, 12);
    fixture->parent = sd_of_aces(false, ace, size);

    expect_status(STATUS_INVALID_ACL, assign(fixture, false, 0));
    free(ace);
}

/* A SACL of @n entries that fills an ACL when there are 3,276. */
static struct made_sd long_sacl(size_t n, uint8_t flags)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    tsr_acl_builder builder = {0};
    tsr_sd_parts parts = {.has_sacl = true};
    struct made_sd made = {0};
    uint8_t *acl;
    size_t size;

    for (size_t i = 0; i < n; i++) {
        tsr_acl_builder_add(&builder, SYSTEM_AUDIT_ACE_TYPE, flags, 1, &everyone);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &acl, &parts.sacl));
    expect_ok(tsr_sd_build(&parts, &made.bytes, &size));
    view(&made, size);
    free(acl);
    return made;
}

static void a_sacl_that_is_too_large_is_not_cut_to_fit_a_default_label(void **state)
{
    static const uint8_t large[60000] = {0x77, OBJECT_INHERIT_ACE, 60000 & 0xff, 60000 >> 8};
    const uint32_t flags = SEF_SACL_AUTO_INHERIT | SEF_AVOID_PRIVILEGE_CHECK;
    struct fixture *fixture = *state;

    fixture->integrity = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    fixture->parent = long_sacl(2000, OBJECT_INHERIT_ACE);
    fixture->creator = long_sacl(1275, 0);
    expect_ok(assign(fixture, false, flags));
    assert_int_equal(fixture->assigned.sd.sacl.n_aces, 3276);

    free(fixture->creator.bytes);
    fixture->creator = long_sacl(1276, 0);
    expect_status(STATUS_INVALID_ACL, assign(fixture, false, flags));

    /* One entry that does not fit, behind some that do. */
    free(fixture->parent.bytes);
    fixture->parent = sd_of_aces(true, large, sizeof(large));
    expect_status(STATUS_INVALID_ACL, assign(fixture, false, flags));
}

static void give_types(struct fixture *fixture)
{
    fixture->request.types = types;
    fixture->request.n_types = sizeof(types) / sizeof(types[0]);
}

/* Covers AC-14-30, AC-14-46. */
static void an_ace_for_a_type_of_the_object_acts_on_it_without_saying_so(void **state)
{
    static const struct {
        const char *parent;
        const char *leaf;
    } rows[] = {
        {"D:(OA;OI;GR;;" CLASS ";WD)", "D:(A;;FR;;;WD)"},
        {"D:(OD;OI;FR;;" CLASS ";WD)", "D:(D;;FR;;;WD)"},
        {"D:(OA;OI;GR;" PROPERTY ";" CLASS ";CO)", "D:(OA;;FR;" PROPERTY ";;" USER ")"},
        {"D:(ZA;OI;GR;;" CLASS ";WD;(a==1))", "D:(XA;;FR;;;WD;(a == 1))"},
        {"S:(OU;OISA;GR;;" CLASS ";WD)", "S:(AU;SA;FR;;;WD)"},
    };
    struct fixture *fixture = *state;

    give_types(fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        give_parent(fixture, rows[i].parent);
        expect_ok(assign(fixture, false, 0));
        if (rows[i].leaf[0] == 'D') {
            expect_dacl(fixture, rows[i].leaf);
        } else {
            expect_sacl(fixture, rows[i].leaf);
        }
    }
}

/* Covers AC-14-30. */
static void a_container_carries_the_type_on_while_it_acts(void **state)
{
    struct fixture *fixture = *state;

    give_types(fixture);

    give_parent(fixture, "D:(OA;CI;FR;;" CLASS ";WD)");
    expect_ok(assign(fixture, true, 0));
    expect_dacl(fixture, "D:(OA;CI;FR;;" CLASS ";WD)");

    give_parent(fixture, "D:(OA;CI;GR;;" CLASS ";CO)");
    expect_ok(assign(fixture, true, 0));
    expect_dacl(fixture, "D:(A;;FR;;;" USER ")(OA;CIIO;GR;;" CLASS ";CO)");

    give_parent(fixture, "D:(OA;CINP;FR;" PROPERTY ";" CLASS ";WD)");
    expect_ok(assign(fixture, true, 0));
    expect_dacl(fixture, "D:(OA;;FR;" PROPERTY ";;WD)");

    give_parent(fixture, "D:(OA;CI;FR;;" PROPERTY ";WD)(OA;CINP;FR;;" PROPERTY ";WD)");
    expect_ok(assign(fixture, true, 0));
    expect_dacl(fixture, "D:(OA;CIIO;FR;;" PROPERTY ";WD)");
}

/* Covers AC-14-30. */
static void an_ace_for_another_type_yields_nothing(void **state)
{
    struct fixture *fixture = *state;

    give_types(fixture);
    give_parent(fixture, "D:(OA;OI;FR;;" PROPERTY ";WD)");
    expect_ok(assign(fixture, false, 0));

    expect_dacl(fixture, "D:(A;;FA;;;" USER ")(A;;FA;;;SY)");
}

static void types_need_a_list_and_rights_a_mapping(void **state)
{
    struct fixture *fixture = *state;

    fixture->request.n_types = 1;
    expect_status(STATUS_INVALID_PARAMETER, assign(fixture, false, 0));

    fixture->request.n_types = 0;
    fixture->request.types = types;
    expect_ok(assign(fixture, false, 0));

    fixture->request.mapping = NULL;
    expect_status(STATUS_INVALID_PARAMETER, assign(fixture, false, 0));
}

static void what_is_undocumented_is_refused_as_such(void **state)
{
    struct fixture *fixture = *state;

    expect_status(STATUS_NOT_SUPPORTED, assign(fixture, false, SEF_AI_USE_EXTRA_PARAMS));
    expect_status(STATUS_NOT_SUPPORTED, assign(fixture, false, SEF_AI_USE_EXTRA_PARAMS | 0x80));
    expect_ok(assign(fixture, false, SEF_FORCE_USER_MODE));
}

static void a_servers_owner_and_group_stand_in_for_the_server_sids(void **state)
{
    const tsr_sid owner = sid_of(TEAM);
    const tsr_sid group = sid_of(OTHER);
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OI;FR;;;CO)(A;OI;FR;;;S-1-3-2)(A;OI;FR;;;S-1-3-3)");
    fixture->request.server_owner = &owner;
    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FR;;;" USER ")(A;;FR;;;" TEAM ")(A;;FR;;;" GROUP ")");

    fixture->request.server_group = &group;
    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FR;;;" USER ")(A;;FR;;;" TEAM ")(A;;FR;;;" OTHER ")");
}

/* Covers AC-14-52. */
static void an_appcontainer_may_use_what_it_makes_and_makes_it_low(void **state)
{
    const tsr_sid package = sid_of(PACKAGE);
    struct fixture *fixture = *state;

    fixture->assigner.package = &package;
    expect_ok(assign(fixture, false, SEF_MACL_NO_READ_UP));
    expect_dacl(fixture, "D:(A;;FA;;;" USER ")(A;;FA;;;SY)(A;;FA;;;" PACKAGE ")");
    expect_sacl(fixture, "S:(ML;;NR;;;LW)");

    fixture->assigner.integrity = NULL;
    expect_ok(assign(fixture, false, 0));
    expect_sacl(fixture, "S:(ML;;NW;;;LW)");

    fixture->assigner.integrity = &fixture->integrity;
    fixture->integrity = TSR_SID_INTEGRITY(TSR_INTEGRITY_UNTRUSTED);
    expect_ok(assign(fixture, false, 0));
    expect_sacl(fixture, "S:(ML;;NW;;;S-1-16-0)");
}

static void a_package_that_the_default_dacl_names_gets_no_more(void **state)
{
    const tsr_sid package = sid_of(PACKAGE);
    struct fixture *fixture = *state;

    fixture->assigner.package = &package;
    free(fixture->default_sd.bytes);
    fixture->default_sd = sd_of("D:(A;;GR;;;" PACKAGE ")");
    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FR;;;" PACKAGE ")");

    free(fixture->default_sd.bytes);
    fixture->default_sd = sd_of("D:(A;OIIO;GR;;;" PACKAGE ")");
    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;OIIO;GR;;;" PACKAGE ")(A;;FA;;;" PACKAGE ")");
}

static void a_package_gets_nothing_from_a_parent_or_creator_that_does_not_name_it(void **state)
{
    const tsr_sid package = sid_of(PACKAGE);
    struct fixture *fixture = *state;

    fixture->assigner.package = &package;
    give_parent(fixture, "D:(A;OI;FR;;;WD)");
    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FR;;;WD)");

    give_creator(fixture, "D:(A;;FX;;;WD)");
    expect_ok(assign(fixture, false, 0));
    expect_dacl(fixture, "D:(A;;FX;;;WD)");
}

static void where_owners_are_restricted_a_dacl_of_ones_own_needs_write_dac(void **state)
{
    static const char *const creators[] = {"D:(A;;FA;;;WD)", "D:P(A;;FA;;;WD)",
                                           "D:", "D:NO_ACCESS_CONTROL"};
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OICI;FR;;;OW)");
    for (size_t i = 0; i < sizeof(creators) / sizeof(creators[0]); i++) {
        give_creator(fixture, creators[i]);

        fixture->assigner.may_write_dac = NULL;
        expect_status(STATUS_ACCESS_DENIED, assign(fixture, false, 0));
        fixture->assigner.may_write_dac = may_write_dac;
        fixture->may_write_dac = false;
        expect_status(STATUS_ACCESS_DENIED, assign(fixture, false, SEF_DACL_AUTO_INHERIT));
        fixture->may_write_dac = true;
        expect_ok(assign(fixture, false, 0));
        fixture->may_write_dac = false;
        expect_ok(assign(fixture, false, SEF_AVOID_OWNER_RESTRICTION));
    }
    assert_int_equal(fixture->n_dac_questions, 2 * sizeof(creators) / sizeof(creators[0]));
}

static void owners_are_restricted_by_what_would_act_on_the_object_alone(void **state)
{
    static const char *const parents[] = {"D:(A;;FR;;;OW)", "D:(A;OICI;FR;;;WD)",
                                          "D:(A;CI;FR;;;OW)"};
    struct fixture *fixture = *state;

    fixture->assigner.may_write_dac = may_write_dac;
    give_creator(fixture, "D:(A;;FA;;;WD)");
    for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
        give_parent(fixture, parents[i]);
        expect_ok(assign(fixture, false, 0));
    }

    /* What would be too large and is not taken is nothing to look at either. */
    free(fixture->parent.bytes);
    fixture->parent = long_dacl(3000);
    expect_ok(assign(fixture, true, 0));

    /* Nothing asked, nothing refused. */
    give_parent(fixture, "D:(A;OICI;FR;;;OW)");
    give_creator(fixture, "O:" TEAM);
    expect_ok(assign(fixture, false, 0));
    assert_int_equal(fixture->n_dac_questions, 0);
}

#define assign_test(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        assign_test(nothing_asked_and_no_parent_gives_the_tokens_defaults),
        assign_test(a_token_without_default_dacl_gives_none),
        assign_test(the_creator_chooses_an_owner_that_the_token_may_own),
        assign_test(an_owner_that_the_token_may_not_own_is_refused),
        assign_test(restore_privilege_or_the_flag_lifts_the_owner_check),
        assign_test(take_ownership_does_not_lift_the_owner_check),
        assign_test(defaulted_bits_of_the_creator_do_not_survive),
        assign_test(owner_and_group_come_from_the_parent_when_asked),
        assign_test(the_parents_owner_is_checked_like_any_other),
        assign_test(a_parent_without_owner_or_group_cannot_lend_them),
        assign_test(a_token_without_primary_group_needs_one_from_the_creator),
        assign_test(unknown_flags_are_refused),
        assign_test(inherit_flags_reach_children_as_windows_has_it),
        assign_test(the_parents_protection_does_not_concern_its_children),
        assign_test(inherited_is_marked_only_when_inheriting_automatically),
        assign_test(creator_sids_become_owner_and_group_and_pass_on_unchanged),
        assign_test(server_creator_sids_become_the_tokens_own),
        assign_test(generic_rights_are_mapped_where_effective_and_kept_where_passed_on),
        assign_test(rights_the_object_does_not_have_are_dropped),
        assign_test(an_ace_for_other_object_types_is_only_carried),
        assign_test(an_ace_for_part_of_the_object_is_inherited_whole),
        assign_test(an_ace_of_unknown_type_is_inherited_as_bytes),
        assign_test(a_label_marked_as_inherited_stays_without_automatic_inheritance),
        assign_test(an_ace_of_unknown_type_names_neither_owners_nor_packages),
        assign_test(a_callback_ace_keeps_its_data_behind_a_longer_sid),
        assign_test(both_sids_of_a_compound_ace_are_replaced),
        assign_test(the_creators_dacl_stands_in_place_of_the_parents),
        assign_test(null_and_empty_dacls_of_the_creator_stand_too),
        assign_test(a_defaulted_dacl_gives_way_to_inheritance_and_to_nothing_else),
        assign_test(the_parents_aces_follow_the_creators_when_inheriting_automatically),
        assign_test(a_protected_dacl_takes_nothing_and_owns_what_it_had_inherited),
        assign_test(a_sacl_needs_security_privilege),
        assign_test(an_empty_sacl_needs_the_privilege_and_a_null_one_is_none),
        assign_test(auditing_is_inherited_without_privilege),
        assign_test(anyone_labels_up_to_its_own_level),
        assign_test(a_label_above_the_own_level_needs_relabel_privilege),
        assign_test(a_token_without_level_labels_as_untrusted),
        assign_test(a_label_that_is_no_integrity_level_needs_relabel_privilege),
        assign_test(a_label_of_ones_own_leaves_the_parents_auditing_in_force),
        assign_test(a_low_token_labels_what_it_makes),
        assign_test(a_label_that_does_not_act_on_the_object_is_no_label),
        assign_test(medium_tokens_and_tokens_without_level_add_no_label),
        assign_test(a_protected_sacl_still_takes_the_parents_scope),
        assign_test(a_protected_sacl_still_takes_the_parents_attributes),
        assign_test(every_kind_of_sacl_entry_is_inherited_like_others),
        assign_test(a_result_past_the_size_of_an_acl_is_refused),
        assign_test(an_ace_past_the_size_of_an_ace_is_refused),
        assign_test(a_sacl_that_is_too_large_is_not_cut_to_fit_a_default_label),
        assign_test(an_ace_for_a_type_of_the_object_acts_on_it_without_saying_so),
        assign_test(a_container_carries_the_type_on_while_it_acts),
        assign_test(an_ace_for_another_type_yields_nothing),
        assign_test(types_need_a_list_and_rights_a_mapping),
        assign_test(what_is_undocumented_is_refused_as_such),
        assign_test(a_servers_owner_and_group_stand_in_for_the_server_sids),
        assign_test(an_appcontainer_may_use_what_it_makes_and_makes_it_low),
        assign_test(a_package_that_the_default_dacl_names_gets_no_more),
        assign_test(a_package_gets_nothing_from_a_parent_or_creator_that_does_not_name_it),
        assign_test(where_owners_are_restricted_a_dacl_of_ones_own_needs_write_dac),
        assign_test(owners_are_restricted_by_what_would_act_on_the_object_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
