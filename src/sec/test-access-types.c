/* SPDX-License-Identifier: MIT */
/*
 * Tests of the access check with what few objects have: object types, AppContainers, central
 * access policies, access filters and conditions.
 *
 * Most tests are tables: a row is one object in SDDL, what is special of the caller, and one
 * request, with the whole answer. The caller is Alice of STAFF and Everyone; restricted, she has
 * KIOSK and Everyone; contained, PACKAGE, CAPABILITY and all packages.
 */

#include "sec/access.h"

#include <tessera/privilege.h>
#include <tessera/sddl.h>

#include <support/expect.h>

#include "base/check.h"

#define ALICE        "S-1-5-21-1-2-3-1001"
#define BOB          "S-1-5-21-1-2-3-1002"
#define STAFF        "S-1-5-21-1-2-3-2001"
#define KIOSK        "S-1-5-21-1-2-3-2004"
#define PACKAGE      "S-1-15-2-1-2-3-4-5-6-7"
#define OTHER_PACK   "S-1-15-2-7-6-5-4-3-2-1"
#define CAPABILITY   "S-1-15-3-1"
#define ALL_PACKAGES "S-1-15-2-1"

/* The names of types: every byte is the same, so that text and encoding agree. */
#define ROOT   "10101010-1010-1010-1010-101010101010"
#define LEFT   "21212121-2121-2121-2121-212121212121"
#define RIGHT  "22222222-2222-2222-2222-222222222222"
#define LEAF   "31313131-3131-3131-3131-313131313131"
#define LEAF_2 "32323232-3232-3232-3232-323232323232"
#define ALIEN  "99999999-9999-9999-9999-999999999999"

/* SDDL says CC, DC and LC. */
#define CC FILE_READ_DATA
#define DC FILE_WRITE_DATA
#define LC FILE_APPEND_DATA

#define PRIVILEGE(name_) TSR_PRIVILEGE_BIT(SE_##name_##_PRIVILEGE)
#define DENIED           STATUS_ACCESS_DENIED

#define N_NODES_MAX 6
#define N_RULES_MAX 2

#define TRUE_CONDITION    "(Member_of{SID(WD)})"
#define FALSE_CONDITION   "(Member_of{SID(BG)})"
#define UNKNOWN_CONDITION "(absent==1)"

struct node_row {
    uint8_t guid; /* all bytes of it; 0: the list ends here */
    uint16_t level;
    uint32_t status;  /* result lists only */
    uint32_t granted; /* result lists only */
};

struct rule_row {
    const char *dacl;       /* NULL: the list ends here */
    const char *applies_to; /* NULL: always */
};

struct row {
    const char *name;
    const char *sddl;
    const char *also; /* one more SID of the caller; NULL: none */
    bool restricted;
    bool contained;
    uint32_t integrity; /* 0: none */
    uint64_t privileges;
    uint32_t desired;
    uint32_t previous;
    struct node_row nodes[N_NODES_MAX];
    bool result_list;
    struct rule_row rules[N_RULES_MAX]; /* of S-1-17-1 */
    bool no_policies;
    uint32_t status;
    uint32_t granted;
    tsr_access_rule rule;
    tsr_access_pass pass;
    uint32_t ace_index;
    uint32_t missing;
};

#define NODE(guid_, level_)                \
    {                                      \
        .guid = (guid_), .level = (level_) \
    }
#define RULE(dacl_)     \
    {                   \
        .dacl = (dacl_) \
    }
#define GRANTED_BY(rule_, index_, granted_) \
    .granted = (granted_), .rule = TSR_RULE_##rule_, .ace_index = (index_)
#define DENIED_BY(rule_, index_, missing_) \
    .status = DENIED, .rule = TSR_RULE_##rule_, .ace_index = (index_), .missing = (missing_)

/* A descriptor and the bytes it lies in. The caller frees them. */
static uint8_t *parse(const char *sddl, tsr_sd *ret_sd)
{
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    tsr_status status;
    size_t size = 0;

    status = tsr_sddl_parse(sddl, NULL, &bytes, &size, &error);
    if (tsr_failed(status)) {
        print_error("%s: column %zu: %s\n", sddl, error.column, error.message);
    }
    expect_ok(status);
    expect_ok(tsr_sd_view(bytes, size, ret_sd));
    return bytes;
}

/* The data of the condition in the first ACE of a DACL. */
static void condition_of(const tsr_sd *sd, const uint8_t **ret_data, size_t *ret_n_data)
{
    size_t offset = 0;
    tsr_ace ace;

    assert_true(tsr_acl_next(&sd->dacl, &offset, &ace));
    *ret_data = ace.data;
    *ret_n_data = ace.n_data;
}

/* NULL texts are left out. The caller frees it. */
static struct sid_set *set_of(const char *const *texts, size_t n_texts)
{
    struct sid_set_entry entries[8] = {0};
    struct sid_set *set = NULL;
    size_t n = 0;

    assert_true(n_texts <= ARRAY_SIZE(entries));
    for (size_t i = 0; i < n_texts; i++) {
        if (texts[i]) {
            entries[n].sid = sid_of(texts[i]);
            entries[n++].matches = SID_MATCHES_ALLOW | SID_MATCHES_DENY;
        }
    }
    expect_ok(sid_set_new(entries, n, &set));
    return set;
}

/* The rules of a row, and what they lie in. */
struct rules {
    tsr_central_rule rules[N_RULES_MAX];
    size_t n_rules;
    uint8_t *bytes[2 * N_RULES_MAX];
};

static void rules_init(struct rules *rules, const struct rule_row *rows)
{
    char text[256];
    tsr_sd sd;

    *rules = (struct rules){0};
    for (size_t i = 0; i < N_RULES_MAX && rows[i].dacl; i++) {
        tsr_central_rule *rule = &rules->rules[rules->n_rules++];

        rules->bytes[2 * i] = parse(rows[i].dacl, &sd);
        rule->dacl = sd.dacl;
        if (rows[i].applies_to) {
            (void)snprintf(text, sizeof(text), "D:(XA;;GA;;;WD;%s)", rows[i].applies_to);
            rules->bytes[2 * i + 1] = parse(text, &sd);
            condition_of(&sd, &rule->applies_to, &rule->n_applies_to);
        }
    }
}

static void rules_deinit(struct rules *rules)
{
    for (size_t i = 0; i < ARRAY_SIZE(rules->bytes); i++) {
        free(rules->bytes[i]);
    }
}

