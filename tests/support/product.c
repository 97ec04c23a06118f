/* SPDX-License-Identifier: MIT */
/* What the oracle is asked, put to the implementation. */

#include "support/product.h"

#include <support/expect.h>
#include <support/trace-replay.h>

#include <tessera/claim.h>

#include "base/check.h"
#include "sec/access.h"
#include "sec/audit.h"

static struct sid_set *set_of(struct ref_sids sids)
{
    CLEANUP(free) struct sid_set_entry *entries = array_new(sids.n, sizeof(*entries));
    struct sid_set *set = NULL;

    assert_non_null(entries);
    for (size_t i = 0; i < sids.n; i++) {
        entries[i].sid = sids.list[i].sid;
        entries[i].matches = (uint8_t)((sids.list[i].allow ? SID_MATCHES_ALLOW : 0) |
                                       (sids.list[i].deny ? SID_MATCHES_DENY : 0));
    }
    expect_ok(sid_set_new(entries, sids.n, &set));
    return set;
}

/* An empty set stands for no set only where there is none, as of a device. */
static struct sid_set *set_unless_empty(struct ref_sids sids)
{
    return sids.n > 0 ? set_of(sids) : NULL;
}

static struct claim_list list_of(struct ref_claims claims)
{
    tsr_claim *list = array_new(claims.n, sizeof(*list));

    assert_non_null(list);
    for (size_t i = 0; i < claims.n; i++) {
        expect_ok(tsr_claim_view(claims.list[i].bytes, claims.list[i].size, &list[i]));
    }
    return (struct claim_list){list, claims.n};
}

static void subject_init(struct subject *subject, const struct ref_subject *from)
{
    *subject = (struct subject){
        .sids = set_of(from->sids),
        .restricting = from->is_restricted ? set_of(from->restricting) : NULL,
        .write_restricted = from->is_write_restricted,
        .privileges = from->privileges,
        .integrity = from->has_integrity ? &from->integrity : NULL,
        .mandatory_policy = from->mandatory_policy,
        .process_trust_type = from->trust_type,
        .process_trust_level = from->trust_level,
        .packages = from->is_package ? set_of(from->packages) : NULL,
        .device_sids = set_unless_empty(from->device_sids),
        .restricting_device_sids = set_unless_empty(from->restricting_device_sids),
        .user_claims = list_of(from->user_claims),
        .device_claims = list_of(from->device_claims),
        .local_claims = list_of(from->local_claims),
    };
}

static void subject_deinit(struct subject *subject)
{
    sid_set_free((struct sid_set *)subject->sids);
    sid_set_free((struct sid_set *)subject->restricting);
    sid_set_free((struct sid_set *)subject->packages);
    sid_set_free((struct sid_set *)subject->device_sids);
    sid_set_free((struct sid_set *)subject->restricting_device_sids);
    free((void *)subject->user_claims.claims);
    free((void *)subject->device_claims.claims);
    free((void *)subject->local_claims.claims);
}

static tsr_central_rule *rules_of(const struct ref_policy *from)
{
    tsr_central_rule *rules = array_new(from->n_rules, sizeof(*rules));

    assert_non_null(rules);
    for (size_t i = 0; i < from->n_rules; i++) {
        const struct ref_rule *rule = &from->rules[i];

        rules[i] = (tsr_central_rule){
            .applies_to = rule->applies_to.bytes,
            .n_applies_to = rule->applies_to.size,
            .dacl = rule->dacl,
            .sacl = rule->sacl,
            .new_dacl = rule->new_dacl,
            .new_sacl = rule->new_sacl,
        };
    }
    return rules;
}

static tsr_central_policy *policies_of(const struct ref_request *from)
{
    tsr_central_policy *policies = array_new(from->n_policies, sizeof(*policies));

    assert_non_null(policies);
    for (size_t i = 0; i < from->n_policies; i++) {
        const struct ref_policy *policy = &from->policies[i];

        policies[i] = (tsr_central_policy){policy->sid, rules_of(policy), policy->n_rules};
    }
    return policies;
}

static void policies_free(tsr_central_policy *policies, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free((void *)policies[i].rules);
    }
    free(policies);
}

