/* SPDX-License-Identifier: MIT */
/* `tessera check`: would access be granted, and which rule says so. */

#include <stdio.h>
#include <string.h>

#include <tessera/token.h>

#include "base/writer.h"
#include "cli/check-jsonl.h"
#include "cli/cli.h"
#include "cli/descriptor.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/rights.h"
#include "cli/sids.h"
#include "cli/token-json.h"
#include "cli/who.h"

struct check_options {
    const char *sddl;
    const char *sd_hex;
    const char *sd_file;
    const char *domain;
    const char *user;
    const char *pid;
    const char *token;
    const char *desired;
    const char *mapping;
    const char *self;
    bool json;
    bool jsonl;
    struct who_options who;
};

#define AT(member_) offsetof(struct check_options, member_)

static const struct option options[] = {
    {"sddl", "TEXT", "the descriptor, as SDDL", OPTION_TEXT, AT(sddl)},
    {"sd-hex", "HEX", "the descriptor, as hexadecimal bytes", OPTION_TEXT, AT(sd_hex)},
    {"sd-file", "FILE", "the descriptor, as the bytes of a file", OPTION_TEXT, AT(sd_file)},
    {"domain", "SID", "of aliases such as DA in --sddl", OPTION_TEXT, AT(domain)},
    {"user", "USER", "ask for NAME, UID or UID:GID,GID...", OPTION_TEXT, AT(user)},
    {"pid", "N", "ask for a running process", OPTION_TEXT, AT(pid)},
    {"token", "FILE", "ask for a token written as JSON", OPTION_TEXT, AT(token)},
    {"desired", "RIGHTS", "what is wanted; default: maximum", OPTION_TEXT, AT(desired)},
    {"mapping", "R,W,X,A", "what generic rights mean; default: file", OPTION_TEXT, AT(mapping)},
    {"self", "SID", "who stands in for PRINCIPAL_SELF", OPTION_TEXT, AT(self)},
    {"json", NULL, "answer as one JSON object", OPTION_SWITCH, AT(json)},
    {"jsonl", NULL, "answer JSON lines; the operand is a file", OPTION_SWITCH, AT(jsonl)},
    {"map", "FILE", "map of ids to SIDs; default: arithmetic", OPTION_TEXT, AT(who.map)},
    {"state", "DIR", "where tags are published; default: " TSR_STATE_DIR, OPTION_TEXT,
     AT(who.state)},
};

static const struct syntax syntax = {
    .command = "check",
    .synopsis = "[OPTION]... [FILE]",
    .purpose = "Say whether access would be granted, what is granted, and which rule decided.\n"
               "The descriptor is that of FILE unless an option gives another; the token is that\n"
               "of this process unless an option names another.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes = "RIGHTS is a comma-separated list of read, write, execute, full, delete, maximum,\n"
             "names such as FILE_READ_DATA or WRITE_DAC, SDDL rights such as FR or RCWD, and "
             "numbers.\n\n"
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
    const struct descriptor *descriptor;
    tsr_access_request request;
    enum rights_of rights_of;
    tsr_access_result result;
};

static bool report(const char *what, const struct problem *problem)
{
    if (problem->column > 0) {
        message("%s: column %zu: %s", what, problem->column, problem->text);
        return false;
    }
    message("%s: %s", what, problem->text);
    return false;
}

/* Without SeSecurityPrivilege the SACL is out of reach, but the label in it is not. */
static bool read_file_descriptor(const char *path, struct descriptor *ret_descriptor,
                                 struct problem *ret_problem)
{
    const uint32_t readable = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
                              DACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION;

    return descriptor_of_file(path, readable | SACL_SECURITY_INFORMATION, ret_descriptor,
                              ret_problem) ||
           descriptor_of_file(path, readable, ret_descriptor, ret_problem);
}

static bool read_descriptor(const struct check_options *chosen, const char *path,
                            struct descriptor *ret_descriptor)
{
    struct problem problem = {0};
    tsr_sid domain;

    if (chosen->domain && tsr_failed(tsr_sid_parse(chosen->domain, &domain, NULL))) {
        (void)problem_set(&problem, "'%.60s' is no SID", chosen->domain);
        return report("--domain", &problem);
    }
    if (chosen->sddl) {
        return descriptor_of_sddl(chosen->sddl, chosen->domain ? &domain : NULL, ret_descriptor,
                                  &problem) ||
               report("--sddl", &problem);
    }
    if (chosen->sd_hex) {
        return descriptor_of_hex(chosen->sd_hex, ret_descriptor, &problem) ||
               report("--sd-hex", &problem);
    }
    if (chosen->sd_file) {
        return descriptor_of_content(chosen->sd_file, ret_descriptor, &problem) ||
               report(chosen->sd_file, &problem);
    }
    return read_file_descriptor(path, ret_descriptor, &problem) || report(path, &problem);
}

