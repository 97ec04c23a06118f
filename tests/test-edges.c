/* SPDX-License-Identifier: MIT */
/*
 * The edges of decisions: what tools/mutate showed that no other test looked at
 *
 * Each case stands where one operator or constant decides and its neighbour would be wrong.
 */

#include <support/random-case.h>

#include <tessera/assign.h>
#include <tessera/condition.h>
#include <tessera/sddl.h>

#include "sec/assign.h"
#include "sec/condition-token.h"
#include "sec/condition.h"
#include "sec/sddl-condition.h"

#define SLACK 8

/* Room for a binary expression. */
struct expression {
    uint8_t bytes[16384];
    size_t size;
};

static tsr_sd sd_of(const char *sddl, uint8_t **ret_bytes)
{
    size_t size;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse(sddl, NULL, ret_bytes, &size, NULL));
    expect_ok(tsr_sd_view(*ret_bytes, size, &sd));
    return sd;
}

/* Parts of a descriptor as SDDL; the caller frees them. */
static char *text_of(const uint8_t *bytes, size_t size, uint32_t information)
{
    char *text = NULL;
    tsr_sd sd;

    expect_ok(tsr_sd_view(bytes, size, &sd));
    expect_ok(tsr_sddl_format(&sd, information, NULL, &text));
    return text;
}

static tsr_token *token_of(uint32_t level, uint64_t privilege)
{
    const tsr_sid integrity = TSR_SID_INTEGRITY(level);
    const tsr_privilege_state privileges[] = {{(uint32_t)privilege, SE_PRIVILEGE_ENABLED}};
    const tsr_token_spec spec = {
        .user = TSR_SID(5, 21, 1, 2, 3, 1000),
        .integrity = &integrity,
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP,
        .privileges = privileges,
        .n_privileges = privilege ? 1 : 0,
    };
    tsr_token *token = NULL;

    expect_ok(tsr_token_new(&spec, &token));
    return token;
}

/* Section 6.3: of what no-read-up takes, the rights that also write stay. */
static void no_read_up_leaves_what_also_writes(void **state)
{
    static const uint32_t writing[] = {DELETE, WRITE_DAC, WRITE_OWNER, ACCESS_SYSTEM_SECURITY};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(writing); i++) {
        const tsr_generic_mapping mapping = {writing[i] | 0x1, 0x2, 0x4, writing[i] | 0xf};
        const uint32_t permitted = tsr_mandatory_mask(&mapping, SYSTEM_MANDATORY_LABEL_NO_READ_UP);

        assert_int_equal(permitted & writing[i], writing[i]);
        assert_int_equal(permitted & 0x1, 0);
    }
}

static tsr_truth evaluate(const char *text, const tsr_condition_context *context)
{
    uint8_t *bytes = NULL;
    tsr_truth truth;
    size_t size;

    expect_ok(tsr_condition_parse(text, NULL, &bytes, &size, NULL));
    expect_ok(tsr_condition_evaluate(bytes, size, context, &truth));
    free(bytes);
    return truth;
}

/* Evaluate with one claim of the user. */
static tsr_truth evaluate_claim(const char *text, tsr_claim_type type,
                                const tsr_claim_source *value)
{
    tsr_condition_context context = {.n_sids = 0};
    uint8_t *bytes = NULL;
    tsr_claim claim;
    tsr_truth truth;
    size_t size;

    expect_ok(tsr_claim_encode("x", type, 0, value, 1, &bytes, &size));
    expect_ok(tsr_claim_view(bytes, size, &claim));
    context.user_claims = (tsr_claim_list){&claim, 1};
    truth = evaluate(text, &context);
    free(bytes);
    return truth;
}

static void who_is_listed_for_denying_is_a_member_for_denying(void **state)
{
    const tsr_sid everyone = TSR_SID_EVERYONE;
    const tsr_condition_context context = {.sids = &everyone, .n_sids = 1, .for_deny = true};

    (void)state;

    assert_int_equal(evaluate("(Member_of {SID(WD)})", &context), TSR_TRUTH_TRUE);
}

static void the_largest_integer_is_not_negative(void **state)
{
    const tsr_claim_source largest = {.number = INT64_MAX};
    const tsr_claim_source smallest = {.number = (uint64_t)INT64_MAX + 1};

    (void)state;

    assert_int_equal(evaluate_claim("(@User.x > 0)", TSR_CLAIM_INT64, &largest), TSR_TRUTH_TRUE);
    assert_int_equal(evaluate_claim("(@User.x < 0)", TSR_CLAIM_INT64, &smallest), TSR_TRUTH_TRUE);
}

/* Unknown and false is false; unknown or true is true: the walk does not end at the unknown. */
static void a_set_is_judged_behind_a_value_of_another_type(void **state)
{
    const tsr_claim_source one = {.number = 1};

    (void)state;

    assert_int_equal(evaluate_claim("(@User.x Contains {\"a\", 2})", TSR_CLAIM_INT64, &one),
                     TSR_TRUTH_FALSE);
    assert_int_equal(evaluate_claim("(@User.x Contains {\"a\", 1})", TSR_CLAIM_INT64, &one),
                     TSR_TRUTH_UNKNOWN);
    assert_int_equal(evaluate_claim("(@User.x Any_of {\"a\", 1})", TSR_CLAIM_INT64, &one),
                     TSR_TRUTH_TRUE);
    assert_int_equal(evaluate_claim("(@User.x Any_of {\"a\", 2})", TSR_CLAIM_INT64, &one),
                     TSR_TRUTH_UNKNOWN);
}

static void put_bytes(struct expression *expression, const void *bytes, size_t size)
{
    assert_true(size <= sizeof(expression->bytes) - expression->size);
    memcpy(expression->bytes + expression->size, bytes, size);
    expression->size += size;
}

static void put_le32(struct expression *expression, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 24)};

    put_bytes(expression, bytes, sizeof(bytes));
}

static void put_code(struct expression *expression, uint8_t code)
{
    put_bytes(expression, &code, 1);
}

static void put_octets(struct expression *expression, const char *octets)
{
    put_code(expression, 0x18);
    put_le32(expression, (uint32_t)strlen(octets));
    put_bytes(expression, octets, strlen(octets));
}

static tsr_truth evaluate_bytes(struct expression *expression, const tsr_condition_context *context)
{
    tsr_truth truth;

    while (expression->size % 4 != 0) {
        put_code(expression, 0);
    }
    expect_ok(tsr_condition_evaluate(expression->bytes, expression->size, context, &truth));
    return truth;
}

/* What lies behind the shorter one in the expression is larger, and not part of it. */
static void a_prefix_is_smaller_whatever_lies_behind_it(void **state)
{
    const tsr_condition_context nobody = {.n_sids = 0};
    struct expression less = {.size = 0};
    struct expression greater = {.size = 0};

    (void)state;

    put_bytes(&less, "artx", 4);
    put_octets(&less, "\1");
    put_octets(&less, "\1\2");
    put_code(&less, 0x82);
    assert_int_equal(evaluate_bytes(&less, &nobody), TSR_TRUTH_TRUE);

    put_bytes(&greater, "artx", 4);
    put_octets(&greater, "\1\2");
    put_octets(&greater, "\1");
    put_code(&greater, 0x84);
    assert_int_equal(evaluate_bytes(&greater, &nobody), TSR_TRUTH_TRUE);
}

