/* SPDX-License-Identifier: MIT */
/* `tessera condition`: what conditional expressions are, given claims and groups. */

#include <tessera/condition.h>

#include <string.h>

#include "cli/claims-json.h"
#include "cli/cli.h"
#include "cli/json-read.h"
#include "cli/jsonl.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/text.h"
#include "cli/token-json.h"

struct condition_options {
    bool jsonl;
};

static const struct option options[] = {
    {"jsonl", NULL, "answer JSON lines; the operand is a file", OPTION_SWITCH,
     offsetof(struct condition_options, jsonl)},
};

static const struct syntax syntax = {
    .command = "condition",
    .synopsis = "--jsonl [FILE]",
    .purpose = "Say whether conditions are true, false or unknown, given claims and groups.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes =
        "Each line of FILE (default: standard input) is an object: {\"id\", \"expression\" or\n"
        "\"expression_hex\", \"token\", \"resource_claims\", \"for_allow\"} is answered by "
        "{\"id\",\n"
        "\"result\"}, which is true, false, unknown or claims-rejected. A line that is refused is\n"
        "answered by {\"id\", \"error\", \"column\"}, and the stream goes on.\n\n"
        "Exit status:\n"
        "  0  every line was answered\n"
        "  1  there was no reading or writing\n"
        "  2  the command line was not understood\n",
};

/* SIDs that take part. Zero-initialise. */
struct sid_list {
    tsr_sid *sids; /* owned */
    size_t n_sids;
};

static void cleanup_sid_list_deinit(struct sid_list *list)
{
    free(list->sids);
}

/* What an expression is asked about. */
struct facts {
    bool for_allow;
    struct sid_list sids;
    struct sid_list device_sids;
    struct claims user;
    struct claims device;
    struct claims local;
    struct claims resource;
};

static void cleanup_facts_deinit(struct facts *facts)
{
    cleanup_sid_list_deinit(&facts->sids);
    cleanup_sid_list_deinit(&facts->device_sids);
    claims_deinit(&facts->user);
    claims_deinit(&facts->device);
    claims_deinit(&facts->local);
    claims_deinit(&facts->resource);
}

static bool takes_part(uint32_t attributes, bool for_allow)
{
    if (attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
        return !for_allow;
    }
    return attributes & SE_GROUP_ENABLED;
}

static bool add_sids(const json_t *array, bool for_allow, struct sid_list *list,
                     struct problem *ret_problem)
{
    tsr_group group;

    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!token_group_of_json(json_array_get(array, i), &group, ret_problem)) {
            return false;
        }
        if (takes_part(group.attributes, for_allow)) {
            list->sids[list->n_sids++] = group.sid;
        }
    }
    return true;
}

/* The SIDs of two members, and room for one more. */
static bool read_sids(const json_t *token, const char *const names[2], bool for_allow,
                      struct sid_list *list, struct problem *ret_problem)
{
    const json_t *arrays[2] = {NULL, NULL};

    for (size_t i = 0; i < ARRAY_SIZE(arrays); i++) {
        if (!json_read_array(token, names[i], &arrays[i], ret_problem)) {
            return false;
        }
    }
    list->sids =
        array_new(json_array_size(arrays[0]) + json_array_size(arrays[1]) + 1, sizeof(*list->sids));
    if (!list->sids) {
        return problem_set(ret_problem, "out of memory");
    }
    return add_sids(arrays[0], for_allow, list, ret_problem) &&
           add_sids(arrays[1], for_allow, list, ret_problem);
}

static bool read_user(const json_t *token, struct facts *facts, struct problem *ret_problem)
{
    bool deny_only = false;
    bool has_user;
    tsr_sid user;

    if (!json_read_sid(token, "user", &user, &has_user, ret_problem) ||
        !json_read_bool(token, "user_deny_only", &deny_only, ret_problem)) {
        return false;
    }
    if (has_user && !(deny_only && facts->for_allow)) {
        facts->sids.sids[facts->sids.n_sids++] = user;
    }
    return true;
}

