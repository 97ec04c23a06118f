/* SPDX-License-Identifier: MIT */
/*
 * What must change for a decision to turn.
 *
 * A search by breadth: what blocks a question is met by every small change that could help, each
 * changed question is judged again, and what still blocks it is met in turn. So the shortest ways
 * come first, and nothing is proposed that does not work.
 */

#include "cli/explain-advice.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/sddl.h>

#include "base/check.h"
#include "cli/explain-change.h"
#include "cli/own.h"

/* Questions that are judged before the search gives up, and entries looked at in each DACL. */
#define ADVICE_JUDGED_MAX  240
#define ADVICE_ENTRIES_MAX 6

/* Authorities of SIDs, and what the first sub-authority says of some. */
#define CREATOR_AUTHORITY  3
#define NT_AUTHORITY       5
#define PACKAGE_AUTHORITY  15
#define PACKAGE_CAPABILITY 3
#define UNIX_AUTHORITY     22
#define UNIX_USER          1

struct search {
    struct advice *queue; /* owned, ADVICE_JUDGED_MAX */
    size_t n_queued;
    const struct advice *from; /* the question being changed */
    const struct words *words; /* about it */
    const struct model *model;
    struct advices *found;
    bool granted_already; /* what is looked for is a refusal */
    bool has_failed;
};

static void advice_deinit(struct advice *advice)
{
    for (size_t i = 0; i < advice->n_changes; i++) {
        free(advice->changes[i].text);
    }
    json_decref(advice->capsule);
    *advice = (struct advice){0};
}

void advices_deinit(struct advices *advices)
{
    for (size_t i = 0; i < advices->n; i++) {
        advice_deinit(&advices->items[i]);
    }
    advices->n = 0;
}

static void cleanup_search_deinit(struct search *search)
{
    for (size_t i = 0; i < search->n_queued; i++) {
        advice_deinit(&search->queue[i]);
    }
    free(search->queue);
}

static bool is_known(const struct search *search, const json_t *capsule)
{
    for (size_t i = 0; i < search->n_queued; i++) {
        if (json_equal(search->queue[i].capsule, capsule)) {
            return true;
        }
    }
    return false;
}

/* Queue a changed question. The writer is emptied. */
static void offer(struct search *search, const char *kind, unsigned int weight,
                  json_t *take_capsule, struct writer *text)
{
    CLEANUP(json_decref) json_t *capsule = take_capsule;
    CLEANUP(free) char *change = NULL;
    struct advice *next;

    if (tsr_failed(writer_finish_text(text, &change))) {
        search->has_failed = true;
        return;
    }
    if (!capsule || search->n_queued == ADVICE_JUDGED_MAX ||
        search->from->n_changes == ADVICE_CHANGES_MAX || is_known(search, capsule)) {
        return;
    }
    next = &search->queue[search->n_queued++];
    *next = (struct advice){.weight = search->from->weight + weight};
    for (size_t i = 0; i < search->from->n_changes; i++) {
        next->changes[next->n_changes].kind = search->from->changes[i].kind;
        next->changes[next->n_changes].text = strdup(search->from->changes[i].text);
        search->has_failed = search->has_failed || !next->changes[next->n_changes].text;
        next->n_changes++;
    }
    next->changes[next->n_changes++] = (struct advice_change){.kind = kind, .text = STEAL(change)};
    next->capsule = STEAL(capsule);
}

static struct acl_place place_of(const struct model *model, size_t step)
{
    return (struct acl_place){.rule = model->steps[step].rule};
}

static bool sid_of(const uint8_t *encoded, tsr_sid *ret_sid)
{
    return encoded && tsr_ok(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), ret_sid, NULL));
}

/* What the request still lacks: rights by name, or any reading under MAXIMUM_ALLOWED alone. */
static uint32_t needed(const struct model *model, uint32_t refused)
{
    const uint32_t reading = model->question->request.mapping.read;

    if (model->required) {
        return refused & model->required;
    }
    return refused & reading ? refused & reading : refused;
}

