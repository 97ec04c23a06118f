/* SPDX-License-Identifier: MIT */
/* Tests of conditional expressions as text. */

#include "sec/sddl-condition.h"

#include "base/check.h"
#include "sec/condition-token.h"

#include <support/expect.h>

#define MAGIC "61727478"

/* Tokens as hexadecimal text: local attributes a and b, and the integer 1 as it is written plainly.
 */
#define LOCAL_A "f8020000006100"
#define USER_A  "f9020000006100"
#define USER_B  "f9020000006200"
#define ONE     "0401000000000000000302"
#define SID_BA  "511000000001020000000000052000000020020000"

static const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);

/* Compile; the failure shows why. */
static void compile(const char *text, struct writer *writer)
{
    tsr_sddl_error error = {0};
    size_t n_taken = 0;
    const tsr_status status =
        condition_parse(text, strlen(text), &domain, writer, &n_taken, &error);

    if (tsr_failed(status)) {
        fail_msg("%.200s: column %zu: %s", text, error.column, error.message);
    }
    assert_int_equal(n_taken, strlen(text));
}

/* @text is compiled to "artx", the tokens of @hex and padding. */
static void expect_tokens(const char *text, const char *hex)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    size_t n_tokens;
    CLEANUP(free) uint8_t *tokens = hex_bytes(hex, &n_tokens);

    compile(text, &writer);
    assert_int_equal(writer.size, (CONDITION_MAGIC_SIZE + n_tokens + 3) / 4 * 4);
    assert_memory_equal(writer.bytes, CONDITION_MAGIC, CONDITION_MAGIC_SIZE);
    assert_memory_equal(writer.bytes + CONDITION_MAGIC_SIZE, tokens, n_tokens);
    for (size_t i = CONDITION_MAGIC_SIZE + n_tokens; i < writer.size; i++) {
        assert_int_equal(writer.bytes[i], 0);
    }
}

/* @text is compiled and printed as @printed, which is compiled to the same bytes. */
static void expect_printed(const char *text, const char *printed)
{
    CLEANUP(writer_deinit) struct writer code = {0};
    CLEANUP(writer_deinit) struct writer again = {0};
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *got = NULL;

    compile(text, &code);
    expect_ok(condition_format(code.bytes, code.size, &domain, &writer));
    expect_ok(writer_finish_text(&writer, &got));
    assert_string_equal(got, printed);
    compile(printed, &again);
    assert_int_equal(code.size, again.size);
    assert_memory_equal(code.bytes, again.bytes, code.size);
}

/* The first @n_text bytes of @text are refused; nothing is written but the reason. */
static void expect_refused_bytes(uint32_t code, size_t column, const char *text, size_t n_text)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_sddl_error error = {0};
    size_t n_taken = 42;

    writer_text(&writer, "before");
    const tsr_status status = condition_parse(text, n_text, &domain, &writer, &n_taken, &error);
    if (status.code != code || error.column != column) {
        fail_msg("%.200s: %s at column %zu (%s)", text, expect_status_name(status.code),
                 error.column, error.message);
    }
    assert_non_null(error.message);
    assert_int_equal(n_taken, 42);
    assert_int_equal(writer.size, strlen("before"));
}

static void expect_refused(size_t column, const char *text)
{
    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, column, text, strlen(text));
}

/* "artx" and the tokens of @hex print as @printed. */
static void expect_tokens_printed(const char *hex, const char *printed)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(hex, &size);
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *got = NULL;

    expect_ok(condition_format(bytes, size, &domain, &writer));
    expect_ok(writer_finish_text(&writer, &got));
    assert_string_equal(got, printed);
}

static void expect_unprintable(uint32_t code, const char *hex)
{
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(hex, &size);
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_status status;

    writer_text(&writer, "before");
    status = condition_format(bytes, size, &domain, &writer);
    if (status.code != code) {
        fail_msg("%s: %s", hex, expect_status_name(status.code));
    }
    assert_int_equal(writer.size, strlen("before"));
}

/* @before, @n times @part, @after; the caller frees it. */
static char *repeated(const char *before, const char *part, size_t n, const char *after)
{
    struct writer writer = {0};
    char *text = NULL;

    writer_text(&writer, before);
    for (size_t i = 0; i < n; i++) {
        writer_text(&writer, part);
    }
    writer_text(&writer, after);
    expect_ok(writer_finish_text(&writer, &text));
    return text;
}

/* Covers AC-2.4-1, AC-2.4-2. */
static void an_expression_begins_with_its_magic_and_is_padded_to_4(void **state)
{
    (void)state;

    expect_tokens("(a)", LOCAL_A);
    expect_tokens("(aa)", "f80400000061006100");
    expect_tokens("(aaa)", "f806000000610061006100");
    expect_tokens("(aaaa)", "f8080000006100610061006100");
}

