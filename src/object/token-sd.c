/* SPDX-License-Identifier: MIT */
/* The descriptors of token objects. */

#include <stdlib.h>

#include <tessera/assign.h>
#include <tessera/token-adjust.h>

#include "base/check.h"
#include "object/rights.h"
#include "object/token-object.h"
#include "token/token.h"

/* Those ACEs of a SACL that are no labels. */
static void add_others(tsr_acl_builder *builder, const tsr_acl *sacl)
{
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(sacl, &offset, &ace)) {
        if (ace.type != SYSTEM_MANDATORY_LABEL_ACE_TYPE) {
            tsr_acl_builder_add_encoded(builder, ace.bytes, ace.size);
        }
    }
}

/* The SACL to ask for: with a label of the creator's level, and no other. */
static tsr_status labelled_sacl(const tsr_token *creator, const tsr_sd *asked, uint8_t **ret_bytes,
                                tsr_acl *ret_sacl)
{
    tsr_acl_builder builder = {0};
    tsr_sid integrity;

    if (asked) {
        add_others(&builder, &asked->sacl);
    }
    if (tsr_token_get_integrity(creator, &integrity)) {
        tsr_acl_builder_add(&builder, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0,
                            SYSTEM_MANDATORY_LABEL_NO_WRITE_UP, &integrity);
    }
    return tsr_acl_builder_finish(&builder, ret_bytes, ret_sacl);
}

/* A SID of a descriptor, if it has it. */
static tsr_status optional_sid(const uint8_t *encoded, tsr_sid *sid, const tsr_sid **ret_sid)
{
    *ret_sid = NULL;
    if (encoded) {
        TRY(tsr_sid_decode(encoded, tsr_encoded_sid_size(encoded), sid, NULL));
        *ret_sid = sid;
    }
    return TSR_OK;
}

static tsr_status make_new_sd(const tsr_token *creator, const tsr_sd *asked,
                              struct object_sd **ret_sd)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) uint8_t *sacl_bytes = NULL;
    CLEANUP(free) uint8_t *asked_bytes = NULL;
    tsr_sd_parts parts = {0};
    tsr_sid owner;
    tsr_sid group;
    size_t asked_size;
    size_t size;
    tsr_sd labelled;
    const tsr_assign_request request = {
        .creator = &labelled,
        .mapping = &object_type_token.mapping,
    };

    if (asked) {
        parts.control = asked->control;
        parts.has_dacl = asked->has_dacl;
        parts.dacl = asked->dacl;
        TRY(optional_sid(asked->owner, &owner, &parts.owner));
        TRY(optional_sid(asked->group, &group, &parts.group));
    }
    TRY(labelled_sacl(creator, asked, &sacl_bytes, &parts.sacl));
    parts.has_sacl = parts.sacl.n_aces > 0;
    TRY(tsr_sd_build(&parts, &asked_bytes, &asked_size));
    TRY(tsr_sd_view(asked_bytes, asked_size, &labelled));
    TRY(tsr_sd_assign_object(creator, &request, &bytes, &size));
    return object_sd_new(bytes, size, ret_sd);
}

/* Tokens do not change, so what one gives for nothing asked is always the same. Several threads may
 * make it at once: the first keeps it. */
static tsr_status remembered_sd(tsr_token *creator, struct object_sd **ret_sd)
{
    void *known = atomic_load_explicit(&creator->default_sd, memory_order_acquire);
    struct object_sd *made;

    if (!known) {
        TRY(make_new_sd(creator, NULL, &made));
        if (atomic_compare_exchange_strong_explicit(&creator->default_sd, &known, made,
                                                    memory_order_acq_rel, memory_order_acquire)) {
            known = made;
        } else {
            (void)object_sd_unref(made);
        }
    }
    shared_ref(known);
    *ret_sd = known;
    return TSR_OK;
}

tsr_status token_object_new_sd(tsr_token *creator, const tsr_sd *asked, struct object_sd **ret_sd)
{
    return asked ? make_new_sd(creator, asked, ret_sd) : remembered_sd(creator, ret_sd);
}

/* The lower level of two; none is above all. */
static bool lower_integrity(const tsr_token *a, const tsr_token *b, tsr_sid *ret_integrity)
{
    tsr_sid of_b;

    if (!tsr_token_get_integrity(a, ret_integrity)) {
        return tsr_token_get_integrity(b, ret_integrity);
    }
    if (tsr_token_get_integrity(b, &of_b) &&
        of_b.sub_authorities[0] < ret_integrity->sub_authorities[0]) {
        *ret_integrity = of_b;
    }
    return true;
}

/* Safe to add: it counts only where packages are judged, and the user has to be granted the same.
 */
