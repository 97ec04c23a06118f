/* SPDX-License-Identifier: MIT */
/* What of a decision is to be audited, as JSON. */

#include "cli/audit-json.h"

#include "base/check.h"
#include "base/writer.h"
#include "cli/text.h"

/* The arrays being filled, and the decision they are about. */
struct listing {
    json_t *audit;
    json_t *privilege_use;
    const tsr_access_result *result;
    uint32_t requested;
};

static json_t *mask_json(uint32_t mask)
{
    return json_sprintf("0x%08x", mask);
}

static json_t *ace_json(const uint8_t *ace)
{
    CLEANUP(free) char *text = NULL;
    struct writer writer = {0};

    if (!ace) {
        return json_null();
    }
    text_write_hex(&writer, ace, (size_t)ace[2] | (size_t)ace[3] << 8);
    return tsr_ok(writer_finish_text(&writer, &text)) ? json_string(text) : json_null();
}

static void list_privilege(const struct listing *listing, const tsr_audit_event *event)
{
    json_t *item = json_object();

    (void)json_object_set_new(item, "privilege",
                              json_integer((json_int_t)TSR_PRIVILEGE_BIT(event->privilege)));
    (void)json_object_set_new(item, "requested", json_integer(event->rights));
    (void)json_object_set_new(item, "granted", json_integer(event->rights));
    (void)json_object_set_new(item, "surviving",
                              json_integer(event->rights & listing->result->granted));
    (void)json_object_set_new(item, "success", json_boolean(event->success));
    (void)json_array_append_new(listing->privilege_use, item);
}

static void list_event(void *context, const tsr_audit_event *event)
{
    const struct listing *listing = context;
    json_t *item;

    if (event->cause == TSR_AUDIT_PRIVILEGE) {
        list_privilege(listing, event);
        return;
    }
    item = json_object();
    (void)json_object_set_new(item, "ace_hex", ace_json(event->ace));
    (void)json_object_set_new(item, "requested", mask_json(listing->requested));
    (void)json_object_set_new(item, "granted", mask_json(listing->result->granted));
    (void)json_object_set_new(item, "success", json_boolean(event->success));
    if (event->cause == TSR_AUDIT_POLICY) {
        (void)json_object_set_new(item, "forced_by_policy", json_true());
    }
    (void)json_array_append_new(listing->audit, item);
}

void audit_write_json(json_t *answer, const tsr_token *token, const tsr_sd *sd,
                      const tsr_access_request *request, const tsr_access_result *result,
                      uint32_t policy)
{
    struct listing listing = {
        .audit = json_array(),
        .privilege_use = json_array(),
        .result = result,
        .requested = tsr_map_generic(request->desired, &request->mapping),
    };
    const tsr_audit_sink sink = {.event = list_event, .context = &listing};

    tsr_token_audit(token, sd, request, result, policy, &sink);
    (void)json_object_set_new(answer, "audit", listing.audit);
    if (json_array_size(listing.privilege_use) > 0) {
        (void)json_object_set(answer, "privilege_use", listing.privilege_use);
    }
    json_decref(listing.privilege_use);
}