/* Covers AC-2.3-4, AC-2.3-19, AC-2.4-8. */
static void every_operator_has_its_token_in_either_case(void **state)
{
    static const struct {
        const char *text;
        const char *hex;
    } cases[] = {
        {"(a == 1)", LOCAL_A ONE "80"},
        {"(a != 1)", LOCAL_A ONE "81"},
        {"(a < 1)", LOCAL_A ONE "82"},
        {"(a <= 1)", LOCAL_A ONE "83"},
        {"(a > 1)", LOCAL_A ONE "84"},
        {"(a >= 1)", LOCAL_A ONE "85"},
        {"(a Contains 1)", LOCAL_A ONE "86"},
        {"(Exists a)", LOCAL_A "87"},
        {"(a Any_of 1)", LOCAL_A ONE "88"},
        {"(Member_of SID(BA))", SID_BA "89"},
        {"(Device_Member_of SID(BA))", SID_BA "8a"},
        {"(Member_of_any SID(BA))", SID_BA "8b"},
        {"(Device_Member_of_any SID(BA))", SID_BA "8c"},
        {"(Not_Exists a)", LOCAL_A "8d"},
        {"(a Not_Contains 1)", LOCAL_A ONE "8e"},
        {"(a Not_Any_of 1)", LOCAL_A ONE "8f"},
        {"(Not_Member_of SID(BA))", SID_BA "90"},
        {"(Not_Device_Member_of SID(BA))", SID_BA "91"},
        {"(Not_Member_of_any SID(BA))", SID_BA "92"},
        {"(Not_Device_Member_of_any SID(BA))", SID_BA "93"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_tokens(cases[i].text, cases[i].hex);
        expect_printed(cases[i].text, cases[i].text);
    }
    expect_tokens("(a cONTAINS 1)", LOCAL_A ONE "86");
    expect_tokens("(eXISTS a)", LOCAL_A "87");
    expect_tokens("(NOT_DEVICE_MEMBER_OF_ANY sid(ba))", SID_BA "93");
}

/* Covers AC-2.3-19, AC-2.4-8. */
static void logical_operators_take_attributes_and_results(void **state)
{
    (void)state;

    expect_tokens("(@User.a && @User.b)", USER_A USER_B "a0");
    expect_tokens("(@User.a || @User.b)", USER_A USER_B "a1");
    expect_tokens("(!@User.a)", USER_A "a2");
    expect_printed("(@User.a&&b)", "((@USER.a) && (b))");
    expect_printed("(!@User.a)", "(!(@USER.a))");
    expect_printed("(!(a))", "(!(a))");
    expect_printed("(a)", "(a)");
    expect_printed("(@Device.a)", "(@DEVICE.a)");
}

/* Covers AC-2.3-1, AC-2.3-19. */
static void and_binds_tighter_than_or_and_not_tighter_than_both(void **state)
{
    (void)state;

    expect_printed("(a || b && c)", "((a) || ((b) && (c)))");
    expect_printed("(a && b || c)", "(((a) && (b)) || (c))");
    expect_printed("((a || b) && c)", "(((a) || (b)) && (c))");
    expect_printed("(!@User.a && b)", "((!(@USER.a)) && (b))");
    expect_printed("(a || !@User.b && c)", "((a) || ((!(@USER.b)) && (c)))");
    expect_printed("(!(a || b) && c)", "((!((a) || (b))) && (c))");
}

/* Covers AC-2.3-3. */
static void comparisons_bind_tighter_than_not(void **state)
{
    (void)state;

    expect_tokens("(!@User.a == 1)", USER_A ONE "80a2");
    expect_printed("(!@User.a == 1)", "(!(@USER.a == 1))");
}

/* Covers AC-2.3-2. */
static void operators_of_one_kind_are_applied_from_left_to_right(void **state)
{
    (void)state;

    expect_printed("(a && b && c)", "(((a) && (b)) && (c))");
    expect_printed("(a && (b && c))", "((a) && ((b) && (c)))");
    expect_printed("(a || b || c || d)", "((((a) || (b)) || (c)) || (d))");
    expect_printed("(a == @User.b == @Resource.c)", "((a == @USER.b) == @RESOURCE.c)");
}

/* Covers AC-2.3-5. */
static void parentheses_that_say_nothing_leave_no_trace(void **state)
{
    (void)state;

    expect_tokens("(((a)))", LOCAL_A);
    expect_tokens("((a) == 1)", LOCAL_A ONE "80");
    expect_tokens("(Member_of(SID(BA)))", SID_BA "89");
    expect_tokens("(Member_of ( {SID(BA)} ))", "5015000000" SID_BA "89");
}

/* Covers AC-2.3-18. */
static void nothing_but_a_parenthesis_or_a_scoped_attribute_follows_not(void **state)
{
    (void)state;

    expect_refused(3, "(!a)");
    expect_refused(3, "(!!(a))");
    expect_refused(4, "(! Member_of SID(BA))");
    expect_refused(3, "(!");
}

static void a_negated_parenthesis_is_not_compared(void **state)
{
    (void)state;

    expect_refused(7, "(!(a) == 1)");
    expect_printed("((!(a)) == 1)", "((!(a)) == 1)");
}

static void membership_and_existence_are_not_compared(void **state)
{
    (void)state;

    expect_refused(20, "(Member_of SID(BA) == 1)");
    expect_refused(11, "(Exists a == 1)");
    expect_printed("((Exists a) == 1)", "((Exists a) == 1)");
}

/* Covers AC-2.3-8, AC-2.3-19, AC-2.4-7. */
static void attributes_are_local_or_of_a_scope_in_either_case(void **state)
{
    (void)state;

    expect_tokens("(a)", "f8020000006100");
    expect_tokens("(@User.a)", "f9020000006100");
    expect_tokens("(@rESOURCE.a)", "fa020000006100");
    expect_tokens("(@DEVICE.a)", "fb020000006100");
    expect_refused(2, "(@Local.a)");
    expect_refused(2, "(@User)");
    expect_refused(2, "(@)");
    expect_refused(8, "(@User.)");
}

/* Covers AC-2.3-9. */
static void local_names_are_letters_digits_and_a_few_marks(void **state)
{
    (void)state;

    expect_printed("(azAZ09:./_)", "(azAZ09:./_)");
    expect_printed("(a@b@)", "(a@b@)");
    expect_printed("(17pq == 3||2a==@USER.7)", "((17pq == 3) || (2a == @USER.7))");
    expect_refused(3, "(a-b)");
    expect_refused(3, "(a%0021)");
    expect_refused(2, "(\xc3\xa4)");
    expect_refused(3, "(a\xc3\xa4)");
}

static void an_operator_is_no_name(void **state)
{
    (void)state;

    expect_refused(2, "(Contains == 1)");
    expect_refused(2, "(any_of)");
    expect_refused(9, "(Exists exists)");
    expect_refused(8, "(Exists@User.a)");
    expect_refused(19, "(Exists Not_Exists@a)");
    expect_printed("(Existsx)", "(Existsx)");
    expect_printed("(Exists x)", "(Exists x)");
    expect_printed("(Exists @Resource.Exists)", "(Exists @RESOURCE.Exists)");
}

/* Covers AC-2.3-10. */
static void scoped_names_hold_most_characters_and_the_rest_by_number(void **state)
{
    (void)state;

    expect_printed("(@User.aZ9#$'*+-./:;?@[\\]^_`{}~)", "(@USER.aZ9#$'*+-./:;?@[\\]^_`{}~)");
    expect_printed("(@User.%0021%0026%0028%0029%003e%003C%003d%007C%0025%0022%0020)",
                   "(@USER.%0021%0026%0028%0029%003e%003c%003d%007c%0025%0022%0020)");
    expect_printed("(@User.%0001%002c%007f)", "(@USER.%0001%002c%007f)");
    expect_refused(8, "(@User.,)");
    expect_refused(8, "(@User.%0041)");
    expect_refused(9, "(@User.a%003a)");
    expect_refused(8, "(@User.%002f)");
    expect_refused(8, "(@User.%0000)");
    expect_refused(8, "(@User.%00g0)");
    expect_refused(8, "(@User.%002");
}

/* Covers AC-2.3-11. */
static void scoped_names_beyond_ascii_are_read_both_ways_and_printed_by_number(void **state)
{
    (void)state;

    expect_tokens("(@User.\xc3\xa4)", "f902000000e400");
    expect_tokens("(@User.%00e4)", "f902000000e400");
    expect_tokens("(@User.\xf0\x9f\x98\x80)", "f9040000003dd800de");
    expect_printed("(@User.\xf0\x9f\x98\x80)", "(@USER.%d83d%de00)");
    expect_refused(8, "(@User.%d83d)");
    expect_refused(8, "(@User.%de00%d83d)");
    expect_refused(9, "(@User.a\xff)");
    expect_refused(8, "(@User.\xc3");
}

/* Covers AC-2.3-12, AC-2.3-20, AC-2.4-4. */
static void integers_keep_sign_base_and_value(void **state)
{
    static const struct {
        const char *text;
        const char *token;
    } cases[] = {
        {"0", "0400000000000000000302"},
        {"00", "0400000000000000000301"},
        {"-0", "0400000000000000000202"},
        {"+0", "0400000000000000000102"},
        {"0x0", "0400000000000000000303"},
        {"-01", "04ffffffffffffffff0201"},
        {"+17", "0411000000000000000102"},
        {"-0x1f", "04e1ffffffffffffff0203"},
        {"9223372036854775807", "04ffffffffffffff7f0302"},
        {"-9223372036854775808", "0400000000000000800202"},
        {"0777777777777777777777", "04ffffffffffffff7f0301"},
        {"0x7fffffffffffffff", "04ffffffffffffff7f0303"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(free) char *text = repeated("(a == ", cases[i].text, 1, ")");
        CLEANUP(free) char *hex = repeated(LOCAL_A, cases[i].token, 1, "80");

        expect_tokens(text, hex);
        expect_printed(text, text);
    }
    expect_tokens("(a == 0XfF)", LOCAL_A "04ff00000000000000030380");
}

/* Covers AC-2.3-13. */
static void what_is_not_an_integer_of_64_bits_is_refused(void **state)
{
    (void)state;

    expect_refused(7, "(a == 9223372036854775808)");
    expect_refused(7, "(a == -9223372036854775809)");
    expect_refused(7, "(a == 0xffffffffffffffff)");
    expect_refused(7, "(a == 0x10000000000000000)");
    expect_refused(7, "(a == 18446744073709551616)");
    expect_refused(8, "(a == 08)");
    expect_refused(9, "(a == 0x)");
    expect_refused(8, "(a == -)");
    expect_refused(8, "(a == --1)");
    expect_refused(8, "(a == 1a)");
    expect_refused(8, "(a == 1.5)");
}

/* Covers AC-2.3-14, AC-2.4-6. */
static void strings_have_no_escapes_and_any_other_character(void **state)
{
    (void)state;

    expect_tokens("(a == \"\")", LOCAL_A "100000000080");
    expect_tokens("(a == \"b\xc3\xa4\")", LOCAL_A "10040000006200e40080");
    expect_printed("(a == \"%0041 \\ ) && ( \n\xf0\x9f\x98\x80\")",
                   "(a == \"%0041 \\ ) && ( \n\xf0\x9f\x98\x80\")");
    expect_refused(8, "(a == \"\xff\")");
    expect_refused(10, "(a == \"bc");
    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, 8, "(a == \"b\0c\")", 12);
}

/* Covers AC-2.3-15, AC-2.3-16, AC-2.3-20. */
static void octets_are_pairs_of_digits_in_which_a_hash_is_zero(void **state)
{
    (void)state;

    expect_tokens("(a == #)", LOCAL_A "180000000080");
    expect_tokens("(a == #00fFA5)", LOCAL_A "180300000000ffa580");
    expect_printed("(a == ##1#2#3##)", "(a == #01020300)");
    expect_refused(9, "(a == ##)");
    expect_refused(11, "(a == #123)");
    expect_refused(10, "(a == #12g)");
}

static void sids_are_numeric_or_aliases(void **state)
{
    (void)state;

    expect_printed("(Member_of SID(S-1-5-32-544))", "(Member_of SID(BA))");
    expect_printed("(Member_of SID(s-1-5-0x20-9))", "(Member_of SID(S-1-5-32-9))");
    expect_printed("(Member_of SID(DA))", "(Member_of SID(DA))");
    expect_printed("(a == SID(WD))", "(a == SID(WD))");
    expect_refused_bytes(STATUS_INVALID_SID, 16, "(Member_of SID())", 17);
    expect_refused_bytes(STATUS_INVALID_SID, 16, "(Member_of SID(ZZ))", 19);
    expect_refused_bytes(STATUS_INVALID_SID, 16, "(Member_of SID( BA))", 20);
    expect_refused_bytes(STATUS_INVALID_SID, 16, "(Member_of SID(BAA))", 20);
    expect_refused_bytes(STATUS_INVALID_SID, 16, "(Member_of SID(S-1-5-4294967296))", 33);
    expect_refused(18, "(Member_of SID(BA ))");
    expect_refused(12, "(Member_of SID (BA))");
    expect_refused(12, "(Member_of SI");
}

static void a_domain_alias_needs_a_domain(void **state)
{
    static const char text[] = "(Member_of SID(DA))";
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(writer_deinit) struct writer printed = {0};
    CLEANUP(free) char *got = NULL;
    tsr_sddl_error error = {0};
    size_t n_taken;
    (void)state;

    expect_status(STATUS_INVALID_SID,
                  condition_parse(text, strlen(text), NULL, &writer, &n_taken, &error));
    assert_int_equal(error.column, 16);
    compile(text, &writer);
    expect_ok(condition_format(writer.bytes, writer.size, NULL, &printed));
    expect_ok(writer_finish_text(&printed, &got));
    assert_string_equal(got, "(Member_of SID(S-1-5-21-1-2-3-512))");
}

/* Covers AC-2.3-7, AC-2.4-5. */
static void sets_hold_any_literals_and_may_be_empty(void **state)
{
    (void)state;

    expect_tokens("(a == {})", LOCAL_A "500000000080");
    expect_tokens("(a == { })", LOCAL_A "500000000080");
    expect_tokens("(a == {1})", LOCAL_A "500b000000" ONE "80");
    expect_printed("(a Any_of { 1 ,\"b\",#00, SID(BA)} )", "(a Any_of {1, \"b\", #00, SID(BA)})");
    expect_printed("(Member_of{3})", "(Member_of {3})");
    expect_refused(10, "(a == {1,})");
    expect_refused(8, "(a == {,1})");
    expect_refused(10, "(a == {1 2})");
    expect_refused(8, "(a == {{1}})");
    expect_refused(8, "(a == {@User.b})");
    expect_refused(9, "(a == {1");
    expect_refused(9, "(a == {1)");
}

/* Covers AC-2.3-7. */
static void the_right_side_is_no_local_attribute_and_no_expression(void **state)
{
    (void)state;

    expect_printed("(a == @Device.b)", "(a == @DEVICE.b)");
    expect_refused(7, "(a == a)");
    expect_refused(7, "(a == (1))");
    expect_refused(7, "(a == !(b))");
    expect_refused(6, "(a ==)");
    expect_refused(6, "(a ==");
}

/* Covers AC-2.3-6. */
static void the_left_side_is_an_attribute_or_a_result(void **state)
{
    (void)state;

    expect_refused(2, "(\"b\" == a)");
    expect_refused(2, "({1} == 1)");
    expect_refused(2, "(== 1)");
    expect_refused(2, "(&& a)");
    expect_printed("(0>+0)", "(0 > +0)");
}

/* Covers AC-2.3-5. */
static void operators_need_both_sides(void **state)
{
    (void)state;

    expect_refused(2, "()");
    expect_refused(7, "(a && )");
    expect_refused(7, "(a && && b)");
    expect_refused(4, "(a b)");
    expect_refused(4, "(a = 1)");
    expect_refused(4, "(a & b)");
    expect_refused(4, "(a !(b))");
    expect_refused(12, "(Member_of Contains 3)");
    expect_refused(12, "(Member_of @User.a)");
    expect_refused(9, "(Exists \"a\")");
    expect_refused(9, "(Exists (a))");
}

static void blanks_may_stand_between_all_words(void **state)
{
    (void)state;

    expect_printed("(\t\n\v\f\r a\t==\n1\v&&\f!\r( @User.b ) )", "((a == 1) && (!(@USER.b)))");
    expect_printed("(a==1&&b!=2||c<3)", "(((a == 1) && (b != 2)) || (c < 3))");
    expect_printed("(Member_of\t{ SID(BA)\n,\rSID(BU) })", "(Member_of {SID(BA), SID(BU)})");
    expect_refused(1, " (a)");
    expect_refused(3, "(a\xc2\xa0)");
}

/* Covers AC-2.3-17. */
static void an_operator_that_is_a_word_is_followed_by_a_blank(void **state)
{
    (void)state;

    expect_refused(12, "(a Contains\"b\")");
    expect_refused(10, "(a Any_of{1})");
    expect_refused(4, "(a Contains@User.b)");
    expect_refused(4, "(a Contains1)");
    expect_printed("(Member_of{SID(BA)})", "(Member_of {SID(BA)})");
}

static void what_follows_the_last_parenthesis_is_left_alone(void **state)
{
    static const char text[] = "(a)) (b";
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_sddl_error error = {.column = 42};
    size_t n_taken;
    (void)state;

    expect_ok(condition_parse(text, strlen(text), NULL, &writer, &n_taken, &error));

    assert_int_equal(n_taken, 3);
    assert_int_equal(error.column, 42);
}

static void what_was_written_before_is_kept(void **state)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *got = NULL;
    (void)state;

    writer_text(&writer, "x");
    compile("(a)", &writer);
    assert_int_equal(writer.size, 1 + 12);
    assert_memory_equal(writer.bytes, "xartx", 5);

    writer.size = 1;
    expect_ok(condition_format((const uint8_t *)"artx\xf8\x02\0\0\0a\0", 12, NULL, &writer));
    expect_ok(writer_finish_text(&writer, &got));
    assert_string_equal(got, "x(a)");
}

