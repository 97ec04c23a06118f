/* SPDX-License-Identifier: MIT */
/*
 * The access check.
 *
 * Denial is the initial state and one loop walks the DACL: MAXIMUM_ALLOWED, object types,
 * restricting SIDs and AppContainers are parameters of it. The first ACE that speaks about a right
 * of a node decides it, so a request is granted when every right it needs was decided by an allow.
 * Without an object-type list there is one node, the object itself.
 *
 * Sections cited are those of the project's access-check specification.
 */

#include "sec/access.h"

#include <string.h>

#include <tessera/privilege.h>

#include "base/bytes.h"
#include "base/check.h"
#include "sec/ace.h"
#include "sec/mandatory.h"
#include "sec/object-tree.h"

#define OWNER_IMPLICIT_RIGHTS (READ_CONTROL | WRITE_DAC)

/* The rights of a write-restricted token that its restricting SIDs must also allow (section 9). */
#define ALWAYS_WRITE_RIGHTS (DELETE | WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY)

static const uint8_t sid_principal_self[] = {1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0};
static const uint8_t sid_owner_rights[] = {1, 1, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0};

/* Section 12, for a policy nobody knows: (A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;OW). */
static const uint8_t recovery_acl[] = {
    2, 0, 72, 0, 3, 0, 0, 0,                                                      /* ACL */
    0, 0, 24, 0, 0, 0, 0, 0x10, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0, /* BA */
    0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,              /* SY */
    0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 3, 4,  0, 0, 0,              /* OW */
};

/* One check in progress. */
struct check {
    const struct subject *subject;
    const tsr_sd *sd;
    const tsr_acl *dacl; /* the descriptor's, or a central rule's */
    const tsr_generic_mapping *mapping;
    const uint8_t *self; /* encoded stand-in for PRINCIPAL_SELF; NULL: none */
    uint32_t required;   /* rights asked for by name: a deny of one ends the walk */
    bool result_list;
    struct tree tree;
};

/* The SIDs that one walk over the DACL goes by. */
struct pass {
    const struct sid_set *sids;
    const struct sid_set *device_sids;
    bool of_packages; /* section 10: no object ACE allows, no owner, and no DACL gives nothing */
};

/* What decided the root. */
struct verdict {
    tsr_access_rule rule;
    uint32_t ace_index;
};

static bool sid_is(const uint8_t *sid, const uint8_t known[12])
{
    return sid[1] == 1 && memcmp(sid, known, 12) == 0;
}

/* Section 8: whom an ACE means, after the two substitutions. NULL: nobody. */
ALWAYS_INLINE const uint8_t *ace_subject(const struct check *check, const uint8_t *sid)
{
    if (sid_is(sid, sid_owner_rights)) {
        return check->sd->owner;
    }
    if (check->self && sid_is(sid, sid_principal_self)) {
        return check->self;
    }
    return sid;
}

ALWAYS_INLINE uint8_t ace_matches(const struct check *check, const struct pass *pass,
                                  const uint8_t *sid)
{
    const uint8_t *subject = ace_subject(check, sid);

    return subject ? sid_set_matches(pass->sids, subject) : 0;
}

static enum effect allow_if(uint8_t matches)
{
    return matches & SID_MATCHES_ALLOW ? EFFECT_ALLOW : EFFECT_NONE;
}

static enum effect deny_if(uint8_t matches)
{
    return matches & SID_MATCHES_DENY ? EFFECT_DENY : EFFECT_NONE;
}

/* Section 8: a conditional allow applies when TRUE, a conditional deny when TRUE or UNKNOWN. */
static bool condition_applies(const struct check *check, const struct pass *pass,
                              const uint8_t *ace, const uint8_t *sid, bool for_allow)
{
    /* Section 9: Member_of is about the user SIDs of a pass; packages bring none of their own. */
    const struct sid_set *sids = pass->of_packages ? check->subject->sids : pass->sids;
    const struct condition_context context =
        subject_context(check->subject, check->sd, sids, pass->device_sids, for_allow);
    enum truth truth;
    const uint8_t *data;
    size_t n_data;

    data = ace_data(ace, sid, &n_data);
    truth = condition_evaluate(data, n_data, &context);
    return for_allow ? truth == TRUTH_TRUE : truth != TRUTH_FALSE;
}

