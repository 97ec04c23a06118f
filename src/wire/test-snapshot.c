/* SPDX-License-Identifier: MIT */
/* Tests of token snapshots. */

#include <tessera/snapshot.h>

#include "base/bytes.h"
#include "token/test-allocation.h"
#include "token/test-fixtures.h"
#include "token/test-random.h"
#include "token/token.h"

#define VERSION_OFFSET     8
#define PRESENT_OFFSET     10
#define TYPE_OFFSET        12
#define LEVEL_OFFSET       16
#define FLAGS_OFFSET       20
#define POLICY_OFFSET      52
#define ORIGIN_OFFSET      64
#define EXPIRATION_OFFSET  72
#define ELEVATION_OFFSET   80
#define USER_OFFSET        84
#define ATTRIBUTES_OFFSET  (USER_OFFSET + 28)
#define OWNER_OFFSET       (ATTRIBUTES_OFFSET + 4)
#define GROUP_COUNT_OFFSET (OWNER_OFFSET + 28 + 28)

/* From the end of full_token()'s snapshot. */
#define CLAIMS_SIZE              (4 + 4 + sizeof(fixture_claim_bytes))
#define RESTRICTING_FROM_END     (3 * CLAIMS_SIZE + 4 + 16)
#define DEVICE_GROUPS_FROM_END   (RESTRICTING_FROM_END + 4 + 3 * 20)
#define CAPABILITIES_FROM_END    (DEVICE_GROUPS_FROM_END + 4 + 3 * 20)
#define LESS_PRIVILEGED_FROM_END (CAPABILITIES_FROM_END + 4)
#define APPCONTAINER_FROM_END    (LESS_PRIVILEGED_FROM_END + 40)

struct snapshot {
    uint8_t *bytes;
    size_t size;
};

static struct snapshot snapshot_of(const tsr_token *token)
{
    struct snapshot snapshot = {0};

    expect_ok(tsr_snapshot_encode(token, &snapshot.bytes, &snapshot.size));
    return snapshot;
}

/* A token with something in every member. */
static tsr_token *full_token(void)
{
    const tsr_sid restricting[] = {TSR_SID_RESTRICTED, TSR_SID_EVERYONE};
    const tsr_sid owner = sid_of(G3);
    const tsr_claim claim = fixture_claim();
    tsr_token_spec spec = alice_spec();

    add_context(&spec, &claim);
    add_package(&spec);
    spec.less_privileged = true;
    spec.user_attributes = SE_GROUP_USE_FOR_DENY_ONLY;
    spec.owner = &owner;
    spec.restricting = restricting;
    spec.n_restricting = ARRAY_SIZE(restricting);
    spec.process_trust_type = 512;
    spec.process_trust_level = 1024;
    spec.type = TSR_TOKEN_IMPERSONATION;
    spec.level = TSR_LEVEL_DELEGATION;
    spec.flags = TSR_TOKEN_WRITE_RESTRICTED | TSR_TOKEN_SANDBOX_INERT | TSR_TOKEN_IS_FILTERED |
                 TSR_TOKEN_VIRTUALIZE_ALLOWED | TSR_TOKEN_VIRTUALIZE_ENABLED | TSR_TOKEN_UI_ACCESS;
    spec.origin = UINT64_C(0x600000005);
    spec.expiration = INT64_MIN + 7;
    spec.elevation = TSR_ELEVATION_LIMITED;
    return token_of_spec(&spec);
}

