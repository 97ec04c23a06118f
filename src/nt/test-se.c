/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

#include "token/test-allocation.h"

static GENERIC_MAPPING mapping = {1, 2, 4, 0x7};

/* A descriptor that gives alice 1. */
struct described {
    SECURITY_DESCRIPTOR descriptor;
    sid_room owner;
    acl_room dacl;
};

static void describe(struct described *described)
{
    sid_room user = sid_bytes(ALICE);

    described->owner = sid_bytes("S-1-5-18");
    described->dacl = acl_empty();
    expect_nt(STATUS_SUCCESS, RtlCreateSecurityDescriptor(&described->descriptor, 1));
    expect_nt(STATUS_SUCCESS,
              RtlSetOwnerSecurityDescriptor(&described->descriptor, &described->owner, FALSE));
    expect_nt(STATUS_SUCCESS,
              RtlSetGroupSecurityDescriptor(&described->descriptor, &described->owner, FALSE));
    expect_nt(STATUS_SUCCESS, RtlAddAccessAllowedAce(&described->dacl.acl, ACL_REVISION, 1, &user));
    expect_nt(STATUS_SUCCESS, RtlSetDaclSecurityDescriptor(&described->descriptor, TRUE,
                                                           &described->dacl.acl, FALSE));
}

static void a_subject_is_judged(void **state)
{
    struct described object;
    SECURITY_SUBJECT_CONTEXT context;
    PPRIVILEGE_SET privileges = NULL;
    ACCESS_MASK granted = 42;
    NTSTATUS answer = 42;
    (void)state;

    be(alice_with(SE_SECURITY_PRIVILEGE));
    describe(&object);
    SeCaptureSubjectContext(&context);
    assert_null(context.ClientToken);
    assert_ptr_equal(SeQuerySubjectContextToken(&context), context.PrimaryToken);
    assert_int_equal(SeAccessCheck(&object.descriptor, &context, FALSE, 1, 0, NULL, &mapping,
                                   UserMode, &granted, &answer),
                     TRUE);
    assert_int_equal(granted, 1);
    SeLockSubjectContext(&context);
    SeLockSubjectContext(&context);
    assert_int_equal(SeAccessCheck(&object.descriptor, &context, TRUE, 2, 0, NULL, &mapping,
                                   UserMode, &granted, &answer),
                     FALSE);
    assert_int_equal(answer, STATUS_ACCESS_DENIED);
    assert_int_equal(granted, 0);
    SeUnlockSubjectContext(&context);
    assert_int_equal(SeAccessCheck(&object.descriptor, &context, TRUE, ACCESS_SYSTEM_SECURITY, 0,
                                   &privileges, &mapping, UserMode, &granted, &answer),
                     TRUE);
    assert_int_equal(privileges->PrivilegeCount, 1);
    SeFreePrivileges(privileges);
    SeReleaseSubjectContext(&context);
    assert_null(context.PrimaryToken);
}

static void the_kernel_is_granted_all_and_nobody_nothing(void **state)
{
    SECURITY_SUBJECT_CONTEXT context = {0};
    PRIVILEGE_SET set = {1, 1, {{{SE_TCB_PRIVILEGE, 0}, 0}}};
    PSECURITY_DESCRIPTOR made = NULL;
    ACCESS_MASK granted = 42;
    NTSTATUS answer = 42;
    (void)state;

    assert_int_equal(SeAccessCheck(NULL, &context, FALSE, MAXIMUM_ALLOWED | DELETE, 8, NULL,
                                   &mapping, KernelMode, &granted, &answer),
                     TRUE);
    assert_int_equal(granted, DELETE | 0x7 | 8);
    assert_int_equal(
        SeAccessCheck(NULL, &context, FALSE, 1, 0, NULL, &mapping, UserMode, &granted, &answer),
        FALSE);
    assert_int_equal(granted, 0);
    assert_int_equal(SePrivilegeCheck(&set, &context, KernelMode), FALSE);
    expect_nt(STATUS_NO_TOKEN,
              SeAssignSecurity(NULL, NULL, &made, FALSE, &context, &mapping, PagedPool));
    assert_null(made);
    SeLockSubjectContext(&context);
    SeUnlockSubjectContext(&context);
    SeReleaseSubjectContext(&context);
}

