/* SPDX-License-Identifier: MIT */
/* Tests of what the token brings to new and changed descriptors; the rules are tested in sec. */

#include <tessera/assign.h>

#include "token/token.h"

#include "token/test-fixtures.h"

static const tsr_generic_mapping mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                            FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

/* The SDDL of a self-relative descriptor, which is freed. */
static char *take_sddl(uint8_t *take_bytes, size_t size)
{
    const uint32_t parts =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    char *text = NULL;
    tsr_sd sd;

    expect_ok(tsr_sd_view(take_bytes, size, &sd));
    expect_ok(tsr_sddl_format(&sd, parts, NULL, &text));
    free(take_bytes);
    return text;
}

static void a_new_object_gets_owner_group_and_dacl_of_the_token(void **state)
{
    tsr_token *token = alice();
    uint8_t *bytes = NULL;
    size_t size = 0;
    char *sddl;

    (void)state;

    expect_ok(tsr_sd_assign(token, NULL, NULL, false, 0, &mapping, &bytes, &size));
    sddl = take_sddl(bytes, size);

    assert_string_equal(sddl, "O:" ALICE "G:" DOMAIN_USERS "D:(A;;FA;;;SY)(A;;FA;;;" ALICE ")");
    free(sddl);
    tsr_token_unref(token);
}

/* Covers AC-14-1. */
static void the_default_owner_may_be_a_group(void **state)
{
    tsr_token *token = alice_elevated();
    uint8_t *bytes = NULL;
    size_t size = 0;
    char *sddl;

    (void)state;

    expect_ok(tsr_sd_assign(token, NULL, NULL, false, 0, &mapping, &bytes, &size));
    sddl = take_sddl(bytes, size);

    assert_int_equal(strncmp(sddl, "O:BAG:", 6), 0);
    free(sddl);
    tsr_token_unref(token);
}

/* Change the owner of a descriptor of alice's to that of @sddl. */
static tsr_status change_owner(const tsr_token *token, const char *sddl, uint8_t **ret_bytes,
                               size_t *ret_size)
{
    uint8_t *change_bytes = NULL;
    uint8_t *bytes = NULL;
    tsr_status status;
    tsr_sd current;
    tsr_sd change;
    size_t size;

    expect_ok(tsr_sddl_parse("O:" ALICE "G:SYD:", NULL, &bytes, &size, NULL));
    expect_ok(tsr_sd_view(bytes, size, &current));
    expect_ok(tsr_sddl_parse(sddl, NULL, &change_bytes, &size, NULL));
    expect_ok(tsr_sd_view(change_bytes, size, &change));
    status = tsr_sd_change(token, &current, OWNER_SECURITY_INFORMATION, &change, &mapping,
                           ret_bytes, ret_size);
    free(change_bytes);
    free(bytes);
    return status;
}

/* Covers AC-14-3. */
static void an_object_is_given_only_to_whom_the_token_may_make_owner(void **state)
{
    tsr_token *token = alice_limited();
    uint8_t *bytes = NULL;
    size_t size = 0;
    char *sddl;

    (void)state;

    expect_status(STATUS_INVALID_OWNER, change_owner(token, "O:" STRANGER, &bytes, &size));
    expect_status(STATUS_INVALID_OWNER, change_owner(token, "O:BA", &bytes, &size));
    assert_null(bytes);

    expect_ok(change_owner(token, "O:" G3, &bytes, &size));
    sddl = take_sddl(bytes, size);
    assert_int_equal(strncmp(sddl, "O:" G3 "G:", strlen("O:" G3 "G:")), 0);
    free(sddl);
    tsr_token_unref(token);
}

/* Assign, with a creator's and a parent's descriptor in SDDL, each of which may be NULL. */
static tsr_status assign_object(const tsr_token *token, const char *parent, const char *creator,
                                uint32_t flags, char **ret_sddl)
{
    tsr_assign_request request = {.flags = flags, .mapping = &mapping};
    uint8_t *parent_bytes = NULL;
    uint8_t *creator_bytes = NULL;
    uint8_t *bytes = NULL;
    tsr_status status;
    tsr_sd parent_sd;
    tsr_sd creator_sd;
    size_t size;

    if (parent) {
        expect_ok(tsr_sddl_parse(parent, NULL, &parent_bytes, &size, NULL));
        expect_ok(tsr_sd_view(parent_bytes, size, &parent_sd));
        request.parent = &parent_sd;
    }
    if (creator) {
        expect_ok(tsr_sddl_parse(creator, NULL, &creator_bytes, &size, NULL));
        expect_ok(tsr_sd_view(creator_bytes, size, &creator_sd));
        request.creator = &creator_sd;
    }
    status = tsr_sd_assign_object(token, &request, &bytes, &size);
    if (tsr_ok(status)) {
        *ret_sddl = take_sddl(bytes, size);
    } else {
        assert_null(bytes);
    }
    free(parent_bytes);
    free(creator_bytes);
    return status;
}