/* The sign byte decides (section 2.4), and the magnitude is what is left without it. */
static void a_minus_in_front_of_the_largest_integer_negates_it(void **state)
{
    static const uint8_t by_sign[] = {4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 2, 2};
    static const uint8_t by_value[] = {4, 1, 0, 0, 0, 0, 0, 0, 0x80, 2, 2};
    const tsr_condition_context nobody = {.n_sids = 0};
    struct expression expression = {.size = 0};

    (void)state;

    put_bytes(&expression, "artx", 4);
    put_bytes(&expression, by_sign, sizeof(by_sign));
    put_bytes(&expression, by_value, sizeof(by_value));
    put_code(&expression, 0x80);
    assert_int_equal(evaluate_bytes(&expression, &nobody), TSR_TRUTH_TRUE);
}

static void the_unit_behind_the_surrogates_is_a_character(void **state)
{
    const tsr_claim_source value = {.text = "\xee\x80\x80"};

    (void)state;

    assert_int_equal(evaluate_claim("(@User.x == \"\xee\x80\x80\")", TSR_CLAIM_STRING, &value),
                     TSR_TRUTH_TRUE);
}

/* @n times the user's claim x, then as many conjunctions as make one result of them. */
static struct expression deep_conjunction(size_t n)
{
    static const uint8_t attribute[] = {0xf9, 2, 0, 0, 0, 'x', 0};
    struct expression expression = {.size = 0};

    put_bytes(&expression, "artx", 4);
    for (size_t i = 0; i < n; i++) {
        put_bytes(&expression, attribute, sizeof(attribute));
    }
    for (size_t i = 1; i < n; i++) {
        put_code(&expression, 0xa0);
    }
    return expression;
}

static void the_stack_holds_1024_operands(void **state)
{
    const tsr_claim_source one = {.number = 1};
    struct expression expression = deep_conjunction(1024);
    tsr_condition_context context = {.n_sids = 0};
    uint8_t *bytes = NULL;
    tsr_claim claim;
    size_t size;

    (void)state;

    assert_int_equal(CONDITION_STACK_MAX, 1024);
    expect_ok(tsr_claim_encode("x", TSR_CLAIM_INT64, 0, &one, 1, &bytes, &size));
    expect_ok(tsr_claim_view(bytes, size, &claim));
    context.user_claims = (tsr_claim_list){&claim, 1};
    assert_int_equal(evaluate_bytes(&expression, &context), TSR_TRUTH_TRUE);
    expression = deep_conjunction(1025);
    assert_int_equal(evaluate_bytes(&expression, &context), TSR_TRUTH_UNKNOWN);
    free(bytes);
}

/* A composite in a composite, @depth of them, empty inside. */
static bool nested_composite_is_valid(size_t depth)
{
    struct expression expression = {.size = 0};

    put_bytes(&expression, "artx", 4);
    for (size_t i = depth; i > 0; i--) {
        put_code(&expression, 0x50);
        put_le32(&expression, (uint32_t)(5 * (i - 1)));
    }
    while (expression.size % 4 != 0) {
        put_code(&expression, 0);
    }
    return condition_is_valid(expression.bytes, expression.size);
}

static void composites_nest_64_deep(void **state)
{
    (void)state;

    assert_int_equal(CONDITION_COMPOSITE_DEPTH_MAX, 64);
    assert_true(nested_composite_is_valid(64));
    assert_false(nested_composite_is_valid(65));
}

/* The text "(term OPERATOR term OPERATOR …)"; the caller frees it. */
static char *repeated(const char *term, const char *operator, size_t n)
{
    char *text = calloc(1, n * (strlen(term) + strlen(operator)) + 3);

    assert_non_null(text);
    strcat(text, "(");
    for (size_t i = 0; i < n; i++) {
        strcat(text, i == 0 ? "" : operator);
        strcat(text, term);
    }
    strcat(text, ")");
    return text;
}

static tsr_claim claim_of(const char *name, size_t n_text, uint8_t **ret_bytes)
{
    char *text = calloc(1, n_text + 1);
    const tsr_claim_source value = {.text = text};
    tsr_claim claim;
    size_t size;

    assert_non_null(text);
    memset(text, 'a', n_text);
    expect_ok(tsr_claim_encode(name, TSR_CLAIM_STRING, 0, &value, 1, ret_bytes, &size));
    expect_ok(tsr_claim_view(*ret_bytes, size, &claim));
    free(text);
    return claim;
}

/* Whether it is there is not known when not all were looked at. */
static void a_search_that_costs_too_much_finds_neither_yes_nor_no(void **state)
{
    char *name = calloc(1, 30001);
    tsr_condition_context context = {.n_sids = 0};
    uint8_t *bytes = NULL;
    tsr_claim claims[600];
    tsr_claim claim;

    (void)state;

    assert_non_null(name);
    memset(name, 'n', 30000);
    claim = claim_of(name, 1, &bytes);
    for (size_t i = 0; i < ARRAY_SIZE(claims); i++) {
        claims[i] = claim;
    }
    context.local_claims = (tsr_claim_list){claims, 10};
    assert_int_equal(evaluate("(Exists x)", &context), TSR_TRUTH_FALSE);
    context.local_claims.n_claims = ARRAY_SIZE(claims);
    assert_int_equal(evaluate("(Exists x)", &context), TSR_TRUTH_UNKNOWN);
    assert_int_equal(evaluate("(Not_Exists x)", &context), TSR_TRUTH_UNKNOWN);
    free(bytes);
    free(name);
}

static void looking_at_large_values_too_often_is_unknown(void **state)
{
    char *few = repeated("x", " && ", 10);
    char *many = repeated("x", " && ", 600);
    tsr_condition_context context = {.n_sids = 0};
    uint8_t *bytes = NULL;
    const tsr_claim claim = claim_of("x", 30000, &bytes);

    (void)state;

    context.local_claims = (tsr_claim_list){&claim, 1};
    assert_int_equal(evaluate(few, &context), TSR_TRUTH_TRUE);
    assert_int_equal(evaluate(many, &context), TSR_TRUTH_UNKNOWN);
    free(bytes);
    free(many);
    free(few);
}

static enum truth evaluate_resource(const char *text, const tsr_acl *sacl)
{
    const struct sid_set_entry nobody = {TSR_SID(1, 1), 0};
    struct sid_set *sids = NULL;
    uint8_t *bytes = NULL;
    enum truth truth;
    size_t size;

    expect_ok(sid_set_new(&nobody, 1, &sids));
    expect_ok(tsr_condition_parse(text, NULL, &bytes, &size, NULL));
    truth =
        condition_evaluate(bytes, size, &(struct condition_context){.sids = sids, .sacl = sacl});
    free(bytes);
    sid_set_free(sids);
    return truth;
}

static void searching_resource_attributes_too_often_is_unknown(void **state)
{
    char *sddl = calloc(1, 40000);
    char *found_few = repeated("@Resource.x", " && ", 4);
    char *found_often = repeated("@Resource.x", " && ", 100);
    char *missed_few = repeated("Exists @Resource.y", " || ", 10);
    char *missed_often = repeated("Exists @Resource.y", " || ", 1000);
    uint8_t *bytes = NULL;
    size_t n_prefix;
    tsr_sd sd;

    (void)state;

    assert_non_null(sddl);
    n_prefix = (size_t)sprintf(sddl, "S:(RA;;;;;WD;(\"x\",TS,0x0,\"");
    memset(sddl + n_prefix, 'a', 30000);
    strcpy(sddl + n_prefix + 30000, "\"))");
    sd = sd_of(sddl, &bytes);
    assert_int_equal(evaluate_resource(found_few, &sd.sacl), TRUTH_TRUE);
    assert_int_equal(evaluate_resource(found_often, &sd.sacl), TRUTH_UNKNOWN);
    assert_int_equal(evaluate_resource(missed_few, &sd.sacl), TRUTH_FALSE);
    assert_int_equal(evaluate_resource(missed_often, &sd.sacl), TRUTH_UNKNOWN);
    free(bytes);
    free(missed_often);
    free(missed_few);
    free(found_often);
    free(found_few);
    free(sddl);
}

