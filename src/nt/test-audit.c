/* SPDX-License-Identifier: MIT */
/* Tests of native calls that audit. */

#include "nt/test-tokens.h"

#include "object/test-trail.h"

#include <tessera/sddl.h>

#define TEXT_OF(literal_) \
    (&(UNICODE_STRING){sizeof(u"" literal_) - 2, sizeof(u"" literal_), (PWSTR)u"" literal_})

#define READ_BY_ALL      "O:SYG:SYD:(A;;0x1;;;WD)S:(AU;SAFA;0x3;;;WD)"
#define ONE              "00000001-0000-0000-0000-000000000000"
#define HANDLE_ID        ((PVOID)(uintptr_t)0x1234)
#define UNTOUCHED        42
#define FULL_DEVICE      "/dev/full"
#define NO_TYPES         NULL, 0
#define PRIVILEGE(luid_) ((PRIVILEGE_SET){1, 0, {{{luid_, 0}, 0}}})

static struct trail trail;
static GENERIC_MAPPING mapping = {1, 2, 4, 7};

static int begin(void **state)
{
    (void)state;
    be(alice_with(SE_AUDIT_PRIVILEGE));
    trail = trail_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    revert(this_thread());
    expect_ok(tsr_audit_log_set_policy(0));
    trail_end(&trail);
    return 0;
}

static void act_as_bob(tsr_impersonation_level level)
{
    (void)token_object_unref(act_as(impersonating(bob(), level), level));
}

static PSECURITY_DESCRIPTOR descriptor_of(const char *sddl)
{
    uint8_t *bytes = NULL;
    size_t size = 0;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    return bytes;
}

/* What a check that audits writes into. */
struct answer {
    ACCESS_MASK granted;
    NTSTATUS status;
    BOOLEAN generate;
};

static const struct answer untouched = {UNTOUCHED, UNTOUCHED, UNTOUCHED};

static void expect_answer(const struct answer *answer, ACCESS_MASK granted, NTSTATUS status,
                          BOOLEAN generate)
{
    assert_int_equal(answer->granted, granted);
    assert_int_equal(answer->status, status);
    assert_int_equal(answer->generate, generate);
}

static NTSTATUS check(const char *sddl, ACCESS_MASK desired, struct answer *answer)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(sddl);
    NTSTATUS status;

    *answer = untouched;
    status = NtAccessCheckAndAuditAlarm(TEXT_OF("house"), HANDLE_ID, TEXT_OF("Door"),
                                        TEXT_OF("front"), descriptor, desired, &mapping, FALSE,
                                        &answer->granted, &answer->status, &answer->generate);
    free(descriptor);
    return status;
}

static NTSTATUS check_with(AUDIT_EVENT_TYPE type, ULONG flags, struct answer *answer)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    NTSTATUS status;

    *answer = untouched;
    status = NtAccessCheckByTypeAndAuditAlarm(
        TEXT_OF("house"), HANDLE_ID, TEXT_OF("Door"), TEXT_OF("front"), descriptor, NULL, 1, type,
        flags, NO_TYPES, &mapping, TRUE, &answer->granted, &answer->status, &answer->generate);
    free(descriptor);
    return status;
}

static void a_check_tells_its_answer_and_writes_it(void **state)
{
    struct answer answer;
    json_t *event;
    (void)state;

    act_as_bob(TSR_LEVEL_IDENTIFICATION);
    expect_nt(STATUS_SUCCESS, check(READ_BY_ALL, 1, &answer));
    expect_answer(&answer, 1, STATUS_SUCCESS, TRUE);
    event = trail_event(&trail);
    expect_event(event, 4656, true);
    expect_text(event, "subsystem", "house");
    expect_text(event, "object_type", "Door");
    expect_text(event, "object_name", "front");
    expect_text(event, "handle", "0x1234");
    expect_text(event, "granted", "0x00000001");
    expect_text(event, "client", BOB);
    json_decref(event);

    expect_nt(STATUS_SUCCESS, check(READ_BY_ALL, 3, &answer));
    expect_answer(&answer, 0, STATUS_ACCESS_DENIED, FALSE);
    event = trail_event(&trail);
    expect_event(event, 4656, false);
    json_decref(event);

    expect_nt(STATUS_SUCCESS, check("O:SYG:SYD:(A;;0x1;;;WD)", 1, &answer));
    expect_answer(&answer, 1, STATUS_SUCCESS, FALSE);
    expect_silence(&trail);
}

