/* SPDX-License-Identifier: MIT */
/* The known differences from Samba 4.17, and whether one explains a dispute. */

#include "samba/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "samba/compare.h"

#define N_BYTES_MAX 2048 /* more than any mutant has */

struct rule {
    const char *name;
    const char *reason; /* what Samba does */
    rule_explain *explains;
    rule_mend_bytes *mend_bytes;
    rule_mend_text *mend_text;
    bool is_overlap; /* asked when mending fails */
    uint64_t n_disputes;
};

/* Mends are applied in this order: first where a part is, then what it holds.
 * docs/conformance.md, "Against Samba 4.17", says more about each. */
static struct rule rules[] = {
    {"nothing-asked", "grants an empty request", .explains = nothing_asked},
    {"maximum-of-nothing", "grants nothing, and calls it success", .explains = maximum_of_nothing},
    {"absent-dacl", "denies where there is no DACL", .explains = absent_dacl},
    {"null-dacl-maximum", "finds no rights in a NULL DACL", .explains = null_dacl_maximum},
    {"null-dacl-system-security", "a NULL DACL gives ACCESS_SYSTEM_SECURITY",
     .explains = null_dacl_system_security},
    {"ace-system-security", "an ACE gives ACCESS_SYSTEM_SECURITY",
     .explains = ace_gives_system_security},
    {"maximum-system-security", "an ACE adds ACCESS_SYSTEM_SECURITY to what is asked",
     .explains = maximum_with_system_security},
    {"maximum-late-deny", "a deny ACE takes back what was allowed before it",
     .explains = maximum_late_deny},
    {"maximum-take-ownership", "the privilege adds no WRITE_OWNER",
     .explains = maximum_without_take_ownership},
    {"maximum-mapping", "rights that no file has are granted", .explains = maximum_beyond_mapping},
    {"owner-rights-last", "OWNER RIGHTS are settled after all other ACEs",
     .explains = owner_rights_last},
    {"maximum-owner-rights", "the maximum and the check count OWNER RIGHTS differently",
     .explains = maximum_without_owner_rights},
    {"object-allow-untyped", "an object ACE allows nothing without a tree",
     .explains = object_allow_without_type},
    {"intent-system-security", "intent gives no ACCESS_SYSTEM_SECURITY",
     .explains = intent_needs_system_security},
    {"intent-granted", "reports what was left to the privileges, not what was asked",
     .explains = intent_grants_what_was_left},
    {"intent-maximum-denied", "intent adds ACCESS_SYSTEM_SECURITY to what is asked",
     .explains = intent_maximum_needs_system_security},
    {"intent-maximum-system-security", "and may give it",
     .explains = intent_maximum_gives_system_security},
    {"directory-owner-rights", "the directory knows no OWNER RIGHTS",
     .explains = directory_without_owner_rights},
    {"directory-object-deny", "an object ACE denies nothing without a tree",
     .explains = directory_object_denials},
    {"directory-maximum-self", "the maximum knows no PRINCIPAL_SELF",
     .explains = directory_maximum_without_self},
    {"directory-maximum-types", "the maximum counts no object ACE",
     .explains = directory_maximum_without_types},
    {"directory-control-access", "a control access right on a node grants all that is asked",
     .explains = directory_control_access},
    {"directory-tree-apart", "the tree and the whole are counted apart",
     .explains = directory_tree_apart},

    {"bytes-slack", "drops what is behind the SID of an ACE", .explains = slack_in_aces},
    {"bytes-revision", "takes any revision of a descriptor", .mend_bytes = mend_revision},
    {"bytes-self-relative", "takes a descriptor that is not marked self-relative",
     .mend_bytes = mend_self_relative},
    {"bytes-absent-acl", "reads an ACL whose PRESENT bit is clear", .mend_bytes = mend_absent_acls},
    {"bytes-in-header", "takes parts that begin in the header", .mend_bytes = mend_parts_in_header},
    {"bytes-alignment", "reads every part from the next multiple of four",
     .mend_bytes = mend_alignment},
    {"bytes-ace-size", "rounds odd ACE sizes", .mend_bytes = mend_ace_sizes},
    {"bytes-acl-revision", "takes any ACL revision", .mend_bytes = mend_acl_revision},
    {"bytes-acl-reserved", "the number of ACEs has 32 bits", .mend_bytes = mend_acl_reserved},
    {"bytes-ace-type", "reads any type like an allow ACE", .mend_bytes = mend_ace_types},
    {"bytes-sid-revision", "takes any SID revision", .mend_bytes = mend_sid_revisions},
    {"bytes-acl-size", "ignores the size of an ACL", .mend_bytes = mend_acl_size},
    {"bytes-overlap", "takes malformed parts; here they share bytes, so none can be mended",
     .is_overlap = true},

