/* SPDX-License-Identifier: MIT */
/* Auditing, slow and literal (access-check.md 13). */

#include "sec/ref/ref-audit.h"

#include <string.h>

#include "sec/ref/ref-ace.h"

struct audit {
    const struct ref_subject *subject;
    const tsr_sd *sd;
    const struct ref_request *request;
    const struct ref_result *result;
};

/* "Each SACL ACE of type AU/OU/XU/(ZU)"; "alarm ACEs are reserved: ignore". */
static bool is_audit(uint8_t type)
{
    return type == SYSTEM_AUDIT_ACE_TYPE || type == SYSTEM_AUDIT_OBJECT_ACE_TYPE ||
           type == SYSTEM_AUDIT_CALLBACK_ACE_TYPE || type == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE;
}

static bool has_condition(uint8_t type)
{
    return type == SYSTEM_AUDIT_CALLBACK_ACE_TYPE || type == SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE;
}

/* "Object ACEs apply if their GUID is absent or in the list." */
static bool type_applies(const struct audit *audit, const tsr_ace *ace)
{
    if (!ace->object_type) {
        return true;
    }
    for (size_t i = 0; i < audit->request->n_nodes; i++) {
        if (memcmp(audit->request->nodes[i].guid, ace->object_type, TSR_GUID_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

/*
 * SIDs and claims for deny only count here: the recorded cases have both on failure audits, and the
 * SIDs in the conditions of success audits.
 */
static bool speaks_of_the_caller(const struct audit *audit, const tsr_ace *ace)
{
    const struct ref_subject *subject = audit->subject;
    const tsr_sid sid = ref_resolved(audit->request, audit->sd, ref_sid_of_ace(ace));
    struct ref_context context;

    if (!ref_matches(subject->sids, &sid, false)) {
        return false;
    }
    context = ref_context_of(subject, audit->sd, subject->sids, subject->device_sids, false);
    /* "TRUE or UNKNOWN triggers." */
    return !has_condition(ace->type) ||
           ref_condition(ace->data, ace->n_data, &context) != REF_FALSE;
}

static enum ref_event event_of(const struct audit *audit, const tsr_ace *ace)
{
    const tsr_generic_mapping *mapping = &audit->request->mapping;
    const bool succeeded = audit->result->status == STATUS_SUCCESS;
    const uint32_t mask = ref_map(ace->mask, mapping);
    uint32_t desired = ref_map(audit->request->desired, mapping);

    if (!is_audit(ace->type) || ace->flags & INHERIT_ONLY_ACE || !type_applies(audit, ace) ||
        !speaks_of_the_caller(audit, ace)) {
        return REF_NO_EVENT;
    }
    /* "Success audit: flag SA, check succeeded and mask & granted != 0." */
    if (succeeded) {
        return ace->flags & SUCCESSFUL_ACCESS_ACE_FLAG && mask & audit->result->granted
                   ? REF_SUCCESS_EVENT
                   : REF_NO_EVENT;
    }
    /* "Failure audit: flag FA, check failed and mask & desired != 0." */
    desired |= desired & MAXIMUM_ALLOWED ? mapping->all : 0;
    return ace->flags & FAILED_ACCESS_ACE_FLAG && mask & desired ? REF_FAILURE_EVENT : REF_NO_EVENT;
}

void ref_audit(const struct ref_subject *subject, const tsr_sd *sd,
               const struct ref_request *request, const struct ref_result *result,
               const tsr_acl *sacl, enum ref_event *events)
{
    const struct audit audit = {subject, sd, request, result};
    size_t offset = 0;
    tsr_ace ace;

    while (sacl->bytes && tsr_acl_next(sacl, &offset, &ace)) {
        /* A list that is malformed was refused before there was anything to audit. */
        *events++ =
            result->status == STATUS_INVALID_PARAMETER ? REF_NO_EVENT : event_of(&audit, &ace);
    }
}