/* Covers T-CTX-16, T-CTX-17, T-CTX-18 [U], T-CTX-19, T-CTX-19b, T-PRV-8, T-PRV-9. */
static void a_client_below_impersonation_is_refused(void **state)
{
    const LUID impersonate_luid = {SE_IMPERSONATE_PRIVILEGE, 0};
    PRIVILEGE_SET set = {1, 1, {{{SE_IMPERSONATE_PRIVILEGE, 0}, 0}}};
    PRIVILEGE_SET not_held = {1, 1, {{{SE_TCB_PRIVILEGE, 0}, 0}}};
    struct described object;
    SECURITY_SUBJECT_CONTEXT context;
    struct token_object *token;
    ACCESS_MASK granted = 42;
    NTSTATUS answer = 42;
    (void)state;

    be(service(HELD));
    describe(&object);
    assert_int_equal(SeSinglePrivilegeCheck(impersonate_luid, UserMode), TRUE);
    token =
        act_as(impersonating(service(HELD), TSR_LEVEL_IDENTIFICATION), TSR_LEVEL_IDENTIFICATION);
    assert_int_equal(SeSinglePrivilegeCheck(impersonate_luid, UserMode), FALSE); /* T-PRV-8 */
    SeCaptureSubjectContext(&context);
    assert_ptr_equal(context.ClientToken, token);
    assert_int_equal(SePrivilegeCheck(&set, &context, KernelMode), FALSE); /* T-CTX-19b */
    SeLockSubjectContext(&context);
    assert_int_equal(SeAccessCheck(&object.descriptor, &context, TRUE, 1, 0, NULL, &mapping,
                                   UserMode, &granted, &answer), /* T-CTX-18 */
                     FALSE);
    assert_int_equal(answer, STATUS_BAD_IMPERSONATION_LEVEL);
    PsRevertToSelf();
    assert_ptr_equal(SeQuerySubjectContextToken(&context), token); /* T-CTX-16 */
    SeReleaseSubjectContext(&context);
    SeCaptureSubjectContextEx(NULL, PsGetCurrentProcess(), &context); /* T-CTX-17 */
    assert_null(context.ClientToken);
    assert_int_equal(SePrivilegeCheck(&not_held, &context, KernelMode), TRUE); /* T-CTX-19 */
    assert_int_equal(SePrivilegeCheck(&not_held, &context, UserMode), FALSE);
    assert_int_equal(SePrivilegeCheck(&set, &context, UserMode), TRUE);
    assert_int_equal(set.Privilege[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    SeReleaseSubjectContext(&context);
    assert_int_equal(n_references(token), 1);
    (void)token_object_unref(token);

    token = act_as(impersonating(service(HELD), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    SeCaptureSubjectContext(&context);
    assert_int_equal(SePrivilegeCheck(&not_held, &context, KernelMode), TRUE);
    SeReleaseSubjectContext(&context);
    PsRevertToSelf();
    (void)token_object_unref(token);
}

static void new_objects_belong_to_the_subject(void **state)
{
    SECURITY_SUBJECT_CONTEXT context;
    PSECURITY_DESCRIPTOR made = NULL;
    sid_room user = sid_bytes(ALICE);
    BOOLEAN defaulted;
    PSID owner = NULL;
    (void)state;

    be(alice());
    SeCaptureSubjectContext(&context);
    assert_int_equal(SeTokenType(context.PrimaryToken), TokenPrimary);
    assert_int_equal(SeTokenIsAdmin(context.PrimaryToken), FALSE);
    assert_int_equal(SeTokenIsRestricted(context.PrimaryToken), FALSE);
    expect_nt(STATUS_SUCCESS,
              SeAssignSecurity(NULL, NULL, &made, FALSE, &context, &mapping, PagedPool));
    expect_nt(STATUS_SUCCESS, RtlGetOwnerSecurityDescriptor(made, &owner, &defaulted));
    assert_true(RtlEqualSid(owner, &user));
    expect_nt(STATUS_SUCCESS, SeDeassignSecurity(&made));
    assert_null(made);
    SeReleaseSubjectContext(&context);
}

static void a_token_is_filtered_by_reference(void **state)
{
    sid_room everyone = sid_bytes(EVERYONE);
    TOKEN_GROUPS restrict_to = {1, {{&everyone, 0}}};
    TOKEN_GROUPS wrong = {1, {{&everyone, SE_GROUP_ENABLED}}};
    TOKEN_GROUPS no_sid = {1, {{NULL, 0}}};
    PACCESS_TOKEN filtered_token = NULL;
    PACCESS_TOKEN primary;
    (void)state;

    be(alice());
    primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    expect_nt(STATUS_SUCCESS, SeFilterToken(primary, DISABLE_MAX_PRIVILEGE, NULL, NULL,
                                            &restrict_to, &filtered_token));
    assert_int_equal(SeTokenIsRestricted(filtered_token), TRUE);
    PsDereferencePrimaryToken(filtered_token);
    expect_nt(STATUS_INVALID_PARAMETER,
              SeFilterToken(primary, 0, NULL, NULL, &wrong, &filtered_token));
    assert_null(filtered_token);
    expect_nt(STATUS_INVALID_SID, SeFilterToken(primary, 0, &no_sid, NULL, NULL, &filtered_token));
    PsDereferencePrimaryToken(primary);
}

static void who_is_restricted_for_writing_only_and_where_he_logged_on_is_told(void **state)
{
    struct token_object *writing =
        object_of(restricted_to(alice(), EVERYONE, NULL, WRITE_RESTRICTED));
    struct token_object *wholly = object_of(restricted_to(alice(), EVERYONE, NULL, 0));
    tsr_token_spec spec = alice_spec();
    struct token_object *elsewhere;
    ULONG session = 42;
    LUID luid = {0};
    sid_room sid = sid_bytes(ALICE);
    PSID user = &sid;
    (void)state;

    spec.session_id = 7;
    elsewhere = object_of(token_of_spec(&spec));
    assert_true(SeTokenIsWriteRestricted(writing));
    assert_true(SeTokenIsRestricted(writing));
    assert_false(SeTokenIsWriteRestricted(wholly));
    assert_false(SeTokenIsWriteRestricted(elsewhere));
    expect_nt(STATUS_SUCCESS, SeQueryAuthenticationIdToken(elsewhere, &luid));
    assert_int_equal(luid.LowPart, (uint32_t)LOGON_SESSION);
    assert_int_equal(luid.HighPart, LOGON_SESSION >> 32);
    expect_nt(STATUS_SUCCESS, SeQuerySessionIdToken(elsewhere, &session));
    assert_int_equal(session, 7);
    assert_int_equal(SeLengthSid(user), RtlLengthSid(user));
    (void)token_object_unref(elsewhere);
    (void)token_object_unref(wholly);
    (void)token_object_unref(writing);
}

static BOOLEAN may(SECURITY_SUBJECT_CONTEXT *context, bool locked, ACCESS_MASK desired)
{
    struct described object;
    ACCESS_MASK granted = 42;
    NTSTATUS answer = 42;
    BOOLEAN may;

    describe(&object);
    may = SeAccessCheck(&object.descriptor, context, locked, desired, 0, NULL, &mapping, UserMode,
                        &granted, &answer);
    assert_int_equal(granted, may ? desired : 0);
    return may;
}

static void disable_all_privileges(struct token_object *token)
{
    handle_t handle = HANDLE_NONE;

    expect_ok(handle_open(object_ref(&token->object), TOKEN_ADJUST_PRIVILEGES, 0, &handle));
    expect_nt(STATUS_SUCCESS,
              NtAdjustPrivilegesToken((HANDLE)(uintptr_t)handle, TRUE, NULL, 0, NULL, NULL));
    expect_ok(handle_close(handle));
}

/* What a lock keeps is judged by until the last of them is gone. */
static void expect_lock_keeps_privileges(SECURITY_SUBJECT_CONTEXT *context)
{
    SeLockSubjectContext(context);
    SeLockSubjectContext(context);
    disable_all_privileges(SeQuerySubjectContextToken(context));
    assert_int_equal(may(context, true, ACCESS_SYSTEM_SECURITY), TRUE);
    assert_int_equal(may(context, false, ACCESS_SYSTEM_SECURITY), FALSE);
    SeUnlockSubjectContext(context);
    assert_int_equal(may(context, true, ACCESS_SYSTEM_SECURITY), TRUE);
    SeUnlockSubjectContext(context);
    assert_null(context->ProcessAuditId);
    assert_int_equal(may(context, true, ACCESS_SYSTEM_SECURITY), FALSE);
}

static void a_locked_subject_stays_as_it_was(void **state)
{
    SECURITY_SUBJECT_CONTEXT context;
    struct token_object *token;
    (void)state;

    be(alice_with(SE_SECURITY_PRIVILEGE));
    SeCaptureSubjectContext(&context);
    expect_lock_keeps_privileges(&context);
    SeReleaseSubjectContext(&context);

    token = act_as(impersonating(alice_with(SE_SECURITY_PRIVILEGE), TSR_LEVEL_IMPERSONATION),
                   TSR_LEVEL_IMPERSONATION);
    SeCaptureSubjectContext(&context);
    expect_lock_keeps_privileges(&context);
    SeReleaseSubjectContext(&context);
    assert_null(context.ClientToken);
    PsRevertToSelf();
    (void)token_object_unref(token);
}

static void without_memory_a_lock_keeps_nothing(void **state)
{
    SECURITY_SUBJECT_CONTEXT context;
    (void)state;

    be(alice_with(SE_SECURITY_PRIVILEGE));
    SeCaptureSubjectContext(&context);
    n_allocations_left = 0;
    SeLockSubjectContext(&context);
    n_allocations_left = SIZE_MAX;
    assert_null(context.ProcessAuditId);
    assert_int_equal(may(&context, true, 1), TRUE);
    SeReleaseSubjectContext(&context);
    assert_null(context.PrimaryToken);
    assert_null(context.ClientToken);
}

static void the_kernel_is_granted_what_it_asks_for_and_no_more(void **state)
{
    SECURITY_SUBJECT_CONTEXT context = {0};
    ACCESS_MASK granted = 42;
    NTSTATUS answer = 42;
    (void)state;

    assert_int_equal(SeAccessCheck(NULL, &context, FALSE, DELETE, 8, NULL, &mapping, KernelMode,
                                   &granted, &answer),
                     TRUE);
    assert_int_equal(granted, DELETE | 8);
    assert_int_equal(answer, STATUS_SUCCESS);
}

static void each_privilege_is_marked_that_was_used(void **state)
{
    struct {
        DWORD count;
        DWORD control;
        LUID_AND_ATTRIBUTES entries[3];
    } set = {2,
             PRIVILEGE_SET_ALL_NECESSARY,
             {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0}, {{SE_SECURITY_PRIVILEGE, 0}, 0}, {{0}, 42}}};
    LUID no_privilege = {SE_SECURITY_PRIVILEGE, 1};
    SECURITY_SUBJECT_CONTEXT context;
    (void)state;

    be(alice_with(SE_SECURITY_PRIVILEGE));
    SeCaptureSubjectContext(&context);
    assert_int_equal(SePrivilegeCheck((PPRIVILEGE_SET)&set, &context, UserMode), TRUE);
    assert_int_equal(set.entries[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    assert_int_equal(set.entries[1].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    assert_int_equal(set.entries[2].Attributes, 42);
    assert_int_equal(SeSinglePrivilegeCheck(no_privilege, UserMode), FALSE);
    SeReleaseSubjectContext(&context);
}

/* A parent whose DACL hands on one entry to objects of any type, and one to those of @only_guid. */
static void new_objects_inherit_what_is_for_their_type(void **state)
{
    GUID only_guid = {7, 7, 7, {7}};
    sid_room everyone = sid_bytes(EVERYONE);
    SECURITY_SUBJECT_CONTEXT context;
    struct described parent;
    const struct {
        GUID *type;
        ULONG flags;
        WORD n_aces;
        WORD control;
    } rows[] = {
        {NULL, 0, 1, 0},
        {NULL, SEF_DACL_AUTO_INHERIT, 1, SE_DACL_AUTO_INHERITED},
        {&only_guid, 0, 2, 0},
    };
    (void)state;

    be(alice());
    describe(&parent);
    parent.dacl = acl_empty();
    expect_nt(STATUS_SUCCESS, RtlAddAccessAllowedAceEx(&parent.dacl.acl, ACL_REVISION_DS,
                                                       OBJECT_INHERIT_ACE, 1, &everyone));
    expect_nt(STATUS_SUCCESS,
              RtlAddAccessAllowedObjectAce(&parent.dacl.acl, ACL_REVISION_DS, OBJECT_INHERIT_ACE, 2,
                                           NULL, &only_guid, &everyone));
    SeCaptureSubjectContext(&context);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        PSECURITY_DESCRIPTOR made = NULL;
        SECURITY_DESCRIPTOR_CONTROL control;
        BOOLEAN is_there;
        ULONG revision;
        PACL dacl;

        expect_nt(STATUS_SUCCESS,
                  SeAssignSecurityEx(&parent.descriptor, NULL, &made, rows[i].type, FALSE,
                                     rows[i].flags, &context, &mapping, PagedPool));
        expect_nt(STATUS_SUCCESS, RtlGetDaclSecurityDescriptor(made, &is_there, &dacl, &is_there));
        assert_int_equal(dacl->AceCount, rows[i].n_aces);
        expect_nt(STATUS_SUCCESS, RtlGetControlSecurityDescriptor(made, &control, &revision));
        assert_int_equal(control & SE_DACL_AUTO_INHERITED, rows[i].control);
        expect_nt(STATUS_SUCCESS, SeDeassignSecurity(&made));
    }
    SeReleaseSubjectContext(&context);
}

static void assigning_without_flags_marks_nothing_inherited(void **state)
{
    sid_room everyone = sid_bytes(EVERYONE);
    SECURITY_DESCRIPTOR_CONTROL control;
    SECURITY_SUBJECT_CONTEXT context;
    PSECURITY_DESCRIPTOR made = NULL;
    struct described parent;
    ULONG revision;
    (void)state;

    be(alice());
    describe(&parent);
    expect_nt(STATUS_SUCCESS, RtlAddAccessAllowedAceEx(&parent.dacl.acl, ACL_REVISION,
                                                       OBJECT_INHERIT_ACE, 1, &everyone));
    SeCaptureSubjectContext(&context);
    expect_nt(STATUS_SUCCESS, SeAssignSecurity(&parent.descriptor, NULL, &made, FALSE, &context,
                                               &mapping, PagedPool));
    expect_nt(STATUS_SUCCESS, RtlGetControlSecurityDescriptor(made, &control, &revision));
    assert_int_equal(control, SE_SELF_RELATIVE | SE_DACL_PRESENT);
    expect_nt(STATUS_SUCCESS, SeDeassignSecurity(&made));
    SeReleaseSubjectContext(&context);
}

static void expect_nobody(const SECURITY_SUBJECT_CONTEXT *context)
{
    assert_null(context->ClientToken);
    assert_null(context->PrimaryToken);
    assert_null(context->ProcessAuditId);
    assert_int_equal(context->ImpersonationLevel, SecurityAnonymous);
}

/* First of all: the token of the process is made when somebody asks for it. */
static void a_process_without_a_token_has_nobody_to_capture(void **state)
{
    SECURITY_SUBJECT_CONTEXT context;
    (void)state;

    memset(&context, 0xff, sizeof(context));
    n_allocations_left = 0;
    SeCaptureSubjectContextEx(NULL, NULL, &context);
    n_allocations_left = SIZE_MAX;
    expect_nobody(&context);
}

static void *capture_without_memory(void *context)
{
    n_allocations_left = 0;
    SeCaptureSubjectContext(context);
    n_allocations_left = SIZE_MAX;
    return NULL;
}

static void a_thread_that_is_not_known_captures_nobody(void **state)
{
    SECURITY_SUBJECT_CONTEXT context;
    pthread_t thread;
    (void)state;

    be(alice());
    memset(&context, 0xff, sizeof(context));
    assert_int_equal(pthread_create(&thread, NULL, capture_without_memory, &context), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    expect_nobody(&context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_without_a_token_has_nobody_to_capture),
        cmocka_unit_test(a_subject_is_judged),
        cmocka_unit_test(the_kernel_is_granted_all_and_nobody_nothing),
        cmocka_unit_test(a_client_below_impersonation_is_refused),
        cmocka_unit_test(new_objects_belong_to_the_subject),
        cmocka_unit_test(a_token_is_filtered_by_reference),
        cmocka_unit_test(who_is_restricted_for_writing_only_and_where_he_logged_on_is_told),
        cmocka_unit_test(a_locked_subject_stays_as_it_was),
        cmocka_unit_test(without_memory_a_lock_keeps_nothing),
        cmocka_unit_test(the_kernel_is_granted_what_it_asks_for_and_no_more),
        cmocka_unit_test(each_privilege_is_marked_that_was_used),
        cmocka_unit_test(new_objects_inherit_what_is_for_their_type),
        cmocka_unit_test(assigning_without_flags_marks_nothing_inherited),
        cmocka_unit_test(a_thread_that_is_not_known_captures_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
