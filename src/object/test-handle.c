/* SPDX-License-Identifier: MIT */
/* Tests of the handle table. */

#include "object/handle.h"

#include <sched.h>

#include <support/expect.h>

#define N_THREADS 8
#define N_MANY    100000
#define N_ROUNDS  20000

struct thing {
    struct object object;
    uint32_t number; /* that of open_numbered(), which grants as much */
};

static atomic_size_t n_things;

static void thing_free(struct object *object)
{
    struct thing *thing = (struct thing *)object;

    object_deinit(object);
    free(thing);
    atomic_fetch_sub(&n_things, 1);
}

static const struct object_type thing_type = {.name = "Thing", .free = thing_free};
static const struct object_type other_type = {.name = "Other", .free = thing_free};

static struct object *thing_new(void)
{
    struct thing *thing = calloc(1, sizeof(*thing));

    assert_non_null(thing);
    object_init(&thing->object, &thing_type, NULL);
    atomic_fetch_add(&n_things, 1);
    return &thing->object;
}

static handle_t open_thing(uint32_t granted, uint32_t flags)
{
    handle_t handle = HANDLE_NONE;

    expect_ok(handle_open(thing_new(), granted, flags, &handle));
    return handle;
}

static uint32_t status_of(handle_t handle)
{
    struct object *object = NULL;
    const tsr_status status = handle_reference(handle, &thing_type, 0, &object, NULL);

    (void)object_unref(object);
    return status.code;
}

/* The first test: later ones would find places that were open once. */
static void a_place_that_was_never_opened_has_no_handle(void **state)
{
    const handle_t handle = open_thing(1, 0);

    (void)state;

    for (handle_t never = handle + 4; never < handle + 4000; never += 4) {
        assert_int_equal(status_of(never), STATUS_INVALID_HANDLE);
        expect_status(STATUS_INVALID_HANDLE, handle_close(never));
    }
    expect_ok(handle_close(handle));
    assert_int_equal(n_things, 0);
}

static void a_handle_gives_the_object_and_what_was_granted(void **state)
{
    struct object *object = NULL;
    uint32_t granted = 0;
    struct object *thing = thing_new();
    handle_t handle = HANDLE_NONE;

    (void)state;

    expect_ok(handle_open(thing, 0x1a, 0, &handle));
    assert_true(handle != HANDLE_NONE);
    assert_int_equal(handle % 4, 0);
    expect_ok(handle_reference(handle, &thing_type, 0x18, &object, &granted));
    assert_ptr_equal(object, thing);
    assert_int_equal(granted, 0x1a);
    (void)object_unref(object);
    expect_ok(handle_reference(handle, NULL, 0, &object, NULL));
    (void)object_unref(object);
    expect_ok(handle_close(handle));
    assert_int_equal(n_things, 0);
}

static void a_closed_handle_is_invalid_also_when_its_place_is_used_again(void **state)
{
    const handle_t stale = open_thing(1, 0);

    (void)state;

    expect_ok(handle_close(stale));
    assert_int_equal(status_of(stale), STATUS_INVALID_HANDLE);
    expect_status(STATUS_INVALID_HANDLE, handle_close(stale));

    /* Far more than there are places: some open in that of the stale handle. */
    for (int i = 0; i < 2000; i++) {
        const handle_t handle = open_thing(1, 0);

        assert_true(handle != stale);
        assert_int_equal(status_of(stale), STATUS_INVALID_HANDLE);
        expect_status(STATUS_INVALID_HANDLE, handle_close(stale));
        assert_int_equal(status_of(handle), STATUS_SUCCESS);
        expect_ok(handle_close(handle));
    }
    assert_int_equal(n_things, 0);
}

static void the_next_handle_of_a_place_can_be_guessed_and_is_invalid_until_then(void **state)
{
    const handle_t stale = open_thing(1, 0);
    const handle_t next = stale + (UINT64_C(1) << 32);
    handle_t handle = HANDLE_NONE;

    (void)state;

    expect_ok(handle_close(stale));
    for (int i = 0; i < 2000 && (uint32_t)handle != (uint32_t)stale; i++) {
        assert_int_equal(status_of(next), STATUS_INVALID_HANDLE);
        expect_status(STATUS_INVALID_HANDLE, handle_close(next));
        handle = open_thing(1, 0);
        expect_ok(handle_close(handle));
    }
    assert_int_equal(handle, next);
    assert_int_equal(n_things, 0);
}

/* Each number of open handles is passed, also those that leave no place free. */
static void whoever_is_opened_in_a_place_that_was_given_back_takes_nobody_elses(void **state)
{
    handle_t handles[2000];

    (void)state;

    for (uint32_t i = 0; i < ARRAY_SIZE(handles); i++) {
        const uint32_t victim = i / 2;

        handles[i] = open_thing(i, 0);
        expect_ok(handle_close(handles[victim]));
        handles[victim] = open_thing(victim, 0);
    }
    for (uint32_t i = 0; i < ARRAY_SIZE(handles); i++) {
        struct object *object = NULL;
        uint32_t granted = UINT32_MAX;

        expect_ok(handle_reference(handles[i], &thing_type, 0, &object, &granted));
        assert_int_equal(granted, i);
        (void)object_unref(object);
        expect_ok(handle_close(handles[i]));
    }
    assert_int_equal(n_things, 0);
}

