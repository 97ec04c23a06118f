/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What no token gains over the one it was made of, by a caller without privileges (token.md 12 (a))
 */

#include "token/test-fixtures.h"
#include "token/test-gain-of.h"

static inline void expect_nothing_gained(const tsr_token *before, const tsr_token *after)
{
    const char *const gain = gain_of(before, after);

    if (gain) {
        fail_msg("%s", gain);
    }
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