static bool read_token(const json_t *token, struct facts *facts, struct problem *ret_problem)
{
    static const char *const of_user[2] = {"user_sids", "groups"};
    static const char *const of_device[2] = {"device_sids", "device_groups"};

    if (!json_is_object(token)) {
        return problem_set(ret_problem, "token is missing, or not an object");
    }
    return read_sids(token, of_user, facts->for_allow, &facts->sids, ret_problem) &&
           read_user(token, facts, ret_problem) &&
           read_sids(token, of_device, facts->for_allow, &facts->device_sids, ret_problem) &&
           claims_of_json(token, "user_claims", &facts->user, ret_problem) &&
           claims_of_json(token, "device_claims", &facts->device, ret_problem) &&
           claims_of_json(token, "local_claims", &facts->local, ret_problem);
}

static bool parse_expression(const char *text, uint8_t **ret_bytes, size_t *ret_size,
                             struct problem *ret_problem)
{
    tsr_sddl_error error = {0};

    if (tsr_ok(tsr_condition_parse(text, NULL, ret_bytes, ret_size, &error))) {
        return true;
    }
    (void)problem_set(ret_problem, "%s", error.message ? error.message : "it cannot be read");
    ret_problem->column = error.column;
    return false;
}

static bool read_expression(const json_t *question, uint8_t **ret_bytes, size_t *ret_size,
                            struct problem *ret_problem)
{
    const char *text = NULL;
    const char *hex = NULL;
    size_t column;

    if (!json_read_text(question, "expression", &text, ret_problem) ||
        !json_read_text(question, "expression_hex", &hex, ret_problem)) {
        return false;
    }
    if (!text == !hex) {
        return problem_set(ret_problem, "the line needs expression or expression_hex, not both");
    }
    if (text) {
        return parse_expression(text, ret_bytes, ret_size, ret_problem);
    }
    if (!text_to_bytes(hex, ret_bytes, ret_size, &column)) {
        (void)problem_set(ret_problem, "a hexadecimal digit is missing");
        ret_problem->column = column;
        return false;
    }
    return true;
}

static bool are_rejected(const struct facts *facts)
{
    return facts->user.are_rejected || facts->device.are_rejected || facts->local.are_rejected ||
           facts->resource.are_rejected;
}

static tsr_claim_list list_of(const struct claims *claims)
{
    return (tsr_claim_list){claims->claims, claims->n_claims};
}

static tsr_status evaluate(const uint8_t *bytes, size_t size, const struct facts *facts,
                           tsr_truth *ret_truth)
{
    const tsr_condition_context context = {
        .sids = facts->sids.sids,
        .n_sids = facts->sids.n_sids,
        .device_sids = facts->device_sids.sids,
        .n_device_sids = facts->device_sids.n_sids,
        .user_claims = list_of(&facts->user),
        .device_claims = list_of(&facts->device),
        .local_claims = list_of(&facts->local),
        .resource_claims = list_of(&facts->resource),
        .for_deny = !facts->for_allow,
    };

    return tsr_condition_evaluate(bytes, size, &context, ret_truth);
}

static bool answer_condition(void *context, const json_t *question, json_t *answer,
                             struct problem *ret_problem)
{
    static const char *const names[] = {
        [TSR_TRUTH_FALSE] = "false", [TSR_TRUTH_TRUE] = "true", [TSR_TRUTH_UNKNOWN] = "unknown"};
    CLEANUP(facts_deinit) struct facts facts = {.for_allow = true};
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_truth truth = TSR_TRUTH_UNKNOWN;
    tsr_status status;
    size_t size = 0;

    (void)context;
    if (!json_read_bool(question, "for_allow", &facts.for_allow, ret_problem) ||
        !read_expression(question, &bytes, &size, ret_problem) ||
        !read_token(json_object_get(question, "token"), &facts, ret_problem) ||
        !claims_of_json(question, "resource_claims", &facts.resource, ret_problem)) {
        return false;
    }
    if (are_rejected(&facts)) {
        (void)json_object_set_new(answer, "result", json_string("claims-rejected"));
        return true;
    }

    status = evaluate(bytes, size, &facts, &truth);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "it cannot be evaluated", status);
    }
    (void)json_object_set_new(answer, "result", json_string(names[truth]));
    return true;
}

int cli_condition(int argc, char **argv)
{
    struct condition_options chosen = {0};
    struct operands operands;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (!chosen.jsonl) {
        return message_usage("condition", "--jsonl is missing");
    }
    if (operands.n > 1) {
        return message_usage("condition", "--jsonl reads one file");
    }
    return jsonl_run(operands.texts[0], answer_condition, NULL);
}
