/* SPDX-License-Identifier: MIT */
/*
 * The passes of an access check.
 *
 * One loop walks the DACL: MAXIMUM_ALLOWED, object types, restricting SIDs and AppContainers are
 * parameters of it. The first ACE that speaks about a right of a node decides it, so a request is
 * granted when every right it needs was decided by an allow. Without an object-type list there is
 * one node, the object itself.
 *
 * Sections cited are those of the project's access-check specification.
 */

#include "sec/passes.h"

#include "base/bytes.h"
#include "base/check.h"
#include "sec/ace.h"
#include "sec/trace.h"

#define OWNER_IMPLICIT_RIGHTS (READ_CONTROL | WRITE_DAC)

/* The rights of a write-restricted token that its restricting SIDs must also allow (section 9). */
#define ALWAYS_WRITE_RIGHTS (DELETE | WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY)

ALWAYS_INLINE uint8_t ace_matches(const struct check *check, const struct pass *pass,
                                  const uint8_t *sid)
{
    const uint8_t *subject = ace_subject(check, sid);

    return subject ? sid_set_matches(pass->sids, subject) : 0;
}

ALWAYS_INLINE enum effect effect_of(uint8_t matches, bool allows)
{
    if (!(matches & (allows ? SID_MATCHES_ALLOW : SID_MATCHES_DENY))) {
        return EFFECT_NONE;
    }
    return allows ? EFFECT_ALLOW : EFFECT_DENY;
}

enum truth ace_condition(const struct check *check, const struct pass *pass, const uint8_t *ace,
                         const uint8_t *sid, bool for_allow)
{
    /* Section 9: Member_of is about the user SIDs of a pass; packages bring none of their own. */
    const struct sid_set *sids = pass->kind == TSR_PASS_PACKAGE ? check->subject->sids : pass->sids;
    const struct condition_context context =
        subject_context(check->subject, check->sd, sids, pass->device_sids, for_allow);
    const uint8_t *data;
    size_t n_data;

    data = ace_data(ace, sid, &n_data);
    return condition_evaluate(data, n_data, &context);
}

/* Section 8: a conditional allow applies when TRUE, a conditional deny when TRUE or UNKNOWN. */
static bool condition_applies(const struct check *check, const struct pass *pass,
                              const uint8_t *ace, const uint8_t *sid, bool for_allow)
{
    const enum truth truth = ace_condition(check, pass, ace, sid, for_allow);

    return for_allow ? truth == TRUTH_TRUE : truth != TRUTH_FALSE;
}

/* An allow or deny ACE with its SID at @sid, conditional or not. */
ALWAYS_INLINE enum effect plain_effect(const struct check *check, const struct pass *pass,
                                       const uint8_t *ace, const uint8_t *sid, bool allows,
                                       bool conditional)
{
    const uint8_t matches = ace_matches(check, pass, sid);
    const enum effect effect = effect_of(matches, allows);

    if (effect == EFFECT_NONE || !conditional) {
        return effect;
    }
    return condition_applies(check, pass, ace, sid, allows) ? effect : EFFECT_NONE;
}

/* Section 8 on compound ACEs: both the client and the server SID must be the caller's. */
static enum effect compound_effect(const struct check *check, const struct pass *pass,
                                   const uint8_t *ace)
{
    const uint8_t *server = ace + ACE_COMPOUND_SID;
    const uint8_t *client = server + tsr_encoded_sid_size(server);

    return effect_of(ace_matches(check, pass, server) & ace_matches(check, pass, client), true);
}

/*
 * Section 8.1: an object ACE, and the node it is about. Without a GUID it is a plain one. With a
 * GUID but no list an allow grants nothing and a deny denies as plain; a GUID that is not in the
 * list has no effect. Packages are allowed nothing by it (section 10).
 */
static enum effect object_effect(const struct check *check, const struct pass *pass,
                                 const uint8_t *ace, bool allows, bool conditional,
                                 size_t *ret_node)
{
    const uint8_t *type = object_ace_type(ace);

    if (allows && (pass->kind == TSR_PASS_PACKAGE || (type && !check->tree.typed))) {
        return EFFECT_NONE;
    }
    if (type && check->tree.typed) {
        *ret_node = node_of_type(&check->tree, type);
        if (*ret_node == check->tree.n_nodes) {
            return EFFECT_NONE;
        }
    }
    return plain_effect(check, pass, ace, object_ace_sid(ace), allows, conditional);
}

