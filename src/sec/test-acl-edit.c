/* SPDX-License-Identifier: MIT */
/* Tests of editing ACLs: examples as SDDL, odd ACEs as bytes, and properties of random ACLs. */

#include <tessera/acl-edit.h>

#include <support/expect.h>

#include <tessera/access.h>
#include <tessera/sddl.h>

#include "base/bytes.h"
#include "base/check.h"
#include "sec/access.h"

#define ALICE TSR_SID(5, 21, 1, 2, 3, 1001)
#define BOB   TSR_SID(5, 21, 1, 2, 3, 1002)
#define A     "S-1-5-21-1-2-3-1001"
#define B     "S-1-5-21-1-2-3-1002"

#define GUID_TEXT   "00112233-4455-6677-8899-aabbccddeeff"
#define OTHER_GUID  "10112233-4455-6677-8899-aabbccddeeff"
#define CONDITION   "(Member_of {SID(BA)})"
#define N_ROUNDS    4000
#define N_ACES_MAX  7
#define ACL_HEADER  8
#define UNKNOWN_ACE 0x77

static const uint8_t guid[TSR_GUID_SIZE] = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                            0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};

/* An ACL, and what it lies in. */
struct made {
    uint8_t *bytes; /* owned */
    tsr_acl acl;
};

static void free_made(struct made *made)
{
    free(made->bytes);
    *made = (struct made){0};
}

static bool is_sacl_text(const char *text)
{
    return text[0] == 'S';
}

/* The ACL in SDDL such as "D:(A;;FR;;;WD)". */
static struct made acl_of(const char *sddl)
{
    struct made made = {0};
    size_t size;
    tsr_sd sd;

    expect_ok(tsr_sddl_parse(sddl, NULL, &made.bytes, &size, NULL));
    expect_ok(tsr_sd_view(made.bytes, size, &sd));
    made.acl = is_sacl_text(sddl) ? sd.sacl : sd.dacl;
    return made;
}

static void expect_acl(const char *sddl, const tsr_acl *acl)
{
    const bool is_sacl = is_sacl_text(sddl);
    const tsr_sd sd = {.has_dacl = !is_sacl, .has_sacl = is_sacl, .dacl = *acl, .sacl = *acl};
    char *text = NULL;

    expect_ok(tsr_sddl_format(&sd,
                              is_sacl ? SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION |
                                            ATTRIBUTE_SECURITY_INFORMATION
                                      : DACL_SECURITY_INFORMATION,
                              NULL, &text));
    assert_string_equal(text, sddl);
    free(text);
}

/* What every result is: whole, packed, and of the revision its ACEs need. */
static void expect_sound(const struct made *made)
{
    uint8_t revision = ACL_REVISION;
    size_t n_packed = ACL_HEADER;
    size_t offset = 0;
    tsr_acl again;
    tsr_ace ace;

    assert_ptr_equal(made->acl.bytes, made->bytes);
    expect_ok(tsr_acl_view(made->bytes, made->acl.size, &again));
    assert_int_equal(again.size, made->acl.size);
    assert_int_equal(again.n_aces, made->acl.n_aces);
    while (tsr_acl_next(&made->acl, &offset, &ace)) {
        n_packed += ace.size;
        revision = ace.object_type || ace.inherited_object_type ? ACL_REVISION_DS : revision;
    }
    assert_int_equal(n_packed, made->acl.size);
    assert_true(made->bytes[0] >= revision);
}

