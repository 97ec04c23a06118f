/* SPDX-License-Identifier: MIT */
/*
 * Token snapshots: a token as bytes.
 *
 * Little-endian, packed, nothing aligned and nothing left over:
 *
 *     8   magic "TESSERA" and a zero byte
 *     u16 version, 1
 *     u16 members present: 1 integrity, 2 restricting SIDs (a restricted token, even with none),
 *         4 default DACL
 *     u32 type        u32 level           u32 flags              u32 session id
 *     u64 authentication id
 *     8   source name u64 source id
 *     u32 mandatory policy                u32 process trust type u32 process trust level
 *     SID user        u32 user attributes
 *     SID owner       SID primary group
 *     u32 n, then n times: u32 attributes, SID           groups
 *     u32 n, then n times: u32 LUID, u32 attributes      privileges
 *     SID integrity                                      if present
 *     u32 n, then n SIDs                                 restricting SIDs, if present
 *     u32 size, ACL of exactly that size                 default DACL, if present
 *
 * A SID is in its binary form, which tells its size. The flags are those a creator may give;
 * "restricted" follows from the list. The ids of the token, its modification and its parent are
 * meaningful in one process only, and stay there: a decoded token has its own.
 */

#include <tessera/snapshot.h>

#include <string.h>

#include "base/cursor.h"
#include "base/writer.h"
#include "token/token.h"

#define VERSION 1

#define HAS_INTEGRITY    0x1u
#define HAS_RESTRICTING  0x2u
#define HAS_DEFAULT_DACL 0x4u
#define HAS_VALID        (HAS_INTEGRITY | HAS_RESTRICTING | HAS_DEFAULT_DACL)

#define GROUP_SIZE_MIN       (4 + TSR_SID_SIZE_MIN)
#define PRIVILEGE_SIZE       8
#define RESTRICTING_SIZE_MIN TSR_SID_SIZE_MIN

static const uint8_t magic[8] = "TESSERA";

static void write_sid(struct writer *writer, const tsr_sid *sid)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    size_t size;

    if (tsr_failed(tsr_sid_encode(sid, encoded, sizeof(encoded), &size))) {
        /* No token holds such a SID; a snapshot without it must not come to be. */
        writer->failed = true;
        return;
    }
    writer_bytes(writer, encoded, size);
}

static void write_lists(struct writer *writer, const tsr_token_spec *spec)
{
    writer_le32(writer, (uint32_t)spec->n_groups);
    for (size_t i = 0; i < spec->n_groups; i++) {
        writer_le32(writer, spec->groups[i].attributes);
        write_sid(writer, &spec->groups[i].sid);
    }
    writer_le32(writer, (uint32_t)spec->n_privileges);
    for (size_t i = 0; i < spec->n_privileges; i++) {
        writer_le32(writer, spec->privileges[i].luid);
        writer_le32(writer, spec->privileges[i].attributes);
    }
}

static void write_options(struct writer *writer, const tsr_token_spec *spec)
{
    if (spec->integrity) {
        write_sid(writer, spec->integrity);
    }
    if (spec->restricting) {
        writer_le32(writer, (uint32_t)spec->n_restricting);
        for (size_t i = 0; i < spec->n_restricting; i++) {
            write_sid(writer, &spec->restricting[i]);
        }
    }
    if (spec->default_dacl->bytes) {
        writer_le32(writer, spec->default_dacl->size);
        writer_bytes(writer, spec->default_dacl->bytes, spec->default_dacl->size);
    }
}

static void write_scalars(struct writer *writer, const tsr_token *token, const tsr_token_spec *spec)
{
    const uint32_t present = (spec->integrity ? HAS_INTEGRITY : 0) |
                             (spec->restricting ? HAS_RESTRICTING : 0) |
                             (spec->default_dacl->bytes ? HAS_DEFAULT_DACL : 0);

    writer_bytes(writer, magic, sizeof(magic));
    writer_le16(writer, VERSION);
    writer_le16(writer, (uint16_t)present);
    writer_le32(writer, token->type);
    writer_le32(writer, token->level);
    writer_le32(writer, spec->flags);
    writer_le32(writer, spec->session_id);
    writer_le64(writer, spec->authentication_id);
    writer_bytes(writer, spec->source.name, sizeof(spec->source.name));
    writer_le64(writer, spec->source.id);
    writer_le32(writer, spec->mandatory_policy);
    writer_le32(writer, spec->process_trust_type);
    writer_le32(writer, spec->process_trust_level);
}

