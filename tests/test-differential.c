/* SPDX-License-Identifier: MIT */
/*
 * The access check and the evaluator of conditions against the oracle of src/sec/ref, on random
 * objects, callers and requests.
 *
 * The seed is fixed; TESSERA_SEED tries another and TESSERA_CASES as many cases as it says. The
 * first disagreement is printed in full.
 */

#include <support/expect.h>

#include <inttypes.h>

#include <support/product.h>
#include <support/random-trial.h>
#include <support/random.h>

#include <tessera/claim.h>
#include <tessera/condition.h>
#include <tessera/sddl.h>

#include "base/check.h"
#include "sec/ref/ref-audit.h"
#include "sec/test-condition.h"

#define N_CASES 100000
#define SEED    UINT64_C(20261120)

/* What one of the two said. */
struct outcome {
    struct ref_result result;
    struct ref_node nodes[TRIAL_NODES_MAX];
    struct ref_log log;
};

struct tally {
    size_t n_granted;
    size_t n_denied;
    size_t n_other;
    size_t n_audited; /* in which an ACE of a SACL fires */
};

static struct outcome product_outcome(const struct trial *trial)
{
    struct outcome outcome = {.log = {.n_events = 0}};

    outcome.result = product_access_check(&trial->subject, &trial->sd, &trial->request,
                                          trial->audit_policy, &outcome.log);
    memcpy(outcome.nodes, trial->nodes, sizeof(outcome.nodes));
    return outcome;
}

static struct outcome oracle_outcome(const struct trial *trial)
{
    struct outcome outcome = {.result =
                                  ref_access_check(&trial->subject, &trial->sd, &trial->request)};

    ref_audit(&trial->subject, &trial->sd, &trial->request, &outcome.result, trial->audit_policy,
              &outcome.log);
    memcpy(outcome.nodes, trial->nodes, sizeof(outcome.nodes));
    return outcome;
}

/*
 * What is left to a node that was refused while policies are known is not settled: it is what the
 * rules' walks had found when they were over.
 */
static bool may_state_other_rights(const struct trial *trial, const struct ref_node *node)
{
    return trial->request.n_policies > 0 && node->status != STATUS_SUCCESS;
}

static bool nodes_agree(const struct trial *trial, const struct ref_node *a,
                        const struct ref_node *b)
{
    return a->status == b->status && (a->granted == b->granted || may_state_other_rights(trial, b));
}

static bool logs_agree(const struct ref_log *a, const struct ref_log *b)
{
    if (a->n_events != b->n_events) {
        return false;
    }
    for (size_t i = 0; i < a->n_events; i++) {
        if (!ref_same_event(&a->events[i], &b->events[i])) {
            return false;
        }
    }
    return true;
}

/* Without a result list the root's answer is the answer. */
static bool agree(const struct trial *trial, const struct outcome *a, const struct outcome *b)
{
    if (a->result.status != b->result.status || a->result.granted != b->result.granted ||
        a->result.privileges_used != b->result.privileges_used) {
        return false;
    }
    if (a->result.status == STATUS_INVALID_PARAMETER) {
        return true;
    }
    if (!logs_agree(&a->log, &b->log)) {
        return false;
    }
    for (size_t i = 0; trial->request.result_list && i < trial->request.n_nodes; i++) {
        if (!nodes_agree(trial, &a->nodes[i], &b->nodes[i])) {
            return false;
        }
    }
    return true;
}

static void print_bytes(const char *what, const uint8_t *bytes, size_t size)
{
    print_error("  %s: ", what);
    for (size_t i = 0; i < size; i++) {
        print_error("%02x", bytes[i]);
    }
    print_error("\n");
}

static void print_sids(const char *what, struct ref_sids sids)
{
    print_error("  %s:", what);
    for (size_t i = 0; i < sids.n; i++) {
        char text[TSR_SID_TEXT_MAX];

        tsr_sid_format(&sids.list[i].sid, text);
        print_error(" %s(%s%s)", text, sids.list[i].allow ? "A" : "", sids.list[i].deny ? "D" : "");
    }
    print_error("\n");
}

static void print_sd(const tsr_sd *sd)
{
    const uint32_t information = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                                 DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION;
    char *text = NULL;

    if (tsr_ok(tsr_sddl_format(sd, information, NULL, &text))) {
        print_error("  descriptor: %s\n", text);
        free(text);
    }
    print_bytes("bytes", sd->bytes, sd->size);
}

static void print_claims(const char *what, struct ref_claims claims)
{
    for (size_t i = 0; i < claims.n; i++) {
        print_bytes(what, claims.list[i].bytes, claims.list[i].size);
    }
}

