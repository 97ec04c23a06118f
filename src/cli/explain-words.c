/* SPDX-License-Identifier: MIT */
/* The words of an explanation. */

#include "cli/explain-words.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/condition.h>

#include "base/check.h"
#include "cli/descriptor.h"
#include "cli/sids.h"
#include "cli/text.h"

void line_deinit(struct line *line)
{
    free(line->title);
    free(line->label);
    free(line->what);
    free(line->did);
    free(line->sddl);
    *line = (struct line){0};
}

struct words words_of(const struct model *model, const json_t *capsule)
{
    static const tsr_generic_mapping of_files = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                                 FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
    const tsr_generic_mapping *const mapping = &model->question->request.mapping;
    const bool are_files = mapping->read == of_files.read && mapping->write == of_files.write &&
                           mapping->execute == of_files.execute && mapping->all == of_files.all;

    return (struct words){
        .model = model, .capsule = capsule, .of = are_files ? RIGHTS_OF_FILES : RIGHTS_OF_OTHERS};
}

/* What is known by a word is called by it; everybody else as the capsule says. */
static bool is_word(const char *name)
{
    return strncmp(name, "S-1-", 4) != 0 && strncmp(name, "uid:", 4) != 0 &&
           strncmp(name, "gid:", 4) != 0;
}

/* Safe: no capsule can call somebody "everyone", or by another SID. Two letters are a name. */
static bool is_name_of_another(const char *name)
{
    struct problem unused;
    tsr_sid sid;

    return strlen(name) > 2 && sids_parse(name, NULL, &sid, &unused);
}

void words_who(const struct words *words, const tsr_sid *sid, struct writer *writer)
{
    const json_t *const names = json_object_get(words->capsule, "names");
    char text[TSR_SID_TEXT_MAX];
    char name[SIDS_NAME_MAX];
    const char *given;

    tsr_sid_format(sid, text);
    sids_name_plain(sid, name);
    given = json_string_value(json_object_get(names, text));
    if (given && !is_word(name) && !is_name_of_another(given)) {
        text_write_printable(writer, given);
        return;
    }
    writer_text(writer, name);
}

void words_who_encoded(const struct words *words, const uint8_t *encoded, struct writer *writer)
{
    tsr_sid sid;

    if (encoded && tsr_ok(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), &sid, NULL))) {
        words_who(words, &sid, writer);
        return;
    }
    writer_text(writer, "nobody");
}

void words_rights(const struct words *words, uint32_t rights, struct writer *writer)
{
    rights_write_phrase(writer, rights, words->of);
}

static char *finish(struct writer *writer)
{
    char *text = NULL;

    return tsr_ok(writer_finish_text(writer, &text)) ? text : NULL;
}

char *words_rights_text(const struct words *words, uint32_t rights)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    words_rights(words, rights, &writer);
    return finish(&writer);
}