/* Covers AC-13-14. */
static void only_a_client_is_checked(void **state)
{
    struct answer answer;
    (void)state;

    expect_nt(STATUS_NO_IMPERSONATION_TOKEN, check(READ_BY_ALL, 1, &answer));
    expect_answer(&answer, 0, STATUS_ACCESS_DENIED, FALSE);
    act_as_bob(TSR_LEVEL_ANONYMOUS);
    expect_nt(STATUS_BAD_IMPERSONATION_LEVEL, check(READ_BY_ALL, 1, &answer));
    expect_answer(&answer, 0, STATUS_ACCESS_DENIED, FALSE);
    expect_silence(&trail);
}

/* Covers AC-13-12, AC-13-13. */
static void without_the_privilege_there_is_no_check_but_on_request(void **state)
{
    struct answer answer;
    (void)state;

    be(alice());
    (void)token_object_unref(
        act_as(impersonating(alice_with(SE_AUDIT_PRIVILEGE), TSR_LEVEL_IMPERSONATION),
               TSR_LEVEL_IMPERSONATION));
    expect_nt(STATUS_PRIVILEGE_NOT_HELD, check(READ_BY_ALL, 1, &answer));
    expect_answer(&answer, 0, STATUS_ACCESS_DENIED, FALSE);
    expect_nt(STATUS_PRIVILEGE_NOT_HELD, check_with(AuditEventObjectAccess, 0, &answer));
    expect_nt(STATUS_SUCCESS,
              check_with(AuditEventObjectAccess, AUDIT_ALLOW_NO_PRIVILEGE, &answer));
    expect_answer(&answer, 1, STATUS_SUCCESS, FALSE);
    expect_silence(&trail);

    be(alice_with(SE_AUDIT_PRIVILEGE));
    act_as_bob(TSR_LEVEL_IMPERSONATION);
    expect_nt(STATUS_SUCCESS,
              check_with(AuditEventObjectAccess, AUDIT_ALLOW_NO_PRIVILEGE, &answer));
    expect_answer(&answer, 1, STATUS_SUCCESS, TRUE);
    json_decref(trail_event(&trail));
}

static void an_audit_is_of_a_known_type_and_flags(void **state)
{
    struct answer answer;
    json_t *event;
    (void)state;

    act_as_bob(TSR_LEVEL_IMPERSONATION);
    expect_nt(STATUS_SUCCESS, check_with(AuditEventDirectoryServiceAccess, 0, &answer));
    event = trail_event(&trail);
    expect_event(event, 4662, true);
    assert_true(json_is_true(json_object_get(event, "created")));
    json_decref(event);
    expect_nt(STATUS_INVALID_PARAMETER, check_with((AUDIT_EVENT_TYPE)2, 0, &answer));
    expect_answer(&answer, 0, STATUS_ACCESS_DENIED, FALSE);
    expect_nt(STATUS_INVALID_PARAMETER, check_with(AuditEventObjectAccess, 2, &answer));
    expect_nt(STATUS_GENERIC_NOT_MAPPED, check(READ_BY_ALL, GENERIC_READ, &answer));
    expect_answer(&answer, 0, STATUS_ACCESS_DENIED, FALSE);
    expect_nt(STATUS_INVALID_SECURITY_DESCR, check("D:", 1, &answer));
    expect_answer(&answer, 0, STATUS_ACCESS_DENIED, FALSE);
    expect_silence(&trail);
}

static void what_cannot_be_written_was_not_granted(void **state)
{
    const int full = open(FULL_DEVICE, O_WRONLY | O_CLOEXEC);
    struct answer answer;
    (void)state;

    act_as_bob(TSR_LEVEL_IMPERSONATION);
    expect_ok(tsr_audit_log_to_fd(full));
    expect_nt(STATUS_DISK_FULL, check(READ_BY_ALL, 1, &answer));
    expect_answer(&answer, 0, STATUS_ACCESS_DENIED, FALSE);
    expect_nt(STATUS_SUCCESS, check("O:SYG:SYD:(A;;0x1;;;WD)", 1, &answer));
    expect_answer(&answer, 1, STATUS_SUCCESS, FALSE);
    assert_int_equal(close(full), 0);
}

