/* SPDX-License-Identifier: MIT */
/* From handles to what they mean, and from new tokens to handles. */

#include "object/reference.h"

#include <stdlib.h>

#include "object/impersonate.h"
#include "token/token.h"

tsr_status token_by_handle(handle_t handle, uint32_t access, struct token_object **ret_token,
                           uint32_t *ret_granted)
{
    struct object *object;

    TRY(handle_reference(handle, &object_type_token, access, &object, ret_granted));
    *ret_token = token_object_of(object);
    return TSR_OK;
}

/* The token object of a pseudo handle. */
static tsr_status token_by_pseudo_handle(handle_t handle, struct token_object **ret_token)
{
    struct effective_token effective;
    struct thread *thread;

    if (handle == HANDLE_PROCESS_TOKEN) {
        return process_get_token(ret_token);
    }
    TRY(thread_get_current(&thread));
    TRY(effective_token_of(thread, &effective));
    if (handle == HANDLE_THREAD_TOKEN && effective.type == TSR_TOKEN_PRIMARY) {
        effective_token_deinit(&effective);
        return tsr_status_of(STATUS_NO_TOKEN);
    }
    *ret_token = effective.token;
    return TSR_OK;
}

tsr_status token_for_query(handle_t handle, uint32_t access, tsr_token **ret_token)
{
    CLEANUP(token_object_unref) struct token_object *token = NULL;

    if (handle == HANDLE_PROCESS_TOKEN || handle == HANDLE_THREAD_TOKEN ||
        handle == HANDLE_EFFECTIVE_TOKEN) {
        TRY(token_by_pseudo_handle(handle, &token));
    } else {
        TRY(token_by_handle(handle, access, &token, NULL));
    }
    *ret_token = token_object_get(token);
    return TSR_OK;
}

/* An object that was granted at least one of some rights. */
static tsr_status reference_any(handle_t handle, const struct object_type *type, uint32_t any_of,
                                struct object **ret_object)
{
    CLEANUP(object_unref) struct object *object = NULL;
    uint32_t granted;

    TRY(handle_reference(handle, type, 0, &object, &granted));
    REQUIRE(granted & any_of, STATUS_ACCESS_DENIED);
    *ret_object = STEAL(object);
    return TSR_OK;
}

tsr_status thread_by_handle(handle_t handle, uint32_t any_of, struct thread **ret_thread)
{
    CLEANUP(object_unref) struct object *object = NULL;
    struct thread *thread;

    if (handle == HANDLE_CURRENT_THREAD) {
        TRY(thread_get_current(&thread));
        object = object_ref(&thread->object);
    } else {
        TRY(reference_any(handle, &object_type_thread, any_of, &object));
        REQUIRE(!thread_of(object)->process, STATUS_NOT_SUPPORTED);
    }
    *ret_thread = thread_of(STEAL(object));
    return TSR_OK;
}

tsr_status process_by_handle(handle_t handle, uint32_t any_of, struct object **ret_process)
{
    if (handle == HANDLE_CURRENT_PROCESS) {
        *ret_process = process_object();
        return TSR_OK;
    }
    return reference_any(handle, &object_type_process, any_of, ret_process);
}

tsr_status own_process_by_handle(handle_t handle, uint32_t any_of)
{
    CLEANUP(object_unref) struct object *object = NULL;

    TRY(process_by_handle(handle, any_of, &object));
    REQUIRE(process_is_ours(object), STATUS_NOT_SUPPORTED);
    return TSR_OK;
}

tsr_status other_process_by_handle(handle_t handle, uint32_t any_of,
                                   struct other_process **ret_process)
{
    CLEANUP(object_unref) struct object *object = NULL;

    TRY(process_by_handle(handle, any_of, &object));
    REQUIRE(!process_is_ours(object), STATUS_NOT_SUPPORTED);
    *ret_process = other_process_of(STEAL(object));
    return TSR_OK;
}

/* The object of a pseudo handle, with all rights to it. */
static tsr_status object_by_pseudo_handle(handle_t handle, struct object **ret_object)
{
    struct thread *thread;

    if (handle == HANDLE_CURRENT_PROCESS) {
        *ret_object = process_object();
        return TSR_OK;
    }
    TRY(thread_get_current(&thread));
    *ret_object = object_ref(&thread->object);
    return TSR_OK;
}

tsr_status object_by_handle(handle_t handle, uint32_t access, struct object **ret_object,
                            uint32_t *ret_granted)
{
    struct object *object;

    if (handle != HANDLE_CURRENT_PROCESS && handle != HANDLE_CURRENT_THREAD) {
        return handle_reference(handle, NULL, access, ret_object, ret_granted);
    }
    TRY(object_by_pseudo_handle(handle, &object));
    if (ret_granted) {
        *ret_granted = object->type->mapping.all;
    }
    *ret_object = object;
    return TSR_OK;
}

/* What the maker of a token is granted. */
static tsr_status maker_rights(const tsr_token *maker, uint32_t desired, uint32_t *ret_granted)
{
    const tsr_generic_mapping *mapping = &object_type_token.mapping;
    uint32_t granted = tsr_map_generic(desired, mapping);

    granted |= desired & MAXIMUM_ALLOWED ? mapping->all : 0;
    granted &= object_type_token.valid_access | ACCESS_SYSTEM_SECURITY;
    REQUIRE(!(granted & ACCESS_SYSTEM_SECURITY) ||
                (tsr_token_enabled_privileges(maker) & TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE)),
            STATUS_PRIVILEGE_NOT_HELD);
    *ret_granted = granted;
    return TSR_OK;
}

static tsr_status new_sd(tsr_token *maker, const struct handle_request *request,
                         struct object_sd **ret_sd)
{
    CLEANUP(object_sd_unref) struct object_sd *sd = NULL;

    TRY(token_object_new_sd(maker, request->sd, &sd));
    if (request->package && !(request->sd && request->sd->has_dacl)) {
        return token_object_package_sd(sd, request->package, ret_sd);
    }
    *ret_sd = STEAL(sd);
    return TSR_OK;
}

tsr_status handle_to_new_token(tsr_token *take_token, const struct handle_request *request,
                               handle_t *ret_handle)
{
    CLEANUP(tsr_token_unref) tsr_token *token = take_token;
    CLEANUP(token_object_unref) struct token_object *object = NULL;
    CLEANUP(tsr_token_unref) tsr_token *maker = NULL;
    CLEANUP(object_sd_unref) struct object_sd *sd = NULL;
    uint32_t granted;

    TRY(opening_token(&maker));
    TRY(new_sd(maker, request, &sd));
    TRY(maker_rights(maker, request->desired, &granted));
    TRY(token_object_new(token, sd, &object));
    (void)STEAL(token);
    TRY(handle_open(&object->object, granted, request->flags, ret_handle));
    (void)STEAL(object);
    return TSR_OK;
}
