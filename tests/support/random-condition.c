/* SPDX-License-Identifier: MIT */
/* Random claims and conditions. */

#include "support/random-condition.h"

#include <support/expect.h>
#include <support/random.h>

#include <tessera/claim.h>

#include "base/bytes.h"
#include "base/check.h"
#include "sec/test-condition.h"

#define N_VALUES_MAX 3
#define CLAIM_VALUES 16 /* where the offsets of a claim's values begin */

/* What a name is mostly about, and what is compared with it. */
enum topic {
    TOPIC_INTEGER,
    TOPIC_STRING,
    TOPIC_OCTETS,
    TOPIC_SID,
    TOPIC_BOOLEAN,
    N_TOPICS,
};

static const char *const names[N_TOPICS][2] = {
    [TOPIC_INTEGER] = {"level", "LEVEL"}, [TOPIC_STRING] = {"\xc3\xa4rea", "\xc3\x84REA"},
    [TOPIC_OCTETS] = {"o", "O"},          [TOPIC_SID] = {"who", "Who"},
    [TOPIC_BOOLEAN] = {"is", "IS"},
};

static const int64_t numbers[] = {1, 0, 2, -1, 7, INT64_MIN, INT64_MAX};
static const char *const texts[] = {"x", "X", "", "xy", "\xc3\xa9", "\xc3\x89", "\xc3\x9f"};
static const char *const octets[] = {"a", "A", "", "ab", "b"};

static const tsr_sid actors[] = {
    {5, 5, {21, 1, 2, 3, 1001}},
    {5, 5, {21, 1, 2, 3, 1002}},
    {5, 2, {32, 545}},
    {5, 2, {32, 544}},
    {1, 1, {0}},
    {5, 1, {18}},
};

tsr_sid random_actor(void)
{
    return actors[below(ARRAY_SIZE(actors))];
}

static enum topic random_topic(void)
{
    return (enum topic)below(N_TOPICS);
}

/* The first of each table are likelier. */
static uint32_t likely_below(uint32_t limit)
{
    return one_in(2) ? below(2) : below(limit);
}

static tsr_claim_type random_claim_type(enum topic topic)
{
    static const tsr_claim_type types[N_TOPICS] = {
        [TOPIC_STRING] = TSR_CLAIM_STRING,
        [TOPIC_OCTETS] = TSR_CLAIM_OCTETS,
        [TOPIC_SID] = TSR_CLAIM_SID,
        [TOPIC_BOOLEAN] = TSR_CLAIM_BOOLEAN,
    };

    if (one_in(12)) {
        topic = random_topic();
    }
    if (topic == TOPIC_INTEGER) {
        return one_in(2) ? TSR_CLAIM_INT64 : TSR_CLAIM_UINT64;
    }
    return topic == TOPIC_STRING && one_in(12) ? TSR_CLAIM_FQBN : types[topic];
}

static tsr_claim_source random_value(tsr_claim_type type)
{
    const char *bytes = octets[likely_below(ARRAY_SIZE(octets))];
    tsr_claim_source value = {
        .number = (uint64_t)numbers[likely_below(ARRAY_SIZE(numbers))],
        .text = texts[likely_below(ARRAY_SIZE(texts))],
        .sid = actors[likely_below(ARRAY_SIZE(actors))],
        .octets = (const uint8_t *)bytes,
        .n_octets = strlen(bytes),
    };

    if (type == TSR_CLAIM_BOOLEAN) {
        value.number = one_in(12) ? 2 : below(2);
    }
    return value;
}

static uint32_t random_flags(void)
{
    uint32_t flags = one_in(4) ? TSR_CLAIM_CASE_SENSITIVE : 0;

    flags |= one_in(10) ? TSR_CLAIM_USE_FOR_DENY_ONLY : 0;
    flags |= one_in(12) ? TSR_CLAIM_DISABLED : 0;
    flags |= one_in(12) ? TSR_CLAIM_DISABLED_BY_DEFAULT : 0;
    flags |= one_in(12) ? TSR_CLAIM_MANDATORY | TSR_CLAIM_NON_INHERITABLE : 0;
    return flags | (one_in(12) ? 0x00010000u << below(16) : 0);
}

