/* SPDX-License-Identifier: MIT */
/* The token and the descriptor of an explanation, as names and values. */

#include "cli/explain-facts.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/sddl.h>

#include "base/check.h"
#include "cli/capsule.h"
#include "cli/own.h"
#include "cli/text.h"

void facts_deinit(struct facts *facts)
{
    for (size_t i = 0; i < facts->n; i++) {
        free(facts->items[i].value);
    }
    facts->n = 0;
}

/* Empties the writer; a fact without a value is none. */
static void fact_add(struct facts *facts, const char *name, struct writer *writer)
{
    char *value = NULL;
    const size_t size = writer->size;

    if (tsr_failed(writer_finish_text(writer, &value))) {
        return;
    }
    if (size == 0 || facts->n == FACTS_MAX) {
        free(value);
        return;
    }
    facts->items[facts->n++] = (struct fact){.name = name, .value = value};
}

static void next_value(struct writer *writer)
{
    if (writer->size > 0) {
        writer_char(writer, '\n');
    }
}

static void write_sid(const struct words *words, const tsr_sid *sid, struct writer *writer)
{
    char text[TSR_SID_TEXT_MAX];
    const size_t start = writer->size;

    next_value(writer);
    words_who(words, sid, writer);
    tsr_sid_format(sid, text);
    if (writer->failed || memmem(writer->bytes + start, writer->size - start, text, strlen(text))) {
        return;
    }
    writer_format(writer, " (%s)", text);
}

static void write_group(const struct words *words, const tsr_group *group, struct writer *writer)
{
    write_sid(words, &group->sid, writer);
    if (group->attributes & SE_GROUP_USE_FOR_DENY_ONLY) {
        writer_text(writer, ", deny-only");
    } else if (!(group->attributes & SE_GROUP_ENABLED)) {
        writer_text(writer, ", disabled");
    }
}

static void add_groups(const struct words *words, const char *name,
                       bool (*get)(const tsr_token *, size_t, tsr_group *), struct facts *facts)
{
    struct writer writer = {0};
    tsr_group group;

    for (size_t i = 0; get(words->model->question->token, i, &group); i++) {
        write_group(words, &group, &writer);
    }
    fact_add(facts, name, &writer);
}

static void add_privileges(const struct words *words, struct facts *facts)
{
    const tsr_token *const token = words->model->question->token;
    struct writer enabled = {0};
    struct writer disabled = {0};
    tsr_privilege_state state;

    for (size_t i = 0; tsr_token_get_privilege(token, i, &state); i++) {
        const bool is_enabled = tsr_token_enabled_privileges(token) & TSR_PRIVILEGE_BIT(state.luid);
        struct writer *const writer = is_enabled ? &enabled : &disabled;

        next_value(writer);
        writer_text(writer, tsr_privilege_name(state.luid));
    }
    fact_add(facts, "Privileges", &enabled);
    fact_add(facts, "Disabled privileges", &disabled);
}

static void add_restriction(const struct words *words, struct facts *facts)
{
    const tsr_token *const token = words->model->question->token;
    struct writer writer = {0};
    tsr_token_statistics statistics;
    tsr_sid sid;
    bool is_less_privileged;

    tsr_token_get_statistics(token, &statistics);
    for (size_t i = 0; tsr_token_get_restricting(token, i, &sid); i++) {
        write_sid(words, &sid, &writer);
    }
    if (statistics.flags & TSR_TOKEN_IS_RESTRICTED && writer.size == 0) {
        writer_text(&writer, "nobody");
    }
    fact_add(facts,
             statistics.flags & TSR_TOKEN_WRITE_RESTRICTED ? "Restricted, for writing, to"
                                                           : "Restricted to",
             &writer);
    if (tsr_token_get_package(token, &sid, &is_less_privileged)) {
        write_sid(words, &sid, &writer);
        writer_text(&writer, is_less_privileged ? ", less privileged" : "");
        fact_add(facts, "AppContainer", &writer);
    }
    add_groups(words, "Capabilities", tsr_token_get_capability, facts);
}

