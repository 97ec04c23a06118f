/* SPDX-License-Identifier: MIT */
/* Does our SDDL read and print what Windows reads and prints? Vectors: tests/vectors/README.md. */

#include <tessera/sddl.h>

#include <jansson.h>
#include <strings.h>

#include <tessera/descriptor.h>

#include "base/check.h"
#include "sec/sddl-condition.h"

#include <support/expect.h>

#ifndef TESSERA_VECTORS
#define TESSERA_VECTORS "tests/vectors"
#endif

#define ALL_SECTIONS                                                                       \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | \
     SACL_SECURITY_INFORMATION)

/* A vector from which we differ on purpose. */
struct exception {
    const char *id;
    const char *reason;
};

typedef void visitor(const json_t *vector);

#define SLACK "Windows left unused bytes after the last ACE, and revision 4: read, not imitated"

static const struct exception slack[] = {
    {"sddl_binary-0c55cf358c98", SLACK}, {"sddl_binary-0fecc8347d21", SLACK},
    {"sddl_binary-1580d83fcb6b", SLACK}, {"sddl_binary-460c4a9aa012", SLACK},
    {"sddl_binary-552021e621c5", SLACK}, {"sddl_binary-9aea3dd77820", SLACK},
    {"sddl_binary-b587846e6456", SLACK}, {"sddl_binary-b7bf9f7d5170", SLACK},
    {"sddl_binary-c6e3f5a362c5", SLACK}, {"sddl_binary-e00446dd9efe", SLACK},
    {"sddl_binary-e61e09149782", SLACK}, {NULL, NULL},
};

#define UPPER_HEX "the authority is upper-case hexadecimal, and printed in lower case"

static const struct exception not_canonical[] = {
    {"sddl_binary-3b59ab5e4c9f", UPPER_HEX},
    {"sddl_binary-4a73d58a6472", UPPER_HEX},
    {"sddl_binary-53ebc48b05b3", UPPER_HEX},
    {NULL, NULL},
};

#define BY_HAND "written by a person: rights, SIDs, case or blanks are not as they are printed"

static const struct exception by_hand[] = {
    {"sddl_binary-1aef9fde9370", BY_HAND},
    {"sddl_binary-1f8a232feef0", BY_HAND},
    {"sddl_binary-211a5f8df71a", BY_HAND},
    {"sddl_binary-267eb371be51", BY_HAND},
    {"sddl_binary-287abd09f267", BY_HAND},
    {"sddl_binary-2d334d4fcf2d", BY_HAND},
    {"sddl_binary-36d2427cf635", BY_HAND},
    {"sddl_binary-3efc6a6a058a", BY_HAND},
    {"sddl_binary-3f158dbb2775", BY_HAND},
    {"sddl_binary-4b6e34103584", BY_HAND},
    {"sddl_binary-5fb49ed55fee", BY_HAND},
    {"sddl_binary-6dc41a4975d0", BY_HAND},
    {"sddl_binary-7162c263b60f", BY_HAND},
    {"sddl_binary-74d4bd29c024", BY_HAND},
    {"sddl_binary-75c49a024251", BY_HAND},
    {"sddl_binary-7aefa34b1a4b", BY_HAND},
    {"sddl_binary-81a549519424", BY_HAND},
    {"sddl_binary-88266aeb53d3", BY_HAND},
    {"sddl_binary-9621dfb69098", BY_HAND},
    {"sddl_binary-9fc3bbb3ee82", BY_HAND},
    {"sddl_binary-a8dd7d40f0c7", BY_HAND},
    {"sddl_binary-b3f01ac07bf1", BY_HAND},
    {"sddl_binary-b74eb8fffce9", BY_HAND},
    {"sddl_binary-c08765de3494", BY_HAND},
    {"sddl_binary-d5d58f003eb4", BY_HAND},
    {"sddl_binary-e30db0c49ab5", BY_HAND},
    {"sddl_binary-e6e52cd95a67", BY_HAND},
    {"sddl_binary-f73b9087cf28", BY_HAND},
    {NULL, NULL},
};

