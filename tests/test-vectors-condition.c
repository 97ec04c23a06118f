/* SPDX-License-Identifier: MIT */
/*
 * Conformance: conditional expressions, as text or bytes, against claims and groups.
 *
 * Claims are encoded and viewed first, as a token does with them: a set that is refused there is
 * the outcome "claims-rejected". Every case is evaluated twice, by sec/condition.c and by the
 * oracle, sec/ref, and both must say the same.
 */

#include <support/vectors.h>

#include <support/product.h>
#include <support/vector-token.h>

#include "base/check.h"
#include "base/writer.h"
#include "sec/sddl-condition.h"

struct condition_run {
    struct vector_run run;
    size_t n_disagreements; /* of the two evaluators */
};

struct made_context {
    struct ref_context context;
    struct made_sids sids;
    struct made_sids device_sids;
    struct made_claims user;
    struct made_claims device;
    struct made_claims local;
    struct made_claims resource;
};

static void make_context(const json_t *vector, struct made_context *made)
{
    const json_t *token = json_object_get(vector, "token");
    const json_t *for_allow = json_object_get(vector, "for_allow");

    made_sids_of_token(&made->sids, token);
    made_sids_of_device(&made->device_sids, token);
    made_claims_init(&made->user, json_object_get(token, "user_claims"));
    made_claims_init(&made->device, json_object_get(token, "device_claims"));
    made_claims_init(&made->local, json_object_get(token, "local_claims"));
    made_claims_init(&made->resource, json_object_get(vector, "resource_claims"));
    made->context = (struct ref_context){
        .sids = made_sids_list(&made->sids),
        .device_sids = made_sids_list(&made->device_sids),
        .user_claims = made_claims_list(&made->user),
        .device_claims = made_claims_list(&made->device),
        .local_claims = made_claims_list(&made->local),
        .resource_claims = made_claims_list(&made->resource),
        .for_allow = !for_allow || json_is_true(for_allow),
    };
}

static void made_context_deinit(struct made_context *made)
{
    made_claims_deinit(&made->user);
    made_claims_deinit(&made->device);
    made_claims_deinit(&made->local);
    made_claims_deinit(&made->resource);
}

static uint8_t *expression_bytes(const json_t *vector, size_t *ret_size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    const char *hex = vector_text(vector, "expression_hex");
    const char *text = vector_text(vector, "expression");
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    size_t n_taken = 0;

    if (hex) {
        return hex_bytes(hex, ret_size);
    }
    expect_ok(condition_parse(text, strlen(text), NULL, &writer, &n_taken, &error));
    assert_int_equal(n_taken, strlen(text));
    expect_ok(writer_finish(&writer, &bytes, ret_size));
    return bytes;
}

static const char *outcome_of(const json_t *vector, const struct made_context *made,
                              struct condition_run *run)
{
    static const char *const names[] = {
        [REF_FALSE] = "false", [REF_TRUE] = "true", [REF_UNKNOWN] = "unknown"};
    CLEANUP(free) uint8_t *bytes = NULL;
    enum ref_truth product;
    enum ref_truth oracle;
    size_t size;

    if (made->user.n_refused + made->device.n_refused + made->local.n_refused +
            made->resource.n_refused >
        0) {
        return "claims-rejected";
    }
    bytes = expression_bytes(vector, &size);
    product = product_condition(bytes, size, &made->context);
    oracle = ref_condition(bytes, size, &made->context);
    if (product != oracle) {
        run->n_disagreements++;
        print_error("%s: %s, by the oracle %s\n", vector_text(vector, "id"), names[product],
                    names[oracle]);
    }
    return names[product];
}

static void judge_condition(const json_t *vector, void *context)
{
    struct condition_run *run = context;
    struct made_context made = {0};
    const char *outcome;

    make_context(vector, &made);
    outcome = outcome_of(vector, &made, run);
    vector_judge(&run->run, vector, strcmp(outcome, vector_text(vector, "result")) == 0);
    made_context_deinit(&made);
}

#define NOT_ABOVE_BARE                                                                         \
    "Windows gets NOT on a bare attribute above another bare attribute wrong; the rules that " \
    "hold everywhere else give true (access-check.md 11)"

#define OVER_THE_LIMIT \
    "the claim is larger than TSR_CLAIM_SIZE_MAX; some Windows versions crash on it"

static const struct vector_exception exceptions[] = {
    {"conditional_eval-1bf86400075f",
     "peios: Member_of looks at groups alone; on Windows the user is one of the token's SIDs too "
     "([MS-DTYP] 2.5.2)"},
    {"conditional_eval-5b3f26ba94bd", OVER_THE_LIMIT},
    {"conditional_eval-725fd237f76e", OVER_THE_LIMIT},
    {"conditional_eval-ba45acee1c06", NOT_ABOVE_BARE},
    {"conditional_eval-d9bd30f0ec03", NOT_ABOVE_BARE},
    {NULL, NULL},
};

/* Covers AC-11-41. */
static void conditions_end_as_stated_by_both_evaluators(void **state)
{
    struct condition_run run = {.run = {.exceptions = exceptions}};
    (void)state;

    vectors_each("conditional_eval", judge_condition, &run);

    assert_int_equal(run.run.n_vectors, 194);
    assert_int_equal(run.run.n_failed, 0);
    assert_int_equal(run.n_disagreements, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_end_as_stated_by_both_evaluators),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
