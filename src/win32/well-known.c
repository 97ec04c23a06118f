/* SPDX-License-Identifier: MIT */
/* SIDs that every Windows system knows, by the names of an enumeration. */

#include <securitybaseapi.h>

#include <ntifs.h>
#include <winerror.h>

#include "base/check.h"
#include "win32/error.h"

/* The SID, or the last sub-authority of one in a domain that the caller gives. */
struct well_known {
    tsr_sid sid;
    DWORD in_domain; /* 0: it is a SID of its own */
};

#define FIXED(authority_, ...)                  \
    {                                           \
        .sid = TSR_SID(authority_, __VA_ARGS__) \
    }
#define IN_BUILTIN(rid_) FIXED(5, SECURITY_BUILTIN_DOMAIN_RID, rid_)
#define IN_DOMAIN(rid_)     \
    {                       \
        .in_domain = (rid_) \
    }

/* WinLogonIdsSid is none: it begins the SIDs of logon sessions. */
static const struct well_known well_known[] = {
    [WinNullSid] = FIXED(0, 0),
    [WinWorldSid] = FIXED(1, 0),
    [WinLocalSid] = FIXED(2, 0),
    [WinCreatorOwnerSid] = FIXED(3, 0),
    [WinCreatorGroupSid] = FIXED(3, 1),
    [WinCreatorOwnerServerSid] = FIXED(3, 2),
    [WinCreatorGroupServerSid] = FIXED(3, 3),
    [WinNtAuthoritySid] = {.sid = {.authority = 5}},
    [WinDialupSid] = FIXED(5, 1),
    [WinNetworkSid] = FIXED(5, 2),
    [WinBatchSid] = FIXED(5, 3),
    [WinInteractiveSid] = FIXED(5, 4),
    [WinServiceSid] = FIXED(5, 6),
    [WinAnonymousSid] = FIXED(5, 7),
    [WinProxySid] = FIXED(5, 8),
    [WinEnterpriseControllersSid] = FIXED(5, 9),
    [WinSelfSid] = FIXED(5, 10),
    [WinAuthenticatedUserSid] = FIXED(5, 11),
    [WinRestrictedCodeSid] = FIXED(5, 12),
    [WinTerminalServerSid] = FIXED(5, 13),
    [WinRemoteLogonIdSid] = FIXED(5, 14),
    [WinLocalSystemSid] = FIXED(5, 18),
    [WinLocalServiceSid] = FIXED(5, 19),
    [WinNetworkServiceSid] = FIXED(5, 20),
    [WinBuiltinDomainSid] = FIXED(5, 32),
    [WinBuiltinAdministratorsSid] = IN_BUILTIN(544),
    [WinBuiltinUsersSid] = IN_BUILTIN(545),
    [WinBuiltinGuestsSid] = IN_BUILTIN(546),
    [WinBuiltinPowerUsersSid] = IN_BUILTIN(547),
    [WinBuiltinAccountOperatorsSid] = IN_BUILTIN(548),
    [WinBuiltinSystemOperatorsSid] = IN_BUILTIN(549),
    [WinBuiltinPrintOperatorsSid] = IN_BUILTIN(550),
    [WinBuiltinBackupOperatorsSid] = IN_BUILTIN(551),
    [WinBuiltinReplicatorSid] = IN_BUILTIN(552),
    [WinBuiltinPreWindows2000CompatibleAccessSid] = IN_BUILTIN(554),
    [WinBuiltinRemoteDesktopUsersSid] = IN_BUILTIN(555),
    [WinBuiltinNetworkConfigurationOperatorsSid] = IN_BUILTIN(556),
    [WinAccountAdministratorSid] = IN_DOMAIN(500),
    [WinAccountGuestSid] = IN_DOMAIN(501),
    [WinAccountKrbtgtSid] = IN_DOMAIN(502),
    [WinAccountDomainAdminsSid] = IN_DOMAIN(512),
    [WinAccountDomainUsersSid] = IN_DOMAIN(513),
    [WinAccountDomainGuestsSid] = IN_DOMAIN(514),
    [WinAccountComputersSid] = IN_DOMAIN(515),
    [WinAccountControllersSid] = IN_DOMAIN(516),
    [WinAccountCertAdminsSid] = IN_DOMAIN(517),
    [WinAccountSchemaAdminsSid] = IN_DOMAIN(518),
    [WinAccountEnterpriseAdminsSid] = IN_DOMAIN(519),
    [WinAccountPolicyAdminsSid] = IN_DOMAIN(520),
    [WinAccountRasAndIasServersSid] = IN_DOMAIN(553),
    [WinNTLMAuthenticationSid] = FIXED(5, 64, 10),
    [WinDigestAuthenticationSid] = FIXED(5, 64, 21),
    [WinSChannelAuthenticationSid] = FIXED(5, 64, 14),
    [WinThisOrganizationSid] = FIXED(5, 15),
    [WinOtherOrganizationSid] = FIXED(5, 1000),
    [WinBuiltinIncomingForestTrustBuildersSid] = IN_BUILTIN(557),
    [WinBuiltinPerfMonitoringUsersSid] = IN_BUILTIN(558),
    [WinBuiltinPerfLoggingUsersSid] = IN_BUILTIN(559),
    [WinBuiltinAuthorizationAccessSid] = IN_BUILTIN(560),
    [WinBuiltinTerminalServerLicenseServersSid] = IN_BUILTIN(561),
    [WinBuiltinDCOMUsersSid] = IN_BUILTIN(562),
    [WinBuiltinIUsersSid] = IN_BUILTIN(568),
    [WinIUserSid] = FIXED(5, 17),
    [WinBuiltinCryptoOperatorsSid] = IN_BUILTIN(569),
    [WinUntrustedLabelSid] = FIXED(16, 0),
    [WinLowLabelSid] = FIXED(16, 4096),
    [WinMediumLabelSid] = FIXED(16, 8192),
    [WinHighLabelSid] = FIXED(16, 12288),
    [WinSystemLabelSid] = FIXED(16, 16384),
    [WinWriteRestrictedCodeSid] = FIXED(5, 33),
    [WinCreatorOwnerRightsSid] = FIXED(3, 4),
    [WinCacheablePrincipalsGroupSid] = IN_DOMAIN(571),
    [WinNonCacheablePrincipalsGroupSid] = IN_DOMAIN(572),
    [WinEnterpriseReadonlyControllersSid] = FIXED(5, 22),
    [WinAccountReadonlyControllersSid] = IN_DOMAIN(521),
    [WinBuiltinEventLogReadersGroup] = IN_BUILTIN(573),
    [WinNewEnterpriseReadonlyControllersSid] = IN_DOMAIN(498),
    [WinBuiltinCertSvcDComAccessGroup] = IN_BUILTIN(574),
    [WinMediumPlusLabelSid] = FIXED(16, 8448),
    [WinLocalLogonSid] = FIXED(2, 1),
    [WinConsoleLogonSid] = FIXED(2, 1),
    [WinThisOrganizationCertificateSid] = FIXED(5, 65, 1),
    [WinApplicationPackageAuthoritySid] = {.sid = {.authority = 15}},
    [WinBuiltinAnyPackageSid] = FIXED(15, 2, 1),
    [WinCapabilityInternetClientSid] = FIXED(15, 3, 1),
    [WinCapabilityInternetClientServerSid] = FIXED(15, 3, 2),
    [WinCapabilityPrivateNetworkClientServerSid] = FIXED(15, 3, 3),
    [WinCapabilityPicturesLibrarySid] = FIXED(15, 3, 4),
    [WinCapabilityVideosLibrarySid] = FIXED(15, 3, 5),
    [WinCapabilityMusicLibrarySid] = FIXED(15, 3, 6),
    [WinCapabilityDocumentsLibrarySid] = FIXED(15, 3, 7),
    [WinCapabilitySharedUserCertificatesSid] = FIXED(15, 3, 9),
    [WinCapabilityEnterpriseAuthenticationSid] = FIXED(15, 3, 8),
    [WinCapabilityRemovableStorageSid] = FIXED(15, 3, 10),
    [WinBuiltinRDSRemoteAccessServersSid] = IN_BUILTIN(575),
    [WinBuiltinRDSEndpointServersSid] = IN_BUILTIN(576),
    [WinBuiltinRDSManagementServersSid] = IN_BUILTIN(577),
    [WinUserModeDriversSid] = FIXED(5, 84, 0, 0, 0, 0, 0),
    [WinBuiltinHyperVAdminsSid] = IN_BUILTIN(578),
    [WinAccountCloneableControllersSid] = IN_DOMAIN(522),
    [WinBuiltinAccessControlAssistanceOperatorsSid] = IN_BUILTIN(579),
    [WinBuiltinRemoteManagementUsersSid] = IN_BUILTIN(580),
    [WinAuthenticationAuthorityAssertedSid] = FIXED(18, 1),
    [WinAuthenticationServiceAssertedSid] = FIXED(18, 2),
    [WinLocalAccountSid] = FIXED(5, 113),
    [WinLocalAccountAndAdministratorSid] = FIXED(5, 114),
    [WinAccountProtectedUsersSid] = IN_DOMAIN(525),
    [WinCapabilityAppointmentsSid] = FIXED(15, 3, 11),
    [WinCapabilityContactsSid] = FIXED(15, 3, 12),
    [WinAccountDefaultSystemManagedSid] = IN_DOMAIN(503),
    [WinBuiltinDefaultSystemManagedGroupSid] = IN_BUILTIN(581),
    [WinBuiltinStorageReplicaAdminsSid] = IN_BUILTIN(582),
    [WinAccountKeyAdminsSid] = IN_DOMAIN(526),
    [WinAccountEnterpriseKeyAdminsSid] = IN_DOMAIN(527),
    [WinAuthenticationKeyTrustSid] = FIXED(18, 4),
    [WinAuthenticationKeyPropertyMFASid] = FIXED(18, 5),
    [WinAuthenticationKeyPropertyAttestationSid] = FIXED(18, 6),
    [WinAuthenticationFreshKeyAuthSid] = FIXED(18, 3),
    [WinBuiltinDeviceOwnersSid] = IN_BUILTIN(583),
};

