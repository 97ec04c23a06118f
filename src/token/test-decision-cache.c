/* SPDX-License-Identifier: MIT */
/* Tests of the decision cache. */

#include <tessera/decision.h>

#include <pthread.h>

#include <tessera/sddl.h>

#include "token/test-allocation.h"
#include "token/test-random.h"
#include "token/token.h"

#define N_THREADS   8
#define N_TOKENS    24 /* random ones */
#define N_SDS       24
#define N_QUESTIONS 40000
#define MAXIMUM     ((tsr_access_request){.desired = MAXIMUM_ALLOWED, .mapping = TSR_FILE_MAPPING})

static tsr_decision_cache *cache_new(size_t n_decisions)
{
    tsr_decision_cache *cache = NULL;

    expect_ok(tsr_decision_cache_new(n_decisions, &cache));
    return cache;
}

static tsr_descriptor_store *store_new(size_t n_descriptors_max)
{
    tsr_descriptor_store *store = NULL;

    expect_ok(tsr_descriptor_store_new(n_descriptors_max, 1 << 20, &store));
    return store;
}

static tsr_descriptor *intern(tsr_descriptor_store *store, const char *sddl)
{
    tsr_descriptor *descriptor = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;

    expect_ok(tsr_sddl_parse(sddl, NULL, &bytes, &size, NULL));
    expect_ok(tsr_descriptor_store_intern(store, bytes, size, &descriptor));
    free(bytes);
    return descriptor;
}

/* A user in group 1, and in group 2 that is disabled. */
static tsr_token *simple_token(void)
{
    const tsr_group groups[] = {
        {TSR_SID(5, 21, 1, 2, 3, 1), TSR_GROUP_ORDINARY},
        {TSR_SID(5, 21, 1, 2, 3, 2), 0},
    };
    const tsr_token_spec spec = {
        .user = TSR_SID(5, 21, 1, 2, 3, 1000), .groups = groups, .n_groups = ARRAY_SIZE(groups)};
    tsr_token *token = NULL;

    expect_ok(tsr_token_new(&spec, &token));
    return token;
}

static tsr_decision_statistics statistics_of(tsr_decision_cache *cache)
{
    tsr_decision_statistics statistics;

    tsr_decision_cache_get_statistics(cache, &statistics);
    return statistics;
}

static bool results_equal(const tsr_access_result *a, const tsr_access_result *b)
{
    return a->status.code == b->status.code && a->granted == b->granted &&
           a->privileges_used == b->privileges_used && a->rule == b->rule && a->pass == b->pass &&
           a->ace_index == b->ace_index && a->missing == b->missing;
}

/* Ask the cache, and compare with the plain check. @return what is granted */
static uint32_t ask(tsr_decision_cache *cache, const tsr_token *token,
                    const tsr_descriptor *descriptor, const tsr_access_request *request)
{
    const tsr_access_result expected =
        tsr_token_access_check(token, tsr_descriptor_peek_sd(descriptor), request);
    const tsr_access_result result = tsr_decision_cache_check(cache, token, descriptor, request);

    assert_true(results_equal(&result, &expected));
    return result.granted;
}

/* What most tests are about. */
struct scene {
    tsr_decision_cache *cache;
    tsr_descriptor_store *store;
    tsr_token *token;
    tsr_descriptor *descriptor;
};

static struct scene scene_new(size_t n_decisions, const char *sddl)
{
    struct scene scene = {cache_new(n_decisions), store_new(1024), simple_token(), NULL};

    scene.descriptor = intern(scene.store, sddl);
    return scene;
}

static void scene_free(struct scene *scene)
{
    tsr_descriptor_unref(scene->descriptor);
    tsr_token_unref(scene->token);
    tsr_descriptor_store_free(scene->store);
    tsr_decision_cache_free(scene->cache);
}

