/* SPDX-License-Identifier: MIT */
/*
 * Token snapshots: a token as bytes.
 *
 * Little-endian, packed, nothing aligned and nothing left over:
 *
 *     8   magic "TESSERA" and a zero byte
 *     u16 version, 3
 *     u16 members present: 1 integrity, 2 restricting SIDs (a restricted token, even with none),
 *         4 default DACL, 8 AppContainer, 16 device or claims
 *     u32 type        u32 level           u32 flags              u32 session id
 *     u64 authentication id
 *     8   source name u64 source id
 *     u32 mandatory policy                u32 process trust type u32 process trust level
 *     u64 origin      i64 expiration      u32 elevation          not in version 2
 *     SID user        u32 user attributes
 *     SID owner       SID primary group
 *     u32 n, then n times: u32 attributes, SID           groups
 *     u32 n, then n times: u32 LUID, u32 attributes      privileges
 *     SID integrity                                      if present
 *     u32 n, then n SIDs                                 restricting SIDs, if present
 *     u32 size, ACL of exactly that size                 default DACL, if present
 *     SID package     u32 1 if less privileged, or 0     AppContainer, if present
 *     u32 n, then n times: u32 attributes, SID           and its capabilities
 *     u32 n, then n times: u32 attributes, SID           device groups, if device or claims are
 *     u32 n, then n SIDs                                 restricting device SIDs
 *     u32 n, then n times: u32 size, claim               claims of the user, the device, and local
 *
 * A SID is in its binary form, which tells its size. The flags are those a creator may give;
 * "restricted" follows from the list. The ids of the token, its modification and its parent are
 * meaningful in one process only, and stay there: a decoded token has its own. Version 2 is still
 * read, and makes a token of no origin that never expires.
 */

#include <tessera/snapshot.h>

#include <string.h>

#include "base/cursor.h"
#include "base/writer.h"
#include "token/token.h"

#define VERSION       3
#define VERSION_FIRST 2

#define HAS_INTEGRITY    0x1u
#define HAS_RESTRICTING  0x2u
#define HAS_DEFAULT_DACL 0x4u
#define HAS_APPCONTAINER 0x8u
#define HAS_CONTEXT      0x10u /* what only conditions look at */
#define HAS_VALID        0x1fu

#define GROUP_SIZE_MIN       (4 + TSR_SID_SIZE_MIN)
#define PRIVILEGE_SIZE       8
#define RESTRICTING_SIZE_MIN TSR_SID_SIZE_MIN
#define CLAIM_SIZE_MIN       (4 + 16)

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

static void write_listed(struct writer *writer, const struct group_list *list, uint32_t index)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];

    writer_bytes(writer, encoded, sid_table_encode(list->set.table, index, encoded));
}

static void write_groups(struct writer *writer, struct group_range groups)
{
    writer_le32(writer, groups.n);
    for (uint32_t i = 0; i < groups.n; i++) {
        writer_le32(writer, groups.list->attributes[groups.first + i]);
        write_listed(writer, groups.list, groups.first + i);
    }
}

static void write_sids(struct writer *writer, const struct group_list *list)
{
    const struct group_range sids = token_list(list);

    writer_le32(writer, sids.n);
    for (uint32_t i = 0; i < sids.n; i++) {
        write_listed(writer, list, i);
    }
}

static void write_claims(struct writer *writer, struct claim_list list)
{
    writer_le32(writer, (uint32_t)list.n_claims);
    for (size_t i = 0; i < list.n_claims; i++) {
        writer_le32(writer, (uint32_t)list.claims[i].size);
        writer_bytes(writer, list.claims[i].bytes, list.claims[i].size);
    }
}

static void write_identity(struct writer *writer, const struct token_state *state)
{
    write_listed(writer, state->members, TOKEN_USER_PLACE);
    writer_le32(writer, token_user_attributes(state));
    write_listed(writer, state->members, state->owner);
    write_listed(writer, state->members, state->primary_group);
}

static void write_privileges(struct writer *writer, const struct token_state *state)
{
    writer_le32(writer, state->n_privileges);
    for (size_t i = 0; i < state->n_privileges; i++) {
        writer_le32(writer, state->privileges[i].luid);
        writer_le32(writer, state->privileges[i].attributes);
    }
}

/* Which optional members a token has. */
static uint16_t members_of(const struct token_state *state)
{
    const struct subject *const subject = &state->subject;
    const bool has_context = state->device_groups || state->restricting_devices ||
                             subject->user_claims.n_claims + subject->device_claims.n_claims +
                                     subject->local_claims.n_claims >
                                 0;

    return (uint16_t)((subject->integrity ? HAS_INTEGRITY : 0) |
                      (state->restricting ? HAS_RESTRICTING : 0) |
                      (state->default_dacl.bytes ? HAS_DEFAULT_DACL : 0) |
                      (state->packages ? HAS_APPCONTAINER : 0) | (has_context ? HAS_CONTEXT : 0));
}

