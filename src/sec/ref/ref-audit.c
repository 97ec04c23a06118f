/* SPDX-License-Identifier: MIT */
/* Auditing, slow and literal (access-check.md 13). */

#include "sec/ref/ref-audit.h"

#include <string.h>

#include <tessera/audit.h>

#include "sec/ref/ref-ace.h"

struct audit {
    const struct ref_subject *subject;
    const tsr_sd *sd;
    const struct ref_request *request;
    const struct ref_result *result;
    struct ref_log *log;
};

static void add(const struct audit *audit, struct ref_event event)
{
    if (audit->log->n_events < REF_LOG_MAX) {
        audit->log->events[audit->log->n_events] = event;
    }
    audit->log->n_events++;
}

/* "Each SACL ACE of type AU/OU/XU/(ZU)"; "alarm ACEs are reserved: ignore". */
static bool is_audit(uint8_t type)
{
    return type == SYSTEM_AUDIT_ACE_TYPE || type == SYSTEM_AUDIT_OBJECT_ACE_TYPE ||
           type == SYSTEM_AUDIT_CALLBACK_ACE_TYPE || type == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE;
}

static bool has_condition(uint8_t type)
{
    return type == SYSTEM_AUDIT_CALLBACK_ACE_TYPE || type == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE;
}

/*
 * "Object ACEs apply if their GUID is absent or in the list." In a result list each node has been
 * judged by itself: what names one is about its answer, all else about the root's.
 */
static bool find_answer(const struct audit *audit, const tsr_ace *ace, struct ref_node *ret_answer)
{
    const struct ref_request *request = audit->request;

    *ret_answer =
        (struct ref_node){.status = audit->result->status, .granted = audit->result->granted};
    if (!ace->object_type) {
        return true;
    }
    for (size_t i = 0; i < request->n_nodes; i++) {
        if (memcmp(request->nodes[i].guid, ace->object_type, TSR_GUID_SIZE) == 0) {
            if (request->result_list) {
                *ret_answer = request->nodes[i];
            }
            return true;
        }
    }
    return false;
}

/*
 * What is for deny only counts here, whatever the outcome: recorded cases have such SIDs on failure
 * audits, and in the conditions of success audits.
 */
static bool speaks_of_the_caller(const struct audit *audit, const tsr_ace *ace)
{
    const struct ref_subject *subject = audit->subject;
    const tsr_sid sid = ref_resolved(audit->request, audit->sd, ref_sid_of_ace(ace));
    struct ref_context context;

    if (!ref_matches(subject->sids, &sid, false)) {
        return false;
    }
    context = ref_context_of(subject, audit->sd, subject->sids, subject->device_sids, false);
    /* "TRUE or UNKNOWN triggers." */
    return !has_condition(ace->type) ||
           ref_condition(ace->data, ace->n_data, &context) != REF_FALSE;
}

static bool fires(const struct audit *audit, const tsr_ace *ace, const struct ref_node *answer)
{
    const tsr_generic_mapping *mapping = &audit->request->mapping;
    const uint32_t mask = ref_map(ace->mask, mapping);
    uint32_t desired = ref_map(audit->request->desired, mapping);

    /* "Success audit: flag SA, check succeeded and mask & granted != 0." */
    if (answer->status == STATUS_SUCCESS) {
        return ace->flags & SUCCESSFUL_ACCESS_ACE_FLAG && mask & answer->granted;
    }
    /*
     * "Failure audit: flag FA, check failed and mask & desired != 0"; 5: under MAXIMUM_ALLOWED all
     * is desired that the type has, but ACCESS_SYSTEM_SECURITY "only if explicitly requested".
     */
    if (desired & MAXIMUM_ALLOWED) {
        desired |= mapping->all & ~ACCESS_SYSTEM_SECURITY;
    }
    return ace->flags & FAILED_ACCESS_ACE_FLAG && mask & desired;
}

static void log_sacl(const struct audit *audit, const tsr_acl *sacl, struct ref_event event)
{
    size_t offset = 0;
    tsr_ace ace;

    while (sacl->bytes && tsr_acl_next(sacl, &offset, &ace)) {
        struct ref_node answer;

        if (is_audit(ace.type) && !(ace.flags & INHERIT_ONLY_ACE) &&
            find_answer(audit, &ace, &answer) && speaks_of_the_caller(audit, &ace) &&
            fires(audit, &ace, &answer)) {
            event.success = answer.status == STATUS_SUCCESS;
            add(audit, event);
        }
        event.ace_index++;
    }
}

static void log_rules(const struct audit *audit)
{
    const struct ref_policy *policy = ref_policy_of(audit->sd, audit->request);

    for (uint32_t i = 0; policy && i < policy->n_rules; i++) {
        const struct ref_rule *rule = &policy->rules[i];
        const bool is_staged = audit->request->staged && rule->new_sacl;

        if (ref_rule_applies(rule, audit->sd)) {
            log_sacl(audit, is_staged ? rule->new_sacl : &rule->sacl,
                     (struct ref_event){.cause = REF_CAUSE_CENTRAL_ACE, .rule = i});
        }
    }
}

/* "Report SeSecurity/SeTakeOwnership when they supplied a bit that survived"; where a failure is to
 * be reported too, when they supplied bits of which none did. */
static void log_privileges(const struct audit *audit, uint32_t policy)
{
    for (uint32_t luid = 0; luid < 64; luid++) {
        const bool supplied = audit->result->privileges_supplied >> luid & 1;
        const bool survived = audit->result->privileges_used >> luid & 1;

        if (supplied &&
            policy & (survived ? TSR_AUDIT_PRIVILEGE_SUCCESS : TSR_AUDIT_PRIVILEGE_FAILURE)) {
            add(audit, (struct ref_event){REF_CAUSE_PRIVILEGE, survived, .privilege = luid});
        }
    }
}

bool ref_same_event(const struct ref_event *a, const struct ref_event *b)
{
    return a->cause == b->cause && a->success == b->success && a->rule == b->rule &&
           a->ace_index == b->ace_index && a->privilege == b->privilege;
}

void ref_audit(const struct ref_subject *subject, const tsr_sd *sd,
               const struct ref_request *request, const struct ref_result *result, uint32_t policy,
               struct ref_log *log)
{
    const bool succeeded = result->status == STATUS_SUCCESS;
    const struct audit audit = {subject, sd, request, result, log};

    log->n_events = 0;
    log_sacl(&audit, &sd->sacl, (struct ref_event){.cause = REF_CAUSE_ACE});
    log_rules(&audit);
    if (policy & (succeeded ? TSR_AUDIT_OBJECT_SUCCESS : TSR_AUDIT_OBJECT_FAILURE)) {
        add(&audit, (struct ref_event){REF_CAUSE_POLICY, succeeded});
    }
    log_privileges(&audit, policy);
}
