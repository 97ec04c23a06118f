/* SPDX-License-Identifier: MIT */
/* SIDs in the caller's memory, and as text. */

#include <securitybaseapi.h>

#include <stdlib.h>
#include <string.h>

#include <ntifs.h>
#include <sddl.h>
#include <winerror.h>

#include <tessera/sddl.h>

#include "base/check.h"
#include "win32/error.h"
#include "win32/text.h"

/* S-1-5-21-a-b-c: a domain; with one more sub-authority an account of it. */
#define DOMAIN_SUB_AUTHORITIES 4

BOOL WINAPI InitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY pIdentifierAuthority,
                          BYTE nSubAuthorityCount)
{
    return error_report_nt(RtlInitializeSid(Sid, pIdentifierAuthority, nSubAuthorityCount));
}

BOOL WINAPI AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY pIdentifierAuthority,
                                     BYTE nSubAuthorityCount, DWORD nSubAuthority0,
                                     DWORD nSubAuthority1, DWORD nSubAuthority2,
                                     DWORD nSubAuthority3, DWORD nSubAuthority4,
                                     DWORD nSubAuthority5, DWORD nSubAuthority6,
                                     DWORD nSubAuthority7, PSID *pSid)
{
    return error_report_nt(RtlAllocateAndInitializeSid(
        pIdentifierAuthority, nSubAuthorityCount, nSubAuthority0, nSubAuthority1, nSubAuthority2,
        nSubAuthority3, nSubAuthority4, nSubAuthority5, nSubAuthority6, nSubAuthority7, pSid));
}

PVOID WINAPI FreeSid(PSID pSid)
{
    return RtlFreeSid(pSid);
}

BOOL WINAPI CopySid(DWORD nDestinationSidLength, PSID pDestinationSid, PSID pSourceSid)
{
    return error_report_nt(RtlCopySid(nDestinationSidLength, pDestinationSid, pSourceSid));
}

BOOL WINAPI EqualSid(PSID pSid1, PSID pSid2)
{
    return RtlEqualSid(pSid1, pSid2);
}

BOOL WINAPI EqualPrefixSid(PSID pSid1, PSID pSid2)
{
    return RtlEqualPrefixSid(pSid1, pSid2);
}

static tsr_status sid_read(PSID sid, tsr_sid *ret_sid)
{
    REQUIRE(RtlValidSid(sid), STATUS_INVALID_SID);
    return tsr_sid_decode(sid, RtlLengthSid(sid), ret_sid, NULL);
}

static bool is_of_domain(const tsr_sid *sid)
{
    return sid->authority == 5 && sid->n_sub_authorities >= DOMAIN_SUB_AUTHORITIES &&
           sid->sub_authorities[0] == SECURITY_NT_NON_UNIQUE;
}

/* Cut @sid down to its domain. @return whether it is in one */
static bool cut_to_domain(tsr_sid *sid)
{
    const bool is_builtin = sid->authority == 5 && sid->n_sub_authorities >= 1 &&
                            sid->sub_authorities[0] == SECURITY_BUILTIN_DOMAIN_RID;

    if (!is_builtin && !is_of_domain(sid)) {
        return false;
    }
    sid->n_sub_authorities = is_builtin ? 1 : DOMAIN_SUB_AUTHORITIES;
    return true;
}

BOOL WINAPI EqualDomainSid(PSID pSid1, PSID pSid2, BOOL *pfEqual)
{
    tsr_sid one;
    tsr_sid other;

    if (tsr_failed(sid_read(pSid1, &one)) || tsr_failed(sid_read(pSid2, &other))) {
        return error_fail(ERROR_INVALID_SID);
    }
    if (!pfEqual) {
        return error_fail(ERROR_INVALID_PARAMETER);
    }
    if (!cut_to_domain(&one) || !cut_to_domain(&other)) {
        return error_fail(ERROR_NON_DOMAIN_SID);
    }
    *pfEqual = tsr_sid_equal(&one, &other);
    return TRUE;
}

BOOL WINAPI IsValidSid(PSID pSid)
{
    return RtlValidSid(pSid) ? TRUE : error_fail(ERROR_INVALID_SID);
}

