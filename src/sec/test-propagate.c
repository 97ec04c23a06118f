/* SPDX-License-Identifier: MIT */
/* Unit tests: what becomes of a child when its parent's descriptor has changed. */

#include "sec/propagate.h"

#include <support/expect.h>

#include <tessera/privilege.h>
#include <tessera/sddl.h>

#include "sec/assign.h"

#define USER  "S-1-5-21-1-2-3-1000"
#define GROUP "S-1-5-21-1-2-3-513"
#define TEAM  "S-1-5-21-1-2-3-1100"
#define CLASS "bf967aba-0de6-11d0-a285-00aa003049e2"

#define N_FAMILIES 3000

static const tsr_generic_mapping file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                                 FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

/* CLASS, as ACEs store it. */
static const tsr_guid class = {{0xba, 0x7a, 0x96, 0xbf, 0xe6, 0x0d, 0xd0, 0x11, 0xa2, 0x85, 0x00,
                                0xaa, 0x00, 0x30, 0x49, 0xe2}};

/* A descriptor and the bytes it lies in. */
struct made_sd {
    uint8_t *bytes;
    tsr_sd sd;
};

struct fixture {
    struct made_sd parent;
    struct made_sd child;
    struct made_sd result;
    tsr_heritage heritage; /* all but the descriptors */
    bool changed;
};

static struct made_sd sd_of(const char *sddl)
{
    struct made_sd made = {0};
    size_t size;

    expect_ok(tsr_sddl_parse(sddl, NULL, &made.bytes, &size, NULL));
    expect_ok(tsr_sd_view(made.bytes, size, &made.sd));
    return made;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    fixture->heritage.mapping = &file_mapping;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    free(fixture->parent.bytes);
    free(fixture->child.bytes);
    free(fixture->result.bytes);
    free(fixture);
    return 0;
}

static void give_parent(struct fixture *fixture, const char *sddl)
{
    free(fixture->parent.bytes);
    fixture->parent = sd_of(sddl);
}

static void give_child(struct fixture *fixture, const char *sddl)
{
    free(fixture->child.bytes);
    fixture->child = sd_of(sddl);
}

static tsr_status propagate(struct fixture *fixture)
{
    tsr_heritage heritage = fixture->heritage;
    uint8_t *bytes = NULL;
    size_t size = 77;
    bool changed = true;
    tsr_status status;

    heritage.parent = fixture->parent.bytes ? &fixture->parent.sd : NULL;
    heritage.child = fixture->child.bytes ? &fixture->child.sd : NULL;
    status = tsr_sd_propagate(&heritage, &bytes, &size, &changed);
    if (tsr_failed(status)) {
        assert_null(bytes);
        assert_int_equal(size, 77);
        assert_true(changed);
        return status;
    }
    free(fixture->result.bytes);
    fixture->result.bytes = bytes;
    fixture->changed = changed;
    expect_ok(tsr_sd_view(bytes, size, &fixture->result.sd));
    return status;
}

static void expect_result(const struct fixture *fixture, bool changed, const char *sddl)
{
    char *text = NULL;

    expect_ok(tsr_sddl_format(&fixture->result.sd, 0x7f, NULL, &text));
    assert_string_equal(text, sddl);
    assert_int_equal(fixture->changed, changed);
    free(text);
}

/* Covers AC-14-47. */
static void what_was_inherited_makes_way_for_what_the_parent_hands_down_now(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:AI(A;OICI;FR;;;WD)(A;;FA;;;BA)(A;CI;FX;;;BU)");
    give_child(fixture, "O:" USER "G:" GROUP "D:AI(A;;FW;;;BU)(A;ID;FA;;;BG)");

    expect_ok(propagate(fixture));
    expect_result(fixture, true, "O:" USER "G:" GROUP "D:AI(A;;FW;;;BU)(A;ID;FR;;;WD)");

    fixture->heritage.is_container = true;
    expect_ok(propagate(fixture));
    expect_result(fixture, true,
                  "O:" USER "G:" GROUP "D:AI(A;;FW;;;BU)(A;OICIID;FR;;;WD)(A;CIID;FX;;;BU)");
}