#define BLANK "Windows skips this blank, Samba was not asked; the strict policy has no blanks"
#define MIXED "Windows mixes names and numbers, Samba was not asked; the strict policy does not"

static const struct exception text_refused[] = {
    {"sddl_text-384248aad88e", BLANK}, {"sddl_text-43681b576618", MIXED},
    {"sddl_text-46c8bca0e4d8", BLANK}, {"sddl_text-6e54ca3b7214", BLANK},
    {"sddl_text-91f30da9d24e", MIXED}, {"sddl_text-d20f333b859d", BLANK},
    {"sddl_text-dd4e5405edc1", BLANK}, {NULL, NULL},
};

#define SATURATES "Windows saturates a number that does not fit its field, Samba refuses it"
#define ALL_HEX   "Windows reads all numbers as hexadecimal after revision 0x1, Samba refuses it"

static const struct exception sid_refused[] = {
    {"sid_strings-0c8de4b66ad3", SATURATES}, {"sid_strings-4e267e9296fd", SATURATES},
    {"sid_strings-68309d612912", SATURATES}, {"sid_strings-6175a4ab4bdd", ALL_HEX},
    {"sid_strings-bf929c4fc177", ALL_HEX},   {NULL, NULL},
};

static void cleanup_json_decref(json_t **json)
{
    json_decref(*json);
}

static void cleanup_fclose(FILE **file)
{
    (void)fclose(*file);
}

static const char *string_of(const json_t *vector, const char *member)
{
    return json_string_value(json_object_get(vector, member));
}

static size_t n_exceptions(const struct exception *exceptions)
{
    size_t n = 0;

    while (exceptions[n].id) {
        n++;
    }
    return n;
}

static bool is_exception(const json_t *vector, const struct exception *exceptions)
{
    for (size_t i = 0; exceptions[i].id; i++) {
        if (strcmp(exceptions[i].id, string_of(vector, "id")) == 0) {
            return true;
        }
    }
    return false;
}

/* The tag of @vector that begins with @prefix; NULL if none. */
static const char *find_tag(const json_t *vector, const char *prefix)
{
    const json_t *tags = json_object_get(vector, "tags");
    const json_t *tag;
    size_t i;

    json_array_foreach(tags, i, tag)
    {
        if (strncmp(json_string_value(tag), prefix, strlen(prefix)) == 0) {
            return json_string_value(tag);
        }
    }
    return NULL;
}

/* The vector's domain, in @ret_domain, or NULL if it has none that is a SID. */
static const tsr_sid *domain_of(const json_t *vector, tsr_sid *ret_domain)
{
    const char *text = string_of(vector, "domain_sid");

    return text && tsr_ok(tsr_sid_parse(text, ret_domain, NULL)) ? ret_domain : NULL;
}

/* Show every vector of a family to @visit. @return how many there are */
static size_t visit_family(const char *family, visitor *visit)
{
    const char *folder = getenv("TESSERA_VECTORS");
    CLEANUP(free) char *path = NULL;
    CLEANUP(free) char *line = NULL;
    size_t n_allocated = 0;
    size_t n_vectors = 0;

    assert_true(asprintf(&path, "%s/%s.jsonl", folder ? folder : TESSERA_VECTORS, family) > 0);
    CLEANUP(fclose) FILE *file = fopen(path, "re");
    if (!file) {
        fail_msg("cannot open %s", path);
    }

    while (getline(&line, &n_allocated, file) > 0) {
        CLEANUP(json_decref) json_t *vector = json_loads(line, 0, NULL);

        assert_non_null(vector);
        visit(vector);
        n_vectors++;
    }
    print_message("# %s: %zu vectors\n", family, n_vectors);
    return n_vectors;
}