/* The row's nodes with garbage where answers belong, and behind them. @return how many */
static size_t nodes_init(tsr_object_type *nodes, const struct node_row *rows)
{
    size_t n = 0;

    for (size_t i = 0; i < N_NODES_MAX; i++) {
        nodes[i] = (tsr_object_type){
            .level = rows[i].level,
            .status = tsr_status_of(0x5a5a5a5a),
            .granted = UINT32_MAX,
            .undecided = UINT32_MAX,
            .allowed = UINT32_MAX,
        };
        memset(nodes[i].guid, rows[i].guid, TSR_GUID_SIZE);
        n += rows[i].guid != 0;
    }
    return n;
}

static tsr_access_result row_answer(const struct row *row, tsr_object_type *nodes)
{
    const char *const own[] = {ALICE, STAFF, "S-1-1-0", row->also};
    const char *const restricting[] = {KIOSK, "S-1-1-0"};
    const char *const packages[] = {PACKAGE, CAPABILITY, ALL_PACKAGES};
    CLEANUP(sid_set_free) struct sid_set *own_set = set_of(own, ARRAY_SIZE(own));
    CLEANUP(sid_set_free)
    struct sid_set *restricting_set = set_of(restricting, ARRAY_SIZE(restricting));
    CLEANUP(sid_set_free) struct sid_set *package_set = set_of(packages, ARRAY_SIZE(packages));
    const tsr_sid integrity = TSR_SID_INTEGRITY(row->integrity);
    const struct subject subject = {
        .sids = own_set,
        .restricting = row->restricted ? restricting_set : NULL,
        .packages = row->contained ? package_set : NULL,
        .privileges = row->privileges,
        .integrity = row->integrity ? &integrity : NULL,
        .mandatory_policy = 1,
    };
    tsr_central_policy policy = {.sid = sid_of("S-1-17-1")};
    tsr_access_request request = {
        .desired = row->desired,
        .previously_granted = row->previous,
        .mapping = TSR_FILE_MAPPING,
        .types = nodes,
        .n_types = nodes_init(nodes, row->nodes),
        .result_list = row->result_list,
        .policies = &policy,
        .n_policies = row->no_policies ? 0 : 1,
    };
    tsr_access_result result;
    struct rules rules;
    tsr_sd sd;
    CLEANUP(free) uint8_t *bytes = parse(row->sddl, &sd);

    assert_ptr_equal(sd.bytes, bytes);
    rules_init(&rules, row->rules);
    policy.rules = rules.rules;
    policy.n_rules = rules.n_rules;
    result = access_check(&subject, &sd, &request);
    rules_deinit(&rules);
    return result;
}

static bool row_holds(const struct row *row, const tsr_access_result *got)
{
    return got->status.code == row->status && got->granted == row->granted &&
           got->rule == row->rule && got->pass == row->pass && got->missing == row->missing &&
           (row->rule == TSR_RULE_END_OF_DACL || got->ace_index == row->ace_index);
}

static size_t wrong_nodes(const struct row *row, const tsr_object_type *nodes)
{
    size_t n_wrong = 0;

    for (size_t i = 0; row->result_list && i < N_NODES_MAX && row->nodes[i].guid != 0; i++) {
        if (nodes[i].status.code != row->nodes[i].status ||
            nodes[i].granted != row->nodes[i].granted) {
            print_error("%s: node %zu: status %#x granted %#x\n", row->name, i,
                        nodes[i].status.code, nodes[i].granted);
            n_wrong++;
        }
    }
    return n_wrong;
}

/* Every row must give exactly its answer; all that do not are named. */
static void expect_rows(const struct row *rows, size_t n_rows)
{
    size_t n_wrong = 0;

    for (size_t i = 0; i < n_rows; i++) {
        tsr_object_type nodes[N_NODES_MAX] = {0};
        const tsr_access_result got = row_answer(&rows[i], nodes);

        if (!row_holds(&rows[i], &got)) {
            print_error("%s: status %#x granted %#x rule '%s' pass %d ace %u missing %#x\n",
                        rows[i].name, got.status.code, got.granted, tsr_access_rule_text(got.rule),
                        got.pass, got.ace_index, got.missing);
            n_wrong++;
        }
        n_wrong += wrong_nodes(&rows[i], nodes);
    }
    assert_int_equal(n_wrong, 0);
}

#define ALLOW_ON(rights_, type_) "(OA;;" rights_ ";" type_ ";;WD)"
#define DENY_ON(rights_, type_)  "(OD;;" rights_ ";" type_ ";;WD)"

#define TWO_CHILDREN                                \
    {                                               \
        NODE(0x10, 0), NODE(0x21, 1), NODE(0x22, 1) \
    }
#define TWO_LEVELS                                                                \
    {                                                                             \
        NODE(0x10, 0), NODE(0x21, 1), NODE(0x31, 2), NODE(0x32, 2), NODE(0x22, 1) \
    }

