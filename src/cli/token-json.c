/* SPDX-License-Identifier: MIT */
/* Tokens written as JSON, in the form of the access_check vectors. */

#include "cli/token-json.h"

#include <string.h>

#include "base/check.h"
#include "base/writer.h"
#include "cli/claims-json.h"
#include "cli/json-read.h"
#include "cli/own.h"
#include "cli/text.h"

#define TOKEN_FILE_MAX (8u << 20)

/* A token being read: what its spec points to. */
struct token_parts {
    tsr_token_spec spec;
    tsr_group *groups;               /* owned */
    tsr_privilege_state *privileges; /* owned */
    tsr_sid *restricting;            /* owned */
    tsr_sid integrity;
    tsr_group *device_groups;     /* owned */
    tsr_sid *restricting_devices; /* owned */
    tsr_sid package;
    tsr_group *capabilities; /* owned */
    struct claims user_claims;
    struct claims device_claims;
    struct claims local_claims;
};

static void token_parts_deinit(struct token_parts *parts)
{
    claims_deinit(&parts->user_claims);
    claims_deinit(&parts->device_claims);
    claims_deinit(&parts->local_claims);
    free(parts->device_groups);
    free(parts->restricting_devices);
    free(parts->capabilities);
    free(parts->groups);
    free(parts->privileges);
    free(parts->restricting);
}

static void cleanup_token_parts_deinit(struct token_parts *parts)
{
    token_parts_deinit(parts);
}

bool token_group_of_json(const json_t *item, tsr_group *ret_group, struct problem *ret_problem)
{
    tsr_group group = {.attributes = TSR_GROUP_ORDINARY};
    bool present;

    if (json_is_string(item)) {
        if (!json_value_sid(item, "groups", &group.sid, ret_problem)) {
            return false;
        }
        *ret_group = group;
        return true;
    }
    if (!json_is_object(item)) {
        return problem_set(ret_problem, "groups: an item is neither a SID nor an object");
    }
    if (!json_read_sid(item, "sid", &group.sid, &present, ret_problem) ||
        !json_read_u32(item, "attributes", &group.attributes, ret_problem)) {
        return false;
    }
    if (!present) {
        return problem_set(ret_problem, "groups: an item has no sid");
    }
    *ret_group = group;
    return true;
}

/* Groups from the @first on. @param ret_groups  owned by the caller, also on failure */
static bool read_groups(const json_t *array, size_t first, tsr_group **ret_groups, size_t *ret_n,
                        struct problem *ret_problem)
{
    const size_t n = json_array_size(array) - first;

    *ret_groups = array_new(n, sizeof(**ret_groups));
    if (!*ret_groups) {
        return problem_set(ret_problem, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        if (!token_group_of_json(json_array_get(array, first + i), &(*ret_groups)[i],
                                 ret_problem)) {
            return false;
        }
    }
    *ret_n = n;
    return true;
}

static bool read_user_groups(const json_t *array, size_t first, struct token_parts *parts,
                             struct problem *ret_problem)
{
    const bool are_read =
        read_groups(array, first, &parts->groups, &parts->spec.n_groups, ret_problem);

    parts->spec.groups = parts->groups;
    return are_read;
}

/* The SIDs of groups whose attributes play no part. Absent, they are none. */
static bool read_group_sids(const json_t *json, const char *name, tsr_sid **ret_sids, size_t *ret_n,
                            struct problem *ret_problem)
{
    const json_t *array = NULL;
    tsr_group group;

    if (!json_read_array(json, name, &array, ret_problem)) {
        return false;
    }
    if (!array) {
        return true;
    }
    *ret_sids = array_new(json_array_size(array), sizeof(**ret_sids));
    if (!*ret_sids) {
        return problem_set(ret_problem, "out of memory");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!token_group_of_json(json_array_get(array, i), &group, ret_problem)) {
            return false;
        }
        (*ret_sids)[i] = group.sid;
    }
    *ret_n = json_array_size(array);
    return true;
}

/* "user_sids": the user, then enabled groups. Else "user", "user_deny_only" and "groups". */
static bool read_sids(const json_t *json, struct token_parts *parts, struct problem *ret_problem)
{
    const json_t *user_sids = NULL;
    const json_t *groups = NULL;
    bool has_user;
    bool deny_only = false;

    if (!json_read_array(json, "user_sids", &user_sids, ret_problem) ||
        !json_read_array(json, "groups", &groups, ret_problem) ||
        !json_read_sid(json, "user", &parts->spec.user, &has_user, ret_problem) ||
        !json_read_bool(json, "user_deny_only", &deny_only, ret_problem)) {
        return false;
    }
    if (user_sids && (has_user || groups)) {
        return problem_set(ret_problem, "a token has user_sids, or user and groups, not both");
    }
    parts->spec.user_attributes = deny_only ? SE_GROUP_USE_FOR_DENY_ONLY : 0;
    if (has_user) {
        return !groups || read_user_groups(groups, 0, parts, ret_problem);
    }
    if (json_array_size(user_sids) == 0) {
        return problem_set(ret_problem, "the token has no user");
    }
    return json_value_sid(json_array_get(user_sids, 0), "user_sids", &parts->spec.user,
                          ret_problem) &&
           read_user_groups(user_sids, 1, parts, ret_problem);
}

