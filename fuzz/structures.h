/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Structures of Windows made of fuzz input, for targets that hand them to functions of Windows
 *
 * Each stands in a block of exactly its size, so that reading behind it is seen. As of any caller,
 * its pointers are to such blocks or NULL, and what it says of its own length is true; all else is
 * the input's. An input that ends goes on with zeros.
 */

#include <windows.h>

#include <ntifs.h>

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/sid.h>

#include "base/check.h"
#include "base/cursor.h"
#include "base/writer.h"

#define BLOCKS_MAX   4096
#define UNTOUCHED    0xa5 /* what outputs hold before a call */
#define N_ACES_MAX   6
#define N_GROUPS_MAX 6

/* ---- Input ---- */

static inline uint8_t next_u8(struct cursor *input)
{
    uint8_t value = 0;

    (void)tsr_ok(cursor_u8(input, &value));
    return value;
}

static inline uint32_t next_u32(struct cursor *input)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        value = value << 8 | next_u8(input);
    }
    return value;
}

/* One of eight, or so: what is rarely to happen. */
static inline bool next_rarely(struct cursor *input)
{
    return next_u8(input) >= 0xe0;
}

/* ---- Blocks ---- */

static void *blocks[BLOCKS_MAX];
static size_t n_blocks;

/* A block that ends with the call it is for. */
static inline void *block_new(size_t size)
{
    void *const block = malloc(size);

    assert(block && n_blocks < BLOCKS_MAX);
    memset(block, UNTOUCHED, size);
    blocks[n_blocks++] = block;
    return block;
}

static inline void *block_of(const void *bytes, size_t size)
{
    void *const block = block_new(size);

    if (size > 0) {
        memcpy(block, bytes, size);
    }
    return block;
}

static inline void blocks_free(void)
{
    while (n_blocks > 0) {
        free(blocks[--n_blocks]);
    }
}

static inline bool is_untouched(const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (((const uint8_t *)bytes)[i] != UNTOUCHED) {
            return false;
        }
    }
    return true;
}

/* ---- SIDs ---- */

static const tsr_sid known_sids[] = {
    {1, 1, {0}},
    {5, 5, {21, 1, 2, 3, 1001}},
    {5, 5, {21, 1, 2, 3, 1002}},
    {5, 5, {21, 1, 2, 3, 2001}},
    {5, 5, {21, 1, 2, 3, 2002}},
    {5, 5, {21, 1, 2, 3, 513}},
    {5, 2, {32, 544}},
    {5, 2, {32, 545}},
    {5, 1, {12}},
    {5, 1, {10}},
    {5, 1, {18}},
    {5, 3, {5, 0, 4242}},
    {3, 1, {0}},
    {3, 1, {1}},
    {3, 1, {4}},
    {16, 1, {0x1000}},
    {16, 1, {0x2000}},
    {16, 1, {0x3000}},
    {15, 8, {2, 1, 2, 3, 4, 5, 6, 7}},
    {15, 2, {3, 1}},
    {15, 2, {2, 1}},
    {19, 2, {512, 4096}},
};

static inline const tsr_sid *next_known(struct cursor *input)
{
    return &known_sids[next_u8(input) % ARRAY_SIZE(known_sids)];
}

static inline PSID sid_block(const tsr_sid *sid)
{
    uint8_t bytes[TSR_SID_SIZE_MAX];
    size_t size = 0;

    assert(tsr_ok(tsr_sid_encode(sid, bytes, sizeof(bytes), &size)));
    return block_of(bytes, size);
}

/* What a block for a SID holds; of one with too many sub-authorities there are none. */
static inline size_t sid_room(PSID sid)
{
    const size_t n = ((const SID *)sid)->SubAuthorityCount;

    return offsetof(SID, SubAuthority) + (n <= SID_MAX_SUB_AUTHORITIES ? n * sizeof(DWORD) : 0);
}

static inline PSID strange_sid(struct cursor *input)
{
    SID head = {.Revision = next_u8(input), .SubAuthorityCount = next_u8(input) % 24};
    uint8_t *sid;

    for (size_t i = 0; i < sizeof(head.IdentifierAuthority); i++) {
        head.IdentifierAuthority.Value[i] = next_u8(input);
    }
    sid = block_new(sid_room(&head));
    memcpy(sid, &head, offsetof(SID, SubAuthority));
    for (size_t i = offsetof(SID, SubAuthority); i < sid_room(&head); i++) {
        sid[i] = next_u8(input);
    }
    return sid;
}