static void rights_that_the_type_does_not_have_are_not_handed_down(void **state)
{
    static const tsr_generic_mapping mapping = {.all = 0x4};
    struct fixture *fixture = *state;

    fixture->heritage.mapping = &mapping;
    give_parent(fixture, "D:(A;OI;0x5;;;WD)S:(AU;OISA;0x1000005;;;WD)");
    give_child(fixture, "D:S:");

    expect_ok(propagate(fixture));
    expect_result(fixture, true, "D:AI(A;ID;LC;;;WD)S:AI(AU;IDSA;0x1000004;;;WD)");
}

/* Covers AC-14-47. */
static void the_childs_own_entries_stay_in_order_and_to_the_byte(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(D;OI;FW;;;BG)");
    give_child(fixture, "D:AI(A;OICI;GA;;;CO)(A;ID;FR;;;WD)(D;;0x3ff0001;;;BU)(A;;FA;;;SY)");

    expect_ok(propagate(fixture));
    expect_result(fixture, true,
                  "D:AI(A;OICI;GA;;;CO)(D;;0x3ff0001;;;BU)(A;;FA;;;SY)(D;ID;FW;;;BG)");
}

static void an_unchanged_child_is_said_to_be_so(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OI;FR;;;WD)S:(AU;OISA;FW;;;WD)");
    give_child(fixture, "O:" USER "D:AI(A;;FW;;;BU)(A;ID;FR;;;WD)S:AI(AU;IDSA;FW;;;WD)");

    expect_ok(propagate(fixture));
    expect_result(fixture, false, "O:" USER "D:AI(A;;FW;;;BU)(A;ID;FR;;;WD)S:AI(AU;IDSA;FW;;;WD)");
}

static void a_mark_alone_is_a_change(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OI;FR;;;WD)");
    give_child(fixture, "D:(A;ID;FR;;;WD)");

    expect_ok(propagate(fixture));
    expect_result(fixture, true, "D:AI(A;ID;FR;;;WD)");
}

static void what_the_parent_takes_back_is_gone_and_leaves_the_dacl_empty(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;;FR;;;WD)");
    give_child(fixture, "D:AI(A;ID;FR;;;WD)S:AI(AU;IDSA;FW;;;WD)");

    expect_ok(propagate(fixture));
    expect_result(fixture, true, "D:AIS:AI");
    assert_non_null(fixture->result.sd.dacl.bytes);
}

static void without_a_parent_nothing_is_inherited(void **state)
{
    struct fixture *fixture = *state;

    give_child(fixture, "D:AI(A;;FW;;;BU)(A;ID;FR;;;WD)");

    expect_ok(propagate(fixture));
    expect_result(fixture, true, "D:AI(A;;FW;;;BU)");
}

/* Covers AC-14-48. */
static void a_protected_acl_stays_and_the_other_does_not(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OI;FR;;;WD)S:(AU;OISA;FW;;;WD)(SP;OI;;;;S-1-17-1)");

    give_child(fixture, "D:PAI(A;;FW;;;BU)(A;ID;FA;;;WD)S:AI(AU;IDFA;FW;;;BG)");
    expect_ok(propagate(fixture));
    expect_result(fixture, true,
                  "D:PAI(A;;FW;;;BU)(A;ID;FA;;;WD)S:AI(AU;IDSA;FW;;;WD)(SP;ID;;;;S-1-17-1)");

    give_child(fixture, "D:AI(A;ID;FA;;;WD)S:P(AU;FA;FW;;;BG)");
    expect_ok(propagate(fixture));
    expect_result(fixture, true, "D:AI(A;ID;FR;;;WD)S:P(AU;FA;FW;;;BG)");

    give_child(fixture, "D:PS:P");
    expect_ok(propagate(fixture));
    expect_result(fixture, false, "D:PS:P");
}