/* All that a snapshot carries, read back through the public functions. */
static void expect_same(const tsr_token *a, const tsr_token *b)
{
    const tsr_token_statistics of_a = statistics_of(a);
    const tsr_token_statistics of_b = statistics_of(b);
    tsr_privilege_state privilege_a;
    tsr_privilege_state privilege_b;
    tsr_group group_a;
    tsr_group group_b;
    tsr_sid sid_a;
    tsr_sid sid_b;

    assert_int_equal(of_a.type, of_b.type);
    assert_int_equal(of_a.level, of_b.level);
    assert_int_equal(of_a.flags, of_b.flags);
    assert_int_equal(of_a.session_id, of_b.session_id);
    assert_int_equal(of_a.authentication_id, of_b.authentication_id);
    assert_memory_equal(of_a.source.name, of_b.source.name, sizeof(of_a.source.name));
    assert_int_equal(of_a.source.id, of_b.source.id);
    assert_int_equal(of_a.origin, of_b.origin);
    assert_int_equal(of_a.expiration, of_b.expiration);
    assert_int_equal(of_a.elevation, of_b.elevation);
    assert_int_equal(of_a.mandatory_policy, of_b.mandatory_policy);
    assert_int_equal(of_a.process_trust_type, of_b.process_trust_type);
    assert_int_equal(of_a.process_trust_level, of_b.process_trust_level);
    assert_int_equal(of_a.n_groups, of_b.n_groups);
    assert_int_equal(of_a.n_privileges, of_b.n_privileges);
    assert_int_equal(of_a.n_restricting, of_b.n_restricting);
    assert_int_equal(of_a.n_user_claims, of_b.n_user_claims);
    assert_int_equal(of_a.n_device_claims, of_b.n_device_claims);
    assert_int_equal(of_a.n_local_claims, of_b.n_local_claims);
    assert_int_equal(of_a.n_device_groups, of_b.n_device_groups);
    assert_int_equal(of_a.n_restricting_devices, of_b.n_restricting_devices);
    assert_int_equal(of_a.n_capabilities, of_b.n_capabilities);
    tsr_token_get_user(a, &group_a);
    tsr_token_get_user(b, &group_b);
    assert_true(tsr_sid_equal(&group_a.sid, &group_b.sid));
    assert_int_equal(group_a.attributes, group_b.attributes);
    tsr_token_get_owner(a, &sid_a);
    tsr_token_get_owner(b, &sid_b);
    assert_true(tsr_sid_equal(&sid_a, &sid_b));
    tsr_token_get_primary_group(a, &sid_a);
    tsr_token_get_primary_group(b, &sid_b);
    assert_true(tsr_sid_equal(&sid_a, &sid_b));
    for (size_t i = 0; tsr_token_get_group(a, i, &group_a); i++) {
        assert_true(tsr_token_get_group(b, i, &group_b));
        assert_true(tsr_sid_equal(&group_a.sid, &group_b.sid));
        assert_int_equal(group_a.attributes, group_b.attributes);
    }
    for (size_t i = 0; tsr_token_get_privilege(a, i, &privilege_a); i++) {
        assert_true(tsr_token_get_privilege(b, i, &privilege_b));
        assert_memory_equal(&privilege_a, &privilege_b, sizeof(privilege_a));
    }
    for (size_t i = 0; tsr_token_get_restricting(a, i, &sid_a); i++) {
        assert_true(tsr_token_get_restricting(b, i, &sid_b));
        assert_true(tsr_sid_equal(&sid_a, &sid_b));
    }
    assert_int_equal(tsr_token_get_integrity(a, &sid_a), tsr_token_get_integrity(b, &sid_b));
    assert_true(tsr_sid_equal(&sid_a, &sid_b));
}

static void expect_round_trip(tsr_token *take_token)
{
    struct snapshot snapshot = snapshot_of(take_token);
    tsr_token *decoded = NULL;
    struct snapshot again;

    expect_ok(tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded));
    again = snapshot_of(decoded);

    expect_same(take_token, decoded);
    assert_int_equal(again.size, snapshot.size);
    assert_memory_equal(again.bytes, snapshot.bytes, snapshot.size);
    free(again.bytes);
    free(snapshot.bytes);
    tsr_token_unref(decoded);
    tsr_token_unref(take_token);
}

static void every_member_comes_back(void **state)
{
    const tsr_token_spec smallest = {.user = IN_DOMAIN(1001)};

    (void)state;

    expect_round_trip(full_token());
    expect_round_trip(token_of_spec(&smallest));
    expect_round_trip(alice());
    expect_round_trip(alice_contained(false));
    expect_round_trip(alice_elevated());
    expect_round_trip(alice_limited());
    expect_round_trip(system_token());
    expect_round_trip(restricted_to(alice(), G1, NULL, 0));
    expect_round_trip(restricted_to(restricted_to(alice(), G1, NULL, 0), G3, NULL, 0));
}

