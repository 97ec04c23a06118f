/* SPDX-License-Identifier: MIT */
/*
 * Samba's NTACL blob.
 *
 * The hashes are not verified on reading. Samba sets the descriptor aside once mode or POSIX ACL
 * were changed behind its back; here the NT ACL that an administrator stored stays in force,
 * because a chmod by whoever may chmod must not replace it by something wider. They are written, so
 * that Samba and ksmbd trust what we store.
 */

#include "volume/ntacl.h"

#include <string.h>

#include <tessera/descriptor.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/cursor.h"
#include "base/writer.h"

#define INFO_REFERENT    0x00020000u
#define SD_REFERENT      0x00020004u
#define DESCRIPTION      "posix_acl"
#define HASH_TYPE_SHA256 1
#define HASH_FIELD_V2    16
#define HASH_FIELD       64 /* NTACL_HASH_SIZE bytes and zeros */

#define SD_HEADER_SIZE  20
#define SD_OWNER_OFFSET 4
#define SD_GROUP_OFFSET 8
#define SD_SACL_OFFSET  12
#define SD_DACL_OFFSET  16

/* NDR alignment counts from the start of the blob. */
static tsr_status skip_padding(struct cursor *cursor, size_t size)
{
    return cursor_skip(cursor, -(size - cursor->n_left) & 3);
}

static tsr_status skip_text(struct cursor *cursor)
{
    uint8_t character;

    do {
        TRY(cursor_u8(cursor, &character));
    } while (character != '\0');
    return TSR_OK;
}

static tsr_status skip_referent(struct cursor *cursor)
{
    uint32_t referent;

    TRY(cursor_le32(cursor, &referent));
    REQUIRE(referent != 0, STATUS_DATA_ERROR);
    return TSR_OK;
}

/* Everything between the union's referent and the descriptor. */
static tsr_status skip_hashes(struct cursor *cursor, size_t size, uint16_t version)
{
    uint16_t hash_type;

    if (version == 1) {
        return TSR_OK;
    }
    TRY(skip_referent(cursor));
    if (version == 2) {
        return cursor_skip(cursor, HASH_FIELD_V2);
    }
    TRY(cursor_le16(cursor, &hash_type));
    TRY(cursor_skip(cursor, HASH_FIELD));
    if (version == 4) {
        TRY(skip_text(cursor));
        TRY(skip_padding(cursor, size));
        TRY(cursor_skip(cursor, sizeof(uint64_t)));
        TRY(cursor_skip(cursor, HASH_FIELD));
    }
    return skip_padding(cursor, size);
}

/* Let the offset at @at count from the descriptor, which lies at @base, instead of from the blob.
 */
static tsr_status rebase(uint8_t *sd, size_t size, size_t at, size_t base)
{
    const uint32_t offset = load_le32(sd + at);

    if (offset == 0) {
        return TSR_OK;
    }
    /* An offset of exactly @base would become 0, and what is there would count as absent. */
    REQUIRE(offset >= base + SD_HEADER_SIZE && offset - base < size, STATUS_DATA_ERROR);
    store_le32(sd + at, (uint32_t)(offset - base));
    return TSR_OK;
}

static tsr_status rebase_all(uint8_t *sd, size_t size, size_t base)
{
    TRY(rebase(sd, size, SD_OWNER_OFFSET, base));
    TRY(rebase(sd, size, SD_GROUP_OFFSET, base));
    TRY(rebase(sd, size, SD_SACL_OFFSET, base));
    return rebase(sd, size, SD_DACL_OFFSET, base);
}

/* Find the descriptor, which reaches to the end of the blob. */
static tsr_status find_sd(const void *bytes, size_t size, struct cursor *ret_sd)
{
    struct cursor cursor = cursor_over(bytes, size);
    uint16_t selector;
    uint16_t version;

    TRY(cursor_le16(&cursor, &version));
    TRY(cursor_le16(&cursor, &selector));
    REQUIRE(version >= 1 && version <= 4 && selector == version, STATUS_DATA_ERROR);
    TRY(skip_referent(&cursor));
    TRY(skip_hashes(&cursor, size, version));
    REQUIRE(cursor.n_left >= SD_HEADER_SIZE, STATUS_DATA_ERROR);

    *ret_sd = cursor;
    return TSR_OK;
}

