/* SPDX-License-Identifier: MIT */
/* Tests of ACLs and ACEs: validation, walking, building. */

#include <tessera/descriptor.h>

#include <tessera/access.h>

#include <support/expect.h>

#include "base/bytes.h"
#include "base/check.h"

#define ALICE TSR_SID(5, 21, 1, 2, 3, 1001)

/* Which fields lie before the SID of an ACE. */
enum layout {
    UNKNOWN,
    BASIC,
    OBJECT,
    COMPOUND,
};

/* access-check.md 1.3 */
static enum layout layout_of(unsigned int type)
{
    static const uint8_t layouts[0x16] = {
        BASIC,  BASIC,  BASIC, BASIC, COMPOUND, OBJECT, OBJECT, OBJECT, OBJECT, BASIC, BASIC,
        OBJECT, OBJECT, BASIC, BASIC, OBJECT,   OBJECT, BASIC,  BASIC,  BASIC,  BASIC, BASIC,
    };

    return type < ARRAY_SIZE(layouts) ? (enum layout)layouts[type] : UNKNOWN;
}

/* The bytes in a heap block of exactly their size, so that a sanitizer sees any overrun. */
static uint8_t *exact_copy(const void *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    return copy;
}

/* Write an ACE with mask 0x12345678 for SYSTEM; a compound one has Everyone as server. @return size
 */
static size_t put_ace(uint8_t *to, unsigned int type, uint32_t n_guids, size_t n_data)
{
    size_t at = 8;
    size_t size;

    memset(to, 0, 8);
    to[0] = (uint8_t)type;
    to[1] = CONTAINER_INHERIT_ACE;
    store_le32(to + 4, 0x12345678);
    if (layout_of(type) == OBJECT) {
        store_le32(to + at, n_guids);
        at += 4;
        memset(to + at, 0xa1, TSR_GUID_SIZE);
        at += n_guids & ACE_OBJECT_TYPE_PRESENT ? TSR_GUID_SIZE : 0;
        memset(to + at, 0xa2, TSR_GUID_SIZE);
        at += n_guids & ACE_INHERITED_OBJECT_TYPE_PRESENT ? TSR_GUID_SIZE : 0;
    }
    if (layout_of(type) == COMPOUND) {
        store_le32(to + at, 1);
        expect_ok(tsr_sid_encode(&TSR_SID_EVERYONE, to + at + 4, 12, &size));
        at += 16;
    }
    expect_ok(tsr_sid_encode(&TSR_SID_SYSTEM, to + at, 12, &size));
    at += size;
    memset(to + at, 0xda, n_data);
    at += n_data;
    store_le16(to + 2, (uint16_t)at);
    return at;
}

static void put_header(uint8_t *to, uint8_t revision, size_t size, size_t n_aces)
{
    const uint8_t header[8] = {revision};

    memcpy(to, header, sizeof(header));
    store_le16(to + 2, (uint16_t)size);
    store_le16(to + 4, (uint16_t)n_aces);
}

/* An ACL of one ACE of this kind. @return size */
static size_t put_acl_of_one(uint8_t *to, unsigned int type, uint32_t n_guids, size_t n_data)
{
    const size_t size = 8 + put_ace(to + 8, type, n_guids, n_data);

    put_header(to, ACL_REVISION_DS, size, 1);
    return size;
}

/* The bytes at the end of a heap block of their size are no ACL, and nothing is put out. */
static void expect_no_acl(const uint8_t *bytes, size_t size)
{
    CLEANUP(free) uint8_t *exact = exact_copy(bytes, size);
    tsr_acl acl = {.n_aces = 42};

    expect_status(STATUS_INVALID_ACL, tsr_acl_view(exact, size, &acl));
    assert_int_equal(acl.n_aces, 42);
    assert_null(acl.bytes);
}

