/* SPDX-License-Identifier: MIT */
/* Tests of the table of open handles. */

#include <support/expect.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/check.h"
#include "token/test-allocation.h"
#include "token/token.h"
#include "vfs/vfs.h"

#define N_SLOTS_MAX (HANDLE_CHUNK_SLOTS * HANDLE_CHUNKS_MAX)

/* A session of which only the handles are used, and somebody who opens them. */
struct fixture {
    tsr_vfs vfs;
    tsr_caller caller;
};

static int set_up(void **state)
{
    const tsr_token_spec spec = {.user = sid_of("S-1-22-1-61001")};
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    handle_table_init(&fixture->vfs.handles);
    expect_ok(tsr_token_new(&spec, &fixture->caller.token));
    fixture->caller.process_id = 4711;
    fixture->caller.thread_id = 4712;
    fixture->caller.uid = 61001;
    (void)strcpy(fixture->caller.name, "fifteen letters");
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    handle_table_deinit(&fixture->vfs.handles);
    assert_int_equal(fixture->caller.token->n_refs, 1);
    tsr_caller_deinit(&fixture->caller);
    free(fixture);
    return 0;
}

static tsr_vfs_handle *open_one(struct fixture *fixture)
{
    tsr_vfs_handle *handle = NULL;

    expect_ok(tsr_vfs_handle_open(&fixture->vfs, &fixture->caller, 1, -1, NULL, &handle));
    assert_non_null(handle);
    return handle;
}

