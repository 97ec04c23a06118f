/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: sequences of calls on token handles, with whatever structures.
 *
 * Input: a byte for who the process is, then calls, each a byte and its arguments. What fails
 * leaves tokens and outputs alone; what is told fits, and is as long as it is said to be; what
 * makes one token of another gives it nothing; and when all is closed, nothing is left.
 */

#include <assert.h>

#include <tessera/token-adjust.h>

#include "fuzz/structures.h"
#include "object/process.h"
#include "object/reference.h"
#include "object/session.h"
#include "token/test-gain-of.h"
#include "token/token.h"

#define N_CALLS_MAX 24
#define N_POOL      8
#define SESSION     0x4242

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Handles that calls are made on, some of them closed by now. */
static HANDLE pool[N_POOL];

/* Whether the process holds privileges that make a token more than it was. */
static bool is_mighty;

/* ---- Tokens ---- */

static const tsr_group groups[] = {
    {{1, 1, {0}}, TSR_GROUP_ORDINARY},
    {{5, 2, {32, 545}}, TSR_GROUP_ORDINARY},
    {{5, 5, {21, 1, 2, 3, 513}}, TSR_GROUP_ORDINARY},
    {{5, 3, {5, 0, 4242}}, TSR_GROUP_ORDINARY | SE_GROUP_LOGON_ID},
    {{5, 5, {21, 1, 2, 3, 2001}}, SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT},
    {{5, 5, {21, 1, 2, 3, 2002}}, SE_GROUP_OWNER},
    {{5, 2, {32, 544}}, SE_GROUP_USE_FOR_DENY_ONLY},
};

static const tsr_privilege_state modest[] = {
    {SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_ENABLED},
    {SE_SHUTDOWN_PRIVILEGE, 0},
    {SE_BACKUP_PRIVILEGE, 0},
    {SE_SECURITY_PRIVILEGE, 0},
};

static const tsr_privilege_state mighty[] = {
    {SE_CREATE_TOKEN_PRIVILEGE, SE_PRIVILEGE_ENABLED},
    {SE_TCB_PRIVILEGE, SE_PRIVILEGE_ENABLED},
    {SE_RELABEL_PRIVILEGE, SE_PRIVILEGE_ENABLED},
    {SE_IMPERSONATE_PRIVILEGE, SE_PRIVILEGE_ENABLED},
    {SE_SECURITY_PRIVILEGE, SE_PRIVILEGE_ENABLED},
    {SE_RESTORE_PRIVILEGE, 0},
};

static const tsr_sid medium = {16, 1, {TSR_INTEGRITY_MEDIUM}};

static tsr_token_spec spec_of(uint32_t rid)
{
    return (tsr_token_spec){
        .user = TSR_SID(5, 21, 1, 2, 3, rid),
        .groups = groups,
        .n_groups = ARRAY_SIZE(groups),
        .privileges = modest,
        .n_privileges = ARRAY_SIZE(modest),
        .integrity = &medium,
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP,
        .type = TSR_TOKEN_PRIMARY,
        .authentication_id = SESSION,
    };
}

static struct token_object *object_of(const tsr_token_spec *spec)
{
    struct token_object *object = NULL;
    tsr_token *token = NULL;

    assert(tsr_ok(tsr_token_new(spec, &token)));
    assert(tsr_ok(token_object_new_private(token, token, true, &object)));
    return object;
}

static HANDLE handle_of(struct token_object *take_object, uint32_t rights)
{
    handle_t handle = HANDLE_NONE;

    assert(tsr_ok(handle_open(&take_object->object, rights, 0, &handle)));
    return (HANDLE)(uintptr_t)handle;
}

/* The token behind a handle as it is now; NULL: it is no token's, or of no token that can change.
 */
static tsr_token *behind(HANDLE handle)
{
    struct token_object *object = NULL;
    tsr_token *token;

    if (tsr_failed(token_by_handle((handle_t)(uintptr_t)handle, 0, &object, NULL))) {
        return NULL;
    }
    token = token_object_get(object);
    (void)token_object_unref(object);
    return token;
}

static char *dump_of(const tsr_token *token)
{
    char *text = NULL;

    assert(!token || tsr_ok(tsr_token_format_json(token, &text)));
    return text;
}

/* A handle's token before a call. */
struct before {
    HANDLE handle;
    tsr_token *token;
    char *dump;
};

static struct before before_call(HANDLE handle)
{
    tsr_token *const token = behind(handle);