/* Covers AC-1.4-1. */
static void an_empty_acl_has_no_aces(void **state)
{
    const uint8_t bytes[] = {2, 0, 8, 0, 0, 0, 0, 0};
    tsr_ace ace = {.mask = 42};
    size_t offset = 0;
    tsr_acl acl;

    (void)state;

    expect_ok(tsr_acl_view(bytes, sizeof(bytes), &acl));

    assert_ptr_equal(acl.bytes, bytes);
    assert_int_equal(acl.size, 8);
    assert_int_equal(acl.n_aces, 0);
    assert_false(tsr_acl_next(&acl, &offset, &ace));
    assert_int_equal(ace.mask, 42);
}

static void a_null_acl_is_walked_as_an_empty_one(void **state)
{
    tsr_ace ace = {.mask = 42};
    size_t offset = 0;

    (void)state;

    assert_false(tsr_acl_next(&(tsr_acl){0}, &offset, &ace));

    assert_int_equal(ace.mask, 42);
}

/* Every known type, GUID choice and amount of data; offsets worked out from 1.3. */
/* Covers AC-1.3-1, AC-1.3-4, AC-1.3-5, AC-1.3-6, AC-1.3-7, AC-1.3-8, AC-1.3-12. */
static void every_layout_is_read_field_by_field(void **state)
{
    (void)state;

    for (unsigned int type = 0; type < 0x16; type++) {
        for (uint32_t n_guids = 0; n_guids < (layout_of(type) == OBJECT ? 4u : 1u); n_guids++) {
            for (size_t n_data = 0; n_data <= 8; n_data += 4) {
                uint8_t bytes[128];
                const size_t size = put_acl_of_one(bytes, type, n_guids, n_data);
                CLEANUP(free) uint8_t *exact = exact_copy(bytes, size);
                size_t offset = 0;
                tsr_acl acl;
                tsr_ace ace;

                expect_ok(tsr_acl_view(exact, size, &acl));
                assert_true(tsr_acl_next(&acl, &offset, &ace));

                assert_ptr_equal(ace.bytes, exact + 8);
                assert_int_equal(ace.size, size - 8);
                assert_int_equal(ace.type, type);
                assert_int_equal(ace.flags, CONTAINER_INHERIT_ACE);
                assert_int_equal(ace.mask, 0x12345678);
                assert_ptr_equal(ace.sid, exact + size - n_data - 12);
                assert_ptr_equal(ace.data, exact + size - n_data);
                assert_int_equal(ace.n_data, n_data);
                assert_int_equal(ace.object_type != NULL, (n_guids & 1) != 0);
                assert_int_equal(ace.inherited_object_type != NULL, (n_guids & 2) != 0);
                assert_true(!ace.object_type || ace.object_type[0] == 0xa1);
                assert_true(!ace.inherited_object_type || ace.inherited_object_type[15] == 0xa2);
                assert_int_equal(ace.server_sid != NULL, layout_of(type) == COMPOUND);
                assert_true(!ace.server_sid || ace.server_sid == exact + 8 + 12);
                assert_false(tsr_acl_next(&acl, &offset, &ace));
            }
        }
    }
}

/* Covers AC-1.3-13. */
static void an_unknown_type_is_kept_and_says_nothing(void **state)
{
    (void)state;

    for (unsigned int type = 0x16; type < 256; type++) {
        uint8_t bytes[12] = {[8] = (uint8_t)type, 0x10, 4, 0};
        size_t offset = 0;
        tsr_acl acl;
        tsr_ace ace;

        put_header(bytes, ACL_REVISION, sizeof(bytes), 1);
        CLEANUP(free) uint8_t *exact = exact_copy(bytes, sizeof(bytes));

        expect_ok(tsr_acl_view(exact, sizeof(bytes), &acl));
        assert_true(tsr_acl_next(&acl, &offset, &ace));
        assert_int_equal(ace.type, type);
        assert_int_equal(ace.size, 4);
        assert_int_equal(ace.mask, 0);
        assert_null(ace.sid);
        assert_null(ace.data);
        assert_int_equal(ace.n_data, 0);
    }
}

