/* SPDX-License-Identifier: MIT */
/* Object types and central access policies written as JSON, in the form of the vectors. */

#include "cli/request-json.h"

#include <stdlib.h>
#include <string.h>

#include <tessera/condition.h>

#include "base/check.h"
#include "cli/json-read.h"
#include "cli/text.h"

#define GUID_SIZE      16
#define GUID_TEXT_SIZE 36

void types_deinit(struct types *types)
{
    free(types->types);
    *types = (struct types){0};
}

static void optional_acl_free(const tsr_acl *acl)
{
    if (acl) {
        free((void *)acl->bytes);
        free((void *)acl);
    }
}

static void policy_deinit(const tsr_central_policy *policy)
{
    for (size_t i = 0; i < policy->n_rules; i++) {
        free((void *)policy->rules[i].dacl.bytes);
        free((void *)policy->rules[i].sacl.bytes);
        free((void *)policy->rules[i].applies_to);
        optional_acl_free(policy->rules[i].new_dacl);
        optional_acl_free(policy->rules[i].new_sacl);
    }
    free((void *)policy->rules);
}

void policies_deinit(struct policies *policies)
{
    for (size_t i = 0; i < policies->n_policies; i++) {
        policy_deinit(&policies->policies[i]);
    }
    free(policies->policies);
    *policies = (struct policies){0};
}

/* The digits of "01234567-89ab-cdef-0123-456789abcdef". @return whether the dashes are there */
static bool guid_digits(const char *text, char ret_digits[2 * GUID_SIZE + 1])
{
    size_t n = 0;

    if (strlen(text) != GUID_TEXT_SIZE) {
        return false;
    }
    for (size_t i = 0; i < GUID_TEXT_SIZE; i++) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash != (text[i] == '-')) {
            return false;
        }
        if (!is_dash) {
            ret_digits[n++] = text[i];
        }
    }
    ret_digits[n] = '\0';
    return true;
}

bool guid_of_text(const char *text, const char *what, uint8_t ret_guid[GUID_SIZE],
                  struct problem *ret_problem)
{
    /* As ACEs store it: the first three fields are little-endian. */
    static const uint8_t order[GUID_SIZE] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    CLEANUP(free) uint8_t *bytes = NULL;
    char digits[2 * GUID_SIZE + 1];
    size_t column;
    size_t size = 0;

    if (!guid_digits(text, digits) || !text_to_bytes(digits, &bytes, &size, &column) ||
        size != GUID_SIZE) {
        return problem_set(ret_problem, "%s: '%.60s' is no GUID", what, text);
    }
    for (size_t i = 0; i < GUID_SIZE; i++) {
        ret_guid[i] = bytes[order[i]];
    }
    return true;
}

static bool read_type(const json_t *item, tsr_object_type *type, struct problem *ret_problem)
{
    const char *guid = NULL;
    uint32_t level = UINT32_MAX;

    if (!json_is_object(item)) {
        return problem_set(ret_problem, "object_types: an item is not an object");
    }
    if (!json_read_u32(item, "level", &level, ret_problem) ||
        !json_read_text(item, "guid", &guid, ret_problem)) {
        return false;
    }
    if (level > UINT16_MAX || !guid) {
        return problem_set(ret_problem, "object_types: an item has no guid, or no level of 16 "
                                        "bits");
    }
    type->level = (uint16_t)level;
    return guid_of_text(guid, "object_types", type->guid, ret_problem);
}

bool types_of_json(const json_t *question, struct types *ret_types, struct problem *ret_problem)
{
    const json_t *array = NULL;

    if (!json_read_array(question, "object_types", &array, ret_problem)) {
        return false;
    }
    ret_types->types = array_new(json_array_size(array), sizeof(*ret_types->types));
    if (!ret_types->types) {
        return problem_set(ret_problem, "out of memory");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!read_type(json_array_get(array, i), &ret_types->types[i], ret_problem)) {
            return false;
        }
    }
    ret_types->n_types = json_array_size(array);
    return true;
}