/* Covers AC-8.1-2, AC-8.1-3, AC-8.1-5, AC-8.1-12. */
static void an_allow_reaches_down_and_up_when_all_children_have_it(void **state)
{
    const struct row rows[] = {
        {"a plain ACE is about all", "D:(A;;CC;;;WD)", .nodes = TWO_CHILDREN, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"an object ACE without a type too", "D:(OA;;CC;;" ALIEN ";WD)", .nodes = TWO_CHILDREN,
         .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"the root", "D:" ALLOW_ON("CC", ROOT), .nodes = TWO_CHILDREN, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"both children", "D:" ALLOW_ON("CC", LEFT) ALLOW_ON("CC", RIGHT), .nodes = TWO_CHILDREN,
         .desired = CC, GRANTED_BY(ALLOW_ACE, 1, CC)},
        {"one child is not enough", "D:" ALLOW_ON("CC", LEFT), .nodes = TWO_CHILDREN, .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"nor both with different rights", "D:" ALLOW_ON("CC", LEFT) ALLOW_ON("DC", RIGHT),
         .nodes = TWO_CHILDREN, .desired = CC | DC, DENIED_BY(END_OF_DACL, 0, CC | DC)},
        {"an only child is all of them", "D:" ALLOW_ON("CC", LEFT),
         .nodes = {NODE(0x10, 0), NODE(0x21, 1)}, .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"through two levels",
         "D:" ALLOW_ON("CC", LEAF) ALLOW_ON("CC", RIGHT) ALLOW_ON("CC", LEAF_2),
         .nodes = TWO_LEVELS, .desired = CC, GRANTED_BY(ALLOW_ACE, 2, CC)},
        {"one leaf is not all of LEFT", "D:" ALLOW_ON("CC", LEAF) ALLOW_ON("CC", RIGHT),
         .nodes = TWO_LEVELS, .desired = CC, DENIED_BY(END_OF_DACL, 0, CC)},
        {"gathering takes what all have", "D:" ALLOW_ON("CCDC", LEFT) ALLOW_ON("DCLC", RIGHT),
         .nodes = TWO_CHILDREN, .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, DC)},
        {"a root that is alone", "D:" ALLOW_ON("CC", ROOT), .nodes = {NODE(0x10, 0)}, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-8.1-3, AC-8.1-6. */
static void a_deny_of_one_child_denies_all_above_it(void **state)
{
    const struct row rows[] = {
        {"a child", "D:" DENY_ON("CC", LEFT) "(A;;CC;;;WD)", .nodes = TWO_CHILDREN, .desired = CC,
         DENIED_BY(DENY_ACE, 0, CC)},
        {"a grandchild", "D:" DENY_ON("CC", LEAF) "(A;;CC;;;WD)", .nodes = TWO_LEVELS,
         .desired = CC, DENIED_BY(DENY_ACE, 0, CC)},
        {"without a type", "D:(OD;;CC;;" ALIEN ";WD)(A;;CC;;;WD)", .nodes = TWO_CHILDREN,
         .desired = CC, DENIED_BY(DENY_ACE, 0, CC)},
        {"too late", "D:(A;;CC;;;WD)" DENY_ON("CC", LEFT), .nodes = TWO_CHILDREN, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"too late for this child", "D:" ALLOW_ON("CC", LEFT) DENY_ON("CC", LEFT) "(A;;CC;;;WD)",
         .nodes = TWO_CHILDREN, .desired = CC, GRANTED_BY(ALLOW_ACE, 2, CC)},
        {"another right", "D:" DENY_ON("DC", LEFT) "(A;;CC;;;WD)", .nodes = TWO_CHILDREN,
         .desired = CC, GRANTED_BY(ALLOW_ACE, 1, CC)},
        {"gathering loses only that right", "D:" DENY_ON("CC", LEAF) "(A;;CCDC;;;WD)",
         .nodes = TWO_LEVELS, .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, DC)},
        {"and not one that the child has from an earlier ACE",
         "D:" ALLOW_ON("CC", LEFT) DENY_ON("CCDC", LEFT) "(A;;CCDC;;;WD)", .nodes = TWO_CHILDREN,
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-8.1-9, AC-8.1-10, AC-8.1-11. */
static void types_that_are_not_in_the_list_have_no_effect(void **state)
{
    const struct row rows[] = {
        {"an allow", "D:" ALLOW_ON("CC", ALIEN), .nodes = TWO_CHILDREN, .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"a deny", "D:" DENY_ON("CC", ALIEN) "(A;;CC;;;WD)", .nodes = TWO_CHILDREN, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 1, CC)},
        {"an allow without a list", "D:" ALLOW_ON("CC", LEFT), .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"a deny without a list is a plain one", "D:" DENY_ON("CC", LEFT) "(A;;CC;;;WD)",
         .desired = CC, DENIED_BY(DENY_ACE, 0, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-8.1-14. */
static void the_first_node_of_a_type_is_meant(void **state)
{
    const struct row rows[] = {
        {"an allow", "D:" ALLOW_ON("CC", LEFT), .result_list = true, .desired = CC,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, 0, CC}, {0x21, 1, DENIED, 0}},
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"a deny", "D:" DENY_ON("CC", LEFT) "(A;;CC;;;WD)", .result_list = true, .desired = CC,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, DENIED, 0}, {0x21, 1, 0, CC}},
         DENIED_BY(ALLOW_ACE, 1, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-8.1-1. */
static void malformed_lists_are_refused_and_left_alone(void **state)
{
    const struct row rows[] = {
        {"a gap", "D:(A;;CC;;;WD)", .nodes = {NODE(0x10, 0), NODE(0x21, 2)}},
        {"a gap further down", "D:(A;;CC;;;WD)",
         .nodes = {NODE(0x10, 0), NODE(0x21, 1), NODE(0x31, 3)}},
        {"two roots", "D:(A;;CC;;;WD)", .nodes = {NODE(0x10, 0), NODE(0x21, 0)}},
        {"a second root behind children", "D:(A;;CC;;;WD)",
         .nodes = {NODE(0x10, 0), NODE(0x21, 1), NODE(0x22, 0)}},
        {"no root", "D:(A;;CC;;;WD)", .nodes = {NODE(0x10, 1)}},
        {"the highest level", "D:(A;;CC;;;WD)", .nodes = {NODE(0x10, 0), NODE(0x21, UINT16_MAX)}},
        {"without a DACL", "O:WD", .nodes = {NODE(0x10, 0), NODE(0x21, 2)}},
    };

    (void)state;

    for (size_t i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
        tsr_object_type nodes[N_NODES_MAX] = {0};
        struct row row = rows[i / 2];
        tsr_access_result result;

        row.desired = CC;
        row.result_list = i % 2;
        result = row_answer(&row, nodes);
        expect_status(STATUS_INVALID_PARAMETER, result.status);
        assert_int_equal(result.granted, 0);
        assert_int_equal(nodes[0].status.code, STATUS_INVALID_PARAMETER);
        assert_int_equal(nodes[0].granted, 0);
    }
}

/* Covers AC-8.1-4, AC-8.1-7, AC-8.1-8, AC-8.1-13, AC-9-6. */
static void a_result_list_answers_for_every_node(void **state)
{
    const struct row rows[] = {
        {"all", "D:(A;;CC;;;WD)", .result_list = true, .desired = CC,
         .nodes = {{0x10, 0, 0, CC}, {0x21, 1, 0, CC}, {0x22, 1, 0, CC}},
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"no DACL", "O:BA", .result_list = true, .desired = CC,
         .nodes = {{0x10, 0, 0, CC}, {0x21, 1, 0, CC}}, GRANTED_BY(NO_DACL, 0, CC)},
        {"one subtree", "D:" ALLOW_ON("CC", LEFT), .result_list = true, .desired = CC,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, 0, CC}, {0x31, 2, 0, CC}, {0x22, 1, DENIED, 0}},
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"what a refused node has is reported",
         "D:" ALLOW_ON("DC", LEFT) "(A;;CC;;;WD)" ALLOW_ON("LC", RIGHT), .result_list = true,
         .desired = CC | DC,
         .nodes = {{0x10, 0, DENIED, CC}, {0x21, 1, 0, CC | DC}, {0x22, 1, DENIED, CC}},
         DENIED_BY(END_OF_DACL, 0, DC)},
        {"a deny goes up and down, not aside", "D:" DENY_ON("CC", LEFT) "(A;;CC;;;WD)",
         .result_list = true, .desired = CC,
         .nodes =
             {{0x10, 0, DENIED, 0}, {0x21, 1, DENIED, 0}, {0x31, 2, DENIED, 0}, {0x22, 1, 0, CC}},
         DENIED_BY(ALLOW_ACE, 1, CC)},
        {"a deny after another right's allow takes only what it denies",
         "D:" ALLOW_ON("CC", LEFT) DENY_ON("CCDC", LEFT) ALLOW_ON("CCDC", RIGHT),
         .result_list = true, .desired = CC | DC,
         .nodes = {{0x10, 0, DENIED, CC}, {0x21, 1, DENIED, CC}, {0x22, 1, 0, CC | DC}},
         DENIED_BY(ALLOW_ACE, 2, DC)},
        {"gathering", "D:" ALLOW_ON("CC", LEFT) ALLOW_ON("CCDC", RIGHT), .result_list = true,
         .desired = MAXIMUM_ALLOWED,
         .nodes = {{0x10, 0, 0, CC}, {0x21, 1, 0, CC}, {0x22, 1, 0, CC | DC}},
         GRANTED_BY(END_OF_DACL, 0, CC)},
        {"granted before is added where it succeeds", "D:" ALLOW_ON("CC", LEFT),
         .result_list = true, .desired = CC, .previous = LC,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, 0, CC | LC}, {0x22, 1, DENIED, 0}},
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"refused by the label", "D:(A;;FA;;;WD)S:(ML;;NW;;;HI)", .integrity = 4096,
         .result_list = true, .desired = DC, .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, DENIED, 0}},
         DENIED_BY(INTEGRITY, 0, DC)},
        {"the privilege is missing", "D:(A;;FA;;;WD)", .result_list = true,
         .desired = ACCESS_SYSTEM_SECURITY,
         .nodes = {{0x10, 0, STATUS_PRIVILEGE_NOT_HELD, 0},
                   {0x21, 1, STATUS_PRIVILEGE_NOT_HELD, 0}},
         .status = STATUS_PRIVILEGE_NOT_HELD, .rule = TSR_RULE_PRIVILEGE_NOT_HELD,
         .missing = ACCESS_SYSTEM_SECURITY},
        {"a privilege gives to all", "D:" ALLOW_ON("CC", LEFT), .result_list = true,
         .privileges = PRIVILEGE(TAKE_OWNERSHIP), .desired = CC | WRITE_OWNER,
         .nodes = {{0x10, 0, DENIED, WRITE_OWNER},
                   {0x21, 1, 0, CC | WRITE_OWNER},
                   {0x22, 1, DENIED, WRITE_OWNER}},
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"both passes of a restricted token",
         "D:(OA;;CC;" LEFT ";;" STAFF ")(OA;;CC;" RIGHT ";;WD)(OA;;CC;" LEFT ";;WD)"
         "(OD;;DC;" RIGHT ";;" KIOSK ")(A;;DC;;;WD)",
         .restricted = true, .result_list = true, .desired = CC | DC,
         .nodes = {{0x10, 0, DENIED, CC}, {0x21, 1, 0, CC | DC}, {0x22, 1, DENIED, CC}},
         DENIED_BY(ALLOW_ACE, 4, DC), .pass = TSR_PASS_RESTRICTED},
        {"a child below a refused root has the second pass too", "D:(OA;;CC;" LEFT ";;" STAFF ")",
         .restricted = true, .result_list = true, .desired = CC,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, DENIED, 0}, {0x22, 1, DENIED, 0}},
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"and that of the packages", "D:" ALLOW_ON("CC", LEFT), .contained = true,
         .result_list = true, .desired = CC,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, DENIED, 0}, {0x22, 1, DENIED, 0}},
         DENIED_BY(END_OF_DACL, 0, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* What lay in the nodes before is no answer, even where the DACL is not asked. */
static void answers_left_in_the_nodes_grant_nothing(void **state)
{
    const struct row rows[] = {
        {"nothing was asked", "D:", .result_list = true, .previous = CC,
         .nodes = {{0x10, 0, 0, CC}, {0x21, 1, 0, CC}}, GRANTED_BY(NONE, 0, CC)},
        {"nothing was asked, of other rights", "D:", .result_list = true, .previous = DC,
         .nodes = {{0x10, 0, 0, DC}, {0x21, 1, 0, DC}}, GRANTED_BY(NONE, 0, DC)},
        {"nothing was asked, of the root", "D:", .previous = CC, .nodes = TWO_CHILDREN,
         GRANTED_BY(NONE, 0, CC)},
        {"nothing was asked nor had", "D:", .result_list = true,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, DENIED, 0}}, DENIED_BY(NONE, 0, 0)},
        {"an empty DACL", "D:", .result_list = true, .desired = MAXIMUM_ALLOWED,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, DENIED, 0}}, DENIED_BY(END_OF_DACL, 0, 0)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 10. */
