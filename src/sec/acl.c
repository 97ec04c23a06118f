/* SPDX-License-Identifier: MIT */
/* ACLs and ACEs: validation, walking, building. */

#include <tessera/descriptor.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/cursor.h"
#include "sec/sid.h"

#define ACL_HEADER_SIZE     8
#define ACL_REVISION_MIN    2
#define ACL_REVISION_MAX    4
#define COMPOUND_FIXED_SIZE 4

/* What stands between an ACE's header and its SID. */
enum ace_layout {
    ACE_LAYOUT_UNKNOWN,
    ACE_LAYOUT_BASIC,
    ACE_LAYOUT_OBJECT,
    ACE_LAYOUT_COMPOUND,
};

/* [MS-DTYP] 2.4.4.1 */
static const uint8_t ace_layouts[] = {
    [ACCESS_ALLOWED_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [ACCESS_DENIED_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [SYSTEM_AUDIT_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [SYSTEM_ALARM_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [ACCESS_ALLOWED_CALLBACK_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [ACCESS_DENIED_CALLBACK_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [SYSTEM_AUDIT_CALLBACK_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [SYSTEM_ALARM_CALLBACK_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [SYSTEM_MANDATORY_LABEL_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [SYSTEM_SCOPED_POLICY_ID_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [SYSTEM_ACCESS_FILTER_ACE_TYPE] = ACE_LAYOUT_BASIC,
    [ACCESS_ALLOWED_OBJECT_ACE_TYPE] = ACE_LAYOUT_OBJECT,
    [ACCESS_DENIED_OBJECT_ACE_TYPE] = ACE_LAYOUT_OBJECT,
    [SYSTEM_AUDIT_OBJECT_ACE_TYPE] = ACE_LAYOUT_OBJECT,
    [SYSTEM_ALARM_OBJECT_ACE_TYPE] = ACE_LAYOUT_OBJECT,
    [ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE] = ACE_LAYOUT_OBJECT,
    [ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE] = ACE_LAYOUT_OBJECT,
    [SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE] = ACE_LAYOUT_OBJECT,
    [SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE] = ACE_LAYOUT_OBJECT,
    [ACCESS_ALLOWED_COMPOUND_ACE_TYPE] = ACE_LAYOUT_COMPOUND,
};

static inline enum ace_layout ace_layout(uint8_t type)
{
    return type < ARRAY_SIZE(ace_layouts) ? (enum ace_layout)ace_layouts[type] : ACE_LAYOUT_UNKNOWN;
}

/* The GUIDs an object ACE says it has. */
static inline tsr_status guids_read(struct cursor *cursor, tsr_ace *ace)
{
    uint32_t object_flags;

    TRY(cursor_le32(cursor, &object_flags));
    if (object_flags & ACE_OBJECT_TYPE_PRESENT) {
        TRY(cursor_bytes(cursor, TSR_GUID_SIZE, &ace->object_type));
    }
    if (object_flags & ACE_INHERITED_OBJECT_TYPE_PRESENT) {
        TRY(cursor_bytes(cursor, TSR_GUID_SIZE, &ace->inherited_object_type));
    }
    return TSR_OK;
}

/*
 * Take one ACE off the front of @cursor, checking that it is whole. Inlined because validation,
 * the most frequent use, needs none of what is read.
 */
static inline __attribute__((always_inline)) tsr_status ace_read(struct cursor *cursor,
                                                                 tsr_ace *ret_ace)
{
    tsr_ace ace = {.bytes = cursor->at};
    struct cursor header = *cursor;
    enum ace_layout layout;
    struct cursor body;
    uint32_t fields;

    TRY(cursor_le32(&header, &fields));
    ace.type = (uint8_t)fields;
    ace.flags = (uint8_t)(fields >> 8);
    ace.size = (uint16_t)(fields >> 16);
    REQUIRE(ace.size >= TSR_ACE_HEADER_SIZE && ace.size % 4 == 0, STATUS_INVALID_ACL);
    TRY(cursor_skip(cursor, ace.size));

    layout = ace_layout(ace.type);
    if (layout != ACE_LAYOUT_UNKNOWN) {
        body = cursor_over(header.at, ace.size - TSR_ACE_HEADER_SIZE);
        TRY(cursor_le32(&body, &ace.mask));
        if (layout == ACE_LAYOUT_OBJECT) {
            TRY(guids_read(&body, &ace));
        }
        if (layout == ACE_LAYOUT_COMPOUND) {
            TRY(cursor_skip(&body, COMPOUND_FIXED_SIZE));
            TRY(sid_take(&body, &ace.server_sid));
        }
        TRY(sid_take(&body, &ace.sid));
        ace.data = body.at;
        ace.n_data = body.n_left;
    }

    *ret_ace = ace;
    return TSR_OK;
}

tsr_status tsr_acl_view(const void *bytes, size_t size, tsr_acl *ret_acl)
{
    struct cursor cursor = cursor_over(bytes, size);
    tsr_acl acl = {.bytes = bytes};
    uint8_t revision;
    tsr_ace ace;

    REQUIRE(size >= ACL_HEADER_SIZE, STATUS_INVALID_ACL);
    TRY(cursor_u8(&cursor, &revision));
    REQUIRE(revision >= ACL_REVISION_MIN && revision <= ACL_REVISION_MAX, STATUS_INVALID_ACL);
    TRY(cursor_skip(&cursor, 1));
    TRY(cursor_le16(&cursor, &acl.size));
    TRY(cursor_le16(&cursor, &acl.n_aces));
    REQUIRE(acl.size >= ACL_HEADER_SIZE && acl.size <= size, STATUS_INVALID_ACL);

    cursor = cursor_over(acl.bytes + ACL_HEADER_SIZE, acl.size - ACL_HEADER_SIZE);
    for (size_t i = 0; i < acl.n_aces; i++) {
        REQUIRE(tsr_ok(ace_read(&cursor, &ace)), STATUS_INVALID_ACL);
    }

    *ret_acl = acl;
    return TSR_OK;
}

bool tsr_acl_next(const tsr_acl *acl, size_t *offset, tsr_ace *ret_ace)
{
    struct cursor cursor;

    /* The offset alone cannot tell an ACE from slack, so the count is carried in its high half. */
    const size_t index = *offset >> 16;
    const size_t at = index == 0 ? ACL_HEADER_SIZE : *offset & 0xffff;

    if (!acl->bytes || index >= acl->n_aces) {
        return false;
    }
    cursor = cursor_over(acl->bytes + at, acl->size - at);
    if (tsr_failed(ace_read(&cursor, ret_ace))) {
        return false;
    }

    *offset = (index + 1) << 16 | (acl->size - cursor.n_left);
    return true;
}

/* The revision an ACL needs to hold this ACE type. */
static uint8_t revision_for(uint8_t type)
{
    return ace_layout(type) == ACE_LAYOUT_OBJECT ? ACL_REVISION_DS : ACL_REVISION;
}

static void builder_fail(tsr_acl_builder *builder, uint32_t code)
{
    if (builder->failure == STATUS_SUCCESS) {
        builder->failure = code;
    }
}

/* Room for @size more bytes, behind the header that comes with the first; NULL once failed. */
static uint8_t *builder_grow(tsr_acl_builder *builder, size_t size)
{
    size_t n_needed;
    size_t n_wanted;
    uint8_t *grown;

    if (builder->failure != STATUS_SUCCESS) {
        return NULL;
    }
    if (builder->size == 0) {
        builder->size = ACL_HEADER_SIZE;
        builder->revision = ACL_REVISION;
    }
    if (size > TSR_ACL_SIZE_MAX - builder->size) {
        builder_fail(builder, STATUS_INVALID_ACL);
        return NULL;
    }
    n_needed = builder->size + size;
    if (n_needed > builder->n_allocated) {
        n_wanted = 2 * n_needed + 64;
        grown = realloc(builder->bytes, n_wanted);
        if (!grown) {
            builder_fail(builder, STATUS_NO_MEMORY);
            return NULL;
        }
        builder->bytes = grown;
        builder->n_allocated = n_wanted;
    }

    builder->size = n_needed;
    return builder->bytes + n_needed - size;
}

void tsr_acl_builder_deinit(tsr_acl_builder *builder)
{
    free(builder->bytes);
    *builder = (tsr_acl_builder){0};
}

/* Append a whole ACE that is known to be good. */
static void builder_append(tsr_acl_builder *builder, const uint8_t *ace, size_t size)
{
    const uint8_t revision = revision_for(ace[0]);
    uint8_t *room;

    if (builder->n_aces == UINT16_MAX) {
        builder_fail(builder, STATUS_INVALID_ACL);
        return;
    }
    room = builder_grow(builder, size);
    if (!room) {
        return;
    }
    memcpy(room, ace, size);
    builder->n_aces++;
    if (revision > builder->revision) {
        builder->revision = revision;
    }
}

void tsr_acl_builder_add(tsr_acl_builder *builder, tsr_ace_type type, uint8_t flags, uint32_t mask,
                         const tsr_sid *sid)
{
    uint8_t ace[TSR_ACE_HEADER_SIZE + 4 + TSR_SID_SIZE_MAX];
    size_t size;

    if (type > UINT8_MAX || ace_layout((uint8_t)type) != ACE_LAYOUT_BASIC ||
        tsr_failed(tsr_sid_encode(sid, ace + 8, sizeof(ace) - 8, &size))) {
        builder_fail(builder, STATUS_INVALID_ACL);
        return;
    }
    size += 8;
    ace[0] = (uint8_t)type;
    ace[1] = flags;
    store_le16(ace + 2, (uint16_t)size);
    store_le32(ace + 4, mask);
    builder_append(builder, ace, size);
}

void tsr_acl_builder_add_encoded(tsr_acl_builder *builder, const void *bytes, size_t size)
{
    struct cursor cursor = cursor_over(bytes, size);
    tsr_ace ace;

    if (tsr_failed(ace_read(&cursor, &ace)) || cursor.n_left > 0) {
        builder_fail(builder, STATUS_INVALID_ACL);
        return;
    }
    builder_append(builder, bytes, size);
}

tsr_status tsr_acl_builder_finish(tsr_acl_builder *builder, uint8_t **ret_bytes, tsr_acl *ret_acl)
{
    tsr_acl_builder done;
    uint32_t failure;

    (void)builder_grow(builder, 0);
    done = *builder;
    failure = builder->failure;
    *builder = (tsr_acl_builder){0};
    if (failure != STATUS_SUCCESS) {
        free(done.bytes);
        return tsr_status_of(failure);
    }

    done.bytes[0] = done.revision;
    done.bytes[1] = 0;
    store_le16(done.bytes + 2, (uint16_t)done.size);
    store_le16(done.bytes + 4, (uint16_t)done.n_aces);
    store_le16(done.bytes + 6, 0);

    *ret_bytes = done.bytes;
    *ret_acl = (tsr_acl){
        .bytes = done.bytes, .size = (uint16_t)done.size, .n_aces = (uint16_t)done.n_aces};
    return TSR_OK;
}
