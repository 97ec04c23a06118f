/* SPDX-License-Identifier: MIT */
/* `tessera check`: would access be granted, and which rule says so. */

#include <stdio.h>
#include <string.h>

#include <tessera/token.h>

#include "base/writer.h"
#include "cli/ask.h"
#include "cli/check-jsonl.h"
#include "cli/cli.h"
#include "cli/descriptor.h"
#include "cli/message.h"
#include "cli/own.h"
#include "cli/rights.h"

struct check_options {
    struct ask_options ask;
    bool json;
    bool jsonl;
};

#define AT(member_) offsetof(struct check_options, member_)

static const struct option options[] = {
    ASK_OPTIONS(struct check_options, ask),
    {"json", NULL, "answer as one JSON object", OPTION_SWITCH, AT(json)},
    {"jsonl", NULL, "answer JSON lines; the operand is a file", OPTION_SWITCH, AT(jsonl)},
};

static const struct syntax syntax = {
    .command = "check",
    .synopsis = "[OPTION]... [FILE]",
    .purpose = "Say whether access would be granted, what is granted, and which rule decided.\n"
               "The descriptor is that of FILE unless an option gives another; the token is that\n"
               "of this process unless an option names another.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes = ASK_RIGHTS_NOTE
    "With --jsonl each line of FILE (default: standard input) is a question in the form "
    "of the\n"
    "access_check vectors, answered by {\"id\", \"status\", \"granted\"}, or {\"id\", "
    "\"error\",\n"
    "\"column\"} if it is refused; the stream goes on.\n\n"
    "Exit status:\n"
    "  0  granted; with --jsonl: every line was answered\n"
    "  1  denied, or there is no descriptor or token to judge by\n"
    "  2  the command line was not understood\n",
};

/* One question, and its answer. */
struct inquiry {
    struct question question;
    enum rights_of rights_of;
    tsr_access_result result;
};

static void cleanup_inquiry_deinit(struct inquiry *inquiry)
{
    question_deinit(&inquiry->question);
}

static void print_mask(const char *title, uint32_t mask, enum rights_of of)
{
    CLEANUP(writer_deinit) struct writer names = {0};
    CLEANUP(free) char *text = NULL;

    rights_write_names(&names, mask, of);
    if (tsr_ok(writer_finish_text(&names, &text))) {
        (void)printf("%-9s 0x%08x  %s\n", title, mask, text);
    }
}

static bool is_ace_rule(tsr_access_rule rule)
{
    return rule == TSR_RULE_ALLOW_ACE || rule == TSR_RULE_DENY_ACE;
}

/* The text of the ACE that decided. @return owned by the caller; NULL: none did */
static char *deciding_ace(const struct inquiry *inquiry)
{
    tsr_ace ace;

    if (!is_ace_rule(inquiry->result.rule) ||
        !descriptor_ace_at(&inquiry->question.descriptor.sd.dacl, inquiry->result.ace_index,
                           &ace)) {
        return NULL;
    }
    return descriptor_ace_text(&ace);
}

static const char *const pass_texts[] = {
    [TSR_PASS_NORMAL] = "",
    [TSR_PASS_RESTRICTED] = ", against the restricting SIDs",
    [TSR_PASS_PACKAGE] = ", against the package and its capabilities",
};

static void print_rule(const struct inquiry *inquiry)
{
    CLEANUP(free) char *ace = deciding_ace(inquiry);
    const tsr_access_result *const result = &inquiry->result;

    (void)printf("%-9s %s%s\n", "rule", tsr_access_rule_text(result->rule),
                 pass_texts[result->pass]);
    if (ace) {
        (void)printf("%-9s %u of %u: %s\n", "entry", result->ace_index + 1,
                     inquiry->question.descriptor.sd.dacl.n_aces, ace);
    }
}