tsr_status ntacl_decode(const void *bytes, size_t size, uint8_t **ret_sd, size_t *ret_size)
{
    CLEANUP(free) uint8_t *copy = NULL;
    struct cursor sd;
    tsr_sd view;

    REQUIRE(size <= NTACL_SIZE_MAX, STATUS_FILE_CORRUPT_ERROR);
    REQUIRE(tsr_ok(find_sd(bytes, size, &sd)), STATUS_FILE_CORRUPT_ERROR);
    copy = array_new(sd.n_left, 1);
    REQUIRE(copy, STATUS_NO_MEMORY);
    memcpy(copy, sd.at, sd.n_left);
    REQUIRE(tsr_ok(rebase_all(copy, sd.n_left, size - sd.n_left)), STATUS_FILE_CORRUPT_ERROR);
    REQUIRE(tsr_ok(tsr_sd_view(copy, sd.n_left, &view)), STATUS_FILE_CORRUPT_ERROR);

    *ret_sd = STEAL(copy);
    *ret_size = sd.n_left;
    return TSR_OK;
}

static void write_padding(struct writer *writer)
{
    writer_zeros(writer, -writer->size & 3);
}

/* Append a component of the descriptor at @base and note where in the blob it is. */
static void write_component(struct writer *writer, size_t offset_at, const uint8_t *bytes,
                            size_t size)
{
    if (!bytes) {
        return;
    }
    write_padding(writer);
    writer_patch_le32(writer, offset_at, (uint32_t)writer->size);
    writer_bytes(writer, bytes, size);
}

static void write_sid(struct writer *writer, size_t offset_at, const uint8_t *sid)
{
    write_component(writer, offset_at, sid, sid ? tsr_encoded_sid_size(sid) : 0);
}

/* The components stand in the order in which Samba has them. */
static void write_sd(struct writer *writer, const tsr_sd *sd)
{
    const size_t base = writer->size;

    writer_bytes(writer, sd->bytes, SD_OWNER_OFFSET);
    writer_zeros(writer, SD_HEADER_SIZE - SD_OWNER_OFFSET);
    write_sid(writer, base + SD_OWNER_OFFSET, sd->owner);
    write_sid(writer, base + SD_GROUP_OFFSET, sd->group);
    write_component(writer, base + SD_SACL_OFFSET, sd->sacl.bytes, sd->sacl.size);
    write_component(writer, base + SD_DACL_OFFSET, sd->dacl.bytes, sd->dacl.size);
}

tsr_status ntacl_encode(const void *sd, size_t size, const uint8_t system_acl_hash[NTACL_HASH_SIZE],
                        uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_sd view;

    REQUIRE(tsr_ok(tsr_sd_view(sd, size, &view)), STATUS_INVALID_SECURITY_DESCR);

    writer_le16(&writer, 4);
    writer_le16(&writer, 4);
    writer_le32(&writer, INFO_REFERENT);
    writer_le32(&writer, SD_REFERENT);
    writer_le16(&writer, HASH_TYPE_SHA256);
    writer_zeros(&writer, HASH_FIELD);
    writer_bytes(&writer, DESCRIPTION, sizeof(DESCRIPTION));
    write_padding(&writer);
    writer_le64(&writer, 0);
    writer_bytes(&writer, system_acl_hash, NTACL_HASH_SIZE);
    writer_zeros(&writer, HASH_FIELD - NTACL_HASH_SIZE);
    write_sd(&writer, &view);
    REQUIRE(writer.size <= NTACL_SIZE_MAX, STATUS_EA_TOO_LARGE);

    return writer_finish(&writer, ret_bytes, ret_size);
}