static void every_truncation_is_refused_at_its_end_or_before(void **state)
{
    static const char text[] = "(!@User.%0021 && (a Any_of {1, \"b\", #00, SID(BA)}) || Exists c)";
    (void)state;

    for (size_t n = 0; n < strlen(text); n++) {
        CLEANUP(writer_deinit) struct writer writer = {0};
        CLEANUP(free) char *exact = n > 0 ? strndup(text, n) : strdup("");
        tsr_sddl_error error = {0};
        size_t n_taken;

        assert_true(tsr_failed(condition_parse(exact, n, NULL, &writer, &n_taken, &error)));
        assert_in_range(error.column, 1, n + 1);
        assert_int_equal(writer.size, 0);
    }
}

static void nothing_behind_the_given_bytes_is_read(void **state)
{
    (void)state;

    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, 3, "(a)", 2);
    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, 1, "(a)", 0);
    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, 2, "(\0)", 3);
    expect_refused_bytes(STATUS_INVALID_SECURITY_DESCR, 3, "(a\0)", 4);
}

/* Covers AC-2.4-11. */
static void no_expression_holds_more_values_at_once_than_a_machine_can(void **state)
{
    CLEANUP(free) char *closed = repeated("", ")", CONDITION_STACK_MAX, "");
    CLEANUP(free) char *fits = repeated("(a", "&&(a", CONDITION_STACK_MAX - 1, closed);
    CLEANUP(free) char *deeper = repeated("(a", "&&(a", CONDITION_STACK_MAX, "");
    CLEANUP(free) char *compared = repeated("(a", "&&(a", CONDITION_STACK_MAX - 1, "==1");
    CLEANUP(writer_deinit) struct writer code = {0};
    CLEANUP(writer_deinit) struct writer text = {0};
    CLEANUP(writer_deinit) struct writer again = {0};
    tsr_sddl_error error;
    size_t n_taken;
    (void)state;

    compile(fits, &code);
    expect_ok(condition_format(code.bytes, code.size, NULL, &text));
    expect_ok(condition_parse((const char *)text.bytes, text.size, NULL, &again, &n_taken, &error));
    assert_memory_equal(code.bytes, again.bytes, code.size);
    expect_refused(strlen(deeper) + 1, deeper);
    expect_refused(strlen(compared) + 1, compared);
}