static void the_default_dacl_comes_back_to_the_byte(void **state)
{
    tsr_token *token = alice();
    struct snapshot snapshot = snapshot_of(token);
    tsr_token *decoded = NULL;
    const tsr_acl *dacl;

    (void)state;

    expect_ok(tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded));
    free(snapshot.bytes);
    dacl = tsr_token_peek_default_dacl(decoded);

    assert_int_equal(dacl->size, sizeof(fixture_dacl_bytes));
    assert_int_equal(dacl->n_aces, 2);
    assert_memory_equal(dacl->bytes, fixture_dacl_bytes, sizeof(fixture_dacl_bytes));
    tsr_token_unref(decoded);
    tsr_token_unref(token);
}

static void a_decoded_token_has_ids_of_its_own(void **state)
{
    tsr_token *token = filtered(alice(), &(tsr_token_filter_spec){0});
    struct snapshot snapshot = snapshot_of(token);
    tsr_token *decoded = NULL;

    (void)state;

    expect_ok(tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded));

    assert_int_not_equal(statistics_of(decoded).token_id, statistics_of(token).token_id);
    assert_int_not_equal(statistics_of(decoded).modified_id, statistics_of(token).modified_id);
    assert_int_equal(statistics_of(decoded).parent_token_id, 0);
    free(snapshot.bytes);
    tsr_token_unref(decoded);
    tsr_token_unref(token);
}

static void a_decoded_token_answers_every_check_as_the_one_encoded(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_PROPERTY_RUNS / 4; i++) {
        tsr_token *token = random_token();
        struct snapshot snapshot = snapshot_of(token);
        tsr_token *decoded = NULL;
        tsr_sid principal_self;
        const tsr_access_request request = random_request(&principal_self);
        uint8_t *bytes = NULL;
        const tsr_sd sd = random_sd(true, &bytes);
        tsr_access_result of_decoded;
        tsr_access_result of_token;

        expect_ok(tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded));
        of_decoded = tsr_token_access_check(decoded, &sd, &request);
        of_token = tsr_token_access_check(token, &sd, &request);
        assert_memory_equal(&of_decoded, &of_token, sizeof(of_token));
        free(bytes);
        free(snapshot.bytes);
        tsr_token_unref(decoded);
        tsr_token_unref(token);
    }
}