static void pointers_are_looked_at_before_anything_else(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    UNICODE_STRING odd = {3, 4, (PWSTR)u"ab"};
    UNICODE_STRING nowhere = {2, 2, NULL};
    UNICODE_STRING *name = TEXT_OF("house");
    struct answer answer = untouched;
    const struct {
        NTSTATUS status;
        PUNICODE_STRING subsystem;
        PUNICODE_STRING type;
        PUNICODE_STRING name;
        PSECURITY_DESCRIPTOR descriptor;
        GENERIC_MAPPING *mapping;
        ACCESS_MASK *granted;
        NTSTATUS *answer;
        BOOLEAN *generate;
        bool denies;
    } rows[] = {
        {STATUS_ACCESS_VIOLATION, name, name, NULL, NULL, &mapping, &answer.granted, &answer.status,
         &answer.generate, false},
        {STATUS_ACCESS_VIOLATION, name, name, NULL, descriptor, NULL, &answer.granted,
         &answer.status, &answer.generate, false},
        {STATUS_ACCESS_VIOLATION, name, name, NULL, descriptor, &mapping, NULL, &answer.status,
         &answer.generate, false},
        {STATUS_ACCESS_VIOLATION, name, name, NULL, descriptor, &mapping, &answer.granted, NULL,
         &answer.generate, false},
        {STATUS_ACCESS_VIOLATION, name, name, NULL, descriptor, &mapping, &answer.granted,
         &answer.status, NULL, false},
        {STATUS_ACCESS_VIOLATION, NULL, name, NULL, descriptor, &mapping, &answer.granted,
         &answer.status, &answer.generate, true},
        {STATUS_ACCESS_VIOLATION, name, NULL, NULL, descriptor, &mapping, &answer.granted,
         &answer.status, &answer.generate, true},
        {STATUS_INVALID_PARAMETER, name, name, &odd, descriptor, &mapping, &answer.granted,
         &answer.status, &answer.generate, true},
        {STATUS_ACCESS_VIOLATION, name, name, &nowhere, descriptor, &mapping, &answer.granted,
         &answer.status, &answer.generate, true},
        {STATUS_PRIVILEGE_NOT_HELD, name, name, NULL, descriptor, &mapping, &answer.granted,
         &answer.status, &answer.generate, true},
    };
    (void)state;

    be(alice());
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        answer = untouched;
        expect_nt(rows[i].status,
                  ZwAccessCheckAndAuditAlarm(rows[i].subsystem, NULL, rows[i].type, rows[i].name,
                                             rows[i].descriptor, 1, rows[i].mapping, FALSE,
                                             rows[i].granted, rows[i].answer, rows[i].generate));
        if (rows[i].denies) {
            expect_answer(&answer, 0, STATUS_ACCESS_DENIED, FALSE);
        } else {
            expect_answer(&answer, UNTOUCHED, UNTOUCHED, UNTOUCHED);
        }
    }
    expect_silence(&trail);
    free(descriptor);
}

/* A list of two, of which ONE is granted and audited, and the root is refused and audited. */
struct list_answer {
    ACCESS_MASK granted[2];
    NTSTATUS statuses[2];
    BOOLEAN generate;
};

static const char list_sddl[] =
    "O:SYG:SYD:(OA;;CC;" ONE ";;WD)S:(OU;SA;CC;" ONE ";;WD)(AU;FA;CC;;;WD)";