/* Covers AC-1.3-3. */
static void a_known_type_must_be_whole(void **state)
{
    (void)state;

    for (unsigned int type = 0; type < 0x16; type++) {
        uint8_t bytes[128];
        const uint32_t n_guids = layout_of(type) == OBJECT ? 3 : 0;
        const size_t size = put_acl_of_one(bytes, type, n_guids, 0);

        for (size_t ace_size = 0; ace_size < size - 8; ace_size += 4) {
            store_le16(bytes + 8 + 2, (uint16_t)ace_size);
            expect_no_acl(bytes, size);
        }
    }
}

/* Covers AC-1.3-11. */
static void the_sid_of_an_ace_must_be_one(void **state)
{
    uint8_t bytes[128];
    size_t size;

    (void)state;

    size = put_acl_of_one(bytes, ACCESS_ALLOWED_ACE_TYPE, 0, 64);
    bytes[16] = 2;
    expect_no_acl(bytes, size);
    size = put_acl_of_one(bytes, ACCESS_ALLOWED_ACE_TYPE, 0, 64);
    bytes[17] = 16;
    expect_no_acl(bytes, size);
    size = put_acl_of_one(bytes, ACCESS_ALLOWED_ACE_TYPE, 0, 0);
    bytes[17] = 2;
    expect_no_acl(bytes, size);
    size = put_acl_of_one(bytes, ACCESS_ALLOWED_COMPOUND_ACE_TYPE, 0, 0);
    bytes[20] = 0;
    expect_no_acl(bytes, size);
    size = put_acl_of_one(bytes, ACCESS_ALLOWED_COMPOUND_ACE_TYPE, 0, 0);
    bytes[21] = 4;
    expect_no_acl(bytes, size);
}

/* Growing a first SID over what follows it must not read the next ACE as its own. */
/* Covers AC-1.3-11. */
static void a_sid_may_not_reach_into_the_next_ace(void **state)
{
    uint8_t bytes[128];
    size_t size = 8;

    (void)state;
    size += put_ace(bytes + size, ACCESS_ALLOWED_ACE_TYPE, 0, 0);
    size += put_ace(bytes + size, ACCESS_ALLOWED_ACE_TYPE, 0, 0);
    put_header(bytes, ACL_REVISION, size, 2);
    bytes[17] = 2;

    expect_no_acl(bytes, size);
}

/* Covers AC-1.3-3. */
static void every_truncation_is_refused(void **state)
{
    uint8_t bytes[128];
    size_t size = 8;

    (void)state;
    size += put_ace(bytes + size, ACCESS_ALLOWED_ACE_TYPE, 0, 0);
    size += put_ace(bytes + size, ACCESS_DENIED_OBJECT_ACE_TYPE, 3, 4);
    put_header(bytes, ACL_REVISION_DS, size, 2);

    for (size_t n = 0; n < size; n++) {
        expect_no_acl(bytes, n);
        if (n >= 8) {
            store_le16(bytes + 2, (uint16_t)n);
            expect_no_acl(bytes, n);
            store_le16(bytes + 2, (uint16_t)size);
        }
    }
    expect_status(STATUS_INVALID_ACL, tsr_acl_view(NULL, 0, &(tsr_acl){0}));
}

/* Covers AC-1.3-2. */
static void sizes_that_are_no_multiple_of_four_are_refused_in_aces(void **state)
{
    uint8_t bytes[128];
    const size_t size = put_acl_of_one(bytes, ACCESS_ALLOWED_ACE_TYPE, 0, 8);

    (void)state;

    for (size_t less = 1; less < 4; less++) {
        store_le16(bytes + 10, (uint16_t)(size - 8 - less));
        expect_no_acl(bytes, size);
    }
}

