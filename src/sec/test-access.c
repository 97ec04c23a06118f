/* SPDX-License-Identifier: MIT */
/*
 * Tests of the access check.
 *
 * Most tests are tables: a row is one object, one caller and one request, with the whole answer.
 * The caller is always Alice: enabled in STAFF, deny-only in JAIL, with IDLE disabled. A row leaves
 * out what it does not care for; its mapping is that of files unless it says otherwise.
 */

#include "sec/access.h"

#include <tessera/privilege.h>

#include <support/expect.h>

#include "base/bytes.h"
#include "base/check.h"

#define DOMAIN(rid_) TSR_SID(5, 21, 1, 2, 3, (rid_))
#define ALICE        DOMAIN(1001)
#define BOB          DOMAIN(1002)
#define STAFF        DOMAIN(2001)
#define JAIL         DOMAIN(2002)
#define IDLE         DOMAIN(2003)
#define KIOSK        DOMAIN(2004)
#define SHORT        ((tsr_sid){.authority = 5}) /* no sub-authorities */
#define EVERYONE     TSR_SID_EVERYONE
#define OWNER_RIGHTS TSR_SID_OWNER_RIGHTS
#define SELF         TSR_SID_PRINCIPAL_SELF

#define LOW    TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW)
#define MEDIUM TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM)
#define HIGH   TSR_SID_INTEGRITY(TSR_INTEGRITY_HIGH)

#define PRIVILEGE(name_) TSR_PRIVILEGE_BIT(SE_##name_##_PRIVILEGE)

#define ALLOW(mask_, sid_)                                            \
    {                                                                 \
        .type = ACCESS_ALLOWED_ACE_TYPE, .mask = (mask_), .sid = sid_ \
    }
#define DENY(mask_, sid_)                                            \
    {                                                                \
        .type = ACCESS_DENIED_ACE_TYPE, .mask = (mask_), .sid = sid_ \
    }
#define ACE(type_, mask_, sid_)                       \
    {                                                 \
        .type = (type_), .mask = (mask_), .sid = sid_ \
    }
#define OBJECT_ACE(type_, guids_, mask_, sid_)                             \
    {                                                                      \
        .type = (type_), .mask = (mask_), .sid = sid_, .n_guids = (guids_) \
    }
#define INHERIT_ONLY(type_, mask_, sid_)                                                     \
    {                                                                                        \
        .type = (type_), .flags = INHERIT_ONLY_ACE | CONTAINER_INHERIT_ACE, .mask = (mask_), \
        .sid = sid_                                                                          \
    }
#define LABEL(mask_, level_) ACE(SYSTEM_MANDATORY_LABEL_ACE_TYPE, mask_, level_)
#define TRUST(mask_, type_, level_) \
    ACE(SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, mask_, TSR_SID(19, type_, level_))

#define READ  FILE_READ_DATA
#define WRITE FILE_WRITE_DATA
#define RUN   FILE_EXECUTE
#define ASS   ACCESS_SYSTEM_SECURITY

struct ace {
    uint8_t type;
    uint8_t flags;
    uint32_t mask;
    tsr_sid sid;      /* all zero: the list ends here */
    uint32_t n_guids; /* object ACEs: ACE_OBJECT_TYPE_PRESENT and so on */
    tsr_sid server;   /* compound ACEs */
};

enum dacl_kind {
    DACL_LISTED,
    DACL_ABSENT,
    DACL_NULL,
};

struct row {
    const char *name;
    tsr_sid owner; /* all zero: none */
    enum dacl_kind dacl_kind;
    struct ace dacl[6];
    struct ace sacl[4];
    tsr_sid restricting[3];
    bool write_restricted;
    bool owner_is_deny_only; /* Alice herself is for deny only */
    uint64_t privileges;
    tsr_sid integrity;
    bool no_integrity_policy;
    uint32_t trust_type;
    uint32_t trust_level;
    tsr_generic_mapping mapping;
    uint32_t desired;
    uint32_t previous;
    tsr_sid self;
    bool backup_intent;
    bool restore_intent;
    uint32_t status;
    uint32_t granted;
    tsr_access_rule rule;
    tsr_access_pass pass;
    uint32_t ace_index;
    uint32_t missing;
    uint64_t privileges_used;
};

#define GRANTED_BY(rule_, index_, granted_) \
    .granted = (granted_), .rule = TSR_RULE_##rule_, .ace_index = (index_)
#define DENIED_BY(rule_, index_, missing_)                                           \
    .status = STATUS_ACCESS_DENIED, .rule = TSR_RULE_##rule_, .ace_index = (index_), \
    .missing = (missing_)

static bool is_set(const tsr_sid *sid)
{
    return sid->authority != 0 || sid->n_sub_authorities != 0;
}

static size_t put_sid(uint8_t *to, const tsr_sid *sid)
{
    size_t size;

    expect_ok(tsr_sid_encode(sid, to, TSR_SID_SIZE_MAX, &size));
    return size;
}

static bool is_object_type(uint8_t type)
{
    return (type >= ACCESS_ALLOWED_OBJECT_ACE_TYPE && type <= SYSTEM_ALARM_OBJECT_ACE_TYPE) ||
           type == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
           type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE ||
           type == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE ||
           type == SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE;
}

/* Encode by hand, so that the builder is not what is tested here. @return bytes written */
static size_t put_ace(uint8_t *to, const struct ace *ace)
{
    size_t at = 8;

    memset(to, 0, 8);
    to[0] = ace->type;
    to[1] = ace->flags;
    store_le32(to + 4, ace->mask);
    if (is_object_type(ace->type)) {
        store_le32(to + at, ace->n_guids);
        at += 4;
        for (uint32_t bit = 1; bit <= 2; bit <<= 1) {
            memset(to + at, 0x5a, TSR_GUID_SIZE);
            at += ace->n_guids & bit ? TSR_GUID_SIZE : 0;
        }
    }
    if (ace->type == ACCESS_ALLOWED_COMPOUND_ACE_TYPE) {
        store_le32(to + at, 1);
        at += 4;
        at += put_sid(to + at, &ace->server);
    }
    at += put_sid(to + at, &ace->sid);
    store_le16(to + 2, (uint16_t)at);
    return at;
}

static size_t put_acl(uint8_t *to, const struct ace *aces, size_t n_aces_max)
{
    size_t n_aces = 0;
    size_t at = 8;

    while (n_aces < n_aces_max && is_set(&aces[n_aces].sid)) {
        at += put_ace(to + at, &aces[n_aces++]);
    }
    memset(to, 0, 8);
    to[0] = ACL_REVISION_DS;
    store_le16(to + 2, (uint16_t)at);
    store_le16(to + 4, (uint16_t)n_aces);
    return at;
}

/*
 * The descriptor of a row in a heap block of exactly its size, the DACL last, so that a sanitizer
 * sees a read past the last ACE's SID. The caller frees it.
 */
static uint8_t *descriptor_new(const struct row *row, tsr_sd *ret_sd)
{
    uint32_t control = SE_SELF_RELATIVE;
    uint8_t bytes[4096] = {1};
    size_t at = 20;
    uint8_t *exact;

    if (is_set(&row->owner)) {
        store_le32(bytes + 4, (uint32_t)at);
        at += put_sid(bytes + at, &row->owner);
    }
    if (is_set(&row->sacl[0].sid)) {
        control |= SE_SACL_PRESENT;
        store_le32(bytes + 12, (uint32_t)at);
        at += put_acl(bytes + at, row->sacl, ARRAY_SIZE(row->sacl));
    }
    control |= row->dacl_kind == DACL_ABSENT ? 0 : SE_DACL_PRESENT;
    if (row->dacl_kind == DACL_LISTED) {
        store_le32(bytes + 16, (uint32_t)at);
        at += put_acl(bytes + at, row->dacl, ARRAY_SIZE(row->dacl));
    }
    store_le16(bytes + 2, (uint16_t)control);

    exact = malloc(at);
    assert_non_null(exact);
    memcpy(exact, bytes, at);
    expect_ok(tsr_sd_view(exact, at, ret_sd));
    return exact;
}

static struct sid_set *alice_new(const struct row *row)
{
    const uint8_t both = SID_MATCHES_ALLOW | SID_MATCHES_DENY;
    const struct sid_set_entry entries[] = {
        {ALICE, row->owner_is_deny_only ? SID_MATCHES_DENY : both},
        {STAFF, both},
        {JAIL, SID_MATCHES_DENY},
        {IDLE, 0},
        {SHORT, both},
        {EVERYONE, both},
        {MEDIUM, 0},
    };
    struct sid_set *set = NULL;

    expect_ok(sid_set_new(entries, ARRAY_SIZE(entries), &set));
    return set;
}

/* NULL where the row names no restricting SID. */
static struct sid_set *restricting_new(const struct row *row)
{
    struct sid_set_entry entries[ARRAY_SIZE(row->restricting)] = {0};
    struct sid_set *set = NULL;
    size_t n = 0;

    while (n < ARRAY_SIZE(entries) && is_set(&row->restricting[n])) {
        entries[n].sid = row->restricting[n];
        entries[n++].matches = SID_MATCHES_ALLOW | SID_MATCHES_DENY;
    }
    if (n > 0) {
        expect_ok(sid_set_new(entries, n, &set));
    }
    return set;
}

static tsr_access_result row_answer(const struct row *row)
{
    CLEANUP(sid_set_free) struct sid_set *restricting = restricting_new(row);
    CLEANUP(sid_set_free) struct sid_set *sids = alice_new(row);
    const struct subject subject = {
        .sids = sids,
        .restricting = restricting,
        .write_restricted = row->write_restricted,
        .privileges = row->privileges,
        .integrity = is_set(&row->integrity) ? &row->integrity : NULL,
        .mandatory_policy = row->no_integrity_policy ? 0x2 : 0x1,
        .process_trust_type = row->trust_type,
        .process_trust_level = row->trust_level,
    };
    const tsr_access_request request = {
        .desired = row->desired,
        .previously_granted = row->previous,
        .mapping = row->mapping.all != 0 ? row->mapping : TSR_FILE_MAPPING,
        .principal_self = is_set(&row->self) ? &row->self : NULL,
        .backup_intent = row->backup_intent,
        .restore_intent = row->restore_intent,
    };
    tsr_sd sd;
    CLEANUP(free) uint8_t *bytes = descriptor_new(row, &sd);

    assert_ptr_equal(sd.bytes, bytes);
    return access_check(&subject, &sd, &request);
}

static bool names_an_ace(tsr_access_rule rule)
{
    return rule == TSR_RULE_ALLOW_ACE || rule == TSR_RULE_DENY_ACE;
}

static bool row_holds(const struct row *row, const tsr_access_result *got)
{
    return got->status.code == row->status && got->granted == row->granted &&
           got->rule == row->rule && got->pass == row->pass && got->missing == row->missing &&
           got->privileges_used == row->privileges_used &&
           (!names_an_ace(row->rule) || got->ace_index == row->ace_index);
}

