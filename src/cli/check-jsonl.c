/* SPDX-License-Identifier: MIT */
/* `tessera check --jsonl`: the access_check vectors, one by one. */

#include "cli/check-jsonl.h"

#include <string.h>

#include <tessera/sddl.h>
#include <tessera/token.h>

#include "base/check.h"
#include "cli/audit-json.h"
#include "cli/descriptor.h"
#include "cli/json-read.h"
#include "cli/jsonl.h"
#include "cli/message.h"
#include "cli/own.h"
#include "cli/request-json.h"
#include "cli/token-json.h"

static bool read_member(const json_t *question, const char *name, const json_t **ret_value,
                        struct problem *ret_problem)
{
    *ret_value = json_object_get(question, name);
    return *ret_value || problem_set(ret_problem, "%s is missing", name);
}

/*
 * The bytes decide where both forms are given, but a text that cannot be read is still refused: it
 * is not clear then what was meant.
 */
static bool read_text_beside(const char *sddl, const tsr_sid *domain, struct problem *ret_problem)
{
    uint8_t *bytes = NULL;
    size_t size;
    tsr_sddl_error error = {0};
    const tsr_status status = tsr_sddl_parse(sddl, domain, &bytes, &size, &error);

    free(bytes);
    if (tsr_ok(status)) {
        return true;
    }
    (void)problem_set(ret_problem, "SDDL: %s", error.message ? error.message : "it cannot be read");
    ret_problem->column = error.column;
    return false;
}

static bool read_descriptor(const json_t *question, struct descriptor *ret_descriptor,
                            struct problem *ret_problem)
{
    const json_t *sd;
    const char *sddl = NULL;
    const char *hex = NULL;
    tsr_sid domain;
    bool has_domain;

    if (!read_member(question, "sd", &sd, ret_problem)) {
        return false;
    }
    if (!json_is_object(sd)) {
        return problem_set(ret_problem, "sd is not an object");
    }
    if (!json_read_text(sd, "sddl", &sddl, ret_problem) ||
        !json_read_text(sd, "sd_hex", &hex, ret_problem) ||
        !json_read_sid(sd, "domain_sid", &domain, &has_domain, ret_problem)) {
        return false;
    }
    if (!sddl && !hex) {
        return problem_set(ret_problem, "sd has neither sddl nor sd_hex");
    }
    if (hex && sddl && !read_text_beside(sddl, has_domain ? &domain : NULL, ret_problem)) {
        return false;
    }
    return hex ? descriptor_of_hex(hex, ret_descriptor, ret_problem)
               : descriptor_of_sddl(sddl, has_domain ? &domain : NULL, ret_descriptor, ret_problem);
}

/* A check takes resource attributes from the descriptor alone: their RA entries say to whom. */
static bool refuse_resource_claims(const json_t *question, struct problem *ret_problem)
{
    const json_t *array = NULL;

    if (!json_read_array(question, "resource_claims", &array, ret_problem)) {
        return false;
    }
    return json_array_size(array) == 0 ||
           problem_set(ret_problem, "resource_claims: they belong into the descriptor, as RA "
                                    "entries");
}

static bool read_intent(const json_t *question, tsr_access_request *request,
                        struct problem *ret_problem)
{
    const json_t *array = NULL;

    if (!json_read_array(question, "intent", &array, ret_problem)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *const intent = json_string_value(json_array_get(array, i));

        if (intent && strcmp(intent, "backup") == 0) {
            request->backup_intent = true;
        } else if (intent && strcmp(intent, "restore") == 0) {
            request->restore_intent = true;
        } else {
            return problem_set(ret_problem, "intent: an item is neither backup nor restore");
        }
    }
    return true;
}

/* Whether the tags say that the system call is meant, and not the inner check. */
static bool read_is_api(const json_t *question, bool *ret_is_api, struct problem *ret_problem)
{
    const json_t *tags = NULL;

    *ret_is_api = false;
    if (!json_read_array(question, "tags", &tags, ret_problem)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const char *const tag = json_string_value(json_array_get(tags, i));

        if (!tag) {
            return problem_set(ret_problem, "tags: an item is not a string");
        }
        *ret_is_api = *ret_is_api || strcmp(tag, "api") == 0;
    }
    return true;
}

/* What is asked, and what it points to. */
struct asked {
    tsr_access_request request;
    struct types types;
    struct policies policies;
    tsr_sid self;
    uint32_t audit_policy;
    bool is_api;
};

static void cleanup_asked_deinit(struct asked *asked)
{
    types_deinit(&asked->types);
    policies_deinit(&asked->policies);
}

