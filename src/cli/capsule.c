/* SPDX-License-Identifier: MIT */
/* Capsules: a question to the access check with the decision it got. */

#include "cli/capsule.h"

#include <errno.h>
#include <string.h>

#include "base/check.h"
#include "base/writer.h"
#include "cli/json-read.h"
#include "cli/message.h"
#include "cli/own.h"
#include "cli/sids.h"
#include "cli/text.h"

#define CAPSULE_FILE_MAX (8u << 20)

json_t *capsule_hex(const uint8_t *bytes, size_t size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *text = NULL;

    text_write_hex(&writer, bytes, size);
    return tsr_ok(writer_finish_text(&writer, &text)) ? json_string(text) : NULL;
}

json_t *capsule_token(const tsr_token *token)
{
    static const char *const of_one_run[] = {"token_id",          "modified_id", "parent_token_id",
                                             "authentication_id", "session_id",  "source"};
    CLEANUP(free) char *text = NULL;
    json_t *json;

    if (tsr_failed(tsr_token_format_json(token, &text))) {
        return NULL;
    }
    json = json_loads(text, JSON_READ_FLAGS, NULL);
    if (!json) {
        return NULL;
    }
    (void)json_object_set(json, "privileges", json_object_get(json, "all_privileges"));
    (void)json_object_del(json, "all_privileges");
    for (size_t i = 0; i < ARRAY_SIZE(of_one_run); i++) {
        (void)json_object_del(json, of_one_run[i]);
    }
    return json;
}

static json_t *mapping_to_json(const tsr_generic_mapping *mapping)
{
    const uint32_t masks[] = {mapping->read, mapping->write, mapping->execute, mapping->all};
    json_t *const array = json_array();

    for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
        (void)json_array_append_new(array, json_sprintf("0x%08x", masks[i]));
    }
    return array;
}

static void name_add(json_t *names, const tsr_sid *sid)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *printable = NULL;
    char name[SIDS_NAME_MAX];
    char text[TSR_SID_TEXT_MAX];

    if (!sids_account(sid, name)) {
        return;
    }
    text_write_printable(&writer, name);
    if (tsr_ok(writer_finish_text(&writer, &printable))) {
        tsr_sid_format(sid, text);
        (void)json_object_set_new(names, text, json_string(printable));
    }
}

static void name_add_encoded(json_t *names, const uint8_t *encoded)
{
    tsr_sid sid;

    if (encoded && tsr_ok(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), &sid, NULL))) {
        name_add(names, &sid);
    }
}

static json_t *names_of(const struct question *question)
{
    const tsr_sd *const sd = &question->descriptor.sd;
    json_t *const names = json_object();
    size_t offset = 0;
    tsr_group group;
    tsr_ace ace;

    tsr_token_get_user(question->token, &group);
    name_add(names, &group.sid);
    for (size_t i = 0; tsr_token_get_group(question->token, i, &group); i++) {
        name_add(names, &group.sid);
    }
    name_add_encoded(names, sd->owner);
    name_add_encoded(names, sd->group);
    while (sd->dacl.bytes && tsr_acl_next(&sd->dacl, &offset, &ace)) {
        name_add_encoded(names, ace.sid);
    }
    return names;
}

json_t *capsule_of(const struct question *question, const char *object)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *printable = NULL;
    const tsr_access_request *const request = &question->request;
    char self[TSR_SID_TEXT_MAX];
    CLEANUP(json_decref) json_t *capsule = NULL;

    capsule = json_pack("{s:i, s:o, s:{s:o}, s:o, s:o, s:o}", "tessera_capsule", CAPSULE_VERSION,
                        "token", capsule_token(question->token), "sd", "sd_hex",
                        capsule_hex(question->descriptor.sd.bytes, question->descriptor.sd.size),
                        "desired", json_sprintf("0x%08x", request->desired), "mapping",
                        mapping_to_json(&request->mapping), "names", names_of(question));
    if (!capsule) {
        return NULL;
    }
    if (request->principal_self) {
        tsr_sid_format(request->principal_self, self);
        (void)json_object_set_new(capsule, "principal_self", json_string(self));
    }
    if (object) {
        text_write_printable(&writer, object);
        if (tsr_failed(writer_finish_text(&writer, &printable))) {
            return NULL;
        }
        (void)json_object_set_new(capsule, "object", json_string(printable));
    }
    return STEAL(capsule);
}

static bool check_names(const json_t *capsule, struct problem *ret_problem)
{
    json_t *const names = json_object_get(capsule, "names");
    const char *sid;
    json_t *name;

    if (names && !json_is_object(names)) {
        return problem_set(ret_problem, "names is not an object");
    }
    json_object_foreach(names, sid, name)
    {
        if (!json_is_string(name)) {
            return problem_set(ret_problem, "names: that of '%.60s' is not a string", sid);
        }
        if (json_string_length(name) == 0 || json_string_length(name) >= SIDS_NAME_MAX) {
            return problem_set(ret_problem, "names: that of '%.60s' is empty or too long", sid);
        }
    }
    return true;
}

