/* SPDX-License-Identifier: MIT */
/* Friendly names of the SIDs that mean the same everywhere (token.md 1.9). */

#include "token/sid-name.h"

#define UNIX_AUTHORITY 22

static const struct {
    tsr_sid sid;
    const char *name;
} known[] = {
    {{0, 1, {0}}, "Null"},
    {{1, 1, {0}}, "Everyone"},
    {{2, 1, {0}}, "Local"},
    {{2, 1, {1}}, "Console Logon"},
    {{3, 1, {0}}, "Creator Owner"},
    {{3, 1, {1}}, "Creator Group"},
    {{3, 1, {4}}, "Owner Rights"},
    {{5, 1, {1}}, "NT AUTHORITY\\Dialup"},
    {{5, 1, {2}}, "NT AUTHORITY\\Network"},
    {{5, 1, {3}}, "NT AUTHORITY\\Batch"},
    {{5, 1, {4}}, "NT AUTHORITY\\Interactive"},
    {{5, 1, {6}}, "NT AUTHORITY\\Service"},
    {{5, 1, {7}}, "NT AUTHORITY\\Anonymous Logon"},
    {{5, 1, {10}}, "NT AUTHORITY\\Self"},
    {{5, 1, {11}}, "NT AUTHORITY\\Authenticated Users"},
    {{5, 1, {12}}, "NT AUTHORITY\\Restricted"},
    {{5, 1, {13}}, "NT AUTHORITY\\Terminal Server User"},
    {{5, 1, {14}}, "NT AUTHORITY\\Remote Interactive Logon"},
    {{5, 1, {15}}, "NT AUTHORITY\\This Organization"},
    {{5, 1, {18}}, "NT AUTHORITY\\System"},
    {{5, 1, {19}}, "NT AUTHORITY\\Local Service"},
    {{5, 1, {20}}, "NT AUTHORITY\\Network Service"},
    {{5, 1, {33}}, "NT AUTHORITY\\Write Restricted"},
    {{5, 1, {113}}, "NT AUTHORITY\\Local Account"},
    {{5, 1, {114}}, "NT AUTHORITY\\Local Account And Administrator"},
    {{5, 2, {32, 544}}, "BUILTIN\\Administrators"},
    {{5, 2, {32, 545}}, "BUILTIN\\Users"},
    {{5, 2, {32, 546}}, "BUILTIN\\Guests"},
    {{5, 2, {32, 547}}, "BUILTIN\\Power Users"},
    {{5, 2, {32, 548}}, "BUILTIN\\Account Operators"},
    {{5, 2, {32, 549}}, "BUILTIN\\Server Operators"},
    {{5, 2, {32, 550}}, "BUILTIN\\Print Operators"},
    {{5, 2, {32, 551}}, "BUILTIN\\Backup Operators"},
    {{5, 2, {32, 553}}, "BUILTIN\\RAS Servers"},
    {{5, 2, {32, 554}}, "BUILTIN\\Pre-Windows 2000 Compatible Access"},
    {{5, 2, {32, 556}}, "BUILTIN\\Network Configuration Operators"},
    {{5, 2, {32, 569}}, "BUILTIN\\Cryptographic Operators"},
    {{5, 2, {64, 10}}, "NT AUTHORITY\\NTLM Authentication"},
    {{5, 2, {64, 14}}, "NT AUTHORITY\\SChannel Authentication"},
    {{5, 2, {64, 21}}, "NT AUTHORITY\\Digest Authentication"},
    {{16, 1, {0}}, "Mandatory Label\\Untrusted"},
    {{16, 1, {4096}}, "Mandatory Label\\Low"},
    {{16, 1, {8192}}, "Mandatory Label\\Medium"},
    {{16, 1, {8448}}, "Mandatory Label\\Medium Plus"},
    {{16, 1, {12288}}, "Mandatory Label\\High"},
    {{16, 1, {16384}}, "Mandatory Label\\System"},
    {{16, 1, {20480}}, "Mandatory Label\\Protected"},
    {{18, 1, {1}}, "Authentication Authority Asserted Identity"},
    {{18, 1, {2}}, "Service Asserted Identity"},
};

/* The last sub-authority of S-1-5-21-d-d-d-RID. */
static const struct {
    uint32_t rid;
    const char *name;
} domain_rids[] = {
    {500, "Administrator"},
    {501, "Guest"},
    {512, "Domain Admins"},
    {513, "Domain Users"},
    {514, "Domain Guests"},
    {515, "Domain Computers"},
    {516, "Domain Controllers"},
    {517, "Cert Publishers"},
    {518, "Schema Admins"},
    {519, "Enterprise Admins"},
    {520, "Group Policy Creator Owners"},
};

static const char *domain_name(const tsr_sid *sid)
{
    if (sid->authority != 5 || sid->n_sub_authorities != 5 || sid->sub_authorities[0] != 21) {
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_SIZE(domain_rids); i++) {
        if (domain_rids[i].rid == sid->sub_authorities[4]) {
            return domain_rids[i].name;
        }
    }
    return NULL;
}

static const char *fixed_name(const tsr_sid *sid)
{
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (tsr_sid_equal(sid, &known[i].sid)) {
            return known[i].name;
        }
    }
    if (sid->authority == 5 && sid->n_sub_authorities == 3 && sid->sub_authorities[0] == 5) {
        return "Logon Session";
    }
    return domain_name(sid);
}

void sid_name_write(const tsr_sid *sid, const char *before, struct writer *writer)
{
    const char *name = fixed_name(sid);

    if (name) {
        writer_format(writer, "%s%s", before, name);
    } else if (sid->authority == UNIX_AUTHORITY && sid->n_sub_authorities == 2 &&
               (sid->sub_authorities[0] == 1 || sid->sub_authorities[0] == 2)) {
        writer_format(writer, "%sUnix %s\\%u", before,
                      sid->sub_authorities[0] == 1 ? "User" : "Group", sid->sub_authorities[1]);
    }
}
