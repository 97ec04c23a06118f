/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: SIDs, ACLs and descriptors in a caller's memory, edited and converted in all ways.
 *
 * Input: calls, each a byte and its arguments. What fails leaves all memory alone but for sizes
 * that it is documented to tell; what is made is sound, fits, and survives being made again.
 */

#include <assert.h>

#include <aclapi.h>
#include <sddl.h>

#include "fuzz/structures.h"
#include "object/process.h"
#include "object/session.h"
#include "token/token.h"

#define N_CALLS_MAX 16
#define AGAIN_MAX   3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A token that private objects are made by. */
static HANDLE token;

/* An output that no call has written yet. */
#define OUTPUT(type_) ((type_ *)block_new(sizeof(type_)))

/* ---- SIDs ---- */

static void check_copy(struct cursor *input, PSID sid)
{
    const ULONG room = next_u8(input) % 80;
    uint8_t *const copy = block_new(room);
    const NTSTATUS status = RtlCopySid(room, copy, sid);

    if (NT_SUCCESS(status)) {
        assert(RtlEqualSid(copy, sid) && RtlEqualPrefixSid(copy, sid));
        assert(is_untouched(copy + RtlLengthSid(sid), room - RtlLengthSid(sid)));
    } else {
        assert(is_untouched(copy, room) && (!RtlValidSid(sid) || RtlLengthSid(sid) > room));
    }
}

static void check_text(PSID sid)
{
    UNICODE_STRING string = {0};
    PSID again = NULL;
    LPWSTR wide = NULL;
    LPSTR text = NULL;

    assert(ConvertSidToStringSidA(sid, &text) == RtlValidSid(sid));
    assert(ConvertSidToStringSidW(sid, &wide) == RtlValidSid(sid));
    assert(NT_SUCCESS(RtlConvertSidToUnicodeString(&string, sid, TRUE)) == RtlValidSid(sid));
    if (text) {
        assert(strlen(text) * sizeof(WCHAR) == string.Length);
        assert(memcmp(wide, string.Buffer, string.MaximumLength) == 0);
        /* An authority alone has a text, and no text is an authority alone. */
        assert(ConvertStringSidToSidA(text, &again) == (*RtlSubAuthorityCountSid(sid) > 0));
        assert(!again || RtlEqualSid(sid, again));
    }
    RtlFreeUnicodeString(&string);
    LocalFree(again);
    LocalFree(wide);
    LocalFree(text);
}

static void check_string_room(struct cursor *input, PSID sid)
{
    const USHORT room = next_u8(input) & 0xfe;
    UNICODE_STRING string = {.MaximumLength = room, .Buffer = block_new(room)};

    if (!NT_SUCCESS(RtlConvertSidToUnicodeString(&string, sid, FALSE))) {
        assert(is_untouched(string.Buffer, room) && string.Length == 0);
    }
}

static void call_sid(struct cursor *input)
{
    PSID sid = next_u8(input) & 1 ? next_sid(input) : sid_block(next_known(input));
    const DWORD room = next_u8(input) % 72;
    uint8_t *const domain = block_new(room);
    DWORD *const told = block_of(&room, sizeof(room));
    BOOL *const equal = OUTPUT(BOOL);

    check_copy(input, sid);
    check_text(sid);
    check_string_room(input, sid);
    (void)EqualDomainSid(sid, next_sid(input), equal);
    (void)IsWellKnownSid(sid, (WELL_KNOWN_SID_TYPE)next_u8(input));
    if (next_u8(input) & 1) {
        assert(GetWindowsAccountDomainSid(sid, domain, told) || is_untouched(domain, room));
    } else {
        assert(CreateWellKnownSid((WELL_KNOWN_SID_TYPE)next_u8(input), sid, domain, told) ||
               is_untouched(domain, room));
    }
}

/* ---- ACLs ---- */