static NTSTATUS check_list(const HANDLE *token, ULONG n_types, struct list_answer *answer)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(list_sddl);
    GUID root = {9, 0, 0, {0}};
    GUID one = {1, 0, 0, {0}};
    GUID two = {2, 0, 0, {0}};
    OBJECT_TYPE_LIST types[] = {{0, 0, &root}, {1, 0, &one}, {1, 0, &two}};
    ACCESS_MASK granted[3] = {UNTOUCHED, UNTOUCHED, UNTOUCHED};
    NTSTATUS statuses[3] = {UNTOUCHED, UNTOUCHED, UNTOUCHED};
    NTSTATUS status;

    answer->generate = UNTOUCHED;
    status = token ? NtAccessCheckByTypeResultListAndAuditAlarmByHandle(
                         TEXT_OF("house"), HANDLE_ID, *token, TEXT_OF("Door"), NULL, descriptor,
                         NULL, 1, AuditEventObjectAccess, 0, types, n_types, &mapping, FALSE,
                         granted, statuses, &answer->generate)
                   : NtAccessCheckByTypeResultListAndAuditAlarm(
                         TEXT_OF("house"), HANDLE_ID, TEXT_OF("Door"), NULL, descriptor, NULL, 1,
                         AuditEventObjectAccess, 0, types, n_types, &mapping, FALSE, granted,
                         statuses, &answer->generate);
    for (size_t i = 0; i < 2; i++) {
        answer->granted[i] = granted[i + 1];
        answer->statuses[i] = statuses[i + 1];
    }
    free(descriptor);
    return status;
}

static void expect_list_was_audited(const struct list_answer *answer)
{
    json_t *events = trail_read(&trail);

    assert_int_equal(answer->granted[0], 1);
    assert_int_equal(answer->statuses[0], STATUS_SUCCESS);
    assert_int_equal(answer->statuses[1], STATUS_ACCESS_DENIED);
    assert_int_equal(answer->generate, TRUE);
    assert_int_equal(json_array_size(events), 2);
    expect_event(json_array_get(events, 0), 4656, false);
    expect_event(json_array_get(events, 1), 4656, true);
    expect_text(json_array_get(events, 1), "object_name", NULL);
    expect_text(json_array_get(events, 1), "client", BOB);
    json_decref(events);
}

/* Covers AC-13-14. */
static void each_type_has_its_answer_and_may_be_audited(void **state)
{
    HANDLE token = nt_h(impersonating(bob(), TSR_LEVEL_IDENTIFICATION), TOKEN_QUERY);
    struct list_answer answer;
    (void)state;

    expect_nt(STATUS_SUCCESS, check_list(&token, 3, &answer));
    expect_list_was_audited(&answer);
    act_as_bob(TSR_LEVEL_IMPERSONATION);
    expect_nt(STATUS_SUCCESS, check_list(NULL, 3, &answer));
    expect_list_was_audited(&answer);
    expect_nt(STATUS_INVALID_PARAMETER, check_list(NULL, 0, &answer));
    expect_nt(STATUS_INVALID_PARAMETER, check_list(NULL, TSR_OBJECT_TYPES_MAX + 1, &answer));
    assert_int_equal(answer.generate, UNTOUCHED);
    expect_silence(&trail);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void a_client_by_handle_needs_one_that_is_good_for_it(void **state)
{
    HANDLE primary = nt_h(bob(), TOKEN_QUERY);
    HANDLE anonymous = nt_h(impersonating(bob(), TSR_LEVEL_ANONYMOUS), TOKEN_QUERY);
    HANDLE blind = nt_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_DUPLICATE);
    HANDLE thread = (HANDLE)(uintptr_t)thread_handle(THREAD_QUERY_INFORMATION);
    HANDLE none = NULL;
    HANDLE unknown = NO_HANDLE;
    const struct {
        HANDLE *token;
        NTSTATUS status;
    } rows[] = {
        {&primary, STATUS_NO_IMPERSONATION_TOKEN},
        {&anonymous, STATUS_BAD_IMPERSONATION_LEVEL},
        {&blind, STATUS_ACCESS_DENIED},
        {&thread, STATUS_OBJECT_TYPE_MISMATCH},
        {&none, STATUS_INVALID_HANDLE},
        {&unknown, STATUS_INVALID_HANDLE},
    };
    (void)state;

    act_as_bob(TSR_LEVEL_IMPERSONATION);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct list_answer answer;

        expect_nt(rows[i].status, check_list(rows[i].token, 3, &answer));
        assert_int_equal(answer.granted[0], 0);
        assert_int_equal(answer.statuses[0], STATUS_ACCESS_DENIED);
        assert_int_equal(answer.generate, FALSE);
    }
    expect_silence(&trail);
    expect_nt(STATUS_SUCCESS, NtClose(thread));
    expect_nt(STATUS_SUCCESS, NtClose(blind));
    expect_nt(STATUS_SUCCESS, NtClose(anonymous));
    expect_nt(STATUS_SUCCESS, NtClose(primary));
}