/* Covers AC-4-5, AC-10-1, AC-10-4, AC-10-5, AC-10-6, AC-10-7, AC-15-10. */
static void an_app_container_needs_its_own_pass(void **state)
{
    const struct row rows[] = {
        {"its package", "D:(A;;CC;;;WD)(A;;CC;;;" PACKAGE ")", .contained = true, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"a capability", "D:(A;;CC;;;WD)(A;;CC;;;" CAPABILITY ")", .contained = true, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"all packages", "D:(A;;CC;;;WD)(A;;CC;;;" ALL_PACKAGES ")", .contained = true,
         .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"another package", "D:(A;;CC;;;WD)(A;;CC;;;" OTHER_PACK ")", .contained = true,
         .desired = CC, DENIED_BY(END_OF_DACL, 0, CC), .pass = TSR_PASS_PACKAGE},
        {"the user alone", "D:(A;;CC;;;" ALICE ")", .contained = true, .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC), .pass = TSR_PASS_PACKAGE},
        {"the package alone", "D:(A;;CC;;;" PACKAGE ")", .contained = true, .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"the package of one who is not contained", "D:(A;;CC;;;" PACKAGE ")", .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"gathering intersects", "D:(A;;CCDC;;;WD)(A;;DCLC;;;" PACKAGE ")", .contained = true,
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(END_OF_DACL, 0, DC), .pass = TSR_PASS_PACKAGE},
        {"no DACL", "O:BA", .contained = true, .desired = CC, DENIED_BY(END_OF_DACL, 0, CC),
         .pass = TSR_PASS_PACKAGE},
        {"the NULL DACL", "D:NO_ACCESS_CONTROL", .contained = true, .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC), .pass = TSR_PASS_PACKAGE},
        {"gathering from no DACL", "O:BA", .contained = true, .desired = MAXIMUM_ALLOWED,
         DENIED_BY(END_OF_DACL, 0, 0), .pass = TSR_PASS_PACKAGE},
        {"no DACL, not contained", "O:BA", .desired = CC, GRANTED_BY(NO_DACL, 0, CC)},
        {"ownership does not count", "O:" ALICE "D:", .contained = true, .desired = READ_CONTROL,
         DENIED_BY(END_OF_DACL, 0, READ_CONTROL), .pass = TSR_PASS_PACKAGE},
        {"nor of the package itself", "O:" PACKAGE "D:(A;;RC;;;WD)", .contained = true,
         .desired = READ_CONTROL, DENIED_BY(END_OF_DACL, 0, READ_CONTROL),
         .pass = TSR_PASS_PACKAGE},
        {"privileges do not count", "D:", .contained = true,
         .privileges = PRIVILEGE(TAKE_OWNERSHIP), .desired = WRITE_OWNER,
         DENIED_BY(END_OF_DACL, 0, WRITE_OWNER), .pass = TSR_PASS_PACKAGE},
        {"a privilege and the package", "D:(A;;WO;;;" PACKAGE ")", .contained = true,
         .privileges = PRIVILEGE(TAKE_OWNERSHIP), .desired = WRITE_OWNER,
         GRANTED_BY(PRIVILEGE, 0, WRITE_OWNER)},
        {"a deny for the package", "D:(D;;CC;;;" PACKAGE ")(A;;CC;;;WD)(A;;CC;;;" PACKAGE ")",
         .contained = true, .desired = CC, DENIED_BY(DENY_ACE, 0, CC), .pass = TSR_PASS_PACKAGE},
        {"a deny for another", "D:(D;;CC;;;" OTHER_PACK ")(A;;CC;;;WD)(A;;CC;;;" PACKAGE ")",
         .contained = true, .desired = CC, GRANTED_BY(ALLOW_ACE, 1, CC)},
        {"object ACEs are not for packages", "D:(A;;CC;;;WD)(OA;;CC;" ROOT ";;" PACKAGE ")",
         .contained = true, .nodes = TWO_CHILDREN, .desired = CC, DENIED_BY(END_OF_DACL, 0, CC),
         .pass = TSR_PASS_PACKAGE},
        {"not even without an object type", "D:(A;;CC;;;WD)(OA;;CC;;" ALIEN ";" PACKAGE ")",
         .contained = true, .desired = CC, DENIED_BY(END_OF_DACL, 0, CC), .pass = TSR_PASS_PACKAGE},
        {"but object denies are",
         "D:(A;;CC;;;WD)(OD;;CC;" ROOT ";;" PACKAGE ")(A;;CC;;;" PACKAGE ")", .contained = true,
         .nodes = TWO_CHILDREN, .desired = CC, .pass = TSR_PASS_PACKAGE,
         DENIED_BY(DENY_ACE, 1, CC)},
        {"a condition is about the user",
         "D:(A;;CC;;;WD)(XA;;CC;;;" PACKAGE ";(Member_of{SID(" STAFF ")}))", .contained = true,
         .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"and not about the package",
         "D:(A;;CC;;;WD)(XA;;CC;;;" PACKAGE ";(Member_of{SID(" PACKAGE ")}))", .contained = true,
         .desired = CC, DENIED_BY(END_OF_DACL, 0, CC), .pass = TSR_PASS_PACKAGE},
        {"three passes, the last refuses", "D:(A;;CC;;;WD)", .contained = true, .restricted = true,
         .desired = CC, DENIED_BY(END_OF_DACL, 0, CC), .pass = TSR_PASS_PACKAGE},
        {"three passes, the second refuses", "D:(A;;CC;;;" ALICE ")(A;;CC;;;" PACKAGE ")",
         .contained = true, .restricted = true, .desired = CC, DENIED_BY(END_OF_DACL, 0, CC),
         .pass = TSR_PASS_RESTRICTED},
        {"every node has its pass", "D:(A;;CCDC;;;WD)(A;;CC;;;" PACKAGE ")", .contained = true,
         .result_list = true, .desired = MAXIMUM_ALLOWED,
         .nodes = {{0x10, 0, 0, CC}, {0x21, 1, 0, CC}}, GRANTED_BY(END_OF_DACL, 0, CC),
         .pass = TSR_PASS_PACKAGE},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 6.3: the pass of the packages decides instead. */
