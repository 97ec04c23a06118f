/* SPDX-License-Identifier: MIT */

#include "nt/claim.h"

#include <pthread.h>
#include <stdatomic.h>

#include "nt/test-support.h"
#include "token/test-allocation.h"

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

static void values_of_nothing_are_values(void **state)
{
    WCHAR empty[] = {0, 0xd800, 0};
    PWSTR empty_texts[] = {empty};
    CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE nothing[] = {{NULL, 0}};
    CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE missing[] = {{NULL, 1}};
    const struct {
        CLAIM_SECURITY_ATTRIBUTE_V1 claim;
        NTSTATUS expected;
    } rows[] = {
        {claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING, empty_texts, 1), STATUS_SUCCESS},
        {claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING, nothing, 1), STATUS_SUCCESS},
        {claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING, missing, 1),
         STATUS_INVALID_PARAMETER},
        {claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_SID, nothing, 1), STATUS_INVALID_PARAMETER},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP(free) uint8_t *encoded = NULL;
        tsr_claim_value value;
        tsr_claim claim;
        size_t size;

        expect_status((uint32_t)rows[i].expected, claim_capture(&rows[i].claim, &encoded, &size));
        if (rows[i].expected == STATUS_SUCCESS) {
            expect_ok(tsr_claim_view(encoded, size, &claim));
            tsr_claim_get_value(&claim, 0, &value);
            assert_int_equal(value.n_bytes, 0);
        }
    }
}

static void there_are_no_claims_or_as_many_as_a_token_holds(void **state)
{
    static CLAIM_SECURITY_ATTRIBUTE_V1 given[TSR_TOKEN_CLAIMS_MAX];
    const struct {
        DWORD n_claims;
        CLAIM_SECURITY_ATTRIBUTE_V1 *claims;
        NTSTATUS expected;
    } rows[] = {
        {0, NULL, STATUS_SUCCESS},
        {1, NULL, STATUS_INVALID_PARAMETER},
        {TSR_TOKEN_CLAIMS_MAX, given, STATUS_SUCCESS},
    };
    (void)state;

    for (size_t i = 0; i < TSR_TOKEN_CLAIMS_MAX; i++) {
        given[i] = claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64, numbers, 1);
    }
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLAIM_SECURITY_ATTRIBUTES_INFORMATION information = {
            1, 0, rows[i].n_claims, {rows[i].claims}};
        struct claims claims = {0};

        expect_status((uint32_t)rows[i].expected, claims_capture(&information, &claims));
        assert_int_equal(claims.n_claims,
                         rows[i].expected == STATUS_SUCCESS ? rows[i].n_claims : 0);
        claims_deinit(&claims);
    }
}

static void no_claims_are_laid_out_as_no_array(void **state)
{
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION told = {0};
    CLEANUP(layout_deinit) struct layout layout = {.base = (uintptr_t)&told};
    ULONG size;
    (void)state;

    layout_claims(&layout, NULL, 0);
    expect_ok(layout_deliver(&layout, &told, sizeof(told), &size, STATUS_BUFFER_TOO_SMALL));
    assert_int_equal(size, sizeof(told));
    assert_int_equal(told.Version, 1);
    assert_int_equal(told.AttributeCount, 0);
    assert_null(told.Attribute.pAttributeV1);
}

/* Nothing stands between the values of a claim and what they point to. */
static void each_type_is_laid_out_as_itself(void **state)
{
    const tsr_claim_source source = {.text = "b"};
    CLEANUP(free) uint8_t *encoded = NULL;
    DWORD64 room[64];
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION *const told = (void *)room;
    const size_t fixed =
        sizeof(CLAIM_SECURITY_ATTRIBUTES_INFORMATION) + sizeof(CLAIM_SECURITY_ATTRIBUTE_V1);
    CLEANUP(layout_deinit) struct layout fqbn_layout = {.base = (uintptr_t)room};
    CLEANUP(layout_deinit) struct layout octets_layout = {.base = (uintptr_t)room};
    CLAIM_SECURITY_ATTRIBUTE_V1 given =
        claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING, octets, 1);
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION information = {1, 0, 1, {&given}};
    struct claims claims = {0};
    const CLAIM_SECURITY_ATTRIBUTE_FQBN_VALUE *fqbn;
    size_t encoded_size;
    tsr_claim claim;
    ULONG size;
    (void)state;

    expect_ok(claims_capture(&information, &claims));
    layout_claims(&octets_layout, claims.views, claims.n_claims);
    claims_deinit(&claims);
    /* The name with its end, aligned; one value; and three bytes. */
    assert_int_equal(layout_size(&octets_layout),
                     fixed + 16 + sizeof(CLAIM_SECURITY_ATTRIBUTE_OCTET_STRING_VALUE) + 3);

    expect_ok(tsr_claim_encode("a", TSR_CLAIM_FQBN, 0, &source, 1, &encoded, &encoded_size));
    expect_ok(tsr_claim_view(encoded, encoded_size, &claim));
    layout_claims(&fqbn_layout, &claim, 1);
    expect_ok(layout_deliver(&fqbn_layout, room, sizeof(room), &size, STATUS_BUFFER_TOO_SMALL));
    fqbn = told->Attribute.pAttributeV1[0].Values.pFqbn;
    assert_int_equal(size, fixed + 8 + sizeof(*fqbn) + 4);
    assert_true(fqbn->Version == 0);
    assert_memory_equal(fqbn->Name, u"b", 4);
}

static void memory_that_is_short_leaves_no_claims(void **state)
{
    CLAIM_SECURITY_ATTRIBUTE_V1 given[] = {
        claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING, texts, 1),
        claim_of(CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64, numbers, 2),
    };
    CLAIM_SECURITY_ATTRIBUTES_INFORMATION information = {1, 0, 2, {given}};
    (void)state;

    for (int once = 0; once <= 1; once++) {
        tsr_status status = tsr_status_of(STATUS_NO_MEMORY);

        allocation_fails_once = once;
        for (size_t n = 0; tsr_failed(status); n++) {
            struct claims claims = {0};

            n_allocations_left = n;
            status = claims_capture(&information, &claims);
            n_allocations_left = SIZE_MAX;
            assert_true(tsr_ok(status) || status.code == (uint32_t)STATUS_NO_MEMORY);
            assert_true(tsr_failed(status) || n > 0);
            claims_deinit(&claims);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_the_same_there_and_back),
        cmocka_unit_test(what_is_no_claim_is_refused),
        cmocka_unit_test(a_type_that_changes_meanwhile_is_read_once),
        cmocka_unit_test(values_of_nothing_are_values),
        cmocka_unit_test(there_are_no_claims_or_as_many_as_a_token_holds),
        cmocka_unit_test(no_claims_are_laid_out_as_no_array),
        cmocka_unit_test(each_type_is_laid_out_as_itself),
        cmocka_unit_test(memory_that_is_short_leaves_no_claims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