static bool is_same_acl(const tsr_acl *a, const tsr_acl *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static struct made made_canonical(const tsr_acl *acl)
{
    struct made made;

    expect_ok(tsr_acl_make_canonical(acl, &made.bytes, &made.acl));
    expect_sound(&made);
    return made;
}

static struct made added(const tsr_acl *acl, const tsr_acl *new_aces)
{
    struct made made;

    expect_ok(tsr_acl_add(acl, new_aces, &made.bytes, &made.acl));
    expect_sound(&made);
    return made;
}

static struct made without_sid(const tsr_acl *acl, const tsr_sid *sid, uint32_t flags)
{
    struct made made;

    expect_ok(tsr_acl_remove_sid(acl, sid, flags, &made.bytes, &made.acl));
    expect_sound(&made);
    return made;
}

static struct made with_entries(const tsr_acl *acl, const tsr_explicit_access *entries, size_t n)
{
    struct made made;

    expect_ok(tsr_acl_set_entries(acl, entries, n, &made.bytes, &made.acl));
    expect_sound(&made);
    return made;
}

static void expect_canonical(bool expected, const char *before, const char *after)
{
    struct made acl = acl_of(before);
    struct made result = made_canonical(&acl.acl);

    assert_int_equal(tsr_acl_is_canonical(&acl.acl), expected);
    assert_true(tsr_acl_is_canonical(&result.acl));
    expect_acl(after, &result.acl);
    free_made(&result);
    free_made(&acl);
}

static void expect_added(const char *before, const char *new_aces, const char *after)
{
    struct made acl = acl_of(before);
    struct made what = acl_of(new_aces);
    struct made result = added(&acl.acl, &what.acl);

    expect_acl(after, &result.acl);
    free_made(&result);
    free_made(&what);
    free_made(&acl);
}

static void expect_entry(const char *before, const tsr_explicit_access *entry, const char *after)
{
    struct made acl = acl_of(before);
    struct made result = with_entries(&acl.acl, entry, 1);

    expect_acl(after, &result.acl);
    free_made(&result);
    free_made(&acl);
}

static tsr_explicit_access entry_for_alice(tsr_access_mode mode, uint32_t mask)
{
    return (tsr_explicit_access){.mode = mode, .mask = mask, .sid = ALICE};
}

static void expect_mode(const char *before, tsr_access_mode mode, uint32_t mask, const char *after)
{
    const tsr_explicit_access entry = entry_for_alice(mode, mask);

    expect_entry(before, &entry, after);
}

/* An ACL of one encoded ACE of @type with these @body bytes behind the header. */
static struct made acl_of_ace(uint8_t type, uint8_t flags, const uint8_t *body, size_t n_body)
{
    tsr_acl_builder builder = {0};
    uint8_t ace[128] = {type, flags};
    struct made made;

    assert_true(n_body + TSR_ACE_HEADER_SIZE <= sizeof(ace));
    store_le16(ace + 2, (uint16_t)(n_body + TSR_ACE_HEADER_SIZE));
    memcpy(ace + TSR_ACE_HEADER_SIZE, body, n_body);
    tsr_acl_builder_add_encoded(&builder, ace, n_body + TSR_ACE_HEADER_SIZE);
    expect_ok(tsr_acl_builder_finish(&builder, &made.bytes, &made.acl));
    return made;
}

/* An ACE whose SID, ALICE, is followed by @n_data bytes. */
static struct made acl_of_padded_ace(uint8_t type, uint32_t mask, size_t n_data)
{
    uint8_t body[4 + TSR_SID_SIZE_MAX + 8] = {0};
    const tsr_sid alice = ALICE;
    size_t n_sid;

    store_le32(body, mask);
    expect_ok(tsr_sid_encode(&alice, body + 4, TSR_SID_SIZE_MAX, &n_sid));
    memset(body + 4 + n_sid, 0xd5, n_data);
    return acl_of_ace(type, 0, body, 4 + n_sid + n_data);
}

/* Covers AC-14-36. */
static void denials_grants_and_inherited_aces_in_this_order_are_canonical(void **state)
{
    const char *const acls[] = {
        "D:",
        "D:(A;;FR;;;BU)",
        "D:(D;;FR;;;BU)(A;;FR;;;BU)",
        "D:(OD;;FR;" GUID_TEXT ";;BU)(D;;FR;;;BU)(OA;;FR;" GUID_TEXT ";;BU)(A;;FR;;;BU)",
        "D:(XD;;FR;;;BU;" CONDITION ")(D;;FR;;;BU)(XA;;FR;;;BU;" CONDITION ")",
        "D:(D;;FR;;;BU)(A;;FR;;;BU)(D;ID;FR;;;BU)(A;ID;FR;;;BU)",
        "S:(AU;SA;FR;;;BU)(ML;;NW;;;LW)(AU;IDSA;FR;;;BU)",
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(acls); i++) {
        expect_canonical(true, acls[i], acls[i]);
    }
}

static void any_order_of_inherited_aces_is_canonical(void **state)
{
    const char *generations = "D:(A;ID;FR;;;BU)(D;ID;FR;;;BG)(A;ID;FW;;;BU)(D;ID;FW;;;BG)";

    (void)state;

    expect_canonical(true, generations, generations);
}

static void making_canonical_sorts_and_keeps_the_order_within_a_group(void **state)
{
    (void)state;

    expect_canonical(false, "D:(A;;FR;;;BU)(D;;FR;;;BU)", "D:(D;;FR;;;BU)(A;;FR;;;BU)");
    expect_canonical(false, "D:(A;ID;FR;;;BU)(A;;FR;;;BU)", "D:(A;;FR;;;BU)(A;ID;FR;;;BU)");
    expect_canonical(false,
                     "D:(A;ID;FR;;;BU)(A;;FW;;;BU)(D;;FW;;;BG)(D;ID;FX;;;BG)(A;;FR;;;BU)"
                     "(XD;;FR;;;BU;" CONDITION ")(A;;FW;;;BU)",
                     "D:(D;;FW;;;BG)(XD;;FR;;;BU;" CONDITION ")(A;;FW;;;BU)(A;;FR;;;BU)"
                     "(A;;FW;;;BU)(A;ID;FR;;;BU)(D;ID;FX;;;BG)");
}

static void aces_of_unknown_type_stand_among_the_grants(void **state)
{
    const uint8_t body[] = {1, 2, 3, 4};
    struct made unknown = acl_of_ace(UNKNOWN_ACE, 0, body, sizeof(body));
    struct made denial = acl_of("D:(D;;FR;;;BU)");
    tsr_acl_builder builder = {0};
    struct made result;
    struct made acl;
    size_t offset = 0;
    tsr_ace ace;

    (void)state;

    tsr_acl_builder_add_encoded(&builder, unknown.acl.bytes + ACL_HEADER, 8);
    tsr_acl_builder_add_encoded(&builder, denial.acl.bytes + ACL_HEADER,
                                denial.acl.size - ACL_HEADER);
    expect_ok(tsr_acl_builder_finish(&builder, &acl.bytes, &acl.acl));
    result = made_canonical(&acl.acl);

    assert_false(tsr_acl_is_canonical(&acl.acl));
    assert_true(tsr_acl_next(&result.acl, &offset, &ace));
    assert_int_equal(ace.type, ACCESS_DENIED_ACE_TYPE);
    assert_true(tsr_acl_next(&result.acl, &offset, &ace));
    assert_int_equal(ace.type, UNKNOWN_ACE);
    assert_memory_equal(ace.bytes + TSR_ACE_HEADER_SIZE, body, sizeof(body));
    free_made(&result);
    free_made(&acl);
    free_made(&denial);
    free_made(&unknown);
}

static void an_acl_without_bytes_is_an_empty_one(void **state)
{
    const tsr_explicit_access entry = entry_for_alice(GRANT_ACCESS, FILE_READ_DATA);
    const tsr_sid alice = ALICE;
    const tsr_acl none = {0};
    struct made one = acl_of("D:(A;;CC;;;" A ")");
    struct made results[] = {
        made_canonical(&none),
        added(&none, &none),
        without_sid(&none, &alice, TSR_REMOVE_INHERITED),
        with_entries(&none, NULL, 0),
        with_entries(NULL, NULL, 0),
    };
    struct made granted[] = {added(&none, &one.acl), with_entries(NULL, &entry, 1),
                             with_entries(&none, &entry, 1)};

    (void)state;

    assert_true(tsr_acl_is_canonical(&none));
    for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
        expect_acl("D:", &results[i].acl);
        free_made(&results[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(granted); i++) {
        expect_acl("D:(A;;CC;;;" A ")", &granted[i].acl);
        free_made(&granted[i]);
    }
    free_made(&one);
}

static void slack_behind_the_last_ace_is_dropped(void **state)
{
    struct made plain = acl_of("D:(A;;FR;;;BU)");
    uint8_t bytes[256] = {0};
    struct made result;
    tsr_acl slack;

    (void)state;

    memcpy(bytes, plain.acl.bytes, plain.acl.size);
    store_le16(bytes + 2, (uint16_t)(plain.acl.size + 12));
    expect_ok(tsr_acl_view(bytes, sizeof(bytes), &slack));
    assert_int_equal(slack.size, plain.acl.size + 12);

    result = made_canonical(&slack);
    assert_true(is_same_acl(&plain.acl, &result.acl));
    free_made(&result);
    free_made(&plain);
}

static void adding_puts_each_ace_behind_those_of_its_kind(void **state)
{
    const char *before = "D:(D;;FW;;;AN)(A;;FA;;;WD)(A;ID;FR;;;WD)(D;ID;FX;;;BG)";

    (void)state;

    expect_added(before, "D:(D;;FX;;;BU)",
                 "D:(D;;FW;;;AN)(D;;FX;;;BU)(A;;FA;;;WD)(A;ID;FR;;;WD)(D;ID;FX;;;BG)");
    expect_added(before, "D:(A;;FX;;;BU)",
                 "D:(D;;FW;;;AN)(A;;FA;;;WD)(A;;FX;;;BU)(A;ID;FR;;;WD)(D;ID;FX;;;BG)");
    expect_added(before, "D:(D;ID;FX;;;BU)",
                 "D:(D;;FW;;;AN)(A;;FA;;;WD)(A;ID;FR;;;WD)(D;ID;FX;;;BG)(D;ID;FX;;;BU)");
    expect_added(before, "D:(A;ID;FX;;;BU)",
                 "D:(D;;FW;;;AN)(A;;FA;;;WD)(A;ID;FR;;;WD)(D;ID;FX;;;BG)(A;ID;FX;;;BU)");
}

static void adding_several_keeps_their_order(void **state)
{
    (void)state;

    expect_added("D:", "D:(A;;FR;;;BU)(D;;FW;;;BG)(A;;FX;;;BG)(D;;FX;;;BU)",
                 "D:(D;;FW;;;BG)(D;;FX;;;BU)(A;;FR;;;BU)(A;;FX;;;BG)");
}

static void adding_leaves_another_order_as_it_is(void **state)
{
    (void)state;

    expect_added("D:(A;;FR;;;BU)(D;;FW;;;BG)(A;;FX;;;BU)", "D:(D;;FX;;;AN)(A;;FX;;;AN)",
                 "D:(D;;FX;;;AN)(A;;FR;;;BU)(D;;FW;;;BG)(A;;FX;;;BU)(A;;FX;;;AN)");
}

static void adding_merges_the_masks_of_aces_that_are_equal_otherwise(void **state)
{
    const char *const forms[][2] = {
        {"(A;OICI;", ";;;BU)"},
        {"(D;OI;", ";;;BU)"},
        {"(A;ID;", ";;;BU)"},
        {"(OA;;", ";" GUID_TEXT ";" OTHER_GUID ";BU)"},
        {"(XA;;", ";;;BU;" CONDITION ")"},
        {"(XD;;", ";;;BU;" CONDITION ")"},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        char texts[3][256];
        const char *const masks[] = {"CCLC", "DCLC", "CCDCLC"};

        for (size_t j = 0; j < 3; j++) {
            (void)snprintf(texts[j], sizeof(texts[j]), "D:%s%s%s", forms[i][0], masks[j],
                           forms[i][1]);
        }
        expect_added(texts[0], texts[1], texts[2]);
        expect_added(texts[2], texts[1], texts[2]);
    }
    expect_added("S:(AU;SA;CC;;;BU)", "S:(AU;SA;DC;;;BU)", "S:(AU;SA;CCDC;;;BU)");
}

static void adding_merges_nothing_that_differs_in_more(void **state)
{
    const char *const pairs[][2] = {
        {"(A;;CC;;;BU)", "(A;;DC;;;BG)"},
        {"(A;;CC;;;BU)", "(A;OICI;DC;;;BU)"},
        {"(A;;CC;;;BU)", "(XA;;CC;;;BU;" CONDITION ")"},
        {"(A;;CC;;;BU)", "(OA;;CC;" GUID_TEXT ";;BU)"},
        {"(OA;;CC;" GUID_TEXT ";;BU)", "(OA;;CC;" OTHER_GUID ";;BU)"},
        {"(OA;;CC;" GUID_TEXT ";;BU)", "(OA;;CC;;" GUID_TEXT ";BU)"},
        {"(OA;OI;CC;" GUID_TEXT ";;BU)", "(OA;CI;CC;" GUID_TEXT ";;BU)"},
        {"(XA;;CC;;;BU;" CONDITION ")", "(XA;;CC;;;BU;(Member_of {SID(BU)}))"},
        {"(XA;OI;CC;;;BU;" CONDITION ")", "(XA;CI;CC;;;BU;" CONDITION ")"},
        {"(A;OINP;CC;;;BU)", "(A;CI;CC;;;BU)"},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        char texts[3][256];

        (void)snprintf(texts[0], sizeof(texts[0]), "D:%s", pairs[i][0]);
        (void)snprintf(texts[1], sizeof(texts[1]), "D:%s", pairs[i][1]);
        (void)snprintf(texts[2], sizeof(texts[2]), "D:%s%s", pairs[i][0], pairs[i][1]);
        expect_added(texts[0], texts[1], texts[2]);
    }
}

static void adding_never_merges_past_an_ace_of_the_other_kind(void **state)
{
    (void)state;

    /* In place, the right would be granted before the denial, or denied behind the grant. */
    expect_added("D:(A;;CC;;;BU)(D;;DC;;;BG)", "D:(A;;DC;;;BU)",
                 "D:(A;;CC;;;BU)(D;;DC;;;BG)(A;;DC;;;BU)");
    expect_added("D:(A;;CC;;;BG)(D;;DC;;;BU)", "D:(D;;CC;;;BU)",
                 "D:(D;;CC;;;BU)(A;;CC;;;BG)(D;;DC;;;BU)");
    expect_added("D:(A;ID;CC;;;BU)(D;ID;DC;;;BG)", "D:(A;ID;DC;;;BU)",
                 "D:(A;ID;CC;;;BU)(D;ID;DC;;;BG)(A;ID;DC;;;BU)");
}

static void adding_merges_inheritance_where_one_ace_says_the_same(void **state)
{
    const char *const cases[][3] = {
        {"", "OI", "OI"},       {"", "OICI", "OICI"},       {"OICI", "", "OICI"},
        {"OI", "CI", "OICI"},   {"", "OICIIO", "OICI"},     {"OIIO", "CIIO", "OICIIO"},
        {"OIIO", "CI", "OICI"}, {"OINP", "CINP", "OICINP"}, {"OIID", "CIID", "OICIID"},
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char texts[3][64];

        for (size_t j = 0; j < 3; j++) {
            (void)snprintf(texts[j], sizeof(texts[j]), "D:(A;%s;CC;;;BU)", cases[i][j]);
        }
        expect_added(texts[0], texts[1], texts[2]);
    }
}

static void adding_merges_audits_of_success_and_failure(void **state)
{
    (void)state;

    expect_added("S:(AU;SA;CC;;;BU)", "S:(AU;FA;CC;;;BU)", "S:(AU;SAFA;CC;;;BU)");
    expect_added("S:(AU;SA;CC;;;BU)", "S:(AU;FA;DC;;;BU)", "S:(AU;SA;CC;;;BU)(AU;FA;DC;;;BU)");
    expect_added("S:(AU;OISA;CC;;;BU)", "S:(AU;CIFA;CC;;;BU)",
                 "S:(AU;OISA;CC;;;BU)(AU;CIFA;CC;;;BU)");
}

static void adding_does_not_take_odd_flags_of_a_grant_for_audit_flags(void **state)
{
    const tsr_sid alice = ALICE;
    tsr_acl_builder builder = {0};
    struct made plain = acl_of("D:(A;;CC;;;" A ")");
    struct made result;
    struct made odd;

    (void)state;

    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, SUCCESSFUL_ACCESS_ACE_FLAG, 1, &alice);
    expect_ok(tsr_acl_builder_finish(&builder, &odd.bytes, &odd.acl));
    result = added(&odd.acl, &plain.acl);

    assert_int_equal(result.acl.n_aces, 2);
    free_made(&result);
    free_made(&odd);
    free_made(&plain);
}

static void adding_merges_labels_and_unknown_aces_only_when_they_are_equal(void **state)
{
    const uint8_t body[] = {1, 2, 3, 4};
    const uint8_t other_body[] = {1, 2, 3, 5};
    struct made unknown = acl_of_ace(UNKNOWN_ACE, 0, body, sizeof(body));
    struct made other = acl_of_ace(UNKNOWN_ACE, 0, other_body, sizeof(other_body));
    struct made same = added(&unknown.acl, &unknown.acl);
    struct made both = added(&unknown.acl, &other.acl);

    (void)state;

    assert_true(is_same_acl(&unknown.acl, &same.acl));
    assert_int_equal(both.acl.n_aces, 2);
    assert_memory_equal(both.bytes + ACL_HEADER, unknown.acl.bytes + ACL_HEADER, 8);
    assert_memory_equal(both.bytes + ACL_HEADER + 8, other.acl.bytes + ACL_HEADER, 8);
    expect_added("S:(ML;;NW;;;LW)", "S:(ML;;NW;;;LW)", "S:(ML;;NW;;;LW)");
    expect_added("S:(ML;;NW;;;LW)", "S:(ML;;NR;;;LW)", "S:(ML;;NW;;;LW)(ML;;NR;;;LW)");
    free_made(&both);
    free_made(&same);
    free_made(&other);
    free_made(&unknown);
}

/* Covers AC-1.3-12. */
static void bytes_behind_a_sid_are_kept_and_compared(void **state)
{
    struct made padded = acl_of_padded_ace(ACCESS_ALLOWED_ACE_TYPE, FILE_READ_DATA, 4);
    struct made more = acl_of_padded_ace(ACCESS_ALLOWED_ACE_TYPE, FILE_WRITE_DATA, 4);
    struct made bare = acl_of_padded_ace(ACCESS_ALLOWED_ACE_TYPE, FILE_WRITE_DATA, 0);
    struct made merged = added(&padded.acl, &more.acl);
    struct made beside = added(&padded.acl, &bare.acl);
    const tsr_explicit_access entry = entry_for_alice(GRANT_ACCESS, FILE_WRITE_DATA);
    struct made granted = with_entries(&padded.acl, &entry, 1);
    size_t offset = 0;
    tsr_ace ace;

    (void)state;

    assert_int_equal(merged.acl.n_aces, 1);
    assert_true(tsr_acl_next(&merged.acl, &offset, &ace));
    assert_int_equal(ace.mask, FILE_READ_DATA | FILE_WRITE_DATA);
    assert_int_equal(ace.n_data, 4);
    assert_int_equal(ace.data[3], 0xd5);
    assert_int_equal(beside.acl.n_aces, 2);
    assert_int_equal(granted.acl.n_aces, 2);
    free_made(&granted);
    free_made(&beside);
    free_made(&merged);
    free_made(&bare);
    free_made(&more);
    free_made(&padded);
}

static void removing_by_index_takes_just_this_ace(void **state)
{
    const char *const rest[] = {"D:(A;;FW;;;BG)(A;ID;FX;;;WD)", "D:(A;;FR;;;BU)(A;ID;FX;;;WD)",
                                "D:(A;;FR;;;BU)(A;;FW;;;BG)"};
    struct made acl = acl_of("D:(A;;FR;;;BU)(A;;FW;;;BG)(A;ID;FX;;;WD)");

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rest); i++) {
        struct made result;

        expect_ok(tsr_acl_remove_at(&acl.acl, i, &result.bytes, &result.acl));
        expect_sound(&result);
        expect_acl(rest[i], &result.acl);
        free_made(&result);
    }
    free_made(&acl);
}

