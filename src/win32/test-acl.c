/* SPDX-License-Identifier: MIT */

#include "win32/test-support.h"

static tsr_ace ace_at(const acl_room *room, size_t index)
{
    size_t offset = 0;
    tsr_ace ace = {0};
    tsr_acl view;

    expect_ok(tsr_acl_view(room, room->acl.AclSize, &view));
    for (size_t i = 0; i <= index; i++) {
        assert_true(tsr_acl_next(&view, &offset, &ace));
    }
    return ace;
}

static void expect_ace(const acl_room *room, size_t index, tsr_ace_type type, unsigned int flags,
                       ACCESS_MASK mask)
{
    const tsr_ace ace = ace_at(room, index);

    assert_int_equal(ace.type, type);
    assert_int_equal(ace.flags, flags);
    assert_int_equal(ace.mask, mask);
}

static void aces_of_every_kind_are_appended(void **state)
{
    sid_room sid = sid_bytes("S-1-5-32-544");
    sid_room label = sid_bytes("S-1-16-4096");
    GUID type = {1, 2, 3, {4}};
    acl_room room = acl_empty();
    PACL acl = &room.acl;
    (void)state;

    expect_true(AddAccessAllowedAce(acl, ACL_REVISION, 1, &sid));
    expect_true(AddAccessAllowedAceEx(acl, ACL_REVISION, 3, 2, &sid));
    expect_true(AddAccessDeniedAce(acl, ACL_REVISION, 3, &sid));
    expect_true(AddAccessDeniedAceEx(acl, ACL_REVISION, 8, 4, &sid));
    expect_true(AddAuditAccessAce(acl, ACL_REVISION, 5, &sid, 2, FALSE));
    expect_true(AddAuditAccessAceEx(acl, ACL_REVISION, 1, 6, &sid, FALSE, TRUE));
    expect_true(AddMandatoryAce(acl, ACL_REVISION, 0, 1, &label));
    expect_ace(&room, 0, ACCESS_ALLOWED_ACE_TYPE, 0, 1);
    expect_ace(&room, 1, ACCESS_ALLOWED_ACE_TYPE, 3, 2);
    expect_ace(&room, 2, ACCESS_DENIED_ACE_TYPE, 0, 3);
    expect_ace(&room, 3, ACCESS_DENIED_ACE_TYPE, 8, 4);
    expect_ace(&room, 4, SYSTEM_AUDIT_ACE_TYPE, 0x40, 5);
    expect_ace(&room, 5, SYSTEM_AUDIT_ACE_TYPE, 0x81, 6);
    expect_ace(&room, 6, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, 1);
    room = acl_empty();
    expect_true(AddAccessAllowedObjectAce(acl, ACL_REVISION_DS, 0, 7, &type, NULL, &sid));
    expect_true(AddAccessDeniedObjectAce(acl, ACL_REVISION_DS, 0, 8, NULL, &type, &sid));
    expect_true(
        AddAuditAccessObjectAce(acl, ACL_REVISION_DS, 0, 9, &type, &type, &sid, TRUE, 0x100));
    expect_ace(&room, 0, ACCESS_ALLOWED_OBJECT_ACE_TYPE, 0, 7);
    expect_ace(&room, 1, ACCESS_DENIED_OBJECT_ACE_TYPE, 0, 8);
    expect_ace(&room, 2, SYSTEM_AUDIT_OBJECT_ACE_TYPE, 0xc0, 9);
}

static void refusals_are_last_errors(void **state)
{
    sid_room sid = sid_bytes("S-1-1-0");
    GUID type = {0};
    acl_room room = acl_empty();
    acl_room before = room;
    (void)state;

    expect_error(ERROR_INVALID_SID, AddAccessAllowedAce(&room.acl, ACL_REVISION, 1, NULL));
    expect_error(ERROR_INVALID_ACL, AddAccessAllowedAce(NULL, ACL_REVISION, 1, &sid));
    expect_error(ERROR_REVISION_MISMATCH, AddAccessDeniedAce(&room.acl, 9, 1, &sid));
    expect_error(ERROR_REVISION_MISMATCH,
                 AddAccessAllowedObjectAce(&room.acl, ACL_REVISION, 0, 1, &type, NULL, &sid));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddAccessAllowedAceEx(&room.acl, ACL_REVISION, 0x80, 1, &sid));
    expect_error(ERROR_INVALID_SID, AddMandatoryAce(&room.acl, ACL_REVISION, 0, 1, &sid));
    assert_memory_equal(&room, &before, sizeof(room));
    room.acl.AclSize = 8;
    expect_error(ERROR_ALLOTTED_SPACE_EXCEEDED,
                 AddAccessAllowedAce(&room.acl, ACL_REVISION, 1, &sid));
    expect_error(ERROR_INSUFFICIENT_BUFFER, InitializeAcl(&room.acl, 7, ACL_REVISION));
    expect_error(ERROR_INVALID_PARAMETER, InitializeAcl(&room.acl, 64, 1));
    expect_error(ERROR_INVALID_ACL, IsValidAcl(NULL));
}