static void log_event(void *context, const tsr_audit_event *event)
{
    static const enum ref_cause causes[] = {
        [TSR_AUDIT_ACE] = REF_CAUSE_ACE,
        [TSR_AUDIT_CENTRAL_ACE] = REF_CAUSE_CENTRAL_ACE,
        [TSR_AUDIT_POLICY] = REF_CAUSE_POLICY,
        [TSR_AUDIT_PRIVILEGE] = REF_CAUSE_PRIVILEGE,
    };
    struct ref_log *log = context;
    size_t at = log->n_events;

    assert_true(at < REF_LOG_MAX);
    /* Privileges are told as they were asked; the oracle has them by their numbers. */
    while (event->cause == TSR_AUDIT_PRIVILEGE && at > 0 &&
           log->events[at - 1].cause == REF_CAUSE_PRIVILEGE &&
           log->events[at - 1].privilege > event->privilege) {
        log->events[at] = log->events[at - 1];
        at--;
    }
    log->n_events++;
    log->events[at] = (struct ref_event){
        .cause = causes[event->cause],
        .success = event->success,
        .rule = event->rule,
        .ace_index = event->ace_index,
        .privilege = event->privilege,
    };
}

static tsr_object_type *types_of(const struct ref_request *from)
{
    tsr_object_type *types = array_new(from->n_nodes, sizeof(*types));

    assert_non_null(types);
    for (size_t i = 0; i < from->n_nodes; i++) {
        types[i].level = from->nodes[i].level;
        memcpy(types[i].guid, from->nodes[i].guid, sizeof(types[i].guid));
    }
    return types;
}

/*
 * Judge, after judging once more with a sink: it must come to the same, and what the sink is told
 * must come to it too.
 */
static tsr_access_result access_check_told(const struct subject *subject, const tsr_sd *sd,
                                           tsr_access_request request)
{
    tsr_access_request silent = request;
    struct replay replay;
    tsr_trace trace;
    tsr_access_result told;
    tsr_access_result result;

    replay_begin(&replay, &request, &trace);
    told = access_check(subject, sd, &request);
    assert_int_equal(told.granted, replay_answer(&replay, 0));
    for (size_t i = 0; request.result_list && i < request.n_types; i++) {
        assert_int_equal(tsr_ok(request.types[i].status) ? request.types[i].granted : 0,
                         replay_answer(&replay, i));
    }
    result = access_check(subject, sd, &silent);
    assert_memory_equal(&told, &result, sizeof(result));
    return result;
}

struct ref_result product_access_check(const struct ref_subject *subject, const tsr_sd *sd,
                                       const struct ref_request *asked, uint32_t policy,
                                       struct ref_log *log)
{
    const tsr_audit_sink sink = {log_event, log};
    CLEANUP(free) tsr_object_type *types = types_of(asked);
    tsr_central_policy *policies = policies_of(asked);
    const tsr_access_request request = {
        .desired = asked->desired,
        .previously_granted = asked->previously_granted,
        .mapping = asked->mapping,
        .principal_self = asked->has_self ? &asked->self : NULL,
        .backup_intent = asked->backup_intent,
        .restore_intent = asked->restore_intent,
        .types = asked->n_nodes > 0 ? types : NULL,
        .n_types = asked->n_nodes,
        .result_list = asked->result_list,
        .policies = policies,
        .n_policies = asked->n_policies,
        .staged = asked->staged,
    };
    struct subject judged;
    tsr_access_result result;

    subject_init(&judged, subject);
    result = access_check_told(&judged, sd, request);
    log->n_events = 0;
    audit_tell(&judged, sd, &request, &result, policy, &sink);
    for (size_t i = 0; i < asked->n_nodes; i++) {
        asked->nodes[i].status = types[i].status.code;
        asked->nodes[i].granted = types[i].granted;
    }
    subject_deinit(&judged);
    policies_free(policies, asked->n_policies);
    return (struct ref_result){
        .status = result.status.code,
        .granted = result.granted,
        .privileges_used = result.privileges_used,
    };
}

enum ref_truth product_condition(const uint8_t *data, size_t size,
                                 const struct ref_context *context)
{
    static const enum ref_truth truths[] = {
        [TRUTH_FALSE] = REF_FALSE, [TRUTH_TRUE] = REF_TRUE, [TRUTH_UNKNOWN] = REF_UNKNOWN};
    struct sid_set *sids = set_of(context->sids);
    struct sid_set *device_sids = set_unless_empty(context->device_sids);
    const struct condition_context asked = {
        .sids = sids,
        .device_sids = device_sids,
        .user_claims = list_of(context->user_claims),
        .device_claims = list_of(context->device_claims),
        .local_claims = list_of(context->local_claims),
        .sacl = context->sacl,
        .resource_claims = list_of(context->resource_claims),
        .for_allow = context->for_allow,
    };
    const enum ref_truth truth = truths[condition_evaluate(data, size, &asked)];

    sid_set_free(sids);
    sid_set_free(device_sids);
    free((void *)asked.user_claims.claims);
    free((void *)asked.device_claims.claims);
    free((void *)asked.local_claims.claims);
    free((void *)asked.resource_claims.claims);
    return truth;
}