static void removing_by_an_index_that_is_none_fails_and_leaves_the_outputs_alone(void **state)
{
    struct made acl = acl_of("D:(A;;FR;;;BU)");
    const tsr_acl none = {0};
    uint8_t *bytes = (uint8_t *)&none;
    tsr_acl result = {.n_aces = 77};

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, tsr_acl_remove_at(&acl.acl, 1, &bytes, &result));
    expect_status(STATUS_INVALID_PARAMETER, tsr_acl_remove_at(&acl.acl, SIZE_MAX, &bytes, &result));
    expect_status(STATUS_INVALID_PARAMETER, tsr_acl_remove_at(&none, 0, &bytes, &result));
    assert_ptr_equal(bytes, &none);
    assert_int_equal(result.n_aces, 77);
    free_made(&acl);
}

static void removing_a_sid_leaves_what_is_inherited_unless_told(void **state)
{
    const tsr_sid alice = ALICE;
    struct made acl = acl_of("D:(D;;FW;;;" A ")(OA;;FR;" GUID_TEXT ";;" A ")(A;;FR;;;" B ")"
                             "(XA;;FR;;;" A ";" CONDITION ")(A;ID;FX;;;" A ")(A;ID;FX;;;" B ")");
    struct made explicit_only = without_sid(&acl.acl, &alice, 0);
    struct made all = without_sid(&acl.acl, &alice, TSR_REMOVE_INHERITED);

    (void)state;

    expect_acl("D:(A;;FR;;;" B ")(A;ID;FX;;;" A ")(A;ID;FX;;;" B ")", &explicit_only.acl);
    expect_acl("D:(A;;FR;;;" B ")(A;ID;FX;;;" B ")", &all.acl);
    free_made(&all);
    free_made(&explicit_only);
    free_made(&acl);
}

