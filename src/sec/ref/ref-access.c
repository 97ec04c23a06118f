/* SPDX-License-Identifier: MIT */
/* The access check, slow and literal: one function for each section of access-check.md. */

#include "sec/ref/ref-access.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/privilege.h>
#include <tessera/token.h>

#include "sec/ref/ref-ace.h"

static const tsr_sid owner_rights = {3, 1, {4}};

/* 7. Those that give rights. */
static const tsr_privilege privileges[] = {SE_SECURITY_PRIVILEGE, SE_TAKE_OWNERSHIP_PRIVILEGE,
                                           SE_RELABEL_PRIVILEGE, SE_BACKUP_PRIVILEGE,
                                           SE_RESTORE_PRIVILEGE};

#define N_PRIVILEGES (sizeof(privileges) / sizeof(privileges[0]))

/* 8.1: every node keeps its own remaining mask. */
struct node_state {
    uint32_t remaining; /* neither allowed nor denied */
    uint32_t allowed;
};

enum pass {
    PASS_NORMAL,
    PASS_RESTRICTED,
    PASS_PACKAGE,
};

/* One check, or one rule of a central policy. */
struct check {
    const struct ref_subject *subject;
    const tsr_sd *sd;
    const struct ref_request *request;
    bool has_nodes;     /* of the request */
    size_t n_nodes;     /* at least one: without a list there is a root and nothing else */
    bool is_max;        /* 5 */
    uint32_t required;  /* asked for by name */
    uint32_t permitted; /* 6 */
    uint32_t by_privilege;
    uint32_t given[N_PRIVILEGES]; /* by each of them, before what is permitted */
    struct ref_node *answers;     /* n_nodes */
};

static bool has_privilege(const struct check *check, tsr_privilege privilege)
{
    return check->subject->privileges >> privilege & 1;
}

/* The first ACE of a type in the SACL that is not inherit-only. */
static bool first_in_sacl(const tsr_sd *sd, tsr_ace_type type, tsr_ace *ret_ace)
{
    size_t offset = 0;

    while (sd->has_sacl && sd->sacl.bytes && tsr_acl_next(&sd->sacl, &offset, ret_ace)) {
        if (ret_ace->type == type && !(ret_ace->flags & INHERIT_ONLY_ACE)) {
            return true;
        }
    }
    return false;
}

/* 6.1 Process trust label. */
static uint32_t permitted_by_trust(const struct check *check)
{
    tsr_ace ace;
    tsr_sid label;

    if (!first_in_sacl(check->sd, SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, &ace)) {
        return UINT32_MAX;
    }
    label = ref_sid_of_ace(&ace);
    if (label.authority != 19 || label.n_sub_authorities != 2) {
        return 0; /* docs/conformance.md: malformed permits nothing */
    }
    if (check->subject->trust_type >= label.sub_authorities[0] &&
        check->subject->trust_level >= label.sub_authorities[1]) {
        return UINT32_MAX;
    }
    /* docs/conformance.md: ACCESS_SYSTEM_SECURITY is no exception. */
    return ref_map(ace.mask, &check->request->mapping);
}

/* 6.2 Access filters. */
static uint32_t permitted_by_filters(const struct check *check)
{
    const struct ref_subject *subject = check->subject;
    const tsr_sd *sd = check->sd;
    const struct ref_context context =
        ref_context_of(subject, sd, subject->sids, subject->device_sids, true);
    uint32_t permitted = UINT32_MAX;
    size_t offset = 0;
    tsr_ace ace;

    while (sd->has_sacl && sd->sacl.bytes && tsr_acl_next(&sd->sacl, &offset, &ace)) {
        if (ace.type != SYSTEM_ACCESS_FILTER_ACE_TYPE || ace.flags & INHERIT_ONLY_ACE) {
            continue;
        }
        if (ref_condition(ace.data, ace.n_data, &context) != REF_TRUE) {
            permitted &= ref_map(ace.mask, &check->request->mapping) | ACCESS_SYSTEM_SECURITY;
        }
    }
    return permitted;
}

