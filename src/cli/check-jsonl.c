/* SPDX-License-Identifier: MIT */
/* `tessera check --jsonl`: the access_check vectors, one by one. */

#include "cli/check-jsonl.h"

#include "base/check.h"
#include "cli/audit-json.h"
#include "cli/jsonl.h"
#include "cli/message.h"
#include "cli/question-json.h"

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

/* Everything there is to say about one decision. */
static json_t *judged(struct question *question, bool staged)
{
    json_t *const answer = json_object();
    tsr_access_result result;

    question->request.staged = staged;
    result = question_ask(question, NULL);
    write_result(answer, result.status.code, result.granted);
    if (question->request.result_list) {
        write_nodes(answer, &question->request);
    }
    audit_write_json(answer, question->token, &question->descriptor.sd, &question->request, &result,
                     question->audit_policy);
    return answer;
}

static bool answer_check(void *context, const json_t *json, json_t *answer,
                         struct problem *ret_problem)
{
    CLEANUP(question_deinit) struct question question = {0};
    json_t *effective;
    json_t *staged;

    (void)context;
    if (!question_of_json(json, &question, ret_problem)) {
        return false;
    }
    staged = judged(&question, true);
    effective = judged(&question, false);
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
