/* SPDX-License-Identifier: MIT */
/* Tokens written as JSON, in the form of the access_check vectors. */

#include "cli/token-json.h"

#include <string.h>

#include "base/check.h"
#include "base/writer.h"
#include "cli/descriptor.h"
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
};

static void token_parts_deinit(struct token_parts *parts)
{
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

static bool read_groups(const json_t *array, size_t first, struct token_parts *parts,
                        struct problem *ret_problem)
{
    const size_t n = json_array_size(array) - first;

    parts->groups = array_new(n, sizeof(*parts->groups));
    if (!parts->groups) {
        return problem_set(ret_problem, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        if (!token_group_of_json(json_array_get(array, first + i), &parts->groups[i],
                                 ret_problem)) {
            return false;
        }
    }
    parts->spec.groups = parts->groups;
    parts->spec.n_groups = n;
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
        return !groups || read_groups(groups, 0, parts, ret_problem);
    }
    if (json_array_size(user_sids) == 0) {
        return problem_set(ret_problem, "the token has no user");
    }
    return json_value_sid(json_array_get(user_sids, 0), "user_sids", &parts->spec.user,
                          ret_problem) &&
           read_groups(user_sids, 1, parts, ret_problem);
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
    const json_t *array = NULL;
    tsr_group group;
    bool write_restricted = false;

    if (!json_read_array(json, "restricting_sids", &array, ret_problem) ||
        !json_read_bool(json, "write_restricted", &write_restricted, ret_problem)) {
        return false;
    }
    if (write_restricted && !array) {
        return problem_set(ret_problem, "write_restricted needs restricting_sids");
    }
    if (!array) {
        return true;
    }

    parts->restricting = array_new(json_array_size(array), sizeof(*parts->restricting));
    if (!parts->restricting) {
        return problem_set(ret_problem, "out of memory");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!token_group_of_json(json_array_get(array, i), &group, ret_problem)) {
            return false;
        }
        parts->restricting[i] = group.sid;
    }
    parts->spec.restricting = parts->restricting;
    parts->spec.n_restricting = json_array_size(array);
    parts->spec.flags |= write_restricted ? TSR_TOKEN_WRITE_RESTRICTED : 0;
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

static const char *const for_conditions[] = {"user_claims", "device_claims", "local_claims",
                                             "device_groups", "device_sids"};

static bool refuse_what_conditions_need(const json_t *json, struct problem *ret_problem)
{
    for (size_t i = 0; i < ARRAY_SIZE(for_conditions); i++) {
        const json_t *const value = json_object_get(json, for_conditions[i]);

        if (value && !(json_is_array(value) && json_array_size(value) == 0)) {
            return problem_set(ret_problem, "%s beside a condition is not supported yet",
                               for_conditions[i]);
        }
    }
    return true;
}

enum token_use token_use_for(const tsr_sd *sd)
{
    return descriptor_is_conditional(sd) ? TOKEN_FOR_CONDITIONS : TOKEN_FOR_ANYTHING;
}

bool token_of_json(const json_t *json, enum token_use use, tsr_token **ret_token,
                   struct problem *ret_problem)
{
    CLEANUP(token_parts_deinit) struct token_parts parts = {0};
    tsr_status status;

    if (!json_is_object(json)) {
        return problem_set(ret_problem, "the token is not an object");
    }
    if (json_object_get(json, "appcontainer")) {
        return problem_set(ret_problem, "appcontainer is not supported yet");
    }
    if (use == TOKEN_FOR_CONDITIONS && !refuse_what_conditions_need(json, ret_problem)) {
        return false;
    }
    if (!read_sids(json, &parts, ret_problem) || !read_privileges(json, &parts, ret_problem) ||
        !read_restricting(json, &parts, ret_problem) ||
        !read_integrity(json, &parts, ret_problem) ||
        !read_process_trust(json, &parts, ret_problem) || !read_type(json, &parts, ret_problem)) {
        return false;
    }

    status = tsr_token_new(&parts.spec, ret_token);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "there is no such token", status);
    }
    return true;
}

bool token_of_json_file(const char *path, enum token_use use, tsr_token **ret_token,
                        struct problem *ret_problem)
{
    CLEANUP(writer_deinit) struct writer content = {0};
    CLEANUP(json_decref) json_t *json = NULL;
    const int error = text_read_file(path, TOKEN_FILE_MAX, &content);
    json_error_t json_error;

    if (error != 0) {
        return problem_set(ret_problem, "cannot read it: %s", strerror(error));
    }
    json = json_loadb((const char *)content.bytes, content.size, JSON_READ_FLAGS, &json_error);
    if (!json) {
        return problem_set(ret_problem, "line %d, column %d: %s", json_error.line,
                           json_error.column, json_error.text);
    }
    return token_of_json(json, use, ret_token, ret_problem);
}
