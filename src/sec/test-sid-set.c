/* SPDX-License-Identifier: MIT */
/* Tests of the SID set. */

#include "sec/sid-set.h"

#include <support/expect.h>

#include "base/check.h"

#define ALLOW SID_MATCHES_ALLOW
#define DENY  SID_MATCHES_DENY
#define BOTH  (SID_MATCHES_ALLOW | SID_MATCHES_DENY)

/* Look a SID up in a heap block of exactly its size, so that a sanitizer sees any overrun. */
static uint8_t matches(const struct sid_set *set, const tsr_sid *sid)
{
    CLEANUP(free) uint8_t *exact = malloc(tsr_sid_size(sid));
    size_t size;

    assert_non_null(exact);
    expect_ok(tsr_sid_encode(sid, exact, tsr_sid_size(sid), &size));
    return sid_set_matches(set, exact);
}

static struct sid_set *set_of(const struct sid_set_entry *entries, size_t n_entries)
{
    struct sid_set *set = NULL;

    expect_ok(sid_set_new(entries, n_entries, &set));
    assert_non_null(set);
    return set;
}

static tsr_sid sid_of_length(uint8_t n_sub_authorities)
{
    tsr_sid sid = {.authority = 5, .n_sub_authorities = n_sub_authorities};

    for (uint8_t i = 0; i < n_sub_authorities; i++) {
        sid.sub_authorities[i] = i + 1u;
    }
    return sid;
}

static void an_empty_set_matches_nothing(void **state)
{
    CLEANUP(sid_set_free) struct sid_set *set = set_of(NULL, 0);

    (void)state;

    for (uint8_t n = 0; n <= TSR_SID_SUB_AUTHORITIES_MAX; n++) {
        assert_int_equal(matches(set, &(tsr_sid){.authority = 5, .n_sub_authorities = n}), 0);
    }
}

static void members_match_as_they_were_entered_and_others_not_at_all(void **state)
{
    const struct sid_set_entry entries[] = {
        {TSR_SID(5, 21, 1, 2, 3, 1001), BOTH},
        {TSR_SID(5, 21, 1, 2, 3, 2001), DENY},
        {TSR_SID(5, 21, 1, 2, 3, 2002), ALLOW},
        {TSR_SID(5, 21, 1, 2, 3, 2003), 0},
        {TSR_SID_EVERYONE, BOTH},
    };
    CLEANUP(sid_set_free) struct sid_set *set = set_of(entries, ARRAY_SIZE(entries));

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
        assert_int_equal(matches(set, &entries[i].sid), entries[i].matches);
    }
    assert_int_equal(matches(set, &TSR_SID(5, 21, 1, 2, 3, 1002)), 0);
    assert_int_equal(matches(set, &TSR_SID(5, 21, 1, 2, 4, 1001)), 0);
    assert_int_equal(matches(set, &TSR_SID(5, 21, 9, 2, 3, 1001)), 0);
    assert_int_equal(matches(set, &TSR_SID(6, 21, 1, 2, 3, 1001)), 0);
    assert_int_equal(matches(set, &TSR_SID(1, 0, 0)), 0);
    assert_int_equal(matches(set, &(tsr_sid){.authority = 1}), 0);
    assert_int_equal(matches(set, &TSR_SID_SYSTEM), 0);
}

/* Prefixes of each other, from no sub-authority to fifteen. */
static void sids_of_every_length_are_told_apart(void **state)
{
    struct sid_set_entry entries[TSR_SID_SUB_AUTHORITIES_MAX + 1];

    (void)state;
    for (uint8_t n = 0; n < ARRAY_SIZE(entries); n++) {
        entries[n] = (struct sid_set_entry){sid_of_length(n), BOTH};
    }

    for (size_t left_out = 0; left_out < ARRAY_SIZE(entries); left_out++) {
        struct sid_set_entry others[ARRAY_SIZE(entries)];
        size_t n_others = 0;

        for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
            if (i != left_out) {
                others[n_others++] = entries[i];
            }
        }

        CLEANUP(sid_set_free) struct sid_set *set = set_of(others, n_others);

        for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
            assert_int_equal(matches(set, &entries[i].sid), i == left_out ? 0 : BOTH);
        }
    }
}

