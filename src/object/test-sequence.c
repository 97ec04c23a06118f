/* SPDX-License-Identifier: MIT */
/*
 * Properties of random sequences of services, some of them short of memory (token.md 12)
 *
 * What fails changes nothing (d). Without privileges nobody gains anything, whatever succeeds (a),
 * nor gets past the gate. A modified id tells of every change (b). A session counts the tokens that
 * live and have not let go of it (c), and in the end nothing is left.
 */

#include "object/test-services.h"
#include "token/test-allocation.h"
#include "token/test-gain.h"

#define N_HANDLES 8
#define N_STEPS   6000

static handle_t pool[N_HANDLES];
static handle_t
    source;          /* what the step makes something of; HANDLE_NONE: nothing to compare it with */
static bool was_set; /* the step sets, maybe to what is there already */

/* A number below @n; every run sees the same ones. */
static uint32_t random_below(uint32_t n)
{
    static uint64_t random_state = UINT64_C(0x9e3779b97f4a7c15);

    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % n;
}

static bool in_pool(handle_t handle)
{
    for (size_t i = 0; i < N_HANDLES; i++) {
        if (pool[i] == handle) {
            return true;
        }
    }
    return false;
}

/* Most often one of the pool's. */
static handle_t any_handle(void)
{
    const handle_t others[] = {HANDLE_NONE, 0xdead, HANDLE_CURRENT_THREAD, HANDLE_PROCESS_TOKEN,
                               HANDLE_EFFECTIVE_TOKEN};

    return random_below(8) == 0 ? others[random_below(ARRAY_SIZE(others))]
                                : pool[random_below(N_HANDLES)];
}

static handle_t any_source(void)
{
    source = any_handle();
    return source;
}

static uint32_t any_rights(void)
{
    const uint32_t rights[] = {0,
                               MAXIMUM_ALLOWED,
                               TOKEN_ALL_ACCESS,
                               GENERIC_READ,
                               TOKEN_QUERY,
                               TOKEN_DUPLICATE | TOKEN_IMPERSONATE,
                               ACCESS_SYSTEM_SECURITY};

    return rights[random_below(ARRAY_SIZE(rights))];
}

static tsr_status duplicate(handle_t *ret_handle)
{
    const struct duplicate_request request = {
        .handle.desired = any_rights(),
        .type = (tsr_token_type)random_below(4),
        .effective_only = random_below(2),
        .has_level = random_below(2),
        .level = (tsr_impersonation_level)random_below(5),
    };

    return service_duplicate_token(any_source(), &request, ret_handle);
}

static tsr_status filter(handle_t *ret_handle)
{
    const tsr_group restricting = {sid_of(random_below(2) ? EVERYONE : ALICE), 0};
    const tsr_sid disable = sid_of(random_below(2) ? G1 : EVERYONE);
    const tsr_token_filter_spec spec = {
        .flags = random_below(2) ? random_below(17) : 0,
        .disable = &disable,
        .n_disable = random_below(2),
        .restrict_to = &restricting,
        .n_restrict_to = random_below(2),
    };

    return service_filter_token(any_source(), &spec, ret_handle);
}

static tsr_status contain(handle_t *ret_handle)
{
    const struct handle_request request = {.desired = any_rights()};
    const tsr_lowbox_spec spec = {
        .package = {15, random_below(2) ? 8 : 12, {2, 1, 2, 3, 4, 5, 6, 7}},
    };

    return service_create_lowbox_token(any_source(), &spec, &request, ret_handle);
}

static tsr_status open_thread_token(handle_t *ret_handle)
{
    return service_open_thread_token(HANDLE_CURRENT_THREAD, any_rights(), random_below(2), 0,
                                     ret_handle);
}

static tsr_status open_process_token(handle_t *ret_handle)
{
    return service_open_process_token(HANDLE_CURRENT_PROCESS, any_rights(), 0, ret_handle);
}

static tsr_status query_linked(handle_t *ret_handle)
{
    *ret_handle = HANDLE_NONE;
    return service_query_linked_token(any_handle(), ret_handle);
}

static tsr_status duplicate_handle(handle_t *ret_handle)
{
    const struct handle_duplicate_request request = {.source_process = HANDLE_CURRENT_PROCESS,
                                                     .target_process = HANDLE_CURRENT_PROCESS,
                                                     .desired = any_rights()};

    source = pool[random_below(N_HANDLES)];
    return service_duplicate_handle(source, &request, ret_handle);
}

static tsr_status (*const makers[])(handle_t *ret_handle) = {
    duplicate,          filter,       contain,          open_thread_token,
    open_process_token, query_linked, duplicate_handle,
};

