/* SPDX-License-Identifier: MIT */
/*
 * Accounts by SID and by name: the SIDs that mean the same everywhere, and NSS for the others.
 *
 * NSS is asked for nothing but the texts that account_query_of() has let through, and for ids. What
 * it answers is judged as well: it comes from files and servers that are not ours.
 */

#include <tessera/account.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/utf.h"
#include "linux/account-name.h"
#include "linux/account.h"

#define USER_DOMAIN  "Unix User"
#define GROUP_DOMAIN "Unix Group"

#define NAME_SIZE_MAX (TSR_ACCOUNT_NAME_MAX - 1)

#define RECORD_SIZE_MIN 1024u
#define RECORD_SIZE_MAX (16u << 20) /* a group of some hundred thousand members */

#define GROUPS_MIN 64
#define GROUPS_MAX 65536 /* NGROUPS_MAX of the kernel */

#define NO_ID UINT32_MAX

/* Control characters of ASCII and Latin-1. */
static bool is_control(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
}

/* Whether an account may be called so, here or in NSS. */
static bool is_name(const char *text)
{
    const size_t size = strnlen(text, NAME_SIZE_MAX + 1);

    if (size == 0 || size > NAME_SIZE_MAX) {
        return false;
    }
    for (size_t at = 0; at < size;) {
        uint32_t code_point;
        const size_t taken = utf8_decode(text + at, size - at, &code_point);

        if (taken == 0 || is_control(code_point)) {
            return false;
        }
        at += taken;
    }
    return true;
}

tsr_status account_query_of(const char *text, struct account_query *ret_query)
{
    struct account_query query = {.known = sid_name_find_text(text), .name = text};

    if (!query.known) {
        REQUIRE(!sid_name_owns(text), STATUS_NONE_MAPPED);
        query.among_users = !sid_name_is_of(text, GROUP_DOMAIN);
        query.among_groups = !sid_name_is_of(text, USER_DOMAIN);
        if (!query.among_groups) {
            query.name += sizeof(USER_DOMAIN);
        }
        if (!query.among_users) {
            query.name += sizeof(GROUP_DOMAIN);
        }
        REQUIRE(is_name(query.name), STATUS_NONE_MAPPED);
    }

    *ret_query = query;
    return TSR_OK;
}

/* What NSS is asked for: the one or the other, by what is asked. */
struct nss_key {
    const char *name; /* borrowed */
    uint32_t id;
};

/* What it answered. */
struct nss_record {
    char *bytes; /* owned */
    size_t size;
    const char *name; /* borrowed from the bytes; NULL: there is no such record */
    uint32_t id;
    gid_t group; /* a user's */
};

static void nss_record_deinit(struct nss_record *record)
{
    free(record->bytes);
}

static inline void cleanup_nss_record_deinit(struct nss_record *record)
{
    nss_record_deinit(record);
}

/* Ask once. @return an errno value; ERANGE: the bytes do not suffice */
typedef int nss_question(const struct nss_key *key, struct nss_record *record);

static void tell_user(const struct passwd *user, struct nss_record *record)
{
    if (user) {
        record->name = user->pw_name;
        record->id = user->pw_uid;
        record->group = user->pw_gid;
    }
}

static int user_of_id(const struct nss_key *key, struct nss_record *record)
{
    struct passwd *found = NULL;
    struct passwd user;
    const int error = getpwuid_r(key->id, &user, record->bytes, record->size, &found);

    tell_user(found, record);
    return error;
}

static int user_of_name(const struct nss_key *key, struct nss_record *record)
{
    struct passwd *found = NULL;
    struct passwd user;
    const int error = getpwnam_r(key->name, &user, record->bytes, record->size, &found);

    tell_user(found, record);
    return error;
}

static void tell_group(const struct group *group, struct nss_record *record)
{
    if (group) {
        record->name = group->gr_name;
        record->id = group->gr_gid;
    }
}

static int group_of_id(const struct nss_key *key, struct nss_record *record)
{
    struct group *found = NULL;
    struct group group;
    const int error = getgrgid_r(key->id, &group, record->bytes, record->size, &found);

    tell_group(found, record);
    return error;
}

static int group_of_name(const struct nss_key *key, struct nss_record *record)
{
    struct group *found = NULL;
    struct group group;
    const int error = getgrnam_r(key->name, &group, record->bytes, record->size, &found);

    tell_group(found, record);
    return error;
}