/* An allow or deny ACE with its SID at @sid, conditional or not. */
ALWAYS_INLINE enum effect plain_effect(const struct check *check, const struct pass *pass,
                                       const uint8_t *ace, const uint8_t *sid, bool allows,
                                       bool conditional)
{
    const uint8_t matches = ace_matches(check, pass, sid);
    const enum effect effect = allows ? allow_if(matches) : deny_if(matches);

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

    return allow_if(ace_matches(check, pass, server) & ace_matches(check, pass, client));
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

    if (allows && (pass->of_packages || (type && !check->tree.typed))) {
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

/* Section 8: what this ACE means for these SIDs. Every type is named; unknown numbers do nothing.
 */
static enum effect ace_effect(const struct check *check, const struct pass *pass,
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

/* Whether nothing that matters is left to decide. */
ALWAYS_INLINE bool is_settled(const struct check *check)
{
    const struct tree *tree = &check->tree;

    if (!check->result_list) {
        return tree->nodes[0].undecided == 0;
    }
    for (size_t i = 0; i < tree->n_nodes; i++) {
        if (tree->nodes[i].undecided != 0) {
            return false;
        }
    }
    return true;
}

/* The SID an ACE names in the DACL; NULL for types that are not about access. */
static const uint8_t *access_ace_sid(const uint8_t *ace)
{
    if (ace[0] == ACCESS_ALLOWED_ACE_TYPE || ace[0] == ACCESS_DENIED_ACE_TYPE ||
        ace[0] == ACCESS_ALLOWED_CALLBACK_ACE_TYPE || ace[0] == ACCESS_DENIED_CALLBACK_ACE_TYPE) {
        return ace + ACE_BASIC_SID;
    }
    if (ace[0] == ACCESS_ALLOWED_OBJECT_ACE_TYPE || ace[0] == ACCESS_DENIED_OBJECT_ACE_TYPE ||
        ace[0] == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
        ace[0] == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE) {
        return object_ace_sid(ace);
    }
    if (ace[0] == ACCESS_ALLOWED_COMPOUND_ACE_TYPE) {
        return ace + ACE_COMPOUND_SID + tsr_encoded_sid_size(ace + ACE_COMPOUND_SID);
    }
    return NULL;
}

/* Section 7: any effective ACE for OWNER RIGHTS, whatever its mask, ends the implicit grant. */
static bool dacl_names_owner_rights(const tsr_acl *dacl)
{
    const uint8_t *ace = acl_first(dacl);
    const uint8_t *sid;

    for (size_t i = 0; i < dacl->n_aces; i++, ace = ace_after(ace)) {
        sid = access_ace_sid(ace);
        if (sid && !(ace[1] & INHERIT_ONLY_ACE) && sid_is(sid, sid_owner_rights)) {
            return true;
        }
    }
    return false;
}

/* Section 7: what the owner has unnamed. Each pass asks its own SIDs whether the caller owns. */
static uint32_t owner_rights(const struct check *check, const struct pass *pass)
{
    const uint8_t *owner = check->sd->owner;

    if (pass->of_packages || !owner || !check->dacl->bytes ||
        !(sid_set_matches(pass->sids, owner) & SID_MATCHES_ALLOW) ||
        dacl_names_owner_rights(check->dacl)) {
        return 0;
    }
    return OWNER_IMPLICIT_RIGHTS;
}

/* Sections 5, 8: judge what is undecided of every node by the DACL and one set of SIDs. */
static struct verdict dacl_walk(struct check *check, const struct pass *pass)
{
    struct verdict verdict = {.rule = TSR_RULE_END_OF_DACL};
    const struct tree *tree = &check->tree;
    const uint8_t *ace = acl_first(check->dacl);
    enum effect effect;
    uint32_t rights;
    size_t node;

    if (!ace) {
        /* Section 8: no DACL, or the NULL DACL; section 10: it gives packages nothing. */
        if (!pass->of_packages) {
            (void)tree_decide(tree, 0, UINT32_MAX, EFFECT_ALLOW);
            verdict.rule = TSR_RULE_NO_DACL;
        }
        return verdict;
    }

    for (uint32_t i = 0; i < check->dacl->n_aces && !is_settled(check); i++, ace = ace_after(ace)) {
        if (ace[1] & INHERIT_ONLY_ACE) {
            continue;
        }
        node = 0;
        effect = ace_effect(check, pass, ace, &node);
        if (effect == EFFECT_NONE) {
            continue;
        }
        /* Section 7: no ACE grants ACCESS_SYSTEM_SECURITY, in the pass of packages either. */
        rights =
            tsr_map_generic(load_le32(ace + ACE_MASK), check->mapping) & ~ACCESS_SYSTEM_SECURITY;
        rights = tree_decide(tree, node, rights, effect);
        if (rights == 0) {
            continue;
        }
        verdict.ace_index = i;
        verdict.rule = effect == EFFECT_ALLOW ? TSR_RULE_ALLOW_ACE : TSR_RULE_DENY_ACE;
        if (effect == EFFECT_DENY && rights & check->required && !check->result_list) {
            return verdict;
        }
    }
    if (!is_settled(check)) {
        verdict.rule = TSR_RULE_END_OF_DACL;
    }
    return verdict;
}

/* Sections 7, 8: one pass over what is undecided, by the owner's implicit rights and then the DACL.
 */
static struct verdict pass_judge(struct check *check, const struct pass *pass)
{
    const uint32_t owned =
        check->tree.nodes[0].undecided & OWNER_IMPLICIT_RIGHTS ? owner_rights(check, pass) : 0;

    if (owned) {
        (void)tree_decide(&check->tree, 0, owned, EFFECT_ALLOW);
        if (is_settled(check)) {
            return (struct verdict){.rule = TSR_RULE_OWNER};
        }
    }
    return dacl_walk(check, pass);
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

/* One more pass that must allow @asked too. @return whether it took anything from the root */
static bool pass_intersect(struct check *check, const struct pass *pass, uint32_t asked,
                           struct verdict *verdict)
{
    const uint32_t before = check->tree.nodes[0].granted;
    struct verdict second;

    tree_open(&check->tree, asked);
    second = pass_judge(check, pass);
    tree_keep(&check->tree, asked);
    if (check->tree.nodes[0].granted == before) {
        return false;
    }
    *verdict = second;
    return true;
}

/* Sections 8-10: the normal pass on @wanted, and the intersections; @supplied is given by
 * privilege. */
static struct verdict passes_judge(struct check *check, uint32_t wanted, uint32_t supplied,
                                   tsr_access_pass *ret_pass)
{
    const struct subject *subject = check->subject;
    const struct pass normal = {.sids = subject->sids, .device_sids = subject->device_sids};
    const struct pass restricted = {.sids = subject->restricting,
                                    .device_sids = subject->restricting_device_sids};
    const struct pass packages = {
        .sids = subject->packages, .device_sids = subject->device_sids, .of_packages = true};
    const uint32_t doubly = wanted & restricted_rights(check);
    struct verdict verdict = {.rule = TSR_RULE_PRIVILEGE};

    *ret_pass = TSR_PASS_NORMAL;
    tree_open(&check->tree, wanted);
    if (wanted) {
        verdict = pass_judge(check, &normal);
    }
    for (size_t i = 0; i < check->tree.n_nodes; i++) {
        check->tree.nodes[i].granted = check->tree.nodes[i].allowed | supplied;
    }
    if (!check->result_list && wanted & check->required & ~check->tree.nodes[0].granted) {
        return verdict;
    }
    if (doubly &&
        pass_intersect(check, &restricted,
                       check->result_list ? doubly : doubly & check->tree.nodes[0].granted,
                       &verdict)) {
        *ret_pass = TSR_PASS_RESTRICTED;
    }

    /* Section 10: neither privileges nor ownership count for packages. */
    if (subject->packages && pass_intersect(check, &packages, wanted | supplied, &verdict)) {
        *ret_pass = TSR_PASS_PACKAGE;
    }
    return verdict;
}

/* Section 12: one rule of a central policy is the same question to another DACL, without types. */
static uint32_t rule_grants(const struct check *check, const tsr_central_rule *rule,
                            uint32_t wanted, uint32_t supplied)
{
    tsr_object_type root = {0};
    struct check copy = *check;
    tsr_access_pass pass;

    copy.dacl = &rule->dacl;
    copy.tree = (struct tree){.nodes = &root, .n_nodes = 1};
    (void)passes_judge(&copy, wanted, supplied, &pass);
    return root.granted;
}

/* Section 12: rules apply by resource attributes; nobody has claims here. */
static bool rule_applies(const struct check *check, const tsr_central_rule *rule)
{
    const struct condition_context about_resource = {
        .sids = check->subject->sids, .sacl = &check->sd->sacl, .for_allow = true};

    return !rule->applies_to ||
           condition_evaluate(rule->applies_to, rule->n_applies_to, &about_resource) == TRUTH_TRUE;
}

/* What the object's central policy, if it names one that counts, leaves of @wanted. */
static uint32_t policy_grants(const struct check *check, const struct access_request *request,
                              uint32_t wanted, uint32_t supplied)
{
    const tsr_central_rule recovery = {
        .dacl = {.bytes = recovery_acl, .size = sizeof(recovery_acl), .n_aces = 3}};
    const uint8_t *ace = sacl_find(&check->sd->sacl, SYSTEM_SCOPED_POLICY_ID_ACE_TYPE);
    uint32_t granted = UINT32_MAX;
    tsr_sid sid;

    if (!ace || request->n_policies == 0 ||
        tsr_failed(tsr_sid_decode(ace + ACE_BASIC_SID, TSR_SID_SIZE_MAX, &sid, NULL))) {
        return granted;
    }
    for (size_t i = 0; i < request->n_policies; i++) {
        const tsr_central_policy *policy = &request->policies[i];

        if (!tsr_sid_equal(&policy->sid, &sid)) {
            continue;
        }
        for (size_t j = 0; j < policy->n_rules; j++) {
            if (rule_applies(check, &policy->rules[j])) {
                granted &= rule_grants(check, &policy->rules[j], wanted, supplied);
            }
        }
        return granted;
    }
    return rule_grants(check, &recovery, wanted, supplied);
}

/* Let one privilege supply rights of @wanted that nothing has supplied yet. */
static void privilege_supply(const struct subject *subject, tsr_privilege privilege,
                             uint32_t rights, uint32_t wanted, uint32_t *granted, uint64_t *used)
{
    const uint32_t supplied = rights & wanted & ~*granted;

    if (supplied != 0 && subject->privileges & TSR_PRIVILEGE_BIT(privilege)) {
        *granted |= supplied;
        *used |= TSR_PRIVILEGE_BIT(privilege);
    }
}

/* Section 7: what privileges give, outside both passes. */
static uint32_t privilege_rights(const struct subject *subject,
                                 const struct access_request *request, uint32_t wanted,
                                 uint64_t *ret_used)
{
    const uint32_t backup =
        READ_CONTROL | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_READ | FILE_TRAVERSE;
    const uint32_t restore = WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_WRITE |
                             FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | DELETE;
    uint32_t granted = 0;

    *ret_used = 0;
    privilege_supply(subject, SE_SECURITY_PRIVILEGE, ACCESS_SYSTEM_SECURITY, wanted, &granted,
                     ret_used);
    privilege_supply(subject, SE_TAKE_OWNERSHIP_PRIVILEGE, WRITE_OWNER, wanted, &granted, ret_used);
    privilege_supply(subject, SE_RELABEL_PRIVILEGE, WRITE_OWNER, wanted, &granted, ret_used);
    if (request->backup_intent) {
        privilege_supply(subject, SE_BACKUP_PRIVILEGE, backup, wanted, &granted, ret_used);
    }
    if (request->restore_intent) {
        privilege_supply(subject, SE_RESTORE_PRIVILEGE, restore, wanted, &granted, ret_used);
    }
    return granted;
}

/* A refusal: the one shape every denied check has. */
static tsr_access_result denied(uint32_t code, tsr_access_rule rule, uint32_t missing)
{
    return (tsr_access_result){.status = tsr_status_of(code), .rule = rule, .missing = missing};
}

/* Whether what was granted answers the request. */
static bool is_enough(uint32_t desired, uint32_t specific, uint32_t granted)
{
    return (specific & ~granted) == 0 && (desired == 0 || granted != 0);
}

/* Section 12: whether the descriptor itself granted access, to any node that has its own answer. */
static bool is_any_enough(const struct check *check, uint32_t desired, uint32_t specific)
{
    const size_t n_answers = check->result_list ? check->tree.n_nodes : 1;

    for (size_t i = 0; i < n_answers; i++) {
        if (is_enough(desired, specific, check->tree.nodes[i].granted)) {
            return true;
        }
    }
    return false;
}

/* Say of every node of a result list how it ended. */
static void nodes_answer(const struct check *check, const struct access_request *request,
                         uint32_t desired, uint32_t specific)
{
    for (size_t i = 0; i < check->tree.n_nodes; i++) {
        tsr_object_type *node = &check->tree.nodes[i];
        const bool enough = is_enough(desired, specific, node->granted);

        node->status = enough ? TSR_OK : tsr_status_of(STATUS_ACCESS_DENIED);
        node->granted |= enough ? request->previously_granted : 0;
    }
}

/* The same answer for every node: none got as far as the DACL. */
static tsr_access_result all_denied(const struct check *check, uint32_t code, tsr_access_rule rule,
                                    uint32_t missing)
{
    for (size_t i = 0; i < check->tree.n_nodes; i++) {
        check->tree.nodes[i].status = tsr_status_of(code);
        check->tree.nodes[i].granted = 0;
    }
    return denied(code, rule, missing);
}

tsr_access_result access_check(const struct subject *subject, const tsr_sd *sd,
                               const struct access_request *request)
{
    const uint32_t desired = tsr_map_generic(request->desired, &request->mapping);
    const uint32_t specific = desired & ~MAXIMUM_ALLOWED;
    const bool maximum = desired & MAXIMUM_ALLOWED;
    /* Section 5: under MAXIMUM_ALLOWED all that the type has is wanted, besides what was named. */
    const uint32_t asked =
        specific | (maximum ? request->mapping.all & ~ACCESS_SYSTEM_SECURITY : 0);
    const uint32_t possible = asked | (maximum ? WRITE_OWNER : 0);
    tsr_object_type object = {0};
    struct check check = {
        .subject = subject,
        .sd = sd,
        .dacl = &sd->dacl,
        .mapping = &request->mapping,
        .required = specific,
        .result_list = request->result_list && request->n_nodes > 0,
        .tree = {.nodes = request->n_nodes ? request->nodes : &object,
                 .n_nodes = request->n_nodes ? request->n_nodes : 1,
                 .typed = request->n_nodes > 0},
    };
    struct verdict verdict = {.rule = TSR_RULE_NONE};
    tsr_access_pass pass = TSR_PASS_NORMAL;
    uint8_t self[TSR_SID_SIZE_MAX];
    uint64_t privileges_used;
    tsr_access_rule refusal;
    uint32_t permitted;
    uint32_t supplied;
    uint32_t granted;
    uint32_t open;
    size_t size;

    if (!is_tree(&check.tree)) {
        return all_denied(&check, STATUS_INVALID_PARAMETER, TSR_RULE_NONE, 0);
    }
    if (request->principal_self &&
        tsr_ok(tsr_sid_encode(request->principal_self, self, sizeof(self), &size))) {
        check.self = self;
    }

    /* Section 4.1: asking for nothing yields what was granted before, or a refusal. */
    if (desired == 0 && request->previously_granted == 0) {
        return all_denied(&check, STATUS_ACCESS_DENIED, TSR_RULE_NONE, 0);
    }

    refusal = mandatory_refusal(subject, sd, &request->mapping, specific, possible, &permitted);
    if (refusal != TSR_RULE_NONE) {
        return all_denied(&check, STATUS_ACCESS_DENIED, refusal, specific & ~permitted);
    }

    supplied = privilege_rights(subject, request, possible & permitted, &privileges_used);
    open = asked & permitted & ~supplied;
    if (open & ACCESS_SYSTEM_SECURITY) {
        return all_denied(&check, STATUS_PRIVILEGE_NOT_HELD, TSR_RULE_PRIVILEGE_NOT_HELD,
                          ACCESS_SYSTEM_SECURITY);
    }
    tree_limit(&check.tree, 0); /* The caller's nodes hold anything until now. */
    if ((open | supplied) != 0) {
        verdict = passes_judge(&check, open, supplied, &pass);
    }
    granted = check.tree.nodes[0].granted;
    if (is_any_enough(&check, desired, specific)) {
        const uint32_t limit = policy_grants(&check, request, open, supplied);

        tree_limit(&check.tree, limit);
        if (granted & ~limit) {
            verdict = (struct verdict){.rule = TSR_RULE_CENTRAL_POLICY};
        }
        granted &= limit;
    }
    nodes_answer(&check, request, desired, specific);

    if (!is_enough(desired, specific, granted)) {
        return (tsr_access_result){
            .status = tsr_status_of(STATUS_ACCESS_DENIED),
            .rule = verdict.rule,
            .pass = pass,
            .ace_index = verdict.ace_index,
            .missing = specific & ~granted,
        };
    }
    return (tsr_access_result){
        .status = TSR_OK,
        .granted = granted | request->previously_granted,
        .privileges_used = privileges_used,
        .rule = verdict.rule,
        .pass = pass,
        .ace_index = verdict.ace_index,
    };
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
