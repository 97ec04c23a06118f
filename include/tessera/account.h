/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Accounts by SID and by name
 *
 * A SID that means the same everywhere has the name that Windows gives it in English. Any other
 * account is a user or a group of Linux, whom NSS knows: "Unix User\alice", "Unix Group\staff".
 */

#include <tessera/base.h>
#include <tessera/sid.h>

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

TSR_END_DECLS