static void write_options(struct writer *writer, const struct token_state *state)
{
    const uint16_t present = members_of(state);

    if (present & HAS_INTEGRITY) {
        write_sid(writer, &state->integrity);
    }
    if (present & HAS_RESTRICTING) {
        write_sids(writer, state->restricting);
    }
    if (present & HAS_DEFAULT_DACL) {
        writer_le32(writer, state->default_dacl.size);
        writer_bytes(writer, state->default_dacl.bytes, state->default_dacl.size);
    }
    if (present & HAS_APPCONTAINER) {
        write_listed(writer, state->packages, 0);
        writer_le32(writer, state->less_privileged);
        write_groups(writer, token_capabilities(state));
    }
    if (present & HAS_CONTEXT) {
        write_groups(writer, token_list(state->device_groups));
        write_sids(writer, state->restricting_devices);
        write_claims(writer, state->subject.user_claims);
        write_claims(writer, state->subject.device_claims);
        write_claims(writer, state->subject.local_claims);
    }
}

static void write_scalars(struct writer *writer, const tsr_token *token)
{
    const struct token_state *const state = token->state;

    writer_bytes(writer, magic, sizeof(magic));
    writer_le16(writer, VERSION);
    writer_le16(writer, members_of(state));
    writer_le32(writer, token->type);
    writer_le32(writer, token->level);
    writer_le32(writer, state->flags & ~TSR_TOKEN_IS_RESTRICTED);
    writer_le32(writer, state->session_id);
    writer_le64(writer, state->authentication_id);
    writer_bytes(writer, state->source.name, sizeof(state->source.name));
    writer_le64(writer, state->source.id);
    writer_le32(writer, state->subject.mandatory_policy);
    writer_le32(writer, state->subject.process_trust_type);
    writer_le32(writer, state->subject.process_trust_level);
    writer_le64(writer, state->origin);
    writer_le64(writer, (uint64_t)state->expiration);
    writer_le32(writer, state->elevation);
}

tsr_status tsr_snapshot_encode(const tsr_token *token, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    write_scalars(&writer, token);
    write_identity(&writer, token->state);
    write_groups(&writer, token_groups(token->state));
    write_privileges(&writer, token->state);
    write_options(&writer, token->state);
    REQUIRE(writer.size <= TSR_SNAPSHOT_SIZE_MAX, STATUS_INSUFFICIENT_RESOURCES);

    return writer_finish(&writer, ret_bytes, ret_size);
}

/* What a spec points to, while it is being read. */
struct reading {
    struct cursor cursor;
    tsr_token_spec spec;
    uint16_t version;
    uint16_t present;
    tsr_group *groups;               /* owned */
    tsr_privilege_state *privileges; /* owned */
    tsr_sid *restricting;            /* owned */
    tsr_sid owner;
    tsr_sid primary_group;
    tsr_sid integrity;
    tsr_acl default_dacl; /* borrowed from the snapshot */
    tsr_sid package;
    tsr_group *capabilities;      /* owned */
    tsr_group *device_groups;     /* owned */
    tsr_sid *restricting_devices; /* owned */
    tsr_claim *user_claims;       /* these three owned, their bytes borrowed from the snapshot */
    tsr_claim *device_claims;
    tsr_claim *local_claims;
};

