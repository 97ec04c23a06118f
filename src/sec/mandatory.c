/* SPDX-License-Identifier: MIT */
/* The mandatory stages of an access check: process trust, access filters, integrity (section 6). */

#include "sec/mandatory.h"

#include <tessera/privilege.h>

#include "base/bytes.h"
#include "base/check.h"
#include "sec/ace.h"
#include "sec/condition.h"
#include "sec/trace.h"

#define TRUST_AUTHORITY     19
#define INTEGRITY_AUTHORITY 16
#define POLICY_NO_WRITE_UP  0x1u

#define LABEL_POLICY_MASK                                                     \
    (SYSTEM_MANDATORY_LABEL_NO_WRITE_UP | SYSTEM_MANDATORY_LABEL_NO_READ_UP | \
     SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP)

uint32_t tsr_mandatory_mask(const tsr_generic_mapping *mapping, uint32_t label_policy)
{
    /* Section 6.3, in the order no-read-up, no-execute-up, no-write-up. */
    const uint32_t sets[] = {
        mapping->read | READ_CONTROL,
        (mapping->execute & ~mapping->read) | SYNCHRONIZE,
        mapping->write | DELETE | WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY,
    };
    const bool refused[] = {
        label_policy & SYSTEM_MANDATORY_LABEL_NO_READ_UP,
        label_policy & SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP,
        label_policy & SYSTEM_MANDATORY_LABEL_NO_WRITE_UP,
    };
    uint32_t permitted = mapping->read | mapping->execute | SYNCHRONIZE | READ_CONTROL;
    uint32_t kept = 0;

    if (!(label_policy & LABEL_POLICY_MASK)) {
        return mapping->all;
    }

    permitted |= refused[2] ? 0 : mapping->all;
    for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
        kept |= refused[i] ? 0 : sets[i];
    }
    for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
        permitted &= refused[i] ? ~(sets[i] & ~kept) : UINT32_MAX;
    }
    return permitted;
}

/* One check in its mandatory stages. */
struct mandatory {
    const struct subject *subject;
    const tsr_sd *sd;
    const tsr_generic_mapping *mapping;
    const tsr_trace *trace;
};

/* Tell what a stage, by an ACE of the SACL if there is one, leaves possible. */
static void stage_tell(const struct mandatory *check, tsr_trace_step step, const uint8_t *ace,
                       tsr_trace_truth truth, uint32_t permitted)
{
    if (check->trace) {
        trace_tell(check->trace,
                   (tsr_trace_event){
                       .step = step,
                       .truth = truth,
                       .ace_index = ace ? ace_index(&check->sd->sacl, ace) : TSR_TRACE_NO_ACE,
                       .rights = permitted,
                   });
    }
}

/* Section 6.1: what a caller may have that is not trusted enough for the label @ace. */
static uint32_t process_trust_limit(const struct mandatory *check, const uint8_t *ace)
{
    tsr_sid label;

    if (!ace) {
        return UINT32_MAX;
    }
    if (tsr_failed(tsr_sid_decode(ace + ACE_BASIC_SID, TSR_SID_SIZE_MAX, &label, NULL)) ||
        label.authority != TRUST_AUTHORITY || label.n_sub_authorities != 2) {
        return 0;
    }
    if (check->subject->process_trust_type >= label.sub_authorities[0] &&
        check->subject->process_trust_level >= label.sub_authorities[1]) {
        return UINT32_MAX;
    }
    /* DEVIATION: section 6.1 would leave ACCESS_SYSTEM_SECURITY open; the recorded cases refuse it.
     */
    return tsr_map_generic(load_le32(ace + ACE_MASK), check->mapping);
}

static enum truth filter_truth(const struct mandatory *check, const uint8_t *ace)
{
    const struct subject *subject = check->subject;
    const struct condition_context context =
        subject_context(subject, check->sd, subject->sids, subject->device_sids, true);
    const uint8_t *data;
    size_t n_data;

    data = ace_data(ace, ace + ACE_BASIC_SID, &n_data);
    return condition_evaluate(data, n_data, &context);
}