static bool read_token(const struct check_options *chosen, tsr_token **ret_token)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = NULL;
    struct problem problem = {0};

    if (chosen->token) {
        return token_of_json_file(chosen->token, ret_token, &problem) ||
               report(chosen->token, &problem);
    }
    if (!(chosen->user ? who_user(chosen->user, &identity) : who_process(chosen->pid, &identity))) {
        return false;
    }
    return who_resolver(&chosen->who, &resolver) && who_token(resolver, &identity, ret_token, NULL);
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
        !descriptor_ace_at(&inquiry->descriptor->sd.dacl, inquiry->result.ace_index, &ace)) {
        return NULL;
    }
    return descriptor_ace_text(&ace);
}

static const struct {
    const char *name;
    const char *text;
} passes[] = {
    [TSR_PASS_NORMAL] = {"normal", ""},
    [TSR_PASS_RESTRICTED] = {"restricted", ", against the restricting SIDs"},
    [TSR_PASS_PACKAGE] = {"package", ", against the package and its capabilities"},
};

static void print_rule(const struct inquiry *inquiry)
{
    CLEANUP(free) char *ace = deciding_ace(inquiry);
    const tsr_access_result *const result = &inquiry->result;

    (void)printf("%-9s %s%s\n", "rule", tsr_access_rule_text(result->rule),
                 passes[result->pass].text);
    if (ace) {
        (void)printf("%-9s %u of %u: %s\n", "entry", result->ace_index + 1,
                     inquiry->descriptor->sd.dacl.n_aces, ace);
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
    print_mask("asked", inquiry->request.desired, inquiry->rights_of);
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
    add_mask(json, "desired", "desired_rights", inquiry->request.desired, inquiry->rights_of);
    add_mask(json, "granted", "granted_rights", result->granted, inquiry->rights_of);
    add_mask(json, "missing", "missing_rights", result->missing, inquiry->rights_of);
    (void)json_object_set_new(json, "rule", json_string(tsr_access_rule_text(result->rule)));
    (void)json_object_set_new(json, "pass", json_string(passes[result->pass].name));
    if (ace) {
        (void)json_object_set_new(json, "ace_index", json_integer(result->ace_index));
        (void)json_object_set_new(json, "ace", json_string(ace));
    }
    (void)json_object_set_new(json, "privileges_used", privileges_to_json(result->privileges_used));
    (void)json_dumpf(json, stdout, 0);
    (void)putchar('\n');
}

static int usage_problem(const struct check_options *chosen, const struct operands *operands)
{
    const size_t n_descriptors = (size_t) !!chosen->sddl + (size_t) !!chosen->sd_hex +
                                 (size_t) !!chosen->sd_file + operands->n;
    const size_t n_identities =
        (size_t) !!chosen->user + (size_t) !!chosen->pid + (size_t) !!chosen->token;

    if (n_descriptors == 0) {
        return message_usage("check", "a FILE, --sddl, --sd-hex or --sd-file is missing");
    }
    if (n_descriptors > 1) {
        return message_usage("check", "more than one descriptor is given");
    }
    if (n_identities > 1) {
        return message_usage("check", "--user, --pid and --token exclude each other");
    }
    return CLI_OK;
}

static int read_request(const struct check_options *chosen, tsr_sid *self, struct inquiry *inquiry)
{
    struct problem problem = {0};

    inquiry->request.mapping = TSR_FILE_MAPPING;
    if (chosen->mapping && !rights_parse_mapping(chosen->mapping, &inquiry->request.mapping)) {
        return message_usage("check", "--mapping needs 'file' or four numbers");
    }
    inquiry->rights_of = chosen->mapping && strcmp(chosen->mapping, "file") != 0 ? RIGHTS_OF_OTHERS
                                                                                 : RIGHTS_OF_FILES;
    inquiry->request.desired = MAXIMUM_ALLOWED;
    if (chosen->desired && !rights_parse(chosen->desired, &inquiry->request.desired, &problem)) {
        return message_usage("check", "--desired: %s", problem.text);
    }
    if (chosen->self) {
        if (!sids_parse(chosen->self, NULL, self, &problem)) {
            return message_usage("check", "--self: %s", problem.text);
        }
        inquiry->request.principal_self = self;
    }
    return CLI_OK;
}

static int inquire(const struct check_options *chosen, const char *path, struct inquiry *inquiry)
{
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;

    if (!read_descriptor(chosen, path, &descriptor) || !read_token(chosen, &token)) {
        return CLI_FAILED;
    }

    inquiry->descriptor = &descriptor;
    inquiry->result = tsr_token_access_check(token, &descriptor.sd, &inquiry->request);
    if (chosen->json) {
        print_answer_json(inquiry);
    } else {
        print_answer(inquiry);
    }
    return tsr_ok(inquiry->result.status) ? CLI_OK : CLI_FAILED;
}

int cli_check(int argc, char **argv)
{
    struct check_options chosen = {0};
    struct inquiry inquiry = {0};
    struct operands operands;
    tsr_sid self;
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

    status = usage_problem(&chosen, &operands);
    if (status != CLI_OK) {
        return status;
    }
    status = read_request(&chosen, &self, &inquiry);
    if (status != CLI_OK) {
        return status;
    }
    return inquire(&chosen, operands.texts[0], &inquiry);
}
