/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: claims and conditional expressions.
 *
 * Input: which ways to evaluate, the length of a claim, the claim, an expression. A claim that is
 * accepted lies inside its bytes and is what the expression is evaluated with. An expression says
 * the same twice, nothing but UNKNOWN if it is malformed, and the contrary with a ! behind it.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/claim.h>
#include <tessera/descriptor.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/cursor.h"
#include "base/writer.h"
#include "sec/claim.h"
#include "sec/condition-token.h"
#include "sec/condition.h"
#include "sec/sid-set.h"

#define MODE_FOR_ALLOW  0x1u
#define MODE_FOR_DEVICE 0x2u
#define MODE_NO_MAGIC   0x4u /* the expression brings its own beginning */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_inside(const uint8_t *part, size_t n_part, const tsr_claim *claim)
{
    require(part >= claim->bytes && n_part <= claim->size &&
            (size_t)(part - claim->bytes) <= claim->size - n_part);
}

/* What a view accepts can be read to its end, and has no value twice. */
static void check_claim(const tsr_claim *claim)
{
    check_inside(claim->name, claim->n_name + 2, claim);
    for (uint32_t i = 0; i < claim->n_values; i++) {
        tsr_claim_value value;

        tsr_claim_get_value(claim, i, &value);
        if (value.n_bytes > 0) {
            check_inside(value.bytes, value.n_bytes, claim);
        }
        if (claim->type == TSR_CLAIM_SID) {
            tsr_sid sid;
            size_t n_taken;

            require(tsr_ok(tsr_sid_decode(value.bytes, value.n_bytes, &sid, &n_taken)));
            require(n_taken == value.n_bytes);
        }
    }
}

/* The same bytes as the only resource attribute of a SACL. */
static void put_attribute(struct writer *ace, const uint8_t *bytes, size_t size)
{
    static const uint8_t everyone[] = {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
    static const uint8_t header[] = {SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE, 0, 0, 0, 0, 0, 0, 0};

    writer_bytes(ace, header, sizeof(header));
    writer_bytes(ace, everyone, sizeof(everyone));
    writer_bytes(ace, bytes, size);
    writer_zeros(ace, -ace->size & 3);
    writer_patch_le16(ace, 2, (uint16_t)ace->size);
}

static enum truth negated(enum truth truth)
{
    return truth == TRUTH_UNKNOWN ? truth : truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

static void check_expression(struct writer *expression, const struct condition_context *context)
{
    const bool is_valid = condition_is_valid(expression->bytes, expression->size);
    const enum truth truth = condition_evaluate(expression->bytes, expression->size, context);

    require(truth == TRUTH_TRUE || truth == TRUTH_FALSE || truth == TRUTH_UNKNOWN);
    require(truth == condition_evaluate(expression->bytes, expression->size, context));
    require(is_valid || truth == TRUTH_UNKNOWN);

    /* Behind padding it makes the whole malformed; behind a token cut short it would be its end. */
    writer_u8(expression, CONDITION_NOT);
    if (is_valid && condition_is_valid(expression->bytes, expression->size)) {
        require(negated(truth) == condition_evaluate(expression->bytes, expression->size, context));
    }
}

static struct sid_set *make_sids(void)
{
    static const struct sid_set_entry entries[] = {
        {{1, 1, {0}}, SID_MATCHES_ALLOW | SID_MATCHES_DENY},
        {{5, 1, {18}}, SID_MATCHES_DENY},
    };
    struct sid_set *set = NULL;

    require(tsr_ok(sid_set_new(entries, ARRAY_SIZE(entries), &set)));
    return set;
}

static void check_with_claim(uint8_t mode, const uint8_t *bytes, size_t size,
                             struct writer *expression)
{
    CLEANUP(writer_deinit) struct writer ace = {0};
    CLEANUP(free) uint8_t *sacl_bytes = NULL;
    struct sid_set *sids = make_sids();
    tsr_acl_builder builder = {0};
    tsr_claim claim = {0};
    tsr_acl sacl;
    const bool is_claim = tsr_ok(tsr_claim_view(bytes, size, &claim));
    const struct claim_list list = {&claim, is_claim ? 1 : 0};
    const struct condition_context context = {
        .sids = sids,
        .device_sids = mode & MODE_FOR_DEVICE ? sids : NULL,
        .user_claims = list,
        .device_claims = list,
        .local_claims = list,
        .sacl = &sacl,
        .for_allow = mode & MODE_FOR_ALLOW,
    };

    if (is_claim) {
        check_claim(&claim);
        require(!claim_has_duplicates(&claim));
    }
    put_attribute(&ace, bytes, size);
    tsr_acl_builder_add_encoded(&builder, ace.bytes, ace.size);
    if (tsr_ok(tsr_acl_builder_finish(&builder, &sacl_bytes, &sacl))) {
        check_expression(expression, &context);
    }
    sids = sid_set_free(sids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(writer_deinit) struct writer expression = {0};
    struct cursor cursor = cursor_over(data, size);
    const uint8_t *claim;
    uint16_t n_claim;
    uint8_t mode;

    if (tsr_failed(cursor_u8(&cursor, &mode)) || tsr_failed(cursor_le16(&cursor, &n_claim)) ||
        tsr_failed(cursor_bytes(&cursor, n_claim, &claim))) {
        return 0;
    }
    if (!(mode & MODE_NO_MAGIC)) {
        writer_text(&expression, CONDITION_MAGIC);
    }
    writer_bytes(&expression, cursor.at, cursor.n_left);
    check_with_claim(mode, claim, n_claim, &expression);
    return 0;
}
