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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_object_gets_owner_group_and_dacl_of_the_token),
        cmocka_unit_test(the_default_owner_may_be_a_group),
        cmocka_unit_test(an_object_is_given_only_to_whom_the_token_may_make_owner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
