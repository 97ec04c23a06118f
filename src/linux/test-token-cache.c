/* SPDX-License-Identifier: MIT */
/* Tests of the token cache. */

#include "linux/token-cache.h"

#include <pthread.h>

#include "linux/test-support.h"

static struct token_cache *cache_new(void)
{
    struct token_cache *cache = NULL;

    expect_ok(token_cache_new(&cache));
    return cache;
}

static void a_token_is_found_by_its_key(void **state)
{
    struct token_cache *cache = cache_new();
    gid_t groups[] = {1, 2, 3};
    gid_t same_groups[] = {1, 2, 3};
    struct token_key key = {TSR_ORIGIN_PLAIN, 5, 6, 7, groups, 3};
    tsr_token *token = test_token_new("S-1-22-1-5");
    tsr_token *found;

    (void)state;

    assert_null(token_cache_find(cache, &key));
    token_cache_add(cache, &key, token);
    key.groups = same_groups;
    groups[0] = 99;
    found = token_cache_find(cache, &key);

    assert_ptr_equal(found, token);
    tsr_token_unref(found);
    tsr_token_unref(token);
    token_cache_free(cache);
}

static void a_key_that_differs_anywhere_is_another(void **state)
{
    struct token_cache *cache = cache_new();
    gid_t groups[] = {1, 2, 3};
    gid_t other_groups[] = {1, 2, 4};
    const struct token_key key = {TSR_ORIGIN_PLAIN, 5, 6, 7, groups, 3};
    const struct token_key others[] = {
        {TSR_ORIGIN_TAGGED, 5, 6, 7, groups, 3}, {TSR_ORIGIN_PLAIN, 6, 5, 7, groups, 3},
        {TSR_ORIGIN_PLAIN, 4, 6, 7, groups, 3},  {TSR_ORIGIN_PLAIN, 5, 7, 7, groups, 3},
        {TSR_ORIGIN_PLAIN, 5, 6, 0, groups, 3},  {TSR_ORIGIN_PLAIN, 5, 6, 7, other_groups, 3},
        {TSR_ORIGIN_PLAIN, 5, 6, 7, groups, 2},  {TSR_ORIGIN_PLAIN, 5, 6, 7, NULL, 0},
    };
    tsr_token *token = test_token_new("S-1-22-1-5");

    (void)state;
    token_cache_add(cache, &key, token);

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_null(token_cache_find(cache, &others[i]));
    }
    tsr_token_unref(token);
    token_cache_free(cache);
}

static void the_first_token_of_a_key_stays(void **state)
{
    struct token_cache *cache = cache_new();
    const struct token_key key = {.origin = TSR_ORIGIN_PLAIN, .uid = 5};
    tsr_token *first = test_token_new("S-1-22-1-5");
    tsr_token *second = test_token_new("S-1-22-1-5");
    tsr_token *found;

    (void)state;

    token_cache_add(cache, &key, first);
    token_cache_add(cache, &key, second);
    found = token_cache_find(cache, &key);

    assert_ptr_equal(found, first);
    tsr_token_unref(found);
    tsr_token_unref(second);
    tsr_token_unref(first);
    token_cache_free(cache);
}

static void a_full_cache_replaces_and_never_confuses(void **state)
{
    struct token_cache *cache = cache_new();
    size_t n_found = 0;

    (void)state;

    for (uid_t uid = 1; uid <= 4 * TOKEN_CACHE_ENTRIES; uid++) {
        const struct token_key key = {.origin = TSR_ORIGIN_PLAIN, .uid = uid};
        char user[32];
        tsr_token *token;
        tsr_token *found;

        (void)snprintf(user, sizeof(user), "S-1-22-1-%u", uid);
        token = test_token_new(user);
        token_cache_add(cache, &key, token);
        found = token_cache_find(cache, &key);
        assert_ptr_equal(found, token);
        tsr_token_unref(found);
        tsr_token_unref(token);
    }
    for (uid_t uid = 1; uid <= 4 * TOKEN_CACHE_ENTRIES; uid++) {
        const struct token_key key = {.origin = TSR_ORIGIN_PLAIN, .uid = uid};
        tsr_token *found = token_cache_find(cache, &key);
        char user[32];

        if (found) {
            (void)snprintf(user, sizeof(user), "S-1-22-1-%u", uid);
            expect_user(user, found);
            tsr_token_unref(found);
            n_found++;
        }
    }

    assert_true(n_found > TOKEN_CACHE_ENTRIES / 2);
    assert_true(n_found <= TOKEN_CACHE_ENTRIES);
    token_cache_free(cache);
}