static void print_subject(const struct ref_subject *subject)
{
    char text[TSR_SID_TEXT_MAX];

    print_sids("sids", subject->sids);
    if (subject->is_restricted) {
        print_sids(subject->is_write_restricted ? "write-restricting" : "restricting",
                   subject->restricting);
    }
    if (subject->is_package) {
        print_sids("packages", subject->packages);
    }
    tsr_sid_format(&subject->integrity, text);
    print_error("  privileges %#" PRIx64 ", integrity %s, policy %u, trust %u-%u\n",
                subject->privileges, subject->has_integrity ? text : "none",
                subject->mandatory_policy, subject->trust_type, subject->trust_level);
    print_sids("device", subject->device_sids);
    print_sids("restricting device", subject->restricting_device_sids);
    print_claims("user claim", subject->user_claims);
    print_claims("device claim", subject->device_claims);
    print_claims("local claim", subject->local_claims);
}

static void print_rule(const struct ref_rule *rule)
{
    print_error("  rule of S-1-17-1\n");
    if (rule->applies_to.bytes) {
        print_bytes("applies to", rule->applies_to.bytes, rule->applies_to.size);
    }
    print_bytes("DACL", rule->dacl.bytes, rule->dacl.size);
    if (rule->new_dacl) {
        print_bytes("proposed DACL", rule->new_dacl->bytes, rule->new_dacl->size);
    }
}

static void print_request(const struct trial *trial)
{
    const struct ref_request *request = &trial->request;
    char text[TSR_SID_TEXT_MAX];

    tsr_sid_format(&request->self, text);
    print_error("  desired %#x, previously %#x, mapping %#x %#x %#x %#x, self %s,%s%s%s%s\n",
                request->desired, request->previously_granted, request->mapping.read,
                request->mapping.write, request->mapping.execute, request->mapping.all,
                request->has_self ? text : "none", request->backup_intent ? " backup" : "",
                request->restore_intent ? " restore" : "",
                request->result_list ? " result list" : "", request->staged ? " staged" : "");
    for (size_t i = 0; i < trial->policy.n_rules; i++) {
        print_rule(&trial->rules[i]);
    }
}

static void print_outcome(const char *who, const struct ref_result *result)
{
    print_error("  %s: %s, %#x, by privileges %#" PRIx64 "\n", who,
                expect_status_name(result->status), result->granted, result->privileges_used);
}

static void print_log(const char *who, const struct ref_log *log)
{
    static const char *const causes[] = {"ACE", "rule's ACE", "policy", "privilege"};

    print_error("  %s audits:", who);
    for (size_t i = 0; i < log->n_events; i++) {
        const struct ref_event *event = &log->events[i];

        print_error(" %s %u.%u.%u %s;", causes[event->cause], event->rule, event->ace_index,
                    event->privilege, event->success ? "success" : "failure");
    }
    print_error("\n");
}

static void print_trial(const struct trial *trial, const struct outcome *check,
                        const struct outcome *oracle)
{
    print_subject(&trial->subject);
    print_sd(&trial->sd);
    print_request(trial);
    print_outcome("check", &check->result);
    print_outcome("oracle", &oracle->result);
    print_log("check", &check->log);
    print_log("oracle", &oracle->log);
    for (size_t i = 0; i < trial->request.n_nodes; i++) {
        print_error("  node %zu: level %u, type %u; check %s %#x, oracle %s %#x\n", i,
                    trial->nodes[i].level, trial->nodes[i].guid[0],
                    expect_status_name(check->nodes[i].status), check->nodes[i].granted,
                    expect_status_name(oracle->nodes[i].status), oracle->nodes[i].granted);
    }
}

static void count(struct tally *tally, const struct outcome *oracle)
{
    const uint32_t status = oracle->result.status;

    tally->n_granted += status == STATUS_SUCCESS;
    tally->n_denied += status == STATUS_ACCESS_DENIED;
    tally->n_other += status != STATUS_SUCCESS && status != STATUS_ACCESS_DENIED;
    tally->n_audited += oracle->log.n_events > 0 && oracle->log.events[0].cause < REF_CAUSE_POLICY;
}

static bool try_one(struct tally *tally)
{
    struct trial trial = {0};
    struct outcome check;
    struct outcome oracle;
    bool agrees;

    trial_init(&trial);
    check = product_outcome(&trial);
    oracle = oracle_outcome(&trial);
    count(tally, &oracle);
    agrees = agree(&trial, &check, &oracle);
    if (!agrees) {
        print_trial(&trial, &check, &oracle);
    }
    trial_deinit(&trial);
    return agrees;
}

