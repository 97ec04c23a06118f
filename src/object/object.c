/* SPDX-License-Identifier: MIT */
/* Objects that handles refer to. */

#include "object/object.h"

#include <stdlib.h>
#include <string.h>

tsr_status object_sd_new(const uint8_t *bytes, size_t size, struct object_sd **ret_sd)
{
    struct object_sd *sd = shared_new(sizeof(*sd) + size);

    REQUIRE(sd, STATUS_NO_MEMORY);
    sd->size = size;
    memcpy(sd->bytes, bytes, size);
    *ret_sd = sd;
    return TSR_OK;
}

void object_init(struct object *object, const struct object_type *type, struct object_sd *sd)
{
    atomic_init(&object->n_references, 1);
    object->type = type;
    (void)pthread_mutex_init(&object->lock, NULL);
    shared_ref(sd);
    object->sd = sd;
}

void object_deinit(struct object *object)
{
    (void)pthread_mutex_destroy(&object->lock);
    (void)object_sd_unref(object->sd);
}

struct object *object_ref(struct object *object)
{
    (void)atomic_fetch_add_explicit(&object->n_references, 1, memory_order_relaxed);
    return object;
}

struct object *object_unref(struct object *object)
{
    if (object && atomic_fetch_sub_explicit(&object->n_references, 1, memory_order_acq_rel) == 1) {
        object->type->free(object);
    }
    return NULL;
}

/* A reference to the descriptor as it is now; NULL: there is none. */
static struct object_sd *get_sd(struct object *object)
{
    struct object_sd *sd;

    (void)pthread_mutex_lock(&object->lock);
    sd = object->sd;
    shared_ref(sd);
    (void)pthread_mutex_unlock(&object->lock);
    return sd;
}

/* A view of a descriptor, which was validated when it was set. That of an object without one has no
 * DACL, which allows everything. */
static tsr_status view_sd(const struct object_sd *sd, tsr_sd *ret_sd)
{
    if (!sd) {
        *ret_sd = (tsr_sd){.control = SE_SELF_RELATIVE};
        return TSR_OK;
    }
    return tsr_sd_view(sd->bytes, sd->size, ret_sd);
}

tsr_status object_check(struct object *object, const tsr_token *opener, uint32_t desired,
                        uint32_t *ret_granted)
{
    const tsr_access_request request = {.desired = desired, .mapping = object->type->mapping};
    CLEANUP(object_sd_unref) struct object_sd *own = get_sd(object);
    tsr_access_result result;
    tsr_sd sd;

    REQUIRE(desired != 0, STATUS_ACCESS_DENIED);
    TRY(view_sd(own, &sd));
    result = tsr_token_open_check(opener, &sd, &request);
    TRY(result.status);
    *ret_granted = result.granted & (object->type->valid_access | ACCESS_SYSTEM_SECURITY);
    return TSR_OK;
}

tsr_status object_select_sd(struct object *object, uint32_t information, uint8_t **ret_sd,
                            size_t *ret_size)
{
    CLEANUP(object_sd_unref) struct object_sd *own = get_sd(object);
    tsr_sd sd;

    TRY(view_sd(own, &sd));
    return tsr_sd_select(&sd, information, ret_sd, ret_size);
}

void object_set_sd(struct object *object, struct object_sd *sd)
{
    struct object_sd *old;

    shared_ref(sd);
    (void)pthread_mutex_lock(&object->lock);
    old = object->sd;
    object->sd = sd;
    (void)pthread_mutex_unlock(&object->lock);
    (void)object_sd_unref(old);
}

/* With the lock. */
static tsr_status locked_change(struct object *object, const tsr_token *token,
                                const tsr_change_request *request)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    struct object_sd *changed;
    size_t size;
    tsr_sd sd;

    TRY(view_sd(object->sd, &sd));
    TRY(tsr_sd_change_object(token, &sd, request, &bytes, &size));
    TRY(object_sd_new(bytes, size, &changed));

    (void)object_sd_unref(object->sd);
    object->sd = changed;
    return TSR_OK;
}

tsr_status object_change_sd(struct object *object, const tsr_token *token,
                            const tsr_change_request *request)
{
    tsr_status status;

    (void)pthread_mutex_lock(&object->lock);
    status = locked_change(object, token, request);
    (void)pthread_mutex_unlock(&object->lock);
    return status;
}