/* Covers AC-1.4-2. */
static void revisions_two_to_four_are_read(void **state)
{
    uint8_t bytes[8];
    tsr_acl acl;

    (void)state;

    for (unsigned int revision = 0; revision < 256; revision++) {
        put_header(bytes, (uint8_t)revision, sizeof(bytes), 0);
        if (revision >= 2 && revision <= 4) {
            expect_ok(tsr_acl_view(bytes, sizeof(bytes), &acl));
        } else {
            expect_no_acl(bytes, sizeof(bytes));
        }
    }
}

/* Covers AC-1.4-6. */
static void a_size_below_the_header_or_beyond_the_buffer_is_refused(void **state)
{
    const uint16_t sizes[] = {0, 1, 7, 9, 12, 0x7fff, 0x8000, 0xffff};
    uint8_t bytes[8];

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        put_header(bytes, ACL_REVISION, sizes[i], 0);
        expect_no_acl(bytes, sizeof(bytes));
    }
}

/* Covers AC-1.4-7. */
static void a_count_that_does_not_fit_is_refused(void **state)
{
    uint8_t bytes[128];
    const size_t size = put_acl_of_one(bytes, ACCESS_ALLOWED_ACE_TYPE, 0, 0);
    const uint16_t counts[] = {2, 3, 0x7fff, 0x8000, 0xffff};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
        store_le16(bytes + 4, counts[i]);
        expect_no_acl(bytes, size);
    }
}

/* Section 1.4: slack behind the last ACE, even if it looks like another one. */
/* Covers AC-1.4-4. */
static void slack_behind_the_last_ace_is_not_walked(void **state)
{
    uint8_t bytes[128];
    size_t offset = 0;
    size_t size = 8;
    tsr_acl acl;
    tsr_ace ace;

    (void)state;
    size += put_ace(bytes + size, ACCESS_ALLOWED_ACE_TYPE, 0, 0);
    size += put_ace(bytes + size, ACCESS_DENIED_ACE_TYPE, 0, 0);
    put_header(bytes, ACL_REVISION, size, 1);

    expect_ok(tsr_acl_view(bytes, size, &acl));

    assert_true(tsr_acl_next(&acl, &offset, &ace));
    assert_int_equal(ace.type, ACCESS_ALLOWED_ACE_TYPE);
    assert_false(tsr_acl_next(&acl, &offset, &ace));
    assert_false(tsr_acl_next(&acl, &offset, &ace));
    assert_int_equal(ace.type, ACCESS_ALLOWED_ACE_TYPE);
}

/* Covers AC-1.4-4. */
static void slack_that_is_no_ace_is_accepted(void **state)
{
    for (size_t n_slack = 0; n_slack < 12; n_slack++) {
        uint8_t bytes[128];
        size_t size = put_acl_of_one(bytes, ACCESS_ALLOWED_ACE_TYPE, 0, 0);
        tsr_acl acl;

        memset(bytes + size, 0xff, n_slack);
        size += n_slack;
        store_le16(bytes + 2, (uint16_t)size);
        CLEANUP(free) uint8_t *exact = exact_copy(bytes, size);

        expect_ok(tsr_acl_view(exact, size, &acl));
        assert_int_equal(acl.size, size);
    }

    (void)state;
}

static void bytes_behind_the_acl_are_not_looked_at(void **state)
{
    uint8_t bytes[128];
    const size_t size = put_acl_of_one(bytes, ACCESS_ALLOWED_ACE_TYPE, 0, 0);
    tsr_acl acl;

    (void)state;
    memset(bytes + size, 0xff, sizeof(bytes) - size);

    expect_ok(tsr_acl_view(bytes, sizeof(bytes), &acl));

    assert_int_equal(acl.size, size);
}