static bool add_by_type(struct cursor *input, PACL acl, ULONG revision, PSID sid)
{
    const ULONG flags = next_u8(input);
    const ACCESS_MASK mask = next_mask(input);
    GUID *const type = MAYBE(input, next_guid(input));
    GUID *const inherited = MAYBE(input, next_guid(input));

    switch (next_u8(input) % 7) {
    case 0:
        return NT_SUCCESS(RtlAddAccessAllowedAceEx(acl, revision, flags, mask, sid));
    case 1:
        return NT_SUCCESS(RtlAddAccessDeniedAceEx(acl, revision, flags, mask, sid));
    case 2:
        return NT_SUCCESS(
            RtlAddAccessAllowedObjectAce(acl, revision, flags, mask, type, inherited, sid));
    case 3:
        return NT_SUCCESS(
            RtlAddAccessDeniedObjectAce(acl, revision, flags, mask, type, inherited, sid));
    case 4:
        return NT_SUCCESS(RtlAddAuditAccessAceEx(acl, revision, flags, mask, sid, TRUE, flags & 1));
    case 5:
        return NT_SUCCESS(RtlAddAuditAccessObjectAce(acl, revision, flags, mask, type, inherited,
                                                     sid, FALSE, TRUE));
    default:
        return NT_SUCCESS(RtlAddMandatoryAce(acl, revision, flags, sid,
                                             SYSTEM_MANDATORY_LABEL_ACE_TYPE, mask & 0xf));
    }
}

static bool add_list(struct cursor *input, PACL acl, ULONG revision)
{
    PACL list = next_acl(input);
    const size_t header = list && list->AclSize > sizeof(ACL) ? sizeof(ACL) : 0;
    const ULONG size = list ? (ULONG)(acl_room(list) - header) : 0;

    return NT_SUCCESS(RtlAddAce(acl, revision, next_u8(input),
                                list ? block_of((uint8_t *)list + header, size) : NULL, size));
}

static bool add_data(struct cursor *input, PACL acl, ULONG revision, PSID sid)
{
    static WCHAR condition[] = u"(@User.a==1 && Member_of{SID(BA)})";
    DWORD *const told = OUTPUT(DWORD);

    if (next_u8(input) & 1) {
        return AddConditionalAce(acl, revision, next_u8(input), next_u8(input) % 0x14, 1, sid,
                                 next_rarely(input) ? next_text(input) : condition, told);
    }
    return AddResourceAttributeAce(acl, revision, next_u8(input) % 32, 0, sid, next_claims(input),
                                   told);
}

static bool edit(struct cursor *input, PACL acl)
{
    const ULONG revision = next_rarely(input) ? next_u8(input) : ACL_REVISION_DS;
    ACL_REVISION_INFORMATION raised = {next_u8(input) % 6};
    PSID sid = next_sid(input);

    switch (next_u8(input) % 6) {
    case 0:
        return add_list(input, acl, revision);
    case 1:
        return add_data(input, acl, revision, sid);
    case 2:
        return NT_SUCCESS(RtlDeleteAce(acl, next_u8(input) % 8));
    case 3:
        return NT_SUCCESS(
            RtlSetInformationAcl(acl, &raised, sizeof(raised), AclRevisionInformation));
    default:
        return add_by_type(input, acl, revision, sid);
    }
}

static void check_questions(struct cursor *input, PACL acl)
{
    ACL_SIZE_INFORMATION *const sizes = OUTPUT(ACL_SIZE_INFORMATION);
    const ULONG room = next_u8(input) % (sizeof(*sizes) + 1);
    void *const narrow = block_new(room);
    void **const ace = OUTPUT(void *);

    if (!NT_SUCCESS(RtlQueryInformationAcl(acl, narrow, room, AclSizeInformation))) {
        assert(is_untouched(narrow, room));
    }
    if (NT_SUCCESS(RtlQueryInformationAcl(acl, sizes, sizeof(*sizes), AclSizeInformation))) {
        assert(RtlValidAcl(acl) && sizes->AclBytesInUse + sizes->AclBytesFree == acl->AclSize);
        assert(sizes->AceCount == acl->AceCount);
    }
    if (NT_SUCCESS(RtlGetAce(acl, next_u8(input) % 8, ace))) {
        assert((uint8_t *)*ace + ((ACE_HEADER *)*ace)->AceSize <= (uint8_t *)acl + acl->AclSize);
    } else {
        assert(is_untouched(ace, sizeof(*ace)));
    }
    (void)RtlFirstFreeAce(acl, ace);
}