static bool is_deny(const tsr_ace *ace)
{
    return ace->type == ACCESS_DENIED_ACE_TYPE || ace->type == ACCESS_DENIED_OBJECT_ACE_TYPE ||
           ace->type == ACCESS_DENIED_CALLBACK_ACE_TYPE ||
           ace->type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

bool words_allows(const tsr_ace *ace)
{
    return ace->type == ACCESS_ALLOWED_ACE_TYPE || ace->type == ACCESS_ALLOWED_COMPOUND_ACE_TYPE ||
           ace->type == ACCESS_ALLOWED_OBJECT_ACE_TYPE ||
           ace->type == ACCESS_ALLOWED_CALLBACK_ACE_TYPE ||
           ace->type == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE;
}

static const char *verb_of(const tsr_ace *ace)
{
    return is_deny(ace) ? "deny" : words_allows(ace) ? "allow" : "other";
}

/* The ACE that a step is about, in the DACL or, before the passes, in the SACL. */
static bool ace_of(const struct words *words, size_t step, tsr_ace *ret_ace)
{
    const struct model_step *const at = &words->model->steps[step];
    const bool in_dacl = at->event.step == TSR_TRACE_ACE;

    return at->event.ace_index != TSR_TRACE_NO_ACE &&
           descriptor_ace_at(in_dacl ? model_dacl(words->model, step)
                                     : &words->model->question->descriptor.sd.sacl,
                             at->event.ace_index, ret_ace);
}

static const tsr_central_policy *policy_of(const struct words *words, uint32_t policy)
{
    const tsr_access_request *const request = &words->model->question->request;

    return policy < request->n_policies ? &request->policies[policy] : NULL;
}

/* "rule 1 of the central policy" of a step that is part of one. */
static void write_rule(const struct words *words, size_t rule, struct writer *writer)
{
    const tsr_trace_event *const event = &words->model->steps[rule].event;

    if (event->step == TSR_TRACE_CENTRAL_POLICY) {
        writer_text(writer, "the recovery policy");
        return;
    }
    writer_format(writer, "rule %u of the central policy", event->rule + 1);
}

static void write_entry(const struct words *words, size_t step, struct writer *writer)
{
    const struct model_step *const at = &words->model->steps[step];
    tsr_ace ace;

    writer_format(writer, "entry %u of ", at->event.ace_index + 1);
    if (at->rule == MODEL_NO_STEP) {
        writer_text(writer, "the DACL");
    } else {
        write_rule(words, at->rule, writer);
    }
    if (ace_of(words, step, &ace)) {
        writer_format(writer, " (%s, ", verb_of(&ace));
        words_who_encoded(words, ace.sid, writer);
        writer_char(writer, ')');
    }
}

static const char *const pass_subjects[] = {
    [TSR_PASS_NORMAL] = "the user and the groups",
    [TSR_PASS_RESTRICTED] = "the restricting SIDs",
    [TSR_PASS_PACKAGE] = "the package and its capabilities",
};

static const char *subject_of(uint32_t pass)
{
    return pass < ARRAY_SIZE(pass_subjects) ? pass_subjects[pass] : "others";
}

static void write_end(const struct words *words, size_t step, struct writer *writer)
{
    const struct model_step *const at = &words->model->steps[step];

    if (!model_dacl(words->model, step)->bytes) {
        writer_text(writer, "the absence of a DACL, which gives packages nothing,");
        return;
    }
    writer_text(writer, "the end of the DACL");
    if (at->rule != MODEL_NO_STEP) {
        writer_text(writer, " of ");
        write_rule(words, at->rule, writer);
    }
    if (at->event.pass != TSR_PASS_NORMAL) {
        writer_format(writer, " for %s", subject_of(at->event.pass));
    }
}

static void write_privilege(const struct model_step *at, struct writer *writer)
{
    const char *const name = tsr_privilege_name(at->event.privilege);

    writer_format(writer, "%s%s", at->kind == MODEL_NOT_HELD ? "the lack of " : "",
                  name ? name : "a privilege");
}

/* The steps that are called the same wherever they stand. */
static const char *const nouns[] = {
    [TSR_TRACE_PROCESS_TRUST] = "the process-trust label",
    [TSR_TRACE_INTEGRITY] = "the mandatory label",
    [TSR_TRACE_OWNER] = "ownership",
    [TSR_TRACE_NO_DACL] = "the absence of a DACL, which allows everything,",
    [TSR_TRACE_CENTRAL_POLICY] = "the central policy",
    [TSR_TRACE_CENTRAL_LIMIT] = "the central policy",
};

void words_step(const struct words *words, size_t step, struct writer *writer)
{
    const struct model_step *const at = &words->model->steps[step];
    const tsr_trace_step what = at->event.step;

    if (what == TSR_TRACE_ACE) {
        write_entry(words, step, writer);
    } else if (what == TSR_TRACE_PASS_END) {
        write_end(words, step, writer);
    } else if (what == TSR_TRACE_PRIVILEGE) {
        write_privilege(at, writer);
    } else if (what == TSR_TRACE_ACCESS_FILTER) {
        writer_format(writer, "the access filter in entry %u of the SACL", at->event.ace_index + 1);
    } else if (what == TSR_TRACE_CENTRAL_RULE) {
        write_rule(words, step, writer);
    } else if (what < ARRAY_SIZE(nouns) && nouns[what]) {
        writer_text(writer, nouns[what]);
    }
}

static uint32_t rights_by(const struct model *model, size_t step, enum right_end end)
{
    uint32_t rights = 0;

    for (size_t bit = 0; bit < MODEL_N_BITS; bit++) {
        if (model->own.by[bit] == step && model->own.ends[bit] == end) {
            rights |= UINT32_C(1) << bit;
        }
    }
    return rights & model_rights(model);
}

/* Why there is a decision without a step that made it. */
static const char *why_undecided(const struct model *model)
{
    const uint32_t status = model->result.status.code;

    if (model->n_steps == 0) {
        return status == STATUS_GENERIC_NOT_MAPPED
                   ? "generic rights must be mapped before they are asked for"
               : status == STATUS_INVALID_SECURITY_DESCR ? "the descriptor has no owner or no group"
               : status == STATUS_NO_IMPERSONATION_TOKEN
                   ? "a system call wants a token that impersonates"
               : status == STATUS_BAD_IMPERSONATION_LEVEL
                   ? "the token impersonates at too low a level"
               : status == STATUS_INVALID_PARAMETER ? "the object types are no tree"
                                                    : "nothing is asked for";
    }
    return model->required | model->possible ? "there is nothing that could be granted"
                                             : "nothing is asked for";
}

static void write_deciding(const struct words *words, struct writer *writer)
{
    const struct model *const model = words->model;

    if (model->decisive == MODEL_NO_STEP) {
        writer_text(writer, why_undecided(model));
        return;
    }
    words_step(words, model->decisive, writer);
    if (model->is_granted) {
        writer_text(writer, " completes the grant");
        return;
    }
    writer_text(writer, " refuses ");
    words_rights(words, rights_by(model, model->decisive, RIGHT_REFUSED), writer);
}

char *words_object(const struct words *words)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    const char *const object = json_string_value(json_object_get(words->capsule, "object"));

    if (!object) {
        return NULL;
    }
    text_write_printable(&writer, object);
    return finish(&writer);
}