/* Section 8: what any ACE means for these SIDs. Every type is named; unknown numbers do nothing. */
COLD static enum effect any_effect(const struct check *check, const struct pass *pass,
                                   const uint8_t *ace, size_t *ret_node)
{
    switch ((tsr_ace_type)ace[0]) {
    case ACCESS_ALLOWED_ACE_TYPE:
        return plain_effect(check, pass, ace, ace + ACE_BASIC_SID, true, false);
    case ACCESS_DENIED_ACE_TYPE:
        return plain_effect(check, pass, ace, ace + ACE_BASIC_SID, false, false);
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
        return plain_effect(check, pass, ace, ace + ACE_BASIC_SID, true, true);
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
        return plain_effect(check, pass, ace, ace + ACE_BASIC_SID, false, true);
    case ACCESS_ALLOWED_OBJECT_ACE_TYPE:
        return object_effect(check, pass, ace, true, false, ret_node);
    case ACCESS_DENIED_OBJECT_ACE_TYPE:
        return object_effect(check, pass, ace, false, false, ret_node);
    case ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE:
        return object_effect(check, pass, ace, true, true, ret_node);
    case ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE:
        return object_effect(check, pass, ace, false, true, ret_node);
    case ACCESS_ALLOWED_COMPOUND_ACE_TYPE:
        return compound_effect(check, pass, ace);
    case SYSTEM_AUDIT_ACE_TYPE:
    case SYSTEM_ALARM_ACE_TYPE:
    case SYSTEM_AUDIT_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_OBJECT_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE:
    case SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE:
    case SYSTEM_SCOPED_POLICY_ID_ACE_TYPE:
    case SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE:
    case SYSTEM_ACCESS_FILTER_ACE_TYPE:
        /* Section 8: types that are not about access do nothing in a DACL. */
        return EFFECT_NONE;
    }
    return EFFECT_NONE;
}

/* The same, quickly for the two types that nearly all ACEs are of. */
ALWAYS_INLINE enum effect ace_effect(const struct check *check, const struct pass *pass,
                                     const uint8_t *ace, size_t *ret_node)
{
    if (ace[0] == ACCESS_ALLOWED_ACE_TYPE || ace[0] == ACCESS_DENIED_ACE_TYPE) {
        return plain_effect(check, pass, ace, ace + ACE_BASIC_SID,
                            ace[0] == ACCESS_ALLOWED_ACE_TYPE, false);
    }
    return any_effect(check, pass, ace, ret_node);
}

/* Whether nothing that matters is left to decide. */
ALWAYS_INLINE bool is_settled(const struct check *check, const struct tree *tree)
{
    if (tree->n_nodes == 1 || !check->result_list) {
        return tree->nodes[0].undecided == 0;
    }
    for (size_t i = 0; i < tree->n_nodes; i++) {
        if (tree->nodes[i].undecided != 0) {
            return false;
        }
    }
    return true;
}

/* Section 7: any effective ACE for OWNER RIGHTS, whatever its mask, ends the implicit grant. */
COLD static bool dacl_names_owner_rights(const tsr_acl *dacl)
{
    const uint8_t *ace = acl_first(dacl);
    const uint8_t *sid;

    for (size_t i = 0; i < dacl->n_aces; i++, ace = ace_after(ace)) {
        sid = access_ace_sid(ace);
        if (sid && !(ace[1] & INHERIT_ONLY_ACE) && sid_is_owner_rights(sid)) {
            return true;
        }
    }
    return false;
}

/* Section 7: what the owner has unnamed. Each pass asks its own SIDs whether the caller owns. */
ALWAYS_INLINE uint32_t owner_rights(const struct check *check, const struct pass *pass)
{
    const uint8_t *owner = check->sd->owner;

    if (pass->kind == TSR_PASS_PACKAGE || !owner || !check->dacl->bytes ||
        !(sid_set_matches(pass->sids, owner) & SID_MATCHES_ALLOW) ||
        dacl_names_owner_rights(check->dacl)) {
        return 0;
    }
    return OWNER_IMPLICIT_RIGHTS;
}

