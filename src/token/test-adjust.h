/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What tests of changed tokens ask: that the source stays as it was, and what became of it
 */

#include <tessera/token-adjust.h>

#include "token/test-fixtures.h"

#define TCB          TSR_PRIVILEGE_BIT(SE_TCB_PRIVILEGE)
#define CREATE_TOKEN TSR_PRIVILEGE_BIT(SE_CREATE_TOKEN_PRIVILEGE)

/* All there is to know about a token; the caller frees it. */
static inline char *dump_of(const tsr_token *token)
{
    char *text = NULL;

    expect_ok(tsr_token_format_json(token, &text));
    assert_non_null(text);
    return text;
}

/* @call_, which would fill @output_, is refused and changes nothing of @token_. */
#define expect_refused(code_, token_, output_, call_) \
    do {                                              \
        char *const before_ = dump_of(token_);        \
        char *after_;                                 \
        expect_status(code_, call_);                  \
        assert_null(output_);                         \
        after_ = dump_of(token_);                     \
        assert_string_equal(before_, after_);         \
        free(after_);                                 \
        free(before_);                                \
    } while (0)

/* It is the same token object, in another state: token.md 2.1. */
static inline void expect_modified(const tsr_token *before, const tsr_token *after)
{
    const tsr_token_statistics old = statistics_of(before);
    const tsr_token_statistics now = statistics_of(after);

    assert_true(now.token_id == old.token_id);
    assert_true(now.parent_token_id == old.parent_token_id);
    assert_true(now.modified_id != old.modified_id);
    assert_int_equal(now.type, old.type);
    assert_int_equal(now.level, old.level);
    assert_int_equal(now.dynamic_charged, old.dynamic_charged);
}

/* @take_token after one change of a privilege, which finds it. */
static inline tsr_token *with_privilege(tsr_token *take_token, uint32_t luid, uint32_t attributes)
{
    const tsr_privilege_state change = {luid, attributes};
    tsr_token *token = NULL;

    expect_ok(tsr_token_adjust_privileges(take_token, false, &change, 1, NULL, &token));
    tsr_token_unref(take_token);
    return token;
}

/* @take_token after one change of a group, which finds it. */
static inline tsr_token *with_group(tsr_token *take_token, const char *sid, uint32_t attributes)
{
    const tsr_group change = {sid_of(sid), attributes};
    tsr_token *token = NULL;

    expect_ok(tsr_token_adjust_groups(take_token, false, &change, 1, NULL, &token));
    tsr_token_unref(take_token);
    return token;
}