/* A SID that is one. */
static inline PSID next_sound_sid(struct cursor *input)
{
    return sid_block(next_known(input));
}

static inline PSID next_sid(struct cursor *input)
{
    if (!next_rarely(input)) {
        return next_sound_sid(input);
    }
    return next_u8(input) % 4 ? strange_sid(input) : NULL;
}

/* ---- ACLs ---- */

static inline uint32_t next_mask(struct cursor *input)
{
    static const uint32_t masks[] = {GENERIC_ALL,     GENERIC_READ, READ_CONTROL,
                                     WRITE_DAC,       WRITE_OWNER,  1,
                                     MAXIMUM_ALLOWED, 0x1f01ff};
    const uint8_t choice = next_u8(input);

    return choice < 0xe0 ? masks[choice % ARRAY_SIZE(masks)] : next_u32(input);
}

static inline void put_guids(struct cursor *input, struct writer *writer)
{
    const uint32_t present = next_u8(input) % 4;

    writer_le32(writer, present);
    for (uint32_t i = 0; i < sizeof(GUID) * (present & 1) + sizeof(GUID) * (present >> 1); i++) {
        writer_u8(writer, next_u8(input) & 1);
    }
}

static inline bool has_guids(uint8_t type)
{
    return (type >= ACCESS_ALLOWED_OBJECT_ACE_TYPE && type <= SYSTEM_ALARM_OBJECT_ACE_TYPE) ||
           type == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
           (type >= ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE &&
            type <= SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE &&
            type != SYSTEM_AUDIT_CALLBACK_ACE_TYPE && type != SYSTEM_ALARM_CALLBACK_ACE_TYPE);
}

/* An ACE of some type, in its form as far as its form is known here. */
static inline void put_ace(struct cursor *input, struct writer *writer)
{
    const uint8_t choice = next_u8(input);
    const uint8_t type = choice < 0x80 ? choice & 1 : choice % 0x17;
    const size_t start = writer->size;
    const tsr_sid *sid;
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size = 0;

    writer_u8(writer, type);
    writer_u8(writer, next_u8(input));
    writer_le16(writer, 0);
    writer_le32(writer, next_mask(input));
    if (has_guids(type)) {
        put_guids(input, writer);
    }
    sid = next_known(input);
    assert(tsr_ok(tsr_sid_encode(sid, encoded, sizeof(encoded), &size)));
    writer_bytes(writer, encoded, size);
    for (int n = type > SYSTEM_ALARM_OBJECT_ACE_TYPE ? next_u8(input) % 48 : 0; n > 0; n--) {
        writer_u8(writer, next_u8(input));
    }
    writer_zeros(writer, -(writer->size - start) % sizeof(DWORD));
    writer_patch_le16(writer, start + 2, (uint16_t)(writer->size - start));
}

/* Let some of it not be what it was. */
static inline void spoil(struct cursor *input, uint8_t *bytes, size_t size)
{
    for (int n = next_rarely(input) ? 1 + next_u8(input) % 4 : 0; n > 0 && size > 0; n--) {
        bytes[next_u8(input) % size] = next_u8(input);
    }
}

/* A list of ACEs, and how much room there is behind. */
static inline PACL next_acl_with_room(struct cursor *input, size_t n_room)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    const uint8_t revision = next_u8(input) & 1 ? ACL_REVISION_DS : ACL_REVISION;
    const uint8_t n_aces = next_u8(input) % (N_ACES_MAX + 1);
    ACL *acl;

    writer_u8(&writer, revision);
    writer_u8(&writer, 0);
    writer_le16(&writer, 0);
    writer_le32(&writer, n_aces);
    for (uint8_t i = 0; i < n_aces; i++) {
        put_ace(input, &writer);
    }
    writer_zeros(&writer, n_room);
    assert(!writer.failed);
    spoil(input, writer.bytes, writer.size);
    acl = block_of(writer.bytes, writer.size);
    acl->AclSize = (WORD)writer.size;
    return acl;
}

