/* SPDX-License-Identifier: MIT */
/* What of an access check is to be audited. */

#include "sec/audit.h"

#include "base/bytes.h"
#include "base/check.h"
#include "sec/ace.h"
#include "sec/central.h"
#include "sec/passes.h"
#include "sec/privilege-rights.h"

/* One decision in the light of SACLs. */
struct audit {
    const struct check *check; /* as far as SIDs and conditions need it */
    const tsr_access_request *request;
    const tsr_access_result *result;
    const tsr_audit_sink *sink;
    uint32_t desired; /* what a refusal is about */
};

static bool is_audit_object_ace(const uint8_t *ace)
{
    return ace[0] == SYSTEM_AUDIT_OBJECT_ACE_TYPE ||
           ace[0] == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE;
}

static bool is_audit_ace(const uint8_t *ace)
{
    return ace[0] == SYSTEM_AUDIT_ACE_TYPE || ace[0] == SYSTEM_AUDIT_CALLBACK_ACE_TYPE ||
           is_audit_object_ace(ace);
}

static bool has_condition(const uint8_t *ace)
{
    return ace[0] == SYSTEM_AUDIT_CALLBACK_ACE_TYPE ||
           ace[0] == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE;
}

/* Section 13: enabled and deny-only SIDs count, and a condition that is TRUE or UNKNOWN. */
static bool ace_is_about_caller(const struct audit *audit, const uint8_t *ace)
{
    const struct subject *subject = audit->check->subject;
    const struct pass pass = {.sids = subject->sids, .device_sids = subject->device_sids};
    const uint8_t *sid = is_audit_object_ace(ace) ? object_ace_sid(ace) : ace + ACE_BASIC_SID;
    const uint8_t *meant = ace_subject(audit->check, sid);

    if (!meant || !(sid_set_matches(subject->sids, meant) & SID_MATCHES_DENY)) {
        return false;
    }
    return !has_condition(ace) ||
           ace_condition(audit->check, &pass, ace, sid, false) != TRUTH_FALSE;
}

/* The outcome that an ACE is about: of its object type in a result list, else of the object. */
static bool outcome_of(const struct audit *audit, const uint8_t *ace, bool *ret_success,
                       uint32_t *ret_granted)
{
    const tsr_access_request *request = audit->request;
    const struct tree tree = {.nodes = request->types, .n_nodes = request->n_types};
    const uint8_t *type = is_audit_object_ace(ace) ? object_ace_type(ace) : NULL;
    size_t node = 0;

    *ret_success = tsr_ok(audit->result->status);
    *ret_granted = audit->result->granted;
    if (!type) {
        return true;
    }
    node = node_of_type(&tree, type);
    if (node == tree.n_nodes) {
        return false;
    }
    if (request->result_list) {
        *ret_success = tsr_ok(request->types[node].status);
        *ret_granted = request->types[node].granted;
    }
    return true;
}

/* The rights for which an ACE fires; 0: it does not. */
static uint32_t ace_fires(const struct audit *audit, const uint8_t *ace, bool *ret_success)
{
    uint32_t granted;
    uint32_t rights;

    if (!is_audit_ace(ace) || ace[1] & INHERIT_ONLY_ACE ||
        !outcome_of(audit, ace, ret_success, &granted)) {
        return 0;
    }
    rights = tsr_map_generic(load_le32(ace + ACE_MASK), audit->check->mapping) &
             (*ret_success ? granted : audit->desired);
    if (!(ace[1] & (*ret_success ? SUCCESSFUL_ACCESS_ACE_FLAG : FAILED_ACCESS_ACE_FLAG)) ||
        rights == 0 || !ace_is_about_caller(audit, ace)) {
        return 0;
    }
    return rights;
}

static void sacl_tell(const struct audit *audit, const tsr_acl *sacl, tsr_audit_cause cause,
                      uint32_t rule)
{
    const uint8_t *ace = acl_first(sacl);

    for (uint32_t i = 0; i < sacl->n_aces; i++, ace = ace_after(ace)) {
        bool success = false;
        const uint32_t rights = ace_fires(audit, ace, &success);

        if (rights) {
            audit->sink->event(audit->sink->context, &(tsr_audit_event){
                                                         .cause = cause,
                                                         .success = success,
                                                         .ace = ace,
                                                         .ace_index = i,
                                                         .rule = rule,
                                                         .rights = rights,
                                                     });
        }
    }
}

/* The SACLs of the rules that are about the object. */
static void rules_tell(const struct audit *audit)
{
    const struct check *check = audit->check;
    const tsr_central_policy *policy = central_policy_of(check->sd, audit->request);

    for (size_t i = 0; policy && i < policy->n_rules; i++) {
        const tsr_central_rule *rule = &policy->rules[i];
        const tsr_acl *sacl =
            audit->request->staged && rule->new_sacl ? rule->new_sacl : &rule->sacl;

        if (central_rule_applies(check->subject, check->sd, rule)) {
            sacl_tell(audit, sacl, TSR_AUDIT_CENTRAL_ACE, (uint32_t)i);
        }
    }
}

/* What is reported of this caller whatever SACLs say. */
static void policy_tell(const struct audit *audit, uint32_t policy)
{
    const bool success = tsr_ok(audit->result->status);

    if (policy & (success ? TSR_AUDIT_OBJECT_SUCCESS : TSR_AUDIT_OBJECT_FAILURE)) {
        audit->sink->event(audit->sink->context,
                           &(tsr_audit_event){
                               .cause = TSR_AUDIT_POLICY,
                               .success = success,
                               .rights = success ? audit->result->granted : audit->desired,
                           });
    }
}

/* Section 13: a privilege is used well if some right it supplied survived. */
static void privileges_tell(const struct audit *audit, uint32_t possible, uint32_t policy)
{
    struct privilege_use uses[PRIVILEGE_USES_MAX];
    const size_t n_uses = privilege_uses(audit->check->subject, audit->request, possible, uses);

    for (size_t i = 0; i < n_uses; i++) {
        const bool success = audit->result->privileges_used & TSR_PRIVILEGE_BIT(uses[i].privilege);

        if (policy & (success ? TSR_AUDIT_PRIVILEGE_SUCCESS : TSR_AUDIT_PRIVILEGE_FAILURE)) {
            audit->sink->event(audit->sink->context, &(tsr_audit_event){
                                                         .cause = TSR_AUDIT_PRIVILEGE,
                                                         .success = success,
                                                         .privilege = uses[i].privilege,
                                                         .rights = uses[i].rights,
                                                     });
        }
    }
}

void audit_tell(const struct subject *subject, const tsr_sd *sd, const tsr_access_request *request,
                const tsr_access_result *result, uint32_t policy, const tsr_audit_sink *sink)
{
    const struct demand demand = demand_of(request);
    uint8_t self[TSR_SID_SIZE_MAX];
    const struct check check = {
        .subject = subject,
        .sd = sd,
        .mapping = &request->mapping,
        .self = encoded_self(request, self),
    };
    const struct audit audit = {
        .check = &check,
        .request = request,
        .result = result,
        .sink = sink,
        .desired = demand.asked,
    };

    sacl_tell(&audit, &sd->sacl, TSR_AUDIT_ACE, 0);
    rules_tell(&audit);
    policy_tell(&audit, policy);
    privileges_tell(&audit, demand.possible, policy);
}