static void a_question_asked_again_is_a_hit(void **state)
{
    struct scene scene = scene_new(64, "O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)");
    const tsr_access_request denied = {.desired = FILE_WRITE_DATA, .mapping = TSR_FILE_MAPPING};

    (void)state;

    for (int i = 0; i < 5; i++) {
        assert_int_equal(ask(scene.cache, scene.token, scene.descriptor, &MAXIMUM),
                         FILE_GENERIC_READ);
        assert_int_equal(ask(scene.cache, scene.token, scene.descriptor, &denied), 0);
    }

    assert_int_equal(statistics_of(scene.cache).n_misses, 2);
    assert_int_equal(statistics_of(scene.cache).n_hits, 8);
    assert_int_equal(statistics_of(scene.cache).n_bypasses, 0);
    assert_int_equal(statistics_of(scene.cache).n_evictions, 0);
    scene_free(&scene);
}

static void answers_are_those_of_the_plain_check(void **state)
{
    tsr_decision_cache *cache = cache_new(512);
    tsr_descriptor_store *store = store_new(N_SDS);
    tsr_descriptor *descriptors[N_SDS] = {NULL};
    tsr_token *tokens[N_TOKENS];
    tsr_sid self;

    (void)state;
    for (size_t i = 0; i < N_TOKENS; i++) {
        tokens[i] = random_token();
    }
    for (size_t i = 0; i < N_SDS; i++) {
        uint8_t *bytes = NULL;
        const tsr_sd sd = random_sd(true, &bytes);

        expect_ok(tsr_descriptor_store_intern(store, sd.bytes, sd.size, &descriptors[i]));
        free(bytes);
    }

    for (size_t i = 0; i < N_QUESTIONS; i++) {
        const tsr_access_request request = random_request(&self);

        (void)ask(cache, tokens[random_below(N_TOKENS)], descriptors[random_below(N_SDS)],
                  &request);
    }

    assert_true(statistics_of(cache).n_hits > N_QUESTIONS / 50);
    assert_true(statistics_of(cache).n_evictions > N_QUESTIONS / 50);
    assert_int_equal(statistics_of(cache).n_hits + statistics_of(cache).n_misses, N_QUESTIONS);
    for (size_t i = 0; i < N_SDS; i++) {
        tsr_descriptor_unref(descriptors[i]);
    }
    for (size_t i = 0; i < N_TOKENS; i++) {
        tsr_token_unref(tokens[i]);
    }
    tsr_descriptor_store_free(store);
    tsr_decision_cache_free(cache);
}

/* Ask something new: it must be a miss, and a hit from then on. */
static void ask_new(const struct scene *scene, const tsr_access_request *request)
{
    const tsr_decision_statistics before = statistics_of(scene->cache);

    (void)ask(scene->cache, scene->token, scene->descriptor, request);
    assert_int_equal(statistics_of(scene->cache).n_misses, before.n_misses + 1);
    (void)ask(scene->cache, scene->token, scene->descriptor, request);
    assert_int_equal(statistics_of(scene->cache).n_misses, before.n_misses + 1);
    assert_int_equal(statistics_of(scene->cache).n_hits, before.n_hits + 1);
}

static void every_member_of_a_request_makes_another_question(void **state)
{
    struct scene scene = scene_new(4, "O:SYG:SYD:(A;;GR;;;S-1-5-21-1-2-3-1)(A;;GA;;;PS)");
    const tsr_access_request base = {.desired = 1, .mapping = {1, 2, 4, 7}};
    const tsr_access_request variants[] = {
        {.desired = 2, .mapping = {1, 2, 4, 7}},
        {.desired = 0x80000000, .mapping = {1, 2, 4, 7}},
        {.desired = 1, .previously_granted = 1, .mapping = {1, 2, 4, 7}},
        {.desired = 1, .previously_granted = 0x80000000, .mapping = {1, 2, 4, 7}},
        {.desired = 1, .mapping = {2, 2, 4, 7}},
        {.desired = 1, .mapping = {1, 1, 4, 7}},
        {.desired = 1, .mapping = {1, 2, 0x80000004, 7}},
        {.desired = 1, .mapping = {1, 2, 4, 0x80000007}},
        {.desired = 1, .mapping = {2, 1, 4, 7}},
        {.desired = 1, .mapping = {1, 2, 7, 4}},
        {.desired = 1, .mapping = {1, 2, 4, 7}, .backup_intent = true},
        {.desired = 1, .mapping = {1, 2, 4, 7}, .restore_intent = true},
        {.desired = 1, .mapping = {1, 2, 4, 7}, .backup_intent = true, .restore_intent = true},
    };

    (void)state;

    /* One set holds it all, so each lookup compares with what was asked just before. */
    ask_new(&scene, &base);
    for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
        ask_new(&scene, &variants[i]);
    }
    scene_free(&scene);
}