/* Every row must give exactly its answer; all that do not are named. */
static void expect_rows(const struct row *rows, size_t n_rows)
{
    size_t n_wrong = 0;

    for (size_t i = 0; i < n_rows; i++) {
        const tsr_access_result got = row_answer(&rows[i]);

        if (!row_holds(&rows[i], &got)) {
            print_error("%s: status %#x granted %#x rule '%s' pass %d ace %u missing %#x"
                        " privileges %#llx\n",
                        rows[i].name, got.status.code, got.granted, tsr_access_rule_text(got.rule),
                        got.pass, got.ace_index, got.missing,
                        (unsigned long long)got.privileges_used);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

/* Covers AC-1.2-1, AC-1.2-2, AC-1.2-3. */
static void rights_have_their_documented_bits(void **state)
{
    const struct {
        uint32_t right;
        unsigned int bit;
    } rights[] = {
        {DELETE, 16},          {READ_CONTROL, 17},  {WRITE_DAC, 18},       {WRITE_OWNER, 19},
        {SYNCHRONIZE, 20},     {ASS, 24},           {MAXIMUM_ALLOWED, 25}, {GENERIC_ALL, 28},
        {GENERIC_EXECUTE, 29}, {GENERIC_WRITE, 30}, {GENERIC_READ, 31},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
        assert_int_equal(rights[i].right, UINT32_C(1) << rights[i].bit);
    }
}

/* Section 8: the two kinds of ACE, in stored order. */
/* Covers AC-1.5-6, AC-1.5-7, AC-4.1-8, AC-4.1-9, AC-8-1, AC-8-11, AC-8-12, AC-8-13, AC-15-11. */
static void the_first_ace_that_speaks_about_a_right_decides_it(void **state)
{
    const struct row rows[] = {
        {"an allow ACE for the user", .dacl = {ALLOW(READ, ALICE)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"an allow ACE for a group", .dacl = {ALLOW(READ, STAFF)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"a SID without sub-authorities, last in the buffer", .dacl = {ALLOW(READ, SHORT)},
         .desired = READ, GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"an allow ACE for somebody else", .dacl = {ALLOW(READ, BOB)}, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"no more is granted than was asked", .dacl = {ALLOW(FILE_ALL_ACCESS, ALICE)},
         .desired = READ, GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"rights come together from several ACEs",
         .dacl = {ALLOW(READ, ALICE), ALLOW(RUN, BOB), ALLOW(WRITE, STAFF), ALLOW(RUN, EVERYONE)},
         .desired = READ | WRITE | RUN, GRANTED_BY(ALLOW_ACE, 3, READ | WRITE | RUN)},
        {"a deny before the allow", .dacl = {DENY(WRITE, STAFF), ALLOW(READ | WRITE, ALICE)},
         .desired = READ | WRITE, DENIED_BY(DENY_ACE, 0, READ | WRITE)},
        {"a deny after the allow does not matter",
         .dacl = {ALLOW(READ | WRITE, ALICE), DENY(WRITE, STAFF)}, .desired = READ | WRITE,
         GRANTED_BY(ALLOW_ACE, 0, READ | WRITE)},
        {"a deny of a right not asked for does not matter",
         .dacl = {DENY(WRITE, ALICE), ALLOW(READ, ALICE)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 1, READ)},
        {"a deny of a right already given does not matter, of another it does",
         .dacl = {ALLOW(READ, ALICE), DENY(READ, ALICE), DENY(RUN, ALICE), ALLOW(RUN, ALICE)},
         .desired = READ | RUN, DENIED_BY(DENY_ACE, 2, RUN)},
        {"a deny for somebody else", .dacl = {DENY(READ, BOB), ALLOW(READ, ALICE)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 1, READ)},
        {"part of the request is nothing", .dacl = {ALLOW(READ, ALICE)}, .desired = READ | WRITE,
         DENIED_BY(END_OF_DACL, 0, WRITE)},
        {"an empty DACL", .desired = READ | RUN, DENIED_BY(END_OF_DACL, 0, READ | RUN)},
        {"a NULL DACL", .dacl_kind = DACL_NULL, .desired = FILE_ALL_ACCESS,
         GRANTED_BY(NO_DACL, 0, FILE_ALL_ACCESS)},
        {"no DACL", .dacl_kind = DACL_ABSENT, .desired = FILE_ALL_ACCESS,
         GRANTED_BY(NO_DACL, 0, FILE_ALL_ACCESS)},
        {"an ACE of mask zero says nothing", .dacl = {DENY(0, ALICE), ALLOW(0, ALICE)},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 8: enabled groups allow and deny, deny-only ones deny, disabled ones do neither. */
/* Covers AC-8-6, AC-8-7, AC-8-8, AC-8-9, AC-8-10. */
static void deny_only_sids_deny_and_disabled_ones_do_nothing(void **state)
{
    const struct row rows[] = {
        {"allow for a deny-only group", .dacl = {ALLOW(READ, JAIL)}, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"deny for a deny-only group", .dacl = {DENY(READ, JAIL), ALLOW(READ, ALICE)},
         .desired = READ, DENIED_BY(DENY_ACE, 0, READ)},
        {"allow for a disabled group", .dacl = {ALLOW(READ, IDLE)}, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"deny for a disabled group", .dacl = {DENY(READ, IDLE), ALLOW(READ, ALICE)},
         .desired = READ, GRANTED_BY(ALLOW_ACE, 1, READ)},
        {"an integrity SID in the token matches no ACE", .dacl = {ALLOW(READ, MEDIUM)},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"a deny-only user", .owner_is_deny_only = true, .dacl = {ALLOW(READ, ALICE)},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"a deny-only user gathers nothing by it", .owner_is_deny_only = true,
         .dacl = {ALLOW(READ, ALICE)}, .desired = MAXIMUM_ALLOWED, DENIED_BY(END_OF_DACL, 0, 0)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* linux.md 1b: one system gives the directory what is meant for its children. */
/* Covers AC-6.1-1, AC-6.2-4, AC-6.3-2, AC-7-14, AC-8-2. */
static void inherit_only_aces_say_nothing_about_the_object_itself(void **state)
{
    const struct row rows[] = {
        {"allow", .dacl = {INHERIT_ONLY(ACCESS_ALLOWED_ACE_TYPE, READ, ALICE)}, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"allow, gathered", .dacl = {INHERIT_ONLY(ACCESS_ALLOWED_ACE_TYPE, READ, ALICE)},
         .desired = MAXIMUM_ALLOWED, DENIED_BY(END_OF_DACL, 0, 0)},
        {"deny, with an index that counts it",
         .dacl = {INHERIT_ONLY(ACCESS_DENIED_ACE_TYPE, READ, ALICE), ALLOW(READ, ALICE)},
         .desired = READ, GRANTED_BY(ALLOW_ACE, 1, READ)},
        {"object allow",
         .dacl = {{.type = ACCESS_ALLOWED_OBJECT_ACE_TYPE,
                   .flags = INHERIT_ONLY_ACE,
                   .mask = READ,
                   .sid = ALICE}},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"owner rights", .owner = ALICE,
         .dacl = {INHERIT_ONLY(ACCESS_ALLOWED_ACE_TYPE, 0, OWNER_RIGHTS)}, .desired = WRITE_DAC,
         GRANTED_BY(OWNER, 0, WRITE_DAC)},
        {"label", .integrity = LOW, .dacl_kind = DACL_NULL,
         .sacl = {INHERIT_ONLY(SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, LOW)}, .desired = WRITE,
         DENIED_BY(INTEGRITY, 0, WRITE)},
        {"trust label", .dacl_kind = DACL_NULL,
         .sacl = {INHERIT_ONLY(SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, 0, TSR_SID(19, 512, 8192))},
         .desired = WRITE, GRANTED_BY(NO_DACL, 0, WRITE)},
        {"access filter", .dacl_kind = DACL_NULL,
         .sacl = {INHERIT_ONLY(SYSTEM_ACCESS_FILTER_ACE_TYPE, 0, EVERYONE)}, .desired = WRITE,
         GRANTED_BY(NO_DACL, 0, WRITE)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 8: all types, each alone with a full mask for the caller. */
/* Covers AC-1.3-13, AC-8-3, AC-8-17. */
static void every_ace_type_does_what_its_row_says(void **state)
{
    enum { NOTHING, ALLOWS, DENIES };
    static const uint8_t does[256] = {
        [ACCESS_ALLOWED_ACE_TYPE] = ALLOWS,
        [ACCESS_DENIED_ACE_TYPE] = DENIES,
        [ACCESS_ALLOWED_COMPOUND_ACE_TYPE] = ALLOWS,
        [ACCESS_ALLOWED_OBJECT_ACE_TYPE] = ALLOWS,
        [ACCESS_DENIED_OBJECT_ACE_TYPE] = DENIES,
        [ACCESS_DENIED_CALLBACK_ACE_TYPE] = DENIES,
        [ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE] = DENIES,
    };

    (void)state;

    for (unsigned int type = 0; type < 256; type++) {
        struct row row = {
            .dacl = {{.type = (uint8_t)type, .mask = READ, .sid = ALICE, .server = STAFF}},
            .desired = READ,
        };
        tsr_access_result got = row_answer(&row);

        assert_int_equal(got.granted, does[type] == ALLOWS ? READ : 0);
        assert_int_equal(got.rule == TSR_RULE_DENY_ACE, does[type] == DENIES);
        assert_int_equal(got.rule == TSR_RULE_END_OF_DACL, does[type] == NOTHING);

        row.dacl[1] = (struct ace)ALLOW(READ, ALICE);
        got = row_answer(&row);
        assert_int_equal(got.granted, does[type] == DENIES ? 0 : READ);
    }
}

/* Section 8.1, without an object-type list. */
/* Covers AC-8.1-3, AC-8.1-10, AC-8.1-11, AC-15-6. */
static void object_aces_with_a_type_grant_nothing_and_deny_as_plain_ones(void **state)
{
    const struct row rows[] = {
        {"allow without GUIDs is plain",
         .dacl = {OBJECT_ACE(ACCESS_ALLOWED_OBJECT_ACE_TYPE, 0, READ, ALICE)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"allow with an object type",
         .dacl = {OBJECT_ACE(ACCESS_ALLOWED_OBJECT_ACE_TYPE, 1, READ, ALICE)}, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"allow with an inherited type only is plain",
         .dacl = {OBJECT_ACE(ACCESS_ALLOWED_OBJECT_ACE_TYPE, 2, READ, ALICE)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"allow with both", .dacl = {OBJECT_ACE(ACCESS_ALLOWED_OBJECT_ACE_TYPE, 3, READ, ALICE)},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"deny with an object type",
         .dacl = {OBJECT_ACE(ACCESS_DENIED_OBJECT_ACE_TYPE, 1, READ, ALICE), ALLOW(READ, ALICE)},
         .desired = READ, DENIED_BY(DENY_ACE, 0, READ)},
        {"deny with both, for somebody else",
         .dacl = {OBJECT_ACE(ACCESS_DENIED_OBJECT_ACE_TYPE, 3, READ, BOB), ALLOW(READ, ALICE)},
         .desired = READ, GRANTED_BY(ALLOW_ACE, 1, READ)},
        {"deny with both, for the caller",
         .dacl = {OBJECT_ACE(ACCESS_DENIED_OBJECT_ACE_TYPE, 3, READ, ALICE), ALLOW(READ, ALICE)},
         .desired = READ, DENIED_BY(DENY_ACE, 0, READ)},
        {"conditional object deny, both types",
         .dacl = {OBJECT_ACE(ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE, 3, READ, ALICE),
                  ALLOW(READ, ALICE)},
         .desired = READ, DENIED_BY(DENY_ACE, 0, READ)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 8: a compound ACE needs the server and the client. */
/* Covers AC-8-14. */
static void compound_aces_need_both_sids(void **state)
{
    const struct {
        tsr_sid server;
        tsr_sid client;
        bool allows;
    } rows[] = {
        {STAFF, ALICE, true}, {BOB, ALICE, false},  {STAFF, BOB, false},  {BOB, BOB, false},
        {JAIL, ALICE, false}, {STAFF, JAIL, false}, {SHORT, SHORT, true}, {IDLE, ALICE, false},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct row row = {
            .dacl = {{.type = ACCESS_ALLOWED_COMPOUND_ACE_TYPE,
                      .mask = READ,
                      .sid = rows[i].client,
                      .server = rows[i].server}},
            .desired = READ,
        };

        assert_int_equal(row_answer(&row).granted, rows[i].allows ? READ : 0);
    }
}

/* Section 7: any ACE for OWNER RIGHTS, the compound one too, ends the implicit grant. */
/* Covers AC-7-14. */
static void a_compound_ace_for_owner_rights_ends_the_implicit_grant(void **state)
{
    struct row row = {
        .owner = ALICE,
        .dacl = {{.type = ACCESS_ALLOWED_COMPOUND_ACE_TYPE,
                  .mask = READ,
                  .sid = OWNER_RIGHTS,
                  .server = BOB}},
        .desired = WRITE_DAC,
    };
    (void)state;

    assert_int_equal(row_answer(&row).granted, 0);

    row.dacl[0].flags = INHERIT_ONLY_ACE;
    assert_int_equal(row_answer(&row).granted, WRITE_DAC);
}

/* Ask about the descriptor of a row as Alice in an AppContainer. */
static tsr_access_result package_answer(const struct row *row)
{
    const struct sid_set_entry entry = {KIOSK, SID_MATCHES_ALLOW | SID_MATCHES_DENY};
    const tsr_access_request request = {.desired = row->desired, .mapping = TSR_FILE_MAPPING};
    CLEANUP(sid_set_free) struct sid_set *sids = alice_new(row);
    CLEANUP(sid_set_free) struct sid_set *packages = NULL;
    tsr_sd sd;
    CLEANUP(free) uint8_t *bytes = descriptor_new(row, &sd);
    struct subject subject = {.sids = sids, .privileges = row->privileges};

    expect_ok(sid_set_new(&entry, 1, &packages));
    assert_ptr_equal(sd.bytes, bytes);
    subject.packages = packages;
    return access_check(&subject, &sd, &request);
}

/* Section 10; docs/conformance.md: deny ACEs for a package deny. */
/* Covers AC-10-4, AC-10-5. */
static void object_aces_deny_packages_and_allow_them_nothing(void **state)
{
    struct row row = {
        .dacl = {ALLOW(READ, ALICE), ALLOW(READ, KIOSK)},
        .desired = READ,
    };
    (void)state;

    assert_int_equal(package_answer(&row).granted, READ);

    row.dacl[1] = (struct ace)OBJECT_ACE(ACCESS_ALLOWED_OBJECT_ACE_TYPE, 0, READ, KIOSK);
    assert_int_equal(package_answer(&row).granted, 0);

    row.dacl[1] = (struct ace)OBJECT_ACE(ACCESS_DENIED_OBJECT_ACE_TYPE, 1, READ, KIOSK);
    row.dacl[2] = (struct ace)ALLOW(READ, KIOSK);
    assert_int_equal(package_answer(&row).granted, 0);
}

/* Sections 7, 10: privileges do not count for packages, and no ACE can grant the right. */
/* Covers AC-7-2, AC-10-7. */
static void no_ace_grants_a_package_access_system_security(void **state)
{
    const struct row row = {
        .dacl = {ALLOW(ASS, ALICE), ALLOW(ASS, KIOSK)},
        .privileges = PRIVILEGE(SECURITY),
        .desired = ASS,
    };
    (void)state;

    assert_int_equal(row_answer(&row).granted, ASS);
    assert_int_equal(package_answer(&row).granted, 0);
}

/* Section 8.1: ancestors are denied what was denied below them, not the whole mask of the ACE. */
/* Covers AC-8.1-8. */
static void a_deny_of_rights_decided_before_does_not_reach_the_ancestors(void **state)
{
    const struct row row = {
        .dacl = {OBJECT_ACE(ACCESS_ALLOWED_OBJECT_ACE_TYPE, 1, READ, ALICE),
                 OBJECT_ACE(ACCESS_DENIED_OBJECT_ACE_TYPE, 1, READ | WRITE, ALICE),
                 ALLOW(READ | WRITE, ALICE)},
    };
    tsr_object_type nodes[] = {{.level = 0, .guid = {1}}, {.level = 1}, {.level = 1, .guid = {3}}};
    const tsr_access_request request = {.desired = MAXIMUM_ALLOWED,
                                        .mapping = TSR_FILE_MAPPING,
                                        .types = nodes,
                                        .n_types = ARRAY_SIZE(nodes)};
    CLEANUP(sid_set_free) struct sid_set *sids = alice_new(&row);
    const struct subject subject = {.sids = sids};
    tsr_sd sd;
    CLEANUP(free) uint8_t *bytes = descriptor_new(&row, &sd);
    (void)state;

    memset(nodes[1].guid, 0x5a, sizeof(nodes[1].guid));
    assert_ptr_equal(sd.bytes, bytes);
    assert_int_equal(access_check(&subject, &sd, &request).granted, READ);
}

/* Section 3: ACEs are mapped as requests are. */
/* Covers AC-3-3, AC-3-4. */
static void generic_rights_are_mapped_in_the_request_and_in_aces(void **state)
{
    const struct row rows[] = {
        {"request", .dacl = {ALLOW(FILE_GENERIC_READ, ALICE)}, .desired = GENERIC_READ,
         GRANTED_BY(ALLOW_ACE, 0, FILE_GENERIC_READ)},
        {"ACE", .dacl = {ALLOW(GENERIC_READ, ALICE)}, .desired = FILE_GENERIC_READ,
         GRANTED_BY(ALLOW_ACE, 0, FILE_GENERIC_READ)},
        {"deny ACE", .dacl = {DENY(GENERIC_WRITE, ALICE), ALLOW(GENERIC_ALL, ALICE)},
         .desired = WRITE, DENIED_BY(DENY_ACE, 0, WRITE)},
        {"both, all", .dacl = {ALLOW(GENERIC_ALL, ALICE)}, .desired = GENERIC_ALL,
         GRANTED_BY(ALLOW_ACE, 0, FILE_ALL_ACCESS)},
        {"generic execute does not reach write", .dacl = {ALLOW(GENERIC_EXECUTE, ALICE)},
         .desired = RUN | WRITE, DENIED_BY(END_OF_DACL, 0, WRITE)},
        {"a right mapped to nothing asks for nothing", .dacl_kind = DACL_NULL,
         .mapping = {.all = 1}, .desired = GENERIC_READ, DENIED_BY(NONE, 0, 0)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 4.1. */
/* Covers AC-4.1-1, AC-4.1-2, AC-15-5. */
static void asking_for_nothing_gives_what_was_granted_before_or_is_refused(void **state)
{
    const struct row rows[] = {
        {"nothing at all", .dacl_kind = DACL_NULL, DENIED_BY(NONE, 0, 0)},
        {"with rights from before", .previous = READ | RUN, GRANTED_BY(NONE, 0, READ | RUN)},
        {"even under a label and an empty DACL", .integrity = LOW,
         .sacl = {LABEL(7, HIGH), TRUST(0, 512, 8192)}, .previous = WRITE,
         GRANTED_BY(NONE, 0, WRITE)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-4.1-8, AC-4.1-9. */
static void rights_granted_before_are_added_to_a_success_only(void **state)
{
    const struct row rows[] = {
        {"success", .dacl = {ALLOW(READ, ALICE)}, .desired = READ, .previous = WRITE,
         GRANTED_BY(ALLOW_ACE, 0, READ | WRITE)},
        {"failure", .dacl = {ALLOW(READ, ALICE)}, .desired = RUN, .previous = WRITE,
         DENIED_BY(END_OF_DACL, 0, RUN)},
        {"the request is judged in full", .dacl = {ALLOW(READ, ALICE)}, .desired = WRITE,
         .previous = WRITE, DENIED_BY(END_OF_DACL, 0, WRITE)},
        {"privilege not held", .dacl_kind = DACL_NULL, .desired = ASS, .previous = WRITE,
         .status = STATUS_PRIVILEGE_NOT_HELD, .rule = TSR_RULE_PRIVILEGE_NOT_HELD, .missing = ASS},
        {"gathering", .dacl = {ALLOW(READ, ALICE)}, .desired = MAXIMUM_ALLOWED, .previous = WRITE,
         GRANTED_BY(END_OF_DACL, 0, READ | WRITE)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 5. The second half is linux.md 1b: a deny of a named right must fail the whole request.
 */
/* Covers AC-1.5-7, AC-5-1, AC-5-2, AC-5-5, AC-5-6, AC-5-7, AC-5-8, AC-15-1, AC-15-4. */
static void maximum_allowed_gathers_what_the_first_decisions_allow(void **state)
{
    const struct row rows[] = {
        {"union of ACEs", .dacl = {ALLOW(READ, ALICE), ALLOW(RUN, STAFF), ALLOW(WRITE, BOB)},
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, READ | RUN)},
        {"an earlier allow stands",
         .dacl = {ALLOW(WRITE, ALICE), DENY(WRITE | RUN, ALICE), ALLOW(READ | RUN, ALICE)},
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, READ | WRITE)},
        {"everything decided by an allow", .dacl = {DENY(WRITE, ALICE), ALLOW(GENERIC_ALL, ALICE)},
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(ALLOW_ACE, 1, FILE_ALL_ACCESS & ~WRITE)},
        {"everything decided by a deny", .dacl = {ALLOW(READ, ALICE), DENY(GENERIC_ALL, ALICE)},
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(DENY_ACE, 1, READ)},
        {"not beyond the rights of the type", .dacl = {ALLOW(UINT32_MAX & ~GENERIC_RIGHTS, ALICE)},
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(ALLOW_ACE, 0, FILE_ALL_ACCESS)},
        {"NULL DACL", .dacl_kind = DACL_NULL, .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(NO_DACL, 0, FILE_ALL_ACCESS)},
        {"no DACL", .dacl_kind = DACL_ABSENT, .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(NO_DACL, 0, FILE_ALL_ACCESS)},
        {"empty DACL", .desired = MAXIMUM_ALLOWED, DENIED_BY(END_OF_DACL, 0, 0)},
        {"empty DACL of the owner", .owner = ALICE, .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(END_OF_DACL, 0, READ_CONTROL | WRITE_DAC)},
        {"all denied", .dacl = {DENY(GENERIC_ALL, EVERYONE)}, .desired = MAXIMUM_ALLOWED,
         DENIED_BY(DENY_ACE, 0, 0)},
        {"a type without rights", .mapping = {.read = 1, .all = 0x200000}, .dacl_kind = DACL_NULL,
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(NO_DACL, 0, 0x200000)},

        {"with a named right that is allowed", .dacl = {ALLOW(READ | RUN, ALICE)},
         .desired = MAXIMUM_ALLOWED | READ, GRANTED_BY(END_OF_DACL, 0, READ | RUN)},
        {"with a named right that nothing allows", .dacl = {ALLOW(READ, ALICE)},
         .desired = MAXIMUM_ALLOWED | WRITE, DENIED_BY(END_OF_DACL, 0, WRITE)},
        {"with a named right that a deny hits",
         .dacl = {DENY(WRITE, ALICE), ALLOW(GENERIC_ALL, ALICE)},
         .desired = MAXIMUM_ALLOWED | WRITE, DENIED_BY(DENY_ACE, 0, WRITE)},
        {"with one named right denied, another left open",
         .dacl = {ALLOW(READ, ALICE), DENY(RUN, ALICE), DENY(WRITE, ALICE),
                  ALLOW(GENERIC_ALL, ALICE)},
         .desired = MAXIMUM_ALLOWED | READ | WRITE, DENIED_BY(DENY_ACE, 2, WRITE)},
        {"with a generic right that is not all allowed", .dacl = {ALLOW(READ, ALICE)},
         .desired = MAXIMUM_ALLOWED | GENERIC_READ,
         DENIED_BY(END_OF_DACL, 0, FILE_GENERIC_READ & ~READ)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 5: ACCESS_SYSTEM_SECURITY only if named, WRITE_OWNER by privilege whatever the type. */
/* Covers AC-5-3, AC-5-4, AC-7-5. */
static void maximum_allowed_takes_from_privileges_what_the_specification_says(void **state)
{
    const tsr_generic_mapping odd = {1, 2, 4, 7 | ASS};
    const struct row rows[] = {
        {"ACCESS_SYSTEM_SECURITY is not gathered", .dacl_kind = DACL_NULL,
         .privileges = PRIVILEGE(SECURITY), .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(NO_DACL, 0, FILE_ALL_ACCESS)},
        {"not even where the type has it", .dacl_kind = DACL_NULL, .mapping = odd,
         .privileges = PRIVILEGE(SECURITY), .desired = MAXIMUM_ALLOWED, GRANTED_BY(NO_DACL, 0, 7)},
        {"nor given by a NULL DACL there", .dacl_kind = DACL_NULL, .mapping = odd,
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(NO_DACL, 0, 7)},
        {"named and held", .dacl = {ALLOW(READ, ALICE)}, .privileges = PRIVILEGE(SECURITY),
         .desired = MAXIMUM_ALLOWED | ASS, GRANTED_BY(END_OF_DACL, 0, READ | ASS),
         .privileges_used = PRIVILEGE(SECURITY)},
        {"named and not held", .dacl_kind = DACL_NULL, .desired = MAXIMUM_ALLOWED | ASS,
         .status = STATUS_PRIVILEGE_NOT_HELD, .rule = TSR_RULE_PRIVILEGE_NOT_HELD, .missing = ASS},
        {"WRITE_OWNER by privilege", .privileges = PRIVILEGE(TAKE_OWNERSHIP),
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, WRITE_OWNER),
         .privileges_used = PRIVILEGE(TAKE_OWNERSHIP)},
        {"WRITE_OWNER although the type does not list it", .mapping = odd,
         .privileges = PRIVILEGE(TAKE_OWNERSHIP), .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(END_OF_DACL, 0, WRITE_OWNER), .privileges_used = PRIVILEGE(TAKE_OWNERSHIP)},
        {"and not without the privilege", .mapping = odd, .dacl_kind = DACL_NULL,
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(NO_DACL, 0, 7)},
        {"WRITE_OWNER by the relabel privilege", .privileges = PRIVILEGE(RELABEL),
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, WRITE_OWNER),
         .privileges_used = PRIVILEGE(RELABEL)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 7: privileges come before the owner and the DACL. */
/* Covers AC-4-3, AC-4-4, AC-7-1, AC-7-2, AC-7-4, AC-7-5, AC-7-6, AC-7-11. */
static void privileges_supply_their_rights_and_are_recorded_only_then(void **state)
{
    const uint64_t every = ~UINT64_C(0);
    const uint64_t all_but_security = every & ~PRIVILEGE(SECURITY);
    const struct row rows[] = {
        {"system security", .privileges = PRIVILEGE(SECURITY), .desired = ASS,
         GRANTED_BY(PRIVILEGE, 0, ASS), .privileges_used = PRIVILEGE(SECURITY)},
        {"system security without it", .privileges = all_but_security, .dacl_kind = DACL_NULL,
         .desired = ASS | READ, .status = STATUS_PRIVILEGE_NOT_HELD,
         .rule = TSR_RULE_PRIVILEGE_NOT_HELD, .missing = ASS},
        {"system security cannot come from an ACE", .dacl = {ALLOW(ASS | READ, ALICE)},
         .desired = ASS, .status = STATUS_PRIVILEGE_NOT_HELD, .rule = TSR_RULE_PRIVILEGE_NOT_HELD,
         .missing = ASS},
        {"system security cannot be denied by an ACE", .privileges = PRIVILEGE(SECURITY),
         .dacl = {DENY(ASS, ALICE), ALLOW(READ, ALICE)}, .desired = ASS | READ,
         GRANTED_BY(ALLOW_ACE, 1, ASS | READ), .privileges_used = PRIVILEGE(SECURITY)},
        {"not held is told before the DACL is read", .dacl = {DENY(READ, ALICE)},
         .desired = ASS | READ, .status = STATUS_PRIVILEGE_NOT_HELD,
         .rule = TSR_RULE_PRIVILEGE_NOT_HELD, .missing = ASS},
        {"take ownership beats a deny", .privileges = PRIVILEGE(TAKE_OWNERSHIP),
         .dacl = {DENY(WRITE_OWNER, ALICE)}, .desired = WRITE_OWNER,
         GRANTED_BY(PRIVILEGE, 0, WRITE_OWNER), .privileges_used = PRIVILEGE(TAKE_OWNERSHIP)},
        {"relabel", .privileges = PRIVILEGE(RELABEL), .desired = WRITE_OWNER,
         GRANTED_BY(PRIVILEGE, 0, WRITE_OWNER), .privileges_used = PRIVILEGE(RELABEL)},
        {"one privilege is enough", .privileges = PRIVILEGE(TAKE_OWNERSHIP) | PRIVILEGE(RELABEL),
         .desired = WRITE_OWNER, GRANTED_BY(PRIVILEGE, 0, WRITE_OWNER),
         .privileges_used = PRIVILEGE(TAKE_OWNERSHIP)},
        {"two rights, two privileges", .privileges = every, .desired = WRITE_OWNER | ASS,
         GRANTED_BY(PRIVILEGE, 0, WRITE_OWNER | ASS),
         .privileges_used = PRIVILEGE(SECURITY) | PRIVILEGE(TAKE_OWNERSHIP)},
        {"all privileges give nothing else", .privileges = every, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"unused ones are not recorded", .privileges = every, .dacl = {ALLOW(READ, ALICE)},
         .desired = READ, GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"a refusal records none", .privileges = every, .desired = WRITE_OWNER | READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"the DACL completes", .privileges = PRIVILEGE(TAKE_OWNERSHIP),
         .dacl = {ALLOW(READ, ALICE)}, .desired = WRITE_OWNER | READ,
         GRANTED_BY(ALLOW_ACE, 0, WRITE_OWNER | READ),
         .privileges_used = PRIVILEGE(TAKE_OWNERSHIP)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-7-7, AC-7-8, AC-7-9, AC-7-10. */
static void backup_and_restore_need_both_the_privilege_and_the_intent(void **state)
{
    const uint32_t backup = READ_CONTROL | ASS | FILE_GENERIC_READ | FILE_TRAVERSE;
    const uint32_t restore = WRITE_DAC | WRITE_OWNER | ASS | FILE_GENERIC_WRITE | DELETE;
    const struct row rows[] = {
        {"backup", .privileges = PRIVILEGE(BACKUP), .backup_intent = true, .desired = backup,
         GRANTED_BY(PRIVILEGE, 0, backup), .privileges_used = PRIVILEGE(BACKUP)},
        {"backup without intent", .privileges = PRIVILEGE(BACKUP), .restore_intent = true,
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"backup without privilege", .privileges = PRIVILEGE(RESTORE), .backup_intent = true,
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"backup does not write", .privileges = PRIVILEGE(BACKUP), .backup_intent = true,
         .desired = READ | WRITE, DENIED_BY(END_OF_DACL, 0, WRITE)},
        {"restore", .privileges = PRIVILEGE(RESTORE), .restore_intent = true, .desired = restore,
         GRANTED_BY(PRIVILEGE, 0, restore), .privileges_used = PRIVILEGE(RESTORE)},
        {"restore without intent", .privileges = PRIVILEGE(RESTORE), .backup_intent = true,
         .desired = WRITE, DENIED_BY(END_OF_DACL, 0, WRITE)},
        {"restore does not read", .privileges = PRIVILEGE(RESTORE), .restore_intent = true,
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"the remainder is checked", .privileges = PRIVILEGE(BACKUP), .backup_intent = true,
         .dacl = {ALLOW(WRITE, ALICE)}, .desired = READ | WRITE,
         GRANTED_BY(ALLOW_ACE, 0, READ | WRITE), .privileges_used = PRIVILEGE(BACKUP)},
        {"both gather", .privileges = PRIVILEGE(BACKUP) | PRIVILEGE(RESTORE), .backup_intent = true,
         .restore_intent = true, .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(END_OF_DACL, 0, (backup | restore) & ~ASS),
         .privileges_used = PRIVILEGE(BACKUP) | PRIVILEGE(RESTORE)},
        {"a right is charged to the first that gives it",
         .privileges = PRIVILEGE(SECURITY) | PRIVILEGE(BACKUP), .backup_intent = true,
         .desired = ASS, GRANTED_BY(PRIVILEGE, 0, ASS), .privileges_used = PRIVILEGE(SECURITY)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 7: the owner. */
/* Covers AC-4-4, AC-7-12, AC-7-13, AC-7-17, AC-15-2, AC-15-3. */
static void the_owner_may_read_and_change_the_dacl(void **state)
{
    const uint32_t implicit = READ_CONTROL | WRITE_DAC;
    const struct row rows[] = {
        {"by the user", .owner = ALICE, .desired = implicit, GRANTED_BY(OWNER, 0, implicit)},
        {"by a group", .owner = STAFF, .desired = WRITE_DAC, GRANTED_BY(OWNER, 0, WRITE_DAC)},
        {"a deny does not reach it", .owner = ALICE, .dacl = {DENY(GENERIC_ALL, ALICE)},
         .desired = implicit, GRANTED_BY(OWNER, 0, implicit)},
        {"nothing else is implicit", .owner = ALICE, .desired = WRITE_DAC | WRITE_OWNER | DELETE,
         DENIED_BY(END_OF_DACL, 0, WRITE_OWNER | DELETE)},
        {"the DACL completes", .owner = ALICE, .dacl = {ALLOW(READ, ALICE)},
         .desired = READ | WRITE_DAC, GRANTED_BY(ALLOW_ACE, 0, READ | WRITE_DAC)},
        {"the DACL refuses the rest", .owner = ALICE, .dacl = {DENY(READ, ALICE)},
         .desired = READ | WRITE_DAC, DENIED_BY(DENY_ACE, 0, READ)},
        {"somebody else's", .owner = BOB, .desired = WRITE_DAC,
         DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"nobody's", .desired = WRITE_DAC, DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"a deny-only owner", .owner = JAIL, .desired = WRITE_DAC,
         DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"a disabled owner", .owner = IDLE, .desired = WRITE_DAC,
         DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"a deny-only user", .owner = ALICE, .owner_is_deny_only = true, .desired = READ_CONTROL,
         DENIED_BY(END_OF_DACL, 0, READ_CONTROL)},
        {"of a NULL DACL", .owner = ALICE, .dacl_kind = DACL_NULL, .desired = WRITE_DAC,
         GRANTED_BY(NO_DACL, 0, WRITE_DAC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 7: any effective ACE for OWNER RIGHTS replaces the implicit grant. */
/* Covers AC-7-14, AC-7-15, AC-15-2. */
static void owner_rights_aces_speak_of_the_owner_and_end_the_implicit_grant(void **state)
{
    const struct row rows[] = {
        {"an allow of mask zero ends it", .owner = ALICE, .dacl = {ALLOW(0, OWNER_RIGHTS)},
         .desired = READ_CONTROL, DENIED_BY(END_OF_DACL, 0, READ_CONTROL)},
        {"a deny of another right ends it", .owner = ALICE, .dacl = {DENY(RUN, OWNER_RIGHTS)},
         .desired = WRITE_DAC, DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"wherever it stands", .owner = ALICE,
         .dacl = {ALLOW(READ, ALICE), ALLOW(RUN, BOB), ALLOW(RUN, OWNER_RIGHTS)},
         .desired = WRITE_DAC, DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"as an object ACE", .owner = ALICE,
         .dacl = {OBJECT_ACE(ACCESS_DENIED_OBJECT_ACE_TYPE, 3, 0, OWNER_RIGHTS)},
         .desired = WRITE_DAC, DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"as a conditional ACE", .owner = ALICE,
         .dacl = {ACE(ACCESS_ALLOWED_CALLBACK_ACE_TYPE, 0, OWNER_RIGHTS)}, .desired = WRITE_DAC,
         DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"not as an audit ACE", .owner = ALICE,
         .dacl = {ACE(SYSTEM_AUDIT_ACE_TYPE, 0, OWNER_RIGHTS)}, .desired = WRITE_DAC,
         GRANTED_BY(OWNER, 0, WRITE_DAC)},
        {"not an ACE for the creator owner", .owner = ALICE,
         .dacl = {ALLOW(0, TSR_SID_CREATOR_OWNER)}, .desired = WRITE_DAC,
         GRANTED_BY(OWNER, 0, WRITE_DAC)},
        {"what it allows", .owner = ALICE, .dacl = {ALLOW(READ | WRITE_DAC, OWNER_RIGHTS)},
         .desired = READ | WRITE_DAC, GRANTED_BY(ALLOW_ACE, 0, READ | WRITE_DAC)},
        {"beside the owner's other ACEs", .owner = ALICE,
         .dacl = {ALLOW(READ, OWNER_RIGHTS), ALLOW(RUN, STAFF)}, .desired = READ | RUN,
         GRANTED_BY(ALLOW_ACE, 1, READ | RUN)},
        {"what it denies", .owner = ALICE, .dacl = {DENY(READ, OWNER_RIGHTS), ALLOW(READ, ALICE)},
         .desired = READ, DENIED_BY(DENY_ACE, 0, READ)},
        {"in DACL order", .owner = ALICE, .dacl = {ALLOW(READ, ALICE), DENY(READ, OWNER_RIGHTS)},
         .desired = READ, GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"not for others", .owner = BOB, .dacl = {ALLOW(READ, OWNER_RIGHTS)}, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"not without an owner", .dacl = {ALLOW(READ, OWNER_RIGHTS)}, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"not for a deny-only owner", .owner = JAIL, .dacl = {ALLOW(READ, OWNER_RIGHTS)},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"its deny reaches a deny-only owner", .owner = JAIL,
         .dacl = {DENY(READ, OWNER_RIGHTS), ALLOW(READ, ALICE)}, .desired = READ,
         DENIED_BY(DENY_ACE, 0, READ)},
        {"gathering", .owner = ALICE, .dacl = {ALLOW(READ, OWNER_RIGHTS), ALLOW(RUN, ALICE)},
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, READ | RUN)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-7-16. */
static void creator_sids_match_nobody(void **state)
{
    const struct row rows[] = {
        {"creator owner", .owner = ALICE, .dacl = {ALLOW(READ, TSR_SID_CREATOR_OWNER)},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"creator group", .owner = ALICE, .dacl = {ALLOW(READ, TSR_SID_CREATOR_GROUP)},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 8: PRINCIPAL_SELF stands for whom the request says. */
/* Covers AC-8-4, AC-8-5, AC-9-7. */
static void principal_self_is_the_substitute_or_nobody(void **state)
{
    const struct row rows[] = {
        {"the caller", .self = ALICE, .dacl = {ALLOW(READ, SELF)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"a group of the caller", .self = STAFF, .dacl = {ALLOW(READ, SELF)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"somebody else", .self = BOB, .dacl = {ALLOW(READ, SELF)}, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"nobody", .dacl = {ALLOW(READ, SELF)}, .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"a deny", .self = ALICE, .dacl = {DENY(READ, SELF), ALLOW(READ, ALICE)}, .desired = READ,
         DENIED_BY(DENY_ACE, 0, READ)},
        {"a deny-only group", .self = JAIL, .dacl = {ALLOW(READ, SELF)}, .desired = READ,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"a deny for a deny-only group", .self = JAIL,
         .dacl = {DENY(READ, SELF), ALLOW(READ, ALICE)}, .desired = READ,
         DENIED_BY(DENY_ACE, 0, READ)},
        {"an object ACE", .self = ALICE,
         .dacl = {OBJECT_ACE(ACCESS_ALLOWED_OBJECT_ACE_TYPE, 2, READ, SELF)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"a SID that only begins like it", .self = ALICE, .dacl = {ALLOW(READ, TSR_SID(5, 10, 0))},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"must be in the restricting SIDs too", .self = ALICE, .restricting = {KIOSK},
         .dacl = {ALLOW(READ, SELF)}, .desired = READ, .pass = TSR_PASS_RESTRICTED,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"and is", .self = ALICE, .restricting = {ALICE}, .dacl = {ALLOW(READ, SELF)},
         .desired = READ, GRANTED_BY(ALLOW_ACE, 0, READ)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 9. */
/* Covers AC-4-5, AC-9-1, AC-9-4, AC-9-5. */
static void a_restricted_token_needs_both_passes(void **state)
{
    const struct row rows[] = {
        {"both allow", .restricting = {KIOSK}, .dacl = {ALLOW(READ, ALICE), ALLOW(READ, KIOSK)},
         .desired = READ, GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"only the user", .restricting = {KIOSK}, .dacl = {ALLOW(READ, ALICE)}, .desired = READ,
         .pass = TSR_PASS_RESTRICTED, DENIED_BY(END_OF_DACL, 0, READ)},
        {"only the restricting SID", .restricting = {KIOSK}, .dacl = {ALLOW(READ, KIOSK)},
         .desired = READ, DENIED_BY(END_OF_DACL, 0, READ)},
        {"the second pass is denied", .restricting = {KIOSK},
         .dacl = {ALLOW(READ | RUN, ALICE), DENY(READ, KIOSK), ALLOW(READ | RUN, KIOSK)},
         .desired = READ | RUN, .pass = TSR_PASS_RESTRICTED, DENIED_BY(DENY_ACE, 1, READ | RUN)},
        {"a deny for the restricting SID does not count in the first", .restricting = {KIOSK},
         .dacl = {DENY(READ, KIOSK), ALLOW(READ, ALICE)}, .desired = READ,
         .pass = TSR_PASS_RESTRICTED, DENIED_BY(DENY_ACE, 0, READ)},
        {"a deny for the user is told of the first", .restricting = {KIOSK},
         .dacl = {DENY(READ, ALICE), DENY(READ, KIOSK)}, .desired = READ,
         DENIED_BY(DENY_ACE, 0, READ)},
        {"missing is what either pass refused", .restricting = {KIOSK},
         .dacl = {ALLOW(READ | RUN, ALICE), ALLOW(READ, KIOSK)}, .desired = READ | RUN,
         .pass = TSR_PASS_RESTRICTED, DENIED_BY(END_OF_DACL, 1, RUN)},
        {"a NULL DACL", .restricting = {KIOSK}, .dacl_kind = DACL_NULL, .desired = READ,
         GRANTED_BY(NO_DACL, 0, READ)},
        {"gathering gives the intersection", .restricting = {KIOSK},
         .dacl = {ALLOW(READ | RUN, ALICE), ALLOW(RUN | WRITE, KIOSK)}, .desired = MAXIMUM_ALLOWED,
         .pass = TSR_PASS_RESTRICTED, GRANTED_BY(END_OF_DACL, 1, RUN)},
        {"an empty intersection", .restricting = {KIOSK},
         .dacl = {ALLOW(READ, ALICE), ALLOW(WRITE, KIOSK)}, .desired = MAXIMUM_ALLOWED,
         .pass = TSR_PASS_RESTRICTED, DENIED_BY(END_OF_DACL, 1, 0)},
        {"an empty intersection is told of what was at stake", .restricting = {KIOSK},
         .mapping = {READ, WRITE, RUN, READ | WRITE},
         .dacl = {ALLOW(READ, ALICE), DENY(READ, KIOSK), ALLOW(WRITE, KIOSK)},
         .desired = MAXIMUM_ALLOWED, .pass = TSR_PASS_RESTRICTED, DENIED_BY(DENY_ACE, 1, 0)},
        {"gathering with a named right the second pass denies", .restricting = {KIOSK},
         .dacl = {ALLOW(READ | RUN, ALICE), DENY(READ, KIOSK), ALLOW(GENERIC_ALL, KIOSK)},
         .desired = MAXIMUM_ALLOWED | READ, .pass = TSR_PASS_RESTRICTED,
         DENIED_BY(DENY_ACE, 1, READ)},
        {"privileges are not intersected away", .restricting = {KIOSK},
         .privileges = PRIVILEGE(SECURITY) | PRIVILEGE(TAKE_OWNERSHIP),
         .desired = ASS | WRITE_OWNER, GRANTED_BY(PRIVILEGE, 0, ASS | WRITE_OWNER),
         .privileges_used = PRIVILEGE(SECURITY) | PRIVILEGE(TAKE_OWNERSHIP)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-9-3. */
static void the_restricted_sid_is_one_like_any_other(void **state)
{
    const tsr_sid restricted = TSR_SID_RESTRICTED;
    const struct row rows[] = {
        {"an ACE for it where it is not listed", .restricting = {KIOSK},
         .dacl = {ALLOW(READ, ALICE), ALLOW(READ, restricted)}, .desired = READ,
         .pass = TSR_PASS_RESTRICTED, DENIED_BY(END_OF_DACL, 0, READ)},
        {"a list without it", .restricting = {KIOSK},
         .dacl = {ALLOW(READ, ALICE), ALLOW(READ, KIOSK)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"an ACE for it where it is listed", .restricting = {restricted},
         .dacl = {ALLOW(READ, ALICE), ALLOW(READ, restricted)}, .desired = READ,
         GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"listed, and no ACE for it", .restricting = {restricted}, .dacl = {ALLOW(READ, ALICE)},
         .desired = READ, .pass = TSR_PASS_RESTRICTED, DENIED_BY(END_OF_DACL, 0, READ)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Sections 7, 9: each pass asks its own SIDs whether the caller owns, and must allow the right. */
/* Covers AC-9-7, AC-9-8, AC-9-9. */
static void a_restricted_owner_must_be_allowed_by_both_passes(void **state)
{
    const struct row rows[] = {
        {"not by the restricting SIDs", .owner = ALICE, .restricting = {KIOSK},
         .desired = WRITE_DAC, .pass = TSR_PASS_RESTRICTED, DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"by both", .owner = ALICE, .restricting = {KIOSK, ALICE}, .desired = WRITE_DAC,
         GRANTED_BY(OWNER, 0, WRITE_DAC)},
        {"an ACE for the restricting SID makes up for it", .owner = ALICE, .restricting = {KIOSK},
         .dacl = {ALLOW(WRITE_DAC, KIOSK)}, .desired = WRITE_DAC, GRANTED_BY(OWNER, 0, WRITE_DAC)},
        {"an ACE and owning by the restricting SIDs", .owner = KIOSK, .restricting = {KIOSK},
         .dacl = {ALLOW(WRITE_DAC, ALICE)}, .desired = WRITE_DAC,
         GRANTED_BY(ALLOW_ACE, 0, WRITE_DAC)},
        {"owning by the restricting SIDs alone", .owner = KIOSK, .restricting = {KIOSK},
         .desired = WRITE_DAC, DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
        {"two ACEs do", .owner = ALICE, .restricting = {KIOSK},
         .dacl = {ALLOW(WRITE_DAC, KIOSK), ALLOW(WRITE_DAC, ALICE)}, .desired = WRITE_DAC,
         GRANTED_BY(OWNER, 0, WRITE_DAC)},
        {"gathering", .owner = ALICE, .restricting = {KIOSK}, .dacl = {ALLOW(GENERIC_ALL, KIOSK)},
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, READ_CONTROL | WRITE_DAC)},
        {"gathering by both", .owner = ALICE, .restricting = {ALICE}, .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(END_OF_DACL, 0, READ_CONTROL | WRITE_DAC)},
        {"owner rights, once", .owner = ALICE, .restricting = {KIOSK},
         .dacl = {ALLOW(READ, OWNER_RIGHTS)}, .desired = READ, .pass = TSR_PASS_RESTRICTED,
         DENIED_BY(END_OF_DACL, 0, READ)},
        {"owner rights, twice", .owner = ALICE, .restricting = {ALICE},
         .dacl = {ALLOW(READ, OWNER_RIGHTS)}, .desired = READ, GRANTED_BY(ALLOW_ACE, 0, READ)},
        {"write-restricted: reading the DACL is no write", .owner = ALICE, .restricting = {KIOSK},
         .write_restricted = true, .desired = READ_CONTROL, GRANTED_BY(OWNER, 0, READ_CONTROL)},
        {"write-restricted: changing it is", .owner = ALICE, .restricting = {KIOSK},
         .write_restricted = true, .desired = WRITE_DAC, .pass = TSR_PASS_RESTRICTED,
         DENIED_BY(END_OF_DACL, 0, WRITE_DAC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 9: only what writes and does not read or execute is judged twice. */
/* Covers AC-9-9. */
static void a_write_restricted_token_reads_by_the_first_pass_alone(void **state)
{
    const uint32_t all = FILE_ALL_ACCESS;
    const uint32_t writing = (FILE_GENERIC_WRITE & ~(FILE_GENERIC_READ | FILE_GENERIC_EXECUTE)) |
                             DELETE | WRITE_DAC | WRITE_OWNER;
    const struct row rows[] = {
        {"reading", .restricting = {KIOSK}, .write_restricted = true,
         .dacl = {ALLOW(all, ALICE), DENY(all, KIOSK)}, .desired = FILE_GENERIC_READ,
         GRANTED_BY(ALLOW_ACE, 0, FILE_GENERIC_READ)},
        {"executing", .restricting = {KIOSK}, .write_restricted = true, .dacl = {ALLOW(all, ALICE)},
         .desired = FILE_GENERIC_EXECUTE, GRANTED_BY(ALLOW_ACE, 0, FILE_GENERIC_EXECUTE)},
        {"writing", .restricting = {KIOSK}, .write_restricted = true, .dacl = {ALLOW(all, ALICE)},
         .desired = READ | WRITE, .pass = TSR_PASS_RESTRICTED, DENIED_BY(END_OF_DACL, 0, WRITE)},
        {"writing, allowed twice", .restricting = {KIOSK}, .write_restricted = true,
         .dacl = {ALLOW(all, ALICE), ALLOW(WRITE, KIOSK)}, .desired = READ | WRITE,
         GRANTED_BY(ALLOW_ACE, 0, READ | WRITE)},
        {"a deny of reading does not matter in the second", .restricting = {KIOSK},
         .write_restricted = true,
         .dacl = {DENY(READ, KIOSK), ALLOW(all, ALICE), ALLOW(WRITE, KIOSK)},
         .desired = READ | WRITE, GRANTED_BY(ALLOW_ACE, 1, READ | WRITE)},
        {"deleting", .restricting = {KIOSK}, .write_restricted = true, .dacl = {ALLOW(all, ALICE)},
         .desired = DELETE, .pass = TSR_PASS_RESTRICTED, DENIED_BY(END_OF_DACL, 0, DELETE)},
        {"taking over", .restricting = {KIOSK}, .write_restricted = true,
         .dacl = {ALLOW(all, ALICE)}, .desired = WRITE_OWNER, .pass = TSR_PASS_RESTRICTED,
         DENIED_BY(END_OF_DACL, 0, WRITE_OWNER)},
        {"gathering", .restricting = {KIOSK}, .write_restricted = true, .dacl = {ALLOW(all, ALICE)},
         .desired = MAXIMUM_ALLOWED, .pass = TSR_PASS_RESTRICTED,
         GRANTED_BY(END_OF_DACL, 0, all & ~writing)},
        {"without restricting SIDs it means nothing", .write_restricted = true,
         .dacl = {ALLOW(all, ALICE)}, .desired = all, GRANTED_BY(ALLOW_ACE, 0, all)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 6.3, whom the label limits at all. */
/* Covers AC-1.1-10, AC-1.1-11, AC-6.3-1, AC-6.3-2, AC-6.3-3, AC-6.3-4, AC-6.3-13. */
static void the_label_limits_callers_below_it(void **state)
{
    const struct row rows[] = {
        {"unlabelled is medium: below", .integrity = LOW, .dacl_kind = DACL_NULL, .desired = WRITE,
         DENIED_BY(INTEGRITY, 0, WRITE)},
        {"unlabelled is medium: reading", .integrity = LOW, .dacl_kind = DACL_NULL,
         .desired = FILE_GENERIC_READ | RUN, GRANTED_BY(NO_DACL, 0, FILE_GENERIC_READ | RUN)},
        {"a level without a number is below every label", .integrity = (tsr_sid){.authority = 16},
         .dacl_kind = DACL_NULL, .desired = WRITE, DENIED_BY(INTEGRITY, 0, WRITE)},
        {"unlabelled is medium: at it", .integrity = MEDIUM, .dacl_kind = DACL_NULL,
         .desired = WRITE, GRANTED_BY(NO_DACL, 0, WRITE)},
        {"one step below the label", .integrity = TSR_SID_INTEGRITY(8191), .dacl_kind = DACL_NULL,
         .desired = WRITE, DENIED_BY(INTEGRITY, 0, WRITE)},
        {"an unnamed level between", .integrity = TSR_SID_INTEGRITY(5000),
         .sacl = {LABEL(1, TSR_SID_INTEGRITY(4999))}, .dacl_kind = DACL_NULL, .desired = WRITE,
         GRANTED_BY(NO_DACL, 0, WRITE)},
        {"an unnamed level just below", .integrity = TSR_SID_INTEGRITY(4998),
         .sacl = {LABEL(1, TSR_SID_INTEGRITY(4999))}, .dacl_kind = DACL_NULL, .desired = WRITE,
         DENIED_BY(INTEGRITY, 0, WRITE)},
        {"a low label", .integrity = LOW, .sacl = {LABEL(1, LOW)}, .dacl_kind = DACL_NULL,
         .desired = WRITE, GRANTED_BY(NO_DACL, 0, WRITE)},
        {"a high label", .integrity = MEDIUM, .sacl = {LABEL(1, HIGH)}, .dacl_kind = DACL_NULL,
         .desired = WRITE, DENIED_BY(INTEGRITY, 0, WRITE)},
        {"the first label counts", .integrity = LOW, .sacl = {LABEL(1, LOW), LABEL(1, HIGH)},
         .dacl_kind = DACL_NULL, .desired = WRITE, GRANTED_BY(NO_DACL, 0, WRITE)},
        {"the first effective label counts", .integrity = MEDIUM,
         .sacl = {INHERIT_ONLY(SYSTEM_MANDATORY_LABEL_ACE_TYPE, 1, LOW), LABEL(1, HIGH)},
         .dacl_kind = DACL_NULL, .desired = WRITE, DENIED_BY(INTEGRITY, 0, WRITE)},
        {"a label behind other ACEs", .integrity = MEDIUM,
         .sacl = {ACE(SYSTEM_AUDIT_ACE_TYPE, 1, EVERYONE), LABEL(1, HIGH)}, .dacl_kind = DACL_NULL,
         .desired = WRITE, DENIED_BY(INTEGRITY, 0, WRITE)},
        {"a label in the DACL is none", .integrity = LOW,
         .dacl = {LABEL(0, LOW), ALLOW(WRITE, ALICE)}, .desired = WRITE,
         DENIED_BY(INTEGRITY, 0, WRITE)},
        {"a caller without a level", .sacl = {LABEL(7, HIGH)}, .dacl_kind = DACL_NULL,
         .desired = WRITE, GRANTED_BY(NO_DACL, 0, WRITE)},
        {"a policy without no-write-up", .integrity = LOW, .no_integrity_policy = true,
         .sacl = {LABEL(7, HIGH)}, .dacl_kind = DACL_NULL, .desired = WRITE,
         GRANTED_BY(NO_DACL, 0, WRITE)},
        {"a label that is no integrity SID dominates", .integrity = HIGH, .sacl = {LABEL(1, BOB)},
         .dacl_kind = DACL_NULL, .desired = WRITE, DENIED_BY(INTEGRITY, 0, WRITE)},
        {"a label with more sub-authorities dominates", .integrity = HIGH,
         .sacl = {LABEL(1, TSR_SID(16, 0, 0))}, .dacl_kind = DACL_NULL, .desired = WRITE,
         DENIED_BY(INTEGRITY, 0, WRITE)},
        {"a label without sub-authorities dominates", .integrity = HIGH,
         .sacl = {LABEL(1, ((tsr_sid){.authority = 16}))}, .dacl_kind = DACL_NULL, .desired = WRITE,
         DENIED_BY(INTEGRITY, 0, WRITE)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 6.3, what the three policies take away, seen through the check. */
/* Covers AC-6.3-5, AC-6.3-7, AC-6.3-8, AC-6.3-10, AC-6.3-13, AC-6.3-14. */
static void label_policies_take_their_rights_away(void **state)
{
    const struct row rows[] = {
        {"a label that is none permits nothing", .integrity = LOW, .sacl = {LABEL(0, EVERYONE)},
         .dacl_kind = DACL_NULL, .desired = READ, DENIED_BY(INTEGRITY, 0, READ)},
        {"no policy", .integrity = LOW, .sacl = {LABEL(0, HIGH)}, .dacl_kind = DACL_NULL,
         .desired = FILE_ALL_ACCESS, GRANTED_BY(NO_DACL, 0, FILE_ALL_ACCESS)},
        {"no-read-up: reading", .integrity = LOW, .sacl = {LABEL(2, HIGH)}, .dacl_kind = DACL_NULL,
         .desired = READ, DENIED_BY(INTEGRITY, 0, READ)},
        {"no-read-up: writing", .integrity = LOW, .sacl = {LABEL(2, HIGH)}, .dacl_kind = DACL_NULL,
         .desired = WRITE, GRANTED_BY(NO_DACL, 0, WRITE)},
        {"no-execute-up", .integrity = LOW, .sacl = {LABEL(4, HIGH)}, .dacl_kind = DACL_NULL,
         .desired = RUN | READ, DENIED_BY(INTEGRITY, 0, RUN)},
        {"all three", .integrity = LOW, .sacl = {LABEL(7, HIGH)}, .dacl_kind = DACL_NULL,
         .desired = READ | WRITE | RUN, DENIED_BY(INTEGRITY, 0, READ | WRITE | RUN)},
        {"other bits of the mask mean nothing", .integrity = LOW, .sacl = {LABEL(0xfffffff8, HIGH)},
         .dacl_kind = DACL_NULL, .desired = FILE_ALL_ACCESS,
         GRANTED_BY(NO_DACL, 0, FILE_ALL_ACCESS)},
        {"gathering is cut to what is left", .integrity = LOW, .dacl_kind = DACL_NULL,
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(NO_DACL, 0, 0x1200a9)},
        {"gathering nothing names the label", .integrity = LOW, .sacl = {LABEL(7, HIGH)},
         .dacl_kind = DACL_NULL, .desired = MAXIMUM_ALLOWED, DENIED_BY(INTEGRITY, 0, 0)},
        {"gathering with a named right it forbids", .integrity = LOW, .dacl_kind = DACL_NULL,
         .desired = MAXIMUM_ALLOWED | WRITE | READ, DENIED_BY(INTEGRITY, 0, WRITE)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 6.3: the label comes before privileges, owner and DACL. */
/* Covers AC-4-2, AC-6.3-9, AC-6.3-10, AC-6.3-12. */
static void the_label_caps_privileges_and_ownership(void **state)
{
    const struct row rows[] = {
        {"owner", .owner = ALICE, .integrity = LOW, .desired = WRITE_DAC,
         DENIED_BY(INTEGRITY, 0, WRITE_DAC)},
        {"owner reads", .owner = ALICE, .integrity = LOW, .desired = READ_CONTROL,
         GRANTED_BY(OWNER, 0, READ_CONTROL)},
        {"owner, gathering", .owner = ALICE, .integrity = LOW, .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(END_OF_DACL, 0, READ_CONTROL)},
        {"take ownership", .privileges = PRIVILEGE(TAKE_OWNERSHIP), .integrity = LOW,
         .desired = WRITE_OWNER, DENIED_BY(INTEGRITY, 0, WRITE_OWNER)},
        {"take ownership, gathering", .privileges = PRIVILEGE(TAKE_OWNERSHIP), .integrity = LOW,
         .dacl = {ALLOW(READ, ALICE)}, .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(END_OF_DACL, 0, READ)},
        {"relabel lifts it for WRITE_OWNER", .privileges = PRIVILEGE(RELABEL), .integrity = LOW,
         .desired = WRITE_OWNER, GRANTED_BY(PRIVILEGE, 0, WRITE_OWNER),
         .privileges_used = PRIVILEGE(RELABEL)},
        {"and for nothing else", .privileges = PRIVILEGE(RELABEL), .integrity = LOW,
         .dacl_kind = DACL_NULL, .desired = WRITE_OWNER | WRITE_DAC,
         DENIED_BY(INTEGRITY, 0, WRITE_DAC)},
        {"system security", .privileges = PRIVILEGE(SECURITY), .integrity = LOW, .desired = ASS,
         DENIED_BY(INTEGRITY, 0, ASS)},
        {"a missing privilege is told after the label", .integrity = LOW, .desired = ASS | WRITE,
         DENIED_BY(INTEGRITY, 0, ASS | WRITE)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* docs/conformance.md D-ACC-05. */
static void the_label_limits_backup_and_restore_too(void **state)
{
    const struct row rows[] = {
        {"backup reads up", .privileges = PRIVILEGE(BACKUP), .backup_intent = true,
         .integrity = LOW, .sacl = {LABEL(2, HIGH)}, .desired = READ,
         DENIED_BY(INTEGRITY, 0, READ)},
        {"restore writes up", .privileges = PRIVILEGE(RESTORE), .restore_intent = true,
         .integrity = LOW, .desired = WRITE, DENIED_BY(INTEGRITY, 0, WRITE)},
        {"backup of what the label leaves", .privileges = PRIVILEGE(BACKUP), .backup_intent = true,
         .integrity = LOW, .desired = READ, GRANTED_BY(PRIVILEGE, 0, READ),
         .privileges_used = PRIVILEGE(BACKUP)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 6.1. */
/* Covers AC-1.1-12, AC-6.1-1, AC-6.1-2, AC-6.1-3, AC-6.1-4, AC-6.1-5, AC-6.1-6, AC-6.1-7. */
static void the_process_trust_label_limits_less_trusted_callers(void **state)
{
    const struct row rows[] = {
        {"none, not asked", .sacl = {TRUST(READ, 512, 4096)}, .dacl_kind = DACL_NULL,
         .desired = READ, GRANTED_BY(NO_DACL, 0, READ)},
        {"none, asked for more", .sacl = {TRUST(READ, 512, 4096)}, .dacl_kind = DACL_NULL,
         .desired = READ | WRITE, DENIED_BY(PROCESS_TRUST, 0, WRITE)},
        {"equal", .trust_type = 512, .trust_level = 4096, .sacl = {TRUST(0, 512, 4096)},
         .dacl_kind = DACL_NULL, .desired = WRITE, GRANTED_BY(NO_DACL, 0, WRITE)},
        {"the type is too low", .trust_type = 511, .trust_level = 9999,
         .sacl = {TRUST(0, 512, 4096)}, .dacl_kind = DACL_NULL, .desired = WRITE,
         DENIED_BY(PROCESS_TRUST, 0, WRITE)},
        {"the level is too low", .trust_type = 1024, .trust_level = 4095,
         .sacl = {TRUST(0, 512, 4096)}, .dacl_kind = DACL_NULL, .desired = WRITE,
         DENIED_BY(PROCESS_TRUST, 0, WRITE)},
        {"a label of nothing", .sacl = {TRUST(0, 0, 0)}, .dacl_kind = DACL_NULL, .desired = WRITE,
         GRANTED_BY(NO_DACL, 0, WRITE)},
        {"generic rights in its mask are mapped", .sacl = {TRUST(GENERIC_READ, 512, 4096)},
         .dacl_kind = DACL_NULL, .desired = FILE_GENERIC_READ,
         GRANTED_BY(NO_DACL, 0, FILE_GENERIC_READ)},
        {"gathering", .sacl = {TRUST(READ | RUN, 512, 4096)}, .dacl_kind = DACL_NULL,
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(NO_DACL, 0, READ | RUN)},
        {"gathering nothing names it", .sacl = {TRUST(0, 512, 4096)}, .dacl_kind = DACL_NULL,
         .desired = MAXIMUM_ALLOWED, DENIED_BY(PROCESS_TRUST, 0, 0)},
        {"system security is limited too", .sacl = {TRUST(0, 512, 4096)},
         .privileges = PRIVILEGE(SECURITY), .desired = ASS, DENIED_BY(PROCESS_TRUST, 0, ASS)},
        {"the first counts", .sacl = {TRUST(READ, 512, 4096), TRUST(0, 512, 4096)},
         .dacl_kind = DACL_NULL, .desired = READ, GRANTED_BY(NO_DACL, 0, READ)},
        {"a SID that is none permits nothing", .trust_type = 1024, .trust_level = 8192,
         .sacl = {ACE(SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, READ, TSR_SID(19, 1))},
         .dacl_kind = DACL_NULL, .desired = READ, DENIED_BY(PROCESS_TRUST, 0, READ)},
        {"nor one of another authority", .trust_type = 1024, .trust_level = 8192,
         .sacl = {ACE(SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, READ, TSR_SID(5, 1, 1))},
         .dacl_kind = DACL_NULL, .desired = READ, DENIED_BY(PROCESS_TRUST, 0, READ)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 6.2, with every condition not TRUE. */
/* Covers AC-4-1, AC-6.2-1, AC-6.2-2, AC-6.2-3. */
static void access_filters_cut_the_request_together(void **state)
{
    const struct row rows[] = {
        {"inside", .sacl = {ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, READ, EVERYONE)},
         .dacl_kind = DACL_NULL, .desired = READ, GRANTED_BY(NO_DACL, 0, READ)},
        {"outside", .sacl = {ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, READ, EVERYONE)},
         .dacl_kind = DACL_NULL, .desired = READ | RUN, DENIED_BY(ACCESS_FILTER, 0, RUN)},
        {"all of them",
         .sacl = {ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, READ | RUN, EVERYONE),
                  ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, RUN | WRITE, EVERYONE)},
         .dacl_kind = DACL_NULL, .desired = MAXIMUM_ALLOWED, GRANTED_BY(NO_DACL, 0, RUN)},
        {"nothing in common",
         .sacl = {ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, READ, EVERYONE),
                  ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, WRITE, EVERYONE)},
         .dacl_kind = DACL_NULL, .desired = MAXIMUM_ALLOWED, DENIED_BY(ACCESS_FILTER, 0, 0)},
        {"system security may always be asked for",
         .sacl = {ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, 0, EVERYONE)},
         .privileges = PRIVILEGE(SECURITY), .desired = ASS, GRANTED_BY(PRIVILEGE, 0, ASS),
         .privileges_used = PRIVILEGE(SECURITY)},
        {"before the label", .integrity = LOW,
         .sacl = {LABEL(1, HIGH), ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, READ, EVERYONE)},
         .desired = WRITE, DENIED_BY(ACCESS_FILTER, 0, WRITE)},
        {"behind the trust label",
         .sacl = {ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, READ, EVERYONE), TRUST(RUN, 512, 4096)},
         .desired = WRITE, DENIED_BY(PROCESS_TRUST, 0, WRITE)},
        {"what the stages leave together", .integrity = LOW,
         .sacl = {ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, READ | WRITE, EVERYONE),
                  TRUST(WRITE | RUN, 512, 4096)},
         .dacl_kind = DACL_NULL, .desired = MAXIMUM_ALLOWED, DENIED_BY(INTEGRITY, 0, 0)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 6.3, worked out by hand for files: R 120089, W 120116, X 1200a0, A 1f01ff. */
/* Covers AC-6.3-5, AC-6.3-6, AC-6.3-7, AC-6.3-8, AC-15-7, AC-15-8. */
static void the_mandatory_mask_of_files_is_known_for_every_policy(void **state)
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    const uint32_t expected[] = {
        [0] = 0x1f01ff,
        [SYSTEM_MANDATORY_LABEL_NO_WRITE_UP] = 0x1200a9,
        [SYSTEM_MANDATORY_LABEL_NO_READ_UP] = 0x1f0176,
        [SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP] = 0x1f01df,
        [SYSTEM_MANDATORY_LABEL_NO_WRITE_UP | SYSTEM_MANDATORY_LABEL_NO_READ_UP] = 0x100020,
        [SYSTEM_MANDATORY_LABEL_NO_WRITE_UP | SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP] = 0x120089,
        [SYSTEM_MANDATORY_LABEL_NO_READ_UP | SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP] = 0x1f0156,
        [7] = 0,
    };

    (void)state;

    for (uint32_t policy = 0; policy < ARRAY_SIZE(expected); policy++) {
        assert_int_equal(tsr_mandatory_mask(&mapping, policy), expected[policy]);
        assert_int_equal(tsr_mandatory_mask(&mapping, policy | 0xfffffff8), expected[policy]);
    }
}

/* Covers AC-3-1. */
static void generic_mapping_replaces_the_four_bits_and_keeps_the_rest(void **state)
{
    const tsr_generic_mapping mapping = {1, 2, 4, 8};

    (void)state;

    assert_int_equal(tsr_map_generic(0, &mapping), 0);
    assert_int_equal(tsr_map_generic(GENERIC_READ, &mapping), 1);
    assert_int_equal(tsr_map_generic(GENERIC_WRITE, &mapping), 2);
    assert_int_equal(tsr_map_generic(GENERIC_EXECUTE, &mapping), 4);
    assert_int_equal(tsr_map_generic(GENERIC_ALL, &mapping), 8);
    assert_int_equal(tsr_map_generic(UINT32_MAX, &mapping), 0x0fffffff);
    assert_int_equal(tsr_map_generic(0x10 | GENERIC_READ | GENERIC_ALL, &mapping), 0x19);
}

/* An ACE as large as may be before the one that matters: the walk steps by the stored size. */
/* Covers AC-1.3-12. */
static void slack_inside_and_behind_aces_is_stepped_over(void **state)
{
    const struct row row = {.dacl = {ALLOW(READ, BOB), ALLOW(WRITE, ALICE)}};
    const tsr_access_request request = {.desired = WRITE, .mapping = TSR_FILE_MAPPING};
    CLEANUP(sid_set_free) struct sid_set *sids = alice_new(&row);
    const struct subject subject = {.sids = sids};
    uint8_t bytes[20 + 8 + 28 + 64 + 36 + 12] = {1, 0, 0x04, 0x80, [16] = 20};
    tsr_access_result result;
    size_t at = 28;
    tsr_sd sd;

    (void)state;
    memset(bytes + at, 0xee, sizeof(bytes) - at);
    put_ace(bytes + at, &row.dacl[0]);
    store_le16(bytes + at + 2, 28 + 64);
    at += 28 + 64;
    put_ace(bytes + at, &row.dacl[1]);
    memcpy(bytes + 20, "\x02\x00\x00\x00\x02\x00\x00\x00", 8);
    store_le16(bytes + 22, sizeof(bytes) - 20);
    store_le16(bytes + 20 + 8 + 2, 28 + 64);

    expect_ok(tsr_sd_view(bytes, sizeof(bytes), &sd));
    result = access_check(&subject, &sd, &request);

    assert_int_equal(result.granted, WRITE);
    assert_int_equal(result.ace_index, 1);
}

/* Where an ACE sits in memory must not matter. */
static void descriptors_are_judged_at_any_alignment(void **state)
{
    const struct row row = {.owner = ALICE,
                            .sacl = {LABEL(1, LOW)},
                            .dacl = {DENY(RUN, JAIL), ALLOW(READ, SHORT), ALLOW(WRITE, STAFF)}};
    const tsr_access_request request = {.desired = MAXIMUM_ALLOWED, .mapping = TSR_FILE_MAPPING};
    CLEANUP(sid_set_free) struct sid_set *sids = alice_new(&row);
    const struct subject subject = {.sids = sids};
    tsr_sd aligned;
    CLEANUP(free) uint8_t *bytes = descriptor_new(&row, &aligned);

    (void)state;

    for (size_t shift = 0; shift < 8; shift++) {
        CLEANUP(free) uint8_t *moved = malloc(aligned.size + shift);
        tsr_sd sd;

        memcpy(moved + shift, bytes, aligned.size);
        expect_ok(tsr_sd_view(moved + shift, aligned.size, &sd));
        assert_int_equal(access_check(&subject, &sd, &request).granted,
                         READ | WRITE | READ_CONTROL | WRITE_DAC);
    }
}

static void every_rule_has_a_text_of_its_own(void **state)
{
    (void)state;

    for (int a = TSR_RULE_NONE; a <= TSR_RULE_ACCESS_FILTER; a++) {
        assert_true(strlen(tsr_access_rule_text((tsr_access_rule)a)) > 0);
        for (int b = TSR_RULE_NONE; b < a; b++) {
            assert_string_not_equal(tsr_access_rule_text((tsr_access_rule)a),
                                    tsr_access_rule_text((tsr_access_rule)b));
        }
    }
    assert_non_null(tsr_access_rule_text((tsr_access_rule)999));
}

/*
 * The allocator is replaced for this whole program, so that an allocation of the check is seen even
 * if it is freed again. Sanitizers and other C libraries have their own; there nothing is counted.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_ALLOCATOR
#endif
#endif
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OTHER_ALLOCATOR
#endif

static size_t n_allocations;

#ifdef OTHER_ALLOCATOR
static const bool counts_allocations = false;
#else
static const bool counts_allocations = true;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size)
{
    n_allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    n_allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *block, size_t size)
{
    n_allocations++;
    return __libc_realloc(block, size);
}
#endif

static void a_check_allocates_nothing(void **state)
{
    const struct row row = {
        .owner = STAFF,
        .self = ALICE,
        .integrity = LOW,
        .restricting = {KIOSK, ALICE},
        .sacl = {LABEL(1, LOW), TRUST(FILE_ALL_ACCESS, 512, 1),
                 ACE(SYSTEM_ACCESS_FILTER_ACE_TYPE, FILE_ALL_ACCESS, EVERYONE)},
        .dacl = {DENY(RUN, JAIL), ALLOW(READ, SELF), ALLOW(WRITE, OWNER_RIGHTS),
                 OBJECT_ACE(ACCESS_ALLOWED_OBJECT_ACE_TYPE, 2, DELETE, KIOSK)},
    };
    const tsr_access_request request = {
        .desired = MAXIMUM_ALLOWED,
        .mapping = TSR_FILE_MAPPING,
        .principal_self = &row.self,
    };
    CLEANUP(sid_set_free) struct sid_set *restricting = restricting_new(&row);
    CLEANUP(sid_set_free) struct sid_set *sids = alice_new(&row);
    const struct subject subject = {.sids = sids,
                                    .restricting = restricting,
                                    .integrity = &row.integrity,
                                    .mandatory_policy = 1};
    tsr_access_result result;
    tsr_sd sd;
    CLEANUP(free) uint8_t *bytes = descriptor_new(&row, &sd);
    size_t before;
    size_t after;

    (void)state;

    before = n_allocations;
    expect_ok(tsr_sd_view(bytes, sd.size, &sd));
    result = access_check(&subject, &sd, &request);
    after = n_allocations;

    assert_true(before > 0 || !counts_allocations);
    assert_int_equal(after, before);
    assert_int_equal(result.granted, READ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rights_have_their_documented_bits),
        cmocka_unit_test(the_first_ace_that_speaks_about_a_right_decides_it),
        cmocka_unit_test(deny_only_sids_deny_and_disabled_ones_do_nothing),
        cmocka_unit_test(inherit_only_aces_say_nothing_about_the_object_itself),
        cmocka_unit_test(every_ace_type_does_what_its_row_says),
        cmocka_unit_test(object_aces_with_a_type_grant_nothing_and_deny_as_plain_ones),
        cmocka_unit_test(compound_aces_need_both_sids),
        cmocka_unit_test(a_compound_ace_for_owner_rights_ends_the_implicit_grant),
        cmocka_unit_test(object_aces_deny_packages_and_allow_them_nothing),
        cmocka_unit_test(no_ace_grants_a_package_access_system_security),
        cmocka_unit_test(a_deny_of_rights_decided_before_does_not_reach_the_ancestors),
        cmocka_unit_test(generic_rights_are_mapped_in_the_request_and_in_aces),
        cmocka_unit_test(asking_for_nothing_gives_what_was_granted_before_or_is_refused),
        cmocka_unit_test(rights_granted_before_are_added_to_a_success_only),
        cmocka_unit_test(maximum_allowed_gathers_what_the_first_decisions_allow),
        cmocka_unit_test(maximum_allowed_takes_from_privileges_what_the_specification_says),
        cmocka_unit_test(privileges_supply_their_rights_and_are_recorded_only_then),
        cmocka_unit_test(backup_and_restore_need_both_the_privilege_and_the_intent),
        cmocka_unit_test(the_owner_may_read_and_change_the_dacl),
        cmocka_unit_test(owner_rights_aces_speak_of_the_owner_and_end_the_implicit_grant),
        cmocka_unit_test(creator_sids_match_nobody),
        cmocka_unit_test(principal_self_is_the_substitute_or_nobody),
        cmocka_unit_test(a_restricted_token_needs_both_passes),
        cmocka_unit_test(the_restricted_sid_is_one_like_any_other),
        cmocka_unit_test(a_restricted_owner_must_be_allowed_by_both_passes),
        cmocka_unit_test(a_write_restricted_token_reads_by_the_first_pass_alone),
        cmocka_unit_test(the_label_limits_callers_below_it),
        cmocka_unit_test(label_policies_take_their_rights_away),
        cmocka_unit_test(the_label_caps_privileges_and_ownership),
        cmocka_unit_test(the_label_limits_backup_and_restore_too),
        cmocka_unit_test(the_process_trust_label_limits_less_trusted_callers),
        cmocka_unit_test(access_filters_cut_the_request_together),
        cmocka_unit_test(the_mandatory_mask_of_files_is_known_for_every_policy),
        cmocka_unit_test(generic_mapping_replaces_the_four_bits_and_keeps_the_rest),
        cmocka_unit_test(slack_inside_and_behind_aces_is_stepped_over),
        cmocka_unit_test(descriptors_are_judged_at_any_alignment),
        cmocka_unit_test(every_rule_has_a_text_of_its_own),
        cmocka_unit_test(a_check_allocates_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