/* A chain is deep once printed, and so are negations. */
static void the_longest_expressions_are_printed_and_read_back(void **state)
{
    static const struct {
        const char *before;
        const char *part;
        size_t n;
        const char *after;
    } cases[] = {
        {"(a", "&&a", 8000, ")"},
        {"(a", "||a", 8000, ")"},
        {"(@User.a", "==@User.a", 8000, ")"},
    };
    CLEANUP(free) char *closed = repeated("a", ")", 65000, ")");
    CLEANUP(free) char *negated = repeated("(", "!(", 65000, closed);
    (void)state;

    expect_printed(negated, negated);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP(free)
        char *text = repeated(cases[i].before, cases[i].part, cases[i].n, cases[i].after);
        CLEANUP(writer_deinit) struct writer code = {0};
        CLEANUP(writer_deinit) struct writer printed = {0};
        CLEANUP(writer_deinit) struct writer again = {0};
        tsr_sddl_error error;
        size_t n_taken;

        compile(text, &code);
        expect_ok(condition_format(code.bytes, code.size, NULL, &printed));
        expect_ok(condition_parse((const char *)printed.bytes, printed.size, NULL, &again, &n_taken,
                                  &error));
        assert_int_equal(code.size, again.size);
        assert_memory_equal(code.bytes, again.bytes, code.size);
    }
}

