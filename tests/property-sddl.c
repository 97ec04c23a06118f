/* SPDX-License-Identifier: MIT */
/*
 * Property test of SDDL: random descriptors, with conditions, attributes and what no text says.
 *
 * What is printed and read again is the same descriptor, or printing said that it is not; and what
 * was read and printed once does not change any more. The seed is fixed; PROPERTY_SEED in the
 * environment tries another.
 */

#include <tessera/sddl.h>

#include <ctype.h>
#include <inttypes.h>

#include <tessera/condition.h>
#include <tessera/descriptor.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/writer.h"

#include <support/expect.h>

#define ALL_SECTIONS                                                                       \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

#define N_ROUNDS   6000
#define N_ACES_MAX 5
#define DEPTH_MAX  4

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

/* A descriptor and its packed bytes. */
struct sample {
    uint8_t *bytes; /* owned */
    size_t size;
    tsr_sd sd;
};

static void cleanup_sample_deinit(struct sample *sample)
{
    free(sample->bytes);
}

static uint64_t random_state;

/* xorshift64*: the same numbers on every machine. */
static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * UINT64_C(2685821657736338717)) >> 32) % limit;
}

static bool one_in(uint32_t n)
{
    return random_below(n) == 0;
}

static const char *random_text(const char *const *texts, size_t n)
{
    return texts[random_below((uint32_t)n)];
}

#define ONE_OF(...)                                 \
    random_text((const char *const[]){__VA_ARGS__}, \
                ARRAY_SIZE(((const char *const[]){__VA_ARGS__})))

static tsr_sid random_sid(void)
{
    static const tsr_sid known[] = {{1, 1, {0}}, {5, 1, {18}}, {5, 2, {32, 544}}, {3, 1, {0}}};
    tsr_sid sid = domain;

    if (one_in(2)) {
        return known[random_below(ARRAY_SIZE(known))];
    }
    if (one_in(8)) {
        sid = (tsr_sid){.authority = random_below(3) * UINT64_C(0x8000000000) + random_below(40)};
    }
    do {
        sid.sub_authorities[sid.n_sub_authorities++] =
            one_in(3) ? 500 + random_below(30) : random_below(UINT32_MAX);
    } while (sid.n_sub_authorities < TSR_SID_SUB_AUTHORITIES_MAX && one_in(4));
    return sid;
}

static void write_sid(struct writer *text)
{
    char sid_text[TSR_SID_TEXT_MAX];
    const tsr_sid sid = random_sid();

    tsr_sddl_format_sid(&sid, one_in(2) ? &domain : NULL, sid_text);
    writer_text(text, sid_text);
}

static void write_integer(struct writer *text)
{
    const uint64_t magnitude = ((uint64_t)random_below(UINT32_MAX) << 31) >> random_below(62);

    writer_text(text, ONE_OF("", "", "-", "+"));
    writer_format(text, one_in(3) ? "0x%" PRIx64 : one_in(2) ? "%" PRIu64 : "0%" PRIo64, magnitude);
}

static void write_literal(struct writer *text)
{
    switch (random_below(4)) {
    case 0:
        write_integer(text);
        break;
    case 1:
        writer_text(text, ONE_OF("\"\"", "\"a b\"", "\"(x) && ')\"", "\"\xc3\xa9\xe2\x82\xac\""));
        break;
    case 2:
        writer_text(text, ONE_OF("#", "#00", "#1#aB", "#deadbeef"));
        break;
    default:
        writer_text(text, "SID(");
        write_sid(text);
        writer_char(text, ')');
        break;
    }
}

static void write_set(struct writer *text)
{
    writer_char(text, '{');
    for (uint32_t n = random_below(4); n > 0; n--) {
        write_literal(text);
        writer_text(text, n > 1 ? ONE_OF(",", ", ", " , ") : "");
    }
    writer_char(text, '}');
}

static void write_attribute_name(struct writer *text)
{
    writer_text(text, ONE_OF("a", "x:y.z/_1", "@User.a", "@DEVICE.b%0020c", "@Resource.#$'*+-~",
                             "@user.\xc3\xa9"));
}

static void write_term(struct writer *text)
{
    switch (random_below(4)) {
    case 0:
        write_attribute_name(text);
        break;
    case 1:
        writer_text(text, ONE_OF("Exists ", "Not_Exists "));
        write_attribute_name(text);
        break;
    case 2:
        writer_text(text, ONE_OF("Member_of ", "Not_Device_Member_of_Any", "device_member_of"));
        write_set(text);
        break;
    default:
        write_attribute_name(text);
        writer_text(text, ONE_OF(" == ", " != ", " <= ", "< ", " Contains ", " Not_Any_of "));
        if (one_in(2)) {
            write_set(text);
        } else {
            write_literal(text);
        }
        break;
    }
}

