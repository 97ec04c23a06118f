/* SPDX-License-Identifier: MIT */
/*
 * The access check.
 *
 * Denial is the initial state and one loop walks the DACL: MAXIMUM_ALLOWED and restricting SIDs are
 * parameters of it. The first ACE that speaks about a right decides it, so a request is granted
 * when every right it needs was decided by an allow.
 *
 * Sections cited are those of the project's access-check specification.
 */

#include "sec/access.h"

#include <stddef.h>
#include <string.h>

#include <tessera/privilege.h>

#include "base/bytes.h"
#include "base/check.h"

#define ACL_HEADER_SIZE     8
#define ACE_MASK            4
#define ACE_BASIC_SID       8
#define ACE_OBJECT_FLAGS    8
#define ACE_OBJECT_GUIDS    12
#define ACE_COMPOUND_SID    12
#define TRUST_AUTHORITY     19
#define INTEGRITY_AUTHORITY 16
#define POLICY_NO_WRITE_UP  0x1u

#define OWNER_IMPLICIT_RIGHTS (READ_CONTROL | WRITE_DAC)
#define LABEL_POLICY_MASK                                                     \
    (SYSTEM_MANDATORY_LABEL_NO_WRITE_UP | SYSTEM_MANDATORY_LABEL_NO_READ_UP | \
     SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP)

/* The rights of a write-restricted token that its restricting SIDs must also allow (section 9). */
#define ALWAYS_WRITE_RIGHTS (DELETE | WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY)

static const uint8_t sid_principal_self[] = {1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0};
static const uint8_t sid_owner_rights[] = {1, 1, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0};

/* One check in progress. */
struct check {
    const struct subject *subject;
    const tsr_sd *sd;
    const tsr_generic_mapping *mapping;
    const uint8_t *self; /* encoded stand-in for PRINCIPAL_SELF; NULL: none */
    uint32_t required;   /* rights without which the check fails: a deny of one ends the walk */
};

/* What one walk over the DACL decided. */
struct verdict {
    uint32_t allowed;
    tsr_access_rule rule;
    uint32_t ace_index;
};

/* What one ACE does to the SIDs of a pass. */
enum effect {
    EFFECT_NONE,
    EFFECT_ALLOW,
    EFFECT_DENY,
};

static bool sid_is(const uint8_t *sid, const uint8_t known[12])
{
    return sid[1] == 1 && memcmp(sid, known, 12) == 0;
}

/* Section 8: whom an ACE means, after the two substitutions. NULL: nobody. */
static const uint8_t *ace_subject(const struct check *check, const uint8_t *sid)
{
    if (sid_is(sid, sid_owner_rights)) {
        return check->sd->owner;
    }
    if (check->self && sid_is(sid, sid_principal_self)) {
        return check->self;
    }
    return sid;
}

static uint8_t ace_matches(const struct check *check, const struct sid_set *sids,
                           const uint8_t *sid)
{
    const uint8_t *subject = ace_subject(check, sid);

    return subject ? sid_set_matches(sids, subject) : 0;
}

/* The SID of an object ACE: behind the GUIDs it says it has. */
static const uint8_t *object_ace_sid(const uint8_t *ace)
{
    const uint32_t flags = load_le32(ace + ACE_OBJECT_FLAGS);
    const size_t n_guids = (flags & ACE_OBJECT_TYPE_PRESENT ? 1u : 0u) +
                           (flags & ACE_INHERITED_OBJECT_TYPE_PRESENT ? 1u : 0u);

    return ace + ACE_OBJECT_GUIDS + n_guids * TSR_GUID_SIZE;
}

static bool has_object_type(const uint8_t *ace)
{
    return load_le32(ace + ACE_OBJECT_FLAGS) & ACE_OBJECT_TYPE_PRESENT;
}

static enum effect allow_if(uint8_t matches)
{
    return matches & SID_MATCHES_ALLOW ? EFFECT_ALLOW : EFFECT_NONE;
}

static enum effect deny_if(uint8_t matches)
{
    return matches & SID_MATCHES_DENY ? EFFECT_DENY : EFFECT_NONE;
}