char *words_verdict(const struct words *words)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *object = words_object(words);
    const struct model *const model = words->model;
    tsr_group user;

    tsr_token_get_user(model->question->token, &user);
    writer_text(&writer, model->is_granted ? "GRANTED: " : "DENIED: ");
    words_who(words, &user.sid, &writer);
    writer_text(&writer, " asked for ");
    words_rights(
        words, tsr_map_generic(model->question->request.desired, &model->question->request.mapping),
        &writer);
    if (object) {
        writer_format(&writer, " of %s", object);
    }
    if (model->is_granted && model->question->request.desired & MAXIMUM_ALLOWED) {
        writer_text(&writer, " and gets ");
        words_rights(words, model->granted, &writer);
    }
    writer_text(&writer, "; ");
    write_deciding(words, &writer);
    writer_char(&writer, '.');
    return finish(&writer);
}

static size_t bit_of(uint32_t right)
{
    return right ? (size_t)__builtin_ctz(right) : 0;
}

const char *words_end(const struct words *words, uint32_t right)
{
    switch (words->model->own.ends[bit_of(right)]) {
    case RIGHT_GRANTED:
        return words->model->is_granted ? "granted" : "allowed";
    case RIGHT_REFUSED:
        return "refused";
    case RIGHT_UNTOUCHED:
        return "not reached";
    }
    return "";
}

char *words_by(const struct words *words, uint32_t right)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    const struct model_judgement *const own = &words->model->own;
    const size_t bit = bit_of(right);

    if (own->by[bit] == MODEL_NO_STEP) {
        writer_text(&writer, "the check was over before");
        return finish(&writer);
    }
    words_step(words, own->by[bit], &writer);
    for (size_t pass = TSR_PASS_RESTRICTED; pass < ARRAY_SIZE(own->also); pass++) {
        if (own->ends[bit] == RIGHT_GRANTED && own->also[pass][bit] != MODEL_NO_STEP) {
            writer_format(&writer, "; for %s ", subject_of((uint32_t)pass));
            words_step(words, own->also[pass][bit], &writer);
        }
    }
    return finish(&writer);
}

void words_guid(const uint8_t guid[TSR_GUID_SIZE], struct writer *writer)
{
    /* As ACEs store it: the first three fields are little-endian. */
    static const uint8_t order[TSR_GUID_SIZE] = {3, 2, 1,  0,  5,  4,  7,  6,
                                                 8, 9, 10, 11, 12, 13, 14, 15};

    for (size_t i = 0; i < TSR_GUID_SIZE; i++) {
        writer_format(writer, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                      guid[order[i]]);
    }
}

void words_condition(const tsr_ace *ace, struct writer *writer)
{
    CLEANUP(free) char *text = NULL;

    writer_char(writer, ' ');
    if (tsr_ok(tsr_condition_format(ace->data, ace->n_data, NULL, &text))) {
        text_write_printable(writer, text);
    } else {
        writer_text(writer, "a condition that has no text");
    }
}

