/* SPDX-License-Identifier: MIT */

#include "win32/test-support.h"

#include <tessera/claim.h>

#include "base/check.h"

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

static void a_conditional_ace_is_appended(void **state)
{
    static WCHAR condition[] = u"(Title == \"VP\")";
    sid_room sid = sid_bytes("S-1-1-0");
    acl_room room = acl_empty();
    DWORD used = 0;
    (void)state;

    expect_true(AddConditionalAce(&room.acl, ACL_REVISION, CONTAINER_INHERIT_ACE,
                                  ACCESS_ALLOWED_CALLBACK_ACE_TYPE, 0x12, &sid, condition, &used));

    expect_ace(&room, 0, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, CONTAINER_INHERIT_ACE, 0x12);
    assert_int_equal(used, 8 + ace_at(&room, 0).size);
    assert_memory_equal(ace_at(&room, 0).data, "artx", 4);
}

static void a_condition_has_to_be_one_and_to_fit(void **state)
{
    static WCHAR condition[] = u"(Title == \"VP\")";
    static WCHAR broken[] = u"(Title ==";
    const UCHAR type = ACCESS_DENIED_CALLBACK_ACE_TYPE;
    sid_room sid = sid_bytes("S-1-1-0");
    acl_room room = acl_empty();
    PACL acl = &room.acl;
    DWORD used = 42;
    (void)state;

    expect_error(ERROR_INVALID_PARAMETER,
                 AddConditionalAce(acl, ACL_REVISION, 0, type, 1, &sid, broken, &used));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddConditionalAce(acl, ACL_REVISION, 0, type, 1, &sid, NULL, &used));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddConditionalAce(acl, ACL_REVISION, 0, ACCESS_ALLOWED_ACE_TYPE, 1, &sid,
                                   condition, &used));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddConditionalAce(acl, ACL_REVISION, 0x100, type, 1, &sid, condition, &used));
    expect_error(ERROR_INVALID_SID,
                 AddConditionalAce(acl, ACL_REVISION, 0, type, 1, NULL, condition, &used));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddConditionalAce(acl, ACL_REVISION, 0, type, 1, &sid, condition, NULL));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddConditionalAce(acl, ACL_REVISION, SUCCESSFUL_ACCESS_ACE_FLAG, type, 1, &sid,
                                   condition, &used));
    assert_int_equal(used, 42);
    acl->AclSize = 8;
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 AddConditionalAce(acl, ACL_REVISION, 0, type, 1, &sid, condition, &used));

    assert_true(used > 28 && used < 256);
    assert_int_equal(acl->AceCount, 0);
    acl->AclSize = (WORD)used;
    expect_true(AddConditionalAce(acl, ACL_REVISION, 0, type, 1, &sid, condition, &used));
}

/* An attribute, and what leads to it. */
struct information {
    CLAIM_SECURITY_ATTRIBUTE_V1 attribute;
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION information;
};

static void information_init(struct information *information, WORD type, DWORD n_values,
                             void *values)
{
    static WCHAR name[] = u"Project";

    *information = (struct information){
        .attribute = {.Name = name, .ValueType = type, .ValueCount = n_values},
        .information = {.Version = CLAIM_SECURITY_ATTRIBUTES_INFORMATION_VERSION,
                        .AttributeCount = 1},
    };
    information->attribute.Values.pInt64 = values;
    information->information.Attribute.pAttributeV1 = &information->attribute;
}

static void an_attribute_of_every_type_is_appended(void **state)
{
    static WCHAR one[] = u"One";
    static WCHAR other[] = u"Other";
    PWSTR texts[] = {one, other};
    LONG64 numbers[] = {-1, 2};
    DWORD64 truth[] = {1};
    sid_room sid = sid_bytes("S-1-5-18");
    sid_room everyone = sid_bytes("S-1-1-0");
    CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE sids[] = {{&sid, 12}};
    CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE octets[] = {{one, 3}, {other, 5}};
    const struct {
        WORD type;
        DWORD n_values;
        void *values;
    } cases[] = {
        {CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64, 2, numbers},
        {CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64, 2, numbers},
        {CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN, 1, truth},
        {CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING, 2, texts},
        {CLAIM_SECURITY_ATTRIBUTE_TYPE_SID, 1, sids},
        {CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING, 2, octets},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct information information;
        acl_room room = acl_empty();
        tsr_claim claim = {0};
        DWORD used = 0;

        information_init(&information, cases[i].type, cases[i].n_values, cases[i].values);
        expect_true(AddResourceAttributeAce(&room.acl, ACL_REVISION, CONTAINER_INHERIT_ACE, 0,
                                            &everyone, &information.information, &used));
        expect_ace(&room, 0, SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE, CONTAINER_INHERIT_ACE, 0);
        assert_int_equal(used, 8 + ace_at(&room, 0).size);
        expect_ok(tsr_claim_view(ace_at(&room, 0).data, ace_at(&room, 0).n_data, &claim));
        assert_int_equal(claim.type, cases[i].type);
        assert_int_equal(claim.n_values, cases[i].n_values);
        assert_memory_equal(claim.name, u"Project", claim.n_name);
    }
}