/* Section 8 on compound ACEs: both the client and the server SID must be the caller's. */
static enum effect compound_effect(const struct check *check, const struct sid_set *sids,
                                   const uint8_t *ace)
{
    const uint8_t *server = ace + ACE_COMPOUND_SID;
    const uint8_t *client = server + tsr_encoded_sid_size(server);

    return allow_if(ace_matches(check, sids, server) & ace_matches(check, sids, client));
}

/* Section 8: what this ACE means for these SIDs. Every type is named; unknown numbers do nothing.
 */
static enum effect ace_effect(const struct check *check, const struct sid_set *sids,
                              const uint8_t *ace)
{
    switch ((tsr_ace_type)ace[0]) {
    case ACCESS_ALLOWED_ACE_TYPE:
        return allow_if(ace_matches(check, sids, ace + ACE_BASIC_SID));
    case ACCESS_DENIED_ACE_TYPE:
        return deny_if(ace_matches(check, sids, ace + ACE_BASIC_SID));
    case ACCESS_ALLOWED_OBJECT_ACE_TYPE:
        /* Section 8.1: with a GUID and no object list given, it grants nothing. */
        return has_object_type(ace) ? EFFECT_NONE
                                    : allow_if(ace_matches(check, sids, object_ace_sid(ace)));
    case ACCESS_DENIED_OBJECT_ACE_TYPE:
        /* Section 8.1: with a GUID and no object list given, it denies as a plain ACE. */
        return deny_if(ace_matches(check, sids, object_ace_sid(ace)));
    case ACCESS_ALLOWED_COMPOUND_ACE_TYPE:
        return compound_effect(check, sids, ace);
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
        /* Section 8: a conditional deny applies when UNKNOWN, and no condition is evaluated yet. */
        return deny_if(ace_matches(check, sids, ace + ACE_BASIC_SID));
    case ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE:
        return deny_if(ace_matches(check, sids, object_ace_sid(ace)));
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE:
        /* Section 8: a conditional allow applies only when TRUE. */
        return EFFECT_NONE;
    case SYSTEM_AUDIT_ACE_TYPE:
    case SYSTEM_ALARM_ACE_TYPE:
    case SYSTEM_AUDIT_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_OBJECT_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE:
    case SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE:
    case SYSTEM_SCOPED_POLICY_ID_ACE_TYPE:
    case SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE:
    case SYSTEM_ACCESS_FILTER_ACE_TYPE:
        /* Section 8: types that are not about access do nothing in a DACL. */
        return EFFECT_NONE;
    }
    return EFFECT_NONE;
}

/* The SID an ACE names in the DACL; NULL for types that are not about access. */
static const uint8_t *access_ace_sid(const uint8_t *ace)
{
    if (ace[0] == ACCESS_ALLOWED_ACE_TYPE || ace[0] == ACCESS_DENIED_ACE_TYPE ||
        ace[0] == ACCESS_ALLOWED_CALLBACK_ACE_TYPE || ace[0] == ACCESS_DENIED_CALLBACK_ACE_TYPE) {
        return ace + ACE_BASIC_SID;
    }
    if (ace[0] == ACCESS_ALLOWED_OBJECT_ACE_TYPE || ace[0] == ACCESS_DENIED_OBJECT_ACE_TYPE ||
        ace[0] == ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE ||
        ace[0] == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE) {
        return object_ace_sid(ace);
    }
    return NULL;
}

/* Section 7: any effective ACE for OWNER RIGHTS, whatever its mask, ends the implicit grant. */
static bool dacl_names_owner_rights(const tsr_acl *dacl)
{
    const uint8_t *ace = dacl->bytes + ACL_HEADER_SIZE;
    const uint8_t *sid;

    for (size_t i = 0; i < dacl->n_aces; i++, ace += load_le16(ace + 2)) {
        sid = access_ace_sid(ace);
        if (sid && !(ace[1] & INHERIT_ONLY_ACE) && sid_is(sid, sid_owner_rights)) {
            return true;
        }
    }
    return false;
}