static void removing_a_sid_leaves_labels_and_attributes(void **state)
{
    const char *attribute = "S:(RA;;;;;WD;(\"x\",TI,0x0,1))(AU;SA;FR;;;BU)";
    const tsr_sid everyone = TSR_SID_EVERYONE;
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    struct made acl = acl_of("S:(AU;SA;FR;;;WD)(RA;;;;;WD;(\"x\",TI,0x0,1))(AU;SA;FR;;;BU)");
    struct made label = acl_of("S:(ML;;NW;;;LW)");
    struct made without = without_sid(&acl.acl, &everyone, 0);
    struct made same = without_sid(&label.acl, &low, 0);

    (void)state;

    expect_acl(attribute, &without.acl);
    expect_acl("S:(ML;;NW;;;LW)", &same.acl);
    free_made(&same);
    free_made(&without);
    free_made(&label);
    free_made(&acl);
}

static void removing_a_sid_refuses_unknown_flags(void **state)
{
    const tsr_sid alice = ALICE;
    const tsr_acl none = {0};
    uint8_t *bytes = NULL;
    tsr_acl result = {.n_aces = 77};

    (void)state;

    expect_status(STATUS_INVALID_PARAMETER, tsr_acl_remove_sid(&none, &alice, 2, &bytes, &result));
    assert_null(bytes);
    assert_int_equal(result.n_aces, 77);
}

static void removing_an_ace_takes_all_that_are_equal_to_the_byte(void **state)
{
    struct made acl = acl_of("D:(A;;FR;;;BU)(A;;FW;;;BU)(A;ID;FR;;;BU)(A;;FR;;;BU)");
    struct made result;
    size_t offset = 0;
    tsr_ace first;

    (void)state;

    assert_true(tsr_acl_next(&acl.acl, &offset, &first));
    expect_ok(tsr_acl_remove_ace(&acl.acl, &first, &result.bytes, &result.acl));
    expect_acl("D:(A;;FW;;;BU)(A;ID;FR;;;BU)", &result.acl);
    expect_sound(&result);
    free_made(&acl);

    acl = result;
    offset = 0;
    assert_true(tsr_acl_next(&acl.acl, &offset, &first));
    first.size = 4;
    expect_ok(tsr_acl_remove_ace(&acl.acl, &first, &result.bytes, &result.acl));
    assert_true(is_same_acl(&acl.acl, &result.acl));
    free_made(&result);
    free_made(&acl);
}

static void granting_combines_with_what_was_granted(void **state)
{
    (void)state;

    expect_mode("D:", GRANT_ACCESS, 2, "D:(A;;DC;;;" A ")");
    expect_mode("D:(A;;CC;;;" A ")", GRANT_ACCESS, 2, "D:(A;;CCDC;;;" A ")");
    expect_mode("D:(A;;CC;;;" A ")(A;;CC;;;" B ")(A;;LC;;;" A ")", GRANT_ACCESS, 2,
                "D:(A;;CCDCLC;;;" A ")(A;;CC;;;" B ")");
    expect_mode("D:(A;;CC;;;" B ")", GRANT_ACCESS, 2, "D:(A;;DC;;;" A ")(A;;CC;;;" B ")");
}

static void granting_leaves_other_scopes_and_other_forms(void **state)
{
    const char *const kept[] = {
        "(A;OICI;CC;;;" A ")",
        "(A;ID;CC;;;" A ")",
        "(OA;;CC;" GUID_TEXT ";;" A ")",
        "(XA;;CC;;;" A ";" CONDITION ")",
    };

    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        char before[256];
        char after[256];

        (void)snprintf(before, sizeof(before), "D:%s", kept[i]);
        (void)snprintf(after, sizeof(after), "D:(A;;DC;;;" A ")%s", kept[i]);
        expect_mode(before, GRANT_ACCESS, 2, after);
    }
}

static void granting_takes_the_rights_out_of_denials_of_the_same_scope(void **state)
{
    (void)state;

    expect_mode("D:(D;;CCDC;;;" A ")", GRANT_ACCESS, 2, "D:(D;;CC;;;" A ")(A;;DC;;;" A ")");
    expect_mode("D:(D;;DC;;;" A ")(D;;DC;;;" B ")", GRANT_ACCESS, 2,
                "D:(D;;DC;;;" B ")(A;;DC;;;" A ")");
    expect_mode("D:(D;OICI;DC;;;" A ")", GRANT_ACCESS, 2, "D:(D;OICI;DC;;;" A ")(A;;DC;;;" A ")");
    expect_mode("D:(XD;;DC;;;" A ";" CONDITION ")", GRANT_ACCESS, 2,
                "D:(XD;;DC;;;" A ";" CONDITION ")(A;;DC;;;" A ")");
    expect_mode("D:(D;ID;DC;;;" A ")", GRANT_ACCESS, 2, "D:(A;;DC;;;" A ")(D;ID;DC;;;" A ")");
}

static void a_new_grant_never_stands_before_an_explicit_denial(void **state)
{
    (void)state;

    expect_mode("D:(A;;CC;;;" B ")(D;;DC;;;BU)(A;;LC;;;" B ")", GRANT_ACCESS, 2,
                "D:(A;;CC;;;" B ")(D;;DC;;;BU)(A;;DC;;;" A ")(A;;LC;;;" B ")");
}

static void setting_discards_grants_and_denials_of_the_trustee(void **state)
{
    (void)state;

    expect_mode("D:(D;;LC;;;" A ")(D;;LC;;;" B ")(A;OICI;CC;;;" A ")(A;;CC;;;" B ")"
                "(OA;;CC;" GUID_TEXT ";;" A ")(XA;;CC;;;" A ";" CONDITION ")(A;ID;CC;;;" A ")",
                SET_ACCESS, 2, "D:(D;;LC;;;" B ")(A;;DC;;;" A ")(A;;CC;;;" B ")(A;ID;CC;;;" A ")");
}