static void call_edit(struct cursor *input)
{
    PACL acl = next_u8(input) & 1 ? next_acl(input)
                                  : next_acl_with_room(input, sizeof(DWORD) * next_u8(input));
    const size_t size = acl ? acl_room(acl) : 0;

    for (int i = 0; i < AGAIN_MAX; i++) {
        const void *const before = block_of(acl, size);
        const bool was_sound = RtlValidAcl(acl);
        const bool done = edit(input, acl);

        assert(done ? was_sound && RtlValidAcl(acl) : size == 0 || memcmp(acl, before, size) == 0);
        assert(!done || ((const ACL *)before)->AclRevision <= acl->AclRevision);
        assert(!done || ((const ACL *)before)->AclSize == acl->AclSize);
        check_questions(input, acl);
    }
}

/* ---- Entries ---- */

static void next_trustee(struct cursor *input, TRUSTEE_W *ret_trustee)
{
    OBJECTS_AND_SID *objects;

    *ret_trustee = (TRUSTEE_W){.TrusteeForm = TRUSTEE_IS_SID, .TrusteeType = next_u8(input) % 9};
    if (next_u8(input) & 1) {
        ret_trustee->ptstrName = next_sid(input);
        return;
    }
    objects = block_new(sizeof(*objects));
    memset(objects, next_u8(input) & 1, sizeof(*objects));
    objects->ObjectsPresent = next_u8(input) % 4;
    objects->pSid = next_sid(input);
    ret_trustee->TrusteeForm = TRUSTEE_IS_OBJECTS_AND_SID;
    ret_trustee->ptstrName = next_rarely(input) ? NULL : (LPWSTR)(void *)objects;
    if (next_u8(input) == 0xff) {
        ret_trustee->TrusteeForm = (TRUSTEE_FORM)(TRUSTEE_BAD_FORM + next_u8(input) % 2 * 99);
    }
    if (next_u8(input) == 0xff) {
        ret_trustee->pMultipleTrustee = block_of(ret_trustee, sizeof(*ret_trustee));
    }
}

/* The entries of an ACL make an ACL again. */
static void check_entries(PACL acl)
{
    EXPLICIT_ACCESS_W *list = NULL;
    PACL again = NULL;
    ULONG n = 0;

    assert((GetExplicitEntriesFromAclW(acl, &n, &list) == ERROR_SUCCESS) == RtlValidAcl(acl));
    if (list) {
        if (SetEntriesInAclW(n, list, NULL, &again) == ERROR_SUCCESS) {
            assert(RtlValidAcl(again));
        }
    }
    LocalFree(again);
    LocalFree(list);
}

static void call_entries(struct cursor *input)
{
    PACL old = next_acl(input);
    const ULONG n = next_u8(input) % 4;
    EXPLICIT_ACCESS_W *const list = block_new(n * sizeof(*list));
    ACCESS_MASK *const rights = OUTPUT(ACCESS_MASK);
    PACL made = NULL;

    for (ULONG i = 0; i < n; i++) {
        list[i].grfAccessPermissions = next_mask(input);
        list[i].grfAccessMode = (ACCESS_MODE)(next_u8(input) % 9);
        list[i].grfInheritance = next_rarely(input) ? next_u32(input) : next_u8(input) % 16;
        next_trustee(input, &list[i].Trustee);
    }
    if (SetEntriesInAclW(n, list, old, &made) == ERROR_SUCCESS) {
        assert(RtlValidAcl(made));
        check_entries(made);
    } else {
        assert(!made);
    }
    if (n > 0 && GetEffectiveRightsFromAclW(old, &list[0].Trustee, rights) != ERROR_SUCCESS) {
        assert(is_untouched(rights, sizeof(*rights)));
    }
    check_entries(old);
    LocalFree(made);
}

/* ---- Forms of descriptors ---- */

/* The parts of the absolute form. */
enum { DESCRIPTOR, DACL, SACL, OWNER, GROUP, N_PARTS };

static NTSTATUS make_absolute(PSECURITY_DESCRIPTOR relative, uint8_t *const parts[N_PARTS],
                              ULONG sizes[N_PARTS])
{
    return RtlSelfRelativeToAbsoluteSD(relative, parts[DESCRIPTOR], &sizes[DESCRIPTOR],
                                       (PACL)(void *)parts[DACL], &sizes[DACL],
                                       (PACL)(void *)parts[SACL], &sizes[SACL], parts[OWNER],
                                       &sizes[OWNER], parts[GROUP], &sizes[GROUP]);
}