/* Parse; the failure names the vector. The caller frees the bytes. */
static uint8_t *parse_as(const json_t *vector, const char *text, uint32_t flags, size_t *ret_size)
{
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    tsr_sid domain;
    tsr_status status;

    status = tsr_sddl_parse_ex(text, domain_of(vector, &domain), flags, &bytes, ret_size, &error);
    if (tsr_failed(status)) {
        fail_msg("%s: %s: column %zu: %s", string_of(vector, "id"), text, error.column,
                 error.message);
    }
    return bytes;
}

static uint8_t *parse(const json_t *vector, const char *text, size_t *ret_size)
{
    return parse_as(vector, text, 0, ret_size);
}

/* Print sections of a descriptor; the caller frees the text. */
static char *format_as(const json_t *vector, const uint8_t *bytes, size_t size,
                       uint32_t information, uint32_t flags, bool *ret_is_lossless)
{
    char *text = NULL;
    tsr_sid domain;
    tsr_sd sd;

    expect_ok(tsr_sd_view(bytes, size, &sd));
    expect_ok(tsr_sddl_format_ex(&sd, information, domain_of(vector, &domain), flags, &text,
                                 ret_is_lossless));
    return text;
}

static char *format(const json_t *vector, const uint8_t *bytes, size_t size, uint32_t information)
{
    return format_as(vector, bytes, size, information, 0, NULL);
}

static bool same_sid(const uint8_t *a, const uint8_t *b)
{
    if (!a || !b) {
        return a == b;
    }
    return tsr_encoded_sid_size(a) == tsr_encoded_sid_size(b) &&
           memcmp(a, b, tsr_encoded_sid_size(a)) == 0;
}

/* Equal ACE for ACE; slack and revision may differ. */
static bool same_aces(const tsr_acl *a, const tsr_acl *b)
{
    size_t offset_a = 0;
    size_t offset_b = 0;
    tsr_ace ace_a;
    tsr_ace ace_b;

    while (tsr_acl_next(a, &offset_a, &ace_a)) {
        if (!tsr_acl_next(b, &offset_b, &ace_b) || ace_a.size != ace_b.size ||
            memcmp(ace_a.bytes, ace_b.bytes, ace_a.size) != 0) {
            return false;
        }
    }
    return !tsr_acl_next(b, &offset_b, &ace_b) && !a->bytes == !b->bytes;
}

/* Equal in all that a descriptor means. */
static bool same_value(const uint8_t *bytes_a, size_t size_a, const uint8_t *bytes_b, size_t size_b)
{
    tsr_sd a;
    tsr_sd b;

    expect_ok(tsr_sd_view(bytes_a, size_a, &a));
    expect_ok(tsr_sd_view(bytes_b, size_b, &b));
    return a.control == b.control && a.resource_manager_control == b.resource_manager_control &&
           same_sid(a.owner, b.owner) && same_sid(a.group, b.group) &&
           same_aces(&a.dacl, &b.dacl) && same_aces(&a.sacl, &b.sacl);
}

static bool same_bytes(const uint8_t *a, size_t size_a, const uint8_t *b, size_t size_b)
{
    return size_a == size_b && memcmp(a, b, size_a) == 0;
}

/* Bytes we made against bytes Windows made: equal, or where listed equal but for slack. */
static void expect_windows_bytes(const json_t *vector, const uint8_t *ours, size_t n_ours,
                                 const uint8_t *theirs, size_t n_theirs)
{
    const bool may_differ = is_exception(vector, slack);

    if (same_bytes(ours, n_ours, theirs, n_theirs) == may_differ ||
        !same_value(ours, n_ours, theirs, n_theirs)) {
        fail_msg("%s: %s", string_of(vector, "id"), string_of(vector, "sddl"));
    }
}

static void parse_binary(const json_t *vector)
{
    size_t n_ours;
    size_t n_theirs;
    CLEANUP(free) uint8_t *ours = parse(vector, string_of(vector, "sddl"), &n_ours);
    CLEANUP(free) uint8_t *theirs = hex_bytes(string_of(vector, "sd_hex"), &n_theirs);

    assert_int_equal(is_exception(vector, slack),
                     find_tag(vector, "acl-trailing-bytes") || find_tag(vector, "oversize"));
    expect_windows_bytes(vector, ours, n_ours, theirs, n_theirs);
}