static void a_snapshot_cut_short_anywhere_is_refused(void **state)
{
    tsr_token *token = full_token();
    struct snapshot snapshot = snapshot_of(token);
    tsr_token *decoded = NULL;

    (void)state;

    for (size_t size = 0; size < snapshot.size; size++) {
        uint8_t *cut = array_new(size, 1);

        memcpy(cut, snapshot.bytes, size);
        expect_status(STATUS_DATA_ERROR, tsr_snapshot_decode(cut, size, &decoded));
        assert_null(decoded);
        free(cut);
    }
    expect_status(STATUS_DATA_ERROR, tsr_snapshot_decode(NULL, 0, &decoded));
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void bytes_left_over_are_refused(void **state)
{
    tsr_token *token = full_token();
    struct snapshot snapshot = snapshot_of(token);
    uint8_t *longer = array_new(snapshot.size + 1, 1);
    tsr_token *decoded = NULL;

    (void)state;

    memcpy(longer, snapshot.bytes, snapshot.size);
    expect_status(STATUS_DATA_ERROR, tsr_snapshot_decode(longer, snapshot.size + 1, &decoded));

    assert_null(decoded);
    free(longer);
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void a_snapshot_over_the_limit_is_refused_unread(void **state)
{
    tsr_token *token = alice();
    struct snapshot snapshot = snapshot_of(token);
    uint8_t *huge = array_new(TSR_SNAPSHOT_SIZE_MAX + 1, 1);
    tsr_token *decoded = NULL;

    (void)state;

    memcpy(huge, snapshot.bytes, snapshot.size);
    expect_status(STATUS_DATA_ERROR,
                  tsr_snapshot_decode(huge, TSR_SNAPSHOT_SIZE_MAX + 1, &decoded));

    assert_null(decoded);
    free(huge);
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void a_token_too_large_for_a_snapshot_is_not_encoded(void **state)
{
    tsr_sid *restricting = array_new(TSR_TOKEN_GROUPS_MAX, sizeof(*restricting));
    tsr_group *groups = array_new(TSR_TOKEN_GROUPS_MAX, sizeof(*groups));
    tsr_token_spec spec = alice_spec();
    struct snapshot snapshot = {0};
    tsr_token *token;

    (void)state;

    for (uint32_t i = 0; i < TSR_TOKEN_GROUPS_MAX; i++) {
        restricting[i] = (tsr_sid){5, 15, {[14] = i}};
        groups[i] = (tsr_group){restricting[i], TSR_GROUP_ORDINARY};
    }
    spec.groups = groups;
    spec.n_groups = TSR_TOKEN_GROUPS_MAX;
    spec.primary_group = NULL;
    spec.restricting = restricting;
    spec.n_restricting = TSR_TOKEN_GROUPS_MAX;
    token = token_of_spec(&spec);

    expect_status(STATUS_INSUFFICIENT_RESOURCES,
                  tsr_snapshot_encode(token, &snapshot.bytes, &snapshot.size));

    assert_null(snapshot.bytes);
    tsr_token_unref(token);
    free(groups);
    free(restricting);
}

/* alice's snapshot with one 32-bit value replaced, @n_bytes wide, and what comes of it. */
struct corruption {
    const char *what;
    size_t offset;
    size_t n_bytes;
    uint32_t value;
    uint32_t status;
};

static const struct corruption corruptions[] = {
    {"magic", 0, 1, 't', STATUS_DATA_ERROR},
    {"end of magic", 7, 1, 1, STATUS_DATA_ERROR},
    {"version 0", VERSION_OFFSET, 2, 0, STATUS_REVISION_MISMATCH},
    {"version 1", VERSION_OFFSET, 2, 1, STATUS_REVISION_MISMATCH},
    {"version 4", VERSION_OFFSET, 2, 4, STATUS_REVISION_MISMATCH},
    {"elevation 0", ELEVATION_OFFSET, 4, 0, STATUS_DATA_ERROR},
    {"elevation 4", ELEVATION_OFFSET, 4, 4, STATUS_DATA_ERROR},
    {"virtualized, not allowed to", FLAGS_OFFSET, 4, TSR_TOKEN_VIRTUALIZE_ENABLED,
     STATUS_INVALID_PARAMETER},
    {"unknown member", PRESENT_OFFSET, 2, 0x25, STATUS_DATA_ERROR},
    {"member less", PRESENT_OFFSET, 2, 0x4, STATUS_DATA_ERROR},
    {"member more", PRESENT_OFFSET, 2, 0x7, STATUS_DATA_ERROR},
    {"no AppContainer", PRESENT_OFFSET, 2, 0xd, STATUS_DATA_ERROR},
    {"no claims", PRESENT_OFFSET, 2, 0x15, STATUS_DATA_ERROR},
    {"type 0", TYPE_OFFSET, 4, 0, STATUS_DATA_ERROR},
    {"type 3", TYPE_OFFSET, 4, 3, STATUS_DATA_ERROR},
    {"level 4", LEVEL_OFFSET, 4, 4, STATUS_DATA_ERROR},
    {"restricted", FLAGS_OFFSET, 4, TSR_TOKEN_IS_RESTRICTED, STATUS_INVALID_PARAMETER},
    {"unknown flag", FLAGS_OFFSET, 4, 0x80000000, STATUS_INVALID_PARAMETER},
    {"for writing, without a list", FLAGS_OFFSET, 4, TSR_TOKEN_WRITE_RESTRICTED, STATUS_DATA_ERROR},
    {"policy", POLICY_OFFSET, 4, 4, STATUS_INVALID_PARAMETER},
    {"user revision", USER_OFFSET, 1, 2, STATUS_DATA_ERROR},
    {"user size", USER_OFFSET + 1, 1, 16, STATUS_DATA_ERROR},
    {"user attributes", ATTRIBUTES_OFFSET, 4, 4, STATUS_INVALID_PARAMETER},
    {"owner", OWNER_OFFSET + 24, 4, 9999, STATUS_INVALID_OWNER},
    {"group count", GROUP_COUNT_OFFSET, 4, UINT32_MAX, STATUS_DATA_ERROR},
    {"fewer groups", GROUP_COUNT_OFFSET, 4, N_ALICE_GROUPS - 1, STATUS_DATA_ERROR},
    {"group attributes", GROUP_COUNT_OFFSET + 4, 4, 0x100, STATUS_INVALID_PARAMETER},
};

static void each_corruption_is_refused_with_its_status(void **state)
{
    tsr_token *token = alice();
    struct snapshot snapshot = snapshot_of(token);

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(corruptions); i++) {
        const struct corruption *corruption = &corruptions[i];
        uint8_t *bytes = array_new(snapshot.size, 1);
        const uint32_t value = htole32(corruption->value);
        tsr_token *decoded = NULL;
        tsr_status status;

        memcpy(bytes, snapshot.bytes, snapshot.size);
        memcpy(bytes + corruption->offset, &value, corruption->n_bytes);
        status = tsr_snapshot_decode(bytes, snapshot.size, &decoded);
        if (status.code != corruption->status || decoded) {
            fail_msg("%s: got %s", corruption->what, expect_status_name(status.code));
        }
        free(bytes);
    }
    free(snapshot.bytes);
    tsr_token_unref(token);
}

/* full_token()'s snapshot with one 32-bit value replaced, counted from the end. */
static const struct corruption tail_corruptions[] = {
    {"package revision", APPCONTAINER_FROM_END, 1, 2, STATUS_DATA_ERROR},
    {"less privileged 2", LESS_PRIVILEGED_FROM_END, 4, 2, STATUS_DATA_ERROR},
    {"capability count", CAPABILITIES_FROM_END, 4, UINT32_MAX, STATUS_DATA_ERROR},
    {"capability attributes", CAPABILITIES_FROM_END - 4, 4, 0x100, STATUS_INVALID_PARAMETER},
    {"device group count", DEVICE_GROUPS_FROM_END, 4, UINT32_MAX, STATUS_DATA_ERROR},
    {"device group attributes", DEVICE_GROUPS_FROM_END - 4, 4, 0x100, STATUS_INVALID_PARAMETER},
    {"restricting device count", RESTRICTING_FROM_END, 4, UINT32_MAX, STATUS_DATA_ERROR},
    {"claim count", 3 * CLAIMS_SIZE, 4, UINT32_MAX, STATUS_DATA_ERROR},
    {"claim size", CLAIMS_SIZE - 4, 4, sizeof(fixture_claim_bytes) + 1, STATUS_DATA_ERROR},
    {"smaller claim", CLAIMS_SIZE - 4, 4, sizeof(fixture_claim_bytes) - 1, STATUS_DATA_ERROR},
    {"user claim type", 3 * CLAIMS_SIZE - 12, 2, 7, STATUS_DATA_ERROR},
    {"device claim flags", 2 * CLAIMS_SIZE - 16, 4, 0x100, STATUS_DATA_ERROR},
    {"local claim name", CLAIMS_SIZE - 8, 4, 0x100, STATUS_DATA_ERROR},
};

static void each_corruption_of_claims_device_and_package_is_refused(void **state)
{
    tsr_token *token = full_token();
    struct snapshot snapshot = snapshot_of(token);

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(tail_corruptions); i++) {
        const struct corruption *corruption = &tail_corruptions[i];
        uint8_t *bytes = array_new(snapshot.size, 1);
        const uint32_t value = htole32(corruption->value);
        tsr_token *decoded = NULL;
        tsr_status status;

        memcpy(bytes, snapshot.bytes, snapshot.size);
        memcpy(bytes + snapshot.size - corruption->offset, &value, corruption->n_bytes);
        status = tsr_snapshot_decode(bytes, snapshot.size, &decoded);
        if (status.code != corruption->status || decoded) {
            fail_msg("%s: got %s", corruption->what, expect_status_name(status.code));
        }
        free(bytes);
    }
    free(snapshot.bytes);
    tsr_token_unref(token);
}

/* Present, but empty: the encoder does not write it. */
static void claims_and_device_that_are_not_there_are_not_announced(void **state)
{
    tsr_token *token = alice();
    struct snapshot snapshot = snapshot_of(token);
    uint8_t *bytes = array_new(snapshot.size + 20, 1);
    tsr_token *decoded = NULL;

    (void)state;

    memcpy(bytes, snapshot.bytes, snapshot.size);
    bytes[PRESENT_OFFSET] |= 0x10;
    expect_status(STATUS_DATA_ERROR, tsr_snapshot_decode(bytes, snapshot.size + 20, &decoded));

    assert_null(decoded);
    free(bytes);
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void claims_device_and_package_are_judged_alike_after_decoding(void **state)
{
    static const char *const texts[] = {
        "O:SYG:SYD:(XA;;FR;;;WD;(@User.a == 7))(A;;FR;;;" PACKAGE ")",
        "O:SYG:SYD:(XA;;FR;;;WD;(@User.a == 8))(A;;FR;;;" PACKAGE ")",
        "O:SYG:SYD:(XA;;FR;;;WD;(@Device.a == 7))(A;;FR;;;S-1-15-3-1)",
        "O:SYG:SYD:(XA;;FR;;;WD;(a == 7))(A;;FR;;;S-1-15-3-2)",
        "O:SYG:SYD:(XA;;FR;;;WD;(Device_Member_of {SID(S-1-5-99-1)}))(A;;FR;;;S-1-15-2-1)",
        "O:SYG:SYD:(XA;;FR;;;WD;(Device_Member_of {SID(S-1-5-99-2)}))(A;;FR;;;S-1-15-2-2)",
    };
    static const bool granted[] = {true, false, true, false, true, false};
    tsr_token *token = alice_contained(false);
    struct snapshot snapshot = snapshot_of(token);
    tsr_token *decoded = NULL;

    (void)state;

    expect_ok(tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded));
    free(snapshot.bytes);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_int_equal(tsr_ok(check_file(token, texts[i], FILE_READ_DATA).status), granted[i]);
        assert_int_equal(tsr_ok(check_file(decoded, texts[i], FILE_READ_DATA).status), granted[i]);
    }
    tsr_token_unref(decoded);
    tsr_token_unref(token);
}

