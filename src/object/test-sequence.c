/* SPDX-License-Identifier: MIT */
/* Random sequences of services, some of them short of memory (token.md 12): what fails changes
 * nothing, nobody gets past the gate, and in the end nothing is left. */

#include "object/test-services.h"
#include "token/test-allocation.h"

#define N_HANDLES 8
#define N_STEPS   6000

static handle_t pool[N_HANDLES];

/* A number below @n; every run sees the same ones. */
static uint32_t random_below(uint32_t n)
{
    static uint64_t random_state = UINT64_C(0x9e3779b97f4a7c15);

    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % n;
}

/* Most often one of the pool's. */
static handle_t any_handle(void)
{
    const handle_t others[] = {HANDLE_NONE, 0xdead, HANDLE_CURRENT_THREAD, HANDLE_PROCESS_TOKEN,
                               HANDLE_EFFECTIVE_TOKEN};

    return random_below(8) == 0 ? others[random_below(ARRAY_SIZE(others))]
                                : pool[random_below(N_HANDLES)];
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

    return service_duplicate_token(any_handle(), &request, ret_handle);
}

static tsr_status filter(handle_t *ret_handle)
{
    const tsr_group restricting = {sid_of(random_below(2) ? EVERYONE : ALICE), 0};
    const tsr_token_filter_spec spec = {
        .flags = random_below(2) ? random_below(17) : 0,
        .restrict_to = &restricting,
        .n_restrict_to = random_below(2),
    };

    return service_filter_token(any_handle(), &spec, ret_handle);
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

    return service_duplicate_handle(pool[random_below(N_HANDLES)], &request, ret_handle);
}

static tsr_status (*const makers[])(handle_t *ret_handle) = {
    duplicate, filter, open_thread_token, open_process_token, query_linked, duplicate_handle,
};

static tsr_status set_thread_token(void)
{
    return service_set_thread_token(HANDLE_CURRENT_THREAD, any_handle());
}

static tsr_status impersonate_self(void)
{
    return service_impersonate_self((tsr_impersonation_level)random_below(5));
}

static tsr_status impersonate_user(void)
{
    return service_impersonate_logged_on_user(any_handle());
}

static tsr_status impersonate_anonymous(void)
{
    return service_impersonate_anonymous(HANDLE_CURRENT_THREAD, random_below(2));
}

static tsr_status adjust(void)
{
    const tsr_privilege_state change = {SE_SHUTDOWN_PRIVILEGE + random_below(8),
                                        random_below(2) ? SE_PRIVILEGE_ENABLED : 0};

    return service_adjust_privileges(any_handle(), random_below(8) == 0, &change, 1, NULL);
}

static tsr_status set_owner(void)
{
    const tsr_sid owner = sid_of(random_below(2) ? G3 : ALICE);

    return service_set_token(any_handle(), TOKEN_CLASS_OWNER,
                             &(struct token_setting){.sid = &owner});
}

static tsr_status (*const doers[])(void) = {
    set_thread_token, impersonate_self, impersonate_user,       impersonate_anonymous,
    adjust,           set_owner,        service_revert_to_self,
};

/* Everything that may be told of the pool and of the thread; the caller frees it. */
static char *dump(void)
{
    struct impersonation impersonation;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    assert_non_null(file);
    for (size_t i = 0; i < N_HANDLES; i++) {
        tsr_token *token = behind(pool[i]);
        char *json = NULL;

        expect_ok(tsr_token_format_json(token, &json));
        (void)fprintf(file, "%x %s\n", rights_of(pool[i]), json);
        free(json);
        (void)tsr_token_unref(token);
    }
    thread_get_impersonation(this_thread(), &impersonation);
    (void)fprintf(file, "%p %d %d %d\n", (void *)impersonation.token, (int)impersonation.level,
                  impersonation.copy_on_open, impersonation.effective_only);
    impersonation_deinit(&impersonation);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void put_in_pool(handle_t handle)
{
    handle_t *slot = &pool[random_below(N_HANDLES)];

    expect_ok(handle_close(*slot));
    *slot = handle;
}

/* One service, which may find that memory is short. */
static tsr_status step(handle_t *ret_handle)
{
    const uint32_t choice = random_below(ARRAY_SIZE(makers) + ARRAY_SIZE(doers));
    tsr_status status;

    *ret_handle = HANDLE_NONE;
    n_allocations_left = random_below(4) == 0 ? random_below(8) : SIZE_MAX;
    if (choice < ARRAY_SIZE(makers)) {
        status = makers[choice](ret_handle);
        n_allocations_left = SIZE_MAX;
        assert_true(tsr_ok(status) == (*ret_handle != HANDLE_NONE));
    } else {
        status = doers[choice - ARRAY_SIZE(makers)]();
        n_allocations_left = SIZE_MAX;
    }
    return status;
}

/* Whoever the thread acts as, the gate lets it. */
static void expect_to_be_let(void)
{
    CLEANUP(impersonation_deinit) struct impersonation impersonation = {0};
    tsr_token *process = NULL;
    tsr_token *token;

    thread_get_impersonation(this_thread(), &impersonation);
    if (!impersonation.token) {
        return;
    }
    expect_ok(token_for_query(HANDLE_PROCESS_TOKEN, TOKEN_QUERY, &process));
    token = token_object_get(impersonation.token);
    assert_int_equal(gate_decide(process, token, impersonation.level), GATE_ALLOW);
    (void)tsr_token_unref(token);
    (void)tsr_token_unref(process);
}

static void fill_pool(void)
{
    pool[0] = h(alice(), TOKEN_ALL_ACCESS);
    pool[1] = h(bob(), TOKEN_ALL_ACCESS);
    pool[2] = h(alice_elevated(), TOKEN_ALL_ACCESS);
    pool[3] = h(alice_limited(), TOKEN_DUPLICATE | TOKEN_QUERY);
    pool[4] = h(impersonating(bob(), TSR_LEVEL_DELEGATION), TOKEN_ALL_ACCESS);
    pool[5] = h(impersonating(alice(), TSR_LEVEL_IMPERSONATION), TOKEN_ALL_ACCESS);
    pool[6] = h(restricted_to(alice(), EVERYONE, NULL, 0), TOKEN_ALL_ACCESS);
    pool[7] = h(impersonating(alice(), TSR_LEVEL_IDENTIFICATION), TOKEN_IMPERSONATE);
}

static void what_fails_changes_nothing_and_in_the_end_nothing_is_left(void **state)
{
    size_t n_failed = 0;
    size_t before;

    (void)state;

    be(alice());
    before = session_count(LOGON_SESSION);
    fill_pool();
    for (int i = 0; i < N_STEPS; i++) {
        char *earlier = dump();
        char *later;
        handle_t handle;
        const tsr_status status = step(&handle);

        if (tsr_failed(status)) {
            later = dump();
            assert_string_equal(later, earlier);
            free(later);
            n_failed++;
        }
        free(earlier);
        if (handle != HANDLE_NONE) {
            put_in_pool(handle);
        }
        expect_to_be_let();
    }
    /* Neither nearly all nor nearly none: the sequence tells something. */
    assert_true(n_failed > N_STEPS / 10 && n_failed < N_STEPS * 9 / 10);
    expect_ok(service_revert_to_self());
    for (size_t i = 0; i < N_HANDLES; i++) {
        expect_ok(handle_close(pool[i]));
    }
    assert_int_equal(session_count(LOGON_SESSION), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fails_changes_nothing_and_in_the_end_nothing_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