static void an_expression_fits_into_an_ace_or_is_refused(void **state)
{
    CLEANUP(free) char *fits = repeated("(", "a", 32761, ")");
    CLEANUP(free) char *too_large = repeated("(", "a", 32764, ")");
    CLEANUP(free) char *set = repeated("(a == {1", ",1", 10000, "})");
    CLEANUP(free) char *chain = repeated("(a", "&&a", 10000, ")");
    CLEANUP(writer_deinit) struct writer writer = {0};
    tsr_sddl_error error;
    size_t n_taken;
    (void)state;

    compile(fits, &writer);
    assert_int_equal(writer.size, 65532);
    expect_refused_bytes(STATUS_INVALID_ACL, 1 + 32764 + 1, too_large, strlen(too_large));
    expect_status(STATUS_INVALID_ACL,
                  condition_parse(set, strlen(set), NULL, &writer, &n_taken, &error));
    assert_in_range(error.column, 2 * 5900, 2 * 6000);
    expect_status(STATUS_INVALID_ACL,
                  condition_parse(chain, strlen(chain), NULL, &writer, &n_taken, &error));
    assert_in_range(error.column, 3 * 8100, 3 * 8200);
}

static void parentheses_are_not_nested_without_end(void **state)
{
    CLEANUP(free) char *closed = repeated("a", ")", 131071, "");
    CLEANUP(free) char *fits = repeated("", "(", 131071, closed);
    CLEANUP(free) char *endless = repeated("", "(", 1000000, "");
    (void)state;

    expect_tokens(fits, LOCAL_A);
    expect_refused(131073, endless);
}

