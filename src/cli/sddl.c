/* SPDX-License-Identifier: MIT */
/* `tessera sddl`: descriptors between text and bytes. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
    bool jsonl;
};

#define AT(member_) offsetof(struct sddl_options, member_)

static const struct option options[] = {
    {"to-hex", NULL, "SDDL to bytes; the default", OPTION_SWITCH, AT(to_hex)},
    {"from-hex", NULL, "bytes to SDDL", OPTION_SWITCH, AT(from_hex)},
    {"domain", "SID", "of aliases such as DA; default: none", OPTION_TEXT, AT(domain)},
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
        "With --jsonl each line is an object: {\"id\", \"sddl\", \"domain_sid\"} is answered by\n"
        "{\"id\", \"sd_hex\"}, and {\"id\", \"sd_hex\", \"domain_sid\"} by {\"id\", \"sddl\"}. A "
        "line\n"
        "with both is read as SDDL unless --from-hex. A line that is refused is answered by\n"
        "{\"id\", \"error\", \"column\"}, and the stream goes on.\n\n"
        "Exit status:\n"
        "  0  converted; with --jsonl: every line was answered\n"
        "  1  a text was refused, or there was no reading or writing\n"
        "  2  the command line was not understood\n",
};

/* What converting needs to know. */
struct conversion {
    bool from_hex;
    bool has_domain;
    tsr_sid domain;
};

static const tsr_sid *domain_of(const struct conversion *conversion)
{
    return conversion->has_domain ? &conversion->domain : NULL;
}

static bool convert_to_hex(const struct conversion *conversion, const char *text, char **ret_hex,
                           struct problem *ret_problem)
{
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};
    CLEANUP(writer_deinit) struct writer hex = {0};

    if (!descriptor_of_sddl(text, domain_of(conversion), &descriptor, ret_problem)) {
        return false;
    }
    text_write_hex(&hex, descriptor.bytes, descriptor.sd.size);
    return tsr_ok(writer_finish_text(&hex, ret_hex)) || problem_set(ret_problem, "out of memory");
}

static bool convert_from_hex(const struct conversion *conversion, const char *hex, char **ret_text,
                             struct problem *ret_problem)
{
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};
    const uint32_t all = 0x7f;
    tsr_status status;

    if (!descriptor_of_hex(hex, &descriptor, ret_problem)) {
        return false;
    }
    status = tsr_sddl_format(&descriptor.sd, all, domain_of(conversion), ret_text);
    if (status.code == STATUS_NOT_SUPPORTED) {
        return problem_set(ret_problem,
                           "an entry, a condition or a resource attribute in it has no text");
    }
    return tsr_ok(status) || problem_set_status(ret_problem, "it cannot be printed", status);
}

static bool convert(const struct conversion *conversion, const char *text, char **ret_text,
                    struct problem *ret_problem)
{
    return conversion->from_hex ? convert_from_hex(conversion, text, ret_text, ret_problem)
                                : convert_to_hex(conversion, text, ret_text, ret_problem);
}

static bool answer_line(void *context, const json_t *question, json_t *answer,
                        struct problem *ret_problem)
{
    struct conversion conversion = *(const struct conversion *)context;
    CLEANUP(free) char *result = NULL;
    const char *sddl = NULL;
    const char *hex = NULL;
    tsr_sid domain;
    bool has_domain;

    if (!json_read_text(question, "sddl", &sddl, ret_problem) ||
        !json_read_text(question, "sd_hex", &hex, ret_problem) ||
        !json_read_sid(question, "domain_sid", &domain, &has_domain, ret_problem)) {
        return false;
    }
    if (!sddl && !hex) {
        return problem_set(ret_problem, "the line has neither sddl nor sd_hex");
    }
    conversion.from_hex = !sddl || (hex && conversion.from_hex);
    if (has_domain) {
        conversion.has_domain = true;
        conversion.domain = domain;
    }
    if (!convert(&conversion, conversion.from_hex ? hex : sddl, &result, ret_problem)) {
        return false;
    }
    (void)json_object_set_new(answer, conversion.from_hex ? "sddl" : "sd_hex", json_string(result));
    return true;
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
    CLEANUP(free) char *result = NULL;
    struct problem problem = {0};

    if (!convert(conversion, text, &result, &problem)) {
        print_problem(text, &problem);
        return false;
    }
    (void)printf("%s\n", result);
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

    if (chosen.jsonl) {
        if (operands.n > 1) {
            return message_usage("sddl", "--jsonl reads one file");
        }
        return jsonl_run(operands.texts[0], answer_line, &conversion);
    }
    return operands.n > 0 ? convert_operands(&conversion, &operands) : convert_input(&conversion);
}
