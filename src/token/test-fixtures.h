/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The tokens of token.md 0.3, and what tests ask of tokens
 *
 * alice is A, alice_elevated AF, alice_limited AL, system SYS.
 */

#include <tessera/sddl.h>
#include <tessera/token.h>

#include <support/expect.h>

#include "base/check.h"

#define IN_DOMAIN(rid_)         \
    {                           \
        5, 5,                   \
        {                       \
            21, 1, 2, 3, (rid_) \
        }                       \
    }

#define ALICE         "S-1-5-21-1-2-3-1001"
#define DOMAIN_USERS  "S-1-5-21-1-2-3-513"
#define LOGON         "S-1-5-5-0-4242"
#define G1            "S-1-5-21-1-2-3-2001"
#define G2            "S-1-5-21-1-2-3-2002"
#define G3            "S-1-5-21-1-2-3-2003"
#define EVERYONE      "S-1-1-0"
#define ADMINS        "S-1-5-32-544"
#define STRANGER      "S-1-5-21-1-2-3-9999"
#define LOGON_SESSION UINT64_C(0x5ca1ab1e0)

#define N_ALICE_GROUPS 9

static const tsr_group fixture_groups[] = {
    {{1, 1, {0}}, TSR_GROUP_ORDINARY},
    {{5, 2, {32, 545}}, TSR_GROUP_ORDINARY},
    {{5, 1, {11}}, TSR_GROUP_ORDINARY},
    {{5, 1, {4}}, TSR_GROUP_ORDINARY},
    {IN_DOMAIN(513), TSR_GROUP_ORDINARY},
    {{5, 3, {5, 0, 4242}}, TSR_GROUP_ORDINARY | SE_GROUP_LOGON_ID},
    {IN_DOMAIN(2001), SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT},
    {IN_DOMAIN(2002), 0},
    {IN_DOMAIN(2003), SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_OWNER},
    {{5, 2, {32, 544}}, TSR_GROUP_ORDINARY | SE_GROUP_OWNER},
};

static const tsr_privilege_state fixture_privileges[] = {
    {SE_CHANGE_NOTIFY_PRIVILEGE, SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_ENABLED},
    {SE_SHUTDOWN_PRIVILEGE, 0},
    {SE_UNDOCK_PRIVILEGE, 0},
    {SE_INC_WORKING_SET_PRIVILEGE, 0},
    {SE_TIME_ZONE_PRIVILEGE, 0},
    /* of an administrator only */
    {SE_SECURITY_PRIVILEGE, 0},
    {SE_TAKE_OWNERSHIP_PRIVILEGE, 0},
    {SE_BACKUP_PRIVILEGE, 0},
    {SE_RESTORE_PRIVILEGE, 0},
    {SE_DEBUG_PRIVILEGE, 0},
    {SE_IMPERSONATE_PRIVILEGE, SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_ENABLED},
    {SE_CREATE_GLOBAL_PRIVILEGE, SE_PRIVILEGE_ENABLED_BY_DEFAULT | SE_PRIVILEGE_ENABLED},
};

#define N_ALICE_PRIVILEGES 5

static const tsr_sid fixture_primary_group = IN_DOMAIN(513);
static const tsr_sid fixture_medium = {16, 1, {TSR_INTEGRITY_MEDIUM}};
static const tsr_sid fixture_high = {16, 1, {TSR_INTEGRITY_HIGH}};

/* D:(A;;GA;;;SY)(A;;GA;;;alice) */
static const uint8_t fixture_dacl_bytes[] = {
    0x02, 0x00, 0x40, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x10,
    0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x12, 0x00, 0x00, 0x00, 0x00, 0x00, 0x24, 0x00,
    0x00, 0x00, 0x00, 0x10, 0x01, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x15, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0xe9, 0x03, 0x00, 0x00,
};
static const tsr_acl fixture_dacl = {fixture_dacl_bytes, sizeof(fixture_dacl_bytes), 2};

/* The claim "a", an INT64 of the value 7. */
static const uint8_t fixture_claim_bytes[] = {
    20, 0, 0, 0, 1,   0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
    24, 0, 0, 0, 'a', 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,
};

#define PACKAGE "S-1-15-2-1-2-3-4-5-6-7"

