/* SPDX-License-Identifier: MIT */
/* `tessera check --jsonl`: the access_check vectors, one by one. */

#include "cli/check-jsonl.h"

#include <string.h>

#include <tessera/sddl.h>
#include <tessera/token.h>

#include "base/check.h"
#include "cli/descriptor.h"
#include "cli/json-read.h"
#include "cli/jsonl.h"
#include "cli/message.h"
#include "cli/own.h"
#include "cli/token-json.h"

/* Members that change the answer in ways we cannot follow; empty ones change nothing. */
static const char *const unsupported[] = {"object_types", "result_list", "central_policies"};

static bool is_empty(const json_t *value)
{
    return json_is_false(value) || (json_is_array(value) && json_array_size(value) == 0);
}

static bool refuse_unsupported(const json_t *question, struct problem *ret_problem)
{
    for (size_t i = 0; i < ARRAY_SIZE(unsupported); i++) {
        const json_t *const value = json_object_get(question, unsupported[i]);

        if (value && !is_empty(value)) {
            return problem_set(ret_problem, "%s is not supported yet", unsupported[i]);
        }
    }
    return true;
}

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

/* A check takes resource attributes from the descriptor alone. */
static bool refuse_resource_claims(const json_t *question, const tsr_sd *sd,
                                   struct problem *ret_problem)
{
    const json_t *const claims = json_object_get(question, "resource_claims");

    return !claims || is_empty(claims) || !descriptor_is_conditional(sd) ||
           problem_set(ret_problem, "resource_claims beside a condition is not supported yet");
}

static bool read_mapping(const json_t *question, tsr_generic_mapping *ret_mapping,
                         struct problem *ret_problem)
{
    const json_t *array = NULL;
    uint32_t masks[4];

    if (!json_read_array(question, "mapping", &array, ret_problem)) {
        return false;
    }
    if (!array) {
        *ret_mapping = TSR_FILE_MAPPING;
        return true;
    }
    if (json_array_size(array) != ARRAY_SIZE(masks)) {
        return problem_set(ret_problem, "mapping does not have four masks");
    }
    for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
        if (!json_value_u32(json_array_get(array, i), "mapping", &masks[i], ret_problem)) {
            return false;
        }
    }
    *ret_mapping = (tsr_generic_mapping){masks[0], masks[1], masks[2], masks[3]};
    return true;
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

static bool read_request(const json_t *question, tsr_sid *self, tsr_access_request *ret_request,
                         struct problem *ret_problem)
{
    tsr_access_request request = {0};
    const json_t *desired;
    bool has_self;

    if (!read_member(question, "desired", &desired, ret_problem) ||
        !json_value_u32(desired, "desired", &request.desired, ret_problem) ||
        !read_mapping(question, &request.mapping, ret_problem) ||
        !json_read_sid(question, "principal_self", self, &has_self, ret_problem) ||
        !read_intent(question, &request, ret_problem)) {
        return false;
    }
    request.principal_self = has_self ? self : NULL;
    *ret_request = request;
    return true;
}

static void write_result(json_t *answer, const tsr_access_result *result)
{
    char buffer[16];

    (void)json_object_set_new(answer, "status",
                              json_string(message_status_name(result->status.code, buffer)));
    (void)json_object_set_new(answer, "granted", json_sprintf("0x%08x", result->granted));
}

static bool answer_check(void *context, const json_t *question, json_t *answer,
                         struct problem *ret_problem)
{
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};
    tsr_access_request request;
    tsr_access_result result;
    const json_t *token_json;
    tsr_sid self;
    bool is_api;

    (void)context;
    if (!refuse_unsupported(question, ret_problem) ||
        !read_member(question, "token", &token_json, ret_problem) ||
        !read_descriptor(question, &descriptor, ret_problem) ||
        !refuse_resource_claims(question, &descriptor.sd, ret_problem) ||
        !token_of_json(token_json, token_use_for(&descriptor.sd), &token, ret_problem) ||
        !read_request(question, &self, &request, ret_problem) ||
        !read_is_api(question, &is_api, ret_problem)) {
        return false;
    }

    result = is_api ? tsr_token_nt_access_check(token, &descriptor.sd, &request)
                    : tsr_token_access_check(token, &descriptor.sd, &request);
    write_result(answer, &result);
    return true;
}

int check_jsonl(const char *path)
{
    return jsonl_run(path, answer_check, NULL);
}