static void print_privileges(uint64_t privileges)
{
    for (uint32_t luid = TSR_PRIVILEGE_FIRST; luid <= TSR_PRIVILEGE_LAST; luid++) {
        if (privileges & TSR_PRIVILEGE_BIT(luid)) {
            (void)printf("%-9s %s\n", "used", tsr_privilege_name(luid));
        }
    }
}

static void print_answer(const struct inquiry *inquiry)
{
    const tsr_access_result *const result = &inquiry->result;
    char buffer[16];

    (void)printf("%-9s %s\n", "answer", tsr_ok(result->status) ? "granted" : "denied");
    if (tsr_failed(result->status)) {
        (void)printf("%-9s %s\n", "status", message_status_name(result->status.code, buffer));
    }
    print_mask("asked", inquiry->question.request.desired, inquiry->rights_of);
    if (tsr_ok(result->status)) {
        print_mask("granted", result->granted, inquiry->rights_of);
    } else {
        print_mask("missing", result->missing, inquiry->rights_of);
    }
    print_rule(inquiry);
    print_privileges(result->privileges_used);
}

static json_t *privileges_to_json(uint64_t privileges)
{
    json_t *const array = json_array();

    for (uint32_t luid = TSR_PRIVILEGE_FIRST; luid <= TSR_PRIVILEGE_LAST; luid++) {
        if (privileges & TSR_PRIVILEGE_BIT(luid)) {
            (void)json_array_append_new(array, json_string(tsr_privilege_name(luid)));
        }
    }
    return array;
}

static void add_mask(json_t *json, const char *name, const char *list_name, uint32_t mask,
                     enum rights_of of)
{
    (void)json_object_set_new(json, name, json_sprintf("0x%08x", mask));
    (void)json_object_set_new(json, list_name, rights_to_json(mask, of));
}

static void print_answer_json(const struct inquiry *inquiry)
{
    CLEANUP(json_decref) json_t *json = json_object();
    CLEANUP(free) char *ace = deciding_ace(inquiry);
    const tsr_access_result *const result = &inquiry->result;
    char buffer[16];

    (void)json_object_set_new(json, "status",
                              json_string(message_status_name(result->status.code, buffer)));
    add_mask(json, "desired", "desired_rights", inquiry->question.request.desired,
             inquiry->rights_of);
    add_mask(json, "granted", "granted_rights", result->granted, inquiry->rights_of);
    add_mask(json, "missing", "missing_rights", result->missing, inquiry->rights_of);
    (void)json_object_set_new(json, "rule", json_string(tsr_access_rule_text(result->rule)));
    (void)json_object_set_new(json, "pass", json_string(question_pass_name(result->pass)));
    if (ace) {
        (void)json_object_set_new(json, "ace_index", json_integer(result->ace_index));
        (void)json_object_set_new(json, "ace", json_string(ace));
    }
    (void)json_object_set_new(json, "privileges_used", privileges_to_json(result->privileges_used));
    (void)json_dumpf(json, stdout, 0);
    (void)putchar('\n');
}

static int inquire(const struct check_options *chosen, const struct operands *operands)
{
    CLEANUP(inquiry_deinit) struct inquiry inquiry = {0};
    const char *const mapping = chosen->ask.mapping;
    const int status = ask_read("check", &chosen->ask, operands, &inquiry.question);

    if (status != CLI_OK) {
        return status;
    }
    inquiry.rights_of =
        mapping && strcmp(mapping, "file") != 0 ? RIGHTS_OF_OTHERS : RIGHTS_OF_FILES;
    inquiry.result = question_ask(&inquiry.question, NULL);
    if (chosen->json) {
        print_answer_json(&inquiry);
    } else {
        print_answer(&inquiry);
    }
    return tsr_ok(inquiry.result.status) ? CLI_OK : CLI_FAILED;
}

int cli_check(int argc, char **argv)
{
    struct check_options chosen = {0};
    struct operands operands;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (chosen.jsonl) {
        if (operands.n > 1) {
            return message_usage("check", "--jsonl reads one file");
        }
        return check_jsonl(operands.texts[0]);
    }
    return inquire(&chosen, &operands);
}