static void long_lists_of_groups_drive_others_out(void **state)
{
    struct token_cache *cache = cache_new();
    gid_t *groups = calloc(65536, sizeof(*groups));
    tsr_token *token = test_token_new("S-1-22-1-5");
    size_t n_found = 0;

    (void)state;
    assert_non_null(groups);

    for (uid_t uid = 1; uid <= 5; uid++) {
        const struct token_key key = {TSR_ORIGIN_PLAIN, uid, 6, 7, groups, 65536};

        token_cache_add(cache, &key, token);
    }
    for (uid_t uid = 1; uid <= 5; uid++) {
        const struct token_key key = {TSR_ORIGIN_PLAIN, uid, 6, 7, groups, 65536};
        tsr_token *found = token_cache_find(cache, &key);

        n_found += found != NULL;
        tsr_token_unref(found);
    }

    assert_int_equal(n_found, TOKEN_CACHE_GROUPS / 65536);
    tsr_token_unref(token);
    free(groups);
    token_cache_free(cache);
}

static void a_list_longer_than_the_bound_is_not_kept(void **state)
{
    struct token_cache *cache = cache_new();
    gid_t *groups = calloc(TOKEN_CACHE_GROUPS + 1, sizeof(*groups));
    struct token_key key = {TSR_ORIGIN_PLAIN, 5, 6, 7, groups, TOKEN_CACHE_GROUPS + 1};
    tsr_token *token = test_token_new("S-1-22-1-5");
    tsr_token *found;

    (void)state;
    assert_non_null(groups);

    token_cache_add(cache, &key, token);
    assert_null(token_cache_find(cache, &key));
    key.n_groups = TOKEN_CACHE_GROUPS;
    token_cache_add(cache, &key, token);
    found = token_cache_find(cache, &key);

    assert_non_null(found);
    tsr_token_unref(found);
    tsr_token_unref(token);
    free(groups);
    token_cache_free(cache);
}

struct shared {
    struct token_cache *cache;
    tsr_token *tokens[64];
};

static void *use_cache(void *argument)
{
    struct shared *shared = argument;
    uintptr_t n_wrong = 0;

    for (unsigned int i = 0; i < 20000; i++) {
        const unsigned int n = i * 2654435761u >> 26;
        const struct token_key key = {.origin = TSR_ORIGIN_PLAIN, .uid = n, .gid = i % 97};
        tsr_token *found = token_cache_find(shared->cache, &key);

        n_wrong += found && found != shared->tokens[n];
        if (!found) {
            token_cache_add(shared->cache, &key, shared->tokens[n]);
        }
        tsr_token_unref(found);
    }
    return (void *)n_wrong;
}

static void threads_share_it(void **state)
{
    struct shared shared = {.cache = cache_new()};
    pthread_t threads[4];

    (void)state;
    for (unsigned int i = 0; i < 64; i++) {
        char user[32];

        (void)snprintf(user, sizeof(user), "S-1-22-1-%u", i);
        shared.tokens[i] = test_token_new(user);
    }

    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use_cache, &shared), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        void *n_wrong;

        assert_int_equal(pthread_join(threads[i], &n_wrong), 0);
        assert_null(n_wrong);
    }

    for (unsigned int i = 0; i < 64; i++) {
        tsr_token_unref(shared.tokens[i]);
    }
    token_cache_free(shared.cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_found_by_its_key),
        cmocka_unit_test(a_key_that_differs_anywhere_is_another),
        cmocka_unit_test(the_first_token_of_a_key_stays),
        cmocka_unit_test(a_full_cache_replaces_and_never_confuses),
        cmocka_unit_test(long_lists_of_groups_drive_others_out),
        cmocka_unit_test(a_list_longer_than_the_bound_is_not_kept),
        cmocka_unit_test(threads_share_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
