/* SPDX-License-Identifier: MIT */
/* What is changed in tokens (token.md 3.7, 3.8, 3.10). */

#include "object/impersonate.h"
#include "object/rights.h"
#include "object/services.h"
#include "object/session.h"
#include "token/token.h"

struct privilege_changes {
    bool disable_all;
    const tsr_privilege_state *changes;
    size_t n_changes;
    tsr_previous_privileges *previous;
};

struct group_changes {
    bool reset;
    const tsr_group *changes;
    size_t n_changes;
    tsr_previous_groups *previous;
};

static tsr_status change_privileges(void *context, tsr_token *old, tsr_token **ret_new)
{
    const struct privilege_changes *request = context;

    return tsr_token_adjust_privileges(old, request->disable_all, request->changes,
                                       request->n_changes, request->previous, ret_new);
}

static tsr_status change_groups(void *context, tsr_token *old, tsr_token **ret_new)
{
    const struct group_changes *request = context;

    return tsr_token_adjust_groups(old, request->reset, request->changes, request->n_changes,
                                   request->previous, ret_new);
}

tsr_status service_adjust_privileges(handle_t handle, bool disable_all,
                                     const tsr_privilege_state *changes, size_t n_changes,
                                     tsr_previous_privileges *previous)
{
    CLEANUP(token_object_unref) struct token_object *token = NULL;
    struct privilege_changes request = {disable_all, changes, n_changes, previous};
    const uint32_t rights = TOKEN_ADJUST_PRIVILEGES | (previous ? TOKEN_QUERY : 0);

    REQUIRE(disable_all || changes, STATUS_INVALID_PARAMETER);
    TRY(token_by_handle(handle, rights, &token, NULL));
    return token_object_change(token, change_privileges, &request);
}

tsr_status service_adjust_groups(handle_t handle, bool reset, const tsr_group *changes,
                                 size_t n_changes, tsr_previous_groups *previous)
{
    CLEANUP(token_object_unref) struct token_object *token = NULL;
    struct group_changes request = {reset, changes, n_changes, previous};
    const uint32_t rights = TOKEN_ADJUST_GROUPS | (previous ? TOKEN_QUERY : 0);

    REQUIRE(reset || changes, STATUS_INVALID_PARAMETER);
    TRY(token_by_handle(handle, rights, &token, NULL));
    return token_object_change(token, change_groups, &request);
}

/* Makes of @old what @setting says; @held are the caller's privileges. */
typedef tsr_status setter(const tsr_token *old, const struct token_setting *setting, uint64_t held,
                          tsr_token **ret_new);

static tsr_status set_owner(const tsr_token *old, const struct token_setting *setting,
                            uint64_t held, tsr_token **ret_new)
{
    (void)held;
    return tsr_token_set_owner(old, setting->sid, ret_new);
}

static tsr_status set_primary_group(const tsr_token *old, const struct token_setting *setting,
                                    uint64_t held, tsr_token **ret_new)
{
    (void)held;
    return tsr_token_set_primary_group(old, setting->sid, ret_new);
}

static tsr_status set_default_dacl(const tsr_token *old, const struct token_setting *setting,
                                   uint64_t held, tsr_token **ret_new)
{
    (void)held;
    return tsr_token_set_default_dacl(old, setting->dacl, ret_new);
}

static tsr_status set_session_id(const tsr_token *old, const struct token_setting *setting,
                                 uint64_t held, tsr_token **ret_new)
{
    return tsr_token_set_session_id(old, setting->number, held, ret_new);
}

static tsr_status set_origin(const tsr_token *old, const struct token_setting *setting,
                             uint64_t held, tsr_token **ret_new)
{
    return tsr_token_set_origin(old, setting->luid, held, ret_new);
}

static tsr_status set_virtualization_allowed(const tsr_token *old,
                                             const struct token_setting *setting, uint64_t held,
                                             tsr_token **ret_new)
{
    return tsr_token_set_virtualization_allowed(old, setting->number, held, ret_new);
}

