/* SPDX-License-Identifier: MIT */
/* Descriptors that do not say what was inherited, made into such as do, and back. */

#include <stdlib.h>
#include <string.h>

#include <tessera/assign.h>

#include "base/check.h"
#include "sec/propagate.h"

/* What ACEs do, as far as their order matters. */
enum effect {
    EFFECT_ALLOWS,
    EFFECT_DENIES,
    EFFECT_AUDITS,
    EFFECT_FIRST_COUNTS, /* of its type; or it is not known better */
};

/* The ACEs of an ACL, and which of them are the parent's. */
struct matched {
    tsr_ace *aces;     /* owned */
    bool *is_parental; /* owned */
    size_t n_aces;
};

static void cleanup_matched_deinit(struct matched *matched)
{
    free(matched->aces);
    free(matched->is_parental);
}

static enum effect effect_of(uint8_t type)
{
    switch ((tsr_ace_type)type) {
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_ALLOWED_COMPOUND_ACE_TYPE:
    case ACCESS_ALLOWED_OBJECT_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE:
        return EFFECT_ALLOWS;
    case ACCESS_DENIED_ACE_TYPE:
    case ACCESS_DENIED_OBJECT_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:
    case ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE:
        return EFFECT_DENIES;
    case SYSTEM_AUDIT_ACE_TYPE:
    case SYSTEM_ALARM_ACE_TYPE:
    case SYSTEM_AUDIT_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_OBJECT_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_ACE_TYPE:
    case SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE:
    case SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE:
        return EFFECT_AUDITS;
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE:
    case SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE:
    case SYSTEM_SCOPED_POLICY_ID_ACE_TYPE:
    case SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE:
    case SYSTEM_ACCESS_FILTER_ACE_TYPE:
        return EFFECT_FIRST_COUNTS;
    }
    return EFFECT_FIRST_COUNTS;
}

/* Whether ACEs of these types may change places without a difference. */
static bool may_swap(uint8_t one, uint8_t other)
{
    const enum effect effect = effect_of(one);

    if (effect == EFFECT_AUDITS || effect_of(other) == EFFECT_AUDITS) {
        return true;
    }
    return effect == EFFECT_FIRST_COUNTS ? one != other && effect_of(other) == effect
                                         : effect == effect_of(other);
}

static tsr_status list_aces(const tsr_acl *acl, tsr_ace **ret_aces)
{
    tsr_ace *aces = array_new(acl->n_aces, sizeof(*aces));
    size_t offset = 0;

    REQUIRE(aces, STATUS_NO_MEMORY);
    for (size_t i = 0; i < acl->n_aces && tsr_acl_next(acl, &offset, &aces[i]); i++) {
    }

    *ret_aces = aces;
    return TSR_OK;
}

/* Whether a child's ACE is one that its parent hands down, marked or not. */
static bool is_same(const tsr_ace *own, const tsr_ace *handed)
{
    return own->size == handed->size && own->type == handed->type &&
           ((own->flags ^ handed->flags) & ~INHERITED_ACE) == 0 &&
           memcmp(own->bytes + 2, handed->bytes + 2, own->size - 2u) == 0;
}

/* Find all that is handed down among the ACEs, in order; what is inherited stands last, so the
 * search begins there. @return whether it is all there */
static bool find_parental(struct matched *matched, const tsr_ace *handed, size_t n_handed)
{
    for (size_t i = matched->n_aces; i > 0 && n_handed > 0; i--) {
        if (is_same(&matched->aces[i - 1], &handed[n_handed - 1])) {
            matched->is_parental[i - 1] = true;
            n_handed--;
        }
    }
    return n_handed == 0;
}

/* Whether the parent's ACEs may move behind the others. */
static bool may_move(const struct matched *matched)
{
    bool stands_behind[UINT8_MAX + 1] = {false};

    for (size_t i = matched->n_aces; i > 0; i--) {
        const uint8_t type = matched->aces[i - 1].type;

        if (!matched->is_parental[i - 1]) {
            stands_behind[type] = true;
            continue;
        }
        for (size_t other = 0; other <= UINT8_MAX; other++) {
            if (stands_behind[other] && !may_swap(type, (uint8_t)other)) {
                return false;
            }
        }
    }
    return true;
}

static tsr_status match(const tsr_acl *acl, const tsr_acl *parent, const struct heir *heir,
                        struct matched *matched, bool *ret_convertible)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    CLEANUP(free) tsr_ace *handed_aces = NULL;
    tsr_acl handed;

    acl_inherit(&builder, parent, heir);
    REQUIRE(builder.failure == STATUS_SUCCESS, builder.failure);
    handed = acl_gathered(&builder);
    TRY(list_aces(&handed, &handed_aces));
    TRY(list_aces(acl, &matched->aces));
    matched->is_parental = array_new(acl->n_aces, sizeof(*matched->is_parental));
    REQUIRE(matched->is_parental, STATUS_NO_MEMORY);
    matched->n_aces = acl->n_aces;

    *ret_convertible = handed.n_aces > 0 && find_parental(matched, handed_aces, handed.n_aces) &&
                       may_move(matched);
    return TSR_OK;
}