/* Read a member that is an ACL in hexadecimal; absent, @ret_acl stays as it is. */
static bool read_acl(const json_t *item, const char *name, tsr_acl *ret_acl,
                     struct problem *ret_problem)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    const char *hex = NULL;
    size_t column;
    size_t size;

    if (!json_read_text(item, name, &hex, ret_problem)) {
        return false;
    }
    if (!hex) {
        return true;
    }
    if (!text_to_bytes(hex, &bytes, &size, &column) ||
        tsr_failed(tsr_acl_view(bytes, size, ret_acl))) {
        return problem_set(ret_problem, "central_policies: %s is no ACL in hexadecimal", name);
    }
    (void)STEAL(bytes);
    return true;
}

/* The same for a member that a rule may do without. */
static bool read_optional_acl(const json_t *item, const char *name, const tsr_acl **ret_acl,
                              struct problem *ret_problem)
{
    CLEANUP(free) tsr_acl *acl = NULL;

    if (!json_object_get(item, name)) {
        return true;
    }
    acl = calloc(1, sizeof(*acl));
    if (!acl) {
        return problem_set(ret_problem, "out of memory");
    }
    if (!read_acl(item, name, acl, ret_problem)) {
        return false;
    }
    *ret_acl = STEAL(acl);
    return true;
}

/* A SACL decides nothing: one that cannot be read audits nothing, and the rule holds. */
static void read_sacl(const json_t *item, tsr_acl *ret_sacl)
{
    struct problem unread = {0};

    (void)read_acl(item, "effective_sacl", ret_sacl, &unread);
}

static bool read_condition(const json_t *item, tsr_central_rule *rule, struct problem *ret_problem)
{
    tsr_sddl_error error = {0};
    const char *text = NULL;
    uint8_t *bytes = NULL;

    if (!json_read_text(item, "applies_to", &text, ret_problem)) {
        return false;
    }
    if (!text) {
        return true;
    }
    if (tsr_failed(tsr_condition_parse(text, NULL, &bytes, &rule->n_applies_to, &error))) {
        (void)problem_set(ret_problem, "applies_to: %s",
                          error.message ? error.message : "it cannot be read");
        ret_problem->column = error.column;
        return false;
    }
    rule->applies_to = bytes;
    return true;
}

static bool read_rule(const json_t *item, tsr_central_rule *rule, struct problem *ret_problem)
{
    if (!json_is_object(item)) {
        return problem_set(ret_problem, "central_policies: a rule is not an object");
    }
    if (!json_object_get(item, "effective_dacl")) {
        return problem_set(ret_problem, "central_policies: a rule has no effective_dacl");
    }
    read_sacl(item, &rule->sacl);
    return read_condition(item, rule, ret_problem) &&
           read_acl(item, "effective_dacl", &rule->dacl, ret_problem) &&
           read_optional_acl(item, "staged_dacl", &rule->new_dacl, ret_problem) &&
           read_optional_acl(item, "staged_sacl", &rule->new_sacl, ret_problem);
}

static bool read_policy(const json_t *item, tsr_central_policy *policy, struct problem *ret_problem)
{
    const json_t *array = NULL;
    tsr_central_rule *rules;
    bool present;

    if (!json_is_object(item)) {
        return problem_set(ret_problem, "central_policies: an item is not an object");
    }
    if (!json_read_sid(item, "sid", &policy->sid, &present, ret_problem) ||
        !json_read_array(item, "rules", &array, ret_problem)) {
        return false;
    }
    if (!present || !array) {
        return problem_set(ret_problem, "central_policies: an item has no sid, or no rules");
    }
    rules = array_new(json_array_size(array), sizeof(*rules));
    if (!rules) {
        return problem_set(ret_problem, "out of memory");
    }
    policy->rules = rules;
    policy->n_rules = json_array_size(array);
    for (size_t i = 0; i < policy->n_rules; i++) {
        if (!read_rule(json_array_get(array, i), &rules[i], ret_problem)) {
            return false;
        }
    }
    return true;
}

bool policies_of_json(const json_t *question, struct policies *ret_policies,
                      struct problem *ret_problem)
{
    const json_t *array = NULL;

    if (!json_read_array(question, "central_policies", &array, ret_problem)) {
        return false;
    }
    ret_policies->policies = array_new(json_array_size(array), sizeof(*ret_policies->policies));
    if (!ret_policies->policies) {
        return problem_set(ret_problem, "out of memory");
    }
    ret_policies->n_policies = json_array_size(array);
    for (size_t i = 0; i < ret_policies->n_policies; i++) {
        if (!read_policy(json_array_get(array, i), &ret_policies->policies[i], ret_problem)) {
            return false;
        }
    }
    return true;
}