static void setting_leaves_auditing_alone(void **state)
{
    (void)state;

    expect_mode("S:(AU;SA;CC;;;" A ")", SET_ACCESS, 0, "S:(AU;SA;CC;;;" A ")");
}

static void setting_no_rights_only_removes(void **state)
{
    (void)state;

    expect_mode("D:(D;;LC;;;" A ")(A;;CC;;;" A ")(A;;CC;;;" B ")", SET_ACCESS, 0,
                "D:(A;;CC;;;" B ")");
}

static void denying_combines_and_takes_the_rights_out_of_grants_of_the_same_scope(void **state)
{
    (void)state;

    expect_mode("D:(A;;CCDC;;;" A ")", DENY_ACCESS, 2, "D:(D;;DC;;;" A ")(A;;CC;;;" A ")");
    expect_mode("D:(A;;DC;;;" A ")", DENY_ACCESS, 2, "D:(D;;DC;;;" A ")");
    expect_mode("D:(D;;CC;;;" A ")", DENY_ACCESS, 2, "D:(D;;CCDC;;;" A ")");
    expect_mode("D:(D;;CC;;;" B ")(A;OICI;DC;;;" A ")(A;ID;DC;;;" A ")", DENY_ACCESS, 2,
                "D:(D;;DC;;;" A ")(D;;CC;;;" B ")(A;OICI;DC;;;" A ")(A;ID;DC;;;" A ")");
}

static void denying_moves_a_denial_that_came_too_late_to_the_front(void **state)
{
    (void)state;

    expect_mode("D:(A;;DC;;;" B ")(D;;CC;;;" A ")", DENY_ACCESS, 2,
                "D:(D;;CCDC;;;" A ")(A;;DC;;;" B ")");
}

static void revoking_removes_grants_and_audits_of_every_scope(void **state)
{
    (void)state;

    expect_mode("D:(A;;CC;;;" A ")(A;OICI;FA;;;" A ")(OA;;CC;" GUID_TEXT ";;" A ")"
                "(XA;;CC;;;" A ";" CONDITION ")(A;;CC;;;" B ")(A;ID;CC;;;" A ")",
                REVOKE_ACCESS, 0, "D:(A;;CC;;;" B ")(A;ID;CC;;;" A ")");
    expect_mode("S:(AU;SA;CC;;;" A ")(AU;FA;CC;;;" B ")", REVOKE_ACCESS, 0xffffffff,
                "S:(AU;FA;CC;;;" B ")");
}

static void revoking_leaves_denials(void **state)
{
    (void)state;

    expect_mode("D:(D;OICI;CC;;;" A ")(A;;CC;;;" A ")", REVOKE_ACCESS, 0, "D:(D;OICI;CC;;;" A ")");
}

static void auditing_combines_with_what_was_audited(void **state)
{
    (void)state;

    expect_mode("S:(ML;;NW;;;LW)", SET_AUDIT_SUCCESS, 2, "S:(AU;SA;DC;;;" A ")(ML;;NW;;;LW)");
    expect_mode("S:(AU;SA;CC;;;" A ")", SET_AUDIT_SUCCESS, 2, "S:(AU;SA;CCDC;;;" A ")");
    expect_mode("S:(AU;SA;CC;;;" A ")", SET_AUDIT_FAILURE, 2,
                "S:(AU;FA;DC;;;" A ")(AU;SA;CC;;;" A ")");
    expect_mode("S:(AU;SA;DC;;;" A ")", SET_AUDIT_FAILURE, 2, "S:(AU;SAFA;DC;;;" A ")");
    expect_mode("S:(AU;SA;CC;;;" A ")(AU;FA;CCDC;;;" A ")", SET_AUDIT_SUCCESS, 2,
                "S:(AU;SAFA;CCDC;;;" A ")");
    expect_mode("S:(AU;SAFA;CCDC;;;" A ")", SET_AUDIT_FAILURE, 2, "S:(AU;SAFA;CCDC;;;" A ")");
    expect_mode("S:(AU;SAFA;CC;;;" A ")", SET_AUDIT_FAILURE, 3,
                "S:(AU;FA;CCDC;;;" A ")(AU;SAFA;CC;;;" A ")");
    expect_mode("S:(AU;OISA;DC;;;" A ")", SET_AUDIT_FAILURE, 2,
                "S:(AU;FA;DC;;;" A ")(AU;OISA;DC;;;" A ")");
    /* The rights of all that it replaces are one with the other outcome's. */
    expect_mode("S:(AU;SA;CC;;;" A ")(AU;SA;DC;;;" A ")(AU;FA;CCDCLC;;;" A ")", SET_AUDIT_SUCCESS,
                4, "S:(AU;SAFA;CCDCLC;;;" A ")");
    expect_mode("S:(AU;IDSA;DC;;;" A ")", SET_AUDIT_SUCCESS, 2,
                "S:(AU;SA;DC;;;" A ")(AU;IDSA;DC;;;" A ")");
}

static void entries_keep_to_their_object_types(void **state)
{
    const char *before = "D:(OA;;CC;" GUID_TEXT ";;" A ")(OA;;CC;" OTHER_GUID ";;" A ")"
                         "(OA;;CC;;" GUID_TEXT ";" A ")(A;;CC;;;" A ")";
    tsr_explicit_access entry = entry_for_alice(GRANT_ACCESS, 2);

    (void)state;

    entry.object_type = guid;
    expect_entry(before, &entry,
                 "D:(OA;;CCDC;" GUID_TEXT ";;" A ")(OA;;CC;" OTHER_GUID ";;" A ")"
                 "(OA;;CC;;" GUID_TEXT ";" A ")(A;;CC;;;" A ")");
    entry.mode = SET_ACCESS;
    expect_entry(before, &entry,
                 "D:(OA;;DC;" GUID_TEXT ";;" A ")(OA;;CC;" OTHER_GUID ";;" A ")"
                 "(OA;;CC;;" GUID_TEXT ";" A ")(A;;CC;;;" A ")");
    entry.mode = DENY_ACCESS;
    entry.mask = 1;
    expect_entry(before, &entry,
                 "D:(OD;;CC;" GUID_TEXT ";;" A ")(OA;;CC;" OTHER_GUID ";;" A ")"
                 "(OA;;CC;;" GUID_TEXT ";" A ")(A;;CC;;;" A ")");
    entry.mode = REVOKE_ACCESS;
    entry.object_type = NULL;
    entry.inherited_object_type = guid;
    expect_entry(before, &entry,
                 "D:(OA;;CC;" GUID_TEXT ";;" A ")(OA;;CC;" OTHER_GUID ";;" A ")(A;;CC;;;" A ")");
    entry.mode = SET_AUDIT_SUCCESS;
    entry.object_type = guid;
    expect_entry("S:", &entry, "S:(OU;SA;CC;" GUID_TEXT ";" GUID_TEXT ";" A ")");
}

static void a_result_with_object_types_has_the_revision_they_need(void **state)
{
    tsr_explicit_access entry = entry_for_alice(GRANT_ACCESS, 2);
    struct made plain = with_entries(NULL, &entry, 1);
    struct made object;
    struct made back;

    (void)state;

    entry.object_type = guid;
    object = with_entries(&plain.acl, &entry, 1);
    entry.mode = REVOKE_ACCESS;
    back = with_entries(&object.acl, &entry, 1);
    assert_int_equal(plain.bytes[0], ACL_REVISION);
    assert_int_equal(object.bytes[0], ACL_REVISION_DS);
    assert_true(is_same_acl(&plain.acl, &back.acl));
    free_made(&back);
    free_made(&object);
    free_made(&plain);
}

static void entries_pass_inheritance_on(void **state)
{
    tsr_explicit_access entry = entry_for_alice(DENY_ACCESS, 2);

    (void)state;

    entry.inheritance =
        OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE | NO_PROPAGATE_INHERIT_ACE | INHERIT_ONLY_ACE;
    expect_entry("D:(D;;CC;;;" A ")", &entry, "D:(D;OICINPIO;DC;;;" A ")(D;;CC;;;" A ")");
}

