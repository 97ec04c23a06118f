/* SPDX-License-Identifier: MIT */
/* Tests of shared memory. */

#include "base/shared.h"

#include <stdint.h>
#include <string.h>

#include <support/expect.h>

static void new_memory_is_zero_and_aligned_for_anything(void **state)
{
    const uint8_t zeros[100] = {0};
    void *shared = shared_new(sizeof(zeros));

    (void)state;

    assert_non_null(shared);
    assert_memory_equal(shared, zeros, sizeof(zeros));
    assert_int_equal((uintptr_t)shared % alignof(max_align_t), 0);
    assert_null(shared_unref(shared));
}

static void memory_lives_as_long_as_its_last_owner(void **state)
{
    uint8_t *shared = shared_new(3);

    (void)state;
    assert_non_null(shared);
    memcpy(shared, "abc", 3);
    shared_ref(shared);
    shared_ref(shared);

    assert_null(shared_unref(shared));
    assert_null(shared_unref(shared));

    assert_memory_equal(shared, "abc", 3);
    assert_null(shared_unref(shared));
}

static void no_bytes_and_no_memory_are_fine(void **state)
{
    void *shared = shared_new(0);

    (void)state;

    assert_non_null(shared);
    assert_null(shared_unref(shared));
    shared_ref(NULL);
    assert_null(shared_unref(NULL));
}

static void sizes_that_overflow_with_the_header_are_refused(void **state)
{
    (void)state;

    assert_null(shared_new(SIZE_MAX));
    assert_null(shared_new(SIZE_MAX - sizeof(struct shared_header) + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_memory_is_zero_and_aligned_for_anything),
        cmocka_unit_test(memory_lives_as_long_as_its_last_owner),
        cmocka_unit_test(no_bytes_and_no_memory_are_fine),
        cmocka_unit_test(sizes_that_overflow_with_the_header_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
