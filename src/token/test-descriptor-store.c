/* SPDX-License-Identifier: MIT */
/* Tests of the descriptor store. */

#include "token/descriptor-store.h"

#include <pthread.h>

#include <tessera/sddl.h>

#include "token/test-allocation.h"

#define N_THREADS 8
#define N_SHARED  64 /* descriptors that the threads ask for */

/* A descriptor as bytes. */
struct text {
    uint8_t *bytes; /* owned */
    size_t size;
};

static struct text text_of(uint32_t rid)
{
    struct text text = {0};
    char sddl[80];

    (void)snprintf(sddl, sizeof(sddl), "O:SYG:SYD:(A;;FA;;;S-1-5-21-1-2-3-%u)", rid);
    expect_ok(tsr_sddl_parse(sddl, NULL, &text.bytes, &text.size, NULL));
    return text;
}

static tsr_descriptor_store *store_new(size_t n_descriptors_max, size_t n_bytes_max)
{
    tsr_descriptor_store *store = NULL;

    expect_ok(tsr_descriptor_store_new(n_descriptors_max, n_bytes_max, &store));
    return store;
}

static tsr_descriptor *intern(tsr_descriptor_store *store, const struct text *text)
{
    tsr_descriptor *descriptor = NULL;

    expect_ok(tsr_descriptor_store_intern(store, text->bytes, text->size, &descriptor));
    assert_non_null(descriptor);
    return descriptor;
}

/* Intern, and keep no reference. @return the id */
static uint64_t touch(tsr_descriptor_store *store, uint32_t rid)
{
    struct text text = text_of(rid);
    tsr_descriptor *descriptor = intern(store, &text);
    const uint64_t id = tsr_descriptor_id(descriptor);

    tsr_descriptor_unref(descriptor);
    free(text.bytes);
    return id;
}

static tsr_descriptor_statistics statistics_of(tsr_descriptor_store *store)
{
    tsr_descriptor_statistics statistics;

    tsr_descriptor_store_get_statistics(store, &statistics);
    return statistics;
}

static void equal_bytes_are_one_object_with_one_id(void **state)
{
    tsr_descriptor_store *store = store_new(16, 1 << 20);
    struct text text = text_of(1);
    struct text same = text_of(1);
    tsr_descriptor *first = intern(store, &text);
    tsr_descriptor *second = intern(store, &same);

    (void)state;

    assert_ptr_equal(first, second);
    assert_int_not_equal(tsr_descriptor_id(first), 0);
    assert_int_equal(statistics_of(store).n_misses, 1);
    assert_int_equal(statistics_of(store).n_hits, 1);
    assert_int_equal(statistics_of(store).n_descriptors, 1);
    assert_int_equal(statistics_of(store).n_bytes, sizeof(tsr_descriptor) + text.size);
    tsr_descriptor_unref(first);
    tsr_descriptor_unref(second);
    free(text.bytes);
    free(same.bytes);
    tsr_descriptor_store_free(store);
}

static void a_descriptor_is_a_copy_and_a_view_of_it(void **state)
{
    tsr_descriptor_store *store = store_new(16, 1 << 20);
    struct text text = text_of(1);
    struct text same = text_of(1);
    tsr_descriptor *descriptor = intern(store, &text);
    const tsr_sd *sd = tsr_descriptor_peek_sd(descriptor);

    (void)state;

    memset(text.bytes, 0xff, text.size);

    assert_int_equal(sd->size, same.size);
    assert_memory_equal(sd->bytes, same.bytes, same.size);
    assert_int_equal(sd->dacl.n_aces, 1);
    assert_true(sd->dacl.bytes > sd->bytes && sd->dacl.bytes < sd->bytes + sd->size);
    tsr_descriptor_unref(descriptor);
    free(text.bytes);
    free(same.bytes);
    tsr_descriptor_store_free(store);
}