static bool has_condition(const tsr_ace *ace)
{
    return (ace->type >= ACCESS_ALLOWED_CALLBACK_ACE_TYPE &&
            ace->type <= ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE) ||
           ace->type == SYSTEM_ACCESS_FILTER_ACE_TYPE;
}

void words_ace(const struct words *words, const tsr_ace *ace, struct writer *writer)
{
    if (!ace->sid) {
        writer_format(writer, "an entry of the unknown type 0x%02x", ace->type);
        return;
    }
    writer_format(writer, "%s ", verb_of(ace));
    words_who_encoded(words, ace->sid, writer);
    writer_text(writer, ": ");
    words_rights(words, ace->mask, writer);
    if (ace->object_type) {
        writer_text(writer, ", of type ");
        words_guid(ace->object_type, writer);
    }
    if (has_condition(ace)) {
        writer_text(writer, " if");
        words_condition(ace, writer);
    }
}

/* Why an ACE finds nobody: the token does not have the SID, or has it disabled. */
static void write_no_match(const struct words *words, const struct model_step *at,
                           const tsr_ace *ace, struct writer *writer)
{
    const tsr_token *const token = words->model->question->token;
    tsr_group group = {0};
    tsr_sid sid;
    bool is_there = false;

    if (!ace->sid ||
        tsr_failed(tsr_sid_decode(ace->sid, tsr_encoded_sid_size(ace->sid), &sid, NULL))) {
        return;
    }
    for (size_t i = 0; at->event.pass == TSR_PASS_NORMAL && !is_there; i++) {
        if (!tsr_token_get_group(token, i, &group)) {
            break;
        }
        is_there = tsr_sid_equal(&group.sid, &sid);
    }
    words_who(words, &sid, writer);
    if (is_there) {
        writer_text(writer, " is disabled in the token");
    } else {
        writer_format(writer, " is not among %s", subject_of(at->event.pass));
    }
}

static const char *truth_text(tsr_trace_truth truth)
{
    return truth == TSR_TRACE_TRUE ? "true" : truth == TSR_TRACE_FALSE ? "false" : "unknown";
}

static const char *const reasons[] = {
    [TSR_TRACE_INHERIT_ONLY] = "skipped: meant for children alone",
    [TSR_TRACE_NOT_FOR_ACCESS] = "skipped: not about access",
    [TSR_TRACE_DENY_ONLY] = "no effect: the token has this SID to be denied by alone",
    [TSR_TRACE_OTHER_TYPE] = "no effect: its object type is not asked about",
    [TSR_TRACE_NOT_PACKAGES] = "no effect: packages are not given anything by it",
    [TSR_TRACE_NOT_OWNER] = "not the owner",
    [TSR_TRACE_OWNER_RIGHTS] = "an entry for OWNER RIGHTS stands in for ownership",
};

/* What a step settled: "allows …", "denies …". */
static void write_settled(const struct words *words, const struct model_step *at,
                          struct writer *writer)
{
    const uint32_t settled = at->allowed | at->denied;
    const bool is_asked = at->event.rights & model_rights(words->model);

    if (settled) {
        writer_text(writer, at->allowed ? "allows " : "denies ");
        words_rights(words, settled, writer);
    } else if (at->n_types == 0) {
        writer_text(writer, is_asked ? "matches, but what it names was settled before"
                                     : "matches, but names nothing that is asked for");
    }
    if (at->n_types > 0) {
        writer_format(writer, "%s of %zu object type%s below",
                      settled ? ", also" : "settles rights", at->n_types,
                      at->n_types == 1 ? "" : "s");
    }
}

static void write_ace_did(const struct words *words, const struct model_step *at,
                          const tsr_ace *ace, struct writer *writer)
{
    const tsr_trace_event *const event = &at->event;

    if (at->kind == MODEL_NOT_REACHED) {
        writer_text(writer, "not reached");
    } else if (event->reason == TSR_TRACE_APPLIED) {
        write_settled(words, at, writer);
        if (event->truth != TSR_TRACE_NO_CONDITION) {
            writer_format(writer, "; its condition is %s", truth_text(event->truth));
        }
    } else if (event->reason == TSR_TRACE_NO_MATCH) {
        writer_text(writer, "no effect: ");
        write_no_match(words, at, ace, writer);
    } else if (event->reason == TSR_TRACE_CONDITION) {
        writer_format(writer, "no effect: its condition is %s", truth_text(event->truth));
    } else if (event->reason < ARRAY_SIZE(reasons) && reasons[event->reason]) {
        writer_text(writer, reasons[event->reason]);
    }
}