static const tsr_sid fixture_package = {15, 8, {2, 1, 2, 3, 4, 5, 6, 7}};
static const tsr_group fixture_capabilities[] = {
    {{15, 2, {3, 1}}, SE_GROUP_ENABLED},
    {{15, 2, {3, 2}}, 0},
    {{15, 2, {3, 3}}, SE_GROUP_USE_FOR_DENY_ONLY},
};
static const tsr_group fixture_device_groups[] = {
    {{5, 2, {99, 1}}, TSR_GROUP_ORDINARY},
    {{5, 2, {99, 2}}, SE_GROUP_USE_FOR_DENY_ONLY},
    {{5, 2, {99, 3}}, TSR_GROUP_ORDINARY},
};
static const tsr_sid fixture_restricting_devices[] = {{5, 2, {99, 3}}};

static inline tsr_claim fixture_claim(void)
{
    tsr_claim claim = {0};

    expect_ok(tsr_claim_view(fixture_claim_bytes, sizeof(fixture_claim_bytes), &claim));
    return claim;
}

/* Let a spec have what conditions ask about; @claim must live as long. */
static inline void add_context(tsr_token_spec *spec, const tsr_claim *claim)
{
    spec->user_claims = claim;
    spec->n_user_claims = 1;
    spec->device_claims = claim;
    spec->n_device_claims = 1;
    spec->local_claims = claim;
    spec->n_local_claims = 1;
    spec->device_groups = fixture_device_groups;
    spec->n_device_groups = ARRAY_SIZE(fixture_device_groups);
    spec->restricting_devices = fixture_restricting_devices;
    spec->n_restricting_devices = ARRAY_SIZE(fixture_restricting_devices);
}

static inline void add_package(tsr_token_spec *spec)
{
    spec->package = &fixture_package;
    spec->capabilities = fixture_capabilities;
    spec->n_capabilities = ARRAY_SIZE(fixture_capabilities);
}

static inline tsr_token_spec alice_spec(void)
{
    return (tsr_token_spec){
        .user = IN_DOMAIN(1001),
        .groups = fixture_groups,
        .n_groups = N_ALICE_GROUPS,
        .privileges = fixture_privileges,
        .n_privileges = N_ALICE_PRIVILEGES,
        .primary_group = &fixture_primary_group,
        .default_dacl = &fixture_dacl,
        .integrity = &fixture_medium,
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP | TSR_POLICY_NEW_PROCESS_MIN,
        .type = TSR_TOKEN_PRIMARY,
        .session_id = 1,
        .authentication_id = LOGON_SESSION,
        .source = {"User32  ", 77},
    };
}

static inline tsr_token *token_of_spec(const tsr_token_spec *spec)
{
    tsr_token *token = NULL;

    expect_ok(tsr_token_new(spec, &token));
    return token;
}

static inline tsr_token *alice(void)
{
    const tsr_token_spec spec = alice_spec();

    return token_of_spec(&spec);
}

/* alice with something in every list that conditions and packages ask about. */
static inline tsr_token *alice_contained(bool less_privileged)
{
    const tsr_claim claim = fixture_claim();
    tsr_token_spec spec = alice_spec();

    add_context(&spec, &claim);
    add_package(&spec);
    spec.less_privileged = less_privileged;
    return token_of_spec(&spec);
}

static inline tsr_token *alice_elevated(void)
{
    const tsr_sid admins = TSR_SID_ADMINISTRATORS;
    tsr_token_spec spec = alice_spec();

    spec.n_groups = ARRAY_SIZE(fixture_groups);
    spec.n_privileges = ARRAY_SIZE(fixture_privileges);
    spec.integrity = &fixture_high;
    spec.elevation = TSR_ELEVATION_FULL;
    spec.owner = &admins;
    return token_of_spec(&spec);
}

static inline tsr_token *alice_limited(void)
{
    tsr_group groups[ARRAY_SIZE(fixture_groups)];
    tsr_token_spec spec = alice_spec();

    memcpy(groups, fixture_groups, sizeof(groups));
    groups[N_ALICE_GROUPS].attributes = SE_GROUP_USE_FOR_DENY_ONLY;
    spec.groups = groups;
    spec.n_groups = ARRAY_SIZE(groups);
    spec.elevation = TSR_ELEVATION_LIMITED;
    return token_of_spec(&spec);
}

static inline tsr_token *system_token(void)
{
    const tsr_token_spec spec = {
        .user = TSR_SID_SYSTEM,
        .integrity = &(tsr_sid){16, 1, {TSR_INTEGRITY_SYSTEM}},
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP,
        .authentication_id = 0x3e7,
    };

    return token_of_spec(&spec);
}

