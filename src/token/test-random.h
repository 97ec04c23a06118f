/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Random tokens, filters, descriptors and requests over a few SIDs and rights, so that they meet
 *
 * Seeded: every run sees the same cases.
 */

#include <tessera/token.h>

#include <support/expect.h>

#include "base/check.h"

#define N_SIDS          6 /* of the domain, RIDs 1 to 6 */
#define MAX_GROUPS      8
#define MAX_ACES        7
#define N_PROPERTY_RUNS 20000

static uint64_t random_state = UINT64_C(0x9e3779b97f4a7c15);

/* A number below @n. */
static uint32_t random_below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % n;
}

static tsr_sid random_sid(void)
{
    return TSR_SID(5, 21, 1, 2, 3, 1 + random_below(N_SIDS));
}

static uint32_t random_attributes(void)
{
    static const uint32_t attributes[] = {0x7, 0x4, 0x0, 0x10, 0xe, 0x8, 0x18, 0x60};

    return attributes[random_below(ARRAY_SIZE(attributes))];
}

static uint32_t random_mask(void)
{
    static const uint32_t bits[] = {FILE_READ_DATA, FILE_WRITE_DATA, FILE_EXECUTE, DELETE,
                                    READ_CONTROL,   WRITE_DAC,       WRITE_OWNER,  SYNCHRONIZE,
                                    GENERIC_READ,   GENERIC_WRITE,   GENERIC_ALL};
    uint32_t mask = 0;

    for (uint32_t n = 1 + random_below(4); n > 0; n--) {
        mask |= bits[random_below(ARRAY_SIZE(bits))];
    }
    return mask;
}

static size_t random_privileges(tsr_privilege_state privileges[4])
{
    static const uint32_t luids[] = {SE_SECURITY_PRIVILEGE, SE_TAKE_OWNERSHIP_PRIVILEGE,
                                     SE_BACKUP_PRIVILEGE, SE_CHANGE_NOTIFY_PRIVILEGE};
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(luids); i++) {
        if (random_below(2)) {
            privileges[n].luid = luids[i];
            privileges[n++].attributes = random_below(4);
        }
    }
    return n;
}

static inline tsr_token *random_token(void)
{
    static const uint32_t levels[] = {TSR_INTEGRITY_LOW, TSR_INTEGRITY_MEDIUM, TSR_INTEGRITY_HIGH};
    const tsr_sid integrity = TSR_SID_INTEGRITY(levels[random_below(ARRAY_SIZE(levels))]);
    tsr_privilege_state privileges[4];
    tsr_group groups[MAX_GROUPS];
    tsr_sid restricting[4];
    tsr_token *token = NULL;
    tsr_token_spec spec = {
        .user = random_sid(),
        .user_attributes = random_below(8) ? 0 : SE_GROUP_USE_FOR_DENY_ONLY,
        .groups = groups,
        .n_groups = random_below(MAX_GROUPS + 1),
        .privileges = privileges,
        .n_privileges = random_privileges(privileges),
        .restricting = random_below(3) ? NULL : restricting,
        .integrity = random_below(3) ? &integrity : NULL,
        .mandatory_policy = random_below(4),
    };

    for (size_t i = 0; i < spec.n_groups; i++) {
        groups[i] = (tsr_group){.sid = random_sid(), .attributes = random_attributes()};
    }
    if (spec.restricting) {
        spec.n_restricting = random_below(ARRAY_SIZE(restricting) + 1);
        spec.flags = random_below(2) ? TSR_TOKEN_WRITE_RESTRICTED : 0;
    }
    for (size_t i = 0; i < spec.n_restricting; i++) {
        restricting[i] = random_sid();
    }
    expect_ok(tsr_token_new(&spec, &token));
    return token;
}

static tsr_sid random_ace_sid(void)
{
    switch (random_below(8)) {
    case 0:
        return TSR_SID_OWNER_RIGHTS;
    case 1:
        return TSR_SID_PRINCIPAL_SELF;
    default:
        return random_sid();
    }
}

/* A descriptor; @ret_bytes is what the caller frees. */
static inline tsr_sd random_sd(bool with_denies, uint8_t **ret_bytes)
{
    const tsr_sid label =
        TSR_SID_INTEGRITY(random_below(2) ? TSR_INTEGRITY_LOW : TSR_INTEGRITY_HIGH);
    const tsr_sid owner = random_sid();
    const tsr_sid group = random_sid();
    tsr_sd_parts parts = {.owner = &owner, .group = &group, .has_dacl = random_below(16) != 0};
    tsr_acl_builder dacl = {0};
    tsr_acl_builder sacl = {0};
    uint8_t *dacl_bytes = NULL;
    uint8_t *sacl_bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    for (uint32_t n = random_below(MAX_ACES + 1); n > 0; n--) {
        const tsr_sid sid = random_ace_sid();
        const bool denies = with_denies && random_below(3) == 0;

        tsr_acl_builder_add(&dacl, denies ? ACCESS_DENIED_ACE_TYPE : ACCESS_ALLOWED_ACE_TYPE,
                            random_below(8) ? 0 : INHERIT_ONLY_ACE, random_mask(), &sid);
    }
    expect_ok(tsr_acl_builder_finish(&dacl, &dacl_bytes, &parts.dacl));
    if (random_below(2)) {
        parts.has_sacl = true;
        tsr_acl_builder_add(&sacl, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, random_below(8), &label);
        expect_ok(tsr_acl_builder_finish(&sacl, &sacl_bytes, &parts.sacl));
    }
    expect_ok(tsr_sd_build(&parts, ret_bytes, &size));
    expect_ok(tsr_sd_view(*ret_bytes, size, &sd));
    free(dacl_bytes);
    free(sacl_bytes);
    return sd;
}

/* @principal_self is where the request's stand-in lives. */
static inline tsr_access_request random_request(tsr_sid *principal_self)
{
    *principal_self = random_sid();
    return (tsr_access_request){
        .desired = random_below(2) ? MAXIMUM_ALLOWED : random_mask(),
        .mapping = TSR_FILE_MAPPING,
        .principal_self = random_below(2) ? principal_self : NULL,
        .backup_intent = random_below(4) == 0,
    };
}
