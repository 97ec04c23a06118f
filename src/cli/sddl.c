/* SPDX-License-Identifier: MIT */
/* `tessera sddl`: descriptors between text and bytes. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tessera/assign.h>
#include <tessera/condition.h>
#include <tessera/sddl.h>

#include "base/writer.h"
#include "cli/cli.h"
#include "cli/descriptor.h"
#include "cli/json-read.h"
#include "cli/jsonl.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/text.h"

struct sddl_options {
    const char *domain;
    bool to_hex;
    bool from_hex;
    bool windows_lax;
    bool lossless;
    bool jsonl;
};

#define AT(member_) offsetof(struct sddl_options, member_)

static const struct option options[] = {
    {"to-hex", NULL, "SDDL to bytes; the default", OPTION_SWITCH, AT(to_hex)},
    {"from-hex", NULL, "bytes to SDDL", OPTION_SWITCH, AT(from_hex)},
    {"domain", "SID", "of aliases such as DA; default: none", OPTION_TEXT, AT(domain)},
    {"windows-lax", NULL, "read also what only Windows reads", OPTION_SWITCH, AT(windows_lax)},
    {"lossless", NULL, "refuse bytes that SDDL cannot say", OPTION_SWITCH, AT(lossless)},
    {"jsonl", NULL, "answer JSON lines; the operand is a file", OPTION_SWITCH, AT(jsonl)},
};

static const struct syntax syntax = {
    .command = "sddl",
    .synopsis = "[OPTION]... [TEXT]...",
    .purpose = "Convert security descriptors between SDDL and self-relative bytes in hexadecimal.\n"
               "Without TEXT each line of standard input is one.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes =
        "Bytes that SDDL cannot say, such as slack in an ACL, are left out of the text with a\n"
        "warning.\n\n"
        "With --jsonl each line is an object: {\"id\", \"sddl\", \"domain_sid\"} is answered by\n"
        "{\"id\", \"sd_hex\"}, and {\"id\", \"sd_hex\", \"domain_sid\"} by {\"id\", \"sddl\"}, "
        "with\n"
        "\"lossless\" false where bytes were left out. A line with both is read as SDDL unless\n"
        "--from-hex. {\"sd_hex\", \"sections\"} prints the sections named by letters out of "
        "OGDSL.\n"
        "{\"input\"} asks whether a text is accepted as a descriptor, or if it has no colon as a\n"
        "SID, and {\"expression\"} whether a condition is. A line that is refused is answered by\n"
        "{\"id\", \"error\", \"column\"}, and the stream goes on.\n\n"
        "Exit status:\n"
        "  0  converted; with --jsonl: every line was answered\n"
        "  1  a text was refused, or there was no reading or writing\n"
        "  2  the command line was not understood\n",
};

/* Everything that can be printed. */
#define ALL_PARTS 0x7fu

/* What converting needs to know. */
struct conversion {
    bool from_hex;
    bool has_domain;
    tsr_sid domain;
    uint32_t parse_flags;
    uint32_t format_flags;
};

/* What came of it. */
struct result {
    char *text; /* owned */
    bool is_lossless;
};

static void cleanup_result_deinit(struct result *result)
{
    free(result->text);
}

static const tsr_sid *domain_of(const struct conversion *conversion)
{
    return conversion->has_domain ? &conversion->domain : NULL;
}

static bool refuse_text(const tsr_sddl_error *error, const char *prefix,
                        struct problem *ret_problem)
{
    (void)problem_set(ret_problem, "%s%s", prefix,
                      error->message ? error->message : "it cannot be read");
    ret_problem->column = error->column;
    return false;
}

static bool read_sddl(const struct conversion *conversion, const char *text,
                      struct descriptor *ret_descriptor, struct problem *ret_problem)
{
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    size_t size;

    if (tsr_failed(tsr_sddl_parse_ex(text, domain_of(conversion), conversion->parse_flags, &bytes,
                                     &size, &error))) {
        return refuse_text(&error, "SDDL: ", ret_problem);
    }
    return descriptor_take(bytes, size, ret_descriptor, ret_problem);
}

static bool print_hex(const uint8_t *bytes, size_t size, char **ret_hex,
                      struct problem *ret_problem)
{
    CLEANUP(writer_deinit) struct writer hex = {0};

    text_write_hex(&hex, bytes, size);
    return tsr_ok(writer_finish_text(&hex, ret_hex)) || problem_set(ret_problem, "out of memory");
}