static void reading_deinit(struct reading *reading)
{
    free(reading->groups);
    free(reading->privileges);
    free(reading->restricting);
    free(reading->capabilities);
    free(reading->device_groups);
    free(reading->restricting_devices);
    free(reading->user_claims);
    free(reading->device_claims);
    free(reading->local_claims);
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

    TRY(cursor_copy(cursor, got, sizeof(got)));
    REQUIRE(memcmp(got, magic, sizeof(magic)) == 0, STATUS_DATA_ERROR);
    TRY(cursor_le16(cursor, &reading->version));
    REQUIRE(reading->version >= VERSION_FIRST && reading->version <= VERSION,
            STATUS_REVISION_MISMATCH);
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

/* token.md 6 and 2.1: what version 2 did not tell. */
static tsr_status read_provenance(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    tsr_token_spec *spec = &reading->spec;
    uint64_t expiration;
    uint32_t elevation;

    if (reading->version == VERSION_FIRST) {
        return TSR_OK;
    }
    TRY(cursor_le64(cursor, &spec->origin));
    TRY(cursor_le64(cursor, &expiration));
    TRY(cursor_le32(cursor, &elevation));
    REQUIRE(expiration != 0, STATUS_DATA_ERROR);
    REQUIRE(elevation >= TSR_ELEVATION_DEFAULT && elevation <= TSR_ELEVATION_LIMITED,
            STATUS_DATA_ERROR);
    spec->expiration = (int64_t)expiration;
    spec->elevation = (tsr_elevation_type)elevation;
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

/* @param ret_groups  owned by the caller, also on failure */
static tsr_status read_groups(struct cursor *cursor, tsr_group **ret_groups, size_t *ret_n)
{
    tsr_group *groups;
    size_t n;

    TRY(read_count(cursor, GROUP_SIZE_MIN, &n));
    groups = array_new(n, sizeof(*groups));
    REQUIRE(groups, STATUS_NO_MEMORY);

    *ret_groups = groups;
    for (size_t i = 0; i < n; i++) {
        TRY(cursor_le32(cursor, &groups[i].attributes));
        TRY(read_sid(cursor, &groups[i].sid));
    }
    *ret_n = n;
    return TSR_OK;
}

/* @param ret_sids  owned by the caller, also on failure */
static tsr_status read_sids(struct cursor *cursor, tsr_sid **ret_sids, size_t *ret_n)
{
    tsr_sid *sids;
    size_t n;

    TRY(read_count(cursor, RESTRICTING_SIZE_MIN, &n));
    sids = array_new(n, sizeof(*sids));
    REQUIRE(sids, STATUS_NO_MEMORY);

    *ret_sids = sids;
    for (size_t i = 0; i < n; i++) {
        TRY(read_sid(cursor, &sids[i]));
    }
    *ret_n = n;
    return TSR_OK;
}

/* @param ret_claims  owned by the caller, also on failure */
static tsr_status read_claims(struct cursor *cursor, tsr_claim **ret_claims, size_t *ret_n)
{
    const uint8_t *bytes;
    tsr_claim *claims;
    uint32_t size;
    size_t n;

    TRY(read_count(cursor, CLAIM_SIZE_MIN, &n));
    REQUIRE(n <= TSR_TOKEN_CLAIMS_MAX, STATUS_INVALID_PARAMETER);
    claims = array_new(n, sizeof(*claims));
    REQUIRE(claims, STATUS_NO_MEMORY);

    *ret_claims = claims;
    for (size_t i = 0; i < n; i++) {
        TRY(cursor_le32(cursor, &size));
        TRY(cursor_bytes(cursor, size, &bytes));
        REQUIRE(tsr_ok(tsr_claim_view(bytes, size, &claims[i])), STATUS_DATA_ERROR);
    }
    *ret_n = n;
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
    if (!(reading->present & HAS_RESTRICTING)) {
        return TSR_OK;
    }
    TRY(read_sids(&reading->cursor, &reading->restricting, &reading->spec.n_restricting));
    reading->spec.restricting = reading->restricting;
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

static tsr_status read_appcontainer(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    tsr_token_spec *spec = &reading->spec;
    uint32_t less_privileged;

    if (!(reading->present & HAS_APPCONTAINER)) {
        return TSR_OK;
    }
    TRY(read_sid(cursor, &reading->package));
    TRY(cursor_le32(cursor, &less_privileged));
    REQUIRE(less_privileged <= 1, STATUS_DATA_ERROR);
    TRY(read_groups(cursor, &reading->capabilities, &spec->n_capabilities));

    spec->package = &reading->package;
    spec->less_privileged = less_privileged;
    spec->capabilities = reading->capabilities;
    return TSR_OK;
}

static tsr_status read_context(struct reading *reading)
{
    struct cursor *cursor = &reading->cursor;
    tsr_token_spec *spec = &reading->spec;

    if (!(reading->present & HAS_CONTEXT)) {
        return TSR_OK;
    }
    TRY(read_groups(cursor, &reading->device_groups, &spec->n_device_groups));
    TRY(read_sids(cursor, &reading->restricting_devices, &spec->n_restricting_devices));
    TRY(read_claims(cursor, &reading->user_claims, &spec->n_user_claims));
    TRY(read_claims(cursor, &reading->device_claims, &spec->n_device_claims));
    TRY(read_claims(cursor, &reading->local_claims, &spec->n_local_claims));
    REQUIRE(spec->n_device_groups + spec->n_restricting_devices + spec->n_user_claims +
                    spec->n_device_claims + spec->n_local_claims >
                0,
            STATUS_DATA_ERROR);

    spec->device_groups = reading->device_groups;
    spec->restricting_devices = reading->restricting_devices;
    spec->user_claims = reading->user_claims;
    spec->device_claims = reading->device_claims;
    spec->local_claims = reading->local_claims;
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
    TRY(read_provenance(&reading));
    TRY(read_identity(&reading));
    TRY(read_groups(&reading.cursor, &reading.groups, &reading.spec.n_groups));
    reading.spec.groups = reading.groups;
    TRY(read_privileges(&reading));
    TRY(read_integrity(&reading));
    TRY(read_restricting(&reading));
    TRY(read_default_dacl(&reading));
    TRY(read_appcontainer(&reading));
    TRY(read_context(&reading));
    REQUIRE(reading.cursor.n_left == 0, STATUS_DATA_ERROR);
    TRY(check_consistency(&reading.spec));

    return token_restore(&reading.spec, ret_token);
}
