/* SPDX-License-Identifier: MIT */
/* Tests of security identifiers: binary and text forms. */

#include <tessera/sid.h>

#include <support/expect.h>

#include "base/check.h"

static const uint8_t administrators[] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0};

/* The bytes at the end of a heap block of exactly their size, so that a sanitizer sees any overrun.
 */
static uint8_t *exact_copy(const void *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    assert_non_null(copy);
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

/* A SID with every part at its largest. */
static tsr_sid largest_sid(void)
{
    tsr_sid sid = {.authority = UINT64_C(0xffffffffffff), .n_sub_authorities = 15};

    for (size_t i = 0; i < ARRAY_SIZE(sid.sub_authorities); i++) {
        sid.sub_authorities[i] = UINT32_MAX - (uint32_t)i;
    }
    return sid;
}

/* Covers AC-1.1-1. */
static void decode_reads_every_field(void **state)
{
    tsr_sid sid;
    size_t size = 0;

    (void)state;

    expect_ok(tsr_sid_decode(administrators, sizeof(administrators), &sid, &size));

    assert_int_equal(size, sizeof(administrators));
    assert_true(sid.authority == 5);
    assert_int_equal(sid.n_sub_authorities, 2);
    assert_int_equal(sid.sub_authorities[0], 32);
    assert_int_equal(sid.sub_authorities[1], 544);
}

/* Covers AC-1.1-1. */
static void decode_reads_the_authority_from_its_highest_byte(void **state)
{
    const uint8_t bytes[] = {1, 0, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab};
    tsr_sid sid;

    (void)state;

    expect_ok(tsr_sid_decode(bytes, sizeof(bytes), &sid, NULL));

    assert_true(sid.authority == UINT64_C(0x0123456789ab));
}

static void decode_clears_the_sub_authorities_that_are_not_there(void **state)
{
    tsr_sid sid;

    (void)state;
    memset(&sid, 0xff, sizeof(sid));

    expect_ok(tsr_sid_decode(administrators, sizeof(administrators), &sid, NULL));

    for (size_t i = 2; i < ARRAY_SIZE(sid.sub_authorities); i++) {
        assert_int_equal(sid.sub_authorities[i], 0);
    }
}

static void decode_does_not_look_at_what_follows(void **state)
{
    uint8_t bytes[sizeof(administrators) + 4];
    size_t size = 0;
    tsr_sid sid;

    (void)state;
    memset(bytes, 0xee, sizeof(bytes));
    memcpy(bytes, administrators, sizeof(administrators));

    expect_ok(tsr_sid_decode(bytes, sizeof(bytes), &sid, &size));

    assert_int_equal(size, sizeof(administrators));
    assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
}

static void decode_works_at_any_alignment(void **state)
{
    uint8_t bytes[sizeof(administrators) + 8];
    tsr_sid sid;

    (void)state;

    for (size_t at = 0; at < 8; at++) {
        memcpy(bytes + at, administrators, sizeof(administrators));
        expect_ok(tsr_sid_decode(bytes + at, sizeof(administrators), &sid, NULL));
        assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
    }
}

/* Covers AC-1.1-4. */
static void decode_rejects_every_truncation_and_leaves_the_output_alone(void **state)
{
    (void)state;

    for (size_t n = 0; n < sizeof(administrators); n++) {
        CLEANUP(free) uint8_t *bytes = exact_copy(administrators, n);
        tsr_sid sid = {.authority = 42};
        size_t size = 43;

        expect_status(STATUS_INVALID_SID, tsr_sid_decode(bytes, n, &sid, &size));
        assert_int_equal(sid.authority, 42);
        assert_int_equal(size, 43);
    }
    expect_status(STATUS_INVALID_SID, tsr_sid_decode(NULL, 0, &(tsr_sid){0}, NULL));
}

/* Covers AC-1.1-2. */
static void decode_accepts_only_revision_one(void **state)
{
    uint8_t bytes[sizeof(administrators)];
    tsr_sid sid = {.authority = 42};

    (void)state;
    memcpy(bytes, administrators, sizeof(bytes));

    for (unsigned int revision = 0; revision < 256; revision++) {
        bytes[0] = (uint8_t)revision;
        if (revision != 1) {
            expect_status(STATUS_INVALID_SID, tsr_sid_decode(bytes, sizeof(bytes), &sid, NULL));
        }
    }

    assert_int_equal(sid.authority, 42);
}

/* Covers AC-1.1-3, AC-1.1-7. */
static void decode_accepts_every_count_up_to_fifteen_and_no_more(void **state)
{
    uint8_t bytes[8 + 4 * 255] = {1};
    tsr_sid sid;
    size_t size;

    (void)state;

    for (unsigned int count = 0; count < 256; count++) {
        bytes[1] = (uint8_t)count;
        sid = (tsr_sid){.authority = 42};
        size = 43;
        if (count <= 15) {
            expect_ok(tsr_sid_decode(bytes, sizeof(bytes), &sid, &size));
            assert_int_equal(sid.n_sub_authorities, count);
            assert_int_equal(size, 8 + 4 * count);
        } else {
            expect_status(STATUS_INVALID_SID, tsr_sid_decode(bytes, sizeof(bytes), &sid, &size));
            assert_int_equal(sid.authority, 42);
            assert_int_equal(size, 43);
        }
    }
}

static void encode_inverts_decode(void **state)
{
    const tsr_sid sids[] = {
        TSR_SID_NULL,           TSR_SID_EVERYONE,         TSR_SID_ADMINISTRATORS,
        TSR_SID_UNIX_USER(~0u), TSR_SID_INTEGRITY(16384), {.authority = 5},
        largest_sid(),
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(sids); i++) {
        CLEANUP(free) uint8_t *bytes = malloc(tsr_sid_size(&sids[i]));
        size_t n_encoded = 0;
        size_t n_decoded = 0;
        tsr_sid sid;

        expect_ok(tsr_sid_encode(&sids[i], bytes, tsr_sid_size(&sids[i]), &n_encoded));
        expect_ok(tsr_sid_decode(bytes, n_encoded, &sid, &n_decoded));

        assert_int_equal(n_encoded, tsr_sid_size(&sids[i]));
        assert_int_equal(n_decoded, n_encoded);
        assert_true(tsr_sid_equal(&sid, &sids[i]));
    }
}

/* Covers AC-1.1-1. */
static void encode_writes_the_known_bytes(void **state)
{
    uint8_t bytes[TSR_SID_SIZE_MAX];
    size_t size = 0;

    (void)state;

    expect_ok(tsr_sid_encode(&TSR_SID_ADMINISTRATORS, bytes, sizeof(bytes), &size));

    assert_int_equal(size, sizeof(administrators));
    assert_memory_equal(bytes, administrators, sizeof(administrators));
}

static void encode_reports_the_size_it_needs_and_writes_nothing_that_does_not_fit(void **state)
{
    const tsr_sid sid = largest_sid();

    (void)state;

    for (size_t n = 0; n < TSR_SID_SIZE_MAX; n++) {
        uint8_t room[TSR_SID_SIZE_MAX] = {0};
        size_t size = 0;

        expect_status(STATUS_BUFFER_TOO_SMALL, tsr_sid_encode(&sid, room, n, &size));
        assert_int_equal(size, TSR_SID_SIZE_MAX);
        for (size_t i = 0; i < sizeof(room); i++) {
            assert_int_equal(room[i], 0);
        }
    }
    expect_status(STATUS_BUFFER_TOO_SMALL, tsr_sid_encode(&sid, NULL, 0, &(size_t){0}));
}

/* A wrapped authority would name another SID; too large a count would read past the value. */
/* Covers AC-1.1-3. */
static void encode_refuses_what_no_sid_can_be(void **state)
{
    const tsr_sid wide = {.authority = (UINT64_C(1) << 48) | 5, .n_sub_authorities = 1};
    const tsr_sid long_one = {.authority = 5, .n_sub_authorities = 16};
    uint8_t room[2048] = {0};
    size_t size = 42;

    (void)state;

    expect_status(STATUS_INVALID_SID, tsr_sid_encode(&wide, room, sizeof(room), &size));
    expect_status(STATUS_INVALID_SID, tsr_sid_encode(&long_one, room, sizeof(room), &size));

    assert_int_equal(size, 42);
    assert_int_equal(room[0], 0);
}

/* Covers AC-1.1-5. */
static void equality_needs_every_part(void **state)
{
    const tsr_sid sid = TSR_SID(5, 21, 1, 2, 3, 500);
    const tsr_sid others[] = {
        TSR_SID(6, 21, 1, 2, 3, 500),
        TSR_SID(5, 21, 1, 2, 3),
        TSR_SID(5, 21, 1, 2, 3, 501),
        TSR_SID(5, 20, 1, 2, 3, 500),
        TSR_SID(5, 21, 1, 9, 3, 500),
        TSR_SID(5, 21, 1, 2, 3, 500, 0),
        TSR_SID(UINT64_C(0x500000000), 21, 1, 2, 3, 500),
    };

    (void)state;

    assert_true(tsr_sid_equal(&sid, &sid));
    assert_true(tsr_sid_equal(&sid, &TSR_SID(5, 21, 1, 2, 3, 500)));
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        assert_false(tsr_sid_equal(&sid, &others[i]));
        assert_false(tsr_sid_equal(&others[i], &sid));
    }
}