static void a_difference_in_any_byte_or_in_length_makes_another_descriptor(void **state)
{
    tsr_descriptor_store *store = store_new(1024, 1 << 20);
    struct text text = text_of(1);
    tsr_descriptor *first = intern(store, &text);
    struct text changed = {.bytes = calloc(1, text.size + 1), .size = text.size + 1};
    size_t n_different = 0;

    (void)state;
    assert_non_null(changed.bytes);

    for (size_t i = 0; i <= text.size; i++) {
        tsr_descriptor *other = NULL;

        memcpy(changed.bytes, text.bytes, text.size);
        changed.bytes[i] ^= 0x80;
        changed.size = i < text.size ? text.size : text.size + 1;
        if (tsr_ok(tsr_descriptor_store_intern(store, changed.bytes, changed.size, &other))) {
            assert_ptr_not_equal(other, first);
            assert_int_not_equal(tsr_descriptor_id(other), tsr_descriptor_id(first));
            assert_memory_equal(tsr_descriptor_peek_sd(other)->bytes, changed.bytes, changed.size);
            n_different++;
        }
        tsr_descriptor_unref(other);
    }

    assert_true(n_different > text.size / 3);
    tsr_descriptor_unref(first);
    free(changed.bytes);
    free(text.bytes);
    tsr_descriptor_store_free(store);
}

static void malformed_descriptors_are_refused_and_leave_everything_alone(void **state)
{
    tsr_descriptor_store *store = store_new(16, 1 << 20);
    struct text text = text_of(1);
    tsr_descriptor *descriptor = NULL;

    (void)state;

    for (size_t size = 0; size < text.size; size++) {
        uint8_t *cut = malloc(size ? size : 1);

        assert_non_null(cut);
        memcpy(cut, text.bytes, size);
        assert_true(tsr_failed(tsr_descriptor_store_intern(store, cut, size, &descriptor)));
        assert_null(descriptor);
        free(cut);
    }
    expect_status(STATUS_INVALID_SECURITY_DESCR,
                  tsr_descriptor_store_intern(store, NULL, 0, &descriptor));
    text.bytes[0] = 2;
    expect_status(STATUS_REVISION_MISMATCH,
                  tsr_descriptor_store_intern(store, text.bytes, text.size, &descriptor));

    assert_null(descriptor);
    assert_int_equal(statistics_of(store).n_descriptors, 0);
    assert_int_equal(statistics_of(store).n_bytes, 0);
    free(text.bytes);
    tsr_descriptor_store_free(store);
}

static void limits_that_make_no_sense_are_refused(void **state)
{
    tsr_descriptor_store *store = NULL;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, tsr_descriptor_store_new(0, 1 << 20, &store));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_descriptor_store_new(TSR_DESCRIPTORS_MAX + 1, 1 << 20, &store));
    expect_status(STATUS_INVALID_PARAMETER, tsr_descriptor_store_new(SIZE_MAX, 1 << 20, &store));
    expect_status(STATUS_INVALID_PARAMETER, tsr_descriptor_store_new(1, 0, &store));
    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_descriptor_store_new(1, sizeof(tsr_descriptor) - 1, &store));

    assert_null(store);
}

static size_t bucket_of(const tsr_descriptor_store *store, const struct text *text)
{
    return descriptor_hash(&store->key, text->bytes, text->size) & (store->n_buckets - 1);
}

static void descriptors_of_one_bucket_are_told_apart(void **state)
{
    tsr_descriptor_store *store = store_new(64, 1 << 20);
    struct text text = text_of(1);
    tsr_descriptor *first = intern(store, &text);
    size_t n_others = 0;

    (void)state;
    assert_int_equal(store->n_buckets, 64);

    for (uint32_t rid = 2; n_others < 10; rid++) {
        struct text other = text_of(rid);

        if (bucket_of(store, &other) == bucket_of(store, &text)) {
            tsr_descriptor *second = intern(store, &other);

            assert_ptr_not_equal(first, second);
            assert_int_not_equal(tsr_descriptor_id(first), tsr_descriptor_id(second));
            tsr_descriptor_unref(second);
            n_others++;
        }
        free(other.bytes);
    }

    tsr_descriptor_unref(first);
    free(text.bytes);
    tsr_descriptor_store_free(store);
}

