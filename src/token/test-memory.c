/* SPDX-License-Identifier: MIT */
/*
 * Tests of how much memory tokens take.
 *
 * Counted is what the allocator hands out, with its own word in front of each block.
 */

#include "token/token.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include <support/expect.h>

#include <tessera/token-adjust.h>

#define N_GROUPS     60
#define N_PRIVILEGES 23
#define N_LIVE       1000000

/* Bytes that each may take. */
#define TOKEN_MAX     2048
#define DUPLICATE_MAX 256
#define ADJUSTED_MAX  512
#define FILTERED_MAX  1024

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __real_free(void *block);
void __wrap_free(void *block);

static size_t n_bytes;

static size_t size_of(void *block)
{
    return block ? malloc_usable_size(block) + sizeof(size_t) : 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
    void *const block = __real_calloc(n, size);

    n_bytes += size_of(block);
    return block;
}

void *__wrap_realloc(void *old, size_t size)
{
    const size_t n_old = size_of(old);
    void *const block = __real_realloc(old, size);

    if (block) {
        n_bytes += size_of(block) - n_old;
    }
    return block;
}

void __wrap_free(void *block)
{
    n_bytes -= size_of(block);
    __real_free(block);
}

static tsr_sid domain_sid(uint32_t rid)
{
    return TSR_SID(5, 21, 397955417, 626881126, 188441444, rid);
}

/* What a user of a domain has besides the groups of that domain. */
static const tsr_sid well_known[] = {
    {1, 1, {0}},         {2, 1, {0}},      {2, 1, {1}},       {5, 1, {4}},
    {5, 1, {11}},        {5, 1, {15}},     {5, 2, {32, 544}}, {5, 2, {32, 545}},
    {5, 3, {5, 0, 777}}, {5, 2, {64, 10}}, {18, 1, {1}},
};

static void make_groups(tsr_group groups[N_GROUPS])
{
    for (size_t i = 0; i < N_GROUPS; i++) {
        groups[i].attributes = TSR_GROUP_ORDINARY;
        groups[i].sid = i < ARRAY_SIZE(well_known) ? well_known[i] : domain_sid(2000 + (uint32_t)i);
    }
}

static void make_privileges(tsr_privilege_state privileges[N_PRIVILEGES])
{
    for (uint32_t i = 0; i < N_PRIVILEGES; i++) {
        privileges[i] = (tsr_privilege_state){TSR_PRIVILEGE_FIRST + i, SE_PRIVILEGE_ENABLED};
    }
}

static tsr_acl default_dacl(const tsr_sid *user, uint8_t **ret_bytes)
{
    tsr_acl_builder builder = {0};
    tsr_acl acl;

    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, GENERIC_ALL, user);
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, GENERIC_ALL, &TSR_SID_SYSTEM);
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, GENERIC_READ | GENERIC_EXECUTE,
                        &well_known[8]);
    expect_ok(tsr_acl_builder_finish(&builder, ret_bytes, &acl));
    return acl;
}

/* A user of a domain, as one logs on. */
static tsr_token *domain_user(void)
{
    tsr_privilege_state privileges[N_PRIVILEGES];
    tsr_group groups[N_GROUPS];
    const tsr_sid user = domain_sid(1001);
    uint8_t *dacl_bytes = NULL;
    const tsr_acl dacl = default_dacl(&user, &dacl_bytes);
    const tsr_token_spec spec = {
        .user = user,
        .groups = groups,
        .n_groups = N_GROUPS,
        .privileges = privileges,
        .n_privileges = N_PRIVILEGES,
        .default_dacl = &dacl,
        .integrity = &TSR_SID_INTEGRITY(TSR_INTEGRITY_HIGH),
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP,
    };
    tsr_token *token = NULL;

    make_groups(groups);
    make_privileges(privileges);
    expect_ok(tsr_token_new(&spec, &token));
    free(dacl_bytes);
    return token;
}