    return (struct before){.handle = handle, .token = token, .dump = dump_of(token)};
}

/* No call changes a token itself; what fails does not put another in its place either. */
static void after_call(struct before *before, NTSTATUS status)
{
    tsr_token *const now = behind(before->handle);
    char *const dump = dump_of(before->token);

    assert(!dump || strcmp(dump, before->dump) == 0);
    assert(NT_SUCCESS(status) || !now || now == before->token);
    if (now && before->token && !is_mighty) {
        assert(!gain_of(before->token, now));
    }
    free(dump);
    free(before->dump);
    tsr_token_unref(before->token);
    tsr_token_unref(now);
}

/* ---- Handles ---- */

static HANDLE next_handle(struct cursor *input)
{
    static const intptr_t others[] = {0, 0xdead, -1, -2, -4, -5, -6, 6};
    const uint8_t choice = next_u8(input);

    return choice < 0xe0 ? pool[choice % N_POOL]
                         : (HANDLE)others[choice % ARRAY_SIZE(others)]; /* NOLINT: pseudo handles */
}

static ACCESS_MASK next_rights(struct cursor *input)
{
    static const ACCESS_MASK rights[] = {0, TOKEN_ALL_ACCESS, MAXIMUM_ALLOWED};
    const uint8_t choice = next_u8(input);

    return choice < 0xc0 ? rights[choice % ARRAY_SIZE(rights)] : next_mask(input);
}

/* A handle that a call has put out. @return whether it is one */
static bool keep_handle(struct cursor *input, NTSTATUS status, HANDLE handle)
{
    HANDLE *const place = &pool[next_u8(input) % N_POOL];

    if (!NT_SUCCESS(status)) {
        assert(!handle);
        return false;
    }
    assert(handle && !is_untouched(&handle, sizeof(handle)));
    (void)NtClose(*place);
    *place = handle;
    return true;
}

/* The same for a token made of another, which gains nothing. */
static void keep_made(struct cursor *input, struct before *before, NTSTATUS status, HANDLE handle)
{
    tsr_token *made;

    if (keep_handle(input, status, handle)) {
        made = behind(handle);
        assert(made && before->token);
        assert(!gain_of(before->token, made));
        tsr_token_unref(made);
    }
    after_call(before, status);
}

/* An output that no call has written yet. */
#define OUTPUT(type_) ((type_ *)block_new(sizeof(type_)))

/* ---- Making ---- */

static void call_duplicate(struct cursor *input)
{
    struct before before = before_call(next_handle(input));
    HANDLE *const handle = OUTPUT(HANDLE);
    const ACCESS_MASK rights = next_rights(input);
    OBJECT_ATTRIBUTES *const attributes = MAYBE(input, next_object_attributes(input));
    const BOOLEAN effective_only = next_u8(input) & 1;
    const NTSTATUS status = NtDuplicateToken(before.handle, rights, attributes, effective_only,
                                             (TOKEN_TYPE)(next_u8(input) % 4), handle);

    keep_made(input, &before, status, *handle);
}

static void call_duplicate_ex(struct cursor *input)
{
    struct before before = before_call(next_handle(input));
    HANDLE *const handle = OUTPUT(HANDLE);
    SECURITY_ATTRIBUTES *const attributes = block_new(sizeof(*attributes));
    const ACCESS_MASK rights = next_rights(input);
    const uint8_t choice = next_u8(input);
    BOOL done;

    *attributes = (SECURITY_ATTRIBUTES){sizeof(*attributes), NULL, choice & 1};
    attributes->lpSecurityDescriptor = next_u8(input) % 4 ? NULL : next_descriptor(input);
    done = DuplicateTokenEx(before.handle, rights, choice & 2 ? attributes : NULL,
                            (SECURITY_IMPERSONATION_LEVEL)(next_u8(input) % 6),
                            (TOKEN_TYPE)(next_u8(input) % 4), handle);
    keep_made(input, &before, done ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL, *handle);
}

static void call_filter(struct cursor *input)
{
    struct before before = before_call(next_handle(input));
    HANDLE *const handle = OUTPUT(HANDLE);
    const ULONG flags = next_u8(input) % 32;
    PTOKEN_GROUPS disable = next_groups(input);
    PTOKEN_PRIVILEGES delete = next_privileges(input);
    PTOKEN_GROUPS restrict_to = MAYBE(input, next_groups(input));

    keep_made(input, &before,
              NtFilterToken(before.handle, flags, disable, delete, restrict_to, handle), *handle);
}