static void without_a_token_both_checks_must_be_avoided_and_nothing_is_defaulted(void **state)
{
    const uint32_t unchecked = SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK;
    const char *whole = "O:" STRANGER "G:SYD:(A;;FR;;;WD)";
    char *sddl = NULL;

    (void)state;

    expect_status(STATUS_NO_TOKEN, assign_object(NULL, NULL, whole, 0, &sddl));
    expect_status(STATUS_NO_TOKEN,
                  assign_object(NULL, NULL, whole, SEF_AVOID_PRIVILEGE_CHECK, &sddl));
    expect_status(STATUS_NO_TOKEN, assign_object(NULL, NULL, whole, SEF_AVOID_OWNER_CHECK, &sddl));
    expect_status(STATUS_INVALID_OWNER, assign_object(NULL, NULL, "G:SYD:", unchecked, &sddl));
    expect_status(STATUS_INVALID_PRIMARY_GROUP,
                  assign_object(NULL, NULL, "O:SYD:", unchecked, &sddl));
    assert_null(sddl);

    expect_ok(assign_object(NULL, NULL, whole, unchecked, &sddl));
    assert_string_equal(sddl, whole);
    free(sddl);
}

static void owners_that_a_parent_restricts_give_no_dacl_that_they_could_not_give_later(void **state)
{
    const char *readable = "D:(A;OICI;FR;;;OW)(A;OICI;FA;;;BA)";
    const char *own = "D:P(A;;FA;;;" ALICE ")";
    tsr_token *elevated = alice_elevated();
    tsr_token *token = alice();
    char *sddl = NULL;

    (void)state;

    expect_status(STATUS_ACCESS_DENIED, assign_object(token, readable, own, 0, &sddl));
    assert_null(sddl);
    expect_ok(assign_object(token, readable, own, SEF_AVOID_OWNER_RESTRICTION, &sddl));
    free(sddl);
    expect_ok(assign_object(token, "D:(A;OICI;FA;;;OW)", own, 0, &sddl));
    free(sddl);
    expect_ok(assign_object(elevated, readable, own, 0, &sddl));
    free(sddl);
    tsr_token_unref(elevated);
    tsr_token_unref(token);
}

static void an_appcontainers_package_is_taken_from_the_token(void **state)
{
    const char *package_text = "S-1-15-2-1-2-3-4-5-6-7";
    const tsr_sid package = sid_of(package_text);
    const tsr_sid user = sid_of(ALICE);
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    uint8_t nobody[] = {ACL_REVISION, 0, 8, 0, 0, 0, 0, 0};
    const tsr_acl dacl = {.bytes = nobody, .size = sizeof(nobody)};
    const tsr_token_spec spec = {
        .user = user, .default_dacl = &dacl, .integrity = &low, .package = &package};
    tsr_token *token = NULL;
    char *sddl = NULL;

    (void)state;

    expect_ok(tsr_token_new(&spec, &token));
    expect_ok(assign_object(token, NULL, NULL, 0, &sddl));
    assert_string_equal(strstr(sddl, "D:"), "D:(A;;FA;;;S-1-15-2-1-2-3-4-5-6-7)");
    free(sddl);
    tsr_token_unref(token);
}

static void a_change_without_a_token_must_avoid_both_checks(void **state)
{
    tsr_change_request request = {.information = PROTECTED_DACL_SECURITY_INFORMATION,
                                  .mapping = &mapping};
    uint8_t *current_bytes = NULL;
    uint8_t *bytes = NULL;
    tsr_sd current;
    size_t size;
    char *sddl;

    (void)state;

    expect_ok(tsr_sddl_parse("O:SYG:SYD:", NULL, &current_bytes, &size, NULL));
    expect_ok(tsr_sd_view(current_bytes, size, &current));
    expect_status(STATUS_NO_TOKEN, tsr_sd_change_object(NULL, &current, &request, &bytes, &size));
    request.flags = SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK;
    expect_ok(tsr_sd_change_object(NULL, &current, &request, &bytes, &size));
    sddl = take_sddl(bytes, size);
    assert_string_equal(sddl, "O:SYG:SYD:P");
    free(sddl);
    free(current_bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_object_gets_owner_group_and_dacl_of_the_token),
        cmocka_unit_test(the_default_owner_may_be_a_group),
        cmocka_unit_test(an_object_is_given_only_to_whom_the_token_may_make_owner),
        cmocka_unit_test(without_a_token_both_checks_must_be_avoided_and_nothing_is_defaulted),
        cmocka_unit_test(
            owners_that_a_parent_restricts_give_no_dacl_that_they_could_not_give_later),
        cmocka_unit_test(an_appcontainers_package_is_taken_from_the_token),
        cmocka_unit_test(a_change_without_a_token_must_avoid_both_checks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