/* Some services report what they do not have as an error. */
static tsr_status nss_status(int error, const struct nss_record *record)
{
    if (error == 0 || error == ENOENT || error == ESRCH) {
        return tsr_status_of(record->name && is_name(record->name) && record->id != NO_ID
                                 ? STATUS_SUCCESS
                                 : STATUS_NONE_MAPPED);
    }
    return tsr_status_of_errno(error);
}

/* @param record  zeroed; nss_record_deinit() by the caller, whatever comes of it */
static tsr_status nss_ask(nss_question *question, const struct nss_key *key,
                          struct nss_record *record)
{
    for (size_t size = RECORD_SIZE_MIN; size <= RECORD_SIZE_MAX; size *= 2) {
        int error;

        free(record->bytes);
        *record = (struct nss_record){.bytes = malloc(size), .size = size};
        REQUIRE(record->bytes, STATUS_NO_MEMORY);
        error = question(key, record);
        if (error != ERANGE) {
            return nss_status(error, record);
        }
    }
    return tsr_status_of(STATUS_INSUFFICIENT_RESOURCES);
}

static bool uid_of_sid(const tsr_resolver *resolver, const tsr_sid *sid, uid_t *ret_uid)
{
    return resolver ? tsr_resolver_uid_of_sid(resolver, sid, ret_uid)
                    : account_uid_of_sid(NULL, sid, ret_uid);
}

static bool gid_of_sid(const tsr_resolver *resolver, const tsr_sid *sid, gid_t *ret_gid)
{
    return resolver ? tsr_resolver_gid_of_sid(resolver, sid, ret_gid)
                    : account_gid_of_sid(NULL, sid, ret_gid);
}

static void sid_of_uid(const tsr_resolver *resolver, uid_t uid, tsr_sid *ret_sid)
{
    if (resolver) {
        tsr_resolver_sid_of_uid(resolver, uid, ret_sid);
    } else {
        account_sid_of_uid(NULL, uid, ret_sid);
    }
}

static void sid_of_gid(const tsr_resolver *resolver, gid_t gid, tsr_sid *ret_sid)
{
    if (resolver) {
        tsr_resolver_sid_of_gid(resolver, gid, ret_sid);
    } else {
        account_sid_of_gid(NULL, gid, ret_sid);
    }
}

/* Both texts fit: those of the table are tested, and others have been judged by is_name(). */
static tsr_account account_of(const tsr_sid *sid, tsr_account_use use, const char *domain,
                              const char *name)
{
    tsr_account account = {.sid = *sid, .use = use};

    (void)snprintf(account.domain, sizeof(account.domain), "%s", domain);
    (void)snprintf(account.name, sizeof(account.name), "%s", name);
    return account;
}

static tsr_account account_of_known(const struct sid_name *known)
{
    return account_of(&known->sid, known->use, known->domain, known->name);
}

static tsr_account account_of_session(const tsr_sid *sid)
{
    tsr_account account =
        account_of(sid, TSR_ACCOUNT_LOGON_SESSION, sid_name_find(&TSR_SID_SYSTEM)->domain, "");

    (void)snprintf(account.name, sizeof(account.name), "LogonSessionId_%u_%u",
                   sid->sub_authorities[1], sid->sub_authorities[2]);
    return account;
}

static tsr_status unix_by_id(nss_question *question, uint32_t id, tsr_account_use use,
                             const tsr_sid *sid, tsr_account *ret_account)
{
    CLEANUP(nss_record_deinit) struct nss_record record = {0};

    TRY(nss_ask(question, &(struct nss_key){.id = id}, &record));
    REQUIRE(record.id == id, STATUS_NONE_MAPPED);
    *ret_account =
        account_of(sid, use, use == TSR_ACCOUNT_USER ? USER_DOMAIN : GROUP_DOMAIN, record.name);
    return TSR_OK;
}