static void call_restrict(struct cursor *input)
{
    struct before before = before_call(next_handle(input));
    HANDLE *const handle = OUTPUT(HANDLE);
    const DWORD flags = next_u8(input) % 32;
    const DWORD n[] = {next_u8(input) % 4, next_u8(input) % 4, next_u8(input) % 4};
    const DWORD count[] = {next_count(input, n[0]), next_count(input, n[1]),
                           next_count(input, n[2])};
    PSID_AND_ATTRIBUTES disable = next_sids(input, n[0]);
    PLUID_AND_ATTRIBUTES delete = next_luids(input, n[1]);
    PSID_AND_ATTRIBUTES restrict_to = next_u8(input) == 0xff ? NULL : next_sids(input, n[2]);
    const BOOL done = CreateRestrictedToken(before.handle, flags, count[0], disable, count[1],
                                            delete, count[2], restrict_to, handle);

    keep_made(input, &before, done ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL, *handle);
}

static void call_contain(struct cursor *input)
{
    const tsr_sid package = {15, 8, {2, 1, 2, 3, 4, 5, 6, 7}};
    struct before before = before_call(next_handle(input));
    HANDLE *const handle = OUTPUT(HANDLE);
    const ACCESS_MASK rights = next_rights(input);
    OBJECT_ATTRIBUTES *const attributes = MAYBE(input, next_object_attributes(input));
    PSID sid = next_rarely(input) ? next_sid(input) : sid_block(&package);
    const DWORD n = next_u8(input) % 4;
    const DWORD count = next_count(input, n);
    const NTSTATUS status = NtCreateLowBoxToken(handle, before.handle, rights, attributes, sid,
                                                count, next_sids(input, n), 0, NULL);

    keep_made(input, &before, status, *handle);
}

static void call_create(struct cursor *input)
{
    const TOKEN_SOURCE source = {"fuzz", {0}};
    const LARGE_INTEGER never = {.QuadPart = INT64_MAX};
    const LUID session = {next_rarely(input) ? next_u8(input) : SESSION, 0};
    HANDLE *const handle = OUTPUT(HANDLE);
    const ACCESS_MASK rights = next_rights(input);
    OBJECT_ATTRIBUTES *const attributes = MAYBE(input, next_object_attributes(input));
    PSID_AND_ATTRIBUTES user = next_sids(input, 1);
    PTOKEN_GROUPS of_token = next_groups(input);
    PTOKEN_PRIVILEGES privileges = next_privileges(input);
    PSID owner = next_sid(input);
    PSID group = MAYBE(input, next_sid(input));
    PACL dacl = next_acl(input);
    const NTSTATUS status = NtCreateToken(
        handle, rights, attributes, (TOKEN_TYPE)(next_u8(input) % 4),
        block_of(&session, sizeof(session)), block_of(&never, sizeof(never)), (PTOKEN_USER)user,
        of_token, privileges, MAYBE(input, block_of(&owner, sizeof(owner))),
        block_of(group ? &group : &user->Sid, sizeof(group)),
        MAYBE(input, block_of(&dacl, sizeof(dacl))), block_of(&source, sizeof(source)));

    assert(!NT_SUCCESS(status) || is_mighty);
    (void)keep_handle(input, status, *handle);
}

static void call_open(struct cursor *input)
{
    HANDLE *const handle = OUTPUT(HANDLE);
    const ACCESS_MASK rights = next_rights(input);
    const uint8_t choice = next_u8(input);
    const HANDLE of = next_u8(input) % 4 ? choice & 1 ? NtCurrentThread() : NtCurrentProcess()
                                         : next_handle(input);

    (void)keep_handle(input,
                      choice & 1
                          ? NtOpenThreadToken(of, rights, choice & 2, handle)
                          : NtOpenProcessTokenEx(of, rights, choice & 2 ? OBJ_INHERIT : 0, handle),
                      *handle);
}

static void call_duplicate_handle(struct cursor *input)
{
    HANDLE *const handle = OUTPUT(HANDLE);
    const HANDLE source = next_handle(input);
    const ACCESS_MASK rights = next_rights(input);
    const ULONG options = next_u8(input) % 16;

    (void)keep_handle(input,
                      NtDuplicateObject(NtCurrentProcess(), source, NtCurrentProcess(), handle,
                                        rights, next_u8(input) & 1 ? OBJ_INHERIT : 0, options),
                      *handle);
}