/* The shortest SID alone: comparing a longer one must not leave the set's memory. */
static void a_longer_sid_is_compared_safely_with_the_last_entry(void **state)
{
    CLEANUP(sid_set_free)
    struct sid_set *set = set_of(&(struct sid_set_entry){{.authority = 5}, BOTH}, 1);

    (void)state;

    for (uint32_t i = 0; i < 4096; i++) {
        tsr_sid sid = sid_of_length(TSR_SID_SUB_AUTHORITIES_MAX);

        sid.sub_authorities[14] = i;
        assert_int_equal(matches(set, &sid), 0);
    }
    assert_int_equal(matches(set, &(tsr_sid){.authority = 5}), BOTH);
}

/* A hash of the authority and the last numbers only would be the same for all of these. */
static void sids_that_differ_in_the_middle_only_stay_apart(void **state)
{
    struct sid_set_entry entries[64];

    (void)state;
    for (uint32_t i = 0; i < ARRAY_SIZE(entries); i++) {
        entries[i] = (struct sid_set_entry){TSR_SID(5, 21, 1, i, 3, 500), i % 3 == 0 ? DENY : BOTH};
    }

    CLEANUP(sid_set_free) struct sid_set *set = set_of(entries, ARRAY_SIZE(entries));

    for (uint32_t i = 0; i < ARRAY_SIZE(entries); i++) {
        assert_int_equal(matches(set, &entries[i].sid), entries[i].matches);
        assert_int_equal(matches(set, &TSR_SID(5, 21, 1, i + 64, 3, 500)), 0);
    }
}

/* Whatever the hash says: in blocks of exactly the size, so that a sanitizer sees any overrun. */
static void a_sid_begins_with_what_it_has_in_every_byte_or_not_at_all(void **state)
{
    (void)state;

    for (size_t size = 8; size <= TSR_SID_SIZE_MAX; size += 4) {
        const size_t prefix_size = sid_prefix_size(size);
        CLEANUP(free) uint8_t *sid = calloc(1, size);
        CLEANUP(free) uint8_t *prefix = calloc(1, prefix_size);

        assert_non_null(sid);
        assert_non_null(prefix);
        assert_true(sid_begins_with(sid, prefix, size));
        for (size_t i = 0; i < size; i++) {
            sid[i] = 0x80;
            assert_true(sid_begins_with(sid, prefix, size) == (i >= prefix_size));
            if (i < prefix_size) {
                prefix[i] = 0x80;
            }
            assert_true(sid_begins_with(sid, prefix, size));
        }
    }
}

static void every_member_of_a_large_set_is_found(void **state)
{
    const size_t n_entries = 5000;
    CLEANUP(free) struct sid_set_entry *entries = calloc(n_entries, sizeof(*entries));

    (void)state;
    assert_non_null(entries);
    for (uint32_t i = 0; i < n_entries; i++) {
        entries[i] = (struct sid_set_entry){TSR_SID(5, 21, 7, 8, 9, i), (uint8_t)(i % 4)};
    }

    CLEANUP(sid_set_free) struct sid_set *set = set_of(entries, n_entries);

    for (uint32_t i = 0; i < n_entries; i++) {
        assert_int_equal(matches(set, &entries[i].sid), i % 4);
        assert_int_equal(matches(set, &TSR_SID(5, 21, 7, 8, 9, i + 5000)), 0);
    }
}

static struct sid_table *table_of(const tsr_sid *sids, size_t n_sids)
{
    CLEANUP(free) const tsr_sid **pointers = calloc(n_sids + 1, sizeof(const tsr_sid *));
    struct sid_table *table = NULL;

    assert_non_null(pointers);
    for (size_t i = 0; i < n_sids; i++) {
        pointers[i] = &sids[i];
    }
    expect_ok(sid_table_new(pointers, n_sids, &table));
    return table;
}

/* More prefixes than a table looks back for, each of them twice, on either side of the number from
 * which a table has wide numbers. */