static bool print_sddl(const struct conversion *conversion, const tsr_sd *sd, uint32_t information,
                       struct result *ret_result, struct problem *ret_problem)
{
    const tsr_status status =
        tsr_sddl_format_ex(sd, information, domain_of(conversion), conversion->format_flags,
                           &ret_result->text, &ret_result->is_lossless);

    if (status.code == STATUS_NOT_SUPPORTED) {
        return problem_set(ret_problem,
                           "an entry, a condition or a resource attribute in it has no text");
    }
    if (status.code == STATUS_DATA_ERROR) {
        return problem_set(ret_problem, "SDDL cannot say all of these bytes");
    }
    return tsr_ok(status) || problem_set_status(ret_problem, "it cannot be printed", status);
}

static bool convert_to_hex(const struct conversion *conversion, const char *text,
                           struct result *ret_result, struct problem *ret_problem)
{
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};

    ret_result->is_lossless = true;
    return read_sddl(conversion, text, &descriptor, ret_problem) &&
           print_hex(descriptor.bytes, descriptor.sd.size, &ret_result->text, ret_problem);
}

static bool convert_from_hex(const struct conversion *conversion, const char *hex,
                             struct result *ret_result, struct problem *ret_problem)
{
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};

    return descriptor_of_hex(hex, &descriptor, ret_problem) &&
           print_sddl(conversion, &descriptor.sd, ALL_PARTS, ret_result, ret_problem);
}

static bool convert(const struct conversion *conversion, const char *text,
                    struct result *ret_result, struct problem *ret_problem)
{
    return conversion->from_hex ? convert_from_hex(conversion, text, ret_result, ret_problem)
                                : convert_to_hex(conversion, text, ret_result, ret_problem);
}

static void answer_text(json_t *answer, const char *name, const char *text)
{
    (void)json_object_set_new(answer, name, json_string(text));
}

static void answer_sddl(json_t *answer, const struct result *result)
{
    answer_text(answer, "sddl", result->text);
    if (!result->is_lossless) {
        (void)json_object_set_new(answer, "lossless", json_false());
    }
}

static void answer_accept(json_t *answer, bool is_accepted, const struct problem *problem)
{
    (void)json_object_set_new(answer, "accept", json_boolean(is_accepted));
    if (!is_accepted) {
        answer_text(answer, "error", problem->text);
        (void)json_object_set_new(answer, "column", json_integer((json_int_t)problem->column));
    }
}

/* A descriptor: whether it is accepted, how it is printed, and its bytes. */
static bool answer_descriptor(const struct conversion *conversion, const char *input,
                              json_t *answer, struct problem *ret_problem)
{
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};
    CLEANUP(result_deinit) struct result canonical = {0};
    struct problem problem = {0};
    CLEANUP(free) char *hex = NULL;

    if (!read_sddl(conversion, input, &descriptor, &problem)) {
        answer_accept(answer, false, &problem);
        return true;
    }
    if (!print_sddl(conversion, &descriptor.sd, ALL_PARTS, &canonical, ret_problem) ||
        !print_hex(descriptor.bytes, descriptor.sd.size, &hex, ret_problem)) {
        return false;
    }
    answer_accept(answer, true, NULL);
    answer_text(answer, "canonical", canonical.text);
    answer_text(answer, "sd_hex", hex);
    return true;
}

/* The same of a SID. */
static bool answer_sid(const struct conversion *conversion, const char *input, json_t *answer,
                       struct problem *ret_problem)
{
    uint8_t encoded[TSR_SID_SIZE_MAX];
    char text[TSR_SID_TEXT_MAX];
    struct problem problem = {0};
    tsr_sddl_error error = {0};
    CLEANUP(free) char *hex = NULL;
    tsr_status status;
    tsr_sid sid;
    size_t size;

    status = tsr_sddl_parse_sid_ex(input, domain_of(conversion), conversion->parse_flags, &sid,
                                   NULL, &error);
    if (tsr_failed(status)) {
        answer_accept(answer, refuse_text(&error, "", &problem), &problem);
        return true;
    }
    status = tsr_sid_encode(&sid, encoded, sizeof(encoded), &size);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "it cannot be encoded", status);
    }
    if (!print_hex(encoded, size, &hex, ret_problem)) {
        return false;
    }
    tsr_sid_format(&sid, text);
    answer_accept(answer, true, NULL);
    answer_text(answer, "sid", text);
    answer_text(answer, "sid_hex", hex);
    return true;
}

