/* SPDX-License-Identifier: MIT */
/*
 * Out of memory: each allocation of everything that allocates fails in turn, which is always said,
 * leaves outputs alone and leaks nothing (the sanitizers watch)
 */

#include <support/random-case.h>

#include <tessera/acl-edit.h>
#include <tessera/assign.h>
#include <tessera/condition.h>
#include <tessera/sddl.h>
#include <tessera/snapshot.h>

#include "sec/sid-set.h"
#include "token/test-allocation.h"

static const char everything[] =
    "O:BAG:SYD:PAI(A;OICI;FA;;;WD)(D;;FR;;;BA)(OA;CIIO;0x1;00000001-0000-0000-0000-000000000002;"
    "00000001-0000-0000-0000-000000000003;CO)(XA;;GR;;;AU;((@User.a == 1 || Member_of {SID(BA)}) "
    "&& "
    "!(Exists b) && @Resource.c Any_of {\"x\", #00ff, SID(WD), -0x1f, 017}))"
    "S:(ML;;NW;;;HI)(RA;;;;;WD;(\"c\",TS,0x0,\"x\",\"y\"))(RA;;;;;WD;(\"d\",TX,0x0,00ff))"
    "(RA;;;;;WD;(\"e\",TD,0x0,WD,BA))(RA;;;;;WD;(\"f\",TI,0x0,-1,2))(SP;;;;;S-1-17-1)(AU;SA;GA;;;"
    "WD)";

#define ALL_SECTIONS                                                                       \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

/*
 * The same with each allocation failing alone: memory that is there again makes nothing of a half.
 * What fails leaves @bytes_ alone; what succeeds all the same, because only room to work in was
 * missing, says what it said before, @size_ bytes.
 */
#define expect_whole_or_nothing(bytes_, size_, call_)        \
    do {                                                     \
        void *const kept_ = (bytes_);                        \
        const size_t n_kept_ = (size_);                      \
        bool is_done_ = false;                               \
        allocation_fails_once = true;                        \
        for (size_t i_ = 0; !is_done_; i_++) {               \
            tsr_status status_;                              \
            n_allocations_left = i_;                         \
            status_ = (call_);                               \
            is_done_ = n_allocations_left != SIZE_MAX;       \
            n_allocations_left = SIZE_MAX;                   \
            if (tsr_failed(status_)) {                       \
                expect_status(STATUS_NO_MEMORY, status_);    \
                assert_ptr_equal(bytes_, kept_);             \
            } else {                                         \
                assert_int_equal(size_, n_kept_);            \
                assert_memory_equal(bytes_, kept_, n_kept_); \
                free(bytes_);                                \
                (bytes_) = kept_;                            \
            }                                                \
        }                                                    \
        allocation_fails_once = false;                       \
    } while (0)

static tsr_sd sd_of(const char *sddl, uint8_t **ret_bytes)
{
    size_t size;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse(sddl, NULL, ret_bytes, &size, NULL));
    expect_ok(tsr_sd_view(*ret_bytes, size, &sd));
    return sd;
}

/* A token with something in every list. */
static tsr_token *token_of_level(uint32_t level)
{
    struct case_subject subject = {
        .groups = {{TSR_SID_EVERYONE, TSR_GROUP_ORDINARY}},
        .privileges = {{SE_SECURITY_PRIVILEGE, SE_PRIVILEGE_ENABLED}},
        .device_groups = {{TSR_SID_EVERYONE, TSR_GROUP_ORDINARY}},
        .capabilities = {{TSR_SID(15, 3, 1), SE_GROUP_ENABLED}},
        .package = case_packages[2],
        .integrity = TSR_SID_INTEGRITY(level),
        .has_claims = true,
        .has_integrity = true,
        .has_package = true,
        .spec = {.user = TSR_SID(5, 21, 1, 2, 3, 6),
                 .n_groups = 1,
                 .n_privileges = 1,
                 .n_device_groups = 1,
                 .n_capabilities = 1},
    };

    return case_token_new(&subject);
}