static void every_part_of_principal_self_makes_another_question(void **state)
{
    struct scene scene = scene_new(4, "O:SYG:SYD:(A;;FR;;;PS)");
    tsr_sid self = TSR_SID(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    tsr_access_request request = MAXIMUM;

    (void)state;

    ask_new(&scene, &request);
    request.principal_self = &self;
    for (uint8_t n = 0; n <= 10; n++) {
        self.n_sub_authorities = n;
        ask_new(&scene, &request);
    }
    for (size_t i = 0; i < 10; i++) {
        self.sub_authorities[i] = 0x80000001;
        ask_new(&scene, &request);
        self.sub_authorities[i] = 0;
    }
    /* The authority is 0, which bit 0 alone tells from 1. Asked before: it may be remembered. */
    (void)ask(scene.cache, scene.token, scene.descriptor, &request);
    for (unsigned int bit = 0; bit < 48; bit++) {
        self.authority = UINT64_C(1) << bit;
        ask_new(&scene, &request);
    }
    scene_free(&scene);
}

static void what_principal_self_is_decides(void **state)
{
    struct scene scene = scene_new(64, "O:SYG:SYD:(A;;FR;;;PS)");
    const tsr_sid member = TSR_SID(5, 21, 1, 2, 3, 1);
    const tsr_sid stranger = TSR_SID(5, 21, 1, 2, 3, 9);
    tsr_access_request request = MAXIMUM;

    (void)state;

    for (int i = 0; i < 3; i++) {
        request.principal_self = &member;
        assert_int_equal(ask(scene.cache, scene.token, scene.descriptor, &request),
                         FILE_GENERIC_READ);
        request.principal_self = &stranger;
        assert_int_equal(ask(scene.cache, scene.token, scene.descriptor, &request), 0);
        request.principal_self = NULL;
        assert_int_equal(ask(scene.cache, scene.token, scene.descriptor, &request), 0);
    }
    assert_int_equal(statistics_of(scene.cache).n_misses, 3);
    scene_free(&scene);
}

/* Ask on behalf of another token. @return whether it was answered from memory */
static bool is_hit(const struct scene *scene, const tsr_token *token)
{
    const uint64_t n_hits = statistics_of(scene->cache).n_hits;

    (void)ask(scene->cache, token, scene->descriptor, &MAXIMUM);
    return statistics_of(scene->cache).n_hits > n_hits;
}

static void a_duplicate_shares_answers_and_every_other_token_has_its_own(void **state)
{
    struct scene scene = scene_new(64, "O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)");
    const tsr_sid group = TSR_SID(5, 21, 1, 2, 3, 1);
    const tsr_token_filter_spec filter = {.disable = &group, .n_disable = 1};
    tsr_token *effective = NULL;
    tsr_token *duplicate = NULL;
    tsr_token *filtered = NULL;
    tsr_token *alike = simple_token();

    (void)state;
    expect_ok(tsr_token_duplicate(scene.token, TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IMPERSONATION,
                                  false, &duplicate));
    expect_ok(tsr_token_duplicate(scene.token, TSR_TOKEN_PRIMARY, 0, true, &effective));
    expect_ok(tsr_token_filter(scene.token, &filter, &filtered));

    assert_false(is_hit(&scene, scene.token));
    assert_true(is_hit(&scene, duplicate));
    assert_false(is_hit(&scene, effective));
    assert_false(is_hit(&scene, filtered));
    assert_false(is_hit(&scene, alike));

    assert_int_equal(ask(scene.cache, filtered, scene.descriptor, &MAXIMUM), 0);
    assert_int_equal(ask(scene.cache, scene.token, scene.descriptor, &MAXIMUM), FILE_GENERIC_READ);
    tsr_token_unref(alike);
    tsr_token_unref(filtered);
    tsr_token_unref(effective);
    tsr_token_unref(duplicate);
    scene_free(&scene);
}

static void a_token_at_the_address_of_another_has_its_own_answers(void **state)
{
    struct scene scene = scene_new(64, "O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)");

    (void)state;

    for (uint32_t i = 0; i < 100; i++) {
        const tsr_group group = {TSR_SID(5, 21, 1, 2, 3, 1 + i % 2), TSR_GROUP_ORDINARY};
        const tsr_token_spec spec = {
            .user = TSR_SID(5, 21, 1, 2, 3, 1000), .groups = &group, .n_groups = 1};
        tsr_token *token = NULL;

        expect_ok(tsr_token_new(&spec, &token));
        assert_int_equal(ask(scene.cache, token, scene.descriptor, &MAXIMUM),
                         i % 2 == 0 ? FILE_GENERIC_READ : 0);
        tsr_token_unref(token);
    }
    scene_free(&scene);
}

static void a_descriptor_at_the_address_of_another_has_its_own_answers(void **state)
{
    static const char *const sddl[] = {"O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)",
                                       "O:SYG:SYD:(D;;FR;;;S-1-5-21-1-2-3-1)"};
    struct scene scene = scene_new(64, sddl[0]);
    tsr_descriptor_store *store = store_new(1);

    (void)state;

    for (size_t i = 0; i < 100; i++) {
        tsr_descriptor *descriptor = intern(store, sddl[i % 2]);

        assert_int_equal(ask(scene.cache, scene.token, descriptor, &MAXIMUM),
                         i % 2 == 0 ? FILE_GENERIC_READ : 0);
        tsr_descriptor_unref(descriptor);
    }
    assert_int_equal(statistics_of(scene.cache).n_misses, 100);
    tsr_descriptor_store_free(store);
    scene_free(&scene);
}

static void count_event(void *context, const tsr_trace_event *event)
{
    (void)event;
    ++*(size_t *)context;
}

static void whoever_listens_hears_every_time(void **state)
{
    struct scene scene = scene_new(64, "O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)");
    size_t n_events = 0;
    const tsr_trace trace = {.event = count_event, .context = &n_events};
    tsr_access_request request = MAXIMUM;
    size_t n_first;

    (void)state;

    (void)ask(scene.cache, scene.token, scene.descriptor, &request);
    request.trace = &trace;
    (void)ask(scene.cache, scene.token, scene.descriptor, &request);
    n_first = n_events;
    assert_true(n_first > 0);
    (void)ask(scene.cache, scene.token, scene.descriptor, &request);
    assert_int_equal(n_events, 2 * n_first);
    assert_int_equal(statistics_of(scene.cache).n_bypasses, 2);
    scene_free(&scene);
}

static void lists_and_policies_are_answered_anew(void **state)
{
    struct scene scene = scene_new(64, "O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)");
    const tsr_central_policy policy = {.sid = {17, 1, {1}}};
    tsr_object_type type = {0};
    tsr_access_request request = MAXIMUM;

    (void)state;

    request.types = &type;
    request.n_types = 1;
    for (int i = 0; i < 2; i++) {
        type.granted = 0;
        (void)ask(scene.cache, scene.token, scene.descriptor, &request);
        assert_int_equal(type.granted, FILE_GENERIC_READ);
    }
    request.types = NULL;
    assert_int_equal(ask(scene.cache, scene.token, scene.descriptor, &request), 0);
    request = MAXIMUM;
    request.result_list = true;
    (void)ask(scene.cache, scene.token, scene.descriptor, &request);
    request = MAXIMUM;
    request.policies = &policy;
    request.n_policies = 1;
    (void)ask(scene.cache, scene.token, scene.descriptor, &request);

    assert_int_equal(statistics_of(scene.cache).n_bypasses, 5);
    assert_int_equal(statistics_of(scene.cache).n_misses, 0);
    assert_int_equal(statistics_of(scene.cache).n_hits, 0);
    scene_free(&scene);
}

static void a_principal_self_without_room_is_answered_anew(void **state)
{
    struct scene scene = scene_new(64, "O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)(D;;FR;;;PS)");
    tsr_sid self = {.authority = 5};
    tsr_access_request request = MAXIMUM;

    (void)state;

    request.principal_self = &self;
    for (unsigned int n = 11; n <= UINT8_MAX; n++) {
        self.n_sub_authorities = (uint8_t)n;
        (void)ask(scene.cache, scene.token, scene.descriptor, &request);
    }
    self = (tsr_sid){.authority = UINT64_C(1) << 48, .n_sub_authorities = 1};
    (void)ask(scene.cache, scene.token, scene.descriptor, &request);

    assert_int_equal(statistics_of(scene.cache).n_bypasses, UINT8_MAX - 11 + 2);
    assert_int_equal(statistics_of(scene.cache).n_misses, 0);
    scene_free(&scene);
}

static void a_cache_far_over_capacity_takes_no_memory_and_answers_right(void **state)
{
    struct scene scene = scene_new(4, "O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)");
    tsr_access_request request = {.mapping = TSR_FILE_MAPPING};

    (void)state;

    n_allocations_left = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        request.desired = i % 500;
        (void)ask(scene.cache, scene.token, scene.descriptor, &request);
    }
    n_allocations_left = SIZE_MAX;

    assert_int_equal(statistics_of(scene.cache).n_evictions,
                     statistics_of(scene.cache).n_misses - 4);
    scene_free(&scene);
}