static void call_close(struct cursor *input)
{
    (void)NtClose(next_handle(input));
}

/* ---- Changing ---- */

/* The size of what there was before is told also where there is no room for it. */
static void check_previous(NTSTATUS status, const uint8_t *previous, ULONG room, const ULONG *told)
{
    if (!NT_SUCCESS(status)) {
        assert(is_untouched(previous, room));
        assert(is_untouched(told, sizeof(*told)) ||
               (status == STATUS_BUFFER_TOO_SMALL && *told > room));
    } else {
        assert(*told >= sizeof(DWORD) && *told <= room &&
               is_untouched(previous + *told, room - *told));
    }
}

static void call_adjust(struct cursor *input)
{
    struct before before = before_call(next_handle(input));
    const ULONG room = next_u8(input);
    uint8_t *const previous = block_new(room);
    ULONG *const told = OUTPUT(ULONG);
    const uint8_t choice = next_u8(input);
    const bool tells = choice & 4;
    const BOOLEAN all = (choice & 0x18) == 0x18;
    NTSTATUS status;

    if (choice & 1) {
        status = NtAdjustPrivilegesToken(before.handle, all, next_privileges(input), room,
                                         tells ? (void *)previous : NULL,
                                         choice & 2 || tells ? told : NULL);
    } else {
        status =
            NtAdjustGroupsToken(before.handle, all, next_groups(input), room,
                                tells ? (void *)previous : NULL, choice & 2 || tells ? told : NULL);
    }
    if (tells) {
        check_previous(status, previous, room, told);
    }
    after_call(&before, status);
}

/* What a class is set to. @param ret_size  of the block */
static void *next_setting(struct cursor *input, ULONG token_class, ULONG *ret_size)
{
    SID_AND_ATTRIBUTES *sids;
    HANDLE linked;
    PACL dacl;
    DWORD number;

    switch (token_class) {
    case TokenOwner:
    case TokenPrimaryGroup:
    case TokenIntegrityLevel:
        sids = next_sids(input, 1);
        *ret_size = token_class == TokenIntegrityLevel ? sizeof(*sids) : sizeof(PSID);
        return block_of(sids, *ret_size);
    case TokenDefaultDacl:
        dacl = next_acl(input);
        *ret_size = sizeof(dacl);
        return block_of(&dacl, sizeof(dacl));
    case TokenLinkedToken:
        linked = next_handle(input);
        *ret_size = sizeof(linked);
        return block_of(&linked, sizeof(linked));
    case TokenSecurityAttributes:
        *ret_size = sizeof(CLAIM_SECURITY_ATTRIBUTES_INFORMATION);
        return next_claims(input);
    case TokenOrigin:
        *ret_size = sizeof(LUID);
        return next_luids(input, 1);
    default:
        number = next_u8(input);
        *ret_size = sizeof(number);
        return block_of(&number, sizeof(number));
    }
}

static void call_set(struct cursor *input)
{
    static const uint8_t set[] = {TokenOwner,           TokenPrimaryGroup,
                                  TokenDefaultDacl,     TokenSessionId,
                                  TokenOrigin,          TokenLinkedToken,
                                  TokenIntegrityLevel,  TokenVirtualizationAllowed,
                                  TokenMandatoryPolicy, TokenVirtualizationEnabled,
                                  TokenUIAccess,        TokenSecurityAttributes,
                                  TokenSessionReference};
    const uint8_t choice = next_u8(input);
    const ULONG token_class = choice < 0xf0 ? set[choice % ARRAY_SIZE(set)] : next_u8(input);
    struct before before = before_call(next_handle(input));
    ULONG size;
    void *setting = next_setting(input, token_class, &size);

    if (next_u8(input) == 0xff) {
        size = size > 0 ? next_u8(input) % size : 0;
        setting = block_of(setting, size);
    }
    after_call(&before, NtSetInformationToken(before.handle, (TOKEN_INFORMATION_CLASS)token_class,
                                              next_u8(input) == 0xff ? NULL : setting, size));
}

/* ---- Asking ---- */

static bool is_within(const void *pointer, const uint8_t *bytes, size_t size)
{
    const uintptr_t at = (uintptr_t)pointer - (uintptr_t)bytes;

    return at < size;
}