/* The offset packs a count and a place: the largest of both must survive. */
static void the_largest_acl_is_walked_to_its_last_ace(void **state)
{
    const size_t size = 65535;
    CLEANUP(free) uint8_t *bytes = calloc(1, size);
    const size_t n_aces = (size - 8) / 4;
    size_t offset = 0;
    size_t n_seen = 0;
    tsr_acl acl;
    tsr_ace ace;

    (void)state;
    assert_non_null(bytes);
    put_header(bytes, ACL_REVISION_DS, size, n_aces);
    for (size_t i = 0; i < n_aces; i++) {
        memcpy(bytes + 8 + 4 * i, (const uint8_t[]){0x80, (uint8_t)i, 4, 0}, 4);
    }

    expect_ok(tsr_acl_view(bytes, size, &acl));
    while (tsr_acl_next(&acl, &offset, &ace)) {
        assert_int_equal(ace.flags, (uint8_t)n_seen);
        assert_ptr_equal(ace.bytes, bytes + 8 + 4 * n_seen);
        n_seen++;
    }

    assert_int_equal(n_seen, n_aces);
}

static void one_ace_may_fill_the_whole_acl(void **state)
{
    CLEANUP(free) uint8_t *bytes = calloc(1, TSR_ACL_SIZE_MAX);
    size_t offset = 0;
    tsr_acl acl;
    tsr_ace ace;

    (void)state;
    assert_non_null(bytes);
    put_acl_of_one(bytes, ACCESS_ALLOWED_ACE_TYPE, 0, TSR_ACL_SIZE_MAX - 28);

    expect_ok(tsr_acl_view(bytes, TSR_ACL_SIZE_MAX, &acl));

    assert_true(tsr_acl_next(&acl, &offset, &ace));
    assert_int_equal(ace.size, TSR_ACL_SIZE_MAX - 8);
    assert_int_equal(ace.n_data, TSR_ACL_SIZE_MAX - 28);
    assert_false(tsr_acl_next(&acl, &offset, &ace));
}

/* Covers AC-1.4-1. */
static void a_builder_makes_what_a_view_reads(void **state)
{
    tsr_acl_builder builder = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t offset = 0;
    tsr_acl viewed;
    tsr_acl acl;
    tsr_ace ace;
    tsr_sid sid;

    (void)state;

    tsr_acl_builder_add(&builder, ACCESS_DENIED_ACE_TYPE, INHERITED_ACE, DELETE, &ALICE);
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, OBJECT_INHERIT_ACE, READ_CONTROL,
                        &(tsr_sid){.authority = 5});
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
    expect_ok(tsr_acl_view(bytes, acl.size, &viewed));

    assert_memory_equal(bytes, "\x02\x00\x3c\x00\x02\x00\x00\x00", 8);
    assert_ptr_equal(acl.bytes, bytes);
    assert_int_equal(acl.size, 8 + 36 + 16);
    assert_int_equal(acl.n_aces, 2);
    assert_int_equal(viewed.n_aces, 2);
    assert_true(tsr_acl_next(&acl, &offset, &ace));
    assert_int_equal(ace.type, ACCESS_DENIED_ACE_TYPE);
    assert_int_equal(ace.flags, INHERITED_ACE);
    assert_int_equal(ace.mask, DELETE);
    expect_ok(tsr_sid_decode(ace.sid, TSR_SID_SIZE_MAX, &sid, NULL));
    assert_true(tsr_sid_equal(&sid, &ALICE));
    assert_true(tsr_acl_next(&acl, &offset, &ace));
    assert_int_equal(ace.mask, READ_CONTROL);
    assert_int_equal(ace.n_data, 0);
    assert_false(tsr_acl_next(&acl, &offset, &ace));
}

static void a_builder_without_aces_makes_an_empty_acl(void **state)
{
    tsr_acl_builder builder = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_acl acl;

    (void)state;

    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));

    assert_memory_equal(bytes, "\x02\x00\x08\x00\x00\x00\x00\x00", 8);
    assert_int_equal(acl.n_aces, 0);
}

/* Section 1.4: revision 2 unless an object-format ACE is there. */
/* Covers AC-1.4-3. */
static void the_revision_follows_the_types(void **state)
{
    (void)state;

    for (unsigned int type = 0; type < 256; type++) {
        CLEANUP(free) uint8_t *bytes = NULL;
        tsr_acl_builder builder = {0};
        uint8_t encoded[128];
        tsr_acl acl;

        tsr_acl_builder_add_encoded(&builder, encoded, put_ace(encoded, type, 1, 4));
        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, 1, &TSR_SID_SYSTEM);
        expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
        assert_int_equal(bytes[0], layout_of(type) == OBJECT ? ACL_REVISION_DS : ACL_REVISION);
        assert_int_equal(acl.n_aces, 2);
    }
}