static void parsing_gives_the_bytes_that_windows_wrote(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sddl_binary", parse_binary), 3800);
    assert_int_equal(n_exceptions(slack), 11);
}

/* Text says whether it leaves bytes out: those are the slack that Windows wrote. */
static void judge_loss(const json_t *vector)
{
    const bool has_slack = is_exception(vector, slack);
    bool is_lossless = false;
    char *refused = NULL;
    size_t n_theirs;
    size_t n_again;
    CLEANUP(free) uint8_t *theirs = hex_bytes(string_of(vector, "sd_hex"), &n_theirs);
    CLEANUP(free) char *text = format_as(vector, theirs, n_theirs, ALL_SECTIONS, 0, &is_lossless);
    CLEANUP(free) uint8_t *again = parse(vector, text, &n_again);
    tsr_sid domain;
    tsr_sd sd;

    if (is_lossless == has_slack || same_bytes(again, n_again, theirs, n_theirs) == has_slack) {
        fail_msg("%s: %s", string_of(vector, "id"), text);
    }
    if (has_slack) {
        expect_ok(tsr_sd_view(theirs, n_theirs, &sd));
        expect_status(STATUS_DATA_ERROR,
                      tsr_sddl_format_ex(&sd, ALL_SECTIONS, domain_of(vector, &domain),
                                         TSR_SDDL_LOSSLESS, &refused, NULL));
        assert_null(refused);
    }
}

static void printing_tells_of_every_byte_it_leaves_out(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sddl_binary", judge_loss), 3800);
}

/* Taking a descriptor apart and putting it together again keeps what text leaves out. */
static void rebuild(const json_t *vector)
{
    CLEANUP(free) uint8_t *again = NULL;
    size_t n_theirs;
    CLEANUP(free) uint8_t *theirs = hex_bytes(string_of(vector, "sd_hex"), &n_theirs);
    tsr_sid owner;
    tsr_sid group;
    size_t n_again;
    tsr_sd sd;

    expect_ok(tsr_sd_view(theirs, n_theirs, &sd));
    const tsr_sd_parts parts = {
        .control = sd.control,
        .resource_manager_control = sd.resource_manager_control,
        .owner = sd.owner ? &owner : NULL,
        .group = sd.group ? &group : NULL,
        .has_dacl = sd.has_dacl,
        .has_sacl = sd.has_sacl,
        .dacl = sd.dacl,
        .sacl = sd.sacl,
    };
    if (sd.owner) {
        expect_ok(tsr_sid_decode(sd.owner, tsr_encoded_sid_size(sd.owner), &owner, NULL));
    }
    if (sd.group) {
        expect_ok(tsr_sid_decode(sd.group, tsr_encoded_sid_size(sd.group), &group, NULL));
    }
    expect_ok(tsr_sd_build(&parts, &again, &n_again));
    if (!same_bytes(again, n_again, theirs, n_theirs)) {
        fail_msg("%s: %s", string_of(vector, "id"), string_of(vector, "sddl"));
    }
}

static void taking_apart_and_building_keeps_every_byte(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sddl_binary", rebuild), 3800);
}

static void format_binary(const json_t *vector)
{
    const char *sddl = string_of(vector, "sddl");
    const bool is_canonical =
        !is_exception(vector, not_canonical) && !is_exception(vector, by_hand);
    size_t n_theirs;
    size_t n_again;
    CLEANUP(free) uint8_t *theirs = hex_bytes(string_of(vector, "sd_hex"), &n_theirs);
    CLEANUP(free) char *text = format(vector, theirs, n_theirs, ALL_SECTIONS);
    CLEANUP(free) uint8_t *again = parse(vector, text, &n_again);

    if ((strcmp(text, sddl) == 0) != is_canonical ||
        (strcasecmp(text, sddl) != 0 && !is_exception(vector, by_hand))) {
        fail_msg("%s: %s printed as %s", string_of(vector, "id"), sddl, text);
    }
    expect_windows_bytes(vector, again, n_again, theirs, n_theirs);
}

