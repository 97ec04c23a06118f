/* SPDX-License-Identifier: MIT */
/* Tests of what refusals of SDDL say: where, and what was expected. */

#include <tessera/sddl.h>

#include "base/check.h"

#include <support/expect.h>

#define ACE(type_)       "D:(" type_ ";;FA;;;WD"
#define IF(condition_)   "D:(XA;;FA;;;WD;" condition_
#define ATTR(attribute_) "S:(RA;;;;;WD;" attribute_
#define GUID             "00112233-4455-6677-8899-aabbccddeeff"

/* What several refusals say. */
#define SECTION_EXPECTED "expected a section: O:, G:, D: or S:"
#define SID_EXPECTED     "expected a SID or the alias of one"
#define SID_ALONE        "expected a SID or the alias of one, and nothing behind it"
#define NUMBERS_EXPECTED "expected a SID as S-1-AUTHORITY-NUMBER... that fits its fields"
#define TYPE_EXPECTED    "expected an ACE type"
#define FLAG_EXPECTED    "expected another ACE flag or ';'"
#define RIGHT_EXPECTED   "expected another right or ';'"
#define GUID_EXPECTED    "expected a GUID as 8-4-4-4-12 hexadecimal digits, or ';'"
#define DIGIT_EXPECTED   "expected a digit"
#define SIGNED_EXPECTED  "expected an integer of at most 64 bits with its sign"
#define BLANK_EXPECTED   "expected a blank after the operator"
#define LITERAL_EXPECTED "expected an integer, \"string\", #octets or SID(...)"
#define NAME_EXPECTED    "expected an attribute's name"
#define NUMBER_NEEDED    "expected the number of a character that needs one"
#define FLAGS_EXPECTED   "expected flags of 32 bits, none of them in ff00"

struct refusal {
    const char *text;
    size_t column;
    const char *expected;
};

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

static void expect_refusal(const struct refusal *refusal, const tsr_sid *of_domain)
{
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    size_t size = 42;

    if (tsr_ok(tsr_sddl_parse(refusal->text, of_domain, &bytes, &size, &error))) {
        fail_msg("%.80s: is accepted", refusal->text);
    }
    if (error.column != refusal->column || !error.message ||
        strcmp(error.message, refusal->expected) != 0) {
        fail_msg("%.80s: column %zu: %s", refusal->text, error.column, error.message);
    }
    assert_null(bytes);
    assert_int_equal(size, 42);
}

static void expect_refusals(const struct refusal *refusals, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        expect_refusal(&refusals[i], &domain);
    }
}

static void sections_say_what_they_expect(void **state)
{
    static const struct refusal refusals[] = {
        {"x", 1, SECTION_EXPECTED},
        {" O:SY", 1, SECTION_EXPECTED},
        {"O:SY ", 5, SECTION_EXPECTED},
        {"O:SYO", 5, SECTION_EXPECTED},
        {"d:", 1, SECTION_EXPECTED},
        {"D:()x", 4, TYPE_EXPECTED},
        {"D:PX", 4, SECTION_EXPECTED},
        {"O:SYO:SY", 5, "expected each section once at most"},
        {"D:S:D:", 5, "expected each section once at most"},
        {"D:NO_ACCESS_CONTROL(A;;;;;WD)", 20, "expected no ACE after NO_ACCESS_CONTROL"},
        {"S:NO_ACCESS_CONTROL", 3, SECTION_EXPECTED},
        {"O:", 3, SID_EXPECTED},
        {"O:ZZ", 3, SID_EXPECTED},
        {"G:S-1-5", 3, NUMBERS_EXPECTED},
        {"G:S-1-5-4294967296", 3, NUMBERS_EXPECTED},
        {"G:S-2-5-1", 3, NUMBERS_EXPECTED},
    };

    (void)state;
    expect_refusals(refusals, ARRAY_SIZE(refusals));
}