static bool read_privilege(const json_t *item, tsr_privilege_state *ret_state,
                           struct problem *ret_problem)
{
    tsr_privilege_state state = {.attributes = SE_PRIVILEGE_ENABLED};
    const char *name = json_string_value(item);

    if (json_is_object(item) &&
        (!json_read_text(item, "name", &name, ret_problem) ||
         !json_read_u32(item, "attributes", &state.attributes, ret_problem))) {
        return false;
    }
    if (!name) {
        return problem_set(ret_problem, "privileges: an item has no name");
    }
    if (tsr_failed(tsr_privilege_by_name(name, &state.luid))) {
        return problem_set(ret_problem, "there is no privilege '%.60s'", name);
    }
    *ret_state = state;
    return true;
}

static bool read_privileges(const json_t *json, struct token_parts *parts,
                            struct problem *ret_problem)
{
    const json_t *array = NULL;
    const size_t n_room = TSR_PRIVILEGE_LAST + 1;

    if (!json_read_array(json, "privileges", &array, ret_problem)) {
        return false;
    }
    if (json_array_size(array) > n_room) {
        return problem_set(ret_problem, "there are more privileges than exist");
    }
    parts->privileges = array_new(n_room, sizeof(*parts->privileges));
    if (!parts->privileges) {
        return problem_set(ret_problem, "out of memory");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!read_privilege(json_array_get(array, i), &parts->privileges[i], ret_problem)) {
            return false;
        }
    }
    parts->spec.privileges = parts->privileges;
    parts->spec.n_privileges = json_array_size(array);
    return true;
}

/* Restricting SIDs are always enabled (access-check.md 9): attributes are accepted and not used. */
static bool read_restricting(const json_t *json, struct token_parts *parts,
                             struct problem *ret_problem)
{
    bool write_restricted = false;

    if (!read_group_sids(json, "restricting_sids", &parts->restricting, &parts->spec.n_restricting,
                         ret_problem) ||
        !json_read_bool(json, "write_restricted", &write_restricted, ret_problem)) {
        return false;
    }
    if (write_restricted && !parts->restricting) {
        return problem_set(ret_problem, "write_restricted needs restricting_sids");
    }
    parts->spec.restricting = parts->restricting;
    parts->spec.flags |= write_restricted ? TSR_TOKEN_WRITE_RESTRICTED : 0;
    return true;
}

/* "device_groups" or "device_sids", which are enabled; and "restricting_device_groups". */
static bool read_device(const json_t *json, struct token_parts *parts, struct problem *ret_problem)
{
    const json_t *groups = NULL;
    const json_t *sids = NULL;

    if (!json_read_array(json, "device_groups", &groups, ret_problem) ||
        !json_read_array(json, "device_sids", &sids, ret_problem)) {
        return false;
    }
    if (groups && sids && json_array_size(groups) > 0 && json_array_size(sids) > 0) {
        return problem_set(ret_problem, "a token has device_groups or device_sids, not both");
    }
    if (!read_groups(json_array_size(groups) > 0 ? groups : sids, 0, &parts->device_groups,
                     &parts->spec.n_device_groups, ret_problem) ||
        !read_group_sids(json, "restricting_device_groups", &parts->restricting_devices,
                         &parts->spec.n_restricting_devices, ret_problem)) {
        return false;
    }
    parts->spec.device_groups = parts->device_groups;
    parts->spec.restricting_devices = parts->restricting_devices;
    return true;
}

static bool read_appcontainer(const json_t *json, struct token_parts *parts,
                              struct problem *ret_problem)
{
    const json_t *const container = json_object_get(json, "appcontainer");
    const json_t *capabilities = NULL;
    bool present;

    if (!container) {
        return true;
    }
    if (!json_is_object(container)) {
        return problem_set(ret_problem, "appcontainer is not an object");
    }
    if (!json_read_sid(container, "package_sid", &parts->package, &present, ret_problem) ||
        !json_read_bool(container, "less_privileged", &parts->spec.less_privileged, ret_problem) ||
        !json_read_array(container, "capabilities", &capabilities, ret_problem) ||
        !read_groups(capabilities, 0, &parts->capabilities, &parts->spec.n_capabilities,
                     ret_problem)) {
        return false;
    }
    if (!present) {
        return problem_set(ret_problem, "appcontainer has no package_sid");
    }
    parts->spec.package = &parts->package;
    parts->spec.capabilities = parts->capabilities;
    return true;
}

/* @param claims  with what was read, also on failure */
static bool read_claims(const json_t *json, const char *name, struct claims *claims,
                        struct problem *ret_problem)
{
    if (!claims_of_json(json, name, claims, ret_problem)) {
        return false;
    }
    if (claims->are_rejected) {
        return problem_set(ret_problem, "%s: no token can carry such a claim", name);
    }
    return true;
}