/* Values are drawn until no two are the same. */
static struct ref_bytes random_claim(enum topic topic)
{
    const tsr_claim_type type = random_claim_type(topic);
    const uint32_t flags = random_flags();
    const char *name = names[topic][below(2)];
    tsr_claim_source values[N_VALUES_MAX];
    uint8_t *bytes = NULL;
    size_t size = 0;

    while (!bytes) {
        const size_t n_values = one_in(20) ? 0 : 1 + below(N_VALUES_MAX);

        for (size_t i = 0; i < n_values; i++) {
            values[i] = random_value(type);
        }
        (void)!tsr_ok(tsr_claim_encode(name, type, flags, values, n_values, &bytes, &size));
    }
    return (struct ref_bytes){bytes, size};
}

void random_claims_init(struct random_claims *claims)
{
    claims->n = one_in(3) ? below(N_TOPICS) : N_TOPICS + below(RANDOM_CLAIMS_MAX - N_TOPICS + 1u);
    for (size_t i = 0; i < claims->n; i++) {
        claims->list[i] = random_claim(i < N_TOPICS ? (enum topic)i : random_topic());
    }
}

void random_claims_deinit(struct random_claims *claims)
{
    for (size_t i = 0; i < claims->n; i++) {
        free((void *)claims->list[i].bytes);
    }
}

struct ref_claims random_claims_list(const struct random_claims *claims)
{
    return (struct ref_claims){claims->list, claims->n};
}

void random_change(uint8_t *bytes, size_t size)
{
    uint8_t *byte = &bytes[below((uint32_t)size)];

    *byte = one_in(2) ? (uint8_t)below(256) : (uint8_t)(*byte ^ (1u << below(8)));
}

void random_put_attribute(struct writer *writer)
{
    const struct ref_bytes claim = random_claim(random_topic());
    uint8_t *bytes = (uint8_t *)claim.bytes;

    if (one_in(20) && load_le32(bytes + 12) > 1) {
        store_le32(bytes + CLAIM_VALUES + 4, load_le32(bytes + CLAIM_VALUES));
    }
    if (one_in(40)) {
        random_change(bytes, claim.size);
    }
    writer_bytes(writer, bytes, claim.size - (one_in(80) ? 1 + below(8) : 0));
    free(bytes);
}

static void put_number(struct writer *writer)
{
    static const enum condition_code codes[] = {CONDITION_INT64, CONDITION_INT64, CONDITION_INT32,
                                                CONDITION_INT16, CONDITION_INT8};
    const int64_t number = numbers[likely_below(ARRAY_SIZE(numbers))];
    const enum condition_code code = codes[below(ARRAY_SIZE(codes))];
    const uint8_t sign = number < 0 ? SIGN_MINUS : one_in(2) ? SIGN_PLUS : SIGN_NONE;
    const bool fits = code == CONDITION_INT64 || (number >= -128 && number <= 127);

    put_signed(writer, fits || one_in(30) ? code : CONDITION_INT64, (uint64_t)number,
               one_in(30) ? (uint8_t)below(5) : sign);
}

static void put_literal(struct writer *writer, enum topic topic)
{
    const char *bytes = octets[likely_below(ARRAY_SIZE(octets))];

    switch (topic) {
    case TOPIC_STRING:
        put_text(writer, CONDITION_STRING, texts[likely_below(ARRAY_SIZE(texts))]);
        return;
    case TOPIC_OCTETS:
        put_bytes(writer, CONDITION_OCTETS, bytes, strlen(bytes));
        return;
    case TOPIC_SID:
        put_sid(writer, actors[likely_below(ARRAY_SIZE(actors))]);
        return;
    case TOPIC_BOOLEAN:
        put_integer(writer, one_in(12) ? 2 : below(2));
        return;
    case TOPIC_INTEGER:
    case N_TOPICS:
        put_number(writer);
    }
}

static void put_set(struct writer *writer, enum topic topic)
{
    struct writer elements = {0};

    for (uint32_t i = below(N_VALUES_MAX + 1); i > 0; i--) {
        put_literal(&elements, one_in(15) ? random_topic() : topic);
    }
    if (one_in(40)) {
        put_bytes(&elements, CONDITION_COMPOSITE, NULL, 0);
    }
    put_composite(writer, &elements);
}

