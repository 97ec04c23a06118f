/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What tests of ACLs and who they are for share: ACLs from and to text, and accounts
 */

#include "win32/test-tokens.h"

#include <aclapi.h>
#include <sddl.h>

#include <support/accounts.h>

/* The group setup of those that ask for names. */
static inline int make_accounts(void **state)
{
    (void)state;
    accounts_init("root:x:0:0::/:/bin/sh\n"
                  "alice:x:61001:61002::/:/bin/sh\n"
                  "bob:x:61005:61002::/:/bin/sh\n",
                  "staff:x:61002:\n"
                  "team:x:61013:alice\n");
    return 0;
}

/* The DACL of a text, in a descriptor that the caller frees. */
static inline PACL dacl_of(const char *sddl, PSECURITY_DESCRIPTOR *ret_descriptor)
{
    BOOL present = FALSE;
    BOOL defaulted;
    PACL dacl = NULL;

    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1,
                                                                     ret_descriptor, NULL));
    expect_true(GetSecurityDescriptorDacl(*ret_descriptor, &present, &dacl, &defaulted));
    return dacl;
}

static inline void expect_dacl(PACL dacl, const char *expected)
{
    SECURITY_DESCRIPTOR descriptor;
    LPSTR text = NULL;

    expect_true(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
    expect_true(SetSecurityDescriptorDacl(&descriptor, TRUE, dacl, FALSE));
    expect_true(ConvertSecurityDescriptorToStringSecurityDescriptorA(
        &descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, NULL));
    assert_string_equal(text, expected);
    LocalFree(text);
}