/* Section 9: the rights that the restricting SIDs must allow as well. */
static uint32_t restricted_rights(const struct check *check)
{
    const tsr_generic_mapping *mapping = check->mapping;

    if (!check->subject->restricting) {
        return 0;
    }
    if (!check->subject->write_restricted) {
        return UINT32_MAX;
    }
    return (mapping->write & ~(mapping->read | mapping->execute)) | ALWAYS_WRITE_RIGHTS;
}

/* Section 7: what the owner has unnamed. Each pass asks its own SIDs whether the caller owns. */
static uint32_t owner_rights(const struct check *check, const struct sid_set *sids)
{
    const uint8_t *owner = check->sd->owner;

    if (!owner || !check->sd->dacl.bytes || !(sid_set_matches(sids, owner) & SID_MATCHES_ALLOW) ||
        dacl_names_owner_rights(&check->sd->dacl)) {
        return 0;
    }
    return OWNER_IMPLICIT_RIGHTS;
}

/* Sections 5, 8: judge @wanted by the DACL and one set of SIDs. */
static struct verdict dacl_walk(const struct check *check, const struct sid_set *sids,
                                uint32_t wanted)
{
    const tsr_acl *dacl = &check->sd->dacl;
    struct verdict verdict = {.rule = TSR_RULE_END_OF_DACL};
    uint32_t undecided = wanted;
    enum effect effect;
    const uint8_t *ace;
    uint32_t decided;

    if (!dacl->bytes) {
        /* Section 8: no DACL, or the NULL DACL. */
        return (struct verdict){.allowed = wanted, .rule = TSR_RULE_NO_DACL};
    }

    ace = dacl->bytes + ACL_HEADER_SIZE;
    for (uint32_t i = 0; i < dacl->n_aces && undecided != 0; i++, ace += load_le16(ace + 2)) {
        if (ace[1] & INHERIT_ONLY_ACE) {
            continue;
        }
        effect = ace_effect(check, sids, ace);
        if (effect == EFFECT_NONE) {
            continue;
        }
        decided = tsr_map_generic(load_le32(ace + ACE_MASK), check->mapping) & undecided;
        if (decided == 0) {
            continue;
        }
        undecided &= ~decided;
        verdict.ace_index = i;
        if (effect == EFFECT_ALLOW) {
            verdict.allowed |= decided;
            verdict.rule = TSR_RULE_ALLOW_ACE;
            continue;
        }
        verdict.rule = TSR_RULE_DENY_ACE;
        if (decided & check->required) {
            return verdict;
        }
    }
    if (undecided != 0) {
        verdict.rule = TSR_RULE_END_OF_DACL;
    }
    return verdict;
}

uint32_t tsr_mandatory_mask(const tsr_generic_mapping *mapping, uint32_t label_policy)
{
    /* Section 6.3, in the order no-read-up, no-execute-up, no-write-up. */
    const uint32_t sets[] = {
        mapping->read | READ_CONTROL,
        (mapping->execute & ~mapping->read) | SYNCHRONIZE,
        mapping->write | DELETE | WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY,
    };
    const bool refused[] = {
        label_policy & SYSTEM_MANDATORY_LABEL_NO_READ_UP,
        label_policy & SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP,
        label_policy & SYSTEM_MANDATORY_LABEL_NO_WRITE_UP,
    };
    uint32_t permitted = mapping->read | mapping->execute | SYNCHRONIZE | READ_CONTROL;
    uint32_t kept = 0;

    if (!(label_policy & LABEL_POLICY_MASK)) {
        return mapping->all;
    }

    permitted |= refused[2] ? 0 : mapping->all;
    for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
        kept |= refused[i] ? 0 : sets[i];
    }
    for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
        permitted &= refused[i] ? ~(sets[i] & ~kept) : UINT32_MAX;
    }
    return permitted;
}

/* The first effective ACE of @type in the SACL; NULL if there is none. */
static const uint8_t *sacl_find(const tsr_sd *sd, tsr_ace_type type)
{
    const uint8_t *ace = sd->sacl.bytes ? sd->sacl.bytes + ACL_HEADER_SIZE : NULL;

    for (size_t i = 0; i < sd->sacl.n_aces; i++, ace += load_le16(ace + 2)) {
        if (ace[0] == type && !(ace[1] & INHERIT_ONLY_ACE)) {
            return ace;
        }
    }
    return NULL;
}