static void offer_integrity(struct search *search, const struct model_step *at)
{
    const struct model *const model = search->model;
    const struct acl_place sacl = {.is_sacl = true, .rule = MODEL_NO_STEP};
    const bool is_labelled = at->event.ace_index != TSR_TRACE_NO_ACE;
    struct writer text = {0};
    tsr_sid label = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    char sid_text[TSR_SID_TEXT_MAX];
    json_t *token = NULL;
    json_t *capsule;
    tsr_sid level;
    tsr_ace ace;

    if (is_labelled &&
        (!descriptor_ace_at(&model->question->descriptor.sd.sacl, at->event.ace_index, &ace) ||
         !sid_of(ace.sid, &label))) {
        return;
    }
    capsule = change_token(search->from->capsule, model, &token);
    tsr_sid_format(&label, sid_text);
    (void)json_object_set_new(token, "integrity", json_string(sid_text));
    writer_text(&text, "raise the integrity level of the token to ");
    words_who(search->words, &label, &text);
    offer(search, "raise-integrity", 3, capsule, &text);

    if (!tsr_token_get_integrity(model->question->token, &level)) {
        return;
    }
    writer_text(&text, is_labelled ? "lower the label of the object to " : "label the object ");
    words_who(search->words, &level, &text);
    offer(search, "lower-label", 3,
          change_acl_add(search->from->capsule, model, sacl,
                         is_labelled ? at->event.ace_index : UINT32_MAX, is_labelled ? 1 : 0,
                         SYSTEM_MANDATORY_LABEL_ACE_TYPE,
                         is_labelled ? ace.mask : SYSTEM_MANDATORY_LABEL_NO_WRITE_UP, &level),
          &text);
}

static void offer_trust(struct search *search, const struct model_step *at)
{
    const struct acl_place sacl = {.is_sacl = true, .rule = MODEL_NO_STEP};
    struct writer text = {0};
    json_t *token = NULL;
    json_t *capsule;
    tsr_sid label;
    tsr_ace ace;

    if (descriptor_ace_at(&search->model->question->descriptor.sd.sacl, at->event.ace_index,
                          &ace) &&
        sid_of(ace.sid, &label)) {
        capsule = change_token(search->from->capsule, search->model, &token);
        (void)json_object_set_new(token, "process_trust",
                                  json_pack("[I, I]", (json_int_t)label.sub_authorities[0],
                                            (json_int_t)label.sub_authorities[1]));
        writer_text(&text, "run with the process trust of the label, ");
        words_who(search->words, &label, &text);
        offer(search, "raise-trust", 6, capsule, &text);
    }
    writer_format(&text, "remove the process-trust label, entry %u of the SACL",
                  at->event.ace_index + 1);
    offer(search, "remove-trust-label", 6,
          change_acl(search->from->capsule, search->model, sacl, at->event.ace_index, 1, NULL, 0),
          &text);
}

/* No claim is guessed: the filter is taken away to see whether its condition alone is missing. */
static void offer_filter(struct search *search, const struct model_step *at)
{
    const struct acl_place sacl = {.is_sacl = true, .rule = MODEL_NO_STEP};
    struct writer text = {0};
    tsr_ace ace;

    if (!descriptor_ace_at(&search->model->question->descriptor.sd.sacl, at->event.ace_index,
                           &ace)) {
        return;
    }
    writer_format(&text, "make the condition of the access filter true (entry %u of the SACL):",
                  at->event.ace_index + 1);
    words_condition(&ace, &text);
    offer(search, "condition", 4,
          change_acl(search->from->capsule, search->model, sacl, at->event.ace_index, 1, NULL, 0),
          &text);
}

static bool holds(const tsr_token *token, uint32_t luid)
{
    tsr_privilege_state state;

    for (size_t i = 0; tsr_token_get_privilege(token, i, &state); i++) {
        if (state.luid == luid) {
            return true;
        }
    }
    return false;
}