/* An open that was decided elsewhere. */
static NTSTATUS open_as(HANDLE token, const char *sddl, ACCESS_MASK granted, PRIVILEGE_SET *used,
                        BOOLEAN success, BOOLEAN *generate)
{
    PSECURITY_DESCRIPTOR descriptor = sddl ? descriptor_of(sddl) : NULL;
    const NTSTATUS status =
        NtOpenObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, TEXT_OF("Door"), NULL, descriptor,
                               token, MAXIMUM_ALLOWED, granted, used, TRUE, success, generate);

    free(descriptor);
    return status;
}

static void an_open_is_written_as_its_sacl_says(void **state)
{
    HANDLE token = nt_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_QUERY);
    PRIVILEGE_SET used = PRIVILEGE(SE_SECURITY_PRIVILEGE);
    BOOLEAN generate = UNTOUCHED;
    json_t *event;
    (void)state;

    expect_nt(STATUS_SUCCESS, open_as(token, "S:(AU;SA;0x2;;;WD)", 3, &used, TRUE, &generate));
    assert_int_equal(generate, TRUE);
    event = trail_event(&trail);
    expect_event(event, 4656, true);
    expect_text(event, "desired", "0x02000000");
    expect_text(event, "granted", "0x00000003");
    expect_text(event, "rights", "0x00000002");
    assert_int_equal(json_array_size(json_object_get(event, "privileges")), 1);
    json_decref(event);

    expect_nt(STATUS_SUCCESS, open_as(token, "S:(AU;SA;0x4;;;WD)", 3, NULL, TRUE, &generate));
    assert_int_equal(generate, FALSE);
    expect_silence(&trail);
    expect_nt(STATUS_SUCCESS, open_as(token, NULL, 3, NULL, TRUE, &generate));
    expect_silence(&trail);
    expect_nt(STATUS_SUCCESS, open_as(token, "S:(AU;FA;GR;;;WD)", 0, NULL, FALSE, &generate));
    assert_int_equal(generate, FALSE);
    event = trail_event(&trail);
    expect_event(event, 4656, false);
    json_decref(event);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void an_open_tells_no_privileges_by_policy(void **state)
{
    HANDLE token = nt_h(impersonating(alice_with(SE_SECURITY_PRIVILEGE), TSR_LEVEL_IMPERSONATION),
                        TOKEN_QUERY);
    BOOLEAN generate = UNTOUCHED;
    (void)state;

    expect_ok(tsr_audit_log_set_policy(TSR_AUDIT_PRIVILEGE_SUCCESS | TSR_AUDIT_PRIVILEGE_FAILURE));
    expect_nt(STATUS_SUCCESS,
              NtOpenObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, TEXT_OF("Door"), NULL, NULL,
                                     token, ACCESS_SYSTEM_SECURITY, ACCESS_SYSTEM_SECURITY, NULL,
                                     FALSE, TRUE, &generate));
    assert_int_equal(generate, FALSE);
    expect_silence(&trail);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void an_open_that_cannot_be_told_is_a_failure(void **state)
{
    HANDLE token = nt_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_QUERY);
    PRIVILEGE_SET unknown = PRIVILEGE(99);
    const int full = open(FULL_DEVICE, O_WRONLY | O_CLOEXEC);
    BOOLEAN generate = UNTOUCHED;
    (void)state;

    expect_nt(STATUS_ACCESS_VIOLATION, open_as(token, NULL, 1, NULL, TRUE, NULL));
    expect_nt(STATUS_GENERIC_NOT_MAPPED, open_as(token, NULL, GENERIC_ALL, NULL, TRUE, &generate));
    assert_int_equal(generate, FALSE);
    expect_nt(STATUS_INVALID_HANDLE, open_as(NO_HANDLE, NULL, 1, NULL, TRUE, &generate));
    expect_nt(STATUS_NO_SUCH_PRIVILEGE, open_as(token, NULL, 1, &unknown, TRUE, &generate));
    expect_ok(tsr_audit_log_to_fd(full));
    generate = UNTOUCHED;
    expect_nt(STATUS_DISK_FULL, open_as(token, "S:(AU;SA;1;;;WD)", 1, NULL, TRUE, &generate));
    assert_int_equal(generate, FALSE);
    be(alice());
    expect_nt(STATUS_PRIVILEGE_NOT_HELD, open_as(token, NULL, 1, NULL, TRUE, &generate));
    assert_int_equal(close(full), 0);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

