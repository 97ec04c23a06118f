/* SPDX-License-Identifier: MIT */
/* Self-relative security descriptors: validation and building. */

#include <tessera/descriptor.h>

#include "base/check.h"
#include "base/cursor.h"
#include "base/writer.h"
#include "sec/sid.h"

#define SD_REVISION    1
#define SD_HEADER_SIZE 20
#define SD_ALIGNMENT   4u

/* The encoded SID at @offset; absent where the offset is 0. */
static tsr_status sid_view(const tsr_sd *sd, uint32_t offset, const uint8_t **ret_sid)
{
    struct cursor cursor;

    if (offset == 0) {
        *ret_sid = NULL;
        return TSR_OK;
    }
    REQUIRE(offset >= SD_HEADER_SIZE, STATUS_INVALID_SECURITY_DESCR);
    REQUIRE(tsr_ok(cursor_at(sd->bytes, sd->size, offset, &cursor)), STATUS_INVALID_SECURITY_DESCR);
    return sid_take(&cursor, ret_sid);
}

/* The ACL at @offset; an offset whose PRESENT bit is clear is ignored (access-check.md 1.5). */
static tsr_status acl_view_at(const tsr_sd *sd, uint32_t offset, bool present, tsr_acl *ret_acl)
{
    struct cursor cursor;

    if (!present || offset == 0) {
        *ret_acl = (tsr_acl){0};
        return TSR_OK;
    }
    REQUIRE(offset >= SD_HEADER_SIZE, STATUS_INVALID_SECURITY_DESCR);
    REQUIRE(tsr_ok(cursor_at(sd->bytes, sd->size, offset, &cursor)), STATUS_INVALID_SECURITY_DESCR);
    return tsr_acl_view(cursor.at, cursor.n_left, ret_acl);
}

tsr_status tsr_sd_view(const void *bytes, size_t size, tsr_sd *ret_sd)
{
    struct cursor cursor = cursor_over(bytes, size);
    tsr_sd sd = {.bytes = bytes, .size = size};
    uint32_t owner;
    uint32_t group;
    uint32_t sacl;
    uint32_t dacl;
    uint8_t revision;

    REQUIRE(size >= SD_HEADER_SIZE, STATUS_INVALID_SECURITY_DESCR);
    TRY(cursor_u8(&cursor, &revision));
    REQUIRE(revision == SD_REVISION, STATUS_REVISION_MISMATCH);
    TRY(cursor_u8(&cursor, &sd.resource_manager_control));
    TRY(cursor_le16(&cursor, &sd.control));
    REQUIRE(sd.control & SE_SELF_RELATIVE, STATUS_INVALID_SECURITY_DESCR);
    TRY(cursor_le32(&cursor, &owner));
    TRY(cursor_le32(&cursor, &group));
    TRY(cursor_le32(&cursor, &sacl));
    TRY(cursor_le32(&cursor, &dacl));

    sd.has_dacl = sd.control & SE_DACL_PRESENT;
    sd.has_sacl = sd.control & SE_SACL_PRESENT;
    TRY(sid_view(&sd, owner, &sd.owner));
    TRY(sid_view(&sd, group, &sd.group));
    TRY(acl_view_at(&sd, sacl, sd.has_sacl, &sd.sacl));
    TRY(acl_view_at(&sd, dacl, sd.has_dacl, &sd.dacl));

    *ret_sd = sd;
    return TSR_OK;
}

/* Append an ACL and note where it begins; nothing for an absent or NULL one. Whatever its size,
 * what is behind it is aligned: callers of Windows' functions get pointers to it. */
static void append_acl(struct writer *writer, size_t offset_at, bool present, const tsr_acl *acl)
{
    if (!present || !acl->bytes) {
        return;
    }
    writer_patch_le32(writer, offset_at, (uint32_t)writer->size);
    writer_bytes(writer, acl->bytes, acl->size);
    writer_zeros(writer, -writer->size % SD_ALIGNMENT);
}

static tsr_status append_sid(struct writer *writer, size_t offset_at, const tsr_sid *sid)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    if (sid) {
        TRY(tsr_sid_encode(sid, encoded, sizeof(encoded), &size));
        writer_patch_le32(writer, offset_at, (uint32_t)writer->size);
        writer_bytes(writer, encoded, size);
    }
    return TSR_OK;
}

tsr_status tsr_sd_build(const tsr_sd_parts *parts, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    uint16_t control = parts->control & (uint16_t) ~(SE_DACL_PRESENT | SE_SACL_PRESENT);

    control |= SE_SELF_RELATIVE;
    control |= parts->has_dacl ? SE_DACL_PRESENT : 0;
    control |= parts->has_sacl ? SE_SACL_PRESENT : 0;

    writer_u8(&writer, SD_REVISION);
    writer_u8(&writer, parts->resource_manager_control);
    writer_le16(&writer, control);
    writer_zeros(&writer, 4 * sizeof(uint32_t));
    append_acl(&writer, 12, parts->has_sacl, &parts->sacl);
    append_acl(&writer, 16, parts->has_dacl, &parts->dacl);
    TRY(append_sid(&writer, 4, parts->owner));
    TRY(append_sid(&writer, 8, parts->group));

    return writer_finish(&writer, ret_bytes, ret_size);
}