static void a_token_of_sixty_groups_takes_two_kibibytes(void **state)
{
    const size_t n_before = n_bytes;
    CLEANUP(tsr_token_unref) tsr_token *token = domain_user();

    (void)state;

    assert_non_null(token);

    print_message("# token: %zu bytes\n", n_bytes - n_before);
    assert_in_range(n_bytes - n_before, 1, TOKEN_MAX);
}

static void a_duplicate_takes_a_handful_more(void **state)
{
    CLEANUP(tsr_token_unref) tsr_token *token = domain_user();
    CLEANUP(tsr_token_unref) tsr_token *copy = NULL;
    const size_t n_before = n_bytes;

    (void)state;

    expect_ok(
        tsr_token_duplicate(token, TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IMPERSONATION, false, &copy));

    print_message("# duplicate: %zu bytes\n", n_bytes - n_before);
    assert_in_range(n_bytes - n_before, 1, DUPLICATE_MAX);
}

static void an_adjusted_token_shares_the_groups(void **state)
{
    const tsr_privilege_state change = {SE_SHUTDOWN_PRIVILEGE, 0};
    CLEANUP(tsr_token_unref) tsr_token *token = domain_user();
    CLEANUP(tsr_token_unref) tsr_token *adjusted = NULL;
    const size_t n_before = n_bytes;

    (void)state;

    expect_ok(tsr_token_adjust_privileges(token, false, &change, 1, NULL, &adjusted));

    print_message("# adjusted: %zu bytes\n", n_bytes - n_before);
    assert_in_range(n_bytes - n_before, 1, ADJUSTED_MAX);
    assert_ptr_equal(adjusted->state->members, token->state->members);
}

static void a_filtered_token_shares_the_sids(void **state)
{
    const tsr_sid disabled = well_known[6];
    const tsr_token_filter_spec spec = {
        .flags = DISABLE_MAX_PRIVILEGE, .disable = &disabled, .n_disable = 1};
    CLEANUP(tsr_token_unref) tsr_token *token = domain_user();
    CLEANUP(tsr_token_unref) tsr_token *filtered = NULL;
    const size_t n_before = n_bytes;

    (void)state;

    expect_ok(tsr_token_filter(token, &spec, &filtered));

    print_message("# filtered: %zu bytes\n", n_bytes - n_before);
    assert_in_range(n_bytes - n_before, 1, FILTERED_MAX);
    assert_ptr_equal(filtered->state->members->set.table, token->state->members->set.table);
    assert_ptr_equal(filtered->state->default_dacl.bytes, token->state->default_dacl.bytes);
}

static void a_million_duplicates_live_at_once(void **state)
{
    CLEANUP(tsr_token_unref) tsr_token *token = domain_user();
    CLEANUP(free) tsr_token **copies = calloc(N_LIVE, sizeof(tsr_token *));
    const size_t n_before = n_bytes;

    (void)state;
    assert_non_null(copies);

    for (size_t i = 0; i < N_LIVE; i++) {
        expect_ok(
            tsr_token_duplicate(token, TSR_TOKEN_PRIMARY, TSR_LEVEL_ANONYMOUS, false, &copies[i]));
    }

    assert_in_range(n_bytes - n_before, 1, (size_t)N_LIVE * DUPLICATE_MAX);
    assert_true(tsr_token_is_member(copies[N_LIVE - 1], &well_known[0]));
    for (size_t i = 0; i < N_LIVE; i++) {
        copies[i] = tsr_token_unref(copies[i]);
    }
    assert_int_equal(n_bytes, n_before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_of_sixty_groups_takes_two_kibibytes),
        cmocka_unit_test(a_duplicate_takes_a_handful_more),
        cmocka_unit_test(an_adjusted_token_shares_the_groups),
        cmocka_unit_test(a_filtered_token_shares_the_sids),
        cmocka_unit_test(a_million_duplicates_live_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