/* Covers AC-13-12, AC-13-16. */
static void the_end_of_a_handle_is_written_if_its_beginning_was(void **state)
{
    json_t *event;
    (void)state;

    expect_nt(STATUS_SUCCESS, NtCloseObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, FALSE));
    expect_nt(STATUS_SUCCESS, NtDeleteObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, FALSE));
    expect_silence(&trail);
    expect_nt(STATUS_SUCCESS, NtCloseObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, TRUE));
    event = trail_event(&trail);
    expect_event(event, 4658, true);
    expect_text(event, "subsystem", "house");
    expect_text(event, "handle", "0x1234");
    json_decref(event);
    expect_nt(STATUS_SUCCESS, NtDeleteObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, TRUE));
    event = trail_event(&trail);
    expect_event(event, 4660, true);
    json_decref(event);
    expect_nt(STATUS_ACCESS_VIOLATION, NtCloseObjectAuditAlarm(NULL, HANDLE_ID, FALSE));
    be(alice());
    expect_nt(STATUS_PRIVILEGE_NOT_HELD,
              NtCloseObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, FALSE));
    expect_nt(STATUS_PRIVILEGE_NOT_HELD,
              NtDeleteObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, TRUE));
    expect_silence(&trail);
}

static void the_use_of_privileges_is_always_written(void **state)
{
    HANDLE token = nt_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_QUERY);
    PRIVILEGE_SET used = PRIVILEGE(SE_BACKUP_PRIVILEGE);
    PRIVILEGE_SET unknown = PRIVILEGE(1);
    json_t *event;
    (void)state;

    expect_nt(STATUS_SUCCESS,
              NtPrivilegeObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, token, 3, &used, FALSE));
    event = trail_event(&trail);
    expect_event(event, 4674, false);
    expect_text(event, "desired", "0x00000003");
    expect_text(event, "client", BOB);
    json_decref(event);
    expect_nt(STATUS_SUCCESS, NtPrivilegedServiceAuditAlarm(TEXT_OF("house"), TEXT_OF("unlock"),
                                                            token, &used, TRUE));
    event = trail_event(&trail);
    expect_event(event, 4673, true);
    expect_text(event, "service", "unlock");
    json_decref(event);

    expect_nt(STATUS_NO_SUCH_PRIVILEGE,
              NtPrivilegeObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, token, 3, &unknown, TRUE));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtPrivilegeObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, token, 3, NULL, TRUE));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtPrivilegeObjectAuditAlarm(NULL, HANDLE_ID, token, 3, &used, TRUE));
    expect_nt(STATUS_ACCESS_VIOLATION,
              NtPrivilegedServiceAuditAlarm(TEXT_OF("house"), NULL, token, &used, TRUE));
    expect_nt(STATUS_INVALID_HANDLE, NtPrivilegedServiceAuditAlarm(
                                         TEXT_OF("house"), TEXT_OF("unlock"), NULL, &used, TRUE));
    be(alice());
    expect_nt(
        STATUS_PRIVILEGE_NOT_HELD,
        NtPrivilegedServiceAuditAlarm(TEXT_OF("house"), TEXT_OF("unlock"), token, &used, TRUE));
    expect_silence(&trail);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void an_object_may_have_an_empty_name(void **state)
{
    PSECURITY_DESCRIPTOR descriptor = descriptor_of(READ_BY_ALL);
    UNICODE_STRING empty = {0, 0, NULL};
    struct answer answer = untouched;
    json_t *event;
    (void)state;

    act_as_bob(TSR_LEVEL_IMPERSONATION);
    expect_nt(STATUS_SUCCESS,
              NtAccessCheckAndAuditAlarm(TEXT_OF("house"), HANDLE_ID, TEXT_OF("Door"), &empty,
                                         descriptor, 1, &mapping, FALSE, &answer.granted,
                                         &answer.status, &answer.generate));
    expect_answer(&answer, 1, STATUS_SUCCESS, TRUE);
    event = trail_event(&trail);
    expect_event(event, 4656, true);
    json_decref(event);
    free(descriptor);
}

