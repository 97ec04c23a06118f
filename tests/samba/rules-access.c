/* SPDX-License-Identifier: MIT */
/* Known differences between the access checks. */

#include "samba/rules.h"

#include <string.h>

#include <tessera/privilege.h>

#include "base/check.h"

#define CONTROL_ACCESS 0x100u /* of a directory object */

/* What one side alone grants. */
static uint32_t only_ours(const struct dispute *dispute)
{
    return dispute->ours.granted & ~dispute->theirs.granted;
}

static uint32_t only_theirs(const struct dispute *dispute)
{
    return dispute->theirs.granted & ~dispute->ours.granted;
}

static bool is_check(const struct dispute *dispute)
{
    return dispute->question != NULL;
}

/* The two that judge files. */
static bool is_file_check(const struct dispute *dispute)
{
    return dispute->family == FAMILY_ACCESS || dispute->family == FAMILY_INTENT;
}

static bool asks_maximum(const struct dispute *dispute)
{
    return is_check(dispute) && dispute->question->desired == MAXIMUM_ALLOWED;
}

static bool asks_system_security(const struct dispute *dispute)
{
    return is_check(dispute) && dispute->question->desired == ACCESS_SYSTEM_SECURITY;
}

static bool has_null_dacl(const struct dispute *dispute)
{
    return dispute->question->sd->has_dacl && !dispute->question->sd->dacl.bytes;
}

static bool caller_is(const struct caller *caller, const uint8_t *encoded_sid)
{
    tsr_sid sid;

    if (tsr_failed(tsr_sid_decode(encoded_sid, TSR_SID_SIZE_MAX, &sid, NULL))) {
        return false;
    }
    for (size_t i = 0; i < caller->n_sids; i++) {
        if (tsr_sid_equal(&caller->sids[i], &sid)) {
            return true;
        }
    }
    return false;
}

static bool is_sid(const uint8_t *encoded_sid, const tsr_sid *sid)
{
    uint8_t bytes[TSR_SID_SIZE_MAX];
    size_t size;

    return tsr_ok(tsr_sid_encode(sid, bytes, sizeof(bytes), &size)) &&
           size == tsr_encoded_sid_size(encoded_sid) && memcmp(bytes, encoded_sid, size) == 0;
}

/* Who an ACE is about: PRINCIPAL_SELF may stand for somebody. */
static bool is_about_caller(const struct question *question, const tsr_ace *ace)
{
    if (question->self && is_sid(ace->sid, &TSR_SID_PRINCIPAL_SELF)) {
        for (size_t i = 0; i < question->caller->n_sids; i++) {
            if (tsr_sid_equal(&question->caller->sids[i], question->self)) {
                return true;
            }
        }
    }
    return caller_is(question->caller, ace->sid);
}

static bool caller_owns(const struct question *question)
{
    return question->sd->owner && caller_is(question->caller, question->sd->owner);
}

static bool caller_has_privilege(const struct question *question, uint32_t luid)
{
    return question->caller->privileges & TSR_PRIVILEGE_BIT(luid);
}

/* Rights of the ACEs of a descriptor that are effective and chosen. */
static uint32_t rights_of_aces(const struct question *question,
                               bool (*chosen)(const struct question *question, const tsr_ace *ace))
{
    const tsr_generic_mapping mapping = TSR_FILE_MAPPING;
    uint32_t rights = 0;
    size_t offset = 0;
    tsr_ace ace;

    if (!question->sd->dacl.bytes) {
        return 0;
    }
    while (tsr_acl_next(&question->sd->dacl, &offset, &ace)) {
        if (!(ace.flags & INHERIT_ONLY_ACE) && chosen(question, &ace)) {
            rights |= tsr_map_generic(ace.mask, &mapping);
        }
    }
    return rights;
}

static bool allows_caller(const struct question *question, const tsr_ace *ace)
{
    return ace->type == ACCESS_ALLOWED_ACE_TYPE && is_about_caller(question, ace);
}

static bool denies_caller(const struct question *question, const tsr_ace *ace)
{
    return (ace->type == ACCESS_DENIED_ACE_TYPE || ace->type == ACCESS_DENIED_OBJECT_ACE_TYPE) &&
           is_about_caller(question, ace);
}

static bool allows_caller_without_type(const struct question *question, const tsr_ace *ace)
{
    return ace->type == ACCESS_ALLOWED_OBJECT_ACE_TYPE && !ace->object_type &&
           is_about_caller(question, ace);
}

static bool denies_caller_by_object(const struct question *question, const tsr_ace *ace)
{
    return ace->type == ACCESS_DENIED_OBJECT_ACE_TYPE && is_about_caller(question, ace);
}

static bool allows_caller_by_object(const struct question *question, const tsr_ace *ace)
{
    return ace->type == ACCESS_ALLOWED_OBJECT_ACE_TYPE && is_about_caller(question, ace);
}