static void printing_gives_back_the_text_that_windows_was_given(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sddl_binary", format_binary), 3800);
    assert_int_equal(n_exceptions(not_canonical), 3);
    assert_int_equal(n_exceptions(by_hand), 28);
}

/* Whether every implementation that was asked accepts the vector's input. */
static bool is_accepted(const json_t *vector)
{
    static const char *const implementations[] = {"windows", "samba"};

    for (size_t i = 0; i < ARRAY_SIZE(implementations); i++) {
        const json_t *answer = json_object_get(vector, implementations[i]);

        if (answer && !json_is_true(json_object_get(answer, "accept"))) {
            return false;
        }
    }
    return true;
}

/* The text both print; NULL where none is stated. */
static const char *canonical_of(const json_t *vector)
{
    return string_of(json_object_get(vector, "windows"), "canonical");
}

static void expect_refused(const json_t *vector)
{
    const char *text = string_of(vector, "input");
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    tsr_sid domain;
    size_t size;

    if (tsr_ok(tsr_sddl_parse(text, domain_of(vector, &domain), &bytes, &size, &error))) {
        fail_msg("%s: %s is accepted", string_of(vector, "id"), text);
    }
    assert_in_range(error.column, 1, strlen(text) + 1);
    assert_non_null(error.message);
    assert_null(bytes);
}

/* The mask of the first ACE of the DACL is the one the vector's tag states. */
static void expect_mask(const uint8_t *bytes, size_t size, const char *tag)
{
    size_t offset = 0;
    tsr_ace ace;
    tsr_sd sd;

    expect_ok(tsr_sd_view(bytes, size, &sd));
    assert_true(tsr_acl_next(&sd.dacl, &offset, &ace));
    assert_int_equal(ace.mask, strtoul(tag + strlen("mask="), NULL, 16));
}

static void expect_accepted(const json_t *vector)
{
    const char *mask = find_tag(vector, "mask=");
    size_t size;
    size_t n_again;
    CLEANUP(free) uint8_t *bytes = parse(vector, string_of(vector, "input"), &size);
    CLEANUP(free) char *text = format(vector, bytes, size, ALL_SECTIONS);
    CLEANUP(free) uint8_t *again = parse(vector, text, &n_again);

    if (canonical_of(vector)) {
        assert_string_equal(text, canonical_of(vector));
    }
    if (mask) {
        expect_mask(bytes, size, mask);
    }
    assert_true(same_bytes(bytes, size, again, n_again));
}

static void judge_text(const json_t *vector)
{
    if (!is_accepted(vector) || is_exception(vector, text_refused)) {
        expect_refused(vector);
        return;
    }
    expect_accepted(vector);
}

static void text_is_accepted_where_windows_and_samba_agree_and_printed_as_they_do(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sddl_text", judge_text), 145);
    assert_int_equal(n_exceptions(text_refused), 7);
}

/* Lax: as Windows answers, whatever others say. */
static void judge_text_as_windows(const json_t *vector)
{
    const json_t *answer = json_object_get(vector, "windows");
    const json_t *is_expected = json_object_get(answer, "accept");
    const char *input = string_of(vector, "input");
    const char *mask = find_tag(vector, "mask=");
    tsr_sddl_error error = {0};
    CLEANUP(free) uint8_t *bytes = NULL;
    bool is_lossless = false;
    tsr_sid domain;
    size_t size;

    if (!is_expected) {
        return;
    }
    const tsr_status status = tsr_sddl_parse_ex(input, domain_of(vector, &domain),
                                                TSR_SDDL_WINDOWS_LAX, &bytes, &size, &error);
    if (tsr_ok(status) != json_is_true(is_expected)) {
        fail_msg("%s: %s: column %zu: %s", string_of(vector, "id"), input, error.column,
                 error.message);
    }
    if (tsr_failed(status)) {
        assert_in_range(error.column, 1, strlen(input) + 1);
        assert_non_null(error.message);
        return;
    }

    CLEANUP(free)
    char *text = format_as(vector, bytes, size, ALL_SECTIONS, TSR_SDDL_WINDOWS_LAX, &is_lossless);
    if (canonical_of(vector)) {
        assert_string_equal(text, canonical_of(vector));
    }
    if (mask) {
        expect_mask(bytes, size, mask);
    }
    assert_true(is_lossless);
}