static void sddl_is_parsed_whole_or_not_at_all(void **state)
{
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_no_memory_at_each_allocation(bytes,
                                        tsr_sddl_parse(everything, NULL, &bytes, &size, NULL));
    expect_whole_or_nothing(bytes, size, tsr_sddl_parse(everything, NULL, &bytes, &size, NULL));
    free(bytes);
    bytes = NULL;
    expect_no_memory_at_each_allocation(bytes, tsr_sddl_parse("D:", NULL, &bytes, &size, NULL));
    expect_whole_or_nothing(bytes, size, tsr_sddl_parse("D:", NULL, &bytes, &size, NULL));
    free(bytes);
}

static void sddl_is_printed_whole_or_not_at_all(void **state)
{
    uint8_t *bytes = NULL;
    const tsr_sd sd = sd_of(everything, &bytes);
    char *text = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(text, tsr_sddl_format(&sd, ALL_SECTIONS, NULL, &text));
    expect_whole_or_nothing(text, strlen(text), tsr_sddl_format(&sd, ALL_SECTIONS, NULL, &text));
    free(text);
    free(bytes);
}

static void text_is_judged_by_what_it_parses_to_or_not_at_all(void **state)
{
    static const uint32_t parts[] = {ALL_SECTIONS, LABEL_SECURITY_INFORMATION};
    uint8_t *bytes = NULL;
    const tsr_sd sd = sd_of("O:BAG:SYD:(A;;FA;;;WD)S:(ML;;NW;;;HI)", &bytes);

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        bool is_lossless = false;
        char *text = NULL;

        expect_no_memory_at_each_allocation(
            text, tsr_sddl_format_ex(&sd, parts[i], NULL, 0, &text, &is_lossless));
        assert_true(is_lossless);
        expect_whole_or_nothing(
            text, strlen(text),
            tsr_sddl_format_ex(&sd, parts[i], NULL, TSR_SDDL_LOSSLESS, &text, NULL));
        free(text);
    }
    free(bytes);
}

static void a_condition_is_compiled_printed_and_evaluated_or_not_at_all(void **state)
{
    static const char text[] =
        "((@User.a == 1 || x Contains {1, 2}) && !(Member_of {SID(BA), SID(WD)}) && (b < \"c\"))";
    const tsr_sid sids[] = {TSR_SID_EVERYONE};
    const tsr_condition_context context = {
        .sids = sids, .n_sids = 1, .device_sids = sids, .n_device_sids = 1};
    tsr_truth truth = TSR_TRUTH_FALSE;
    uint8_t *bytes = NULL;
    char *printed = NULL;
    tsr_status status;
    size_t n_failed;
    size_t size;

    (void)state;

    expect_no_memory_at_each_allocation(bytes,
                                        tsr_condition_parse(text, NULL, &bytes, &size, NULL));
    expect_whole_or_nothing(bytes, size, tsr_condition_parse(text, NULL, &bytes, &size, NULL));
    expect_no_memory_at_each_allocation(printed, tsr_condition_format(bytes, size, NULL, &printed));
    expect_whole_or_nothing(printed, strlen(printed),
                            tsr_condition_format(bytes, size, NULL, &printed));
    for (n_failed = 0;; n_failed++) {
        n_allocations_left = n_failed;
        status = tsr_condition_evaluate(bytes, size, &context, &truth);
        n_allocations_left = SIZE_MAX;
        if (tsr_ok(status)) {
            break;
        }
        expect_status(STATUS_NO_MEMORY, status);
        assert_int_equal(truth, TSR_TRUTH_FALSE);
    }
    assert_true(n_failed >= 2);
    assert_int_equal(truth, TSR_TRUTH_UNKNOWN);
    free(printed);
    free(bytes);
}