static void aces_say_what_they_expect(void **state)
{
    static const struct refusal refusals[] = {
        {"D:(", 4, TYPE_EXPECTED},
        {"D:(xa;;;;;WD)", 4, TYPE_EXPECTED},
        {"D:(A", 5, "expected ';' after the ACE type"},
        {ACE("AU"), 4, "expected an ACE type that belongs in a DACL"},
        {"S:(A;;;;;WD)", 4, "expected an ACE type that belongs in a SACL"},
        {"D:(A;XX;;;;WD)", 6, FLAG_EXPECTED},
        {"D:(A;OIX;;;;WD)", 8, FLAG_EXPECTED},
        {"D:(A;;FRX;;;WD)", 9, RIGHT_EXPECTED},
        {"D:(A;;FR ;;;WD)", 9, RIGHT_EXPECTED},
        {"D:(A;;NW;;;WD)", 7, RIGHT_EXPECTED},
        {"D:(A;;-1;;;WD)", 7, RIGHT_EXPECTED},
        {"D:(A;;08;;;WD)", 8, RIGHT_EXPECTED},
        {"D:(A;;0x;;;WD)", 9, DIGIT_EXPECTED},
        {"D:(A;;0x100000000;;;WD)", 7, "expected a number of at most 32 bits"},
        {"D:(A;;FR;" GUID ";;WD)", 10, "expected ';': only an object ACE has GUIDs"},
        {"D:(A;;FR; ;;WD)", 10, "expected ';': only an object ACE has GUIDs"},
        {"D:(OA;;FR;0011-2233;;WD)", 15, GUID_EXPECTED},
        {"D:(OA;;FR;0011223;;WD)", 18, GUID_EXPECTED},
        {"D:(OA;;FR;001122334;;WD)", 19, GUID_EXPECTED},
        {"D:(OA;;FR;" GUID "x;;WD)", 47, "expected ';' after the object GUID"},
        {"D:(OA;;FR;;" GUID "x;WD)", 48, "expected ';' after the inherited object GUID"},
        {"D:(A;;;;;)", 10, SID_EXPECTED},
        {"D:(A;;;;;S-1-x)", 10, NUMBERS_EXPECTED},
        {ACE("A"), 14, "expected ')' after the SID"},
        {ACE("A") " )", 14, "expected ')' after the SID"},
        {ACE("A") ";)", 14, "expected ')' after the SID"},
        {ACE("XA") ")", 15, "expected ';' and a condition"},
        {"S:(RA;;;;;WD)", 13, "expected ';' and a resource attribute"},
        {"S:(RA;;;;;BA;(\"a\",TI,0))", 11, "expected WD, whom every resource attribute is for"},
        {IF("(a) )"), 19, "expected ')' at the end of the ACE"},
    };

    (void)state;
    expect_refusals(refusals, ARRAY_SIZE(refusals));
}

static void conditions_say_what_they_expect(void **state)
{
    static const struct refusal refusals[] = {
        {IF("a"), 16, "expected a condition in parentheses"},
        {IF(" (a))"), 16, "expected a condition in parentheses"},
        {IF("("), 17, "expected an attribute"},
        {IF("()"), 17, "expected an attribute"},
        {IF("(== 1))"), 17, "expected an attribute"},
        {IF("(@a == 1))"), 17, "expected @User., @Device. or @Resource."},
        {IF("(@User.))"), 23, NAME_EXPECTED},
        {IF("(@User.%12))"), 23, "expected four hexadecimal digits after '%'"},
        {IF("(@User.%0041))"), 23, NUMBER_NEEDED},
        {IF("(@User.\x80))"), 23, "expected UTF-8 in the name"},
        {IF("(@User.%d800))"), 23, "expected a name whose surrogates stand in pairs"},
        {IF("(Contains 1))"), 17, "expected an attribute on the left of the operator"},
        {IF("(Exists@User.a))"), 23, BLANK_EXPECTED},
        {IF("(a Contains{1}))"), 27, BLANK_EXPECTED},
        {IF("(Exists Exists))"), 24, "expected an attribute, which no operator can be"},
        {IF("(a b))"), 19, "expected an operator or ')'"},
        {IF("(a"), 18, "expected an operator or ')'"},
        {IF("(!a))"), 18, "expected '(' or an attribute with '@' after '!'"},
        {IF("(!(a) == 1))"), 22, "expected '&&', '||' or ')'"},
        {IF("(Exists a == 1))"), 26, "expected '&&', '||' or ')'"},
        {IF("(a == b))"), 22, LITERAL_EXPECTED},
        {IF("(a == ))"), 22, LITERAL_EXPECTED},
        {IF("(a == {1,}))"), 25, LITERAL_EXPECTED},
        {IF("(a == {1 2}))"), 25, "expected ',' or '}'"},
        {IF("(a == +))"), 23, DIGIT_EXPECTED},
        {IF("(a == 0x))"), 24, DIGIT_EXPECTED},
        {IF("(a == 1z))"), 23, "expected a digit or the end of the integer"},
        {IF("(a == 18446744073709551616))"), 22, "expected an integer of at most 64 bits"},
        {IF("(a == 9223372036854775808))"), 22, SIGNED_EXPECTED},
        {IF("(a == -9223372036854775809))"), 22, SIGNED_EXPECTED},
        {IF("(a == #123))"), 26, "expected two hexadecimal digits for each byte"},
        {IF("(a == \"b))"), 26, "expected '\"' at the end of the string"},
        {IF("(a == \"\x80\"))"), 23, "expected UTF-8 in the string"},
        {IF("(a == Sid))"), 22, "expected SID(...)"},
        {IF("(a == SID(ZZ)))"), 26, SID_EXPECTED},
        {IF("(a == SID(BAX)))"), 26, SID_ALONE},
        {IF("(a == SID(S-1-5)))"), 26, NUMBERS_EXPECTED},
        {IF("(a == SID(BA }))"), 28, "expected ')' after the SID"},
        {IF("(Member_of (SID(BA) 1)))"), 36, "expected ')' after the SIDs"},
        {IF("(Member_of ((SID(BA)))))"), 28, LITERAL_EXPECTED},
    };

    (void)state;
    expect_refusals(refusals, ARRAY_SIZE(refusals));
}