static void lax_text_is_accepted_and_printed_as_windows_does(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sddl_text", judge_text_as_windows), 145);
}

static void parse_binary_lax(const json_t *vector)
{
    size_t n_ours;
    size_t n_theirs;
    CLEANUP(free)
    uint8_t *ours = parse_as(vector, string_of(vector, "sddl"), TSR_SDDL_WINDOWS_LAX, &n_ours);
    CLEANUP(free) uint8_t *theirs = hex_bytes(string_of(vector, "sd_hex"), &n_theirs);

    expect_windows_bytes(vector, ours, n_ours, theirs, n_theirs);
}

static void lax_parsing_gives_the_bytes_that_windows_wrote(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sddl_binary", parse_binary_lax), 3800);
}

static const struct exception trailing[] = {
    {"conditional_syntax-a9a5ec47c669",
     "a parenthesis too many stands behind it; Samba's test does not mind"},
    {NULL, NULL},
};

/* How many bytes of an accepted expression Samba's compiler takes, but for blanks behind it. */
static size_t expected_taken(const json_t *vector, const char *expression)
{
    const json_t *consumed = json_object_get(vector, "consumed");
    size_t n = consumed ? (size_t)json_integer_value(consumed) : strlen(expression);

    while (expression[n - 1] == ' ') {
        n--;
    }
    return is_exception(vector, trailing) ? n - 1 : n;
}

/* What was compiled prints as text that compiles to the same bytes. */
static void expect_round_trip(const struct writer *code, const tsr_sid *domain)
{
    CLEANUP(writer_deinit) struct writer text = {0};
    CLEANUP(writer_deinit) struct writer again = {0};
    tsr_sddl_error error;
    size_t n_taken;

    expect_ok(condition_format(code->bytes, code->size, domain, &text));
    expect_ok(
        condition_parse((const char *)text.bytes, text.size, domain, &again, &n_taken, &error));
    assert_int_equal(n_taken, text.size);
    assert_true(same_bytes(code->bytes, code->size, again.bytes, again.size));
}

static void judge_expression(const json_t *vector)
{
    const char *expression = string_of(vector, "expression");
    const bool is_expected = json_is_true(json_object_get(vector, "accept"));
    const tsr_sid domain = TSR_SID(5, 21, 1, 2, 3);
    CLEANUP(writer_deinit) struct writer code = {0};
    tsr_sddl_error error = {0};
    size_t n_taken = 0;

    const tsr_status status =
        condition_parse(expression, strlen(expression), &domain, &code, &n_taken, &error);
    if (tsr_ok(status) != is_expected) {
        fail_msg("%s: %s: column %zu: %s", string_of(vector, "id"), expression, error.column,
                 error.message);
    }
    if (!is_expected) {
        assert_in_range(error.column, 1, strlen(expression) + 1);
        assert_int_equal(code.size, 0);
        return;
    }
    assert_int_equal(n_taken, expected_taken(vector, expression));
    assert_int_equal(code.size % 4, 0);
    expect_round_trip(&code, &domain);
}

static void conditions_are_accepted_where_samba_accepts_them(void **state)
{
    (void)state;

    assert_int_equal(visit_family("conditional_syntax", judge_expression), 33);
    assert_int_equal(n_exceptions(trailing), 1);
}