/* Section 6.1: what a caller may have that is not trusted enough. */
static uint32_t process_trust_limit(const struct check *check)
{
    const uint8_t *ace = sacl_find(check->sd, SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE);
    tsr_sid label;

    if (!ace) {
        return UINT32_MAX;
    }
    if (tsr_failed(tsr_sid_decode(ace + ACE_BASIC_SID, TSR_SID_SIZE_MAX, &label, NULL)) ||
        label.authority != TRUST_AUTHORITY || label.n_sub_authorities != 2) {
        return 0;
    }
    if (check->subject->process_trust_type >= label.sub_authorities[0] &&
        check->subject->process_trust_level >= label.sub_authorities[1]) {
        return UINT32_MAX;
    }
    /* DEVIATION: section 6.1 would leave ACCESS_SYSTEM_SECURITY open; the recorded cases refuse it.
     */
    return tsr_map_generic(load_le32(ace + ACE_MASK), check->mapping);
}

/* Section 6.2: no condition is evaluated yet, so each filter is taken as not TRUE. */
static uint32_t access_filter_limit(const struct check *check)
{
    const tsr_acl *sacl = &check->sd->sacl;
    const uint8_t *ace = sacl->bytes ? sacl->bytes + ACL_HEADER_SIZE : NULL;
    uint32_t permitted = UINT32_MAX;

    for (size_t i = 0; i < sacl->n_aces; i++, ace += load_le16(ace + 2)) {
        if (ace[0] == SYSTEM_ACCESS_FILTER_ACE_TYPE && !(ace[1] & INHERIT_ONLY_ACE)) {
            permitted &=
                tsr_map_generic(load_le32(ace + ACE_MASK), check->mapping) | ACCESS_SYSTEM_SECURITY;
        }
    }
    return permitted;
}

/* Section 1.1: whether the caller's integrity level is at least the label's. */
static bool integrity_dominates(const tsr_sid *level, const tsr_sid *label)
{
    if (label->authority != INTEGRITY_AUTHORITY || label->n_sub_authorities == 0 ||
        label->n_sub_authorities > level->n_sub_authorities) {
        return false;
    }
    return level->sub_authorities[0] >= label->sub_authorities[0];
}

/* Section 6.3: an object without a label is of medium integrity with no-write-up. */
static uint32_t integrity_limit(const struct check *check)
{
    const struct subject *subject = check->subject;
    const uint8_t *ace = sacl_find(check->sd, SYSTEM_MANDATORY_LABEL_ACE_TYPE);
    uint32_t policy = SYSTEM_MANDATORY_LABEL_NO_WRITE_UP;
    tsr_sid label = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    uint32_t permitted;

    if (!subject->integrity || !(subject->mandatory_policy & POLICY_NO_WRITE_UP)) {
        return UINT32_MAX;
    }
    if (ace) {
        policy = load_le32(ace + ACE_MASK) & LABEL_POLICY_MASK;
        if (tsr_failed(tsr_sid_decode(ace + ACE_BASIC_SID, TSR_SID_SIZE_MAX, &label, NULL))) {
            return 0;
        }
    }
    if (integrity_dominates(subject->integrity, &label)) {
        return UINT32_MAX;
    }

    permitted = tsr_mandatory_mask(check->mapping, policy);
    if (subject->privileges & TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE)) {
        permitted |= WRITE_OWNER;
    }
    return permitted;
}

/* Let one privilege supply rights of @wanted that nothing has supplied yet. */
static void privilege_supply(const struct subject *subject, tsr_privilege privilege,
                             uint32_t rights, uint32_t wanted, uint32_t *granted, uint64_t *used)
{
    const uint32_t supplied = rights & wanted & ~*granted;

    if (supplied != 0 && subject->privileges & TSR_PRIVILEGE_BIT(privilege)) {
        *granted |= supplied;
        *used |= TSR_PRIVILEGE_BIT(privilege);
    }
}