/* Covers AC-2.3-20. */
static void integers_of_every_width_are_printed(void **state)
{
    (void)state;

    expect_tokens_printed(MAGIC LOCAL_A "0105000000000000000302"
                                        "80",
                          "(a == 5)");
    expect_tokens_printed(MAGIC LOCAL_A "02feffffffffffffff0202"
                                        "80",
                          "(a == -2)");
    expect_tokens_printed(MAGIC LOCAL_A "0310000000000000000103"
                                        "80",
                          "(a == +0x10)");
}

/* Covers AC-2.4-2. */
static void any_number_of_zeros_is_padding(void **state)
{
    (void)state;

    expect_tokens_printed(MAGIC LOCAL_A, "(a)");
    expect_tokens_printed(MAGIC LOCAL_A "00", "(a)");
    expect_tokens_printed(MAGIC LOCAL_A "0000000000000000", "(a)");
    expect_unprintable(STATUS_INVALID_ACL, MAGIC LOCAL_A "000001");
}

static void malformed_expressions_are_not_printed(void **state)
{
    static const char *const cases[] = {
        "",
        "617274",                 /* no magic */
        MAGIC,                    /* nothing in it */
        MAGIC "00000000",         /* nothing but padding */
        "61727479" LOCAL_A,       /* another magic */
        MAGIC "05",               /* no such token */
        MAGIC LOCAL_A LOCAL_A,    /* two results */
        MAGIC "a2",               /* no operand */
        MAGIC USER_A "a0",        /* one operand of two */
        MAGIC LOCAL_A "80",       /* the same */
        MAGIC "f803000000610000", /* an odd name */
        MAGIC "f800000000",       /* an empty name */
        MAGIC "f9ffffffff6100",   /* a name that ends outside */
        MAGIC "f9020000",         /* a length cut short */
        MAGIC LOCAL_A "0401000000000000000402"
                      "80", /* no such sign */
        MAGIC LOCAL_A "0401000000000000000300"
                      "80",                   /* no such base */
        MAGIC LOCAL_A "04010000000000000003", /* an integer cut short */
        MAGIC LOCAL_A "1001000000"
                      "62"
                      "80", /* an odd string */
        MAGIC LOCAL_A "1002000000"
                      "3dd8"
                      "80", /* half of a surrogate pair */
        MAGIC "5104000000"
              "01020000"
              "89", /* a SID cut short */
        MAGIC "510c000000"
              "010000000000000500000000"
              "89", /* more than a SID */
        MAGIC LOCAL_A "5004000000"
                      "10020000"
                      "80",                      /* an element cut short */
        MAGIC LOCAL_A "5007000000" LOCAL_A "80", /* an attribute in a set */
        MAGIC LOCAL_A "5001000000"
                      "00"
                      "80", /* padding in a set */
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_unprintable(STATUS_INVALID_ACL, cases[i]);
    }
}