/* Section 7: no ACE grants ACCESS_SYSTEM_SECURITY, in the pass of packages either. */
ALWAYS_INLINE uint32_t ace_rights(const struct check *check, const uint8_t *ace)
{
    return tsr_map_generic(load_le32(ace + ACE_MASK), check->mapping) & ~ACCESS_SYSTEM_SECURITY;
}

/* Say what decided the root. */
ALWAYS_INLINE void result_set(tsr_access_result *result, tsr_access_rule rule, tsr_access_pass pass,
                              uint32_t ace_index)
{
    result->rule = rule;
    result->pass = pass;
    result->ace_index = ace_index;
}

/* Section 8: no DACL, or the NULL DACL, allows everything; section 10: but packages nothing. */
ALWAYS_INLINE void no_dacl(const struct check *check, const struct pass *pass,
                           const struct tree *tree, bool traced, tsr_access_result *result)
{
    const bool allows = pass->kind != TSR_PASS_PACKAGE;
    const uint32_t decided = tree_decide(tree, 0, allows ? UINT32_MAX : 0, EFFECT_ALLOW);

    if (traced) {
        trace_no_dacl(check, pass, decided);
    }
    result_set(result, allows ? TSR_RULE_NO_DACL : TSR_RULE_END_OF_DACL, pass->kind, 0);
}

/* Sections 5, 8: judge what is undecided of every node by the ACEs and one set of SIDs. */
ALWAYS_INLINE void dacl_walk(const struct check *check, const struct pass *pass,
                             const struct tree *tree, bool traced, tsr_access_result *result)
{
    const uint32_t fatal = check->result_list ? 0 : check->required;
    const uint32_t n_aces = check->dacl->n_aces;
    const uint8_t *ace = acl_first(check->dacl);

    result_set(result, TSR_RULE_END_OF_DACL, pass->kind, 0);
    for (uint32_t i = 0; i < n_aces && !is_settled(check, tree); i++, ace = ace_after(ace)) {
        enum effect effect = EFFECT_NONE;
        uint32_t decided = 0;
        size_t node = 0;

        if (!(ace[1] & INHERIT_ONLY_ACE)) {
            effect = ace_effect(check, pass, ace, &node);
        }
        if (effect != EFFECT_NONE) {
            decided = tree_decide(tree, node, ace_rights(check, ace), effect);
        }
        if (traced) {
            trace_ace(check, pass, i, ace, decided);
        }
        if (decided == 0) {
            continue;
        }
        result_set(result, effect == EFFECT_ALLOW ? TSR_RULE_ALLOW_ACE : TSR_RULE_DENY_ACE,
                   pass->kind, i);
        if (effect == EFFECT_DENY && decided & fatal) {
            return;
        }
    }
    if (!is_settled(check, tree)) {
        result->rule = TSR_RULE_END_OF_DACL;
    }
}

/* Sections 7, 8: one pass over what is undecided, by the owner's implicit rights and then the DACL.
 */
ALWAYS_INLINE void pass_walk(const struct check *check, const struct pass *pass,
                             const struct tree *tree, bool traced, tsr_access_result *result)
{
    uint32_t owned = 0;

    if (tree->nodes[0].undecided & OWNER_IMPLICIT_RIGHTS) {
        owned = owner_rights(check, pass);
        (void)tree_decide(tree, 0, owned, EFFECT_ALLOW);
        if (traced) {
            trace_owner(check, pass, owned);
        }
    }
    if (owned && is_settled(check, tree)) {
        result_set(result, TSR_RULE_OWNER, pass->kind, 0);
    } else if (check->dacl->bytes) {
        dacl_walk(check, pass, tree, traced, result);
    } else {
        no_dacl(check, pass, tree, traced, result);
    }
}

/* The pass as it is most often needed: without types and sink, the one node in registers. */
ALWAYS_INLINE uint32_t pass_over_object(const struct check *check, const struct pass *pass,
                                        uint32_t asked, tsr_access_result *result)
{
    tsr_object_type object = {.undecided = asked};
    const struct tree alone = {.nodes = &object, .n_nodes = 1};

    pass_walk(check, pass, &alone, false, result);
    return object.allowed;
}

