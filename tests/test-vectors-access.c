/* SPDX-License-Identifier: MIT */
/*
 * Conformance: access checks, generic mapping, and what mandatory labels leave.
 *
 * Every case is run. One that ends otherwise is listed with the reason; one whose descriptor our
 * SDDL parser refuses disagrees too. Each is judged twice, by sec/access.c and by the oracle,
 * sec/ref, and both must say the same, also of what is to be audited.
 */

#include <support/vectors.h>

#include <support/product.h>
#include <support/vector-token.h>

#include <tessera/privilege.h>
#include <tessera/sddl.h>
#include <tessera/token.h>

#include "base/check.h"
#include "sec/ref/ref-audit.h"

#define N_NODES_MAX 16

/* Which answer of a case is judged. */
enum question {
    QUESTION_ACCESS,
    QUESTION_AUDIT,
};

struct access_run {
    struct vector_run run;
    enum question question;
    size_t n_unread;        /* whose SDDL is refused */
    size_t n_unencoded;     /* with a claim that no token can hold */
    size_t n_events;        /* audit records that are stated */
    size_t n_disagreements; /* of the check and its oracle */
};

/* A token of a vector. */
struct made_subject {
    struct ref_subject subject;
    struct made_sids sids;
    struct made_sids restricting;
    struct made_sids packages;
    struct made_sids device_sids;
    struct made_sids restricting_device_sids;
    struct made_claims user;
    struct made_claims device;
    struct made_claims local;
    uint32_t audit_policy; /* TSR_AUDIT_…, the bits of which are those of peios */
};

/* What a vector asks. */
struct made_request {
    struct ref_request request;
    struct ref_node nodes[N_NODES_MAX];
    uint8_t guids[N_NODES_MAX][TSR_GUID_SIZE];
    struct ref_policy *policies; /* with their rules and the bytes of their ACLs */
};

/* What one of the two said. */
struct answer {
    struct ref_result result;
    struct ref_node nodes[N_NODES_MAX];
    struct ref_log log;
};

/* What an AppContainer is judged by besides its user (access-check.md 10). None is an LPAC. */
static void make_packages(const json_t *appcontainer, struct made_sids *made)
{
    if (!appcontainer) {
        return;
    }
    assert_null(json_object_get(appcontainer, "exempt"));
    made_sids_add(made, vector_text(appcontainer, "package_sid"), SE_GROUP_ENABLED);
    made_sids_add(made, "S-1-15-2-1", SE_GROUP_ENABLED);
    made_sids_add(made, "S-1-15-2-2", SE_GROUP_ENABLED);
    made_sids_add_groups(made, json_object_get(appcontainer, "capabilities"), false);
}

static uint64_t privilege_bits(const json_t *names)
{
    uint64_t bits = 0;
    size_t i;
    json_t *name;

    json_array_foreach(names, i, name)
    {
        uint32_t luid = 0;

        expect_ok(tsr_privilege_by_name(json_string_value(name), &luid));
        bits |= TSR_PRIVILEGE_BIT(luid);
    }
    return bits;
}

/* Restricting SIDs take part whatever their attributes say (access-check.md 9). */
static void make_sids(const json_t *token, struct made_subject *made)
{
    made_sids_of_token(&made->sids, token);
    made_sids_of_device(&made->device_sids, token);
    made_sids_add_groups(&made->restricting, json_object_get(token, "restricting_sids"), true);
    made_sids_add_groups(&made->restricting_device_sids,
                         json_object_get(token, "restricting_device_groups"), true);
    make_packages(json_object_get(token, "appcontainer"), &made->packages);
}

static void make_subject(const json_t *token, struct made_subject *made)
{
    const json_t *trust = json_object_get(token, "process_trust");
    const char *integrity = vector_text(token, "integrity");

    make_sids(token, made);
    made->audit_policy = vector_mask(token, "audit_policy");
    made_claims_init(&made->user, json_object_get(token, "user_claims"));
    made_claims_init(&made->device, json_object_get(token, "device_claims"));
    made_claims_init(&made->local, json_object_get(token, "local_claims"));
    made->subject = (struct ref_subject){
        .sids = made_sids_list(&made->sids),
        .is_restricted = made->restricting.n > 0,
        .is_write_restricted = json_is_true(json_object_get(token, "write_restricted")),
        .restricting = made_sids_list(&made->restricting),
        .is_package = json_object_get(token, "appcontainer"),
        .packages = made_sids_list(&made->packages),
        .privileges = privilege_bits(json_object_get(token, "privileges")),
        .has_integrity = integrity,
        .integrity = integrity ? sid_of(integrity) : TSR_SID_NULL,
        .mandatory_policy = vector_mask(token, "mandatory_policy"),
        .trust_type = vector_number(json_array_get(trust, 0)),
        .trust_level = vector_number(json_array_get(trust, 1)),
        .device_sids = made_sids_list(&made->device_sids),
        .restricting_device_sids = made_sids_list(&made->restricting_device_sids),
        .user_claims = made_claims_list(&made->user),
        .device_claims = made_claims_list(&made->device),
        .local_claims = made_claims_list(&made->local),
    };
}