static bool read_lists(const json_t *question, struct asked *asked, struct problem *ret_problem)
{
    tsr_access_request *const request = &asked->request;

    if (!types_of_json(question, &asked->types, ret_problem) ||
        !policies_of_json(question, &asked->policies, ret_problem) ||
        !json_read_bool(question, "result_list", &request->result_list, ret_problem)) {
        return false;
    }
    if (request->result_list && asked->types.n_types == 0) {
        return problem_set(ret_problem, "result_list needs object_types");
    }
    request->types = asked->types.types;
    request->n_types = asked->types.n_types;
    request->policies = asked->policies.policies;
    request->n_policies = asked->policies.n_policies;
    return true;
}

static bool read_request(const json_t *question, struct asked *asked, struct problem *ret_problem)
{
    tsr_access_request *const request = &asked->request;
    const json_t *desired;
    bool has_self;

    if (!read_member(question, "desired", &desired, ret_problem) ||
        !json_value_u32(desired, "desired", &request->desired, ret_problem) ||
        !json_read_mapping(question, &request->mapping, ret_problem) ||
        !json_read_sid(question, "principal_self", &asked->self, &has_self, ret_problem) ||
        !read_intent(question, request, ret_problem) || !read_lists(question, asked, ret_problem) ||
        !read_is_api(question, &asked->is_api, ret_problem)) {
        return false;
    }
    request->principal_self = has_self ? &asked->self : NULL;
    return true;
}

static void write_result(json_t *answer, uint32_t status, uint32_t granted)
{
    char buffer[16];

    (void)json_object_set_new(answer, "status", json_string(message_status_name(status, buffer)));
    (void)json_object_set_new(answer, "granted", json_sprintf("0x%08x", granted));
}

static void write_nodes(json_t *answer, const tsr_access_request *request)
{
    json_t *const nodes = json_array();

    for (size_t i = 0; i < request->n_types; i++) {
        json_t *const node = json_object();

        write_result(node, request->types[i].status.code, request->types[i].granted);
        (void)json_array_append_new(nodes, node);
    }
    (void)json_object_set_new(answer, "nodes", nodes);
}

/* What the system call is asked with: vectors that do not say mean a token that impersonates. */
static bool take_api_token(const json_t *token_json, tsr_token **token, struct problem *ret_problem)
{
    CLEANUP(tsr_token_unref) tsr_token *primary = *token;

    if (json_object_get(token_json, "type")) {
        (void)STEAL(primary);
        return true;
    }
    *token = NULL;
    return tsr_ok(tsr_token_duplicate(primary, TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IMPERSONATION,
                                      false, token)) ||
           problem_set(ret_problem, "out of memory");
}

/* Everything there is to say about one decision. */
static json_t *judged(const tsr_token *token, const tsr_sd *sd, const struct asked *asked,
                      bool staged)
{
    tsr_access_request request = asked->request;
    json_t *const answer = json_object();
    tsr_access_result result;

    request.staged = staged;
    result = asked->is_api ? tsr_token_nt_access_check(token, sd, &request)
                           : tsr_token_access_check(token, sd, &request);
    write_result(answer, result.status.code, result.granted);
    if (request.result_list) {
        write_nodes(answer, &request);
    }
    audit_write_json(answer, token, sd, &request, &result, asked->audit_policy);
    return answer;
}

static bool answer_check(void *context, const json_t *question, json_t *answer,
                         struct problem *ret_problem)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};
    CLEANUP(asked_deinit) struct asked asked = {0};
    const json_t *token_json;
    json_t *effective;
    json_t *staged;

    (void)context;
    if (!refuse_resource_claims(question, ret_problem) ||
        !read_member(question, "token", &token_json, ret_problem) ||
        !read_descriptor(question, &descriptor, ret_problem) ||
        !token_of_json(token_json, &token, ret_problem) ||
        !json_read_u32(token_json, "audit_policy", &asked.audit_policy, ret_problem) ||
        !read_request(question, &asked, ret_problem) ||
        (asked.is_api && !take_api_token(token_json, &token, ret_problem))) {
        return false;
    }

    staged = judged(token, &descriptor.sd, &asked, true);
    effective = judged(token, &descriptor.sd, &asked, false);
    if (!json_equal(effective, staged)) {
        (void)json_object_set_new(effective, "staging_mismatch", json_true());
    }
    (void)json_object_update(answer, effective);
    json_decref(effective);
    json_decref(staged);
    return true;
}

int check_jsonl(const char *path)
{
    return jsonl_run(path, answer_check, NULL);
}
