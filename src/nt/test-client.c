/* SPDX-License-Identifier: MIT */

#include "nt/test-tokens.h"

static void a_client_is_impersonated_later(void **state)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING,
                                       TRUE};
    SECURITY_CLIENT_CONTEXT context = {0};
    SECURITY_SUBJECT_CONTEXT subject;
    (void)state;

    be(alice());
    expect_nt(STATUS_SUCCESS, SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &context));
    assert_int_equal(context.DirectlyAccessClientToken, FALSE);
    expect_nt(STATUS_SUCCESS, SeImpersonateClientEx(&context, NULL)); /* T-CTX-1 */
    assert_true(this_thread()->impersonation.copy_on_open);
    assert_true(this_thread()->impersonation.effective_only);
    PsRevertToSelf();
    SeDeleteClientSecurity(&context);
    assert_null(context.ClientToken);
    expect_nt(STATUS_INVALID_PARAMETER, SeImpersonateClientEx(&context, NULL));
    SeImpersonateClient(&context, NULL);
    assert_null(this_thread()->impersonation.token);
    SeCaptureSubjectContext(&subject);
    qos.ContextTrackingMode = SECURITY_DYNAMIC_TRACKING;
    expect_nt(STATUS_SUCCESS,
              SeCreateClientSecurityFromSubjectContext(&subject, &qos, FALSE, &context));
    assert_ptr_equal(context.ClientToken, subject.PrimaryToken);
    SeDeleteClientSecurity(&context);
    SeReleaseSubjectContext(&subject);
}

/* Covers T-CTX-14. */
static void what_is_no_quality_of_service_is_refused(void **state)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), (SECURITY_IMPERSONATION_LEVEL)9, FALSE, FALSE};
    SECURITY_CLIENT_CONTEXT context = {0};
    SECURITY_SUBJECT_CONTEXT nobody = {0};
    (void)state;

    be(alice());
    expect_nt(STATUS_INVALID_PARAMETER, /* T-CTX-14 */
              SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &context));
    qos.ImpersonationLevel = SecurityImpersonation;
    qos.Length = 0;
    expect_nt(STATUS_INVALID_PARAMETER,
              SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &context));
    expect_nt(STATUS_INVALID_PARAMETER, SeCreateClientSecurity(NULL, &qos, FALSE, &context));
    expect_nt(STATUS_NO_TOKEN,
              SeCreateClientSecurityFromSubjectContext(&nobody, &qos, FALSE, &context));
    assert_null(context.ClientToken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_impersonated_later),
        cmocka_unit_test(what_is_no_quality_of_service_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