/* A block behind the descriptor in which, for one who knows the key, nothing else counts. */
static struct text forged(const tsr_descriptor_store *store, const struct text *text, uint64_t what)
{
    const size_t at = (text->size + 63) / 64 * 64;
    struct text forgery = {.bytes = calloc(1, at + 16), .size = at + 16};

    assert_non_null(forgery.bytes);
    memcpy(forgery.bytes, text->bytes, text->size);
    memcpy(forgery.bytes + at, &what, sizeof(what));
    memcpy(forgery.bytes + at + 8, &store->key.factor, sizeof(store->key.factor));
    return forgery;
}

static void descriptors_whose_whole_hashes_are_equal_are_told_apart(void **state)
{
    tsr_descriptor_store *store = store_new(64, 1 << 20);
    struct text text = text_of(1);
    struct text a = forged(store, &text, 1);
    struct text b = forged(store, &text, 2);
    tsr_descriptor *first = intern(store, &a);
    tsr_descriptor *second = intern(store, &b);
    tsr_descriptor *again = intern(store, &a);

    (void)state;

    assert_int_equal(first->hash, second->hash);
    assert_ptr_not_equal(first, second);
    assert_int_not_equal(tsr_descriptor_id(first), tsr_descriptor_id(second));
    assert_ptr_equal(first, again);
    assert_memory_equal(tsr_descriptor_peek_sd(second)->bytes, b.bytes, b.size);
    tsr_descriptor_unref(first);
    tsr_descriptor_unref(second);
    tsr_descriptor_unref(again);
    free(text.bytes);
    free(a.bytes);
    free(b.bytes);
    tsr_descriptor_store_free(store);
}

static void stores_do_not_hash_alike(void **state)
{
    tsr_descriptor_store *one = store_new(1, 1 << 20);
    tsr_descriptor_store *other = store_new(1, 1 << 20);
    struct text text = text_of(1);

    (void)state;

    assert_int_not_equal(descriptor_hash(&one->key, text.bytes, text.size),
                         descriptor_hash(&other->key, text.bytes, text.size));
    free(text.bytes);
    tsr_descriptor_store_free(one);
    tsr_descriptor_store_free(other);
}

static void a_store_far_over_capacity_stays_within_its_limits(void **state)
{
    struct text text = text_of(1);
    const size_t charge = sizeof(tsr_descriptor) + text.size;
    tsr_descriptor_store *by_number = store_new(16, 1 << 20);
    tsr_descriptor_store *by_bytes = store_new(1024, 10 * charge + charge / 2);
    uint64_t last_id = 0;

    (void)state;

    for (uint32_t rid = 1; rid <= 1000; rid++) {
        const uint64_t id = touch(by_number, rid);

        assert_true(id > last_id);
        last_id = id;
        (void)touch(by_bytes, rid);
        assert_true(statistics_of(by_number).n_descriptors <= 16);
        assert_true(statistics_of(by_bytes).n_bytes <= 10 * charge + charge / 2);
    }

    assert_int_equal(statistics_of(by_number).n_descriptors, 16);
    assert_int_equal(statistics_of(by_number).n_bytes, 16 * charge);
    assert_int_equal(statistics_of(by_number).n_evictions, 1000 - 16);
    assert_int_equal(statistics_of(by_bytes).n_descriptors, 10);
    free(text.bytes);
    tsr_descriptor_store_free(by_number);
    tsr_descriptor_store_free(by_bytes);
}

