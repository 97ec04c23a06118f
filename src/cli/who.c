/* SPDX-License-Identifier: MIT */
/* Whose token: identities named on the command line, and the tokens they have. */

#include "cli/who.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "cli/message.h"
#include "cli/own.h"
#include "cli/text.h"

/* The kernel's overflow group: owns nothing, and is nobody's group. */
#define NOBODY_GID 65534u

#define ALL_CAPABILITIES ((UINT64_C(1) << (CAP_LAST_CAP + 1)) - 1)

bool who_resolver(const struct who_options *options, tsr_resolver **ret_resolver)
{
    const tsr_resolver_options resolver_options = {.map_path = options->map,
                                                   .state_dir = options->state};
    size_t line = 0;
    tsr_status status;

    status = tsr_resolver_new(&resolver_options, ret_resolver, &line);
    if (tsr_ok(status)) {
        return true;
    }
    if (line > 0) {
        message("%s:%zu: this line of the map is wrong; correct it, or leave out --map",
                options->map, line);
        return false;
    }
    if (status.code == STATUS_ACCESS_DENIED) {
        message("the map or the state directory can be written by others than root, or not read "
                "by you; make both root's, mode 0755 or less");
        return false;
    }
    if (status.code == STATUS_NOT_SUPPORTED) {
        message("/proc belongs to another pid namespace; mount one of your own over it");
        return false;
    }
    message_status(status, "cannot use %s", options->map ? options->map : "the state directory");
    return false;
}

bool who_process(const char *pid, tsr_identity *ret_identity)
{
    uint32_t number = (uint32_t)getpid();
    tsr_status status;

    if (pid && (!text_to_u32(pid, &number) || number == 0 || number > INT32_MAX)) {
        message("'%s' is no process number", pid);
        return false;
    }

    status = tsr_identity_of_thread((pid_t)number, ret_identity);
    if (status.code == STATUS_NOT_FOUND) {
        message("there is no process %u, or it has just ended", number);
        return false;
    }
    if (tsr_failed(status)) {
        message_status(status, "cannot read the identity of process %u", number);
        return false;
    }
    return true;
}

static int compare_gids(const void *a, const void *b)
{
    const gid_t left = *(const gid_t *)a;
    const gid_t right = *(const gid_t *)b;

    return (left > right) - (left < right);
}

/* The identity of a user that is not running: root has the capabilities it is born with. */
static tsr_identity identity_of(uid_t uid, gid_t gid, gid_t *take_groups, size_t n_groups)
{
    if (n_groups > 0) {
        qsort(take_groups, n_groups, sizeof(*take_groups), compare_gids);
    }
    return (tsr_identity){
        .real_uid = uid,
        .uid = uid,
        .gid = gid,
        .capabilities = uid == 0 ? ALL_CAPABILITIES : 0,
        .groups = take_groups,
        .n_groups = n_groups,
    };
}

static bool account_identity(const struct passwd *account, tsr_identity *ret_identity)
{
    CLEANUP(free) gid_t *groups = NULL;
    int n_groups = 0;

    (void)getgrouplist(account->pw_name, account->pw_gid, NULL, &n_groups);
    groups = array_new((size_t)n_groups, sizeof(*groups));
    if (!groups || getgrouplist(account->pw_name, account->pw_gid, groups, &n_groups) < 0) {
        message("cannot read the groups of %s; name them as UID:GID,GID…", account->pw_name);
        return false;
    }

    *ret_identity = identity_of(account->pw_uid, account->pw_gid, STEAL(groups), (size_t)n_groups);
    return true;
}

/* The gids after the colon: the primary one, then supplementary ones. */
static bool read_gids(const char *text, uid_t uid, tsr_identity *ret_identity)
{
    CLEANUP(free) gid_t *groups = NULL;
    size_t n_groups = 0;
    gid_t primary;

    groups = array_new(strlen(text) + 1, sizeof(*groups));
    if (!groups) {
        message("out of memory");
        return false;
    }
    for (const char *at = text;; at++) {
        const size_t size = strcspn(at, ",");
        char part[16] = "";

        if (size < sizeof(part)) {
            memcpy(part, at, size);
        }
        if (!text_to_u32(part, &groups[n_groups]) || groups[n_groups] == UINT32_MAX) {
            message("'%s' is no list of group numbers; write UID:GID,GID…", text);
            return false;
        }
        n_groups++;
        at += size;
        if (!*at) {
            break;
        }
    }

    primary = groups[0];
    memmove(groups, groups + 1, (n_groups - 1) * sizeof(*groups));
    *ret_identity = identity_of(uid, primary, STEAL(groups), n_groups - 1);
    return true;
}

static bool numbered_user(uint32_t uid, const char *gids, tsr_identity *ret_identity)
{
    const struct passwd *account;

    if (gids) {
        return read_gids(gids, uid, ret_identity);
    }
    account = getpwuid(uid);
    if (account) {
        return account_identity(account, ret_identity);
    }
    *ret_identity = identity_of(uid, NOBODY_GID, NULL, 0);
    return true;
}

bool who_user(const char *text, tsr_identity *ret_identity)
{
    const char *const colon = strchr(text, ':');
    const size_t size = colon ? (size_t)(colon - text) : strlen(text);
    const struct passwd *account;
    char name[256] = "";
    uint32_t uid;

    if (size < sizeof(name)) {
        memcpy(name, text, size);
    }
    if (text_to_u32(name, &uid)) {
        if (uid == UINT32_MAX) {
            message("%s is no user: this number is reserved", name);
            return false;
        }
        return numbered_user(uid, colon ? colon + 1 : NULL, ret_identity);
    }

    account = getpwnam(name);
    if (!account) {
        message("there is no user '%s'; write a number for a user without an account", name);
        return false;
    }
    if (colon) {
        return read_gids(colon + 1, account->pw_uid, ret_identity);
    }
    return account_identity(account, ret_identity);
}

bool who_token(tsr_resolver *resolver, const tsr_identity *identity, tsr_token **ret_token,
               tsr_origin *ret_origin)
{
    const tsr_status status = tsr_resolver_token(resolver, identity, ret_token, ret_origin);

    if (tsr_failed(status)) {
        message_status(status, "uid %u has no token", identity->uid);
        return false;
    }
    return true;
}