static void a_claim_is_encoded_whole_or_not_at_all(void **state)
{
    const tsr_claim_source values[] = {{.text = "a"}, {.text = "b"}};
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_no_memory_at_each_allocation(
        bytes, tsr_claim_encode("name", TSR_CLAIM_STRING, 0, values, 2, &bytes, &size));
    expect_whole_or_nothing(
        bytes, size, tsr_claim_encode("name", TSR_CLAIM_STRING, 0, values, 2, &bytes, &size));
    free(bytes);
}

static tsr_status build_acl(uint8_t **ret_bytes)
{
    tsr_acl_builder builder = {0};
    tsr_acl acl;

    for (uint32_t i = 0; i < 100; i++) {
        const tsr_sid sid = TSR_SID(5, 21, 1, 2, 3, i);

        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, GENERIC_READ, &sid);
    }
    return tsr_acl_builder_finish(&builder, ret_bytes, &acl);
}

static void an_acl_is_built_whole_or_not_at_all(void **state)
{
    uint8_t *bytes = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(bytes, build_acl(&bytes));
    free(bytes);
}

static void an_acl_is_edited_whole_or_not_at_all(void **state)
{
    const tsr_explicit_access entries[] = {
        {.mode = GRANT_ACCESS, .mask = FILE_READ_DATA, .sid = TSR_SID_EVERYONE},
        {.mode = DENY_ACCESS, .mask = FILE_WRITE_DATA, .sid = TSR_SID(5, 21, 1, 2, 3, 6)}};
    uint8_t *bytes = NULL;
    uint8_t *edited = NULL;
    const tsr_sd sd = sd_of("D:(D;;FW;;;BG)(A;;FR;;;WD)(A;;FR;;;BA)", &bytes);
    tsr_acl acl;

    (void)state;

    expect_no_memory_at_each_allocation(edited, tsr_acl_add(&sd.dacl, &sd.dacl, &edited, &acl));
    expect_whole_or_nothing(edited, acl.size, tsr_acl_add(&sd.dacl, &sd.dacl, &edited, &acl));
    free(edited);
    edited = NULL;
    expect_no_memory_at_each_allocation(
        edited, tsr_acl_set_entries(&sd.dacl, entries, ARRAY_SIZE(entries), &edited, &acl));
    expect_whole_or_nothing(
        edited, acl.size,
        tsr_acl_set_entries(&sd.dacl, entries, ARRAY_SIZE(entries), &edited, &acl));
    free(edited);
    free(bytes);
}

static void a_set_of_sids_is_built_or_is_not_there(void **state)
{
    const struct sid_set_entry entries[] = {{TSR_SID(1, 0), SID_MATCHES_ALLOW}};
    struct sid_set *set = NULL;

    (void)state;

    expect_no_memory_at_each_allocation(set, sid_set_new(entries, 1, &set));
    sid_set_free(set);
}

static void new_objects_get_a_descriptor_or_none(void **state)
{
    uint8_t *parent_bytes = NULL;
    uint8_t *creator_bytes = NULL;
    const tsr_sd parent = sd_of("O:BAG:SYD:AI(A;OICI;GA;;;CO)(A;CI;FR;;;WD)(OA;CI;CC;;"
                                "00000001-0000-0000-0000-000000000002;AU)S:(AU;OICISA;GA;;;WD)",
                                &parent_bytes);
    const tsr_sd creator = sd_of("D:(A;;FX;;;BU)S:(RA;;;;;WD;(\"c\",TI,0x0,1))", &creator_bytes);
    tsr_token *token = token_of_level(TSR_INTEGRITY_HIGH);
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_no_memory_at_each_allocation(
        bytes, tsr_sd_assign(token, &parent, &creator, true,
                             SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT |
                                 SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK,
                             &mapping, &bytes, &size));
    expect_whole_or_nothing(bytes, size,
                            tsr_sd_assign(token, &parent, &creator, true,
                                          SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT |
                                              SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK,
                                          &mapping, &bytes, &size));
    free(bytes);
    bytes = NULL;
    tsr_token_unref(token);

    /* The label of what a low subject makes is all of its SACL. */
    token = token_of_level(TSR_INTEGRITY_LOW);
    expect_no_memory_at_each_allocation(
        bytes, tsr_sd_assign(token, NULL, NULL, false, 0, &mapping, &bytes, &size));
    expect_whole_or_nothing(bytes, size,
                            tsr_sd_assign(token, NULL, NULL, false, 0, &mapping, &bytes, &size));
    tsr_token_unref(token);
    free(bytes);
    free(creator_bytes);
    free(parent_bytes);
}

