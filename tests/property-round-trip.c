/* SPDX-License-Identifier: MIT */
/*
 * Round trips: what is written is read back the same, in bytes and in text, and nothing that was
 * cut short is read at all
 *
 * Over random descriptors, SIDs, claims, conditions and tokens. The seed is fixed; PROPERTY_SEED in
 * the environment tries another.
 */

#include <support/random-case.h>

#include <tessera/condition.h>
#include <tessera/sddl.h>
#include <tessera/snapshot.h>

#define N_CASES 4000

#define ALL_SECTIONS                                                                       \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

#define TEXT_MAX 1024

struct text {
    char bytes[TEXT_MAX];
    size_t size;
};

static void put(struct text *text, const char *more)
{
    const size_t size = strlen(more);

    assert_true(size < sizeof(text->bytes) - text->size);
    memcpy(text->bytes + text->size, more, size + 1);
    text->size += size;
}

static tsr_sid random_any_sid(void)
{
    tsr_sid sid = {
        .authority = one_in(4) ? (uint64_t)random_below(UINT16_MAX) << 32 | random_below(UINT32_MAX)
                               : random_below(20),
        .n_sub_authorities = (uint8_t)(1 + random_below(TSR_SID_SUB_AUTHORITIES_MAX)),
    };

    for (size_t i = 0; i < sid.n_sub_authorities; i++) {
        sid.sub_authorities[i] = one_in(4) ? UINT32_MAX - random_below(2) : random_below(1000);
    }
    return sid;
}

static void a_sid_is_read_back_from_its_bytes_and_its_text(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_CASES; i++) {
        const tsr_sid sid = random_any_sid();
        uint8_t bytes[TSR_SID_SIZE_MAX];
        char text[TSR_SID_TEXT_MAX];
        size_t n_taken;
        tsr_sid again;
        size_t size;

        expect_ok(tsr_sid_encode(&sid, bytes, sizeof(bytes), &size));
        expect_ok(tsr_sid_decode(bytes, size, &again, &n_taken));
        assert_int_equal(n_taken, size);
        assert_true(tsr_sid_equal(&sid, &again));
        for (size_t cut = 0; cut < size; cut++) {
            assert_true(tsr_failed(tsr_sid_decode(bytes, cut, &again, NULL)));
            assert_true(tsr_failed(tsr_sid_encode(&sid, bytes, cut, &n_taken)));
        }
        tsr_sid_format(&sid, text);
        expect_ok(tsr_sid_parse(text, &again, NULL));
        assert_true(tsr_sid_equal(&sid, &again));
        tsr_sddl_format_sid(&sid, NULL, text);
        expect_ok(tsr_sddl_parse_sid(text, NULL, &again, NULL));
        assert_true(tsr_sid_equal(&sid, &again));
    }
}

static void rights_are_read_back_from_their_text(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_CASES; i++) {
        const uint32_t mask = one_in(2) ? random_mask() : random_mask() ^ random_below(UINT32_MAX);
        char text[TSR_SDDL_RIGHTS_MAX];
        uint32_t again;

        tsr_sddl_format_rights(mask, text);
        expect_ok(tsr_sddl_parse_rights(text, &again));
        assert_int_equal(again, mask);
    }
}

/* What is copied, without a byte behind it, so that AddressSanitizer sees who reads on. */
static bool is_descriptor(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    bool is;
    tsr_sd sd;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    is = tsr_ok(tsr_sd_view(copy, size, &sd));
    free(copy);
    return is;
}

static void a_descriptor_cut_short_is_none(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_CASES / 8; i++) {
        const struct random_case random = random_case(0);
        uint8_t *bytes = NULL;
        const tsr_sd sd = case_sd_build(&random.object, &bytes);
        tsr_acl acl;

        for (size_t cut = 0; cut < sd.size; cut++) {
            assert_false(is_descriptor(bytes, cut));
        }
        for (size_t cut = 0; cut < sd.dacl.size; cut++) {
            assert_true(tsr_failed(tsr_acl_view(sd.dacl.bytes, cut, &acl)));
        }
        assert_true(is_descriptor(bytes, sd.size));
        free(bytes);
    }
}

