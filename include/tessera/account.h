/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Accounts by SID and by name
 *
 * A SID that means the same everywhere has the name that Windows gives it in English. Any other
 * account is a user or a group of Linux, whom NSS knows: "Unix User\alice", "Unix Group\staff".
 *
 * These functions may be called from any thread. They ask NSS, which may ask other machines and
 * take its time.
 */

#include <sys/types.h>

#include <tessera/base.h>
#include <tessera/linux.h>
#include <tessera/sid.h>
#include <tessera/status.h>

TSR_BEGIN_DECLS

/* Rooms for texts with their terminators. */
#define TSR_ACCOUNT_DOMAIN_MAX 64
#define TSR_ACCOUNT_NAME_MAX   257

/* What an account is, by the numbers of SID_NAME_USE. */
typedef enum tsr_account_use {
    TSR_ACCOUNT_USER = 1,
    TSR_ACCOUNT_GROUP = 2,
    TSR_ACCOUNT_DOMAIN = 3,
    TSR_ACCOUNT_ALIAS = 4,
    TSR_ACCOUNT_WELL_KNOWN_GROUP = 5,
    TSR_ACCOUNT_LABEL = 10,
    TSR_ACCOUNT_LOGON_SESSION = 11,
} tsr_account_use;

typedef struct tsr_account {
    tsr_sid sid;
    tsr_account_use use;
    char domain[TSR_ACCOUNT_DOMAIN_MAX]; /* "" where it belongs to none */
    char name[TSR_ACCOUNT_NAME_MAX];
} tsr_account;

/**
 * The account that has a SID.
 *
 * @param resolver     whose map tells the SIDs of users and groups; NULL: no map
 * @param ret_account  untouched on failure; its SID is @sid
 * @return STATUS_NONE_MAPPED (nobody has it, or NSS answers with a name that is none: too long, not
 *         UTF-8, or with a control character), STATUS_INSUFFICIENT_RESOURCES (NSS has a record of
 *         more than 16 MiB), STATUS_NO_MEMORY, tsr_status_of_errno() of what NSS reports
 */
TSR_PUBLIC tsr_status tsr_account_by_sid(const tsr_resolver *resolver, const tsr_sid *sid,
                                         tsr_account *ret_account);

/**
 * The account that a text names.
 *
 * "DOMAIN\name" is looked for in that domain, and a name alone first among those that mean the same
 * everywhere, then among users, then among groups. Those names and all domains are read in letters
 * of either case, but users and groups as NSS reads them. Behind any other domain, and before any
 * "@", stands nothing that we know; NSS is asked for the whole text, as it may.
 *
 * The account of uid 0 is NT AUTHORITY\SYSTEM, whatever name leads to it.
 *
 * @param resolver     as above
 * @param ret_account  untouched on failure; the account of its SID
 * @return as above, for a @text that is no name STATUS_NONE_MAPPED; where users cannot be asked
 * for, groups are not
 */
TSR_PUBLIC tsr_status tsr_account_by_name(const tsr_resolver *resolver, const char *text,
                                          tsr_account *ret_account);

/**
 * Who a program of this uid would be after a login: the groups that NSS has for it, no capability,
 * and neither thread nor process. NSS does not tell when it could not ask for all groups.
 *
 * @param ret_identity  tsr_identity_deinit() by the caller; untouched on failure
 * @return as tsr_account_by_sid()
 */
TSR_PUBLIC tsr_status tsr_account_identity(uid_t uid, tsr_identity *ret_identity);

TSR_END_DECLS