static void offer_privilege(struct search *search, uint32_t luid)
{
    const bool is_held = holds(search->model->question->token, luid);
    struct writer text = {0};
    json_t *token = NULL;
    json_t *capsule = change_token(search->from->capsule, search->model, &token);

    if (tsr_token_enabled_privileges(search->model->question->token) & TSR_PRIVILEGE_BIT(luid)) {
        json_decref(capsule);
        return;
    }
    (void)change_privilege(token, luid, SE_PRIVILEGE_ENABLED);
    writer_format(&text, "%s %s in the token",
                  is_held ? "enable the privilege that is held disabled:" : "hold the privilege",
                  tsr_privilege_name(luid));
    offer(search, is_held ? "enable-privilege" : "hold-privilege", is_held ? 1 : 5, capsule, &text);
}

static void offer_privileges(struct search *search, uint32_t need)
{
    const tsr_access_request *const request = &search->model->question->request;

    if (need & WRITE_OWNER) {
        offer_privilege(search, SE_TAKE_OWNERSHIP_PRIVILEGE);
    }
    if (request->backup_intent) {
        offer_privilege(search, SE_BACKUP_PRIVILEGE);
    }
    if (request->restore_intent) {
        offer_privilege(search, SE_RESTORE_PRIVILEGE);
    }
}

/* The type of a callback ACE without its condition. */
static uint8_t unconditional(uint8_t type)
{
    static const struct {
        uint8_t type;
        uint8_t plain;
    } plain_types[] = {
        {ACCESS_ALLOWED_CALLBACK_ACE_TYPE, ACCESS_ALLOWED_ACE_TYPE},
        {ACCESS_DENIED_CALLBACK_ACE_TYPE, ACCESS_DENIED_ACE_TYPE},
        {ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE, ACCESS_ALLOWED_OBJECT_ACE_TYPE},
        {ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE, ACCESS_DENIED_OBJECT_ACE_TYPE},
    };

    for (size_t i = 0; i < ARRAY_SIZE(plain_types); i++) {
        if (plain_types[i].type == type) {
            return plain_types[i].plain;
        }
    }
    return type;
}

static void offer_deny(struct search *search, size_t step)
{
    const struct model *const model = search->model;
    const struct model_step *const at = &model->steps[step];
    const struct acl_place place = place_of(model, step);
    const uint32_t i = at->event.ace_index;
    const uint32_t rest = at->event.rights & ~model_rights(model);
    struct writer text = {0};
    tsr_ace ace;

    if (!descriptor_ace_at(model_dacl(model, step), i, &ace)) {
        return;
    }
    if (unconditional(ace.type) != ace.type) {
        writer_text(&text, "make the condition false of ");
        words_step(search->words, step, &text);
        writer_char(&text, ':');
        words_condition(&ace, &text);
        offer(search, "condition", 4,
              change_acl(search->from->capsule, model, place, i, 1, NULL, 0), &text);
        return;
    }
    if (rest) {
        writer_text(&text, "narrow ");
        words_step(search->words, step, &text);
        writer_text(&text, " to deny no more than ");
        words_rights(search->words, rest, &text);
        offer(search, "narrow-deny", 2,
              change_ace(search->from->capsule, model, place, i, ace.type, ace.flags, rest), &text);
    }
    writer_text(&text, "remove ");
    words_step(search->words, step, &text);
    offer(search, "remove-deny", 3, change_acl(search->from->capsule, model, place, i, 1, NULL, 0),
          &text);
}

/* Explicit entries come before inherited ones, and deny before allow. */
static uint32_t canonical_place(const tsr_acl *acl)
{
    size_t offset = 0;
    uint32_t i = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace) && !(ace.flags & INHERITED_ACE)) {
        i++;
    }
    return i;
}