/* The writers of one line, finished together. */
struct draft {
    struct writer title;
    struct writer label;
    struct writer what;
    struct writer did;
    bool has_title;
    bool has_row;
};

static void draft_ace(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    tsr_ace ace;

    writer_format(&draft->label, "%u", at->event.ace_index + 1);
    if (ace_of(words, step, &ace)) {
        words_ace(words, &ace, &draft->what);
        write_ace_did(words, at, &ace, &draft->did);
    }
}

/* A stage before the passes: what it forbids of what is asked. */
static void draft_limit(const struct words *words, const struct model_step *at, struct draft *draft)
{
    if (at->denied) {
        writer_text(&draft->did, "forbids ");
        words_rights(words, at->denied, &draft->did);
    } else if (at->event.rights == UINT32_MAX) {
        writer_text(&draft->did, "no limit");
    } else {
        writer_text(&draft->did, "forbids nothing of what is asked");
    }
}

static void draft_trust(const struct words *words, size_t step, struct draft *draft)
{
    tsr_ace ace;

    writer_text(&draft->title, "Before the DACL");
    draft->has_title = true;
    writer_text(&draft->label, "process trust");
    if (ace_of(words, step, &ace)) {
        words_who_encoded(words, ace.sid, &draft->what);
        writer_text(&draft->what, " is the label");
    } else {
        writer_text(&draft->what, "no label");
    }
    draft_limit(words, &words->model->steps[step], draft);
}

static void draft_filter(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    tsr_ace ace;

    writer_text(&draft->label, "filter");
    if (ace_of(words, step, &ace)) {
        writer_text(&draft->what, "everything if");
        words_condition(&ace, &draft->what);
        writer_text(&draft->what, ", else ");
        words_rights(words, ace.mask, &draft->what);
    }
    draft_limit(words, at, draft);
    writer_format(&draft->did, "; its condition is %s", truth_text(at->event.truth));
}

static void draft_integrity(const struct words *words, size_t step, struct draft *draft)
{
    tsr_sid level;
    tsr_ace ace;

    writer_text(&draft->label, "integrity");
    writer_text(&draft->what, "the object has ");
    if (ace_of(words, step, &ace)) {
        words_who_encoded(words, ace.sid, &draft->what);
    } else {
        writer_text(&draft->what, "medium-integrity, unlabelled");
    }
    writer_text(&draft->what, "; the token has ");
    if (tsr_token_get_integrity(words->model->question->token, &level)) {
        words_who(words, &level, &draft->what);
    } else {
        writer_text(&draft->what, "no level");
    }
    draft_limit(words, &words->model->steps[step], draft);
}

static void draft_privilege(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    writer_text(&draft->label, "privilege");
    writer_text(&draft->what, tsr_privilege_name(at->event.privilege));
    if (at->kind == MODEL_NOT_HELD) {
        writer_text(&draft->did, "not held: refuses ");
    } else {
        writer_text(&draft->did, "gives ");
    }
    words_rights(words, at->event.rights, &draft->did);
}

static void draft_owner(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    writer_text(&draft->label, "owner");
    words_who_encoded(words, words->model->question->descriptor.sd.owner, &draft->what);
    writer_text(&draft->what, " owns the object");
    if (at->event.reason == TSR_TRACE_APPLIED) {
        write_settled(words, at, &draft->did);
    } else if (at->event.reason < ARRAY_SIZE(reasons) && reasons[at->event.reason]) {
        writer_text(&draft->did, reasons[at->event.reason]);
    }
}

static void draft_no_dacl(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    writer_text(&draft->label, "DACL");
    writer_text(&draft->what, "there is none");
    if (at->allowed) {
        write_settled(words, at, &draft->did);
    } else {
        writer_text(&draft->did, "gives nothing here");
    }
}

static void draft_pass(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    writer_text(&draft->title, "The DACL");
    if (at->rule != MODEL_NO_STEP) {
        writer_text(&draft->title, " of ");
        write_rule(words, at->rule, &draft->title);
    }
    writer_format(&draft->title, ", for %s", subject_of(at->event.pass));
    draft->has_title = true;
    draft->has_row = false;
}

