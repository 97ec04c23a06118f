/* SPDX-License-Identifier: MIT */

#include "nt/test-support.h"

static tsr_ace only_ace(const acl_room *room)
{
    size_t offset = 0;
    tsr_ace ace = {0};
    tsr_acl view;

    expect_ok(tsr_acl_view(room, room->acl.AclSize, &view));
    assert_int_equal(view.n_aces, 1);
    assert_true(tsr_acl_next(&view, &offset, &ace));
    return ace;
}

static void expect_ace(const acl_room *room, tsr_ace_type type, unsigned int flags, const char *sid)
{
    const sid_room expected = sid_bytes(sid);
    const tsr_ace ace = only_ace(room);

    assert_int_equal(ace.type, type);
    assert_int_equal(ace.flags, flags);
    assert_int_equal(ace.mask, 0x12);
    assert_memory_equal(ace.sid, &expected, tsr_encoded_sid_size(ace.sid));
    assert_int_equal(ace.n_data, 0);
}

static void allowing_and_denying_aces_are_appended(void **state)
{
    sid_room sid = sid_bytes("S-1-5-32-544");
    acl_room room = acl_empty();
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlAddAccessAllowedAce(&room.acl, ACL_REVISION, 0x12, &sid));
    expect_ace(&room, ACCESS_ALLOWED_ACE_TYPE, 0, "S-1-5-32-544");
    room = acl_empty();
    expect_nt(STATUS_SUCCESS, RtlAddAccessDeniedAce(&room.acl, ACL_REVISION, 0x12, &sid));
    expect_ace(&room, ACCESS_DENIED_ACE_TYPE, 0, "S-1-5-32-544");
    room = acl_empty();
    expect_nt(STATUS_SUCCESS, RtlAddAccessAllowedAceEx(&room.acl, ACL_REVISION, 0x1f, 0x12, &sid));
    expect_ace(&room, ACCESS_ALLOWED_ACE_TYPE, 0x1f, "S-1-5-32-544");
    room = acl_empty();
    expect_nt(STATUS_SUCCESS, RtlAddAccessDeniedAceEx(&room.acl, ACL_REVISION, 0x3, 0x12, &sid));
    expect_ace(&room, ACCESS_DENIED_ACE_TYPE, 0x3, "S-1-5-32-544");
}

static void auditing_aces_say_which_outcome(void **state)
{
    sid_room sid = sid_bytes("S-1-1-0");
    acl_room room = acl_empty();
    (void)state;

    expect_nt(STATUS_SUCCESS,
              RtlAddAuditAccessAce(&room.acl, ACL_REVISION, 0x12, &sid, TRUE, FALSE));
    expect_ace(&room, SYSTEM_AUDIT_ACE_TYPE, SUCCESSFUL_ACCESS_ACE_FLAG, "S-1-1-0");
    room = acl_empty();
    expect_nt(STATUS_SUCCESS, RtlAddAuditAccessAceEx(&room.acl, ACL_REVISION, CONTAINER_INHERIT_ACE,
                                                     0x12, &sid, FALSE, TRUE));
    expect_ace(&room, SYSTEM_AUDIT_ACE_TYPE, CONTAINER_INHERIT_ACE | FAILED_ACCESS_ACE_FLAG,
               "S-1-1-0");
}

static void object_aces_hold_the_types_that_are_given(void **state)
{
    sid_room sid = sid_bytes("S-1-1-0");
    GUID type = {1, 2, 3, {4}};
    GUID inherited = {5, 6, 7, {8}};
    acl_room room = acl_empty();
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlAddAccessAllowedObjectAce(&room.acl, ACL_REVISION_DS, 0, 0x12,
                                                           &type, &inherited, &sid));
    expect_ace(&room, ACCESS_ALLOWED_OBJECT_ACE_TYPE, 0, "S-1-1-0");
    assert_memory_equal(only_ace(&room).object_type, &type, sizeof(type));
    assert_memory_equal(only_ace(&room).inherited_object_type, &inherited, sizeof(type));
    assert_int_equal(room.acl.AclRevision, ACL_REVISION_DS);
    room = acl_empty();
    expect_nt(STATUS_SUCCESS, RtlAddAccessDeniedObjectAce(&room.acl, ACL_REVISION_DS, 0, 0x12, NULL,
                                                          &inherited, &sid));
    expect_ace(&room, ACCESS_DENIED_OBJECT_ACE_TYPE, 0, "S-1-1-0");
    assert_null(only_ace(&room).object_type);
    room = acl_empty();
    expect_nt(STATUS_SUCCESS, RtlAddAuditAccessObjectAce(&room.acl, ACL_REVISION_DS, 0, 0x12, &type,
                                                         NULL, &sid, TRUE, TRUE));
    expect_ace(&room, SYSTEM_AUDIT_OBJECT_ACE_TYPE, 0xc0, "S-1-1-0");
}