static void offer_allow(struct search *search, size_t end, uint32_t need, const tsr_sid *sid)
{
    const tsr_acl *const dacl = model_dacl(search->model, end);
    const uint32_t at = dacl->bytes ? canonical_place(dacl) : 0;
    struct writer text = {0};
    char sid_text[TSR_SID_TEXT_MAX];
    char rights[TSR_SDDL_RIGHTS_MAX];

    if (!dacl->bytes) {
        return;
    }
    tsr_sid_format(sid, sid_text);
    tsr_sddl_format_rights(need, rights);
    writer_text(&text, "add an entry that allows ");
    words_who(search->words, sid, &text);
    writer_char(&text, ' ');
    words_rights(search->words, need, &text);
    writer_format(&text, ", as entry %u: (A;;%s;;;%s)", at + 1, rights, sid_text);
    if (search->model->steps[end].rule != MODEL_NO_STEP) {
        writer_text(&text, " in the DACL of the central rule");
    }
    offer(search, "add-allow", 2,
          change_acl_add(search->from->capsule, search->model, place_of(search->model, end), at, 0,
                         ACCESS_ALLOWED_ACE_TYPE, need, sid),
          &text);
}

/* Whom to allow something in the first pass: the user, or a group where that may only be denied. */
static bool first_subject(const tsr_token *token, tsr_sid *ret_sid)
{
    tsr_group group;

    tsr_token_get_user(token, &group);
    if (!(group.attributes & SE_GROUP_USE_FOR_DENY_ONLY)) {
        *ret_sid = group.sid;
        return true;
    }
    for (size_t i = 0; tsr_token_get_group(token, i, &group); i++) {
        if (group.attributes & SE_GROUP_ENABLED) {
            *ret_sid = group.sid;
            return true;
        }
    }
    return false;
}

static void offer_allows(struct search *search, size_t end, uint32_t need)
{
    const tsr_token *const token = search->model->question->token;
    const uint32_t pass = search->model->steps[end].event.pass;
    const bool is_restricted = tsr_token_get_restricting(token, 0, &(tsr_sid){0});
    tsr_sid sid;

    if (pass == TSR_PASS_NORMAL && first_subject(token, &sid)) {
        offer_allow(search, end, need, &sid);
    }
    if (pass == TSR_PASS_PACKAGE && tsr_token_get_package(token, &sid, NULL)) {
        offer_allow(search, end, need, &sid);
    }
    if (is_restricted && pass != TSR_PASS_PACKAGE && tsr_token_get_restricting(token, 0, &sid) &&
        (pass == TSR_PASS_RESTRICTED || tsr_token_is_member(token, &sid))) {
        offer_allow(search, end, need, &sid);
    }
}

/* What tokens have in each pass that ACEs match. */
static const struct {
    const char *member;
    const char *verb;
    const char *kind;
} memberships[] = {
    [TSR_PASS_NORMAL] = {"groups", "make the user a member of ", "join-group"},
    [TSR_PASS_RESTRICTED] = {"restricting_sids", "let the token be restricted to also ",
                             "add-restricting"},
    [TSR_PASS_PACKAGE] = {"capabilities", "give the package the capability ", "add-capability"},
};

static bool find_group(const tsr_token *token, uint32_t pass, const tsr_sid *sid,
                       tsr_group *ret_group)
{
    bool (*const get)(const tsr_token *, size_t, tsr_group *) =
        pass == TSR_PASS_PACKAGE ? tsr_token_get_capability : tsr_token_get_group;

    for (size_t i = 0; pass != TSR_PASS_RESTRICTED && get(token, i, ret_group); i++) {
        if (tsr_sid_equal(&ret_group->sid, sid)) {
            return true;
        }
    }
    return false;
}

static bool is_capability(const tsr_sid *sid)
{
    return sid->authority == PACKAGE_AUTHORITY && sid->n_sub_authorities > 0 &&
           sid->sub_authorities[0] == PACKAGE_CAPABILITY;
}

/* Nobody joins the system, whoever owns or created something, a kind of logon, or a user. */
static bool may_be_joined(const tsr_sid *sid)
{
    return sid->authority != CREATOR_AUTHORITY && sid->authority != PACKAGE_AUTHORITY &&
           !(sid->authority == NT_AUTHORITY && sid->n_sub_authorities == 1) &&
           !(sid->authority == UNIX_AUTHORITY && sid->sub_authorities[0] == UNIX_USER);
}

