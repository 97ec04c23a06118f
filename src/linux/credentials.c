/* SPDX-License-Identifier: MIT */
/* Changing the calling thread's credentials for good. */

#include "linux/credentials.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/check.h"

#include "linux/no-setxid.h"

/* On old 32-bit architectures the plain names are calls that cut ids to 16 bits. */
#ifdef SYS_setgroups32
#define CALL_SET_GROUPS SYS_setgroups32
#define CALL_GET_GROUPS SYS_getgroups32
#define CALL_SET_GIDS   SYS_setresgid32
#define CALL_GET_GIDS   SYS_getresgid32
#define CALL_SET_UIDS   SYS_setresuid32
#define CALL_GET_UIDS   SYS_getresuid32
#else
#define CALL_SET_GROUPS SYS_setgroups
#define CALL_GET_GROUPS SYS_getgroups
#define CALL_SET_GIDS   SYS_setresgid
#define CALL_GET_GIDS   SYS_getresgid
#define CALL_SET_UIDS   SYS_setresuid
#define CALL_GET_UIDS   SYS_getresuid
#endif

#define CAPABILITIES_MAX 64

#define BIT(capability_) (UINT64_C(1) << (capability_))

/* The three sets of a thread. */
struct capability_sets {
    uint64_t effective;
    uint64_t permitted;
    uint64_t inheritable;
};

static tsr_status status_of_call(long result)
{
    return result < 0 ? tsr_status_of_errno(errno) : TSR_OK;
}

static tsr_status get_sets(struct capability_sets *ret_sets)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];

    TRY(status_of_call(syscall(SYS_capget, &header, data)));

    ret_sets->effective = (uint64_t)data[1].effective << 32 | data[0].effective;
    ret_sets->permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
    ret_sets->inheritable = (uint64_t)data[1].inheritable << 32 | data[0].inheritable;
    return TSR_OK;
}

tsr_status credentials_capabilities(uint64_t *ret_capabilities)
{
    struct capability_sets sets;
    uint64_t capabilities = 0;

    TRY(get_sets(&sets));
    for (unsigned int i = 0; i < CAPABILITIES_MAX; i++) {
        if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1) {
            capabilities |= sets.permitted & BIT(i);
        }
    }

    *ret_capabilities = capabilities;
    return TSR_OK;
}

static bool ids_are(const uint32_t ids[3], uint32_t id)
{
    return ids[0] == id && ids[1] == id && ids[2] == id;
}

/* Whether exec passes on a capability that is not effective. */
static bool has_ambient_but(uint64_t capabilities)
{
    for (unsigned int i = 0; i < CAPABILITIES_MAX; i++) {
        if (!(capabilities & BIT(i)) &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1) {
            return true;
        }
    }
    return false;
}

bool credentials_are_passed_on(const tsr_identity *identity)
{
    uint32_t uids[3];
    uint32_t gids[3];

    return syscall(CALL_GET_UIDS, &uids[0], &uids[1], &uids[2]) == 0 &&
           syscall(CALL_GET_GIDS, &gids[0], &gids[1], &gids[2]) == 0 &&
           ids_are(uids, identity->uid) && ids_are(gids, identity->gid) &&
           !has_ambient_but(identity->capabilities);
}

tsr_status credentials_limit_capabilities(uint64_t kept)
{
    for (unsigned int i = 0; i < CAPABILITIES_MAX; i++) {
        /* 0 or failure: taken out already, or unknown to this kernel. */
        if ((kept & BIT(i)) || prctl(PR_CAPBSET_READ, i, 0, 0, 0) != 1) {
            continue;
        }
        /* safe because it only takes away; needs CAP_SETPCAP. */
        TRY(status_of_call(prctl(PR_CAPBSET_DROP, i, 0, 0, 0)));
    }
    return TSR_OK;
}

/* A call that reports success without having changed anything must not go unseen. */
static tsr_status verify(const struct credentials *credentials)
{
    uint32_t uids[3];
    uint32_t gids[3];
    const size_t size = credentials->n_groups * sizeof(*credentials->groups);
    long n_groups;

    TRY(status_of_call(syscall(CALL_GET_UIDS, &uids[0], &uids[1], &uids[2])));
    TRY(status_of_call(syscall(CALL_GET_GIDS, &gids[0], &gids[1], &gids[2])));
    n_groups = syscall(CALL_GET_GROUPS, credentials->n_groups + 1, credentials->read_back);
    TRY(status_of_call(n_groups));

    REQUIRE(ids_are(uids, credentials->uid) && ids_are(gids, credentials->gid),
            STATUS_INTERNAL_ERROR);
    REQUIRE((size_t)n_groups == credentials->n_groups, STATUS_INTERNAL_ERROR);
    REQUIRE(size == 0 || memcmp(credentials->read_back, credentials->groups, size) == 0,
            STATUS_INTERNAL_ERROR);
    return TSR_OK;
}

tsr_status credentials_leave_keys(void)
{
    /* safe because the new keyring is empty; needs nothing. A kernel without keys has none to
     * leave, and a filter that keeps us from them keeps the program from them too. */
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS &&
        errno != EPERM) {
        return tsr_status_of_errno(errno);
    }
    return TSR_OK;
}

tsr_status credentials_become(const struct credentials *credentials)
{
    const uid_t uid = credentials->uid;
    const gid_t gid = credentials->gid;

    /* safe because the capabilities kept are set one by one before exec, which clears this flag;
     * needs that securebits do not lock it. */
    TRY(status_of_call(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)));
    /* Groups, gid, uid: in any other order the first step takes away what the next one needs. */
    /* safe because the list is the caller's, tag included, and read back; needs CAP_SETGID. */
    TRY(status_of_call(syscall(CALL_SET_GROUPS, credentials->n_groups, credentials->groups)));
    /* safe because all three ids change, so that none leads back; needs CAP_SETGID. */
    TRY(status_of_call(syscall(CALL_SET_GIDS, gid, gid, gid)));
    /* safe because all three ids change, so that none leads back; needs CAP_SETUID. */
    TRY(status_of_call(syscall(CALL_SET_UIDS, uid, uid, uid)));

    return verify(credentials);
}

static tsr_status set_sets(uint64_t capabilities)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const uint32_t low = (uint32_t)capabilities;
    const uint32_t high = (uint32_t)(capabilities >> 32);
    const struct __user_cap_data_struct data[2] = {
        {.effective = low, .permitted = low, .inheritable = low},
        {.effective = high, .permitted = high, .inheritable = high},
    };

    /* safe because it only takes away: the kernel refuses what is not permitted; needs nothing. */
    return status_of_call(syscall(SYS_capset, &header, data));
}

tsr_status credentials_set_capabilities(uint64_t capabilities)
{
    struct capability_sets sets;

    TRY(set_sets(capabilities));
    TRY(status_of_call(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)));
    for (unsigned int i = 0; i < CAPABILITIES_MAX; i++) {
        if (capabilities & BIT(i)) {
            /* safe because it is one of those just set; needs it in both sets, where it is. */
            TRY(status_of_call(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0)));
        }
    }

    TRY(get_sets(&sets));
    REQUIRE(sets.effective == capabilities && sets.permitted == capabilities &&
                sets.inheritable == capabilities,
            STATUS_INTERNAL_ERROR);
    return TSR_OK;
}

tsr_status credentials_renounce(void)
{
    /* safe because it only takes away, and cannot be undone; needs nothing. */
    TRY(status_of_call(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)));
    REQUIRE(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, STATUS_INTERNAL_ERROR);
    return TSR_OK;
}
