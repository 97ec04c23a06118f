/* SPDX-License-Identifier: MIT */
/* The native services that audit. */

#include "object/audit.h"

#include <tessera/impersonation.h>

/* SeAudit is asked of the process, so that a server may audit what it does for a client who does
 * not hold it; and a client who does gives it to no server (token.md 3). */
tsr_status audit_check_privilege(void)
{
    CLEANUP(token_object_unref) struct token_object *process = NULL;
    CLEANUP(tsr_token_unref) tsr_token *primary = NULL;

    TRY(process_get_token(&process));
    primary = token_object_get(process);
    REQUIRE(tsr_token_enabled_privileges(primary) & TSR_PRIVILEGE_BIT(SE_AUDIT_PRIVILEGE),
            STATUS_PRIVILEGE_NOT_HELD);
    return TSR_OK;
}

tsr_status audit_get_client(tsr_token **ret_token)
{
    const tsr_status status = tsr_thread_token(ret_token);

    REQUIRE(status.code != STATUS_NO_TOKEN, STATUS_NO_IMPERSONATION_TOKEN);
    return status;
}

static tsr_status write_event(struct audit_event event)
{
    CLEANUP(token_object_unref) struct token_object *process = NULL;
    CLEANUP(tsr_token_unref) tsr_token *primary = NULL;

    TRY(process_get_token(&process));
    primary = token_object_get(process);
    event.primary = primary;
    return audit_log_write(&event);
}

/* The causes of one event: the first stands for all, but all privileges are named. */
struct causes {
    bool any;
    tsr_audit_event first;
    uint64_t privileges;
};

struct collection {
    struct causes of_objects[2]; /* of a failure, of a success */
    struct causes of_privileges[2];
};

static void collect(void *context, const tsr_audit_event *event)
{
    struct collection *collection = context;
    const bool is_privilege = event->cause == TSR_AUDIT_PRIVILEGE;
    struct causes *causes = is_privilege ? &collection->of_privileges[event->success]
                                         : &collection->of_objects[event->success];

    if (!causes->any) {
        causes->first = *event;
    }
    if (is_privilege) {
        causes->privileges |= TSR_PRIVILEGE_BIT(event->privilege);
    }
    causes->any = true;
}

/* What was granted; in a result list to any type. */
static uint32_t granted_of(const struct audit_decision *decision)
{
    const tsr_access_request *request = decision->request;
    uint32_t granted = 0;

    if (!request->result_list) {
        return decision->result->granted;
    }
    for (size_t i = 0; i < request->n_types; i++) {
        granted |= tsr_ok(request->types[i].status) ? request->types[i].granted : 0;
    }
    return granted;
}

static struct audit_event event_of_object(enum audit_number number, bool success,
                                          const struct audit_object *object)
{
    return (struct audit_event){
        .number = number,
        .success = success,
        .subsystem = object->subsystem,
        .object_type = object->type,
        .object_name = object->name,
        /* Who is refused has no handle. */
        .handle = success ? object->handle : 0,
        .created = object->created,
    };
}

static tsr_status write_causes(const struct audit_object *object,
                               const struct audit_decision *decision, enum audit_number number,
                               const struct causes *causes)
{
    struct audit_event event;

    if (!causes->any) {
        return TSR_OK;
    }
    event = event_of_object(number, causes->first.success, object);
    event.has_access = true;
    event.desired = decision->request->desired;
    event.granted = event.success ? granted_of(decision) : 0;
    event.privileges = causes->privileges ? causes->privileges : decision->privileges;
    event.cause = &causes->first;
    event.client = decision->client;
    return write_event(event);
}

tsr_status audit_decision(const struct audit_object *object, const struct audit_decision *decision,
                          bool *ret_generate_on_close)
{
    const enum audit_number number =
        object->in_directory ? AUDIT_DIRECTORY_OPERATION : AUDIT_HANDLE_REQUESTED;
    struct collection found = {0};

    tsr_token_audit(decision->client, decision->sd, decision->request, decision->result,
                    decision->policy, &(const tsr_audit_sink){.event = collect, .context = &found});
    for (size_t i = 0; i < 2; i++) {
        TRY(write_causes(object, decision, number, &found.of_objects[i]));
        TRY(write_causes(object, decision, AUDIT_PRIVILEGED_OPERATION, &found.of_privileges[i]));
    }
    *ret_generate_on_close = found.of_objects[true].any || found.of_privileges[true].any;
    return TSR_OK;
}

tsr_status audit_handle(enum audit_number number, const struct audit_object *object)
{
    CLEANUP(tsr_token_unref) tsr_token *client = NULL;
    struct audit_event event = event_of_object(number, true, object);
    const tsr_status status = audit_get_client(&client);

    if (status.code != STATUS_NO_IMPERSONATION_TOKEN) {
        TRY(status);
    }
    event.client = client;
    return write_event(event);
}

tsr_status audit_object_privileges(const struct audit_object *object, uint32_t desired,
                                   const struct audit_use *use)
{
    struct audit_event event = event_of_object(AUDIT_PRIVILEGED_OPERATION, use->success, object);

    /* The handle was there before the attempt. */
    event.handle = object->handle;
    event.has_access = true;
    event.desired = desired;
    event.granted = use->success ? desired : 0;
    event.privileges = use->privileges;
    event.client = use->client;
    return write_event(event);
}

tsr_status audit_service_privileges(const struct audit_text *subsystem,
                                    const struct audit_text *service, const struct audit_use *use)
{
    return write_event((struct audit_event){
        .number = AUDIT_SERVICE_CALLED,
        .success = use->success,
        .subsystem = *subsystem,
        .service = *service,
        .privileges = use->privileges,
        .client = use->client,
    });
}
