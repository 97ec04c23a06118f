/* SPDX-License-Identifier: MIT */
/* Names of the SIDs that mean the same everywhere (token.md 1.9). */

#include "token/sid-name.h"

#include <string.h>

#include "base/check.h"

#define UNIX_AUTHORITY 22

/* Uses, to keep a row of the table on its line. */
#define WELL_KNOWN TSR_ACCOUNT_WELL_KNOWN_GROUP
#define ALIAS      TSR_ACCOUNT_ALIAS
#define LABEL      TSR_ACCOUNT_LABEL
#define DOMAIN     TSR_ACCOUNT_DOMAIN

static const struct sid_name known[] = {
    {{0, 1, {0}}, WELL_KNOWN, "", "NULL SID"},
    {{1, 1, {0}}, WELL_KNOWN, "", "Everyone"},
    {{2, 1, {0}}, WELL_KNOWN, "", "LOCAL"},
    {{2, 1, {1}}, WELL_KNOWN, "", "CONSOLE LOGON"},
    {{3, 1, {0}}, WELL_KNOWN, "", "CREATOR OWNER"},
    {{3, 1, {1}}, WELL_KNOWN, "", "CREATOR GROUP"},
    {{3, 1, {2}}, WELL_KNOWN, "", "CREATOR OWNER SERVER"},
    {{3, 1, {3}}, WELL_KNOWN, "", "CREATOR GROUP SERVER"},
    {{3, 1, {4}}, WELL_KNOWN, "", "OWNER RIGHTS"},
    {{5, 1, {1}}, WELL_KNOWN, "NT AUTHORITY", "DIALUP"},
    {{5, 1, {2}}, WELL_KNOWN, "NT AUTHORITY", "NETWORK"},
    {{5, 1, {3}}, WELL_KNOWN, "NT AUTHORITY", "BATCH"},
    {{5, 1, {4}}, WELL_KNOWN, "NT AUTHORITY", "INTERACTIVE"},
    {{5, 1, {6}}, WELL_KNOWN, "NT AUTHORITY", "SERVICE"},
    {{5, 1, {7}}, WELL_KNOWN, "NT AUTHORITY", "ANONYMOUS LOGON"},
    {{5, 1, {8}}, WELL_KNOWN, "NT AUTHORITY", "PROXY"},
    {{5, 1, {9}}, WELL_KNOWN, "NT AUTHORITY", "ENTERPRISE DOMAIN CONTROLLERS"},
    {{5, 1, {10}}, WELL_KNOWN, "NT AUTHORITY", "SELF"},
    {{5, 1, {11}}, WELL_KNOWN, "NT AUTHORITY", "Authenticated Users"},
    {{5, 1, {12}}, WELL_KNOWN, "NT AUTHORITY", "RESTRICTED"},
    {{5, 1, {13}}, WELL_KNOWN, "NT AUTHORITY", "TERMINAL SERVER USER"},
    {{5, 1, {14}}, WELL_KNOWN, "NT AUTHORITY", "REMOTE INTERACTIVE LOGON"},
    {{5, 1, {15}}, WELL_KNOWN, "NT AUTHORITY", "This Organization"},
    {{5, 1, {17}}, WELL_KNOWN, "NT AUTHORITY", "IUSR"},
    {{5, 1, {18}}, WELL_KNOWN, "NT AUTHORITY", "SYSTEM"},
    {{5, 1, {19}}, WELL_KNOWN, "NT AUTHORITY", "LOCAL SERVICE"},
    {{5, 1, {20}}, WELL_KNOWN, "NT AUTHORITY", "NETWORK SERVICE"},
    {{5, 1, {33}}, WELL_KNOWN, "NT AUTHORITY", "WRITE RESTRICTED"},
    {{5, 1, {113}}, WELL_KNOWN, "NT AUTHORITY", "Local account"},
    {{5, 1, {114}}, WELL_KNOWN, "NT AUTHORITY", "Local account and member of Administrators group"},
    {{5, 1, {32}}, DOMAIN, "BUILTIN", "BUILTIN"},
    {{5, 2, {32, 544}}, ALIAS, "BUILTIN", "Administrators"},
    {{5, 2, {32, 545}}, ALIAS, "BUILTIN", "Users"},
    {{5, 2, {32, 546}}, ALIAS, "BUILTIN", "Guests"},
    {{5, 2, {32, 547}}, ALIAS, "BUILTIN", "Power Users"},
    {{5, 2, {32, 548}}, ALIAS, "BUILTIN", "Account Operators"},
    {{5, 2, {32, 549}}, ALIAS, "BUILTIN", "Server Operators"},
    {{5, 2, {32, 550}}, ALIAS, "BUILTIN", "Print Operators"},
    {{5, 2, {32, 551}}, ALIAS, "BUILTIN", "Backup Operators"},
    {{5, 2, {32, 552}}, ALIAS, "BUILTIN", "Replicator"},
    {{5, 2, {32, 553}}, ALIAS, "BUILTIN", "RAS Servers"},
    {{5, 2, {32, 554}}, ALIAS, "BUILTIN", "Pre-Windows 2000 Compatible Access"},
    {{5, 2, {32, 555}}, ALIAS, "BUILTIN", "Remote Desktop Users"},
    {{5, 2, {32, 556}}, ALIAS, "BUILTIN", "Network Configuration Operators"},
    {{5, 2, {32, 557}}, ALIAS, "BUILTIN", "Incoming Forest Trust Builders"},
    {{5, 2, {32, 558}}, ALIAS, "BUILTIN", "Performance Monitor Users"},
    {{5, 2, {32, 559}}, ALIAS, "BUILTIN", "Performance Log Users"},
    {{5, 2, {32, 560}}, ALIAS, "BUILTIN", "Windows Authorization Access Group"},
    {{5, 2, {32, 561}}, ALIAS, "BUILTIN", "Terminal Server License Servers"},
    {{5, 2, {32, 562}}, ALIAS, "BUILTIN", "Distributed COM Users"},
    {{5, 2, {32, 568}}, ALIAS, "BUILTIN", "IIS_IUSRS"},
    {{5, 2, {32, 569}}, ALIAS, "BUILTIN", "Cryptographic Operators"},
    {{5, 2, {32, 573}}, ALIAS, "BUILTIN", "Event Log Readers"},
    {{5, 2, {32, 574}}, ALIAS, "BUILTIN", "Certificate Service DCOM Access"},
    {{5, 2, {32, 575}}, ALIAS, "BUILTIN", "RDS Remote Access Servers"},
    {{5, 2, {32, 576}}, ALIAS, "BUILTIN", "RDS Endpoint Servers"},
    {{5, 2, {32, 577}}, ALIAS, "BUILTIN", "RDS Management Servers"},
    {{5, 2, {32, 578}}, ALIAS, "BUILTIN", "Hyper-V Administrators"},
    {{5, 2, {32, 579}}, ALIAS, "BUILTIN", "Access Control Assistance Operators"},
    {{5, 2, {32, 580}}, ALIAS, "BUILTIN", "Remote Management Users"},
    {{5, 2, {64, 10}}, WELL_KNOWN, "NT AUTHORITY", "NTLM Authentication"},
    {{5, 2, {64, 14}}, WELL_KNOWN, "NT AUTHORITY", "SChannel Authentication"},
    {{5, 2, {64, 21}}, WELL_KNOWN, "NT AUTHORITY", "Digest Authentication"},
    {{5, 2, {80, 0}}, WELL_KNOWN, "NT SERVICE", "ALL SERVICES"},
    {{15, 2, {2, 1}}, WELL_KNOWN, "APPLICATION PACKAGE AUTHORITY", "ALL APPLICATION PACKAGES"},
    {{15, 2, {2, 2}},
     WELL_KNOWN,
     "APPLICATION PACKAGE AUTHORITY",
     "ALL RESTRICTED APPLICATION PACKAGES"},
    {{16, 1, {0}}, LABEL, "Mandatory Label", "Untrusted Mandatory Level"},
    {{16, 1, {4096}}, LABEL, "Mandatory Label", "Low Mandatory Level"},
    {{16, 1, {8192}}, LABEL, "Mandatory Label", "Medium Mandatory Level"},
    {{16, 1, {8448}}, LABEL, "Mandatory Label", "Medium Plus Mandatory Level"},
    {{16, 1, {12288}}, LABEL, "Mandatory Label", "High Mandatory Level"},
    {{16, 1, {16384}}, LABEL, "Mandatory Label", "System Mandatory Level"},
    {{16, 1, {20480}}, LABEL, "Mandatory Label", "Protected Process Mandatory Level"},
    {{18, 1, {1}}, WELL_KNOWN, "", "Authentication authority asserted identity"},
    {{18, 1, {2}}, WELL_KNOWN, "", "Service asserted identity"},
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

const struct sid_name *sid_name_find(const tsr_sid *sid)
{
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (tsr_sid_equal(sid, &known[i].sid)) {
            return &known[i];
        }
    }
    return NULL;
}