static tsr_status add_package(const tsr_acl *dacl, const tsr_sid *package, uint8_t **ret_bytes,
                              tsr_acl *ret_dacl)
{
    tsr_acl_builder builder = {0};
    size_t offset = 0;
    tsr_ace ace;

    while (tsr_acl_next(dacl, &offset, &ace)) {
        tsr_acl_builder_add_encoded(&builder, ace.bytes, ace.size);
    }
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, TOKEN_ALL_ACCESS, package);
    return tsr_acl_builder_finish(&builder, ret_bytes, ret_dacl);
}

tsr_status token_object_package_sd(const struct object_sd *sd, const tsr_sid *package,
                                   struct object_sd **ret_sd)
{
    CLEANUP(free) uint8_t *dacl_bytes = NULL;
    CLEANUP(free) uint8_t *bytes = NULL;
    tsr_sd_parts parts = {0};
    tsr_sid owner;
    tsr_sid group;
    size_t size;
    tsr_sd view;

    TRY(tsr_sd_view(sd->bytes, sd->size, &view));
    parts.control = view.control;
    parts.has_dacl = view.has_dacl;
    parts.has_sacl = view.has_sacl;
    parts.dacl = view.dacl;
    parts.sacl = view.sacl;
    TRY(optional_sid(view.owner, &owner, &parts.owner));
    TRY(optional_sid(view.group, &group, &parts.group));
    if (view.dacl.bytes) {
        TRY(add_package(&view.dacl, package, &dacl_bytes, &parts.dacl));
    }
    TRY(tsr_sd_build(&parts, &bytes, &size));
    return object_sd_new(bytes, size, ret_sd);
}

static tsr_status private_dacl(uint32_t all, const tsr_token *client, const tsr_token *process,
                               uint8_t **ret_bytes, tsr_acl *ret_dacl)
{
    const tsr_sid administrators = TSR_SID_ADMINISTRATORS;
    const tsr_sid restricted = TSR_SID_RESTRICTED;
    const tsr_sid system = TSR_SID_SYSTEM;
    tsr_acl_builder builder = {0};
    tsr_group of_client;
    tsr_group of_process;

    tsr_token_get_user(client, &of_client);
    tsr_token_get_user(process, &of_process);
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, all, &of_client.sid);
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, all, &of_process.sid);
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, all, &administrators);
    tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, all, &system);
    if (tsr_token_is_restricted(client) || tsr_token_is_restricted(process)) {
        tsr_acl_builder_add(&builder, ACCESS_ALLOWED_ACE_TYPE, 0, all, &restricted);
    }
    return tsr_acl_builder_finish(&builder, ret_bytes, ret_dacl);
}

/* A SACL of one label; none if neither has a level. */
static tsr_status private_sacl(const tsr_token *client, const tsr_token *process,
                               uint8_t **ret_bytes, tsr_acl *ret_sacl)
{
    tsr_acl_builder builder = {0};
    tsr_sid integrity;

    if (lower_integrity(client, process, &integrity)) {
        tsr_acl_builder_add(&builder, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0,
                            SYSTEM_MANDATORY_LABEL_NO_WRITE_UP, &integrity);
    }
    return tsr_acl_builder_finish(&builder, ret_bytes, ret_sacl);
}

tsr_status private_sd(const struct object_type *type, const tsr_token *client,
                      const tsr_token *process, struct object_sd **ret_sd)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) uint8_t *dacl_bytes = NULL;
    CLEANUP(free) uint8_t *sacl_bytes = NULL;
    tsr_sd_parts parts = {.has_dacl = true};
    tsr_sid owner;
    tsr_sid group;
    size_t size;

    tsr_token_get_owner(process, &owner);
    tsr_token_get_primary_group(process, &group);
    parts.owner = &owner;
    parts.group = &group;
    TRY(private_dacl(type->mapping.all, client, process, &dacl_bytes, &parts.dacl));
    TRY(private_sacl(client, process, &sacl_bytes, &parts.sacl));
    parts.has_sacl = parts.sacl.n_aces > 0;
    TRY(tsr_sd_build(&parts, &bytes, &size));
    return object_sd_new(bytes, size, ret_sd);
}

tsr_status token_object_new_private(tsr_token *take_token, const tsr_token *process, bool adopt,
                                    struct token_object **ret_token)
{
    CLEANUP(tsr_token_unref) tsr_token *token = take_token;
    CLEANUP(object_sd_unref) struct object_sd *sd = NULL;

    TRY(private_sd(&object_type_token, token, process, &sd));
    if (adopt) {
        TRY(token_object_adopt(token, sd, ret_token));
    } else {
        TRY(token_object_new(token, sd, ret_token));
    }
    (void)STEAL(token);
    return TSR_OK;
}
