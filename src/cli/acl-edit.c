/* SPDX-License-Identifier: MIT */
/* `tessera acl edit`: adds and removes entries, and changes owner and group. */

#include <stdio.h>
#include <string.h>

#include <tessera/acl-edit.h>

#include "cli/acl.h"
#include "cli/cli.h"
#include "cli/descriptor.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/sids.h"

struct edit_options {
    struct option_texts add;
    struct option_texts remove;
    const char *owner;
    const char *group;
    bool protect;
    bool unprotect;
};

static void cleanup_edit_options_deinit(struct edit_options *options)
{
    option_texts_deinit(&options->add);
    option_texts_deinit(&options->remove);
}

#define AT(member_) offsetof(struct edit_options, member_)

static const struct option options[] = {
    {"add", "ACE", "add an entry, such as (A;OICI;FR;;;BU)", OPTION_TEXTS, AT(add)},
    {"remove", "SID", "remove the explicit entries of a SID", OPTION_TEXTS, AT(remove)},
    {"owner", "SID", "change the owner", OPTION_TEXT, AT(owner)},
    {"group", "SID", "change the primary group", OPTION_TEXT, AT(group)},
    {"protect", NULL, "inherit nothing any more", OPTION_SWITCH, AT(protect)},
    {"unprotect", NULL, "inherit again, from the next change above", OPTION_SWITCH, AT(unprotect)},
};

static const struct syntax syntax = {
    .command = "acl edit",
    .synopsis = "[OPTION]... FILE...",
    .purpose = "Change the security descriptors of files on a Tessera volume.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes =
        "SIDs may be written as S-1-..., an SDDL alias such as BA, uid:N, gid:N, everyone, users\n"
        "or administrators. --protect comes first and makes inherited entries explicit, then\n"
        "entries are removed, then added: denials before grants before what is inherited. An\n"
        "entry that is there already, but for its rights, gets the new ones as well.\n\n"
        "Exit status:\n"
        "  0  changed\n"
        "  1  refused, or a file is not on a Tessera volume\n"
        "  2  the command line was not understood\n",
};

/* What is to be done to every file, read once. Zero-initialise. */
struct edit {
    bool protect;
    bool unprotect;
    tsr_sid *removed; /* owned */
    size_t n_removed;
    struct descriptor *added; /* owned; each holds the ACEs of one --add in its DACL */
    size_t n_added;
    tsr_sid owner;
    tsr_sid group;
    uint32_t information; /* the parts that change */
};

static void cleanup_edit_deinit(struct edit *edit)
{
    for (size_t i = 0; i < edit->n_added; i++) {
        descriptor_deinit(&edit->added[i]);
    }
    free(edit->added);
    free(edit->removed);
}

static int read_added(const char *text, struct descriptor *ret_descriptor)
{
    const char prefix[] = "D:";
    struct problem problem = {0};
    size_t offset = 0;
    tsr_ace ace;
    CLEANUP(free) char *sddl = NULL;

    if (text[0] != '(' || asprintf(&sddl, "%s%s", prefix, text) < 0) {
        return message_usage("acl edit", "--add: '%s' is no entry: write (A;;FR;;;SID)", text);
    }
    if (!descriptor_of_sddl(sddl, NULL, ret_descriptor, &problem)) {
        return message_usage("acl edit", "--add: column %zu of '%s': %s",
                             problem.column - strlen(prefix), text, problem.text);
    }
    while (tsr_acl_next(&ret_descriptor->sd.dacl, &offset, &ace)) {
        if (ace.flags & INHERITED_ACE) {
            return message_usage("acl edit",
                                 "--add: '%s': leave ID out: only what comes from the "
                                 "folder above is inherited",
                                 text);
        }
    }
    return CLI_OK;
}

static int read_sid(const char *option, const char *text, tsr_sid *ret_sid)
{
    struct problem problem = {0};

    if (!sids_parse(text, NULL, ret_sid, &problem)) {
        return message_usage("acl edit", "--%s: %s", option, problem.text);
    }
    return CLI_OK;
}

static int read_lists(const struct edit_options *chosen, struct edit *edit)
{
    int status = CLI_OK;

    edit->removed = array_new(chosen->remove.n, sizeof(*edit->removed));
    edit->added = array_new(chosen->add.n, sizeof(*edit->added));
    if (!edit->removed || !edit->added) {
        message("out of memory");
        return CLI_FAILED;
    }
    for (; status == CLI_OK && edit->n_removed < chosen->remove.n; edit->n_removed++) {
        status = read_sid("remove", chosen->remove.texts[edit->n_removed],
                          &edit->removed[edit->n_removed]);
    }
    for (; status == CLI_OK && edit->n_added < chosen->add.n; edit->n_added++) {
        status = read_added(chosen->add.texts[edit->n_added], &edit->added[edit->n_added]);
    }
    return status;
}

static int read_edit(const struct edit_options *chosen, struct edit *edit)
{
    int status;

    if (chosen->protect && chosen->unprotect) {
        return message_usage("acl edit", "--protect and --unprotect exclude each other");
    }
    edit->protect = chosen->protect;
    edit->unprotect = chosen->unprotect;
    edit->information |= chosen->owner ? OWNER_SECURITY_INFORMATION : 0;
    edit->information |= chosen->group ? GROUP_SECURITY_INFORMATION : 0;
    if (chosen->add.n + chosen->remove.n > 0 || chosen->protect || chosen->unprotect) {
        edit->information |= DACL_SECURITY_INFORMATION;
    }
    if (edit->information == 0) {
        return message_usage("acl edit", "nothing is to be changed");
    }

    status = read_lists(chosen, edit);
    if (status == CLI_OK && chosen->owner) {
        status = read_sid("owner", chosen->owner, &edit->owner);
    }
    if (status == CLI_OK && chosen->group) {
        status = read_sid("group", chosen->group, &edit->group);
    }
    return status;
}