/* In every locale alike: no letter outside ASCII is another case of one in the table. */
static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* How long @known is where @text begins with it, in letters of either case; 0 where not. */
static size_t begins_with(const char *text, const char *known_text)
{
    size_t length = 0;

    for (; known_text[length] != '\0'; length++) {
        if (lower(text[length]) != lower(known_text[length])) {
            return 0;
        }
    }
    return length;
}

bool sid_name_is_of(const char *text, const char *domain)
{
    const size_t length = begins_with(text, domain);

    return length == strlen(domain) && text[length] == '\\';
}

/* Whether a name that stands alone is this one. */
static bool is_name(const char *text, const char *name)
{
    const size_t length = begins_with(text, name);

    return length > 0 && text[length] == '\0';
}

const struct sid_name *sid_name_find_text(const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        const char *domain = known[i].domain;

        if (is_name(text, known[i].name) ||
            (sid_name_is_of(text, domain) && is_name(text + strlen(domain) + 1, known[i].name))) {
            return &known[i];
        }
    }
    return NULL;
}

bool sid_name_owns(const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (sid_name_is_of(text, known[i].domain)) {
            return true;
        }
    }
    return false;
}

bool sid_name_is_session(const tsr_sid *sid)
{
    return sid->authority == 5 && sid->n_sub_authorities == 3 && sid->sub_authorities[0] == 5;
}

void sid_name_write(const tsr_sid *sid, const char *before, struct writer *writer)
{
    const struct sid_name *fixed = sid_name_find(sid);
    const char *name = sid_name_is_session(sid) ? "Logon Session" : domain_name(sid);

    if (fixed) {
        writer_format(writer, "%s%s%s%s", before, fixed->domain, *fixed->domain ? "\\" : "",
                      fixed->name);
    } else if (name) {
        writer_format(writer, "%s%s", before, name);
    } else if (sid->authority == UNIX_AUTHORITY && sid->n_sub_authorities == 2 &&
               (sid->sub_authorities[0] == 1 || sid->sub_authorities[0] == 2)) {
        writer_format(writer, "%sUnix %s\\%u", before,
                      sid->sub_authorities[0] == 1 ? "User" : "Group", sid->sub_authorities[1]);
    }
}