static void a_loop_over_a_little_more_than_fits_still_hits(void **state)
{
    struct scene scene = scene_new(4, "O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)");
    tsr_access_request request = {.mapping = TSR_FILE_MAPPING};

    (void)state;

    for (uint32_t i = 0; i < 5000; i++) {
        request.desired = 1 + i % 5;
        (void)ask(scene.cache, scene.token, scene.descriptor, &request);
    }

    assert_true(statistics_of(scene.cache).n_hits > 1000);
    scene_free(&scene);
}

static void a_cache_holds_about_what_it_was_made_for(void **state)
{
    struct scene scene = scene_new(1000, "O:SYG:SYD:(A;;FR;;;S-1-5-21-1-2-3-1)");
    tsr_access_request request = {.mapping = TSR_FILE_MAPPING};

    (void)state;

    for (uint32_t i = 0; i < 1000; i++) {
        request.desired = i % 500;
        (void)ask(scene.cache, scene.token, scene.descriptor, &request);
    }

    assert_true(statistics_of(scene.cache).n_hits > 400);
    scene_free(&scene);
}

static void sizes_that_make_no_sense_are_refused(void **state)
{
    tsr_decision_cache *cache = NULL;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, tsr_decision_cache_new(0, &cache));
    expect_status(STATUS_INVALID_PARAMETER, tsr_decision_cache_new(TSR_DECISIONS_MAX + 1, &cache));
    expect_status(STATUS_INVALID_PARAMETER, tsr_decision_cache_new(SIZE_MAX, &cache));

    assert_null(cache);
    expect_ok(tsr_decision_cache_new(TSR_DECISIONS_MAX, &cache));
    assert_null(tsr_decision_cache_free(cache));
    assert_null(tsr_decision_cache_free(NULL));
}