/* An expression with its parentheses; no deeper than @n_levels. */
static void write_condition(struct writer *text, size_t n_levels)
{
    writer_text(text, ONE_OF("(", "( "));
    if (n_levels == 0 || one_in(3)) {
        write_term(text);
    } else if (one_in(3)) {
        writer_char(text, '!');
        write_condition(text, n_levels - 1);
    } else {
        write_condition(text, n_levels - 1);
        writer_text(text, ONE_OF(" && ", "||", " || "));
        if (one_in(2)) {
            write_condition(text, n_levels - 1);
        } else {
            write_term(text);
        }
    }
    writer_char(text, ')');
}

static void write_attribute_value(struct writer *text, const char *type)
{
    if (strcmp(type, "TI") == 0) {
        writer_text(text, one_in(2) ? "-" : "");
    }
    if (strcmp(type, "TI") == 0 || strcmp(type, "TU") == 0) {
        writer_format(text, one_in(2) ? "%" PRIu32 : "0x%" PRIx32, random_below(UINT32_MAX));
    } else if (strcmp(type, "TB") == 0) {
        writer_text(text, one_in(2) ? "1" : "0");
    } else if (strcmp(type, "TS") == 0) {
        writer_text(text, ONE_OF("\"\"", "\"a b\"", "\"\xf0\x9f\x98\x80\""));
    } else if (strcmp(type, "TX") == 0) {
        writer_text(text, ONE_OF("", "1", "Ab12", "000"));
    } else {
        write_sid(text);
    }
}

static void write_attribute(struct writer *text)
{
    const char *type = ONE_OF("TI", "TU", "TB", "TS", "TX", "TD");

    writer_format(text, "(\"%s\",%s,%s", ONE_OF("a", "x%0020y", "\xc3\xa9"), type,
                  ONE_OF("0", "0x1", "0xff00ff"));
    for (uint32_t n = random_below(4); n > 0; n--) {
        writer_text(text, ONE_OF(",", ", "));
        write_attribute_value(text, type);
    }
    writer_char(text, ')');
}

static void write_rights(struct writer *text, bool is_label)
{
    if (one_in(3)) {
        writer_format(text, one_in(2) ? "0x%" PRIx32 : "%" PRIu32, random_below(UINT32_MAX));
        return;
    }
    for (uint32_t n = random_below(4); n > 0; n--) {
        writer_text(text, is_label ? ONE_OF("NW", "NR", "NX")
                                   : ONE_OF("FA", "FR", "KA", "GA", "CC", "RC", "SD", "CR"));
    }
}

static void write_guid(struct writer *text)
{
    if (one_in(2)) {
        writer_format(text, "%08" PRIx32 "-%04X-%04x-0123-%012" PRIx64, random_below(UINT32_MAX),
                      random_below(65536), random_below(65536), (uint64_t)random_below(UINT32_MAX));
    }
}

static void write_ace(struct writer *text, bool is_sacl)
{
    const char *type = is_sacl ? ONE_OF("AU", "AL", "OU", "ML", "RA", "SP", "TL", "XU", "FL")
                               : ONE_OF("A", "D", "OA", "OD", "XA", "XD", "ZA");
    const bool is_filter = strcmp(type, "FL") == 0;

    writer_format(text, "(%s;", type);
    for (uint32_t n = random_below(3); n > 0; n--) {
        writer_text(text,
                    ONE_OF("OI", "CI", "NP", "IO", "ID", "CR", is_filter ? "TP" : "SA", "FA"));
    }
    writer_char(text, ';');
    write_rights(text, strcmp(type, "ML") == 0);
    writer_char(text, ';');
    if (type[0] == 'O' || type[0] == 'Z') {
        write_guid(text);
    }
    writer_char(text, ';');
    if (type[0] == 'O' || type[0] == 'Z') {
        write_guid(text);
    }
    writer_char(text, ';');
    if (strcmp(type, "RA") == 0) {
        writer_text(text, "WD;");
        write_attribute(text);
    } else {
        write_sid(text);
    }
    if (type[0] == 'X' || type[0] == 'Z' || is_filter) {
        writer_char(text, ';');
        write_condition(text, random_below(DEPTH_MAX));
    }
    writer_char(text, ')');
}

static void write_acl(struct writer *text, const char *section, bool is_sacl)
{
    writer_text(text, section);
    for (uint32_t n = random_below(3); n > 0; n--) {
        writer_text(text, ONE_OF("P", "AR", "AI"));
    }
    if (!is_sacl && one_in(8)) {
        writer_text(text, "NO_ACCESS_CONTROL");
        return;
    }
    for (uint32_t n = random_below(N_ACES_MAX); n > 0; n--) {
        write_ace(text, is_sacl);
    }
}