static void a_policy_without_integrity_is_refused(void **state)
{
    const tsr_token_spec smallest = {.user = IN_DOMAIN(1001)};
    tsr_token *token = token_of_spec(&smallest);
    struct snapshot snapshot = snapshot_of(token);
    tsr_token *decoded = NULL;

    (void)state;

    snapshot.bytes[POLICY_OFFSET] = TSR_POLICY_NO_WRITE_UP;
    expect_status(STATUS_DATA_ERROR, tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded));

    assert_null(decoded);
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void a_default_dacl_must_fill_its_size(void **state)
{
    tsr_token *token = alice();
    struct snapshot snapshot = snapshot_of(token);
    const size_t size_offset = snapshot.size - sizeof(fixture_dacl_bytes) - 4;
    uint8_t *bytes = array_new(snapshot.size + 4, 1);
    tsr_token *decoded = NULL;

    (void)state;

    memcpy(bytes, snapshot.bytes, snapshot.size);
    assert_int_equal(load_le32(bytes + size_offset), sizeof(fixture_dacl_bytes));
    store_le32(bytes + size_offset, sizeof(fixture_dacl_bytes) + 4);
    expect_status(STATUS_DATA_ERROR, tsr_snapshot_decode(bytes, snapshot.size + 4, &decoded));

    store_le32(bytes + size_offset, 0);
    expect_status(STATUS_DATA_ERROR, tsr_snapshot_decode(bytes, size_offset + 4, &decoded));
    assert_null(decoded);
    free(bytes);
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void a_count_is_not_allocated_for_unless_its_elements_can_be_there(void **state)
{
    tsr_token *token = alice();
    struct snapshot snapshot = snapshot_of(token);
    const size_t n_left = snapshot.size - GROUP_COUNT_OFFSET - 4;
    tsr_token *decoded = NULL;
    tsr_status status;

    (void)state;

    store_le32(snapshot.bytes + GROUP_COUNT_OFFSET, (uint32_t)(n_left / 12 + 1));
    n_allocations_left = 0;
    status = tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded);
    n_allocations_left = SIZE_MAX;

    assert_int_equal(status.code, STATUS_DATA_ERROR);
    assert_null(decoded);
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void more_groups_than_a_token_holds_are_refused_unread(void **state)
{
    const size_t size = GROUP_COUNT_OFFSET + 4 + 12 * (TSR_TOKEN_GROUPS_MAX + 1);
    tsr_token *token = alice();
    struct snapshot snapshot = snapshot_of(token);
    uint8_t *bytes = array_new(size, 1);
    tsr_token *decoded = NULL;

    (void)state;

    memcpy(bytes, snapshot.bytes, GROUP_COUNT_OFFSET);
    store_le32(bytes + GROUP_COUNT_OFFSET, TSR_TOKEN_GROUPS_MAX + 1);
    expect_status(STATUS_INVALID_PARAMETER, tsr_snapshot_decode(bytes, size, &decoded));

    assert_null(decoded);
    free(bytes);
    free(snapshot.bytes);
    tsr_token_unref(token);
}

/* What the encoder of version 2 wrote: the same without the new members. */
static struct snapshot version_2_of(const tsr_token *token)
{
    struct snapshot snapshot = snapshot_of(token);

    store_le32(snapshot.bytes + VERSION_OFFSET,
               2u | (uint32_t)load_le16(snapshot.bytes + PRESENT_OFFSET) << 16);
    memmove(snapshot.bytes + ORIGIN_OFFSET, snapshot.bytes + USER_OFFSET,
            snapshot.size - USER_OFFSET);
    snapshot.size -= USER_OFFSET - ORIGIN_OFFSET;
    return snapshot;
}

static void version_2_is_still_read(void **state)
{
    tsr_token *token = alice_contained(true);
    struct snapshot snapshot = version_2_of(token);
    tsr_token *decoded = NULL;

    (void)state;

    expect_ok(tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded));

    expect_same(token, decoded);
    assert_int_equal(statistics_of(decoded).origin, 0);
    assert_int_equal(statistics_of(decoded).elevation, TSR_ELEVATION_DEFAULT);
    assert_true(statistics_of(decoded).expiration == TSR_TOKEN_NEVER_EXPIRES);
    tsr_token_unref(decoded);
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void an_expiration_of_zero_is_no_expiration(void **state)
{
    tsr_token *token = alice();
    struct snapshot snapshot = snapshot_of(token);
    tsr_token *decoded = NULL;

    (void)state;

    memset(snapshot.bytes + EXPIRATION_OFFSET, 0, 8);
    expect_status(STATUS_DATA_ERROR, tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded));

    assert_null(decoded);
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void a_token_whose_primary_group_has_left_it_comes_back(void **state)
{
    tsr_group groups[ARRAY_SIZE(fixture_groups)];
    tsr_token_spec spec = alice_spec();
    tsr_token *effective = NULL;
    tsr_token *token;
    tsr_sid group;

    (void)state;

    memcpy(groups, fixture_groups, sizeof(groups));
    groups[4].attributes = 0;
    spec.groups = groups;
    token = token_of_spec(&spec);
    expect_ok(tsr_token_duplicate(token, TSR_TOKEN_PRIMARY, TSR_LEVEL_ANONYMOUS, true, &effective));
    assert_int_equal(attributes_of(effective, DOMAIN_USERS), ABSENT);
    tsr_token_get_primary_group(effective, &group);
    expect_sid(DOMAIN_USERS, &group);

    expect_round_trip(effective);
    tsr_token_unref(token);
}

static void the_layout_is_the_one_described(void **state)
{
    tsr_token *token = full_token();
    struct snapshot snapshot = snapshot_of(token);
    const uint8_t *bytes = snapshot.bytes;
    const uint8_t *end;

    (void)state;

    assert_memory_equal(bytes, "TESSERA", 8);
    assert_int_equal(load_le16(bytes + VERSION_OFFSET), 3);
    assert_int_equal(load_le16(bytes + PRESENT_OFFSET), 0x1f);
    assert_int_equal(load_le32(bytes + TYPE_OFFSET), TSR_TOKEN_IMPERSONATION);
    assert_int_equal(load_le32(bytes + LEVEL_OFFSET), TSR_LEVEL_DELEGATION);
    assert_int_equal(load_le32(bytes + FLAGS_OFFSET), 0x1e48);
    assert_int_equal(load_le32(bytes + 24), 1);
    assert_int_equal(load_le32(bytes + 28), LOGON_SESSION & UINT32_MAX);
    assert_int_equal(load_le32(bytes + 32), LOGON_SESSION >> 32);
    assert_memory_equal(bytes + 36, "User32  ", 8);
    assert_int_equal(load_le32(bytes + 44), 77);
    assert_int_equal(load_le32(bytes + POLICY_OFFSET), 3);
    assert_int_equal(load_le32(bytes + 56), 512);
    assert_int_equal(load_le32(bytes + 60), 1024);
    assert_int_equal(load_le32(bytes + ORIGIN_OFFSET), 5);
    assert_int_equal(load_le32(bytes + ORIGIN_OFFSET + 4), 6);
    assert_int_equal(load_le32(bytes + EXPIRATION_OFFSET), 7);
    assert_int_equal(load_le32(bytes + EXPIRATION_OFFSET + 4), 0x80000000u);
    assert_int_equal(load_le32(bytes + ELEVATION_OFFSET), 3);
    assert_int_equal(load_le32(bytes + USER_OFFSET + 24), 1001);
    assert_int_equal(load_le32(bytes + ATTRIBUTES_OFFSET), SE_GROUP_USE_FOR_DENY_ONLY);
    assert_int_equal(load_le32(bytes + OWNER_OFFSET + 24), 2003);
    assert_int_equal(load_le32(bytes + GROUP_COUNT_OFFSET), N_ALICE_GROUPS);
    end = bytes + snapshot.size;
    assert_int_equal(load_le32(end - APPCONTAINER_FROM_END + 36), 7);
    assert_int_equal(load_le32(end - LESS_PRIVILEGED_FROM_END), 1);
    assert_int_equal(load_le32(end - CAPABILITIES_FROM_END), 3);
    assert_int_equal(load_le32(end - DEVICE_GROUPS_FROM_END), 3);
    assert_int_equal(load_le32(end - RESTRICTING_FROM_END), 1);
    for (size_t i = 1; i <= 3; i++) {
        assert_int_equal(load_le32(end - CLAIMS_SIZE * i), 1);
        assert_int_equal(load_le32(end - CLAIMS_SIZE * i + 4), sizeof(fixture_claim_bytes));
        assert_memory_equal(end - CLAIMS_SIZE * i + 8, fixture_claim_bytes,
                            sizeof(fixture_claim_bytes));
    }
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void any_flipped_byte_is_refused_or_makes_a_token_that_round_trips(void **state)
{
    tsr_token *token = full_token();
    struct snapshot snapshot = snapshot_of(token);

    (void)state;

    for (size_t i = 0; i < snapshot.size; i++) {
        tsr_token *decoded = NULL;

        snapshot.bytes[i] ^= 0xff;
        if (tsr_ok(tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded))) {
            expect_round_trip(decoded);
        } else {
            assert_null(decoded);
        }
        snapshot.bytes[i] ^= 0xff;
    }
    free(snapshot.bytes);
    tsr_token_unref(token);
}

static void running_out_of_memory_at_any_step_leaves_the_outputs_alone(void **state)
{
    tsr_token *token = full_token();
    struct snapshot snapshot = {0};
    tsr_token *decoded = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(
        snapshot.bytes, tsr_snapshot_encode(token, &snapshot.bytes, &snapshot.size));
    expect_no_memory_at_each_allocation(
        decoded, tsr_snapshot_decode(snapshot.bytes, snapshot.size, &decoded));

    free(snapshot.bytes);
    tsr_token_unref(decoded);
    tsr_token_unref(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_comes_back),
        cmocka_unit_test(the_default_dacl_comes_back_to_the_byte),
        cmocka_unit_test(a_decoded_token_has_ids_of_its_own),
        cmocka_unit_test(a_decoded_token_answers_every_check_as_the_one_encoded),
        cmocka_unit_test(a_snapshot_cut_short_anywhere_is_refused),
        cmocka_unit_test(bytes_left_over_are_refused),
        cmocka_unit_test(a_snapshot_over_the_limit_is_refused_unread),
        cmocka_unit_test(a_token_too_large_for_a_snapshot_is_not_encoded),
        cmocka_unit_test(each_corruption_is_refused_with_its_status),
        cmocka_unit_test(a_policy_without_integrity_is_refused),
        cmocka_unit_test(a_default_dacl_must_fill_its_size),
        cmocka_unit_test(a_count_is_not_allocated_for_unless_its_elements_can_be_there),
        cmocka_unit_test(more_groups_than_a_token_holds_are_refused_unread),
        cmocka_unit_test(version_2_is_still_read),
        cmocka_unit_test(an_expiration_of_zero_is_no_expiration),
        cmocka_unit_test(a_token_whose_primary_group_has_left_it_comes_back),
        cmocka_unit_test(the_layout_is_the_one_described),
        cmocka_unit_test(any_flipped_byte_is_refused_or_makes_a_token_that_round_trips),
        cmocka_unit_test(running_out_of_memory_at_any_step_leaves_the_outputs_alone),
        cmocka_unit_test(each_corruption_of_claims_device_and_package_is_refused),
        cmocka_unit_test(claims_and_device_that_are_not_there_are_not_announced),
        cmocka_unit_test(claims_device_and_package_are_judged_alike_after_decoding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