static void sids_come_out_of_a_table_as_they_went_in(void **state)
{
    const size_t sizes[] = {0, 1, 2, 16, 17, 100, 4095, 4096, 5000};

    (void)state;

    for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
        const size_t n = sizes[s];
        CLEANUP(free) tsr_sid *sids = calloc(n + 1, sizeof(*sids));
        CLEANUP(sid_table_unref) struct sid_table *table = NULL;

        assert_non_null(sids);
        for (size_t i = 0; i < n; i++) {
            sids[i] = sid_of_length((uint8_t)(i % (TSR_SID_SUB_AUTHORITIES_MAX + 1)));
            sids[i].authority = i % 2 == 0 ? 5 : (UINT64_C(1) << 48) - 1 - i / 32;
            sids[i].sub_authorities[0] = sids[i].n_sub_authorities > 1 ? (uint32_t)i / 2 : 0;
        }
        table = table_of(sids, n);

        assert_int_equal(table->n_sids, n);
        assert_int_equal(table->is_wide, n >= 4096);
        for (uint32_t i = 0; i < n; i++) {
            const tsr_sid sid = sid_table_get(table, i);
            uint32_t index = UINT32_MAX;

            assert_memory_equal(&sid.sub_authorities, &sids[i].sub_authorities,
                                sizeof(sid.sub_authorities));
            assert_true(tsr_sid_equal(&sid, &sids[i]));
            assert_true(sid_table_find(table, &sid, &index));
            assert_int_equal(index, sid_table_first(table, i));
            assert_true(index == i || tsr_sid_equal(&sids[index], &sids[i]));
        }
    }
}

/* The longest prefixes, all different: the last offset that narrow numbers must hold. */
static void the_longest_prefixes_fit_into_narrow_numbers(void **state)
{
    const size_t n = 4095;
    CLEANUP(free) tsr_sid *sids = calloc(n, sizeof(*sids));
    CLEANUP(sid_table_unref) struct sid_table *table = NULL;

    (void)state;
    assert_non_null(sids);
    for (uint32_t i = 0; i < n; i++) {
        sids[i] = sid_of_length(TSR_SID_SUB_AUTHORITIES_MAX);
        sids[i].sub_authorities[7] = i;
    }

    table = table_of(sids, n);

    assert_false(table->is_wide);
    for (uint32_t i = 0; i < n; i++) {
        const tsr_sid sid = sid_table_get(table, i);

        assert_true(tsr_sid_equal(&sid, &sids[i]));
        assert_int_equal(sid_table_first(table, i), i);
    }
}

static void sids_of_one_domain_share_its_bytes(void **state)
{
    const tsr_sid sids[] = {TSR_SID(5, 21, 1, 2, 3, 500), TSR_SID_EVERYONE,
                            TSR_SID(5, 21, 1, 2, 3, 501), TSR_SID(5, 21, 1, 2, 4, 500)};
    CLEANUP(sid_table_unref) struct sid_table *table = table_of(sids, ARRAY_SIZE(sids));

    (void)state;

    assert_ptr_equal(sid_prefix(table, 0, false), sid_prefix(table, 2, false));
    assert_ptr_not_equal(sid_prefix(table, 0, false), sid_prefix(table, 3, false));
    assert_ptr_not_equal(sid_prefix(table, 0, false), sid_prefix(table, 1, false));
}

static void a_sid_that_is_repeated_is_found_where_it_is_first(void **state)
{
    const tsr_sid sids[] = {TSR_SID_USERS, TSR_SID_SYSTEM, TSR_SID_USERS, TSR_SID_SYSTEM};
    CLEANUP(sid_table_unref) struct sid_table *table = table_of(sids, ARRAY_SIZE(sids));
    uint32_t index = 42;

    (void)state;

    assert_true(table->has_repeats);
    assert_int_equal(sid_table_first(table, 2), 0);
    assert_int_equal(sid_table_first(table, 3), 1);
    assert_true(sid_table_find(table, &TSR_SID_SYSTEM, &index));
    assert_int_equal(index, 1);
}

static void what_is_not_in_a_table_is_not_found(void **state)
{
    const tsr_sid sids[] = {TSR_SID_USERS};
    CLEANUP(sid_table_unref) struct sid_table *table = table_of(sids, ARRAY_SIZE(sids));
    uint32_t index = 42;

    (void)state;

    assert_false(sid_table_find(table, &TSR_SID_SYSTEM, &index));
    assert_false(sid_table_find(table, &(tsr_sid){.n_sub_authorities = 16}, &index));
    assert_int_equal(index, 42);
}