static tsr_status set_thread_token(void)
{
    return service_set_thread_token(HANDLE_CURRENT_THREAD, any_source());
}

static tsr_status impersonate_self(void)
{
    return service_impersonate_self((tsr_impersonation_level)random_below(5));
}

static tsr_status impersonate_user(void)
{
    return service_impersonate_logged_on_user(any_source());
}

static tsr_status impersonate_anonymous(void)
{
    return service_impersonate_anonymous(HANDLE_CURRENT_THREAD, random_below(2));
}

static tsr_status adjust_privileges(void)
{
    const tsr_privilege_state change = {SE_SHUTDOWN_PRIVILEGE + random_below(8),
                                        random_below(2) ? SE_PRIVILEGE_ENABLED : 0};
    tsr_privilege_state room[1];
    tsr_previous_privileges previous = {.states = room, .n_max = random_below(2)};

    return service_adjust_privileges(any_handle(), random_below(8) == 0, &change, 1,
                                     random_below(2) ? &previous : NULL);
}

static tsr_status adjust_groups(void)
{
    static const char *const sids[] = {G1, G2, G3, EVERYONE, ALICE, ADMINS, STRANGER};
    const tsr_group change = {sid_of(sids[random_below(ARRAY_SIZE(sids))]),
                              random_below(2) ? SE_GROUP_ENABLED : 0};
    tsr_group room[1];
    tsr_previous_groups previous = {.groups = room, .n_max = random_below(2)};

    return service_adjust_groups(any_handle(), random_below(8) == 0, &change, 1,
                                 random_below(2) ? &previous : NULL);
}

static tsr_status set(void)
{
    static const uint32_t classes[] = {
        TOKEN_CLASS_OWNER,        TOKEN_CLASS_PRIMARY_GROUP,
        TOKEN_CLASS_DEFAULT_DACL, TOKEN_CLASS_INTEGRITY_LEVEL,
        TOKEN_CLASS_SESSION_ID,   TOKEN_CLASS_ORIGIN,
        TOKEN_CLASS_UI_ACCESS,    TOKEN_CLASS_VIRTUALIZATION_ENABLED,
        TOKEN_CLASS_USER,
    };
    static const char *const sids[] = {G1, G3, ALICE, "S-1-16-4096", "S-1-16-12288", STRANGER};
    const tsr_sid sid = sid_of(sids[random_below(ARRAY_SIZE(sids))]);
    const struct token_setting setting = {.sid = &sid,
                                          .dacl = random_below(2) ? &fixture_dacl : NULL,
                                          .number = random_below(3),
                                          .luid = random_below(3)};

    was_set = true;
    return service_set_token(any_handle(), classes[random_below(ARRAY_SIZE(classes))], &setting);
}

/* Tokens that let go of their sessions. */
static uint64_t released[N_STEPS];
static size_t n_released;

static bool is_released(uint64_t token_id)
{
    for (size_t i = 0; i < n_released; i++) {
        if (released[i] == token_id) {
            return true;
        }
    }
    return false;
}

static tsr_status leave_session(void)
{
    const struct token_setting setting = {.number = random_below(2)};
    const handle_t handle = any_handle();
    const tsr_status status = service_set_token(handle, TOKEN_CLASS_SESSION_REFERENCE, &setting);

    if (tsr_ok(status) && setting.number == 0) {
        released[n_released++] = statistics_behind(handle).token_id;
    }
    return status;
}

static tsr_status (*const doers[])(void) = {
    set_thread_token,
    impersonate_self,
    impersonate_user,
    impersonate_anonymous,
    adjust_privileges,
    adjust_groups,
    set,
    leave_session,
    service_revert_to_self,
};

/* ---- What there is, before a step and after it ---- */

#define N_SEEN (N_HANDLES + 2)

/* The pool's tokens, and those of the process and of the thread, as they are now. */
struct seen {
    struct token_object *objects[N_SEEN]; /* NULL: the thread does not impersonate */
    tsr_token *tokens[N_SEEN];
    uint32_t rights[N_HANDLES];
    struct impersonation impersonation;
};

#define OF_PROCESS N_HANDLES
#define OF_THREAD  (N_HANDLES + 1)

static void look(struct seen *seen)
{
    *seen = (struct seen){.objects = {NULL}};
    for (size_t i = 0; i < N_HANDLES; i++) {
        expect_ok(token_by_handle(pool[i], 0, &seen->objects[i], &seen->rights[i]));
    }
    expect_ok(process_get_token(&seen->objects[OF_PROCESS]));
    thread_get_impersonation(this_thread(), &seen->impersonation);
    seen->objects[OF_THREAD] =
        seen->impersonation.token ? token_object_ref(seen->impersonation.token) : NULL;
    for (size_t i = 0; i < N_SEEN; i++) {
        seen->tokens[i] = seen->objects[i] ? token_object_get(seen->objects[i]) : NULL;
    }
}