static void equality_ignores_what_lies_behind_the_last_sub_authority(void **state)
{
    tsr_sid sid = TSR_SID_ADMINISTRATORS;

    (void)state;
    sid.sub_authorities[2] = 7;

    assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
}

/* Section 2.2 and what the well-known names of the header stand for. */
static void known_sids_have_their_known_texts(void **state)
{
    const struct {
        tsr_sid sid;
        const char *text;
    } known[] = {
        {TSR_SID_NULL, "S-1-0-0"},
        {TSR_SID_EVERYONE, "S-1-1-0"},
        {TSR_SID_LOCAL, "S-1-2-0"},
        {TSR_SID_CREATOR_OWNER, "S-1-3-0"},
        {TSR_SID_CREATOR_GROUP, "S-1-3-1"},
        {TSR_SID_OWNER_RIGHTS, "S-1-3-4"},
        {TSR_SID_NETWORK, "S-1-5-2"},
        {TSR_SID_INTERACTIVE, "S-1-5-4"},
        {TSR_SID_ANONYMOUS, "S-1-5-7"},
        {TSR_SID_PRINCIPAL_SELF, "S-1-5-10"},
        {TSR_SID_AUTHENTICATED_USERS, "S-1-5-11"},
        {TSR_SID_RESTRICTED, "S-1-5-12"},
        {TSR_SID_SYSTEM, "S-1-5-18"},
        {TSR_SID_ADMINISTRATORS, "S-1-5-32-544"},
        {TSR_SID_USERS, "S-1-5-32-545"},
        {TSR_SID_GUESTS, "S-1-5-32-546"},
        {TSR_SID_WRITE_RESTRICTED, "S-1-5-33"},
        {TSR_SID_UNIX_USER(1000), "S-1-22-1-1000"},
        {TSR_SID_UNIX_GROUP(4294967294u), "S-1-22-2-4294967294"},
        {TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM_PLUS), "S-1-16-8448"},
    };
    char text[TSR_SID_TEXT_MAX];

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        tsr_sid_format(&known[i].sid, text);
        assert_string_equal(text, known[i].text);
    }
}