static void no_dacl_stays_none_until_something_is_inherited(void **state)
{
    static const char *const without[] = {"O:BA", "O:BAD:NO_ACCESS_CONTROL"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
        give_child(fixture, without[i]);

        give_parent(fixture, "D:(A;;FR;;;WD)");
        expect_ok(propagate(fixture));
        expect_result(fixture, false, without[i]);

        give_parent(fixture, "D:(A;OI;FR;;;WD)");
        expect_ok(propagate(fixture));
        expect_result(fixture, true, "O:BAD:AI(A;ID;FR;;;WD)");
    }
}

static void what_was_inherited_without_a_mark_stays_until_it_is_converted(void **state)
{
    struct fixture *fixture = *state;
    tsr_heritage heritage = fixture->heritage;
    struct made_sd converted = {0};
    size_t size;

    give_parent(fixture, "D:(A;OI;FR;;;WD)");
    give_child(fixture, "D:(A;;FW;;;BU)(A;;FR;;;WD)");
    expect_ok(propagate(fixture));
    expect_result(fixture, true, "D:AI(A;;FW;;;BU)(A;;FR;;;WD)(A;ID;FR;;;WD)");

    heritage.parent = &fixture->parent.sd;
    heritage.child = &fixture->child.sd;
    expect_ok(tsr_sd_convert_to_auto_inherit(&heritage, DACL_SECURITY_INFORMATION, &converted.bytes,
                                             &size));
    expect_ok(tsr_sd_view(converted.bytes, size, &converted.sd));
    free(fixture->child.bytes);
    fixture->child = converted;
    expect_ok(propagate(fixture));
    expect_result(fixture, false, "D:AI(A;;FW;;;BU)(A;ID;FR;;;WD)");
}

static void creator_sids_become_the_childs_owner_and_group(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(A;OI;FR;;;CO)(A;OI;FR;;;CG)(A;OI;FX;;;S-1-3-2)(A;OI;FX;;;S-1-3-3)");

    give_child(fixture, "O:" USER "G:" GROUP "D:");
    expect_ok(propagate(fixture));
    expect_result(fixture, true,
                  "O:" USER "G:" GROUP "D:AI(A;ID;FR;;;" USER ")(A;ID;FR;;;" GROUP
                  ")(A;ID;FX;;;" USER ")(A;ID;FX;;;" GROUP ")");

    give_child(fixture, "D:");
    expect_ok(propagate(fixture));
    expect_result(fixture, true,
                  "D:AI(A;ID;FR;;;CO)(A;ID;FR;;;CG)(A;ID;FX;;;S-1-3-2)(A;ID;FX;;;S-1-3-3)");
}

static void a_servers_owner_and_group_stand_in_for_the_server_sids(void **state)
{
    const tsr_sid owner = sid_of(TEAM);
    const tsr_sid group = TSR_SID_ADMINISTRATORS;
    struct fixture *fixture = *state;

    fixture->heritage.server_owner = &owner;
    fixture->heritage.server_group = &group;
    give_parent(fixture, "D:(A;OI;FX;;;S-1-3-2)(A;OI;FX;;;S-1-3-3)");
    give_child(fixture, "O:" USER "G:" GROUP "D:");

    expect_ok(propagate(fixture));
    expect_result(fixture, true, "O:" USER "G:" GROUP "D:AI(A;ID;FX;;;" TEAM ")(A;ID;FX;;;BA)");
}

/* Covers AC-14-30. */
static void an_entry_for_a_type_reaches_a_child_of_that_type(void **state)
{
    struct fixture *fixture = *state;

    give_parent(fixture, "D:(OA;OI;FR;;" CLASS ";WD)");
    give_child(fixture, "D:");

    expect_ok(propagate(fixture));
    expect_result(fixture, false, "D:");

    fixture->heritage.types = &class;
    fixture->heritage.n_types = 1;
    expect_ok(propagate(fixture));
    expect_result(fixture, true, "D:AI(A;ID;FR;;;WD)");
}