static void object_aces_without_types_are_ordinary_ones(void **state)
{
    sid_room sid = sid_bytes("S-1-1-0");
    acl_room room = acl_empty();
    (void)state;

    expect_nt(STATUS_SUCCESS,
              RtlAddAccessDeniedObjectAce(&room.acl, ACL_REVISION_DS, 0, 0x12, NULL, NULL, &sid));

    expect_ace(&room, ACCESS_DENIED_ACE_TYPE, 0, "S-1-1-0");
}

static void a_label_is_appended(void **state)
{
    sid_room low = sid_bytes("S-1-16-4096");
    acl_room room = acl_empty();
    (void)state;

    expect_nt(STATUS_SUCCESS, RtlAddMandatoryAce(&room.acl, ACL_REVISION, 0, &low,
                                                 SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0x3));

    assert_int_equal(only_ace(&room).type, SYSTEM_MANDATORY_LABEL_ACE_TYPE);
    assert_int_equal(only_ace(&room).mask, 0x3);
}

static void what_is_no_label_is_not_appended(void **state)
{
    const BYTE type = SYSTEM_MANDATORY_LABEL_ACE_TYPE;
    sid_room everyone = sid_bytes("S-1-1-0");
    sid_room two = sid_bytes("S-1-16-4096-1");
    sid_room low = sid_bytes("S-1-16-4096");
    acl_room room = acl_empty();
    const acl_room before = room;
    (void)state;

    expect_nt(STATUS_INVALID_SID,
              RtlAddMandatoryAce(&room.acl, ACL_REVISION, 0, &everyone, type, 1));
    expect_nt(STATUS_INVALID_SID, RtlAddMandatoryAce(&room.acl, ACL_REVISION, 0, &two, type, 1));
    expect_nt(STATUS_INVALID_SID, RtlAddMandatoryAce(&room.acl, ACL_REVISION, 0, NULL, type, 1));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlAddMandatoryAce(&room.acl, ACL_REVISION, 0, &low, type, 8));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlAddMandatoryAce(&room.acl, ACL_REVISION, 0, &low, SYSTEM_AUDIT_ACE_TYPE, 1));

    assert_memory_equal(&room, &before, sizeof(room));
}

static void a_refused_ace_changes_nothing(void **state)
{
    sid_room sid = sid_bytes("S-1-1-0");
    GUID type = {0};
    acl_room room = acl_empty();
    const acl_room before = room;
    (void)state;

    expect_nt(STATUS_INVALID_SID, RtlAddAccessAllowedAce(&room.acl, ACL_REVISION, 1, NULL));
    expect_nt(STATUS_REVISION_MISMATCH, RtlAddAccessAllowedAce(&room.acl, 1, 1, &sid));
    expect_nt(STATUS_REVISION_MISMATCH, RtlAddAccessAllowedAce(&room.acl, 5, 1, &sid));
    expect_nt(STATUS_REVISION_MISMATCH,
              RtlAddAccessAllowedObjectAce(&room.acl, ACL_REVISION, 0, 1, &type, NULL, &sid));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlAddAccessAllowedAceEx(&room.acl, ACL_REVISION, 0x20, 1, &sid));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlAddAccessDeniedAceEx(&room.acl, ACL_REVISION, 0x100, 1, &sid));
    expect_nt(STATUS_INVALID_PARAMETER,
              RtlAddAuditAccessAceEx(&room.acl, ACL_REVISION, 0x20, 1, &sid, TRUE, TRUE));
    expect_nt(STATUS_INVALID_ACL, RtlAddAccessAllowedAce(NULL, ACL_REVISION, 1, &sid));

    assert_memory_equal(&room, &before, sizeof(room));
}

static void an_ace_needs_room_to_the_byte(void **state)
{
    sid_room sid = sid_bytes("S-1-1-0");
    acl_room room = acl_empty();
    (void)state;

    room.acl.AclSize = 8 + 16;
    expect_nt(STATUS_ALLOTTED_SPACE_EXCEEDED,
              RtlAddAccessAllowedAce(&room.acl, ACL_REVISION, 1, &sid));
    assert_int_equal(room.acl.AceCount, 0);
    room.acl.AclSize = 8 + 20;
    expect_nt(STATUS_SUCCESS, RtlAddAccessAllowedAce(&room.acl, ACL_REVISION, 1, &sid));
    expect_nt(STATUS_ALLOTTED_SPACE_EXCEEDED,
              RtlAddAccessAllowedAce(&room.acl, ACL_REVISION, 1, &sid));

    assert_int_equal(room.acl.AceCount, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allowing_and_denying_aces_are_appended),
        cmocka_unit_test(auditing_aces_say_which_outcome),
        cmocka_unit_test(object_aces_hold_the_types_that_are_given),
        cmocka_unit_test(object_aces_without_types_are_ordinary_ones),
        cmocka_unit_test(a_label_is_appended),
        cmocka_unit_test(what_is_no_label_is_not_appended),
        cmocka_unit_test(a_refused_ace_changes_nothing),
        cmocka_unit_test(an_ace_needs_room_to_the_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