static int fd_new(void)
{
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void a_handle_remembers_who_opened_it_and_with_what(void **state)
{
    struct fixture *fixture = *state;
    tsr_vfs_handle *handle = NULL;
    const int fd = fd_new();
    int data;

    expect_ok(tsr_vfs_handle_open(&fixture->vfs, &fixture->caller, 0x120089, fd, &data, &handle));

    assert_true(handle->id != 0);
    assert_ptr_equal(handle->creator, fixture->caller.token);
    assert_int_equal(handle->creator_process_id, 4711);
    assert_int_equal(handle->creator_uid, 61001);
    assert_string_equal(handle->creator_name, "fifteen letters");
    assert_int_equal(handle->granted, 0x120089);
    assert_int_equal(handle->fd, fd);
    assert_ptr_equal(handle->data, &data);
    assert_ptr_equal(tsr_vfs_handle_find(&fixture->vfs, handle->id), handle);
}

static void the_creators_token_is_referenced_once_for_each_handle(void **state)
{
    struct fixture *fixture = *state;
    tsr_vfs_handle *first = open_one(fixture);
    tsr_vfs_handle *second;

    assert_int_equal(fixture->caller.token->n_refs, 2);
    second = open_one(fixture);
    assert_int_equal(fixture->caller.token->n_refs, 3);
    assert_ptr_equal(tsr_vfs_handle_find(&fixture->vfs, first->id), first);
    assert_int_equal(fixture->caller.token->n_refs, 3);

    tsr_vfs_handle_close(&fixture->vfs, first->id);
    assert_int_equal(fixture->caller.token->n_refs, 2);
    tsr_vfs_handle_close(&fixture->vfs, second->id);
    assert_int_equal(fixture->caller.token->n_refs, 1);
}

static void the_creators_token_outlives_the_caller(void **state)
{
    struct fixture *fixture = *state;
    tsr_caller caller = fixture->caller;
    tsr_vfs_handle *handle = NULL;
    tsr_group user;

    caller.token = NULL;
    expect_ok(tsr_token_duplicate(fixture->caller.token, TSR_TOKEN_IMPERSONATION,
                                  TSR_LEVEL_IDENTIFICATION, false, &caller.token));
    expect_ok(tsr_vfs_handle_open(&fixture->vfs, &caller, 1, -1, NULL, &handle));
    tsr_caller_deinit(&caller);

    assert_int_equal(handle->creator->n_refs, 1);
    tsr_token_get_user(handle->creator, &user);
    assert_true(tsr_sid_equal(&user.sid, &TSR_SID_UNIX_USER(61001)));
}

static void a_handle_may_have_no_creator(void **state)
{
    struct fixture *fixture = *state;
    const tsr_caller nobody = {0};
    tsr_vfs_handle *handle = NULL;

    expect_ok(tsr_vfs_handle_open(&fixture->vfs, &nobody, 0, -1, NULL, &handle));

    assert_null(handle->creator);
    tsr_vfs_handle_close(&fixture->vfs, handle->id);
}

static void an_id_is_never_used_again(void **state)
{
    struct fixture *fixture = *state;
    const tsr_vfs_handle *const first = open_one(fixture);
    uint64_t last = first->id;

    for (int i = 0; i < 10000; i++) {
        const tsr_vfs_handle *handle;

        tsr_vfs_handle_close(&fixture->vfs, last);
        handle = open_one(fixture);
        assert_ptr_equal(handle, first);
        assert_true(handle->id > last);
        assert_null(tsr_vfs_handle_find(&fixture->vfs, last));
        last = handle->id;
    }
}

static void a_slot_whose_ids_are_used_up_is_retired(void **state)
{
    struct fixture *fixture = *state;
    const tsr_vfs_handle *const first = open_one(fixture);
    const uint64_t first_id = first->id;
    const tsr_vfs_handle *last;
    const tsr_vfs_handle *next;
    uint64_t last_id;

    tsr_vfs_handle_close(&fixture->vfs, first_id);
    atomic_load(&fixture->vfs.handles.chunks[0])[0].generation = UINT32_MAX - 1;
    last = open_one(fixture);
    last_id = last->id;
    assert_ptr_equal(last, first);
    assert_int_equal(last_id >> 32, UINT32_MAX);

    tsr_vfs_handle_close(&fixture->vfs, last_id);
    next = open_one(fixture);
    assert_ptr_not_equal(next, first);
    assert_null(tsr_vfs_handle_find(&fixture->vfs, first_id));
    assert_null(tsr_vfs_handle_find(&fixture->vfs, last_id));
}

static void stale_and_foreign_ids_find_nothing(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t id = open_one(fixture)->id;
    const uint64_t foreign[] = {
        0,
        1,
        UINT32_MAX,
        UINT64_MAX,
        id ^ UINT64_C(1) << 32,
        id ^ UINT64_C(1) << 63,
        id & ~UINT64_C(0xffffffff),
        (id & ~UINT64_C(0xffffffff)) | UINT32_MAX,
        id + 1,
        id + HANDLE_CHUNK_SLOTS,
        (id & ~UINT64_C(0xffffffff)) | N_SLOTS_MAX,
        (id & ~UINT64_C(0xffffffff)) | (N_SLOTS_MAX + 1),
    };

    for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
        assert_null(tsr_vfs_handle_find(&fixture->vfs, foreign[i]));
        tsr_vfs_handle_close(&fixture->vfs, foreign[i]);
    }

    assert_non_null(tsr_vfs_handle_find(&fixture->vfs, id));
    assert_int_equal(fixture->caller.token->n_refs, 2);
}

static void an_id_of_another_session_finds_nothing_where_its_slot_was_never_used(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(free) tsr_vfs *other = calloc(1, sizeof(*other));

    assert_non_null(other);
    handle_table_init(&other->handles);
    assert_null(tsr_vfs_handle_find(other, open_one(fixture)->id));
    tsr_vfs_handle_close(other, open_one(fixture)->id);
    handle_table_deinit(&other->handles);
}

static void closing_twice_closes_neither_fd_nor_token_twice(void **state)
{
    struct fixture *fixture = *state;
    tsr_vfs_handle *handle = NULL;
    const int fd = fd_new();
    uint64_t id;
    int again;

    expect_ok(tsr_vfs_handle_open(&fixture->vfs, &fixture->caller, 1, fd, NULL, &handle));
    id = handle->id;
    tsr_vfs_handle_close(&fixture->vfs, id);
    again = fd_new();
    assert_int_equal(again, fd);

    tsr_vfs_handle_close(&fixture->vfs, id);
    assert_true(is_open(again));
    assert_int_equal(fixture->caller.token->n_refs, 1);
    assert_int_equal(close(again), 0);
}