/* Bytes that begin with an ACL's header, which may say that they are none. */
static inline PACL strange_acl(struct cursor *input)
{
    const size_t size = next_u8(input);
    const size_t n_room = size < sizeof(ACL) ? sizeof(ACL) : size;
    ACL *acl = block_new(n_room);

    for (size_t i = 0; i < n_room; i++) {
        ((uint8_t *)acl)[i] = next_u8(input);
    }
    acl->AclSize = (WORD)size;
    return acl;
}

static inline PACL next_acl(struct cursor *input)
{
    if (!next_rarely(input)) {
        return next_acl_with_room(input, next_u8(input) % 8 ? 0 : 4 * (next_u8(input) % 32));
    }
    return next_u8(input) % 4 ? strange_acl(input) : NULL;
}

/* What a block for an ACL holds. */
static inline size_t acl_room(const ACL *acl)
{
    return acl->AclSize < sizeof(ACL) ? sizeof(ACL) : acl->AclSize;
}

/* ---- Descriptors ---- */

/* NULL, as often as not. */
#define MAYBE(input_, made_) (next_u8(input_) & 1 ? (made_) : NULL)

static inline SECURITY_DESCRIPTOR *next_absolute(struct cursor *input)
{
    SECURITY_DESCRIPTOR *const descriptor = block_new(sizeof(*descriptor));
    const WORD present = SE_DACL_PRESENT | (next_u8(input) & 1 ? SE_SACL_PRESENT : 0);

    *descriptor = (SECURITY_DESCRIPTOR){
        .Revision = next_rarely(input) ? next_u8(input) : SECURITY_DESCRIPTOR_REVISION,
        .Sbz1 = next_u8(input),
        .Control = next_rarely(input) ? (WORD)next_u32(input) : present,
    };
    descriptor->Control &= (WORD)~SE_SELF_RELATIVE;
    descriptor->Owner = MAYBE(input, next_sid(input));
    descriptor->Group = MAYBE(input, next_sid(input));
    descriptor->Dacl = next_acl(input);
    descriptor->Sacl = MAYBE(input, next_acl(input));
    return descriptor;
}

static inline DWORD put_part(struct writer *writer, const void *part, size_t size)
{
    const DWORD at = (DWORD)writer->size;

    writer_bytes(writer, part, size);
    writer_zeros(writer, -size % sizeof(DWORD)); /* Parts are aligned. */
    return at;
}

/* The same as the other, in one block. */
static inline PSECURITY_DESCRIPTOR relative_of(const SECURITY_DESCRIPTOR *absolute)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    SECURITY_DESCRIPTOR_RELATIVE head = {
        .Revision = absolute->Revision,
        .Sbz1 = absolute->Sbz1,
        .Control = absolute->Control | SE_SELF_RELATIVE,
    };

    writer_zeros(&writer, sizeof(head));
    head.Sacl = absolute->Sacl ? put_part(&writer, absolute->Sacl, acl_room(absolute->Sacl)) : 0;
    head.Dacl = absolute->Dacl ? put_part(&writer, absolute->Dacl, acl_room(absolute->Dacl)) : 0;
    head.Owner =
        absolute->Owner ? put_part(&writer, absolute->Owner, sid_room(absolute->Owner)) : 0;
    head.Group =
        absolute->Group ? put_part(&writer, absolute->Group, sid_room(absolute->Group)) : 0;
    assert(!writer.failed);
    memcpy(writer.bytes, &head, sizeof(head));
    return block_of(writer.bytes, writer.size);
}

static inline PSECURITY_DESCRIPTOR next_descriptor(struct cursor *input)
{
    const uint8_t choice = next_u8(input);
    SECURITY_DESCRIPTOR *absolute;

    if (choice >= 0xf8) {
        return NULL;
    }
    absolute = next_absolute(input);
    return choice & 1 ? relative_of(absolute) : absolute;
}

/* ---- Lists ---- */

static inline uint32_t next_attributes(struct cursor *input)
{
    static const uint32_t attributes[] = {0, 4, 7, 0xe, 0x10, 0x20, 0x60, 0xc0000007};
    const uint8_t choice = next_u8(input);

    return choice < 0xf0 ? attributes[choice % ARRAY_SIZE(attributes)] : next_u32(input);
}

