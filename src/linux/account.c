/* SPDX-License-Identifier: MIT */
/* Linux accounts as SIDs, and tokens made of them. */

#include "linux/account.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>
#include <tessera/privilege.h>

#include "base/check.h"

/* Logon sessions: SYSTEM's has its own number (token.md 2.6), and every other uid has one of its
 * own. */
#define SYSTEM_LOGON    UINT64_C(0x3e7)
#define FIRST_UID_LOGON (UINT64_C(1) << 32)

/* Administrators in SYSTEM's token: owner of what it makes, and not mandatory (token.md 2.6). */
#define SYSTEM_ADMINISTRATORS (SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED | SE_GROUP_OWNER)

#define NO_ID UINT32_MAX

static const tsr_token_source system_source = {.name = {'*', 'S', 'Y', 'S', 'T', 'E', 'M', '*'}};
static const tsr_token_source linux_source = {.name = {'L', 'i', 'n', 'u', 'x'}};

/* The parts of a token while it is put together; the specification points into it. */
struct account {
    tsr_token_spec spec;
    tsr_sid primary_group;
    tsr_sid owner;
    tsr_sid integrity;
    tsr_group *groups; /* owned */
    size_t n_groups;
    tsr_privilege_state privileges[TSR_PRIVILEGE_LAST + 1];
    size_t n_privileges;
    uint8_t *dacl_bytes; /* owned */
    tsr_acl dacl;
};

static void account_deinit(struct account *account)
{
    free(account->groups);
    free(account->dacl_bytes);
}

static inline void cleanup_account_deinit(struct account *account)
{
    account_deinit(account);
}

void account_sid_of_uid(const struct map *map, uid_t uid, tsr_sid *ret_sid)
{
    if (uid == 0) {
        *ret_sid = TSR_SID_SYSTEM;
        return;
    }
    if (!map_sid_of_uid(map, uid, ret_sid)) {
        *ret_sid = TSR_SID_UNIX_USER(uid);
    }
}

/* Whether a gid is that of a group: neither a tag nor the number that means none. */
static bool is_group(gid_t gid)
{
    return gid != NO_ID && !tsr_gid_is_tag(gid);
}

void account_sid_of_gid(const struct map *map, gid_t gid, tsr_sid *ret_sid)
{
    if (!is_group(gid)) {
        *ret_sid = TSR_SID_NULL;
        return;
    }
    if (!map_sid_of_gid(map, gid, ret_sid)) {
        *ret_sid = TSR_SID_UNIX_GROUP(gid);
    }
}

/* S-1-22-KIND-ID, and an id it is. */
static bool is_unix_sid(const tsr_sid *sid, uint32_t kind)
{
    return sid->authority == 22 && sid->n_sub_authorities == 2 && sid->sub_authorities[0] == kind &&
           sid->sub_authorities[1] != NO_ID;
}

bool account_uid_of_sid(const struct map *map, const tsr_sid *sid, uid_t *ret_uid)
{
    const tsr_sid system = TSR_SID_SYSTEM;

    if (tsr_sid_equal(sid, &system)) {
        *ret_uid = 0;
        return true;
    }
    if (is_unix_sid(sid, 1)) {
        *ret_uid = sid->sub_authorities[1];
        return true;
    }
    return map_uid_of_sid(map, sid, ret_uid);
}

bool account_gid_of_sid(const struct map *map, const tsr_sid *sid, gid_t *ret_gid)
{
    if (is_unix_sid(sid, 2) && is_group(sid->sub_authorities[1])) {
        *ret_gid = sid->sub_authorities[1];
        return true;
    }
    return map_gid_of_sid(map, sid, ret_gid);
}

static void add_group(struct account *account, tsr_sid sid, uint32_t attributes)
{
    account->groups[account->n_groups++] = (tsr_group){.sid = sid, .attributes = attributes};
}

/* Both forms, so that an ACL matches whichever it was written in (linux.md 5). */
static void add_gid(struct account *account, const struct map *map, gid_t gid)
{
    tsr_sid mapped;

    if (!is_group(gid)) {
        return;
    }
    if (map_sid_of_gid(map, gid, &mapped)) {
        add_group(account, mapped, TSR_GROUP_ORDINARY);
    }
    add_group(account, TSR_SID_UNIX_GROUP(gid), TSR_GROUP_ORDINARY);
}

static bool has_group(const struct account *account, const tsr_sid *sid)
{
    for (size_t i = 0; i < account->n_groups; i++) {
        if (tsr_sid_equal(&account->groups[i].sid, sid)) {
            return true;
        }
    }
    return false;
}

static void add_members(struct account *account, const struct map *map, uid_t uid)
{
    const struct map_entry *members = NULL;
    const size_t n_members = map_peek_members(map, uid, &members);

    for (size_t i = 0; i < n_members; i++) {
        if (!has_group(account, &members[i].sid)) {
            add_group(account, members[i].sid, TSR_GROUP_ORDINARY);
        }
    }
}

/* What SYSTEM, the guest and everybody else are by nature. */
static void add_well_known(struct account *account, const struct map *map, uid_t uid)
{
    if (uid == 0) {
        add_group(account, TSR_SID_ADMINISTRATORS, SYSTEM_ADMINISTRATORS);
        add_group(account, TSR_SID_EVERYONE, TSR_GROUP_ORDINARY);
        add_group(account, TSR_SID_AUTHENTICATED_USERS, TSR_GROUP_ORDINARY);
        return;
    }
    add_group(account, TSR_SID_EVERYONE, TSR_GROUP_ORDINARY);
    if (map_is_guest(map, uid)) {
        add_group(account, TSR_SID_GUESTS, TSR_GROUP_ORDINARY);
    } else {
        add_group(account, TSR_SID_USERS, TSR_GROUP_ORDINARY);
        add_group(account, TSR_SID_AUTHENTICATED_USERS, TSR_GROUP_ORDINARY);
    }
    add_group(account, TSR_SID_LOCAL, TSR_GROUP_ORDINARY);
}