static void closing_twice_does_not_free_a_slot_twice(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t id = open_one(fixture)->id;

    tsr_vfs_handle_close(&fixture->vfs, id);
    tsr_vfs_handle_close(&fixture->vfs, id);

    assert_ptr_not_equal(open_one(fixture), open_one(fixture));
}

static void the_fd_is_the_handles_and_closed_with_it(void **state)
{
    struct fixture *fixture = *state;
    tsr_vfs_handle *handle = NULL;
    const int fd = fd_new();

    expect_ok(tsr_vfs_handle_open(&fixture->vfs, &fixture->caller, 1, fd, NULL, &handle));
    assert_true(is_open(fd));
    tsr_vfs_handle_close(&fixture->vfs, handle->id);

    assert_false(is_open(fd));
}

static void the_fd_is_closed_and_the_output_left_alone_without_memory(void **state)
{
    struct fixture *fixture = *state;
    tsr_vfs_handle untouched;
    tsr_vfs_handle *handle = &untouched;
    const int fd = fd_new();

    n_allocations_left = 0;
    expect_status(STATUS_NO_MEMORY,
                  tsr_vfs_handle_open(&fixture->vfs, &fixture->caller, 1, fd, NULL, &handle));
    n_allocations_left = SIZE_MAX;

    assert_false(is_open(fd));
    assert_ptr_equal(handle, &untouched);
    assert_int_equal(fixture->caller.token->n_refs, 1);
    assert_non_null(open_one(fixture));
}

static void the_fd_is_closed_where_there_are_too_many_handles(void **state)
{
    struct fixture *fixture = *state;
    tsr_vfs_handle untouched;
    tsr_vfs_handle *handle = &untouched;
    const int fd = fd_new();

    fixture->vfs.handles.n_slots = N_SLOTS_MAX;
    expect_status(STATUS_TOO_MANY_OPENED_FILES,
                  tsr_vfs_handle_open(&fixture->vfs, &fixture->caller, 1, fd, NULL, &handle));
    fixture->vfs.handles.n_slots = 0;

    assert_false(is_open(fd));
    assert_ptr_equal(handle, &untouched);
    assert_int_equal(fixture->caller.token->n_refs, 1);
}

static void the_last_slot_can_be_used(void **state)
{
    CLEANUP(free) struct handle_slot *chunk = calloc(HANDLE_CHUNK_SLOTS, sizeof(*chunk));
    struct fixture *fixture = *state;
    struct handle_table *table = &fixture->vfs.handles;
    tsr_vfs_handle *handle;

    /* As if all slots before the last one were taken. */
    assert_non_null(chunk);
    atomic_store(&table->chunks[HANDLE_CHUNKS_MAX - 1], chunk);
    table->n_slots = N_SLOTS_MAX - 1;
    handle = open_one(fixture);
    assert_ptr_equal(handle, &chunk[HANDLE_CHUNK_SLOTS - 1].handle);
    assert_ptr_equal(tsr_vfs_handle_find(&fixture->vfs, handle->id), handle);

    tsr_vfs_handle_close(&fixture->vfs, handle->id);
    assert_ptr_equal(open_one(fixture), handle);
    tsr_vfs_handle_close(&fixture->vfs, handle->id);
    atomic_store(&table->chunks[HANDLE_CHUNKS_MAX - 1], NULL);
    table->n_slots = 0;
    table->first_free = 0;
}

