/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

#include "nt/token-query.h"

static void every_class_that_can_be_asked_for_is_laid_out(void **state)
{
    tsr_token *token = alice_contained(true);
    (void)state;

    for (uint32_t i = 0; i <= TOKEN_CLASS_MAX; i++) {
        const struct token_class_entry *entry = token_class_find(i);
        CLEANUP(layout_deinit) struct layout layout = {0};

        if (!entry || !entry->query_rights || i == TOKEN_CLASS_LINKED_TOKEN) {
            expect_status((uint32_t)STATUS_INVALID_INFO_CLASS, token_layout(&layout, i, token));
            continue;
        }
        expect_ok(token_layout(&layout, i, token));
        if (entry->fixed_size) {
            assert_int_equal(layout_size(&layout), entry->fixed_size);
        }
    }
    (void)tsr_token_unref(token);
}

/* Covers T-QRY-14. */
static void the_class_is_looked_at_first(void **state)
{
    DWORD room[2];
    ULONG size = 42;
    (void)state;

    expect_nt(STATUS_INVALID_INFO_CLASS,
              NtQueryInformationToken(NO_HANDLE, MaxTokenInfoClass, room, 8, NULL));
    expect_nt(STATUS_ACCESS_VIOLATION, /* T-QRY-14 */
              NtQueryInformationToken(NO_HANDLE, TokenUser, room, 8, NULL));
    expect_nt(STATUS_DATATYPE_MISALIGNMENT,
              ZwQueryInformationToken(NO_HANDLE, TokenUser, (BYTE *)room + 2, 4, &size));
    expect_nt(STATUS_INVALID_HANDLE, NtQueryInformationToken(NO_HANDLE, TokenUser, room, 8, &size));
    assert_int_equal(size, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_class_that_can_be_asked_for_is_laid_out),
        cmocka_unit_test(the_class_is_looked_at_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