static void shuffle(uint64_t *numbers, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t other = random_below((uint32_t)i);
        const uint64_t moved = numbers[i - 1];

        numbers[i - 1] = numbers[other];
        numbers[other] = moved;
    }
}

static tsr_status encode_numbers(const uint64_t *numbers, size_t n)
{
    tsr_claim_source values[40] = {0};
    uint8_t *bytes = NULL;
    tsr_status status;
    size_t size;

    for (size_t i = 0; i < n; i++) {
        values[i].number = numbers[i];
    }
    status = tsr_claim_encode("x", TSR_CLAIM_INT64, 0, values, n, &bytes, &size);
    free(bytes);
    return status;
}

static void a_value_said_twice_is_found_wherever_it_stands(void **state)
{
    (void)state;

    for (size_t n = 2; n < 40; n++) {
        for (size_t round = 0; round < 50; round++) {
            uint64_t numbers[40];

            for (size_t i = 0; i < n; i++) {
                numbers[i] = i * 7;
            }
            shuffle(numbers, n);
            expect_ok(encode_numbers(numbers, n));
            numbers[random_below((uint32_t)n)] = 7 * random_below((uint32_t)n);
            numbers[0] = numbers[n - 1];
            expect_status(STATUS_INVALID_PARAMETER, encode_numbers(numbers, n));
        }
    }
}

/* A token's new object as SDDL; the caller frees it. */
static char *assigned(const tsr_token *token, const char *parent, const char *creator,
                      uint32_t flags, const tsr_generic_mapping *mapping)
{
    uint8_t *parent_bytes = NULL;
    uint8_t *creator_bytes = NULL;
    const tsr_sd parent_sd = sd_of(parent ? parent : "", &parent_bytes);
    const tsr_sd creator_sd = sd_of(creator ? creator : "", &creator_bytes);
    uint8_t *bytes = NULL;
    char *text;
    size_t size;

    expect_ok(tsr_sd_assign(token, parent ? &parent_sd : NULL, creator ? &creator_sd : NULL, true,
                            flags | SEF_AVOID_PRIVILEGE_CHECK, mapping, &bytes, &size));
    text = text_of(bytes, size, DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION);
    free(bytes);
    free(creator_bytes);
    free(parent_bytes);
    return text;
}

static void expect_assigned(const char *expected, uint32_t level, const char *parent,
                            const char *creator, uint32_t flags)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    tsr_token *token = token_of(level, 0);
    char *text = assigned(token, parent, creator, flags, &mapping);

    assert_string_equal(text, expected);
    free(text);
    tsr_token_unref(token);
}

static void a_new_object_keeps_only_rights_of_its_type(void **state)
{
    const tsr_generic_mapping mapping = {0x2, 0x2, 0x2, 0x80002};
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, 0);
    char *dacl = assigned(token, NULL, "D:(A;;0x80003;;;WD)", 0, &mapping);
    char *label = assigned(token, "S:(ML;OICI;NWNX;;;LW)", "D:", 0, &mapping);

    (void)state;

    assert_string_equal(dacl, "D:(A;;DCWO;;;WD)");
    /* What a label's mask holds are no rights. */
    assert_string_equal(label, "D:S:(ML;OICI;NWNX;;;LW)");
    free(label);
    free(dacl);
    tsr_token_unref(token);
}

static void policies_of_the_parent_come_only_by_inheriting_automatically(void **state)
{
    static const char parent[] = "S:(RA;OICI;;;;WD;(\"x\",TI,0x0,1))";

    (void)state;

    expect_assigned("D:S:(AU;SA;FR;;;WD)", TSR_INTEGRITY_MEDIUM, parent, "D:S:(AU;SA;FR;;;WD)", 0);
    expect_assigned("D:S:P(AU;SA;FR;;;WD)(RA;OICIID;;;;WD;(\"x\",TI,0x0,1))", TSR_INTEGRITY_MEDIUM,
                    parent, "D:S:P(AU;SA;FR;;;WD)", SEF_SACL_AUTO_INHERIT);
}

static void a_label_marked_as_inherited_goes_like_any_such_entry(void **state)
{
    (void)state;

    expect_assigned("D:S:", TSR_INTEGRITY_MEDIUM, NULL, "D:S:(ML;ID;NW;;;LW)",
                    SEF_SACL_AUTO_INHERIT);
}

static void a_low_subject_labels_by_what_the_flags_say(void **state)
{
    (void)state;

    expect_assigned("D:S:(ML;;NW;;;LW)", TSR_INTEGRITY_LOW, NULL, "D:", 0);
    expect_assigned("D:S:(ML;;NW;;;LW)", TSR_INTEGRITY_LOW, NULL, "D:", SEF_MACL_NO_WRITE_UP);
    expect_assigned("D:S:(ML;;NW;;;LW)(AU;SA;FR;;;WD)", TSR_INTEGRITY_LOW, NULL,
                    "D:S:(AU;SA;FR;;;WD)", 0);
    expect_assigned("D:S:(ML;;NR;;;LW)", TSR_INTEGRITY_LOW, NULL, "D:", SEF_MACL_NO_READ_UP);
    expect_assigned("D:S:(ML;;NX;;;LW)", TSR_INTEGRITY_LOW, NULL, "D:", SEF_MACL_NO_EXECUTE_UP);
    expect_assigned("D:S:(ML;;NWNR;;;LW)", TSR_INTEGRITY_LOW, NULL,
                    "D:", SEF_MACL_NO_WRITE_UP | SEF_MACL_NO_READ_UP);
}

static void owner_rights_is_no_creator_and_is_inherited_as_it_is(void **state)
{
    (void)state;

    expect_assigned("D:(A;OICI;FR;;;OW)", TSR_INTEGRITY_MEDIUM, "D:(A;OICI;FR;;;OW)", NULL, 0);
}

static void a_default_dacl_is_taken_as_it_is(void **state)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    uint8_t *bytes = NULL;
    const tsr_sd sd = sd_of("D:(A;ID;FR;;;WD)", &bytes);
    const tsr_token_spec spec = {.user = TSR_SID(5, 21, 1, 2, 3, 1000), .default_dacl = &sd.dacl};
    tsr_token *token = NULL;
    char *text;

    (void)state;

    expect_ok(tsr_token_new(&spec, &token));
    text = assigned(token, NULL, NULL, SEF_DACL_AUTO_INHERIT, &mapping);
    assert_string_equal(text, "D:(A;ID;FR;;;WD)");
    free(text);
    tsr_token_unref(token);
    free(bytes);
}