static void what_was_evicted_comes_back_with_a_new_id(void **state)
{
    tsr_descriptor_store *store = store_new(1, 1 << 20);
    const uint64_t id = touch(store, 1);

    (void)state;

    assert_int_equal(touch(store, 1), id);
    (void)touch(store, 2);

    assert_int_not_equal(touch(store, 1), id);
    tsr_descriptor_store_free(store);
}

static void what_is_asked_for_again_stays_longer(void **state)
{
    tsr_descriptor_store *store = store_new(64, 1 << 20);
    const uint64_t id = touch(store, 0);

    (void)state;

    for (uint32_t rid = 1; rid <= 1000; rid++) {
        (void)touch(store, rid);
        assert_int_equal(touch(store, 0), id);
    }
    tsr_descriptor_store_free(store);
}

static void what_is_referenced_is_never_evicted(void **state)
{
    tsr_descriptor_store *store = store_new(4, 1 << 20);
    struct text texts[] = {text_of(1), text_of(2), text_of(3), text_of(4), text_of(5)};
    tsr_descriptor *held[4];
    tsr_descriptor *descriptor = NULL;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
        held[i] = intern(store, &texts[i]);
    }
    expect_status(STATUS_INSUFFICIENT_RESOURCES,
                  tsr_descriptor_store_intern(store, texts[4].bytes, texts[4].size, &descriptor));
    assert_null(descriptor);
    for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
        descriptor = intern(store, &texts[i]);
        assert_ptr_equal(descriptor, held[i]);
        tsr_descriptor_unref(descriptor);
    }
    tsr_descriptor_unref(held[2]);
    held[2] = intern(store, &texts[4]);
    descriptor = intern(store, &texts[3]);

    assert_ptr_equal(descriptor, held[3]);
    assert_int_equal(statistics_of(store).n_evictions, 1);
    tsr_descriptor_unref(descriptor);
    for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
        tsr_descriptor_unref(held[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        free(texts[i].bytes);
    }
    tsr_descriptor_store_free(store);
}

static void one_that_alone_is_over_the_limit_is_refused_and_drives_nobody_out(void **state)
{
    struct text text = text_of(1);
    struct text large = {.bytes = calloc(1, text.size + 1), .size = text.size + 1};
    tsr_descriptor_store *store = store_new(4, sizeof(tsr_descriptor) + text.size);
    tsr_descriptor *descriptor = NULL;
    const uint64_t id = touch(store, 1);

    (void)state;
    assert_non_null(large.bytes);
    memcpy(large.bytes, text.bytes, text.size);

    expect_status(STATUS_INSUFFICIENT_RESOURCES,
                  tsr_descriptor_store_intern(store, large.bytes, large.size, &descriptor));

    assert_null(descriptor);
    assert_int_equal(touch(store, 1), id);
    free(large.bytes);
    free(text.bytes);
    tsr_descriptor_store_free(store);
}

static void a_referenced_descriptor_outlives_its_store(void **state)
{
    tsr_descriptor_store *store = store_new(4, 1 << 20);
    struct text text = text_of(1);
    tsr_descriptor *descriptor = tsr_descriptor_ref(intern(store, &text));

    (void)state;

    assert_null(tsr_descriptor_store_free(store));
    tsr_descriptor_unref(descriptor);

    assert_memory_equal(tsr_descriptor_peek_sd(descriptor)->bytes, text.bytes, text.size);
    assert_null(tsr_descriptor_unref(descriptor));
    free(text.bytes);
}

static void nothing_is_accepted_where_an_object_is_dropped(void **state)
{
    (void)state;

    assert_null(tsr_descriptor_ref(NULL));
    assert_null(tsr_descriptor_unref(NULL));
    assert_null(tsr_descriptor_store_free(NULL));
}

