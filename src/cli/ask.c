/* SPDX-License-Identifier: MIT */
/* Questions to the access check that a command line asks. */

#include "cli/ask.h"

#include "base/check.h"
#include "cli/cli.h"
#include "cli/message.h"
#include "cli/own.h"
#include "cli/rights.h"
#include "cli/sids.h"
#include "cli/token-json.h"

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

static bool read_descriptor(const struct ask_options *chosen, const char *path,
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

static bool read_token(const struct ask_options *chosen, tsr_token **ret_token)
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

static int usage_problem(const char *command, const struct ask_options *chosen,
                         const struct operands *operands)
{
    const size_t n_descriptors = (size_t) !!chosen->sddl + (size_t) !!chosen->sd_hex +
                                 (size_t) !!chosen->sd_file + operands->n;
    const size_t n_identities =
        (size_t) !!chosen->user + (size_t) !!chosen->pid + (size_t) !!chosen->token;

    if (n_descriptors == 0) {
        return message_usage(command, "a FILE, --sddl, --sd-hex or --sd-file is missing");
    }
    if (n_descriptors > 1) {
        return message_usage(command, "more than one descriptor is given");
    }
    if (n_identities > 1) {
        return message_usage(command, "--user, --pid and --token exclude each other");
    }
    return CLI_OK;
}

int ask_read(const char *command, const struct ask_options *chosen, const struct operands *operands,
             struct question *ret_question)
{
    tsr_access_request *const request = &ret_question->request;
    struct problem problem = {0};
    const int status = usage_problem(command, chosen, operands);

    if (status != CLI_OK) {
        return status;
    }
    request->mapping = TSR_FILE_MAPPING;
    if (chosen->mapping && !rights_parse_mapping(chosen->mapping, &request->mapping)) {
        return message_usage(command, "--mapping needs 'file' or four numbers");
    }
    request->desired = MAXIMUM_ALLOWED;
    if (chosen->desired && !rights_parse(chosen->desired, &request->desired, &problem)) {
        return message_usage(command, "--desired: %s", problem.text);
    }
    if (chosen->self) {
        if (!sids_parse(chosen->self, NULL, &ret_question->self, &problem)) {
            return message_usage(command, "--self: %s", problem.text);
        }
        request->principal_self = &ret_question->self;
    }
    return read_descriptor(chosen, operands->texts[0], &ret_question->descriptor) &&
                   read_token(chosen, &ret_question->token)
               ? CLI_OK
               : CLI_FAILED;
}