/* Also where the ACEs are the parent's, because the creator gave none. */
static void what_the_creator_protects_stays_protected(void **state)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, 0);
    uint8_t *parent_bytes = NULL;
    uint8_t *creator_bytes = NULL;
    const tsr_sd parent = sd_of("D:(A;OICI;FR;;;WD)S:(AU;OICISA;FR;;;WD)", &parent_bytes);
    const tsr_sd_parts parts = {.control = SE_DACL_PROTECTED | SE_SACL_PROTECTED};
    uint8_t *bytes = NULL;
    tsr_sd creator;
    tsr_sd sd;
    size_t size;

    (void)state;

    expect_ok(tsr_sd_build(&parts, &creator_bytes, &size));
    expect_ok(tsr_sd_view(creator_bytes, size, &creator));
    expect_ok(tsr_sd_assign(token, &parent, &creator, true,
                            SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT, &mapping, &bytes,
                            &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    assert_int_equal(sd.control & (SE_DACL_PROTECTED | SE_SACL_PROTECTED),
                     SE_DACL_PROTECTED | SE_SACL_PROTECTED);
    free(bytes);
    free(creator_bytes);
    free(parent_bytes);
    tsr_token_unref(token);
}

/* A descriptor whose SACL ends in slack, and with control bits of every part. */
static uint8_t *slack_descriptor(tsr_sd *ret_sd)
{
    static const uint8_t sacl[] = {2, 0,    28 + SLACK, 0, 1, 0, 0, 0, /* ACL */
                                   2, 0x40, 20,         0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0,
                                   0, 1,    0,          0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
    const tsr_sid owner = TSR_SID(5, 21, 1, 2, 3, 1000);
    tsr_sd_parts parts = {
        .control = SE_OWNER_DEFAULTED | SE_GROUP_DEFAULTED | SE_DACL_PROTECTED | SE_SACL_DEFAULTED |
                   SE_SACL_AUTO_INHERIT_REQ | SE_RM_CONTROL_VALID,
        .resource_manager_control = 7,
        .owner = &owner,
        .group = &owner,
        .has_dacl = true,
        .has_sacl = true,
    };
    uint8_t *bytes = NULL;
    size_t size;

    expect_ok(tsr_acl_view(sacl, sizeof(sacl), &parts.sacl));
    expect_ok(tsr_sd_build(&parts, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, ret_sd));
    return bytes;
}

static tsr_sd changed(const tsr_sd *current, uint32_t information, const tsr_sd *change,
                      uint8_t **ret_bytes)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, SE_SECURITY_PRIVILEGE);
    size_t size;
    tsr_sd sd;

    expect_ok(tsr_sd_change(token, current, information, change, &mapping, ret_bytes, &size));
    expect_ok(tsr_sd_view(*ret_bytes, size, &sd));
    tsr_token_unref(token);
    return sd;
}

static void parts_that_are_not_changed_stay_to_the_byte(void **state)
{
    uint8_t *change_bytes = NULL;
    const tsr_sd change = sd_of("D:(A;;FR;;;WD)", &change_bytes);
    uint8_t *bytes = NULL;
    tsr_sd current;
    uint8_t *current_bytes = slack_descriptor(&current);
    const tsr_sd sd = changed(&current, DACL_SECURITY_INFORMATION, &change, &bytes);

    (void)state;

    assert_int_equal(sd.sacl.size, current.sacl.size);
    assert_memory_equal(sd.sacl.bytes, current.sacl.bytes, current.sacl.size);
    free(bytes);
    free(current_bytes);
    free(change_bytes);
}

static void a_new_sacl_brings_its_own_control_bits(void **state)
{
    uint8_t *change_bytes = NULL;
    const tsr_sd change = sd_of("S:ARAI(AU;SA;FR;;;WD)", &change_bytes);
    uint8_t *bytes = NULL;
    tsr_sd current;
    uint8_t *current_bytes = slack_descriptor(&current);
    const tsr_sd sd = changed(&current, SACL_SECURITY_INFORMATION, &change, &bytes);

    (void)state;

    assert_int_equal(sd.control & (SE_SACL_DEFAULTED | SE_SACL_AUTO_INHERIT_REQ), 0);
    assert_int_equal(sd.control & SE_SACL_AUTO_INHERITED, SE_SACL_AUTO_INHERITED);
    assert_int_equal(sd.control & SE_DACL_PROTECTED, SE_DACL_PROTECTED);
    free(bytes);
    free(current_bytes);
    free(change_bytes);
}

static void selecting_everything_keeps_everything(void **state)
{
    const uint32_t all = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                         DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION |
                         LABEL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION |
                         SCOPE_SECURITY_INFORMATION;
    uint8_t *bytes = NULL;
    tsr_sd current;
    uint8_t *current_bytes = slack_descriptor(&current);
    size_t size;

    (void)state;

    expect_ok(tsr_sd_select(&current, all, &bytes, &size));
    assert_int_equal(size, current.size);
    assert_memory_equal(bytes, current_bytes, size);
    free(bytes);
    free(current_bytes);
}

static void a_refused_check_says_what_is_missing_and_touches_no_type_behind_the_last(void **state)
{
    uint8_t *whole_bytes = NULL;
    uint8_t *bare_bytes = NULL;
    const tsr_sd whole = sd_of("O:WDG:WDD:(A;;FA;;;WD)", &whole_bytes);
    const tsr_sd bare = sd_of("D:(A;;FA;;;WD)", &bare_bytes);
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, 0);
    tsr_object_type types[2] = {{.granted = 7}, {.level = 1, .granted = 7}};
    tsr_access_request request = {.desired = GENERIC_READ | DELETE,
                                  .mapping = TSR_FILE_MAPPING,
                                  .types = types,
                                  .n_types = 1};
    tsr_token *primary = token;
    tsr_access_result result;

    (void)state;

    expect_ok(tsr_token_duplicate(primary, TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IMPERSONATION, false,
                                  &token));
    (void)tsr_token_unref(primary);
    result = tsr_token_nt_access_check(token, &whole, &request);
    assert_int_equal(result.status.code, STATUS_GENERIC_NOT_MAPPED);
    assert_int_equal(result.missing, GENERIC_READ | DELETE);
    assert_int_equal(types[0].granted, 0);
    assert_int_equal(types[1].granted, 7);

    request.desired = DELETE | MAXIMUM_ALLOWED;
    result = tsr_token_nt_access_check(token, &bare, &request);
    assert_int_equal(result.status.code, STATUS_INVALID_SECURITY_DESCR);
    assert_int_equal(result.missing, DELETE);

    request.desired = 0;
    result = tsr_token_nt_access_check(token, &whole, &request);
    assert_int_equal(result.status.code, STATUS_ACCESS_DENIED);
    assert_int_equal(result.missing, 0);

    request = (tsr_access_request){.desired = DELETE, .mapping = TSR_FILE_MAPPING, .n_types = 1};
    result = tsr_token_access_check(token, &whole, &request);
    assert_int_equal(result.status.code, STATUS_INVALID_PARAMETER);
    assert_int_equal(result.missing, 0);
    tsr_token_unref(token);
    free(bare_bytes);
    free(whole_bytes);
}

static void every_entry_of_a_filter_is_validated(void **state)
{
    const tsr_sid good = TSR_SID_EVERYONE;
    const tsr_sid bad = {.authority = 5};
    tsr_token *source = token_of(TSR_INTEGRITY_MEDIUM, 0);
    tsr_token *token = NULL;

    (void)state;

    for (size_t i = 0; i < 3; i++) {
        tsr_sid disable[] = {good, good, good};
        tsr_group restrict_to[] = {{good, 0}, {good, 0}, {good, 0}};
        const tsr_token_filter_spec disabling = {.disable = disable, .n_disable = 3};
        const tsr_token_filter_spec restricting = {.restrict_to = restrict_to, .n_restrict_to = 3};

        disable[i] = bad;
        expect_status(STATUS_INVALID_SID, tsr_token_filter(source, &disabling, &token));
        restrict_to[i].attributes = SE_GROUP_ENABLED;
        expect_status(STATUS_INVALID_PARAMETER, tsr_token_filter(source, &restricting, &token));
        restrict_to[i] = (tsr_group){bad, 0};
        expect_status(STATUS_INVALID_SID, tsr_token_filter(source, &restricting, &token));
        assert_null(token);
    }
    tsr_token_unref(source);
}