static void render(const json_t *vector)
{
    static const char letters[] = "OGDS";
    const char *sections = string_of(vector, "sections");
    uint32_t information = 0;
    size_t size;
    CLEANUP(free) uint8_t *bytes = hex_bytes(string_of(vector, "sd_hex"), &size);

    /* The sections' bits follow one another in this order. */
    for (size_t i = 0; letters[i] != '\0'; i++) {
        information |= strchr(sections, letters[i]) ? OWNER_SECURITY_INFORMATION << i : 0;
    }
    CLEANUP(free) char *text = format(vector, bytes, size, information);

    assert_string_equal(text, string_of(vector, "sddl"));
}

static void sections_are_printed_as_windows_prints_them(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sddl_render", render), 9);
}

static void judge_sid_as(const json_t *vector, bool is_expected, uint32_t flags)
{
    const json_t *windows = json_object_get(vector, "windows");
    const char *input = string_of(vector, "input");
    tsr_sddl_error error = {0};
    uint8_t encoded[TSR_SID_SIZE_MAX];
    char text[TSR_SID_TEXT_MAX];
    tsr_sid domain;
    tsr_sid sid;
    size_t size;

    if (tsr_ok(tsr_sddl_parse_sid_ex(input, domain_of(vector, &domain), flags, &sid, NULL,
                                     &error)) != is_expected) {
        fail_msg("%s: %s", string_of(vector, "id"), input);
    }
    if (!is_expected) {
        assert_in_range(error.column, 1, strlen(input) + 1);
        assert_non_null(error.message);
        return;
    }

    expect_ok(tsr_sid_encode(&sid, encoded, sizeof(encoded), &size));
    size_t n_theirs;
    CLEANUP(free) uint8_t *theirs = hex_bytes(string_of(windows, "sid_hex"), &n_theirs);
    assert_true(same_bytes(encoded, size, theirs, n_theirs));
    tsr_sid_format(&sid, text);
    assert_string_equal(text, string_of(windows, "sid"));
    if (find_tag(vector, "alias")) {
        tsr_sddl_format_sid(&sid, &domain, text);
        assert_true(strcasecmp(text, input) == 0);
    }
}

static bool windows_accepts(const json_t *vector)
{
    return json_is_true(json_object_get(json_object_get(vector, "windows"), "accept"));
}

static void judge_sid(const json_t *vector)
{
    judge_sid_as(vector, windows_accepts(vector) && !is_exception(vector, sid_refused), 0);
}

static void judge_sid_as_windows(const json_t *vector)
{
    judge_sid_as(vector, windows_accepts(vector), TSR_SDDL_WINDOWS_LAX);
}

static void lax_sids_are_read_as_windows_reads_them(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sid_strings", judge_sid_as_windows), 66);
}

static void sids_are_read_as_windows_and_samba_read_them(void **state)
{
    (void)state;

    assert_int_equal(visit_family("sid_strings", judge_sid), 66);
    assert_int_equal(n_exceptions(sid_refused), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsing_gives_the_bytes_that_windows_wrote),
        cmocka_unit_test(printing_gives_back_the_text_that_windows_was_given),
        cmocka_unit_test(text_is_accepted_where_windows_and_samba_agree_and_printed_as_they_do),
        cmocka_unit_test(lax_text_is_accepted_and_printed_as_windows_does),
        cmocka_unit_test(lax_parsing_gives_the_bytes_that_windows_wrote),
        cmocka_unit_test(lax_sids_are_read_as_windows_reads_them),
        cmocka_unit_test(printing_tells_of_every_byte_it_leaves_out),
        cmocka_unit_test(taking_apart_and_building_keeps_every_byte),
        cmocka_unit_test(conditions_are_accepted_where_samba_accepts_them),
        cmocka_unit_test(sections_are_printed_as_windows_prints_them),
        cmocka_unit_test(sids_are_read_as_windows_and_samba_read_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