DWORD WINAPI GetLengthSid(PSID pSid)
{
    return RtlLengthSid(pSid);
}

DWORD WINAPI GetSidLengthRequired(UCHAR nSubAuthorityCount)
{
    return RtlLengthRequiredSid(nSubAuthorityCount);
}

PDWORD WINAPI GetSidSubAuthority(PSID pSid, DWORD nSubAuthority)
{
    return RtlSubAuthoritySid(pSid, nSubAuthority);
}

PUCHAR WINAPI GetSidSubAuthorityCount(PSID pSid)
{
    return RtlSubAuthorityCountSid(pSid);
}

PSID_IDENTIFIER_AUTHORITY WINAPI GetSidIdentifierAuthority(PSID pSid)
{
    return RtlIdentifierAuthoritySid(pSid);
}

BOOL WINAPI GetWindowsAccountDomainSid(PSID pSid, PSID pDomainSid, DWORD *cbDomainSid)
{
    size_t needed;
    DWORD room;
    tsr_sid sid;

    if (tsr_failed(sid_read(pSid, &sid))) {
        return error_fail(ERROR_INVALID_SID);
    }
    if (!cbDomainSid) {
        return error_fail(ERROR_INVALID_PARAMETER);
    }
    if (!is_of_domain(&sid)) {
        return error_fail(ERROR_NON_DOMAIN_SID);
    }
    cut_to_domain(&sid);
    room = *cbDomainSid;
    *cbDomainSid = (DWORD)tsr_sid_size(&sid);
    return error_report(tsr_sid_encode(&sid, pDomainSid, pDomainSid ? room : 0, &needed));
}

static tsr_status sid_to_text(PSID Sid, LPSTR *ret_text)
{
    char text[TSR_SID_TEXT_MAX];
    char *copy;
    tsr_sid sid;

    REQUIRE(ret_text, STATUS_INVALID_PARAMETER);
    TRY(sid_read(Sid, &sid));
    tsr_sid_format(&sid, text);
    copy = strdup(text);
    REQUIRE(copy, STATUS_NO_MEMORY);

    *ret_text = copy;
    return TSR_OK;
}

BOOL WINAPI ConvertSidToStringSidA(PSID Sid, LPSTR *StringSid)
{
    return error_report(sid_to_text(Sid, StringSid));
}

static tsr_status sid_to_wide(PSID sid, LPWSTR *ret_wide)
{
    CLEANUP(free) char *text = NULL;

    REQUIRE(ret_wide, STATUS_INVALID_PARAMETER);
    TRY(sid_to_text(sid, &text));
    return wide_of_text(text, ret_wide, NULL);
}

BOOL WINAPI ConvertSidToStringSidW(PSID Sid, LPWSTR *StringSid)
{
    return error_report(sid_to_wide(Sid, StringSid));
}

static tsr_status text_to_sid(const char *text, PSID *ret_sid)
{
    CLEANUP(free) void *bytes = NULL;
    size_t size;
    tsr_sid sid;

    REQUIRE(text && ret_sid, STATUS_INVALID_PARAMETER);
    TRY(tsr_sddl_parse_sid_ex(text, NULL, TSR_SDDL_WINDOWS_LAX, &sid, NULL, NULL));
    bytes = malloc(tsr_sid_size(&sid));
    REQUIRE(bytes, STATUS_NO_MEMORY);
    TRY(tsr_sid_encode(&sid, bytes, tsr_sid_size(&sid), &size));

    *ret_sid = STEAL(bytes);
    return TSR_OK;
}

BOOL WINAPI ConvertStringSidToSidA(LPCSTR StringSid, PSID *Sid)
{
    return error_report(text_to_sid(StringSid, Sid));
}

static tsr_status wide_to_sid(const WCHAR *wide, PSID *ret_sid)
{
    CLEANUP(free) char *text = NULL;

    TRY(text_of_wide(wide, &text));
    return text_to_sid(text, ret_sid);
}

BOOL WINAPI ConvertStringSidToSidW(LPCWSTR StringSid, PSID *Sid)
{
    return error_report(wide_to_sid(StringSid, Sid));
}