/* One part short of its last byte: nothing is written. */
static void check_short(PSECURITY_DESCRIPTOR relative, const ULONG needed[N_PARTS], size_t which)
{
    ULONG sizes[N_PARTS];
    uint8_t *parts[N_PARTS];

    for (size_t i = 0; i < N_PARTS; i++) {
        sizes[i] = needed[i] - (i == which && needed[i] > 0);
        parts[i] = block_new(sizes[i]);
    }
    if (needed[which] > 0) {
        assert(make_absolute(relative, parts, sizes) == STATUS_BUFFER_TOO_SMALL);
        for (size_t i = 0; i < N_PARTS; i++) {
            assert(sizes[i] == needed[i] && is_untouched(parts[i], needed[i] - (i == which)));
        }
    }
}

static void check_absolute(struct cursor *input, uint8_t *relative, ULONG size)
{
    uint8_t *parts[N_PARTS] = {0};
    ULONG needed[N_PARTS] = {0};
    ULONG n_again = size;
    uint8_t *const again = block_new(size);

    assert(make_absolute(relative, parts, needed) == STATUS_BUFFER_TOO_SMALL);
    for (size_t i = 0; i < N_PARTS; i++) {
        parts[i] = block_new(needed[i]);
    }
    assert(make_absolute(relative, parts, needed) == STATUS_SUCCESS);
    assert(RtlAbsoluteToSelfRelativeSD(parts[DESCRIPTOR], again, &n_again) == STATUS_SUCCESS);
    assert(n_again == size && memcmp(relative, again, size) == 0);
    check_short(relative, needed, next_u8(input) % N_PARTS);
}

/* As text and back: what is told of it again is the same. */
static void check_sddl(PSECURITY_DESCRIPTOR descriptor, SECURITY_INFORMATION information)
{
    PSECURITY_DESCRIPTOR again = NULL;
    ULONG n_again = 0;
    LPWSTR wide = NULL;
    LPSTR text = NULL;
    ULONG n_text = 0;
    ULONG n_wide = 0;

    assert(ConvertSecurityDescriptorToStringSecurityDescriptorA(
               descriptor, SDDL_REVISION_1, information, &text, &n_text) == (text != NULL));
    assert(ConvertSecurityDescriptorToStringSecurityDescriptorW(
               descriptor, SDDL_REVISION_1, information, &wide, &n_wide) == (wide != NULL));
    assert(!text == !wide && (!text || n_text == strlen(text) + 1));
    if (text && ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &again,
                                                                     &n_again)) {
        assert(RtlValidRelativeSecurityDescriptor(again, n_again, 0));
    }
    LocalFree(again);
    LocalFree(wide);
    LocalFree(text);
}

static void check_parts(PSECURITY_DESCRIPTOR descriptor)
{
    SECURITY_DESCRIPTOR_CONTROL *const control = OUTPUT(SECURITY_DESCRIPTOR_CONTROL);
    DWORD *const revision = OUTPUT(DWORD);
    BOOL *const present = OUTPUT(BOOL);
    BOOL *const defaulted = OUTPUT(BOOL);
    PSID *const sid = OUTPUT(PSID);
    PACL *const acl = OUTPUT(PACL);
    const BOOL known = GetSecurityDescriptorControl(descriptor, control, revision);

    assert(GetSecurityDescriptorOwner(descriptor, sid, defaulted) == known);
    assert(GetSecurityDescriptorGroup(descriptor, sid, defaulted) == known);
    assert(GetSecurityDescriptorSacl(descriptor, present, acl, defaulted) == known);
    assert(GetSecurityDescriptorDacl(descriptor, present, acl, defaulted) == known);
    assert(known || (is_untouched(sid, sizeof(*sid)) && is_untouched(acl, sizeof(*acl)) &&
                     is_untouched(control, sizeof(*control))));
    assert(known || !RtlValidSecurityDescriptor(descriptor));
    assert(known || GetSecurityDescriptorLength(descriptor) == 0);
}