/* An ACE would allow it, if only the token had its SID enabled. */
static void offer_membership(struct search *search, uint32_t pass, const tsr_sid *sid)
{
    const tsr_token *const token = search->model->question->token;
    tsr_group group = {.attributes = 0};
    const bool is_there = find_group(token, pass, sid, &group);
    const uint32_t attributes =
        (group.attributes & ~SE_GROUP_USE_FOR_DENY_ONLY) | TSR_GROUP_ORDINARY;
    struct writer text = {0};
    json_t *json = NULL;
    json_t *capsule;
    json_t *list;

    if (!is_there && !(pass == TSR_PASS_PACKAGE ? is_capability(sid)
                                                : pass != TSR_PASS_NORMAL || may_be_joined(sid))) {
        return;
    }
    capsule = change_token(search->from->capsule, search->model, &json);
    list = pass == TSR_PASS_PACKAGE ? json_object_get(json, "appcontainer") : json;
    (void)change_group(list, memberships[pass].member, sid, attributes);
    writer_text(&text, is_there ? group.attributes & SE_GROUP_USE_FOR_DENY_ONLY
                                      ? "let the token allow by the deny-only "
                                      : "enable in the token the disabled "
                                : memberships[pass].verb);
    words_who(search->words, sid, &text);
    offer(search, is_there ? "enable-group" : memberships[pass].kind, is_there ? 1 : 4, capsule,
          &text);
}

/* An entry that names what is needed and had no effect: what kept it from it. */
static void offer_entry(struct search *search, size_t step)
{
    const struct model *const model = search->model;
    const tsr_trace_event *const event = &model->steps[step].event;
    struct writer text = {0};
    tsr_ace ace;
    tsr_sid sid;

    if (!descriptor_ace_at(model_dacl(model, step), event->ace_index, &ace) ||
        !sid_of(ace.sid, &sid) || event->pass >= ARRAY_SIZE(memberships)) {
        return;
    }
    if (event->reason == TSR_TRACE_NO_MATCH || event->reason == TSR_TRACE_DENY_ONLY) {
        offer_membership(search, event->pass, &sid);
    } else if (event->reason == TSR_TRACE_CONDITION) {
        writer_text(&text, "make the condition true of ");
        words_step(search->words, step, &text);
        writer_char(&text, ':');
        words_condition(&ace, &text);
        offer(search, "condition", 4,
              change_ace(search->from->capsule, model, place_of(model, step), event->ace_index,
                         unconditional(ace.type), ace.flags, ace.mask),
              &text);
    } else if (event->reason == TSR_TRACE_INHERIT_ONLY) {
        writer_text(&text, "let this apply to the object itself, not to children alone: ");
        words_step(search->words, step, &text);
        offer(search, "not-inherit-only", 3,
              change_ace(search->from->capsule, model, place_of(model, step), event->ace_index,
                         ace.type, ace.flags & (uint8_t)~INHERIT_ONLY_ACE, ace.mask),
              &text);
    }
}

/* Entries that would allow but a part of it leave the rest to a new one, which could do it all. */
static bool could_allow(const struct model *model, size_t step, uint32_t need)
{
    const struct model_step *const at = &model->steps[step];
    tsr_ace ace;

    if (at->kind != MODEL_EVENT || at->event.step != TSR_TRACE_ACE ||
        !descriptor_ace_at(model_dacl(model, step), at->event.ace_index, &ace)) {
        return false;
    }
    return words_allows(&ace) && (need & ~at->event.rights) == 0;
}

static void offer_entries(struct search *search, size_t end, uint32_t need)
{
    const struct model *const model = search->model;
    size_t n_left = ADVICE_ENTRIES_MAX;

    for (size_t i = end; i > 0 && n_left > 0; i--) {
        if (model->steps[i].event.step == TSR_TRACE_PASS) {
            break;
        }
        if (could_allow(model, i, need)) {
            offer_entry(search, i);
            n_left--;
        }
    }
}

