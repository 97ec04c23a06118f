/* SPDX-License-Identifier: MIT */
/* Central access policies. */

#include "sec/central.h"

#include "base/check.h"
#include "sec/ace.h"
#include "sec/trace.h"

/* Section 12, for a policy nobody knows: (A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;OW). */
static const uint8_t recovery_acl[] = {
    2, 0, 72, 0, 3, 0, 0, 0,                                                      /* ACL */
    0, 0, 24, 0, 0, 0, 0, 0x10, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0, /* BA */
    0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,              /* SY */
    0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 3, 4,  0, 0, 0,              /* OW */
};

/* The ACE that names the object's policy; NULL if none does, or none are known. */
static const uint8_t *policy_ace(const tsr_sd *sd, const tsr_access_request *request)
{
    return request->n_policies ? sacl_find(&sd->sacl, SYSTEM_SCOPED_POLICY_ID_ACE_TYPE) : NULL;
}

const tsr_central_policy *central_policy_of(const tsr_sd *sd, const tsr_access_request *request)
{
    const uint8_t *ace = policy_ace(sd, request);
    tsr_sid sid;

    if (!ace || tsr_failed(tsr_sid_decode(ace + ACE_BASIC_SID, TSR_SID_SIZE_MAX, &sid, NULL))) {
        return NULL;
    }
    for (size_t i = 0; i < request->n_policies; i++) {
        if (tsr_sid_equal(&request->policies[i].sid, &sid)) {
            return &request->policies[i];
        }
    }
    return NULL;
}

/* Section 12: rules apply by resource attributes; nobody has claims here. */
static enum truth rule_truth(const struct subject *subject, const tsr_sd *sd,
                             const tsr_central_rule *rule)
{
    const struct condition_context about_resource = {
        .sids = subject->sids, .sacl = &sd->sacl, .for_allow = true};

    return rule->applies_to
               ? condition_evaluate(rule->applies_to, rule->n_applies_to, &about_resource)
               : TRUTH_TRUE;
}

bool central_rule_applies(const struct subject *subject, const tsr_sd *sd,
                          const tsr_central_rule *rule)
{
    return rule_truth(subject, sd, rule) == TRUTH_TRUE;
}

/* Section 12: a rule is the same question to another DACL, without object types. */
static uint32_t dacl_grants(const struct check *check, const tsr_acl *dacl, uint32_t wanted,
                            uint32_t supplied)
{
    tsr_object_type root = {0};
    struct check copy = *check;
    tsr_access_result unused = {0};

    copy.dacl = dacl;
    copy.result_list = check->result_list; /* Then each right counts, not the request as a whole. */
    copy.tree = (struct tree){.nodes = &root, .n_nodes = 1};
    passes_judge(&copy, wanted, supplied, &unused);
    return root.granted;
}

static void tell_policy(const struct check *check, const tsr_access_request *request,
                        const tsr_central_policy *policy)
{
    trace_tell(check->trace,
               (tsr_trace_event){
                   .step = TSR_TRACE_CENTRAL_POLICY,
                   .ace_index = ace_index(&check->sd->sacl, policy_ace(check->sd, request)),
                   .policy = policy ? (uint32_t)(policy - request->policies) : TSR_TRACE_RECOVERY,
               });
}

static void tell_rule(const struct check *check, const tsr_access_request *request,
                      const tsr_central_policy *policy, size_t rule)
{
    trace_tell(check->trace, (tsr_trace_event){
                                 .step = TSR_TRACE_CENTRAL_RULE,
                                 .truth = trace_truth(
                                     rule_truth(check->subject, check->sd, &policy->rules[rule])),
                                 .ace_index = TSR_TRACE_NO_ACE,
                                 .policy = (uint32_t)(policy - request->policies),
                                 .rule = (uint32_t)rule,
                             });
}

/* What all rules of a policy that are about the object leave. */
static uint32_t rules_limit(const struct check *check, const tsr_access_request *request,
                            const tsr_central_policy *policy, uint32_t wanted, uint32_t supplied)
{
    uint32_t limit = UINT32_MAX;

    for (size_t i = 0; i < policy->n_rules; i++) {
        const tsr_central_rule *rule = &policy->rules[i];
        const tsr_acl *dacl = request->staged && rule->new_dacl ? rule->new_dacl : &rule->dacl;

        if (check->trace) {
            tell_rule(check, request, policy, i);
        }
        if (central_rule_applies(check->subject, check->sd, rule)) {
            limit &= dacl_grants(check, dacl, wanted, supplied);
        }
    }
    return limit;
}

uint32_t central_limit(const struct check *check, const tsr_access_request *request,
                       uint32_t wanted, uint32_t supplied)
{
    const tsr_acl recovery = {.bytes = recovery_acl, .size = sizeof(recovery_acl), .n_aces = 3};
    const tsr_central_policy *policy;
    uint32_t limit;

    if (!policy_ace(check->sd, request)) {
        return UINT32_MAX;
    }
    policy = central_policy_of(check->sd, request);
    if (check->trace) {
        tell_policy(check, request, policy);
    }
    limit = policy ? rules_limit(check, request, policy, wanted, supplied)
                   : dacl_grants(check, &recovery, wanted, supplied);
    if (check->trace) {
        trace_tell(check->trace, (tsr_trace_event){.step = TSR_TRACE_CENTRAL_LIMIT,
                                                   .ace_index = TSR_TRACE_NO_ACE,
                                                   .rights = limit});
    }
    return limit;
}