/* Covers AC-6.3-11. */
static void labels_not_above_medium_do_not_limit_app_containers(void **state)
{
#define BOTH "D:(A;;FA;;;WD)(A;;FA;;;" PACKAGE ")"
    const struct row rows[] = {
        {"no label is medium", BOTH, .contained = true, .integrity = 4096, .desired = DC,
         GRANTED_BY(ALLOW_ACE, 0, DC)},
        {"medium", BOTH "S:(ML;;NW;;;ME)", .contained = true, .integrity = 4096, .desired = DC,
         GRANTED_BY(ALLOW_ACE, 0, DC)},
        {"below medium", BOTH "S:(ML;;NWNRNX;;;LW)", .contained = true, .integrity = 1,
         .desired = CC | DC, GRANTED_BY(ALLOW_ACE, 0, CC | DC)},
        {"above medium", BOTH "S:(ML;;NW;;;S-1-16-8193)", .contained = true, .integrity = 4096,
         .desired = DC, DENIED_BY(INTEGRITY, 0, DC)},
        {"high", BOTH "S:(ML;;NW;;;HI)", .contained = true, .integrity = 4096, .desired = DC,
         DENIED_BY(INTEGRITY, 0, DC)},
        {"a label that is none", BOTH "S:(ML;;NW;;;SY)", .contained = true, .integrity = 4096,
         .desired = DC, DENIED_BY(INTEGRITY, 0, DC)},
        {"what high leaves", BOTH "S:(ML;;NW;;;HI)", .contained = true, .integrity = 4096,
         .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"one who is not contained", BOTH, .integrity = 4096, .desired = DC,
         DENIED_BY(INTEGRITY, 0, DC)},
        {"its pass still refuses", "D:(A;;FA;;;WD)", .contained = true, .integrity = 4096,
         .desired = DC, DENIED_BY(END_OF_DACL, 0, DC), .pass = TSR_PASS_PACKAGE},
    };
#undef BOTH

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

#define POLICY        "(SP;;;;;S-1-17-1)"
#define SECRET        "(RA;;;;;WD;(\"secret\",TI,0x0,1))"
#define ALL_OF(sddl_) "D:(A;;FA;;;WD)S:" sddl_

/* Section 12. */
/* Covers AC-4-6, AC-7-17, AC-12-1, AC-12-4, AC-12-7, AC-12-8, AC-12-9, AC-12-10, AC-12-11. */
static void rules_of_a_central_policy_narrow_what_the_object_grants(void **state)
{
    const struct row rows[] = {
        {"inside", ALL_OF(POLICY), .rules = {RULE("D:(A;;CC;;;WD)")}, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"outside", ALL_OF(POLICY), .rules = {RULE("D:(A;;CC;;;WD)")}, .desired = CC | DC,
         DENIED_BY(CENTRAL_POLICY, 0, DC)},
        {"a deny", ALL_OF(POLICY), .rules = {RULE("D:(D;;CC;;;" STAFF ")(A;;FA;;;WD)")},
         .desired = CC, DENIED_BY(CENTRAL_POLICY, 0, CC)},
        {"gathering", ALL_OF(POLICY), .rules = {RULE("D:(A;;CCDC;;;WD)")},
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(CENTRAL_POLICY, 0, CC | DC)},
        {"gathering nothing", ALL_OF(POLICY), .rules = {RULE("D:")}, .desired = MAXIMUM_ALLOWED,
         DENIED_BY(CENTRAL_POLICY, 0, 0)},
        {"gathering and a right by name", ALL_OF(POLICY), .rules = {RULE("D:(A;;CC;;;WD)")},
         .desired = MAXIMUM_ALLOWED | DC, DENIED_BY(CENTRAL_POLICY, 0, DC)},
        {"all rules together", ALL_OF(POLICY),
         .rules = {RULE("D:(A;;CCDC;;;WD)"), RULE("D:(A;;DCLC;;;WD)")}, .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(CENTRAL_POLICY, 0, DC)},
        {"no rules", ALL_OF(POLICY), .desired = DC, GRANTED_BY(ALLOW_ACE, 0, DC)},
        {"the NULL DACL", ALL_OF(POLICY), .rules = {RULE("D:NO_ACCESS_CONTROL")}, .desired = DC,
         GRANTED_BY(ALLOW_ACE, 0, DC)},
        {"no rule widens", "D:(A;;CC;;;WD)S:" POLICY, .rules = {RULE("D:(A;;FA;;;WD)")},
         .desired = CC | DC, DENIED_BY(END_OF_DACL, 0, DC)},
        {"what the object refuses is not limited", "D:(A;;CC;;;WD)S:" POLICY, .rules = {RULE("D:")},
         .desired = CC | DC, DENIED_BY(END_OF_DACL, 0, DC)},
        {"whatever its parts may", "D:(A;;CC;;;WD)" ALLOW_ON("DC", LEFT) "S:" POLICY,
         .rules = {RULE("D:")}, .nodes = TWO_CHILDREN, .desired = CC | DC,
         DENIED_BY(END_OF_DACL, 0, DC)},
        {"nor a result list that refuses all", "D:(A;;CC;;;WD)S:" POLICY, .rules = {RULE("D:")},
         .result_list = true, .nodes = {{0x10, 0, DENIED, CC}, {0x21, 1, DENIED, CC}},
         .desired = CC | DC, DENIED_BY(END_OF_DACL, 0, DC)},
        {"also where there is no DACL", "S:" POLICY, .rules = {RULE("D:(A;;CC;;;WD)")},
         .desired = DC, DENIED_BY(CENTRAL_POLICY, 0, DC)},
        {"an object of no policy", "D:(A;;FA;;;WD)", .rules = {RULE("D:")}, .desired = DC,
         GRANTED_BY(ALLOW_ACE, 0, DC)},
        {"an inherit-only policy", ALL_OF("(SP;CIIO;;;;S-1-17-1)"), .rules = {RULE("D:")},
         .desired = DC, GRANTED_BY(ALLOW_ACE, 0, DC)},
        {"the owner has his rights by a rule too", "O:" ALICE "D:(A;;FA;;;WD)S:" POLICY,
         .rules = {RULE("D:")}, .desired = READ_CONTROL, GRANTED_BY(OWNER, 0, READ_CONTROL)},
        {"unless it names OWNER RIGHTS", "O:" ALICE "D:(A;;FA;;;WD)S:" POLICY,
         .rules = {RULE("D:(A;;CC;;;OW)")}, .desired = READ_CONTROL,
         DENIED_BY(CENTRAL_POLICY, 0, READ_CONTROL)},
        {"what a privilege gives stays", "D:S:" POLICY, .rules = {RULE("D:")},
         .privileges = PRIVILEGE(TAKE_OWNERSHIP), .desired = WRITE_OWNER,
         GRANTED_BY(PRIVILEGE, 0, WRITE_OWNER)},
        {"a restricted token has both passes", ALL_OF(POLICY),
         .rules = {RULE("D:(A;;FA;;;" STAFF ")")}, .restricted = true, .desired = CC,
         DENIED_BY(CENTRAL_POLICY, 0, CC)},
        {"and may have both", ALL_OF(POLICY), .rules = {RULE("D:(A;;FA;;;" STAFF ")(A;;CC;;;WD)")},
         .restricted = true, .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"a contained one as well", "D:(A;;FA;;;WD)(A;;FA;;;" PACKAGE ")S:" POLICY,
         .rules = {RULE("D:(A;;FA;;;WD)")}, .contained = true, .desired = CC,
         DENIED_BY(CENTRAL_POLICY, 0, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-12-5, AC-12-6. */
static void a_rule_applies_by_resource_attributes_when_true(void **state)
{
    const struct row rows[] = {
        {"true", ALL_OF(POLICY SECRET), .rules = {{"D:", "(@RESOURCE.secret==1)"}}, .desired = CC,
         DENIED_BY(CENTRAL_POLICY, 0, CC)},
        {"false", ALL_OF(POLICY SECRET), .rules = {{"D:", "(@RESOURCE.secret==2)"}}, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"unknown", ALL_OF(POLICY), .rules = {{"D:", "(@RESOURCE.secret==1)"}}, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"unknown is not made true by negation", ALL_OF(POLICY),
         .rules = {{"D:", "(!(@RESOURCE.secret==1))"}}, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"one applies, one does not", ALL_OF(POLICY SECRET),
         .rules = {{"D:", "(@RESOURCE.secret==2)"}, {"D:(A;;CC;;;WD)", "(@RESOURCE.secret==1)"}},
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(CENTRAL_POLICY, 0, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-4-6, AC-12-2, AC-12-3, AC-12-4. */
static void a_policy_nobody_knows_leaves_the_object_to_those_who_can_recover_it(void **state)
{
#define LOST "O:" BOB "D:(A;;FA;;;WD)S:(SP;;;;;S-1-17-2)"
    const struct row rows[] = {
        {"anybody", LOST, .rules = {RULE("D:(A;;FA;;;WD)")}, .desired = CC,
         DENIED_BY(CENTRAL_POLICY, 0, CC)},
        {"anybody, gathering", LOST, .desired = MAXIMUM_ALLOWED, DENIED_BY(CENTRAL_POLICY, 0, 0)},
        {"an administrator", LOST, .also = "S-1-5-32-544", .desired = FILE_ALL_ACCESS,
         GRANTED_BY(ALLOW_ACE, 0, FILE_ALL_ACCESS)},
        {"the system", LOST, .also = "S-1-5-18", .desired = FILE_ALL_ACCESS,
         GRANTED_BY(ALLOW_ACE, 0, FILE_ALL_ACCESS)},
        {"the owner", LOST, .also = BOB, .desired = FILE_ALL_ACCESS,
         GRANTED_BY(ALLOW_ACE, 0, FILE_ALL_ACCESS)},
        {"another built-in group", LOST, .also = "S-1-5-32-545", .desired = CC,
         DENIED_BY(CENTRAL_POLICY, 0, CC)},
        {"an administrator whom the object refuses", "O:" BOB "D:S:(SP;;;;;S-1-17-2)",
         .also = "S-1-5-32-544", .desired = CC, DENIED_BY(END_OF_DACL, 0, CC)},
        {"where there are no policies", LOST, .no_policies = true, .desired = FILE_ALL_ACCESS,
         GRANTED_BY(ALLOW_ACE, 0, FILE_ALL_ACCESS)},
    };
#undef LOST

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Covers AC-12-1. */
static void the_first_policy_of_an_object_counts(void **state)
{
    const struct row rows[] = {
        {"the first", ALL_OF(POLICY "(SP;;;;;S-1-17-2)"), .rules = {RULE("D:(A;;CC;;;WD)")},
         .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"not the second", ALL_OF("(SP;;;;;S-1-17-2)" POLICY), .rules = {RULE("D:(A;;FA;;;WD)")},
         .desired = CC, DENIED_BY(CENTRAL_POLICY, 0, CC)},
        {"the first that acts", ALL_OF("(SP;CIIO;;;;S-1-17-2)" POLICY),
         .rules = {RULE("D:(A;;CC;;;WD)")}, .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"behind other ACEs", ALL_OF("(AU;SA;FA;;;WD)" POLICY), .rules = {RULE("D:")},
         .desired = CC, DENIED_BY(CENTRAL_POLICY, 0, CC)},
        {"a SID that is no policy's is one nobody knows", ALL_OF("(SP;;;;;WD)"),
         .rules = {RULE("D:(A;;FA;;;WD)")}, .desired = CC, DENIED_BY(CENTRAL_POLICY, 0, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* A refused root, or one that got all that it asked for, says nothing about the children. */
/* Covers AC-12-7, AC-12-12. */
static void a_central_policy_limits_every_node_of_a_result_list(void **state)
{
    const struct row rows[] = {
        {"a child below a refused root", "D:" ALLOW_ON("CC", LEFT) "S:" POLICY,
         .rules = {RULE("D:(D;;CC;;;WD)")}, .result_list = true, .desired = CC,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, DENIED, 0}, {0x22, 1, DENIED, 0}},
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"a child that the policy lets through", "D:" ALLOW_ON("CC", LEFT) "S:" POLICY,
         .rules = {RULE("D:(A;;CC;;;WD)")}, .result_list = true, .desired = CC,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, 0, CC}, {0x22, 1, DENIED, 0}},
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"gathering below a refused root", "D:" ALLOW_ON("CCDC", LEFT) "S:" POLICY,
         .rules = {RULE("D:(A;;CC;;;WD)")}, .result_list = true, .desired = MAXIMUM_ALLOWED,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, 0, CC}, {0x22, 1, DENIED, 0}},
         DENIED_BY(END_OF_DACL, 0, 0)},
        {"gathering, the child has more than the root",
         "D:(A;;CC;;;WD)" ALLOW_ON("DC", LEFT) "S:" POLICY, .rules = {RULE("D:(A;;CCLC;;;WD)")},
         .result_list = true, .desired = MAXIMUM_ALLOWED,
         .nodes = {{0x10, 0, 0, CC}, {0x21, 1, 0, CC}, {0x22, 1, 0, CC}},
         GRANTED_BY(END_OF_DACL, 0, CC)},
        {"gathering under an unknown policy", "D:" ALLOW_ON("FA", LEFT) "S:(SP;;;;;S-1-17-2)",
         .result_list = true, .desired = MAXIMUM_ALLOWED,
         .nodes = {{0x10, 0, DENIED, 0}, {0x21, 1, DENIED, 0}, {0x22, 1, DENIED, 0}},
         DENIED_BY(END_OF_DACL, 0, 0)},
        {"a rule knows no types", ALL_OF(POLICY), .rules = {RULE("D:" ALLOW_ON("CC", ROOT))},
         .nodes = TWO_CHILDREN, .desired = CC, DENIED_BY(CENTRAL_POLICY, 0, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

#define FILTER(rights_, condition_) "(FL;;" rights_ ";;;WD;" condition_ ")"

/* Section 6.2. */
/* Covers AC-6.2-1, AC-6.2-2, AC-6.2-4. */
static void an_access_filter_cuts_unless_its_condition_is_true(void **state)
{
    const struct row rows[] = {
        {"true", ALL_OF(FILTER("CC", TRUE_CONDITION)), .desired = CC | DC,
         GRANTED_BY(ALLOW_ACE, 0, CC | DC)},
        {"false, inside", ALL_OF(FILTER("CC", FALSE_CONDITION)), .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"false, outside", ALL_OF(FILTER("CC", FALSE_CONDITION)), .desired = CC | DC,
         DENIED_BY(ACCESS_FILTER, 0, DC)},
        {"unknown, outside", ALL_OF(FILTER("CC", UNKNOWN_CONDITION)), .desired = DC,
         DENIED_BY(ACCESS_FILTER, 0, DC)},
        {"gathering", ALL_OF(FILTER("CC", UNKNOWN_CONDITION)), .desired = MAXIMUM_ALLOWED,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"one true and one false",
         ALL_OF(FILTER("CC", TRUE_CONDITION) FILTER("CCDC", FALSE_CONDITION)),
         .desired = MAXIMUM_ALLOWED, GRANTED_BY(ALLOW_ACE, 0, CC | DC)},
        {"inherit-only", ALL_OF("(FL;CIIO;;;;WD;" FALSE_CONDITION ")"), .desired = DC,
         GRANTED_BY(ALLOW_ACE, 0, DC)},
        {"by a resource attribute", ALL_OF(FILTER("", "(@RESOURCE.secret==1)") SECRET),
         .desired = DC, GRANTED_BY(ALLOW_ACE, 0, DC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

#define IF(type_, condition_) "(" type_ ";;CC;;;WD;" condition_ ")"

/* Section 8. */
/* Covers AC-8-15, AC-8-16. */
static void a_conditional_allow_must_be_true_and_a_deny_only_not_false(void **state)
{
    const struct row rows[] = {
        {"allow, true", "D:" IF("XA", TRUE_CONDITION), .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"allow, false", "D:" IF("XA", FALSE_CONDITION), .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"allow, unknown", "D:" IF("XA", UNKNOWN_CONDITION), .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"deny, true", "D:" IF("XD", TRUE_CONDITION) "(A;;CC;;;WD)", .desired = CC,
         DENIED_BY(DENY_ACE, 0, CC)},
        {"deny, false", "D:" IF("XD", FALSE_CONDITION) "(A;;CC;;;WD)", .desired = CC,
         GRANTED_BY(ALLOW_ACE, 1, CC)},
        {"deny, false, also for children", "D:(XD;OI;CC;;;WD;" FALSE_CONDITION ")(A;;CC;;;WD)",
         .desired = CC, GRANTED_BY(ALLOW_ACE, 1, CC)},
        {"deny, unknown", "D:" IF("XD", UNKNOWN_CONDITION) "(A;;CC;;;WD)", .desired = CC,
         DENIED_BY(DENY_ACE, 0, CC)},
        {"somebody else's", "D:(XD;;CC;;;" BOB ";" TRUE_CONDITION ")(A;;CC;;;WD)", .desired = CC,
         GRANTED_BY(ALLOW_ACE, 1, CC)},
        {"of a type, true", "D:(ZA;;CC;" ROOT ";;WD;" TRUE_CONDITION ")", .nodes = TWO_CHILDREN,
         .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"of a type, unknown", "D:(ZA;;CC;" ROOT ";;WD;" UNKNOWN_CONDITION ")",
         .nodes = TWO_CHILDREN, .desired = CC, DENIED_BY(END_OF_DACL, 0, CC)},
    };

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

/* Section 9: Member_of is about the SIDs of the pass that is being run. */
/* Covers AC-9-10. */
static void a_condition_is_judged_in_both_passes_of_a_restricted_token(void **state)
{
#define OF(sid_) "(Member_of{SID(" sid_ ")})"
    const struct row rows[] = {
        {"allow: true in both", "D:" IF("XA", OF("WD")), .restricted = true, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"allow: the first only", "D:" IF("XA", OF(STAFF)), .restricted = true, .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC), .pass = TSR_PASS_RESTRICTED},
        {"allow: the first is all, not restricted", "D:" IF("XA", OF(STAFF)), .desired = CC,
         GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"allow: the second only", "D:" IF("XA", OF(KIOSK)), .restricted = true, .desired = CC,
         DENIED_BY(END_OF_DACL, 0, CC)},
        {"allow: either", "D:" IF("XA", "(Member_of_any{SID(" STAFF "),SID(" KIOSK ")})"),
         .restricted = true, .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"allow: one for each", "D:" IF("XA", OF(STAFF)) IF("XA", OF(KIOSK)), .restricted = true,
         .desired = CC, GRANTED_BY(ALLOW_ACE, 0, CC)},
        {"deny: the first", "D:" IF("XD", OF(STAFF)) "(A;;CC;;;WD)", .restricted = true,
         .desired = CC, DENIED_BY(DENY_ACE, 0, CC)},
        {"deny: the second", "D:" IF("XD", OF(KIOSK)) "(A;;CC;;;WD)", .restricted = true,
         .desired = CC, DENIED_BY(DENY_ACE, 0, CC), .pass = TSR_PASS_RESTRICTED},
        {"deny: neither", "D:" IF("XD", OF("BG")) "(A;;CC;;;WD)", .restricted = true, .desired = CC,
         GRANTED_BY(ALLOW_ACE, 1, CC)},
        {"deny: not restricted, the second is not asked", "D:" IF("XD", OF(KIOSK)) "(A;;CC;;;WD)",
         .desired = CC, GRANTED_BY(ALLOW_ACE, 1, CC)},
    };
#undef OF

    (void)state;

    expect_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_allow_reaches_down_and_up_when_all_children_have_it),
        cmocka_unit_test(a_deny_of_one_child_denies_all_above_it),
        cmocka_unit_test(types_that_are_not_in_the_list_have_no_effect),
        cmocka_unit_test(the_first_node_of_a_type_is_meant),
        cmocka_unit_test(malformed_lists_are_refused_and_left_alone),
        cmocka_unit_test(a_result_list_answers_for_every_node),
        cmocka_unit_test(answers_left_in_the_nodes_grant_nothing),
        cmocka_unit_test(an_app_container_needs_its_own_pass),
        cmocka_unit_test(labels_not_above_medium_do_not_limit_app_containers),
        cmocka_unit_test(rules_of_a_central_policy_narrow_what_the_object_grants),
        cmocka_unit_test(a_rule_applies_by_resource_attributes_when_true),
        cmocka_unit_test(a_policy_nobody_knows_leaves_the_object_to_those_who_can_recover_it),
        cmocka_unit_test(the_first_policy_of_an_object_counts),
        cmocka_unit_test(a_central_policy_limits_every_node_of_a_result_list),
        cmocka_unit_test(an_access_filter_cuts_unless_its_condition_is_true),
        cmocka_unit_test(a_conditional_allow_must_be_true_and_a_deny_only_not_false),
        cmocka_unit_test(a_condition_is_judged_in_both_passes_of_a_restricted_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