static void made_subject_deinit(struct made_subject *made)
{
    made_claims_deinit(&made->user);
    made_claims_deinit(&made->device);
    made_claims_deinit(&made->local);
}

/* A GUID as ACEs store it: its first three fields are little-endian. */
static void guid_from_text(const char *text, uint8_t guid[TSR_GUID_SIZE])
{
    static const uint8_t positions[TSR_GUID_SIZE] = {6,  4,  2,  0,  11, 9,  16, 14,
                                                     19, 21, 24, 26, 28, 30, 32, 34};

    assert_int_equal(strlen(text), 36);
    for (size_t i = 0; i < TSR_GUID_SIZE; i++) {
        unsigned int byte;

        assert_int_equal(sscanf(text + positions[i], "%2x", &byte), 1);
        guid[i] = (uint8_t)byte;
    }
}

static void make_nodes(const json_t *types, struct made_request *made)
{
    size_t i;
    json_t *type;

    assert_true(json_array_size(types) <= N_NODES_MAX);
    json_array_foreach(types, i, type)
    {
        guid_from_text(vector_text(type, "guid"), made->guids[i]);
        made->nodes[i].level = (uint16_t)vector_mask(type, "level");
        made->nodes[i].guid = made->guids[i];
    }
}

/* @return owned by the caller, with its bytes; NULL if there is no such ACL, or it is malformed */
static tsr_acl *make_acl(const json_t *rule, const char *member)
{
    const char *hex = vector_text(rule, member);
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) tsr_acl *acl = calloc(1, sizeof(*acl));
    size_t size;

    assert_non_null(acl);
    if (!hex) {
        return NULL;
    }
    bytes = hex_bytes(hex, &size);
    if (tsr_failed(tsr_acl_view(bytes, size, acl))) {
        return NULL;
    }
    bytes = NULL;
    return STEAL(acl);
}

static struct ref_policy make_policy(const json_t *object)
{
    const json_t *rules = json_object_get(object, "rules");
    const size_t n_rules = json_array_size(rules);
    struct ref_rule *made = array_new(n_rules, sizeof(*made));

    assert_non_null(made);
    for (size_t i = 0; i < n_rules; i++) {
        const json_t *rule = json_array_get(rules, i);
        CLEANUP(free) tsr_acl *dacl = make_acl(rule, "effective_dacl");
        CLEANUP(free) tsr_acl *sacl = make_acl(rule, "effective_sacl");

        assert_null(json_object_get(rule, "applies_to"));
        assert_non_null(dacl);
        made[i].dacl = *dacl;
        made[i].sacl = sacl ? *sacl : (tsr_acl){0};
        made[i].new_dacl = make_acl(rule, "staged_dacl");
        made[i].new_sacl = make_acl(rule, "staged_sacl");
    }
    return (struct ref_policy){sid_of(vector_text(object, "sid")), made, n_rules};
}

static struct ref_policy *make_policies(const json_t *policies)
{
    struct ref_policy *made = array_new(json_array_size(policies), sizeof(*made));
    size_t i;
    json_t *policy;

    assert_non_null(made);
    json_array_foreach(policies, i, policy)
    {
        made[i] = make_policy(policy);
    }
    return made;
}

static void make_request(const json_t *vector, struct made_request *made)
{
    const json_t *types = json_object_get(vector, "object_types");
    const json_t *intent = json_object_get(vector, "intent");
    const json_t *policies = json_object_get(vector, "central_policies");
    const char *self = vector_text(vector, "principal_self");
    const tsr_generic_mapping mapping = vector_mapping(json_object_get(vector, "mapping"));

    make_nodes(types, made);
    made->policies = make_policies(policies);
    made->request = (struct ref_request){
        /* As the object manager does before it asks (access-check.md 3). */
        .desired = tsr_map_generic(vector_mask(vector, "desired"), &mapping),
        .mapping = mapping,
        .has_self = self,
        .self = self ? sid_of(self) : TSR_SID_NULL,
        .backup_intent = vector_has(intent, "backup"),
        .restore_intent = vector_has(intent, "restore"),
        .nodes = made->nodes,
        .n_nodes = json_array_size(types),
        .result_list = json_is_true(json_object_get(vector, "result_list")),
        .policies = made->policies,
        .n_policies = json_array_size(policies),
    };
}