/* A SID that is told of lies with all its bytes in what was told. */
static void check_told_sid(PSID sid, const uint8_t *bytes, size_t size)
{
    if (sid) {
        assert(is_within(sid, bytes, size) && is_within((uint8_t *)sid + 7, bytes, size));
        assert(RtlValidSid(sid) && is_within((uint8_t *)sid + RtlLengthSid(sid) - 1, bytes, size));
    }
}

static void check_told(ULONG token_class, const uint8_t *bytes, size_t size)
{
    const TOKEN_GROUPS *const told = (const void *)bytes;
    const TOKEN_DEFAULT_DACL *const dacl = (const void *)bytes;

    switch (token_class) {
    case TokenUser:
    case TokenOwner:
    case TokenPrimaryGroup:
    case TokenIntegrityLevel:
    case TokenAppContainerSid:
        check_told_sid(((const TOKEN_OWNER *)(const void *)bytes)->Owner, bytes, size);
        break;
    case TokenGroups:
    case TokenRestrictedSids:
    case TokenCapabilities:
    case TokenDeviceGroups:
        for (DWORD i = 0; i < told->GroupCount; i++) {
            assert(is_within(&told->Groups[0] + i, bytes, size));
            check_told_sid((&told->Groups[0] + i)->Sid, bytes, size);
        }
        break;
    case TokenDefaultDacl:
        assert(!dacl->DefaultDacl || is_within(dacl->DefaultDacl, bytes, size));
        assert(!dacl->DefaultDacl || RtlValidAcl(dacl->DefaultDacl));
        break;
    default:
        break;
    }
}

/* With exactly the room that was asked for it works; a handle that is told is closed. */
static void ask_again(HANDLE handle, ULONG token_class, ULONG size)
{
    uint8_t *const bytes = block_new(size);
    ULONG *const again = OUTPUT(ULONG);

    assert(NtQueryInformationToken(handle, (TOKEN_INFORMATION_CLASS)token_class, bytes, size,
                                   again) == STATUS_SUCCESS);
    assert(*again == size);
    check_told(token_class, bytes, size);
}

static void call_query(struct cursor *input)
{
    const ULONG token_class = next_u8(input) % (MaxTokenInfoClass + 2);
    const ULONG room = next_u8(input) * (next_u8(input) % 4 + 1u);
    struct before before = before_call(next_handle(input));
    uint8_t *const bytes = next_u8(input) == 0xff ? NULL : block_new(room);
    ULONG *const told = OUTPUT(ULONG);
    const NTSTATUS status = NtQueryInformationToken(
        before.handle, (TOKEN_INFORMATION_CLASS)token_class, bytes, room, told);

    if (NT_SUCCESS(status)) {
        assert(bytes && *told <= room && is_untouched(bytes + *told, room - *told));
        check_told(token_class, bytes, *told);
    } else {
        assert(!bytes || is_untouched(bytes, room));
        assert(is_untouched(told, sizeof(*told)) || token_class == TokenLinkedToken || !bytes ||
               *told > room);
    }
    if (NT_SUCCESS(status) && token_class == TokenLinkedToken) {
        assert(NtClose(((TOKEN_LINKED_TOKEN *)(void *)bytes)->LinkedToken) == STATUS_SUCCESS);
    } else if (!is_untouched(told, sizeof(*told)) && token_class != TokenLinkedToken) {
        ask_again(before.handle, token_class, *told);
    }
    after_call(&before, status);
}

static void call_privilege_check(struct cursor *input)
{
    PPRIVILEGE_SET set = next_privilege_set(input);
    const size_t header = offsetof(PRIVILEGE_SET, Privilege);
    const DWORD n = set && set->PrivilegeCount <= N_GROUPS_MAX ? set->PrivilegeCount : 0;
    const size_t size = set ? header + n * sizeof(LUID_AND_ATTRIBUTES) : 0;
    const void *const before = block_of(set, size);
    BOOLEAN *const held = OUTPUT(BOOLEAN);
    const NTSTATUS status = NtPrivilegeCheck(next_handle(input), set, held);

    assert(NT_SUCCESS(status) ? *held <= 1 : is_untouched(held, sizeof(*held)));
    assert(NT_SUCCESS(status) || size == 0 || memcmp(before, set, size) == 0);
}

