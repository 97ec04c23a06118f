/* SPDX-License-Identifier: MIT */
/* Questions to the access check written as JSON, in the form of the access_check vectors. */

#include "cli/question-json.h"

#include <string.h>

#include <tessera/sddl.h>

#include "base/check.h"
#include "cli/json-read.h"
#include "cli/own.h"
#include "cli/token-json.h"

void question_deinit(struct question *question)
{
    types_deinit(&question->types);
    policies_deinit(&question->policies);
    descriptor_deinit(&question->descriptor);
    question->token = tsr_token_unref(question->token);
}

static bool read_member(const json_t *json, const char *name, const json_t **ret_value,
                        struct problem *ret_problem)
{
    *ret_value = json_object_get(json, name);
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

static bool read_descriptor(const json_t *json, struct descriptor *ret_descriptor,
                            struct problem *ret_problem)
{
    const json_t *sd;
    const char *sddl = NULL;
    const char *hex = NULL;
    tsr_sid domain;
    bool has_domain;

    if (!read_member(json, "sd", &sd, ret_problem)) {
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
static bool refuse_resource_claims(const json_t *json, struct problem *ret_problem)
{
    const json_t *array = NULL;

    if (!json_read_array(json, "resource_claims", &array, ret_problem)) {
        return false;
    }
    return json_array_size(array) == 0 ||
           problem_set(ret_problem, "resource_claims: they belong into the descriptor, as RA "
                                    "entries");
}

static bool read_intent(const json_t *json, tsr_access_request *request,
                        struct problem *ret_problem)
{
    const json_t *array = NULL;

    if (!json_read_array(json, "intent", &array, ret_problem)) {
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
static bool read_is_api(const json_t *json, bool *ret_is_api, struct problem *ret_problem)
{
    const json_t *tags = NULL;

    *ret_is_api = false;
    if (!json_read_array(json, "tags", &tags, ret_problem)) {
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

static bool read_lists(const json_t *json, struct question *question, struct problem *ret_problem)
{
    tsr_access_request *const request = &question->request;

    if (!types_of_json(json, &question->types, ret_problem) ||
        !policies_of_json(json, &question->policies, ret_problem) ||
        !json_read_bool(json, "result_list", &request->result_list, ret_problem)) {
        return false;
    }
    if (request->result_list && question->types.n_types == 0) {
        return problem_set(ret_problem, "result_list needs object_types");
    }
    request->types = question->types.types;
    request->n_types = question->types.n_types;
    request->policies = question->policies.policies;
    request->n_policies = question->policies.n_policies;
    return true;
}

static bool read_request(const json_t *json, struct question *question, struct problem *ret_problem)
{
    tsr_access_request *const request = &question->request;
    const json_t *desired;
    bool has_self;

    if (!read_member(json, "desired", &desired, ret_problem) ||
        !json_value_u32(desired, "desired", &request->desired, ret_problem) ||
        !json_read_mapping(json, &request->mapping, ret_problem) ||
        !json_read_sid(json, "principal_self", &question->self, &has_self, ret_problem) ||
        !read_intent(json, request, ret_problem) || !read_lists(json, question, ret_problem) ||
        !read_is_api(json, &question->is_api, ret_problem)) {
        return false;
    }
    request->principal_self = has_self ? &question->self : NULL;
    return true;
}

/* The system call is asked with a token that impersonates, where the question does not say. */
static bool take_api_token(const json_t *json, tsr_token **token, struct problem *ret_problem)
{
    CLEANUP(tsr_token_unref) tsr_token *primary = NULL;

    if (json_object_get(json, "type")) {
        return true;
    }
    primary = STEAL(*token);
    return tsr_ok(tsr_token_duplicate(primary, TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IMPERSONATION,
                                      false, token)) ||
           problem_set(ret_problem, "out of memory");
}

bool question_of_json(const json_t *json, struct question *ret_question,
                      struct problem *ret_problem)
{
    const json_t *token;

    return refuse_resource_claims(json, ret_problem) &&
           read_member(json, "token", &token, ret_problem) &&
           read_descriptor(json, &ret_question->descriptor, ret_problem) &&
           token_of_json(token, &ret_question->token, ret_problem) &&
           json_read_u32(token, "audit_policy", &ret_question->audit_policy, ret_problem) &&
           read_request(json, ret_question, ret_problem) &&
           (!ret_question->is_api || take_api_token(token, &ret_question->token, ret_problem));
}

tsr_access_result question_ask(struct question *question, const tsr_trace *trace)
{
    question->request.trace = trace;
    return question->is_api ? tsr_token_nt_access_check(question->token, &question->descriptor.sd,
                                                        &question->request)
                            : tsr_token_access_check(question->token, &question->descriptor.sd,
                                                     &question->request);
}

const char *question_pass_name(tsr_access_pass pass)
{
    static const char *const names[] = {
        [TSR_PASS_NORMAL] = "normal",
        [TSR_PASS_RESTRICTED] = "restricted",
        [TSR_PASS_PACKAGE] = "package",
    };

    return pass < ARRAY_SIZE(names) ? names[pass] : NULL;
}