static void a_parent_that_restricts_owners_is_looked_at_or_nothing_is_made(void **state)
{
    uint8_t *parent_bytes = NULL;
    uint8_t *creator_bytes = NULL;
    const tsr_sd parent = sd_of("O:BAG:SYD:(A;OICI;GA;;;OW)(A;OICI;GA;;;AC)", &parent_bytes);
    const tsr_sd creator = sd_of("D:(A;;FX;;;BU)", &creator_bytes);
    tsr_token *token = token_of_level(TSR_INTEGRITY_HIGH);
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_no_memory_at_each_allocation(
        bytes, tsr_sd_assign(token, &parent, &creator, true, 0, &mapping, &bytes, &size));
    expect_whole_or_nothing(
        bytes, size, tsr_sd_assign(token, &parent, &creator, true, 0, &mapping, &bytes, &size));
    free(bytes);
    tsr_token_unref(token);
    free(creator_bytes);
    free(parent_bytes);
}

static void a_descriptor_is_changed_whole_or_not_at_all(void **state)
{
    uint8_t *current_bytes = NULL;
    uint8_t *change_bytes = NULL;
    const tsr_sd current = sd_of(everything, &current_bytes);
    const tsr_sd change = sd_of("O:S-1-5-21-1-2-3-6G:WDD:(A;;GA;;;BU)(A;OICI;GR;;;WD)"
                                "S:(ML;;NW;;;LW)(AU;FA;GA;;;WD)",
                                &change_bytes);
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    tsr_token *token = token_of_level(TSR_INTEGRITY_HIGH);
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_no_memory_at_each_allocation(
        bytes, tsr_sd_change(token, &current, ALL_SECTIONS | LABEL_SECURITY_INFORMATION, &change,
                             &mapping, &bytes, &size));
    expect_whole_or_nothing(bytes, size,
                            tsr_sd_change(token, &current,
                                          ALL_SECTIONS | LABEL_SECURITY_INFORMATION, &change,
                                          &mapping, &bytes, &size));
    free(bytes);
    bytes = NULL;
    expect_no_memory_at_each_allocation(
        bytes, tsr_sd_select(&current, DACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION,
                             &bytes, &size));
    expect_whole_or_nothing(bytes, size,
                            tsr_sd_select(&current,
                                          DACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION,
                                          &bytes, &size));
    free(bytes);
    tsr_token_unref(token);
    free(change_bytes);
    free(current_bytes);
}

static void protection_is_changed_whole_or_not_at_all(void **state)
{
    static const uint32_t changes[] = {
        PROTECTED_DACL_SECURITY_INFORMATION, PROTECTED_SACL_SECURITY_INFORMATION,
        UNPROTECTED_DACL_SECURITY_INFORMATION, UNPROTECTED_SACL_SECURITY_INFORMATION};
    uint8_t *current_bytes = NULL;
    const tsr_sd current = sd_of("O:BAG:SYD:AI(A;ID;FA;;;WD)S:AI(AU;IDSA;FA;;;WD)", &current_bytes);
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    tsr_token *token = token_of_level(TSR_INTEGRITY_HIGH);

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
        const tsr_change_request request = {
            .information = changes[i],
            .flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT,
            .mapping = &mapping,
        };
        uint8_t *bytes = NULL;
        size_t size;

        expect_no_memory_at_each_allocation(
            bytes, tsr_sd_change_object(token, &current, &request, &bytes, &size));
        expect_whole_or_nothing(bytes, size,
                                tsr_sd_change_object(token, &current, &request, &bytes, &size));
        free(bytes);
    }
    tsr_token_unref(token);
    free(current_bytes);
}