static uint64_t number_from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void the_check_and_the_oracle_agree(void **state)
{
    const uint64_t seed = number_from_environment("TESSERA_SEED", SEED);
    const uint64_t n_cases = number_from_environment("TESSERA_CASES", N_CASES);
    struct tally tally = {0};
    (void)state;

    random_seed(seed);
    for (uint64_t i = 0; i < n_cases; i++) {
        if (!try_one(&tally)) {
            fail_msg("seed %" PRIu64 ", case %" PRIu64 ": they disagree", seed, i);
        }
    }

    print_message("# seed %" PRIu64 ": %" PRIu64 " cases, %zu granted, %zu denied, %zu other, "
                  "%zu audited\n",
                  seed, n_cases, tally.n_granted, tally.n_denied, tally.n_other, tally.n_audited);
    /* Random cases that all end alike would show nothing. */
    assert_true(tally.n_granted >= n_cases / 5);
    assert_true(tally.n_denied >= n_cases / 5);
    assert_true(tally.n_other >= n_cases / 100);
    assert_true(tally.n_audited >= n_cases / 25);
}

/* A condition and all that it could be about. */
struct question {
    struct trial trial; /* for its subject and its descriptor */
    struct random_claims listed;
    struct ref_context context;
    uint8_t *bytes; /* owned */
    size_t size;
};

static void question_init(struct question *question)
{
    const struct ref_subject *subject = &question->trial.subject;
    CLEANUP(writer_deinit) struct writer writer = {0};

    trial_init(&question->trial);
    random_claims_init(&question->listed);
    question->context = (struct ref_context){
        .sids = subject->sids,
        .device_sids = subject->device_sids,
        .user_claims = subject->user_claims,
        .device_claims = subject->device_claims,
        .local_claims = subject->local_claims,
        .sacl = one_in(2) ? &question->trial.sd.sacl : NULL,
        .resource_claims = random_claims_list(&question->listed),
        .for_allow = !one_in(3),
    };
    random_put_condition(&writer, false);
    expect_ok(writer_finish(&writer, &question->bytes, &question->size));
}

static void question_deinit(struct question *question)
{
    trial_deinit(&question->trial);
    random_claims_deinit(&question->listed);
    free(question->bytes);
}

static void print_question(const struct question *question, enum ref_truth product,
                           enum ref_truth oracle)
{
    static const char *const names[] = {
        [REF_FALSE] = "false", [REF_TRUE] = "true", [REF_UNKNOWN] = "unknown"};
    char *text = NULL;

    print_subject(&question->trial.subject);
    if (question->context.sacl) {
        print_sd(&question->trial.sd);
    } else {
        print_claims("resource claim", question->context.resource_claims);
    }
    if (tsr_ok(tsr_condition_format(question->bytes, question->size, NULL, &text))) {
        print_error("  condition: %s\n", text);
        free(text);
    }
    print_bytes("condition", question->bytes, question->size);
    print_error("  for %s; %s, by the oracle %s\n",
                question->context.for_allow ? "an allow" : "a deny", names[product], names[oracle]);
}

static bool evaluates_alike(const struct question *question, size_t counts[3])
{
    const enum ref_truth product =
        product_condition(question->bytes, question->size, &question->context);
    const enum ref_truth oracle =
        ref_condition(question->bytes, question->size, &question->context);

    counts[oracle]++;
    if (product != oracle) {
        print_question(question, product, oracle);
    }
    return product == oracle;
}

static bool ask_one(size_t counts[3])
{
    struct question question = {0};
    bool agrees;

    question_init(&question);
    agrees = evaluates_alike(&question, counts);
    question_deinit(&question);
    return agrees;
}

static void the_evaluators_of_conditions_agree(void **state)
{
    const uint64_t seed = number_from_environment("TESSERA_SEED", SEED);
    const uint64_t n_cases = number_from_environment("TESSERA_CASES", N_CASES);
    size_t counts[3] = {0};
    (void)state;

    random_seed(seed);
    for (uint64_t i = 0; i < n_cases; i++) {
        if (!ask_one(counts)) {
            fail_msg("seed %" PRIu64 ", condition %" PRIu64 ": they disagree", seed, i);
        }
    }

    print_message("# seed %" PRIu64 ": %" PRIu64 " conditions, %zu true, %zu false, %zu unknown\n",
                  seed, n_cases, counts[REF_TRUE], counts[REF_FALSE], counts[REF_UNKNOWN]);
    assert_true(counts[REF_TRUE] >= n_cases / 5);
    assert_true(counts[REF_FALSE] >= n_cases / 5);
    assert_true(counts[REF_UNKNOWN] >= n_cases / 10);
}

