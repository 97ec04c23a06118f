/* SPDX-License-Identifier: MIT */
/* Tests of privileges and capabilities. */

#include <support/expect.h>

#include <linux/capability.h>

#include <tessera/linux.h>
#include <tessera/privilege.h>

#define BIT(capability_) (UINT64_C(1) << (capability_))
#define ALL_CAPABILITIES (BIT(CAP_LAST_CAP + 1) - 1)
#define ALL_PRIVILEGES \
    (TSR_PRIVILEGE_BIT(TSR_PRIVILEGE_LAST + 1) - TSR_PRIVILEGE_BIT(TSR_PRIVILEGE_FIRST))

static void every_capability_together_are_every_privilege(void **state)
{
    (void)state;

    assert_int_equal(tsr_privileges_of_capabilities(ALL_CAPABILITIES), ALL_PRIVILEGES);
}

static void nothing_stands_for_nothing(void **state)
{
    (void)state;

    assert_int_equal(tsr_privileges_of_capabilities(0), 0);
    assert_int_equal(tsr_capabilities_of_privileges(0), 0);
}

static void single_capabilities_are_the_privileges_of_the_table(void **state)
{
    (void)state;

    assert_int_equal(tsr_privileges_of_capabilities(BIT(CAP_DAC_READ_SEARCH)),
                     TSR_PRIVILEGE_BIT(SE_BACKUP_PRIVILEGE));
    assert_int_equal(tsr_privileges_of_capabilities(BIT(CAP_SYS_TIME)),
                     TSR_PRIVILEGE_BIT(SE_SYSTEMTIME_PRIVILEGE));
    assert_int_equal(tsr_privileges_of_capabilities(BIT(CAP_SYS_BOOT)),
                     TSR_PRIVILEGE_BIT(SE_SHUTDOWN_PRIVILEGE) |
                         TSR_PRIVILEGE_BIT(SE_REMOTE_SHUTDOWN_PRIVILEGE));
    assert_int_equal(tsr_privileges_of_capabilities(BIT(CAP_NET_ADMIN)), 0);
}

static void a_privilege_takes_all_of_its_capabilities(void **state)
{
    const uint64_t restore =
        BIT(CAP_DAC_OVERRIDE) | BIT(CAP_CHOWN) | BIT(CAP_FOWNER) | BIT(CAP_FSETID);

    (void)state;

    assert_int_equal(tsr_privileges_of_capabilities(restore),
                     TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE) |
                         TSR_PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE));
    assert_int_equal(tsr_privileges_of_capabilities(BIT(CAP_DAC_OVERRIDE)), 0);
    assert_int_equal(tsr_capabilities_of_privileges(TSR_PRIVILEGE_BIT(SE_RESTORE_PRIVILEGE)),
                     restore);
}

static void going_to_and_fro_never_adds_a_capability(void **state)
{
    (void)state;

    for (unsigned int a = 0; a < 64; a++) {
        for (unsigned int b = 0; b < 64; b++) {
            const uint64_t capabilities = BIT(a) | BIT(b);

            assert_int_equal(
                tsr_capabilities_of_privileges(tsr_privileges_of_capabilities(capabilities)) &
                    ~capabilities,
                0);
        }
    }
}

static void what_everybody_may_do_gives_no_capability(void **state)
{
    (void)state;

    assert_int_equal(
        tsr_capabilities_of_privileges(TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE) |
                                       TSR_PRIVILEGE_BIT(SE_CREATE_SYMBOLIC_LINK_PRIVILEGE) |
                                       TSR_PRIVILEGE_BIT(SE_TIME_ZONE_PRIVILEGE)),
        0);
}

static void bits_that_are_no_privilege_give_nothing(void **state)
{
    (void)state;

    assert_int_equal(tsr_capabilities_of_privileges(~ALL_PRIVILEGES), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_capability_together_are_every_privilege),
        cmocka_unit_test(nothing_stands_for_nothing),
        cmocka_unit_test(single_capabilities_are_the_privileges_of_the_table),
        cmocka_unit_test(a_privilege_takes_all_of_its_capabilities),
        cmocka_unit_test(going_to_and_fro_never_adds_a_capability),
        cmocka_unit_test(what_everybody_may_do_gives_no_capability),
        cmocka_unit_test(bits_that_are_no_privilege_give_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
