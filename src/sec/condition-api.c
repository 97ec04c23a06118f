/* SPDX-License-Identifier: MIT */
/* The public face of conditional expressions. */

#include <tessera/condition.h>

#include <string.h>

#include "base/check.h"
#include "base/writer.h"
#include "sec/condition.h"
#include "sec/sddl-condition.h"

tsr_status tsr_condition_parse(const char *text, const tsr_sid *domain, uint8_t **ret_bytes,
                               size_t *ret_size, tsr_sddl_error *ret_error)
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    const size_t n_text = strlen(text);
    tsr_sddl_error error = {0};
    size_t n_taken = 0;
    tsr_status status = condition_parse(text, n_text, domain, &writer, &n_taken, &error);

    if (tsr_ok(status) && n_taken != n_text) {
        error = (tsr_sddl_error){n_taken + 1, "expected the end of the condition"};
        status = tsr_status_of(STATUS_INVALID_SECURITY_DESCR);
    }
    if (tsr_failed(status)) {
        if (ret_error) {
            *ret_error = error;
        }
        return status;
    }
    return writer_finish(&writer, ret_bytes, ret_size);
}

tsr_status tsr_condition_format(const void *bytes, size_t size, const tsr_sid *domain,
                                char **ret_text)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    TRY(condition_format((const uint8_t *)bytes, size, domain, &writer));
    return writer_finish_text(&writer, ret_text);
}

static tsr_status make_set(const tsr_sid *sids, size_t n_sids, struct sid_set **ret_set)
{
    CLEANUP(free) struct sid_set_entry *entries = array_new(n_sids, sizeof(*entries));

    REQUIRE(entries, STATUS_NO_MEMORY);
    for (size_t i = 0; i < n_sids; i++) {
        entries[i] = (struct sid_set_entry){sids[i], SID_MATCHES_ALLOW | SID_MATCHES_DENY};
    }
    return sid_set_new(entries, n_sids, ret_set);
}

static struct claim_list list_of(const tsr_claim_list *list)
{
    return (struct claim_list){list->claims, list->n_claims};
}

tsr_status tsr_condition_evaluate(const void *bytes, size_t size,
                                  const tsr_condition_context *context, tsr_truth *ret_truth)
{
    static const tsr_truth truths[] = {[TRUTH_FALSE] = TSR_TRUTH_FALSE,
                                       [TRUTH_TRUE] = TSR_TRUTH_TRUE,
                                       [TRUTH_UNKNOWN] = TSR_TRUTH_UNKNOWN};
    CLEANUP(sid_set_free) struct sid_set *sids = NULL;
    CLEANUP(sid_set_free) struct sid_set *device_sids = NULL;
    struct condition_context inner = {
        .user_claims = list_of(&context->user_claims),
        .device_claims = list_of(&context->device_claims),
        .local_claims = list_of(&context->local_claims),
        .resource_claims = list_of(&context->resource_claims),
        .for_allow = !context->for_deny,
    };

    TRY(make_set(context->sids, context->n_sids, &sids));
    TRY(make_set(context->device_sids, context->n_device_sids, &device_sids));
    inner.sids = sids;
    inner.device_sids = device_sids;
    *ret_truth = truths[condition_evaluate((const uint8_t *)bytes, size, &inner)];
    return TSR_OK;
}
