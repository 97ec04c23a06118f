/* SPDX-License-Identifier: MIT */
/* `tessera inherit`: the descriptors that new objects get, as in the inheritance vectors. */

#include <tessera/assign.h>

#include "cli/cli.h"
#include "cli/descriptor-json.h"
#include "cli/json-read.h"
#include "cli/jsonl.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/request-json.h"
#include "cli/text.h"

struct inherit_options {
    bool jsonl;
};

static const struct option options[] = {
    {"jsonl", NULL, "answer JSON lines; the operand is a file", OPTION_SWITCH,
     offsetof(struct inherit_options, jsonl)},
};

static const struct syntax syntax = {
    .command = "inherit",
    .synopsis = "--jsonl [FILE]",
    .purpose = "Compute the descriptors of new objects.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes = "Each line of FILE (default: standard input) is an object: {\"id\", \"parent\", "
             "\"creator\",\n"
             "\"is_container\", \"object_types\", \"auto_inherit_flags\", \"token\", "
             "\"server\",\n"
             "\"mapping\"} is answered by {\"id\", \"owner\", \"group\", \"dacl\" or "
             "\"dacl_absent\",\n"
             "\"sacl\" or \"sacl_absent\", \"control\", \"sd_hex\"}, or by {\"id\", \"status\"} "
             "where there is no such object. A line that "
             "is\n"
             "refused is answered by {\"id\", \"error\", \"column\"}, and the stream goes on.\n\n"
             "Exit status:\n"
             "  0  every line was answered\n"
             "  1  there was no reading or writing\n"
             "  2  the command line was not understood\n",
};

static const struct json_bit flag_bits[] = {
    {"DACL_AUTO_INHERIT", SEF_DACL_AUTO_INHERIT},
    {"SACL_AUTO_INHERIT", SEF_SACL_AUTO_INHERIT},
    {"DEFAULT_DESCRIPTOR_FOR_OBJECT", SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT},
    {"AVOID_PRIVILEGE_CHECK", SEF_AVOID_PRIVILEGE_CHECK},
    {"AVOID_OWNER_CHECK", SEF_AVOID_OWNER_CHECK},
    {"DEFAULT_OWNER_FROM_PARENT", SEF_DEFAULT_OWNER_FROM_PARENT},
    {"DEFAULT_GROUP_FROM_PARENT", SEF_DEFAULT_GROUP_FROM_PARENT},
    {"MACL_NO_WRITE_UP", SEF_MACL_NO_WRITE_UP},
    {"MACL_NO_READ_UP", SEF_MACL_NO_READ_UP},
    {"MACL_NO_EXECUTE_UP", SEF_MACL_NO_EXECUTE_UP},
    {"AI_USE_EXTRA_PARAMS", SEF_AI_USE_EXTRA_PARAMS},
    {"AVOID_OWNER_RESTRICTION", SEF_AVOID_OWNER_RESTRICTION},
    {"FORCE_USER_MODE", SEF_FORCE_USER_MODE},
    {NULL, 0},
};

/* The vectors do not say what else the token holds: enough to set any SACL and any label. */
static const tsr_privilege_state privileges[] = {
    {SE_SECURITY_PRIVILEGE, SE_PRIVILEGE_ENABLED},
    {SE_RELABEL_PRIVILEGE, SE_PRIVILEGE_ENABLED},
};

/* A new object to be. */
struct birth {
    tsr_token *token; /* owned */
    bool token_has_group;
    bool has_parent;
    bool has_creator;
    bool is_container;
    tsr_guid *types; /* owned */
    size_t n_types;
    bool has_server_owner;
    bool has_server_group;
    tsr_sid server_owner;
    tsr_sid server_group;
    uint32_t flags;
    tsr_generic_mapping mapping;
    struct descriptor parent;
    struct descriptor creator;
};

static void cleanup_birth_deinit(struct birth *birth)
{
    cleanup_tsr_token_unref(&birth->token);
    free(birth->types);
    descriptor_deinit(&birth->parent);
    descriptor_deinit(&birth->creator);
}

static bool default_dacl_of_hex(const json_t *hex, uint8_t **ret_bytes, tsr_acl *ret_acl,
                                struct problem *ret_problem)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t column;
    size_t size;

    if (!json_is_string(hex)) {
        return problem_set(ret_problem, "default_dacl_hex is not a string");
    }
    if (!text_to_bytes(json_string_value(hex), &bytes, &size, &column)) {
        (void)problem_set(ret_problem, "default_dacl_hex: a hexadecimal digit is missing");
        ret_problem->column = column;
        return false;
    }
    if (tsr_failed(tsr_acl_view(bytes, size, ret_acl))) {
        return problem_set(ret_problem, "default_dacl_hex is no ACL");
    }
    *ret_bytes = STEAL(bytes);
    return true;
}