static void attributes_say_what_they_expect(void **state)
{
    static const struct refusal refusals[] = {
        {ATTR("\"a\""), 14, "expected a resource attribute in parentheses"},
        {ATTR("(a,TI,0,1))"), 15, "expected a name in double quotes"},
        {ATTR("(\"\",TI,0,1))"), 16, NAME_EXPECTED},
        {ATTR("(\"a b\",TI,0,1))"), 17, "expected '\"' or a character's number as %hhhh"},
        {ATTR("(\"a\";TI,0,1))"), 18, "expected ','"},
        {ATTR("(\"a\",TT,0,1))"), 19, "expected TI, TU, TS, TD, TX or TB"},
        {ATTR("(\"a\",TI,x,1))"), 22, DIGIT_EXPECTED},
        {ATTR("(\"a\",TI,0x100,1))"), 22, FLAGS_EXPECTED},
        {ATTR("(\"a\",TI,-1,1))"), 22, FLAGS_EXPECTED},
        {ATTR("(\"a\",TI,0 1))"), 24, "expected ',' and another value, or ')'"},
        {ATTR("(\"a\",TI,0,9223372036854775808))"), 24, SIGNED_EXPECTED},
        {ATTR("(\"a\",TU,0,-1))"), 24, "expected an integer without a sign"},
        {ATTR("(\"a\",TB,0,2))"), 24, "expected 0 or 1"},
        {ATTR("(\"a\",TS,0,b))"), 24, "expected a string in double quotes"},
        {ATTR("(\"a\",TD,0,ZZ))"), 24, SID_EXPECTED},
    };

    (void)state;
    expect_refusals(refusals, ARRAY_SIZE(refusals));
}