/* Section 7: what privileges give, outside both passes. */
static uint32_t privilege_rights(const struct subject *subject,
                                 const struct access_request *request, uint32_t wanted,
                                 uint64_t *ret_used)
{
    const uint32_t backup =
        READ_CONTROL | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_READ | FILE_TRAVERSE;
    const uint32_t restore = WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY | FILE_GENERIC_WRITE |
                             FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | DELETE;
    uint32_t granted = 0;

    *ret_used = 0;
    privilege_supply(subject, SE_SECURITY_PRIVILEGE, ACCESS_SYSTEM_SECURITY, wanted, &granted,
                     ret_used);
    privilege_supply(subject, SE_TAKE_OWNERSHIP_PRIVILEGE, WRITE_OWNER, wanted, &granted, ret_used);
    privilege_supply(subject, SE_RELABEL_PRIVILEGE, WRITE_OWNER, wanted, &granted, ret_used);
    if (request->backup_intent) {
        privilege_supply(subject, SE_BACKUP_PRIVILEGE, backup, wanted, &granted, ret_used);
    }
    if (request->restore_intent) {
        privilege_supply(subject, SE_RESTORE_PRIVILEGE, restore, wanted, &granted, ret_used);
    }
    return granted;
}

/* Sections 7, 8: one pass, by the owner's implicit rights and then by the DACL. */
static struct verdict pass_judge(const struct check *check, const struct sid_set *sids,
                                 uint32_t wanted)
{
    const uint32_t owned = wanted & OWNER_IMPLICIT_RIGHTS ? wanted & owner_rights(check, sids) : 0;
    struct verdict verdict = {.rule = TSR_RULE_OWNER};

    if (wanted & ~owned) {
        verdict = dacl_walk(check, sids, wanted & ~owned);
    }
    verdict.allowed |= owned;
    return verdict;
}

/* Section 9: the normal pass, and the intersection with the restricted one. */
static struct verdict dacl_judge(const struct check *check, uint32_t wanted,
                                 tsr_access_pass *ret_pass)
{
    const uint32_t restricted = restricted_rights(check);
    struct verdict verdict = pass_judge(check, check->subject->sids, wanted);
    struct verdict second;
    uint32_t both;

    *ret_pass = TSR_PASS_NORMAL;
    if (verdict.allowed & restricted && !(wanted & check->required & ~verdict.allowed)) {
        second = pass_judge(check, check->subject->restricting, verdict.allowed & restricted);
        both = verdict.allowed & (second.allowed | ~restricted);
        if (both != verdict.allowed) {
            *ret_pass = TSR_PASS_RESTRICTED;
            verdict = second;
            verdict.allowed = both;
        }
    }
    return verdict;
}

/* A refusal: the one shape every denied check has. */
static tsr_access_result denied(uint32_t code, tsr_access_rule rule, uint32_t missing)
{
    return (tsr_access_result){.status = tsr_status_of(code), .rule = rule, .missing = missing};
}

/* A mandatory stage refuses a right asked for by name, or all that MAXIMUM_ALLOWED could give. */
static bool is_refused(uint32_t specific, uint32_t possible, uint32_t permitted)
{
    return (specific & ~permitted) != 0 || (possible != 0 && (possible & permitted) == 0);
}

/* Section 6: the mandatory stages. @return the rule that refuses; TSR_RULE_NONE if none does. */
static tsr_access_rule mandatory_refusal(const struct check *check, uint32_t possible,
                                         uint32_t *ret_permitted)
{
    *ret_permitted = process_trust_limit(check);
    if (is_refused(check->required, possible, *ret_permitted)) {
        return TSR_RULE_PROCESS_TRUST;
    }
    *ret_permitted &= access_filter_limit(check);
    if (is_refused(check->required, possible, *ret_permitted)) {
        return TSR_RULE_ACCESS_FILTER;
    }
    *ret_permitted &= integrity_limit(check);
    if (is_refused(check->required, possible, *ret_permitted)) {
        return TSR_RULE_INTEGRITY;
    }
    return TSR_RULE_NONE;
}