/* Cut short anywhere, or with any one bit changed. */
static void damaged_conditions_are_evaluated_alike(void **state)
{
    size_t counts[3] = {0};
    (void)state;

    random_seed(SEED);
    for (size_t i = 0; i < 200; i++) {
        struct question question = {0};
        size_t size;

        question_init(&question);
        size = question.size;
        for (size_t bit = 0; bit < 8 * size; bit++) {
            question.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_true(evaluates_alike(&question, counts));
            question.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (question.size = 0; question.size < size; question.size++) {
            assert_true(evaluates_alike(&question, counts));
        }
        question_deinit(&question);
    }
}

static void expect_alike(const struct writer *condition, enum ref_truth expected)
{
    const struct ref_context context = {.for_allow = true};

    assert_int_equal(product_condition(condition->bytes, condition->size, &context), expected);
    assert_int_equal(ref_condition(condition->bytes, condition->size, &context), expected);
}

/* A composite @depth deep compares with nothing; deeper than 64 it is malformed. */
static void deep_composites_are_evaluated_alike(void **state)
{
    (void)state;

    for (size_t depth = 1; depth <= 66; depth++) {
        CLEANUP(writer_deinit) struct writer condition = {0};
        struct writer composite = {0};

        for (size_t i = 0; i < depth; i++) {
            struct writer inner = composite;

            composite = (struct writer){0};
            put_composite(&composite, &inner);
        }
        put_magic(&condition);
        writer_bytes(&condition, composite.bytes, composite.size);
        put_integer(&condition, 1);
        put_operator(&condition, CONDITION_EQUAL);
        put_integer(&condition, 1);
        put_integer(&condition, 1);
        put_operator(&condition, CONDITION_EQUAL);
        put_operator(&condition, CONDITION_OR);
        expect_alike(&condition, depth <= 64 ? REF_TRUE : REF_UNKNOWN);
        writer_deinit(&composite);
    }
}

static void high_stacks_are_evaluated_alike(void **state)
{
    (void)state;

    for (size_t n = 1020; n <= 1026; n++) {
        CLEANUP(writer_deinit) struct writer condition = {0};

        put_magic(&condition);
        for (size_t i = 0; i < n; i++) {
            put_text(&condition, CONDITION_USER, "missing");
        }
        put_operator(&condition, CONDITION_EXISTS);
        put_operator(&condition, CONDITION_NOT);
        for (size_t i = 1; i < n; i++) {
            put_operator(&condition, CONDITION_OR);
        }
        expect_alike(&condition, n <= 1024 ? REF_TRUE : REF_UNKNOWN);
    }
}

static bool is_read_alike(struct ref_bytes claim, size_t *n_good)
{
    tsr_claim viewed;
    struct ref_claim read;
    const bool good = ref_claim_read(claim.bytes, claim.size, &read) && !ref_claim_has_twins(&read);

    *n_good += good;
    if (tsr_ok(tsr_claim_view(claim.bytes, claim.size, &viewed)) != good) {
        print_bytes(good ? "claim, by the oracle good" : "claim, by the oracle malformed",
                    claim.bytes, claim.size);
        return false;
    }
    return true;
}

static void damaged_claims_are_read_alike(void **state)
{
    const uint64_t n_cases = number_from_environment("TESSERA_CASES", N_CASES);
    size_t n_good = 0;
    (void)state;

    random_seed(number_from_environment("TESSERA_SEED", SEED));
    for (uint64_t i = 0; i < n_cases; i++) {
        CLEANUP(writer_deinit) struct writer writer = {0};

        random_put_attribute(&writer);
        for (uint32_t n = below(3); n > 0; n--) {
            random_change(writer.bytes, writer.size);
        }
        assert_true(is_read_alike((struct ref_bytes){writer.bytes, writer.size}, &n_good));
    }

    print_message("# %" PRIu64 " claims, %zu of them good\n", n_cases, n_good);
    assert_true(n_good >= n_cases / 4 && n_good <= n_cases - n_cases / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_claims_are_read_alike),
        cmocka_unit_test(the_evaluators_of_conditions_agree),
        cmocka_unit_test(damaged_conditions_are_evaluated_alike),
        cmocka_unit_test(deep_composites_are_evaluated_alike),
        cmocka_unit_test(high_stacks_are_evaluated_alike),
        cmocka_unit_test(the_check_and_the_oracle_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
