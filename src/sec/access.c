/* SPDX-License-Identifier: MIT */
/*
 * The access check: its stages, in the order of access-check.md 4.
 *
 * Denial is the initial state. Sections cited are those of the project's access-check
 * specification.
 */

#include "sec/access.h"

#include "base/check.h"
#include "sec/central.h"
#include "sec/mandatory.h"
#include "sec/passes.h"
#include "sec/privilege-rights.h"
#include "sec/trace.h"

/* Whether what was granted answers the request. */
static bool is_enough(const struct demand *demand, uint32_t granted)
{
    return (demand->specific & ~granted) == 0 && (demand->desired == 0 || granted != 0);
}

/* Section 12: whether the descriptor itself granted access, to any node that has its own answer. */
static bool is_any_enough(const struct check *check, const struct demand *demand)
{
    const size_t n_answers = check->result_list ? check->tree.n_nodes : 1;

    for (size_t i = 0; i < n_answers; i++) {
        if (is_enough(demand, check->tree.nodes[i].granted)) {
            return true;
        }
    }
    return false;
}

/* Section 8.1: whether what was given as a list of object types is one. */
COLD static bool is_list(const tsr_access_request *request, const struct tree *tree)
{
    return request->types && request->n_types <= TSR_OBJECT_TYPES_MAX && is_tree(tree);
}

/* Say of every node of a result list how it ended. */
static void nodes_answer(const struct check *check, const tsr_access_request *request,
                         const struct demand *demand)
{
    for (size_t i = 0; i < check->tree.n_nodes; i++) {
        tsr_object_type *node = &check->tree.nodes[i];
        const bool enough = is_enough(demand, node->granted);

        node->status = enough ? TSR_OK : tsr_status_of(STATUS_ACCESS_DENIED);
        node->granted |= enough ? request->previously_granted : 0;
    }
}

/* The same answer for every node: none got as far as the DACL. */
COLD static void all_denied(const struct check *check, uint32_t code, tsr_access_rule rule,
                            uint32_t missing, tsr_access_result *result)
{
    for (size_t i = 0; i < check->tree.n_nodes; i++) {
        check->tree.nodes[i].status = tsr_status_of(code);
        check->tree.nodes[i].granted = 0;
    }
    result->status = tsr_status_of(code);
    result->rule = rule;
    result->missing = missing;
}

/* What privileges supplied. */
struct supply {
    struct privilege_use uses[PRIVILEGE_USES_MAX];
    size_t n_uses;
    uint32_t rights;
};

/* Let privileges supply what they can of @wanted, and tell the sink. */
COLD static void privileges_supply(const struct check *check, const tsr_access_request *request,
                                   uint32_t wanted, struct supply *ret_supply)
{
    ret_supply->n_uses = privilege_uses(check->subject, request, wanted, ret_supply->uses);
    for (size_t i = 0; i < ret_supply->n_uses; i++) {
        const struct privilege_use *use = &ret_supply->uses[i];

        ret_supply->rights |= use->rights;
        if (check->trace) {
            trace_tell(check->trace, (tsr_trace_event){.step = TSR_TRACE_PRIVILEGE,
                                                       .ace_index = TSR_TRACE_NO_ACE,
                                                       .privilege = use->privilege,
                                                       .rights = use->rights});
        }
    }
}

/* Section 7: the privileges of whose rights some were granted in the end. */
static uint64_t privileges_used(const struct supply *supply, uint32_t granted)
{
    uint64_t used = 0;

    for (size_t i = 0; i < supply->n_uses; i++) {
        used |= supply->uses[i].rights & granted ? TSR_PRIVILEGE_BIT(supply->uses[i].privilege) : 0;
    }
    return used;
}

/*
 * Sections 7-12: the DACL on what is @open, and the central policy on what that grants.
 *
 * @result gets what decided. @return what the descriptor grants
 */
static uint32_t descriptor_judge(struct check *check, const tsr_access_request *request,
                                 const struct demand *demand, uint32_t open, uint32_t supplied,
                                 tsr_access_result *result)
{
    uint32_t granted;
    uint32_t limit;

    if ((open | supplied) == 0) {
        tree_limit(&check->tree, 0); /* The caller's nodes hold anything until now. */
        return 0;
    }
    passes_judge(check, open, supplied, result);
    granted = check->tree.nodes[0].granted;
    if (request->n_policies == 0 || !is_any_enough(check, demand)) {
        return granted;
    }
    limit = central_limit(check, request, open, supplied);
    tree_limit(&check->tree, limit);
    if (granted & ~limit) {
        result->rule = TSR_RULE_CENTRAL_POLICY;
        result->pass = TSR_PASS_NORMAL;
        result->ace_index = 0;
    }
    return granted & limit;
}

