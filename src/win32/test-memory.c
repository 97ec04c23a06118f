/* SPDX-License-Identifier: MIT */

#include "win32/test-support.h"

static void memory_is_zeroed_on_demand(void **state)
{
    BYTE *bytes = LocalAlloc(LPTR, 1000);
    (void)state;

    assert_non_null(bytes);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(bytes[i], 0);
    }

    assert_null(LocalFree(bytes));
}

static void no_bytes_are_memory_too_and_null_may_be_freed(void **state)
{
    HLOCAL none = LocalAlloc(LMEM_FIXED, 0);
    (void)state;

    assert_non_null(none);
    assert_null(LocalFree(none));
    assert_null(LocalFree(NULL));
}

static void running_short_is_the_last_error_and_nothing_else_is(void **state)
{
    HLOCAL memory;
    (void)state;

    SetLastError(0xdead);
    memory = LocalAlloc(LMEM_FIXED, 1);
    assert_non_null(memory);
    assert_int_equal(GetLastError(), 0xdead);
    assert_null(LocalFree(memory));
    assert_null(LocalAlloc(LMEM_FIXED, SIZE_MAX));

    assert_int_equal(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
}

static void movable_memory_there_is_none(void **state)
{
    (void)state;

    SetLastError(0);
    assert_null(LocalAlloc(0x2, 10));

    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_on_demand),
        cmocka_unit_test(no_bytes_are_memory_too_and_null_may_be_freed),
        cmocka_unit_test(running_short_is_the_last_error_and_nothing_else_is),
        cmocka_unit_test(movable_memory_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