/* Whatever generic right an entry of the SACL has, it is one that was asked for. */
static void an_open_that_failed_is_written_for_each_generic_right(void **state)
{
    static const char *const sacls[] = {"S:(AU;FA;GR;;;WD)", "S:(AU;FA;GW;;;WD)",
                                        "S:(AU;FA;GX;;;WD)", "S:(AU;FA;GA;;;WD)"};
    HANDLE token = nt_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_QUERY);
    BOOLEAN generate = UNTOUCHED;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(sacls); i++) {
        json_t *event;

        expect_nt(STATUS_SUCCESS, open_as(token, sacls[i], 3, NULL, FALSE, &generate));
        event = trail_event(&trail);
        expect_event(event, 4656, false);
        expect_text(event, "granted", "0x00000000");
        json_decref(event);
    }
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void an_open_is_written_by_the_policy_of_objects(void **state)
{
    HANDLE token = nt_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_QUERY);
    const struct {
        uint32_t policy;
        BOOLEAN success;
    } rows[] = {{TSR_AUDIT_OBJECT_SUCCESS, TRUE}, {TSR_AUDIT_OBJECT_FAILURE, FALSE}};
    BOOLEAN generate = UNTOUCHED;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        json_t *event;

        expect_ok(tsr_audit_log_set_policy(rows[i].policy));
        expect_nt(STATUS_SUCCESS, open_as(token, NULL, 1, NULL, !rows[i].success, &generate));
        expect_silence(&trail);
        expect_nt(STATUS_SUCCESS, open_as(token, NULL, 1, NULL, rows[i].success, &generate));
        event = trail_event(&trail);
        expect_event(event, 4656, rows[i].success);
        json_decref(event);
    }
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

static void each_privilege_that_was_used_is_written(void **state)
{
    HANDLE token = nt_h(impersonating(bob(), TSR_LEVEL_IMPERSONATION), TOKEN_QUERY);
    struct {
        DWORD count;
        DWORD control;
        LUID_AND_ATTRIBUTES entries[2];
    } used = {2, 0, {{{SE_BACKUP_PRIVILEGE, 0}, 0}, {{SE_RESTORE_PRIVILEGE, 0}, 0}}};
    const json_t *privileges;
    json_t *event;
    (void)state;

    expect_nt(STATUS_SUCCESS, NtPrivilegeObjectAuditAlarm(TEXT_OF("house"), HANDLE_ID, token, 3,
                                                          (PPRIVILEGE_SET)&used, TRUE));
    event = trail_event(&trail);
    privileges = json_object_get(event, "privileges");
    assert_int_equal(json_array_size(privileges), 2);
    assert_string_equal(json_string_value(json_array_get(privileges, 0)), "SeBackupPrivilege");
    assert_string_equal(json_string_value(json_array_get(privileges, 1)), "SeRestorePrivilege");
    json_decref(event);
    expect_nt(STATUS_SUCCESS, NtClose(token));
}

#define TEST(test_) cmocka_unit_test_setup_teardown(test_, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_check_tells_its_answer_and_writes_it),
        TEST(only_a_client_is_checked),
        TEST(without_the_privilege_there_is_no_check_but_on_request),
        TEST(an_audit_is_of_a_known_type_and_flags),
        TEST(what_cannot_be_written_was_not_granted),
        TEST(pointers_are_looked_at_before_anything_else),
        TEST(each_type_has_its_answer_and_may_be_audited),
        TEST(a_client_by_handle_needs_one_that_is_good_for_it),
        TEST(an_open_is_written_as_its_sacl_says),
        TEST(an_open_tells_no_privileges_by_policy),
        TEST(an_open_that_cannot_be_told_is_a_failure),
        TEST(the_end_of_a_handle_is_written_if_its_beginning_was),
        TEST(the_use_of_privileges_is_always_written),
        TEST(an_object_may_have_an_empty_name),
        TEST(an_open_that_failed_is_written_for_each_generic_right),
        TEST(an_open_is_written_by_the_policy_of_objects),
        TEST(each_privilege_that_was_used_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