static tsr_status set_virtualization_enabled(const tsr_token *old,
                                             const struct token_setting *setting, uint64_t held,
                                             tsr_token **ret_new)
{
    (void)held;
    return tsr_token_set_virtualization_enabled(old, setting->number, ret_new);
}

static tsr_status set_integrity(const tsr_token *old, const struct token_setting *setting,
                                uint64_t held, tsr_token **ret_new)
{
    return tsr_token_set_integrity(old, setting->sid, held, ret_new);
}

static tsr_status set_ui_access(const tsr_token *old, const struct token_setting *setting,
                                uint64_t held, tsr_token **ret_new)
{
    return tsr_token_set_ui_access(old, setting->number, held, ret_new);
}

static tsr_status set_mandatory_policy(const tsr_token *old, const struct token_setting *setting,
                                       uint64_t held, tsr_token **ret_new)
{
    return tsr_token_set_mandatory_policy(old, setting->number, held, ret_new);
}

static tsr_status set_local_claims(const tsr_token *old, const struct token_setting *setting,
                                   uint64_t held, tsr_token **ret_new)
{
    return tsr_token_set_local_claims(old, setting->claims, setting->n_claims, held, ret_new);
}

static setter *const setters[TOKEN_CLASS_MAX] = {
    [TOKEN_CLASS_OWNER] = set_owner,
    [TOKEN_CLASS_PRIMARY_GROUP] = set_primary_group,
    [TOKEN_CLASS_DEFAULT_DACL] = set_default_dacl,
    [TOKEN_CLASS_SESSION_ID] = set_session_id,
    [TOKEN_CLASS_ORIGIN] = set_origin,
    [TOKEN_CLASS_VIRTUALIZATION_ALLOWED] = set_virtualization_allowed,
    [TOKEN_CLASS_VIRTUALIZATION_ENABLED] = set_virtualization_enabled,
    [TOKEN_CLASS_INTEGRITY_LEVEL] = set_integrity,
    [TOKEN_CLASS_UI_ACCESS] = set_ui_access,
    [TOKEN_CLASS_MANDATORY_POLICY] = set_mandatory_policy,
    [TOKEN_CLASS_SECURITY_ATTRIBUTES] = set_local_claims,
};

struct set_request {
    setter *set;
    const struct token_setting *setting;
    uint64_t held;
};

static tsr_status set_value(void *context, tsr_token *old, tsr_token **ret_new)
{
    const struct set_request *request = context;

    return request->set(old, request->setting, request->held, ret_new);
}

/* What is not kept in a token value: its part in a session. */
static tsr_status set_session_reference(struct token_object *token, uint32_t number)
{
    if (number == 0) {
        token_object_leave_session(token);
    }
    return TSR_OK;
}

/* The session of @token links its tokens to another. */
static tsr_status set_linked(struct token_object *token, handle_t linked_handle)
{
    CLEANUP(token_object_unref) struct token_object *linked = NULL;
    CLEANUP(tsr_token_unref) tsr_token *value = NULL;

    TRY(token_by_handle(linked_handle, TOKEN_DUPLICATE, &linked, NULL));
    value = token_object_get(linked);
    return tsr_session_link(token->session_id, value);
}

tsr_status service_set_token(handle_t handle, uint32_t token_class,
                             const struct token_setting *setting)
{
    const struct token_class_entry *entry = token_class_find(token_class);
    CLEANUP(token_object_unref) struct token_object *token = NULL;
    struct set_request request = {.setting = setting};

    REQUIRE(entry && entry->set_rights, STATUS_INVALID_INFO_CLASS);
    TRY(token_by_handle(handle, entry->set_rights, &token, NULL));
    TRY(caller_privileges(&request.held));
    REQUIRE(!entry->privilege || (request.held & TSR_PRIVILEGE_BIT(entry->privilege)),
            STATUS_PRIVILEGE_NOT_HELD);
    if (token_class == TOKEN_CLASS_LINKED_TOKEN) {
        return set_linked(token, setting->handle);
    }
    if (token_class == TOKEN_CLASS_SESSION_REFERENCE) {
        return set_session_reference(token, setting->number);
    }
    request.set = setters[token_class];
    return token_object_change(token, set_value, &request);
}