static bool is_known(WELL_KNOWN_SID_TYPE type)
{
    return (size_t)type < ARRAY_SIZE(well_known) &&
           (well_known[type].in_domain || well_known[type].sid.n_sub_authorities ||
            well_known[type].sid.authority);
}

static tsr_status domain_read(PSID domain, tsr_sid *ret_domain)
{
    REQUIRE(RtlValidSid(domain), STATUS_INVALID_PARAMETER);
    TRY(tsr_sid_decode(domain, RtlLengthSid(domain), ret_domain, NULL));
    REQUIRE(ret_domain->n_sub_authorities < TSR_SID_SUB_AUTHORITIES_MAX, STATUS_INVALID_PARAMETER);
    return TSR_OK;
}

static tsr_status well_known_sid(WELL_KNOWN_SID_TYPE type, PSID domain, tsr_sid *ret_sid)
{
    tsr_sid sid;

    REQUIRE(is_known(type), STATUS_INVALID_PARAMETER);
    sid = well_known[type].sid;
    if (well_known[type].in_domain) {
        TRY(domain_read(domain, &sid));
        sid.sub_authorities[sid.n_sub_authorities++] = well_known[type].in_domain;
    }

    *ret_sid = sid;
    return TSR_OK;
}

static tsr_status well_known_create(WELL_KNOWN_SID_TYPE type, PSID domain, PSID to, DWORD *size)
{
    size_t needed;
    tsr_sid sid;
    DWORD room;

    REQUIRE(size, STATUS_INVALID_PARAMETER);
    TRY(well_known_sid(type, domain, &sid));
    room = *size;
    *size = (DWORD)tsr_sid_size(&sid);
    REQUIRE(*size <= room, STATUS_BUFFER_TOO_SMALL);
    REQUIRE(to, STATUS_INVALID_PARAMETER);
    return tsr_sid_encode(&sid, to, room, &needed);
}

BOOL WINAPI CreateWellKnownSid(WELL_KNOWN_SID_TYPE WellKnownSidType, PSID DomainSid, PSID pSid,
                               DWORD *cbSid)
{
    return error_report(well_known_create(WellKnownSidType, DomainSid, pSid, cbSid));
}

static bool is_account(const tsr_sid *sid, DWORD rid)
{
    return sid->authority == 5 && sid->n_sub_authorities == 5 &&
           sid->sub_authorities[0] == SECURITY_NT_NON_UNIQUE && sid->sub_authorities[4] == rid;
}

BOOL WINAPI IsWellKnownSid(PSID pSid, WELL_KNOWN_SID_TYPE WellKnownSidType)
{
    tsr_sid sid;

    if (!is_known(WellKnownSidType) || !RtlValidSid(pSid) ||
        tsr_failed(tsr_sid_decode(pSid, RtlLengthSid(pSid), &sid, NULL))) {
        return FALSE;
    }
    return well_known[WellKnownSidType].in_domain
               ? is_account(&sid, well_known[WellKnownSidType].in_domain)
               : tsr_sid_equal(&sid, &well_known[WellKnownSidType].sid);
}