/* 6.3 What remains to a caller who does not dominate. */
static uint32_t below_label(const tsr_generic_mapping *mapping, uint32_t policy)
{
    const bool no_write = policy & SYSTEM_MANDATORY_LABEL_NO_WRITE_UP;
    const bool no_read = policy & SYSTEM_MANDATORY_LABEL_NO_READ_UP;
    const bool no_execute = policy & SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP;
    const uint32_t r = mapping->read | READ_CONTROL;
    const uint32_t x = (mapping->execute & ~mapping->read) | SYNCHRONIZE;
    const uint32_t w = mapping->write | DELETE | WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY;
    uint32_t start = mapping->read | mapping->execute | SYNCHRONIZE | READ_CONTROL;

    if (!no_write && !no_read && !no_execute) {
        return mapping->all; /* "Policy 0 permits A." */
    }
    if (!no_write) {
        start |= mapping->all;
    }
    if (no_read) {
        start &= ~(r & ~((no_execute ? 0 : x) | (no_write ? 0 : w)));
    }
    if (no_execute) {
        start &= ~(x & ~((no_read ? 0 : r) | (no_write ? 0 : w)));
    }
    if (no_write) {
        start &= ~(w & ~((no_read ? 0 : r) | (no_execute ? 0 : x)));
    }
    return start;
}

/* 6.3 Integrity. */
static uint32_t permitted_by_integrity(const struct check *check)
{
    const struct ref_subject *subject = check->subject;
    tsr_sid label = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    uint32_t policy = SYSTEM_MANDATORY_LABEL_NO_WRITE_UP;
    uint32_t permitted;
    tsr_ace ace;

    if (!subject->has_integrity || !(subject->mandatory_policy & TSR_POLICY_NO_WRITE_UP)) {
        return UINT32_MAX;
    }
    if (first_in_sacl(check->sd, SYSTEM_MANDATORY_LABEL_ACE_TYPE, &ace)) {
        label = ref_sid_of_ace(&ace);
        policy = ace.mask;
    }
    if (label.authority != 16 || label.n_sub_authorities == 0) {
        return 0; /* docs/conformance.md: malformed permits nothing */
    }
    /* 1.1: "if B has more sub-authorities than A, no; otherwise compare the first". */
    if (label.n_sub_authorities <= subject->integrity.n_sub_authorities &&
        subject->integrity.sub_authorities[0] >= label.sub_authorities[0]) {
        return UINT32_MAX;
    }
    if (subject->is_package && label.sub_authorities[0] <= TSR_INTEGRITY_MEDIUM) {
        return UINT32_MAX;
    }
    permitted = below_label(&check->request->mapping, policy);
    if (has_privilege(check, SE_RELABEL_PRIVILEGE)) {
        permitted |= WRITE_OWNER;
    }
    return permitted;
}

/* 7. What a privilege gives, of all that could come of the request. */
static uint32_t given_by(const struct check *check, tsr_privilege privilege, uint32_t possible)
{
    /* "Under MAX add WRITE_OWNER": whichever privilege gives it, and whatever the type has. */
    const uint32_t with_owner = possible | (check->is_max ? WRITE_OWNER : 0);

    if (!has_privilege(check, privilege)) {
        return 0;
    }
    if (privilege == SE_SECURITY_PRIVILEGE) {
        return check->required & ACCESS_SYSTEM_SECURITY; /* 5: "only if explicitly requested" */
    }
    if (privilege == SE_TAKE_OWNERSHIP_PRIVILEGE || privilege == SE_RELABEL_PRIVILEGE) {
        return WRITE_OWNER & (check->is_max ? UINT32_MAX : check->required);
    }
    if (privilege == SE_BACKUP_PRIVILEGE && check->request->backup_intent) {
        return with_owner &
               (READ_CONTROL | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_READ | FILE_TRAVERSE);
    }
    if (privilege == SE_RESTORE_PRIVILEGE && check->request->restore_intent) {
        return with_owner & (WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_WRITE |
                             FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | DELETE);
    }
    return 0;
}