/* Section 6.2: every filter whose condition is not TRUE cuts the request. */
static uint32_t access_filter_limit(const struct mandatory *check)
{
    const tsr_acl *sacl = &check->sd->sacl;
    const uint8_t *ace = acl_first(sacl);
    uint32_t permitted = UINT32_MAX;
    uint32_t limit;
    enum truth truth;

    for (size_t i = 0; i < sacl->n_aces; i++, ace = ace_after(ace)) {
        if (ace[0] != SYSTEM_ACCESS_FILTER_ACE_TYPE || ace[1] & INHERIT_ONLY_ACE) {
            continue;
        }
        truth = filter_truth(check, ace);
        limit = truth == TRUTH_TRUE ? UINT32_MAX
                                    : tsr_map_generic(load_le32(ace + ACE_MASK), check->mapping) |
                                          ACCESS_SYSTEM_SECURITY;
        stage_tell(check, TSR_TRACE_ACCESS_FILTER, ace, trace_truth(truth), limit);
        permitted &= limit;
    }
    return permitted;
}

/* Section 1.1: whether the caller's integrity level is at least the label's, which is a valid one.
 */
static bool integrity_dominates(const tsr_sid *level, const tsr_sid *label)
{
    return label->n_sub_authorities <= level->n_sub_authorities &&
           level->sub_authorities[0] >= label->sub_authorities[0];
}

/* Section 6.3: an object without a label is of medium integrity with no-write-up. */
static uint32_t integrity_limit(const struct mandatory *check, const uint8_t *ace)
{
    const struct subject *subject = check->subject;
    uint32_t policy = SYSTEM_MANDATORY_LABEL_NO_WRITE_UP;
    tsr_sid label = TSR_SID_INTEGRITY(TSR_INTEGRITY_MEDIUM);
    uint32_t permitted;

    if (!subject->integrity || !(subject->mandatory_policy & POLICY_NO_WRITE_UP)) {
        return UINT32_MAX;
    }
    if (ace) {
        policy = load_le32(ace + ACE_MASK) & LABEL_POLICY_MASK;
        if (tsr_failed(tsr_sid_decode(ace + ACE_BASIC_SID, TSR_SID_SIZE_MAX, &label, NULL)) ||
            label.authority != INTEGRITY_AUTHORITY || label.n_sub_authorities == 0) {
            return 0;
        }
    }
    if (integrity_dominates(subject->integrity, &label)) {
        return UINT32_MAX;
    }

    /* Section 6.3: for an AppContainer its own pass decides where the label is not above medium. */
    if (subject->packages && label.sub_authorities[0] <= TSR_INTEGRITY_MEDIUM) {
        return UINT32_MAX;
    }

    permitted = tsr_mandatory_mask(check->mapping, policy);
    if (subject->privileges & TSR_PRIVILEGE_BIT(SE_RELABEL_PRIVILEGE)) {
        permitted |= WRITE_OWNER;
    }
    return permitted;
}

/* A stage refuses a right asked for by name, or all that MAXIMUM_ALLOWED could give. */
static bool is_refused(uint32_t required, uint32_t possible, uint32_t permitted)
{
    return (required & ~permitted) != 0 || (possible != 0 && (possible & permitted) == 0);
}

tsr_access_rule mandatory_refusal(const struct subject *subject, const tsr_sd *sd,
                                  const tsr_access_request *request, uint32_t required,
                                  uint32_t possible, uint32_t *ret_permitted)
{
    const struct mandatory check = {
        .subject = subject, .sd = sd, .mapping = &request->mapping, .trace = request->trace};
    const uint8_t *ace;
    uint32_t limit;

    ace = sacl_find(&sd->sacl, SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE);
    *ret_permitted = process_trust_limit(&check, ace);
    stage_tell(&check, TSR_TRACE_PROCESS_TRUST, ace, TSR_TRACE_NO_CONDITION, *ret_permitted);
    if (is_refused(required, possible, *ret_permitted)) {
        return TSR_RULE_PROCESS_TRUST;
    }

    *ret_permitted &= access_filter_limit(&check);
    if (is_refused(required, possible, *ret_permitted)) {
        return TSR_RULE_ACCESS_FILTER;
    }

    ace = sacl_find(&sd->sacl, SYSTEM_MANDATORY_LABEL_ACE_TYPE);
    limit = integrity_limit(&check, ace);
    stage_tell(&check, TSR_TRACE_INTEGRITY, ace, TSR_TRACE_NO_CONDITION, limit);
    *ret_permitted &= limit;
    if (is_refused(required, possible, *ret_permitted)) {
        return TSR_RULE_INTEGRITY;
    }
    return TSR_RULE_NONE;
}
