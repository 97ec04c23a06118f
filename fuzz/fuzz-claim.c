/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: claims, as bytes and as the text of a resource attribute
 *
 * Whatever is accepted lies inside its bytes, says nothing twice, and encoded again from its values
 * says the same; text that parses is a claim, and its own text is a fixed point.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/claim.h>

#include "base/check.h"
#include "base/utf.h"
#include "base/writer.h"
#include "sec/claim.h"
#include "sec/sddl-condition.h"

/* Claims of more values are compared each with each no more. */
#define N_VALUES_COMPARED 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool same_bytes(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b)
{
    return n_a == n_b && (n_a == 0 || memcmp(a, b, n_a) == 0);
}

static bool same_values(const tsr_claim_value *a, const tsr_claim_value *b)
{
    return a->number == b->number && same_bytes(a->bytes, a->n_bytes, b->bytes, b->n_bytes);
}

static void check_inside(const tsr_claim *claim, const uint8_t *part, size_t n_part)
{
    require(n_part == 0 || (part >= claim->bytes && n_part <= claim->size &&
                            (size_t)(part - claim->bytes) <= claim->size - n_part));
}

static void check_values(const tsr_claim *claim)
{
    tsr_claim_value value;
    tsr_sid sid;

    check_inside(claim, claim->name, claim->n_name + 2);
    for (uint32_t i = 0; i < claim->n_values; i++) {
        tsr_claim_get_value(claim, i, &value);
        check_inside(claim, value.bytes, value.n_bytes);
        if (claim->type == TSR_CLAIM_SID) {
            require(tsr_ok(tsr_sid_decode(value.bytes, value.n_bytes, &sid, NULL)));
        }
    }
}

/* Equal to the byte is equal to the claim; the claim may also ignore case. */
static void check_duplicates(const tsr_claim *claim)
{
    const bool has_duplicates = claim_has_duplicates(claim);
    bool found = false;
    tsr_claim_value a;
    tsr_claim_value b;

    for (uint32_t i = 0; i < claim->n_values && claim->n_values <= N_VALUES_COMPARED; i++) {
        for (uint32_t j = 0; j < i; j++) {
            tsr_claim_get_value(claim, i, &a);
            tsr_claim_get_value(claim, j, &b);
            found |= same_values(&a, &b);
        }
    }
    require(!found || has_duplicates);
    require(found || !has_duplicates || claim->n_values > N_VALUES_COMPARED ||
            claim->type == TSR_CLAIM_STRING || claim->type == TSR_CLAIM_FQBN);
}

/* Bytes of UTF-16LE as text to free; NULL if no text says them. */
static char *text_of(const uint8_t *bytes, size_t size)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    uint8_t *text = NULL;
    size_t n_text;

    if (tsr_failed(utf16le_to_utf8(bytes, size, &writer))) {
        return NULL;
    }
    writer_u8(&writer, 0);
    require(tsr_ok(writer_finish(&writer, &text, &n_text)));
    if (strlen((char *)text) + 1 != n_text) {
        free(text);
        return NULL;
    }
    return (char *)text;
}

/* @return whether it can be said again: a string may hold what no text says */
static bool source_of(const tsr_claim *claim, uint32_t index, tsr_claim_source *ret_source,
                      char **ret_text)
{
    tsr_claim_source source = {0};
    tsr_claim_value value;

    tsr_claim_get_value(claim, index, &value);
    source.number = value.number;
    source.octets = value.bytes;
    source.n_octets = value.n_bytes;
    if (claim->type == TSR_CLAIM_SID) {
        require(tsr_ok(tsr_sid_decode(value.bytes, value.n_bytes, &source.sid, NULL)));
    }
    if (claim->type == TSR_CLAIM_STRING || claim->type == TSR_CLAIM_FQBN) {
        *ret_text = text_of(value.bytes, value.n_bytes);
        source.text = *ret_text;
        if (!source.text) {
            return false;
        }
    }
    *ret_source = source;
    return true;
}

static void check_encoded(const tsr_claim *claim, const char *name, const tsr_claim_source *sources)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_claim_value before;
    tsr_claim_value after;
    tsr_claim again;
    size_t size;

    if (tsr_failed(tsr_claim_encode(name, claim->type, claim->flags, sources, claim->n_values,
                                    &bytes, &size))) {
        /* Nothing is packed better than ours, but offsets may share what they point to. */
        require(!bytes && claim->size > TSR_CLAIM_SIZE_MAX / 2);
        return;
    }
    require(tsr_ok(tsr_claim_view(bytes, size, &again)));
    require(again.type == claim->type && again.flags == claim->flags);
    require(again.n_values == claim->n_values);
    require(same_bytes(again.name, again.n_name, claim->name, claim->n_name));
    for (uint32_t i = 0; i < claim->n_values; i++) {
        tsr_claim_get_value(claim, i, &before);
        tsr_claim_get_value(&again, i, &after);
        require(same_values(&before, &after));
    }
}

static void check_again(const tsr_claim *claim)
{
    CLEANUP(free) tsr_claim_source *sources = calloc(claim->n_values + 1, sizeof(*sources));
    CLEANUP(free) char **texts = calloc(claim->n_values + 1, sizeof(*texts));
    CLEANUP(free) char *name = text_of(claim->name, claim->n_name);
    bool can_be_said = name && name[0];

    require(sources && texts);
    for (uint32_t i = 0; i < claim->n_values && can_be_said; i++) {
        can_be_said = source_of(claim, i, &sources[i], &texts[i]);
    }
    if (can_be_said) {
        check_encoded(claim, name, sources);
    }
    for (uint32_t i = 0; i < claim->n_values; i++) {
        free(texts[i]);
    }
}

static void try_bytes(const uint8_t *data, size_t size)
{
    tsr_claim claim;
    tsr_claim view;

    if (tsr_failed(claim_read(data, size, &claim))) {
        require(tsr_failed(tsr_claim_view(data, size, &view)));
        return;
    }
    check_values(&claim);
    check_duplicates(&claim);
    require(tsr_ok(tsr_claim_view(data, size, &view)) == !claim_has_duplicates(&claim));
    if (!claim_has_duplicates(&claim)) {
        check_again(&claim);
    }
}

static void try_text(const uint8_t *data, size_t size)
{
    CLEANUP(writer_deinit) struct writer bytes = {0};
    CLEANUP(writer_deinit) struct writer text = {0};
    CLEANUP(writer_deinit) struct writer again = {0};
    tsr_sddl_error error;
    size_t n_taken;
    tsr_claim claim;

    if (tsr_failed(attribute_parse((const char *)data, size, &domain, &bytes, &n_taken, &error))) {
        require(bytes.size == 0);
        return;
    }
    require(tsr_ok(claim_read(bytes.bytes, bytes.size, &claim)));
    check_values(&claim);
    require(tsr_ok(attribute_format(bytes.bytes, bytes.size, &domain, &text)));
    require(tsr_ok(
        attribute_parse((const char *)text.bytes, text.size, &domain, &again, &n_taken, &error)));
    require(n_taken == text.size);
    require(same_bytes(bytes.bytes, bytes.size, again.bytes, again.size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] == '(') {
        try_text(data, size);
    } else {
        try_bytes(data, size);
    }
    return 0;
}