tsr_status tsr_snapshot_encode(const tsr_token *token, uint8_t **ret_bytes, size_t *ret_size)
{
    const tsr_token_spec spec = token_state_spec(token->state);
    CLEANUP(writer_deinit) struct writer writer = {0};

    write_scalars(&writer, token, &spec);
    write_sid(&writer, &spec.user);
    writer_le32(&writer, spec.user_attributes);
    write_sid(&writer, spec.owner);
    write_sid(&writer, spec.primary_group);
    write_lists(&writer, &spec);
    write_options(&writer, &spec);
    REQUIRE(writer.size <= TSR_SNAPSHOT_SIZE_MAX, STATUS_INSUFFICIENT_RESOURCES);

    return writer_finish(&writer, ret_bytes, ret_size);
}

/* What a spec points to, while it is being read. */
struct reading {
    struct cursor cursor;
    tsr_token_spec spec;
    uint16_t present;
    tsr_group *groups;               /* owned */
    tsr_privilege_state *privileges; /* owned */
    tsr_sid *restricting;            /* owned */
    tsr_sid owner;
    tsr_sid primary_group;
    tsr_sid integrity;
    tsr_acl default_dacl; /* borrowed from the snapshot */
};

static void reading_deinit(struct reading *reading)
{
    free(reading->groups);
    free(reading->privileges);
    free(reading->restricting);
}

static inline void cleanup_reading_deinit(struct reading *reading)
{
    reading_deinit(reading);
}

static tsr_status read_sid(struct cursor *cursor, tsr_sid *ret_sid)
{
    size_t size;

    REQUIRE(tsr_ok(tsr_sid_decode(cursor->at, cursor->n_left, ret_sid, &size)), STATUS_DATA_ERROR);
    return cursor_skip(cursor, size);
}

/* A count, believed only if that many elements can follow. */
static tsr_status read_count(struct cursor *cursor, size_t element_size_min, size_t *ret_n)
{
    uint32_t n;

    TRY(cursor_le32(cursor, &n));
    REQUIRE(n <= cursor->n_left / element_size_min, STATUS_DATA_ERROR);
    REQUIRE(n <= TSR_TOKEN_GROUPS_MAX, STATUS_INVALID_PARAMETER);

    *ret_n = n;
    return TSR_OK;
}

static tsr_status read_preamble(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    uint8_t got[sizeof(magic)];
    uint16_t version;

    TRY(cursor_copy(cursor, got, sizeof(got)));
    REQUIRE(memcmp(got, magic, sizeof(magic)) == 0, STATUS_DATA_ERROR);
    TRY(cursor_le16(cursor, &version));
    REQUIRE(version == VERSION, STATUS_REVISION_MISMATCH);
    TRY(cursor_le16(cursor, &reading->present));
    REQUIRE(!(reading->present & ~HAS_VALID), STATUS_DATA_ERROR);
    return TSR_OK;
}

static tsr_status read_scalars(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    tsr_token_spec *spec = &reading->spec;
    uint32_t level;
    uint32_t type;

    TRY(cursor_le32(cursor, &type));
    TRY(cursor_le32(cursor, &level));
    REQUIRE(type == TSR_TOKEN_PRIMARY || type == TSR_TOKEN_IMPERSONATION, STATUS_DATA_ERROR);
    REQUIRE(level <= TSR_LEVEL_DELEGATION, STATUS_DATA_ERROR);
    spec->type = (tsr_token_type)type;
    spec->level = (tsr_impersonation_level)level;
    TRY(cursor_le32(cursor, &spec->flags));
    TRY(cursor_le32(cursor, &spec->session_id));
    TRY(cursor_le64(cursor, &spec->authentication_id));
    TRY(cursor_copy(cursor, spec->source.name, sizeof(spec->source.name)));
    TRY(cursor_le64(cursor, &spec->source.id));
    TRY(cursor_le32(cursor, &spec->mandatory_policy));
    TRY(cursor_le32(cursor, &spec->process_trust_type));
    TRY(cursor_le32(cursor, &spec->process_trust_level));
    return TSR_OK;
}