static void offer_owner(struct search *search, uint32_t need)
{
    struct writer text = {0};
    tsr_sid user;

    if (need & ~(READ_CONTROL | WRITE_DAC) ||
        !first_subject(search->model->question->token, &user)) {
        return;
    }
    writer_text(&text, "make this the owner of the object: ");
    words_who(search->words, &user, &text);
    offer(search, "owner", 5, change_owner(search->from->capsule, search->model, &user), &text);
}

/* A pass that comes on top of the first one falls away with the token's restriction. */
static void offer_release(struct search *search, uint32_t pass)
{
    const bool is_package = pass == TSR_PASS_PACKAGE;
    struct writer text = {0};
    json_t *token = NULL;
    json_t *capsule = change_token(search->from->capsule, search->model, &token);

    (void)json_object_del(token, is_package ? "appcontainer" : "restricting_sids");
    if (!is_package) {
        (void)json_object_del(token, "write_restricted");
    }
    writer_text(&text, is_package ? "ask outside of the AppContainer"
                                  : "ask with a token that is not restricted");
    offer(search, is_package ? "leave-appcontainer" : "unrestrict", 8, capsule, &text);
}

static void offer_end(struct search *search, size_t end)
{
    const struct model_step *const at = &search->model->steps[end];
    const uint32_t need = needed(search->model, at->denied);

    offer_entries(search, end, need);
    offer_allows(search, end, need);
    if (at->event.pass == TSR_PASS_NORMAL) {
        offer_privileges(search, need);
    } else {
        offer_release(search, at->event.pass);
    }
    if (at->event.pass == TSR_PASS_NORMAL && at->rule == MODEL_NO_STEP) {
        offer_owner(search, need);
    }
}

/* A central policy no longer counts where the object does not name it. */
static void offer_no_policy(struct search *search)
{
    const struct model *const model = search->model;
    const struct acl_place sacl = {.is_sacl = true, .rule = MODEL_NO_STEP};
    struct writer text = {0};

    for (size_t i = 0; i < model->n_steps; i++) {
        const tsr_trace_event *const event = &model->steps[i].event;

        if (event->step == TSR_TRACE_CENTRAL_POLICY) {
            writer_format(&text, "take the object out of its central policy, entry %u of the SACL",
                          event->ace_index + 1);
            offer(search, "remove-policy", 8,
                  change_acl(search->from->capsule, model, sacl, event->ace_index, 1, NULL, 0),
                  &text);
            return;
        }
    }
}

/* Meet what blocks a question. */
static void offer_against(struct search *search, size_t step)
{
    const struct model_step *const at = &search->model->steps[step];
    const tsr_trace_step what = at->event.step;

    if (what == TSR_TRACE_INTEGRITY) {
        offer_integrity(search, at);
    } else if (what == TSR_TRACE_PROCESS_TRUST) {
        offer_trust(search, at);
    } else if (what == TSR_TRACE_ACCESS_FILTER) {
        offer_filter(search, at);
    } else if (what == TSR_TRACE_PRIVILEGE) {
        offer_privilege(search, at->event.privilege);
    } else if (what == TSR_TRACE_ACE) {
        offer_deny(search, step);
    } else if (what == TSR_TRACE_PASS_END) {
        offer_end(search, step);
    }
    if (at->rule != MODEL_NO_STEP) {
        offer_no_policy(search);
    }
}

/* Take away what a grant rests on: an entry, a privilege, or ownership. */
static void offer_without(struct search *search, size_t step)
{
    const struct model *const model = search->model;
    const tsr_trace_event *const event = &model->steps[step].event;
    struct writer text = {0};
    json_t *token = NULL;
    json_t *capsule;

    if (event->step == TSR_TRACE_ACE) {
        writer_text(&text, "remove ");
        words_step(search->words, step, &text);
        offer(search, "remove-allow", 1,
              change_acl(search->from->capsule, model, place_of(model, step), event->ace_index, 1,
                         NULL, 0),
              &text);
    } else if (event->step == TSR_TRACE_PRIVILEGE) {
        capsule = change_token(search->from->capsule, model, &token);
        (void)change_privilege(token, event->privilege, 0);
        writer_format(&text, "take away %s", tsr_privilege_name(event->privilege));
        offer(search, "remove-privilege", 2, capsule, &text);
    } else if (event->step == TSR_TRACE_OWNER) {
        writer_text(&text, "give the object another owner");
        offer(search, "other-owner", 3, change_owner(search->from->capsule, model, &TSR_SID_NULL),
              &text);
    }
}