static void made_acl_free(const tsr_acl *acl)
{
    if (acl) {
        free((void *)acl->bytes);
        free((void *)acl);
    }
}

static void made_rule_deinit(const struct ref_rule *rule)
{
    free((void *)rule->dacl.bytes);
    free((void *)rule->sacl.bytes);
    made_acl_free(rule->new_dacl);
    made_acl_free(rule->new_sacl);
}

static void made_request_deinit(struct made_request *made)
{
    for (size_t i = 0; i < made->request.n_policies; i++) {
        for (size_t j = 0; j < made->policies[i].n_rules; j++) {
            made_rule_deinit(&made->policies[i].rules[j]);
        }
        free((void *)made->policies[i].rules);
    }
    free(made->policies);
}

/* @return owned by the caller; NULL: SDDL that we do not read */
static uint8_t *make_sd(const json_t *description, tsr_sd *ret_sd)
{
    const char *hex = vector_text(description, "sd_hex");
    const char *domain_text = vector_text(description, "domain_sid");
    uint8_t *bytes = NULL;
    tsr_sid domain;
    size_t size = 0;

    if (hex) {
        bytes = hex_bytes(hex, &size);
    } else {
        domain = domain_text ? sid_of(domain_text) : TSR_SID_NULL;
        if (tsr_failed(tsr_sddl_parse(vector_text(description, "sddl"),
                                      domain_text ? &domain : NULL, &bytes, &size, NULL))) {
            return NULL;
        }
    }
    expect_ok(tsr_sd_view(bytes, size, ret_sd));
    return bytes;
}

/* The evaluators of generated cases write 0 for every node that is refused; Windows reports what it
 * was granted all the same (access-check.md 8.1). */
static bool states_rights(const json_t *vector, uint32_t status)
{
    return status == STATUS_SUCCESS || strncmp(vector_text(vector, "oracle"), "agreed:", 7) != 0;
}

static bool nodes_are(const json_t *vector, const json_t *expected, const struct ref_node *nodes)
{
    size_t i;
    json_t *node;

    json_array_foreach(expected, i, node)
    {
        uint32_t stated = STATUS_UNSUCCESSFUL;

        expect_ok(tsr_status_by_name(vector_text(node, "status"), &stated));
        if (nodes[i].status != stated) {
            return false;
        }
        if (states_rights(vector, stated) && nodes[i].granted != vector_mask(node, "granted")) {
            return false;
        }
    }
    return true;
}

static bool result_is(const json_t *expect, const struct ref_result *result)
{
    const json_t *used = json_object_get(expect, "privileges_used");
    const char *status = vector_text(expect, "status");
    uint32_t stated = STATUS_UNSUCCESSFUL;

    if (tsr_failed(tsr_status_by_name(status, &stated)) || result->status != stated) {
        return false;
    }
    if (result->status != STATUS_SUCCESS) {
        return result->granted == 0;
    }
    return (!json_object_get(expect, "granted") ||
            result->granted == vector_mask(expect, "granted")) &&
           (!used || result->privileges_used == privilege_bits(used));
}

static bool answer_is(const json_t *vector, const struct answer *answer, size_t n_nodes)
{
    const json_t *expect = json_object_get(vector, "expect");
    const json_t *nodes = json_object_get(expect, "nodes");

    if (!nodes) {
        return result_is(expect, &answer->result);
    }
    assert_int_equal(json_array_size(nodes), n_nodes);
    return nodes_are(vector, nodes, answer->nodes);
}

static bool logs_are_alike(const struct ref_log *a, const struct ref_log *b)
{
    assert_true(a->n_events <= REF_LOG_MAX && b->n_events <= REF_LOG_MAX);
    for (size_t i = 0; i < a->n_events && i < b->n_events; i++) {
        if (!ref_same_event(&a->events[i], &b->events[i])) {
            return false;
        }
    }
    return a->n_events == b->n_events;
}