/* Copy an ACE, made explicit. */
static void add_explicit(const tsr_ace *ace, tsr_acl_builder *builder)
{
    CLEANUP(free) uint8_t *copy = array_new(ace->size, 1);

    if (copy) {
        memcpy(copy, ace->bytes, ace->size);
        copy[1] = (uint8_t)(copy[1] & ~INHERITED_ACE);
    }
    tsr_acl_builder_add_encoded(builder, copy, copy ? ace->size : 0);
}

/* The DACL between two steps. Zero-initialise. */
struct draft {
    uint8_t *bytes; /* owned */
    tsr_acl acl;
};

static void cleanup_draft_deinit(struct draft *draft)
{
    free(draft->bytes);
}

static void draft_replace(struct draft *draft, uint8_t *take_bytes, const tsr_acl *acl)
{
    free(draft->bytes);
    *draft = (struct draft){.bytes = take_bytes, .acl = *acl};
}

/* A copy to begin with, cut off from what is above if that is wanted. */
static tsr_status draft_start(struct draft *draft, const struct edit *edit, const tsr_acl *current)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(current, &offset, &ace)) {
        if (edit->protect) {
            add_explicit(&ace, &builder);
        } else {
            tsr_acl_builder_add_encoded(&builder, ace.bytes, ace.size);
        }
    }
    return tsr_acl_builder_finish(&builder, &draft->bytes, &draft->acl);
}

static tsr_status edit_acl(const struct edit *edit, const tsr_acl *current, uint8_t **ret_bytes,
                           tsr_acl *ret_acl)
{
    CLEANUP(draft_deinit) struct draft draft = {0};
    uint8_t *bytes;
    tsr_acl acl;

    TRY(draft_start(&draft, edit, current));
    for (size_t i = 0; i < edit->n_removed; i++) {
        TRY(tsr_acl_remove_sid(&draft.acl, &edit->removed[i], 0, &bytes, &acl));
        draft_replace(&draft, bytes, &acl);
    }
    for (size_t i = 0; i < edit->n_added; i++) {
        TRY(tsr_acl_add(&draft.acl, &edit->added[i].sd.dacl, &bytes, &acl));
        draft_replace(&draft, bytes, &acl);
    }

    *ret_acl = draft.acl;
    *ret_bytes = STEAL(draft.bytes);
    return TSR_OK;
}

/* AUTO_INHERITED is only kept by who asks for it (tsr_sd_change). */
static uint16_t edit_control(const struct edit *edit, uint16_t control)
{
    uint16_t edited = control & (SE_DACL_PROTECTED | SE_DACL_AUTO_INHERITED);

    edited |= edited & SE_DACL_AUTO_INHERITED ? SE_DACL_AUTO_INHERIT_REQ : 0;
    edited |= edit->protect ? SE_DACL_PROTECTED : 0;
    return edit->unprotect ? edited & (uint16_t)~SE_DACL_PROTECTED : edited;
}

static bool edit_dacl(const struct edit *edit, const tsr_sd *current, uint8_t **ret_bytes,
                      tsr_sd_parts *parts, struct problem *ret_problem)
{
    tsr_status status;

    if (!current->dacl.bytes) {
        return problem_set(ret_problem, "it has no DACL, so that everyone may do everything: set "
                                        "one whole with 'tessera acl set'");
    }
    status = edit_acl(edit, &current->dacl, ret_bytes, &parts->dacl);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "cannot build the new DACL", status);
    }
    parts->has_dacl = true;
    parts->control = edit_control(edit, current->control);
    return true;
}

static bool edit_file(const struct edit *edit, const char *path, struct problem *ret_problem)
{
    CLEANUP(descriptor_deinit) struct descriptor current = {0};
    CLEANUP(descriptor_deinit) struct descriptor changed = {0};
    CLEANUP(free) uint8_t *dacl = NULL;
    tsr_sd_parts parts = {0};
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_status status;

    if (edit->information & DACL_SECURITY_INFORMATION &&
        (!descriptor_of_file(path, DACL_SECURITY_INFORMATION, &current, ret_problem) ||
         !edit_dacl(edit, &current.sd, &dacl, &parts, ret_problem))) {
        return false;
    }
    parts.owner = edit->information & OWNER_SECURITY_INFORMATION ? &edit->owner : NULL;
    parts.group = edit->information & GROUP_SECURITY_INFORMATION ? &edit->group : NULL;

    status = tsr_sd_build(&parts, &bytes, &size);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "cannot build the new descriptor", status);
    }
    return descriptor_take(bytes, size, &changed, ret_problem) &&
           descriptor_to_file(path, edit->information, &changed.sd, ret_problem);
}

int acl_edit(int argc, char **argv)
{
    CLEANUP(edit_options_deinit) struct edit_options chosen = {0};
    CLEANUP(edit_deinit) struct edit edit = {0};
    struct problem problem = {0};
    struct operands operands;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (operands.n == 0) {
        return message_usage("acl edit", "a FILE is missing");
    }
    status = read_edit(&chosen, &edit);
    if (status != CLI_OK) {
        return status;
    }
    for (size_t i = 0; i < operands.n; i++) {
        if (!edit_file(&edit, operands.texts[i], &problem)) {
            message("%s: %s", operands.texts[i], problem.text);
            status = CLI_FAILED;
        }
    }
    return status;
}
