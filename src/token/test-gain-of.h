/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a token has gained over the one it was made of (token.md 12 (a)): nothing, however it is
 * duplicated, filtered, adjusted and contained, and set by a caller without privileges
 *
 * Without cmocka, for fuzz targets and for threads; test-gain.h is for tests.
 */

#include <tessera/token.h>

#include "base/check.h"

/* Whether a group with this SID stands in a token, deny-only or not. */
static inline bool has_group(const tsr_token *token, const tsr_sid *sid, bool is_deny_only)
{
    tsr_group group;

    for (size_t i = 0; tsr_token_get_group(token, i, &group); i++) {
        if (tsr_sid_equal(&group.sid, sid) &&
            is_deny_only == !!(group.attributes & SE_GROUP_USE_FOR_DENY_ONLY)) {
            return true;
        }
    }
    return false;
}

static inline const char *user_gain_of(const tsr_token *before, const tsr_token *after)
{
    tsr_group old;
    tsr_group now;

    tsr_token_get_user(before, &old);
    tsr_token_get_user(after, &now);
    if (!tsr_sid_equal(&old.sid, &now.sid)) {
        return "another user";
    }
    return old.attributes & ~now.attributes ? "a user who is not for denying alone" : NULL;
}

static inline const char *group_gain_of(const tsr_token *before, const tsr_token *after)
{
    tsr_group group;

    for (size_t i = 0; tsr_token_get_group(after, i, &group); i++) {
        const bool is_deny_only = group.attributes & SE_GROUP_USE_FOR_DENY_ONLY;

        if (is_deny_only && group.attributes & SE_GROUP_ENABLED) {
            return "a group that is enabled and for denying alone";
        }
        if (!has_group(before, &group.sid, false) &&
            !(is_deny_only && has_group(before, &group.sid, true))) {
            return "a group";
        }
    }
    for (size_t i = 0; tsr_token_get_group(before, i, &group); i++) {
        if (group.attributes & SE_GROUP_USE_FOR_DENY_ONLY && !has_group(after, &group.sid, true)) {
            return "a denial less";
        }
    }
    return NULL;
}

static inline bool has_privilege(const tsr_token *token, uint32_t luid)
{
    tsr_privilege_state privilege;

    for (size_t i = 0; tsr_token_get_privilege(token, i, &privilege); i++) {
        if (privilege.luid == luid) {
            return true;
        }
    }
    return false;
}

static inline const char *privilege_gain_of(const tsr_token *before, const tsr_token *after)
{
    tsr_privilege_state privilege;

    for (size_t i = 0; tsr_token_get_privilege(after, i, &privilege); i++) {
        if (!has_privilege(before, privilege.luid)) {
            return "a privilege";
        }
    }
    return NULL;
}

static inline bool is_in_restricting(const tsr_token *token, const tsr_sid *sid)
{
    tsr_sid one;

    for (size_t i = 0; tsr_token_get_restricting(token, i, &one); i++) {
        if (tsr_sid_equal(&one, sid)) {
            return true;
        }
    }
    return false;
}

static inline const char *restriction_lost_by(const tsr_token *before, const tsr_token *after)
{
    const uint32_t lasting = TSR_TOKEN_IS_RESTRICTED | TSR_TOKEN_IS_FILTERED;
    tsr_token_statistics old;
    tsr_token_statistics now;
    tsr_sid sid;

    tsr_token_get_statistics(before, &old);
    tsr_token_get_statistics(after, &now);
    if (old.flags & lasting & ~now.flags) {
        return "a restriction less";
    }
    if (!(old.flags & TSR_TOKEN_IS_RESTRICTED)) {
        return NULL;
    }
    if (now.flags & ~old.flags & TSR_TOKEN_WRITE_RESTRICTED) {
        return "a restriction of writing alone";
    }
    for (size_t i = 0; tsr_token_get_restricting(after, i, &sid); i++) {
        if (!is_in_restricting(before, &sid)) {
            return "a restricting SID";
        }
    }
    return NULL;
}

/* The level of impersonation, and what else is a number in both. */
static inline const char *level_gain_of(const tsr_token *before, const tsr_token *after)
{
    tsr_token_statistics old;
    tsr_token_statistics now;

    tsr_token_get_statistics(before, &old);
    tsr_token_get_statistics(after, &now);
    if (old.type == TSR_TOKEN_IMPERSONATION &&
        (now.type == TSR_TOKEN_IMPERSONATION ? now.level > old.level
                                             : old.level < TSR_LEVEL_IMPERSONATION)) {
        return "a level of impersonation";
    }
    if (old.mandatory_policy & ~now.mandatory_policy) {
        return "a policy less";
    }
    if (now.session_id != old.session_id) {
        return "another session";
    }
    return now.flags & ~old.flags & TSR_TOKEN_UI_ACCESS ? "access to windows above" : NULL;
}

static inline const char *integrity_gain_of(const tsr_token *before, const tsr_token *after)
{
    tsr_sid old;
    tsr_sid now;

    if (tsr_token_get_integrity(before, &old) &&
        (!tsr_token_get_integrity(after, &now) ||
         now.sub_authorities[0] > old.sub_authorities[0])) {
        return "an integrity level";
    }
    if (tsr_token_get_package(before, &old, NULL) && !tsr_token_get_package(after, &now, NULL)) {
        return "a container less";
    }
    return NULL;
}

/** @return what @after has gained, in words; NULL: nothing */
static inline const char *gain_of(const tsr_token *before, const tsr_token *after)
{
    const char *(*const gains[])(const tsr_token *before, const tsr_token *after) = {
        user_gain_of,        group_gain_of, privilege_gain_of,
        restriction_lost_by, level_gain_of, integrity_gain_of,
    };
    const char *gain = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(gains) && !gain; i++) {
        gain = gains[i](before, after);
    }
    return gain;
}