static void many_handles_are_told_apart_and_stay_where_they_are(void **state)
{
    const size_t n = 3 * HANDLE_CHUNK_SLOTS + 7;
    struct fixture *fixture = *state;
    CLEANUP(free) tsr_vfs_handle **handles = calloc(n, sizeof(tsr_vfs_handle *));

    assert_non_null(handles);
    for (size_t i = 0; i < n; i++) {
        handles[i] = open_one(fixture);
        handles[i]->data = &handles[i];
    }
    for (size_t i = 1; i < n; i += 2) {
        tsr_vfs_handle_close(&fixture->vfs, handles[i]->id);
    }

    for (size_t i = 0; i < n; i += 2) {
        assert_ptr_equal(tsr_vfs_handle_find(&fixture->vfs, handles[i]->id), handles[i]);
        assert_ptr_equal(handles[i]->data, &handles[i]);
    }
    assert_int_equal(fixture->caller.token->n_refs, 1 + (n + 1) / 2);
}

static void what_is_left_open_is_closed_at_the_end(void **state)
{
    struct fixture *fixture = *state;
    tsr_vfs_handle *handle;
    const int fd = fd_new();

    expect_ok(tsr_vfs_handle_open(&fixture->vfs, &fixture->caller, 1, fd, NULL, &handle));
    open_one(fixture);
    handle_table_deinit(&fixture->vfs.handles);

    assert_false(is_open(fd));
    assert_int_equal(fixture->caller.token->n_refs, 1);
    handle_table_init(&fixture->vfs.handles);
}

/* What a visit saw, and when it stops. */
struct visit {
    uint64_t ids[8];
    size_t n;
    size_t n_max;
};

static bool visit_one(const tsr_vfs_handle *handle, void *context)
{
    struct visit *visit = context;

    if (visit->n == visit->n_max) {
        return false;
    }
    visit->ids[visit->n++] = handle->id;
    return true;
}

static void every_open_handle_is_visited_in_order(void **state)
{
    struct fixture *fixture = *state;
    struct visit visit = {.n_max = ARRAY_SIZE(visit.ids)};
    uint64_t cursor = 0;
    uint64_t ids[4];

    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        ids[i] = open_one(fixture)->id;
    }
    tsr_vfs_handle_close(&fixture->vfs, ids[1]);
    tsr_vfs_handle_each(&fixture->vfs, &cursor, visit_one, &visit);

    assert_int_equal(visit.n, 3);
    assert_true(visit.ids[0] == ids[0] && visit.ids[1] == ids[2] && visit.ids[2] == ids[3]);
    tsr_vfs_handle_each(&fixture->vfs, &cursor, visit_one, &visit);
    assert_int_equal(visit.n, 3);
}

static void a_visit_that_stops_goes_on_where_it_stopped(void **state)
{
    struct fixture *fixture = *state;
    struct visit visit = {.n_max = 2};
    uint64_t cursor = 0;
    uint64_t ids[4];

    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        ids[i] = open_one(fixture)->id;
    }
    tsr_vfs_handle_each(&fixture->vfs, &cursor, visit_one, &visit);
    assert_int_equal(visit.n, 2);
    visit.n_max = ARRAY_SIZE(visit.ids);
    tsr_vfs_handle_each(&fixture->vfs, &cursor, visit_one, &visit);

    assert_int_equal(visit.n, 4);
    assert_memory_equal(visit.ids, ids, sizeof(ids));
}

static void a_cursor_beyond_all_handles_visits_nothing(void **state)
{
    static const uint64_t cursors[] = {1, N_SLOTS_MAX, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX};
    struct fixture *fixture = *state;

    open_one(fixture);
    for (size_t i = 0; i < ARRAY_SIZE(cursors); i++) {
        struct visit visit = {.n_max = ARRAY_SIZE(visit.ids)};
        uint64_t cursor = cursors[i];

        tsr_vfs_handle_each(&fixture->vfs, &cursor, visit_one, &visit);
        assert_int_equal(visit.n, 0);
        assert_true(cursor == cursors[i]);
    }
}

#define N_THREADS 4
#define N_ROUNDS  4000
#define N_HELD    16

/* Threads that open, look up and close; and one that visits meanwhile. */
struct storm {
    struct fixture *fixture;
    atomic_bool ended;
    atomic_size_t n_visited;
    atomic_int n_wrong;
};

static void expect_in_storm(struct storm *storm, bool condition)
{
    if (!condition) {
        atomic_fetch_add(&storm->n_wrong, 1);
    }
}