/* SYS with its groups, token.md 2.6. */
static inline tsr_token *system_administrator(void)
{
    static const tsr_group groups[] = {
        {{5, 2, {32, 544}}, SE_GROUP_OWNER | SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT},
        {{1, 1, {0}}, TSR_GROUP_ORDINARY},
        {{5, 1, {11}}, TSR_GROUP_ORDINARY},
    };
    const tsr_token_spec spec = {
        .user = TSR_SID_SYSTEM,
        .groups = groups,
        .n_groups = ARRAY_SIZE(groups),
        .owner = &groups[0].sid,
        .integrity = &(tsr_sid){16, 1, {TSR_INTEGRITY_SYSTEM}},
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP,
        .authentication_id = 0x3e7,
    };

    return token_of_spec(&spec);
}

/* @take_token as an impersonation token of @level. */
static inline tsr_token *impersonating(tsr_token *take_token, tsr_impersonation_level level)
{
    tsr_token *token = NULL;

    expect_ok(tsr_token_duplicate(take_token, TSR_TOKEN_IMPERSONATION, level, false, &token));
    tsr_token_unref(take_token);
    return token;
}

/* @take_token, filtered. */
static inline tsr_token *filtered(tsr_token *take_token, const tsr_token_filter_spec *spec)
{
    tsr_token *token = NULL;

    expect_ok(tsr_token_filter(take_token, spec, &token));
    tsr_token_unref(take_token);
    return token;
}

/* @take_token, restricted to up to two SIDs; @b may be NULL. */
static inline tsr_token *restricted_to(tsr_token *take_token, const char *a, const char *b,
                                       uint32_t flags)
{
    const tsr_group list[] = {{.sid = sid_of(a)}, {.sid = sid_of(b ? b : a)}};
    const tsr_token_filter_spec spec = {
        .flags = flags,
        .restrict_to = list,
        .n_restrict_to = b ? 2 : 1,
    };

    return filtered(take_token, &spec);
}

static inline tsr_token_statistics statistics_of(const tsr_token *token)
{
    tsr_token_statistics statistics;

    tsr_token_get_statistics(token, &statistics);
    return statistics;
}

#define ABSENT UINT32_MAX

/* The attributes of a group, by SID text; ABSENT if it is not in the token. */
static inline uint32_t attributes_of(const tsr_token *token, const char *sid_text)
{
    const tsr_sid sid = sid_of(sid_text);
    tsr_group group;

    for (size_t i = 0; tsr_token_get_group(token, i, &group); i++) {
        if (tsr_sid_equal(&group.sid, &sid)) {
            return group.attributes;
        }
    }
    return ABSENT;
}

/* The attributes of a privilege; ABSENT if it is not in the token. */
static inline uint32_t privilege_of(const tsr_token *token, uint32_t luid)
{
    tsr_privilege_state privilege;

    for (size_t i = 0; tsr_token_get_privilege(token, i, &privilege); i++) {
        if (privilege.luid == luid) {
            return privilege.attributes;
        }
    }
    return ABSENT;
}

/* The restricting SIDs, with blanks between. */
static inline void expect_restricting(const tsr_token *token, const char *expected)
{
    char text[TSR_SID_TEXT_MAX];
    char all[512] = "";
    tsr_sid sid;

    for (size_t i = 0; tsr_token_get_restricting(token, i, &sid); i++) {
        tsr_sid_format(&sid, text);
        if (i > 0) {
            strcat(all, " ");
        }
        strcat(all, text);
    }
    assert_string_equal(all, expected);
}

static inline void expect_sid(const char *expected, const tsr_sid *sid)
{
    char text[TSR_SID_TEXT_MAX];

    tsr_sid_format(sid, text);
    assert_string_equal(text, expected);
}

static inline void expect_owner(const tsr_token *token, const char *expected)
{
    tsr_sid owner;

    tsr_token_get_owner(token, &owner);
    expect_sid(expected, &owner);
}

static inline bool is_member(const tsr_token *token, const char *sid_text)
{
    const tsr_sid sid = sid_of(sid_text);

    return tsr_token_is_member(token, &sid);
}

static inline bool may_own(const tsr_token *token, const char *sid_text)
{
    const tsr_sid sid = sid_of(sid_text);

    return tsr_token_may_own(token, &sid);
}

/* Check file access against a descriptor given as SDDL. */
static inline tsr_access_result check_file(const tsr_token *token, const char *sddl,
                                           uint32_t desired)
{
    const tsr_access_request request = {.desired = desired, .mapping = TSR_FILE_MAPPING};
    tsr_access_result result;
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    result = tsr_token_access_check(token, &sd, &request);
    free(bytes);
    return result;
}