static bool read_default_dacl(const json_t *token, uint8_t **ret_bytes, tsr_acl *ret_acl,
                              struct problem *ret_problem)
{
    const json_t *const aces = json_member(token, "default_dacl");
    const json_t *const hex = json_member(token, "default_dacl_hex");

    if (aces && hex) {
        return problem_set(ret_problem, "a token has default_dacl or default_dacl_hex, not both");
    }
    if (hex) {
        return default_dacl_of_hex(hex, ret_bytes, ret_acl, ret_problem);
    }
    return !aces || acl_of_json(aces, "default_dacl", ret_bytes, ret_acl, ret_problem);
}

/* The owner is the user; where another user is given, it is a group that may own. */
static bool read_token(const json_t *json, struct birth *birth, struct problem *ret_problem)
{
    const tsr_sid integrity = TSR_SID_INTEGRITY(TSR_INTEGRITY_SYSTEM);
    const json_t *const group = json_member(json, "group");
    const json_t *const user = json_member(json, "user");
    CLEANUP(free) uint8_t *dacl_bytes = NULL;
    /* The primary group is one of the token's, and makes it a member of nothing. */
    tsr_group groups[2] = {{.attributes = TSR_GROUP_ORDINARY | SE_GROUP_OWNER}};
    tsr_sid *const owner = &groups[0].sid;
    tsr_sid *const primary_group = &groups[1].sid;
    tsr_token_spec spec = {.groups = groups,
                           .n_groups = group ? 2 : 1,
                           .privileges = privileges,
                           .n_privileges = ARRAY_SIZE(privileges),
                           .owner = owner,
                           .integrity = &integrity};
    tsr_status status;
    tsr_acl dacl;

    if (!json_is_object(json)) {
        return problem_set(ret_problem, "token is missing, or not an object");
    }
    if (!json_value_sid(json_member(json, "owner"), "owner", owner, ret_problem) ||
        (user && !json_value_sid(user, "user", &spec.user, ret_problem)) ||
        (group && !json_value_sid(group, "group", primary_group, ret_problem)) ||
        !read_default_dacl(json, &dacl_bytes, &dacl, ret_problem)) {
        return false;
    }
    spec.user = user ? spec.user : *owner;
    spec.primary_group = group ? primary_group : NULL;
    spec.default_dacl = dacl_bytes ? &dacl : NULL;
    birth->token_has_group = group;

    status = tsr_token_new(&spec, &birth->token);
    return tsr_ok(status) || problem_set_status(ret_problem, "there is no such token", status);
}

static bool read_descriptor(const json_t *question, const char *name, bool *ret_present,
                            struct descriptor *ret_descriptor, struct problem *ret_problem)
{
    const json_t *const json = json_member(question, name);

    *ret_present = json;
    return !json || descriptor_of_json(json, name, ret_descriptor, ret_problem);
}