static void *open_and_close(void *context)
{
    struct storm *storm = context;
    tsr_vfs *vfs = &storm->fixture->vfs;
    tsr_vfs_handle *held[N_HELD] = {0};

    for (int round = 0; round < N_ROUNDS; round++) {
        tsr_vfs_handle **slot = &held[round % N_HELD];

        if (*slot) {
            const uint64_t id = (*slot)->id;

            expect_in_storm(storm, tsr_vfs_handle_find(vfs, id) == *slot);
            expect_in_storm(storm, (*slot)->data == slot);
            tsr_vfs_handle_close(vfs, id);
            expect_in_storm(storm, !tsr_vfs_handle_find(vfs, id));
        }
        expect_in_storm(
            storm, tsr_ok(tsr_vfs_handle_open(vfs, &storm->fixture->caller, 7, -1, slot, slot)));
    }
    for (size_t i = 0; i < N_HELD; i++) {
        tsr_vfs_handle_close(vfs, held[i]->id);
    }
    return NULL;
}

static bool visit_in_storm(const tsr_vfs_handle *handle, void *context)
{
    struct storm *storm = context;

    expect_in_storm(storm, handle->id != 0 && handle->granted == 7 && handle->data &&
                               handle->creator == storm->fixture->caller.token &&
                               handle->creator_uid == 61001);
    atomic_fetch_add(&storm->n_visited, 1);
    return handle->id % 3 != 0 || atomic_load(&storm->n_visited) % 2 == 0;
}

static void *visit_all(void *context)
{
    struct storm *storm = context;

    while (!atomic_load(&storm->ended)) {
        uint64_t cursor = 0;

        for (int i = 0; i < 200; i++) {
            tsr_vfs_handle_each(&storm->fixture->vfs, &cursor, visit_in_storm, storm);
        }
    }
    return NULL;
}

static void threads_open_look_up_close_and_visit_at_once(void **state)
{
    struct storm storm = {.fixture = *state};
    pthread_t threads[N_THREADS];
    pthread_t visitor;

    assert_int_equal(pthread_create(&visitor, NULL, visit_all, &storm), 0);
    for (size_t i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, &storm), 0);
    }
    for (size_t i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    atomic_store(&storm.ended, true);
    assert_int_equal(pthread_join(visitor, NULL), 0);

    assert_int_equal(atomic_load(&storm.n_wrong), 0);
    assert_int_equal(storm.fixture->caller.token->n_refs, 1);
    assert_in_range(storm.fixture->vfs.handles.n_slots, N_HELD, N_THREADS * (N_HELD + 1));
}

#define TEST(function_) cmocka_unit_test_setup_teardown(function_, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_handle_remembers_who_opened_it_and_with_what),
        TEST(the_creators_token_is_referenced_once_for_each_handle),
        TEST(the_creators_token_outlives_the_caller),
        TEST(a_handle_may_have_no_creator),
        TEST(an_id_is_never_used_again),
        TEST(a_slot_whose_ids_are_used_up_is_retired),
        TEST(stale_and_foreign_ids_find_nothing),
        TEST(an_id_of_another_session_finds_nothing_where_its_slot_was_never_used),
        TEST(closing_twice_closes_neither_fd_nor_token_twice),
        TEST(closing_twice_does_not_free_a_slot_twice),
        TEST(the_fd_is_the_handles_and_closed_with_it),
        TEST(the_fd_is_closed_and_the_output_left_alone_without_memory),
        TEST(the_fd_is_closed_where_there_are_too_many_handles),
        TEST(the_last_slot_can_be_used),
        TEST(many_handles_are_told_apart_and_stay_where_they_are),
        TEST(what_is_left_open_is_closed_at_the_end),
        TEST(every_open_handle_is_visited_in_order),
        TEST(a_visit_that_stops_goes_on_where_it_stopped),
        TEST(a_cursor_beyond_all_handles_visits_nothing),
        TEST(threads_open_look_up_close_and_visit_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
