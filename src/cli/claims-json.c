/* SPDX-License-Identifier: MIT */
/* Claims written as JSON, in the form of the conditional_eval vectors. */

#include "cli/claims-json.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "cli/json-read.h"
#include "cli/text.h"

/* Where a claim comes from. */
#define SOURCE_DIRECTORY   1u
#define SOURCE_CERTIFICATE 2u

static const struct {
    const char *name;
    tsr_claim_type type;
} types[] = {
    {"INT64", TSR_CLAIM_INT64},
    {"UINT64", TSR_CLAIM_UINT64},
    {"STRING", TSR_CLAIM_STRING},
    {"FQBN", TSR_CLAIM_FQBN},
    {"SID", TSR_CLAIM_SID},
    {"BOOLEAN", TSR_CLAIM_BOOLEAN},
    {"OCTET_STRING", TSR_CLAIM_OCTETS},
};

/* A claim being read. */
struct claim_parts {
    const char *name;
    tsr_claim_type type;
    uint32_t flags;
    tsr_claim_source *sources; /* owned, with the octets of each */
    size_t n_sources;
};

static void cleanup_claim_parts_deinit(struct claim_parts *parts)
{
    for (size_t i = 0; i < parts->n_sources; i++) {
        free((void *)parts->sources[i].octets);
    }
    free(parts->sources);
}

void claims_deinit(struct claims *claims)
{
    for (size_t i = 0; i < claims->n_claims; i++) {
        free((void *)claims->claims[i].bytes);
    }
    free(claims->claims);
    *claims = (struct claims){0};
}

static bool read_octets(const json_t *value, tsr_claim_source *source, struct problem *ret_problem)
{
    uint8_t *bytes = NULL;
    size_t column;

    if (!json_is_string(value) ||
        !text_to_bytes(json_string_value(value), &bytes, &source->n_octets, &column)) {
        return problem_set(ret_problem, "values: an item is no text of hexadecimal bytes");
    }
    source->octets = bytes;
    return true;
}

static bool read_value(const json_t *value, tsr_claim_type type, tsr_claim_source *source,
                       struct problem *ret_problem)
{
    if (type == TSR_CLAIM_OCTETS) {
        return read_octets(value, source, ret_problem);
    }
    if (type == TSR_CLAIM_SID) {
        return json_value_sid(value, "values", &source->sid, ret_problem);
    }
    if (type == TSR_CLAIM_STRING || type == TSR_CLAIM_FQBN) {
        source->text = json_string_value(value);
        return source->text || problem_set(ret_problem, "values: an item is not a string");
    }
    if (!json_is_integer(value) || (type != TSR_CLAIM_INT64 && json_integer_value(value) < 0)) {
        return problem_set(ret_problem, "values: an item is not an integer of the claim's type");
    }
    source->number = (uint64_t)json_integer_value(value);
    return true;
}

static bool read_values(const json_t *object, struct claim_parts *parts,
                        struct problem *ret_problem)
{
    const json_t *array = NULL;
    const size_t n = json_array_size(json_object_get(object, "values"));

    if (!json_read_array(object, "values", &array, ret_problem)) {
        return false;
    }
    parts->sources = array_new(n, sizeof(*parts->sources));
    if (!parts->sources) {
        return problem_set(ret_problem, "out of memory");
    }
    for (parts->n_sources = 0; parts->n_sources < n; parts->n_sources++) {
        if (!read_value(json_array_get(array, parts->n_sources), parts->type,
                        &parts->sources[parts->n_sources], ret_problem)) {
            return false;
        }
    }
    return true;
}

/* @param ret_type  untouched for the type 0 */
static bool read_type(const json_t *object, tsr_claim_type *ret_type, struct problem *ret_problem)
{
    const json_t *const value = json_object_get(object, "type");
    const char *const name = json_string_value(value);

    if (json_is_integer(value) && json_integer_value(value) == 0) {
        return true;
    }
    for (size_t i = 0; name && i < ARRAY_SIZE(types); i++) {
        if (strcmp(types[i].name, name) == 0) {
            *ret_type = types[i].type;
            return true;
        }
    }
    return problem_set(ret_problem, "type is none of INT64, UINT64, STRING, FQBN, SID, "
                                    "BOOLEAN, OCTET_STRING");
}

static bool add_claim(const struct claim_parts *parts, struct claims *claims,
                      struct problem *ret_problem)
{
    tsr_claim *const claim = &claims->claims[claims->n_claims];
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_status status = tsr_claim_encode(parts->name, parts->type, parts->flags, parts->sources,
                                         parts->n_sources, &bytes, &size);

    if (tsr_ok(status)) {
        status = tsr_claim_view(bytes, size, claim);
    }
    if (status.code == STATUS_NO_MEMORY) {
        return problem_set(ret_problem, "out of memory");
    }
    if (tsr_failed(status)) {
        claims->are_rejected = true;
        return true;
    }
    (void)STEAL(bytes);
    claims->n_claims++;
    return true;
}

static bool read_claim(const json_t *object, struct claims *claims, struct problem *ret_problem)
{
    CLEANUP(claim_parts_deinit) struct claim_parts parts = {0};
    uint32_t source = SOURCE_DIRECTORY;

    if (!json_is_object(object)) {
        return problem_set(ret_problem, "an item is not an object");
    }
    if (!json_read_text(object, "name", &parts.name, ret_problem) ||
        !read_type(object, &parts.type, ret_problem) ||
        !json_read_u32(object, "flags", &parts.flags, ret_problem) ||
        !json_read_u32(object, "source_type", &source, ret_problem)) {
        return false;
    }
    if (!parts.name) {
        return problem_set(ret_problem, "a claim has no name");
    }
    if (!parts.type || (source != SOURCE_DIRECTORY && source != SOURCE_CERTIFICATE)) {
        return true;
    }
    return read_values(object, &parts, ret_problem) && add_claim(&parts, claims, ret_problem);
}

bool claims_of_json(const json_t *object, const char *name, struct claims *ret_claims,
                    struct problem *ret_problem)
{
    const json_t *array = NULL;
    struct problem problem = {0};

    if (!json_read_array(object, name, &array, ret_problem)) {
        return false;
    }
    ret_claims->claims = array_new(json_array_size(array), sizeof(*ret_claims->claims));
    if (!ret_claims->claims) {
        return problem_set(ret_problem, "out of memory");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!read_claim(json_array_get(array, i), ret_claims, &problem)) {
            return problem_set(ret_problem, "%s: %.200s", name, problem.text);
        }
    }
    return true;
}