    {"sddl-bare-object", "prints an object ACE without a GUID, which we read as Windows does",
     .explains = bare_object_aces},
    {"sddl-null-dacl-printed", "prints no NULL DACL", .explains = null_dacl_unprinted},
    {"sddl-null-dacl-read", "reads no NO_ACCESS_CONTROL", .explains = null_dacl_unread},
    {"sddl-flags-alone", "reads no flags without ACEs before another section",
     .explains = flags_alone_unread},
    {"sddl-fa", "reads FA as 0x1ff", .mend_text = mend_full_access},
    {"sddl-key-rights", "reads no KA, KR, KW, KX", .mend_text = mend_key_rights},
    {"sddl-hex-authority", "stops reading a SID at 0x", .mend_text = mend_authority},
    {"sid-octal", "reads an authority with a leading zero as octal",
     .explains = sid_authority_in_octal},
    {"sid-revision", "takes any revision", .explains = sid_of_any_revision},
    {"sid-no-parts", "takes a SID without sub-authorities", .explains = sid_without_parts},
    {"sid-more-behind", "stops at what is no number", .explains = sid_with_more_behind},

    {"inherit-nothing", "a NULL DACL where nothing is inherited", .explains = nothing_inherited},
    {"inherit-twice", "drops duplicates", .explains = inherited_twice},
    {"inherit-generic", "keeps generic rights as they are", .explains = inherited_generic_rights},
};

#define N_RULES ARRAY_SIZE(rules)

/* Mend all but one rule's difference, and ask both again. */
typedef bool agree_without(const struct dispute *dispute, size_t without, bool mended[N_RULES]);

static bool bytes_agree_without(const struct dispute *dispute, size_t without, bool mended[N_RULES])
{
    uint8_t bytes[N_BYTES_MAX];

    memcpy(bytes, dispute->bytes, dispute->size);
    for (size_t i = 0; i < N_RULES; i++) {
        mended[i] =
            i != without && rules[i].mend_bytes && rules[i].mend_bytes(bytes, dispute->size);
    }
    return bytes_agree(bytes, dispute->size, BUT_SLACK);
}

/* One rule at most mends what stands here. */
static bool mend_here(struct writer *writer, const char *start, const char **text, size_t without,
                      bool mended[N_RULES])
{
    for (size_t i = 0; i < N_RULES; i++) {
        if (i != without && rules[i].mend_text && rules[i].mend_text(writer, start, text)) {
            mended[i] = true;
            return true;
        }
    }
    return false;
}

static bool text_agrees_without(const struct dispute *dispute, size_t without, bool mended[N_RULES])
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *mended_text = NULL;

    for (const char *text = dispute->text; *text;) {
        if (!mend_here(&writer, dispute->text, &text, without, mended)) {
            writer_char(&writer, *text++);
        }
    }
    return tsr_ok(writer_finish_text(&writer, &mended_text)) &&
           text_agrees(mended_text, dispute->our_sd);
}

/* Whether both agree when all is mended; the mends that this took are counted. */
static uint32_t explained_by_mending(const struct dispute *dispute, agree_without *agree)
{
    bool mended[N_RULES] = {false};

    if (!agree(dispute, N_RULES, mended)) {
        return 0;
    }
    for (size_t i = 0; i < N_RULES; i++) {
        bool others[N_RULES] = {false};

        rules[i].n_disputes += mended[i] && !agree(dispute, i, others);
    }
    return dispute->rights;
}

/* We refuse what Samba takes, or read it where it does not, and no part can be mended without
 * breaking another. */
static uint32_t explained_by_overlap(const struct dispute *dispute)
{
    uint8_t bytes[N_BYTES_MAX];
    bool is_elsewhere;

    memcpy(bytes, dispute->bytes, dispute->size);
    is_elsewhere = mend_alignment(bytes, dispute->size);
    if ((dispute->our_sd && !is_elsewhere) || !parts_overlap(bytes, dispute->size)) {
        return 0;
    }
    for (size_t i = 0; i < N_RULES; i++) {
        rules[i].n_disputes += rules[i].is_overlap;
    }
    return dispute->rights;
}

uint32_t rules_explain(const struct dispute *dispute)
{
    uint32_t explained = 0;

    for (size_t i = 0; i < N_RULES; i++) {
        const uint32_t rights =
            rules[i].explains ? rules[i].explains(dispute) & dispute->rights : 0;

        rules[i].n_disputes += rights != 0;
        explained |= rights;
    }
    if (explained == 0 && dispute->family == FAMILY_DECODING && dispute->size <= N_BYTES_MAX) {
        explained = explained_by_mending(dispute, bytes_agree_without);
        return explained ? explained : explained_by_overlap(dispute);
    }
    if (explained == 0 && dispute->family == FAMILY_PARSING) {
        return explained_by_mending(dispute, text_agrees_without);
    }
    return explained;
}

void rules_report(void)
{
    printf("# Known differences from Samba, and how many disputes each explained:\n");
    for (size_t i = 0; i < N_RULES; i++) {
        printf("# %10" PRIu64 "  %-30s  %s%s\n", rules[i].n_disputes, rules[i].name,
               rules[i].reason, rules[i].n_disputes ? "" : " (NEVER NEEDED)");
    }
}