static tsr_status read_identity(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    tsr_token_spec *spec = &reading->spec;

    TRY(read_sid(cursor, &spec->user));
    TRY(cursor_le32(cursor, &spec->user_attributes));
    TRY(read_sid(cursor, &reading->owner));
    spec->owner = &reading->owner;
    TRY(read_sid(cursor, &reading->primary_group));
    spec->primary_group = &reading->primary_group;
    return TSR_OK;
}

static tsr_status read_groups(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    size_t n;

    TRY(read_count(cursor, GROUP_SIZE_MIN, &n));
    reading->groups = array_new(n, sizeof(*reading->groups));
    REQUIRE(reading->groups, STATUS_NO_MEMORY);

    for (size_t i = 0; i < n; i++) {
        TRY(cursor_le32(cursor, &reading->groups[i].attributes));
        TRY(read_sid(cursor, &reading->groups[i].sid));
    }
    reading->spec.groups = reading->groups;
    reading->spec.n_groups = n;
    return TSR_OK;
}

static tsr_status read_privileges(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    size_t n;

    TRY(read_count(cursor, PRIVILEGE_SIZE, &n));
    reading->privileges = array_new(n, sizeof(*reading->privileges));
    REQUIRE(reading->privileges, STATUS_NO_MEMORY);

    for (size_t i = 0; i < n; i++) {
        TRY(cursor_le32(cursor, &reading->privileges[i].luid));
        TRY(cursor_le32(cursor, &reading->privileges[i].attributes));
    }
    reading->spec.privileges = reading->privileges;
    reading->spec.n_privileges = n;
    return TSR_OK;
}

static tsr_status read_integrity(struct reading *reading)
{
    if (!(reading->present & HAS_INTEGRITY)) {
        return TSR_OK;
    }
    TRY(read_sid(&reading->cursor, &reading->integrity));
    reading->spec.integrity = &reading->integrity;
    return TSR_OK;
}

static tsr_status read_restricting(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    size_t n;

    if (!(reading->present & HAS_RESTRICTING)) {
        return TSR_OK;
    }
    TRY(read_count(cursor, RESTRICTING_SIZE_MIN, &n));
    reading->restricting = array_new(n, sizeof(*reading->restricting));
    REQUIRE(reading->restricting, STATUS_NO_MEMORY);

    for (size_t i = 0; i < n; i++) {
        TRY(read_sid(cursor, &reading->restricting[i]));
    }
    reading->spec.restricting = reading->restricting;
    reading->spec.n_restricting = n;
    return TSR_OK;
}

static tsr_status read_default_dacl(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    const uint8_t *bytes;
    uint32_t size;

    if (!(reading->present & HAS_DEFAULT_DACL)) {
        return TSR_OK;
    }
    TRY(cursor_le32(cursor, &size));
    TRY(cursor_bytes(cursor, size, &bytes));
    REQUIRE(tsr_ok(tsr_acl_view(bytes, size, &reading->default_dacl)), STATUS_DATA_ERROR);
    REQUIRE(reading->default_dacl.size == size, STATUS_DATA_ERROR);

    reading->spec.default_dacl = &reading->default_dacl;
    return TSR_OK;
}

/* Members that the encoder could not have written together would not come out as they went in. */
static tsr_status check_consistency(const tsr_token_spec *spec)
{
    REQUIRE(spec->integrity || spec->mandatory_policy == 0, STATUS_DATA_ERROR);
    REQUIRE(spec->restricting || !(spec->flags & TSR_TOKEN_WRITE_RESTRICTED), STATUS_DATA_ERROR);
    return TSR_OK;
}

tsr_status tsr_snapshot_decode(const void *bytes, size_t size, tsr_token **ret_token)
{
    CLEANUP(reading_deinit) struct reading reading = {.cursor = cursor_over(bytes, size)};

    REQUIRE(size <= TSR_SNAPSHOT_SIZE_MAX, STATUS_DATA_ERROR);
    TRY(read_preamble(&reading));
    TRY(read_scalars(&reading));
    TRY(read_identity(&reading));
    TRY(read_groups(&reading));
    TRY(read_privileges(&reading));
    TRY(read_integrity(&reading));
    TRY(read_restricting(&reading));
    TRY(read_default_dacl(&reading));
    REQUIRE(reading.cursor.n_left == 0, STATUS_DATA_ERROR);
    TRY(check_consistency(&reading.spec));

    return tsr_token_new(&reading.spec, ret_token);
}