static void every_truncation_of_an_expression_is_not_printed(void **state)
{
    CLEANUP(writer_deinit) struct writer code = {0};
    (void)state;

    compile("(Member_of {1, \"b\", #00, SID(BA)})", &code);
    while (code.bytes[code.size - 1] == 0) {
        code.size--;
    }
    for (size_t n = 0; n < code.size; n++) {
        CLEANUP(writer_deinit) struct writer text = {0};
        CLEANUP(free) uint8_t *exact = malloc(n ? n : 1);

        assert_non_null(exact);
        memcpy(exact, code.bytes, n);
        assert_true(tsr_failed(condition_format(exact, n, NULL, &text)));
        assert_int_equal(text.size, 0);
    }
}

/* Well-formed, but the parser would refuse whatever could be printed, or take it for another. */
/* Covers AC-2.3-9. */
static void expressions_that_no_text_says_are_not_printed(void **state)
{
    static const char *const cases[] = {
        MAGIC ONE,                  /* a literal as the result */
        MAGIC ONE LOCAL_A "80",     /* a literal on the left */
        MAGIC LOCAL_A LOCAL_A "80", /* a local attribute on the right */
        MAGIC USER_A USER_A USER_B "80"
                                   "80", /* a result on the right */
        MAGIC USER_A ONE "a0",           /* a literal as a truth value */
        MAGIC ONE "a2",                  /* the same */
        MAGIC ONE "87",                  /* a literal that exists */
        MAGIC USER_A "a2"
                     "87", /* a result that exists */
        MAGIC USER_A "89", /* membership in an attribute */
        MAGIC LOCAL_A "1002000000"
                      "2200"
                      "80", /* a quotation mark in a string */
        MAGIC LOCAL_A "1002000000"
                      "0000"
                      "80",                             /* a NUL in a string */
        MAGIC "f9020000000000",                         /* a NUL in a name */
        MAGIC "f8020000002000",                         /* a blank in a local name */
        MAGIC "f802000000e400",                         /* an umlaut in a local name */
        MAGIC "f8020000004000",                         /* a local name that begins with '@' */
        MAGIC "f80c000000450078006900730074007300",     /* a local name "Exists" */
        MAGIC "f80e0000004500780069007300740073004000", /* a local name "Exists@" */
        MAGIC LOCAL_A "50050000005000000000"
                      "80", /* a set in a set */
        MAGIC LOCAL_A "04ffffffffffffffff0302"
                      "80", /* -1 without its sign */
        MAGIC LOCAL_A "04ffffffffffffffff0102"
                      "80", /* -1 with a plus */
        MAGIC LOCAL_A "0401000000000000000202"
                      "80", /* 1 with a minus */
        MAGIC "5108000000"
              "0100000000000005"
              "89", /* a SID without sub-authorities */
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_unprintable(STATUS_NOT_SUPPORTED, cases[i]);
    }
}