static void sets_of_one_table_answer_each_by_its_own_bytes(void **state)
{
    const tsr_sid sids[] = {TSR_SID_USERS, TSR_SID_SYSTEM};
    struct sid_table *table = table_of(sids, ARRAY_SIZE(sids));
    uint8_t bytes[2][2] = {{BOTH, 0}, {DENY, BOTH}};
    struct sid_set sets[2];

    (void)state;

    sid_set_init(&sets[0], sid_table_ref(table), bytes[0]);
    sid_set_init(&sets[1], table, bytes[1]);

    assert_int_equal(matches(&sets[0], &TSR_SID_USERS), BOTH);
    assert_int_equal(matches(&sets[0], &TSR_SID_SYSTEM), 0);
    assert_null(sid_table_unref(sets[0].table));
    assert_int_equal(matches(&sets[1], &TSR_SID_USERS), DENY);
    assert_int_equal(matches(&sets[1], &TSR_SID_SYSTEM), BOTH);
    assert_null(sid_table_unref(sets[1].table));
    assert_null(sid_table_unref(NULL));
}

/* Every order of the same names gives the same answer, and a deny is never lost. */
static void a_sid_named_twice_is_read_strictly(void **state)
{
    const struct {
        uint8_t a;
        uint8_t b;
        uint8_t merged;
    } rows[] = {
        {0, 0, 0},           {0, BOTH, BOTH},       {0, DENY, DENY},    {0, ALLOW, ALLOW},
        {BOTH, BOTH, BOTH},  {BOTH, DENY, DENY},    {DENY, DENY, DENY}, {ALLOW, DENY, DENY},
        {ALLOW, BOTH, BOTH}, {ALLOW, ALLOW, ALLOW},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct sid_set_entry one[] = {{TSR_SID_USERS, rows[i].a}, {TSR_SID_USERS, rows[i].b}};
        const struct sid_set_entry other[] = {
            {TSR_SID_USERS, rows[i].b}, {TSR_SID_SYSTEM, BOTH}, {TSR_SID_USERS, rows[i].a}};
        CLEANUP(sid_set_free) struct sid_set *first = set_of(one, ARRAY_SIZE(one));
        CLEANUP(sid_set_free) struct sid_set *second = set_of(other, ARRAY_SIZE(other));

        assert_int_equal(matches(first, &TSR_SID_USERS), rows[i].merged);
        assert_int_equal(matches(second, &TSR_SID_USERS), rows[i].merged);
        assert_int_equal(matches(second, &TSR_SID_SYSTEM), BOTH);
    }
}

static void three_names_in_any_order_do_not_bring_an_allow_back(void **state)
{
    const uint8_t orders[][3] = {{ALLOW, DENY, ALLOW}, {DENY, ALLOW, ALLOW}, {ALLOW, ALLOW, DENY},
                                 {BOTH, DENY, BOTH},   {0, DENY, BOTH},      {BOTH, 0, DENY}};

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
        const struct sid_set_entry entries[] = {{TSR_SID_USERS, orders[i][0]},
                                                {TSR_SID_USERS, orders[i][1]},
                                                {TSR_SID_USERS, orders[i][2]}};
        CLEANUP(sid_set_free) struct sid_set *set = set_of(entries, ARRAY_SIZE(entries));

        assert_int_equal(matches(set, &TSR_SID_USERS), DENY);
    }
}

static void the_entries_are_copied(void **state)
{
    struct sid_set_entry entry = {TSR_SID_USERS, BOTH};
    CLEANUP(sid_set_free) struct sid_set *set = set_of(&entry, 1);

    (void)state;
    entry.sid = TSR_SID_SYSTEM;
    entry.matches = 0;

    assert_int_equal(matches(set, &TSR_SID_USERS), BOTH);
    assert_int_equal(matches(set, &TSR_SID_SYSTEM), 0);
}

static void a_sid_is_looked_up_at_any_alignment(void **state)
{
    const struct sid_set_entry entry = {TSR_SID_ADMINISTRATORS, BOTH};
    CLEANUP(sid_set_free) struct sid_set *set = set_of(&entry, 1);
    uint8_t bytes[TSR_SID_SIZE_MAX + 8];
    size_t size;

    (void)state;

    for (size_t at = 0; at < 8; at++) {
        expect_ok(tsr_sid_encode(&entry.sid, bytes + at, TSR_SID_SIZE_MAX, &size));
        assert_int_equal(sid_set_matches(set, bytes + at), BOTH);
    }
}