static void seen_deinit(struct seen *seen)
{
    for (size_t i = 0; i < N_SEEN; i++) {
        (void)token_object_unref(seen->objects[i]);
        (void)tsr_token_unref(seen->tokens[i]);
    }
    impersonation_deinit(&seen->impersonation);
}

static void expect_same_token(const tsr_token *before, const tsr_token *after)
{
    char *old = NULL;
    char *now = NULL;

    expect_ok(tsr_token_format_json(before, &old));
    expect_ok(tsr_token_format_json(after, &now));
    assert_string_equal(now, old);
    free(now);
    free(old);
}

/* (d) Everything that may be told is as it was. */
static void expect_unchanged(const struct seen *before, const struct seen *after)
{
    assert_memory_equal(after->objects, before->objects, sizeof(before->objects));
    assert_memory_equal(after->rights, before->rights, sizeof(before->rights));
    assert_int_equal(after->impersonation.level, before->impersonation.level);
    assert_int_equal(after->impersonation.copy_on_open, before->impersonation.copy_on_open);
    assert_int_equal(after->impersonation.effective_only, before->impersonation.effective_only);
    for (size_t i = 0; i < N_SEEN; i++) {
        if (before->tokens[i]) {
            expect_same_token(before->tokens[i], after->tokens[i]);
        }
    }
}

/* (a) and (b) for the objects that are still there. */
static void expect_changes_told(const struct seen *before, const struct seen *after, bool gains)
{
    for (size_t i = 0; i < N_SEEN; i++) {
        if (!before->objects[i] || before->objects[i] != after->objects[i] ||
            before->tokens[i] == after->tokens[i]) {
            continue;
        }
        assert_int_equal(statistics_of(after->tokens[i]).token_id,
                         statistics_of(before->tokens[i]).token_id);
        expect_honest_ids(before->tokens[i], after->tokens[i], was_set);
        if (!gains) {
            expect_nothing_gained(before->tokens[i], after->tokens[i]);
        }
    }
}

static bool is_impersonating_anew(const struct seen *before, const struct seen *after)
{
    return after->impersonation.token &&
           (after->impersonation.token != before->impersonation.token ||
            after->impersonation.level != before->impersonation.level);
}

/* (a) for what was made of the source: a token behind a handle, or what the thread acts by. */
static void expect_no_more_than_the_source(const struct seen *before, const struct seen *after,
                                           handle_t made)
{
    tsr_token *of_source;
    tsr_token *of_made;

    if (source == HANDLE_NONE) {
        return;
    }
    assert_true(in_pool(source));
    of_source = behind(source);
    if (made != HANDLE_NONE) {
        of_made = behind(made);
        expect_nothing_gained(of_source, of_made);
        (void)tsr_token_unref(of_made);
    } else if (is_impersonating_anew(before, after)) {
        expect_nothing_gained(of_source, after->tokens[OF_THREAD]);
    }
    (void)tsr_token_unref(of_source);
}

/* Whoever the thread begins to act as, the gate lets it. */
static void expect_to_be_let(const struct seen *before, const struct seen *after)
{
    if (is_impersonating_anew(before, after)) {
        assert_int_equal(gate_decide(before->tokens[OF_PROCESS], after->tokens[OF_THREAD],
                                     after->impersonation.level),
                         GATE_ALLOW);
    }
}

/* Whether an object stands in an earlier place too. */
static bool is_seen_before(const struct seen *seen, size_t place)
{
    for (size_t i = 0; i < place; i++) {
        if (seen->objects[i] == seen->objects[place]) {
            return true;
        }
    }
    return false;
}

/* (c) How many of all tokens that live count in a session. */
static size_t n_counting(const struct seen *seen, uint64_t session)
{
    size_t n = 0;

    for (size_t i = 0; i < N_SEEN; i++) {
        if (seen->tokens[i] && !is_seen_before(seen, i)) {
            const tsr_token_statistics statistics = statistics_of(seen->tokens[i]);

            n += statistics.authentication_id == session && !is_released(statistics.token_id);
        }
    }
    return n;
}

static void expect_sessions_counted(const struct seen *seen)
{
    assert_int_equal(session_count(LOGON_SESSION), 1 + n_counting(seen, LOGON_SESSION)); /* be() */
    assert_int_equal(session_count(LIMITED_SESSION), n_counting(seen, LIMITED_SESSION));
}