/* The same pass for everything. */
COLD static void pass_over_all(const struct check *check, const struct pass *pass, uint32_t asked,
                               tsr_access_result *result)
{
    tree_open(&check->tree, asked);
    pass_walk(check, pass, &check->tree, check->trace, result);
}

/* Find what a pass allows of @asked. */
static void pass_judge(const struct check *check, const struct pass *pass, uint32_t asked,
                       tsr_access_result *result)
{
    if (check->tree.typed || check->trace) {
        pass_over_all(check, pass, asked, result);
    } else {
        check->tree.nodes[0].allowed = pass_over_object(check, pass, asked, result);
    }
}

/* Section 9: the rights that the restricting SIDs must allow as well. */
static uint32_t restricted_rights(const struct check *check)
{
    const tsr_generic_mapping *mapping = check->mapping;

    if (!check->subject->restricting) {
        return 0;
    }
    if (!check->subject->write_restricted) {
        return UINT32_MAX;
    }
    return (mapping->write & ~(mapping->read | mapping->execute)) | ALWAYS_WRITE_RIGHTS;
}

/* One more pass that must allow @asked too; @result changes if it took anything from the root. */
static void pass_intersect(const struct check *check, const struct pass *pass, uint32_t asked,
                           tsr_access_result *result)
{
    const uint32_t before = check->tree.nodes[0].granted;
    tsr_access_result second = *result;

    if (check->trace) {
        trace_pass(check, pass, asked);
    }
    pass_judge(check, pass, asked, &second);
    tree_keep(&check->tree, asked);
    if (check->trace) {
        trace_pass_end(check, pass->kind);
    }
    if (check->tree.nodes[0].granted != before) {
        *result = second;
    }
}

/* The first pass: the user and the groups. */
static void pass_normal(const struct check *check, const struct pass *pass, uint32_t wanted,
                        uint32_t supplied, tsr_access_result *result)
{
    if (check->trace) {
        trace_pass(check, pass, wanted);
    }
    if (wanted) {
        pass_judge(check, pass, wanted, result);
    } else {
        tree_open(&check->tree, 0);
        result_set(result, TSR_RULE_PRIVILEGE, TSR_PASS_NORMAL, 0);
    }
    tree_grant(&check->tree, supplied);
    if (check->trace) {
        trace_pass_end(check, pass->kind);
    }
}

/* The passes of tokens that are restricted or contained, and of requests with types or a sink. */
OUT_OF_LINE static void all_passes(const struct check *check, const struct pass *normal,
                                   uint32_t wanted, uint32_t supplied, tsr_access_result *result)
{
    const struct subject *subject = check->subject;
    uint32_t granted;
    uint32_t doubly;

    pass_normal(check, normal, wanted, supplied, result);
    granted = check->tree.nodes[0].granted;
    if (!check->result_list && wanted & check->required & ~granted) {
        return; /* Denied already: no further pass adds to what is granted. */
    }

    doubly = wanted & restricted_rights(check);
    if (doubly) {
        const struct pass restricted = {.sids = subject->restricting,
                                        .device_sids = subject->restricting_device_sids,
                                        .kind = TSR_PASS_RESTRICTED};

        pass_intersect(check, &restricted, check->result_list ? doubly : doubly & granted, result);
    }

    /* Section 10: neither privileges nor ownership count for packages. */
    if (subject->packages) {
        const struct pass packages = {.sids = subject->packages,
                                      .device_sids = subject->device_sids,
                                      .kind = TSR_PASS_PACKAGE};

        pass_intersect(check, &packages, wanted | supplied, result);
    }
}

void passes_judge(const struct check *check, uint32_t wanted, uint32_t supplied,
                  tsr_access_result *ret_result)
{
    const struct subject *subject = check->subject;
    const struct pass normal = {
        .sids = subject->sids, .device_sids = subject->device_sids, .kind = TSR_PASS_NORMAL};

    if (!wanted || subject->restricting || subject->packages || check->tree.typed || check->trace) {
        all_passes(check, &normal, wanted, supplied, ret_result);
        return;
    }
    check->tree.nodes[0].granted = pass_over_object(check, &normal, wanted, ret_result) | supplied;
}