static void the_largest_entry_fits(void **state)
{
    tsr_explicit_access entry = {
        .mode = GRANT_ACCESS,
        .mask = 2,
        .sid = {.authority = 5, .n_sub_authorities = TSR_SID_SUB_AUTHORITIES_MAX},
        .object_type = guid,
        .inherited_object_type = guid,
    };
    struct made result = with_entries(NULL, &entry, 1);

    (void)state;

    assert_int_equal(result.acl.size, ACL_HEADER + 12 + 2 * TSR_GUID_SIZE + TSR_SID_SIZE_MAX);
    free_made(&result);
}

/* What Windows answered is recorded in the tests of its users; see docs/conformance.md. */
static void entries_act_in_turn_as_on_windows(void **state)
{
    const tsr_explicit_access entries[] = {
        {.mode = GRANT_ACCESS, .mask = 0x1f0003, .sid = TSR_SID_EVERYONE},
        {.mode = DENY_ACCESS,
         .mask = 2,
         .inheritance = OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE,
         .sid = TSR_SID_SYSTEM},
        {.mode = REVOKE_ACCESS, .mask = 2, .sid = TSR_SID_EVERYONE},
    };
    const char *const expected[] = {"D:", "D:(A;;0x1f0003;;;WD)",
                                    "D:(D;OICI;DC;;;SY)(A;;0x1f0003;;;WD)", "D:(D;OICI;DC;;;SY)"};
    struct made acl = acl_of("D:");

    (void)state;

    for (size_t n = 0; n <= ARRAY_SIZE(entries); n++) {
        struct made result = with_entries(&acl.acl, entries, n);

        expect_acl(expected[n], &result.acl);
        free_made(&acl);
        acl = result;
    }
    free_made(&acl);
}

static void an_entry_that_is_none_changes_nothing(void **state)
{
    const tsr_explicit_access good = entry_for_alice(GRANT_ACCESS, 2);
    struct {
        uint32_t status;
        tsr_explicit_access entry;
    } cases[] = {
        {STATUS_INVALID_PARAMETER, entry_for_alice(NOT_USED_ACCESS, 2)},
        {STATUS_INVALID_PARAMETER, entry_for_alice((tsr_access_mode)7, 2)},
        {STATUS_INVALID_PARAMETER, entry_for_alice((tsr_access_mode)UINT32_MAX, 2)},
        {STATUS_INVALID_PARAMETER, good},
        {STATUS_INVALID_PARAMETER, good},
        {STATUS_INVALID_SID, good},
        {STATUS_INVALID_SID, entry_for_alice(REVOKE_ACCESS, 0)},
    };
    struct made acl = acl_of("D:(A;;FR;;;BU)");

    (void)state;

    cases[3].entry.inheritance = INHERITED_ACE;
    cases[4].entry.inheritance = SUCCESSFUL_ACCESS_ACE_FLAG;
    cases[5].entry.sid.n_sub_authorities = 16;
    cases[6].entry.sid.authority = UINT64_C(1) << 48;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const tsr_explicit_access entries[] = {good, cases[i].entry};
        tsr_acl result = {.n_aces = 77};
        uint8_t *bytes = NULL;

        expect_status(cases[i].status, tsr_acl_set_entries(&acl.acl, entries, 2, &bytes, &result));
        assert_null(bytes);
        assert_int_equal(result.n_aces, 77);
    }
    free_made(&acl);
}

/* As many ACEs as fit, each for a SID of its own. */
static struct made full_acl(void)
{
    tsr_acl_builder builder = {0};
    struct made made;

    for (uint32_t i = 0; i < (TSR_ACL_SIZE_MAX - ACL_HEADER) / 20; i++) {
        const tsr_sid sid = TSR_SID(9, i);

        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, 1, &sid);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &made.bytes, &made.acl));
    return made;
}

static void a_result_that_is_too_large_is_refused(void **state)
{
    const tsr_explicit_access fits = {.mode = GRANT_ACCESS, .mask = 2, .sid = TSR_SID(9, 1)};
    const tsr_explicit_access entry = entry_for_alice(GRANT_ACCESS, 2);
    struct made one = acl_of("D:(A;;FR;;;BU)");
    struct made full = full_acl();
    struct made result = with_entries(&full.acl, &fits, 1);
    tsr_acl untouched = {.n_aces = 77};
    uint8_t *bytes = NULL;

    (void)state;

    assert_int_equal(result.acl.size, full.acl.size);
    expect_status(STATUS_INVALID_ACL,
                  tsr_acl_set_entries(&full.acl, &entry, 1, &bytes, &untouched));
    expect_status(STATUS_INVALID_ACL, tsr_acl_add(&full.acl, &one.acl, &bytes, &untouched));
    assert_null(bytes);
    assert_int_equal(untouched.n_aces, 77);
    free_made(&result);
    free_made(&full);
    free_made(&one);
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

/* Few, so that they meet. OWNER RIGHTS is left out: any ACE for it takes the owner's implicit
 * rights away, so that a grant may remove and a removal may grant. */
static tsr_sid random_actor(void)
{
    const tsr_sid actors[] = {ALICE, BOB, TSR_SID_USERS, TSR_SID_EVERYONE, TSR_SID_PRINCIPAL_SELF};

    return actors[random_below(ARRAY_SIZE(actors))];
}

static uint32_t random_mask(void)
{
    const uint32_t rights[] = {FILE_READ_DATA, FILE_WRITE_DATA, FILE_EXECUTE, READ_CONTROL,
                               WRITE_DAC,      DELETE,          GENERIC_READ, GENERIC_ALL};
    uint32_t mask = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
        mask |= one_in(4) ? rights[i] : 0;
    }
    return mask;
}

static uint8_t random_flags(void)
{
    const uint8_t flags[] = {OBJECT_INHERIT_ACE, CONTAINER_INHERIT_ACE, NO_PROPAGATE_INHERIT_ACE,
                             INHERIT_ONLY_ACE, INHERITED_ACE};
    uint8_t chosen = 0;

    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        chosen |= one_in(6) ? flags[i] : 0;
    }
    return chosen;
}

/* An object ACE, known or not, that no builder function makes. */
static void add_odd_ace(tsr_acl_builder *builder, uint8_t type)
{
    uint8_t ace[64] = {type, random_flags()};
    const tsr_sid sid = random_actor();
    const bool known = type != UNKNOWN_ACE;
    const size_t at = known ? 12 + TSR_GUID_SIZE : 4;
    size_t n_sid;

    if (known) {
        store_le32(ace + 4, random_mask());
        store_le32(ace + 8, ACE_OBJECT_TYPE_PRESENT);
        memcpy(ace + 12, guid, sizeof(guid));
    }
    expect_ok(tsr_sid_encode(&sid, ace + at, sizeof(ace) - at, &n_sid));
    store_le16(ace + 2, (uint16_t)(at + n_sid));
    tsr_acl_builder_add_encoded(builder, ace, at + n_sid);
}

static void add_random_ace(tsr_acl_builder *builder)
{
    const tsr_ace_type types[] = {ACCESS_ALLOWED_ACE_TYPE, ACCESS_ALLOWED_ACE_TYPE,
                                  ACCESS_DENIED_ACE_TYPE,  ACCESS_DENIED_ACE_TYPE,
                                  SYSTEM_AUDIT_ACE_TYPE,   ACCESS_DENIED_CALLBACK_ACE_TYPE};
    const uint8_t odd[] = {UNKNOWN_ACE, ACCESS_ALLOWED_OBJECT_ACE_TYPE,
                           ACCESS_DENIED_OBJECT_ACE_TYPE};
    const tsr_sid sid = random_actor();
    tsr_ace_type type;
    uint8_t flags;

    if (one_in(5)) {
        add_odd_ace(builder, odd[random_below(ARRAY_SIZE(odd))]);
        return;
    }
    type = types[random_below(ARRAY_SIZE(types))];
    flags = random_flags();
    if (type == SYSTEM_AUDIT_ACE_TYPE) {
        flags |= one_in(2) ? SUCCESSFUL_ACCESS_ACE_FLAG : 0;
        flags |= one_in(2) ? FAILED_ACCESS_ACE_FLAG : 0;
    }
    tsr_acl_builder_add(builder, type, flags, random_mask(), &sid);
}