static void a_descriptor_is_built_again_from_its_parts(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_CASES; i++) {
        const struct random_case random = random_case(0);
        uint8_t *bytes = NULL;
        uint8_t *again = NULL;
        const tsr_sd sd = case_sd_build(&random.object, &bytes);
        tsr_sid owner;
        tsr_sid group;
        tsr_sd_parts parts = {.control = sd.control,
                              .resource_manager_control = sd.resource_manager_control,
                              .has_dacl = sd.has_dacl,
                              .has_sacl = sd.has_sacl,
                              .dacl = sd.dacl,
                              .sacl = sd.sacl};
        size_t size;

        if (sd.owner) {
            expect_ok(tsr_sid_decode(sd.owner, TSR_SID_SIZE_MAX, &owner, NULL));
            parts.owner = &owner;
        }
        expect_ok(tsr_sid_decode(sd.group, tsr_encoded_sid_size(sd.group), &group, NULL));
        parts.group = &group;
        expect_ok(tsr_sd_build(&parts, &again, &size));
        assert_int_equal(size, sd.size);
        assert_memory_equal(again, bytes, size);
        free(again);
        free(bytes);
    }
}

/* Compound ACEs, and conditional denies by object type, have no text (access-check.md 1.3). */
static bool has_text(const struct case_acl *acl)
{
    for (size_t i = 0; i < acl->n_aces; i++) {
        if (acl->aces[i].bytes[0] == ACCESS_ALLOWED_COMPOUND_ACE_TYPE ||
            acl->aces[i].bytes[0] == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE) {
            return false;
        }
    }
    return true;
}

/* An object ACE without a GUID is read back as a plain one (access-check.md 2.1); from then on
 * nothing changes. */
static void a_descriptor_is_read_back_from_its_text(void **state)
{
    const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);
    size_t n_printed = 0;

    (void)state;

    for (size_t i = 0; i < N_CASES; i++) {
        const struct random_case random = random_case(0);
        uint8_t *bytes = NULL;
        uint8_t *again = NULL;
        const tsr_sd sd = case_sd_build(&random.object, &bytes);
        uint8_t *third = NULL;
        char *text_again = NULL;
        char *text = NULL;
        tsr_sd sd_again;
        size_t size_third;
        size_t size;

        if (random.object.has_dacl && !has_text(&random.object.dacl)) {
            expect_status(STATUS_NOT_SUPPORTED, tsr_sddl_format(&sd, ALL_SECTIONS, &domain, &text));
            assert_null(text);
            free(bytes);
            continue;
        }
        expect_ok(tsr_sddl_format(&sd, ALL_SECTIONS, &domain, &text));
        expect_ok(tsr_sddl_parse(text, &domain, &again, &size, NULL));
        expect_ok(tsr_sd_view(again, size, &sd_again));
        expect_ok(tsr_sddl_format(&sd_again, ALL_SECTIONS, &domain, &text_again));
        expect_ok(tsr_sddl_parse(text_again, &domain, &third, &size_third, NULL));
        assert_int_equal(size_third, size);
        assert_memory_equal(third, again, size);
        n_printed++;
        free(third);
        free(text_again);
        free(text);
        free(again);
        free(bytes);
    }
    assert_true(n_printed > N_CASES / 4);
}

/* Nobody here is in a package: those are allowed nothing by an object ACE, with or without a GUID
 * (section 10), and something by the plain one that text makes of it. */
static void a_descriptor_means_the_same_after_its_text(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_CASES; i++) {
        struct random_case random = random_case(CASE_NO_RESULT_LIST);
        const tsr_access_request request = {.desired = MAXIMUM_ALLOWED,
                                            .mapping = TSR_FILE_MAPPING};
        uint8_t *bytes = NULL;
        uint8_t *again = NULL;
        const tsr_sd sd = case_sd_build(&random.object, &bytes);
        char *text = NULL;
        tsr_token *token;
        tsr_sd sd_again;
        size_t size;

        random.subject.has_package = false;
        random.subject.spec.n_capabilities = 0;
        random.subject.spec.less_privileged = false;
        token = case_token_new(&random.subject);
        if (tsr_ok(tsr_sddl_format(&sd, ALL_SECTIONS, NULL, &text))) {
            expect_ok(tsr_sddl_parse(text, NULL, &again, &size, NULL));
            expect_ok(tsr_sd_view(again, size, &sd_again));
            assert_int_equal(tsr_token_access_check(token, &sd_again, &request).granted,
                             tsr_token_access_check(token, &sd, &request).granted);
        }
        tsr_token_unref(token);
        free(again);
        free(text);
        free(bytes);
    }
}

static const tsr_claim_type claim_types[] = {
    TSR_CLAIM_INT64, TSR_CLAIM_UINT64,  TSR_CLAIM_STRING,
    TSR_CLAIM_SID,   TSR_CLAIM_BOOLEAN, TSR_CLAIM_OCTETS,
};