/* What a decision, or that of a node, was recorded as. */
static bool check_recorded(const json_t *recorded, struct problem *ret_problem)
{
    const char *status = NULL;
    uint32_t granted;

    if (!json_is_object(recorded)) {
        return problem_set(ret_problem, "expect: a decision is not an object");
    }
    return json_read_text(recorded, "status", &status, ret_problem) &&
           json_read_u32(recorded, "granted", &granted, ret_problem);
}

static bool check_expect(const json_t *capsule, struct problem *ret_problem)
{
    const json_t *const expect = json_object_get(capsule, "expect");
    const json_t *nodes = NULL;

    if (!expect) {
        return true;
    }
    if (!check_recorded(expect, ret_problem) ||
        !json_read_array(expect, "nodes", &nodes, ret_problem)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(nodes); i++) {
        if (!check_recorded(json_array_get(nodes, i), ret_problem)) {
            return false;
        }
    }
    return true;
}

bool capsule_check(const json_t *capsule, struct problem *ret_problem)
{
    const char *object = NULL;
    uint32_t version = CAPSULE_VERSION;

    if (!json_is_object(capsule)) {
        return problem_set(ret_problem, "a capsule is a JSON object, and this is none");
    }
    if (!json_read_u32(capsule, "tessera_capsule", &version, ret_problem)) {
        return false;
    }
    if (version != CAPSULE_VERSION) {
        return problem_set(ret_problem, "tessera_capsule is %u: only version %d is understood",
                           version, CAPSULE_VERSION);
    }
    return json_read_text(capsule, "object", &object, ret_problem) &&
           check_names(capsule, ret_problem) && check_expect(capsule, ret_problem);
}

bool capsule_read(const char *path, json_t **ret_capsule, struct problem *ret_problem)
{
    CLEANUP(json_decref) json_t *json = NULL;

    if (!json_read_file(path, CAPSULE_FILE_MAX, &json, ret_problem) ||
        !capsule_check(json, ret_problem)) {
        return false;
    }
    *ret_capsule = STEAL(json);
    return true;
}

bool capsule_write(const json_t *capsule, const char *path, struct problem *ret_problem)
{
    FILE *const file = fopen(path, "we");
    bool written;

    if (!file) {
        return problem_set(ret_problem, "cannot write it: %s", strerror(errno));
    }
    written = json_dumpf(capsule, file, 0) == 0 && putc('\n', file) != EOF;
    if (fclose(file) != 0 || !written) {
        return problem_set(ret_problem, "cannot write it: %s", strerror(errno));
    }
    return true;
}

static json_t *decision_to_json(uint32_t status, uint32_t granted)
{
    char buffer[16];

    return json_pack("{s:s, s:o}", "status", message_status_name(status, buffer), "granted",
                     json_sprintf("0x%08x", granted));
}

void capsule_record(json_t *capsule, const tsr_access_result *result,
                    const tsr_access_request *request)
{
    json_t *const expect = decision_to_json(result->status.code, result->granted);
    json_t *nodes;

    if (expect && request->result_list) {
        nodes = json_array();
        for (size_t i = 0; i < request->n_types; i++) {
            (void)json_array_append_new(
                nodes, decision_to_json(request->types[i].status.code, request->types[i].granted));
        }
        (void)json_object_set_new(expect, "nodes", nodes);
    }
    (void)json_object_set_new(capsule, "expect", expect);
    (void)json_object_set_new(capsule, "tessera_capsule", json_integer(CAPSULE_VERSION));
}

static bool decision_agrees(const json_t *recorded, const char *what, uint32_t status,
                            uint32_t granted, struct problem *ret_difference)
{
    const char *const recorded_status = json_string_value(json_object_get(recorded, "status"));
    uint32_t recorded_granted = granted;
    struct problem unused;
    char buffer[16];
    const char *const name = message_status_name(status, buffer);

    if (recorded_status && strcmp(recorded_status, name) != 0) {
        return problem_set(ret_difference, "%s is %s now; %.60s is recorded", what, name,
                           recorded_status);
    }
    /* Not every evaluator says what a node that is refused was left with. */
    if (status == STATUS_SUCCESS &&
        json_read_u32(recorded, "granted", &recorded_granted, &unused) &&
        recorded_granted != granted) {
        return problem_set(ret_difference, "%s grants 0x%08x now; 0x%08x is recorded", what,
                           granted, recorded_granted);
    }
    return true;
}

bool capsule_agrees(const json_t *capsule, const tsr_access_result *result,
                    const tsr_access_request *request, struct problem *ret_difference)
{
    const json_t *const expect = json_object_get(capsule, "expect");
    const json_t *const nodes = json_object_get(expect, "nodes");

    if (!decision_agrees(expect, "the decision", result->status.code, result->granted,
                         ret_difference)) {
        return false;
    }
    if (!request->result_list || !nodes) {
        return true;
    }
    if (json_array_size(nodes) != request->n_types) {
        return problem_set(ret_difference, "the recorded decision is not about as many types");
    }
    for (size_t i = 0; i < request->n_types; i++) {
        if (!decision_agrees(json_array_get(nodes, i), "that of an object type",
                             request->types[i].status.code, request->types[i].granted,
                             ret_difference)) {
            return false;
        }
    }
    return true;
}