static void filters_are_as_long_as_the_limit_and_no_longer(void **state)
{
    const size_t n = TSR_TOKEN_GROUPS_MAX;
    tsr_group *groups = calloc(n + 1, sizeof(*groups));
    uint32_t *luids = calloc(n + 1, sizeof(*luids));
    tsr_token *source = token_of(TSR_INTEGRITY_MEDIUM, 0);
    tsr_token_filter_spec spec = {.delete_privileges = luids, .restrict_to = groups};
    tsr_token *token = NULL;

    (void)state;

    assert_true(groups && luids);
    for (size_t i = 0; i <= n; i++) {
        groups[i].sid = TSR_SID(5, 21, (uint32_t)i);
        luids[i] = SE_SECURITY_PRIVILEGE;
    }
    spec.n_delete_privileges = n + 1;
    expect_status(STATUS_INVALID_PARAMETER, tsr_token_filter(source, &spec, &token));
    spec.n_delete_privileges = n;
    spec.n_restrict_to = n + 1;
    expect_status(STATUS_INVALID_PARAMETER, tsr_token_filter(source, &spec, &token));
    spec.n_restrict_to = n;
    expect_ok(tsr_token_filter(source, &spec, &token));
    tsr_token_unref(token);
    tsr_token_unref(source);
    free(luids);
    free(groups);
}

static void the_last_privilege_can_be_deleted(void **state)
{
    const uint32_t last = TSR_PRIVILEGE_LAST;
    const tsr_token_filter_spec spec = {.delete_privileges = &last, .n_delete_privileges = 1};
    tsr_token *source = token_of(TSR_INTEGRITY_MEDIUM, TSR_PRIVILEGE_LAST);
    tsr_token *token = NULL;

    (void)state;

    assert_int_equal(tsr_token_enabled_privileges(source), TSR_PRIVILEGE_BIT(TSR_PRIVILEGE_LAST));
    expect_ok(tsr_token_filter(source, &spec, &token));
    assert_int_equal(tsr_token_enabled_privileges(token), 0);
    tsr_token_unref(token);
    tsr_token_unref(source);
}

/* 544 is administrative in the builtin domain, and nowhere else. */
static void lua_disables_no_namesakes_of_administrators(void **state)
{
    const tsr_token_filter_spec lua = {.flags = LUA_TOKEN};
    const tsr_group groups[] = {{TSR_SID(5, 99, 544), TSR_GROUP_ORDINARY},
                                {TSR_SID(5, 32, 544, 1), TSR_GROUP_ORDINARY},
                                {TSR_SID(5, 32, 544), TSR_GROUP_ORDINARY}};
    const tsr_token_spec spec = {
        .user = TSR_SID(5, 21, 1, 2, 3, 1000), .groups = groups, .n_groups = 3};
    tsr_token *source = NULL;
    tsr_token *token = NULL;

    (void)state;

    expect_ok(tsr_token_new(&spec, &source));
    expect_ok(tsr_token_filter(source, &lua, &token));
    assert_true(tsr_token_is_member(token, &groups[0].sid));
    assert_true(tsr_token_is_member(token, &groups[1].sid));
    assert_false(tsr_token_is_member(token, &groups[2].sid));
    tsr_token_unref(token);
    tsr_token_unref(source);
}

static void system_becomes_sandbox_inert_only_when_asked_to(void **state)
{
    const tsr_token_filter_spec nothing = {.flags = 0};
    const tsr_token_filter_spec inert = {.flags = SANDBOX_INERT};
    const tsr_token_spec spec = {.user = TSR_SID_SYSTEM};
    tsr_token_statistics statistics;
    tsr_token *source = NULL;
    tsr_token *token = NULL;

    (void)state;

    expect_ok(tsr_token_new(&spec, &source));
    expect_ok(tsr_token_filter(source, &nothing, &token));
    tsr_token_get_statistics(token, &statistics);
    assert_int_equal(statistics.flags & TSR_TOKEN_SANDBOX_INERT, 0);
    tsr_token_unref(token);
    expect_ok(tsr_token_filter(source, &inert, &token));
    tsr_token_get_statistics(token, &statistics);
    assert_int_equal(statistics.flags & TSR_TOKEN_SANDBOX_INERT, TSR_TOKEN_SANDBOX_INERT);
    tsr_token_unref(token);
    tsr_token_unref(source);
}

static void every_rule_has_a_text_and_others_are_unknown(void **state)
{
    (void)state;

    for (int rule = TSR_RULE_NONE; rule <= TSR_RULE_CENTRAL_POLICY; rule++) {
        assert_string_not_equal(tsr_access_rule_text((tsr_access_rule)rule), "unknown rule");
    }
    assert_string_equal(tsr_access_rule_text((tsr_access_rule)(TSR_RULE_CENTRAL_POLICY + 1)),
                        "unknown rule");
}

static void a_result_list_of_no_types_is_the_object_itself(void **state)
{
    tsr_access_request request = {
        .desired = DELETE, .mapping = TSR_FILE_MAPPING, .result_list = true};
    uint8_t *bytes = NULL;
    const tsr_sd sd = sd_of("D:(D;;DC;;;S-1-5-21-1-2-3-1000)(A;;SD;;;S-1-5-21-1-2-3-1000)", &bytes);
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, 0);
    tsr_access_result result;

    (void)state;

    assert_int_equal(tsr_token_access_check(token, &sd, &request).granted, DELETE);
    /* A deny ends the walk, as it does not where other nodes have answers of their own. */
    request.desired = DELETE | FILE_WRITE_DATA;
    result = tsr_token_access_check(token, &sd, &request);
    assert_int_equal(result.rule, TSR_RULE_DENY_ACE);
    assert_int_equal(result.ace_index, 0);
    tsr_token_unref(token);
    free(bytes);
}

static void a_stand_in_that_is_no_sid_stands_for_nobody(void **state)
{
    const tsr_sid none = {.authority = 5, .n_sub_authorities = TSR_SID_SUB_AUTHORITIES_MAX + 1};
    const tsr_access_request request = {
        .desired = DELETE, .mapping = TSR_FILE_MAPPING, .principal_self = &none};
    uint8_t *bytes = NULL;
    const tsr_sd sd = sd_of("D:(A;;SD;;;PS)", &bytes);
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, 0);

    (void)state;

    assert_int_equal(tsr_token_access_check(token, &sd, &request).granted, 0);
    tsr_token_unref(token);
    free(bytes);
}

static void the_first_failure_of_an_acl_is_the_one_reported(void **state)
{
    static const uint8_t malformed[] = {0, 0, 8, 0, 0, 0, 0, 0};
    tsr_acl_builder builder = {0};
    uint8_t *bytes = NULL;
    tsr_acl acl;

    (void)state;

    tsr_acl_builder_add_encoded(&builder, malformed, sizeof(malformed));
    tsr_acl_builder_add_encoded(&builder, malformed, sizeof(malformed));
    expect_status(STATUS_INVALID_ACL, tsr_acl_builder_finish(&builder, &bytes, &acl));
    assert_null(bytes);
}