tsr_status tsr_account_by_sid(const tsr_resolver *resolver, const tsr_sid *sid,
                              tsr_account *ret_account)
{
    const struct sid_name *known = sid_name_find(sid);
    uint32_t id;

    if (known) {
        *ret_account = account_of_known(known);
        return TSR_OK;
    }
    if (sid_name_is_session(sid)) {
        *ret_account = account_of_session(sid);
        return TSR_OK;
    }
    if (uid_of_sid(resolver, sid, &id)) {
        return unix_by_id(user_of_id, id, TSR_ACCOUNT_USER, sid, ret_account);
    }
    if (gid_of_sid(resolver, sid, &id)) {
        return unix_by_id(group_of_id, id, TSR_ACCOUNT_GROUP, sid, ret_account);
    }
    return tsr_status_of(STATUS_NONE_MAPPED);
}

/* An id may be that of a SID that means the same everywhere, and then has the name of that. */
static tsr_account account_of_record(const tsr_sid *sid, tsr_account_use use, const char *domain,
                                     const struct nss_record *record)
{
    const struct sid_name *known = sid_name_find(sid);

    return known ? account_of_known(known) : account_of(sid, use, domain, record->name);
}

static tsr_status user_by_name(const tsr_resolver *resolver, const char *name,
                               tsr_account *ret_account)
{
    CLEANUP(nss_record_deinit) struct nss_record record = {0};
    tsr_sid sid;

    TRY(nss_ask(user_of_name, &(struct nss_key){.name = name}, &record));
    sid_of_uid(resolver, record.id, &sid);
    *ret_account = account_of_record(&sid, TSR_ACCOUNT_USER, USER_DOMAIN, &record);
    return TSR_OK;
}

static tsr_status group_by_name(const tsr_resolver *resolver, const char *name,
                                tsr_account *ret_account)
{
    CLEANUP(nss_record_deinit) struct nss_record record = {0};
    tsr_sid sid;

    TRY(nss_ask(group_of_name, &(struct nss_key){.name = name}, &record));
    /* A tag is nobody's name, whatever a group file says. */
    REQUIRE(!tsr_gid_is_tag(record.id), STATUS_NONE_MAPPED);
    sid_of_gid(resolver, record.id, &sid);
    *ret_account = account_of_record(&sid, TSR_ACCOUNT_GROUP, GROUP_DOMAIN, &record);
    return TSR_OK;
}

tsr_status tsr_account_by_name(const tsr_resolver *resolver, const char *text,
                               tsr_account *ret_account)
{
    tsr_status status = tsr_status_of(STATUS_NONE_MAPPED);
    struct account_query query;

    TRY(account_query_of(text, &query));
    if (query.known) {
        *ret_account = account_of_known(query.known);
        return TSR_OK;
    }
    if (query.among_users) {
        status = user_by_name(resolver, query.name, ret_account);
    }
    /* Who could not be asked for may be a user: then no group stands in for him. */
    if (query.among_groups && status.code == STATUS_NONE_MAPPED) {
        return group_by_name(resolver, query.name, ret_account);
    }
    return status;
}

static int compare_gids(const void *a, const void *b)
{
    const gid_t left = *(const gid_t *)a;
    const gid_t right = *(const gid_t *)b;

    return (left > right) - (left < right);
}

/* @param ret_groups  owned by the caller, ascending */
static tsr_status groups_of(const struct nss_record *user, gid_t **ret_groups, size_t *ret_n_groups)
{
    for (int n_room = GROUPS_MIN; n_room <= GROUPS_MAX; n_room *= 2) {
        CLEANUP(free) gid_t *groups = array_new((size_t)n_room, sizeof(*groups));
        int n_groups = n_room;

        REQUIRE(groups, STATUS_NO_MEMORY);
        if (getgrouplist(user->name, user->group, groups, &n_groups) >= 0) {
            qsort(groups, (size_t)n_groups, sizeof(*groups), compare_gids);
            *ret_groups = STEAL(groups);
            *ret_n_groups = (size_t)n_groups;
            return TSR_OK;
        }
    }
    return tsr_status_of(STATUS_INSUFFICIENT_RESOURCES);
}

tsr_status tsr_account_identity(uid_t uid, tsr_identity *ret_identity)
{
    CLEANUP(nss_record_deinit) struct nss_record record = {0};
    tsr_identity identity = {.real_uid = uid, .uid = uid};

    TRY(nss_ask(user_of_id, &(struct nss_key){.id = uid}, &record));
    REQUIRE(record.id == uid, STATUS_NONE_MAPPED);
    TRY(groups_of(&record, &identity.groups, &identity.n_groups));

    identity.gid = record.group;
    *ret_identity = identity;
    return TSR_OK;
}
