/* SPDX-License-Identifier: MIT */
/*
 * Token objects.
 *
 * The current token is a pointer in the low 48 bits of one word, above which readers are counted
 * that are about to take a reference. Whoever puts another token there hands each of them one; so a
 * reader that finds the pointer changed has one reference too many, and one that finds it there
 * takes itself off the count.
 */

#include "object/token-object.h"

#include <stdlib.h>

#include "object/session.h"
#include "token/token.h"

#define READER       (UINT64_C(1) << 48)
#define POINTER_MASK (READER - 1)
#define READERS_MAX  ((size_t)1 << 16)

static tsr_token *token_in(uint64_t word)
{
    return (tsr_token *)(uintptr_t)(word & POINTER_MASK);
}

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
    (void)tsr_token_unref(token_in(atomic_load_explicit(&token->current, memory_order_acquire)));
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
    atomic_init(&token->current, (uint64_t)(uintptr_t)take_token);
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
    uint64_t word =
        atomic_fetch_add_explicit(&object->current, READER, memory_order_acquire) + READER;
    tsr_token *token = tsr_token_ref(token_in(word));

    while (token_in(word) == token) {
        if (atomic_compare_exchange_weak_explicit(&object->current, &word, word - READER,
                                                  memory_order_release, memory_order_relaxed)) {
            return token;
        }
    }
    /* Replaced meanwhile: the reference that was handed over is one too many. */
    (void)tsr_token_unref(token);
    return token;
}

/* Put another token in the place of the current one, which is then dropped. */
static void replace(struct token_object *object, tsr_token *take_new)
{
    const uint64_t word = atomic_load_explicit(&object->current, memory_order_relaxed);
    tsr_token *old = token_in(word);
    size_t n_readers;

    /* More references than there can be readers, so that none of them drops the last. */
    (void)atomic_fetch_add_explicit(&old->n_refs, READERS_MAX, memory_order_relaxed);
    n_readers = atomic_exchange_explicit(&object->current, (uint64_t)(uintptr_t)take_new,
                                         memory_order_acq_rel) >>
                48;
    (void)atomic_fetch_sub_explicit(&old->n_refs, READERS_MAX - n_readers, memory_order_relaxed);
    (void)tsr_token_unref(old);
}

tsr_status token_object_change(struct token_object *object, token_change *change, void *context)
{
    tsr_token *old;
    tsr_token *new = NULL;
    tsr_status status;

    (void)pthread_mutex_lock(&object->writers);
    old = token_in(atomic_load_explicit(&object->current, memory_order_acquire));
    status = change(context, old, &new);
    if (new == old) {
        new = tsr_token_unref(new);
    }
    if (new) {
        replace(object, new);
    }
    (void)pthread_mutex_unlock(&object->writers);
    return status;
}