static struct made random_acl(void)
{
    const size_t n_aces = random_below(N_ACES_MAX + 1);
    tsr_acl_builder builder = {0};
    struct made made;

    for (size_t i = 0; i < n_aces; i++) {
        add_random_ace(&builder);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &made.bytes, &made.acl));
    return made;
}

static struct made random_ace(tsr_ace_type type)
{
    const tsr_sid sid = random_actor();
    tsr_acl_builder builder = {0};
    struct made made;

    tsr_acl_builder_add(&builder, type, random_flags(), random_mask(), &sid);
    expect_ok(tsr_acl_builder_finish(&builder, &made.bytes, &made.acl));
    return made;
}

static tsr_explicit_access random_entry(tsr_access_mode mode)
{
    return (tsr_explicit_access){
        .mode = mode,
        .mask = random_mask(),
        .inheritance = random_flags() & (uint8_t)~INHERITED_ACE,
        .sid = random_actor(),
        .object_type = one_in(5) ? guid : NULL,
    };
}

/* What a random subject is granted, at the most, under a DACL. */
struct query {
    struct sid_set *sids;
    struct sid_set *restricting; /* NULL: not restricted */
    tsr_sid self;
    tsr_sid owner;
};

static struct sid_set *random_sids(void)
{
    struct sid_set_entry entries[3];
    struct sid_set *set;

    for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
        entries[i] = (struct sid_set_entry){
            .sid = random_actor(),
            .matches = one_in(5) ? SID_MATCHES_DENY : SID_MATCHES_ALLOW | SID_MATCHES_DENY};
    }
    expect_ok(sid_set_new(entries, ARRAY_SIZE(entries), &set));
    return set;
}

static struct query random_question(void)
{
    return (struct query){.sids = random_sids(),
                          .restricting = one_in(3) ? random_sids() : NULL,
                          .self = random_actor(),
                          .owner = random_actor()};
}

static void free_question(struct query *question)
{
    (void)sid_set_free(question->sids);
    (void)sid_set_free(question->restricting);
}

static uint32_t granted(const struct query *question, const tsr_acl *dacl)
{
    const struct subject subject = {.sids = question->sids, .restricting = question->restricting};
    const tsr_access_request request = {
        .desired = MAXIMUM_ALLOWED, .mapping = TSR_FILE_MAPPING, .principal_self = &question->self};
    const tsr_sd_parts parts = {.owner = &question->owner, .has_dacl = true, .dacl = *dacl};
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size;
    tsr_sd sd;

    expect_ok(tsr_sd_build(&parts, &bytes, &size));
    expect_ok(tsr_sd_view(bytes, size, &sd));
    return access_check(&subject, &sd, &request).granted;
}

/* How the rights of subjects may change between two ACLs. */
static void expect_no_more_rights(const tsr_acl *before, const tsr_acl *after)
{
    for (size_t i = 0; i < 4; i++) {
        struct query question = random_question();

        assert_int_equal(granted(&question, after) & ~granted(&question, before), 0);
        free_question(&question);
    }
}

static int compare_aces(const void *a, const void *b)
{
    const tsr_ace *left = (const tsr_ace *)a;
    const tsr_ace *right = (const tsr_ace *)b;

    if (left->size != right->size) {
        return left->size < right->size ? -1 : 1;
    }
    return memcmp(left->bytes, right->bytes, left->size);
}

static size_t sorted_aces(const tsr_acl *acl, tsr_ace aces[N_ACES_MAX])
{
    size_t offset = 0;
    size_t n = 0;

    while (tsr_acl_next(acl, &offset, &aces[n])) {
        n++;
    }
    qsort(aces, n, sizeof(aces[0]), compare_aces);
    return n;
}

static void expect_same_aces(const tsr_acl *a, const tsr_acl *b)
{
    tsr_ace left[N_ACES_MAX + 1];
    tsr_ace right[N_ACES_MAX + 1];
    const size_t n = sorted_aces(a, left);

    assert_int_equal(sorted_aces(b, right), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(compare_aces(&left[i], &right[i]), 0);
    }
}

static void making_canonical_twice_is_making_it_once_and_loses_no_ace(void **state)
{
    size_t n_changed = 0;

    (void)state;

    for (size_t round = 0; round < N_ROUNDS; round++) {
        struct made acl = random_acl();
        struct made once = made_canonical(&acl.acl);
        struct made twice = made_canonical(&once.acl);

        assert_true(tsr_acl_is_canonical(&once.acl));
        assert_int_equal(tsr_acl_is_canonical(&acl.acl), is_same_acl(&acl.acl, &once.acl));
        assert_true(is_same_acl(&once.acl, &twice.acl));
        expect_same_aces(&acl.acl, &once.acl);
        n_changed += !is_same_acl(&acl.acl, &once.acl);
        free_made(&twice);
        free_made(&once);
        free_made(&acl);
    }
    assert_in_range(n_changed, N_ROUNDS / 5, N_ROUNDS * 4 / 5);
}

static void a_canonical_acl_stays_canonical(void **state)
{
    (void)state;

    for (size_t round = 0; round < N_ROUNDS; round++) {
        const tsr_explicit_access entry =
            random_entry((tsr_access_mode)(GRANT_ACCESS + random_below(SET_AUDIT_FAILURE)));
        struct made wild = random_acl();
        struct made more = random_acl();
        struct made acl = made_canonical(&wild.acl);
        struct made results[] = {added(&acl.acl, &more.acl), with_entries(&acl.acl, &entry, 1)};

        /* Audits go to the front, as documented: before denials only where nobody looks. */
        assert_true(tsr_acl_is_canonical(&results[0].acl));
        if (entry.mode != SET_AUDIT_SUCCESS && entry.mode != SET_AUDIT_FAILURE) {
            assert_true(tsr_acl_is_canonical(&results[1].acl));
        }
        free_made(&results[1]);
        free_made(&results[0]);
        free_made(&acl);
        free_made(&more);
        free_made(&wild);
    }
}

static void adding_the_same_again_changes_nothing(void **state)
{
    const tsr_ace_type types[] = {ACCESS_ALLOWED_ACE_TYPE, ACCESS_DENIED_ACE_TYPE,
                                  SYSTEM_AUDIT_ACE_TYPE, ACCESS_DENIED_CALLBACK_ACE_TYPE};

    (void)state;

    for (size_t round = 0; round < N_ROUNDS; round++) {
        struct made acl = random_acl();
        struct made more = random_ace(types[random_below(ARRAY_SIZE(types))]);
        struct made once = added(&acl.acl, &more.acl);
        struct made twice = added(&once.acl, &more.acl);

        assert_int_equal(twice.acl.n_aces, once.acl.n_aces);
        free_made(&twice);
        free_made(&once);
        free_made(&more);
        free_made(&acl);
    }
}

static void adding_a_denial_never_grants(void **state)
{
    (void)state;

    for (size_t round = 0; round < N_ROUNDS; round++) {
        const tsr_explicit_access entry = random_entry(DENY_ACCESS);
        struct made acl = random_acl();
        struct made denial = random_ace(ACCESS_DENIED_ACE_TYPE);
        struct made after = added(&acl.acl, &denial.acl);
        struct made denied = with_entries(&acl.acl, &entry, 1);

        expect_no_more_rights(&acl.acl, &after.acl);
        expect_no_more_rights(&acl.acl, &denied.acl);
        free_made(&denied);
        free_made(&after);
        free_made(&denial);
        free_made(&acl);
    }
}

