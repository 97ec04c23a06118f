/* SPDX-License-Identifier: MIT */
/* Token objects. */

#include "object/token-object.h"

#include <stdlib.h>

#include "object/session.h"
#include "token/token.h"

_Static_assert(offsetof(tsr_token, n_refs) == 0, "a place counts by what an object begins with");

void token_object_leave_session(struct token_object *object)
{
    if (atomic_exchange_explicit(&object->has_session, false, memory_order_acq_rel)) {
        tsr_session_unref(object->session_id);
    }
}

static void token_object_free(struct object *object)
{
    struct token_object *token = token_object_of(object);

    token_object_leave_session(token);
    (void)tsr_token_unref(place_peek(&token->current));
    (void)pthread_mutex_destroy(&token->writers);
    object_deinit(object);
    free(token);
}

const struct object_type object_type_token = {
    .name = "Token",
    .mapping = {0x0002001a, 0x000201e0, 0x00020005, 0x000f01ff},
    .valid_access = 0x001f01ff,
    .free = token_object_free,
};

/* Put an object before a token that has a reference to its session, which becomes the object's. */
static tsr_status make(tsr_token *take_token, struct object_sd *sd, struct token_object **ret_token)
{
    struct token_object *token = zeroed_new(sizeof(*token));

    REQUIRE(token, STATUS_NO_MEMORY);
    token->session_id = take_token->state->authentication_id;
    atomic_init(&token->has_session, true);
    object_init(&token->object, &object_type_token, sd);
    (void)pthread_mutex_init(&token->writers, NULL);
    place_init(&token->current, take_token);
    *ret_token = token;
    return TSR_OK;
}

tsr_status token_object_new(tsr_token *take_token, struct object_sd *sd,
                            struct token_object **ret_token)
{
    const uint64_t session_id = take_token->state->authentication_id;
    tsr_status status;

    TRY(tsr_session_ref(session_id));
    status = make(take_token, sd, ret_token);
    if (tsr_failed(status)) {
        tsr_session_unref(session_id);
    }
    return status;
}

tsr_status token_object_adopt(tsr_token *take_token, struct object_sd *sd,
                              struct token_object **ret_token)
{
    const uint64_t session_id = take_token->state->authentication_id;
    tsr_status status;

    TRY(session_join(session_id));
    status = make(take_token, sd, ret_token);
    if (tsr_failed(status)) {
        tsr_session_unref(session_id);
    }
    return status;
}

tsr_token *token_object_get(struct token_object *object)
{
    void *surplus;
    tsr_token *token = place_get(&object->current, &surplus);

    (void)tsr_token_unref(surplus);
    return token;
}

tsr_status token_object_change(struct token_object *object, token_change *change, void *context)
{
    tsr_token *old;
    tsr_token *new = NULL;
    tsr_status status;

    (void)pthread_mutex_lock(&object->writers);
    old = place_peek(&object->current);
    status = change(context, old, &new);
    if (new == old) {
        new = tsr_token_unref(new);
    }
    if (new) {
        (void)tsr_token_unref(place_replace(&object->current, new));
    }
    (void)pthread_mutex_unlock(&object->writers);
    return status;
}
