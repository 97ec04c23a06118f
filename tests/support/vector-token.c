/* SPDX-License-Identifier: MIT */
/* Tokens of test vectors. */

#include "support/vector-token.h"

#include <support/vectors.h>

#include <tessera/claim.h>
#include <tessera/token.h>

#include "base/check.h"

/* Where a claim comes from: Windows ignores others than the directory and a certificate. */
#define SOURCE_DIRECTORY   1
#define SOURCE_CERTIFICATE 2

void made_sids_add(struct made_sids *made, const char *text, uint32_t attributes)
{
    const bool is_deny_only = attributes & SE_GROUP_USE_FOR_DENY_ONLY;
    const bool is_enabled = attributes & SE_GROUP_ENABLED;

    assert_true(made->n < MADE_SIDS_MAX);
    made->list[made->n++] =
        (struct ref_sid){sid_of(text), is_enabled && !is_deny_only, is_enabled || is_deny_only};
}

void made_sids_add_groups(struct made_sids *made, const json_t *groups, bool always)
{
    size_t i;
    json_t *group;

    json_array_foreach(groups, i, group)
    {
        made_sids_add(made, vector_text(group, "sid"),
                      always ? SE_GROUP_ENABLED : vector_mask(group, "attributes"));
    }
}

static void add_texts(struct made_sids *made, const json_t *texts)
{
    size_t i;
    json_t *text;

    json_array_foreach(texts, i, text)
    {
        made_sids_add(made, json_string_value(text), SE_GROUP_ENABLED);
    }
}

void made_sids_of_token(struct made_sids *made, const json_t *token)
{
    const char *user = vector_text(token, "user");
    const bool deny_only = json_is_true(json_object_get(token, "user_deny_only"));

    if (user) {
        made_sids_add(made, user, deny_only ? SE_GROUP_USE_FOR_DENY_ONLY : SE_GROUP_ENABLED);
    }
    made_sids_add_groups(made, json_object_get(token, "groups"), false);
    add_texts(made, json_object_get(token, "user_sids"));
}

void made_sids_of_device(struct made_sids *made, const json_t *token)
{
    made_sids_add_groups(made, json_object_get(token, "device_groups"), false);
    add_texts(made, json_object_get(token, "device_sids"));
}

struct ref_sids made_sids_list(const struct made_sids *made)
{
    return (struct ref_sids){made->list, made->n};
}

/* @return 0 for the type 0 of peios, an attribute that is there without a value or as a set of
 * sets: Windows has no encoding for it */
static tsr_claim_type type_of(const json_t *claim)
{
    static const struct {
        const char *name;
        tsr_claim_type type;
    } types[] = {
        {"INT64", TSR_CLAIM_INT64},     {"UINT64", TSR_CLAIM_UINT64},
        {"STRING", TSR_CLAIM_STRING},   {"SID", TSR_CLAIM_SID},
        {"BOOLEAN", TSR_CLAIM_BOOLEAN}, {"OCTET_STRING", TSR_CLAIM_OCTETS},
    };
    const json_t *type = json_object_get(claim, "type");

    if (json_is_integer(type)) {
        assert_int_equal(json_integer_value(type), 0);
        return (tsr_claim_type)0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (strcmp(types[i].name, json_string_value(type)) == 0) {
            return types[i].type;
        }
    }
    fail_msg("unknown claim type %s", json_string_value(type));
    return (tsr_claim_type)0;
}

static tsr_claim_source source_of(tsr_claim_type type, const json_t *value)
{
    tsr_claim_source source = {0};

    if (type == TSR_CLAIM_STRING) {
        source.text = json_string_value(value);
    } else if (type == TSR_CLAIM_SID) {
        source.sid = sid_of(json_string_value(value));
    } else if (type == TSR_CLAIM_OCTETS) {
        source.octets = hex_bytes(json_string_value(value), &source.n_octets);
    } else {
        assert_true(json_is_integer(value));
        source.number = (uint64_t)json_integer_value(value);
    }
    return source;
}

/* @return whether a token can hold such a claim: none with a value twice */
static bool encode(const json_t *object, tsr_claim_type type, struct ref_bytes *ret_claim)
{
    const json_t *values = json_object_get(object, "values");
    const size_t n_values = json_array_size(values);
    CLEANUP(free) tsr_claim_source *sources = array_new(n_values, sizeof(*sources));
    uint8_t *bytes = NULL;
    tsr_status status;
    size_t size = 0;

    assert_non_null(sources);
    for (size_t i = 0; i < n_values; i++) {
        sources[i] = source_of(type, json_array_get(values, i));
    }
    status = tsr_claim_encode(vector_text(object, "name"), type, vector_mask(object, "flags"),
                              sources, n_values, &bytes, &size);
    for (size_t i = 0; i < n_values; i++) {
        free((void *)sources[i].octets);
    }
    *ret_claim = (struct ref_bytes){bytes, size};
    return tsr_ok(status);
}

static bool is_ignored(const json_t *claim)
{
    const json_t *source = json_object_get(claim, "source_type");
    const json_int_t from = json_integer_value(source);

    return source && from != SOURCE_DIRECTORY && from != SOURCE_CERTIFICATE;
}

void made_claims_init(struct made_claims *made, const json_t *claims)
{
    size_t i;
    json_t *claim;

    *made = (struct made_claims){.list = array_new(json_array_size(claims), sizeof(*made->list))};
    assert_non_null(made->list);
    json_array_foreach(claims, i, claim)
    {
        const tsr_claim_type type = type_of(claim);

        if (type == 0 || is_ignored(claim)) {
            continue;
        }
        if (encode(claim, type, &made->list[made->n])) {
            made->n++;
        } else {
            made->n_refused++;
        }
    }
}

void made_claims_deinit(struct made_claims *made)
{
    for (size_t i = 0; i < made->n; i++) {
        free((void *)made->list[i].bytes);
    }
    free(made->list);
}

struct ref_claims made_claims_list(const struct made_claims *made)
{
    return (struct ref_claims){made->list, made->n};
}