static void call_compare(struct cursor *input)
{
    BOOLEAN *const equal = OUTPUT(BOOLEAN);
    BOOL *const member = OUTPUT(BOOL);
    const HANDLE first = next_handle(input);
    const NTSTATUS status = NtCompareTokens(first, next_handle(input), equal);

    assert(NT_SUCCESS(status) ? *equal <= 1 : is_untouched(equal, sizeof(*equal)));
    assert(CheckTokenMembership(first, next_sid(input), member) || !*member);
}

/* ---- Access checks ---- */

/* What a check is told, and where it answers. */
struct check {
    PSECURITY_DESCRIPTOR descriptor;
    PSID self;
    HANDLE token;
    ACCESS_MASK desired;
    POBJECT_TYPE_LIST types;
    DWORD n_types;
    DWORD count;
    PGENERIC_MAPPING mapping;
    uint8_t *set;
    DWORD room;
    DWORD *told;
    ACCESS_MASK *granted;
    NTSTATUS *statuses;
};

static struct check next_check(struct cursor *input)
{
    struct check check = {.descriptor = next_descriptor(input),
                          .self = MAYBE(input, next_sid(input))};

    check.token = next_handle(input);
    check.desired = next_mask(input) & (next_u8(input) == 0xff ? ~0u : 0x0fffffffu);
    check.n_types = next_u8(input) % 5;
    check.count = next_count(input, check.n_types);
    check.types = next_types(input, check.n_types);
    check.mapping = next_mapping(input);
    check.room = next_u8(input) % 64;
    check.set = block_new(check.room);
    check.told = block_of(&check.room, sizeof(check.room));
    check.granted = block_new(sizeof(*check.granted) * (check.n_types ? check.n_types : 1));
    check.statuses = block_new(sizeof(*check.statuses) * (check.n_types ? check.n_types : 1));
    return check;
}

/* What was not made answers nothing; what was grants all that was desired, or nothing. */
static void check_answers(const struct check *check, NTSTATUS status, size_t n_answers,
                          bool is_list)
{
    const size_t size = n_answers * sizeof(*check->granted);

    if (!NT_SUCCESS(status)) {
        assert(is_untouched(check->granted, size) && is_untouched(check->statuses, size));
        assert(is_untouched(check->set, check->room));
        assert(*check->told == check->room ||
               (status == STATUS_BUFFER_TOO_SMALL && *check->told > check->room));
        return;
    }
    for (size_t i = 0; i < n_answers; i++) {
        assert(check->statuses[i] == STATUS_SUCCESS || is_list || check->granted[i] == 0);
        assert(check->statuses[i] != STATUS_SUCCESS ||
               (check->desired & ~(check->granted[i] | MAXIMUM_ALLOWED)) == 0);
    }
}

static void call_check(struct cursor *input)
{
    const struct check check = next_check(input);
    PPRIVILEGE_SET set = (PPRIVILEGE_SET)(void *)check.set;
    const uint8_t choice = next_u8(input) % 3;
    size_t n_answers = 1;
    NTSTATUS status;

    switch (choice) {
    case 0:
        status = NtAccessCheck(check.descriptor, check.token, check.desired, check.mapping, set,
                               check.told, check.granted, check.statuses);
        break;
    case 1:
        status = NtAccessCheckByType(check.descriptor, check.self, check.token, check.desired,
                                     check.types, check.count, check.mapping, set, check.told,
                                     check.granted, check.statuses);
        break;
    default:
        n_answers = check.n_types;
        status = NtAccessCheckByTypeResultList(
            check.descriptor, check.self, check.token, check.desired, check.types, check.count,
            check.mapping, set, check.told, check.granted, check.statuses);
        break;
    }
    check_answers(&check, status, n_answers, choice == 2);
}

/* ---- Descriptors of tokens ---- */

static void call_security(struct cursor *input)
{
    const SECURITY_INFORMATION information = next_u8(input);
    const ULONG room = next_u8(input);
    const HANDLE handle = next_handle(input);
    uint8_t *const bytes = block_new(room);
    ULONG *const told = OUTPUT(ULONG);
    NTSTATUS status;

    if (next_u8(input) & 1) {
        (void)NtSetSecurityObject(handle, information, next_descriptor(input));
    }
    status = NtQuerySecurityObject(handle, information, bytes, room, told);
    if (NT_SUCCESS(status)) {
        assert(*told <= room && is_untouched(bytes + *told, room - *told));
        assert(RtlValidRelativeSecurityDescriptor(bytes, *told, 0));
    } else {
        assert(is_untouched(bytes, room));
        assert(is_untouched(told, sizeof(*told)) ||
               (status == STATUS_BUFFER_TOO_SMALL && *told > room));
    }
}