static void a_child_follows_its_parent_whole_or_not_at_all(void **state)
{
    static const uint32_t parts[] = {DACL_SECURITY_INFORMATION, SACL_SECURITY_INFORMATION};
    uint8_t *parent_bytes = NULL;
    uint8_t *child_bytes = NULL;
    const tsr_sd parent = sd_of("O:BAG:SYD:(A;OICI;FR;;;WD)S:(AU;OICISA;FR;;;WD)", &parent_bytes);
    const tsr_sd child = sd_of("O:BAG:SYD:(A;OICI;FX;;;BU)(A;OICI;FR;;;WD)"
                               "S:(AU;OICISA;FX;;;BU)(AU;OICISA;FR;;;WD)",
                               &child_bytes);
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    const tsr_heritage heritage = {
        .parent = &parent, .child = &child, .is_container = true, .mapping = &mapping};
    uint8_t *bytes = NULL;
    bool changed = false;
    size_t size;

    (void)state;

    expect_no_memory_at_each_allocation(bytes,
                                        tsr_sd_propagate(&heritage, &bytes, &size, &changed));
    expect_whole_or_nothing(bytes, size, tsr_sd_propagate(&heritage, &bytes, &size, &changed));
    assert_true(changed);
    free(bytes);
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        bytes = NULL;
        expect_no_memory_at_each_allocation(
            bytes, tsr_sd_convert_to_auto_inherit(&heritage, parts[i], &bytes, &size));
        expect_whole_or_nothing(bytes, size,
                                tsr_sd_convert_to_auto_inherit(&heritage, parts[i], &bytes, &size));
        free(bytes);
        bytes = NULL;
        expect_no_memory_at_each_allocation(bytes,
                                            tsr_sd_make_explicit(&child, parts[i], &bytes, &size));
        expect_whole_or_nothing(bytes, size, tsr_sd_make_explicit(&child, parts[i], &bytes, &size));
        free(bytes);
    }
    free(child_bytes);
    free(parent_bytes);
}

static void a_snapshot_is_made_and_read_or_not_at_all(void **state)
{
    tsr_token *token = token_of_level(TSR_INTEGRITY_HIGH);
    tsr_token *again = NULL;
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_no_memory_at_each_allocation(bytes, tsr_snapshot_encode(token, &bytes, &size));
    expect_whole_or_nothing(bytes, size, tsr_snapshot_encode(token, &bytes, &size));
    expect_no_memory_at_each_allocation(again, tsr_snapshot_decode(bytes, size, &again));
    tsr_token_unref(again);
    tsr_token_unref(token);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sddl_is_parsed_whole_or_not_at_all),
        cmocka_unit_test(sddl_is_printed_whole_or_not_at_all),
        cmocka_unit_test(text_is_judged_by_what_it_parses_to_or_not_at_all),
        cmocka_unit_test(a_condition_is_compiled_printed_and_evaluated_or_not_at_all),
        cmocka_unit_test(a_claim_is_encoded_whole_or_not_at_all),
        cmocka_unit_test(an_acl_is_built_whole_or_not_at_all),
        cmocka_unit_test(an_acl_is_edited_whole_or_not_at_all),
        cmocka_unit_test(a_set_of_sids_is_built_or_is_not_there),
        cmocka_unit_test(new_objects_get_a_descriptor_or_none),
        cmocka_unit_test(a_parent_that_restricts_owners_is_looked_at_or_nothing_is_made),
        cmocka_unit_test(a_descriptor_is_changed_whole_or_not_at_all),
        cmocka_unit_test(protection_is_changed_whole_or_not_at_all),
        cmocka_unit_test(a_child_follows_its_parent_whole_or_not_at_all),
        cmocka_unit_test(a_snapshot_is_made_and_read_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