static void put_name(struct writer *writer, enum topic topic, bool of_resource)
{
    static const enum condition_code codes[] = {CONDITION_LOCAL, CONDITION_USER, CONDITION_DEVICE,
                                                CONDITION_RESOURCE};
    const enum condition_code code = of_resource ? CONDITION_RESOURCE : codes[below(4)];

    put_text(writer, code, one_in(40) ? "missing" : names[topic][below(2)]);
}

static void put_operand(struct writer *writer, enum topic topic, bool of_resource)
{
    switch (below(3)) {
    case 0:
        put_name(writer, topic, of_resource);
        return;
    case 1:
        put_set(writer, topic);
        return;
    default:
        put_literal(writer, topic);
    }
}

/* Mostly what the operator can do something with. */
static void put_right_side(struct writer *writer, enum condition_code code, enum topic topic,
                           bool of_resource)
{
    if (one_in(4)) {
        put_operand(writer, topic, of_resource);
    } else if (code == CONDITION_ANY_OF || code == CONDITION_NOT_ANY_OF) {
        put_set(writer, topic);
    } else {
        put_literal(writer, topic);
    }
}

static enum condition_code random_order(void)
{
    return (enum condition_code)(CONDITION_LESS + below(4));
}

static void put_relation(struct writer *writer, bool of_resource)
{
    static const enum condition_code codes[] = {CONDITION_EQUAL,    CONDITION_NOT_EQUAL,
                                                CONDITION_CONTAINS, CONDITION_NOT_CONTAINS,
                                                CONDITION_ANY_OF,   CONDITION_NOT_ANY_OF};
    const enum topic topic = random_topic();
    const bool has_order = topic != TOPIC_SID && topic != TOPIC_BOOLEAN;
    const enum condition_code code =
        one_in(has_order ? 3 : 20) ? random_order() : codes[below(ARRAY_SIZE(codes))];

    if (one_in(3)) {
        put_operand(writer, topic, of_resource);
    } else {
        put_name(writer, topic, of_resource);
    }
    put_right_side(writer, code, one_in(20) ? random_topic() : topic, of_resource);
    put_operator(writer, code);
}

static void put_membership(struct writer *writer)
{
    const uint32_t code = one_in(2) ? CONDITION_MEMBER_OF : CONDITION_NOT_MEMBER_OF;

    if (one_in(2)) {
        put_literal(writer, one_in(60) ? random_topic() : TOPIC_SID);
    } else {
        put_set(writer, TOPIC_SID);
    }
    put_operator(writer, (enum condition_code)(code + below(4)));
}

static void put_term(struct writer *writer, bool of_resource)
{
    switch (below(16)) {
    case 0:
    case 1:
        put_name(writer, random_topic(), of_resource);
        return;
    case 2:
    case 3:
        put_name(writer, random_topic(), of_resource);
        put_operator(writer, one_in(2) ? CONDITION_EXISTS : CONDITION_NOT_EXISTS);
        return;
    case 4:
    case 5:
    case 6:
    case 7:
        if (!of_resource) {
            put_membership(writer);
            return;
        }
        put_relation(writer, of_resource);
        return;
    case 8:
        if (one_in(10)) {
            put_literal(writer, random_topic()); /* is no truth */
            return;
        }
        put_relation(writer, of_resource);
        return;
    default:
        put_relation(writer, of_resource);
    }
}

static void put_expression(struct writer *writer, uint32_t depth, bool of_resource)
{
    if (depth == 0 || one_in(2)) {
        put_term(writer, of_resource);
        return;
    }
    put_expression(writer, depth - 1, of_resource);
    if (one_in(3)) {
        put_operator(writer, CONDITION_NOT);
        return;
    }
    put_expression(writer, depth - 1, of_resource);
    put_operator(writer, one_in(2) ? CONDITION_AND : CONDITION_OR);
}

void random_put_condition(struct writer *writer, bool of_resource)
{
    CLEANUP(writer_deinit) struct writer data = {0};

    writer_text(&data, one_in(60) ? "artz" : "artx");
    put_expression(&data, 2, of_resource);
    if (one_in(60)) {
        put_integer(&data, 1); /* one entry too many */
    }
    if (one_in(60)) {
        put_operator(&data, CONDITION_AND); /* one too few */
    }
    if (one_in(30)) {
        random_change(data.bytes, data.size);
    }
    assert_false(data.failed);
    writer_bytes(writer, data.bytes, data.size - (one_in(60) ? below((uint32_t)data.size) : 0));
}