/* The count of a list whose entries are there; one that is refused whatever is there. */
static inline DWORD next_count(struct cursor *input, DWORD n)
{
    return next_u8(input) == 0xff ? 0x10001 + next_u32(input) % 0x70000000 : n;
}

static inline SID_AND_ATTRIBUTES *next_sids(struct cursor *input, DWORD n)
{
    SID_AND_ATTRIBUTES *const sids = block_new(n * sizeof(*sids));

    for (DWORD i = 0; i < n; i++) {
        sids[i] =
            (SID_AND_ATTRIBUTES){.Sid = next_sid(input), .Attributes = next_attributes(input)};
    }
    return sids;
}

static inline PTOKEN_GROUPS next_groups(struct cursor *input)
{
    const size_t header = offsetof(TOKEN_GROUPS, Groups);
    const DWORD n = next_u8(input) % (N_GROUPS_MAX + 1);
    const DWORD count = next_count(input, n);
    uint8_t *groups;

    if (next_u8(input) == 0xff) {
        return NULL;
    }
    groups = block_new(n > 0 ? header + n * sizeof(SID_AND_ATTRIBUTES) : sizeof(count));
    memcpy(groups, &count, sizeof(count));
    if (n > 0) {
        memcpy(groups + header, next_sids(input, n), n * sizeof(SID_AND_ATTRIBUTES));
    }
    return (PTOKEN_GROUPS)(void *)groups;
}

static inline LUID_AND_ATTRIBUTES *next_luids(struct cursor *input, DWORD n)
{
    LUID_AND_ATTRIBUTES *const luids = block_new(n * sizeof(*luids));

    for (DWORD i = 0; i < n; i++) {
        luids[i].Luid.LowPart = next_u8(input) % 40;
        luids[i].Luid.HighPart = next_u8(input) == 0xff;
        luids[i].Attributes = next_u8(input) % 8;
    }
    return luids;
}

/* A count, some more, and privileges. */
static inline void *next_privilege_list(struct cursor *input, size_t header)
{
    const DWORD n = next_u8(input) % (N_GROUPS_MAX + 1);
    const DWORD count = next_count(input, n);
    uint8_t *list;

    if (next_u8(input) == 0xff) {
        return NULL;
    }
    list = block_new(header + n * sizeof(LUID_AND_ATTRIBUTES));
    memset(list, next_u8(input) & 1, header);
    memcpy(list, &count, sizeof(count));
    memcpy(list + header, next_luids(input, n), n * sizeof(LUID_AND_ATTRIBUTES));
    return list;
}

static inline PTOKEN_PRIVILEGES next_privileges(struct cursor *input)
{
    return next_privilege_list(input, offsetof(TOKEN_PRIVILEGES, Privileges));
}

static inline PPRIVILEGE_SET next_privilege_set(struct cursor *input)
{
    return next_privilege_list(input, offsetof(PRIVILEGE_SET, Privilege));
}

static inline GUID *next_guid(struct cursor *input)
{
    GUID *const guid = block_new(sizeof(*guid));

    memset(guid, next_u8(input) & 1, sizeof(*guid));
    return guid;
}

static inline POBJECT_TYPE_LIST next_types(struct cursor *input, DWORD n)
{
    OBJECT_TYPE_LIST *const types = block_new(n * sizeof(*types));

    for (DWORD i = 0; i < n; i++) {
        types[i] = (OBJECT_TYPE_LIST){
            .Level = i == 0 && !next_rarely(input) ? 0 : next_u8(input) % 5,
            .ObjectType = next_u8(input) == 0xff ? NULL : next_guid(input),
        };
    }
    return types;
}

/* ---- Claims ---- */

/* Text whose terminator is the last of its block. */
static inline PWSTR next_text(struct cursor *input)
{
    const size_t n = next_u8(input) % 12;
    WCHAR *const text = block_new((n + 1) * sizeof(*text));

    for (size_t i = 0; i < n; i++) {
        text[i] =
            next_rarely(input) ? (WCHAR)(next_u32(input) | 1) : (WCHAR)('a' + next_u8(input) % 4);
    }
    text[n] = 0;
    return text;
}

static inline void next_octets(struct cursor *input,
                               CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE *ret_octets)
{
    PSID sid = next_sid(input);
    const size_t size = sid ? sid_room(sid) : next_u8(input) % 4;

    *ret_octets = (CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE){.pValue = sid};
    ret_octets->ValueLength = (DWORD)(size > 0 && next_rarely(input) ? size - 1 : size);
}