static void put_in_pool(handle_t handle)
{
    handle_t *slot = &pool[random_below(N_HANDLES)];

    expect_ok(handle_close(*slot));
    *slot = handle;
}

#define N_STEP_KINDS (ARRAY_SIZE(makers) + ARRAY_SIZE(doers))

static size_t n_taken[N_STEP_KINDS]; /* how often each succeeded */

/* One service, which may find that memory is short. */
static tsr_status step(handle_t *ret_handle)
{
    const uint32_t choice = random_below(N_STEP_KINDS);
    tsr_status status;

    *ret_handle = HANDLE_NONE;
    source = HANDLE_NONE;
    was_set = false;
    n_allocations_left = random_below(4) == 0 ? random_below(8) : SIZE_MAX;
    if (choice < ARRAY_SIZE(makers)) {
        status = makers[choice](ret_handle);
        n_allocations_left = SIZE_MAX;
        assert_true(tsr_ok(status) == (*ret_handle != HANDLE_NONE));
    } else {
        status = doers[choice - ARRAY_SIZE(makers)]();
        n_allocations_left = SIZE_MAX;
    }
    n_taken[choice] += tsr_ok(status);
    return status;
}

static void fill_pool(void)
{
    pool[0] = h(alice(), TOKEN_ALL_ACCESS);
    pool[1] = h(bob(), TOKEN_ALL_ACCESS);
    log_on(&pool[2], &pool[3]);
    pool[4] = h(impersonating(bob(), TSR_LEVEL_DELEGATION), TOKEN_ALL_ACCESS);
    pool[5] = h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_ALL_ACCESS);
    pool[6] = h(restricted_to(alice(), EVERYONE, NULL, 0), TOKEN_ALL_ACCESS);
    pool[7] = h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_IMPERSONATE);
}

/* @return whether it failed */
static bool take_step(bool gains)
{
    struct seen before;
    struct seen after;
    handle_t made;
    tsr_status status;

    look(&before);
    status = step(&made);
    look(&after);
    if (tsr_failed(status)) {
        expect_unchanged(&before, &after);
    } else {
        expect_changes_told(&before, &after, gains);
        expect_no_more_than_the_source(&before, &after, made);
        expect_to_be_let(&before, &after);
    }
    seen_deinit(&before);
    seen_deinit(&after);
    if (made != HANDLE_NONE) {
        put_in_pool(made);
    }
    look(&after);
    expect_sessions_counted(&after);
    seen_deinit(&after);
    return tsr_failed(status);
}

static void empty_pool(void)
{
    expect_ok(service_revert_to_self());
    for (size_t i = 0; i < N_HANDLES; i++) {
        expect_ok(handle_close(pool[i]));
    }
}

/* Processes that were lowered and handles without rights give way to new ones now and then. */
static void take_steps(tsr_token *(*process)(void), bool gains)
{
    size_t n_failed = 0;
    size_t before;

    be(process());
    before = session_count(LOGON_SESSION);
    n_released = 0;
    memset(n_taken, 0, sizeof(n_taken));
    fill_pool();
    for (int i = 0; i < N_STEPS; i++) {
        if (i % 50 == 0) {
            empty_pool();
            be(process());
            fill_pool();
        }
        n_failed += take_step(gains);
    }
    /* Neither nearly all nor nearly none: the sequence tells something. */
    assert_true(n_failed > N_STEPS / 10 && n_failed < N_STEPS * 9 / 10);
    for (size_t i = 0; i < N_STEP_KINDS; i++) {
        const bool needs_privilege =
            i >= ARRAY_SIZE(makers) && doers[i - ARRAY_SIZE(makers)] == leave_session;

        assert_int_equal(n_taken[i] > 0, gains || !needs_privilege);
    }
    empty_pool();
    be(process());
    assert_int_equal(session_count(LOGON_SESSION), before);
    assert_int_equal(session_count(LIMITED_SESSION), 0);
}

static void without_privileges_nothing_is_gained_and_what_fails_changes_nothing(void **state)
{
    (void)state;

    take_steps(alice, false);
    assert_int_equal(n_released, 0);
}

static tsr_token *part_of_the_system(void)
{
    return alice_with(SE_TCB_PRIVILEGE);
}

static void tokens_that_let_go_of_their_sessions_no_longer_count(void **state)
{
    (void)state;

    take_steps(part_of_the_system, true);
    assert_true(n_released > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_privileges_nothing_is_gained_and_what_fails_changes_nothing),
        cmocka_unit_test(tokens_that_let_go_of_their_sessions_no_longer_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