/* Covers AC-1.1-9. */
static void integrity_levels_have_their_documented_numbers(void **state)
{
    (void)state;

    assert_int_equal(TSR_INTEGRITY_UNTRUSTED, 0);
    assert_int_equal(TSR_INTEGRITY_LOW, 4096);
    assert_int_equal(TSR_INTEGRITY_MEDIUM, 8192);
    assert_int_equal(TSR_INTEGRITY_MEDIUM_PLUS, 8448);
    assert_int_equal(TSR_INTEGRITY_HIGH, 12288);
    assert_int_equal(TSR_INTEGRITY_SYSTEM, 16384);
    assert_true(tsr_sid_equal(&TSR_SID_INTEGRITY(8192), &TSR_SID(16, 8192)));
}

/* Covers AC-2.2-6, AC-2.2-7. */
static void parse_reads_what_is_written_in_any_accepted_form(void **state)
{
    const struct {
        const char *text;
        tsr_sid sid;
    } rows[] = {
        {"S-1-5-32-544", TSR_SID_ADMINISTRATORS},
        {"s-1-5-32-544", TSR_SID_ADMINISTRATORS},
        {"S-1-0x5-0x20-0X220", TSR_SID_ADMINISTRATORS},
        {"S-1-5-032-0544", TSR_SID_ADMINISTRATORS},
        {"S-1-5-00000000000000000000000032-544", TSR_SID_ADMINISTRATORS},
        {"S-1-1-0", TSR_SID_EVERYONE},
        {"S-1-5-4294967295", TSR_SID(5, UINT32_MAX)},
        {"S-1-5-0xFFFFffff", TSR_SID(5, UINT32_MAX)},
        {"S-1-0x500000000-32", TSR_SID(UINT64_C(0x500000000), 32)},
        {"S-1-281474976710655-0", TSR_SID(UINT64_C(0xffffffffffff), 0)},
        {"S-1-0xffffffffffff-0", TSR_SID(UINT64_C(0xffffffffffff), 0)},
        {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15",
         TSR_SID(5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_sid sid = {0};

        expect_ok(tsr_sid_parse(rows[i].text, &sid, NULL));
        assert_true(tsr_sid_equal(&sid, &rows[i].sid));
    }
}

/* Covers AC-1.1-8, AC-2.2-7, AC-2.2-8, AC-2.2-9, AC-2.2-10, AC-2.2-11. */
static void parse_refuses_everything_else_and_leaves_the_outputs_alone(void **state)
{
    const char *const texts[] = {
        "",
        "S",
        "S-",
        "S-1",
        "S-1-",
        "S-1-5",
        "S-1-5-",
        "S-1-5--32",
        "S-1--32",
        "S-1-5-32-",
        "S-1-5-32-544-",
        "S-1-5-32-544-0x",
        "S-1-5-32-544-0xg",
        "S-1-5-+1",
        "S-1-5- 1",
        " S-1-5-1",
        "S1-5-32",
        "X-1-5-32",
        "S-0-5-32",
        "S-2-5-32",
        "S-01-5-32",
        "S-0x1-5-32",
        "S-11-5-32",
        "S-1-5-4294967296",
        "S-1-5-0x100000000",
        "S-1-5-18446744073709551616",
        "S-1-5-18446744073709551648",
        "S-1-281474976710656-0",
        "S-1-0x1000000000000-0",
        "S-1-18446744073709551621-0",
        "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
        "S-1-5-\xd9\xa1",
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        tsr_sid sid = {.authority = 42};
        size_t n_taken = 43;

        expect_status(STATUS_INVALID_SID, tsr_sid_parse(texts[i], &sid, NULL));
        expect_status(STATUS_INVALID_SID, tsr_sid_parse(texts[i], &sid, &n_taken));
        assert_int_equal(sid.authority, 42);
        assert_int_equal(n_taken, 43);
    }
}

static void parse_stops_behind_the_sid_only_where_the_caller_allows_it(void **state)
{
    const char *const followers[] = {")", ";", " ", "G:", "\n", "g", "D:(A;;;;;WD)"};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(followers); i++) {
        tsr_sid sid = {.authority = 42};
        size_t n_taken = 0;
        char text[64];

        snprintf(text, sizeof(text), "S-1-5-32-544%s", followers[i]);
        expect_status(STATUS_INVALID_SID, tsr_sid_parse(text, &sid, NULL));
        assert_int_equal(sid.authority, 42);
        expect_ok(tsr_sid_parse(text, &sid, &n_taken));
        assert_int_equal(n_taken, strlen("S-1-5-32-544"));
        assert_true(tsr_sid_equal(&sid, &TSR_SID_ADMINISTRATORS));
    }
}

static void a_text_read_to_its_end_takes_all_its_characters(void **state)
{
    size_t n_taken = 0;
    tsr_sid sid;

    (void)state;

    expect_ok(tsr_sid_parse("S-1-5-32-544", &sid, &n_taken));

    assert_int_equal(n_taken, strlen("S-1-5-32-544"));
}

/* Section 1.1: decimal below 2^32, else hexadecimal without padding. */
/* Covers AC-1.1-6. */
static void format_writes_large_authorities_in_hexadecimal(void **state)
{
    const struct {
        uint64_t authority;
        const char *text;
    } rows[] = {
        {0, "S-1-0-32"},
        {UINT64_C(0xffffffff), "S-1-4294967295-32"},
        {UINT64_C(0x100000000), "S-1-0x100000000-32"},
        {UINT64_C(0x500000000), "S-1-0x500000000-32"},
        {UINT64_C(0xffffffffffff), "S-1-0xffffffffffff-32"},
    };
    char text[TSR_SID_TEXT_MAX];

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tsr_sid_format(&TSR_SID(rows[i].authority, 32), text);
        assert_string_equal(text, rows[i].text);
    }
}