/*
 * The condition at the start of @text, as Samba judges it: what follows is not looked at, and the
 * blanks of it are taken. @return bytes taken; 0: it is refused
 */
static size_t take_condition(const char *text, const tsr_sid *domain, tsr_sddl_error *ret_error)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) uint8_t *again = NULL;
    CLEANUP(free) char *front = NULL;
    tsr_sddl_error error;
    size_t n_taken;
    size_t size;

    if (tsr_ok(tsr_condition_parse(text, domain, &bytes, &size, ret_error))) {
        return strlen(text);
    }
    /* If the place where it goes wrong is behind the condition, all before it is one. */
    n_taken = ret_error->column - 1;
    front = strndup(text, n_taken);
    if (!front || tsr_failed(tsr_condition_parse(front, domain, &again, &size, &error))) {
        return 0;
    }
    return n_taken + strspn(text + n_taken, " ");
}

static bool answer_expression(const struct conversion *conversion, const char *expression,
                              json_t *answer)
{
    struct problem problem = {0};
    tsr_sddl_error error = {0};
    const size_t n_taken = take_condition(expression, domain_of(conversion), &error);

    if (n_taken == 0) {
        answer_accept(answer, refuse_text(&error, "", &problem), &problem);
        return true;
    }
    answer_accept(answer, true, NULL);
    (void)json_object_set_new(answer, "consumed", json_integer((json_int_t)n_taken));
    return true;
}

/* Some sections of a descriptor, and the control word of what they make up by themselves. */
static bool answer_sections(const struct conversion *conversion, const char *hex,
                            const char *sections, json_t *answer, struct problem *ret_problem)
{
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};
    CLEANUP(descriptor_deinit) struct descriptor selected = {0};
    CLEANUP(result_deinit) struct result result = {0};
    char control[sizeof("0x0000")];
    uint32_t information;
    uint8_t *bytes = NULL;
    tsr_status status;
    size_t size;

    if (!descriptor_parts(sections, &information, ret_problem) ||
        !descriptor_of_hex(hex, &descriptor, ret_problem) ||
        !print_sddl(conversion, &descriptor.sd, information, &result, ret_problem)) {
        return false;
    }
    if (information & SACL_SECURITY_INFORMATION) { /* In text, that is all of it. */
        information |= LABEL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION |
                       SCOPE_SECURITY_INFORMATION;
    }
    status = tsr_sd_select(&descriptor.sd, information, &bytes, &size);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "its sections cannot be selected", status);
    }
    if (!descriptor_take(bytes, size, &selected, ret_problem)) {
        return false;
    }
    (void)snprintf(control, sizeof(control), "0x%04x", selected.sd.control);
    answer_sddl(answer, &result);
    answer_text(answer, "subset_control", control);
    return true;
}

static bool answer_conversion(struct conversion conversion, const char *sddl, const char *hex,
                              json_t *answer, struct problem *ret_problem)
{
    CLEANUP(result_deinit) struct result result = {0};

    if (!sddl && !hex) {
        return problem_set(ret_problem, "the line has neither sddl nor sd_hex");
    }
    conversion.from_hex = !sddl || (hex && conversion.from_hex);
    if (!convert(&conversion, conversion.from_hex ? hex : sddl, &result, ret_problem)) {
        return false;
    }
    if (conversion.from_hex) {
        answer_sddl(answer, &result);
    } else {
        answer_text(answer, "sd_hex", result.text);
    }
    return true;
}

/* The texts of a line, each NULL if absent; borrowed from it. */
struct question {
    const char *sddl;
    const char *hex;
    const char *sections;
    const char *input;
    const char *expression;
};

static bool read_question(const json_t *line, struct question *question,
                          struct conversion *conversion, struct problem *ret_problem)
{
    bool has_domain;
    tsr_sid domain;

    if (!json_read_text(line, "sddl", &question->sddl, ret_problem) ||
        !json_read_text(line, "sd_hex", &question->hex, ret_problem) ||
        !json_read_text(line, "sections", &question->sections, ret_problem) ||
        !json_read_text(line, "input", &question->input, ret_problem) ||
        !json_read_text(line, "expression", &question->expression, ret_problem) ||
        !json_read_sid(line, "domain_sid", &domain, &has_domain, ret_problem)) {
        return false;
    }
    if (has_domain) {
        conversion->has_domain = true;
        conversion->domain = domain;
    }
    return true;
}

