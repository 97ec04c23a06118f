/* SPDX-License-Identifier: MIT */

#include "nt/claim.h"

#include <pthread.h>
#include <stdatomic.h>

#include "nt/test-support.h"

static DWORD64 numbers[] = {1, UINT64_MAX};
static WCHAR hello[] = u"hello";
static PWSTR texts[] = {hello};
static BYTE bytes[] = {1, 2, 3};
static CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE octets[] = {{bytes, sizeof(bytes)}};
static WCHAR name[] = u"name";

static CLAIM_SECURITY_ATTRIBUTE_V1 claim_of(WORD type, void *values, DWORD n_values)
{
    CLAIM_SECURITY_ATTRIBUTE_V1 claim = {.Name = name, .ValueType = type, .ValueCount = n_values};

    claim.Values.pInt64 = values;
    return claim;
}

static void claims_are_the_same_there_and_back(void **state)
{
    CLAIM_SECURITY_ATTRIBUTE_V1 given[] = {
        claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64, numbers, 2),
        claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING, texts, 1),
        claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING, octets, 1),
    };
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION information = {1, 0, 3, {given}};
    DWORD64 room[64];
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION *told = (void *)room;
    CLEANUP(layout_deinit) struct layout layout = {.base = (uintptr_t)room};
    struct claims claims = {0};
    CLAIM_SECURITY_ATTRIBUTE_V1 *back;
    ULONG size;
    (void)state;

    expect_ok(claims_capture(&information, &claims));
    layout_claims(&layout, claims.views, claims.n_claims);
    expect_ok(layout_deliver(&layout, room, sizeof(room), &size, STATUS_BUFFER_TOO_SMALL));
    assert_int_equal(told->AttributeCount, 3);
    back = told->Attribute.pAttributeV1;
    assert_memory_equal(back[0].Name, name, sizeof(name));
    assert_int_equal(back[0].ValueCount, 2);
    assert_true(back[0].Values.pUint64[1] == UINT64_MAX);
    assert_memory_equal(back[1].Values.ppString[0], hello, sizeof(hello));
    assert_int_equal(back[2].Values.pOctetString[0].ValueLength, 3);
    assert_memory_equal(back[2].Values.pOctetString[0].pValue, bytes, 3);
    claims_deinit(&claims);
}

static void what_is_no_claim_is_refused(void **state)
{
    /* Everyone, and four bytes that are no part of it. */
    uint8_t sid[] = {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4};
    CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE slack[] = {{sid, sizeof(sid)}};
    CLAIM_SECURITY_ATTRIBUTE_V1 unnamed = claim_of(1, numbers, 1);
    const struct {
        WORD version;
        DWORD count;
        CLAIM_SECURITY_ATTRIBUTE_V1 claim;
        NTSTATUS expected;
    } rows[] = {
        {2, 1, claim_of(1, numbers, 1), STATUS_INVALID_PARAMETER},
        {1, TSR_TOKEN_CLAIMS_MAX + 1, claim_of(1, numbers, 1), STATUS_INVALID_PARAMETER},
        {1, 1, claim_of(1, numbers, 0), STATUS_INVALID_PARAMETER},
        {1, 1, claim_of(1, NULL, 1), STATUS_INVALID_PARAMETER},
        {1, 1, claim_of(1, numbers, MAXDWORD), STATUS_INVALID_PARAMETER},
        {1, 1, claim_of(9, numbers, 1), STATUS_INVALID_PARAMETER},
        {1, 1, claim_of(4, numbers, 1), STATUS_NOT_SUPPORTED},
        {1, 1, claim_of(5, octets, 1), STATUS_INVALID_SID},
        {1, 1, claim_of(5, slack, 1), STATUS_INVALID_SID},
    };
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION information = {1, 0, 1, {&unnamed}};
    struct claims claims = {0};
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CLAIM_SECURITY_ATTRIBUTE_V1 claim = rows[i].claim;
        CLAIM_SECURITY_ATTRIBUTES_INFORMATION given = {rows[i].version, 0, rows[i].count, {&claim}};
        struct claims captured = {0};

        expect_status((uint32_t)rows[i].expected, claims_capture(&given, &captured));
        claims_deinit(&captured);
    }
    unnamed.Name = NULL;
    expect_status((uint32_t)STATUS_INVALID_PARAMETER, claims_capture(&information, &claims));
    claims_deinit(&claims);
}

static CLAIM_SECURITY_ATTRIBUTE_V1 changing;

static void *change_type(void *argument)
{
    const atomic_bool *const is_done = argument;

    for (WORD type = CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64; !atomic_load(is_done);
         type ^= CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64 ^ CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING) {
        __atomic_store_n(&changing.ValueType, type, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* A text that is encoded as a number would be 0, and a number as a text none. */
static void a_type_that_changes_meanwhile_is_read_once(void **state)
{
    atomic_bool is_done = false;
    pthread_t thread;
    (void)state;

    changing = claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64, texts, 1);
    assert_int_equal(pthread_create(&thread, NULL, change_type, &is_done), 0);
    for (int i = 0; i < 50000; i++) {
        CLEANUP(free) uint8_t *encoded = NULL;
        tsr_claim_value value;
        tsr_claim claim;
        size_t size;

        expect_ok(claim_capture(&changing, &encoded, &size));
        expect_ok(tsr_claim_view(encoded, size, &claim));
        tsr_claim_get_value(&claim, 0, &value);
        assert_true(claim.type != CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64 ||
                    value.number == (uintptr_t)hello);
    }
    atomic_store(&is_done, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_the_same_there_and_back),
        cmocka_unit_test(what_is_no_claim_is_refused),
        cmocka_unit_test(a_type_that_changes_meanwhile_is_read_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