/* "Record the privilege as used only if it supplied a bit": the first to give it does. */
static void ask_privileges(struct check *check, uint32_t possible)
{
    check->by_privilege = 0;
    for (size_t i = 0; i < N_PRIVILEGES; i++) {
        check->given[i] = given_by(check, privileges[i], possible) & ~check->by_privilege;
        check->by_privilege |= check->given[i];
    }
    check->by_privilege &= check->permitted;
}

/* 13: "when they supplied a bit that survived". */
static uint64_t suppliers_of(const struct check *check, uint32_t granted)
{
    uint64_t used = 0;

    for (size_t i = 0; i < N_PRIVILEGES; i++) {
        used |= check->given[i] & granted ? TSR_PRIVILEGE_BIT(privileges[i]) : 0;
    }
    return used;
}

static bool is_allow(uint8_t type)
{
    return type == ACCESS_ALLOWED_ACE_TYPE || type == ACCESS_ALLOWED_OBJECT_ACE_TYPE ||
           type == ACCESS_ALLOWED_CALLBACK_ACE_TYPE ||
           type == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
           type == ACCESS_ALLOWED_COMPOUND_ACE_TYPE;
}

static bool is_deny(uint8_t type)
{
    return type == ACCESS_DENIED_ACE_TYPE || type == ACCESS_DENIED_OBJECT_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

static bool has_object_layout(uint8_t type)
{
    return type == ACCESS_ALLOWED_OBJECT_ACE_TYPE || type == ACCESS_DENIED_OBJECT_ACE_TYPE ||
           type == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

static bool is_callback(uint8_t type)
{
    return type == ACCESS_ALLOWED_CALLBACK_ACE_TYPE || type == ACCESS_DENIED_CALLBACK_ACE_TYPE ||
           type == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

/* 7: "unless the DACL has a non-IO ACE (allow or deny) for OWNER RIGHTS". */
static bool names_owner_rights(const tsr_sd *sd)
{
    size_t offset = 0;
    tsr_ace ace;

    while (sd->has_dacl && sd->dacl.bytes && tsr_acl_next(&sd->dacl, &offset, &ace)) {
        tsr_sid sid;

        if (ace.flags & INHERIT_ONLY_ACE || (!is_allow(ace.type) && !is_deny(ace.type))) {
            continue;
        }
        sid = ref_sid_of_ace(&ace);
        if (ref_same_sid(&sid, &owner_rights)) {
            return true;
        }
    }
    return false;
}

/* 7. The owner's implicit rights; by docs/conformance.md each pass asks its own SIDs. */
static uint32_t given_to_owner(const struct check *check, enum pass pass, struct ref_sids sids)
{
    const tsr_sid owner = ref_owner_of(check->sd);

    if (pass == PASS_PACKAGE || !check->sd->owner || !ref_matches(sids, &owner, true) ||
        names_owner_rights(check->sd)) {
        return 0;
    }
    return READ_CONTROL | WRITE_DAC;
}

static bool ace_matches(const struct check *check, const tsr_ace *ace, struct ref_sids sids,
                        bool for_allow)
{
    const tsr_sid sid = ref_resolved(check->request, check->sd, ref_sid_of_ace(ace));
    tsr_sid server = {0};

    if (!ref_matches(sids, &sid, for_allow)) {
        return false;
    }
    if (ace->type != ACCESS_ALLOWED_COMPOUND_ACE_TYPE) {
        return true;
    }
    (void)ref_sid_read(ace->server_sid, (size_t)(ace->sid - ace->server_sid), &server);
    server = ref_resolved(check->request, check->sd, server);
    return ref_matches(sids, &server, true);
}

/*
 * "Conditional allow applies only if TRUE; conditional deny applies if TRUE or UNKNOWN."
 * 9: "in Member_of the user SIDs of the pass being run are used; device SIDs use the restricted
 * device groups"; packages are not user SIDs.
 */
static bool ace_applies(const struct check *check, enum pass pass, const tsr_ace *ace,
                        bool for_allow)
{
    const struct ref_subject *subject = check->subject;
    const bool restricted = pass == PASS_RESTRICTED;
    const struct ref_context context = ref_context_of(
        subject, check->sd, restricted ? subject->restricting : subject->sids,
        restricted ? subject->restricting_device_sids : subject->device_sids, for_allow);
    enum ref_truth truth;

    if (!is_callback(ace->type)) {
        return true;
    }
    truth = ref_condition(ace->data, ace->n_data, &context);
    return truth == REF_TRUE || (truth == REF_UNKNOWN && !for_allow);
}

/* The first node after @node that does not belong to its subtree. */
static size_t end_of_subtree(const struct check *check, size_t node)
{
    size_t end = node + 1;

    while (end < check->n_nodes &&
           check->request->nodes[end].level > check->request->nodes[node].level) {
        end++;
    }
    return end;
}

static bool is_ancestor(const struct check *check, size_t ancestor, size_t node)
{
    return ancestor < node && node < end_of_subtree(check, ancestor);
}

static void allow_subtree(const struct check *check, struct node_state *nodes, size_t node,
                          uint32_t mask)
{
    const size_t end = check->has_nodes ? end_of_subtree(check, node) : 1;

    for (size_t i = node; i < end; i++) {
        nodes[i].allowed |= nodes[i].remaining & mask;
        nodes[i].remaining &= ~mask;
    }
}

/* "A parent's bit is satisfied once all its children have it satisfied, repeated to the root." */
static void satisfy_parents(const struct check *check, struct node_state *nodes)
{
    for (size_t parent = check->n_nodes; parent-- > 0;) {
        const uint16_t level = check->request->nodes[parent].level;
        const size_t end = end_of_subtree(check, parent);
        uint32_t satisfied = UINT32_MAX;

        for (size_t i = parent + 1; i < end; i++) {
            if (check->request->nodes[i].level == level + 1) {
                satisfied &= nodes[i].allowed;
            }
        }
        if (end > parent + 1) {
            nodes[parent].allowed |= nodes[parent].remaining & satisfied;
            nodes[parent].remaining &= ~satisfied;
        }
    }
}

/* "The node, its subtree and its ancestors are denied those bits." */
static void deny_around(const struct check *check, struct node_state *nodes, size_t node,
                        uint32_t mask)
{
    const uint32_t hit = nodes[node].remaining & mask;

    for (size_t i = 0; i < check->n_nodes; i++) {
        if (i == node || is_ancestor(check, i, node)) {
            nodes[i].remaining &= ~hit;
        }
        if (is_ancestor(check, node, i)) {
            nodes[i].remaining &= ~mask;
        }
    }
}

static bool find_node(const struct check *check, const uint8_t *guid, size_t *ret_node)
{
    for (size_t i = 0; check->has_nodes && i < check->n_nodes; i++) {
        if (memcmp(check->request->nodes[i].guid, guid, TSR_GUID_SIZE) == 0) {
            *ret_node = i;
            return true;
        }
    }
    return false;
}

static void do_allow(struct check *check, const tsr_ace *ace, struct node_state *nodes)
{
    /* 7: "The DACL can never grant" ACCESS_SYSTEM_SECURITY. */
    const uint32_t mask =
        ref_map(ace->mask, &check->request->mapping) & ~(uint32_t)ACCESS_SYSTEM_SECURITY;
    size_t node;

    if (!has_object_layout(ace->type) || !ace->object_type) {
        for (size_t i = 0; i < check->n_nodes; i++) {
            nodes[i].allowed |= nodes[i].remaining & mask;
            nodes[i].remaining &= ~mask;
        }
    } else if (find_node(check, ace->object_type, &node)) {
        allow_subtree(check, nodes, node, mask);
        satisfy_parents(check, nodes);
    }
}

static void do_deny(struct check *check, const tsr_ace *ace, struct node_state *nodes)
{
    const uint32_t mask = ref_map(ace->mask, &check->request->mapping);
    size_t node;

    if (!has_object_layout(ace->type) || !ace->object_type || !check->has_nodes) {
        for (size_t i = 0; i < check->n_nodes; i++) {
            nodes[i].remaining &= ~mask;
        }
    } else if (find_node(check, ace->object_type, &node)) {
        deny_around(check, nodes, node, mask);
    }
}

/* 8. DACL pass: bits leave "remaining" by the first decision on them. */
static void dacl_pass(struct check *check, enum pass pass, struct ref_sids sids,
                      struct node_state *nodes)
{
    const tsr_sd *sd = check->sd;
    size_t offset = 0;
    tsr_ace ace;

    if (!sd->has_dacl || !sd->dacl.bytes) {
        for (size_t i = 0; i < check->n_nodes && pass != PASS_PACKAGE; i++) {
            nodes[i].allowed |= nodes[i].remaining & ~(uint32_t)ACCESS_SYSTEM_SECURITY;
            nodes[i].remaining = 0;
        }
        return;
    }
    while (tsr_acl_next(&sd->dacl, &offset, &ace)) {
        if (ace.flags & INHERIT_ONLY_ACE) {
            continue;
        }
        /* 10: "OA ACEs are not matched for packages". */
        if (is_allow(ace.type) && !(pass == PASS_PACKAGE && has_object_layout(ace.type)) &&
            ace_matches(check, &ace, sids, true) && ace_applies(check, pass, &ace, true)) {
            do_allow(check, &ace, nodes);
        }
        if (is_deny(ace.type) && ace_matches(check, &ace, sids, false) &&
            ace_applies(check, pass, &ace, false)) {
            do_deny(check, &ace, nodes);
        }
    }
}

static struct node_state *run_pass(struct check *check, enum pass pass, struct ref_sids sids,
                                   uint32_t asked)
{
    const uint32_t owned = given_to_owner(check, pass, sids) & asked;
    struct node_state *nodes = calloc(check->n_nodes, sizeof(*nodes));

    if (!nodes) {
        abort();
    }
    for (size_t i = 0; i < check->n_nodes; i++) {
        nodes[i].allowed = owned;
        nodes[i].remaining = asked & ~owned;
    }
    dacl_pass(check, pass, sids, nodes);
    return nodes;
}

/* 9. "Second pass only for write bits." */
static uint32_t restricted_bits(const struct check *check)
{
    const tsr_generic_mapping *mapping = &check->request->mapping;

    if (!check->subject->is_write_restricted) {
        return UINT32_MAX;
    }
    return (mapping->write & ~(mapping->read | mapping->execute)) | DELETE | WRITE_DAC |
           WRITE_OWNER | ACCESS_SYSTEM_SECURITY;
}

/* Steps 9 to 11: the passes, joined. */
static void run_passes(struct check *check, uint32_t possible)
{
    const struct ref_subject *subject = check->subject;
    const uint32_t asked = possible & ~check->by_privilege;
    struct node_state *normal = run_pass(check, PASS_NORMAL, subject->sids, asked);
    struct node_state *restricted = run_pass(check, PASS_RESTRICTED, subject->restricting, asked);
    struct node_state *package = run_pass(check, PASS_PACKAGE, subject->packages, possible);

    for (size_t i = 0; i < check->n_nodes; i++) {
        uint32_t granted = normal[i].allowed;

        if (subject->is_restricted) {
            granted &= restricted[i].allowed | ~restricted_bits(check);
        }
        granted |= check->by_privilege;
        if (subject->is_package) {
            granted &= package[i].allowed;
        }
        check->answers[i].granted = granted;
    }
    free(normal);
    free(restricted);
    free(package);
}

/* 5 and 4.1: what a node is told. */
static void conclude(struct check *check, struct ref_node *answer)
{
    bool ok = (answer->granted & check->required) == check->required;

    if (check->is_max) {
        ok = ok && answer->granted != 0;
    } else {
        answer->granted &= check->required;
    }
    answer->status = ok ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

static void refuse_all(struct check *check, uint32_t status)
{
    for (size_t i = 0; i < check->n_nodes; i++) {
        check->answers[i].granted = 0;
        check->answers[i].status = status;
    }
}

/* 4. The order of evaluation, without policies. */
static void evaluate(struct check *check)
{
    uint32_t possible = check->required;
    uint32_t limit = UINT32_MAX;

    if (check->is_max) {
        /* What is asked for by name is judged as it is without MAXIMUM_ALLOWED. */
        limit = check->request->mapping.all | check->required | WRITE_OWNER;
        possible |= check->request->mapping.all & ~(uint32_t)ACCESS_SYSTEM_SECURITY;
    }
    check->permitted = permitted_by_trust(check);
    check->permitted &= permitted_by_filters(check);
    check->permitted &= permitted_by_integrity(check);
    ask_privileges(check, possible);
    if (check->required & ~check->permitted) {
        refuse_all(check, STATUS_ACCESS_DENIED);
        return;
    }
    possible &= check->permitted;
    if (check->required & ~check->by_privilege & ACCESS_SYSTEM_SECURITY) {
        refuse_all(check, STATUS_PRIVILEGE_NOT_HELD);
        return;
    }
    possible |= check->by_privilege;
    run_passes(check, possible);
    for (size_t i = 0; i < check->n_nodes; i++) {
        check->answers[i].granted &= limit;
        conclude(check, &check->answers[i]);
    }
}

/* 12: "recovery policy: full control to BA, SY and OW only". */
static tsr_acl recovery_dacl(void)
{
    static const uint8_t bytes[] = {
        2, 0, 72, 0, 3, 0, 0, 0, /* three ACEs of GENERIC_ALL */
        0, 0, 24, 0, 0, 0, 0, 0x10, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0, /* BA */
        0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,                /* SY */
        0, 0, 20, 0, 0, 0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0, 3, 4,  0, 0, 0,                /* OW */
    };

    return (tsr_acl){bytes, sizeof(bytes), 3};
}

/* For one rule "the same request against a copy of the descriptor with the rule's DACL; no list".
 */
static void apply_dacl(struct check *check, tsr_acl dacl)
{
    struct ref_node answer = {0};
    tsr_sd sd = *check->sd;
    struct check rule = *check;

    sd.has_dacl = true;
    sd.dacl = dacl;
    rule.sd = &sd;
    rule.has_nodes = false;
    rule.n_nodes = 1;
    rule.answers = &answer;
    evaluate(&rule);
    for (size_t i = 0; i < check->n_nodes; i++) {
        check->answers[i].granted &= answer.granted;
        if (check->answers[i].status == STATUS_SUCCESS) {
            conclude(check, &check->answers[i]);
        }
    }
}

/* "For each rule whose AppliesTo is absent or TRUE (resource attributes only)." */
bool ref_rule_applies(const struct ref_rule *rule, const tsr_sd *sd)
{
    const struct ref_context context = {.sacl = &sd->sacl, .for_allow = true};

    return !rule->applies_to.bytes ||
           ref_condition(rule->applies_to.bytes, rule->applies_to.size, &context) == REF_TRUE;
}

/* "Staging: the same computation with proposed DACLs." */
static void apply_rules(struct check *check, const struct ref_policy *policy)
{
    for (size_t i = 0; i < policy->n_rules; i++) {
        const struct ref_rule *rule = &policy->rules[i];
        const bool is_staged = check->request->staged && rule->new_dacl;

        if (ref_rule_applies(rule, check->sd)) {
            apply_dacl(check, is_staged ? *rule->new_dacl : rule->dacl);
        }
    }
}

/* "SP ACE in the SACL: first non-IO." One that is not S-1-17-… is unknown to everybody. */
const struct ref_policy *ref_policy_of(const tsr_sd *sd, const struct ref_request *request)
{
    tsr_ace ace;
    tsr_sid sid;

    if (!first_in_sacl(sd, SYSTEM_SCOPED_POLICY_ID_ACE_TYPE, &ace)) {
        return NULL;
    }
    sid = ref_sid_of_ace(&ace);
    for (size_t i = 0; i < request->n_policies; i++) {
        if (ref_same_sid(&request->policies[i].sid, &sid)) {
            return &request->policies[i];
        }
    }
    return NULL;
}

/* 12. "None configured at all -> ignored. SID unknown -> recovery policy." */
static void apply_policies(struct check *check)
{
    const struct ref_policy *policy = ref_policy_of(check->sd, check->request);
    tsr_ace ace;

    if (check->request->n_policies == 0 ||
        !first_in_sacl(check->sd, SYSTEM_SCOPED_POLICY_ID_ACE_TYPE, &ace)) {
        return;
    }
    if (policy) {
        apply_rules(check, policy);
    } else {
        apply_dacl(check, recovery_dacl());
    }
}

/* 8.1: "preorder; first level 0 and only one level-0 entry; each level at most previous+1". */
static bool list_is_valid(const struct ref_request *request)
{
    for (size_t i = 0; i < request->n_nodes; i++) {
        const uint16_t level = request->nodes[i].level;

        if (i == 0 ? level != 0 : (level == 0 || level > request->nodes[i - 1].level + 1)) {
            return false;
        }
    }
    return true;
}

/* 12: "only after the object's own descriptor has granted access". */
static bool any_granted(const struct check *check)
{
    const size_t n_answers = check->request->result_list ? check->n_nodes : 1;

    for (size_t i = 0; i < n_answers; i++) {
        if (check->answers[i].status == STATUS_SUCCESS) {
            return true;
        }
    }
    return false;
}

struct ref_result ref_access_check(const struct ref_subject *subject, const tsr_sd *sd,
                                   const struct ref_request *request)
{
    const uint32_t desired = ref_map(request->desired, &request->mapping);
    struct ref_node root = {0};
    struct check check = {
        .subject = subject,
        .sd = sd,
        .request = request,
        .has_nodes = request->n_nodes > 0,
        .n_nodes = request->n_nodes > 0 ? request->n_nodes : 1,
        .is_max = desired & MAXIMUM_ALLOWED,
        .required = desired & ~(uint32_t)MAXIMUM_ALLOWED,
        .answers = request->n_nodes > 0 ? request->nodes : &root,
    };
    struct ref_result result = {0};

    if (!list_is_valid(request)) {
        result.status = STATUS_INVALID_PARAMETER;
        return result;
    }
    /* 4.1: desired = 0. */
    if (desired == 0) {
        refuse_all(&check, request->previously_granted ? STATUS_SUCCESS : STATUS_ACCESS_DENIED);
    } else {
        evaluate(&check);
        if (any_granted(&check)) {
            apply_policies(&check);
        }
    }
    result.privileges_supplied = suppliers_of(&check, UINT32_MAX);
    if (check.answers[0].status == STATUS_SUCCESS) {
        result.privileges_used = suppliers_of(&check, check.answers[0].granted);
    }
    for (size_t i = 0; i < check.n_nodes; i++) {
        if (check.answers[i].status == STATUS_SUCCESS) {
            check.answers[i].granted |= request->previously_granted;
        }
    }
    result.status = check.answers[0].status;
    result.granted = result.status == STATUS_SUCCESS ? check.answers[0].granted : 0;
    return result;
}