static bool answer_line(void *context, const json_t *line, json_t *answer,
                        struct problem *ret_problem)
{
    struct conversion conversion = *(const struct conversion *)context;
    struct question question = {0};

    if (!read_question(line, &question, &conversion, ret_problem)) {
        return false;
    }
    if (question.input) {
        /* Every descriptor that has a section has a colon, and no SID has. */
        return (question.input[0] == '\0' || strchr(question.input, ':')
                    ? answer_descriptor
                    : answer_sid)(&conversion, question.input, answer, ret_problem);
    }
    if (question.expression) {
        return answer_expression(&conversion, question.expression, answer);
    }
    if (question.sections && question.hex) {
        return answer_sections(&conversion, question.hex, question.sections, answer, ret_problem);
    }
    return answer_conversion(conversion, question.sddl, question.hex, answer, ret_problem);
}

/* Show where: the text, and a mark under the place. */
static void print_problem(const char *text, const struct problem *problem)
{
    const size_t n_before = problem->column > 40 ? problem->column - 40 : 0;

    if (problem->column == 0 || problem->column > strlen(text) + 1) {
        message("%s", problem->text);
        return;
    }
    message("column %zu: %s", problem->column, problem->text);
    (void)fprintf(stderr, "  %s%.72s\n  %*s^\n", n_before ? "..." : "", text + n_before,
                  (int)(problem->column - 1 - n_before + (n_before ? 3 : 0)), "");
}

static bool convert_and_print(const struct conversion *conversion, const char *text)
{
    CLEANUP(result_deinit) struct result result = {0};
    struct problem problem = {0};

    if (!convert(conversion, text, &result, &problem)) {
        print_problem(text, &problem);
        return false;
    }
    if (!result.is_lossless) {
        message("the text leaves out bytes that SDDL cannot say: '%.60s'", result.text);
    }
    (void)printf("%s\n", result.text);
    return true;
}

static bool convert_line(const struct conversion *conversion, struct writer *line)
{
    writer_u8(line, 0);
    if (line->failed) {
        message("out of memory");
        return false;
    }
    if (strlen((const char *)line->bytes) + 1 != line->size) {
        message("a line holds a NUL byte: give text, one descriptor a line");
        return false;
    }
    return convert_and_print(conversion, (const char *)line->bytes);
}

static int convert_input(const struct conversion *conversion)
{
    CLEANUP(writer_deinit) struct writer line = {0};
    bool good = true;

    for (;;) {
        switch (text_read_line(stdin, &line)) {
        case TEXT_LINE:
            good = convert_line(conversion, &line) && good;
            break;
        case TEXT_LINE_TOO_LONG:
            message("a line is longer than 1 MiB: no descriptor is");
            good = false;
            break;
        case TEXT_LINE_NO_MEMORY:
            message("out of memory");
            return CLI_FAILED;
        case TEXT_END:
            if (ferror(stdin)) {
                message("cannot read standard input: %s", strerror(errno));
                return CLI_FAILED;
            }
            return good ? CLI_OK : CLI_FAILED;
        }
    }
}

static int convert_operands(const struct conversion *conversion, const struct operands *operands)
{
    bool good = true;

    for (size_t i = 0; i < operands->n; i++) {
        good = convert_and_print(conversion, operands->texts[i]) && good;
    }
    return good ? CLI_OK : CLI_FAILED;
}

int cli_sddl(int argc, char **argv)
{
    struct sddl_options chosen = {0};
    struct conversion conversion = {0};
    struct operands operands;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (chosen.to_hex && chosen.from_hex) {
        return message_usage("sddl", "--to-hex and --from-hex exclude each other");
    }
    if (chosen.domain && tsr_failed(tsr_sid_parse(chosen.domain, &conversion.domain, NULL))) {
        return message_usage("sddl", "--domain: '%s' is no SID", chosen.domain);
    }
    conversion.from_hex = chosen.from_hex;
    conversion.has_domain = chosen.domain != NULL;
    conversion.parse_flags = chosen.windows_lax ? TSR_SDDL_WINDOWS_LAX : 0;
    conversion.format_flags = conversion.parse_flags | (chosen.lossless ? TSR_SDDL_LOSSLESS : 0);

    if (chosen.jsonl) {
        if (operands.n > 1) {
            return message_usage("sddl", "--jsonl reads one file");
        }
        return jsonl_run(operands.texts[0], answer_line, &conversion);
    }
    return operands.n > 0 ? convert_operands(&conversion, &operands) : convert_input(&conversion);
}