static void requests_without_child_mapping_or_types_are_refused(void **state)
{
    struct fixture *fixture = *state;

    expect_status(STATUS_INVALID_PARAMETER, propagate(fixture));

    give_child(fixture, "D:");
    fixture->heritage.n_types = 1;
    expect_status(STATUS_INVALID_PARAMETER, propagate(fixture));

    fixture->heritage.n_types = 0;
    fixture->heritage.mapping = NULL;
    expect_status(STATUS_INVALID_PARAMETER, propagate(fixture));
}

/* A DACL of @n entries that fills an ACL when there are 1,820. */
static struct made_sd long_sd(size_t n, uint8_t flags)
{
    const tsr_sid sid = sid_of(USER);
    tsr_acl_builder builder = {0};
    tsr_sd_parts parts = {.has_dacl = true};
    struct made_sd made = {0};
    uint8_t *acl;
    size_t size;

    for (size_t i = 0; i < n; i++) {
        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, flags, 1, &sid);
    }
    expect_ok(tsr_acl_builder_finish(&builder, &acl, &parts.dacl));
    expect_ok(tsr_sd_build(&parts, &made.bytes, &size));
    expect_ok(tsr_sd_view(made.bytes, size, &made.sd));
    free(acl);
    return made;
}

static void a_result_past_the_size_of_an_acl_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture->parent = long_sd(900, OBJECT_INHERIT_ACE);
    fixture->child = long_sd(900, 0);
    expect_ok(propagate(fixture));
    assert_int_equal(fixture->result.sd.dacl.n_aces, 1800);

    free(fixture->child.bytes);
    fixture->child = long_sd(1000, 0);
    expect_status(STATUS_INVALID_ACL, propagate(fixture));
}

/* Random families */