static void adding_a_grant_never_removes(void **state)
{
    (void)state;

    for (size_t round = 0; round < N_ROUNDS; round++) {
        const tsr_explicit_access entry = random_entry(GRANT_ACCESS);
        struct made wild = random_acl();
        struct made acl = made_canonical(&wild.acl);
        struct made grant = random_ace(ACCESS_ALLOWED_ACE_TYPE);
        struct made after = added(&wild.acl, &grant.acl);
        struct made given = with_entries(&acl.acl, &entry, 1);

        expect_no_more_rights(&after.acl, &wild.acl);
        expect_no_more_rights(&given.acl, &acl.acl);
        free_made(&given);
        free_made(&after);
        free_made(&grant);
        free_made(&acl);
        free_made(&wild);
    }
}

static void a_denial_denies_and_a_revocation_grants_nothing(void **state)
{
    (void)state;

    for (size_t round = 0; round < N_ROUNDS; round++) {
        const tsr_explicit_access revocation = random_entry(REVOKE_ACCESS);
        tsr_explicit_access denial = random_entry(DENY_ACCESS);
        struct made acl = random_acl();
        struct query question = random_question();
        struct made revoked = with_entries(&acl.acl, &revocation, 1);
        uint8_t encoded[TSR_SID_SIZE_MAX];
        struct made denied;
        size_t n_encoded;

        denial.sid = one_in(2) ? ALICE : BOB;
        denial.inheritance &= (uint8_t)~INHERIT_ONLY_ACE;
        denial.object_type = NULL;
        denial.mask = FILE_WRITE_DATA;
        denied = with_entries(&acl.acl, &denial, 1);
        expect_no_more_rights(&acl.acl, &revoked.acl);
        expect_ok(tsr_sid_encode(&denial.sid, encoded, sizeof(encoded), &n_encoded));
        if (sid_set_matches(question.sids, encoded) & SID_MATCHES_DENY) {
            assert_int_equal(granted(&question, &denied.acl) & FILE_WRITE_DATA, 0);
        }
        free_made(&denied);
        free_made(&revoked);
        free_question(&question);
        free_made(&acl);
    }
}

static void an_entry_twice_is_the_entry_once(void **state)
{
    (void)state;

    for (size_t round = 0; round < N_ROUNDS; round++) {
        const tsr_access_mode mode =
            (tsr_access_mode)(GRANT_ACCESS + random_below(SET_AUDIT_FAILURE));
        const tsr_explicit_access entry = random_entry(mode);
        const tsr_explicit_access both[] = {entry, entry};
        struct made acl = random_acl();
        struct made once = with_entries(&acl.acl, &entry, 1);
        struct made again = with_entries(&once.acl, &entry, 1);
        struct made twice = with_entries(&acl.acl, both, 2);

        assert_true(is_same_acl(&once.acl, &again.acl));
        assert_true(is_same_acl(&once.acl, &twice.acl));
        free_made(&twice);
        free_made(&again);
        free_made(&once);
        free_made(&acl);
    }
}

static void revoking_what_a_new_trustee_was_granted_restores_the_acl(void **state)
{
    (void)state;

    for (size_t round = 0; round < N_ROUNDS; round++) {
        tsr_explicit_access entry = random_entry(one_in(2) ? GRANT_ACCESS : SET_ACCESS);
        struct made acl = random_acl();
        struct made given;
        struct made back;

        entry.sid = TSR_SID_GUESTS;
        entry.mask |= FILE_READ_DATA;
        given = with_entries(&acl.acl, &entry, 1);
        entry.mode = REVOKE_ACCESS;
        back = with_entries(&given.acl, &entry, 1);
        assert_int_equal(given.acl.n_aces, acl.acl.n_aces + 1);
        assert_true(is_same_acl(&acl.acl, &back.acl));
        free_made(&back);
        free_made(&given);
        free_made(&acl);
    }
}

int main(void)
{
    const char *seed = getenv("PROPERTY_SEED");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(denials_grants_and_inherited_aces_in_this_order_are_canonical),
        cmocka_unit_test(any_order_of_inherited_aces_is_canonical),
        cmocka_unit_test(making_canonical_sorts_and_keeps_the_order_within_a_group),
        cmocka_unit_test(aces_of_unknown_type_stand_among_the_grants),
        cmocka_unit_test(an_acl_without_bytes_is_an_empty_one),
        cmocka_unit_test(slack_behind_the_last_ace_is_dropped),
        cmocka_unit_test(adding_puts_each_ace_behind_those_of_its_kind),
        cmocka_unit_test(adding_several_keeps_their_order),
        cmocka_unit_test(adding_leaves_another_order_as_it_is),
        cmocka_unit_test(adding_merges_the_masks_of_aces_that_are_equal_otherwise),
        cmocka_unit_test(adding_merges_nothing_that_differs_in_more),
        cmocka_unit_test(adding_never_merges_past_an_ace_of_the_other_kind),
        cmocka_unit_test(adding_merges_inheritance_where_one_ace_says_the_same),
        cmocka_unit_test(adding_merges_audits_of_success_and_failure),
        cmocka_unit_test(adding_does_not_take_odd_flags_of_a_grant_for_audit_flags),
        cmocka_unit_test(adding_merges_labels_and_unknown_aces_only_when_they_are_equal),
        cmocka_unit_test(bytes_behind_a_sid_are_kept_and_compared),
        cmocka_unit_test(removing_by_index_takes_just_this_ace),
        cmocka_unit_test(removing_by_an_index_that_is_none_fails_and_leaves_the_outputs_alone),
        cmocka_unit_test(removing_a_sid_leaves_what_is_inherited_unless_told),
        cmocka_unit_test(removing_a_sid_leaves_labels_and_attributes),
        cmocka_unit_test(removing_a_sid_refuses_unknown_flags),
        cmocka_unit_test(removing_an_ace_takes_all_that_are_equal_to_the_byte),
        cmocka_unit_test(granting_combines_with_what_was_granted),
        cmocka_unit_test(granting_leaves_other_scopes_and_other_forms),
        cmocka_unit_test(granting_takes_the_rights_out_of_denials_of_the_same_scope),
        cmocka_unit_test(a_new_grant_never_stands_before_an_explicit_denial),
        cmocka_unit_test(setting_discards_grants_and_denials_of_the_trustee),
        cmocka_unit_test(setting_leaves_auditing_alone),
        cmocka_unit_test(setting_no_rights_only_removes),
        cmocka_unit_test(denying_combines_and_takes_the_rights_out_of_grants_of_the_same_scope),
        cmocka_unit_test(denying_moves_a_denial_that_came_too_late_to_the_front),
        cmocka_unit_test(revoking_removes_grants_and_audits_of_every_scope),
        cmocka_unit_test(revoking_leaves_denials),
        cmocka_unit_test(auditing_combines_with_what_was_audited),
        cmocka_unit_test(entries_keep_to_their_object_types),
        cmocka_unit_test(a_result_with_object_types_has_the_revision_they_need),
        cmocka_unit_test(the_largest_entry_fits),
        cmocka_unit_test(entries_pass_inheritance_on),
        cmocka_unit_test(entries_act_in_turn_as_on_windows),
        cmocka_unit_test(an_entry_that_is_none_changes_nothing),
        cmocka_unit_test(a_result_that_is_too_large_is_refused),
        cmocka_unit_test(making_canonical_twice_is_making_it_once_and_loses_no_ace),
        cmocka_unit_test(a_canonical_acl_stays_canonical),
        cmocka_unit_test(adding_the_same_again_changes_nothing),
        cmocka_unit_test(adding_a_denial_never_grants),
        cmocka_unit_test(adding_a_grant_never_removes),
        cmocka_unit_test(a_denial_denies_and_a_revocation_grants_nothing),
        cmocka_unit_test(an_entry_twice_is_the_entry_once),
        cmocka_unit_test(revoking_what_a_new_trustee_was_granted_restores_the_acl),
    };

    random_state = seed ? strtoull(seed, NULL, 0) | 1 : UINT64_C(0xac1ed17ac1ed17);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