static void call_forms(struct cursor *input)
{
    PSECURITY_DESCRIPTOR descriptor = next_descriptor(input);
    const ULONG room = next_u8(input) * 2u;
    uint8_t *const narrow = block_new(room);
    ULONG size = room;
    uint8_t *relative;
    NTSTATUS status = RtlMakeSelfRelativeSD(descriptor, narrow, &size);

    check_parts(descriptor);
    assert(NT_SUCCESS(status) ? size <= room && is_untouched(narrow + size, room - size)
                              : is_untouched(narrow, room));
    assert((NT_SUCCESS(status) || status == STATUS_BUFFER_TOO_SMALL) ==
           RtlValidSecurityDescriptor(descriptor));
    if (!RtlValidSecurityDescriptor(descriptor)) {
        assert(size == room);
        return;
    }
    relative = block_new(size);
    assert(RtlMakeSelfRelativeSD(descriptor, relative, &size) == STATUS_SUCCESS);
    assert(RtlValidRelativeSecurityDescriptor(relative, size, 0));
    assert(RtlLengthSecurityDescriptor(relative) == size);
    check_absolute(input, relative, size);
    check_sddl(descriptor, next_u8(input));
}

/* Setting what there is in the absolute form: a relative one is left alone. */
static void call_set_parts(struct cursor *input)
{
    PSECURITY_DESCRIPTOR descriptor = next_descriptor(input);
    UCHAR *const rm_control = MAYBE(input, OUTPUT(UCHAR));
    const WORD of_interest = next_rarely(input) ? (WORD)next_u32(input) : SE_DACL_PROTECTED;
    BOOL done;

    (void)SetSecurityDescriptorOwner(descriptor, MAYBE(input, next_sid(input)), next_u8(input) & 1);
    (void)SetSecurityDescriptorGroup(descriptor, MAYBE(input, next_sid(input)), next_u8(input) & 1);
    (void)SetSecurityDescriptorSacl(descriptor, next_u8(input) & 1, next_acl(input), FALSE);
    done = SetSecurityDescriptorDacl(descriptor, next_u8(input) & 1, next_acl(input), TRUE);
    (void)SetSecurityDescriptorControl(descriptor, of_interest,
                                       next_u8(input) & 1 ? of_interest : 0);
    (void)SetSecurityDescriptorRMControl(descriptor, rm_control);
    assert(!done || !(((SECURITY_DESCRIPTOR *)descriptor)->Control & SE_SELF_RELATIVE));
    check_parts(descriptor);
    (void)RtlValidSecurityDescriptor(descriptor);
}

/* Bytes of which only the length is known. */
static void call_view(struct cursor *input)
{
    const ULONG size = next_u8(input);
    uint8_t *const bytes = block_new(size);
    const SECURITY_INFORMATION required = next_u8(input) % 16;
    SECURITY_DESCRIPTOR_RELATIVE *const head = (void *)bytes;

    for (ULONG i = 0; i < size; i++) {
        bytes[i] = next_u8(input);
    }
    if (size >= sizeof(*head) && next_u8(input) & 1) {
        head->Revision = SECURITY_DESCRIPTOR_REVISION;
        head->Control |= SE_SELF_RELATIVE;
    }
    if (RtlValidRelativeSecurityDescriptor(bytes, size, required)) {
        assert(RtlValidSecurityDescriptor(bytes));
    }
}

/* ---- Private objects ---- */

static void check_get(struct cursor *input, PSECURITY_DESCRIPTOR descriptor)
{
    const SECURITY_INFORMATION information = next_u8(input);
    const DWORD room = next_u8(input);
    uint8_t *const bytes = block_new(room);
    DWORD *const told = OUTPUT(DWORD);

    if (GetPrivateObjectSecurity(descriptor, information, bytes, room, told)) {
        assert(*told <= room && is_untouched(bytes + *told, room - *told));
        assert(RtlValidRelativeSecurityDescriptor(bytes, *told, 0));
    } else {
        assert(is_untouched(bytes, room) && (is_untouched(told, sizeof(*told)) || *told > room));
    }
}