static uint32_t next(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static void append(char *text, size_t n_room, const char *piece)
{
    assert_true(strlen(text) + strlen(piece) < n_room);
    strcat(text, piece);
}

static void append_aces(char *text, size_t n_room, uint32_t *seed, bool is_sacl)
{
    static const char *const dacl_heads[] = {"(A;", "(D;", "(OA;"};
    static const char *const flags[] = {"",       "OI",     "CI",   "OICI", "OINP",
                                        "CINP",   "OICINP", "OIIO", "CIIO", "OICIIO",
                                        "OICIID", "ID",     "NP"};
    static const char *const masks[] = {";FR;", ";GA;", ";GR;", ";FA;", ";0x1;", ";0x110ffff;"};
    static const char *const sids[] = {";;WD)", ";;CO)",      ";;CG)",
                                       ";;SY)", ";;S-1-3-2)", ";;S-1-3-3)"};
    static const char *const labels[] = {";NW;;;LW)", ";NR;;;HI)", ";NX;;;ME)"};
    const uint32_t n = next(seed, 5);

    for (uint32_t i = 0; i < n; i++) {
        const uint32_t head = next(seed, 3);
        const bool is_label = is_sacl && head == 0;
        const bool is_typed = !is_sacl && head == 2 && next(seed, 2);

        append(text, n_room, is_label ? "(ML;" : is_sacl ? "(AU;SA" : dacl_heads[head]);
        append(text, n_room, flags[next(seed, 13)]);
        if (is_label) {
            append(text, n_room, labels[next(seed, 3)]);
            continue;
        }
        append(text, n_room, masks[next(seed, 6)]);
        append(text, n_room, is_typed ? ";" CLASS : "");
        append(text, n_room, sids[next(seed, 6)] + (is_typed ? 1 : 0));
    }
}

static struct made_sd random_sd(uint32_t *seed)
{
    static const char *const dacls[] = {"D:", "D:AI", "D:P", "D:PAI"};
    static const char *const sacls[] = {"S:", "S:AI", "S:P"};
    char text[4096] = "O:" USER "G:" GROUP;

    if (next(seed, 8)) {
        append(text, sizeof(text), dacls[next(seed, 4)]);
        append_aces(text, sizeof(text), seed, false);
    }
    if (next(seed, 3)) {
        append(text, sizeof(text), sacls[next(seed, 3)]);
        append_aces(text, sizeof(text), seed, true);
    }
    return sd_of(text);
}

static void make_family(struct fixture *fixture, uint32_t *seed)
{
    free(fixture->parent.bytes);
    free(fixture->child.bytes);
    fixture->parent = random_sd(seed);
    fixture->child = random_sd(seed);
    fixture->heritage.is_container = next(seed, 2);
    fixture->heritage.types = &class;
    fixture->heritage.n_types = next(seed, 2);
}

static void expect_same_acl(const tsr_acl *a, const tsr_acl *b)
{
    assert_int_equal(a->size, b->size);
    assert_int_equal(!a->bytes, !b->bytes);
    if (a->bytes) {
        assert_memory_equal(a->bytes, b->bytes, a->size);
    }
}

static void expect_same_sd(const tsr_sd *a, const tsr_sd *b)
{
    assert_int_equal(a->control, b->control);
    expect_same_acl(&a->dacl, &b->dacl);
    expect_same_acl(&a->sacl, &b->sacl);
}

/* Covers AC-14-49. */
static void to_propagate_twice_is_to_propagate_once(void **state)
{
    struct fixture *fixture = *state;
    uint32_t seed = 1138;
    size_t n_changed = 0;

    for (size_t i = 0; i < N_FAMILIES; i++) {
        struct made_sd once;

        make_family(fixture, &seed);
        expect_ok(propagate(fixture));
        n_changed += fixture->changed;
        once = fixture->result;
        fixture->result = (struct made_sd){0};
        free(fixture->child.bytes);
        fixture->child = once;

        expect_ok(propagate(fixture));
        assert_false(fixture->changed);
        expect_same_sd(&fixture->result.sd, &once.sd);
    }
    assert_true(n_changed > N_FAMILIES / 4);
    assert_true(n_changed < N_FAMILIES);
}

static bool anyone(const void *context, const tsr_sid *sid)
{
    (void)context;
    (void)sid;
    return true;
}

static bool always(const void *context, const tsr_sd *sd, const tsr_generic_mapping *mapping)
{
    (void)context;
    (void)sd;
    (void)mapping;
    return true;
}

/* Make the child anew, below its parent, with its descriptor as what the creator asks for. */
static void be_born(struct fixture *fixture, bool asks)
{
    const tsr_sid user = sid_of(USER);
    const tsr_sid group = sid_of(GROUP);
    const tsr_sid low = TSR_SID_INTEGRITY(TSR_INTEGRITY_LOW);
    const struct assigner assigner = {.user = &user,
                                      .owner = &user,
                                      .primary_group = &group,
                                      .default_dacl = &fixture->child.sd.dacl,
                                      .integrity = &low,
                                      .privileges = TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE),
                                      .may_own = anyone,
                                      .may_write_dac = always};
    const tsr_assign_request request = {.parent = &fixture->parent.sd,
                                        .creator = asks ? &fixture->child.sd : NULL,
                                        .is_container = fixture->heritage.is_container,
                                        .types = fixture->heritage.types,
                                        .n_types = fixture->heritage.n_types,
                                        .flags = SEF_DACL_AUTO_INHERIT | SEF_SACL_AUTO_INHERIT |
                                                 SEF_AVOID_PRIVILEGE_CHECK,
                                        .mapping = &file_mapping};
    struct made_sd born = {0};
    size_t size;

    expect_ok(sd_assign(&assigner, &request, &born.bytes, &size));
    expect_ok(tsr_sd_view(born.bytes, size, &born.sd));
    free(fixture->child.bytes);
    fixture->child = born;
}

static bool has_inherited(const tsr_acl *acl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(acl, &offset, &ace)) {
        if (ace.flags & INHERITED_ACE) {
            return true;
        }
    }
    return false;
}

