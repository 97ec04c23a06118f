/* SPDX-License-Identifier: MIT */
/* The descriptors of objects, by handle (token.md 2.3). */

#include "object/impersonate.h"
#include "object/services.h"
#include "token/token.h"

tsr_status service_query_security(handle_t handle, uint32_t information, uint8_t **ret_sd,
                                  size_t *ret_size)
{
    CLEANUP(object_unref) struct object *object = NULL;

    TRY(object_by_handle(handle, tsr_sd_query_rights(information), &object, NULL));
    return object_select_sd(object, information, ret_sd, ret_size);
}

tsr_status service_set_security(handle_t handle, uint32_t information, const tsr_sd *sd)
{
    CLEANUP(object_unref) struct object *object = NULL;
    CLEANUP(tsr_token_unref) tsr_token *caller = NULL;
    tsr_change_request request = {.information = information, .change = sd};

    TRY(object_by_handle(handle, tsr_sd_change_rights(information), &object, NULL));
    TRY(opening_token(&caller));
    if (object->type == &object_type_token) {
        request.information &= ~LABEL_SECURITY_INFORMATION;
    }
    if (request.information == 0) {
        return TSR_OK;
    }
    request.mapping = &object->type->mapping;
    return object_change_sd(object, caller, &request);
}