static void encoded_aces_are_taken_byte_for_byte(void **state)
{
    tsr_acl_builder builder = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    uint8_t encoded[128];
    const size_t size = put_ace(encoded, ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE, 3, 12);
    tsr_acl acl;

    (void)state;

    tsr_acl_builder_add_encoded(&builder, encoded, size);
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));

    assert_int_equal(acl.size, 8 + size);
    assert_memory_equal(bytes + 8, encoded, size);
}

static bool is_empty(const tsr_acl_builder *builder)
{
    return !builder->bytes && builder->size == 0 && builder->n_allocated == 0 &&
           builder->n_aces == 0 && builder->failure == STATUS_SUCCESS;
}

/* Finish @builder, which must fail with @code and be left empty, outputs alone. */
static void expect_build_fails(uint32_t code, tsr_acl_builder *builder)
{
    tsr_acl acl = {.n_aces = 42};
    uint8_t *bytes = NULL;

    expect_status(code, tsr_acl_builder_finish(builder, &bytes, &acl));
    assert_null(bytes);
    assert_int_equal(acl.n_aces, 42);
    assert_true(is_empty(builder));
}

static void a_malformed_encoded_ace_fails_the_build(void **state)
{
    uint8_t encoded[128];
    const size_t size = put_ace(encoded, ACCESS_ALLOWED_ACE_TYPE, 0, 0);

    (void)state;

    for (size_t n = 0; n <= size + 4; n++) {
        CLEANUP(free) uint8_t *exact = exact_copy(encoded, n);
        tsr_acl_builder builder = {0};

        if (n != size) {
            tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, 1, &TSR_SID_SYSTEM);
            tsr_acl_builder_add_encoded(&builder, exact, n);
            tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, 1, &TSR_SID_SYSTEM);
            expect_build_fails(STATUS_INVALID_ACL, &builder);
        }
    }
}

static void only_basic_types_are_added_by_their_parts(void **state)
{
    (void)state;

    for (unsigned int type = 0; type < 0x200; type++) {
        tsr_acl_builder builder = {0};

        tsr_acl_builder_add(&builder, (tsr_ace_type)type, 0, 1, &TSR_SID_SYSTEM);
        if (layout_of(type) != BASIC) {
            expect_build_fails(STATUS_INVALID_ACL, &builder);
        } else {
            CLEANUP(free) uint8_t *bytes = NULL;
            tsr_acl acl;

            expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
            assert_int_equal(bytes[8], type);
        }
    }
}

static void what_is_no_sid_fails_the_build(void **state)
{
    const tsr_sid wrong[] = {{.authority = 5, .n_sub_authorities = 16},
                             {.authority = 5, .n_sub_authorities = 255},
                             {.authority = UINT64_C(1) << 48, .n_sub_authorities = 1}};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        tsr_acl_builder builder = {0};

        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, 1, &wrong[i]);
        expect_build_fails(STATUS_INVALID_ACL, &builder);
    }
}

/* 8 + 4 * 16,381 is 65,532, the largest ACL there may be. */
/* Covers AC-1.4-5. */
static void an_acl_may_grow_to_its_limit_and_not_past_it(void **state)
{
    const uint8_t smallest[] = {0x80, 0, 4, 0};

    (void)state;

    for (size_t n_aces = 16380; n_aces <= 16382; n_aces++) {
        tsr_acl_builder builder = {0};

        for (size_t i = 0; i < n_aces; i++) {
            tsr_acl_builder_add_encoded(&builder, smallest, sizeof(smallest));
        }
        if (n_aces > 16381) {
            expect_build_fails(STATUS_INVALID_ACL, &builder);
        } else {
            CLEANUP(free) uint8_t *bytes = NULL;
            tsr_acl viewed;
            tsr_acl acl;

            expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
            assert_int_equal(acl.n_aces, n_aces);
            assert_int_equal(acl.size, 8 + 4 * n_aces);
            expect_ok(tsr_acl_view(bytes, acl.size, &viewed));
        }
    }
}