static void check_set(struct cursor *input, PSECURITY_DESCRIPTOR *descriptor)
{
    const ULONG size = RtlLengthSecurityDescriptor(*descriptor);
    const void *const before = block_of(*descriptor, size);
    PSECURITY_DESCRIPTOR const was = *descriptor;
    const SECURITY_INFORMATION information = next_u8(input) | next_u32(input) % 16 << 28;
    PSECURITY_DESCRIPTOR change = next_descriptor(input);
    const ULONG flags = next_u8(input) & 1 ? 0 : next_u32(input) & 0x7f;
    const HANDLE by = next_rarely(input) ? NULL : token;

    if (!SetPrivateObjectSecurityEx(information, change, descriptor, flags, next_mapping(input),
                                    by)) {
        assert(*descriptor == was && memcmp(before, was, size) == 0);
    }
    assert(RtlValidSecurityDescriptor(*descriptor));
}

static void check_convert(struct cursor *input, PSECURITY_DESCRIPTOR parent,
                          PSECURITY_DESCRIPTOR current)
{
    PSECURITY_DESCRIPTOR made = NULL;
    GUID *const type = MAYBE(input, next_guid(input));

    if (ConvertToAutoInheritPrivateObjectSecurity(parent, current, &made, type, next_u8(input) & 1,
                                                  next_mapping(input))) {
        assert(RtlValidSecurityDescriptor(made));
    } else {
        assert(!made);
    }
    LocalFree(made);
}

static void call_private(struct cursor *input)
{
    PSECURITY_DESCRIPTOR parent = MAYBE(input, next_descriptor(input));
    PSECURITY_DESCRIPTOR creator = MAYBE(input, next_descriptor(input));
    PSECURITY_DESCRIPTOR made = NULL;
    const ULONG n = next_u8(input) % 3;
    GUID **const types = block_new(n * sizeof(GUID *));
    const ULONG flags = next_u8(input) & 1 ? 0 : next_u32(input) & 0x7f;
    const HANDLE by = next_rarely(input) ? NULL : token;

    for (ULONG i = 0; i < n; i++) {
        types[i] = next_u8(input) == 0xff ? NULL : next_guid(input);
    }
    check_convert(input, parent, creator);
    check_get(input, creator);
    if (!CreatePrivateObjectSecurityWithMultipleInheritance(
            parent, creator, &made, types, next_count(input, n), next_u8(input) & 1, flags, by,
            next_mapping(input))) {
        assert(!made);
        return;
    }
    assert(RtlValidRelativeSecurityDescriptor(made, RtlLengthSecurityDescriptor(made), 0));
    check_get(input, made);
    check_convert(input, parent, made);
    check_set(input, &made);
    assert(DestroyPrivateObjectSecurity(&made) && !made);
}

/* ---- Sequences ---- */

static void (*const calls[])(struct cursor *input) = {
    call_sid,   call_edit,      call_edit, call_entries, call_entries,
    call_forms, call_set_parts, call_view, call_private, call_private,
};

static void begin(void)
{
    const tsr_group groups[] = {{{5, 2, {32, 545}}, TSR_GROUP_ORDINARY},
                                {{5, 5, {21, 1, 2, 3, 2001}}, TSR_GROUP_ORDINARY | SE_GROUP_OWNER}};
    const tsr_privilege_state privilege = {SE_SECURITY_PRIVILEGE, SE_PRIVILEGE_ENABLED};
    const tsr_token_spec spec = {
        .user = TSR_SID(5, 21, 1, 2, 3, 1001),
        .groups = groups,
        .n_groups = ARRAY_SIZE(groups),
        .privileges = &privilege,
        .n_privileges = 1,
        .authentication_id = SESSION_SYSTEM,
    };
    struct token_object *object = NULL;
    tsr_token *value = NULL;

    assert(tsr_ok(tsr_token_new(&spec, &value)));
    assert(tsr_ok(token_object_new_private(value, value, true, &object)));
    assert(tsr_ok(process_init(object)));
    (void)token_object_unref(object);
    assert(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor input = cursor_over(data, size);

    if (!token) {
        begin();
    }
    for (int i = 0; i < N_CALLS_MAX && input.n_left > 0; i++) {
        calls[next_u8(&input) % ARRAY_SIZE(calls)](&input);
        blocks_free();
    }
    return 0;
}