static bool read_all_claims(const json_t *json, struct token_parts *parts,
                            struct problem *ret_problem)
{
    tsr_token_spec *const spec = &parts->spec;

    if (!read_claims(json, "user_claims", &parts->user_claims, ret_problem) ||
        !read_claims(json, "device_claims", &parts->device_claims, ret_problem) ||
        !read_claims(json, "local_claims", &parts->local_claims, ret_problem)) {
        return false;
    }
    spec->user_claims = parts->user_claims.claims;
    spec->n_user_claims = parts->user_claims.n_claims;
    spec->device_claims = parts->device_claims.claims;
    spec->n_device_claims = parts->device_claims.n_claims;
    spec->local_claims = parts->local_claims.claims;
    spec->n_local_claims = parts->local_claims.n_claims;
    return true;
}

/* Without an integrity level no integrity check is wanted; with one the ordinary policy is. */
static bool read_integrity(const json_t *json, struct token_parts *parts,
                           struct problem *ret_problem)
{
    uint32_t policy = TSR_POLICY_NO_WRITE_UP;
    bool present;

    if (!json_read_sid(json, "integrity", &parts->integrity, &present, ret_problem) ||
        !json_read_u32(json, "mandatory_policy", &policy, ret_problem)) {
        return false;
    }
    if (present) {
        parts->spec.integrity = &parts->integrity;
        parts->spec.mandatory_policy = policy;
    }
    return true;
}

static bool read_process_trust(const json_t *json, struct token_parts *parts,
                               struct problem *ret_problem)
{
    const json_t *array = NULL;

    if (!json_read_array(json, "process_trust", &array, ret_problem)) {
        return false;
    }
    if (!array) {
        return true;
    }
    if (json_array_size(array) != 2) {
        return problem_set(ret_problem, "process_trust is not a type and a level");
    }
    return json_value_u32(json_array_get(array, 0), "process_trust",
                          &parts->spec.process_trust_type, ret_problem) &&
           json_value_u32(json_array_get(array, 1), "process_trust",
                          &parts->spec.process_trust_level, ret_problem);
}

static const char *const types[] = {
    [TSR_TOKEN_PRIMARY] = "primary",
    [TSR_TOKEN_IMPERSONATION] = "impersonation",
};

static const char *const levels[] = {
    [TSR_LEVEL_ANONYMOUS] = "anonymous",
    [TSR_LEVEL_IDENTIFICATION] = "identification",
    [TSR_LEVEL_IMPERSONATION] = "impersonation",
    [TSR_LEVEL_DELEGATION] = "delegation",
};

/* The position of @text in @names. */
static bool find_name(const char *text, const char *const *names, size_t n_names, size_t *ret_at)
{
    for (size_t i = 0; i < n_names; i++) {
        if (names[i] && strcmp(names[i], text) == 0) {
            *ret_at = i;
            return true;
        }
    }
    return false;
}

static bool read_type(const json_t *json, struct token_parts *parts, struct problem *ret_problem)
{
    const char *type = "primary";
    const char *level = "impersonation";
    size_t at;

    if (!json_read_text(json, "type", &type, ret_problem) ||
        !json_read_text(json, "level", &level, ret_problem)) {
        return false;
    }
    if (!find_name(type, types, ARRAY_SIZE(types), &at)) {
        return problem_set(ret_problem, "type is neither primary nor impersonation");
    }
    parts->spec.type = (tsr_token_type)at;
    if (!find_name(level, levels, ARRAY_SIZE(levels), &at)) {
        return problem_set(ret_problem, "'%.60s' is no impersonation level", level);
    }
    parts->spec.level = (tsr_impersonation_level)at;
    return true;
}

bool token_of_json(const json_t *json, tsr_token **ret_token, struct problem *ret_problem)
{
    CLEANUP(token_parts_deinit) struct token_parts parts = {0};
    tsr_status status;

    if (!json_is_object(json)) {
        return problem_set(ret_problem, "the token is not an object");
    }
    if (!read_sids(json, &parts, ret_problem) || !read_privileges(json, &parts, ret_problem) ||
        !read_restricting(json, &parts, ret_problem) ||
        !read_integrity(json, &parts, ret_problem) ||
        !read_process_trust(json, &parts, ret_problem) || !read_type(json, &parts, ret_problem) ||
        !read_device(json, &parts, ret_problem) || !read_appcontainer(json, &parts, ret_problem) ||
        !read_all_claims(json, &parts, ret_problem)) {
        return false;
    }

    status = tsr_token_new(&parts.spec, ret_token);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "there is no such token", status);
    }
    return true;
}

bool token_of_json_file(const char *path, tsr_token **ret_token, struct problem *ret_problem)
{
    CLEANUP(json_decref) json_t *json = NULL;

    return json_read_file(path, TOKEN_FILE_MAX, &json, ret_problem) &&
           token_of_json(json, ret_token, ret_problem);
}