static handle_t highest_of(uint32_t n)
{
    handle_t handles[2000];
    handle_t highest = 0;

    for (uint32_t i = 0; i < n; i++) {
        handles[i] = open_thing(1, 0);
        highest = (uint32_t)handles[i] > highest ? (uint32_t)handles[i] : highest;
    }
    for (uint32_t i = 0; i < n; i++) {
        expect_ok(handle_close(handles[i]));
    }
    return highest;
}

static void all_places_are_used_again(void **state)
{
    handle_t highest;

    (void)state;

    highest = highest_of(2000);
    for (int i = 0; i < 20; i++) {
        assert_true(highest_of(2000) <= highest);
    }
}

static void numbers_that_never_were_handles_are_invalid(void **state)
{
    const handle_t handle = open_thing(1, 0);
    const handle_t foreign[] = {
        HANDLE_NONE,
        1,
        2,
        3,
        handle + 1,
        handle + 3,
        handle ^ UINT64_C(1) << 32,
        handle ^ UINT64_C(1) << 63,
        0xdead,
        0xdeac,
        4 * (handle_t)(HANDLES_MAX + 1),
        UINT32_MAX,
        UINT64_MAX,
        HANDLE_CURRENT_PROCESS,
        HANDLE_CURRENT_THREAD,
        HANDLE_PROCESS_TOKEN,
        HANDLE_THREAD_TOKEN,
        HANDLE_EFFECTIVE_TOKEN,
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
        uint32_t flags = 42;

        assert_int_equal(status_of(foreign[i]), STATUS_INVALID_HANDLE);
        expect_status(STATUS_INVALID_HANDLE, handle_close(foreign[i]));
        expect_status(STATUS_INVALID_HANDLE, handle_get_flags(foreign[i], &flags));
        assert_int_equal(flags, 42);
        expect_status(STATUS_INVALID_HANDLE, handle_set_flags(foreign[i], 1, 1));
    }
    assert_int_equal(status_of(handle), STATUS_SUCCESS);
    expect_ok(handle_close(handle));
}

static void the_type_is_looked_at_before_the_rights_and_failure_leaves_outputs_alone(void **state)
{
    struct object *const untouched = (struct object *)(void *)&n_things;
    struct object *object = untouched;
    const handle_t handle = open_thing(0x6, 0);
    uint32_t granted = 42;

    (void)state;

    expect_status(STATUS_OBJECT_TYPE_MISMATCH,
                  handle_reference(handle, &other_type, 0x1, &object, &granted));
    expect_status(STATUS_ACCESS_DENIED,
                  handle_reference(handle, &thing_type, 0x7, &object, &granted));
    expect_status(STATUS_INVALID_HANDLE,
                  handle_reference(handle + 4 * 250, &other_type, 0x1, &object, &granted));
    assert_ptr_equal(object, untouched);
    assert_int_equal(granted, 42);
    expect_ok(handle_close(handle));
    assert_int_equal(n_things, 0);
}