static void a_compound_ace_of_a_creator_splits_when_inherited(void **state)
{
    const tsr_sid creator_owner = TSR_SID_CREATOR_OWNER;
    const tsr_sid everyone = TSR_SID_EVERYONE;
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, 0);
    struct case_acl dacl = {.n_aces = 1};
    tsr_sd_parts parts = {.has_dacl = true};
    uint8_t *parent_bytes = NULL;
    uint8_t *bytes = NULL;
    tsr_sd parent;
    tsr_sd sd;
    size_t size;

    (void)state;

    dacl.aces[0] = case_ace_begin(ACCESS_ALLOWED_COMPOUND_ACE_TYPE,
                                  OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE, FILE_READ_DATA);
    case_put_le32(&dacl.aces[0], 1);
    case_put_sid(&dacl.aces[0], &creator_owner);
    case_put_sid(&dacl.aces[0], &everyone);
    dacl.aces[0] = case_ace_end(dacl.aces[0]);
    parts.dacl = case_acl_build(&dacl);
    expect_ok(tsr_sd_build(&parts, &parent_bytes, &size));
    expect_ok(tsr_sd_view(parent_bytes, size, &parent));
    expect_ok(tsr_sd_assign(token, &parent, NULL, true, 0, &mapping, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    assert_int_equal(sd.dacl.n_aces, 2);
    free(bytes);
    free(parent_bytes);
    free((void *)parts.dacl.bytes);
    tsr_token_unref(token);
}

static void somebody_who_owns_nothing_by_default_makes_no_object(void **state)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    const struct assigner nobody = {.may_own = NULL};
    const tsr_assign_request request = {.mapping = &mapping};
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_status(STATUS_INVALID_OWNER, sd_assign(&nobody, &request, &bytes, &size));
    assert_null(bytes);
}

static void a_label_that_is_only_inherited_on_does_not_label_what_a_low_subject_makes(void **state)
{
    (void)state;

    expect_assigned("D:S:(ML;;NW;;;LW)(ML;OIIO;NW;;;HI)", TSR_INTEGRITY_LOW, "S:(ML;OI;NW;;;HI)",
                    "D:", 0);
}

static void a_default_sacl_gives_way_to_the_parents(void **state)
{
    (void)state;

    expect_assigned("D:S:(AU;OICIFA;FR;;;WD)", TSR_INTEGRITY_MEDIUM, "S:(AU;OICIFA;FR;;;WD)",
                    "D:S:(AU;SA;FX;;;WD)", SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT);
}

static tsr_status assign_labelled(const tsr_token *token, const tsr_sid *label)
{
    const struct case_acl sacl = {
        .n_aces = 1, .aces = {case_ace_basic(SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, 1, label)}};
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    const tsr_sd_parts parts = {.has_sacl = true, .sacl = case_acl_build(&sacl)};
    uint8_t *creator_bytes = NULL;
    uint8_t *bytes = NULL;
    tsr_status status;
    tsr_sd creator;
    size_t size;

    expect_ok(tsr_sd_build(&parts, &creator_bytes, &size));
    expect_ok(tsr_sd_view(creator_bytes, size, &creator));
    status = tsr_sd_assign(token, NULL, &creator, false, 0, &mapping, &bytes, &size);
    free(bytes);
    free(creator_bytes);
    free((void *)parts.sacl.bytes);
    return status;
}

static void a_label_that_is_no_integrity_level_is_above_everybody(void **state)
{
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    const tsr_sid everyone = TSR_SID_EVERYONE;
    const tsr_sid bare = {.authority = 16};
    const tsr_sid longer = TSR_SID(16, TSR_INTEGRITY_LOW, 1);
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, 0);

    (void)state;

    expect_ok(assign_labelled(token, &low));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, assign_labelled(token, &everyone));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, assign_labelled(token, &bare));
    expect_status(STATUS_PRIVILEGE_NOT_HELD, assign_labelled(token, &longer));
    tsr_token_unref(token);
}

static void selecting_of_a_sacl_that_is_not_there_yields_none(void **state)
{
    uint8_t *bytes = NULL;
    uint8_t *from_bytes = NULL;
    const tsr_sd from = sd_of("D:(A;;FR;;;WD)", &from_bytes);
    size_t size;
    tsr_sd sd;

    (void)state;

    expect_ok(tsr_sd_select(&from, LABEL_SECURITY_INFORMATION, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    assert_false(sd.has_sacl || sd.has_dacl);
    free(bytes);
    free(from_bytes);
}

static void octets_longer_than_any_claim_are_refused_unread(void **state)
{
    const uint8_t one = 1;
    const tsr_claim_source value = {.octets = &one, .n_octets = TSR_CLAIM_SIZE_MAX + 1};
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER,
                  tsr_claim_encode("x", TSR_CLAIM_OCTETS, 0, &value, 1, &bytes, &size));
    assert_null(bytes);
}

static void a_boolean_compares_with_the_literals_0_and_1_alone(void **state)
{
    const tsr_claim_source yes = {.number = 1};

    (void)state;

    assert_int_equal(evaluate_claim("(@User.x == 1)", TSR_CLAIM_BOOLEAN, &yes), TSR_TRUTH_TRUE);
    assert_int_equal(evaluate_claim("(@User.x == 0)", TSR_CLAIM_BOOLEAN, &yes), TSR_TRUTH_FALSE);
    assert_int_equal(evaluate_claim("(@User.x == 2)", TSR_CLAIM_BOOLEAN, &yes), TSR_TRUTH_UNKNOWN);
    assert_int_equal(evaluate_claim("(@User.x == -1)", TSR_CLAIM_BOOLEAN, &yes), TSR_TRUTH_UNKNOWN);
}

static void a_resource_attribute_that_is_only_inherited_on_is_not_there(void **state)
{
    uint8_t *bytes = NULL;
    const tsr_sd sd = sd_of("S:(AU;SA;FR;;;WD)(RA;OIIO;;;;WD;(\"x\",TI,0x0,1))", &bytes);

    (void)state;

    assert_int_equal(evaluate_resource("(Exists @Resource.x)", &sd.sacl), TRUTH_FALSE);
    free(bytes);
}

/* Section 11: it must be for everyone. */
static void a_resource_attribute_for_somebody_is_not_there(void **state)
{
    const tsr_sid others[] = {TSR_SID(5, 32, 544), TSR_SID(1, 1), TSR_SID(5, 0)};
    const tsr_claim_source one = {.number = 1};
    uint8_t *claim = NULL;
    size_t size;

    (void)state;

    expect_ok(tsr_claim_encode("x", TSR_CLAIM_INT64, 0, &one, 1, &claim, &size));
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        struct case_acl sacl = {.n_aces = 1};
        tsr_acl acl;

        sacl.aces[0] = case_ace_begin(SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE, 0, 0);
        case_put_sid(&sacl.aces[0], &others[i]);
        case_put(&sacl.aces[0], claim, size);
        sacl.aces[0] = case_ace_end(sacl.aces[0]);
        acl = case_acl_build(&sacl);
        assert_int_equal(evaluate_resource("(Exists @Resource.x)", &acl), TRUTH_FALSE);
        free((void *)acl.bytes);
    }
    free(claim);
}

static tsr_status format_bytes(struct expression *expression)
{
    char *text = NULL;
    tsr_status status;

    while (expression->size % 4 != 0) {
        put_code(expression, 0);
    }
    status = tsr_condition_format(expression->bytes, expression->size, NULL, &text);
    free(text);
    return status;
}

static void an_operator_without_operands_is_unknown_and_has_no_text(void **state)
{
    static const uint8_t codes[] = {0x80, 0x87, 0x89, 0xa0, 0xa2};
    const tsr_condition_context nobody = {.n_sids = 0};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        struct expression expression = {.size = 0};

        put_bytes(&expression, "artx", 4);
        put_code(&expression, codes[i]);
        assert_int_equal(evaluate_bytes(&expression, &nobody), TSR_TRUTH_UNKNOWN);
        expect_status(STATUS_INVALID_ACL, format_bytes(&expression));
    }
}