/* Without a result list the root's answer is the answer. */
static bool are_alike(const struct made_request *asked, const struct answer *a,
                      const struct answer *b)
{
    for (size_t i = 0; asked->request.result_list && i < asked->request.n_nodes; i++) {
        if (a->nodes[i].status != b->nodes[i].status ||
            a->nodes[i].granted != b->nodes[i].granted) {
            return false;
        }
    }
    return a->result.status == b->result.status && a->result.granted == b->result.granted &&
           a->result.privileges_used == b->result.privileges_used &&
           logs_are_alike(&a->log, &b->log);
}

static struct answer product_answer(const struct made_subject *made, const tsr_sd *sd,
                                    const struct made_request *asked)
{
    struct answer answer = {.log = {.n_events = 0}};

    answer.result =
        product_access_check(&made->subject, sd, &asked->request, made->audit_policy, &answer.log);
    memcpy(answer.nodes, asked->nodes, sizeof(answer.nodes));
    return answer;
}

static struct answer oracle_answer(const struct made_subject *made, const tsr_sd *sd,
                                   const struct made_request *asked)
{
    struct answer answer = {.result = ref_access_check(&made->subject, sd, &asked->request)};

    ref_audit(&made->subject, sd, &asked->request, &answer.result, made->audit_policy, &answer.log);
    memcpy(answer.nodes, asked->nodes, sizeof(answer.nodes));
    return answer;
}

static const tsr_acl *acl_of(const tsr_sd *sd, const struct ref_request *request,
                             const struct ref_event *event)
{
    return event->cause == REF_CAUSE_CENTRAL_ACE
               ? &ref_policy_of(sd, request)->rules[event->rule].sacl
               : &sd->sacl;
}

/* Whether a stated event, of an ACE or of a policy, is this one. */
static bool event_is(const json_t *stated, const tsr_sd *sd, const struct ref_request *request,
                     const struct ref_event *event)
{
    const char *hex = vector_text(stated, "ace_hex");
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t offset = 0;
    size_t size;
    tsr_ace ace;

    if (event->success != json_is_true(json_object_get(stated, "success"))) {
        return false;
    }
    if (!hex) {
        return event->cause == REF_CAUSE_POLICY;
    }
    bytes = hex_bytes(hex, &size);
    for (uint32_t i = 0; i <= event->ace_index; i++) {
        assert_true(tsr_acl_next(acl_of(sd, request, event), &offset, &ace));
    }
    return size == ace.size && memcmp(bytes, ace.bytes, size) == 0;
}

static bool privilege_is(const json_t *stated, const struct ref_event *event)
{
    const uint64_t bit = (uint64_t)json_integer_value(json_object_get(stated, "privilege"));

    return bit == TSR_PRIVILEGE_BIT(event->privilege) &&
           event->success == json_is_true(json_object_get(stated, "success"));
}

static bool log_is(const json_t *expect, const tsr_sd *sd, const struct ref_request *request,
                   const struct ref_log *log)
{
    const json_t *audit = json_object_get(expect, "audit");
    const json_t *privilege_use = json_object_get(expect, "privilege_use");
    size_t n_audit = 0;
    size_t n_privileges = 0;

    for (size_t i = 0; i < log->n_events; i++) {
        const struct ref_event *event = &log->events[i];
        const bool is_privilege = event->cause == REF_CAUSE_PRIVILEGE;

        if (is_privilege ? !privilege_is(json_array_get(privilege_use, n_privileges++), event)
                         : !event_is(json_array_get(audit, n_audit++), sd, request, event)) {
            return false;
        }
    }
    return n_audit == json_array_size(audit) && n_privileges == json_array_size(privilege_use);
}

/* Whether what is logged is what the case states, and so is the effect of what is proposed: that it
 * changes the answer, or what is logged. */
static bool audits_as_stated(const json_t *expect, const struct made_subject *made,
                             const tsr_sd *sd, struct made_request *asked,
                             const struct answer *effective)
{
    struct answer proposed;

    asked->request.staged = true;
    proposed = product_answer(made, sd, asked);
    return log_is(expect, sd, &asked->request, &effective->log) &&
           are_alike(asked, effective, &proposed) !=
               json_is_true(json_object_get(expect, "staging_mismatch"));
}

