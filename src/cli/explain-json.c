/* SPDX-License-Identifier: MIT */
/* An explanation as JSON. */

#include "cli/explain-print.h"

#include "base/check.h"
#include "cli/message.h"
#include "cli/own.h"

static const char *const step_names[] = {
    [TSR_TRACE_REQUEST] = "request",
    [TSR_TRACE_PROCESS_TRUST] = "process-trust",
    [TSR_TRACE_ACCESS_FILTER] = "access-filter",
    [TSR_TRACE_INTEGRITY] = "integrity",
    [TSR_TRACE_PRIVILEGE] = "privilege",
    [TSR_TRACE_PASS] = "pass",
    [TSR_TRACE_OWNER] = "owner",
    [TSR_TRACE_NO_DACL] = "no-dacl",
    [TSR_TRACE_ACE] = "ace",
    [TSR_TRACE_NODE] = "type",
    [TSR_TRACE_PASS_END] = "pass-end",
    [TSR_TRACE_CENTRAL_POLICY] = "central-policy",
    [TSR_TRACE_CENTRAL_RULE] = "central-rule",
    [TSR_TRACE_CENTRAL_LIMIT] = "central-limit",
};

static void add_text(json_t *object, const char *name, const char *text)
{
    if (text) {
        (void)json_object_set_new(object, name, json_string(text));
    }
}

static void add_mask(json_t *object, const char *name, uint32_t mask)
{
    (void)json_object_set_new(object, name, json_sprintf("0x%08x", mask));
}

static void add_index(json_t *object, const char *name, size_t index)
{
    (void)json_object_set_new(
        object, name, index == MODEL_NO_STEP ? json_null() : json_integer((json_int_t)index));
}

static json_t *right_to_json(const struct explanation *explanation, uint32_t right)
{
    json_t *const json = json_object();
    CLEANUP(free) char *name = words_rights_text(explanation->words, right);
    CLEANUP(free) char *by = words_by(explanation->words, right);

    add_text(json, "right", name);
    add_mask(json, "mask", right);
    add_text(json, "end", words_end(explanation->words, right));
    add_text(json, "by", by);
    add_index(json, "step", explanation->model->own.by[__builtin_ctz(right)]);
    return json;
}

static json_t *rights_to_array(const struct explanation *explanation)
{
    json_t *const array = json_array();

    for (uint32_t left = model_rights(explanation->model); left; left &= left - 1) {
        (void)json_array_append_new(array, right_to_json(explanation, left & -left));
    }
    return array;
}

static json_t *step_to_json(const struct explanation *explanation, size_t step)
{
    const struct model_step *const at = &explanation->model->steps[step];
    CLEANUP(line_deinit) struct line line = {0};
    json_t *const json = json_object();

    (void)words_line(explanation->words, step, &line);
    add_text(json, "step", step_names[at->event.step]);
    add_text(json, "pass", question_pass_name((tsr_access_pass)at->event.pass));
    add_index(json, "rule_step", at->rule);
    add_text(json, "title", line.title);
    add_text(json, "label", line.label);
    add_text(json, "what", line.what);
    add_text(json, "did", line.did);
    add_text(json, "ace", line.sddl);
    if (at->event.ace_index != TSR_TRACE_NO_ACE) {
        add_index(json, "ace_index", at->event.ace_index);
    }
    add_mask(json, "allowed", at->allowed);
    add_mask(json, "denied", at->denied);
    (void)json_object_set_new(json, "reached", json_boolean(at->kind != MODEL_NOT_REACHED));
    (void)json_object_set_new(json, "decides", json_boolean(step == explanation->model->decisive));
    return json;
}

static json_t *steps_to_array(const struct explanation *explanation)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < explanation->model->n_steps; i++) {
        (void)json_array_append_new(array, step_to_json(explanation, i));
    }
    return array;
}

static void add_guid(json_t *object, const uint8_t guid[TSR_GUID_SIZE])
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *text = NULL;

    words_guid(guid, &writer);
    if (tsr_ok(writer_finish_text(&writer, &text))) {
        add_text(object, "guid", text);
    }
}

static json_t *types_to_array(const struct explanation *explanation)
{
    const tsr_access_request *const request = &explanation->model->question->request;
    json_t *const array = json_array();
    char buffer[16];

    for (size_t i = 0; i < request->n_types; i++) {
        json_t *const json = json_object();

        add_guid(json, request->types[i].guid);
        add_text(json, "status", message_status_name(request->types[i].status.code, buffer));
        add_mask(json, "granted", request->types[i].granted);
        (void)json_array_append_new(array, json);
    }
    return array;
}

static json_t *advice_to_json(const struct advice *advice)
{
    json_t *const json = json_object();
    json_t *const changes = json_array();

    for (size_t i = 0; i < advice->n_changes; i++) {
        json_t *const change = json_object();

        add_text(change, "kind", advice->changes[i].kind);
        add_text(change, "text", advice->changes[i].text);
        (void)json_array_append_new(changes, change);
    }
    (void)json_object_set_new(json, "changes", changes);
    (void)json_object_set(json, "capsule", advice->capsule);
    return json;
}

static json_t *advices_to_array(const struct advices *advices)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < advices->n; i++) {
        (void)json_array_append_new(array, advice_to_json(&advices->items[i]));
    }
    return array;
}

json_t *explain_json(const struct explanation *explanation)
{
    const struct model *const model = explanation->model;
    CLEANUP(free) char *verdict = words_verdict(explanation->words);
    json_t *const json = json_object();
    char buffer[16];

    add_text(json, "verdict", verdict);
    add_text(json, "status", message_status_name(model->result.status.code, buffer));
    add_mask(json, "desired", model->question->request.desired);
    add_mask(json, "granted", model->granted);
    add_index(json, "decisive_step", model->decisive);
    (void)json_object_set_new(json, "rights", rights_to_array(explanation));
    (void)json_object_set_new(json, "steps", steps_to_array(explanation));
    if (model->n_types > 0 && model->question->request.result_list) {
        (void)json_object_set_new(json, "types", types_to_array(explanation));
    }
    if (explanation->wants_advice) {
        (void)json_object_set_new(json, "advice", advices_to_array(explanation->advices));
    }
    if (explanation->is_replay) {
        (void)json_object_set_new(json, "agrees", json_boolean(explanation->agrees));
        add_text(json, "difference", explanation->agrees ? NULL : explanation->difference->text);
    }
    return json;
}