static void a_literal_as_a_truth_has_no_text(void **state)
{
    static const uint8_t attribute[] = {0xf9, 2, 0, 0, 0, 'x', 0};
    struct expression expression = {.size = 0};

    (void)state;

    put_bytes(&expression, "artx", 4);
    put_octets(&expression, "a");
    put_bytes(&expression, attribute, sizeof(attribute));
    put_code(&expression, 0xa0);
    expect_status(STATUS_NOT_SUPPORTED, format_bytes(&expression));
}

static void a_set_of_what_no_text_says_has_none(void **state)
{
    static const uint8_t quote[] = {0x10, 2, 0, 0, 0, '"', 0};
    static const uint8_t attribute[] = {0xf9, 2, 0, 0, 0, 'x', 0};
    struct expression expression = {.size = 0};

    (void)state;

    put_bytes(&expression, "artx", 4);
    put_bytes(&expression, attribute, sizeof(attribute));
    put_code(&expression, 0x50);
    put_le32(&expression, sizeof(quote));
    put_bytes(&expression, quote, sizeof(quote));
    put_code(&expression, 0x88);
    expect_status(STATUS_NOT_SUPPORTED, format_bytes(&expression));
}

static void a_word_that_stands_in_front_does_not_stand_between(void **state)
{
    uint8_t *bytes = NULL;
    size_t size;

    (void)state;

    assert_true(tsr_failed(tsr_condition_parse("(x Exists y)", NULL, &bytes, &size, NULL)));
    assert_true(
        tsr_failed(tsr_condition_parse("(x Member_of {SID(WD)})", NULL, &bytes, &size, NULL)));
    assert_null(bytes);
}

/* Text that is not ended by a zero byte, and text with one inside. */
static void text_is_read_to_its_end_and_no_further(void **state)
{
    static const char octets[] = {'(', '"', 'x', '"', ',', 'T', 'X', ',', '0', ',', '0', '0'};
    static const char sid[] = {'(', 'M', 'e', 'm', 'b', 'e', 'r', '_', 'o',
                               'f', '{', 'S', 'I', 'D', '(', 'W', 'D'};
    static const char zero[] = "(Member_of{SID(W\0D)})";
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_sddl_error error;
    size_t n_taken;

    (void)state;

    assert_true(
        tsr_failed(attribute_parse(octets, sizeof(octets), NULL, &writer, &n_taken, &error)));
    assert_true(tsr_failed(condition_parse(sid, sizeof(sid), NULL, &writer, &n_taken, &error)));
    assert_true(tsr_failed(condition_parse(zero, sizeof(zero), NULL, &writer, &n_taken, &error)));
    assert_int_equal(writer.size, 0);
}

static tsr_status parse_sddl(const char *text)
{
    uint8_t *bytes = NULL;
    tsr_status status;
    size_t size;

    status = tsr_sddl_parse(text, NULL, &bytes, &size, NULL);
    free(bytes);
    return status;
}

static void a_sid_of_too_many_zeros_is_not_told_from_the_section_behind_it(void **state)
{
    char text[1024] = "O:S-1-5-0x";

    (void)state;

    expect_ok(parse_sddl("O:S-1-5-0x20D:"));
    assert_true(tsr_failed(parse_sddl("O:S-1-5-0x20:")));
    memset(text + strlen(text), '0', 600);
    strcat(text, "20D:");
    assert_true(tsr_failed(parse_sddl(text)));
}

static void a_condition_larger_than_any_ace_is_refused(void **state)
{
    char *text = calloc(1, 50000);

    (void)state;

    assert_non_null(text);
    strcpy(text, "D:(XA;;FR;;;WD;(x == \"");
    memset(text + strlen(text), 'a', 40000);
    strcat(text, "\"))");
    expect_status(STATUS_INVALID_ACL, parse_sddl(text));
    free(text);
}

/* What fits into an ACE alone does not always fit behind two GUIDs and the longest SID. */
static void a_condition_fits_into_its_own_ace_or_is_refused(void **state)
{
    static const char start[] =
        "D:(ZA;;FR;00000001-0000-0000-0000-000000000002;00000001-0000-0000-0000-000000000003;"
        "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15;(x == \"";
    size_t n_refused = 0;

    (void)state;

    for (size_t n = 32600; n < 32780; n += 4) {
        char *text = calloc(1, n + sizeof(start) + 8);
        tsr_status status;

        assert_non_null(text);
        strcpy(text, start);
        memset(text + strlen(text), 'a', n);
        strcat(text, "\"))");
        status = parse_sddl(text);
        assert_true(tsr_ok(status) ? n_refused == 0 : status.code == STATUS_INVALID_ACL);
        n_refused += tsr_failed(status);
        free(text);
    }
    assert_in_range(n_refused, 1, 44);
}

/* Only callback ACEs have a condition; behind another it is slack. */
static void a_false_condition_behind_a_plain_deny_changes_nothing(void **state)
{
    const uint8_t types[] = {ACCESS_DENIED_ACE_TYPE, ACCESS_DENIED_OBJECT_ACE_TYPE};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        struct random_case random = {
            .subject = {.spec = {.user = TSR_SID(5, 21, 1, 2, 3, 1)}},
            .object = {.has_dacl = true, .dacl = {.n_aces = 2}},
            .request = {.desired = FILE_READ_DATA, .mapping = TSR_FILE_MAPPING},
        };
        struct case_ace *ace = &random.object.dacl.aces[0];
        const tsr_sid user = random.subject.spec.user;

        *ace = case_ace_begin((tsr_ace_type)types[i], 0, FILE_READ_DATA);
        if (types[i] == ACCESS_DENIED_OBJECT_ACE_TYPE) {
            case_put_le32(ace, 0);
        }
        case_put_sid(ace, &user);
        case_put_condition(ace, "(Not_Member_of {SID(S-1-5-21-1-2-3-1)})");
        *ace = case_ace_end(*ace);
        random.object.dacl.aces[1] =
            case_ace_basic(ACCESS_ALLOWED_ACE_TYPE, 0, FILE_READ_DATA, &user);
        assert_int_equal(case_judge(&random).granted, 0);
        random.object.dacl.aces[0].bytes[1] = INHERIT_ONLY_ACE;
        assert_int_equal(case_judge(&random).granted, FILE_READ_DATA);
    }
}

/* Section 9: what writing shares with reading is decided by the first pass alone. */
static void a_write_right_that_also_reads_is_no_write_right(void **state)
{
    struct random_case random = {
        .subject = {.spec = {.user = TSR_SID(5, 21, 1, 2, 3, 1),
                             .n_restricting = 1,
                             .flags = TSR_TOKEN_WRITE_RESTRICTED},
                    .restricting = {TSR_SID(5, 21, 1, 2, 3, 2)},
                    .is_restricted = true},
        .object = {.has_dacl = true, .dacl = {.n_aces = 1}},
        .request = {.mapping = {0x1, 0x7, 0x2, 0xf}},
    };

    (void)state;

    random.object.dacl.aces[0] =
        case_ace_basic(ACCESS_ALLOWED_ACE_TYPE, 0, 0xf, &random.subject.spec.user);
    for (uint32_t right = 0x1; right <= 0x8; right <<= 1) {
        random.request.desired = right;
        assert_int_equal(case_judge(&random).granted, right == 0x4 ? 0 : right);
    }
}

static void a_central_policy_is_found_behind_others(void **state)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    uint8_t *bytes = NULL;
    const tsr_sd sd = sd_of("D:(A;;FA;;;S-1-5-21-1-2-3-1000)S:(SP;;;;;S-1-17-3)", &bytes);
    const tsr_central_policy policies[] = {
        {.sid = TSR_SID(17, 1)}, {.sid = TSR_SID(17, 2)}, {.sid = TSR_SID(17, 3)}};
    tsr_access_request request = {
        .desired = FILE_READ_DATA, .mapping = mapping, .policies = policies, .n_policies = 3};
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, 0);

    (void)state;

    assert_int_equal(tsr_token_access_check(token, &sd, &request).granted, FILE_READ_DATA);
    request.n_policies = 2;
    assert_int_equal(tsr_token_access_check(token, &sd, &request).granted, 0);
    tsr_token_unref(token);
    free(bytes);
}