/* ---- Impersonating ---- */

static void call_serve(struct cursor *input)
{
    SECURITY_CLIENT_CONTEXT *const context = OUTPUT(SECURITY_CLIENT_CONTEXT);
    SECURITY_QUALITY_OF_SERVICE *const qos = next_qos(input);

    if (next_u8(input) & 1) {
        (void)NtImpersonateThread(NtCurrentThread(), NtCurrentThread(), qos);
        return;
    }
    if (!NT_SUCCESS(
            SeCreateClientSecurity(PsGetCurrentThread(), qos, next_u8(input) & 1, context))) {
        assert(is_untouched(context, sizeof(*context)));
        return;
    }
    (void)SeImpersonateClientEx(context, NULL);
    SeDeleteClientSecurity(context);
}

static void call_impersonate(struct cursor *input)
{
    const HANDLE handle = next_handle(input);

    switch (next_u8(input) % 6) {
    case 0:
        (void)SetThreadToken(NULL, handle);
        break;
    case 1:
        (void)ImpersonateLoggedOnUser(handle);
        break;
    case 2:
        (void)ImpersonateSelf((SECURITY_IMPERSONATION_LEVEL)(next_u8(input) % 6));
        break;
    case 3:
        (void)NtImpersonateAnonymousToken(NtCurrentThread());
        break;
    case 4:
        call_serve(input);
        break;
    default:
        (void)RevertToSelf();
        break;
    }
}

/* ---- Sequences ---- */

static void (*const calls[])(struct cursor *input) = {
    call_duplicate, call_duplicate_ex, call_filter,      call_restrict,
    call_contain,   call_create,       call_open,        call_adjust,
    call_adjust,    call_set,          call_set,         call_query,
    call_query,     call_check,        call_check,       call_privilege_check,
    call_compare,   call_security,     call_impersonate, call_duplicate_handle,
    call_close,
};

/* The process between two inputs, whose session always is. */
static struct token_object *nobody(void)
{
    static struct token_object *object;
    tsr_token_spec spec = spec_of(1);

    if (!object) {
        spec.authentication_id = SESSION_SYSTEM;
        object = object_of(&spec);
        assert(tsr_ok(process_init(object)));
    }
    return object;
}

static void begin(struct cursor *input)
{
    tsr_token_spec spec = spec_of(1001);
    struct token_object *process;

    is_mighty = next_u8(input) & 1;
    if (is_mighty) {
        spec.privileges = mighty;
        spec.n_privileges = ARRAY_SIZE(mighty);
    }
    process = object_of(&spec);
    assert(tsr_ok(process_assign(process)));
    pool[0] = handle_of(process, TOKEN_ALL_ACCESS);
    spec = spec_of(1001);
    pool[1] = handle_of(object_of(&spec), TOKEN_ALL_ACCESS);
    pool[2] = handle_of(object_of(&spec), TOKEN_QUERY | TOKEN_DUPLICATE);
    spec.type = TSR_TOKEN_IMPERSONATION;
    spec.level = TSR_LEVEL_DELEGATION;
    pool[3] = handle_of(object_of(&spec), TOKEN_ALL_ACCESS);
    spec.restricting = &(tsr_sid){1, 1, {0}};
    spec.n_restricting = 1;
    pool[4] = handle_of(object_of(&spec), TOKEN_ALL_ACCESS);
    spec = spec_of(1002);
    spec.elevation = TSR_ELEVATION_LIMITED;
    pool[5] = handle_of(object_of(&spec), TOKEN_ALL_ACCESS);
    pool[6] = handle_of(object_of(&spec), TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_GROUPS);
    assert(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &pool[7],
                           0, FALSE, DUPLICATE_SAME_ACCESS));
}

static void end(void)
{
    assert(RevertToSelf());
    for (size_t i = 0; i < N_POOL; i++) {
        (void)NtClose(pool[i]);
    }
    assert(tsr_ok(process_assign(nobody())));
    assert(session_count(SESSION) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor input = cursor_over(data, size);

    (void)nobody();
    begin(&input);
    for (int i = 0; i < N_CALLS_MAX && input.n_left > 0; i++) {
        calls[next_u8(&input) % ARRAY_SIZE(calls)](&input);
        blocks_free();
    }
    end();
    return 0;
}