static void offer_removals(struct search *search)
{
    const struct model_judgement *const own = &search->model->own;
    const uint32_t rights = search->model->required ? search->model->required : own->granted;

    for (size_t bit = 0; bit < MODEL_N_BITS; bit++) {
        if (!(rights & UINT32_C(1) << bit)) {
            continue;
        }
        if (own->by[bit] != MODEL_NO_STEP) {
            offer_without(search, own->by[bit]);
        }
        for (size_t pass = TSR_PASS_RESTRICTED; pass < ARRAY_SIZE(own->also); pass++) {
            if (own->also[pass][bit] != MODEL_NO_STEP) {
                offer_without(search, own->also[pass][bit]);
            }
        }
    }
}

static bool is_better(const struct advice *a, const struct advice *b)
{
    return a->n_changes < b->n_changes || (a->n_changes == b->n_changes && a->weight < b->weight);
}

/* Keep what works among the best, in order. */
static void keep(struct search *search, struct advice *advice)
{
    struct advices *const found = search->found;
    size_t at = found->n;

    while (at > 0 && is_better(advice, &found->items[at - 1])) {
        at--;
    }
    if (at == ADVICE_MAX) {
        return;
    }
    if (found->n == ADVICE_MAX) {
        advice_deinit(&found->items[--found->n]);
    }
    memmove(&found->items[at + 1], &found->items[at], (found->n - at) * sizeof(*advice));
    found->items[at] = *advice;
    found->items[at].capsule = json_incref(advice->capsule);
    for (size_t i = 0; i < advice->n_changes; i++) {
        advice->changes[i].text = NULL;
    }
    found->n++;
}

/* Judge a queued question; what is still blocked is changed once more. */
static bool visit(struct search *search, size_t at, struct problem *ret_problem)
{
    CLEANUP(question_deinit) struct question question = {0};
    CLEANUP(model_deinit) struct model model = {0};
    struct advice from = search->queue[at];
    struct words words;

    if (!question_of_json(from.capsule, &question, ret_problem)) {
        return true; /* What was changed may not be a question any more, such as a SACL too long. */
    }
    if (!model_ask(&question, &model, ret_problem)) {
        return false;
    }
    words = words_of(&model, from.capsule);
    search->from = &from;
    search->words = &words;
    search->model = &model;
    if (model.is_granted != search->granted_already) {
        keep(search, &search->queue[at]);
    } else if (search->granted_already && from.n_changes == 0) {
        offer_removals(search);
    } else if (!search->granted_already && model.decisive != MODEL_NO_STEP) {
        offer_against(search, model.decisive);
    }
    return true;
}

bool advice_find(const json_t *capsule, const struct words *words, struct advices *ret_advices,
                 struct problem *ret_problem)
{
    CLEANUP(search_deinit)
    struct search search = {.found = ret_advices, .granted_already = words->model->is_granted};

    search.queue = array_new(ADVICE_JUDGED_MAX, sizeof(*search.queue));
    if (!search.queue) {
        return problem_set(ret_problem, "out of memory");
    }
    search.queue[search.n_queued++].capsule = json_incref((json_t *)capsule);
    for (size_t i = 0; i < search.n_queued; i++) {
        if (ret_advices->n == ADVICE_MAX &&
            search.queue[i].n_changes > ret_advices->items[ADVICE_MAX - 1].n_changes) {
            break;
        }
        if (!visit(&search, i, ret_problem)) {
            return false;
        }
    }
    return !search.has_failed || problem_set(ret_problem, "out of memory");
}