static void running_out_of_memory_makes_no_cache(void **state)
{
    tsr_decision_cache *cache = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(cache, tsr_decision_cache_new(1, &cache));
    tsr_decision_cache_free(cache);
}

/* Questions, no two of which have the same answer, for fewer places: answers come and go. */
#define N_SHARED      8
#define N_THREAD_LAPS 100000

struct shared {
    tsr_decision_cache *cache;
    tsr_token *token;
    tsr_descriptor *descriptors[N_SHARED];
    tsr_access_result expected[N_SHARED];
};

static void *use_cache(void *argument)
{
    struct shared *shared = argument;
    uintptr_t n_wrong = 0;

    for (uint32_t i = 0; i < N_THREAD_LAPS; i++) {
        const uint32_t n = (i * 2654435761u >> 20) % N_SHARED;
        const tsr_access_result result = tsr_decision_cache_check(shared->cache, shared->token,
                                                                  shared->descriptors[n], &MAXIMUM);

        n_wrong += !results_equal(&result, &shared->expected[n]);
    }
    return (void *)n_wrong;
}

static void threads_share_a_cache_that_is_too_small(void **state)
{
    struct shared shared = {.cache = cache_new(4), .token = simple_token()};
    tsr_descriptor_store *store = store_new(N_SHARED);
    pthread_t threads[N_THREADS];
    tsr_decision_statistics statistics;

    (void)state;
    for (unsigned int i = 0; i < N_SHARED; i++) {
        char sddl[80];

        (void)snprintf(sddl, sizeof(sddl), "O:SYG:SYD:(A;;%#x;;;S-1-5-21-1-2-3-1)", 0x100 + i);
        shared.descriptors[i] = intern(store, sddl);
        shared.expected[i] = tsr_token_access_check(
            shared.token, tsr_descriptor_peek_sd(shared.descriptors[i]), &MAXIMUM);
        assert_int_equal(shared.expected[i].granted, 0x100 + i);
    }

    for (size_t i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use_cache, &shared), 0);
    }
    for (size_t i = 0; i < N_THREADS; i++) {
        void *n_wrong;

        assert_int_equal(pthread_join(threads[i], &n_wrong), 0);
        assert_null(n_wrong);
    }
    statistics = statistics_of(shared.cache);

    assert_int_equal(statistics.n_hits + statistics.n_misses, N_THREADS * N_THREAD_LAPS);
    assert_true(statistics.n_hits > N_THREAD_LAPS / 10);
    assert_true(statistics.n_evictions > N_THREAD_LAPS / 10);
    for (size_t i = 0; i < N_SHARED; i++) {
        tsr_descriptor_unref(shared.descriptors[i]);
    }
    tsr_token_unref(shared.token);
    tsr_descriptor_store_free(store);
    tsr_decision_cache_free(shared.cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_asked_again_is_a_hit),
        cmocka_unit_test(answers_are_those_of_the_plain_check),
        cmocka_unit_test(every_member_of_a_request_makes_another_question),
        cmocka_unit_test(every_part_of_principal_self_makes_another_question),
        cmocka_unit_test(what_principal_self_is_decides),
        cmocka_unit_test(a_duplicate_shares_answers_and_every_other_token_has_its_own),
        cmocka_unit_test(a_token_at_the_address_of_another_has_its_own_answers),
        cmocka_unit_test(a_descriptor_at_the_address_of_another_has_its_own_answers),
        cmocka_unit_test(whoever_listens_hears_every_time),
        cmocka_unit_test(lists_and_policies_are_answered_anew),
        cmocka_unit_test(a_principal_self_without_room_is_answered_anew),
        cmocka_unit_test(a_cache_far_over_capacity_takes_no_memory_and_answers_right),
        cmocka_unit_test(a_loop_over_a_little_more_than_fits_still_hits),
        cmocka_unit_test(a_cache_holds_about_what_it_was_made_for),
        cmocka_unit_test(sizes_that_make_no_sense_are_refused),
        cmocka_unit_test(running_out_of_memory_makes_no_cache),
        cmocka_unit_test(threads_share_a_cache_that_is_too_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