static void format_then_parse_gives_the_same_sid(void **state)
{
    const tsr_sid sids[] = {TSR_SID_NULL, TSR_SID_ADMINISTRATORS, largest_sid()};
    char text[TSR_SID_TEXT_MAX];

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(sids); i++) {
        tsr_sid sid;

        tsr_sid_format(&sids[i], text);
        expect_ok(tsr_sid_parse(text, &sid, NULL));
        assert_true(tsr_sid_equal(&sid, &sids[i]));
    }
}

static void the_longest_text_fits(void **state)
{
    CLEANUP(free) char *text = malloc(TSR_SID_TEXT_MAX);
    const tsr_sid sid = largest_sid();

    (void)state;

    tsr_sid_format(&sid, text);

    assert_true(strlen(text) < TSR_SID_TEXT_MAX);
    assert_string_equal(text + strlen(text) - 11, "-4294967281");
}

/* Section 1.1: such a SID is valid in binary; its text is refused on the way back. */
/* Covers AC-1.1-7, AC-1.1-8. */
static void a_sid_without_sub_authorities_has_a_text_that_is_not_read(void **state)
{
    const tsr_sid sid = {.authority = 5};
    char text[TSR_SID_TEXT_MAX];
    tsr_sid parsed;

    (void)state;

    tsr_sid_format(&sid, text);

    assert_string_equal(text, "S-1-5");
    expect_status(STATUS_INVALID_SID, tsr_sid_parse(text, &parsed, NULL));
    assert_int_equal(tsr_sid_size(&sid), TSR_SID_SIZE_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_reads_every_field),
        cmocka_unit_test(decode_reads_the_authority_from_its_highest_byte),
        cmocka_unit_test(decode_clears_the_sub_authorities_that_are_not_there),
        cmocka_unit_test(decode_does_not_look_at_what_follows),
        cmocka_unit_test(decode_works_at_any_alignment),
        cmocka_unit_test(decode_rejects_every_truncation_and_leaves_the_output_alone),
        cmocka_unit_test(decode_accepts_only_revision_one),
        cmocka_unit_test(decode_accepts_every_count_up_to_fifteen_and_no_more),
        cmocka_unit_test(encode_inverts_decode),
        cmocka_unit_test(encode_writes_the_known_bytes),
        cmocka_unit_test(encode_reports_the_size_it_needs_and_writes_nothing_that_does_not_fit),
        cmocka_unit_test(encode_refuses_what_no_sid_can_be),
        cmocka_unit_test(equality_needs_every_part),
        cmocka_unit_test(equality_ignores_what_lies_behind_the_last_sub_authority),
        cmocka_unit_test(known_sids_have_their_known_texts),
        cmocka_unit_test(integrity_levels_have_their_documented_numbers),
        cmocka_unit_test(parse_reads_what_is_written_in_any_accepted_form),
        cmocka_unit_test(parse_refuses_everything_else_and_leaves_the_outputs_alone),
        cmocka_unit_test(parse_stops_behind_the_sid_only_where_the_caller_allows_it),
        cmocka_unit_test(a_text_read_to_its_end_takes_all_its_characters),
        cmocka_unit_test(format_writes_large_authorities_in_hexadecimal),
        cmocka_unit_test(format_then_parse_gives_the_same_sid),
        cmocka_unit_test(the_longest_text_fits),
        cmocka_unit_test(a_sid_without_sub_authorities_has_a_text_that_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
