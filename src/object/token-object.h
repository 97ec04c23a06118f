/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Token objects: what token handles refer to
 *
 * A tsr_token never changes. The object holds the current one of a token that is adjusted: changing
 * it puts another in its place, with the same TokenId. Reading takes no lock.
 */

#include <stdbool.h>
#include <stdint.h>

#include <tessera/token.h>

#include "base/place.h"
#include "object/object.h"

struct token_object {
    struct object object;
    pthread_mutex_t writers;  /* one change at a time */
    struct place current;     /* the tsr_token */
    _Atomic bool in_use;      /* as the primary token of a process */
    uint64_t session_id;      /* AuthenticationId, which never changes */
    _Atomic bool has_session; /* holds a reference to its logon session */
};

/**
 * Make an object of a token, which counts in its logon session.
 *
 * @param take_token  becomes the object's; kept by the caller on failure
 * @param sd          its own reference is taken; NULL: everybody may do everything
 * @param ret_token   one reference; untouched on failure
 * @return STATUS_NO_SUCH_LOGON_SESSION, STATUS_NO_MEMORY
 */
tsr_status token_object_new(tsr_token *take_token, struct object_sd *sd,
                            struct token_object **ret_token);

/** The same for a token made elsewhere: its logon session begins with it if there is none. */
tsr_status token_object_adopt(tsr_token *take_token, struct object_sd *sd,
                              struct token_object **ret_token);

/** Let go of the logon session before the object ends; more than once changes nothing. */
void token_object_leave_session(struct token_object *object);

/** The token as it is now. @return a new reference */
tsr_token *token_object_get(struct token_object *object);

/* One step of a change: makes @ret_new of @old. An unchanged token is the same one, referenced; one
 * that was there before @old must not come back. */
typedef tsr_status token_change(void *context, tsr_token *old, tsr_token **ret_new);

/** Change a token as nobody else does meanwhile. @return what @change returns */
tsr_status token_object_change(struct token_object *object, token_change *change, void *context);

static inline struct token_object *token_object_of(struct object *object)
{
    return (struct token_object *)object; /* The object is its first member. */
}

static inline struct token_object *token_object_ref(struct token_object *token)
{
    (void)object_ref(&token->object);
    return token;
}

/** Drop a reference; accepts NULL. @return NULL, always. */
static inline struct token_object *token_object_unref(struct token_object *token)
{
    if (token) {
        (void)object_unref(&token->object);
    }
    return NULL;
}

DEFINE_CLEANUP(__typeof__(struct token_object *), token_object_unref);

/**
 * The descriptor of a new token object (token.md 2.3): what was asked for, or the creator's owner,
 * group and default DACL, generic rights mapped; and a label of the creator's integrity level,
 * whatever label was asked for.
 *
 * @param asked   NULL: nothing, and then the creator remembers it
 * @param ret_sd  a new reference; untouched on failure
 * @return as tsr_sd_assign_object()
 */
tsr_status token_object_new_sd(tsr_token *creator, const tsr_sd *asked, struct object_sd **ret_sd);

/**
 * The descriptor of a new AppContainer's token: as it is, and all access for the package. Without a
 * DACL there is none to add to.
 *
 * @param ret_sd  a new reference; untouched on failure
 * @return as tsr_acl_builder_finish() and tsr_sd_build()
 */
tsr_status token_object_package_sd(const struct object_sd *sd, const tsr_sid *package,
                                   struct object_sd **ret_sd);

/**
 * The descriptor of what nobody made for opening, such as a token that a thread of @process acts by
 * (token.md 3.4): all access for the users of both, Administrators and SYSTEM, and for RESTRICTED
 * if one of both is restricted; a label that neither is below.
 */
tsr_status private_sd(const struct object_type *type, const tsr_token *client,
                      const tsr_token *process, struct object_sd **ret_sd);

/**
 * Make a token object with a private descriptor.
 *
 * @param adopt       begin the logon session if there is none
 * @param take_token  becomes the object's, also on failure
 */
tsr_status token_object_new_private(tsr_token *take_token, const tsr_token *process, bool adopt,
                                    struct token_object **ret_token);