/* Distinct by construction: the n-th value is like no other. */
static tsr_claim_source nth_value(tsr_claim_type type, uint32_t n)
{
    static const char *const texts[] = {"", "a", "\xc3\xa4", "\xf0\x9f\x98\x80",
                                        "long, and with blanks"};
    static const uint8_t octets[] = {0xff, 0, 1, 2, 3};

    return (tsr_claim_source){
        .number = type == TSR_CLAIM_BOOLEAN ? n % 2 : UINT64_MAX / 3 * n,
        .text = texts[n % ARRAY_SIZE(texts)],
        .sid = TSR_SID(5, 21, n, UINT32_MAX),
        .octets = octets,
        .n_octets = n,
    };
}

static void check_value(const tsr_claim *claim, uint32_t index, const tsr_claim_source *source)
{
    tsr_claim_value value;
    tsr_sid sid;

    tsr_claim_get_value(claim, index, &value);
    if (claim->type == TSR_CLAIM_SID) {
        expect_ok(tsr_sid_decode(value.bytes, value.n_bytes, &sid, NULL));
        assert_true(tsr_sid_equal(&sid, &source->sid));
    } else if (claim->type == TSR_CLAIM_OCTETS) {
        assert_int_equal(value.n_bytes, source->n_octets);
        assert_memory_equal(value.bytes ? value.bytes : source->octets, source->octets,
                            value.n_bytes);
    } else if (claim->type != TSR_CLAIM_STRING) {
        assert_true(value.number == source->number);
    }
}

static void a_claim_is_read_back_and_is_none_when_cut_short(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_CASES; i++) {
        const tsr_claim_type type = claim_types[random_below(ARRAY_SIZE(claim_types))];
        const uint32_t n_values = random_below(type == TSR_CLAIM_BOOLEAN ? 3 : 5);
        const uint32_t flags = random_below(0x40);
        tsr_claim_source values[5];
        uint8_t *bytes = NULL;
        tsr_claim claim;
        size_t size;

        for (uint32_t n = 0; n < n_values; n++) {
            values[n] = nth_value(type, n);
        }
        expect_ok(tsr_claim_encode("n\xc3\xa4me", type, flags, values, n_values, &bytes, &size));
        expect_ok(tsr_claim_view(bytes, size, &claim));
        assert_int_equal(claim.type, type);
        assert_int_equal(claim.flags, flags);
        assert_int_equal(claim.n_values, n_values);
        assert_int_equal(claim.n_name, 8);
        for (uint32_t n = 0; n < n_values; n++) {
            check_value(&claim, n, &values[n]);
        }
        for (size_t cut = 0; cut < size; cut++) {
            expect_status(STATUS_INVALID_PARAMETER, tsr_claim_view(bytes, cut, &claim));
        }
        free(bytes);
    }
}

static void put_random_term(struct text *text)
{
    static const char *const terms[] = {
        "@User.x == 1",
        "@User.x <= -0x7f",
        "@Device.name != \"a b\"",
        "@Resource.x Contains {1, 02, 0x3}",
        "x Any_of {\"\", \"b\"}",
        "@User.o == #00ff",
        "@User.sid == SID(BA)",
        "x",
        "@User.a%0021b",
        "Exists @User.x",
        "Not_Exists y.z",
        "Member_of {SID(WD), SID(S-1-5-21-1-2-3-1)}",
        "Not_Device_Member_of_Any {SID(S-1-5-21-1-2-3-2)}",
        "Member_of_Any {}",
        "@User.x >= @Device.x",
        "@User.x Not_Contains 1",
        "@User.x Not_Any_of {}",
    };

    put(text, terms[random_below(ARRAY_SIZE(terms))]);
}

static void put_random_condition(struct text *text, uint32_t depth)
{
    const bool is_negated = one_in(4);

    put(text, is_negated ? "!(" : "(");
    if (depth == 0 || one_in(3)) {
        put_random_term(text);
    } else {
        put_random_condition(text, depth - 1);
        put(text, one_in(2) ? " && " : " || ");
        put_random_condition(text, depth - 1);
    }
    put(text, ")");
}

static tsr_truth evaluate(const uint8_t *bytes, size_t size)
{
    static const tsr_sid sids[] = {TSR_SID(1, 0), TSR_SID(5, 21, 1, 2, 3, 2)};
    const tsr_claim_source one = {.number = 1};
    const tsr_claim_source text = {.text = "b"};
    uint8_t *claim_bytes[2] = {NULL};
    tsr_claim claims[2];
    tsr_truth truth;
    size_t n_bytes;

    expect_ok(tsr_claim_encode("x", TSR_CLAIM_INT64, 0, &one, 1, &claim_bytes[0], &n_bytes));
    expect_ok(tsr_claim_view(claim_bytes[0], n_bytes, &claims[0]));
    expect_ok(tsr_claim_encode("name", TSR_CLAIM_STRING, 0, &text, 1, &claim_bytes[1], &n_bytes));
    expect_ok(tsr_claim_view(claim_bytes[1], n_bytes, &claims[1]));
    expect_ok(tsr_condition_evaluate(bytes, size,
                                     &(tsr_condition_context){.sids = sids,
                                                              .n_sids = 2,
                                                              .user_claims = {claims, 2},
                                                              .device_claims = {claims, 2},
                                                              .local_claims = {claims, 1}},
                                     &truth));
    free(claim_bytes[0]);
    free(claim_bytes[1]);
    return truth;
}