static inline void *next_values(struct cursor *input, WORD type, DWORD n)
{
    const size_t size = type == CLAIM_SECURITY_ATTRIBUTE_TYPE_SID ||
                                type == CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING ||
                                type == CLAIM_SECURITY_ATTRIBUTE_TYPE_FQBN
                            ? sizeof(CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE)
                            : sizeof(DWORD64);
    uint8_t *const values = block_new(n * size);

    for (DWORD i = 0; i < n; i++) {
        CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE octets;
        DWORD64 number = next_u8(input);
        PWSTR text;

        if (type == CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING) {
            text = next_rarely(input) ? NULL : next_text(input);
            memcpy(values + i * size, &text, sizeof(text));
        } else if (size == sizeof(number)) {
            memcpy(values + i * size, &number, sizeof(number));
        } else {
            next_octets(input, &octets);
            memcpy(values + i * size, &octets, sizeof(octets));
        }
    }
    return values;
}

static inline void next_claim(struct cursor *input, CLAIM_SECURITY_ATTRIBUTE_V1 *ret_claim)
{
    static const WORD types[] = {1, 2, 3, 4, 5, 6, 0x10, 0};
    const DWORD n = next_u8(input) % 4;

    *ret_claim = (CLAIM_SECURITY_ATTRIBUTE_V1){
        .Name = next_u8(input) == 0xff ? NULL : next_text(input),
        .ValueType = types[next_u8(input) % ARRAY_SIZE(types)],
        .Flags = next_rarely(input) ? next_u32(input) : next_u8(input),
        .ValueCount = next_count(input, n),
    };
    if (next_u8(input) != 0xff) {
        ret_claim->Values.pInt64 = next_values(input, ret_claim->ValueType, n);
    }
}

static inline PCLAIM_SECURITY_ATTRIBUTES_INFORMATION next_claims(struct cursor *input)
{
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION *const claims = block_new(sizeof(*claims));
    const DWORD n = next_u8(input) % 4;
    CLAIM_SECURITY_ATTRIBUTE_V1 *const list = block_new(n * sizeof(*list));

    for (DWORD i = 0; i < n; i++) {
        next_claim(input, &list[i]);
    }
    *claims = (CLAIM_SECURITY_ATTRIBUTES_INFORMATION){
        .Version = next_rarely(input) ? next_u8(input) : 1,
        .AttributeCount = next_count(input, n),
        .Attribute.pAttributeV1 = next_u8(input) == 0xff ? NULL : list,
    };
    return claims;
}

/* ---- Objects ---- */

static inline SECURITY_QUALITY_OF_SERVICE *next_qos(struct cursor *input)
{
    SECURITY_QUALITY_OF_SERVICE *const qos = block_new(sizeof(*qos));

    *qos = (SECURITY_QUALITY_OF_SERVICE){
        .Length = next_u8(input) == 0xff ? next_u8(input) : sizeof(*qos),
        .ImpersonationLevel = (SECURITY_IMPERSONATION_LEVEL)(next_u8(input) % 6),
        .ContextTrackingMode = next_u8(input) & 1,
        .EffectiveOnly = next_u8(input) & 1,
    };
    return qos;
}

static inline POBJECT_ATTRIBUTES next_object_attributes(struct cursor *input)
{
    OBJECT_ATTRIBUTES *const attributes = block_new(sizeof(*attributes));

    *attributes = (OBJECT_ATTRIBUTES){
        .Length = next_u8(input) == 0xff ? next_u8(input) : sizeof(*attributes),
        .Attributes = next_u8(input) & 1 ? OBJ_INHERIT : 0,
        .SecurityDescriptor = next_u8(input) % 4 ? NULL : next_descriptor(input),
        .SecurityQualityOfService = next_u8(input) % 4 ? next_qos(input) : NULL,
    };
    return attributes;
}

static inline PGENERIC_MAPPING next_mapping(struct cursor *input)
{
    static const GENERIC_MAPPING files = {0x120089, 0x120116, 0x1200a0, 0x1f01ff};

    return next_u8(input) == 0xff ? NULL : block_of(&files, sizeof(files));
}