static void the_largest_ace_fits_alone(void **state)
{
    CLEANUP(free) uint8_t *ace = calloc(1, 65536);
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_acl_builder builder = {0};
    tsr_acl acl;

    (void)state;
    assert_non_null(ace);

    tsr_acl_builder_add_encoded(&builder, ace, put_ace(ace, 0, 0, TSR_ACL_SIZE_MAX - 28));
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));
    assert_int_equal(acl.size, TSR_ACL_SIZE_MAX);

    tsr_acl_builder_add_encoded(&builder, ace, put_ace(ace, 0, 0, TSR_ACL_SIZE_MAX - 24));
    expect_build_fails(STATUS_INVALID_ACL, &builder);
}

static void a_failed_builder_can_be_used_again(void **state)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_acl_builder builder = {0};
    tsr_acl acl;

    (void)state;
    tsr_acl_builder_add_encoded(&builder, "", 0);
    expect_build_fails(STATUS_INVALID_ACL, &builder);

    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, 1, &TSR_SID_SYSTEM);
    expect_ok(tsr_acl_builder_finish(&builder, &bytes, &acl));

    assert_int_equal(acl.n_aces, 1);
}

static void a_builder_may_be_given_up(void **state)
{
    tsr_acl_builder builder = {0};

    (void)state;

    tsr_acl_builder_deinit(&builder);
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, 1, &TSR_SID_SYSTEM);
    tsr_acl_builder_deinit(&builder);
    tsr_acl_builder_deinit(&builder);

    assert_true(is_empty(&builder));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_acl_has_no_aces),
        cmocka_unit_test(a_null_acl_is_walked_as_an_empty_one),
        cmocka_unit_test(every_layout_is_read_field_by_field),
        cmocka_unit_test(an_unknown_type_is_kept_and_says_nothing),
        cmocka_unit_test(a_known_type_must_be_whole),
        cmocka_unit_test(the_sid_of_an_ace_must_be_one),
        cmocka_unit_test(a_sid_may_not_reach_into_the_next_ace),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(sizes_that_are_no_multiple_of_four_are_refused_in_aces),
        cmocka_unit_test(revisions_two_to_four_are_read),
        cmocka_unit_test(a_size_below_the_header_or_beyond_the_buffer_is_refused),
        cmocka_unit_test(a_count_that_does_not_fit_is_refused),
        cmocka_unit_test(slack_behind_the_last_ace_is_not_walked),
        cmocka_unit_test(slack_that_is_no_ace_is_accepted),
        cmocka_unit_test(bytes_behind_the_acl_are_not_looked_at),
        cmocka_unit_test(the_largest_acl_is_walked_to_its_last_ace),
        cmocka_unit_test(one_ace_may_fill_the_whole_acl),
        cmocka_unit_test(a_builder_makes_what_a_view_reads),
        cmocka_unit_test(a_builder_without_aces_makes_an_empty_acl),
        cmocka_unit_test(the_revision_follows_the_types),
        cmocka_unit_test(encoded_aces_are_taken_byte_for_byte),
        cmocka_unit_test(a_malformed_encoded_ace_fails_the_build),
        cmocka_unit_test(only_basic_types_are_added_by_their_parts),
        cmocka_unit_test(what_is_no_sid_fails_the_build),
        cmocka_unit_test(an_acl_may_grow_to_its_limit_and_not_past_it),
        cmocka_unit_test(the_largest_ace_fits_alone),
        cmocka_unit_test(a_failed_builder_can_be_used_again),
        cmocka_unit_test(a_builder_may_be_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