static bool read_types(const json_t *question, struct birth *birth, struct problem *ret_problem)
{
    const json_t *array = NULL;

    if (!json_read_array(question, "object_types", &array, ret_problem)) {
        return false;
    }
    birth->types = array_new(json_array_size(array), sizeof(*birth->types));
    if (!birth->types) {
        return problem_set(ret_problem, "out of memory");
    }
    for (; birth->n_types < json_array_size(array); birth->n_types++) {
        const char *text = json_string_value(json_array_get(array, birth->n_types));

        if (!text) {
            return problem_set(ret_problem, "object_types: an item is not a string");
        }
        if (!guid_of_text(text, "object_types", birth->types[birth->n_types].bytes, ret_problem)) {
            return false;
        }
    }
    return true;
}

static bool read_server(const json_t *question, struct birth *birth, struct problem *ret_problem)
{
    const json_t *const server = json_member(question, "server");

    if (!server) {
        return true;
    }
    if (!json_is_object(server)) {
        return problem_set(ret_problem, "server is not an object");
    }
    return json_read_sid(server, "owner", &birth->server_owner, &birth->has_server_owner,
                         ret_problem) &&
           json_read_sid(server, "group", &birth->server_group, &birth->has_server_group,
                         ret_problem);
}

static bool read_birth(const json_t *question, struct birth *birth, struct problem *ret_problem)
{
    return read_descriptor(question, "parent", &birth->has_parent, &birth->parent, ret_problem) &&
           read_descriptor(question, "creator", &birth->has_creator, &birth->creator,
                           ret_problem) &&
           json_read_bool(question, "is_container", &birth->is_container, ret_problem) &&
           read_types(question, birth, ret_problem) &&
           json_read_bits(question, "auto_inherit_flags", flag_bits, &birth->flags, ret_problem) &&
           json_read_mapping(question, &birth->mapping, ret_problem) &&
           read_server(question, birth, ret_problem) &&
           read_token(json_object_get(question, "token"), birth, ret_problem);
}

static tsr_status assign(const struct birth *birth, uint8_t **ret_bytes, size_t *ret_size)
{
    tsr_sd parent = birth->parent.sd;
    tsr_assign_request request = {
        .parent = birth->has_parent ? &parent : NULL,
        .creator = birth->has_creator ? &birth->creator.sd : NULL,
        .is_container = birth->is_container,
        .types = birth->types,
        .n_types = birth->n_types,
        .flags = birth->flags,
        .mapping = &birth->mapping,
        .server_owner = birth->has_server_owner ? &birth->server_owner : NULL,
        .server_group = birth->has_server_group ? &birth->server_group : NULL,
    };

    /* Every token of ours has a group: for one without it, the group is that of nobody. */
    if (!birth->token_has_group && !(request.flags & SEF_DEFAULT_GROUP_FROM_PARENT)) {
        request.flags |= SEF_DEFAULT_GROUP_FROM_PARENT;
        parent.group = NULL;
    }
    return tsr_sd_assign_object(birth->token, &request, ret_bytes, ret_size);
}

static bool answer_inherit(void *context, const json_t *question, json_t *answer,
                           struct problem *ret_problem)
{
    CLEANUP(birth_deinit) struct birth birth = {0};
    CLEANUP(descriptor_deinit) struct descriptor assigned = {0};
    char buffer[16];
    uint8_t *bytes;
    tsr_status status;
    size_t size;

    (void)context;
    if (!read_birth(question, &birth, ret_problem)) {
        return false;
    }
    status = assign(&birth, &bytes, &size);
    if (tsr_failed(status)) {
        (void)json_object_set_new(answer, "status",
                                  json_string(message_status_name(status.code, buffer)));
        return true;
    }
    return descriptor_take(bytes, size, &assigned, ret_problem) &&
           descriptor_to_json(&assigned.sd, answer, ret_problem);
}

int cli_inherit(int argc, char **argv)
{
    struct inherit_options chosen = {0};
    struct operands operands;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (!chosen.jsonl) {
        return message_usage("inherit", "--jsonl is missing");
    }
    if (operands.n > 1) {
        return message_usage("inherit", "--jsonl reads one file");
    }
    return jsonl_run(operands.texts[0], answer_inherit, NULL);
}