/* Section 12: GENERIC_ALL is what the type has, and nothing beside it. */
static void who_recovers_an_object_has_all_that_its_type_has_and_no_more(void **state)
{
    static const uint32_t others[] = {0x1, 0x100, DELETE};
    const tsr_sid users[] = {TSR_SID(5, 21, 1, 2, 3, 1000), TSR_SID(5, 18), TSR_SID(5, 21, 9)};
    const tsr_group administrators = {TSR_SID_ADMINISTRATORS, TSR_GROUP_ORDINARY};
    const tsr_central_policy policies[] = {{.sid = TSR_SID(17, 1)}};
    uint8_t *bytes = NULL;
    const tsr_sd sd =
        sd_of("O:S-1-5-21-1-2-3-1000D:(A;;0x10105;;;WD)(A;;0x10105;;;S-1-5-21-1-2-3-1000)"
              "(A;;0x10105;;;SY)(A;;0x10105;;;BA)S:(SP;;;;;S-1-17-2)",
              &bytes);

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(users) * ARRAY_SIZE(others); i++) {
        const tsr_token_spec spec = {
            .user = users[i % 3], .groups = &administrators, .n_groups = i % 3 == 2 ? 1 : 0};
        tsr_access_request request = {.desired = 0x4,
                                      .mapping = {.all = 0x4},
                                      .policies = policies,
                                      .n_policies = ARRAY_SIZE(policies)};
        tsr_token *token = NULL;

        expect_ok(tsr_token_new(&spec, &token));
        assert_int_equal(tsr_token_access_check(token, &sd, &request).granted, 0x4);
        request.desired = others[i / 3];
        assert_int_equal(tsr_token_access_check(token, &sd, &request).rule,
                         TSR_RULE_CENTRAL_POLICY);
        tsr_token_unref(token);
    }
    free(bytes);
}

static void a_list_that_is_no_tree_misses_nothing(void **state)
{
    tsr_object_type types[] = {{.level = 1}};
    const tsr_access_request request = {
        .desired = DELETE, .mapping = TSR_FILE_MAPPING, .types = types, .n_types = 1};
    uint8_t *bytes = NULL;
    const tsr_sd sd = sd_of("D:(A;;FA;;;WD)", &bytes);
    tsr_token *token = token_of(TSR_INTEGRITY_MEDIUM, 0);
    const tsr_access_result result = tsr_token_access_check(token, &sd, &request);

    (void)state;

    assert_int_equal(result.status.code, STATUS_INVALID_PARAMETER);
    assert_int_equal(result.missing, 0);
    tsr_token_unref(token);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_read_up_leaves_what_also_writes),
        cmocka_unit_test(who_is_listed_for_denying_is_a_member_for_denying),
        cmocka_unit_test(the_largest_integer_is_not_negative),
        cmocka_unit_test(a_set_is_judged_behind_a_value_of_another_type),
        cmocka_unit_test(a_prefix_is_smaller_whatever_lies_behind_it),
        cmocka_unit_test(a_minus_in_front_of_the_largest_integer_negates_it),
        cmocka_unit_test(the_unit_behind_the_surrogates_is_a_character),
        cmocka_unit_test(the_stack_holds_1024_operands),
        cmocka_unit_test(composites_nest_64_deep),
        cmocka_unit_test(a_search_that_costs_too_much_finds_neither_yes_nor_no),
        cmocka_unit_test(looking_at_large_values_too_often_is_unknown),
        cmocka_unit_test(searching_resource_attributes_too_often_is_unknown),
        cmocka_unit_test(a_value_said_twice_is_found_wherever_it_stands),
        cmocka_unit_test(a_new_object_keeps_only_rights_of_its_type),
        cmocka_unit_test(policies_of_the_parent_come_only_by_inheriting_automatically),
        cmocka_unit_test(a_label_marked_as_inherited_goes_like_any_such_entry),
        cmocka_unit_test(a_low_subject_labels_by_what_the_flags_say),
        cmocka_unit_test(owner_rights_is_no_creator_and_is_inherited_as_it_is),
        cmocka_unit_test(a_default_dacl_is_taken_as_it_is),
        cmocka_unit_test(what_the_creator_protects_stays_protected),
        cmocka_unit_test(parts_that_are_not_changed_stay_to_the_byte),
        cmocka_unit_test(a_new_sacl_brings_its_own_control_bits),
        cmocka_unit_test(selecting_everything_keeps_everything),
        cmocka_unit_test(a_refused_check_says_what_is_missing_and_touches_no_type_behind_the_last),
        cmocka_unit_test(every_entry_of_a_filter_is_validated),
        cmocka_unit_test(filters_are_as_long_as_the_limit_and_no_longer),
        cmocka_unit_test(the_last_privilege_can_be_deleted),
        cmocka_unit_test(lua_disables_no_namesakes_of_administrators),
        cmocka_unit_test(system_becomes_sandbox_inert_only_when_asked_to),
        cmocka_unit_test(every_rule_has_a_text_and_others_are_unknown),
        cmocka_unit_test(a_result_list_of_no_types_is_the_object_itself),
        cmocka_unit_test(a_stand_in_that_is_no_sid_stands_for_nobody),
        cmocka_unit_test(the_first_failure_of_an_acl_is_the_one_reported),
        cmocka_unit_test(a_compound_ace_of_a_creator_splits_when_inherited),
        cmocka_unit_test(somebody_who_owns_nothing_by_default_makes_no_object),
        cmocka_unit_test(a_label_that_is_only_inherited_on_does_not_label_what_a_low_subject_makes),
        cmocka_unit_test(a_default_sacl_gives_way_to_the_parents),
        cmocka_unit_test(a_label_that_is_no_integrity_level_is_above_everybody),
        cmocka_unit_test(selecting_of_a_sacl_that_is_not_there_yields_none),
        cmocka_unit_test(octets_longer_than_any_claim_are_refused_unread),
        cmocka_unit_test(a_boolean_compares_with_the_literals_0_and_1_alone),
        cmocka_unit_test(a_resource_attribute_that_is_only_inherited_on_is_not_there),
        cmocka_unit_test(a_resource_attribute_for_somebody_is_not_there),
        cmocka_unit_test(an_operator_without_operands_is_unknown_and_has_no_text),
        cmocka_unit_test(a_literal_as_a_truth_has_no_text),
        cmocka_unit_test(a_set_of_what_no_text_says_has_none),
        cmocka_unit_test(a_word_that_stands_in_front_does_not_stand_between),
        cmocka_unit_test(text_is_read_to_its_end_and_no_further),
        cmocka_unit_test(a_sid_of_too_many_zeros_is_not_told_from_the_section_behind_it),
        cmocka_unit_test(a_condition_larger_than_any_ace_is_refused),
        cmocka_unit_test(a_condition_fits_into_its_own_ace_or_is_refused),
        cmocka_unit_test(a_false_condition_behind_a_plain_deny_changes_nothing),
        cmocka_unit_test(a_write_right_that_also_reads_is_no_write_right),
        cmocka_unit_test(a_central_policy_is_found_behind_others),
        cmocka_unit_test(who_recovers_an_object_has_all_that_its_type_has_and_no_more),
        cmocka_unit_test(a_list_that_is_no_tree_misses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