/* Covers AC-14-49. */
static void a_child_just_made_by_auto_inheritance_stays_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    uint32_t seed = 42;
    size_t n_inheriting = 0;

    for (size_t i = 0; i < N_FAMILIES; i++) {
        make_family(fixture, &seed);
        if (has_inherited(&fixture->child.sd.dacl) && i % 2 == 0) {
            continue; /* A default DACL with such entries is none that a token has. */
        }
        be_born(fixture, i % 2);
        n_inheriting += has_inherited(&fixture->child.sd.dacl);

        expect_ok(propagate(fixture));
        assert_false(fixture->changed);
        expect_same_sd(&fixture->result.sd, &fixture->child.sd);
    }
    assert_true(n_inheriting > N_FAMILIES / 8);
}

/* The explicit ACEs of both are the same ones. */
static void expect_same_own(const tsr_acl *before, const tsr_acl *after)
{
    size_t before_offset = 0;
    size_t after_offset = 0;
    tsr_ace old_ace;
    tsr_ace new_ace;

    while (tsr_acl_next(before, &before_offset, &old_ace)) {
        if (old_ace.flags & INHERITED_ACE) {
            continue;
        }
        assert_true(tsr_acl_next(after, &after_offset, &new_ace));
        assert_int_equal(old_ace.size, new_ace.size);
        assert_memory_equal(old_ace.bytes, new_ace.bytes, old_ace.size);
    }
    while (tsr_acl_next(after, &after_offset, &new_ace)) {
        assert_true(new_ace.flags & INHERITED_ACE);
    }
}

static void what_is_the_childs_own_is_never_touched(void **state)
{
    const uint16_t guarded = SE_DACL_PROTECTED | SE_SACL_PROTECTED;
    struct fixture *fixture = *state;
    uint32_t seed = 7;

    for (size_t i = 0; i < N_FAMILIES; i++) {
        const tsr_sd *before;
        const tsr_sd *after;

        make_family(fixture, &seed);
        expect_ok(propagate(fixture));
        before = &fixture->child.sd;
        after = &fixture->result.sd;

        assert_int_equal(before->control & guarded, after->control & guarded);
        if (before->control & SE_DACL_PROTECTED) {
            expect_same_acl(&before->dacl, &after->dacl);
        } else {
            expect_same_own(&before->dacl, &after->dacl);
        }
        if (before->control & SE_SACL_PROTECTED) {
            expect_same_acl(&before->sacl, &after->sacl);
        } else {
            expect_same_own(&before->sacl, &after->sacl);
        }
        assert_memory_equal(before->owner, after->owner, tsr_encoded_sid_size(before->owner));
        assert_memory_equal(before->group, after->group, tsr_encoded_sid_size(before->group));
    }
}

#define propagate_test(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        propagate_test(what_was_inherited_makes_way_for_what_the_parent_hands_down_now),
        propagate_test(rights_that_the_type_does_not_have_are_not_handed_down),
        propagate_test(the_childs_own_entries_stay_in_order_and_to_the_byte),
        propagate_test(an_unchanged_child_is_said_to_be_so),
        propagate_test(a_mark_alone_is_a_change),
        propagate_test(what_the_parent_takes_back_is_gone_and_leaves_the_dacl_empty),
        propagate_test(without_a_parent_nothing_is_inherited),
        propagate_test(a_protected_acl_stays_and_the_other_does_not),
        propagate_test(no_dacl_stays_none_until_something_is_inherited),
        propagate_test(what_was_inherited_without_a_mark_stays_until_it_is_converted),
        propagate_test(creator_sids_become_the_childs_owner_and_group),
        propagate_test(a_servers_owner_and_group_stand_in_for_the_server_sids),
        propagate_test(an_entry_for_a_type_reaches_a_child_of_that_type),
        propagate_test(requests_without_child_mapping_or_types_are_refused),
        propagate_test(a_result_past_the_size_of_an_acl_is_refused),
        propagate_test(to_propagate_twice_is_to_propagate_once),
        propagate_test(a_child_just_made_by_auto_inheritance_stays_as_it_is),
        propagate_test(what_is_the_childs_own_is_never_touched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