static void an_alias_without_its_domain_is_told_from_one_that_is_none(void **state)
{
    static const struct refusal refusals[] = {
        {"O:DA", 3, "this alias needs the SID of a domain"},
        {"D:(A;;;;;DA)", 10, "this alias needs the SID of a domain"},
        {IF("(a == SID(DA)))"), 26, "this alias needs the SID of a domain"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        expect_refusal(&refusals[i], NULL);
    }
}

/* A text of @n times @part between @before and @after; the caller frees it. */
static char *repeated(const char *before, const char *part, size_t n, const char *after)
{
    char *text = malloc(strlen(before) + n * strlen(part) + strlen(after) + 1);
    char *at;

    assert_non_null(text);
    at = stpcpy(text, before);
    for (size_t i = 0; i < n; i++) {
        at = stpcpy(at, part);
    }
    (void)stpcpy(at, after);
    return text;
}

static void expect_too_much(const char *before, const char *part, size_t n, const char *after,
                            size_t column, const char *expected)
{
    CLEANUP(free) char *text = repeated(before, part, n, after);
    const struct refusal refusal = {text, column, expected};

    expect_refusal(&refusal, &domain);
}

static void what_does_not_fit_says_so_where_it_stops_fitting(void **state)
{
    (void)state;

    /* Each of these ACEs takes 20 bytes. */
    expect_too_much("D:", "(A;;FA;;;WD)", 3277, "", 2 + 12 * 3276 + 1,
                    "expected an ACL that fits into 65532 bytes and into memory");
    expect_too_much(IF("("), "(", 200000, "", 16 + 131072, "expected fewer parentheses");
    expect_too_much(IF("(a == {1"), ",1", 6000, "}))", 15 + 9 + 2 * 5956,
                    "expected a condition that fits into an ACE of 65535 bytes");
    expect_too_much(IF("(a == SID(S-1-5-"), "0", 200, "1))", 26,
                    "expected a SID without leading zeros");
    expect_too_much(ATTR("(\"a\",TI,0"), ",1", 6000, "))", 23 + 2 * 5460,
                    "expected a resource attribute that fits into an ACE of 65535 bytes");
    expect_too_much(IF("("), "a && (", 1100, "", 16 + 6 * 1024 + 2,
                    "expected an expression that compares fewer values at once");
}

static void a_sid_alone_says_what_it_expects(void **state)
{
    static const struct refusal refusals[] = {
        {"", 1, SID_EXPECTED},          {"Z", 1, SID_EXPECTED},
        {"BAX", 3, SID_ALONE},          {"S-1-5-32 ", 9, SID_ALONE},
        {"S-1-5", 1, NUMBERS_EXPECTED}, {"S-0x1-5-1", 1, NUMBERS_EXPECTED},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        tsr_sid sid = {.authority = 42};
        tsr_sddl_error error = {0};

        expect_status(STATUS_INVALID_SID,
                      tsr_sddl_parse_sid_ex(refusals[i].text, &domain, 0, &sid, NULL, &error));
        assert_int_equal(error.column, refusals[i].column);
        assert_string_equal(error.message, refusals[i].expected);
        assert_int_equal(sid.authority, 42);
        expect_status(STATUS_INVALID_SID,
                      tsr_sddl_parse_sid_ex(refusals[i].text, &domain, 0, &sid, NULL, NULL));
    }
}

/* Whatever byte is wrong in a text, and wherever it ends, there is a place and a reason. */
static void every_changed_byte_is_refused_with_place_and_reason_or_not_at_all(void **state)
{
    static const char good[] = "O:S-1-5-21-1-2DG:DAD:PAI(OA;OICI;RPWP;" GUID ";;WD)"
                               "(XA;;0x1f;;;BA;(@User.a == {1, \"b\", #12, SID(BA)} && !(b)))"
                               "S:AR(RA;;;;;WD;(\"a\",TX,0x0,12,34))(ML;;NW;;;HI)";
    static const char bytes_tried[] = "\x01 !\"#%'(),-;@AGO0SX\\{}x|\x80\xff";
    char text[sizeof(good)];
    size_t n_refused = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(good) - 1; i++) {
        for (size_t j = 0; j < sizeof(bytes_tried); j++) { /* with NUL, which cuts it */
            tsr_sddl_error error = {0};
            CLEANUP(free) uint8_t *bytes = NULL;
            size_t size;

            memcpy(text, good, sizeof(good));
            text[i] = bytes_tried[j];
            if (tsr_ok(tsr_sddl_parse(text, &domain, &bytes, &size, &error))) {
                assert_int_equal(error.column, 0);
                continue;
            }
            n_refused++;
            assert_in_range(error.column, 1, strlen(text) + 1);
            assert_non_null(error.message);
        }
    }
    assert_true(n_refused > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_say_what_they_expect),
        cmocka_unit_test(aces_say_what_they_expect),
        cmocka_unit_test(conditions_say_what_they_expect),
        cmocka_unit_test(attributes_say_what_they_expect),
        cmocka_unit_test(an_alias_without_its_domain_is_told_from_one_that_is_none),
        cmocka_unit_test(what_does_not_fit_says_so_where_it_stops_fitting),
        cmocka_unit_test(a_sid_alone_says_what_it_expects),
        cmocka_unit_test(every_changed_byte_is_refused_with_place_and_reason_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