static tsr_status add_groups(struct account *account, const struct map *map,
                             const tsr_identity *identity)
{
    const struct map_entry *members = NULL;
    const tsr_sid unix_user = TSR_SID_UNIX_USER(identity->uid);
    /* Four well-known ones, the Unix form of the user, two forms of each gid. */
    const size_t n_max =
        5 + 2 * (identity->n_groups + 1) + map_peek_members(map, identity->uid, &members);

    account->groups = array_new(n_max, sizeof(*account->groups));
    REQUIRE(account->groups, STATUS_NO_MEMORY);

    add_well_known(account, map, identity->uid);
    if (!tsr_sid_equal(&account->spec.user, &unix_user)) {
        add_group(account, unix_user, TSR_GROUP_ORDINARY);
    }
    add_gid(account, map, identity->gid);
    for (size_t i = 0; i < identity->n_groups; i++) {
        if (identity->groups[i] != identity->gid) {
            add_gid(account, map, identity->groups[i]);
        }
    }
    add_members(account, map, identity->uid);
    REQUIRE(account->n_groups <= TSR_TOKEN_GROUPS_MAX, STATUS_NO_TOKEN);

    account->spec.groups = account->groups;
    account->spec.n_groups = account->n_groups;
    return TSR_OK;
}

static void set_privileges(struct account *account, uint64_t privileges)
{
    for (uint32_t luid = TSR_PRIVILEGE_FIRST; luid <= TSR_PRIVILEGE_LAST; luid++) {
        if (privileges & TSR_PRIVILEGE_BIT(luid)) {
            account->privileges[account->n_privileges++] = (tsr_privilege_state){
                .luid = luid,
                .attributes = SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT,
            };
        }
    }
    account->spec.privileges = account->privileges;
    account->spec.n_privileges = account->n_privileges;
}

static tsr_status set_default_dacl(struct account *account)
{
    const tsr_sid system = TSR_SID_SYSTEM;
    const tsr_sid administrators = TSR_SID_ADMINISTRATORS;
    tsr_acl_builder builder = {0};

    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, GENERIC_ALL, &account->spec.user);
    if (tsr_sid_equal(&account->spec.user, &system)) {
        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0,
                            GENERIC_READ | GENERIC_EXECUTE | READ_CONTROL, &administrators);
    } else {
        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, GENERIC_ALL, &system);
    }
    TRY(tsr_acl_builder_finish(&builder, &account->dacl_bytes, &account->dacl));

    account->spec.default_dacl = &account->dacl;
    return TSR_OK;
}

static tsr_status account_init(struct account *account, const struct map *map, uid_t uid,
                               uint32_t integrity)
{
    REQUIRE(uid != NO_ID, STATUS_NO_TOKEN);

    account_sid_of_uid(map, uid, &account->spec.user);
    account->integrity = TSR_SID_INTEGRITY(integrity);
    account->spec.integrity = &account->integrity;
    account->spec.mandatory_policy = TSR_POLICY_NO_WRITE_UP;
    account->spec.authentication_id = uid == 0 ? SYSTEM_LOGON : FIRST_UID_LOGON + uid;
    account->spec.source = uid == 0 ? system_source : linux_source;
    return set_default_dacl(account);
}

/* The owner and primary group of what it makes. SYSTEM's are not its own (token.md 2.6). */
static void set_defaults(struct account *account, const struct map *map,
                         const tsr_identity *identity)
{
    if (identity->uid == 0) {
        account->owner = TSR_SID_ADMINISTRATORS;
        account->spec.owner = &account->owner;
        return;
    }
    if (is_group(identity->gid)) {
        account_sid_of_gid(map, identity->gid, &account->primary_group);
        account->spec.primary_group = &account->primary_group;
    }
}

tsr_status account_token(const struct map *map, const tsr_identity *identity, tsr_token **ret_token)
{
    CLEANUP(account_deinit) struct account account = {0};

    REQUIRE(identity->gid != NO_ID, STATUS_NO_TOKEN);

    TRY(account_init(&account, map, identity->uid,
                     identity->uid == 0 ? TSR_INTEGRITY_SYSTEM : TSR_INTEGRITY_MEDIUM));
    TRY(add_groups(&account, map, identity));
    set_defaults(&account, map, identity);
    set_privileges(&account, tsr_privileges_of_capabilities(identity->capabilities) |
                                 TSR_PRIVILEGE_BIT(SE_CHANGE_NOTIFY_PRIVILEGE));
    return tsr_token_new(&account.spec, ret_token);
}

tsr_status account_uid_token(const struct map *map, uid_t uid, tsr_token **ret_token)
{
    /* Everyone is everyone: without it, what is denied to Everyone would not be denied here. */
    const tsr_group everyone = {.sid = TSR_SID_EVERYONE, .attributes = TSR_GROUP_ORDINARY};
    CLEANUP(account_deinit) struct account account = {0};

    TRY(account_init(&account, map, uid, TSR_INTEGRITY_MEDIUM));
    account.spec.groups = &everyone;
    account.spec.n_groups = 1;
    return tsr_token_new(&account.spec, ret_token);
}