static void add_matched(tsr_acl_builder *builder, const struct matched *matched, bool parental)
{
    const uint8_t mark = parental ? INHERITED_ACE : 0;

    for (size_t i = 0; i < matched->n_aces; i++) {
        const tsr_ace *ace = &matched->aces[i];

        if (matched->is_parental[i] == parental) {
            acl_add_flagged(builder, ace, (ace->flags & (uint8_t)~INHERITED_ACE) | mark);
        }
    }
}

/* @param ret_converted  whether what was inherited could be told from the rest */
static tsr_status convert(const tsr_acl *acl, const tsr_acl *parent, const struct heir *heir,
                          tsr_acl_builder *builder, bool *ret_converted)
{
    CLEANUP(matched_deinit) struct matched matched = {0};

    TRY(match(acl, parent, heir, &matched, ret_converted));
    if (*ret_converted) {
        add_matched(builder, &matched, false);
        add_matched(builder, &matched, true);
    } else {
        acl_add_own(builder, acl);
    }
    return TSR_OK;
}

static tsr_status convert_dacl(const tsr_heritage *heritage, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const struct heir heir = heritage_heir(heritage, draft, 0);
    const tsr_acl parent = heritage_dacl(heritage);
    const tsr_acl *acl = &heritage->child->dacl;
    bool converted;

    if (!draft->parts.has_dacl) {
        return TSR_OK;
    }
    draft->parts.control |= SE_DACL_AUTO_INHERITED;
    if (draft->parts.control & SE_DACL_PROTECTED) {
        return TSR_OK;
    }
    TRY(convert(acl, &parent, &heir, &builder, &converted));
    draft->parts.control |= converted ? 0 : SE_DACL_PROTECTED;
    return acl->bytes ? draft_take_dacl(draft, &builder) : TSR_OK;
}

static tsr_status convert_sacl(const tsr_heritage *heritage, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    const struct heir heir = heritage_heir(heritage, draft, ACCESS_SYSTEM_SECURITY);
    const tsr_acl parent = heritage_sacl(heritage);
    const tsr_acl *acl = &heritage->child->sacl;
    bool converted;

    if (!draft->parts.has_sacl) {
        return TSR_OK;
    }
    draft->parts.control |= SE_SACL_AUTO_INHERITED;
    if (draft->parts.control & SE_SACL_PROTECTED) {
        return TSR_OK;
    }
    TRY(convert(acl, &parent, &heir, &builder, &converted));
    draft->parts.control |= converted ? 0 : SE_SACL_PROTECTED;
    return acl->bytes ? draft_take_sacl(draft, &builder) : TSR_OK;
}

static bool names_acls(uint32_t information)
{
    return information != 0 &&
           !(information & ~(DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION));
}

tsr_status tsr_sd_convert_to_auto_inherit(const tsr_heritage *heritage, uint32_t information,
                                          uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(draft_deinit) struct draft draft = {0};

    TRY(heritage_check(heritage));
    REQUIRE(names_acls(information), STATUS_INVALID_PARAMETER);
    TRY(draft_of(heritage->child, &draft));
    if (information & DACL_SECURITY_INFORMATION) {
        TRY(convert_dacl(heritage, &draft));
    }
    if (information & SACL_SECURITY_INFORMATION) {
        TRY(convert_sacl(heritage, &draft));
    }
    return tsr_sd_build(&draft.parts, ret_bytes, ret_size);
}

static tsr_status own_dacl(const tsr_sd *sd, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};

    draft->parts.control |= SE_DACL_PROTECTED;
    acl_add_own(&builder, &sd->dacl);
    return sd->dacl.bytes ? draft_take_dacl(draft, &builder) : TSR_OK;
}

static tsr_status own_sacl(const tsr_sd *sd, struct draft *draft)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};

    draft->parts.control |= SE_SACL_PROTECTED;
    acl_add_own(&builder, &sd->sacl);
    return sd->sacl.bytes ? draft_take_sacl(draft, &builder) : TSR_OK;
}

tsr_status tsr_sd_make_explicit(const tsr_sd *sd, uint32_t information, uint8_t **ret_bytes,
                                size_t *ret_size)
{
    CLEANUP(draft_deinit) struct draft draft = {0};

    REQUIRE(names_acls(information), STATUS_INVALID_PARAMETER);
    TRY(draft_of(sd, &draft));
    if (information & DACL_SECURITY_INFORMATION) {
        TRY(own_dacl(sd, &draft));
    }
    if (information & SACL_SECURITY_INFORMATION) {
        TRY(own_sacl(sd, &draft));
    }
    return tsr_sd_build(&draft.parts, ret_bytes, ret_size);
}
