/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What no token gains over the one it was made of, by a caller without privileges (token.md 12 (a))
 */

#include "token/test-fixtures.h"

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

static inline void expect_no_sid_gained(const tsr_token *before, const tsr_token *after)
{
    tsr_group old;
    tsr_group now;

    tsr_token_get_user(before, &old);
    tsr_token_get_user(after, &now);
    assert_true(tsr_sid_equal(&old.sid, &now.sid));
    assert_false(old.attributes & ~now.attributes);
    for (size_t i = 0; tsr_token_get_group(after, i, &now); i++) {
        const bool is_deny_only = now.attributes & SE_GROUP_USE_FOR_DENY_ONLY;

        assert_false(is_deny_only && now.attributes & SE_GROUP_ENABLED);
        assert_true(has_group(before, &now.sid, false) ||
                    (is_deny_only && has_group(before, &now.sid, true)));
    }
    for (size_t i = 0; tsr_token_get_group(before, i, &old); i++) {
        if (old.attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
            assert_true(has_group(after, &old.sid, true));
        }
    }
}

static inline void expect_no_privilege_gained(const tsr_token *before, const tsr_token *after)
{
    tsr_privilege_state privilege;

    for (size_t i = 0; tsr_token_get_privilege(after, i, &privilege); i++) {
        assert_true(privilege_of(before, privilege.luid) != ABSENT);
    }
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

static inline void expect_no_restriction_lost(const tsr_token *before, const tsr_token *after)
{
    const uint32_t old = statistics_of(before).flags;
    const uint32_t now = statistics_of(after).flags;
    const uint32_t lasting = TSR_TOKEN_IS_RESTRICTED | TSR_TOKEN_IS_FILTERED;
    tsr_sid sid;

    assert_false(old & lasting & ~now);
    if (!(old & TSR_TOKEN_IS_RESTRICTED)) {
        return;
    }
    assert_true(old & TSR_TOKEN_WRITE_RESTRICTED || !(now & TSR_TOKEN_WRITE_RESTRICTED));
    for (size_t i = 0; tsr_token_get_restricting(after, i, &sid); i++) {
        assert_true(is_in_restricting(before, &sid));
    }
}

static inline void expect_no_level_gained(const tsr_token *before, const tsr_token *after)
{
    const tsr_token_statistics old = statistics_of(before);
    const tsr_token_statistics now = statistics_of(after);
    tsr_sid integrity_before;
    tsr_sid integrity_after;

    if (old.type == TSR_TOKEN_IMPERSONATION) {
        assert_true(now.type == TSR_TOKEN_PRIMARY || now.level <= old.level);
        assert_true(now.type == TSR_TOKEN_IMPERSONATION || old.level >= TSR_LEVEL_IMPERSONATION);
    }
    assert_false(old.mandatory_policy & ~now.mandatory_policy);
    assert_int_equal(now.session_id, old.session_id);
    assert_false(now.flags & ~old.flags & TSR_TOKEN_UI_ACCESS);
    if (tsr_token_get_integrity(before, &integrity_before)) {
        assert_true(tsr_token_get_integrity(after, &integrity_after));
        assert_true(integrity_after.sub_authorities[0] <= integrity_before.sub_authorities[0]);
    }
    if (tsr_token_get_package(before, &integrity_before, NULL)) {
        assert_true(tsr_token_get_package(after, &integrity_after, NULL));
    }
}

static inline void expect_nothing_gained(const tsr_token *before, const tsr_token *after)
{
    expect_no_sid_gained(before, after);
    expect_no_privilege_gained(before, after);
    expect_no_restriction_lost(before, after);
    expect_no_level_gained(before, after);
}

/* All there is to know about a token but its modified id; the caller frees it. */
static inline char *dump_without_modified_id(const tsr_token *token)
{
    static const char name[] = "\"modified_id\":\"";
    char *text = NULL;
    char *value;

    expect_ok(tsr_token_format_json(token, &text));
    value = strstr(text, name);
    assert_non_null(value);
    value += strlen(name);
    memmove(value, strchr(value, '"'), strlen(strchr(value, '"')) + 1);
    return text;
}

/*
 * A token of another modified id tells something else, and one of the same the same (token.md 12
 * (b)); but setting what is there already gives a new id all the same (D-TOK-08).
 */
static inline void expect_honest_ids(const tsr_token *before, const tsr_token *after, bool was_set)
{
    char *const old = dump_without_modified_id(before);
    char *const now = dump_without_modified_id(after);
    const bool is_new = statistics_of(before).modified_id != statistics_of(after).modified_id;

    if (was_set) {
        assert_true(is_new);
    } else {
        assert_int_equal(is_new, strcmp(old, now) != 0);
    }
    free(now);
    free(old);
}
