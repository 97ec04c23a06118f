/* SPDX-License-Identifier: MIT */
/* `tessera acl set`: replaces parts of a descriptor. */

#include "cli/acl.h"
#include "cli/cli.h"
#include "cli/descriptor.h"
#include "cli/message.h"
#include "cli/options.h"

struct set_options {
    const char *sddl;
    const char *domain;
    const char *parts;
};

#define AT(member_) offsetof(struct set_options, member_)

static const struct option options[] = {
    {"sddl", "TEXT", "the new parts", OPTION_TEXT, AT(sddl)},
    {"domain", "SID", "of aliases such as DA", OPTION_TEXT, AT(domain)},
    {"parts", "OGDSL", "which of them to set; default: those in TEXT", OPTION_TEXT, AT(parts)},
};

static const struct syntax syntax = {
    .command = "acl set",
    .synopsis = "[OPTION]... FILE...",
    .purpose =
        "Replace parts of the security descriptors of files on a Tessera volume. Parts that\n"
        "are not named stay as they are.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes = "Exit status:\n"
             "  0  set\n"
             "  1  refused, or a file is not on a Tessera volume\n"
             "  2  the command line was not understood\n",
};

/* The label is the mandatory label of the SACL, and the SACL part all that is not one. */
static uint32_t parts_of_sacl(const tsr_acl *sacl)
{
    uint32_t information = sacl->n_aces == 0 ? SACL_SECURITY_INFORMATION : 0;
    size_t offset = 0;
    tsr_ace ace;

    while (sacl->bytes && tsr_acl_next(sacl, &offset, &ace)) {
        information |= ace.type == SYSTEM_MANDATORY_LABEL_ACE_TYPE ? LABEL_SECURITY_INFORMATION
                                                                   : SACL_SECURITY_INFORMATION;
    }
    return information;
}

/* Attributes and policies are in the SACL and belong to no part that a file system lets us name. */
static bool has_unnamed_part(const tsr_acl *sacl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (sacl->bytes && tsr_acl_next(sacl, &offset, &ace)) {
        if (ace.type == SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE ||
            ace.type == SYSTEM_SCOPED_POLICY_ID_ACE_TYPE) {
            return true;
        }
    }
    return false;
}

static uint32_t parts_of(const tsr_sd *sd)
{
    uint32_t information = 0;

    information |= sd->owner ? OWNER_SECURITY_INFORMATION : 0;
    information |= sd->group ? GROUP_SECURITY_INFORMATION : 0;
    information |= sd->has_dacl ? DACL_SECURITY_INFORMATION : 0;
    information |= sd->has_sacl ? parts_of_sacl(&sd->sacl) : 0;
    return information;
}

/* A part that is asked for and not in the text would be emptied, which is hardly meant. */
static int choose_parts(const struct set_options *chosen, const tsr_sd *sd,
                        uint32_t *ret_information)
{
    const uint32_t given = parts_of(sd);
    struct problem problem = {0};
    char letters[DESCRIPTOR_LETTERS_MAX];

    *ret_information = given;
    if (chosen->parts && !descriptor_parts(chosen->parts, ret_information, &problem)) {
        return message_usage("acl set", "--parts: %s", problem.text);
    }
    if (*ret_information == 0) {
        return message_usage("acl set", "--sddl holds no part to set");
    }
    if (*ret_information & ~given & ~(LABEL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION) ||
        (*ret_information & (LABEL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION) &&
         !sd->has_sacl)) {
        descriptor_letters(*ret_information & ~given, letters);
        return message_usage("acl set", "--parts: --sddl does not hold %s", letters);
    }
    return CLI_OK;
}

static int read_descriptor(const struct set_options *chosen, struct descriptor *ret_descriptor)
{
    struct problem problem = {0};
    tsr_sid domain;

    if (!chosen->sddl) {
        return message_usage("acl set", "--sddl is missing");
    }
    if (chosen->domain && tsr_failed(tsr_sid_parse(chosen->domain, &domain, NULL))) {
        return message_usage("acl set", "--domain: '%s' is no SID", chosen->domain);
    }
    if (!descriptor_of_sddl(chosen->sddl, chosen->domain ? &domain : NULL, ret_descriptor,
                            &problem)) {
        return message_usage("acl set", "--sddl: column %zu: %s", problem.column, problem.text);
    }
    if (has_unnamed_part(&ret_descriptor->sd.sacl)) {
        return message_usage("acl set", "--sddl: resource attributes and policies (RA, SP) cannot "
                                        "be set: leave them out");
    }
    return CLI_OK;
}

static int set_files(const struct operands *files, uint32_t information, const tsr_sd *sd)
{
    struct problem problem = {0};
    int status = CLI_OK;

    for (size_t i = 0; i < files->n; i++) {
        if (!descriptor_to_file(files->texts[i], information, sd, &problem)) {
            message("%s: %s", files->texts[i], problem.text);
            status = CLI_FAILED;
        }
    }
    return status;
}

int acl_set(int argc, char **argv)
{
    CLEANUP(descriptor_deinit) struct descriptor descriptor = {0};
    struct set_options chosen = {0};
    struct operands operands;
    uint32_t information;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (operands.n == 0) {
        return message_usage("acl set", "a FILE is missing");
    }
    status = read_descriptor(&chosen, &descriptor);
    if (status != CLI_OK) {
        return status;
    }
    status = choose_parts(&chosen, &descriptor.sd, &information);
    if (status != CLI_OK) {
        return status;
    }
    return set_files(&operands, information, &descriptor.sd);
}