static void running_out_of_memory_at_any_step_interns_nothing(void **state)
{
    tsr_descriptor_store *store = NULL;
    tsr_descriptor *descriptor = NULL;
    struct text text = text_of(1);

    (void)state;

    expect_no_memory_at_each_allocation(store, tsr_descriptor_store_new(16, 1 << 20, &store));
    expect_no_memory_at_each_allocation(
        descriptor, tsr_descriptor_store_intern(store, text.bytes, text.size, &descriptor));

    assert_int_equal(statistics_of(store).n_descriptors, 1);
    tsr_descriptor_unref(descriptor);
    free(text.bytes);
    tsr_descriptor_store_free(store);
}

struct shared {
    tsr_descriptor_store *store;
    struct text texts[N_SHARED];
};

/* Whether the object for these bytes is right, and stays the same while it is held. */
static bool is_right(struct shared *shared, const struct text *text)
{
    tsr_descriptor *first = NULL;
    tsr_descriptor *second = NULL;
    bool right =
        tsr_ok(tsr_descriptor_store_intern(shared->store, text->bytes, text->size, &first));

    right = right &&
            tsr_ok(tsr_descriptor_store_intern(shared->store, text->bytes, text->size, &second));
    right = right && first == second && first->sd.size == text->size &&
            memcmp(tsr_descriptor_peek_sd(first)->bytes, text->bytes, text->size) == 0;
    tsr_descriptor_unref(first);
    tsr_descriptor_unref(second);
    return right;
}

static void *use_store(void *argument)
{
    struct shared *shared = argument;
    uintptr_t n_wrong = 0;

    for (uint32_t i = 0; i < 5000; i++) {
        n_wrong += !is_right(shared, &shared->texts[i * 2654435761u >> 26]);
    }
    return (void *)n_wrong;
}

static void threads_share_a_store_that_is_too_small(void **state)
{
    struct shared shared = {.store = store_new(2 * N_THREADS, 1 << 20)};
    pthread_t threads[N_THREADS];

    (void)state;
    for (uint32_t i = 0; i < N_SHARED; i++) {
        shared.texts[i] = text_of(i);
    }

    for (size_t i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use_store, &shared), 0);
    }
    for (size_t i = 0; i < N_THREADS; i++) {
        void *n_wrong;

        assert_int_equal(pthread_join(threads[i], &n_wrong), 0);
        assert_null(n_wrong);
    }

    assert_int_equal(statistics_of(shared.store).n_descriptors, 2 * N_THREADS);
    assert_true(statistics_of(shared.store).n_evictions > 0);
    for (uint32_t i = 0; i < N_SHARED; i++) {
        free(shared.texts[i].bytes);
    }
    tsr_descriptor_store_free(shared.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_bytes_are_one_object_with_one_id),
        cmocka_unit_test(a_descriptor_is_a_copy_and_a_view_of_it),
        cmocka_unit_test(a_difference_in_any_byte_or_in_length_makes_another_descriptor),
        cmocka_unit_test(malformed_descriptors_are_refused_and_leave_everything_alone),
        cmocka_unit_test(limits_that_make_no_sense_are_refused),
        cmocka_unit_test(descriptors_of_one_bucket_are_told_apart),
        cmocka_unit_test(descriptors_whose_whole_hashes_are_equal_are_told_apart),
        cmocka_unit_test(stores_do_not_hash_alike),
        cmocka_unit_test(a_store_far_over_capacity_stays_within_its_limits),
        cmocka_unit_test(what_was_evicted_comes_back_with_a_new_id),
        cmocka_unit_test(what_is_asked_for_again_stays_longer),
        cmocka_unit_test(what_is_referenced_is_never_evicted),
        cmocka_unit_test(one_that_alone_is_over_the_limit_is_refused_and_drives_nobody_out),
        cmocka_unit_test(a_referenced_descriptor_outlives_its_store),
        cmocka_unit_test(nothing_is_accepted_where_an_object_is_dropped),
        cmocka_unit_test(running_out_of_memory_at_any_step_interns_nothing),
        cmocka_unit_test(threads_share_a_store_that_is_too_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
