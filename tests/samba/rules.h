/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The known differences from Samba 4.17, as the table in rules.c names them
 *
 * A difference is recognised in one of two ways. Either it says which of the disputed rights it
 * explains. Or it mends what the two are known to read differently: when all mends have been
 * applied both must agree, so that a known difference hides no unknown one.
 */

#include "base/writer.h"
#include "samba/campaign.h"

/** Which of the disputed rights this explains; 0 if the dispute is not about it. */
typedef uint32_t rule_explain(const struct dispute *dispute);

/** @return whether anything was mended */
typedef bool rule_mend_bytes(uint8_t *bytes, size_t size);

/** Whether something was taken off @text, which goes on from @start, and its like written. */
typedef bool rule_mend_text(struct writer *writer, const char *start, const char **text);

rule_explain nothing_asked;
rule_explain maximum_of_nothing;
rule_explain absent_dacl;
rule_explain null_dacl_maximum;
rule_explain null_dacl_system_security;
rule_explain ace_gives_system_security;
rule_explain maximum_with_system_security;
rule_explain maximum_late_deny;
rule_explain maximum_without_take_ownership;
rule_explain maximum_beyond_mapping;
rule_explain owner_rights_last;
rule_explain maximum_without_owner_rights;
rule_explain object_allow_without_type;
rule_explain directory_without_owner_rights;
rule_explain directory_object_denials;
rule_explain directory_maximum_without_self;
rule_explain directory_maximum_without_types;
rule_explain directory_control_access;
rule_explain directory_tree_apart;
rule_explain intent_needs_system_security;
rule_explain intent_grants_what_was_left;
rule_explain intent_maximum_needs_system_security;
rule_explain intent_maximum_gives_system_security;

rule_explain slack_in_aces;
rule_explain nothing_inherited;
rule_explain inherited_twice;
rule_explain inherited_generic_rights;

rule_explain bare_object_aces;
rule_explain null_dacl_unprinted;
rule_explain null_dacl_unread;
rule_explain flags_alone_unread;
rule_explain sid_authority_in_octal;
rule_explain sid_of_any_revision;
rule_explain sid_without_parts;
rule_explain sid_with_more_behind;

rule_mend_bytes mend_revision;
rule_mend_bytes mend_self_relative;
rule_mend_bytes mend_absent_acls;
rule_mend_bytes mend_alignment;
rule_mend_bytes mend_parts_in_header;
rule_mend_bytes mend_acl_revision;
rule_mend_bytes mend_acl_reserved;
rule_mend_bytes mend_ace_types;
rule_mend_bytes mend_ace_sizes;
rule_mend_bytes mend_sid_revisions;
rule_mend_bytes mend_acl_size;

/** Whether two parts share bytes, so that mending one breaks the other. */
bool parts_overlap(uint8_t *bytes, size_t size);

rule_mend_text mend_full_access;
rule_mend_text mend_key_rights;
rule_mend_text mend_authority;