static bool names_self(const struct question *question, const tsr_ace *ace)
{
    return question->self && is_sid(ace->sid, &TSR_SID_PRINCIPAL_SELF);
}

static bool names_owner_rights(const struct question *question, const tsr_ace *ace)
{
    (void)question;
    return is_sid(ace->sid, &TSR_SID_OWNER_RIGHTS);
}

static bool has_owner_rights_ace(const struct question *question)
{
    size_t offset = 0;
    tsr_ace ace;

    while (question->sd->dacl.bytes && tsr_acl_next(&question->sd->dacl, &offset, &ace)) {
        if (!(ace.flags & INHERIT_ONLY_ACE) && names_owner_rights(question, &ace)) {
            return true;
        }
    }
    return false;
}

uint32_t nothing_asked(const struct dispute *dispute)
{
    return is_check(dispute) && dispute->question->desired == 0 &&
                   dispute->ours.status == STATUS_ACCESS_DENIED &&
                   dispute->theirs.status == STATUS_SUCCESS
               ? DISPUTED_STATUS
               : 0;
}

uint32_t maximum_of_nothing(const struct dispute *dispute)
{
    return asks_maximum(dispute) && dispute->ours.status == STATUS_ACCESS_DENIED &&
                   dispute->theirs.status == STATUS_SUCCESS && dispute->theirs.granted == 0
               ? DISPUTED_STATUS
               : 0;
}

uint32_t absent_dacl(const struct dispute *dispute)
{
    if (!is_check(dispute) || dispute->question->sd->has_dacl) {
        return 0;
    }
    if (dispute->ours.status == STATUS_PRIVILEGE_NOT_HELD &&
        dispute->theirs.status == STATUS_ACCESS_DENIED) {
        return dispute->rights & DISPUTED_STATUS;
    }
    return only_ours(dispute);
}

uint32_t null_dacl_maximum(const struct dispute *dispute)
{
    return asks_maximum(dispute) && has_null_dacl(dispute) ? only_ours(dispute) : 0;
}

uint32_t null_dacl_system_security(const struct dispute *dispute)
{
    return asks_system_security(dispute) && has_null_dacl(dispute) ? only_theirs(dispute) : 0;
}

uint32_t ace_gives_system_security(const struct dispute *dispute)
{
    if (!is_file_check(dispute) || dispute->question->desired == MAXIMUM_ALLOWED) {
        return 0;
    }
    return only_theirs(dispute) & rights_of_aces(dispute->question, allows_caller) &
           ACCESS_SYSTEM_SECURITY;
}

uint32_t maximum_with_system_security(const struct dispute *dispute)
{
    uint32_t allowed;

    if (!asks_maximum(dispute)) {
        return 0;
    }
    allowed = rights_of_aces(dispute->question, allows_caller);
    if (caller_owns(dispute->question)) {
        allowed |= rights_of_aces(dispute->question, names_owner_rights);
    }
    if (!(allowed & ACCESS_SYSTEM_SECURITY)) {
        return 0;
    }
    if (dispute->theirs.status == STATUS_PRIVILEGE_NOT_HELD) {
        return dispute->rights;
    }
    return only_theirs(dispute) & ACCESS_SYSTEM_SECURITY;
}

uint32_t maximum_late_deny(const struct dispute *dispute)
{
    return asks_maximum(dispute)
               ? only_ours(dispute) & rights_of_aces(dispute->question, denies_caller)
               : 0;
}

uint32_t maximum_without_take_ownership(const struct dispute *dispute)
{
    return asks_maximum(dispute) &&
                   caller_has_privilege(dispute->question, SE_TAKE_OWNERSHIP_PRIVILEGE)
               ? only_ours(dispute) & WRITE_OWNER
               : 0;
}

uint32_t maximum_beyond_mapping(const struct dispute *dispute)
{
    return asks_maximum(dispute)
               ? only_theirs(dispute) & rights_of_aces(dispute->question, allows_caller) &
                     ~(FILE_ALL_ACCESS | ACCESS_SYSTEM_SECURITY)
               : 0;
}

uint32_t owner_rights_last(const struct dispute *dispute)
{
    const struct question *question = dispute->question;

    if (!is_file_check(dispute) || asks_maximum(dispute) || !caller_owns(question) ||
        !has_owner_rights_ace(question)) {
        return 0;
    }
    return READ_CONTROL | WRITE_DAC | rights_of_aces(question, names_owner_rights);
}

uint32_t maximum_without_owner_rights(const struct dispute *dispute)
{
    const struct question *question = dispute->question;

    if (!asks_maximum(dispute) || !caller_owns(question) || !has_owner_rights_ace(question)) {
        return 0;
    }
    if (dispute->theirs.status == STATUS_ACCESS_DENIED) {
        return dispute->rights;
    }
    return READ_CONTROL | WRITE_DAC | rights_of_aces(question, names_owner_rights);
}