static bool ends_as_stated(const json_t *vector, const tsr_sd *sd, struct access_run *access)
{
    const json_t *expect = json_object_get(vector, "expect");
    struct made_request asked = {0};
    struct made_subject made = {0};
    struct answer product;
    struct answer oracle;
    bool agrees;

    assert_null(json_object_get(vector, "resource_claims"));
    make_subject(json_object_get(vector, "token"), &made);
    make_request(vector, &asked);
    access->n_unencoded += made.user.n_refused + made.device.n_refused + made.local.n_refused > 0;

    product = product_answer(&made, sd, &asked);
    oracle = oracle_answer(&made, sd, &asked);
    if (!are_alike(&asked, &product, &oracle)) {
        access->n_disagreements++;
        print_error("%s: %#x %#x, by the oracle %#x %#x\n", vector_text(vector, "id"),
                    product.result.status, product.result.granted, oracle.result.status,
                    oracle.result.granted);
    }
    agrees = access->question == QUESTION_ACCESS
                 ? answer_is(vector, &product, asked.request.n_nodes)
                 : audits_as_stated(expect, &made, sd, &asked, &product);
    made_request_deinit(&asked);
    made_subject_deinit(&made);
    return agrees;
}

static void judge_access(const json_t *vector, void *context)
{
    const json_t *audit = json_object_get(json_object_get(vector, "expect"), "audit");
    struct access_run *access = context;
    tsr_sd sd = {0};
    CLEANUP(free) uint8_t *bytes = NULL;

    if (access->question == QUESTION_AUDIT && !audit) {
        return;
    }
    bytes = make_sd(json_object_get(vector, "sd"), &sd);
    access->n_unread += !bytes;
    access->n_events += json_array_size(audit);
    vector_judge(&access->run, vector, bytes && ends_as_stated(vector, &sd, access));
}

#define DUPLICATE_LITERALS                                                             \
    "Samba: a set literal that holds a value twice equals one that holds it once; on " \
    "Windows not (access-check.md 11, 15)"

#define VIRTUAL_GROUP                                                                     \
    "peios: PRINCIPAL_SELF and OWNER RIGHTS are SIDs of the pass to Member_of and its "   \
    "device forms; the specification substitutes them only where they are the SID of an " \
    "ACE (access-check.md 8, 9)"

#define DISABLED_CAPABILITY                                                           \
    "peios: a capability counts though it is not enabled; here only enabled ones do " \
    "(access-check.md 10)"

#define SYSTEM_CALL "refused by the system call, before the check (access-check.md 4.1)"

#define MISSING_BLANK "Samba: no blank is needed behind a word operator; our SDDL needs one"

static const struct vector_exception access_exceptions[] = {
    {"access_check-08106f8f8ab9",
     "peios: a deny-only owner counts as the owner; on Windows not (access-check.md 15)"},
    {"access_check-2ff6ff73f262", VIRTUAL_GROUP},
    {"access_check-36d9c46069be", DISABLED_CAPABILITY},
    {"access_check-3c0803037712",
     "peios: a malformed process-trust label is an error of its own; ours denies access"},
    {"access_check-57b503ad68dc", DUPLICATE_LITERALS},
    {"access_check-5df492b013d1", DUPLICATE_LITERALS},
    {"access_check-625f70f5a742", SYSTEM_CALL},
    {"access_check-6f7561606b3c", VIRTUAL_GROUP},
    {"access_check-71446f9882d8", VIRTUAL_GROUP},
    {"access_check-726953e2603b", DUPLICATE_LITERALS},
    {"access_check-746b9a42b552",
     "Samba: Not_Any_of takes a scalar literal; on Windows it is UNKNOWN (access-check.md 15)"},
    {"access_check-762b8af05192", DUPLICATE_LITERALS},
    {"access_check-7a20a560896b", MISSING_BLANK},
    {"access_check-7b01872d6b4f", VIRTUAL_GROUP},
    {"access_check-850986996c7e",
     "a claim without values is missing, so that it does not equal itself (access-check.md "
     "11); Samba fails this one too"},
    {"access_check-86680883d922",
     "peios: SeSecurityPrivilege overrides the label; on Windows ACCESS_SYSTEM_SECURITY is "
     "among the rights that no-write-up refuses before privileges are looked at (access- "
     "check.md 6.3)"},
    {"access_check-87866e7bcbef", VIRTUAL_GROUP},
    {"access_check-895197bad074", MISSING_BLANK},
    {"access_check-89ba7da549c5", DUPLICATE_LITERALS},
    {"access_check-917fbbf67832", DISABLED_CAPABILITY},
    {"access_check-93839f820086", DUPLICATE_LITERALS},
    {"access_check-aa35527d59a7", VIRTUAL_GROUP},
    {"access_check-ad5dc198be9c", DUPLICATE_LITERALS},
    {"access_check-b9b9cad2aaf8", SYSTEM_CALL},
    {"access_check-d930757e3862", DUPLICATE_LITERALS},
    {"access_check-e71a9b82a0c0",
     "peios: rights by backup intent are narrowed by a central policy; on Windows the I/O "
     "layer grants them outside the check (access-check.md 7), and here every rule grants them "
     "again (12)"},
    {"access_check-e757ac634717",
     "peios: object ACEs match packages; here they do not (access-check.md 10)"},
    {"access_check-f0abf8a922e3", DUPLICATE_LITERALS},
    {NULL, NULL},
};