static void an_attribute_has_to_be_one(void **state)
{
    LONG64 numbers[] = {1, 1};
    sid_room everyone = sid_bytes("S-1-1-0");
    sid_room system = sid_bytes("S-1-5-18");
    struct information information;
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION *given = &information.information;
    acl_room room = acl_empty();
    acl_room before = room;
    PACL acl = &room.acl;
    DWORD used = 42;
    (void)state;

    information_init(&information, CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64, 1, numbers);
    expect_error(ERROR_INVALID_PARAMETER,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 1, &everyone, given, &used));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0x40, 0, &everyone, given, &used));
    expect_error(ERROR_INVALID_SID,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, &system, given, &used));
    expect_error(ERROR_INVALID_SID,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, NULL, given, &used));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, &everyone, NULL, &used));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, &everyone, given, NULL));
    given->AttributeCount = 2;
    expect_error(ERROR_INVALID_PARAMETER,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, &everyone, given, &used));
    information_init(&information, CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64, 2, numbers); /* twice */
    expect_error(ERROR_INVALID_PARAMETER,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, &everyone, given, &used));
    information_init(&information, CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64, 0, numbers);
    expect_error(ERROR_INVALID_PARAMETER,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, &everyone, given, &used));
    information_init(&information, CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64, 1, NULL);
    expect_error(ERROR_INVALID_PARAMETER,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, &everyone, given, &used));
    information_init(&information, 0x42, 1, numbers);
    expect_error(ERROR_INVALID_PARAMETER,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, &everyone, given, &used));
    information_init(&information, CLAIM_SECURITY_ATTRIBUTE_TYPE_FQBN, 1, numbers);
    expect_error(ERROR_NOT_SUPPORTED,
                 AddResourceAttributeAce(acl, ACL_REVISION, 0, 0, &everyone, given, &used));

    assert_int_equal(used, 42);
    assert_memory_equal(&room, &before, sizeof(room));
}

static void an_attribute_needs_room(void **state)
{
    LONG64 numbers[] = {1};
    sid_room everyone = sid_bytes("S-1-1-0");
    struct information information;
    acl_room room = acl_empty();
    DWORD used = 0;
    (void)state;

    information_init(&information, CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64, 1, numbers);
    room.acl.AclSize = 8;
    expect_error(ERROR_INSUFFICIENT_BUFFER,
                 AddResourceAttributeAce(&room.acl, ACL_REVISION, 0, 0, &everyone,
                                         &information.information, &used));
    assert_int_equal(room.acl.AceCount, 0);
    room.acl.AclSize = (WORD)used;

    expect_true(AddResourceAttributeAce(&room.acl, ACL_REVISION, 0, 0, &everyone,
                                        &information.information, &used));
}

static void a_central_policy_is_appended(void **state)
{
    sid_room policy = sid_bytes("S-1-17-1-2-3");
    sid_room everyone = sid_bytes("S-1-1-0");
    acl_room room = acl_empty();
    acl_room before;
    PACL acl = &room.acl;
    (void)state;

    expect_true(AddScopedPolicyIDAce(acl, ACL_REVISION, CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE,
                                     0, &policy));
    expect_ace(&room, 0, SYSTEM_SCOPED_POLICY_ID_ACE_TYPE,
               CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE, 0);
    assert_memory_equal(ace_at(&room, 0).sid, &policy, 20);
    before = room;
    expect_error(ERROR_INVALID_PARAMETER, AddScopedPolicyIDAce(acl, ACL_REVISION, 0, 1, &policy));
    expect_error(ERROR_INVALID_PARAMETER,
                 AddScopedPolicyIDAce(acl, ACL_REVISION, FAILED_ACCESS_ACE_FLAG, 0, &policy));
    expect_error(ERROR_INVALID_PARAMETER, AddScopedPolicyIDAce(acl, 9, 0, 0, &policy));
    expect_error(ERROR_INVALID_SID, AddScopedPolicyIDAce(acl, ACL_REVISION, 0, 0, &everyone));
    expect_error(ERROR_INVALID_SID, AddScopedPolicyIDAce(acl, ACL_REVISION, 0, 0, NULL));
    expect_error(ERROR_INVALID_PARAMETER, AddScopedPolicyIDAce(NULL, ACL_REVISION, 0, 0, &policy));
    assert_memory_equal(&room, &before, sizeof(room));
    room.acl.AclSize = 60;
    expect_error(ERROR_ALLOTTED_SPACE_EXCEEDED,
                 AddScopedPolicyIDAce(acl, ACL_REVISION, 0, 0, &policy));
    assert_int_equal(room.acl.AceCount, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conditional_ace_is_appended),
        cmocka_unit_test(a_condition_has_to_be_one_and_to_fit),
        cmocka_unit_test(an_attribute_of_every_type_is_appended),
        cmocka_unit_test(an_attribute_has_to_be_one),
        cmocka_unit_test(an_attribute_needs_room),
        cmocka_unit_test(a_central_policy_is_appended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