static void what_no_ace_can_hold_is_not_printed(void **state)
{
    CLEANUP(free) char *fits = repeated(MAGIC LOCAL_A, "00", UINT16_MAX - 11, "");
    CLEANUP(free) char *too_large = repeated(MAGIC LOCAL_A, "00", UINT16_MAX - 10, "");
    CLEANUP(free) char *too_deep = repeated(MAGIC, USER_A, CONDITION_STACK_MAX + 1, "");
    (void)state;

    expect_tokens_printed(fits, "(a)");
    expect_unprintable(STATUS_INVALID_ACL, too_large);
    expect_unprintable(STATUS_INVALID_ACL, too_deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expression_begins_with_its_magic_and_is_padded_to_4),
        cmocka_unit_test(every_operator_has_its_token_in_either_case),
        cmocka_unit_test(logical_operators_take_attributes_and_results),
        cmocka_unit_test(and_binds_tighter_than_or_and_not_tighter_than_both),
        cmocka_unit_test(comparisons_bind_tighter_than_not),
        cmocka_unit_test(operators_of_one_kind_are_applied_from_left_to_right),
        cmocka_unit_test(parentheses_that_say_nothing_leave_no_trace),
        cmocka_unit_test(nothing_but_a_parenthesis_or_a_scoped_attribute_follows_not),
        cmocka_unit_test(a_negated_parenthesis_is_not_compared),
        cmocka_unit_test(membership_and_existence_are_not_compared),
        cmocka_unit_test(attributes_are_local_or_of_a_scope_in_either_case),
        cmocka_unit_test(local_names_are_letters_digits_and_a_few_marks),
        cmocka_unit_test(an_operator_is_no_name),
        cmocka_unit_test(scoped_names_hold_most_characters_and_the_rest_by_number),
        cmocka_unit_test(scoped_names_beyond_ascii_are_read_both_ways_and_printed_by_number),
        cmocka_unit_test(integers_keep_sign_base_and_value),
        cmocka_unit_test(what_is_not_an_integer_of_64_bits_is_refused),
        cmocka_unit_test(strings_have_no_escapes_and_any_other_character),
        cmocka_unit_test(octets_are_pairs_of_digits_in_which_a_hash_is_zero),
        cmocka_unit_test(sids_are_numeric_or_aliases),
        cmocka_unit_test(a_domain_alias_needs_a_domain),
        cmocka_unit_test(sets_hold_any_literals_and_may_be_empty),
        cmocka_unit_test(the_right_side_is_no_local_attribute_and_no_expression),
        cmocka_unit_test(the_left_side_is_an_attribute_or_a_result),
        cmocka_unit_test(operators_need_both_sides),
        cmocka_unit_test(blanks_may_stand_between_all_words),
        cmocka_unit_test(an_operator_that_is_a_word_is_followed_by_a_blank),
        cmocka_unit_test(what_follows_the_last_parenthesis_is_left_alone),
        cmocka_unit_test(what_was_written_before_is_kept),
        cmocka_unit_test(every_truncation_is_refused_at_its_end_or_before),
        cmocka_unit_test(nothing_behind_the_given_bytes_is_read),
        cmocka_unit_test(no_expression_holds_more_values_at_once_than_a_machine_can),
        cmocka_unit_test(the_longest_expressions_are_printed_and_read_back),
        cmocka_unit_test(an_expression_fits_into_an_ace_or_is_refused),
        cmocka_unit_test(parentheses_are_not_nested_without_end),
        cmocka_unit_test(integers_of_every_width_are_printed),
        cmocka_unit_test(any_number_of_zeros_is_padding),
        cmocka_unit_test(malformed_expressions_are_not_printed),
        cmocka_unit_test(every_truncation_of_an_expression_is_not_printed),
        cmocka_unit_test(expressions_that_no_text_says_are_not_printed),
        cmocka_unit_test(what_no_ace_can_hold_is_not_printed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