static const struct vector_exception generated_exceptions[] = {
    {NULL, NULL},
};

static const struct vector_exception audit_exceptions[] = {
    {"access_check-0eee996f5d2e",
     "peios: what is proposed differs in the rights of a refused request; here those are 0"},
    {"access_check-ef4d5a86cae5",
     "peios: rules of central policies know object types; here they do not (access-check.md 12)"},
    {NULL, NULL},
};

static void published_access_checks_end_as_stated(void **state)
{
    struct access_run access = {.run = {.exceptions = access_exceptions}};
    (void)state;

    vectors_each("access_check", judge_access, &access);

    assert_int_equal(access.run.n_vectors, 220);
    assert_int_equal(access.n_unread, 2);
    assert_int_equal(access.n_unencoded, 3);
    assert_int_equal(access.n_disagreements, 0);
    assert_int_equal(access.run.n_failed, 0);
}

static void generated_access_checks_end_as_the_evaluators_agree(void **state)
{
    struct access_run access = {.run = {.exceptions = generated_exceptions}};
    (void)state;

    vectors_each("access_check_generated", judge_access, &access);

    assert_int_equal(access.run.n_vectors, 970);
    assert_int_equal(access.n_unread, 0);
    assert_int_equal(access.n_unencoded, 0);
    assert_int_equal(access.n_disagreements, 0);
    assert_int_equal(access.run.n_failed, 0);
}

static void published_cases_audit_and_stage_as_stated(void **state)
{
    struct access_run access = {.run = {.exceptions = audit_exceptions},
                                .question = QUESTION_AUDIT};
    (void)state;

    vectors_each("access_check", judge_access, &access);

    assert_int_equal(access.run.n_vectors, 21);
    assert_int_equal(access.n_events, 13);
    assert_int_equal(access.run.n_failed, 0);
}

static void judge_mapping(const json_t *vector, void *context)
{
    const tsr_generic_mapping mapping = vector_mapping(json_object_get(vector, "mapping"));

    vector_judge(context, vector,
                 tsr_map_generic(vector_mask(vector, "mask"), &mapping) ==
                     vector_mask(vector, "mapped"));
}

/* Covers AC-3-1. */
static void generic_rights_map_as_windows_maps_them(void **state)
{
    struct vector_run run = {0};
    (void)state;

    vectors_each("generic_mapping", judge_mapping, &run);

    assert_int_equal(run.n_vectors, 240);
    assert_int_equal(run.n_failed, 0);
}

static void judge_mandatory_mask(const json_t *vector, void *context)
{
    const tsr_generic_mapping mapping = vector_mapping(json_object_get(vector, "mapping"));
    const json_t *names = json_object_get(vector, "label_policy");
    uint32_t policy = 0;

    policy |= vector_has(names, "NW") ? SYSTEM_MANDATORY_LABEL_NO_WRITE_UP : 0;
    policy |= vector_has(names, "NR") ? SYSTEM_MANDATORY_LABEL_NO_READ_UP : 0;
    policy |= vector_has(names, "NX") ? SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP : 0;
    vector_judge(context, vector,
                 tsr_mandatory_mask(&mapping, policy) ==
                     vector_mask(vector, "allowed_when_not_dominating"));
}

/* Covers AC-6.3-6. */
static void labels_leave_what_the_published_rule_leaves(void **state)
{
    struct vector_run run = {0};
    (void)state;

    vectors_each("mandatory_mask", judge_mandatory_mask, &run);

    assert_int_equal(run.n_vectors, 64);
    assert_int_equal(run.n_failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_access_checks_end_as_stated),
        cmocka_unit_test(generated_access_checks_end_as_the_evaluators_agree),
        cmocka_unit_test(published_cases_audit_and_stage_as_stated),
        cmocka_unit_test(generic_rights_map_as_windows_maps_them),
        cmocka_unit_test(labels_leave_what_the_published_rule_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
