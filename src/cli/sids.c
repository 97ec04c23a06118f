/* SPDX-License-Identifier: MIT */
/* SIDs as people write and read them. */

#include "cli/sids.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include <tessera/sddl.h>

#include "base/check.h"
#include "cli/text.h"

static const struct {
    const char *word;
    tsr_sid sid;
} words[] = {
    {"everyone", {1, 1, {0}}},
    {"users", {5, 2, {32, 545}}},
    {"administrators", {5, 2, {32, 544}}},
    {"guests", {5, 2, {32, 546}}},
    {"system", {5, 1, {18}}},
    {"authenticated-users", {5, 1, {11}}},
    {"anonymous", {5, 1, {7}}},
    {"network", {5, 1, {2}}},
    {"interactive", {5, 1, {4}}},
    {"restricted", {5, 1, {12}}},
    {"write-restricted", {5, 1, {33}}},
    {"self", {5, 1, {10}}},
    {"creator-owner", {3, 1, {0}}},
    {"creator-group", {3, 1, {1}}},
    {"owner-rights", {3, 1, {4}}},
    {"all-packages", {15, 2, {2, 1}}},
    {"all-restricted-packages", {15, 2, {2, 2}}},
    {"untrusted-integrity", {16, 1, {TSR_INTEGRITY_UNTRUSTED}}},
    {"low-integrity", {16, 1, {TSR_INTEGRITY_LOW}}},
    {"medium-integrity", {16, 1, {TSR_INTEGRITY_MEDIUM}}},
    {"high-integrity", {16, 1, {TSR_INTEGRITY_HIGH}}},
    {"system-integrity", {16, 1, {TSR_INTEGRITY_SYSTEM}}},
};

#define UNIX_AUTHORITY 22
#define UNIX_USERS     1
#define UNIX_GROUPS    2

static void sid_of_id(bool is_user, uint32_t id, const tsr_resolver *resolver, tsr_sid *ret_sid)
{
    if (!resolver) {
        *ret_sid = is_user ? TSR_SID_UNIX_USER(id) : TSR_SID_UNIX_GROUP(id);
        return;
    }
    if (is_user) {
        tsr_resolver_sid_of_uid(resolver, id, ret_sid);
        return;
    }
    tsr_resolver_sid_of_gid(resolver, id, ret_sid);
}

bool sids_parse(const char *text, const tsr_resolver *resolver, tsr_sid *ret_sid,
                struct problem *ret_problem)
{
    const bool is_user = strncmp(text, "uid:", 4) == 0;
    uint32_t id;

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(words[i].word, text) == 0) {
            *ret_sid = words[i].sid;
            return true;
        }
    }
    if (is_user || strncmp(text, "gid:", 4) == 0) {
        if (!text_to_u32(text + 4, &id) || id == UINT32_MAX) {
            return problem_set(ret_problem, "'%.60s' needs a number after the colon", text);
        }
        sid_of_id(is_user, id, resolver, ret_sid);
        return true;
    }
    if (tsr_failed(tsr_sddl_parse_sid(text, NULL, ret_sid, NULL))) {
        return problem_set(ret_problem,
                           "'%.60s' is no SID: use S-1-…, an SDDL alias such as BA, uid:N, gid:N, "
                           "everyone, users or administrators",
                           text);
    }
    return true;
}

static void name_of_id(const char *kind, uint32_t id, const char *account,
                       char ret_name[SIDS_NAME_MAX])
{
    if (account) {
        (void)snprintf(ret_name, SIDS_NAME_MAX, "%s:%u (%.200s)", kind, id, account);
        return;
    }
    (void)snprintf(ret_name, SIDS_NAME_MAX, "%s:%u", kind, id);
}

/* Whether @sid is S-1-22-KIND-ID. */
static bool is_unix(const tsr_sid *sid, uint32_t kind)
{
    return sid->authority == UNIX_AUTHORITY && sid->n_sub_authorities == 2 &&
           sid->sub_authorities[0] == kind;
}

void sids_name_plain(const tsr_sid *sid, char ret_name[SIDS_NAME_MAX])
{
    char text[TSR_SID_TEXT_MAX];

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (tsr_sid_equal(&words[i].sid, sid)) {
            (void)snprintf(ret_name, SIDS_NAME_MAX, "%s", words[i].word);
            return;
        }
    }
    if (is_unix(sid, UNIX_USERS) || is_unix(sid, UNIX_GROUPS)) {
        name_of_id(is_unix(sid, UNIX_USERS) ? "uid" : "gid", sid->sub_authorities[1], NULL,
                   ret_name);
        return;
    }
    tsr_sid_format(sid, text);
    (void)snprintf(ret_name, SIDS_NAME_MAX, "%s", text);
}

bool sids_account(const tsr_sid *sid, char ret_name[SIDS_NAME_MAX])
{
    const struct passwd *user;
    const struct group *group;

    if (is_unix(sid, UNIX_USERS)) {
        user = getpwuid(sid->sub_authorities[1]);
        return user && snprintf(ret_name, SIDS_NAME_MAX, "%.200s", user->pw_name) > 0;
    }
    if (is_unix(sid, UNIX_GROUPS)) {
        group = getgrgid(sid->sub_authorities[1]);
        return group && snprintf(ret_name, SIDS_NAME_MAX, "group %.200s", group->gr_name) > 0;
    }
    return false;
}

void sids_name(const tsr_sid *sid, char ret_name[SIDS_NAME_MAX])
{
    if (is_unix(sid, UNIX_USERS)) {
        const struct passwd *const account = getpwuid(sid->sub_authorities[1]);

        name_of_id("uid", sid->sub_authorities[1], account ? account->pw_name : NULL, ret_name);
        return;
    }
    if (is_unix(sid, UNIX_GROUPS)) {
        const struct group *const group = getgrgid(sid->sub_authorities[1]);

        name_of_id("gid", sid->sub_authorities[1], group ? group->gr_name : NULL, ret_name);
        return;
    }
    sids_name_plain(sid, ret_name);
}