uint32_t object_allow_without_type(const struct dispute *dispute)
{
    return is_check(dispute) && !dispute->question->type
               ? only_ours(dispute) & rights_of_aces(dispute->question, allows_caller_without_type)
               : 0;
}

uint32_t directory_without_owner_rights(const struct dispute *dispute)
{
    const struct question *question = dispute->question;

    if (dispute->family != FAMILY_DIRECTORY || asks_maximum(dispute) || !caller_owns(question) ||
        !has_owner_rights_ace(question)) {
        return 0;
    }
    return READ_CONTROL | WRITE_DAC | rights_of_aces(question, names_owner_rights);
}

uint32_t directory_object_denials(const struct dispute *dispute)
{
    return dispute->family == FAMILY_DIRECTORY && !dispute->question->type
               ? only_theirs(dispute) & rights_of_aces(dispute->question, denies_caller_by_object)
               : 0;
}

uint32_t directory_maximum_without_self(const struct dispute *dispute)
{
    const bool with_maximum =
        dispute->family == FAMILY_DIRECTORY && dispute->question->desired & MAXIMUM_ALLOWED;
    const uint32_t rights = with_maximum ? rights_of_aces(dispute->question, names_self) : 0;

    return rights && dispute->theirs.status == STATUS_ACCESS_DENIED ? dispute->rights : rights;
}

uint32_t directory_maximum_without_types(const struct dispute *dispute)
{
    return dispute->family == FAMILY_DIRECTORY && asks_maximum(dispute) && dispute->question->type
               ? only_ours(dispute) & rights_of_aces(dispute->question, allows_caller_by_object)
               : 0;
}

/* An object ACE with a control access right, on the node. */
static bool opens_the_node(const struct question *question, const tsr_ace *ace)
{
    return allows_caller_by_object(question, ace) &&
           (tsr_map_generic(ace->mask, &TSR_FILE_MAPPING) & CONTROL_ACCESS) &&
           (!ace->object_type || memcmp(ace->object_type, question->type, TSR_GUID_SIZE) == 0);
}

uint32_t directory_control_access(const struct dispute *dispute)
{
    return dispute->family == FAMILY_DIRECTORY && dispute->question->type &&
                   rights_of_aces(dispute->question, opens_the_node)
               ? only_theirs(dispute)
               : 0;
}

uint32_t directory_tree_apart(const struct dispute *dispute)
{
    const struct question *question = dispute->question;

    return dispute->family == FAMILY_DIRECTORY && question->type &&
                   (rights_of_aces(question, allows_caller_by_object) |
                    rights_of_aces(question, denies_caller_by_object)) &
                       question->desired
               ? DISPUTED_STATUS
               : 0;
}

uint32_t intent_needs_system_security(const struct dispute *dispute)
{
    return dispute->family == FAMILY_INTENT && asks_system_security(dispute) &&
                   dispute->theirs.status == STATUS_PRIVILEGE_NOT_HELD
               ? only_ours(dispute)
               : 0;
}

/* What the privileges give that intent calls on. */
static uint32_t rights_of_intent(const struct dispute *dispute)
{
    uint32_t rights = 0;

    if (dispute->family != FAMILY_INTENT) {
        return 0;
    }
    if (caller_has_privilege(dispute->question, SE_BACKUP_PRIVILEGE)) {
        rights |= READ_CONTROL | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_READ | FILE_TRAVERSE;
    }
    if (caller_has_privilege(dispute->question, SE_RESTORE_PRIVILEGE)) {
        rights |= WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_WRITE | DELETE;
    }
    return rights;
}

uint32_t intent_grants_what_was_left(const struct dispute *dispute)
{
    const uint32_t rights = rights_of_intent(dispute);

    if (dispute->ours.status != STATUS_SUCCESS || dispute->theirs.status != STATUS_SUCCESS ||
        rights == 0 || only_theirs(dispute) & ~ACCESS_SYSTEM_SECURITY) {
        return 0;
    }
    if (asks_maximum(dispute)) {
        return dispute->theirs.granted & ~rights ? 0 : only_ours(dispute);
    }
    return dispute->rights & DISPUTED_STATUS;
}

uint32_t intent_maximum_needs_system_security(const struct dispute *dispute)
{
    return rights_of_intent(dispute) && asks_maximum(dispute) &&
                   !caller_has_privilege(dispute->question, SE_SECURITY_PRIVILEGE) &&
                   dispute->theirs.status == STATUS_PRIVILEGE_NOT_HELD
               ? dispute->rights
               : 0;
}

uint32_t intent_maximum_gives_system_security(const struct dispute *dispute)
{
    return rights_of_intent(dispute) && asks_maximum(dispute) &&
                   (caller_has_privilege(dispute->question, SE_SECURITY_PRIVILEGE) ||
                    !dispute->question->sd->dacl.bytes)
               ? only_theirs(dispute) & ACCESS_SYSTEM_SECURITY
               : 0;
}