static void a_condition_is_read_back_from_its_text(void **state)
{
    size_t n_of_truth[3] = {0};

    (void)state;

    for (size_t i = 0; i < N_CASES; i++) {
        struct text text = {.size = 0};
        uint8_t *bytes = NULL;
        uint8_t *again = NULL;
        char *printed = NULL;
        size_t size_again;
        tsr_truth truth;
        size_t size;

        put(&text, "(");
        put_random_condition(&text, 3);
        put(&text, ")");
        expect_ok(tsr_condition_parse(text.bytes, NULL, &bytes, &size, NULL));
        expect_ok(tsr_condition_format(bytes, size, NULL, &printed));
        expect_ok(tsr_condition_parse(printed, NULL, &again, &size_again, NULL));
        assert_int_equal(size_again, size);
        assert_memory_equal(again, bytes, size);
        truth = evaluate(bytes, size);
        n_of_truth[truth]++;
        /* Without its closing parenthesis it is no text of a condition. */
        text.bytes[text.size - 1] = '\0';
        free(again);
        again = NULL;
        assert_true(tsr_failed(tsr_condition_parse(text.bytes, NULL, &again, &size_again, NULL)));
        assert_null(again);
        free(printed);
        free(bytes);
    }
    for (size_t i = 0; i < ARRAY_SIZE(n_of_truth); i++) {
        assert_true(n_of_truth[i] > N_CASES / 20);
    }
}

static void a_token_means_the_same_after_its_snapshot(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_CASES; i++) {
        const struct random_case random = random_case(0);
        tsr_token *token = case_token_new(&random.subject);
        tsr_token *again = NULL;
        uint8_t *bytes = NULL;
        uint8_t *bytes_again = NULL;
        struct case_answer before;
        struct case_answer after;
        size_t size_again;
        size_t size;

        expect_ok(tsr_snapshot_encode(token, &bytes, &size));
        expect_ok(tsr_snapshot_decode(bytes, size, &again));
        expect_ok(tsr_snapshot_encode(again, &bytes_again, &size_again));
        assert_int_equal(size_again, size);
        assert_memory_equal(bytes_again, bytes, size);
        before = case_judge_token(&random, token);
        after = case_judge_token(&random, again);
        assert_true(case_grants_the_same(&random, &before, &after));
        assert_int_equal(after.missing, before.missing);
        assert_true(after.privileges_used == before.privileges_used);
        free(bytes_again);
        free(bytes);
        tsr_token_unref(again);
        tsr_token_unref(token);
    }
}

static void a_snapshot_cut_short_is_none(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_CASES / 40; i++) {
        const struct random_case random = random_case(0);
        tsr_token *token = case_token_new(&random.subject);
        tsr_token *again = NULL;
        uint8_t *bytes = NULL;
        size_t size;

        expect_ok(tsr_snapshot_encode(token, &bytes, &size));
        for (size_t cut = 0; cut < size; cut++) {
            assert_true(tsr_failed(tsr_snapshot_decode(bytes, cut, &again)));
            assert_null(again);
        }
        free(bytes);
        tsr_token_unref(token);
    }
}

int main(void)
{
    const char *seed = getenv("PROPERTY_SEED");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sid_is_read_back_from_its_bytes_and_its_text),
        cmocka_unit_test(rights_are_read_back_from_their_text),
        cmocka_unit_test(a_descriptor_cut_short_is_none),
        cmocka_unit_test(a_descriptor_is_built_again_from_its_parts),
        cmocka_unit_test(a_descriptor_is_read_back_from_its_text),
        cmocka_unit_test(a_descriptor_means_the_same_after_its_text),
        cmocka_unit_test(a_claim_is_read_back_and_is_none_when_cut_short),
        cmocka_unit_test(a_condition_is_read_back_from_its_text),
        cmocka_unit_test(a_token_means_the_same_after_its_snapshot),
        cmocka_unit_test(a_snapshot_cut_short_is_none),
    };

    random_state ^= seed ? strtoull(seed, NULL, 0) : 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