static void add_mandatory(const struct words *words, struct facts *facts)
{
    const tsr_token *const token = words->model->question->token;
    struct writer writer = {0};
    tsr_token_statistics statistics;
    tsr_sid sid;

    tsr_token_get_statistics(token, &statistics);
    if (tsr_token_get_integrity(token, &sid)) {
        write_sid(words, &sid, &writer);
        writer_text(&writer,
                    statistics.mandatory_policy & TSR_POLICY_NO_WRITE_UP ? "" : ", not enforced");
    }
    fact_add(facts, "Integrity", &writer);
    if (statistics.process_trust_type | statistics.process_trust_level) {
        writer_format(&writer, "type %u, level %u", statistics.process_trust_type,
                      statistics.process_trust_level);
    }
    fact_add(facts, "Process trust", &writer);
}

static void add_claims(const json_t *token, const char *member, const char *name,
                       struct facts *facts)
{
    const json_t *const claims = json_object_get(token, member);
    struct writer writer = {0};

    for (size_t i = 0; i < json_array_size(claims); i++) {
        const json_t *const claim = json_array_get(claims, i);
        const char *const claim_name = json_string_value(json_object_get(claim, "name"));
        CLEANUP(free) char *values = json_dumps(json_object_get(claim, "values"), JSON_COMPACT);

        next_value(&writer);
        text_write_printable(&writer, claim_name ? claim_name : "");
        writer_text(&writer, " = ");
        text_write_printable(&writer, values ? values : "");
    }
    fact_add(facts, name, &writer);
}

void facts_of_token(const struct words *words, struct facts *ret_facts)
{
    CLEANUP(json_decref) json_t *token = capsule_token(words->model->question->token);
    struct writer writer = {0};
    tsr_group user;

    tsr_token_get_user(words->model->question->token, &user);
    user.attributes |= SE_GROUP_ENABLED;
    write_group(words, &user, &writer);
    fact_add(ret_facts, "User", &writer);
    add_groups(words, "Groups", tsr_token_get_group, ret_facts);
    add_restriction(words, ret_facts);
    add_mandatory(words, ret_facts);
    add_privileges(words, ret_facts);
    add_groups(words, "Device groups", tsr_token_get_device_group, ret_facts);
    add_claims(token, "user_claims", "User claims", ret_facts);
    add_claims(token, "device_claims", "Device claims", ret_facts);
    add_claims(token, "local_claims", "Local claims", ret_facts);
}

static void add_sid(const struct words *words, const char *name, const uint8_t *encoded,
                    struct facts *facts)
{
    struct writer writer = {0};
    tsr_sid sid;

    if (encoded && tsr_ok(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), &sid, NULL))) {
        write_sid(words, &sid, &writer);
    } else {
        writer_text(&writer, "none");
    }
    fact_add(facts, name, &writer);
}

static void add_entries(const char *name, const tsr_acl *acl, struct facts *facts)
{
    struct writer writer = {0};
    size_t offset = 0;
    tsr_ace ace;

    while (acl->bytes && tsr_acl_next(acl, &offset, &ace)) {
        CLEANUP(free) char *text = descriptor_ace_text(&ace);

        next_value(&writer);
        text_write_printable(&writer, text ? text : "");
    }
    fact_add(facts, name, &writer);
}

static void add_dacl(const tsr_sd *sd, struct facts *facts)
{
    struct writer writer = {0};

    if (!sd->dacl.bytes) {
        writer_text(&writer,
                    sd->has_dacl ? "null: everything is allowed" : "absent: everything is allowed");
    } else if (sd->dacl.n_aces == 0) {
        writer_text(&writer, "empty: nothing is allowed");
    }
    fact_add(facts, "DACL", &writer);
    add_entries("DACL", &sd->dacl, facts);
}

void facts_of_descriptor(const struct words *words, struct facts *ret_facts)
{
    const tsr_sd *const sd = &words->model->question->descriptor.sd;
    CLEANUP(free) char *object = words_object(words);
    struct writer writer = {0};

    if (object) {
        writer_text(&writer, object);
        fact_add(ret_facts, "Object", &writer);
    }
    add_sid(words, "Owner", sd->owner, ret_facts);
    add_sid(words, "Group", sd->group, ret_facts);
    add_dacl(sd, ret_facts);
    add_entries("SACL", &sd->sacl, ret_facts);
}