/* The stages from the mandatory ones on (section 4). @result is a denial until the end. */
static void stages_run(struct check *check, const tsr_access_request *request,
                       const struct demand *demand, tsr_access_result *result)
{
    uint32_t permitted = UINT32_MAX;
    tsr_access_rule refusal;
    struct supply supply;
    uint32_t granted;
    uint32_t open;

    if (check->trace || mandatory_may_refuse(check->subject, check->sd)) {
        refusal = mandatory_refusal(check->subject, check->sd, request, demand->specific,
                                    demand->possible, &permitted);
        if (refusal != TSR_RULE_NONE) {
            all_denied(check, STATUS_ACCESS_DENIED, refusal, demand->specific & ~permitted, result);
            return;
        }
    }
    supply.n_uses = 0;
    supply.rights = 0;
    if (privileges_matter(request, demand->possible)) {
        privileges_supply(check, request, demand->possible & permitted, &supply);
    }
    open = demand->asked & permitted & ~supply.rights;
    if (open & ACCESS_SYSTEM_SECURITY) {
        all_denied(check, STATUS_PRIVILEGE_NOT_HELD, TSR_RULE_PRIVILEGE_NOT_HELD,
                   ACCESS_SYSTEM_SECURITY, result);
        return;
    }

    granted = descriptor_judge(check, request, demand, open, supply.rights, result);
    if (check->tree.typed) {
        nodes_answer(check, request, demand);
    }
    /* The one place where access becomes granted. */
    if (is_enough(demand, granted)) {
        result->status = TSR_OK;
        result->granted = granted | request->previously_granted;
        result->privileges_used = privileges_used(&supply, granted);
    } else {
        result->missing = demand->specific & ~granted;
    }
}

tsr_access_result access_check(const struct subject *subject, const tsr_sd *sd,
                               const tsr_access_request *request)
{
    const struct demand demand = demand_of(request);
    tsr_access_result result = {.status = tsr_status_of(STATUS_ACCESS_DENIED)};
    tsr_object_type object = {0};
    uint8_t self[TSR_SID_SIZE_MAX];
    struct check check = {
        .subject = subject,
        .sd = sd,
        .dacl = &sd->dacl,
        .mapping = &request->mapping,
        .trace = request->trace,
        .self = encoded_self(request, self),
        .required = demand.specific,
        .result_list = request->result_list && request->n_types > 0,
        .tree = {.nodes = request->n_types ? request->types : &object,
                 .n_nodes = request->n_types ? request->n_types : 1,
                 .typed = request->n_types > 0},
    };

    if (check.tree.typed && !is_list(request, &check.tree)) {
        check.tree.n_nodes = request->types ? request->n_types : 0;
        all_denied(&check, STATUS_INVALID_PARAMETER, TSR_RULE_NONE, 0, &result);
        return result;
    }
    if (check.trace) {
        trace_tell(check.trace, (tsr_trace_event){.step = TSR_TRACE_REQUEST,
                                                  .ace_index = TSR_TRACE_NO_ACE,
                                                  .rights = demand.specific,
                                                  .open = demand.possible});
    }
    /* Section 4.1: asking for nothing yields what was granted before, or a refusal. */
    if (demand.desired == 0 && request->previously_granted == 0) {
        all_denied(&check, STATUS_ACCESS_DENIED, TSR_RULE_NONE, 0, &result);
    } else {
        stages_run(&check, request, &demand, &result);
    }
    return result;
}

const char *tsr_access_rule_text(tsr_access_rule rule)
{
    switch (rule) {
    case TSR_RULE_NONE:
        return "nothing was asked for";
    case TSR_RULE_PRIVILEGE:
        return "granted by privilege";
    case TSR_RULE_OWNER:
        return "granted to the owner";
    case TSR_RULE_NO_DACL:
        return "no DACL: everything is allowed";
    case TSR_RULE_ALLOW_ACE:
        return "decided by an allow ACE";
    case TSR_RULE_DENY_ACE:
        return "denied by a deny ACE";
    case TSR_RULE_END_OF_DACL:
        return "no ACE allows it";
    case TSR_RULE_PRIVILEGE_NOT_HELD:
        return "SeSecurityPrivilege is not held";
    case TSR_RULE_INTEGRITY:
        return "the mandatory label forbids it";
    case TSR_RULE_PROCESS_TRUST:
        return "the process-trust label forbids it";
    case TSR_RULE_ACCESS_FILTER:
        return "an access filter forbids it";
    case TSR_RULE_CENTRAL_POLICY:
        return "the central access policy forbids it";
    }
    return "unknown rule";
}