tsr_access_result access_check(const struct subject *subject, const tsr_sd *sd,
                               const struct access_request *request)
{
    const uint32_t desired = tsr_map_generic(request->desired, &request->mapping);
    const uint32_t specific = desired & ~MAXIMUM_ALLOWED;
    const bool maximum = desired & MAXIMUM_ALLOWED;
    /* Section 5: under MAXIMUM_ALLOWED all that the type has is wanted, besides what was named. */
    const uint32_t asked =
        specific | (maximum ? request->mapping.all & ~ACCESS_SYSTEM_SECURITY : 0);
    const uint32_t possible = asked | (maximum ? WRITE_OWNER : 0);
    struct check check = {
        .subject = subject, .sd = sd, .mapping = &request->mapping, .required = specific};
    struct verdict verdict = {.rule = TSR_RULE_NONE};
    tsr_access_pass pass = TSR_PASS_NORMAL;
    uint8_t self[TSR_SID_SIZE_MAX];
    uint64_t privileges_used;
    tsr_access_rule refusal;
    uint32_t permitted;
    uint32_t supplied;
    uint32_t granted;
    uint32_t open;
    size_t size;

    if (request->principal_self &&
        tsr_ok(tsr_sid_encode(request->principal_self, self, sizeof(self), &size))) {
        check.self = self;
    }

    /* Section 4.1: asking for nothing yields what was granted before, or a refusal. */
    if (desired == 0 && request->previously_granted == 0) {
        return denied(STATUS_ACCESS_DENIED, TSR_RULE_NONE, 0);
    }

    refusal = mandatory_refusal(&check, possible, &permitted);
    if (refusal != TSR_RULE_NONE) {
        return denied(STATUS_ACCESS_DENIED, refusal, specific & ~permitted);
    }

    supplied = privilege_rights(subject, request, possible & permitted, &privileges_used);
    open = asked & permitted & ~supplied;
    if (open & ACCESS_SYSTEM_SECURITY) {
        return denied(STATUS_PRIVILEGE_NOT_HELD, TSR_RULE_PRIVILEGE_NOT_HELD,
                      ACCESS_SYSTEM_SECURITY);
    }
    if (open != 0) {
        verdict = dacl_judge(&check, open, &pass);
    } else if (supplied != 0) {
        verdict.rule = TSR_RULE_PRIVILEGE;
    }

    granted = supplied | verdict.allowed;
    if ((specific & ~granted) != 0 || (desired != 0 && granted == 0)) {
        return (tsr_access_result){
            .status = tsr_status_of(STATUS_ACCESS_DENIED),
            .rule = verdict.rule,
            .pass = pass,
            .ace_index = verdict.ace_index,
            .missing = specific & ~granted,
        };
    }
    return (tsr_access_result){
        .status = TSR_OK,
        .granted = granted | request->previously_granted,
        .privileges_used = privileges_used,
        .rule = verdict.rule,
        .pass = pass,
        .ace_index = verdict.ace_index,
    };
}

const char *tsr_access_rule_text(tsr_access_rule rule)
{
    switch (rule) {
    case TSR_RULE_NONE:
        return "nothing was asked for";
    case TSR_RULE_PRIVILEGE:
        return "granted by privilege";
    case TSR_RULE_OWNER:
        return "granted to the owner";
    case TSR_RULE_NO_DACL:
        return "no DACL: everything is allowed";
    case TSR_RULE_ALLOW_ACE:
        return "decided by an allow ACE";
    case TSR_RULE_DENY_ACE:
        return "denied by a deny ACE";
    case TSR_RULE_END_OF_DACL:
        return "no ACE allows it";
    case TSR_RULE_PRIVILEGE_NOT_HELD:
        return "SeSecurityPrivilege is not held";
    case TSR_RULE_INTEGRITY:
        return "the mandatory label forbids it";
    case TSR_RULE_PROCESS_TRUST:
        return "the process-trust label forbids it";
    case TSR_RULE_ACCESS_FILTER:
        return "an access filter forbids it";
    }
    return "unknown rule";
}