static void whole_aces_are_added_got_and_deleted(void **state)
{
    sid_room sid = sid_bytes("S-1-1-0");
    ACL_SIZE_INFORMATION sizes;
    ACL_REVISION_INFORMATION revision = {ACL_REVISION_DS};
    acl_room from = acl_empty();
    acl_room room = acl_empty();
    PVOID ace = NULL;
    (void)state;

    expect_true(AddAccessAllowedAce(&from.acl, ACL_REVISION, 1, &sid));
    expect_true(GetAce(&from.acl, 0, &ace));
    expect_true(AddAce(&room.acl, ACL_REVISION, MAXDWORD, ace, ((PACE_HEADER)ace)->AceSize));
    expect_true(AddAccessDeniedAce(&room.acl, ACL_REVISION, 2, &sid));
    expect_true(GetAclInformation(&room.acl, &sizes, sizeof(sizes), AclSizeInformation));
    assert_int_equal(sizes.AceCount, 2);
    assert_int_equal(sizes.AclBytesInUse, 48);
    expect_true(DeleteAce(&room.acl, 0));
    expect_ace(&room, 0, ACCESS_DENIED_ACE_TYPE, 0, 2);
    expect_true(FindFirstFreeAce(&room.acl, &ace));
    assert_ptr_equal(ace, (BYTE *)&room + 28);
    expect_true(SetAclInformation(&room.acl, &revision, sizeof(revision), AclRevisionInformation));
    assert_int_equal(room.acl.AclRevision, ACL_REVISION_DS);
    assert_true(IsValidAcl(&room.acl));
    expect_error(ERROR_INVALID_PARAMETER, GetAce(&room.acl, 1, &ace));
    expect_error(ERROR_INVALID_PARAMETER, DeleteAce(&room.acl, 1));
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 GetAclInformation(&room.acl, &sizes, 1, AclSizeInformation));
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 SetAclInformation(&room.acl, &revision, 1, AclRevisionInformation));
    expect_error(ERROR_INVALID_ACL, FindFirstFreeAce(NULL, &ace));
    expect_error(ERROR_INVALID_PARAMETER, AddAce(&room.acl, ACL_REVISION, 0, &sid, 3));
}

static void aces_of_app_containers_are_found_from_an_index_on(void **state)
{
    static const char *const sids[] = {"S-1-1-0", "S-1-15-2-1", "S-1-15-4-1", "S-1-15-3",
                                       "S-1-16-2"};
    acl_room room = acl_empty();
    DWORD index = 42;
    PVOID expected = NULL;
    PVOID ace = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(sids) / sizeof(sids[0]); i++) {
        sid_room sid = sid_bytes(sids[i]);

        expect_true(AddAccessAllowedAce(&room.acl, ACL_REVISION, 1, &sid));
    }
    expect_true(GetAppContainerAce(&room.acl, 0, &ace, &index));
    assert_int_equal(index, 1);
    expect_true(GetAce(&room.acl, 1, &expected));
    assert_ptr_equal(ace, expected);
    expect_true(GetAppContainerAce(&room.acl, index + 1, &ace, &index));
    assert_int_equal(index, 3);
    expect_true(GetAce(&room.acl, 3, &expected));
    assert_ptr_equal(ace, expected);
    expect_error(ERROR_NOT_FOUND, GetAppContainerAce(&room.acl, index + 1, &ace, &index));
    expect_error(ERROR_NOT_FOUND, GetAppContainerAce(&room.acl, MAXDWORD, &ace, &index));
    assert_ptr_equal(ace, expected);
    assert_int_equal(index, 3);
    expect_true(GetAppContainerAce(&room.acl, 3, &ace, &index));
    assert_int_equal(index, 3);
    expect_true(GetAppContainerAce(&room.acl, 1, &ace, NULL));
    expect_error(ERROR_INVALID_ACL, GetAppContainerAce(NULL, 0, &ace, &index));
    expect_error(ERROR_INVALID_PARAMETER, GetAppContainerAce(&room.acl, 0, NULL, &index));
    room.acl.AclRevision = 1;
    expect_error(ERROR_INVALID_ACL, GetAppContainerAce(&room.acl, 0, &ace, &index));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aces_of_every_kind_are_appended),
        cmocka_unit_test(refusals_are_last_errors),
        cmocka_unit_test(whole_aces_are_added_got_and_deleted),
        cmocka_unit_test(aces_of_app_containers_are_found_from_an_index_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