static void a_sid_may_be_its_authority_alone(void **state)
{
    const struct sid_set_entry entries[] = {
        {{.authority = 5}, BOTH}, {{.authority = 5}, BOTH}, {{.authority = 6}, DENY}};
    CLEANUP(sid_set_free) struct sid_set *set = set_of(entries, ARRAY_SIZE(entries));

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
        uint8_t bytes[TSR_SID_SIZE_MAX];
        size_t size;

        expect_ok(tsr_sid_encode(&entries[i].sid, bytes, sizeof(bytes), &size));
        assert_int_equal(sid_set_matches(set, bytes), entries[i].matches);
    }
}

/* A deny-only group that quietly fell out of the set would grant. */
static void what_is_no_sid_fails_the_whole_set(void **state)
{
    const struct sid_set_entry long_one[] = {{TSR_SID_USERS, BOTH},
                                             {{.authority = 5, .n_sub_authorities = 16}, DENY}};
    const struct sid_set_entry wide[] = {{{.authority = UINT64_C(1) << 48}, DENY}};
    struct sid_set *set = NULL;

    (void)state;

    expect_status(STATUS_INVALID_SID, sid_set_new(long_one, ARRAY_SIZE(long_one), &set));
    expect_status(STATUS_INVALID_SID, sid_set_new(wide, ARRAY_SIZE(wide), &set));

    assert_null(set);
}

/* Numbers that overflow when multiplied; the entries are never looked at. */
static void impossible_numbers_of_entries_are_refused(void **state)
{
    const size_t numbers[] = {UINT32_MAX / 256 + 1,  UINT32_MAX, SIZE_MAX / 2, SIZE_MAX / 16,
                              ((size_t)1 << 62) + 1, SIZE_MAX};
    const struct sid_set_entry entry = {TSR_SID_USERS, BOTH};
    const tsr_sid *const sid = &entry.sid;
    struct sid_set *set = NULL;
    struct sid_table *table = NULL;

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        expect_status(STATUS_INVALID_PARAMETER, sid_set_new(&entry, numbers[i], &set));
        expect_status(STATUS_INVALID_PARAMETER, sid_table_new(&sid, numbers[i], &table));
    }

    assert_null(set);
    assert_null(table);
}

static void freeing_gives_null_and_takes_it(void **state)
{
    (void)state;

    assert_null(sid_set_free(NULL));
    assert_null(sid_set_free(set_of(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_set_matches_nothing),
        cmocka_unit_test(members_match_as_they_were_entered_and_others_not_at_all),
        cmocka_unit_test(sids_of_every_length_are_told_apart),
        cmocka_unit_test(a_longer_sid_is_compared_safely_with_the_last_entry),
        cmocka_unit_test(sids_that_differ_in_the_middle_only_stay_apart),
        cmocka_unit_test(a_sid_begins_with_what_it_has_in_every_byte_or_not_at_all),
        cmocka_unit_test(every_member_of_a_large_set_is_found),
        cmocka_unit_test(sids_come_out_of_a_table_as_they_went_in),
        cmocka_unit_test(the_longest_prefixes_fit_into_narrow_numbers),
        cmocka_unit_test(sids_of_one_domain_share_its_bytes),
        cmocka_unit_test(a_sid_that_is_repeated_is_found_where_it_is_first),
        cmocka_unit_test(what_is_not_in_a_table_is_not_found),
        cmocka_unit_test(sets_of_one_table_answer_each_by_its_own_bytes),
        cmocka_unit_test(a_sid_named_twice_is_read_strictly),
        cmocka_unit_test(three_names_in_any_order_do_not_bring_an_allow_back),
        cmocka_unit_test(the_entries_are_copied),
        cmocka_unit_test(a_sid_is_looked_up_at_any_alignment),
        cmocka_unit_test(a_sid_may_be_its_authority_alone),
        cmocka_unit_test(what_is_no_sid_fails_the_whole_set),
        cmocka_unit_test(impossible_numbers_of_entries_are_refused),
        cmocka_unit_test(freeing_gives_null_and_takes_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