static void a_protected_handle_is_not_closed_until_it_is_unprotected(void **state)
{
    const handle_t handle = open_thing(1, HANDLE_FLAG_PROTECT_FROM_CLOSE | HANDLE_FLAG_INHERIT);
    uint32_t flags = 0;

    (void)state;

    expect_status(STATUS_HANDLE_NOT_CLOSABLE, handle_close(handle));
    assert_int_equal(status_of(handle), STATUS_SUCCESS);
    expect_ok(handle_set_flags(handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
    expect_ok(handle_get_flags(handle, &flags));
    assert_int_equal(flags, HANDLE_FLAG_INHERIT);
    expect_ok(handle_close(handle));
    assert_int_equal(n_things, 0);
}

static void an_object_outlives_its_handle_as_long_as_it_is_referenced(void **state)
{
    const handle_t handle = open_thing(1, 0);
    struct object *object = NULL;

    (void)state;

    expect_ok(handle_reference(handle, &thing_type, 1, &object, NULL));
    expect_ok(handle_close(handle));
    assert_int_equal(n_things, 1);
    (void)object_unref(object);
    assert_int_equal(n_things, 0);
}

static void a_hundred_thousand_handles_are_all_different(void **state)
{
    handle_t *handles = array_new(N_MANY, sizeof(*handles));
    struct object *thing = thing_new();

    (void)state;
    assert_non_null(handles);

    for (size_t i = 0; i < N_MANY; i++) {
        expect_ok(handle_open(object_ref(thing), (uint32_t)i, 0, &handles[i]));
    }
    for (size_t i = 0; i < N_MANY; i++) {
        struct object *object = NULL;
        uint32_t granted = 0;

        expect_ok(handle_reference(handles[i], &thing_type, 0, &object, &granted));
        assert_int_equal(granted, i);
        (void)object_unref(object);
    }
    for (size_t i = 0; i < N_MANY; i++) {
        expect_ok(handle_close(handles[i]));
    }
    assert_int_equal(thing->n_references, 1);
    (void)object_unref(thing);
    free(handles);
}

/* What all threads share, so few that some often hold handles that others close under their hands.
 */
static _Atomic handle_t shared[4];

static tsr_status open_numbered(uint32_t number, handle_t *ret_handle)
{
    struct object *thing = thing_new();

    ((struct thing *)thing)->number = number;
    return handle_open(thing, number, 0, ret_handle);
}

/* Whether a handle has the object that it was made for, or none any more. */
static bool is_right_or_invalid(handle_t handle)
{
    struct object *object = NULL;
    uint32_t granted = 0;
    const tsr_status status = handle_reference(handle, &thing_type, 0, &object, &granted);
    const bool is_right = object && ((struct thing *)object)->number == granted;

    (void)object_unref(object);
    return tsr_ok(status) ? is_right : status.code == STATUS_INVALID_HANDLE;
}

/* cmocka's assertions are not for other threads: @return how much went wrong */
static void *open_and_close(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument;
    uintptr_t n_wrong = 0;

    for (int i = 0; i < N_ROUNDS; i++) {
        _Atomic handle_t *slot = &shared[(seed = seed * 1664525 + 1013904223) >> 30];
        handle_t handle = HANDLE_NONE;

        for (int n = 0; n < 16; n++) {
            n_wrong += !is_right_or_invalid(atomic_load(slot));
        }
        if (seed & 0x10000) {
            n_wrong += tsr_failed(open_numbered(seed, &handle));
        }
        /* Each handle is closed by whoever takes it out of its slot, so exactly once. */
        handle = atomic_exchange(slot, handle);
        if (handle != HANDLE_NONE) {
            n_wrong += tsr_failed(handle_close(handle));
            n_wrong += handle_close(handle).code != STATUS_INVALID_HANDLE;
        }
    }
    return (void *)n_wrong; /* NOLINT: a count */
}

static void threads_open_reference_and_close_without_losing_or_leaking(void **state)
{
    pthread_t threads[N_THREADS];

    (void)state;

    for (uintptr_t i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, (void *)(i + 1)), 0);
    }
    for (size_t i = 0; i < N_THREADS; i++) {
        void *n_wrong = NULL;

        assert_int_equal(pthread_join(threads[i], &n_wrong), 0);
        assert_null(n_wrong);
    }
    for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
        if (shared[i] != HANDLE_NONE) {
            expect_ok(handle_close(shared[i]));
        }
    }
    assert_int_equal(n_things, 0);
}

#define N_CLOSERS 2

static handle_t contested[N_ROUNDS];
static atomic_size_t n_arrived;

/* Close each, at the same moment as the others. @return how many this thread closed */
static void *close_contested(void *argument)
{
    uintptr_t n_closed = 0;

    (void)argument;
    for (size_t round = 0; round < N_ROUNDS; round++) {
        (void)atomic_fetch_add(&n_arrived, 1);
        while (atomic_load(&n_arrived) < (round + 1) * N_CLOSERS) {
            (void)sched_yield();
        }
        n_closed += tsr_ok(handle_close(contested[round]));
    }
    return (void *)n_closed; /* NOLINT: a count */
}

static void of_threads_that_close_one_handle_exactly_one_succeeds(void **state)
{
    pthread_t threads[N_CLOSERS];
    uintptr_t n_closed = 0;

    (void)state;

    for (size_t i = 0; i < N_ROUNDS; i++) {
        contested[i] = open_thing(1, 0);
    }
    for (size_t i = 0; i < N_CLOSERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, close_contested, NULL), 0);
    }
    for (size_t i = 0; i < N_CLOSERS; i++) {
        void *n = NULL;

        assert_int_equal(pthread_join(threads[i], &n), 0);
        n_closed += (uintptr_t)n;
    }
    assert_int_equal(n_closed, N_ROUNDS);
    assert_int_equal(n_things, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_that_was_never_opened_has_no_handle),
        cmocka_unit_test(a_handle_gives_the_object_and_what_was_granted),
        cmocka_unit_test(a_closed_handle_is_invalid_also_when_its_place_is_used_again),
        cmocka_unit_test(the_next_handle_of_a_place_can_be_guessed_and_is_invalid_until_then),
        cmocka_unit_test(whoever_is_opened_in_a_place_that_was_given_back_takes_nobody_elses),
        cmocka_unit_test(all_places_are_used_again),
        cmocka_unit_test(numbers_that_never_were_handles_are_invalid),
        cmocka_unit_test(the_type_is_looked_at_before_the_rights_and_failure_leaves_outputs_alone),
        cmocka_unit_test(a_protected_handle_is_not_closed_until_it_is_unprotected),
        cmocka_unit_test(an_object_outlives_its_handle_as_long_as_it_is_referenced),
        cmocka_unit_test(a_hundred_thousand_handles_are_all_different),
        cmocka_unit_test(threads_open_reference_and_close_without_losing_or_leaking),
        cmocka_unit_test(of_threads_that_close_one_handle_exactly_one_succeeds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