static void draft_pass_end(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    writer_text(&draft->label, "end");
    if (at->denied) {
        writer_text(&draft->what, "what no entry has allowed");
        writer_text(&draft->did, "refuses ");
        words_rights(words, at->denied, &draft->did);
        return;
    }
    writer_text(&draft->what, "what is left by this pass");
    words_rights(words, at->event.rights & model_rights(words->model), &draft->did);
}

static void draft_policy(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    const tsr_central_policy *const policy = policy_of(words, at->event.policy);

    draft->has_title = true;
    draft->has_row = false;
    if (policy) {
        writer_text(&draft->title, "The central access policy ");
        words_who(words, &policy->sid, &draft->title);
        return;
    }
    writer_text(&draft->title, "The recovery policy, as the object's central policy is not known");
}

static void draft_rule(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    const bool applies = at->event.truth == TSR_TRACE_TRUE;
    const tsr_central_policy *const policy = policy_of(words, at->event.policy);
    CLEANUP(free) char *condition = NULL;

    writer_format(&draft->label, "rule %u", at->event.rule + 1);
    if (policy && policy->rules[at->event.rule].applies_to &&
        tsr_ok(tsr_condition_format(policy->rules[at->event.rule].applies_to,
                                    policy->rules[at->event.rule].n_applies_to, NULL,
                                    &condition))) {
        writer_text(&draft->what, "applies if ");
        text_write_printable(&draft->what, condition);
    } else {
        writer_text(&draft->what, "applies always");
    }
    writer_text(&draft->did,
                applies ? "applies: its own DACL must grant the same" : "does not apply");
}

static void draft_central_limit(const struct words *words, size_t step, struct draft *draft)
{
    const struct model_step *const at = &words->model->steps[step];
    writer_text(&draft->label, "limit");
    writer_text(&draft->what, "what all rules leave");
    words_rights(words, at->event.rights & model_rights(words->model), &draft->did);
}

static void draft_nothing(const struct words *words, size_t step, struct draft *draft)
{
    (void)words;
    (void)step;
    draft->has_row = false;
}

static void (*const drafters[])(const struct words *, size_t, struct draft *) = {
    [TSR_TRACE_REQUEST] = draft_nothing,
    [TSR_TRACE_PROCESS_TRUST] = draft_trust,
    [TSR_TRACE_ACCESS_FILTER] = draft_filter,
    [TSR_TRACE_INTEGRITY] = draft_integrity,
    [TSR_TRACE_PRIVILEGE] = draft_privilege,
    [TSR_TRACE_PASS] = draft_pass,
    [TSR_TRACE_OWNER] = draft_owner,
    [TSR_TRACE_NO_DACL] = draft_no_dacl,
    [TSR_TRACE_ACE] = draft_ace,
    [TSR_TRACE_NODE] = draft_nothing,
    [TSR_TRACE_PASS_END] = draft_pass_end,
    [TSR_TRACE_CENTRAL_POLICY] = draft_policy,
    [TSR_TRACE_CENTRAL_RULE] = draft_rule,
    [TSR_TRACE_CENTRAL_LIMIT] = draft_central_limit,
};

static char *printable(const char *text)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    text_write_printable(&writer, text);
    return finish(&writer);
}

bool words_line(const struct words *words, size_t step, struct line *ret_line)
{
    struct draft draft = {.has_row = true};
    CLEANUP(free) char *sddl = NULL;
    tsr_ace ace;

    drafters[words->model->steps[step].event.step](words, step, &draft);
    ret_line->title = draft.has_title ? finish(&draft.title) : NULL;
    ret_line->label = draft.has_row ? finish(&draft.label) : NULL;
    ret_line->what = draft.has_row ? finish(&draft.what) : NULL;
    ret_line->did = draft.has_row ? finish(&draft.did) : NULL;
    writer_deinit(&draft.title);
    writer_deinit(&draft.label);
    writer_deinit(&draft.what);
    writer_deinit(&draft.did);
    if (draft.has_row && ace_of(words, step, &ace)) {
        sddl = descriptor_ace_text(&ace);
        ret_line->sddl = sddl ? printable(sddl) : NULL;
    }
    return (!draft.has_title || ret_line->title) &&
           (!draft.has_row || (ret_line->label && ret_line->what && ret_line->did));
}
