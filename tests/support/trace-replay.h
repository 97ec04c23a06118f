/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Working a decision out again from what a check told its sink, and from nothing else
 */

#include <stddef.h>
#include <stdint.h>

#include <tessera/access.h>

#include <support/expect.h>

#define REPLAY_NODES_MAX 64

/* What was granted to a question: the object's own, or that of a central rule. */
struct replay_grant {
    uint32_t granted[REPLAY_NODES_MAX];
    uint32_t allowed[REPLAY_NODES_MAX]; /* in the pass that is running */
    uint32_t asked;
};

struct replay {
    const tsr_access_request *request;
    size_t n_nodes;
    size_t n_events;
    uint32_t specific;
    uint32_t permitted;
    uint32_t supplied;
    uint32_t limit;
    struct replay_grant object;
    struct replay_grant rule;
    struct replay_grant *now;
};

static inline void replay_allow_all(struct replay *replay, uint32_t rights)
{
    for (size_t i = 0; i < replay->n_nodes; i++) {
        replay->now->allowed[i] |= rights;
    }
}

/* A pass has ended for one node: what it leaves must be what the event says. */
static inline void replay_pass_end(struct replay *replay, const tsr_trace_event *event)
{
    uint32_t *granted = &replay->now->granted[event->node];
    const uint32_t allowed = replay->now->allowed[event->node];

    *granted = event->pass == TSR_PASS_NORMAL ? allowed | replay->supplied
                                              : *granted & (allowed | ~replay->now->asked);
    assert_int_equal(*granted, event->rights);
}

/* The rule that was being judged, if one was, has had its say. */
static inline void replay_rule_end(struct replay *replay)
{
    if (replay->now == &replay->rule) {
        replay->limit &= replay->rule.granted[0];
    }
    replay->now = &replay->object;
}

static inline void replay_event(void *context, const tsr_trace_event *event)
{
    struct replay *replay = context;

    replay->n_events++;
    assert_true(event->node < replay->n_nodes);
    switch (event->step) {
    case TSR_TRACE_REQUEST:
        assert_int_equal(replay->n_events, 1);
        replay->specific = event->rights;
        break;
    case TSR_TRACE_PROCESS_TRUST:
    case TSR_TRACE_ACCESS_FILTER:
    case TSR_TRACE_INTEGRITY:
        replay->permitted &= event->rights;
        break;
    case TSR_TRACE_PRIVILEGE:
        replay->supplied |= event->rights;
        break;
    case TSR_TRACE_PASS:
        replay->now->asked = event->rights;
        for (size_t i = 0; i < replay->n_nodes; i++) {
            replay->now->allowed[i] = 0;
        }
        break;
    case TSR_TRACE_OWNER:
    case TSR_TRACE_NO_DACL:
        replay_allow_all(replay, event->decided);
        break;
    case TSR_TRACE_ACE:
        assert_true(event->decided == 0 || event->reason == TSR_TRACE_APPLIED);
        if (event->allowed && (replay->request->n_types == 0 || replay->now == &replay->rule)) {
            replay->now->allowed[0] |= event->decided;
        }
        break;
    case TSR_TRACE_NODE:
        replay->now->allowed[event->node] = event->decided;
        break;
    case TSR_TRACE_PASS_END:
        replay_pass_end(replay, event);
        break;
    case TSR_TRACE_CENTRAL_POLICY:
        if (event->policy == TSR_TRACE_RECOVERY) {
            replay->now = &replay->rule;
        }
        break;
    case TSR_TRACE_CENTRAL_RULE:
        replay_rule_end(replay);
        if (event->truth == TSR_TRACE_TRUE) {
            replay->now = &replay->rule;
        }
        break;
    case TSR_TRACE_CENTRAL_LIMIT:
        replay_rule_end(replay);
        assert_int_equal(replay->limit, event->rights);
        for (size_t i = 0; i < replay->n_nodes; i++) {
            replay->object.granted[i] &= replay->limit;
        }
        break;
    }
}

/** Begin to listen: @ret_trace goes into @request. */
static inline void replay_begin(struct replay *replay, tsr_access_request *request,
                                tsr_trace *ret_trace)
{
    *replay = (struct replay){
        .request = request,
        .n_nodes = request->n_types ? request->n_types : 1,
        .permitted = UINT32_MAX,
        .limit = UINT32_MAX,
        .now = &replay->object,
    };
    assert_true(replay->n_nodes <= REPLAY_NODES_MAX);
    *ret_trace = (tsr_trace){.event = replay_event, .context = replay};
    request->trace = ret_trace;
}

/** What one node was granted by all that was told; 0: refused. */
static inline uint32_t replay_answer(const struct replay *replay, size_t node)
{
    const uint32_t granted = replay->object.granted[node];
    const tsr_access_request *request = replay->request;

    if (replay->n_events == 0 || (replay->specific & ~granted) != 0 ||
        (granted == 0 && (request->desired != 0 || request->previously_granted == 0))) {
        return 0;
    }
    return granted | request->previously_granted;
}