/* A text that is strict but seldom canonical; the caller frees it. */
static char *random_sddl(void)
{
    CLEANUP(writer_deinit) struct writer text = {0};
    char *sddl = NULL;

    if (one_in(2)) {
        writer_text(&text, "O:");
        write_sid(&text);
    }
    if (one_in(4)) {
        write_acl(&text, "S:", true);
        write_acl(&text, "D:", false);
    } else {
        write_acl(&text, "D:", false);
        write_acl(&text, "S:", true);
    }
    if (one_in(2)) {
        writer_text(&text, "G:");
        write_sid(&text);
    }
    expect_ok(writer_finish_text(&text, &sddl));
    return sddl;
}

static struct sample parse(const char *text, uint32_t flags)
{
    struct sample sample = {0};
    tsr_sddl_error error = {0};

    if (tsr_failed(tsr_sddl_parse_ex(text, &domain, flags, &sample.bytes, &sample.size, &error))) {
        fail_msg("%s: column %zu: %s", text, error.column, error.message);
    }
    expect_ok(tsr_sd_view(sample.bytes, sample.size, &sample.sd));
    return sample;
}

static bool is_same(const struct sample *a, const struct sample *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static char *print(const tsr_sd *sd, const tsr_sid *of_domain, bool *ret_is_lossless)
{
    char *text = NULL;

    expect_ok(tsr_sddl_format_ex(sd, ALL_SECTIONS, of_domain, 0, &text, ret_is_lossless));
    return text;
}

static void what_was_read_prints_as_text_that_reads_and_prints_alike(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_ROUNDS; i++) {
        CLEANUP(free) char *text = random_sddl();
        CLEANUP(sample_deinit) struct sample first = parse(text, 0);
        CLEANUP(sample_deinit) struct sample lax = parse(text, TSR_SDDL_WINDOWS_LAX);
        bool is_lossless = false;
        CLEANUP(free) char *printed = print(&first.sd, &domain, &is_lossless);
        CLEANUP(sample_deinit) struct sample second = parse(printed, 0);
        CLEANUP(free) char *again = print(&second.sd, &domain, NULL);

        if (!is_lossless || !is_same(&first, &second) || !is_same(&first, &lax) ||
            strcmp(printed, again) != 0) {
            fail_msg("%s printed as %s", text, printed);
        }
    }
}

/* The text with blanks around where its ACEs open, and their types in lower case. */
static char *relaxed(const char *text)
{
    CLEANUP(writer_deinit) struct writer lax = {0};
    bool in_type = false;
    char *finished = NULL;

    for (const char *at = text; *at != '\0'; at++) {
        const bool opens = *at == '(';

        if (opens && one_in(2)) {
            writer_char(&lax, ' ');
        }
        writer_char(&lax, in_type ? (char)tolower(*at) : *at);
        in_type = opens || (in_type && *at != ';');
        if (opens && one_in(2)) {
            writer_char(&lax, ' ');
        }
    }
    expect_ok(writer_finish_text(&lax, &finished));
    return finished;
}

static void lax_spelling_reads_as_the_strict_one(void **state)
{
    static const char *const without_conditions[] = {"XA", "XD", "ZA", "XU", "FL", "RA"};
    size_t n_compared = 0;

    (void)state;
    for (size_t i = 0; i < N_ROUNDS; i++) {
        CLEANUP(free) char *text = random_sddl();
        bool is_plain = true;

        for (size_t j = 0; j < ARRAY_SIZE(without_conditions); j++) {
            char opening[8];

            (void)snprintf(opening, sizeof(opening), "(%s;", without_conditions[j]);
            is_plain = is_plain && !strstr(text, opening);
        }
        if (!is_plain) {
            continue;
        }
        CLEANUP(free) char *lax = relaxed(text);
        CLEANUP(sample_deinit) struct sample strict_sample = parse(text, 0);
        CLEANUP(sample_deinit) struct sample lax_sample = parse(lax, TSR_SDDL_WINDOWS_LAX);

        if (!is_same(&strict_sample, &lax_sample)) {
            fail_msg("%s and %s differ", text, lax);
        }
        n_compared++;
    }
    assert_true(n_compared > N_ROUNDS / 20);
}

/* Change one byte of a descriptor, so that it stays one; @return whether that could be done */
static bool disturb(struct sample *sample)
{
    const uint32_t at = random_below((uint32_t)sample->size);
    const uint8_t before = sample->bytes[at];
    tsr_sd sd;

    sample->bytes[at] ^= (uint8_t)(1u << random_below(8));
    if (tsr_failed(tsr_sd_view(sample->bytes, sample->size, &sd))) {
        sample->bytes[at] = before;
        return false;
    }
    sample->sd = sd;
    return true;
}

