/* SPDX-License-Identifier: MIT */
/* Telling a sink what a check does. */

#include "sec/trace.h"

#include "sec/ace.h"

void trace_tell(const tsr_trace *trace, tsr_trace_event event)
{
    trace->event(trace->context, &event);
}

static bool is_allowing(const uint8_t *ace)
{
    return ace[0] == ACCESS_ALLOWED_ACE_TYPE || ace[0] == ACCESS_ALLOWED_COMPOUND_ACE_TYPE ||
           ace[0] == ACCESS_ALLOWED_OBJECT_ACE_TYPE || ace[0] == ACCESS_ALLOWED_CALLBACK_ACE_TYPE ||
           ace[0] == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE;
}

static bool is_object_ace(const uint8_t *ace)
{
    return ace[0] == ACCESS_ALLOWED_OBJECT_ACE_TYPE || ace[0] == ACCESS_DENIED_OBJECT_ACE_TYPE ||
           ace[0] == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
           ace[0] == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

static bool is_callback_ace(const uint8_t *ace)
{
    return ace[0] == ACCESS_ALLOWED_CALLBACK_ACE_TYPE ||
           ace[0] == ACCESS_DENIED_CALLBACK_ACE_TYPE ||
           ace[0] == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
           ace[0] == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

/* Section 8.1: whether an object ACE is about nothing that is in question. */
static bool is_of_other_type(const struct check *check, const uint8_t *ace)
{
    const uint8_t *type = is_object_ace(ace) ? object_ace_type(ace) : NULL;

    if (!type) {
        return false;
    }
    return check->tree.typed ? node_of_type(&check->tree, type) == check->tree.n_nodes
                             : is_allowing(ace);
}

/* How the SIDs of an ACE are among those of a pass: SID_MATCHES_… */
static uint8_t sid_matches(const struct check *check, const struct pass *pass, const uint8_t *ace)
{
    const uint8_t *subject = ace_subject(check, access_ace_sid(ace));
    uint8_t matches = subject ? sid_set_matches(pass->sids, subject) : 0;

    if (ace[0] == ACCESS_ALLOWED_COMPOUND_ACE_TYPE) {
        subject = ace_subject(check, ace + ACE_COMPOUND_SID);
        matches &= subject ? sid_set_matches(pass->sids, subject) : 0;
    }
    return matches;
}

/* What became of an ACE; where its condition decided that, also what it came to. */
static tsr_trace_reason ace_reason(const struct check *check, const struct pass *pass,
                                   const uint8_t *ace, tsr_trace_truth *ret_truth)
{
    const uint8_t *sid = access_ace_sid(ace);
    const bool allows = is_allowing(ace);
    uint8_t matches;

    if (ace[1] & INHERIT_ONLY_ACE) {
        return TSR_TRACE_INHERIT_ONLY;
    }
    if (!sid) {
        return TSR_TRACE_NOT_FOR_ACCESS;
    }
    if (allows && is_object_ace(ace) && pass->kind == TSR_PASS_PACKAGE) {
        return TSR_TRACE_NOT_PACKAGES;
    }
    if (is_of_other_type(check, ace)) {
        return TSR_TRACE_OTHER_TYPE;
    }
    matches = sid_matches(check, pass, ace);
    if (!(matches & (allows ? SID_MATCHES_ALLOW : SID_MATCHES_DENY))) {
        return matches ? TSR_TRACE_DENY_ONLY : TSR_TRACE_NO_MATCH;
    }
    if (is_callback_ace(ace)) {
        *ret_truth = trace_truth(ace_condition(check, pass, ace, sid, allows));
        if (*ret_truth == TSR_TRACE_FALSE || (allows && *ret_truth == TSR_TRACE_UNKNOWN)) {
            return TSR_TRACE_CONDITION;
        }
    }
    return TSR_TRACE_APPLIED;
}

static void tell_nodes(const struct check *check, tsr_access_pass kind)
{
    for (size_t i = 0; i < check->tree.n_nodes; i++) {
        trace_tell(check->trace, (tsr_trace_event){.step = TSR_TRACE_NODE,
                                                   .pass = kind,
                                                   .ace_index = TSR_TRACE_NO_ACE,
                                                   .node = (uint32_t)i,
                                                   .decided = check->tree.nodes[i].allowed,
                                                   .allowed = true,
                                                   .open = check->tree.nodes[i].undecided});
    }
}

void trace_ace(const struct check *check, const struct pass *pass, uint32_t ace_index,
               const uint8_t *ace, uint32_t decided)
{
    tsr_trace_truth truth = TSR_TRACE_NO_CONDITION;
    const tsr_trace_reason reason = ace_reason(check, pass, ace, &truth);

    trace_tell(check->trace,
               (tsr_trace_event){
                   .step = TSR_TRACE_ACE,
                   .pass = pass->kind,
                   .reason = reason,
                   .truth = truth,
                   .ace_index = ace_index,
                   .rights = access_ace_sid(ace)
                                 ? tsr_map_generic(load_le32(ace + ACE_MASK), check->mapping)
                                 : 0,
                   .decided = decided,
                   .allowed = is_allowing(ace),
                   .open = check->tree.nodes[0].undecided,
               });
    if (check->tree.typed && decided) {
        tell_nodes(check, pass->kind);
    }
}

void trace_owner(const struct check *check, const struct pass *pass, uint32_t owned)
{
    const uint8_t *owner = check->sd->owner;
    tsr_trace_reason reason = TSR_TRACE_OWNER_RIGHTS;

    if (owned) {
        reason = TSR_TRACE_APPLIED;
    } else if (pass->kind == TSR_PASS_PACKAGE) {
        reason = TSR_TRACE_NOT_PACKAGES;
    } else if (!owner || !(sid_set_matches(pass->sids, owner) & SID_MATCHES_ALLOW)) {
        reason = TSR_TRACE_NOT_OWNER;
    }
    trace_tell(check->trace, (tsr_trace_event){.step = TSR_TRACE_OWNER,
                                               .pass = pass->kind,
                                               .reason = reason,
                                               .ace_index = TSR_TRACE_NO_ACE,
                                               .rights = owned,
                                               .decided = check->tree.nodes[0].allowed,
                                               .allowed = true,
                                               .open = check->tree.nodes[0].undecided});
}

void trace_no_dacl(const struct check *check, const struct pass *pass, uint32_t decided)
{
    const bool allows = pass->kind != TSR_PASS_PACKAGE;

    trace_tell(check->trace,
               (tsr_trace_event){.step = TSR_TRACE_NO_DACL,
                                 .pass = pass->kind,
                                 .reason = allows ? TSR_TRACE_APPLIED : TSR_TRACE_NOT_PACKAGES,
                                 .ace_index = TSR_TRACE_NO_ACE,
                                 .allowed = allows,
                                 .decided = decided,
                                 .open = check->tree.nodes[0].undecided});
}

void trace_pass(const struct check *check, const struct pass *pass, uint32_t asked)
{
    trace_tell(check->trace, (tsr_trace_event){.step = TSR_TRACE_PASS,
                                               .pass = pass->kind,
                                               .ace_index = TSR_TRACE_NO_ACE,
                                               .rights = asked,
                                               .open = asked});
}

void trace_pass_end(const struct check *check, tsr_access_pass kind)
{
    for (size_t i = 0; i < check->tree.n_nodes; i++) {
        trace_tell(check->trace, (tsr_trace_event){.step = TSR_TRACE_PASS_END,
                                                   .pass = kind,
                                                   .ace_index = TSR_TRACE_NO_ACE,
                                                   .node = (uint32_t)i,
                                                   .rights = check->tree.nodes[i].granted});
    }
}