/* The descriptor's parts packed, by the plain way: one by one. */
static struct sample packed(const tsr_sd *sd)
{
    struct sample sample = {0};
    tsr_sid owner = {0};
    tsr_sid group = {0};
    const tsr_sd_parts parts = {
        .control = sd->control,
        .resource_manager_control = sd->resource_manager_control,
        .owner = sd->owner ? &owner : NULL,
        .group = sd->group ? &group : NULL,
        .has_dacl = sd->has_dacl,
        .has_sacl = sd->has_sacl,
        .dacl = sd->dacl,
        .sacl = sd->sacl,
    };

    if (sd->owner) {
        expect_ok(tsr_sid_decode(sd->owner, tsr_encoded_sid_size(sd->owner), &owner, NULL));
    }
    if (sd->group) {
        expect_ok(tsr_sid_decode(sd->group, tsr_encoded_sid_size(sd->group), &group, NULL));
    }
    expect_ok(tsr_sd_build(&parts, &sample.bytes, &sample.size));
    expect_ok(tsr_sd_view(sample.bytes, sample.size, &sample.sd));
    return sample;
}

/* Whether parsing @text gives back @expected. */
static bool reads_as(const char *text, const struct sample *expected)
{
    CLEANUP(sample_deinit) struct sample parsed = {0};

    return tsr_ok(tsr_sddl_parse(text, &domain, &parsed.bytes, &parsed.size, NULL)) &&
           is_same(&parsed, expected);
}

static void printing_tells_of_every_loss_and_of_none_that_is_not(void **state)
{
    size_t n_lossy = 0;
    size_t n_lossless = 0;

    (void)state;
    for (size_t i = 0; i < N_ROUNDS; i++) {
        CLEANUP(free) char *text = random_sddl();
        CLEANUP(sample_deinit) struct sample sample = parse(text, 0);
        CLEANUP(free) char *printed = NULL;
        CLEANUP(free) char *strict = NULL;
        bool is_lossless = false;
        tsr_status status;

        for (uint32_t n = 1 + random_below(3); n > 0; n--) {
            (void)disturb(&sample);
        }
        CLEANUP(sample_deinit) struct sample expected = packed(&sample.sd);
        status = tsr_sddl_format_ex(&sample.sd, ALL_SECTIONS, &domain, 0, &printed, &is_lossless);
        if (tsr_failed(status)) {
            assert_true(status.code == STATUS_NOT_SUPPORTED || status.code == STATUS_INVALID_ACL);
            continue;
        }
        if (reads_as(printed, &expected) != is_lossless) {
            fail_msg("%s, from %s: told to be %s", printed, text, is_lossless ? "whole" : "not");
        }
        expect_status(is_lossless ? STATUS_SUCCESS : STATUS_DATA_ERROR,
                      tsr_sddl_format_ex(&sample.sd, ALL_SECTIONS, &domain, TSR_SDDL_LOSSLESS,
                                         &strict, NULL));
        n_lossy += !is_lossless;
        n_lossless += is_lossless;
    }
    assert_true(n_lossy > N_ROUNDS / 20);
    assert_true(n_lossless > N_ROUNDS / 20);
}

static void conditions_print_as_text_that_compiles_to_the_same_bytes(void **state)
{
    (void)state;

    for (size_t i = 0; i < N_ROUNDS; i++) {
        CLEANUP(writer_deinit) struct writer writer = {0};
        CLEANUP(free) char *text = NULL;
        CLEANUP(free) char *printed = NULL;
        CLEANUP(free) char *printed_again = NULL;
        CLEANUP(free) uint8_t *bytes = NULL;
        CLEANUP(free) uint8_t *again = NULL;
        tsr_sddl_error error = {0};
        size_t n_again;
        size_t size;

        write_condition(&writer, DEPTH_MAX);
        expect_ok(writer_finish_text(&writer, &text));
        if (tsr_failed(tsr_condition_parse(text, &domain, &bytes, &size, &error))) {
            fail_msg("%s: column %zu: %s", text, error.column, error.message);
        }
        expect_ok(tsr_condition_format(bytes, size, &domain, &printed));
        expect_ok(tsr_condition_parse(printed, &domain, &again, &n_again, NULL));
        expect_ok(tsr_condition_format(again, n_again, &domain, &printed_again));
        if (n_again != size || memcmp(bytes, again, size) != 0 ||
            strcmp(printed, printed_again) != 0) {
            fail_msg("%s printed as %s", text, printed);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_prints_as_text_that_reads_and_prints_alike),
        cmocka_unit_test(lax_spelling_reads_as_the_strict_one),
        cmocka_unit_test(printing_tells_of_every_loss_and_of_none_that_is_not),
        cmocka_unit_test(conditions_print_as_text_that_compiles_to_the_same_bytes),
    };
    const char *seed = getenv("PROPERTY_SEED");

    random_state = seed ? strtoull(seed, NULL, 0) : 0x5dd1;
    random_state += random_state == 0;
    print_message("# PROPERTY_SEED=%#" PRIx64 "\n", random_state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
